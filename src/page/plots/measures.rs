//! What else is measured: curves over steps, of each layer or on each kind of samples, and the
//! information plane.

use std::ops::Range;

use super::{Words, groups, spread_of};
use crate::experiment::{Estimator, Experiment};
use crate::history::{History, ProbeResult};
use crate::measure::{CONTRASTIVE_BATCH, Curve, Quantity, Set, sample_counts};
use crate::page::axis::{HorizontalAxis, ValueAxis};
use crate::page::chart::{Line, Point, Series, Trail};
use crate::page::format;
use crate::page::theme::Theme;

/// The curves of one quantity, as a chart shows them.
pub struct Panel {
    /// Written above it.
    pub title: String,
    /// From bottom to top.
    pub values: ValueAxis,
    /// Curves.
    pub series: Vec<Series>,
    /// What an estimate cannot exceed, or what it should not fall below.
    pub levels: Vec<(f64, String)>,
    /// The numbers at a step.
    pub words: Words,
    /// What is wrong with the estimate, if it is seen.
    pub warning: Option<String>,
}

/// One curve that is drawn: of which members, and how.
struct Drawn {
    place: usize,
    curve: Curve,
    members: Range<usize>,
    series: Series,
}

/// What gets a chart, in order. Lower bounds are drawn beside the upper ones.
pub fn quantities(history: &History) -> Vec<Quantity> {
    let mut all: Vec<Quantity> = Vec::new();
    for Curve { quantity, .. } in history.curves() {
        let beside = [
            Quantity::InputInformationLower,
            Quantity::LabelInformationLower,
            Quantity::InputInformationDeviation,
            Quantity::LabelInformationDeviation,
        ];
        if !beside.contains(quantity) && !all.contains(quantity) {
            all.push(*quantity);
        }
    }
    all
}

/// Whether some chart shows one kind of samples only, which the reader can choose.
pub fn has_choice_of_samples(history: &History) -> bool {
    let several = groups(history.experiment()).len() > 1;
    let sets = |curve: &&Curve| matches!(curve.set, Some(Set::Train | Set::Test));
    let mut curves = history.curves().iter().filter(sets);
    curves.any(|curve| {
        let chosen = several || layers(history, curve.quantity) > 1;
        chosen && curve.quantity != Quantity::TruncatedAccuracy
    })
}

/// Different layers or ranks of a quantity.
fn layers(history: &History, quantity: Quantity) -> usize {
    let mut all: Vec<_> = history
        .curves()
        .iter()
        .filter(|curve| curve.quantity == quantity)
        .map(|curve| (curve.layer, curve.rank))
        .collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

/// The curves of a quantity: of each kind of members, of each layer, or on each kind of samples, whichever
/// there are several of.
fn drawn(history: &History, theme: &Theme, quantity: Quantity, chosen: Set) -> Vec<Drawn> {
    let mut own: Vec<(usize, Curve)> = history
        .curves()
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, curve)| curve.quantity == quantity)
        .collect();
    let groups = groups(history.experiment());
    let outputs = history.experiment().settings.hidden().len() + 1;
    let count = layers(history, quantity);
    if groups.len() > 1 || count > 1 {
        let has = |set| own.iter().any(|(_, curve)| curve.set == Some(set));
        let set = [chosen, Set::Test, Set::Train].into_iter().find(|set| has(*set));
        own.retain(|(_, curve)| curve.set == set || curve.set.is_none());
    }
    let series = |name: String, colour, ink, line| Series {
        name,
        colour,
        ink,
        line,
        named_where_it_rises: false,
        points: Vec::new(),
    };
    if groups.len() > 1 {
        // Of several layers the last is the one to compare.
        let Some(&(place, curve)) = own.last() else { return Vec::new() };
        let count = groups.len();
        return groups
            .into_iter()
            .enumerate()
            .map(|(index, (members, name))| {
                let colour = theme.shade(theme.test, index, count);
                let mut series = series(name, colour, colour, Line::Solid);
                series.named_where_it_rises = true;
                Drawn { place, curve, members, series }
            })
            .collect();
    }
    let members = 0..history.experiment().member_count();
    own.into_iter()
        .enumerate()
        .map(|(index, (place, curve))| {
            let series = if count > 1 {
                let name = match (curve.layer, curve.rank) {
                    (Some(layer), Some(rank)) if quantity == Quantity::SingularValue => {
                        format!("{layer}: σ{rank}")
                    }
                    (_, Some(rank)) if quantity == Quantity::FourierShare => format!("no. {rank}"),
                    (_, Some(rank)) => format!("rank {rank}"),
                    (Some(layer), _) if layer == outputs => "outputs".into(),
                    (Some(layer), _) => format!("layer {layer}"),
                    _ => String::new(),
                };
                let colour = theme.layer(index, count);
                series(name, colour, colour, Line::Solid)
            } else {
                match curve.set {
                    Some(Set::Train) => {
                        series("train".into(), theme.train, theme.train_text, Line::Dashed)
                    }
                    Some(Set::All) => series("all".into(), theme.ink, theme.ink, Line::Thin),
                    Some(Set::Random) => {
                        series("random".into(), theme.muted, theme.muted, Line::Thin)
                    }
                    Some(Set::Test) => series("test".into(), theme.test, theme.test, Line::Solid),
                    None => series(String::new(), theme.layer(1, 2), theme.ink, Line::Solid),
                }
            };
            Drawn { place, curve, members: members.clone(), series }
        })
        .collect()
}

/// Median and range of a curve over members at a measurement.
fn at(measurement: &ProbeResult, place: usize, members: &Range<usize>) -> Option<Point> {
    let values = measurement.members.get(members.clone())?.iter();
    let values = values.filter_map(|values| (*values.get(place)?).map(f64::from));
    spread_of(values, f64::from(measurement.step))
}

fn points(history: &History, place: usize, members: &Range<usize>) -> Vec<Point> {
    history.measurements().iter().filter_map(|m| at(m, place, members)).collect()
}

/// The measurement nearest to a step.
fn nearest(history: &History, step: f64) -> Option<&ProbeResult> {
    let off = |measurement: &&ProbeResult| (f64::from(measurement.step) - step).abs();
    history.measurements().iter().min_by(|a, b| off(a).total_cmp(&off(b)))
}

/// The chart of a quantity. `chosen` are the samples of which one kind is shown; the words tell the
/// numbers at `step`.
pub fn panel(
    history: &History,
    theme: &Theme,
    quantity: Quantity,
    chosen: Set,
    step: f64,
) -> Panel {
    let experiment = history.experiment();
    let drawn = drawn(history, theme, quantity, chosen);
    let near = nearest(history, step);
    let mut words: Words = Vec::new();
    if let Some(near) = near {
        words.push(("", format!("Step {}: ", format::step(near.step))));
        for (index, own) in drawn.iter().enumerate() {
            let Some(point) = at(near, own.place, &own.members) else { continue };
            let class = match (own.curve.set, layers(history, quantity)) {
                (Some(Set::Train), 1) => "train",
                (Some(Set::Test), 1) => "test",
                _ => "",
            };
            let separator = if index > 0 { ", " } else { "" };
            let number = if quantity == Quantity::TruncatedAccuracy {
                format!("{:.0}%", 100.0 * point.median)
            } else {
                format!("{:.2}", point.median)
            };
            let name = &own.series.name;
            words.push((class, format!("{separator}{name}{}{number}", gap(name))));
        }
    }
    let warning = drawn.iter().find_map(|own| saturation(history, own));
    let sets: Vec<Option<Set>> = drawn.iter().map(|own| own.curve.set).collect();
    let one_set = sets.first().copied().flatten().filter(|set| {
        sets.iter().all(|other| *other == Some(*set))
            && matches!(set, Set::Train | Set::Test | Set::All)
            && quantity != Quantity::TruncatedAccuracy
    });
    let of_set = one_set.map_or(String::new(), |set| format!(", {} samples", set.key()));
    let mut series = Vec::new();
    for own in &drawn {
        let mut points_of_own = points(history, own.place, &own.members);
        if let Some(place) = beside(history, &own.curve, DEVIATIONS) {
            widen(&mut points_of_own, &points(history, place, &own.members));
        }
        series.push(Series { points: points_of_own, ..own.series.clone() });
        if let Some(place) = beside(history, &own.curve, LOWER_BOUNDS) {
            series.push(Series {
                name: String::new(),
                line: Line::Thin,
                points: points(history, place, &own.members),
                ..own.series.clone()
            });
        }
    }
    let levels = levels(experiment, quantity, one_set.unwrap_or(Set::All));
    let ends = series.iter().flat_map(|series| &series.points).flat_map(|p| [p.low, p.high]);
    let marked = levels.iter().map(|(value, _)| *value);
    let values =
        if share(quantity) { ValueAxis::Share } else { ValueAxis::around(ends.chain(marked)) };
    let title = format!("{}{of_set}", title(quantity, experiment));
    Panel { title, values, series, levels, words, warning }
}

fn gap(name: &str) -> &'static str {
    if name.is_empty() { "" } else { " " }
}

/// Whether a quantity lies between 0 and 1.
fn share(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::ClassVariance
            | Quantity::FourierConcentration
            | Quantity::FourierShare
            | Quantity::TruncatedAccuracy
    )
}

/// Quantities that are drawn beside another.
type Beside = [(Quantity, Quantity); 2];
const LOWER_BOUNDS: Beside = [
    (Quantity::InputInformation, Quantity::InputInformationLower),
    (Quantity::LabelInformation, Quantity::LabelInformationLower),
];
const DEVIATIONS: Beside = [
    (Quantity::InputInformation, Quantity::InputInformationDeviation),
    (Quantity::LabelInformation, Quantity::LabelInformationDeviation),
];

/// The place of the curve that belongs beside another.
fn beside(history: &History, curve: &Curve, which: Beside) -> Option<usize> {
    let (_, quantity) = which.into_iter().find(|(of, _)| *of == curve.quantity)?;
    let other = Curve { quantity, ..*curve };
    history.curves().iter().position(|curve| *curve == other)
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

fn title(quantity: Quantity, experiment: &Experiment) -> String {
    let by = match experiment.settings.info {
        Estimator::Off => "",
        Estimator::Binning => "by bins",
        Estimator::Kernel => "by pairwise bounds",
        Estimator::Neighbours => "by neighbours",
        Estimator::Contrastive => "by a critic",
    };
    match quantity {
        Quantity::InputInformation
        | Quantity::InputInformationLower
        | Quantity::InputInformationDeviation => {
            format!("I(X;T), bits, {by}")
        }
        Quantity::LabelInformation
        | Quantity::LabelInformationLower
        | Quantity::LabelInformationDeviation => {
            format!("I(T;Y), bits, {by}")
        }
        Quantity::ClassVariance => "Variance within classes ÷ all".into(),
        Quantity::LocalComplexity => "Local complexity, units a sample".into(),
        Quantity::LinearMappingNumber => "Linear mapping number".into(),
        Quantity::WeightNorm => "Norm of weights".into(),
        Quantity::EffectiveRank => "Effective rank of weights".into(),
        Quantity::SingularValue => "Singular values of weights, by layer".into(),
        Quantity::FourierShare => "Strongest frequencies, all units together".into(),
        Quantity::FourierConcentration => "Fourier concentration of first weights".into(),
        Quantity::TruncatedAccuracy => "Test accuracy at lower rank of weights".into(),
    }
}

/// What an estimate of `I(X;T)` on some samples cannot exceed, in bits.
fn ceiling(experiment: &Experiment, set: Set) -> Option<f64> {
    let settings = &experiment.settings;
    let all = settings.train_samples();
    let (train, test) = sample_counts(settings, all, settings.all_samples() - all);
    let samples = match set {
        Set::Train => train,
        Set::Test => test,
        Set::All | Set::Random => train + test,
    };
    let samples = match settings.info {
        Estimator::Off | Estimator::Neighbours => return None,
        // Every other pair is for the critic to learn from.
        Estimator::Contrastive => (samples / 2).min(CONTRASTIVE_BATCH),
        Estimator::Binning | Estimator::Kernel => samples,
    };
    Some((samples as f64).log2())
}

fn levels(experiment: &Experiment, quantity: Quantity, set: Set) -> Vec<(f64, String)> {
    let settings = &experiment.settings;
    let classes = (!settings.is_regression()).then(|| (settings.outputs() as f64).log2());
    let number = |bits: f64| format!("{bits:.1}");
    let of_labels = classes.map(|bits| (bits, format!("log₂ classes {}", number(bits))));
    match quantity {
        Quantity::InputInformation => {
            let what = match settings.info {
                Estimator::Contrastive => "ceiling log₂ batch",
                _ => "ceiling log₂ samples",
            };
            let top =
                ceiling(experiment, set).map(|bits| (bits, format!("{what} {}", number(bits))));
            top.into_iter().chain(of_labels).collect()
        }
        Quantity::LabelInformation => of_labels.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Says so if an estimate has stood at its ceiling for most of the run.
fn saturation(history: &History, own: &Drawn) -> Option<String> {
    const NEAR: f64 = 0.1;
    if own.curve.quantity != Quantity::InputInformation {
        return None;
    }
    let ceiling = ceiling(history.experiment(), own.curve.set?)?;
    let points = points(history, own.place, &own.members);
    let high = points.iter().filter(|point| point.median > ceiling - NEAR).count();
    (points.len() > 3 && 10 * high > 9 * points.len()).then(|| {
        format!(
            "I(X;T) of {} stands at its ceiling: to this estimate every sample looks different, so it cannot \
             show compression here. It says something about the ruler, not about the network.",
            if own.series.name.is_empty() { "the network" } else { &own.series.name }
        )
    })
}

/// I(X;T) against I(T;Y), a trail through the steps for each layer or kind of samples.
pub struct Plane {
    /// I(X;T).
    pub across: HorizontalAxis,
    /// I(T;Y).
    pub values: ValueAxis,
    /// The trails.
    pub trails: Vec<Trail>,
}

/// The information plane, if both kinds of information are measured.
pub fn plane(history: &History, theme: &Theme, chosen: Set) -> Option<Plane> {
    let inputs = drawn(history, theme, Quantity::InputInformation, chosen);
    let labels = drawn(history, theme, Quantity::LabelInformation, chosen);
    if labels.is_empty() || history.measurements().is_empty() {
        return None;
    }
    let trails: Vec<Trail> = inputs
        .into_iter()
        .zip(labels)
        .map(|(x, y)| {
            let point = |measurement: &ProbeResult| {
                let inputs = at(measurement, x.place, &x.members)?.median;
                let labels = at(measurement, y.place, &y.members)?.median;
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
    let title = if groups(history.experiment()).len() > 1
        || layers(history, Quantity::InputInformation) > 1
    {
        format!("I(X;T), bits, {} samples", chosen.key())
    } else {
        "I(X;T), bits".into()
    };
    Some(Plane {
        across: HorizontalAxis::around(&title, points().map(|(_, x, _)| *x)),
        values: ValueAxis::around(points().map(|(_, _, y)| *y)),
        trails,
    })
}

impl Plane {
    /// The step of the point nearest to a place in the plot, 0 to 1 from left to right and from bottom to
    /// top.
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

    const THEME: Theme = Theme::GREY;

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
    fn one_layer_is_drawn_on_each_kind_of_samples_and_several_on_the_chosen_one() {
        let names = |query: &str, quantity| {
            let history = history(query, &[(0, 1.0), (1, 2.0)]);
            let panel = panel(&history, &THEME, quantity, Set::Test, 1.0);
            panel.series.into_iter().map(|series| series.name).collect::<Vec<_>>()
        };
        assert_eq!(names("seeds=1", Quantity::InputInformation), ["train", "test", "all"]);
        let layers = "seeds=1&layers=all&deeper=24tanh";
        let expected = ["layer 1", "layer 2", "outputs"];
        assert_eq!(names(layers, Quantity::InputInformation), expected);
        let ranks = names("seeds=1&truncation=1&p=7&width=9", Quantity::TruncatedAccuracy);
        assert_eq!(ranks, ["rank 1", "rank 2", "rank 4", "rank 8"]);
        let kinds = names("wd=1,3&seeds=1", Quantity::InputInformation);
        assert_eq!(kinds, ["weight decay 1", "weight decay 3"]);
    }

    #[test]
    fn an_estimate_at_its_ceiling_is_called_that_and_one_below_is_not() {
        // 529 samples: log2 is 9.05, that of either half 8.05.
        let warning = |value: f32| {
            let history = history("seeds=1&info=binning", &[1, 2, 3, 4].map(|step| (step, value)));
            panel(&history, &THEME, Quantity::InputInformation, Set::All, 1.0).warning
        };
        assert!(warning(9.04).is_some_and(|text| text.starts_with("I(X;T) of train stands at")));
        assert_eq!(warning(5.0), None);
    }

    #[test]
    fn the_scatter_of_subsamples_widens_the_band_and_has_no_chart_of_its_own() {
        let history = history("seeds=1&subsamples=1", &[(0, 0.5), (1, 0.5)]);
        let quantities = quantities(&history);
        assert_eq!(quantities, [Quantity::InputInformation, Quantity::LabelInformation]);
        let panel = panel(&history, &THEME, quantities[0], Set::Test, 1.0);
        let point = panel.series[0].points[0];
        assert_eq!((point.low, point.median, point.high), (0.0, 0.5, 1.0));
    }

    #[test]
    fn a_place_in_the_plane_is_taken_back_to_the_step_of_the_nearest_point() {
        let history = history("seeds=1", &[(0, 2.0), (10, 6.0), (100, 4.0)]);
        let plane = plane(&history, &THEME, Set::Test).expect("both are measured");
        assert_eq!(plane.step_at(1.0, 1.0), Some(10));
        assert_eq!(plane.step_at(0.0, 0.0), Some(0));
        assert_eq!(plane.step_at(0.5, 0.5), Some(100));
    }
}
