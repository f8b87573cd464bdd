//! Nearest neighbours on a line: the estimates of [`neighbours`](super::super::neighbours) for single
//! numbers. Sorting finds neighbours without the distance of every pair.

use super::super::neighbours::{Nearest, digamma};
use super::super::{Labels, entropy};

/// As [`neighbours::shared`](super::super::neighbours::shared), for two numbers of each sample.
pub fn shared(x: &[f32], t: &[f32], samples: &[usize], k: usize) -> f64 {
    let n = samples.len();
    if k == 0 || n <= k {
        return f64::NAN;
    }
    let psi = digamma(n);
    // Differences are scaled and not the numbers, so that equal ones stay equal.
    let ratio = spread(x, samples) / spread(t, samples);
    if !ratio.is_finite() {
        return f64::NAN;
    }
    let mut order = samples.to_vec();
    order.sort_by(|one, other| x[*one].total_cmp(&x[*other]));
    let sorted_x: Vec<f32> = order.iter().map(|sample| x[*sample]).collect();
    let sorted_t = sorted(order.iter().map(|sample| t[*sample]));
    let mut sum = 0.0;
    let mut nearest = Nearest::new(k);
    for (place, one) in order.iter().enumerate() {
        nearest.clear();
        for (seen, other) in outwards(&sorted_x, place).enumerate() {
            let apart = (sorted_x[other] - sorted_x[place]).abs();
            // All that follow are as far along `x`.
            if seen >= k && apart >= nearest.last() {
                break;
            }
            nearest.push(apart.max((t[order[other]] - t[*one]).abs() * ratio));
        }
        let reach = nearest.last();
        let k = if reach > 0.0 {
            k
        } else {
            let same = |other: &&usize| x[**other] == x[*one] && t[**other] == t[*one];
            order.iter().filter(same).count() - 1
        };
        let near_x = inside(&sorted_x, x[*one], 1.0, reach) - 1;
        let near_t = inside(&sorted_t, t[*one], ratio, reach) - 1;
        sum += psi[k] - psi[near_x + 1] - psi[near_t + 1];
    }
    (sum / n as f64 + psi[n]) * std::f64::consts::LOG2_E
}

/// The standard deviation of the numbers of some samples; 1 where they are equal.
fn spread(values: &[f32], samples: &[usize]) -> f32 {
    let count = samples.len().max(1) as f64;
    let value = |sample: &usize| f64::from(values[*sample]);
    let mean = samples.iter().map(value).sum::<f64>() / count;
    let variance = samples.iter().map(|s| (value(s) - mean).powi(2)).sum::<f64>() / count;
    if variance == 0.0 { 1.0 } else { variance.sqrt() as f32 }
}

/// As [`neighbours::shared_with_labels`](super::super::neighbours::shared_with_labels), for a number
/// of each sample.
pub fn shared_with_labels(t: &[f32], labels: Labels, samples: &[usize], k: usize) -> f64 {
    let counts = labels.counts(samples);
    let mut classes = vec![Vec::new(); labels.count()];
    for sample in samples {
        classes[labels.of(*sample) as usize].push(t[*sample]);
    }
    classes.retain(|class| class.len() > 1);
    let all = sorted(classes.iter().flatten().copied());
    let n = all.len();
    if k == 0 || n == 0 || all.iter().any(|value| !value.is_finite()) {
        return f64::NAN;
    }
    let psi = digamma(n);
    let mut sum = 0.0;
    for class in classes {
        let class = sorted(class.into_iter());
        let k = k.min(class.len() - 1);
        let mut nearest = Nearest::new(k);
        for (place, value) in class.iter().enumerate() {
            nearest.clear();
            outwards(&class, place).take(k).for_each(|o| nearest.push((class[o] - value).abs()));
            let reach = nearest.last();
            let (k, m) = if reach > 0.0 {
                (k, inside(&all, *value, 1.0, reach))
            } else {
                (inside(&class, *value, 1.0, 0.0) - 1, inside(&all, *value, 1.0, 0.0) - 1)
            };
            sum += psi[k] - psi[m] - psi[class.len()];
        }
    }
    ((sum / n as f64 + psi[n]) * std::f64::consts::LOG2_E).min(entropy(&counts))
}

fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_by(f32::total_cmp);
    sorted
}

/// The other places of a sorted list, nearest to `place` first.
fn outwards(sorted: &[f32], place: usize) -> impl Iterator<Item = usize> {
    let (mut left, mut right) = (place, place + 1);
    std::iter::from_fn(move || {
        let below = left.checked_sub(1).map(|below| sorted[place] - sorted[below]);
        let above = sorted.get(right).map(|above| above - sorted[place]);
        if below.is_some_and(|below| above.is_none_or(|above| below <= above)) {
            left -= 1;
            Some(left)
        } else {
            above?;
            right += 1;
            Some(right - 1)
        }
    })
}

/// How many of the sorted numbers are nearer to `value` than `reach`, with differences times
/// `factor`, or equal it.
fn inside(sorted: &[f32], value: f32, factor: f32, reach: f32) -> usize {
    // The differences are those that `reach` is one of, so that none of them is rounded otherwise.
    let before = |other: &f32| (value - other) * factor >= reach && value != *other;
    let upto = |other: &f32| (other - value) * factor < reach || value == *other;
    sorted.partition_point(upto) - sorted.partition_point(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::information::kernel::Distances;
    use crate::measure::information::{LayerOutputs, neighbours};
    use crate::random::{Purpose, generator, normals};

    #[test]
    fn neighbours_on_a_line_are_those_of_all_pairs() {
        let mut generator = generator(1, Purpose::ReferenceProblem);
        let drawn: Vec<f32> = normals(&mut generator, 400, 1.0).iter().map(|x| *x as f32).collect();
        let x: Vec<f32> = drawn[..200].to_vec();
        let t: Vec<f32> = x.iter().zip(&drawn[200..]).map(|(x, noise)| x + 0.3 * noise).collect();
        // In eighths, so that many coincide.
        let coarse = |values: &[f32]| -> Vec<f32> {
            values.iter().map(|x| (2.0 * x).round() / 8.0).collect()
        };
        let classes: Vec<u32> = x.iter().map(|x| (x + 2.0).clamp(0.0, 3.9) as u32).collect();
        let labels = Labels::new(&classes, 4);
        for (x, t) in [(x.clone(), t.clone()), (coarse(&x), coarse(&t))] {
            let samples: Vec<usize> = (0..180).collect();
            let [far_x, far_t] =
                [&x, &t].map(|values| Distances::new(LayerOutputs::new(values, 1)));
            for k in [1, 3, 7] {
                let pairs = neighbours::shared_with_labels(&far_t, labels, &samples, k);
                let line = shared_with_labels(&t, labels, &samples, k);
                assert!((line - pairs).abs() < 1e-9, "{k}: {line} {pairs}");
                let pairs = neighbours::shared(&far_x, &far_t, &samples, k);
                let line = shared(&x, &t, &samples, k);
                assert!((line - pairs).abs() < 1e-9, "{k}: {line} {pairs}");
            }
        }
    }

    #[test]
    fn neighbours_come_nearest_first() {
        let sorted = [0.0, 1.0, 2.5, 3.0, 7.0];
        assert!(outwards(&sorted, 2).eq([3, 1, 0, 4]));
        assert_eq!(inside(&sorted, 2.5, 1.0, 1.5), 2);
        assert_eq!(inside(&[1.0, 1.0, 2.0], 1.0, 1.0, 0.0), 2);
    }

    #[test]
    fn a_line_of_equal_numbers_tells_nothing() {
        let classes: Vec<u32> = (0..40).map(|sample| sample % 2).collect();
        let samples: Vec<usize> = (0..40).collect();
        let dead = [1.5; 40];
        let x: Vec<f32> = (0..40).map(|sample| sample as f32).collect();
        assert!(shared_with_labels(&dead, Labels::new(&classes, 2), &samples, 3).abs() < 0.05);
        assert!(shared(&x, &dead, &samples, 3).abs() < 0.05);
    }
}
