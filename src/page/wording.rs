//! From what a session knows to sentences: which message says it, with which arguments.

use super::address::Notice;
use super::session::{Activity, Device, NoAdapter, Preference, Reason};
use super::speed;
use crate::protocol::{Backend, Failure, WarmUp};
use crate::text::{self, Text};

/// What is being waited for, or why training cannot go on.
pub fn activity(text: &Text, activity: &Activity) -> String {
    match activity {
        Activity::FindingDevice => text.get("activity-finding-device"),
        Activity::LoadingProgram(Backend::Cpu) => text.get("activity-loading-cpu"),
        Activity::LoadingProgram(Backend::Gpu) => text.get("activity-loading-gpu"),
        Activity::WarmingUp { stage, done, total } => {
            let part = match stage {
                WarmUp::Adapter => text.get("warm-up-adapter"),
                WarmUp::Check(name) => text.with("warm-up-check", &[("name", name.as_str().into())]),
            };
            let number = done + 1;
            text.with(
                "activity-warming-up",
                &[("part", part.into()), ("number", number.into()), ("total", (*total).into())],
            )
        }
        Activity::SettingUp => text.get("activity-setting-up"),
        Activity::Comparing => text.get("activity-comparing"),
        Activity::Failed(failure) => {
            text.with("training-stopped", &[("reason", self::failure(text, failure).into())])
        }
    }
}

/// Why something cannot go on.
pub fn failure(text: &Text, failure: &Failure) -> String {
    let of = |id: &str, detail: &str| text.with(id, &[("detail", detail.into())]);
    match failure {
        Failure::AdapterNotOpened { detail } => of("failure-adapter-not-opened", detail),
        Failure::SelfTest { check, detail } => text.with(
            "failure-self-test",
            &[("check", check.as_str().into()), ("detail", detail.as_str().into())],
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
        Failure::FileInvalid { name, detail } => text.with(
            "failure-file-invalid",
            &[("name", name.as_str().into()), ("detail", detail.as_str().into())],
        ),
        Failure::DeviceRead { detail } => of("failure-device-read", detail),
    }
}

/// What trains, and why.
pub fn badge(text: &Text, device: &Device, workers: usize) -> String {
    let Some(active) = device.active() else { return text.get("badge-not-yet") };
    let name = match (active, device.adapter()) {
        (Backend::Cpu, _) => text.get("device-cpu-name"),
        (Backend::Gpu, Some(adapter)) if !adapter.name.is_empty() => {
            text.with("device-gpu-named", &[("name", adapter.name.as_str().into())])
        }
        (Backend::Gpu, _) => text.get("device-gpu-name"),
    };
    let reason = match device.reason() {
        Reason::NotYet => None,
        Reason::Chosen => Some(text.get("reason-chosen")),
        Reason::NoAdapter(NoAdapter::NoWebGpu) => Some(text.get("reason-no-webgpu")),
        Reason::NoAdapter(NoAdapter::NoneFound) => Some(text.get("reason-no-adapter")),
        Reason::SoftwareAdapter => Some(text.get("reason-software")),
        Reason::Preparing => Some(text.get("reason-preparing")),
        Reason::ToBeCompared => Some(text.get("reason-to-be-compared")),
        Reason::GpuFailed(failure) => Some(self::failure(text, failure)),
        Reason::Compared { times } => {
            let times = text.number(*times);
            let id = match active {
                Backend::Cpu => "reason-faster-than-gpu",
                Backend::Gpu => "reason-faster-than-cpu",
            };
            Some(text.with(id, &[("times", times.into())]))
        }
    };
    let badge = match reason {
        Some(reason) => {
            text.with("badge-because", &[("device", name.into()), ("reason", reason.into())])
        }
        None => name,
    };
    if workers > 1 {
        text.with("badge-workers", &[("badge", badge.into()), ("workers", workers.into())])
    } else {
        badge
    }
}

/// What could not be taken as it was asked for.
pub fn notice(text: &Text, notice: &Notice) -> String {
    match notice {
        Notice::Experiment(note) => text::note(text, note),
        Notice::Option { key, got } => text.with(
            "notice-option",
            &[
                ("key", (*key).into()),
                ("allowed", text.get(&format!("allowed-{key}")).into()),
                ("got", got.as_str().into()),
            ],
        ),
        Notice::NearestSpeed(speed) => {
            let name = speed::name(Some(*speed), text);
            text.with("notice-nearest-speed", &[("speed", name.into())])
        }
        Notice::UnknownParts(names) => {
            let count = names.len();
            text.with(
                "notice-unknown-parts",
                &[("names", text.list(names).into()), ("count", count.into())],
            )
        }
    }
}

/// The choices of a device, in the order of [`Preference::ALL`].
pub fn preference(text: &Text, preference: Preference) -> String {
    text.get(&format!("preference-{}", preference.key()))
}
