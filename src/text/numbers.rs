//! How a language writes numbers.

/// The signs that a language writes numbers with. Another language adds a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Between groups of three digits.
    group: &'static str,
    /// Between whole part and fraction.
    decimal: &'static str,
    /// Before a negative number.
    minus: &'static str,
    /// After a percentage.
    percent: &'static str,
}

impl Numbers {
    /// `1,234.5`, `−2`, `95%`.
    pub const ENGLISH: Self = Self { group: ",", decimal: ".", minus: "−", percent: "%" };
    /// As in English: `1,234.5`, `−2`, `95%`.
    pub const JAPANESE: Self = Self::ENGLISH;

    /// A number with all its decimals, thousands separated: `12,345`, `0.05`. What arithmetic leaves
    /// behind the twelfth digit is no part of it: 0.1 + 0.2 is `0.3`.
    #[must_use]
    pub fn number(self, value: f64) -> String {
        let round = (value * 1e9).round() / 1e9;
        let is_close = (round - value).abs() < 1e-12 * value.abs();
        self.localise(&(if is_close { round } else { value }).to_string())
    }

    /// A number with this many decimals.
    #[must_use]
    pub fn fixed(self, value: f64, decimals: usize) -> String {
        self.localise(&format!("{value:.decimals$}"))
    }

    /// A positive number with about two significant digits: `1,822`, `42`, `7.5`, `0.23`.
    #[must_use]
    pub fn about(self, value: f64) -> String {
        let decimals = if value >= 10.0 {
            0
        } else if value >= 1.0 {
            1
        } else {
            2
        };
        self.fixed(value, decimals)
    }

    /// A fraction as a percentage, with a decimal if it needs one: `95%`, `97.5%`.
    #[must_use]
    pub fn percent(self, fraction: f64) -> String {
        self.number((1000.0 * fraction).round() / 10.0) + self.percent
    }

    /// A fraction as a whole percentage: `95%`.
    #[must_use]
    pub fn whole_percent(self, fraction: f64) -> String {
        self.fixed(100.0 * fraction, 0) + self.percent
    }

    /// A loss: three decimals, or a power of ten where these would be zeros.
    #[must_use]
    pub fn loss(self, value: f64) -> String {
        if value == 0.0 || !value.is_finite() {
            return self.number(value);
        }
        if (0.001..1e5).contains(&value) {
            return self.fixed(value, 3);
        }
        let text = format!("{value:.1e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{} × {}", self.localise(mantissa), power_of_ten(exponent.parse().unwrap_or(0)))
    }

    /// Digits as Rust writes them, in this language's signs.
    fn localise(self, digits: &str) -> String {
        let (minus, digits) = match digits.strip_prefix('-') {
            Some(digits) => (self.minus, digits),
            None => ("", digits),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let mut text = String::from(minus);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text += self.group;
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction {
            text += self.decimal;
            text += fraction;
        }
        text
    }
}

/// `10⁻⁴`.
#[must_use]
pub fn power_of_ten(exponent: i32) -> String {
    let raise = |digit| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The others follow one another from U+2070.
        digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    let digits: String = exponent.to_string().chars().map(raise).collect();
    format!("10{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_small_numbers_left_alone() {
        let number = |value| Numbers::ENGLISH.number(value);
        assert_eq!(number(7.0), "7");
        assert_eq!(number(999.0), "999");
        assert_eq!(number(1000.0), "1,000");
        assert_eq!(number(-1_234_567.25), "−1,234,567.25");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(1e-12), "0.000000000001");
        assert_eq!(number(0.0001), "0.0001");
    }

    #[test]
    fn losses_keep_three_digits_or_a_power_of_ten() {
        let loss = |value| Numbers::ENGLISH.loss(value);
        assert_eq!(loss(1234.5678), "1,234.568");
        assert_eq!(loss(0.000_123), "1.2 × 10⁻⁴");
        assert_eq!(loss(2e7), "2.0 × 10⁷");
        assert_eq!(loss(0.0), "0");
    }

    #[test]
    fn percentages_have_a_decimal_only_where_it_says_something() {
        assert_eq!(Numbers::ENGLISH.percent(0.95), "95%");
        assert_eq!(Numbers::ENGLISH.percent(0.975), "97.5%");
        assert_eq!(Numbers::ENGLISH.whole_percent(0.975), "98%");
    }
}
