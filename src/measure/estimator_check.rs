//! How estimators of mutual information do on reference problems, whose true value is known.

use serde::{Deserialize, Serialize};

use crate::json::nan_if_null;

/// Pairs in a batch of the contrastive bound, which cannot exceed the logarithm of their number.
pub const CONTRASTIVE_BATCH: usize = 128;

/// Samples of the matrix-based entropy, at most: its cost grows with the cube of their number.
pub const RENYI_SAMPLES: usize = 300;

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

    /// The name in message ids and on the page.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Gaussian1 => "gaussian-1",
            Self::Gaussian5 => "gaussian-5",
            Self::Gaussian20 => "gaussian-20",
            Self::FlippedBit => "flipped-bit",
            Self::Map => "map",
            Self::NoisyLayer => "noisy-layer",
        }
    }
}

/// A reference problem: pairs of an input and an output with known mutual information.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceProblem {
    /// A standard normal input in some dimensions, and the same with Gaussian noise: `d/2 log2(1 +
    /// s)` bits.
    Gaussian {
        /// Dimensions `d` of input and output.
        dimensions: usize,
        /// The input's variance over that of the noise, `s`.
        signal_to_noise: f64,
    },
    /// A bit that is flipped with some probability `p`: `1 - H(p)` bits. The output is at -1 or 1,
    /// with a little Gaussian noise that confuses nothing.
    BinarySymmetric {
        /// The probability `p`.
        flip: f64,
    },
    /// One of several equally likely inputs, sent to one of fewer outputs: the logarithm of their
    /// number. Outputs are whole numbers from 0, with noise as above.
    Map {
        /// How many inputs there are, a multiple of `outputs`.
        inputs: usize,
        /// How many outputs there are.
        outputs: usize,
    },
    /// A layer of a network, `tanh(W x)` of a pattern `x` of signs, all patterns as likely, with
    /// Gaussian noise. `W` is drawn once, normal with variance `gain² / inputs`. The truth is an
    /// average over draws.
    NoisyLayer {
        /// Signs in a pattern.
        inputs: usize,
        /// Outputs.
        units: usize,
        /// The deviation of a unit's sum of weighted inputs.
        gain: f64,
        /// The deviation of the noise on every output.
        noise: f64,
    },
}

/// Where the bins of a layer lie. This choice can decide whether a layer seems to compress.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BinLimits {
    /// Bins of equal width between two values; what lies outside goes into the outermost ones.
    /// Fixed for a bounded activation, or the largest range met during training.
    Between(f32, f32),
    /// Bins of equal width from the layer's smallest to its largest output at this step, over all
    /// units: blind to its scale.
    Step,
    /// Bins that each hold as many outputs of the layer, over all units: blind to every monotonic
    /// map of all units (Chelombiev et al., arXiv 1902.09037).
    Quantiles,
}

/// One of the pairwise bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// From above.
    Upper,
    /// From below.
    Lower,
}

/// An estimator with its settings, as it is tried on reference problems.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestedEstimator {
    /// Bins of the output and of the input, unless that is discrete.
    Binning {
        /// Bins of each unit, at least 1.
        bins: u16,
        /// Where they lie.
        limits: BinLimits,
        /// Whether entropies are corrected after Miller and Madow.
        corrected: bool,
    },
    /// A pairwise bound, with the problem's noise around its noiseless outputs.
    Kernel {
        /// Which one.
        bound: Bound,
    },
    /// Nearest neighbours: of Kraskov et al., or of Ross if the input is discrete.
    Neighbours {
        /// Which neighbour.
        k: usize,
    },
    /// The contrastive bound, trained on half of the pairs, measured on the others.
    Contrastive {
        /// Pairs in a batch.
        batch: usize,
        /// Updates from the critic's initial weights on.
        updates: usize,
    },
    /// The exact value with the problem's noise around its noiseless outputs, all of them as likely.
    Exact,
    /// The matrix-based entropy with the problem's noise as the kernel's, of [`RENYI_SAMPLES`]
    /// samples at most.
    Renyi,
    /// Sliced information.
    Sliced {
        /// Which neighbour on each line.
        k: usize,
    },
    /// The coding rate with the problem's noise as distortion.
    CodingRate,
}

impl TestedEstimator {
    /// Its kind, whatever its settings.
    #[must_use]
    pub fn kind(&self) -> EstimatorKind {
        match self {
            Self::Binning { .. } => EstimatorKind::Binning,
            Self::Kernel { bound: Bound::Upper } => EstimatorKind::KernelUpper,
            Self::Kernel { bound: Bound::Lower } => EstimatorKind::KernelLower,
            Self::Neighbours { .. } => EstimatorKind::Neighbours,
            Self::Contrastive { .. } => EstimatorKind::Contrastive,
            Self::Exact => EstimatorKind::Exact,
            Self::Renyi => EstimatorKind::Renyi,
            Self::Sliced { .. } => EstimatorKind::Sliced,
            Self::CodingRate => EstimatorKind::CodingRate,
        }
    }
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
    /// The exact value of the samples.
    Exact,
    /// The matrix-based entropy.
    Renyi,
    /// The mean over directions.
    Sliced,
    /// The coding rate.
    CodingRate,
}

/// Why an estimator should be right on a reference problem, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckNote {
    /// Bins are fine enough, and there are enough samples.
    FineBins,
    /// Differences within a bin are lost.
    CoarseBins,
    /// Some cells hold few samples, and the estimate is not corrected.
    FewInCells,
    /// Most outcomes are seen once, which looks like knowing the input.
    SeenOnce,
    /// Every sample is alone in its bins: the logarithm of the samples.
    AloneInBins {
        /// That logarithm.
        bits: f64,
    },
    /// One bin for each value.
    BinForEachValue,
    /// One bin for each value, and several samples in each.
    SamplesInEachBin {
        /// How many.
        samples: usize,
    },
    /// Too few samples for each value.
    FewForEachValue {
        /// How many.
        samples: usize,
    },
    /// Too few samples, but the estimate is corrected.
    FewButCorrected,
    /// Every pattern that was drawn is alone in its bins.
    PatternsAlone,
    /// At most the logarithm of the bins.
    LogOfBins {
        /// That logarithm.
        bits: f64,
    },
    /// At most the logarithm of the samples.
    LogOfSamples {
        /// That logarithm.
        bits: f64,
    },
    /// The noise is tiny, so at most the logarithm of the samples.
    TinyNoise {
        /// That logarithm.
        bits: f64,
    },
    /// Both bounds stay apart: inputs are spread evenly, not in clusters.
    BoundsApart,
    /// Clusters are far apart against the noise: both bounds meet.
    Clusters,
    /// A bound, because patterns overlap.
    PatternsOverlap,
    /// At most the entropy of the patterns that were drawn.
    EntropyOfPatterns {
        /// More than that entropy.
        bits: f64,
    },
    /// The density is smooth in few dimensions.
    SmoothDensity {
        /// How many.
        dimensions: usize,
    },
    /// Neighbours are not near in so many dimensions.
    FarNeighbours {
        /// How many.
        dimensions: usize,
    },
    /// At most `ψ(n) - ψ(k)`.
    DigammaLimit {
        /// That limit.
        bits: f64,
    },
    /// Many samples around each value.
    ManyForEachValue,
    /// Samples of each pattern.
    SamplesOfEachPattern {
        /// About how many.
        samples: usize,
    },
    /// Most patterns are drawn once, and those are left out.
    PatternsDrawnOnce,
    /// Well below the logarithm of the batch.
    BelowBatch,
    /// A lower bound: what the critic has not learnt is missing.
    NotLearnt,
    /// At most the logarithm of the batch.
    LogOfBatch {
        /// That logarithm.
        bits: f64,
    },
    /// At most the logarithm of the batch, and not learnt.
    LogOfBatchNotLearnt {
        /// That logarithm.
        bits: f64,
    },
    /// Others of the same pattern in a batch cost some, the rest is not learnt.
    SamePatternInBatch,
    /// Every input of the source once: the value is the truth, up to the draws of the noise.
    WholeSource,
    /// The value of the samples drawn, which stand for the source.
    SamplesForSource,
    /// Outputs that overlap count too much.
    OverlapsCountTooMuch,
    /// Outputs are far apart against the noise.
    OutputsFarApart,
    /// A single number is its own slice.
    OnlyDirection,
    /// A direction shows a part of what there is.
    PartInDirection {
        /// Dimensions of the output.
        dimensions: usize,
    },
    /// The source is Gaussian, as the rate takes it to be.
    GaussianSource,
    /// The rate of a Gaussian source, which needs more than any other.
    NotGaussian,
}

/// How one estimator does on one reference problem. Numbers that are not finite are `null` in JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstimatorCheck {
    /// The reference problem.
    pub problem: ReferenceProblem,
    /// The true mutual information, in bits.
    pub truth: f64,
    /// The standard error of the truth; 0 if it has a closed form.
    pub truth_error: f64,
    /// The estimator with its settings.
    pub estimator: TestedEstimator,
    /// Pairs in a sample.
    pub samples: usize,
    /// How many samples were drawn.
    pub repetitions: usize,
    /// The mean estimate, in bits.
    pub mean: f64,
    /// The mean estimate minus the truth, in bits.
    pub bias: f64,
    /// The standard deviation of the estimates, in bits; 0 if there is only one.
    pub deviation: f64,
    /// Whether the estimator should be right here. [`EstimatorCheck::is_right`] says whether it is.
    pub expected_to_hold: bool,
    /// Why it should be right, or why not; `None` over more and more samples.
    pub note: Option<CheckNote>,
}

impl EstimatorCheck {
    /// Whether the mean estimate is within 2% or 0.05 bit of the truth.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.result().is_right()
    }

    /// What a page shows of it.
    #[must_use]
    pub fn result(&self) -> EstimatorResult {
        EstimatorResult {
            kind: self.estimator.kind(),
            truth: self.truth,
            samples: self.samples,
            repetitions: self.repetitions,
            mean: self.mean,
            deviation: self.deviation,
        }
    }
}

/// What a page shows of an [`EstimatorCheck`]. Numbers that are not finite are `null` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatorResult {
    /// The kind of the estimator.
    pub kind: EstimatorKind,
    /// The true mutual information, in bits.
    pub truth: f64,
    /// Pairs in a sample.
    pub samples: usize,
    /// How many samples were drawn.
    pub repetitions: usize,
    /// The mean estimate, in bits.
    #[serde(deserialize_with = "nan_if_null")]
    pub mean: f64,
    /// The standard deviation of the estimates, in bits; 0 if there is only one.
    #[serde(deserialize_with = "nan_if_null")]
    pub deviation: f64,
}

impl EstimatorResult {
    /// Whether the mean estimate is within 2% or 0.05 bit of the truth.
    #[must_use]
    pub fn is_right(&self) -> bool {
        (self.mean - self.truth).abs() <= (0.02 * self.truth).max(0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_that_is_not_finite_passes_through_json() {
        let kind = EstimatorKind::KernelUpper;
        let finite = EstimatorResult {
            kind,
            truth: 0.5,
            samples: 2,
            repetitions: 1,
            mean: 0.52,
            deviation: 0.0,
        };
        assert!(finite.is_right());
        let text = serde_json::to_string(&EstimatorResult { mean: f64::NAN, ..finite });
        let back: EstimatorResult =
            serde_json::from_str(&text.expect("plain data")).expect("the same form");
        assert!(back.mean.is_nan() && !back.is_right());
        assert_eq!(EstimatorResult { mean: 0.52, ..back }, finite);
    }
}
