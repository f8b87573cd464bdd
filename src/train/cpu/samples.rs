//! One member's samples on slices. Rows of a few ones among zeros are kept as the places of the ones,
//! so that a layer adds rows of its weights up instead of multiplying by zeros.

use super::loss::Target;
use crate::data;

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
    /// Columns of the ones in each row, `[samples, each]`.
    Ones { each: usize, columns: Vec<u32> },
    /// `[samples, width]`.
    Dense { width: usize, values: Vec<f32> },
}

enum Outputs {
    Classes(Vec<u32>),
    Numbers(Vec<f32>),
}

impl Samples {
    /// Those of every member; `None` if they cannot be read at once, as on a GPU.
    pub(super) fn all(samples: &data::Samples) -> Option<Vec<Self>> {
        let inputs = samples.inputs.try_to_vec_as::<f32>().ok()?;
        let targets = samples.targets.try_to_vec_as::<f32>().ok()?;
        let labels = match &samples.labels {
            Some(labels) => Some(labels.clone().try_to_vec_as::<i32>().ok()?),
            None => None,
        };
        let [_, rows, features] = samples.inputs.dims();
        let [_, _, width] = samples.targets.dims();
        let members = samples.counts.iter().enumerate();
        let each = members.map(|(member, &count)| {
            let of = |width: usize| member * rows * width..(member * rows + count) * width;
            let outputs = match &labels {
                Some(labels) => {
                    Outputs::Classes(labels[of(1)].iter().map(|&class| class as u32).collect())
                }
                None => Outputs::Numbers(targets[of(width)].to_vec()),
            };
            Self { count, inputs: Inputs::new(&inputs[of(features)], features), outputs, width }
        });
        Some(each.collect())
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

impl Inputs {
    fn new(values: &[f32], width: usize) -> Self {
        /// Up to this share of ones adding rows of weights up is faster than a product.
        const FEW: usize = 4;
        let ones = |row: &[f32]| row.iter().filter(|&&x| x == 1.0).count();
        let each = values.chunks(width).next().map_or(0, ones);
        let binary = |row: &[f32]| {
            ones(row) == each && row.iter().filter(|&&x| x == 0.0).count() == width - each
        };
        if each > 0 && each * FEW <= width && values.chunks(width).all(binary) {
            let columns = values.chunks(width).flat_map(|row| {
                row.iter().enumerate().filter(|(_, x)| **x == 1.0).map(|(column, _)| column as u32)
            });
            return Self::Ones { each, columns: columns.collect() };
        }
        Self::Dense { width, values: values.to_vec() }
    }
}
