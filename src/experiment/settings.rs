//! The settings of one member, as plain values, and the choices among them.

use super::value::{Activation, HiddenLayer, Layers, choices};

choices! {
    /// The data set.
    Data {
        /// `a ∘ b` modulo a prime, from two one-hot vectors (Power et al., arXiv 2201.02177).
        Arithmetic "arithmetic",
        /// The product of two permutations of five things, from two one-hot vectors (Power et al.).
        Permutations "permutations",
        /// The 8 × 8 handwritten digits of the UCI set (Alpaydin & Kaynak 1998, CC BY 4.0).
        Digits "digits",
        /// A rule on 12 bits with the symmetry of the icosahedron.
        Icosahedron "icosahedron",
        /// Linear regression with fast and slow features.
        TwoScale "two-scale",
        /// The outputs of a random network.
        Teacher "teacher",
    }

    /// The operation of [`Data::Arithmetic`].
    Operation {
        /// `(a + b) mod p`.
        Add "add",
        /// `(a - b) mod p`.
        Subtract "sub",
        /// `(a b) mod p`.
        Multiply "mul",
        /// `(a / b) mod p`, for `b` not 0.
        Divide "div",
    }

    /// The rule of [`Data::Icosahedron`].
    Rule {
        /// Whether the energy `E = Σ s_i s_j` over the 30 edges, spins ±1, exceeds a threshold.
        Ising "ising",
        /// The same for `E + 1.5 Σ s_i`.
        IsingInField "ising-field",
        /// The rule of Shwartz-Ziv & Tishby's data set `var_u` (arXiv 1703.00810).
        Tishby "tishby",
    }

    /// The model.
    ModelKind {
        /// A multilayer perceptron.
        Perceptron "perceptron",
        /// One layer of weights.
        Linear "linear",
        /// A perceptron with only the last layer trained.
        RandomFeatures "random-features",
    }

    /// How initial weights are drawn.
    Init {
        /// Normal, variance 1 / inputs.
        Lecun "lecun",
        /// Normal, variance 1 / inputs in the first layer and 2 / inputs in the others.
        He "he",
        /// Normal cut off at two standard deviations, those being 1 / √inputs before the cut.
        Clipped "clipped",
    }

    /// What training makes small.
    Loss {
        /// Squared error to the one-hot label, summed over outputs.
        SquaredError "mse",
        /// Cross-entropy of the softmax, in nats.
        CrossEntropy "cross-entropy",
        /// Cross-entropy of StableMax, in nats (Prieto et al., arXiv 2501.04697).
        StableMax "stablemax",
    }

    /// How a gradient becomes a step.
    Optimiser {
        /// Gradient descent with momentum.
        Sgd "sgd",
        /// Adam, weight decay added to the gradient.
        Adam "adam",
        /// Adam with decoupled weight decay.
        AdamW "adamw",
        /// Orthogonalised momentum with decoupled weight decay.
        Muon "muon",
        /// No descent: the last layer's minimum-norm or ridge solution in one step.
        MinimumNorm "minimum-norm",
    }

    /// How the learning rate goes with the steps.
    Schedule {
        /// The same throughout.
        Constant "constant",
        /// Down to zero in a straight line.
        Linear "linear",
    }

    /// The running average of [`Settings::grokfast_lambda`].
    Grokfast {
        /// Exponential moving average.
        Ema "ema",
        /// Mean of the last gradients.
        Ma "ma",
    }

    /// How mutual information is estimated.
    Estimator {
        /// Not at all.
        Off "off",
        /// The value with Gaussian noise on every unit, by draws of the noise.
        Exact "exact",
        /// Every unit in bins, and the entropy of the outcomes.
        Binning "binning",
        /// Pairwise bounds for a layer with Gaussian noise added (Kolchinsky & Tracey 2017).
        Kernel "kernel",
        /// Distances to nearest neighbours, with noise added (Kraskov et al. 2004; Ross 2014).
        Neighbours "neighbours",
        /// A critic trained beside the network (van den Oord et al. 2018).
        Contrastive "contrastive",
        /// Entropy of a kernel matrix's eigenvalues (Sanchez Giraldo et al. 2015).
        Renyi "renyi",
        /// Mean over random directions of the information along them (Goldfeld & Greenewald 2021).
        Sliced "sliced",
        /// Logarithm of the determinant of the covariance with noise (Yu et al. 2020).
        CodingRate "coding-rate",
    }

    /// Which layers are measured.
    MeasuredLayers {
        /// The last one's outputs.
        Outputs "outputs",
        /// Hidden layers as well.
        All "all",
    }

    /// The range of the bins of [`Estimator::Binning`].
    BinRange {
        /// From -1 to 1.
        Fixed "fixed",
        /// From the smallest to the largest value of the layer so far.
        Running "running",
        /// From the smallest to the largest value of the layer in the whole run.
        Whole "whole",
        /// From the smallest to the largest value of the layer now.
        Step "step",
        /// As many values in each.
        Quantile "quantile",
    }

    /// Which bounds of [`Estimator::Kernel`] are computed.
    Bounds {
        /// The upper one.
        Upper "upper",
        /// Both.
        Both "both",
    }

    /// How the noise of [`Estimator::Kernel`] and [`Estimator::Neighbours`] is given.
    NoiseScale {
        /// By the signal-to-noise ratio of [`Settings::snr`].
        Ratio "snr",
        /// The layer's variance.
        Relative "relative",
        /// Nothing.
        Absolute "absolute",
    }
}

/// Everything that determines what one member is trained on and how. The rows of
/// [`super::FIELDS`] give each one its key, its range and its meaning.
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
    pub measured_layers: MeasuredLayers,
    pub snr: i32,
    pub map: bool,
    pub information_error: f64,
    pub bins: usize,
    pub bin_range: BinRange,
    pub bin_correction: bool,
    pub kernel_noise: f64,
    pub bounds: Bounds,
    pub noise_scale: NoiseScale,
    pub neighbours: usize,
    pub neighbour_noise: f64,
    pub subsamples: bool,
    pub shuffle: bool,
    pub class_variance: bool,
    pub complexity: bool,
    pub radius: f64,
    pub linear_map: bool,
    pub spectra: bool,
    pub fourier: bool,
    pub truncation: bool,
    pub points: usize,
    pub measuring_percent: f64,

    pub target_accuracy: f64,
    /// Members of an ensemble; 1 in the settings of a member.
    pub seeds: usize,
    pub seed: u32,
    pub steps: u32,
}

impl Default for Settings {
    /// Recipe A1: modular addition. It memorises within 50 steps and generalises much later.
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
            info: Estimator::Exact,
            measured_layers: MeasuredLayers::Outputs,
            snr: 0,
            map: false,
            information_error: 0.03,
            bins: 30,
            bin_range: BinRange::Running,
            bin_correction: false,
            kernel_noise: 0.2,
            bounds: Bounds::Upper,
            noise_scale: NoiseScale::Ratio,
            neighbours: 3,
            neighbour_noise: 0.1,
            subsamples: false,
            shuffle: false,
            class_variance: false,
            complexity: false,
            radius: 0.1,
            linear_map: false,
            spectra: false,
            fourier: false,
            truncation: false,
            points: 529,
            measuring_percent: 5.0,
            target_accuracy: 0.95,
            seeds: 5,
            seed: 0,
            steps: 4000,
        }
    }
}

/// The signal-to-noise ratios of the resolution map, in dB.
pub const RESOLUTIONS: [i32; 9] = [-10, -5, 0, 5, 10, 15, 20, 25, 30];

impl Settings {
    /// The signal-to-noise ratios at which exact information is measured, in dB, ascending.
    #[must_use]
    pub fn resolutions(&self) -> Vec<i32> {
        let mut all = vec![self.snr];
        if self.map {
            all.extend(RESOLUTIONS);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a measurement depends on those of earlier steps: ranges of bins that grow, or critics
    /// that go on learning.
    #[must_use]
    pub fn is_measured_in_order(&self) -> bool {
        match self.info {
            Estimator::Binning => self.bin_range == BinRange::Running,
            Estimator::Contrastive => true,
            _ => false,
        }
    }

    /// The loss that is trained on: the squared error for a regression, otherwise that of the
    /// settings.
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
    pub fn hidden(&self) -> Vec<HiddenLayer> {
        match self.model {
            ModelKind::Linear => Vec::new(),
            ModelKind::Perceptron | ModelKind::RandomFeatures => {
                [HiddenLayer { units: self.width as u16, activation: self.activation }]
                    .into_iter()
                    .chain(self.deeper.iter())
                    .collect()
            }
        }
    }
}
