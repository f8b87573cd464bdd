//! How much the output `T` of a layer tells about its input `X` and about the label `Y`: mutual
//! information in bits, by estimators that fail in different ways.
//!
//! A network without noise sends distinct inputs to distinct outputs, so the true `I(X;T)` is the
//! logarithm of the number of samples, or infinite for a continuous input, at every step (Goldfeld
//! et al., arXiv 1810.05728). What moves during training is an estimate at a chosen resolution: how
//! far outputs have been compressed. Each estimator has its own resolution: the width of bins
//! ([`binning`]), the variance of noise that is assumed ([`kernel`]) or really added
//! ([`neighbours`]), the ability of a critic ([`contrastive`]). [`mod@reference`] compares all of
//! them on problems whose true value is known.
//!
//! `X` is the sample's index, and all indices are equally likely, unless an estimator says
//! otherwise.
//!
//! Everything is computed on the host, in one thread, from a layer's outputs read back once.

pub mod binning;
pub mod coding_rate;
pub mod contrastive;
pub mod exact;
pub mod kernel;
pub mod neighbours;
pub mod reference;
pub mod renyi;
pub mod shuffle;
pub mod sliced;

use serde::{Deserialize, Serialize};

/// The outputs of one layer for every sample, `[samples, units]`, row by row.
#[derive(Clone, Copy, Debug)]
pub struct LayerOutputs<'a> {
    values: &'a [f32],
    units: usize,
}

impl<'a> LayerOutputs<'a> {
    /// A layer of `units` outputs; `values` is `[samples, units]`, row by row.
    ///
    /// # Panics
    /// If `values` is not made of whole rows.
    #[must_use]
    pub fn new(values: &'a [f32], units: usize) -> Self {
        assert!(units > 0 && values.len().is_multiple_of(units), "rows of {units} units");
        Self { values, units }
    }

    /// All outputs, `[samples, units]`, row by row.
    #[must_use]
    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// How many samples there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.units
    }

    /// How many outputs a sample has.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// The outputs for one sample, `[units]`.
    #[must_use]
    pub fn row(&self, sample: usize) -> &'a [f32] {
        &self.values[sample * self.units..(sample + 1) * self.units]
    }

    /// The smallest and the largest output, over all samples and units.
    #[must_use]
    pub fn range(&self) -> (f32, f32) {
        let ends = (f32::INFINITY, f32::NEG_INFINITY);
        self.values.iter().fold(ends, |(low, high), v| (low.min(*v), high.max(*v)))
    }

    /// Mean of each unit over all samples, and the variance of a unit about its mean, averaged over
    /// units.
    #[must_use]
    pub fn moments(&self) -> (Vec<f64>, f64) {
        let mut means = vec![0f64; self.units];
        for row in self.values.chunks_exact(self.units) {
            means.iter_mut().zip(row).for_each(|(mean, value)| *mean += f64::from(*value));
        }
        let rows = self.rows().max(1) as f64;
        means.iter_mut().for_each(|mean| *mean /= rows);
        let mut squares = 0.0;
        for row in self.values.chunks_exact(self.units) {
            squares += means.iter().zip(row).map(|(m, v)| (f64::from(*v) - m).powi(2)).sum::<f64>();
        }
        (means, squares / (rows * self.units as f64))
    }
}

/// The class of every sample.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    classes: &'a [u32],
    count: usize,
}

impl<'a> Labels<'a> {
    /// `classes` has a number below `count` for each sample.
    ///
    /// # Panics
    /// If a class is not below `count`.
    #[must_use]
    pub fn new(classes: &'a [u32], count: usize) -> Self {
        assert!(classes.iter().all(|class| (*class as usize) < count), "classes below {count}");
        Self { classes, count }
    }

    /// The class of one sample.
    #[must_use]
    pub fn of(&self, sample: usize) -> u32 {
        self.classes[sample]
    }

    /// How many classes there may be.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many of some samples are in each class.
    #[must_use]
    pub fn counts(&self, samples: &[usize]) -> Vec<u32> {
        let mut counts = vec![0; self.count];
        samples.iter().for_each(|sample| counts[self.of(*sample) as usize] += 1);
        counts
    }

    /// Classes as vectors, `[samples, classes]`, row by row, with a one each.
    #[must_use]
    pub fn one_hot(&self) -> Vec<f32> {
        let mut rows = vec![0.0; self.classes.len() * self.count];
        for (row, class) in rows.chunks_exact_mut(self.count).zip(self.classes) {
            row[*class as usize] = 1.0;
        }
        rows
    }
}

/// A layer's point in the information plane, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Information {
    /// `I(X;T)`: the information of the layer about the input.
    pub inputs: f64,
    /// `I(T;Y)`: its information about the label.
    pub labels: f64,
}

/// The entropy in bits of outcomes with these counts.
#[must_use]
pub fn entropy(counts: &[u32]) -> f64 {
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    if total == 0 {
        return 0.0;
    }
    let total = total as f64;
    // Counts of one, most of them in a fine binning, add nothing to the sum of c log c.
    let repeated = counts.iter().filter(|count| **count > 1).map(|count| f64::from(*count));
    total.log2() - repeated.map(|count| count * count.log2()).sum::<f64>() / total
}

/// What [`entropy`] misses on average by seeing few samples, in bits: `(m - 1) / 2N` nats with `m`
/// outcomes seen in `N` samples (Miller, Note on the bias of information estimates, 1955).
///
/// It is the first term of a series in `1 / N` and means nothing where most outcomes are seen once.
#[must_use]
pub fn miller_madow(counts: &[u32]) -> f64 {
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let seen = counts.iter().filter(|count| **count > 0).count();
    if total == 0 {
        return 0.0;
    }
    (seen as f64 - 1.0) / (2.0 * total as f64) * std::f64::consts::LOG2_E
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_equal_counts_is_the_logarithm_of_how_many() {
        assert_eq!(entropy(&[1; 4096]), 12.0);
        assert!((entropy(&[5, 5, 0, 5, 5]) - 2.0).abs() < 1e-12);
        assert_eq!(entropy(&[7]), 0.0);
        assert_eq!(entropy(&[]), 0.0);
        let uneven = -(0.25f64 * 0.25f64.log2() + 0.75 * 0.75f64.log2());
        assert!((entropy(&[1, 3]) - uneven).abs() < 1e-15);
    }

    #[test]
    fn miller_madow_removes_most_bias_of_a_twenty_sided_die() {
        use crate::random::{Purpose, generator};
        use rand::RngExt;
        let mut generator = generator(0, Purpose::ReferenceProblem);
        let (mut plain, mut corrected) = (0.0, 0.0);
        for _ in 0..400 {
            let mut counts = [0u32; 20];
            (0..100).for_each(|_| counts[generator.random_range(0..20)] += 1);
            plain += entropy(&counts) / 400.0;
            corrected += (entropy(&counts) + miller_madow(&counts)) / 400.0;
        }
        let truth = 20f64.log2();
        assert!((plain - truth + 0.14).abs() < 0.02, "{plain}");
        assert!((corrected - truth).abs() < 0.01, "{corrected}");
    }
}
