//! The weights of the networks as they are now, with the samples of each.

use super::Run;
use crate::data::{Inputs, Outputs, SampleSet};
use crate::device::read;
use crate::model::Role;
use crate::train::TrainError;
use crate::weights::Weights;

impl Run {
    /// The weights and the samples of every member that is trained here. Members that are solved in
    /// closed form are not kept, so they are missing.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn weights(&self) -> Result<Weights, TrainError> {
        let mut all = Weights::default();
        for (indices, trainer) in &self.parts {
            let model = trainer.model();
            let mut values = Vec::with_capacity(model.parameters.len());
            for parameter in &model.parameters {
                values.push(read(parameter.clone()).await?);
            }
            for (place, index) in indices.iter().enumerate() {
                all.add_member(*index, trainer.step());
                let mut layer = 0;
                for (part, role) in model.roles.iter().enumerate() {
                    let [_, rows, columns] = model.parameters[part].dims();
                    let own = model.shapes[part][place];
                    let member = &values[part][place * rows * columns..][..rows * columns];
                    let number = |row: usize, column: usize| member[row * columns + column];
                    match role {
                        Role::Embedding => {
                            let numbers = by_rows(own, number);
                            all.add_numbers("embedding", &[own.0, own.1], &numbers);
                        }
                        Role::Weights => {
                            layer += 1;
                            // From rows of inputs to rows of outputs, as PyTorch has them.
                            let (inputs, outputs) = own;
                            let numbers =
                                by_rows((outputs, inputs), |row, column| number(column, row));
                            let name = format!("layer-{layer}.weight");
                            all.add_numbers(&name, &[outputs, inputs], &numbers);
                        }
                        Role::Biases => {
                            let name = format!("layer-{layer}.bias");
                            all.add_numbers(&name, &[own.1], &by_rows((1, own.1), number));
                        }
                    }
                }
                let data = &trainer.data().members()[place];
                add_samples(&mut all, "train", &data.train);
                add_samples(&mut all, "test", &data.test);
            }
        }
        Ok(all)
    }
}

fn by_rows((rows, columns): (usize, usize), number: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let mut numbers = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        numbers.extend((0..columns).map(|column| number(row, column)));
    }
    numbers
}

fn add_samples(all: &mut Weights, set: &str, samples: &SampleSet) {
    let (count, inputs) = (samples.count(), format!("{set}.inputs"));
    match &samples.inputs {
        Inputs::Pairs { pairs, .. } => {
            all.add_indices(&inputs, &[count, 2], pairs.as_flattened());
        }
        Inputs::Dense { features, values } => all.add_numbers(&inputs, &[count, *features], values),
    }
    match &samples.outputs {
        Outputs::Classes { classes, .. } => {
            all.add_indices(&format!("{set}.labels"), &[count], classes);
        }
        Outputs::Numbers { width, values } => {
            all.add_numbers(&format!("{set}.targets"), &[count, *width], values);
        }
    }
}
