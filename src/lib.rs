//! Train ensembles of small neural networks and watch them fit first and generalise later.
pub mod experiment;
pub mod history;
pub mod phases;
pub mod protocol;
pub mod report;

#[cfg(feature = "engine")]
pub mod data;
#[cfg(feature = "engine")]
pub mod measure;
#[cfg(feature = "engine")]
pub mod model;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "engine")]
pub mod random;
#[cfg(feature = "engine")]
pub mod train;
#[cfg(feature = "worker")]
pub mod worker;
