//! Numbers as readers expect them.

/// A step with thousands separated: `12,345`.
pub fn step(step: u32) -> String {
    let digits = step.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with two significant digits or so, thousands separated.
pub fn about(value: f64) -> String {
    if value >= 100.0 {
        step(value.round() as u32)
    } else if value >= 10.0 {
        format!("{value:.0}")
    } else if value >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A stretch of time in words: `12 s`, `3 min`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        "less than a second".into()
    } else if seconds < 100.0 {
        format!("{seconds:.0} s")
    } else if seconds < 5400.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.0} h", seconds / 3600.0)
    }
}

/// A value on a horizontal axis: whole numbers as steps are written.
pub fn tick(value: f64) -> String {
    if value.fract() == 0.0 { step(value as u32) } else { format!("{value}") }
}

/// A share as a percentage: `95%`.
pub fn percent(share: f64) -> String {
    format!("{}%", (1000.0 * share).round() / 10.0)
}

/// A loss: three decimals, or a power of ten where these would be zeros.
pub fn value(value: f64) -> String {
    if (0.001..1e5).contains(&value) { format!("{value:.3}") } else { format!("{value:.1e}") }
}

/// Words with a large first letter.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_separated_and_small_numbers_left_alone() {
        assert_eq!(super::step(7), "7");
        assert_eq!(super::step(999), "999");
        assert_eq!(super::step(1000), "1,000");
        assert_eq!(super::step(1_234_567), "1,234,567");
    }
}
