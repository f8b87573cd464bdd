//! Recipes B: what makes the second phase shorter, paired by seed with recipe A1.

use std::sync::OnceLock;

use two_phase::phases::MemberPhases;

use super::{assert_inside, assert_result, median, median_step, phases_of};

const SEEDS: &str = "seeds=6";

/// From memorising to generalising.
fn waits(members: &[MemberPhases]) -> Vec<f64> {
    let wait = |m: &MemberPhases| Some(f64::from(m.generalise_step?) - f64::from(m.memorise_step?));
    members.iter().map(|m| wait(m).unwrap_or(f64::INFINITY)).collect()
}

/// The median over seeds of the wait of recipe A1 over that of a method.
fn speed_up(query: &str) -> f64 {
    static BASE: OnceLock<Vec<f64>> = OnceLock::new();
    let base = BASE.get_or_init(|| waits(&phases_of(&format!("preset=grokking&{SEEDS}"))));
    let method = waits(&phases_of(&format!("{query}&{SEEDS}")));
    median(base.iter().zip(method).map(|(base, method)| base / method))
}

fn assert_speed_up(query: &str, lowest: f64, highest: f64) {
    let value = speed_up(query);
    assert_inside(&format!("{query}: speed-up"), value, lowest, highest);
    assert_result(&format!("speed-up {query}"), value);
}

#[test]
fn threefold_weight_decay_shortens_the_wait_sixfold() {
    assert_speed_up("wd=3", 5.9, 7.1);
}

#[test]
fn weight_decay_once_memorised_does_as_well() {
    assert_speed_up("preset=gated-decay", 4.6, 6.1);
}

#[test]
fn noise_on_hidden_units_replaces_weight_decay() {
    assert_speed_up("preset=noise-for-decay", 2.1, 2.8);
}

#[test]
fn orthograd_without_weight_decay_all_but_removes_the_wait() {
    assert_speed_up("preset=orthograd", 15.0, 19.0);
}

#[test]
fn grokfast_with_the_published_settings_is_slower() {
    assert_speed_up("preset=grokfast", 0.7, 0.8);
}

#[test]
#[ignore = "slow: a dozen runs"]
fn every_other_method_does_what_it_did_in_the_calibration() {
    let off: Vec<String> = [
        ("wd=10", 2.2, 5.3),
        ("wd=1&gate=1", 0.76, 0.99),
        ("lr=0.009&wd=0.333", 0.90, 1.04),
        ("lr=0.009", 2.9, 3.8),
        ("noise=0.3", 2.9, 3.2),
        ("noise=0.6", 3.4, 4.2),
        ("noise=0.6&wd=3", 5.9, 7.0),
        ("smoothing=0.1", 0.95, 1.05),
        ("grokfast-lambda=2&grokfast-alpha=0.9", 2.1, 2.4),
        ("grokfast-lambda=5&grokfast-alpha=0.9", 1.7, 1.9),
        ("optimiser=muon&beta1=0.95&steps=6000", 1.2, 1.4),
        ("beta1=0", 2.0, 2.2),
        ("beta1=0.98&steps=6000", 0.62, 0.72),
        ("beta2=0.999", 1.2, 1.4),
    ]
    .into_iter()
    .filter_map(|(query, lowest, highest)| {
        let value = speed_up(query);
        println!("{query}: {value:.2}, in the recipe {lowest} to {highest}");
        assert_result(&format!("speed-up {query}"), value);
        let inside = (0.75 * lowest..=1.25 * highest).contains(&value);
        (!inside).then(|| format!("{query}: {value:.2} instead of {lowest} to {highest}"))
    })
    .collect();
    assert_eq!(off, Vec::<String>::new());
}

#[test]
#[ignore = "slow"]
fn label_smoothing_shortens_the_wait_with_cross_entropy() {
    let base = phases_of("preset=grokking-cross-entropy&seeds=3");
    let smooth = phases_of("preset=grokking-cross-entropy&seeds=3&smoothing=0.1");
    let ratio = median(waits(&base).into_iter().zip(waits(&smooth)).map(|(a, b)| a / b));
    assert_inside("speed-up by smoothing", ratio, 3.3, 3.3);
}

#[test]
fn with_cross_entropy_noise_does_not_replace_weight_decay() {
    let query = "preset=grokking-cross-entropy&noise=0.6&wd=0&seeds=2&steps=1500";
    assert!(phases_of(query).iter().all(|member| member.generalise_step.is_none()));
}

#[test]
fn weight_decay_and_learning_rate_set_the_pace_by_their_product() {
    // Both phases in A2: a third of the steps at three times the learning rate.
    let fast = phases_of("preset=grokking-fast&seeds=3");
    let steps = median_step(fast.iter().map(|m| m.generalise_step));
    // lr wd T95 of 2.6 to 5.5 over a thirty-fold range.
    assert_inside("lr × wd × step", 0.01 * steps, 2.6, 5.5);
}
