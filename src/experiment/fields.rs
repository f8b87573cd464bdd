//! The one table of an experiment's settings: name, range, unit and a sentence for each.

use super::settings::{self, Choice, Layers, Setting, Settings};

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// An option, by its place among the choices.
    Choice(usize),
    /// Hidden layers.
    Layers(Layers),
}

/// What a setting can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A number.
    Number {
        /// Smallest value allowed.
        min: f64,
        /// Largest value allowed.
        max: f64,
        /// Whether only whole numbers are allowed.
        whole: bool,
        /// How it is spread over a slider.
        scale: Scale,
    },
    /// One of these.
    Choice(&'static [Choice]),
    /// Hidden layers, as [`Layers`] reads them.
    Layers,
}

/// How a number is spread over a slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly, in steps of the given size.
    Linear(f64),
    /// By ratio: ten round numbers in each decade.
    Log,
    /// By ratio from a given number up, with zero at the left end.
    LogWithZero(f64),
    /// The given values.
    Stops(&'static [f64]),
    /// One stop a prime number.
    Primes,
}

/// Where a setting belongs among the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What is learned and from how much of it.
    Task,
    /// What learns it.
    Network,
    /// How it is fitted.
    Training,
    /// What presses for compression.
    Compression,
    /// What is measured beside loss and accuracy, and how. Changes nothing in training.
    Measures,
    /// How many, from which seed, for how long.
    Run,
}

impl Group {
    /// All groups, in the order of the table.
    pub const ALL: [Self; 6] =
        [Self::Task, Self::Network, Self::Training, Self::Compression, Self::Measures, Self::Run];

    /// The name on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Network => "Network",
            Self::Training => "Training",
            Self::Compression => "Pressure to compress",
            Self::Measures => "Measures (changed without a new run)",
            Self::Run => "Run",
        }
    }
}

/// One setting of an [`super::Experiment`].
#[derive(Debug)]
pub struct Field {
    /// The name in URLs, JSON and on the command line.
    pub key: &'static str,
    /// The name on the page.
    pub label: &'static str,
    /// The unit, empty for a pure number.
    pub unit: &'static str,
    /// What it does, in one plain sentence or two.
    pub about: &'static str,
    /// What it can hold.
    pub kind: FieldKind,
    /// Where it belongs among the controls.
    pub group: Group,
    /// Whether members of one ensemble can differ in it.
    pub per_member: bool,
    /// Whether it makes a difference under the other settings.
    pub applies: fn(&Settings) -> bool,
    read: fn(&Settings) -> Value,
    write: fn(&mut Settings, Value),
}

/// Why a value was refused, and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{key}` must be {allowed}; got {got}")]
pub struct InvalidValue {
    /// The setting's name.
    pub key: &'static str,
    /// What would have been accepted.
    pub allowed: String,
    /// What was given.
    pub got: String,
    /// The valid value nearest to it, where there is one.
    pub nearest: Option<Value>,
}

impl Field {
    /// The value that `settings` have for this.
    #[must_use]
    pub fn get(&self, settings: &Settings) -> Value {
        (self.read)(settings)
    }

    /// Gives `settings` a value for this.
    ///
    /// # Errors
    /// If the value is of another kind, outside the range, not whole where it must be, or not prime
    /// where it must be; the settings are then unchanged.
    pub fn set(&self, settings: &mut Settings, value: Value) -> Result<(), InvalidValue> {
        let nearest = self.nearest(value);
        if nearest != Some(value) {
            let got = self.format(value);
            return Err(InvalidValue { key: self.key, allowed: self.allowed(), got, nearest });
        }
        (self.write)(settings, value);
        Ok(())
    }

    /// The allowed value nearest to `value`; `None` for something of another kind or not a number.
    #[must_use]
    pub fn nearest(&self, value: Value) -> Option<Value> {
        match (self.kind, value) {
            (FieldKind::Number { min, max, whole, scale }, Value::Number(number))
                if !number.is_nan() =>
            {
                let clamped = number.clamp(min, max);
                Some(Value::Number(match scale {
                    Scale::Primes => nearest_prime(clamped),
                    _ if whole => clamped.round(),
                    _ => clamped,
                }))
            }
            (FieldKind::Choice(choices), Value::Choice(index)) => {
                (index < choices.len()).then_some(value)
            }
            (FieldKind::Layers, Value::Layers(_)) => Some(value),
            _ => None,
        }
    }

    /// Reads a value as [`Field::format`] writes it.
    ///
    /// # Errors
    /// If the text is not a value of this setting; the nearest one stands beside the reason.
    pub fn parse(&self, text: &str) -> Result<Value, InvalidValue> {
        let text = text.trim();
        let refuse = |got: String, nearest| InvalidValue {
            key: self.key,
            allowed: self.allowed(),
            got,
            nearest,
        };
        let value = match self.kind {
            // `f64::from_str` takes "inf" and "NaN", which no setting means.
            FieldKind::Number { .. } => {
                text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number)
            }
            FieldKind::Choice(choices) => {
                choices.iter().position(|c| c.key == text).map(Value::Choice)
            }
            FieldKind::Layers => text.parse().ok().map(Value::Layers),
        };
        let value = value.ok_or_else(|| refuse(format!("“{}”", shorten(text)), None))?;
        let nearest = self.nearest(value);
        if nearest == Some(value) { Ok(value) } else { Err(refuse(self.format(value), nearest)) }
    }

    /// What is allowed, as words for a message: `a prime between 5 and 97`.
    #[must_use]
    pub fn allowed(&self) -> String {
        match self.kind {
            FieldKind::Number { min, max, whole, scale } => {
                let kind = match scale {
                    Scale::Primes => "a prime",
                    _ if whole => "a whole number",
                    _ => "a number",
                };
                format!("{kind} between {min} and {max}")
            }
            FieldKind::Choice(choices) => {
                let keys: Vec<&str> = choices.iter().map(|choice| choice.key).collect();
                format!("one of {}", keys.join(", "))
            }
            FieldKind::Layers => format!(
                "“none”, or up to {} layers such as “24tanh-12relu” of at most {} units",
                Layers::MOST,
                Layers::MAX_UNITS
            ),
        }
    }

    /// A value of this setting as text, as short as it can be without losing anything.
    #[must_use]
    pub fn format(&self, value: Value) -> String {
        match (value, self.kind) {
            (Value::Number(number), _) => format!("{number}"),
            (Value::Choice(index), FieldKind::Choice(choices)) => {
                choices.get(index).map_or_else(|| index.to_string(), |choice| choice.key.to_owned())
            }
            (Value::Choice(index), _) => index.to_string(),
            (Value::Layers(layers), _) => layers.to_string(),
        }
    }

    /// The values at the stops of a slider, from smallest to largest; empty for what is no number.
    #[must_use]
    pub fn stops(&self) -> Vec<f64> {
        let FieldKind::Number { min, max, whole, scale } = self.kind else {
            return Vec::new();
        };
        match scale {
            Scale::Linear(step) => {
                let last = ((max - min) / step).round() as u32;
                // Dividing by the whole number of steps in a unit, where there is one, keeps 0.15
                // from becoming 0.15000000000000002.
                let per_unit = (1.0 / step).round().max(1.0);
                (0..=last)
                    .map(|stop| ((min + f64::from(stop) * step) * per_unit).round() / per_unit)
                    .collect()
            }
            Scale::Log => {
                let mut stops = round_numbers(min, max);
                stops.retain(|stop| !whole || stop.fract() == 0.0);
                stops
            }
            Scale::LogWithZero(from) => {
                let mut stops = round_numbers(from, max);
                stops.insert(0, 0.0);
                stops
            }
            Scale::Stops(stops) => stops.to_vec(),
            Scale::Primes => {
                (min as u32..=max as u32).filter(|&n| is_prime(n)).map(f64::from).collect()
            }
        }
    }

    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    const fn per_member(mut self) -> Self {
        self.per_member = true;
        self
    }

    const fn when(mut self, applies: fn(&Settings) -> bool) -> Self {
        self.applies = applies;
        self
    }
}

/// Text from outside, made fit for a sentence.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 24;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= MOST {
        clean
    } else {
        clean.chars().take(MOST).chain(['…']).collect()
    }
}

/// Ten round numbers in each decade from `min` to `max`, both included where they are round.
fn round_numbers(min: f64, max: f64) -> Vec<f64> {
    const DIGITS: [&str; 10] = ["1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8"];
    let decades = min.log10().floor() as i32..=max.log10().floor() as i32;
    decades
        // Parsing gives the double nearest to the decimal; multiplying by a power of ten does not.
        .flat_map(|decade| DIGITS.iter().filter_map(move |d| format!("{d}e{decade}").parse().ok()))
        .filter(|value| (min..=max).contains(value))
        .collect()
}

const fn number(min: f64, max: f64, scale: Scale) -> FieldKind {
    FieldKind::Number { min, max, whole: false, scale }
}

const fn whole(min: f64, max: f64, scale: Scale) -> FieldKind {
    FieldKind::Number { min, max, whole: true, scale }
}

/// A row of the table: group, member of [`Settings`], key, label, kind, and what it does.
macro_rules! field {
    ($group:ident, $name:ident, $key:literal, $label:literal, $kind:expr, $about:literal) => {
        Field {
            key: $key,
            label: $label,
            unit: "",
            about: $about,
            kind: $kind,
            group: Group::$group,
            per_member: false,
            applies: |_| true,
            read: |settings| settings.$name.value(),
            write: |settings, value| settings.$name.assign(value),
        }
    };
}

/// The largest seed.
const MAX_SEED: f64 = 9999.0;

const SWITCH: FieldKind = FieldKind::Choice(settings::OFF_ON);

fn descends(settings: &Settings) -> bool {
    settings.optimiser != settings::Optimiser::MinimumNorm
}

fn has_hidden_layers(settings: &Settings) -> bool {
    settings.model != settings::ModelKind::Linear
}

fn estimates(settings: &Settings, estimator: settings::Estimator) -> bool {
    settings.info == estimator && !settings.is_regression()
}

/// Every setting, in the order in which a teacher would talk about them.
pub static FIELDS: &[Field] = &[
    field!(Task, data, "data", "Task", FieldKind::Choice(settings::Data::CHOICES),
        "What the networks learn."),
    field!(Task, op, "op", "Operation", FieldKind::Choice(settings::Operation::CHOICES),
        "What is done to the two numbers, modulo p. Dividing leaves out b = 0.")
        .when(|s| s.data == settings::Data::Arithmetic),
    field!(Task, p, "p", "Modulus p", whole(5.0, 97.0, Scale::Primes),
        "Numbers run from 0 to below this prime; the table has p × p entries.")
        .when(|s| s.data == settings::Data::Arithmetic),
    field!(Task, rule, "rule", "Rule", FieldKind::Choice(settings::Rule::CHOICES),
        "Which of the 4,096 patterns of 12 bits, put on the corners of an icosahedron, are called 1.")
        .when(|s| s.data == settings::Data::Icosahedron),
    field!(Task, frac, "frac", "Train fraction", number(0.1, 0.9, Scale::Linear(0.05)),
        "The share of the whole table that is trained on. For modular addition, below about 0.45 the \
         rule is not found in time; far above it the delay all but disappears.")
        .per_member().when(Settings::is_share),
    field!(Task, samples, "samples", "Training samples",
        whole(10.0, 1500.0, Scale::Stops(&[
            10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 120.0, 150.0, 200.0,
            250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1200.0, 1500.0,
        ])),
        "How many samples each network is trained on. Of the digits all others are held back; of \
         drawn data 2,000.")
        .per_member().when(|s| !s.is_share()),
    field!(Task, pca, "pca", "Principal components", whole(0.0, 64.0, Scale::Linear(1.0)),
        "Gives the networks this many principal components of the training images instead of the \
         64 pixels; 0 for pixels.")
        .when(|s| s.data == settings::Data::Digits),
    field!(Task, label_noise, "label-noise", "Label noise", number(0.0, 0.9, Scale::Linear(0.05)),
        "The share of training labels that are replaced by a wrong one, drawn at random.")
        .per_member().when(|s| !s.is_regression()),
    field!(Task, target_noise, "target-noise", "Target noise",
        number(0.0, 20.0, Scale::LogWithZero(0.1)),
        "Standard deviation of what is added to each training target. Test targets have none.")
        .per_member().when(Settings::is_regression),
    field!(Task, slow_scale, "slow-scale", "Slow scale", number(0.01, 1.0, Scale::Log),
        "The size of the ten slow features beside the fast ones. At 1 none is slow.")
        .per_member().when(|s| s.data == settings::Data::TwoScale),
    field!(Task, fast_features, "fast-features", "Fast features",
        whole(1.0, 500.0, Scale::Stops(&[
            1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 70.0, 100.0, 140.0, 200.0, 300.0, 500.0,
        ])),
        "How many features are of size 1. The fewer there are per sample, the better the closed form \
         holds.")
        .when(|s| s.data == settings::Data::TwoScale),

    field!(Network, model, "model", "Model", FieldKind::Choice(settings::ModelKind::CHOICES),
        "What is trained. Random features train the last layer only."),
    field!(Network, width, "width", "Width",
        whole(1.0, 2000.0, Scale::Stops(&[
            1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0,
            192.0, 200.0, 256.0, 384.0, 512.0, 1000.0, 2000.0,
        ])),
        "Units in the first hidden layer: room to memorise in.")
        .unit("units").per_member().when(has_hidden_layers),
    field!(Network, activation, "activation", "Activation",
        FieldKind::Choice(settings::Activation::CHOICES),
        "What each unit of the first hidden layer does to its input.")
        .when(has_hidden_layers),
    field!(Network, deeper, "deeper", "Further layers", FieldKind::Layers,
        "Hidden layers behind the first: units and activation of each, as in 24tanh-12relu.")
        .when(has_hidden_layers),
    field!(Network, bias, "bias", "Biases", SWITCH,
        "Whether every unit has a number of its own added to its input."),
    field!(Network, embed, "embedding", "Embedding", whole(0.0, 128.0, Scale::Linear(8.0)),
        "Length of a learned vector for each element, the same for both places; 0 gives the \
         networks one-hot vectors.")
        .when(Settings::is_table),
    field!(Network, init, "init", "Variance of weights", FieldKind::Choice(settings::Init::CHOICES),
        "The variance of the initial weights."),
    field!(Network, alpha, "alpha", "Initial scale α", number(0.0, 20.0, Scale::LogWithZero(0.1)),
        "All initial weights are multiplied by this. Large weights fit fast by memorising.")
        .per_member(),
    field!(Network, bias_scale, "bias-scale", "Initial biases",
        number(0.0, 2.0, Scale::Linear(0.1)),
        "Standard deviation of the initial biases of hidden units.")
        .per_member().when(|s| s.bias),

    field!(Training, loss, "loss", "Loss", FieldKind::Choice(settings::Loss::CHOICES),
        "What training makes small.")
        .when(|s| !s.is_regression()),
    field!(Training, optimiser, "optimiser", "Optimiser",
        FieldKind::Choice(settings::Optimiser::CHOICES),
        "How a gradient becomes a step.")
        .per_member(),
    field!(Training, lr, "lr", "Learning rate", number(1e-5, 10.0, Scale::Log),
        "The size of one step. Both phases get shorter with it, until training breaks.")
        .per_member().when(descends),
    field!(Training, beta1, "beta1", "Momentum", number(0.0, 0.99, Scale::Stops(&[
            0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99,
        ])),
        "The share of the running average of gradients that each step keeps (β₁ of Adam).")
        .per_member().when(descends),
    field!(Training, beta2, "beta2", "β₂", number(0.0, 0.9999, Scale::Stops(&[
            0.0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999,
        ])),
        "The share of the running average of squared gradients that each step keeps.")
        .per_member()
        .when(|s| !matches!(s.optimiser, settings::Optimiser::Sgd | settings::Optimiser::MinimumNorm)),
    field!(Training, batch, "batch", "Batch", whole(0.0, 1024.0, Scale::Stops(&[
            0.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
        ])),
        "Training samples a step, drawn at random with replacement; 0 for all of them.")
        .when(descends),
    field!(Training, schedule, "schedule", "Schedule", FieldKind::Choice(settings::Schedule::CHOICES),
        "How the learning rate goes over the length of the run.")
        .when(descends),
    field!(Training, warmup, "warmup", "Warm-up", whole(0.0, 1000.0, Scale::Stops(&[
            0.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0,
        ])),
        "The learning rate rises from zero over this many steps.")
        .unit("steps").when(descends),
    field!(Training, ridge, "ridge", "Ridge", number(0.0, 10.0, Scale::LogWithZero(1e-5)),
        "A penalty on the square of the solution's weights; 0 takes the smallest exact solution.")
        .per_member().when(|s| !descends(s)),

    field!(Compression, wd, "wd", "Weight decay", number(0.0, 10.0, Scale::LogWithZero(0.001)),
        "How hard every step pulls the weights towards zero. It sets the pace of the second phase; \
         at 0, and with nothing else that presses, the networks usually memorise and stay there.")
        .per_member().when(descends),
    field!(Compression, gate, "gate", "Decay once memorised", SWITCH,
        "Switches weight decay on only when a network is seen to have every training sample right.")
        .per_member().when(descends),
    field!(Compression, noise, "noise", "Noise on hidden units",
        number(0.0, 2.0, Scale::Linear(0.1)),
        "Every hidden activation is multiplied by 1 + this × a normal number while training.")
        .per_member().when(|s| descends(s) && has_hidden_layers(s)),
    field!(Compression, smoothing, "smoothing", "Label smoothing",
        number(0.0, 0.9, Scale::Linear(0.05)),
        "The share of each training target that is spread evenly over all classes.")
        .per_member().when(|s| !s.is_regression()),
    field!(Compression, grokfast_lambda, "grokfast-lambda", "Grokfast λ",
        number(0.0, 10.0, Scale::Linear(0.5)),
        "Adds this many times the running average of the gradients to each gradient; 0 is off.")
        .per_member().when(descends),
    field!(Compression, grokfast, "grokfast", "Grokfast average",
        FieldKind::Choice(settings::Grokfast::CHOICES),
        "Over what Grokfast averages: exponentially fading, or a window of steps.").per_member()
        .when(|s| descends(s) && s.grokfast_lambda > 0.0),
    field!(Compression, grokfast_alpha, "grokfast-alpha", "Grokfast α",
        number(0.0, 0.999, Scale::Stops(&[0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999])),
        "The share of the fading average that each step keeps.")
        .per_member()
        .when(|s| descends(s) && s.grokfast_lambda > 0.0 && s.grokfast == settings::Grokfast::Ema),
    field!(Compression, grokfast_window, "grokfast-window", "Grokfast window",
        whole(2.0, 200.0, Scale::Stops(&[2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0])),
        "Steps in the window; before it is full nothing is added.")
        .unit("steps")
        .when(|s| descends(s) && s.grokfast_lambda > 0.0 && s.grokfast == settings::Grokfast::Ma),
    field!(Compression, orthograd, "orthograd", "OrthoGrad", SWITCH,
        "Takes out of each gradient the part that would only make the weights longer or shorter.")
        .per_member().when(descends),
    field!(Compression, rank_penalty, "rank-penalty", "Rank penalty",
        number(0.0, 10.0, Scale::LogWithZero(0.001)),
        "Adds this many times the entropy of each weight matrix's singular values to the loss, which \
         lowers its effective rank.")
        .per_member().when(descends),
    field!(Compression, constant_norm, "constant-norm", "Constant norm", SWITCH,
        "Scales all weights after each step so that their norm stays what it was at the start.")
        .per_member().when(descends),

    field!(Measures, info, "info", "Mutual information", FieldKind::Choice(settings::Estimator::CHOICES),
        "How the information between inputs and a layer, and between a layer and labels, is estimated. No \
         estimate is the truth: of a network without noise the information about distinct inputs is their \
         entropy, whatever the network does. What is seen is how samples cluster.")
        .when(|s| !s.is_regression()),
    field!(Measures, probed, "layers", "Layers", FieldKind::Choice(settings::Probed::CHOICES),
        "Which layers information and class variance are measured of.")
        .when(|s| !s.is_regression()),
    field!(Measures, bins, "bins", "Bins", whole(2.0, 200.0, Scale::Stops(&[
            2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0,
        ])),
        "Bins for each unit. With many, or in a wide layer, every sample has a row of bins of its own, and the \
         estimate stands at its ceiling.")
        .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, bin_range, "bin-range", "Range of bins",
        FieldKind::Choice(settings::BinRange::CHOICES),
        "What the bins lie between. Whether a layer without saturation seems to compress hangs on it. The range \
         of the run is known, and information measured, when training rests.")
        .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, bin_correction, "bin-correction", "Miller-Madow", SWITCH,
        "Adds (occupied bins − 1) / 2N nats to every entropy, for those that the samples miss.")
        .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, kernel_noise, "kernel-noise", "Noise of the bounds",
        number(1e-4, 10.0, Scale::Log),
        "Variance of the Gaussian noise that each unit is thought to have. Without noise nothing is lost; with \
         much of it nothing is kept.")
        .when(|s| estimates(s, settings::Estimator::Kernel)),
    field!(Measures, noise_scale, "noise-scale", "Noise counted as",
        FieldKind::Choice(settings::NoiseScale::CHOICES),
        "A share of the layer's variance makes the estimate blind to mere growth; with a fixed variance a layer \
         that grows seems to gain information.")
        .when(|s| estimates(s, settings::Estimator::Kernel)),
    field!(Measures, bounds, "bounds", "Bounds", FieldKind::Choice(settings::Bounds::CHOICES),
        "Information with that noise lies between the two, which may be far apart.")
        .when(|s| estimates(s, settings::Estimator::Kernel)),
    field!(Measures, neighbours, "neighbours", "Neighbours", whole(1.0, 20.0, Scale::Linear(1.0)),
        "Which nearest neighbour's distance is taken: fewer for less bias, more for less scatter.")
        .when(|s| estimates(s, settings::Estimator::Neighbours)),
    field!(Measures, neighbour_noise, "neighbour-noise", "Noise added",
        number(0.001, 1.0, Scale::Log),
        "Standard deviation of the noise added to each unit, as a share of the layer's. Without noise the \
         information of a continuous layer is infinite.")
        .when(|s| estimates(s, settings::Estimator::Neighbours)),
    field!(Measures, subsamples, "subsamples", "Band from subsamples", SWITCH,
        "Estimates information on ten random halves of the samples as well, and widens its band by how far they \
         scatter.")
        .when(|s| {
            let critic = s.info == settings::Estimator::Contrastive;
            !s.is_regression() && s.info != settings::Estimator::Off && !critic
        }),
    field!(Measures, spread, "spread", "Class variance", SWITCH,
        "How much of a layer's variance lies within classes: 0 where each class has collapsed to a point, 1 \
         where classes make no difference.")
        .when(|s| !s.is_regression()),
    field!(Measures, complexity, "complexity", "Local complexity", SWITCH,
        "How many units of each hidden layer switch sign near a sample: the density of the network's linear \
         regions there.")
        .when(has_hidden_layers),
    field!(Measures, radius, "radius", "Radius", number(0.001, 10.0, Scale::Log),
        "How far from each sample local complexity looks, along up to 25 directions. Its curve hangs on this.")
        .when(|s| s.complexity && has_hidden_layers(s)),
    field!(Measures, linear_map, "linear-map", "Linear mapping number", SWITCH,
        "How many linear maps the network amounts to, from chords between samples: 1 for a linear one.")
        .when(has_hidden_layers),
    field!(Measures, spectra, "spectra", "Norm and rank", SWITCH,
        "Norm and effective rank of each layer's weights."),
    field!(Measures, fourier, "fourier", "Fourier concentration", SWITCH,
        "How much each unit's first weights are one wave over the numbers: 1 for a single frequency.")
        .when(Settings::has_fourier),
    field!(Measures, truncation, "truncation", "Coarse-grained accuracy", SWITCH,
        "Accuracy on the held-back samples that are measured, with every layer's weights cut down to their strongest \
         few directions. That this is the coarse-graining that the paper speaks of is our reading of it.")
        .when(|s| !s.is_regression()),
    field!(Measures, points, "points", "Samples measured", whole(50.0, 2000.0, Scale::Stops(&[
            50.0, 100.0, 200.0, 300.0, 529.0, 1000.0, 2000.0,
        ])),
        "How many samples are measured at most, half of them from the training set. Bins take all there are.")
        .when(|s| !s.is_regression() || s.complexity || s.linear_map),
    field!(Measures, measure_share, "measure-share", "Time to measure",
        number(1.0, 100.0, Scale::Stops(&[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 50.0, 100.0])),
        "Share of training time that measuring may take meanwhile. What is left over is measured when training \
         rests.")
        .unit("%"),

    field!(Run, seeds, "seeds", "Networks", whole(1.0, 20.0, Scale::Linear(1.0)),
        "How many networks train side by side, each with its own random start and its own split of \
         the data."),
    field!(Run, seed, "seed", "First seed", whole(0.0, MAX_SEED, Scale::Linear(1.0)),
        "The number that the first network's random draws start from; the others count up."),
    field!(Run, steps, "steps", "Length", whole(1.0, 100_000.0, Scale::Log),
        "Optimiser steps until the run is done.")
        .unit("steps"),
    field!(Run, goal, "goal", "Goal", number(0.5, 1.0, Scale::Linear(0.01)),
        "The test accuracy at which a network counts as generalising.")
        .when(|s| !s.is_regression()),
];

/// The setting with the given name.
#[must_use]
pub fn field(key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.key == key)
}

fn is_prime(n: u32) -> bool {
    n >= 2 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn nearest_prime(value: f64) -> f64 {
    let (below, above) = (value.floor() as u32, value.ceil() as u32);
    // Bertrand: between n and 2n there is a prime, so the search ends.
    let below = (2..=below).rev().find(|&n| is_prime(n)).unwrap_or(2);
    let above = (above..).find(|&n| is_prime(n)).unwrap_or(below);
    if value - f64::from(below) <= f64::from(above) - value {
        f64::from(below)
    } else {
        f64::from(above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stops_of_every_slider_are_valid_and_go_up_from_end_to_end() {
        for field in FIELDS {
            let FieldKind::Number { min, max, .. } = field.kind else { continue };
            let stops = field.stops();
            assert_eq!(stops.first(), Some(&min), "{}", field.key);
            assert_eq!(stops.last(), Some(&max), "{}", field.key);
            for pair in stops.windows(2) {
                assert!(pair[0] < pair[1], "{}: {pair:?}", field.key);
                let value = Value::Number(pair[1]);
                assert_eq!(field.nearest(value), Some(value), "{}", field.key);
            }
        }
    }

    #[test]
    fn every_option_of_every_setting_is_read_as_it_is_written() {
        for field in FIELDS {
            let mut settings = Settings::default();
            let values: Vec<Value> = match field.kind {
                FieldKind::Number { .. } => field.stops().into_iter().map(Value::Number).collect(),
                FieldKind::Choice(choices) => (0..choices.len()).map(Value::Choice).collect(),
                FieldKind::Layers => ["none", "3relu-4silu"]
                    .iter()
                    .filter_map(|text| field.parse(text).ok())
                    .collect(),
            };
            assert!(values.len() >= 2, "{}", field.key);
            for value in values {
                assert_eq!(field.parse(&field.format(value)), Ok(value), "{}", field.key);
                assert_eq!(field.set(&mut settings, value), Ok(()), "{}", field.key);
                assert_eq!(field.get(&settings), value, "{}", field.key);
            }
        }
    }

    #[test]
    fn groups_stand_together_in_the_table() {
        let mut groups: Vec<Group> = FIELDS.iter().map(|field| field.group).collect();
        groups.dedup();
        assert_eq!(groups, Group::ALL);
    }

    #[test]
    fn a_composite_modulus_is_refused_with_the_next_prime_beside_it() {
        let mut settings = Settings::default();
        let p = field("p").expect("there is a modulus");
        let refused = p.set(&mut settings, Value::Number(24.0)).expect_err("24 is not prime");
        assert_eq!(refused.nearest, Some(Value::Number(23.0)));
        assert_eq!(refused.to_string(), "`p` must be a prime between 5 and 97; got 24");
        assert_eq!(settings, Settings::default());
    }
}
