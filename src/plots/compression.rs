//! Whether layers compress: one layer's information over steps, the resolution map, and the
//! sentences about both.

use super::measures::{self, ceiling, levels, nearest, points, with_set};
use super::{all, pair, summary};
use crate::chart::{Cell, Line, Point, Series, Theme, ValueAxis};
use crate::compression::{Span, Verdict};
use crate::experiment::{Experiment, RESOLUTIONS};
use crate::history::History;
use crate::measure::{Curve, Quantity, Split};
use crate::phases::{self, Direction};
use crate::stats::sort_short;
use crate::text::{Arg, Text};

/// Curves with the axis and the marked values that they need.
pub struct InformationChart {
    /// Written above the chart.
    pub title: String,
    /// The training set's and the test set's.
    pub series: Vec<Series>,
    /// From bottom to top.
    pub values: ValueAxis,
    /// `log2` of the samples and of the classes.
    pub levels: Vec<(f64, String)>,
}

/// The information of a layer as a map over steps and resolutions.
pub struct ResolutionMap {
    /// Written above it.
    pub title: String,
    /// What its axis and its colours are.
    pub note: String,
    /// Signal-to-noise ratios.
    pub values: ValueAxis,
    /// Stronger for more bits.
    pub cells: Vec<Cell>,
    /// Where the information is that of the classes, and half of that of the samples.
    pub contours: Vec<Series>,
}

/// From an event in accuracy to the step at which half of the fall of the information is done.
#[derive(Clone, Debug, PartialEq)]
pub struct LagBar {
    /// The samples: memorising is the training set's event, generalising the test set's.
    pub set: Split,
    /// The event.
    pub from: u32,
    /// Half of the fall.
    pub to: u32,
    /// How many times later, or earlier.
    pub words: String,
}

fn is_output(experiment: &Experiment, layer: usize) -> bool {
    layer == experiment.settings.hidden().len() + 1
}

/// `outputs` or `layer 1`.
pub fn layer_name(experiment: &Experiment, layer: usize, text: &Text) -> String {
    let curve = Curve::of(Quantity::InputInformation).layer(layer);
    measures::layer_name(&curve, experiment.settings.hidden().len() + 1, text)
}

fn index_of(history: &History, curve: Curve) -> Option<usize> {
    history.curves().iter().position(|known| *known == curve)
}

/// I(X;T) of the outputs at the resolution of the settings, on the training set and on the test set.
pub(super) fn at_outputs(history: &History) -> Option<[Vec<Point>; 2]> {
    let settings = &history.experiment().settings;
    let layer = settings.hidden().len() + 1;
    let curve = Curve::of(Quantity::InputInformation).layer(layer).snr(settings.snr);
    let [train, test] = [Split::Train, Split::Test].map(|set| index_of(history, curve.on(set)));
    Some([train?, test?].map(|index| points(history, index, &all(history))))
}

/// I(X;T) of a layer at the resolution of the settings, training and test set apart. `None` if it is
/// not measured.
pub fn information(
    history: &History,
    layer: usize,
    theme: &Theme,
    text: &Text,
) -> Option<InformationChart> {
    let experiment = history.experiment();
    let decibels = experiment.settings.snr;
    let curve = Curve::of(Quantity::InputInformation).layer(layer).snr(decibels);
    let mut series: Vec<Series> = pair(theme, text).into();
    for (series, set) in series.iter_mut().zip([Split::Train, Split::Test]) {
        let index = index_of(history, curve.on(set))?;
        series.points = points(history, index, &all(history));
    }
    super::label(&mut series, text, |bits| text.numbers().fixed(bits, 1));
    let mut levels = levels(experiment, Quantity::InputInformation, Split::Test, text);
    // If the training set has fewer samples, its maximum is lower.
    let of_training = measures::levels(experiment, Quantity::InputInformation, Split::Train, text);
    levels.extend(of_training.into_iter().take(1).filter(|(bits, _)| {
        ceiling(experiment, Split::Test).is_some_and(|other| (bits - other).abs() > 0.5)
    }));
    let ends = series.iter().flat_map(|series| &series.points).flat_map(|p| [p.low, p.high]);
    let values = ValueAxis::around(ends.chain(levels.iter().map(|(bits, _)| *bits)).chain([0.0]));
    let args = [
        ("layer", layer_name(experiment, layer, text).into()),
        ("snr", text.numbers().number(decibels.into()).into()),
    ];
    Some(InformationChart { title: text.with("chart-compression", &args), series, values, levels })
}

/// The map of a quantity of a layer on a set of samples. `None` without several resolutions.
pub fn resolution_map(
    history: &History,
    quantity: Quantity,
    layer: usize,
    set: Split,
    theme: &Theme,
    text: &Text,
) -> Option<ResolutionMap> {
    const ROWS: usize = 16;
    let experiment = history.experiment();
    let rows = resolutions(history, quantity, layer, set);
    if rows.len() < 2 {
        return None;
    }
    let top = ceiling(experiment, set)?;
    let classes = (experiment.settings.outputs() as f64).log2();
    let most = if quantity == Quantity::LabelInformation { classes } else { top };
    let (low, high) = (RESOLUTIONS[0], RESOLUTIONS[RESOLUTIONS.len() - 1]);
    let height = f64::from(high - low) / ROWS as f64;
    let columns: Vec<(f64, Vec<Point>)> = columns(&rows);
    let mut cells = Vec::new();
    for (index, (step, column)) in columns.iter().enumerate() {
        // From half-way to the step before to half-way to the one behind, by ratio.
        let edge = |other: Option<&(f64, Vec<Point>)>| {
            other.map_or(*step, |(other, _)| (other.max(0.7) * step.max(0.7)).sqrt())
        };
        let from = edge(index.checked_sub(1).map(|before| &columns[before]));
        let to = edge(columns.get(index + 1));
        for row in 0..ROWS {
            let low = f64::from(low) + row as f64 * height;
            let Some(bits) = at_resolution(column, low + height / 2.0) else { continue };
            let share = 0.9 * bits / most;
            cells.push(Cell { low, high: low + height, from: from.max(1.0), to, share });
        }
    }
    let mut contours = Vec::new();
    let lines: &[(f64, &str)] = match quantity {
        Quantity::LabelInformation => &[(classes / 2.0, "contour-half")],
        _ => &[(classes, "contour-classes"), (top / 2.0, "contour-half")],
    };
    for (bits, id) in lines {
        contours.extend(contour(&columns, *bits, &text.get(id), theme));
    }
    let args = [
        ("quantity", quantity.key().into()),
        ("layer", layer_name(experiment, layer, text).into()),
    ];
    let title = with_set(text.with("chart-map", &args), set, text);
    let values = ValueAxis::Between(low.into(), high.into(), 10.0);
    let note = text.with("map-note", &[("bits", text.numbers().fixed(most, 1).into())]);
    Some(ResolutionMap { title, note, values, cells, contours })
}

/// The curves of a quantity at each resolution of the map, ascending.
fn resolutions(
    history: &History,
    quantity: Quantity,
    layer: usize,
    set: Split,
) -> Vec<(i32, Vec<Point>)> {
    let curve = Curve::of(quantity).layer(layer).on(set);
    let row = |decibels: &i32| {
        let index = index_of(history, curve.snr(*decibels))?;
        Some((*decibels, points(history, index, &all(history))))
    };
    RESOLUTIONS.iter().filter_map(row).collect()
}

/// For each measured step the bits at each resolution, which is the `x` of the points.
fn columns(rows: &[(i32, Vec<Point>)]) -> Vec<(f64, Vec<Point>)> {
    let steps = rows.first().map(|(_, points)| points.as_slice()).unwrap_or_default();
    let column = |index: usize| {
        let at = |(decibels, points): &(i32, Vec<Point>)| {
            Some(Point { x: f64::from(*decibels), ..*points.get(index)? })
        };
        rows.iter().filter_map(at).collect()
    };
    steps.iter().enumerate().map(|(index, point)| (point.x, column(index))).collect()
}

/// The bits at a resolution between those that were measured, on a straight line.
fn at_resolution(column: &[Point], decibels: f64) -> Option<f64> {
    let after = column.iter().position(|point| point.x >= decibels)?;
    let (right, left) = (column[after], column[after.saturating_sub(1)]);
    if right.x == left.x {
        return Some(right.median);
    }
    let along = (decibels - left.x) / (right.x - left.x);
    Some(left.median + along * (right.median - left.median))
}

/// The resolution at which a value is first reached at each step, in stretches without a gap.
fn contour(columns: &[(f64, Vec<Point>)], bits: f64, name: &str, theme: &Theme) -> Vec<Series> {
    let crossing = |column: &[Point]| {
        column.windows(2).find(|pair| pair[0].median < bits && pair[1].median >= bits).map(|pair| {
            let along = (bits - pair[0].median) / (pair[1].median - pair[0].median);
            pair[0].x + along * (pair[1].x - pair[0].x)
        })
    };
    let crossings: Vec<(f64, Option<f64>)> =
        columns.iter().map(|(step, column)| (*step, crossing(column))).collect();
    let stretches = crossings.chunk_by(|one, other| one.1.is_some() == other.1.is_some());
    let mut all: Vec<Series> = stretches
        .filter(|stretch| stretch[0].1.is_some())
        .map(|stretch| {
            let point = |(x, y): &(f64, Option<f64>)| {
                let y = (*y)?;
                Some(Point { x: *x, low: y, median: y, high: y })
            };
            Series {
                name: String::new(),
                label: String::new(),
                colour: theme.ink,
                ink: theme.ink,
                line: Line::Thin,
                named_where_it_rises: false,
                points: stretch.iter().filter_map(point).collect(),
            }
        })
        .collect();
    if let Some(last) = all.last_mut() {
        last.name = name.to_owned();
        last.label = name.to_owned();
    }
    all
}

/// The numbers at a step and a resolution: `step 200, 10 dB: I(X;T) 4.5 bits, I(T;Y) 4.5 bits`.
pub fn resolution_readout(
    history: &History,
    layer: usize,
    set: Split,
    step: f64,
    decibels: f64,
    text: &Text,
) -> Option<String> {
    let near = nearest(history, step)?;
    let distance = |other: &i32| (f64::from(*other) - decibels).abs();
    let decibels = RESOLUTIONS.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let value = |quantity| {
        let index = index_of(history, Curve::of(quantity).layer(layer).on(set).snr(decibels))?;
        let values = near.members.iter().filter_map(|values| (*values.get(index)?).map(f64::from));
        Some(summary(values, 0.0)?.median)
    };
    let bits = |quantity, digits| -> Arg {
        value(quantity).map_or_else(String::new, |v| text.numbers().fixed(v, digits)).into()
    };
    value(Quantity::InputInformation)?;
    let layer = match is_output(history.experiment(), layer) {
        true => "outputs".to_owned(),
        false => layer.to_string(),
    };
    let args = [
        ("layer", layer.into()),
        ("set", set.key().into()),
        ("step", near.step.into()),
        ("snr", text.numbers().number(decibels.into()).into()),
        ("inputs", bits(Quantity::InputInformation, 2)),
        ("error", bits(Quantity::InputInformationError, 2)),
        ("labels", bits(Quantity::LabelInformation, 2)),
    ];
    Some(text.with("readout-map", &args))
}

/// What the run shows about compression, a sentence for each layer and one for each set in the
/// minimal sufficient state.
pub fn sentences(history: &History, verdicts: &[Verdict], text: &Text) -> Vec<String> {
    let experiment = history.experiment();
    let mut layers: Vec<usize> = verdicts.iter().map(|verdict| verdict.layer).collect();
    sort_short(&mut layers, |a, b| a < b);
    layers.dedup();
    let of = |layer: usize, set: Split| {
        verdicts.iter().find(|verdict| verdict.layer == layer && verdict.set == set)
    };
    let ranges = |verdict: Option<&Verdict>| -> Arg {
        let spans = verdict.map(|verdict| verdict.compressed.as_slice()).unwrap_or_default();
        if spans.is_empty() {
            return Arg::Text("none".into());
        }
        let words: Vec<String> = spans.iter().map(|span| range(*span, text)).collect();
        text.join("list-middle", &words).into()
    };
    let name = |layer: usize| -> Arg {
        match is_output(experiment, layer) {
            true => "outputs".into(),
            false => layer.to_string().into(),
        }
    };
    // The outputs, which the question is about, come first.
    let mut all: Vec<String> = layers
        .iter()
        .rev()
        .map(|layer| {
            let args = [
                ("layer", name(*layer)),
                ("train", ranges(of(*layer, Split::Train))),
                ("test", ranges(of(*layer, Split::Test))),
            ];
            text.with("compression-verdict", &args)
        })
        .collect();
    for verdict in verdicts.iter().rev() {
        let Some(span) = verdict.minimal.filter(|_| is_output(experiment, verdict.layer)) else {
            continue;
        };
        let args = [("range", range(span, text).into()), ("set", verdict.set.key().into())];
        all.push(text.with("compression-minimal", &args));
    }
    if !all.is_empty() && !experiment.settings.is_regression() {
        all.extend(super::clock::untold(history, 0..experiment.member_count(), text));
    }
    all
}

fn range(span: Span, text: &Text) -> String {
    let number = |decibels: i32| -> Arg { text.numbers().number(decibels.into()).into() };
    if span.from == span.to {
        return text.with("decibels", &[("snr", number(span.from))]);
    }
    text.with("decibels-range", &[("from", number(span.from)), ("to", number(span.to))])
}

/// How far compression of a layer lags behind memorising (training set) and generalising (test
/// set), at the resolution of the settings. Events are the median network's.
pub fn lags(
    history: &History,
    layer: usize,
    verdicts: &[Verdict],
    [memorised, generalised]: [Option<u32>; 2],
    text: &Text,
) -> Vec<LagBar> {
    let decibels = history.experiment().settings.snr;
    let found = phases::lags(history, all(history));
    let half = |set: Split| {
        let curve = Curve::of(Quantity::InputInformation).layer(layer).on(set).snr(decibels);
        let is_it = |lag: &&phases::Lag| lag.signal == phases::Signal::Measure(curve);
        let lag = found.iter().find(is_it)?;
        (lag.direction == Direction::Fall).then_some(lag.stages[1].step?)
    };
    let lag = |(set, event): (Split, Option<u32>)| {
        let verdict = verdicts.iter().find(|v| v.layer == layer && v.set == set)?;
        let fell = |span: &Span| (span.from..=span.to).contains(&decibels);
        verdict.compressed.iter().find(|span| fell(span))?;
        let from = event?.max(1);
        let to = (half(set)?.round() as u32).max(1);
        let (factor, order) = match to >= from {
            true => (f64::from(to) / f64::from(from), "after"),
            false => (f64::from(from) / f64::from(to), "before"),
        };
        let digits = if factor < 10.0 { 1 } else { 0 };
        let args = [
            ("set", set.key().into()),
            ("step", to.into()),
            ("factor", text.numbers().fixed(factor, digits).into()),
            ("order", order.into()),
        ];
        Some(LagBar { set, from, to, words: text.with("compression-lag", &args) })
    };
    [(Split::Test, generalised), (Split::Train, memorised)].into_iter().filter_map(lag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression;
    use crate::history::{Evaluation, ProbeResult, Score, Scores};
    use crate::text::Locale;

    /// A run that memorises, and whose outputs lose information from step 100 on, at 0 to 10 dB.
    fn history() -> History {
        let mut history = History::new(Experiment::valid("seeds=1&map=1"));
        let curves = history.curves().to_vec();
        for step in [1, 10, 100, 1000] {
            let score = Score { loss: 1.0, accuracy: 1.0 };
            let members = vec![Some(Scores { train: score, test: score })];
            history.push(Evaluation { step, members });
            let bits = |curve: &Curve| {
                let fell = step >= 100 && (0..=10).contains(&curve.snr.unwrap_or(0));
                Some(match curve.quantity {
                    Quantity::InputInformation if curve.snr < Some(0) => 2.0,
                    Quantity::InputInformation if !fell => 8.0,
                    Quantity::InputInformation | Quantity::LabelInformation => 4.5,
                    _ => 0.01,
                })
            };
            let members = vec![curves.iter().map(bits).collect()];
            history.push_measurement(ProbeResult { step, members });
        }
        history
    }

    #[test]
    fn the_sentence_names_the_range_and_the_minimal_state() {
        let text = Text::new(Locale::English);
        assert_eq!(
            sentences(&history(), &compression::verdicts(&history()), &text),
            [
                "Outputs: compression on the training set at 0 to 10 dB, on the test set at 0 to \
                 10 dB.",
                "On the test set, at 0 to 10 dB, the outputs hold the answer and nothing else \
                 about the input: I(X;T) and I(T;Y) are both within 0.1 bit of the entropy of the labels.",
                "On the training set, at 0 to 10 dB, the outputs hold the answer and nothing \
                 else about the input: I(X;T) and I(T;Y) are both within 0.1 bit of the entropy of the labels.",
            ]
        );
    }

    #[test]
    fn a_lag_is_told_as_a_factor() {
        let text = Text::new(Locale::English);
        let history = phases::synthetic::history(300.0, false);
        let events = [Some(20), Some(1800)];
        let lags = lags(&history, 2, &compression::verdicts(&history), events, &text);
        assert_eq!(lags[0].from, 1800);
        assert!(lags[0].to.abs_diff(900) < 30 && lags[1].to.abs_diff(300) < 10, "{lags:?}");
        assert!(lags[0].words.contains("1/2.0 of the step"), "{}", lags[0].words);
        assert!(lags[1].words.contains("15 times the step"), "{}", lags[1].words);
    }

    #[test]
    fn the_map_has_cells_and_lines_where_values_are_crossed() {
        let (text, history) = (Text::new(Locale::English), history());
        let of = |quantity| resolution_map(&history, quantity, 2, Split::Test, &Theme::GREY, &text);
        let map = of(Quantity::InputInformation).expect("all resolutions are measured");
        assert_eq!(map.cells.len(), 4 * 16);
        assert!(map.cells.iter().all(|cell| cell.from < cell.to && cell.share <= 0.9));
        // Half of log2 of the samples lies between -5 and 0 dB at every step.
        let half = map.contours.iter().find(|line| line.name == "half").expect("it is crossed");
        assert!(half.points.iter().all(|p| (-5.0..=0.0).contains(&p.median)), "{half:?}");
        let words = resolution_readout(&history, 2, Split::Test, 90.0, 11.0, &text);
        assert_eq!(
            words.as_deref(),
            Some(
                "Outputs, test set, step 100, 10 dB: I(X;T) 4.50 bits (error of the draws 0.01), \
                 I(T;Y) 4.50 bits."
            )
        );
    }
}
