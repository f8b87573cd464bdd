//! From errors about files to sentences: which message says it, with which arguments.
//!
//! Numbers are written as they are, without separators, so that they can be found in a file.

use crate::experiment::Note;
use crate::external::{
    self, ExpectedShape, ExternalError, LayerListError, ResolutionsError, TensorNames,
};
use crate::text::{self, Arg, Text};

fn arg(value: impl ToString) -> Arg {
    Arg::Text(value.to_string())
}

/// Why a network or its samples cannot be measured, and what to do.
pub(super) fn external_error(text: &Text, error: &ExternalError) -> String {
    use ExternalError as E;

    match error {
        E::Unreadable { file, error } => {
            text.with("external-unreadable", &[("file", arg(file)), ("detail", arg(error))])
        }
        E::NotSafetensors { file, reason } => {
            text.with("external-not-safetensors", &[("file", arg(file)), ("detail", arg(reason))])
        }
        E::Layers(error) => {
            text.with("external-layers", &[("reason", layer_list_error(text, error).into())])
        }
        E::Names { expected, got } => {
            text.with("external-names", &[("expected", arg(expected)), ("got", arg(got))])
        }
        E::Missing { file, name, found } => text.with(
            "external-missing",
            &[("file", arg(file)), ("name", arg(name)), ("found", tensors(text, found).into())],
        ),
        E::Unused { file, found } => text.with(
            "external-unused",
            &[("file", arg(file)), ("found", tensors(text, found).into())],
        ),
        E::Shape { file, name, expected, got } => text.with(
            "external-shape",
            &[
                ("file", arg(file)),
                ("name", arg(name)),
                ("expected", shape(text, *expected).into()),
                ("got", format!("{got:?}").into()),
            ],
        ),
        E::Chain { file, name, inputs, before } => text.with(
            "external-chain",
            &[
                ("file", arg(file)),
                ("name", arg(name)),
                ("inputs", arg(inputs)),
                ("before", arg(before)),
            ],
        ),
        E::Type { file, name, dtype } => text.with(
            "external-type",
            &[("file", arg(file)), ("name", arg(name)), ("type", arg(dtype))],
        ),
        E::Weight { file, name, value, row, column } => text.with(
            "external-weight",
            &[
                ("file", arg(file)),
                ("name", arg(name)),
                ("value", arg(value)),
                ("row", arg(row)),
                ("column", arg(column)),
            ],
        ),
        E::Number { file, line, column, text: cell } => text.with(
            "external-number",
            &[
                ("file", arg(file)),
                ("line", arg(line)),
                ("column", arg(column)),
                ("text", arg(cell)),
            ],
        ),
        E::Columns { file, line, expected, got } => text.with(
            "external-columns",
            &[
                ("file", arg(file)),
                ("line", arg(line)),
                ("expected", arg(expected)),
                ("got", arg(got)),
            ],
        ),
        E::Empty { file } => text.with("external-empty", &[("file", arg(file))]),
        E::Width { file, expected, got } => text.with(
            "external-width",
            &[("file", arg(file)), ("expected", arg(expected)), ("got", arg(got))],
        ),
        E::Count { file, expected, got } => text.with(
            "external-count",
            &[("file", arg(file)), ("expected", arg(expected)), ("got", arg(got))],
        ),
        E::LabelColumns { file, got } => {
            text.with("external-label-columns", &[("file", arg(file)), ("got", arg(got))])
        }
        E::Label { file, line, label, max } => text.with(
            "external-label",
            &[("file", arg(file)), ("line", arg(line)), ("label", arg(label)), ("max", arg(max))],
        ),
        E::Resolutions(error) => {
            text.with("external-snr", &[("reason", resolutions_error(text, error).into())])
        }
        E::UnknownSetting(key) => {
            let keys: Vec<&str> = external::fields().map(|field| field.key).collect();
            let args = [("key", arg(key)), ("keys", keys.join(", ").into())];
            setting(text, text.with("external-setting-unknown", &args))
        }
        E::InvalidSetting(invalid) => {
            setting(text, text::note(text, &Note::Unchanged(invalid.clone())))
        }
    }
}

fn setting(text: &Text, reason: String) -> String {
    text.with("external-setting", &[("reason", reason.into())])
}

fn resolutions_error(text: &Text, error: &ResolutionsError) -> String {
    match error {
        ResolutionsError::Number(number) => {
            text.with("external-snr-number", &[("text", arg(number))])
        }
        ResolutionsError::Outside { decibels, min, max } => text.with(
            "external-snr-outside",
            &[("value", arg(decibels)), ("min", arg(min)), ("max", arg(max))],
        ),
        ResolutionsError::Order { from, to } => {
            text.with("external-snr-order", &[("from", arg(from)), ("to", arg(to))])
        }
        ResolutionsError::Step(step) => text.with("external-snr-step", &[("step", arg(step))]),
        ResolutionsError::Twice => text.get("external-snr-twice"),
        ResolutionsError::OnlyExact => text.get("external-snr-only-exact"),
        ResolutionsError::Unused => text.get("external-snr-unused"),
    }
}

fn layer_list_error(text: &Text, error: &LayerListError) -> String {
    match error {
        LayerListError::Unknown(name) => {
            text.with("external-layers-unknown", &[("name", arg(name))])
        }
        LayerListError::Start(name) => text.with("external-layers-start", &[("name", arg(name))]),
        LayerListError::TwoActivations { name, index } => text
            .with("external-layers-two-activations", &[("name", arg(name)), ("index", arg(index))]),
        LayerListError::End => text.get("external-layers-end"),
    }
}

/// Names of tensors in a row.
fn tensors(text: &Text, names: &TensorNames) -> String {
    let quoted =
        names.first.iter().map(|name| text.with("external-tensor", &[("name", arg(name))]));
    let tensors = text.join("list-middle", &quoted.collect::<Vec<_>>());
    match names.more {
        _ if names.first.is_empty() => text.get("external-tensors-none"),
        0 => tensors,
        more => {
            text.with("external-tensors-more", &[("tensors", tensors.into()), ("count", arg(more))])
        }
    }
}

fn shape(text: &Text, shape: ExpectedShape) -> String {
    match shape {
        ExpectedShape::Weights => text.get("external-shape-weights"),
        ExpectedShape::NotEmpty => text.get("external-shape-not-empty"),
        ExpectedShape::Biases { outputs } => {
            text.with("external-shape-biases", &[("outputs", arg(outputs))])
        }
    }
}
