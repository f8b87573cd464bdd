//! `two-phase run`: trains an experiment on all cores and reports its phases.

use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use burn::tensor::Device;

use super::date::today;
use super::output::{Output, bar};
use super::{Failure, english};
use crate::comparison::{Comparison, SpeedUp, Steps, TIMED_ROUNDS, shorter};
use crate::experiment::Experiment;
use crate::history::{Evaluation, History, ProbeResult, Scores};
use crate::phases;
use crate::refine::{MAX_ROUNDS, unresolved};
use crate::report::Report;
use crate::run::Run;
use crate::sharding::{self, StepMerger};
use crate::stats::{self, Spread};
use crate::text::{self, Text};
use crate::tidy::{self, Head};
use crate::train::TrainError;
use crate::weights::Weights;

/// Where to write a run; `-` is standard output.
pub(super) struct Files {
    pub(super) json: Option<PathBuf>,
    pub(super) csv: Option<PathBuf>,
    pub(super) weights: Option<PathBuf>,
}

impl Files {
    /// Opened before training, so that a wrong path does not cost a run.
    fn open(self, experiment: &Experiment) -> Result<[Option<Output>; 3], Failure> {
        let words = english();
        let files = [self.json, self.csv, self.weights];
        if files.iter().flatten().filter(|file| file.as_os_str() == "-").count() > 1 {
            return Err(Failure::Usage(vec![words.get("run-one-output")]));
        }
        if files[2].is_some() && experiment.is_solved() {
            return Err(Failure::Usage(vec![words.get("weights-solved")]));
        }
        let [json, csv, weights] = files.map(|file| file.map(Output::open).transpose());
        Ok([json?, csv?, weights?])
    }
}

pub(super) fn run(query: &str, files: Files) -> Result<(), Failure> {
    let parsed = Experiment::from_query(query);
    let words = english();
    if !parsed.notes.is_empty() {
        // A script must not get another experiment than it asked for.
        let notes = parsed.notes.iter().map(|note| text::note(&words, note));
        return Err(Failure::Usage(notes.collect()));
    }
    let [mut json, mut csv, mut weights] = files.open(&parsed.experiment)?;
    let mut saved = weights.is_some().then(Weights::default);
    let history = train_visibly(&parsed.experiment, saved.as_mut())?;
    let mut report = Report::new(&history);
    if let Some(comparison) = &mut report.comparison {
        comparison.set_costs(&step_seconds(&parsed.experiment)?);
    }
    let address = format!("?{}", parsed.experiment.to_full_query());
    if let Some(out) = &mut json {
        out.write_json(&report)?;
    }
    if let Some(out) = &mut csv {
        out.write(&tidy::csv(&report, Head { address: &address, date: &today() }))?;
    }
    if let (Some(out), Some(saved)) = (&mut weights, saved) {
        out.write_bytes(&saved.to_file(&parsed.experiment, &address))?;
    }
    let has_file = [json, csv, weights].iter().any(Option::is_some);
    if !has_file || io::stderr().is_terminal() {
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
    /// The weights at the end.
    Weights(Weights),
    /// All that was asked for is measured.
    Rest,
}

/// Trains and measures all members, on at most `threads` threads. Calls `look` with each evaluation
/// that is complete. Then measures where curves rise or fall, in the rounds that the page takes too.
pub(super) fn train(
    experiment: &Experiment,
    threads: usize,
    look: impl FnMut(&Evaluation),
) -> Result<History, TrainError> {
    train_and_save(experiment, threads, look, None)
}

/// The same; adds the weights at the end to `saved`.
fn train_and_save(
    experiment: &Experiment,
    threads: usize,
    mut look: impl FnMut(&Evaluation),
    mut saved: Option<&mut Weights>,
) -> Result<History, TrainError> {
    let saves = saved.is_some();
    let shards = sharding::assign_members(experiment, threads);
    let mut history = History::new(experiment.clone());
    let mut evaluations = StepMerger::new(shards.len());
    let mut measurements = StepMerger::new(shards.len());
    let (sender, parts) = mpsc::channel();
    thread::scope(|scope| {
        // A thread ends when its sender of steps is dropped.
        let mut askers = Vec::new();
        let (mut resting, mut rounds) = (0, 0);
        for (index, members) in shards.into_iter().enumerate() {
            let sender = sender.clone();
            let (asker, asked) = mpsc::channel();
            askers.push(asker);
            scope.spawn(move || {
                // The receiver is gone once another thread has failed.
                let send = |part| drop(sender.send((index, part)));
                let trained =
                    train_shard(experiment, members, saves, &asked, |part| send(Ok(part)));
                if let Err(error) = trained {
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
                ShardResult::Weights(part) => {
                    if let Some(saved) = &mut saved {
                        saved.merge(part);
                    }
                }
                ShardResult::Rest => {
                    resting += 1;
                    if resting < askers.len() {
                        continue;
                    }
                    let steps = if rounds < MAX_ROUNDS { unresolved(&history) } else { Vec::new() };
                    if steps.is_empty() {
                        askers.clear();
                    }
                    (resting, rounds) = (0, rounds + 1);
                    // The receiver is gone if the thread has failed, which comes as a part.
                    askers.iter().for_each(|asker| drop(asker.send(steps.clone())));
                }
            }
        }
        Ok(history)
    })
}

fn train_shard(
    experiment: &Experiment,
    members: Vec<usize>,
    saves: bool,
    asked: &mpsc::Receiver<Vec<u32>>,
    mut send: impl FnMut(ShardResult),
) -> Result<(), TrainError> {
    let mut run = Run::for_members(experiment, members, &Device::flex())?;
    pollster::block_on(async {
        run.finish(|evaluation| send(ShardResult::Evaluation(evaluation))).await?;
        if saves {
            send(ShardResult::Weights(run.weights().await?));
        }
        loop {
            while let Some(measurement) = run.measure(true).await? {
                send(ShardResult::ProbeResult(measurement));
            }
            send(ShardResult::Rest);
            match asked.recv() {
                Ok(steps) => run.refine(&steps),
                Err(_) => return Ok(()),
            }
        }
    })
}

/// Number of threads that the machine runs at the same time.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn train_visibly(
    experiment: &Experiment,
    saved: Option<&mut Weights>,
) -> Result<History, TrainError> {
    let bar = bar(
        experiment.settings.steps as usize,
        "{bar:40} step {pos} of {len}  {per_sec}  {eta} left  {msg}",
    );
    let look = |evaluation: &Evaluation| {
        let median = |value: fn(&Scores) -> f32| {
            let values = evaluation.members.iter().flatten().map(|m| f64::from(value(m)));
            stats::median(values).map_or(0.0, |median| 100.0 * median)
        };
        let (train, test) = (median(|m| m.train.accuracy), median(|m| m.test.accuracy));
        bar.set_message(format!("train {train:.0}%  test {test:.0}%"));
        bar.set_position(u64::from(evaluation.step));
    };
    let history = train_and_save(experiment, cores(), look, saved)?;
    bar.finish_and_clear();
    Ok(history)
}

/// Seconds for a step of one network of each configuration, on one thread.
fn step_seconds(experiment: &Experiment) -> Result<Vec<Option<f64>>, TrainError> {
    /// Seconds of steps that are timed of each in a round.
    const TIMED: f64 = 0.1;
    let run = Run::for_members(experiment, vec![0], &Device::flex())?;
    let mut all = vec![None; experiment.methods().len() + 1];
    for _ in 0..TIMED_ROUNDS {
        for (configuration, least) in all.iter_mut().enumerate() {
            let seconds = pollster::block_on(run.time_configuration(configuration, TIMED))?;
            *least = shorter(*least, seconds);
        }
    }
    Ok(all)
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
            SpeedUp::Times { spread: Spread { median, low, high }, .. } => {
                format!("{median:.2} [{low:.2}-{high:.2}]")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Curve, Quantity, Split};
    use crate::recorded::RecordedSteps;

    #[test]
    fn the_half_of_a_fall_is_found_within_5_percent() {
        let experiment = Experiment::valid("preset=grokking&seeds=3");
        let history = train(&experiment, 2, |_| {}).expect("on the CPU");
        let steps: Vec<u32> = history.measurements().iter().map(|m| m.step).collect();
        let recorded = RecordedSteps::until(&experiment, 4000);
        let coarse = recorded.steps().iter().filter(|step| step.is_coarse);
        assert!(coarse.clone().all(|coarse| steps.contains(&coarse.step)));
        assert!(steps.iter().all(|step| recorded.contains(*step)));
        println!("{} steps are measured, {} of them coarse", steps.len(), coarse.count());

        let curve = Curve::of(Quantity::InputInformation).layer(2).on(Split::Train);
        let curve = curve.snr(experiment.settings.snr);
        let index = history.curves().iter().position(|known| *known == curve).expect("measured");
        for member in 0..3 {
            let value = |m: &ProbeResult| m.members[member][index].expect("it has not diverged");
            let values: Vec<f32> = history.measurements().iter().map(value).collect();
            let largest = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]));
            let largest = largest.expect("measured");
            let lowest = values[largest..].iter().copied().fold(f32::INFINITY, f32::min);
            assert!(values[largest] - lowest > 1.0, "it falls by more than a bit");
            let half = (values[largest] + lowest) / 2.0;
            let after = (largest..values.len()).find(|at| values[*at] <= half).expect("it falls");
            let (one, other) = (steps[after - 1], steps[after]);
            println!("member {member}: half of the fall between {one} and {other}");
            assert!(f64::from(other) <= 1.05 * f64::from(one), "{one} to {other}");
        }
        assert!(unresolved(&history).is_empty(), "nothing more would be asked for");
    }

    #[test]
    fn threads_that_share_members_measure_what_one_would() {
        let experiment = Experiment::valid("p=11&width=32&steps=400&seeds=3&spread=1");
        let [one, several] = [1, 2].map(|threads| {
            train(&experiment, threads, |_| {}).expect("on the CPU").measurements().to_vec()
        });
        assert_eq!(one, several);
        let coarse = RecordedSteps::until(&experiment, 400);
        let coarse = coarse.steps().iter().filter(|step| step.is_coarse).count();
        assert!(one.len() > coarse, "some dense steps are among them");
    }
}
