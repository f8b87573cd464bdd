//! What the charts and the sentence under them say about a history.

use super::chart::{Marker, Point, Series};
use super::format;
use super::theme::Theme;
use crate::history::{History, Measured};
use crate::phases::{self, MemberPhases, Spread};

/// A value of a measurement.
type Value = fn(&Measured) -> f32;

/// Accuracy on train and test.
pub fn accuracy(history: &History, theme: &Theme) -> Vec<Series> {
    pair(history, theme, |m| m.train.accuracy, |m| m.test.accuracy)
}

/// Loss on train and test.
pub fn loss(history: &History, theme: &Theme) -> Vec<Series> {
    pair(history, theme, |m| m.train.loss, |m| m.test.loss)
}

fn pair(history: &History, theme: &Theme, train: Value, test: Value) -> Vec<Series> {
    vec![
        Series {
            name: "train",
            colour: theme.train,
            ink: theme.train_text,
            dashed: true,
            points: points(history, train),
        },
        Series {
            name: "test",
            colour: theme.test,
            ink: theme.test,
            dashed: false,
            points: points(history, test),
        },
    ]
}

/// Median and range over the members that have not diverged, at every measured step.
fn points(history: &History, value: Value) -> Vec<Point> {
    history
        .snapshots()
        .iter()
        .filter_map(|snapshot| {
            let alive = snapshot.members.iter().filter(|m| m.is_finite());
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
    let (fit, generalise) = spreads(members);
    let done = moving == Moving::Over;
    let last = history.snapshots().last().map_or(0, |snapshot| snapshot.step);
    let mut text = match (fit, generalise) {
        (None, _) if last == 0 => {
            "Nothing is learned yet. Press Play: the left of the charts fills within a second."
                .into()
        }
        (None, _) if done => {
            format!("No network memorised its training set within {} steps.", format::step(last))
        }
        (None, _) => "The networks are fitting their training sets.".into(),
        (Some(fit), None) if done => format!(
            "Memorised at step {}. No network reached 95% on unseen pairs within {} steps: the second \
             phase did not come, or not yet.",
            range(&fit),
            format::step(last)
        ),
        (Some(fit), None) => {
            let test = points(history, |m| m.test.accuracy).last().map_or(0.0, |p| p.median);
            format!(
                "Memorised at step {}. On pairs they have not seen the networks are right {:.0}% of the \
                 time. Stop here, or keep going?",
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
    };
    let diverged: Vec<String> = history
        .experiment()
        .member_seeds()
        .zip(members)
        .filter_map(|(seed, member)| {
            Some(format!("seed {seed} at step {}", format::step(member.diverged_step?)))
        })
        .collect();
    if !diverged.is_empty() {
        text +=
            &format!(" Training diverged for {}: lower the learning rate.", diverged.join(", "));
    }
    text
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
        let points = points(history, value);
        points.iter().min_by(|a, b| nearest(a).total_cmp(&nearest(b))).copied()
    };
    let accuracy = (at(|m| m.train.accuracy)?, at(|m| m.test.accuracy)?);
    let loss = (at(|m| m.train.loss)?, at(|m| m.test.loss)?);
    let percent = |point: &Point| format!("{:.0}%", 100.0 * point.median);
    let number = |point: &Point| {
        if point.median >= 0.001 {
            format!("{:.3}", point.median)
        } else {
            format!("{:.1e}", point.median)
        }
    };
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
        let mut history = History::new(Experiment { seeds: 2, ..Experiment::default() });
        for (step, members) in rows {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let members = members
                .iter()
                .map(|(train, test)| Measured { train: score(*train), test: score(*test) })
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
    fn a_second_phase_that_does_not_come_is_said_to_have_not_come() {
        let history =
            history(&[(0, [(0.0, 0.0); 2]), (40, [(1.0, 0.1); 2]), (4000, [(1.0, 0.2); 2])]);
        let members = phases::find(&history);
        let text = finding(&history, &members, Moving::Over);
        assert!(
            text.contains("No network reached 95% on unseen pairs within 4,000 steps"),
            "{text}"
        );
        assert_eq!(markers(&members).len(), 1);
    }
}
