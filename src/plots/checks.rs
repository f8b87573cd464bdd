//! Estimators of mutual information on a reference problem, over the number of samples.

use plotters::style::RGBColor;

use crate::chart::{HorizontalAxis, Line, Point, Series, Theme, ValueAxis};
use crate::measure::{EstimatorKind, EstimatorResult};
use crate::text::{Arg, Text};

/// Estimates over samples, mean and deviation, a curve for each estimator.
pub struct Checks {
    /// Samples.
    pub across: HorizontalAxis,
    /// Bits.
    pub values: ValueAxis,
    /// The curves.
    pub series: Vec<Series>,
    /// The true value, in bits, with its name.
    pub level: (f64, String),
}

/// The chart of the checks so far. `None` without any.
pub fn checks(results: &[EstimatorResult], theme: &Theme, text: &Text) -> Option<Checks> {
    let truth = results.first()?.truth;
    let mut kinds: Vec<EstimatorKind> = Vec::new();
    let mut series: Vec<Series> = Vec::new();
    for check in results.iter().filter(|check| check.mean.is_finite()) {
        let index = kinds.iter().position(|kind| *kind == check.kind).unwrap_or_else(|| {
            kinds.push(check.kind);
            series.push(curve(check.kind, theme, text));
            kinds.len() - 1
        });
        let EstimatorResult { mean, deviation, samples, .. } = *check;
        let (low, high) = (mean - deviation, mean + deviation);
        series[index].points.push(Point { x: samples as f64, low, median: mean, high });
    }
    let ends = series.iter().flat_map(|series| &series.points).flat_map(|p| [p.low, p.high]);
    let bits = text.numbers().fixed(truth, 2);
    let across = text.get("axis-samples");
    Some(Checks {
        across: HorizontalAxis::values(across, &[50.0, 100.0, 200.0, 500.0, 1000.0], text),
        // An estimate below zero means nothing, and a critic with few samples can be far below.
        values: ValueAxis::around(ends.map(|bits| bits.max(0.0)).chain([truth, 0.0])),
        level: (truth, text.with("level-truth", &[("bits", bits.into())])),
        series,
    })
}

/// The curve of an estimator, without points.
fn curve(kind: EstimatorKind, theme: &Theme, text: &Text) -> Series {
    let (id, colour, line): (&str, RGBColor, Line) = match kind {
        EstimatorKind::Binning => ("curve-bins", theme.weights, Line::Solid),
        EstimatorKind::KernelUpper => ("curve-upper", theme.test, Line::Solid),
        EstimatorKind::KernelLower => ("curve-lower", theme.test, Line::Dashed),
        EstimatorKind::Neighbours => ("curve-neighbours", theme.train_text, Line::Solid),
        EstimatorKind::Contrastive => ("curve-critic", theme.layer(1, 2), Line::Solid),
        EstimatorKind::Exact => ("curve-exact", theme.ink, Line::Thin),
        EstimatorKind::Renyi => ("curve-renyi", theme.muted, Line::Solid),
        EstimatorKind::Sliced => ("curve-sliced", theme.muted, Line::Dashed),
        EstimatorKind::CodingRate => ("curve-coding-rate", theme.muted, Line::Thin),
    };
    Series {
        name: text.get(id),
        label: text.get(id),
        colour,
        ink: colour,
        line,
        named_where_it_rises: false,
        points: Vec::new(),
    }
}

/// The estimators among which a reader guesses.
pub const GUESSED: [EstimatorKind; 4] = [
    EstimatorKind::Binning,
    EstimatorKind::KernelUpper,
    EstimatorKind::Neighbours,
    EstimatorKind::Contrastive,
];

/// Whether an estimator is drawn where a reader guesses.
pub fn is_asked_for(kind: EstimatorKind) -> bool {
    GUESSED.contains(&kind) || matches!(kind, EstimatorKind::Exact | EstimatorKind::KernelLower)
}

/// The name of an estimator within a sentence.
pub fn estimator_name(kind: EstimatorKind, text: &Text) -> String {
    text.get(match kind {
        EstimatorKind::Binning => "estimator-bins",
        EstimatorKind::KernelUpper => "estimator-upper",
        EstimatorKind::KernelLower => "estimator-lower",
        EstimatorKind::Neighbours => "estimator-neighbours",
        EstimatorKind::Contrastive => "estimator-critic",
        EstimatorKind::Exact => "estimator-exact",
        EstimatorKind::Renyi => "estimator-renyi",
        EstimatorKind::Sliced => "estimator-sliced",
        EstimatorKind::CodingRate => "estimator-coding-rate",
    })
}

/// Which estimators are right with the most samples, and whether the reader guessed it. Empty
/// without results.
pub fn right_estimators(
    results: &[EstimatorResult],
    guess: Option<EstimatorKind>,
    text: &Text,
) -> String {
    let Some(last) = results.last() else { return String::new() };
    let right: Vec<&EstimatorResult> =
        results.iter().filter(|check| check.samples == last.samples && check.is_right()).collect();
    let names: Vec<String> = right.iter().map(|check| estimator_name(check.kind, text)).collect();
    let names = match names.is_empty() {
        true => "none".to_owned(),
        false => text.join("list-middle", &names),
    };
    let mut said =
        text.with("estimators-right", &[("samples", last.samples.into()), ("names", names.into())]);
    if let Some(kind) = guess {
        let is_right = right.iter().any(|check| check.kind == kind);
        let args = [
            ("name", estimator_name(kind, text).into()),
            ("right", if is_right { "yes" } else { "no" }.into()),
        ];
        said = format!("{said} {}", text.with("estimators-guessed", &args));
    }
    said
}

/// The estimates at the largest number of samples so far.
pub fn checks_words(results: &[EstimatorResult], is_running: bool, text: &Text) -> String {
    let Some(last) = results.last() else {
        return if is_running { text.get("estimators-asked") } else { String::new() };
    };
    let numbers = text.numbers();
    let estimate = |check: &EstimatorResult| {
        let mean: Arg = numbers.fixed(check.mean, 2).into();
        let args = [("estimator", estimator_name(check.kind, text).into()), ("mean", mean)];
        // A single estimate has no deviation.
        if check.repetitions > 1 {
            let [estimator, mean] = args;
            let deviation = ("deviation", numbers.fixed(check.deviation, 2).into());
            text.with("estimate-scatter", &[estimator, mean, deviation])
        } else {
            text.with("estimate", &args)
        }
    };
    let same = results.iter().filter(|check| check.samples == last.samples);
    let estimates = text.join("readout-next", &same.map(estimate).collect::<Vec<_>>());
    let args = [("samples", last.samples.into()), ("estimates", estimates.into())];
    text.with("estimators-at", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Locale;

    const BINS: EstimatorKind = EstimatorKind::Binning;
    const UPPER: EstimatorKind = EstimatorKind::KernelUpper;
    const LOWER: EstimatorKind = EstimatorKind::KernelLower;
    const CRITIC: EstimatorKind = EstimatorKind::Contrastive;

    fn check(
        kind: EstimatorKind,
        samples: usize,
        mean: f64,
        repetitions: usize,
    ) -> EstimatorResult {
        EstimatorResult { kind, truth: 1.0, samples, repetitions, mean, deviation: 0.25 }
    }

    #[test]
    fn estimators_get_curves_and_the_truth_is_marked() {
        let results = [
            check(BINS, 50, 2.0, 8),
            check(UPPER, 50, 1.5, 8),
            check(BINS, 100, 1.25, 8),
            check(LOWER, 100, f64::NAN, 8),
        ];
        let text = Text::new(Locale::English);
        let checks = checks(&results, &Theme::GREY, &text).expect("there are results");
        assert_eq!(checks.level, (1.0, "true value 1.00 bits".into()));
        assert_eq!(checks.series.len(), 2);
        let expected = Point { x: 100.0, low: 1.0, median: 1.25, high: 1.5 };
        assert_eq!(checks.series[0].points[1], expected);
    }

    #[test]
    fn the_words_are_those_of_the_largest_number_of_samples() {
        let text = Text::new(Locale::English);
        let results =
            [check(BINS, 50, 2.0, 8), check(BINS, 1000, 1.25, 8), check(CRITIC, 1000, 0.5, 1)];
        let expected = "At 1,000 samples, in bits: binning 1.25 ± 0.25; critic 0.50.";
        assert_eq!(checks_words(&results, false, &text), expected);
        assert_eq!(checks_words(&[], false, &text), "");
    }
}
