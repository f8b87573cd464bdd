//! The settings of one member, as plain values, and the choices among them.

use std::fmt;
use std::str::FromStr;

use super::fields::Value;

/// One of the options of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name in URLs, JSON and on the command line.
    pub key: &'static str,
    /// The name on the page.
    pub label: &'static str,
}

/// A setting that a [`Value`] holds.
pub(super) trait Setting {
    fn value(&self) -> Value;
    /// Takes a value of its own kind; the caller has checked that it is one.
    fn assign(&mut self, value: Value);
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            fn value(&self) -> Value {
                Value::Number(*self as f64)
            }

            fn assign(&mut self, value: Value) {
                if let Value::Number(number) = value {
                    *self = number as $type;
                }
            }
        }
    )*};
}
numbers!(f64, u32, usize);

impl Setting for bool {
    fn value(&self) -> Value {
        Value::Choice(usize::from(*self))
    }

    fn assign(&mut self, value: Value) {
        *self = value == Value::Choice(1);
    }
}

/// The options of a setting that is on or off.
pub(super) const OFF_ON: &[Choice] =
    &[Choice { key: "0", label: "off" }, Choice { key: "1", label: "on" }];

macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $option:ident $key:literal $label:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $option,)* }

        impl $name {
            const ALL: &[Self] = &[$(Self::$option),*];
            pub(super) const CHOICES: &[Choice] = &[$(Choice { key: $key, label: $label }),*];

            /// The name in URLs, JSON and on the command line.
            #[must_use]
            pub fn key(self) -> &'static str {
                Self::CHOICES[self as usize].key
            }

            /// The name on the page.
            #[must_use]
            pub fn label(self) -> &'static str {
                Self::CHOICES[self as usize].label
            }

            /// The option of that name, if there is one.
            #[must_use]
            pub fn find(key: &str) -> Option<Self> {
                Self::ALL.iter().find(|option| option.key() == key).copied()
            }
        }

        impl Setting for $name {
            fn value(&self) -> Value {
                Value::Choice(*self as usize)
            }

            fn assign(&mut self, value: Value) {
                if let Value::Choice(index) = value && let Some(option) = Self::ALL.get(index) {
                    *self = *option;
                }
            }
        }
    )*};
}

choices! {
    /// What is learned.
    Data {
        /// `a ∘ b` modulo a prime, from two one-hot vectors (Power et al., arXiv 2201.02177).
        Arithmetic "arithmetic" "modular arithmetic",
        /// The product of two permutations of five things, from two one-hot vectors (ibid.).
        Permutations "permutations" "permutations of five",
        /// The 8 × 8 handwritten digits of the UCI set (Alpaydin & Kaynak 1998, CC BY 4.0).
        Digits "digits" "handwritten digits",
        /// A rule on 12 bits with the symmetry of the icosahedron.
        Icosahedron "icosahedron" "icosahedral rule on 12 bits",
        /// Linear regression with fast and slow features.
        TwoScale "two-scale" "two-scale regression",
        /// What a random network answers.
        Teacher "teacher" "random teacher",
    }

    /// The operation of [`Data::Arithmetic`].
    Operation {
        /// `(a + b) mod p`.
        Add "add" "a + b",
        /// `(a - b) mod p`.
        Subtract "sub" "a − b",
        /// `(a b) mod p`.
        Multiply "mul" "a × b",
        /// `(a / b) mod p`, for `b` not 0.
        Divide "div" "a ÷ b",
    }

    /// The rule of [`Data::Icosahedron`].
    Rule {
        /// Whether the energy `E = Σ s_i s_j` over the 30 edges, spins ±1, exceeds a threshold.
        Ising "ising" "Ising energy",
        /// Likewise for `E + 1.5 Σ s_i`.
        IsingInField "ising-field" "Ising energy in a field",
        /// The rule of Shwartz-Ziv & Tishby's data set `var_u` (arXiv 1703.00810).
        Tishby "tishby" "Tishby's data set",
    }

    /// What is trained.
    ModelKind {
        /// A multilayer perceptron.
        Perceptron "perceptron" "multilayer perceptron",
        /// One layer of weights.
        Linear "linear" "linear",
        /// A perceptron of which only the last layer is trained.
        RandomFeatures "random-features" "random features",
    }

    /// The activation of a hidden layer.
    Activation {
        /// `x²`.
        Quadratic "quadratic" "quadratic",
        /// `max(x, 0)`.
        Relu "relu" "ReLU",
        /// `tanh(x)`.
        Tanh "tanh" "tanh",
        /// `x Φ(x)`.
        Gelu "gelu" "GELU",
        /// `x / (1 + exp(-x))`.
        Silu "silu" "SiLU",
        /// `x`.
        Linear "linear" "linear",
    }

    /// How initial weights are drawn.
    Init {
        /// Normal, variance 1 / inputs.
        Lecun "lecun" "1 / inputs",
        /// Normal, variance 1 / inputs in the first layer and 2 / inputs in the others.
        He "he" "2 / inputs behind a hidden layer",
        /// Normal cut off at two standard deviations, those being 1 / √inputs before the cut.
        Clipped "clipped" "1 / inputs, cut off",
    }

    /// What training makes small.
    Loss {
        /// Squared error to the one-hot label, summed over outputs.
        SquaredError "mse" "squared error",
        /// Cross-entropy of the softmax, in nats.
        CrossEntropy "cross-entropy" "cross-entropy",
        /// Cross-entropy of StableMax, in nats (Prieto et al., arXiv 2501.04697).
        StableMax "stablemax" "StableMax cross-entropy",
    }

    /// How a gradient becomes a step.
    Optimiser {
        /// Gradient descent with momentum.
        Sgd "sgd" "SGD with momentum",
        /// Adam, weight decay added to the gradient.
        Adam "adam" "Adam",
        /// Adam with decoupled weight decay.
        AdamW "adamw" "AdamW",
        /// Orthogonalised momentum with decoupled weight decay.
        Muon "muon" "Muon",
        /// No descent: the last layer's minimum-norm or ridge solution in one step.
        MinimumNorm "minimum-norm" "minimum-norm solution",
    }

    /// How the learning rate goes with the steps.
    Schedule {
        /// The same throughout.
        Constant "constant" "constant",
        /// Down to zero in a straight line.
        Linear "linear" "linear to zero",
    }

    /// The running average of [`Settings::grokfast_lambda`].
    Grokfast {
        /// Exponential moving average.
        Ema "ema" "exponential",
        /// Mean of the last gradients.
        Ma "ma" "window",
    }

    /// How mutual information is estimated.
    Estimator {
        /// Not at all.
        Off "off" "not measured",
        /// Every unit into bins, and the entropy of what comes out.
        Binning "binning" "binning",
        /// Pairwise bounds for a layer with Gaussian noise added (Kolchinsky & Tracey 2017).
        Kernel "kernel" "pairwise bounds",
        /// Distances to nearest neighbours, with noise added (Kraskov et al. 2004; Ross 2014).
        Neighbours "neighbours" "nearest neighbours",
        /// A critic trained beside the network (van den Oord et al. 2018).
        Contrastive "contrastive" "contrastive bound",
    }

    /// Which layers are measured.
    Probed {
        /// The last one's outputs.
        Outputs "outputs" "outputs only",
        /// Hidden layers as well.
        All "all" "every layer",
    }

    /// Between what the bins of [`Estimator::Binning`] lie.
    BinRange {
        /// From -1 to 1.
        Fixed "fixed" "−1 to 1",
        /// From the least to the greatest value that the layer has had so far.
        Running "running" "least to greatest so far",
        /// From the least to the greatest value that the layer has in the whole run.
        Whole "whole" "least to greatest of the run",
        /// From the least to the greatest value that the layer has now.
        Step "step" "least to greatest at each step",
        /// As many values in each.
        Quantile "quantile" "equally full",
    }

    /// Which of the bounds of [`Estimator::Kernel`] are worked.
    Bounds {
        /// The upper one.
        Upper "upper" "upper",
        /// Both.
        Both "both" "upper and lower",
    }

    /// What the noise of [`Estimator::Kernel`] is measured by.
    NoiseScale {
        /// The layer's variance.
        Relative "relative" "share of the layer’s variance",
        /// Nothing.
        Absolute "absolute" "variance",
    }
}

/// A hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its units.
    pub units: u16,
    /// What is done to each.
    pub activation: Activation,
}

/// Hidden layers behind the first: `24tanh-12relu` as text, `none` for no layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Layers {
    layers: [Option<Layer>; Self::MOST],
}

impl Layers {
    /// Most layers allowed.
    pub const MOST: usize = 6;
    /// Most units allowed in a layer.
    pub const MAX_UNITS: u16 = 512;

    /// The layers, nearest to the input first.
    pub fn iter(&self) -> impl Iterator<Item = Layer> + use<> {
        self.layers.into_iter().flatten()
    }
}

impl Setting for Layers {
    fn value(&self) -> Value {
        Value::Layers(*self)
    }

    fn assign(&mut self, value: Value) {
        if let Value::Layers(layers) = value {
            *self = layers;
        }
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers: Vec<String> =
            self.iter().map(|layer| format!("{}{}", layer.units, layer.activation.key())).collect();
        f.write_str(if layers.is_empty() { "none" } else { "" })?;
        f.write_str(&layers.join("-"))
    }
}

/// The text is not a list of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLayers;

impl FromStr for Layers {
    type Err = NotLayers;

    fn from_str(text: &str) -> Result<Self, NotLayers> {
        let mut layers = Self::default();
        if matches!(text, "" | "none") {
            return Ok(layers);
        }
        for (index, layer) in text.split('-').enumerate() {
            let end = layer.find(|c: char| !c.is_ascii_digit()).ok_or(NotLayers)?;
            let (units, name) = layer.split_at(end);
            let units = units.parse().map_err(|_| NotLayers)?;
            if !(1..=Self::MAX_UNITS).contains(&units) {
                return Err(NotLayers);
            }
            let activation = Activation::find(name).ok_or(NotLayers)?;
            *layers.layers.get_mut(index).ok_or(NotLayers)? = Some(Layer { units, activation });
        }
        Ok(layers)
    }
}

/// Everything that determines what one member is trained on and how. What each means, its range and
/// its unit stand in [`super::FIELDS`], under the same name.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the table of fields says what each is")]
pub struct Settings {
    pub data: Data,
    pub op: Operation,
    pub p: u32,
    pub rule: Rule,
    pub frac: f64,
    pub samples: usize,
    pub pca: usize,
    pub label_noise: f64,
    pub target_noise: f64,
    pub slow_scale: f64,
    pub fast_features: usize,

    pub model: ModelKind,
    pub width: usize,
    pub activation: Activation,
    pub deeper: Layers,
    pub bias: bool,
    pub embed: usize,
    pub init: Init,
    pub alpha: f64,
    pub bias_scale: f64,

    pub loss: Loss,
    pub optimiser: Optimiser,
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub batch: usize,
    pub schedule: Schedule,
    pub warmup: u32,
    pub ridge: f64,

    pub wd: f64,
    pub gate: bool,
    pub noise: f64,
    pub smoothing: f64,
    pub grokfast: Grokfast,
    pub grokfast_lambda: f64,
    pub grokfast_alpha: f64,
    pub grokfast_window: usize,
    pub orthograd: bool,
    pub rank_penalty: f64,
    pub constant_norm: bool,

    pub info: Estimator,
    pub probed: Probed,
    pub bins: usize,
    pub bin_range: BinRange,
    pub bin_correction: bool,
    pub kernel_noise: f64,
    pub bounds: Bounds,
    pub noise_scale: NoiseScale,
    pub neighbours: usize,
    pub neighbour_noise: f64,
    pub subsamples: bool,
    pub spread: bool,
    pub complexity: bool,
    pub radius: f64,
    pub linear_map: bool,
    pub spectra: bool,
    pub fourier: bool,
    pub truncation: bool,
    pub points: usize,
    pub measure_share: f64,

    pub goal: f64,
    /// Members of an ensemble; 1 in the settings of a member.
    pub seeds: usize,
    pub seed: u32,
    pub steps: u32,
}

impl Default for Settings {
    /// Recipe A1: modular addition, memorised within 50 steps and understood after 1,700.
    fn default() -> Self {
        Self {
            data: Data::Arithmetic,
            op: Operation::Add,
            p: 23,
            rule: Rule::Ising,
            frac: 0.5,
            samples: 200,
            pca: 0,
            label_noise: 0.0,
            target_noise: 0.5,
            slow_scale: 0.1,
            fast_features: 140,
            model: ModelKind::Perceptron,
            width: 128,
            activation: Activation::Quadratic,
            deeper: Layers::default(),
            bias: false,
            embed: 0,
            init: Init::Lecun,
            alpha: 1.0,
            bias_scale: 0.0,
            loss: Loss::SquaredError,
            optimiser: Optimiser::AdamW,
            lr: 3e-3,
            beta1: 0.9,
            beta2: 0.98,
            batch: 0,
            schedule: Schedule::Constant,
            warmup: 0,
            ridge: 0.0,
            wd: 1.0,
            gate: false,
            noise: 0.0,
            smoothing: 0.0,
            grokfast: Grokfast::Ema,
            grokfast_lambda: 0.0,
            grokfast_alpha: 0.98,
            grokfast_window: 100,
            orthograd: false,
            rank_penalty: 0.0,
            constant_norm: false,
            info: Estimator::Kernel,
            probed: Probed::Outputs,
            bins: 30,
            bin_range: BinRange::Running,
            bin_correction: false,
            kernel_noise: 0.2,
            bounds: Bounds::Upper,
            noise_scale: NoiseScale::Relative,
            neighbours: 3,
            neighbour_noise: 0.1,
            subsamples: false,
            spread: false,
            complexity: false,
            radius: 0.1,
            linear_map: false,
            spectra: false,
            fourier: false,
            truncation: false,
            points: 529,
            measure_share: 5.0,
            goal: 0.95,
            seeds: 5,
            seed: 0,
            steps: 4000,
        }
    }
}

impl Settings {
    /// The loss that is trained on: that of the settings, or of a regression the squared error.
    #[must_use]
    pub fn trained_loss(&self) -> Loss {
        if self.is_regression() { Loss::SquaredError } else { self.loss }
    }

    /// Units of every layer, the inputs' first and the outputs' last.
    #[must_use]
    pub fn units(&self) -> Vec<usize> {
        let inputs = self.embedding().map_or(self.features(), |length| 2 * length);
        let hidden = self.hidden().into_iter().map(|layer| usize::from(layer.units));
        [inputs].into_iter().chain(hidden).chain([self.outputs()]).collect()
    }

    /// Length of the learned vectors, if there are any.
    #[must_use]
    pub fn embedding(&self) -> Option<usize> {
        (self.is_table() && self.embed > 0).then_some(self.embed)
    }

    /// Whether the first weights stand for the numbers of a modulus, so that they have a spectrum.
    #[must_use]
    pub fn has_fourier(&self) -> bool {
        self.data == Data::Arithmetic && self.embedding().is_none()
    }

    pub(super) fn widest_layer(&self) -> usize {
        self.units().into_iter().fold(self.features(), usize::max)
    }

    /// About how many numbers training one member keeps.
    pub(super) fn numbers_in_training(&self) -> usize {
        const COPIES: usize = 6;
        let units = self.units();
        let parameters: usize = units.windows(2).map(|layer| layer[0] * layer[1]).sum();
        let window = match self.grokfast {
            Grokfast::Ma if self.grokfast_lambda > 0.0 => self.grokfast_window,
            _ => 0,
        };
        let activations = self.train_samples() * units.iter().sum::<usize>();
        COPIES * activations + (COPIES + window) * parameters
    }

    /// The hidden layers, nearest to the input first.
    #[must_use]
    pub fn hidden(&self) -> Vec<Layer> {
        match self.model {
            ModelKind::Linear => Vec::new(),
            ModelKind::Perceptron | ModelKind::RandomFeatures => {
                [Layer { units: self.width as u16, activation: self.activation }]
                    .into_iter()
                    .chain(self.deeper.iter())
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_read_what_they_write_and_nothing_else() {
        for text in ["none", "24tanh", "7tanh-5relu-4linear-3silu"] {
            assert_eq!(text.parse::<Layers>().map(|layers| layers.to_string()), Ok(text.into()));
        }
        for text in
            ["24", "tanh", "0tanh", "513relu", "8tanh-", "8sine", "1relu-".repeat(7).as_str()]
        {
            assert_eq!(text.parse::<Layers>(), Err(NotLayers), "{text}");
        }
    }
}
