//! Steps per second of the page in headless Chromium, as a Markdown table; run by
//! `cargo xtask bench`.

use std::time::Instant;

use browser_tests::{Adapter, Browser};

/// Modulus, width, members, and the steps to time on each backend; 0 to leave it out.
const WORKLOADS: [(u32, u32, u32, u32, u32); 5] = [
    (23, 64, 1, 10_000, 400),
    (23, 128, 1, 8000, 200),
    (23, 128, 5, 2000, 80),
    (59, 256, 1, 1000, 0),
    (97, 512, 1, 150, 0),
];

/// Steps taken before the clock starts.
const WARM_UP: u32 = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| p, width | members | CPU (Flex) | WebGPU (SwiftShader) |");
    println!("|---|---|---|---|");
    let browser = Browser::start(Adapter::SwiftShader).await;
    for (p, width, members, cpu, gpu) in WORKLOADS {
        let experiment = format!("p={p}&width={width}&seeds={members}");
        let cpu = steps_per_second(&browser, "cpu", &experiment, cpu).await;
        let gpu = steps_per_second(&browser, "gpu", &experiment, gpu).await;
        println!("| {p}, {width} | {members} | {cpu} | {gpu} |");
    }
    browser.close().await;
}

/// Trains `steps` steps at full speed, measurements and charts included as a reader has them.
async fn steps_per_second(
    browser: &Browser,
    backend: &str,
    experiment: &str,
    steps: u32,
) -> String {
    if steps == 0 {
        return "not run".into();
    }
    browser.open(&format!("?backend={backend}&{experiment}&steps={steps}")).await;
    browser.wait_for(&["ready"], 300).await;
    // The first steps compile the shaders.
    for step in 1..=WARM_UP {
        browser.click("#step").await;
        browser.wait_for_text("#progress-text", &format!("Paused at step {step} "), 300).await;
    }
    let start = Instant::now();
    browser.click("#play").await;
    browser.wait_for(&["done"], 600).await;
    format!("{:.1}", f64::from(steps - WARM_UP) / start.elapsed().as_secs_f64())
}
