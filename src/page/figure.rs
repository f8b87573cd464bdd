//! What the charts and the sentence under them say about a history.

use std::ops::Range;

use super::axis::HorizontalAxis;
use super::chart::{Cell, Marker, Point, Series};
use super::format;
use super::theme::Theme;
use crate::experiment::{self, Experiment, Field, Loss, Model, Settings};
use crate::history::{History, Measured, Snapshot};
use crate::phases::{self, MemberPhases, Spread};

/// A value of a measurement.
type Value = fn(&Measured) -> f32;

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

/// Loss on train and test.
pub fn loss(history: &History, theme: &Theme) -> Vec<Series> {
    curves(history, theme, |m| m.train.loss, |m| m.test.loss)
}

/// A curve on train and one on test for each group of members that differ in their seed only.
fn curves(history: &History, theme: &Theme, train: Value, test: Value) -> Vec<Series> {
    let mut all = Vec::new();
    let groups = groups(history.experiment());
    let several = groups.len() > 1;
    for (index, (members, name)) in groups.into_iter().enumerate() {
        let [mut train_series, mut test_series] = pair(theme);
        if index > 0 {
            // Curves that end in the same place need one name.
            train_series.name.clear();
        }
        test_series.name = name;
        test_series.named_where_it_rises = several;
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
            dashed: true,
            named_where_it_rises: false,
            points: Vec::new(),
        },
        Series {
            name: "test".into(),
            colour: theme.test,
            ink: theme.test,
            dashed: false,
            named_where_it_rises: false,
            points: Vec::new(),
        },
    ]
}

/// Most groups of members that get curves of their own.
const MOST_GROUPS: usize = 4;

/// Members that differ in their seed only, and what to write at the end of their test curve. Where
/// that would be more groups than can be told apart, all are one.
fn groups(experiment: &Experiment) -> Vec<(Range<usize>, String)> {
    let variants = variants(experiment);
    if variants.len() == 1 || variants.len() > MOST_GROUPS {
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
    let at = |snapshot| point(snapshot, members.clone(), value, f64::from(snapshot.step));
    history.snapshots().iter().filter_map(at).collect()
}

/// Median and range over those of the members that are measured in a snapshot and have not diverged.
fn point(snapshot: &Snapshot, members: Range<usize>, value: Value, x: f64) -> Option<Point> {
    let alive = snapshot.members.get(members)?.iter().flatten().filter(|m| m.is_finite());
    let mut values: Vec<f64> = alive.map(|m| f64::from(value(m))).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let median = if !values.len().is_multiple_of(2) {
        values[middle]
    } else {
        (values.get(middle.wrapping_sub(1))? + values[middle]) / 2.0
    };
    Some(Point { x, low: *values.first()?, median, high: *values.last()? })
}

/// What the error and the loss are over the values of a setting, at one step.
pub struct Profile {
    /// The setting's values.
    pub across: HorizontalAxis,
    /// The step that is shown.
    pub step: u32,
    train: Vec<Point>,
    test: Vec<Point>,
    /// The interpolation threshold, where there is one to count.
    pub markers: Vec<Marker>,
}

/// Error (or the loss) against the one setting in which members differ, at the measured step nearest
/// to `step`; `None` if they differ in none that is a number, in several, or have less than three
/// values of it.
pub fn profile(history: &History, step: f64, loss: bool) -> Option<Profile> {
    let experiment = history.experiment();
    let (field, numbers) = numeric_list(experiment)?;
    let off = |snapshot: &&Snapshot| (f64::from(snapshot.step) - step).abs();
    let snapshot = history.snapshots().iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
    let seeds = experiment.settings.seeds;
    let points = |value: Value| {
        let at = |(index, x): (usize, &f64)| {
            point(snapshot, index * seeds..(index + 1) * seeds, value, *x)
        };
        let mut points: Vec<Point> = numbers.iter().enumerate().filter_map(at).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        points
    };
    let mut sorted = numbers.clone();
    sorted.sort_by(f64::total_cmp);
    let (train, test): (Value, Value) = if loss {
        (|m| m.train.loss, |m| m.test.loss)
    } else {
        (|m| 1.0 - m.train.accuracy, |m| 1.0 - m.test.accuracy)
    };
    Some(Profile {
        across: HorizontalAxis::values(axis_title(experiment, field), &sorted),
        step: snapshot.step,
        train: points(train),
        test: points(test),
        markers: threshold(experiment, field.key).into_iter().collect(),
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

    /// Whether the test error falls, rises and falls again, of which a peak five points above the lowest
    /// error on either side is the least that is called so.
    fn finding(&self, done: bool, seeds: usize) -> String {
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
        let lowest =
            |points: &[Point]| points.iter().min_by(|a, b| a.median.total_cmp(&b.median)).copied();
        // The point that stands highest above what is lowest on either side.
        let peak = (1..points.len().saturating_sub(1))
            .filter_map(|index| {
                let (left, right) = (lowest(&points[..index])?, lowest(&points[index + 1..])?);
                let above = points[index].median - left.median.max(right.median);
                (above >= PROMINENCE).then_some((above, left, points[index], right))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let when =
            if done { "Over".into() } else { format!("At step {}, over", format::step(self.step)) };
        let median = if seeds > 1 { ", in the median" } else { "" };
        match peak {
            Some((_, left, peak, right)) => format!(
                "{when} {name} the test error goes down to {}, up to {} and down again to {}{median}.",
                at(&left),
                at(&peak),
                at(&right)
            ),
            None => {
                let lowest = lowest(points).unwrap_or(*last);
                format!(
                    "{when} {name} the test error is lowest, {}, and ends with {}{median}: no clear peak \
                     with a second descent behind it.",
                    at(&lowest),
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
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
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
        ("width", Model::RandomFeatures) => "Features",
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
        Model::RandomFeatures => (1.0, "as many features as samples"),
        Model::Perceptron => {
            ((inputs + outputs + 1.0) / outputs, "as many weights as outputs to fit")
        }
        Model::Linear => return None,
    };
    let x = match key {
        "width" => samples / each,
        "samples" => width * each,
        _ => return None,
    };
    Some(Marker { x, label: format!("{label}: {}", format::about(x)) })
}

/// All members, whatever they differ in.
fn all(history: &History) -> Range<usize> {
    0..history.experiment().member_count()
}

/// Of what networks a number is the median, where that needs saying.
pub fn whose(experiment: &Experiment) -> &'static str {
    if experiment.lists().next().is_some() { ", all networks" } else { "" }
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
    match marker(fit, "memorised") {
        Some(fit) => [Some(fit), marker(generalise, "generalised")].into_iter().flatten().collect(),
        None => Vec::new(),
    }
}

fn spreads(members: &[MemberPhases]) -> (Option<Spread>, Option<Spread>) {
    (
        phases::spread(members.iter().map(|m| m.fit_step)),
        phases::spread(members.iter().map(|m| m.generalise_step)),
    )
}

/// Whether more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Nothing is trained yet, and nothing trains.
    NotYet,
    /// Under way, or paused.
    Now,
    /// All steps are taken.
    Over,
}

/// What has been found so far, in words.
pub fn finding(history: &History, members: &[MemberPhases], moving: Moving) -> String {
    let experiment = history.experiment();
    let begun = history.snapshots().last().is_some_and(|snapshot| snapshot.step > 0);
    let mut text = match variants(experiment).len() {
        2.. if begun && !experiment.settings.is_regression() => {
            let step = history.snapshots().last().map_or(0.0, |last| f64::from(last.step));
            match profile(history, step, false) {
                Some(profile) => profile.finding(moving == Moving::Over, experiment.settings.seeds),
                None => variants_finding(history, members),
            }
        }
        _ if experiment.settings.is_regression() => regression_finding(history),
        _ => phases_finding(history, members, moving),
    };
    let diverged = phases::divergences(history);
    if diverged.len() > 1 && diverged.len() == experiment.member_count() {
        return format!("All {} networks diverged: lower the learning rate.", diverged.len());
    }
    const MOST: usize = 2;
    for sentence in diverged.iter().take(MOST) {
        text += &format!(" {sentence}");
    }
    if diverged.len() > MOST {
        text += &format!(" So did {} more.", diverged.len() - MOST);
    }
    text
}

/// Of members that differ in more than their seed: what became of each kind.
fn variants_finding(history: &History, members: &[MemberPhases]) -> String {
    let variants = variants(history.experiment());
    let few = variants.len() <= MOST_GROUPS;
    let of_variant = |(range, name): (Range<usize>, String)| {
        let test = points(history, range.clone(), |m| m.test.accuracy).last().map(|p| p.median);
        let test = test.map_or("diverged".into(), |test| format!("{:.0}%", 100.0 * test));
        if !few {
            return format!("{name}: {test}");
        }
        let (fit, generalise) = spreads(&members[range]);
        let step = |spread: Option<Spread>| spread?.median.map(format::step);
        match (step(fit), step(generalise)) {
            (Some(fit), Some(generalise)) => {
                format!("{name}: memorised at step {fit}, generalised at step {generalise}")
            }
            (Some(fit), None) => {
                format!("{name}: memorised at step {fit}, {test} on unseen samples")
            }
            (None, _) => format!("{name}: not memorised, {test} on unseen samples"),
        }
    };
    let all: Vec<String> = variants.into_iter().map(of_variant).collect();
    let start = if few { "" } else { "Right on unseen samples, medians over seeds: " };
    format!("{start}{}.", all.join("; "))
}

/// Of a regression: where the test loss is, and where it was lowest and highest.
fn regression_finding(history: &History) -> String {
    let points = points(history, all(history), |m| m.test.loss);
    let Some(last) = points.last().filter(|point| point.x > 0.0) else {
        return "Nothing is learned yet. Press Play.".into();
    };
    let (start, rest) = (points[0], &points[1..]);
    let highest = rest.iter().max_by(|a, b| a.median.total_cmp(&b.median)).unwrap_or(last);
    let before = rest.iter().take_while(|point| point.x < highest.x);
    let lowest = before.min_by(|a, b| a.median.total_cmp(&b.median));
    let mut text = format!(
        "Test loss {} at step {}, from {}",
        format::value(last.median),
        format::tick(last.x),
        format::value(start.median)
    );
    // A rise of a tenth above an earlier low is called a peak.
    if let Some(lowest) = lowest.filter(|lowest| highest.median > 1.1 * lowest.median) {
        text += &format!(
            ". It fell to {} at step {} and rose to {} at step {}",
            format::value(lowest.median),
            format::tick(lowest.x),
            format::value(highest.median),
            format::tick(highest.x)
        );
    }
    text + "."
}

fn phases_finding(history: &History, members: &[MemberPhases], moving: Moving) -> String {
    let goal = format::percent(history.experiment().settings.goal);
    let (fit, generalise) = spreads(members);
    let done = moving == Moving::Over;
    let last = history.snapshots().last().map_or(0, |snapshot| snapshot.step);
    match (fit, generalise) {
        (None, _) if last == 0 => {
            "Nothing is learned yet. Press Play: the left of the charts fills first.".into()
        }
        (None, _) if done => {
            format!("No network memorised its training set within {} steps.", format::step(last))
        }
        (None, _) => "The networks are fitting their training sets.".into(),
        (Some(fit), None) if done => format!(
            "Memorised at step {}. No network reached {goal} on unseen samples within {} steps: the \
             second phase did not come, or not yet.",
            range(&fit),
            format::step(last)
        ),
        (Some(fit), None) => {
            let test =
                points(history, all(history), |m| m.test.accuracy).last().map_or(0.0, |p| p.median);
            format!(
                "Memorised at step {}. On samples they have not seen the networks are right {:.0}% of \
                 the time. Stop here, or keep going?",
                range(&fit),
                100.0 * test
            )
        }
        (Some(fit), Some(generalise)) => {
            let usual = history.experiment().settings.goal == Settings::default().goal;
            let reached =
                if usual { String::new() } else { format!(" ({goal} of unseen samples)") };
            let late = match (fit.median, generalise.median) {
                (Some(fit), Some(generalise)) if fit > 0 => {
                    format!(
                        ": {} times as late",
                        format::about(f64::from(generalise) / f64::from(fit))
                    )
                }
                _ => String::new(),
            };
            format!(
                "Memorised at step {}, generalised{reached} at step {}{late}.",
                range(&fit),
                range(&generalise)
            )
        }
    }
}

/// `43 (37 to 48 over 5 networks)`.
fn range(spread: &Spread) -> String {
    let Spread { reached, members, median, first, last } = *spread;
    let (first, last) = (format::step(first), format::step(last));
    let networks = if reached == members {
        format!("{members} networks")
    } else {
        format!("the {reached} of {members} networks that got there")
    };
    match median {
        Some(median) if members == 1 => format::step(median),
        Some(median) => format!("{} ({first} to {last} over {networks})", format::step(median)),
        None => format!("{first} to {last} by {reached} of {members} networks"),
    }
}

/// The medians at the measured step nearest to `step`, for the readout under the charts.
pub fn readout(history: &History, step: f64) -> Option<Readout> {
    let nearest = |point: &&Point| (point.x - step).abs();
    let at = |value: Value| {
        let points = points(history, all(history), value);
        points.iter().min_by(|a, b| nearest(a).total_cmp(&nearest(b))).copied()
    };
    let accuracy = (at(|m| m.train.accuracy)?, at(|m| m.test.accuracy)?);
    let loss = (at(|m| m.train.loss)?, at(|m| m.test.loss)?);
    let percent = |point: &Point| format!("{:.0}%", 100.0 * point.median);
    let number = |point: &Point| format::value(point.median);
    Some(Readout {
        step: accuracy.0.x as u32,
        train: format!("train {}, loss {}", percent(&accuracy.0), number(&loss.0)),
        test: format!("test {}, loss {}", percent(&accuracy.1), number(&loss.1)),
    })
}

/// The values under the crosshair.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The measured step.
    pub step: u32,
    /// Accuracy and loss on what is trained on.
    pub train: String,
    /// Accuracy and loss on what is held back.
    pub test: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::Score;

    fn history(rows: &[(u32, [(f32, f32); 2])]) -> History {
        let mut history = History::new(Experiment::from_query("seeds=2").experiment);
        for (step, members) in rows {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let members = members
                .iter()
                .map(|(train, test)| Some(Measured { train: score(*train), test: score(*test) }))
                .collect();
            history.push(Snapshot { step: *step, members });
        }
        history
    }

    #[test]
    fn the_sentence_tells_both_phases_with_their_spread() {
        let history = history(&[
            (0, [(0.0, 0.0), (0.0, 0.0)]),
            (40, [(1.0, 0.1), (0.9, 0.1)]),
            (50, [(1.0, 0.1), (1.0, 0.1)]),
            (2000, [(1.0, 1.0), (1.0, 1.0)]),
        ]);
        let members = phases::find(&history);
        assert_eq!(
            finding(&history, &members, Moving::Over),
            "Memorised at step 40 (40 to 50 over 2 networks), generalised at step 2,000 (2,000 to \
             2,000 over 2 networks): 50 times as late."
        );
        assert_eq!(markers(history.experiment(), &members).len(), 2);
    }

    #[test]
    fn a_peak_over_a_setting_is_found_and_told() {
        let told = |accuracies: [f32; 5]| {
            let query = "data=digits&samples=200&pca=20&width=4,8,64,128,256&seeds=1";
            let mut history = History::new(Experiment::from_query(query).experiment);
            let members = accuracies.map(|accuracy| {
                let score = Score { loss: 1.0, accuracy };
                Some(Measured { train: score, test: score })
            });
            history.push(Snapshot { step: 9, members: members.into() });
            let profile = profile(&history, 9.0, false).expect("five widths");
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

    #[test]
    fn kinds_of_members_are_told_apart() {
        let mut history = History::new(Experiment::from_query("wd=1,3&seeds=1").experiment);
        for (step, second) in [(0, 0.0), (40, 0.1), (300, 1.0)] {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let fit = if step == 0 { 0.0 } else { 1.0 };
            let members = [0.1, second];
            let members =
                members.map(|test| Some(Measured { train: score(fit), test: score(test) }));
            history.push(Snapshot { step, members: members.into() });
        }
        assert_eq!(
            finding(&history, &phases::find(&history), Moving::Now),
            "weight decay 1: memorised at step 40, 10% on unseen samples; weight decay 3: memorised \
             at step 40, generalised at step 300."
        );
    }

    #[test]
    fn a_second_phase_that_does_not_come_is_said_to_have_not_come() {
        let history =
            history(&[(0, [(0.0, 0.0); 2]), (40, [(1.0, 0.1); 2]), (4000, [(1.0, 0.2); 2])]);
        let members = phases::find(&history);
        let text = finding(&history, &members, Moving::Over);
        assert!(
            text.contains("No network reached 95% on unseen samples within 4,000 steps"),
            "{text}"
        );
        assert_eq!(markers(history.experiment(), &members).len(), 1);
    }
}
