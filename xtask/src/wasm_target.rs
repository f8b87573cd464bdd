//! Finds or installs a toolchain that builds for the browser.
//!
//! `rustup target add` is the usual way. Where it cannot download, Debian's `rustc-web` brings
//! compiler and library source of one version: the standard library is built from it once, put
//! into its sysroot, and that sysroot becomes a rustup toolchain.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    command::{self, run, stdout},
    debian::Debian,
};

/// The target that the page and its workers are built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The rustup name of Debian's compiler.
const LINKED: &str = "two-phase-wasm";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// The toolchain for wasm builds, installed if it is missing. `None` is the active one.
///
/// # Errors
/// When no toolchain for the target can be installed, with what to do by hand.
pub fn set_up(cache: &Path) -> Result<Option<String>> {
    if let Ok(name) = env::var("TWO_PHASE_WASM_TOOLCHAIN") {
        ensure!(
            builds(Some(&name), cache),
            "TWO_PHASE_WASM_TOOLCHAIN names `{name}`, which does not build for {TARGET}; \
             unset it, or run `rustup target add --toolchain {name} {TARGET}`"
        );
        return Ok(Some(name));
    }
    if builds(None, cache) {
        return Ok(None);
    }
    if builds(Some(LINKED), cache) {
        return Ok(Some(LINKED.to_owned()));
    }

    ensure!(
        stdout(Command::new("rustup").arg("--version")).is_some(),
        "the compiler lacks the target {TARGET} and rustup, which installs it, is missing; \
         install Rust with rustup (https://rustup.rs)"
    );
    println!("Installing the target {TARGET} (under a minute)");
    let rustup = run(Command::new("rustup").args(["target", "add", TARGET]));
    if rustup.is_ok() && builds(None, cache) {
        println!("The active toolchain now builds for {TARGET}");
        return Ok(None);
    }
    let debian = Debian::detect().with_context(|| {
        format!("no toolchain for {TARGET}: run `rustup target add {TARGET}` with network access")
    })?;
    println!("rustup cannot install it here; using Debian's compiler instead (about 2 minutes)");
    link_debian_toolchain(&debian, cache).with_context(|| {
        format!("no toolchain for {TARGET}: repeat the last command shown above by hand")
    })?;
    ensure!(
        builds(Some(LINKED), cache),
        "the toolchain `{LINKED}` does not build for {TARGET}; see why with \
         `RUSTUP_TOOLCHAIN={LINKED} rustc --test --target {TARGET} -o probe.wasm - </dev/null`"
    );
    println!("wasm builds now use the toolchain `{LINKED}`");
    Ok(Some(LINKED.to_owned()))
}

/// Installs clippy for the toolchain that [`set_up`] returned.
///
/// # Errors
/// When that cannot be done here, with what to do by hand.
pub fn install_clippy(toolchain: Option<&str>) -> Result<()> {
    match toolchain {
        None => run(Command::new("rustup").args(["component", "add", "clippy"])),
        Some(LINKED) => {
            let debian =
                Debian::detect().context("run `apt-get install rust-web-clippy` as root")?;
            // The compiler's own version: a newer one would replace the compiler too, and with
            // it the standard library that was built for it.
            let version = stdout(Command::new("dpkg-query").args([
                "--show",
                "--showformat=${Version}",
                "rustc-web",
            ]))
            .context("rustc-web is not a package here; reinstall it with apt-get")?;
            debian.install(&[&format!("rust-web-clippy={version}")])
        }
        Some(name) => {
            run(Command::new("rustup").args(["component", "add", "clippy", "--toolchain", name]))
        }
    }
}

/// Whether a toolchain links an empty test program for the target. That takes the standard
/// library, the `test` crate and a linker, all of the compiler's own version.
fn builds(toolchain: Option<&str>, cache: &Path) -> bool {
    let probe = cache.join(format!("probe-{}.wasm", std::process::id()));
    let mut rustc = Command::new("rustc");
    rustc.args(["--test", "--crate-name=probe", "--target", TARGET, "-o"]).arg(&probe).arg("-");
    if let Some(toolchain) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    let built = stdout(&mut rustc).is_some();
    // A build that failed has left no file.
    fs::remove_file(probe).ok();
    built
}

fn link_debian_toolchain(debian: &Debian, cache: &Path) -> Result<()> {
    debian.install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"])?;
    let library = build_standard_library(cache)?;

    let sysroot = rustlib(Command::new(DEBIAN_RUSTC).args(["--target", TARGET]))?;
    run(debian.command("rm").arg("-rf").arg(sysroot.join("lib")))?;
    run(debian.command("mkdir").arg("-p").arg(&sysroot))?;
    run(debian.command("cp").arg("-r").arg(library).arg(&sysroot))?;

    // Linked, not copied: rust-lld finds its LLVM beside the file it really is.
    let linker = rustlib(&mut Command::new("rustc"))?.join("bin/rust-lld");
    let bin = rustlib(&mut Command::new(DEBIAN_RUSTC))?.join("bin");
    run(debian.command("mkdir").arg("-p").arg(&bin))?;
    run(debian.command("ln").arg("-sfn").arg(linker).arg(bin.join("rust-lld")))?;

    run(Command::new("rustup").args(["toolchain", "link", LINKED, "/usr"]))
}

/// Builds std, panic_abort and test for the target, and returns a directory `lib` of their rlibs
/// and rmetas.
fn build_standard_library(cache: &Path) -> Result<PathBuf> {
    let package = cache.join("wasm-std");
    // Files of an older compiler would be copied too.
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/lib.rs"), "")?;
    fs::write(
        package.join("Cargo.toml"),
        "[package]\nname = \"wasm-std\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    run(Command::new(DEBIAN_CARGO)
        .args(["build", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort,test")
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1"))?;

    let deps = package.join("target").join(TARGET).join("release/deps");
    let lib = package.join("lib");
    fs::create_dir(&lib)?;
    for entry in fs::read_dir(deps)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let library = name.ends_with(".rlib") || name.ends_with(".rmeta");
        if library && !name.starts_with("libwasm_std") {
            fs::copy(entry.path(), lib.join(name))?;
        }
    }
    Ok(lib)
}

/// The directory `lib/rustlib/<target>` of a compiler.
fn rustlib(rustc: &mut Command) -> Result<PathBuf> {
    let lib = command::stdout(rustc.args(["--print", "target-libdir"]))
        .context("`rustc --print target-libdir` failed; run it by hand to see why")?;
    let rustlib = Path::new(&lib).parent().context("rustc names no library directory")?;
    Ok(rustlib.to_owned())
}
