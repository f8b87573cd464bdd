//! The article: read before any program is loaded, its figures played, compared and scrubbed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, Engine};
use fantoccini::Locator;
use serde_json::{Value, json};

/// What the scripts of these tests share: the parts of the figure in a section.
const PART: &str = "const part = (section, name) =>
    document.querySelector(`#${section} [data-part=${name}]`);
  const figure = (section) => document.querySelector(`#${section} [data-two-phase]`);";

async fn script(browser: &Browser, text: &str) -> Value {
    browser.script(&format!("{PART} {text}")).await
}

async fn wait(browser: &Browser, seconds: u64, condition: &str) {
    let start = Instant::now();
    while script(browser, &format!("return Boolean({condition})")).await != true {
        assert!(
            start.elapsed() < Duration::from_secs(seconds),
            "not within {seconds} s: {condition}"
        );
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Brings a section's figure into view and waits until it can be played.
async fn see(browser: &Browser, section: &str) {
    script(browser, &format!("document.querySelector('#{section}').scrollIntoView()")).await;
    wait(browser, 30, &format!("figure('{section}').dataset.state === 'ready'")).await;
}

async fn play_to_the_end(browser: &Browser, section: &str) {
    script(
        browser,
        &format!(
            "const speed = part('{section}', 'speed');
             speed.value = 'max';
             speed.dispatchEvent(new Event('change'));
             part('{section}', 'play').click();"
        ),
    )
    .await;
    wait(browser, 120, &format!("figure('{section}').dataset.state === 'done'")).await;
}

async fn text(browser: &Browser, section: &str, part: &str) -> String {
    let found = script(browser, &format!("return part('{section}', '{part}').textContent")).await;
    found.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_article_can_be_read_without_javascript() {
    let browser = Browser::start_without_scripts().await;
    browser.go_to("").await;
    let shown = async |selector: &str| {
        let element = browser.client.find(Locator::Css(selector)).await.unwrap();
        (element.is_displayed().await.unwrap(), element.text().await.unwrap())
    };
    let (is_shown, title) = shown("h1").await;
    assert!(is_shown && title == "Will they ever get the other half?", "{title}");
    for section in [
        "memorise",
        "generalise",
        "push",
        "gap",
        "compress",
        "judge",
        "planes",
        "clock",
        "hurry",
        "digits",
        "width",
        "claims",
        "limits",
    ] {
        let (is_shown, words) = shown(&format!("#{section} .prose")).await;
        assert!(is_shown && words.split_whitespace().count() > 35, "{section}: {words}");
    }
    assert!(!shown("#lab").await.0);
    browser.close().await;
}

#[tokio::test]
async fn the_hero_asks_stops_at_memorised_and_goes_on_to_generalise() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu&speed=10s").await;
    browser.wait_for(&["ready"], 30).await;
    assert!(text(&browser, "hero", "question-text").await.starts_with("When will the test set"));
    script(&browser, "part('hero', 'question-answers').children[2].click()").await;
    browser.click("#hero [data-part=play]").await;
    browser.wait_for(&["paused"], 60).await;
    assert_eq!(text(&browser, "hero", "question-text").await, "Stop here, or keep going?");
    let finding = text(&browser, "hero", "finding").await;
    assert!(finding.starts_with("Memorised at step 43. Test accuracy is 0%."), "{finding}");
    browser.click("#hero [data-part=question-answers] button:first-child").await;
    wait(&browser, 5, "part('hero', 'finding').textContent.startsWith('Stopped at step ')").await;
    assert_eq!(text(&browser, "hero", "play").await, "Keep going");
    browser.click("#hero [data-part=play]").await;
    browser.wait_for(&["done"], 60).await;
    wait(&browser, 5, "part('hero', 'finding').textContent.includes('You guessed')").await;
    let finding = text(&browser, "hero", "finding").await;
    assert!(
        finding.contains("times as many steps") && finding.contains("“Much later”"),
        "{finding}"
    );
    let right =
        "return [part('hero', 'task-train').textContent, part('hero', 'task-test').textContent]";
    assert_eq!(script(&browser, right).await, json!(["265 of 265 right", "264 of 264 right"]));
    browser.close().await;
}

#[tokio::test]
async fn a_recorded_run_is_scrubbed_before_any_worker_is_loaded() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    wait(&browser, 30, "part('hero', 'scrub') && !part('hero', 'scrub').disabled").await;
    script(
        &browser,
        "part('hero', 'scrub').value = 1000; part('hero', 'scrub').dispatchEvent(new Event('input'))",
    )
    .await;
    wait(&browser, 5, "part('hero', 'finding').textContent.startsWith('A recorded run')").await;
    let finding = text(&browser, "hero", "finding").await;
    assert!(finding.contains("step 4,000, training set 100%, test set 100%"), "{finding}");
    assert_eq!(text(&browser, "hero", "task-test").await, "264 of 264 right");
    assert_eq!(browser.script("return twoPhase.held().workers").await, 0);
    // What is played is the run itself.
    browser.click("#hero [data-part=play]").await;
    browser.wait_for(&["running"], 60).await;
    wait(&browser, 5, "!part('hero', 'finding').textContent.startsWith('A recorded run')").await;
    browser.close().await;
}

#[tokio::test]
async fn words_and_arrow_keys_move_a_figure_to_its_events() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "memorise").await;
    play_to_the_end(&browser, "memorise").await;
    let shown = async || {
        let script =
            script(&browser, "return part('memorise', 'scrub').getAttribute('aria-valuetext')");
        script.await.as_str().unwrap().to_owned()
    };
    browser.click("#memorise [data-jump='1']").await;
    wait(
        &browser,
        5,
        "part('memorise', 'scrub').getAttribute('aria-valuetext').startsWith('step 43, ')",
    )
    .await;
    let scrub = browser.client.find(Locator::Css("#memorise [data-part=scrub]")).await.unwrap();
    // Right, right, left, End.
    for key in ["\u{e014}", "\u{e014}", "\u{e012}"] {
        scrub.send_keys(key).await.unwrap();
    }
    wait(
        &browser,
        5,
        "part('memorise', 'scrub').getAttribute('aria-valuetext').startsWith('step 44, ')",
    )
    .await;
    scrub.send_keys("\u{e010}").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(shown().await.starts_with("step 200, training set 100%"), "{}", shown().await);
    // The network is asked at the step that is shown.
    let note = text(&browser, "memorise", "ask-note").await;
    assert!(note.starts_with("Right.") || note.starts_with("Wrong"), "{note}");
    browser.close().await;
}

#[tokio::test]
async fn a_knob_starts_a_run_and_an_earlier_one_stays_in_grey() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "push").await;
    play_to_the_end(&browser, "push").await;
    browser.click("#push [data-part=knob-values] button:nth-child(3)").await;
    wait(&browser, 60, "figure('push').dataset.state === 'done'").await;
    assert_eq!(text(&browser, "push", "knob-value").await, "3");
    let report = script(&browser, "return twoPhase.report(figure('push'))").await;
    assert_eq!(report["experiment"]["wd"], 3);
    // The table beside the chart has the numbers.
    browser.click("#push [data-part=show-table]").await;
    wait(&browser, 5, "document.querySelectorAll('#push .table tbody tr').length > 8").await;
    // In the lab an earlier run has a chip, by which it is taken away.
    browser.open("?backend=cpu&p=11&width=16&seeds=2&steps=300&play=1").await;
    browser.wait_for(&["done"], 60).await;
    browser
        .script(
            "const control = document.querySelector('[data-setting=wd]');
             control.value = Number(control.value) + 3;
             control.dispatchEvent(new Event('change'))",
        )
        .await;
    browser.wait_for_text("[data-part=runs]", "weight decay 1", 10).await;
    browser.click("[data-part=runs] .remove").await;
    let start = Instant::now();
    while browser.text("[data-part=runs]").await.contains("weight decay 1") {
        assert!(start.elapsed() < Duration::from_secs(5), "the chip stays");
    }
    browser.close().await;
}

#[tokio::test]
async fn values_that_are_typed_become_configurations() {
    let browser = Browser::start_engine().await;
    browser.open("?backend=cpu&p=11&width=16&seeds=2&steps=300").await;
    browser.wait_for(&["ready"], 30).await;
    let compare = |values: &str| {
        format!(
            "const line = document.querySelector('[data-part=compare]');
             line.value = '{values}';
             line.dispatchEvent(new Event('change'))"
        )
    };
    browser.script(&compare("0, 1, 3")).await;
    assert_eq!(browser.report().await["experiment"]["wd"], json!([0, 1, 3]));
    browser.click("[data-part=play]").await;
    browser.wait_for(&["done"], 60).await;
    let finding = browser.text("[data-part=finding]").await;
    assert!(!finding.contains("descent") && finding.contains("weight decay 0"), "{finding}");
    browser.script(&compare("0, much")).await;
    browser.wait_for_text("[data-part=notes]", "not “much”", 10).await;
    assert_eq!(browser.report().await["experiment"]["wd"], json!([0, 1, 3]));
    browser.script(&compare("")).await;
    assert_eq!(browser.report().await["experiment"]["wd"], 0);
    browser.close().await;
}

#[tokio::test]
async fn article_and_lab_speak_japanese() {
    let browser = Browser::start_engine().await;
    browser.go_to("?lang=ja&backend=cpu&speed=10s").await;
    browser.wait_for(&["ready"], 30).await;
    assert_eq!(browser.attribute("lang").await, "ja");
    assert_eq!(browser.text("h1").await, "見せていない半分も、いつか解けるようになるのか");
    assert_eq!(browser.text("#hero [data-part=play]").await, "再生");
    browser.click("#hero [data-part=play]").await;
    browser.wait_for(&["paused"], 60).await;
    let finding = text(&browser, "hero", "finding").await;
    assert!(finding.contains("43ステップ目で暗記しました"), "{finding}");
    browser.click("[data-view-link=lab]").await;
    browser.wait_for(&["ready"], 30).await;
    assert_eq!(browser.attribute("lang").await, "ja");
    assert_eq!(browser.text("#lab [data-part=play]").await, "再生");
    browser.close().await;
}

#[tokio::test]
async fn nothing_shifts_while_the_article_is_scrolled_through() {
    if Engine::named() != Engine::Chromium {
        // No other engine tells of layout shifts.
        return;
    }
    for (width, height, mobile) in [(1366, 768, false), (360, 740, true)] {
        let browser = Browser::start(Adapter::None).await;
        let device = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        browser.devtools("Emulation.setDeviceMetricsOverride", device).await;
        let source = "window.shifts = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts += entry.value;
          }).observe({ type: 'layout-shift', buffered: true })";
        browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }))
            .await;
        browser.go_to("?backend=cpu").await;
        browser.wait_for(&["ready"], 30).await;
        let all = browser.script("return document.documentElement.scrollHeight").await;
        let mut at = 0;
        while at < all.as_u64().unwrap() {
            at += height / 2;
            browser.script(&format!("scrollTo(0, {at})")).await;
            tokio::time::sleep(Duration::from_millis(120)).await;
        }
        let shifts = browser.script("return window.shifts").await.as_f64().unwrap();
        println!("layout shift at {width}: {shifts:.4}");
        assert!(shifts <= 0.02, "{shifts} at {width}");
        let wide = browser.script("return document.documentElement.scrollWidth").await;
        assert!(wide.as_u64() <= Some(width), "pans sideways: {wide} of {width}");
        browser.close().await;
    }
}

#[tokio::test]
async fn compression_is_shown_with_its_lag_and_at_every_resolution() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "compress").await;
    play_to_the_end(&browser, "compress").await;
    wait(&browser, 120, "figure('compress').dataset.measures === 'complete'").await;
    wait(&browser, 10, "part('compress', 'compression-words').textContent").await;
    let words = text(&browser, "compress", "compression-words").await;
    assert!(words.starts_with("Outputs: compression on the training set at "), "{words}");
    assert!(
        words.contains("Layer 1: no compression on the training set, none on the test set."),
        "{words}"
    );
    assert!(words.contains("hold the answer and nothing else about the input"), "{words}");
    // On the test set compression comes after generalising.
    let lags = text(&browser, "compress", "lags").await;
    assert!(lags.contains("times the step of generalising"), "{lags}");
    let title = "document.querySelector('#compress [data-part=compression-chart] .chart-title').textContent";
    wait(&browser, 5, &format!("{title}.includes('outputs at 0 dB')")).await;
    // Another resolution and another layer are only drawn, not measured again.
    script(
        &browser,
        "const slider = part('compress', 'resolution');
         slider.value = 4;
         slider.dispatchEvent(new Event('input'));
         part('compress', 'compression-layers').firstChild.click();",
    )
    .await;
    wait(&browser, 5, &format!("{title}.includes('layer 1 at 10 dB')")).await;
    assert_eq!(
        script(&browser, "return figure('compress').dataset.measures").await,
        "complete",
        "the map holds every resolution"
    );
    script(&browser, "part('compress', 'show-map').click()").await;
    let maps = "part('compress', 'resolution-maps').querySelectorAll('.map').length";
    wait(&browser, 5, &format!("{maps} === 4")).await;
    wait(&browser, 10, "part('compress', 'resolution-maps').querySelector('canvas').width > 300")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_reader_guesses_which_estimator_is_right() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "judge").await;
    script(
        &browser,
        "part('judge', 'estimator-guesses').children[2].click(); part('judge', 'check').click();",
    )
    .await;
    wait(&browser, 90, "part('judge', 'checks-words').textContent.includes('You guessed')").await;
    let words = text(&browser, "judge", "checks-words").await;
    assert!(
        words.starts_with("Within 0.05 bit or 2% of the true value at 1,000 samples:"),
        "{words}"
    );
    assert!(words.contains("nearest neighbours") && words.contains("exact"), "{words}");
    browser.close().await;
}

#[tokio::test]
async fn bins_are_switched_without_training_again() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "planes").await;
    play_to_the_end(&browser, "planes").await;
    wait(&browser, 60, "figure('planes').dataset.measures === 'complete'").await;
    let pressed = "part('planes', 'knob-values').querySelector('[aria-pressed=true]').textContent";
    let before = script(&browser, &format!("return {pressed}")).await;
    script(&browser, "part('planes', 'knob-values').lastChild.click()").await;
    wait(&browser, 10, &format!("{pressed} !== '{}'", before.as_str().unwrap())).await;
    assert_eq!(script(&browser, "return figure('planes').dataset.state").await, "done");
    wait(&browser, 60, "figure('planes').dataset.measures === 'complete'").await;
    browser.close().await;
}

#[tokio::test]
async fn changes_of_two_runs_stand_on_one_clock() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "clock").await;
    play_to_the_end(&browser, "clock").await;
    wait(&browser, 60, "figure('clock').dataset.measures === 'complete'").await;
    wait(&browser, 10, "part('clock', 'clock-words').textContent").await;
    let words = text(&browser, "clock", "clock-words").await;
    assert!(
        words.starts_with(
            "On the test set the outputs compress after test accuracy rises, in 5 of 5 networks"
        ),
        "{words}"
    );
    let lanes = "figure('clock').querySelectorAll('.lane').length";
    wait(&browser, 5, &format!("{lanes} === 4")).await;
    let row = "part('clock', 'lag-table').querySelector('tbody').textContent";
    let rows = script(&browser, &format!("return {row}")).await;
    assert!(rows.as_str().unwrap().contains("I(X;T) of outputs, test set"), "{rows}");
    // Another weight decay: the earlier run stays below, on every clock.
    script(&browser, "part('clock', 'knob-values').lastElementChild.click()").await;
    wait(&browser, 60, "figure('clock').dataset.state === 'done'").await;
    wait(&browser, 60, "figure('clock').dataset.measures === 'complete'").await;
    wait(&browser, 10, &format!("{lanes} === 8")).await;
    script(&browser, "part('clock', 'clock-clocks').lastElementChild.click()").await;
    let pressed = "part('clock', 'clock-clocks').lastElementChild.getAttribute('aria-pressed')";
    wait(&browser, 5, &format!("{pressed} === 'true'")).await;
    let names = script(
        &browser,
        "return [...figure('clock').querySelectorAll('.block-name')].map((name) => name.textContent)",
    )
    .await;
    assert_eq!(names, json!(["weight decay 3", "weight decay 1"]));
    browser.close().await;
}

#[tokio::test]
async fn claims_are_recorded_and_can_be_tested_here() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "claims").await;
    let marks = "figure('claims').querySelectorAll('[data-verdict]').length";
    wait(&browser, 10, &format!("{marks} > 0")).await;
    let recorded = script(&browser, &format!("return {marks}")).await.as_u64().unwrap();
    // Three data sets and the verdict over all for each claim.
    let rows = "figure('claims').querySelectorAll('[data-part=claims-table] [scope=row]').length";
    let rows = script(&browser, &format!("return {rows}")).await.as_u64().unwrap();
    assert!(rows >= 12 && recorded == 4 * rows, "{rows} rows, {recorded} verdicts");
    script(
        &browser,
        "part('claims', 'claims-first').value = 20;
         part('claims', 'claims-table').querySelector('summary').click();
         part('claims', 'claims-run').click();",
    )
    .await;
    // The table empties, and fills again as experiments finish; what was opened stays open.
    wait(&browser, 30, &format!("{marks} < {recorded}")).await;
    wait(&browser, 120, &format!("{marks} > 0")).await;
    let state = text(&browser, "claims", "claims-state").await;
    assert!(state.contains("seeds 20 to 24"), "{state}");
    let is_open = "part('claims', 'claims-table').querySelector('details').open";
    assert_eq!(script(&browser, &format!("return {is_open}")).await, true);
    script(&browser, "part('claims', 'claims-run').click()").await;
    wait(&browser, 10, "part('claims', 'claims-state').textContent.startsWith('Stopped')").await;
    browser.close().await;
}

#[tokio::test]
async fn methods_are_compared_beside_a_control() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu").await;
    see(&browser, "hurry").await;
    play_to_the_end(&browser, "hurry").await;
    let table = "figure('hurry').querySelector('.versus table')";
    wait(&browser, 30, &format!("{table} && {table}.querySelectorAll('tbody tr').length === 6"))
        .await;
    let control = "figure('hurry').querySelector('.versus .control').textContent";
    let control = script(&browser, &format!("return {control}")).await;
    assert!(control.as_str().unwrap().contains("learning rate 0.009"), "{control}");
    browser.close().await;
}

#[tokio::test]
async fn play_is_seen_without_scrolling_in_the_lab() {
    let browser = Browser::start(Adapter::None).await;
    let size = json!({ "width": 1366, "height": 768, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
    for query in ["?view=lab", "?preset=map-decay-rate", "?preset=hurry"] {
        browser.go_to(query).await;
        browser.wait_for(&["ready"], 30).await;
        let bottom = "return document.querySelector('#lab [data-part=play]')
            .getBoundingClientRect().bottom";
        let bottom = browser.script(bottom).await.as_f64().unwrap();
        assert!((1.0..768.0).contains(&bottom), "{query}: {bottom}");
    }
    browser.close().await;
}
