//! Every sentence that a reader can see, as messages with arguments in Fluent files.
//!
//! The engine and the protocol carry enums and numbers; this module words them. A language is a
//! folder of `.ftl` files and a row in [`Numbers`]: plural forms, lists and the order of arguments
//! are its own. No sentence is made by joining words in Rust.

mod claims;
#[cfg(any(test, feature = "cli"))]
mod estimators;
mod experiment;
mod fluent;
mod markup;
mod numbers;

pub use claims::{
    claim, claim_measured, claim_rule, claims_preface, claims_rules, data_set, verdict,
};
#[cfg(any(test, feature = "cli"))]
pub use estimators::{check_note, reference_problem, tested_estimator};
pub use experiment::{allowed, divergence, note};
pub use markup::{Piece, pieces};
pub use numbers::{Numbers, power_of_ten};

use std::rc::Rc;

use fluent::{Language, Messages, Value};

/// The English messages of the program, a file for each topic.
const ENGLISH: &[&str] = &[
    include_str!("en/fields.ftl"),
    include_str!("en/presets.ftl"),
    include_str!("en/figure.ftl"),
    include_str!("en/charts.ftl"),
    include_str!("en/notes.ftl"),
    include_str!("en/failures.ftl"),
    include_str!("en/devices.ftl"),
    include_str!("en/claims.ftl"),
    include_str!("en/class.ftl"),
    include_str!("en/last-run.ftl"),
    include_str!("en/share.ftl"),
    include_str!("en/embed.ftl"),
    include_str!("en/pictures.ftl"),
];

/// English messages of the document alone. It holds them itself, so a program for a browser does
/// without; the pseudo-language fetches them.
#[cfg(any(test, feature = "cli"))]
const DOCUMENT: &[&str] =
    &[include_str!("en/page.ftl"), include_str!("en/article.ftl"), include_str!("en/starting.ftl")];

/// The Japanese messages. Readers of the page fetch them as one file, which the build makes of this
/// folder.
#[cfg(any(test, feature = "cli"))]
const JAPANESE: &[&str] = &[
    include_str!("ja/fields.ftl"),
    include_str!("ja/presets.ftl"),
    include_str!("ja/figure.ftl"),
    include_str!("ja/charts.ftl"),
    include_str!("ja/notes.ftl"),
    include_str!("ja/failures.ftl"),
    include_str!("ja/devices.ftl"),
    include_str!("ja/page.ftl"),
    include_str!("ja/article.ftl"),
    include_str!("ja/claims.ftl"),
    include_str!("ja/class.ftl"),
    include_str!("ja/last-run.ftl"),
    include_str!("ja/share.ftl"),
    include_str!("ja/embed.ftl"),
    include_str!("ja/pictures.ftl"),
    include_str!("ja/starting.ftl"),
];

/// Messages of the command line alone, in English. The page does without.
const COMMAND_LINE: &[&str] = &[
    #[cfg(any(test, feature = "cli"))]
    include_str!("en/command-line.ftl"),
];

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// British English.
    #[default]
    English,
    /// Japanese.
    Japanese,
    /// English in brackets, accented and a third longer: shows text that is not translated, and
    /// where text overflows.
    Pseudo,
}

impl Locale {
    /// Every locale, the default first.
    pub const ALL: [Self; 3] = [Self::English, Self::Japanese, Self::Pseudo];

    /// The name in addresses.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Pseudo => "pseudo",
        }
    }

    /// The locale of this name, or of this tag of a language: `ja-JP` is Japanese.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let language = name.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.key().eq_ignore_ascii_case(language))
    }

    /// The first of a reader's languages that is here, or the default. Tags are those of BCP 47:
    /// `ja-JP` is Japanese.
    #[must_use]
    pub fn preferred<Tag: AsRef<str>>(tags: &[Tag]) -> Self {
        const SPOKEN: [Locale; 2] = [Locale::English, Locale::Japanese];
        let spoken = |tag: &Tag| {
            let language = tag.as_ref().split(['-', '_']).next().unwrap_or_default();
            SPOKEN.into_iter().find(|locale| locale.key().eq_ignore_ascii_case(language))
        };
        tags.iter().find_map(spoken).unwrap_or_default()
    }

    /// The messages that the program has.
    fn messages(self) -> Vec<&'static str> {
        let document: &[&str] = match self {
            #[cfg(any(test, feature = "cli"))]
            Self::Japanese => return JAPANESE.to_vec(),
            #[cfg(not(any(test, feature = "cli")))]
            Self::Japanese => return Vec::new(),
            #[cfg(any(test, feature = "cli"))]
            Self::English | Self::Pseudo => DOCUMENT,
            #[cfg(not(any(test, feature = "cli")))]
            Self::English | Self::Pseudo => &[],
        };
        [ENGLISH, document].concat()
    }

    fn numbers(self) -> Numbers {
        match self {
            Self::English | Self::Pseudo => Numbers::ENGLISH,
            Self::Japanese => Numbers::JAPANESE,
        }
    }
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Words, or something that is not translated.
    Text(String),
    /// A number. It selects plural forms and is written with thousands separators.
    Number(f64),
    /// Words with a class of their own in [`Text::words`].
    Marked(&'static str, String),
    /// A line in parts, which stay parts in [`Text::words`].
    Words(Words),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Words> for Arg {
    fn from(words: Words) -> Self {
        Self::Words(words)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<f64> for Arg {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// A line of words in parts, each with its class: that of its colour, or an empty one.
pub type Words = Vec<(&'static str, String)>;

/// The messages of one language. A clone is another reference to the same.
#[derive(Clone)]
pub struct Text {
    locale: Locale,
    messages: Rc<Messages>,
}

impl Text {
    /// The messages of a locale that are in the program: all English ones that it writes itself.
    ///
    /// # Panics
    /// If they are not valid Fluent, which a test rules out.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        Self::of(locale, None).expect("the program's messages are Fluent")
    }

    /// The messages of a locale: those in the program, and those of the file that a page fetches.
    /// `None` if the file is not Fluent, as a host's page about a missing file is not.
    #[must_use]
    pub fn with_file(locale: Locale, file: String) -> Option<Self> {
        Self::of(locale, Some(file))
    }

    fn of(locale: Locale, file: Option<String>) -> Option<Self> {
        let mut messages = Messages::new();
        let command_line = if locale == Locale::English { COMMAND_LINE } else { &[] };
        for source in locale.messages().into_iter().chain(command_line.iter().copied()) {
            messages.add(source)?;
        }
        if let Some(file) = file {
            // A page reads one, and keeps it.
            messages.add(file.leak())?;
        }
        Some(Self { locale, messages: Rc::new(messages) })
    }

    /// The language.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// How the language writes numbers, for ticks of axes.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        self.locale.numbers()
    }

    /// A message without arguments.
    #[must_use]
    pub fn get(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A message with its arguments. Classes of parts are left out.
    ///
    /// If the message or an argument is missing, tests and debug builds panic, and a release gives
    /// the id.
    #[must_use]
    pub fn with(&self, id: &str, args: &[(&'static str, Arg)]) -> String {
        self.format(id, None, args, |_, part| part.to_owned())
    }

    /// A message in parts: each marked argument is a part with its class.
    #[must_use]
    pub fn words(&self, id: &str, args: &[(&'static str, Arg)]) -> Words {
        // A part is put between private characters. The first one stands for its class.
        let mut classes: Vec<&'static str> = Vec::new();
        let text = self.format(id, None, args, |class, part| {
            let Some(start) = char::from_u32(START + classes.len() as u32) else {
                return part.to_owned();
            };
            classes.push(class);
            format!("{start}{part}{END}")
        });
        let mut words = Words::new();
        let mut rest = text.as_str();
        let is_start = |c: char| (START..START + classes.len() as u32).contains(&(c as u32));
        while let Some(at) = rest.find(is_start) {
            let (before, marked) = rest.split_at(at);
            let start = marked.chars().next().unwrap_or(END);
            let marked = &marked[start.len_utf8()..];
            let (inner, after) = marked.split_once(END).unwrap_or((marked, ""));
            words.push(("", before.to_owned()));
            words.push((classes[(start as u32 - START) as usize], inner.to_owned()));
            rest = after;
        }
        words.push(("", rest.to_owned()));
        words.retain(|(_, part)| !part.is_empty());
        words
    }

    /// An attribute of a message, such as `.about`.
    #[must_use]
    pub fn attribute(&self, id: &str, attribute: &str) -> String {
        self.format(id, Some(attribute), &[], |_, part| part.to_owned())
    }

    /// Whether a message has this attribute.
    #[must_use]
    pub fn has_attribute(&self, id: &str, attribute: &str) -> bool {
        self.messages.pattern(id, Some(attribute)).is_some()
    }

    fn format(
        &self,
        id: &str,
        attribute: Option<&str>,
        args: &[(&'static str, Arg)],
        mut mark: impl FnMut(&'static str, &str) -> String,
    ) -> String {
        let missing = |what: &dyn std::fmt::Debug| {
            if cfg!(any(test, debug_assertions)) {
                panic!("message `{id}`: {what:?}");
            }
            id.to_owned()
        };
        let Some(pattern) = self.messages.pattern(id, attribute) else {
            return missing(&("missing", attribute));
        };
        let mut values = Vec::with_capacity(args.len());
        for (name, arg) in args {
            let value = match arg {
                Arg::Text(text) => Value::Text(text.clone()),
                Arg::Number(number) => Value::Number(*number),
                Arg::Marked(class, part) => Value::Text(mark(class, part)),
                Arg::Words(words) => {
                    let parts = words.iter().map(|(class, part)| match *class {
                        "" => part.clone(),
                        class => mark(class, part),
                    });
                    Value::Text(parts.collect())
                }
            };
            values.push((*name, value));
        }
        let text = match fluent::format(pattern, &values, &self.locale) {
            Ok(text) => text,
            Err(rest) => return missing(&rest),
        };
        match self.locale {
            Locale::English | Locale::Japanese => text,
            Locale::Pseudo => {
                let longer = "~".repeat(text.chars().count().div_ceil(3));
                format!("[{text}{longer}]")
            }
        }
    }

    /// `a, b and c`, as the language lists things.
    #[must_use]
    pub fn list(&self, items: &[String]) -> String {
        let join = |id: &str, first: &str, second: &str| {
            self.with(id, &[("first", first.into()), ("second", second.into())])
        };
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first, second] => join("list-pair", first, second),
            [first, middle @ .., last] => {
                let all = middle
                    .iter()
                    .fold(first.clone(), |list, item| join("list-middle", &list, item));
                join("list-end", &all, last)
            }
        }
    }

    /// Things in a row, with a message of `first` and `second` between two of them.
    #[must_use]
    pub fn join(&self, id: &str, items: &[String]) -> String {
        let mut items = items.iter().filter(|item| !item.is_empty());
        let first = items.next().cloned().unwrap_or_default();
        items.fold(first, |all, item| {
            self.with(id, &[("first", all.into()), ("second", item.as_str().into())])
        })
    }

    /// Sentences after one another; empty ones are left out.
    #[must_use]
    pub fn sentences(&self, sentences: &[String]) -> String {
        self.join("sentences", sentences)
    }

    /// A training step: `1,822`.
    #[must_use]
    pub fn step(&self, step: u32) -> String {
        self.number(f64::from(step))
    }

    /// A number with all its decimals.
    #[must_use]
    pub fn number(&self, value: f64) -> String {
        self.numbers().number(value)
    }

    /// A fraction as a percentage, with a decimal if it needs one.
    #[must_use]
    pub fn percent(&self, fraction: f64) -> String {
        self.numbers().percent(fraction)
    }

    /// A stretch of time: `12 s`, `3 min`.
    #[must_use]
    pub fn duration(&self, seconds: f64) -> String {
        let (id, count) = if seconds < 1.0 {
            return self.get("duration-short");
        } else if seconds < 100.0 {
            ("duration-seconds", seconds)
        } else if seconds < 5400.0 {
            ("duration-minutes", seconds / 60.0)
        } else {
            ("duration-hours", seconds / 3600.0)
        };
        self.with(id, &[("count", count.round().into())])
    }

    /// A loss: `0.738`, `1.2 × 10⁻⁴`.
    #[must_use]
    pub fn loss(&self, value: f64) -> String {
        self.numbers().loss(value)
    }
}

/// The private character before the first marked part; the next one is before the next part.
const START: u32 = 0xE000;
/// The private character after a marked part.
const END: char = '\u{F8FF}';

impl Language for Locale {
    fn text(&self, words: &str, out: &mut String) {
        match self {
            Self::English | Self::Japanese => out.push_str(words),
            Self::Pseudo => out.extend(accented(words)),
        }
    }

    fn number(&self, value: f64) -> String {
        self.numbers().number(value)
    }

    fn is_one(&self, value: f64) -> bool {
        match self {
            Self::English | Self::Pseudo => value == 1.0,
            Self::Japanese => false,
        }
    }
}

/// Text of the pseudo-language: legible, and in no letter the same as in English.
fn accented(text: &str) -> impl Iterator<Item = char> {
    const PLAIN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const ACCENTED: &str = "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž";
    text.chars().map(|c| match PLAIN.find(c) {
        Some(index) => ACCENTED.chars().nth(index).unwrap_or(c),
        None => c,
    })
}

#[cfg(all(test, not(target_family = "wasm")))]
mod fluent_tests;
#[cfg(test)]
mod tests;
