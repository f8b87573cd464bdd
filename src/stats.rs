//! Means, deviations, medians and quantiles of a few numbers, and the order of short lists.

use serde::Serialize;

/// The arithmetic mean. NaN without values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sample standard deviation, with `n - 1` in the denominator. NaN for fewer than two values.
#[must_use]
pub fn standard_deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

/// The median: the value in the middle, or the mean of the two in the middle. `None` without
/// values.
///
/// NaN counts as larger than every number.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    quantile(values, 0.5)
}

/// Median and range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
}

impl Spread {
    /// Of some numbers; `None` without any.
    #[must_use]
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.collect();
        Some(Self {
            median: median(values.iter().copied())?,
            low: values.iter().copied().reduce(f64::min)?,
            high: values.iter().copied().reduce(f64::max)?,
        })
    }
}

/// The value below which the given fraction of all values lies, with straight lines between values
/// (type 7 of Hyndman & Fan, The American Statistician 50, 1996). `None` without values.
///
/// NaN counts as larger than every number; a fraction outside 0 to 1 counts as the nearer end.
#[must_use]
pub fn quantile(values: impl IntoIterator<Item = f64>, fraction: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let position = fraction.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    // Equal neighbours, infinite ones among them, need no line between them.
    if below == above {
        return Some(below);
    }
    Some(below + position.fract() * (above - below))
}

/// The lower median of `count` sorted values, when only the first ones are given: the value in the
/// middle, or the lower of the two in the middle. `None` if it is not among the given ones.
///
/// A step at which half of the members have reached a threshold is a step that was evaluated. The
/// mean of two of them need not be, and members that never get there have no step to average.
#[must_use]
pub fn lower_median<T: Copy>(sorted: &[T], count: usize) -> Option<T> {
    sorted.get(count.checked_sub(1)? / 2).copied()
}

/// Sorts a short list by insertion; equal items keep their order. With the library, the page would
/// download several kB for each type that it sorts.
pub fn sort_short<T>(items: &mut [T], is_less: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && is_less(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_is_a_mean_of_two() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0]), Some(3.0));
        assert_eq!(median([5.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 10.0]), Some(3.0));
        assert_eq!(median([f64::NAN, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([f64::INFINITY, f64::INFINITY, 1.0, 2.0]), Some(f64::INFINITY));
    }

    #[test]
    fn quantiles_lie_on_lines_between_values() {
        let values = [10.0, 20.0, 40.0, 80.0, 160.0];
        let at = |fraction| quantile(values, fraction);
        assert_eq!(at(0.0), Some(10.0));
        assert_eq!(at(1.0), Some(160.0));
        assert_eq!(at(7.0), Some(160.0));
        assert_eq!(at(0.25), Some(20.0));
        assert_eq!(at(0.375), Some(30.0));
        assert_eq!(at(0.5), Some(40.0));
    }

    #[test]
    fn the_lower_median_is_one_of_the_values() {
        assert_eq!(lower_median(&[1, 2, 3, 4], 4), Some(2));
        assert_eq!(lower_median(&[1, 2, 3], 3), Some(2));
        assert_eq!(lower_median(&[7, 9], 3), Some(9));
        assert_eq!(lower_median(&[7], 3), None);
        assert_eq!(lower_median::<u32>(&[], 0), None);
    }

    #[test]
    fn a_short_list_is_sorted_as_the_library_sorts_it() {
        for length in 0..9_usize {
            let mut items: Vec<_> = (0..length).map(|index| (index * 7 % 3, index)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_short(&mut items, |a, b| a.0 < b.0);
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(mean(&values), 5.0);
        assert!((standard_deviation(&values) - (32.0f64 / 7.0).sqrt()).abs() < 1e-15);
        assert!(standard_deviation(&[1.0]).is_nan());
        assert!(mean(&[]).is_nan());
    }
}
