//! Holds the messages to the tables they word, to the language, and to their use.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::claims::{Claim, ClaimEstimator, DataSet, Measure, Verdict};
use crate::experiment::{
    Allowed, Experiment, FIELDS, FieldKind, Group, InvalidValue, MemberLimit, Note, Preset,
};
use crate::measure::{CheckSource, Split};

/// The messages of a locale: id, and everything behind it up to the next.
fn messages(locale: Locale) -> BTreeMap<String, String> {
    parsed(locale.messages().iter())
}

/// The English messages with those that only the command line has.
fn english() -> BTreeMap<String, String> {
    parsed(Locale::English.messages().iter().chain(COMMAND_LINE))
}

fn parsed<'a>(sources: impl Iterator<Item = &'a &'a str>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut id = String::new();
    for line in sources.flat_map(|source| source.lines()) {
        if line.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            id = name.to_owned();
            let earlier = all.insert(id.clone(), value.to_owned());
            assert_eq!(earlier, None, "{id} is there twice");
        } else if let Some(message) = all.get_mut(&id) {
            message.push('\n');
            message.push_str(line);
        }
    }
    all
}

/// The names of a message's arguments.
fn arguments(message: &str) -> BTreeSet<&str> {
    let names = message.split('$').skip(1);
    names
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

/// The values and attributes of a locale's messages: `id` or `id.attribute`, and its text.
fn patterns(locale: Locale) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (id, message) in messages(locale) {
        let mut name = id.clone();
        for line in message.lines() {
            let attribute = line.strip_prefix("    .").and_then(|line| line.split_once(" = "));
            let line = match attribute {
                Some((attribute, value)) => {
                    name = format!("{id}.{attribute}");
                    value
                }
                None => line.trim(),
            };
            let pattern = all.entry(name.clone()).or_default();
            pattern.push_str(line);
            pattern.push('\n');
        }
    }
    all
}

/// The arguments that every language has to use: not those that only select a plural form.
fn needed_arguments(pattern: &str) -> BTreeSet<&str> {
    let selects_plural = |name: &&str| {
        let rest = pattern.split_once(&format!("{{ ${name} ->")).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.trim_start().starts_with("[one]"))
    };
    let is_placed = |name: &&str| pattern.contains(&format!("{{ ${name} }}"));
    let names = arguments(pattern).into_iter();
    names.filter(|name| is_placed(name) || !selects_plural(name)).collect()
}

/// The words of a pattern, without the names of arguments and the keys of variants.
fn words(pattern: &str) -> String {
    let mut words = String::new();
    for line in pattern.lines() {
        let variant = line.trim_start_matches('*').strip_prefix('[');
        // Not the words of a button.
        let variant = variant.and_then(|line| line.split_once("] "));
        let line = variant.map_or(line, |(_, rest)| rest);
        // A reader sees what stands outside braces, and all variants of a selector.
        let line = line.strip_prefix('}').unwrap_or(line);
        for (index, part) in line.split(['{', '}']).enumerate() {
            if index % 2 == 0 {
                words.push_str(part);
                words.push(' ');
            }
        }
    }
    words
}

/// A message without its markup.
fn unmarked(message: &str) -> String {
    let pieces = pieces(message).into_iter();
    pieces.map(|(Piece::Words(words) | Piece::Term(words) | Piece::Jump(words, _))| words).collect()
}

fn text(locale: Locale) -> Text {
    Text::new(locale)
}

#[test]
fn every_language_has_the_same_messages_and_attributes() {
    let english: Vec<String> = patterns(Locale::English).into_keys().collect();
    assert!(english.len() > 500 && english.contains(&"field-wd.about".to_owned()));
    for locale in Locale::ALL {
        let here: Vec<String> = patterns(locale).into_keys().collect();
        let other = |a: &[String], b: &[String]| {
            a.iter().filter(|id| !b.contains(id)).cloned().collect::<Vec<_>>()
        };
        let (missing, extra) = (other(&english, &here), other(&here, &english));
        assert_eq!((missing, extra), (vec![], vec![]), "{locale:?}");
    }
}

#[test]
fn every_language_uses_the_same_arguments() {
    let english = patterns(Locale::English);
    assert_eq!(needed_arguments(&english["note-unknown-keys"]), ["keys"].into());
    assert_eq!(needed_arguments(&english["note-more"]), ["count"].into());
    assert_eq!(needed_arguments(&english["chart-with-set"]), ["set", "title"].into());
    for locale in Locale::ALL {
        for (id, pattern) in patterns(locale) {
            let (needed, all) = (needed_arguments(&english[&id]), arguments(&english[&id]));
            let here = arguments(&pattern);
            assert!(here.is_superset(&needed) && here.is_subset(&all), "{locale:?} {id}: {here:?}");
        }
    }
}

#[test]
fn numbers_are_the_same_in_every_language() {
    let numbers = |pattern: &str| -> Vec<String> {
        let words = words(pattern);
        let numbers = words.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
        let mut numbers: Vec<String> =
            numbers.map(|number| number.trim_matches([',', '.']).to_owned()).collect();
        numbers.retain(|number| !number.is_empty());
        numbers
    };
    let english = patterns(Locale::English);
    assert_eq!(words("[a](0) b").trim(), "[a](0) b");
    assert_eq!(words("a { $b ->\n[c] d\n*[other] e\n} f").split_whitespace().count(), 4);
    assert_eq!(numbers("From −1 to 1,822.5, or 95%.{ $x }"), ["1", "1,822.5", "95"]);
    for (id, pattern) in patterns(Locale::Japanese) {
        // Japanese writes some numbers in digits that English writes in words.
        let here = numbers(&pattern);
        for number in numbers(&english[&id]) {
            assert!(here.contains(&number), "{id} does not say {number}: {pattern}");
        }
    }
}

#[test]
fn the_article_has_the_same_terms_and_jumps_in_every_language() {
    let marked = |message: &str| {
        let (mut terms, mut jumps) = (0, BTreeSet::new());
        for piece in pieces(message) {
            match piece {
                Piece::Words(words) => {
                    assert!(!words.contains("**") && !words.contains("]("), "{words}")
                }
                Piece::Term(_) => terms += 1,
                Piece::Jump(_, event) => assert!(jumps.insert(event), "{event} is there twice"),
            }
        }
        (terms, jumps)
    };
    let english = messages(Locale::English);
    for (id, message) in messages(Locale::Japanese) {
        assert_eq!(marked(&message), marked(&english[&id]), "{id}");
    }
}

/// What Japanese writes in Latin letters: names, formulas, units, keys of the address and what is
/// pressed. A word of one letter is a symbol.
const LATIN: &[&str] = &[
    "Access",
    "Adam",
    "AdamW",
    "Allow",
    "Alpaydin",
    "BY",
    "BibTeX",
    "CC",
    "CPU",
    "CSV",
    "Chrome",
    "Content",
    "Control",
    "Ctrl",
    "De",
    "Edge",
    "English",
    "Enter",
    "Firefox",
    "GELU",
    "GPU",
    "Ghosh",
    "Grokfast",
    "Gromov",
    "HTTP",
    "Heckel",
    "JAX",
    "JSON",
    "JavaScript",
    "Kaynak",
    "Koch",
    "Liu",
    "MB",
    "Mac",
    "Madow",
    "Markdown",
    "Mello",
    "Miller",
    "Muon",
    "Nakkiran",
    "Nanda",
    "Origin",
    "OrthoGrad",
    "PNG",
    "Policy",
    "Power",
    "PyTorch",
    "Python",
    "QR",
    "ReLU",
    "SGD",
    "SN",
    "SVG",
    "Safari",
    "Security",
    "Shwartz",
    "SiLU",
    "StableMax",
    "Tishby",
    "UCI",
    "Web",
    "WebAssembly",
    "WebGPU",
    "Yilmaz",
    "Ziv",
    "al",
    "all",
    "allow",
    "application",
    "arXiv",
    "article",
    "auto",
    "class",
    "cpu",
    "dB",
    "dark",
    "en",
    "et",
    "eval",
    "fastest",
    "gpu",
    "http",
    "inline",
    "ja",
    "javascript",
    "js",
    "json",
    "kB",
    "lab",
    "light",
    "linear",
    "localhost",
    "log",
    "lr",
    "max",
    "mod",
    "none",
    "origin",
    "phase",
    "picture",
    "png",
    "python",
    "record",
    "relu",
    "safetensors",
    "same",
    "sandbox",
    "script",
    "seeds",
    "seek",
    "self",
    "server",
    "set",
    "softmax",
    "src",
    "svg",
    "tanh",
    "test",
    "text",
    "theme",
    "train",
    "two",
    "unsafe",
    "wasm",
    "wd",
];

#[test]
fn no_english_is_left_in_japanese() {
    for (id, pattern) in patterns(Locale::Japanese) {
        let words = words(&pattern);
        for word in words.split(|c: char| !c.is_ascii_alphabetic()) {
            assert!(word.len() <= 1 || LATIN.contains(&word), "{id}: {word}");
        }
    }
}

/// Terms that the table of terms rules out, and what no Japanese text has.
const FORBIDDEN_IN_JAPANESE: &[&str] = &[
    "学習データ",
    "教師データ",
    "検証データ",
    "テスト集合",
    "訓練集合",
    "訓練精度",
    "テスト精度",
    "記憶する",
    "一般化",
    "過学習",
    "ウェイトディケイ",
    "荷重減衰",
    "重み崩壊",
    "二重下降",
    "ダブルディセント",
    "相互情報 ",
    "推定量",
    "推定器",
    "補間閾値",
    "トレーニング",
    "，",
    "．",
    "～",
    ", ",
    "; ",
    "!",
    "?",
    "(",
    ")",
    ": ",
];

#[test]
fn japanese_keeps_to_its_terms_and_signs() {
    let allowed = ["I(X;T)", "I(T;Y)", "？ ", "et al., arXiv"];
    for (id, pattern) in patterns(Locale::Japanese) {
        let mut words = unmarked(&words(&pattern));
        for allowed in allowed {
            words = words.replace(allowed, "");
        }
        for word in FORBIDDEN_IN_JAPANESE {
            assert!(!words.contains(word), "{id} says “{word}”: {words}");
        }
        // Sentences of settings and presets stand before other sentences.
        if id.ends_with(".about") && !id.starts_with("button-") {
            assert!(words.trim_end().ends_with('。'), "{id} is not a sentence: {words}");
        }
    }
}

#[test]
fn japanese_sentences_and_lists_join_without_spaces() {
    let text = text(Locale::Japanese);
    let items = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(text.list(&items), "a、b、c");
    assert_eq!(text.list(&items[..2]), "a、b");
    assert_eq!(text.sentences(&["あ。".to_owned(), "い。".to_owned()]), "あ。い。");
    let workers = |count: u32| {
        text.with("badge-workers", &[("device", "CPU".into()), ("count", count.into())])
    };
    assert_eq!(workers(1200), "CPU、ワーカー1,200個");
    assert_eq!([text.duration(0.4), text.duration(240.0)], ["1秒未満", "4分"]);
    let experiment = Experiment::from_query("wd=1,3&grokfast=ma,ema&seeds=2&seed=4").experiment;
    let name = text.network(&experiment, 3);
    assert_eq!(name, "重み減衰1、Grokfastの指数移動平均、シード5");
    let several = Experiment::from_query("wd=0,1,3&seeds=2").experiment;
    assert_eq!(
        text.settings_line(&several, None),
        "設定：mod 23、重み減衰0・1・3、ネットワーク6個"
    );
    let relu = Experiment::from_query("activation=relu&wd=3").experiment;
    let changed = text.difference(&relu, &Experiment::default());
    assert_eq!(changed, "活性化関数：ReLU、重み減衰3");
    let told = |query: &str| {
        let notes = Experiment::from_query(query).notes;
        notes.iter().map(|note| super::note(&text, note)).collect::<String>()
    };
    let invalid = "「wd」に指定できるのは0〜10の数です。「99」のかわりに10を使います。";
    assert_eq!(told("?wd=99"), invalid);
    let unknown = "「colour」、「size」という設定はありません。無視しました。";
    assert_eq!(told("?colour=red&size=3"), unknown);
}

#[test]
fn the_language_is_the_first_of_the_readers_that_is_here() {
    let preferred = |tags: &[&str]| Locale::preferred(tags);
    assert_eq!(preferred(&["ja"]), Locale::Japanese);
    assert_eq!(preferred(&["ja-JP", "en-US"]), Locale::Japanese);
    assert_eq!(preferred(&["en-US", "ja-JP"]), Locale::English);
    assert_eq!(preferred(&["de-CH", "fr", "JA_jp", "en"]), Locale::Japanese);
    // Javanese is `jv`, and a language of three letters is another one.
    assert_eq!(preferred(&["jav", "jam-JM"]), Locale::English);
    for none in [&[][..], &[""], &["de"], &["pseudo"]] {
        assert_eq!(preferred(none), Locale::default(), "{none:?}");
    }
}

#[test]
fn every_message_formats_with_its_arguments() {
    for locale in Locale::ALL {
        let text = text(locale);
        let messages = if locale == Locale::English { english() } else { messages(locale) };
        for (id, message) in messages {
            for value in [Arg::Number(1.0), Arg::Number(5.0), Arg::Text("x".into())] {
                // The names live as long as the program, as they do elsewhere.
                let args: Vec<(&'static str, Arg)> = arguments(&message)
                    .into_iter()
                    .map(|name| (&*name.to_owned().leak(), value.clone()))
                    .collect();
                let words = text.with(&id, &args);
                assert!(!words.contains('{'), "{id}: {words}");
                if locale == Locale::Pseudo {
                    assert!(words.starts_with('[') && words.ends_with(']'), "{id}: {words}");
                }
            }
        }
    }
}

#[test]
fn settings_choices_groups_and_presets_have_their_words() {
    for locale in Locale::ALL {
        let words = text(locale);
        for field in FIELDS {
            assert!(!words.field(field).is_empty() && !words.field_about(field).is_empty());
            if field.per_member {
                assert!(!words.field_inline(field).is_empty());
            }
            if let FieldKind::Choice(choices) = field.kind {
                assert!(choices.iter().all(|c| !words.choice(field, c.key).is_empty()));
            }
        }
        assert!(Group::ALL.iter().all(|group| !words.group(*group).is_empty()));
        for preset in Preset::ALL {
            assert!(!words.preset(preset).is_empty() && !words.preset_about(preset).is_empty());
        }
    }
}

/// The ids that are made from keys.
fn ids_by_key() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for field in FIELDS {
        ids.insert(format!("field-{}", field.key));
        if let FieldKind::Choice(choices) = field.kind {
            let switch = choices[0].key == "0";
            let of = if switch { "switch" } else { field.key };
            ids.extend(choices.iter().map(|choice| format!("choice-{of}-{}", choice.key)));
        }
    }
    ids.extend(Group::ALL.iter().map(|group| format!("group-{}", group.key())));
    ids.extend(Preset::ALL.iter().map(|preset| format!("preset-{}", preset.key)));
    ids.extend(CheckSource::ALL.iter().map(|source| format!("problem-{}", source.key())));
    ids.extend(
        [Split::Train, Split::Test, Split::All].iter().map(|set| format!("option-{}", set.key())),
    );
    ids.extend(["auto", "fastest", "gpu", "cpu"].map(|key| format!("device-{key}")));
    for key in Claim::ALL.map(Claim::key) {
        ids.extend([format!("claim-{key}"), format!("claim-rule-{key}")]);
    }
    for key in DataSet::ALL.map(DataSet::key) {
        ids.insert(format!("claims-data-{key}"));
        ids.extend(["usual", "other"].map(|which| format!("claims-setting-{key}-{which}")));
    }
    ids.extend(Verdict::ALL.map(|verdict| format!("claims-verdict-{}", verdict.key())));
    ids.extend(ClaimEstimator::ALL.map(|estimate| format!("claims-estimate-{}", estimate.key())));
    ids.extend(Measure::ALL.map(|measure| format!("claims-measure-{}", measure.key())));
    ids
}

/// All source that can name a message.
#[cfg(not(target_family = "wasm"))]
fn source() -> String {
    let mut source = include_str!("../../index.html").to_owned();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "html") {
                source += &std::fs::read_to_string(path).expect("text");
            }
        }
    }
    source
}

#[test]
#[cfg(not(target_family = "wasm"))]
fn no_message_is_missing() {
    let (source, words) = (source(), english());
    for call in [
        "text.get(",
        "text.with(",
        "text.words(",
        "data-text=",
        "data-label=",
        "data-message=",
        "data-alt=",
        "data-sentence=",
    ] {
        for rest in source.split(call).skip(1) {
            let Some(id) = rest.trim_start().strip_prefix('"').and_then(|id| id.split('"').next())
            else {
                continue;
            };
            let is_id = id.contains('-') && id.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            assert!(!is_id || words.contains_key(id), "there is no message {id}");
        }
    }
}

#[test]
#[cfg(not(target_family = "wasm"))]
fn no_message_is_unused() {
    let source = source();
    let by_key = ids_by_key();
    let unused: Vec<String> = english()
        .into_keys()
        .filter(|id| !by_key.contains(id))
        // Charts of quantities and keys of the page are named by key.
        .filter(|id| !id.starts_with("chart-") && !id.starts_with("allowed-key-"))
        .filter(|id| !source.contains(&format!("\"{id}\"")))
        .collect();
    assert_eq!(unused, Vec::<String>::new());
    let words = english();
    let prefixes = ["field-", "choice-", "group-", "preset-", "problem-"];
    let extra: Vec<&String> = words
        .keys()
        .filter(|id| prefixes.iter().any(|prefix| id.starts_with(prefix)))
        .filter(|id| !by_key.contains(*id))
        .collect();
    assert_eq!(extra, Vec::<&String>::new());
}

#[test]
#[cfg(not(target_family = "wasm"))]
fn no_program_uses_messages_of_the_document_alone() {
    let source = source();
    let in_document = ["data-message=\"", "data-alt=\"", "data-sentence=\""];
    let code = in_document.iter().fold(source, |code, name| code.replace(name, ""));
    for id in parsed(DOCUMENT.iter()).into_keys() {
        assert!(!code.contains(&format!("\"{id}\"")), "{id}: a browser's program has it not");
    }
}

#[test]
fn the_page_says_in_english_what_its_messages_say() {
    let (page, words) = (include_str!("../../index.html"), text(Locale::English));
    let marked: Vec<&str> = page.split("data-message=\"").skip(1).collect();
    assert!(marked.len() > 5);
    for rest in marked {
        let (id, rest) = rest.split_once("\">").expect("an element with text");
        // The end of the element, not of a link within.
        let end =
            ["</p>", "</h1>", "</h2>", "</h3>", "</title>", "</a>\n", "</a></li>", "</button>"]
                .iter()
                .filter_map(|end| rest.find(end))
                .min()
                .expect("it ends");
        let section = id.rsplit_once('-').map_or(id, |(section, _)| section);
        let shown =
            rest[..end].replace("<dfn>", "**").replace("</dfn>", "**").replace("</a>", "](");
        let link = format!("<a class=\"jump\" href=\"#{section}\" data-jump=\"");
        let shown = shown.replace(&link, "[");
        // `[1">words](` to `[words](1)`.
        let mut parts = shown.split('[');
        let mut message = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, rest) = part.split_once("\">").expect("a button");
            let (label, rest) = rest.split_once("](").expect("its end");
            message += &format!("[{label}]({number}){rest}");
        }
        assert_eq!(words.get(id), message, "{id}");
    }
}

#[test]
fn posters_are_described_in_english_as_their_messages_say() {
    let (page, words) = (include_str!("../../index.html"), text(Locale::English));
    let posters: Vec<&str> = page.split("<img class=\"poster\"").skip(1).collect();
    assert!(posters.len() > 10);
    for poster in posters {
        let of = |name: &str| poster.split_once(name)?.1.split('"').next();
        let (Some(id), Some(shown)) = (of(" data-alt=\""), of(" alt=\"")) else {
            panic!("a poster without words: {poster:.100}");
        };
        assert_eq!(words.get(id), shown, "{id}");
    }
}

#[test]
fn the_page_says_why_it_does_not_start_in_both_languages() {
    let page = include_str!("../../index.html");
    for locale in [Locale::English, Locale::Japanese] {
        let words = text(locale);
        let mut ids = BTreeSet::new();
        for rest in page.split(&format!("<p lang=\"{}\" data-cause=\"", locale.key())).skip(1) {
            let (cause, rest) = rest.split_once("\" data-sentence=\"").expect("its message");
            let (id, rest) = rest.split_once("\">").expect("its words");
            assert_eq!(id, format!("stuck-{cause}"));
            assert_eq!(rest.split_once("</p>").map(|(shown, _)| shown), Some(&*words.get(id)));
            ids.insert(id);
        }
        let known: BTreeSet<String> =
            messages(locale).into_keys().filter(|id| id.starts_with("stuck-")).collect();
        assert_eq!(ids, known.iter().map(String::as_str).collect());
        // A script picks them by their cause.
        let script = include_str!("../../www/starting.js");
        for id in ids {
            assert!(script.contains(&format!("\"{}\"", &id["stuck-".len()..])), "{id}");
        }
    }
}

/// Words that docs and page do without, see the table of terms.
const FORBIDDEN: &[&str] = &[
    "of which",
    "held back",
    "held-back",
    "unseen",
    "ruler",
    "anew",
    "likewise",
    "to be had",
    "hangs on",
    "by heart",
    "presses",
    "pressing",
    "pressure",
    "collapse",
    "collapses",
    "known answer",
    "old ones",
    "worked out",
    "as late",
    "member",
    "members",
    "variant",
    "variants",
    "wish",
    "rival",
];

#[test]
fn english_is_plain() {
    for (id, message) in english() {
        let letters = |c: char| if c.is_alphabetic() || c == '-' { c } else { ' ' };
        let words: String = message.to_lowercase().chars().map(letters).collect();
        for word in FORBIDDEN {
            assert!(!format!(" {words} ").contains(&format!(" {word} ")), "{id} says “{word}”");
        }
        for sentence in message.split(". ") {
            let count = sentence.split_whitespace().count();
            assert!(count <= 40 || sentence.contains("->"), "{id} has {count} words: {sentence}");
        }
    }
}

#[test]
fn lists_and_plurals_are_those_of_the_language() {
    let text = text(Locale::English);
    let list = |items: &[&str]| {
        text.list(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(list(&[]), "");
    assert_eq!(list(&["a"]), "a");
    assert_eq!(list(&["a", "b"]), "a and b");
    assert_eq!(list(&["a", "b", "c", "d"]), "a, b, c and d");
    let workers = |count: u32| {
        text.with("badge-workers", &[("device", "CPU".into()), ("count", count.into())])
    };
    assert_eq!(workers(1), "CPU, 1 worker");
    assert_eq!(workers(1200), "CPU, 1,200 workers");
}

#[test]
fn durations_are_in_the_unit_that_suits_them() {
    let text = text(Locale::English);
    assert_eq!(text.duration(0.4), "less than a second");
    assert_eq!(text.duration(12.3), "12 s");
    assert_eq!(text.duration(240.0), "4 min");
    assert_eq!(text.duration(7200.0), "2 h");
}

#[test]
fn parts_of_a_line_keep_their_class_in_any_order() {
    let text = text(Locale::English);
    let marked = [
        ("second", Arg::Marked("test", "two".into())),
        ("first", Arg::Marked("train", "one".into())),
    ];
    let line: Words = vec![("train", "one".into()), ("", " and ".into()), ("test", "two".into())];
    assert_eq!(text.words("list-pair", &marked), line);
    assert_eq!(text.with("list-pair", &marked), "one and two");
    let nested = [("first", line.clone().into()), ("second", "three".into())];
    let mut longer = line;
    longer.push(("", ", three".into()));
    assert_eq!(text.words("list-middle", &nested), longer);
}

#[test]
#[should_panic(expected = "no-such-message")]
fn a_missing_message_is_an_error_in_tests() {
    let _ = text(Locale::English).get("no-such-message");
}

#[test]
#[should_panic(expected = "button-step")]
fn a_missing_attribute_is_an_error_in_tests() {
    let _ = text(Locale::English).attribute("button-step", "colour");
}

#[test]
#[should_panic(expected = "marker-memorised")]
fn a_missing_argument_is_an_error_in_tests() {
    let _ = text(Locale::English).get("marker-memorised");
}

/// One note of each kind.
fn notes() -> Vec<Note> {
    let invalid = |key: &'static str, allowed: Allowed| InvalidValue {
        key,
        allowed,
        got: "x".into(),
        nearest: None,
    };
    let mut notes: Vec<Note> =
        FIELDS.iter().map(|field| Note::Unchanged(invalid(field.key, field.allowed()))).collect();
    let range = invalid("seeds", Allowed::NumberOrRange);
    notes.extend([
        Note::AddressTooLong { bytes: 100_000 },
        Note::UnknownPreset { given: "x".into(), used: "grokking" },
        Note::UnknownKeys(vec!["a".into()]),
        Note::UnknownKeys(vec!["a".into(), "b".into(), "c".into()]),
        Note::OtherVersion { given: "9".into() },
        Note::Invalid { invalid: range.clone(), used: Some("5".into()) },
        Note::Invalid { invalid: range, used: None },
        Note::OneValue { key: "p", given: "5,7".into(), used: "5".into() },
        Note::TooManyValues { key: "wd", max: 100 },
        Note::NotInMethods { given: "p:7".into() },
        Note::TwiceInMethod { key: "wd", used: "10".into() },
        Note::ListsLeftOut { keys: vec!["wd", "noise"] },
        Note::MembersLimited { asked: 6000, used: 200, limit: MemberLimit::Count { max: 240 } },
        Note::MembersLimited {
            asked: 20,
            used: 1,
            limit: MemberLimit::Memory { units: 512, samples: 9409 },
        },
        Note::SeedsLimited { max: 9999, first: 9980 },
        Note::SweepSeeds { given: "1,2".into() },
        Note::SweepTooLong { max: 4096 },
        Note::SweepTooLarge { max: 100_000 },
    ]);
    notes
}

#[test]
fn every_note_has_a_sentence_in_every_language() {
    for note in notes() {
        let english = super::note(&text(Locale::English), &note);
        assert!(english.ends_with('.') && !english.contains("note-"), "{english}");
        let japanese = super::note(&text(Locale::Japanese), &note);
        assert!(japanese.ends_with('。') && !japanese.contains("note-"), "{japanese}");
        let pseudo = super::note(&text(Locale::Pseudo), &note);
        assert!(pseudo.starts_with('[') && pseudo.len() > english.len(), "{pseudo}");
    }
}

#[test]
fn notes_are_plain_sentences() {
    let text = text(Locale::English);
    let told = |query: &str| {
        let notes = Experiment::from_query(query).notes;
        notes.iter().map(|note| super::note(&text, note)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        told("?colour=red&size=3&colour=blue"),
        "There are no settings “colour” and “size”. They were ignored."
    );
    assert_eq!(told("?colour=red"), "There is no setting “colour”. It was ignored.");
    assert_eq!(told("?wd=99"), "“wd” must be a number from 0 to 10, not “99”. It is now 10.");
    assert_eq!(told("?p=24"), "“p” must be a prime from 5 to 97, not “24”. It is now 23.");
    assert_eq!(
        told("?op=power"),
        "“op” must be one of add, sub, mul, div, not “power”. It is now add."
    );
    assert_eq!(
        told("?deeper=24sine"),
        "“deeper” must be “none” or up to 6 layers such as “24tanh-12relu”, each with at most 512 \
         units, not “24sine”. It is now none."
    );
    assert_eq!(told("?seed=9990&seeds=20"), "Seeds go up to 9999, so the first seed is now 9980.");
    assert_eq!(
        told("?p=97&width=512&seeds=20"),
        "20 networks with 512 units on 9,409 samples need more memory than a browser gives. There \
         are 6 networks now."
    );
}

#[test]
fn networks_and_values_have_names() {
    let text = text(Locale::English);
    let experiment = Experiment::from_query("wd=1,3&noise=0,0.3&seeds=2&seed=4").experiment;
    assert_eq!(text.network(&experiment, 3), "weight decay 1, noise on hidden units 0.3, seed 5");
    let alone = Experiment::from_query("seed=1200&seeds=1").experiment;
    assert_eq!(text.network(&alone, 0), "seed 1200");
    let values = |key: &str, query: &str| {
        let experiment = Experiment::from_query(query).experiment;
        let field = crate::experiment::field(key).expect("a setting");
        text.values(field, &experiment.values(field))
    };
    assert_eq!(values("steps", "steps=12000"), "12,000 steps");
    assert_eq!(values("wd", "wd=0,1,3"), "0, 1, 3");
    assert_eq!(values("optimiser", "optimiser=muon"), "Muon");
    assert_eq!(values("gate", "gate=1"), "on");
}
