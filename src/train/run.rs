//! A run: an ensemble in training, measured at fixed steps.

use burn::tensor::Device;

use super::{TrainError, Trainer};
use crate::experiment::Experiment;
use crate::history::{Snapshot, next_measured_step};

/// An ensemble in training that is measured at the steps of [`next_measured_step`].
pub struct Run {
    trainer: Trainer,
    /// The next step to be measured; beyond the last one once that is.
    next: u32,
    /// Whether no member's loss is a number any more.
    all_diverged: bool,
}

impl Run {
    /// The run of an experiment before anything is measured.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Ok(Self { trainer: Trainer::new(experiment, device)?, next: 0, all_diverged: false })
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.trainer.step()
    }

    /// Whether there is nothing left to do: all steps are taken and the last one is measured, or
    /// every member has diverged.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.all_diverged || self.next > self.trainer.settings.steps
    }

    /// Takes at most `most` steps and waits for them. Ends at the next measured step, with the
    /// measurement; the first call at step 0 measures before any step is taken.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn advance(&mut self, most: u32) -> Result<Option<Snapshot>, TrainError> {
        if self.is_done() {
            return Ok(None);
        }
        let last = self.trainer.settings.steps;
        let stop = self.step().saturating_add(most).min(self.next).min(last);
        while self.step() < stop {
            self.trainer.advance().await?;
        }
        if stop < self.next.min(last) {
            self.trainer.settle().await?;
            return Ok(None);
        }
        let snapshot = self.trainer.measure().await?;
        self.all_diverged = snapshot.members.iter().all(|member| !member.is_finite());
        // The last step is measured too, wherever the others fall.
        let following = next_measured_step(stop);
        self.next = if stop == last { last + 1 } else { following.min(last) };
        Ok(Some(snapshot))
    }

    /// Trains to the end on a device that answers at once, and hands every snapshot to `look`.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn finish(&mut self, mut look: impl FnMut(Snapshot)) -> Result<(), TrainError> {
        while !self.is_done() {
            self.advance(u32::MAX).await?.into_iter().for_each(&mut look);
        }
        Ok(())
    }
}
