//! The core of the page in whatever engine the tests run in: open, play, pause, scrub, change a
//! setting, change the language. `cargo xtask test engines` runs it in Firefox and WebKit.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::time::{Duration, Instant};

use browser_tests::Browser;
use serde_json::Value;

/// Clicks an element by a script: not every driver scrolls to what it clicks.
async fn click(browser: &Browser, selector: &str) {
    browser.script(&format!("document.querySelector('{selector}').click()")).await;
}

async fn wait(browser: &Browser, seconds: u64, condition: &str) {
    let start = Instant::now();
    while browser.script(&format!("return Boolean({condition})")).await != true {
        if start.elapsed() > Duration::from_secs(seconds) {
            let state = browser.attribute("data-state").await;
            let status = browser.text("[data-part=progress-text]").await;
            panic!("not within {seconds} s: {condition}; {state}: {status}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn state(browser: &Browser, wanted: &str) {
    wait(browser, 60, &format!("document.documentElement.dataset.state === '{wanted}'")).await;
}

#[tokio::test]
async fn the_article_is_played_paused_scrubbed_and_read_in_japanese() {
    let browser = Browser::start_engine().await;
    browser.go_to("?backend=cpu&speed=10s&lang=en").await;
    state(&browser, "ready").await;
    assert_eq!(browser.text("h1").await, "Will they ever get the other half?");
    let scrub = "document.querySelector('#hero [data-part=scrub]')";
    wait(&browser, 30, &format!("!{scrub}.disabled")).await;
    let move_to_the_end =
        format!("{scrub}.value = 1000; {scrub}.dispatchEvent(new Event('input'))");
    browser.script(&move_to_the_end).await;
    let finding = "document.querySelector('#hero [data-part=finding]').textContent";
    wait(&browser, 10, &format!("{finding}.startsWith('A recorded run')")).await;
    click(&browser, "#hero [data-part=play]").await;
    state(&browser, "running").await;
    // It pauses once the networks have memorised.
    state(&browser, "paused").await;
    wait(&browser, 10, &format!("{finding}.startsWith('Memorised at step 43')")).await;
    browser
        .script(
            "const speed = document.querySelector('#hero [data-part=speed]');
             speed.value = 'max';
             speed.dispatchEvent(new Event('change'))",
        )
        .await;
    click(&browser, "#hero [data-part=play]").await;
    state(&browser, "done").await;
    wait(&browser, 10, &format!("{finding}.includes('times as many steps')")).await;
    let memorised = browser.report().await["members"][0]["memorise_step"].as_u64().unwrap();
    assert!((36..=50).contains(&memorised), "{memorised}");
    browser.go_to("?backend=cpu&lang=ja").await;
    state(&browser, "ready").await;
    assert_eq!(browser.text("#hero [data-part=play]").await, "再生");
    browser.client.close().await.unwrap();
}

#[tokio::test]
async fn in_the_lab_a_changed_setting_starts_another_run() {
    let browser = Browser::start_engine().await;
    browser.go_to("?view=lab&backend=cpu&lang=en&p=11&width=16&seeds=2&steps=300&play=1").await;
    state(&browser, "done").await;
    let before: Value = browser.report().await["members"].clone();
    browser
        .script(
            "const control = document.querySelector('[data-setting=wd]');
             control.value = Number(control.value) + 3;
             control.dispatchEvent(new Event('change'))",
        )
        .await;
    state(&browser, "ready").await;
    wait(
        &browser,
        10,
        "document.querySelector('[data-part=runs]').textContent.includes('weight decay 1')",
    )
    .await;
    click(&browser, "[data-part=play]").await;
    state(&browser, "done").await;
    assert_ne!(browser.report().await["members"], before);
    browser.client.close().await.unwrap();
}
