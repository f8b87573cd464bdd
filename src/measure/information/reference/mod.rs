//! Every estimator on reference problems, whose mutual information is known: its bias, its scatter,
//! and where it cannot hold.
//!
//! [`table`] yields one row after the other, so that they can be shown as they come.

mod panel;
mod problem;

pub use panel::{Selection, attempts, over_samples, table};
pub use problem::{MARGIN, Sample, Truth};

use rand::RngExt;

use super::binning::{Binning, Outcomes};
use super::contrastive::{Critic, CriticSettings};
use super::kernel::{Distances, Noise};
use super::{Labels, LayerOutputs, coding_rate, exact, neighbours, renyi, sliced};
use crate::measure::{Bound, RENYI_SAMPLES, TestedEstimator};
use crate::random::Generator;

/// The estimate from a sample, in bits. A critic gets its seed from the generator.
#[must_use]
pub fn estimate(estimator: TestedEstimator, sample: &Sample, generator: &mut Generator) -> f64 {
    let all: Vec<usize> = (0..sample.len()).collect();
    let inputs = LayerOutputs::new(&sample.inputs, sample.input_units);
    let outputs = LayerOutputs::new(&sample.outputs, sample.output_units);
    let labels = sample.classes.as_ref().map(|(classes, count)| Labels::new(classes, *count));
    // What needs the noiseless outputs adds the noise itself. A continuous input is then a class of
    // its own for each sample.
    let centres = LayerOutputs::new(&sample.centres, sample.output_units);
    let noise = Noise::Absolute(sample.variance);
    let own: Vec<u32> = (0..sample.len() as u32).collect();
    let by_class = labels.unwrap_or_else(|| Labels::new(&own, own.len()));
    match estimator {
        TestedEstimator::Binning { bins, limits, corrected } => {
            let binning = Binning { bins, range: limits };
            let x = labels.map_or_else(|| binning.outcomes(inputs), Outcomes::of);
            x.shared(&binning.outcomes(outputs), &all, corrected)
        }
        TestedEstimator::Kernel { bound } => {
            let bounds = Distances::new(centres).bounds(by_class, &all, noise);
            match bound {
                Bound::Upper => bounds.upper.labels,
                Bound::Lower => bounds.lower.labels,
            }
        }
        TestedEstimator::Neighbours { k } => {
            let t = Distances::new(outputs);
            match labels {
                Some(labels) => neighbours::shared_with_labels(&t, labels, &all, k),
                None => neighbours::shared(&Distances::new(inputs), &t, &all, k),
            }
        }
        TestedEstimator::Contrastive { batch, updates } => {
            let settings = CriticSettings { batch, ..CriticSettings::default() };
            let seed = generator.random();
            let (training, test) = all.split_at(all.len() / 2);
            let mut critic = Critic::new(settings, sample.input_units, sample.output_units, seed);
            critic.train(inputs, outputs, training, updates);
            critic.bound(inputs, outputs, test)
        }
        TestedEstimator::Exact => {
            let seed = generator.random();
            exact::information(centres, by_class, &all, &[noise], 0.01, seed)[0].labels.bits
        }
        TestedEstimator::Renyi => {
            let some = &all[..all.len().min(RENYI_SAMPLES)];
            let distances = Distances::new(centres);
            renyi::KernelMatrix::new(&distances, some, noise, sample.output_units).labels(by_class)
        }
        TestedEstimator::Sliced { k } => {
            let slices = sliced::Slices::new(inputs, outputs, generator);
            match labels {
                Some(labels) => slices.shared_with_labels(labels, &all, k),
                None => slices.shared(&all, k),
            }
        }
        TestedEstimator::CodingRate => {
            coding_rate::information(centres, by_class, &all, noise).labels
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{BinLimits, ReferenceProblem};
    use crate::random::{Purpose, generator};

    #[test]
    fn kernel_bounds_enclose_the_truth_with_many_samples() {
        for signal_to_noise in [0.1, 1.0, 10.0] {
            let problem = ReferenceProblem::Gaussian { dimensions: 1, signal_to_noise };
            let mean = |bound| -> f64 {
                let of = |seed| {
                    let mut generator = generator(seed, Purpose::ReferenceProblem);
                    let sample = problem.sample(500, &mut generator);
                    estimate(TestedEstimator::Kernel { bound }, &sample, &mut generator) / 20.0
                };
                (0..20).map(of).sum()
            };
            let truth = problem.truth().bits;
            assert!(mean(Bound::Lower) < truth && truth < mean(Bound::Upper));
        }
    }

    #[test]
    fn in_thirty_dimensions_bins_tell_the_logarithm_of_the_samples() {
        let mut generator = generator(0, Purpose::ReferenceProblem);
        let problem = ReferenceProblem::Gaussian { dimensions: 30, signal_to_noise: 1e-3 };
        let sample = problem.sample(2048, &mut generator);
        let estimator =
            TestedEstimator::Binning { bins: 10, limits: BinLimits::Step, corrected: false };
        assert!(problem.truth().bits < 0.03);
        assert_eq!(estimate(estimator, &sample, &mut generator), 11.0);
    }
}
