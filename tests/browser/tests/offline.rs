//! Later visits: without the server, with a newer build on it, and with a download that was cut.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

type Files = BTreeMap<String, Vec<u8>>;

/// The files of the built page.
fn built() -> Files {
    let mut files = Files::new();
    read(Path::new(&setting("TWO_PHASE_DIST")), "", &mut files);
    files
}

/// Reads a folder and those in it, under paths from the first.
fn read(folder: &Path, path: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{path}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else if !name.ends_with(".br") {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

/// The next build: two files of it differ, and its list says so.
fn next(mut files: Files) -> Files {
    let mut worker = String::from_utf8(files["offline.js"].clone()).unwrap();
    for (file, before, after) in [
        ("index.html", "<head>", "<head><meta name=\"build\" content=\"next\" />"),
        ("two-phase.js", "// Mounts", "// Next. Mounts"),
    ] {
        let old = hash(&files[file]);
        let text = String::from_utf8(files[file].clone()).unwrap().replacen(before, after, 1);
        assert!(worker.contains(&old) && text.contains(after), "{file}");
        worker = worker.replace(&old, &hash(text.as_bytes()));
        files.insert(file.into(), text.into_bytes());
    }
    let build = worker.split("const BUILD = \"").nth(1).unwrap().split('"').next().unwrap();
    let build = build.to_owned();
    files.insert("offline.js".into(), worker.replace(&build, "next").into_bytes());
    files
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A static host whose files can change, be cut, and vanish.
struct Host {
    url: String,
    files: Arc<Mutex<Files>>,
    /// The file of which only a half arrives.
    cut: Arc<Mutex<Option<String>>>,
    serving: JoinHandle<()>,
}

impl Host {
    async fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (files, cut) = (Arc::new(Mutex::new(files)), Arc::new(Mutex::new(None)));
        let (all, broken) = (Arc::clone(&files), Arc::clone(&cut));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&all), Arc::clone(&broken)));
            }
        });
        Self { url, files, cut, serving }
    }

    fn serve(&self, files: Files) {
        *self.files.lock().unwrap() = files;
    }

    /// From now on nothing listens.
    async fn stop(self) {
        self.serving.abort();
        self.serving.await.ok();
    }
}

async fn answer(
    mut stream: TcpStream,
    files: Arc<Mutex<Files>>,
    cut: Arc<Mutex<Option<String>>>,
) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let request = String::from_utf8(request).ok()?;
    let path = request.split(' ').nth(1)?.split('?').next()?.trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let content = files.lock().unwrap().get(name).cloned();
    let kind = match Path::new(name).extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let status = if content.is_some() { "200 OK" } else { "404 Not Found" };
    let content = content.unwrap_or_default();
    let is_cut = cut.lock().unwrap().as_deref() == Some(name);
    let sent = if is_cut { &content[..content.len() / 2] } else { &content[..] };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         cache-control: no-cache\r\naccess-control-allow-origin: *\r\n\
         connection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(sent).await.ok()?;
    stream.shutdown().await.ok()
}

async fn wait(seconds: u64, what: &str, condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < Duration::from_secs(seconds), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Visits a page, until its build is kept and answers for it.
async fn visit(host: &Host) -> Browser {
    let browser = Browser::start(Adapter::None).await;
    browser.client.goto(&host.url).await.unwrap();
    wait(60, "the build is not kept", async || {
        browser.script("return navigator.serviceWorker.controller !== null").await == true
    })
    .await;
    browser
}

/// Lets the browser look for a newer build, and waits until it has it or has given it up.
async fn look_for_next(browser: &Browser) {
    let script = "return (async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update().catch(() => {});
        while (registration.installing) await new Promise((done) => setTimeout(done, 50));
        return true;
    })()";
    assert_eq!(browser.script(script).await, true);
}

/// Which build the document is of, which one a file beside it, whether a newer one is offered, and
/// how many are kept.
async fn seen(browser: &Browser) -> Value {
    let script = "return (async () => [
        document.querySelector('meta[name=build]')?.content ?? 'first',
        (await (await fetch('./two-phase.js')).text()).startsWith('// Next') ? 'next' : 'first',
        !document.querySelector('[data-newer]').hidden,
        (await caches.keys()).length,
    ])()";
    browser.script(script).await
}

#[tokio::test]
async fn a_browser_finds_nothing_in_the_way_of_installing() {
    let host = Host::start(built()).await;
    let browser = visit(&host).await;
    let manifest = browser.devtools("Page.getAppManifest", json!({})).await;
    assert_eq!(manifest["errors"], json!([]), "{manifest}");
    assert!(manifest["url"].as_str().unwrap().ends_with("/manifest.webmanifest"), "{manifest}");
    let found = browser.devtools("Page.getInstallabilityErrors", json!({})).await;
    assert_eq!(found["installabilityErrors"], json!([]));
    browser.close().await;
    host.stop().await;
}

#[tokio::test]
async fn article_and_lab_play_when_the_server_is_gone() {
    let host = Host::start(built()).await;
    let browser = visit(&host).await;
    let url = host.url.clone();
    host.stop().await;
    for (query, steps) in
        [("p=11&width=16&seeds=2&steps=100", 100), ("preset=digits&width=16&seeds=1&steps=20", 20)]
    {
        browser.client.goto(&format!("{url}/?view=lab&backend=cpu&{query}")).await.unwrap();
        browser.wait_for(&["ready"], 30).await;
        browser.click("[data-part=play]").await;
        browser.wait_for(&["done"], 60).await;
        assert_eq!(browser.report().await["configurations"][0]["last_step"], steps);
    }
    browser.client.goto(&format!("{url}/?lang=ja")).await.unwrap();
    browser.wait_for(&["ready"], 30).await;
    assert_eq!(browser.attribute("lang").await, "ja");
    let title = browser.text("#hero h1").await;
    assert!(!title.is_ascii(), "{title}");
    browser.click("[data-primary] [data-part=play]").await;
    browser.wait_for(&["running", "paused", "done"], 60).await;
    // A file of no build is not answered for.
    let other = "return fetch('./no-such-file.json').then(() => 'answered', () => 'refused')";
    assert_eq!(browser.script(other).await, "refused");
    browser.client.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_build_waits_for_the_reader_and_never_mixes() {
    let host = Host::start(built()).await;
    let browser = visit(&host).await;
    host.serve(next(built()));
    look_for_next(&browser).await;
    wait(10, "it is not offered", async || seen(&browser).await[2] == true).await;
    for _ in 0..2 {
        assert_eq!(seen(&browser).await, json!(["first", "first", true, 2]));
        browser.client.refresh().await.unwrap();
        browser.wait_for(&["ready"], 30).await;
        wait(10, "it is not offered again", async || seen(&browser).await[2] == true).await;
    }
    browser.click("[data-newer] button").await;
    wait(30, "it does not take over", async || {
        browser.script("return document.querySelector('meta[name=build]') !== null").await == true
    })
    .await;
    browser.wait_for(&["ready"], 30).await;
    wait(10, "the old build stays", async || {
        seen(&browser).await == json!(["next", "next", false, 1])
    })
    .await;
    browser.close().await;
}

#[tokio::test]
async fn a_download_that_is_cut_leaves_the_old_build_in_use() {
    let host = Host::start(built()).await;
    let browser = visit(&host).await;
    let program = |name: &&String| name.starts_with("worker-cpu") && name.ends_with(".wasm");
    let name = built().keys().find(program).unwrap().clone();
    *host.cut.lock().unwrap() = Some(name.clone());
    host.serve(next(built()));
    look_for_next(&browser).await;
    browser.client.refresh().await.unwrap();
    browser.wait_for(&["ready"], 30).await;
    assert_eq!(seen(&browser).await, json!(["first", "first", false, 1]));
    // Nor is a file taken that the list does not have.
    *host.cut.lock().unwrap() = None;
    let mut mixed = next(built());
    mixed.insert("two-phase.js".into(), built().remove("two-phase.js").unwrap());
    host.serve(mixed);
    look_for_next(&browser).await;
    assert_eq!(seen(&browser).await, json!(["first", "first", false, 1]));
    // Whole, it is taken.
    host.serve(next(built()));
    look_for_next(&browser).await;
    wait(10, "it is not offered", async || seen(&browser).await[2] == true).await;
    browser.client.close().await.unwrap();
}

/// Plays a short run in the lab, to its end.
async fn play(browser: &Browser, host: &Host) {
    let query = "?view=lab&backend=cpu&p=11&width=16&seeds=2&steps=100";
    browser.client.goto(&format!("{}/{query}", host.url)).await.unwrap();
    browser.wait_for(&["ready"], 30).await;
    browser.click("#lab [data-part=play]").await;
    browser.wait_for(&["done"], 60).await;
}

async fn is_hidden(browser: &Browser, part: &str) -> bool {
    let script = format!("return document.querySelector('#lab [data-part={part}]').hidden");
    browser.script(&script).await == true
}

#[tokio::test]
async fn the_last_run_is_offered_shown_pinned_and_forgotten() {
    let host = Host::start(built()).await;
    let browser = Browser::start(Adapter::None).await;
    play(&browser, &host).await;
    assert!(
        is_hidden(&browser, "last-run").await && is_hidden(&browser, "last-run-not-kept").await
    );
    // Other settings: the offer has its own.
    let other = format!("{}/?view=lab&backend=cpu&p=13", host.url);
    browser.client.goto(&other).await.unwrap();
    wait(10, "it is not offered", async || !is_hidden(&browser, "last-run").await).await;
    let words = browser.text("#lab [data-part=last-run-words]").await;
    assert!(words.contains("step 100") && words.contains("mod 11"), "{words}");
    assert_eq!(browser.attribute("data-state").await, "ready", "nothing is forced");
    browser.click("#lab [data-part=last-run-show]").await;
    browser.wait_for_text("#lab [data-part=finding]", "100", 10).await;
    assert!(is_hidden(&browser, "last-run").await);
    assert!(browser.client.current_url().await.unwrap().query().unwrap().contains("p=11"));
    // Pinned, it stays as a grey curve beside other settings.
    browser.click("#lab .chip.pin").await;
    browser
        .script(
            "const preset = document.querySelector('#lab [data-part=preset]');
         preset.value = 'grokking-fast';
         preset.dispatchEvent(new Event('change', { bubbles: true }))",
        )
        .await;
    wait(10, "it is not kept beside", async || {
        browser.script("return document.querySelector('#lab .chip .remove') !== null").await == true
    })
    .await;
    browser.client.refresh().await.unwrap();
    wait(10, "it is not offered", async || !is_hidden(&browser, "last-run").await).await;
    browser.click("#lab [data-part=last-run-forget]").await;
    wait(10, "it is still offered", async || is_hidden(&browser, "last-run").await).await;
    browser.client.refresh().await.unwrap();
    browser.wait_for(&["ready"], 30).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(is_hidden(&browser, "last-run").await, "it was forgotten");
    browser.close().await;
}

#[tokio::test]
async fn without_storage_the_lab_works_and_says_that_nothing_is_kept() {
    let host = Host::start(built()).await;
    let browser = Browser::start(Adapter::None).await;
    let refuse = "Object.defineProperty(window, 'indexedDB', { get() {
        throw new DOMException('refused', 'SecurityError');
    } })";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": refuse })).await;
    play(&browser, &host).await;
    wait(10, "it is not said", async || !is_hidden(&browser, "last-run-not-kept").await).await;
    browser.close().await;
}

#[tokio::test]
async fn in_a_sandbox_the_lab_works_and_nothing_is_kept() {
    let mut files = built();
    let frame = "<!doctype html><iframe sandbox=\"allow-scripts\" width=\"1000\" height=\"800\" \
                 src=\"./index.html?view=lab&p=11&width=16&seeds=2&steps=100&backend=cpu\"></iframe>";
    files.insert("frame.html".into(), frame.into());
    let host = Host::start(files).await;
    let browser = Browser::start(Adapter::None).await;
    browser.client.goto(&format!("{}/frame.html", host.url)).await.unwrap();
    browser.client.clone().enter_frame(0).await.unwrap();
    browser.wait_for(&["ready"], 30).await;
    // Longer than it takes to register a worker.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(browser.attribute("data-state").await, "ready");
    let errors: Vec<String> =
        browser.log().await.into_iter().filter(|entry| entry.contains("panicked")).collect();
    assert_eq!(errors, Vec::<String>::new());
    browser.client.clone().enter_parent_frame().await.unwrap();
    assert_eq!(browser.script("return caches.keys().then((names) => names.length)").await, 0);
    browser.client.close().await.unwrap();
}
