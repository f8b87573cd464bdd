//! `two-phase claims`: tests the paper's claims, and writes what came out.

use std::fmt::Write as _;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use serde::Serialize;

use super::date::today;
use super::output::{Output, bar};
use super::run::{cores, train};
use super::{Failure, english};
use crate::claims::{
    self, Claim, ClaimCell, ClaimsRecord, DataSet, Finished, RecordedCell, RecordedRow, STUDIES,
    Study, Verdict,
};
use crate::experiment::{InvalidValue, Note, field, keys, seed_range, shorten};
use crate::history::History;
use crate::text::{self, Locale, Text};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The seeds of the networks, a range. The first five are used, and the first three where an
    /// experiment costs much. Several ranges, each with the option again, are tested one
    /// after the other.
    #[arg(long, value_name = "RANGE", default_value = "0..4")]
    seeds: Vec<String>,
    /// Write everything as one JSON object to this file; '-' is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the table and its rules as a document to this file: docs/claims.md.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the first table, in every language, to this file for the page:
    /// www/data/recorded-claims.json.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// The commit that the document names; that of the working folder if not given.
    #[arg(long)]
    commit: Option<String>,
    /// The date that it names, as in 2026-11-27; today (UTC) if not given.
    #[arg(long)]
    date: Option<String>,
    /// Networks to train at the same time; all cores if not given.
    #[arg(long)]
    threads: Option<NonZero<usize>>,
}

/// The form of docs/contracts.md.
#[derive(Serialize)]
struct ClaimsReport<'a> {
    version: u32,
    date: &'a str,
    commit: &'a str,
    command: String,
    tables: &'a [Table],
}

/// The claims, tested with some seeds.
#[derive(Serialize)]
struct Table {
    /// The first and the last seed.
    seeds: [u32; 2],
    experiments: Vec<StudyReport>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct StudyReport {
    key: &'static str,
    query: String,
    networks: usize,
    seconds: f64,
}

#[derive(Serialize)]
struct Row {
    claim: &'static str,
    verdict: Verdict,
    cells: Vec<CellReport>,
}

#[derive(Serialize)]
struct CellReport {
    data: &'static str,
    #[serde(flatten)]
    cell: ClaimCell,
    /// The evidence in words.
    measured: String,
}

pub(super) fn run(arguments: Arguments) -> Result<(), Failure> {
    let words = english();
    let seeds = arguments.seeds.iter().map(|range| seeds(range, &words));
    let seeds: Vec<(u32, u32)> = seeds.collect::<Result<_, _>>()?;
    // Opened before training, so that a wrong path does not cost a run.
    let mut json = arguments.json.map(Output::open).transpose()?;
    let mut markdown = arguments.markdown.map(Output::open).transpose()?;
    let mut record = arguments.record.map(Output::open).transpose()?;
    let threads = arguments.threads.map_or_else(cores, NonZero::get);
    // Now, because the folder may be at another commit when all is trained.
    let date = arguments.date.unwrap_or_else(today);
    let commit = arguments.commit.or_else(commit).unwrap_or_default();
    let mut tables = Vec::new();
    for (first, count) in seeds {
        tables.push(table(first, count, threads, &words)?);
    }
    if let (Some(out), Some(table)) = (&mut record, tables.first()) {
        out.write_json(&recorded(table, &date, &commit))?;
    }
    let ranges = tables.iter().map(|t| format!(" --seeds {}..{}", t.seeds[0], t.seeds[1]));
    let command = format!("two-phase claims{}", ranges.collect::<String>());
    if let Some(out) = &mut json {
        let (date, commit, command) = (&date, &commit, command.clone());
        out.write_json(&ClaimsReport { version: 1, date, commit, command, tables: &tables })?;
    }
    if let Some(out) = &mut markdown {
        out.write(&document(&tables, &date, &commit, &command, &words))?;
    }
    Ok(())
}

/// The first seed and their number.
fn seeds(range: &str, words: &Text) -> Result<(u32, u32), Failure> {
    let is_seed = |seed: u32| field(keys::SEED).is_some_and(|f| f.parse(&seed.to_string()).is_ok());
    match seed_range(range) {
        Some((first, count)) if is_seed(first.saturating_add(count - 1)) => {
            let max = STUDIES.iter().map(|study| study.seeds as u32).max().unwrap_or(1);
            Ok((first, count.min(max)))
        }
        _ => {
            let allowed = crate::experiment::Allowed::NumberOrRange;
            let invalid =
                InvalidValue { key: "seeds", allowed, got: shorten(range), nearest: None };
            Err(Failure::Usage(vec![text::note(words, &Note::Unchanged(invalid))]))
        }
    }
}

/// Trains every study, and prints each row once its cells are known.
fn table(first: u32, count: u32, threads: usize, words: &Text) -> Result<Table, Failure> {
    let bar = bar(STUDIES.len(), "{bar:40} experiment {pos} of {len}  {elapsed} gone  {msg}");
    let mut finished: Vec<(&'static str, History)> = Vec::new();
    let mut experiments = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for study in STUDIES {
        bar.set_message(study.key);
        let start = Instant::now();
        let history = train(&study.experiment(first, count), threads, |_| {})?;
        experiments.push(StudyReport {
            key: study.key,
            query: study.query(first, count),
            networks: history.experiment().member_count(),
            seconds: (10.0 * start.elapsed().as_secs_f64()).round() / 10.0,
        });
        finished.push((study.key, history));
        bar.inc(1);
        let runs: Vec<Finished> = finished.iter().map(|(key, run)| (*key, run)).collect();
        for claim in Claim::ALL {
            if rows.iter().all(|row| row.claim != claim.key())
                && let Some(row) = row(claim, &runs, words)
            {
                bar.suspend(|| println!("{}", printed(claim, &row, words)));
                rows.push(row);
            }
        }
    }
    bar.finish_and_clear();
    rows.sort_by_key(|row| Claim::ALL.iter().position(|claim| claim.key() == row.claim));
    Ok(Table { seeds: [first, first + count - 1], experiments, rows })
}

/// The row of a claim; `None` until all its studies have finished.
fn row(claim: Claim, finished: &[Finished], words: &Text) -> Option<Row> {
    let cells = DataSet::ALL.into_iter().map(|data| {
        let cell = claims::judge(claim, data, finished)?;
        let measured = text::claim_measured(words, data, &cell);
        Some(CellReport { data: data.key(), cell, measured })
    });
    let cells: Vec<CellReport> = cells.collect::<Option<_>>()?;
    let verdicts: Vec<Verdict> = cells.iter().map(|cell| cell.cell.verdict).collect();
    Some(Row { claim: claim.key(), verdict: claims::overall(&verdicts), cells })
}

/// A table as the page shows it.
fn recorded(table: &Table, date: &str, commit: &str) -> ClaimsRecord {
    let languages = [Locale::English, Locale::Japanese].map(Text::new);
    let cell = |(data, cell): (DataSet, &CellReport)| {
        let words = |text: &Text| {
            (text.locale().key().to_owned(), text::claim_measured(text, data, &cell.cell))
        };
        let measured = languages.iter().map(words).collect();
        RecordedCell { verdict: cell.cell.verdict, measured }
    };
    let row = |row: &Row| RecordedRow {
        claim: row.claim.to_owned(),
        verdict: row.verdict,
        cells: DataSet::ALL.into_iter().zip(&row.cells).map(cell).collect(),
    };
    let rows = table.rows.iter().map(row).collect();
    ClaimsRecord { date: date.to_owned(), commit: commit.to_owned(), seeds: table.seeds, rows }
}

/// A row for a terminal.
fn printed(claim: Claim, row: &Row, words: &Text) -> String {
    let verdict = |verdict| text::verdict(words, verdict);
    let mut lines = format!("{}\n  {}", text::claim(words, claim), verdict(row.verdict));
    for (data, cell) in DataSet::ALL.into_iter().zip(&row.cells) {
        let name = text::data_set(words, data);
        let of = verdict(cell.cell.verdict);
        write!(lines, "\n    {name:<18}  {of:<24}  {}", cell.measured).ok();
    }
    lines + "\n"
}

/// docs/claims.md.
fn document(tables: &[Table], date: &str, commit: &str, command: &str, words: &Text) -> String {
    let mut out = text::claims_preface(words);
    writeln!(out, "\n\n`{command} --markdown docs/claims.md`, {date}, commit {commit}.\n").ok();
    let verdict = |verdict| text::verdict(words, verdict);
    let mut line = |cells: &[String]| {
        out += "| ";
        out += &cells.join(" | ");
        out += " |\n";
    };
    let names = DataSet::ALL.map(|data| text::data_set(words, data));
    let mut head = vec!["Claim".to_owned(), "seeds".to_owned()];
    head.extend(names.clone());
    head.push("verdict".to_owned());
    line(&head);
    line(&vec!["---".to_owned(); head.len()]);
    for (at, claim) in Claim::ALL.into_iter().enumerate() {
        for table in tables {
            let row = &table.rows[at];
            let mut cells = vec![text::claim(words, claim), range(table)];
            cells.extend(row.cells.iter().map(|cell| verdict(cell.cell.verdict)));
            cells.push(format!("{}<!-- {} -->", verdict(row.verdict), claim.key()));
            line(&cells);
        }
    }
    writeln!(out, "\n## Rules\n\n{}", text::claims_rules(words)).ok();
    for (at, claim) in Claim::ALL.into_iter().enumerate() {
        writeln!(out, "\n### {}\n", text::claim(words, claim)).ok();
        writeln!(out, "{}\n", text::claim_rule(words, claim)).ok();
        for table in tables {
            for (name, cell) in names.iter().zip(&table.rows[at].cells) {
                let of = verdict(cell.cell.verdict);
                let seeds = range(table);
                writeln!(out, "- {name}, seeds {seeds}: **{of}**. {}", cell.measured).ok();
            }
        }
    }
    writeln!(out, "\n## Experiments\n").ok();
    writeln!(out, "Each with `&seed=` and `&seeds=` of the chosen range.\n").ok();
    writeln!(out, "| experiment | networks | seconds | address |\n| --- | --- | --- | --- |").ok();
    for (at, Study { key, query, .. }) in STUDIES.iter().enumerate() {
        let Some(report) = tables.first().map(|table| &table.experiments[at]) else { break };
        let seconds = tables.iter().map(|table| format!("{:.1}", table.experiments[at].seconds));
        let seconds = seconds.collect::<Vec<_>>().join(", ");
        writeln!(out, "| {key} | {} | {seconds} | `{query}` |", report.networks).ok();
    }
    let totals = tables.iter().map(|table| {
        format!("{:.0}", table.experiments.iter().map(|one| one.seconds).sum::<f64>())
    });
    let totals = totals.collect::<Vec<_>>().join(", ");
    writeln!(out, "\nTogether: {totals} seconds on this machine.").ok();
    out
}

fn range(table: &Table) -> String {
    format!("{}–{}", table.seeds[0], table.seeds[1])
}

/// The commit of the working folder, if it has one.
fn commit() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned())
}
