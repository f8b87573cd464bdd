//! A finished run in a few kB, so that a page can show it before a program that trains is loaded.

use serde::{Deserialize, Serialize};

use crate::evaluation::{Answers, Evaluation, Score, Scores, Task};
use crate::experiment::Experiment;
use crate::history::History;
use crate::json;

/// A run: its evaluations, and at some steps what its first network answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The experiment as an address holds it.
    query: String,
    steps: Vec<u32>,
    /// For each step and each network: accuracy on training and test set, then loss on both. A
    /// number that is not finite is `null` in JSON.
    scores: Vec<Vec<[Option<f32>; 4]>>,
    task: Task,
    answers: Vec<Answers>,
}

impl Recording {
    /// Records a run. Accuracies are rounded to 4 decimals, losses to 3 significant digits.
    /// Evaluations that lack a network are left out.
    #[must_use]
    pub fn new(history: &History, task: Task, answers: Vec<Answers>) -> Self {
        let mut recording =
            Self { query: history.experiment().to_query(), task, answers, ..Self::default() };
        let scores = |scores: &Scores| {
            let (train, test) = (scores.train, scores.test);
            let accuracy = |value: f32| (value * 1e4).round() / 1e4;
            [
                accuracy(train.accuracy),
                accuracy(test.accuracy),
                rounded(train.loss),
                rounded(test.loss),
            ]
            .map(Some)
        };
        for evaluation in history.evaluations() {
            let members: Option<Vec<_>> =
                evaluation.members.iter().map(|member| member.as_ref().map(scores)).collect();
            if let Some(members) = members {
                recording.steps.push(evaluation.step);
                recording.scores.push(members);
            }
        }
        recording
    }

    /// The run up to a step.
    #[must_use]
    pub fn history(&self, up_to: u32) -> History {
        let mut history = History::new(Experiment::from_query(&self.query).experiment);
        for (&step, members) in
            self.steps.iter().zip(&self.scores).take_while(|(s, _)| **s <= up_to)
        {
            let member = |scores: &[Option<f32>; 4]| {
                let [train, test, train_loss, test_loss] =
                    scores.map(|score| score.unwrap_or(f32::NAN));
                let score = |accuracy, loss| Score { loss, accuracy };
                Some(Scores { train: score(train, train_loss), test: score(test, test_loss) })
            };
            history.push(Evaluation { step, members: members.iter().map(member).collect() });
        }
        history
    }

    /// The experiment that was run.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The steps at which it was evaluated.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        &self.steps
    }

    /// What the first network was trained on.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// What it answered, by rising step.
    #[must_use]
    pub fn answers(&self) -> &[Answers] {
        &self.answers
    }
}

/// Three significant digits.
fn rounded(value: f32) -> f32 {
    json::number(&format!("{value:.2e}")).map_or(value, |number| number as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_as_it_was_recorded() {
        let mut history = History::new(Experiment::from_query("seeds=2&steps=50").experiment);
        let score = |accuracy, loss| Score { loss, accuracy };
        for step in 0..4 {
            let scores = Scores { train: score(0.5, 0.012_345), test: score(0.25, 1.5) };
            history.push(Evaluation { step, members: vec![Some(scores); 2] });
        }
        let recording = Recording::new(&history, Task::default(), Vec::new());
        let text = serde_json::to_string(&recording).expect("plain");
        let read: Recording = serde_json::from_str(&text).expect("the same form");
        let again = read.history(2);
        assert_eq!(again.experiment(), history.experiment());
        assert_eq!(again.evaluations().len(), 3);
        let scores = again.evaluations()[1].members[1].expect("it was recorded");
        assert_eq!((scores.train.loss, scores.test.accuracy), (0.0123, 0.25));
    }
}
