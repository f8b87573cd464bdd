//! The engine inside a real browser's worker, on WebGPU and on the CPU.
//!
//! Run by `cargo xtask test wasm`, with an adapter in software. Without one the tests fail: they
//! are there to try WebGPU.
#![cfg(target_family = "wasm")]

use burn::tensor::Device;
use two_phase::experiment::Experiment;
use two_phase::run::Run;
use two_phase::self_test::DeviceCheck;
use two_phase::train::{Trainer, conformance};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn gpu() -> Device {
    two_phase::worker::call_constructors();
    thread_local!(static DEVICE: std::cell::RefCell<Option<Device>> = const { std::cell::RefCell::new(None) });
    if let Some(device) = DEVICE.with_borrow(Clone::clone) {
        return device;
    }
    let device = Device::wgpu_options().init_async().await.expect("the browser has an adapter");
    DEVICE.set(Some(device.clone()));
    device
}

#[wasm_bindgen_test]
async fn webgpu_passes_every_check_of_the_self_test() {
    let device = gpu().await;
    for check in DeviceCheck::ALL {
        if let Err(fault) = conformance::check(check, &device).await {
            panic!("{check:?}: {fault:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn webgpu_takes_the_steps_of_the_cpu_with_every_setting() {
    let device = gpu().await;
    let mut faults = Vec::new();
    for variant in conformance::VARIANTS {
        if let Err(fault) = conformance::check_variant(variant, &device).await {
            faults.push(format!("{variant}: {fault:?}"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn what_is_measured_on_webgpu_is_what_is_measured_on_the_cpu() {
    let query = "p=7&width=16&seeds=2&steps=4&lr=0.01&layers=all&bounds=both&spread=1&complexity=1\
                 &linear-map=1&spectra=1&fourier=1&truncation=1&shuffle=1";
    let experiment = Experiment::from_query(query).experiment;
    let mut measured = Vec::new();
    for device in [gpu().await, Device::flex()] {
        let mut run = Run::new(&experiment, &device).expect("there is data");
        while !run.is_done() {
            run.advance(u32::MAX).await.expect("the device answers");
        }
        let newest = run.measure(true).await.expect("the device answers").expect("recorded");
        assert_eq!(newest.step, 4);
        measured.push(newest.members);
    }
    let names = two_phase::measure::curves(&experiment);
    for (member, (gpu, cpu)) in measured[0].iter().zip(&measured[1]).enumerate() {
        for ((name, gpu), cpu) in names.iter().zip(gpu).zip(cpu) {
            let (gpu, cpu) = (gpu.expect("a number"), cpu.expect("a number"));
            // A unit or a sample at the edge may fall on the other side: one in 25 samples.
            let tolerance = 0.02 * cpu.abs() + 0.05;
            assert!((gpu - cpu).abs() < tolerance, "{name} of {member}: {gpu} against {cpu}");
        }
    }
}

#[wasm_bindgen_test]
async fn twenty_steps_on_webgpu_give_the_weights_of_the_cpu() {
    let experiment = Experiment::from_query("p=7&width=16&seeds=3").experiment;
    let mut weights = Vec::new();
    for device in [gpu().await, Device::flex()] {
        let mut trainer = Trainer::new(&experiment, &device).expect("there is data");
        for _ in 0..20 {
            trainer.advance().await.expect("the device answers");
            trainer.settle().await.expect("the device answers");
        }
        weights.push(trainer.weights().await.expect("the device answers"));
    }
    let scale = weights[1].iter().fold(0f32, |max, w| max.max(w.abs()));
    let worst = weights[0].iter().zip(&weights[1]).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
    assert!(worst <= 1e-3 * scale, "{worst} off, of at most {scale}");
}

/// What each of them computes that no other does, and the kernels cover.
const COVERED: [&str; 24] = [
    "",
    "activation=relu&bias=1&bias-scale=0.1&deeper=6tanh-5relu",
    "activation=gelu",
    "activation=silu&deeper=9silu",
    "activation=linear&alpha=0.5",
    "op=div&init=he&width=17",
    "loss=cross-entropy",
    "loss=stablemax",
    "loss=cross-entropy&smoothing=0.1",
    "smoothing=0,0.1",
    "optimiser=sgd&schedule=linear&warmup=2&lr=0.05&wd=0.01",
    "optimiser=adam&wd=0.001",
    "optimiser=adamw,sgd&wd=0.01",
    "model=random-features&bias=1",
    "model=linear&bias=1",
    "batch=12",
    "grokfast-lambda=0,2",
    "gate=0,1",
    "lr=0.002,0.005&wd=0.5,1",
    "width=8,24&frac=0.4,0.6",
    "data=icosahedron&frac=0.1&loss=cross-entropy&batch=20&bias=1&activation=tanh",
    "data=teacher&samples=30,50&activation=tanh&deeper=6tanh",
    // Enough samples that their sum is taken in parts.
    "p=23&width=40",
    "data=teacher&samples=150,200&activation=tanh&batch=140",
];

#[wasm_bindgen_test]
async fn a_hundred_kernel_steps_agree_with_the_reference() {
    let device = gpu().await;
    let mut faults = Vec::new();
    for query in COVERED {
        let small = if query.contains("p=23") { "" } else { "p=7&width=24&" };
        let parsed = Experiment::from_query(&format!("{small}seeds=2&steps=100&{query}"));
        assert_eq!(parsed.notes, []);
        let mut results = Vec::new();
        let kernels = Trainer::new(&parsed.experiment, &device).expect("there is data");
        assert!(!kernels.is_reference(), "{query}");
        let tensors = Trainer::reference(&parsed.experiment, &Device::flex());
        for mut trainer in [kernels, tensors.expect("there is data")] {
            trainer.measure().await.expect("the device answers");
            let before = trainer.weights().await.expect("the device answers");
            for step in 0..100 {
                if step == 60 {
                    trainer.measure().await.expect("the device answers");
                }
                trainer.advance().await.expect("the device answers");
            }
            let after = trainer.weights().await.expect("the device answers");
            let change: Vec<f32> = after.iter().zip(before).map(|(a, b)| a - b).collect();
            let measured = trainer.measure().await.expect("the device answers");
            let scores = measured.into_iter().flat_map(|m| [m.train, m.test]);
            let (losses, accuracies): (Vec<f32>, Vec<f32>) =
                scores.map(|score| (score.loss, score.accuracy)).unzip();
            results.push([change, losses, accuracies]);
        }
        for (what, (gpu, cpu)) in
            ["weights", "losses", "accuracies"].iter().zip(results[0].iter().zip(&results[1]))
        {
            let largest = cpu.iter().fold(f32::MIN_POSITIVE, |max, x| max.max(x.abs()));
            let off = gpu.iter().zip(cpu).map(|(a, b)| (a - b).abs() / largest);
            let worst =
                off.fold(0f32, |worst, off| if off > worst || off.is_nan() { off } else { worst });
            wasm_bindgen_test::console_log!("{query}: {what} {worst:.1e} of {largest:.2}");
            if worst.is_nan() || worst > 1e-4 || gpu.len() != cpu.len() || cpu.is_empty() {
                faults.push(format!("{query}: {what} are off by {worst:.1e}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn the_gpu_gives_the_same_weights_bit_for_bit_twice() {
    let device = gpu().await;
    let experiment = Experiment::from_query("p=11&width=40&seeds=2&batch=9").experiment;
    let mut bits = Vec::new();
    for _ in 0..2 {
        let mut trainer = Trainer::new(&experiment, &device).expect("there is data");
        for _ in 0..100 {
            trainer.advance().await.expect("the device answers");
        }
        let weights = trainer.weights().await.expect("the device answers");
        bits.push(weights.into_iter().map(f32::to_bits).collect::<Vec<_>>());
    }
    assert_eq!(bits[0], bits[1]);
}

#[wasm_bindgen_test]
async fn the_cpu_gives_the_same_weights_bit_for_bit_twice() {
    two_phase::worker::call_constructors();
    let experiment = Experiment::from_query("seeds=2").experiment;
    let mut bits = Vec::new();
    for _ in 0..2 {
        let mut trainer = Trainer::new(&experiment, &Device::flex()).expect("there is data");
        for _ in 0..20 {
            trainer.advance().await.expect("the CPU answers");
        }
        let weights = trainer.weights().await.expect("the CPU answers");
        bits.push(weights.into_iter().map(f32::to_bits).collect::<Vec<_>>());
    }
    assert_eq!(bits[0], bits[1]);
}
