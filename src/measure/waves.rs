//! The first weights of a network on numbers modulo p, as pictures: waves over the numbers, and the
//! numbers as points on a clock (Nanda et al., arXiv 2301.05217; Gromov, arXiv 2301.02679).

use std::f64::consts::TAU;

use super::fourier::Spectra;
use crate::evaluation::Waves;

/// Units whose weights are given.
const UNITS: usize = 3;

/// Of weights `[2 p, units]`, the first number's one-hot vector first. `None` unless p is odd and
/// at least 3.
#[must_use]
pub fn waves(weights: &[f32], units: usize) -> Option<Waves> {
    let p = weights.len() / (2 * units.max(1));
    if p < 3 || p.is_multiple_of(2) || weights.len() != 2 * p * units {
        return None;
    }
    let spectra = Spectra::new(weights, units);
    let mean = spectra.mean();
    let total: f64 = mean.iter().sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let largest = (0..mean.len()).max_by(|a, b| mean[*a].total_cmp(&mean[*b]))?;
    let frequency = largest + 1;
    let row = |n: usize| &weights[n * units..(n + 1) * units];
    let angle = |n: usize| TAU * (n * frequency % p) as f64 / p as f64;
    let mut order: Vec<usize> = (0..units).collect();
    let power = |unit: &usize| spectra.unit(*unit)[largest];
    order.sort_by(|a, b| power(b).total_cmp(&power(a)));
    order.truncate(UNITS);
    let [cosine, sine] = [f64::cos as fn(f64) -> f64, f64::sin].map(|wave| {
        let mut sum = vec![0f64; units];
        for n in 0..p {
            for (sum, weight) in sum.iter_mut().zip(row(n)) {
                *sum += wave(angle(n)) * f64::from(*weight);
            }
        }
        let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        sum.into_iter().map(|x| x / norm).collect::<Vec<f64>>()
    });
    let along = |n: usize, axis: &[f64]| -> f64 {
        row(n).iter().zip(axis).map(|(weight, x)| f64::from(*weight) * x).sum()
    };
    let points: Vec<[f64; 2]> = (0..p).map(|n| [along(n, &cosine), along(n, &sine)]).collect();
    let radius = points.iter().map(|[x, y]| x.hypot(*y)).fold(f64::MIN_POSITIVE, f64::max);
    let first = spectra.unit(*order.first()?);
    let sum: f64 = first.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    Some(Waves {
        spectrum: first.iter().map(|power| (power / sum) as f32).collect(),
        frequency: frequency as u32,
        units: order.into_iter().map(|unit| (0..p).map(|n| row(n)[unit]).collect()).collect(),
        clock: points.into_iter().map(|point| point.map(|x| (x / radius) as f32)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_of_one_frequency_lie_on_a_circle() {
        let (p, units, frequency) = (23, 16, 5);
        let phase = |unit: usize| TAU * unit as f64 / units as f64;
        let weights: Vec<f32> = (0..2 * p * units)
            .map(|i| {
                let (n, unit) = (i / units % p, i % units);
                (TAU * (frequency * n) as f64 / p as f64 + phase(unit)).cos() as f32
            })
            .collect();
        let waves = waves(&weights, units).expect("p is odd");
        assert_eq!((waves.frequency, waves.spectrum.len(), waves.units.len()), (5, 11, 3));
        assert!(waves.spectrum[4] > 0.999);
        for (n, [x, y]) in waves.clock.iter().enumerate() {
            assert!((f64::from(*x).hypot(f64::from(*y)) - 1.0).abs() < 1e-3, "number {n}");
        }
    }

    #[test]
    fn even_p_and_zero_weights_have_none() {
        assert_eq!(waves(&[1.0; 2 * 4 * 2], 2), None);
        assert_eq!(waves(&[0.0; 2 * 5 * 2], 2), None);
    }
}
