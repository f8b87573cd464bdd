//! What is measured of the members.
//!
//! Loss and accuracy are worked on the device. What needs decompositions, distances or counting works on
//! the host, on what has been read back: plain slices, row by row, of one member at a time. A [`Probe`]
//! reads and measures; a [`Curve`] names what comes out.

mod curve;
mod estimator_check;

pub use curve::{Curve, Quantity, Set, curves, of_network, sample_counts};
pub use estimator_check::{
    CONTRASTIVE_BATCH, CheckSource, EstimatorCheck, EstimatorCheckReport, EstimatorKind,
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
pub use probe::Probe;
