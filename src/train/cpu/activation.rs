//! Activations and their slopes, number by number.
//!
//! Special functions are those of the libm crate, so that a browser computes what a native run
//! does.

use std::f32::consts::{FRAC_1_SQRT_2, PI};

use crate::experiment::Activation;

/// Applies an activation to each number of `before`.
pub(super) fn apply(activation: Activation, before: &[f32], after: &mut [f32]) {
    fn each(before: &[f32], after: &mut [f32], f: impl Fn(f32) -> f32) {
        for (after, &x) in after.iter_mut().zip(before) {
            *after = f(x);
        }
    }
    match activation {
        Activation::Quadratic => each(before, after, |x| x * x),
        Activation::Relu => each(before, after, |x| if x > 0.0 { x } else { 0.0 }),
        Activation::Tanh => each(before, after, libm::tanhf),
        Activation::Gelu => each(before, after, |x| x * normal_distribution(x)),
        Activation::Silu => each(before, after, |x| x * sigmoid(x)),
        Activation::Linear => after.copy_from_slice(before),
    }
}

/// Multiplies the gradient behind an activation, `delta`, by its slope. `after` holds the
/// activation's outputs, if they are still there.
pub(super) fn multiply_by_slope(
    activation: Activation,
    before: &[f32],
    after: Option<&[f32]>,
    delta: &mut [f32],
) {
    fn each(values: &[f32], delta: &mut [f32], slope: impl Fn(f32) -> f32) {
        for (delta, &x) in delta.iter_mut().zip(values) {
            *delta *= slope(x);
        }
    }
    match activation {
        Activation::Quadratic => each(before, delta, |x| 2.0 * x),
        Activation::Relu => each(before, delta, |x| if x > 0.0 { 1.0 } else { 0.0 }),
        Activation::Tanh => match after {
            Some(after) => each(after, delta, |a| 1.0 - a * a),
            None => each(before, delta, |x| 1.0 - libm::tanhf(x).powi(2)),
        },
        Activation::Gelu => each(before, delta, |x| {
            let density = libm::expf(-0.5 * x * x) / (2.0 * PI).sqrt();
            normal_distribution(x) + x * density
        }),
        Activation::Silu => each(before, delta, |x| {
            let s = sigmoid(x);
            s * (1.0 + x * (1.0 - s))
        }),
        Activation::Linear => {}
    }
}

/// The standard normal distribution function.
fn normal_distribution(x: f32) -> f32 {
    0.5 * (1.0 + libm::erff(x * FRAC_1_SQRT_2))
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}
