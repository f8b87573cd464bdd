//! Checks that a backend must pass before it is trusted, each against the CPU's answer.
//!
//! Every kind of kernel that a default run uses is checked at boot ([`DeviceCheck::ALL`]). The
//! tests also take a few steps with every setting that computes something of its own
//! ([`VARIANTS`]).
//!
//! cubecl does not report a shader that the browser's compiler rejects: the call succeeds and stale
//! numbers come back (tracel-ai/cubecl#1641). So answers are compared.

use burn::tensor::{Device, Tensor, TensorData, activation};

use super::{Implementation, TrainError, Trainer};
use crate::device::read;
use crate::experiment::Experiment;
use crate::self_test::DeviceCheck;

/// Largest error allowed, relative to the largest value of a check's answer. f32 sums in another
/// order differ by some 1e-6; a wrong kernel by far more.
pub const TOLERANCE: f32 = 1e-3;

/// How a check failed.
#[derive(Debug)]
pub enum Fault {
    /// The device gave another answer than the CPU. Holds the largest error relative to the largest
    /// value; infinite if some of the answer is not a finite number.
    Wrong(f32),
    /// The device gave no answer.
    NoAnswer(TrainError),
}

/// Makes one check on `device`.
///
/// # Errors
/// If the device's answer is further than [`TOLERANCE`] from the CPU's, or there is none.
pub async fn check(check: DeviceCheck, device: &Device) -> Result<(), Fault> {
    let expected = answer(check, &Device::flex()).await.map_err(Fault::NoAnswer)?;
    let got = answer(check, device).await.map_err(Fault::NoAnswer)?;
    let error = worst(&expected, &got);
    if error <= TOLERANCE { Ok(()) } else { Err(Fault::Wrong(error)) }
}

/// Settings as query strings, each of which computes something that no other does.
pub const VARIANTS: &[&str] = &[
    "activation=relu&bias=1&bias-scale=0.1&deeper=6tanh-5relu",
    // Backends approximate the error function to different last digits, and what Adam makes of a
    // gradient near zero depends on them.
    "activation=gelu&optimiser=sgd",
    "activation=silu",
    "activation=linear",
    "embedding=8",
    "op=div&init=he&alpha=2",
    "loss=cross-entropy",
    "loss=stablemax",
    "loss=cross-entropy&smoothing=0.1",
    "optimiser=sgd&schedule=linear&warmup=2",
    "optimiser=adam",
    "optimiser=muon&bias=1",
    "optimiser=adamw,sgd",
    "model=random-features&optimiser=minimum-norm&bias=1&width=8,24&ridge=0,0.1",
    "model=linear",
    "batch=8",
    "noise=0,0.3",
    "activation=tanh&noise=0.3",
    "grokfast-lambda=2",
    "grokfast-lambda=2&grokfast=ema,ma&grokfast-window=2",
    "orthograd=0,1",
    "rank-penalty=0.1",
    "constant-norm=1",
    "gate=1",
    "lr=0.05,0.1&wd=0.5,1",
    "width=8,24&frac=0.4,0.6",
    "data=icosahedron&frac=0.1&loss=cross-entropy",
    "data=two-scale&samples=20,40&model=linear&lr=0.01",
    "data=teacher&samples=30&activation=tanh",
];

/// Takes a few steps of a small network with one of the [`VARIANTS`] on `device`, and compares
/// measurements and changes of the weights.
///
/// # Errors
/// If they are further than [`TOLERANCE`] from the CPU's, or there are none.
pub async fn check_variant(variant: &str, device: &Device) -> Result<(), Fault> {
    let query = format!("p=7&width=24&seeds=2&lr=0.1&steps=8&{variant}");
    let experiment = Experiment::from_query(&query).experiment;
    let expected = trained(&experiment, &Device::flex(), Implementation::Reference)
        .await
        .map_err(Fault::NoAnswer)?;
    for implementation in [Implementation::Fastest, Implementation::Reference] {
        let got = trained(&experiment, device, implementation).await.map_err(Fault::NoAnswer)?;
        for (expected, got) in expected.iter().zip(got) {
            let error = worst(expected, &got);
            if error > TOLERANCE {
                return Err(Fault::Wrong(error));
            }
        }
    }
    Ok(())
}

/// The change of the weights by a few steps, and losses and accuracies after them.
async fn trained(
    experiment: &Experiment,
    device: &Device,
    implementation: Implementation,
) -> Result<[Vec<f32>; 3], TrainError> {
    let mut trainer = match implementation {
        Implementation::Fastest => Trainer::new(experiment, device)?,
        Implementation::Reference => Trainer::reference(experiment, device)?,
    };
    trainer.measure().await?;
    let before = trainer.weights().await?;
    // More than one, so that they start from moments that are not zero.
    for _ in 0..4 {
        trainer.advance().await?;
    }
    let after = trainer.weights().await?;
    let change = after.iter().zip(before).map(|(after, before)| after - before).collect();
    let scores = trainer.measure().await?.into_iter().flat_map(|m| [m.train, m.test]);
    let (losses, accuracies) = scores.map(|score| (score.loss, score.accuracy)).unzip();
    Ok([change, losses, accuracies])
}

/// The largest error relative to the largest expected value; infinite for an answer of another
/// length or with something in it that is not a number.
fn worst(expected: &[f32], got: &[f32]) -> f32 {
    if got.len() != expected.len() || got.iter().any(|value| !value.is_finite()) {
        return f32::INFINITY;
    }
    let largest = expected.iter().fold(f32::MIN_POSITIVE, |max, value| max.max(value.abs()));
    expected.iter().zip(got).map(|(a, b)| (a - b).abs() / largest).fold(0.0, f32::max)
}

async fn answer(check: DeviceCheck, device: &Device) -> Result<Vec<f32>, TrainError> {
    use DeviceCheck as C;

    let tensor = match check {
        C::OddProduct => wave([3, 17, 33], device).matmul(wave([3, 33, 9], device)),
        // As large as in a run: kernels are chosen by shape.
        C::LargeProduct => wave([2, 264, 46], device).matmul(wave([2, 46, 128], device)),
        C::Reduction => wave([3, 65, 9], device).sum_dim(1),
        C::Softmax => activation::softmax(wave([3, 17, 33], device), 2),
        C::Loss | C::Accuracy | C::TrainingStep | C::ReferenceStep => {
            // Steps as large as the weights, so that a wrong gradient or update shows.
            let small = Experiment::from_query("p=7&width=24&seeds=2&lr=0.1").experiment;
            // The reference also trains what the fastest implementation does not cover.
            let implementation = match check {
                C::ReferenceStep => Implementation::Reference,
                _ => Implementation::Fastest,
            };
            let [change, losses, accuracies] = trained(&small, device, implementation).await?;
            return Ok(match check {
                C::Loss => losses,
                C::Accuracy => accuracies,
                _ => change,
            });
        }
    };
    Ok(read(tensor).await?)
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
    fn a_wrong_answer_is_found_wherever_it_stands() {
        let right = [1.0, -2.0, 0.5];
        assert_eq!(worst(&right, &right), 0.0);
        for index in 0..3 {
            for (wrong, error) in
                [(f32::NAN, f32::INFINITY), (5.0, 1.5), (right[index] + 4e-3, 2e-3)]
            {
                let mut got = right;
                got[index] = wrong;
                assert!(worst(&right, &got) >= error.min(1.49) * 0.99, "{got:?}");
                assert!(worst(&right, &got) > TOLERANCE);
            }
        }
        assert_eq!(worst(&right, &right[..2]), f32::INFINITY);
    }

    #[test]
    fn every_variant_is_understood_and_trains() {
        for variant in VARIANTS {
            let query = format!("p=7&width=24&seeds=2&lr=0.1&steps=8&{variant}");
            let experiment = Experiment::valid(&query);
            let [change, losses, _] =
                pollster::block_on(trained(&experiment, &Device::flex(), Implementation::Fastest))
                    .expect("on the CPU");
            assert!(change.iter().chain(&losses).all(|x| x.is_finite()), "{variant}");
            let moved = change.iter().filter(|change| **change != 0.0).count();
            // Members of 8 of 24 units, and frozen layers, leave part of the weights alone.
            assert!(moved * 8 > change.len(), "{variant}: {moved} of {}", change.len());
        }
    }

    #[test]
    fn steps_of_the_training_check_are_large_enough_to_show_a_fault() {
        let answer = pollster::block_on(answer(DeviceCheck::TrainingStep, &Device::flex()))
            .expect("the CPU answers");
        let largest = answer.iter().fold(0f32, |max, value| max.max(value.abs()));
        assert!((0.1..2.0).contains(&largest), "{largest}");
    }
}
