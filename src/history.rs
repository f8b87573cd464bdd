//! What is known of a run so far: evaluations and measurements, in the order of their steps.

use crate::experiment::Experiment;
use crate::measure::{self, Curve};

pub use crate::evaluation::{Evaluation, ProbeResult, Score, Scores, StepTime};

/// The evaluations and measurements of one run, in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    experiment: Experiment,
    evaluations: Vec<Evaluation>,
    curves: Vec<Curve>,
    measurements: Vec<ProbeResult>,
}

impl History {
    /// A run of which nothing is known yet.
    #[must_use]
    pub fn new(experiment: Experiment) -> Self {
        let curves = measure::curves(&experiment);
        Self { experiment, evaluations: Vec::new(), curves, measurements: Vec::new() }
    }

    /// The same run with other measurement settings. Its evaluations stay. Its measurements stay only
    /// if the settings still measure the same.
    #[must_use]
    pub fn measured_anew(self, experiment: Experiment) -> Self {
        let alike = self.experiment.measures_alike(&experiment);
        let measurements = if alike { self.measurements } else { Vec::new() };
        Self { evaluations: self.evaluations, measurements, ..Self::new(experiment) }
    }

    /// The experiment that was run.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Appends an evaluation. If it has the same step as the last one, it fills in the members missing
    /// there. Earlier steps are ignored.
    pub fn push(&mut self, evaluation: Evaluation) {
        match self.evaluations.last_mut() {
            Some(last) if last.step == evaluation.step => last.fill_missing(evaluation),
            Some(last) if last.step > evaluation.step => {}
            _ => self.evaluations.push(evaluation),
        }
    }

    /// All evaluations, earliest first.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Inserts a measurement, which may be of any step. It replaces an older one of the same step: a
    /// step that is measured again is measured in another way.
    pub fn push_measurement(&mut self, measurement: ProbeResult) {
        match self.measurements.binary_search_by_key(&measurement.step, |m| m.step) {
            Ok(index) => self.measurements[index] = measurement,
            Err(index) => self.measurements.insert(index, measurement),
        }
    }

    /// The curves whose values a measurement holds for each member, in order.
    #[must_use]
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// All measurements, earliest first.
    #[must_use]
    pub fn measurements(&self) -> &[ProbeResult] {
        &self.measurements
    }

    /// The steps at which one member was evaluated, with its scores.
    pub fn member(&self, index: usize) -> impl Iterator<Item = (u32, &Scores)> {
        self.evaluations.iter().filter_map(move |s| Some((s.step, s.members.get(index)?.as_ref()?)))
    }
}
