//! The one table of an experiment's settings: key, kind, range and group of each.
//!
//! Labels, units and descriptions are the messages `field-KEY` of [`crate::text`].

use super::note::{Allowed, InvalidValue, NumberKind, shorten};
use super::settings::{self, Settings};
use super::value::{Activation, Choice, OFF_ON, Setting, Value};
use crate::json;

/// Keys of settings that other code treats apart.
pub mod keys {
    /// The data set.
    pub const DATA: &str = "data";
    /// The estimator.
    pub const INFO: &str = "info";
    /// The layers that are measured.
    pub const LAYERS: &str = "layers";
    /// The measured samples.
    pub const POINTS: &str = "points";
    /// Spectra of the first weights, of modular arithmetic only.
    pub const FOURIER: &str = "fourier";
    /// The time that measuring may take of a run.
    pub const MEASURE_SHARE: &str = "measure-share";
    /// The resolution at which layers are read.
    pub const SNR: &str = "snr";
    /// Whether they are read at all resolutions.
    pub const MAP: &str = "map";
    /// The first seed.
    pub const SEED: &str = "seed";
    /// Methods that are compared. It is no setting of a member.
    pub const METHODS: &str = "methods";
}

/// The kind of a setting.
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
    /// Hidden layers, as [`super::Layers`] reads them.
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
    /// Every prime number in the range.
    Primes,
}

/// The quantity that a setting counts, if it moves a network across the interpolation threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Units of the first hidden layer, or random features.
    Units,
    /// Training samples.
    Samples,
}

/// Where a setting belongs among the controls. Its label is the message `group-KEY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The data, and how much of it is trained on.
    Task,
    /// The network.
    Network,
    /// Loss and optimiser.
    Training,
    /// Regularisation.
    Regularisation,
    /// Measurements beside loss and accuracy. They change nothing in training.
    Measures,
    /// Number of networks, seed, length.
    Run,
}

impl Group {
    /// All groups, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::Task,
        Self::Network,
        Self::Training,
        Self::Regularisation,
        Self::Measures,
        Self::Run,
    ];

    /// The name in message ids and in attributes of the page.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Network => "network",
            Self::Training => "training",
            Self::Regularisation => "regularisation",
            Self::Measures => "measures",
            Self::Run => "run",
        }
    }
}

/// One setting of an [`super::Experiment`].
#[derive(Debug)]
pub struct Field {
    /// The key in URLs, in JSON, on the command line and in message ids.
    pub key: &'static str,
    /// Its kind.
    pub kind: FieldKind,
    /// Where it belongs among the controls.
    pub group: Group,
    /// Whether members of one ensemble can differ in it.
    pub per_member: bool,
    /// The quantity it counts, if the interpolation threshold depends on it.
    pub counts: Option<Counts>,
    /// Whether it makes a difference under the other settings.
    pub applies: fn(&Settings) -> bool,
    read: fn(&Settings) -> Value,
    write: fn(&mut Settings, Value),
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
            FieldKind::Number { .. } => json::number(text).map(Value::Number),
            FieldKind::Choice(choices) => {
                choices.iter().position(|c| c.key == text).map(Value::Choice)
            }
            FieldKind::Layers => text.parse().ok().map(Value::Layers),
        };
        let value = value.ok_or_else(|| refuse(shorten(text), None))?;
        let nearest = self.nearest(value);
        if nearest == Some(value) { Ok(value) } else { Err(refuse(self.format(value), nearest)) }
    }

    /// The allowed values.
    #[must_use]
    pub fn allowed(&self) -> Allowed {
        match self.kind {
            FieldKind::Number { min, max, whole, scale } => {
                let kind = match scale {
                    Scale::Primes => NumberKind::Prime,
                    _ if whole => NumberKind::Whole,
                    _ => NumberKind::Any,
                };
                Allowed::Number { kind, min, max }
            }
            FieldKind::Choice(choices) => Allowed::Choice(choices),
            FieldKind::Layers => Allowed::Layers,
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

    /// The values at the stops of a slider, from smallest to largest. Empty if it is not a number.
    #[must_use]
    pub fn slider_values(&self) -> Vec<f64> {
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

    const fn counts(mut self, counts: Counts) -> Self {
        self.counts = Some(counts);
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

/// Ten round numbers in each decade from `min` to `max`, both included where they are round.
fn round_numbers(min: f64, max: f64) -> Vec<f64> {
    const DIGITS: [&str; 10] = ["1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8"];
    let decades = min.log10().floor() as i32..=max.log10().floor() as i32;
    decades
        // Parsing gives the double nearest to the decimal; multiplying by a power of ten does not.
        .flat_map(|decade| {
            DIGITS.iter().filter_map(move |d| json::number(&format!("{d}e{decade}")))
        })
        .filter(|value| (min..=max).contains(value))
        .collect()
}

const fn number(min: f64, max: f64, scale: Scale) -> FieldKind {
    FieldKind::Number { min, max, whole: false, scale }
}

const fn whole(min: f64, max: f64, scale: Scale) -> FieldKind {
    FieldKind::Number { min, max, whole: true, scale }
}

/// A row of the table: group, member of [`Settings`], key and kind.
macro_rules! field {
    ($group:ident, $name:ident, $key:expr, $kind:expr) => {
        Field {
            key: $key,
            kind: $kind,
            group: Group::$group,
            per_member: false,
            counts: None,
            applies: |_| true,
            read: |settings| settings.$name.value(),
            write: |settings, value| settings.$name.assign(value),
        }
    };
}

/// The largest seed.
const MAX_SEED: f64 = 9999.0;

const SWITCH: FieldKind = FieldKind::Choice(OFF_ON);

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
    field!(Task, data, keys::DATA, FieldKind::Choice(settings::Data::CHOICES)),
    field!(Task, op, "op", FieldKind::Choice(settings::Operation::CHOICES))
        .when(|s| s.data == settings::Data::Arithmetic),
    field!(Task, p, "p", whole(5.0, 97.0, Scale::Primes))
        .when(|s| s.data == settings::Data::Arithmetic),
    field!(Task, rule, "rule", FieldKind::Choice(settings::Rule::CHOICES))
        .when(|s| s.data == settings::Data::Icosahedron),
    field!(Task, frac, "frac", number(0.1, 0.9, Scale::Linear(0.05)))
        .per_member()
        .when(Settings::is_share),
    field!(
        Task,
        samples,
        "samples",
        whole(
            10.0,
            1500.0,
            Scale::Stops(&[
                10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 120.0, 150.0, 200.0,
                250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1200.0, 1500.0,
            ])
        )
    )
    .counts(Counts::Samples)
    .per_member()
    .when(|s| !s.is_share()),
    field!(Task, pca, "pca", whole(0.0, 64.0, Scale::Linear(1.0)))
        .when(|s| s.data == settings::Data::Digits),
    field!(Task, label_noise, "label-noise", number(0.0, 0.9, Scale::Linear(0.05)))
        .per_member()
        .when(|s| !s.is_regression()),
    field!(Task, target_noise, "target-noise", number(0.0, 20.0, Scale::LogWithZero(0.1)))
        .per_member()
        .when(Settings::is_regression),
    field!(Task, slow_scale, "slow-scale", number(0.01, 1.0, Scale::Log))
        .per_member()
        .when(|s| s.data == settings::Data::TwoScale),
    field!(
        Task,
        fast_features,
        "fast-features",
        whole(
            1.0,
            500.0,
            Scale::Stops(&[
                1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 70.0, 100.0, 140.0, 200.0, 300.0, 500.0,
            ])
        )
    )
    .when(|s| s.data == settings::Data::TwoScale),
    field!(Network, model, "model", FieldKind::Choice(settings::ModelKind::CHOICES)),
    field!(
        Network,
        width,
        "width",
        whole(
            1.0,
            2000.0,
            Scale::Stops(&[
                1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 32.0, 48.0, 64.0, 96.0,
                128.0, 192.0, 200.0, 256.0, 384.0, 512.0, 1000.0, 2000.0,
            ])
        )
    )
    .counts(Counts::Units)
    .per_member()
    .when(has_hidden_layers),
    field!(Network, activation, "activation", FieldKind::Choice(Activation::CHOICES))
        .when(has_hidden_layers),
    field!(Network, deeper, "deeper", FieldKind::Layers).when(has_hidden_layers),
    field!(Network, bias, "bias", SWITCH),
    field!(Network, embed, "embedding", whole(0.0, 128.0, Scale::Linear(8.0)))
        .when(Settings::is_table),
    field!(Network, init, "init", FieldKind::Choice(settings::Init::CHOICES)),
    field!(Network, alpha, "alpha", number(0.0, 20.0, Scale::LogWithZero(0.1))).per_member(),
    field!(Network, bias_scale, "bias-scale", number(0.0, 2.0, Scale::Linear(0.1)))
        .per_member()
        .when(|s| s.bias),
    field!(Training, loss, "loss", FieldKind::Choice(settings::Loss::CHOICES))
        .when(|s| !s.is_regression()),
    field!(Training, optimiser, "optimiser", FieldKind::Choice(settings::Optimiser::CHOICES))
        .per_member(),
    field!(Training, lr, "lr", number(1e-5, 10.0, Scale::Log)).per_member().when(descends),
    field!(
        Training,
        beta1,
        "beta1",
        number(0.0, 0.99, Scale::Stops(&[0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99,]))
    )
    .per_member()
    .when(descends),
    field!(
        Training,
        beta2,
        "beta2",
        number(0.0, 0.9999, Scale::Stops(&[0.0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999,]))
    )
    .per_member()
    .when(|s| !matches!(s.optimiser, settings::Optimiser::Sgd | settings::Optimiser::MinimumNorm)),
    field!(
        Training,
        batch,
        "batch",
        whole(
            0.0,
            1024.0,
            Scale::Stops(&[0.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,])
        )
    )
    .when(descends),
    field!(Training, schedule, "schedule", FieldKind::Choice(settings::Schedule::CHOICES))
        .when(descends),
    field!(
        Training,
        warmup,
        "warmup",
        whole(0.0, 1000.0, Scale::Stops(&[0.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0,]))
    )
    .when(descends),
    field!(Training, ridge, "ridge", number(0.0, 10.0, Scale::LogWithZero(1e-5)))
        .per_member()
        .when(|s| !descends(s)),
    field!(Regularisation, wd, "wd", number(0.0, 10.0, Scale::LogWithZero(0.001)))
        .per_member()
        .when(descends),
    field!(Regularisation, gate, "gate", SWITCH).per_member().when(descends),
    field!(Regularisation, noise, "noise", number(0.0, 2.0, Scale::Linear(0.1)))
        .per_member()
        .when(|s| descends(s) && has_hidden_layers(s)),
    field!(Regularisation, smoothing, "smoothing", number(0.0, 0.9, Scale::Linear(0.05)))
        .per_member()
        .when(|s| !s.is_regression()),
    field!(
        Regularisation,
        grokfast_lambda,
        "grokfast-lambda",
        number(0.0, 10.0, Scale::Linear(0.5))
    )
    .per_member()
    .when(descends),
    field!(Regularisation, grokfast, "grokfast", FieldKind::Choice(settings::Grokfast::CHOICES))
        .per_member()
        .when(|s| descends(s) && s.grokfast_lambda > 0.0),
    field!(
        Regularisation,
        grokfast_alpha,
        "grokfast-alpha",
        number(0.0, 0.999, Scale::Stops(&[0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]))
    )
    .per_member()
    .when(|s| descends(s) && s.grokfast_lambda > 0.0 && s.grokfast == settings::Grokfast::Ema),
    field!(
        Regularisation,
        grokfast_window,
        "grokfast-window",
        whole(2.0, 200.0, Scale::Stops(&[2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]))
    )
    .when(|s| descends(s) && s.grokfast_lambda > 0.0 && s.grokfast == settings::Grokfast::Ma),
    field!(Regularisation, orthograd, "orthograd", SWITCH).per_member().when(descends),
    field!(
        Regularisation,
        rank_penalty,
        "rank-penalty",
        number(0.0, 10.0, Scale::LogWithZero(0.001))
    )
    .per_member()
    .when(descends),
    field!(Regularisation, constant_norm, "constant-norm", SWITCH).per_member().when(descends),
    field!(Measures, info, keys::INFO, FieldKind::Choice(settings::Estimator::CHOICES))
        .when(|s| !s.is_regression()),
    field!(
        Measures,
        measured_layers,
        keys::LAYERS,
        FieldKind::Choice(settings::MeasuredLayers::CHOICES)
    )
    .when(|s| !s.is_regression()),
    field!(Measures, snr, keys::SNR, whole(-20.0, 40.0, Scale::Linear(5.0))).when(|s| {
        let by_ratio = s.noise_scale == settings::NoiseScale::Ratio;
        match s.info {
            _ if s.is_regression() => false,
            settings::Estimator::Kernel | settings::Estimator::Neighbours => by_ratio,
            settings::Estimator::Exact
            | settings::Estimator::Renyi
            | settings::Estimator::Sliced
            | settings::Estimator::CodingRate => true,
            settings::Estimator::Off
            | settings::Estimator::Binning
            | settings::Estimator::Contrastive => false,
        }
    }),
    field!(Measures, map, keys::MAP, SWITCH).when(|s| estimates(s, settings::Estimator::Exact)),
    field!(
        Measures,
        information_error,
        "info-error",
        number(0.001, 0.3, Scale::Stops(&[0.001, 0.003, 0.01, 0.03, 0.1, 0.3]))
    )
    .when(|s| estimates(s, settings::Estimator::Exact)),
    field!(
        Measures,
        bins,
        "bins",
        whole(
            2.0,
            200.0,
            Scale::Stops(&[2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0,])
        )
    )
    .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, bin_range, "bin-range", FieldKind::Choice(settings::BinRange::CHOICES))
        .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, bin_correction, "bin-correction", SWITCH)
        .when(|s| estimates(s, settings::Estimator::Binning)),
    field!(Measures, noise_scale, "noise-scale", FieldKind::Choice(settings::NoiseScale::CHOICES))
        .when(|s| {
            estimates(s, settings::Estimator::Kernel)
                || estimates(s, settings::Estimator::Neighbours)
        }),
    field!(Measures, kernel_noise, "kernel-noise", number(1e-4, 10.0, Scale::Log)).when(|s| {
        estimates(s, settings::Estimator::Kernel) && s.noise_scale != settings::NoiseScale::Ratio
    }),
    field!(Measures, bounds, "bounds", FieldKind::Choice(settings::Bounds::CHOICES))
        .when(|s| estimates(s, settings::Estimator::Kernel)),
    field!(Measures, neighbours, "neighbours", whole(1.0, 20.0, Scale::Linear(1.0))).when(|s| {
        estimates(s, settings::Estimator::Neighbours) || estimates(s, settings::Estimator::Sliced)
    }),
    field!(Measures, neighbour_noise, "neighbour-noise", number(0.001, 1.0, Scale::Log)).when(
        |s| {
            estimates(s, settings::Estimator::Neighbours)
                && s.noise_scale != settings::NoiseScale::Ratio
        },
    ),
    field!(Measures, subsamples, "subsamples", SWITCH).when(|s| {
        use settings::Estimator::{Contrastive, Exact, Off};
        !s.is_regression() && !matches!(s.info, Off | Exact | Contrastive)
    }),
    field!(Measures, shuffle, "shuffle", SWITCH)
        .when(|s| !s.is_regression() && s.info != settings::Estimator::Off),
    field!(Measures, class_variance, "spread", SWITCH).when(|s| !s.is_regression()),
    field!(Measures, complexity, "complexity", SWITCH).when(has_hidden_layers),
    field!(Measures, radius, "radius", number(0.001, 10.0, Scale::Log))
        .when(|s| s.complexity && has_hidden_layers(s)),
    field!(Measures, linear_map, "linear-map", SWITCH).when(has_hidden_layers),
    field!(Measures, spectra, "spectra", SWITCH),
    field!(Measures, fourier, keys::FOURIER, SWITCH).when(Settings::has_fourier),
    field!(Measures, truncation, "truncation", SWITCH).when(|s| !s.is_regression()),
    field!(
        Measures,
        points,
        keys::POINTS,
        whole(50.0, 2000.0, Scale::Stops(&[50.0, 100.0, 200.0, 300.0, 529.0, 1000.0, 2000.0,]))
    )
    .when(|s| !s.is_regression() || s.complexity || s.linear_map),
    field!(
        Measures,
        measuring_percent,
        keys::MEASURE_SHARE,
        number(1.0, 100.0, Scale::Stops(&[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 50.0, 100.0]))
    ),
    field!(Run, seeds, "seeds", whole(1.0, 20.0, Scale::Linear(1.0))),
    field!(Run, seed, keys::SEED, whole(0.0, MAX_SEED, Scale::Linear(1.0))),
    field!(Run, steps, "steps", whole(1.0, 100_000.0, Scale::Log)),
    field!(Run, target_accuracy, "goal", number(0.5, 1.0, Scale::Linear(0.01)))
        .when(|s| !s.is_regression()),
];

/// The setting with the given key.
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
    fn slider_values_are_valid_and_rise_from_end_to_end() {
        for field in FIELDS {
            let FieldKind::Number { min, max, .. } = field.kind else { continue };
            let stops = field.slider_values();
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
                FieldKind::Number { .. } => {
                    field.slider_values().into_iter().map(Value::Number).collect()
                }
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
        let allowed = Allowed::Number { kind: NumberKind::Prime, min: 5.0, max: 97.0 };
        assert_eq!((refused.key, refused.allowed, refused.got.as_str()), ("p", allowed, "24"));
        assert_eq!(settings, Settings::default());
    }
}
