//! The handles of all buffers.

use burn::cubecl::bytes::Bytes;
use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::buffer::Buffer;
use super::launch::Launch;
use super::plan::Plan;
use super::text::KernelSource;
use super::upload;
use crate::data::SampleSet;

/// The buffers of an ensemble. Where there are two, they belong to the training and the test set.
pub(super) struct Buffers {
    pub(super) parameters: Handle,
    state: Handle,
    partials: Handle,
    pub(super) table: Handle,
    pub(super) lists: Handle,
    pub(super) batches: Handle,
    samples: [Handle; 2],
    numbers: [Handle; 2],
    inputs: [Handle; 2],
    hidden: Vec<Handle>,
    slope: Vec<Handle>,
    output: Handle,
    results: [Handle; 2],
    scores: Handle,
}

impl Buffers {
    /// Allocates the buffers and writes the samples. The buffers of inputs and scores belong to
    /// tensors.
    pub(super) fn new(
        plan: &Plan,
        client: &Client,
        sets: &[[&SampleSet; 2]],
        inputs: [Handle; 2],
        scores: Handle,
    ) -> Self {
        let bytes = |buffer, set| plan.length(buffer, set) * buffer.element_bytes();
        let empty = |buffer| client.empty(bytes(buffer, 0));
        let zeros = |buffer| client.create(Bytes::from_elems(vec![0f32; plan.length(buffer, 0)]));
        let layers = 0..plan.layers.len();
        Self {
            parameters: zeros(Buffer::Parameters),
            state: zeros(Buffer::State),
            partials: empty(Buffer::Partials),
            table: empty(Buffer::Table),
            lists: empty(Buffer::Lists),
            batches: empty(Buffer::Batches),
            samples: [0, 1].map(|set| {
                let samples = upload::samples(sets, set, plan.rows[set]);
                client.create(Bytes::from_elems(samples))
            }),
            numbers: [0, 1].map(|set| {
                let numbers = upload::numbers(sets, set, plan.rows[set], plan.outputs());
                client.create(Bytes::from_elems(numbers))
            }),
            inputs,
            hidden: layers.clone().map(|layer| empty(Buffer::Hidden(layer))).collect(),
            slope: layers.map(|layer| empty(Buffer::Slope(layer))).collect(),
            output: empty(Buffer::Output),
            results: [0, 1].map(|set| client.empty(bytes(Buffer::Results, set))),
            scores,
        }
    }

    /// A kernel with the buffers that it names.
    pub(super) fn launch(&self, source: KernelSource) -> Launch {
        let handles = source.buffers.iter().filter_map(|buffer| self.get(*buffer, source.set));
        let handles = handles.cloned().collect();
        Launch::new(source, handles)
    }

    /// A kernel that copies between the parameters and a tensor.
    pub(super) fn launch_copy(&self, source: KernelSource, tensor: &Handle) -> Launch {
        let handle = |buffer: &Buffer| self.get(*buffer, source.set).unwrap_or(tensor).clone();
        let handles = source.buffers.iter().map(handle).collect();
        Launch::new(source, handles)
    }

    /// `None` for a tensor of its own.
    fn get(&self, buffer: Buffer, set: usize) -> Option<&Handle> {
        Some(match buffer {
            Buffer::Parameters => &self.parameters,
            Buffer::State => &self.state,
            Buffer::Partials => &self.partials,
            Buffer::Table => &self.table,
            Buffer::Lists => &self.lists,
            Buffer::Batches => &self.batches,
            Buffer::Samples => &self.samples[set],
            Buffer::Numbers => &self.numbers[set],
            Buffer::Inputs => &self.inputs[set],
            Buffer::Hidden(layer) => &self.hidden[layer],
            Buffer::Slope(layer) => &self.slope[layer],
            Buffer::Output => &self.output,
            Buffer::Results => &self.results[set],
            Buffer::ResultsOf(set) => &self.results[set],
            Buffer::Scores => &self.scores,
            Buffer::Tensor(..) => return None,
        })
    }
}
