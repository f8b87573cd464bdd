//! Numbers as text, and numbers that JSON cannot hold.

use std::io;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::ser::Formatter;

/// The number that a text is: digits with a sign, a point and an exponent. `None` for any other text.
///
/// In a browser its own reader does it, which rounds as Rust does: the tables of Rust's reader are
/// 11 kB of a program's download.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return None;
    }
    #[cfg(all(target_family = "wasm", feature = "wasm"))]
    let number = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    #[cfg(not(all(target_family = "wasm", feature = "wasm")))]
    let number: f64 = text.parse().ok()?;
    (!text.is_empty() && number.is_finite()).then_some(number)
}

/// A value as JSON, with numbers as Rust writes them, which needs no second table of powers of ten.
/// `None` if it has a map with keys that are no text.
pub fn text(value: &impl Serialize) -> Option<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Plain)).ok()?;
    String::from_utf8(bytes).ok()
}

struct Plain;

/// Numbers far from 1 are written with an exponent, as readers of JSON take no hundreds of digits.
fn has_exponent(value: f64) -> bool {
    value != 0.0 && !(1e-5..1e16).contains(&value.abs())
}

impl Formatter for Plain {
    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        match has_exponent(value.into()) {
            true => write!(writer, "{value:e}"),
            false => write!(writer, "{value}"),
        }
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match has_exponent(value) {
            true => write!(writer, "{value:e}"),
            false => write!(writer, "{value}"),
        }
    }
}

/// Reads `null` as NaN, for a field with `#[serde(deserialize_with)]`.
///
/// JSON has no NaN and no infinity. serde_json writes `null` for both, and refuses to read it as a
/// number.
///
/// # Errors
/// If the value is neither a number nor `null`.
pub fn nan_if_null<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + From<f32>,
    D: Deserializer<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_else(|| f32::NAN.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_from_their_text() {
        let values = [0.1, -2.5e-7, 1e21, 3.0, f64::MAX, 0.0];
        let written = text(&values).expect("numbers");
        assert_eq!(serde_json::from_str::<[f64; 6]>(&written).expect("JSON"), values);
        let mixed = (0.1_f32, f64::NAN, "a \"word\"", Some(7));
        assert_eq!(text(&mixed).as_deref(), Some(r#"[0.1,null,"a \"word\"",7]"#));
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, expected) in [
            ("0", Some(0.0)),
            ("-1.5", Some(-1.5)),
            ("+.5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1e-3", Some(0.001)),
            ("0.30000000000000004", Some(0.1 + 0.2)),
            ("1e400", None),
            ("", None),
            (".", None),
            ("1e", None),
            ("0x10", None),
            ("inf", None),
            ("NaN", None),
            (" 1", None),
            ("1,5", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
