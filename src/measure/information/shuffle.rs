//! A baseline for `I(T;Y)`: the same estimate with labels that are permuted among the samples.
//!
//! Permuted labels have nothing to do with the layer, so what an estimate still says about them
//! comes from the estimator and the number of samples. A value inside the band of such estimates
//! is no information about labels.

use rand::seq::SliceRandom;

use super::Labels;
use crate::random::{self, Purpose};

/// How many times labels are permuted.
pub const SHUFFLES: usize = 20;

/// The classes of all samples, with those of `samples` permuted among them, [`SHUFFLES`] times. The
/// same seed gives the same permutations.
#[must_use]
pub fn shuffled(labels: Labels, samples: &[usize], seed: u32) -> Vec<Vec<u32>> {
    let mut generator = random::generator(seed, Purpose::Shuffles);
    let mut order = samples.to_vec();
    let mut shuffled = || {
        order.shuffle(&mut generator);
        let mut classes = labels.classes.to_vec();
        for (to, from) in samples.iter().zip(&order) {
            classes[*to] = labels.of(*from);
        }
        classes
    };
    (0..SHUFFLES).map(|_| shuffled()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffled_labels_keep_their_counts_and_leave_others_alone() {
        let classes: Vec<u32> = (0..60).map(|sample| sample * sample % 7).collect();
        let labels = Labels::new(&classes, 7);
        let samples: Vec<usize> = (0..60).filter(|sample| sample % 3 > 0).collect();
        let all = shuffled(labels, &samples, 1);
        assert_eq!(all.len(), SHUFFLES);
        for shuffled in &all {
            assert_eq!(Labels::new(shuffled, 7).counts(&samples), labels.counts(&samples));
            assert!((0..60).step_by(3).all(|sample| shuffled[sample] == classes[sample]));
            assert_ne!(*shuffled, classes);
        }
        assert_ne!(all[0], all[1]);
        assert_eq!(all, shuffled(labels, &samples, 1));
        assert_ne!(all, shuffled(labels, &samples, 2));
    }
}
