//! Mutual information of outputs put into bins: every unit's output is replaced by the number of
//! its bin, and a row of such numbers is one outcome (Strong et al., Phys. Rev. Lett. 80 (1998)
//! 197; Shwartz-Ziv & Tishby, arXiv 1703.00810).
//!
//! The bins of a layer are those of all its samples, also where only some of them are measured: a
//! training and a test curve are then at the same resolution.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{Information, Labels, LayerOutputs, entropy, miller_madow};
use crate::measure::BinLimits;

/// How outputs are put into bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binning {
    /// Bins of each unit, at least 1.
    pub bins: u16,
    /// Where they lie.
    pub range: BinLimits,
}

impl Binning {
    /// The outcome of each sample: the bins of all its units.
    #[must_use]
    pub fn outcomes(&self, layer: LayerOutputs) -> Outcomes {
        let last = u32::from(self.bins.max(1)) - 1;
        match self.range {
            BinLimits::Between(low, high) => by_width(layer, low, high, last),
            BinLimits::Step => {
                let (low, high) = layer.range();
                by_width(layer, low, high, last)
            }
            BinLimits::Quantiles => {
                let mut sorted = layer.values.to_vec();
                sorted.sort_unstable_by(f32::total_cmp);
                let bins = last as usize + 1;
                let edge = |bin: usize| sorted.get(bin * sorted.len() / bins).copied();
                let edges: Vec<f32> = (1..bins).filter_map(edge).collect();
                Outcomes::rows(layer, |value| edges.partition_point(|edge| *edge <= value) as u32)
            }
        }
    }
}

fn by_width(layer: LayerOutputs, low: f32, high: f32, last: u32) -> Outcomes {
    let width = high - low;
    let per_bin = if width > 0.0 { (last + 1) as f32 / width } else { 0.0 };
    // The conversion turns negative values and NaN into 0.
    Outcomes::rows(layer, |value| (((value - low) * per_bin) as u32).min(last))
}

/// A discrete variable: the outcome of each sample, numbered in the order in which they were met.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes {
    numbers: Vec<u32>,
    distinct: usize,
}

impl Outcomes {
    /// The classes themselves as outcomes.
    #[must_use]
    pub fn of(labels: Labels) -> Self {
        let mut outcomes = Self::one(labels.classes.len());
        outcomes.refine(labels.classes.iter().copied());
        outcomes
    }

    fn one(samples: usize) -> Self {
        Self { numbers: vec![0; samples], distinct: samples.min(1) }
    }

    fn rows(layer: LayerOutputs, bin: impl Fn(f32) -> u32) -> Self {
        let mut outcomes = Self::one(layer.rows());
        for unit in 0..layer.units {
            // Once all samples differ, further units change nothing.
            if outcomes.distinct == layer.rows() {
                break;
            }
            let column = layer.values[unit..].iter().step_by(layer.units);
            outcomes.refine(column.map(|value| bin(*value)));
        }
        outcomes
    }

    /// Tells samples apart by a further property of each.
    fn refine(&mut self, property: impl Iterator<Item = u32>) {
        // The standard hash withstands attackers, and would take most of the time.
        let mut numbers: FxHashMap<u64, u32> =
            FxHashMap::with_capacity_and_hasher(2 * self.distinct, FxBuildHasher);
        for (number, property) in self.numbers.iter_mut().zip(property) {
            let next = numbers.len() as u32;
            *number =
                *numbers.entry(u64::from(*number) << 32 | u64::from(property)).or_insert(next);
        }
        self.distinct = numbers.len();
    }

    /// How many outcomes there are.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct
    }

    /// Both variables as one.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.refine(other.numbers.iter().copied());
        both
    }

    /// The entropy in bits over some of the samples; if `corrected`, with [`miller_madow`] added,
    /// which can take it above the logarithm of their number.
    #[must_use]
    pub fn entropy(&self, samples: &[usize], corrected: bool) -> f64 {
        let mut counts = vec![0u32; self.distinct];
        samples.iter().for_each(|sample| counts[self.numbers[*sample] as usize] += 1);
        entropy(&counts) + if corrected { miller_madow(&counts) } else { 0.0 }
    }

    /// What two variables tell about each other over some of the samples, in bits:
    /// `H(A) + H(B) - H(A,B)`.
    #[must_use]
    pub fn shared(&self, other: &Self, samples: &[usize], corrected: bool) -> f64 {
        self.entropy(samples, corrected) + other.entropy(samples, corrected)
            - self.with(other).entropy(samples, corrected)
    }

    /// The information plane over each of several sets of samples: `I(X;T) = H(T)`, as the sample
    /// is the input and determines its outcome, and `I(T;Y)`, which is `H(T) - Σ p_c H(T|c)` with
    /// each class's fraction `p_c` in the set.
    ///
    /// The correction of `I(X;T)` stays that of `H(T)`: those of `H(X)` and `H(X,T)` cancel.
    #[must_use]
    pub fn information(
        &self,
        labels: Labels,
        sets: &[&[usize]],
        corrected: bool,
    ) -> Vec<Information> {
        let labels = Self::of(labels);
        let both = self.with(&labels);
        let of = |set: &&[usize]| {
            let inputs = self.entropy(set, corrected);
            let labels = inputs + labels.entropy(set, corrected) - both.entropy(set, corrected);
            Information { inputs, labels }
        };
        sets.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Purpose, generator, normals};
    use rand::RngExt;
    use std::collections::BTreeMap;

    fn all(samples: usize) -> Vec<usize> {
        (0..samples).collect()
    }

    fn drawn(generator: &mut Generator, rows: usize, units: usize) -> Vec<f32> {
        normals(generator, rows * units, 1.0).iter().map(|x| *x as f32).collect()
    }

    fn draw_classes(generator: &mut Generator, rows: usize, count: u32) -> Vec<u32> {
        (0..rows).map(|_| generator.random_range(0..count)).collect()
    }

    /// The definition, in words for bins and with probabilities: `Σ p(t,y) log2 p(t,y) / p(t)p(y)`.
    fn by_words(rows: &[Vec<String>], classes: &[u32]) -> (f64, f64) {
        let fraction = 1.0 / rows.len() as f64;
        let (mut t, mut y, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (row, class) in rows.iter().zip(classes) {
            let word = row.join(",");
            *t.entry(word.clone()).or_insert(0.0) += fraction;
            *y.entry(*class).or_insert(0.0) += fraction;
            *both.entry((word, *class)).or_insert(0.0) += fraction;
        }
        let entropy: f64 = t.values().map(|p: &f64| -p * p.log2()).sum();
        let shared = both.iter().map(|((w, c), p): (_, &f64)| p * (p / (t[w] * y[c])).log2()).sum();
        (entropy, shared)
    }

    #[test]
    fn bins_agree_with_words_in_a_sorted_map() {
        let mut generator = generator(1, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 500, 3);
        let classes = draw_classes(&mut generator, 500, 5);
        let layer = LayerOutputs::new(&values, 3);
        let sorted = {
            let mut sorted: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
            sorted.sort_by(f64::total_cmp);
            sorted
        };
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        for bins in [2u16, 3, 7] {
            let equal = |low: f64, high: f64, v: f64| {
                let edges = (1..bins).map(|b| low + (high - low) * f64::from(b) / f64::from(bins));
                edges.filter(|edge| *edge <= v).count()
            };
            let mass = |v: f64| {
                let below = (1..usize::from(bins)).map(|b| sorted[b * 1500 / usize::from(bins)]);
                below.filter(|edge| *edge <= v).count()
            };
            for range in [BinLimits::Between(-1.0, 1.5), BinLimits::Step, BinLimits::Quantiles] {
                let word = |v: &f32| {
                    let v = f64::from(*v);
                    match range {
                        BinLimits::Between(low, high) => equal(low.into(), high.into(), v),
                        BinLimits::Step => equal(min, max, v),
                        BinLimits::Quantiles => mass(v),
                    }
                    .to_string()
                };
                let rows: Vec<Vec<String>> =
                    values.chunks(3).map(|row| row.iter().map(word).collect()).collect();
                let (entropy, shared) = by_words(&rows, &classes);
                let outcomes = Binning { bins, range }.outcomes(layer);
                let got = outcomes.information(Labels::new(&classes, 5), &[&all(500)], false)[0];
                assert!((got.inputs - entropy).abs() < 1e-9, "{range:?} {bins}: {got:?}");
                assert!((got.labels - shared).abs() < 1e-9, "{range:?} {bins}: {got:?}");
            }
        }
    }

    #[test]
    fn a_map_onto_equal_values_tells_their_logarithm() {
        // 4,096 inputs onto 16 corners; the label is one of the four coordinates.
        let values: Vec<f32> = (0..4096)
            .flat_map(|x| (0..4).map(move |bit| if x >> bit & 1 == 1 { 1.0 } else { -1.0 }))
            .collect();
        let classes: Vec<u32> = (0..4096).map(|x| x >> 2 & 1).collect();
        for range in [BinLimits::Between(-1.0, 1.0), BinLimits::Step, BinLimits::Quantiles] {
            let outcomes = Binning { bins: 30, range }.outcomes(LayerOutputs::new(&values, 4));
            let got = outcomes.information(Labels::new(&classes, 2), &[&all(4096)], false)[0];
            assert_eq!(got, Information { inputs: 4.0, labels: 1.0 }, "{range:?}");
        }
    }

    #[test]
    fn bins_of_a_wide_layer_only_count_samples() {
        let mut generator = generator(2, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 1024, 30);
        let classes = draw_classes(&mut generator, 1024, 2);
        let outcomes =
            Binning { bins: 30, range: BinLimits::Step }.outcomes(LayerOutputs::new(&values, 30));
        let samples = all(1024);
        let got = outcomes.information(Labels::new(&classes, 2), &[&samples], false)[0];
        assert_eq!(got.inputs, 10.0);
        // Labels that were drawn without looking at the layer.
        assert!(got.labels > 0.99, "{}", got.labels);
    }

    #[test]
    fn names_of_classes_order_of_samples_and_scale_do_not_matter() {
        let mut generator = generator(3, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 300, 2);
        let classes = draw_classes(&mut generator, 300, 3);
        let moved_from = |sample: usize| sample * 7 % 300;
        let moved: Vec<f32> = (0..300)
            .flat_map(|s| values[2 * moved_from(s)..2 * moved_from(s) + 2].iter().map(|v| 8.0 * v))
            .collect();
        let renamed: Vec<u32> = (0..300).map(|s| (classes[moved_from(s)] + 1) % 3).collect();
        for range in [BinLimits::Step, BinLimits::Quantiles] {
            let of = |values: &[f32], classes: &[u32]| {
                let outcomes = Binning { bins: 5, range }.outcomes(LayerOutputs::new(values, 2));
                outcomes.information(Labels::new(classes, 3), &[&all(300)], true)[0]
            };
            let (one, other) = (of(&values, &classes), of(&moved, &renamed));
            assert!((one.inputs - other.inputs).abs() < 1e-12);
            assert!((one.labels - other.labels).abs() < 1e-12);
        }
        let outcomes = |values: &[f32]| {
            let binning = Binning { bins: 9, range: BinLimits::Quantiles };
            binning.outcomes(LayerOutputs::new(values, 2))
        };
        let cubed: Vec<f32> = values.iter().map(|v| v.powi(3)).collect();
        assert_eq!(outcomes(&values), outcomes(&cubed), "quantiles see the order alone");
    }

    #[test]
    fn a_subset_is_what_it_would_be_alone() {
        let mut generator = generator(4, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 200, 2);
        let classes = draw_classes(&mut generator, 200, 4);
        let (even, odd): (Vec<usize>, Vec<usize>) = (0..200).partition(|sample| sample % 2 == 0);
        let binning = Binning { bins: 6, range: BinLimits::Between(-2.0, 2.0) };
        let outcomes = binning.outcomes(LayerOutputs::new(&values, 2));
        let got = outcomes.information(Labels::new(&classes, 4), &[&even, &odd], true);
        for (set, got) in [even, odd].iter().zip(got) {
            let own: Vec<f32> =
                set.iter().flat_map(|s| values[2 * s..2 * s + 2].to_vec()).collect();
            let own_classes: Vec<u32> = set.iter().map(|sample| classes[*sample]).collect();
            let alone = binning.outcomes(LayerOutputs::new(&own, 2));
            let alone = alone.information(Labels::new(&own_classes, 4), &[&all(100)], true)[0];
            assert!((alone.inputs - got.inputs).abs() < 1e-12);
            assert!((alone.labels - got.labels).abs() < 1e-12);
        }
    }

    #[test]
    fn every_output_falls_into_a_bin() {
        let values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 1.0, 1.5];
        let layer = LayerOutputs::new(&values, 1);
        let outcomes = Binning { bins: 2, range: BinLimits::Between(-1.0, 1.0) }.outcomes(layer);
        assert_eq!(outcomes.numbers, [0, 1, 0, 0, 1, 1]);
        let dead = [0f32; 6];
        for range in [BinLimits::Step, BinLimits::Quantiles, BinLimits::Between(0.0, 0.0)] {
            let outcomes = Binning { bins: 30, range }.outcomes(LayerOutputs::new(&dead, 1));
            assert_eq!(outcomes.distinct(), 1, "{range:?}");
        }
    }
}
