//! What has been measured so far: one [`Evaluation`] a measured step, kept as curves per member.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::measure::{self, Curve};

/// How one set of samples is fitted by one member.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The experiment's loss without label smoothing, mean over samples. NaN once the member has
    /// diverged (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
    pub loss: f32,
    /// Share of samples whose largest logit is that of the label, 0 to 1; of a regression, share of
    /// outputs with the right sign. NaN if there are no samples (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
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

/// What was measured of one run, in the order of the steps.
#[derive(Clone, Debug)]
pub struct History {
    revision: u64,
    experiment: Experiment,
    evaluations: Vec<Evaluation>,
    curves: Vec<Curve>,
    measurements: Vec<ProbeResult>,
}

impl History {
    /// A run without any results yet.
    #[must_use]
    pub fn new(experiment: Experiment) -> Self {
        let curves = measure::curves(&experiment);
        Self {
            revision: next_revision(),
            experiment,
            evaluations: Vec::new(),
            curves,
            measurements: Vec::new(),
        }
    }

    /// The same run with the measurement settings of `experiment`, which must train identically.
    /// Keeps all evaluations. Drops the other measurements, unless `experiment` measures the same.
    #[must_use]
    pub fn with_measurement_settings(self, experiment: Experiment) -> Self {
        let alike = self.experiment.measures_alike(&experiment);
        let measurements = if alike { self.measurements } else { Vec::new() };
        Self { evaluations: self.evaluations, measurements, ..Self::new(experiment) }
    }

    /// Changes with every change of the history, for caches. Two histories of one revision hold the
    /// same, even if they belong to different runs.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The experiment measured.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Appends an evaluation. If it has the same step as the last one, it fills in the members
    /// missing there. An evaluation of an earlier step is ignored.
    pub fn push(&mut self, evaluation: Evaluation) {
        match self.evaluations.last_mut() {
            Some(last) if last.step == evaluation.step => {
                for (member, measured) in last.members.iter_mut().zip(evaluation.members) {
                    *member = member.take().or(measured);
                }
            }
            Some(last) if last.step > evaluation.step => return,
            _ => self.evaluations.push(evaluation),
        }
        self.revision = next_revision();
    }

    /// All evaluations, earliest first.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Adds a measurement of any step. It replaces an earlier measurement of the same step.
    pub fn push_measurement(&mut self, measurement: ProbeResult) {
        match self.measurements.binary_search_by_key(&measurement.step, |m| m.step) {
            Ok(index) => self.measurements[index] = measurement,
            Err(index) => self.measurements.insert(index, measurement),
        }
        self.revision = next_revision();
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

/// A number no history has had yet.
fn next_revision() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Reads a number. JSON has no NaN and no infinity: they are written as `null` and read as NaN.
pub(crate) fn nan_if_null<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + From<f32>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_else(|| f32::NAN.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(step: u32, members: [Option<f32>; 2]) -> Evaluation {
        let scores = |accuracy| {
            let score = Score { loss: 1.0, accuracy };
            Scores { train: score, test: score }
        };
        Evaluation { step, members: members.map(|value| value.map(scores)).to_vec() }
    }

    #[test]
    fn every_change_gives_a_revision_of_its_own() {
        let experiment = || Experiment::from_query("seeds=2&spread=1").experiment;
        let mut history = History::new(experiment());
        let mut seen = vec![history.revision(), History::new(experiment()).revision()];
        history.push(evaluation(1, [Some(0.5), None]));
        seen.push(history.revision());
        history.push(evaluation(1, [None, Some(0.5)]));
        seen.push(history.revision());
        for value in [1.0, 2.0] {
            history.push_measurement(ProbeResult { step: 1, members: vec![vec![Some(value)]; 2] });
            seen.push(history.revision());
        }
        let mut history = history.with_measurement_settings(experiment());
        seen.push(history.revision());
        assert!(seen.iter().enumerate().all(|(index, own)| !seen[..index].contains(own)));

        history.push(evaluation(0, [Some(0.5), Some(0.5)]));
        assert_eq!(history.revision(), seen[seen.len() - 1], "nothing has changed");
        assert_eq!(history.clone().revision(), history.revision());
    }

    #[test]
    fn new_measurement_settings_keep_evaluations_alone() {
        let of = |query: &str| Experiment::from_query(query).experiment;
        let mut history = History::new(of("seeds=2&spread=1"));
        history.push(evaluation(1, [Some(0.5), Some(0.5)]));
        history.push_measurement(ProbeResult { step: 1, members: vec![vec![Some(1.0)]; 2] });
        let history = history.with_measurement_settings(of("seeds=2&spread=1&measure-share=50"));
        assert_eq!((history.evaluations().len(), history.measurements().len()), (1, 1));
        let history = history.with_measurement_settings(of("seeds=2&spread=1&spectra=1"));
        assert_eq!((history.evaluations().len(), history.measurements().len()), (1, 0));
    }
}
