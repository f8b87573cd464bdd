//! Experiments as query strings: `preset=grokking&wd=3&v=1`.
//!
//! A URL holds only what differs from the preset, and the version of this form. Reading never
//! fails: whatever cannot be used is replaced by the nearest thing that can, with one sentence that
//! says so.

use super::{Experiment, FIELDS, Preset, field};

/// Version of the URL form. Raised when a key changes its meaning.
pub const VERSION: u32 = 1;

/// A query longer than this is not looked at: no experiment needs a tenth of it.
pub const MAX_QUERY_BYTES: usize = 4096;

/// Keys that belong to the page and not to the experiment.
const PAGE_KEYS: &[&str] = &["backend", "embed", "play", "speed", "axis"];

/// What was read from a query string.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The experiment, valid whatever the query held.
    pub experiment: Experiment,
    /// The pairs that belong to the page (`backend`, `embed`, `play`, ...), in order.
    pub page: Vec<(String, String)>,
    /// One sentence for each thing that could not be used, saying what was taken instead.
    pub notes: Vec<String>,
}

impl Experiment {
    /// Reads an experiment from a query string, with or without the leading `?`.
    #[must_use]
    pub fn from_query(query: &str) -> Parsed {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut notes = Vec::new();
        if query.len() > MAX_QUERY_BYTES {
            notes.push(format!(
                "The address holds {} kB of settings, far more than an experiment needs, so it was \
                 ignored; this is the default experiment.",
                query.len() / 1000
            ));
            return Parsed { experiment: Self::default(), page: Vec::new(), notes };
        }
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();

        let mut preset = Preset::Grokking;
        if let Some((_, name)) = pairs.iter().find(|(key, _)| key == "preset") {
            match Preset::ALL.iter().find(|preset| preset.key() == name) {
                Some(known) => preset = *known,
                None => notes.push(format!(
                    "There is no preset “{}”; this is “{}”.",
                    shorten(name),
                    preset.key()
                )),
            }
        }

        let mut experiment = Self::preset(preset);
        let mut page = Vec::new();
        for (key, text) in pairs {
            match key.as_str() {
                "preset" => {}
                "v" if text == VERSION.to_string() => {}
                "v" => notes.push(format!(
                    "This address was made for version “{}” of the page and this is version \
                     {VERSION}, so settings may mean something else.",
                    shorten(&text)
                )),
                key if PAGE_KEYS.contains(&key) => page.push((key.to_owned(), text)),
                key => match field(key) {
                    Some(field) => {
                        // `f64::from_str` takes "inf" and "NaN", which no setting means.
                        let value = text.trim().parse::<f64>().ok().filter(|v| v.is_finite());
                        let Some(value) = value else {
                            notes.push(format!(
                                "`{key}` must be {}; got “{}”, so it is {}.",
                                field.allowed(),
                                shorten(&text),
                                field.format(field.get(&experiment))
                            ));
                            continue;
                        };
                        if let Err(refused) = field.set(&mut experiment, value) {
                            let nearest = refused.nearest;
                            notes.push(format!("{refused}, so it is {}.", field.format(nearest)));
                            // The nearest value is allowed by construction.
                            let _ = field.set(&mut experiment, nearest);
                        }
                    }
                    None => notes
                        .push(format!("There is no setting “{}”; it was ignored.", shorten(key))),
                },
            }
        }
        notes.extend(experiment.limit_members());
        Parsed { experiment, page, notes }
    }

    /// The query string of this experiment, without the leading `?`: only what differs from the
    /// preset, and the version. Empty for the default experiment.
    #[must_use]
    pub fn to_query(&self) -> String {
        let preset = Self::preset(self.preset);
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.preset != Preset::Grokking {
            query.append_pair("preset", self.preset.key());
        }
        for field in FIELDS {
            let value = field.get(self);
            if value != field.get(&preset) {
                query.append_pair(field.key, &field.format(value));
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("{query}&v={VERSION}") }
    }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 24;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= MOST {
        clean
    } else {
        clean.chars().take(MOST).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_gives_back_the_experiment_that_wrote_it() {
        assert_eq!(Experiment::default().to_query(), "");
        for field in FIELDS {
            let mut experiment = Experiment::default();
            for stop in field.stops() {
                field.set(&mut experiment, stop).expect("a stop is valid");
                let parsed = Experiment::from_query(&experiment.to_query());
                assert_eq!(parsed.experiment, experiment);
                assert_eq!(parsed.notes, Vec::<String>::new());
            }
        }
    }

    #[test]
    fn a_query_holds_only_what_differs() {
        let experiment = Experiment { wd: 3.0, ..Experiment::default() };
        assert_eq!(experiment.to_query(), "wd=3&v=1");
    }

    #[test]
    fn each_kind_of_bad_input_gives_one_sentence_and_a_valid_experiment() {
        let long = format!("wd=3&x={}", "y".repeat(100_000));
        for (query, sentence) in [
            ("?colour=red", "There is no setting “colour”; it was ignored."),
            ("?wd=99", "`wd` must be a number between 0 and 10; got 99, so it is 10."),
            (
                "?lr=fast",
                "`lr` must be a number between 0.0001 and 0.1; got “fast”, so it is 0.003.",
            ),
            ("?lr=NaN", "`lr` must be a number between 0.0001 and 0.1; got “NaN”, so it is 0.003."),
            ("?p=24", "`p` must be a prime between 5 and 97; got 24, so it is 23."),
            (
                "?width=12.5",
                "`width` must be a whole number between 8 and 512; got 12.5, so it is 13.",
            ),
            (
                "?p=97&width=512&seeds=20",
                "20 networks of 512 units at p = 97 need more memory than a browser gives, so there \
                 are 5.",
            ),
            ("?preset=magic", "There is no preset “magic”; this is “grokking”."),
            (
                &long,
                "The address holds 100 kB of settings, far more than an experiment needs, so it was \
                 ignored; this is the default experiment.",
            ),
        ] {
            let parsed = Experiment::from_query(query);
            assert_eq!(parsed.notes, [sentence]);
            for field in FIELDS {
                let value = field.get(&parsed.experiment);
                assert_eq!(field.nearest(value), value);
            }
        }
    }

    #[test]
    fn keys_of_the_page_are_passed_on_and_not_complained_about() {
        let parsed = Experiment::from_query("?backend=cpu&wd=2&embed=1");
        assert_eq!(parsed.notes, Vec::<String>::new());
        assert_eq!(parsed.page.len(), 2);
        assert_eq!(parsed.experiment.wd, 2.0);
    }
}
