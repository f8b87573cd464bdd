//! What is trained: multilayer perceptrons as ensembles, all members in one set of tensors.

use burn::tensor::{Device, Tensor, TensorData};
use rand_distr::{Distribution, StandardNormal};

use crate::random::{self, Purpose};

/// An ensemble of perceptrons without biases and with squared hidden units (Gromov,
/// arXiv 2301.02679), one weight tensor a layer, `[members, inputs, outputs]`.
#[derive(Clone, Debug)]
pub struct Perceptron {
    /// First layer first.
    pub weights: Vec<Tensor<3>>,
}

impl Perceptron {
    /// Draws the weights of one member per seed: layer by layer from a normal distribution with
    /// variance 1 / inputs. `units` holds the number of inputs, of each hidden layer's units, and
    /// of outputs.
    #[must_use]
    pub fn new(seeds: impl Iterator<Item = u32>, units: &[usize], device: &Device) -> Self {
        let mut values = vec![Vec::new(); units.len() - 1];
        let mut members = 0;
        for seed in seeds {
            members += 1;
            let mut generator = random::generator(seed, Purpose::InitialWeights);
            for (layer, values) in units.windows(2).zip(&mut values) {
                let scale = 1.0 / (layer[0] as f64).sqrt();
                values.extend((0..layer[0] * layer[1]).map(|_| {
                    let normal: f64 = StandardNormal.sample(&mut generator);
                    (scale * normal) as f32
                }));
            }
        }
        let weights = units
            .windows(2)
            .zip(values)
            .map(|(layer, values)| {
                let shape = [members, layer[0], layer[1]];
                Tensor::from_data(TensorData::new(values, shape), device)
            })
            .collect();
        Self { weights }
    }

    /// The logits, `[members, samples, classes]`, of `inputs`, `[members, samples, features]`.
    #[must_use]
    pub fn forward(&self, inputs: &Tensor<3>) -> Tensor<3> {
        let mut layers = self.weights.iter();
        let first = layers.next().map(|weights| inputs.clone().matmul(weights.clone()));
        layers.fold(first.unwrap_or_else(|| inputs.clone()), |hidden, weights| {
            (hidden.clone() * hidden).matmul(weights.clone())
        })
    }

    /// The same weights, recorded so that gradients can be taken with respect to them.
    #[must_use]
    pub fn tracked(&self) -> Self {
        let track = |weights: &Tensor<3>| weights.clone().autodiff().require_grad();
        Self { weights: self.weights.iter().map(track).collect() }
    }
}
