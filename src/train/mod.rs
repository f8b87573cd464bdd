//! The trainer: advances an ensemble step by step and evaluates it.
//!
//! There are three implementations of a training step. `tensors` covers every setting on every
//! device and is the reference. `cpu` and `gpu` are faster, cover less, and are tested against it.

pub mod conformance;
mod cpu;
mod draws;
#[cfg(any(feature = "gpu", all(test, not(target_family = "wasm"))))]
mod gpu;
mod minimum_norm;
mod optimiser;
mod per_member;
mod regularisation;
mod tensors;

pub(crate) use cpu::covers as covered_by_slices;

use std::sync::Arc;

use burn::tensor::Device;

use crate::data::{DataError, Dataset};
use crate::device::{self, DeviceError, read};
use crate::evaluation::Scores;
use crate::experiment::{Experiment, Settings};
use crate::model::MlpEnsemble;

/// Why training cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The device does not answer.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// There is nothing to train on.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// An ensemble in training: all members of an [`Experiment`], on one device. Each member trains
/// exactly as it would alone.
pub struct Trainer {
    members: Vec<Settings>,
    device: Device,
    /// Shared with the trainers that start over from it.
    data: Arc<Dataset>,
    /// The networks before the first step.
    start: MlpEnsemble,
    ensemble: Ensemble,
    /// Whether each member's weight decay is on.
    weight_decay_on: Vec<bool>,
    step: u32,
}

/// The implementations of a training step.
enum Ensemble {
    Tensors(Box<tensors::TensorEnsemble>),
    Cpu(Box<cpu::CpuEnsemble>),
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::GpuEnsemble>),
}

/// Which implementation of the training step to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Implementation {
    /// The specialised one of the device where it covers all members, otherwise the reference.
    Fastest,
    /// Tensor operations with automatic differentiation.
    Reference,
}

impl Ensemble {
    fn new(
        implementation: Implementation,
        members: &[Settings],
        data: &Dataset,
        start: &MlpEnsemble,
        device: &Device,
    ) -> Self {
        let specialised = match implementation {
            Implementation::Fastest => Self::specialised(members, data, start, device),
            Implementation::Reference => None,
        };
        specialised.unwrap_or_else(|| {
            let tensors =
                tensors::TensorEnsemble::new(members, data.tensors(), start.clone(), device);
            Self::Tensors(Box::new(tensors))
        })
    }

    /// The device's specialised implementation, if it covers all members.
    fn specialised(
        members: &[Settings],
        data: &Dataset,
        start: &MlpEnsemble,
        device: &Device,
    ) -> Option<Self> {
        if *device == Device::flex() {
            return cpu::CpuEnsemble::new(members, data, start).map(Box::new).map(Self::Cpu);
        }
        #[cfg(feature = "gpu")]
        return gpu::GpuEnsemble::new(members, data, start, device).map(Box::new).map(Self::Gpu);
        #[cfg(not(feature = "gpu"))]
        None
    }
}

impl Trainer {
    /// The ensemble before its first step, with the fastest implementation of a step that covers
    /// it.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::for_members(experiment.members(), device)
    }

    /// The same for some members only, at least one.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub(crate) fn for_members(members: Vec<Settings>, device: &Device) -> Result<Self, TrainError> {
        Self::with(members, device, Implementation::Fastest)
    }

    /// The ensemble before its first step, with every step in tensor operations: the reference that
    /// faster implementations are tested against.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn reference(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::with(experiment.members(), device, Implementation::Reference)
    }

    fn with(
        members: Vec<Settings>,
        device: &Device,
        implementation: Implementation,
    ) -> Result<Self, TrainError> {
        let data = Arc::new(Dataset::new(&members, device)?);
        let start = MlpEnsemble::new(&members, device);
        Ok(Self::from_start(members, device.clone(), data, start, implementation))
    }

    /// Another trainer of the same members, before its first step. It shares the data with this
    /// one.
    #[must_use]
    pub(crate) fn start_over(&self) -> Self {
        Self::from_start(
            self.members.clone(),
            self.device.clone(),
            Arc::clone(&self.data),
            self.start.clone(),
            if self.is_reference() { Implementation::Reference } else { Implementation::Fastest },
        )
    }

    fn from_start(
        members: Vec<Settings>,
        device: Device,
        data: Arc<Dataset>,
        start: MlpEnsemble,
        implementation: Implementation,
    ) -> Self {
        Self {
            ensemble: Ensemble::new(implementation, &members, &data, &start, &device),
            weight_decay_on: members.iter().map(|member| !member.gate).collect(),
            members,
            device,
            data,
            start,
            step: 0,
        }
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Whether steps are taken in tensor operations.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        matches!(self.ensemble, Ensemble::Tensors(_))
    }

    /// How many kernels a step launches, and whether they are replayed as one recording, which is
    /// known after the first step. `None` for other implementations of a step.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn launches(&self) -> Option<(usize, bool)> {
        match &self.ensemble {
            Ensemble::Gpu(kernels) => Some(kernels.launches()),
            Ensemble::Cpu(_) | Ensemble::Tensors(_) => None,
        }
    }

    /// The networks as they are now.
    #[must_use]
    pub fn model(&self) -> MlpEnsemble {
        match &self.ensemble {
            Ensemble::Tensors(tensors) => tensors.model.clone(),
            Ensemble::Cpu(slices) => slices.model(&self.start, &self.device),
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => kernels.model(),
        }
    }

    /// The members' settings.
    pub(crate) fn members(&self) -> &[Settings] {
        &self.members
    }

    /// The members' training and test sets.
    pub(crate) fn data(&self) -> &Dataset {
        &self.data
    }

    /// Takes one training step of every member, on its whole training set or on a batch of it.
    ///
    /// On a GPU this mostly only queues the work: await [`Trainer::settle`] or [`Trainer::measure`]
    /// every few steps, or the queue grows without bound.
    ///
    /// # Errors
    /// If something had to be read back and the device was lost.
    pub async fn advance(&mut self) -> Result<(), TrainError> {
        self.step += 1;
        match &mut self.ensemble {
            Ensemble::Tensors(tensors) => {
                tensors.advance(self.step, &self.weight_decay_on, self.data.tensors()).await?;
            }
            Ensemble::Cpu(slices) => slices.advance(self.step, &self.weight_decay_on),
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => kernels.advance(&self.weight_decay_on),
        }
        Ok(())
    }

    /// Loss and accuracy of every member, in order, after the steps taken so far, without noise and
    /// smoothing. If a member's weight decay waits for full training accuracy and that is reached,
    /// this switches it on.
    ///
    /// # Errors
    /// If the device was lost or does not return what was computed.
    pub async fn measure(&mut self) -> Result<Vec<Scores>, TrainError> {
        let scores = match &mut self.ensemble {
            Ensemble::Tensors(tensors) => tensors.measure(self.data.tensors()).await?,
            Ensemble::Cpu(slices) => slices.measure(),
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => kernels.measure().await?,
        };
        let members = scores.iter().zip(self.data.train_counts());
        for ((scores, samples), on) in members.zip(&mut self.weight_decay_on) {
            // Full but for rounding.
            *on |= f64::from(scores.train.accuracy) > 1.0 - 0.5 / samples as f64;
        }
        Ok(scores)
    }

    /// Waits until the steps taken so far are computed.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn settle(&self) -> Result<(), TrainError> {
        match &self.ensemble {
            Ensemble::Tensors(tensors) => {
                // The last layer's update depends on all of the step.
                if let Some(last) = tensors.model.parameters.last() {
                    device::settle(last.clone()).await?;
                }
                Ok(())
            }
            Ensemble::Cpu(_) => Ok(()),
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => kernels.settle().await,
        }
    }

    /// Every parameter of every member, tensor by tensor, member by member.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn weights(&self) -> Result<Vec<f32>, TrainError> {
        let mut all = Vec::new();
        for parameter in self.model().parameters {
            all.extend(read(parameter).await?);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    /// The largest difference between weights after 100 steps of a small network and those of the
    /// reference, relative to the largest change of a weight. `None` if only the reference covers
    /// it.
    fn difference(variant: &str) -> Option<f32> {
        const QUERY: &str = "p=7&width=24&seeds=2&lr=0.003&steps=100";
        let experiment = Experiment::valid(&format!("{QUERY}&{variant}"));
        let device = Device::flex();
        let trained = |mut trainer: Trainer| {
            let before = block_on(trainer.weights()).expect("on the CPU");
            for step in 0..100 {
                if step % 10 == 0 {
                    block_on(trainer.measure()).expect("on the CPU");
                }
                block_on(trainer.advance()).expect("on the CPU");
            }
            let scores = block_on(trainer.measure()).expect("on the CPU");
            (before, block_on(trainer.weights()).expect("on the CPU"), scores)
        };
        let fast = Trainer::new(&experiment, &device).expect("data");
        if fast.is_reference() {
            return None;
        }
        let (before, weights, scores) = trained(fast);
        let reference = Trainer::reference(&experiment, &device).expect("data");
        let (start, expected, expected_scores) = trained(reference);
        assert_eq!(before, start);
        let largest =
            |pairs: &[(f32, f32)]| pairs.iter().fold(0f32, |m, (a, b)| m.max((a - b).abs()));
        let pairs =
            |a: &[f32], b: &[f32]| a.iter().copied().zip(b.iter().copied()).collect::<Vec<_>>();
        let change = largest(&pairs(&expected, &start));
        assert!(change > 0.0);
        for (score, expected) in scores.iter().zip(&expected_scores) {
            for (score, expected) in [(score.train, expected.train), (score.test, expected.test)] {
                let off = (score.loss - expected.loss).abs() / expected.loss;
                assert!(off < 1e-4, "{variant}: loss {} and {}", score.loss, expected.loss);
                let off = (score.accuracy - expected.accuracy).abs();
                // An output next to zero, or two that are next to equal, may fall either way.
                assert!(off < 2e-3, "{variant}: {} and {}", score.accuracy, expected.accuracy);
            }
        }
        Some(largest(&pairs(&weights, &expected)) / change)
    }

    #[test]
    fn a_hundred_steps_on_slices_agree_with_autodiff() {
        let mut covered = 0;
        let more = [
            "",
            "activation=tanh",
            "activation=relu",
            "bias=1&deeper=6tanh-5relu&optimiser=adam",
            "batch=8&noise=0.3&embedding=8",
            "grokfast-lambda=2&grokfast-alpha=0.9&optimiser=adamw,sgd",
            "model=random-features&bias=1&activation=relu",
            "data=icosahedron&frac=0.1&loss=cross-entropy&deeper=6tanh",
            // A fifth of the pixels is zero in all of 20 images.
            "data=digits&samples=20,40&activation=relu&bias=1",
            "data=digits&samples=20&batch=8&grokfast-lambda=2",
        ];
        for variant in conformance::VARIANTS.iter().chain(&more) {
            let Some(off) = difference(variant) else { continue };
            println!("{off:.1e} {variant}");
            assert!(off < 1e-4, "{variant}: {off:e}");
            covered += 1;
        }
        assert!(covered >= 30, "{covered}");
    }

    #[test]
    fn constant_norm_keeps_the_norm_of_members_that_ask_for_it() {
        let experiment = Experiment::from_query("p=5&width=6&constant-norm=0,1&seeds=1").experiment;
        let mut trainer = Trainer::new(&experiment, &Device::flex()).expect("data");
        let norms = |trainer: &Trainer| -> Vec<f64> {
            let all = block_on(trainer.weights()).expect("on the CPU");
            // [2, 10, 6] and [2, 6, 5].
            let (first, second) = all.split_at(120);
            (0..2)
                .map(|m| {
                    let own =
                        first[m * 60..(m + 1) * 60].iter().chain(&second[m * 30..(m + 1) * 30]);
                    own.map(|w| f64::from(*w).powi(2)).sum::<f64>().sqrt()
                })
                .collect()
        };
        let before = norms(&trainer);
        (0..50).for_each(|_| block_on(trainer.advance()).expect("on the CPU"));
        let after = norms(&trainer);
        assert!((after[0] / before[0] - 1.0).abs() > 1e-2);
        assert!((after[1] / before[1] - 1.0).abs() < 1e-5);
    }

    #[test]
    fn weight_decay_waits_until_every_training_sample_is_right() {
        let query = "p=5&width=32&seeds=1&gate=1,0&lr=0.01&frac=0.6&steps=400";
        let experiment = Experiment::from_query(query).experiment;
        let mut trainer = Trainer::new(&experiment, &Device::flex()).expect("data");
        let mut opened = None;
        for step in 0..200 {
            let full = block_on(trainer.measure()).expect("on the CPU")[0].train.accuracy == 1.0;
            if full && opened.is_none() {
                opened = Some(step);
            }
            assert_eq!(trainer.weight_decay_on, [opened.is_some(), true]);
            block_on(trainer.advance()).expect("on the CPU");
        }
        assert!(opened.is_some_and(|step| step > 0));
    }
}
