//! Models: ensembles of multilayer perceptrons, all members in one set of tensors, and their
//! losses.
//!
//! A linear model is a perceptron without hidden layers. Random features are a perceptron with
//! only the last layer trained. Members narrower than others have weights of zero to and from
//! the units that they lack. Every activation is 0 at 0, so the output of such a unit and every
//! gradient to and from it is exactly 0, and stays 0.

mod loss;

pub use loss::{accuracy, loss};

use burn::tensor::{Device, Tensor, TensorData, activation};

use crate::experiment::{Activation, Init, ModelKind, Settings};
use crate::random::{self, Purpose, normal, normals};

/// The role of a tensor of parameters in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A vector for each element, `[members, elements, length]`.
    Embedding,
    /// Weights of a layer, `[members, inputs, outputs]`.
    Weights,
    /// Biases of a layer, `[members, 1, outputs]`.
    Biases,
}

/// An ensemble of perceptrons.
#[derive(Clone, Debug)]
pub struct MlpEnsemble {
    /// The parameters: the embedding if there is one, then layer by layer weights and, if there are
    /// any, biases.
    pub parameters: Vec<Tensor<3>>,
    /// The role of each of the parameters.
    pub roles: Vec<Role>,
    /// Rows and columns that each member has of each of the parameters.
    pub shapes: Vec<Vec<(usize, usize)>>,
    /// The activation of each hidden layer.
    activations: Vec<Activation>,
}

/// A layer whose weights are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Numbers in an input.
    pub inputs: usize,
    /// Numbers in an output.
    pub outputs: usize,
    /// `[inputs, outputs]`, row by row.
    pub weights: Vec<f32>,
    /// `[outputs]`, if it has any.
    pub biases: Option<Vec<f32>>,
}

impl MlpEnsemble {
    /// A single network of known layers, with an activation between each and the next.
    ///
    /// # Panics
    /// If a layer has the wrong number of weights or biases, if it does not take as many inputs as
    /// the one before gives, or if there is not one activation fewer than layers.
    #[must_use]
    pub fn of_layers(layers: Vec<Linear>, activations: Vec<Activation>, device: &Device) -> Self {
        assert_eq!(layers.len(), activations.len() + 1, "an activation between layers");
        for pair in layers.windows(2) {
            assert_eq!(pair[0].outputs, pair[1].inputs, "a layer takes what the last one gives");
        }
        let (mut parameters, mut roles, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        let mut add = |role, values: Vec<f32>, rows: usize, columns: usize| {
            let data = TensorData::new(values, [1, rows, columns]);
            parameters.push(Tensor::from_data(data, device));
            roles.push(role);
            shapes.push(vec![(rows, columns)]);
        };
        for Linear { inputs, outputs, weights, biases } in layers {
            add(Role::Weights, weights, inputs, outputs);
            if let Some(biases) = biases {
                add(Role::Biases, biases, 1, outputs);
            }
        }
        Self { parameters, roles, shapes, activations }
    }

    /// The networks before the first step, each drawn by its own seed.
    ///
    /// # Panics
    /// If there is no member.
    #[must_use]
    pub fn new(members: &[Settings], device: &Device) -> Self {
        let units: Vec<Vec<usize>> = members.iter().map(Settings::units).collect();
        let widest: Vec<usize> = (0..units[0].len())
            .map(|layer| units.iter().map(|units| units[layer]).max().unwrap_or(0))
            .collect();
        let base = &members[0];
        let mut parameters = Vec::new();
        let mut roles = Vec::new();
        let mut shapes = Vec::new();
        let mut add = |role, values: Vec<f32>, [rows, columns]: [usize; 2], own| {
            shapes.push(own);
            let data = TensorData::new(values, [members.len(), rows, columns]);
            parameters.push(Tensor::from_data(data, device));
            roles.push(role);
        };
        if let Some(length) = base.embedding() {
            let elements = base.outputs();
            let values = members.iter().flat_map(|member| {
                let mut generator = random::generator(member.seed, Purpose::InitialEmbedding);
                normals(&mut generator, elements * length, member.alpha)
            });
            let shape = [elements, length];
            let own = vec![(elements, length); members.len()];
            add(Role::Embedding, values.map(|x| x as f32).collect(), shape, own);
        }
        let mut layers: Vec<(Vec<f32>, Vec<f32>)> =
            widest.windows(2).map(|_| (Vec::new(), Vec::new())).collect();
        for (member, units) in members.iter().zip(&units) {
            let mut weights = random::generator(member.seed, Purpose::InitialWeights);
            let mut biases = random::generator(member.seed, Purpose::InitialBiases);
            for (layer, (all_weights, all_biases)) in layers.iter_mut().enumerate() {
                let (inputs, outputs) = (units[layer], units[layer + 1]);
                let (rows, columns) = (widest[layer], widest[layer + 1]);
                let deviation = deviation(member, layer, inputs);
                let end = all_weights.len() + rows * columns;
                for _ in 0..inputs {
                    let row_end = all_weights.len() + columns;
                    all_weights.extend((0..outputs).map(|_| {
                        let draw = normal(&mut weights);
                        let cut = member.init == Init::Clipped;
                        (deviation * if cut { draw.clamp(-2.0, 2.0) } else { draw }) as f32
                    }));
                    all_weights.resize(row_end, 0.0);
                }
                all_weights.resize(end, 0.0);
                // The output's biases start at zero.
                let scale = if layer + 2 == units.len() { 0.0 } else { member.bias_scale };
                let end = all_biases.len() + columns;
                all_biases.extend(normals(&mut biases, outputs, scale).iter().map(|x| *x as f32));
                all_biases.resize(end, 0.0);
            }
        }
        for (layer, (weights, biases)) in layers.into_iter().enumerate() {
            let shape = [widest[layer], widest[layer + 1]];
            let own = units.iter().map(|units| (units[layer], units[layer + 1]));
            add(Role::Weights, weights, shape, own.clone().collect());
            if base.bias {
                let own = own.map(|(_, outputs)| (1, outputs));
                add(Role::Biases, biases, [1, shape[1]], own.collect());
            }
        }
        let activations = base.hidden().into_iter().map(|layer| layer.activation).collect();
        Self { parameters, roles, shapes, activations }
    }

    /// The activation of each hidden layer.
    #[must_use]
    pub fn activations(&self) -> &[Activation] {
        &self.activations
    }

    /// Whether each of the parameters is trained: all of them, or of random features the last
    /// layer's.
    #[must_use]
    pub fn trained(&self, settings: &Settings) -> Vec<bool> {
        let last = self.roles.iter().rposition(|role| *role == Role::Weights).unwrap_or(0);
        let all = settings.model != ModelKind::RandomFeatures;
        (0..self.roles.len()).map(|index| all || index >= last).collect()
    }

    /// The logits, or the outputs of a regression, `[members, samples, outputs]`, of inputs,
    /// `[members, samples, features]`.
    #[must_use]
    pub fn forward(&self, inputs: &Tensor<3>) -> Tensor<3> {
        self.forward_noisy(inputs, &[])
    }

    /// The same with the activations of each hidden layer multiplied by a factor for each,
    /// `[members, samples, units]`; layers behind the last factor go without.
    #[must_use]
    pub fn forward_noisy(&self, inputs: &Tensor<3>, factors: &[Tensor<3>]) -> Tensor<3> {
        let (hidden, last) = self.features(inputs, factors);
        last.apply(hidden)
    }

    /// The last hidden layer's activations, `[members, samples, units]`.
    #[must_use]
    pub fn last_hidden(&self, inputs: &Tensor<3>) -> Tensor<3> {
        self.features(inputs, &[]).0
    }

    fn features(&self, inputs: &Tensor<3>, factors: &[Tensor<3>]) -> (Tensor<3>, AffineLayer<'_>) {
        let (mut values, mut layers) = self.stack(inputs);
        for (index, activation) in self.activations.iter().enumerate() {
            values = activate(layers.next().apply(values), *activation);
            if let Some(factor) = factors.get(index) {
                values = values * factor.clone();
            }
        }
        (values, layers.next())
    }

    /// The inputs of the first layer, and the layers.
    fn stack(&self, inputs: &Tensor<3>) -> (Tensor<3>, Layers<'_>) {
        let mut parts = self.roles.iter().zip(&self.parameters).peekable();
        let embedding = parts.next_if(|(role, _)| **role == Role::Embedding);
        let values = match embedding {
            Some((_, embedding)) => embed(inputs.clone(), embedding),
            None => inputs.clone(),
        };
        (values, Layers { parts })
    }

    /// The outputs of each layer before and after its activation, `[members, samples, units]`. The
    /// last layer has no activation, so both are the same.
    #[must_use]
    pub fn layers(&self, inputs: &Tensor<3>) -> Vec<[Tensor<3>; 2]> {
        let (values, mut layers) = self.stack(inputs);
        self.behind(layers.next().apply(values), layers)
    }

    /// The same from the first layer's outputs before its activation.
    #[must_use]
    pub fn layers_from(&self, first: Tensor<3>) -> Vec<[Tensor<3>; 2]> {
        let mut parts = self.roles.iter().zip(&self.parameters).peekable();
        parts.next_if(|(role, _)| **role == Role::Embedding);
        let mut layers = Layers { parts };
        layers.next();
        self.behind(first, layers)
    }

    fn behind(&self, first: Tensor<3>, mut layers: Layers<'_>) -> Vec<[Tensor<3>; 2]> {
        let mut all = Vec::with_capacity(self.activations.len() + 1);
        let mut before = first;
        for activation in &self.activations {
            let after = activate(before.clone(), *activation);
            all.push([before, after.clone()]);
            before = layers.next().apply(after);
        }
        all.push([before.clone(), before]);
        all
    }

    /// Units of a layer of a member, without those that it lacks; layers count from 1.
    ///
    /// # Panics
    /// If there is no such layer or member.
    #[must_use]
    pub fn units(&self, layer: usize, member: usize) -> usize {
        let weights = self.roles.iter().zip(&self.shapes);
        let mut weights = weights.filter(|(role, _)| **role == Role::Weights);
        weights.nth(layer - 1).map(|(_, shapes)| shapes[member].1).expect("there is such a layer")
    }

    /// One member alone.
    #[must_use]
    pub fn member(&self, index: usize) -> Self {
        let own = |parameter: &Tensor<3>| {
            let [_, rows, columns] = parameter.dims();
            parameter.clone().slice([index..index + 1, 0..rows, 0..columns])
        };
        let mut one = self.with(self.parameters.iter().map(own).collect());
        one.shapes.iter_mut().for_each(|shapes| *shapes = vec![shapes[index]]);
        one
    }

    /// The same network with other parameters, of the same shapes.
    #[must_use]
    pub fn with(&self, parameters: Vec<Tensor<3>>) -> Self {
        Self {
            parameters,
            roles: self.roles.clone(),
            shapes: self.shapes.clone(),
            activations: self.activations.clone(),
        }
    }

    /// The same network, recorded so that gradients can be taken with respect to those parameters
    /// that are trained.
    #[must_use]
    pub fn tracked(&self, trained: &[bool]) -> Self {
        let track = |(parameter, trained): (&Tensor<3>, &bool)| {
            let tracked = parameter.clone().autodiff();
            if *trained { tracked.require_grad() } else { tracked }
        };
        self.with(self.parameters.iter().zip(trained).map(track).collect())
    }
}

/// Layers from the input to the output.
struct Layers<'a> {
    parts: std::iter::Peekable<
        std::iter::Zip<std::slice::Iter<'a, Role>, std::slice::Iter<'a, Tensor<3>>>,
    >,
}

impl<'a> Layers<'a> {
    fn next(&mut self) -> AffineLayer<'a> {
        let (_, weights) = self.parts.next().expect("a network has a last layer");
        let biases = self.parts.next_if(|(role, _)| **role == Role::Biases);
        AffineLayer { weights, biases: biases.map(|(_, biases)| biases) }
    }
}

struct AffineLayer<'a> {
    weights: &'a Tensor<3>,
    biases: Option<&'a Tensor<3>>,
}

impl AffineLayer<'_> {
    fn apply(&self, inputs: Tensor<3>) -> Tensor<3> {
        let sums = inputs.matmul(self.weights.clone());
        match self.biases {
            Some(biases) => sums + biases.clone(),
            None => sums,
        }
    }
}

/// Standard deviation of a layer's initial weights before any are cut off.
fn deviation(member: &Settings, layer: usize, inputs: usize) -> f64 {
    let gain = match member.init {
        // Half of the variance is lost in a ReLU (He et al., arXiv 1502.01852).
        Init::He if layer > 0 => 2.0,
        Init::He | Init::Lecun | Init::Clipped => 1.0,
    };
    member.alpha * (gain / inputs as f64).sqrt()
}

/// Two one-hot vectors side by side, `[members, samples, 2 elements]`, as the vectors of their
/// elements, `[members, samples, 2 length]`.
fn embed(inputs: Tensor<3>, embedding: &Tensor<3>) -> Tensor<3> {
    let [members, samples, both] = inputs.dims();
    let half = |from: usize, to: usize| {
        inputs.clone().slice([0..members, 0..samples, from..to]).matmul(embedding.clone())
    };
    Tensor::cat(vec![half(0, both / 2), half(both / 2, both)], 2)
}

fn activate(values: Tensor<3>, activation: Activation) -> Tensor<3> {
    match activation {
        Activation::Quadratic => values.clone() * values,
        Activation::Relu => activation::relu(values),
        Activation::Tanh => activation::tanh(values),
        Activation::Gelu => activation::gelu(values),
        Activation::Silu => activation::silu(values),
        Activation::Linear => values,
    }
}
