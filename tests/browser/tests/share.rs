//! A figure is passed on, its run is taken away, and comes back from a file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, native_report};
use fantoccini::Locator;
use serde_json::{Value, json};

const QUERY: &str = "p=11&width=16&wd=1,3&info=off&spectra=1&seeds=2&steps=300";

async fn train(browser: &Browser) {
    browser.open(&format!("?backend=cpu&play=1&{QUERY}")).await;
    browser.wait_for(&["done"], 60).await;
    browser.wait_for_measures().await;
}

async fn wait(browser: &Browser, condition: &str) {
    let start = Instant::now();
    while browser.script(&format!("return !!({condition})")).await != true {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {condition}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn press(browser: &Browser, key: &str) {
    browser.client.active_element().await.unwrap().send_keys(key).await.unwrap();
}

/// Drops a file of this content on the document.
async fn drop_file(browser: &Browser, name: &str, content: &str) {
    let script = "const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0]));
        const options = { dataTransfer: data, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent('drop', options))";
    browser.client.execute(script, vec![name.into(), content.into()]).await.unwrap();
}

/// Whether two values hold the same: the browser writes 1.0 as 1.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, a): (&String, &Value)| other.get(key).is_some_and(|b| is_same(a, b));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

/// The report that a native run gives, as its file.
fn native_file() -> (Value, String) {
    let report = native_report(QUERY);
    let text = report.to_string();
    (report, text)
}

#[tokio::test]
async fn the_dialog_is_used_by_keyboard_and_copies_what_it_shows() {
    let browser = Browser::start(Adapter::None).await;
    let permission = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.devtools("Browser.grantPermissions", permission).await;
    train(&browser).await;
    browser.script("document.querySelector('[data-part=scrub]').focus()").await;
    press(&browser, "\u{e011}").await;
    browser.script("document.querySelector('[data-part=share]').focus()").await;
    press(&browser, "\u{e007}").await;
    wait(&browser, "document.querySelector('dialog[open]')").await;
    // The keys of the figure do nothing here.
    press(&browser, "r").await;
    assert_eq!(browser.attribute("data-state").await, "done");
    let value = async |part: &str| {
        let script = format!("return document.querySelector('dialog [data-part={part}]').value");
        browser.script(&script).await.as_str().unwrap().to_owned()
    };
    let link = value("share-link").await;
    assert!(link.contains("at=0&") && link.contains("wd=1,3"), "{link}");
    assert!(value("share-element").await.contains("<two-phase-figure backend=\"cpu\" at=\"0\""));
    assert!(value("share-bibtex").await.contains(&format!("url = {{{link}}}")));
    assert!(value("take-pytorch").await.contains("two-phase.safetensors"));
    assert_eq!(browser.script("return !!document.querySelector('dialog svg path')").await, true);
    browser.click("dialog [data-part=share-link] + button").await;
    browser.wait_for_text("[data-part=share-status]", "Link: copied.", 10).await;
    let copied = browser.script("return navigator.clipboard.readText()").await;
    assert_eq!(copied, link.as_str());
    // Where the browser refuses, the text is selected.
    browser.script("navigator.clipboard.writeText = () => Promise.reject()").await;
    browser.click("dialog [data-part=share-bibtex] + button").await;
    browser.wait_for_text("[data-part=share-status]", "The text is selected", 10).await;
    let selected = "const field = document.activeElement;
        return field.dataset.part + (field.selectionEnd - field.selectionStart)";
    let length = value("share-bibtex").await.len();
    assert_eq!(browser.script(selected).await, format!("share-bibtex{length}"));
    press(&browser, "\u{e00c}").await;
    wait(&browser, "!document.querySelector('dialog[open]')").await;
    assert_eq!(browser.script("return document.activeElement.dataset.part").await, "share");
    browser.close().await;
}

#[tokio::test]
async fn a_figure_of_the_article_is_shared_by_its_section() {
    let browser = Browser::start(Adapter::None).await;
    browser.go_to("#push").await;
    wait(&browser, "document.querySelector('#push [data-part=share]')").await;
    browser.script("document.querySelector('#push [data-part=share]').click()").await;
    wait(&browser, "document.querySelector('dialog[open]')").await;
    for (part, words) in [
        ("share-link", "/#push"),
        ("share-iframe", "?embed=1&amp;figure=push\""),
        ("share-element", "<two-phase-figure figure=\"push\""),
        ("share-markdown", "What pushes it?"),
    ] {
        let script = format!("return document.querySelector('dialog [data-part={part}]').value");
        let value = browser.script(&script).await;
        assert!(value.as_str().unwrap().contains(words), "{part}: {value}");
    }
    browser.close().await;
}

#[tokio::test]
async fn what_is_taken_away_holds_the_numbers_of_the_report() {
    let browser = Browser::start(Adapter::None).await;
    train(&browser).await;
    let report = browser.report().await;
    let native = native_report(QUERY);
    for member in 0..4 {
        // Native and in a browser sums have another order.
        let loss = |report: &Value| {
            let losses = &report["members"][member]["curves"]["train_loss"];
            losses.as_array().unwrap().iter().take(200).map(|l| l.as_f64().unwrap()).collect()
        };
        let (here, there): (Vec<f64>, Vec<f64>) = (loss(&report), loss(&native));
        assert!(here.iter().zip(&there).all(|(a, b)| (a - b).abs() < 0.01 * b), "member {member}");
    }
    let table = browser.script("return twoPhase.csv()").await;
    let table = table.as_str().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("3,300,"));
    let mut seen = 0;
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        let member = &report["members"][3];
        let group = if member["curves"][cells[2]].is_array() { "curves" } else { "measures" };
        let expected = member[group][cells[2]].as_array().unwrap().last().unwrap();
        let value: f64 = cells[3].parse().unwrap();
        assert_eq!(value as f32, expected.as_f64().unwrap() as f32, "{row}");
        seen += 1;
    }
    assert!(seen > 4, "{seen} values at the last step");
    // The norm of the weights in the file is the one that was measured.
    let norm = browser
        .script(
            "return (async () => {
               const file = await twoPhase.weights();
               const view = new DataView(file.buffer);
               const start = 8 + Number(view.getBigUint64(0, true));
               const header = JSON.parse(new TextDecoder().decode(file.slice(8, start)));
               const [from, to] = header['member-3.layer-1.weight'].data_offsets;
               let sum = 0;
               for (let at = start + from; at < start + to; at += 4) {
                 sum += view.getFloat32(at, true) ** 2;
               }
               return [Math.sqrt(sum), header.__metadata__.step];
             })()",
        )
        .await;
    let measured = &report["members"][3]["measures"]["weight-norm.layer-1"];
    let measured = measured.as_array().unwrap().last().unwrap().as_f64().unwrap();
    let difference = (norm[0].as_f64().unwrap() - measured).abs();
    assert!(difference < 1e-4 * measured, "{norm} and {measured}");
    assert_eq!(norm[1], "300");
    browser.script("document.querySelector('[data-part=share]').click()").await;
    for (part, words) in [("csv", "Table"), ("json", "Report"), ("weights", "Weights")] {
        browser.click(&format!("[data-part=take-{part}]")).await;
        browser.wait_for_text("[data-part=share-status]", words, 10).await;
        browser.wait_for_text("[data-part=share-status]", "the file is ready", 10).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_native_report_is_opened_scrubbed_and_compared() {
    let browser = Browser::start(Adapter::None).await;
    let (report, text) = native_file();
    browser.open("?backend=cpu").await;
    browser.wait_for(&["ready"], 30).await;
    drop_file(&browser, "run.json", &text).await;
    browser.wait_for(&["done"], 10).await;
    browser
        .wait_for_text("[data-part=progress-text]", "A run from a file, up to step 300", 10)
        .await;
    let opened = browser.report().await;
    assert!(is_same(&opened["members"], &report["members"]), "other numbers than in the file");
    assert_eq!(browser.script("return twoPhase.held().workers").await, 0);
    browser.script("document.querySelector('[data-part=scrub]').focus()").await;
    press(&browser, "\u{e011}").await;
    browser.wait_for_text("[data-part=progress-text]", "step 0", 10).await;
    // There are no weights of a run that was not trained here.
    assert_eq!(browser.script("return twoPhase.weights()").await, Value::Null);
    // A live run of the same settings stands beside it.
    browser.click("[data-part=play]").await;
    browser.wait_for_text("[data-part=runs]", "the file", 10).await;
    browser.wait_for(&["done"], 60).await;
    browser.wait_for_text("[data-part=progress-text]", "Done", 10).await;
    browser.close().await;
}

#[tokio::test]
async fn a_file_is_chosen_by_the_button_of_the_lab() {
    let browser = Browser::start(Adapter::None).await;
    let path = std::env::temp_dir().join(format!("two-phase-{}.json", std::process::id()));
    std::fs::write(&path, native_file().1).unwrap();
    browser.open("?backend=cpu").await;
    browser.wait_for(&["ready"], 30).await;
    let input = browser.client.find(Locator::Css("[data-part=run-file]")).await.unwrap();
    input.send_keys(path.to_str().unwrap()).await.unwrap();
    browser.wait_for(&["done"], 10).await;
    std::fs::remove_file(path).unwrap();
    browser.close().await;
}

#[tokio::test]
async fn an_address_names_a_recording_and_a_step() {
    let browser = Browser::start(Adapter::None).await;
    browser.go_to("?run=recorded-grokking.json&at=100").await;
    browser.wait_for(&["done"], 10).await;
    browser.wait_for_text("[data-part=progress-text]", "step 100,", 10).await;
    assert_eq!(browser.report().await["members"].as_array().unwrap().len(), 5);
    let search = browser.script("return location.search").await;
    assert!(search.as_str().unwrap().contains("run=recorded-grokking.json"), "{search}");
    // A run that trains here is shown at the step once it has come there.
    browser.go_to(&format!("?at=50&backend=cpu&play=1&{QUERY}")).await;
    browser.wait_for(&["done"], 60).await;
    browser.wait_for_text("[data-part=progress-text]", "step 50,", 10).await;
    browser.close().await;
}

#[tokio::test]
async fn a_file_that_is_no_run_is_named_in_one_sentence() {
    let browser = Browser::start(Adapter::None).await;
    let (_, text) = native_file();
    browser.open("?backend=cpu").await;
    browser.wait_for(&["ready"], 30).await;
    let older = text.replace("\"version\":2", "\"version\":1");
    let large = " ".repeat(20_000_001);
    for (name, content, words) in [
        ("half.json", &text[..text.len() / 2], "“half.json” ends in the middle."),
        ("old.json", &older, "“old.json” is a report of version “1”"),
        ("run.csv", "# program: two-phase\nmember,step\n0,1\n", "is a table of values"),
        ("page.html", "<!doctype html><p>404", "“page.html” is a web page."),
        ("net.safetensors", "\u{8}\0\0\0\0\0\0\0{}      ", "holds the weights of networks"),
        ("large.json", &large, "“large.json” is larger than 20 MB."),
        ("notes.json", "{\"a\": 1}", "“notes.json” holds no run."),
    ] {
        drop_file(&browser, name, content).await;
        browser.wait_for_text("[data-part=notes]", words, 10).await;
        assert_eq!(browser.attribute("data-state").await, "ready", "{name}");
    }
    for (address, words) in [
        ("?run=digits.bin", "“digits.bin” was not opened"),
        ("?run=file:///etc/run.json", "“run.json” was not opened"),
    ] {
        browser.go_to(address).await;
        browser.wait_for(&["ready"], 30).await;
        browser.wait_for_text("[data-part=notes]", words, 15).await;
        assert_eq!(browser.attribute("data-state").await, "ready", "{address}");
    }
    browser.close().await;
}
