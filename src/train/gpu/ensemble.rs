//! An ensemble in training on the GPU.

use burn::backend::Wgpu;
use burn::backend::wgpu::CubeTensor;
use burn::cubecl::client::Client;
use burn::tensor::{Device, Tensor};

use super::buffer::Buffer;
use super::buffers::Buffers;
use super::launch::{self, Launch, Recorded};
use super::plan::Plan;
use super::steps_ahead::StepsAhead;
use super::{covers, kernels, upload};
use crate::data::{Dataset, MemberData, SampleSet};
use crate::device::{read, settle};
use crate::evaluation::{Score, Scores};
use crate::experiment::Settings;
use crate::model::{MlpEnsemble, Role};
use crate::train::TrainError;
use crate::train::draws::Batches;

/// An ensemble in training on the GPU.
pub(in crate::train) struct GpuEnsemble {
    plan: Plan,
    client: Client,
    device: Device,
    buffers: Buffers,
    ahead: StepsAhead,
    step: Recorded,
    measure: Vec<Launch>,
    /// `[4 × members]`: loss and accuracy on the training set, then on the test set.
    scores: Tensor<1>,
    /// The networks before the first step; later only their shapes matter.
    start: MlpEnsemble,
}

impl GpuEnsemble {
    /// `None` if the device is no GPU, has no buffers large enough, or if the kernels do not cover
    /// a member.
    pub(in crate::train) fn new(
        members: &[Settings],
        dataset: &Dataset,
        model: &MlpEnsemble,
        device: &Device,
    ) -> Option<Self> {
        if members.is_empty() || !members.iter().all(covers) {
            return None;
        }
        let client = primitive(model.parameters.first()?)?.client;
        if !client.name().contains(launch::LANGUAGE) {
            return None;
        }
        let sets: Vec<[&SampleSet; 2]> =
            dataset.members().iter().map(|MemberData { train, test }| [train, test]).collect();
        let tensors = dataset.tensors();
        let inputs = [primitive(&tensors.train.inputs)?, primitive(&tensors.test.inputs)?];
        let input_rows = [0, 1].map(|set| inputs[set].meta.shape[1]);
        let plan = Plan::new(members, model, upload::padded_rows(&sets), input_rows);
        if !fits(&plan, &client) {
            return None;
        }
        let scores = Tensor::<1>::zeros([plan.length(Buffer::Scores, 0)], device);
        let inputs = inputs.map(|tensor| tensor.handle);
        let buffers = Buffers::new(&plan, &client, &sets, inputs, primitive(&scores)?.handle);
        let launches = |sources: Vec<_>| -> Vec<Launch> {
            sources.into_iter().map(|source| buffers.launch(source)).collect()
        };
        let step = Recorded::new(launches(kernels::step(&plan)));
        let measure = launches(kernels::measure(&plan));
        let pairs =
            sets.iter().map(|[train, _]| train.pairs().unwrap_or_default().to_vec()).collect();
        let batches = Batches::new(members, &dataset.train_counts());
        let ensemble = Self {
            ahead: StepsAhead::new(members, pairs, batches),
            client,
            device: device.clone(),
            buffers,
            step,
            measure,
            scores,
            start: model.clone(),
            plan,
        };
        ensemble.import_parameters();
        Some(ensemble)
    }

    /// Copies the parameters from before the first step into the buffer.
    fn import_parameters(&self) {
        for (tensor, (layer, role)) in self.start.parameters.iter().zip(self.layers_and_roles()) {
            let Some(tensor) = primitive(tensor) else { continue };
            let source = kernels::import(&self.plan, layer, role);
            self.buffers.launch_copy(source, &tensor.handle).queue(&self.client);
        }
    }

    /// The layer and the role of each tensor of parameters.
    fn layers_and_roles(&self) -> impl Iterator<Item = (usize, Role)> {
        self.start.roles.iter().scan(0, |layers, role| {
            *layers += usize::from(*role == Role::Weights);
            Some((*layers - 1, *role))
        })
    }

    /// The number of launches of a step, and whether they are replayed as one recording. The latter
    /// is known after the first step.
    pub(in crate::train) fn launches(&self) -> (usize, bool) {
        (self.step.count(), self.step.is_recorded())
    }

    /// Queues a step. `weight_decay_on` has one entry a member.
    pub(in crate::train) fn advance(&mut self, weight_decay_on: &[bool]) {
        self.ahead.prepare_step(weight_decay_on, &self.plan, &self.client, &self.buffers);
        self.step.replay(&self.client);
    }

    /// The networks as they are now, in tensors of their own.
    pub(in crate::train) fn model(&self) -> MlpEnsemble {
        let tensors = self.start.parameters.iter().zip(self.layers_and_roles());
        let parameters = tensors.map(|(old, (layer, role))| {
            let tensor = Tensor::<3>::empty(old.dims(), &self.device);
            if let Some(primitive) = primitive(&tensor) {
                let source = kernels::export(&self.plan, layer, role);
                self.buffers.launch_copy(source, &primitive.handle).queue(&self.client);
            }
            tensor
        });
        self.start.with(parameters.collect())
    }

    /// Loss and accuracy of every member on its training and its test set.
    pub(in crate::train) async fn measure(&self) -> Result<Vec<Scores>, TrainError> {
        self.measure.iter().for_each(|launch| launch.queue(&self.client));
        let values = read(self.scores.clone()).await?;
        let score = |values: &[f32]| Score { loss: values[0], accuracy: values[1] };
        let members = values.chunks_exact(4);
        Ok(members.map(|v| Scores { train: score(&v[..2]), test: score(&v[2..]) }).collect())
    }

    /// Waits until the steps taken so far are computed.
    pub(in crate::train) async fn settle(&self) -> Result<(), TrainError> {
        Ok(settle(self.scores.clone()).await?)
    }
}

/// Whether the largest buffers fit into a page of memory, which is also the largest buffer.
fn fits(plan: &Plan, client: &Client) -> bool {
    let hidden = (0..plan.layers.len()).map(Buffer::Hidden);
    let bytes = hidden.chain([Buffer::State]).map(|buffer| plan.length(buffer, 0) as u64 * 4);
    bytes.max().unwrap_or(0) <= client.properties().memory.max_page_size
}

/// The primitive behind a tensor, if that is on the GPU.
fn primitive<const D: usize>(tensor: &Tensor<D>) -> Option<CubeTensor> {
    tensor.clone().try_into_primitive::<Wgpu>().ok()
}
