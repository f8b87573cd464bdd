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
    /// `[samples, width]`: the first inputs of [`Order`], all others being zero.
    Dense { width: usize, values: Vec<f32> },
}

/// The order in which a network takes dense inputs: first those that are not zero in every sample that it is
/// trained on. Products end with them, which is a tenth of the inputs of a few hundred images of digits.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    columns: Vec<usize>,
    /// Inputs that are not zero everywhere.
    live: usize,
}

impl Order {
    /// That of samples to be trained on; `None` if their inputs are not dense.
    pub(super) fn of(train: &Plain, features: usize) -> Option<Self> {
        let mut live = vec![false; features];
        for sample in train.inputs.as_ref()?.chunks(features) {
            for (live, input) in live.iter_mut().zip(sample) {
                *live |= *input != 0.0;
            }
        }
        let mut columns: Vec<usize> = (0..features).collect();
        columns.sort_by_key(|&column| !live[column]);
        // A product has something to add up.
        let count = live.into_iter().filter(|live| *live).count().max(1);
        Some(Self { columns, live: count })
    }

    /// Which row of the first weights stands at `row` here.
    pub(super) fn row(&self, row: usize) -> usize {
        self.columns[row]
    }
}

enum Outputs {
    Classes(Vec<u32>),
    Numbers(Vec<f32>),
}

impl Samples {
    /// The samples with dense inputs in the given order; those to be trained on without what is zero
    /// everywhere.
    pub(super) fn new(
        plain: Plain,
        member: &Settings,
        order: Option<&Order>,
        trained_on: bool,
    ) -> Self {
        let elements = member.features() as u32 / 2;
        let inputs = if let Some(order) = order {
            let features = order.columns.len();
            let width = if trained_on { order.live } else { features };
            let mut values = Vec::with_capacity(plain.count * width);
            for sample in plain.inputs.unwrap_or_default().chunks(features) {
                values.extend(order.columns[..width].iter().map(|&column| sample[column]));
            }
            Inputs::Dense { width, values }
        } else {
            let pairs = plain.pairs.unwrap_or_default();
            Inputs::Pairs(pairs.iter().map(|[a, b]| [*a, elements + b]).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_that_are_zero_in_every_sample_come_last_and_are_left_out_of_training() {
        let plain = |inputs: [f32; 8]| Plain {
            count: 2,
            inputs: Some(inputs.to_vec()),
            pairs: None,
            classes: None,
            numbers: Some(vec![0.0; 2]),
        };
        let train = plain([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]);
        let order = Order::of(&train, 4).expect("inputs are dense");
        assert_eq!(order, Order { columns: vec![1, 3, 0, 2], live: 2 });
        let settings = Settings::default();
        let values =
            |plain, trained_on| match Samples::new(plain, &settings, Some(&order), trained_on) {
                Samples { inputs: Inputs::Dense { width, values }, .. } => (width, values),
                Samples { .. } => panic!("inputs are dense"),
            };
        assert_eq!(values(train, true), (2, vec![1.0, 0.0, 0.0, 2.0]));
        let test = plain([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(values(test, false), (4, vec![2.0, 4.0, 1.0, 3.0, 6.0, 8.0, 5.0, 7.0]));
        assert_eq!(Order::of(&plain([0.0; 8]), 4).map(|order| order.live), Some(1));
    }
}
