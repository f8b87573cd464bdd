//! `two-phase`: the engine of the page on the command line, on burn's CPU backend Flex.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::experiment::{Experiment, FIELDS, Group, Preset};
use crate::external::{self, Chosen, ExternalError, Network, Plan, Samples};
use crate::history::{Evaluation, History, ProbeResult, Scores};
use crate::measure::information::reference::{self, Selection};
use crate::measure::{CheckSource, EstimatorCheck};
use crate::phases;
use crate::report::{Curves, Measures, MemberReport, Report};
use crate::run::Run;
use crate::sharding::{self, StepMerger};
use crate::stats;
use crate::sweep::{self, Job};
use crate::train::TrainError;
use burn::tensor::Device;
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Exit code for an experiment that is not understood; clap uses the same for its own arguments.
const USAGE: u8 = 2;
/// Exit code for anything that goes wrong later.
const FAILURE: u8 = 1;

#[derive(Parser)]
#[command(version, about = "Train an ensemble of small networks and find its two phases.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train an experiment to its end, on the CPU.
    #[command(after_help = settings())]
    Run {
        /// The experiment, as in the page's address: 'preset=grokking&wd=1,3&seeds=5'. Settings
        /// marked with * take lists: the ensemble then holds every combination.
        #[arg(default_value = "preset=grokking")]
        experiment: String,
        /// Write the run as one JSON object to this file; '-' is standard output.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// List the presets: what each shows, and its settings.
    Presets,
    /// Train every combination of lists of settings, one JSON line for each member as it finishes.
    #[command(after_help = settings())]
    Sweep {
        /// The members: 'preset=grokking&wd=0.5,1,2,3&seeds=0..9'. Any setting takes a list, whole
        /// numbers also a range.
        members: String,
        /// The file to add lines to. Members that it already holds are not trained again, so a
        /// sweep that was stopped goes on when the command is repeated.
        #[arg(long, value_name = "FILE", default_value = "sweep.jsonl")]
        out: PathBuf,
        /// Members to train at the same time; all cores if not given.
        #[arg(long)]
        threads: Option<NonZero<usize>>,
        /// Write the curves of each member too, some 20 kB a line.
        #[arg(long)]
        curves: bool,
    },
    /// Show how far each estimator of mutual information is off where the truth is known.
    Estimators {
        /// All sources and estimators, and more samples of each: some minutes instead of seconds.
        #[arg(long)]
        full: bool,
        /// Instead every estimator on six sources over 50 to 1,000 samples, as the page draws it; here `meant to` and
        /// `note` say nothing.
        #[arg(long, conflicts_with = "full")]
        over_samples: bool,
        /// Write the rows as one JSON array to this file; '-' is standard output.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// What the draws start from.
        #[arg(long, default_value_t = 0)]
        seed: u32,
    },
    /// Measure a network that was trained elsewhere, as PyTorch saves it, and print one JSON object.
    #[command(after_help = measures())]
    Measure(MeasureArguments),
}

#[derive(clap::Args)]
struct MeasureArguments {
    /// The weights: `safetensors.torch.save_file(model.state_dict(), path)` of an nn.Sequential.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The samples, a line each: numbers separated by commas, semicolons or tabs.
    #[arg(long, value_name = "FILE")]
    inputs: PathBuf,
    /// The number of each sample's class, a line each, counted from 0.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// The places of the nn.Sequential in order: 'linear,relu,linear'. Activations are relu, tanh,
    /// gelu, silu, quadratic and identity.
    #[arg(long)]
    layers: String,
    /// Changes of how it is measured: 'info=kernel&kernel-noise=0.1'.
    #[arg(long, value_name = "SETTINGS", default_value = "")]
    set: String,
    /// The name of each linear layer, where it is not its place: 'fc1,fc2,out' for fc1.weight,
    /// fc1.bias and so on. Other tensors are then left alone.
    #[arg(long, value_delimiter = ',')]
    names: Option<Vec<String>>,
    /// Write the object to this file; '-' is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    json: PathBuf,
}

/// The settings of what is measured, for `--help`.
fn measures() -> String {
    let mut text = String::from(
        "Save a network from Python with\n  \
         from safetensors.torch import save_file\n  \
         save_file(model.state_dict(), 'net.safetensors')\n\n\
         Everything is measured of every layer, mutual information by each estimator in turn. To change \
         that, --set takes (the default in brackets):\n",
    );
    let usual = Chosen::default().settings;
    for field in external::fields() {
        let default = match field.key {
            "info" => "each of the four".into(),
            _ => field.format(field.get(&usual)),
        };
        text += &format!(
            "  {:<17} {}; {} ({default})\n",
            format!("{}=", field.key),
            field.label,
            field.allowed()
        );
    }
    text += "\nBins take all samples, the other estimators the first of them up to `points`; local \
             complexity the first 50, the linear mapping number the first 60.\n\
             Exit codes: 0 done, 1 measuring or writing failed, 2 the arguments or a file are not \
             understood.";
    text
}

/// The settings of an experiment, for `--help`.
fn settings() -> String {
    let mut text = String::from("Presets:\n");
    for preset in Preset::ALL {
        text += &format!("  preset={}\n             {}\n", preset.key, preset.about);
    }
    for group in Group::ALL {
        text += &format!("\n{} (default of the preset grokking):\n", group.label());
        for field in FIELDS.iter().filter(|field| field.group == group) {
            let default = field.format(field.get(&Experiment::default().settings));
            text += &format!(
                "  {:<12} {}{}; {}{}{} ({default})\n               {}\n",
                format!("{}=", field.key),
                field.label,
                if field.per_member { " *" } else { "" },
                field.allowed(),
                if field.unit.is_empty() { "" } else { " " },
                field.unit,
                field.about
            );
        }
    }
    text += "\n* may differ between the members of one ensemble.";
    text += "\nExit codes: 0 done, 1 training or writing failed or (of a run) a member diverged, 2 the \
             experiment is not understood.";
    text
}

/// Runs the command line that this process was called with.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { experiment, json } => run_command(&experiment, json),
        Command::Presets => presets(),
        Command::Sweep { members, out, threads, curves } => {
            sweep_command(&members, &out, threads, curves)
        }
        Command::Estimators { full, over_samples, json, seed } => {
            estimators_command(full, over_samples, json, seed)
        }
        Command::Measure(arguments) => measure_command(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two-phase: {error}");
            ExitCode::from(if matches!(error, Failure::Usage(_) | Failure::Own(_)) {
                USAGE
            } else {
                FAILURE
            })
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}\ntwo-phase: nothing was run; see `two-phase run --help` for the settings", .0.join("\ntwo-phase: "))]
    Usage(Vec<String>),
    #[error(transparent)]
    Own(#[from] ExternalError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("{}", .0.join("\ntwo-phase: "))]
    Diverged(Vec<String>),
    #[error("could not write {0}: {1}; choose another place for it")]
    Write(String, io::Error),
}

fn presets() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for preset in Preset::ALL {
        let query = preset.experiment().to_full_query();
        writeln!(out, "{}\n  {}\n  {query}\n", preset.key, preset.about)
            .map_err(|error| Failure::Write("standard output".into(), error))?;
    }
    Ok(())
}

fn run_command(query: &str, json: Option<PathBuf>) -> Result<(), Failure> {
    let parsed = Experiment::from_query(query);
    let foreign = parsed.page.iter().map(|(key, _)| format!("`{key}` is a setting of the page."));
    let complaints: Vec<String> = parsed.notes.iter().cloned().chain(foreign).collect();
    if !complaints.is_empty() {
        // A script must not get another experiment than it asked for.
        return Err(Failure::Usage(complaints));
    }
    // Opened before training, so that a wrong path does not cost a run.
    let mut out = json.map(Output::open).transpose()?;
    let history = train_visibly(&parsed.experiment)?;
    if let Some(out) = &mut out {
        out.write_json(&Report::new(&history))?;
    }
    if out.is_none() || io::stderr().is_terminal() {
        summarise(&history);
    }
    let diverged = phases::divergences(&history);
    if diverged.is_empty() { Ok(()) } else { Err(Failure::Diverged(diverged)) }
}

/// A file for results, or standard output.
struct Output {
    name: String,
    to: Box<dyn Write>,
}

impl Output {
    fn open(path: PathBuf) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self { name: "standard output".into(), to: Box::new(io::stdout()) });
        }
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| Failure::Write(name.clone(), error))?;
        Ok(Self { name, to: Box::new(file) })
    }

    fn write_json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.to, value)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(self.to))
            .and_then(|()| self.to.flush())
            .map_err(|error| Failure::Write(self.name.clone(), error))
    }
}

fn estimators_command(
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

fn measure_command(arguments: MeasureArguments) -> Result<(), Failure> {
    let device = Device::flex();
    let plan: Plan = arguments.layers.parse()?;
    let chosen = Chosen::from_query(&arguments.set)?;
    let network = Network::read(&arguments.weights, &plan, arguments.names.as_deref(), &device)?;
    let features = network.units()[0];
    let samples = Samples::read(&arguments.inputs, arguments.labels.as_deref(), features)?;
    let mut out = Output::open(arguments.json)?;
    let report = external::Report::new(&network, &samples, &chosen, &device);
    out.write_json(&pollster::block_on(report).map_err(TrainError::from)?)
}

/// Something measured of the members that a thread trains.
enum Partial {
    Evaluation(Evaluation),
    ProbeResult(ProbeResult),
}

/// Trains the members, dealt to at most so many threads, and measures them.
fn train(
    experiment: &Experiment,
    threads: usize,
    mut look: impl FnMut(&Evaluation),
) -> Result<History, TrainError> {
    let shares = sharding::assign_members(experiment, threads);
    let mut history = History::new(experiment.clone());
    let mut evaluations = StepMerger::new(shares.len());
    let mut measurements = StepMerger::new(shares.len());
    let (sender, parts) = mpsc::channel();
    thread::scope(|scope| {
        for (index, members) in shares.into_iter().enumerate() {
            let sender = sender.clone();
            scope.spawn(move || {
                // What nobody takes any more was stopped by another thread's error.
                let send = |part| drop(sender.send((index, part)));
                if let Err(error) = train_share(experiment, members, |part| send(Ok(part))) {
                    send(Err(error));
                }
            });
        }
        drop(sender);
        for (index, part) in parts {
            match part? {
                Partial::Evaluation(part) => {
                    if let Some(evaluation) = evaluations.add(index, part) {
                        look(&evaluation);
                        history.push(evaluation);
                    }
                }
                Partial::ProbeResult(part) => {
                    measurements.add(index, part).into_iter().for_each(|whole| {
                        history.push_measurement(whole);
                    });
                }
            }
        }
        Ok(history)
    })
}

fn train_share(
    experiment: &Experiment,
    members: Vec<usize>,
    mut send: impl FnMut(Partial),
) -> Result<(), TrainError> {
    let mut run = Run::for_members(experiment, members, &Device::flex())?;
    pollster::block_on(async {
        run.finish(|evaluation| send(Partial::Evaluation(evaluation))).await?;
        while let Some(measurement) = run.measure(true).await? {
            send(Partial::ProbeResult(measurement));
        }
        Ok(())
    })
}

/// Threads that the machine runs side by side.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn bar(length: usize, template: &str) -> ProgressBar {
    // Hidden by indicatif itself where standard error is not a terminal.
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
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

fn summarise(history: &History) {
    let text = |step: Option<u32>| step.map_or_else(|| "never".to_owned(), |s| s.to_string());
    let experiment = history.experiment();
    let names: Vec<String> =
        (0..experiment.member_count()).map(|index| experiment.member_name(index)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(6);
    eprintln!(
        "{:<width$}  {:>9}  {:>12}  {:>9}  {:>10}",
        "member", "fit step", "generalised", "test", "test loss"
    );
    for (name, member) in names.iter().zip(Report::new(history).members) {
        let test = member.last.map(|last| last.test);
        eprintln!(
            "{name:<width$}  {:>9}  {:>12}  {:>8.1}%  {:>10.3e}",
            text(member.phases.fit_step),
            text(member.phases.generalise_step),
            100.0 * test.map_or(0.0, |test| test.accuracy),
            test.map_or(f32::NAN, |test| test.loss),
        );
    }
    let members = phases::find(history);
    for (what, spread) in [
        ("memorised", phases::spread(members.iter().map(|m| m.fit_step))),
        ("generalised", phases::spread(members.iter().map(|m| m.generalise_step))),
    ] {
        if let Some(spread) = spread {
            eprintln!(
                "{what}: {} of {} members, median step {} [{}-{}]",
                spread.reached,
                spread.members,
                text(spread.median),
                spread.first,
                spread.last
            );
        }
    }
}

/// A member of a sweep, as a line of its file.
#[derive(Serialize)]
struct Line<'a> {
    /// The member alone, as the page's address holds it. What tells lines apart.
    query: String,
    experiment: &'a Experiment,
    #[serde(flatten)]
    member: MemberReport,
}

fn sweep_command(
    members: &str,
    out: &Path,
    threads: Option<NonZero<usize>>,
    curves: bool,
) -> Result<(), Failure> {
    let jobs = sweep::expand(members).map_err(Failure::Usage)?;
    let failure = |error| Failure::Write(out.display().to_string(), error);
    let (mut file, done) = resume(out).map_err(failure)?;
    let all = jobs.len();
    let jobs: Vec<Job> = jobs.into_iter().filter(|job| !done.contains(&job.query())).collect();
    let bar = bar(all, "{bar:40} member {pos} of {len}  {elapsed} gone  {eta} left");
    bar.set_position((all - jobs.len()) as u64);
    bar.reset_eta();

    let threads = threads.map_or_else(cores, NonZero::get);
    let next = AtomicUsize::new(0);
    let stop = Mutex::new(None);
    let (sender, lines) = mpsc::channel::<Result<String, TrainError>>();
    thread::scope(|scope| {
        for _ in 0..threads.min(jobs.len()) {
            let (sender, next, jobs) = (sender.clone(), &next, &jobs);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send(line(job, curves)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for line in lines {
            // One call a line: a sweep that is stopped leaves at most the last line incomplete.
            let written = line.map_err(Failure::from).and_then(|line| {
                file.write_all(line.as_bytes()).and_then(|()| file.flush()).map_err(failure)
            });
            if let Err(error) = written {
                // No more members are started.
                next.store(jobs.len(), Ordering::Relaxed);
                stop.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).replace(error);
                break;
            }
            bar.inc(1);
        }
    });
    bar.finish_and_clear();
    match stop.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        Some(error) => Err(error),
        None => {
            eprintln!("{}: {all} members, of which {} are new", out.display(), jobs.len());
            Ok(())
        }
    }
}

/// Trains one member and says how it went.
fn line(job: &Job, curves: bool) -> Result<String, TrainError> {
    let experiment = job.experiment();
    let history = train(&experiment, 1, |_| {})?;
    let Some(mut member) = Report::new(&history).members.pop() else {
        unreachable!("an experiment of one member has one");
    };
    if !curves {
        member.curves = Curves::default();
        member.measures = Measures::default();
    }
    let line = Line { query: job.query(), experiment: &experiment, member };
    match serde_json::to_string(&line) {
        Ok(text) => Ok(text + "\n"),
        Err(error) => unreachable!("a line has no maps with odd keys: {error}"),
    }
}

/// Opens a sweep's file behind its last complete line, and reads which members it holds.
fn resume(path: &Path) -> io::Result<(File, HashSet<String>)> {
    let mut file =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("another sweep writes to it"),
        TryLockError::Error(error) => error,
    })?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let complete = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let mut done = HashSet::new();
    for line in text[..complete].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let json = serde_json::from_slice::<serde_json::Value>(line).ok();
        // A run's report has a query too, and members.
        let member = json.as_ref().filter(|json| json.get("seed").is_some());
        let query = member.and_then(|json| json.get("query")?.as_str());
        // A file of something else must not be cut short or added to.
        let query =
            query.ok_or_else(|| io::Error::other("it holds something else than a sweep"))?;
        done.insert(query.to_owned());
    }
    if complete == 0 && !text.is_empty() && !text.starts_with(b"{\"query\"") {
        return Err(io::Error::other("it holds something else than a sweep"));
    }
    file.set_len(complete as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok((file, done))
}
