//! Claims about `I(X;T)` and `I(T;Y)` of layers.

use super::over_time::{networks, together};
use super::{ClaimCell, ClaimEstimator, Count, Evidence, Reading, Spread, Verdict, limits};
use crate::experiment::{BinRange, Estimator};
use crate::history::History;
use crate::measure::{Curve, Quantity, Split};
use crate::phases::Signal;
use crate::stats;

/// A layer on a set of samples.
type Place = (usize, Split);

/// How `I(X;T)` changes at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Neither,
    Falls,
    RisesAndFalls,
}

/// Every layer, on the training set and on the test set.
fn places(run: &History) -> Vec<Place> {
    let layers = run.experiment().settings.units().len() - 1;
    (1..=layers).flat_map(|layer| [(layer, Split::Train), (layer, Split::Test)]).collect()
}

/// The curves of `I(X;T)` at a place: one for each resolution, or one of another estimator.
fn curves(run: &History, (layer, set): Place) -> Vec<Curve> {
    let is_here = |curve: &&Curve| {
        curve.quantity == Quantity::InputInformation
            && curve.layer == Some(layer)
            && curve.set == Some(set)
    };
    run.curves().iter().filter(is_here).copied().collect()
}

/// Values and their standard errors, in the order of measured steps.
fn values(run: &History, network: usize, curve: Curve) -> Vec<(f64, f64)> {
    let index = |curve: Curve| run.curves().iter().position(|other| *other == curve);
    let Some(at) = index(curve) else { return Vec::new() };
    let error = match curve.quantity {
        Quantity::LabelInformation => Quantity::LabelInformationError,
        _ => Quantity::InputInformationError,
    };
    let error_at = index(Curve { quantity: error, ..curve });
    let points = run.measurements().iter().filter_map(|measurement| {
        let values = measurement.members.get(network)?;
        let error = error_at.and_then(|at| *values.get(at)?).unwrap_or(0.0);
        Some((f64::from((*values.get(at)?)?), f64::from(error)))
    });
    points.collect()
}

/// The index of the highest value.
fn top(points: &[(f64, f64)]) -> Option<usize> {
    (0..points.len()).max_by(|a, b| points[*a].0.total_cmp(&points[*b].0))
}

/// Whether one value is below another, for certain and by enough.
fn is_below(low: (f64, f64), high: (f64, f64)) -> bool {
    high.0 - low.0 > limits::BITS.max(2.0 * low.1.hypot(high.1))
}

fn shape(points: &[(f64, f64)]) -> Option<Shape> {
    let top = points[top(points)?];
    let (first, last) = (*points.first()?, *points.last()?);
    Some(match (is_below(first, top), is_below(last, top)) {
        (true, true) => Shape::RisesAndFalls,
        (false, true) => Shape::Falls,
        _ => Shape::Neither,
    })
}

/// The shape that nearly all networks have at least.
fn shape_of_most(run: &History, curve: Curve) -> Shape {
    let shapes: Vec<Shape> =
        networks(run).filter_map(|network| shape(&values(run, network, curve))).collect();
    let most = |least: Shape| {
        let count = Count::of(shapes.iter().map(|shape| Some(*shape >= least)));
        count.of >= limits::NETWORKS && count.most()
    };
    let known = [Shape::RisesAndFalls, Shape::Falls].into_iter().find(|shape| most(*shape));
    known.unwrap_or(Shape::Neither)
}

/// The shape at a place. At several resolutions it has to be the same at two neighbouring ones.
/// `None` if bins hold a sample each.
fn shape_at(run: &History, place: Place) -> Option<Shape> {
    let curves = curves(run, place);
    let shapes: Vec<Shape> = curves.iter().map(|curve| shape_of_most(run, *curve)).collect();
    if let [curve] = curves[..] {
        let settings = &run.experiment().settings;
        let train = settings.train_samples();
        let samples = if place.1 == Split::Train { train } else { settings.all_samples() - train };
        let last = networks(run).filter_map(|network| Some(values(run, network, curve).last()?.0));
        let alone = stats::median(last)? > (samples as f64).log2() - limits::BITS;
        return (shapes[0] != Shape::Neither || !alone).then_some(shapes[0]);
    }
    shapes.windows(2).map(|pair| pair[0].min(pair[1])).max()
}

fn estimate(run: &History) -> ClaimEstimator {
    let settings = &run.experiment().settings;
    match (settings.info, settings.bin_range) {
        (Estimator::Binning, BinRange::Fixed) => ClaimEstimator::FixedBins,
        (Estimator::Binning, _) => ClaimEstimator::StepBins,
        _ => ClaimEstimator::Exact,
    }
}

/// Whether `I(X;T)` rises and then falls; the first run is measured exactly.
pub(super) fn compression(runs: &[&History]) -> ClaimCell {
    let places = places(runs[0]);
    let shapes: Vec<Vec<Option<Shape>>> =
        runs.iter().map(|run| places.iter().map(|place| shape_at(run, *place)).collect()).collect();
    let readings = runs.iter().zip(&shapes).map(|(run, shapes)| {
        let count = |wanted| shapes.iter().flatten().filter(|shape| **shape == wanted).count();
        Reading {
            estimate: estimate(run),
            both: count(Shape::RisesAndFalls),
            falls: count(Shape::Falls),
            told: shapes.iter().flatten().count(),
            places: places.len(),
        }
    });
    let readings: Vec<Reading> = readings.collect();
    let contradictions = contradictions(&shapes);
    let Reading { both, falls, told, .. } = readings[0];
    let (both, any) = (Count { seen: both, of: told }, Count { seen: both + falls, of: told });
    let contradict = contradictions.seen as f64 >= limits::CONTRADICTION * places.len() as f64;
    let verdict = match both.share() {
        _ if networks(runs[0]).count() < limits::NETWORKS => Verdict::CannotTell,
        _ if contradict => Verdict::Estimator,
        Verdict::NotHere if any.share() != Verdict::NotHere => Verdict::Partly,
        verdict => verdict,
    };
    let bits = outputs_bits(runs[0]);
    ClaimCell { verdict, evidence: Evidence::Compression { readings, contradictions, bits } }
}

/// Counts the places where two estimators say different things, among those that two can tell.
fn contradictions(shapes: &[Vec<Option<Shape>>]) -> Count {
    let places = shapes.first().map_or(0, Vec::len);
    Count::of((0..places).map(|place| {
        let told: Vec<Shape> = shapes.iter().filter_map(|shapes| shapes[place]).collect();
        (told.len() > 1).then(|| told.iter().any(|shape| *shape != told[0]))
    }))
}

/// The resolution at which `I(X;T)` of a layer falls most.
pub(super) fn strongest_fall(run: &History, layer: usize, set: Split) -> Option<Curve> {
    let fall = |curve: &Curve| {
        let of = |network| {
            let points = values(run, network, *curve);
            Some(points[top(&points)?].0 - points.last()?.0)
        };
        stats::median(networks(run).filter_map(of)).unwrap_or(0.0)
    };
    let curves = curves(run, (layer, set));
    curves.into_iter().max_by(|a, b| fall(a).total_cmp(&fall(b)))
}

/// The measured step, at least 1, at which a fraction of the fall from the highest value to the
/// last one is done; `None` for a network in which it does not fall.
pub(super) fn fallen(run: &History, network: usize, curve: Curve, fraction: f64) -> Option<f64> {
    let points = values(run, network, curve);
    let steps = Signal::Measure(curve).points(run, network);
    let (top, last) = (top(&points)?, *points.last()?);
    let high = points[top];
    let level = high.0 - fraction * (high.0 - last.0);
    let at = (top..points.len()).find(|at| points[*at].0 <= level)?;
    is_below(last, high).then(|| steps.get(at).map(|(step, _)| step.max(1.0)))?
}

fn median_of(run: &History, of: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    stats::median(networks(run).filter_map(of))
}

/// The median `I(X;T)` of the outputs on the test set: at the start, at the top, at the end.
fn outputs_bits(run: &History) -> Option<[f64; 3]> {
    let outputs = run.experiment().settings.units().len() - 1;
    let curve = strongest_fall(run, outputs, Split::Test)?;
    let points = |network| values(run, network, curve);
    Some([
        median_of(run, |network| Some(points(network).first()?.0))?,
        median_of(run, |network| Some(points(network)[top(&points(network))?].0))?,
        median_of(run, |network| Some(points(network).last()?.0))?,
    ])
}

/// `I(T;Y)` of a network at the top of `I(X;T)` and at the end, if that falls.
fn labels_during_fall(run: &History, network: usize, inputs: Curve) -> Option<[(f64, f64); 2]> {
    let points = values(run, network, inputs);
    let top = top(&points)?;
    let labels = values(run, network, Curve { quantity: Quantity::LabelInformation, ..inputs });
    is_below(*points.last()?, points[top]).then_some([*labels.get(top)?, *labels.last()?])
}

/// Whether `I(T;Y)` stays where `I(X;T)` falls.
pub(super) fn labels(run: &History) -> ClaimCell {
    // At each resolution: whether the inputs' information falls, and the labels' too, in most.
    let at = |curve: &Curve| {
        let falls = shape_of_most(run, *curve) >= Shape::Falls;
        let pairs = networks(run).map(|network| labels_during_fall(run, network, *curve));
        let lost = pairs.map(|pair| pair.map(|[before, after]| is_below(after, before)));
        (falls, Count::of(lost).most())
    };
    let stays = places(run).into_iter().filter_map(|place| {
        let at: Vec<(bool, bool)> = curves(run, place).iter().map(at).collect();
        let mut pairs = at.windows(2).filter(|pair| pair[0].0 && pair[1].0).peekable();
        pairs.peek()?;
        Some(!pairs.any(|pair| pair[0].1 && pair[1].1))
    });
    let stays = Count::of(stays.map(Some));
    let outputs = run.experiment().settings.units().len() - 1;
    let bits = strongest_fall(run, outputs, Split::Test).and_then(|curve| {
        let median = |at: usize| {
            median_of(run, |network| Some(labels_during_fall(run, network, curve)?[at].0))
        };
        Some([median(0)?, median(1)?])
    });
    ClaimCell { verdict: stays.share(), evidence: Evidence::Labels { stays, bits } }
}

/// Whether all layers begin to compress at the same step, on the test set.
pub(super) fn layers(run: &History) -> ClaimCell {
    let compress: Vec<usize> = places(run)
        .into_iter()
        .filter(|place| place.1 == Split::Test && shape_at(run, *place) > Some(Shape::Neither))
        .map(|place| place.0)
        .collect();
    let curves: Vec<Curve> =
        compress.iter().filter_map(|layer| strongest_fall(run, *layer, Split::Test)).collect();
    let ratio = |network: usize| {
        let begun = curves.iter().map(|curve| fallen(run, network, *curve, limits::BEGUN));
        let begun: Vec<f64> = begun.collect::<Option<_>>()?;
        let spread = Spread::of(begun.into_iter()).filter(|_| curves.len() > 1)?;
        Some(spread.high / spread.low)
    };
    let ratios: Vec<Option<f64>> = networks(run).map(ratio).collect();
    let count = Count::of(ratios.iter().map(|ratio| ratio.and_then(together)));
    let ratio = Spread::of(ratios.iter().flatten().copied());
    let evidence = Evidence::Layers { layers: compress.len(), count, ratio };
    ClaimCell { verdict: count.verdict(), evidence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::ProbeResult;

    /// Three networks whose `I(X;T)` is given by layer, resolution and step; `I(T;Y)` is 2 bits.
    fn history(query: &str, bits: impl Fn(&Curve, u32) -> f32) -> History {
        let mut history = History::new(Experiment::valid(&format!("{query}&seeds=3")));
        let curves = history.curves().to_vec();
        for step in [0, 10, 20, 50, 100, 200] {
            let of = |curve: &Curve| {
                Some(match curve.quantity {
                    Quantity::InputInformation => bits(curve, step),
                    Quantity::LabelInformation => 2.0,
                    _ => 0.01,
                })
            };
            let values: Vec<Option<f32>> = curves.iter().map(of).collect();
            history.push_measurement(ProbeResult { step, members: vec![values; 3] });
        }
        history
    }

    /// Rises by one bit until step 20, and has fallen by three at step 100.
    fn hump(step: u32) -> f32 {
        match step {
            0 => 5.0,
            1..=20 => 6.0,
            21..=50 => 5.5,
            _ => 3.0,
        }
    }

    fn verdict(runs: &[&History]) -> Verdict {
        compression(runs).verdict
    }

    #[test]
    fn compression_is_judged_over_layers_and_resolutions() {
        const QUERY: &str = "layers=all&map=1";
        let all = history(QUERY, |_, step| hump(step));
        assert_eq!(verdict(&[&all]), Verdict::Holds);
        let outputs = |curve: &Curve, step| if curve.layer == Some(2) { hump(step) } else { 5.0 };
        let some = history(QUERY, outputs);
        assert_eq!(verdict(&[&some]), Verdict::Partly);
        let one = |curve: &Curve, step| if curve.snr == Some(0) { hump(step) } else { 5.0 };
        assert_eq!(verdict(&[&history(QUERY, one)]), Verdict::NotHere, "no neighbour");
        let bins = |bits: f32| history("layers=all&info=binning", move |_, _| bits);
        assert_eq!(verdict(&[&all, &bins(4.0)]), Verdict::Estimator);
        assert_eq!(verdict(&[&all, &bins(8.1)]), Verdict::Holds, "alone in their bins");
    }

    #[test]
    fn layers_that_begin_one_after_the_other_are_seen() {
        let late = |curve: &Curve, step: u32| match curve.layer {
            Some(1) if step < 200 => 6.0,
            Some(1) => 3.0,
            _ => hump(step),
        };
        let apart = layers(&history("layers=all&map=1", late));
        assert_eq!(apart.verdict, Verdict::NotHere, "{apart:?}");
        let same = layers(&history("layers=all&map=1", |_, step| hump(step)));
        assert_eq!(same.verdict, Verdict::Holds, "{same:?}");
    }

    #[test]
    fn labels_are_compared_during_the_fall() {
        let run = history("layers=all&map=1", |_, step| hump(step));
        let cell = labels(&run);
        assert_eq!(cell.verdict, Verdict::Holds);
        assert!(matches!(cell.evidence, Evidence::Labels { stays: Count { seen: 4, of: 4 }, .. }));
        let flat = history("layers=all&map=1", |_, _| 5.0);
        assert_eq!(labels(&flat).verdict, Verdict::CannotTell);
    }
}
