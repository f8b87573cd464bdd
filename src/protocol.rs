//! The only door between page and workers: [`Command`] in, [`Event`] out, each sent as JSON text.

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::history::{Evaluation, ProbeResult, StepTime};
use crate::measure::{CheckSource, EstimatorCheck};

/// Which of burn's backends trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// burn's wgpu backend on WebGPU.
    Gpu,
    /// burn's Flex backend, on one thread of each worker.
    Cpu,
}

impl Backend {
    /// The name in URLs, JSON and `data-backend`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }
}

/// What the page asks of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Sets up a backend. Answered by [`Event::Ready`], or by [`Event::Failed`] if the adapter
    /// cannot be used.
    Open(Backend),
    /// Drops whatever is training and sets up members of an experiment, paused at step 0.
    Load {
        /// The whole ensemble.
        experiment: Box<Experiment>,
        /// The places of the members to train; without any there is nothing to do but to answer. The page
        /// names all, and deals them to the workers.
        members: Vec<usize>,
    },
    /// Times steps of what is loaded, which stays as it is, over at least so many seconds. Answered by
    /// [`Event::Timed`].
    Time(f64),
    /// Measures the run so far, and from here on, as this experiment says, which is trained alike.
    Measure(Box<Experiment>),
    /// Trains until done, or until told otherwise.
    Play,
    /// Stops after the step in hand.
    Pause,
    /// Trains to the next measured step and pauses there.
    Step,
    /// Tries the estimators of mutual information on a reference problem, over more and more samples. Training waits meanwhile; what is loaded stays.
    CheckEstimators(CheckSource),
    /// Steps per second to hold at most; `None` for as fast as the device goes.
    Speed(Option<f64>),
}

/// What the worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The worker's message handler stands: commands sent before this are lost.
    Listening,
    /// Something that takes a while is going on; `done` of `total` parts are finished.
    WarmUp {
        /// What is being waited for, in words for the reader.
        what: String,
        /// Parts finished.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// The backend works: it is set up, and a GPU has passed the self-test.
    Ready(Backend),
    /// The experiment is set up at step 0.
    Loaded,
    /// For [`Command::Time`]: steps of all the worker's members, and nothing where they are solved in closed
    /// form.
    Timed(StepTime),
    /// A [`Command::Measure`] has been carried out: measurements before this are of another kind.
    MeasuresAnew,
    /// One estimator on one number of samples, for [`Command::CheckEstimators`].
    EstimatorCheck(EstimatorCheck),
    /// No more of them will come.
    EstimatorChecksDone,
    /// A [`Command::Play`] has been carried out.
    Playing,
    /// The worker's members, measured.
    Evaluation(Evaluation),
    /// The worker's members, measured beside loss and accuracy; of any step so far.
    ProbeResult(ProbeResult),
    /// Where training is and how fast it goes.
    Progress {
        /// Steps taken.
        step: u32,
        /// Steps per second over the last half second or so, pauses left out.
        steps_per_second: f64,
        /// Seconds of each of the last steps that the worker's own thread was busy, waiting left out.
        host_seconds: f64,
        /// Time that training waited for measuring, over the time that it took; loss and accuracy are
        /// counted as training.
        measuring: f64,
        /// Whether networks are recorded that are not measured yet, beside loss and accuracy.
        behind: bool,
    },
    /// A [`Command::Step`] or a [`Command::Pause`] has been carried out.
    Paused {
        /// Steps taken.
        step: u32,
    },
    /// All steps are taken.
    Done {
        /// Steps taken.
        step: u32,
    },
    /// The worker cannot go on, and why, in words that fit behind "CPU: " or "Training stopped: ".
    Failed(String),
}
