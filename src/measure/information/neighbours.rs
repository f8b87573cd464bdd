//! Mutual information of continuous variables from the distances of nearest neighbours: Kraskov,
//! Stögbauer & Grassberger (Phys. Rev. E 69 (2004) 066138, the first of their two estimators,
//! equation 8), and with a discrete one Ross (PLoS ONE 9 (2014) e87357).
//!
//! A network without noise determines its outputs, so their mutual information with a continuous
//! input is infinite. So noise is added first ([`noisy`]), and the estimate is that of the noisy
//! outputs. `X` is the input as a vector.
//!
//! The number of samples needed grows exponentially with the information (Gao, Ver Steeg &
//! Galstyan, arXiv 1411.2003). In more than two dimensions neighbours are so far away that the
//! density changes between them: with 500 samples one bit in three dimensions is estimated as 0.8.
//! No estimate exceeds `ψ(n) - ψ(k)`.
//!
//! Each of the two spaces is scaled to the same total variance over the measured samples first, as
//! the larger of two distances has no meaning otherwise: a layer times 1000 would hide the input.
//! References standardise as well (scikit-learn's `mutual_info_regression`), but unit by unit. Here
//! one factor scales a whole space, as noise has the same variance on all units: a unit that hardly
//! varies is not blown up to the weight of the others.
//!
//! Labels are at most their entropy to be known, which the estimate of Ross exceeds where classes
//! lie apart: it is cut off there.
//!
//! The input has to be continuous, or a few values each met often. One-hot pairs
//! have only three distances between them, so their neighbours say nothing.
//!
//! If a sample coincides with its `k`-th neighbour, all that coincide with it are its neighbours
//! (Gao, Kannan, Oh & Viswanath, arXiv 1709.06212), so that discrete values may occur.

use super::kernel::{Distances, Noise};
use super::{Labels, LayerOutputs, entropy};
use crate::random::{self, Generator};

/// The outputs of a layer with Gaussian noise, `[samples, units]`, of the same variance on all
/// units.
///
/// If the generator starts over at every step, the noise is the same throughout training, and its
/// fluctuation does not show in a curve.
#[must_use]
pub fn noisy(layer: LayerOutputs, noise: Noise, generator: &mut Generator) -> Vec<f32> {
    let units = layer.units();
    let deviation = noise.variance(layer.moments().1 * units as f64, units).sqrt();
    let noise = |value: &f32| (f64::from(*value) + deviation * random::normal(generator)) as f32;
    layer.values.iter().map(noise).collect()
}

/// The mutual information of two continuous variables over some of the samples, in bits, from the
/// `k`-th nearest neighbours: `ψ(k) + ψ(n) - ⟨ψ(n_x + 1) + ψ(n_t + 1)⟩`. Distances are Euclidean in
/// each of the two spaces, scaled to the same total variance, and the larger of the two in their
/// product.
///
/// Not a number unless there are more than `k` samples. May be below zero.
#[must_use]
pub fn shared(x: &Distances, t: &Distances, samples: &[usize], k: usize) -> f64 {
    let n = samples.len();
    if k == 0 || n <= k {
        return f64::NAN;
    }
    let psi = digamma(n);
    let mut sum = 0.0;
    let mut nearest = Nearest::new(k);
    let ratio = scale(t, samples) / scale(x, samples);
    let mut from_t = vec![0f32; t.rows()];
    for one in samples {
        let from_x = x.from(*one);
        from_t.iter_mut().zip(t.from(*one)).for_each(|(scaled, apart)| *scaled = apart * ratio);
        let others = || samples.iter().filter(|other| *other != one);
        nearest.clear();
        others().for_each(|other| nearest.push(from_x[*other].max(from_t[*other])));
        let reach = nearest.last();
        let inside = |distance: f32| distance < reach || distance == 0.0;
        let count = |from: &[f32]| others().filter(|other| inside(from[**other])).count();
        let k = if reach > 0.0 {
            k
        } else {
            others().filter(|other| from_x[**other].max(from_t[**other]) == 0.0).count()
        };
        sum += psi[k] - psi[count(from_x) + 1] - psi[count(&from_t) + 1];
    }
    (sum / n as f64 + psi[n]) * std::f64::consts::LOG2_E
}

/// The factor that takes squared distances to a total variance of 1; 1 where all samples coincide.
fn scale(distances: &Distances, samples: &[usize]) -> f32 {
    let total = distances.total_variance(samples);
    if total > 0.0 { total.recip() as f32 } else { 1.0 }
}

/// The mutual information of a continuous variable and a discrete one over some samples, in bits:
/// `ψ(n) - ⟨ψ(n_c)⟩ + ψ(k) - ⟨ψ(m)⟩`, with `n_c` samples of the same class, and `m` samples of any
/// class as near as the `k`-th neighbour of the same.
///
/// Classes with fewer than `k + 1` samples take as many neighbours as they have; samples that are
/// alone in their class are left out. Not a number if that leaves none. May be below zero, and is at
/// most the entropy of the labels of all `samples`.
#[must_use]
pub fn shared_with_labels(t: &Distances, labels: Labels, samples: &[usize], k: usize) -> f64 {
    let counts = labels.counts(samples);
    let most = entropy(&counts);
    let count_of = |sample: usize| counts[labels.of(sample) as usize] as usize;
    let samples: Vec<usize> = samples.iter().copied().filter(|s| count_of(*s) > 1).collect();
    let n = samples.len();
    if k == 0 || n == 0 {
        return f64::NAN;
    }
    let psi = digamma(n);
    let mut sum = 0.0;
    for one in &samples {
        let (from, class) = (t.from(*one), labels.of(*one));
        let others = || samples.iter().filter(|other| *other != one);
        let mut nearest = Nearest::new(k.min(count_of(*one) - 1));
        others().filter(|o| labels.of(**o) == class).for_each(|o| nearest.push(from[*o]));
        let reach = nearest.last();
        let (k, m) = if reach > 0.0 {
            (nearest.k, others().filter(|other| from[**other] < reach).count() + 1)
        } else {
            let same = || others().filter(|other| from[**other] == 0.0);
            (same().filter(|other| labels.of(**other) == class).count(), same().count())
        };
        sum += psi[k] - psi[m] - psi[count_of(*one)];
    }
    ((sum / n as f64 + psi[n]) * std::f64::consts::LOG2_E).min(most)
}

/// The `k` smallest of the numbers that it was given, in order.
pub(super) struct Nearest {
    k: usize,
    smallest: Vec<f32>,
}

impl Nearest {
    pub(super) fn new(k: usize) -> Self {
        Self { k, smallest: Vec::with_capacity(k + 1) }
    }

    pub(super) fn clear(&mut self) {
        self.smallest.clear();
    }

    pub(super) fn push(&mut self, distance: f32) {
        if self.smallest.len() < self.k || distance < self.last() {
            let index = self.smallest.partition_point(|other| *other <= distance);
            self.smallest.insert(index, distance);
            self.smallest.truncate(self.k);
        }
    }

    pub(super) fn last(&self) -> f32 {
        self.smallest.last().copied().unwrap_or(f32::INFINITY)
    }
}

/// The largest estimate that `samples` samples allow with their `k`-th neighbours: `ψ(n) - ψ(k)`,
/// in bits.
///
/// # Panics
/// If there are not more than `k` samples.
#[must_use]
pub fn largest(samples: usize, k: usize) -> f64 {
    let psi = digamma(samples);
    (psi[samples] - psi[k]) * std::f64::consts::LOG2_E
}

/// The digamma function at 0 (where it is left at no number) to `largest`: `ψ(1) = -γ`,
/// `ψ(n + 1) = ψ(n) + 1/n`.
pub(super) fn digamma(largest: usize) -> Vec<f64> {
    let mut psi = vec![f64::NAN, -0.577_215_664_901_532_9];
    (1..=largest).for_each(|n| psi.push(psi[n] + 1.0 / n as f64));
    psi
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, generator, normals};
    use rand::RngExt;

    fn all(samples: usize) -> Vec<usize> {
        (0..samples).collect()
    }

    fn distances(values: &[f32], units: usize) -> Distances {
        Distances::new(LayerOutputs::new(values, units))
    }

    /// `X` standard normal and `X` with noise, for a channel of `bits` in `dimensions`.
    fn channel(dimensions: usize, bits: f64, samples: usize, seed: u32) -> (Vec<f32>, Vec<f32>) {
        let mut generator = generator(seed, Purpose::ReferenceProblem);
        let noise = (2f64.powf(2.0 * bits / dimensions as f64) - 1.0).recip().sqrt();
        let x = normals(&mut generator, dimensions * samples, 1.0);
        let t = x.iter().map(|x| (x + noise * random::normal(&mut generator)) as f32).collect();
        (x.iter().map(|x| *x as f32).collect(), t)
    }

    fn mean_over_channels(dimensions: usize, bits: f64) -> f64 {
        let of = |seed| {
            let (x, t) = channel(dimensions, bits, 500, seed);
            shared(&distances(&x, dimensions), &distances(&t, dimensions), &all(500), 3)
        };
        (0..20).map(of).sum::<f64>() / 20.0
    }

    /// Both formulas with distances sorted and functions summed from scratch for every sample.
    fn plainly(x: &[f32], t: &[f32], units: usize, classes: &[u32], k: usize) -> [f64; 2] {
        let n = classes.len();
        let psi = |n: usize| (1..n).map(|i| 1.0 / i as f64).sum::<f64>() - 0.577_215_664_901_532_9;
        let apart = |values: &[f32], i: usize, j: usize| -> f64 {
            let unit = |u| f64::from(values[i * units + u]) - f64::from(values[j * units + u]);
            (0..units).map(|u| unit(u).powi(2)).sum::<f64>().sqrt()
        };
        let spread = |values: &[f32]| {
            let pairs = (0..n * n).map(|pair| apart(values, pair / n, pair % n).powi(2));
            (pairs.sum::<f64>() / (2 * n * n) as f64).sqrt()
        };
        let (spread_x, spread_t) = (spread(x), spread(t));
        let mut entropy = 0.0;
        for class in 0..2 {
            let share = classes.iter().filter(|c| **c == class).count() as f64 / n as f64;
            entropy -= share * share.log2();
        }
        let (mut kraskov, mut ross) = (psi(k) + psi(n), psi(k) + psi(n));
        for i in 0..n {
            let mut pairs: Vec<(f64, f64)> = (0..n)
                .filter(|j| *j != i)
                .map(|j| (apart(x, i, j) / spread_x, apart(t, i, j) / spread_t))
                .collect();
            pairs.sort_by(|one, other| one.0.max(one.1).total_cmp(&other.0.max(other.1)));
            let reach = pairs[k - 1].0.max(pairs[k - 1].1);
            let n_x = pairs.iter().filter(|pair| pair.0 < reach).count();
            let n_t = pairs.iter().filter(|pair| pair.1 < reach).count();
            kraskov -= (psi(n_x + 1) + psi(n_t + 1)) / n as f64;
            let mut same: Vec<f64> = (0..n)
                .filter(|j| *j != i && classes[*j] == classes[i])
                .map(|j| apart(t, i, j))
                .collect();
            same.sort_by(f64::total_cmp);
            let m = (0..n).filter(|j| *j != i && apart(t, i, *j) <= same[k - 1]).count();
            ross -= (psi(same.len() + 1) + psi(m)) / n as f64;
        }
        [kraskov / 2f64.ln(), (ross / 2f64.ln()).min(entropy)]
    }

    #[test]
    fn neighbours_are_those_that_sorting_finds() {
        for (units, k) in [(1, 1), (2, 3), (6, 5)] {
            let (x, t) = channel(units, 1.5, 150, 9);
            let classes: Vec<u32> = x.chunks(units).map(|x| (x[0] > 0.3).into()).collect();
            let layer = distances(&t, units);
            let got = [
                shared(&distances(&x, units), &layer, &all(150), k),
                shared_with_labels(&layer, Labels::new(&classes, 2), &all(150), k),
            ];
            for (got, expected) in got.iter().zip(plainly(&x, &t, units, &classes, k)) {
                assert!((got - expected).abs() < 1e-9, "{units}, {k}: {got} {expected}");
            }
        }
    }

    #[test]
    fn neighbours_tell_the_information_of_narrow_gaussian_channels() {
        for (dimensions, bits) in [(1, 0.5), (1, 2.0), (1, 4.0), (2, 1.0)] {
            let got = mean_over_channels(dimensions, bits);
            assert!((got - bits).abs() < 0.05, "{dimensions} dimensions, {bits} bits: {got}");
        }
    }

    #[test]
    fn neighbours_are_far_too_low_in_twenty_dimensions() {
        let got = mean_over_channels(20, 20.0);
        assert!(got > 1.0 && got < 8.0, "{got} of 20 bits");
    }

    #[test]
    fn independent_variables_tell_nothing() {
        let mean = (0..20)
            .map(|seed| {
                let (x, _) = channel(2, 1.0, 500, seed);
                let (other, _) = channel(2, 1.0, 500, seed + 100);
                shared(&distances(&x, 2), &distances(&other, 2), &all(500), 3)
            })
            .sum::<f64>();
        assert!((mean / 20.0).abs() < 0.02, "{}", mean / 20.0);
    }

    #[test]
    fn labels_and_a_continuous_output_share_what_an_integral_says() {
        // Two classes, one standard deviation to either side of zero.
        let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = 1e-3;
        let truth: f64 = (-8000..8000)
            .map(|i| {
                let t = f64::from(i) * step;
                let own = density(t - 1.0);
                let both = (own + density(t + 1.0)) / 2.0;
                own * (own / both).log2() * step
            })
            .sum();
        let of = |seed| {
            let mut generator = generator(seed, Purpose::ReferenceProblem);
            let classes: Vec<u32> = (0..500).map(|_| generator.random_range(0..2)).collect();
            let values: Vec<f32> = classes
                .iter()
                .map(|c| (2.0 * f64::from(*c) - 1.0 + random::normal(&mut generator)) as f32)
                .collect();
            let layer = distances(&values, 1);
            shared_with_labels(&layer, Labels::new(&classes, 2), &all(500), 3)
        };
        let mean = (0..20).map(of).sum::<f64>() / 20.0;
        assert!((mean - truth).abs() < 0.03, "{mean} against {truth}");
    }

    #[test]
    fn values_that_coincide_share_what_counts_say() {
        // Flipped one time in ten.
        let classes: Vec<u32> = (0..500).map(|sample| sample % 2).collect();
        let flipped = |sample: usize| (sample / 2).is_multiple_of(10);
        let values: Vec<f32> = (0..500)
            .map(|s| if flipped(s) { 1.0 } else { 0.0 } - (s % 2) as f32)
            .map(f32::abs)
            .collect();
        let given: Vec<f32> = classes.iter().map(|class| *class as f32).collect();
        let truth = 1.0 + 0.1 * 0.1f64.log2() + 0.9 * 0.9f64.log2();
        let layer = distances(&values, 1);
        let by_label = shared_with_labels(&layer, Labels::new(&classes, 2), &all(500), 3);
        let by_input = shared(&distances(&given, 1), &layer, &all(500), 3);
        assert!((by_label - truth).abs() < 0.02, "{by_label} against {truth}");
        assert!((by_input - truth).abs() < 0.02, "{by_input} against {truth}");
        let dead = distances(&[1.0; 500], 1);
        assert!(shared_with_labels(&dead, Labels::new(&classes, 2), &all(500), 3).abs() < 0.01);
        assert!(shared(&distances(&given, 1), &dead, &all(500), 3).abs() < 0.01);
    }

    #[test]
    fn scale_order_and_other_samples_do_not_matter() {
        let (x, t) = channel(2, 2.0, 300, 1);
        let classes: Vec<u32> = x.chunks(2).map(|x| u32::from(x[0] > 0.0)).collect();
        let of = |x: &[f32], t: &[f32], classes: &[u32], set: &[usize]| {
            let (x, t) = (distances(x, 2), distances(t, 2));
            [shared(&x, &t, set, 4), shared_with_labels(&t, Labels::new(classes, 2), set, 4)]
        };
        let whole = of(&x, &t, &classes, &all(300));
        // Powers of two, so that not even rounding differs.
        let scaled: Vec<f32> = t.iter().map(|t| 4.0 * t).collect();
        assert_eq!(whole[1], of(&x, &scaled, &classes, &all(300))[1]);
        let both: Vec<f32> = x.iter().map(|x| 4.0 * x).collect();
        assert_eq!(whole, of(&both, &scaled, &classes, &all(300)));
        let order: Vec<usize> = (0..300).map(|sample| sample * 7 % 300).collect();
        let renamed: Vec<u32> = classes.iter().map(|class| 1 - class).collect();
        let moved = of(&x, &t, &renamed, &order);
        assert!((moved[0] - whole[0]).abs() < 1e-12 && (moved[1] - whole[1]).abs() < 1e-12);
        let alone = of(&x[..200], &t[..200], &classes[..100], &all(100));
        assert_eq!(alone, of(&x, &t, &classes, &all(100)));
    }

    #[test]
    fn scaling_a_layer_keeps_its_information() {
        let (x, t) = channel(2, 2.0, 300, 1);
        let of = |factor: f32| {
            let scaled: Vec<f32> = t.iter().map(|t| factor * t).collect();
            shared(&distances(&x, 2), &distances(&scaled, 2), &all(300), 3)
        };
        let alone = of(1.0);
        assert!(alone > 1.5, "{alone}");
        for factor in [1e-3, 0.03, 1000.0] {
            assert!((of(factor) - alone).abs() < 0.01, "{factor}: {} and {alone}", of(factor));
        }
    }

    #[test]
    fn label_information_is_at_most_the_entropy() {
        // Ten classes of thirty samples, far apart: without the limit 3.34 bits.
        let mut generator = generator(3, Purpose::ReferenceProblem);
        let classes: Vec<u32> = (0..300).map(|sample| sample % 10).collect();
        let values: Vec<f32> = classes
            .iter()
            .map(|class| 100.0 * *class as f32 + random::normal(&mut generator) as f32)
            .collect();
        let (layer, labels) = (distances(&values, 1), Labels::new(&classes, 10));
        for k in [1, 3, 10] {
            let got = shared_with_labels(&layer, labels, &all(300), k);
            assert!((got - 10f64.log2()).abs() < 1e-12, "{k}: {got}");
        }
        // Of 23 samples three classes have three and the others two: that entropy is the limit.
        let few: Vec<usize> = (0..23).collect();
        let own = entropy(&labels.counts(&few));
        assert!(own < 10f64.log2());
        assert_eq!(shared_with_labels(&layer, labels, &few, 3), own);
    }

    #[test]
    fn noise_has_the_deviation_it_names() {
        let mut generator = generator(2, Purpose::ActivationNoise);
        let values: Vec<f32> =
            normals(&mut generator, 20_000, 3.0).iter().map(|v| *v as f32).collect();
        let noisy = noisy(LayerOutputs::new(&values, 2), Noise::Ratio(6.0206), &mut generator);
        let added: Vec<f32> = noisy.iter().zip(&values).map(|(n, v)| n - v).collect();
        let deviation = LayerOutputs::new(&added, 2).moments().1.sqrt();
        assert!((deviation / 1.5 - 1.0).abs() < 0.02, "{deviation}");
    }

    #[test]
    fn digamma_is_the_logarithm_far_out_and_known_nearby() {
        let psi = digamma(1000);
        assert!((psi[2] - 0.422_784_335_098_467_1).abs() < 1e-15);
        assert!((psi[10] - 2.251_752_589_066_721).abs() < 1e-14);
        let n = 1000f64;
        assert!((psi[1000] - (n.ln() - 0.5 / n - 1.0 / (12.0 * n * n))).abs() < 1e-12);
    }
}
