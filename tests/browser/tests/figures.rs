//! Several figures on one page: they share the workers, keep to themselves, and leave nothing
//! behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use fantoccini::Locator;
use serde_json::{Value, json};

/// Six experiments, each of a second or so.
const SIX: [&str; 6] = [
    "p=11&width=16&seeds=2&steps=600",
    "wd=3&p=11&width=16&seeds=3&steps=600",
    "preset=digits&seeds=2&steps=100",
    "preset=double-descent-features&seeds=1&width=10,100,200,400",
    "preset=double-descent-time&seeds=2&steps=400",
    "preset=information-plane&seeds=1&steps=400",
];

/// Opens the page with six figures and puts these experiments into them.
async fn open_six(browser: &Browser) {
    browser
        .client
        .goto(&format!("{}/figures-example.html", setting("TWO_PHASE_URL")))
        .await
        .unwrap();
    wait(browser, 30, async || states(browser).await == ["ready"; 6]).await;
    let queries = serde_json::to_string(&SIX).unwrap();
    browser
        .script(&format!(
            "const queries = {queries};
             document.querySelectorAll('[data-two-phase]').forEach((figure, index) => {{
               twoPhase.unmount(figure);
               figure.dataset.twoPhase = queries[index];
               twoPhase.mount(figure);
             }})"
        ))
        .await;
    wait(browser, 30, async || states(browser).await == ["ready"; 6]).await;
}

async fn states(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-two-phase]')]
                    .map((figure) => figure.dataset.state ?? '')";
    serde_json::from_value(browser.script(script).await).unwrap()
}

async fn wait(browser: &Browser, seconds: u64, condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < Duration::from_secs(seconds), "{:?}", states(browser).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn held(browser: &Browser) -> Value {
    browser.script("return twoPhase.held()").await
}

#[tokio::test]
async fn six_figures_share_the_workers_and_agree_with_pages_of_their_own() {
    let browser = Browser::start(Adapter::None).await;
    open_six(&browser).await;
    assert_eq!(held(&browser).await["workers"], 0, "nothing starts on load");
    // Short runs may be over between two looks from here, so the page itself looks.
    browser
        .script(
            "window.seen = { running: 0, waiting: 0, words: [] };
             const look = () => {
               for (const state of ['running', 'waiting']) {
                 const count = document.querySelectorAll(`[data-two-phase][data-state=${state}]`).length;
                 seen[state] = Math.max(seen[state], count);
               }
               for (const line of document.querySelectorAll('[data-state=waiting] [data-part=progress-text]')) {
                 if (!seen.words.includes(line.textContent)) seen.words.push(line.textContent);
               }
             };
             const options = { attributeFilter: ['data-state'], subtree: true };
             new MutationObserver(look).observe(document.body, options);
             for (const play of document.querySelectorAll('[data-part=play]')) play.click()",
        )
        .await;
    wait(&browser, 120, async || states(&browser).await == ["done"; 6]).await;
    let seen = browser.script("return seen").await;
    assert_eq!(seen["running"], 2, "{seen}");
    assert!(seen["waiting"].as_u64() >= Some(2), "{seen}");
    assert_eq!(seen["words"], json!(["Waiting: another figure is training."]));
    let workers = held(&browser).await["workers"].as_u64().unwrap();
    assert!((1..=8).contains(&workers), "{workers} workers");
    wait(&browser, 60, async || {
        let behind = "return document.querySelectorAll('[data-measures=behind]').length";
        browser.script(behind).await == 0
    })
    .await;
    let reports = browser
        .script(
            "return [...document.querySelectorAll('[data-two-phase]')]
               .map((figure) => twoPhase.report(figure))",
        )
        .await;
    for (query, together) in SIX.iter().zip(reports.as_array().unwrap()) {
        browser.open(&format!("?backend=cpu&play=1&{query}")).await;
        browser.wait_for(&["done"], 60).await;
        browser.wait_for_measures().await;
        assert!(browser.report().await == *together, "{query} differs beside other figures");
    }
    browser.close().await;
}

#[tokio::test]
async fn keys_go_to_the_focused_figure_and_space_scrolls_elsewhere() {
    let browser = Browser::start(Adapter::None).await;
    open_six(&browser).await;
    let body = browser.client.find(Locator::Css("body")).await.unwrap();
    body.send_keys(" ").await.unwrap();
    wait(&browser, 10, async || browser.script("return scrollY > 0").await == true).await;
    assert_eq!(states(&browser).await, ["ready"; 6]);
    browser.script("document.querySelectorAll('[data-part=figure]')[1].focus()").await;
    browser.client.active_element().await.unwrap().send_keys(" ").await.unwrap();
    wait(&browser, 30, async || states(&browser).await[1] == "done").await;
    let others: Vec<String> = states(&browser).await;
    assert_eq!(others.iter().filter(|state| *state == "ready").count(), 5);
    browser.client.active_element().await.unwrap().send_keys("r").await.unwrap();
    wait(&browser, 10, async || states(&browser).await == ["ready"; 6]).await;
    browser.close().await;
}

#[tokio::test]
async fn a_figure_with_a_wrong_setting_or_part_says_so_and_the_others_go_on() {
    let browser = Browser::start(Adapter::None).await;
    open_six(&browser).await;
    browser
        .script(
            "const figures = document.querySelectorAll('[data-two-phase]');
             for (const [index, query, parts] of [[0, 'preset=grocking', null],
                 [1, 'colour=red&size=3&wd=99', null], [2, '', 'curves,tabel,toolbar']]) {
               twoPhase.unmount(figures[index]);
               figures[index].dataset.twoPhase = query;
               if (parts) figures[index].dataset.parts = parts;
               twoPhase.mount(figures[index]);
             }",
        )
        .await;
    let notes = async || {
        let script = "return [...document.querySelectorAll('[data-two-phase]')]
            .map((figure) => [...figure.querySelectorAll('[data-part=notes] p')]
              .map((line) => line.textContent))";
        let notes: Vec<Vec<String>> = serde_json::from_value(browser.script(script).await).unwrap();
        notes
    };
    wait(&browser, 10, async || notes().await[2].len() == 1).await;
    let notes = notes().await;
    assert!(notes[0][0].contains("“grocking”"), "{notes:?}");
    // Unknown keys are one notice, the value out of range another.
    assert_eq!(notes[1].len(), 2, "{notes:?}");
    assert!(notes[1].iter().any(|note| note.contains("colour") && note.contains("size")));
    assert!(notes[2][0].contains("tabel"), "{notes:?}");
    assert!(notes[3..].iter().all(Vec::is_empty), "{notes:?}");
    let role = "return document.querySelector('[data-part=notes]').getAttribute('role')";
    assert_eq!(browser.script(role).await, "status");
    browser
        .script("for (const play of document.querySelectorAll('[data-part=play]')) play.click()")
        .await;
    wait(&browser, 120, async || states(&browser).await[3] == "done").await;
    browser.close().await;
}

#[tokio::test]
async fn mounted_and_unmounted_a_hundred_times_a_figure_leaves_nothing() {
    let browser = Browser::start(Adapter::None).await;
    open_six(&browser).await;
    browser
        .script("document.querySelectorAll('[data-two-phase]').forEach((f) => twoPhase.unmount(f))")
        .await;
    let before = held(&browser).await;
    assert_eq!(before["workers"], 0);
    let round = |count: usize| {
        format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{
               const root = document.querySelector('[data-two-phase]');
               delete root.dataset.parts;
               root.dataset.twoPhase = 'p=5&width=4&seeds=2&steps=50';
               for (let round = 0; round < {count}; round += 1) {{
                 twoPhase.mount(root);
                 root.querySelector('[data-part=play]').click();
                 const end = Date.now() + 5000;
                 // Some are left while they load, some while they train, some when they are done.
                 const wanted = [['loading'], ['running', 'done'], ['done']][round % 3];
                 while (!wanted.includes(root.dataset.state) && Date.now() < end) {{
                   await new Promise((resolve) => setTimeout(resolve, 5));
                 }}
                 twoPhase.unmount(root);
               }}
               done();
             }})()"
        )
    };
    let memory = async || {
        browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
        let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
        let wasm = held(&browser).await["memory"].as_f64().unwrap();
        (heap["usedSize"].as_f64().unwrap(), wasm)
    };
    browser.client.execute_async(&round(20), Vec::new()).await.unwrap();
    let (heap_before, wasm_before) = memory().await;
    browser.client.execute_async(&round(100), Vec::new()).await.unwrap();
    let (heap, wasm) = memory().await;
    println!("heap {heap_before} to {heap} bytes, wasm {wasm_before} to {wasm}");
    let after = held(&browser).await;
    // What the page itself listens to is still there.
    assert_eq!(after["workers"], 0);
    assert_eq!(after["handles"], before["handles"]);
    assert!(heap < heap_before + 300_000.0, "{heap_before} grew to {heap}");
    assert!(wasm <= wasm_before + 131_072.0, "{wasm_before} grew to {wasm}");
    let children = "return document.querySelector('[data-two-phase]').childNodes.length";
    assert_eq!(browser.script(children).await, 0);
    browser.close().await;
}

#[tokio::test]
async fn a_worker_that_dies_takes_its_runs_to_a_sentence_and_not_the_page() {
    let browser = Browser::start(Adapter::None).await;
    let keep = "window.workers = []; window.Worker = class extends Worker {
                  constructor(...all) { super(...all); window.workers.push(this); } };";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": keep })).await;
    open_six(&browser).await;
    let click = |index: usize, part: &str| {
        format!(
            "document.querySelectorAll('[data-two-phase]')[{index}].querySelector('[data-part={part}]').click()"
        )
    };
    browser.script(&click(2, "play")).await;
    wait(&browser, 60, async || states(&browser).await[2] == "running").await;
    browser
        .script("workers[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))")
        .await;
    wait(&browser, 10, async || states(&browser).await[2] == "error").await;
    let line = "return document.querySelectorAll('[data-part=progress-text]')[2].textContent";
    let line = browser.script(line).await;
    assert!(line.as_str().unwrap().contains("out of memory"), "{line}");
    browser.script(&click(0, "play")).await;
    wait(&browser, 60, async || states(&browser).await[0] == "done").await;
    browser.script(&click(2, "reset")).await;
    browser.script(&click(2, "play")).await;
    wait(&browser, 60, async || states(&browser).await[2] == "done").await;
    browser.close().await;
}

#[tokio::test]
async fn a_panic_of_the_page_ends_the_workers_and_says_so() {
    let browser = Browser::start(Adapter::None).await;
    browser.open("?backend=cpu&play=1&speed=50").await;
    browser.wait_for(&["running"], 30).await;
    browser
        .script(
            "document.createElement = () => { throw new Error('broken on purpose'); };
             const layers = document.querySelector('[data-setting=deeper]');
             layers.value = '8sine';
             layers.dispatchEvent(new Event('change'))",
        )
        .await;
    browser.wait_for(&["error"], 10).await;
    let line = browser.text("[data-part=progress-text]").await;
    assert!(line.contains("Reload the page"), "{line}");
    assert_eq!(held(&browser).await["workers"], 0);
    // The panic was written to the console, as it should.
    browser.log().await;
    browser.close().await;
}

#[tokio::test]
async fn back_undoes_a_change_of_settings_and_of_the_preset() {
    let browser = Browser::start(Adapter::None).await;
    browser.open("?backend=cpu&wd=3").await;
    browser.wait_for(&["ready"], 30).await;
    let choose = |selector: &str, value: &str| {
        format!(
            "const control = document.querySelector('{selector}');
             control.value = '{value}';
             control.dispatchEvent(new Event('change'))"
        )
    };
    let preset = async || browser.report().await["experiment"]["preset"].clone();
    browser.script(&choose("[data-setting=activation]", "relu")).await;
    browser.script(&choose("[data-part=preset]", "digits")).await;
    wait(&browser, 10, async || preset().await == "digits").await;
    browser.client.back().await.unwrap();
    wait(&browser, 10, async || preset().await == "grokking").await;
    assert_eq!(browser.report().await["experiment"]["activation"], "relu");
    browser.client.back().await.unwrap();
    wait(&browser, 10, async || browser.report().await["experiment"]["activation"] == "quadratic")
        .await;
    assert_eq!(browser.report().await["experiment"]["wd"], 3);
    browser.client.forward().await.unwrap();
    wait(&browser, 10, async || browser.report().await["experiment"]["activation"] == "relu").await;
    browser.close().await;
}

#[tokio::test]
async fn addresses_are_understood_as_links_in_the_wild_mangle_them() {
    let browser = Browser::start(Adapter::None).await;
    let notes = async || browser.text("[data-part=notes]").await;
    for (query, key, value) in [
        ("?wd=3&utm_source=x&fbclid=y&gclid=z&ref=w", "wd", json!(3)),
        ("?a=1&amp;wd=3", "wd", json!(3)),
        ("?wd=1%2C3", "wd", json!([1, 3])),
        ("?wd=3)", "wd", json!(3)),
        ("?wd=3.", "wd", json!(3)),
        ("?lr=1e%E2%88%923", "lr", json!(0.001)),
    ] {
        browser.open(query).await;
        browser.wait_for(&["ready"], 30).await;
        let experiment = &browser.report().await["experiment"];
        assert_eq!(experiment[key], value, "{query}");
        let expected = if query.contains("a=1") { 1 } else { 0 };
        let count = "return document.querySelectorAll('[data-part=notes] p').length";
        assert_eq!(browser.script(count).await, expected, "{query}: {}", notes().await);
    }
    browser.close().await;
}

#[tokio::test]
async fn a_narrow_figure_beside_a_wide_one_does_not_overflow() {
    let browser = Browser::start(Adapter::None).await;
    for language in ["en", "ja", "pseudo"] {
        let url = setting("TWO_PHASE_URL");
        browser.client.goto(&format!("{url}/figures-example.html?lang={language}")).await.unwrap();
        wait(&browser, 30, async || states(&browser).await == ["ready"; 6]).await;
        let widths = "return [...document.querySelectorAll('[data-two-phase]')]
                        .map((figure) => [figure.clientWidth, figure.scrollWidth])";
        let widths: Vec<[u32; 2]> = serde_json::from_value(browser.script(widths).await).unwrap();
        assert_eq!(widths[0][0], 300);
        assert!(widths.iter().all(|[client, scroll]| scroll <= client), "{language}: {widths:?}");
        let page = "return [document.documentElement.scrollWidth, innerWidth]";
        let page: [u32; 2] = serde_json::from_value(browser.script(page).await).unwrap();
        assert!(page[0] <= page[1], "{language}: {page:?}");
    }
    browser.close().await;
}

/// Every text node of the page that a reader sees, in the pseudo-language, comes from a message.
#[tokio::test]
async fn no_word_on_the_page_stands_outside_the_messages() {
    let browser = Browser::start(Adapter::None).await;
    for query in ["", "&preset=double-descent-features&seeds=1&width=10,100,200", "&info=binning"] {
        browser.open(&format!("?lang=pseudo&backend=cpu&play=1{query}&bogus=1")).await;
        browser.wait_for(&["done"], 120).await;
        browser.wait_for_measures().await;
        browser
            .script("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let outside = browser
            .script(
                "const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                 const outside = [];
                 while (walk.nextNode()) {
                   const { data, parentElement } = walk.currentNode;
                   if (parentElement.closest('script, style, noscript, .readout, [data-part=finding], .mark, [data-language-link], [data-message], [data-sentence]')) continue;
                   if (/\\p{L}{2}/u.test(data) && !/^\\s*\\[.*\\]\\s*$/su.test(data)) outside.push(data);
                 }
                 // Their words have colours of their own, in parts of one message.
                 for (const line of document.querySelectorAll('.readout, [data-part=finding], [data-message]:not(noscript *)')) {
                   const words = line.textContent;
                   if (words && !/^\\[.*\\]$/su.test(words)) outside.push(words);
                 }
                 for (const element of document.querySelectorAll('[title], [aria-label]')) {
                   for (const name of ['title', 'aria-label']) {
                     const value = element.getAttribute(name);
                     if (value && !/^\\[.*\\]$/su.test(value)) outside.push(value);
                   }
                 }
                 return outside",
            )
            .await;
        assert_eq!(outside, json!([]), "{query}");
    }
    browser.close().await;
}
