//! The engine inside a real browser's worker, on WebGPU and on the CPU.
//!
//! Run by `cargo xtask test wasm`, with an adapter in software. Without one the tests fail: they
//! are there to try WebGPU.
#![cfg(target_family = "wasm")]

use burn::tensor::Device;
use two_phase::experiment::Experiment;
use two_phase::train::{Run, Trainer, conformance};
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
    for index in 0..conformance::CHECKS.len() {
        if let Err(fault) = conformance::check(index, &device).await {
            panic!("{fault}");
        }
    }
}

#[wasm_bindgen_test]
async fn webgpu_takes_the_steps_of_the_cpu_with_every_setting() {
    let device = gpu().await;
    let mut faults = Vec::new();
    for variant in conformance::VARIANTS {
        if let Err(fault) = conformance::check_variant(variant, &device).await {
            faults.push(fault.to_string());
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn what_is_measured_on_webgpu_is_what_is_measured_on_the_cpu() {
    let query = "p=7&width=16&seeds=2&steps=4&lr=0.01&layers=all&bounds=both&spread=1&complexity=1\
                 &linear-map=1&spectra=1&fourier=1&truncation=1";
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
            let most = 0.02 * cpu.abs() + 0.05;
            assert!((gpu - cpu).abs() < most, "{name} of {member}: {gpu} against {cpu}");
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
    let scale = weights[1].iter().fold(0f32, |most, w| most.max(w.abs()));
    let worst = weights[0].iter().zip(&weights[1]).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
    assert!(worst <= 1e-3 * scale, "{worst} off, of at most {scale}");
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
