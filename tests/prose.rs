//! Numbers that the documents quote are those of docs/results.json, which the recipes hold to runs.
//!
//! A quoted number is followed by a comment with its key, as in
//! `step 1,787<!-- grokking generalised -->`.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENTS: [(&str, &str); 2] = [
    ("README.md", include_str!("../README.md")),
    ("docs/methods.md", include_str!("../docs/methods.md")),
];

/// Where the recipes name the keys.
const RECIPES: [&str; 6] = [
    include_str!("recipes/accelerators.rs"),
    include_str!("recipes/baseline.rs"),
    include_str!("recipes/digits.rs"),
    include_str!("recipes/double_descent.rs"),
    include_str!("recipes/grokking.rs"),
    include_str!("recipes/measures.rs"),
];

fn results() -> BTreeMap<String, f64> {
    serde_json::from_str(include_str!("../docs/results.json")).expect("it is an object of numbers")
}

/// The number at the end of a text, with or without a percent sign.
fn last_number(text: &str) -> Option<f64> {
    let text = text.strip_suffix('%').unwrap_or(text);
    let start = text.rfind(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.'));
    let number = &text[start.map_or(0, |at| at + 1)..];
    number.replace(',', "").parse().ok()
}

/// Each quoted number of a document, with its key.
fn quoted(text: &str) -> impl Iterator<Item = (Option<f64>, &str)> {
    text.match_indices("<!-- ").filter_map(|(at, opening)| {
        let (key, _) = text[at + opening.len()..].split_once(" -->")?;
        Some((last_number(&text[..at]), key))
    })
}

#[test]
fn quoted_numbers_are_those_of_the_results() {
    let results = results();
    let mut seen = BTreeSet::new();
    for (document, text) in DOCUMENTS {
        for (number, key) in quoted(text) {
            let result = results.get(key);
            assert!(result.is_some(), "{document} quotes `{key}`, which docs/results.json lacks");
            assert_eq!(number.as_ref(), result, "{document}: `{key}`");
            seen.insert(key);
        }
    }
    let unquoted: Vec<_> = results.keys().filter(|key| !seen.contains(key.as_str())).collect();
    assert!(unquoted.is_empty(), "quoted nowhere: {unquoted:?}");
}

#[test]
fn each_result_is_held_by_a_recipe() {
    for key in results().keys() {
        // These two kinds of keys are put together there.
        let part = key.strip_prefix("speed-up ").unwrap_or(key);
        let part = part.split_once(" error at ").map_or(part, |(preset, _)| preset);
        assert!(RECIPES.iter().any(|recipe| recipe.contains(part)), "no recipe holds `{key}`");
    }
}

#[test]
fn a_number_is_read_as_prose_writes_it() {
    assert_eq!(last_number("generalised at step 1,787"), Some(1787.0));
    assert_eq!(last_number("| 85%"), Some(85.0));
    assert_eq!(last_number("17.6"), Some(17.6));
    assert_eq!(last_number("never"), None);
}
