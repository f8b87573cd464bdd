//! The worker's loop: serves the runs that have something to do, and carries out commands in
//! between.

use std::collections::BTreeMap;
use std::rc::Rc;

use burn::tensor::Device;
use web_time::Instant;

use super::pace::Pace;
use super::schedule::{NextTask, Schedule, Want};
use super::{Inbox, fetch, send};
use crate::data::{self, DataError, digits};
use crate::device::DeviceError;
use crate::experiment::Experiment;
use crate::measure::EstimatorCheck;
use crate::measure::information::reference::over_samples;
use crate::protocol::{
    Backend, Command, Event, Failure, Progress, Revision, RunCommand, RunEvent, RunId,
};
use crate::run::Run;
use crate::train::TrainError;

/// Seconds between two reports of where training is.
const REPORT_SECONDS: f64 = 0.1;

/// The state of a run, until a command changes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Playback {
    Rest,
    /// On to the next step that is evaluated anyway, so that a run stepped through by hand gives
    /// the same curves as one left alone.
    ToEvaluation,
    ToEnd,
}

/// The runs of a worker.
#[derive(Default)]
struct Runs {
    device: Option<Device>,
    slots: BTreeMap<RunId, Slot>,
    schedule: Schedule,
    /// Checks of estimators that are still to be made.
    checks: Option<Box<dyn Iterator<Item = EstimatorCheck>>>,
}

/// A run with its state.
struct Slot {
    id: RunId,
    run: Run,
    motion: Playback,
    pace: Pace,
    revision: Revision,
    reported: Instant,
    /// Seconds that other runs had since this one was served last.
    waited: f64,
}

/// Carries out commands for as long as the worker lives.
pub(super) async fn obey(inbox: Rc<Inbox>) {
    let mut runs = Runs::default();
    loop {
        if runs.checks.is_none() && runs.next() == NextTask::Rest {
            inbox.wait(None).await;
        }
        match inbox.take() {
            Some(command) => runs.carry_out(command).await,
            None => runs.go_on(&inbox).await,
        }
    }
}

impl Runs {
    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Open(backend) => match open(backend).await {
                Ok(device) => {
                    self.device = Some(device);
                    send(&Event::Ready(backend));
                }
                Err(failure) => self.fail(failure),
            },
            Command::Load { run, experiment, members } => {
                if let Err(failure) = self.load(run, &experiment, members).await {
                    self.fail_run(run, failure);
                }
            }
            Command::Run(id, command) => {
                // A run that has failed is heard of by the page later than by itself.
                let Some(slot) = self.slots.get_mut(&id) else { return };
                if let Err(error) = slot.carry_out(command).await {
                    self.fail_run(id, failure(&error));
                }
            }
            Command::Drop(run) => {
                self.slots.remove(&run);
            }
            Command::CheckEstimators(source) => {
                self.checks = Some(Box::new(over_samples(source, 0)));
            }
        }
    }

    async fn load(
        &mut self,
        id: RunId,
        experiment: &Experiment,
        members: Vec<usize>,
    ) -> Result<(), Failure> {
        // The page opens the backend first.
        let Some(device) = &self.device else { return Ok(()) };
        if let Some(name) = data::missing_file(experiment.settings.data) {
            let file = fetch::file(name).await?;
            data::provide(name, &file).map_err(|error| failure(&error.into()))?;
        }
        let mut run =
            Run::for_members(experiment, members, device).map_err(|error| failure(&error))?;
        send(&Event::Run(id, RunEvent::Loaded));
        // At step 0, before any is taken.
        let first = run.advance(0).await.map_err(|error| failure(&error))?;
        let slot = Slot {
            id,
            run,
            motion: Playback::Rest,
            pace: Pace::new(experiment.settings.steps),
            revision: Revision::default(),
            reported: Instant::now(),
            waited: 0.0,
        };
        first.into_iter().for_each(|evaluation| slot.tell(RunEvent::Evaluation(evaluation)));
        self.slots.insert(id, slot);
        Ok(())
    }

    /// Gives the next run its slice of time, if no command comes in between.
    async fn go_on(&mut self, inbox: &Inbox) {
        if self.checks.is_some() {
            inbox.wait(Some(0.0)).await;
            if inbox.is_empty() {
                self.check_next();
            }
            return;
        }
        let id = match self.next() {
            NextTask::Serve(id) => id,
            NextTask::Wait(milliseconds) => {
                inbox.wait(Some(milliseconds)).await;
                return;
            }
            NextTask::Rest => return,
        };
        inbox.wait(Some(0.0)).await;
        let Some(slot) = self.slots.get_mut(&id).filter(|_| inbox.is_empty()) else { return };
        let (trains, start) = (slot.motion != Playback::Rest, Instant::now());
        let outcome = slot.go_on().await;
        let seconds = start.elapsed().as_secs_f64();
        self.schedule.served(id, trains, seconds);
        for slot in self.slots.values_mut().filter(|slot| slot.id != id) {
            slot.waited += seconds;
        }
        if let Err(error) = outcome {
            self.fail_run(id, failure(&error));
        }
    }

    fn check_next(&mut self) {
        match self.checks.as_mut().and_then(Iterator::next) {
            Some(check) => send(&Event::EstimatorCheck(check.result())),
            None => {
                self.checks = None;
                send(&Event::EstimatorChecksDone);
            }
        }
    }

    fn next(&self) -> NextTask {
        let wants: Vec<(RunId, Want)> =
            self.slots.iter().map(|(id, slot)| (*id, slot.want())).collect();
        self.schedule.next(&wants)
    }

    /// Gives up a run. What failed once would fail again, without end.
    fn fail_run(&mut self, run: RunId, failure: Failure) {
        if matches!(failure, Failure::DeviceRead { .. }) {
            // A device that is lost is lost for all runs.
            self.fail(failure);
        } else {
            self.slots.remove(&run);
            send(&Event::Run(run, RunEvent::Failed(failure)));
        }
    }

    /// Gives up everything.
    fn fail(&mut self, failure: Failure) {
        self.slots.clear();
        self.checks = None;
        send(&Event::Failed(failure));
    }
}

impl Slot {
    async fn carry_out(&mut self, command: RunCommand) -> Result<(), TrainError> {
        match command {
            RunCommand::Play => {
                self.set_off(Playback::ToEnd);
                self.tell(RunEvent::Playing);
            }
            RunCommand::Step => self.set_off(Playback::ToEvaluation),
            RunCommand::Pause => {
                self.motion = Playback::Rest;
                self.report_rest();
            }
            RunCommand::Speed(speed) => self.pace.set_speed(speed, self.run.step()),
            RunCommand::Answers => {
                if let Some(task) = self.run.watch_first() {
                    self.tell(RunEvent::Task(task));
                    self.answer().await?;
                }
            }
            RunCommand::Measure { experiment, revision } => {
                self.revision = revision;
                self.run.remeasure(&experiment);
                self.report_progress();
            }
            RunCommand::Refine { steps, revision } => {
                self.revision = revision;
                self.run.refine(&steps);
                self.report_progress();
            }
            RunCommand::Save => {
                let weights = self.run.weights().await?;
                self.tell(RunEvent::Weights(weights));
            }
            RunCommand::Time(seconds) => {
                let time = self.run.time_steps(seconds).await?;
                self.tell(RunEvent::Timed(time));
            }
            RunCommand::TimeConfiguration { configuration, seconds } => {
                let seconds = self.run.time_configuration(configuration, seconds).await?;
                self.tell(RunEvent::ConfigurationTimed { configuration, seconds });
            }
        }
        Ok(())
    }

    fn set_off(&mut self, motion: Playback) {
        self.motion = motion;
        self.waited = 0.0;
        if motion == Playback::ToEnd {
            self.pace.restart(self.run.step());
        }
    }

    /// The run's demand on the thread.
    fn want(&self) -> Want {
        match self.motion {
            Playback::Rest if self.run.is_behind() => Want::Measure,
            Playback::Rest => Want::Nothing,
            Playback::ToEnd if !self.run.is_measuring_due() => {
                Want::Train(self.pace.next_slice().1)
            }
            Playback::ToEvaluation | Playback::ToEnd => Want::Train(0.0),
        }
    }

    /// Takes the next few steps, or measures once if that is due.
    async fn go_on(&mut self) -> Result<(), TrainError> {
        let rests = self.motion == Playback::Rest;
        if rests || self.run.is_measuring_due() {
            let result = self.run.measure(rests).await?;
            let revision = self.revision;
            result
                .into_iter()
                .for_each(|result| self.tell(RunEvent::Measured { revision, result }));
            if !self.run.is_behind() {
                self.report_progress();
            }
            return Ok(());
        }
        let steps = match self.motion {
            Playback::ToEnd => self.pace.next_slice().0,
            _ => self.pace.max_steps(),
        };
        let (start, before) = (Instant::now(), self.run.step());
        let evaluation = self.run.advance(steps).await?;
        let (step, done) = (self.run.step(), self.run.is_done());
        if step > before {
            let waited = std::mem::take(&mut self.waited);
            self.pace.took(step - before, start.elapsed().as_secs_f64(), waited);
        }
        let evaluated = evaluation.is_some();
        evaluation.into_iter().for_each(|evaluation| self.tell(RunEvent::Evaluation(evaluation)));
        if evaluated {
            self.answer().await?;
        }
        if done || (evaluated && self.motion == Playback::ToEvaluation) {
            self.motion = Playback::Rest;
            self.report_rest();
        } else if self.reported.elapsed().as_secs_f64() > REPORT_SECONDS {
            self.report_progress();
        }
        Ok(())
    }

    /// Tells what the first network answers, if that is asked for.
    async fn answer(&self) -> Result<(), TrainError> {
        let answers = self.run.answers().await?;
        answers.into_iter().for_each(|answers| self.tell(RunEvent::Answers(answers)));
        Ok(())
    }

    fn tell(&self, event: RunEvent) {
        send(&Event::Run(self.id, event));
    }

    fn report_progress(&mut self) {
        self.tell(RunEvent::Progress(Progress {
            step: self.run.step(),
            steps_per_second: self.pace.steps_per_second(),
            host_seconds: self.run.host_seconds(),
            measuring: self.run.measuring_cost(),
            behind: self.run.is_behind(),
            revision: self.revision,
        }));
        self.reported = Instant::now();
    }

    /// Tells the page that the run does not move any more, where it is, and what is still to be
    /// measured: from then on the page may ask for more.
    fn report_rest(&mut self) {
        self.report_progress();
        let step = self.run.step();
        let done = self.run.is_done();
        self.tell(if done { RunEvent::Done { step } } else { RunEvent::Paused { step } });
    }
}

fn failure(error: &TrainError) -> Failure {
    match error {
        TrainError::Device(DeviceError::Read(detail)) => {
            Failure::DeviceRead { detail: detail.clone() }
        }
        TrainError::Data(error) => {
            let lengths = match error {
                DataError::DigitsLength { expected, got } => Some([*got, *expected]),
                DataError::DigitsMissing | DataError::DigitsDamaged => None,
            };
            Failure::FileInvalid { name: digits::FILE.into(), lengths }
        }
    }
}

async fn open(backend: Backend) -> Result<Device, Failure> {
    match backend {
        Backend::Cpu => Ok(Device::flex()),
        #[cfg(feature = "gpu")]
        Backend::Gpu => open_gpu().await,
        #[cfg(not(feature = "gpu"))]
        Backend::Gpu => Err(Failure::BuiltWithoutGpu),
    }
}

#[cfg(feature = "gpu")]
async fn open_gpu() -> Result<Device, Failure> {
    use crate::protocol::WarmUp;
    use crate::self_test::DeviceCheck;
    use crate::train::conformance::{Fault, check};

    let total = DeviceCheck::ALL.len() as u32;
    send(&Event::WarmUp { stage: WarmUp::Adapter, done: 0, total });
    let device = Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| Failure::AdapterNotOpened { detail: error.to_string() })?;
    for (done, name) in (0..).zip(DeviceCheck::ALL) {
        send(&Event::WarmUp { stage: WarmUp::Check(name), done, total });
        check(name, &device).await.map_err(|fault| match fault {
            Fault::Wrong(error) => Failure::SelfTest { check: name, error },
            Fault::NoAnswer(error) => {
                Failure::SelfTestUnanswered { check: name, detail: error.to_string() }
            }
        })?;
    }
    Ok(device)
}
