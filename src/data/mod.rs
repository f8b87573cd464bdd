//! Data sets: what the members of an ensemble are trained on and what is held back from them.
//!
//! Each is made on the host, member by member; [`Dataset`] puts them into tensors.
//! Members with fewer samples than others get rows of zeros that count for nothing.

pub mod digits;
mod icosahedron;
mod synthetic;
mod table;

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::experiment::{Data, Settings};
use crate::random::{self, Purpose};

/// Why there is no data.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The images are not there, or are not what they should be.
    #[error("the images of digits {0}")]
    Digits(String),
}

/// What a row of outputs means.
#[derive(Clone, Debug, PartialEq)]
enum Outputs {
    /// The class of each sample, and how many classes there are.
    Classes(Vec<u32>, usize),
    /// Numbers, sample by sample.
    Numbers(Vec<f32>),
}

/// The samples of one kind, train or test, of one member.
#[derive(Clone, Debug, PartialEq)]
struct Set {
    /// Sample by sample.
    inputs: Vec<f32>,
    outputs: Outputs,
}

/// What one member is trained on, and what is held back from it.
struct Sets {
    train: Set,
    test: Set,
}

impl Sets {
    fn of(member: &Settings) -> Result<Self, DataError> {
        let mut sets = match member.data {
            Data::Arithmetic | Data::Permutations => table::sets(member),
            Data::Digits => digits::sets(member)?,
            Data::Icosahedron => icosahedron::sets(member),
            Data::TwoScale => synthetic::two_scale(member),
            Data::Teacher => synthetic::teacher(member),
        };
        add_noise(&mut sets.train.outputs, member);
        Ok(sets)
    }
}

/// All of `count` samples in the order that `seed` puts them in.
fn shuffled(count: usize, seed: u32) -> Vec<u32> {
    let mut samples: Vec<u32> = (0..count as u32).collect();
    samples.shuffle(&mut random::generator(seed, Purpose::Split));
    samples
}

/// Replaces a share of the labels by another class, each of those as likely; adds noise to numbers.
fn add_noise(outputs: &mut Outputs, member: &Settings) {
    match outputs {
        Outputs::Classes(labels, classes) => {
            let mut generator = random::generator(member.seed, Purpose::LabelNoise);
            let wrong = (member.label_noise * labels.len() as f64).round() as usize;
            let mut order: Vec<usize> = (0..labels.len()).collect();
            order.shuffle(&mut generator);
            for &sample in &order[..wrong] {
                let further = generator.random_range(1..*classes as u32);
                labels[sample] = (labels[sample] + further) % *classes as u32;
            }
        }
        Outputs::Numbers(numbers) => {
            let mut generator = random::generator(member.seed, Purpose::TargetNoise);
            for number in numbers {
                *number += (member.target_noise * random::normal(&mut generator)) as f32;
            }
        }
    }
}

/// The samples of one kind, train or test, of every member.
#[derive(Clone, Debug)]
pub struct Samples {
    /// `[members, samples, features]`.
    pub inputs: Tensor<3>,
    /// What the outputs should be, `[members, samples, outputs]`: one-hot rows for classes.
    pub targets: Tensor<3>,
    /// The classes, `[members, samples, 1]`; `None` for a regression.
    pub labels: Option<Tensor<3, Int>>,
    /// What each sample counts in a mean over samples, `[members, samples, 1]`, adding up to 1 for
    /// each member; `None` if every member has as many samples, which then count the same.
    pub weights: Option<Tensor<3>>,
    /// Samples of each member.
    pub counts: Vec<usize>,
}

impl Samples {
    fn new(sets: &[&Set], features: usize, outputs: usize, device: &Device) -> Self {
        let members = sets.len();
        let counts: Vec<usize> = sets.iter().map(|set| set.inputs.len() / features).collect();
        let rows = counts.iter().copied().max().unwrap_or(0);
        let mut inputs = Vec::with_capacity(members * rows * features);
        let mut targets = Vec::with_capacity(members * rows * outputs);
        let mut labels = Vec::new();
        let mut weights = Vec::with_capacity(members * rows);
        for (index, (set, &count)) in sets.iter().zip(&counts).enumerate() {
            inputs.extend_from_slice(&set.inputs);
            inputs.resize((index + 1) * rows * features, 0.0);
            match &set.outputs {
                Outputs::Classes(classes, _) => {
                    for &class in classes {
                        targets.extend((0..outputs).map(|k| f32::from(k == class as usize)));
                        labels.push(class as i32);
                    }
                    labels.resize((index + 1) * rows, 0);
                }
                Outputs::Numbers(numbers) => targets.extend_from_slice(numbers),
            }
            targets.resize((index + 1) * rows * outputs, 0.0);
            weights.resize(index * rows + count, 1.0 / count as f32);
            weights.resize((index + 1) * rows, 0.0);
        }
        let tensor = |values, width| {
            Tensor::from_data(TensorData::new(values, [members, rows, width]), device)
        };
        let labels = (!labels.is_empty())
            .then(|| Tensor::from_data(TensorData::new(labels, [members, rows, 1]), device));
        let uneven = counts.iter().any(|&count| count != rows);
        Self {
            inputs: tensor(inputs, features),
            targets: tensor(targets, outputs),
            labels,
            weights: uneven.then(|| tensor(weights, 1)),
            counts,
        }
    }
}

/// The samples of one kind of one member as plain numbers.
pub(crate) struct Plain {
    /// Samples.
    pub(crate) count: usize,
    /// The inputs, sample by sample, unless these are entries of a table.
    pub(crate) inputs: Option<Vec<f32>>,
    /// The two elements of each, where they are.
    pub(crate) pairs: Option<Vec<[u32; 2]>>,
    /// The class of each, unless it is a regression.
    pub(crate) classes: Option<Vec<u32>>,
    /// The targets of a regression, sample by sample.
    pub(crate) numbers: Option<Vec<f32>>,
}

/// What a member is trained on, and what is held back from it.
///
/// # Errors
/// If the images of digits are asked for and are not there.
pub(crate) fn plain(member: &Settings) -> Result<[Plain; 2], DataError> {
    let features = member.features();
    let plain = |set: Set| {
        let elements = features / 2;
        let place = |half: &[f32]| half.iter().position(|x| *x == 1.0).unwrap_or(0) as u32;
        let pair = |row: &[f32]| [place(&row[..elements]), place(&row[elements..])];
        let (classes, numbers) = match set.outputs {
            Outputs::Classes(classes, _) => (Some(classes), None),
            Outputs::Numbers(numbers) => (None, Some(numbers)),
        };
        Plain {
            count: set.inputs.len() / features,
            pairs: member.is_table().then(|| set.inputs.chunks(features).map(pair).collect()),
            inputs: (!member.is_table()).then_some(set.inputs),
            classes,
            numbers,
        }
    };
    let Sets { train, test } = Sets::of(member)?;
    Ok([plain(train), plain(test)])
}

/// What the members of an ensemble are trained on, and what is held back from them.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The samples that are trained on.
    pub train: Samples,
    /// All others, or new ones; without noise.
    pub test: Samples,
}

impl Dataset {
    /// The data of every member, drawn by its own seed.
    ///
    /// # Errors
    /// If the images of digits are asked for and are not there.
    ///
    /// # Panics
    /// If there is no member.
    pub fn new(members: &[Settings], device: &Device) -> Result<Self, DataError> {
        let sets = members.iter().map(Sets::of).collect::<Result<Vec<_>, _>>()?;
        let (features, outputs) = (members[0].features(), members[0].outputs());
        let samples = |pick: fn(&Sets) -> &Set| {
            let sets: Vec<&Set> = sets.iter().map(pick).collect();
            Samples::new(&sets, features, outputs, device)
        };
        Ok(Self { train: samples(|sets| &sets.train), test: samples(|sets| &sets.test) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn member(query: &str) -> Settings {
        Experiment::from_query(query).experiment.members()[0]
    }

    fn labels(set: &Set) -> &[u32] {
        match &set.outputs {
            Outputs::Classes(labels, _) => labels,
            Outputs::Numbers(_) => panic!("no classes"),
        }
    }

    #[test]
    fn a_split_depends_on_its_seed_alone_and_holds_every_sample_once() {
        assert_eq!(shuffled(25, 3), shuffled(25, 3));
        assert_ne!(shuffled(25, 3), shuffled(25, 4));
        let mut samples = shuffled(25, 3);
        samples.sort_unstable();
        assert_eq!(samples, (0..25).collect::<Vec<_>>());
    }

    #[test]
    fn label_noise_makes_the_given_share_of_training_labels_wrong_and_no_test_label() {
        for query in ["data=digits&samples=200", "p=11", "data=icosahedron"] {
            let clean = Sets::of(&member(query)).expect("data");
            let noisy = Sets::of(&member(&format!("{query}&label-noise=0.2"))).expect("data");
            let (clean_train, noisy_train) = (labels(&clean.train), labels(&noisy.train));
            let wrong = clean_train.iter().zip(noisy_train).filter(|(a, b)| a != b).count();
            assert_eq!(wrong, (clean_train.len() as f64 * 0.2).round() as usize, "{query}");
            assert_eq!(clean.train.inputs, noisy.train.inputs);
            assert_eq!(clean.test, noisy.test);
        }
    }

    #[test]
    fn members_with_fewer_samples_are_padded_with_rows_that_count_for_nothing() {
        let experiment = Experiment::from_query("data=two-scale&samples=10,30&seeds=2").experiment;
        let data = Dataset::new(&experiment.members(), &Device::flex()).expect("data");
        assert_eq!(data.train.inputs.dims(), [4, 30, 150]);
        assert_eq!(data.train.counts, [10, 10, 30, 30]);
        let weights = data.train.weights.expect("members differ").try_to_vec_as::<f32>();
        for (row, weights) in weights.expect("on the CPU").chunks(30).enumerate() {
            let count = [10, 10, 30, 30][row];
            assert!(weights[..count].iter().all(|&weight| weight == 1.0 / count as f32));
            assert!(weights[count..].iter().all(|&weight| weight == 0.0));
        }
        assert!(data.test.weights.is_none());
        assert_eq!(data.test.inputs.dims(), [4, 2000, 150]);
    }
}
