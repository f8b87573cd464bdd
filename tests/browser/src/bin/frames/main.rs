//! The cost of an animation frame while five charts of ten members grow to 5,000 points.
//!
//! `cargo run --release --package browser-tests --bin frames -- BEFORE AFTER` compares two builds
//! of the page, each given as the address that serves it, in turns. It needs the variables that
//! `cargo xtask test e2e` sets, `TWO_PHASE_CHROME` and `WEBDRIVER_URL`.

use std::env;
use std::time::Duration;

use browser_tests::{Adapter, Browser};
use serde_json::{Value, json};

const ROUNDS: usize = 3;
/// Frames after so many points count.
const FROM: f64 = 2500.0;

#[tokio::main]
async fn main() {
    let addresses: Vec<String> = env::args().skip(1).collect();
    let mut medians = vec![Vec::new(); addresses.len()];
    for round in 1..=ROUNDS {
        for (address, medians) in addresses.iter().zip(&mut medians) {
            let costs = costs(address).await;
            let at = |fraction: f64| costs[((costs.len() - 1) as f64 * fraction) as usize];
            println!(
                "round {round}, {address}: {} frames, median {:.2} ms, 95% {:.2} ms, most {:.2} ms",
                costs.len(),
                at(0.5),
                at(0.95),
                at(1.0)
            );
            medians.push(at(0.5));
        }
    }
    for (address, medians) in addresses.iter().zip(&mut medians) {
        medians.sort_by(f64::total_cmp);
        println!("{address}: median of {ROUNDS} rounds {:.2} ms", medians[ROUNDS / 2]);
    }
}

/// Milliseconds of each late frame, sorted.
async fn costs(address: &str) -> Vec<f64> {
    let browser = Browser::start(Adapter::None).await;
    let source = include_str!("worker.js");
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    let query = "?backend=cpu&workers=1&play=1&seeds=10&steps=5000&spread=1";
    browser.client.goto(&format!("{address}/{query}")).await.expect("the page is served");
    browser.wait_for(&["done"], 300).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let frames = browser.script("return window.frameCosts").await;
    let frames: Vec<(f64, f64)> = frames
        .as_array()
        .map(|frames| frames.iter().filter_map(pair).collect())
        .unwrap_or_default();
    let mut costs: Vec<f64> = frames
        .iter()
        .filter(|(points, _)| (FROM..5000.0).contains(points))
        .map(|(_, milliseconds)| *milliseconds)
        .collect();
    costs.sort_by(f64::total_cmp);
    browser.client.close().await.ok();
    costs
}

fn pair(frame: &Value) -> Option<(f64, f64)> {
    Some((frame[0].as_f64()?, frame[1].as_f64()?))
}
