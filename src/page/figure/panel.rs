//! What a panel is, and what it sees.

use web_sys::HtmlElement;

use super::budget::DrawBudget;
use super::cache::Shared;
use super::recorded::Recorded;
use super::{Ghost, Manner, ViewOptions};
use crate::history::History;
use crate::page::address::Notice;
use crate::page::chart::{Chart, DrawKey, Theme};
use crate::page::dom::{append, set_text};
use crate::page::plots::Words;
use crate::page::session::{Inside, Session};
use crate::text::Text;

/// A part of a figure that shows something of it. It finds its elements when it is made, and owns its
/// listeners.
pub trait Panel {
    /// Brings what is shown up to date, once a frame. Only what has changed is computed and drawn.
    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget);

    /// Shows at once what must not wait for a frame: frames stop in a hidden tab.
    fn show_state(&mut self, _view: &View<'_>) {}

    /// Its charts, the first above the others.
    fn charts(&self) -> Vec<&Chart> {
        Vec::new()
    }
}

/// Everything that a panel may look at.
pub struct View<'a> {
    /// The run.
    pub session: &'a Session,
    /// How it is shown.
    pub options: &'a ViewOptions,
    /// What could not be taken.
    pub notices: &'a [Notice],
    /// The words.
    pub text: &'a Text,
    /// Earlier runs, the latest first.
    pub ghosts: &'a [Ghost],
    /// How the figure is set up.
    pub manner: &'a Manner,
    /// What several panels need.
    pub shared: &'a Shared,
    /// The colours.
    pub theme: Theme,
    /// Counts changes of colours and options that charts depend on.
    pub view: u32,
    /// Workers that share the members.
    pub workers: usize,
    /// The recorded run of this experiment, if there is one.
    pub recorded: Option<&'a Recorded>,
    /// Whether the recorded run is shown.
    pub shows_recording: bool,
}

impl View<'_> {
    /// Earlier runs of other settings, or from a file, with their indices.
    pub fn shown_ghosts(&self) -> impl Iterator<Item = (usize, &Ghost)> {
        let shown = self.session.experiment();
        self.ghosts
            .iter()
            .enumerate()
            .filter(move |(_, ghost)| ghost.is_another_run || ghost.experiment != *shown)
    }

    /// What is known of the first network: of the run, or before that of the recorded one.
    pub fn inside(&self) -> &Inside {
        match self.recorded {
            Some(recorded) if self.session.inside().task.is_none() => recorded.inside(),
            _ => self.session.inside(),
        }
    }

    /// The run that is shown: the recorded one while the reader moves the scrubber before the first
    /// step.
    pub fn history(&self) -> &History {
        match self.recorded {
            Some(recorded) if self.shows_recording => recorded.history(),
            _ => self.session.history(),
        }
    }

    /// The steps at which the shown run is known, and those of the recorded run that can be shown.
    pub fn steps(&self) -> Vec<u32> {
        match self.recorded {
            Some(recorded) if self.session.is_untouched() => recorded.steps().to_vec(),
            _ => self.session.history().evaluations().iter().map(|e| e.step).collect(),
        }
    }

    /// What a chart depends on that does not depend on the pointer.
    pub fn key(&self) -> DrawKey {
        let recorded = self.shows_recording.then(|| self.history().revision());
        DrawKey { version: self.session.version(), view: self.view, step: None, recorded }
    }

    /// What a chart depends on that shows the step that is pointed at.
    pub fn key_at_step(&self) -> DrawKey {
        DrawKey { step: Some(self.shared.pointed_step as u32), ..self.key() }
    }
}

/// The parts that a figure has, as `data-parts` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub experiment: bool,
    pub runs: bool,
    pub task: bool,
    pub ask: bool,
    pub waves: bool,
    pub knob: bool,
    pub links: bool,
    pub toolbar: bool,
    pub curves: bool,
    pub sweep: bool,
    pub status: bool,
    pub finding: bool,
    pub versus: bool,
    pub measures: bool,
    pub compression: bool,
    pub clock: bool,
    pub claims: bool,
    pub estimators: bool,
    pub settings: bool,
}

impl Parts {
    /// The parts of a figure that does not say which.
    const USUAL: &str = "experiment runs task waves toolbar curves sweep status finding links \
                         versus measures compression clock estimators settings";

    /// Whether some part looks into the first network.
    pub fn looks_inside(self) -> bool {
        self.task || self.ask || self.waves
    }

    /// Reads a list of names, by commas or spaces; without one all parts are there. Names that are
    /// none are given back, shortened.
    pub fn read(list: Option<&str>) -> (Self, Vec<String>) {
        let mut parts = Self {
            experiment: false,
            runs: false,
            task: false,
            ask: false,
            waves: false,
            knob: false,
            links: false,
            toolbar: false,
            curves: false,
            sweep: false,
            status: false,
            finding: false,
            versus: false,
            measures: false,
            compression: false,
            clock: false,
            claims: false,
            estimators: false,
            settings: false,
        };
        let mut unknown = Vec::new();
        let list = list.unwrap_or(Self::USUAL);
        for name in list.split([',', ' ', '\n', '\t']).filter(|name| !name.is_empty()) {
            match parts.flag(name) {
                Some(flag) => *flag = true,
                None => unknown.push(crate::experiment::shorten(name)),
            }
        }
        (parts, unknown)
    }

    /// Whether a part is there.
    pub fn has(mut self, name: &str) -> bool {
        self.flag(name).is_some_and(|flag| *flag)
    }

    fn flag(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "experiment" => &mut self.experiment,
            "runs" => &mut self.runs,
            "task" => &mut self.task,
            "ask" => &mut self.ask,
            "waves" => &mut self.waves,
            "knob" => &mut self.knob,
            "links" => &mut self.links,
            "toolbar" => &mut self.toolbar,
            "curves" => &mut self.curves,
            "sweep" => &mut self.sweep,
            "status" => &mut self.status,
            "finding" => &mut self.finding,
            "versus" => &mut self.versus,
            "measures" => &mut self.measures,
            "compression" => &mut self.compression,
            "clock" => &mut self.clock,
            "claims" => &mut self.claims,
            "estimators" => &mut self.estimators,
            "settings" => &mut self.settings,
            _ => return None,
        })
    }
}

/// An element that shows words in several colours. It is changed only when they change, so that a
/// reader can select them.
pub struct WordsLine {
    element: HtmlElement,
    shown: Words,
}

impl WordsLine {
    /// Shows nothing yet.
    pub fn new(element: HtmlElement) -> Self {
        Self { element, shown: Words::new() }
    }

    /// Shows these words, and says them of a chart.
    pub fn describe(&mut self, chart: &Chart, words: Words) {
        let summary: String = words.iter().map(|(_, part)| part.as_str()).collect();
        chart.describe(&summary);
        self.show(words);
    }

    /// Shows these words.
    pub fn show(&mut self, words: Words) {
        if words == self.shown {
            return;
        }
        self.element.set_text_content(None);
        for (class, text) in &words {
            let span: HtmlElement = append(&self.element, "span", class);
            set_text(&span, text);
        }
        self.shown = words;
    }
}

/// A vertical line through the plots of an element.
pub struct Crosshair {
    element: HtmlElement,
    shown: Option<f64>,
}

impl Crosshair {
    /// Hidden at first.
    pub fn new(element: HtmlElement) -> Self {
        element.set_hidden(true);
        Self { element, shown: None }
    }

    /// Puts it at a place in CSS pixels from the left, or takes it away.
    pub fn show(&mut self, position: Option<f64>) {
        if position == self.shown {
            return;
        }
        self.shown = position;
        self.element.set_hidden(position.is_none());
        if let Some(position) = position {
            self.element.style().set_property("left", &format!("{position:.1}px")).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_by_name_and_unknown_ones_given_back() {
        let (parts, unknown) = Parts::read(Some("curves, finding tabel"));
        assert!(parts.curves && parts.finding && !parts.toolbar && !parts.settings);
        assert!(parts.has("finding") && !parts.has("tabel"));
        assert_eq!(unknown, ["tabel"]);
        let (all, unknown) = Parts::read(None);
        assert!(all.settings && all.experiment && unknown.is_empty());
    }
}
