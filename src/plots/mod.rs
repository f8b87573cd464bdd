//! From a history to the curves of charts and the words around them: pure data, no DOM.
//!
//! Every sentence comes from [`crate::text`]. A value over members is their median, with the range
//! as a band; members that diverged are left out.

mod checks;
mod clock;
mod compression;
mod finding;
mod measures;
mod onset;
mod over_time;
mod profile;
mod setting_map;
mod versus;

pub use checks::{GUESSED, checks, checks_words, estimator_name, is_asked_for, right_estimators};
pub use clock::{
    Block, Changes, Clock, block, changes, clock_axis, clock_sentences, has_clock, is_usual,
    lag_table, progress, signal_name, still,
};
pub use compression::{
    LagBar, information, lags, layer_name, resolution_map, resolution_readout, sentences,
};
pub use finding::{Moving, finding};
pub use measures::{has_choice_of_samples, has_plane, panel, plane, quantities};
pub use onset::{Onsets, has_onsets, onsets};
pub use over_time::{OverTime, losses};
pub use profile::{Pick, Profile, has_profile, map, map_title, profile, row_at_height};
pub use setting_map::{CellState, SettingMap, Shows, has_setting_map, setting_map};

pub use versus::{HEADS, Versus, collapses, versus};

use std::ops::Range;

use profile::row_at;

use crate::chart::{Line, Marker, Point, Series, Theme};
use crate::evaluation::Scores;
use crate::experiment::{Data, Experiment, Field, Loss, Method, Settings, field, keys};
use crate::history::History;
use crate::phases::{self, MemberPhases, StepSummary};
use crate::stats;
use crate::text::{Arg, Text};
use crate::theory;

pub use crate::text::Words;

/// A value of an evaluation.
type ScoreValue = fn(&Scores) -> f32;

/// The page's heading: the article's title for modular arithmetic, otherwise the preset's label, or
/// the data set's name if the reader changed the task.
pub fn heading(experiment: &Experiment, text: &Text) -> String {
    let data = experiment.settings.data;
    if data == Data::Arithmetic {
        text.get("heading")
    } else if data == experiment.preset.experiment().settings.data {
        text.preset(experiment.preset)
    } else {
        field(keys::DATA).map_or_else(String::new, |field| text.choice(field, data.key()))
    }
}

/// The title of the accuracy of an experiment.
pub fn accuracy_title(experiment: &Experiment, text: &Text) -> String {
    let regression = experiment.settings.is_regression();
    text.get(if regression { "chart-sign" } else { "chart-accuracy" })
}

/// The title of the error of an experiment.
pub fn error_title(experiment: &Experiment, text: &Text) -> String {
    let regression = experiment.settings.is_regression();
    text.get(if regression { "chart-sign-error" } else { "chart-error" })
}

/// The title of the loss of an experiment.
pub fn loss_title(experiment: &Experiment, text: &Text) -> String {
    let loss: Loss = experiment.settings.trained_loss();
    text.with("chart-loss", &[("loss", loss.key().into())])
}

/// Accuracy on training and test set.
pub fn accuracy(history: &History, theme: &Theme, text: &Text) -> Vec<Series> {
    let mut all = curves(history, theme, text, |m| m.train.accuracy, |m| m.test.accuracy);
    label(&mut all, text, |accuracy| text.numbers().whole_percent(accuracy));
    all
}

/// What a line and a band stand for: `median and range of 5 networks`.
pub fn band_note(experiment: &Experiment, text: &Text) -> String {
    match experiment.settings.seeds {
        0 | 1 => String::new(),
        seeds => text.with("chart-band", &[("networks", seeds.into())]),
    }
}

/// Median accuracy over all networks at an evaluated step: `step 43, training set 99%, test set 0%`.
pub fn scores_at(history: &History, step: f64, text: &Text) -> String {
    let evaluations = history.evaluations();
    let index = evaluations.partition_point(|evaluation| f64::from(evaluation.step) < step);
    let scores = evaluations.get(index).map(|evaluation| evaluation.members.iter().flatten());
    let at = |value: ScoreValue| {
        let point = point(scores.clone()?, value, step)?;
        Some(text.numbers().whole_percent(point.median))
    };
    let (train, test) = (at(|m| m.train.accuracy), at(|m| m.test.accuracy));
    let (Some(train), Some(test)) = (train, test) else {
        return text.with("scores-none", &[("step", step.into())]);
    };
    let args = [("step", step.into()), ("train", train.into()), ("test", test.into())];
    text.with("scores", &args)
}

/// Median accuracy and loss of all networks at about ten evaluated steps evenly spaced along a
/// logarithmic axis and at the last one, and I(X;T) of the outputs at the nearest measured step if
/// it is measured exactly: the column heads, and a row for each step.
pub fn table(history: &History, text: &Text) -> (Vec<String>, Vec<Vec<String>>) {
    const ROWS: f64 = 10.0;
    let mut head = vec![
        text.get("table-step"),
        text.get("table-train-accuracy"),
        text.get("table-test-accuracy"),
        text.get("table-train-loss"),
        text.get("table-test-loss"),
    ];
    let information = compression::at_outputs(history);
    if information.is_some() {
        head.extend([text.get("table-train-information"), text.get("table-test-information")]);
    }
    let evaluations = history.evaluations();
    let last = evaluations.last().map_or(1.0, |last| f64::from(last.step.max(2)));
    let mut steps: Vec<u32> = (0..=ROWS as u32)
        .filter_map(|row| nearest_step(history, last.powf(f64::from(row) / ROWS)))
        .collect();
    steps.insert(0, 0);
    steps.dedup();
    let rows = steps.into_iter().filter_map(|step| {
        let evaluation = evaluations.iter().find(|evaluation| evaluation.step == step)?;
        let value = |value: ScoreValue| {
            let scores = evaluation.members.iter().flatten();
            point(scores, value, 0.0).map(|point| point.median)
        };
        let accuracy =
            |pick: ScoreValue| value(pick).map(|value| text.numbers().whole_percent(value));
        let loss = |pick: ScoreValue| value(pick).map(|value| text.loss(value));
        let values = [
            Some(text.step(step)),
            accuracy(|m| m.train.accuracy),
            accuracy(|m| m.test.accuracy),
            loss(|m| m.train.loss),
            loss(|m| m.test.loss),
        ];
        let bits = information.iter().flatten().map(|points| {
            let distance = |point: &&Point| (point.x - f64::from(step)).abs();
            let near = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            near.map(|point| text.numbers().fixed(point.median, 2))
        });
        Some(values.into_iter().chain(bits).map(Option::unwrap_or_default).collect())
    });
    (head, rows.collect())
}

/// Puts a curve's last value before its name.
fn label(all: &mut [Series], text: &Text, written: impl Fn(f64) -> String) {
    for series in all {
        let last = series.points.last().filter(|_| !series.name.is_empty());
        series.label = match last {
            Some(last) => text.with(
                "curve-with-value",
                &[("value", written(last.median).into()), ("name", series.name.as_str().into())],
            ),
            None => series.name.clone(),
        };
    }
}

/// The test accuracy of an earlier run, and its test loss: the median over its networks.
pub fn ghost(history: &History, loss: bool) -> Vec<Point> {
    let value: ScoreValue = if loss { |m| m.test.loss } else { |m| m.test.accuracy };
    points(history, all(history), value)
}

/// A grey curve with a name.
pub fn ghost_series(name: String, points: Vec<Point>, theme: &Theme) -> Series {
    Series {
        label: name.clone(),
        name,
        colour: theme.ghost,
        ink: theme.muted,
        line: Line::Ghost,
        named_where_it_rises: true,
        points,
    }
}

/// A curve that a class drew: thick and grey, because it is no data.
pub fn drawn_series(name: String, points: Vec<Point>, theme: &Theme) -> Series {
    let line = Line::Guess;
    Series { line, named_where_it_rises: false, ..ghost_series(name, points, theme) }
}

/// Loss on training and test set, and the theory's test loss where there is a theory.
pub fn loss(history: &History, theme: &Theme, text: &Text) -> Vec<Series> {
    let mut all = curves(history, theme, text, |m| m.train.loss, |m| m.test.loss);
    label(&mut all, text, |loss| text.loss(loss));
    if !history.experiment().methods().is_empty() {
        // The curves of methods end together. The chart of accuracy names them.
        for series in all.iter_mut().filter(|series| series.line == Line::Solid) {
            series.name.clear();
            series.label.clear();
        }
    }
    if history.experiment().settings.is_regression() {
        // Noisy training targets can put the training loss far above all test losses. Drawing it
        // would flatten the curves that matter. The readout has its numbers.
        let max = |series: &Series| series.points.iter().map(|p| p.high).fold(0.0, f64::max);
        let max_test = all.iter().skip(1).step_by(2).map(max).fold(0.0, f64::max);
        for series in all.iter_mut().step_by(2) {
            if series.points.iter().all(|point| point.low > max_test) {
                series.points.clear();
            }
        }
    }
    let steps: Vec<u32> = history.evaluations().iter().map(|evaluation| evaluation.step).collect();
    let members = history.experiment().members();
    for first in configuration_starts(history.experiment()).take(max_groups(history.experiment())) {
        let Some(risk) = theory::risk(&members[first], &steps) else { continue };
        let points = steps.iter().zip(risk);
        all.push(Series {
            name: text.get("curve-theory"),
            label: text.get("curve-theory"),
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

/// A curve on the training set and one on the test set for each group.
fn curves(
    history: &History,
    theme: &Theme,
    text: &Text,
    train: ScoreValue,
    test: ScoreValue,
) -> Vec<Series> {
    let mut all = Vec::new();
    let groups = groups(history.experiment(), text);
    let count = groups.len();
    let experiment = history.experiment();
    let hides_training = !experiment.methods().is_empty() && !experiment.settings.is_regression();
    for (index, (members, name)) in groups.into_iter().enumerate() {
        let [mut train_series, mut test_series] = pair(theme, text);
        for series in [&mut train_series, &mut test_series] {
            series.colour = theme.shade(series.colour, index, count);
            series.ink = theme.shade(series.ink, index, count);
        }
        if hides_training {
            train_series.name = text.get("curve-train-baseline");
        }
        if index > 0 {
            // Curves with the same end need one name.
            train_series.name.clear();
        }
        test_series.name = name;
        test_series.named_where_it_rises = count > 1;
        train_series.points = points(history, members.clone(), train);
        test_series.points = points(history, members, test);
        // All methods memorise at about the same step: more training curves would hide the others.
        if index == 0 || !hides_training {
            all.push(train_series);
        }
        all.push(test_series);
    }
    all
}

/// The curves of training and test set, without points.
fn pair(theme: &Theme, text: &Text) -> [Series; 2] {
    [
        Series {
            name: text.get("curve-train"),
            label: text.get("curve-train"),
            colour: theme.train,
            ink: theme.train_text,
            line: Line::Dashed,
            named_where_it_rises: false,
            points: Vec::new(),
        },
        Series {
            name: text.get("curve-test"),
            label: text.get("curve-test"),
            colour: theme.test,
            ink: theme.test_text,
            line: Line::Solid,
            named_where_it_rises: false,
            points: Vec::new(),
        },
    ]
}

/// Maximum number of groups with curves of their own.
const MAX_GROUPS: usize = 4;

/// Maximum number of configurations with curves of their own: a baseline has one for each method
/// beside it.
fn max_groups(experiment: &Experiment) -> usize {
    if experiment.methods().is_empty() { MAX_GROUPS } else { 1 + Method::MAX }
}

/// The indices of members that are drawn as one curve, and the name of their test curve: each
/// configuration, or all members if there are too many configurations to tell apart.
fn groups(experiment: &Experiment, text: &Text) -> Vec<(Range<usize>, String)> {
    let count = configuration_starts(experiment).count();
    if count == 1 || count > max_groups(experiment) {
        return vec![(0..experiment.member_count(), text.get("curve-test"))];
    }
    // Beside its curve there is room for one name with its value, but not for several.
    let several = experiment.lists().count() > 1;
    let members = experiment.members();
    let is_control = |member| {
        let method = experiment.method_of(member);
        method.is_some_and(|method| method.is_control(&experiment.settings))
    };
    configurations(experiment, text)
        .into_iter()
        .map(|(range, name)| match several {
            _ if is_control(range.start) => (range, text.get("versus-control")),
            true => (range.clone(), short_name(experiment, &members[range.start], text)),
            false => (range, name),
        })
        .collect()
}

/// The values of a configuration without the names of the settings.
fn short_name(experiment: &Experiment, member: &Settings, text: &Text) -> String {
    let value = |field: &Field| text.value(field, field.get(member));
    let values: Vec<String> = experiment.lists().map(|(field, _)| value(field)).collect();
    text.join("configuration-short", &values)
}

/// The index of each configuration's first member. Members of one configuration differ in their
/// seed only, and follow one another.
fn configuration_starts(experiment: &Experiment) -> impl Iterator<Item = usize> + use<> {
    (0..experiment.member_count()).step_by(experiment.settings.seeds.max(1))
}

/// The members of each configuration, and its name: `weight decay 3`.
fn configurations(experiment: &Experiment, text: &Text) -> Vec<(Range<usize>, String)> {
    configuration_starts(experiment)
        .map(|start| {
            let range = start..start + experiment.settings.seeds;
            (range, text.configuration(experiment, start))
        })
        .collect()
}

/// Median and range at every evaluated step, of the members that have not diverged.
fn points(history: &History, members: Range<usize>, value: ScoreValue) -> Vec<Point> {
    let evaluations = history.evaluations().iter();
    evaluations
        .filter_map(|evaluation| {
            let scores = evaluation.members.get(members.clone())?.iter().flatten();
            point(scores, value, f64::from(evaluation.step))
        })
        .collect()
}

/// Median and range of a value, of the members that have not diverged.
fn point<'a>(scores: impl Iterator<Item = &'a Scores>, value: ScoreValue, x: f64) -> Option<Point> {
    summary(scores.filter(|m| m.is_finite()).map(|m| f64::from(value(m))), x)
}

/// Median and range of numbers that are not NaN. `None` without any.
fn summary(values: impl Iterator<Item = f64>, x: f64) -> Option<Point> {
    let values: Vec<f64> = values.collect();
    let median = stats::median(values.iter().copied())?;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(Point { x, low, median, high })
}

/// The indices of all members.
fn all(history: &History) -> Range<usize> {
    0..history.experiment().member_count()
}

/// The steps at which the median member has memorised and has generalised. None where members differ
/// in more than their seed: the median would mix configurations.
pub fn markers(
    experiment: &Experiment,
    members: &[MemberPhases],
    theme: &Theme,
    text: &Text,
) -> Vec<Marker> {
    if !experiment.has_one_configuration() {
        return Vec::new();
    }
    let (memorised, generalised) = summaries(members);
    let marker = |summary: Option<StepSummary>, [id, short]: [&str; 2], dot| {
        let step = summary?.median?;
        let label = text.with(id, &[("step", step.into())]);
        let below = text.with("marker-step", &[("step", step.into())]);
        let short = [text.get(short), below];
        Some(Marker { x: f64::from(step), label, short, dot: Some(dot) })
    };
    let fit = (f64::from(phases::MEMORISED_ACCURACY), theme.train);
    let memorised = marker(memorised, ["marker-memorised", "marker-memorised-short"], fit);
    let goal = (experiment.settings.target_accuracy, theme.test);
    // Without a first phase there is no second to mark.
    match (memorised, marker(generalised, ["marker-generalised", "marker-generalised-short"], goal))
    {
        (Some(first), Some(second)) if second.x < first.x => vec![second, first],
        (Some(first), second) => [Some(first), second].into_iter().flatten().collect(),
        (None, _) => Vec::new(),
    }
}

/// How many times later the median member generalised than it memorised, in words; empty unless it
/// did both, in this order.
pub fn between(markers: &[Marker], has_phases: bool, text: &Text) -> String {
    match markers {
        [first, second] if has_phases && second.x > first.x => {
            let times = text.numbers().about(second.x / first.x.max(1.0));
            text.with("times-later", &[("times", times.into())])
        }
        _ => String::new(),
    }
}

/// Whether the median member has memorised.
pub fn has_memorised(members: &[MemberPhases]) -> bool {
    summaries(members).0.is_some_and(|memorised| memorised.median.is_some())
}

/// Whether the median member generalised no earlier than it memorised.
pub fn has_phases(members: &[MemberPhases]) -> bool {
    let (memorised, generalised) = summaries(members);
    let step = |summary: Option<StepSummary>| summary?.median;
    !matches!((step(memorised), step(generalised)), (Some(first), Some(second)) if second < first)
}

/// The steps of memorising and of generalising over some members.
fn summaries(members: &[MemberPhases]) -> (Option<StepSummary>, Option<StepSummary>) {
    (
        phases::summarise(members.iter().map(|m| m.memorise_step)),
        phases::summarise(members.iter().map(|m| m.generalise_step)),
    )
}

/// The steps at which the median network memorised and generalised.
pub fn event_steps(members: &[MemberPhases]) -> [Option<u32>; 2] {
    let (memorised, generalised) = summaries(members);
    [memorised, generalised].map(|summary| summary?.median)
}

/// The one of some steps that is nearest to a position.
pub fn nearest(steps: impl Iterator<Item = u32>, step: f64) -> Option<u32> {
    let distance = |known: &u32| (f64::from(*known) - step).abs();
    steps.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// The evaluated step nearest to `step`.
pub fn nearest_step(history: &History, step: f64) -> Option<u32> {
    nearest(history.evaluations().iter().map(|evaluation| evaluation.step), step)
}

/// Members evaluated at the last step, and members in all.
pub fn fitted(history: &History) -> (usize, usize) {
    let last = history.evaluations().last().filter(|evaluation| evaluation.step > 0);
    let fitted = last.map_or(0, |evaluation| evaluation.members.iter().flatten().count());
    (fitted, history.experiment().member_count())
}

/// The evaluated step nearest to `step`, and the medians there: of each group that has curves of
/// its own, or of one row of the map.
pub fn readout(
    history: &History,
    step: f64,
    row: Option<usize>,
    text: &Text,
) -> Option<(u32, Words)> {
    let step = nearest_step(history, step)?;
    let evaluation = history.evaluations().iter().find(|evaluation| evaluation.step == step)?;
    let experiment = history.experiment();
    let row = row.and_then(|row| row_at(experiment, row, text));
    let is_brief = row.is_some() || groups(experiment, text).len() > 1;
    let groups = row.map_or_else(|| groups(experiment, text), |row| vec![row]);
    let mut parts: Vec<Words> = Vec::new();
    for (members, name) in groups {
        let scores = || evaluation.members.get(members.clone()).into_iter().flatten().flatten();
        let at = |value: ScoreValue| point(scores(), value, 0.0).map(|point| point.median);
        let (Some(train), Some(test)) = (at(|m| m.train.accuracy), at(|m| m.test.accuracy)) else {
            continue;
        };
        let (train_loss, test_loss) = (at(|m| m.train.loss)?, at(|m| m.test.loss)?);
        let percent = |value| text.numbers().whole_percent(value);
        if is_brief {
            // Beside other groups there is no room for losses.
            let part = |id, accuracy| text.with(id, &[("accuracy", percent(accuracy).into())]);
            parts.push(text.words(
                "readout-group",
                &[
                    ("name", name.into()),
                    ("train", Arg::Marked("train", part("readout-train-accuracy", train))),
                    ("test", Arg::Marked("test", part("readout-test-accuracy", test))),
                ],
            ));
            continue;
        }
        let part = |id, accuracy, loss| {
            let (accuracy, loss) = (percent(accuracy).into(), text.loss(loss).into());
            text.with(id, &[("accuracy", accuracy), ("loss", loss)])
        };
        let train = Arg::Marked("train", part("readout-train", train, train_loss));
        let test = Arg::Marked("test", part("readout-test", test, test_loss));
        let mut args = vec![("train", train), ("test", test)];
        let id = if !experiment.has_one_configuration() {
            args.push(("networks", experiment.member_count().into()));
            "readout-all-networks"
        } else {
            "readout-one"
        };
        parts.push(text.words(id, &args));
    }
    let parts = parts.into_iter().reduce(|first, second| {
        text.words("readout-next", &[("first", first.into()), ("second", second.into())])
    });
    let args = [("step", step.into()), ("groups", parts.unwrap_or_default().into())];
    let words = text.words("readout", &args);
    Some((step, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Evaluation, Score};
    use crate::experiment::Preset;
    use crate::text::Locale;

    #[test]
    fn the_heading_is_the_articles_the_presets_or_the_data_sets() {
        let text = Text::new(Locale::English);
        let of = |query| heading(&Experiment::from_query(query).experiment, &text);
        assert!(of("").starts_with("First they memorise"));
        assert_eq!(of("preset=digits"), text.preset(Preset::find("digits").expect("a preset")));
        assert_eq!(of("preset=digits&data=teacher"), "Random teacher");
        assert!(of("preset=digits&data=arithmetic").starts_with("First they memorise"));
    }

    #[test]
    fn the_readout_names_the_numbers_of_each_group_and_colours_them() {
        let text = Text::new(Locale::English);
        let line = |query: &str| {
            let mut history = History::new(Experiment::from_query(query).experiment);
            let count = history.experiment().member_count();
            let score = |accuracy| Score { loss: 0.25, accuracy };
            let scores = Scores { train: score(1.0), test: score(0.2) };
            history.push(Evaluation { step: 1822, members: vec![Some(scores); count] });
            readout(&history, 1e9, None, &text).expect("one step").1
        };
        let joined =
            |words: &Words| words.iter().map(|(_, part)| part.as_str()).collect::<String>();
        let one = line("seeds=2");
        assert_eq!(joined(&one), "Step 1,822: train 100%, loss 0.250; test 20%, loss 0.250");
        assert!(one.contains(&("test", "test 20%, loss 0.250".to_owned())), "{one:?}");
        let expected =
            "Step 1,822: weight decay 1 train 100% test 20%; weight decay 3 train 100% test 20%";
        assert_eq!(joined(&line("wd=1,3&seeds=1")), expected);
        let many = joined(&line("data=digits&width=4,8,16,32,64&seeds=2"));
        assert!(many.starts_with("Step 1,822: medians of all 10 networks, train 100%"), "{many}");
    }

    #[test]
    fn groups_of_several_settings_are_named_by_their_values() {
        let text = Text::new(Locale::English);
        let names = |query| {
            let experiment = Experiment::from_query(query).experiment;
            groups(&experiment, &text).into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("wd=1,3&seeds=1"), ["weight decay 1", "weight decay 3"]);
        assert_eq!(names("wd=1,3&noise=0,0.3&seeds=1"), ["1 0", "1 0.3", "3 0", "3 0.3"]);
        assert_eq!(names("wd=0.5,1,2,3,4&seeds=1"), ["test"]);
    }

    #[test]
    fn the_training_curve_beside_methods_is_named_the_baselines() {
        let text = Text::new(Locale::English);
        let names = |query| {
            let history = History::new(Experiment::valid(query));
            let all = accuracy(&history, &Theme::GREY, &text);
            all.into_iter().map(|series| series.label).collect::<Vec<_>>()
        };
        assert_eq!(names("methods=wd:3"), ["train, baseline", "baseline", "weight decay 3"]);
        assert_eq!(names(""), ["training", "test"]);
    }

    /// Fails if something in a pseudo-language text is not from a message.
    fn assert_translated(words: &str) {
        let plain = words.chars().find(|c| c.is_ascii_alphabetic());
        assert_eq!(plain, None, "not translated: {words}");
        let mut depth = 0;
        for c in words.chars() {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                c => assert!(depth > 0 || !c.is_alphabetic(), "outside a message: {words}"),
            }
        }
        assert_eq!(depth, 0, "{words}");
    }

    /// Everything that is shown of a history, in words.
    fn shown(history: &History, theme: &Theme, text: &Text) -> Vec<String> {
        let experiment = history.experiment();
        let phases = phases::find(history);
        let line = |words: Words| words.into_iter().map(|(_, part)| part).collect::<String>();
        let mut all = vec![
            heading(experiment, text),
            accuracy_title(experiment, text),
            error_title(experiment, text),
            loss_title(experiment, text),
        ];
        for moving in [Moving::NotYet, Moving::Now, Moving::Over] {
            all.extend(
                [false, true]
                    .into_iter()
                    .flat_map(|best| finding(history, &phases, moving, best, text)),
            );
        }
        let curves = accuracy(history, theme, text).into_iter().chain(loss(history, theme, text));
        all.extend(curves.map(|series| series.name));
        all.extend(
            markers(experiment, &phases, &Theme::GREY, text).into_iter().map(|marker| marker.label),
        );
        for row in [None, Some(0), Some(1)] {
            all.extend(readout(history, 1e9, row, text).map(|(_, words)| line(words)));
        }
        for is_loss in [false, true] {
            if let Some(profile) = profile(history, Pick::At(1e9), is_loss, text) {
                all.push(map_title(is_loss, &profile.setting, text));
                all.extend(profile.readout(None, text).map(|(_, words)| line(words)));
                all.extend(profile.series(theme, text).into_iter().map(|series| series.name));
                all.extend(profile.markers.into_iter().map(|marker| marker.label));
                all.push(profile.across.title);
            }
            all.extend(map(history, is_loss, text).into_iter().flat_map(|(rows, _)| rows));
        }
        if let Some(onsets) = onsets(history, &phases, text) {
            all.extend([onsets.lane(text), onsets.across.title.clone()]);
            all.extend(onsets.readout(None, text).map(|(_, words)| line(words)));
            all.extend(onsets.series(theme, text).into_iter().map(|series| series.label));
        }
        for shows in Shows::ALL {
            let Some(map) = setting_map(history, &phases, shows, text) else { continue };
            all.extend(
                (0..map.cells.len()).flat_map(|cell| map.words(cell, experiment, text)).map(line),
            );
            all.extend(map.edges.into_iter().map(|edge| edge.title));
            all.extend([map.scale, map.product]);
            all.extend(map.cells.into_iter().filter_map(|cell| match cell {
                CellState::Reached(label, _) => Some(label),
                _ => None,
            }));
        }
        for quantity in quantities(history) {
            let panel = panel(history, theme, quantity, crate::measure::Split::Test, 1e9, text);
            all.extend([panel.title, line(panel.words)]);
            all.extend(panel.warning);
            all.extend(panel.series.into_iter().map(|series| series.name));
            all.extend(panel.levels.into_iter().map(|(_, name)| name));
        }
        if let Some(plane) = plane(history, theme, crate::measure::Split::Test, text) {
            all.push(plane.across.title);
            all.extend(plane.trails.into_iter().map(|trail| trail.name));
        }
        all
    }

    #[test]
    fn nothing_that_is_shown_of_a_run_is_left_untranslated() {
        let text = Text::new(Locale::Pseudo);
        let everything = "layers=all&bounds=both&spread=1&complexity=1&linear-map=1&spectra=1\
                          &fourier=1&truncation=1&shuffle=1&deeper=24tanh&seeds=2";
        for query in [
            "",
            everything,
            "seeds=1&info=binning",
            "wd=1,3&seeds=1",
            "wd=0,1,3&optimiser=adam,adamw&gate=0,1&seeds=1",
            "wd=0.5,1,2,3,4&seeds=2",
            "lr=0.01,0.1&wd=0,1,3&seeds=1",
            "data=digits&width=4,8,64&seeds=1",
            "preset=double-descent-features&seeds=1",
            "preset=double-descent-time",
            "preset=information-plane",
        ] {
            let mut history = History::new(Experiment::from_query(query).experiment);
            let count = history.experiment().member_count();
            for (step, train, test, loss) in [
                (0, 0.0, 0.0, 5.0),
                (40, 1.0, 0.1, 2.0),
                (300, 1.0, 0.99, 3.0),
                (400, 1.0, 0.9, 1.0),
            ] {
                let score = |accuracy| Score { loss, accuracy };
                let scores = Scores { train: score(train), test: score(test) };
                let mut members = vec![Some(scores); count];
                if step == 400 && count > 1 {
                    let score = Score { loss: f32::NAN, accuracy: 0.0 };
                    members[count - 1] = Some(Scores { train: score, test: score });
                }
                history.push(Evaluation { step, members });
                let values = vec![Some(9.04); history.curves().len()];
                let members = vec![values; count];
                history.push_measurement(crate::evaluation::ProbeResult { step, members });
            }
            for words in shown(&history, &Theme::GREY, &text) {
                assert_translated(&words);
            }
        }
    }
}
