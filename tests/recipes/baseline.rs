//! What estimators make of `grokking`, and of labels that are shuffled.

use super::measures::value;
use super::{assert_result, measure};

/// The median at the first measurement from a step on, of the outputs on a set.
fn outputs(query: &str, quantity: &str, set: &str) -> [f64; 2] {
    let history = measure(&format!("preset=grokking&{query}"));
    let curves = history.curves().iter().map(ToString::to_string);
    let is_it = |name: &String| {
        name.starts_with(&format!("{quantity}.layer-2.")) && name.ends_with(&format!(".{set}"))
    };
    let name = curves.into_iter().find(is_it).unwrap();
    [45, 4000].map(|step| value(&history, &name, step))
}

#[test]
fn what_is_memorised_says_nothing_about_test_labels() {
    let of = |quantity, set| outputs("info=exact&shuffle=1", quantity, set);
    let (own, shuffled) =
        (of("label-information", "test"), of("label-information-shuffled", "test"));
    println!("labels {own:.2?}, shuffled {shuffled:.2?}");
    // Nearly the entropy of the labels, and nothing of it about them.
    assert!(own[0] > 3.5 && (own[0] - shuffled[0]).abs() < 0.1, "{own:?} {shuffled:?}");
    assert!(own[1] > shuffled[1] + 2.0, "{own:?} {shuffled:?}");
    assert_result("grokking test labels memorised", own[0]);
    assert_result("grokking test labels end", own[1]);
    assert_result("grokking shuffled labels memorised", shuffled[0]);
    assert_result("grokking shuffled labels end", shuffled[1]);
}

#[test]
fn estimators_disagree_about_the_same_compression() {
    let of = |info: &str| outputs(&format!("info={info}"), "input-information", "test");
    let exact = of("exact");
    let [renyi, rate, sliced] = ["renyi", "coding-rate", "sliced"].map(of);
    println!("exact {exact:.2?}, Rényi {renyi:.2?}, rate {rate:.2?}, sliced {sliced:.2?}");
    assert!(exact[0] > exact[1] + 1.5, "{exact:?}");
    // It is never below the exact value, and falls less.
    assert!(renyi[1] > exact[1] && renyi[0] - renyi[1] < exact[0] - exact[1], "{renyi:?}");
    // It rises, and one direction of 23 shows nothing.
    assert!(rate[1] > rate[0] && rate[0] > exact[0] + 2.0, "{rate:?}");
    assert!(sliced.iter().all(|bits| bits.abs() < 0.05), "{sliced:?}");
    assert_result("grokking exact memorised", exact[0]);
    assert_result("grokking exact end", exact[1]);
    assert_result("grokking renyi memorised", renyi[0]);
    assert_result("grokking renyi end", renyi[1]);
    assert_result("grokking rate memorised", rate[0]);
    assert_result("grokking rate end", rate[1]);
}
