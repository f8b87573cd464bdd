//! Other engines than Chromium's: Firefox by geckodriver, and WebKitGTK by its own driver. Both from
//! Debian's packages, with the geckodriver of crates.io.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{command, debian::Debian, setup, workspace::Workspace};

/// An engine whose driver runs. Dropping it ends the driver.
pub struct Engine {
    /// The name that the tests know it by.
    pub name: &'static str,
    /// The files of `tests/browser/tests` that run in it.
    pub tests: &'static [&'static str],
    /// The browser's program.
    pub browser: PathBuf,
    /// Where its driver listens, without a slash at the end.
    pub url: String,
    process: Child,
}

impl Engine {
    /// Firefox.
    pub fn firefox(workspace: &Workspace) -> Result<Self> {
        let browser = installed("firefox-esr", &["firefox-esr"])?;
        let driver = setup::geckodriver(workspace)?;
        let mut command = Command::new(driver);
        command.args(["--host", "127.0.0.1"]);
        Self::start("firefox", &["engines", "article"], browser, command)
    }

    /// WebKitGTK, on a display that nobody sees.
    pub fn webkit() -> Result<Self> {
        let packages = ["webkit2gtk-driver", "xvfb", "xauth"];
        let driver = installed("WebKitWebDriver", &packages)?;
        let xvfb = installed("xvfb-run", &packages)?;
        let browser = mini_browser().context("WebKit's MiniBrowser was not installed")?;
        let mut command = Command::new(xvfb);
        // Its sandbox does not start for root; the pages are this project's own.
        command
            .arg("--auto-servernum")
            .arg(driver)
            .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        Self::start("webkit", &["engines"], browser, command)
    }

    fn start(
        name: &'static str,
        tests: &'static [&'static str],
        browser: PathBuf,
        mut command: Command,
    ) -> Result<Self> {
        // Free a moment ago, so most likely still free.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let process = command
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("the driver of {name} did not start"))?;
        let url = format!("http://127.0.0.1:{port}");
        let engine = Self { name, tests, browser, url, process };
        for _ in 0..100 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(engine);
            }
            thread::sleep(Duration::from_millis(100));
        }
        anyhow::bail!("the driver of {name} does not answer")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A program on the path, installed by Debian's packages if it is missing.
fn installed(program: &str, packages: &[&str]) -> Result<PathBuf> {
    if let Some(path) = command::find(program, command::path()) {
        return Ok(path);
    }
    let debian = Debian::detect()
        .with_context(|| format!("`{program}` is needed: install {}", packages.join(", ")))?;
    println!("Installing {} (1 to 2 minutes)", packages.join(", "));
    debian.install(packages)?;
    let found = command::find(program, command::path());
    found.with_context(|| format!("`{program}` is still missing after {}", packages.join(", ")))
}

/// Where Debian puts the browser that comes with WebKitGTK.
fn mini_browser() -> Option<PathBuf> {
    let library = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
    let folders = library.flat_map(|entry| {
        ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"]
            .map(|version| entry.path().join(version).join("MiniBrowser"))
    });
    folders.into_iter().find(|path| path.is_file())
}
