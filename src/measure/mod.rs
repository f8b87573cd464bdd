//! Measurements of networks beside loss and accuracy: information, complexity, linear maps,
//! spectra.
//!
//! They run on the host, on plain slices of one member at a time that were read back from the
//! device. A [`Curve`] names a measured quantity, and a `Probe` measures it. Only names and checks
//! compile without the feature `engine`; the page needs no more.

mod curve;
mod estimator_check;

pub use curve::{Curve, Quantity, Split, curves, is_measurable, of_network, sample_counts};
pub use estimator_check::{
    BinLimits, Bound, CONTRASTIVE_BATCH, CheckNote, CheckSource, EstimatorCheck, EstimatorKind,
    EstimatorResult, RENYI_SAMPLES, ReferenceProblem, TestedEstimator,
};

#[cfg(feature = "engine")]
pub mod class_variance;
#[cfg(feature = "engine")]
pub mod complexity;
#[cfg(feature = "engine")]
pub mod fourier;
#[cfg(feature = "engine")]
pub mod information;
#[cfg(feature = "engine")]
pub mod linear_map;
#[cfg(feature = "engine")]
mod points;
#[cfg(feature = "engine")]
mod probe;
#[cfg(feature = "engine")]
pub(crate) mod waves;

#[cfg(feature = "engine")]
pub use probe::Probe;
