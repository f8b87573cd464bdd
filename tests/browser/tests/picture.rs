//! Charts as files, and what is shown before and without the program.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use fantoccini::Locator;
use serde_json::{Value, json};
use url::Url;

/// How a server can be in the way of the program.
#[derive(Clone, Copy)]
enum Fault {
    /// It allows no programs, and no scripts in the document.
    Policy(&'static str),
    /// It does not have files whose name ends so.
    Missing(&'static str),
    /// It sends half of files whose name ends so.
    Cut(&'static str),
    /// It sends scripts as plain text, and says that this is meant.
    PlainText,
}

/// Serves the page with a fault; gives back its address.
fn serve(fault: Fault) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that closes a connection early is no fault of the page.
            thread::spawn(move || answer(stream, fault).ok());
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, fault: Fault) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
    let name = path.split('?').next().unwrap_or_default();
    let page = Url::parse(&setting("TWO_PHASE_URL")).unwrap();
    let host = page.socket_addrs(|| None)?[0];
    let mut from = TcpStream::connect(host)?;
    write!(from, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut whole = Vec::new();
    from.read_to_end(&mut whole)?;
    let end = whole.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = (String::from_utf8_lossy(&whole[..end]), &whole[end + 4..]);
    let kept = |line: &&str| {
        let line = line.to_ascii_lowercase();
        let is_type = line.starts_with("content-type");
        let is_replaced = is_type && matches!(fault, Fault::PlainText) && name.ends_with(".js");
        let ours = ["content-length", "connection", "transfer-encoding"];
        !is_replaced && !ours.iter().any(|name| line.starts_with(name))
    };
    let mut lines: Vec<String> = head.lines().filter(kept).map(str::to_owned).collect();
    let mut sent = body;
    match fault {
        Fault::Policy(policy) => lines.push(format!("Content-Security-Policy: {policy}")),
        Fault::Missing(part) if name.ends_with(part) => {
            lines[0] = "HTTP/1.1 404 Not Found".to_owned();
            sent = &[];
        }
        Fault::Cut(part) if name.ends_with(part) => sent = &body[..body.len() / 2],
        Fault::PlainText if name.ends_with(".js") => {
            lines.push("Content-Type: text/plain".into());
            lines.push("X-Content-Type-Options: nosniff".into());
        }
        _ => {}
    }
    let length = if sent.is_empty() { 0 } else { body.len() };
    lines.push(format!("Content-Length: {length}"));
    lines.push("Cache-Control: no-store".into());
    lines.push("Connection: close".into());
    write!(stream, "{}\r\n\r\n", lines.join("\r\n"))?;
    stream.write_all(sent)?;
    stream.shutdown(Shutdown::Write)
}

/// What an asynchronous function with this body gives.
async fn later(browser: &Browser, body: &str) -> Value {
    browser.script(&format!("return (async () => {{ {body} }})()")).await
}

/// What the page says below a poster, once it says something.
async fn cause(browser: &Browser, place: &str) -> (String, String) {
    let start = Instant::now();
    let line = format!("document.querySelector('{place} .not-started')");
    loop {
        let found = browser.script(&format!("return {line}?.dataset.cause ?? null")).await;
        if let Some(cause) = found.as_str() {
            let words = browser.script(&format!("return {line}.innerText")).await;
            return (cause.to_owned(), words.as_str().unwrap().to_owned());
        }
        assert!(start.elapsed() < Duration::from_secs(10), "nothing is said within 10 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_is_in_the_way_of_the_program_is_named_within_10_s() {
    let strict = "default-src 'self'";
    let no_program = "default-src 'self' 'unsafe-inline'";
    for (fault, query, expected, words) in [
        (Fault::Policy(strict), "", "policy", "Content-Security-Policy needs"),
        (Fault::Policy(no_program), "?lang=ja", "policy", "プログラムを許可していません"),
        (Fault::Policy(strict), "?embed=1", "policy", "Content-Security-Policy needs"),
        (Fault::Cut("_bg.wasm"), "?embed=1&wd=3", "cut", "arrived incomplete"),
        (Fault::Missing("_bg.wasm"), "", "missing", "Upload the whole folder again"),
        (Fault::Cut("_bg.wasm"), "", "cut", "arrived incomplete"),
        (Fault::PlainText, "", "type", "text/javascript"),
    ] {
        let browser = Browser::start(Adapter::None).await;
        browser.client.goto(&format!("{}/{query}", serve(fault))).await.unwrap();
        let place = if query.contains("embed") { "#embed" } else { "#hero" };
        let (found, said) = cause(&browser, place).await;
        assert!(found == expected && said.contains(words), "{expected}: {found}: {said}");
        let poster = browser
            .script(&format!(
                "const poster = document.querySelector('{place} :is(img.poster, .poster img)'); \
                 return poster.getBoundingClientRect().width > 300 && poster.naturalWidth > 300 \
                    && getComputedStyle(poster).visibility === 'visible'"
            ))
            .await;
        assert_eq!(poster, true, "{expected}: the poster is there");
        // Read before the end, which takes no errors.
        assert!(!browser.log().await.is_empty(), "{expected}: the browser complains as well");
        browser.close().await;
    }
}

#[tokio::test]
async fn posters_are_seen_without_scripts_in_a_frame_too() {
    let browser = Browser::start_without_scripts().await;
    for query in ["", "?embed=1"] {
        browser.go_to(query).await;
        for section in ["hero", "push", "hurry", "width", "time"] {
            let selector = format!("#{section} .poster");
            let poster = browser.client.find(Locator::Css(&selector)).await.unwrap();
            let words = poster.attr("alt").await.unwrap().unwrap();
            let (_, _, width, height) = poster.rectangle().await.unwrap();
            assert!(poster.is_displayed().await.unwrap(), "{section}");
            assert!(width > 300.0 && height > 150.0 && words.len() > 40, "{section}: {words}");
        }
        let line = browser.client.find(Locator::Css("#hero .not-started")).await.unwrap();
        assert!(!line.is_displayed().await.unwrap());
    }
    browser.close().await;
}

#[tokio::test]
async fn posters_give_way_to_figures_without_a_shift() {
    let browser = Browser::start(Adapter::None).await;
    for width in [360, 1366] {
        let size =
            json!({ "width": width, "height": 740, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
        browser.go_to("").await;
        browser.wait_for(&["ready"], 30).await;
        let shift = later(
            &browser,
            "let sum = 0; new PerformanceObserver((list) => { for (const entry of \
             list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', \
             buffered: true }); await new Promise((done) => setTimeout(done, 1500)); return sum",
        )
        .await;
        assert!(shift.as_f64().unwrap() <= 0.02, "{width}: {shift}");
        let shown = "return [...document.querySelectorAll('.figure[data-state] > .poster')].map(
            (poster) => getComputedStyle(poster).display)";
        assert_eq!(browser.script(shown).await[0], "none", "the figure stands in its place");
    }
    // A PDF shows one canvas of a chart, so axes and curves are on the same one.
    let drawn = "dispatchEvent(new Event('beforeprint'));
        const canvas = document.querySelectorAll('#hero .main-chart canvas')[1];
        const context = canvas.getContext('2d');
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        dispatchEvent(new Event('afterprint'));
        return data.some((value) => value > 0)";
    assert_eq!(browser.script(drawn).await, json!(true));
    browser.go_to("?embed=1&wd=3").await;
    browser.wait_for(&["ready"], 30).await;
    let caption = "return document.querySelector('#embed .poster figcaption').offsetHeight > 0";
    assert_eq!(browser.script(caption).await, false);
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    assert_eq!(browser.script(caption).await, true, "another picture says so on paper");
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    browser.go_to("").await;
    browser.wait_for(&["ready"], 30).await;
    // On paper, a run that was not begun is the poster.
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    let shown = "const hero = document.querySelector('#hero'); return [getComputedStyle(
        hero.querySelector('.poster')).display, hero.querySelector('.over-time').offsetHeight]";
    assert_eq!(browser.script(shown).await, json!(["block", 0]));
    browser.close().await;
}

#[tokio::test]
async fn charts_in_sight_are_saved_as_svg_and_png() {
    let browser = Browser::start(Adapter::None).await;
    browser.go_to("?p=5&width=4&steps=60&seeds=2&info=off&backend=cpu").await;
    browser.wait_for(&["ready"], 30).await;
    browser.script("document.querySelector('#lab [data-part=play]').click()").await;
    browser.wait_for(&["done"], 60).await;
    let read = "const file = new DOMParser().parseFromString(twoPhase.svg(), 'image/svg+xml');
        return {
            root: file.documentElement.nodeName,
            language: file.documentElement.getAttribute('lang'),
            size: ['width', 'height'].map((name) => +file.documentElement.getAttribute(name)),
            words: [...file.querySelectorAll('text')].map((text) => text.textContent),
            paths: file.querySelectorAll('path').length,
        }";
    let svg = browser.script(read).await;
    assert_eq!((&svg["root"], &svg["language"]), (&json!("svg"), &json!("en")));
    let words: Vec<&str> =
        svg["words"].as_array().unwrap().iter().flat_map(|w| w.as_str()).collect();
    for part in ["Accuracy", "Loss", "training", "test", "Settings: mod 5", "p=5"] {
        assert!(words.iter().any(|words| words.contains(part)), "{part} in {words:?}");
    }
    assert!(svg["paths"].as_u64().unwrap() > 12, "{svg}");
    for scale in [2, 4] {
        let size = later(
            &browser,
            &format!(
                "const blob = await twoPhase.png(null, {scale}); const image = await \
                 createImageBitmap(blob); return [blob.type, image.width, image.height]"
            ),
        )
        .await;
        let pixels = |index: usize| json!(scale * svg["size"][index].as_u64().unwrap());
        assert_eq!(size, json!(["image/png", pixels(0), pixels(1)]));
    }
    browser.close().await;
}
