//! The [`Experiment`]: everything that determines a run, as one small validated value.
//!
//! A value of this type is valid by construction: it is read from a query string by
//! [`Experiment::from_query`], which takes the nearest valid setting for whatever it cannot use and
//! says so, or changed one field at a time through [`Field::set`]. The table [`FIELDS`] is the only
//! place that knows names, ranges, units and descriptions; the URL, the JSON form, the command
//! line's help and the page's controls are all made from it.

mod fields;
mod query;

pub use fields::{FIELDS, Field, Group, OutOfRange, Scale, field};
pub use query::{MAX_QUERY_BYTES, Parsed, VERSION};

use serde::{Deserialize, Serialize};

/// A named starting point whose results over several seeds are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Modular addition with a quadratic network: memorised within 50 steps, understood after 1,700.
    Grokking,
}

impl Preset {
    /// Every preset, the default first.
    pub const ALL: &[Self] = &[Self::Grokking];

    /// The name in URLs and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Grokking => "grokking",
        }
    }

    /// What the preset shows, in one sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Grokking => {
                "Modular addition: the networks memorise half of the table within 50 steps and work \
                 out the other half some 1,600 steps later."
            }
        }
    }
}

/// Everything that determines a run. Equal experiments give equal curves on the CPU backend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The preset that the other values started from.
    pub preset: Preset,
    /// The prime modulus: inputs are all pairs `(a, b)` below it, the label is `(a + b) mod p`.
    pub p: u32,
    /// The share of all `p * p` pairs that is trained on.
    pub frac: f64,
    /// Units in the hidden layer.
    pub width: usize,
    /// AdamW's learning rate.
    pub lr: f64,
    /// AdamW's decoupled weight decay.
    pub wd: f64,
    /// Members in the ensemble; they differ in their seed only.
    pub seeds: usize,
    /// The seed of the first member; the others count up from it.
    pub seed: u32,
    /// Steps after which the run is done.
    pub steps: u32,
}

impl Experiment {
    /// The settings of a preset, unchanged.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Grokking => Self {
                preset,
                p: 23,
                frac: 0.5,
                width: 128,
                lr: 3e-3,
                wd: 1.0,
                seeds: 5,
                seed: 0,
                steps: 4000,
            },
        }
    }

    /// Pairs in the whole table, `p * p`.
    #[must_use]
    pub fn pairs(&self) -> usize {
        (self.p * self.p) as usize
    }

    /// Pairs that each member is trained on; the rest is its test set.
    #[must_use]
    pub fn train_pairs(&self) -> usize {
        let rounded = (self.frac * self.pairs() as f64).round() as usize;
        rounded.clamp(1, self.pairs() - 1)
    }

    /// The seeds of the members, in order.
    pub fn member_seeds(&self) -> impl Iterator<Item = u32> + use<> {
        self.seed..self.seed + self.seeds as u32
    }

    /// Takes as many members as one machine's memory holds at this size of network, at least one,
    /// and says so in a sentence if there were more.
    ///
    /// Counts the activations of the hidden layer on all pairs, of which training keeps some six
    /// copies: 25 million of them are 100 MB each, under the 128 MiB that WebGPU promises for one
    /// buffer.
    pub fn limit_members(&mut self) -> Option<String> {
        const MOST: usize = 25_000_000;
        let most = (MOST / (self.pairs() * self.width)).max(1);
        if self.seeds <= most {
            return None;
        }
        let asked = std::mem::replace(&mut self.seeds, most);
        Some(format!(
            "{asked} networks of {} units at p = {} need more memory than a browser gives, so there \
             are {most}.",
            self.width, self.p
        ))
    }
}

impl Default for Experiment {
    fn default() -> Self {
        Self::preset(Preset::Grokking)
    }
}
