//! The weights of a run as one safetensors file, written alike by page and command line.
//!
//! The file also holds the samples of every network, so that its accuracy can be computed again, and
//! training can go on, without this program. docs/contracts.md has the names.

mod python;

pub use python::{jax_lines, pytorch_lines};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::experiment::Experiment;
use crate::stats::sort_short;

/// A tensor of one network, without its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorForm {
    /// The name behind that of the network: `layer-1.weight`.
    pub name: String,
    /// Whether its numbers are whole: classes, or elements of a table. Both kinds take four bytes.
    pub is_whole: bool,
    /// Its size along each axis.
    pub shape: Vec<usize>,
}

impl TensorForm {
    fn bytes(&self) -> usize {
        4 * self.shape.iter().product::<usize>()
    }
}

/// The tensors of one network, without their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberWeights {
    /// The network's index in the ensemble.
    pub member: usize,
    /// Training steps that it has taken.
    pub step: u32,
    /// Its tensors, in the order of their numbers.
    pub tensors: Vec<TensorForm>,
}

impl MemberWeights {
    fn bytes(&self) -> usize {
        self.tensors.iter().map(TensorForm::bytes).sum()
    }
}

/// The weights and samples of some networks of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    members: Vec<MemberWeights>,
    /// The numbers of all tensors, one after the other, little endian. They travel beside the text
    /// of an event.
    #[serde(skip)]
    pub(crate) bytes: Vec<u8>,
}

impl Weights {
    /// Adds a network without tensors.
    pub fn add_member(&mut self, member: usize, step: u32) {
        self.members.push(MemberWeights { member, step, tensors: Vec::new() });
    }

    /// Adds a tensor to the last network; the length of `numbers` is the product of `shape`.
    pub fn add_numbers(&mut self, name: &str, shape: &[usize], numbers: &[f32]) {
        self.add(name, false, shape, numbers.iter().map(|number| number.to_le_bytes()));
    }

    /// The same for whole numbers.
    pub fn add_indices(&mut self, name: &str, shape: &[usize], indices: &[u32]) {
        self.add(name, true, shape, indices.iter().map(|index| index.to_le_bytes()));
    }

    fn add(
        &mut self,
        name: &str,
        is_whole: bool,
        shape: &[usize],
        numbers: impl Iterator<Item = [u8; 4]>,
    ) {
        let Some(last) = self.members.last_mut() else { return };
        last.tensors.push(TensorForm { name: name.to_owned(), is_whole, shape: shape.to_vec() });
        self.bytes.extend(numbers.flatten());
    }

    /// Adds the networks that another worker trains.
    pub fn merge(&mut self, other: Self) {
        self.members.extend(other.members);
        self.bytes.extend(other.bytes);
    }

    /// Whether there is no network, as where all are solved in closed form.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// A safetensors file of these networks, which belong to `experiment`. `address` is where the
    /// run can be seen.
    #[must_use]
    pub fn to_file(&self, experiment: &Experiment, address: &str) -> Vec<u8> {
        let mut starts = Vec::new();
        let mut start = 0;
        for own in &self.members {
            starts.push((own, start));
            start += own.bytes();
        }
        sort_short(&mut starts, |a, b| a.0.member < b.0.member);
        let mut header = Map::new();
        header.insert("__metadata__".into(), self.metadata(experiment, address));
        let mut data = Vec::with_capacity(self.bytes.len());
        for (own, start) in starts {
            let mut end = data.len();
            for tensor in &own.tensors {
                let from = end;
                end += tensor.bytes();
                let name = format!("member-{}.{}", own.member, tensor.name);
                let form = json!({
                    "dtype": if tensor.is_whole { "I32" } else { "F32" },
                    "shape": tensor.shape,
                    "data_offsets": [from, end],
                });
                header.insert(name, form);
            }
            data.extend_from_slice(self.bytes.get(start..start + own.bytes()).unwrap_or_default());
        }
        let mut header = Value::Object(header).to_string().into_bytes();
        // Numbers begin at a multiple of eight bytes.
        header.resize(header.len().next_multiple_of(8), b' ');
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        file.extend(data);
        file
    }

    /// What a reader needs beside the numbers. The form allows texts only.
    fn metadata(&self, experiment: &Experiment, address: &str) -> Value {
        let steps: Vec<String> = self.members.iter().map(|own| own.step.to_string()).collect();
        let alike = steps.windows(2).all(|pair| pair[0] == pair[1]);
        let step = if alike { steps.into_iter().next().unwrap_or_default() } else { String::new() };
        let hidden = experiment.settings.hidden();
        let activations: Vec<&str> = hidden.iter().map(|layer| layer.activation.key()).collect();
        let mut metadata = json!({
            "format": "pt",
            "program": concat!("two-phase ", env!("CARGO_PKG_VERSION")),
            "address": address,
            "query": experiment.to_full_query(),
            "step": step,
            "activations": activations.join(","),
            "loss": experiment.settings.trained_loss().key(),
        });
        for own in &self.members {
            let key = format!("member-{}", own.member);
            let name = format!("{}, step {}", experiment.member_name(own.member), own.step);
            metadata[key] = name.into();
        }
        metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_members() -> Weights {
        let mut first = Weights::default();
        first.add_member(1, 7);
        first.add_numbers("layer-1.weight", &[2, 1], &[0.5, -3.0]);
        first.add_indices("train.labels", &[3], &[2, 0, 1]);
        let mut second = Weights::default();
        second.add_member(0, 7);
        second.add_numbers("layer-1.weight", &[1, 1], &[f32::MAX]);
        first.merge(second);
        first
    }

    #[test]
    fn members_of_several_workers_are_in_order() {
        let file = two_members().to_file(&Experiment::default(), "here");
        let header = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize;
        assert_eq!(header % 8, 0);
        let json: Value = serde_json::from_slice(&file[8..8 + header]).expect("a header");
        assert_eq!(json["member-0.layer-1.weight"]["data_offsets"], json!([0, 4]));
        assert_eq!(json["member-1.layer-1.weight"]["data_offsets"], json!([4, 12]));
        assert_eq!(json["member-1.train.labels"]["dtype"], "I32");
        assert_eq!(json["__metadata__"]["step"], "7");
        assert_eq!(json["__metadata__"]["activations"], "quadratic");
        assert_eq!(json["__metadata__"]["member-1"], "seed 1, step 7");
        assert_eq!(file[8 + header..][..4], f32::MAX.to_le_bytes());
        assert_eq!(file.len(), 8 + header + 4 + 8 + 12);
    }

    #[cfg(feature = "cli")]
    #[test]
    fn the_safetensors_crate_reads_what_is_written() {
        let file = two_members().to_file(&Experiment::default(), "a \"quoted\" address");
        let read = safetensors::SafeTensors::deserialize(&file).expect("a safetensors file");
        let tensor = read.tensor("member-1.layer-1.weight").expect("it was written");
        assert_eq!(tensor.shape(), [2, 1]);
        assert_eq!(tensor.data(), [0.5_f32.to_le_bytes(), (-3.0_f32).to_le_bytes()].concat());
        let labels = read.tensor("member-1.train.labels").expect("it was written");
        assert_eq!(labels.data(), [2_i32, 0, 1].map(i32::to_le_bytes).concat());
        let (_, metadata) = safetensors::SafeTensors::read_metadata(&file).expect("a header");
        let metadata = metadata.metadata().as_ref().expect("there is some");
        assert_eq!(metadata["address"], "a \"quoted\" address");
    }

    #[test]
    fn numbers_do_not_travel_in_the_text() {
        let weights = two_members();
        let text = serde_json::to_string(&weights).expect("plain");
        let mut read: Weights = serde_json::from_str(&text).expect("the same form");
        assert!(read.bytes.is_empty());
        read.bytes.clone_from(&weights.bytes);
        assert_eq!(read, weights);
    }
}
