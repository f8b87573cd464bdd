//! The memory plan of the kernels: sizes, offsets and the length of every buffer.

use std::ops::Range;

use super::buffer::Buffer;
use super::rates;
use crate::experiment::{Activation, Loss, ModelKind, Settings};
use crate::model::{MlpEnsemble, Role};

/// Steps whose rates and batches the host writes at once.
pub(super) const STEPS_AHEAD: usize = 64;
/// Where the rates begin in the table, behind the two step counters.
pub(super) const TABLE_HEADER: usize = 4;
/// Rows and columns are padded to a multiple of this.
pub(super) const COLUMN_ALIGN: usize = 4;

/// The next multiple of [`COLUMN_ALIGN`].
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(COLUMN_ALIGN)
}

/// The inputs of the first layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputKind {
    /// Two one-hot vectors of that many elements.
    Pairs(usize),
    /// That many numbers.
    Dense(usize),
}

/// The samples that a kernel works on, one in each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// A batch of the training set.
    Batch,
    /// All of the training set (0) or the test set (1).
    Set(usize),
}

impl Rows {
    pub(super) fn is_batch(self) -> bool {
        self == Self::Batch
    }

    /// The set that the samples belong to.
    pub(super) fn set(self) -> usize {
        match self {
            Self::Batch => 0,
            Self::Set(set) => set,
        }
    }
}

/// A layer: its size, where its parameters are, and how its gradient is split.
#[derive(Clone, Debug)]
pub(super) struct LayerPlan {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) bias: bool,
    /// `None` for the last layer.
    pub(super) activation: Option<Activation>,
    /// Where its parameters begin, `[members, rows, columns]`.
    pub(super) start: usize,
    /// Where its transposed weights are, `[members, columns, columns of the previous layer]`.
    /// `None` for the first layer.
    pub(super) transposed: Option<Range<usize>>,
    /// Where the partial sums of its gradient begin, `[parts, members, rows, columns]`.
    pub(super) partials_start: usize,
    /// Number of partial sums; 0 if the gradient is summed from lists of rows.
    pub(super) parts: usize,
}

impl LayerPlan {
    /// Rows of its parameters: the inputs, and one of biases if it has them.
    pub(super) fn rows(&self) -> usize {
        self.inputs + usize::from(self.bias)
    }

    /// Columns of its parameters: the outputs, padded.
    pub(super) fn columns(&self) -> usize {
        padded(self.outputs)
    }

    /// Parameters of one member, padded.
    pub(super) fn size(&self) -> usize {
        self.rows() * self.columns()
    }

    /// Numbers in one member's tensor of weights or biases, unpadded.
    pub(super) fn tensor_size(&self, role: Role) -> usize {
        self.outputs * if role == Role::Biases { 1 } else { self.inputs }
    }
}

/// Everything that the text of the kernels depends on.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) members: usize,
    pub(super) input: InputKind,
    pub(super) layers: Vec<LayerPlan>,
    pub(super) loss: Loss,
    pub(super) regression: bool,
    /// Samples in a batch; 0 for all.
    pub(super) batch: usize,
    /// Padded samples of the training and of the test set.
    pub(super) rows: [usize; 2],
    /// Samples in the inputs of each set.
    pub(super) input_rows: [usize; 2],
    /// The first layer that is trained.
    pub(super) first_trained: usize,
    pub(super) grokfast: bool,
    /// Parameters of all layers and members, padded, without transposed weights.
    pub(super) parameters: usize,
}

impl Plan {
    /// The plan for networks of the shape of `model`. `rows` and `input_rows` are as in the fields.
    pub(super) fn new(
        members: &[Settings],
        model: &MlpEnsemble,
        rows: [usize; 2],
        input_rows: [usize; 2],
    ) -> Self {
        let base = &members[0];
        let mut plan = Self {
            members: members.len(),
            input: if base.is_table() {
                InputKind::Pairs(base.outputs())
            } else {
                InputKind::Dense(base.features())
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
        plan.add_layers(base, model);
        plan.add_transposed();
        if base.model == ModelKind::RandomFeatures {
            plan.first_trained = plan.layers.len() - 1;
        }
        plan
    }

    /// Adds the layers. Their parameters follow each other in one buffer, their gradients in
    /// another.
    fn add_layers(&mut self, base: &Settings, model: &MlpEnsemble) {
        let hidden = base.hidden();
        let all = model.parameters.iter().zip(&model.roles);
        let weights = all.filter(|(_, role)| **role == Role::Weights);
        let mut partials_start = 0;
        for (index, (weights, _)) in weights.enumerate() {
            let [_, inputs, outputs] = weights.dims();
            let mut layer = LayerPlan {
                inputs,
                outputs,
                bias: base.bias,
                activation: hidden.get(index).map(|layer| layer.activation),
                start: self.parameters,
                transposed: None,
                partials_start,
                parts: 0,
            };
            let size = self.members * layer.size();
            if !self.is_gathered(index) {
                layer.parts = parts(self.step_rows(), size);
            }
            self.parameters += size;
            partials_start += layer.parts * size;
            self.layers.push(layer);
        }
    }

    /// Adds the transposed weights of every layer but the first, behind all parameters.
    fn add_transposed(&mut self) {
        let mut start = self.parameters;
        for index in 1..self.layers.len() {
            let previous_columns = self.layers[index - 1].columns();
            let layer = &mut self.layers[index];
            let end = start + self.members * layer.columns() * previous_columns;
            layer.transposed = Some(start..end);
            start = end;
        }
    }

    /// Padded samples of a step.
    pub(super) fn step_rows(&self) -> usize {
        if self.batch > 0 { padded(self.batch) } else { self.rows[0] }
    }

    /// The rows of a step.
    pub(super) fn rows_of_step(&self) -> Rows {
        if self.batch > 0 { Rows::Batch } else { Rows::Set(0) }
    }

    /// Padded number of rows.
    pub(super) fn count(&self, rows: Rows) -> usize {
        match rows {
            Rows::Batch => self.step_rows(),
            Rows::Set(set) => self.rows[set],
        }
    }

    /// Elements of a buffer. `set` matters for buffers that each set has one of.
    pub(super) fn length(&self, buffer: Buffer, set: usize) -> usize {
        let members = self.members;
        let max_rows = self.rows[0].max(self.rows[1]).max(self.step_rows());
        let length = match buffer {
            Buffer::Parameters => {
                let transposed = self.layers.iter().filter_map(|layer| layer.transposed.clone());
                self.parameters + transposed.map(|range| range.len()).sum::<usize>()
            }
            Buffer::State => self.parameters * if self.grokfast { 3 } else { 2 },
            Buffer::Partials => {
                let parts = |layer: &LayerPlan| layer.parts * members * layer.size();
                self.layers.iter().map(parts).sum()
            }
            Buffer::Table => TABLE_HEADER + STEPS_AHEAD * members * rates::STRIDE,
            Buffer::Lists if self.listed() == 0 => 0,
            Buffer::Lists => {
                let steps = if self.batch > 0 { STEPS_AHEAD } else { 1 };
                steps * members * self.list_length()
            }
            Buffer::Batches if self.batch == 0 => 0,
            Buffer::Batches => STEPS_AHEAD * members * self.step_rows(),
            Buffer::Samples | Buffer::Results => members * self.rows[set],
            Buffer::ResultsOf(set) => members * self.rows[set],
            Buffer::Numbers if !self.regression => 0,
            Buffer::Numbers => members * self.rows[set] * self.outputs(),
            Buffer::Inputs => match self.input {
                InputKind::Pairs(_) => 0,
                InputKind::Dense(inputs) => members * self.input_rows[set] * inputs,
            },
            Buffer::Hidden(layer) | Buffer::Slope(layer) => {
                members * max_rows * self.layers[layer].columns()
            }
            Buffer::Output => members * max_rows * padded(self.outputs()),
            Buffer::Scores => 4 * members,
            Buffer::Tensor(layer, role) => members * self.layers[layer].tensor_size(role),
        };
        length.max(1)
    }

    /// Outputs of the last layer.
    pub(super) fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs
    }

    /// Whether a layer's input is pairs, so that it looks up rows of weights and does not multiply.
    pub(super) fn is_gathered(&self, layer: usize) -> bool {
        layer == 0 && matches!(self.input, InputKind::Pairs(_))
    }

    /// Rows of weights that have a list of samples: two for each element of a pair.
    pub(super) fn listed(&self) -> usize {
        match self.input {
            InputKind::Pairs(elements) => 2 * elements,
            InputKind::Dense(_) => 0,
        }
    }

    /// Numbers in the lists of one member and step.
    pub(super) fn list_length(&self) -> usize {
        self.listed() + 1 + 2 * self.step_rows()
    }

    /// Where the backward kernels find the gradient before a layer's activation.
    pub(super) fn gradient(&self, layer: usize) -> Buffer {
        if layer + 1 == self.layers.len() { Buffer::Output } else { Buffer::Slope(layer) }
    }
}

/// Number of partial sums over samples: enough to keep the GPU busy, but at least `MIN_SAMPLES` in
/// each, and at most `MAX_PARTS` so that adding them up stays cheap.
fn parts(rows: usize, parameters: usize) -> usize {
    /// Numbers that all invocations together should have.
    const BUSY: usize = 1 << 17;
    const MIN_SAMPLES: usize = 64;
    const MAX_PARTS: usize = 64;
    BUSY.div_ceil(parameters).min(rows.div_ceil(MIN_SAMPLES)).clamp(1, MAX_PARTS)
}
