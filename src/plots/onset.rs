//! The steps at which each configuration memorised and generalised, over the one setting in which
//! members differ.

use std::ops::Range;

use super::profile::numeric_list;
use super::{Words, pair, point};
use crate::chart::{HorizontalAxis, ValueAxis};
use crate::chart::{Mark, Point, Series, Theme};
use crate::experiment::Experiment;
use crate::history::History;
use crate::phases::{self, MemberPhases, StepSummary};
use crate::stats::sort_short;
use crate::text::{Arg, Text};

/// When the networks of one configuration memorised and generalised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Onset {
    /// The steps of memorising and of generalising; `None` while no network has got there.
    pub phases: [Option<StepSummary>; 2],
    /// The step up to which all its networks are known.
    pub until: u32,
    /// Networks in all.
    networks: usize,
    /// Whether nothing is known of them yet.
    is_untrained: bool,
    /// Their median test accuracy then; `None` if all of them have diverged.
    test: Option<f64>,
}

impl Onset {
    /// Of the members of one configuration.
    pub(super) fn of(history: &History, members: &[MemberPhases], range: Range<usize>) -> Self {
        let networks = range.len();
        let last: Vec<_> =
            range.clone().filter_map(|member| history.member(member).last()).collect();
        let until = last.iter().map(|(step, _)| *step).min();
        let scores = last.iter().map(|(_, scores)| *scores);
        let test = point(scores, |m| m.test.accuracy, 0.0).map(|point| point.median);
        let members = members.get(range).unwrap_or_default();
        let summarise =
            |step: fn(&MemberPhases) -> Option<u32>| phases::summarise(members.iter().map(step));
        Self {
            phases: [summarise(|m| m.memorise_step), summarise(|m| m.generalise_step)],
            until: until.filter(|_| last.len() == networks).unwrap_or(0),
            networks,
            is_untrained: last.is_empty(),
            test,
        }
    }

    /// The steps of the median network.
    pub(super) fn steps(&self) -> [Option<u32>; 2] {
        self.phases.map(|summary| summary?.median)
    }

    /// `generalised at step 98 (90–104)`, or that not all of the networks did by the last step.
    fn phase(&self, index: usize, text: &Text) -> String {
        let phase = ("phase", text.get(CURVES[index]).into());
        let step = ("step", self.until.into());
        let Some(StepSummary { median, first, last, reached, .. }) = self.phases[index] else {
            return text.with("onset-not", &[phase, step]);
        };
        match median.filter(|_| reached == self.networks) {
            None => text.with(
                "onset-some",
                &[phase, ("reached", reached.into()), ("networks", self.networks.into()), step],
            ),
            Some(median) => {
                let [first, last] = [first, last].map(|step| Arg::Text(text.step(step)));
                let id = if first == last { "onset-at" } else { "onset-range" };
                let range = text.with("range", &[("first", first), ("last", last)]);
                text.with(id, &[phase, ("step", median.into()), ("range", range.into())])
            }
        }
    }

    /// Everything about the configuration with this name, in a line.
    pub(super) fn words(&self, name: String, text: &Text) -> Words {
        let name = ("name", name.into());
        if self.is_untrained {
            return vec![("", text.with("onset-untrained", &[name]))];
        }
        let Some(test) = self.test else {
            return vec![("", text.with("finding-configuration-diverged", &[name]))];
        };
        text.words(
            "readout-onset",
            &[
                name,
                ("memorised", Arg::Marked("train", self.phase(0, text))),
                ("generalised", Arg::Marked("test", self.phase(1, text))),
                ("test", text.numbers().whole_percent(test).into()),
            ],
        )
    }
}

/// The names of the curves of both phases.
const CURVES: [&str; 2] = ["curve-memorised", "curve-generalised"];

/// The steps of both phases over the values of a setting.
pub struct Onsets {
    /// The setting's values.
    pub across: HorizontalAxis,
    /// The setting's name within a sentence.
    pub setting: String,
    /// The last step of the experiment.
    steps: u32,
    /// The step up to which all networks are known.
    until: u32,
    /// The values in rising order, with what became of each.
    at: Vec<(f64, Onset)>,
}

/// Whether members differ in one number with at least three values that is no size, so that the
/// steps of both phases are the question.
pub fn has_onsets(experiment: &Experiment) -> bool {
    let settings = &experiment.settings;
    numeric_list(experiment).is_some_and(|(field, _)| field.counts.is_none())
        && !settings.is_regression()
        && settings.steps > 1
}

/// The steps of both phases over the one setting in which members differ. `None` without
/// [`has_onsets`].
pub fn onsets(history: &History, members: &[MemberPhases], text: &Text) -> Option<Onsets> {
    let experiment = history.experiment();
    let (field, numbers) = numeric_list(experiment).filter(|_| has_onsets(experiment))?;
    let seeds = experiment.settings.seeds;
    let onset = |(index, x)| (x, Onset::of(history, members, index * seeds..(index + 1) * seeds));
    let mut at: Vec<(f64, Onset)> = numbers.into_iter().enumerate().map(onset).collect();
    sort_short(&mut at, |a, b| a.0 < b.0);
    let values: Vec<f64> = at.iter().map(|(value, _)| *value).collect();
    Some(Onsets {
        across: HorizontalAxis::values(text.field(field), &values, text),
        setting: text.field_inline(field),
        steps: experiment.settings.steps,
        until: at.iter().map(|(_, onset)| onset.until).min().unwrap_or(0),
        at,
    })
}

impl Onsets {
    /// Medians with their ranges. A curve breaks where half of the networks did not get there. At
    /// the last step, a range ends above it where some of them did not.
    pub fn series(&self, theme: &Theme, text: &Text) -> Vec<Series> {
        let mut all = Vec::new();
        for (index, plain) in pair(theme, text).into_iter().enumerate() {
            let start = all.len();
            let mut is_broken = true;
            for (x, onset) in &self.at {
                let summary = onset.phases[index];
                let Some((summary, median)) = summary.and_then(|it| Some((it, it.median?))) else {
                    is_broken = true;
                    continue;
                };
                if is_broken {
                    let (name, label) = (String::new(), String::new());
                    all.push(Series { name, label, ..plain.clone() });
                    is_broken = false;
                }
                let is_open = summary.reached < onset.networks && onset.until >= self.steps;
                let high = if is_open { f64::INFINITY } else { summary.last.into() };
                let point = Point { x: *x, low: summary.first.into(), median: median.into(), high };
                all.last_mut().expect("it was just put there").points.push(point);
            }
            // The last piece has the name.
            if let Some(last) = all[start..].last_mut() {
                last.name = text.get(CURVES[index]);
            }
        }
        super::label(&mut all, text, |step| text.number(step));
        all
    }

    /// A mark for each value and phase, above the last step where half of the networks have not got
    /// there. None before the first step.
    pub fn marks(&self, theme: &Theme) -> Vec<Mark> {
        let mut all = Vec::new();
        for (x, onset) in self.at.iter().filter(|(_, onset)| onset.until > 0) {
            let steps = onset.steps();
            for (index, step) in steps.into_iter().enumerate() {
                // Side by side where both have the same place.
                let side = if index == 0 { -7.0 } else { 7.0 };
                all.push(Mark {
                    x: *x,
                    value: step.map_or(f64::INFINITY, f64::from),
                    shift: if steps[0] == steps[1] { side } else { 0.0 },
                    colour: [theme.train, theme.test][index],
                    is_square: index == 1,
                });
            }
        }
        all
    }

    /// The axis of steps that holds all of them.
    pub fn values(&self) -> ValueAxis {
        let mut min = 10;
        for (_, onset) in &self.at {
            for summary in onset.phases.iter().flatten() {
                min = min.min(summary.first);
            }
        }
        ValueAxis::steps(min, self.steps)
    }

    /// What the lane above the last step is for.
    pub fn lane(&self, text: &Text) -> String {
        match self.until {
            0 => String::new(),
            step => text.with("lane-not-by", &[("step", step.into())]),
        }
    }

    /// The value nearest to a position on the axis (0 to 1), and what became of its networks.
    /// Without a position: of the last value.
    pub fn readout(&self, position: Option<f64>, text: &Text) -> Option<(f64, Words)> {
        let off = |(x, _): &&(f64, Onset)| {
            let at = self.across.position(*x).unwrap_or(0.0);
            (at - position.unwrap_or(1.0)).abs()
        };
        let (x, onset) = self.at.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
        let field = self.setting.as_str().into();
        let name = text.with("configuration", &[("field", field), ("value", (*x).into())]);
        (onset.until > 0).then(|| (*x, onset.words(name, text)))
    }

    /// How the steps of generalising change over the setting, where the networks do not generalise,
    /// and when they memorise.
    pub(super) fn finding(&self, text: &Text) -> Vec<String> {
        let field = || ("field", Arg::from(self.setting.as_str()));
        let until = || ("until", Arg::from(self.until));
        let mut reached: Vec<(f64, u32)> = Vec::new();
        let mut failed: Vec<String> = Vec::new();
        let mut memorised: Vec<u32> = Vec::new();
        for (x, onset) in &self.at {
            let [first, second] = onset.steps();
            memorised.extend(first);
            match second {
                Some(step) => reached.push((*x, step)),
                None => failed.push(text.number(*x)),
            }
        }
        let falls = |pair: &[(f64, u32)]| pair[1].1 < pair[0].1;
        let rises = |pair: &[(f64, u32)]| pair[1].1 > pair[0].1;
        let trend = match reached.len() {
            0 => "none",
            1 => "one",
            _ if reached.windows(2).all(falls) => "earlier",
            _ if reached.windows(2).all(rises) => "later",
            _ => {
                sort_short(&mut reached, |a, b| a.1 < b.1);
                "between"
            }
        };
        let (first, last) = (reached.first().copied(), reached.last().copied());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let mut sentences = vec![text.with(
            "finding-onset",
            &[
                ("trend", trend.into()),
                field(),
                ("first", first.0.into()),
                ("last", last.0.into()),
                ("first-step", first.1.into()),
                ("last-step", last.1.into()),
                until(),
            ],
        )];
        if !reached.is_empty() && !failed.is_empty() {
            let values = ("values", text.list(&failed).into());
            sentences.push(text.with("finding-onset-failed", &[field(), values, until()]));
        }
        sort_short(&mut memorised, |a, b| a < b);
        if let (Some(&first), Some(&last)) = (memorised.first(), memorised.last()) {
            let spread = if first == last { "none" } else { "some" };
            let args = [("spread", spread.into()), ("first", first.into()), ("last", last.into())];
            sentences.push(text.with("finding-onset-memorised", &args));
        }
        sentences
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::chart::Line;
    use crate::evaluation::{Evaluation, Score, Scores};
    use crate::text::Locale;

    /// A run to step `last` of members that memorise and generalise at these steps.
    pub(in crate::plots) fn run(query: &str, members: &[[Option<u32>; 2]], last: u32) -> History {
        let mut history = History::new(Experiment::from_query(query).experiment);
        let mut steps: Vec<u32> = members.iter().flatten().flatten().copied().collect();
        steps.extend([0, last]);
        sort_short(&mut steps, |a, b| a < b);
        steps.dedup();
        for step in steps.into_iter().filter(|step| *step <= last) {
            let members = members.iter().map(|phases| {
                let score = |at: Option<u32>| Score {
                    loss: 1.0,
                    accuracy: if at.is_some_and(|at| at <= step) { 1.0 } else { 0.25 },
                };
                Some(Scores { train: score(phases[0]), test: score(phases[1]) })
            });
            history.push(Evaluation { step, members: members.collect() });
        }
        history
    }

    fn of(history: &History) -> Onsets {
        let text = Text::new(Locale::English);
        onsets(history, &phases::find(history), &text).expect("a number that is no size")
    }

    #[test]
    fn a_configuration_that_is_not_trained_has_not_diverged() {
        let history = History::new(Experiment::from_query("wd=3,0,0.5&seeds=2").experiment);
        let onset = Onset::of(&history, &phases::find(&history), 0..2);
        let words = onset.words("weight decay 3".into(), &Text::new(Locale::English));
        assert_eq!(words, [("", "With weight decay 3: not trained yet.".to_owned())]);
    }

    /// Weight decays 3, 0 and 0.5, with two seeds each.
    const THREE: [[Option<u32>; 2]; 6] = [
        [Some(50), Some(285)],
        [Some(60), Some(300)],
        [Some(40), None],
        [Some(44), None],
        [Some(42), Some(3680)],
        [Some(45), None],
    ];

    #[test]
    fn steps_are_asked_for_unless_the_setting_is_a_size() {
        let has = |query| has_onsets(&Experiment::from_query(query).experiment);
        assert!(has("wd=0,1,3") && has("frac=0.4,0.5,0.6") && has("lr=0.001,0.003,0.01"));
        assert!(!has("width=8,16,32") && !has("data=digits&samples=50,100,200"));
        assert!(!has("wd=1,3") && !has("optimiser=sgd,adam,adamw") && !has("wd=0,1,3&lr=0.1,0.2"));
        assert!(!has("preset=double-descent-time&slow-scale=0.1,0.3,1"));
    }

    #[test]
    fn a_step_that_was_not_reached_has_a_mark_and_no_number() {
        let onsets = of(&run("wd=3,0,0.5&seeds=2", &THREE, 4000));
        let text = Text::new(Locale::English);
        let series = onsets.series(&Theme::GREY, &text);
        let [train, test] = &series[..] else { panic!("one piece each: {series:?}") };
        assert_eq!((train.line, test.line), (Line::Dashed, Line::Solid));
        let points = |series: &Series| -> Vec<(f64, f64, f64, f64)> {
            series.points.iter().map(|p| (p.x, p.low, p.median, p.high)).collect()
        };
        assert_eq!(
            points(train),
            [(0.0, 40.0, 40.0, 44.0), (0.5, 42.0, 42.0, 45.0), (3.0, 50.0, 50.0, 60.0)]
        );
        // One of two networks is the lower median; the other one has not got there.
        assert_eq!(
            points(test),
            [(0.5, 3680.0, 3680.0, f64::INFINITY), (3.0, 285.0, 285.0, 300.0)]
        );
        assert_eq!(test.label, "285 generalised");
        let marks = onsets.marks(&Theme::GREY);
        let hollow: Vec<f64> =
            marks.iter().filter(|mark| mark.value == f64::INFINITY).map(|mark| mark.x).collect();
        assert_eq!((marks.len(), hollow), (6, vec![0.0]));
        assert_eq!(onsets.lane(&text), "not by step 4,000");
    }

    #[test]
    fn a_curve_breaks_where_the_networks_failed() {
        let steps = [Some(300), None, Some(200)];
        let members = steps.map(|step| [Some(40), step]);
        let series = of(&run("wd=1,2,3&seeds=1", &members, 1000))
            .series(&Theme::GREY, &Text::new(Locale::English));
        let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["memorised", "", "generalised"]);
    }

    #[test]
    fn what_became_of_a_value_is_told() {
        let onsets = of(&run("wd=3,0,0.5&seeds=2", &THREE, 4000));
        let text = Text::new(Locale::English);
        let told = |position| {
            let (_, words) = onsets.readout(Some(position), &text).expect("a value");
            words.into_iter().map(|(_, part)| part).collect::<String>()
        };
        assert_eq!(
            told(1.0),
            "weight decay 3: memorised at step 50 (50–60), generalised at step 285 (285–300); test \
             accuracy 100%"
        );
        assert_eq!(
            told(0.0),
            "weight decay 0: memorised at step 40 (40–44), not generalised by step 4,000; test \
             accuracy 25%"
        );
        assert!(told(0.1).contains("memorised at step 42 (42–45), 1 of 2 networks generalised by"));
        let start = of(&run("wd=3,0,0.5&seeds=2", &THREE, 0));
        assert_eq!((start.readout(None, &text), start.marks(&Theme::GREY)), (None, vec![]));
    }

    #[test]
    fn the_finding_says_earlier_only_where_each_step_is() {
        let text = Text::new(Locale::English);
        let told = |steps: [Option<u32>; 4], last| {
            let members = steps.map(|step| [Some(40), step]);
            text.sentences(&of(&run("wd=0,1,2,3&seeds=1", &members, last)).finding(&text))
        };
        assert_eq!(
            told([None, Some(900), Some(300), Some(200)], 1000),
            "From weight decay 1 to 3 the networks generalise earlier and earlier: at step 900, \
             then at step 200. Not by step 1,000: weight decay 0. They memorise at step 40."
        );
        assert_eq!(
            told([None, Some(900), Some(200), Some(300)], 1000),
            "The networks generalise earliest at weight decay 2 (step 200) and latest at 1 (step \
             900). Not by step 1,000: weight decay 0. They memorise at step 40."
        );
        assert!(
            told([Some(1), Some(2), Some(3), Some(4)], 9).contains("later and later: at step 1")
        );
        assert_eq!(
            told([None, Some(900), None, None], 950),
            "The networks generalise at weight decay 1 only, at step 900. Not by step 950: weight \
             decay 0, 2 and 3. They memorise at step 40."
        );
        assert_eq!(
            told([None; 4], 950),
            "At no weight decay have the networks generalised by step 950. They memorise at step 40."
        );
    }
}
