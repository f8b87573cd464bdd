//! Perceptrons in the form in which PyTorch saves an `nn.Sequential`.
//!
//! `safetensors.torch.save_file(model.state_dict(), path)` writes for each `nn.Linear` its weights
//! `[outputs, inputs]` as `0.weight` and its biases `[outputs]` as `0.bias`, where 0 is the layer's
//! index among all, activations included.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use burn::tensor::Device;
use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::Serialize;

use super::{ExpectedShape, ExternalError, LayerListError, TensorNames};
use crate::experiment::Activation;
use crate::model::{Linear, MlpEnsemble};

/// The order of linear layers and activations: `linear,relu,linear`.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerList {
    /// The index of each linear layer among all layers.
    indices: Vec<usize>,
    /// The activation between each linear layer and the next.
    activations: Vec<Activation>,
}

impl FromStr for LayerList {
    type Err = ExternalError;

    fn from_str(text: &str) -> Result<Self, ExternalError> {
        let refuse = |reason| Err(ExternalError::Layers(reason));
        let mut plan = Self { indices: Vec::new(), activations: Vec::new() };
        let mut last_is_linear = false;
        for (index, name) in text.split(',').map(str::trim).enumerate() {
            if name == "linear" {
                if last_is_linear {
                    plan.activations.push(Activation::Linear);
                }
                plan.indices.push(index);
                last_is_linear = true;
                continue;
            }
            let known = match name {
                "identity" | "none" => Some(Activation::Linear),
                name => Activation::find(name),
            };
            let Some(activation) = known else {
                return refuse(LayerListError::Unknown(name.to_owned()));
            };
            if plan.indices.is_empty() {
                return refuse(LayerListError::Start(name.to_owned()));
            }
            if !last_is_linear {
                return refuse(LayerListError::TwoActivations { name: name.to_owned(), index });
            }
            plan.activations.push(activation);
            last_is_linear = false;
        }
        if last_is_linear { Ok(plan) } else { refuse(LayerListError::End) }
    }
}

/// A network as it was read.
#[derive(Clone, Debug)]
pub struct ExternalNetwork {
    /// Its layers, nearest to the input first.
    pub layers: Vec<LayerReport>,
    /// The network as an ensemble of one.
    pub perceptron: MlpEnsemble,
}

/// The form of a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerReport {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// Whether it has biases.
    pub bias: bool,
    /// The activation after it; `None` for the last layer.
    pub activation: Option<&'static str>,
}

impl ExternalNetwork {
    /// Reads the layers of `plan`, whose tensors begin with their index or with a prefix given for
    /// each.
    ///
    /// # Errors
    /// If the file is not of that form, or not of such a network.
    pub fn read(
        path: &Path,
        plan: &LayerList,
        prefixes: Option<&[String]>,
        device: &Device,
    ) -> Result<Self, ExternalError> {
        let file = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|error| ExternalError::Unreadable { file: file.clone(), error })?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| {
            ExternalError::NotSafetensors { file: file.clone(), reason: error.to_string() }
        })?;
        let saved = Tensors { file: &file, tensors };
        let indices: Vec<String> = plan.indices.iter().map(usize::to_string).collect();
        let names = prefixes.unwrap_or(&indices);
        if names.len() != indices.len() {
            return Err(ExternalError::Names { expected: indices.len(), got: names.len() });
        }
        let mut layers: Vec<Linear> = Vec::with_capacity(names.len());
        for name in names {
            let layer = saved.layer(name)?;
            if let Some(before) = layers.last().filter(|last| last.outputs != layer.inputs) {
                let (inputs, before) = (layer.inputs, before.outputs);
                return Err(ExternalError::Chain { file, name: weight(name), inputs, before });
            }
            layers.push(layer);
        }
        if prefixes.is_none() {
            saved.refuse_others(names)?;
        }
        let keys = plan.activations.iter().map(|activation| match activation {
            // Here a linear layer is one with weights.
            Activation::Linear => Some("identity"),
            other => Some(other.key()),
        });
        let reports =
            layers.iter().zip(keys.chain([None])).map(|(layer, activation)| LayerReport {
                inputs: layer.inputs,
                outputs: layer.outputs,
                bias: layer.biases.is_some(),
                activation,
            });
        Ok(Self {
            layers: reports.collect(),
            perceptron: MlpEnsemble::of_layers(layers, plan.activations.clone(), device),
        })
    }

    /// Units from the inputs to the outputs.
    #[must_use]
    pub fn units(&self) -> Vec<usize> {
        let inputs = self.layers.iter().take(1).map(|layer| layer.inputs);
        inputs.chain(self.layers.iter().map(|layer| layer.outputs)).collect()
    }
}

fn weight(name: &str) -> String {
    format!("{name}.weight")
}

fn bias(name: &str) -> String {
    format!("{name}.bias")
}

/// Tensors that a message names, at most.
const MAX_NAMED: usize = 12;

/// Names for a message, as many as can be read.
fn listed(mut names: Vec<&str>) -> TensorNames {
    names.sort_unstable();
    let more = names.len().saturating_sub(MAX_NAMED);
    names.truncate(MAX_NAMED);
    TensorNames { first: names.into_iter().map(str::to_owned).collect(), more }
}

struct Tensors<'a> {
    file: &'a str,
    tensors: SafeTensors<'a>,
}

impl Tensors<'_> {
    fn layer(&self, name: &str) -> Result<Linear, ExternalError> {
        let weight = weight(name);
        let Ok(view) = self.tensors.tensor(&weight) else {
            let found = listed(self.tensors.names());
            return Err(ExternalError::Missing { file: self.file.into(), name: weight, found });
        };
        let [outputs, inputs] = *view.shape() else {
            return Err(self.shape(weight, ExpectedShape::Weights, &view));
        };
        if outputs == 0 || inputs == 0 {
            return Err(self.shape(weight, ExpectedShape::NotEmpty, &view));
        }
        let saved = self.numbers(&weight, &view, inputs)?;
        // From rows of outputs, as PyTorch has them, to rows of inputs.
        let mut weights = vec![0.0; saved.len()];
        for (output, row) in saved.chunks_exact(inputs).enumerate() {
            row.iter().enumerate().for_each(|(input, w)| weights[input * outputs + output] = *w);
        }
        let bias = bias(name);
        let biases = match self.tensors.tensor(&bias) {
            Ok(view) if view.shape() != [outputs] => {
                return Err(self.shape(bias, ExpectedShape::Biases { outputs }, &view));
            }
            Ok(view) => Some(self.numbers(&bias, &view, outputs)?),
            Err(_) => None,
        };
        Ok(Linear { inputs, outputs, weights, biases })
    }

    /// A network without one of its parts would be measured as if it were another.
    fn refuse_others(&self, names: &[String]) -> Result<(), ExternalError> {
        let known: Vec<String> = names.iter().flat_map(|name| [weight(name), bias(name)]).collect();
        let mut others = self.tensors.names();
        others.retain(|name| !known.iter().any(|known| known == name));
        if others.is_empty() {
            return Ok(());
        }
        Err(ExternalError::Unused { file: self.file.into(), found: listed(others) })
    }

    fn shape(&self, name: String, expected: ExpectedShape, view: &TensorView) -> ExternalError {
        let (file, got) = (self.file.into(), view.shape().to_vec());
        ExternalError::Shape { file, name, expected, got }
    }

    /// The numbers of a tensor of rows of `columns`.
    fn numbers(
        &self,
        name: &str,
        view: &TensorView,
        columns: usize,
    ) -> Result<Vec<f32>, ExternalError> {
        let data = view.data();
        let numbers: Vec<f64> = match view.dtype() {
            Dtype::F32 => each(data, |bytes| f32::from_le_bytes(bytes).into()),
            Dtype::F64 => each(data, f64::from_le_bytes),
            Dtype::F16 => each(data, |bytes| f16::from_le_bytes(bytes).into()),
            Dtype::BF16 => each(data, |bytes| bf16::from_le_bytes(bytes).into()),
            other => {
                let (file, name) = (self.file.into(), name.into());
                return Err(ExternalError::Type { file, name, dtype: other.to_string() });
            }
        };
        // Finite in double precision may be infinite in single.
        if let Some(index) = numbers.iter().position(|number| !(*number as f32).is_finite()) {
            return Err(ExternalError::Weight {
                file: self.file.into(),
                name: name.into(),
                value: numbers[index],
                row: index / columns + 1,
                column: index % columns + 1,
            });
        }
        Ok(numbers.into_iter().map(|number| number as f32).collect())
    }
}

fn each<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    let (chunks, _) = data.as_chunks::<N>();
    chunks.iter().map(|bytes| number(*bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_counts_activations_too() {
        let plan: LayerList = "linear, relu,linear,linear,none,linear".parse().expect("a plan");
        assert_eq!(plan.indices, [0, 2, 3, 5]);
        let between = [Activation::Relu, Activation::Linear, Activation::Linear];
        assert_eq!(plan.activations, between);
        for text in ["", "relu,linear", "linear,relu", "linear,relu,tanh,linear", "linear,sine"] {
            assert!(text.parse::<LayerList>().is_err(), "{text}");
        }
    }
}
