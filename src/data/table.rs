//! Tables of `a ∘ b`: modular arithmetic, and permutations under composition (Power et al.,
//! arXiv 2201.02177).

use super::{Inputs, MemberData, Outputs, SampleSet, shuffled};
use crate::experiment::shape::PERMUTATIONS;
use crate::experiment::{Data, Operation, Settings};

/// All entries of a table, split by the member's seed.
pub(super) fn data(member: &Settings) -> MemberData {
    let entries = entries(member);
    let elements = member.outputs();
    let set = |samples: &[u32]| {
        let chosen = || samples.iter().map(|&sample| entries[sample as usize]);
        SampleSet {
            ids: chosen().map(|[a, b, _]| a * elements as u32 + b).collect(),
            inputs: Inputs::Pairs { elements, pairs: chosen().map(|[a, b, _]| [a, b]).collect() },
            outputs: Outputs::Classes {
                count: elements,
                classes: chosen().map(|[_, _, class]| class).collect(),
            },
        }
    };
    let split = shuffled(entries.len(), member.seed);
    let (train, test) = split.split_at(member.train_samples());
    MemberData { train: set(train), test: set(test) }
}

/// `[a, b, a ∘ b]` for every pair in the table.
fn entries(member: &Settings) -> Vec<[u32; 3]> {
    if member.data == Data::Permutations {
        let all = permutations();
        let index = |wanted: [u8; 5]| all.iter().position(|p| *p == wanted).unwrap_or(0) as u32;
        return (0..all.len() * all.len())
            .map(|pair| {
                let (a, b) = (pair / all.len(), pair % all.len());
                // First b, then a.
                let composed = all[b].map(|element| all[a][usize::from(element)]);
                [a as u32, b as u32, index(composed)]
            })
            .collect();
    }
    let p = member.p;
    let pairs = (0..p).flat_map(|a| (0..p).map(move |b| (a, b)));
    match member.op {
        Operation::Add => pairs.map(|(a, b)| [a, b, (a + b) % p]).collect(),
        Operation::Subtract => pairs.map(|(a, b)| [a, b, (a + p - b) % p]).collect(),
        Operation::Multiply => pairs.map(|(a, b)| [a, b, a * b % p]).collect(),
        Operation::Divide => {
            pairs.filter(|(_, b)| *b != 0).map(|(a, b)| [a, b, a * inverse(b, p) % p]).collect()
        }
    }
}

/// The inverse of `b`, not 0, modulo the prime `p`: `b^(p-2)` by Fermat's little theorem.
fn inverse(b: u32, p: u32) -> u32 {
    (0..p - 2).fold(1, |power, _| power * b % p)
}

/// All permutations of five elements, in lexicographic order.
fn permutations() -> Vec<[u8; 5]> {
    let mut all = Vec::with_capacity(PERMUTATIONS);
    for code in 0..5usize.pow(5) {
        let order: [u8; 5] = std::array::from_fn(|i| (code / 5usize.pow(4 - i as u32) % 5) as u8);
        if (0..5).all(|element| order.contains(&element)) {
            all.push(order);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn member(query: &str) -> Settings {
        Experiment::valid(query).members()[0]
    }

    #[test]
    fn train_and_test_set_are_the_whole_table() {
        let data = data(&member("p=5"));
        let mut seen = Vec::new();
        for set in [&data.train, &data.test] {
            let (pairs, classes) = (set.pairs().expect("a table"), set.classes().expect("classes"));
            for ([a, b], class) in pairs.iter().zip(classes) {
                assert_eq!((a + b) % 5, *class);
                seen.push((a, b));
            }
        }
        assert_eq!(data.train.count(), 13);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 25);
    }

    #[test]
    fn each_operation_undoes_the_one_it_should() {
        for [a, b, difference] in entries(&member("p=7&op=sub")) {
            assert_eq!((difference + b) % 7, a);
        }
        let quotients = entries(&member("p=7&op=div"));
        assert_eq!(quotients.len(), member("p=7&op=div").all_samples());
        for [a, b, quotient] in quotients {
            assert_ne!(b, 0);
            assert_eq!(quotient * b % 7, a);
        }
        for [a, b, product] in entries(&member("p=7&op=mul")) {
            assert_eq!(product, (a * b) % 7);
        }
    }

    #[test]
    fn permutations_form_a_group_that_does_not_commute() {
        let table = entries(&member("data=permutations"));
        assert_eq!(table.len(), 14_400);
        // Each element comes once in each row and each column.
        for fixed in 0..2 {
            let mut row: Vec<u32> = table.iter().filter(|e| e[fixed] == 17).map(|e| e[2]).collect();
            row.sort_unstable();
            assert_eq!(row, (0..120).collect::<Vec<_>>());
        }
        let times = |a: u32, b: u32| table[(a * 120 + b) as usize][2];
        assert_eq!(times(times(5, 31), 77), times(5, times(31, 77)));
        assert!((0..120).any(|a| times(a, 1) != times(1, a)));
    }
}
