//! The trainer: advances an ensemble step by step and measures it.

mod adamw;
pub mod conformance;

pub use adamw::{AdamW, Moments};

use burn::tensor::{Device, Tensor};

use crate::data::Dataset;
use crate::experiment::Experiment;
use crate::history::{Measured, Score, Snapshot, next_measured_step};
use crate::measure;
use crate::model::Perceptron;

/// Why training cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The device did not give back what was computed.
    #[error("the device did not return the measurements: {0}")]
    Read(String),
}

/// An ensemble in training: all members of an [`Experiment`], on one device.
///
/// Each member trains exactly as it would alone: the loss is summed over members, so that the
/// gradient of a member's weights is that of its own loss.
pub struct Trainer {
    experiment: Experiment,
    rule: AdamW,
    data: Dataset,
    /// The same as `data.train`, with gradients recorded through them.
    tracked_inputs: Tensor<3>,
    tracked_targets: Tensor<3>,
    model: Perceptron,
    moments: Vec<Moments>,
    step: u32,
}

impl Trainer {
    /// The ensemble before its first step.
    #[must_use]
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        let data = Dataset::modular_addition(experiment, device);
        let p = experiment.p as usize;
        let units = [2 * p, experiment.width, p];
        let model = Perceptron::new(experiment.member_seeds(), &units, device);
        Self {
            experiment: *experiment,
            rule: AdamW {
                lr: experiment.lr,
                wd: experiment.wd,
                beta1: 0.9,
                beta2: 0.98,
                epsilon: 1e-8,
            },
            tracked_inputs: data.train.inputs.clone().autodiff(),
            tracked_targets: data.train.targets.clone().autodiff(),
            data,
            moments: model.weights.iter().map(Moments::new).collect(),
            model,
            step: 0,
        }
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Takes one optimiser step on the whole training set of every member.
    ///
    /// On a GPU this only queues the work: await [`Trainer::settle`] or [`Trainer::measure`] every
    /// few steps, or the queue grows without bound.
    pub fn advance(&mut self) {
        let tracked = self.model.tracked();
        let logits = tracked.forward(&self.tracked_inputs);
        let loss = measure::squared_error(logits, self.tracked_targets.clone()).sum();
        let mut gradients = loss.backward();
        self.step += 1;
        for ((weights, tracked), moments) in
            self.model.weights.iter_mut().zip(tracked.weights).zip(&mut self.moments)
        {
            // Weights that the loss does not depend on have no gradient, and stay.
            if let Some(gradient) = tracked.grad_remove(&mut gradients) {
                drop(tracked);
                weights.inplace(|weights| self.rule.update(weights, gradient, moments, self.step));
            }
        }
    }

    /// Measures every member as it is after the steps taken so far.
    ///
    /// # Errors
    /// If the device was lost or does not return what was computed.
    pub async fn measure(&self) -> Result<Snapshot, TrainError> {
        let mut rows = Vec::with_capacity(4);
        for samples in [&self.data.train, &self.data.test] {
            let logits = self.model.forward(&samples.inputs);
            rows.push(measure::squared_error(logits.clone(), samples.targets.clone()));
            rows.push(measure::accuracy(logits, samples));
        }
        let values = read(Tensor::cat(rows, 0)).await?;
        let members = self.experiment.seeds;
        let score = |set: usize, member: usize| Score {
            loss: values[2 * set * members + member],
            accuracy: values[(2 * set + 1) * members + member],
        };
        let members =
            (0..members).map(|m| Measured { train: score(0, m), test: score(1, m) }).collect();
        Ok(Snapshot { step: self.step, members })
    }

    /// Waits until the steps taken so far are computed.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn settle(&self) -> Result<(), TrainError> {
        match self.model.weights.last() {
            // The last layer's update depends on all of the step.
            Some(weights) => read(weights.clone().slice([0..1, 0..1, 0..1])).await.map(drop),
            None => Ok(()),
        }
    }

    /// Every weight of every member, layer by layer, member by member.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn weights(&self) -> Result<Vec<f32>, TrainError> {
        let mut all = Vec::new();
        for weights in &self.model.weights {
            all.extend(read(weights.clone()).await?);
        }
        Ok(all)
    }
}

/// A run: an ensemble in training that is measured at the steps of [`next_measured_step`].
pub struct Run {
    trainer: Trainer,
    /// The next step to be measured; beyond the last one once that is.
    next: u32,
}

impl Run {
    /// The run of an experiment before anything is measured.
    #[must_use]
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        Self { trainer: Trainer::new(experiment, device), next: 0 }
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.trainer.step
    }

    /// Whether all steps are taken and the last one is measured.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.next > self.trainer.experiment.steps
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
        let last = self.trainer.experiment.steps;
        let stop = self.step().saturating_add(most).min(self.next).min(last);
        while self.step() < stop {
            self.trainer.advance();
        }
        if stop < self.next.min(last) {
            self.trainer.settle().await?;
            return Ok(None);
        }
        let snapshot = self.trainer.measure().await?;
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

async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    let data = tensor.into_data_async().await.map_err(|e| TrainError::Read(e.to_string()))?;
    data.try_into_vec::<f32>().map_err(|e| TrainError::Read(format!("{e:?}")))
}
