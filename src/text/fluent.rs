//! Reads messages in the part of Fluent (<https://projectfluent.org>) that the files use: values and
//! attributes on one line, arguments, quoted text, and selectors within selectors.
//!
//! A test holds every message to what the library fluent-bundle makes of it. The library would be a
//! tenth of the page's program: tables of plural forms and of numbers, for what is not used.

/// How many lists the messages are divided into, so that a look-up reads few of them.
const LISTS: usize = 256;

/// Messages by their id.
pub struct Messages {
    lists: Vec<Vec<(&'static str, &'static str)>>,
}

/// The value of an argument.
pub enum Value {
    Text(String),
    Number(f64),
}

/// What a language makes of text and of numbers.
pub trait Language {
    /// Words of a message.
    fn text(&self, words: &str, out: &mut String);
    /// A number, as it is written.
    fn number(&self, value: f64) -> String;
    /// Whether a number takes the plural form `one`.
    fn is_one(&self, value: f64) -> bool;
}

impl Messages {
    /// Without any message.
    pub fn new() -> Self {
        Self { lists: vec![Vec::new(); LISTS] }
    }

    /// Adds the messages of a file. `None` if it is no file of messages.
    pub fn add(&mut self, source: &'static str) -> Option<()> {
        // The id of the last message, and where its value begins and ends.
        let mut last: Option<(&str, usize, usize)> = None;
        let mut at = 0;
        for line in source.split_inclusive('\n') {
            let end = at + line.len();
            match line.bytes().next() {
                Some(first) if first.is_ascii_alphabetic() => {
                    self.insert(source, last);
                    let (id, _) = line.split_once(" =")?;
                    last = Some((id, at + id.len() + " =".len(), end));
                }
                Some(b' ' | b'}' | b'\n') => {
                    if let Some((_, _, ends)) = &mut last {
                        *ends = end;
                    }
                }
                Some(b'#') => {
                    self.insert(source, last.take());
                }
                _ => return None,
            }
            at = end;
        }
        self.insert(source, last);
        Some(())
    }

    fn insert(&mut self, source: &'static str, message: Option<(&'static str, usize, usize)>) {
        if let Some((id, start, end)) = message {
            self.lists[list(id)].push((id, &source[start..end]));
        }
    }

    /// The value of a message, or one of its attributes.
    pub fn pattern(&self, id: &str, attribute: Option<&str>) -> Option<&'static str> {
        let (_, message) = self.lists[list(id)].iter().find(|(known, _)| *known == id)?;
        let mut parts = message.trim_end().split("\n    .");
        let value = parts.next().filter(|value| !value.is_empty());
        let pattern = match attribute {
            None => value,
            Some(name) => parts.find_map(|part| part.strip_prefix(name)?.strip_prefix(" =")),
        };
        pattern.map(str::trim_start)
    }
}

/// The list that a message is in.
fn list(id: &str) -> usize {
    id.bytes().fold(0, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % LISTS
}

/// Writes a pattern with its arguments.
///
/// # Errors
/// If an argument is missing or the pattern is not in the part of Fluent that is read: with the text
/// that could not be read.
pub fn format(
    pattern: &'static str,
    args: &[(&'static str, Value)],
    language: &dyn Language,
) -> Result<String, &'static str> {
    let mut reader = Reader { rest: pattern, args, language };
    let mut out = String::new();
    match reader.line(Some(&mut out)) {
        Some(()) if reader.rest.is_empty() => Ok(out),
        _ => Err(reader.rest),
    }
}

struct Reader<'a> {
    rest: &'static str,
    args: &'a [(&'static str, Value)],
    language: &'a dyn Language,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Takes what comes before one of some characters.
    fn until(&mut self, ends: &[char]) -> &'static str {
        let (found, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        found
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Text and placeables up to the end of the line; skips them if there is nothing to write to.
    fn line(&mut self, mut out: Option<&mut String>) -> Option<()> {
        loop {
            let words = self.until(&['{', '\n']);
            if let Some(out) = out.as_deref_mut() {
                self.language.text(words, out);
            }
            if !self.eat("{") {
                return Some(());
            }
            self.placeable(out.as_deref_mut())?;
        }
    }

    fn placeable(&mut self, out: Option<&mut String>) -> Option<()> {
        self.skip_space();
        if self.eat("\"") {
            let quoted = self.until(&['"']);
            if let Some(out) = out {
                out.push_str(quoted);
            }
            self.eat("\"");
            self.skip_space();
            return self.eat("}").then_some(());
        }
        if !self.eat("$") {
            return None;
        }
        let name = self.until(&[' ', '}']);
        self.skip_space();
        let value = match out {
            Some(_) => Some(&self.args.iter().find(|(known, _)| *known == name)?.1),
            None => None,
        };
        if self.eat("->") {
            return self.variants(value, out);
        }
        match (out, value) {
            (Some(out), Some(Value::Text(text))) => out.push_str(text),
            (Some(out), Some(Value::Number(number))) => {
                out.push_str(&self.language.number(*number));
            }
            _ => {}
        }
        self.eat("}").then_some(())
    }

    fn variants(&mut self, value: Option<&Value>, out: Option<&mut String>) -> Option<()> {
        let (mut chosen, mut default) = (None, None);
        loop {
            self.skip_space();
            if self.eat("}") {
                break;
            }
            let is_default = self.eat("*");
            if !self.eat("[") {
                return None;
            }
            let key = self.until(&[']']);
            self.eat("]");
            self.rest = self.rest.trim_start_matches(' ');
            if chosen.is_none() && value.is_some_and(|value| self.fits(value, key)) {
                chosen = Some(self.rest);
            }
            if is_default {
                default = Some(self.rest);
            }
            self.line(None)?;
        }
        let Some(out) = out else { return Some(()) };
        let after = std::mem::replace(&mut self.rest, chosen.or(default)?);
        self.line(Some(out))?;
        self.rest = after;
        Some(())
    }

    fn fits(&self, value: &Value, key: &str) -> bool {
        match value {
            // A key that is a number stands for numbers alone.
            Value::Text(text) => text == key && !key.starts_with(|c: char| c.is_ascii_digit()),
            Value::Number(number) => match key {
                "one" => self.language.is_one(*number),
                _ => self.language.number(*number) == key,
            },
        }
    }
}
