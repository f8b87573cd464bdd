//! Words the states of a session: which message says it, with which arguments.

use super::address::{self, FileProblem, Notice};
use super::session::{Activity, Device, NoAdapter, Preference, Reason};
use super::speed;
use crate::protocol::{Backend, Failure, WarmUp};
use crate::saved::SavedError;
use crate::self_test::DeviceCheck;
use crate::text::{self, Text};

/// The wait that is going on, or why training cannot go on.
pub fn activity(text: &Text, activity: &Activity) -> String {
    match activity {
        Activity::FindingDevice => text.get("loading-looking"),
        Activity::LoadingProgram(Backend::Cpu) => text.get("loading-cpu"),
        Activity::LoadingProgram(Backend::Gpu) => text.get("loading-gpu"),
        Activity::WarmingUp { stage, done, total } => {
            let what = match stage {
                WarmUp::Adapter => text.get("warm-up-adapter"),
                WarmUp::Check(check) => device_check(text, *check),
            };
            let (part, parts) = (done + 1, *total);
            text.with(
                "loading-warm-up",
                &[("what", what.into()), ("part", part.into()), ("parts", parts.into())],
            )
        }
        Activity::SettingUp => text.get("state-setting-up"),
        Activity::Comparing => text.get("loading-comparing"),
        Activity::Failed(failure) => {
            text.with("failure-training", &[("reason", self::failure(text, failure).into())])
        }
    }
}

/// Why something cannot go on.
pub fn failure(text: &Text, failure: &Failure) -> String {
    let of = |id: &str, detail: &str| text.with(id, &[("detail", detail.into())]);
    match failure {
        Failure::AdapterNotOpened { detail } => of("failure-adapter-not-opened", detail),
        Failure::SelfTest { check, error } => {
            let check = ("check", device_check(text, *check).into());
            if error.is_finite() {
                let error = text.percent(f64::from(*error));
                text.with("failure-self-test", &[check, ("error", error.into())])
            } else {
                text.with("failure-self-test-not-finite", &[check])
            }
        }
        Failure::SelfTestUnanswered { check, detail } => text.with(
            "failure-self-test-unanswered",
            &[("check", device_check(text, *check).into()), ("detail", detail.as_str().into())],
        ),
        Failure::BuiltWithoutGpu => text.get("failure-built-without-gpu"),
        Failure::Silent { seconds } => {
            text.with("failure-silent", &[("seconds", (*seconds).into())])
        }
        Failure::ProgramStopped { detail: Some(detail) } => {
            of("failure-program-stopped-because", detail)
        }
        Failure::ProgramStopped { detail: None } => text.get("failure-program-stopped"),
        Failure::ProgramNotLoaded => text.get("failure-program-not-loaded"),
        Failure::NoWorkers => text.get("failure-no-workers"),
        Failure::ProgramNotNamed => text.get("failure-program-not-named"),
        Failure::VersionMismatch => text.get("failure-version-mismatch"),
        Failure::FileNotLoaded { name, detail } => text.with(
            "failure-file-not-loaded",
            &[("name", name.as_str().into()), ("detail", detail.as_str().into())],
        ),
        Failure::FileInvalid { name, lengths: None } => {
            text.with("failure-file-damaged", &[("name", name.as_str().into())])
        }
        Failure::FileInvalid { name, lengths: Some([got, expected]) } => text.with(
            "failure-file-length",
            &[
                ("name", name.as_str().into()),
                ("got", (*got).into()),
                ("expected", (*expected).into()),
            ],
        ),
        Failure::DeviceRead { detail } => of("failure-device-read", detail),
    }
}

/// A check of the self-test.
fn device_check(text: &Text, check: DeviceCheck) -> String {
    text.get(match check {
        DeviceCheck::OddProduct => "check-odd-product",
        DeviceCheck::LargeProduct => "check-large-product",
        DeviceCheck::Reduction => "check-reduction",
        DeviceCheck::Softmax => "check-softmax",
        DeviceCheck::Loss => "check-loss",
        DeviceCheck::Accuracy => "check-accuracy",
        DeviceCheck::TrainingStep => "check-training-step",
        DeviceCheck::ReferenceStep => "check-reference-step",
    })
}

/// What trains, and why.
pub fn badge(text: &Text, device: &Device, workers: usize) -> String {
    let name = match device.adapter().map(|adapter| adapter.name.as_str()) {
        None | Some("") => text.get("adapter-unnamed"),
        Some(name) => name.to_owned(),
    };
    let badge = match (device.active(), device.reason()) {
        (None, _) => text.get("badge-not-yet"),
        (Some(Backend::Gpu), Reason::Compared { times }) => {
            let times = text.number(*times);
            text.with("badge-gpu-faster", &[("name", name.into()), ("times", times.into())])
        }
        (Some(Backend::Gpu), _) => text.with("badge-gpu", &[("name", name.into())]),
        (Some(Backend::Cpu), reason) => match reason {
            Reason::NotYet => text.get("badge-cpu"),
            Reason::Chosen => text.get("badge-cpu-chosen"),
            Reason::NoAdapter(NoAdapter::NoWebGpu) => text.get("badge-cpu-no-webgpu"),
            Reason::NoAdapter(NoAdapter::NoneFound) => text.get("badge-cpu-no-adapter"),
            Reason::SoftwareAdapter => text.get("badge-cpu-software"),
            Reason::Preparing => text.get("badge-cpu-preparing"),
            Reason::ToBeCompared => text.get("badge-cpu-before-comparison"),
            Reason::GpuFailed(Failure::Silent { seconds }) => {
                text.with("badge-cpu-silent", &[("seconds", (*seconds).into())])
            }
            Reason::GpuFailed(failure) => {
                let reason = self::failure(text, failure);
                text.with("badge-cpu-failed", &[("reason", reason.into())])
            }
            Reason::Compared { times } => {
                text.with("badge-cpu-faster", &[("times", text.number(*times).into())])
            }
        },
    };
    if workers > 1 {
        text.with("badge-workers", &[("device", badge.into()), ("count", workers.into())])
    } else {
        badge
    }
}

/// What could not be taken as it was asked for.
pub fn notice(text: &Text, notice: &Notice) -> String {
    match notice {
        Notice::NoWords => text.get("failure-words-not-loaded"),
        Notice::Experiment(note) => text::note(text, note),
        Notice::Option { key, got } => text.with(
            "note-option",
            &[
                ("key", (*key).into()),
                ("allowed", allowed(text, key).into()),
                ("got", got.as_str().into()),
            ],
        ),
        Notice::NearestSpeed(speed) => {
            let name = speed::name(*speed, text);
            text.with("note-nearest-speed", &[("speed", name.into())])
        }
        Notice::RunFile { name, problem } => file_problem(text, name, problem),
        Notice::UnknownFigure { got, known } => text.with(
            "note-unknown-figure",
            &[("got", got.as_str().into()), ("known", text.list(known).into())],
        ),
        Notice::UnknownParts(names) => {
            let count = names.len();
            text.with(
                "note-unknown-parts",
                &[("names", text.list(names).into()), ("count", count.into())],
            )
        }
    }
}

/// Why the run of a file cannot be shown, and what to do.
fn file_problem(text: &Text, name: &str, problem: &FileProblem) -> String {
    let id = match problem {
        FileProblem::Name => "file-not-json",
        FileProblem::NotFetched => "file-not-fetched",
        FileProblem::TooSlow => "file-too-slow",
        FileProblem::Content(SavedError::TooLarge) => "file-too-large",
        FileProblem::Content(SavedError::Cut) => "file-cut",
        FileProblem::Content(SavedError::Version(version)) => {
            let arguments = [("name", name.into()), ("version", version.as_str().into())];
            return text.with("file-version", &arguments);
        }
        FileProblem::Content(SavedError::Table) => "file-table",
        FileProblem::Content(SavedError::WebPage) => "file-web-page",
        FileProblem::Content(SavedError::Weights) => "file-weights",
        FileProblem::Content(SavedError::Other) => "file-other",
        FileProblem::Content(SavedError::Members) => "file-members",
    };
    text.with(id, &[("name", name.into())])
}

/// The values that a key of the page can have.
fn allowed(text: &Text, key: &str) -> String {
    if key == "hide" {
        let names = address::HIDEABLE.map(str::to_owned);
        return text.with("allowed-key-hide", &[("names", text.list(&names).into())]);
    }
    text.get(&format!("allowed-key-{key}"))
}

/// The choices of a device, in the order of [`Preference::ALL`].
pub fn preference(text: &Text, preference: Preference) -> String {
    text.get(&format!("device-{}", preference.key()))
}
