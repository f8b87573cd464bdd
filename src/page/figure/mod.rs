//! What the charts and the words under them say about a history.

mod finding;
mod known;
mod measures;
mod profile;

pub use finding::{Moving, finding};
pub use known::known;
pub use measures::{has_choice_of_samples, panel, plane, quantities};
pub use profile::{Pick, has_profile, map, profile, row_at, rows};

use std::ops::Range;

use super::chart::{Line, Marker, Point, Series};
use super::format;
use super::theme::Theme;
use crate::experiment::{Data, Experiment, Loss};
use crate::history::{History, Scores};
use crate::phases::{self, MemberPhases, Spread};
use crate::stats;
use crate::theory;

/// A value of a measurement.
type Value = fn(&Scores) -> f32;

/// The page's heading: that of the text below it, which speaks of modular arithmetic, or the preset's, or the
/// task's if that is the reader's own.
pub fn heading(experiment: &Experiment) -> String {
    let data = experiment.settings.data;
    if data == Data::Arithmetic {
        "First they memorise, then they understand".into()
    } else if data == experiment.preset.experiment().settings.data {
        experiment.preset.label.into()
    } else {
        format::sentence(data.label())
    }
}

/// What the accuracy of an experiment is called.
pub fn accuracy_title(experiment: &Experiment) -> &'static str {
    if experiment.settings.is_regression() { "Right sign" } else { "Accuracy" }
}

/// What is called wrong.
pub fn error_title(experiment: &Experiment) -> &'static str {
    if experiment.settings.is_regression() { "Wrong sign" } else { "Error" }
}

/// What the loss of an experiment is called.
pub fn loss_title(experiment: &Experiment) -> &'static str {
    match experiment.settings.loss {
        _ if experiment.settings.is_regression() => "Loss (squared error)",
        Loss::SquaredError => "Loss (squared error)",
        Loss::CrossEntropy => "Loss (cross-entropy, nats)",
        Loss::StableMax => "Loss (StableMax, nats)",
    }
}

/// Accuracy on train and test.
pub fn accuracy(history: &History, theme: &Theme) -> Vec<Series> {
    curves(history, theme, |m| m.train.accuracy, |m| m.test.accuracy)
}

/// Loss on train and test, and what theory says of the latter where it says something.
pub fn loss(history: &History, theme: &Theme) -> Vec<Series> {
    let mut all = curves(history, theme, |m| m.train.loss, |m| m.test.loss);
    if history.experiment().settings.is_regression() {
        // Training targets may have far more noise than there is to learn: one curve in the clouds would press
        // the others flat. The readout has its numbers.
        let top = |series: &Series| series.points.iter().map(|p| p.high).fold(0.0, f64::max);
        let tops: Vec<f64> = all.iter().map(top).collect();
        let tests = tops.iter().skip(1).step_by(2).copied().fold(0.0, f64::max);
        for series in all.iter_mut().step_by(2) {
            if series.points.iter().all(|point| point.low > tests) {
                series.points.clear();
            }
        }
    }
    let steps: Vec<u32> = history.evaluations().iter().map(|evaluation| evaluation.step).collect();
    let variants = variants(history.experiment());
    let members = history.experiment().members();
    for (own, _) in variants.into_iter().take(MAX_GROUPS) {
        let Some(risk) = theory::risk(&members[own.start], &steps) else { continue };
        let points = steps.iter().zip(risk);
        all.push(Series {
            name: "theory".into(),
            colour: theme.ink,
            ink: theme.ink,
            line: Line::Thin,
            named_where_it_rises: false,
            points: points
                .map(|(&step, risk)| Point { x: step.into(), low: risk, median: risk, high: risk })
                .collect(),
        });
    }
    all
}

/// A curve on train and one on test for each group of members that differ in their seed only.
fn curves(history: &History, theme: &Theme, train: Value, test: Value) -> Vec<Series> {
    let mut all = Vec::new();
    let groups = groups(history.experiment());
    let count = groups.len();
    for (index, (members, name)) in groups.into_iter().enumerate() {
        let [mut train_series, mut test_series] = pair(theme);
        for series in [&mut train_series, &mut test_series] {
            series.colour = theme.shade(series.colour, index, count);
            series.ink = theme.shade(series.ink, index, count);
        }
        if index > 0 {
            // Curves that end in the same place need one name.
            train_series.name.clear();
        }
        test_series.name = name;
        test_series.named_where_it_rises = count > 1;
        train_series.points = points(history, members.clone(), train);
        test_series.points = points(history, members, test);
        all.extend([train_series, test_series]);
    }
    all
}

/// The curves of train and test, without points yet.
fn pair(theme: &Theme) -> [Series; 2] {
    [
        Series {
            name: "train".into(),
            colour: theme.train,
            ink: theme.train_text,
            line: Line::Dashed,
            named_where_it_rises: false,
            points: Vec::new(),
        },
        Series {
            name: "test".into(),
            colour: theme.test,
            ink: theme.test,
            line: Line::Solid,
            named_where_it_rises: false,
            points: Vec::new(),
        },
    ]
}

/// Most groups of members that get curves of their own.
const MAX_GROUPS: usize = 4;

/// Members that differ in their seed only, and what to write at the end of their test curve. Where
/// that would be more groups than can be told apart, all are one.
fn groups(experiment: &Experiment) -> Vec<(Range<usize>, String)> {
    let variants = variants(experiment);
    if variants.len() == 1 || variants.len() > MAX_GROUPS {
        return vec![(0..experiment.member_count(), "test".into())];
    }
    // Beside its curve a name has room, but not for every setting's.
    let short = |name: String| {
        if name.len() <= 18 {
            return name;
        }
        let values = name.split(", ").filter_map(|part| Some(part.rsplit_once(' ')?.1));
        values.collect::<Vec<_>>().join(" ")
    };
    variants.into_iter().map(|(members, name)| (members, short(name))).collect()
}

/// Members that differ in their seed only, and what tells them from the others: `weight decay 3`.
fn variants(experiment: &Experiment) -> Vec<(Range<usize>, String)> {
    let seeds = experiment.settings.seeds;
    let members = experiment.members();
    members
        .chunks(seeds)
        .enumerate()
        .map(|(index, variant)| {
            let values = experiment.lists().map(|(field, _)| {
                format!("{} {}", field.label.to_lowercase(), field.format(field.get(&variant[0])))
            });
            (index * seeds..(index + 1) * seeds, values.collect::<Vec<_>>().join(", "))
        })
        .collect()
}

/// Median and range over those of the members that have not diverged, at every measured step.
fn points(history: &History, members: Range<usize>, value: Value) -> Vec<Point> {
    let evaluations = history.evaluations().iter();
    evaluations
        .filter_map(|evaluation| {
            let measured = evaluation.members.get(members.clone())?.iter().flatten();
            point(measured, value, f64::from(evaluation.step))
        })
        .collect()
}

/// Median and range of a value over those that have not diverged.
fn point<'a>(measured: impl Iterator<Item = &'a Scores>, value: Value, x: f64) -> Option<Point> {
    spread_of(measured.filter(|m| m.is_finite()).map(|m| f64::from(value(m))), x)
}

/// Median and range of some numbers, none of which is NaN; `None` without any.
fn spread_of(values: impl Iterator<Item = f64>, x: f64) -> Option<Point> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let median = stats::median(values.iter().copied())?;
    Some(Point { x, low: *values.first()?, median, high: *values.last()? })
}

/// All members, whatever they differ in.
fn all(history: &History) -> Range<usize> {
    0..history.experiment().member_count()
}

/// The steps at which the median member has memorised, and generalises; none where members differ in
/// more than their seed, so that the median is of unlike ones.
pub fn markers(experiment: &Experiment, members: &[MemberPhases]) -> Vec<Marker> {
    if experiment.lists().next().is_some() {
        return Vec::new();
    }
    let (fit, generalise) = spreads(members);
    let marker = |spread: Option<Spread>, what: &str| {
        let step = spread?.median?;
        let label = format!("{what}, step {}", format::step(step));
        Some(Marker { x: f64::from(step), label })
    };
    // Without a first phase there is no second to mark.
    match (marker(fit, "memorised"), marker(generalise, "generalised")) {
        (Some(fit), Some(generalise)) if generalise.x < fit.x => vec![generalise, fit],
        (Some(fit), generalise) => [Some(fit), generalise].into_iter().flatten().collect(),
        (None, _) => Vec::new(),
    }
}

/// Whether the second phase follows the first, for the median member.
pub fn has_phases(members: &[MemberPhases]) -> bool {
    let (fit, generalise) = spreads(members);
    let step = |spread: Option<Spread>| spread?.median;
    !matches!((step(fit), step(generalise)), (Some(fit), Some(generalise)) if generalise < fit)
}

fn spreads(members: &[MemberPhases]) -> (Option<Spread>, Option<Spread>) {
    (
        phases::spread(members.iter().map(|m| m.fit_step)),
        phases::spread(members.iter().map(|m| m.generalise_step)),
    )
}

/// A line of words under the charts: its parts, each with the class of the colour it is written in.
pub type Words = Vec<(&'static str, String)>;

/// The measured step nearest to `step`, and the medians there: of each group of members that has curves of
/// its own, or of those of one row of the map.
pub fn readout(history: &History, step: f64, row: Option<usize>) -> Option<(u32, Words)> {
    let off = |at: u32| (f64::from(at) - step).abs();
    let near = history.evaluations().iter().min_by(|a, b| off(a.step).total_cmp(&off(b.step)))?;
    let experiment = history.experiment();
    let groups = match row.and_then(|row| row_at(experiment, row)) {
        Some(row) => vec![row],
        None => groups(experiment),
    };
    let mut words = vec![("", format!("Step {}", format::step(near.step)))];
    for (index, (members, name)) in groups.iter().enumerate() {
        let measured = || near.members.get(members.clone()).into_iter().flatten().flatten();
        let at = |value: Value| point(measured(), value, 0.0).map(|point| point.median);
        let (Some(train), Some(test)) = (at(|m| m.train.accuracy), at(|m| m.test.accuracy)) else {
            continue;
        };
        let (train_loss, test_loss) = (at(|m| m.train.loss)?, at(|m| m.test.loss)?);
        words.push(("", if index == 0 { ": ".into() } else { "; ".into() }));
        if groups.len() > 1 || row.is_some() {
            // Beside other groups there is no room for losses.
            words.push(("", format!("{name} ")));
            words.push(("train", format!("train {:.0}%", 100.0 * train)));
            words.push(("test", format!(" test {:.0}%", 100.0 * test)));
            continue;
        }
        if experiment.lists().next().is_some() {
            let networks = experiment.member_count();
            words.push(("", format!("medians of all {networks} networks, ")));
        }
        let loss = format::value;
        words.push(("train", format!("train {:.0}%, loss {}", 100.0 * train, loss(train_loss))));
        words.push(("", "; ".into()));
        words.push(("test", format!("test {:.0}%, loss {}", 100.0 * test, loss(test_loss))));
    }
    Some((near.step, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Preset;

    #[test]
    fn the_heading_is_the_texts_or_the_presets_or_that_of_the_readers_own_task() {
        let of = |query| heading(&Experiment::from_query(query).experiment);
        assert!(of("").starts_with("First they memorise"));
        assert_eq!(of("preset=digits"), Preset::find("digits").expect("is a preset").label);
        assert_eq!(of("preset=digits&data=teacher"), "Random teacher");
        assert!(of("preset=digits&data=arithmetic").starts_with("First they memorise"));
    }
}
