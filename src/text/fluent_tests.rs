//! Holds the reader of messages to the library fluent-bundle.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

use super::*;

/// The library's reader of a locale's messages.
fn library(locale: Locale) -> FluentBundle<FluentResource> {
    let key = if locale == Locale::Japanese { "ja" } else { "en" };
    let mut bundle = FluentBundle::new(vec![key.parse().expect("a language")]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(Numbers::ENGLISH.number(number.value)),
        _ => None,
    }));
    let command_line = if locale == Locale::English { COMMAND_LINE } else { &[] };
    for source in locale.messages().iter().chain(command_line) {
        let resource = FluentResource::try_new((*source).to_owned()).expect("valid Fluent");
        bundle.add_resource(resource).expect("no id is there twice");
    }
    bundle
}

/// The names of a pattern's arguments, and the values that its selectors ask for.
fn named(source: &str) -> (Vec<&str>, Vec<&str>) {
    let until = |rest: &'static str, ends: &[char]| rest.split(ends).next().unwrap_or_default();
    let source: &'static str = source.to_owned().leak();
    let arguments = source.split("{ $").skip(1).map(|rest| until(rest, &[' ', '}']));
    let keys = source.split('[').skip(1).map(|rest| until(rest, &[']']));
    (arguments.collect(), keys.collect())
}

#[test]
fn messages_read_as_the_library_reads_them() {
    let mut compared = 0;
    for locale in [Locale::English, Locale::Japanese] {
        let (bundle, text) = (library(locale), Text::new(locale));
        let command_line = if locale == Locale::English { COMMAND_LINE } else { &[] };
        for source in locale.messages().iter().chain(command_line) {
            let resource = FluentResource::try_new((*source).to_owned()).expect("valid Fluent");
            let ids = source.lines().filter(|line| line.starts_with(char::is_alphabetic));
            let ids: Vec<&str> = ids.filter_map(|line| Some(line.split_once(" =")?.0)).collect();
            assert_eq!(resource.entries().filter(is_message).count(), ids.len());
            for id in ids {
                let message = bundle.get_message(id).expect("the library has it");
                let mut patterns = vec![(None, message.value())];
                for attribute in message.attributes() {
                    patterns.push((Some(attribute.id()), Some(attribute.value())));
                }
                for (attribute, pattern) in patterns {
                    let ours = text.messages.pattern(id, attribute);
                    assert_eq!(ours.is_some(), pattern.is_some(), "{id} {attribute:?}");
                    let (Some(ours), Some(pattern)) = (ours, pattern) else { continue };
                    let (arguments, keys) = named(ours);
                    let numbers = [0.0, 1.0, 2.0, 1234.5].map(Value::Number);
                    let texts = keys.iter().chain(&["else"]).map(|key| Value::Text((*key).into()));
                    for value in numbers.into_iter().chain(texts) {
                        let mut theirs = FluentArgs::new();
                        let mut values = Vec::new();
                        for name in &arguments {
                            let name: &'static str = (*name).to_owned().leak();
                            match &value {
                                Value::Text(text) => {
                                    theirs.set(name, FluentValue::from(text.clone()));
                                    values.push((name, Value::Text(text.clone())));
                                }
                                Value::Number(number) => {
                                    theirs.set(name, *number);
                                    values.push((name, Value::Number(*number)));
                                }
                            }
                        }
                        let mut errors = Vec::new();
                        let expected = bundle.format_pattern(pattern, Some(&theirs), &mut errors);
                        assert!(errors.is_empty(), "{id}: {errors:?}");
                        let found = fluent::format(ours, &values, &locale);
                        assert_eq!(found.as_deref(), Ok(expected.as_ref()), "{id}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 5000, "{compared}");
}

fn is_message(entry: &&impl std::fmt::Debug) -> bool {
    format!("{entry:?}").starts_with("Message")
}

#[test]
fn an_argument_that_is_missing_is_an_error() {
    let numbers = [("count", Value::Number(2.0))];
    let read = |pattern| fluent::format(pattern, &numbers, &Locale::English);
    assert_eq!(read("{ $count } of { $count }"), Ok("2 of 2".into()));
    assert!(read("{ $count } of { $of }").is_err());
    // One in a variant that is not chosen is not needed.
    let selector = "{ $count ->\n    [one] { $of }\n   *[other] { $count }\n}";
    assert_eq!(read(selector), Ok("2".into()));
}

#[test]
fn what_is_no_file_of_messages_is_refused() {
    let read = |file: &str| Text::with_file(Locale::English, file.into());
    let read_message = read("# A note.\nnew-one = { $count } new\n").expect("a file of messages");
    assert_eq!(read_message.with("new-one", &[("count", 1.0.into())]), "1 new");
    for file in ["<!doctype html>\n", "not found\n", "{\"error\": 404}", "\u{feff}a = b\n"] {
        assert!(read(file).is_none(), "{file}");
    }
}
