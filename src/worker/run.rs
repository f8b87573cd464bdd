//! The run loop: takes steps while it is told to play, and commands in between.

use std::rc::Rc;

use burn::tensor::Device;
use web_time::Instant;

use super::pace::Pace;
use super::{Inbox, send};
use crate::experiment::Experiment;
use crate::history::next_measured_step;
use crate::protocol::{Backend, Command, Event};
use crate::train::{TrainError, Trainer};

/// Seconds between two reports of where training is.
const REPORT_SECONDS: f64 = 0.1;

/// An ensemble and when it is measured next.
struct Run {
    trainer: Trainer,
    next_measured: u32,
}

impl Run {
    async fn load(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        let mut run = Self { trainer: Trainer::new(experiment, device), next_measured: 0 };
        send(&Event::Loaded);
        run.measure().await?;
        Ok(run)
    }

    async fn measure(&mut self) -> Result<(), TrainError> {
        let snapshot = self.trainer.measure().await?;
        self.next_measured = next_measured_step(snapshot.step);
        send(&Event::Snapshot(snapshot));
        Ok(())
    }

    /// Takes at most `most` steps, fewer where the next measurement or the end comes first, and
    /// waits for them. Returns how many.
    async fn advance(&mut self, most: u32) -> Result<u32, TrainError> {
        let start = self.trainer.step();
        let stop = start.saturating_add(most).min(self.next_measured);
        while self.trainer.step() < stop && !self.trainer.is_done() {
            self.trainer.advance();
        }
        if self.trainer.step() == self.next_measured || self.trainer.is_done() {
            self.measure().await?;
        } else {
            self.trainer.settle().await?;
        }
        Ok(self.trainer.step() - start)
    }
}

/// Carries out commands for as long as the worker lives.
pub(super) async fn obey(inbox: Rc<Inbox>) {
    let mut device = None;
    let mut run: Option<Run> = None;
    let mut playing = false;
    let mut pace = Pace::new(None);
    let mut reported = Instant::now();
    loop {
        if !playing {
            inbox.wait(None).await;
        }
        while let Some(command) = inbox.take() {
            let outcome = match (command, &device) {
                (Command::Open(backend), _) => match open(backend).await {
                    Ok(opened) => {
                        device = Some(opened);
                        send(&Event::Ready(backend));
                        Ok(())
                    }
                    Err(reason) => {
                        send(&Event::Failed(reason));
                        Ok(())
                    }
                },
                (Command::Load(experiment), Some(device)) => {
                    playing = false;
                    // The old ensemble's memory is free before the new one asks for its own.
                    run = None;
                    pace = Pace::new(pace.limit());
                    Run::load(&experiment, device).await.map(|loaded| run = Some(loaded))
                }
                (Command::Play, _) => {
                    playing = run.is_some();
                    pace.restart();
                    Ok(())
                }
                (Command::Pause, _) => {
                    playing = false;
                    run.iter().for_each(report_rest);
                    Ok(())
                }
                (Command::Step, _) => {
                    playing = false;
                    match &mut run {
                        Some(run) => step(run).await.map(|()| report_rest(run)),
                        None => Ok(()),
                    }
                }
                (Command::Speed(limit), _) => {
                    pace.set_limit(limit);
                    Ok(())
                }
                (Command::Load(_), None) => Ok(()),
            };
            if let Err(error) = outcome {
                playing = false;
                send(&Event::Failed(error.to_string()));
            }
        }
        let Some(current) = run.as_mut().filter(|_| playing) else { continue };

        let (steps, wait) = pace.next_run();
        inbox.wait(Some(wait)).await;
        if !inbox.is_empty() {
            continue;
        }
        let start = Instant::now();
        match current.advance(steps).await {
            Ok(taken) if taken > 0 => pace.took(taken, start.elapsed().as_secs_f64()),
            Ok(_) => {}
            Err(error) => {
                playing = false;
                send(&Event::Failed(error.to_string()));
                continue;
            }
        }
        let (step, done) = (current.trainer.step(), current.trainer.is_done());
        if done || reported.elapsed().as_secs_f64() > REPORT_SECONDS {
            send(&Event::Progress { step, steps_per_second: pace.steps_per_second() });
            reported = Instant::now();
        }
        if done {
            playing = false;
            report_rest(current);
        }
    }
}

/// Trains to the next step that is measured anyway, so that a run stepped through by hand gives the
/// same curves as one left alone.
async fn step(run: &mut Run) -> Result<(), TrainError> {
    let target = run.next_measured;
    while run.trainer.step() < target && !run.trainer.is_done() {
        run.advance(u32::MAX).await?;
    }
    Ok(())
}

/// Tells the page that nothing moves any more, and where.
fn report_rest(run: &Run) {
    let step = run.trainer.step();
    send(&if run.trainer.is_done() { Event::Done { step } } else { Event::Paused { step } });
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
