//! Sliced mutual information: the mean over random directions of the information between one number
//! of the input and one of the layer (Goldfeld & Greenewald, arXiv 2110.05279).
//!
//! `SI(X;T) = E I(θ·X; φ·T)` in bits, with `θ` and `φ` uniform on the unit spheres of both spaces, and
//! `SI(T;Y) = E I(φ·T; Y)` for labels. Each term is estimated on a line from nearest neighbours
//! ([`line`]), as in [`neighbours`](super::neighbours), after Gaussian noise was added to the layer.
//! The mean is over [`DIRECTIONS`] pairs of directions, the same at each step.
//!
//! It needs few samples in any number of dimensions, and is 0 only where the variables are
//! independent. But it is another quantity than mutual information, and never above it: a direction
//! shows a small part of a wide layer. For a Gaussian channel of 20 dimensions and 20 bits it is
//! 0.03 bit. So layers of different width cannot be compared by it.

mod line;

use super::{Labels, LayerOutputs};
use crate::random::{self, Generator};

/// Pairs of directions.
pub const DIRECTIONS: usize = 50;

/// Inputs and outputs along random directions.
#[derive(Clone, Debug)]
pub struct Slices {
    /// For each pair of directions, `[samples]` each.
    pairs: Vec<[Vec<f32>; 2]>,
}

impl Slices {
    /// Inputs and noisy outputs of the same samples along [`DIRECTIONS`] pairs of directions. One
    /// pair is enough where both have a single unit.
    ///
    /// # Panics
    /// If there are more inputs than outputs, or fewer.
    #[must_use]
    pub fn new(inputs: LayerOutputs, outputs: LayerOutputs, generator: &mut Generator) -> Self {
        assert_eq!(inputs.rows(), outputs.rows(), "an output for each input");
        let is_line = inputs.units() == 1 && outputs.units() == 1;
        let count = if is_line { 1 } else { DIRECTIONS };
        let mut along = |layer: LayerOutputs| {
            let direction = random::normals(generator, layer.units(), 1.0);
            // Its length does not matter: both lines are scaled to the same variance.
            let project = |row: &[f32]| {
                let sum: f64 = row.iter().zip(&direction).map(|(x, d)| f64::from(*x) * d).sum();
                sum as f32
            };
            layer.values().chunks_exact(layer.units()).map(project).collect::<Vec<f32>>()
        };
        Self { pairs: (0..count).map(|_| [along(inputs), along(outputs)]).collect() }
    }

    /// `SI(X;T)` over some samples, in bits, from the `k`-th nearest neighbours. Not a number unless
    /// there are more than `k` samples. May be below zero.
    #[must_use]
    pub fn shared(&self, samples: &[usize], k: usize) -> f64 {
        self.mean(|[x, t]| line::shared(x, t, samples, k))
    }

    /// `SI(T;Y)` over some samples, in bits; at most the entropy of their labels.
    #[must_use]
    pub fn shared_with_labels(&self, labels: Labels, samples: &[usize], k: usize) -> f64 {
        self.mean(|[_, t]| line::shared_with_labels(t, labels, samples, k))
    }

    fn mean(&self, of: impl Fn(&[Vec<f32>; 2]) -> f64) -> f64 {
        self.pairs.iter().map(of).sum::<f64>() / self.pairs.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::information::kernel::Distances;
    use crate::measure::information::neighbours;
    use crate::random::{Purpose, generator, normals};

    /// `X` standard normal, and `X` with noise of a third of its variance: a bit for each dimension.
    fn channel(dimensions: usize, samples: usize, seed: u32) -> Slices {
        let mut generator = generator(seed, Purpose::ReferenceProblem);
        let x = normals(&mut generator, dimensions * samples, 1.0);
        let noise = 3f64.sqrt().recip();
        let t: Vec<f32> =
            x.iter().map(|x| (x + noise * random::normal(&mut generator)) as f32).collect();
        let x: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        let [x, t] = [&x, &t].map(|values| LayerOutputs::new(values, dimensions));
        Slices::new(x, t, &mut generator)
    }

    fn mean(dimensions: usize) -> f64 {
        let all: Vec<usize> = (0..500).collect();
        (0..10).map(|seed| channel(dimensions, 500, seed).shared(&all, 3) / 10.0).sum()
    }

    #[test]
    fn on_a_line_it_is_mutual_information() {
        assert!((mean(1) - 1.0).abs() < 0.05, "{}", mean(1));
    }

    #[test]
    fn in_a_plane_it_is_the_mean_over_angles() {
        // Numbers along two directions at an angle have the correlation 0.75^(1/2) cos(angle).
        let turns = 1000;
        let truth: f64 = (0..turns)
            .map(|turn| {
                let angle = f64::from(turn) / f64::from(turns) * std::f64::consts::TAU;
                -0.5 * (1.0 - 0.75 * angle.cos().powi(2)).log2() / f64::from(turns)
            })
            .sum();
        assert!((mean(2) - truth).abs() < 0.04, "{} of {truth}", mean(2));
    }

    #[test]
    fn in_twenty_dimensions_a_direction_shows_next_to_nothing() {
        let got = mean(20);
        assert!(got > 0.0 && got < 0.1, "{got} of 20 bits");
    }

    #[test]
    fn labels_along_a_line_are_those_of_the_whole_layer() {
        let mut generator = generator(5, Purpose::ReferenceProblem);
        let classes: Vec<u32> = (0..300).map(|sample| sample % 3).collect();
        let values: Vec<f32> = classes
            .iter()
            .map(|class| *class as f32 + random::normal(&mut generator) as f32)
            .collect();
        let (all, labels) = ((0..300).collect::<Vec<usize>>(), Labels::new(&classes, 3));
        let layer = LayerOutputs::new(&values, 1);
        let got = Slices::new(layer, layer, &mut generator).shared_with_labels(labels, &all, 3);
        let whole = neighbours::shared_with_labels(&Distances::new(layer), labels, &all, 3);
        assert!((got - whole).abs() < 1e-3, "{got} and {whole}");
    }
}
