//! What may differ between the members of an ensemble: numbers and switches.

use burn::tensor::{Bool, Device, Tensor, TensorData};

/// A number for each member.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few are held, never many")]
pub(super) enum PerMember {
    Same(f64),
    /// `[members, 1, 1]`.
    Each(Tensor<3>),
}

impl PerMember {
    pub(super) fn new(numbers: impl Iterator<Item = f64>, device: &Device) -> Self {
        let numbers: Vec<f64> = numbers.collect();
        match numbers.first() {
            Some(first) if numbers.iter().any(|number| number != first) => {
                let shape = [numbers.len(), 1, 1];
                let numbers: Vec<f32> = numbers.into_iter().map(|number| number as f32).collect();
                Self::Each(Tensor::from_data(TensorData::new(numbers, shape), device))
            }
            first => Self::Same(first.copied().unwrap_or(0.0)),
        }
    }

    /// Each member's part of the tensor times its number.
    pub(super) fn scale(&self, tensor: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Same(number) if *number == 1.0 => tensor,
            Self::Same(number) => tensor * *number,
            Self::Each(numbers) => tensor * numbers.clone(),
        }
    }

    /// Each member's part of the tensor plus its number.
    pub(super) fn add(&self, tensor: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Same(number) => tensor + *number,
            Self::Each(numbers) => tensor + numbers.clone(),
        }
    }
}

/// Which members do something.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few are held, never many")]
pub(super) enum Members {
    None,
    All,
    /// `[members, 1, 1]`.
    Some(Tensor<3, Bool>),
}

impl Members {
    pub(super) fn new(which: impl Iterator<Item = bool>, device: &Device) -> Self {
        let which: Vec<bool> = which.collect();
        if which.iter().all(|one| !one) {
            Self::None
        } else if which.iter().all(|one| *one) {
            Self::All
        } else {
            let shape = [which.len(), 1, 1];
            Self::Some(Tensor::from_data(TensorData::new(which, shape), device))
        }
    }

    pub(super) fn any(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// `old` with the part of these members taken from what `new` makes. Whatever `new` holds for
    /// other members, a number or not, leaves no trace.
    pub(super) fn change(
        &self,
        old: Tensor<3>,
        new: impl FnOnce(Tensor<3>) -> Tensor<3>,
    ) -> Tensor<3> {
        match self {
            Self::None => old,
            Self::All => new(old),
            Self::Some(which) => {
                let mask = which.clone().expand(old.shape());
                old.clone().mask_where(mask, new(old))
            }
        }
    }
}

/// The sum over everything that belongs to a member, `[members, 1, 1]`.
pub(super) fn member_sum(tensor: Tensor<3>) -> Tensor<3> {
    tensor.sum_dim(2).sum_dim(1)
}
