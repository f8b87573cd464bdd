//! Methods: other settings of a few fields, trained beside the experiment's own settings.
//!
//! The experiment's own settings are the baseline. Every method has the baseline's seeds, and so
//! its splits and initial weights, as far as its changes allow.

use std::fmt;

use super::note::{InvalidValue, Note, shorten};
use super::{FIELDS, Field, Settings, Value, field, keys};
use crate::json;

/// What a method changes of the baseline, in the order of the table of fields; at least one
/// setting.
#[derive(Clone, Debug)]
pub struct Method {
    changes: Vec<(&'static Field, Value)>,
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        let plain = |method: &Self| -> Vec<(&'static str, Value)> {
            method.changes.iter().map(|(field, value)| (field.key, *value)).collect()
        };
        plain(self) == plain(other)
    }
}

impl Method {
    /// Maximum number of methods beside the baseline: four and a control.
    pub const MAX: usize = 5;

    /// A method that changes these settings. `None` if there are none, if networks cannot differ in
    /// one of them, or if one does not take its value.
    #[must_use]
    pub fn new(changes: &[(&'static Field, Value)]) -> Option<Self> {
        let mut method = Self { changes: Vec::new() };
        for (field, value) in changes {
            (field.per_member && field.nearest(*value) == Some(*value)).then_some(())?;
            method.change(field, *value);
        }
        (!method.changes.is_empty()).then_some(method)
    }

    fn change(&mut self, field: &'static Field, value: Value) {
        self.changes.retain(|(known, _)| known.key != field.key);
        self.changes.push((field, value));
        let index = |field: &Field| FIELDS.iter().position(|known| known.key == field.key);
        crate::stats::sort_short(&mut self.changes, |a, b| index(a.0) < index(b.0));
    }

    /// Reads methods as [`Method`] writes them, with commas between them: `wd:3,orthograd:1/wd:0`.
    /// `none` is no method. `notes` gets what cannot be used.
    pub(super) fn read_list(text: &str, notes: &mut Vec<Note>) -> Vec<Self> {
        let mut methods: Vec<Self> = Vec::new();
        let mut unknown: Vec<String> = Vec::new();
        for text in text.split(',').map(str::trim).filter(|text| !matches!(*text, "" | "none")) {
            let mut method = Self { changes: Vec::new() };
            for part in text.split('/') {
                let (key, value) = part.split_once(':').unwrap_or((part, ""));
                let Some(field) = field(key.trim()) else {
                    unknown.push(shorten(key.trim()));
                    continue;
                };
                if !field.per_member {
                    notes.push(Note::NotInMethods { given: shorten(part) });
                    continue;
                }
                match field.parse(value) {
                    Ok(value) => {
                        if method.changes().any(|(known, _)| known.key == field.key) {
                            let used = field.format(value);
                            notes.push(Note::TwiceInMethod { key: field.key, used });
                        }
                        method.change(field, value);
                    }
                    Err(invalid) => {
                        let nearest = invalid.nearest;
                        let used = nearest.map(|value| field.format(value));
                        notes.push(Note::Invalid { invalid, used });
                        if let Some(value) = nearest {
                            method.change(field, value);
                        }
                    }
                }
            }
            if !method.changes.is_empty() && !methods.contains(&method) {
                methods.push(method);
            }
        }
        if !unknown.is_empty() {
            notes.push(Note::UnknownKeys(unknown));
        }
        if methods.len() > Self::MAX {
            notes.push(Note::TooManyValues { key: keys::METHODS, max: Self::MAX });
            methods.truncate(Self::MAX);
        }
        methods
    }

    /// The settings that it changes, with their values.
    pub fn changes(&self) -> impl Iterator<Item = (&'static Field, Value)> {
        self.changes.iter().copied()
    }

    /// The settings of a member of the baseline with these changes.
    #[must_use]
    pub fn apply(&self, baseline: &Settings) -> Settings {
        let mut settings = *baseline;
        for (field, value) in &self.changes {
            // Checked when they were read.
            let taken: Result<(), InvalidValue> = field.set(&mut settings, *value);
            debug_assert!(taken.is_ok(), "{taken:?}");
        }
        settings
    }

    /// Whether it is the control of a baseline: another learning rate with the same product of
    /// learning rate and weight decay, to 1%, and nothing else.
    #[must_use]
    pub fn is_control(&self, baseline: &Settings) -> bool {
        let own = self.apply(baseline);
        let product = baseline.lr * baseline.wd;
        let changes_others =
            self.changes.iter().any(|(field, _)| !matches!(field.key, "lr" | "wd"));
        !changes_others
            && own.lr != baseline.lr
            && product > 0.0
            && (own.lr * own.wd / product - 1.0).abs() < 0.01
    }

    /// The control of a baseline: three times the learning rate, a third of the weight decay.
    #[must_use]
    pub fn control(baseline: &Settings) -> Option<Self> {
        Self::from_numbers(&[("lr", 3.0 * baseline.lr), ("wd", baseline.wd / 3.0)])
            .filter(|method| method.is_control(baseline))
    }

    /// Methods worth comparing with a baseline, the control last: those that apply to it and change
    /// something.
    #[must_use]
    pub fn suggestions(baseline: &Settings) -> Vec<Self> {
        let wd = baseline.wd;
        let all: [&[(&str, f64)]; 8] = [
            &[("wd", 3.0 * wd)],
            &[("wd", 10.0 * wd)],
            &[("wd", 3.0 * wd), ("gate", 1.0)],
            &[("noise", 0.3)],
            &[("smoothing", 0.1)],
            &[("orthograd", 1.0), ("wd", 0.0)],
            &[("orthograd", 1.0)],
            &[("grokfast-lambda", 2.0)],
        ];
        let applies = |method: &Self| {
            let own = method.apply(baseline);
            // A gate holds back weight decay, if there is some.
            let changes_something = own != *baseline && (own.wd > 0.0 || !own.gate);
            changes_something && method.changes().all(|(field, _)| (field.applies)(&own))
        };
        let mut methods: Vec<Self> = Vec::new();
        for method in all.into_iter().filter_map(Self::from_numbers).filter(applies) {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        methods.extend(Self::control(baseline).filter(applies));
        methods
    }

    /// Numbers are rounded to 4 digits, so that they read well. For a switch, 1 is on.
    fn from_numbers(changes: &[(&str, f64)]) -> Option<Self> {
        let changes: Option<Vec<_>> = changes
            .iter()
            .map(|(key, number)| {
                let field = field(key)?;
                let value = match field.kind {
                    super::FieldKind::Number { .. } => {
                        Value::Number(json::number(&format!("{number:.3e}"))?)
                    }
                    _ => Value::Choice(*number as usize),
                };
                Some((field, value))
            })
            .collect();
        Self::new(&changes?)
    }
}

/// As in an address: `orthograd:1/wd:0`.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (field, value)) in self.changes.iter().enumerate() {
            let separator = if index > 0 { "/" } else { "" };
            write!(f, "{separator}{}:{}", field.key, field.format(*value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Allowed, Experiment};

    const ALL: &str = "wd:3,noise:0.3,wd:0/orthograd:1,grokfast-lambda:2,lr:0.009/wd:0.3333";

    #[test]
    fn methods_are_members_beside_the_baseline_with_its_seeds() {
        let experiment = Experiment::valid("methods=wd:3,orthograd:1/wd:0&seeds=2&seed=4");
        let members = experiment.members();
        let seen: Vec<_> = members.iter().map(|m| (m.wd, m.orthograd, m.seed)).collect();
        assert_eq!(
            seen,
            [
                (1.0, false, 4),
                (1.0, false, 5),
                (3.0, false, 4),
                (3.0, false, 5),
                (0.0, true, 4),
                (0.0, true, 5)
            ]
        );
        assert_eq!(experiment.member_count(), 6);
        assert_eq!(experiment.member_name(1), "baseline, seed 5");
        assert_eq!(experiment.member_name(4), "wd 0, orthograd 1, seed 4");
        assert!(!experiment.has_one_configuration());
    }

    #[test]
    fn a_query_and_json_give_back_the_methods_that_wrote_them() {
        for query in [
            format!("methods={ALL}"),
            "preset=hurry".into(),
            "preset=hurry&methods=none".into(),
            "preset=hurry&methods=wd:3".into(),
            "preset=hurry&wd=1,3".into(),
            "preset=decay-compared&wd=1&methods=noise:0.3".into(),
        ] {
            let experiment = Experiment::valid(&query);
            assert_eq!(Experiment::valid(&experiment.to_query()), experiment, "{query}");
            let full = Experiment::valid(&experiment.to_full_query());
            assert_eq!(full.members(), experiment.members(), "{query}");
            let json = serde_json::to_string(&experiment).expect("an experiment is JSON");
            assert_eq!(serde_json::from_str::<Experiment>(&json).ok(), Some(experiment), "{json}");
        }
        let query = Experiment::valid(&format!("methods={ALL}")).to_query();
        assert_eq!(query, format!("methods={ALL}&v=1"));
        assert_eq!(
            Experiment::valid(&query.replace(':', "%3A").replace('/', "%2F")).to_query(),
            query
        );
        let json =
            serde_json::to_value(Experiment::valid("methods=wd:3,orthograd:1")).expect("JSON");
        assert_eq!(json["methods"], serde_json::json!([{ "wd": 3.0 }, { "orthograd": "1" }]));
    }

    #[test]
    fn json_with_methods_that_there_are_not_is_refused() {
        for methods in [r#"{"wd": 3}"#, r#"[{"wd": 99}]"#, r#"[{"p": 7}]"#, "[{}]", r#"[3]"#] {
            let text = format!(r#"{{"preset":"grokking","methods":{methods}}}"#);
            assert!(serde_json::from_str::<Experiment>(&text).is_err(), "{text}");
        }
        let text = r#"{"preset":"grokking","wd":[1,3],"methods":[{"noise":0.3}]}"#;
        assert!(serde_json::from_str::<Experiment>(text).is_err());
    }

    #[test]
    fn each_unusable_method_gives_one_note() {
        let invalid = |got: &str, used: Option<&str>| {
            let wd = field("wd").expect("is a setting");
            let nearest = wd.parse(got).err().and_then(|invalid| invalid.nearest);
            let allowed: Allowed = wd.allowed();
            let invalid = InvalidValue { key: "wd", allowed, got: got.into(), nearest };
            Note::Invalid { invalid, used: used.map(str::to_owned) }
        };
        for (query, note, methods) in [
            ("methods=p:7,wd:3", Note::NotInMethods { given: "p:7".into() }, "wd:3"),
            (
                "methods=colour,wd:3/size:3",
                Note::UnknownKeys(vec!["colour".into(), "size".into()]),
                "wd:3",
            ),
            ("methods=wd:3/wd:10", Note::TwiceInMethod { key: "wd", used: "10".into() }, "wd:10"),
            ("methods=wd:99", invalid("99", Some("10")), "wd:10"),
            ("methods=wd:x/noise:0.3", invalid("x", None), "noise:0.3"),
            (
                "methods=wd:1,wd:2,wd:3,wd:4,wd:5,wd:6",
                Note::TooManyValues { key: keys::METHODS, max: 5 },
                "wd:1,wd:2,wd:3,wd:4,wd:5",
            ),
            (
                "methods=wd:3&wd=0.5,1&noise=0,0.1",
                Note::ListsLeftOut { keys: vec!["wd", "noise"] },
                "wd:3",
            ),
        ] {
            let parsed = Experiment::from_query(query);
            assert_eq!(parsed.notes, [note], "{query}");
            let all: Vec<String> =
                parsed.experiment.methods().iter().map(ToString::to_string).collect();
            assert_eq!(all.join(","), methods);
        }
        assert_eq!(Experiment::from_query("methods=wd:3&wd=0.5,1").experiment.settings.wd, 0.5);
        assert!(Experiment::valid("methods=wd:3,wd:3").methods().len() == 1);
    }

    #[test]
    fn a_changed_baseline_keeps_what_methods_change() {
        let mut experiment = Experiment::valid("methods=wd:3&seeds=1");
        let before = experiment.clone();
        let field = |key| field(key).expect("is a setting");
        experiment.set(field("wd"), Value::Number(0.5)).expect("is allowed");
        experiment.set(field("lr"), Value::Number(0.01)).expect("is allowed");
        let seen: Vec<_> = experiment.members().iter().map(|m| (m.lr, m.wd)).collect();
        assert_eq!(seen, [(0.01, 0.5), (0.01, 3.0)]);
        assert!(!experiment.trains_alike(&before));
        let other = Experiment::valid("methods=wd:6&seeds=1");
        assert!(!other.trains_alike(&before) && !other.measures_alike(&before));
        assert!(experiment.uses(field("noise")) && !before.uses(field("grokfast-alpha")));
        assert!(Experiment::valid("methods=grokfast-lambda:2").uses(field("grokfast-alpha")));
    }

    #[test]
    fn lists_and_methods_replace_each_other() {
        let mut experiment = Experiment::valid("methods=wd:3");
        let noise = field("noise").expect("is a setting");
        experiment.vary(noise, &[Value::Number(0.0), Value::Number(0.1)]).expect("are allowed");
        assert!(experiment.methods().is_empty());
        experiment.compare(Experiment::valid("methods=wd:3").methods().to_vec());
        assert_eq!((experiment.lists().count(), experiment.methods().len()), (0, 1));
    }

    #[test]
    fn the_first_method_brings_a_control_and_the_last_takes_it_away() {
        let mut experiment = Experiment::valid("seeds=1");
        let all = Method::suggestions(&experiment.settings);
        let of = |experiment: &Experiment| -> String {
            let all: Vec<String> = experiment.methods().iter().map(ToString::to_string).collect();
            all.join(",")
        };
        let control = all[all.len() - 1].clone();
        experiment.toggle(&all[0]);
        assert_eq!(of(&experiment), "wd:3,lr:0.009/wd:0.3333");
        experiment.toggle(&all[3]);
        assert_eq!(of(&experiment), "wd:3,noise:0.3,lr:0.009/wd:0.3333");
        experiment.toggle(&control);
        assert_eq!(of(&experiment), "wd:3,noise:0.3");
        experiment.toggle(&control);
        experiment.toggle(&all[0]);
        assert_eq!(of(&experiment), "noise:0.3,lr:0.009/wd:0.3333");
        experiment.toggle(&all[3]);
        assert_eq!(of(&experiment), "");
        for method in &all[..all.len() - 1] {
            experiment.toggle(method);
        }
        assert_eq!(experiment.methods().len(), Method::MAX);
        assert!(experiment.methods()[Method::MAX - 1].is_control(&experiment.settings));
    }

    #[test]
    fn a_control_has_another_learning_rate_and_the_same_product() {
        let is_control = |query: &str| {
            let experiment = Experiment::valid(query);
            experiment.methods()[0].is_control(&experiment.settings)
        };
        assert!(is_control("methods=lr:0.009/wd:0.3333"));
        assert!(is_control("methods=lr:0.03/wd:0.1667&lr=0.01&wd=0.5"));
        assert!(!is_control("methods=lr:0.009"));
        assert!(!is_control("methods=lr:0.009/wd:0.3333&wd=2"));
        assert!(!is_control("methods=lr:0.009/wd:0.3333/noise:0.3"));
        assert!(!is_control("methods=wd:3"));
        for query in ["", "preset=grokking-cross-entropy", "preset=digits"] {
            let settings = Experiment::valid(query).settings;
            let all = Method::suggestions(&settings);
            assert!(all[all.len() - 1].is_control(&settings), "{query}");
            assert!(all[..all.len() - 1].iter().all(|method| !method.is_control(&settings)));
        }
    }

    #[test]
    fn only_methods_that_change_something_are_suggested() {
        let of = |query: &str| -> Vec<String> {
            let settings = Experiment::valid(query).settings;
            Method::suggestions(&settings).iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            of(""),
            [
                "wd:3",
                "wd:10",
                "wd:3/gate:1",
                "noise:0.3",
                "smoothing:0.1",
                "wd:0/orthograd:1",
                "orthograd:1",
                "grokfast-lambda:2",
                "lr:0.009/wd:0.3333",
            ]
        );
        // Without weight decay there is nothing to multiply, and no control.
        assert_eq!(
            of("wd=0"),
            ["noise:0.3", "smoothing:0.1", "wd:0/orthograd:1", "orthograd:1", "grokfast-lambda:2"]
        );
        assert!(of("optimiser=minimum-norm").iter().all(|method| method == "smoothing:0.1"));
    }
}
