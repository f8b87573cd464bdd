//! The checks that a GPU must pass before it trains, by name.
//!
//! `train::conformance` makes them, the protocol carries their names, and the page words them.

use serde::{Deserialize, Serialize};

/// A check of the self-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceCheck {
    /// A matrix product of odd sizes.
    OddProduct,
    /// A matrix product as large as in a run.
    LargeProduct,
    /// A sum over an axis.
    Reduction,
    /// A softmax.
    Softmax,
    /// The losses after a few training steps.
    Loss,
    /// The accuracies after them.
    Accuracy,
    /// The change of the weights by them.
    TrainingStep,
    /// The same with every step in tensor operations.
    ReferenceStep,
}

impl DeviceCheck {
    /// All checks, in the order in which they are made.
    pub const ALL: [Self; 8] = [
        Self::OddProduct,
        Self::LargeProduct,
        Self::Reduction,
        Self::Softmax,
        Self::Loss,
        Self::Accuracy,
        Self::TrainingStep,
        Self::ReferenceStep,
    ];
}
