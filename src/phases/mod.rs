//! From curves to phases: when each member memorised and generalised, when measures rose and fell,
//! how sure that is, and how far one lags behind the other.
//!
//! [`find`] reads thresholds of accuracy, member by member. [`pieces`] finds rises and falls in any
//! curve. [`list`] makes phases with intervals of both, and [`lags`] compares them. What is not seen
//! by the last step has no step.

mod estimate;
mod list;
mod pieces;
mod signal;
#[cfg(test)]
pub(crate) mod synthetic;

use serde::{Deserialize, Serialize};

pub use estimate::Estimate;
pub use list::{Kind, Lag, Phase, Stage, expected, lags, list};
pub use pieces::{Direction, Piece, Reading, pieces};
pub use signal::{Signal, measured};

use crate::history::{History, Scores};
use crate::stats;

/// Training accuracy from which on a member has memorised its training set.
pub const MEMORISED_ACCURACY: f32 = 0.99;

/// The steps at which one member memorised and generalised: the first evaluated step at which a
/// threshold is reached, which is at most 2% late (see [`crate::evaluation::next_evaluated_step`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberPhases {
    /// Training accuracy reaches [`MEMORISED_ACCURACY`].
    pub memorise_step: Option<u32>,
    /// Test accuracy reaches the experiment's goal.
    pub generalise_step: Option<u32>,
    /// After that, test accuracy falls below half of the goal, or the loss is no longer finite.
    pub collapse_step: Option<u32>,
    /// The loss is no longer finite.
    pub diverged_step: Option<u32>,
}

impl MemberPhases {
    /// Whether it diverged, and had not generalised before.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.diverged_step.is_some() && self.generalise_step.is_none()
    }
}

/// A step over the members of an ensemble. Some of them may not have reached it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepSummary {
    /// Members that have reached it.
    pub reached: usize,
    /// Members in all.
    pub members: usize,
    /// The lower median over all members (see [`stats::lower_median`]); those that have not reached
    /// it count as later than all others. `None` until half have reached it.
    pub median: Option<u32>,
    /// The first member's step.
    pub first: u32,
    /// The last step among the members that have reached it.
    pub last: u32,
}

/// The phases of every member. A regression has none, because it has no classes.
#[must_use]
pub fn find(history: &History) -> Vec<MemberPhases> {
    let settings = &history.experiment().settings;
    let classes = !settings.is_regression();
    let goal = settings.target_accuracy - 1e-6;
    let of = |index: usize| {
        let first = |after: u32, reached: &dyn Fn(&Scores) -> bool| {
            let mut alive = history.member(index).take_while(|(_, m)| m.is_finite());
            alive.find(|(step, m)| *step >= after && reached(m)).map(|(step, _)| step)
        };
        let diverged_step = history.member(index).find(|(_, m)| !m.is_finite()).map(|(at, _)| at);
        let generalise_step = first(0, &|m| classes && f64::from(m.test.accuracy) >= goal);
        MemberPhases {
            memorise_step: first(0, &|m| classes && m.train.accuracy >= MEMORISED_ACCURACY),
            generalise_step,
            collapse_step: generalise_step
                .and_then(|step| first(step, &|m| f64::from(m.test.accuracy) < goal / 2.0))
                .or(diverged_step.filter(|_| generalise_step.is_some())),
            diverged_step,
        }
    };
    (0..history.experiment().member_count()).map(of).collect()
}

/// A member whose loss stopped being a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Its index.
    pub member: usize,
    /// The measured step at which that was seen.
    pub step: u32,
}

/// The members that have diverged, in order.
#[must_use]
pub fn divergences(history: &History) -> Vec<Divergence> {
    find(history)
        .iter()
        .enumerate()
        .filter_map(|(member, phases)| Some(Divergence { member, step: phases.diverged_step? }))
        .collect()
}

/// Median and range of a step over members; `None` while no member has reached it.
#[must_use]
pub fn summarise(steps: impl Iterator<Item = Option<u32>>) -> Option<StepSummary> {
    let mut members = 0;
    let mut reached: Vec<u32> = steps.inspect(|_| members += 1).flatten().collect();
    stats::sort_short(&mut reached, u32::lt);
    Some(StepSummary {
        reached: reached.len(),
        members,
        median: stats::lower_median(&reached, members),
        first: *reached.first()?,
        last: *reached.last()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score};

    #[test]
    fn a_phase_ends_at_the_first_evaluated_step_at_its_threshold() {
        let mut history = History::new(Experiment::from_query("seeds=2").experiment);
        for (step, train, test) in
            [(0, 0.1, 0.0), (10, 0.98, 0.1), (20, 0.99, 0.5), (30, 1.0, 0.95)]
        {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let first = Scores { train: score(train), test: score(test) };
            let second =
                Scores { train: score(train), test: Score { loss: f32::NAN, accuracy: 1.0 } };
            history.push(Evaluation { step, members: vec![Some(first), Some(second)] });
        }
        let [first, second] = find(&history)[..] else { panic!("two members") };
        assert_eq!(first.memorise_step, Some(20));
        assert_eq!(first.generalise_step, Some(30));
        assert_eq!(first.diverged_step, None);
        assert_eq!(second.generalise_step, None);
        assert_eq!(second.diverged_step, Some(0));
        assert_eq!(divergences(&history), [Divergence { member: 1, step: 0 }]);
    }

    #[test]
    fn members_that_never_get_there_count_as_last() {
        let summarise = |steps: &[Option<u32>]| summarise(steps.iter().copied());
        assert_eq!(summarise(&[None, None, None]), None);
        assert_eq!(summarise(&[None, Some(7), None]).and_then(|s| s.median), None);
        let two_of_three = summarise(&[Some(9), None, Some(7)]).expect("two have got there");
        assert_eq!(two_of_three.median, Some(9));
        assert_eq!((two_of_three.first, two_of_three.last), (7, 9));
        assert_eq!((two_of_three.reached, two_of_three.members), (2, 3));
    }
}
