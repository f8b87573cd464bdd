//! Calibrated settings with results over several seeds in another framework (float32 JAX on a CPU).
//! A correct trainer reproduces them. Medians may lie 25% outside the range seen there.

#![cfg(feature = "engine")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

mod accelerators;
mod baseline;
mod claims;
mod digits;
mod double_descent;
mod ensemble;
mod exact;
mod grokking;
mod hurry;
mod icosahedron;
mod lags;
mod measures;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use burn::tensor::Device;
use pollster::block_on;
use two_phase::experiment::{Experiment, Settings};
use two_phase::history::{History, Scores};
use two_phase::phases::{self, MemberPhases, summarise};
use two_phase::run::Run;
use two_phase::stats;

/// An experiment that is spelled without a mistake.
fn experiment(query: &str) -> Experiment {
    let parsed = Experiment::from_query(query);
    assert_eq!(parsed.notes, []);
    parsed.experiment
}

/// The evaluations that the page would get of an experiment on the CPU.
fn train(query: &str) -> History {
    train_until(query, |_| false)
}

/// The same, stopped at the first evaluation at which `enough` says so.
fn train_until(query: &str, enough: impl Fn(&History) -> bool) -> History {
    let experiment = experiment(query);
    let mut history = History::new(experiment.clone());
    let mut run = Run::new(&experiment, &Device::flex()).unwrap();
    while !run.is_done() && !enough(&history) {
        if let Some(evaluation) = block_on(run.advance(u32::MAX)).unwrap() {
            history.push(evaluation);
        }
    }
    history
}

/// The same to the end, with all measurements of the experiment.
fn measure(query: &str) -> History {
    let experiment = experiment(query);
    let mut history = History::new(experiment.clone());
    let mut run = Run::new(&experiment, &Device::flex()).unwrap();
    block_on(async {
        run.finish(|evaluation| history.push(evaluation)).await.unwrap();
        while let Some(measurement) = run.measure(true).await.unwrap() {
            history.push_measurement(measurement);
        }
    });
    history
}

/// The phases of an experiment that is stopped when every member generalises.
fn phases_of(query: &str) -> Vec<MemberPhases> {
    let all_there = |history: &History| {
        phases::find(history).iter().all(|member| member.generalise_step.is_some())
    };
    let members = phases::find(&train_until(query, all_there));
    let steps =
        |step: fn(&MemberPhases) -> Option<u32>| members.iter().map(step).collect::<Vec<_>>();
    println!(
        "{query}: memorised {:?}, generalised {:?}",
        steps(|m| m.memorise_step),
        steps(|m| m.generalise_step)
    );
    members
}

/// The median step over members. Members that never get there count as last.
fn median_step(steps: impl Iterator<Item = Option<u32>>) -> f64 {
    f64::from(summarise(steps).and_then(|summary| summary.median).expect("half have got there"))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    stats::median(values).expect("there are values")
}

/// The value of each member at its last evaluation.
fn last(history: &History, value: fn(&Scores) -> f32) -> Vec<f64> {
    history
        .evaluations()
        .last()
        .unwrap()
        .members
        .iter()
        .flatten()
        .map(|m| f64::from(value(m)))
        .collect()
}

/// Asserts that a value is inside a range, or up to 25% outside.
fn assert_inside(what: &str, value: f64, lowest: f64, highest: f64) {
    let (low, high) = (0.75 * lowest, 1.25 * highest);
    println!("{what}: {value:.3}, in the recipe {lowest} to {highest}");
    assert!((low..=high).contains(&value), "{what}: {value} is not in {low} to {high}");
}

/// Holds a number that the documents quote to the run. Another machine sums in another order, and
/// training amplifies that: 15% is what the steps of the phases are allowed.
fn assert_result(key: &str, measured: f64) {
    static RESULTS: LazyLock<BTreeMap<String, f64>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../../docs/results.json")).unwrap());
    let Some(&quoted) = RESULTS.get(key) else {
        panic!("docs/results.json lacks `{key}`, which is {measured:.3} here");
    };
    println!("{key}: {measured:.3}, quoted as {quoted}");
    let off = (measured - quoted).abs();
    assert!(off <= 0.15 * quoted.abs(), "docs quote {quoted} for `{key}`, which is {measured:.3}");
}

/// The settings of every member.
fn members(history: &History) -> Vec<Settings> {
    history.experiment().members()
}
