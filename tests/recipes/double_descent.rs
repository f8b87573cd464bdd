//! Recipes D and E: double descent over time and over size, with their controls.

use two_phase::experiment::Settings;
use two_phase::theory;

use super::{assert_inside, assert_result, last, median, members, train};

#[test]
fn slow_features_make_the_test_error_fall_rise_and_fall_again() {
    let history = train("preset=double-descent-time");
    // The median curve: the peak of a single one is too flat to be located.
    let curve: Vec<(f64, f64)> = history
        .evaluations()
        .iter()
        .map(|evaluation| {
            let losses = evaluation.members.iter().flatten().map(|m| f64::from(m.test.loss));
            (f64::from(evaluation.step), median(losses))
        })
        .collect();
    assert_inside("step 1", curve[1].1, 7.7, 7.7);
    let by_loss = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let low = curve[1..20].iter().min_by(by_loss).unwrap();
    assert_inside("first minimum", low.1, 5.9, 6.8);
    assert_inside("at step", low.0, 5.0, 5.0);
    assert_result("double-descent-time first minimum", low.1);
    assert_result("double-descent-time first minimum at", low.0);
    let peak = curve[20..].iter().max_by(by_loss).unwrap();
    assert_inside("peak", peak.1, 8.9, 13.8);
    // The top is flat: the recipe's step 68 lies on it.
    let there = curve.iter().find(|(step, _)| *step >= 68.0).unwrap();
    assert!(there.1 > 0.97 * peak.1 && peak.0 < 110.0, "{there:?} {peak:?}");
    assert_result("double-descent-time peak", peak.1);
    let end = median(last(&history, |m| m.test.loss).into_iter());
    assert_inside("end", end, 0.33, 1.1);
    assert_result("double-descent-time end", end);
}

#[test]
fn without_slow_features_there_is_no_such_peak() {
    let history = train("preset=double-descent-time-control");
    for member in 0..10 {
        let curve: Vec<f64> = history.member(member).map(|(_, m)| f64::from(m.test.loss)).collect();
        let highest = curve[20..].iter().copied().fold(0.0, f64::max);
        let lowest = curve[..20].iter().copied().fold(f64::INFINITY, f64::min);
        assert!(highest < 1.1 * lowest, "member {member}: {lowest} then {highest}");
    }
    assert_inside("end", median(last(&history, |m| m.test.loss).into_iter()), 0.33, 1.1);
}

#[test]
fn with_many_samples_the_test_loss_has_its_closed_form() {
    let history = train("preset=double-descent-theory");
    let steps: Vec<u32> = history.evaluations().iter().map(|evaluation| evaluation.step).collect();
    let risk = theory::risk(&history.experiment().settings, &steps).unwrap();
    let mut measured = Vec::new();
    for (evaluation, risk) in history.evaluations().iter().zip(&risk) {
        let losses = evaluation.members.iter().flatten().map(|m| f64::from(m.test.loss));
        let mean = losses.sum::<f64>() / evaluation.members.len() as f64;
        if [0, 10, 20, 50, 101, 201, 499, 1009, 2019, 4000].contains(&evaluation.step) {
            println!("step {}: {mean:.3}, closed form {risk:.3}", evaluation.step);
        }
        assert!((mean / risk - 1.0).abs() < 0.1, "step {}: {mean}, {risk}", evaluation.step);
        measured.push(mean);
    }
    // Down, up by a tenth, and down again, in both.
    let [[first, peak, end], _] = [&measured, &risk].map(|curve| {
        let first = curve[..40].iter().copied().fold(f64::INFINITY, f64::min);
        let peak = curve[20..100].iter().copied().fold(0.0, f64::max);
        let end = curve[curve.len() - 1];
        println!("{first:.3}, {peak:.3}, {end:.3}");
        assert!(peak > 1.1 * first && end < 0.9 * first, "{first}, {peak}, {end}");
        [first, peak, end]
    });
    assert_result("double-descent-theory first minimum", first);
    assert_result("double-descent-theory peak", peak);
    assert_result("double-descent-theory end", end);
}

#[test]
fn with_few_samples_the_closed_form_misses_the_peak() {
    let history = train("preset=double-descent-time");
    let steps: Vec<u32> = history.evaluations().iter().map(|evaluation| evaluation.step).collect();
    let risk = theory::risk(&history.experiment().settings, &steps).unwrap();
    let peak = risk[20..].iter().copied().fold(0.0, f64::max);
    let low = risk[..20].iter().copied().fold(f64::INFINITY, f64::min);
    println!("closed form: {low:.2} and {peak:.2}");
    assert!(peak < 1.1 * low, "{low}, {peak}");
}

#[test]
fn noisy_digits_get_worse_on_test_images_and_stay_so() {
    let history = train("preset=digits-over-time");
    let errors: Vec<f64> = history
        .evaluations()
        .iter()
        .map(|s| median(s.members.iter().flatten().map(|m| 1.0 - f64::from(m.test.accuracy))))
        .collect();
    let best = (0..errors.len()).min_by(|a, b| errors[*a].total_cmp(&errors[*b])).unwrap();
    let mut highest = 0.0;
    for &error in &errors[best..] {
        highest = f64::max(highest, error);
        assert!(error > highest - 0.02, "a second descent: from {highest} to {error}");
    }
    let end = errors[errors.len() - 1];
    println!("{:.3} at {}, {end:.3} at the end", errors[best], history.evaluations()[best].step);
    assert!(end > 1.4 * errors[best]);
}

#[test]
fn minimum_norm_fits_are_worst_at_the_threshold() {
    let history = train("preset=double-descent-features");
    let errors: Vec<f64> = last(&history, |m| m.test.accuracy).iter().map(|a| 1.0 - a).collect();
    let at = |width: usize| {
        let of_width = members(&history).into_iter().zip(&errors).filter(|(m, _)| m.width == width);
        median(of_width.map(|(_, error)| *error))
    };
    assert_inside("60 features", at(60), 0.249, 0.249);
    assert_inside("160 features", at(160), 0.52, 0.52);
    assert_inside("200 features", at(200), 0.878, 0.878);
    assert_inside("240 features", at(240), 0.56, 0.56);
    assert_inside("400 features", at(400), 0.34, 0.34);
    assert_result("double-descent-features error at 60", 100.0 * at(60));
    assert_result("double-descent-features error at 200", 100.0 * at(200));
    assert_result("double-descent-features error at 1800", 100.0 * at(1800));
    let worst: Vec<usize> = (0..10)
        .map(|seed| {
            let own = members(&history).into_iter().zip(&errors).filter(|(m, _)| m.seed == seed);
            own.max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0.width
        })
        .collect();
    println!("worst width of each seed: {worst:?}");
    assert!(worst.iter().filter(|&&width| width == 200).count() >= 9, "{worst:?}");
    // Exact fits are exact.
    for (member, loss) in members(&history).iter().zip(last(&history, |m| m.train.loss)) {
        assert!(member.width < 240 || loss < 1e-3, "{}: {loss}", member.width);
    }
}

#[test]
fn a_ridge_takes_most_of_the_peak_away() {
    let history = train("preset=double-descent-features&width=200&ridge=0.001&seeds=5");
    let errors = last(&history, |m| m.test.accuracy).into_iter().map(|a| 1.0 - a);
    assert_inside("200 features with ridge", median(errors), 0.44, 0.44);
}

/// How many seeds have their largest test loss at one of the values `at`, and how many a lower
/// error at the first and the last value than the largest in between. Holds the quoted median
/// errors at the values `quoted`.
fn peaks(
    query: &str,
    of: fn(&Settings) -> usize,
    at: std::ops::RangeInclusive<usize>,
    quoted: [usize; 3],
) -> [usize; 2] {
    let history = train(query);
    let settings = members(&history);
    let losses = last(&history, |m| m.test.loss);
    let errors: Vec<f64> = last(&history, |m| m.test.accuracy).iter().map(|a| 1.0 - a).collect();
    let mut counts = [0; 2];
    for seed in 0..5 {
        let own: Vec<usize> = (0..settings.len()).filter(|&m| settings[m].seed == seed).collect();
        let by_loss = |a: &&usize, b: &&usize| losses[**a].total_cmp(&losses[**b]);
        let worst = of(&settings[**own.iter().max_by(by_loss).as_ref().unwrap()]);
        let curve: Vec<f64> = own.iter().map(|&member| errors[member]).collect();
        println!("{query}, seed {seed}: worst at {worst}, errors {curve:.3?}");
        counts[0] += usize::from(at.contains(&worst));
        let (first, end) = (curve[0], curve[curve.len() - 1]);
        let inside = curve[1..curve.len() - 1].iter().copied().fold(0.0, f64::max);
        counts[1] += usize::from(first < inside && end < inside);
    }
    for value in quoted {
        let of_value = settings.iter().zip(&errors).filter(|(member, _)| of(member) == value);
        let error = median(of_value.map(|(_, error)| 100.0 * error));
        let preset = history.experiment().preset.key;
        assert_result(&format!("{preset} error at {value}"), error);
    }
    counts
}

#[test]
fn trained_networks_are_worst_at_the_width_that_just_memorises() {
    // Theory: 64.5. In the calibration 64 for each of five seeds.
    let widths = "preset=double-descent-width&width=16,48,64,96,192";
    let history = train(&format!("{widths}&seeds=3"));
    let error = |step: u32, index: usize| {
        let evaluation = history.evaluations().iter().find(|s| s.step >= step).unwrap();
        let own = evaluation.members[3 * index..3 * index + 3].iter().flatten();
        median(own.map(|m| 1.0 - f64::from(m.test.accuracy)))
    };
    // Not there at step 100, there at the end: the threshold against the wide networks.
    let rises = [100, 3000].map(|step| error(step, 2) - error(step, 4));
    println!("64 units worse than 192 by {rises:.3?} at steps 100 and 3,000");
    assert!(rises[0] < 0.06 && rises[1] > 0.1, "{rises:?}");
    let [at_threshold, between] =
        peaks(&format!("{widths},256&seeds=5"), |m| m.width, 48..=80, [16, 64, 256]);
    assert!(at_threshold >= 4 && between >= 4, "{at_threshold} and {between} of 5");
}

#[test]
fn more_samples_make_it_worse_near_the_threshold() {
    let query = "preset=double-descent-samples&samples=120,200,600&seeds=5";
    let [at_threshold, between] = peaks(query, |m| m.samples, 150..=250, [120, 200, 600]);
    assert!(at_threshold >= 4 && between >= 4, "{at_threshold} and {between} of 5");
}

#[test]
fn without_label_noise_the_error_does_not_rise() {
    for query in [
        "preset=double-descent-width&width=16,64,192&label-noise=0",
        "preset=double-descent-samples&samples=120,200,600&label-noise=0",
    ] {
        let history = train(query);
        let errors: Vec<f64> =
            last(&history, |m| m.test.accuracy).iter().map(|a| 1.0 - a).collect();
        // Three seeds of each value.
        let medians: Vec<f64> = errors.chunks(3).map(|e| median(e.iter().copied())).collect();
        println!("{query}: {medians:.3?}");
        assert!(medians.is_sorted_by(|a, b| a > b), "{query}: {medians:?}");
    }
}
