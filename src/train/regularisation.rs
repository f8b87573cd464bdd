//! Regularisation by a change of gradients or weights: Grokfast, OrthoGrad, constant norm and rank
//! penalty. Weight decay is part of the optimisers; noise and smoothing are part of the loss.

use std::collections::VecDeque;

use burn::tensor::{Device, Tensor, TensorData};
use nalgebra::DMatrix;

use super::per_member::{Members, PerMember, member_sum};
use crate::device::{DeviceError, read};
use crate::experiment::{Grokfast as Average, Optimiser, Settings};
use crate::linalg::Spectrum;
use crate::model::Role;

/// Grokfast (Lee et al., arXiv 2405.20233): adds to each gradient a multiple of its running
/// average, `g + lambda mu`.
///
/// - EMA (algorithm 2): `mu = alpha mu + (1 - alpha) g`, from `mu = g` at the first step.
/// - MA (algorithm 1): `mu` is the mean of the last gradients, this one included, once there are as
///   many as the window holds.
pub(super) struct Grokfast {
    average: Average,
    /// The members that use this average.
    members: Members,
    lambda: PerMember,
    alpha: PerMember,
    rest: PerMember,
    window: usize,
    /// Running average or sum of each tensor of parameters.
    sums: Vec<Option<Tensor<3>>>,
    /// The gradients in the window.
    past: Vec<VecDeque<Tensor<3>>>,
    /// Steps taken.
    steps: Vec<usize>,
}

impl Grokfast {
    /// One for each average that some member uses.
    pub(super) fn all(members: &[Settings], parameters: usize, device: &Device) -> Vec<Self> {
        let each =
            |number: fn(&Settings) -> f64| PerMember::new(members.iter().map(number), device);
        [Average::Ema, Average::Ma]
            .into_iter()
            .map(|average| Self {
                average,
                members: Members::new(
                    members.iter().map(|m| m.grokfast_lambda > 0.0 && m.grokfast == average),
                    device,
                ),
                lambda: each(|m| m.grokfast_lambda),
                alpha: each(|m| m.grokfast_alpha),
                rest: each(|m| 1.0 - m.grokfast_alpha),
                window: members.first().map_or(1, |member| member.grokfast_window),
                sums: vec![None; parameters],
                past: vec![VecDeque::new(); parameters],
                steps: vec![0; parameters],
            })
            .filter(|grokfast| grokfast.members.any())
            .collect()
    }

    /// The gradient of one tensor of parameters, amplified.
    pub(super) fn filter(&mut self, index: usize, gradient: Tensor<3>) -> Tensor<3> {
        let boost = match self.average {
            Average::Ema => Some(self.fade(index, gradient.clone())),
            Average::Ma => self.mean_of_window(index, gradient.clone()),
        };
        match boost {
            Some(boost) => self.members.change(gradient, |g| g + self.lambda.scale(boost)),
            None => gradient,
        }
    }

    fn fade(&mut self, index: usize, gradient: Tensor<3>) -> Tensor<3> {
        let mean = match self.sums[index].take() {
            None => gradient,
            Some(mean) => self.alpha.scale(mean) + self.rest.scale(gradient),
        };
        self.sums[index] = Some(mean.clone());
        mean
    }

    fn mean_of_window(&mut self, index: usize, gradient: Tensor<3>) -> Option<Tensor<3>> {
        let past = &mut self.past[index];
        past.push_back(gradient.clone());
        let oldest = if past.len() > self.window { past.pop_front() } else { None };
        self.steps[index] += 1;
        let sum = match (self.sums[index].take(), oldest) {
            // Summed from scratch once per window. Otherwise the rounding errors of large early
            // gradients would stay in the running sum for good.
            (Some(_), Some(_)) if self.steps[index].is_multiple_of(self.window) => {
                past.iter().skip(1).fold(past[0].clone(), |sum, g| sum + g.clone())
            }
            (Some(sum), Some(oldest)) => sum + gradient - oldest,
            (Some(sum), None) => sum + gradient,
            (None, _) => gradient,
        };
        self.sums[index] = Some(sum.clone());
        (past.len() == self.window).then(|| sum / self.window as f64)
    }
}

/// Keeps quotients of zero by zero zero.
pub(super) const TINY: f64 = 1e-30;

/// OrthoGrad (Prieto et al., arXiv 2501.04697, equation 9): the part of each tensor's gradient that
/// is orthogonal to its weights, `g - (w·g / w·w) w`. As in the authors' code, it is scaled to the
/// length of the whole gradient.
pub(super) fn orthogonal(
    members: &Members,
    parameter: &Tensor<3>,
    gradient: Tensor<3>,
) -> Tensor<3> {
    members.change(gradient, |gradient| {
        let w = parameter.clone();
        let along =
            member_sum(w.clone() * gradient.clone()) / (member_sum(w.clone() * w.clone()) + TINY);
        let across = gradient.clone() - w.clone() * along;
        // Rounding leaves a part along the weights as large as the gradient's last digit. If the
        // gradient is nearly along the weights, that is not small beside the part across them.
        let again =
            member_sum(w.clone() * across.clone()) / (member_sum(w.clone() * w.clone()) + TINY);
        let across = across - w * again;
        let norm = |tensor: &Tensor<3>| member_sum(tensor.clone() * tensor.clone()).sqrt();
        let stretch = norm(&gradient) / (norm(&across) + TINY);
        across * stretch
    })
}

/// Constant-norm training (Liu et al., arXiv 2210.01117, section 3): after each step all trained
/// parameters of a member are scaled to the norm that they had together at the start.
pub(super) struct ConstantNorm {
    members: Members,
    trained: Vec<bool>,
    /// Sum of squares at the start, `[members, 1, 1]`.
    square: Tensor<3>,
}

impl ConstantNorm {
    /// `None` if no member uses it.
    pub(super) fn new(
        members: &[Settings],
        parameters: &[Tensor<3>],
        trained: &[bool],
        device: &Device,
    ) -> Option<Self> {
        // Members that are solved in closed form take no steps.
        let uses = |m: &Settings| m.constant_norm && m.optimiser != Optimiser::MinimumNorm;
        let members = Members::new(members.iter().map(uses), device);
        members.any().then(|| Self {
            members,
            trained: trained.to_vec(),
            square: square(parameters, trained),
        })
    }

    /// The parameters at the norm of the start.
    pub(super) fn restore(&self, parameters: Vec<Tensor<3>>) -> Vec<Tensor<3>> {
        let now = square(&parameters, &self.trained) + TINY;
        let scale = (self.square.clone() / now).sqrt();
        let scaled = |parameter: Tensor<3>| parameter * scale.clone();
        let each = parameters.into_iter().zip(&self.trained);
        each.map(|(p, trained)| if *trained { self.members.change(p, scaled) } else { p }).collect()
    }
}

fn square(parameters: &[Tensor<3>], trained: &[bool]) -> Tensor<3> {
    let trained = parameters.iter().zip(trained).filter(|(_, trained)| **trained);
    let squares = trained.map(|(p, _)| member_sum(p.clone() * p.clone()));
    squares.reduce(|sum, square| sum + square).expect("a network has parameters that are trained")
}

/// A penalty on the entropy of the singular values of each layer's weights, `b H(W)` with `H = -Σ s
/// ln s`, `s = σ / Σ σ`; `exp H` is the effective rank (Roy & Vetterli 2007). Used against
/// complexity by DeMoss et al. (arXiv 2412.09810).
///
/// Gradients are computed in f64 on the host, because the device has no decomposition.
pub(super) struct RankPenalty {
    strengths: Vec<f64>,
}

impl RankPenalty {
    /// `None` if no member uses it.
    pub(super) fn new(members: &[Settings]) -> Option<Self> {
        let strengths: Vec<f64> = members.iter().map(|member| member.rank_penalty).collect();
        strengths.iter().any(|&strength| strength > 0.0).then_some(Self { strengths })
    }

    /// Adds the penalty's gradient to that of each layer's weights.
    pub(super) async fn add(
        &self,
        parameters: &[Tensor<3>],
        roles: &[Role],
        gradients: &mut [Option<Tensor<3>>],
    ) -> Result<(), DeviceError> {
        for ((parameter, role), gradient) in parameters.iter().zip(roles).zip(gradients) {
            if *role != Role::Weights {
                continue;
            }
            let Some(loss_gradient) = gradient.take() else {
                continue;
            };
            let [members, rows, columns] = parameter.dims();
            let weights = read(parameter.clone()).await?;
            let mut penalty = Vec::with_capacity(weights.len());
            for (weights, &strength) in weights.chunks(rows * columns).zip(&self.strengths) {
                if strength == 0.0 {
                    penalty.resize(penalty.len() + rows * columns, 0.0);
                    continue;
                }
                let matrix = DMatrix::from_row_iterator(
                    rows,
                    columns,
                    weights.iter().map(|&w| f64::from(w)),
                );
                let slope = entropy(matrix).1 * strength;
                penalty.extend(slope.transpose().iter().map(|&slope| slope as f32));
            }
            let penalty = TensorData::new(penalty, [members, rows, columns]);
            *gradient = Some(loss_gradient + Tensor::from_data(penalty, &parameter.device()));
        }
        Ok(())
    }
}

/// The entropy of the singular values of a matrix, in nats, and its gradient with respect to the
/// matrix: with `W = U diag(σ) Vᵀ` and `S = Σ σ`, `dH/dσ = -(ln(σ / S) + H) / S`, and the gradient
/// is `U diag(dH/dσ) Vᵀ`. Both are zero where an entry is not finite.
fn entropy(matrix: DMatrix<f64>) -> (f64, DMatrix<f64>) {
    let none = DMatrix::zeros(matrix.nrows(), matrix.ncols());
    let Some(spectrum) = Spectrum::of_matrix(matrix) else {
        return (0.0, none);
    };
    let (entropy, total) = spectrum.entropy();
    let slope = |sigma: f64| -((sigma / total).ln() + entropy) / total;
    let gradient =
        spectrum.map(|sigma| if spectrum.counts(sigma) { slope(sigma) / sigma } else { 0.0 });
    (entropy, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use burn::tensor::Device;

    fn wave(shape: [usize; 3], rate: f32) -> Tensor<3> {
        let count = shape.iter().product::<usize>();
        let values: Vec<f32> = (0..count).map(|i| (i as f32 * rate).sin()).collect();
        Tensor::from_data(TensorData::new(values, shape), &Device::flex())
    }

    fn numbers(tensor: Tensor<3>) -> Vec<f64> {
        let values = tensor.try_to_vec_as::<f32>().expect("on the CPU");
        values.into_iter().map(f64::from).collect()
    }

    #[test]
    fn an_orthograd_gradient_is_orthogonal_and_keeps_its_length() {
        let weights = wave([2, 46, 128], 0.37);
        for gradient in
            [wave([2, 46, 128], 1.11), weights.clone() + wave([2, 46, 128], 1.11) * 0.05]
        {
            let changed = numbers(orthogonal(&Members::All, &weights, gradient.clone()));
            let (weights, gradient) = (numbers(weights.clone()), numbers(gradient));
            for member in 0..2 {
                let part = |v: &[f64]| v[member * 5888..(member + 1) * 5888].to_vec();
                let (w, g, c) = (part(&weights), part(&gradient), part(&changed));
                let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
                let cosine = dot(&w, &c) / (dot(&w, &w) * dot(&c, &c)).sqrt();
                assert!(cosine.abs() < 1e-6, "cosine {cosine:e}");
                assert!((dot(&c, &c) / dot(&g, &g) - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn grokfast_adds_the_running_average() {
        let gradients = [0.4, -1.5, 0.02, 0.7];
        let run = |query: &str| -> Vec<f64> {
            let members = Experiment::from_query(query).experiment.members();
            let device = Device::flex();
            let mut filter = Grokfast::all(&members, 1, &device).remove(0);
            let step = |g: &f64| filter.filter(0, Tensor::from_floats([[[*g as f32]]], &device));
            gradients.iter().map(step).flat_map(numbers).collect()
        };
        let ema = run("seeds=1&grokfast-lambda=2&grokfast-alpha=0.9");
        let mut mean = gradients[0];
        for (index, (got, g)) in ema.iter().zip(gradients).enumerate() {
            if index > 0 {
                mean = 0.9 * mean + 0.1 * g;
            }
            assert!((got - (g + 2.0 * mean)).abs() < 1e-6);
        }
        let ma = run("seeds=1&grokfast-lambda=5&grokfast=ma&grokfast-window=2");
        for (index, got) in ma.iter().enumerate() {
            let g = gradients[index];
            let boost = if index == 0 { 0.0 } else { 5.0 * (g + gradients[index - 1]) / 2.0 };
            assert!((got - (g + boost)).abs() < 1e-6);
        }
    }

    #[test]
    fn a_window_forgets_large_gradients_that_have_left_it() {
        let query = "seeds=1&grokfast-lambda=1&grokfast=ma&grokfast-window=5";
        let members = Experiment::from_query(query).experiment.members();
        let device = Device::flex();
        let mut filter = Grokfast::all(&members, 1, &device).remove(0);
        let mut last = 0.0;
        for step in 0..20 {
            let gradient = if step < 3 { 1e6 + 0.3 } else { 1e-3f32 };
            let gradient = Tensor::from_floats([[[gradient]]], &device);
            last = numbers(filter.filter(0, gradient))[0];
        }
        assert!((last - 2e-3).abs() < 1e-8, "{last}");
    }

    #[test]
    fn the_rank_penalty_adds_the_slope_of_each_members_entropy() {
        let members = Experiment::from_query("rank-penalty=0,0.5&seeds=1").experiment.members();
        let penalty = RankPenalty::new(&members).expect("it is on");
        let weights = wave([2, 5, 3], 0.71) + wave([2, 5, 3], 2.13);
        let gradient = wave([2, 5, 3], 1.11);
        let mut gradients = [Some(gradient.clone())];
        let parameters = std::slice::from_ref(&weights);
        pollster::block_on(penalty.add(parameters, &[Role::Weights], &mut gradients))
            .expect("on the CPU");
        let [Some(with)] = gradients else { panic!("it has a gradient") };
        let (weights, before, with) = (numbers(weights), numbers(gradient), numbers(with));
        assert_eq!(before[..15], with[..15], "the first member has no penalty");
        for entry in 0..15 {
            let at = |shift: f64| {
                let mut moved = weights[15..].to_vec();
                moved[entry] += shift;
                0.5 * entropy(DMatrix::from_row_slice(5, 3, &moved)).0
            };
            let expected = before[15 + entry] + (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((with[15 + entry] - expected).abs() < 1e-5, "{entry}");
        }
    }

    #[test]
    fn the_entropys_gradient_is_its_finite_difference() {
        for (rows, columns) in [(5, 3), (3, 5)] {
            let matrix =
                DMatrix::from_fn(rows, columns, |i, j| ((3 * i + 7 * j) as f64 * 0.71).sin());
            let (_, slope) = entropy(matrix.clone());
            for i in 0..rows {
                for j in 0..columns {
                    let at = |shift: f64| {
                        let mut moved = matrix.clone();
                        moved[(i, j)] += shift;
                        entropy(moved).0
                    };
                    let expected = (at(1e-6) - at(-1e-6)) / 2e-6;
                    assert!((slope[(i, j)] - expected).abs() < 1e-6, "{i} {j}");
                }
            }
        }
    }

    #[test]
    fn the_entropy_of_equal_singular_values_is_a_logarithm() {
        assert!((entropy(DMatrix::identity(7, 7)).0 - 7f64.ln()).abs() < 1e-12);
        let one = DMatrix::from_fn(4, 6, |i, j| (i + 1) as f64 * (j + 1) as f64);
        assert!(entropy(one).0.abs() < 1e-5);
        assert_eq!(entropy(DMatrix::zeros(3, 4)).1, DMatrix::zeros(3, 4));
    }
}
