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

    /// The same run with other measurement settings. Its evaluations stay. Its measurements stay
    /// only if the settings still measure the same.
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

    /// Appends an evaluation. If it has the same step as the last one, it fills in the members
    /// missing there. Earlier steps are ignored.
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

    /// Inserts a measurement, which may be of any step. If that step is there already, the members
    /// that this measurement holds replace the older ones: they were measured again.
    pub fn push_measurement(&mut self, measurement: ProbeResult) {
        match self.measurements.binary_search_by_key(&measurement.step, |m| m.step) {
            Ok(index) => self.measurements[index].replace_measured(measurement),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_sorted_by_step_and_replaced_member_by_member() {
        let part = |step, members: [&[f32]; 2]| ProbeResult {
            step,
            members: members.map(|values| values.iter().map(|v| Some(*v)).collect()).to_vec(),
        };
        let mut history = History::new(Experiment::from_query("seeds=2").experiment);
        history.push_measurement(part(9, [&[1.0], &[2.0]]));
        history.push_measurement(part(4, [&[3.0], &[4.0]]));
        history.push_measurement(part(9, [&[], &[5.0]]));
        let expected = [part(4, [&[3.0], &[4.0]]), part(9, [&[1.0], &[5.0]])];
        assert_eq!(history.measurements(), expected);
    }

    #[test]
    fn an_evaluation_of_the_last_step_fills_in_missing_members() {
        let scores = |loss| {
            let score = Score { loss, accuracy: 0.5 };
            Some(Scores { train: score, test: score })
        };
        let evaluation =
            |step, members: [Option<Scores>; 2]| Evaluation { step, members: members.to_vec() };
        let mut history = History::new(Experiment::from_query("seeds=2").experiment);
        history.push(evaluation(3, [scores(1.0), None]));
        history.push(evaluation(3, [scores(9.0), scores(2.0)]));
        history.push(evaluation(2, [scores(7.0), scores(7.0)]));
        assert_eq!(history.evaluations(), [evaluation(3, [scores(1.0), scores(2.0)])]);
    }
}
