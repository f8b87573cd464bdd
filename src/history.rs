//! What has been measured so far: one [`Evaluation`] a measured step, kept as curves per member.

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::measure::{self, Curve};

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
pub struct Scores {
    /// On the samples it is trained on.
    pub train: Score,
    /// On the samples held back.
    pub test: Score,
}

impl Scores {
    /// Whether the loss is still a number.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.train.loss.is_finite() && self.test.loss.is_finite()
    }
}

/// All members after the same number of optimiser steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Optimiser steps taken.
    pub step: u32,
    /// One entry a member, in the order of [`Experiment::members`]; `None` for members that are
    /// measured later.
    pub members: Vec<Option<Scores>>,
}

impl Evaluation {
    /// Whether all members are here, and the loss of none is a number any more.
    #[must_use]
    pub fn has_diverged(&self) -> bool {
        self.members.iter().all(|member| member.is_some_and(|member| !member.is_finite()))
    }
}

/// What else was measured of all members at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Optimiser steps taken.
    pub step: u32,
    /// For each member a value for each of [`crate::measure::curves`], in that order; `None` where there is none
    /// to be had, as of a member that has diverged. Empty for members that are measured elsewhere.
    pub members: Vec<Vec<Option<f32>>>,
}

/// How long a step of an ensemble takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepTime {
    /// Steps that were taken to find out.
    pub steps: u32,
    /// Seconds a step; 0 without steps.
    pub seconds: f64,
    /// Seconds a step that the thread was busy, waiting for the device left out.
    pub host_seconds: f64,
}

/// The evaluations of one run, in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    experiment: Experiment,
    evaluations: Vec<Evaluation>,
    curves: Vec<Curve>,
    measurements: Vec<ProbeResult>,
}

impl History {
    /// A run of which nothing is measured yet.
    #[must_use]
    pub fn new(experiment: Experiment) -> Self {
        let curves = measure::curves(&experiment);
        Self { experiment, evaluations: Vec::new(), curves, measurements: Vec::new() }
    }

    /// The same run with other settings of what is measured beside loss and accuracy: none of that is
    /// measured yet, unless it is measured alike.
    #[must_use]
    pub fn measured_anew(self, experiment: Experiment) -> Self {
        let alike = self.experiment.measures_alike(&experiment);
        let measurements = if alike { self.measurements } else { Vec::new() };
        Self { evaluations: self.evaluations, measurements, ..Self::new(experiment) }
    }

    /// The experiment measured.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Adds the next evaluation. Of one of the same step as the last, members that were missing are
    /// taken; an earlier one is left out.
    pub fn push(&mut self, evaluation: Evaluation) {
        match self.evaluations.last_mut() {
            Some(last) if last.step == evaluation.step => {
                for (member, measured) in last.members.iter_mut().zip(evaluation.members) {
                    *member = member.take().or(measured);
                }
            }
            Some(last) if last.step > evaluation.step => {}
            _ => self.evaluations.push(evaluation),
        }
    }

    /// All evaluations, earliest first.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Adds a measurement, which may be of any step; of a step that was measured, it takes the place.
    pub fn push_measurement(&mut self, measurement: ProbeResult) {
        match self.measurements.binary_search_by_key(&measurement.step, |m| m.step) {
            Ok(place) => self.measurements[place] = measurement,
            Err(place) => self.measurements.insert(place, measurement),
        }
    }

    /// What a measurement holds of each member, in order.
    #[must_use]
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// All measurements, earliest first.
    #[must_use]
    pub fn measurements(&self) -> &[ProbeResult] {
        &self.measurements
    }

    /// The steps at which one member was measured, with the measurements.
    pub fn member(&self, index: usize) -> impl Iterator<Item = (u32, &Scores)> {
        self.evaluations.iter().filter_map(move |s| Some((s.step, s.members.get(index)?.as_ref()?)))
    }
}

/// The steps at which members are measured: every one up to 50, from there each 2% later than the
/// last, so that a logarithmic axis is covered evenly and a threshold is found within 2%.
#[must_use]
pub fn next_measured_step(step: u32) -> u32 {
    step + (step / 50).max(1)
}

/// The step from which on networks are measured again beside loss and accuracy: 15% later.
#[must_use]
pub fn next_probed_step(step: u32) -> u32 {
    step + (3 * step / 20).max(1)
}

fn nan_if_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    Ok(Option::<f32>::deserialize(deserializer)?.unwrap_or(f32::NAN))
}
