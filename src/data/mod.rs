//! Data sets: the training set and the test set of every member of an ensemble.
//!
//! Each is made once, on the host, member by member (`SampleSet`). The training steps on slices
//! and on the GPU take it from there. [`Dataset::tensors`] puts it into tensors when they are first
//! needed; there, members with fewer samples get rows of zeros that count for nothing.

pub mod digits;
mod icosahedron;
mod synthetic;
mod table;

use std::sync::OnceLock;

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::experiment::{Data, Settings};
use crate::random::{self, Purpose};

/// Why there is no data.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DataError {
    /// The images of digits have not been loaded.
    #[error("the images of digits have not been loaded")]
    DigitsMissing,
    /// The file of the images of digits has another length than it should.
    #[error(
        "the images of digits should be {expected} bytes, not {got}: reload the page, or fetch {} \
         again",
        digits::FILE
    )]
    DigitsLength {
        /// Bytes that there should be.
        expected: usize,
        /// Bytes that there are.
        got: usize,
    },
    /// The file of the images of digits holds something else.
    #[error("the images of digits are damaged: fetch {} again", digits::FILE)]
    DigitsDamaged,
}

/// The inputs of some samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inputs {
    /// Entries of a table, as the two elements of each. A network takes two one-hot vectors side by
    /// side, each of as many numbers as there are elements.
    Pairs {
        /// Elements of the table.
        elements: usize,
        /// The elements of each entry, numbered from 0.
        pairs: Vec<[u32; 2]>,
    },
    /// Numbers, `[samples, features]`.
    Dense {
        /// Numbers in a sample.
        features: usize,
        /// The numbers, sample by sample.
        values: Vec<f32>,
    },
}

/// The right outputs of some samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outputs {
    /// The class of each sample.
    Classes {
        /// Classes that there are.
        count: usize,
        /// The class of each sample, below `count`.
        classes: Vec<u32>,
    },
    /// Numbers, `[samples, outputs]`.
    Numbers {
        /// Numbers in an output.
        width: usize,
        /// The numbers, sample by sample.
        values: Vec<f32>,
    },
}

/// The training or the test set of one member, on the host.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleSet {
    /// The number of each sample in the whole data set; empty where samples are drawn. For an entry
    /// of a table it is `a * elements + b`.
    pub(crate) ids: Vec<u32>,
    /// The inputs.
    pub(crate) inputs: Inputs,
    /// The right outputs.
    pub(crate) outputs: Outputs,
}

impl SampleSet {
    /// Samples in the set.
    pub(crate) fn count(&self) -> usize {
        match &self.inputs {
            Inputs::Pairs { pairs, .. } => pairs.len(),
            Inputs::Dense { features, values } => values.len() / features,
        }
    }

    /// The elements of each entry of a table.
    #[cfg(any(test, feature = "gpu"))]
    pub(crate) fn pairs(&self) -> Option<&[[u32; 2]]> {
        match &self.inputs {
            Inputs::Pairs { pairs, .. } => Some(pairs),
            Inputs::Dense { .. } => None,
        }
    }

    /// The class of each sample, unless the task is a regression.
    pub(crate) fn classes(&self) -> Option<&[u32]> {
        match &self.outputs {
            Outputs::Classes { classes, .. } => Some(classes),
            Outputs::Numbers { .. } => None,
        }
    }

    /// The right outputs of a regression, `[samples, outputs]`.
    #[cfg(any(test, feature = "gpu"))]
    pub(crate) fn numbers(&self) -> Option<&[f32]> {
        match &self.outputs {
            Outputs::Classes { .. } => None,
            Outputs::Numbers { values, .. } => Some(values),
        }
    }
}

/// The data of one member, on the host.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MemberData {
    /// The training set, with label or target noise.
    pub(crate) train: SampleSet,
    /// The test set, without noise.
    pub(crate) test: SampleSet,
}

impl MemberData {
    fn new(member: &Settings) -> Result<Self, DataError> {
        let mut data = match member.data {
            Data::Arithmetic | Data::Permutations => table::data(member),
            Data::Digits => digits::data(member)?,
            Data::Icosahedron => icosahedron::data(member),
            Data::TwoScale => synthetic::two_scale(member),
            Data::Teacher => synthetic::teacher(member),
        };
        add_noise(&mut data.train.outputs, member);
        Ok(data)
    }
}

/// The file that a data set needs and that [`provide`] has not stored yet.
#[must_use]
pub fn missing_file(data: Data) -> Option<&'static str> {
    (data == Data::Digits && digits::are_missing()).then_some(digits::FILE)
}

/// Stores the content of a file that [`missing_file`] names.
///
/// # Errors
/// If it is not the content of that file.
pub fn provide(file: &str, content: &[u8]) -> Result<(), DataError> {
    match file {
        digits::FILE => digits::provide(content),
        _ => Ok(()),
    }
}

/// The numbers below `count` in the order that `seed` puts them in.
fn shuffled(count: usize, seed: u32) -> Vec<u32> {
    let mut samples: Vec<u32> = (0..count as u32).collect();
    samples.shuffle(&mut random::generator(seed, Purpose::Split));
    samples
}

/// Replaces a fraction of the labels by another class, all others equally likely; adds noise to
/// numbers.
fn add_noise(outputs: &mut Outputs, member: &Settings) {
    match outputs {
        Outputs::Classes { count, classes } => {
            let mut generator = random::generator(member.seed, Purpose::LabelNoise);
            let wrong = (member.label_noise * classes.len() as f64).round() as usize;
            let mut order: Vec<usize> = (0..classes.len()).collect();
            order.shuffle(&mut generator);
            for &sample in &order[..wrong] {
                let shift = generator.random_range(1..*count as u32);
                classes[sample] = (classes[sample] + shift) % *count as u32;
            }
        }
        Outputs::Numbers { values, .. } => {
            let mut generator = random::generator(member.seed, Purpose::TargetNoise);
            for value in values {
                *value += (member.target_noise * random::normal(&mut generator)) as f32;
            }
        }
    }
}

/// The training or the test set of every member, in tensors.
#[derive(Clone, Debug)]
pub struct SampleTensors {
    /// The inputs, `[members, samples, features]`.
    pub inputs: Tensor<3>,
    /// The right outputs, `[members, samples, outputs]`: one-hot rows for classes.
    pub targets: Tensor<3>,
    /// The classes, `[members, samples, 1]`; `None` for a regression.
    pub labels: Option<Tensor<3, Int>>,
    /// The weight of each sample in a mean over samples, `[members, samples, 1]`. The weights of a
    /// member add up to 1. `None` if all members have the same number of samples, which then weigh
    /// the same.
    pub weights: Option<Tensor<3>>,
    /// Samples of each member.
    pub counts: Vec<usize>,
}

impl SampleTensors {
    fn new(sets: &[&SampleSet], features: usize, outputs: usize, device: &Device) -> Self {
        let members = sets.len();
        let counts: Vec<usize> = sets.iter().map(|set| set.count()).collect();
        let rows = counts.iter().copied().max().unwrap_or(0);
        let mut inputs = Vec::with_capacity(members * rows * features);
        let mut targets = Vec::with_capacity(members * rows * outputs);
        let mut labels = Vec::new();
        let mut weights = Vec::with_capacity(members * rows);
        for (index, (set, &count)) in sets.iter().zip(&counts).enumerate() {
            match &set.inputs {
                Inputs::Dense { values, .. } => inputs.extend_from_slice(values),
                Inputs::Pairs { elements, pairs } => {
                    let start = inputs.len();
                    inputs.resize(start + pairs.len() * features, 0.0);
                    for (row, [a, b]) in inputs[start..].chunks_exact_mut(features).zip(pairs) {
                        row[*a as usize] = 1.0;
                        row[elements + *b as usize] = 1.0;
                    }
                }
            }
            inputs.resize((index + 1) * rows * features, 0.0);
            match &set.outputs {
                Outputs::Classes { classes, .. } => {
                    for &class in classes {
                        targets.extend((0..outputs).map(|k| f32::from(k == class as usize)));
                        labels.push(class as i32);
                    }
                    labels.resize((index + 1) * rows, 0);
                }
                Outputs::Numbers { values, .. } => targets.extend_from_slice(values),
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

/// The data of every member, in tensors.
#[derive(Clone, Debug)]
pub struct DatasetTensors {
    /// The training sets.
    pub train: SampleTensors,
    /// The test sets.
    pub test: SampleTensors,
}

/// The data of every member of an ensemble.
#[derive(Debug)]
pub struct Dataset {
    members: Vec<MemberData>,
    /// Numbers in an input and in an output.
    features: usize,
    outputs: usize,
    device: Device,
    tensors: OnceLock<DatasetTensors>,
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
        let shape = members[0].shape();
        Ok(Self {
            members: members.iter().map(MemberData::new).collect::<Result<_, _>>()?,
            features: shape.features,
            outputs: shape.outputs,
            device: device.clone(),
            tensors: OnceLock::new(),
        })
    }

    /// The data of each member, on the host.
    pub(crate) fn members(&self) -> &[MemberData] {
        &self.members
    }

    /// Training samples of each member.
    #[must_use]
    pub fn train_counts(&self) -> Vec<usize> {
        self.members.iter().map(|member| member.train.count()).collect()
    }

    /// The training and the test set of one member in tensors, `[1, samples, features]`.
    pub(crate) fn member_tensors(&self, member: usize) -> DatasetTensors {
        let data = &self.members[member];
        let samples =
            |set: &SampleSet| SampleTensors::new(&[set], self.features, self.outputs, &self.device);
        DatasetTensors { train: samples(&data.train), test: samples(&data.test) }
    }

    /// The same in tensors, which are made by the first call and kept.
    pub fn tensors(&self) -> &DatasetTensors {
        self.tensors.get_or_init(|| {
            let samples = |pick: fn(&MemberData) -> &SampleSet| {
                let sets: Vec<&SampleSet> = self.members.iter().map(pick).collect();
                SampleTensors::new(&sets, self.features, self.outputs, &self.device)
            };
            DatasetTensors { train: samples(|data| &data.train), test: samples(|data| &data.test) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn member(query: &str) -> Settings {
        Experiment::valid(query).members()[0]
    }

    #[test]
    fn a_split_depends_on_its_seed_alone_and_holds_every_sample() {
        assert_eq!(shuffled(25, 3), shuffled(25, 3));
        assert_ne!(shuffled(25, 3), shuffled(25, 4));
        let mut samples = shuffled(25, 3);
        samples.sort_unstable();
        assert_eq!(samples, (0..25).collect::<Vec<_>>());
    }

    #[test]
    fn label_noise_makes_a_fraction_of_training_labels_wrong() {
        for query in ["data=digits&samples=200", "p=11", "data=icosahedron"] {
            let clean = MemberData::new(&member(query)).expect("data");
            let noisy =
                MemberData::new(&member(&format!("{query}&label-noise=0.2"))).expect("data");
            let classes = |data: &MemberData| data.train.classes().expect("classes").to_vec();
            let (clean_train, noisy_train) = (classes(&clean), classes(&noisy));
            let wrong = clean_train.iter().zip(&noisy_train).filter(|(a, b)| a != b).count();
            assert_eq!(wrong, (clean_train.len() as f64 * 0.2).round() as usize, "{query}");
            assert_eq!(clean.train.inputs, noisy.train.inputs);
            assert_eq!(clean.test, noisy.test);
        }
    }

    #[test]
    fn every_data_set_has_the_shape_that_settings_say() {
        for query in [
            "p=7",
            "p=7&op=div",
            "data=permutations",
            "data=digits",
            "data=digits&pca=9",
            "data=icosahedron",
            "data=two-scale&samples=30",
            "data=teacher&samples=30",
        ] {
            let member = member(query);
            let (shape, data) = (member.shape(), MemberData::new(&member).expect("data"));
            assert_eq!(data.train.count(), member.train_samples(), "{query}");
            assert_eq!(data.train.count() + data.test.count(), shape.samples, "{query}");
            for set in [&data.train, &data.test] {
                let features = match &set.inputs {
                    Inputs::Pairs { elements, .. } => 2 * elements,
                    Inputs::Dense { features, .. } => *features,
                };
                let outputs = match &set.outputs {
                    Outputs::Classes { count, classes } => {
                        assert_eq!(classes.len(), set.count(), "{query}");
                        assert!(classes.iter().all(|class| (*class as usize) < *count));
                        *count
                    }
                    Outputs::Numbers { width, values } => {
                        assert_eq!(values.len(), width * set.count(), "{query}");
                        *width
                    }
                };
                assert_eq!((features, outputs), (shape.features, shape.outputs), "{query}");
                assert_eq!(set.classes().is_none(), member.is_regression(), "{query}");
            }
        }
    }

    #[test]
    fn pairs_become_two_one_hot_vectors_in_tensors() {
        let settings = [member("p=5")];
        let data = Dataset::new(&settings, &Device::flex()).expect("data");
        let tensors = data.tensors();
        assert_eq!(tensors.train.inputs.dims(), [1, 13, 10]);
        let inputs = tensors.train.inputs.try_to_vec_as::<f32>().expect("on the CPU");
        let pairs = data.members()[0].train.pairs().expect("a table");
        for (row, [a, b]) in inputs.chunks(10).zip(pairs) {
            let hot: Vec<usize> = (0..10).filter(|&i| row[i] == 1.0).collect();
            assert_eq!(hot, [*a as usize, 5 + *b as usize]);
            assert_eq!(row.iter().sum::<f32>(), 2.0);
        }
    }

    #[test]
    fn members_with_fewer_samples_are_padded_with_rows_of_no_weight() {
        let experiment = Experiment::from_query("data=two-scale&samples=10,30&seeds=2").experiment;
        let data = Dataset::new(&experiment.members(), &Device::flex()).expect("data");
        let DatasetTensors { train, test } = data.tensors();
        assert_eq!(train.inputs.dims(), [4, 30, 150]);
        assert_eq!(train.counts, [10, 10, 30, 30]);
        let weights = train.weights.as_ref().expect("members differ").try_to_vec_as::<f32>();
        for (row, weights) in weights.expect("on the CPU").chunks(30).enumerate() {
            let count = [10, 10, 30, 30][row];
            assert!(weights[..count].iter().all(|&weight| weight == 1.0 / count as f32));
            assert!(weights[count..].iter().all(|&weight| weight == 0.0));
        }
        assert!(test.weights.is_none());
        assert_eq!(test.inputs.dims(), [4, 2000, 150]);
    }
}
