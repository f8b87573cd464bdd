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
//! The value is at most `log2 n`, reaches it without noise if all outputs differ, and lies between the pairwise bounds
//! of the same noise ([`kernel`](super::kernel)). For a data set it is information about *which of
//! these `n` samples* was read.
//!
//! The noise is the one choice. It is given as a signal-to-noise ratio ([`Noise::Ratio`]), so that
//! layers of different width and scale are read alike.

mod labellings;

pub use labellings::label_information;

use std::f64::consts::LOG2_E;

use super::kernel::{Distances, Noise, exp2};
use super::{Labels, LayerOutputs};
use crate::linalg::{Matrix, product};
use crate::random::{self, Purpose};

/// Degrees of freedom from which on an error is believed: with fewer, a layer that is skewed stops
/// where the error happens to come out too small.
const MIN_FREEDOM: f64 = 64.0;
/// Samples after which the error is looked at.
const PART: usize = 64;
/// Vectors of noise that are projected together.
const TOGETHER: usize = 32;
/// Limits: passes over the samples, or vectors of noise, whichever allows more.
const MAX_PASSES: usize = 64;
const MAX_DRAWS: usize = 1 << 18;
/// Samples up to which kernel values are kept: 4 MiB for each noise.
const KEPT: usize = 1024;
/// Bits below `log2` of the samples from which on every sample is told apart.
const CEILING: f64 = 1e-3;

/// A value with its standard error over the draws, in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The value.
    pub bits: f64,
    /// Its standard error; half of what lies between the bounds where nothing was drawn.
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

/// The information of a layer on some samples at each noise, in bits. Draws are repeated until every
/// standard error is at most `tolerance`, or a limit is reached and `error` says more; the same `seed` gives the same draws, so that values of a
/// layer at different steps differ by the layer alone. Not a number if an output is not finite.
///
/// Noise is drawn for as many samples as that takes. The others count with the middle of their
/// bounds, corrected by what the draws say of the middle; the error includes the choice of samples.
/// Where a few samples lie far from all others it comes out up to a third too small.
#[must_use]
pub fn information(
    layer: LayerOutputs,
    labels: Labels,
    samples: &[usize],
    noises: &[Noise],
    tolerance: f64,
    seed: u32,
) -> Vec<Exact> {
    let centred = CentredRows::new(layer, labels, samples);
    let all = |value: Measured| vec![Exact { inputs: value, labels: value }; noises.len()];
    if samples.is_empty() || !centred.total_variance.is_finite() {
        return all(Measured { bits: f64::NAN, error: f64::NAN });
    }
    // Nothing to tell apart: every ratio of two variances would be 0 / 0.
    if centred.total_variance == 0.0 {
        return all(Measured { bits: 0.0, error: 0.0 });
    }
    let variance = |noise: &Noise| noise.variance(centred.total_variance, centred.units);
    let variances: Vec<f64> = noises.iter().map(variance).collect();
    let mut generator = random::generator(seed, Purpose::ReadingNoise);
    let mut noise = |numbers: usize| -> Vec<f32> {
        random::normals(&mut generator, numbers, 1.0).iter().map(|x| *x as f32).collect()
    };
    centred.information(&variances, tolerance, &mut noise)
}

/// A lower and an upper bound.
type LowerUpper = [f64; 2];

/// What is known of one noise.
struct Draws {
    variance: f64,
    /// The pairwise bounds of `I(X;T)`.
    bounds: LowerUpper,
    /// Each sample's part of the middle between bounds, of `I(X;T)` and of `I(T;Y)`.
    middles: Vec<[f64; 2]>,
    /// `exp(-D / 2s²)` of every pair of samples, `[samples, samples]`; empty if they are too many.
    kernel: Vec<f32>,
    /// What the draws of each sample gave.
    rows: Vec<Sums>,
    /// Whether the errors are small enough.
    is_done: bool,
}

/// Sums over the pairs of a draw and its negative for one sample: of its part of `I(X;T)` and of
/// `I(T;Y)`, and of their squares.
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

impl Draws {
    /// Means and standard errors from the samples that were drawn for.
    fn summarise(&self) -> Exact {
        let [lower, upper] = self.bounds;
        let inputs = summarise(&self.rows, |row| row.inputs, &self.middles, 0);
        // A few draws may miss rare noise that confuses two samples; the bounds include it.
        let bits = inputs.bits.min(upper).max(lower);
        let labels = summarise(&self.rows, |row| row.labels, &self.middles, 1);
        Exact {
            inputs: Measured { bits, ..inputs },
            labels: Measured { bits: labels.bits.min(bits).max(0.0), ..labels },
        }
    }

    fn is_within(&self, tolerance: f64) -> bool {
        let freedom: f64 = self.rows.iter().map(|row| (row.pairs - 1.0).max(0.0)).sum();
        let Exact { inputs, labels } = self.summarise();
        freedom >= MIN_FREEDOM && inputs.error <= tolerance && labels.error <= tolerance
    }
}

/// Mean and standard error of what was drawn. Draws say how far each sample is from its middle,
/// which is known of all samples. The variance of a draw is that of the samples that were drawn for
/// several times.
fn summarise(
    rows: &[Sums],
    which: fn(&Sums) -> [f64; 2],
    middles: &[[f64; 2]],
    quantity: usize,
) -> Measured {
    let (mut seen, mut mean, mut square, mut inverse) = (0.0, 0.0, 0.0, 0.0);
    let (mut scatter, mut freedom) = (0.0, 0.0);
    for (row, middle) in rows.iter().zip(middles).filter(|(row, _)| row.pairs > 0.0) {
        let [sum, squares] = which(row);
        let own = sum / row.pairs;
        let off = own - middle[quantity];
        seen += 1.0;
        mean += off;
        square += off * off;
        inverse += row.pairs.recip();
        scatter += (squares - sum * own).max(0.0);
        freedom += row.pairs - 1.0;
    }
    mean /= seen;
    let within = if freedom > 0.0 { scatter / freedom } else { f64::INFINITY };
    let of_draws = within * inverse / (seen * seen);
    // Without some samples the mean is uncertain by their differences too.
    let left_out = 1.0 - seen / rows.len() as f64;
    let among = (square / seen - mean * mean).max(0.0) - within * inverse / seen;
    let of_choice = if left_out > 0.0 { left_out * among.max(0.0) / seen } else { 0.0 };
    let middle = middles.iter().map(|middle| middle[quantity]).sum::<f64>() / rows.len() as f64;
    let bits = middle + mean;
    // Rounding must not make a sum of zero negative.
    Measured {
        bits: if bits.abs() < 1e-12 { 0.0 } else { bits },
        error: (of_draws + of_choice).sqrt(),
    }
}

/// All numbers below `count`, so that every first part of them is spread over the whole.
fn spread_out(count: usize) -> Vec<usize> {
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

/// Outputs of some samples about their mean, samples of a class together.
struct CentredRows {
    units: usize,
    /// `[samples, units]`, row by row.
    rows: Vec<f32>,
    samples: usize,
    /// Where the class of each sample begins and ends.
    classes: Vec<(usize, usize)>,
    /// The mean squared distance from the mean, summed over units.
    total_variance: f64,
}

impl CentredRows {
    fn new(layer: LayerOutputs, labels: Labels, samples: &[usize]) -> Self {
        let units = layer.units();
        let mut order = samples.to_vec();
        order.sort_by_key(|sample| labels.of(*sample));
        let mut classes = Vec::with_capacity(order.len());
        for class in order.chunk_by(|one, other| labels.of(*one) == labels.of(*other)) {
            let start = classes.len();
            classes.extend(class.iter().map(|_| (start, start + class.len())));
        }
        let ordered: Vec<f32> =
            order.iter().flat_map(|sample| layer.row(*sample)).copied().collect();
        let (means, unit_variance) = LayerOutputs::new(&ordered, units).moments();
        let centred = ordered
            .chunks_exact(units)
            .flat_map(|row| row.iter().zip(&means).map(|(v, mean)| (f64::from(*v) - mean) as f32));
        Self {
            units,
            rows: centred.collect(),
            samples: order.len(),
            classes,
            total_variance: unit_variance * units as f64,
        }
    }

    /// The information at each variance, with vectors of noise from `noise`.
    fn information(
        &self,
        variances: &[f64],
        tolerance: f64,
        noise: &mut impl FnMut(usize) -> Vec<f32>,
    ) -> Vec<Exact> {
        let distances = Distances::new(LayerOutputs::new(&self.rows, self.units));
        let mut found: Vec<Option<Exact>> = Vec::new();
        let mut open: Vec<Draws> = Vec::new();
        let most = (self.samples as f64).log2() - CEILING;
        // The largest variance that still tells every sample apart: so does every smaller one.
        let mut finest: Option<(f64, Exact)> = None;
        for variance in variances {
            if let Some((_, exact)) = finest.filter(|(fine, _)| variance <= fine) {
                found.push(Some(exact));
                continue;
            }
            let (middles, bounds, within, kernel) = self.bounds(&distances, *variance);
            let apart = [bounds, within].map(|[lower, upper]| upper - lower);
            // Draws could not say more: the error is at most half of what lies between the bounds.
            if apart[0] + apart[1] <= tolerance {
                let [middle, middle_within] =
                    [bounds, within].map(|[lower, upper]| (lower + upper) / 2.0);
                let exact = Exact {
                    inputs: Measured { bits: middle, error: apart[0] / 2.0 },
                    labels: Measured {
                        bits: middle - middle_within,
                        error: (apart[0] + apart[1]) / 2.0,
                    },
                };
                if bounds[0] >= most {
                    finest = Some((*variance, exact));
                }
                found.push(Some(exact));
                continue;
            }
            found.push(None);
            let rows = vec![Sums::default(); self.samples];
            open.push(Draws { variance: *variance, bounds, middles, kernel, rows, is_done: false });
        }
        if !open.is_empty() {
            self.draw_until(tolerance, &distances, &mut open, noise);
        }
        let mut drawn = open.iter().map(Draws::summarise);
        found.into_iter().filter_map(|settled| settled.or_else(|| drawn.next())).collect()
    }

    /// Draws until every error is within the tolerance.
    fn draw_until(
        &self,
        tolerance: f64,
        distances: &Distances,
        open: &mut [Draws],
        noise: &mut impl FnMut(usize) -> Vec<f32>,
    ) {
        let order = spread_out(self.samples);
        let passes = MAX_PASSES.max(MAX_DRAWS / self.samples);
        for pass in 0..passes {
            for part in order.chunks(PART) {
                self.draw(part, distances, open, noise);
                if pass == 0 {
                    // Two draws for a sample give the error.
                    self.draw(part, distances, open, noise);
                }
                for reading in open.iter_mut().filter(|reading| !reading.is_done) {
                    reading.is_done = reading.is_within(tolerance);
                }
                if open.iter().all(|reading| reading.is_done) {
                    return;
                }
            }
        }
    }

    /// Adds a draw and its negative for each of some samples, at every noise.
    fn draw(
        &self,
        samples: &[usize],
        distances: &Distances,
        open: &mut [Draws],
        noise: &mut impl FnMut(usize) -> Vec<f32>,
    ) {
        let count = self.samples;
        let outputs = Matrix::new(&self.rows, count, self.units).transposed();
        let mut projected = vec![0f32; TOGETHER * count];
        let (mut toward, mut away) = (vec![0f32; count], vec![0f32; count]);
        let mut computed = vec![0f32; count];
        for samples in samples.chunks(TOGETHER) {
            let draws = noise(samples.len() * self.units);
            product(Matrix::new(&draws, samples.len(), self.units), outputs, &mut projected, false);
            for (sample, along) in samples.iter().zip(projected.chunks_exact(count)) {
                let squared = distances.from(*sample);
                for reading in open.iter_mut().filter(|reading| !reading.is_done) {
                    let kernel = if reading.kernel.is_empty() {
                        kernel(squared, 4.0 * reading.variance, &mut computed);
                        to_the_fourth(&mut computed);
                        &computed
                    } else {
                        &reading.kernel[sample * count..(sample + 1) * count]
                    };
                    // A draw and its negative share their kernel: `exp(-D / 2s²) exp(± h z / s)`.
                    let by_noise = (LOG2_E / reading.variance.sqrt()).min(1e15) as f32;
                    let own = along[*sample];
                    let both = toward.iter_mut().zip(&mut away);
                    for (((toward, away), kernel), along) in both.zip(kernel).zip(along) {
                        let factor = exp2(((along - own) * by_noise).min(126.0));
                        *toward = kernel * factor;
                        *away = kernel / factor;
                    }
                    let class = self.classes[*sample];
                    let [one, other] = [&toward, &away].map(|near| self.of_densities(near, class));
                    let of_all = (one[0] + other[0]) / 2.0;
                    let within = (one[1] + other[1]) / 2.0;
                    reading.rows[*sample].add(of_all, of_all - within);
                }
            }
        }
    }

    /// Each sample's part of the middle between the pairwise bounds, the bounds of `I(X;T)`, the means
    /// of those within classes, and the kernel of the upper ones.
    fn bounds(
        &self,
        distances: &Distances,
        variance: f64,
    ) -> (Vec<[f64; 2]>, LowerUpper, LowerUpper, Vec<f32>) {
        let mut near = vec![0f32; self.samples];
        let (mut bounds, mut within) = ([0.0; 2], [0.0; 2]);
        let mut middles = vec![[0.0; 2]; self.samples];
        let mut kept = Vec::new();
        for (sample, class) in self.classes.iter().enumerate() {
            kernel(distances.from(sample), 4.0 * variance, &mut near);
            for bound in 0..2 {
                if bound == 1 {
                    to_the_fourth(&mut near);
                }
                let [of_all, of_class] = self.of_densities(&near, *class).map(|bits| bits.max(0.0));
                bounds[bound] += of_all / self.samples as f64;
                within[bound] += of_class / self.samples as f64;
                middles[sample][0] += of_all / 2.0;
                middles[sample][1] += (of_all - of_class) / 2.0;
            }
            if self.samples <= KEPT {
                kept.extend_from_slice(&near);
            }
        }
        (middles, bounds, within, kept)
    }

    /// `-log2` of the mixture's density at a sample's output with noise `sign · s · z`, divided by the
    /// density of the sample's Gaussian there: for all samples, and for those in its class.
    fn log_densities(
        &self,
        sample: usize,
        squared: &[f32],
        along: &[f32],
        variance: f64,
        sign: f64,
        near: &mut [f32],
    ) -> [f64; 2] {
        // The limits keep 0 times them a number.
        let by_distance = (-LOG2_E / (2.0 * variance)).max(-1e30) as f32;
        let by_noise = (sign * LOG2_E / variance.sqrt()).clamp(-1e15, 1e15) as f32;
        let own = along[sample];
        for ((near, squared), along) in near.iter_mut().zip(squared).zip(along) {
            *near = exp2(squared * by_distance + (along - own) * by_noise);
        }
        self.of_densities(near, self.classes[sample])
    }

    /// `-log2` of the mean density, of all samples and of those of a class.
    fn of_densities(&self, near: &[f32], (start, end): (usize, usize)) -> [f64; 2] {
        let class = sum(&near[start..end]);
        let all = sum(&near[..start]) + class + sum(&near[end..]);
        [(self.samples as f64 / all).log2(), ((end - start) as f64 / class).log2()]
    }
}

/// `exp(-D / 2s²)` of squared distances `D`.
fn kernel(squared: &[f32], variance: f64, near: &mut [f32]) {
    // The limit keeps 0 times it a number.
    let scale = (-LOG2_E / (2.0 * variance)).max(-1e30) as f32;
    near.iter_mut().zip(squared).for_each(|(near, squared)| *near = exp2(squared * scale));
}

/// Fourth powers; what is next to nothing becomes nothing, and no factor makes it more.
fn to_the_fourth(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = (*value * *value) * (*value * *value));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{generator, normals};
    use crate::stats;
    use rand::RngExt;

    fn floats(values: &[f64]) -> Vec<f32> {
        values.iter().map(|value| *value as f32).collect()
    }

    fn drawn(seed: u32, count: usize) -> Vec<f32> {
        floats(&normals(&mut generator(seed, Purpose::ReferenceProblem), count, 1.0))
    }

    fn measured(values: &[f32], units: usize, classes: &[u32], noise: Noise) -> Exact {
        to_within(values, units, classes, noise, 0.002)
    }

    fn to_within(
        values: &[f32],
        units: usize,
        classes: &[u32],
        noise: Noise,
        tolerance: f64,
    ) -> Exact {
        let samples: Vec<usize> = (0..classes.len()).collect();
        let layer = LayerOutputs::new(values, units);
        let labels = Labels::new(classes, 1000);
        information(layer, labels, &samples, &[noise], tolerance, 0)[0]
    }

    fn assert_near(got: Measured, truth: f64, tolerance: f64, what: &str) {
        assert!((got.bits - truth).abs() < tolerance, "{what}: {got:?}, not {truth}");
    }

    /// The information of equally likely values with noise of variance 1 by integration of the
    /// density over the line.
    fn integrated(values: &[f64]) -> f64 {
        let gaussian = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let (low, high) = (values[0] - 10.0, values[values.len() - 1] + 10.0);
        let step = 2e-3;
        let mut entropy = 0.0;
        for index in 0..((high - low) / step) as usize {
            let at = low + index as f64 * step;
            let density =
                values.iter().map(|value| gaussian(at - value)).sum::<f64>() / values.len() as f64;
            if density > 0.0 {
                entropy -= density * density.log2() * step;
            }
        }
        entropy - (2.0 * std::f64::consts::PI * std::f64::consts::E).log2() / 2.0
    }

    #[test]
    fn square_constellations_have_what_integration_says() {
        for side in [2usize, 4, 8, 16, 64] {
            for apart in [0.3, 1.0, 2.0, 4.0] {
                let line: Vec<f64> = (0..side).map(|index| index as f64 * apart).collect();
                let truth = integrated(&line);
                let classes: Vec<u32> = (0..side as u32).collect();
                let got = measured(&floats(&line), 1, &classes, Noise::Absolute(1.0));
                let what = format!("{side} values {apart} apart");
                assert_near(got.inputs, truth, 0.01, &what);
                // Every value is another class.
                assert_near(got.labels, truth, 0.01, &what);
                if side > 8 {
                    continue;
                }
                // Both coordinates tell on their own.
                let plane: Vec<f64> =
                    line.iter().flat_map(|x| line.iter().flat_map(|y| [*x, *y])).collect();
                let classes = vec![0; side * side];
                let got = measured(&floats(&plane), 2, &classes, Noise::Absolute(1.0));
                assert_near(got.inputs, 2.0 * truth, 0.01, &what);
                assert_eq!(got.labels.bits, 0.0);
            }
        }
    }

    #[test]
    fn points_all_equally_far_apart_have_what_single_draws_say() {
        for (count, apart) in [(3usize, 1.0f64), (30, 2.0), (30, 4.0), (300, 4.0), (300, 6.0)] {
            let mut values = vec![0f32; count * count];
            (0..count).for_each(|index| values[index * (count + 1)] = apart as f32);
            let got = measured(&values, count, &vec![0; count], Noise::Absolute(1.0));
            // By symmetry the first point is enough: one normal number for each axis.
            let mut generator = generator(1, Purpose::ReferenceTruth);
            let draws = 4_000_000 / count;
            let mean = (0..draws)
                .map(|_| {
                    let axes = normals(&mut generator, count, 1.0);
                    let other = |z: &f64| (-apart * apart - apart * (axes[0] - z)).exp();
                    let density = 1.0 + axes[1..].iter().map(other).sum::<f64>();
                    (count as f64 / density).log2() / draws as f64
                })
                .sum::<f64>();
            assert_near(got.inputs, mean, 0.015, &format!("{count} points {apart} apart"));
        }
    }

    #[test]
    fn random_layers_have_what_three_plain_loops_say() {
        for (seed, rows, units, variance) in
            [(0, 40usize, 3usize, 0.5), (1, 60, 10, 2.0), (2, 30, 40, 9.0)]
        {
            let values = drawn(seed, rows * units);
            let classes: Vec<u32> = (0..rows as u32).map(|row| row % 4).collect();
            let got = measured(&values, units, &classes, Noise::Absolute(variance));
            let mut generator = generator(seed, Purpose::ReferenceTruth);
            let (mut inputs, mut labels, draws) = (0.0, 0.0, 20_000);
            for draw in 0..draws {
                let own = draw % rows;
                let z = normals(&mut generator, units, variance.sqrt());
                let density = |of: &dyn Fn(usize) -> bool| {
                    let (mut sum, mut count) = (0.0, 0.0);
                    for other in (0..rows).filter(|row| of(*row)) {
                        let mut exponent = 0.0;
                        for unit in 0..units {
                            let apart = f64::from(values[own * units + unit])
                                - f64::from(values[other * units + unit]);
                            exponent -= (apart + z[unit]).powi(2) - z[unit].powi(2);
                        }
                        sum += (exponent / (2.0 * variance)).exp();
                        count += 1.0;
                    }
                    (sum / count).log2()
                };
                let all = density(&|_| true);
                let within = density(&|row| classes[row] == classes[own]);
                inputs -= all / f64::from(draws as u32);
                labels += (within - all) / f64::from(draws as u32);
            }
            assert_near(got.inputs, inputs, 0.03, "inputs");
            assert_near(got.labels, labels, 0.03, "labels");
        }
    }

    #[test]
    fn coinciding_points_have_no_information() {
        for noise in [Noise::Ratio(0.0), Noise::Absolute(1.0)] {
            let got = measured(&[2.5; 30], 3, &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1], noise);
            assert_eq!((got.inputs.bits, got.labels.bits), (0.0, 0.0));
        }
        let broken = measured(&[1.0, f32::NAN, 3.0], 1, &[0, 0, 1], Noise::Ratio(0.0));
        assert!(broken.inputs.bits.is_nan() && broken.labels.error.is_nan());
    }

    #[test]
    fn fine_noise_gives_log2_n_and_coarse_noise_zero() {
        let values = drawn(3, 256 * 5);
        let classes: Vec<u32> = (0..256).map(|row| row % 8).collect();
        let fine = measured(&values, 5, &classes, Noise::Ratio(60.0));
        assert_near(fine.inputs, 8.0, 1e-3, "log2 of the samples");
        assert_near(fine.labels, 3.0, 1e-3, "log2 of the classes");
        let coarse = measured(&values, 5, &classes, Noise::Ratio(-40.0));
        assert_near(coarse.inputs, 0.0, 2e-3, "nothing");
        assert_near(coarse.labels, 0.0, 2e-3, "nothing");
    }

    #[test]
    fn scale_rotation_and_order_of_units_change_nothing() {
        let (rows, units) = (60usize, 7usize);
        let values = drawn(4, rows * units);
        let classes: Vec<u32> = (0..60).map(|row| row % 3).collect();
        let labels = Labels::new(&classes, 3);
        let all: Vec<usize> = (0..rows).collect();
        // An orthogonal matrix: a reflection, with its rows in another order.
        let mirror = floats(&normals(&mut generator(5, Purpose::ReferenceWeights), units, 1.0));
        let length: f32 = mirror.iter().map(|x| x * x).sum();
        let turned = |rows: &[f32]| -> Vec<f32> {
            let turn = |row: &[f32]| -> Vec<f32> {
                let along: f32 = row.iter().zip(&mirror).map(|(a, b)| a * b).sum::<f32>();
                let image = |unit: usize| row[unit] - 2.0 * along / length * mirror[unit];
                (0..units).map(|unit| image(unit * 3 % units)).collect()
            };
            rows.chunks_exact(units).flat_map(turn).collect()
        };
        let of = |values: &[f32], turns: bool| {
            let centred = CentredRows::new(LayerOutputs::new(values, units), labels, &all);
            let variance = Noise::Ratio(3.0).variance(centred.total_variance, units);
            let mut generator = generator(6, Purpose::ReadingNoise);
            let mut noise = |numbers: usize| {
                let draws = floats(&normals(&mut generator, numbers, 1.0));
                if turns { turned(&draws) } else { draws }
            };
            centred.information(&[variance], 0.03, &mut noise)[0]
        };
        let plain = of(&values, false);
        let scaled: Vec<f32> = values.iter().map(|value| 1024.0 * value).collect();
        for (what, other) in [("scale", of(&scaled, false)), ("turn", of(&turned(&values), true))] {
            assert_near(other.inputs, plain.inputs.bits, 1e-6, what);
            assert_near(other.labels, plain.labels.bits, 1e-6, what);
        }
    }

    #[test]
    fn the_value_lies_between_the_bounds_of_the_same_noise() {
        let mut numbers = generator(7, Purpose::ReferenceProblem);
        for seed in 0..500 {
            let (rows, units) = (numbers.random_range(8..80), numbers.random_range(1..30));
            let values = drawn(seed, rows * units);
            let classes: Vec<u32> = (0..rows as u32).map(|row| row % 3).collect();
            let noise = Noise::Ratio(numbers.random_range(-10.0..30.0));
            let got = to_within(&values, units, &classes, noise, 0.03).inputs;
            let all: Vec<usize> = (0..rows).collect();
            let distances = Distances::new(LayerOutputs::new(&values, units));
            let bounds = distances.bounds(Labels::new(&classes, 3), &all, noise);
            let (low, high) = (bounds.lower.inputs, bounds.upper.inputs);
            let slack = 1e-5;
            assert!(got.bits > low - slack && got.bits < high + slack, "{low} {got:?} {high}");
            assert!(got.bits <= (rows as f64).log2() + slack);
        }
    }

    #[test]
    fn repeats_scatter_by_the_error_that_is_said() {
        let skewed: Vec<f32> = drawn(9, 60).iter().map(|value| value.exp()).collect();
        let (hundred, more) = (drawn(8, 100 * 6), drawn(8, 300 * 6));
        for (values, units, decibels, tolerance, most) in [
            (&hundred, 6, -5.0, 0.03, 1.2),
            (&hundred, 6, 0.0, 0.03, 1.2),
            (&hundred, 6, 8.0, 0.03, 1.2),
            (&more, 6, 4.0, 0.01, 1.2),
            // A few samples far from all others make most of the scatter.
            (&skewed, 1, 0.0, 0.01, 1.35),
            (&skewed, 1, -10.0, 0.01, 1.35),
        ] {
            let rows = values.len() / units;
            let classes: Vec<u32> = (0..rows as u32).map(|row| row % 5).collect();
            let samples: Vec<usize> = (0..rows).collect();
            let of = |seed| {
                let layer = LayerOutputs::new(values, units);
                let labels = Labels::new(&classes, 5);
                let noise = [Noise::Ratio(decibels)];
                information(layer, labels, &samples, &noise, tolerance, seed)[0]
            };
            let repeats: Vec<Exact> = (0..200).map(of).collect();
            for which in [|exact: &Exact| exact.inputs, |exact: &Exact| exact.labels] {
                let bits: Vec<f64> = repeats.iter().map(|exact| which(exact).bits).collect();
                let errors: Vec<f64> = repeats.iter().map(|exact| which(exact).error).collect();
                let ratio = stats::standard_deviation(&bits) / stats::mean(&errors);
                println!("{rows} x {units} at {decibels} dB: {ratio:.2}");
                assert!((0.8..most).contains(&ratio), "{rows} x {units}, {decibels} dB: {ratio}");
            }
        }
    }

    #[test]
    fn a_part_of_many_samples_is_as_near_as_the_error_says() {
        let (rows, units) = (1500, 4);
        let values = drawn(9, rows * units);
        let classes: Vec<u32> = (0..rows as u32).map(|row| row % 5).collect();
        let noise = Noise::Ratio(5.0);
        let precise = to_within(&values, units, &classes, noise, 0.002);
        let quick = to_within(&values, units, &classes, noise, 0.1);
        assert!(quick.inputs.error > 2.0 * precise.inputs.error, "{quick:?} {precise:?}");
        assert!(quick.inputs.error <= 0.1);
        assert_near(quick.inputs, precise.inputs.bits, 4.0 * quick.inputs.error, "a part");
        assert_near(quick.labels, precise.labels.bits, 4.0 * quick.labels.error, "a part");
        let mut order = spread_out(1500);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..1500));
    }
}
