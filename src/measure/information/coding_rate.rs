//! Coding rate: the bits that a Gaussian source with the covariance of the outputs needs for each
//! sample, up to a distortion (Ma, Derksen, Hong & Wright, IEEE PAMI 29 (2007) 1546; as a measure of
//! representations Yu, Chan, You, Song & Ma, arXiv 2006.08558).
//!
//! For outputs with covariance `C` and a distortion of variance `σ²` on every unit,
//!
//! `R(T) = log2 det(I + C / σ²) / 2` in bits, and the rate reduction `R(T) - Σ p_c R(T given c)`.
//!
//! `R` stands for `I(X;T)` and the reduction for `I(T;Y)`. The papers write `ε² = d σ²` for `d` units,
//! and take moments about zero. Here they are about the mean of the samples, and of each class: a
//! shift of the layer or of a class has no cost then, as in mutual information.
//!
//! `R` is the information of a Gaussian layer read with Gaussian noise of variance `σ²`. No layer of
//! the same covariance has more, so the exact information at that noise
//! ([`exact`](super::exact)) is never above it.
//!
//! It knows nothing of how many samples or classes there are: in wide layers it is far above `log2
//! n`, and the reduction can be above the entropy of the labels. The reduction is no bound of either
//! kind.

use nalgebra::{Cholesky, DMatrix};

use super::kernel::Noise;
use super::{Information, Labels, LayerOutputs};

/// `R(T)` and the rate reduction over some samples, in bits; not a number if an output is not
/// finite.
#[must_use]
pub fn information(
    layer: LayerOutputs,
    labels: Labels,
    samples: &[usize],
    noise: Noise,
) -> Information {
    let (rate, variance) = whole(layer, samples, noise);
    Information { inputs: rate, labels: rate - within(layer, labels, samples, variance) }
}

/// The rate of all samples, and the distortion's variance.
fn whole(layer: LayerOutputs, samples: &[usize], noise: Noise) -> (f64, f64) {
    let centred = CentredColumns::new(layer, samples);
    let variance = noise.variance(centred.total_variance(), layer.units());
    (centred.rate(variance), variance)
}

/// The mean rate within classes.
fn within(layer: LayerOutputs, labels: Labels, samples: &[usize], variance: f64) -> f64 {
    let mut order = samples.to_vec();
    order.sort_by_key(|sample| labels.of(*sample));
    let classes = order.chunk_by(|one, other| labels.of(*one) == labels.of(*other));
    let rates =
        classes.map(|class| class.len() as f64 * CentredColumns::new(layer, class).rate(variance));
    rates.sum::<f64>() / samples.len() as f64
}

/// Outputs of some samples about their mean, `[units, samples]`.
struct CentredColumns(DMatrix<f64>);

impl CentredColumns {
    fn new(layer: LayerOutputs, samples: &[usize]) -> Self {
        let entry = |unit: usize, index: usize| f64::from(layer.row(samples[index])[unit]);
        let mut outputs = DMatrix::from_fn(layer.units(), samples.len(), entry);
        let mean = outputs.column_mean();
        outputs.column_iter_mut().for_each(|mut output| output -= &mean);
        Self(outputs)
    }

    fn total_variance(&self) -> f64 {
        self.0.norm_squared() / self.0.ncols() as f64
    }

    /// `log2 det(I + C / σ²) / 2`, from the smaller of the two Gram matrices.
    fn rate(&self, variance: f64) -> f64 {
        let Self(outputs) = self;
        let total = self.total_variance();
        if total == 0.0 {
            return 0.0;
        }
        let (units, samples) = outputs.shape();
        let gram =
            if units <= samples { outputs * outputs.transpose() } else { outputs.tr_mul(outputs) };
        let scaled = gram / (samples as f64 * variance);
        let identity = DMatrix::identity(scaled.nrows(), scaled.ncols());
        let factor = Cholesky::new(identity + scaled);
        // Half the determinant's logarithm is that of its factor's diagonal.
        factor.map_or(f64::NAN, |factor| {
            factor.l_dirty().diagonal().iter().map(|entry| entry.log2()).sum()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::information::exact;
    use crate::random::{Generator, Purpose, generator, normals};

    fn drawn(generator: &mut Generator, count: usize) -> Vec<f32> {
        normals(generator, count, 1.0).iter().map(|x| *x as f32).collect()
    }

    fn all(samples: usize) -> Vec<usize> {
        (0..samples).collect()
    }

    #[test]
    fn the_rate_is_the_determinant_of_the_covariance() {
        // Two units: the determinant by hand, with variances and covariance in plain sums.
        let mut generator = generator(1, Purpose::ReferenceProblem);
        let values: Vec<f32> = drawn(&mut generator, 100)
            .chunks(2)
            .flat_map(|pair| [2.0 * pair[0] + 5.0, pair[0] + 0.5 * pair[1]])
            .collect();
        let unit = |unit: usize| values.iter().skip(unit).step_by(2).map(|v| f64::from(*v));
        let mean = |unit_index: usize| unit(unit_index).sum::<f64>() / 50.0;
        let (a, b) = (mean(0), mean(1));
        let moment = |one: usize, other: usize| {
            let means = [a, b];
            let pairs = unit(one).zip(unit(other));
            pairs.map(|(x, y)| (x - means[one]) * (y - means[other])).sum::<f64>() / 50.0
        };
        let variance = 0.7;
        let determinant = (1.0 + moment(0, 0) / variance) * (1.0 + moment(1, 1) / variance)
            - (moment(0, 1) / variance).powi(2);
        let layer = LayerOutputs::new(&values, 2);
        let one = [0; 50];
        let noise = Noise::Absolute(variance);
        let got = information(layer, Labels::new(&one, 1), &all(50), noise);
        assert!((got.inputs - determinant.log2() / 2.0).abs() < 1e-9, "{got:?}");
        assert!(got.labels.abs() < 1e-9, "{got:?}");
    }

    #[test]
    fn both_gram_matrices_give_the_same_rate() {
        let mut generator = generator(2, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 12 * 30);
        // As wide as twelve samples need, or padded with units that are always zero.
        let narrow = CentredColumns::new(LayerOutputs::new(&values, 12), &all(30));
        let wide: Vec<f32> =
            values.chunks(12).flat_map(|row| row.iter().copied().chain([0.0; 40])).collect();
        let wide = CentredColumns::new(LayerOutputs::new(&wide, 52), &all(30));
        assert!((narrow.rate(0.1) - wide.rate(0.1)).abs() < 1e-9);
    }

    #[test]
    fn a_gaussian_layer_has_the_rate_of_its_channel() {
        let mut generator = generator(3, Purpose::ReferenceProblem);
        let values = drawn(&mut generator, 4000 * 5);
        let (layer, classes) = (LayerOutputs::new(&values, 5), vec![0; 4000]);
        for decibels in [0.0, 10.0] {
            let noise = Noise::Ratio(decibels);
            let got = information(layer, Labels::new(&classes, 1), &all(4000), noise).inputs;
            let channel = 2.5 * (10f64.powf(decibels / 10.0)).ln_1p() / 2f64.ln();
            assert!((got - channel).abs() < 0.02, "{got} of {channel}");
        }
    }

    #[test]
    fn exact_information_at_the_same_noise_is_never_above() {
        for seed in 0..9 {
            let mut generator = generator(seed, Purpose::ReferenceProblem);
            let units = [1, 3, 10][seed as usize % 3];
            // Neither centred nor Gaussian.
            let values: Vec<f32> =
                drawn(&mut generator, 60 * units).iter().map(|x| x.exp()).collect();
            let (layer, classes) = (LayerOutputs::new(&values, units), vec![0; 60]);
            let labels = Labels::new(&classes, 1);
            for decibels in [-10.0, 0.0, 20.0] {
                let noise = Noise::Ratio(decibels);
                let got = information(layer, labels, &all(60), noise).inputs;
                let exact = exact::information(layer, labels, &all(60), &[noise], 0.002, seed)[0];
                assert!(got > exact.inputs.bits - 0.01, "{got} and {exact:?}");
            }
        }
    }

    #[test]
    fn a_rate_knows_no_number_of_samples_or_classes() {
        // Two corners far apart, one for each of two labels: one bit, whatever the noise.
        let mut generator = generator(4, Purpose::ReferenceProblem);
        let classes: Vec<u32> = (0..64).map(|sample| sample % 2).collect();
        let values: Vec<f32> = classes.iter().flat_map(|class| vec![*class as f32; 20]).collect();
        let labels = Labels::new(&classes, 2);
        let corners = LayerOutputs::new(&values, 20);
        let got = information(corners, labels, &all(64), Noise::Ratio(20.0));
        assert!(got.inputs > 5.0 && got.labels > 5.0, "{got:?}");
        // 64 samples have six bits at most.
        let values = drawn(&mut generator, 64 * 20);
        let wide = LayerOutputs::new(&values, 20);
        let got = information(wide, labels, &all(64), Noise::Ratio(20.0));
        assert!(got.inputs > 40.0, "{got:?}");
    }

    #[test]
    fn equal_outputs_have_no_rate_and_broken_ones_no_number() {
        let classes: Vec<u32> = (0..20).map(|sample| sample % 2).collect();
        let labels = Labels::new(&classes, 2);
        let dead =
            information(LayerOutputs::new(&[2.5; 60], 3), labels, &all(20), Noise::Ratio(0.0));
        assert_eq!(dead, Information { inputs: 0.0, labels: 0.0 });
        let broken = LayerOutputs::new(&[1.0, f32::NAN], 1);
        let broken = information(broken, labels, &all(2), Noise::Ratio(0.0));
        assert!(broken.inputs.is_nan() && broken.labels.is_nan());
    }
}
