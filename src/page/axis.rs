//! The axis of training steps that all charts share, and the axes of values.

/// Training steps from left to right, by ratio or evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAxis {
    /// Equal ratios take equal lengths; step 0 then has no place.
    pub log: bool,
    /// The step at the right end.
    pub last: u32,
}

impl TimeAxis {
    /// Where a step lies, 0 at the left end and 1 at the right; `None` if it has no place.
    pub fn position(&self, step: u32) -> Option<f64> {
        let (step, last) = (f64::from(step), f64::from(self.last.max(2)));
        if !self.log {
            Some(step / last)
        } else if step >= 1.0 {
            Some(step.ln() / last.ln())
        } else {
            None
        }
    }

    /// The step at a position from 0 to 1.
    pub fn step_at(&self, position: f64) -> f64 {
        let last = f64::from(self.last.max(2));
        if self.log { (position * last.ln()).exp() } else { position * last }
    }

    /// The steps that get a tick, few and round.
    pub fn ticks(&self) -> Vec<u32> {
        if self.log {
            let mut ticks: Vec<u32> =
                (0..10).map(|decade| 10u32.pow(decade)).take_while(|&t| t <= self.last).collect();
            // The end as well, where its label has room.
            if ticks.last().is_some_and(|&tick| self.last / tick >= 3) {
                ticks.push(self.last);
            }
            ticks
        } else {
            let rough = f64::from(self.last) / 5.0;
            let decade = 10f64.powf(rough.log10().floor());
            let unit =
                [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * decade >= rough).unwrap_or(10.0);
            let unit = (unit * decade).max(1.0) as u32;
            (0..=self.last / unit).map(|i| i * unit).collect()
        }
    }
}

/// Values from bottom to top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueAxis {
    /// 0 to 1, written as percentages.
    Share,
    /// By ratio, from ten to the first power to ten to the second.
    Decades(i32, i32),
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

    /// Where a value lies, 0 at the bottom and 1 at the top; values beyond stop at the ends.
    pub fn position(&self, value: f64) -> f64 {
        match *self {
            Self::Share => value,
            Self::Decades(low, high) => {
                (value.max(f64::MIN_POSITIVE).log10() - f64::from(low)) / f64::from(high - low)
            }
        }
        .clamp(0.0, 1.0)
    }

    /// The values that get a tick, with what is written there.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        match *self {
            Self::Share => [0.0, 0.5, 1.0].map(|v| (v, format!("{:.0}%", 100.0 * v))).into(),
            Self::Decades(low, high) => {
                // At most five labels.
                let every = ((high - low) / 5 + 1) as usize;
                (low..=high)
                    .step_by(every)
                    .map(|decade| {
                        let value = 10f64.powi(decade);
                        let text = if (-3..=3).contains(&decade) {
                            format!("{value}")
                        } else {
                            format!("10{}", superscript(decade))
                        };
                        (value, text)
                    })
                    .collect()
            }
        }
    }
}

fn superscript(number: i32) -> String {
    let raise = |digit| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The others follow one another from U+2070.
        digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    number.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_again_where_the_axis_puts_it() {
        for log in [true, false] {
            let axis = TimeAxis { log, last: 4000 };
            for step in [1, 43, 1787, 4000] {
                let position = axis.position(step).expect("has a place");
                assert!((0.0..=1.0).contains(&position));
                assert!((axis.step_at(position) - f64::from(step)).abs() < 1e-6 * f64::from(step));
            }
        }
        assert_eq!(TimeAxis { log: true, last: 4000 }.position(0), None);
    }

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(TimeAxis { log: true, last: 4000 }.ticks(), [1, 10, 100, 1000, 4000]);
        assert_eq!(TimeAxis { log: false, last: 4000 }.ticks(), [0, 1000, 2000, 3000, 4000]);
        assert_eq!(TimeAxis { log: false, last: 50 }.ticks(), [0, 10, 20, 30, 40, 50]);
        assert!(ValueAxis::Decades(-6, 12).ticks().len() <= 6);
        assert_eq!(ValueAxis::Decades(-4, 1).ticks()[0].1, "10⁻⁴");
    }
}
