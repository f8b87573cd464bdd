//! Methods against their baseline, in words: a table, and the sentences that its numbers carry.

use super::Marker;
use crate::comparison::{CLEAR, Comparison, Row, SpeedUp, Steps, lacks_control, raises};
use crate::history::History;
use crate::stats::Spread;
use crate::text::Text;

/// The messages of the column heads.
pub const HEADS: [&str; 8] = [
    "versus-method",
    "versus-memorised",
    "versus-generalised",
    "versus-times",
    "versus-failed",
    "versus-accuracy",
    "versus-afterwards",
    "versus-cost",
];

/// A configuration in words.
#[derive(Clone, Debug, PartialEq)]
pub struct VersusRow {
    /// Whether it is the control.
    pub is_control: bool,
    /// A cell for each of [`HEADS`].
    pub cells: [String; HEADS.len()],
}

/// A comparison in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Versus {
    /// The baseline, then each method.
    pub rows: Vec<VersusRow>,
    /// What the numbers say, once the run is over.
    pub sentences: Vec<String>,
}

/// The methods of a run against the baseline. `None` if there is nothing to compare.
pub fn versus(
    history: &History,
    step_seconds: &[Option<f64>],
    is_over: bool,
    text: &Text,
) -> Option<Versus> {
    let mut comparison = Comparison::of(history)?;
    comparison.set_costs(step_seconds);
    let told = Told { history, comparison: &comparison, is_over, text };
    let rows = comparison.rows.iter().enumerate().map(|(index, row)| told.row(index, row));
    Some(Versus {
        rows: rows.collect(),
        sentences: if is_over { told.sentences() } else { Vec::new() },
    })
}

/// The steps at which methods collapsed, as markers in the chart of accuracy.
pub fn collapses(history: &History, text: &Text) -> Vec<Marker> {
    let rows = Comparison::of(history).map(|comparison| comparison.rows).unwrap_or_default();
    let experiment = history.experiment();
    let marker = |(index, row): (usize, &Row)| {
        let step = row.collapse?.step.median?;
        let name = match row.is_control {
            true => text.get("versus-control"),
            false => text.configuration(experiment, index * experiment.settings.seeds),
        };
        let args = [("method", name.into()), ("step", step.into())];
        let short =
            [text.with("marker-collapsed-short", &args[..1]), text.with("marker-step", &args[1..])];
        let label = text.with("marker-collapsed", &args);
        Some(Marker { x: f64::from(step), label, short, dot: None })
    };
    rows.iter().enumerate().filter_map(marker).collect()
}

struct Told<'a> {
    history: &'a History,
    comparison: &'a Comparison,
    is_over: bool,
    text: &'a Text,
}

impl Told<'_> {
    fn name(&self, index: usize) -> String {
        let experiment = self.history.experiment();
        self.text.configuration(experiment, index * experiment.settings.seeds)
    }

    /// A median with its range.
    fn range(&self, median: String, first: String, last: String) -> String {
        if first == last {
            return median;
        }
        let range = self.text.with("range", &[("first", first.into()), ("last", last.into())]);
        self.text.with("versus-range", &[("median", median.into()), ("range", range.into())])
    }

    fn steps(&self, steps: Option<Steps>, row: &Row) -> String {
        let step = |step| self.text.step(step);
        match steps {
            Some(Steps { median: Some(median), first, last }) => {
                self.range(step(median), step(first), step(last))
            }
            // Most networks have not come so far.
            Some(Steps { first, .. }) => {
                self.text.with("versus-first", &[("step", step(first).into())])
            }
            None if has_diverged(row) => self.text.get("versus-diverged"),
            None if self.is_over => {
                let args = [("step", self.comparison.last_step.into())];
                self.text.with("versus-not-by", &args)
            }
            None => self.text.get("finding-not-yet"),
        }
    }

    fn of(&self, count: usize, networks: usize) -> String {
        let args = [("count", count.into()), ("networks", networks.into())];
        self.text.with("versus-count", &args)
    }

    fn about(&self, value: f64) -> String {
        self.text.numbers().about(value)
    }

    fn times(&self, row: &Row) -> String {
        match row.speed_up {
            SpeedUp::Times { spread: Spread { median, low, high }, .. } => {
                let times = self.range(self.about(median), self.about(low), self.about(high));
                self.text.with("versus-n-times", &[("times", times.into())])
            }
            SpeedUp::AtLeast { times, .. } => {
                self.text.with("versus-at-least", &[("times", self.about(times).into())])
            }
            SpeedUp::Unknown if self.is_over || has_diverged(row) => {
                self.text.get("versus-cannot-tell")
            }
            SpeedUp::Unknown => self.text.get("finding-not-yet"),
        }
    }

    /// Before the end, only a network that diverged has failed for certain.
    fn failed(&self, row: &Row) -> String {
        match if self.is_over { row.failed } else { row.diverged } {
            0 if !self.is_over => String::new(),
            count => self.of(count, row.networks),
        }
    }

    /// Before the end, only a collapse is known.
    fn afterwards(&self, row: &Row) -> String {
        let Some(collapse) = row.collapse else {
            let stays = self.is_over && row.failed < row.networks;
            return if stays { self.text.get("versus-stays") } else { String::new() };
        };
        let count = self.of(collapse.networks, row.networks);
        let args = [
            ("count", count.into()),
            ("step", collapse.step.median.unwrap_or(collapse.step.first).into()),
            ("recovered", if self.is_over { collapse.recovered.into() } else { "open".into() }),
        ];
        self.text.with("versus-collapse", &args)
    }

    fn row(&self, index: usize, row: &Row) -> VersusRow {
        let percent = |value| self.text.numbers().whole_percent(value);
        let accuracy = row.accuracy.filter(|_| self.is_over).map(|Spread { median, low, high }| {
            self.range(percent(median), percent(low), percent(high))
        });
        let cost = row.cost.map(|cost| {
            // A step that costs as much changes nothing.
            let in_time = row.speed_up_in_time().filter(|_| (cost - 1.0).abs() >= 0.05);
            let cost = self.text.numbers().fixed(cost, 1);
            match in_time {
                Some(times) => {
                    let (change, times) =
                        if times < 1.0 { ("longer", 1.0 / times) } else { ("shorter", times) };
                    let args = [
                        ("cost", cost.into()),
                        ("change", change.into()),
                        ("times", self.about(times).into()),
                    ];
                    self.text.with("versus-cost-in-time", &args)
                }
                None => cost,
            }
        });
        let cells = [
            self.name(index),
            self.steps(row.memorised, row),
            self.steps(row.generalised, row),
            if index == 0 { String::new() } else { self.times(row) },
            self.failed(row),
            accuracy.unwrap_or_default(),
            self.afterwards(row),
            cost.unwrap_or_default(),
        ];
        VersusRow { is_control: row.is_control, cells }
    }

    /// The methods, without baseline and control.
    fn methods(&self) -> impl Iterator<Item = (usize, &Row)> {
        let rows = self.comparison.rows.iter().enumerate().skip(1);
        rows.filter(|(_, row)| !row.is_control)
    }

    fn sentences(&self) -> Vec<String> {
        let mut sentences = vec![self.best()];
        sentences.extend(self.control());
        sentences.extend(self.methods().filter_map(|(index, row)| self.collapsed(index, row)));
        sentences.extend(self.methods().filter(|(_, row)| row.is_slower()).filter_map(
            |(index, row)| {
                let SpeedUp::Times { spread, .. } = row.speed_up else { return None };
                let times = self.about(1.0 / spread.median);
                let args = [("method", self.name(index).into()), ("times", times.into())];
                Some(self.text.with("versus-longer", &args))
            },
        ));
        let failed: Vec<String> = self
            .methods()
            .filter(|(_, row)| row.failed == row.networks)
            .map(|(index, _)| self.name(index))
            .collect();
        if !failed.is_empty() {
            let args = [
                ("methods", self.text.join("readout-next", &failed).into()),
                ("step", self.comparison.last_step.into()),
            ];
            sentences.push(self.text.with("versus-all-failed", &args));
        }
        let experiment = self.history.experiment();
        let is_in_doubt = |(index, row): (usize, &Row)| {
            let is_bounded =
                matches!(row.speed_up, SpeedUp::AtLeast { times, .. } if times >= CLEAR);
            raises(&experiment.methods()[index - 1], &experiment.settings)
                && (row.is_faster() || is_bounded)
        };
        if lacks_control(experiment) && self.methods().any(is_in_doubt) {
            sentences.push(self.text.get("versus-no-control"));
        }
        sentences
    }

    /// The method that shortens the second phase most, keeps what it has reached, and fails in less
    /// than half of the networks.
    fn best(&self) -> String {
        let text = self.text;
        let mut best: Option<(usize, &Row, f64, usize)> = None;
        for (index, row) in self.methods() {
            let SpeedUp::Times { spread, faster, .. } = row.speed_up else { continue };
            let holds = row.is_faster() && keeps(row);
            if holds && best.is_none_or(|(_, _, times, _)| times < spread.median) {
                best = Some((index, row, spread.median, faster));
            }
        }
        let Some((index, row, times, faster)) = best else {
            let mut bounded: Option<(usize, &Row, f64, usize)> = None;
            for (index, row) in self.methods() {
                let SpeedUp::AtLeast { times, pairs } = row.speed_up else { continue };
                let holds = times >= CLEAR && keeps(row);
                if holds && bounded.is_none_or(|(_, _, largest, _)| largest < times) {
                    bounded = Some((index, row, times, pairs));
                }
            }
            let Some((index, row, times, pairs)) = bounded else {
                return text.get("versus-none-clear");
            };
            let args = [
                ("method", self.name(index).into()),
                ("times", self.about(times).into()),
                ("count", pairs.into()),
                ("networks", row.networks.into()),
            ];
            return text.with("versus-best-at-least", &args);
        };
        let args = [
            ("method", self.name(index).into()),
            ("times", self.about(times).into()),
            ("count", faster.into()),
            ("networks", row.networks.into()),
        ];
        text.with("versus-best", &args)
    }

    /// What the control does.
    fn control(&self) -> Option<String> {
        let (_, control) = self.comparison.control()?;
        let fate = match control {
            _ if 2 * control.failed > control.networks => "fails",
            _ if control.is_faster() => "faster",
            _ if control.is_slower() => "slower",
            _ => match control.speed_up {
                SpeedUp::Times { .. } => "same",
                SpeedUp::AtLeast { times, .. } if times >= CLEAR => "faster",
                _ => "unknown",
            },
        };
        Some(self.text.with("versus-of-control", &[("control", fate.into())]))
    }

    /// A method that generalised and lost it.
    fn collapsed(&self, index: usize, row: &Row) -> Option<String> {
        let (collapse, generalised) = (row.collapse?, row.generalised?);
        let accuracy = row
            .accuracy
            .filter(|_| self.is_over)
            .map(|spread| self.text.numbers().whole_percent(spread.median));
        let args = [
            ("method", self.name(index).into()),
            ("generalised", generalised.median.unwrap_or(generalised.first).into()),
            ("count", collapse.networks.into()),
            ("networks", row.networks.into()),
            ("step", collapse.step.median.unwrap_or(collapse.step.first).into()),
            ("accuracy", accuracy.unwrap_or_default().into()),
        ];
        Some(self.text.with("versus-collapsed", &args))
    }
}

/// Whether every network diverged without generalising.
fn has_diverged(row: &Row) -> bool {
    row.diverged == row.networks
}

/// Whether a method keeps what it has reached, and fails in less than half of the networks.
fn keeps(row: &Row) -> bool {
    row.collapse.is_none() && 2 * row.failed < row.networks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::history::{Evaluation, Score, Scores};
    use crate::text::Locale;

    /// Every network memorises at step 10 and has these test accuracies at the steps 10, 60, 310
    /// and 1010.
    fn told(query: &str, curves: &[[f32; 4]], locale: Locale) -> Versus {
        told_when(true, query, curves, locale)
    }

    /// An accuracy that is not a number stands for a network that diverged.
    fn told_when(is_over: bool, query: &str, curves: &[[f32; 4]], locale: Locale) -> Versus {
        let seconds = [Some(0.5), Some(1.0), Some(0.5)];
        versus(&history(query, curves), &seconds, is_over, &Text::new(locale))
            .expect("there are methods")
    }

    fn history(query: &str, curves: &[[f32; 4]]) -> History {
        let experiment = Experiment::valid(&format!("seeds=2&steps=1010&{query}"));
        let mut history = History::new(experiment);
        for (at, step) in [10, 60, 310, 1010].into_iter().enumerate() {
            let member = |curve: &[f32; 4]| {
                let loss = if curve[at].is_nan() { f32::NAN } else { 1.0 };
                let score = |accuracy| Score { loss, accuracy };
                Some(Scores { train: score(1.0), test: score(curve[at]) })
            };
            history.push(Evaluation { step, members: curves.iter().map(member).collect() });
        }
        history
    }

    const LATE: [f32; 4] = [0.0, 0.0, 0.0, 1.0];
    const EARLY: [f32; 4] = [0.0, 1.0, 1.0, 1.0];
    const FALLS: [f32; 4] = [0.0, 1.0, 0.1, 0.1];
    const NEVER: [f32; 4] = [0.0; 4];
    const CONTROL: &str = "methods=wd:3,lr:0.009/wd:0.3333";

    #[test]
    fn the_sentence_names_the_best_method_and_the_control() {
        let found = told(CONTROL, &[LATE, LATE, EARLY, EARLY, LATE, LATE], Locale::English);
        assert_eq!(
            found.sentences,
            [
                "The second phase is 20 times shorter with weight decay 3, in 2 of 2 networks.",
                "The control, with the same learning rate × weight decay, is no faster than the \
                 baseline.",
            ]
        );
        let cells: Vec<&str> = found.rows[1].cells.iter().map(String::as_str).collect();
        assert_eq!(
            cells,
            [
                "weight decay 3",
                "10",
                "60",
                "20 times",
                "0 of 2",
                "100%",
                "stays",
                "2.0 (second phase in seconds: 10 times shorter)"
            ]
        );
        assert_eq!(found.rows[0].cells[3], "");
        let control: Vec<bool> = found.rows.iter().map(|row| row.is_control).collect();
        assert_eq!(control, [false, false, true]);
    }

    #[test]
    fn a_second_phase_that_takes_more_seconds_is_longer() {
        let curves = [EARLY, EARLY, LATE, LATE];
        let [english, japanese] = [Locale::English, Locale::Japanese]
            .map(|locale| told("methods=wd:3", &curves, locale).rows[1].cells[7].clone());
        assert_eq!(english, "2.0 (second phase in seconds: 40 times longer)");
        assert_eq!(japanese, "2.0（第2段階を秒で測ると長さは40倍）");
    }

    #[test]
    fn a_collapse_is_told_and_is_not_the_best() {
        let found = told(CONTROL, &[LATE, LATE, FALLS, FALLS, LATE, LATE], Locale::English);
        assert_eq!(found.sentences[0], "No method shortens the second phase clearly and keeps it.");
        assert!(
            found.sentences[2].starts_with("With weight decay 3 networks generalise at step 60.")
        );
        assert!(found.sentences[2].contains("2 of 2"), "{:?}", found.sentences);
        let history = history("methods=wd:3", &[LATE, LATE, FALLS, FALLS]);
        let markers = collapses(&history, &Text::new(Locale::English));
        assert_eq!(markers[0].label, "weight decay 3: collapsed, step 310");
    }

    #[test]
    fn a_failure_gives_no_number() {
        let failed = told(CONTROL, &[LATE, LATE, NEVER, NEVER, NEVER, NEVER], Locale::English);
        assert_eq!(failed.rows[1].cells[3], "cannot tell");
        assert_eq!(failed.rows[1].cells[2], "not by step 1,010");
        assert_eq!(failed.rows[1].cells[6], "");
        let bounded = told("methods=wd:3", &[NEVER, NEVER, EARLY, EARLY], Locale::English);
        assert_eq!(bounded.rows[1].cells[3], "at least 20 times");
        assert!(bounded.sentences[0].contains("at least 20 times"));
        assert!(bounded.sentences[1].contains("control"), "{:?}", bounded.sentences);
        let slow = told("methods=wd:3", &[EARLY, EARLY, LATE, LATE], Locale::English);
        assert!(!slow.sentences.join(" ").contains("control"), "nothing is in doubt");
    }

    #[test]
    fn before_the_end_nothing_has_failed_or_stayed() {
        let running = |curve| {
            let found =
                told_when(false, "methods=wd:3", &[LATE, LATE, curve, curve], Locale::English);
            (found.sentences, found.rows[1].cells[4..7].join("|"))
        };
        let silent = (Vec::new(), "||".to_owned());
        assert_eq!([running(NEVER), running(EARLY)], [silent.clone(), silent]);
        assert_eq!(running(FALLS).1, "||collapsed in 2 of 2 (step 310), not over yet");
    }

    #[test]
    fn a_method_that_diverged_is_not_waited_for() {
        let diverged = [f32::NAN; 4];
        for is_over in [false, true] {
            let curves = [LATE, LATE, diverged, diverged];
            let found = told_when(is_over, "methods=wd:3", &curves, Locale::English);
            assert_eq!(
                found.rows[1].cells[1..5],
                ["diverged", "diverged", "cannot tell", "2 of 2"]
            );
        }
    }

    #[test]
    fn every_language_words_every_outcome() {
        for locale in Locale::ALL {
            for method in [LATE, EARLY, FALLS, NEVER] {
                for control in [LATE, EARLY, FALLS, NEVER] {
                    let curves = [EARLY, LATE, method, method, control, control];
                    let found = told(CONTROL, &curves, locale);
                    assert!(!found.sentences.is_empty() && found.rows.len() == 3);
                }
            }
        }
    }
}
