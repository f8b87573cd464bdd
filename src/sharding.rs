//! Members divided among several workers, and their results merged again.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluation::{Evaluation, ProbeResult};
use crate::experiment::{Experiment, Optimiser, Settings};
use crate::stats::sort_short;

/// Divides the members among at most `max` shards, by their indices. No shard is empty. Expensive
/// members are assigned first, each to the shard with the lowest cost so far.
#[must_use]
pub fn assign_members(experiment: &Experiment, max: usize) -> Vec<Vec<usize>> {
    let costs: Vec<f64> = experiment.members().iter().map(cost).collect();
    let mut indices: Vec<usize> = (0..costs.len()).collect();
    sort_short(&mut indices, |a, b| costs[*a] > costs[*b]);
    let mut shards = vec![(0.0_f64, Vec::new()); max.clamp(1, costs.len())];
    for index in indices {
        if let Some((load, shard)) = shards.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)) {
            *load += costs[index];
            shard.push(index);
        }
    }
    shards
        .into_iter()
        .map(|(_, mut shard)| {
            sort_short(&mut shard, usize::lt);
            shard
        })
        .collect()
}

/// Roughly the multiplications of a training step of one member, up to a factor that all members
/// share; at least one.
fn cost(member: &Settings) -> f64 {
    let units: Vec<f64> = member.units().iter().map(|units| *units as f64).collect();
    let weights: f64 = units.windows(2).map(|layer| layer[0] * layer[1]).sum();
    let samples = match member.batch {
        0 => member.train_samples(),
        batch => batch.min(member.train_samples()),
    } as f64;
    let forward = samples * (weights + units.iter().sum::<f64>());
    if member.optimiser != Optimiser::MinimumNorm {
        return forward;
    }
    // The Gram matrix of the last hidden layer or of the samples, whichever is smaller, and its
    // decomposition.
    let width = units[units.len() - 2];
    let side = samples.min(width);
    forward + side * samples * width + side.powi(3)
}

/// The results of some members at a step. Other workers have those of the others.
pub trait Partial {
    /// Training steps taken.
    fn step(&self) -> u32;
    /// Adds the members that another part holds.
    fn merge(&mut self, other: Self);
}

impl Partial for Evaluation {
    fn step(&self) -> u32 {
        self.step
    }

    fn merge(&mut self, other: Self) {
        self.fill_missing(other);
    }
}

impl Partial for ProbeResult {
    fn step(&self) -> u32 {
        self.step
    }

    fn merge(&mut self, other: Self) {
        self.replace_measured(other);
    }
}

/// Merges the results of several shards by step, in whatever order they come.
///
/// A step is returned once every shard has reported it, and is not kept any longer. If a shard
/// measures a step again, that part is passed on as it is, and a [`crate::history::History`] merges
/// it into the step.
#[derive(Clone, Debug)]
pub struct StepMerger<T> {
    shards: usize,
    /// By step what has come, and from which shards.
    waiting: BTreeMap<u32, (T, Vec<bool>)>,
    /// Steps that have been returned.
    complete: BTreeSet<u32>,
}

impl<T: Partial> StepMerger<T> {
    /// A merger of so many shards, without results.
    #[must_use]
    pub fn new(shards: usize) -> Self {
        Self { shards, waiting: BTreeMap::new(), complete: BTreeSet::new() }
    }

    /// Adds the part of a shard. Returns the whole step if this part was the last to come, or the
    /// part itself if the step was complete before.
    pub fn add(&mut self, shard: usize, part: T) -> Option<T> {
        let step = part.step();
        if self.shards == 1 || self.complete.contains(&step) {
            return Some(part);
        }
        let (whole, mut here) = match self.waiting.remove(&step) {
            Some((mut whole, here)) => {
                whole.merge(part);
                (whole, here)
            }
            None => (part, vec![false; self.shards]),
        };
        here[shard] = true;
        if here.iter().all(|here| *here) {
            self.complete.insert(step);
            return Some(whole);
        }
        self.waiting.insert(step, (whole, here));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Score, Scores};

    #[test]
    fn every_member_is_assigned_once_and_no_shard_is_empty() {
        for query in
            ["seeds=5", "seeds=1", "wd=1,3&width=4..40&seeds=3", "samples=20,50&data=digits"]
        {
            let experiment = Experiment::valid(query);
            for max in [0, 1, 2, 3, 8, 64] {
                let shards = assign_members(&experiment, max);
                assert_eq!(shards.len(), max.clamp(1, experiment.member_count()), "{query}");
                assert!(shards.iter().all(|shard| !shard.is_empty() && shard.is_sorted()));
                let mut all = shards.concat();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..experiment.member_count()), "{query}");
            }
        }
    }

    #[test]
    fn equal_members_are_divided_evenly() {
        let lengths = |max| -> Vec<usize> {
            assign_members(&Experiment::valid("seeds=10"), max).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(2), [5, 5]);
        assert_eq!(lengths(4), [3, 3, 2, 2]);
    }

    #[test]
    fn shards_of_a_sweep_over_width_differ_by_at_most_a_tenth() {
        for query in [
            "preset=double-descent-width",
            "preset=double-descent-samples",
            "preset=double-descent-features",
            "width=8,16,32,64,128&seeds=4",
        ] {
            let experiment = Experiment::valid(query);
            let costs: Vec<f64> = experiment.members().iter().map(cost).collect();
            for max in [2, 4] {
                let loads: Vec<f64> = assign_members(&experiment, max)
                    .iter()
                    .map(|shard| shard.iter().map(|index| costs[*index]).sum())
                    .collect();
                let largest = loads.iter().copied().fold(0.0, f64::max);
                let mean = loads.iter().sum::<f64>() / loads.len() as f64;
                assert!(largest < 1.1 * mean, "{query}: {loads:?}");
            }
        }
    }

    fn evaluation(step: u32, members: [Option<f32>; 3]) -> Evaluation {
        let measured = |loss| {
            let score = Score { loss, accuracy: 0.5 };
            Scores { train: score, test: score }
        };
        Evaluation { step, members: members.map(|loss| loss.map(measured)).to_vec() }
    }

    #[test]
    fn a_step_is_complete_once_every_shard_has_reported_it() {
        let mut merger = StepMerger::new(2);
        assert_eq!(merger.add(0, evaluation(0, [Some(1.0), None, Some(3.0)])), None);
        assert_eq!(merger.add(0, evaluation(1, [Some(4.0), None, Some(6.0)])), None);
        let whole = merger.add(1, evaluation(0, [None, Some(2.0), None]));
        assert_eq!(whole, Some(evaluation(0, [Some(1.0), Some(2.0), Some(3.0)])));
        let whole = merger.add(1, evaluation(1, [None, Some(5.0), None]));
        assert_eq!(whole, Some(evaluation(1, [Some(4.0), Some(5.0), Some(6.0)])));
    }

    #[test]
    fn a_step_that_is_measured_again_is_passed_on_in_parts() {
        let part = |step, members: [&[f32]; 2]| ProbeResult {
            step,
            members: members.map(|values| values.iter().map(|v| Some(*v)).collect()).to_vec(),
        };
        let mut merger = StepMerger::new(2);
        assert_eq!(merger.add(0, part(9, [&[1.0], &[]])), None);
        assert_eq!(merger.add(1, part(4, [&[], &[2.0]])), None);
        assert_eq!(merger.add(1, part(9, [&[], &[3.0]])), Some(part(9, [&[1.0], &[3.0]])));
        assert_eq!(merger.add(0, part(9, [&[7.0], &[]])), Some(part(9, [&[7.0], &[]])));
        assert_eq!(merger.add(0, part(4, [&[5.0], &[]])), Some(part(4, [&[5.0], &[2.0]])));
        assert!(merger.waiting.is_empty(), "returned steps are not kept");
    }
}
