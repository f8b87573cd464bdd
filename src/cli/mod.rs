//! The command line: trains, sweeps and measures on burn's CPU backend Flex.
//!
//! A module for each command; `output` writes their results, and `wording` their errors.
//! An error is one sentence on standard error that says what to do, and a non-zero exit code.

mod claims;
mod date;
mod estimators;
mod measure;
mod output;
mod picture;
mod record;
mod run;
mod sweep;
mod wording;

use std::io::{self, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::experiment::{Experiment, FIELDS, Group, Preset};
use crate::external::ExternalError;
use crate::text::{self, Locale, Text};
use crate::train::TrainError;

/// Exit code for arguments or files that are not understood. clap uses the same.
const USAGE: u8 = 2;
/// Exit code if training, measuring or writing fails, or a member diverges.
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
        /// Write every curve as a table with the columns member, step, curve and value.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write the weights and samples of every network as one safetensors file.
        #[arg(long, value_name = "FILE")]
        weights: Option<PathBuf>,
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
        /// All problems and estimators, and more samples of each: some minutes instead of seconds.
        #[arg(long)]
        full: bool,
        /// Instead every estimator on six problems over 50 to 1,000 samples, as the page draws it;
        /// here `meant to` and `note` say nothing.
        #[arg(long, conflicts_with = "full")]
        over_samples: bool,
        /// Write the rows as one JSON array to this file; '-' is standard output.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// The seed of the samples.
        #[arg(long, default_value_t = 0)]
        seed: u32,
    },
    /// Record a run in a few kB: accuracies and losses, rounded, and the answers of its first
    /// network at some steps. The page shows one before its programs are loaded.
    Record {
        /// The experiment, as in the page's address.
        #[arg(default_value = "preset=grokking")]
        experiment: String,
        /// The file to write; '-' is standard output.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Train an experiment and draw its charts as an SVG file, in the language and colours asked for.
    #[command(after_help = settings())]
    Picture(picture::Arguments),
    /// Test the paper's claims on small networks: train some hundred of them, in minutes, and say
    /// what holds, by rules that are stated beforehand.
    Claims(claims::Arguments),
    /// Measure a network that PyTorch trained and saved, and print one JSON object.
    #[command(after_help = measure::help())]
    Measure(measure::Arguments),
}

/// Words for the command line, which speaks English.
fn english() -> Text {
    Text::new(Locale::English)
}

/// The settings of an experiment, for `--help`.
fn settings() -> String {
    let words = english();
    let mut help = String::from("Presets:\n");
    for preset in Preset::ALL {
        help += &format!("  preset={}\n             {}\n", preset.key, words.preset_about(preset));
    }
    for group in Group::ALL {
        help += &format!("\n{} (default of the preset grokking):\n", words.group(group));
        for field in FIELDS.iter().filter(|field| field.group == group) {
            let default = field.format(field.get(&Experiment::default().settings));
            let unit = words.field_unit(field).map(|unit| format!(" {unit}"));
            help += &format!(
                "  {:<12} {}{}; {}{} ({default})\n               {}\n",
                format!("{}=", field.key),
                words.field(field),
                if field.per_member { " *" } else { "" },
                text::allowed(&words, &field.allowed()),
                unit.unwrap_or_default(),
                words.field_about(field)
            );
        }
    }
    help += "\n* may differ between the members of one ensemble.";
    help += "\nExit codes: 0 done, 1 training or writing failed or a member of a run diverged, \
             2 the experiment is not understood.";
    help
}

/// Runs the command line that this process was called with.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { experiment, json, csv, weights } => {
            run::run(&experiment, run::Files { json, csv, weights })
        }
        Command::Presets => presets(),
        Command::Sweep { members, out, threads, curves } => {
            sweep::run(&members, &out, threads, curves)
        }
        Command::Estimators { full, over_samples, json, seed } => {
            estimators::run(full, over_samples, json, seed)
        }
        Command::Record { experiment, out } => record::run(&experiment, out),
        Command::Picture(arguments) => picture::run(arguments),
        Command::Claims(arguments) => claims::run(arguments),
        Command::Measure(arguments) => measure::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two-phase: {error}");
            error.exit_code()
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(
        "{}\ntwo-phase: nothing was run; see `two-phase run --help` for the settings",
        .0.join("\ntwo-phase: ")
    )]
    Usage(Vec<String>),
    #[error("{}", wording::external_error(&english(), .0))]
    External(ExternalError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("{}", .0.join("\ntwo-phase: "))]
    Diverged(Vec<String>),
    #[error("the experiment has none of these charts; leave out --charts to get those that it has")]
    NoChart,
    #[error("could not write {0}: {1}; choose another file")]
    Write(String, io::Error),
}

impl From<ExternalError> for Failure {
    fn from(error: ExternalError) -> Self {
        Self::External(error)
    }
}

impl Failure {
    fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) | Self::External(_) | Self::NoChart => USAGE,
            Self::Train(_) | Self::Diverged(_) | Self::Write(..) => FAILURE,
        })
    }
}

fn presets() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for preset in Preset::ALL {
        let query = preset.experiment().to_full_query();
        writeln!(out, "{}\n  {}\n  {query}\n", preset.key, english().preset_about(preset))
            .map_err(|error| Failure::Write("standard output".into(), error))?;
    }
    Ok(())
}
