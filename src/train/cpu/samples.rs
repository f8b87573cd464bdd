//! One member's samples on slices.

use super::loss::Target;
use crate::data::{self, Outputs, SampleSet};

/// Inputs and right outputs of one member.
pub(super) struct CpuSamples {
    pub(super) count: usize,
    pub(super) inputs: CpuInputs,
    outputs: Outputs,
}

/// The inputs of a network.
pub(super) enum CpuInputs {
    /// Two one-hot vectors side by side, as the columns of their ones. A layer adds two rows of its
    /// weights instead of multiplying by zeros.
    Pairs(Vec<[u32; 2]>),
    /// `[samples, width]`: the first inputs of [`Order`]. All others are zero.
    Dense { width: usize, values: Vec<f32> },
}

/// The order in which a network takes dense inputs: first those that are not zero in every training
/// sample. Products end with them; in a few hundred images of digits, a tenth of the inputs is left
/// out.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    columns: Vec<usize>,
    /// Inputs that are not zero everywhere.
    live: usize,
}

impl Order {
    /// The order for a training set; `None` if its inputs are not dense.
    pub(super) fn of(train: &data::Inputs) -> Option<Self> {
        let data::Inputs::Dense { features, values } = train else { return None };
        let mut live = vec![false; *features];
        for sample in values.chunks(*features) {
            for (live, input) in live.iter_mut().zip(sample) {
                *live |= *input != 0.0;
            }
        }
        let mut columns: Vec<usize> = (0..*features).collect();
        columns.sort_by_key(|&column| !live[column]);
        // A product needs at least one column.
        let count = live.into_iter().filter(|live| *live).count().max(1);
        Some(Self { columns, live: count })
    }

    /// The row of the first weights that stands at `row` here.
    pub(super) fn row(&self, row: usize) -> usize {
        self.columns[row]
    }
}

impl CpuSamples {
    /// The samples with dense inputs in the given order, which belongs to them. A training set
    /// leaves out the inputs that are zero everywhere.
    pub(super) fn new(set: &SampleSet, order: Option<&Order>, is_training_set: bool) -> Self {
        let inputs = match &set.inputs {
            data::Inputs::Dense { features, values } => {
                let all: Vec<usize>;
                let columns = match order {
                    Some(order) if is_training_set => &order.columns[..order.live],
                    Some(order) => &order.columns,
                    None => {
                        all = (0..*features).collect();
                        &all
                    }
                };
                let mut ordered = Vec::with_capacity(set.count() * columns.len());
                for sample in values.chunks(*features) {
                    ordered.extend(columns.iter().map(|&column| sample[column]));
                }
                CpuInputs::Dense { width: columns.len(), values: ordered }
            }
            data::Inputs::Pairs { elements, pairs } => {
                let elements = *elements as u32;
                CpuInputs::Pairs(pairs.iter().map(|[a, b]| [*a, elements + b]).collect())
            }
        };
        Self { count: set.count(), inputs, outputs: set.outputs.clone() }
    }

    /// The right output of a sample. `smoothing` is the part of a class that is divided evenly
    /// among all classes.
    pub(super) fn target(&self, sample: usize, smoothing: f32) -> Target<'_> {
        match &self.outputs {
            Outputs::Classes { count, classes } => {
                let off = smoothing / *count as f32;
                let class = classes[sample] as usize;
                Target::Class { class, on: 1.0 - smoothing + off, off }
            }
            Outputs::Numbers { width, values } => {
                Target::Numbers(&values[sample * width..][..*width])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_that_are_zero_in_every_training_sample_are_left_out() {
        let set = |inputs: [f32; 8]| SampleSet {
            ids: Vec::new(),
            inputs: data::Inputs::Dense { features: 4, values: inputs.to_vec() },
            outputs: Outputs::Numbers { width: 1, values: vec![0.0; 2] },
        };
        let train = set([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]);
        let order = Order::of(&train.inputs).expect("inputs are dense");
        assert_eq!(order, Order { columns: vec![1, 3, 0, 2], live: 2 });
        let values = |set: &SampleSet, is_training_set| match CpuSamples::new(
            set,
            Some(&order),
            is_training_set,
        )
        .inputs
        {
            CpuInputs::Dense { width, values } => (width, values),
            CpuInputs::Pairs(_) => panic!("inputs are dense"),
        };
        assert_eq!(values(&train, true), (2, vec![1.0, 0.0, 0.0, 2.0]));
        let test = set([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(values(&test, false), (4, vec![2.0, 4.0, 1.0, 3.0, 6.0, 8.0, 5.0, 7.0]));
        assert_eq!(Order::of(&set([0.0; 8]).inputs).map(|order| order.live), Some(1));
    }
}
