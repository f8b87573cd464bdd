//! How far measures lag behind accuracy (recipes G), from the phase finder.

use super::measure;
use two_phase::history::History;
use two_phase::phases::{self, Lag};

const KERNEL: &str = "seeds=5&layers=all&spread=1&spectra=1&info=kernel&noise-scale=relative";

fn lags(history: &History) -> Vec<Lag> {
    phases::lags(history, 0..history.experiment().member_count())
}

/// The lag of a curve, by its name in JSON.
fn lag<'a>(all: &'a [Lag], name: &str) -> &'a Lag {
    all.iter().find(|lag| lag.signal.key() == name).unwrap_or_else(|| panic!("{name} has no lag"))
}

#[track_caller]
fn is_within(all: &[Lag], name: &str, low: f64, high: f64) {
    let lag = lag(all, name);
    println!("{name}: {:.2?}", lag.ratios);
    let median = lag.median().unwrap();
    assert!((low..=high).contains(&median), "{name}: {median}, not {low} to {high}");
    assert!(lag.ratios.iter().all(Option::is_some), "{name}: {:?}", lag.ratios);
}

#[test]
fn addition_lags_are_those_of_the_recipe() {
    let all = lags(&measure(&format!("preset=grokking&kernel-noise=0.2&{KERNEL}")));
    is_within(&all, "input-information.layer-2.all", 1.1, 1.5);
    is_within(&all, "class-variance.layer-1.all", 1.2, 1.5);
    is_within(&all, "class-variance.layer-2.all", 0.9, 1.1);
    // On the test set alone, 2.8 in a longer run; the fall is not over here.
    let test = lag(&all, "input-information.layer-2.test");
    is_within(&all, "input-information.layer-2.test", 2.0, 2.8);
    assert!(test.going_on >= 3 && test.counts() == [0, 5], "{test:?}");
    // The training set alone falls long before.
    is_within(&all, "input-information.layer-2.train", 0.05, 0.15);
}

#[test]
fn exact_information_of_test_samples_falls_after_accuracy_rises() {
    let all = lags(&measure("preset=grokking"));
    let test = lag(&all, "input-information.layer-2.0-dB.test");
    assert_eq!(test.counts(), [0, 5], "{test:?}");
    let train = lag(&all, "input-information.layer-2.0-dB.train");
    assert_eq!(train.counts(), [5, 0], "{train:?}");
}

#[test]
fn digits_change_in_the_order_of_the_recipe() {
    let query = format!("preset=digits&points=729&kernel-noise=0.1&linear-map=1&{KERNEL}");
    let all = lags(&measure(&query));
    // 2.45 [2.3-2.6] there, by the first recorded step past the half; between steps it is earlier.
    is_within(&all, "input-information.layer-2.test", 2.1, 2.6);
    is_within(&all, "linear-mapping-number.train", 1.9, 2.5);
    is_within(&all, "linear-mapping-number.test", 1.6, 2.0);
    let median = |name: &str| lag(&all, name).median().unwrap();
    let order =
        ["weight-norm.layer-1", "input-information.layer-2.test", "input-information.layer-1.test"]
            .map(median);
    assert!(1.0 < order[0] && order[0] < order[1] && order[1] < order[2], "{order:?}");
}
