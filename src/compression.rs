//! Finds at which resolutions a layer's `I(X;T)` fell during a run, from exact information measured at
//! one or several signal-to-noise ratios.

use crate::history::{History, ProbeResult};
use crate::measure::{Curve, Quantity, Split};
use crate::stats;

/// A fall counts if it is more than this many times its standard error,
const ERRORS: f64 = 2.0;
/// and more than these bits: the highest of many values is high by chance.
const SMALLEST: f64 = 0.1;
/// Compression needs a range of resolutions at least this wide, in dB.
const WIDTH: i32 = 5;
/// Bits by which information may differ from that of the classes in the minimal sufficient state.
const NEAR: f64 = 0.1;

/// Resolutions from one to another, in dB, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The coarsest.
    pub from: i32,
    /// The finest.
    pub to: i32,
}

/// How `I(X;T)` of one layer changed on one set, from its maximum to the last value.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The layer, counted from 1.
    pub layer: usize,
    /// The samples.
    pub set: Split,
    /// Every resolution that was measured, ascending.
    pub measured: Span,
    /// Where it fell in most networks; empty if nowhere.
    pub compressed: Vec<Span>,
    /// Where the layer ends with the classes and nothing else about its inputs: both `I(X;T)` and
    /// `I(T;Y)` are the entropy of the labels.
    pub minimal: Option<Span>,
}

/// One curve at one resolution.
struct ResolutionCurves {
    decibels: i32,
    inputs: usize,
    error: usize,
    labels: Option<usize>,
}

/// The layers and sets that are measured exactly, in the order of the curves.
#[must_use]
pub fn measured(history: &History) -> Vec<(usize, Split)> {
    let mut all = Vec::new();
    for curve in history.curves() {
        if let Curve { quantity: Quantity::InputInformation, snr: Some(_), .. } = curve
            && let (Some(layer), Some(set)) = (curve.layer, curve.set)
            && !all.contains(&(layer, set))
        {
            all.push((layer, set));
        }
    }
    all
}

fn readings(history: &History, layer: usize, set: Split) -> Vec<ResolutionCurves> {
    let index = |curve: Curve| history.curves().iter().position(|known| *known == curve);
    let all = history.curves().iter().filter_map(|curve| {
        let same = Curve::of(Quantity::InputInformation).layer(layer).on(set);
        let decibels = curve.snr.filter(|decibels| *curve == same.snr(*decibels))?;
        let of = |quantity| index(Curve { quantity, ..*curve });
        Some(ResolutionCurves {
            decibels,
            inputs: of(Quantity::InputInformation)?,
            error: of(Quantity::InputInformationError)?,
            labels: of(Quantity::LabelInformation),
        })
    });
    all.collect()
}

fn value(measurement: &ProbeResult, member: usize, index: usize) -> Option<f64> {
    (*measurement.members.get(member)?.get(index)?).map(f64::from)
}

/// The networks that have not diverged.
fn members(history: &History) -> impl Iterator<Item = usize> {
    let is_alive = |index: &usize| history.member(*index).all(|(_, scores)| scores.is_finite());
    (0..history.experiment().member_count()).filter(is_alive)
}

/// What became of every layer that is measured exactly, of networks that differ in their seed only.
/// Empty before the first measurements, and if most of them diverged.
#[must_use]
pub fn verdicts(history: &History) -> Vec<Verdict> {
    let several = !history.experiment().has_one_configuration();
    let most = 2 * members(history).count() > history.experiment().member_count();
    if several || !most || history.measurements().len() < 3 {
        return Vec::new();
    }
    let verdict = |(layer, set): (usize, Split)| {
        let readings = readings(history, layer, set);
        let (first, last) = (readings.first()?, readings.last()?);
        let end = history.measurements().last()?;
        members(history).find_map(|member| value(end, member, first.inputs))?;
        let fell = |reading: &ResolutionCurves| has_fallen(history, reading);
        let mut compressed = spans(&readings, fell);
        // A single resolution is no range, but all that is known.
        compressed.retain(|span| span.to - span.from >= WIDTH || readings.len() == 1);
        let minimal = spans(&readings, |reading| is_minimal(history, reading, last))
            .into_iter()
            .filter(|span| span.to - span.from >= WIDTH)
            .max_by_key(|span| span.to - span.from);
        let measured = Span { from: first.decibels, to: last.decibels };
        Some(Verdict { layer, set, measured, compressed, minimal })
    };
    measured(history).into_iter().filter_map(verdict).collect()
}

/// Ranges of neighbouring readings that satisfy `holds`.
fn spans(readings: &[ResolutionCurves], holds: impl Fn(&ResolutionCurves) -> bool) -> Vec<Span> {
    let held: Vec<(i32, bool)> =
        readings.iter().map(|reading| (reading.decibels, holds(reading))).collect();
    let runs = held.chunk_by(|one, other| one.1 == other.1).filter(|run| run[0].1);
    runs.map(|run| Span { from: run[0].0, to: run[run.len() - 1].0 }).collect()
}

/// Whether information fell in most networks.
fn has_fallen(history: &History, reading: &ResolutionCurves) -> bool {
    let falls: Vec<bool> =
        members(history).filter_map(|member| fell(history, member, reading)).collect();
    2 * falls.iter().filter(|fell| **fell).count() > falls.len()
}

/// Whether a network's information fell from its maximum to the last value, by more than
/// [`SMALLEST`] and twice its error. Errors are added as if independent; steps share their draws, so
/// that is an upper bound.
fn fell(history: &History, member: usize, reading: &ResolutionCurves) -> Option<bool> {
    // One that is not measured at the end does not count.
    value(history.measurements().last()?, member, reading.inputs)?;
    let points = points(history, member, reading);
    let (last, last_error) = *points.last()?;
    let (highest, error) = points.into_iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
    Some(highest - last > SMALLEST.max(ERRORS * error.hypot(last_error)))
}

/// Value and standard error at every measurement of a network.
fn points(history: &History, member: usize, reading: &ResolutionCurves) -> Vec<(f64, f64)> {
    let point = |measurement: &ProbeResult| {
        let error = value(measurement, member, reading.error)?;
        Some((value(measurement, member, reading.inputs)?, error))
    };
    history.measurements().iter().filter_map(point).collect()
}

/// Whether at the last measurement a layer holds the labels and nothing else. Samples have a little
/// less entropy than equally likely classes.
fn is_minimal(history: &History, reading: &ResolutionCurves, finest: &ResolutionCurves) -> bool {
    let Some(last) = history.measurements().last() else { return false };
    let median = |index: Option<usize>| {
        let index = index?;
        stats::median(members(history).filter_map(|member| value(last, member, index)))
    };
    let (Some(inputs), Some(labels), Some(all)) =
        (median(Some(reading.inputs)), median(reading.labels), median(finest.labels))
    else {
        return false;
    };
    let classes = (history.experiment().settings.outputs() as f64).log2();
    all > classes - 2.0 * NEAR && (inputs - all).abs() <= NEAR && (labels - all).abs() <= NEAR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score, Scores};

    /// A run whose values are given by quantity, resolution and step; errors are 0.01.
    fn history(query: &str, bits: impl Fn(Quantity, i32, u32) -> f32) -> History {
        let mut history = History::new(Experiment::valid(query));
        let curves = history.curves().to_vec();
        let count = history.experiment().member_count();
        for step in [0, 10, 100, 1000] {
            let of = |curve: &Curve| match curve.quantity {
                Quantity::InputInformationError | Quantity::LabelInformationError => Some(0.01),
                quantity => Some(bits(quantity, curve.snr.unwrap_or(0), step)),
            };
            let values = curves.iter().map(of).collect();
            history.push_measurement(ProbeResult { step, members: vec![values; count] });
        }
        history
    }

    #[test]
    fn compression_is_named_with_its_range() {
        let of = |quantity, decibels, step| match quantity {
            Quantity::InputInformation if (0..=10).contains(&decibels) => {
                if step >= 100 {
                    4.5
                } else {
                    8.0
                }
            }
            Quantity::InputInformation => 8.0,
            _ => 4.5,
        };
        let history = history("map=1", of);
        let verdicts = verdicts(&history);
        assert_eq!(verdicts.len(), 2);
        let span = Span { from: 0, to: 10 };
        assert_eq!(verdicts[0].compressed, [span]);
        assert_eq!(verdicts[0].minimal, Some(span));
        assert_eq!(verdicts[0].measured, Span { from: -10, to: 30 });
    }

    #[test]
    fn a_fall_at_one_resolution_or_within_its_error_does_not_count() {
        let single = |quantity, decibels, step| match (quantity, decibels, step) {
            (Quantity::InputInformation, -10, 1000) => 7.5,
            _ => 8.0,
        };
        assert!(verdicts(&history("map=1", single)).iter().all(|v| v.compressed.is_empty()));
        let small = |_, _, step| if step == 1000 { 7.95 } else { 8.0 };
        assert!(verdicts(&history("map=1", small)).iter().all(|v| v.compressed.is_empty()));
        let large = |_, _, step| if step == 1000 { 7.8 } else { 8.0 };
        let verdict = &verdicts(&history("", large))[0];
        assert_eq!(verdict.compressed, [Span { from: 0, to: 0 }]);
        // Networks of several settings have no verdict in common.
        assert!(verdicts(&history("wd=1,3", large)).is_empty());
    }

    #[test]
    fn networks_that_diverged_do_not_compress() {
        let falls = |_, _, step| if step == 1000 { 4.0 } else { 8.0 };
        let mut history = history("seeds=2", falls);
        assert_eq!(verdicts(&history).len(), 2);
        let score = Score { loss: f32::NAN, accuracy: 0.0 };
        let members = vec![Some(Scores { train: score, test: score }); 2];
        history.push(Evaluation { step: 1001, members });
        assert_eq!(verdicts(&history), []);
    }

    #[test]
    fn outputs_that_lost_classes_are_not_minimal() {
        let collapsed = history("map=1", |_, _, _| 1.0);
        assert!(verdicts(&collapsed).iter().all(|verdict| verdict.minimal.is_none()));
    }
}
