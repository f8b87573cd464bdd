//! Reference problems: pairs of an input and an output with known mutual information.

use rand::RngExt;

use crate::measure::ReferenceProblem;
use crate::measure::information::Labels;
use crate::random::{Generator, Purpose, generator, normal, normals};

/// The deviation of noise that is there only to make an output continuous: a tenth, or less, of the
/// distance at which it would be taken for that of another.
pub const MARGIN: f64 = 0.05;

/// A mutual information that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// In bits.
    pub bits: f64,
    /// Its standard error; 0 if it comes from a closed form.
    pub error: f64,
}

/// Pairs drawn from a [`ReferenceProblem`].
#[derive(Clone, Debug)]
pub struct Sample {
    /// The input as a vector, `[samples, input units]`.
    pub inputs: Vec<f32>,
    /// Numbers in an input.
    pub input_units: usize,
    /// The number of each input, and how many inputs there are, if it is discrete.
    pub classes: Option<(Vec<u32>, usize)>,
    /// Outputs before Gaussian noise was added, `[samples, output units]`.
    pub centres: Vec<f32>,
    /// Outputs, `[samples, output units]`.
    pub outputs: Vec<f32>,
    /// Numbers in an output.
    pub output_units: usize,
    /// The variance of the noise.
    pub variance: f64,
}

impl Sample {
    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outputs.len() / self.output_units
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }
}

impl ReferenceProblem {
    /// Its mutual information.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let closed = |bits| Truth { bits, error: 0.0 };
        match *self {
            Self::Gaussian { dimensions, signal_to_noise } => {
                closed(dimensions as f64 / 2.0 * signal_to_noise.ln_1p() / 2f64.ln())
            }
            Self::BinarySymmetric { flip } => {
                let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
                closed(1.0 - part(flip) - part(1.0 - flip))
            }
            Self::Map { outputs, .. } => closed((outputs as f64).log2()),
            Self::NoisyLayer { inputs, units, gain, noise } => {
                // Some 2^24 terms, which take a tenth of a second.
                let draws = ((1 << 24) / (units << inputs)).clamp(1000, 200_000);
                mixture(&layer(inputs, units, gain), units, noise, draws)
            }
        }
    }

    /// Every input of a finite source once, if each has one output but for the noise.
    #[must_use]
    pub fn whole(&self, generator: &mut Generator) -> Option<Sample> {
        let has_one_output = matches!(self, Self::Map { .. } | Self::NoisyLayer { .. });
        let count = self.input_count().filter(|_| has_one_output)?;
        Some(self.pairs(count, |index, _| index as u32, generator))
    }

    /// Draws independent pairs.
    #[must_use]
    pub fn sample(&self, samples: usize, generator: &mut Generator) -> Sample {
        let count = self.input_count().unwrap_or(1) as u32;
        self.pairs(samples, |_, generator| generator.random_range(0..count), generator)
    }

    /// Pairs with the inputs that are `chosen`, by their index, if the source is finite.
    fn pairs(
        &self,
        samples: usize,
        chosen: impl Fn(usize, &mut Generator) -> u32,
        generator: &mut Generator,
    ) -> Sample {
        let mut classes = Vec::new();
        if self.input_count().is_some() {
            classes.extend((0..samples).map(|index| chosen(index, generator)));
        }
        let (inputs, centres, deviation): (Vec<f64>, Vec<f64>, f64) = match *self {
            Self::Gaussian { dimensions, signal_to_noise } => {
                let x = normals(generator, samples * dimensions, 1.0);
                (x.clone(), x, signal_to_noise.sqrt().recip())
            }
            Self::BinarySymmetric { flip } => {
                let x: Vec<f64> = classes.iter().map(|bit| 2.0 * f64::from(*bit) - 1.0).collect();
                let mut flipped = |x: &f64| if generator.random::<f64>() < flip { -x } else { *x };
                let t = x.iter().map(&mut flipped).collect();
                (x, t, MARGIN)
            }
            Self::Map { inputs, outputs } => {
                let one_hot = Labels::new(&classes, inputs).one_hot().into_iter().map(f64::from);
                let t = classes.iter().map(|class| f64::from(class % outputs as u32)).collect();
                (one_hot.collect(), t, MARGIN)
            }
            Self::NoisyLayer { inputs, units, gain, noise } => {
                let all = layer(inputs, units, gain);
                let pattern = |class: &u32| {
                    let class = *class as usize;
                    (0..inputs).map(move |input| sign(class, input))
                };
                let centre = |class: &u32| &all[*class as usize * units..][..units];
                let x = classes.iter().flat_map(pattern).collect();
                (x, classes.iter().flat_map(centre).copied().collect(), noise)
            }
        };
        let [input_units, output_units] = self.units();
        let outputs = centres.iter().map(|t| (t + deviation * normal(generator)) as f32).collect();
        Sample {
            inputs: inputs.iter().map(|x| *x as f32).collect(),
            input_units,
            classes: self.input_count().map(|count| (classes, count)),
            centres: centres.iter().map(|t| *t as f32).collect(),
            outputs,
            output_units,
            variance: deviation * deviation,
        }
    }

    fn units(&self) -> [usize; 2] {
        match *self {
            Self::Gaussian { dimensions, .. } => [dimensions; 2],
            Self::BinarySymmetric { .. } => [1, 1],
            Self::Map { inputs, .. } => [inputs, 1],
            Self::NoisyLayer { inputs, units, .. } => [inputs, units],
        }
    }

    fn input_count(&self) -> Option<usize> {
        match *self {
            Self::Gaussian { .. } => None,
            Self::BinarySymmetric { .. } => Some(2),
            Self::Map { inputs, .. } => Some(inputs),
            Self::NoisyLayer { inputs, .. } => Some(1 << inputs),
        }
    }
}

/// The sign of one input of a pattern, -1 or 1.
fn sign(pattern: usize, input: usize) -> f64 {
    if pattern >> input & 1 == 1 { 1.0 } else { -1.0 }
}

/// `tanh(W x)` of every pattern, `[patterns, units]`.
fn layer(inputs: usize, units: usize, gain: f64) -> Vec<f64> {
    let mut generator = generator(0, Purpose::ReferenceWeights);
    let weights = normals(&mut generator, inputs * units, gain / (inputs as f64).sqrt());
    let unit = |pattern: usize, weights: &[f64]| {
        let sum = weights.iter().enumerate().map(|(input, weight)| weight * sign(pattern, input));
        sum.sum::<f64>().tanh()
    };
    let row = |pattern| weights.chunks_exact(inputs).map(move |weights| unit(pattern, weights));
    (0..1 << inputs).flat_map(row).collect()
}

/// The information of a Gaussian mixture's output about its centre, one of equally likely
/// `[centres, units]`: the mean of `log2 p(t|x) / p(t)` over draws of both.
fn mixture(centres: &[f64], units: usize, noise: f64, draws: usize) -> Truth {
    let mut generator = generator(0, Purpose::ReferenceTruth);
    let count = centres.len() / units;
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut output = vec![0f64; units];
    for draw in 0..draws {
        // Every centre as often as any other, as far as draws go.
        let centre = &centres[draw % count * units..][..units];
        let mut exponent = 0.0;
        for (output, centre) in output.iter_mut().zip(centre) {
            let noise = noise * normal(&mut generator);
            *output = centre + noise;
            exponent += noise * noise;
        }
        let scale = 1.0 / (2.0 * noise * noise);
        let density = |centre: &[f64]| {
            let apart = centre.iter().zip(&output).map(|(c, t)| (c - t) * (c - t)).sum::<f64>();
            ((exponent - apart) * scale).exp()
        };
        let relative = centres.chunks_exact(units).map(density).sum::<f64>() / count as f64;
        let bits = -relative.log2();
        sum += bits;
        squares += bits * bits;
    }
    let mean = sum / draws as f64;
    let variance = squares / draws as f64 - mean * mean;
    Truth { bits: mean, error: (variance / draws as f64).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_of_a_noisy_unit_is_its_integral() {
        let noise = 0.3;
        let problem = ReferenceProblem::NoisyLayer { inputs: 4, units: 1, gain: 1.0, noise };
        let centres = layer(4, 1, 1.0);
        let density = |t: f64| {
            let normal = (2.0 * std::f64::consts::PI).sqrt() * noise;
            let from = |centre: &f64| (-((t - centre) / noise).powi(2) / 2.0).exp() / normal;
            centres.iter().map(from).sum::<f64>() / centres.len() as f64
        };
        let step = 1e-3;
        let entropy: f64 = (-4000..4000)
            .map(|i| density(f64::from(i) * step))
            .filter(|p| *p > 0.0)
            .map(|p| -p * p.log2() * step)
            .sum();
        let noises =
            0.5 * (2.0 * std::f64::consts::PI * std::f64::consts::E * noise * noise).log2();
        let truth = problem.truth();
        assert!(truth.error > 0.0 && truth.error < 0.005);
        assert!((truth.bits - (entropy - noises)).abs() < 4.0 * truth.error, "{truth:?}");
    }

    #[test]
    fn truths_with_closed_forms_are_those_of_the_textbook() {
        let bits = |problem: ReferenceProblem| problem.truth().bits;
        let gaussian = |dimensions, signal_to_noise| ReferenceProblem::Gaussian {
            dimensions,
            signal_to_noise,
        };
        assert!((bits(gaussian(1, 3.0)) - 1.0).abs() < 1e-12);
        assert!((bits(gaussian(20, 3.0)) - 20.0).abs() < 1e-12);
        assert_eq!(bits(ReferenceProblem::BinarySymmetric { flip: 0.5 }), 0.0);
        assert_eq!(bits(ReferenceProblem::BinarySymmetric { flip: 0.0 }), 1.0);
        assert_eq!(bits(ReferenceProblem::Map { inputs: 64, outputs: 8 }), 3.0);
    }
}
