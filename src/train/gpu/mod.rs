//! The step of a perceptron on the GPU, its derivative taken by hand, as a few kernels.
//!
//! Burn's automatic differentiation makes some forty launches of a step, which costs the host
//! milliseconds. Here the parameters of all layers and members are one buffer, as are
//! the states of their optimisers; inputs that are one-hot are looked up instead of multiplied; and a
//! step of a network with one hidden layer is four launches. They are recorded once and replayed, so
//! that a step costs the host 0.02 to 0.2 ms (docs/benchmark.md). What differs from step to step, rates and
//! batches, is written for many steps ahead, and found by a counter on the device.
//!
//! Covered are perceptrons without an embedding, trained by SGD, Adam or AdamW, with weight decay,
//! smoothing and Grokfast's exponential average. All else is left to automatic differentiation, which
//! is also what this is tested against.

mod kernel;
mod source;
mod tile;

use std::collections::VecDeque;

use burn::backend::Wgpu;
use burn::backend::wgpu::CubeTensor;
use burn::cubecl::bytes::Bytes;
use burn::cubecl::client::{Client, Graph};
use burn::cubecl::server::Handle;
use burn::tensor::{Device, Tensor};

use super::draws::Batches;
use super::optimiser::Numbers;
use super::{TrainError, device, read};
use crate::data::{self, Dataset, MemberData, SampleSet};
use crate::evaluation::{Score, Scores};
use crate::experiment::{ModelKind, Optimiser, Settings};
use crate::model::{Perceptron, Role};
use kernel::Kernel;
use source::{AHEAD, Buffer, HEADER, Input, Layer, Plan, RATES, Source, padded};

/// An ensemble in training on the GPU.
pub(super) struct Ensemble {
    members: Vec<Settings>,
    plan: Plan,
    client: Client,
    device: Device,
    buffers: Buffers,
    batches: Option<Batches>,
    /// Batches that are drawn and not yet used, for all members.
    drawn: VecDeque<Vec<Vec<u32>>>,
    pairs: Vec<Vec<[u32; 2]>>,
    step: Recorded,
    measure: Vec<Launch>,
    scores: Tensor<1>,
    /// The network's shape; its parameters are those from the start.
    shape: Perceptron,
    /// Steps taken.
    taken: u32,
    /// Steps of the table that are used.
    used: usize,
    /// For which members the table has weight decay.
    decays: Vec<bool>,
}

/// A kernel with its buffers.
struct Launch {
    kernel: Kernel,
    groups: [u32; 3],
    buffers: Vec<Handle>,
}

/// Launches that are made over and over.
struct Recorded {
    launches: Vec<Launch>,
    recording: Recording,
}

enum Recording {
    NotYet,
    InvalidValue,
    Done(Graph),
}

struct Buffers {
    parameters: Handle,
    state: Handle,
    partials: Handle,
    table: Handle,
    lists: Handle,
    chosen: Handle,
    /// Training and test set.
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
    /// The handle that a kernel over a set of samples means.
    fn get(&self, buffer: Buffer, set: usize) -> &Handle {
        match buffer {
            Buffer::Parameters => &self.parameters,
            Buffer::State => &self.state,
            Buffer::Partials => &self.partials,
            Buffer::Table => &self.table,
            Buffer::Lists => &self.lists,
            Buffer::Chosen => &self.chosen,
            Buffer::Samples => &self.samples[set],
            Buffer::Numbers => &self.numbers[set],
            Buffer::Inputs => &self.inputs[set],
            Buffer::Hidden(layer) => &self.hidden[layer],
            Buffer::Slope(layer) => &self.slope[layer],
            Buffer::Output => &self.output,
            Buffer::Results => &self.results[set],
            Buffer::ResultsOf(set) => &self.results[set],
            Buffer::Scores | Buffer::Taken(..) => &self.scores,
        }
    }

    fn launch(&self, source: Source, set: usize) -> Launch {
        let buffers = source.buffers.iter().map(|buffer| self.get(*buffer, set).clone()).collect();
        let kernel = Kernel { text: source.text.into(), group: source.group };
        Launch { kernel, groups: source.groups, buffers }
    }
}

/// Whether a member's step is one of those that are covered.
fn covers(member: &Settings) -> bool {
    super::cpu::covers(member) && member.noise == 0.0 && member.embedding().is_none()
}

impl Ensemble {
    /// `None` where the device is no GPU, or what is to be done is not covered.
    pub(super) fn new(
        members: &[Settings],
        dataset: &Dataset,
        model: &Perceptron,
        device: &Device,
    ) -> Option<Self> {
        let base = members.first()?;
        if !members.iter().all(covers) {
            return None;
        }
        let first = primitive(model.parameters.first()?)?;
        let client = first.client;
        if !client.name().contains(kernel::LANGUAGE) {
            return None;
        }
        let sets: Vec<[&SampleSet; 2]> =
            dataset.members().iter().map(|MemberData { train, test }| [train, test]).collect();
        let rows =
            [0, 1].map(|set| padded(sets.iter().map(|sets| sets[set].count()).max().unwrap_or(0)));
        let tensors = dataset.tensors();
        let inputs = |samples: &data::Samples| primitive(&samples.inputs);
        let inputs = [inputs(&tensors.train)?, inputs(&tensors.test)?];
        let input_rows = [0, 1].map(|set| inputs[set].meta.shape[1]);
        let plan = plan(members, model, rows, input_rows);

        let all_hidden = (0..plan.layers.len()).map(|layer| plan.length(Buffer::Hidden(layer), 0));
        let largest = all_hidden.chain([plan.length(Buffer::State, 0)]).max();
        if largest.unwrap_or(0) as u64 * 4 > client.properties().memory.max_page_size {
            return None;
        }
        let empty = |buffer: Buffer| client.empty(plan.length(buffer, 0) * 4);
        let zeros =
            |buffer: Buffer| client.create(Bytes::from_elems(vec![0f32; plan.length(buffer, 0)]));
        let whole = |numbers: Vec<u32>| client.create(Bytes::from_elems(numbers));
        let scores = Tensor::<1>::zeros([plan.length(Buffer::Scores, 0)], device);
        let layers = 0..plan.layers.len();
        let buffers = Buffers {
            parameters: zeros(Buffer::Parameters),
            state: zeros(Buffer::State),
            partials: empty(Buffer::Partials),
            table: empty(Buffer::Table),
            lists: empty(Buffer::Lists),
            chosen: empty(Buffer::Chosen),
            samples: [0, 1].map(|set| whole(samples(&sets, set, rows[set]))),
            numbers: [0, 1].map(|set| {
                let numbers = numbers(&sets, set, rows[set], base.outputs());
                client.create(Bytes::from_elems(numbers))
            }),
            inputs: inputs.map(|tensor| tensor.handle),
            hidden: layers.clone().map(|layer| empty(Buffer::Hidden(layer))).collect(),
            slope: layers.map(|layer| empty(Buffer::Slope(layer))).collect(),
            output: empty(Buffer::Output),
            results: [0, 1].map(|set| client.empty(plan.length(Buffer::Results, set) * 16)),
            scores: primitive_of(&scores)?.handle,
        };
        let step = plan.step().into_iter().map(|source| buffers.launch(source, 0)).collect();
        let mut measure = Vec::new();
        for set in 0..2 {
            measure.extend(plan.measure(set).into_iter().map(|source| buffers.launch(source, set)));
        }
        measure.push(buffers.launch(plan.scores(), 0));
        let pairs =
            sets.iter().map(|[train, _]| train.pairs().unwrap_or_default().to_vec()).collect();
        let gpu = Self {
            decays: members.iter().map(|member| !member.gate).collect(),
            members: members.to_vec(),
            client,
            device: device.clone(),
            buffers,
            batches: Batches::new(members, &dataset.train_counts()),
            drawn: VecDeque::new(),
            pairs,
            step: Recorded { launches: step, recording: Recording::NotYet },
            measure,
            scores,
            shape: model.clone(),
            taken: 0,
            used: AHEAD,
            plan,
        };
        gpu.put_parameters(model);
        Some(gpu)
    }

    /// Copies the parameters into the buffer, layer by layer, padded and transposed.
    fn put_parameters(&self, model: &Perceptron) {
        let mut parameters = model.parameters.iter();
        let copy = |source: Source, tensor: &Tensor<3>| {
            let Some(tensor) = primitive(tensor) else { return };
            let buffers: Vec<Handle> = source
                .buffers
                .iter()
                .map(|buffer| match buffer {
                    Buffer::Taken(..) => tensor.handle.clone(),
                    other => self.buffers.get(*other, 0).clone(),
                })
                .collect();
            let kernel = Kernel { text: source.text.into(), group: source.group };
            kernel.launch(&self.client, source.groups, &buffers);
        };
        for (index, layer) in self.plan.layers.iter().enumerate() {
            if let Some(weights) = parameters.next() {
                copy(self.plan.put(index, false), weights);
            }
            if layer.bias
                && let Some(biases) = parameters.next()
            {
                copy(self.plan.put(index, true), biases);
            }
        }
    }

    /// Launches of a step, and whether they are recorded and replayed as one, which is known after the
    /// first.
    pub(super) fn launches(&self) -> (usize, bool) {
        (self.step.launches.len(), matches!(self.step.recording, Recording::Done(_)))
    }

    /// Queues a step; members decay their weights where `decays` says so.
    pub(super) fn advance(&mut self, decays: &[bool]) {
        if self.used == AHEAD || self.decays != decays {
            self.decays = decays.to_vec();
            self.write_ahead();
        }
        if self.batches.is_some() {
            self.drawn.pop_front();
        }
        self.step.replay(&self.client);
        self.used += 1;
        self.taken += 1;
    }

    /// Writes what the next steps need.
    fn write_ahead(&mut self) {
        self.used = 0;
        let mut table = vec![0u32; HEADER];
        for step in (self.taken + 1..).take(AHEAD) {
            for (member, decays) in self.members.iter().zip(&self.decays) {
                table.extend(rates(member, *decays, step).map(f32::to_bits));
            }
        }
        self.client.write(&self.buffers.table, Bytes::from_elems(table));
        if let Some(batches) = &mut self.batches {
            while self.drawn.len() < AHEAD {
                let members = 0..self.members.len();
                let drawn = members.map(|member| batches.next(member).to_vec()).collect();
                self.drawn.push_back(drawn);
            }
            let rows = self.plan.step_rows();
            let mut chosen = Vec::with_capacity(AHEAD * self.members.len() * rows);
            for batch in self.drawn.iter().flatten() {
                let end = chosen.len() + rows;
                chosen.extend_from_slice(batch);
                chosen.resize(end, 0);
            }
            self.client.write(&self.buffers.chosen, Bytes::from_elems(chosen));
        }
        if let Input::Pairs(elements) = self.plan.input {
            let length = self.plan.list_length();
            let mut lists = Vec::new();
            if self.batches.is_some() {
                for batches in &self.drawn {
                    for (pairs, batch) in self.pairs.iter().zip(batches) {
                        let chosen: Vec<[u32; 2]> =
                            batch.iter().map(|&i| pairs[i as usize]).collect();
                        list(&mut lists, &chosen, elements, length);
                    }
                }
            } else if self.taken == 0 {
                self.pairs.iter().for_each(|pairs| list(&mut lists, pairs, elements, length));
            }
            if !lists.is_empty() {
                self.client.write(&self.buffers.lists, Bytes::from_elems(lists));
            }
        }
    }

    /// The networks as they are now, in tensors of their own.
    pub(super) fn model(&self) -> Perceptron {
        let mut layer = 0;
        let parameters = self.shape.parameters.iter().zip(&self.shape.roles).map(|(old, role)| {
            let biases = *role == Role::Biases;
            layer += usize::from(!biases);
            let tensor = Tensor::<3>::empty(old.dims(), &self.device);
            let Some(taken) = primitive(&tensor) else { return tensor };
            let source = self.plan.take(layer - 1, biases);
            let kernel = Kernel { text: source.text.into(), group: source.group };
            let buffers = [self.buffers.parameters.clone(), taken.handle];
            kernel.launch(&self.client, source.groups, &buffers);
            tensor
        });
        self.shape.with(parameters.collect())
    }

    /// Loss and accuracy of every member on its training and its test set.
    pub(super) async fn measure(&self) -> Result<Vec<Scores>, TrainError> {
        self.measure.iter().for_each(|launch| launch.queue(&self.client));
        let values = read(self.scores.clone()).await?;
        let score = |values: &[f32]| Score { loss: values[0], accuracy: values[1] };
        let members = values.chunks_exact(4);
        Ok(members.map(|v| Scores { train: score(&v[..2]), test: score(&v[2..]) }).collect())
    }

    /// Waits until the steps taken so far are computed.
    pub(super) async fn settle(&self) -> Result<(), TrainError> {
        Ok(device::settle(self.scores.clone()).await?)
    }
}

impl Launch {
    fn queue(&self, client: &Client) {
        self.kernel.launch(client, self.groups, &self.buffers);
    }
}

impl Recorded {
    /// Queues all launches, as one where the backend can record them.
    fn replay(&mut self, client: &Client) {
        if let Recording::NotYet = self.recording {
            self.recording = self.record(client).map_or(Recording::InvalidValue, Recording::Done);
        }
        let replayed = match &self.recording {
            Recording::Done(graph) => replay(graph),
            _ => false,
        };
        if !replayed {
            self.launches.iter().for_each(|launch| launch.queue(client));
        }
    }

    fn record(&self, client: &Client) -> Option<Graph> {
        client.graph_prepare().ok()?;
        client.start_capture().ok()?;
        self.launches.iter().for_each(|launch| launch.queue(client));
        client.stop_capture().ok()
    }
}

#[expect(
    unsafe_code,
    reason = "CubeCL cannot know that the buffers of a recording are still there"
)]
fn replay(graph: &Graph) -> bool {
    // SAFETY: the handles of all buffers are held beside the recording for as long as that, and what
    // is written to them or read from them goes through the same client, in order.
    unsafe { graph.replay() }.is_ok()
}

/// The primitive behind a tensor, if that is on the GPU.
fn primitive(tensor: &Tensor<3>) -> Option<CubeTensor> {
    tensor.clone().try_into_primitive::<Wgpu>().ok()
}

fn primitive_of(tensor: &Tensor<1>) -> Option<CubeTensor> {
    tensor.clone().try_into_primitive::<Wgpu>().ok()
}

/// What the kernels' texts depend on.
fn plan(
    members: &[Settings],
    model: &Perceptron,
    rows: [usize; 2],
    input_rows: [usize; 2],
) -> Plan {
    let base = &members[0];
    let count = members.len();
    let hidden = base.hidden();
    let weights = model.parameters.iter().zip(&model.roles);
    let weights = weights.filter(|(_, role)| **role == Role::Weights);
    let mut plan = Plan {
        members: count,
        input: if base.is_table() {
            Input::Pairs(base.outputs())
        } else {
            Input::Dense(base.features())
        },
        layers: Vec::new(),
        loss: base.trained_loss(),
        regression: base.is_regression(),
        batch: base.batch,
        rows,
        input_rows,
        first_trained: 0,
        grokfast: members.iter().any(|member| member.grokfast_lambda > 0.0),
        parameters: 0,
    };
    let step_rows = plan.step_rows();
    let mut partials = 0;
    for (index, (weights, _)) in weights.enumerate() {
        let [_, inputs, outputs] = weights.dims();
        let mut layer = Layer {
            inputs,
            outputs,
            bias: base.bias,
            activation: hidden.get(index).map(|layer| layer.activation),
            at: plan.parameters,
            transposed: None,
            partials,
            parts: 0,
        };
        let size = count * layer.rows() * layer.columns();
        plan.parameters += size;
        if index > 0 || plan.listed() == 0 {
            layer.parts = parts(step_rows, size);
        }
        partials += layer.parts * size;
        plan.layers.push(layer);
    }
    if base.model == ModelKind::RandomFeatures {
        plan.first_trained = plan.layers.len() - 1;
    }
    let mut at = plan.parameters;
    for index in 1..plan.layers.len() {
        let numbers = count * plan.layers[index].columns() * plan.layers[index - 1].columns();
        plan.layers[index].transposed = Some((at, numbers));
        at += numbers;
    }
    plan
}

/// Into how many parts the sum over samples is split: as many as keep a GPU busy, but none of few
/// samples, nor so many that adding them up costs more.
fn parts(rows: usize, parameters: usize) -> usize {
    /// Numbers that invocations should have between them.
    const BUSY: usize = 1 << 17;
    /// Samples in a part at least.
    const FEWEST: usize = 64;
    BUSY.div_ceil(parameters).min(rows.div_ceil(FEWEST)).clamp(1, 64)
}

/// For each sample of every member its elements, its class and its weight, rows of padding last.
fn samples(sets: &[[&SampleSet; 2]], set: usize, rows: usize) -> Vec<u32> {
    let mut all = Vec::with_capacity(sets.len() * rows * 4);
    for sets in sets {
        let plain = sets[set];
        let end = all.len() + rows * 4;
        let weight = (1.0 / plain.count() as f32).to_bits();
        for row in 0..plain.count() {
            let [a, b] = plain.pairs().map_or([0, 0], |pairs| pairs[row]);
            let class = plain.classes().map_or(0, |classes| classes[row]);
            all.extend([a, b, class, weight]);
        }
        all.resize(end, 0);
    }
    all
}

/// The targets of a regression, rows of padding last.
fn numbers(sets: &[[&SampleSet; 2]], set: usize, rows: usize, outputs: usize) -> Vec<f32> {
    let mut all = Vec::new();
    for sets in sets {
        if let Some(numbers) = sets[set].numbers() {
            let end = all.len() + rows * outputs;
            all.extend_from_slice(numbers);
            all.resize(end, 0.0);
        }
    }
    if all.is_empty() { vec![0.0] } else { all }
}

/// Adds a list of `length`: where the rows of each element begin, and behind that the rows, those of
/// elements in first place before those in second place.
fn list(lists: &mut Vec<u32>, pairs: &[[u32; 2]], elements: usize, length: usize) {
    let start = lists.len();
    let place = |pair: &[u32; 2], second: usize| second * elements + pair[second] as usize;
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); 2 * elements];
    for (row, pair) in pairs.iter().enumerate() {
        for second in 0..2 {
            rows[place(pair, second)].push(row as u32);
        }
    }
    let mut at = 0;
    lists.push(at);
    for rows in &rows {
        at += rows.len() as u32;
        lists.push(at);
    }
    lists.extend(rows.into_iter().flatten());
    lists.resize(start + length, 0);
}

/// The numbers of one member's step, counted from 1, in the order in which the kernels read them.
fn rates(member: &Settings, decays: bool, step: u32) -> [f32; RATES] {
    let numbers = Numbers::of(member, member.optimiser, decays, step);
    let descends = member.optimiser == Optimiser::Sgd;
    let (fade, fresh) =
        if step == 1 { (0.0, 1.0) } else { (member.grokfast_alpha, 1.0 - member.grokfast_alpha) };
    let classes = member.outputs() as f64;
    [
        numbers.lr,
        numbers.coupled,
        numbers.keep,
        numbers.beta1,
        if descends { 1.0 } else { numbers.rest1 },
        numbers.beta2,
        numbers.rest2,
        if descends { 0.0 } else { numbers.adam },
        numbers.root,
        member.grokfast_lambda,
        fade,
        fresh,
        0.0,
        1.0 - member.smoothing,
        member.smoothing / classes,
        0.0,
    ]
    .map(|number| number as f32)
}
