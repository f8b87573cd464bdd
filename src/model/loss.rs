//! Losses and accuracy, on the device.

use burn::tensor::{Tensor, activation};

use crate::data::SampleTensors;
use crate::experiment::Loss;

/// The mean loss over the samples of each member, `[members]`.
///
/// `outputs` and `targets` are `[members, samples, outputs]`; `weights` are those of
/// [`SampleTensors::weights`].
#[must_use]
pub fn loss(
    loss: Loss,
    outputs: Tensor<3>,
    targets: Tensor<3>,
    weights: Option<&Tensor<3>>,
) -> Tensor<1> {
    let each = match loss {
        Loss::SquaredError => {
            let error = outputs - targets;
            (error.clone() * error).sum_dim(2)
        }
        Loss::CrossEntropy => -(activation::log_softmax(outputs, 2) * targets).sum_dim(2),
        Loss::StableMax => -(log_stable_max(outputs) * targets).sum_dim(2),
    };
    mean(each, weights)
}

/// The logarithm of StableMax, `s(x) / Σ s` with `s(x) = x + 1` for `x ≥ 0` and `1 / (1 - x)` below
/// (Prieto et al., arXiv 2501.04697, equation 5).
fn log_stable_max(logits: Tensor<3>) -> Tensor<3> {
    let below = activation::relu(-logits.clone());
    // x + relu(-x) is x above 0 and 0 below, with a slope of 1 at 0, where that of relu(x) is 0.
    let s = logits + below.clone() + (below + 1.0).recip();
    s.clone().log() - s.sum_dim(2).log()
}

/// Accuracy of each member, `[members]`, 0 to 1: the fraction of samples whose largest logit is the
/// label's; for a regression, the fraction of outputs with the right sign.
///
/// `outputs` is `[members, samples, outputs]`.
#[must_use]
pub fn accuracy(outputs: Tensor<3>, samples: &SampleTensors) -> Tensor<1> {
    let right = match &samples.labels {
        Some(labels) => outputs.argmax(2).equal(labels.clone()).float(),
        None => (outputs * samples.targets.clone()).greater_elem(0.0).float().mean_dim(2),
    };
    mean(right, samples.weights.as_ref())
}

/// The mean over samples, `[members]`, of a number for each, `[members, samples, 1]`.
fn mean(each: Tensor<3>, weights: Option<&Tensor<3>>) -> Tensor<1> {
    let [members, samples, _] = each.dims();
    match weights {
        Some(weights) => (each * weights.clone()).sum_dim(1),
        None => each.sum_dim(1).div_scalar(samples as f32),
    }
    .reshape([members])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn stable_max_has_a_slope_at_zero() {
        let device = Device::flex();
        let logits = Tensor::<3>::zeros([1, 1, 2], &device).autodiff().require_grad();
        let targets = Tensor::<3>::from_floats([[[1.0, 0.0]]], &device).autodiff();
        let mut gradients = loss(Loss::StableMax, logits.clone(), targets, None).backward();
        let gradient = logits.grad_remove(&mut gradients).expect("a gradient");
        // s = 1 and s' = 1 for both: -(1 - 1/2) and 1/2.
        let gradient = gradient.try_to_vec_as::<f32>().expect("on the CPU");
        assert_eq!(gradient, [-0.5, 0.5]);
    }

    #[test]
    fn each_loss_is_its_formula_in_f64() {
        let logits: [f64; 3] = [1.5, -0.5, 0.25];
        let targets: [f64; 3] = [0.1, 0.7, 0.2];
        let s = logits.map(|x| if x >= 0.0 { x + 1.0 } else { 1.0 / (1.0 - x) });
        let e = logits.map(f64::exp);
        let cross_entropy = |s: [f64; 3]| -> f64 {
            let sum: f64 = s.iter().sum();
            s.iter().zip(targets).map(|(s, t)| -t * (s / sum).ln()).sum()
        };
        let squared: f64 = logits.iter().zip(targets).map(|(x, t)| (x - t).powi(2)).sum();
        let device = Device::flex();
        let tensor = |row: [f64; 3]| Tensor::<3>::from_floats([[row.map(|x| x as f32)]], &device);
        for (kind, expected) in [
            (Loss::SquaredError, squared),
            (Loss::CrossEntropy, cross_entropy(e)),
            (Loss::StableMax, cross_entropy(s)),
        ] {
            let got = loss(kind, tensor(logits), tensor(targets), None).into_scalar::<f32>();
            assert!((f64::from(got) - expected).abs() < 1e-6, "{kind:?}: {got} against {expected}");
        }
    }
}
