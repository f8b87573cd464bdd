//! The error over the values of the one setting in which members differ.

use std::ops::Range;

use super::{Value, Words, pair, point, points, variants};
use crate::experiment::{self, Experiment, Field, ModelKind};
use crate::history::{Evaluation, History};
use crate::page::axis::HorizontalAxis;
use crate::page::chart::{Cell, Marker, Point, Series};
use crate::page::format;
use crate::page::theme::Theme;

/// Which measurement of each network is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick {
    /// The one nearest to this step.
    At(f64),
    /// The one with the lowest test error (or loss) up to this step: as if each had been stopped early, in
    /// hindsight, by the test set itself (as in Nakkiran et al., arXiv 1912.02292).
    BestUpTo(f64),
}

/// What the error and the loss are over the values of a setting.
pub struct Profile {
    /// The setting's values.
    pub across: HorizontalAxis,
    /// The step that is shown, or up to which the best is.
    pub step: u32,
    train: Vec<Point>,
    test: Vec<Point>,
    /// The interpolation threshold, where there is one to count.
    pub markers: Vec<Marker>,
    loss: bool,
}

/// Whether members differ in one setting only, which is a number and has three values or more.
pub fn has_profile(experiment: &Experiment) -> bool {
    numeric_list(experiment).is_some()
}

/// Error (or the loss) against the one setting in which members differ; `None` without [`has_profile`].
pub fn profile(history: &History, pick: Pick, loss: bool) -> Option<Profile> {
    let experiment = history.experiment();
    let (field, numbers) = numeric_list(experiment)?;
    let (Pick::At(step) | Pick::BestUpTo(step)) = pick;
    let off = |evaluation: &&Evaluation| (f64::from(evaluation.step) - step).abs();
    let near = history.evaluations().iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
    let (train, test): (Value, Value) = if loss {
        (|m| m.train.loss, |m| m.test.loss)
    } else {
        (|m| 1.0 - m.train.accuracy, |m| 1.0 - m.test.accuracy)
    };
    let picked = |member: usize| match pick {
        Pick::At(_) => near.members.get(member)?.as_ref(),
        Pick::BestUpTo(_) => history
            .member(member)
            .take_while(|(step, _)| *step <= near.step)
            .map(|(_, measured)| measured)
            .filter(|measured| measured.is_finite())
            .min_by(|a, b| test(a).total_cmp(&test(b))),
    };
    let seeds = experiment.settings.seeds;
    let points = |value: Value| {
        let at = |(index, x): (usize, &f64)| {
            point((index * seeds..(index + 1) * seeds).filter_map(picked), value, *x)
        };
        let mut points: Vec<Point> = numbers.iter().enumerate().filter_map(at).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        points
    };
    let mut sorted = numbers.clone();
    sorted.sort_by(f64::total_cmp);
    Some(Profile {
        across: HorizontalAxis::values(axis_title(experiment, field), &sorted),
        step: near.step,
        train: points(train),
        test: points(test),
        markers: threshold(experiment, field.key).into_iter().collect(),
        loss,
    })
}

impl Profile {
    /// The curves of train and test.
    pub fn series(&self, theme: &Theme) -> Vec<Series> {
        let [train, test] = pair(theme);
        vec![
            Series { points: self.train.clone(), ..train },
            Series { points: self.test.clone(), ..test },
        ]
    }

    /// The value of the setting nearest to a place on the axis, 0 to 1, or else that of the peak or the last one,
    /// and the numbers there.
    pub fn readout(&self, place: Option<f64>) -> Option<(f64, Words)> {
        let x = match place {
            Some(place) => {
                let off = |p: &&Point| (self.across.position(p.x).unwrap_or(0.0) - place).abs();
                self.test.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
            }
            None => self.peak().map(|(_, peak, _)| peak).or(self.test.last()),
        }?
        .x;
        let number = |value: f64| {
            if self.loss { format::value(value) } else { format!("{:.0}%", 100.0 * value) }
        };
        let words = |points: &[Point], name: &str| {
            let Some(Point { low, median, high, .. }) = points.iter().find(|p| p.x == x) else {
                return String::new();
            };
            format!("{name} {} ({} to {})", number(*median), number(*low), number(*high))
        };
        let name = &self.across.title;
        Some((
            x,
            vec![
                ("", format!("{name} {}: ", format::tick(x))),
                ("train", words(&self.train, "train")),
                ("", "; ".into()),
                ("test", words(&self.test, "test")),
            ],
        ))
    }

    /// The point of the test curve that stands highest above what is lowest on either side, between these two.
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

    /// Whether the test error falls, rises and falls again, of which a peak five points above the lowest
    /// error on either side is the least that is called so.
    pub(super) fn finding(&self, done: bool, seeds: usize) -> String {
        const PROMINENCE: f64 = 0.05;
        let points = &self.test;
        let at = |p: &Point| format!("{:.0}% at {}", 100.0 * p.median, format::tick(p.x));
        let Some(last) = points.last() else {
            return String::new();
        };
        let name = self.across.title.to_lowercase();
        if points.len() < self.across.ticks().len() {
            return format!(
                "So far, up to {} {name}, the test error is {}.",
                format::tick(last.x),
                at(last)
            );
        }
        let peak = self.peak().filter(|(left, peak, right)| {
            peak.median - left.median.max(right.median) >= PROMINENCE
        });
        let when =
            if done { "Over".into() } else { format!("At step {}, over", format::step(self.step)) };
        let median = if seeds > 1 { ", in the median" } else { "" };
        match peak {
            Some((left, peak, right)) => format!(
                "{when} {name} the test error goes down to {}, up to {} and down again to {}{median}.",
                at(left),
                at(peak),
                at(right)
            ),
            None => {
                let lowest = points.iter().min_by(|a, b| a.median.total_cmp(&b.median));
                format!(
                    "{when} {name} the test error is lowest, {}, and ends with {}{median}: no clear peak \
                     with a second descent behind it.",
                    at(lowest.unwrap_or(last)),
                    at(last)
                )
            }
        }
    }
}

/// Test error (or loss) over steps and the one setting in which members differ: names of the rows from
/// the bottom, and a cell for each row and measured step. The deepest colour is the largest median.
pub fn map(history: &History, loss: bool) -> Option<(Vec<String>, Vec<Cell>)> {
    let (field, numbers) = numeric_list(history.experiment())?;
    let seeds = history.experiment().settings.seeds;
    let order = order(&numbers);
    let value: Value = if loss { |m| m.test.loss } else { |m| 1.0 - m.test.accuracy };
    let mut cells = Vec::new();
    for (row, &index) in order.iter().enumerate() {
        let points = points(history, index * seeds..(index + 1) * seeds, value);
        for (point, next) in
            points.iter().zip(points[1.min(points.len())..].iter().chain(points.last()))
        {
            cells.push(Cell { row, from: point.x, to: next.x, share: point.median });
        }
    }
    let largest = cells.iter().map(|cell| cell.share).fold(f64::MIN_POSITIVE, f64::max);
    cells.iter_mut().for_each(|cell| cell.share /= largest);
    let name = |&index: &usize| field.format(experiment::Value::Number(numbers[index]));
    Some((order.iter().map(name).collect(), cells))
}

/// Places of numbers in a list, the smallest number's first.
fn order(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
    order
}

/// Rows of the map, 0 if there is none.
pub fn rows(experiment: &Experiment) -> usize {
    numeric_list(experiment).map_or(0, |(_, numbers)| numbers.len())
}

/// The members of a row of the map, the lowest being 0, and what tells them from the others.
pub fn row_at(experiment: &Experiment, row: usize) -> Option<(Range<usize>, String)> {
    let (_, numbers) = numeric_list(experiment)?;
    variants(experiment).into_iter().nth(*order(&numbers).get(row)?)
}

/// The one setting in which members differ, if it is a number with three values or more.
fn numeric_list(experiment: &Experiment) -> Option<(&'static Field, Vec<f64>)> {
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

/// What the values of a setting are called below an axis.
fn axis_title(experiment: &Experiment, field: &Field) -> &'static str {
    match (field.key, experiment.settings.model) {
        ("width", ModelKind::RandomFeatures) => "Features",
        _ => field.label,
    }
}

/// Where there are as many numbers to fit as there are to fit them with: `n` samples of `K` outputs,
/// and `W (d + K + 1)` weights of a network of one hidden layer of `W` units on `d` inputs, or `N`
/// random features for each output.
fn threshold(experiment: &Experiment, key: &str) -> Option<Marker> {
    let settings = &experiment.settings;
    if settings.is_regression() || settings.deeper.iter().next().is_some() {
        return None;
    }
    let (inputs, outputs) = (settings.features() as f64, settings.outputs() as f64);
    let (samples, width) = (settings.train_samples() as f64, settings.width as f64);
    // Weights of a unit for each output of a sample.
    let (each, label) = match settings.model {
        ModelKind::RandomFeatures => (1.0, "as many features as samples"),
        ModelKind::Perceptron => {
            ((inputs + outputs + 1.0) / outputs, "as many weights as outputs to fit")
        }
        ModelKind::Linear => return None,
    };
    let x = match key {
        "width" => samples / each,
        "samples" => width * each,
        _ => return None,
    };
    Some(Marker { x, label: format!("{label}: {}", format::about(x)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Score, Scores};

    #[test]
    fn each_network_at_its_best_step_is_the_one_with_the_lowest_test_error_up_to_there() {
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
            let profile = profile(&history, pick, false).expect("three widths");
            profile.test.iter().map(|p| (10.0 * p.median).round()).collect::<Vec<_>>()
        };
        assert_eq!(errors(Pick::At(3.0)), [4.0, 9.0, 5.0]);
        assert_eq!(errors(Pick::BestUpTo(3.0)), [4.0, 1.0, 4.0]);
        assert_eq!(errors(Pick::BestUpTo(1.0)), [8.0, 1.0, 7.0]);
    }

    #[test]
    fn a_peak_over_a_setting_is_found_and_told() {
        let told = |accuracies: [f32; 5]| {
            let query = "data=digits&samples=200&pca=20&width=4,8,64,128,256&seeds=1";
            let mut history = History::new(Experiment::from_query(query).experiment);
            let members = accuracies.map(|accuracy| {
                let score = Score { loss: 1.0, accuracy };
                Some(Scores { train: score, test: score })
            });
            history.push(Evaluation { step: 9, members: members.into() });
            let profile = profile(&history, Pick::At(9.0), false).expect("five widths");
            assert_eq!(profile.markers[0].x.round(), 65.0);
            profile.finding(true, 1)
        };
        assert_eq!(
            told([0.4, 0.7, 0.5, 0.6, 0.75]),
            "Over width the test error goes down to 30% at 8, up to 50% at 64 and down again to 25% \
             at 256."
        );
        assert_eq!(
            told([0.4, 0.7, 0.69, 0.72, 0.75]),
            "Over width the test error is lowest, 25% at 256, and ends with 25% at 256: no clear peak \
             with a second descent behind it."
        );
    }
}
