//! `two-phase record`: a run in a few kB, for a page to show before its programs are loaded.

use std::path::PathBuf;

use burn::tensor::Device;
use pollster::block_on;

use super::output::Output;
use super::{Failure, english};
use crate::evaluation::Answers;
use crate::experiment::Experiment;
use crate::history::History;
use crate::recording::Recording;
use crate::run::Run;
use crate::text;

/// Answers are recorded from one such ratio of steps to the next.
const RATIO: f64 = 1.35;

pub(super) fn run(query: &str, out: PathBuf) -> Result<(), Failure> {
    let parsed = Experiment::from_query(query);
    if !parsed.notes.is_empty() {
        let words = english();
        let notes = parsed.notes.iter().map(|note| text::note(&words, note));
        return Err(Failure::Usage(notes.collect()));
    }
    let mut out = Output::open(out)?;
    let mut run = Run::new(&parsed.experiment, &Device::flex())?;
    let task = run.watch_first().unwrap_or_default();
    let mut history = History::new(parsed.experiment.clone());
    let mut answers: Vec<Answers> = Vec::new();
    while !run.is_done() {
        let Some(evaluation) = block_on(run.advance(u32::MAX))? else { continue };
        let (step, is_last) = (evaluation.step, run.is_done());
        history.push(evaluation);
        let due = answers
            .last()
            .is_none_or(|last| is_last || f64::from(step) >= RATIO * f64::from(last.step.max(1)));
        if due && let Some(answered) = block_on(run.answers())? {
            // The picture of the task is all that is shown of them.
            answers.push(Answers { waves: None, ..answered });
        }
    }
    out.write_json(&Recording::new(&history, task, answers))
}
