//! Methods against their baseline, paired by seed: how much shorter the second phase is, who fails,
//! and what happens afterwards.
//!
//! The second phase of a network lasts from memorising to generalising. A speed-up is the baseline's
//! length over the method's, with the same seed. Where a network did not generalise there is no
//! length, so there is no number, or only a bound.

use serde::Serialize;

use crate::experiment::{Experiment, Method, Settings};
use crate::history::History;
use crate::phases::{self, MemberPhases};
use crate::stats::Spread;

/// Smaller ratios are not told from chance: many methods were tried, with few seeds each.
pub const CLEAR: f64 = 1.3;

/// Rounds in which a step of every configuration is timed: what else the machine does in one of them
/// does not fall on one configuration.
pub const TIMED_ROUNDS: usize = 3;

/// The shorter of two times, as far as they are known.
#[must_use]
pub fn shorter(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::min)
}

/// A baseline and its methods.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The last evaluated step. What has not happened by then is not known.
    pub last_step: u32,
    /// The baseline, then each method in order.
    pub rows: Vec<Row>,
}

/// One configuration, over its networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What the method changes, as in an address. `None` for the baseline.
    pub method: Option<String>,
    /// Whether it is a control: another learning rate, the same learning rate × weight decay.
    pub is_control: bool,
    /// Number of networks.
    pub networks: usize,
    /// When networks memorised. `None` if none did.
    pub memorised: Option<Steps>,
    /// When networks generalised. `None` if none did.
    pub generalised: Option<Steps>,
    /// Networks that did not generalise by the last step.
    pub failed: usize,
    /// Those of them that diverged, and so never will.
    pub diverged: usize,
    /// Test accuracy at the last step, over networks that have not diverged.
    pub accuracy: Option<Spread>,
    /// Networks that generalised and then lost it. `None` if none did.
    pub collapse: Option<Collapse>,
    /// How many times shorter the second phase is than the baseline's.
    pub speed_up: SpeedUp,
    /// Time of a step, relative to the baseline's. `None` until it is measured.
    pub cost: Option<f64>,
}

/// A step over some networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Steps {
    /// The lower median; networks without the step count as later. `None` if most are without.
    pub median: Option<u32>,
    /// The first.
    pub first: u32,
    /// The last of those that have it.
    pub last: u32,
}

/// Networks whose test accuracy reached the goal and then fell below half of it, or that diverged
/// after they had generalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Collapse {
    /// Their number.
    pub networks: usize,
    /// The first evaluated step below half of the goal.
    pub step: Steps,
    /// Those at the goal again at the last step.
    pub recovered: usize,
}

/// How many times shorter a second phase is, over pairs of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeedUp {
    /// No pair tells anything.
    Unknown,
    /// Pairs in which both networks generalised.
    Times {
        /// Over these pairs.
        spread: Spread,
        /// Their number.
        pairs: usize,
        /// Those of them with the method clearly faster, by [`CLEAR`].
        faster: usize,
        /// Those of them with the method clearly slower.
        slower: usize,
    },
    /// Only the method generalised. The smallest lower bound over these pairs: the baseline's
    /// second phase lasted at least to the last step.
    AtLeast {
        /// The bound.
        times: f64,
        /// Number of pairs.
        pairs: usize,
    },
}

impl Row {
    /// The speed-up in time: that in steps, divided by the cost of a step.
    #[must_use]
    pub fn speed_up_in_time(&self) -> Option<f64> {
        match self.speed_up {
            SpeedUp::Times { spread, .. } => Some(spread.median / self.cost?),
            SpeedUp::Unknown | SpeedUp::AtLeast { .. } => None,
        }
    }

    /// Whether the median speed-up is clear.
    #[must_use]
    pub fn is_faster(&self) -> bool {
        matches!(self.speed_up, SpeedUp::Times { spread, .. } if spread.median >= CLEAR)
    }

    /// Whether the second phase is clearly longer.
    #[must_use]
    pub fn is_slower(&self) -> bool {
        matches!(self.speed_up, SpeedUp::Times { spread, .. } if spread.median <= 1.0 / CLEAR)
    }
}

impl Comparison {
    /// Compares the methods of a run so far. `None` without methods, before the first evaluation,
    /// and for a regression, which has no phases.
    #[must_use]
    pub fn of(history: &History) -> Option<Self> {
        let experiment = history.experiment();
        if experiment.methods().is_empty() || experiment.settings.is_regression() {
            return None;
        }
        let last_step = history.evaluations().last()?.step;
        let all = phases::find(history);
        let seeds = experiment.settings.seeds;
        let baseline = all.get(..seeds)?;
        let rows = all.chunks_exact(seeds).enumerate().map(|(index, members)| {
            let first = index * seeds;
            row(history, first, members, baseline, last_step)
        });
        Some(Self { last_step, rows: rows.collect() })
    }

    /// Takes the time of a step of one network, for each configuration in order.
    pub fn set_costs(&mut self, seconds: &[Option<f64>]) {
        let known = |index: usize| {
            seconds.get(index).copied().flatten().filter(|time| time.is_finite() && *time > 0.0)
        };
        let baseline = known(0);
        for (index, row) in self.rows.iter_mut().enumerate() {
            row.cost = known(index).zip(baseline).map(|(own, baseline)| own / baseline);
        }
    }

    /// The control, with its place among the rows.
    #[must_use]
    pub fn control(&self) -> Option<(usize, &Row)> {
        self.rows.iter().enumerate().find(|(_, row)| row.is_control)
    }
}

/// Whether a method raises the product of learning rate and weight decay, and has no control beside
/// it. Without weight decay there is no control.
#[must_use]
pub fn lacks_control(experiment: &Experiment) -> bool {
    let (baseline, methods) = (&experiment.settings, experiment.methods());
    methods.iter().any(|method| raises(method, baseline))
        && !methods.iter().any(|method| method.is_control(baseline))
}

/// Whether a method raises the product of learning rate and weight decay, by more than 1%.
#[must_use]
pub fn raises(method: &Method, baseline: &Settings) -> bool {
    let (own, product) = (method.apply(baseline), baseline.lr * baseline.wd);
    product > 0.0 && own.lr * own.wd > 1.01 * product
}

fn row(
    history: &History,
    first: usize,
    members: &[MemberPhases],
    baseline: &[MemberPhases],
    last_step: u32,
) -> Row {
    let experiment = history.experiment();
    let method = experiment.method_of(first);
    let indices = first..first + members.len();
    let accuracies = indices.clone().filter_map(|index| {
        let (step, scores) = history.member(index).last()?;
        (step == last_step && scores.is_finite()).then(|| f64::from(scores.test.accuracy))
    });
    let fates: Vec<(u32, bool)> =
        indices.zip(members).filter_map(|(index, phases)| fall(history, index, phases)).collect();
    let collapse = steps(fates.iter().map(|(step, _)| Some(*step))).map(|step| Collapse {
        networks: fates.len(),
        step,
        recovered: fates.iter().filter(|(_, recovered)| *recovered).count(),
    });
    Row {
        method: method.map(ToString::to_string),
        is_control: method.is_some_and(|method| method.is_control(&experiment.settings)),
        networks: members.len(),
        memorised: steps(members.iter().map(|member| member.memorise_step)),
        generalised: steps(members.iter().map(|member| member.generalise_step)),
        failed: members.iter().filter(|member| member.generalise_step.is_none()).count(),
        diverged: members.iter().filter(|member| member.is_lost()).count(),
        accuracy: Spread::of(accuracies),
        collapse,
        speed_up: match method {
            Some(_) => speed_up(baseline, members, last_step),
            None => SpeedUp::Unknown,
        },
        cost: None,
    }
}

fn steps(all: impl Iterator<Item = Option<u32>>) -> Option<Steps> {
    let summary = phases::summarise(all)?;
    Some(Steps { median: summary.median, first: summary.first, last: summary.last })
}

/// The step at which a network collapsed, and whether it ended at the goal again.
fn fall(history: &History, index: usize, phases: &MemberPhases) -> Option<(u32, bool)> {
    let goal = history.experiment().settings.target_accuracy;
    let step = phases.collapse_step?;
    let recovered = history.member(index).last().is_some_and(|(_, scores)| {
        scores.is_finite() && f64::from(scores.test.accuracy) >= goal - 1e-6
    });
    Some((step, recovered))
}

/// Steps from memorising to generalising, if there were some.
fn second_phase(member: &MemberPhases) -> Option<f64> {
    let length = member.generalise_step?.checked_sub(member.memorise_step?)?;
    (length > 0).then(|| f64::from(length))
}

fn speed_up(baseline: &[MemberPhases], own: &[MemberPhases], last_step: u32) -> SpeedUp {
    let (mut times, mut bounds) = (Vec::new(), Vec::new());
    for (baseline, own) in baseline.iter().zip(own) {
        let Some(length) = second_phase(own) else { continue };
        if let Some(of_baseline) = second_phase(baseline) {
            times.push(of_baseline / length);
        } else if let (Some(memorised), None) = (baseline.memorise_step, baseline.generalise_step) {
            bounds.push(f64::from(last_step.saturating_sub(memorised)) / length);
        }
    }
    let count = |is: &dyn Fn(f64) -> bool| times.iter().filter(|times| is(**times)).count();
    let (pairs, faster) = (times.len(), count(&|times| times >= CLEAR));
    let slower = count(&|times| times <= 1.0 / CLEAR);
    if let Some(spread) = Spread::of(times.into_iter()) {
        return SpeedUp::Times { spread, pairs, faster, slower };
    }
    match bounds.iter().copied().reduce(f64::min) {
        Some(times) => SpeedUp::AtLeast { times, pairs: bounds.len() },
        None => SpeedUp::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Evaluation, Score, Scores};

    /// Test accuracy of each member at each of these steps; all memorise at step 10.
    fn compared(query: &str, curves: &[[f32; 6]]) -> Comparison {
        const STEPS: [u32; 6] = [1, 10, 50, 110, 510, 1010];
        let experiment = Experiment::valid(&format!("seeds=2&steps=1010&{query}"));
        let mut history = History::new(experiment);
        for (at, step) in STEPS.into_iter().enumerate() {
            let member = |curve: &[f32; 6]| {
                let score = |accuracy, loss| Score { loss, accuracy };
                let loss = if curve[at].is_nan() { f32::NAN } else { 1.0 };
                let train = score(if at == 0 { 0.1 } else { 1.0 }, loss);
                Some(Scores { train, test: score(curve[at], loss) })
            };
            history.push(Evaluation { step, members: curves.iter().map(member).collect() });
        }
        Comparison::of(&history).expect("there are methods")
    }

    const LATE: [f32; 6] = [0.0, 0.0, 0.0, 0.1, 0.2, 1.0];
    const MIDDLE: [f32; 6] = [0.0, 0.0, 0.0, 0.1, 1.0, 1.0];
    const EARLY: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    const NEVER: [f32; 6] = [0.0, 0.0, 0.0, 0.1, 0.1, 0.1];

    #[test]
    fn a_speed_up_is_a_ratio_of_second_phases_of_one_seed() {
        let found = compared("methods=wd:3", &[LATE, MIDDLE, EARLY, EARLY]);
        let [baseline, method] = &found.rows[..] else { panic!("two rows") };
        assert_eq!((baseline.speed_up, baseline.method.as_deref()), (SpeedUp::Unknown, None));
        assert_eq!(method.method.as_deref(), Some("wd:3"));
        let spread = Spread { median: 7.5, low: 5.0, high: 10.0 };
        assert_eq!(method.speed_up, SpeedUp::Times { spread, pairs: 2, faster: 2, slower: 0 });
        assert!(method.is_faster() && !method.is_slower());
        let generalised = Steps { median: Some(110), first: 110, last: 110 };
        assert_eq!((method.generalised, method.failed), (Some(generalised), 0));
        assert_eq!(method.accuracy, Some(Spread { median: 1.0, low: 1.0, high: 1.0 }));
        assert_eq!(method.collapse, None);
    }

    #[test]
    fn a_network_that_fails_gives_a_bound_or_nothing() {
        // Only one pair has two lengths.
        let found = compared("methods=wd:3", &[LATE, NEVER, EARLY, EARLY]);
        let spread = Spread { median: 10.0, low: 10.0, high: 10.0 };
        let known = SpeedUp::Times { spread, pairs: 1, faster: 1, slower: 0 };
        assert_eq!((found.rows[1].speed_up, found.rows[0].failed), (known, 1));
        let found = compared("methods=wd:3", &[NEVER, NEVER, EARLY, MIDDLE]);
        assert_eq!(found.rows[1].speed_up, SpeedUp::AtLeast { times: 2.0, pairs: 2 });
        assert!(!found.rows[1].is_faster());
        let found = compared("methods=wd:3", &[LATE, LATE, NEVER, NEVER]);
        assert_eq!((found.rows[1].speed_up, found.rows[1].failed), (SpeedUp::Unknown, 2));
    }

    #[test]
    fn a_fall_below_half_of_the_goal_is_a_collapse() {
        let falls = [0.0, 0.0, 1.0, 0.5, 0.4, 0.1];
        let comes_back = [0.0, 0.0, 1.0, 0.3, 0.9, 1.0];
        let found = compared("methods=wd:3", &[LATE, LATE, falls, comes_back]);
        let collapse = found.rows[1].collapse.expect("both fall");
        let step = Steps { median: Some(110), first: 110, last: 510 };
        assert_eq!(collapse, Collapse { networks: 2, step, recovered: 1 });
        assert_eq!(found.rows[0].collapse, None);
        let diverges = [0.0, 0.0, 1.0, 1.0, f32::NAN, f32::NAN];
        let found = compared("methods=wd:3", &[LATE, LATE, diverges, EARLY]);
        let collapse = found.rows[1].collapse.expect("one diverges");
        assert_eq!((collapse.networks, collapse.recovered, collapse.step.first), (1, 0, 510));
        assert_eq!(found.rows[1].accuracy.map(|spread| spread.low), Some(1.0));
        assert_eq!(found.rows[1].diverged, 0, "it had generalised before");
    }

    #[test]
    fn ratios_within_chance_are_not_clear() {
        let found = compared("methods=wd:3", &[MIDDLE, MIDDLE, MIDDLE, MIDDLE]);
        assert!(!found.rows[1].is_faster() && !found.rows[1].is_slower());
        let found = compared("methods=wd:3", &[MIDDLE, MIDDLE, LATE, LATE]);
        assert!(found.rows[1].is_slower());
    }

    #[test]
    fn a_dear_step_makes_the_speed_up_in_time_smaller() {
        let mut found =
            compared("methods=wd:3,noise:0.3", &[LATE, LATE, EARLY, EARLY, NEVER, NEVER]);
        assert_eq!(found.rows[1].speed_up_in_time(), None);
        found.set_costs(&[Some(0.5), Some(1.0), None]);
        let costs: Vec<_> = found.rows.iter().map(|row| row.cost).collect();
        assert_eq!(costs, [Some(1.0), Some(2.0), None]);
        assert_eq!(found.rows[1].speed_up_in_time(), Some(5.0));
        assert_eq!(found.rows[2].speed_up_in_time(), None);
        found.set_costs(&[Some(f64::NAN), Some(1.0), Some(1.0)]);
        assert!(found.rows.iter().all(|row| row.cost.is_none()));
    }

    #[test]
    fn a_control_is_found_and_its_lack_is_known() {
        let found = compared("methods=wd:3,lr:0.009/wd:0.3333", &[LATE; 6]);
        assert_eq!(found.control().map(|(index, _)| index), Some(2));
        assert!(lacks_control(&Experiment::valid("methods=wd:3")));
        assert!(!lacks_control(&Experiment::valid("methods=wd:3,lr:0.009/wd:0.3333")));
        for query in ["wd=1,3", "methods=width:64,noise:0.3,wd:0/orthograd:1", "wd=0&methods=wd:1"]
        {
            assert!(!lacks_control(&Experiment::valid(query)), "{query}");
        }
    }

    #[test]
    fn runs_without_methods_and_regressions_are_not_compared() {
        for query in
            ["seeds=2", "wd=1,3&seeds=1", "preset=double-descent-time&seeds=1&methods=wd:1"]
        {
            let mut history = History::new(Experiment::valid(query));
            let score = Score { loss: 1.0, accuracy: 1.0 };
            let members = vec![Some(Scores { train: score, test: score }); 2];
            history.push(Evaluation { step: 1, members });
            assert_eq!(Comparison::of(&history), None, "{query}");
        }
        assert_eq!(Comparison::of(&History::new(Experiment::valid("methods=wd:3"))), None);
    }
}
