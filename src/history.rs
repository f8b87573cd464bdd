//! What has been measured so far: one [`Snapshot`] a measured step, kept as curves per member.

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;

/// How one set of samples is fitted by one member.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The experiment's loss without label smoothing, mean over samples. NaN once the member has diverged (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
    pub loss: f32,
    /// Share of samples whose largest logit is that of the label, 0 to 1; of a regression, share of
    /// outputs with the right sign.
    pub accuracy: f32,
}

/// One member at one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// On the samples it is trained on.
    pub train: Score,
    /// On the samples held back.
    pub test: Score,
}

impl Measured {
    /// Whether the loss is still a number.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.train.loss.is_finite() && self.test.loss.is_finite()
    }
}

/// All members after the same number of optimiser steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Optimiser steps taken.
    pub step: u32,
    /// One entry a member, in the order of [`Experiment::members`]; `None` for members that are
    /// measured later.
    pub members: Vec<Option<Measured>>,
}

/// The snapshots of one run, in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    experiment: Experiment,
    snapshots: Vec<Snapshot>,
}

impl History {
    /// A run of which nothing is measured yet.
    #[must_use]
    pub fn new(experiment: Experiment) -> Self {
        Self { experiment, snapshots: Vec::new() }
    }

    /// The experiment measured.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Adds the next snapshot. Of one of the same step as the last, members that were missing are
    /// taken; an earlier one is left out.
    pub fn push(&mut self, snapshot: Snapshot) {
        match self.snapshots.last_mut() {
            Some(last) if last.step == snapshot.step => {
                for (member, measured) in last.members.iter_mut().zip(snapshot.members) {
                    *member = member.take().or(measured);
                }
            }
            Some(last) if last.step > snapshot.step => {}
            _ => self.snapshots.push(snapshot),
        }
    }

    /// All snapshots, earliest first.
    #[must_use]
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.snapshots
    }

    /// The steps at which one member was measured, with the measurements.
    pub fn member(&self, index: usize) -> impl Iterator<Item = (u32, &Measured)> {
        self.snapshots.iter().filter_map(move |s| Some((s.step, s.members.get(index)?.as_ref()?)))
    }
}

/// The steps at which members are measured: every one up to 50, from there each 2% later than the
/// last, so that a logarithmic axis is covered evenly and a threshold is found within 2%.
#[must_use]
pub fn next_measured_step(step: u32) -> u32 {
    step + (step / 50).max(1)
}

fn nan_if_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    Ok(Option::<f32>::deserialize(deserializer)?.unwrap_or(f32::NAN))
}
