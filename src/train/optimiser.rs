//! Optimisers: how gradients become steps, every one in tensor operations over all members.

use burn::tensor::{Device, Tensor};

use super::per_member::{Members, PerMember, member_sum};
use crate::experiment::{Optimiser, Settings};
use crate::model::Role;

/// Added to the root of Adam's mean square.
pub(super) const EPSILON: f64 = 1e-8;

/// The optimiser's state of one tensor of parameters.
#[derive(Clone, Debug)]
struct Moments {
    /// Running mean of the gradient; for SGD and Muon the running sum.
    mean: Tensor<3>,
    /// Running mean of its square; `None` for optimisers without one.
    square: Option<Tensor<3>>,
}

/// One optimiser, for those members that have it.
pub(super) struct Rule {
    optimiser: Optimiser,
    members: Members,
    /// One for each tensor of parameters.
    moments: Vec<Moments>,
    /// `sqrt(max(inputs, outputs))` of each tensor, for [`Optimiser::Muon`].
    sizes: Vec<PerMember>,
}

/// The coefficients of one step of one member.
pub(super) struct StepCoefficients {
    /// Learning rate.
    pub(super) lr: f64,
    /// Weight decay that is added to the gradient.
    pub(super) l2: f64,
    /// The factor of decoupled weight decay on the weights.
    pub(super) decay_factor: f64,
    pub(super) beta1: f64,
    pub(super) one_minus_beta1: f64,
    pub(super) beta2: f64,
    pub(super) one_minus_beta2: f64,
    /// Adam's learning rate with the correction of the mean.
    pub(super) adam_lr: f64,
    /// Adam's correction of the root of the mean square.
    pub(super) inv_sqrt_bias2: f64,
}

impl StepCoefficients {
    /// The coefficients of an optimiser at a step counted from 1; `weight_decay_on` says whether
    /// weight decay is on.
    pub(super) fn new(
        member: &Settings,
        optimiser: Optimiser,
        weight_decay_on: bool,
        step: u32,
    ) -> Self {
        let lr = member.lr * schedule(member, step);
        let wd = if weight_decay_on { member.wd } else { 0.0 };
        let corrected = |beta: f64| 1.0 - beta.powf(f64::from(step));
        let coupled = matches!(optimiser, Optimiser::Sgd | Optimiser::Adam);
        Self {
            lr,
            l2: if coupled { wd } else { 0.0 },
            decay_factor: if coupled { 1.0 } else { 1.0 - lr * wd },
            beta1: member.beta1,
            one_minus_beta1: 1.0 - member.beta1,
            beta2: member.beta2,
            one_minus_beta2: 1.0 - member.beta2,
            adam_lr: lr / corrected(member.beta1),
            inv_sqrt_bias2: 1.0 / corrected(member.beta2).sqrt(),
        }
    }
}

/// [`StepCoefficients`] of every member.
struct MemberCoefficients {
    lr: PerMember,
    l2: PerMember,
    decay_factor: PerMember,
    beta1: PerMember,
    one_minus_beta1: PerMember,
    beta2: PerMember,
    one_minus_beta2: PerMember,
    adam_lr: PerMember,
    inv_sqrt_bias2: PerMember,
}

/// Where a run is when a step is taken.
pub(super) struct Moment<'a> {
    /// The settings of every member.
    pub(super) members: &'a [Settings],
    /// Whether each member's weight decay is on.
    pub(super) weight_decay_on: &'a [bool],
    /// Number of the step, counted from 1.
    pub(super) step: u32,
    pub(super) device: &'a Device,
}

impl Rule {
    /// The optimisers of an ensemble: one for each that some member has. `shapes` holds rows and
    /// columns of each tensor of parameters, member by member.
    pub(super) fn all(
        members: &[Settings],
        parameters: &[Tensor<3>],
        roles: &[Role],
        shapes: &[Vec<(usize, usize)>],
        device: &Device,
    ) -> Vec<Self> {
        let mut rules: Vec<Self> = Vec::new();
        for member in members {
            if rules.iter().any(|rule| rule.optimiser == member.optimiser) {
                continue;
            }
            let optimiser = member.optimiser;
            let moments = parameters.iter().zip(roles).map(|(parameter, role)| Moments {
                mean: parameter.zeros_like(),
                square: match optimiser {
                    Optimiser::Adam | Optimiser::AdamW => Some(parameter.zeros_like()),
                    Optimiser::Muon if *role != Role::Weights => Some(parameter.zeros_like()),
                    Optimiser::Muon | Optimiser::Sgd | Optimiser::MinimumNorm => None,
                },
            });
            let size = |shapes: &Vec<(usize, usize)>| {
                let larger = shapes.iter().map(|(rows, columns)| *rows.max(columns) as f64);
                PerMember::new(larger.map(f64::sqrt), device)
            };
            rules.push(Self {
                optimiser,
                members: Members::new(members.iter().map(|m| m.optimiser == optimiser), device),
                moments: moments.collect(),
                sizes: shapes.iter().map(size).collect(),
            });
        }
        rules
    }

    /// The parameters after a step, those of members with another optimiser unchanged. Parameters
    /// without a gradient stay.
    pub(super) fn apply(
        &mut self,
        parameters: Vec<Tensor<3>>,
        gradients: &[Option<Tensor<3>>],
        roles: &[Role],
        moment: &Moment<'_>,
    ) -> Vec<Tensor<3>> {
        if self.optimiser == Optimiser::MinimumNorm {
            return parameters;
        }
        let coefficients = MemberCoefficients::new(moment, self.optimiser);
        let each = parameters.into_iter().zip(gradients).zip(roles).zip(&mut self.moments);
        each.zip(&self.sizes)
            .map(|((((parameter, gradient), role), moments), size)| {
                let Some(gradient) = gradient.clone() else {
                    return parameter;
                };
                self.members.change(parameter, |parameter| match self.optimiser {
                    Optimiser::Sgd => sgd(parameter, gradient, moments, &coefficients),
                    Optimiser::Muon if *role == Role::Weights => {
                        muon(parameter, gradient, moments, &coefficients, size)
                    }
                    Optimiser::MinimumNorm => parameter,
                    Optimiser::Adam | Optimiser::AdamW | Optimiser::Muon => {
                        adam(parameter, gradient, moments, &coefficients)
                    }
                })
            })
            .collect()
    }
}

impl MemberCoefficients {
    fn new(moment: &Moment<'_>, optimiser: Optimiser) -> Self {
        let members = moment.members.iter().zip(moment.weight_decay_on);
        let coefficients: Vec<StepCoefficients> = members
            .map(|(member, &weight_decay_on)| {
                StepCoefficients::new(member, optimiser, weight_decay_on, moment.step)
            })
            .collect();
        let each = |number: fn(&StepCoefficients) -> f64| {
            PerMember::new(coefficients.iter().map(number), moment.device)
        };
        Self {
            lr: each(|n| n.lr),
            l2: each(|n| n.l2),
            decay_factor: each(|n| n.decay_factor),
            beta1: each(|n| n.beta1),
            one_minus_beta1: each(|n| n.one_minus_beta1),
            beta2: each(|n| n.beta2),
            one_minus_beta2: each(|n| n.one_minus_beta2),
            adam_lr: each(|n| n.adam_lr),
            inv_sqrt_bias2: each(|n| n.inv_sqrt_bias2),
        }
    }

    /// The gradient with coupled weight decay in it.
    fn decayed(&self, parameter: &Tensor<3>, gradient: Tensor<3>) -> Tensor<3> {
        match self.l2 {
            PerMember::Same(0.0) => gradient,
            _ => gradient + self.l2.scale(parameter.clone()),
        }
    }
}

/// The factor of the learning rate at a step counted from 1. It rises linearly over the warm-up,
/// and falls linearly to zero after the last step if the schedule says so.
fn schedule(member: &Settings, step: u32) -> f64 {
    use crate::experiment::Schedule;
    let warm = if step < member.warmup { f64::from(step) / f64::from(member.warmup) } else { 1.0 };
    let gone = f64::from(step - 1) / f64::from(member.steps);
    warm * match member.schedule {
        Schedule::Constant => 1.0,
        Schedule::Linear => 1.0 - gone,
    }
}

/// Gradient descent with heavy-ball momentum (Polyak 1964), weight decay added to the gradient:
/// `v = b v + g + wd w`, `w = w - lr v`.
fn sgd(
    parameter: Tensor<3>,
    gradient: Tensor<3>,
    state: &mut Moments,
    coefficients: &MemberCoefficients,
) -> Tensor<3> {
    let gradient = coefficients.decayed(&parameter, gradient);
    state.mean.inplace(|velocity| coefficients.beta1.scale(velocity) + gradient);
    parameter - coefficients.lr.scale(state.mean.clone())
}

/// Adam (Kingma & Ba, arXiv 1412.6980, algorithm 1), weight decay added to the gradient, and AdamW
/// (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2), where it is decoupled:
///
/// `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g²`,
/// `w = (1 - lr wd) w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
fn adam(
    parameter: Tensor<3>,
    gradient: Tensor<3>,
    state: &mut Moments,
    coefficients: &MemberCoefficients,
) -> Tensor<3> {
    let gradient = coefficients.decayed(&parameter, gradient);
    let square = coefficients.one_minus_beta2.scale(gradient.clone() * gradient.clone());
    state.mean.inplace(|mean| {
        coefficients.beta1.scale(mean) + coefficients.one_minus_beta1.scale(gradient)
    });
    let Some(mean_square) = &mut state.square else {
        return parameter;
    };
    mean_square.inplace(|old| coefficients.beta2.scale(old) + square);
    let root = coefficients.inv_sqrt_bias2.scale(mean_square.clone().sqrt()) + EPSILON;
    coefficients.decay_factor.scale(parameter)
        - coefficients.adam_lr.scale(state.mean.clone() / root)
}

/// Muon in the scaling of Liu et al. (arXiv 2502.16982, equation 4): `m = b m + g`, `w = (1 - lr
/// wd) w - lr 0.2 sqrt(max(inputs, outputs)) O(m)`, with `O` the orthogonal matrix nearest to `m`,
/// roughly. For weights; embeddings and biases get AdamW with the same learning rate.
fn muon(
    parameter: Tensor<3>,
    gradient: Tensor<3>,
    state: &mut Moments,
    coefficients: &MemberCoefficients,
    size: &PerMember,
) -> Tensor<3> {
    state.mean.inplace(|sum| coefficients.beta1.scale(sum) + gradient);
    let direction = size.scale(orthogonalise(state.mean.clone()) * 0.2);
    coefficients.decay_factor.scale(parameter) - coefficients.lr.scale(direction)
}

/// Five Newton-Schulz steps with Jordan's coefficients (kellerjordan.github.io/posts/muon):
/// singular values end up between some 0.7 and 1.2.
fn orthogonalise(matrix: Tensor<3>) -> Tensor<3> {
    const A: f64 = 3.4445;
    const B: f64 = -4.7750;
    const C: f64 = 2.0315;
    let [_, rows, columns] = matrix.dims();
    // The smaller of the two Gram matrices.
    let tall = rows > columns;
    let matrix = if tall { matrix.swap_dims(1, 2) } else { matrix };
    let norm = member_sum(matrix.clone() * matrix.clone()).sqrt() + 1e-7;
    let mut x = matrix / norm;
    for _ in 0..5 {
        let gram = x.clone().matmul(x.clone().swap_dims(1, 2));
        let polynomial = gram.clone() * B + gram.clone().matmul(gram) * C;
        x = x.clone() * A + polynomial.matmul(x);
    }
    if tall { x.swap_dims(1, 2) } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use nalgebra::DMatrix;

    const GRADIENTS: [f64; 3] = [0.4, -1.5, 0.02];

    /// One number trained for three steps by the settings of a query.
    fn three_steps(query: &str) -> Vec<f64> {
        let members = Experiment::from_query(query).experiment.members();
        let device = Device::flex();
        let mut parameters = vec![Tensor::<3>::from_floats([[[0.7]]], &device)];
        let roles = [Role::Weights];
        let mut rules = Rule::all(&members, &parameters, &roles, &[vec![(1, 1)]], &device);
        (1..)
            .zip(GRADIENTS)
            .map(|(step, gradient)| {
                let gradient = Some(Tensor::<3>::from_floats([[[gradient as f32]]], &device));
                let moment =
                    Moment { members: &members, weight_decay_on: &[true], step, device: &device };
                parameters = rules[0].apply(parameters.clone(), &[gradient], &roles, &moment);
                f64::from(parameters[0].clone().into_scalar::<f32>())
            })
            .collect()
    }

    fn assert_follows(query: &str, mut step: impl FnMut(i32, f64, f64) -> f64) {
        let mut w = 0.7;
        for ((t, gradient), got) in (1..).zip(GRADIENTS).zip(three_steps(query)) {
            w = step(t, w, gradient);
            assert!((got - w).abs() < 1e-6 * w.abs(), "{query}, step {t}: {got} against {w}");
        }
    }

    #[test]
    fn three_steps_of_sgd_follow_the_formula_in_f64() {
        let mut v = 0.0;
        assert_follows("seeds=1&optimiser=sgd&lr=0.05&wd=0.3&beta1=0.8", |_, w, g| {
            v = 0.8 * v + g + 0.3 * w;
            w - 0.05 * v
        });
    }

    #[test]
    fn three_steps_of_adam_and_adamw_follow_the_formula_in_f64() {
        for (optimiser, coupled) in [("adam", true), ("adamw", false)] {
            let (mut m, mut v) = (0.0, 0.0);
            let query =
                format!("seeds=1&optimiser={optimiser}&lr=0.05&wd=0.3&beta1=0.9&beta2=0.98");
            assert_follows(&query, |t, w, g| {
                let g = if coupled { g + 0.3 * w } else { g };
                m = 0.9 * m + 0.1 * g;
                v = 0.98 * v + 0.02 * g * g;
                let (m_hat, v_hat): (f64, f64) =
                    (m / (1.0 - 0.9f64.powi(t)), v / (1.0 - 0.98f64.powi(t)));
                let decay = if coupled { 0.0 } else { 0.3 };
                w - 0.05 * (m_hat / (v_hat.sqrt() + 1e-8) + decay * w)
            });
        }
    }

    #[test]
    fn three_steps_of_muon_follow_the_formula_in_f64() {
        let mut m: f64 = 0.0;
        assert_follows("seeds=1&optimiser=muon&lr=0.05&wd=0.3&beta1=0.95", |_, w, g| {
            m = 0.95 * m + g;
            let mut x = m / (m.abs() + 1e-7);
            for _ in 0..5 {
                x = 3.4445 * x - 4.7750 * x.powi(3) + 2.0315 * x.powi(5);
            }
            w - 0.05 * (0.2 * x + 0.3 * w)
        });
    }

    #[test]
    fn muon_scales_with_the_members_own_size() {
        // The first member has 2 × 3 weights of a tensor of 3 × 4, the second all of it.
        let members =
            Experiment::from_query("seeds=2&optimiser=muon&lr=0.1&wd=0").experiment.members();
        let device = Device::flex();
        let roles = [Role::Weights];
        let (small, large) = ((2, 3), (3, 4));
        let start = vec![Tensor::<3>::zeros([2, 3, 4], &device)];
        let shapes = [vec![small, large]];
        let mut rule = Rule::all(&members, &start, &roles, &shapes, &device).remove(0);
        let own = |m: usize, i: usize, j: usize| m == 1 || (i < 2 && j < 3);
        let values: Vec<f32> = (0..24)
            .map(|e| (e / 12, e / 4 % 3, e % 4))
            .map(|(m, i, j)| if own(m, i, j) { ((i * i + 3 * j) as f32 * 1.3).sin() } else { 0.0 })
            .collect();
        let gradient =
            Tensor::from_data(burn::tensor::TensorData::new(values.clone(), [2, 3, 4]), &device);
        let moment =
            Moment { members: &members, weight_decay_on: &[true; 2], step: 1, device: &device };
        let after = rule.apply(start, &[Some(gradient)], &roles, &moment).remove(0);
        let after = after.try_to_vec_as::<f32>().expect("on the CPU");
        for (m, (rows, columns)) in [small, large].into_iter().enumerate() {
            let matrix = |v: &[f32]| {
                DMatrix::from_fn(rows, columns, |i, j| f64::from(v[12 * m + 4 * i + j]))
            };
            let mut x = matrix(&values);
            x /= x.norm() + 1e-7;
            for _ in 0..5 {
                let gram = &x * x.transpose();
                x = &x * 3.4445 + (&gram * -4.7750 + &gram * &gram * 2.0315) * &x;
            }
            let expected = x * (-0.1 * 0.2 * (columns as f64).sqrt());
            assert!((matrix(&after) - expected).abs().max() < 1e-5, "member {m}");
        }
    }

    #[test]
    fn warm_up_goes_up_and_the_linear_schedule_down_to_zero() {
        let mut v = 0.0;
        let query = "seeds=1&optimiser=sgd&lr=0.05&wd=0&beta1=0&warmup=10&schedule=linear&steps=5";
        assert_follows(query, |t, w, g| {
            v = g;
            w - 0.05 * (f64::from(t) / 10.0) * (1.0 - f64::from(t - 1) / 5.0) * v
        });
    }

    #[test]
    fn orthogonalising_keeps_the_singular_vectors() {
        for (rows, columns) in [(4, 7), (7, 4)] {
            let values: Vec<f32> =
                (0..rows * columns).map(|i| ((i * i) as f32 * 1.37).sin()).collect();
            let data = burn::tensor::TensorData::new(values.clone(), [1, rows, columns]);
            let x = orthogonalise(Tensor::from_data(data, &Device::flex()));
            let x = x.try_to_vec_as::<f32>().expect("on the CPU");
            let matrix = |v: &[f32]| {
                DMatrix::from_row_iterator(rows, columns, v.iter().map(|&x| f64::from(x)))
            };
            let svd = matrix(&values).svd(true, true);
            let (u, v_t) = (svd.u.expect("asked for"), svd.v_t.expect("asked for"));
            let inner = u.transpose() * matrix(&x) * v_t.transpose();
            for i in 0..4 {
                for j in 0..4 {
                    let value = inner[(i, j)];
                    let fine =
                        if i == j { (0.6..1.3).contains(&value) } else { value.abs() < 1e-3 };
                    assert!(fine, "{i} {j}: {value}");
                }
            }
        }
    }
}
