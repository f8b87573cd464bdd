//! The worked examples of docs/examples, as their tools build them: in each the figure gets ready,
//! plays to its end, and gives its report. `cargo xtask test examples` builds them and runs this.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use fantoccini::Locator;

/// Opens a page of another origin than the figure's, plays the figure, and looks at its report.
async fn play(browser: &Browser, address: &str) {
    browser.client.goto(address).await.unwrap();
    play_figure(browser, address).await;
}

async fn play_figure(browser: &Browser, address: &str) {
    wait(browser, address, 30, "document.querySelector('two-phase-figure')").await;
    browser
        .script(
            "window.figure = document.querySelector('two-phase-figure');
             window.heard = [];
             for (const name of ['ready', 'state', 'phase', 'done', 'error']) {
                 figure.addEventListener(name, (event) => heard.push(name));
             }
             figure.scrollIntoView();
             const play = () => figure.play().catch((error) => heard.push(String(error)));
             play();",
        )
        .await;
    wait(browser, address, 90, "heard.includes('done')").await;
    browser.script("figure.report().then((report) => { window.report = report })").await;
    wait(browser, address, 20, "window.report").await;
    let step = browser.script("return report.members[0].generalise_step").await;
    assert!(step.as_u64().is_some_and(|step| (100..1000).contains(&step)), "{address}: {step}");
}

async fn wait(browser: &Browser, address: &str, seconds: u64, condition: &str) {
    let start = Instant::now();
    while browser.script(&format!("return Boolean({condition})")).await != true {
        if start.elapsed() > Duration::from_secs(seconds) {
            let heard = browser.script("return String(window.heard)").await;
            panic!("{address}: not within {seconds} s: {condition}; heard {heard}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
#[ignore = "needs the tools that `cargo xtask test examples` installs"]
async fn each_example_plays_where_its_tool_has_built_it() {
    let browser = Browser::start(Adapter::None).await;
    let site = setting("TWO_PHASE_OTHER_URL");
    for page in [
        "plain/",
        "import/",
        "mkdocs/",
        "sphinx/",
        "mdbook/figure.html",
        "jupyter/figure.html",
        "reveal/#/1",
    ] {
        play(&browser, &format!("{site}/{page}")).await;
    }
    browser.client.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the tools that `cargo xtask test examples` installs"]
async fn a_script_that_makes_a_figure_hears_when_it_is_done() {
    let browser = Browser::start(Adapter::None).await;
    play(&browser, &format!("{}/import/", setting("TWO_PHASE_OTHER_URL"))).await;
    let result = "document.getElementById('result').textContent.startsWith('Generalised at')";
    wait(&browser, "import", 20, result).await;
    browser.client.close().await.unwrap();
}

/// A notebook server; dropping it ends it.
struct Notebook(Child);

impl Drop for Notebook {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
#[ignore = "needs the tools that `cargo xtask test examples` installs"]
async fn a_figure_plays_in_a_live_notebook() {
    // Free a moment ago, so most likely still free.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Command::new(setting("TWO_PHASE_JUPYTER"))
        .args(["notebook", "--no-browser", "--allow-root", "--IdentityProvider.token="])
        .arg(format!("--port={port}"))
        .arg(format!("--notebook-dir={}", setting("TWO_PHASE_NOTEBOOKS")))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _server = Notebook(server);
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(60), "the notebook server did not start");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let browser = Browser::start(Adapter::None).await;
    let address = format!("http://127.0.0.1:{port}/notebooks/figure.ipynb");
    browser.client.goto(&address).await.unwrap();
    wait(&browser, &address, 60, "document.querySelector('.jp-CodeCell')").await;
    let cell = "document.querySelector('.jp-CodeCell .jp-InputArea-editor')";
    wait(&browser, &address, 60, cell).await;
    // Runs all cells as its menu does.
    let kernel = "document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')";
    wait(&browser, &address, 60, kernel).await;
    let editor = browser.client.find(Locator::Css(".jp-CodeCell .cm-content")).await.unwrap();
    // Control and Enter.
    editor.send_keys("\u{e009}\u{e007}").await.unwrap();
    play_figure(&browser, &address).await;
    browser.client.close().await.unwrap();
}
