//! Claims about what happens over the steps of a run.

use std::ops::Range;

use super::information::strongest_fall;
use super::{Cell, Count, Evidence, Hand, Measure, Spread, Verdict, Waited, limits};
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
pub(super) fn wait(usual: &History, other: &History, decay: Option<f64>) -> Cell {
    let (usual, other) = (waited(usual, decay), waited(other, None));
    let verdict = match (usual.count.verdict(), other.count.verdict()) {
        (one, Verdict::CannotTell) | (Verdict::CannotTell, one) => one,
        (one, two) if one == two => one,
        _ => Verdict::Partly,
    };
    Cell { verdict, evidence: Evidence::Wait { usual, other } }
}

/// That there is no second phase to time, if so.
pub(super) fn no_second_phase(run: &History, decay: Option<f64>) -> Cell {
    let waited = waited(run, decay);
    Cell { verdict: Verdict::CannotTell, evidence: Evidence::NotTimed { waited } }
}

/// Of the networks with a weight decay, or of all.
fn waited(run: &History, decay: Option<f64>) -> Waited {
    let all = run.experiment().members();
    let chosen = |settings: &Settings| decay.is_none_or(|decay| settings.wd == decay);
    let mut found: Vec<(usize, MemberPhases)> = phases::find(run).into_iter().enumerate().collect();
    found.retain(|(network, _)| chosen(&all[*network]));
    let error = |network: usize, at: u32| {
        let scores = run.member(network).find(|(step, _)| *step >= at)?.1;
        Some(1.0 - f64::from(scores.test.accuracy))
    };
    let waits = |(network, phases): &(usize, MemberPhases)| {
        // Without it the test error has not fallen.
        let generalised = f64::from(phases.generalise_step?);
        let Some(memorised) = phases.memorise_step else { return Some(false) };
        let left = error(*network, memorised)? / error(*network, 0)?;
        let late = generalised >= limits::WAIT * f64::from(memorised);
        Some(late && left >= limits::ERROR_LEFT)
    };
    let median = |step: fn(&MemberPhases) -> Option<u32>| {
        let steps = found.iter().map(|(_, phases)| step(phases));
        phases::summarise(steps).and_then(|summary| summary.median)
    };
    Waited {
        count: Count::of(found.iter().map(waits)),
        memorised: median(|phases| phases.memorise_step),
        generalised: median(|phases| phases.generalise_step),
    }
}

/// Whether the test loss falls twice.
pub(super) fn loss_twice(run: &History) -> Cell {
    let factor = limits::LOSS.ln();
    let curves = networks(run).map(|network| logarithmic_loss(run, network)).collect();
    twice(curves, 0.02, factor, f64::exp)
}

/// Whether the test error falls twice.
pub(super) fn error_twice(run: &History) -> Cell {
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
fn twice(curves: Vec<Points>, noise: f64, change: f64, value: fn(f64) -> f64) -> Cell {
    let pieces = |points: &Points| {
        let mut pieces = phases::pieces(points, noise);
        pieces.retain(|piece| piece.height() >= change);
        pieces
    };
    let all: Vec<Vec<Piece>> = curves.iter().map(pieces).collect();
    let has = |pieces: &[Piece], ways: &[Direction]| {
        let mut left = ways.iter().peekable();
        for piece in pieces {
            left.next_if(|way| **way == piece.direction);
        }
        left.peek().is_none()
    };
    let count = |ways: &[Direction]| Count::of(all.iter().map(|pieces| Some(has(pieces, ways))));
    use Direction::{Fall, Rise};
    let (twice, peak) = (count(&[Fall, Rise, Fall]), count(&[Rise, Fall]));
    let median = |of: &dyn Fn(&Points) -> Option<f64>| {
        stats::median(curves.iter().filter_map(of).collect::<Vec<_>>()).map(value)
    };
    // The top of the rise that is largest.
    let rises: Vec<Piece> = all
        .iter()
        .filter_map(|pieces| {
            let rises = pieces.iter().filter(|piece| piece.direction == Rise);
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
    Cell { verdict, evidence: Evidence::Twice { twice, peak, values } }
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
    let curve = match measure {
        Measure::Information => {
            let outputs = run.experiment().settings.units().len() - 1;
            strongest_fall(run, outputs, Split::Test)
        }
        Measure::LocalComplexity => {
            Some(Curve::of(Quantity::LocalComplexity).layer(1).on(Split::Train))
        }
        Measure::LinearMaps => Some(Curve::of(Quantity::LinearMappingNumber).on(Split::Train)),
        Measure::Loss => None,
    };
    let halves = accuracy_halves(run).into_iter().zip(phases::find(run));
    let ratio = |(network, (half, phases)): (usize, (Option<f64>, MemberPhases))| {
        let half = half?;
        let pieces = match (measure, curve) {
            (Measure::Loss, _) => phases::pieces(&logarithmic_loss(run, network), 0.02),
            (_, Some(curve)) => Signal::Measure(curve).pieces(run, network),
            (_, None) => Vec::new(),
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
pub(super) fn one_clock(run: &History) -> Cell {
    let hands: Vec<Hand> = Measure::ALL.into_iter().map(|measure| hand(run, measure)).collect();
    let verdicts: Vec<Verdict> = hands.iter().map(|hand| hand.together.verdict()).collect();
    let all = |verdict| verdicts.iter().all(|other| *other == verdict);
    let verdict = match verdicts.first() {
        Some(&first) if all(first) => first,
        _ => Verdict::Partly,
    };
    Cell { verdict, evidence: Evidence::OneClock { hands } }
}

fn hand(run: &History, measure: Measure) -> Hand {
    let ratios = ratios(run, measure);
    let together = |ratio: f64| ratio.ln().abs() <= limits::TOGETHER.ln();
    let answers = ratios.iter().map(|told| told.map(|ratio| ratio.is_some_and(together)));
    let seen: Vec<f64> = ratios.iter().flatten().flatten().copied().collect();
    let told = ratios.iter().flatten().count();
    let ratio = Spread::of(seen.iter().copied()).filter(|_| 2 * seen.len() > told);
    Hand { measure, together: Count::of(answers), ratio }
}

/// Whether the outputs compress on the test set before the network generalises.
pub(super) fn before(run: &History) -> Cell {
    let ratios = ratios(run, Measure::Information);
    let count = Count::of(ratios.iter().map(|told| told.flatten().map(|ratio| ratio < 1.0)));
    let ratio = Spread::of(ratios.iter().flatten().flatten().copied());
    Cell { verdict: count.verdict(), evidence: Evidence::Before { count, ratio } }
}
