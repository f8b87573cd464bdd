//! The error over the values of the one setting in which members differ.

use std::ops::Range;

use super::{ScoreValue, Words, configurations, pair, point, points};
use crate::chart::HorizontalAxis;
use crate::chart::{Cell, Marker, Point, Series, Theme};
use crate::evaluation::{Evaluation, Scores};
use crate::experiment::{self, Counts, Experiment, Field, ModelKind};
use crate::history::History;
use crate::stats::sort_short;
use crate::text::{Arg, Text};

/// Which evaluation of each network is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    /// The one nearest to this step.
    At(f64),
    /// The one with the lowest test error (or loss) up to this step. The test set chooses it, as in
    /// Nakkiran et al., arXiv 1912.02292.
    BestUpTo(f64),
}

/// Error or loss over the values of a setting.
pub struct Profile {
    /// The setting's values.
    pub across: HorizontalAxis,
    /// The setting's name within a sentence.
    pub setting: String,
    /// The step that is shown, or up to which the best step is taken.
    pub step: u32,
    /// The interpolation threshold, where there is one.
    pub markers: Vec<Marker>,
    /// The quantity that the setting counts, if it moves networks across that threshold.
    counts: Option<Counts>,
    train: Vec<Point>,
    test: Vec<Point>,
    is_loss: bool,
}

/// Whether members differ in one setting only, and it is a number with at least three values.
pub fn has_profile(experiment: &Experiment) -> bool {
    numeric_list(experiment).is_some()
}

/// Error (or loss) against the one setting in which members differ. `None` without [`has_profile`].
pub fn profile(history: &History, pick: Pick, is_loss: bool, text: &Text) -> Option<Profile> {
    let experiment = history.experiment();
    let (field, numbers) = numeric_list(experiment)?;
    let (Pick::At(step) | Pick::BestUpTo(step)) = pick;
    let off = |evaluation: &&Evaluation| (f64::from(evaluation.step) - step).abs();
    let near = history.evaluations().iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
    let (train, test): (ScoreValue, ScoreValue) = if is_loss {
        (|m| m.train.loss, |m| m.test.loss)
    } else {
        (|m| 1.0 - m.train.accuracy, |m| 1.0 - m.test.accuracy)
    };
    let picked = |member: usize| -> Option<&Scores> {
        match pick {
            Pick::At(_) => near.members.get(member)?.as_ref(),
            Pick::BestUpTo(_) => history
                .member(member)
                .take_while(|(step, _)| *step <= near.step)
                .map(|(_, scores)| scores)
                .filter(|scores| scores.is_finite())
                .min_by(|a, b| test(a).total_cmp(&test(b))),
        }
    };
    let seeds = experiment.settings.seeds;
    let points = |value: ScoreValue| {
        let at = |(index, x): (usize, &f64)| {
            point((index * seeds..(index + 1) * seeds).filter_map(picked), value, *x)
        };
        let mut points: Vec<Point> = numbers.iter().enumerate().filter_map(at).collect();
        sort_short(&mut points, |a, b| a.x < b.x);
        points
    };
    let mut sorted = numbers.clone();
    sort_short(&mut sorted, |a, b| a < b);
    let are_features = experiment.settings.model == ModelKind::RandomFeatures
        && field.counts == Some(Counts::Units);
    let (title, setting) = if are_features {
        (text.get("axis-features"), text.attribute("axis-features", "inline"))
    } else {
        (text.field(field), text.field_inline(field))
    };
    Some(Profile {
        across: HorizontalAxis::values(title, &sorted, text),
        setting,
        step: near.step,
        markers: field
            .counts
            .and_then(|counts| threshold(experiment, counts, text))
            .into_iter()
            .collect(),
        counts: field.counts,
        train: points(train),
        test: points(test),
        is_loss,
    })
}

impl Profile {
    /// The curves of training and test set.
    pub fn series(&self, theme: &Theme, text: &Text) -> Vec<Series> {
        let [train, test] = pair(theme, text);
        vec![
            Series { points: self.train.clone(), ..train },
            Series { points: self.test.clone(), ..test },
        ]
    }

    /// The value of the setting nearest to a position on the axis (0 to 1), and the numbers there.
    /// Without a position: those at the peak, or at the last value.
    pub fn readout(&self, position: Option<f64>, text: &Text) -> Option<(f64, Words)> {
        let x = match position {
            Some(position) => {
                let off = |p: &&Point| (self.across.position(p.x).unwrap_or(0.0) - position).abs();
                self.test.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
            }
            None => self.peak().map(|(_, peak, _)| peak).or(self.test.last()),
        }?
        .x;
        let number = |value: f64| match self.is_loss {
            true => text.loss(value),
            false => text.numbers().whole_percent(value),
        };
        let part = |points: &[Point], id: &str| {
            let Some(Point { low, median, high, .. }) = points.iter().find(|p| p.x == x) else {
                return String::new();
            };
            let [low, median, high] = [low, median, high].map(|value| number(*value));
            let range = text.with("range", &[("first", low.into()), ("last", high.into())]);
            text.with(id, &[("median", median.into()), ("range", range.into())])
        };
        let words = text.words(
            "readout-profile",
            &[
                ("field", self.across.title.as_str().into()),
                ("value", text.number(x).into()),
                ("train", Arg::Marked("train", part(&self.train, "readout-profile-train"))),
                ("test", Arg::Marked("test", part(&self.test, "readout-profile-test"))),
            ],
        );
        Some((x, words))
    }

    /// The test point that stands highest above the lowest points on its two sides, between these.
    fn peak(&self) -> Option<(&Point, &Point, &Point)> {
        let points = &self.test;
        let lowest = |points: &'_ [Point]| -> Option<usize> {
            (0..points.len()).min_by(|&a, &b| points[a].median.total_cmp(&points[b].median))
        };
        let above = |index: usize| {
            let left = &points[lowest(&points[..index])?];
            let right = &points[index + 1 + lowest(&points[index + 1..])?];
            Some((points[index].median - left.median.max(right.median), left, index, right))
        };
        (1..points.len().saturating_sub(1))
            .filter_map(above)
            .filter(|(above, ..)| *above > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, left, index, right)| (left, &points[index], right))
    }

    /// Whether the setting moves networks across the interpolation threshold, so that double
    /// descent over it is a question.
    pub fn asks_for_descent(&self) -> bool {
        self.counts.is_some()
    }

    /// Describes double descent. A peak counts only if it is at least five percentage points above
    /// the lowest error on both sides.
    pub(super) fn finding(&self, text: &Text) -> String {
        const PROMINENCE: f64 = 0.05;
        let points = &self.test;
        let (error, at) = (
            |p: &Point| Arg::Text(text.numbers().whole_percent(p.median)),
            |p: &Point| Arg::Text(text.number(p.x)),
        );
        let Some(last) = points.last() else {
            return String::new();
        };
        let field: Arg = self.setting.as_str().into();
        if points.len() < self.across.ticks().len() {
            let args = [("field", field), ("value", at(last)), ("error", error(last))];
            return text.with("finding-so-far", &args);
        }
        let peak = self.peak().filter(|(left, peak, right)| {
            peak.median - left.median.max(right.median) >= PROMINENCE
        });
        match peak {
            Some((left, peak, right)) => text.with(
                "finding-descent",
                &[
                    ("field", field),
                    ("left", error(left)),
                    ("left-at", at(left)),
                    ("peak", error(peak)),
                    ("peak-at", at(peak)),
                    ("right", error(right)),
                    ("right-at", at(right)),
                ],
            ),
            None => {
                let lowest = points.iter().min_by(|a, b| a.median.total_cmp(&b.median));
                let lowest = lowest.unwrap_or(last);
                text.with(
                    "finding-no-descent",
                    &[
                        ("field", field),
                        ("lowest", error(lowest)),
                        ("lowest-at", at(lowest)),
                        ("last", error(last)),
                    ],
                )
            }
        }
    }
}

/// Test error (or loss) over steps and the one setting in which members differ: the names of rows
/// from the bottom, and a cell for each row and evaluated step. The largest median has the deepest
/// colour. `None` without [`has_profile`].
pub fn map(history: &History, is_loss: bool, text: &Text) -> Option<(Vec<String>, Vec<Cell>)> {
    let (field, numbers) = numeric_list(history.experiment())?;
    let seeds = history.experiment().settings.seeds;
    let order = order(&numbers);
    let value: ScoreValue = if is_loss { |m| m.test.loss } else { |m| 1.0 - m.test.accuracy };
    let mut cells = Vec::new();
    for (row, &index) in order.iter().enumerate() {
        let points = points(history, index * seeds..(index + 1) * seeds, value);
        for (point, next) in
            points.iter().zip(points[1.min(points.len())..].iter().chain(points.last()))
        {
            let low = row as f64;
            let share = point.median;
            cells.push(Cell { low, high: low + 1.0, from: point.x, to: next.x, share });
        }
    }
    let largest = cells.iter().map(|cell| cell.share).fold(f64::MIN_POSITIVE, f64::max);
    cells.iter_mut().for_each(|cell| cell.share /= largest);
    let name = |&index: &usize| text.value(field, experiment::Value::Number(numbers[index]));
    Some((order.iter().map(name).collect(), cells))
}

/// The title of the map. `setting` is [`Profile::setting`].
pub fn map_title(is_loss: bool, setting: &str, text: &Text) -> String {
    let id = if is_loss { "chart-map-loss" } else { "chart-map-error" };
    text.with(id, &[("field", setting.into())])
}

/// The indices of numbers, in the order of the numbers.
fn order(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    sort_short(&mut order, |&a, &b| numbers[a] < numbers[b]);
    order
}

/// The row of the map at a height from 0 to 1. `None` if there is no map.
pub fn row_at_height(experiment: &Experiment, height: f64) -> Option<usize> {
    let (_, numbers) = numeric_list(experiment)?;
    let last = numbers.len().checked_sub(1)?;
    Some(((height * numbers.len() as f64) as usize).min(last))
}

/// The members of a row of the map, counted from the bottom, and the name of their configuration.
pub(super) fn row_at(
    experiment: &Experiment,
    row: usize,
    text: &Text,
) -> Option<(Range<usize>, String)> {
    let (_, numbers) = numeric_list(experiment)?;
    configurations(experiment, text).into_iter().nth(*order(&numbers).get(row)?)
}

/// The one setting in which members differ, if it is a number with at least three values.
pub(super) fn numeric_list(experiment: &Experiment) -> Option<(&'static Field, Vec<f64>)> {
    let mut lists = experiment.lists();
    let (field, values) = lists.next().filter(|(_, values)| values.len() >= 3)?;
    if lists.next().is_some() {
        return None;
    }
    let number = |value: &experiment::Value| match value {
        experiment::Value::Number(number) => Some(*number),
        _ => None,
    };
    Some((field, values.iter().map(number).collect::<Option<_>>()?))
}

/// The interpolation threshold, where a network has as many weights as there are outputs to fit:
/// `n` samples with `K` outputs each, against the `W (d + K + 1)` weights of one hidden layer with
/// `W` units on `d` inputs, or `N` random features for each output.
fn threshold(experiment: &Experiment, counts: Counts, text: &Text) -> Option<Marker> {
    let settings = &experiment.settings;
    if settings.is_regression() || settings.deeper.iter().next().is_some() {
        return None;
    }
    let (inputs, outputs) = (settings.features() as f64, settings.outputs() as f64);
    let (samples, width) = (settings.train_samples() as f64, settings.width as f64);
    // Samples that one unit can fit.
    let (each, [id, short]) = match settings.model {
        ModelKind::RandomFeatures => (1.0, ["marker-features", "marker-features-short"]),
        ModelKind::Perceptron => {
            ((inputs + outputs + 1.0) / outputs, ["marker-weights", "marker-weights-short"])
        }
        ModelKind::Linear => return None,
    };
    let x = match counts {
        Counts::Units => samples / each,
        Counts::Samples => width * each,
    };
    let label = text.with(id, &[("count", text.numbers().about(x).into())]);
    let short = [text.get(short), String::new()];
    Some(Marker { x, label, short, dot: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Score;
    use crate::text::Locale;

    #[test]
    fn the_best_step_has_the_lowest_test_error_so_far() {
        let query = "data=digits&width=4,8,64&seeds=1";
        let mut history = History::new(Experiment::from_query(query).experiment);
        for (step, accuracies) in [(1, [0.2, 0.9, 0.3]), (2, [0.4, 0.5, 0.6]), (3, [0.6, 0.1, 0.5])]
        {
            let members = accuracies.map(|accuracy| {
                let score = Score { loss: 1.0, accuracy };
                Some(Scores { train: score, test: score })
            });
            history.push(Evaluation { step, members: members.into() });
        }
        let errors = |pick| {
            let profile =
                profile(&history, pick, false, &Text::new(Locale::English)).expect("three widths");
            profile.test.iter().map(|p| (10.0 * p.median).round()).collect::<Vec<_>>()
        };
        assert_eq!(errors(Pick::At(3.0)), [4.0, 9.0, 5.0]);
        assert_eq!(errors(Pick::BestUpTo(3.0)), [4.0, 1.0, 4.0]);
        assert_eq!(errors(Pick::BestUpTo(1.0)), [8.0, 1.0, 7.0]);
    }

    #[test]
    fn a_peak_over_a_setting_is_found_and_told() {
        let text = Text::new(Locale::English);
        let told = |accuracies: [f32; 5]| {
            let query = "data=digits&samples=200&pca=20&width=4,8,64,128,256&seeds=1";
            let mut history = History::new(Experiment::from_query(query).experiment);
            let members = accuracies.map(|accuracy| {
                let score = Score { loss: 1.0, accuracy };
                Some(Scores { train: score, test: score })
            });
            history.push(Evaluation { step: 9, members: members.into() });
            let profile = profile(&history, Pick::At(9.0), false, &text).expect("five widths");
            assert_eq!(profile.markers[0].x.round(), 65.0);
            assert!(profile.asks_for_descent());
            profile.finding(&text)
        };
        assert_eq!(
            told([0.4, 0.7, 0.5, 0.6, 0.75]),
            "As width grows, test error falls to 30% (at 8), rises to 50% (at 64) and falls to 25% \
             again (at 256). This is double descent."
        );
        assert_eq!(
            told([0.4, 0.7, 0.69, 0.72, 0.75]),
            "As width grows, test error is lowest at 256 (25%) and ends at 25%. There is no clear \
             second descent."
        );
    }

    #[test]
    fn a_height_outside_the_map_is_a_row_of_it_or_none() {
        let experiment = |query| Experiment::from_query(query).experiment;
        let widths = experiment("data=digits&width=4,8,64&seeds=1");
        assert_eq!(row_at_height(&widths, 0.5), Some(1));
        assert_eq!(row_at_height(&widths, 1.0), Some(2));
        assert_eq!(row_at_height(&widths, -1.0), Some(0));
        assert_eq!(row_at_height(&experiment("seeds=1"), 0.5), None);
        let text = Text::new(Locale::English);
        assert_eq!(row_at(&widths, 7, &text), None);
        assert_eq!(row_at(&widths, 0, &text), Some((0..1, "width 4".into())));
    }

    #[test]
    fn weight_decay_has_a_profile_but_no_threshold() {
        let text = Text::new(Locale::English);
        let mut history = History::new(Experiment::from_query("wd=0,1,3&seeds=1").experiment);
        let score = Score { loss: 1.0, accuracy: 0.5 };
        let scores = Scores { train: score, test: score };
        history.push(Evaluation { step: 9, members: vec![Some(scores); 3] });
        let profile = profile(&history, Pick::At(9.0), false, &text).expect("three values");
        assert!(profile.markers.is_empty() && !profile.asks_for_descent());
    }
}
