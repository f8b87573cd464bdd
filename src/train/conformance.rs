//! What a backend must compute right before it is trusted: each check against the CPU's answer.
//!
//! cubecl does not report a shader that the browser's compiler rejects: the call succeeds and stale
//! numbers come back (tracel-ai/cubecl#1641). So every kind of kernel that training uses is tried
//! once and compared, at boot in the worker, and in the tests.

use burn::tensor::{Device, Tensor, TensorData, activation};

use super::{TrainError, Trainer, read};
use crate::experiment::Experiment;

/// Largest error allowed, relative to the largest value of a check's answer. f32 sums in another
/// order differ by some 1e-6; a wrong kernel by far more.
pub const TOLERANCE: f32 = 1e-3;

/// A check that failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The device gave another answer than the CPU.
    #[error("{check} is off by {error:.1e} of its largest value")]
    Wrong {
        /// The check's name.
        check: &'static str,
        /// Largest error relative to the largest value.
        error: f32,
    },
    /// The device gave no answer.
    #[error("{check}: {source}")]
    NoAnswer {
        /// The check's name.
        check: &'static str,
        /// What it said instead.
        source: TrainError,
    },
}

/// The checks, in the order in which they are made.
pub const CHECKS: [&str; 4] = ["matrix product", "reduction", "softmax", "training step"];

/// Makes one check on `device`; `index` counts into [`CHECKS`].
///
/// # Errors
/// If the device's answer is further than [`TOLERANCE`] from the CPU's, or there is none.
pub async fn check(index: usize, device: &Device) -> Result<(), Fault> {
    let check = CHECKS[index];
    let no_answer = |source| Fault::NoAnswer { check, source };
    let expected = answer(index, &Device::flex()).await.map_err(no_answer)?;
    let got = answer(index, device).await.map_err(no_answer)?;
    let largest = expected.iter().fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
    let error = if got.len() == expected.len() {
        expected.iter().zip(&got).map(|(a, b)| (a - b).abs() / largest).fold(0.0, |most, error| {
            // `f32::max` would let a NaN pass.
            if error <= most { most } else { error }
        })
    } else {
        f32::INFINITY
    };
    if error <= TOLERANCE { Ok(()) } else { Err(Fault::Wrong { check, error }) }
}

async fn answer(index: usize, device: &Device) -> Result<Vec<f32>, TrainError> {
    match index {
        0 => read(wave([3, 17, 33], device).matmul(wave([3, 33, 9], device))).await,
        1 => read(wave([3, 65, 9], device).sum_dim(1)).await,
        2 => read(activation::softmax(wave([3, 17, 33], device), 2)).await,
        _ => {
            // Two steps: the second one starts from moments that are not zero.
            let small = Experiment { p: 5, width: 8, seeds: 2, ..Experiment::default() };
            let mut trainer = Trainer::new(&small, device);
            trainer.advance();
            trainer.advance();
            let mut answer = trainer.weights().await?;
            let measured = trainer.measure().await?;
            answer.extend(measured.members.iter().flat_map(|m| [m.train.loss, m.test.loss]));
            Ok(answer)
        }
    }
}

/// Numbers of both signs and no pattern that a wrong index would leave unchanged.
fn wave(shape: [usize; 3], device: &Device) -> Tensor<3> {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (i as f32 * 0.37).sin() * 2.0).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_passes_every_check() {
        for index in 0..CHECKS.len() {
            pollster::block_on(check(index, &Device::flex())).expect("the same device");
        }
    }
}
