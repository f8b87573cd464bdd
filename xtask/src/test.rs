//! Runs the tests in three stages: natively, in a browser's worker, and through the page.

use std::{env::consts::EXE_SUFFIX, fs, process::Command};

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    browser::{Browser, Driver},
    command,
    engines::Engine,
    examples, page,
    server::Server,
    setup::{self, Wasm},
    stages::Stages,
    wasm_target::TARGET,
    workspace::Workspace,
};

/// Overflow checks in this workspace's own packages.
const CHECKED: [&str; 2] = ["--config", ".cargo/checked.toml"];

/// A stage of the tests.
#[derive(Clone, Copy, ValueEnum)]
pub enum Stage {
    /// The library and the command line on this machine
    Native,
    /// The worker's code in a browser
    Wasm,
    /// The page, used through a browser
    E2e,
    /// The core of the page in Firefox and WebKit, and the article in Firefox; not among the stages
    /// that run by themselves
    Engines,
    /// The worked examples of docs/examples, built by their tools and opened in a browser; not among
    /// the stages that run by themselves
    Examples,
}

/// The stages that run where none is named.
const USUAL: [Stage; 3] = [Stage::Native, Stage::Wasm, Stage::E2e];

/// Runs the given stages, or the usual ones; an error names those that failed.
pub fn run(workspace: &Workspace, stages: &[Stage], slow: bool) -> Result<()> {
    let stages = if stages.is_empty() { &USUAL } else { stages };
    let mut done = Stages::new();
    for stage in stages {
        match stage {
            Stage::Native => done.run("native", || native(slow)),
            Stage::Wasm => done.run("wasm", || wasm(workspace, slow)),
            Stage::E2e => done.run("e2e", || e2e(workspace, slow)),
            Stage::Engines => done.run("engines", || other_engines(workspace)),
            Stage::Examples => done.run("examples", || worked_examples(workspace)),
        }
    }
    done.finish()
}

fn native(slow: bool) -> Result<()> {
    let suites = [
        "test --release --workspace --exclude browser-tests",
        // The page's own logic needs no browser.
        "test --release --package two-phase --no-default-features --features page --lib page::",
    ];
    suites.iter().try_for_each(|arguments| {
        let mut cargo = Command::new("cargo");
        run_tests(cargo.args(arguments.split(' ')).args(CHECKED), slow)
    })
}

fn wasm(workspace: &Workspace, slow: bool) -> Result<()> {
    let wasm = Wasm::set_up(workspace)?;
    let runner = setup::wasm_bindgen(workspace)?;
    let browser = Browser::set_up()?;
    fs::create_dir_all(workspace.wasm_target())?;
    let capabilities = workspace.wasm_target().join("webdriver.json");
    browser.write_capabilities(&capabilities)?;
    let mut cargo = wasm.command("cargo");
    cargo
        // As the page is built, so that they share compiled code.
        .args(["test", "--profile", "web", "--target", TARGET])
        .args("--no-default-features --features worker,gpu --test wasm".split(' '))
        .args(CHECKED)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
        // Seconds, for all tests together: a software adapter compiles shaders slowly.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "3600");
    run_tests(&mut cargo, slow)
}

fn e2e(workspace: &Workspace, slow: bool) -> Result<()> {
    let browser = Browser::set_up()?;
    let axe = setup::axe(workspace)?;
    page::build(workspace, false)?;
    command::run(
        Command::new("cargo").args("build --release --bin two-phase".split(' ')).args(CHECKED),
    )?;
    let cli = workspace.target.join(format!("release/two-phase{EXE_SUFFIX}"));
    // Two ports are two origins: the page is also tested inside a frame of another one.
    let page = Server::start(&workspace.dist())?;
    let other = Server::start(&workspace.dist())?;
    let driver = Driver::start(&browser)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args("test --release --package browser-tests --no-fail-fast".split(' '))
        .args(CHECKED)
        // One browser at a time: two that train share the cores and time out.
        .env("RUST_TEST_THREADS", "1")
        .env("TWO_PHASE_URL", &page.url)
        .env("TWO_PHASE_OTHER_URL", &other.url)
        .env("TWO_PHASE_DIST", workspace.dist())
        .env("TWO_PHASE_NAMED", workspace.named())
        .env("TWO_PHASE_CLI", cli)
        .env("TWO_PHASE_CHROME", &browser.chrome)
        .env("TWO_PHASE_AXE", axe)
        .env("WEBDRIVER_URL", &driver.url);
    run_tests(&mut cargo, slow)
}

/// Both engines are tried, even if the first one fails.
fn other_engines(workspace: &Workspace) -> Result<()> {
    page::build(workspace, false)?;
    let page = Server::start(&workspace.dist())?;
    let mut failed = Vec::new();
    for engine in [Engine::firefox(workspace)?, Engine::webkit()?] {
        println!("{} by {}", engine.name, engine.browser.display());
        let mut cargo = Command::new("cargo");
        cargo
            .args("test --release --package browser-tests --no-fail-fast".split(' '))
            .args(engine.tests.iter().flat_map(|test| ["--test", test]))
            .args(CHECKED)
            .env("RUST_TEST_THREADS", "1")
            .env("TWO_PHASE_URL", &page.url)
            .env("TWO_PHASE_ENGINE", engine.name)
            .env("TWO_PHASE_BROWSER", &engine.browser)
            .env("WEBDRIVER_URL", &engine.url);
        if run_tests(&mut cargo, false).is_err() {
            failed.push(engine.name);
        }
    }
    anyhow::ensure!(failed.is_empty(), "failed in {}", failed.join(" and "));
    Ok(())
}

fn worked_examples(workspace: &Workspace) -> Result<()> {
    let browser = Browser::set_up()?;
    page::build(workspace, false)?;
    let page = Server::start(&workspace.dist())?;
    let examples = examples::build(workspace, &page.url)?;
    // Another port is another origin, as a blog is for the page.
    let site = Server::start(&examples.site)?;
    let driver = Driver::start(&browser)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args("test --release --package browser-tests --test examples".split(' '))
        .args(CHECKED)
        .env("RUST_TEST_THREADS", "1")
        .env("TWO_PHASE_URL", &page.url)
        .env("TWO_PHASE_OTHER_URL", &site.url)
        .env("TWO_PHASE_JUPYTER", &examples.jupyter)
        .env("TWO_PHASE_NOTEBOOKS", &examples.notebooks)
        .env("TWO_PHASE_CHROME", &browser.chrome)
        .env("WEBDRIVER_URL", &driver.url);
    // In the usual stages they are ignored, because their tools are not there.
    run_tests(&mut cargo, true)
}

fn run_tests(cargo: &mut Command, slow: bool) -> Result<()> {
    if slow {
        cargo.args(["--", "--include-ignored"]);
    }
    command::run(cargo)
}
