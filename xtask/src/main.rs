//! The commands of this repository, so that one line serves, builds, tests or checks it on a
//! machine that has only Rust.

mod bench;
mod browser;
mod budget;
mod check;
mod command;
mod debian;
mod engines;
mod examples;
mod names;
mod offline;
mod page;
mod server;
mod setup;
mod stages;
mod test;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use workspace::Workspace;

/// Serve, build, test and check the project. Each command first sets up what it needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page and serve it at http://127.0.0.1:PORT
    Serve {
        /// The port to listen on
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Open the page in the default browser
        #[arg(long)]
        open: bool,
        /// Compress nothing and keep the names of functions: quicker to build, larger to download
        #[arg(long)]
        fast: bool,
    },
    /// Build the static files of the page into dist/, compressed too, and check their sizes
    Build {
        /// Compress nothing and keep the names of functions: quicker to build, larger to download
        #[arg(long)]
        fast: bool,
    },
    /// Run the tests: natively, in a browser's worker, and through the page
    Test {
        /// The stages to run [default: all]
        stages: Vec<test::Stage>,
        /// Run the slow tests too: those marked as ignored
        #[arg(long)]
        slow: bool,
    },
    /// Measure steps per second beside TensorFlow.js and jax-js in a headless browser
    Bench(bench::Options),
    /// Check format, lints, documentation, licences and advisories
    Check,
    /// Install everything that the other commands need
    Setup,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::enter()?;
    match task {
        Task::Serve { port, open, fast } => {
            let listener = server::bind(port)?;
            page::build(&workspace, fast)?;
            server::serve(listener, &workspace.dist(), open)
        }
        Task::Build { fast } => page::build(&workspace, fast),
        Task::Test { stages, slow } => test::run(&workspace, &stages, slow),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Check => check::run(&workspace),
        Task::Setup => setup::all(&workspace),
    }
}
