//! What has been found, in words.

use std::ops::Range;

use super::{MAX_GROUPS, Pick, all, points, profile, spreads, variants};
use crate::experiment::Settings;
use crate::history::History;
use crate::page::format;
use crate::phases::{self, MemberPhases, Spread};

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
///
/// `best` is whether each network is shown at its best step over a setting.
pub fn finding(history: &History, members: &[MemberPhases], moving: Moving, best: bool) -> String {
    let experiment = history.experiment();
    let begun = history.evaluations().last().is_some_and(|evaluation| evaluation.step > 0);
    let mut text = match variants(experiment).len() {
        2.. if begun && !experiment.settings.is_regression() => {
            let step = history.evaluations().last().map_or(0.0, |last| f64::from(last.step));
            let pick = if best { Pick::BestUpTo(step) } else { Pick::At(step) };
            match profile(history, pick, false) {
                Some(profile) => {
                    let told = profile.finding(moving == Moving::Over, experiment.settings.seeds);
                    let of = "With each network at its best step, chosen by the test set itself: ";
                    if best { format!("{of}{}", lower_first(&told)) } else { told }
                }
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

/// A sentence as it stands behind a colon.
fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Of members that differ in more than their seed: what became of each kind.
fn variants_finding(history: &History, members: &[MemberPhases]) -> String {
    let variants = variants(history.experiment());
    let few = variants.len() <= MAX_GROUPS;
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
    let Some(last) = points.last().filter(|_| points.len() > 1) else {
        return "Nothing is learned yet. Press Play.".into();
    };
    let start = points[0];
    // The largest rise: the lowest point so far, and the one that stands highest above it.
    let mut lowest = points[1];
    let mut rise = (lowest, lowest);
    for &point in &points[1..] {
        if point.median < lowest.median {
            lowest = point;
        }
        if point.median - lowest.median > rise.1.median - rise.0.median {
            rise = (lowest, point);
        }
    }
    let (lowest, highest) = rise;
    let mut text = format!(
        "Test loss {} at step {}, from {}",
        format::value(last.median),
        format::tick(last.x),
        format::value(start.median)
    );
    // A rise of a tenth above an earlier low is called a peak.
    if highest.median > 1.1 * lowest.median {
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

/// Where more were right on unseen samples than are now, by two points at least.
fn better_before(history: &History) -> String {
    let points = points(history, all(history), |m| m.test.accuracy);
    let best = points.iter().max_by(|a, b| a.median.total_cmp(&b.median));
    match (best, points.last()) {
        (Some(best), Some(last)) if best.median > last.median + 0.02 => format!(
            " On unseen samples they were right most often, {:.0}%, at step {}; now {:.0}%: here it would have \
             been better to stop.",
            100.0 * best.median,
            format::tick(best.x),
            100.0 * last.median
        ),
        _ => String::new(),
    }
}

fn phases_finding(history: &History, members: &[MemberPhases], moving: Moving) -> String {
    let goal = format::percent(history.experiment().settings.goal);
    let (fit, generalise) = spreads(members);
    let done = moving == Moving::Over;
    let last = history.evaluations().last().map_or(0, |evaluation| evaluation.step);
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
             second phase did not come, or not yet.{}",
            range(&fit),
            format::step(last),
            better_before(history)
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
        (Some(fit), Some(generalise)) if !super::has_phases(members) => format!(
            "{goal} of unseen samples right at step {}, before memorising at step {}: no second phase to wait \
             for.",
            range(&generalise),
            range(&fit)
        ),
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
                "Memorised at step {}, generalised{reached} at step {}{late}.{}",
                range(&fit),
                range(&generalise),
                if done { better_before(history) } else { String::new() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score, Scores};
    use crate::page::figure::markers;

    fn history(rows: &[(u32, [(f32, f32); 2])]) -> History {
        let mut history = History::new(Experiment::from_query("seeds=2").experiment);
        for (step, members) in rows {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let members = members
                .iter()
                .map(|(train, test)| Some(Scores { train: score(*train), test: score(*test) }))
                .collect();
            history.push(Evaluation { step: *step, members });
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
            finding(&history, &members, Moving::Over, false),
            "Memorised at step 40 (40 to 50 over 2 networks), generalised at step 2,000 (2,000 to \
             2,000 over 2 networks): 50 times as late."
        );
        assert_eq!(markers(history.experiment(), &members).len(), 2);
    }

    #[test]
    fn kinds_of_members_are_told_apart() {
        let mut history = History::new(Experiment::from_query("wd=1,3&seeds=1").experiment);
        for (step, second) in [(0, 0.0), (40, 0.1), (300, 1.0)] {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let fit = if step == 0 { 0.0 } else { 1.0 };
            let members = [0.1, second];
            let members = members.map(|test| Some(Scores { train: score(fit), test: score(test) }));
            history.push(Evaluation { step, members: members.into() });
        }
        assert_eq!(
            finding(&history, &phases::find(&history), Moving::Now, false),
            "weight decay 1: memorised at step 40, 10% on unseen samples; weight decay 3: memorised \
             at step 40, generalised at step 300."
        );
    }

    #[test]
    fn networks_that_generalise_before_they_have_memorised_are_said_to_have_no_second_phase() {
        let history =
            history(&[(0, [(0.0, 0.0); 2]), (40, [(0.98, 0.96); 2]), (90, [(1.0, 0.97); 2])]);
        let text = finding(&history, &phases::find(&history), Moving::Over, false);
        assert_eq!(
            text,
            "95% of unseen samples right at step 40 (40 to 40 over 2 networks), before memorising at \
             step 90 (90 to 90 over 2 networks): no second phase to wait for."
        );
    }

    #[test]
    fn a_second_phase_that_does_not_come_is_said_to_have_not_come() {
        let history =
            history(&[(0, [(0.0, 0.0); 2]), (40, [(1.0, 0.1); 2]), (4000, [(1.0, 0.2); 2])]);
        let members = phases::find(&history);
        let text = finding(&history, &members, Moving::Over, false);
        assert!(
            text.contains("No network reached 95% on unseen samples within 4,000 steps"),
            "{text}"
        );
        assert_eq!(markers(history.experiment(), &members).len(), 1);
    }
}
