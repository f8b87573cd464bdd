//! `two-phase estimators`: holds each estimator to sources whose mutual information is known.

use std::io::{self, Write};
use std::path::PathBuf;

use super::Failure;
use super::output::Output;
use crate::measure::information::reference::{self, Selection};
use crate::measure::{CheckSource, EstimatorCheck};

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
    if let Some(path) = json {
        let mut out = Output::open(path)?;
        let rows: Vec<EstimatorCheck> = rows.collect();
        return out.write_json(&rows.iter().map(EstimatorCheck::report).collect::<Vec<_>>());
    }
    let names = reference::names(selection);
    let widest = |column: usize| names.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (source, estimator) = (widest(0), widest(1));
    let mut out = io::stdout().lock();
    let mut line = |text: String| {
        // Each line at once: the next may take seconds.
        writeln!(out, "{text}")
            .and_then(|()| out.flush())
            .map_err(|error| Failure::Write("standard output".into(), error))
    };
    line(format!(
        "{:<source$}  {:>6}  {:<estimator$}  {:>5}  {:>6}  {:>7}  {:>9}  {:<8}  {}",
        "source", "truth", "estimator", "pairs", "mean", "bias", "deviation", "meant to", "note"
    ))?;
    for row in rows {
        line(format!(
            "{:<source$}  {:>6.3}  {:<estimator$}  {:>5}  {:>6.3}  {:>+7.3}  {:>9}  {:<8}  {}",
            row.source,
            row.truth,
            row.estimator,
            row.samples,
            row.mean,
            row.bias,
            // Nothing is known of it from a single sample.
            if row.repetitions > 1 { format!("{:.3}", row.deviation) } else { "-".into() },
            if row.expected_to_hold { "yes" } else { "no" },
            row.note
        ))?;
    }
    line(
        "Truth, mean, bias and deviation in bits; “meant to”: whether it is meant to work there."
            .into(),
    )
}
