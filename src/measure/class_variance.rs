//! The fraction of a layer's variance that is within classes. It falls as each class collapses to a
//! point.
//!
//! Papyan, Han & Donoho (PNAS 117, 2020, "neural collapse", property NC1) compare the covariances
//! within and between classes; Sakamoto & Sato (arXiv 2509.20829) explain grokking and the
//! information bottleneck's compression by the variance within classes. Here it is a fraction of
//! all variance, by traces, so that the layer's scale does not matter.

/// f32's unit of rounding.
const ROUNDING: f64 = 1.0 / (1 << 24) as f64;

/// The fraction `W / V` of a layer's variance that is within classes, 0 (each class is a point) to
/// 1 (the classes have one mean).
///
/// `values` is `[samples, units]`, `classes` the class of each sample, below `class_count`, and
/// `rows` the samples that count, all if there is no list. `W` is the mean of `‖T - mean of its
/// class‖²` over samples, `V` that of `‖T - mean‖²`. Where nothing varies beyond f32's rounding the
/// classes are not told apart, and the fraction is 1; where a value is not finite it is NaN.
///
/// # Panics
/// If a class or a row is out of range.
#[must_use]
pub fn within_over_total(
    values: &[f32],
    units: usize,
    classes: &[u32],
    class_count: usize,
    rows: Option<&[usize]>,
) -> f64 {
    let all: Vec<usize>;
    let rows = match rows {
        Some(rows) => rows,
        None => {
            all = (0..classes.len()).collect();
            &all
        }
    };
    let row = |row: usize| &values[row * units..(row + 1) * units];
    let mut counts = vec![0f64; class_count];
    let mut class_means = vec![0f64; class_count * units];
    let mut mean = vec![0f64; units];
    for &sample in rows {
        let class = classes[sample] as usize;
        counts[class] += 1.0;
        let class_mean = &mut class_means[class * units..(class + 1) * units];
        for (sum, value) in class_mean.iter_mut().zip(row(sample)) {
            *sum += f64::from(*value);
        }
    }
    for class_sum in class_means.chunks_exact(units) {
        mean.iter_mut().zip(class_sum).for_each(|(sum, part)| *sum += part);
    }
    mean.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
    for (class_sum, count) in class_means.chunks_exact_mut(units).zip(&counts) {
        class_sum.iter_mut().for_each(|sum| *sum /= count);
    }
    let (mut within, mut total, mut square) = (0.0, 0.0, 0.0);
    for &sample in rows {
        let class = classes[sample] as usize;
        let class_mean = &class_means[class * units..(class + 1) * units];
        for ((value, class_mean), mean) in row(sample).iter().zip(class_mean).zip(&mean) {
            let value = f64::from(*value);
            within += (value - class_mean).powi(2);
            total += (value - mean).powi(2);
            square += value * value;
        }
    }
    if total <= ROUNDING * ROUNDING * square { 1.0 } else { within / total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{self, Purpose, normals};

    fn noise(count: usize, deviation: f64) -> Vec<f64> {
        normals(&mut random::generator(7, Purpose::InitialWeights), count, deviation)
    }

    /// 60 samples of three classes with `units` units, each class around a point of its own.
    fn clusters(units: usize, deviation: f64) -> (Vec<f32>, Vec<u32>) {
        let classes: Vec<u32> = (0..60).map(|sample| sample * sample % 7 % 3).collect();
        let centre = |class: u32, unit: usize| f64::from((class + 1) * (unit as u32 + 2) % 5);
        let values = noise(60 * units, deviation)
            .into_iter()
            .enumerate()
            .map(|(i, noise)| (centre(classes[i / units], i % units) + noise) as f32);
        (values.collect(), classes)
    }

    #[test]
    fn classes_that_are_points_have_no_variance_within() {
        let (values, classes) = clusters(4, 0.0);
        assert_eq!(within_over_total(&values, 4, &classes, 3, None), 0.0);
    }

    #[test]
    fn within_and_between_add_up_to_the_total_variance() {
        let (values, classes) = clusters(4, 0.7);
        let rows: Vec<usize> = (0..60).filter(|row| row % 4 != 1).collect();
        let mean = |rows: &[usize], unit: usize| {
            let values = rows.iter().map(|row| f64::from(values[row * 4 + unit]));
            values.sum::<f64>() / rows.len() as f64
        };
        let (mut between, mut total) = (0.0, 0.0);
        for unit in 0..4 {
            let grand = mean(&rows, unit);
            for class in 0..3 {
                let of_class: Vec<usize> =
                    rows.iter().copied().filter(|&row| classes[row] == class).collect();
                between += of_class.len() as f64 * (mean(&of_class, unit) - grand).powi(2);
            }
            total += rows
                .iter()
                .map(|row| (f64::from(values[row * 4 + unit]) - grand).powi(2))
                .sum::<f64>();
        }
        let fraction = within_over_total(&values, 4, &classes, 3, Some(&rows));
        assert!((fraction - (1.0 - between / total)).abs() < 1e-12, "{fraction}");
        assert!(fraction > 0.05 && fraction < 0.95, "{fraction}");
    }

    #[test]
    fn scaling_a_layer_changes_nothing() {
        let (values, classes) = clusters(4, 0.7);
        let scaled: Vec<f32> = values.iter().map(|value| value * 1024.0).collect();
        let fraction = |values: &[f32]| within_over_total(values, 4, &classes, 3, None);
        assert_eq!(fraction(&values), fraction(&scaled));
    }

    #[test]
    fn a_class_without_samples_does_not_count() {
        let (values, classes) = clusters(4, 0.7);
        let fraction = |count| within_over_total(&values, 4, &classes, count, None);
        assert_eq!(fraction(3), fraction(5));
    }

    #[test]
    fn a_constant_layer_has_all_its_variance_within_classes() {
        for value in [0.0, 0.1, -1e9] {
            assert_eq!(within_over_total(&[value; 30], 3, &[0, 1].repeat(5), 2, None), 1.0);
        }
        assert!(within_over_total(&[f32::NAN; 30], 3, &[0, 1].repeat(5), 2, None).is_nan());
    }
}
