//! Where things are: the checkout, cargo's target directory, and the cache that all checkouts
//! share.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::command;

/// The directories that the commands work in, all absolute.
pub struct Workspace {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Cargo's target directory for native builds.
    pub target: PathBuf,
    /// Tools and build results that outlive a checkout.
    pub cache: PathBuf,
}

impl Workspace {
    /// Finds the directories and makes the root the current one.
    pub fn enter() -> Result<Self> {
        let json = command::stdout(Command::new("cargo").args([
            "metadata",
            "--no-deps",
            "--format-version=1",
        ]))
        .context("`cargo metadata` failed; run it by hand to see why")?;
        let metadata: serde_json::Value = serde_json::from_str(&json)?;
        let directory = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("`cargo metadata` gives no {key}; update cargo"))
        };
        let workspace = Self {
            root: directory("workspace_root")?,
            target: directory("target_directory")?,
            cache: cache_directory()?,
        };
        fs::create_dir_all(&workspace.cache)
            .with_context(|| format!("cannot create {}", workspace.cache.display()))?;
        env::set_current_dir(&workspace.root)?;
        Ok(workspace)
    }

    /// The static files of the page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The page's programs with the names of their functions.
    pub fn named(&self) -> PathBuf {
        self.wasm_target().join("named")
    }

    /// The target directory of wasm builds: apart, so that they and native builds never wait for
    /// each other's lock.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The directory of the programs that the set-up installs.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools").join("bin")
    }
}

/// `TWO_PHASE_CACHE`, or `two-phase` in the platform's own cache directory.
fn cache_directory() -> Result<PathBuf> {
    if let Some(directory) = env::var_os("TWO_PHASE_CACHE") {
        return Ok(std::path::absolute(directory)?);
    }
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let platform = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| env::home_dir().map(|home| home.join(".cache")))
    };
    Ok(platform
        .context("no cache directory found; set TWO_PHASE_CACHE to a directory")?
        .join("two-phase"))
}
