//! Experiments as query strings: `preset=grokking&wd=1,3&v=1`.
//!
//! A URL holds only what differs from the preset, and the version of this form. Reading never
//! fails: the nearest valid value replaces whatever cannot be used, and a [`Note`] says so.

use super::note::{Allowed, InvalidValue, Note, shorten};
use super::{Experiment, FIELDS, Field, FieldKind, Method, Preset, Settings, Value, field, keys};

/// Version of the URL form. Raised when a key changes its meaning.
pub const VERSION: u32 = 1;

/// A longer query is ignored: no experiment needs a tenth of it.
pub const MAX_QUERY_BYTES: usize = 4096;

/// Maximum number of values of one setting.
const MAX_VALUES: usize = 100;

/// The experiment of a query string.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The experiment, valid whatever the query held.
    pub experiment: Experiment,
    /// The pairs whose keys the caller named as its own, in order.
    pub others: Vec<(String, String)>,
    /// Values that could not be used, and what replaced them.
    pub notes: Vec<Note>,
    /// Whether the query names a preset or a setting, with a value that is right or wrong.
    pub names_settings: bool,
}

/// The pairs of a query string, with or without the leading `?`.
///
/// Undoes what mail programs, chats and word processors do to an address: `&amp;` for `&`, a comma
/// encoded twice, a bracket or full stop of the sentence around it, a typographic minus, full-width
/// characters and no-break spaces.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (plain(&key), plain(&value)))
        .map(|(key, value)| {
            (
                key.trim_start_matches("amp;").to_owned(),
                value.trim_end_matches(AROUND).trim().to_owned(),
            )
        })
        .collect()
}

/// Characters that belong to the sentence around an address, not to its last value.
const AROUND: [char; 12] = [')', ']', '>', '.', ',', ';', '!', '"', '\'', '”', '’', '。'];

/// Text as a keyboard would have typed it.
fn plain(text: &str) -> String {
    let text = text.replace("%2C", ",").replace("%2c", ",");
    let typed = text.chars().filter_map(|c| match c {
        // Zero-width characters.
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => None,
        // Hyphens, dashes and the minus sign.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => Some('-'),
        // Full-width forms, in the order of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0),
        '、' => Some(','),
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    });
    typed.collect::<String>().trim().to_owned()
}

/// Whether a key says where a reader came from. Sites and mail programs add these to every link.
fn is_tracking(key: &str) -> bool {
    const PREFIXES: [&str; 6] = ["utm_", "mc_", "_hs", "_ga", "_gl", "ref_"];
    const KEYS: [&str; 19] = [
        "fbclid",
        "gclid",
        "gclsrc",
        "gbraid",
        "wbraid",
        "dclid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "li_fat_id",
        "mkt_tok",
        "ref",
        "si",
        "spm",
        "srsltid",
        "vero_id",
    ];
    let key = key.to_ascii_lowercase();
    KEYS.contains(&key.as_str()) || PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

impl Experiment {
    /// Reads an experiment from a query string, with or without the leading `?`, with no more
    /// members than fit into memory.
    #[must_use]
    pub fn from_query(query: &str) -> Parsed {
        Self::from_query_with(query, &[])
    }

    /// The same for a caller that has keys of its own, whose pairs it gets back.
    #[must_use]
    pub fn from_query_with(query: &str, other_keys: &[&str]) -> Parsed {
        if query.len() > MAX_QUERY_BYTES {
            let notes = vec![Note::AddressTooLong { bytes: query.len() }];
            return Parsed {
                experiment: Self::default(),
                others: Vec::new(),
                notes,
                names_settings: true,
            };
        }
        let mut parsed = Self::parse(&pairs(query), other_keys);
        parsed.notes.extend(parsed.experiment.limit_members());
        parsed.notes.extend(parsed.experiment.limit_seeds());
        parsed
    }

    /// Reads an experiment from the pairs of a query string, with as many members as they say.
    #[must_use]
    pub fn parse(pairs: &[(String, String)], other_keys: &[&str]) -> Parsed {
        let mut notes = Vec::new();
        let mut preset = &Preset::ALL[0];
        if let Some((_, name)) = pairs.iter().find(|(key, _)| key == "preset") {
            match Preset::find(name) {
                Some(known) => preset = known,
                None => notes.push(Note::UnknownPreset { given: shorten(name), used: preset.key }),
            }
        }
        let is_other = |(key, _): &&(String, String)| other_keys.contains(&key.as_str());
        let others = pairs.iter().filter(is_other).cloned().collect();
        let mut own: Vec<_> = pairs.iter().filter(|pair| !is_other(pair)).cloned().collect();
        let has = |name: &str| own.iter().any(|(key, _)| key == name);
        // A link from before the resolution was the default gives the noise itself.
        if (has("kernel-noise") || has("neighbour-noise")) && has(keys::INFO) && !has("noise-scale")
        {
            own.push(("noise-scale".into(), "relative".into()));
        }
        let names_settings = own.iter().any(|(key, _)| {
            matches!(key.as_str(), "preset" | keys::METHODS) || field(key).is_some()
        });
        let experiment = apply(Self::preset(preset), &own, &mut notes);
        Parsed { experiment, others, notes, names_settings }
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
        if self.methods != preset.methods {
            let methods: Vec<String> = self.methods.iter().map(ToString::to_string).collect();
            let methods = if methods.is_empty() { "none".to_owned() } else { methods.join(",") };
            query.append_pair(keys::METHODS, &methods);
        }
        // These need no escape in a query, and read better without.
        let query = query.finish().replace("%2C", ",").replace("%3A", ":").replace("%2F", "/");
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
    fn limit_seeds(&mut self) -> Option<Note> {
        let seed = field(keys::SEED).expect("the table has a seed");
        let last = Value::Number(f64::from(self.settings.seed) + self.settings.seeds as f64 - 1.0);
        let Some(Value::Number(max)) = seed.nearest(last).filter(|max| *max != last) else {
            return None;
        };
        self.settings.seed = max as u32 + 1 - self.settings.seeds as u32;
        Some(Note::SeedsLimited { max: max as u32, first: self.settings.seed })
    }

    /// The experiment of one member alone, whose settings started from a preset.
    #[must_use]
    pub fn alone(preset: &'static Preset, member: Settings) -> Self {
        Self { preset, settings: member, lists: Vec::new(), methods: Vec::new() }
    }
}

/// Changes `experiment` as the pairs say. `notes` gets the values that cannot be used.
pub(super) fn apply(
    mut experiment: Experiment,
    pairs: &[(String, String)],
    notes: &mut Vec<Note>,
) -> Experiment {
    let mut unknown: Vec<String> = Vec::new();
    let mut methods = None;
    for (key, text) in pairs {
        match key.as_str() {
            "preset" => {}
            keys::METHODS => methods = Some(text),
            "v" if *text == VERSION.to_string() => {}
            "v" => notes.push(Note::OtherVersion { given: shorten(text) }),
            // A range of seeds says with which to start and how many there are.
            "seeds" if text.contains("..") => match seed_range(text) {
                Some((first, count)) => {
                    let ends = format!("seed={first}&seeds={count}");
                    experiment = apply(experiment, &self::pairs(&ends), notes);
                }
                None => notes.push(Note::Invalid {
                    invalid: InvalidValue {
                        key: "seeds",
                        allowed: Allowed::NumberOrRange,
                        got: shorten(text),
                        nearest: None,
                    },
                    used: Some(experiment.settings.seeds.to_string()),
                }),
            },
            key => match field(key) {
                Some(field) => {
                    let values = read(field, text, &experiment.settings, notes);
                    match &values[..] {
                        [value] => experiment.set(field, *value),
                        many => experiment.vary(field, many),
                    }
                    .expect("`read` gives allowed values");
                }
                None if is_tracking(key) || key.is_empty() => {}
                None => {
                    let key = shorten(key);
                    if !unknown.contains(&key) {
                        unknown.push(key);
                    }
                }
            },
        }
    }
    if !unknown.is_empty() {
        notes.push(Note::UnknownKeys(unknown));
    }
    if let Some(text) = methods {
        let methods = Method::read_list(text, notes);
        let lists: Vec<&'static str> = experiment.lists().map(|(field, _)| field.key).collect();
        if !methods.is_empty() && !lists.is_empty() {
            notes.push(Note::ListsLeftOut { keys: lists });
        }
        experiment.compare(methods);
    }
    experiment
}

/// The values of a setting, at least one. What the text does not hold is replaced by the nearest
/// valid value, or else by the value that the settings have.
fn read(field: &'static Field, text: &str, now: &Settings, notes: &mut Vec<Note>) -> Vec<Value> {
    let texts = split(field, text);
    let mut values = Vec::new();
    let several = texts.len() > 1;
    for text in texts {
        match field.parse(&text) {
            Ok(value) => values.push(value),
            Err(invalid) => {
                // An unusable entry of a list is left out, and the others stay.
                let instead = invalid.nearest.or((!several).then(|| field.get(now)));
                let used = instead.map(|value| field.format(value));
                notes.push(Note::Invalid { invalid, used });
                values.extend(instead);
            }
        }
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
        notes.push(Note::OneValue {
            key: field.key,
            given: shorten(text),
            used: field.format(first),
        });
        values.truncate(1);
    }
    if values.len() > MAX_VALUES {
        notes.push(Note::TooManyValues { key: field.key, max: MAX_VALUES });
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
impl Experiment {
    /// The experiment of a query without mistakes, for tests.
    pub(crate) fn valid(query: &str) -> Self {
        let parsed = Self::from_query(query);
        assert_eq!(parsed.notes, [], "{query}");
        parsed.experiment
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::MemberLimit;

    #[test]
    fn a_query_gives_back_the_experiment_that_wrote_it() {
        assert_eq!(Experiment::default().to_query(), "");
        for field in FIELDS {
            for stop in field.slider_values() {
                // Small, so that the number of members is not limited.
                let mut experiment = Experiment::from_query("p=5&seeds=1&width=4").experiment;
                experiment.set(field, Value::Number(stop)).expect("a stop is valid");
                if experiment.clone().limit_members().is_some() {
                    continue;
                }
                let parsed = Experiment::from_query(&experiment.to_query());
                assert_eq!(parsed.experiment, experiment);
                assert_eq!(parsed.notes, []);
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
        assert_eq!(parsed.notes, []);
        let members = parsed.experiment.members();
        let seen: Vec<_> = members.iter().map(|m| (m.width, m.seed)).collect();
        assert_eq!(seen, [(4, 3), (4, 4), (5, 3), (5, 4), (6, 3), (6, 4), (10, 3), (10, 4)]);
    }

    #[test]
    fn each_kind_of_bad_input_gives_one_note_and_a_valid_experiment() {
        let long = format!("wd=3&x={}", "y".repeat(100_000));
        let invalid = |key: &str, got: &str, used: Option<&str>| {
            let field = field(key).expect("is a setting");
            let nearest = field.parse(got).err().and_then(|invalid| invalid.nearest);
            let invalid =
                InvalidValue { key: field.key, allowed: field.allowed(), got: got.into(), nearest };
            Note::Invalid { invalid, used: used.map(str::to_owned) }
        };
        let range = InvalidValue {
            key: "seeds",
            allowed: Allowed::NumberOrRange,
            got: "9..2".into(),
            nearest: None,
        };
        for (query, note) in [
            ("?colour=red&x=1&x=2", Note::UnknownKeys(vec!["colour".into(), "x".into()])),
            ("?wd=99", invalid("wd", "99", Some("10"))),
            ("?lr=fast", invalid("lr", "fast", Some("0.003"))),
            ("?lr=NaN", invalid("lr", "NaN", Some("0.003"))),
            ("?p=24", invalid("p", "24", Some("23"))),
            ("?width=12.5", invalid("width", "12.5", Some("13"))),
            ("?op=power", invalid("op", "power", Some("add"))),
            ("?deeper=24sine", invalid("deeper", "24sine", Some("none"))),
            ("?wd=1,x,3", invalid("wd", "x", None)),
            ("?p=5,7", Note::OneValue { key: "p", given: "5,7".into(), used: "5".into() }),
            ("?seeds=9..2", Note::Invalid { invalid: range, used: Some("5".into()) }),
            ("?v=9", Note::OtherVersion { given: "9".into() }),
            ("?seed=9990&seeds=20", Note::SeedsLimited { max: 9999, first: 9980 }),
            (
                "?wd=1,2,3,4,5,6,7,8,9,10&lr=1,2,3,4,5,6,7,8,9,10&noise=0,1,2&p=5&seeds=20",
                Note::MembersLimited {
                    asked: 6000,
                    used: 200,
                    limit: MemberLimit::Count { max: 240 },
                },
            ),
            (
                "?p=97&width=512&seeds=20",
                Note::MembersLimited {
                    asked: 20,
                    used: 6,
                    limit: MemberLimit::Memory { units: 512, samples: 9409 },
                },
            ),
            ("?preset=magic", Note::UnknownPreset { given: "magic".into(), used: "grokking" }),
            (&long, Note::AddressTooLong { bytes: 100_007 }),
        ] {
            let parsed = Experiment::from_query(query);
            assert_eq!(parsed.notes, [note]);
            for field in FIELDS {
                let value = field.get(&parsed.experiment.settings);
                assert_eq!(field.nearest(value), Some(value));
            }
        }
    }

    #[test]
    fn an_address_that_was_mangled_on_its_way_is_understood() {
        let expected = Experiment::from_query("wd=1,3&lr=0.001&deeper=24tanh-12relu").experiment;
        for query in [
            "wd=1%2C3&lr=1e-3&deeper=24tanh-12relu",
            "wd=1%252C3&lr=1e-3&deeper=24tanh-12relu",
            "?wd=1,3&amp;lr=1e-3&amp;deeper=24tanh-12relu",
            "wd=1,3&amp;amp;lr=1e-3&deeper=24tanh-12relu)",
            "wd=1,3,&lr=1e-3.&deeper=24tanh-12relu).",
            "wd=1,3&lr=1e-3&deeper=24tanh-12relu”",
            // U+2212 minus, en dash, percent-encoded and not.
            "wd=1,3&lr=1e\u{2212}3&deeper=24tanh\u{2013}12relu",
            "wd=1,3&lr=1e%E2%88%923&deeper=24tanh%E2%80%9312relu",
            // Full-width digits, comma and full stop; no-break and zero-width spaces.
            "wd=１，３&lr=０．００１&deeper=24tanh-12relu",
            "wd=\u{A0}1,\u{202F}3&lr=0.001%C2%A0&deeper=24tanh-12relu\u{200B}",
            "wd=1,3&lr=0.001&deeper=24tanh-12relu#charts",
        ] {
            let parsed = Experiment::from_query(query);
            assert_eq!(parsed.notes, [], "{query}");
            assert_eq!(parsed.experiment, expected, "{query}");
        }
    }

    #[test]
    fn keys_that_sites_add_to_links_are_ignored_without_a_word() {
        let query = "wd=3&utm_source=x&utm_medium=y&fbclid=z&gclid=1&ref=hn&mc_cid=2&mc_eid=3&igshid=4\
                     &msclkid=5&_ga=6&_gl=7&ref_src=8&gbraid=9&UTM_Campaign=10&yclid=11&si=12&";
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        assert_eq!(parsed.experiment.to_query(), "wd=3&v=1");
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
    fn keys_of_the_caller_are_given_back_and_change_nothing() {
        let parsed =
            Experiment::from_query_with("?backend=cpu&wd=2&embed=1", &["backend", "embed"]);
        assert_eq!(parsed.notes, []);
        let others = [("backend", "cpu"), ("embed", "1")];
        assert_eq!(parsed.others, others.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(parsed.experiment.settings.wd, 2.0);
        // Without being named they are unknown.
        let notes = Experiment::from_query("backend=cpu&embed=1").notes;
        assert_eq!(notes, [Note::UnknownKeys(vec!["backend".into(), "embed".into()])]);
    }
}
