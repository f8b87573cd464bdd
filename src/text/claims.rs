//! The words of the paper's claims: what they say, the rules, and what was measured.

use super::{Arg, Text};
use crate::claims::{
    Claim, ClaimCell, Count, DataSet, Evidence, Hand, Reading, Verdict, Waited, limits,
};
use crate::stats::Spread;

/// A claim in one sentence.
#[must_use]
pub fn claim(text: &Text, claim: Claim) -> String {
    text.get(&format!("claim-{}", claim.key()))
}

/// What would refute a claim, and the rule of its verdict.
#[must_use]
pub fn claim_rule(text: &Text, claim: Claim) -> String {
    const TOGETHER: &[(&str, f64)] = &[("factor", limits::TOGETHER), ("apart", limits::APART)];
    let numbers: &[(&'static str, f64)] = match claim {
        Claim::Wait => &[("factor", limits::WAIT), ("left", 100.0 * limits::ERROR_LEFT)],
        Claim::LossTwice => &[("percent", change(limits::LOSS))],
        Claim::ErrorTwice => &[("points", 100.0 * limits::ERROR)],
        Claim::Compression => &[("bits", limits::BITS)],
        Claim::Labels => &[("bits", limits::BITS)],
        Claim::OneClock | Claim::Before => TOGETHER,
        Claim::Layers => &[
            ("factor", limits::TOGETHER),
            ("apart", limits::APART),
            ("begun", 100.0 * limits::BEGUN),
        ],
        Claim::Pace => &[("factor", limits::POWER)],
        Claim::MoreDecay => &[("factor", limits::SOONER)],
        Claim::TooMuch => &[("points", 100.0 * limits::ERROR)],
        Claim::Width | Claim::Samples => {
            &[("points", 100.0 * limits::ERROR), ("percent", change(limits::LOSS))]
        }
        Claim::NoDecay => &[],
    };
    let args: Vec<(&'static str, Arg)> =
        numbers.iter().map(|(name, number)| (*name, (*number).into())).collect();
    text.with(&format!("claim-rule-{}", claim.key()), &args)
}

/// A factor as a change in percent.
const fn change(factor: f64) -> f64 {
    // Rounded, because 1.1 has no exact binary form.
    ((factor - 1.0) * 1000.0 + 0.5) as u32 as f64 / 10.0
}

/// The name of a data set.
#[must_use]
pub fn data_set(text: &Text, data: DataSet) -> String {
    text.get(&format!("claims-data-{}", data.key()))
}

/// The word for a verdict.
#[must_use]
pub fn verdict(text: &Text, verdict: Verdict) -> String {
    text.get(&format!("claims-verdict-{}", verdict.key()))
}

/// What the table is and is not.
#[must_use]
pub fn claims_preface(text: &Text) -> String {
    text.get("claims-preface")
}

/// What all rules have in common.
#[must_use]
pub fn claims_rules(text: &Text) -> String {
    let args = [
        ("most", (100.0 * limits::MOST).into()),
        ("few", (100.0 - 100.0 * limits::MOST).round().into()),
        ("networks", limits::NETWORKS.into()),
        ("sets", limits::DATA_SETS.into()),
        ("third", (100.0 * limits::CONTRADICTION).round().into()),
    ];
    text.with("claims-rules", &args)
}

/// What was measured for a cell.
#[must_use]
pub fn claim_measured(text: &Text, data: DataSet, cell: &ClaimCell) -> String {
    let percent = |value: Option<f64>| match value {
        Some(value) => Arg::Text(text.numbers().percent(value)),
        None => unseen(text),
    };
    match &cell.evidence {
        Evidence::Wait { usual, other } => {
            let of = |which: &str, waited: &Waited| {
                let setting = text.get(&format!("claims-setting-{}-{which}", data.key()));
                text.with(
                    "claims-waited",
                    &[&[("setting", setting.into())], &*waits(text, waited)].concat(),
                )
            };
            text.sentences(&[of("usual", usual), of("other", other)])
        }
        Evidence::NoDecay { count, accuracy, steps } => {
            let rest = [("steps", (*steps).into()), ("accuracy", percent(*accuracy))];
            text.with("claims-without-decay", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::Twice { twice, peak, values } => {
            let value = |value: Option<f64>| match value {
                Some(value) => number(text, value),
                None => unseen(text),
            };
            let [start, low, high, end] = values.map(value);
            let rest = [
                ("peaks", peak.seen.into()),
                ("start", start),
                ("low", low),
                ("high", high),
                ("end", end),
            ];
            text.with("claims-twice", &[&counts(*twice), &rest[..]].concat())
        }
        Evidence::Compression { readings, contradictions, bits } => {
            let mut sentences: Vec<String> =
                readings.iter().map(|reading| read(text, reading)).collect();
            let places = readings.first().map_or(0, |reading| reading.places);
            if contradictions.of > 0 && places > 0 {
                let share = contradictions.seen as f64 / places as f64;
                let percent = text.numbers().whole_percent(share);
                let rest = [("places", places.into()), ("percent", percent.into())];
                let args = [&counts(*contradictions), &rest[..]].concat();
                sentences.push(text.with("claims-contradictions", &args));
            }
            if let Some([start, top, end]) = bits.map(|bits| bits.map(|bits| number(text, bits))) {
                let args = [("start", start), ("top", top), ("end", end)];
                sentences.push(text.with("claims-bits", &args));
            }
            text.sentences(&sentences)
        }
        Evidence::Labels { stays, bits } => {
            let mut sentences = vec![text.with("claims-labels", &counts(*stays))];
            if let Some([before, after]) = bits.map(|bits| bits.map(|bits| number(text, bits))) {
                let args = [("before", before), ("after", after)];
                sentences.push(text.with("claims-labels-bits", &args));
            }
            text.sentences(&sentences)
        }
        Evidence::OneClock { count, hands } => {
            let mut sentences = vec![text.with("claims-one-clock", &counts(*count))];
            sentences.extend(hands.iter().map(|one| hand(text, one)));
            text.sentences(&sentences)
        }
        Evidence::Before { count, ratio } => {
            let rest = [("ratio", spread(text, *ratio))];
            text.with("claims-before", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::Layers { layers, .. } if *layers < 2 => {
            text.with("claims-few-layers", &[("layers", (*layers).into())])
        }
        Evidence::Layers { layers, count, ratio } => {
            let rest = [("layers", (*layers).into()), ("ratio", spread(text, *ratio))];
            text.with("claims-layers", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::Pace { count, rate, decay, .. } => {
            let rest = [("rate", spread(text, *rate)), ("decay", spread(text, *decay))];
            text.with("claims-pace", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::NotTimed { waited } => text.with("claims-not-timed", &waits(text, waited)),
        Evidence::MoreDecay { count, decay: [weak, strong], faster } => {
            let rest = [
                ("weak", (*weak).into()),
                ("strong", (*strong).into()),
                ("faster", spread(text, *faster)),
            ];
            text.with("claims-more-decay", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::TooMuch { count, decay: [weak, strong], accuracy } => {
            let rest = [
                ("weak", (*weak).into()),
                ("strong", (*strong).into()),
                ("before", percent(accuracy[0])),
                ("after", percent(accuracy[1])),
            ];
            text.with("claims-too-much", &[&counts(*count), &rest[..]].concat())
        }
        Evidence::Sizes { error, loss, at, errors, losses } => {
            let [before, peak, after] = errors.map(|error| percent(Some(error)));
            let [loss_before, loss_peak, loss_after] = losses.map(|loss| number(text, loss));
            let rest = [
                ("losses", loss.seen.into()),
                ("at", (*at).into()),
                ("before", before),
                ("peak", peak),
                ("after", after),
                ("loss-before", loss_before),
                ("loss-peak", loss_peak),
                ("loss-after", loss_after),
            ];
            text.with("claims-sizes", &[&counts(*error), &rest[..]].concat())
        }
    }
}

fn counts(count: Count) -> [(&'static str, Arg); 2] {
    [("seen", count.seen.into()), ("of", count.of.into())]
}

fn unseen(text: &Text) -> Arg {
    text.get("claims-unseen").into()
}

/// A number with about two digits.
fn number(text: &Text, value: f64) -> Arg {
    Arg::Text(text.numbers().about(value))
}

/// Median and range.
fn spread(text: &Text, spread: Option<Spread>) -> Arg {
    let Some(Spread { median, low, high }) = spread else { return unseen(text) };
    let [median, low, high] = [median, low, high].map(|value| number(text, value));
    text.with("claims-spread", &[("median", median), ("low", low), ("high", high)]).into()
}

fn waits(text: &Text, waited: &Waited) -> Vec<(&'static str, Arg)> {
    let left = match waited.left {
        Some(left) => Arg::Text(text.numbers().whole_percent(left)),
        None => unseen(text),
    };
    let step = |step: Option<u32>| match step {
        Some(step) => step.into(),
        None => unseen(text),
    };
    let rest = [
        ("memorised", step(waited.memorised)),
        ("generalised", step(waited.generalised)),
        ("left", left),
    ];
    [&counts(waited.count), &rest[..]].concat()
}

fn read(text: &Text, reading: &Reading) -> String {
    let Reading { estimate, both, falls, told, places } = *reading;
    let estimator = text.get(&format!("claims-estimate-{}", estimate.key()));
    let args = [
        ("estimator", estimator.into()),
        ("both", both.into()),
        ("falls", falls.into()),
        ("told", told.into()),
        ("places", places.into()),
    ];
    text.with("claims-reading", &args)
}

fn hand(text: &Text, hand: &Hand) -> String {
    let measure = text.get(&format!("claims-measure-{}", hand.measure.key()));
    if hand.ratio.is_none() {
        return text.with("claims-hand-unseen", &[("measure", measure.into())]);
    }
    let rest = [("measure", measure.into()), ("ratio", spread(text, hand.ratio))];
    text.with("claims-hand", &[&counts(hand.together), &rest[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{ClaimEstimator, Measure};
    use crate::text::Locale;

    fn told(evidence: Evidence) -> String {
        let cell = ClaimCell { verdict: Verdict::CannotTell, evidence };
        claim_measured(&Text::new(Locale::English), DataSet::Digits, &cell)
    }

    #[test]
    fn contradictions_are_told_as_the_share_that_the_rule_is_about() {
        let reading =
            Reading { estimate: ClaimEstimator::Exact, both: 1, falls: 1, told: 4, places: 4 };
        let contradictions = Count { seen: 1, of: 1 };
        let words =
            told(Evidence::Compression { readings: vec![reading], contradictions, bits: None });
        let end = "On 1 of all 4 layers and sets two estimators can tell. They contradict each \
                   other on 1: 25% of all.";
        assert!(words.ends_with(end), "{words}");
    }

    #[test]
    fn networks_that_decide_nothing_are_not_counted_as_none_of_none() {
        let (none, ratio) =
            (Count { seen: 0, of: 0 }, Some(Spread { median: 1.7, low: 1.6, high: 1.8 }));
        let hand = Hand { measure: Measure::Loss, together: none, ratio };
        for evidence in [
            Evidence::OneClock { count: none, hands: vec![hand] },
            Evidence::Before { count: none, ratio },
            Evidence::Layers { layers: 2, count: none, ratio },
        ] {
            let words = told(evidence);
            assert!(words.contains("n no network") && !words.contains("0 of 0"), "{words}");
        }
    }

    #[test]
    fn one_network_is_told_in_the_singular() {
        let ratio = Some(Spread { median: 1.7, low: 1.6, high: 1.8 });
        for seen in [0, 1] {
            let count = Count { seen, of: 1 };
            let hand = Hand { measure: Measure::Loss, together: count, ratio };
            for evidence in [
                Evidence::OneClock { count, hands: vec![hand] },
                Evidence::Before { count, ratio },
                Evidence::Layers { layers: 2, count, ratio },
            ] {
                let words = told(evidence);
                assert!(words.contains("1 network") && !words.contains("1 networks"), "{words}");
            }
        }
    }
}
