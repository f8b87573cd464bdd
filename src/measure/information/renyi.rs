//! Matrix-based Rényi entropy: the entropy of the eigenvalues of a kernel matrix, without a density
//! in between (Sanchez Giraldo, Rao & Príncipe, arXiv 1211.2459; between layers Yu, Wickstrøm,
//! Jenssen & Príncipe, arXiv 1804.06537).
//!
//! With a kernel matrix `K` of `n` samples, ones on its diagonal, and the eigenvalues `λ` of
//! `A = K / n`,
//!
//! `S(A) = log2(Σ λ^α) / (1 - α)`, `S(A,B) = S(A ∘ B / tr(A ∘ B))`, `I(A;B) = S(A) + S(B) - S(A,B)`,
//!
//! in bits, with `α` = 1.01. A label's kernel is 1 within its class and 0 elsewhere. `X` is the
//! sample's index, whose kernel is the identity, so `I(X;T) = S(T)`.
//!
//! A layer's kernel is `exp(-D / 8σ²)` for squared distances `D`: the overlap of two samples that
//! are read with noise of variance `σ²` on every unit (their Bhattacharyya coefficient). `A` then
//! has the entropy of quantum states with these overlaps. By Holevo's theorem no reading tells more
//! about which state it was, so up to `α` the exact information at that noise
//! ([`exact`](super::exact)) is never above `S`.
//!
//! The two meet where samples coincide or lie far apart. Elsewhere `S` is too high, by half a bit
//! and more, and it depends on the kernel's width throughout. More samples do not help.

use nalgebra::DMatrix;

use super::kernel::{Distances, Noise};
use super::{Information, Labels};

/// The order of the entropy, as in the papers: nearly that of Shannon.
const ALPHA: f64 = 1.01;

/// The kernel matrix of some samples.
#[derive(Clone, Debug)]
pub struct KernelMatrix {
    /// `K / n`.
    scaled: DMatrix<f64>,
    samples: Vec<usize>,
    /// `S(T)`, in bits.
    entropy: f64,
}

impl KernelMatrix {
    /// The kernel of some samples, of a width by the noise. `units` is that of the layer. The cost
    /// grows with the cube of the number of samples.
    #[must_use]
    pub fn new(distances: &Distances, samples: &[usize], noise: Noise, units: usize) -> Self {
        let count = samples.len();
        let total = distances.total_variance(samples);
        let variance = noise.variance(total, units);
        // Without noise only what coincides is near; the limit keeps 0 times it a number.
        let scale = (-1.0 / (8.0 * variance)).max(-1e30);
        let entry = |row: usize, column: usize| {
            let apart = f64::from(distances.from(samples[row])[samples[column]]);
            // Where nothing varies, 0 / 0: all samples coincide.
            let near = if apart == 0.0 { 1.0 } else { (apart * scale).exp() };
            near / count as f64
        };
        let scaled = DMatrix::from_fn(count, count, entry);
        let entropy = if total.is_finite() { entropy(scaled.clone()) } else { f64::NAN };
        Self { scaled, samples: samples.to_vec(), entropy }
    }

    /// `I(X;T)` and `I(T;Y)` in bits; not a number if an output is not finite.
    #[must_use]
    pub fn information(&self, labels: Labels) -> Information {
        Information { inputs: self.entropy, labels: self.labels(labels) }
    }

    /// `I(T;Y)` in bits.
    #[must_use]
    pub fn labels(&self, labels: Labels) -> f64 {
        if self.entropy.is_nan() {
            return f64::NAN;
        }
        // `A ∘ B` has a block for each class, and its trace is 1 / n: the eigenvalues of the joint
        // matrix are those of all blocks of `A`.
        let mut order: Vec<usize> = (0..self.samples.len()).collect();
        let class = |index: &usize| labels.of(self.samples[*index]);
        order.sort_by_key(class);
        let (mut joint, mut own) = (0.0, 0.0);
        for members in order.chunk_by(|one, other| class(one) == class(other)) {
            let block = self.scaled.select_rows(members).select_columns(members);
            joint += powers(block);
            own += (members.len() as f64 / self.samples.len() as f64).powf(ALPHA);
        }
        self.entropy + of_powers(own) - of_powers(joint)
    }
}

/// The entropy of a matrix with a trace of 1, in bits.
fn entropy(matrix: DMatrix<f64>) -> f64 {
    of_powers(powers(matrix))
}

/// `Σ λ^α`. Eigenvalues below zero are rounding.
fn powers(matrix: DMatrix<f64>) -> f64 {
    matrix.symmetric_eigenvalues().iter().map(|value| value.max(0.0).powf(ALPHA)).sum()
}

/// The entropy in bits from `Σ λ^α`, at least 0: a power of 1 may come out above it.
fn of_powers(sum: f64) -> f64 {
    (sum.log2() / (1.0 - ALPHA)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::information::{LayerOutputs, exact};
    use crate::random::{Generator, Purpose, generator, normals};
    use rand::RngExt;

    fn drawn(generator: &mut Generator, count: usize) -> Vec<f32> {
        normals(generator, count, 1.0).iter().map(|x| *x as f32).collect()
    }

    fn information(values: &[f32], units: usize, labels: Labels, noise: Noise) -> Information {
        let distances = Distances::new(LayerOutputs::new(values, units));
        let samples: Vec<usize> = (0..distances.rows()).collect();
        KernelMatrix::new(&distances, &samples, noise, units).information(labels)
    }

    /// The definition: every matrix as it stands in the paper.
    fn plainly(values: &[f32], units: usize, classes: &[u32], variance: f64) -> Information {
        let n = classes.len();
        let of = |entry: &dyn Fn(usize, usize) -> f64| {
            let matrix = DMatrix::from_fn(n, n, entry);
            let eigen = nalgebra::SymmetricEigen::new(&matrix / matrix.trace());
            let sum: f64 = eigen.eigenvalues.iter().map(|l| l.max(0.0).powf(1.01)).sum();
            sum.log2() / -0.01
        };
        let layer = |i: usize, j: usize| {
            let apart = |u| f64::from(values[i * units + u] - values[j * units + u]).powi(2);
            (-(0..units).map(apart).sum::<f64>() / (8.0 * variance)).exp()
        };
        let label = |i: usize, j: usize| if classes[i] == classes[j] { 1.0 } else { 0.0 };
        let index = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
        let [layer_entropy, label_entropy] = [of(&layer), of(&label)];
        let both = |other: &dyn Fn(usize, usize) -> f64| of(&|i, j| layer(i, j) * other(i, j));
        Information {
            inputs: layer_entropy + of(&index) - both(&index),
            labels: layer_entropy + label_entropy - both(&label),
        }
    }

    #[test]
    fn entropies_are_those_of_the_whole_matrices() {
        let mut generator = generator(1, Purpose::ReferenceProblem);
        for (units, variance) in [(1, 0.05), (3, 0.3), (8, 2.0)] {
            let values = drawn(&mut generator, 80 * units);
            let classes: Vec<u32> = (0..80).map(|_| generator.random_range(0..5)).collect();
            let labels = Labels::new(&classes, 5);
            let got = information(&values, units, labels, Noise::Absolute(variance));
            let expected = plainly(&values, units, &classes, variance);
            assert!((got.inputs - expected.inputs).abs() < 1e-6, "{got:?} {expected:?}");
            assert!((got.labels - expected.labels).abs() < 1e-6, "{got:?} {expected:?}");
        }
    }

    #[test]
    fn distant_points_give_their_logarithm_and_one_point_zero() {
        // Eight positions with as many samples at each, four positions for each label.
        let values: Vec<f32> = (0..160).map(|sample| (sample % 8) as f32).collect();
        let classes: Vec<u32> = (0..160).map(|sample| sample % 8 / 4).collect();
        let labels = Labels::new(&classes, 2);
        for noise in [Noise::Absolute(1e-3), Noise::Absolute(0.0)] {
            let got = information(&values, 1, labels, noise);
            assert!((got.inputs - 3.0).abs() < 1e-6 && (got.labels - 1.0).abs() < 1e-6, "{got:?}");
        }
        let dead = information(&[2.5; 160], 1, labels, Noise::Ratio(0.0));
        assert!(dead.inputs.abs() < 1e-9 && dead.labels.abs() < 1e-9, "{dead:?}");
        let broken = information(&[1.0, f32::NAN], 1, Labels::new(&[0, 1], 2), Noise::Ratio(0.0));
        assert!(broken.inputs.is_nan() && broken.labels.is_nan());
    }

    #[test]
    fn exact_information_at_the_same_noise_is_never_above() {
        let mut largest: f64 = 0.0;
        for seed in 0..30 {
            let mut generator = generator(seed, Purpose::ReferenceProblem);
            let units = [1, 3, 10][seed as usize % 3];
            let values = drawn(&mut generator, 60 * units);
            let classes: Vec<u32> = (0..60).map(|_| generator.random_range(0..3)).collect();
            let labels = Labels::new(&classes, 3);
            let samples: Vec<usize> = (0..60).collect();
            for decibels in [-10.0, 0.0, 10.0] {
                let noise = Noise::Ratio(decibels);
                let got = information(&values, units, labels, noise).inputs;
                let layer = LayerOutputs::new(&values, units);
                let exact = exact::information(layer, labels, &samples, &[noise], 0.01, seed)[0];
                // The order of 1.01 takes some hundredths of a bit.
                let exact = exact.inputs;
                assert!(got > exact.bits - 4.0 * exact.error - 0.03, "{got} and {exact:?}");
                largest = largest.max(got - exact.bits);
            }
        }
        // Its failure: where samples overlap it is too high.
        assert!(largest > 0.5, "{largest}");
    }

    #[test]
    fn with_a_narrow_kernel_labels_are_known_whatever_they_are() {
        let mut generator = generator(2, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 200 * 10);
        let classes: Vec<u32> = (0..200).map(|sample| sample % 2).collect();
        let got = information(&values, 10, Labels::new(&classes, 2), Noise::Ratio(25.0));
        assert!(got.inputs > 200f64.log2() - 0.1 && got.labels > 0.95, "{got:?}");
    }
}
