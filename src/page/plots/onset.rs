//! The steps at which each configuration memorised and generalised, over the one setting in which
//! members differ.

use std::ops::Range;

use super::profile::numeric_list;
use super::{Words, configurations, pair, point};
use crate::experiment::Experiment;
use crate::history::History;
use crate::page::axis::{HorizontalAxis, ValueAxis};
use crate::page::chart::{Mark, Point, Series, Theme};
use crate::phases::{self, MemberPhases, StepSummary};
use crate::stats::sort_short;
use crate::text::{Arg, Text};

/// When the networks of one configuration memorised and generalised.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Onset {
    /// The configuration in words: `weight decay 3`.
    pub name: String,
    /// The steps of memorising; `None` while no network has memorised.
    pub memorised: Option<StepSummary>,
    /// The steps of generalising; `None` while no network has generalised.
    pub generalised: Option<StepSummary>,
    /// The step up to which all its networks are known.
    pub until: u32,
    /// Networks in all.
    networks: usize,
    /// Their median test accuracy then; `None` if all of them have diverged.
    test: Option<f64>,
}

impl Onset {
    /// Of the members of one configuration.
    pub(super) fn of(
        history: &History,
        members: &[MemberPhases],
        range: Range<usize>,
        name: String,
    ) -> Self {
        let last = |member| history.member(member).last();
        let until = range.clone().map(|member| last(member).map_or(0, |(step, _)| step)).min();
        let scores = range.clone().filter_map(|member| Some(last(member)?.1));
        let test = point(scores, |m| m.test.accuracy, 0.0).map(|point| point.median);
        let networks = range.len();
        let members = members.get(range).unwrap_or_default();
        Self {
            name,
            memorised: phases::summarise(members.iter().map(|m| m.memorise_step)),
            generalised: phases::summarise(members.iter().map(|m| m.generalise_step)),
            until: until.unwrap_or(0),
            networks,
            test,
        }
    }

    /// Memorised and generalised.
    fn phases(&self) -> [Option<StepSummary>; 2] {
        [self.memorised, self.generalised]
    }

    /// The step of generalising of the median network.
    pub(super) fn step(&self) -> Option<u32> {
        self.generalised?.median
    }

    /// `generalised at step 98 (90–104)`, or that half of the networks did not by the last step.
    fn phase(&self, index: usize, text: &Text) -> String {
        let phase = ("phase", ["memorised", "generalised"][index].into());
        match self.phases()[index] {
            Some(StepSummary { median: Some(median), first, last, reached, .. })
                if reached == self.networks && first < last =>
            {
                let range = range(text, first, last);
                text.with("onset-range", &[phase, ("step", median.into()), ("range", range.into())])
            }
            Some(StepSummary { median: Some(median), reached, .. }) if reached == self.networks => {
                text.with("onset-at", &[phase, ("step", median.into())])
            }
            Some(StepSummary { reached, .. }) => text.with(
                "onset-some",
                &[
                    phase,
                    ("reached", reached.into()),
                    ("networks", self.networks.into()),
                    ("step", self.until.into()),
                ],
            ),
            None => text.with("onset-not", &[phase, ("step", self.until.into())]),
        }
    }

    /// Everything about the configuration in a line.
    pub(super) fn words(&self, text: &Text) -> Words {
        let name = ("name", self.name.as_str().into());
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

fn range(text: &Text, first: u32, last: u32) -> String {
    let [first, last] = [first, last].map(|step| Arg::Text(text.step(step)));
    text.with("range", &[("first", first), ("last", last)])
}

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
    let mut at: Vec<(f64, Onset)> = numbers
        .into_iter()
        .zip(configurations(experiment, text))
        .map(|(number, (range, name))| (number, Onset::of(history, members, range, name)))
        .collect();
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
    /// Medians with their ranges. A curve breaks where half of the networks did not get there; a
    /// range ends above the last step where some of them did not.
    pub fn series(&self, theme: &Theme, text: &Text) -> Vec<Series> {
        let names = ["curve-memorised", "curve-generalised"].map(|id| text.get(id));
        let mut all = Vec::new();
        for (index, (plain, name)) in pair(theme, text).into_iter().zip(names).enumerate() {
            let point = |(x, onset): &(f64, Onset)| {
                let StepSummary { median, reached, first, last, .. } = onset.phases()[index]?;
                let high = if reached == onset.networks { f64::from(last) } else { f64::INFINITY };
                Some(Point { x: *x, low: first.into(), median: median?.into(), high })
            };
            let points: Vec<Option<Point>> = self.at.iter().map(point).collect();
            let start = all.len();
            for run in points.split(Option::is_none).filter(|run| !run.is_empty()) {
                let points = run.iter().flatten().copied().collect();
                let (name, label) = (String::new(), String::new());
                all.push(Series { points, name, label, ..plain.clone() });
            }
            // The last piece has the name.
            if let Some(last) = all[start..].last_mut() {
                last.name = name;
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
            let steps = onset.phases().map(|summary| summary.and_then(|summary| summary.median));
            for (index, step) in steps.into_iter().enumerate() {
                // Side by side where both have the same place.
                let shift =
                    if steps[0] == steps[1] { 7.0 * (2.0 * index as f64 - 1.0) } else { 0.0 };
                all.push(Mark {
                    x: *x,
                    value: step.map_or(f64::INFINITY, f64::from),
                    shift,
                    colour: [theme.train, theme.test][index],
                    is_square: index == 1,
                });
            }
        }
        all
    }

    /// The axis of steps that holds all of them.
    pub fn values(&self) -> ValueAxis {
        let firsts = self.at.iter().flat_map(|(_, onset)| onset.phases()).flatten();
        ValueAxis::steps(firsts.map(|summary| summary.first.into()).chain([10.0]), self.steps)
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
        (onset.until > 0).then(|| (*x, onset.words(text)))
    }

    /// How the steps of generalising change over the setting, where the networks do not generalise,
    /// and when they memorise.
    pub(super) fn finding(&self, text: &Text) -> Vec<String> {
        let field = || ("field", Arg::from(self.setting.as_str()));
        let at = |x: f64| Arg::Text(text.number(x));
        let until = || ("until", Arg::from(self.until));
        let reached: Vec<(f64, u32)> =
            self.at.iter().filter_map(|(x, onset)| Some((*x, onset.step()?))).collect();
        let failed: Vec<String> = self
            .at
            .iter()
            .filter(|(_, onset)| onset.step().is_none())
            .map(|(x, _)| text.number(*x))
            .collect();
        let mut sentences = vec![match reached[..] {
            [] => text.with("finding-onset-none", &[field(), until()]),
            [(x, step)] => {
                text.with("finding-onset-one", &[field(), ("value", at(x)), ("step", step.into())])
            }
            [(first, first_step), .., (last, last_step)] => {
                let by_step = |a: &&(f64, u32), b: &&(f64, u32)| a.1.cmp(&b.1);
                let goes = |is_so: fn(u32, u32) -> bool| {
                    reached.windows(2).all(|pair| is_so(pair[1].1, pair[0].1))
                };
                let ends = [
                    field(),
                    ("first", at(first)),
                    ("last", at(last)),
                    ("first-step", first_step.into()),
                    ("last-step", last_step.into()),
                ];
                if goes(|next, before| next < before) {
                    text.with("finding-onset-earlier", &ends)
                } else if goes(|next, before| next > before) {
                    text.with("finding-onset-later", &ends)
                } else {
                    let (best, best_step) = *reached.iter().min_by(by_step).unwrap_or(&(0.0, 0));
                    let (worst, worst_step) = *reached.iter().max_by(by_step).unwrap_or(&(0.0, 0));
                    text.with(
                        "finding-onset-between",
                        &[
                            field(),
                            ("first", at(best)),
                            ("last", at(worst)),
                            ("first-step", best_step.into()),
                            ("last-step", worst_step.into()),
                        ],
                    )
                }
            }
        }];
        if !reached.is_empty() && !failed.is_empty() {
            let values = text.list(&failed).into();
            sentences
                .push(text.with("finding-onset-failed", &[field(), ("values", values), until()]));
        }
        let memorised = self.at.iter().filter_map(|(_, onset)| onset.memorised?.median);
        if let Some(summary) = phases::summarise(memorised.map(Some)) {
            let StepSummary { first, last, .. } = summary;
            let id = if first == last { "finding-memorised-at" } else { "finding-memorised-from" };
            let args = [("first", first.into()), ("last", last.into())];
            sentences.push(text.with(id, &args[..if first == last { 1 } else { 2 }]));
        }
        sentences
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::evaluation::{Evaluation, Score, Scores};
    use crate::page::chart::Line;
    use crate::text::Locale;

    /// A run to step `last` of members that memorise and generalise at these steps.
    pub(in crate::page::plots) fn run(
        query: &str,
        members: &[[Option<u32>; 2]],
        last: u32,
    ) -> History {
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
