//! Exact `I(T;Y)` for several labellings of the same samples: distances, draws and kernel values do
//! not depend on labels, so a further labelling costs its sums alone.

use super::{CentredRows, kernel, spread_out, to_the_fourth};
use crate::linalg::{Matrix, product};
use crate::measure::information::kernel::{Distances, Noise};
use crate::measure::information::{Labels, LayerOutputs};
use crate::random::{self, Purpose};

/// Samples that noise is drawn for, at most.
const DRAWN: usize = 256;
/// Bounds that are nearer to each other stand for the value, in bits.
const SETTLED: f64 = 0.006;

/// `I(T;Y)` at each noise, for each labelling, in bits. Not a number if an output is not finite.
///
/// It is the middle of the pairwise bounds of all samples, corrected by a draw and its negative for
/// at most 256 of them. Its standard error is not controlled; it is a few hundredths of a bit.
#[must_use]
pub fn label_information(
    layer: LayerOutputs,
    labellings: &[Labels],
    samples: &[usize],
    noises: &[Noise],
    seed: u32,
) -> Vec<Vec<f64>> {
    // As one class, so that samples keep their order.
    let one_class = vec![0; layer.rows()];
    let centred = CentredRows::new(layer, Labels::new(&one_class, 1), samples);
    let fill = |bits| vec![vec![bits; labellings.len()]; noises.len()];
    if samples.is_empty() || !centred.total_variance.is_finite() {
        return fill(f64::NAN);
    }
    if centred.total_variance == 0.0 {
        return fill(0.0);
    }
    let (count, units) = (centred.samples, centred.units);
    let classes: Vec<Classes> =
        labellings.iter().map(|labels| Classes::new(*labels, samples)).collect();
    let distances = Distances::new(LayerOutputs::new(&centred.rows, units));
    let mut visited = spread_out(count);
    visited.truncate(DRAWN);
    let mut generator = random::generator(seed, Purpose::ReadingNoise);
    let draws = random::normals(&mut generator, visited.len() * units, 1.0);
    let draws: Vec<f32> = draws.iter().map(|x| *x as f32).collect();
    let mut projected = vec![0f32; visited.len() * count];
    let outputs = Matrix::new(&centred.rows, count, units).transposed();
    product(Matrix::new(&draws, visited.len(), units), outputs, &mut projected, false);
    let mut near = vec![0f32; count];
    let at = |noise: &Noise| {
        let variance = noise.variance(centred.total_variance, units);
        let middles = Middles::new(&classes, &distances, variance);
        let mut found = middles.means();
        if middles.apart <= SETTLED {
            return found;
        }
        for (sample, along) in visited.iter().zip(projected.chunks_exact(count)) {
            let squared = distances.from(*sample);
            for sign in [1.0, -1.0] {
                let [of_all, _] =
                    centred.log_densities(*sample, squared, along, variance, sign, &mut near);
                for (index, classes) in classes.iter().enumerate() {
                    let off = of_all - classes.bits(*sample, &near) - middles.of[index][*sample];
                    found[index] += off / (2 * visited.len()) as f64;
                }
            }
        }
        found
    };
    noises.iter().map(at).collect()
}

/// The classes of a labelling.
struct Classes {
    /// The class of each sample.
    own: Vec<usize>,
    /// The samples of each class.
    members: Vec<Vec<usize>>,
}

impl Classes {
    fn new(labels: Labels, samples: &[usize]) -> Self {
        let own: Vec<usize> = samples.iter().map(|sample| labels.of(*sample) as usize).collect();
        let mut members = vec![Vec::new(); labels.count()];
        own.iter().enumerate().for_each(|(sample, class)| members[*class].push(sample));
        Self { own, members }
    }

    /// `-log2` of the mean density in a sample's class.
    fn bits(&self, sample: usize, near: &[f32]) -> f64 {
        let members = &self.members[self.own[sample]];
        let sum: f64 = members.iter().map(|other| f64::from(near[*other])).sum();
        (members.len() as f64 / sum).log2()
    }
}

/// The middles between pairwise bounds.
struct Middles {
    /// Each sample's part of `I(T;Y)`, `[labellings][samples]`.
    of: Vec<Vec<f64>>,
    /// How far bounds are apart, of all samples and within classes together, at most.
    apart: f64,
}

impl Middles {
    fn new(classes: &[Classes], distances: &Distances, variance: f64) -> Self {
        let count = distances.rows();
        let mut near = vec![0f32; count];
        let mut of = vec![vec![0.0; count]; classes.len()];
        let mut apart = vec![0.0; classes.len()];
        for sample in 0..count {
            kernel(distances.from(sample), 4.0 * variance, &mut near);
            // The lower bound first, and of its fourth power the upper one.
            for sign in [-1.0, 1.0] {
                let of_all = (count as f64 / super::sum(&near)).log2().max(0.0);
                for ((of, apart), classes) in of.iter_mut().zip(&mut apart).zip(classes) {
                    let of_class = classes.bits(sample, &near).max(0.0);
                    of[sample] += (of_all - of_class) / 2.0;
                    *apart += sign * (of_all + of_class) / count as f64;
                }
                to_the_fourth(&mut near);
            }
        }
        Self { of, apart: apart.into_iter().fold(0.0, f64::max) }
    }

    fn means(&self) -> Vec<f64> {
        self.of.iter().map(|of| of.iter().sum::<f64>() / of.len() as f64).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::information;
    use super::*;
    use crate::random::{generator, normals};

    #[test]
    fn several_labellings_at_once_are_those_one_by_one() {
        let mut generator = generator(5, Purpose::ReferenceProblem);
        let mut classes: Vec<u32> = (0..200).map(|sample| sample % 4).collect();
        let values: Vec<f32> = normals(&mut generator, 200 * 3, 1.0)
            .iter()
            .enumerate()
            .map(|(index, x)| (x + f64::from(classes[index / 3])) as f32)
            .collect();
        let layer = LayerOutputs::new(&values, 3);
        let samples: Vec<usize> = (0..180).collect();
        let noises = [Noise::Ratio(-5.0), Noise::Ratio(5.0), Noise::Ratio(40.0)];
        let own = classes.clone();
        classes.rotate_left(1);
        classes[..100].reverse();
        let labellings = [Labels::new(&own, 4), Labels::new(&classes, 4)];
        let found = label_information(layer, &labellings, &samples, &noises, 0);
        for (index, labels) in labellings.into_iter().enumerate() {
            let alone = information(layer, labels, &samples, &noises, 0.005, 1);
            for (found, alone) in found.iter().zip(alone) {
                let off = (found[index] - alone.labels.bits).abs();
                assert!(off < 0.05, "{} and {:?}", found[index], alone.labels);
            }
        }
        // Where all samples look different, labels are known whatever they are.
        assert!((found[2][0] - 2.0).abs() < 1e-3 && (found[2][1] - 2.0).abs() < 1e-3);
        let dead = LayerOutputs::new(&[1.0; 600], 3);
        assert_eq!(label_information(dead, &labellings, &samples, &noises, 0), [[0.0; 2]; 3]);
    }
}
