//! How estimators of mutual information do where the answer is known.

use serde::{Deserialize, Serialize};

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

/// How one estimator does with one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatorCheck {
    /// The source in words.
    pub source: String,
    /// Its mutual information in bits.
    pub truth: f64,
    /// The standard error of that; 0 if it comes from a closed form.
    pub truth_error: f64,
    /// The estimator in words.
    pub estimator: String,
    /// Pairs in a sample.
    pub samples: usize,
    /// How many samples were drawn.
    pub repetitions: usize,
    /// The mean estimate in bits.
    pub mean: f64,
    /// The mean estimate less the truth, in bits.
    pub bias: f64,
    /// The standard deviation of an estimate, in bits; 0 if there is one alone.
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
