//! Data sets: what the members of an ensemble are trained on and what is held back from them.

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::seq::SliceRandom;

use crate::experiment::Experiment;
use crate::random::{self, Purpose};

/// The samples of one kind, train or test, of every member.
#[derive(Clone, Debug)]
pub struct Samples {
    /// `[members, samples, features]`.
    pub inputs: Tensor<3>,
    /// The labels as one-hot rows, `[members, samples, classes]`.
    pub targets: Tensor<3>,
    /// The labels, `[members, samples, 1]`.
    pub labels: Tensor<3, Int>,
}

/// What the members of an ensemble are trained on, and what is held back from them.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The samples that are trained on.
    pub train: Samples,
    /// All others.
    pub test: Samples,
}

impl Dataset {
    /// All pairs `(a, b)` below `p`, labelled `(a + b) mod p`, as two one-hot vectors side by side.
    ///
    /// Every member has its own split, drawn by its seed: a random permutation of the pairs, of
    /// which the first [`Experiment::train_pairs`] are trained on.
    #[must_use]
    pub fn modular_addition(experiment: &Experiment, device: &Device) -> Self {
        let mut train = Vec::new();
        let mut test = Vec::new();
        for seed in experiment.member_seeds() {
            let split = split(experiment, seed);
            let (first, rest) = split.split_at(experiment.train_pairs());
            train.extend_from_slice(first);
            test.extend_from_slice(rest);
        }
        Self {
            train: Samples::of_pairs(&train, experiment, device),
            test: Samples::of_pairs(&test, experiment, device),
        }
    }
}

impl Samples {
    /// `pairs` holds the members' pairs one after the other, as many for each; a pair is `a p + b`.
    fn of_pairs(pairs: &[u32], experiment: &Experiment, device: &Device) -> Self {
        let p = experiment.p as usize;
        let (members, samples) = (experiment.seeds, pairs.len() / experiment.seeds);
        let mut inputs = vec![0f32; pairs.len() * 2 * p];
        let mut targets = vec![0f32; pairs.len() * p];
        let mut labels = Vec::with_capacity(pairs.len());
        for (row, &pair) in pairs.iter().enumerate() {
            let (a, b) = (pair as usize / p, pair as usize % p);
            let label = (a + b) % p;
            inputs[row * 2 * p + a] = 1.0;
            inputs[row * 2 * p + p + b] = 1.0;
            targets[row * p + label] = 1.0;
            labels.push(label as i32);
        }
        Self {
            inputs: Tensor::from_data(TensorData::new(inputs, [members, samples, 2 * p]), device),
            targets: Tensor::from_data(TensorData::new(targets, [members, samples, p]), device),
            labels: Tensor::from_data(TensorData::new(labels, [members, samples, 1]), device),
        }
    }
}

/// All pairs in the order that `seed` puts them in.
fn split(experiment: &Experiment, seed: u32) -> Vec<u32> {
    let mut pairs: Vec<u32> = (0..experiment.pairs() as u32).collect();
    pairs.shuffle(&mut random::generator(seed, Purpose::Split));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_depends_on_its_seed_alone_and_holds_every_pair_once() {
        let small = Experiment { p: 5, seeds: 1, ..Experiment::default() };
        let many = Experiment { p: 5, seeds: 9, frac: 0.3, ..Experiment::default() };
        assert_eq!(split(&small, 3), split(&many, 3));
        assert_ne!(split(&small, 3), split(&small, 4));
        let mut pairs = split(&small, 3);
        pairs.sort_unstable();
        assert_eq!(pairs, (0..25).collect::<Vec<_>>());
    }

    #[test]
    fn inputs_are_two_one_hot_vectors_and_the_label_is_their_sum_modulo_p() {
        let experiment = Experiment { p: 5, seeds: 2, ..Experiment::default() };
        let data = Dataset::modular_addition(&experiment, &Device::flex());
        assert_eq!(data.train.inputs.dims(), [2, 13, 10]);
        assert_eq!(data.test.inputs.dims(), [2, 12, 10]);
        let rows = data.train.inputs.try_to_vec_as::<f32>().expect("on the CPU");
        let labels = data.train.labels.try_to_vec_as::<i32>().expect("on the CPU");
        for (row, label) in rows.chunks(10).zip(labels) {
            let hot: Vec<usize> = (0..10).filter(|&i| row[i] == 1.0).collect();
            let [a, b] = hot[..] else { panic!("two ones a row, not {hot:?}") };
            assert!(a < 5 && b >= 5);
            assert_eq!((a + b) % 5, label as usize);
        }
    }
}
