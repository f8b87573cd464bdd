//! Claims about what happens over the steps of a run.

use std::ops::Range;

use super::information::{fallen, strongest_fall};
use super::{ClaimCell, Count, Evidence, Hand, Measure, Spread, Verdict, Waited, limits};
use crate::experiment::Settings;
use crate::history::History;
use crate::measure::{Curve, Quantity, Split};
use crate::phases::{self, Direction, MemberPhases, Piece, Signal};
use crate::stats;

/// All networks of a run.
pub(super) fn networks(run: &History) -> Range<usize> {
    0..run.experiment().member_count()
}

/// Whether networks generalise long after memorising, with two kinds of settings.
pub(super) fn wait(usual: &History, other: &History, decay: Option<f64>) -> ClaimCell {
    let (usual, other) = (waited(usual, decay), waited(other, None));
    let verdict = match (usual.count.verdict(), other.count.verdict()) {
        (one, Verdict::CannotTell) | (Verdict::CannotTell, one) => one,
        (one, two) if one == two => one,
        _ => Verdict::Partly,
    };
    ClaimCell { verdict, evidence: Evidence::Wait { usual, other } }
}

/// That there is no second phase to time, if so.
pub(super) fn no_second_phase(run: &History, decay: Option<f64>) -> ClaimCell {
    let waited = waited(run, decay);
    ClaimCell { verdict: Verdict::CannotTell, evidence: Evidence::NotTimed { waited } }
}

fn has_decay(settings: &Settings, decay: Option<f64>) -> bool {
    decay.is_none_or(|decay| settings.wd == decay)
}

/// Of the networks with a weight decay, or of all.
fn waited(run: &History, decay: Option<f64>) -> Waited {
    let all = run.experiment().members();
    let mut found: Vec<(usize, MemberPhases)> = phases::find(run).into_iter().enumerate().collect();
    found.retain(|(network, _)| has_decay(&all[*network], decay));
    let error = |network: usize, at: u32| {
        let scores = run.member(network).find(|(step, _)| *step >= at)?.1;
        Some(1.0 - f64::from(scores.test.accuracy))
    };
    // Of the test error at step 0, what is left when a network has memorised.
    let left = |(network, phases): &(usize, MemberPhases)| {
        Some(error(*network, phases.memorise_step?)? / error(*network, 0)?)
    };
    let waits = |one: &(usize, MemberPhases)| {
        // Without it the test error has not fallen.
        let generalised = f64::from(one.1.generalise_step?);
        let Some(memorised) = one.1.memorise_step else { return Some(false) };
        let late = generalised >= limits::WAIT * f64::from(memorised);
        Some(late && left(one)? >= limits::ERROR_LEFT)
    };
    let median = |step: fn(&MemberPhases) -> Option<u32>| {
        let steps = found.iter().map(|(_, phases)| step(phases));
        phases::summarise(steps).and_then(|summary| summary.median)
    };
    Waited {
        count: Count::of(found.iter().map(waits)),
        left: stats::median(found.iter().filter_map(left)),
        memorised: median(|phases| phases.memorise_step),
        generalised: median(|phases| phases.generalise_step),
    }
}

/// Whether the test loss falls twice.
pub(super) fn loss_twice(run: &History, decay: Option<f64>) -> ClaimCell {
    let factor = limits::LOSS.ln();
    let all = run.experiment().members();
    let chosen = networks(run).filter(|network| has_decay(&all[*network], decay));
    let curves = chosen.map(|network| logarithmic_loss(run, network)).collect();
    twice(curves, 0.02, factor, f64::exp)
}

/// Whether the test error falls twice.
pub(super) fn error_twice(run: &History) -> ClaimCell {
    let error = |network| {
        let mut points = Signal::Accuracy(Split::Test).points(run, network);
        points.iter_mut().for_each(|point| point.1 = 1.0 - point.1);
        points
    };
    twice(networks(run).map(error).collect(), 0.01, limits::ERROR, |error| error)
}

type Points = Vec<(f64, f64)>;

/// Because it may fall by several powers of ten.
fn logarithmic_loss(run: &History, network: usize) -> Points {
    let mut points = Signal::Loss(Split::Test).points(run, network);
    points.iter_mut().for_each(|point| point.1 = point.1.max(1e-12).ln());
    points
}

/// Whether each curve falls, rises and falls, each time by at least `change`.
fn twice(curves: Vec<Points>, noise: f64, change: f64, value: fn(f64) -> f64) -> ClaimCell {
    let pieces = |points: &Points| {
        let mut pieces = phases::pieces(points, noise);
        pieces.retain(|piece| piece.height() >= change);
        pieces
    };
    let all: Vec<Vec<Piece>> = curves.iter().map(pieces).collect();
    let count = |least: Descents| {
        Count::of(all.iter().map(|pieces| Some(descents(pieces, change) >= least)))
    };
    let (twice, peak) = (count(Descents::Two), count(Descents::Peak));
    let median = |of: &dyn Fn(&Points) -> Option<f64>| {
        stats::median(curves.iter().filter_map(of).collect::<Vec<_>>()).map(value)
    };
    // The top of the rise that is largest.
    let rises: Vec<Piece> = all
        .iter()
        .filter_map(|pieces| {
            let rises = pieces.iter().filter(|piece| piece.direction == Direction::Rise);
            rises.max_by(|a, b| a.height().total_cmp(&b.height())).copied()
        })
        .collect();
    let most = 2 * rises.len() > curves.len();
    let of_rise =
        |of: fn(&Piece) -> f64| stats::median(rises.iter().map(of)).filter(|_| most).map(value);
    let values = [
        median(&|points| Some(points.first()?.1)),
        of_rise(|rise| rise.from),
        of_rise(|rise| rise.to),
        median(&|points| Some(points.last()?.1)),
    ];
    let verdict = twice.verdict_or_partly(peak);
    ClaimCell { verdict, evidence: Evidence::Twice { twice, peak, values } }
}

/// How a curve falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Descents {
    /// Once, or not at all.
    One,
    /// It rises, and falls to where it was before, or below.
    Peak,
    /// It falls, rises, and falls below where it was before.
    Two,
}

fn descents(pieces: &[Piece], change: f64) -> Descents {
    let mut found = Descents::One;
    for (at, rise) in pieces.iter().enumerate() {
        if rise.direction == Direction::Rise {
            let falls = |pieces: &[Piece], to: f64| {
                pieces.iter().any(|piece| piece.direction == Direction::Fall && piece.to <= to)
            };
            let later = &pieces[at + 1..];
            if falls(&pieces[..at], f64::INFINITY) && falls(later, rise.from - change) {
                return Descents::Two;
            }
            if falls(later, rise.from) {
                found = Descents::Peak;
            }
        }
    }
    found
}

/// The step at which half of the rise of test accuracy is done, of each network that generalises.
fn accuracy_halves(run: &History) -> Vec<Option<f64>> {
    let found = phases::find(run);
    let half = |network: usize| {
        found.get(network)?.generalise_step?;
        let rise = Signal::Accuracy(Split::Test).largest(run, network, Direction::Rise)?;
        Some(rise.half.step)
    };
    networks(run).map(half).collect()
}

/// Half of the fall of a measure, as a multiple of half of the rise of test accuracy: `None` for a
/// network that does not generalise, and `Some(None)` for one whose measure does not fall.
fn ratios(run: &History, measure: Measure) -> Vec<Option<Option<f64>>> {
    let outputs = run.experiment().settings.units().len() - 1;
    let information = strongest_fall(run, outputs, Split::Test);
    let halves = accuracy_halves(run).into_iter().zip(phases::find(run));
    let ratio = |(network, (half, phases)): (usize, (Option<f64>, MemberPhases))| {
        let half = half?;
        let of = |curve: Curve| Signal::Measure(curve).pieces(run, network);
        let pieces = match measure {
            Measure::Information => {
                let fall = information.and_then(|curve| fallen(run, network, curve, 0.5));
                return Some(fall.map(|step| step / half));
            }
            Measure::Loss => phases::pieces(&logarithmic_loss(run, network), 0.02),
            Measure::LocalComplexity => {
                of(Curve::of(Quantity::LocalComplexity).layer(1).on(Split::Train))
            }
            Measure::LinearMaps => of(Curve::of(Quantity::LinearMappingNumber).on(Split::Train)),
        };
        // What ended before the network had memorised belongs to the first phase.
        let memorised = phases.memorise_step.map_or(0.0, f64::from);
        let falls = pieces.iter().filter(|piece| {
            piece.direction == Direction::Fall && piece.end.step > memorised.min(half)
        });
        let fall = falls.max_by(|a, b| a.height().total_cmp(&b.height()));
        Some(fall.map(|fall| fall.half.step / half))
    };
    networks(run).zip(halves).map(ratio).collect()
}

/// Whether all measures turn when the accuracy does.
pub(super) fn one_clock(run: &History) -> ClaimCell {
    let hands = Measure::ALL.map(|measure| hand(run, measure)).to_vec();
    let answers: Vec<Vec<Option<bool>>> =
        Measure::ALL.into_iter().map(|measure| together_with(&ratios(run, measure))).collect();
    // One measure that is apart decides; all have to be together.
    let all = |network: usize| {
        let of_network = || answers.iter().map(|answers| answers[network]);
        if of_network().any(|answer| answer == Some(false)) {
            Some(false)
        } else {
            of_network().all(|answer| answer == Some(true)).then_some(true)
        }
    };
    let count = Count::of(networks(run).map(all));
    ClaimCell { verdict: count.verdict(), evidence: Evidence::OneClock { count, hands } }
}

/// Whether two steps are the same, from their ratio; `None` in between.
pub(super) fn together(ratio: f64) -> Option<bool> {
    match ratio.ln().abs() {
        apart if apart <= limits::TOGETHER.ln() => Some(true),
        apart if apart >= limits::APART.ln() => Some(false),
        _ => None,
    }
}

/// Whether the measure of each network falls when its accuracy rises.
fn together_with(ratios: &[Option<Option<f64>>]) -> Vec<Option<bool>> {
    let of = |told: &Option<Option<f64>>| match told {
        Some(Some(ratio)) => together(*ratio),
        // It generalises, and the measure does not fall.
        Some(None) => Some(false),
        None => None,
    };
    ratios.iter().map(of).collect()
}

fn hand(run: &History, measure: Measure) -> Hand {
    let ratios = ratios(run, measure);
    let seen: Vec<f64> = ratios.iter().flatten().flatten().copied().collect();
    let told = ratios.iter().flatten().count();
    let ratio = Spread::of(seen.iter().copied()).filter(|_| 2 * seen.len() > told);
    Hand { measure, together: Count::of(together_with(&ratios).into_iter()), ratio }
}

/// Whether the outputs compress on the test set before the network generalises.
pub(super) fn before(run: &History) -> ClaimCell {
    let ratios = ratios(run, Measure::Information);
    let is_before = |ratio: f64| (together(ratio) == Some(false)).then_some(ratio < 1.0);
    let count = Count::of(ratios.iter().map(|told| told.flatten().and_then(is_before)));
    let ratio = Spread::of(ratios.iter().flatten().flatten().copied());
    ClaimCell { verdict: count.verdict(), evidence: Evidence::Before { count, ratio } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score, Scores};

    /// A curve through the given values, ten steps from one to the next.
    fn curve(values: &[f64]) -> Points {
        let between = |pair: &[f64]| {
            let (from, to) = (pair[0], pair[1]);
            (0..10).map(move |at| from + (to - from) * f64::from(at) / 10.0).collect::<Vec<_>>()
        };
        let all = values.windows(2).flat_map(between).chain(values.last().copied());
        all.enumerate().map(|(step, value)| (step as f64, value)).collect()
    }

    #[test]
    fn a_second_descent_ends_below_the_first() {
        let of = |values: &[f64]| descents(&phases::pieces(&curve(values), 0.01), 0.1);
        assert_eq!(of(&[1.0, 0.5, 0.8, 0.1]), Descents::Two);
        assert_eq!(of(&[1.0, 0.5, 0.8, 0.45]), Descents::Peak);
        assert_eq!(of(&[1.0, 1.8, 0.1]), Descents::Peak);
        assert_eq!(of(&[1.0, 0.5, 0.9, 0.7]), Descents::One);
        assert_eq!(of(&[1.0, 0.1]), Descents::One);
    }

    #[test]
    fn between_together_and_apart_nothing_is_decided() {
        assert_eq!([1.0, 1.4, 0.7].map(together), [Some(true); 3]);
        assert_eq!([1.7, 0.6].map(together), [None; 2]);
        assert_eq!([2.5, 0.4].map(together), [Some(false); 2]);
    }

    /// Three networks that memorise at one step and generalise at another, with this test accuracy
    /// until then.
    fn history(memorised: u32, generalised: u32, accuracy: f32) -> History {
        let mut history = History::new(Experiment::valid("seeds=3&info=off"));
        for step in 0..=4000 {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let test = match step {
                0 => 0.0,
                step if step < generalised => accuracy,
                _ => 1.0,
            };
            let train = f32::from(u8::from(step >= memorised));
            let scores = Some(Scores { train: score(train), test: score(test) });
            history.push(Evaluation { step, members: vec![scores; 3] });
        }
        history
    }

    #[test]
    fn a_network_waits_with_its_error_left() {
        let waits = |memorised, generalised, accuracy| {
            waited(&history(memorised, generalised, accuracy), None).count
        };
        assert_eq!(waits(40, 1800, 0.1), Count { seen: 3, of: 3 });
        assert_eq!(waits(40, 60, 0.1), Count { seen: 0, of: 3 }, "too soon");
        assert_eq!(waits(40, 1800, 0.8), Count { seen: 0, of: 3 }, "most of the error is gone");
        assert_eq!(waits(1800, 40, 0.1), Count { seen: 0, of: 3 }, "before memorising");
        assert_eq!(waits(40, 5000, 0.1), Count::default(), "not by the end");
        let cell = wait(&history(40, 1800, 0.1), &history(40, 60, 0.1), None);
        assert_eq!(cell.verdict, Verdict::Partly);
    }
}
