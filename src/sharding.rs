//! The members of an ensemble dealt out, so that several workers train a share each; and what they measure put
//! together again.

use std::collections::BTreeMap;

use crate::evaluation::{Evaluation, ProbeResult};
use crate::experiment::{Experiment, Optimiser, Settings};

/// Members dealt into at most `most` shares, by their places, none of them empty: the costliest first, each to
/// the share that has least to do so far.
#[must_use]
pub fn assign_members(experiment: &Experiment, most: usize) -> Vec<Vec<usize>> {
    let costs: Vec<f64> = experiment.members().iter().map(cost).collect();
    let mut places: Vec<usize> = (0..costs.len()).collect();
    places.sort_by(|a, b| costs[*b].total_cmp(&costs[*a]));
    let mut shares = vec![(0.0_f64, Vec::new()); most.clamp(1, costs.len())];
    for place in places {
        if let Some((load, share)) = shares.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)) {
            *load += costs[place];
            share.push(place);
        }
    }
    shares
        .into_iter()
        .map(|(_, mut share)| {
            share.sort_unstable();
            share
        })
        .collect()
}

/// About how many multiplications a step of one member takes, up to a factor that all members share; at
/// least one.
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
    // The Gram matrix of the last hidden layer or of the samples, the smaller, and its decomposition.
    let width = units[units.len() - 2];
    let side = samples.min(width);
    forward + side * samples * width + side.powi(3)
}

/// What is measured of some members at a step, and of the others by somebody else.
pub trait Partial: Clone {
    /// Optimiser steps taken.
    fn step(&self) -> u32;
    /// Takes the members that another part holds.
    fn take(&mut self, other: Self);
}

impl Partial for Evaluation {
    fn step(&self) -> u32 {
        self.step
    }

    fn take(&mut self, other: Self) {
        for (own, other) in self.members.iter_mut().zip(other.members) {
            *own = other.or(*own);
        }
    }
}

impl Partial for ProbeResult {
    fn step(&self) -> u32 {
        self.step
    }

    fn take(&mut self, other: Self) {
        for (own, other) in self.members.iter_mut().zip(other.members) {
            if !other.is_empty() {
                *own = other;
            }
        }
    }
}

/// Holds what shares have measured at a step until all of them have, in whatever order they come.
///
/// It keeps what it has given out, in case that a share measures a step again: as many as the run has
/// measured steps.
#[derive(Clone, Debug)]
pub struct StepMerger<T> {
    shares: usize,
    /// By step: what has come, and of which shares.
    held: BTreeMap<u32, (T, Vec<bool>)>,
}

impl<T: Partial> StepMerger<T> {
    /// Nothing yet of so many shares.
    #[must_use]
    pub fn new(shares: usize) -> Self {
        Self { shares, held: BTreeMap::new() }
    }

    /// Takes what a share has measured; gives back the whole of that step once all shares have, and again
    /// whenever one measures it anew.
    pub fn add(&mut self, share: usize, part: T) -> Option<T> {
        if self.shares == 1 {
            return Some(part);
        }
        let (whole, here) = match self.held.get_mut(&part.step()) {
            Some(held) => {
                held.0.take(part);
                held
            }
            None => {
                let here = vec![false; self.shares];
                self.held.entry(part.step()).or_insert((part, here))
            }
        };
        here[share] = true;
        here.iter().all(|here| *here).then(|| whole.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Score, Scores};

    fn experiment(query: &str) -> Experiment {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        parsed.experiment
    }

    #[test]
    fn every_member_is_dealt_once_and_no_share_is_empty() {
        for query in
            ["seeds=5", "seeds=1", "wd=1,3&width=4..40&seeds=3", "samples=20,50&data=digits"]
        {
            let experiment = experiment(query);
            for most in [0, 1, 2, 3, 8, 64] {
                let shares = assign_members(&experiment, most);
                assert_eq!(shares.len(), most.clamp(1, experiment.member_count()), "{query}");
                assert!(shares.iter().all(|share| !share.is_empty() && share.is_sorted()));
                let mut all = shares.concat();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..experiment.member_count()), "{query}");
            }
        }
    }

    #[test]
    fn alike_members_are_dealt_evenly() {
        let lengths = |most| -> Vec<usize> {
            assign_members(&experiment("seeds=10"), most).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(2), [5, 5]);
        assert_eq!(lengths(4), [3, 3, 2, 2]);
    }

    #[test]
    fn shares_of_a_sweep_over_width_cost_within_ten_percent_of_each_other() {
        for query in [
            "preset=double-descent-width",
            "preset=double-descent-samples",
            "preset=double-descent-features",
            "width=8,16,32,64,128&seeds=4",
        ] {
            let experiment = experiment(query);
            let costs: Vec<f64> = experiment.members().iter().map(cost).collect();
            for most in [2, 4] {
                let loads: Vec<f64> = assign_members(&experiment, most)
                    .iter()
                    .map(|share| share.iter().map(|place| costs[*place]).sum())
                    .collect();
                let most = loads.iter().copied().fold(0.0, f64::max);
                let mean = loads.iter().sum::<f64>() / loads.len() as f64;
                assert!(most < 1.1 * mean, "{query}: {loads:?}");
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
    fn a_snapshot_is_whole_once_every_share_has_come_to_its_step() {
        let mut together = StepMerger::new(2);
        assert_eq!(together.add(0, evaluation(0, [Some(1.0), None, Some(3.0)])), None);
        assert_eq!(together.add(0, evaluation(1, [Some(4.0), None, Some(6.0)])), None);
        let whole = together.add(1, evaluation(0, [None, Some(2.0), None]));
        assert_eq!(whole, Some(evaluation(0, [Some(1.0), Some(2.0), Some(3.0)])));
        let whole = together.add(1, evaluation(1, [None, Some(5.0), None]));
        assert_eq!(whole, Some(evaluation(1, [Some(4.0), Some(5.0), Some(6.0)])));
    }

    #[test]
    fn measurements_come_in_any_order_and_one_taken_anew_replaces_the_old() {
        let part = |step, members: [&[f32]; 2]| ProbeResult {
            step,
            members: members.map(|values| values.iter().map(|v| Some(*v)).collect()).to_vec(),
        };
        let mut together = StepMerger::new(2);
        assert_eq!(together.add(0, part(9, [&[1.0], &[]])), None);
        assert_eq!(together.add(1, part(4, [&[], &[2.0]])), None);
        assert_eq!(together.add(1, part(9, [&[], &[3.0]])), Some(part(9, [&[1.0], &[3.0]])));
        assert_eq!(together.add(0, part(9, [&[7.0], &[]])), Some(part(9, [&[7.0], &[3.0]])));
        assert_eq!(together.add(0, part(4, [&[5.0], &[]])), Some(part(4, [&[5.0], &[2.0]])));
    }
}
