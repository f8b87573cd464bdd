//! One member's samples on slices.

use super::loss::Target;
use crate::data::Plain;
use crate::experiment::Settings;

/// Inputs and outputs of one member.
pub(super) struct Samples {
    pub(super) count: usize,
    pub(super) inputs: Inputs,
    outputs: Outputs,
    /// Numbers or classes in a row of outputs.
    width: usize,
}

/// What a network takes in.
pub(super) enum Inputs {
    /// Two one-hot vectors side by side, as the columns of their ones: a layer adds two rows of its weights up
    /// instead of multiplying by zeros.
    Pairs(Vec<[u32; 2]>),
    /// `[samples, width]`.
    Dense { width: usize, values: Vec<f32> },
}

enum Outputs {
    Classes(Vec<u32>),
    Numbers(Vec<f32>),
}

impl Samples {
    pub(super) fn new(plain: Plain, member: &Settings) -> Self {
        let elements = member.features() as u32 / 2;
        let inputs = match plain.pairs {
            Some(pairs) => Inputs::Pairs(pairs.iter().map(|[a, b]| [*a, elements + b]).collect()),
            None => {
                Inputs::Dense { width: member.features(), values: plain.inputs.unwrap_or_default() }
            }
        };
        let outputs = match plain.classes {
            Some(classes) => Outputs::Classes(classes),
            None => Outputs::Numbers(plain.numbers.unwrap_or_default()),
        };
        Self { count: plain.count, inputs, outputs, width: member.outputs() }
    }

    /// What a sample's outputs should be, of classes with a share spread evenly over all.
    pub(super) fn target(&self, sample: usize, smoothing: f32) -> Target<'_> {
        match &self.outputs {
            Outputs::Classes(classes) => {
                let off = smoothing / self.width as f32;
                let class = classes[sample] as usize;
                Target::Class { class, on: 1.0 - smoothing + off, off }
            }
            Outputs::Numbers(numbers) => {
                Target::Numbers(&numbers[sample * self.width..][..self.width])
            }
        }
    }
}
