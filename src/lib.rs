//! Train ensembles of small neural networks and watch them memorise first and generalise later.
//!
//! One run, from end to end: an [`experiment::Experiment`] is read from a query string and sent
//! through the [`protocol`] to a worker. The worker opens a backend, sets up a `run::Run` and sends
//! back a [`history::Evaluation`] at every evaluated step. The page pushes it into a
//! [`history::History`], lets [`phases::find`] look for the two phases, and draws. The command line
//! does the same without worker and page, and prints a [`report::Report`].
//!
//! The modules that train know nothing of a browser, and the page knows nothing of burn: features
//! `engine`, `gpu`, `worker`, `page` and `cli` draw the line. ARCHITECTURE.md has the map.

pub mod claims;
pub mod comparison;
pub mod compression;
pub mod evaluation;
pub mod experiment;
pub mod history;
pub mod json;
pub mod measure;
pub mod phases;
pub mod protocol;
pub mod recorded;
pub mod recording;
pub mod refine;
pub mod report;
pub mod saved;
pub mod self_test;
pub mod sharding;
pub mod stats;
pub mod sweep;
pub mod theory;
pub mod tidy;
pub mod weights;

#[cfg(feature = "engine")]
pub mod data;
#[cfg(feature = "engine")]
pub mod device;
#[cfg(feature = "engine")]
pub mod linalg;
#[cfg(feature = "engine")]
pub mod model;
#[cfg(feature = "engine")]
pub mod random;
#[cfg(feature = "engine")]
pub mod run;
#[cfg(feature = "engine")]
pub mod train;

#[cfg(feature = "chart")]
pub mod chart;
#[cfg(feature = "chart")]
pub mod plots;
#[cfg(feature = "text")]
pub mod text;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod external;

#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "worker")]
pub mod worker;
