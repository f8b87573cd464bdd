//! The words of an experiment: its settings, presets and networks, and notices about them.

use super::{Arg, Text};
use crate::experiment::{
    Allowed, Data, Experiment, FIELDS, Field, FieldKind, Group, InvalidValue, Layers, MemberLimit,
    Method, Note, NumberKind, Preset, VERSION, Value,
};
use crate::phases::Divergence;

impl Text {
    /// A setting's label.
    #[must_use]
    pub fn field(&self, field: &Field) -> String {
        self.get(&id(field))
    }

    /// A setting's name within a sentence. Settings in which members can differ have one.
    #[must_use]
    pub fn field_inline(&self, field: &Field) -> String {
        self.attribute(&id(field), "inline")
    }

    /// The description of a setting.
    #[must_use]
    pub fn field_about(&self, field: &Field) -> String {
        self.attribute(&id(field), "about")
    }

    /// A setting's unit, if it has one.
    #[must_use]
    pub fn field_unit(&self, field: &Field) -> Option<String> {
        let id = id(field);
        self.has_attribute(&id, "unit").then(|| self.attribute(&id, "unit"))
    }

    /// The label of an option of a choice; the key where the setting is no choice.
    #[must_use]
    pub fn choice(&self, field: &Field, key: &str) -> String {
        match choice_id(field, key) {
            Some(id) => self.get(&id),
            None => key.to_owned(),
        }
    }

    /// A group's label.
    #[must_use]
    pub fn group(&self, group: Group) -> String {
        self.get(&format!("group-{}", group.key()))
    }

    /// A preset's label.
    #[must_use]
    pub fn preset(&self, preset: &Preset) -> String {
        self.get(&format!("preset-{}", preset.key))
    }

    /// The description of a preset.
    #[must_use]
    pub fn preset_about(&self, preset: &Preset) -> String {
        self.attribute(&format!("preset-{}", preset.key), "about")
    }

    /// A value of a setting without its unit.
    #[must_use]
    pub fn value(&self, field: &Field, value: Value) -> String {
        match value {
            Value::Number(number) => self.number(number),
            Value::Choice(_) => self.choice(field, &field.format(value)),
            Value::Layers(layers) => layers.to_string(),
        }
    }

    /// Values of a setting with its unit, as a control shows them.
    #[must_use]
    pub fn values(&self, field: &Field, values: &[Value]) -> String {
        let values: Vec<String> = values.iter().map(|value| self.value(field, *value)).collect();
        let value = self.join("list-values", &values);
        match self.field_unit(field) {
            Some(unit) => self.with("with-unit", &[("value", value.into()), ("unit", unit.into())]),
            None => value,
        }
    }

    /// What tells a member, by its index, from those with other settings: `weight decay 3, width
    /// 64`, or `baseline`. Empty if members differ in their seeds only.
    #[must_use]
    pub fn configuration(&self, experiment: &Experiment, member: usize) -> String {
        if !experiment.methods().is_empty() {
            return match experiment.method_of(member) {
                Some(method) => self.method(method),
                None => self.get("configuration-baseline"),
            };
        }
        let members = experiment.members();
        let Some(member) = members.get(member) else { return String::new() };
        let values = experiment.lists().map(|(field, _)| {
            let value = self.value(field, field.get(member));
            self.field_with_value(field, value)
        });
        self.join("list-middle", &values.collect::<Vec<_>>())
    }

    /// What a method changes: `weight decay 0 and OrthoGrad`.
    #[must_use]
    pub fn method(&self, method: &Method) -> String {
        let changes = method.changes().map(|(field, value)| match (field.kind, value) {
            // A switch that is on is named by what it switches on.
            (FieldKind::Choice([off, _]), Value::Choice(1)) if off.key == "0" => {
                self.field_inline(field)
            }
            _ => self.field_with_value(field, self.value(field, value)),
        });
        self.list(&changes.collect::<Vec<_>>())
    }

    fn field_with_value(&self, field: &Field, value: String) -> String {
        let name = self.field_inline(field);
        self.with("configuration", &[("field", name.into()), ("value", value.into())])
    }

    /// What an experiment has that another has not: `weight decay 3`. Empty if they are the same.
    #[must_use]
    pub fn difference(&self, experiment: &Experiment, other: &Experiment) -> String {
        let differing = FIELDS
            .iter()
            .filter(|field| field.group != Group::Measures)
            .filter(|field| experiment.values(field) != other.values(field));
        let mut named: Vec<String> =
            differing.map(|field| self.setting(experiment, field)).collect();
        if experiment.methods() != other.methods() {
            named.push(self.methods(experiment));
        }
        self.join("list-middle", &named)
    }

    /// The methods of an experiment: `compared with weight decay 3; noise 0.3`, or `compared with
    /// nothing`.
    fn methods(&self, experiment: &Experiment) -> String {
        let names: Vec<String> =
            experiment.methods().iter().map(|method| self.method(method)).collect();
        match names.is_empty() {
            true => self.get("configuration-alone"),
            false => {
                let names = self.join("readout-next", &names);
                self.with("configuration-compared", &[("methods", names.into())])
            }
        }
    }

    /// A setting and its values: `weight decay 1, 3`.
    fn setting(&self, experiment: &Experiment, field: &Field) -> String {
        let value = self.values(field, &experiment.values(field));
        let (id, name) = match self.has_attribute(&id(field), "inline") {
            true => ("configuration", self.field_inline(field)),
            false => ("configuration-titled", self.field(field)),
        };
        self.with(id, &[("field", name.into()), ("value", value.into())])
    }

    /// The main settings of an experiment as a sentence.
    #[must_use]
    pub fn settings_line(&self, experiment: &Experiment, knob: Option<&Field>) -> String {
        let settings = self.main_settings(experiment, knob);
        self.with("settings-line", &[("settings", settings.into())])
    }

    /// The main settings of an experiment, and the one that a figure lets a reader change.
    #[must_use]
    pub fn main_settings(&self, experiment: &Experiment, knob: Option<&Field>) -> String {
        let settings = &experiment.settings;
        let mut parts = Vec::new();
        if settings.data == Data::Arithmetic {
            parts.push(self.with("settings-mod", &[("p", settings.p.to_string().into())]));
        }
        let is_main = |field: &&Field| {
            field.key == experiment.preset.main_setting
                || knob.is_some_and(|knob| knob.key == field.key)
                || experiment.values(field).len() > 1
        };
        for field in FIELDS.iter().filter(is_main).filter(|field| experiment.uses(field)) {
            parts.push(self.setting(experiment, field));
        }
        if !experiment.methods().is_empty() {
            parts.push(self.methods(experiment));
        }
        let networks = experiment.member_count();
        parts.push(self.with("settings-networks", &[("networks", networks.into())]));
        self.join("list-middle", &parts)
    }

    /// What tells a member from all others: `weight decay 3, seed 0`.
    #[must_use]
    pub fn network(&self, experiment: &Experiment, member: usize) -> String {
        let members = experiment.members();
        let Some(settings) = members.get(member) else {
            return self.number(member as f64);
        };
        let seed: Arg = settings.seed.to_string().into();
        match self.configuration(experiment, member) {
            name if name.is_empty() => self.with("network-seed", &[("seed", seed)]),
            name => self.with("network-name", &[("configuration", name.into()), ("seed", seed)]),
        }
    }
}

fn id(field: &Field) -> String {
    format!("field-{}", field.key)
}

/// The message of an option. Switches share theirs.
fn choice_id(field: &Field, key: &str) -> Option<String> {
    match field.kind {
        FieldKind::Choice([off, _]) if off.key == "0" => Some(format!("choice-switch-{key}")),
        FieldKind::Choice(_) => Some(format!("choice-{}-{key}", field.key)),
        FieldKind::Number { .. } | FieldKind::Layers => None,
    }
}

/// The values that a setting takes: `a prime from 5 to 97`.
#[must_use]
pub fn allowed(text: &Text, allowed: &Allowed) -> String {
    match *allowed {
        Allowed::Number { kind, min, max } => {
            let id = match kind {
                NumberKind::Any => "allowed-number",
                NumberKind::Whole => "allowed-whole",
                NumberKind::Prime => "allowed-prime",
            };
            text.with(id, &[("min", min.into()), ("max", max.into())])
        }
        Allowed::NumberOrRange => text.get("allowed-range"),
        Allowed::Choice(choices) => {
            let keys: Vec<String> = choices.iter().map(|choice| choice.key.to_owned()).collect();
            text.with("allowed-choice", &[("choices", text.join("list-middle", &keys).into())])
        }
        Allowed::Layers => text.with(
            "allowed-layers",
            &[
                ("layers", Layers::MAX_LAYERS.into()),
                ("units", u32::from(Layers::MAX_UNITS).into()),
            ],
        ),
    }
}

/// Why a value is not taken. The rest of the sentence is the message with the given id.
fn refusal(text: &Text, id: &str, invalid: &InvalidValue, used: Option<&str>) -> String {
    let mut args: Vec<(&'static str, Arg)> = vec![
        ("key", invalid.key.into()),
        ("allowed", allowed(text, &invalid.allowed).into()),
        ("given", invalid.got.as_str().into()),
    ];
    args.extend(used.map(|used| ("used", used.into())));
    text.with(id, &args)
}

/// The sentence of a note.
#[must_use]
pub fn note(text: &Text, note: &Note) -> String {
    match note {
        Note::AddressTooLong { bytes } => {
            text.with("note-address-too-long", &[("kilobytes", (bytes / 1000).into())])
        }
        Note::UnknownPreset { given, used } => text.with(
            "note-unknown-preset",
            &[("given", given.as_str().into()), ("used", (*used).into())],
        ),
        Note::UnknownKeys(keys) => {
            let quoted = |key: &String| text.with("quoted", &[("text", key.as_str().into())]);
            let keys: Vec<String> = keys.iter().map(quoted).collect();
            let args = [("count", keys.len().into()), ("keys", text.list(&keys).into())];
            text.with("note-unknown-keys", &args)
        }
        Note::OtherVersion { given } => text.with(
            "note-other-version",
            &[("given", given.as_str().into()), ("version", VERSION.into())],
        ),
        Note::Invalid { invalid, used: Some(used) } => {
            refusal(text, "note-invalid", invalid, Some(used))
        }
        Note::Invalid { invalid, used: None } => refusal(text, "note-left-out", invalid, None),
        Note::Unchanged(invalid) => refusal(text, "note-unchanged", invalid, None),
        Note::OneValue { key, given, used } => text.with(
            "note-one-value",
            &[
                ("key", (*key).into()),
                ("given", given.as_str().into()),
                ("used", used.as_str().into()),
            ],
        ),
        Note::TooManyValues { key, max } => {
            text.with("note-too-many-values", &[("key", (*key).into()), ("max", (*max).into())])
        }
        Note::NotInMethods { given } => {
            text.with("note-not-in-methods", &[("given", given.as_str().into())])
        }
        Note::TwiceInMethod { key, used } => text.with(
            "note-twice-in-method",
            &[("key", (*key).into()), ("used", used.as_str().into())],
        ),
        Note::ListsLeftOut { keys } => {
            let quoted = |key: &&str| text.with("quoted", &[("text", (*key).into())]);
            let keys: Vec<String> = keys.iter().map(quoted).collect();
            text.with("note-lists-left-out", &[("keys", text.list(&keys).into())])
        }
        Note::MembersLimited { asked, used, limit } => {
            let (asked, used) = (("asked", (*asked).into()), ("used", (*used).into()));
            match *limit {
                MemberLimit::Count { max } => {
                    text.with("note-too-many-members", &[asked, used, ("max", max.into())])
                }
                MemberLimit::Memory { units, samples } => text.with(
                    "note-too-little-memory",
                    &[asked, used, ("units", units.into()), ("samples", samples.into())],
                ),
            }
        }
        Note::SeedsLimited { max, first } => text.with(
            "note-seeds-limited",
            &[("max", max.to_string().into()), ("first", first.to_string().into())],
        ),
        Note::SweepSeeds { given } => {
            text.with("note-sweep-seeds", &[("given", given.as_str().into())])
        }
        Note::SweepTooLong { max } => text.with("note-sweep-too-long", &[("max", (*max).into())]),
        Note::SweepTooLarge { max } => text.with("note-sweep-too-large", &[("max", (*max).into())]),
    }
}

/// The sentence about a network that has diverged.
#[must_use]
pub fn divergence(text: &Text, experiment: &Experiment, divergence: &Divergence) -> String {
    let network = text.network(experiment, divergence.member);
    let args = [("step", divergence.step.into()), ("network", network.into())];
    text.with("finding-diverged", &args)
}
