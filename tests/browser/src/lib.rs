//! A browser as the tests need it: opened with or without a graphics adapter, driven over
//! WebDriver.
//!
//! `cargo xtask test e2e` builds the page, serves it, starts the driver and says where everything
//! is in the environment variables named here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use url::{ParseError, Url};

/// Whether the browser has a WebGPU adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// None: the state of most headless browsers, and of browsers without WebGPU.
    None,
    /// Chromium's software adapter.
    SwiftShader,
}

/// The program whose behaviour is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, the only one with [`Browser::devtools`] and [`Browser::log`].
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK.
    WebKit,
}

impl Engine {
    /// The engine that `TWO_PHASE_ENGINE` names, Chromium without it.
    #[must_use]
    pub fn named() -> Self {
        match env::var("TWO_PHASE_ENGINE").as_deref() {
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            _ => Self::Chromium,
        }
    }
}

/// A browser with the page open.
pub struct Browser {
    /// The WebDriver session.
    pub client: Client,
    engine: Engine,
}

/// The value of an environment variable that `cargo xtask test e2e` sets.
#[must_use]
pub fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test e2e`"))
}

impl Browser {
    /// Starts a browser with a fresh profile, 1200 by 900 CSS pixels.
    pub async fn start(adapter: Adapter) -> Self {
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1200,900",
            // Tests read English where an address names no language.
            "--accept-lang=en-GB",
        ];
        if adapter == Adapter::SwiftShader {
            arguments.extend(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
        }
        let options = json!({ "binary": setting("TWO_PHASE_CHROME"), "args": arguments });
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 60_000 },
        });
        Self::connect(Engine::Chromium, &capabilities).await
    }

    /// Starts the engine that [`Engine::named`] gives. Only what every driver understands may be
    /// asked of it.
    pub async fn start_engine() -> Self {
        match Engine::named() {
            Engine::Chromium => Self::start(Adapter::None).await,
            Engine::Firefox => Self::start_firefox(json!({})).await,
            Engine::WebKit => {
                let options =
                    json!({ "binary": setting("TWO_PHASE_BROWSER"), "args": ["--automation"] });
                let capabilities = json!({
                    "webkitgtk:browserOptions": options,
                    "timeouts": { "script": 60_000 },
                });
                Self::connect(Engine::WebKit, &capabilities).await
            }
        }
    }

    /// Starts Chromium or Firefox, as [`Engine::named`] says, with scripts of pages switched off.
    pub async fn start_without_scripts() -> Self {
        if Engine::named() == Engine::Firefox {
            return Self::start_firefox(json!({ "javascript.enabled": false })).await;
        }
        let browser = Self::start(Adapter::None).await;
        let off = json!({ "value": true });
        browser.devtools("Emulation.setScriptExecutionDisabled", off).await;
        browser
    }

    /// Starts Firefox with preferences beside those of every test.
    async fn start_firefox(mut preferences: Value) -> Self {
        preferences["intl.accept_languages"] = json!("en-GB");
        let options = json!({
            "binary": setting("TWO_PHASE_BROWSER"),
            "args": ["-headless"],
            "prefs": preferences,
        });
        let capabilities = json!({
            "moz:firefoxOptions": options,
            "timeouts": { "script": 60_000 },
        });
        Self::connect(Engine::Firefox, &capabilities).await
    }

    async fn connect(engine: Engine, capabilities: &Value) -> Self {
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&setting("WEBDRIVER_URL"))
            .await
            .expect("the driver starts a browser");
        if engine != Engine::Chromium {
            client.set_window_size(1200, 900).await.ok();
        }
        Self { client, engine }
    }

    /// Opens the lab with the given query string.
    pub async fn open(&self, query: &str) {
        let rest = query.strip_prefix('?').unwrap_or_default();
        self.go_to(&format!("?view=lab&{rest}")).await;
    }

    /// Opens the page with the given query string, as it is.
    pub async fn go_to(&self, query: &str) {
        self.client.goto(&format!("{}/{query}", setting("TWO_PHASE_URL"))).await.unwrap();
    }

    /// Waits until `<html data-state>` is one of the given states.
    ///
    /// # Panics
    /// If it is not within the given time, with what the page says at that moment.
    pub async fn wait_for(&self, states: &[&str], seconds: u64) {
        let start = Instant::now();
        loop {
            let state = self.attribute("data-state").await;
            if states.contains(&state.as_str()) {
                return;
            }
            if start.elapsed() > Duration::from_secs(seconds) {
                let (status, badge) = (
                    self.text("[data-part=progress-text]").await,
                    self.text("[data-part=badge]").await,
                );
                let log = self.log().await;
                panic!(
                    "after {seconds} s the state is {state}, not {states:?}; {badge}; {status}; {log:?}"
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the text of the first element that a selector finds holds `part`.
    ///
    /// # Panics
    /// If it does not within the given time.
    pub async fn wait_for_text(&self, selector: &str, part: &str, seconds: u64) {
        let start = Instant::now();
        loop {
            let text = self.text(selector).await;
            if text.contains(part) {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(seconds), "“{text}” lacks “{part}”");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until everything recorded is measured.
    ///
    /// # Panics
    /// If it is not within a minute.
    pub async fn wait_for_measures(&self) {
        let start = Instant::now();
        while self.attribute("data-measures").await != "complete" {
            assert!(start.elapsed() < Duration::from_secs(60), "measures are behind");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// An attribute of `<html>`, empty if it is not there.
    pub async fn attribute(&self, name: &str) -> String {
        let script = format!("return document.documentElement.getAttribute('{name}') ?? ''");
        self.script(&script).await.as_str().unwrap().to_owned()
    }

    /// The text of the first element that a selector finds.
    pub async fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector('{selector}').textContent");
        self.script(&script).await.as_str().unwrap().to_owned()
    }

    /// The page's own report of the run.
    pub async fn report(&self) -> Value {
        self.script("return window.twoPhase.report()").await
    }

    /// Runs a script in the page and returns its result.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Clicks the first element that a selector finds, with the mouse.
    pub async fn click(&self, selector: &str) {
        self.client.find(Locator::Css(selector)).await.unwrap().click().await.unwrap();
    }

    /// Presses a key while the figure has the focus.
    pub async fn press(&self, key: &str) {
        self.script("document.activeElement.blur()").await;
        self.client
            .find(Locator::Css("[data-part=figure]"))
            .await
            .unwrap()
            .send_keys(key)
            .await
            .unwrap();
    }

    /// Sends a command of the Chrome DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extension { path: "goog/cdp/execute", body }).await.unwrap()
    }

    /// Everything that was written to the console since the last call; nothing where the driver
    /// does not tell.
    pub async fn log(&self) -> Vec<String> {
        if self.engine != Engine::Chromium {
            return Vec::new();
        }
        let body = json!({ "type": "browser" });
        let entries = self.client.issue_cmd(Extension { path: "se/log", body }).await.unwrap();
        entries.as_array().unwrap().iter().map(ToString::to_string).collect()
    }

    /// Ends the browser, after a look at the console of Chromium.
    ///
    /// # Panics
    /// If an error was written there.
    pub async fn close(self) {
        let errors: Vec<String> =
            self.log().await.into_iter().filter(|entry| entry.contains("SEVERE")).collect();
        self.client.close().await.unwrap();
        assert_eq!(errors, Vec::<String>::new(), "errors on the console");
    }
}

/// The report that the command line gives for an experiment.
///
/// # Panics
/// If it fails.
#[must_use]
pub fn native_report(query: &str) -> Value {
    let output = Command::new(setting("TWO_PHASE_CLI"))
        .args(["run", query, "--json", "-"])
        .output()
        .expect("the command line is built");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// A command that chromedriver has beyond the WebDriver standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
