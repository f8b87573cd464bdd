//! The cheap rows of docs/claims.md, computed again.

use super::measure;
use two_phase::claims::{Claim, DataSet, Finished, STUDIES, judge};
use two_phase::history::History;
use two_phase::text::{self, Locale, Text};

const DOCUMENT: &str = include_str!("../../docs/claims.md");

/// A study with the seeds 0 to 4.
fn finished(key: &str) -> (&'static str, History) {
    let study = STUDIES.iter().find(|study| study.key == key).unwrap();
    (study.key, measure(&study.query(0, 5)))
}

#[track_caller]
fn is_as_documented(claim: Claim, data: DataSet, runs: &[(&'static str, History)]) {
    let words = Text::new(Locale::English);
    let runs: Vec<Finished> = runs.iter().map(|(key, history)| (*key, history)).collect();
    let cell = judge(claim, data, &runs).unwrap();
    println!("{}: {:?}", claim.key(), cell);
    let (_, section) =
        DOCUMENT.split_once(&format!("\n### {}\n", text::claim(&words, claim))).unwrap();
    let start = format!("- {}, seeds 0–4: ", text::data_set(&words, data));
    let line = section.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    let verdict = format!("**{}**. ", text::verdict(&words, cell.verdict));
    assert!(line.starts_with(&verdict), "docs/claims.md: {line}");
}

#[test]
fn claims_about_decay_are_as_documented() {
    let runs = [finished("addition-decay")];
    for claim in [Claim::NoDecay, Claim::MoreDecay, Claim::TooMuch] {
        is_as_documented(claim, DataSet::Addition, &runs);
    }
}

#[test]
fn claims_about_waiting_are_as_documented() {
    let runs = [finished("digits"), finished("digits-easy")];
    for claim in [Claim::Wait, Claim::LossTwice, Claim::OneClock, Claim::Labels] {
        is_as_documented(claim, DataSet::Digits, &runs);
    }
}

#[test]
fn double_descent_over_width_is_as_documented() {
    let runs = [finished("addition-width")];
    is_as_documented(Claim::Width, DataSet::Addition, &runs);
}
