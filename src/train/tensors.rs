//! The training step in tensor operations, with gradients by burn's automatic differentiation. It
//! covers every setting on every device, and faster implementations are tested against it.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::TrainError;
use super::draws::{Batches, HiddenNoise};
use super::minimum_norm;
use super::optimiser::{Moment, Rule};
use super::per_member::{Members, PerMember};
use super::regularisation::{self, ConstantNorm, Grokfast, RankPenalty};
use crate::data::{DatasetTensors, SampleTensors};
use crate::device::read;
use crate::evaluation::{Score, Scores};
use crate::experiment::{Loss, Optimiser, Settings};
use crate::model::{self, MlpEnsemble};

/// An ensemble in training, all members in one set of tensors.
///
/// Each member trains exactly as it would alone: the loss is summed over members, so that the
/// gradient of a member's weights is that of its own loss.
pub(super) struct TensorEnsemble {
    members: Vec<Settings>,
    loss: Loss,
    device: Device,
    /// The training set, with gradients recorded through it.
    tracked: Tracked,
    batches: Option<Batches>,
    noise: Option<HiddenNoise>,
    pub(super) model: MlpEnsemble,
    trained: Vec<bool>,
    rules: Vec<Rule>,
    grokfast: Vec<Grokfast>,
    orthograd: Members,
    rank_penalty: Option<RankPenalty>,
    constant_norm: Option<ConstantNorm>,
}

/// Training samples as a step needs them.
struct Tracked {
    inputs: Tensor<3>,
    /// Smoothed.
    targets: Tensor<3>,
    weights: Option<Tensor<3>>,
}

impl TensorEnsemble {
    pub(super) fn new(
        members: &[Settings],
        data: &DatasetTensors,
        model: MlpEnsemble,
        device: &Device,
    ) -> Self {
        let settings = members[0];
        let count = model.parameters.len();
        let trained = model.trained(&settings);
        Self {
            loss: settings.trained_loss(),
            tracked: Tracked {
                inputs: data.train.inputs.clone().autodiff(),
                targets: smoothed(&data.train, members, settings.is_regression(), device)
                    .autodiff(),
                weights: data.train.weights.clone().map(Tensor::autodiff),
            },
            batches: Batches::new(members, &data.train.counts),
            noise: HiddenNoise::new(members),
            rules: Rule::all(members, &model.parameters, &model.roles, &model.shapes, device),
            grokfast: Grokfast::all(members, count, device),
            orthograd: Members::new(members.iter().map(|member| member.orthograd), device),
            rank_penalty: RankPenalty::new(members),
            constant_norm: ConstantNorm::new(members, &model.parameters, &trained, device),
            trained,
            device: device.clone(),
            members: members.to_vec(),
            model,
        }
    }

    /// Takes the step numbered `step`, counted from 1; `weight_decay_on` says whose
    /// weight decay is on.
    ///
    /// # Errors
    /// If something had to be read back and the device was lost.
    pub(super) async fn advance(
        &mut self,
        step: u32,
        weight_decay_on: &[bool],
        data: &DatasetTensors,
    ) -> Result<(), TrainError> {
        let solved = self.members.iter().filter(|m| m.optimiser == Optimiser::MinimumNorm).count();
        if solved > 0 && step == 1 {
            self.model = minimum_norm::solve(&self.model, &data.train, &self.members).await?;
        }
        if solved == self.members.len() {
            return Ok(());
        }
        let mut gradients = self.gradients(&data.train.counts);
        if let Some(penalty) = &self.rank_penalty {
            penalty.add(&self.model.parameters, &self.model.roles, &mut gradients).await?;
        }
        for (index, gradient) in gradients.iter_mut().enumerate() {
            *gradient = gradient.take().map(|mut gradient| {
                for grokfast in &mut self.grokfast {
                    gradient = grokfast.filter(index, gradient);
                }
                regularisation::orthogonal(&self.orthograd, &self.model.parameters[index], gradient)
            });
        }
        let moment = Moment { members: &self.members, weight_decay_on, step, device: &self.device };
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

    /// The gradients of each member's loss with respect to its own parameters; `None` for those
    /// that are not trained or that the loss does not depend on. Members have `counts` samples.
    fn gradients(&mut self, counts: &[usize]) -> Vec<Option<Tensor<3>>> {
        let model = self.model.tracked(&self.trained);
        let batch = self.batches.as_mut().map(|batches| self.tracked.batch(batches, &self.device));
        let batch = batch.as_ref().unwrap_or(&self.tracked);
        let [_, rows, _] = batch.inputs.dims();
        let factors = match &mut self.noise {
            Some(noise) => {
                let counts =
                    counts.iter().map(|&count| if self.batches.is_some() { rows } else { count });
                factors(noise, &self.members, counts, rows, &self.device)
            }
            None => Vec::new(),
        };
        let outputs = model.forward_noisy(&batch.inputs, &factors);
        let loss =
            model::loss(self.loss, outputs, batch.targets.clone(), batch.weights.as_ref()).sum();
        let mut gradients = loss.backward();
        let tracked = model.parameters.into_iter().zip(&self.trained);
        tracked
            .map(|(p, trained)| trained.then(|| p.grad_remove(&mut gradients)).flatten())
            .collect()
    }

    /// Loss and accuracy of every member.
    ///
    /// # Errors
    /// If the device was lost or does not return what was computed.
    pub(super) async fn measure(&self, data: &DatasetTensors) -> Result<Vec<Scores>, TrainError> {
        let mut rows = Vec::with_capacity(4);
        for samples in [&data.train, &data.test] {
            let outputs = self.model.forward(&samples.inputs);
            let (targets, weights) = (samples.targets.clone(), samples.weights.as_ref());
            rows.push(model::loss(self.loss, outputs.clone(), targets, weights));
            rows.push(model::accuracy(outputs, samples));
        }
        let values = read(Tensor::cat(rows, 0)).await?;
        let members = self.members.len();
        let score = |set: usize, member: usize| Score {
            loss: values[2 * set * members + member],
            accuracy: values[(2 * set + 1) * members + member],
        };
        Ok((0..members).map(|m| Scores { train: score(0, m), test: score(1, m) }).collect())
    }
}

impl Tracked {
    /// The next batch of every member.
    fn batch(&self, batches: &mut Batches, device: &Device) -> Self {
        let [members, rows, _] = self.inputs.dims();
        let size = batches.size();
        let mut chosen: Vec<i32> = Vec::with_capacity(size * members);
        for member in 0..members {
            chosen.extend(batches.next(member).iter().map(|&c| (member * rows) as i32 + c as i32));
        }
        let chosen = Tensor::<1, Int>::from_data(TensorData::from(&chosen[..]), device);
        let pick = |samples: &Tensor<3>| {
            let [members, rows, width] = samples.dims();
            let rows = samples.clone().reshape([members * rows, width]);
            rows.select(0, chosen.clone()).reshape([members, size, width])
        };
        Self { inputs: pick(&self.inputs), targets: pick(&self.targets), weights: None }
    }
}

/// Factors for each hidden layer, `[members, rows, units]`; members have `counts` samples, and what
/// is behind a member's own samples and units is 1.
fn factors(
    noise: &mut HiddenNoise,
    members: &[Settings],
    counts: impl Iterator<Item = usize>,
    rows: usize,
    device: &Device,
) -> Vec<Tensor<3>> {
    let units: Vec<Vec<usize>> = members
        .iter()
        .map(|member| member.hidden().iter().map(|layer| layer.units.into()).collect())
        .collect();
    let widest = (0..units[0].len()).map(|l| units.iter().map(|u| u[l]).max().unwrap_or(0));
    let widest: Vec<usize> = widest.collect();
    let mut layers: Vec<Vec<f32>> =
        widest.iter().map(|width| vec![1.0; members.len() * rows * width]).collect();
    for (member, count) in counts.enumerate() {
        for (layer, factors) in noise.next(member, count).iter().enumerate() {
            let width = widest[layer];
            let range = member * rows * width..(member + 1) * rows * width;
            let units = units[member][layer];
            for (row, factors) in layers[layer][range].chunks_mut(width).zip(factors.chunks(units))
            {
                row[..units].copy_from_slice(factors);
            }
        }
    }
    let tensor = |(values, width)| {
        let data = TensorData::new(values, [members.len(), rows, width]);
        Tensor::from_data(data, device).autodiff()
    };
    layers.into_iter().zip(widest).map(tensor).collect()
}

/// Label smoothing (Szegedy et al., arXiv 1512.00567): a fraction `s` of each target is divided
/// evenly among the classes, `(1 - s) t + s / classes`. Targets of a regression stay.
fn smoothed(
    samples: &SampleTensors,
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
    let per_class = PerMember::new(members.iter().map(|m| m.smoothing / classes as f64), device);
    per_class.add(rest.scale(targets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use crate::experiment::Experiment;
    use burn::tensor::FloatDType;

    fn ensemble(experiment: &Experiment) -> (TensorEnsemble, DatasetTensors) {
        let (members, device) = (experiment.members(), Device::flex());
        let data = Dataset::new(&members, &device).expect("data").tensors().clone();
        let model = MlpEnsemble::new(&members, &device);
        (TensorEnsemble::new(&members, &data, model, &device), data)
    }

    /// The sum of all members' losses in f64, and the gradient that training takes.
    fn assert_gradient(query: &str) {
        let (mut ensemble, data) = ensemble(&Experiment::valid(query));
        let gradients = ensemble.gradients(&data.train.counts);
        let wide = |tensor: &Tensor<3>| tensor.clone().cast(FloatDType::F64);
        let (inputs, weights) = (wide(&data.train.inputs), data.train.weights.as_ref().map(wide));
        let targets = wide(&smoothed(
            &data.train,
            &ensemble.members,
            ensemble.members[0].is_regression(),
            &ensemble.device,
        ));
        let parameters: Vec<Tensor<3>> = ensemble.model.parameters.iter().map(wide).collect();
        let loss = |parameters: Vec<Tensor<3>>| {
            let outputs = ensemble.model.with(parameters).forward(&inputs);
            let loss = model::loss(ensemble.loss, outputs, targets.clone(), weights.as_ref());
            loss.sum().into_scalar::<f64>()
        };
        for (index, gradient) in gradients.iter().enumerate() {
            let gradient = gradient.clone().expect("everything is trained");
            let [members, rows, columns] = gradient.dims();
            let gradient = gradient.try_to_vec_as::<f32>().expect("on the CPU");
            let largest = gradient.iter().fold(1e-3f32, |max, g| max.max(g.abs()));
            for entry in (0..gradient.len()).step_by(gradient.len().div_ceil(40)) {
                let (member, row, column) =
                    (entry / (rows * columns), entry / columns % rows, entry % columns);
                let shifted = |shift: f64| {
                    let mut parameters = parameters.clone();
                    let range = [member..member + 1, row..row + 1, column..column + 1];
                    let value = parameters[index].clone().slice(range.clone()) + shift;
                    parameters[index] = parameters[index].clone().slice_assign(range, value);
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
    fn gradients_are_finite_differences_for_every_activation() {
        for activation in ["quadratic", "relu", "tanh", "gelu", "silu", "linear"] {
            assert_gradient(&format!(
                "p=5&width=6&seeds=2&bias=1&bias-scale=0.3&activation={activation}\
                 &deeper=5{activation}"
            ));
        }
    }

    #[test]
    fn gradients_are_finite_differences_for_every_loss() {
        for loss in ["mse", "cross-entropy", "stablemax"] {
            assert_gradient(&format!("p=5&width=6&seeds=2&smoothing=0,0.1&loss={loss}"));
        }
        assert_gradient("data=teacher&samples=20&width=6&activation=tanh&bias=1&seeds=2");
    }

    #[test]
    fn gradients_are_finite_differences_with_uneven_members() {
        assert_gradient("p=5&width=6&embedding=8&seeds=2");
        assert_gradient("p=5&width=3,6&frac=0.4,0.7&seeds=1");
    }

    #[test]
    fn batches_are_drawn_from_the_members_own_samples() {
        let experiment =
            Experiment::from_query("data=two-scale&samples=10,30&batch=16&seeds=1").experiment;
        let (mut ensemble, _) = ensemble(&experiment);
        let rows = |tensor: Tensor<3>| -> Vec<Vec<f32>> {
            let width = tensor.dims()[2];
            let values = tensor.inner().try_to_vec_as::<f32>().expect("on the CPU");
            values.chunks(width).map(<[f32]>::to_vec).collect()
        };
        let all = rows(ensemble.tracked.inputs.clone());
        let mut batches = ensemble.batches.take().expect("batches");
        let mut seen = std::collections::HashSet::new();
        for _ in 0..20 {
            let batch = rows(ensemble.tracked.batch(&mut batches, &ensemble.device).inputs);
            assert_eq!(batch.len(), 2 * 16);
            for (index, row) in batch.iter().enumerate() {
                let samples = if index < 16 { 0..10 } else { 30..60 };
                let found = samples.clone().find(|&sample| all[sample] == *row);
                seen.insert(found.expect("the row is one of the member's own"));
            }
        }
        assert_eq!(seen.len(), 40, "every sample comes sooner or later");
    }
}
