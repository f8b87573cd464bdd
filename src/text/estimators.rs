//! The words of reference problems, and of estimators that are tried on them.
//!
//! Numbers are written as they are, because programs read the same words in JSON.

use super::{Arg, Text};
use crate::measure::{BinLimits, Bound, CheckNote, ReferenceProblem, TestedEstimator};

fn arg(value: impl ToString) -> Arg {
    Arg::Text(value.to_string())
}

/// A reference problem: `Gaussian channel, signal to noise 3`.
#[must_use]
pub fn reference_problem(text: &Text, problem: &ReferenceProblem) -> String {
    match *problem {
        ReferenceProblem::Gaussian { dimensions: 1, signal_to_noise } => {
            text.with("reference-gaussian", &[("ratio", arg(signal_to_noise))])
        }
        ReferenceProblem::Gaussian { dimensions, signal_to_noise } => text.with(
            "reference-gaussian-dimensions",
            &[("dimensions", arg(dimensions)), ("ratio", arg(signal_to_noise))],
        ),
        ReferenceProblem::BinarySymmetric { flip } => {
            text.with("reference-flipped-bit", &[("flip", arg(flip))])
        }
        ReferenceProblem::Map { inputs, outputs } => {
            text.with("reference-map", &[("inputs", arg(inputs)), ("outputs", arg(outputs))])
        }
        ReferenceProblem::NoisyLayer { inputs, units: 1, noise, .. } => {
            text.with("reference-noisy-unit", &[("inputs", arg(inputs)), ("noise", arg(noise))])
        }
        ReferenceProblem::NoisyLayer { inputs, units, noise, .. } => text.with(
            "reference-noisy-layer",
            &[("units", arg(units)), ("inputs", arg(inputs)), ("noise", arg(noise))],
        ),
    }
}

/// An estimator with its settings: `3 nearest neighbours`.
#[must_use]
pub fn tested_estimator(text: &Text, estimator: &TestedEstimator) -> String {
    match *estimator {
        TestedEstimator::Binning { bins, limits, corrected } => {
            let bins = ("bins", arg(bins));
            let binning = match limits {
                BinLimits::Between(low, high) => text
                    .with("tested-bins-between", &[bins, ("low", arg(low)), ("high", arg(high))]),
                BinLimits::Step => text.with("tested-bins-range", &[bins]),
                BinLimits::Quantiles => text.with("tested-bins-quantiles", &[bins]),
            };
            if corrected {
                text.with("tested-bins-corrected", &[("binning", binning.into())])
            } else {
                binning
            }
        }
        TestedEstimator::Kernel { bound: Bound::Upper } => text.get("tested-upper"),
        TestedEstimator::Kernel { bound: Bound::Lower } => text.get("tested-lower"),
        TestedEstimator::Neighbours { k } => text.with("tested-neighbours", &[("k", arg(k))]),
        TestedEstimator::Contrastive { batch, .. } => {
            text.with("tested-contrastive", &[("batch", arg(batch))])
        }
        TestedEstimator::Exact => text.get("tested-exact"),
        TestedEstimator::Renyi => text.get("tested-renyi"),
        TestedEstimator::Sliced { k } => text.with("tested-sliced", &[("k", arg(k))]),
        TestedEstimator::CodingRate => text.get("tested-coding-rate"),
    }
}

/// A limit in bits, with a decimal unless it is whole.
fn bits(bits: f64) -> (&'static str, Arg) {
    ("bits", arg(if bits.fract() == 0.0 { bits.to_string() } else { format!("{bits:.1}") }))
}

/// Why an estimator should be right on a reference problem, or why not.
#[must_use]
pub fn check_note(text: &Text, note: &CheckNote) -> String {
    match *note {
        CheckNote::FineBins => text.get("check-note-fine-bins"),
        CheckNote::CoarseBins => text.get("check-note-coarse-bins"),
        CheckNote::FewInCells => text.get("check-note-few-in-cells"),
        CheckNote::SeenOnce => text.get("check-note-seen-once"),
        CheckNote::AloneInBins { bits: all } => text.with("check-note-alone-in-bins", &[bits(all)]),
        CheckNote::BinForEachValue => text.get("check-note-bin-for-each-value"),
        CheckNote::SamplesInEachBin { samples } => {
            text.with("check-note-samples-in-each-bin", &[("samples", arg(samples))])
        }
        CheckNote::FewForEachValue { samples } => {
            text.with("check-note-few-for-each-value", &[("samples", arg(samples))])
        }
        CheckNote::FewButCorrected => text.get("check-note-few-but-corrected"),
        CheckNote::PatternsAlone => text.get("check-note-patterns-alone"),
        CheckNote::LogOfBins { bits: max } => text.with("check-note-log-of-bins", &[bits(max)]),
        CheckNote::LogOfSamples { bits: max } => {
            text.with("check-note-log-of-samples", &[bits(max)])
        }
        CheckNote::TinyNoise { bits: max } => text.with("check-note-tiny-noise", &[bits(max)]),
        CheckNote::BoundsApart => text.get("check-note-bounds-apart"),
        CheckNote::Clusters => text.get("check-note-clusters"),
        CheckNote::PatternsOverlap => text.get("check-note-patterns-overlap"),
        CheckNote::EntropyOfPatterns { bits: above } => {
            text.with("check-note-entropy-of-patterns", &[bits(above)])
        }
        CheckNote::SmoothDensity { dimensions } => {
            text.with("check-note-smooth-density", &[("dimensions", dimensions.into())])
        }
        CheckNote::FarNeighbours { dimensions } => {
            text.with("check-note-far-neighbours", &[("dimensions", arg(dimensions))])
        }
        CheckNote::DigammaLimit { bits: max } => {
            text.with("check-note-digamma-limit", &[bits(max)])
        }
        CheckNote::ManyForEachValue => text.get("check-note-many-for-each-value"),
        CheckNote::SamplesOfEachPattern { samples } => {
            text.with("check-note-samples-of-each-pattern", &[("samples", arg(samples))])
        }
        CheckNote::PatternsDrawnOnce => text.get("check-note-patterns-drawn-once"),
        CheckNote::BelowBatch => text.get("check-note-below-batch"),
        CheckNote::NotLearnt => text.get("check-note-not-learnt"),
        CheckNote::LogOfBatch { bits: max } => text.with("check-note-log-of-batch", &[bits(max)]),
        CheckNote::LogOfBatchNotLearnt { bits: max } => {
            text.with("check-note-log-of-batch-not-learnt", &[bits(max)])
        }
        CheckNote::SamePatternInBatch => text.get("check-note-same-pattern-in-batch"),
        CheckNote::WholeSource => text.get("check-note-whole-source"),
        CheckNote::SamplesForSource => text.get("check-note-samples-for-source"),
        CheckNote::OverlapsCountTooMuch => text.get("check-note-overlaps"),
        CheckNote::OutputsFarApart => text.get("check-note-far-apart"),
        CheckNote::OnlyDirection => text.get("check-note-only-direction"),
        CheckNote::PartInDirection { dimensions } => {
            text.with("check-note-part-in-direction", &[("dimensions", arg(dimensions))])
        }
        CheckNote::GaussianSource => text.get("check-note-gaussian-source"),
        CheckNote::NotGaussian => text.get("check-note-not-gaussian"),
    }
}
