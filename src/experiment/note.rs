//! What could not be taken as it was given, as values: [`crate::text`] words them.

use super::value::{Choice, Value};

/// Something about an address, a sweep or a control that the reader should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The query is too long to be an experiment, so it was ignored.
    AddressTooLong {
        /// Its length.
        bytes: usize,
    },
    /// There is no preset of this name.
    UnknownPreset {
        /// The name.
        given: String,
        /// The key of the preset taken instead.
        used: &'static str,
    },
    /// There are no settings with these keys; all of a place, in one note.
    UnknownKeys(Vec<String>),
    /// The address was made for another version of its form.
    OtherVersion {
        /// That version.
        given: String,
    },
    /// A value is not allowed, and something else was taken.
    Invalid {
        /// Which, and why.
        invalid: InvalidValue,
        /// The key or number taken instead; `None` if the value was left out of its list.
        used: Option<String>,
    },
    /// A value is not allowed, and nothing was changed.
    Unchanged(InvalidValue),
    /// A list for a setting that is the same for all networks.
    OneValue {
        /// The setting's key.
        key: &'static str,
        /// The list.
        given: String,
        /// The value taken.
        used: String,
    },
    /// A list is too long, and was cut.
    TooManyValues {
        /// The setting's key.
        key: &'static str,
        /// How many were taken.
        max: usize,
    },
    /// A part of a method changes no setting in which networks can differ. It was left out.
    NotInMethods {
        /// The part.
        given: String,
    },
    /// A method sets the same setting twice. The last value was taken.
    TwiceInMethod {
        /// The setting's key.
        key: &'static str,
        /// The value taken.
        used: String,
    },
    /// Methods and lists were given together. The first value of each list was taken.
    ListsLeftOut {
        /// The settings that had lists.
        keys: Vec<&'static str>,
    },
    /// There were more networks than one run can hold.
    MembersLimited {
        /// How many were asked for.
        asked: usize,
        /// How many there are.
        used: usize,
        /// Why.
        limit: MemberLimit,
    },
    /// The last seed would have been too large, so counting starts earlier.
    SeedsLimited {
        /// The largest seed.
        max: u32,
        /// The first seed now.
        first: u32,
    },
    /// A sweep with a list of seeds, which takes a number or a range.
    SweepSeeds {
        /// The list.
        given: String,
    },
    /// A sweep whose text is too long.
    SweepTooLong {
        /// Bytes that are allowed.
        max: usize,
    },
    /// A sweep of too many networks.
    SweepTooLarge {
        /// How many are allowed.
        max: usize,
    },
}

/// Why an ensemble cannot be larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberLimit {
    /// No run has more networks.
    Count {
        /// The maximum.
        max: usize,
    },
    /// The browser's memory.
    Memory {
        /// Units of the widest layer.
        units: usize,
        /// Samples in all.
        samples: usize,
    },
}

/// A value that a setting does not take.
///
/// Displayed for logs and JSON errors. [`crate::text::note`] has the sentence for a reader.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{key}` does not take “{got}”")]
pub struct InvalidValue {
    /// The setting's key.
    pub key: &'static str,
    /// What would have been accepted.
    pub allowed: Allowed,
    /// The given value.
    pub got: String,
    /// The valid value nearest to it, where there is one.
    pub nearest: Option<Value>,
}

/// The values that a setting takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowed {
    /// A number in a range.
    Number {
        /// Which numbers.
        kind: NumberKind,
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// A whole number, or a range of whole numbers: `0..9`.
    NumberOrRange,
    /// One of some keys.
    Choice(&'static [Choice]),
    /// Hidden layers, as [`super::Layers`] reads them.
    Layers,
}

/// Which numbers a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// Any.
    Any,
    /// Whole numbers.
    Whole,
    /// Prime numbers.
    Prime,
}

/// Text from outside, cut to a length that fits in a sentence, without control characters.
#[must_use]
pub fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 24;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= MAX_CHARS {
        clean
    } else {
        clean.chars().take(MAX_CHARS).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_cut_and_loses_its_control_characters() {
        assert_eq!(shorten("a\nb"), "a b");
        assert_eq!(shorten(&"é".repeat(30)), "é".repeat(24) + "…");
    }
}
