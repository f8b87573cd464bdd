//! The trainer: advances an ensemble step by step and measures it.

pub mod conformance;
mod cpu;
mod draws;
#[cfg(any(feature = "gpu", all(test, not(target_family = "wasm"))))]
mod gpu;
mod minimum_norm;
mod optimiser;
mod per_member;
mod press;
mod run;
mod tape;
mod tensors;

pub use run::Run;

use burn::tensor::{Device, Tensor};

use crate::data::{DataError, Dataset};
use crate::experiment::{Experiment, Settings};
use crate::history::Scores;
use crate::model::Perceptron;

/// Why training cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The device did not give back what was computed.
    #[error("the device did not return the measurements: {0}")]
    Read(String),
    /// There is nothing to train on.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// An ensemble in training: all members of an [`Experiment`], on one device. Each member trains exactly
/// as it would alone.
pub struct Trainer {
    members: Vec<Settings>,
    device: Device,
    data: Dataset,
    /// The networks before the first step.
    start: Perceptron,
    ensemble: Ensemble,
    /// Whether each member's weight decay is on.
    decays: Vec<bool>,
    step: u32,
}

/// The ways to take a step.
enum Ensemble {
    Tensors(Box<tensors::Ensemble>),
    Cpu(Box<cpu::Ensemble>),
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::Ensemble>),
}

impl Ensemble {
    /// The fastest way that covers all members, if there is another than in tensors.
    fn fast(
        members: &[Settings],
        data: &Dataset,
        start: &Perceptron,
        device: &Device,
    ) -> Option<Self> {
        if *device == Device::flex() {
            return cpu::Ensemble::new(members, start).map(Box::new).map(Self::Cpu);
        }
        #[cfg(feature = "gpu")]
        return gpu::Ensemble::new(members, data, start, device).map(Box::new).map(Self::Gpu);
        #[cfg(not(feature = "gpu"))]
        {
            let _ = data;
            None
        }
    }
}

impl Trainer {
    /// The ensemble before its first step.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::of(experiment.members(), device)
    }

    /// Likewise with some of the members only, at least one.
    pub(crate) fn of(members: Vec<Settings>, device: &Device) -> Result<Self, TrainError> {
        Self::with(members, device, true)
    }

    /// Likewise with every step in tensor operations, where [`Trainer::new`] knows a faster way to
    /// compute the same.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn by_tensors(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::with(experiment.members(), device, false)
    }

    fn with(members: Vec<Settings>, device: &Device, fast: bool) -> Result<Self, TrainError> {
        let data = Dataset::new(&members, device)?;
        let start = Perceptron::new(&members, device);
        let ensemble = match fast.then(|| Ensemble::fast(&members, &data, &start, device)) {
            Some(Some(fast)) => fast,
            _ => {
                let tensors = tensors::Ensemble::new(&members, &data, start.clone(), device);
                Ensemble::Tensors(Box::new(tensors))
            }
        };
        Ok(Self {
            decays: members.iter().map(|member| !member.gate).collect(),
            device: device.clone(),
            members,
            data,
            start,
            ensemble,
            step: 0,
        })
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Whether steps are taken in tensor operations, for want of a faster way.
    #[must_use]
    pub fn is_by_tensors(&self) -> bool {
        matches!(self.ensemble, Ensemble::Tensors(_))
    }

    /// How many kernels of our own a step launches, and whether they are replayed as one recording,
    /// which is known after the first step.
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
    pub fn model(&self) -> Perceptron {
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

    /// What they are trained on, and what is held back.
    pub(crate) fn data(&self) -> &Dataset {
        &self.data
    }

    /// Takes one optimiser step of every member, on its whole training set or on a batch of it.
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
                tensors.advance(self.step, &self.decays, &self.data).await
            }
            Ensemble::Cpu(slices) => {
                slices.advance(self.step, &self.decays);
                Ok(())
            }
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => {
                kernels.advance(&self.decays);
                Ok(())
            }
        }
    }

    /// Measures every member, in order, as it is after the steps taken so far, without noise and smoothing. A
    /// member whose weight decay waits for a full training accuracy has it switched on by this.
    ///
    /// # Errors
    /// If the device was lost or does not return what was computed.
    pub async fn measure(&mut self) -> Result<Vec<Scores>, TrainError> {
        let members = match &mut self.ensemble {
            Ensemble::Tensors(tensors) => tensors.measure(&self.data).await?,
            Ensemble::Cpu(slices) => slices.measure(),
            #[cfg(feature = "gpu")]
            Ensemble::Gpu(kernels) => kernels.measure().await?,
        };
        for ((member, decays), samples) in
            members.iter().zip(&mut self.decays).zip(&self.data.train.counts)
        {
            // Full but for rounding.
            *decays |= f64::from(member.train.accuracy) > 1.0 - 0.5 / *samples as f64;
        }
        Ok(members)
    }

    /// Waits until the steps taken so far are computed.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn settle(&self) -> Result<(), TrainError> {
        match &self.ensemble {
            Ensemble::Tensors(tensors) => match tensors.model.parameters.last() {
                // The last layer's update depends on all of the step.
                Some(last) => read(last.clone().slice([0..1, 0..1, 0..1])).await.map(drop),
                None => Ok(()),
            },
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

pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    let data = tensor.into_data_async().await.map_err(|e| TrainError::Read(e.to_string()))?;
    data.try_into_vec::<f32>().map_err(|e| TrainError::Read(format!("{e:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    /// How far 100 steps of a small network go apart from those by automatic differentiation, relative to the
    /// largest change of a weight; `None` where there is no other way.
    fn apart(variant: &str) -> Option<f32> {
        const QUERY: &str = "p=7&width=24&seeds=2&lr=0.003&steps=100";
        let parsed = Experiment::from_query(&format!("{QUERY}&{variant}"));
        assert_eq!(parsed.notes, Vec::<String>::new());
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
        let fast = Trainer::new(&parsed.experiment, &device).expect("data");
        if fast.is_by_tensors() {
            return None;
        }
        let (before, weights, scores) = trained(fast);
        let reference = Trainer::by_tensors(&parsed.experiment, &device).expect("data");
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
    fn a_hundred_steps_on_slices_agree_with_automatic_differentiation_on_every_method_they_cover() {
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
            // Of 20 images a fifth of the pixels is zero in all.
            "data=digits&samples=20,40&activation=relu&bias=1",
            "data=digits&samples=20&batch=8&grokfast-lambda=2",
        ];
        for variant in conformance::VARIANTS.iter().chain(&more) {
            let Some(off) = apart(variant) else { continue };
            println!("{off:.1e} {variant}");
            assert!(off < 1e-4, "{variant}: {off:e}");
            covered += 1;
        }
        assert!(covered >= 30, "{covered}");
    }

    #[test]
    fn constant_norm_keeps_the_norm_of_those_members_that_ask_for_it() {
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
            assert_eq!(trainer.decays, [opened.is_some(), true]);
            block_on(trainer.advance()).expect("on the CPU");
        }
        assert!(opened.is_some_and(|step| step > 0));
    }
}
