//! AdamW: Adam with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2).

use burn::tensor::Tensor;

/// What AdamW needs to know beside the gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// Learning rate.
    pub lr: f64,
    /// Weight decay; a step multiplies the weights by `1 - lr * wd`.
    pub wd: f64,
    /// Decay of the running mean of the gradient.
    pub beta1: f64,
    /// Decay of the running mean of its square.
    pub beta2: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
}

/// The running means of one weight tensor.
#[derive(Clone, Debug)]
pub struct Moments {
    mean: Tensor<3>,
    square: Tensor<3>,
}

impl Moments {
    /// Both means zero, before the first step.
    #[must_use]
    pub fn new(weights: &Tensor<3>) -> Self {
        Self { mean: weights.zeros_like(), square: weights.zeros_like() }
    }
}

impl AdamW {
    /// The weights after step number `step`, counted from 1:
    ///
    /// `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
    /// `w = (1 - lr wd) w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
    #[must_use]
    pub fn update(
        &self,
        weights: Tensor<3>,
        gradient: Tensor<3>,
        moments: &mut Moments,
        step: u32,
    ) -> Tensor<3> {
        let correction = |beta: f64| 1.0 - beta.powf(f64::from(step));
        let square = gradient.clone() * gradient.clone() * (1.0 - self.beta2);
        moments.mean.inplace(|mean| mean * self.beta1 + gradient * (1.0 - self.beta1));
        moments.square.inplace(|old| old * self.beta2 + square);
        let root = moments.square.clone().sqrt() / correction(self.beta2).sqrt() + self.epsilon;
        let direction = moments.mean.clone() / root * (self.lr / correction(self.beta1));
        weights * (1.0 - self.lr * self.wd) - direction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn three_steps_follow_the_formula_worked_in_f64() {
        let rule = AdamW { lr: 0.05, wd: 0.3, beta1: 0.9, beta2: 0.98, epsilon: 1e-8 };
        let gradients = [0.4, -1.5, 0.02];
        let (mut w, mut m, mut v) = (0.7f64, 0.0f64, 0.0f64);
        let device = Device::flex();
        let mut weights = Tensor::<3>::from_floats([[[w as f32]]], &device);
        let mut moments = Moments::new(&weights);
        for (t, g) in (1..).zip(gradients) {
            m = 0.9 * m + 0.1 * g;
            v = 0.98 * v + 0.02 * g * g;
            let (m_hat, v_hat) = (m / (1.0 - 0.9f64.powi(t)), v / (1.0 - 0.98f64.powi(t)));
            w -= 0.05 * (m_hat / (v_hat.sqrt() + 1e-8) + 0.3 * w);
            let gradient = Tensor::<3>::from_floats([[[g as f32]]], &device);
            weights = rule.update(weights, gradient, &mut moments, t as u32);
            let got = f64::from(weights.clone().into_scalar::<f32>());
            assert!((got - w).abs() < 1e-6 * w.abs(), "step {t}: {got} against {w}");
        }
    }
}
