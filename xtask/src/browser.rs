//! Finds or installs the browser that tests run in, and starts its WebDriver.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{
    command::{self, find, stdout},
    debian::Debian,
};

const CHROMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where installers put Chrome without adding it to `PATH`.
const CHROME_PATHS: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];

/// WebGPU on the software adapter SwiftShader, which is the same on every machine, and no network
/// traffic by the browser itself.
const ARGUMENTS: [&str; 7] = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Chrome or Chromium, and the chromedriver of its major version.
pub struct Browser {
    /// The browser's program.
    pub chrome: PathBuf,
    /// The chromedriver.
    pub driver: PathBuf,
}

impl Browser {
    /// Finds both programs, installing them where Debian's packages can be.
    pub fn set_up() -> Result<Self> {
        let browser = match Self::find()? {
            Some(browser) => browser,
            None => Self::install()?,
        };
        browser.check_versions()?;
        Ok(browser)
    }

    fn find() -> Result<Option<Self>> {
        let on_path = |name: &str| find(name, command::path());
        let installed = || CHROME_PATHS.map(PathBuf::from).into_iter().find(|path| path.is_file());
        let chrome = from_environment("CHROME")?
            .or_else(|| CHROMES.into_iter().find_map(on_path))
            .or_else(installed);
        let driver = from_environment("CHROMEDRIVER")?.or_else(|| on_path("chromedriver"));
        Ok(chrome.zip(driver).map(|(chrome, driver)| Self { chrome, driver }))
    }

    fn install() -> Result<Self> {
        const HELP: &str = "the browser tests need Chrome or Chromium and the chromedriver of its \
                            version: install both, or set CHROME and CHROMEDRIVER to their paths";
        let debian = Debian::detect().context(HELP)?;
        println!("Installing Chromium and chromedriver (1 to 2 minutes)");
        debian.install(&["chromium", "chromium-driver"]).context(HELP)?;
        Self::find()?.context(HELP)
    }

    /// A browser that does not print its version, as on Windows, passes.
    fn check_versions(&self) -> Result<()> {
        let Some(chrome) = major_version(&self.chrome) else {
            return Ok(());
        };
        let driver = major_version(&self.driver)
            .with_context(|| format!("`{} --version` fails", self.driver.display()))?;
        ensure!(
            chrome == driver,
            "{} is version {chrome} but {} is version {driver}; install the chromedriver of the \
             browser's version, or set CHROME and CHROMEDRIVER to a pair that agrees",
            self.chrome.display(),
            self.driver.display(),
        );
        Ok(())
    }

    /// Writes the capabilities that wasm-bindgen's test runner starts the browser with. The
    /// runner itself adds that the browser is headless and without a sandbox.
    pub fn write_capabilities(&self, file: &Path) -> Result<()> {
        let capabilities =
            json!({ "goog:chromeOptions": { "binary": self.chrome, "args": ARGUMENTS } });
        fs::write(file, capabilities.to_string())
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

/// The program that a variable names, if it is set.
fn from_environment(variable: &str) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(variable).map(PathBuf::from) else {
        return Ok(None);
    };
    ensure!(path.is_file(), "{variable} is set to {}, which is no file", path.display());
    Ok(Some(path))
}

/// On Windows the browser answers `--version` with a window, so it is not asked there.
fn major_version(program: &Path) -> Option<String> {
    if cfg!(windows) {
        return None;
    }
    let text = stdout(Command::new(program).arg("--version"))?;
    command::version(&text)?.split('.').next().map(str::to_owned)
}

/// A running chromedriver. Dropping it ends it and the browsers that it started.
pub struct Driver {
    /// Where it listens, without a slash at the end.
    pub url: String,
    port: u16,
    process: Child,
}

impl Driver {
    /// Starts chromedriver on a free port.
    pub fn start(browser: &Browser) -> Result<Self> {
        let mut process = Command::new(&browser.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} did not start", browser.driver.display()))?;
        let output = process.stdout.take();
        let mut driver = Self { url: String::new(), port: 0, process };
        let mut lines = BufReader::new(output.context("chromedriver has no output")?).lines();
        driver.port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| port(&line))
            .context("chromedriver named no port; run `chromedriver --port=0` to see why")?;
        driver.url = format!("http://127.0.0.1:{}", driver.port);
        // Its output is read to the end: a full or closed pipe would stop it.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(driver)
    }

    /// Asks chromedriver to close its browsers and end, which killing it would not do.
    fn shut_down(&self) -> Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_ok() {
            for _ in 0..100 {
                if let Ok(Some(_)) = self.process.try_wait() {
                    return;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        // Both fail only if the process has already ended.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The port in chromedriver's line "ChromeDriver was started successfully on port 9515."
fn port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_says_it_listens() {
        assert_eq!(port("ChromeDriver was started successfully on port 9515."), Some(9515));
        assert_eq!(port("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
