//! Builds the worked examples of docs/examples with the tools that they are for, around a page that
//! is served here. Python's tools go into an environment of their own in the cache.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    command::{self, run},
    setup,
    workspace::Workspace,
};

/// Python packages that build examples, at the versions that they were tried with.
const PYTHON: [&str; 5] =
    ["mkdocs==1.6.1", "sphinx==9.0.4", "nbconvert==7.17.2", "ipykernel==7.4.0", "notebook==7.6.5"];

/// The address that stands in the examples.
const PLACEHOLDER: &str = "https://your.host/two-phase/";

/// What was built.
pub struct Examples {
    /// A folder for each tool, with the pages that it made.
    pub site: PathBuf,
    /// The program that serves a live notebook.
    pub jupyter: PathBuf,
    /// The folder of the notebook.
    pub notebooks: PathBuf,
}

/// Copies the examples, puts a page's address into them, and builds each.
pub fn build(workspace: &Workspace, page: &str) -> Result<Examples> {
    let python = python(workspace)?;
    let program = |name: &str| python.join(name);
    let root = workspace.target.join("examples");
    let (source, site) = (root.join("source"), root.join("site"));
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    copy(Path::new("docs/examples"), &source, page)?;
    for plain in ["plain", "import", "reveal"] {
        copy(&source.join(plain), &site.join(plain), page)?;
    }
    let reveal = setup::reveal(workspace)?;
    copy(&reveal.join("dist"), &site.join("reveal/reveal.js"), page)?;
    run(Command::new(program("mkdocs"))
        .args(["build", "--quiet", "--strict", "--site-dir"])
        .arg(site.join("mkdocs"))
        .current_dir(source.join("mkdocs")))?;
    run(Command::new(program("sphinx-build"))
        .args(["-q", "-W"])
        .args([source.join("sphinx"), site.join("sphinx")]))?;
    run(Command::new(setup::mdbook(workspace)?)
        .args(["build", "--dest-dir"])
        .args([site.join("mdbook"), source.join("mdbook")]))?;
    let notebooks = source.join("jupyter");
    run(Command::new(program("jupyter"))
        .args(["nbconvert", "--to", "html", "--execute", "--log-level=WARN", "--output-dir"])
        .arg(site.join("jupyter"))
        .arg(notebooks.join("figure.ipynb")))?;
    Ok(Examples { site, jupyter: program("jupyter"), notebooks })
}

/// The folder of programs of an environment with [`PYTHON`].
fn python(workspace: &Workspace) -> Result<PathBuf> {
    let environment = workspace.cache.join("python-examples");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let list = environment.join("installed");
    let wanted = PYTHON.join(" ");
    if fs::read_to_string(&list).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    println!("Installing {wanted} (about a minute)");
    let python = ["python3", "python"]
        .into_iter()
        .find(|python| command::stdout(Command::new(python).arg("--version")).is_some());
    let Some(python) = python else {
        bail!("Python is needed to build the examples: install Python 3 with its module venv");
    };
    run(Command::new(python).args(["-m", "venv"]).arg(&environment))
        .context("Python's module venv is needed to build the examples")?;
    run(Command::new(programs.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON))?;
    fs::write(list, wanted)?;
    Ok(programs)
}

/// Copies a folder; in files of text the placeholder becomes the page's address.
fn copy(from: &Path, to: &Path, page: &str) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, page)?;
            continue;
        }
        match fs::read_to_string(entry.path()) {
            Ok(text) => fs::write(&target, text.replace(PLACEHOLDER, &format!("{page}/")))?,
            Err(_) => {
                fs::copy(entry.path(), &target)?;
            }
        }
    }
    Ok(())
}
