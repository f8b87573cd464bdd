//! The numbers of a step that differ between members or steps, such as the learning rate.
//!
//! The host writes them into [`super::buffer::Buffer::Table`] and the kernels read them by name.
//! Both sides take the position from [`Rate`]. A kernel can only read the rates of a group
//! ([`UPDATE`], [`TARGETS`]), and the host writes all groups.

use crate::experiment::{Optimiser, Settings};
use crate::train::optimiser::StepCoefficients;

/// Numbers that the table holds for each step and member. Positions 12 and 15 are not used.
pub(super) const STRIDE: usize = 16;

/// The rates that the update of the parameters reads.
pub(super) const UPDATE: [Rate; 12] = [
    Rate::Lr,
    Rate::L2,
    Rate::DecayFactor,
    Rate::Beta1,
    Rate::OneMinusBeta1,
    Rate::Beta2,
    Rate::OneMinusBeta2,
    Rate::AdamLr,
    Rate::InvSqrtBias2,
    Rate::GrokfastLambda,
    Rate::GrokfastOld,
    Rate::GrokfastNew,
];

/// The rates that make the targets of a classification. They are the same at every step.
pub(super) const TARGETS: [Rate; 2] = [Rate::TrueClass, Rate::EveryClass];

/// A number of one step of one member. Its discriminant is its position in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    Lr,
    /// Weight decay that is added to the gradient.
    L2,
    /// The factor that decoupled weight decay leaves of a weight.
    DecayFactor,
    Beta1,
    /// The gradient's factor in its running mean: `1 - beta1`, but 1 for SGD.
    OneMinusBeta1,
    Beta2,
    /// `1 - beta2`.
    OneMinusBeta2,
    /// Adam's learning rate, corrected for the mean's start at 0. It is 0 for SGD, and the kernel
    /// tells SGD by that.
    AdamLr,
    /// Adam's correction of the root of the mean square.
    InvSqrtBias2,
    /// Grokfast's factor of its average in the gradient.
    GrokfastLambda,
    /// The old average's factor in Grokfast's new average.
    GrokfastOld,
    /// The gradient's factor in it.
    GrokfastNew,
    /// The true class's target minus that of the others.
    TrueClass = 13,
    /// The target of every class under smoothing.
    EveryClass = 14,
}

impl Rate {
    /// Its name in WGSL.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lr => "lr",
            Self::L2 => "l2",
            Self::DecayFactor => "decay_factor",
            Self::Beta1 => "beta1",
            Self::OneMinusBeta1 => "one_minus_beta1",
            Self::Beta2 => "beta2",
            Self::OneMinusBeta2 => "one_minus_beta2",
            Self::AdamLr => "adam_lr",
            Self::InvSqrtBias2 => "inv_sqrt_bias2",
            Self::GrokfastLambda => "boost",
            Self::GrokfastOld => "fade",
            Self::GrokfastNew => "fresh",
            Self::TrueClass => "true_class",
            Self::EveryClass => "every_class",
        }
    }

    /// Its value at a step counted from 1.
    fn value(self, member: &Settings, coefficients: &StepCoefficients, step: u32) -> f64 {
        let is_sgd = member.optimiser == Optimiser::Sgd;
        match self {
            Self::Lr => coefficients.lr,
            Self::L2 => coefficients.l2,
            Self::DecayFactor => coefficients.decay_factor,
            Self::Beta1 => coefficients.beta1,
            Self::OneMinusBeta1 if is_sgd => 1.0,
            Self::OneMinusBeta1 => coefficients.one_minus_beta1,
            Self::Beta2 => coefficients.beta2,
            Self::OneMinusBeta2 => coefficients.one_minus_beta2,
            Self::AdamLr if is_sgd => 0.0,
            Self::AdamLr => coefficients.adam_lr,
            Self::InvSqrtBias2 => coefficients.inv_sqrt_bias2,
            Self::GrokfastLambda => member.grokfast_lambda,
            // The average starts as the first gradient.
            Self::GrokfastOld if step == 1 => 0.0,
            Self::GrokfastOld => member.grokfast_alpha,
            Self::GrokfastNew if step == 1 => 1.0,
            Self::GrokfastNew => 1.0 - member.grokfast_alpha,
            Self::TrueClass => 1.0 - member.smoothing,
            Self::EveryClass => member.smoothing / member.outputs() as f64,
        }
    }
}

/// The rates of one member's step, counted from 1, as they stand in the table.
pub(super) fn rates(member: &Settings, weight_decay_on: bool, step: u32) -> [f32; STRIDE] {
    let coefficients = StepCoefficients::new(member, member.optimiser, weight_decay_on, step);
    let mut all = [0.0; STRIDE];
    for rate in UPDATE.into_iter().chain(TARGETS) {
        all[rate as usize] = rate.value(member, &coefficients, step) as f32;
    }
    all
}
