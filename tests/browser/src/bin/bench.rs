//! Steps per second of the page in headless Chromium, as a Markdown table; run by
//! `cargo xtask bench`.

use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser};

/// Modulus, width, members, and the steps to time on each backend; 0 to leave it out.
const WORKLOADS: [(u32, u32, u32, u32, u32); 5] = [
    (23, 64, 1, 10_000, 400),
    (23, 128, 1, 8000, 200),
    (23, 128, 5, 2000, 80),
    (59, 256, 1, 1000, 0),
    (97, 512, 1, 150, 0),
];

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

/// Trains `steps` steps at full speed, measurements and charts included as a reader has them, and
/// times the second half: by then a run is measured every 2% of its steps only.
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
    browser.click("#play").await;
    let mut start = None;
    loop {
        let step = browser
            .script("return parseInt(document.getElementById('progress').value * 1e6)")
            .await
            .as_f64()
            .map_or(0.0, |millionths| millionths / 1e6 * f64::from(steps));
        if step >= f64::from(steps) {
            break;
        }
        if start.is_none() && step >= f64::from(steps) / 2.0 {
            start = Some((Instant::now(), step));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    match start {
        Some((start, step)) => {
            format!("{:.1}", (f64::from(steps) - step) / start.elapsed().as_secs_f64())
        }
        None => "too fast to time".into(),
    }
}
