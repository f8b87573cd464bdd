//! What the charts and the sentence under them say about a history.

use std::ops::Range;

use super::chart::{Marker, Point, Series};
use super::format;
use super::theme::Theme;
use crate::experiment::{Experiment, Loss};
use crate::history::{History, Measured};
use crate::phases::{self, MemberPhases, Spread};

/// A value of a measurement.
type Value = fn(&Measured) -> f32;

/// What the accuracy of an experiment is called.
pub fn accuracy_title(experiment: &Experiment) -> &'static str {
    if experiment.settings.is_regression() { "Right sign" } else { "Accuracy" }
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
    let groups = groups(history.experiment());
    let mut all = Vec::new();
    for (index, (members, name)) in groups.iter().enumerate() {
        all.push(Series {
            // Curves that end in the same place need one name.
            name: if index == 0 { "train".into() } else { String::new() },
            colour: theme.train,
            ink: theme.train_text,
            dashed: true,
            points: points(history, members.clone(), train),
        });
        all.push(Series {
            name: name.clone(),
            colour: theme.test,
            ink: theme.test,
            dashed: false,
            points: points(history, members.clone(), test),
        });
    }
    all
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
    // The room beside the charts holds some seven letters: values without their names, where these
    // are longer.
    let short = |name: String| {
        if name.len() <= 7 {
            return name;
        }
        let values = name.split(", ").filter_map(|part| Some(part.rsplit_once(' ')?.1));
        values.collect::<Vec<_>>().join(" ")
    };
    variants.into_iter().map(|(members, name)| (members, short(name))).collect()
}

/// Members that differ in their seed only, and what tells them from the others: `wd 3`.
fn variants(experiment: &Experiment) -> Vec<(Range<usize>, String)> {
    let seeds = experiment.settings.seeds;
    let members = experiment.members();
    members
        .chunks(seeds)
        .enumerate()
        .map(|(index, variant)| {
            let values = experiment.lists().map(|(field, _)| {
                format!("{} {}", field.key, field.format(field.get(&variant[0])))
            });
            (index * seeds..(index + 1) * seeds, values.collect::<Vec<_>>().join(", "))
        })
        .collect()
}

/// Median and range over those of the members that have not diverged, at every measured step.
fn points(history: &History, members: Range<usize>, value: Value) -> Vec<Point> {
    history
        .snapshots()
        .iter()
        .filter_map(|snapshot| {
            let alive =
                snapshot.members.get(members.clone())?.iter().flatten().filter(|m| m.is_finite());
            let mut values: Vec<f64> = alive.map(|m| f64::from(value(m))).collect();
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            let median = if !values.len().is_multiple_of(2) {
                values[middle]
            } else {
                (values.get(middle.wrapping_sub(1))? + values[middle]) / 2.0
            };
            Some(Point {
                step: snapshot.step,
                low: *values.first()?,
                median,
                high: *values.last()?,
            })
        })
        .collect()
}

/// All members, whatever they differ in.
fn all(history: &History) -> Range<usize> {
    0..history.experiment().member_count()
}

/// The steps at which the median member has memorised, and generalises.
pub fn markers(members: &[MemberPhases]) -> Vec<Marker> {
    let (fit, generalise) = spreads(members);
    let marker = |spread: Option<Spread>, what: &str| {
        let step = spread?.median?;
        Some(Marker { step, label: format!("{what}, step {}", format::step(step)) })
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
        2.. if begun && !experiment.settings.is_regression() => variants_finding(history, members),
        _ if experiment.settings.is_regression() => regression_finding(history),
        _ => phases_finding(history, members, moving),
    };
    for sentence in phases::divergences(history).iter().take(3) {
        text += &format!(" {sentence}");
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
    let Some(last) = points.last().filter(|point| point.step > 0) else {
        return "Nothing is learned yet. Press Play.".into();
    };
    let (start, rest) = (points[0], &points[1..]);
    let highest = rest.iter().max_by(|a, b| a.median.total_cmp(&b.median)).unwrap_or(last);
    let before = rest.iter().take_while(|point| point.step < highest.step);
    let lowest = before.min_by(|a, b| a.median.total_cmp(&b.median));
    let mut text = format!(
        "Test loss {} at step {}, from {}",
        format::value(last.median),
        format::step(last.step),
        format::value(start.median)
    );
    // A rise of a tenth above an earlier low is called a peak.
    if let Some(lowest) = lowest.filter(|lowest| highest.median > 1.1 * lowest.median) {
        text += &format!(
            ". It fell to {} at step {} and rose to {} at step {}",
            format::value(lowest.median),
            format::step(lowest.step),
            format::value(highest.median),
            format::step(highest.step)
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
                "Memorised at step {}, generalised at step {}{late}.",
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
    let nearest = |point: &&Point| (f64::from(point.step) - step).abs();
    let at = |value: Value| {
        let points = points(history, all(history), value);
        points.iter().min_by(|a, b| nearest(a).total_cmp(&nearest(b))).copied()
    };
    let accuracy = (at(|m| m.train.accuracy)?, at(|m| m.test.accuracy)?);
    let loss = (at(|m| m.train.loss)?, at(|m| m.test.loss)?);
    let percent = |point: &Point| format!("{:.0}%", 100.0 * point.median);
    let number = |point: &Point| format::value(point.median);
    Some(Readout {
        step: accuracy.0.step,
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
    use crate::history::{Score, Snapshot};

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
        assert_eq!(markers(&members).len(), 2);
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
            "wd 1: memorised at step 40, 10% on unseen samples; wd 3: memorised at step 40, \
             generalised at step 300."
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
        assert_eq!(markers(&members).len(), 1);
    }
}
