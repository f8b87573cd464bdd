//! Experiments as query strings: `preset=grokking&wd=1,3&v=1`.
//!
//! A URL holds only what differs from the preset, and the version of this form. Reading never
//! fails: whatever cannot be used is replaced by the nearest thing that can, with one sentence that
//! says so.

use super::fields::shorten;
use super::{Experiment, FIELDS, Field, FieldKind, Preset, Settings, Value, field};

/// Version of the URL form. Raised when a key changes its meaning.
pub const VERSION: u32 = 1;

/// A query longer than this is not looked at: no experiment needs a tenth of it.
pub const MAX_QUERY_BYTES: usize = 4096;

/// Most values of one setting.
const MAX_VALUES: usize = 100;

/// Keys that belong to the page and not to the experiment.
const PAGE_KEYS: &[&str] = &["backend", "workers", "embed", "play", "speed", "axis", "shown"];

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

/// The pairs of a query string, with or without the leading `?`.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl Experiment {
    /// Reads an experiment from a query string, with or without the leading `?`, with no more
    /// members than fit into memory.
    #[must_use]
    pub fn from_query(query: &str) -> Parsed {
        let mut notes = Vec::new();
        if query.len() > MAX_QUERY_BYTES {
            notes.push(format!(
                "The address holds {} kB of settings, far more than an experiment needs, so it was \
                 ignored; this is the default experiment.",
                query.len() / 1000
            ));
            return Parsed { experiment: Self::default(), page: Vec::new(), notes };
        }
        let mut parsed = Self::parse(&pairs(query));
        parsed.notes.extend(parsed.experiment.limit_members());
        parsed.notes.extend(parsed.experiment.limit_seeds());
        parsed
    }

    /// Reads an experiment from the pairs of a query string, with as many members as they say.
    #[must_use]
    pub fn parse(pairs: &[(String, String)]) -> Parsed {
        let mut notes = Vec::new();
        let mut preset = &Preset::ALL[0];
        if let Some((_, name)) = pairs.iter().find(|(key, _)| key == "preset") {
            match Preset::find(name) {
                Some(known) => preset = known,
                None => notes.push(format!(
                    "There is no preset “{}”; this is “{}”.",
                    shorten(name),
                    preset.key
                )),
            }
        }
        let mut page = Vec::new();
        let experiment = apply(Self::preset(preset), pairs, &mut page, &mut notes);
        Parsed { experiment, page, notes }
    }

    /// The query string of this experiment, without the leading `?`: only what differs from the
    /// preset, and the version. Empty for the default experiment.
    #[must_use]
    pub fn to_query(&self) -> String {
        let preset = Self::preset(self.preset);
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.preset != &Preset::ALL[0] {
            query.append_pair("preset", self.preset.key);
        }
        for field in FIELDS {
            let values = self.values(field);
            if values != preset.values(field) {
                let texts: Vec<String> = values.iter().map(|v| field.format(*v)).collect();
                query.append_pair(field.key, &texts.join(","));
            }
        }
        // A comma needs no escape in a query, and reads better without.
        let query = query.finish().replace("%2C", ",");
        if query.is_empty() { query } else { format!("{query}&v={VERSION}") }
    }

    /// The same with everything that differs from the default preset spelled out, that being the
    /// only one named.
    #[must_use]
    pub fn to_full_query(&self) -> String {
        let query = Self { preset: &Preset::ALL[0], ..self.clone() }.to_query();
        if query.is_empty() { format!("preset={}", Preset::ALL[0].key) } else { query }
    }

    /// Counts seeds from an earlier one if the last would be above the largest that there is.
    fn limit_seeds(&mut self) -> Option<String> {
        let seed = field("seed").expect("the table has a seed");
        let last = Value::Number(f64::from(self.settings.seed) + self.settings.seeds as f64 - 1.0);
        let Some(Value::Number(most)) = seed.nearest(last).filter(|most| *most != last) else {
            return None;
        };
        self.settings.seed = most as u32 + 1 - self.settings.seeds as u32;
        Some(format!("Seeds go up to {most}, so the first is {}.", self.settings.seed))
    }

    /// The experiment of one member alone, whose settings started from a preset.
    #[must_use]
    pub fn alone(preset: &'static Preset, member: Settings) -> Self {
        Self { preset, settings: member, lists: Vec::new() }
    }
}

/// Changes `experiment` to what the pairs say. Pairs of the page go into `page`, what cannot be used
/// into `notes`.
pub(super) fn apply(
    mut experiment: Experiment,
    pairs: &[(String, String)],
    page: &mut Vec<(String, String)>,
    notes: &mut Vec<String>,
) -> Experiment {
    for (key, text) in pairs {
        match key.as_str() {
            "preset" => {}
            "v" if *text == VERSION.to_string() => {}
            "v" => notes.push(format!(
                "This address was made for version “{}” of the page and this is version {VERSION}, \
                 so settings may mean something else.",
                shorten(text)
            )),
            key if PAGE_KEYS.contains(&key) => page.push((key.to_owned(), text.clone())),
            // A range of seeds says with which to start and how many there are.
            "seeds" if text.contains("..") => match seed_range(text) {
                Some((first, count)) => {
                    let ends = format!("seed={first}&seeds={count}");
                    experiment = apply(experiment, &self::pairs(&ends), page, notes);
                }
                None => notes.push(format!(
                    "`seeds` must be a number or a range such as 0..9; got “{}”, so it is {}.",
                    shorten(text),
                    experiment.settings.seeds
                )),
            },
            key => match field(key) {
                Some(field) => {
                    let values = read(field, text, &experiment.settings, notes);
                    // The values are allowed by construction.
                    let _ = match &values[..] {
                        [value] => experiment.set(field, *value),
                        many => experiment.vary(field, many),
                    };
                }
                None => {
                    notes.push(format!("There is no setting “{}”; it was ignored.", shorten(key)));
                }
            },
        }
    }
    experiment
}

/// The values of a setting, at least one: what the text holds, else what is nearest to it, else what
/// the settings have.
fn read(field: &'static Field, text: &str, now: &Settings, notes: &mut Vec<String>) -> Vec<Value> {
    let texts = split(field, text);
    let mut values = Vec::new();
    let several = texts.len() > 1;
    for text in texts {
        let instead = match field.parse(&text) {
            Ok(value) => {
                values.push(value);
                continue;
            }
            Err(refused) => {
                // In a list, what is nothing at all is left out and the others stay.
                let instead = refused.nearest.or((!several).then(|| field.get(now)));
                notes.push(match instead {
                    Some(value) => format!("{refused}, so it is {}.", field.format(value)),
                    None => format!("{refused}, so it was left out."),
                });
                instead
            }
        };
        values.extend(instead);
    }
    let mut seen: Vec<Value> = Vec::new();
    values.retain(|value| {
        let new = !seen.contains(value);
        seen.push(*value);
        new
    });
    if values.is_empty() {
        values.push(field.get(now));
    }
    if values.len() > 1 && !field.per_member {
        let first = values[0];
        notes.push(format!(
            "`{}` takes one value for all networks; got “{}”, so it is {}.",
            field.key,
            shorten(text),
            field.format(first)
        ));
        values.truncate(1);
    }
    if values.len() > MAX_VALUES {
        notes.push(format!("`{}` takes {MAX_VALUES} values at most.", field.key));
        values.truncate(MAX_VALUES);
    }
    values
}

/// The parts of a list: `0.5,1` or, of whole numbers, `4..8`.
#[must_use]
pub fn split(field: &Field, text: &str) -> Vec<String> {
    text.split(',')
        .flat_map(|part| match (field.kind, range(part)) {
            (FieldKind::Number { whole: true, .. }, Some((from, to)))
                if to - from < MAX_VALUES as u32 =>
            {
                (from..=to).map(|number| number.to_string()).collect()
            }
            _ => vec![part.trim().to_owned()],
        })
        .collect()
}

/// The ends of `4..8`, both included, the first not above the last.
fn range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once("..")?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to).then_some((from, to))
}

/// The first of a range of seeds, and how many there are.
#[must_use]
pub fn seed_range(text: &str) -> Option<(u32, u32)> {
    range(text).map(|(from, to)| (from, (to - from).saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_gives_back_the_experiment_that_wrote_it() {
        assert_eq!(Experiment::default().to_query(), "");
        for field in FIELDS {
            for stop in field.stops() {
                // Small, so that the number of members is not limited.
                let mut experiment = Experiment::from_query("p=5&seeds=1&width=4").experiment;
                experiment.set(field, Value::Number(stop)).expect("a stop is valid");
                if experiment.clone().limit_members().is_some() {
                    continue;
                }
                let parsed = Experiment::from_query(&experiment.to_query());
                assert_eq!(parsed.experiment, experiment);
                assert_eq!(parsed.notes, Vec::<String>::new());
            }
        }
    }

    #[test]
    fn a_query_holds_only_what_differs() {
        let query = |text: &str| Experiment::from_query(text).experiment.to_query();
        assert_eq!(query("wd=3&lr=0.003"), "wd=3&v=1");
        assert_eq!(query("wd=0.5,1,3"), "wd=0.5,1,3&v=1");
        assert_eq!(query("preset=digits&alpha=1"), "preset=digits&alpha=1&v=1");
        // One value where the preset has a list is a difference too.
        assert_eq!(query("preset=decay-compared&wd=1"), "preset=decay-compared&wd=1&v=1");
    }

    #[test]
    fn lists_and_ranges_make_members() {
        let parsed = Experiment::from_query("width=4..6,10&seeds=3..4");
        assert_eq!(parsed.notes, Vec::<String>::new());
        let members = parsed.experiment.members();
        let seen: Vec<_> = members.iter().map(|m| (m.width, m.seed)).collect();
        assert_eq!(seen, [(4, 3), (4, 4), (5, 3), (5, 4), (6, 3), (6, 4), (10, 3), (10, 4)]);
    }

    #[test]
    fn each_kind_of_bad_input_gives_one_sentence_and_a_valid_experiment() {
        let long = format!("wd=3&x={}", "y".repeat(100_000));
        for (query, sentence) in [
            ("?colour=red", "There is no setting “colour”; it was ignored."),
            ("?wd=99", "`wd` must be a number between 0 and 10; got 99, so it is 10."),
            (
                "?lr=fast",
                "`lr` must be a number between 0.00001 and 10; got “fast”, so it is 0.003.",
            ),
            ("?lr=NaN", "`lr` must be a number between 0.00001 and 10; got “NaN”, so it is 0.003."),
            ("?p=24", "`p` must be a prime between 5 and 97; got 24, so it is 23."),
            (
                "?width=12.5",
                "`width` must be a whole number between 1 and 2000; got 12.5, so it is 13.",
            ),
            ("?op=power", "`op` must be one of add, sub, mul, div; got “power”, so it is add."),
            (
                "?deeper=24sine",
                "`deeper` must be “none”, or up to 6 layers such as “24tanh-12relu” of at most 512 \
                 units; got “24sine”, so it is none.",
            ),
            ("?p=5,7", "`p` takes one value for all networks; got “5,7”, so it is 5."),
            ("?wd=1,x,3", "`wd` must be a number between 0 and 10; got “x”, so it was left out."),
            (
                "?seeds=9..2",
                "`seeds` must be a number or a range such as 0..9; got “9..2”, so it is 5.",
            ),
            ("?seed=9990&seeds=20", "Seeds go up to 9999, so the first is 9980."),
            (
                "?wd=1,2,3,4,5,6,7,8,9,10&lr=1,2,3,4,5,6,7,8,9,10&noise=0,1,2&p=5&seeds=20",
                "6000 networks are more than the 240 of one run, so there are 200.",
            ),
            (
                "?p=97&width=512&seeds=20",
                "20 networks of 512 units on 9409 samples need more memory than a browser gives, so \
                 there are 6.",
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
                let value = field.get(&parsed.experiment.settings);
                assert_eq!(field.nearest(value), Some(value));
            }
        }
    }

    #[test]
    fn more_combinations_than_a_number_can_count_are_limited_too() {
        let list = "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9";
        let keys = [
            "wd",
            "noise",
            "alpha",
            "smoothing",
            "label-noise",
            "beta1",
            "beta2",
            "bias-scale",
            "grokfast-lambda",
            "rank-penalty",
            "target-noise",
            "ridge",
        ];
        let query: Vec<String> = keys.iter().map(|key| format!("{key}={list}")).collect();
        let parsed = Experiment::from_query(&query.join("&"));
        assert!(parsed.experiment.member_count() <= 240);
        assert_eq!(parsed.experiment.members().len(), parsed.experiment.member_count());
    }

    #[test]
    fn keys_of_the_page_are_passed_on_and_not_complained_about() {
        let parsed = Experiment::from_query("?backend=cpu&wd=2&embed=1");
        assert_eq!(parsed.notes, Vec::<String>::new());
        assert_eq!(parsed.page.len(), 2);
        assert_eq!(parsed.experiment.settings.wd, 2.0);
    }
}
