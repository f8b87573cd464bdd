//! Checks what the tests do not: format, lints on both targets, documentation, dependencies.

use std::process::Command;

use anyhow::Result;

use crate::{
    command::{self, stdout},
    setup::{self, Wasm},
    stages::Stages,
    wasm_target::TARGET,
    workspace::Workspace,
};

/// Runs every check; an error names those that failed.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut checks = Stages::default();
    checks.run("format", || command::run(&mut cargo("fmt --all --check")));
    checks.run("clippy", || {
        command::run(&mut cargo("clippy --workspace --all-targets -- -D warnings"))
    });
    wasm_clippy(workspace, &mut checks);
    checks.run("documentation", || {
        command::run(cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings"))
    });
    dependencies(workspace, &mut checks);
    checks.finish()
}

fn cargo(arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments.split(' '));
    command
}

/// Lints the two wasm sides as they are built: the page without burn, the worker with it.
fn wasm_clippy(workspace: &Workspace, checks: &mut Stages) {
    let sides = [
        ("clippy page", "--features page --lib --bins"),
        ("clippy worker", "--features worker,gpu --lib --bins --test wasm"),
    ];
    let wasm = match Wasm::set_up(workspace) {
        Ok(wasm) => wasm,
        Err(error) => {
            for (name, _) in sides {
                checks.skip(name, &format!("{error:#}"));
            }
            return;
        }
    };
    let installed = stdout(wasm.command("cargo").args(["clippy", "--version"])).is_some();
    for (name, arguments) in sides {
        if !installed {
            checks.skip(name, &no_clippy(wasm.toolchain.as_deref()));
            continue;
        }
        checks.run(name, || {
            command::run(
                wasm.command("cargo")
                    .args(["clippy", "--target", TARGET, "--no-default-features"])
                    .args(arguments.split(' '))
                    .args(["--", "-D", "warnings"]),
            )
        });
    }
}

fn no_clippy(toolchain: Option<&str>) -> String {
    match toolchain {
        None => "run `rustup component add clippy`".to_owned(),
        Some(name) => format!(
            "the toolchain `{name}` has no clippy; where it is Debian's compiler, \
             run `apt-get install rust-web-clippy`"
        ),
    }
}

/// Checks licences and sources against deny.toml, and the advisories where their database can be
/// fetched.
fn dependencies(workspace: &Workspace, checks: &mut Stages) {
    let mut deny = None;
    checks.run("licences and sources", || {
        let program = deny.insert(setup::cargo_deny(workspace)?);
        command::run(
            Command::new(program).args("--workspace check bans licenses sources".split(' ')),
        )
    });
    let Some(deny) = deny else {
        return checks.skip("advisories", "cargo-deny is missing");
    };
    if command::run(Command::new(&deny).args(["fetch", "db"])).is_err() {
        return checks.skip("advisories", "their database could not be fetched; check the network");
    }
    checks.run("advisories", || {
        command::run(Command::new(&deny).args("--workspace --offline check advisories".split(' ')))
    });
}
