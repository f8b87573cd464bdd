//! The results of a run so far: evaluations and measurements, in the order of their steps.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::experiment::Experiment;
use crate::measure::{self, Curve};

pub use crate::evaluation::{Evaluation, ProbeResult, Score, Scores, StepTime};

/// The evaluations and measurements of one run, in the order of their steps.
#[derive(Clone, Debug)]
pub struct History {
    revision: u64,
    experiment: Experiment,
    evaluations: Vec<Evaluation>,
    curves: Vec<Curve>,
    measurements: Vec<ProbeResult>,
}

impl History {
    /// An empty history of a run.
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

    /// The same run with other measurement settings. Its evaluations stay. Its measurements stay
    /// only if the settings still measure the same.
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

    /// Inserts a measurement, which may be of any step. If that step is there already, the members
    /// that this measurement holds replace the older ones: they were measured again.
    pub fn push_measurement(&mut self, measurement: ProbeResult) {
        match self.measurements.binary_search_by_key(&measurement.step, |m| m.step) {
            Ok(index) => self.measurements[index].replace_measured(measurement),
            Err(index) => self.measurements.insert(index, measurement),
        }
        self.revision = next_revision();
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

/// A number no history has had yet.
fn next_revision() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
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

    #[test]
    fn measurements_are_sorted_and_replaced_by_member() {
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
