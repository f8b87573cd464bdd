//! Steps a second of training on Flex, natively, over the workloads of docs/benchmark.md.
//!
//! `cargo bench` runs all of them; `cargo bench -- digits` those whose query holds the word.

use std::time::{Duration, Instant};

use burn::tensor::Device;
use pollster::block_on;
use two_phase::experiment::Experiment;
use two_phase::train::{TrainError, Trainer};

/// Experiments, each with 1, 8 and 32 members where a run holds as many.
const WORKLOADS: [(&str, &[usize]); 4] = [
    ("p=23&width=128", &[1, 8, 32]),
    ("preset=digits", &[1, 8, 32]),
    ("p=59&width=256", &[1, 8, 32]),
    ("p=97&width=512", &[1, 6]),
];

/// Rounds of a workload, whose median, minimum and maximum are shown.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(400);

fn main() -> Result<(), TrainError> {
    // cargo passes `--bench` along.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    println!("| workload | members | steps a second, median (min to max) |");
    println!("| --- | --- | --- |");
    for (query, ensembles) in WORKLOADS {
        if !wanted.is_empty() && !wanted.iter().any(|word| query.contains(word)) {
            continue;
        }
        for &members in ensembles {
            let mut rates = rates(query, members)?;
            rates.sort_by(f64::total_cmp);
            let (median, min, max) = (rates[ROUNDS / 2], rates[0], rates[ROUNDS - 1]);
            println!("| `{query}` | {members} | {median:.2} ({min:.2} to {max:.2}) |");
        }
    }
    Ok(())
}

/// Steps a second in each round, behind a first step that is not counted.
fn rates(query: &str, members: usize) -> Result<Vec<f64>, TrainError> {
    let mut trainer = Trainer::new(&experiment(query, members), &Device::flex())?;
    block_on(trainer.advance())?;
    (0..ROUNDS)
        .map(|_| {
            let (start, before) = (Instant::now(), trainer.step());
            while start.elapsed() < ROUND {
                block_on(trainer.advance())?;
            }
            block_on(trainer.settle())?;
            Ok(f64::from(trainer.step() - before) / start.elapsed().as_secs_f64())
        })
        .collect()
}

/// The experiment with that many members; 32 are two initial scales of 16 seeds, for 20 seeds are
/// the most.
fn experiment(query: &str, members: usize) -> Experiment {
    const MAX_SEEDS: usize = 20;
    let alpha = Experiment::from_query(query).experiment.members()[0].alpha;
    let parsed = Experiment::from_query(&if members <= MAX_SEEDS {
        format!("{query}&seeds={members}")
    } else {
        format!("{query}&seeds={}&alpha={alpha},{}", members / 2, alpha * 1.01)
    });
    assert!(parsed.notes.is_empty(), "{query}: {:?}", parsed.notes);
    parsed.experiment
}
