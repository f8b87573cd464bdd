//! Recipe I: exact information by resolution, on the training set and on the test set.

use two_phase::history::History;
use two_phase::measure::{Curve, Quantity, Split};

use super::{measure, median};

/// The median over members of `I(X;T)` at the last measurement.
fn last(history: &History, layer: usize, set: Split, decibels: i32) -> f64 {
    let curve = Curve::of(Quantity::InputInformation).layer(layer).on(set).snr(decibels);
    let index = history.curves().iter().position(|known| *known == curve).unwrap();
    let measurement = history.measurements().last().unwrap();
    median(measurement.members.iter().map(|values| f64::from(values[index].unwrap())))
}

/// Bits by which the median of other seeds may lie outside.
const TOLERANCE: f64 = 0.15;

const RESOLUTIONS: [i32; 5] = [0, 5, 10, 20, 30];

/// A row of the recipe: the set, the step, and at each resolution the lowest and the highest of five
/// seeds, in bits; NaN where the recipe has none.
type Row = (Split, u32, [(f64, f64); 5]);

/// A value that all seeds have in common.
const fn at(bits: f64) -> (f64, f64) {
    (bits, bits)
}

/// Holds a table to runs that end at its steps, where networks are always measured.
fn assert_table(query: &str, layer: usize, rows: &[Row]) {
    let mut steps: Vec<u32> = rows.iter().map(|(_, step, _)| *step).collect();
    steps.sort_unstable();
    steps.dedup();
    let mut off = Vec::new();
    for step in steps {
        let history = measure(&format!("{query}&steps={step}"));
        for (set, _, bits) in rows.iter().filter(|(_, of, _)| *of == step) {
            for (decibels, (low, high)) in RESOLUTIONS.iter().zip(bits) {
                let got = last(&history, layer, *set, *decibels);
                println!("{set:?} {step} {decibels} dB: {got:.2}, in the recipe {low} to {high}");
                if got < low - TOLERANCE || got > high + TOLERANCE {
                    off.push((*set, step, *decibels, got));
                }
            }
        }
    }
    assert!(off.is_empty(), "{off:.2?}");
}

const NONE: (f64, f64) = (f64::NAN, f64::NAN);

#[test]
fn outputs_of_grokking_hold_what_the_recipe_says() {
    use Split::{Test, Train};
    let rows = [
        (Train, 45, [(7.16, 7.29), at(8.03), at(8.04), at(8.04), at(8.04)]),
        (Train, 200, [(4.49, 4.54), (4.57, 4.65), (4.76, 4.96), (6.46, 7.14), at(8.04)]),
        (Train, 800, [at(4.48), at(4.50), at(4.52), at(4.71), (5.96, 6.21)]),
        (Train, 4000, [(4.45, 4.49), at(4.50), at(4.50), at(4.56), (5.09, 5.26)]),
        (Test, 45, [(7.34, 7.41), at(8.04), at(8.05), at(8.05), at(8.05)]),
        (Test, 1400, [(7.45, 7.50), at(8.05), at(8.05), at(8.05), at(8.05)]),
        (Test, 2000, [(7.12, 7.43), at(8.03), at(8.05), at(8.05), at(8.05)]),
        (Test, 2600, [(6.47, 7.17), (7.82, 8.02), at(8.05), at(8.05), at(8.05)]),
        (Test, 4000, [(5.27, 5.69), (6.43, 7.12), (7.66, 7.96), at(8.05), at(8.05)]),
    ];
    assert_table("preset=grokking&map=1", 2, &rows);
}

#[test]
fn the_hidden_layer_of_grokking_holds_every_sample() {
    for step in [45, 4000] {
        let history = measure(&format!("preset=grokking&map=1&layers=all&steps={step}"));
        for set in [Split::Train, Split::Test] {
            for decibels in [-5, 0, 10, 30] {
                let bits = last(&history, 1, set, decibels);
                println!("{set:?} {step} {decibels} dB: {bits:.2}");
                assert!(bits > 7.85, "{set:?} {step} {decibels}: {bits}");
            }
        }
    }
}

#[test]
fn outputs_of_digits_hold_what_the_recipe_says() {
    use Split::{Test, Train};
    let rows = [
        (Train, 225, [(4.02, 4.30), (6.18, 6.66), (7.34, 7.53), at(7.64), NONE]),
        (Train, 500, [(3.17, 3.25), (3.66, 3.99), (4.32, 4.96), (6.98, 7.39), NONE]),
        (Train, 800, [(3.08, 3.12), (3.42, 3.53), (3.70, 3.92), (5.82, 6.26), NONE]),
        (Train, 4000, [(3.07, 3.11), (3.38, 3.47), (3.54, 3.77), (4.90, 5.75), NONE]),
        (Test, 225, [(4.51, 4.60), (7.65, 7.76), at(8.96), at(9.05), NONE]),
        (Test, 800, [(4.53, 4.65), (7.73, 7.81), at(8.98), at(9.05), NONE]),
        (Test, 1300, [(4.21, 4.30), (7.03, 7.16), (8.72, 8.78), at(9.05), NONE]),
        (Test, 2000, [(3.62, 3.74), (5.64, 5.83), (7.66, 7.84), at(9.04), NONE]),
        (Test, 4000, [(3.49, 3.57), (5.19, 5.46), (7.04, 7.37), at(9.00), NONE]),
    ];
    assert_table("preset=digits&map=1&points=729", 2, &rows);
}

#[test]
fn without_weight_decay_the_outputs_compress_on_the_training_set_alone() {
    let history = measure("preset=no-weight-decay");
    let [train, test] = [Split::Train, Split::Test].map(|set| last(&history, 2, set, 0));
    println!("without weight decay {train:.2} on the training set, {test:.2} on the test set");
    assert!(train < 5.0 && test > 7.0, "{train} {test}");
}
