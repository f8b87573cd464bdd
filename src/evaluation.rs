//! Results of a run at a step: plain values that go from the engine to the page.

use serde::{Deserialize, Serialize};

use crate::json::nan_if_null;

/// How well one member does on one set of samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The experiment's loss without label smoothing, mean over samples. NaN once the member has
    /// diverged (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
    pub loss: f32,
    /// Fraction of samples whose largest logit is the label's, 0 to 1; for a regression, fraction
    /// of outputs with the right sign. NaN without samples (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
    pub accuracy: f32,
}

/// One member at one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// On its training set.
    pub train: Score,
    /// On its test set.
    pub test: Score,
}

impl Scores {
    /// Whether both losses are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.train.loss.is_finite() && self.test.loss.is_finite()
    }
}

/// All members after the same number of training steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Training steps taken.
    pub step: u32,
    /// One entry for each member, in the order of [`crate::experiment::Experiment::members`];
    /// `None` for members that are evaluated later or by another worker.
    pub members: Vec<Option<Scores>>,
}

impl Evaluation {
    /// Whether all members are here and have diverged.
    #[must_use]
    pub fn has_diverged(&self) -> bool {
        self.members.iter().all(|member| member.is_some_and(|member| !member.is_finite()))
    }

    /// Fills in the members that are missing here. Members that are here stay as they are.
    pub fn fill_missing(&mut self, other: Self) {
        for (member, other) in self.members.iter_mut().zip(other.members) {
            *member = member.or(other);
        }
    }
}

/// Measurements of all members at one step, beside loss and accuracy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Training steps taken.
    pub step: u32,
    /// For each member a value for each of `measure::curves`, in that order; `None` where there is
    /// no finite value, as for a member that has diverged. Empty for members that another worker
    /// measures.
    pub members: Vec<Vec<Option<f32>>>,
}

impl ProbeResult {
    /// Takes over the members that `other` has measured.
    pub fn replace_measured(&mut self, other: Self) {
        for (member, other) in self.members.iter_mut().zip(other.members) {
            if !other.is_empty() {
                *member = other;
            }
        }
    }
}

/// A set of samples of one network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSet {
    /// The number of each sample in the whole data set: `a * elements + b` for an entry of a table,
    /// the number of the image for digits. Empty where samples are drawn for each seed.
    pub ids: Vec<u32>,
    /// The class of each sample, with label noise if it is a training set with some.
    pub classes: Vec<u32>,
    /// The first images, if samples are images: 8 × 8 pixels from 0 to 16, row by row.
    pub images: Vec<Vec<u8>>,
}

/// What one network is trained and tested on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its training set.
    pub train: TaskSet,
    /// Its test set.
    pub test: TaskSet,
}

/// What one network answers at a step, sample by sample as in [`Task`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Training steps taken.
    pub step: u32,
    /// The class with the largest logit for each training sample.
    pub train: Vec<u16>,
    /// The same for each test sample.
    pub test: Vec<u16>,
    /// What its first weights look like, for numbers modulo an odd p.
    pub waves: Option<Waves>,
}

/// The first weights of a network on numbers modulo p, as functions of the first number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waves {
    /// The fraction of the power of the first of `units` at each frequency from 1 to (p - 1) / 2.
    pub spectrum: Vec<f32>,
    /// The frequency with the largest power over all units.
    pub frequency: u32,
    /// The weights of the units with most power at that frequency, largest first, each over the
    /// numbers from 0 to p - 1.
    pub units: Vec<Vec<f32>>,
    /// Each number from 0 to p - 1 in the plane of the weights that the cosine and the sine of that
    /// frequency span; a circle if the weights are waves. At most 1 from the origin.
    pub clock: Vec<[f32; 2]>,
}

/// How long a training step of an ensemble takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepTime {
    /// Steps that were taken to find out.
    pub steps: u32,
    /// Seconds for each step; 0 without steps, NaN if the clock was no use (JSON: `null`).
    #[serde(deserialize_with = "nan_if_null")]
    pub seconds: f64,
    /// Seconds of each step that the thread was busy. Waiting for the device is not included.
    #[serde(deserialize_with = "nan_if_null")]
    pub host_seconds: f64,
}

/// The step of the next evaluation: every step up to 50, from there 2% later each time, so that a
/// logarithmic axis is covered evenly and a threshold is found within 2%.
#[must_use]
pub fn next_evaluated_step(step: u32) -> u32 {
    step + (step / 50).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_not_finite_survive_json() {
        let score = Score { loss: f32::INFINITY, accuracy: f32::NAN };
        let text = serde_json::to_string(&Scores { train: score, test: score }).expect("plain");
        let back: Scores = serde_json::from_str(&text).expect("the same form");
        assert!(back.train.loss.is_nan() && back.test.accuracy.is_nan());
        let time = StepTime { steps: 3, seconds: f64::NAN, host_seconds: f64::INFINITY };
        let text = serde_json::to_string(&time).expect("plain");
        let back: StepTime = serde_json::from_str(&text).expect("the same form");
        assert!(back.steps == 3 && back.seconds.is_nan() && back.host_seconds.is_nan());
    }

    #[test]
    fn only_missing_members_are_filled_in() {
        let scores = |loss| {
            let score = Score { loss, accuracy: 0.5 };
            Some(Scores { train: score, test: score })
        };
        let mut whole = Evaluation { step: 3, members: vec![scores(1.0), None, None] };
        whole.fill_missing(Evaluation { step: 3, members: vec![scores(9.0), scores(2.0), None] });
        assert_eq!(whole.members, [scores(1.0), scores(2.0), None]);
    }
}
