//! The last layer in closed form: the exact fit of smallest norm, or ridge regression.

use burn::tensor::{Tensor, TensorData};
use nalgebra::{Cholesky, DMatrix};

use crate::data::SampleTensors;
use crate::device::{DeviceError, read};
use crate::experiment::{Optimiser, Settings};
use crate::model::{MlpEnsemble, Role};

/// Added to the diagonal of the Gram matrix as a fraction of its mean, so that f32's rounding does
/// not decide where the matrix is nearly singular.
const JITTER: f64 = 1e-6;

/// The network with the last layer solved for the members that ask for it.
///
/// With `F = features / √units`, `[samples, units]`, and targets `Y`, the weights on `F` are `Fᵀ (F
/// Fᵀ + r I)⁻¹ Y`, or the same written as `(Fᵀ F + r I)⁻¹ Fᵀ Y` where that matrix is smaller; `r`
/// is the ridge, plus a millionth of the matrix's mean diagonal. Output biases, if there are any,
/// are set to the mean of a one-hot row and subtracted from `Y`.
///
/// # Errors
/// If the device was lost.
pub(super) async fn solve(
    model: &MlpEnsemble,
    train: &SampleTensors,
    members: &[Settings],
) -> Result<MlpEnsemble, DeviceError> {
    let last = model.roles.iter().rposition(|role| *role == Role::Weights).unwrap_or(0);
    let hidden = model.last_hidden(&train.inputs);
    let [_, rows, outputs] = model.parameters[last].dims();
    let device = model.parameters[last].device();
    let mut weights = read(model.parameters[last].clone()).await?;
    let has_biases = model.roles.len() > last + 1;
    let mut biases = match model.parameters.get(last + 1) {
        Some(biases) => read(biases.clone()).await?,
        None => Vec::new(),
    };
    for (index, member) in members.iter().enumerate() {
        if member.optimiser != Optimiser::MinimumNorm {
            continue;
        }
        let samples = train.counts[index];
        let units = member.hidden().last().map_or(rows, |layer| layer.units.into());
        let offset = if has_biases && !member.is_regression() { 1.0 / outputs as f64 } else { 0.0 };
        let part = |tensor: &Tensor<3>, width: usize| {
            tensor.clone().slice([index..index + 1, 0..samples, 0..width])
        };
        let features = part(&hidden, units) / (units as f64).sqrt();
        let transposed = features.clone().swap_dims(1, 2);
        let targets = part(&train.targets, outputs) - offset;
        let wide = units >= samples;
        let size = if wide { samples } else { units };
        let (gram, right) = if wide {
            (features.matmul(transposed.clone()), targets)
        } else {
            (transposed.clone().matmul(features), transposed.clone().matmul(targets))
        };
        let matrix = |values: Vec<f32>, rows: usize, columns: usize| {
            DMatrix::from_row_iterator(rows, columns, values.into_iter().map(f64::from))
        };
        let mut gram = matrix(read(gram).await?, size, size);
        let ridge = member.ridge + JITTER * gram.trace() / size as f64;
        (0..size).for_each(|i| gram[(i, i)] += ridge);
        let right = matrix(read(right).await?, size, outputs);
        let Some(factor) = Cholesky::new(gram) else {
            // Features that are no numbers, or all zero: the member counts as diverged.
            let start = index * rows * outputs;
            weights[start..start + rows * outputs].fill(f32::NAN);
            continue;
        };
        let mut solution = factor.solve(&right);
        if wide {
            let data: Vec<f32> = solution.transpose().iter().map(|&x| x as f32).collect();
            let dual = Tensor::from_data(TensorData::new(data, [1, size, outputs]), &device);
            solution = matrix(read(transposed.matmul(dual)).await?, units, outputs);
        }
        let scale = 1.0 / (units as f64).sqrt();
        for (unit, row) in solution.row_iter().enumerate() {
            let start = (index * rows + unit) * outputs;
            for (weight, value) in weights[start..start + outputs].iter_mut().zip(row.iter()) {
                *weight = (value * scale) as f32;
            }
        }
        if has_biases {
            biases[index * outputs..(index + 1) * outputs].fill(offset as f32);
        }
    }
    let mut parameters = model.parameters.clone();
    let count = members.len();
    parameters[last] = Tensor::from_data(TensorData::new(weights, [count, rows, outputs]), &device);
    if has_biases {
        parameters[last + 1] =
            Tensor::from_data(TensorData::new(biases, [count, 1, outputs]), &device);
    }
    Ok(model.with(parameters))
}
