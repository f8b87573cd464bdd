//! Mutual information of layers, by the estimator that the settings name.

use std::cell::RefCell;

use rand::seq::SliceRandom;

use super::{LAYER_SETS, Probe};
use crate::experiment::{BinRange, Estimator, NoiseScale};
use crate::measure::information::{
    Information, Labels, LayerOutputs, binning, coding_rate, contrastive, exact, kernel,
    neighbours, renyi, shuffle, sliced,
};
use crate::measure::{BinLimits, Curve, Quantity, Split};
use crate::random::{self, Purpose};
use crate::stats;

/// Rounds of training of a critic at each measurement, at most, and updates in each.
const MAX_ROUNDS: usize = 20;
const UPDATES: usize = 20;

/// An estimator of the information of one layer. NaN where it gives no value.
trait Estimate {
    /// The information over some samples, by their indices.
    fn all(&self, labels: Labels, samples: &[usize]) -> Estimated;

    /// `I(T;Y)` alone.
    fn labels(&self, labels: Labels, samples: &[usize]) -> f64 {
        self.all(labels, samples).labels
    }
}

impl<F: Fn(Labels, &[usize]) -> Estimated> Estimate for F {
    fn all(&self, labels: Labels, samples: &[usize]) -> Estimated {
        self(labels, samples)
    }
}

/// Nearest neighbours.
struct Neighbours {
    x: kernel::Distances,
    t: kernel::Distances,
    k: usize,
}

impl Estimate for Neighbours {
    fn all(&self, labels: Labels, samples: &[usize]) -> Estimated {
        let inputs = neighbours::shared(&self.x, &self.t, samples, self.k);
        Estimated::single(inputs, self.labels(labels, samples))
    }

    fn labels(&self, labels: Labels, samples: &[usize]) -> f64 {
        neighbours::shared_with_labels(&self.t, labels, samples, self.k)
    }
}

/// Mutual information in bits.
#[derive(Clone, Copy)]
struct Estimated {
    /// `I(X;T)`; of two bounds the upper.
    inputs: f64,
    inputs_lower: f64,
    /// `I(T;Y)`; of two bounds the one from upper bounds.
    labels: f64,
    labels_lower: f64,
}

impl Estimated {
    const NONE: Self = Self::single(f64::NAN, f64::NAN);

    /// By an estimator that gives one value and not two bounds.
    const fn single(inputs: f64, labels: f64) -> Self {
        Self { inputs, inputs_lower: f64::NAN, labels, labels_lower: f64::NAN }
    }
}

/// Matrix-based entropy.
struct Renyi {
    distances: kernel::Distances,
    units: usize,
    noise: kernel::Noise,
    /// The kernel of the samples that were measured last: permuted labels leave it as it is.
    last: RefCell<Option<(Vec<usize>, renyi::KernelMatrix)>>,
}

impl Renyi {
    fn with_kernel<T>(&self, samples: &[usize], of: impl Fn(&renyi::KernelMatrix) -> T) -> T {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((known, kernel)) if known == samples => of(kernel),
            _ => {
                let kernel =
                    renyi::KernelMatrix::new(&self.distances, samples, self.noise, self.units);
                let found = of(&kernel);
                *last = Some((samples.to_vec(), kernel));
                found
            }
        }
    }
}

impl Estimate for Renyi {
    fn all(&self, labels: Labels, samples: &[usize]) -> Estimated {
        let found = self.with_kernel(samples, |kernel| kernel.information(labels));
        Estimated::single(found.inputs, found.labels)
    }

    fn labels(&self, labels: Labels, samples: &[usize]) -> f64 {
        self.with_kernel(samples, |kernel| kernel.labels(labels))
    }
}

/// Sliced information.
struct Sliced {
    slices: sliced::Slices,
    k: usize,
}

impl Estimate for Sliced {
    fn all(&self, labels: Labels, samples: &[usize]) -> Estimated {
        Estimated::single(self.slices.shared(samples, self.k), self.labels(labels, samples))
    }

    fn labels(&self, labels: Labels, samples: &[usize]) -> f64 {
        self.slices.shared_with_labels(labels, samples, self.k)
    }
}

impl Probe {
    pub(super) fn measure_information(
        &mut self,
        outputs: LayerOutputs,
        layer: usize,
        member: usize,
        values: &mut [f64],
    ) {
        if self.settings.info == Estimator::Off
            || outputs.values().iter().any(|value| !value.is_finite())
        {
            return;
        }
        // Without classes all samples are of one class, about which there is nothing to know.
        let (classes, count) = match self.points.classes(member) {
            Some((classes, count)) => (classes.to_vec(), count),
            None => (vec![0; outputs.rows()], 1),
        };
        let labels = Labels::new(&classes, count);
        if self.settings.info == Estimator::Exact {
            self.measure_exactly(outputs, labels, layer, member, values);
            return;
        }
        let by_critic = self.settings.info == Estimator::Contrastive;
        let one_hot = if by_critic { labels.one_hot() } else { Vec::new() };
        let answers = LayerOutputs::new(&one_hot, count);
        if by_critic {
            self.train_critics(outputs, answers, layer, member);
        }
        if matches!(self.settings.bin_range, BinRange::Running | BinRange::Whole) {
            self.note_range(outputs, layer, member);
        }
        let estimate = self.estimator(outputs, answers, layer, member);
        for set in LAYER_SETS {
            let curve = |quantity| Curve::of(quantity).layer(layer).on(set);
            let indices = self.points.indices(member, set);
            if indices.is_empty() || !self.curves.contains(curve(Quantity::InputInformation)) {
                continue;
            }
            let found = estimate.all(labels, &indices);
            for (quantity, value) in [
                (Quantity::InputInformation, found.inputs),
                (Quantity::InputInformationLower, found.inputs_lower),
                (Quantity::LabelInformation, found.labels),
                (Quantity::LabelInformationLower, found.labels_lower),
            ] {
                self.curves.put(curve(quantity), value, values);
            }
            if self.settings.subsamples && !by_critic {
                let halves = halves(&indices, self.seeds[member]);
                let halves = halves.map(|half| estimate.all(labels, &half));
                for (quantity, value) in [
                    (Quantity::InputInformationDeviation, halves.map(|found| found.inputs)),
                    (Quantity::LabelInformationDeviation, halves.map(|found| found.labels)),
                ] {
                    self.curves.put(curve(quantity), stats::standard_deviation(&value), values);
                }
            }
            if self.curves.contains(curve(Quantity::LabelInformationShuffled)) {
                let shuffled = shuffle::shuffled(labels, &indices, self.seeds[member]);
                let of = |classes: &Vec<u32>| {
                    let labels = Labels::new(classes, count);
                    if by_critic {
                        self.by_new_critic(outputs, labels, &indices, member)
                    } else {
                        estimate.labels(labels, &indices)
                    }
                };
                let found: Vec<f64> = shuffled.iter().map(of).collect();
                self.put_shuffled(curve, &found, values);
            }
        }
    }

    /// Stores mean and deviation of `I(T;Y)` with permuted labels.
    fn put_shuffled(&self, curve: impl Fn(Quantity) -> Curve, found: &[f64], values: &mut [f64]) {
        let deviation = stats::standard_deviation(found);
        self.curves.put(curve(Quantity::LabelInformationShuffled), stats::mean(found), values);
        self.curves.put(curve(Quantity::LabelInformationShuffledDeviation), deviation, values);
    }

    /// The value at every resolution.
    fn measure_exactly(
        &self,
        outputs: LayerOutputs,
        labels: Labels,
        layer: usize,
        member: usize,
        values: &mut [f64],
    ) {
        let resolutions = self.settings.resolutions();
        let noises: Vec<_> =
            resolutions.iter().map(|decibels| kernel::Noise::Ratio((*decibels).into())).collect();
        let tolerance = self.settings.information_error;
        for set in LAYER_SETS {
            let curve = |quantity| Curve::of(quantity).layer(layer).on(set);
            let indices = self.points.indices(member, set);
            let first = curve(Quantity::InputInformation).snr(self.settings.snr);
            if indices.is_empty() || !self.curves.contains(first) {
                continue;
            }
            let found = exact::information(outputs, labels, &indices, &noises, tolerance, 0);
            for (decibels, exact::Exact { inputs, labels }) in resolutions.iter().zip(found) {
                for (quantity, value) in [
                    (Quantity::InputInformation, inputs.bits),
                    (Quantity::InputInformationError, inputs.error),
                    (Quantity::LabelInformation, labels.bits),
                    (Quantity::LabelInformationError, labels.error),
                ] {
                    self.curves.put(curve(quantity).snr(*decibels), value, values);
                }
            }
            if self.settings.shuffle {
                let shuffled = shuffle::shuffled(labels, &indices, self.seeds[member]);
                let count = labels.count();
                let labellings: Vec<Labels> =
                    shuffled.iter().map(|classes| Labels::new(classes, count)).collect();
                let found = exact::label_information(outputs, &labellings, &indices, &noises, 0);
                for (decibels, found) in resolutions.iter().zip(found) {
                    self.put_shuffled(|quantity| curve(quantity).snr(*decibels), &found, values);
                }
            }
        }
    }

    /// The estimator of the information of one layer of one member. [`Estimator::Exact`] is none.
    fn estimator<'a>(
        &'a self,
        outputs: LayerOutputs<'a>,
        answers: LayerOutputs<'a>,
        layer: usize,
        member: usize,
    ) -> Box<dyn Estimate + 'a> {
        let settings = &self.settings;
        let inputs = LayerOutputs::new(self.points.rows(member), self.points.features());
        match settings.info {
            Estimator::Off | Estimator::Exact => Box::new(|_: Labels, _: &[usize]| Estimated::NONE),
            Estimator::Binning => {
                let range = match settings.bin_range {
                    BinRange::Fixed => BinLimits::Between(-1.0, 1.0),
                    BinRange::Step => BinLimits::Step,
                    BinRange::Quantile => BinLimits::Quantiles,
                    BinRange::Running | BinRange::Whole => {
                        let (low, high) = self.ranges[member][layer - 1];
                        BinLimits::Between(low, high)
                    }
                };
                let binning = binning::Binning { bins: settings.bins as u16, range };
                let outcomes = binning.outcomes(outputs);
                let corrected = settings.bin_correction;
                Box::new(move |labels: Labels, indices: &[usize]| {
                    let found = outcomes.information(labels, &[indices], corrected);
                    let found = found.first().copied();
                    found.map_or(Estimated::NONE, |Information { inputs, labels }| {
                        Estimated::single(inputs, labels)
                    })
                })
            }
            Estimator::Kernel => {
                let noise = match settings.noise_scale {
                    NoiseScale::Ratio => kernel::Noise::Ratio(settings.snr.into()),
                    NoiseScale::Relative => kernel::Noise::Relative(settings.kernel_noise),
                    NoiseScale::Absolute => kernel::Noise::Absolute(settings.kernel_noise),
                };
                let distances = kernel::Distances::new(outputs);
                Box::new(move |labels: Labels, indices: &[usize]| {
                    let kernel::PairwiseBounds { upper, lower } =
                        distances.bounds(labels, indices, noise);
                    Estimated {
                        inputs: upper.inputs,
                        inputs_lower: lower.inputs,
                        labels: upper.labels,
                        labels_lower: lower.labels,
                    }
                })
            }
            Estimator::Neighbours => {
                let k = settings.neighbours;
                let noise = match settings.noise_scale {
                    NoiseScale::Ratio => kernel::Noise::Ratio(settings.snr.into()),
                    NoiseScale::Relative => {
                        kernel::Noise::Ratio(-20.0 * settings.neighbour_noise.log10())
                    }
                    NoiseScale::Absolute => {
                        kernel::Noise::Absolute(settings.neighbour_noise.powi(2))
                    }
                };
                let mut generator = random::generator(self.seeds[member], Purpose::ActivationNoise);
                let noisy = neighbours::noisy(outputs, noise, &mut generator);
                let x = kernel::Distances::new(inputs);
                let t = kernel::Distances::new(LayerOutputs::new(&noisy, outputs.units()));
                Box::new(Neighbours { x, t, k })
            }
            Estimator::Renyi => Box::new(Renyi {
                distances: kernel::Distances::new(outputs),
                units: outputs.units(),
                noise: kernel::Noise::Ratio(settings.snr.into()),
                last: RefCell::new(None),
            }),
            Estimator::Sliced => {
                let noise = kernel::Noise::Ratio(settings.snr.into());
                let mut generator = random::generator(self.seeds[member], Purpose::ActivationNoise);
                let noisy = neighbours::noisy(outputs, noise, &mut generator);
                let noisy = LayerOutputs::new(&noisy, outputs.units());
                let mut generator = random::generator(self.seeds[member], Purpose::Slices);
                let slices = sliced::Slices::new(inputs, noisy, &mut generator);
                Box::new(Sliced { slices, k: settings.neighbours })
            }
            Estimator::CodingRate => {
                let noise = kernel::Noise::Ratio(settings.snr.into());
                Box::new(move |labels: Labels, indices: &[usize]| {
                    let found = coding_rate::information(outputs, labels, indices, noise);
                    Estimated::single(found.inputs, found.labels)
                })
            }
            Estimator::Contrastive => {
                let Some([of_inputs, of_labels]) = &self.critics[member][layer - 1] else {
                    return Box::new(|_: Labels, _: &[usize]| Estimated::NONE);
                };
                Box::new(move |_: Labels, indices: &[usize]| {
                    let held = every_other(indices, 1);
                    Estimated::single(
                        at_least_zero(of_inputs.bound(inputs, outputs, &held)),
                        at_least_zero(of_labels.bound(answers, outputs, &held)),
                    )
                })
            }
        }
    }

    /// `I(T;Y)` on some samples by a critic that is trained for these labels alone.
    fn by_new_critic(
        &self,
        outputs: LayerOutputs,
        labels: Labels,
        samples: &[usize],
        member: usize,
    ) -> f64 {
        let (one_hot, settings) = (labels.one_hot(), contrastive::CriticSettings::default());
        let answers = LayerOutputs::new(&one_hot, labels.count());
        let (units, seed) = ([answers.units(), outputs.units()], self.seeds[member]);
        let mut critic = contrastive::Critic::new(settings, units[0], units[1], seed);
        let (learned, held) = (every_other(samples, 0), every_other(samples, 1));
        critic.learn(answers, outputs, [&learned, &held], MAX_ROUNDS, UPDATES);
        at_least_zero(critic.bound(answers, outputs, &held))
    }

    /// Trains the critics of a layer on every other sample for as long as that helps with the rest:
    /// a critic bounds information only on pairs that it has not learned.
    fn train_critics(
        &mut self,
        outputs: LayerOutputs,
        answers: LayerOutputs,
        layer: usize,
        member: usize,
    ) {
        let seed = self.seeds[member];
        let all = self.points.indices(member, Split::All);
        let (learned, held) = (every_other(&all, 0), every_other(&all, 1));
        let inputs = LayerOutputs::new(self.points.rows(member), self.points.features());
        let new = |x: &LayerOutputs| {
            let settings = contrastive::CriticSettings::default();
            contrastive::Critic::new(settings, x.units(), outputs.units(), seed)
        };
        let critics = &mut self.critics[member];
        critics.resize_with(critics.len().max(layer), || None);
        let sources = [inputs, answers];
        let critics = critics[layer - 1].get_or_insert_with(|| sources.each_ref().map(new));
        for (critic, x) in critics.iter_mut().zip(sources) {
            let learn = |critic: &mut contrastive::Critic| {
                critic.learn(x, outputs, [&learned, &held], MAX_ROUNDS, UPDATES)
            };
            // A new critic learns a layer that has changed much sooner than an old one.
            let mut fresh = new(&x);
            if learn(&mut fresh) > learn(critic) {
                *critic = fresh;
            }
        }
    }
}

/// A bound, or 0 if that is larger, as information is at least 0. NaN stays NaN.
fn at_least_zero(bound: f64) -> f64 {
    if bound < 0.0 { 0.0 } else { bound }
}

/// The even indices, or the odd ones, as `remainder` says.
fn every_other(indices: &[usize], remainder: usize) -> Vec<usize> {
    indices.iter().copied().filter(|index| index % 2 == remainder).collect()
}

/// Ten random halves, the same each time.
fn halves(indices: &[usize], seed: u32) -> [Vec<usize>; 10] {
    let mut generator = random::generator(seed, Purpose::Subsamples);
    let mut indices = indices.to_vec();
    [(); 10].map(|()| {
        let count = indices.len().div_ceil(2);
        let (half, _) = indices.partial_shuffle(&mut generator, count);
        half.to_vec()
    })
}
