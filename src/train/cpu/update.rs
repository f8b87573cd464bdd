//! Optimisers on slices: the formulas of [`crate::train::optimiser`], number by number, all
//! parameters of a member at once.

use std::ops::Range;

use crate::experiment::{Grokfast, Optimiser, Settings};
use crate::train::optimiser::{EPSILON, StepCoefficients};
use crate::train::regularisation::TINY;

/// The optimiser's state of each parameter.
pub(super) struct OptimiserState {
    mean: Vec<f32>,
    /// Empty for SGD.
    square: Vec<f32>,
    /// Grokfast's running average of the gradient; empty without it, and before the first step.
    average: Vec<f32>,
}

/// Whether this module computes a member's steps.
pub(crate) fn covers(member: &Settings) -> bool {
    matches!(member.optimiser, Optimiser::Sgd | Optimiser::Adam | Optimiser::AdamW)
        && (member.grokfast_lambda == 0.0 || member.grokfast == Grokfast::Ema)
        && !member.constant_norm
        && member.rank_penalty == 0.0
}

impl OptimiserState {
    pub(super) fn new(member: &Settings, numbers: usize) -> Self {
        let square = if member.optimiser == Optimiser::Sgd { 0 } else { numbers };
        Self { mean: vec![0.0; numbers], square: vec![0.0; square], average: Vec::new() }
    }

    /// Takes the step numbered `step`, counted from 1, for the parameters in `tensors`, which follow
    /// one another; at least one.
    pub(super) fn step(
        &mut self,
        member: &Settings,
        weight_decay_on: bool,
        step: u32,
        tensors: &[Range<usize>],
        parameters: &mut [f32],
        gradient: &mut [f32],
    ) {
        let coefficients = StepCoefficients::new(member, member.optimiser, weight_decay_on, step);
        if member.grokfast_lambda > 0.0 {
            self.amplify(member, gradient);
        }
        if member.orthograd {
            for tensor in tensors {
                orthogonalise(&parameters[tensor.clone()], &mut gradient[tensor.clone()]);
            }
        }
        let trained = tensors[0].start..tensors[tensors.len() - 1].end;
        let l2 = coefficients.l2 as f32;
        let (beta1, one_minus_beta1) =
            (coefficients.beta1 as f32, coefficients.one_minus_beta1 as f32);
        let parameters = &mut parameters[trained.clone()];
        let gradient = &gradient[trained.clone()];
        let mean = &mut self.mean[trained.clone()];
        if member.optimiser == Optimiser::Sgd {
            let lr = coefficients.lr as f32;
            for ((w, v), g) in parameters.iter_mut().zip(mean).zip(gradient) {
                *v = beta1 * *v + (g + l2 * *w);
                *w -= lr * *v;
            }
            return;
        }
        let (beta2, one_minus_beta2) =
            (coefficients.beta2 as f32, coefficients.one_minus_beta2 as f32);
        let (decay_factor, adam_lr, inv_sqrt_bias2) = (
            coefficients.decay_factor as f32,
            coefficients.adam_lr as f32,
            coefficients.inv_sqrt_bias2 as f32,
        );
        let square = &mut self.square[trained];
        for (((w, m), v), g) in parameters.iter_mut().zip(mean).zip(square).zip(gradient) {
            let g = g + l2 * *w;
            *m = beta1 * *m + one_minus_beta1 * g;
            *v = beta2 * *v + one_minus_beta2 * (g * g);
            *w = decay_factor * *w - adam_lr * (*m / (inv_sqrt_bias2 * v.sqrt() + EPSILON as f32));
        }
    }

    /// Grokfast-EMA, as in [`crate::train::regularisation::Grokfast`].
    fn amplify(&mut self, member: &Settings, gradient: &mut [f32]) {
        let (alpha, rest) = (member.grokfast_alpha as f32, (1.0 - member.grokfast_alpha) as f32);
        let lambda = member.grokfast_lambda as f32;
        if self.average.is_empty() {
            self.average = gradient.to_vec();
        } else {
            for (mean, g) in self.average.iter_mut().zip(&*gradient) {
                *mean = alpha * *mean + rest * g;
            }
        }
        for (g, mean) in gradient.iter_mut().zip(&self.average) {
            *g += lambda * mean;
        }
    }
}

/// OrthoGrad for one tensor, as in [`crate::train::regularisation::orthogonal`].
fn orthogonalise(weights: &[f32], gradient: &mut [f32]) {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let length = product(gradient, gradient).sqrt();
    let square = product(weights, weights) + TINY;
    // Rounding leaves a part along the weights, which a second time takes away.
    for _ in 0..2 {
        let along = (product(weights, gradient) / square) as f32;
        for (g, w) in gradient.iter_mut().zip(weights) {
            *g -= along * w;
        }
    }
    let stretch = (length / (product(gradient, gradient).sqrt() + TINY)) as f32;
    for g in gradient {
        *g *= stretch;
    }
}
