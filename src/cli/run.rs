//! `two-phase run`: trains an experiment on all cores and reports its phases.

use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use burn::tensor::Device;

use super::output::{Output, bar};
use super::{Failure, english};
use crate::comparison::{Comparison, SpeedUp, Spread, Steps};
use crate::experiment::Experiment;
use crate::history::{Evaluation, History, ProbeResult, Scores};
use crate::phases;
use crate::report::Report;
use crate::run::Run;
use crate::sharding::{self, StepMerger};
use crate::stats;
use crate::text::{self, Text};
use crate::train::TrainError;

pub(super) fn run(query: &str, json: Option<PathBuf>) -> Result<(), Failure> {
    let parsed = Experiment::from_query(query);
    let words = english();
    if !parsed.notes.is_empty() {
        // A script must not get another experiment than it asked for.
        let notes = parsed.notes.iter().map(|note| text::note(&words, note));
        return Err(Failure::Usage(notes.collect()));
    }
    // Opened before training, so that a wrong path does not cost a run.
    let mut out = json.map(Output::open).transpose()?;
    let history = train_visibly(&parsed.experiment)?;
    let mut report = Report::new(&history);
    if let Some(comparison) = &mut report.comparison {
        comparison.set_costs(&step_seconds(&parsed.experiment)?);
    }
    if let Some(out) = &mut out {
        out.write_json(&report)?;
    }
    if out.is_none() || io::stderr().is_terminal() {
        summarise(&history);
        if let Some(comparison) = &report.comparison {
            compare(comparison, &parsed.experiment, &words);
        }
    }
    let diverged: Vec<String> = phases::divergences(&history)
        .iter()
        .map(|divergence| text::divergence(&words, &parsed.experiment, divergence))
        .collect();
    if diverged.is_empty() { Ok(()) } else { Err(Failure::Diverged(diverged)) }
}

/// A result of one thread, for the members that it trains.
enum ShardResult {
    Evaluation(Evaluation),
    ProbeResult(ProbeResult),
}

/// Trains and measures all members, on at most `threads` threads. Calls `look` with each evaluation
/// that is complete.
pub(super) fn train(
    experiment: &Experiment,
    threads: usize,
    mut look: impl FnMut(&Evaluation),
) -> Result<History, TrainError> {
    let shards = sharding::assign_members(experiment, threads);
    let mut history = History::new(experiment.clone());
    let mut evaluations = StepMerger::new(shards.len());
    let mut measurements = StepMerger::new(shards.len());
    let (sender, parts) = mpsc::channel();
    thread::scope(|scope| {
        for (index, members) in shards.into_iter().enumerate() {
            let sender = sender.clone();
            scope.spawn(move || {
                // The receiver is gone once another thread has failed.
                let send = |part| drop(sender.send((index, part)));
                if let Err(error) = train_shard(experiment, members, |part| send(Ok(part))) {
                    send(Err(error));
                }
            });
        }
        drop(sender);
        for (index, part) in parts {
            match part? {
                ShardResult::Evaluation(part) => {
                    if let Some(evaluation) = evaluations.add(index, part) {
                        look(&evaluation);
                        history.push(evaluation);
                    }
                }
                ShardResult::ProbeResult(part) => {
                    measurements.add(index, part).into_iter().for_each(|whole| {
                        history.push_measurement(whole);
                    });
                }
            }
        }
        Ok(history)
    })
}

fn train_shard(
    experiment: &Experiment,
    members: Vec<usize>,
    mut send: impl FnMut(ShardResult),
) -> Result<(), TrainError> {
    let mut run = Run::for_members(experiment, members, &Device::flex())?;
    pollster::block_on(async {
        run.finish(|evaluation| send(ShardResult::Evaluation(evaluation))).await?;
        while let Some(measurement) = run.measure(true).await? {
            send(ShardResult::ProbeResult(measurement));
        }
        Ok(())
    })
}

/// Number of threads that the machine runs at the same time.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn train_visibly(experiment: &Experiment) -> Result<History, TrainError> {
    let bar = bar(
        experiment.settings.steps as usize,
        "{bar:40} step {pos} of {len}  {per_sec}  {eta} left  {msg}",
    );
    let history = train(experiment, cores(), |evaluation| {
        let median = |value: fn(&Scores) -> f32| {
            let values = evaluation.members.iter().flatten().map(|m| f64::from(value(m)));
            stats::median(values).map_or(0.0, |median| 100.0 * median)
        };
        let (train, test) = (median(|m| m.train.accuracy), median(|m| m.test.accuracy));
        bar.set_message(format!("train {train:.0}%  test {test:.0}%"));
        bar.set_position(u64::from(evaluation.step));
    })?;
    bar.finish_and_clear();
    Ok(history)
}

/// Seconds for a step of one network of each configuration, on one thread.
fn step_seconds(experiment: &Experiment) -> Result<Vec<Option<f64>>, TrainError> {
    /// Seconds of steps that are timed of each.
    const TIMED: f64 = 0.3;
    let run = Run::for_members(experiment, vec![0], &Device::flex())?;
    (0..=experiment.methods().len())
        .map(|configuration| pollster::block_on(run.time_configuration(configuration, TIMED)))
        .collect()
}

/// The methods against the baseline, a line for each.
fn compare(comparison: &Comparison, experiment: &Experiment, words: &Text) {
    let step = |steps: Option<Steps>| {
        steps.and_then(|steps| steps.median).map_or_else(|| "-".to_owned(), |step| step.to_string())
    };
    eprintln!(
        "\n{:>9}  {:>11}  {:>17}  {:>6}  {:>6}  {:>9}  {:>5}  method",
        "memorised", "generalised", "phase 2 shorter", "failed", "test", "collapsed", "cost"
    );
    for (index, row) in comparison.rows.iter().enumerate() {
        let times = match row.speed_up {
            SpeedUp::Times { spread: Spread { median, min, max }, .. } => {
                format!("{median:.2} [{min:.2}-{max:.2}]")
            }
            SpeedUp::AtLeast { times, .. } => format!(">= {times:.2}"),
            SpeedUp::Unknown => "-".to_owned(),
        };
        let accuracy = row.accuracy.map_or(0.0, |accuracy| 100.0 * accuracy.median);
        let name = words.configuration(experiment, index * row.networks);
        eprintln!(
            "{:>9}  {:>11}  {times:>17}  {:>6}  {accuracy:>5.1}%  {:>9}  {:>5}  {name}{}",
            step(row.memorised),
            step(row.generalised),
            format!("{}/{}", row.failed, row.networks),
            format!("{}/{}", row.collapse.map_or(0, |fall| fall.networks), row.networks),
            row.cost.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.2}")),
            if row.is_control { " (control)" } else { "" },
        );
    }
}

fn summarise(history: &History) {
    let text = |step: Option<u32>| step.map_or_else(|| "never".to_owned(), |s| s.to_string());
    let experiment = history.experiment();
    let names: Vec<String> =
        (0..experiment.member_count()).map(|index| experiment.member_name(index)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(6);
    eprintln!(
        "{:<width$}  {:>9}  {:>12}  {:>9}  {:>10}",
        "member", "memorised", "generalised", "test", "test loss"
    );
    for (name, member) in names.iter().zip(Report::new(history).members) {
        let test = member.last.map(|last| last.test);
        eprintln!(
            "{name:<width$}  {:>9}  {:>12}  {:>8.1}%  {:>10.3e}",
            text(member.phases.memorise_step),
            text(member.phases.generalise_step),
            100.0 * test.map_or(0.0, |test| test.accuracy),
            test.map_or(f32::NAN, |test| test.loss),
        );
    }
    if !experiment.methods().is_empty() {
        // The median over methods would mix them.
        return;
    }
    let members = phases::find(history);
    for (what, summary) in [
        ("memorised", phases::summarise(members.iter().map(|m| m.memorise_step))),
        ("generalised", phases::summarise(members.iter().map(|m| m.generalise_step))),
    ] {
        if let Some(summary) = summary {
            eprintln!(
                "{what}: {} of {} members, median step {} [{}-{}]",
                summary.reached,
                summary.members,
                text(summary.median),
                summary.first,
                summary.last
            );
        }
    }
}
