//! The finding of a run so far, in sentences.

use std::ops::Range;

use super::measures::deepest_hidden;
use super::onset::onsets;
use super::profile::Profile;
use super::setting_map::has_setting_map;
use super::{
    MAX_GROUPS, Pick, all, configurations, has_phases, points, profile, summaries, versus,
};
use crate::experiment::{Data, Experiment, Settings};
use crate::history::History;
use crate::phases::{self, MemberPhases, StepSummary};
use crate::text::{self, Arg, Text};

/// Whether more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Nothing is trained yet, and nothing trains.
    NotYet,
    /// Training, or paused.
    Now,
    /// All steps are done.
    Over,
}

/// Maximum number of divergences that are named. Further ones are counted.
const MAX_DIVERGENCES: usize = 2;

/// Maximum number of configurations whose steps are listed. More are counted.
const MAX_LISTED: usize = 12;

/// What has been found so far, in sentences: the first is the finding, the others say how sure it
/// is. `best` is whether each network is shown at its best step over a
/// setting.
pub fn finding(
    history: &History,
    members: &[MemberPhases],
    moving: Moving,
    best: bool,
    text: &Text,
) -> Vec<String> {
    let experiment = history.experiment();
    let diverged = phases::divergences(history);
    if diverged.len() > 1 && diverged.len() == experiment.member_count() {
        return vec![text.with("finding-all-diverged", &[("networks", diverged.len().into())])];
    }
    let found = Found { history, members, moving, text };
    let last = history.evaluations().last().map_or(0, |evaluation| evaluation.step);
    let mut sentences = if experiment.settings.is_regression() {
        found.losses()
    } else if experiment.has_one_configuration() {
        found.phases()
    } else if last == 0 {
        vec![text.get("finding-not-trained")]
    } else if let Some(mut told) = compared(history, moving, text) {
        // What the best method does, and the control. The table says the rest.
        told.truncate(2);
        told
    } else {
        let step = f64::from(last);
        let pick = if best { Pick::BestUpTo(step) } else { Pick::At(step) };
        match profile(history, pick, false, text).filter(Profile::asks_for_descent) {
            Some(profile) => found.descent(&profile, best),
            None => found.over_settings(),
        }
    };
    // Where the question is of layers, their answer comes first.
    sentences.splice(0..0, found.information());
    for divergence in diverged.iter().take(MAX_DIVERGENCES) {
        sentences.push(text::divergence(text, experiment, divergence));
    }
    let more = diverged.len().saturating_sub(MAX_DIVERGENCES);
    if more > 0 {
        sentences.push(text.with("finding-more-diverged", &[("count", more.into())]));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// What a comparison of methods has found, once it is over.
fn compared(history: &History, moving: Moving, text: &Text) -> Option<Vec<String>> {
    let told = versus(history, &[], moving == Moving::Over, text)?.sentences;
    (!told.is_empty()).then_some(told)
}

/// What there is to tell of.
struct Found<'a> {
    history: &'a History,
    members: &'a [MemberPhases],
    moving: Moving,
    text: &'a Text,
}

impl Found<'_> {
    fn experiment(&self) -> &Experiment {
        self.history.experiment()
    }

    /// The last evaluated step.
    fn last(&self) -> u32 {
        self.history.evaluations().last().map_or(0, |evaluation| evaluation.step)
    }

    /// The median test accuracy of some members at the last step, in percent.
    fn test_accuracy(&self, members: Range<usize>) -> Option<String> {
        let last = *points(self.history, members, |m| m.test.accuracy).last()?;
        Some(self.text.numbers().whole_percent(last.median))
    }

    /// Whether all of some members diverged, and none had generalised before.
    fn has_diverged(&self, members: Range<usize>) -> bool {
        self.members[members].iter().all(MemberPhases::is_lost)
    }

    fn goal(&self) -> Arg {
        self.text.percent(self.experiment().settings.target_accuracy).into()
    }

    fn range(&self, summary: &StepSummary) -> String {
        let StepSummary { first, last, .. } = *summary;
        if first == last {
            return self.text.step(first);
        }
        let ends = [first, last].map(|step| Arg::Text(self.text.step(step)));
        let [first, last] = ends;
        self.text.with("range", &[("first", first), ("last", last)])
    }

    /// Double descent over a setting, or that there is none.
    fn descent(&self, profile: &Profile, best: bool) -> Vec<String> {
        let text = self.text;
        let mut finding = profile.finding(text);
        if self.moving != Moving::Over && self.experiment().settings.steps > 1 {
            let args = [("step", profile.step.into()), ("finding", finding.into())];
            finding = text.with("finding-at-step", &args);
        }
        if best {
            finding = text.with("finding-at-best", &[("finding", finding.into())]);
        }
        vec![finding, self.by_median()]
    }

    /// How many networks each number is the median of, if there are several.
    fn by_median(&self) -> String {
        match self.experiment().settings.seeds {
            0 | 1 => String::new(),
            seeds => self.text.with("finding-by-median", &[("networks", seeds.into())]),
        }
    }

    /// How the steps of both phases change over the setting in which members differ, and when each
    /// configuration memorised and generalised.
    fn over_settings(&self) -> Vec<String> {
        let onsets = onsets(self.history, self.members, self.text);
        let mut sentences = onsets.map_or_else(Vec::new, |onsets| onsets.finding(self.text));
        sentences.extend(self.configurations());
        sentences
    }

    /// When each configuration memorised and generalised.
    fn configurations(&self) -> Vec<String> {
        let text = self.text;
        let all = configurations(self.experiment(), text);
        let steps = |range: &Range<usize>| {
            let (memorised, generalised) = summaries(&self.members[range.clone()]);
            let step = |summary: Option<StepSummary>| summary?.median;
            (step(memorised), step(generalised))
        };
        // A map shows each of them.
        let is_mapped = all.len() > MAX_GROUPS && has_setting_map(self.experiment());
        if is_mapped || all.len() > MAX_LISTED {
            let count = |reached: &dyn Fn((Option<u32>, Option<u32>)) -> bool| {
                all.iter().filter(|(range, _)| reached(steps(range))).count()
            };
            return vec![text.with(
                "finding-configurations",
                &[
                    ("count", all.len().into()),
                    ("memorised", count(&|(memorised, _)| memorised.is_some()).into()),
                    ("generalised", count(&|(_, generalised)| generalised.is_some()).into()),
                ],
            )];
        }
        if all.len() > MAX_GROUPS {
            let never = match self.moving {
                Moving::Over => "finding-never",
                Moving::Now | Moving::NotYet => "finding-not-yet",
            };
            let step = |step: Option<u32>| -> Arg {
                step.map_or_else(|| text.get(never), |step| text.step(step)).into()
            };
            let entry = |(range, name): &(Range<usize>, String)| {
                let (memorised, generalised) = steps(range);
                if self.has_diverged(range.clone()) {
                    return text.with("finding-steps-diverged", &[("name", name.as_str().into())]);
                }
                let args = [
                    ("name", name.as_str().into()),
                    ("memorised", step(memorised)),
                    ("generalised", step(generalised)),
                ];
                text.with("finding-steps-entry", &args)
            };
            let entries =
                text.join("finding-steps-next", &all.iter().map(entry).collect::<Vec<_>>());
            let listed = text.with("finding-steps", &[("entries", entries.into())]);
            return vec![listed, self.by_median()];
        }
        let sentence = |(range, name): (Range<usize>, String)| {
            let name = ("name", name.into());
            if self.has_diverged(range.clone()) {
                return text.with("finding-configuration-diverged", &[name]);
            }
            let test = ("test", self.test_accuracy(range.clone()).unwrap_or_default().into());
            match steps(&range) {
                (Some(memorised), Some(generalised)) => text.with(
                    "finding-configuration-both",
                    &[name, ("memorised", memorised.into()), ("generalised", generalised.into())],
                ),
                (Some(memorised), None) => text.with(
                    "finding-configuration-memorised",
                    &[name, ("memorised", memorised.into()), test],
                ),
                (None, _) => text.with("finding-configuration-neither", &[name, test]),
            }
        };
        all.into_iter().map(sentence).chain([self.by_median()]).collect()
    }

    /// Where the test loss of a regression is, and its largest rise.
    fn losses(&self) -> Vec<String> {
        let text = self.text;
        let points = points(self.history, all(self.history), |m| m.test.loss);
        let Some(last) = points.last().filter(|_| points.len() > 1) else {
            return vec![text.get("finding-not-trained")];
        };
        // The largest rise is from the lowest point so far to the one that stands highest above it.
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
        let (low, high) = rise;
        let loss = |value: f64| Arg::Text(text.loss(value));
        let mut args = vec![
            ("start", loss(points[0].median)),
            ("last", loss(last.median)),
            ("step", last.x.into()),
        ];
        // A rise by a tenth counts.
        if high.median <= 1.1 * low.median {
            return vec![text.with("finding-loss", &args)];
        }
        args.extend([("low", loss(low.median)), ("low-step", low.x.into())]);
        if high.x == last.x {
            return vec![text.with("finding-loss-rise", &args)];
        }
        args.extend([("high", loss(high.median)), ("high-step", high.x.into())]);
        vec![text.with("finding-loss-peak", &args)]
    }

    /// How I(X;T) of the last hidden layer rose and fell, for the experiments that ask that.
    fn information(&self) -> Option<String> {
        /// Bits by which it has to fall to have fallen.
        const FALL: f64 = 0.3;
        if self.experiment().settings.data != Data::Icosahedron {
            return None;
        }
        let (layer, points) = deepest_hidden(self.history)?;
        let (first, last) = (points.first()?, points.last()?);
        let highest = points.iter().max_by(|a, b| a.median.total_cmp(&b.median))?;
        let bits = |value: f64| Arg::Text(self.text.numbers().fixed(value, 1));
        let id = if highest.median - last.median >= FALL {
            "finding-information-fell"
        } else {
            "finding-information-did-not-fall"
        };
        let args = [
            ("layer", layer.into()),
            ("start", bits(first.median)),
            ("high", bits(highest.median)),
            ("high-step", highest.x.into()),
            ("last", bits(last.median)),
        ];
        (points.len() > 2).then(|| self.text.with(id, &args))
    }

    /// If test accuracy was higher before, by at least two percentage points. The best counts above
    /// twice what guessing gives, or halfway from there to 100% with two classes, and not at step 0.
    fn peaked(&self) -> String {
        let chance = 1.0 / self.experiment().settings.outputs() as f64;
        let well_above_chance = (2.0 * chance).min((1.0 + chance) / 2.0);
        let points = points(self.history, all(self.history), |m| m.test.accuracy);
        let best = points.iter().max_by(|a, b| a.median.total_cmp(&b.median));
        let percent = |value| Arg::Text(self.text.numbers().whole_percent(value));
        let counts = |best: f64, last: f64| best > well_above_chance && best > last + 0.02;
        match (best, points.last()) {
            (Some(best), Some(last)) if best.x > 0.0 && counts(best.median, last.median) => {
                self.text.with(
                    "finding-peaked",
                    &[
                        ("step", best.x.into()),
                        ("best", percent(best.median)),
                        ("last", percent(last.median)),
                    ],
                )
            }
            _ => String::new(),
        }
    }

    /// The two phases, of networks that differ in their seed only.
    fn phases(&self) -> Vec<String> {
        let text = self.text;
        let is_over = self.moving == Moving::Over;
        let (memorised, generalised) = summaries(self.members);
        let Some(memorised) = memorised else {
            let step = generalised.and_then(|summary| summary.median);
            return vec![match step {
                _ if self.last() == 0 => text.get("finding-not-trained"),
                Some(step) => {
                    let args = [("goal", self.goal()), ("generalised", step.into())];
                    text.with("finding-generalised-only", &args)
                }
                None if is_over => {
                    text.with("finding-not-memorised", &[("steps", self.last().into())])
                }
                None => text.get("finding-memorising"),
            }];
        };
        let Some(step) = memorised.median else {
            return vec![text.with("finding-some-memorised", &self.reached(&memorised))];
        };
        let at_step = ("memorised", step.into());
        let Some(generalised) = generalised else {
            let found = if is_over {
                let args = [at_step, ("goal", self.goal()), ("steps", self.last().into())];
                text.with("finding-not-generalised", &args)
            } else {
                let test = self.test_accuracy(all(self.history)).unwrap_or_default();
                let found = text.with("finding-memorised", &[at_step, ("test", test.into())]);
                return vec![found, self.over_networks(&memorised, None)];
            };
            let peaked = if is_over { self.peaked() } else { String::new() };
            // Where stopping earlier was better, that is the finding.
            return match peaked.is_empty() {
                true => vec![found, self.over_networks(&memorised, None)],
                false => vec![peaked, found, self.over_networks(&memorised, None)],
            };
        };
        let Some(later) = generalised.median else {
            let mut args = self.reached(&generalised);
            args.extend([at_step, ("goal", self.goal())]);
            return vec![text.with("finding-some-generalised", &args)];
        };
        let mut args = vec![at_step, ("generalised", later.into())];
        if !has_phases(self.members) {
            args.push(("goal", self.goal()));
            let found = text.with("finding-generalised-first", &args);
            return vec![found, self.over_networks(&memorised, Some(&generalised))];
        }
        let id = if step == 0 || later == step {
            "finding-both-at-once"
        } else {
            let times = text.numbers().about(f64::from(later) / f64::from(step));
            args.push(("times", times.into()));
            if self.experiment().settings.target_accuracy == Settings::default().target_accuracy {
                "finding-both"
            } else {
                args.push(("goal", self.goal()));
                "finding-both-goal"
            }
        };
        let peaked = if is_over { self.peaked() } else { String::new() };
        vec![text.with(id, &args), peaked, self.over_networks(&memorised, Some(&generalised))]
    }

    fn reached(&self, summary: &StepSummary) -> Vec<(&'static str, Arg)> {
        vec![
            ("reached", summary.reached.into()),
            ("networks", summary.members.into()),
            ("range", self.range(summary).into()),
        ]
    }

    /// How the steps scatter over several networks.
    fn over_networks(&self, memorised: &StepSummary, generalised: Option<&StepSummary>) -> String {
        let networks = ("networks", memorised.members.into());
        if memorised.members == 1 {
            return String::new();
        }
        let is_complete = |summary: &StepSummary| summary.reached == summary.members;
        if !is_complete(memorised) || generalised.is_some_and(|summary| !is_complete(summary)) {
            if self.moving != Moving::Over {
                // It would be out of date at the next step.
                return String::new();
            }
            let count = generalised.map_or(0, |summary| summary.reached);
            return self.text.with(
                "finding-spread-partial",
                &[networks, ("memorised", memorised.reached.into()), ("generalised", count.into())],
            );
        }
        let at = ("memorised", self.range(memorised).into());
        match generalised {
            None => self.text.with("finding-spread-memorised", &[networks, at]),
            Some(summary) => {
                let later = ("generalised", self.range(summary).into());
                self.text.with("finding-spread", &[networks, at, later])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Theme;
    use crate::evaluation::{Evaluation, Score, Scores};
    use crate::plots::markers;
    use crate::text::Locale;

    /// A run of members with these training and test accuracies.
    fn history(query: &str, rows: &[(u32, &[(f32, f32)])]) -> History {
        let mut history = History::new(Experiment::from_query(query).experiment);
        for (step, members) in rows {
            let score = |accuracy| Score { loss: 1.0, accuracy };
            let scores = |(train, test)| Scores { train: score(train), test: score(test) };
            let members = members.iter().map(|member| Some(scores(*member))).collect();
            history.push(Evaluation { step: *step, members });
        }
        history
    }

    fn told(history: &History, moving: Moving) -> String {
        let text = Text::new(Locale::English);
        text.sentences(&finding(history, &phases::find(history), moving, false, &text))
    }

    #[test]
    fn both_phases_are_told_with_their_spread() {
        let history = history(
            "seeds=2",
            &[
                (0, &[(0.0, 0.0), (0.0, 0.0)]),
                (40, &[(1.0, 0.1), (0.9, 0.1)]),
                (50, &[(1.0, 0.1), (1.0, 0.1)]),
                (1558, &[(1.0, 1.0), (1.0, 0.3)]),
                (2000, &[(1.0, 1.0), (1.0, 1.0)]),
            ],
        );
        assert_eq!(
            told(&history, Moving::Over),
            "Memorised at step 40, generalised at step 1,558: 39 times as many steps. (Median of 2 \
             networks; ranges 40–50 and 1,558–2,000.)"
        );
        let text = Text::new(Locale::English);
        let markers = markers(history.experiment(), &phases::find(&history), &Theme::GREY, &text);
        assert_eq!(markers.len(), 2);
        assert_eq!(markers[1].label, "generalised, step 1,558");
    }

    #[test]
    fn each_state_before_generalising_has_its_sentence() {
        let start: (u32, &[(f32, f32)]) = (0, &[(0.0, 0.0)]);
        let one = |rows: &[(u32, &[(f32, f32)])]| history("seeds=1", rows);
        assert_eq!(told(&one(&[start]), Moving::NotYet), "Not trained yet. Press Play.");
        let fitting = one(&[start, (10, &[(0.5, 0.0)])]);
        assert_eq!(
            told(&fitting, Moving::Now),
            "The networks are still memorising their training sets."
        );
        assert_eq!(
            told(&fitting, Moving::Over),
            "No network memorised its training set within 10 steps."
        );
        let memorised = one(&[start, (43, &[(1.0, 0.2)])]);
        assert_eq!(told(&memorised, Moving::Now), "Memorised at step 43. Test accuracy is 20%.");
        let peaked = one(&[start, (43, &[(1.0, 0.2)]), (4000, &[(1.0, 0.1)])]);
        assert_eq!(
            told(&peaked, Moving::Over),
            "Test accuracy was highest at step 43 (20%). It is 10% now, so stopping earlier would have \
             been better. Memorised at step 43. No network reached 95% test accuracy within 4,000 \
             steps."
        );
    }

    #[test]
    fn an_accuracy_near_that_of_guessing_is_no_peak() {
        for rows in [
            [(0, &[(0.03, 0.03)]), (43, &[(1.0, 0.0)])],
            [(0, &[(0.03, 0.2)]), (43, &[(1.0, 0.0)])],
            [(20, &[(0.5, 0.08)]), (43, &[(1.0, 0.0)])],
        ] {
            let rows = rows.map(|(step, members)| (step, &members[..]));
            let text = told(&history("seeds=1", &rows), Moving::Over);
            assert!(text.starts_with("Memorised at step 43."), "{text}");
        }
    }

    #[test]
    fn a_part_of_the_networks_is_counted() {
        let rows: &[(u32, &[(f32, f32)])] = &[
            (0, &[(0.0, 0.0); 3]),
            (40, &[(1.0, 0.1), (0.5, 0.1), (0.5, 0.1)]),
            (60, &[(1.0, 0.1), (1.0, 0.1), (1.0, 0.1)]),
            (900, &[(1.0, 1.0), (1.0, 0.1), (1.0, 0.1)]),
        ];
        assert_eq!(
            told(&history("seeds=3", &rows[..2]), Moving::Now),
            "1 of 3 networks memorised their training set (steps 40)."
        );
        assert_eq!(
            told(&history("seeds=3", rows), Moving::Now),
            "Memorised at step 60. 1 of 3 networks reached 95% test accuracy (steps 900)."
        );
    }

    #[test]
    fn configurations_have_their_own_steps() {
        let rows: &[(u32, &[(f32, f32)])] = &[
            (0, &[(0.0, 0.0), (0.0, 0.0)]),
            (40, &[(1.0, 0.1), (1.0, 0.1)]),
            (300, &[(1.0, 0.1), (1.0, 1.0)]),
        ];
        assert_eq!(
            told(&history("wd=1,3&seeds=1", rows), Moving::Now),
            "With weight decay 1: memorised at step 40, test accuracy 10%. With weight decay 3: \
             memorised at step 40, generalised at step 300."
        );
    }

    #[test]
    fn a_list_of_weight_decays_is_not_asked_for_double_descent() {
        let rows: &[(u32, &[(f32, f32)])] = &[
            (0, &[(0.0, 0.0); 3]),
            (40, &[(1.0, 0.1), (1.0, 0.1), (1.0, 0.1)]),
            (300, &[(1.0, 0.2), (1.0, 0.3), (1.0, 1.0)]),
        ];
        let text = told(&history("wd=0,1,3&seeds=1", rows), Moving::Over);
        let start = "The networks generalise at weight decay 3 only, at step 300. Not by step 300: \
                     weight decay 0 and 1. They memorise at step 40. With weight decay 0: memorised \
                     at step 40, test";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with("3: memorised at step 40, generalised at step 300."), "{text}");
        let rows: &[(u32, &[(f32, f32)])] =
            &[(0, &[(0.0, 0.0); 5]), (40, &[(1.0, 0.1); 5]), (300, &[(1.0, 1.0); 5])];
        let many = history("wd=0.5,1,2,3,4&seeds=1", rows);
        let text = told(&many, Moving::Over);
        let listed =
            " Steps at which networks memorised, then generalised: weight decay 0.5: 40, 300; ";
        assert!(text.contains(listed), "{text}");
    }

    #[test]
    fn configurations_that_a_map_shows_are_counted() {
        let rows: &[(u32, &[(f32, f32)])] =
            &[(0, &[(0.0, 0.0); 6]), (40, &[(1.0, 0.1); 6]), (300, &[(1.0, 1.0); 6])];
        let text = told(&history("lr=0.01,0.02&wd=0,1,3&seeds=1", rows), Moving::Over);
        assert_eq!(text, "6 configurations: 6 memorised, 6 generalised.");
    }

    #[test]
    fn generalising_before_memorising_is_no_delayed_generalisation() {
        let rows: &[(u32, &[(f32, f32)])] =
            &[(0, &[(0.0, 0.0); 2]), (40, &[(0.98, 0.96); 2]), (90, &[(1.0, 0.97); 2])];
        assert_eq!(
            told(&history("seeds=2", rows), Moving::Over),
            "Test accuracy reached 95% at step 40, before training accuracy reached 99% (step 90). \
             No delayed generalisation here. (Median of 2 networks; ranges 90 and 40.)"
        );
    }

    #[test]
    fn the_loss_of_a_regression_is_told_with_its_peak() {
        let mut history =
            History::new(Experiment::from_query("preset=double-descent-time&seeds=1").experiment);
        for (step, loss) in [(0, 7.943), (5, 6.218), (36, 9.393), (4000, 0.738)] {
            let score = Score { loss, accuracy: 0.5 };
            let scores = Scores { train: score, test: score };
            history.push(Evaluation { step, members: vec![Some(scores)] });
        }
        assert_eq!(
            told(&history, Moving::Over),
            "Test loss: 7.943 at the start, down to 6.218 (step 5), up to 9.393 (step 36), 0.738 at \
             step 4,000."
        );
    }

    #[test]
    fn networks_that_diverge_are_named() {
        let mut history = History::new(Experiment::from_query("lr=0.003,10&seeds=2").experiment);
        for (step, loss) in [(0, 1.0), (7, f32::NAN)] {
            let score = |loss| Score { loss, accuracy: 0.0 };
            let scores = |loss| Some(Scores { train: score(loss), test: score(loss) });
            let members = vec![scores(1.0), scores(1.0), scores(loss), scores(loss)];
            history.push(Evaluation { step, members });
        }
        let text = told(&history, Moving::Now);
        let end = "Training diverged at step 7 for learning rate 10, seed 1. Its curves end there: \
                   lower the learning rate.";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn a_configuration_that_diverged_is_not_waited_for() {
        let query = "lr=0.003,0.004,0.005,0.006,10&seeds=1";
        let mut history = History::new(Experiment::valid(query));
        for (step, loss) in [(0, 1.0), (7, f32::NAN)] {
            let score = |loss| Score { loss, accuracy: 0.0 };
            let scores = |loss| Some(Scores { train: score(loss), test: score(loss) });
            let members = [1.0, 1.0, 1.0, 1.0, loss].map(scores).into();
            history.push(Evaluation { step, members });
        }
        let text = told(&history, Moving::Now);
        assert!(text.contains("0.006: not yet, not yet; learning rate 10: diverged."), "{text}");
    }
}
