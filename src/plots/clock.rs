//! Accuracy and measures on one clock: each as the fraction of its change that is done, the stages of
//! each change, and how far it lags behind accuracy.

use std::ops::Range;

use super::{configurations, measures};
use crate::chart::HorizontalAxis;
use crate::chart::{Line, Point, Series, Theme};
use crate::experiment::{Experiment, Settings};
use crate::history::History;
use crate::measure::{Curve, Quantity, Split};
use crate::phases::{self, Direction, Estimate, Lag, MemberPhases, Signal};
use crate::text::{Arg, Text};
use plotters::style::RGBColor;

/// How time is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// In training steps.
    #[default]
    Steps,
    /// In multiples of the step at which the median network has memorised.
    Memorised,
    /// In learning rate × weight decay × steps.
    Decay,
}

impl Clock {
    /// Every clock.
    pub const ALL: [Self; 3] = [Self::Steps, Self::Memorised, Self::Decay];

    /// The name in messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Memorised => "memorised",
            Self::Decay => "decay",
        }
    }

    /// The message of its axis.
    fn title(self) -> &'static str {
        match self {
            Self::Steps => "axis-steps",
            Self::Memorised => "axis-memorised",
            Self::Decay => "axis-decay",
        }
    }

    /// By what a step is multiplied; `None` if this clock stands still.
    fn factor(self, settings: &Settings, memorised: Option<f64>) -> Option<f64> {
        let factor = match self {
            Self::Steps => 1.0,
            Self::Memorised => 1.0 / memorised?.max(1.0),
            Self::Decay => settings.lr * settings.wd,
        };
        (factor > 0.0).then_some(factor)
    }
}

/// One change, as a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Of what, and when half of it was done.
    pub words: String,
    /// Its colour.
    pub colour: RGBColor,
    /// Whether it is of the training set, which is dashed.
    pub is_train: bool,
    /// Where it begins, is half done, and ends, in units of the clock.
    pub stages: [f64; 3],
    /// The interval of the half; without an upper end it is open.
    pub interval: (f64, Option<f64>),
    /// Whether it had not ended at the last step.
    pub goes_on: bool,
}

/// The changes of one configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name; empty if there is one alone.
    pub name: String,
    /// The changes.
    pub lanes: Vec<Lane>,
    /// Its first step and its last, in units of the clock.
    pub ends: [f64; 2],
}

/// What the panel shows of a run, apart from the clock.
pub struct Changes {
    settings: Settings,
    members: Range<usize>,
    /// Its name; empty if the run has one alone.
    pub name: String,
    memorised: Option<f64>,
    last: f64,
    /// Accuracies, the test loss and measures.
    pub lags: Vec<Lag>,
}

/// The changes of each configuration of a run.
pub fn changes(history: &History, text: &Text) -> Vec<Changes> {
    let experiment = history.experiment();
    let members = experiment.members();
    let last = history.evaluations().last().map_or(1.0, |evaluation| f64::from(evaluation.step));
    let of = |(range, name): (Range<usize>, String)| {
        let is_memorised = |phase: &phases::Phase| phase.kind == phases::Kind::Memorised;
        let list = phases::list(history, range.clone());
        Changes {
            settings: members[range.start],
            name,
            memorised: list.iter().find(|p| is_memorised(p)).and_then(|p| p.estimate.step),
            last,
            lags: phases::lags(history, range.clone()),
            members: range,
        }
    };
    configurations(experiment, text).into_iter().map(of).collect()
}

/// Whether a change is shown unless the reader says otherwise: accuracy, and information about inputs
/// and linear maps of the whole network.
pub fn is_usual(lag: &Lag, experiment: &Experiment) -> bool {
    let outputs = experiment.settings.hidden().len() + 1;
    match lag.signal {
        Signal::Accuracy(_) => true,
        Signal::Loss(_) => false,
        Signal::Measure(curve) => {
            matches!(curve.quantity, Quantity::InputInformation | Quantity::LinearMappingNumber)
                && curve.layer.is_none_or(|layer| layer == outputs)
                && curve.set != Some(Split::All)
        }
    }
}

/// `I(X;T) of outputs, test set`.
pub fn signal_name(signal: Signal, experiment: &Experiment, text: &Text) -> String {
    let outputs = experiment.settings.hidden().len() + 1;
    let (quantity, layer) = match signal {
        Signal::Accuracy(_) => ("accuracy", None),
        Signal::Loss(_) => ("loss", None),
        Signal::Measure(curve) => (curve.quantity.key(), Some(curve)),
    };
    let layer = layer.map(|curve| measures::layer_name(&curve, outputs, text));
    let layer = layer.filter(|name| !name.is_empty()).unwrap_or_else(|| "none".to_owned());
    let set = signal.set().map_or("none", Split::key);
    let args = [("quantity", quantity.into()), ("layer", layer.into()), ("set", set.into())];
    text.with("signal", &args)
}

fn colour(signal: Signal, theme: &Theme) -> RGBColor {
    match signal {
        Signal::Accuracy(Split::Train) => theme.train,
        Signal::Accuracy(_) => theme.test,
        Signal::Loss(_) => theme.ink,
        Signal::Measure(curve) => match curve.quantity {
            Quantity::InputInformation => theme.layer_last,
            Quantity::LabelInformation => theme.layer_first,
            Quantity::LocalComplexity | Quantity::LinearMappingNumber => theme.complexity,
            Quantity::ClassVariance => theme.muted,
            _ => theme.weights,
        },
    }
}

/// Why a clock shows nothing of a configuration.
pub fn still(clock: Clock, name: &str, text: &Text) -> String {
    let why = if clock == Clock::Decay { "decay" } else { "memorised" };
    let name = if name.is_empty() { "none" } else { name };
    text.with("clock-still", &[("why", why.into()), ("name", name.into())])
}

/// Bars of the shown changes, on a clock. `None` if the clock stands still for this configuration.
pub fn block(
    changes: &Changes,
    clock: Clock,
    shown: impl Fn(&Lag) -> bool,
    experiment: &Experiment,
    theme: &Theme,
    text: &Text,
) -> Option<Block> {
    let factor = clock.factor(&changes.settings, changes.memorised)?;
    let lane = |lag: &Lag| {
        let Estimate { step: Some(half), low, high, .. } = lag.stages[1] else { return None };
        let steps = lag.stages.map(|stage| stage.step.unwrap_or(changes.last));
        let goes_on = 2 * lag.going_on > changes.members.len();
        let number = |step: f64| -> Arg {
            let value = step * factor;
            let written = match clock {
                Clock::Steps => text.number(value.round()),
                _ => text.numbers().about(value),
            };
            written.into()
        };
        let args = [
            ("name", signal_name(lag.signal, experiment, text).into()),
            ("clock", clock.key().into()),
            ("half", number(half)),
            ("low", number(low.unwrap_or(half))),
            ("high", high.map_or("none".into(), number)),
            ("ended", if goes_on { "no" } else { "yes" }.into()),
        ];
        Some(Lane {
            words: text.with("clock-lane", &args),
            colour: colour(lag.signal, theme),
            is_train: lag.signal.set() == Some(Split::Train),
            stages: steps.map(|step| step * factor),
            interval: (low.unwrap_or(half) * factor, high.map(|high| high * factor)),
            goes_on,
        })
    };
    let lanes = changes.lags.iter().filter(|lag| shown(lag)).filter_map(lane).collect();
    let ends = [factor, changes.last.max(2.0) * factor];
    Some(Block { name: changes.name.clone(), lanes, ends })
}

/// The axis that holds all blocks.
pub fn clock_axis(clock: Clock, log: bool, blocks: &[Block], text: &Text) -> HorizontalAxis {
    let first = blocks.iter().map(|block| block.ends[0]).fold(f64::INFINITY, f64::min);
    let last = blocks.iter().map(|block| block.ends[1]).fold(0.0, f64::max);
    HorizontalAxis::scaled(text.get(clock.title()), log, first, last, text)
}

/// The fraction of each shown change that is done: the median over networks.
pub fn progress(
    history: &History,
    changes: &Changes,
    clock: Clock,
    shown: impl Fn(&Lag) -> bool,
    theme: &Theme,
) -> Vec<Series> {
    let Some(factor) = clock.factor(&changes.settings, changes.memorised) else {
        return Vec::new();
    };
    let series = |lag: &Lag| {
        let points = match lag.signal {
            Signal::Accuracy(Split::Train) => {
                super::points(history, changes.members.clone(), |m| m.train.accuracy)
            }
            Signal::Accuracy(_) => {
                super::points(history, changes.members.clone(), |m| m.test.accuracy)
            }
            Signal::Loss(_) => super::points(history, changes.members.clone(), |m| m.test.loss),
            Signal::Measure(curve) => {
                let index = history.curves().iter().position(|known| *known == curve);
                index.map_or_else(Vec::new, |index| {
                    measures::points(history, index, &changes.members)
                })
            }
        };
        let [from, to] = lag.change;
        let done = |value: f64| ((value - from) / (to - from)).clamp(0.0, 1.0);
        let point = |p: &Point| {
            let median = done(p.median);
            Point { x: p.x * factor, low: median, median, high: median }
        };
        let colour = colour(lag.signal, theme);
        Series {
            name: String::new(),
            label: String::new(),
            colour,
            ink: colour,
            line: match lag.signal.set() {
                Some(Split::Train) => Line::Dashed,
                _ => Line::Solid,
            },
            named_where_it_rises: false,
            points: points.iter().map(point).collect(),
        }
    };
    changes.lags.iter().filter(|lag| shown(lag)).map(series).collect()
}

/// The head and the rows of the table of lags.
pub fn lag_table(
    changes: &Changes,
    experiment: &Experiment,
    text: &Text,
) -> (Vec<String>, Vec<Vec<String>>) {
    let head = [
        "lag-head-measure",
        "lag-head-change",
        "lag-head-half",
        "lag-head-range",
        "lag-head-order",
        "lag-head-sign",
    ]
    .map(|id| text.get(id));
    let (missing, members) = (text.get("lag-none"), changes.members.len());
    let row = |lag: &Lag| {
        let times = |ratio: f64| text.numbers().about(ratio);
        let [before, after] = lag.counts();
        let value = |value: f64| -> Arg { text.numbers().about(value).into() };
        let change = [("from", value(lag.change[0])), ("to", value(lag.change[1]))];
        let range = lag.range().map(|[low, high]| {
            text.with("lag-range", &[("low", times(low).into()), ("high", times(high).into())])
        });
        let order = [
            ("before", before.into()),
            ("after", after.into()),
            ("all", members.into()),
            ("going", lag.going_on.into()),
        ];
        let sign = times(lag.sign_test());
        // All on one side: no order of so few networks is less likely.
        let sign = match before.min(after) {
            0 => {
                let args = [("value", sign.into()), ("networks", (before + after).into())];
                text.with("lag-sign-least", &args)
            }
            _ => sign,
        };
        // Test accuracy cannot lag behind itself.
        let is_itself = lag.signal == Signal::Accuracy(Split::Test);
        let compared = (before + after > 0 && !is_itself).then_some(());
        vec![
            signal_name(lag.signal, experiment, text),
            text.with("lag-change", &change),
            lag.median().map_or_else(|| missing.clone(), times),
            range.unwrap_or_else(|| missing.clone()),
            compared.map_or_else(|| missing.clone(), |()| text.with("lag-order", &order)),
            compared.map_or_else(|| missing.clone(), |()| sign),
        ]
    };
    (head.into(), changes.lags.iter().map(row).collect())
}

/// Why nothing can be said of a fall after memorising: most networks diverged, or have not memorised.
pub(super) fn untold(history: &History, members: Range<usize>, text: &Text) -> Option<String> {
    let found = phases::find(history);
    let found = found.get(members)?;
    let most = |is: fn(&MemberPhases) -> bool| {
        2 * found.iter().filter(|phases| is(phases)).count() > found.len()
    };
    let id = if most(MemberPhases::is_lost) {
        "compression-diverged"
    } else if most(|phases| phases.memorise_step.is_none()) {
        "compression-unmemorised"
    } else {
        return None;
    };
    let step = history.evaluations().last()?.step;
    Some(text.with(id, &[("step", step.into())]))
}

/// What the numbers say: whether the information about inputs of the outputs falls before or after
/// accuracy rises, on the test set and on the training set.
pub fn clock_sentences(history: &History, changes: &Changes, text: &Text) -> Vec<String> {
    let outputs = history.experiment().settings.hidden().len() + 1;
    let members = changes.members.len();
    // Something else may be measured, or nothing.
    let measured: Vec<Curve> = phases::measured(history)
        .into_iter()
        .filter(|curve| {
            curve.quantity == Quantity::InputInformation && curve.layer == Some(outputs)
        })
        .collect();
    if let Some(why) = untold(history, changes.members.clone(), text) {
        return if measured.is_empty() { Vec::new() } else { vec![why] };
    }
    let sentence = |set: Split| {
        let curve = *measured.iter().find(|curve| curve.set == Some(set))?;
        let lag = changes.lags.iter().find(|lag| lag.signal == Signal::Measure(curve));
        let lag = lag.filter(|lag| lag.direction == Direction::Fall);
        let [before, after] = lag.map_or([0, 0], Lag::counts);
        let order = match lag.map(|lag| lag.median()) {
            None => "flat",
            Some(None) => "alone",
            Some(Some(_)) if after > before => "after",
            Some(Some(_)) if before > after => "before",
            Some(Some(_)) => "mixed",
        };
        let ratio = lag.and_then(Lag::median).unwrap_or(1.0);
        let times = if ratio >= 1.0 { ratio } else { 1.0 / ratio };
        let args = [
            ("set", set.key().into()),
            ("order", order.into()),
            ("before", before.into()),
            ("after", after.into()),
            ("all", members.into()),
            ("times", text.numbers().about(times).into()),
            ("step", changes.last.into()),
        ];
        Some(text.with("clock-sentence", &args))
    };
    [Split::Test, Split::Train].into_iter().filter_map(sentence).collect()
}

/// Whether a run has something to put on the clock.
pub fn has_clock(history: &History) -> bool {
    !history.experiment().settings.is_regression() && !phases::measured(history).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Evaluation, ProbeResult, Score, Scores};
    use crate::phases::synthetic;
    use crate::text::Locale;

    fn text() -> Text {
        Text::new(Locale::English)
    }

    #[test]
    fn the_sentence_says_which_came_first_in_how_many_networks() {
        let words = |fall| {
            let history = synthetic::history(fall, false);
            clock_sentences(&history, &changes(&history, &text())[0], &text())
        };
        assert_eq!(
            words(700.0),
            [
                "On the test set the outputs compress after test accuracy rises, in 5 of 5 \
                 networks: half of the fall is done at 2.1 times the step at which half of the \
                 rise is done.",
                "On the training set the outputs compress before test accuracy rises, in 5 of 5 \
                 networks: half of the fall is done at 1/1.4 of the step at which half of the \
                 rise is done.",
            ]
        );
        // Nothing has happened by the last step.
        assert_eq!(
            words(1e6)[0],
            "On the test set the outputs do not compress after memorising, by step 3,991."
        );
    }

    #[test]
    fn networks_that_diverged_or_have_not_memorised_get_one_sentence() {
        let words = |score: Score| {
            let mut history = History::new(Experiment::valid("seeds=1"));
            let curves = history.curves().len();
            for step in 0..9 {
                let members = vec![Some(Scores { train: score, test: score })];
                history.push(Evaluation { step, members });
                let value = Some(9.0 - 0.5 * step as f32);
                history.push_measurement(ProbeResult { step, members: vec![vec![value; curves]] });
            }
            let all = changes(&history, &text());
            (clock_sentences(&history, &all[0], &text()).join(" "), all[0].lags.len())
        };
        let (diverged, lags) = words(Score { loss: f32::NAN, accuracy: 0.0 });
        assert_eq!(
            (diverged.as_str(), lags),
            ("Most networks diverged, so this run does not tell whether they compress.", 0)
        );
        assert_eq!(
            words(Score { loss: 1.0, accuracy: 0.2 }).0,
            "Most networks have not memorised by step 8, so a fall of I(X;T) until then belongs to \
             the first phase."
        );
    }

    #[test]
    fn bars_lie_where_changes_are_on_every_clock() {
        let (history, text) = (synthetic::history(300.0, false), text());
        let changes = changes(&history, &text);
        let settings = &history.experiment().settings;
        let of = |clock| {
            block(&changes[0], clock, |_| true, history.experiment(), &Theme::GREY, &text)
                .expect("this clock runs")
        };
        let steps = of(Clock::Steps);
        // Accuracies, the test loss, and I(X;T) on both sets.
        assert_eq!(steps.lanes.len(), 5);
        for (clock, factor) in [
            (Clock::Decay, settings.lr * settings.wd),
            (Clock::Memorised, 1.0 / changes[0].memorised.expect("they have memorised")),
        ] {
            for (lane, in_steps) in of(clock).lanes.iter().zip(&steps.lanes) {
                assert!((lane.stages[1] - factor * in_steps.stages[1]).abs() < 1e-9, "{lane:?}");
            }
        }
        let axis = clock_axis(Clock::Decay, true, &[of(Clock::Decay)], &text);
        assert_eq!(axis.ticks(), [0.01, 0.1, 1.0, 10.0]);
        let words = &steps.lanes[0].words;
        assert!(words.starts_with("Accuracy, training set: half-way at step 20, "), "{words}");
    }

    #[test]
    fn a_clock_without_weight_decay_stands_still() {
        let history = History::new(Experiment::valid("wd=0"));
        let changes = changes(&history, &text());
        let of = |clock| {
            block(&changes[0], clock, |_| true, history.experiment(), &Theme::GREY, &text())
        };
        assert!(of(Clock::Decay).is_none() && of(Clock::Memorised).is_none());
        assert!(of(Clock::Steps).is_some());
    }

    #[test]
    fn the_table_of_lags_has_a_row_for_each_change() {
        let (history, text) = (synthetic::history(700.0, false), text());
        let (head, rows) = lag_table(&changes(&history, &text)[0], history.experiment(), &text);
        assert_eq!(head.len(), 6);
        let row = &rows[4];
        assert_eq!(row[0], "I(X;T) of outputs, test set");
        let sign = "0.06 (the minimum for 5)";
        assert_eq!(row[2..], ["2.1", "2.0 to 2.1", "0 / 5 of 5", sign]);
    }
}
