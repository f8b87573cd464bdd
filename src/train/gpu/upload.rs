//! Data as the kernels read it: samples, targets, and lists of rows.

use super::plan::padded;
use crate::data::SampleSet;

/// Rows of the training and of the test set: the maximum over members, padded.
pub(super) fn padded_rows(sets: &[[&SampleSet; 2]]) -> [usize; 2] {
    [0, 1].map(|set| padded(sets.iter().map(|sets| sets[set].count()).max().unwrap_or(0)))
}

/// `[members, rows, 4]`: the two elements, the class, and the bits of the weight of each sample of
/// a set. Padding is 0.
pub(super) fn samples(sets: &[[&SampleSet; 2]], set: usize, rows: usize) -> Vec<u32> {
    let mut all = Vec::with_capacity(sets.len() * rows * 4);
    for sets in sets {
        let plain = sets[set];
        let end = all.len() + rows * 4;
        let weight = (1.0 / plain.count() as f32).to_bits();
        for row in 0..plain.count() {
            let [a, b] = plain.pairs().map_or([0, 0], |pairs| pairs[row]);
            let class = plain.classes().map_or(0, |classes| classes[row]);
            all.extend([a, b, class, weight]);
        }
        all.resize(end, 0);
    }
    all
}

/// `[members, rows, outputs]`: the targets of a regression, with padding of 0. One 0 if there are
/// none, since a buffer cannot be empty.
pub(super) fn numbers(
    sets: &[[&SampleSet; 2]],
    set: usize,
    rows: usize,
    outputs: usize,
) -> Vec<f32> {
    let mut all = Vec::new();
    for sets in sets {
        if let Some(numbers) = sets[set].numbers() {
            let end = all.len() + rows * outputs;
            all.extend_from_slice(numbers);
            all.resize(end, 0.0);
        }
    }
    if all.is_empty() { vec![0.0] } else { all }
}

/// Appends the lists of one member and step, `length` numbers: where the rows of each element
/// begin, then the rows themselves. Elements in first position come before those in second.
pub(super) fn push_lists(lists: &mut Vec<u32>, pairs: &[[u32; 2]], elements: usize, length: usize) {
    let end = lists.len() + length;
    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); 2 * elements];
    for (row, [first, second]) in (0..).zip(pairs) {
        rows_of[*first as usize].push(row);
        rows_of[elements + *second as usize].push(row);
    }
    let mut start = 0;
    lists.push(start);
    for rows in &rows_of {
        start += rows.len() as u32;
        lists.push(start);
    }
    lists.extend(rows_of.into_iter().flatten());
    lists.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Inputs, Outputs};

    #[test]
    fn lists_have_the_rows_of_each_element_and_padding() {
        let mut lists = vec![9];
        push_lists(&mut lists, &[[1, 0], [0, 0], [1, 2]], 3, 15);
        let starts = [0, 1, 3, 3, 5, 5, 6];
        // First position: row 1 has element 0, rows 0 and 2 have element 1; then the second.
        let rows = [1, 0, 2, 0, 1, 2];
        assert_eq!(lists, [&[9], &starts[..], &rows, &[0, 0]].concat());
    }

    #[test]
    fn samples_and_targets_are_padded_with_zeros() {
        let set = |count, outputs| SampleSet {
            ids: Vec::new(),
            inputs: Inputs::Dense { features: 1, values: vec![0.0; count] },
            outputs,
        };
        let of_classes =
            |classes: Vec<u32>| set(classes.len(), Outputs::Classes { count: 6, classes });
        let of_numbers =
            |values: Vec<f32>| set(values.len() / 2, Outputs::Numbers { width: 2, values });
        let [first, empty] = [vec![3, 5], vec![]].map(of_classes);
        let half = 0.5f32.to_bits();
        let padding = [0; 8];
        let expected = [&[0, 0, 3, half, 0, 0, 5, half], &padding[..]].concat();
        assert_eq!(samples(&[[&first, &empty]], 0, 4), expected);
        let [first, empty] = [vec![1.5, -2.0], vec![]].map(of_numbers);
        assert_eq!(numbers(&[[&first, &empty]], 0, 2, 2), [1.5, -2.0, 0.0, 0.0]);
    }
}
