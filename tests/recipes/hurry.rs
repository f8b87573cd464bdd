//! Recipes B as the presets compare them: methods, a failure, over-compression, and the control,
//! paired by seed in one ensemble.

use two_phase::comparison::{Comparison, Row, SpeedUp};
use two_phase::experiment::Experiment;

use super::{assert_inside, train};

/// The methods of a preset against its baseline.
fn compared(query: &str) -> Comparison {
    let history = train(query);
    Comparison::of(&history).expect("the preset has methods")
}

fn row<'a>(comparison: &'a Comparison, method: &str) -> &'a Row {
    let found = comparison.rows.iter().find(|row| row.method.as_deref() == Some(method));
    found.expect("the preset has this method")
}

/// The median speed-up, of pairs in which both networks generalised.
fn times(row: &Row) -> f64 {
    match row.speed_up {
        SpeedUp::Times { spread, .. } => spread.median,
        other => panic!("{:?}: {other:?}", row.method),
    }
}

fn assert_control_is_not_faster(comparison: &Comparison) {
    let (_, control) = comparison.control().expect("there is a control");
    assert!(!control.is_faster() && !control.is_slower(), "{control:?}");
}

#[test]
fn with_squared_error_three_methods_hurry_and_grokfast_does_not() {
    let found = compared("preset=hurry");
    for (method, lowest, highest) in [
        ("wd:3", 5.9, 7.1),
        ("noise:0.3", 2.9, 3.2),
        ("wd:0/orthograd:1", 15.0, 19.0),
        ("grokfast-lambda:2", 0.7, 0.8),
        ("lr:0.009/wd:0.3333", 0.90, 1.04),
    ] {
        let row = row(&found, method);
        assert_inside(method, times(row), lowest, highest);
        assert_eq!((row.failed, row.collapse), (0, None), "{method}");
        assert_eq!(row.is_faster(), lowest > 2.0, "{method}");
    }
    assert_control_is_not_faster(&found);
}

#[test]
fn with_cross_entropy_smoothing_hurries_and_orthograd_fails() {
    let found = compared("preset=hurry-cross-entropy&seeds=3");
    for (method, value) in [("smoothing:0.1", 3.3), ("wd:1.5", 2.7)] {
        let row = row(&found, method);
        assert_inside(method, times(row), value, value);
        assert_eq!(row.failed, 0, "{method}");
    }
    for method in ["wd:0/orthograd:1", "lr:0.03/wd:0.1667"] {
        let row = row(&found, method);
        assert_eq!((row.failed, row.speed_up), (3, SpeedUp::Unknown), "{method}");
    }
}

#[test]
fn orthograd_with_weight_decay_collapses_after_it_generalised() {
    let found = compared("preset=over-compression&seeds=3");
    let orthograd = row(&found, "orthograd:1");
    assert_inside("orthograd:1", times(orthograd), 14.9, 14.9);
    let collapse = orthograd.collapse.expect("networks collapse");
    assert_eq!(collapse.networks + orthograd.failed, 3);
    assert_eq!(collapse.recovered, 0);
    assert!(orthograd.accuracy.is_some_and(|accuracy| accuracy.high < 0.25), "{orthograd:?}");
    let decay = row(&found, "wd:10");
    assert_inside("wd:10", times(decay), 2.2, 5.3);
    // Ten times the decay is no faster than three times.
    assert!(times(decay) < 5.9);
    assert_control_is_not_faster(&found);
}

#[test]
fn a_preset_that_compares_has_a_control() {
    for preset in ["hurry", "hurry-cross-entropy", "over-compression"] {
        let parsed = Experiment::from_query(&format!("preset={preset}"));
        assert!(!two_phase::comparison::lacks_control(&parsed.experiment), "{preset}");
    }
}
