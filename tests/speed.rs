//! Steps per second on WebGPU inside a browser's worker: kernels of our own against automatic
//! differentiation, one after the other for each experiment.
//!
//! A benchmark, and slow on an adapter in software, so it is run by hand as `tests/wasm.rs` is by
//! `cargo xtask test wasm`, with `--test speed -- --include-ignored --nocapture`. `SPEED` names
//! other experiments when it is built.
#![cfg(target_family = "wasm")]

use burn::tensor::Device;
use two_phase::data::digits;
use two_phase::experiment::Experiment;
use two_phase::train::Trainer;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_time::Instant;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const EXPERIMENTS: &str = "p=23&width=64&seeds=1 p=23&width=128&seeds=1 p=23&width=128&seeds=5 \
                           p=59&width=256&seeds=1 data=digits&width=200&seeds=1&batch=50 \
                           p=97&width=512&seeds=1";

/// Seconds that an experiment is trained by each way, at least.
const SECONDS: f64 = 3.0;

#[wasm_bindgen_test]
#[ignore = "a benchmark of several minutes"]
async fn the_kernels_are_faster_than_automatic_differentiation() {
    two_phase::worker::call_constructors();
    digits::provide(include_bytes!("../www/data/digits.bin")).expect("the images are whole");
    let device = Device::wgpu_options().init_async().await.expect("the browser has an adapter");
    for query in option_env!("SPEED").unwrap_or(EXPERIMENTS).split(' ') {
        let kernels = rate(query, &device, false).await;
        let autodiff = rate(query, &device, true).await;
        console_log!("{query}: {:.1} times as fast", kernels / autodiff);
    }
}

/// Steps per second. It prints the other timings.
async fn rate(query: &str, device: &Device, differentiate: bool) -> f64 {
    let parsed = Experiment::from_query(query);
    assert_eq!(parsed.notes, []);
    let start = Instant::now();
    let new = if differentiate { Trainer::reference } else { Trainer::new };
    let mut trainer = new(&parsed.experiment, device).expect("there is data");
    assert_eq!(trainer.is_reference(), differentiate);
    let launches = |trainer: &Trainer| match trainer.launches() {
        Some((launches, true)) => format!("{launches} launches replayed"),
        Some((launches, false)) => format!("{launches} launches"),
        None => "autodiff's launches".into(),
    };
    trainer.advance().await.expect("the device answers");
    trainer.settle().await.expect("the device answers");
    let first = start.elapsed().as_secs_f64();

    let (start, mut steps, mut host, mut chunk) = (Instant::now(), 0, 0.0, 1);
    while start.elapsed().as_secs_f64() < SECONDS {
        let began = Instant::now();
        for _ in 0..chunk {
            trainer.advance().await.expect("the device answers");
        }
        host += began.elapsed().as_secs_f64();
        trainer.settle().await.expect("the device answers");
        steps += chunk;
        if began.elapsed().as_secs_f64() < 0.2 {
            chunk *= 2;
        }
    }
    let rate = f64::from(steps) / start.elapsed().as_secs_f64();
    let (began, way) = (Instant::now(), if differentiate { "autodiff" } else { "kernels" });
    trainer.measure().await.expect("the device answers");
    console_log!(
        "{way} {query}: {rate:.2} steps/s, {}, host {:.3} ms/step, first step after {first:.2} s, measured in \
         {:.3} s",
        launches(&trainer),
        host / f64::from(steps) * 1e3,
        began.elapsed().as_secs_f64(),
    );
    rate
}
