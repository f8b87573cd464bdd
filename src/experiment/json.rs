//! Experiments as JSON: an object with the preset and every setting under its key, a list where
//! members have all combinations of values. Methods are a list of objects, each with the settings
//! that it changes.

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::{Experiment, FIELDS, Field, FieldKind, Method, Preset, Value, field, keys};

impl Serialize for Experiment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(FIELDS.len() + 1))?;
        map.serialize_entry("preset", self.preset.key)?;
        for field in FIELDS {
            let values: Vec<Json> =
                self.values(field).into_iter().map(|value| field.to_json(value)).collect();
            match &values[..] {
                [one] => map.serialize_entry(field.key, one)?,
                many => map.serialize_entry(field.key, many)?,
            }
        }
        let preset = self.preset.experiment();
        if !(self.methods().is_empty() && preset.methods().is_empty()) {
            let methods: Vec<Map<String, Json>> = self
                .methods()
                .iter()
                .map(|method| {
                    let changes = method.changes();
                    changes.map(|(f, value)| (f.key.to_owned(), f.to_json(value))).collect()
                })
                .collect();
            map.serialize_entry(keys::METHODS, &methods)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Experiment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::deserialize(deserializer)?;
        let preset = map.get("preset").and_then(Json::as_str).and_then(Preset::find);
        let mut experiment = preset.ok_or_else(|| D::Error::custom("no preset"))?.experiment();
        for field in FIELDS {
            let values: Vec<Value> = match map.get(field.key) {
                None => continue,
                Some(Json::Array(values)) => values.iter().map(|v| from_json(field, v)).collect(),
                Some(value) => vec![from_json(field, value)],
            }
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(|| {
                D::Error::custom(format!("`{}` has a value that it does not take", field.key))
            })?;
            match &values[..] {
                [value] => experiment.set(field, *value),
                many if field.per_member && !many.is_empty() => experiment.vary(field, many),
                _ => return Err(D::Error::custom(format!("`{}` takes one value", field.key))),
            }
            .map_err(D::Error::custom)?;
        }
        if let Some(methods) = map.get(keys::METHODS) {
            let refused = || D::Error::custom("`methods` is no list of methods");
            let methods: Option<Vec<Method>> =
                methods.as_array().ok_or_else(refused)?.iter().map(method).collect();
            let methods = methods.ok_or_else(refused)?;
            if !methods.is_empty() && experiment.lists().next().is_some() {
                return Err(D::Error::custom("`methods` stands beside lists"));
            }
            experiment.compare(methods);
        }
        Ok(experiment)
    }
}

fn method(json: &Json) -> Option<Method> {
    let changes: Option<Vec<(&'static Field, Value)>> = json
        .as_object()?
        .iter()
        .map(|(key, value)| {
            let field = field(key)?;
            Some((field, from_json(field, value)?))
        })
        .collect();
    Method::new(&changes?)
}

impl Field {
    /// A value of this setting as JSON: numbers as such, everything else as text.
    #[must_use]
    pub fn to_json(&self, value: Value) -> Json {
        match (value, self.kind) {
            (Value::Number(number), FieldKind::Number { whole: true, .. }) => {
                Json::from(number as i64)
            }
            (Value::Number(number), _) => Json::from(number),
            _ => Json::from(self.format(value)),
        }
    }
}

fn from_json(field: &Field, json: &Json) -> Option<Value> {
    match json {
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::String(text) => field.parse(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_gives_back_the_experiment_that_wrote_it() {
        for preset in Preset::ALL {
            let experiment = preset.experiment();
            let text = serde_json::to_string(&experiment).expect("an experiment is JSON");
            assert_eq!(serde_json::from_str::<Experiment>(&text).ok(), Some(experiment), "{text}");
        }
    }

    #[test]
    fn json_that_is_no_experiment_is_refused() {
        for text in [
            "{}",
            r#"{"preset":"magic"}"#,
            r#"{"preset":"grokking","wd":-1}"#,
            r#"{"preset":"grokking","p":[5,7]}"#,
            r#"{"preset":"grokking","wd":[]}"#,
            r#"{"preset":"grokking","op":"power"}"#,
        ] {
            assert!(serde_json::from_str::<Experiment>(text).is_err(), "{text}");
        }
    }
}
