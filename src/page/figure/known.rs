//! Estimators of mutual information against a known answer, over the number of samples.

use crate::measure::{EstimatorCheck, EstimatorKind};
use crate::page::axis::{HorizontalAxis, ValueAxis};
use crate::page::chart::{Line, Point, Series};
use crate::page::theme::Theme;

/// Estimates over samples, mean and deviation, a curve for each estimator.
pub struct Known {
    /// Samples.
    pub across: HorizontalAxis,
    /// Bits.
    pub values: ValueAxis,
    /// The curves.
    pub series: Vec<Series>,
    /// The truth.
    pub level: (f64, String),
}

/// The chart of the answers so far; `None` without any.
pub fn known(answers: &[EstimatorCheck], theme: &Theme) -> Option<Known> {
    let truth = answers.first()?.truth;
    let mut series: Vec<Series> = Vec::new();
    for answer in answers.iter().filter(|answer| answer.mean.is_finite()) {
        let name = short(answer.kind).to_owned();
        let own = match series.iter().position(|series| series.name == name) {
            Some(place) => &mut series[place],
            None => {
                let (colour, line) = look(answer.kind, theme);
                let points = Vec::new();
                let named_where_it_rises = false;
                series.push(Series {
                    name,
                    colour,
                    ink: colour,
                    line,
                    named_where_it_rises,
                    points,
                });
                let last = series.len() - 1;
                &mut series[last]
            }
        };
        let EstimatorCheck { mean, deviation, samples, .. } = *answer;
        let (low, high) = (mean - deviation, mean + deviation);
        own.points.push(Point { x: samples as f64, low, median: mean, high });
    }
    let ends = series.iter().flat_map(|series| &series.points).flat_map(|p| [p.low, p.high]);
    Some(Known {
        across: HorizontalAxis::values("Samples", &[50.0, 100.0, 200.0, 500.0, 1000.0]),
        // Below zero an estimate means nothing, and a critic with few samples can be far below.
        values: ValueAxis::around(ends.map(|bits| bits.max(0.0)).chain([truth, 0.0])),
        level: (truth, format!("truth {truth:.2} bits")),
        series,
    })
}

/// A short name for the legend.
fn short(kind: EstimatorKind) -> &'static str {
    match kind {
        EstimatorKind::Binning => "bins",
        EstimatorKind::KernelUpper => "upper",
        EstimatorKind::KernelLower => "lower",
        EstimatorKind::Neighbours => "nearest",
        EstimatorKind::Contrastive => "critic",
    }
}

fn look(kind: EstimatorKind, theme: &Theme) -> (plotters::style::RGBColor, Line) {
    match kind {
        EstimatorKind::Binning => (theme.ink, Line::Solid),
        EstimatorKind::KernelUpper => (theme.test, Line::Solid),
        EstimatorKind::KernelLower => (theme.test, Line::Dashed),
        EstimatorKind::Neighbours => (theme.train_text, Line::Solid),
        EstimatorKind::Contrastive => (theme.layer(1, 2), Line::Solid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_estimator_gets_a_curve_with_its_deviation_around_and_the_truth_is_marked() {
        let answer = |kind, samples, mean| EstimatorCheck {
            kind,
            source: "a source".into(),
            truth: 1.0,
            truth_error: 0.0,
            estimator: String::new(),
            samples,
            repetitions: 8,
            mean,
            bias: mean - 1.0,
            deviation: 0.25,
            expected_to_hold: false,
            note: String::new(),
        };
        let answers = [
            answer(EstimatorKind::Binning, 50, 2.0),
            answer(EstimatorKind::KernelUpper, 50, 1.5),
            answer(EstimatorKind::Binning, 100, 1.25),
        ];
        let known = known(&answers, &Theme::GREY).expect("there are answers");
        assert_eq!(known.level.0, 1.0);
        assert_eq!(known.series.len(), 2);
        let expected = Point { x: 100.0, low: 1.0, median: 1.25, high: 1.5 };
        assert_eq!(known.series[0].points[1], expected);
    }
}
