//! Losses of a sample, their gradients with respect to its outputs, and whether it is right.

use crate::experiment::Loss;

/// The right outputs of a sample.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// `on` for the class, `off` for the others.
    Class {
        class: usize,
        on: f32,
        off: f32,
    },
    Numbers(&'a [f32]),
}

impl Target<'_> {
    fn at(self, output: usize) -> f32 {
        match self {
            Self::Class { class, on, off } => {
                if output == class {
                    on
                } else {
                    off
                }
            }
            Self::Numbers(numbers) => numbers[output],
        }
    }
}

/// The loss of one sample.
pub(super) fn value(loss: Loss, outputs: &[f32], target: Target<'_>) -> f32 {
    let each = outputs.iter().enumerate();
    match loss {
        Loss::SquaredError => each.map(|(k, x)| (x - target.at(k)).powi(2)).sum(),
        Loss::CrossEntropy => {
            let max = largest(outputs);
            let total: f32 = outputs.iter().map(|x| libm::expf(x - max)).sum();
            let log_total = max + libm::logf(total);
            each.map(|(k, x)| target.at(k) * (log_total - x)).sum()
        }
        Loss::StableMax => {
            let log_total = libm::logf(outputs.iter().map(|&x| stable(x)).sum());
            each.map(|(k, &x)| target.at(k) * (log_total - libm::logf(stable(x)))).sum()
        }
    }
}

/// The gradient of `scale` times the loss of one sample; its targets add up to 1 where they are
/// those of classes.
pub(super) fn gradient(
    loss: Loss,
    outputs: &[f32],
    target: Target<'_>,
    scale: f32,
    gradient: &mut [f32],
) {
    match loss {
        Loss::SquaredError => match target {
            Target::Class { class, on, off } => {
                for (slope, x) in gradient.iter_mut().zip(outputs) {
                    *slope = 2.0 * scale * (x - off);
                }
                gradient[class] = 2.0 * scale * (outputs[class] - on);
            }
            Target::Numbers(numbers) => {
                for ((slope, x), number) in gradient.iter_mut().zip(outputs).zip(numbers) {
                    *slope = 2.0 * scale * (x - number);
                }
            }
        },
        Loss::CrossEntropy => {
            let max = largest(outputs);
            let mut total = 0.0;
            for (slope, x) in gradient.iter_mut().zip(outputs) {
                *slope = libm::expf(x - max);
                total += *slope;
            }
            for (k, slope) in gradient.iter_mut().enumerate() {
                *slope = scale * (*slope / total - target.at(k));
            }
        }
        Loss::StableMax => {
            let total: f32 = outputs.iter().map(|&x| stable(x)).sum();
            for (k, (slope, &x)) in gradient.iter_mut().zip(outputs).enumerate() {
                let inner = if x >= 0.0 { 1.0 } else { 1.0 / ((1.0 - x) * (1.0 - x)) };
                *slope = scale * inner * (1.0 / total - target.at(k) / stable(x));
            }
        }
    }
}

/// Fraction of the outputs that are right. For a class it is 0 or 1, by the first largest output;
/// numbers are right if they have the right sign.
pub(super) fn accuracy(outputs: &[f32], target: Target<'_>) -> f32 {
    match target {
        Target::Class { class, .. } => {
            let max = largest(outputs);
            if outputs.iter().position(|&x| x == max) == Some(class) { 1.0 } else { 0.0 }
        }
        Target::Numbers(numbers) => {
            let right = outputs.iter().zip(numbers).filter(|(x, number)| **x * **number > 0.0);
            right.count() as f32 / outputs.len() as f32
        }
    }
}

/// See [`crate::model::loss`].
fn stable(x: f32) -> f32 {
    if x >= 0.0 { x + 1.0 } else { 1.0 / (1.0 - x) }
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(f32::NEG_INFINITY, |max, &x| max.max(x))
}
