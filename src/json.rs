//! Numbers that JSON cannot hold.

use serde::{Deserialize, Deserializer};

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
