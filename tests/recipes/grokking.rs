//! Recipes A: modular addition is memorised first and generalised much later.

use two_phase::history::History;
use two_phase::phases;

use super::{assert_inside, assert_result, median_step, phases_of, train};

/// Every member groks, and the medians of memorising and generalising are where they were in the
/// calibration. Returns them.
fn assert_recipe(query: &str, memorised: f64, generalised: [f64; 2]) -> [f64; 2] {
    let members = phases_of(query);
    let memorised_at = median_step(members.iter().map(|m| m.memorise_step));
    // Read off every 5 to 10 steps there.
    assert_inside(&format!("{query}: memorised"), memorised_at, memorised - 8.0, memorised + 5.0);
    let steps = members.iter().map(|m| m.generalise_step);
    assert!(steps.clone().all(|step| step.is_some()), "{query}: {members:?}");
    let [lowest, highest] = generalised;
    let generalised = median_step(steps);
    assert_inside(&format!("{query}: generalised"), generalised, lowest, highest);
    [memorised_at, generalised]
}

#[test]
fn a1_every_member_generalises_ten_times_later() {
    let [memorised, generalised] = assert_recipe("preset=grokking", 45.0, [1520.0, 2175.0]);
    assert_result("grokking memorised", memorised);
    assert_result("grokking generalised", generalised);
    for member in phases_of("preset=grokking&seeds=5..7") {
        let (memorised_at, generalise) =
            (member.memorise_step.unwrap(), member.generalise_step.unwrap());
        assert!(generalise >= 10 * memorised_at, "{generalise} / {memorised_at}");
    }
}

#[test]
fn a2_threefold_learning_rate_shortens_both_phases_threefold() {
    assert_recipe("preset=grokking-fast", 20.0, [375.0, 585.0]);
}

#[test]
#[ignore = "slow: 5,000 steps"]
fn a3_a_third_of_the_rate_makes_both_phases_threefold() {
    assert_recipe("preset=grokking-slow", 110.0, [4195.0, 6615.0]);
}

#[test]
fn a4_narrower_networks_grok_too() {
    assert_recipe("preset=grokking-light&seeds=10", 85.0, [450.0, 2165.0]);
}

#[test]
fn a5_modulo_17() {
    assert_recipe("preset=grokking-17", 45.0, [1175.0, 1335.0]);
}

#[test]
fn a6_with_cross_entropy() {
    assert_recipe("preset=grokking-cross-entropy", 30.0, [1340.0, 1560.0]);
}

#[test]
fn a7_with_relu() {
    assert_recipe("preset=grokking-relu", 40.0, [470.0, 1440.0]);
}

#[test]
fn a8_with_relu_and_cross_entropy() {
    assert_recipe("preset=grokking-relu-cross-entropy", 45.0, [900.0, 1055.0]);
}

#[test]
fn g_two_hidden_layers_grok_too() {
    assert_recipe("preset=grokking-deep&seeds=3", 100.0, [1040.0, 2560.0]);
}

#[test]
fn the_test_loss_rises_before_it_falls() {
    let history = train("preset=grokking&seeds=3&steps=3000");
    for member in 0..3 {
        let losses: Vec<f32> = history.member(member).map(|(_, m)| m.test.loss).collect();
        let (first, last) = (losses[0], losses[losses.len() - 1]);
        let highest = losses.iter().copied().fold(0.0, f32::max);
        println!("test loss {first} at the start, {highest} at most, {last} at the end");
        assert!(highest > 1.2 * first && last < 0.7 * first);
    }
}

#[test]
fn more_weight_decay_brings_generalising_forward_up_to_six() {
    let members = phases::find(&train("preset=decay-sweep"));
    let (none, some) = members.split_at(5);
    assert!(none.iter().all(|m| m.memorise_step.is_some() && m.generalise_step.is_none()));
    // The sliders of the calibration, over five seeds.
    for (members, expected) in some.chunks(5).zip([3680.0, 1650.0, 535.0, 285.0, 240.0]) {
        let step = median_step(members.iter().map(|m| m.generalise_step));
        assert_inside("generalised", step, 0.75 * expected, 1.25 * expected);
    }
}

#[test]
fn the_maps_hold_every_outcome() {
    let of = |query: &str| -> Vec<[Option<u32>; 2]> {
        let members = phases::find(&train(query));
        members.iter().map(|m| [m.memorise_step, m.generalise_step]).collect()
    };
    for query in ["preset=map-decay-rate", "preset=map-fraction-decay"] {
        let members = of(query);
        assert_eq!(members.len(), 36, "{query}");
        assert!(members.iter().all(|[memorised, _]| memorised.is_some()), "{query}");
        for row in members.chunks(6) {
            // Without weight decay never, with a decay of 4 always.
            assert!(row[0][1].is_none() && row[4][1].is_some(), "{query}: {row:?}");
        }
    }
    // From large weights, strong decay keeps a network from memorising.
    let members = of("preset=map-scale-decay");
    assert!(members[5][1].is_some() && members[35] == [None, None], "{members:?}");
    assert!(members[30][0].is_some() && members[30][1].is_none(), "{members:?}");
}

#[test]
fn without_weight_decay_the_second_phase_does_not_come() {
    for member in phases_of("preset=no-weight-decay&seeds=3&steps=3000") {
        assert!(member.memorise_step.is_some());
        assert_eq!(member.generalise_step, None);
    }
}

#[test]
#[ignore = "slow: 6,000 steps"]
fn from_two_fifths_of_the_table_the_rule_is_not_found_in_time() {
    for member in phases_of("preset=grokking&frac=0.4&seeds=5&steps=6000") {
        assert_eq!(member.generalise_step, None);
    }
}

#[test]
fn the_same_experiment_gives_the_same_curves_bit_for_bit() {
    let bits = |history: &History| -> Vec<u32> {
        let scores = history
            .evaluations()
            .iter()
            .flat_map(|s| s.members.iter().flatten())
            .flat_map(|m| [m.train, m.test]);
        scores.flat_map(|score| [score.loss.to_bits(), score.accuracy.to_bits()]).collect()
    };
    // With everything in it that is drawn while training.
    for query in ["seeds=3&steps=300", "seeds=2&steps=100&noise=0.3&batch=64&label-noise=0.1"] {
        let (once, again) = (train(query), train(query));
        assert_eq!(bits(&once), bits(&again));
        assert_eq!(phases::find(&once), phases::find(&again));
    }
}
