//! One member's network on slices: its outputs, and the gradient of its loss, derived by hand
//! (backpropagation, Rumelhart, Hinton & Williams 1986). Tested against burn's automatic
//! differentiation.

use std::ops::Range;

use super::activation;
use super::loss;
use super::samples::{CpuInputs, CpuSamples};
use crate::experiment::{Activation, Loss};
use crate::linalg::{Matrix, product};
use crate::model::{MlpEnsemble, Role};

/// Where a network's parameters stand in one slice, tensor after tensor, each without padding.
pub(super) struct CpuNetwork {
    embedding: Option<Embedding>,
    layers: Vec<CpuLayer>,
    /// The range of each tensor of parameters in that slice, in the order of
    /// [`MlpEnsemble::parameters`].
    pub(super) ranges: Vec<Range<usize>>,
}

struct Embedding {
    length: usize,
    range: Range<usize>,
}

struct CpuLayer {
    inputs: usize,
    outputs: usize,
    weights: Range<usize>,
    biases: Option<Range<usize>>,
    /// `None` for the last.
    activation: Option<Activation>,
    /// Whether it, or something before it, is trained.
    trained: bool,
}

/// Numbers in the activations of all layers for a block of rows, roughly: few enough that they stay
/// in the cache.
const BLOCK_NUMBERS: usize = 256 * 1024;

/// Buffers that a pass over a block of rows writes. They are kept from step to step, so that no
/// step allocates.
#[derive(Default)]
pub(super) struct Work {
    /// The inputs of the first layer, unless it reads them from the samples.
    input: Vec<f32>,
    /// Each layer's outputs before and after its activation, `[rows, outputs]`; `after` is empty
    /// for the last one.
    before: Vec<Vec<f32>>,
    after: Vec<Vec<f32>>,
    /// The gradient of the loss by a layer's outputs, and by those of the layer before.
    delta: Vec<f32>,
    next_delta: Vec<f32>,
}

/// The rows of a pass: all samples, or those chosen; and what hidden activations are multiplied by,
/// for each layer `[rows, units]`, where they are.
#[derive(Clone, Copy)]
pub(super) struct PassRows<'a> {
    pub(super) samples: &'a CpuSamples,
    pub(super) chosen: Option<&'a [u32]>,
    pub(super) factors: &'a [Vec<f32>],
}

impl PassRows<'_> {
    fn count(&self) -> usize {
        self.chosen.map_or(self.samples.count, <[u32]>::len)
    }

    fn sample(&self, row: usize) -> usize {
        self.chosen.map_or(row, |chosen| chosen[row] as usize)
    }
}

impl CpuNetwork {
    /// The network of one member of an ensemble.
    pub(super) fn new(model: &MlpEnsemble, member: usize, trained: &[bool]) -> Self {
        let mut ranges = Vec::new();
        let mut end = 0;
        for shapes in &model.shapes {
            let (rows, columns) = shapes[member];
            ranges.push(end..end + rows * columns);
            end += rows * columns;
        }
        let mut network = Self { embedding: None, layers: Vec::new(), ranges };
        let mut so_far = false;
        let activations = model.activations();
        for (index, role) in model.roles.iter().enumerate() {
            let (range, (rows, columns)) =
                (network.ranges[index].clone(), model.shapes[index][member]);
            so_far |= trained[index];
            match role {
                Role::Embedding => {
                    network.embedding = Some(Embedding { length: columns, range });
                }
                Role::Weights => network.layers.push(CpuLayer {
                    inputs: rows,
                    outputs: columns,
                    weights: range,
                    biases: None,
                    activation: activations.get(network.layers.len()).copied(),
                    trained: so_far,
                }),
                Role::Biases => {
                    if let Some(layer) = network.layers.last_mut() {
                        layer.biases = Some(range);
                    }
                }
            }
        }
        network
    }

    /// Numbers of all parameters.
    pub(super) fn numbers(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end)
    }

    fn block(&self) -> usize {
        let each: usize = self.layers.iter().map(|layer| 2 * layer.outputs).sum();
        (BLOCK_NUMBERS / each.max(1)).max(16)
    }

    /// Loss and accuracy over all samples, without noise and smoothing.
    pub(super) fn score(
        &self,
        parameters: &[f32],
        samples: &CpuSamples,
        loss: Loss,
        work: &mut Work,
    ) -> (f32, f32) {
        let (mut total_loss, mut total_right) = (0.0, 0.0);
        let rows = PassRows { samples, chosen: None, factors: &[] };
        for block in blocks(samples.count, self.block()) {
            self.forward(parameters, rows, block.clone(), work);
            let outputs = work.outputs();
            let width = self.outputs();
            for (outputs, sample) in outputs.chunks_exact(width).zip(block) {
                let target = samples.target(sample, 0.0);
                total_loss += f64::from(loss::value(loss, outputs, target));
                total_right += f64::from(loss::accuracy(outputs, target));
            }
        }
        let count = samples.count as f64;
        ((total_loss / count) as f32, (total_right / count) as f32)
    }

    /// The gradient of the mean loss over the rows. It is stored in `gradient`, in the order of the
    /// parameters. Entries of parameters that are not trained, or whose inputs are zero in every
    /// sample, are left as they are.
    pub(super) fn gradient(
        &self,
        parameters: &[f32],
        rows: PassRows<'_>,
        loss: Loss,
        smoothing: f32,
        gradient: &mut [f32],
        work: &mut Work,
    ) {
        let scale = 1.0 / rows.count() as f32;
        for block in blocks(rows.count(), self.block()) {
            self.forward(parameters, rows, block.clone(), work);
            let width = self.outputs();
            work.delta.resize(block.len() * width, 0.0);
            let outputs = &work.before[self.layers.len() - 1];
            let each = outputs.chunks_exact(width).zip(work.delta.chunks_exact_mut(width));
            for ((outputs, slope), row) in each.zip(block.clone()) {
                let target = rows.samples.target(rows.sample(row), smoothing);
                loss::gradient(loss, outputs, target, scale, slope);
            }
            let adds = block.start > 0;
            self.backward(parameters, rows, block, gradient, adds, work);
        }
    }

    fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.outputs)
    }

    fn forward(
        &self,
        parameters: &[f32],
        rows: PassRows<'_>,
        block: Range<usize>,
        work: &mut Work,
    ) {
        let count = block.len();
        work.before.resize_with(self.layers.len(), Vec::new);
        work.after.resize_with(self.layers.len(), Vec::new);
        self.fill_input(parameters, rows, block.clone(), &mut work.input);
        for (index, layer) in self.layers.iter().enumerate() {
            let before = &mut work.before[index];
            before.resize(count * layer.outputs, 0.0);
            let weights = &parameters[layer.weights.clone()];
            let biases = layer.biases.clone().map(|range| &parameters[range]);
            if let Some(biases) = biases {
                for before in before.chunks_exact_mut(layer.outputs) {
                    before.copy_from_slice(biases);
                }
            }
            if index == 0
                && self.embedding.is_none()
                && let CpuInputs::Pairs(pairs) = &rows.samples.inputs
            {
                let all = before.chunks_exact_mut(layer.outputs).zip(block.clone());
                for (before, row) in all {
                    let [a, b] = pairs[rows.sample(row)]
                        .map(|column| &weights[column as usize * layer.outputs..][..layer.outputs]);
                    if biases.is_some() {
                        add(before, a);
                        add(before, b);
                    } else {
                        for ((before, a), b) in before.iter_mut().zip(a).zip(b) {
                            *before = a + b;
                        }
                    }
                }
            } else {
                let input = match index {
                    0 => self.input(rows, &block, &work.input),
                    _ => &work.after[index - 1],
                };
                let width = self.width(index, rows.samples);
                product(
                    Matrix::new(input, count, width),
                    Matrix::new(weights, width, layer.outputs),
                    before,
                    biases.is_some(),
                );
            }
            if let Some(activation) = layer.activation {
                let after = &mut work.after[index];
                after.resize(before.len(), 0.0);
                activation::apply(activation, before, after);
                if let Some(factors) = rows.factors.get(index) {
                    multiply(after, &factors[block.start * layer.outputs..]);
                }
            }
        }
    }

    /// Copies the inputs of the first layer, unless it can read them from the samples.
    fn fill_input(
        &self,
        parameters: &[f32],
        rows: PassRows<'_>,
        block: Range<usize>,
        input: &mut Vec<f32>,
    ) {
        match (&rows.samples.inputs, &self.embedding) {
            (CpuInputs::Pairs(pairs), Some(embedding)) => {
                input.clear();
                for row in block {
                    for element in embedding.elements(pairs[rows.sample(row)]) {
                        input.extend_from_slice(&parameters[element]);
                    }
                }
            }
            (CpuInputs::Dense { width, values }, None) if rows.chosen.is_some() => {
                input.clear();
                for row in block {
                    input.extend_from_slice(&values[rows.sample(row) * width..][..*width]);
                }
            }
            _ => {}
        }
    }

    /// Numbers that a layer takes in for a sample: of the first's weights the first rows are used.
    fn width(&self, index: usize, samples: &CpuSamples) -> usize {
        match &samples.inputs {
            CpuInputs::Dense { width, .. } if index == 0 => *width,
            _ => self.layers[index].inputs,
        }
    }

    /// The inputs of the first layer.
    fn input<'a>(&self, rows: PassRows<'a>, block: &Range<usize>, filled: &'a [f32]) -> &'a [f32] {
        match &rows.samples.inputs {
            CpuInputs::Dense { width, values } if rows.chosen.is_none() => {
                &values[block.start * width..]
            }
            _ => filled,
        }
    }

    /// Stores a block's part of the gradient, or adds it to the gradient so far. `work.delta` holds
    /// the gradient of the loss by the outputs.
    fn backward(
        &self,
        parameters: &[f32],
        rows: PassRows<'_>,
        block: Range<usize>,
        gradient: &mut [f32],
        adds: bool,
        work: &mut Work,
    ) {
        let count = block.len();
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if let Some(activation) = layer.activation {
                let delta = &mut work.delta;
                let mut after = Some(&work.after[index][..]);
                if let Some(factors) = rows.factors.get(index) {
                    multiply(delta, &factors[block.start * layer.outputs..]);
                    // Its noise is in there.
                    after = None;
                }
                activation::multiply_by_slope(activation, &work.before[index], after, delta);
            }
            let delta = &work.delta[..count * layer.outputs];
            if let Some(biases) = layer.biases.clone() {
                let sums = &mut gradient[biases];
                if !adds {
                    sums.fill(0.0);
                }
                for delta in delta.chunks_exact(layer.outputs) {
                    add(sums, delta);
                }
            }
            let weights = &mut gradient[layer.weights.clone()];
            let delta_matrix = Matrix::new(delta, count, layer.outputs);
            if index == 0
                && self.embedding.is_none()
                && let CpuInputs::Pairs(pairs) = &rows.samples.inputs
            {
                if !adds {
                    weights.fill(0.0);
                }
                for (delta, row) in delta.chunks_exact(layer.outputs).zip(block.clone()) {
                    for column in pairs[rows.sample(row)] {
                        add(&mut weights[column as usize * layer.outputs..], delta);
                    }
                }
            } else {
                let input = match index {
                    0 => self.input(rows, &block, &work.input),
                    _ => &work.after[index - 1],
                };
                let width = self.width(index, rows.samples);
                let input = Matrix::new(input, count, width).transposed();
                product(input, delta_matrix, weights, adds);
            }
            let first = index == 0;
            let goes_on =
                if first { self.embedding.is_some() } else { self.layers[index - 1].trained };
            if !goes_on {
                return;
            }
            work.next_delta.resize(count * layer.inputs, 0.0);
            let weights = &parameters[layer.weights.clone()];
            let weights = Matrix::new(weights, layer.inputs, layer.outputs).transposed();
            product(delta_matrix, weights, &mut work.next_delta, false);
            std::mem::swap(&mut work.delta, &mut work.next_delta);
        }
        if let (Some(embedding), CpuInputs::Pairs(pairs)) = (&self.embedding, &rows.samples.inputs)
        {
            if !adds {
                gradient[embedding.range.clone()].fill(0.0);
            }
            let elements = block.flat_map(|row| embedding.elements(pairs[rows.sample(row)]));
            for (element, delta) in elements.zip(work.delta.chunks_exact(embedding.length)) {
                add(&mut gradient[element], delta);
            }
        }
    }
}

impl Embedding {
    /// Where the vectors of two elements stand, given as columns of two one-hot vectors side by
    /// side.
    fn elements(&self, pair: [u32; 2]) -> [Range<usize>; 2] {
        let count = self.range.len() / self.length;
        pair.map(|column| {
            let from = self.range.start + column as usize % count * self.length;
            from..from + self.length
        })
    }
}

impl Work {
    fn outputs(&self) -> &[f32] {
        self.before.last().map_or(&[], Vec::as_slice)
    }
}

/// Ranges of at most `size` rows that cover `count` rows, of sizes that differ by at most one.
fn blocks(count: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    let parts = count.div_ceil(size).max(1);
    (0..parts).map(move |part| part * count / parts..(part + 1) * count / parts)
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn multiply(values: &mut [f32], factors: &[f32]) {
    for (value, factor) in values.iter_mut().zip(factors) {
        *value *= factor;
    }
}
