//! Installs the tools that a build, a test or a check needs. A step that finds its tool in the
//! right version does nothing.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    browser::Browser,
    command::{self, find, run, stdout},
    wasm_target,
    workspace::Workspace,
};

const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";

/// All set-up at once.
pub fn all(workspace: &Workspace) -> Result<()> {
    let wasm = Wasm::set_up(workspace)?;
    wasm_bindgen(workspace)?;
    trunk(workspace)?;
    let browser = Browser::set_up()?;
    println!(
        "Set up: {} by {}, wasm-bindgen, trunk, {} with {}",
        wasm_target::TARGET,
        wasm.toolchain.as_deref().unwrap_or("the active toolchain"),
        browser.chrome.display(),
        browser.driver.display(),
    );
    Ok(())
}

/// What every wasm build runs with.
pub struct Wasm {
    /// The toolchain to build with; nothing stands for the active one.
    pub toolchain: Option<String>,
    target: PathBuf,
    path: OsString,
}

impl Wasm {
    /// Sees to the wasm target.
    pub fn set_up(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            toolchain: wasm_target::set_up(&workspace.cache)?,
            target: workspace.wasm_target(),
            path: env::join_paths(search_path(workspace))?,
        })
    }

    /// A command in the environment of wasm builds.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("CARGO_TARGET_DIR", &self.target).env("PATH", &self.path);
        if let Some(toolchain) = &self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command
    }
}

/// Sees to the wasm-bindgen command line of exactly the library's version, which the format
/// between the two asks for. Returns the test runner.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let lock = fs::read_to_string("Cargo.lock").context("no Cargo.lock; run `cargo fetch`")?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock holds no wasm-bindgen; run `cargo fetch`")?;
    // Its own lock file can name versions that a registry mirror lacks, so it is not used.
    let install = ["wasm-bindgen-cli", "--version", version];
    cargo_install(workspace, "wasm-bindgen", version, &install, 3)?;
    cargo_install(workspace, "wasm-bindgen-test-runner", version, &install, 3)
}

/// Sees to trunk, which puts the page together.
pub fn trunk(workspace: &Workspace) -> Result<PathBuf> {
    let install = ["trunk", "--version", TRUNK, "--locked"];
    cargo_install(workspace, "trunk", TRUNK, &install, 7)
}

/// Sees to cargo-deny, which checks licences, sources and advisories.
pub fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    let install = ["cargo-deny", "--version", CARGO_DENY, "--locked"];
    cargo_install(workspace, "cargo-deny", CARGO_DENY, &install, 8)
}

/// The program that children of this process find, installed into the cache if it is missing or
/// of another version.
fn cargo_install(
    workspace: &Workspace,
    program: &str,
    version: &str,
    install: &[&str],
    minutes: u32,
) -> Result<PathBuf> {
    let found = || {
        find(program, search_path(workspace)).filter(|path| {
            let text = stdout(Command::new(path).arg("--version"));
            text.as_deref().and_then(command::version) == Some(version)
        })
    };
    if let Some(path) = found() {
        return Ok(path);
    }
    println!("Installing {program} {version} (about {minutes} minutes on two cores)");
    run(Command::new("cargo")
        .arg("install")
        .args(install)
        .arg("--root")
        .arg(workspace.cache.join("tools"))
        .env("CARGO_TARGET_DIR", workspace.target.join("tools"))
        // Tools that run for seconds: optimising them as a whole costs minutes.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"))?;
    found().with_context(|| {
        format!("{program} {version} was installed but does not run; try `{program} --version`")
    })
}

/// Where programs are looked for: the cache's own tools, then `PATH`.
fn search_path(workspace: &Workspace) -> Vec<PathBuf> {
    let mut directories = vec![workspace.tools()];
    directories.extend(command::path());
    directories
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "bindgen"), None);
    }
}
