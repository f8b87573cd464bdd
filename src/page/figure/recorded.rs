//! A recorded run of the figure's experiment. Until something is trained, the scrubber moves through
//! it, so that the first moving curve needs no program that trains.

use js_sys::Reflect;

use crate::experiment::Experiment;
use crate::history::History;
use crate::page::dom::{fetch_text, window};
use crate::page::session::Inside;
use crate::recording::Recording;

/// A recorded run and what is shown of it.
pub struct Recorded {
    recording: Recording,
    inside: Inside,
    history: History,
    up_to: Option<u32>,
}

impl Recorded {
    /// A recording whose text the document has put into `recordings[file]`: fetched beside this
    /// program, it is in the first frame.
    pub fn early(file: &str, experiment: &Experiment) -> Option<Self> {
        let texts = Reflect::get(&window(), &"recordings".into()).ok()?;
        // Fails where the document has no such object.
        let text = Reflect::get(&texts, &file.into()).ok()?.as_string()?;
        Self::read(&text, experiment)
    }

    /// Fetches a recording; `None` if it cannot be had, or is of another experiment.
    pub async fn fetch(file: &str, experiment: &Experiment) -> Option<Self> {
        Self::read(&fetch_text(file).await?, experiment)
    }

    fn read(text: &str, experiment: &Experiment) -> Option<Self> {
        let recording: Recording = serde_json::from_str(text).ok()?;
        let is_of_it = Experiment::from_query(recording.query()).experiment == *experiment;
        is_of_it.then(|| Self::new(recording))
    }

    /// A recording, of which nothing is shown yet.
    pub fn new(recording: Recording) -> Self {
        Self {
            inside: Inside::recorded(Some(recording.task().clone()), recording.answers().to_vec()),
            history: recording.history(0),
            up_to: None,
            recording,
        }
    }

    /// Shows the run up to a step.
    pub fn show(&mut self, up_to: u32) {
        if self.up_to != Some(up_to) {
            self.up_to = Some(up_to);
            self.history = self.recording.history(up_to);
        }
    }

    /// The run up to the step that is shown.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Its first network.
    pub fn inside(&self) -> &Inside {
        &self.inside
    }

    /// All its evaluated steps.
    pub fn steps(&self) -> &[u32] {
        self.recording.steps()
    }
}
