//! Recipe A1: modular addition is memorised first and generalised much later.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use burn::tensor::Device;
use pollster::block_on;
use two_phase::experiment::Experiment;
use two_phase::history::{History, Snapshot};
use two_phase::phases::{self, spread};
use two_phase::train::Run;

/// What the page would measure of an experiment on the CPU.
fn train(experiment: Experiment) -> History {
    let mut history = History::new(experiment);
    block_on(Run::new(&experiment, &Device::flex()).finish(|snapshot| history.push(snapshot)))
        .unwrap();
    history
}

#[test]
fn generalisation_follows_memorisation_by_ten_times_in_every_member() {
    let history = train(Experiment { steps: 3000, ..Experiment::default() });
    let members = phases::find(&history);
    for (seed, member) in history.experiment().member_seeds().zip(&members) {
        let fit = member.fit_step.unwrap() as f64;
        let generalise = member.generalise_step.unwrap() as f64;
        println!("seed {seed}: memorised at {fit}, generalised at {generalise}");
        assert!(generalise / fit >= 10.0, "seed {seed}: {generalise} / {fit}");
    }
    // Medians of ten seeds in another framework: 45 and 1665 [1520-2175].
    let median =
        |steps: Vec<Option<u32>>| f64::from(spread(steps.into_iter()).unwrap().median.unwrap());
    let fit = median(members.iter().map(|m| m.fit_step).collect());
    let generalise = median(members.iter().map(|m| m.generalise_step).collect());
    assert!((45.0 * 0.8..=45.0 * 1.2).contains(&fit), "memorised at {fit}");
    assert!((1520.0 * 0.8..=2175.0 * 1.2).contains(&generalise), "generalised at {generalise}");
}

#[test]
fn without_weight_decay_the_second_phase_does_not_come() {
    let history = train(Experiment { wd: 0.0, seeds: 3, steps: 3000, ..Experiment::default() });
    for member in phases::find(&history) {
        assert!(member.fit_step.is_some());
        assert_eq!(member.generalise_step, None);
    }
}

#[test]
fn the_same_experiment_gives_the_same_curves_bit_for_bit() {
    let experiment = Experiment { seeds: 3, steps: 300, ..Experiment::default() };
    let bits = |history: &History| -> Vec<u32> {
        let scores =
            history.snapshots().iter().flat_map(|s| &s.members).flat_map(|m| [m.train, m.test]);
        scores.flat_map(|score| [score.loss.to_bits(), score.accuracy.to_bits()]).collect()
    };
    assert_eq!(bits(&train(experiment)), bits(&train(experiment)));
}

#[test]
fn a_member_trains_as_it_would_alone() {
    let together = train(Experiment { seeds: 5, steps: 200, ..Experiment::default() });
    let alone = train(Experiment { seeds: 1, seed: 3, steps: 200, ..Experiment::default() });
    let loss = |snapshot: &Snapshot, member: usize| {
        let member = &snapshot.members[member];
        [member.train.loss, member.test.loss]
    };
    assert_eq!(together.snapshots().len(), alone.snapshots().len());
    assert_eq!(alone.snapshots().last().unwrap().step, 200);
    for (together, alone) in together.snapshots().iter().zip(alone.snapshots()) {
        for (together, alone) in loss(together, 3).into_iter().zip(loss(alone, 0)) {
            assert!((together / alone - 1.0).abs() <= 1e-5, "{together} against {alone}");
        }
    }
}
