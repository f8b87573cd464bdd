//! How estimators of mutual information do where the answer is known.

use serde::{Deserialize, Serialize};

use crate::history::nan_if_null;

/// Pairs in a batch of the contrastive bound, which cannot exceed the logarithm of their number.
pub const CONTRASTIVE_BATCH: usize = 128;

/// Sources whose information is known, in words.
pub const SOURCES: &[&str] = &[
    "Gaussian, 1 dimension, 1 bit",
    "Gaussian, 5 dimensions, 0.95 bit",
    "Gaussian, 20 dimensions, 20 bits",
    "a bit, flipped in 11% of cases: 0.5 bit",
    "64 values onto 8: 3 bits",
    "a layer of 3 tanh units with noise: 1.6 bits",
];

/// A reference problem: a source whose mutual information is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckSource {
    /// A Gaussian of 1 dimension, 1 bit.
    Gaussian1,
    /// A Gaussian of 5 dimensions, 0.95 bit.
    Gaussian5,
    /// A Gaussian of 20 dimensions, 20 bits.
    Gaussian20,
    /// A bit that is flipped in 11% of cases, 0.5 bit.
    FlippedBit,
    /// 64 values mapped to 8, 3 bits.
    Map,
    /// A layer of 3 tanh units with noise, 1.6 bits.
    NoisyLayer,
}

impl CheckSource {
    /// All of them, in the order of [`SOURCES`].
    pub const ALL: [Self; 6] = [
        Self::Gaussian1,
        Self::Gaussian5,
        Self::Gaussian20,
        Self::FlippedBit,
        Self::Map,
        Self::NoisyLayer,
    ];

    /// The index in [`SOURCES`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// How one estimator does with one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatorCheck {
    /// The source in words.
    pub source: String,
    /// Its mutual information in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub truth: f64,
    /// The standard error of that; 0 if it comes from a closed form.
    #[serde(deserialize_with = "nan_if_null")]
    pub truth_error: f64,
    /// The estimator in words.
    pub estimator: String,
    /// Pairs in a sample.
    pub samples: usize,
    /// How many samples were drawn.
    pub repetitions: usize,
    /// The mean estimate in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub mean: f64,
    /// The mean estimate less the truth, in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub bias: f64,
    /// The standard deviation of an estimate, in bits; 0 if there is one alone.
    #[serde(deserialize_with = "nan_if_null")]
    pub deviation: f64,
    /// Whether the estimator is meant to work here; [`EstimatorCheck::is_right`] tells whether it does.
    pub works: bool,
    /// Why it does not, or what there is to see.
    pub note: String,
}

impl EstimatorCheck {
    /// Whether the mean estimate is within 2% or 0.05 bit of the truth.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.bias.abs() <= (0.02 * self.truth).max(0.05)
    }
}
