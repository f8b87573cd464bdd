//! The training step of a perceptron on the GPU, differentiated by hand, as a few kernels.
//!
//! burn's automatic differentiation launches about forty kernels a step, which costs the host
//! milliseconds. This module takes fewer launches, four for a network with one hidden layer:
//! - One buffer holds the parameters of all layers and members, and one the optimisers' states.
//! - One-hot inputs are looked up, not multiplied.
//! - The launches of a step are recorded once and replayed. A step then costs the host 0.02 to
//!   0.2 ms (docs/benchmark.md).
//! - The host writes rates and batches for many steps at once. A step counter on the GPU finds
//!   those of the current step.
//!
//! It covers perceptrons without an embedding, trained by SGD, Adam or AdamW, with weight decay,
//! smoothing and Grokfast's exponential average. Everything else is left to automatic
//! differentiation, and the conformance tests hold this module to it.
//!
//! `plan`, `rates`, `text`, `tile` and `kernels` make the WGSL and know no GPU, so native tests
//! validate it. `ensemble`, `steps_ahead`, `buffers` and `launch` run it.

mod buffer;
#[cfg(feature = "gpu")]
mod buffers;
#[cfg(feature = "gpu")]
mod ensemble;
mod kernels;
#[cfg(feature = "gpu")]
mod launch;
mod plan;
mod rates;
#[cfg(feature = "gpu")]
mod steps_ahead;
#[cfg(test)]
mod tests;
mod text;
mod tile;
mod upload;

#[cfg(feature = "gpu")]
pub(super) use ensemble::GpuEnsemble;

use crate::experiment::Settings;

/// Whether the kernels can train a member.
fn covers(member: &Settings) -> bool {
    super::cpu::covers(member)
        && !member.orthograd
        && member.noise == 0.0
        && member.embedding().is_none()
}
