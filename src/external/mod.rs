//! A network that was trained elsewhere: read from files and measured once.
//!
//! The network comes as PyTorch saves an `nn.Sequential` ([`LayerList`]), samples and labels as
//! text ([`LabelledSamples`]). All samples are one set, because nothing says which of them it was
//! trained on.

mod measure;
mod network;
mod resolutions;
mod samples;

pub use measure::{EstimatorReport, ExternalReport, MeasureOptions, NetworkReport, fields};
pub use network::{ExternalNetwork, LayerList, LayerReport};
pub use resolutions::Resolutions;
pub use samples::LabelledSamples;

use std::io;

use crate::experiment::InvalidValue;

/// Why a network or its samples cannot be measured. The command line words it.
#[derive(Debug)]
pub enum ExternalError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// The weights are in another form.
    NotSafetensors {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The order of layers is not one of a perceptron.
    Layers(LayerListError),
    /// Not as many prefixes as linear layers.
    Names {
        /// Linear layers.
        expected: usize,
        /// Prefixes.
        got: usize,
    },
    /// A layer has no weights.
    Missing {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// The tensors that there are.
        found: TensorNames,
    },
    /// There are tensors that no layer uses.
    Unused {
        /// The file.
        file: String,
        /// The tensors.
        found: TensorNames,
    },
    /// A tensor of another shape.
    Shape {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// The shape that it must have.
        expected: ExpectedShape,
        /// Its shape.
        got: Vec<usize>,
    },
    /// Layers that do not fit together.
    Chain {
        /// The file.
        file: String,
        /// The later layer's weights.
        name: String,
        /// The inputs that they take.
        inputs: usize,
        /// The outputs of the layer before.
        before: usize,
    },
    /// Numbers of a kind that is not read.
    Type {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A weight that is not a finite number.
    Weight {
        /// The file.
        file: String,
        /// The tensor.
        name: String,
        /// The weight.
        value: f64,
        /// Where, counted from 1.
        row: usize,
        /// Where, counted from 1.
        column: usize,
    },
    /// Something else than a finite number.
    Number {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// The cell.
        text: String,
    },
    /// A line that is longer or shorter than the first.
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
    Empty {
        /// The file.
        file: String,
    },
    /// Samples of another width than the network's.
    Width {
        /// The file.
        file: String,
        /// Inputs of the first layer.
        expected: usize,
        /// Columns of the file.
        got: usize,
    },
    /// Not as many labels as samples.
    Count {
        /// The file.
        file: String,
        /// Samples.
        expected: usize,
        /// Labels.
        got: usize,
    },
    /// More than a label in a line.
    LabelColumns {
        /// The file.
        file: String,
        /// Columns.
        got: usize,
    },
    /// A label that is not the number of a class.
    Label {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The label.
        label: f32,
        /// The largest class.
        max: u32,
    },
    /// The resolutions are not understood, or have no use.
    Resolutions(ResolutionsError),
    /// A setting that does not exist, or that does not say how to measure. Holds its key.
    UnknownSetting(String),
    /// A setting that does not take its value.
    InvalidSetting(InvalidValue),
}

/// Why a list of layers is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerListError {
    /// No layer or activation has this name.
    Unknown(String),
    /// It starts with this activation.
    Start(String),
    /// An activation follows another one.
    TwoActivations {
        /// The later one.
        name: String,
        /// Its index among all modules, counted from 0.
        index: usize,
    },
    /// It does not end with a linear layer.
    End,
}

/// Why resolutions are not understood, or have no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolutionsError {
    /// Not a whole number.
    Number(String),
    /// A ratio outside the limits, in dB.
    Outside {
        /// The ratio.
        decibels: i32,
        /// The smallest.
        min: i32,
        /// The largest.
        max: i32,
    },
    /// A range that ends before it starts.
    Order {
        /// The start.
        from: i32,
        /// The end.
        to: i32,
    },
    /// A step below 1 dB.
    Step(i32),
    /// The setting `snr` has a value too.
    Twice,
    /// A range, without exact information.
    OnlyExact,
    /// No estimator that reads at a resolution.
    Unused,
}

/// Names of tensors for a message, in order, as many as can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorNames {
    /// The first ones.
    pub first: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// The shape that a tensor must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedShape {
    /// `[outputs, inputs]`.
    Weights,
    /// `[outputs, inputs]`, both above 0.
    NotEmpty,
    /// A number for each output.
    Biases {
        /// How many.
        outputs: usize,
    },
}
