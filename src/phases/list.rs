//! The phases of the networks of one configuration, each with an interval, and how far measures lag
//! behind accuracy.

use std::ops::Range;

use super::estimate::{Estimate, at_least};
use super::pieces::{Direction, Piece, Reading};
use super::signal::{Signal, largest, measured};
use super::{MemberPhases, find};
use crate::history::History;
use crate::measure::{Quantity, Split};
use crate::stats;

/// Which part of a change a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// 10% of the change are done.
    Onset,
    /// Half of it.
    Half,
    /// 90% of it.
    End,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Onset, Self::Half, Self::End];

    fn of(self, piece: &Piece) -> Option<Reading> {
        match self {
            Self::Onset => Some(piece.onset),
            Self::Half => Some(piece.half),
            // The end of what goes on is not known.
            Self::End => (!piece.goes_on).then_some(piece.end),
        }
    }
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Training accuracy reaches 99%; for a regression, the last fall of the training loss ends.
    Memorised,
    /// Test accuracy reaches the goal; for a regression, the last fall of the test loss ends.
    Generalised,
    /// After that, test accuracy falls below half of the goal.
    Collapsed,
    /// The test loss turns from a rise to a fall.
    LossPeak,
    /// A measure changes.
    Change(Direction, Stage),
}

impl Kind {
    /// The name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        use {Direction::*, Stage::*};
        match self {
            Self::Memorised => "memorised",
            Self::Generalised => "generalised",
            Self::Collapsed => "collapsed",
            Self::LossPeak => "loss-peak",
            Self::Change(Rise, Onset) => "rise-onset",
            Self::Change(Rise, Half) => "rise-half",
            Self::Change(Rise, End) => "rise-end",
            Self::Change(Fall, Onset) => "fall-onset",
            Self::Change(Fall, Half) => "fall-half",
            Self::Change(Fall, End) => "fall-end",
        }
    }
}

/// When something happened in the networks of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// What.
    pub kind: Kind,
    /// The curve in which it is seen.
    pub signal: Signal,
    /// The typical step, with its interval.
    pub estimate: Estimate,
}

/// The phases of some networks, which differ in their seed only: accuracies and losses first, then
/// every measured curve. One that no network has reached has no step.
#[must_use]
pub fn list(history: &History, members: Range<usize>) -> Vec<Phase> {
    let found = find(history);
    let is_regression = history.experiment().settings.is_regression();
    let phase = |kind, signal, reading: &dyn Fn(usize) -> Option<Reading>| {
        let readings: Vec<Option<Reading>> = members.clone().map(reading).collect();
        Phase { kind, signal, estimate: Estimate::new(&readings) }
    };
    let mut all = Vec::new();
    if is_regression {
        for (kind, set) in [(Kind::Memorised, Split::Train), (Kind::Generalised, Split::Test)] {
            let signal = Signal::Loss(set);
            let last = |member| {
                let pieces = signal.pieces(history, member);
                let last = pieces.iter().rev().find(|piece| piece.direction == Direction::Fall)?;
                Stage::End.of(last)
            };
            all.push(phase(kind, signal, &last));
        }
    } else {
        type Step = fn(&MemberPhases) -> Option<u32>;
        let kinds: [(Kind, Split, Step); 3] = [
            (Kind::Memorised, Split::Train, |phases| phases.memorise_step),
            (Kind::Generalised, Split::Test, |phases| phases.generalise_step),
            (Kind::Collapsed, Split::Test, |phases| phases.collapse_step),
        ];
        for (kind, set, step) in kinds {
            let reading =
                |member: usize| Some(evaluated(history, member, step(found.get(member)?)?));
            all.push(phase(kind, Signal::Accuracy(set), &reading));
        }
    }
    let loss = Signal::Loss(Split::Test);
    all.push(phase(Kind::LossPeak, loss, &|member| peak(history, member)));
    for curve in measured(history) {
        let signal = Signal::Measure(curve);
        let pieces: Vec<Vec<Piece>> =
            members.clone().map(|member| signal.pieces(history, member)).collect();
        for way in [Direction::Rise, Direction::Fall] {
            for stage in Stage::ALL {
                let of = |member: usize| stage.of(&largest(&pieces[member - members.start], way)?);
                all.push(phase(Kind::Change(way, stage), signal, &of));
            }
        }
    }
    // What no network does is no phase, but for the two that every run is asked about.
    all.retain(|phase| {
        phase.estimate.reached > 0 || matches!(phase.kind, Kind::Memorised | Kind::Generalised)
    });
    all
}

/// An evaluated step, and the evaluated step before it.
fn evaluated(history: &History, member: usize, step: u32) -> Reading {
    let before = history.member(member).map(|(at, _)| at).take_while(|at| *at < step).last();
    let [low, step] = [before.unwrap_or(step), step].map(f64::from);
    Reading { step, low, high: step }
}

/// The maximum of the test loss between a rise and the fall after it; the highest if there are
/// several.
fn peak(history: &History, member: usize) -> Option<Reading> {
    let signal = Signal::Loss(Split::Test);
    let (pieces, points) = (signal.pieces(history, member), signal.points(history, member));
    let turns = pieces.windows(2).filter(|pair| {
        [pair[0].direction, pair[1].direction] == [Direction::Rise, Direction::Fall]
    });
    let turn = turns.max_by(|a, b| a[0].to.total_cmp(&b[0].to))?;
    let (low, high) = (turn[0].end.step, turn[1].onset.step);
    let between = points.iter().filter(|(step, _)| (low..=high).contains(step));
    let top = between.max_by(|a, b| a.1.total_cmp(&b.1));
    let step = top.map_or((low * high).sqrt(), |(step, _)| *step);
    Some(Reading { step, low: low.min(step), high: high.max(step) })
}

/// How a measure changes in time, beside the rise of test accuracy.
#[derive(Clone, Debug, PartialEq)]
pub struct Lag {
    /// The measure.
    pub signal: Signal,
    /// Whether its fall or its rise is compared.
    pub direction: Direction,
    /// The median network's value before the change and after it.
    pub change: [f64; 2],
    /// For each network: the step at which half of the change is done, as a multiple of the step at
    /// which half of the rise of test accuracy is done. `None` if one of them is not seen.
    pub ratios: Vec<Option<f64>>,
    /// The steps at which 10%, 50% and 90% of the change are done.
    pub stages: [Estimate; 3],
    /// Networks in which the change still goes on at the last step.
    pub going_on: usize,
}

impl Lag {
    fn seen(&self) -> impl Iterator<Item = f64> {
        self.ratios.iter().flatten().copied()
    }

    /// The median over networks.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        stats::median(self.seen())
    }

    /// The lowest and the highest of all networks.
    #[must_use]
    pub fn range(&self) -> Option<[f64; 2]> {
        let low = self.seen().reduce(f64::min)?;
        Some([low, self.seen().reduce(f64::max)?])
    }

    /// Networks in which the measure comes before accuracy, and after it.
    #[must_use]
    pub fn counts(&self) -> [usize; 2] {
        [self.seen().filter(|ratio| *ratio < 1.0).count(), self.seen().filter(|r| *r > 1.0).count()]
    }

    /// The probability of an order as one-sided as this, or more so, if before and after were
    /// equally likely: the two-sided sign test. At best 0.0625 for five networks.
    #[must_use]
    pub fn sign_test(&self) -> f64 {
        let [before, after] = self.counts();
        (2.0 * at_least(before.max(after), before + after, 0.5)).min(1.0)
    }
}

/// The way in which a quantity changes if the network compresses, or learns the classes.
#[must_use]
pub fn expected(quantity: Quantity) -> Direction {
    match quantity {
        Quantity::LabelInformation | Quantity::FourierConcentration => Direction::Rise,
        _ => Direction::Fall,
    }
}

/// The lag of accuracies, of the test loss and of every measured curve behind the rise of test
/// accuracy, in networks that differ in their seed only. A measure that does not change as expected
/// in most networks is listed with the other direction, and left out if most do not change at all.
/// Networks that diverged without generalising do not count.
#[must_use]
pub fn lags(history: &History, members: Range<usize>) -> Vec<Lag> {
    let found = find(history);
    let half = |member| half_of_rise(history, member, &found);
    let rises: Vec<Option<f64>> = members.clone().map(half).collect();
    let own =
        [Signal::Accuracy(Split::Train), Signal::Accuracy(Split::Test), Signal::Loss(Split::Test)];
    let measures = measured(history).into_iter().map(Signal::Measure);
    let lag = |signal: Signal| {
        let of = |member: usize| {
            let phases = found.get(member).copied().unwrap_or_default();
            // What diverging did is no phase.
            if phases.is_lost() {
                return Vec::new();
            }
            // What a measure did before a network had memorised belongs to the first phase.
            let first = match signal {
                Signal::Accuracy(_) => None,
                _ => phases.memorise_step,
            };
            signal.pieces_from(history, member, first.unwrap_or(0))
        };
        let pieces: Vec<Vec<Piece>> = members.clone().map(of).collect();
        let usual = match signal {
            Signal::Accuracy(_) => Direction::Rise,
            Signal::Loss(_) => Direction::Fall,
            Signal::Measure(curve) => expected(curve.quantity),
        };
        let other = if usual == Direction::Fall { Direction::Rise } else { Direction::Fall };
        [usual, other].into_iter().find_map(|way| {
            let of: Vec<Option<Piece>> = pieces.iter().map(|all| largest(all, way)).collect();
            let seen: Vec<Piece> = of.iter().flatten().copied().collect();
            if 2 * seen.len() <= members.len() {
                return None;
            }
            let value = |value: fn(&Piece) -> f64| stats::median(seen.iter().map(value));
            let stage = |reading: fn(&Piece) -> Reading| {
                let all: Vec<Option<Reading>> =
                    of.iter().map(|piece| piece.as_ref().map(reading)).collect();
                Estimate::new(&all)
            };
            let ratios = of
                .iter()
                .zip(&rises)
                .map(|(piece, rise)| Some(piece.as_ref()?.half.step / rise.as_ref()?));
            Some(Lag {
                signal,
                direction: way,
                change: [value(|piece| piece.from)?, value(|piece| piece.to)?],
                ratios: ratios.collect(),
                stages: [stage(|piece| piece.onset), stage(|piece| piece.half), stage(|p| p.end)],
                going_on: seen.iter().filter(|piece| piece.goes_on).count(),
            })
        })
    };
    own.into_iter().chain(measures).filter_map(lag).collect()
}

/// The step at which half of the rise of test accuracy is done, of a network that generalises; for
/// a regression, half of the last fall of the test loss.
fn half_of_rise(history: &History, member: usize, found: &[MemberPhases]) -> Option<f64> {
    if history.experiment().settings.is_regression() {
        let pieces = Signal::Loss(Split::Test).pieces(history, member);
        let last = pieces.iter().rev().find(|piece| piece.direction == Direction::Fall)?;
        return Some(last.half.step);
    }
    found.get(member)?.generalise_step?;
    let rise = Signal::Accuracy(Split::Test).largest(history, member, Direction::Rise)?;
    Some(rise.half.step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::phases::synthetic::history;

    fn phase(all: &[Phase], kind: Kind, set: Option<Split>) -> Option<Estimate> {
        all.iter().find(|p| p.kind == kind && p.signal.set() == set).map(|p| p.estimate)
    }

    #[test]
    fn phases_have_a_step_an_interval_and_a_count() {
        let all = list(&history(300.0, false), 0..5);
        let memorised = phase(&all, Kind::Memorised, Some(Split::Train)).expect("listed");
        assert_eq!((memorised.reached, memorised.members), (5, 5));
        let generalised = phase(&all, Kind::Generalised, Some(Split::Test)).expect("listed");
        let (low, high) = (generalised.low.expect("seen"), generalised.high.expect("seen"));
        // 95% of a logistic of this width are 1.63 times its middle.
        assert!(low < 1630.0 && 1630.0 < high && high < 2.0 * low, "{generalised:?}");
        let half = Kind::Change(Direction::Fall, Stage::Half);
        let train = phase(&all, half, Some(Split::Train)).and_then(|e| e.step).expect("it falls");
        assert!((train / 300.0).ln().abs() < 0.03, "{train}");
        // The fall on test samples, around 900, is over by step 4,000.
        let end = Kind::Change(Direction::Fall, Stage::End);
        assert!(phase(&all, end, Some(Split::Test)).and_then(|e| e.step).is_some());
        let peak = phase(&all, Kind::LossPeak, Some(Split::Test)).and_then(|e| e.step);
        assert!((50.0..500.0).contains(&peak.expect("it has one")), "{peak:?}");
        assert!(phase(&all, Kind::Collapsed, Some(Split::Test)).is_none());
    }

    #[test]
    fn what_is_not_seen_has_no_step() {
        let mut experiment = history(300.0, false);
        let untouched = History::new(experiment.experiment().clone());
        let all = list(&untouched, 0..5);
        let kinds: Vec<Kind> = all.iter().map(|phase| phase.kind).collect();
        assert_eq!(kinds, [Kind::Memorised, Kind::Generalised]);
        assert!(all.iter().all(|phase| phase.estimate.step.is_none()));
        // A fall that goes on has a half, and no end.
        experiment = history(1300.0, false);
        let all = list(&experiment, 0..5);
        let of = |stage| phase(&all, Kind::Change(Direction::Fall, stage), Some(Split::Test));
        assert!(of(Stage::Half).is_some_and(|half| half.step.is_some()));
        assert_eq!(of(Stage::End), None);
    }

    #[test]
    fn a_collapse_after_generalising_is_found() {
        let all = list(&history(300.0, true), 0..5);
        let collapsed = phase(&all, Kind::Collapsed, Some(Split::Test)).expect("listed");
        let step = collapsed.step.expect("most collapse");
        assert!((3100.0..3700.0).contains(&step), "{step}");
    }

    #[test]
    fn lags_are_relative_to_half_of_the_rise_of_accuracy() {
        let measures = |history: &History| -> Vec<Lag> {
            let is_measure = |lag: &Lag| matches!(lag.signal, Signal::Measure(_));
            lags(history, 0..5).into_iter().filter(is_measure).collect()
        };
        let all = measures(&history(300.0, false));
        // I(T;Y) stays where it is, and has none.
        let sets: Vec<Option<Split>> = all.iter().map(|lag| lag.signal.set()).collect();
        assert_eq!(sets, [Some(Split::Train), Some(Split::Test)]);
        let [train, test] = &all[..] else { panic!("two sets") };
        let close = |ratio: Option<f64>, to: f64| (ratio.expect("seen") / to).ln().abs() < 0.04;
        assert!(close(train.median(), 0.3) && close(test.median(), 0.9), "{all:?}");
        assert_eq!((train.counts(), train.direction), ([5, 0], Direction::Fall));
        assert!((train.sign_test() - 0.0625).abs() < 1e-12);
        assert_eq!(train.going_on, 0);
        let later = measures(&history(700.0, false));
        assert_eq!(later[1].counts(), [0, 5]);
        assert!(close(later[1].median(), 2.1), "{:?}", later[1]);
        let own = &lags(&history(300.0, false), 0..5)[..3];
        let halves: Vec<f64> = own.iter().filter_map(Lag::median).collect();
        assert_eq!(halves[1], 1.0, "test accuracy itself");
        assert!(close(Some(halves[0]), 0.02) && close(Some(halves[2]), 1.0), "{halves:?}");
        // Networks that do not generalise have nothing to lag behind.
        let mut never = History::new(Experiment::valid("seeds=5"));
        never.push(history(300.0, false).evaluations()[0].clone());
        assert_eq!(lags(&never, 0..5), []);
    }
}
