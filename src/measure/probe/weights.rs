//! Spectra of weights, and accuracy with weights of lower rank.

use burn::tensor::Tensor;

use super::{CurveIndex, tensor};
use crate::device::{DeviceError, read, read_indices};
use crate::linalg::Spectrum;
use crate::measure::points::Points;
use crate::measure::{Curve, Quantity, Split, fourier};
use crate::model::{MlpEnsemble, Role};

pub(super) async fn measure(
    network: &MlpEnsemble,
    points: &Points,
    curves: &CurveIndex,
    values: &mut [Vec<f64>],
) -> Result<(), DeviceError> {
    let truncations: Vec<(usize, Split)> = curves
        .iter()
        .filter(|curve| curve.quantity == Quantity::TruncatedAccuracy)
        .filter_map(|curve| curve.rank.zip(curve.set))
        .collect();
    let has_fourier = curves.has(Quantity::FourierConcentration);
    if !curves.has(Quantity::WeightNorm) && !has_fourier && truncations.is_empty() {
        return Ok(());
    }
    // All parameters for each rank. Only weights of layers are truncated.
    let mut truncated: Vec<Vec<Tensor<3>>> = vec![Vec::new(); truncations.len()];
    let mut layer = 0;
    for (index, parameter) in network.parameters.iter().enumerate() {
        if network.roles[index] != Role::Weights {
            truncated.iter_mut().for_each(|all| all.push(parameter.clone()));
            continue;
        }
        layer += 1;
        let [members, rows, columns] = parameter.dims();
        let weights = read(parameter.clone()).await?;
        let mut cut: Vec<Vec<f32>> = vec![Vec::with_capacity(weights.len()); truncations.len()];
        for (weights, values) in weights.chunks(rows * columns).zip(&mut *values) {
            if layer == 1 && has_fourier {
                measure_fourier(weights, columns, curves, values);
            }
            let spectrum = Spectrum::new(weights, rows, columns);
            if let Some(spectrum) = &spectrum {
                measure_spectrum(spectrum, layer, curves, values);
            }
            for ((rank, _), cut) in truncations.iter().zip(&mut cut) {
                match &spectrum {
                    Some(spectrum) => cut.extend(spectrum.truncated(*rank)),
                    None => cut.extend_from_slice(weights),
                }
            }
        }
        for (all, cut) in truncated.iter_mut().zip(cut) {
            all.push(tensor(cut, [members, rows, columns], &parameter.device()));
        }
    }
    for ((rank, set), parameters) in truncations.into_iter().zip(truncated) {
        let curve = Curve::of(Quantity::TruncatedAccuracy).on(set).rank(rank);
        let outputs = network.with(parameters).forward(&points.inputs);
        let [_, rows, _] = outputs.dims();
        let answers = read_indices(outputs.argmax(2)).await?;
        for (member, (answers, values)) in answers.chunks(rows).zip(&mut *values).enumerate() {
            let Some((classes, _)) = points.classes(member) else { continue };
            let indices = points.indices(member, set);
            let right = indices
                .iter()
                .filter(|&&index| answers[points.row(member, index)] == classes[index]);
            curves.put(curve, right.count() as f64 / indices.len() as f64, values);
        }
    }
    Ok(())
}

/// `weights` is `[2 p, columns]`, the first layer's.
fn measure_fourier(weights: &[f32], columns: usize, curves: &CurveIndex, values: &mut [f64]) {
    let spectra = fourier::Spectra::new(weights, columns);
    let concentration = Curve::of(Quantity::FourierConcentration).layer(1);
    curves.put(concentration, spectra.participation_ratio(), values);
    let mut powers = spectra.mean();
    powers.sort_by(|a, b| b.total_cmp(a));
    let all: f64 = powers.iter().sum();
    for (rank, power) in (1..).zip(&powers) {
        let fraction = Curve::of(Quantity::FourierFraction).layer(1).rank(rank);
        curves.put(fraction, power / all, values);
    }
}

fn measure_spectrum(spectrum: &Spectrum, layer: usize, curves: &CurveIndex, values: &mut [f64]) {
    let curve = |quantity| Curve::of(quantity).layer(layer);
    curves.put(curve(Quantity::WeightNorm), spectrum.norm(), values);
    curves.put(curve(Quantity::EffectiveRank), spectrum.effective_rank(), values);
    for (rank, value) in (1..).zip(spectrum.values()) {
        curves.put(curve(Quantity::SingularValue).rank(rank), *value, values);
    }
}
