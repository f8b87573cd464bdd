//! The axes of charts. All charts over time share the axis of training steps.

use crate::text::{Numbers, Text, power_of_ten};

/// What lies from left to right, by ratio or evenly.
#[derive(Clone, Debug, PartialEq)]
pub struct HorizontalAxis {
    /// Written below.
    pub title: String,
    /// The same where there is little room.
    pub short_title: String,
    /// Equal ratios take equal lengths; zero then has no position.
    log: bool,
    /// The share of an axis by ratio that lies between zero, at its left end, and the first value.
    zero: f64,
    first: f64,
    last: f64,
    /// What gets a tick.
    ticks: Vec<f64>,
    /// How ticks are written.
    numbers: Numbers,
}

impl Default for HorizontalAxis {
    /// From 0 to 1, without a title.
    fn default() -> Self {
        let (log, zero, first, last) = (false, 0.0, 0.0, 1.0);
        let ticks = Vec::new();
        let (title, short_title) = (String::new(), String::new());
        Self { title, short_title, log, zero, first, last, ticks, numbers: Numbers::ENGLISH }
    }
}

impl HorizontalAxis {
    /// Training steps up to the last.
    pub fn steps(log: bool, last: u32, text: &Text) -> Self {
        let ticks: Vec<u32> = if log {
            let mut ticks: Vec<u32> =
                (0..10).map(|decade| 10u32.pow(decade)).take_while(|&t| t <= last).collect();
            // The end as well, where its label has room.
            if ticks.last().is_some_and(|&tick| last / tick >= 3) {
                ticks.push(last);
            }
            ticks
        } else {
            let rough = f64::from(last) / 5.0;
            let decade = 10f64.powf(rough.log10().floor());
            let unit =
                [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * decade >= rough).unwrap_or(10.0);
            let unit = (unit * decade).max(1.0) as u32;
            (0..=last / unit).map(|i| i * unit).collect()
        };
        Self {
            title: text.get("axis-steps"),
            short_title: text.get("axis-steps-short"),
            log,
            zero: 0.0,
            first: if log { 1.0 } else { 0.0 },
            last: f64::from(last.max(2)),
            ticks: ticks.into_iter().map(f64::from).collect(),
            numbers: text.numbers(),
        }
    }

    /// Multiples of training steps from one to another, with ticks at powers of ten if by ratio.
    pub fn scaled(title: String, log: bool, first: f64, last: f64, text: &Text) -> Self {
        let (first, last) = if first < last { (first, last) } else { (1.0, 2.0) };
        if !log {
            return Self { first: 0.0, last, ..Self::around(title, [0.0, last].into_iter(), text) };
        }
        let decades = first.log10().ceil() as i32..=last.log10().floor() as i32;
        let ticks = decades.map(|decade| 10f64.powi(decade)).collect();
        let (short_title, numbers) = (String::new(), text.numbers());
        Self { title, short_title, log, first, last, ticks, zero: 0.0, numbers }
    }

    /// Values of a setting, in rising order: by ratio where they span more than one to eight. A zero
    /// then stands apart at the left end.
    pub fn values(title: String, values: &[f64], text: &Text) -> Self {
        let (first, smallest, last) = match values {
            [first, second, .., last] if *first == 0.0 => (*first, *second, *last),
            [first, .., last] => (*first, *first, *last),
            _ => (0.0, 0.0, 1.0),
        };
        let log = smallest > 0.0 && last > 8.0 * smallest;
        let zero = if log && first == 0.0 { 1.0 / (values.len() - 1) as f64 } else { 0.0 };
        let first = if log { smallest } else { first };
        let (ticks, numbers) = (values.to_vec(), text.numbers());
        Self { short_title: String::new(), title, log, zero, first, last, ticks, numbers }
    }

    /// Evenly between round numbers that hold some values.
    pub fn around(title: String, values: impl Iterator<Item = f64>, text: &Text) -> Self {
        let (first, last, step) = round_range(values);
        let count = ((last - first) / step).round() as u32;
        let ticks = (0..=count).map(|i| first + f64::from(i) * step).collect();
        let (short_title, numbers) = (String::new(), text.numbers());
        Self { title, short_title, log: false, zero: 0.0, first, last, ticks, numbers }
    }

    /// Where a value lies, 0 at the left end and 1 at the right; `None` if it has none.
    pub fn position(&self, value: f64) -> Option<f64> {
        let position = if self.log {
            match self.zero > 0.0 && value == 0.0 {
                true => 0.0,
                false => {
                    let ratio = (value / self.first).ln() / (self.last / self.first).ln();
                    self.zero + (1.0 - self.zero) * ratio
                }
            }
        } else {
            (value - self.first) / (self.last - self.first)
        };
        // Not so far left as to have none, and not a number for zero on an axis by ratio.
        (position >= 0.0).then_some(position)
    }

    /// The value at a position from 0 to 1.
    pub fn at(&self, position: f64) -> f64 {
        if position < 0.5 * self.zero {
            0.0
        } else if self.log {
            let position = (position - self.zero) / (1.0 - self.zero);
            self.first * (self.last / self.first).powf(position)
        } else {
            self.first + position * (self.last - self.first)
        }
    }

    /// What gets a tick.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// How ticks are written, here and on the axis of values beside it.
    pub fn numbers(&self) -> Numbers {
        self.numbers
    }
}

/// Values from bottom to top.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueAxis {
    /// Rows with a name each, the first at the bottom; row 0 lies between 0 and 1.
    Rows(Vec<String>),
    /// 0 to 1, written as percentages.
    Share,
    /// Evenly, from zero up to this.
    UpTo(f64),
    /// Evenly from the first to the second, with a tick at every third.
    Between(f64, f64, f64),
    /// By ratio, from ten to the first power to ten to the second.
    Decades(i32, i32),
    /// Training steps by ratio, from the first to the last. Infinity stands in a lane above them,
    /// for what did not happen.
    Steps(f64, f64),
}

/// Where the last step lies on an axis of steps, and the middle of the lane above it.
pub const LANE: [f64; 2] = [0.88, 0.945];

/// Round numbers below and above some values, and the distance of ticks between: three to six.
fn round_range(values: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return (0.0, 1.0, 0.5);
    }
    let rough = ((high - low) / 4.0).max(0.05 * high.abs()).max(1e-9);
    let decade = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().map(|m| m * decade).find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * decade);
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
    (low, if high > low { high } else { low + step }, step)
}

impl ValueAxis {
    /// Decades that hold all of the values that are positive numbers, at least from 0.01 to 10.
    pub fn decades(values: impl Iterator<Item = f64>) -> Self {
        const DEEPEST: i32 = -6;
        let (mut low, mut high) = (-2, 1);
        for value in values.filter(|value| value.is_finite() && *value > 0.0) {
            low = low.min((value.log10().floor() as i32).max(DEEPEST));
            high = high.max((value.log10().ceil() as i32).min(12));
        }
        Self::Decades(low, high)
    }

    /// Evenly between round numbers that hold some values.
    pub fn around(values: impl Iterator<Item = f64>) -> Self {
        let (low, high, step) = round_range(values);
        Self::Between(low, high, step)
    }

    /// Evenly from zero up to a round number that is not below any of the values.
    pub fn up_to(values: impl Iterator<Item = f64>) -> Self {
        let max = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        // Before there are values, and where all are zero.
        let max = if max > 0.0 { max } else { 1.0 };
        let decade = 10f64.powf(max.log10().floor());
        let round = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0].into_iter().find(|m| m * decade >= max);
        Self::UpTo(round.unwrap_or(10.0) * decade)
    }

    /// Where a value lies, 0 at the bottom and 1 at the top; values beyond stop at the ends.
    pub fn position(&self, value: f64) -> f64 {
        match *self {
            Self::Rows(ref names) => value / names.len() as f64,
            Self::Share => value,
            Self::UpTo(max) => value / max,
            Self::Between(low, high, _) => (value - low) / (high - low),
            Self::Decades(low, high) => {
                (value.max(f64::MIN_POSITIVE).log10() - f64::from(low)) / f64::from(high - low)
            }
            Self::Steps(..) if value == f64::INFINITY => LANE[1],
            Self::Steps(first, last) => LANE[0] * (value / first).ln() / (last / first).ln(),
        }
        .clamp(0.0, 1.0)
    }

    /// Training steps up to the last, from 10, or from 1 where the smallest is below.
    pub fn steps(min: u32, last: u32) -> Self {
        let first = if min < 10 { 1.0 } else { 10.0 };
        // One step is no stretch.
        Self::Steps(first, f64::from(last).max(2.0 * first))
    }

    /// The values that get a tick, with their labels.
    pub fn ticks(&self, numbers: Numbers) -> Vec<(f64, String)> {
        match *self {
            Self::Rows(ref names) => {
                // At most seven names.
                let every = names.len().div_ceil(7);
                let rows = names.iter().enumerate().step_by(every);
                rows.map(|(row, name)| (row as f64 + 0.5, name.clone())).collect()
            }
            Self::Share => [0.0, 0.5, 1.0].map(|v| (v, numbers.whole_percent(v))).into(),
            Self::UpTo(max) => {
                (0..=4).map(|i| max * f64::from(i) / 4.0).map(|v| (v, numbers.number(v))).collect()
            }
            Self::Between(low, high, step) => {
                let count = ((high - low) / step).round() as u32;
                let value = |i| low + f64::from(i) * step;
                let decimals = (-step.log10().floor()).max(0.0) as usize;
                (0..=count).map(|i| (value(i), numbers.fixed(value(i), decimals))).collect()
            }
            Self::Steps(first, last) => {
                let mut ticks: Vec<f64> = (0..6)
                    .map(|power| first * 10f64.powi(power))
                    .take_while(|tick| *tick <= last)
                    .collect();
                if ticks.last().is_some_and(|tick| last > 2.5 * tick) {
                    ticks.push(last);
                }
                ticks.into_iter().map(|tick| (tick, numbers.number(tick))).collect()
            }
            Self::Decades(low, high) => {
                // At most five labels.
                let every = ((high - low) / 5 + 1) as usize;
                (low..=high)
                    .step_by(every)
                    .map(|decade| {
                        let value = 10f64.powi(decade);
                        let text = if (-3..=3).contains(&decade) {
                            numbers.number(value)
                        } else {
                            power_of_ten(decade)
                        };
                        (value, text)
                    })
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Locale;

    fn steps(log: bool, last: u32) -> HorizontalAxis {
        HorizontalAxis::steps(log, last, &Text::new(Locale::English))
    }

    #[test]
    fn a_step_is_found_again_where_the_axis_puts_it() {
        for log in [true, false] {
            let axis = steps(log, 4000);
            for step in [1.0, 43.0, 1787.0, 4000.0] {
                let position = axis.position(step).expect("has a position");
                assert!((0.0..=1.0).contains(&position));
                assert!((axis.at(position) - step).abs() < 1e-6 * step);
            }
        }
        assert_eq!(steps(true, 4000).position(0.0), None);
        let widths =
            HorizontalAxis::values("Width".into(), &[4.0, 16.0, 64.0], &Text::new(Locale::English));
        assert!((widths.position(16.0).expect("has a position") - 0.5).abs() < 1e-12);
    }

    #[test]
    fn zero_stands_apart_on_an_axis_by_ratio() {
        let values = [0.0, 0.5, 1.0, 2.0, 3.0, 6.0];
        let axis = HorizontalAxis::values("Decay".into(), &values, &Text::new(Locale::English));
        let positions: Vec<f64> = values.iter().filter_map(|v| axis.position(*v)).collect();
        assert_eq!(positions.len(), 6);
        assert!(positions.windows(2).all(|pair| pair[1] > pair[0] + 0.1), "{positions:?}");
        for (value, position) in values.iter().zip(positions) {
            assert!((axis.at(position) - value).abs() < 1e-9);
        }
    }

    #[test]
    fn steps_that_were_not_reached_lie_above_the_last_one() {
        let axis = ValueAxis::steps(45, 4000);
        assert_eq!(axis, ValueAxis::Steps(10.0, 4000.0));
        assert!(axis.position(f64::INFINITY) > axis.position(4000.0));
        assert_eq!(axis.position(10.0), 0.0);
        let labels: Vec<String> =
            axis.ticks(Numbers::ENGLISH).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["10", "100", "1,000", "4,000"]);
    }

    #[test]
    fn ticks_are_few_and_round() {
        let ticks = |log, last| steps(log, last).ticks;
        assert_eq!(ticks(true, 4000), [1.0, 10.0, 100.0, 1000.0, 4000.0]);
        assert_eq!(ticks(false, 4000), [0.0, 1000.0, 2000.0, 3000.0, 4000.0]);
        assert_eq!(ticks(false, 50), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(ValueAxis::up_to([3.0, 13.4, f64::NAN].into_iter()), ValueAxis::UpTo(20.0));
        let ticks =
            |values: [f64; 2]| ValueAxis::around(values.into_iter()).ticks(Numbers::ENGLISH);
        let texts: Vec<String> = ticks([4.3, 9.05]).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["4", "6", "8", "10"]);
        assert_eq!(ticks([0.0, 0.73])[1].1, "0.2");
        assert_eq!(ticks([5.0, 5.0]).len(), 2);
        assert!(ValueAxis::Decades(-6, 12).ticks(Numbers::ENGLISH).len() <= 6);
        assert_eq!(ValueAxis::Decades(-4, 1).ticks(Numbers::ENGLISH)[0].1, "10⁻⁴");
    }
}
