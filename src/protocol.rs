//! The only door between page and workers: [`Command`] in, [`Event`] out, each sent as JSON text.
//! The numbers of [`RunEvent::Weights`] travel beside the text, as a buffer that changes hands.
//!
//! A worker holds several runs. Every command and event of a run carries its [`RunId`]. Loading
//! always uses a new id, so an event of a run that was given up is recognised and ignored.
//!
//! Neither side sends sentences: the page words what it hears (`text`).

use serde::{Deserialize, Serialize};

use crate::evaluation::{Answers, Task};
use crate::experiment::Experiment;
use crate::history::{Evaluation, ProbeResult, StepTime};
use crate::json::nan_if_null;
use crate::measure::{CheckSource, EstimatorResult};
use crate::self_test::DeviceCheck;
use crate::weights::Weights;

/// Which of burn's backends trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// Names a run in one document. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// Counts how often the page has changed what is to be measured of a run: in another way, or at more
/// steps. Results of an older way are ignored.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Revision(pub u32);

/// A request of the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Sets up a backend. Answered by [`Event::Ready`] or [`Event::Failed`].
    Open(Backend),
    /// Sets up members of an experiment as a new run, paused at step 0.
    Load {
        /// The run's name.
        run: RunId,
        /// The whole ensemble.
        experiment: Box<Experiment>,
        /// Indices of the members that this worker trains; at least one.
        members: Vec<usize>,
    },
    /// For one run.
    Run(RunId, RunCommand),
    /// Ends a run and frees its memory.
    Drop(RunId),
    /// Tries the estimators of mutual information on a reference problem, over more and more
    /// samples. All runs wait meanwhile.
    CheckEstimators(CheckSource),
}

impl Command {
    /// The run that it is for.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Load { run, .. } | Self::Run(run, _) | Self::Drop(run) => Some(*run),
            Self::Open(_) | Self::CheckEstimators(_) => None,
        }
    }
}

/// A request of the page to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunCommand {
    /// Trains until done, or until told otherwise.
    Play,
    /// Stops after the step in hand.
    Pause,
    /// Trains to the next evaluated step and pauses there.
    Step,
    /// How fast to train from now on.
    Speed(Speed),
    /// Tells what the first network answers to every sample ([`RunEvent::Task`], then
    /// [`RunEvent::Answers`] for the step in hand and for every evaluated step from now on). A
    /// worker that does not train the ensemble's first network ignores it, and so does a regression.
    Answers,
    /// Measures the run so far, and from here on, with the measurement settings of this experiment,
    /// which must train identically.
    Measure {
        /// The experiment with the new measurement settings.
        experiment: Box<Experiment>,
        /// Carried by every result from now on.
        revision: Revision,
    },
    /// Measures the recorded steps nearest to the given ones too, in the way that holds. The page
    /// names the steps, so that all workers of a run measure the same ones. Ignored if a measurement
    /// depends on those of earlier steps. Answered by [`RunEvent::Progress`].
    Refine {
        /// The steps.
        steps: Vec<u32>,
        /// Carried by every result from now on.
        revision: Revision,
    },
    /// Gives the weights as they are now. Answered by [`RunEvent::Weights`].
    Save,
    /// Times steps for at least this many seconds. The run stays as it is. Answered by
    /// [`RunEvent::Timed`].
    Time(f64),
    /// Times steps of one configuration alone for at least this many seconds. The run stays as it
    /// is. Answered by [`RunEvent::ConfigurationTimed`].
    TimeConfiguration {
        /// Its index in the order of members.
        configuration: usize,
        /// The time.
        seconds: f64,
    },
}

/// How fast a run trains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// As fast as the device goes.
    #[default]
    Full,
    /// At most so many steps per second.
    Steps(f64),
    /// The whole run in so many seconds at least, at a constant pace along a logarithmic axis of
    /// steps.
    Whole {
        /// Seconds from step 1 to the last.
        seconds: f64,
    },
}

/// A message of a worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The worker's message handler stands: commands sent before this are lost.
    Listening,
    /// Opening a device takes a while; `done` of `total` parts are finished.
    WarmUp {
        /// The part that is going on.
        stage: WarmUp,
        /// Parts finished.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// The backend works: it is set up, and a GPU has passed the self-test.
    Ready(Backend),
    /// The worker cannot go on; all its runs are lost.
    Failed(Failure),
    /// About one run.
    Run(RunId, RunEvent),
    /// One estimator at one number of samples, for [`Command::CheckEstimators`].
    EstimatorCheck(EstimatorResult),
    /// No more of them will come.
    EstimatorChecksDone,
}

impl Event {
    /// The bytes that travel beside the text of this event, if it has some.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Run(_, RunEvent::Weights(weights)) => Some(&weights.bytes),
            _ => None,
        }
    }

    /// The event with the bytes that came beside its text.
    #[must_use]
    pub fn with_bytes(mut self, bytes: Vec<u8>) -> Self {
        if let Self::Run(_, RunEvent::Weights(weights)) = &mut self {
            weights.bytes = bytes;
        }
        self
    }
}

/// A message of a worker about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEvent {
    /// The run is set up at step 0.
    Loaded,
    /// Reply to [`RunCommand::Time`]: time per step of all members of this worker; no steps if they
    /// are solved in closed form.
    Timed(StepTime),
    /// Reply to [`RunCommand::TimeConfiguration`].
    ConfigurationTimed {
        /// Its index in the order of members.
        configuration: usize,
        /// Seconds for a step of one network; `None` if it could not be timed.
        seconds: Option<f64>,
    },
    /// Reply to [`RunCommand::Save`]: the weights of the worker's members.
    Weights(Weights),
    /// A [`RunCommand::Play`] has been carried out.
    Playing,
    /// Loss and accuracy of the worker's members at one step.
    Evaluation(Evaluation),
    /// What else was measured of the worker's members at one step, which may be any step so far.
    Measured {
        /// The measurement settings that hold for it.
        revision: Revision,
        /// The values.
        result: ProbeResult,
    },
    /// The samples of the ensemble's first network.
    Task(Task),
    /// What the ensemble's first network answers at an evaluated step.
    Answers(Answers),
    /// Where training is and how fast it goes.
    Progress(Progress),
    /// A [`RunCommand::Step`] or a [`RunCommand::Pause`] has been carried out.
    Paused {
        /// Steps taken.
        step: u32,
    },
    /// All steps are taken.
    Done {
        /// Steps taken.
        step: u32,
    },
    /// The run cannot go on. The worker's other runs can.
    Failed(Failure),
}

/// Where training is and how fast it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps taken.
    pub step: u32,
    /// Steps per second over the last half second or so, pauses left out.
    pub steps_per_second: f64,
    /// Host time per step, in seconds: waiting for the device is not included.
    pub host_seconds: f64,
    /// Time that training waited for measuring, as a fraction of the time it took. Evaluating loss
    /// and accuracy counts as training.
    pub measuring: f64,
    /// Whether recorded networks are still to be measured, of those that are measured anyway or have
    /// been asked for.
    pub behind: bool,
    /// The latest of [`RunCommand::Measure`] and [`RunCommand::Refine`] that `behind` refers to.
    pub revision: Revision,
}

/// A part of opening a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarmUp {
    /// The browser is asked for its adapter.
    Adapter,
    /// Shaders are compiled, and one check of the self-test runs.
    Check(DeviceCheck),
}

/// Why something cannot go on. `detail` holds the words of a library or the browser, untranslated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The browser has the adapter, but does not open it.
    AdapterNotOpened {
        /// wgpu's words.
        detail: String,
    },
    /// The device computes something wrong.
    SelfTest {
        /// The check that failed.
        check: DeviceCheck,
        /// The largest error relative to the largest value; NaN if some of the answer is not a
        /// finite number.
        #[serde(deserialize_with = "nan_if_null")]
        error: f32,
    },
    /// The device did not answer a check.
    SelfTestUnanswered {
        /// The check.
        check: DeviceCheck,
        /// burn's words.
        detail: String,
    },
    /// The program was built without WebGPU.
    BuiltWithoutGpu,
    /// A device said nothing for too long.
    Silent {
        /// How long.
        seconds: u32,
    },
    /// The program stopped.
    ProgramStopped {
        /// The panic's or the browser's message, if there is one.
        detail: Option<String>,
    },
    /// The program could not be fetched.
    ProgramNotLoaded,
    /// The browser starts no worker here.
    NoWorkers,
    /// The page does not say where the worker's program is.
    ProgramNotNamed,
    /// Page and worker do not understand each other.
    VersionMismatch,
    /// A file beside the page could not be loaded.
    FileNotLoaded {
        /// Its name.
        name: String,
        /// Why.
        detail: String,
    },
    /// A file beside the page has the wrong content.
    FileInvalid {
        /// Its name.
        name: String,
        /// Its length and the right one, in bytes, where they differ.
        lengths: Option<[usize; 2]>,
    },
    /// The device did not return its results.
    DeviceRead {
        /// burn's words.
        detail: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Score, Scores};

    fn sent(event: &Event) -> Event {
        let text = serde_json::to_string(event).expect("an event is JSON");
        serde_json::from_str(&text).expect("JSON is an event")
    }

    #[test]
    fn numbers_that_are_not_finite_arrive_as_nan() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let score = Score { loss: value, accuracy: value };
            let members = vec![Some(Scores { train: score, test: score }), None];
            let evaluation = RunEvent::Evaluation(Evaluation { step: 3, members });
            let Event::Run(RunId(7), RunEvent::Evaluation(evaluation)) =
                sent(&Event::Run(RunId(7), evaluation))
            else {
                panic!("another event");
            };
            let scores = evaluation.members[0].expect("it was sent");
            assert!(scores.train.loss.is_nan() && scores.test.accuracy.is_nan());
            assert_eq!(evaluation.members[1], None);

            let result = ProbeResult { step: 3, members: vec![vec![Some(value), Some(0.5)]] };
            let revision = Revision(2);
            let measured = Event::Run(RunId(7), RunEvent::Measured { revision, result });
            let Event::Run(_, RunEvent::Measured { result, .. }) = sent(&measured) else {
                panic!("another event");
            };
            assert_eq!(result.members, [[None, Some(0.5)]]);
        }
    }

    #[test]
    fn commands_and_failures_survive_json() {
        let experiment = Box::new(Experiment::default());
        let run = RunId(1);
        for command in [
            Command::Open(Backend::Gpu),
            Command::Load { run, experiment: experiment.clone(), members: vec![0, 2] },
            Command::Run(run, RunCommand::Speed(Speed::Whole { seconds: 20.0 })),
            Command::Run(run, RunCommand::Measure { experiment, revision: Revision(1) }),
            Command::Run(run, RunCommand::Refine { steps: vec![3, 70], revision: Revision(2) }),
            Command::Run(run, RunCommand::Save),
            Command::Drop(run),
            Command::CheckEstimators(CheckSource::FlippedBit),
        ] {
            let text = serde_json::to_string(&command).expect("a command is JSON");
            assert_eq!(serde_json::from_str::<Command>(&text).expect("and back"), command);
        }
        let mut weights = Weights::default();
        weights.add_member(0, 9);
        weights.add_numbers("layer-1.weight", &[2], &[1.0, f32::NAN]);
        let event = Event::Run(run, RunEvent::Weights(weights));
        assert_ne!(sent(&event), event, "the numbers are not in the text");
        let bytes = event.bytes().expect("it has some").to_vec();
        assert_eq!(sent(&event).with_bytes(bytes), event);
        let failed = Event::Failed(Failure::ProgramStopped { detail: None });
        assert_eq!(sent(&failed), failed);
    }
}
