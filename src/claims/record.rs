//! A table of claims that was tested before, in words, as the page shows it until it is asked to
//! test them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Verdict;

/// A table with its seeds, its date and its commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimsRecord {
    /// The day on which it was tested, as in 2026-11-27.
    pub date: String,
    /// The commit that tested it.
    pub commit: String,
    /// The first seed and the last.
    pub seeds: [u32; 2],
    /// A row for each claim, in the order of [`super::Claim::ALL`].
    pub rows: Vec<RecordedRow>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedRow {
    /// The key of the claim.
    pub claim: String,
    /// The verdict over all data sets.
    pub verdict: Verdict,
    /// One for each data set, in the order of [`super::DataSet::ALL`].
    pub cells: Vec<RecordedCell>,
}

/// A claim on one data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCell {
    /// The verdict.
    pub verdict: Verdict,
    /// What was measured, by the key of the language.
    pub measured: BTreeMap<String, String>,
}
