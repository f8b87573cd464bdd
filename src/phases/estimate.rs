//! The typical step of several networks, with an interval.

use super::pieces::Reading;
use crate::stats;

/// A step over the networks of one configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The median over all networks, on a logarithmic axis; those that have not reached it count as
    /// later than all others. `None` until half have reached it.
    pub step: Option<f64>,
    /// Lower end of the 90% interval of that median; `None` with `step`.
    pub low: Option<f64>,
    /// Its upper end; `None` if it lies beyond the last step.
    pub high: Option<f64>,
    /// Networks that have reached it.
    pub reached: usize,
    /// Networks in all.
    pub members: usize,
}

/// The probability that an interval leaves out, on each side.
const TAIL: f64 = 0.05;
/// The 95% quantile of the normal distribution, and of Student's t with 1, 2, ... degrees of
/// freedom.
const NORMAL_QUANTILE: f64 = 1.645;
const STUDENT_QUANTILES: [f64; 9] = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833];

impl Estimate {
    /// Of the readings of all networks; `None` for one that has not reached it.
    ///
    /// The interval is the percentile bootstrap over networks (Efron, Annals of Statistics 7, 1979),
    /// in which each network's step is spread evenly over its own range on a logarithmic axis. The
    /// median of a resample is below a step if more than half of its networks are, which is a
    /// binomial probability, so nothing is drawn. Percentiles of few networks are too narrow; they
    /// are widened as Student's t is wider than the normal distribution (Hesterberg, The American
    /// Statistician 69, 2015).
    #[must_use]
    pub fn new(readings: &[Option<Reading>]) -> Self {
        let members = readings.len();
        let mut seen: Vec<Reading> = readings.iter().flatten().copied().collect();
        stats::sort_short(&mut seen, |a, b| a.step < b.step);
        let reached = seen.len();
        let Some(lower) = stats::lower_median(&seen, members) else {
            return Self { step: None, low: None, high: None, reached, members };
        };
        let upper = seen.get(members / 2).unwrap_or(&lower);
        let centre = (lower.step.ln_1p() + upper.step.ln_1p()) / 2.0;
        let factor = match members.checked_sub(2).and_then(|at| STUDENT_QUANTILES.get(at)) {
            Some(quantile) => {
                quantile / NORMAL_QUANTILE * (members as f64 / (members as f64 - 1.0)).sqrt()
            }
            None => 1.0,
        };
        let bound = |probability: f64| {
            let fraction = fraction_for(probability, members);
            let time = quantile(&seen, fraction * members as f64)?;
            Some((centre + factor * (time - centre)).max(0.0).exp_m1())
        };
        let step = centre.exp_m1();
        let low = bound(TAIL).map(|low| low.min(step));
        let high = bound(1.0 - TAIL).map(|high| high.max(step));
        Self { step: Some(step), low, high, reached, members }
    }
}

/// The fraction of all networks below a step at which the median of a resample is below it with a
/// probability.
fn fraction_for(probability: f64, members: usize) -> f64 {
    // The two in the middle, which are one if the count is odd.
    let middle = [members.div_ceil(2), members / 2 + 1];
    let below = |fraction| {
        middle.iter().map(|needed| at_least(*needed, members, fraction)).sum::<f64>() / 2.0
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if below(middle) < probability { low = middle } else { high = middle }
    }
    high
}

/// The probability of at least so many successes in so many trials.
pub(super) fn at_least(needed: usize, trials: usize, chance: f64) -> f64 {
    let mut total = 0.0;
    let mut ways = 1.0;
    for successes in 0..=trials {
        if successes >= needed {
            let failures = (trials - successes) as i32;
            total += ways * chance.powi(successes as i32) * (1.0 - chance).powi(failures);
        }
        ways *= (trials - successes) as f64 / (successes + 1) as f64;
    }
    total
}

/// The logarithmic step below which so many networks lie; `None` if it is beyond all of them.
fn quantile(seen: &[Reading], wanted: f64) -> Option<f64> {
    let below = |time: f64| -> f64 {
        let of = |reading: &Reading| {
            let (low, high) = (reading.low.ln_1p(), reading.high.ln_1p());
            if high > low {
                ((time - low) / (high - low)).clamp(0.0, 1.0)
            } else {
                f64::from(u8::from(time >= low))
            }
        };
        seen.iter().map(of).sum()
    };
    if wanted > seen.len() as f64 + 1e-9 {
        return None;
    }
    let (mut low, mut high) = (0.0, 25.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) < wanted - 1e-9 { low = middle } else { high = middle }
    }
    Some(high)
}
