//! `two-phase estimators`: tries each estimator on problems whose mutual information is known.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::output::Output;
use super::{Failure, english};
use crate::measure::information::reference::{self, Selection};
use crate::measure::{CheckSource, EstimatorCheck};
use crate::text::{self, Text};

/// An [`EstimatorCheck`] in the form of docs/contracts.md.
#[derive(Serialize)]
struct CheckReport {
    source: String,
    truth: f64,
    truth_error: f64,
    estimator: String,
    samples: usize,
    repetitions: usize,
    mean: f64,
    bias: f64,
    deviation: f64,
    works: bool,
    note: String,
}

impl CheckReport {
    fn new(check: &EstimatorCheck, words: &Text) -> Self {
        Self {
            source: text::reference_problem(words, &check.problem),
            truth: check.truth,
            truth_error: check.truth_error,
            estimator: text::tested_estimator(words, &check.estimator),
            samples: check.samples,
            repetitions: check.repetitions,
            mean: check.mean,
            bias: check.bias,
            deviation: check.deviation,
            works: check.expected_to_hold,
            note: check.note.map_or_else(String::new, |note| text::check_note(words, &note)),
        }
    }
}

pub(super) fn run(
    full: bool,
    over_samples: bool,
    json: Option<PathBuf>,
    seed: u32,
) -> Result<(), Failure> {
    let selection = if full { Selection::Full } else { Selection::Quick };
    let rows: Box<dyn Iterator<Item = EstimatorCheck>> = if over_samples {
        Box::new(
            CheckSource::ALL
                .into_iter()
                .flat_map(move |source| reference::over_samples(source, seed)),
        )
    } else {
        Box::new(reference::table(selection, seed))
    };
    let words = english();
    let rows = rows.map(|check| CheckReport::new(&check, &words));
    if let Some(path) = json {
        let mut out = Output::open(path)?;
        return out.write_json(&rows.collect::<Vec<_>>());
    }
    let attempts = reference::attempts(selection);
    let problems = attempts.iter().map(|(problem, _)| text::reference_problem(&words, problem));
    let problem = problems.map(|name| name.len()).max().unwrap_or(0);
    let estimators = attempts.iter().map(|(_, one)| text::tested_estimator(&words, one));
    let estimator = estimators.map(|name| name.len()).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    let mut line = |text: String| {
        // Each line at once: the next may take seconds.
        writeln!(out, "{text}")
            .and_then(|()| out.flush())
            .map_err(|error| Failure::Write("standard output".into(), error))
    };
    line(format!(
        "{:<problem$}  {:>6}  {:<estimator$}  {:>5}  {:>6}  {:>7}  {:>9}  {:<8}  {}",
        "problem", "truth", "estimator", "pairs", "mean", "bias", "deviation", "meant to", "note"
    ))?;
    for row in rows {
        line(format!(
            "{:<problem$}  {:>6.3}  {:<estimator$}  {:>5}  {:>6.3}  {:>+7.3}  {:>9}  {:<8}  {}",
            row.source,
            row.truth,
            row.estimator,
            row.samples,
            row.mean,
            row.bias,
            // Nothing is known of it from a single sample.
            if row.repetitions > 1 { format!("{:.3}", row.deviation) } else { "-".into() },
            if row.works { "yes" } else { "no" },
            row.note
        ))?;
    }
    line(
        "Truth, mean, bias and deviation in bits; “meant to”: whether it is meant to work there."
            .into(),
    )
}
