//! Members of an ensemble train as they would alone, whatever they differ in.

use burn::tensor::Device;
use pollster::block_on;
use two_phase::evaluation::{Evaluation, next_evaluated_step};
use two_phase::experiment::{Experiment, Optimiser, Preset};
use two_phase::history::History;
use two_phase::phases;
use two_phase::run::Run;
use two_phase::sharding::{StepMerger, assign_members};
use two_phase::train::Trainer;

use super::{experiment, train};

fn losses(history: &History, member: usize) -> Vec<f32> {
    let later = history.member(member).filter(|(step, _)| *step > 0);
    later.flat_map(|(_, m)| [m.train.loss, m.test.loss]).collect()
}

/// The ensemble trained in one set of tensors, as on a GPU.
fn train_together(query: &str) -> History {
    let experiment = experiment(query);
    let mut history = History::new(experiment.clone());
    let mut trainer = Trainer::new(&experiment, &Device::flex()).unwrap();
    let (mut step, last) = (0, experiment.settings.steps);
    loop {
        while trainer.step() < step {
            block_on(trainer.advance()).unwrap();
        }
        let members = block_on(trainer.measure()).unwrap().into_iter().map(Some).collect();
        history.push(Evaluation { step, members });
        if step == last {
            return history;
        }
        step = next_evaluated_step(step).min(last);
    }
}

/// Every member's losses are within 1e-5 of those that it has alone, at every measured step.
fn assert_as_alone(query: &str) {
    let together = train_together(query);
    for (index, member) in together.experiment().members().into_iter().enumerate() {
        let alone = Experiment::alone(&Preset::ALL[0], member);
        let mut history = History::new(alone.clone());
        let mut run = Run::new(&alone, &Device::flex()).unwrap();
        block_on(run.finish(|evaluation| history.push(evaluation))).unwrap();
        let name = together.experiment().member_name(index);
        let (together, alone) = (losses(&together, index), losses(&history, 0));
        // A member that is solved in closed form is done after one step when alone.
        let solved = member.optimiser == Optimiser::MinimumNorm;
        assert!(together.len() == alone.len() || (solved && alone.len() == 2));
        for (together, alone) in together.iter().zip(&alone) {
            let off = (together / alone - 1.0).abs();
            assert!(off <= 1e-5, "{query}, {name}: {together} against {alone}");
        }
    }
}

#[test]
fn shards_train_to_the_last_bit_like_the_whole() {
    for query in [
        "seeds=5&steps=60",
        "seeds=5&steps=60&batch=16&noise=0.3&label-noise=0.1",
        "p=11&width=8,16,24,32&seeds=3&steps=60",
        "p=11&width=24&deeper=6tanh&bias=1&frac=0.4,0.6&lr=0.001,0.01&seeds=2&steps=60",
        "p=11&width=16&optimiser=adamw,muon,sgd&grokfast-lambda=2&seeds=2&steps=60",
        "p=11&width=16&lr=0.003,10&seeds=2&steps=60",
        "data=digits&samples=20,30,50&activation=relu&width=16&bias=1&seeds=2&steps=40",
        "data=digits&model=random-features&optimiser=minimum-norm&width=20,50&samples=40&seeds=3",
    ] {
        let whole = train(query);
        let experiment = whole.experiment();
        for max in [2, 3] {
            let mut merger = StepMerger::new(max);
            let mut history = History::new(experiment.clone());
            for (index, shard) in assign_members(experiment, max).into_iter().enumerate() {
                let mut run = Run::for_members(experiment, shard, &Device::flex()).unwrap();
                let look = |evaluation| {
                    let whole = if experiment.is_solved() {
                        Some(evaluation)
                    } else {
                        merger.add(index, evaluation)
                    };
                    whole.into_iter().for_each(|evaluation| history.push(evaluation));
                };
                block_on(run.finish(look)).unwrap();
            }
            // As text: one NaN does not equal another.
            let text = |history: &History| serde_json::to_string(history.evaluations()).unwrap();
            assert!(text(&history) == text(&whole), "{query} in {max} shards");
        }
    }
}

#[test]
fn members_that_differ_in_their_seed_train_as_they_would_alone() {
    assert_as_alone("seeds=5&steps=200");
}

#[test]
fn members_that_differ_in_width_train_as_they_would_alone() {
    assert_as_alone("width=8,16&deeper=6tanh&bias=1&bias-scale=0.1&seeds=2&steps=200");
}

#[test]
fn members_with_different_samples_train_as_if_alone() {
    assert_as_alone("frac=0.4,0.6&label-noise=0,0.1&width=16&seeds=1&steps=200");
    assert_as_alone("data=digits&samples=20,50&activation=relu&width=16&bias=1&seeds=1&steps=100");
    assert_as_alone(
        "data=two-scale&model=linear&samples=20,50&optimiser=sgd&lr=0.01&wd=0&seeds=1&steps=200",
    );
}

#[test]
fn members_with_different_methods_train_as_if_alone() {
    for lists in [
        "lr=0.001,0.01&wd=0,1",
        "beta1=0,0.9&beta2=0.9,0.98",
        "noise=0,0.3&smoothing=0,0.1",
        "grokfast-lambda=0,2&grokfast-alpha=0.9,0.98",
        "grokfast-lambda=2&grokfast=ema,ma&grokfast-window=10",
        "orthograd=0,1&constant-norm=0,1",
        "optimiser=adamw,adam,sgd,muon",
        "rank-penalty=0,0.01",
        "gate=0,1",
        "alpha=0.5,1",
    ] {
        assert_as_alone(&format!("p=11&width=16&seeds=1&steps=120&{lists}"));
    }
    assert_as_alone("p=11&width=16&optimiser=adamw,minimum-norm&constant-norm=1&seeds=1&steps=50");
    assert_as_alone("p=11&width=16&batch=16&noise=0,0.3&seeds=2&steps=120");
}

#[test]
fn a_masked_unit_stays_zero_for_500_steps() {
    for method in
        ["", "noise=0.3&orthograd=1", "optimiser=muon", "rank-penalty=0.01&constant-norm=1"]
    {
        for activation in ["quadratic", "relu", "tanh", "gelu", "silu", "linear"] {
            let query = format!(
                "p=5&width=4,8&deeper=3{activation}&activation={activation}&bias=1&seeds=1&{method}"
            );
            let experiment = experiment(&query);
            let mut trainer = Trainer::new(&experiment, &Device::flex()).unwrap();
            (0..500).for_each(|_| block_on(trainer.advance()).unwrap());
            let all = block_on(trainer.weights()).unwrap();
            // [2, 10, 8], [2, 1, 8], [2, 8, 3]: the first member has four units.
            let (first, rest) = all.split_at(2 * 10 * 8);
            let (biases, rest) = rest.split_at(2 * 8);
            let into = first[..80].chunks(8).chain([&biases[..8]]).flat_map(|row| &row[4..]);
            let out_of = rest[4 * 3..8 * 3].iter();
            for weight in into.chain(out_of) {
                assert_eq!(*weight, 0.0, "{query}");
            }
            // The other member uses all of its units.
            assert!(first[80..].iter().filter(|weight| **weight == 0.0).count() == 0, "{query}");
        }
    }
}

#[test]
fn a_diverged_member_is_named_and_stops_no_other() {
    let history = train("p=11&width=16&lr=0.003,10&seeds=2&steps=200");
    let members = phases::find(&history);
    assert_eq!(members[0].diverged_step, None);
    assert_eq!(members[1].diverged_step, None);
    let step = members[2].diverged_step.unwrap();
    assert!(step > 0);
    let diverged: Vec<usize> =
        phases::divergences(&history).iter().map(|divergence| divergence.member).collect();
    assert_eq!(diverged, [2, 3]);
    // The curves up to there are kept, and the others go on to the end.
    assert!(history.member(2).take_while(|(at, _)| *at < step).all(|(_, m)| m.is_finite()));
    assert_eq!(history.evaluations().last().unwrap().step, 200);
    let alone = train("p=11&width=16&lr=0.003&seeds=2&steps=200");
    assert_eq!(losses(&history, 1), losses(&alone, 1));
}

#[test]
fn a_run_whose_members_have_all_diverged_ends() {
    let history = train("p=11&width=16&lr=10&seeds=2&steps=50000");
    assert!(history.evaluations().last().unwrap().step < 1000);
}
