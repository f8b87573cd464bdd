//! `two-phase`: the engine of the page on the command line, on burn's CPU backend Flex.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use burn::tensor::Device;
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use two_phase::experiment::{Experiment, FIELDS, Preset};
use two_phase::history::{History, Measured};
use two_phase::phases;
use two_phase::report::Report;
use two_phase::train::{Run, TrainError};

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
        /// The experiment, as in the page's address: 'preset=grokking&wd=3&seeds=5'.
        #[arg(default_value = "preset=grokking")]
        experiment: String,
        /// Write the run as one JSON object to this file; '-' is standard output.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
}

/// The settings of an experiment, for `--help`.
fn settings() -> String {
    let mut text = String::from("Presets:\n");
    for preset in Preset::ALL {
        text += &format!("  preset={:<10} {}\n", preset.key(), preset.about());
    }
    text += "\nSettings (default of the preset grokking):\n";
    for field in FIELDS {
        let default = field.format(field.get(&Experiment::default()));
        text += &format!(
            "  {:<10} {}; {} ({default})\n             {}\n",
            format!("{}=", field.key),
            field.label,
            field.allowed(),
            field.about
        );
    }
    text +=
        "\nExit codes: 0 done, 1 training or writing failed, 2 the experiment is not understood.";
    text
}

fn main() -> ExitCode {
    let Command::Run { experiment, json } = Arguments::parse().command;
    let parsed = Experiment::from_query(&experiment);
    let foreign = parsed.page.iter().map(|(key, _)| format!("`{key}` is a setting of the page."));
    let complaints: Vec<String> = parsed.notes.iter().cloned().chain(foreign).collect();
    if !complaints.is_empty() {
        // A script must not get another experiment than it asked for.
        for complaint in complaints {
            eprintln!("two-phase: {complaint}");
        }
        eprintln!("two-phase: nothing was run; see `two-phase run --help` for the settings");
        return ExitCode::from(USAGE);
    }
    match run(parsed.experiment, json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two-phase: {error}");
            ExitCode::from(FAILURE)
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("could not write {0}: {1}; choose another place with --json FILE")]
    Write(String, io::Error),
}

fn run(experiment: Experiment, json: Option<PathBuf>) -> Result<(), RunError> {
    // Opened before training, so that a wrong path does not cost a run.
    let mut out: Option<(String, Box<dyn Write>)> = match json {
        None => None,
        Some(path) if path.as_os_str() == "-" => {
            Some(("standard output".into(), Box::new(io::stdout())))
        }
        Some(path) => {
            let name = path.display().to_string();
            let file = File::create(path).map_err(|e| RunError::Write(name.clone(), e))?;
            Some((name, Box::new(file)))
        }
    };
    let history = train(experiment)?;
    if let Some((name, out)) = &mut out {
        serde_json::to_writer(&mut *out, &Report::new(&history))
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush())
            .map_err(|e| RunError::Write(name.clone(), e))?;
    }
    if out.is_none() || io::stderr().is_terminal() {
        summarise(&history);
    }
    Ok(())
}

fn train(experiment: Experiment) -> Result<History, TrainError> {
    // Hidden by indicatif itself where standard error is not a terminal.
    let bar = ProgressBar::new(u64::from(experiment.steps));
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} step {pos} of {len}  {per_sec}  {eta} left  {msg}")
    {
        bar.set_style(style);
    }
    let mut history = History::new(experiment);
    let mut run = Run::new(&experiment, &Device::flex());
    pollster::block_on(run.finish(|snapshot| {
        let median = |value: fn(&Measured) -> f32| {
            let mut values: Vec<f32> = snapshot.members.iter().map(value).collect();
            values.sort_by(f32::total_cmp);
            100.0 * values[values.len() / 2]
        };
        let (train, test) = (median(|m| m.train.accuracy), median(|m| m.test.accuracy));
        bar.set_message(format!("train {train:.0}%  test {test:.0}%"));
        bar.set_position(u64::from(snapshot.step));
        history.push(snapshot);
    }))?;
    bar.finish_and_clear();
    Ok(history)
}

fn summarise(history: &History) {
    let text = |step: Option<u32>| step.map_or_else(|| "never".to_owned(), |s| s.to_string());
    eprintln!("{:>6}  {:>9}  {:>12}  {:>9}", "seed", "fit step", "generalised", "test");
    for member in Report::new(history).members {
        eprintln!(
            "{:>6}  {:>9}  {:>12}  {:>8.1}%{}",
            member.seed,
            text(member.phases.fit_step),
            text(member.phases.generalise_step),
            100.0 * member.last.map_or(0.0, |last| last.test.accuracy),
            member.phases.diverged_step.map_or_else(String::new, |step| format!(
                "  diverged at step {step}: try a smaller learning rate"
            ))
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
