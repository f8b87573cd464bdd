//! Measures this project beside TensorFlow.js and jax-js, all in one browser.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use clap::Args;

use crate::{
    browser::{Browser, Driver},
    command, page,
    server::Server,
    setup,
    workspace::Workspace,
};

/// The workloads and contestants to measure.
#[derive(Args)]
pub struct Options {
    /// Measure the smallest workloads only
    #[arg(long)]
    quick: bool,
    /// Measure those contestants only whose name holds one of these, as in `ours,jax-js` or `gpu`
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Rounds in which the contestants take turns
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Seconds that a contestant trains in each round
    #[arg(long, default_value_t = 0.6)]
    seconds: f64,
    /// Seconds for all rounds of a contestant on a workload; a step that takes longer is not waited
    /// for
    #[arg(long, default_value_t = 20.0)]
    limit: f64,
    /// Minutes after which no further workload is begun
    #[arg(long, default_value_t = 15.0)]
    minutes: f64,
    /// Put the result into docs/benchmark.md, and beside earlier ones into docs/benchmark.json
    #[arg(long)]
    write: bool,
    /// Measure the page that was built into this directory, instead of building it
    #[arg(long, value_name = "DIRECTORY")]
    dist: Option<PathBuf>,
}

/// Builds the page for use, serves it beside the peers' libraries, and measures.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let peers = setup::peers(workspace)?;
    let browser = Browser::set_up()?;
    let dist = match &options.dist {
        Some(directory) => std::path::absolute(directory)?,
        None => {
            page::build(workspace, false)?;
            workspace.dist()
        }
    };
    ensure!(
        dist.join("index.html").is_file(),
        "{} holds no page; build one with `cargo xtask build`",
        dist.display()
    );
    let scripts = workspace.root.join("tests/browser/bench");
    let server = Server::start_with(&scripts, &[("/npm", &peers), ("/dist", &dist)])?;
    let driver = Driver::start(&browser)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args("run --package browser-tests --bin bench".split(' '))
        .env("TWO_PHASE_URL", &server.url)
        .env("TWO_PHASE_CHROME", &browser.chrome)
        .env("WEBDRIVER_URL", &driver.url)
        .env("TWO_PHASE_BENCH_QUICK", options.quick.to_string())
        .env("TWO_PHASE_BENCH_ONLY", options.only.join(","))
        .env("TWO_PHASE_BENCH_ROUNDS", options.rounds.to_string())
        .env("TWO_PHASE_BENCH_SECONDS", options.seconds.to_string())
        .env("TWO_PHASE_BENCH_LIMIT", options.limit.to_string())
        .env("TWO_PHASE_BENCH_MINUTES", options.minutes.to_string())
        .env("TWO_PHASE_BENCH_PEERS", setup::PEERS.join(", "))
        .env("TWO_PHASE_BENCH_SIZES", sizes(&dist)?)
        .env("TWO_PHASE_BENCH_WRITE", options.write.to_string());
    command::run(&mut cargo)
}

/// The sizes of the wasm programs that are measured.
fn sizes(dist: &Path) -> Result<String> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(dist)? {
        let (name, length) = {
            let entry = entry?;
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata()?.len())
        };
        if let Some(name) = name.strip_suffix("_bg.wasm") {
            // Without the hash of the content.
            let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
            sizes.push(format!("{name} {:.1} MB", length as f64 / 1e6));
        }
    }
    sizes.sort();
    Ok(sizes.join(", "))
}
