//! The buffers that kernels read and write, and their types in WGSL.

use crate::model::Role;

/// A buffer on the GPU. [`super::plan::Plan::length`] gives its number of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buffer {
    /// Layer by layer `[members, inputs (and one row of biases), columns]`. The transposed weights
    /// that the backward kernels need follow behind all layers.
    Parameters,
    /// The optimiser's running mean, its running mean square, and Grokfast's running average, each
    /// as long as the parameters without transposed weights.
    State,
    /// Partial sums of the gradients, layer by layer `[parts, members, rows, columns]`.
    Partials,
    /// Two step counters, then the rates `[steps, members, rates]`, see [`super::rates`].
    Table,
    /// For each step and member: where the rows of each element of a pair begin, then the rows.
    Lists,
    /// Sample indices of each batch, `[steps, members, rows]`.
    Batches,
    /// `[members, samples]` of two elements of a pair, a class, and the sample's weight in the
    /// mean, which is 0 for padding.
    Samples,
    /// Targets of a regression, `[members, samples, outputs]`.
    Numbers,
    /// `[members, samples, features]`.
    Inputs,
    /// Activations of a hidden layer, `[members, rows, columns]`.
    Hidden(usize),
    /// The derivative of that layer's activation. The backward kernels multiply it in place by the
    /// gradient, which makes it the gradient before the activation.
    Slope(usize),
    /// Outputs of the last layer, `[members, rows, columns]`; after the loss their gradient.
    Output,
    /// `[members, samples]` of loss, accuracy and 1; all 0 for padding.
    Results,
    /// The results of the training set (0) or the test set (1), where a kernel reads both.
    ResultsOf(usize),
    /// `[members, 2 sets, 2]`: loss and accuracy.
    Scores,
    /// The unpadded weights or biases of a layer, in a tensor of their own.
    Tensor(usize, Role),
}

impl Buffer {
    /// Its name in WGSL.
    pub(super) fn name(self) -> String {
        match self {
            Self::Parameters => "parameters".into(),
            Self::State => "state".into(),
            Self::Partials => "partials".into(),
            Self::Table => "table".into(),
            Self::Lists => "lists".into(),
            Self::Batches => "chosen".into(),
            Self::Samples => "samples".into(),
            Self::Numbers => "numbers".into(),
            Self::Inputs => "inputs".into(),
            Self::Hidden(layer) => format!("hidden{layer}"),
            Self::Slope(layer) => format!("slope{layer}"),
            Self::Output => "output".into(),
            Self::Results => "results".into(),
            Self::ResultsOf(set) => format!("results{set}"),
            Self::Scores => "scores".into(),
            Self::Tensor(..) => "taken".into(),
        }
    }

    /// The WGSL type of an element.
    pub(super) fn element(self) -> &'static str {
        match self {
            Self::Table | Self::Lists | Self::Batches => "u32",
            Self::Samples => "vec4<u32>",
            Self::Results | Self::ResultsOf(_) => "vec4<f32>",
            _ => "f32",
        }
    }

    /// Bytes of an element.
    #[cfg(feature = "gpu")]
    pub(super) fn element_bytes(self) -> usize {
        if self.element().starts_with("vec4") { 16 } else { 4 }
    }
}
