//! The trainer: advances an ensemble step by step and measures it.

pub mod conformance;
#[cfg(feature = "gpu")]
mod gpu;
mod minimum_norm;
mod optimiser;
mod per_member;
mod press;
mod run;
mod tape;

pub use run::Run;

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;

use crate::data::{DataError, Dataset, Samples};
use crate::experiment::{Experiment, Loss, Optimiser, Settings};
use crate::history::{Measured, Score};
use crate::measure;
use crate::model::Perceptron;
use crate::random::{self, Generator, Purpose};
use optimiser::{Moment, Rule};
use per_member::{Members, PerMember};
use press::{ConstantNorm, Grokfast, RankPenalty};

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

/// An ensemble in training: all members of an [`Experiment`], on one device.
///
/// Each member trains exactly as it would alone: the loss is summed over members, so that the
/// gradient of a member's weights is that of its own loss.
pub struct Trainer {
    members: Vec<Settings>,
    loss: Loss,
    device: Device,
    data: Dataset,
    /// What is trained on, with gradients recorded through it.
    tracked: Tracked,
    batches: Option<Batches>,
    noise: Option<HiddenNoise>,
    model: Perceptron,
    trained: Vec<bool>,
    rules: Vec<Rule>,
    /// Whether each member's weight decay is on.
    decays: Vec<bool>,
    grokfast: Vec<Grokfast>,
    orthograd: Members,
    rank_penalty: Option<RankPenalty>,
    constant_norm: Option<ConstantNorm>,
    /// What takes the steps on a GPU, where it covers them.
    #[cfg(feature = "gpu")]
    gpu: Option<gpu::Gpu>,
    step: u32,
}

/// Training samples as a step needs them.
struct Tracked {
    inputs: Tensor<3>,
    /// Smoothed.
    targets: Tensor<3>,
    weights: Option<Tensor<3>>,
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
        let data = Dataset::new(&members, device)?;
        let settings = members[0];
        let model = Perceptron::new(&members, device);
        let count = model.parameters.len();
        let regression = settings.is_regression();
        let trained = model.trained(&settings);
        #[cfg(feature = "gpu")]
        let gpu = {
            let batches = Batches::new(&settings, &members, &data.train);
            gpu::Gpu::new(&members, &data, &model, batches, device)
        };
        // What the kernels do needs no second set of moments.
        #[cfg(feature = "gpu")]
        let differentiates = gpu.is_none();
        #[cfg(not(feature = "gpu"))]
        let differentiates = true;
        let rules = || Rule::all(&members, &model.parameters, &model.roles, &model.shapes, device);
        Ok(Self {
            loss: if regression { Loss::SquaredError } else { settings.loss },
            tracked: Tracked {
                inputs: data.train.inputs.clone().autodiff(),
                targets: smoothed(&data.train, &members, regression, device).autodiff(),
                weights: data.train.weights.clone().map(Tensor::autodiff),
            },
            batches: Batches::new(&settings, &members, &data.train),
            noise: HiddenNoise::new(&members),
            rules: if differentiates { rules() } else { Vec::new() },
            decays: members.iter().map(|member| !member.gate).collect(),
            grokfast: Grokfast::all(&members, count, device),
            orthograd: Members::new(members.iter().map(|member| member.orthograd), device),
            rank_penalty: RankPenalty::new(&members),
            constant_norm: ConstantNorm::new(&members, &model.parameters, &trained, device),
            trained,
            device: device.clone(),
            #[cfg(feature = "gpu")]
            gpu,
            members,
            data,
            model,
            step: 0,
        })
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The networks as they are now.
    #[must_use]
    pub fn model(&self) -> Perceptron {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.model();
        }
        self.model.clone()
    }

    /// Whether steps are taken by kernels of our own, and not by automatic differentiation.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn uses_kernels(&self) -> bool {
        self.gpu.is_some()
    }

    /// How many kernels of our own a step launches, and whether they are replayed as one recording,
    /// which is known after the first step.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn launches(&self) -> Option<(usize, bool)> {
        self.gpu.as_ref().map(gpu::Gpu::launches)
    }

    /// Takes all steps from the first by automatic differentiation, as the reference of what is faster.
    pub fn differentiate(&mut self) {
        #[cfg(feature = "gpu")]
        if self.gpu.take().is_some() {
            let model = &self.model;
            let (parameters, roles) = (&model.parameters, &model.roles);
            self.rules = Rule::all(&self.members, parameters, roles, &model.shapes, &self.device);
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
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &mut self.gpu {
            gpu.advance(&self.decays);
            return Ok(());
        }
        let solved = self.members.iter().filter(|m| m.optimiser == Optimiser::MinimumNorm).count();
        if solved > 0 && self.step == 1 {
            self.model = minimum_norm::solve(&self.model, &self.data.train, &self.members).await?;
        }
        if solved == self.members.len() {
            return Ok(());
        }
        let mut gradients = self.gradients();
        if let Some(penalty) = &self.rank_penalty {
            penalty.add(&self.model.parameters, &self.model.roles, &mut gradients).await?;
        }
        for (index, gradient) in gradients.iter_mut().enumerate() {
            *gradient = gradient.take().map(|mut gradient| {
                for grokfast in &mut self.grokfast {
                    gradient = grokfast.filter(index, gradient);
                }
                press::orthogonal(&self.orthograd, &self.model.parameters[index], gradient)
            });
        }
        let moment = Moment {
            members: &self.members,
            decays: &self.decays,
            step: self.step,
            device: &self.device,
        };
        let mut parameters = std::mem::take(&mut self.model.parameters);
        for rule in &mut self.rules {
            parameters = rule.apply(parameters, &gradients, &self.model.roles, &moment);
        }
        if let Some(constant_norm) = &self.constant_norm {
            parameters = constant_norm.restore(parameters);
        }
        self.model.parameters = parameters;
        Ok(())
    }

    /// The gradients of each member's loss with respect to its own parameters; `None` for those that
    /// are not trained or that the loss does not depend on.
    fn gradients(&mut self) -> Vec<Option<Tensor<3>>> {
        let model = self.model.tracked(&self.trained);
        let batch = self.batches.as_mut().map(|batches| batches.next(&self.tracked, &self.device));
        let batch = batch.as_ref().unwrap_or(&self.tracked);
        let [_, rows, _] = batch.inputs.dims();
        let counts: Vec<usize> = match self.batches {
            Some(_) => vec![rows; self.members.len()],
            None => self.data.train.counts.clone(),
        };
        let factors = match &mut self.noise {
            Some(noise) => noise.next(&self.members, &counts, rows, &self.device),
            None => Vec::new(),
        };
        let outputs = model.forward_noisy(&batch.inputs, &factors);
        let loss =
            measure::loss(self.loss, outputs, batch.targets.clone(), batch.weights.as_ref()).sum();
        let mut gradients = loss.backward();
        let tracked = model.parameters.into_iter().zip(&self.trained);
        tracked
            .map(|(p, trained)| trained.then(|| p.grad_remove(&mut gradients)).flatten())
            .collect()
    }

    /// Measures every member, in order, as it is after the steps taken so far, without noise and smoothing. A
    /// member whose weight decay waits for a full training accuracy has it switched on by this.
    ///
    /// # Errors
    /// If the device was lost or does not return what was computed.
    pub async fn measure(&mut self) -> Result<Vec<Measured>, TrainError> {
        let members = self.scores().await?;
        for ((member, decays), samples) in
            members.iter().zip(&mut self.decays).zip(&self.data.train.counts)
        {
            // Full but for rounding.
            *decays |= f64::from(member.train.accuracy) > 1.0 - 0.5 / *samples as f64;
        }
        Ok(members)
    }

    async fn scores(&self) -> Result<Vec<Measured>, TrainError> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.measure().await;
        }
        let mut rows = Vec::with_capacity(4);
        for samples in [&self.data.train, &self.data.test] {
            let outputs = self.model.forward(&samples.inputs);
            let (targets, weights) = (samples.targets.clone(), samples.weights.as_ref());
            rows.push(measure::loss(self.loss, outputs.clone(), targets, weights));
            rows.push(measure::accuracy(outputs, samples));
        }
        let values = read(Tensor::cat(rows, 0)).await?;
        let members = self.members.len();
        let score = |set: usize, member: usize| Score {
            loss: values[2 * set * members + member],
            accuracy: values[(2 * set + 1) * members + member],
        };
        Ok((0..members).map(|m| Measured { train: score(0, m), test: score(1, m) }).collect())
    }

    /// Waits until the steps taken so far are computed.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn settle(&self) -> Result<(), TrainError> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.settle().await;
        }
        match self.model.parameters.last() {
            // The last layer's update depends on all of the step.
            Some(last) => read(last.clone().slice([0..1, 0..1, 0..1])).await.map(drop),
            None => Ok(()),
        }
    }

    /// Every parameter of every member, tensor by tensor, member by member.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn weights(&self) -> Result<Vec<f32>, TrainError> {
        let mut all = Vec::new();
        for parameter in &self.model().parameters {
            all.extend(read(parameter.clone()).await?);
        }
        Ok(all)
    }
}

/// Targets with a share of each spread evenly over the classes (Szegedy et al., arXiv 1512.00567):
/// `(1 - s) t + s / classes`. Those of a regression stay.
fn smoothed(
    samples: &Samples,
    members: &[Settings],
    regression: bool,
    device: &Device,
) -> Tensor<3> {
    let targets = samples.targets.clone();
    if regression || members.iter().all(|member| member.smoothing == 0.0) {
        return targets;
    }
    let [_, _, classes] = targets.dims();
    let rest = PerMember::new(members.iter().map(|m| 1.0 - m.smoothing), device);
    let spread = PerMember::new(members.iter().map(|m| m.smoothing / classes as f64), device);
    spread.add(rest.scale(targets))
}

/// Draws the batches of each member, with replacement.
struct Batches {
    size: usize,
    generators: Vec<Generator>,
    counts: Vec<usize>,
    /// Rows from one member's first sample to the next one's.
    rows: usize,
}

impl Batches {
    fn new(settings: &Settings, members: &[Settings], train: &Samples) -> Option<Self> {
        (settings.batch > 0).then(|| Self {
            size: settings.batch,
            generators: generators(members, Purpose::Batches),
            counts: train.counts.clone(),
            rows: train.inputs.dims()[1],
        })
    }

    /// The samples of the next batch of each member, by their places among its own.
    fn draw(&mut self) -> Vec<Vec<usize>> {
        let members = self.generators.iter_mut().zip(&self.counts);
        members
            .map(|(generator, &count)| {
                (0..self.size).map(|_| generator.random_range(0..count)).collect()
            })
            .collect()
    }

    fn next(&mut self, all: &Tracked, device: &Device) -> Tracked {
        let mut chosen: Vec<i32> = Vec::with_capacity(self.size * self.counts.len());
        for (index, batch) in self.draw().into_iter().enumerate() {
            chosen.extend(batch.into_iter().map(|sample| (index * self.rows + sample) as i32));
        }
        let chosen = Tensor::<1, Int>::from_data(TensorData::from(&chosen[..]), device);
        let pick = |samples: &Tensor<3>| {
            let [members, rows, width] = samples.dims();
            let rows = samples.clone().reshape([members * rows, width]);
            rows.select(0, chosen.clone()).reshape([members, self.size, width])
        };
        Tracked { inputs: pick(&all.inputs), targets: pick(&all.targets), weights: None }
    }
}

/// Draws what hidden activations are multiplied by, `1 + σ ε` with `ε` standard normal.
struct HiddenNoise {
    generators: Vec<Generator>,
    /// Units of each member's hidden layers.
    units: Vec<Vec<usize>>,
}

impl HiddenNoise {
    /// `None` if no member has any.
    fn new(members: &[Settings]) -> Option<Self> {
        members.iter().any(|member| member.noise > 0.0).then(|| Self {
            generators: generators(members, Purpose::HiddenNoise),
            units: members
                .iter()
                .map(|m| m.hidden().iter().map(|layer| layer.units.into()).collect())
                .collect(),
        })
    }

    /// Factors for each hidden layer, `[members, rows, units]`; members have `counts` samples.
    fn next(
        &mut self,
        members: &[Settings],
        counts: &[usize],
        rows: usize,
        device: &Device,
    ) -> Vec<Tensor<3>> {
        let layers = self.units.first().map_or(0, Vec::len);
        (0..layers)
            .map(|layer| {
                let units = self.units.iter().map(|units| units[layer]);
                let widest = units.clone().max().unwrap_or(0);
                let mut factors = vec![1f32; members.len() * rows * widest];
                let drawn = self.generators.iter_mut().zip(members).zip(units).zip(counts);
                for ((((generator, member), units), &count), factors) in
                    drawn.zip(factors.chunks_mut(rows * widest))
                {
                    if member.noise == 0.0 {
                        continue;
                    }
                    for row in factors.chunks_mut(widest).take(count) {
                        for factor in &mut row[..units] {
                            *factor += (member.noise * random::normal(generator)) as f32;
                        }
                    }
                }
                let data = TensorData::new(factors, [members.len(), rows, widest]);
                Tensor::from_data(data, device).autodiff()
            })
            .collect()
    }
}

fn generators(members: &[Settings], purpose: Purpose) -> Vec<Generator> {
    members.iter().map(|member| random::generator(member.seed, purpose)).collect()
}

pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    let data = tensor.into_data_async().await.map_err(|e| TrainError::Read(e.to_string()))?;
    data.try_into_vec::<f32>().map_err(|e| TrainError::Read(format!("{e:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::FloatDType;
    use pollster::block_on;

    /// The sum of all members' losses in f64, and the gradient that training takes.
    fn assert_gradient(query: &str) {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, Vec::<String>::new());
        let mut trainer = Trainer::new(&parsed.experiment, &Device::flex()).expect("data");
        let gradients = trainer.gradients();
        let wide = |tensor: &Tensor<3>| tensor.clone().cast(FloatDType::F64);
        let (inputs, weights) =
            (wide(&trainer.data.train.inputs), trainer.data.train.weights.as_ref().map(wide));
        let targets = wide(&smoothed(
            &trainer.data.train,
            &trainer.members,
            trainer.members[0].is_regression(),
            &trainer.device,
        ));
        let parameters: Vec<Tensor<3>> = trainer.model.parameters.iter().map(wide).collect();
        let loss = |parameters: Vec<Tensor<3>>| {
            let outputs = trainer.model.with(parameters).forward(&inputs);
            let loss = measure::loss(trainer.loss, outputs, targets.clone(), weights.as_ref());
            loss.sum().into_scalar::<f64>()
        };
        for (index, gradient) in gradients.iter().enumerate() {
            let gradient = gradient.clone().expect("everything is trained");
            let [members, rows, columns] = gradient.dims();
            let gradient = gradient.try_to_vec_as::<f32>().expect("on the CPU");
            let largest = gradient.iter().fold(1e-3f32, |most, g| most.max(g.abs()));
            for entry in (0..gradient.len()).step_by(gradient.len().div_ceil(40)) {
                let (member, row, column) =
                    (entry / (rows * columns), entry / columns % rows, entry % columns);
                let shifted = |shift: f64| {
                    let mut parameters = parameters.clone();
                    let place = [member..member + 1, row..row + 1, column..column + 1];
                    let value = parameters[index].clone().slice(place.clone()) + shift;
                    parameters[index] = parameters[index].clone().slice_assign(place, value);
                    assert_eq!(members * rows * columns, gradient.len());
                    loss(parameters)
                };
                let expected = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                let off = (f64::from(gradient[entry]) - expected).abs() / f64::from(largest);
                assert!(off < 1e-4, "{query}, parameter {index}, entry {entry}: {off:e}");
            }
        }
    }

    #[test]
    fn gradients_are_the_finite_differences_of_every_activation() {
        for activation in ["quadratic", "relu", "tanh", "gelu", "silu", "linear"] {
            assert_gradient(&format!(
                "p=5&width=6&seeds=2&bias=1&bias-scale=0.3&activation={activation}&deeper=5{activation}"
            ));
        }
    }

    #[test]
    fn gradients_are_the_finite_differences_of_every_loss() {
        for loss in ["mse", "cross-entropy", "stablemax"] {
            assert_gradient(&format!("p=5&width=6&seeds=2&smoothing=0,0.1&loss={loss}"));
        }
        assert_gradient("data=teacher&samples=20&width=6&activation=tanh&bias=1&seeds=2");
    }

    #[test]
    fn gradients_are_the_finite_differences_with_an_embedding_and_with_uneven_members() {
        assert_gradient("p=5&width=6&embedding=8&seeds=2");
        assert_gradient("p=5&width=3,6&frac=0.4,0.7&seeds=1");
    }

    #[test]
    fn batches_are_drawn_from_the_members_own_samples() {
        let experiment =
            Experiment::from_query("data=two-scale&samples=10,30&batch=16&seeds=1").experiment;
        let mut trainer = Trainer::new(&experiment, &Device::flex()).expect("data");
        let rows = |tensor: Tensor<3>| -> Vec<Vec<f32>> {
            let width = tensor.dims()[2];
            let values = tensor.inner().try_to_vec_as::<f32>().expect("on the CPU");
            values.chunks(width).map(<[f32]>::to_vec).collect()
        };
        let all = rows(trainer.tracked.inputs.clone());
        let mut batches = trainer.batches.take().expect("batches");
        let mut seen = std::collections::HashSet::new();
        for _ in 0..20 {
            let batch = rows(batches.next(&trainer.tracked, &trainer.device).inputs);
            assert_eq!(batch.len(), 2 * 16);
            for (index, row) in batch.iter().enumerate() {
                let own = if index < 16 { 0..10 } else { 30..60 };
                let place = own.clone().find(|&sample| all[sample] == *row);
                seen.insert(place.expect("the row is one of the member's own"));
            }
        }
        assert_eq!(seen.len(), 40, "every sample comes sooner or later");
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
