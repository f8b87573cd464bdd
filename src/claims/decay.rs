//! Claims about weight decay and learning rate.

use super::over_time::networks;
use super::{ClaimCell, Count, Evidence, Spread, limits};
use crate::experiment::Settings;
use crate::history::History;
use crate::phases::{self, MemberPhases};
use crate::stats;

/// A network: its settings, its phases, and its last test accuracy.
struct Network {
    settings: Settings,
    phases: MemberPhases,
    accuracy: Option<f64>,
}

fn all(run: &History) -> Vec<Network> {
    // One that diverged has no accuracy.
    let last = |network| {
        let (_, scores) = run.member(network).last()?;
        scores.is_finite().then(|| f64::from(scores.test.accuracy))
    };
    let settings = run.experiment().members().into_iter();
    let found = settings.zip(phases::find(run)).zip(networks(run));
    found
        .map(|((settings, phases), network)| Network { settings, phases, accuracy: last(network) })
        .collect()
}

/// The seeds of a run.
fn seeds(run: &History) -> impl Iterator<Item = u32> + Clone + use<> {
    let settings = run.experiment().settings;
    settings.seed..settings.seed + settings.seeds as u32
}

/// Whether networks generalise without weight decay.
pub(super) fn without(run: &History) -> ClaimCell {
    let mut networks = all(run);
    networks.retain(|network| network.settings.wd == 0.0);
    let generalised = |network: &Network| Some(network.phases.generalise_step.is_some());
    let count = Count::of(networks.iter().map(generalised));
    let accuracy = stats::median(networks.iter().filter_map(|network| network.accuracy));
    let steps = run.experiment().settings.steps;
    ClaimCell { verdict: count.verdict(), evidence: Evidence::NoDecay { count, accuracy, steps } }
}

/// The networks of a seed with the given weight decays.
fn pair(networks: &[Network], seed: u32, decays: [f64; 2]) -> Option<[&Network; 2]> {
    let find = |decay: f64| {
        networks.iter().find(|one| one.settings.seed == seed && one.settings.wd == decay)
    };
    Some([find(decays[0])?, find(decays[1])?])
}

/// Whether networks generalise sooner with the second weight decay than with the first.
pub(super) fn more(run: &History, decay: [f64; 2]) -> ClaimCell {
    let networks = all(run);
    let steps = f64::from(run.experiment().settings.steps);
    let pairs = seeds(run).map(|seed| {
        let pair = pair(&networks, seed, decay)?.map(|network| network.phases.generalise_step);
        // One that does not generalise does so after the end, if at all.
        let [weak, strong] = pair.map(|step| step.map_or(steps, |step| f64::from(step.max(1))));
        let (faster, certain) = (weak / strong, pair[0].is_some());
        match pair {
            [None, None] => None,
            [Some(_), None] => Some((faster, Some(false))),
            _ if faster >= limits::SOONER => Some((faster, Some(true))),
            _ => Some((faster, certain.then_some(false))),
        }
    });
    let pairs: Vec<Option<(f64, Option<bool>)>> = pairs.collect();
    let count = Count::of(pairs.iter().map(|pair| pair.and_then(|pair| pair.1)));
    let faster = Spread::of(pairs.iter().flatten().map(|pair| pair.0));
    let evidence = Evidence::MoreDecay { count, decay, faster };
    ClaimCell { verdict: count.verdict(), evidence }
}

/// Whether networks with the strongest weight decay are less accurate than with a moderate one.
pub(super) fn too_much(run: &History, moderate: [f64; 2]) -> ClaimCell {
    let networks = all(run);
    let strongest = networks.iter().map(|one| one.settings.wd).fold(0.0, f64::max);
    let decay = [moderate[1], strongest];
    let pairs = seeds(run).map(|seed| {
        let [moderate, strong] = pair(&networks, seed, decay)?;
        // One that diverged has no accuracy.
        Some([moderate.accuracy?, strong.accuracy.unwrap_or(0.0)])
    });
    let pairs: Vec<Option<[f64; 2]>> = pairs.collect();
    let lost = |[moderate, strong]: [f64; 2]| moderate - strong >= limits::ERROR;
    let count = Count::of(pairs.iter().map(|pair| pair.map(lost)));
    let accuracy = [0, 1].map(|at| stats::median(pairs.iter().flatten().map(|pair| pair[at])));
    ClaimCell { verdict: count.verdict(), evidence: Evidence::TooMuch { count, decay, accuracy } }
}

/// Whether the length of the second phase is in proportion to 1 / (lr × wd).
pub(super) fn pace(run: &History) -> ClaimCell {
    let networks = all(run);
    let powers = |seed: u32| {
        let of_seed = networks.iter().filter(|network| network.settings.seed == seed);
        let length = |network: &Network| {
            let phases = network.phases;
            let length = phases.generalise_step?.checked_sub(phases.memorise_step?)?;
            (length > 0).then(|| f64::from(length).ln())
        };
        let lengths: Vec<(Settings, f64)> = of_seed
            .map(|network| Some((network.settings, length(network)?)))
            .collect::<Option<_>>()?;
        Some([power(&lengths, |s| s.lr), power(&lengths, |s| s.wd)])
    };
    let powers: Vec<Option<[f64; 2]>> = seeds(run).map(powers).collect();
    let near_1 = |power: f64| (1.0 / limits::POWER..=limits::POWER).contains(&power);
    let both = |holds: &dyn Fn(f64) -> bool| {
        Count::of(powers.iter().map(|powers| powers.map(|both| both.into_iter().all(holds))))
    };
    let (count, shorter) = (both(&near_1), both(&|power| power > limits::POSITIVE));
    let spread = |at: usize| Spread::of(powers.iter().flatten().map(|powers| powers[at]));
    let evidence = Evidence::Pace { count, shorter, rate: spread(0), decay: spread(1) };
    ClaimCell { verdict: count.verdict_or_partly(shorter), evidence }
}

/// Minus the slope of logarithmic lengths over the logarithm of a setting, by least squares. Every
/// value of it stands with the same values of the others, so those do not matter.
fn power(lengths: &[(Settings, f64)], setting: fn(&Settings) -> f64) -> f64 {
    let xs: Vec<f64> = lengths.iter().map(|(settings, _)| setting(settings).ln()).collect();
    let ys: Vec<f64> = lengths.iter().map(|(_, length)| *length).collect();
    let (x_mean, y_mean) = (stats::mean(&xs), stats::mean(&ys));
    let both = xs.iter().zip(&ys).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum::<f64>();
    -both / xs.iter().map(|x| (x - x_mean).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Verdict;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score, Scores};

    /// Networks that memorise at step 10 and generalise at a step that depends on their settings.
    fn history(query: &str, generalised: impl Fn(&Settings) -> u32) -> History {
        let mut history = History::new(Experiment::valid(query));
        let members = history.experiment().members();
        for step in 0..=4000 {
            let scores = |member: &Settings| {
                let score = |there| Score { loss: 1.0, accuracy: f32::from(u8::from(there)) };
                Some(Scores { train: score(step >= 10), test: score(step >= generalised(member)) })
            };
            history.push(Evaluation { step, members: members.iter().map(scores).collect() });
        }
        history
    }

    #[test]
    fn the_powers_of_the_pace_are_found() {
        let query = "lr=0.01,0.02,0.04&wd=0.5,1&seeds=3&info=off";
        let of = |rate: f64, decay: f64| {
            let length = move |s: &Settings| 10.0 / (s.lr.powf(rate) * s.wd.powf(decay));
            pace(&history(query, move |s| 10 + length(s).round() as u32))
        };
        let cell = of(1.0, 1.0);
        let Evidence::Pace { rate: Some(rate), decay: Some(decay), .. } = cell.evidence else {
            panic!("{cell:?}");
        };
        assert!((rate.median - 1.0).abs() < 0.01 && (decay.median - 1.0).abs() < 0.01, "{cell:?}");
        assert_eq!(cell.verdict, Verdict::Holds);
        assert_eq!(of(1.0, 0.5).verdict, Verdict::Partly);
        assert_eq!(of(0.1, 1.0).verdict, Verdict::NotHere);
    }

    #[test]
    fn a_network_that_never_generalises_counts_as_later() {
        let verdict = |weak: u32, strong: u32| {
            let step = move |s: &Settings| if s.wd < 1.0 { weak } else { strong };
            more(&history("wd=0.5,1&seeds=3&info=off", step), [0.5, 1.0]).verdict
        };
        assert_eq!(verdict(1000, 500), Verdict::Holds);
        assert_eq!(verdict(1000, 900), Verdict::NotHere);
        assert_eq!(verdict(9999, 1000), Verdict::Holds);
        assert_eq!(verdict(1000, 9999), Verdict::NotHere);
        assert_eq!([verdict(9999, 9999), verdict(9999, 3900)], [Verdict::CannotTell; 2]);
    }
}
