//! Recipes F, as far as they can be checked without measuring information.

use super::{last, phases_of, train};

#[test]
#[ignore = "slow: 5,200 steps of six layers"]
fn a_deep_tanh_network_learns_the_rule() {
    let history = train("preset=information-plane&seeds=2");
    for accuracy in last(&history, |m| m.test.accuracy) {
        assert!((0.94..=1.0).contains(&accuracy), "{accuracy}");
    }
}

#[test]
fn nine_tenths_of_new_patterns_are_right_within_forty_epochs() {
    // 23 to 40 epochs of 13 steps in the calibration.
    for member in phases_of("preset=information-plane&seeds=2&goal=0.9&steps=1000") {
        let epoch = f64::from(member.generalise_step.unwrap()) / 13.0;
        super::assert_inside("epochs to 90%", epoch, 23.0, 40.0);
    }
}
