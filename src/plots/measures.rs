//! What else is measured: curves over steps for each layer or set of samples, and the information
//! plane.

use std::ops::Range;

use super::{Words, groups, summary};
use crate::chart::{HorizontalAxis, ValueAxis};
use crate::chart::{Line, Point, Series, Theme, Trail};
use crate::evaluation::ProbeResult;
use crate::experiment::{Activation, BinRange, Estimator, Experiment};
use crate::history::History;
use crate::measure::{CONTRASTIVE_BATCH, Curve, Quantity, Split, sample_counts};
use crate::stats::sort_short;
use crate::text::{Arg, Text};

/// The curves of one quantity, as a chart shows them.
pub struct Panel {
    /// Written above it.
    pub title: String,
    /// From bottom to top.
    pub values: ValueAxis,
    /// Curves.
    pub series: Vec<Series>,
    /// The maximum of an estimate, or the minimum that it should have.
    pub levels: Vec<(f64, String)>,
    /// The numbers at a step.
    pub words: Words,
    /// A warning about the estimate, if there is one.
    pub warning: Option<String>,
}

/// One curve that is drawn: its index in the history, for some members.
struct DrawnCurve {
    index: usize,
    curve: Curve,
    members: Range<usize>,
    series: Series,
}

/// Quantities with a chart of their own, in order. Lower bounds and deviations are drawn with the
/// estimate that they belong to.
pub fn quantities(history: &History) -> Vec<Quantity> {
    let mut all: Vec<Quantity> = Vec::new();
    for Curve { quantity, .. } in history.curves() {
        let with_another = [
            Quantity::InputInformationLower,
            Quantity::LabelInformationLower,
            Quantity::InputInformationDeviation,
            Quantity::LabelInformationDeviation,
            Quantity::InputInformationError,
            Quantity::LabelInformationError,
            Quantity::LabelInformationShuffled,
            Quantity::LabelInformationShuffledDeviation,
        ];
        if !with_another.contains(quantity) && !all.contains(quantity) {
            all.push(*quantity);
        }
    }
    all
}

/// Whether some chart shows only one set of samples, which the reader can choose.
pub fn has_choice_of_samples(history: &History) -> bool {
    let experiment = history.experiment();
    let several = super::configuration_starts(experiment).count() > 1;
    let sets = |curve: &&Curve| matches!(curve.set, Some(Split::Train | Split::Test));
    let mut curves = history.curves().iter().filter(sets);
    curves.any(|curve| {
        let chosen = several || layers(history, curve.quantity) > 1;
        chosen && curve.quantity != Quantity::TruncatedAccuracy
    })
}

/// Number of layers or ranks of a quantity.
fn layers(history: &History, quantity: Quantity) -> usize {
    let mut all: Vec<_> = history
        .curves()
        .iter()
        .filter(|curve| curve.quantity == quantity)
        .map(|curve| (curve.layer, curve.rank))
        .collect();
    sort_short(&mut all, |a, b| a < b);
    all.dedup();
    all.len()
}

/// Whether a curve is read at the signal-to-noise ratio that the settings name, or at none.
fn is_of_chosen_resolution(curve: &Curve, history: &History) -> bool {
    curve.snr.is_none_or(|decibels| decibels == history.experiment().settings.snr)
}

/// The curves of a quantity: one for each group, or each layer, or each set of samples, whichever
/// there are several of.
fn drawn(
    history: &History,
    theme: &Theme,
    quantity: Quantity,
    chosen: Split,
    text: &Text,
) -> Vec<DrawnCurve> {
    let mut curves: Vec<(usize, Curve)> = history
        .curves()
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, curve)| curve.quantity == quantity && is_of_chosen_resolution(curve, history))
        .collect();
    let groups = groups(history.experiment(), text);
    let outputs = history.experiment().settings.hidden().len() + 1;
    let count = layers(history, quantity);
    if groups.len() > 1 || count > 1 {
        let has = |set| curves.iter().any(|(_, curve)| curve.set == Some(set));
        let set = [chosen, Split::Test, Split::Train].into_iter().find(|set| has(*set));
        curves.retain(|(_, curve)| curve.set == set || curve.set.is_none());
    }
    let series = |name: String, colour, ink, line| Series {
        label: name.clone(),
        name,
        colour,
        ink,
        line,
        named_where_it_rises: false,
        points: Vec::new(),
    };
    if groups.len() > 1 {
        // With several layers, groups are compared at the last one.
        let Some(&(index, curve)) = curves.last() else { return Vec::new() };
        let count = groups.len();
        return groups
            .into_iter()
            .enumerate()
            .map(|(group, (members, name))| {
                let colour = theme.shade(theme.test, group, count);
                let mut series = series(name, colour, colour, Line::Solid);
                series.named_where_it_rises = true;
                DrawnCurve { index, curve, members, series }
            })
            .collect();
    }
    let members = 0..history.experiment().member_count();
    curves
        .into_iter()
        .enumerate()
        .map(|(order, (index, curve))| {
            let series = if count > 1 {
                let colour = theme.layer(order, count);
                series(layer_name(&curve, outputs, text), colour, colour, Line::Solid)
            } else {
                let (id, colour, ink, line) = match curve.set {
                    Some(Split::Train) => {
                        ("curve-train", theme.train, theme.train_text, Line::Dashed)
                    }
                    Some(Split::All) => ("curve-all", theme.ink, theme.ink, Line::Thin),
                    Some(Split::Random) => ("curve-random", theme.muted, theme.muted, Line::Thin),
                    Some(Split::Test) => ("curve-test", theme.test, theme.test, Line::Solid),
                    None => ("", theme.layer(1, 2), theme.ink, Line::Solid),
                };
                let name = if id.is_empty() { String::new() } else { text.get(id) };
                series(name, colour, ink, line)
            };
            DrawnCurve { index, curve, members: members.clone(), series }
        })
        .collect()
}

/// The name of a curve among curves of other layers and ranks. `outputs` is the last layer.
pub(super) fn layer_name(curve: &Curve, outputs: usize, text: &Text) -> String {
    let of_rank = |id, rank: usize| text.with(id, &[("rank", rank.to_string().into())]);
    match (curve.layer, curve.rank) {
        (Some(layer), Some(rank)) if curve.quantity == Quantity::SingularValue => {
            let layer = layer.to_string().into();
            let args = [("layer", layer), ("rank", rank.to_string().into())];
            text.with("curve-singular-value", &args)
        }
        (_, Some(rank)) if curve.quantity == Quantity::FourierFraction => {
            of_rank("curve-frequency", rank)
        }
        (_, Some(rank)) => of_rank("curve-rank", rank),
        (Some(layer), _) if layer == outputs => text.get("curve-outputs"),
        (Some(layer), _) => text.with("curve-layer", &[("layer", layer.into())]),
        _ => String::new(),
    }
}

/// Median and range of a curve over members at a measurement.
fn at(measurement: &ProbeResult, index: usize, members: &Range<usize>) -> Option<Point> {
    let values = measurement.members.get(members.clone())?.iter();
    let values = values.filter_map(|values| (*values.get(index)?).map(f64::from));
    summary(values, f64::from(measurement.step))
}

pub(super) fn points(history: &History, index: usize, members: &Range<usize>) -> Vec<Point> {
    history.measurements().iter().filter_map(|m| at(m, index, members)).collect()
}

/// The measurement nearest to a step.
pub(super) fn nearest(history: &History, step: f64) -> Option<&ProbeResult> {
    let off = |measurement: &&ProbeResult| (f64::from(measurement.step) - step).abs();
    history.measurements().iter().min_by(|a, b| off(a).total_cmp(&off(b)))
}

/// The chart of a quantity. `chosen` is the set of samples, where only one is shown; the words tell
/// the numbers at `step`.
pub fn panel(
    history: &History,
    theme: &Theme,
    quantity: Quantity,
    chosen: Split,
    step: f64,
    text: &Text,
) -> Panel {
    let experiment = history.experiment();
    let drawn = drawn(history, theme, quantity, chosen, text);
    let words = nearest(history, step).map(|near| readout(history, near, &drawn, text));
    let warnings: Vec<String> = [saturation, labels_of_lone_samples, labels_cut_off]
        .iter()
        .filter_map(|warning| drawn.iter().find_map(|drawn| warning(history, drawn, text)))
        .chain(bins_too_narrow(history, quantity, &drawn, text))
        .collect();
    let warning = (!warnings.is_empty()).then(|| text.sentences(&warnings));
    let sets: Vec<Option<Split>> = drawn.iter().map(|drawn| drawn.curve.set).collect();
    let one_set = sets.first().copied().flatten().filter(|set| {
        sets.iter().all(|other| *other == Some(*set))
            && matches!(set, Split::Train | Split::Test | Split::All)
            && quantity != Quantity::TruncatedAccuracy
    });
    let mut series = shuffled(history, theme, &drawn, text);
    for drawn in &drawn {
        let mut points_of_curve = points(history, drawn.index, &drawn.members);
        if let Some(index) = companion(history, &drawn.curve, DEVIATIONS) {
            widen(&mut points_of_curve, &points(history, index, &drawn.members));
        }
        series.push(Series { points: points_of_curve, ..drawn.series.clone() });
        if let Some(index) = companion(history, &drawn.curve, LOWER_BOUNDS) {
            series.push(Series {
                name: String::new(),
                label: String::new(),
                line: Line::Thin,
                points: points(history, index, &drawn.members),
                ..drawn.series.clone()
            });
        }
    }
    let levels = levels(experiment, quantity, one_set.unwrap_or(Split::All), text);
    let ends = series.iter().flat_map(|series| &series.points).flat_map(|p| [p.low, p.high]);
    let marked = levels.iter().map(|(value, _)| *value);
    let values = if is_fraction(quantity) {
        ValueAxis::Share
    } else {
        ValueAxis::around(ends.chain(marked))
    };
    let mut title = title(quantity, experiment, text);
    if let Some(set) = one_set {
        title = with_set(title, set, text);
    }
    Panel { title, values, series, levels, words: words.unwrap_or_default(), warning }
}

/// The numbers of a measurement.
fn readout(history: &History, near: &ProbeResult, drawn: &[DrawnCurve], text: &Text) -> Words {
    let numbers = text.numbers();
    let values = drawn.iter().filter_map(|drawn| {
        let point = at(near, drawn.index, &drawn.members)?;
        let class = match (drawn.curve.set, layers(history, drawn.curve.quantity)) {
            (Some(Split::Train), 1) => "train",
            (Some(Split::Test), 1) => "test",
            _ => "",
        };
        let number = match drawn.curve.quantity {
            Quantity::TruncatedAccuracy => numbers.whole_percent(point.median),
            _ => numbers.fixed(point.median, 2),
        };
        let name = &drawn.series.name;
        let value = if name.is_empty() {
            number
        } else {
            let args = [("curve", name.as_str().into()), ("number", number.into())];
            text.with("readout-panel-value", &args)
        };
        Some(vec![(class, value)])
    });
    let values = values.reduce(|first: Words, second| {
        text.words("list-middle", &[("first", first.into()), ("second", second.into())])
    });
    let args = [("step", near.step.into()), ("values", values.unwrap_or_default().into())];
    text.words("readout-panel", &args)
}

/// Whether a quantity lies between 0 and 1.
fn is_fraction(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::ClassVariance
            | Quantity::FourierConcentration
            | Quantity::FourierFraction
            | Quantity::TruncatedAccuracy
    )
}

/// Quantities that are drawn with another: the other, and the quantity.
type Companions = [(Quantity, Quantity); 2];
const LOWER_BOUNDS: Companions = [
    (Quantity::InputInformation, Quantity::InputInformationLower),
    (Quantity::LabelInformation, Quantity::LabelInformationLower),
];
const DEVIATIONS: Companions = [
    (Quantity::InputInformation, Quantity::InputInformationDeviation),
    (Quantity::LabelInformation, Quantity::LabelInformationDeviation),
];

/// The index of the curve that is drawn with another.
fn companion(history: &History, curve: &Curve, which: Companions) -> Option<usize> {
    let (_, quantity) = which.into_iter().find(|(of, _)| *of == curve.quantity)?;
    let other = Curve { quantity, ..*curve };
    history.curves().iter().position(|curve| *curve == other)
}

/// The grey bands of `I(T;Y)` with permuted labels, mean and deviation, the first with a name.
fn shuffled(history: &History, theme: &Theme, drawn: &[DrawnCurve], text: &Text) -> Vec<Series> {
    use Quantity::{LabelInformation, LabelInformationShuffled, LabelInformationShuffledDeviation};

    let bands = drawn.iter().filter(|drawn| drawn.curve.quantity == LabelInformation);
    let bands = bands.filter_map(|drawn| {
        let of = |quantity| {
            let curve = Curve { quantity, ..drawn.curve };
            let index = history.curves().iter().position(|other| *other == curve)?;
            Some(points(history, index, &drawn.members))
        };
        let mut means = of(LabelInformationShuffled)?;
        means.iter_mut().for_each(|point| (point.low, point.high) = (point.median, point.median));
        widen(&mut means, &of(LabelInformationShuffledDeviation)?);
        Some(means)
    });
    let series = |(index, points)| {
        let name = if index == 0 { text.get("curve-shuffled") } else { String::new() };
        Series {
            label: name.clone(),
            name,
            colour: theme.muted,
            ink: theme.muted,
            line: Line::Thin,
            named_where_it_rises: false,
            points,
        }
    };
    bands.enumerate().map(series).collect()
}

/// Widens a band by the median deviation at each step.
fn widen(points: &mut [Point], deviations: &[Point]) {
    for point in points {
        if let Some(deviation) = deviations.iter().find(|deviation| deviation.x == point.x) {
            point.low -= deviation.median;
            point.high += deviation.median;
        }
    }
}

fn title(quantity: Quantity, experiment: &Experiment, text: &Text) -> String {
    let title = |quantity: Quantity| text.get(&format!("chart-{}", quantity.key()));
    let estimated = |quantity| {
        let estimator = experiment.settings.info.key().into();
        let snr = text.numbers().number(experiment.settings.snr.into()).into();
        let args = [("title", title(quantity).into()), ("estimator", estimator), ("snr", snr)];
        text.with("estimator-title", &args)
    };
    match quantity {
        Quantity::InputInformation
        | Quantity::InputInformationLower
        | Quantity::InputInformationDeviation
        | Quantity::InputInformationError => estimated(Quantity::InputInformation),
        Quantity::LabelInformation
        | Quantity::LabelInformationLower
        | Quantity::LabelInformationDeviation
        | Quantity::LabelInformationError
        | Quantity::LabelInformationShuffled
        | Quantity::LabelInformationShuffledDeviation => estimated(Quantity::LabelInformation),
        quantity => title(quantity),
    }
}

pub(super) fn with_set(title: String, set: Split, text: &Text) -> String {
    text.with("chart-with-set", &[("title", title.into()), ("set", set.key().into())])
}

/// How many samples of a set are measured.
fn measured_samples(experiment: &Experiment, set: Split) -> usize {
    let settings = &experiment.settings;
    let all = settings.train_samples();
    let (train, test) = sample_counts(settings, all, settings.all_samples() - all);
    match set {
        Split::Train => train,
        Split::Test => test,
        Split::All | Split::Random => train + test,
    }
}

/// The maximum of an estimate of `I(X;T)` on some samples, in bits.
pub(super) fn ceiling(experiment: &Experiment, set: Split) -> Option<f64> {
    let samples = measured_samples(experiment, set);
    let samples = match experiment.settings.info {
        Estimator::Off | Estimator::Neighbours | Estimator::Sliced | Estimator::CodingRate => {
            return None;
        }
        // The critic learns from one half of the pairs and is measured on the other.
        Estimator::Contrastive => (samples / 2).min(CONTRASTIVE_BATCH),
        Estimator::Exact | Estimator::Binning | Estimator::Kernel | Estimator::Renyi => samples,
    };
    Some((samples as f64).log2())
}

pub(super) fn levels(
    experiment: &Experiment,
    quantity: Quantity,
    set: Split,
    text: &Text,
) -> Vec<(f64, String)> {
    let settings = &experiment.settings;
    let level = |bits: f64, id| {
        let number: Arg = text.numbers().fixed(bits, 1).into();
        (bits, text.with(id, &[("bits", number)]))
    };
    let classes = (!settings.is_regression())
        .then(|| level((settings.outputs() as f64).log2(), "level-classes"));
    match quantity {
        Quantity::InputInformation => {
            let id = match settings.info {
                Estimator::Contrastive => "level-batch",
                _ => "level-samples",
            };
            let top = ceiling(experiment, set).map(|bits| level(bits, id));
            top.into_iter().chain(classes).collect()
        }
        Quantity::LabelInformation => classes.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Bits below its maximum at which an estimate counts as being there.
const NEAR_CEILING: f64 = 0.1;

/// The fraction of measured steps at which an `I(X;T)` on a set is at its maximum; `None` if it has
/// none, or there are hardly any steps.
fn saturated_fraction(
    history: &History,
    index: usize,
    set: Split,
    members: &Range<usize>,
) -> Option<f64> {
    let ceiling = ceiling(history.experiment(), set)?;
    let points = points(history, index, members);
    let high = points.iter().filter(|point| point.median > ceiling - NEAR_CEILING).count();
    (points.len() > 3).then(|| high as f64 / points.len() as f64)
}

/// A warning if an estimate has been at its maximum for most of the run.
fn saturation(history: &History, drawn: &DrawnCurve, text: &Text) -> Option<String> {
    if drawn.curve.quantity != Quantity::InputInformation {
        return None;
    }
    let set = drawn.curve.set?;
    let experiment = history.experiment();
    saturated_fraction(history, drawn.index, set, &drawn.members).filter(|high| *high > 0.9)?;
    // A curve that has left its maximum shows what there is to see.
    let last = *points(history, drawn.index, &drawn.members).last()?;
    if last.median < ceiling(experiment, set)? - NEAR_CEILING {
        return None;
    }
    let outputs = experiment.settings.hidden().len() + 1;
    Some(if drawn.members.len() < experiment.member_count() {
        text.with("warning-saturated", &[("curve", drawn.series.name.as_str().into())])
    } else if layers(history, Quantity::InputInformation) == 1 {
        text.with("warning-saturated-set", &[("set", set.key().into())])
    } else {
        match drawn.curve.layer {
            Some(layer) if layer < outputs => {
                text.with("warning-saturated-layer", &[("layer", layer.into())])
            }
            _ => text.get("warning-saturated-outputs"),
        }
    })
}

/// A warning if every sample looks different at half of the steps: `I(T;Y)` is then the entropy of
/// the labels, whatever they are.
fn labels_of_lone_samples(history: &History, drawn: &DrawnCurve, text: &Text) -> Option<String> {
    let Curve { quantity: Quantity::LabelInformation, set: Some(set), .. } = drawn.curve else {
        return None;
    };
    // A critic's limit is that of its batch.
    if history.experiment().settings.info == Estimator::Contrastive {
        return None;
    }
    let inputs = Curve { quantity: Quantity::InputInformation, ..drawn.curve };
    let index = history.curves().iter().position(|curve| *curve == inputs)?;
    saturated_fraction(history, index, set, &drawn.members).filter(|high| *high >= 0.5)?;
    Some(text.with("warning-lone-samples", &[("curve", drawn.series.name.as_str().into())]))
}

/// A warning if an estimate from nearest neighbours was cut off at the entropy of the labels.
fn labels_cut_off(history: &History, drawn: &DrawnCurve, text: &Text) -> Option<String> {
    /// Bits by which the entropy of drawn labels may be below what it is on average.
    const SCATTER: f64 = 0.05;
    let experiment = history.experiment();
    let is_cut = experiment.settings.info == Estimator::Neighbours;
    if !is_cut || drawn.curve.quantity != Quantity::LabelInformation {
        return None;
    }
    let classes = experiment.settings.outputs() as f64;
    let samples = measured_samples(experiment, drawn.curve.set?) as f64;
    // Samples miss some of the entropy, by the term of Miller.
    let entropy = classes.log2() - (classes - 1.0) / (2.0 * samples) * std::f64::consts::LOG2_E;
    let points = points(history, drawn.index, &drawn.members);
    let reached = points.iter().any(|point| point.high >= entropy - SCATTER);
    reached.then(|| {
        text.with("warning-labels-cut-off", &[("curve", drawn.series.name.as_str().into())])
    })
}

/// A warning if bins from -1 to 1 are used on layers whose outputs can lie outside.
fn bins_too_narrow(
    history: &History,
    quantity: Quantity,
    drawn: &[DrawnCurve],
    text: &Text,
) -> Option<String> {
    let settings = &history.experiment().settings;
    let is_information =
        matches!(quantity, Quantity::InputInformation | Quantity::LabelInformation);
    let is_fixed = settings.info == Estimator::Binning && settings.bin_range == BinRange::Fixed;
    if !is_information || !is_fixed {
        return None;
    }
    let hidden = settings.hidden();
    let is_wider = |curve: &Curve| {
        let hidden = curve.layer.and_then(|layer| hidden.get(layer - 1));
        hidden.is_none_or(|layer| layer.activation != Activation::Tanh)
    };
    let wider = drawn.iter().map(|drawn| &drawn.curve).filter(|curve| is_wider(curve));
    let mut names: Vec<String> =
        wider.map(|curve| layer_name(curve, hidden.len() + 1, text)).collect();
    names.dedup();
    let names = text.join("list-middle", &names);
    (!names.is_empty()).then(|| text.with("warning-narrow-bins", &[("layers", names.into())]))
}

/// I(X;T) against I(T;Y), a trail through the steps for each layer or set of samples.
pub struct Plane {
    /// I(X;T).
    pub across: HorizontalAxis,
    /// I(T;Y).
    pub values: ValueAxis,
    /// The trails.
    pub trails: Vec<Trail>,
}

/// Whether there is an information plane.
pub fn has_plane(history: &History) -> bool {
    !history.measurements().is_empty()
        && history.curves().iter().any(|curve| curve.quantity == Quantity::LabelInformation)
}

/// I(X;T) of the last hidden layer at every measured step, where several layers are measured, with
/// the number of the layer: on all samples, or else on the test set.
pub(super) fn deepest_hidden(history: &History) -> Option<(usize, Vec<Point>)> {
    let outputs = history.experiment().settings.hidden().len() + 1;
    let of = |split: Split| {
        let curves = history.curves().iter().enumerate();
        curves
            .filter(|(_, curve)| {
                curve.quantity == Quantity::InputInformation
                    && is_of_chosen_resolution(curve, history)
                    && curve.set == Some(split)
                    && curve.layer.is_some_and(|layer| layer < outputs)
            })
            .max_by_key(|(_, curve)| curve.layer)
    };
    let (index, curve) = of(Split::All).or_else(|| of(Split::Test))?;
    let members = 0..history.experiment().member_count();
    Some((curve.layer?, points(history, index, &members)))
}

/// The information plane. `None` without [`has_plane`].
pub fn plane(history: &History, theme: &Theme, chosen: Split, text: &Text) -> Option<Plane> {
    if !has_plane(history) {
        return None;
    }
    let inputs = drawn(history, theme, Quantity::InputInformation, chosen, text);
    let labels = drawn(history, theme, Quantity::LabelInformation, chosen, text);
    let has_one_set =
        inputs.iter().any(|drawn| drawn.members.len() < history.experiment().member_count())
            || layers(history, Quantity::InputInformation) > 1;
    let trails: Vec<Trail> = inputs
        .into_iter()
        .zip(labels)
        .map(|(x, y)| {
            let point = |measurement: &ProbeResult| {
                let inputs = at(measurement, x.index, &x.members)?.median;
                let labels = at(measurement, y.index, &y.members)?.median;
                Some((measurement.step, inputs, labels))
            };
            Trail {
                name: x.series.name,
                colour: x.series.colour,
                ink: x.series.ink,
                points: history.measurements().iter().filter_map(point).collect(),
            }
        })
        .collect();
    let points = || trails.iter().flat_map(|trail| &trail.points);
    let mut title = text.get("chart-input-information");
    if has_one_set {
        title = with_set(title, chosen, text);
    }
    Some(Plane {
        across: HorizontalAxis::around(title, points().map(|(_, x, _)| *x), text),
        values: ValueAxis::around(points().map(|(_, _, y)| *y)),
        trails,
    })
}

impl Plane {
    /// The step of the point nearest to a position in the plot, from 0 to 1, left to right and
    /// bottom to top.
    pub fn step_at(&self, across: f64, up: f64) -> Option<u32> {
        let off = |x: f64, y: f64| {
            let x = self.across.position(x).unwrap_or(0.0) - across;
            let y = self.values.position(y) - up;
            x * x + y * y
        };
        let points = self.trails.iter().flat_map(|trail| &trail.points);
        points.min_by(|a, b| off(a.1, a.2).total_cmp(&off(b.1, b.2))).map(|(step, ..)| *step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Locale;

    const THEME: Theme = Theme::GREY;

    fn english() -> Text {
        Text::new(Locale::English)
    }

    /// A run of one member with the same value for every curve at each step.
    fn history(query: &str, values: &[(u32, f32)]) -> History {
        let mut history = History::new(Experiment::from_query(query).experiment);
        let curves = history.curves().len();
        for (step, value) in values {
            let members = vec![vec![Some(*value); curves]];
            history.push_measurement(ProbeResult { step: *step, members });
        }
        history
    }

    #[test]
    fn several_layers_are_drawn_on_the_chosen_split() {
        let names = |query: &str, quantity| {
            let history = history(query, &[(0, 1.0), (1, 2.0)]);
            let panel = panel(&history, &THEME, quantity, Split::Test, 1.0, &english());
            panel.series.into_iter().map(|series| series.name).collect::<Vec<_>>()
        };
        assert_eq!(names("seeds=1", Quantity::InputInformation), ["training", "test"]);
        let layers = "seeds=1&layers=all&deeper=24tanh";
        let expected = ["layer 1", "layer 2", "outputs"];
        assert_eq!(names(layers, Quantity::InputInformation), expected);
        let ranks = names("seeds=1&truncation=1&p=7&width=9", Quantity::TruncatedAccuracy);
        assert_eq!(ranks, ["rank 1", "rank 2", "rank 4", "rank 8"]);
        let kinds = names("wd=1,3&seeds=1", Quantity::InputInformation);
        assert_eq!(kinds, ["weight decay 1", "weight decay 3"]);
    }

    #[test]
    fn an_estimate_at_its_ceiling_is_called_that() {
        // 529 samples: log2 is 9.05, that of either half 8.05.
        let warning = |value: f32| {
            let history = history("seeds=1&info=binning", &[1, 2, 3, 4].map(|step| (step, value)));
            panel(&history, &THEME, Quantity::InputInformation, Split::All, 1.0, &english()).warning
        };
        assert!(warning(9.04).is_some_and(|text| {
            text.starts_with("I(X;T) is at its maximum on the training set: ")
        }));
        assert_eq!(warning(5.0), None);
    }

    /// The warning on the test set when `I(X;T)` and `I(T;Y)` have these values at four steps.
    fn warning(query: &str, quantity: Quantity, inputs: f32, labels: f32) -> Option<String> {
        let mut history = History::new(Experiment::from_query(query).experiment);
        let is_of_labels = |curve: &Curve| curve.quantity == Quantity::LabelInformation;
        let value = |curve| Some(if is_of_labels(curve) { labels } else { inputs });
        let values: Vec<Option<f32>> = history.curves().iter().map(value).collect();
        for step in 1..=4 {
            history.push_measurement(ProbeResult { step, members: vec![values.clone()] });
        }
        panel(&history, &THEME, quantity, Split::Test, 1.0, &english()).warning
    }

    #[test]
    fn labels_of_samples_that_all_look_different_are_warned_of() {
        let of = |estimator: &str, inputs| {
            let query = format!("seeds=1&info={estimator}");
            warning(&query, Quantity::LabelInformation, inputs, 4.5)
        };
        for estimator in ["binning", "kernel", "exact", "renyi"] {
            let warned = of(estimator, 9.04).is_some_and(|text| text.contains("random labels"));
            assert!(warned, "{estimator}: {:?}", of(estimator, 9.04));
            assert_eq!(of(estimator, 6.0), None, "{estimator}");
        }
    }

    #[test]
    fn neighbours_at_the_entropy_of_labels_are_called_cut_off() {
        let of = |labels| {
            let query = "seeds=1&info=neighbours";
            warning(query, Quantity::LabelInformation, 3.0, labels)
        };
        // 23 classes: 4.52 bits, of 264 samples some 4.46.
        assert!(of(4.46).is_some_and(|text| text.contains("cut off")));
        assert_eq!(of(4.2), None);
    }

    #[test]
    fn bins_narrower_than_a_layer_are_named_with_the_layer() {
        let of = |query: &str| {
            let query = format!("seeds=1&info=binning&layers=all&bin-range=fixed&{query}");
            warning(&query, Quantity::InputInformation, 3.0, 1.0).unwrap_or_default()
        };
        let tanh = of("activation=tanh&deeper=9tanh");
        assert!(tanh.contains("outside: outputs."), "{tanh}");
        let relu = of("activation=tanh&deeper=9relu");
        assert!(relu.contains("outside: layer 2, outputs."), "{relu}");
        let range = "seeds=1&info=binning&bin-range=running";
        assert_eq!(warning(range, Quantity::InputInformation, 3.0, 1.0), None);
        let other = "seeds=1&info=kernel&bin-range=fixed";
        assert_eq!(warning(other, Quantity::InputInformation, 3.0, 1.0), None);
    }

    #[test]
    fn the_scatter_of_subsamples_widens_the_band() {
        let history = history("seeds=1&info=kernel&subsamples=1", &[(0, 0.5), (1, 0.5)]);
        let quantities = quantities(&history);
        assert_eq!(quantities, [Quantity::InputInformation, Quantity::LabelInformation]);
        let panel = panel(&history, &THEME, quantities[0], Split::Test, 1.0, &english());
        let point = panel.series[0].points[0];
        assert_eq!((point.low, point.median, point.high), (0.0, 0.5, 1.0));
    }

    #[test]
    fn shuffled_labels_are_a_grey_band_below_their_curves() {
        let history = history("seeds=1&shuffle=1", &[(0, 0.5), (1, 0.5)]);
        let quantities = quantities(&history);
        assert_eq!(quantities, [Quantity::InputInformation, Quantity::LabelInformation]);
        let panel = panel(&history, &THEME, quantities[1], Split::Test, 1.0, &english());
        let names: Vec<&str> = panel.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["shuffled labels", "", "training", "test"]);
        let point = panel.series[0].points[0];
        assert_eq!((point.low, point.median, point.high), (0.0, 0.5, 1.0));
        assert_eq!(panel.series[0].colour, THEME.muted);
    }

    #[test]
    fn a_position_in_the_plane_finds_the_nearest_step() {
        let history = history("seeds=1", &[(0, 2.0), (10, 6.0), (100, 4.0)]);
        let plane = plane(&history, &THEME, Split::Test, &english()).expect("both are measured");
        assert_eq!(plane.step_at(1.0, 1.0), Some(10));
        assert_eq!(plane.step_at(0.0, 0.0), Some(0));
        assert_eq!(plane.step_at(0.5, 0.5), Some(100));
    }
}
