//! The waves in how a network represents numbers modulo `p`. A network that has found the rule of
//! modular addition has units whose weights are cosines over the residues, of one frequency each
//! (Gromov, arXiv 2301.02679).

use std::f64::consts::TAU;

/// The power spectra over the residues of the first layer's weights, two for each unit: of what it
/// takes from the first number and from the second.
///
/// For weights `w_n`, `n` from 0 to `p - 1`, the power at frequency `f` is `a² + b²` with `a =
/// √(2/p) Σ_n w_n cos(2π f n / p)` and `b` the same with the sine. For odd `p` these are
/// coordinates in an orthonormal basis, so the powers add up to `Σ_n (w_n - mean)²`; the constant
/// is left out.
pub struct Spectra {
    units: usize,
    /// `[2, frequencies, units]`
    powers: Vec<f64>,
}

impl Spectra {
    /// The spectra of weights `[2 p, units]`, with the first number's one-hot vector first, for an
    /// odd `p`.
    ///
    /// # Panics
    /// If the weights are not those of two numbers modulo an odd `p`.
    #[must_use]
    pub fn new(weights: &[f32], units: usize) -> Self {
        let p = weights.len() / (2 * units);
        assert_eq!(weights.len(), 2 * p * units, "weights of 2 p rows");
        assert!(p > 1 && !p.is_multiple_of(2), "an odd p, not {p}");
        let scale = (2.0 / p as f64).sqrt();
        let waves: Vec<(f64, f64)> = (0..p)
            .map(|n| (TAU * n as f64 / p as f64).sin_cos())
            .map(|(sin, cos)| (scale * sin, scale * cos))
            .collect();
        let mut powers = Vec::with_capacity((p - 1) * units);
        let mut sines = vec![0f64; units];
        let mut cosines = vec![0f64; units];
        for half in weights.chunks_exact(p * units) {
            for frequency in 1..=(p - 1) / 2 {
                sines.fill(0.0);
                cosines.fill(0.0);
                for (n, row) in half.chunks_exact(units).enumerate() {
                    let (sin, cos) = waves[n * frequency % p];
                    for ((a, b), weight) in cosines.iter_mut().zip(&mut sines).zip(row) {
                        *a += cos * f64::from(*weight);
                        *b += sin * f64::from(*weight);
                    }
                }
                powers.extend(cosines.iter().zip(&sines).map(|(a, b)| a * a + b * b));
            }
        }
        Self { units, powers }
    }

    /// Powers of one unit at frequencies 1 to `(p - 1) / 2`, of both numbers together.
    ///
    /// # Panics
    /// If there is no such unit.
    #[must_use]
    pub fn unit(&self, unit: usize) -> Vec<f64> {
        assert!(unit < self.units, "unit {unit} of {}", self.units);
        self.both_numbers(|powers| powers[unit])
    }

    /// Powers at frequencies 1 to `(p - 1) / 2`, of both numbers together, the mean over units.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        self.both_numbers(|powers| powers.iter().sum::<f64>() / self.units as f64)
    }

    /// Applies `number` to the powers of each frequency, `[units]`, and sums over both numbers.
    fn both_numbers(&self, number: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let (first, second) = self.powers.split_at(self.powers.len() / 2);
        let pairs = first.chunks_exact(self.units).zip(second.chunks_exact(self.units));
        pairs.map(|(first, second)| number(first) + number(second)).collect()
    }

    /// The inverse participation ratio (Gromov, arXiv 2301.02679): `Σ_f q_f²` with `q` a unit's
    /// powers as fractions of their sum, the mean over units and over the two numbers, each with its
    /// own sum.
    ///
    /// It is 1 for waves of one frequency each, `2 / (F + 1)` on average for normal weights, with
    /// `F = (p - 1) / 2` frequencies, and `1 / F` for powers that are all the same. Weights of zero
    /// do not count; of no others it is NaN.
    #[must_use]
    pub fn participation_ratio(&self) -> f64 {
        let (mut ratios, mut count) = (0.0, 0.0);
        let mut sums = vec![[0f64; 2]; self.units];
        for number in self.powers.chunks_exact(self.powers.len() / 2) {
            sums.fill([0.0; 2]);
            for powers in number.chunks_exact(self.units) {
                for ([sum, squares], power) in sums.iter_mut().zip(powers) {
                    *sum += power;
                    *squares += power * power;
                }
            }
            for [sum, squares] in sums.iter().filter(|[sum, _]| *sum != 0.0) {
                ratios += squares / (sum * sum);
                count += 1.0;
            }
        }
        ratios / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{self, Purpose, normals};

    /// Normal weights of variance 1 / 2p, `[2 p, units]`.
    fn noise(p: usize, units: usize) -> Vec<f32> {
        let mut generator = random::generator(5, Purpose::InitialWeights);
        let deviation = (0.5 / p as f64).sqrt();
        normals(&mut generator, 2 * p * units, deviation).iter().map(|x| *x as f32).collect()
    }

    #[test]
    fn a_cosine_has_one_frequency_and_a_participation_ratio_of_one() {
        let (p, units) = (23, 11);
        let wave = |row: usize, unit: usize| {
            let phase = if row < p { 0.3 } else { 1.9 } + unit as f64;
            (2.0 + (TAU * ((unit + 1) * (row % p)) as f64 / p as f64 + phase).cos()) as f32
        };
        let weights: Vec<f32> =
            (0..2 * p * units).map(|entry| wave(entry / units, entry % units)).collect();
        let spectra = Spectra::new(&weights, units);
        assert!((spectra.participation_ratio() - 1.0).abs() < 1e-6);
        for unit in 0..units {
            for (index, power) in spectra.unit(unit).iter().enumerate() {
                // p / 2 from each number.
                let expected = if index == unit { p as f64 } else { 0.0 };
                assert!((power - expected).abs() < 1e-4, "{unit} {index}: {power}");
            }
        }
        let mean = spectra.mean();
        assert!(mean.iter().all(|power| (power - p as f64 / units as f64).abs() < 1e-4));
    }

    #[test]
    fn powers_add_up_to_the_squares_of_the_weights_less_their_mean() {
        let (p, units) = (23, 8);
        let weights = noise(p, units);
        let spectra = Spectra::new(&weights, units);
        for unit in 0..units {
            let squares = |half: usize| -> f64 {
                let row = |n: usize| f64::from(weights[(half * p + n) * units + unit]);
                let mean = (0..p).map(row).sum::<f64>() / p as f64;
                (0..p).map(|n| (row(n) - mean).powi(2)).sum()
            };
            let sum: f64 = spectra.unit(unit).iter().sum();
            assert!((sum - squares(0) - squares(1)).abs() < 1e-12);
        }
    }

    #[test]
    fn normal_weights_have_flat_spectra() {
        for p in [5, 23, 59] {
            let spectra = Spectra::new(&noise(p, 20_000), 20_000);
            let frequencies = (p - 1) / 2;
            let expected = 2.0 / (frequencies + 1) as f64;
            assert!((spectra.participation_ratio() / expected - 1.0).abs() < 0.01, "{p}");
            let mean = spectra.mean();
            assert_eq!(mean.len(), frequencies);
            // A variance of 1 / 2p in each of four coordinates.
            assert!(mean.iter().all(|power| (power * p as f64 / 2.0 - 1.0).abs() < 0.05));
        }
    }

    #[test]
    fn shifting_the_residues_changes_nothing() {
        let (p, units) = (23, 16);
        let weights = noise(p, units);
        let mut shifted = weights.clone();
        shifted[..p * units].rotate_left(5 * units);
        shifted[p * units..].rotate_left(9 * units);
        let (before, after) = (Spectra::new(&weights, units), Spectra::new(&shifted, units));
        for (before, after) in before.powers.iter().zip(&after.powers) {
            assert!((before - after).abs() < 1e-14);
        }
        assert!((before.participation_ratio() - after.participation_ratio()).abs() < 1e-12);
    }

    #[test]
    fn units_without_weights_do_not_count() {
        let alone = noise(23, 4);
        let padded: Vec<f32> =
            alone.chunks(4).flat_map(|row| row.iter().copied().chain([0.0; 3])).collect();
        let ratio = Spectra::new(&alone, 4).participation_ratio();
        assert!((Spectra::new(&padded, 7).participation_ratio() - ratio).abs() < 1e-12);
        assert!(Spectra::new(&[0.0; 46], 1).participation_ratio().is_nan());
        assert!(Spectra::new(&[f32::NAN; 46], 1).participation_ratio().is_nan());
    }
}
