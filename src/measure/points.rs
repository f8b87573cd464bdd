//! The samples on which members are measured.

use burn::tensor::Tensor;

use super::{Split, sample_counts};
use crate::data::{DatasetTensors, SampleTensors};
use crate::device::{DeviceError, read, read_indices};
use crate::experiment::Settings;
use crate::random::{self, Purpose, normals};

/// The measured samples of every member, its training samples before its test samples.
///
/// Tensors pad members that have fewer samples. `Points` hides the padding: indices count a
/// member's own samples only.
pub(super) struct Points {
    /// `[members, points, features]`, padded.
    pub(super) inputs: Tensor<3>,
    /// The inputs of each member on the host, `[samples, features]`, without padding.
    rows: Vec<Vec<f32>>,
    features: usize,
    /// Training and test samples of each member.
    counts: Vec<(usize, usize)>,
    /// The row of the tensor at which test samples begin.
    offset: usize,
    /// The class of each sample of each member, and the number of classes; `None` for a regression.
    classes: Option<(Vec<Vec<u32>>, usize)>,
}

/// The same number of samples of each member.
pub(super) struct ChosenPoints {
    /// The inputs of each member, `[count, features]`.
    pub(super) rows: Vec<Vec<f32>>,
    /// Samples of each member.
    pub(super) count: usize,
}

impl Points {
    /// As many samples of each member as [`sample_counts`] says.
    pub(super) async fn new(
        data: &DatasetTensors,
        settings: &Settings,
    ) -> Result<Self, DeviceError> {
        let count = |samples: &SampleTensors| samples.counts.iter().copied().max().unwrap_or(0);
        let (train, test) = sample_counts(settings, count(&data.train), count(&data.test));
        let [members, _, features] = data.train.inputs.dims();
        let part = |tensor: &Tensor<3>, count: usize| {
            let [_, _, width] = tensor.dims();
            tensor.clone().slice([0..members, 0..count, 0..width])
        };
        let inputs =
            Tensor::cat(vec![part(&data.train.inputs, train), part(&data.test.inputs, test)], 1);
        let labels = |samples: &SampleTensors, count: usize| {
            samples.labels.clone().map(|labels| labels.slice([0..members, 0..count, 0..1]))
        };
        let classes = match (labels(&data.train, train), labels(&data.test, test)) {
            (Some(train), Some(test)) => {
                let [_, _, count] = data.train.targets.dims();
                let labels = read_indices(Tensor::cat(vec![train, test], 1)).await?;
                Some((labels.chunks(labels.len() / members).map(<[u32]>::to_vec).collect(), count))
            }
            _ => None,
        };
        let counts = data.train.counts.iter().zip(&data.test.counts);
        let counts =
            counts.map(|(train_count, count)| ((*train_count).min(train), (*count).min(test)));
        Self::from_padded(inputs, features, counts.collect(), train, classes).await
    }

    /// The samples in padded inputs and classes.
    pub(super) async fn from_padded(
        inputs: Tensor<3>,
        features: usize,
        counts: Vec<(usize, usize)>,
        offset: usize,
        classes: Option<(Vec<Vec<u32>>, usize)>,
    ) -> Result<Self, DeviceError> {
        let mut points = Self { inputs, rows: Vec::new(), features, counts, offset, classes: None };
        let values = read(points.inputs.clone()).await?;
        points.rows = values
            .chunks(values.len() / points.members())
            .enumerate()
            .map(|(member, rows)| points.unpadded(member, rows, features, features))
            .collect();
        points.classes = classes.map(|(classes, count)| {
            let unpadded = classes.iter().enumerate().map(|(m, all)| points.unpadded(m, all, 1, 1));
            (unpadded.collect(), count)
        });
        Ok(points)
    }

    pub(super) fn members(&self) -> usize {
        self.counts.len()
    }

    /// Numbers in an input.
    pub(super) fn features(&self) -> usize {
        self.features
    }

    /// A member's inputs, `[samples, features]`.
    pub(super) fn rows(&self, member: usize) -> &[f32] {
        &self.rows[member]
    }

    /// The class of each of a member's samples, and the number of classes; `None` for a regression.
    pub(super) fn classes(&self, member: usize) -> Option<(&[u32], usize)> {
        self.classes.as_ref().map(|(classes, count)| (&classes[member][..], *count))
    }

    /// Takes the padding from values `[points, width]` of a member: rows of other samples, and the
    /// units from `units` on, that only wider members have.
    pub(super) fn unpadded<T: Copy>(
        &self,
        member: usize,
        padded: &[T],
        width: usize,
        units: usize,
    ) -> Vec<T> {
        let rows = self.indices(member, Split::All).into_iter().map(|index| {
            let row = self.row(member, index);
            &padded[row * width..row * width + units]
        });
        rows.flatten().copied().collect()
    }

    /// The row of the tensor that holds one of a member's samples.
    pub(super) fn row(&self, member: usize, index: usize) -> usize {
        let (train, _) = self.counts[member];
        if index < train { index } else { self.offset + index - train }
    }

    /// The indices of a member's samples in a set.
    pub(super) fn indices(&self, member: usize, set: Split) -> Vec<usize> {
        let (train, test) = self.counts[member];
        match set {
            Split::Train => (0..train).collect(),
            Split::Test => (train..train + test).collect(),
            Split::All => (0..train + test).collect(),
            Split::Random => Vec::new(),
        }
    }

    /// The first samples of a set, the same number of each member and at most `max`; `None` if some
    /// member has none. Random inputs are drawn by each member's seed.
    pub(super) fn first(&self, set: Split, max: usize, seeds: &[u32]) -> Option<ChosenPoints> {
        let random = |member: usize| {
            let rows = &self.rows[member];
            let square = rows.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let deviation = (square / rows.len().max(1) as f64).sqrt();
            let mut generator = random::generator(seeds[member], Purpose::RandomPoints);
            normals(&mut generator, max * self.features, deviation)
                .into_iter()
                .map(|x| x as f32)
                .collect()
        };
        let rows: Vec<Vec<f32>> = (0..self.members())
            .map(|member| match set {
                Split::Random => random(member),
                _ => {
                    let row = |index: usize| {
                        &self.rows[member][index * self.features..(index + 1) * self.features]
                    };
                    let indices = self.indices(member, set).into_iter().take(max);
                    indices.flat_map(row).copied().collect()
                }
            })
            .collect();
        let count = rows.iter().map(|rows| rows.len() / self.features).min()?;
        let cut = |mut rows: Vec<f32>| {
            rows.truncate(count * self.features);
            rows
        };
        (count > 0).then(|| ChosenPoints { rows: rows.into_iter().map(cut).collect(), count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use pollster::block_on;

    /// Two members with 2 and 1 training and 1 and 2 test samples of two numbers, padded to 2 and
    /// 2.
    fn points() -> Points {
        let device = Device::flex();
        let inputs = Tensor::<3>::from_floats(
            [
                [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [0.0, 0.0]],
                [[7.0, 8.0], [0.0, 0.0], [9.0, 1.0], [2.0, 3.0]],
            ],
            &device,
        );
        let classes = vec![vec![4, 3, 2, 0], vec![1, 0, 2, 3]];
        let counts = vec![(2, 1), (1, 2)];
        block_on(Points::from_padded(inputs, 2, counts, 2, Some((classes, 5)))).expect("on the CPU")
    }

    #[test]
    fn indices_count_a_members_own_samples_without_padding() {
        let points = points();
        assert_eq!(points.rows(0), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(points.rows(1), [7.0, 8.0, 9.0, 1.0, 2.0, 3.0]);
        assert_eq!(points.classes(0), Some((&[4, 3, 2][..], 5)));
        assert_eq!(points.classes(1), Some((&[1, 2, 3][..], 5)));
        assert_eq!(points.indices(0, Split::Test), [2]);
        assert_eq!(points.indices(1, Split::Test), [1, 2]);
        assert_eq!((points.row(0, 2), points.row(1, 1), points.row(1, 2)), (2, 2, 3));
        let padded: Vec<usize> = (0..12).collect();
        assert_eq!(points.unpadded(1, &padded, 3, 2), [0, 1, 6, 7, 9, 10]);
    }

    #[test]
    fn each_member_gives_the_same_number_of_first_samples() {
        let points = points();
        let chosen = points.first(Split::Test, 5, &[0, 1]).expect("both have test samples");
        assert_eq!(chosen.count, 1);
        assert_eq!(chosen.rows, [[5.0, 6.0], [9.0, 1.0]]);
        let random = points.first(Split::Random, 3, &[0, 1]).expect("as many as asked for");
        assert_eq!((random.count, random.rows[0].len()), (3, 6));
        assert_ne!(random.rows[0], random.rows[1]);
    }
}
