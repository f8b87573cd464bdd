//! The run loop: takes steps while it is told to, and commands in between.

use std::rc::Rc;

use burn::tensor::Device;
use web_time::Instant;

use super::pace::Pace;
use super::{Inbox, fetch, send};
use crate::data::digits;
use crate::experiment::Data;
use crate::history::StepTime;
use crate::measure::EstimatorCheck;
use crate::measure::information::reference::over_samples;
use crate::protocol::{Backend, Command, Event};
use crate::run::Run;
use crate::train::TrainError;

/// Seconds between two reports of where training is.
const REPORT_SECONDS: f64 = 0.1;

/// What the run does until it is told something else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Motion {
    Rest,
    /// On to the next step that is measured anyway, so that a run stepped through by hand gives the
    /// same curves as one left alone.
    ToMeasurement,
    ToEnd,
}

/// What the worker holds between commands.
struct Session {
    device: Option<Device>,
    run: Option<Run>,
    /// Estimators that are still to be tried on a source whose answer is known.
    answers: Option<Box<dyn Iterator<Item = EstimatorCheck>>>,
    motion: Motion,
    pace: Pace,
    reported: Instant,
}

/// Carries out commands for as long as the worker lives.
pub(super) async fn obey(inbox: Rc<Inbox>) {
    let mut session = Session {
        device: None,
        run: None,
        answers: None,
        motion: Motion::Rest,
        pace: Pace::new(None),
        reported: Instant::now(),
    };
    loop {
        if session.motion == Motion::Rest && !session.is_behind() && session.answers.is_none() {
            inbox.wait(None).await;
        }
        let outcome = match inbox.take() {
            Some(command) => session.carry_out(command).await,
            None => session.go_on(&inbox).await.map_err(|error| error.to_string()),
        };
        if let Err(reason) = outcome {
            session.motion = Motion::Rest;
            // What failed once would fail again, without end.
            session.run = None;
            session.answers = None;
            send(&Event::Failed(reason));
        }
    }
}

impl Session {
    async fn carry_out(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Open(backend) => {
                self.device = Some(open(backend).await?);
                send(&Event::Ready(backend));
            }
            Command::Load { experiment, members } => {
                self.motion = Motion::Rest;
                // The old ensemble's memory is free before the new one asks for its own.
                self.run = None;
                self.pace = Pace::new(self.pace.limit());
                if members.is_empty() {
                    send(&Event::Loaded);
                } else if let Some(device) = &self.device {
                    if experiment.settings.data == Data::Digits && digits::are_missing() {
                        digits::provide(&fetch::file(digits::FILE).await?)
                            .map_err(|error| error.to_string())?;
                    }
                    let mut run =
                        Run::of(&experiment, members, device).map_err(|error| error.to_string())?;
                    send(&Event::Loaded);
                    // At step 0, before any is taken.
                    let first = run.advance(0).await.map_err(|error| error.to_string())?;
                    first.into_iter().for_each(|evaluation| send(&Event::Evaluation(evaluation)));
                    self.run = Some(run);
                }
            }
            Command::Time(seconds) => {
                let time = match &self.run {
                    Some(run) => {
                        run.time_steps(seconds).await.map_err(|error| error.to_string())?
                    }
                    None => StepTime::default(),
                };
                send(&Event::Timed(time));
            }
            Command::Measure(experiment) => {
                // Of an experiment that is being replaced there is nothing to measure, but an answer is due.
                if self.run.as_mut().is_none_or(|run| run.measure_anew(&experiment)) {
                    send(&Event::MeasuresAnew);
                }
                self.report_progress();
            }
            Command::CheckEstimators(source) => {
                self.answers = Some(Box::new(over_samples(source, 0)));
            }
            Command::Play | Command::Step if self.run.is_none() => {}
            Command::Play => {
                self.motion = Motion::ToEnd;
                self.pace.restart();
                send(&Event::Playing);
            }
            Command::Step => self.motion = Motion::ToMeasurement,
            Command::Pause => {
                self.motion = Motion::Rest;
                self.report_rest();
            }
            Command::Speed(limit) => self.pace.set_limit(limit),
        }
        Ok(())
    }

    /// Takes the next few steps, if any are to be taken and no command comes in between.
    async fn go_on(&mut self, inbox: &Inbox) -> Result<(), TrainError> {
        if let Some(answers) = &mut self.answers {
            inbox.wait(Some(0.0)).await;
            if inbox.is_empty() {
                match answers.next() {
                    Some(answer) => send(&Event::EstimatorCheck(answer)),
                    None => {
                        self.answers = None;
                        send(&Event::EstimatorChecksDone);
                    }
                }
            }
            return Ok(());
        }
        let Some(run) = &mut self.run else { return Ok(()) };
        let resting = self.motion == Motion::Rest;
        if (resting && run.is_behind()) || (!resting && run.is_measuring_due()) {
            inbox.wait(Some(0.0)).await;
            if inbox.is_empty() {
                let measurement = run.measure(resting).await?;
                measurement.into_iter().for_each(|m| send(&Event::ProbeResult(m)));
                if !run.is_behind() {
                    self.report_progress();
                }
            }
            return Ok(());
        }
        if resting {
            return Ok(());
        }
        let (steps, wait) = match self.motion {
            Motion::ToEnd => self.pace.next_run(),
            _ => (self.pace.most(), 0.0),
        };
        inbox.wait(Some(wait)).await;
        if !inbox.is_empty() {
            return Ok(());
        }
        let (start, before) = (Instant::now(), run.step());
        let evaluation = run.advance(steps).await?;
        let (step, done) = (run.step(), run.is_done());
        if step > before {
            self.pace.took(step - before, start.elapsed().as_secs_f64());
        }
        let measured = evaluation.is_some();
        evaluation.into_iter().for_each(|evaluation| send(&Event::Evaluation(evaluation)));
        if done || self.reported.elapsed().as_secs_f64() > REPORT_SECONDS {
            self.report_progress();
        }
        if done || (measured && self.motion == Motion::ToMeasurement) {
            self.motion = Motion::Rest;
            self.report_rest();
        }
        Ok(())
    }

    /// Whether something is still to be measured while nothing trains.
    fn is_behind(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_behind)
    }

    fn report_progress(&mut self) {
        if let Some(run) = &self.run {
            send(&Event::Progress {
                step: run.step(),
                steps_per_second: self.pace.steps_per_second(),
                host_seconds: run.host_seconds(),
                measuring: run.measuring_cost(),
                behind: run.is_behind(),
            });
            self.reported = Instant::now();
        }
    }

    /// Tells the page that nothing moves any more, and where.
    fn report_rest(&self) {
        if let Some(run) = &self.run {
            let step = run.step();
            send(&if run.is_done() { Event::Done { step } } else { Event::Paused { step } });
        }
    }
}

async fn open(backend: Backend) -> Result<Device, String> {
    match backend {
        Backend::Cpu => Ok(Device::flex()),
        #[cfg(feature = "gpu")]
        Backend::Gpu => open_gpu().await,
        #[cfg(not(feature = "gpu"))]
        Backend::Gpu => Err("this worker was built without WebGPU".into()),
    }
}

#[cfg(feature = "gpu")]
async fn open_gpu() -> Result<Device, String> {
    use crate::train::conformance::{CHECKS, check};

    let total = CHECKS.len() as u32;
    send(&Event::WarmUp { what: "asking for the GPU".into(), done: 0, total });
    let device = Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| format!("the adapter could not be opened ({error})"))?;
    for (index, name) in (0..).zip(CHECKS) {
        let what = format!("compiling and checking shaders: {name}");
        send(&Event::WarmUp { what, done: index, total });
        check(index as usize, &device)
            .await
            .map_err(|fault| format!("self-test failed: {fault}"))?;
    }
    Ok(device)
}
