//! Values of settings: numbers, choices and lists of layers, and how Rust values become them.
//!
//! The lowest module of `experiment`: `settings` and `fields` both build on it.

use std::fmt;
use std::str::FromStr;

/// The value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// An option, by its index among the choices.
    Choice(usize),
    /// Hidden layers.
    Layers(Layers),
}

/// One option of a choice. Its label is the message `choice-FIELD-KEY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The key in URLs, in JSON and on the command line.
    pub key: &'static str,
}

/// A Rust type that a [`Value`] can hold.
pub(super) trait Setting {
    /// The value as it is now.
    fn value(&self) -> Value;
    /// Takes a value of its own kind. The caller has checked the kind.
    fn assign(&mut self, value: Value);
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            fn value(&self) -> Value {
                Value::Number(*self as f64)
            }

            fn assign(&mut self, value: Value) {
                if let Value::Number(number) = value {
                    *self = number as $type;
                }
            }
        }
    )*};
}
numbers!(f64, i32, u32, usize);

impl Setting for bool {
    fn value(&self) -> Value {
        Value::Choice(usize::from(*self))
    }

    fn assign(&mut self, value: Value) {
        *self = value == Value::Choice(1);
    }
}

/// The options of a setting that is on or off.
pub(super) const OFF_ON: &[Choice] = &[Choice { key: "0" }, Choice { key: "1" }];

/// Declares enums whose options are the choices of a setting: for each option a doc comment, its
/// name, and its key.
macro_rules! choices {
    ($(
        $(#[$about:meta])* $name:ident { $($(#[$what:meta])* $option:ident $key:literal,)* }
    )*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $option,)* }

        impl $name {
            const ALL: &[Self] = &[$(Self::$option),*];
            pub(in crate::experiment) const CHOICES: &[$crate::experiment::value::Choice] =
                &[$($crate::experiment::value::Choice { key: $key }),*];

            /// The key in URLs, in JSON and on the command line.
            #[must_use]
            pub fn key(self) -> &'static str {
                Self::CHOICES[self as usize].key
            }

            /// The option with this key, if there is one.
            #[must_use]
            pub fn find(key: &str) -> Option<Self> {
                Self::ALL.iter().find(|option| option.key() == key).copied()
            }
        }

        impl $crate::experiment::value::Setting for $name {
            fn value(&self) -> $crate::experiment::value::Value {
                $crate::experiment::value::Value::Choice(*self as usize)
            }

            fn assign(&mut self, value: $crate::experiment::value::Value) {
                if let $crate::experiment::value::Value::Choice(index) = value
                    && let Some(option) = Self::ALL.get(index)
                {
                    *self = *option;
                }
            }
        }
    )*};
}
pub(super) use choices;

choices! {
    /// The activation of a hidden layer.
    Activation {
        /// `x²`.
        Quadratic "quadratic",
        /// `max(x, 0)`.
        Relu "relu",
        /// `tanh(x)`.
        Tanh "tanh",
        /// `x Φ(x)`.
        Gelu "gelu",
        /// `x / (1 + exp(-x))`.
        Silu "silu",
        /// `x`.
        Linear "linear",
    }
}

/// A hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HiddenLayer {
    /// Number of units.
    pub units: u16,
    /// Applied to each unit.
    pub activation: Activation,
}

/// Hidden layers after the first: `24tanh-12relu` as text, `none` for no layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Layers {
    layers: [Option<HiddenLayer>; Self::MAX_LAYERS],
}

impl Layers {
    /// Maximum number of layers.
    pub const MAX_LAYERS: usize = 6;
    /// Maximum number of units in a layer.
    pub const MAX_UNITS: u16 = 512;

    /// The layers, nearest to the input first.
    pub fn iter(&self) -> impl Iterator<Item = HiddenLayer> + use<> {
        self.layers.into_iter().flatten()
    }
}

impl Setting for Layers {
    fn value(&self) -> Value {
        Value::Layers(*self)
    }

    fn assign(&mut self, value: Value) {
        if let Value::Layers(layers) = value {
            *self = layers;
        }
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers: Vec<String> =
            self.iter().map(|layer| format!("{}{}", layer.units, layer.activation.key())).collect();
        f.write_str(if layers.is_empty() { "none" } else { "" })?;
        f.write_str(&layers.join("-"))
    }
}

/// The text is not a list of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLayers;

impl FromStr for Layers {
    type Err = NotLayers;

    fn from_str(text: &str) -> Result<Self, NotLayers> {
        let mut layers = Self::default();
        if matches!(text, "" | "none") {
            return Ok(layers);
        }
        for (index, layer) in text.split('-').enumerate() {
            let end = layer.find(|c: char| !c.is_ascii_digit()).ok_or(NotLayers)?;
            let (units, name) = layer.split_at(end);
            let units = units.parse().map_err(|_| NotLayers)?;
            if !(1..=Self::MAX_UNITS).contains(&units) {
                return Err(NotLayers);
            }
            let activation = Activation::find(name).ok_or(NotLayers)?;
            *layers.layers.get_mut(index).ok_or(NotLayers)? =
                Some(HiddenLayer { units, activation });
        }
        Ok(layers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_read_what_they_write_and_nothing_else() {
        for text in ["none", "24tanh", "7tanh-5relu-4linear-3silu"] {
            assert_eq!(text.parse::<Layers>().map(|layers| layers.to_string()), Ok(text.into()));
        }
        for text in
            ["24", "tanh", "0tanh", "513relu", "8tanh-", "8sine", "1relu-".repeat(7).as_str()]
        {
            assert_eq!(text.parse::<Layers>(), Err(NotLayers), "{text}");
        }
    }
}
