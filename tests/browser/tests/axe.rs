//! axe-core finds no violation in article, lab and class, in both languages and both themes, before, during
//! and after a run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use browser_tests::{Adapter, Browser, setting};
use serde_json::{Value, json};

/// What axe-core finds now: the rule and the elements.
async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    browser.script(&format!("if (!window.axe) {{ {axe} }}")).await;
    let script = "const done = arguments[arguments.length - 1];
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        axe.run(document, { runOnly: { type: 'tag', values: tags } }).then((result) =>
          done(result.violations.map((violation) =>
            `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)))";
    let found: Value = browser.client.execute_async(script, Vec::new()).await.unwrap();
    serde_json::from_value(found).unwrap()
}

#[tokio::test]
async fn axe_finds_no_violation_before_during_and_after_a_run() {
    let axe = std::fs::read_to_string(setting("TWO_PHASE_AXE")).unwrap();
    let browser = Browser::start(Adapter::None).await;
    let mut found = Vec::new();
    let lab = "view=lab&p=11&width=16&seeds=2&steps=4000&spread=1&speed=10s";
    for page in ["speed=10s", lab] {
        for language in ["en", "ja"] {
            for theme in ["light", "dark"] {
                let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
                browser
                    .devtools("Emulation.setEmulatedMedia", json!({ "features": features }))
                    .await;
                browser.go_to(&format!("?backend=cpu&lang={language}&{page}")).await;
                browser.wait_for(&["ready"], 30).await;
                let mut look = async |moment: &str| {
                    for violation in violations(&browser, &axe).await {
                        found.push(format!("{page} {language} {theme} {moment}: {violation}"));
                    }
                };
                look("before").await;
                let click = "document.querySelector('[data-primary] [data-part=play]')?.click()";
                let click = click.replace("[data-primary] ", "[data-primary][data-state] ");
                browser.script(&click).await;
                browser.wait_for(&["running"], 60).await;
                look("during").await;
                if !page.contains("lab") {
                    browser.wait_for(&["paused"], 60).await;
                    look("at the question").await;
                    browser.script(&click).await;
                    browser.wait_for(&["running"], 60).await;
                }
                browser
                    .script(
                        "const root = document.querySelector('[data-primary][data-state]');
                         const speed = root.querySelector('[data-part=speed]');
                         speed.value = 'max';
                         speed.dispatchEvent(new Event('change'));
                         root.querySelector('[data-part=show-table]').click();
                         for (const details of document.querySelectorAll('details')) {
                           details.open = true;
                         }",
                    )
                    .await;
                browser.wait_for(&["done"], 60).await;
                look("after").await;
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test]
async fn axe_finds_no_violation_on_any_screen_of_the_lesson() {
    let axe = std::fs::read_to_string(setting("TWO_PHASE_AXE")).unwrap();
    let browser = Browser::start(Adapter::None).await;
    let mut found = Vec::new();
    for query in ["?view=class&lang=en", "?view=class&lang=ja", "?view=class&seat=3"] {
        browser.go_to(&format!("{query}&speed=max")).await;
        browser.wait_for(&["ready"], 30).await;
        for screen in 0..12 {
            for violation in violations(&browser, &axe).await {
                found.push(format!("{query} {screen}: {violation}"));
            }
            if query.contains("seat") {
                break;
            }
            browser
                .script(
                    "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' }));",
                )
                .await;
        }
    }
    for paper in ["lesson.html", "lesson.ja.html", "exercise.html", "exercise.ja.html"] {
        browser.go_to(&format!("class/{paper}")).await;
        for violation in violations(&browser, &axe).await {
            found.push(format!("{paper}: {violation}"));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    browser.close().await;
}
