//! How estimators of mutual information do on reference problems, whose true value is known.

use serde::{Deserialize, Serialize};

use crate::json::nan_if_null;

/// Pairs in a batch of the contrastive bound, which cannot exceed the logarithm of their number.
pub const CONTRASTIVE_BATCH: usize = 128;

/// The reference problems on which the page compares estimators over more and more samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckSource {
    /// A Gaussian channel of 1 dimension: 1 bit.
    Gaussian1,
    /// A Gaussian channel of 5 dimensions: 0.95 bit.
    Gaussian5,
    /// A Gaussian channel of 20 dimensions: 20 bits.
    Gaussian20,
    /// A bit that is flipped in 11% of cases: 0.5 bit.
    FlippedBit,
    /// 64 inputs mapped to 8 outputs: 3 bits.
    Map,
    /// A layer of 3 tanh units with noise: 1.6 bits.
    NoisyLayer,
}

impl CheckSource {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Gaussian1,
        Self::Gaussian5,
        Self::Gaussian20,
        Self::FlippedBit,
        Self::Map,
        Self::NoisyLayer,
    ];
}

/// The kind of an estimator, whatever its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimatorKind {
    /// Counts of values in bins.
    Binning,
    /// The upper pairwise bound.
    KernelUpper,
    /// The lower pairwise bound.
    KernelLower,
    /// Distances to nearest neighbours.
    Neighbours,
    /// The contrastive bound.
    Contrastive,
}

/// How one estimator does on one reference problem. Numbers that are not finite are `null` in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatorCheck {
    /// The reference problem in words, for the command line.
    pub source: String,
    /// The true mutual information, in bits.
    pub truth: f64,
    /// The standard error of the truth; 0 if it has a closed form.
    pub truth_error: f64,
    /// The kind of the estimator.
    pub kind: EstimatorKind,
    /// The estimator with its settings in words, for the command line.
    pub estimator: String,
    /// Pairs in a sample.
    pub samples: usize,
    /// How many samples were drawn.
    pub repetitions: usize,
    /// The mean estimate, in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub mean: f64,
    /// The mean estimate minus the truth, in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub bias: f64,
    /// The standard deviation of the estimates, in bits; 0 if there is only one.
    #[serde(deserialize_with = "nan_if_null")]
    pub deviation: f64,
    /// Whether the estimator should be right here. [`EstimatorCheck::is_right`] says whether it is.
    #[serde(rename = "works")]
    pub expected_to_hold: bool,
    /// Why it should not be right, or what to see here, for the command line.
    pub note: String,
}

impl EstimatorCheck {
    /// Whether the mean estimate is within 2% or 0.05 bit of the truth.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.bias.abs() <= (0.02 * self.truth).max(0.05)
    }

    /// The form in which the command line writes it, see docs/contracts.md.
    #[must_use]
    pub fn report(&self) -> EstimatorCheckReport<'_> {
        EstimatorCheckReport {
            source: &self.source,
            truth: self.truth,
            truth_error: self.truth_error,
            estimator: &self.estimator,
            samples: self.samples,
            repetitions: self.repetitions,
            mean: self.mean,
            bias: self.bias,
            deviation: self.deviation,
            works: self.expected_to_hold,
            note: &self.note,
        }
    }
}

/// An [`EstimatorCheck`] as the command line writes it.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are those of EstimatorCheck and its JSON")]
pub struct EstimatorCheckReport<'a> {
    pub source: &'a str,
    pub truth: f64,
    pub truth_error: f64,
    pub estimator: &'a str,
    pub samples: usize,
    pub repetitions: usize,
    pub mean: f64,
    pub bias: f64,
    pub deviation: f64,
    pub works: bool,
    pub note: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_that_is_not_finite_passes_through_json() {
        let check = EstimatorCheck {
            source: "a bit".into(),
            truth: 1.0,
            truth_error: 0.0,
            kind: EstimatorKind::KernelUpper,
            estimator: "kernel, upper bound".into(),
            samples: 2,
            repetitions: 1,
            mean: f64::NAN,
            bias: f64::NAN,
            deviation: 0.0,
            expected_to_hold: false,
            note: String::new(),
        };
        let text = serde_json::to_string(&check).expect("plain data");
        let back: EstimatorCheck = serde_json::from_str(&text).expect("the same form");
        assert!(back.mean.is_nan() && back.bias.is_nan() && !back.is_right());
        assert!(text.contains("\"kind\":\"kernel_upper\"") && text.contains("\"works\":false"));
        assert!(!serde_json::to_string(&check.report()).expect("plain data").contains("kind"));
    }
}
