//! The one table of an experiment's settings: name, range, unit and a sentence for each.

use super::Experiment;

/// How a setting is spread over a slider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly, in steps of the given size.
    Linear(f64),
    /// By ratio: ten round numbers in each decade.
    Log,
    /// By ratio from a hundredth up, with zero at the left end.
    LogWithZero,
    /// The given values.
    Stops(&'static [f64]),
    /// One stop a prime number.
    Primes,
}

/// Where a setting belongs among the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The one knob that matters most for the figure.
    Main,
    /// Folded away until asked for.
    More,
}

/// One setting of an [`Experiment`].
pub struct Field {
    /// The name in URLs, JSON and on the command line.
    pub key: &'static str,
    /// The name on the page.
    pub label: &'static str,
    /// The unit, empty for a pure number.
    pub unit: &'static str,
    /// What it does, in one plain sentence.
    pub about: &'static str,
    /// Smallest value allowed.
    pub min: f64,
    /// Largest value allowed.
    pub max: f64,
    /// Whether only whole numbers are allowed.
    pub whole: bool,
    /// How it is spread over a slider.
    pub scale: Scale,
    /// Where it belongs among the controls.
    pub group: Group,
    read: fn(&Experiment) -> f64,
    write: fn(&mut Experiment, f64),
}

/// Why a value was refused, and what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{key}` must be {allowed}; got {got}")]
pub struct OutOfRange {
    /// The setting's name.
    pub key: &'static str,
    /// What would have been accepted.
    pub allowed: String,
    /// What was given.
    pub got: String,
    /// The valid value nearest to it.
    pub nearest: f64,
}

impl Field {
    /// The value that `experiment` has for this setting.
    #[must_use]
    pub fn get(&self, experiment: &Experiment) -> f64 {
        (self.read)(experiment)
    }

    /// Gives `experiment` a value for this setting.
    ///
    /// # Errors
    /// If the value is outside the range, not whole where it must be, or not prime where it must
    /// be; the experiment is then unchanged.
    pub fn set(&self, experiment: &mut Experiment, value: f64) -> Result<(), OutOfRange> {
        let nearest = self.nearest(value);
        if nearest != value {
            return Err(OutOfRange {
                key: self.key,
                allowed: self.allowed(),
                got: format_number(value),
                nearest,
            });
        }
        (self.write)(experiment, value);
        Ok(())
    }

    /// The allowed value nearest to `value`; the default for something not a number.
    #[must_use]
    pub fn nearest(&self, value: f64) -> f64 {
        if value.is_nan() {
            return self.get(&Experiment::default());
        }
        let clamped = value.clamp(self.min, self.max);
        match self.scale {
            Scale::Primes => nearest_prime(clamped),
            _ if self.whole => clamped.round(),
            _ => clamped,
        }
    }

    /// What is allowed, as words for a message: `a prime between 5 and 97`.
    #[must_use]
    pub fn allowed(&self) -> String {
        let kind = match self.scale {
            Scale::Primes => "a prime",
            _ if self.whole => "a whole number",
            _ => "a number",
        };
        format!("{kind} between {} and {}", format_number(self.min), format_number(self.max))
    }

    /// A value of this setting as text, as short as it can be without losing anything.
    #[must_use]
    pub fn format(&self, value: f64) -> String {
        format_number(value)
    }

    /// The values at the stops of a slider, from smallest to largest.
    #[must_use]
    pub fn stops(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear(step) => {
                let last = ((self.max - self.min) / step).round() as u32;
                // Dividing by the whole number of steps in a unit, where there is one, keeps 0.15
                // from becoming 0.15000000000000002.
                let per_unit = (1.0 / step).round().max(1.0);
                (0..=last)
                    .map(|stop| ((self.min + f64::from(stop) * step) * per_unit).round() / per_unit)
                    .collect()
            }
            Scale::Log => round_numbers(self.min, self.max),
            Scale::LogWithZero => {
                let mut stops = round_numbers(0.01, self.max);
                stops.insert(0, 0.0);
                stops
            }
            Scale::Stops(stops) => stops.to_vec(),
            Scale::Primes => (self.min as u32..=self.max as u32)
                .filter(|&n| is_prime(n))
                .map(f64::from)
                .collect(),
        }
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

/// Every setting, in the order in which a teacher would talk about them.
pub static FIELDS: &[Field] = &[
    Field {
        key: "wd",
        label: "Weight decay",
        unit: "",
        about: "How hard every step pulls the weights towards zero. It sets the pace of the second \
                phase; at 0 the networks memorise and stay there.",
        min: 0.0,
        max: 10.0,
        whole: false,
        scale: Scale::LogWithZero,
        group: Group::Main,
        read: |e| e.wd,
        write: |e, v| e.wd = v,
    },
    Field {
        key: "frac",
        label: "Train fraction",
        unit: "",
        about: "The share of all pairs that is trained on. Below about 0.45 the rule is not found \
                in time; far above it the delay all but disappears.",
        min: 0.1,
        max: 0.9,
        whole: false,
        scale: Scale::Linear(0.05),
        group: Group::More,
        read: |e| e.frac,
        write: |e, v| e.frac = v,
    },
    Field {
        key: "lr",
        label: "Learning rate",
        unit: "",
        about: "The size of one step of AdamW. Both phases get shorter with it.",
        min: 1e-4,
        max: 0.1,
        whole: false,
        scale: Scale::Log,
        group: Group::More,
        read: |e| e.lr,
        write: |e, v| e.lr = v,
    },
    Field {
        key: "width",
        label: "Width",
        unit: "units",
        about: "Units in the hidden layer: room to memorise in.",
        min: 8.0,
        max: 512.0,
        whole: true,
        scale: Scale::Stops(&[
            8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0,
        ]),
        group: Group::More,
        read: |e| e.width as f64,
        write: |e, v| e.width = v as usize,
    },
    Field {
        key: "p",
        label: "Modulus p",
        unit: "",
        about: "The task is (a + b) mod p for this prime; the table has p × p entries.",
        min: 5.0,
        max: 97.0,
        whole: true,
        scale: Scale::Primes,
        group: Group::More,
        read: |e| f64::from(e.p),
        write: |e, v| e.p = v as u32,
    },
    Field {
        key: "seeds",
        label: "Networks",
        unit: "",
        about: "How many networks train side by side, each with its own random start and its own \
                split of the table.",
        min: 1.0,
        max: 20.0,
        whole: true,
        scale: Scale::Linear(1.0),
        group: Group::More,
        read: |e| e.seeds as f64,
        write: |e, v| e.seeds = v as usize,
    },
    Field {
        key: "seed",
        label: "First seed",
        unit: "",
        about: "The number that the first network's random draws start from; the others count up.",
        min: 0.0,
        max: 999.0,
        whole: true,
        scale: Scale::Linear(1.0),
        group: Group::More,
        read: |e| f64::from(e.seed),
        write: |e, v| e.seed = v as u32,
    },
    Field {
        key: "steps",
        label: "Length",
        unit: "steps",
        about: "Optimiser steps until the run is done. Each step sees the whole training set.",
        min: 50.0,
        max: 50_000.0,
        whole: true,
        scale: Scale::Log,
        group: Group::More,
        read: |e| f64::from(e.steps),
        write: |e, v| e.steps = v as u32,
    },
];

/// The setting with the given name.
#[must_use]
pub fn field(key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.key == key)
}

fn format_number(value: f64) -> String {
    format!("{value}")
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
    fn every_default_is_a_stop_of_its_slider() {
        for field in FIELDS {
            let value = field.get(&Experiment::default());
            assert!(field.stops().contains(&value), "{}: {value}", field.key);
        }
    }

    #[test]
    fn the_stops_of_every_slider_are_valid_and_go_up_from_end_to_end() {
        for field in FIELDS {
            let stops = field.stops();
            assert_eq!(stops.first(), Some(&field.min), "{}", field.key);
            assert_eq!(stops.last(), Some(&field.max), "{}", field.key);
            for pair in stops.windows(2) {
                assert!(pair[0] < pair[1], "{}: {pair:?}", field.key);
                assert_eq!(field.nearest(pair[1]), pair[1], "{}", field.key);
            }
        }
    }

    #[test]
    fn a_composite_modulus_is_refused_with_the_next_prime_beside_it() {
        let mut experiment = Experiment::default();
        let refused = field("p").and_then(|p| p.set(&mut experiment, 24.0).err());
        let refused = refused.expect("24 is not prime");
        assert_eq!(refused.nearest, 23.0);
        assert_eq!(refused.to_string(), "`p` must be a prime between 5 and 97; got 24");
        assert_eq!(experiment, Experiment::default());
    }
}
