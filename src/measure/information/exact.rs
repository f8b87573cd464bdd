//! Mutual information of a layer with Gaussian noise, without an estimator in between.
//!
//! The inputs are a finite set of `n` samples, read uniformly. With noise `Z` of variance `s²` on
//! every unit, the layer's outputs are a mixture of `n` Gaussians whose centres are known, and
//!
//! `I(X;T+Z) = -(1/n) Σ_i E_z log2 (1/n) Σ_j exp(-(|h_i - h_j + z|² - |z|²) / 2s²)`.
//!
//! `I(T+Z;Y)` is that of all samples less the mean of it within each class, weighted by the samples
//! of the class. Only the expectation over `z` is not in closed form. It is a mean over draws whose
//! standard error is known (mixture entropies: Goldfeld et al., arXiv 1810.05728).
//!
//! The value never exceeds `log2 n`, which it is without noise, and lies between the pairwise bounds
//! of the same noise ([`kernel`](super::kernel)). For a data set it is information about *which of
//! these `n` samples* was read.
//!
//! The noise is the one choice. It is given as a signal-to-noise ratio ([`Noise::Ratio`]), so that
//! layers of different width and scale are read alike.

use super::kernel::{Noise, exp2};
use super::{Labels, LayerOutputs};
use crate::random::{self, Generator, Purpose};

/// Pairs of a draw and its negative for each sample in one pass.
const PAIRS: usize = 2;
/// Samples whose draws are projected together: each number of the layer is then read once for all.
const TOGETHER: usize = 2;
/// Passes over the samples, at most.
const MAX_PASSES: usize = 64;
/// Samples from which on a part of them may do.
const MANY: usize = 512;

/// A value with its standard error over the draws, in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The value.
    pub bits: f64,
    /// Its standard error.
    pub error: f64,
}

/// Mutual information of a layer at one noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact {
    /// `I(X;T)`.
    pub inputs: Measured,
    /// `I(T;Y)`.
    pub labels: Measured,
}

/// What the draws of one sample gave: sums over pairs, for all samples and less those within its
/// class.
#[derive(Clone, Copy, Default)]
struct Sums {
    pairs: f64,
    inputs: [f64; 2],
    labels: [f64; 2],
}

impl Sums {
    fn add(&mut self, inputs: f64, labels: f64) {
        self.pairs += 1.0;
        self.inputs[0] += inputs;
        self.inputs[1] += inputs * inputs;
        self.labels[0] += labels;
        self.labels[1] += labels * labels;
    }
}

/// The information of a layer on some samples at each noise, in bits. Draws are repeated until every
/// standard error is at most `tolerance`; the same `seed` gives the same draws, so that values of a
/// layer at different steps differ by the layer alone. Not a number if an output is not finite.
///
/// From 512 samples on, the mean may be taken over a part of them; the error then includes the
/// choice of that part.
#[must_use]
pub fn information(
    layer: LayerOutputs,
    labels: Labels,
    samples: &[usize],
    noises: &[Noise],
    tolerance: f64,
    seed: u32,
) -> Vec<Exact> {
    let centred = Centred::new(layer, labels, samples);
    let unknown = Measured { bits: f64::NAN, error: f64::NAN };
    if samples.is_empty() || !centred.total_variance.is_finite() {
        return vec![Exact { inputs: unknown, labels: unknown }; noises.len()];
    }
    let variances: Vec<f64> =
        noises.iter().map(|noise| noise.variance(centred.total_variance, centred.units)).collect();
    // Nothing to tell apart: every ratio of two variances would be 0 / 0.
    if centred.total_variance == 0.0 {
        let none = Measured { bits: 0.0, error: 0.0 };
        return vec![Exact { inputs: none, labels: none }; noises.len()];
    }
    let mut generator = random::generator(seed, Purpose::ReadingNoise);
    let count = samples.len();
    let order = spread_out(count);
    let mut rows = vec![vec![Sums::default(); count]; variances.len()];
    let mut found = Vec::new();
    for pass in 0..MAX_PASSES {
        for (index, visited) in order.chunks(MANY / 2).enumerate() {
            centred.draw(visited, &variances, &mut generator, &mut rows);
            let seen = (index * MANY / 2 + visited.len()).min(count);
            if pass == 0 && count > MANY && seen < count {
                found = summarise(&rows, &order[..seen]);
                if is_within(&found, tolerance) {
                    return found;
                }
            }
        }
        found = summarise(&rows, &order);
        if is_within(&found, tolerance) {
            break;
        }
    }
    found
}

fn is_within(found: &[Exact], tolerance: f64) -> bool {
    found.iter().all(|exact| exact.inputs.error <= tolerance && exact.labels.error <= tolerance)
}

/// All numbers below `count`, so that every first part of them is spread over the whole.
fn spread_out(count: usize) -> Vec<usize> {
    if count <= MANY {
        return (0..count).collect();
    }
    let is_coprime = |step: &usize| {
        let (mut a, mut b) = (*step, count);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    // The golden section leaves no first part of the walk with large gaps.
    let golden = (count as f64 * 0.618_034) as usize;
    let step = (golden..count).find(is_coprime).unwrap_or(1);
    (0..count).map(|index| index * step % count).collect()
}

/// Mean and standard error from the draws of the samples that were visited.
fn summarise(rows: &[Vec<Sums>], visited: &[usize]) -> Vec<Exact> {
    let of = |rows: &[Sums], which: fn(&Sums) -> [f64; 2]| {
        let seen = visited.len() as f64;
        // The mean over samples, the variance among them, and the mean variance of a sample's mean.
        let (mut mean, mut square, mut within) = (0.0, 0.0, 0.0);
        for index in visited {
            let row = &rows[*index];
            let [sum, squares] = which(row);
            let own = sum / row.pairs;
            mean += own / seen;
            square += own * own / seen;
            let scatter = (squares - sum * own).max(0.0) / (row.pairs - 1.0);
            within += scatter / row.pairs / seen;
        }
        let among = (square - mean * mean).max(0.0) * seen / (seen - 1.0).max(1.0);
        let left_out = 1.0 - seen / rows.len() as f64;
        let variance = within / seen + left_out * (among - within).max(0.0) / seen;
        // Rounding must not make a sum of zero negative.
        Measured { bits: if mean.abs() < 1e-12 { 0.0 } else { mean }, error: variance.sqrt() }
    };
    rows.iter()
        .map(|rows| Exact {
            inputs: of(rows, |row| row.inputs),
            labels: of(rows, |row| row.labels),
        })
        .collect()
}

/// Outputs of some samples about their mean, samples of a class together.
struct Centred {
    units: usize,
    /// Each unit's outputs, `[units, samples]`, so that inner loops run along samples.
    columns: Vec<f32>,
    samples: usize,
    /// Where the class of each sample begins and ends.
    classes: Vec<(usize, usize)>,
    /// The mean squared distance from the mean, summed over units.
    total_variance: f64,
}

impl Centred {
    fn new(layer: LayerOutputs, labels: Labels, samples: &[usize]) -> Self {
        let units = layer.units();
        let mut order = samples.to_vec();
        order.sort_by_key(|sample| labels.of(*sample));
        let count = order.len();
        let mut classes = Vec::with_capacity(count);
        for class in order.chunk_by(|one, other| labels.of(*one) == labels.of(*other)) {
            let start = classes.len();
            classes.extend(class.iter().map(|_| (start, start + class.len())));
        }
        let mut columns = vec![0f32; units * count];
        let mut total_variance = 0.0;
        for (unit, column) in columns.chunks_exact_mut(count.max(1)).enumerate() {
            let value = |sample: &usize| f64::from(layer.row(*sample)[unit]);
            let mean = order.iter().map(value).sum::<f64>() / count as f64;
            for (centred, sample) in column.iter_mut().zip(&order) {
                let off = value(sample) - mean;
                *centred = off as f32;
                total_variance += off * off / count as f64;
            }
        }
        Self { units, columns, samples: count, classes, total_variance }
    }

    /// Squared distances of all samples from one.
    fn distances(&self, from: usize, squared: &mut [f32]) {
        squared.fill(0.0);
        for column in self.columns.chunks_exact(self.samples) {
            let value = column[from];
            for (sum, other) in squared.iter_mut().zip(column) {
                let apart = value - other;
                *sum += apart * apart;
            }
        }
    }

    /// Adds a pass of draws for some samples, at every noise.
    fn draw(
        &self,
        visited: &[usize],
        variances: &[f64],
        generator: &mut Generator,
        rows: &mut [Vec<Sums>],
    ) {
        let count = self.samples;
        let mut squared = vec![0f32; count];
        let mut projected = vec![0f32; TOGETHER * PAIRS * count];
        let mut near = vec![0f32; count];
        for samples in visited.chunks(TOGETHER) {
            let draws = random::normals(generator, samples.len() * PAIRS * self.units, 1.0);
            let draws: Vec<f32> = draws.iter().map(|x| *x as f32).collect();
            self.project(&draws, &mut projected);
            for (sample, projected) in samples.iter().zip(projected.chunks_exact(PAIRS * count)) {
                self.distances(*sample, &mut squared);
                for (variance, rows) in variances.iter().zip(&mut *rows) {
                    for along in projected.chunks_exact(count) {
                        let [one, other] = [1.0, -1.0].map(|sign| {
                            self.log_densities(*sample, &squared, along, *variance, sign, &mut near)
                        });
                        let of_all = (one[0] + other[0]) / 2.0;
                        let within = (one[1] + other[1]) / 2.0;
                        rows[*sample].add(of_all, of_all - within);
                    }
                }
            }
        }
    }

    /// `h · z` of every sample for each of some draws `[draws, units]`.
    fn project(&self, draws: &[f32], projected: &mut [f32]) {
        projected.fill(0.0);
        let count = self.samples;
        let (first, rest) = projected.split_at_mut(count);
        let (second, rest) = rest.split_at_mut(count);
        let (third, fourth) = rest.split_at_mut(count);
        let units = self.units;
        let draw = |index: usize, unit: usize| draws.get(index * units + unit).copied();
        for (unit, column) in self.columns.chunks_exact(count).enumerate() {
            let [a, b, c, d] = [0, 1, 2, 3].map(|index| draw(index, unit).unwrap_or(0.0));
            let sums = first.iter_mut().zip(&mut *second).zip(&mut *third).zip(&mut *fourth);
            for ((((first, second), third), fourth), value) in sums.zip(column) {
                *first += a * value;
                *second += b * value;
                *third += c * value;
                *fourth += d * value;
            }
        }
    }

    /// `-log2` of the mixture's density at a sample's output with noise `sign · s · z`, relative to
    /// that of its own Gaussian: of all samples, and of those in its class.
    fn log_densities(
        &self,
        sample: usize,
        squared: &[f32],
        along: &[f32],
        variance: f64,
        sign: f64,
        near: &mut [f32],
    ) -> [f64; 2] {
        const LOG2_E: f64 = std::f64::consts::LOG2_E;
        // The limits keep 0 times them a number.
        let by_distance = (-LOG2_E / (2.0 * variance)).max(-1e30) as f32;
        let by_noise = (sign * LOG2_E / variance.sqrt()).clamp(-1e15, 1e15) as f32;
        let own = along[sample];
        for ((near, squared), along) in near.iter_mut().zip(squared).zip(along) {
            *near = exp2(squared * by_distance + (along - own) * by_noise);
        }
        let (start, end) = self.classes[sample];
        let class = sum(&near[start..end]);
        let all = sum(&near[..start]) + class + sum(&near[end..]);
        [(self.samples as f64 / all).log2(), ((end - start) as f64 / class).log2()]
    }
}

/// The sum of positive numbers, in double precision beyond a few of them.
fn sum(values: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut total = 0.0;
    for part in values.chunks(8 * LANES) {
        let mut lanes = [0f32; LANES];
        let chunks = part.chunks_exact(LANES);
        total += chunks.remainder().iter().copied().map(f64::from).sum::<f64>();
        for chunk in chunks {
            lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += value);
        }
        total += lanes.iter().copied().map(f64::from).sum::<f64>();
    }
    total
}
