//! Mutual information of outputs with Gaussian noise, between bounds from the distances of pairs
//! (Kolchinsky & Tracey, Entropy 19 (2017) 361).
//!
//! With noise of variance `σ²` on every unit, outputs are a mixture of Gaussians, one around each
//! sample. For `n` samples at squared distances `D`,
//!
//! `I(X;T) ≤ -(1/n) Σ_i ln (1/n) Σ_j exp(-D_ij / 2σ²)`, and the same with `8σ²` is a lower bound.
//!
//! They meet where clusters are small and far apart against the noise. Elsewhere they do not: for a
//! Gaussian source of variance `s` they are apart from the truth, `ln(1 + s/σ²) / 2` nats for each
//! dimension, even with endless samples: the upper by `s / 2(s + σ²)`. Neither can exceed the
//! logarithm of the number of samples.

use super::{Information, Labels, LayerOutputs};

/// The variance of the noise with which every unit is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// Its variance. A layer whose outputs grow then seems to tell more.
    Absolute(f64),
    /// Its variance over the mean squared distance of the measured samples' outputs from their
    /// mean, summed over units: blind to the layer's scale.
    Relative(f64),
    /// The ratio in dB of that mean squared distance to the energy of the noise on all units
    /// together: blind to the layer's width too.
    Ratio(f64),
}

impl Noise {
    /// The variance on each of a layer's units, where `total` is the mean squared distance of its
    /// outputs from their mean.
    #[must_use]
    pub fn variance(self, total: f64, units: usize) -> f64 {
        match self {
            Self::Absolute(variance) => variance,
            Self::Relative(fraction) => fraction * total,
            Self::Ratio(decibels) => total / (units as f64 * 10f64.powf(decibels / 10.0)),
        }
    }
}

/// Both bounds of [`kernel`](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairwiseBounds {
    /// From `exp(-D / 2σ²)`, a Kullback-Leibler divergence.
    pub upper: Information,
    /// From `exp(-D / 8σ²)`, a Bhattacharyya distance.
    pub lower: Information,
}

/// The squared Euclidean distance of every pair of samples in one layer, `[samples, samples]`.
#[derive(Clone, Debug)]
pub struct Distances {
    rows: usize,
    units: usize,
    squared: Vec<f32>,
}

impl Distances {
    /// The distance of every pair, computed once for all sets of samples that are measured.
    #[must_use]
    pub fn new(layer: LayerOutputs) -> Self {
        let (rows, units) = (layer.rows(), layer.units());
        // Unit by unit, so that the innermost loop runs along samples and has no sum to wait for.
        let mut columns = vec![0f32; rows * units];
        for (sample, row) in layer.values.chunks_exact(units).enumerate() {
            row.iter().enumerate().for_each(|(unit, v)| columns[unit * rows + sample] = *v);
        }
        let mut squared = vec![0f32; rows * rows];
        for one in 0..rows {
            let from_one = &mut squared[one * rows + one..(one + 1) * rows];
            for column in columns.chunks_exact(rows) {
                let value = column[one];
                for (sum, other) in from_one.iter_mut().zip(&column[one..]) {
                    let apart = value - other;
                    *sum += apart * apart;
                }
            }
        }
        for one in 1..rows {
            let (above, below) = squared.split_at_mut(one * rows);
            for (other, mirrored) in below[..one].iter_mut().enumerate() {
                *mirrored = above[other * rows + one];
            }
        }
        Self { rows, units, squared }
    }

    /// How many samples there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Squared distances of all samples from one, `[samples]`.
    #[must_use]
    pub fn from(&self, sample: usize) -> &[f32] {
        &self.squared[sample * self.rows..(sample + 1) * self.rows]
    }

    /// Mean squared distance of some samples from their mean, which is half that of two of them.
    #[must_use]
    pub fn total_variance(&self, samples: &[usize]) -> f64 {
        let mut sum = 0.0;
        for one in samples {
            let from_one = self.from(*one);
            sum += samples.iter().map(|other| f64::from(from_one[*other])).sum::<f64>();
        }
        sum / (2.0 * (samples.len() * samples.len()).max(1) as f64)
    }

    /// Both bounds in the information plane over some of the samples, in bits; not a number if an
    /// output is not finite.
    ///
    /// `I(T;Y)` is `I(X;T)` of all less `Σ p_c I(X;T)` within class `c` of fraction `p_c`, each by
    /// the same bound: the difference is itself no bound.
    #[must_use]
    pub fn bounds(&self, labels: Labels, samples: &[usize], noise: Noise) -> PairwiseBounds {
        let total = self.total_variance(samples);
        if !total.is_finite() {
            let none = Information { inputs: f64::NAN, labels: f64::NAN };
            return PairwiseBounds { upper: none, lower: none };
        }
        let variance = noise.variance(total, self.units);
        // Without noise only what coincides is near; the limit keeps 0 times it a number.
        let scale = (-std::f64::consts::LOG2_E / (8.0 * variance)).max(-1e30) as f32;
        let mut order = samples.to_vec();
        order.sort_unstable_by_key(|sample| labels.of(*sample));
        let all = order.len() as f64;
        let mut near = vec![0f32; order.len()];
        // Sums over samples of the log2 of the mean kernel, for the lower and the upper bound.
        let (mut among_all, mut within) = ([0f64; 2], [0f64; 2]);
        let mut start = 0;
        for class in order.chunk_by(|one, other| labels.of(*one) == labels.of(*other)) {
            let end = start + class.len();
            for sample in class {
                let from_sample = self.from(*sample);
                near.iter_mut().zip(&order).for_each(|(near, o)| *near = from_sample[*o]);
                near.iter_mut().for_each(|near| *near = exp2(*near * scale));
                let (total, own) = (sums(&near), sums(&near[start..end]));
                for bound in 0..2 {
                    among_all[bound] += (total[bound] / all).log2() / all;
                    within[bound] += (own[bound] / class.len() as f64).log2() / all;
                }
            }
            start = end;
        }
        let of = |bound: usize| Information {
            // Rounding must not make a sum of zero negative.
            inputs: (-among_all[bound]).max(0.0),
            labels: within[bound] - among_all[bound],
        };
        PairwiseBounds { upper: of(1), lower: of(0) }
    }
}

/// The sum of `values` and that of their fourth powers: `exp(-D / 2σ²)` is `exp(-D / 8σ²)⁴`.
fn sums(values: &[f32]) -> [f64; 2] {
    const LANES: usize = 4;
    let mut lanes = [[0f64; LANES]; 2];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for lane in 0..LANES {
            let value = f64::from(chunk[lane]);
            let square = value * value;
            lanes[0][lane] += value;
            lanes[1][lane] += square * square;
        }
    }
    for value in rest {
        lanes[0][0] += f64::from(*value);
        lanes[1][0] += f64::from(*value).powi(4);
    }
    lanes.map(|lanes| lanes.iter().sum())
}

/// `2^y` for `y ≤ 0`, off by at most a part in a million of itself above `2^-10` and a part in a
/// hundred thousand above `2^-125`; below, that is the value. Made of operations that a compiler
/// can do for several numbers at once, which it cannot with a library's.
pub(super) fn exp2(y: f32) -> f32 {
    // Added and taken away again, it rounds to a whole number, which its low bits then hold.
    const ROUND: f32 = 12_582_912.0; // 3 · 2^22
    // (ln 2)^k / k!, from k = 6 down to 1: Taylor's series is off by 2e-7 at 1/2.
    const SERIES: [f32; 6] =
        [1.540_353e-4, 1.333_356e-3, 9.618_129e-3, 5.550_411e-2, 2.402_265e-1, 6.931_472e-1];
    let y = y.max(-125.0);
    let shifted = y + ROUND;
    let rest = y - (shifted - ROUND);
    let power = SERIES.iter().fold(0.0, |sum, factor| (sum + factor) * rest) + 1.0;
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Purpose, generator, normals};
    use rand::RngExt;

    fn drawn(generator: &mut Generator, count: usize) -> Vec<f32> {
        normals(generator, count, 1.0).iter().map(|x| *x as f32).collect()
    }

    fn sample(seed: u32, rows: usize, units: usize, count: u32) -> (Vec<f32>, Vec<u32>) {
        let mut generator = generator(seed, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, rows * units);
        let classes = (0..rows).map(|_| generator.random_range(0..count)).collect();
        (values, classes)
    }

    fn bounds(values: &[f32], units: usize, classes: &[u32], noise: Noise) -> PairwiseBounds {
        let samples: Vec<usize> = (0..classes.len()).collect();
        let distances = Distances::new(LayerOutputs::new(values, units));
        distances.bounds(Labels::new(classes, 100), &samples, noise)
    }

    fn assert_close(one: PairwiseBounds, other: PairwiseBounds, tolerance: f64) {
        for (one, other) in [(one.upper, other.upper), (one.lower, other.lower)] {
            assert!((one.inputs - other.inputs).abs() < tolerance, "{one:?} {other:?}");
            assert!((one.labels - other.labels).abs() < tolerance, "{one:?} {other:?}");
        }
    }

    /// The formula as it stands in the paper, in three loops.
    fn plainly(values: &[f32], units: usize, classes: &[u32], variance: f64) -> PairwiseBounds {
        let point = |i: usize, u: usize| f64::from(values[i * units + u]);
        let information = |members: &[usize], factor: f64| -> f64 {
            let n = members.len() as f64;
            let mut nats = 0.0;
            for &i in members {
                let mut density = 0.0;
                for &j in members {
                    let mut exponent = 0.0;
                    for u in 0..units {
                        exponent -= (point(i, u) - point(j, u)).powi(2) / (factor * variance);
                    }
                    density += exponent.exp() / n;
                }
                nats -= density.ln() / n;
            }
            nats / std::f64::consts::LN_2
        };
        let of = |factor: f64| {
            let all: Vec<usize> = (0..classes.len()).collect();
            let inputs = information(&all, factor);
            let mut labels = inputs;
            for class in 0..=*classes.iter().max().expect("samples") {
                let members: Vec<usize> =
                    all.iter().copied().filter(|i| classes[*i] == class).collect();
                let fraction = members.len() as f64 / all.len() as f64;
                if fraction > 0.0 {
                    labels -= fraction * information(&members, factor);
                }
            }
            Information { inputs, labels }
        };
        PairwiseBounds { upper: of(2.0), lower: of(8.0) }
    }

    #[test]
    fn bounds_are_the_formula_in_three_loops() {
        for (seed, units, variance) in [(0, 1, 0.01), (1, 3, 0.5), (2, 10, 2.0), (3, 40, 1e-6)] {
            let (values, classes) = sample(seed, 150, units, 4);
            let got = bounds(&values, units, &classes, Noise::Absolute(variance));
            assert_close(got, plainly(&values, units, &classes, variance), 1e-5);
        }
    }

    #[test]
    fn relative_noise_is_a_share_of_the_measured_samples_spread() {
        let (values, classes) = sample(4, 120, 5, 3);
        let layer = LayerOutputs::new(&values, 5);
        let (_, variance) = layer.moments();
        let some: Vec<usize> = (0..60).collect();
        let distances = Distances::new(layer);
        let (_, own) = LayerOutputs::new(&values[..300], 5).moments();
        assert!((distances.total_variance(&some) - 5.0 * own).abs() < 1e-5);
        let absolute = bounds(&values, 5, &classes, Noise::Absolute(0.2 * 5.0 * variance));
        assert_close(bounds(&values, 5, &classes, Noise::Relative(0.2)), absolute, 1e-5);
    }

    #[test]
    fn only_relative_noise_is_blind_to_scale() {
        let (values, classes) = sample(5, 200, 4, 3);
        let larger: Vec<f32> = values.iter().map(|v| 7.0 * v + 3.0).collect();
        let of = |values: &[f32], noise| bounds(values, 4, &classes, noise);
        let relative = Noise::Relative(0.1);
        assert_close(of(&values, relative), of(&larger, relative), 1e-4);
        let absolute = Noise::Absolute(1.0);
        let (small, large) = (of(&values, absolute), of(&larger, absolute));
        assert!(large.lower.inputs > small.lower.inputs + 2.0);
    }

    #[test]
    fn names_of_classes_and_order_of_samples_do_not_matter() {
        let (values, classes) = sample(6, 200, 4, 3);
        let moved_from = |sample: usize| sample * 7 % 200;
        let moved: Vec<f32> = (0..200)
            .flat_map(|s| values[4 * moved_from(s)..4 * moved_from(s) + 4].to_vec())
            .collect();
        let renamed: Vec<u32> = (0..200).map(|s| 50 - classes[moved_from(s)]).collect();
        let noise = Noise::Relative(0.05);
        let one = bounds(&values, 4, &classes, noise);
        assert_close(one, bounds(&moved, 4, &renamed, noise), 1e-6);
    }

    #[test]
    fn a_subset_is_what_it_would_be_alone() {
        let (values, classes) = sample(7, 200, 3, 4);
        let distances = Distances::new(LayerOutputs::new(&values, 3));
        let (even, odd): (Vec<usize>, Vec<usize>) = (0..200).partition(|sample| sample % 2 == 0);
        for set in [even, odd] {
            let own: Vec<f32> =
                set.iter().flat_map(|s| values[3 * s..3 * s + 3].to_vec()).collect();
            let own_classes: Vec<u32> = set.iter().map(|sample| classes[*sample]).collect();
            for noise in [Noise::Relative(0.2), Noise::Absolute(0.1)] {
                let got = distances.bounds(Labels::new(&classes, 4), &set, noise);
                assert_close(got, bounds(&own, 3, &own_classes, noise), 1e-9);
            }
        }
    }

    #[test]
    fn samples_that_coincide_count_once() {
        // Eight positions with the same number of samples at each.
        let positions: Vec<f32> = (0..8).map(|position| position as f32).collect();
        let values: Vec<f32> = (0..400).map(|sample| positions[sample % 8]).collect();
        let classes: Vec<u32> = (0..400).map(|sample| sample % 8 / 4).collect();
        for noise in [Noise::Absolute(1e-4), Noise::Absolute(0.0)] {
            let got = bounds(&values, 1, &classes, noise);
            for bound in [got.upper, got.lower] {
                assert!((bound.inputs - 3.0).abs() < 1e-6, "{bound:?}");
                assert!((bound.labels - 1.0).abs() < 1e-6, "{bound:?}");
            }
        }
        let dead = bounds(&[2.5; 30], 1, &[0; 30], Noise::Relative(0.2));
        assert_eq!(dead.upper, Information { inputs: 0.0, labels: 0.0 });
    }

    #[test]
    fn the_upper_bound_is_never_below_the_lower() {
        for seed in 0..20 {
            let (values, classes) = sample(seed, 64, 3, 2);
            for fraction in [1e-4, 1e-2, 0.1, 1.0, 100.0] {
                let got = bounds(&values, 3, &classes, Noise::Relative(fraction));
                assert!(got.upper.inputs >= got.lower.inputs, "{fraction}: {got:?}");
                assert!(got.upper.inputs <= 6.0 + 1e-9 && got.lower.inputs >= 0.0);
            }
        }
    }

    #[test]
    fn bounds_of_a_gaussian_are_within_two_percent_of_limits() {
        let mut generator = generator(8, Purpose::ReferenceProblem);
        for noise in [1.0, 0.1] {
            // Averages of -ln of an average Gaussian, for variance 1 and kernels of variance v.
            let limit = |v: f64| ((1.0 / v).ln_1p() + 1.0 / (1.0 + v)) / 2.0 / 2f64.ln();
            let mut mean = [0.0; 2];
            for _ in 0..10 {
                let values = drawn(&mut generator, 600);
                let got = bounds(&values, 1, &[0; 600], Noise::Absolute(noise));
                mean[0] += got.upper.inputs / 10.0;
                mean[1] += got.lower.inputs / 10.0;
            }
            let truth = (1.0 / noise).ln_1p() / 2.0 / 2f64.ln();
            assert!((mean[0] / limit(noise) - 1.0).abs() < 0.02, "{noise}: {mean:?}");
            assert!((mean[1] / limit(4.0 * noise) - 1.0).abs() < 0.02, "{noise}: {mean:?}");
            assert!(mean[1] < truth && truth < mean[0]);
        }
    }

    #[test]
    fn with_tiny_noise_bounds_only_count_samples() {
        let (values, classes) = sample(9, 512, 20, 2);
        let got = bounds(&values, 20, &classes, Noise::Relative(1e-4));
        for bound in [got.upper, got.lower] {
            assert!((bound.inputs - 9.0).abs() < 1e-3, "{bound:?}");
            // Labels that were drawn without looking at the layer.
            assert!(bound.labels > 0.99, "{bound:?}");
        }
    }

    #[test]
    fn an_output_that_is_not_finite_gives_no_number() {
        let got = bounds(&[1.0, f32::NAN, 3.0], 1, &[0, 0, 1], Noise::Absolute(1.0));
        assert!(got.upper.inputs.is_nan() && got.lower.labels.is_nan());
    }

    #[test]
    fn the_fast_power_of_two_is_as_near_as_it_says() {
        for step in 0..=125_000 {
            let y = -(step as f32) / 1000.0;
            let off = (f64::from(exp2(y)) / f64::from(y).exp2() - 1.0).abs();
            assert!(off < if y >= -10.0 { 1e-6 } else { 1e-5 }, "{y}: {off:e}");
        }
        assert_eq!(exp2(0.0), 1.0);
        assert_eq!(exp2(f32::NEG_INFINITY), exp2(-125.0));
    }
}
