//! A network that was trained elsewhere: read from files and measured once.
//!
//! The network comes as PyTorch saves an `nn.Sequential` ([`LayerList`]), samples and labels as text
//! ([`LabelledSamples`]). All samples are one set, because nothing says which of them it was
//! trained on.

mod measure;
mod network;
mod samples;

pub use measure::{EstimatorReport, ExternalReport, MeasureOptions, NetworkReport, fields};
pub use network::{ExternalNetwork, LayerList, LayerReport};
pub use samples::LabelledSamples;

use std::io;

/// Why a network or its samples cannot be measured, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// A file cannot be read.
    #[error("could not read {file}: {error}; check its name and that it may be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// The weights are in another form.
    #[error(
        "{file} is not a safetensors file ({reason}); save the network with \
         `safetensors.torch.save_file(model.state_dict(), path)`"
    )]
    NotSafetensors {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The order of layers is not one of a perceptron.
    #[error(
        "`--layers` is not understood: {0}; name the places of the nn.Sequential in order, as \
         in linear,relu,linear"
    )]
    Layers(String),
    /// Not as many prefixes as linear layers.
    #[error(
        "`--names` must have one prefix for each of the {expected} linear layers of `--layers`; \
         got {got}"
    )]
    Names {
        /// Linear layers.
        expected: usize,
        /// Prefixes.
        got: usize,
    },
    /// A layer has no weights.
    #[error(
        "{file} has no tensor `{name}` but {found}; change `--layers`, or name layers with \
         `--names`"
    )]
    Missing {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// The tensors that there are.
        found: String,
    },
    /// There are tensors of which nothing is known.
    #[error(
        "{file} holds {found} too, for which `--layers` has no place; add what is missing, or \
         choose layers with `--names`"
    )]
    Unused {
        /// The file.
        file: String,
        /// The tensors.
        found: String,
    },
    /// A tensor of another shape.
    #[error("`{name}` in {file} must have the shape {expected}; got {got:?}: check `--layers`")]
    Shape {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// What it must be.
        expected: String,
        /// What it is.
        got: Vec<usize>,
    },
    /// Layers that do not fit together.
    #[error(
        "`{name}` in {file} takes {inputs} inputs and the layer before gives {before}; list the \
         layers in the order in which they are applied"
    )]
    Chain {
        /// The file.
        file: String,
        /// The later layer's weights.
        name: String,
        /// What they take.
        inputs: usize,
        /// What comes.
        before: usize,
    },
    /// Numbers of a kind that is not read.
    #[error(
        "`{name}` in {file} holds numbers of type {dtype}; save F32, F64, F16 or BF16, for \
         instance by `model.float()`"
    )]
    Type {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A weight that is not a finite number.
    #[error(
        "`{name}` in {file} holds {value} in row {row}, column {column}; weights must be finite \
         in single precision, so save the network before it diverges"
    )]
    Weight {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// What is there.
        value: f64,
        /// Where, counted from 1.
        row: usize,
        /// Where, counted from 1.
        column: usize,
    },
    /// Something else than a finite number.
    #[error(
        "line {line} of {file} holds “{text}” in column {column}; write finite numbers, \
         separated by commas, semicolons or tabs"
    )]
    Number {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is there.
        text: String,
    },
    /// A line that is longer or shorter than the first.
    #[error(
        "line {line} of {file} has {got} columns and the first has {expected}; give all lines \
         as many"
    )]
    Columns {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Columns of the first line of numbers.
        expected: usize,
        /// Columns of this one.
        got: usize,
    },
    /// A file without samples.
    #[error("{file} holds no samples; give at least one line of numbers")]
    Empty {
        /// The file.
        file: String,
    },
    /// Samples of another width than the network's.
    #[error(
        "{file} has {got} columns and the network takes {expected} inputs; give a column for \
         each input"
    )]
    Width {
        /// The file.
        file: String,
        /// What the first layer takes.
        expected: usize,
        /// What there is.
        got: usize,
    },
    /// Not as many labels as samples.
    #[error(
        "{file} has {got} labels and there are {expected} samples; give one label a line, in \
         the samples' order"
    )]
    Count {
        /// The file.
        file: String,
        /// Samples.
        expected: usize,
        /// Labels.
        got: usize,
    },
    /// More than a label in a line.
    #[error(
        "{file} has {got} columns; labels are the number of a class on each line and nothing \
         else"
    )]
    LabelColumns {
        /// The file.
        file: String,
        /// Columns.
        got: usize,
    },
    /// A label that is not the number of a class.
    #[error(
        "line {line} of {file} holds the label {label}; number the classes by whole numbers \
         from 0 to {max}"
    )]
    Label {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is there.
        label: f32,
        /// The largest class.
        max: u32,
    },
    /// Settings that are not understood.
    #[error("`--set` is not understood: {0}")]
    Setting(String),
}
