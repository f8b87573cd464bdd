//! What is measured of the members: so far loss and accuracy.

use burn::tensor::Tensor;

use crate::data::Samples;

/// Squared error to the one-hot targets, summed over classes, mean over samples: `[members]`.
///
/// `logits` and `targets` are `[members, samples, classes]`.
#[must_use]
pub fn squared_error(logits: Tensor<3>, targets: Tensor<3>) -> Tensor<1> {
    let [members, samples, _] = logits.dims();
    let error = logits - targets;
    (error.clone() * error).sum_dim(2).sum_dim(1).div_scalar(samples as f32).reshape([members])
}

/// Share of samples whose largest logit is that of the label: `[members]`, 0 to 1.
///
/// `logits` is `[members, samples, classes]`.
#[must_use]
pub fn accuracy(logits: Tensor<3>, samples: &Samples) -> Tensor<1> {
    let [members, _, _] = logits.dims();
    let right = logits.argmax(2).equal(samples.labels.clone());
    right.float().mean_dim(1).reshape([members])
}
