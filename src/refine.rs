//! Which further steps to measure, so that the half-points of measured curves are known to 5%.
//!
//! All recorded steps that are 15% apart are measured first. Then a run is asked for those between
//! them where some curve rises or falls, in a few rounds.

use crate::history::{History, ProbeResult};
use crate::measure::{Curve, Quantity};
use crate::recorded::RecordedSteps;
use crate::stats::sort_short;

/// Rounds in which steps are asked for after training has come to rest, at most.
pub const MAX_ROUNDS: u32 = 3;

/// Steps in one round, at most.
const MAX_STEPS: usize = 40;

/// Values of each network in one round, at most: a measurement of many curves takes longer. At least
/// [`MIN_STEPS`] are asked for all the same.
const MAX_VALUES: usize = 640;

/// Steps in one round, if there is something to ask for, at least.
const MIN_STEPS: usize = 4;

/// A rise or fall counts if it is at least this fraction of the curve's range,
const SMALLEST_FRACTION: f32 = 0.2;
/// and, for information, more than these bits.
const SMALLEST_BITS: f32 = 0.1;

/// The recorded steps that are not measured yet and would narrow down where a curve has done half
/// of its largest fall after the maximum, or half of its largest rise. Earliest first; at most 40,
/// those that matter to most curves.
///
/// They lie between the two measured steps around the half-point, and in the gaps on either side.
/// Half-points that are known as well as they can be ask for nothing, so rounds come to an end.
/// Empty if a measurement depends on those of earlier steps.
#[must_use]
pub fn unresolved(history: &History) -> Vec<u32> {
    let experiment = history.experiment();
    let Some(last) = history.evaluations().last() else { return Vec::new() };
    if experiment.settings.is_measured_in_order() {
        return Vec::new();
    }
    let measured = history.measurements();
    // Steps that can be asked for, each with the gap that it is in: that behind a measured step.
    let mut open: Vec<(usize, u32)> = Vec::new();
    for recorded in RecordedSteps::until(experiment, last.step).steps() {
        let behind = measured.partition_point(|measurement| measurement.step < recorded.step);
        // Before the first measured step and after the last one there is no gap.
        if let (Some(gap), Some(next)) = (behind.checked_sub(1), measured.get(behind))
            && next.step > recorded.step
        {
            open.push((gap, recorded.step));
        }
    }
    let mut votes = vec![0; measured.len() + 1];
    let counts = |curve: &Curve| counts(curve, experiment.settings.snr);
    let curves = history.curves().iter().enumerate().filter(|(_, curve)| counts(curve));
    for (index, curve) in curves {
        for member in 0..experiment.member_count() {
            let value = |(position, measurement): (usize, &ProbeResult)| {
                Some((position, (*measurement.members.get(member)?.get(index)?)?))
            };
            let points: Vec<_> = measured.iter().enumerate().filter_map(value).collect();
            for (from, to) in half_points(&points, smallest(curve)) {
                if !open.iter().any(|(gap, _)| (from..to).contains(gap)) {
                    continue;
                }
                votes[from..to].iter_mut().for_each(|votes| *votes += 2);
                votes[to] += 1;
                if let Some(before) = from.checked_sub(1) {
                    votes[before] += 1;
                }
            }
        }
    }
    open.retain(|(gap, _)| votes[*gap] > 0);
    sort_short(&mut open, |one, other| votes[one.0] > votes[other.0]);
    let count = (MAX_VALUES / history.curves().len().max(1)).clamp(MIN_STEPS, MAX_STEPS);
    let mut steps: Vec<u32> = open.iter().take(count).map(|(_, step)| *step).collect();
    sort_short(&mut steps, u32::lt);
    steps
}

/// Whether a curve's half-points are looked for. Errors and controls have none. Of the resolution map
/// only the resolution of the settings counts, of several ranks only the first.
fn counts(curve: &Curve, snr: i32) -> bool {
    use Quantity as Q;
    let is_about_another = matches!(
        curve.quantity,
        Q::InputInformationDeviation
            | Q::LabelInformationDeviation
            | Q::InputInformationError
            | Q::LabelInformationError
            | Q::LabelInformationShuffled
            | Q::LabelInformationShuffledDeviation
    );
    let is_first = curve.rank.is_none_or(|rank| rank == 1);
    !is_about_another && is_first && curve.snr.is_none_or(|decibels| decibels == snr)
}

/// The smallest change of a curve that counts, in its own unit.
fn smallest(curve: &Curve) -> f32 {
    use Quantity as Q;
    match curve.quantity {
        Q::InputInformation
        | Q::InputInformationLower
        | Q::LabelInformation
        | Q::LabelInformationLower => SMALLEST_BITS,
        _ => 0.0,
    }
}

/// The neighbouring points around the half of the largest fall after the maximum, and around the
/// half of the largest rise. Points are pairs of position and value; pairs of positions are
/// returned.
fn half_points(points: &[(usize, f32)], smallest: f32) -> Vec<(usize, usize)> {
    let Some(first) = points.first() else { return Vec::new() };
    let (mut highest, mut fallen) = (0, 0);
    let (mut lowest, mut rise) = (0, (0, 0));
    let (mut minimum, mut maximum) = (first.1, first.1);
    let value = |index: usize| points[index].1;
    for index in 1..points.len() {
        let now = value(index);
        minimum = minimum.min(now);
        maximum = maximum.max(now);
        if now > value(highest) {
            (highest, fallen) = (index, index);
        } else if now < value(fallen) {
            fallen = index;
        }
        if now < value(lowest) {
            lowest = index;
        } else if now - value(lowest) > value(rise.1) - value(rise.0) {
            rise = (lowest, index);
        }
    }
    let smallest = smallest.max(SMALLEST_FRACTION * (maximum - minimum));
    let mut found = Vec::new();
    for (from, to) in [(highest, fallen), rise] {
        let (start, end) = (value(from), value(to));
        if (end - start).abs() <= smallest {
            continue;
        }
        let half = (start + end) / 2.0;
        let is_past = |index: &usize| (value(*index) - half) * (end - start) >= 0.0;
        if let Some(index) = (from + 1..=to).find(is_past) {
            found.push((points[index - 1].0, points[index].0));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::Evaluation;

    const NOTHING: [u32; 0] = [];

    /// A finished run. Values are given by curve, member and step; all coarse steps are measured.
    fn history(query: &str, value: impl Fn(&Curve, usize, u32) -> f32) -> History {
        let experiment = Experiment::valid(query);
        let last = experiment.settings.steps;
        let members = experiment.member_count();
        let mut history = History::new(experiment);
        history.push(Evaluation { step: last, members: vec![None; members] });
        let recorded = RecordedSteps::until(history.experiment(), last);
        for step in recorded.steps().iter().filter(|step| step.is_coarse) {
            measure(&mut history, step.step, &value);
        }
        history
    }

    fn measure(history: &mut History, step: u32, value: &impl Fn(&Curve, usize, u32) -> f32) {
        let of = |member| {
            let values = history.curves().iter().map(|c| Some(value(c, member, step)));
            values.collect()
        };
        let members = (0..history.experiment().member_count()).map(of).collect();
        history.push_measurement(ProbeResult { step, members });
    }

    /// Asks round after round, and returns how many steps were asked for in each.
    fn rounds(history: &mut History, value: impl Fn(&Curve, usize, u32) -> f32) -> Vec<usize> {
        let mut rounds = Vec::new();
        loop {
            let steps = unresolved(history);
            if steps.is_empty() {
                return rounds;
            }
            assert!(rounds.len() < 10, "it does not converge: {rounds:?}");
            assert!(steps.len() <= MAX_STEPS && steps.is_sorted());
            rounds.push(steps.len());
            for step in steps {
                assert!(history.measurements().iter().all(|m| m.step != step), "{step} again");
                measure(history, step, &value);
            }
        }
    }

    /// Rises around step 60 and falls around a step that depends on the member.
    fn hump(_: &Curve, member: usize, step: u32) -> f32 {
        let logistic = |at: f32| 1.0 / (1.0 + (at / step.max(1) as f32).powi(6));
        8.0 * logistic(60.0) - 4.0 * logistic(900.0 + 150.0 * member as f32)
    }

    #[test]
    fn half_points_are_narrowed_to_5_percent_in_one_round() {
        let mut history = history("seeds=1", hump);
        assert_eq!(rounds(&mut history, hump).len(), 1);
        for half in [60, 900] {
            let steps = || history.measurements().iter().map(|m| m.step);
            let before = steps().filter(|step| *step <= half).max().expect("measured");
            let after = steps().find(|step| *step > half).expect("measured");
            assert!(f64::from(after) <= 1.05 * f64::from(before), "{before} to {after}");
        }
    }

    #[test]
    fn a_round_is_capped_and_a_few_rounds_are_enough() {
        let falls = |_: &Curve, member: usize, step: u32| {
            let at = 60.0 * 1.4_f32.powi(member as i32);
            8.0 / (1.0 + (step as f32 / at).powi(6))
        };
        let mut history = history("seeds=10", falls);
        let rounds = rounds(&mut history, falls);
        assert_eq!(rounds[0], MAX_STEPS, "{rounds:?}");
        assert!(rounds.len() <= MAX_ROUNDS as usize, "{rounds:?}");
    }

    #[test]
    fn a_step_that_matters_to_most_curves_comes_first() {
        // Nine of ten fall at 900, one elsewhere; only some of its steps fit into the round.
        let value = |_: &Curve, member: usize, step: u32| {
            let at = if member == 0 { 300 } else { 900 };
            if step > at { 1.0 } else { 8.0 }
        };
        let history = history("seeds=10", value);
        let steps = unresolved(&history);
        assert!(steps.iter().any(|step| (860..960).contains(step)), "{steps:?}");
    }

    #[test]
    fn curves_that_do_not_move_ask_for_nothing() {
        assert_eq!(unresolved(&history("", |_, _, _| 3.0)), NOTHING);
        // Less than a tenth of a bit.
        assert_eq!(
            unresolved(&history("", |_, _, step| if step > 99 { 2.95 } else { 3.0 })),
            NOTHING
        );
        // Errors and controls are no curves to look at.
        let controls = |curve: &Curve, _, step| match curve.quantity {
            Quantity::InputInformation | Quantity::LabelInformation => 3.0,
            _ => step as f32,
        };
        assert_eq!(unresolved(&history("shuffle=1", controls)), NOTHING);
        assert_eq!(unresolved(&history("info=off", hump)), NOTHING);
        assert_eq!(unresolved(&History::new(Experiment::default())), NOTHING);
    }

    #[test]
    fn only_the_resolution_of_the_settings_counts() {
        let of = |decibels: i32| {
            move |curve: &Curve, member, step| {
                if curve.snr == Some(decibels) { hump(curve, member, step) } else { 3.0 }
            }
        };
        assert_eq!(unresolved(&history("map=1&snr=5", of(10))), NOTHING);
        assert!(!unresolved(&history("map=1&snr=5", of(5))).is_empty());
    }

    #[test]
    fn what_is_measured_in_order_is_not_refined() {
        let [running, whole] = ["running", "whole"]
            .map(|range| unresolved(&history(&format!("info=binning&bin-range={range}"), hump)));
        assert!(running.is_empty() && !whole.is_empty());
    }
}
