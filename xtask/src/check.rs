//! Checks beside the tests: format, spelling, lints on both targets, documentation, licences.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{
    command::{self, stdout},
    setup::{self, Wasm},
    stages::Stages,
    wasm_target::{self, TARGET},
    workspace::Workspace,
};

/// The page without burn, whose own logic is tested natively.
const PAGE: [&str; 6] =
    ["--package", "two-phase", "--no-default-features", "--features", "page", "--lib"];

/// Runs every check; an error names those that failed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut checks = Stages::new();
    checks.run("format", || command::run(&mut cargo("fmt --all --check")));
    spelling(workspace, &mut checks);
    // In the profile of the tests, whose build scripts and macros are compiled anyway.
    checks.run("clippy", || {
        command::run(&mut cargo("clippy --release --workspace --all-targets -- -D warnings"))
    });
    checks.run("clippy page tests", || {
        command::run(cargo("clippy --release").args(PAGE).args("--tests -- -D warnings".split(' ')))
    });
    wasm_clippy(workspace, &mut checks);
    checks.run("documentation", || {
        // With features as above, so that nothing is compiled for it alone.
        documentation(&mut cargo("doc --release --workspace --no-deps"))?;
        documentation(cargo("doc --release --no-deps").args(PAGE))
    });
    dependencies(workspace, &mut checks);
    checks.finish()
}

fn documentation(cargo: &mut Command) -> Result<()> {
    command::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

fn cargo(arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments.split(' '));
    command
}

fn spelling(workspace: &Workspace, checks: &mut Stages) {
    match setup::typos(workspace) {
        Ok(typos) => checks.run("spelling", || command::run(&mut Command::new(typos))),
        Err(error) => checks.missing("spelling", &format!("{error:#}")),
    }
}

/// Lints the two wasm sides as they are built: the page without burn, the worker with it.
fn wasm_clippy(workspace: &Workspace, checks: &mut Stages) {
    let sides = [
        ("clippy page", "--features page --lib --bins"),
        ("clippy worker", "--features worker,gpu --lib --bins --test wasm"),
    ];
    let wasm = match wasm_with_clippy(workspace) {
        Ok(wasm) => wasm,
        Err(error) => {
            for (name, _) in sides {
                checks.missing(name, &format!("{error:#}"));
            }
            return;
        }
    };
    for (name, arguments) in sides {
        checks.run(name, || {
            command::run(
                wasm.command("cargo")
                    // In the profile of the page, for the same reason.
                    .args(["clippy", "--profile", "web", "--target", TARGET])
                    .arg("--no-default-features")
                    .args(arguments.split(' '))
                    .args(["--", "-D", "warnings"]),
            )
        });
    }
}

fn wasm_with_clippy(workspace: &Workspace) -> Result<Wasm> {
    let wasm = Wasm::set_up(workspace)?;
    let runs = || stdout(wasm.command("cargo").args(["clippy", "--version"])).is_some();
    if !runs() {
        let toolchain = wasm.toolchain.as_deref();
        println!("Installing clippy for {TARGET} (some seconds)");
        wasm_target::install_clippy(toolchain)
            .with_context(|| format!("no clippy for {TARGET}"))?;
        ensure!(runs(), "clippy for {TARGET} was installed, but `cargo clippy` does not run");
    }
    Ok(wasm)
}

/// Checks licences and sources against deny.toml, and the advisories where their database can be
/// fetched.
fn dependencies(workspace: &Workspace, checks: &mut Stages) {
    let deny = match setup::cargo_deny(workspace) {
        Ok(deny) => deny,
        Err(error) => return checks.missing("licences and sources", &format!("{error:#}")),
    };
    checks.run("licences and sources", || {
        command::run(Command::new(&deny).args("--workspace check bans licenses sources".split(' ')))
    });
    if command::run(Command::new(&deny).args(["fetch", "db"])).is_err() {
        return checks.skip("advisories", "their database could not be fetched; check the network");
    }
    checks.run("advisories", || {
        command::run(Command::new(&deny).args("--workspace --offline check advisories".split(' ')))
    });
}
