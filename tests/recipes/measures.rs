//! Recipes F and G: results of the measures.

use two_phase::history::History;

use super::{assert_inside, assert_result, measure, median};

/// The curve of the given name of each member: steps and values.
fn curves(history: &History, name: &str) -> Vec<Vec<(u32, f64)>> {
    let index = history.curves().iter().position(|curve| curve.to_string() == name);
    let index = index.unwrap_or_else(|| panic!("{name} is not measured"));
    let members = history.experiment().member_count();
    (0..members)
        .map(|member| {
            let at = history.measurements().iter();
            at.filter_map(|m| Some((m.step, f64::from(m.members[member][index]?)))).collect()
        })
        .collect()
}

/// The median over members of a curve's value at the first measurement from a step on.
pub(super) fn value(history: &History, name: &str, step: u32) -> f64 {
    let at = |curve: Vec<(u32, f64)>| curve.into_iter().find(|(s, _)| *s >= step).unwrap().1;
    median(curves(history, name).into_iter().map(at))
}

/// The median over members of a curve's highest point.
fn top(history: &History, name: &str) -> f64 {
    let highest = |curve: &Vec<(u32, f64)>| curve.iter().map(|(_, v)| *v).fold(f64::MIN, f64::max);
    median(curves(history, name).iter().map(highest))
}

/// How far each member's curve lies below its highest point at the end.
fn drops(history: &History, name: &str) -> Vec<f64> {
    let drop = |curve: Vec<(u32, f64)>| {
        let highest = curve.iter().map(|(_, value)| *value).fold(f64::MIN, f64::max);
        highest - curve[curve.len() - 1].1
    };
    curves(history, name).into_iter().map(drop).collect()
}

/// The step at which a curve has come half the way from its highest point to its end.
fn half_dropped(curve: &[(u32, f64)]) -> u32 {
    let top = (0..curve.len()).max_by(|a, b| curve[*a].1.total_cmp(&curve[*b].1)).unwrap();
    let half = (curve[top].1 + curve[curve.len() - 1].1) / 2.0;
    curve[top..].iter().find(|(_, value)| *value <= half).unwrap().0
}

#[test]
fn information_in_layer_five_rises_and_falls_by_two_bits() {
    // After the recipe's 5,200 steps it is 1.3 to 3.2 bits here (there 2.3 and more), and still
    // falling.
    let history = measure("preset=information-plane&seeds=6&steps=10000");
    let name = "input-information.layer-5.all";
    let drops = drops(&history, name);
    println!("drops {drops:.2?}");
    assert!(drops.iter().filter(|drop| **drop >= 2.0).count() >= 5, "{drops:?}");
    assert_inside("start", value(&history, name, 0), 2.6, 2.6);
    assert_inside("end", value(&history, name, 5200), 4.5, 4.5);
    assert_inside("top", top(&history, name), 7.0, 7.0);
    assert_result("information-plane start", value(&history, name, 0));
    assert_result("information-plane top", top(&history, name));
    // The first layer tells every pattern from every other throughout.
    assert!(value(&history, "input-information.layer-1.all", 5200) > 11.9);
}

#[test]
fn relu_layers_compress_with_bins_over_each_step_only() {
    let history = measure("preset=information-plane-relu&seeds=6");
    for layer in 1..=5 {
        let drops = drops(&history, &format!("input-information.layer-{layer}.all"));
        println!("layer {layer}: {drops:.2?}");
        // The recipe's own drops are up to 0.04 with one range for all layers.
        let max = if layer == 4 { 0.8 } else { 0.1 };
        assert!(drops.iter().all(|drop| *drop < max), "layer {layer}: {drops:?}");
    }
    let history = measure("preset=information-plane-relu&seeds=6&bin-range=step");
    let drops = drops(&history, "input-information.layer-5.all");
    println!("drops with each step's range {drops:.2?}, in the recipe 2.6");
    // Twelve seeds gave 2.6 to 4.0, with a median of 3.2.
    assert!(drops.iter().all(|drop| (0.75 * 2.6..2.0 * 2.6).contains(drop)), "{drops:?}");
}

/// The estimate that recipe G gives: the upper pairwise bound, with noise relative to the variance.
const BOUND: &str = "info=kernel&noise-scale=relative";

#[test]
fn while_grokking_only_the_outputs_compress() {
    let history =
        measure(&format!("preset=grokking&{BOUND}&layers=all&spread=1&fourier=1&spectra=1"));
    let at = |name: &str, step| value(&history, name, step);
    assert_inside("outputs, memorised", at("input-information.layer-2.all", 45), 5.76, 5.76);
    assert_inside("outputs, end", at("input-information.layer-2.all", 4000), 4.70, 4.70);
    assert_inside("about labels, memorised", at("label-information.layer-2.all", 45), 2.08, 2.08);
    assert_inside("about labels, end", at("label-information.layer-2.all", 4000), 4.10, 4.10);
    assert_inside("variance, hidden, end", at("class-variance.layer-1.all", 2500), 0.682, 0.682);
    assert_inside(
        "variance, outputs, memorised",
        at("class-variance.layer-2.all", 45),
        0.868,
        0.868,
    );
    assert_inside("variance, outputs, end", at("class-variance.layer-2.all", 2700), 0.09, 0.09);
    let concentration = "fourier-concentration.layer-1";
    assert_inside("concentration, memorised", at(concentration, 45), 0.185, 0.185);
    assert_inside("concentration, end", at(concentration, 4000), 0.64, 0.64);
    assert_result("grokking outputs memorised", at("input-information.layer-2.all", 45));
    assert_result("grokking outputs end", at("input-information.layer-2.all", 4000));
    assert_result("grokking variance memorised", at("class-variance.layer-2.all", 45));
    assert_result("grokking variance end", at("class-variance.layer-2.all", 2700));
    assert_result("grokking concentration memorised", at(concentration, 45));
    assert_result("grokking concentration end", at(concentration, 4000));
    // No compression in the hidden layer.
    let hidden = [45, 200, 1000, 2000, 4000].map(|step| at("input-information.layer-1.all", step));
    println!("hidden {hidden:.2?}");
    assert!(hidden.iter().all(|value| (value - hidden[0]).abs() < 0.2), "{hidden:?}");
    // Nor is there less norm at the end than when all is memorised.
    assert!(at("weight-norm.layer-1", 4000) > at("weight-norm.layer-1", 45));
    // On training samples long before, on test samples after generalising.
    let curves = |set: &str| curves(&history, &format!("input-information.layer-2.{set}"));
    let phases = two_phase::phases::find(&history);
    for ((train, test), phases) in curves("train").iter().zip(curves("test")).zip(phases) {
        let (train, test) = (half_dropped(train), half_dropped(&test));
        let generalised = phases.generalise_step.unwrap();
        println!("half dropped on train {train}, on test {test}, generalised {generalised}");
        assert!(3 * train < generalised && generalised < test, "{train} {generalised} {test}");
    }
}

#[test]
fn a_narrow_deep_layer_compresses() {
    let history = measure(&format!("preset=grokking-deep&{BOUND}&steps=5000"));
    let at = |name: &str, step| value(&history, name, step);
    assert_inside("layer 2, memorised", at("input-information.layer-2.all", 100), 5.66, 5.91);
    assert_inside("layer 2, end", at("input-information.layer-2.all", 5000), 4.45, 4.45);
    assert_inside("variance, memorised", at("class-variance.layer-2.all", 100), 0.74, 0.74);
    let complexity = "local-complexity.layer-2.train";
    let (start, end) = (at(complexity, 100), at(complexity, 5000));
    let top = top(&history, complexity);
    println!("complexity {start:.2}, {top:.2}, {end:.2}; in the recipe 3.3, 4.7, 1.8");
    assert!(top > 1.2 * start && end < 0.7 * start, "{start} {top} {end}");
    assert_result("grokking-deep layer 2 memorised", at("input-information.layer-2.all", 100));
    assert_result("grokking-deep layer 2 end", at("input-information.layer-2.all", 5000));
    assert_result("grokking-deep complexity start", start);
    assert_result("grokking-deep complexity top", top);
    assert_result("grokking-deep complexity end", end);
}

#[test]
fn on_digits_outputs_compress_and_maps_rise_and_fall() {
    let history = measure(&format!("preset=digits-measured&{BOUND}&kernel-noise=0.1&truncation=0"));
    let at = |name: &str, step| value(&history, name, step);
    let outputs = "input-information.layer-2.test";
    let (memorised, end) = (at(outputs, 225), at(outputs, 4000));
    println!("outputs on new images {memorised:.2} to {end:.2} bits; in the recipe 7.25 to 4.87");
    assert!(memorised - end > 1.5, "{memorised} to {end}");
    let drop =
        at("input-information.layer-1.test", 225) - at("input-information.layer-1.test", 4000);
    assert_inside("drop of the hidden layer", drop, 1.1, 1.1);
    let maps = "linear-mapping-number.train";
    assert_inside("linear maps at first", at(maps, 0), 10.7, 10.7);
    assert_inside("linear maps when memorised", at(maps, 520), 33.0, 33.0);
    assert_inside("linear maps at last", at(maps, 4000), 20.6, 20.6);
    assert_inside("on test at last", at("linear-mapping-number.test", 4000), 11.5, 11.5);
    let complexity = "local-complexity.layer-1.test";
    assert_inside("complexity at its top", at(complexity, 520), 104.0, 104.0);
    assert_inside("complexity at last", at(complexity, 4000), 87.0, 87.0);
    assert!(at(complexity, 4000) < 0.92 * at(complexity, 520));
    assert_inside("norm when memorised", at("weight-norm.layer-1", 225), 90.0, 90.0);
    assert_inside("norm at last", at("weight-norm.layer-1", 4000), 14.0, 14.0);
    assert_result("digits outputs memorised", memorised);
    assert_result("digits outputs end", end);
    assert_result("digits linear maps start", at(maps, 0));
    assert_result("digits linear maps memorised", at(maps, 520));
    assert_result("digits linear maps end", at(maps, 4000));
    assert_result("digits complexity top", at(complexity, 520));
    assert_result("digits complexity end", at(complexity, 4000));
    assert_result("digits norm memorised", at("weight-norm.layer-1", 225));
    assert_result("digits norm end", at("weight-norm.layer-1", 4000));
}
