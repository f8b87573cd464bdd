//! The training step on the CPU, derived by hand and computed on slices.
//!
//! Members are trained one by one, each with its own numbers of units and samples, so nothing is
//! padded. One-hot inputs select rows of weights instead of being multiplied. No step allocates.
//! Tests hold it to [`super::tensors`]; [`CpuEnsemble::new`] says which settings it covers.

mod activation;
mod loss;
mod network;
mod samples;
mod update;

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};

use super::draws::{Batches, HiddenNoise};
use crate::data::{Dataset, MemberData};
use crate::evaluation::{Score, Scores};
use crate::experiment::{Loss, Settings};

use crate::model::MlpEnsemble;
use network::{CpuNetwork, PassRows, Work};
use samples::{CpuSamples, Order};
use update::OptimiserState;
pub(crate) use update::covers;

/// An ensemble in training, on slices.
pub(super) struct CpuEnsemble {
    members: Vec<Member>,
    loss: Loss,
    batches: Option<Batches>,
    noise: Option<HiddenNoise>,
    work: Work,
}

struct Member {
    settings: Settings,
    network: CpuNetwork,
    parameters: Vec<f32>,
    gradient: Vec<f32>,
    state: OptimiserState,
    train: CpuSamples,
    test: CpuSamples,
    /// The order in which the first layer's weights stand here, if it is not theirs.
    order: Option<Order>,
    /// The ranges of the trained tensors, which follow one another.
    trained: Vec<Range<usize>>,
}

impl CpuEnsemble {
    /// The networks of `model` before their first step. `None` if they are not on the CPU, or if a
    /// member needs a method that only `tensors` has: Muon, the closed form, Grokfast over a
    /// window, a constant norm, or a rank penalty.
    pub(super) fn new(members: &[Settings], data: &Dataset, model: &MlpEnsemble) -> Option<Self> {
        if !members.iter().all(covers) {
            return None;
        }
        let values = model.parameters.iter().map(|p| p.try_to_vec_as::<f32>().ok());
        let values: Vec<Vec<f32>> = values.collect::<Option<_>>()?;
        let is_trained = model.trained(&members[0]);
        let each = members.iter().zip(data.members()).enumerate();
        let all = each.map(|(index, (&settings, data))| {
            let MemberData { train, test } = data;
            let order = Order::of(&train.inputs);
            let train = CpuSamples::new(train, order.as_ref(), true);
            let test = CpuSamples::new(test, order.as_ref(), false);
            let network = CpuNetwork::new(model, index, &is_trained);
            let mut parameters = Vec::with_capacity(network.numbers());
            for (tensor, values) in values.iter().enumerate() {
                let [_, rows, columns] = model.parameters[tensor].dims();
                let (member_rows, member_columns) = model.shapes[tensor][index];
                let values = &values[index * rows * columns..];
                for row in (0..member_rows).map(|row| standing(order.as_ref(), tensor, row)) {
                    parameters.extend_from_slice(&values[row * columns..][..member_columns]);
                }
            }
            let first = is_trained.iter().position(|&trained| trained).unwrap_or(0);
            let numbers = parameters.len();
            Member {
                settings,
                trained: network.ranges[first..].to_vec(),
                network,
                gradient: vec![0.0; numbers],
                state: OptimiserState::new(&settings, numbers),
                parameters,
                train,
                test,
                order,
            }
        });
        let settings = &members[0];
        Some(Self {
            members: all.collect(),
            loss: settings.trained_loss(),
            batches: Batches::new(members, &data.train_counts()),
            noise: HiddenNoise::new(members),
            work: Work::default(),
        })
    }

    /// Takes the step numbered `step`, counted from 1; `weight_decay_on` says whose
    /// weight decay is on.
    pub(super) fn advance(&mut self, step: u32, weight_decay_on: &[bool]) {
        for (index, member) in self.members.iter_mut().enumerate() {
            let settings = &member.settings;
            let chosen = self.batches.as_mut().map(|batches| batches.next(index));
            let rows = chosen.map_or(member.train.count, <[u32]>::len);
            let factors = self.noise.as_mut().map(|noise| noise.next(index, rows));
            let rows = PassRows { samples: &member.train, chosen, factors: factors.unwrap_or(&[]) };
            member.network.gradient(
                &member.parameters,
                rows,
                self.loss,
                settings.smoothing as f32,
                &mut member.gradient,
                &mut self.work,
            );
            member.state.step(
                settings,
                weight_decay_on[index],
                step,
                &member.trained,
                &mut member.parameters,
                &mut member.gradient,
            );
        }
    }

    /// Loss and accuracy of every member.
    pub(super) fn measure(&mut self) -> Vec<Scores> {
        let (loss, work) = (self.loss, &mut self.work);
        let mut score = |member: &Member, samples: &CpuSamples| {
            let (loss, accuracy) = member.network.score(&member.parameters, samples, loss, work);
            Score { loss, accuracy }
        };
        let each = self.members.iter();
        each.map(|member| Scores {
            train: score(member, &member.train),
            test: score(member, &member.test),
        })
        .collect()
    }

    /// The networks, in the tensors of those they started as.
    pub(super) fn model(&self, start: &MlpEnsemble, device: &Device) -> MlpEnsemble {
        let tensors = start.parameters.iter().enumerate().map(|(index, tensor)| {
            let [members, rows, columns] = tensor.dims();
            let mut values = vec![0.0; members * rows * columns];
            let each = self.members.iter().zip(&start.shapes[index]);
            for ((member, (_, width)), values) in each.zip(values.chunks_mut(rows * columns)) {
                let range = member.network.ranges[index].clone();
                for (row, weights) in member.parameters[range].chunks(*width).enumerate() {
                    let row = standing(member.order.as_ref(), index, row);
                    values[row * columns..][..*width].copy_from_slice(weights);
                }
            }
            Tensor::from_data(TensorData::new(values, [members, rows, columns]), device)
        });
        start.with(tensors.collect())
    }
}

/// Which row of a tensor of parameters, the first being `tensor` 0, stands at `row` on slices.
fn standing(order: Option<&Order>, tensor: usize, row: usize) -> usize {
    order.filter(|_| tensor == 0).map_or(row, |order| order.row(row))
}
