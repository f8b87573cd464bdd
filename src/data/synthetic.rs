//! Regressions on random inputs: two time scales, and a random teacher.

use super::{Inputs, MemberData, Outputs, SampleSet};
use crate::experiment::Settings;
use crate::random::{self, Purpose, normals};

/// Samples made from standard normal numbers `z`, `[features]`.
fn drawn(
    member: &Settings,
    inputs: impl Fn(&[f64]) -> Vec<f64>,
    outputs: impl Fn(&[f64]) -> Vec<f64>,
) -> MemberData {
    let shape = member.shape();
    let set = |count, purpose| {
        let mut generator = random::generator(member.seed, purpose);
        let (mut all_inputs, mut all_outputs) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let z = normals(&mut generator, shape.features, 1.0);
            all_inputs.extend(inputs(&z).into_iter().map(|x| x as f32));
            all_outputs.extend(outputs(&z).into_iter().map(|y| y as f32));
        }
        SampleSet {
            ids: Vec::new(),
            inputs: Inputs::Dense { features: shape.features, values: all_inputs },
            outputs: Outputs::Numbers { width: shape.outputs, values: all_outputs },
        }
    };
    let train = member.train_samples();
    MemberData {
        train: set(train, Purpose::TrainInputs),
        test: set(shape.samples - train, Purpose::TestInputs),
    }
}

/// `y = θ·z` with `z` standard normal. The coefficients `θ` of the fast features have norm 2, and
/// so have those of the ten slow features, which come last. The inputs are `z` with the slow
/// features scaled down. Gradient descent learns a feature at a rate that grows with the square of
/// its scale (after Heckel & Yilmaz, arXiv 2007.10099, and Pezeshki et al., arXiv 2112.03215).
pub(super) fn two_scale(member: &Settings) -> MemberData {
    let mut teacher = random::generator(member.seed, Purpose::Teacher);
    let mut direction = |length| {
        let direction = normals(&mut teacher, length, 1.0);
        let norm = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
        direction.into_iter().map(move |x| Settings::TWO_SCALE_NORM * x / norm)
    };
    let theta: Vec<f64> =
        direction(member.fast_features).chain(direction(Settings::SLOW_FEATURES)).collect();
    let scaled = |z: &[f64]| {
        let (fast, slow) = z.split_at(member.fast_features);
        fast.iter().copied().chain(slow.iter().map(|z| member.slow_scale * z)).collect()
    };
    drawn(member, scaled, |z| vec![z.iter().zip(&theta).map(|(z, theta)| z * theta).sum()])
}

/// The outputs of a network 5-100-100-5 with tanh and weights of variance 1 / inputs, on standard
/// normal inputs (after Liu et al., arXiv 2210.01117).
pub(super) fn teacher(member: &Settings) -> MemberData {
    let units = [member.features(), 100, 100, member.outputs()];
    let mut generator = random::generator(member.seed, Purpose::Teacher);
    let layers: Vec<Vec<f64>> = units
        .windows(2)
        .map(|units| normals(&mut generator, units[0] * units[1], 1.0 / (units[0] as f64).sqrt()))
        .collect();
    drawn(member, <[f64]>::to_vec, |z| {
        let mut values = z.to_vec();
        for (layer, weights) in layers.iter().enumerate() {
            if layer > 0 {
                values.iter_mut().for_each(|value| *value = value.tanh());
            }
            let outputs = units[layer + 1];
            let column = |k: usize| weights[k..].iter().step_by(outputs);
            let sum = |k| values.iter().zip(column(k)).map(|(x, w)| x * w).sum();
            values = (0..outputs).map(sum).collect();
        }
        values
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn member(query: &str) -> Settings {
        Experiment::valid(query).members()[0]
    }

    fn numbers(set: &SampleSet) -> &[f32] {
        set.numbers().expect("a regression")
    }

    fn inputs(set: &SampleSet) -> &[f32] {
        match &set.inputs {
            Inputs::Dense { values, .. } => values,
            Inputs::Pairs { .. } => panic!("inputs are dense"),
        }
    }

    #[test]
    fn targets_have_the_variance_of_two_directions_of_norm_two() {
        let data = two_scale(&member("data=two-scale"));
        let test = numbers(&data.test);
        assert_eq!((test.len(), numbers(&data.train).len()), (2000, 200));
        let variance = test.iter().map(|&y| f64::from(y).powi(2)).sum::<f64>() / 2000.0;
        // 4 + 4, of 2,000 samples: a standard deviation of 8 √(2 / 2000) = 0.25.
        assert!((variance - 8.0).abs() < 1.0, "{variance}");
        let slow: f64 = inputs(&data.test)
            .chunks(150)
            .flat_map(|row| &row[140..])
            .map(|&x| f64::from(x).powi(2))
            .sum();
        assert!((slow / 20_000.0 - 0.01).abs() < 5e-4, "{slow}");
    }

    #[test]
    fn a_larger_training_set_starts_with_the_smaller_one() {
        for (make, query) in [
            (two_scale as fn(&Settings) -> MemberData, "data=two-scale"),
            (teacher, "data=teacher"),
        ] {
            let small = make(&member(&format!("{query}&samples=20")));
            let large = make(&member(&format!("{query}&samples=40")));
            assert!(inputs(&large.train).starts_with(inputs(&small.train)));
            assert!(numbers(&large.train).starts_with(numbers(&small.train)));
            assert_eq!(small.test, large.test);
        }
    }
}
