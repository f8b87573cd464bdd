//! How a figure is shown and set up, what the reader points at, and the earlier runs that it keeps.

use web_sys::HtmlElement;

use super::question::{Decision, Guess};
use crate::experiment::{Experiment, Field, Note, Value, field, shorten};
use crate::history::History;
use crate::page::address::{Notice, Options};
use crate::page::chart::Point;
use crate::page::plots;
use crate::page::session::{Action, State};

/// What the reader points at: positions from 0 to 1, from left to right or from bottom to top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pointed {
    /// On the time axis.
    pub time: Option<f64>,
    /// On the rows of the map.
    pub row: Option<f64>,
    /// On the axis of the chart over a setting.
    pub value: Option<f64>,
    /// On the axis of a resolution map.
    pub resolution: Option<f64>,
}

/// How a figure is shown. Nothing of it changes a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewOptions {
    /// What the address holds.
    pub address: Options,
    /// Error or loss over a setting, where the steps of both phases are the first choice.
    pub profile_scores: bool,
    /// Loss instead of error over a setting.
    pub profile_loss: bool,
    /// Each network at its best step there.
    pub profile_best: bool,
    /// What the map over two settings shows.
    pub map_shows: plots::Shows,
    /// What the reader points at.
    pub pointed: Pointed,
    /// The step at which the scrubber stands, unless it stands at the last one.
    pub scrubbed: Option<u32>,
    /// When the reader thinks that the networks generalise.
    pub guess: Option<Guess>,
    /// The test accuracy that a class expects; empty where nobody drew it.
    pub drawn: Vec<Point>,
    /// Whether the reader goes on after memorising.
    pub decision: Decision,
    /// Whether it was paused because nobody sees it.
    pub is_out_of_sight: bool,
}

impl ViewOptions {
    /// What a reader's action changes of the view: the scrubber goes back to the last step, and
    /// going on after the question is an answer to it.
    pub(super) fn follow(&mut self, action: &Action, state: State) {
        if matches!(action, Action::Toggle | Action::Play | Action::Step | Action::Reset) {
            self.is_out_of_sight = false;
        }
        match action {
            Action::Toggle | Action::Play if state == State::Done => {
                self.decision = Decision::NotYet;
                self.scrubbed = None;
            }
            Action::Toggle | Action::Play | Action::Step => {
                if state == State::Paused && self.decision != Decision::NotYet {
                    self.decision = Decision::KeptGoing;
                }
                self.scrubbed = None;
            }
            Action::Reset => {
                self.decision = Decision::NotYet;
                self.scrubbed = None;
            }
            _ => {}
        }
    }
}

/// How a figure is set up in the document that it stands in.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The one setting that stands beside the figure, and the values of it that are worth comparing.
    pub knob: Option<(&'static Field, Vec<Value>)>,
    /// Whether it asks the reader to guess, and stops once the networks have memorised.
    pub asks: bool,
}

impl Manner {
    /// Reads `data-knob`, `data-values` and `data-question`.
    pub(super) fn of(element: &HtmlElement) -> (Self, Vec<Notice>) {
        let attribute = |name| element.get_attribute(name).unwrap_or_default();
        let (name, mut notices) = (attribute("data-knob"), Vec::new());
        let found = field(name.trim());
        if found.is_none() && !name.is_empty() {
            notices.push(Notice::Experiment(Note::UnknownKeys(vec![shorten(&name)])));
        }
        let knob = found.map(|field| {
            let mut values = Vec::new();
            for text in attribute("data-values").split(',').map(str::trim) {
                match field.parse(text) {
                    _ if text.is_empty() => {}
                    Ok(value) if values.contains(&value) => {}
                    Ok(value) => values.push(value),
                    Err(invalid) => notices.push(Notice::Experiment(Note::Unchanged(invalid))),
                }
            }
            (field, values)
        });
        (Self { knob, asks: element.has_attribute("data-question") }, notices)
    }
}

/// An earlier run, drawn in grey.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// What was trained.
    pub experiment: Experiment,
    /// Median test accuracy over steps.
    pub accuracy: Vec<Point>,
    /// Median test loss over steps.
    pub loss: Vec<Point>,
    /// The run as far as it was measured.
    pub history: History,
    /// Whether it was read from a file.
    pub is_from_file: bool,
    /// Whether it stays beside a run with the same settings: one of both comes from a file.
    pub is_another_run: bool,
}

impl Ghost {
    /// Earlier runs that are kept.
    pub(super) const MAX: usize = 4;
    /// Evaluations from which on a run is worth keeping.
    pub(super) const MIN_EVALUATIONS: usize = 20;

    /// Of a run; `None` if it has hardly begun, or has no curves over steps.
    pub(super) fn of(history: &History) -> Option<Self> {
        Self::is_worth_it(history).then(|| Self {
            experiment: history.experiment().clone(),
            accuracy: plots::ghost(history, false),
            loss: plots::ghost(history, true),
            history: history.clone(),
            is_from_file: false,
            is_another_run: false,
        })
    }

    /// Whether a run has curves to keep. The median over a map is the curve of none of its networks.
    pub(super) fn is_worth_it(history: &History) -> bool {
        history.evaluations().len() >= Self::MIN_EVALUATIONS
            && !plots::has_setting_map(history.experiment())
    }

    /// Whether its curves can stand beside those of another experiment.
    pub(super) fn fits(&self, experiment: &Experiment) -> bool {
        self.experiment.settings.data == experiment.settings.data
            && self.experiment.settings.steps > 1
            && experiment.settings.steps > 1
    }
}
