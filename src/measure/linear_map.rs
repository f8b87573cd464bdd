//! Linear mapping number: how many linear maps it takes, in effect, to stand for a network
//! (Liu, Zhong & Tegmark, arXiv 2310.05918).
//!
//! Two samples share a linear map as far as the outputs on the straight line between them are
//! linear. The entropy of the eigenvalues of the matrix of these linearities gives the effective
//! number of maps: 1 for a linear network, and as many as there are samples if no two share one.

use nalgebra::DMatrix;

/// Points on each line, ends included, in the paper.
pub const POINTS: usize = 21;

/// The inputs on the lines between all pairs of samples, `x_i + λ (x_j - x_i)` with `λ` from 0 to 1
/// in equal steps, at least two points: `[pairs, points, width]`, for samples `[probes, width]` and
/// pairs in the order (0, 1), (0, 2), ..., (1, 2), ...
#[must_use]
pub fn chords(probes: &[f32], width: usize, points: usize) -> Vec<f32> {
    let count = probes.len() / width;
    let mut chords = Vec::with_capacity(count * count.saturating_sub(1) / 2 * points * width);
    for (i, from) in probes.chunks_exact(width).enumerate() {
        for to in probes.chunks_exact(width).skip(i + 1) {
            for point in 0..points {
                let fraction = point as f32 / (points - 1) as f32;
                // So written, both ends are exactly the samples.
                chords
                    .extend(from.iter().zip(to).map(|(a, b)| (1.0 - fraction) * a + fraction * b));
            }
        }
    }
    chords
}

/// An output counts as constant on a line if its deviation there is below this fraction of its
/// largest magnitude on any line. It is sixteen times f32's unit of rounding, 2⁻²⁴, about the error
/// of the sums of a forward pass.
const ROUNDING: f64 = 16.0 / (1 << 24) as f64;

/// The linear mapping number, 1 to `probes`, of the outputs `[pairs, points, outputs]` on
/// [`chords`].
///
/// `L_ij` is the mean over outputs `k` of the squared correlation `r²` of `y_k(λ)` and `λ` on the
/// line from `i` to `j`, and `L_ii` = 1. An output that is constant up to f32's rounding is linear,
/// `r²` = 1. With `p_i = |λ_i| / Σ |λ|` over the eigenvalues of `L` the number is `2^S`, `S = -Σ
/// p_i log₂ p_i` in bits. It is NaN if some output is not finite.
///
/// # Panics
/// If the outputs are not those of all pairs of `probes` samples with `points` points, at least
/// two, on each line.
#[must_use]
pub fn number(outputs: &[f32], outputs_width: usize, probes: usize, points: usize) -> f64 {
    let pairs = probes * probes.saturating_sub(1) / 2;
    assert!(points > 1, "a line has two ends");
    assert_eq!(outputs.len(), pairs * points * outputs_width, "outputs of all pairs");
    if outputs.iter().any(|output| !output.is_finite()) {
        return f64::NAN;
    }
    let mut largest = vec![0f32; outputs_width];
    for row in outputs.chunks_exact(outputs_width) {
        for (largest, output) in largest.iter_mut().zip(row) {
            *largest = largest.max(output.abs());
        }
    }
    let rounding: Vec<f64> =
        largest.iter().map(|&largest| (ROUNDING * f64::from(largest)).powi(2)).collect();
    let mut linearities = outputs
        .chunks_exact(points * outputs_width)
        .map(|chord| linearity(chord, points, &rounding));
    let mut matrix = DMatrix::<f64>::identity(probes, probes);
    for i in 0..probes {
        for j in i + 1..probes {
            let linearity = linearities.next().unwrap_or(1.0);
            matrix[(i, j)] = linearity;
            matrix[(j, i)] = linearity;
        }
    }
    let eigenvalues = matrix.symmetric_eigenvalues();
    let total: f64 = eigenvalues.iter().map(|value| value.abs()).sum();
    let fractions = eigenvalues.iter().map(|value| value.abs() / total);
    let entropy: f64 = fractions
        .filter(|&fraction| fraction > 0.0)
        .map(|fraction| -fraction * fraction.log2())
        .sum();
    entropy.exp2()
}

/// The mean over outputs of `r²` on one line, `[points, outputs]`; `rounding` holds the variance
/// below which each output is constant.
fn linearity(chord: &[f32], points: usize, rounding: &[f64]) -> f64 {
    let width = rounding.len();
    let count = points as f64;
    let mut sums = vec![[0f64; 3]; width];
    for (point, row) in chord.chunks_exact(width).enumerate() {
        let position = point as f64 - (count - 1.0) / 2.0;
        for ((sums, output), start) in sums.iter_mut().zip(row).zip(chord) {
            // From the line's start, since the variance is a difference of sums.
            let change = f64::from(*output) - f64::from(*start);
            sums[0] += change;
            sums[1] += change * change;
            sums[2] += change * position;
        }
    }
    // The sum of the squares of the positions, which are 1 apart and have mean 0.
    let squared_positions = count * (count * count - 1.0) / 12.0;
    let squares = sums.iter().zip(rounding).map(|([sum, square, product], rounding)| {
        let scatter = square - sum * sum / count;
        if scatter <= count * rounding {
            return 1.0;
        }
        (product * product / (scatter * squared_positions)).min(1.0)
    });
    squares.sum::<f64>() / width as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{self, Purpose, normals};

    fn draw(seed: u32, count: usize, deviation: f64) -> Vec<f32> {
        let mut generator = random::generator(seed, Purpose::InitialWeights);
        normals(&mut generator, count, deviation).iter().map(|x| *x as f32).collect()
    }

    /// Rows times a matrix `[inputs, outputs]`, in f32 as on a device.
    fn times(rows: &[f32], inputs: usize, weights: &[f32]) -> Vec<f32> {
        let outputs = weights.len() / inputs;
        let sums = rows.chunks(inputs).flat_map(|row| {
            (0..outputs).map(|k| (0..inputs).map(|i| row[i] * weights[i * outputs + k]).sum())
        });
        sums.collect()
    }

    #[test]
    fn chords_run_from_sample_to_sample() {
        let probes = [0.1, 0.2, 1.3, -0.7, 5.0, 0.3];
        let chords = chords(&probes, 2, 5);
        assert_eq!(chords.len(), 3 * 5 * 2);
        for (chord, [i, j]) in chords.chunks(10).zip([[0, 1], [0, 2], [1, 2]]) {
            assert_eq!(chord[..2], probes[2 * i..2 * i + 2]);
            assert_eq!(chord[8..], probes[2 * j..2 * j + 2]);
            assert!((chord[4] - (probes[2 * i] + probes[2 * j]) / 2.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_linear_network_is_one_map() {
        // Off by more than f32 rounds: the entropy of a fraction p close to 0 is -p log p.
        for scale in [1.0, 1e-6, 1e4] {
            let (first, second) = (draw(1, 12 * 30, 0.3), draw(2, 30 * 10, scale));
            let chords = chords(&draw(3, 24 * 12, 1.0), 12, POINTS);
            let outputs = times(&times(&chords, 12, &first), 30, &second);
            let number = number(&outputs, 10, 24, POINTS);
            assert!((number - 1.0).abs() < 1e-5, "{number}");
        }
    }

    #[test]
    fn outputs_that_are_constant_up_to_rounding_are_linear() {
        let flicker = |large: f32, rest: &[f32]| -> Vec<f32> {
            let constant = (0..3 * POINTS).map(|i| large + (i % 3) as f32 * large * 1.2e-7);
            constant.zip(rest).flat_map(|(a, b)| [a, *b]).collect()
        };
        let line: Vec<f32> = (0..3 * POINTS).map(|i| (i % POINTS) as f32).collect();
        for large in [0.0, 1.0, -300.0] {
            assert!((number(&flicker(large, &line), 2, 3, POINTS) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn samples_that_share_no_map_count_one_each() {
        // Symmetric about the middle, which no line is correlated with.
        let bump: Vec<f32> = (0..POINTS).map(|i| (i as f32 - 10.0).powi(2)).collect();
        let count = number(&bump.repeat(45), 1, 10, POINTS);
        assert!((count - 10.0).abs() < 1e-9, "{count}");
    }

    #[test]
    fn samples_in_two_groups_without_a_common_map_are_two() {
        let line: Vec<f32> = (0..POINTS).map(|i| i as f32).collect();
        let bump: Vec<f32> = (0..POINTS).map(|i| (i as f32 - 10.0).powi(2)).collect();
        let mut outputs = Vec::new();
        for i in 0..8 {
            for j in i + 1..8 {
                outputs.extend(if i % 2 == j % 2 { &line } else { &bump });
            }
        }
        assert!((number(&outputs, 1, 8, POINTS) - 2.0).abs() < 1e-9);
    }

    /// In f64 from the start, by Pearson's formula in two passes, singular values and nats.
    #[test]
    fn a_tanh_networks_number_is_that_of_another_implementation() {
        let (probes, width, units, outputs_width) = (14, 6, 40, 5);
        let (first, second) = (draw(4, width * units, 1.0), draw(5, units * outputs_width, 0.2));
        let samples = draw(6, probes * width, 1.0);
        let lines = chords(&samples, width, POINTS);
        let hidden: Vec<f32> = times(&lines, width, &first).iter().map(|x| x.tanh()).collect();
        let got = number(&times(&hidden, units, &second), outputs_width, probes, POINTS);

        let output = |x: &[f64], k: usize| -> f64 {
            let unit = |u: usize| -> f64 {
                (0..width).map(|i| x[i] * f64::from(first[i * units + u])).sum::<f64>().tanh()
            };
            (0..units).map(|u| unit(u) * f64::from(second[u * outputs_width + k])).sum()
        };
        let lambdas: Vec<f64> = (0..POINTS).map(|i| i as f64 / 20.0).collect();
        let entry = |i: usize, j: usize| -> f64 {
            let at = |lambda: f64| -> Vec<f64> {
                (0..width)
                    .map(|w| {
                        let [a, b] = [i, j].map(|row| f64::from(samples[row * width + w]));
                        a + lambda * (b - a)
                    })
                    .collect()
            };
            let r2 = |k: usize| {
                let y: Vec<f64> = lambdas.iter().map(|lambda| output(&at(*lambda), k)).collect();
                let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
                let (mx, my) = (mean(&lambdas), mean(&y));
                let cov: f64 = lambdas.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum();
                let vx: f64 = lambdas.iter().map(|x| (x - mx).powi(2)).sum();
                let vy: f64 = y.iter().map(|y| (y - my).powi(2)).sum();
                (cov / vx.sqrt() / vy.sqrt()).powi(2)
            };
            (0..outputs_width).map(r2).sum::<f64>() / outputs_width as f64
        };
        let matrix =
            DMatrix::from_fn(probes, probes, |i, j| if i == j { 1.0 } else { entry(i, j) });
        // The magnitudes of a symmetric matrix's eigenvalues are its singular values.
        let values = matrix.svd(false, false).singular_values;
        let nats: f64 = values.iter().map(|v| v / values.sum()).map(|p| -p * p.ln()).sum();
        assert!((got - nats.exp()).abs() < 1e-4 * got, "{got} against {}", nats.exp());
        assert!(got > 1.5 && got < probes as f64, "{got}");
    }

    #[test]
    fn one_sample_is_one_map_and_a_diverged_network_none() {
        assert_eq!(number(&[], 3, 1, POINTS), 1.0);
        assert!(number(&[f32::INFINITY; POINTS], 1, 2, POINTS).is_nan());
    }
}
