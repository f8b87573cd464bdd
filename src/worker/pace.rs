//! How many steps to take before the next look at the inbox, and ways to wait for it.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};
use web_time::Instant;

/// Steps are taken in runs of about this length, so that a pause is obeyed at once.
const RUN_SECONDS: f64 = 0.03;

/// Holds training to a speed and says how fast it really goes.
pub(super) struct Pace {
    limit: Option<f64>,
    /// Steps due at the limit since `since`, less those taken.
    since: Instant,
    taken: u32,
    /// Seconds that a step takes, averaged over the last half second or so.
    seconds_per_step: Option<f64>,
}

impl Pace {
    pub(super) fn new(limit: Option<f64>) -> Self {
        Self { limit, since: Instant::now(), taken: 0, seconds_per_step: None }
    }

    /// Starts to count anew: after a pause the steps missed are not made up for.
    pub(super) fn restart(&mut self) {
        *self = Self { seconds_per_step: self.seconds_per_step, ..Self::new(self.limit) };
    }

    pub(super) fn limit(&self) -> Option<f64> {
        self.limit
    }

    pub(super) fn set_limit(&mut self, limit: Option<f64>) {
        self.limit = limit.filter(|limit| limit.is_finite() && *limit > 0.0);
        self.restart();
    }

    /// Steps that take about [`RUN_SECONDS`], at least one.
    pub(super) fn most(&self) -> u32 {
        self.seconds_per_step.map_or(1, |seconds| (RUN_SECONDS / seconds).max(1.0) as u32)
    }

    /// Steps to take now, and milliseconds to wait before that.
    pub(super) fn next_run(&self) -> (u32, f64) {
        let most = self.most();
        let Some(limit) = self.limit else {
            return (most, 0.0);
        };
        let due = self.since.elapsed().as_secs_f64() * limit - f64::from(self.taken);
        if due >= 1.0 { ((due as u32).min(most), 0.0) } else { (1, 1000.0 * (1.0 - due) / limit) }
    }

    /// Takes note of `steps` steps that took `seconds`.
    pub(super) fn took(&mut self, steps: u32, seconds: f64) {
        let each = (seconds / f64::from(steps)).max(1e-6);
        let mean = self.seconds_per_step.get_or_insert(each);
        *mean += (each - *mean) * (seconds / 0.5).clamp(0.05, 1.0);
        self.taken += steps;
        let elapsed = self.since.elapsed().as_secs_f64();
        // Far behind the limit: start over, so that a burst does not follow a slow stretch.
        if self.limit.is_some_and(|limit| elapsed * limit - f64::from(self.taken) > limit) {
            self.since = Instant::now();
            self.taken = 0;
        }
    }

    /// Steps per second as they come, the limit included.
    pub(super) fn steps_per_second(&self) -> f64 {
        let free = self.seconds_per_step.map_or(0.0, |seconds| 1.0 / seconds);
        self.limit.map_or(free, |limit| free.min(limit))
    }
}

/// Calls `resolve` in the next turn of the event loop.
pub(super) fn next_turn(resolve: &Function) {
    thread_local!(static CHANNEL: Option<MessageChannel> = MessageChannel::new().ok());
    CHANNEL.with(|channel| match channel {
        Some(channel) => {
            channel.port1().set_onmessage(Some(resolve));
            let _ = channel.port2().post_message(&JsValue::NULL);
        }
        None => after(0.0, resolve),
    });
}

/// Calls `resolve` after some milliseconds.
pub(super) fn after(milliseconds: f64, resolve: &Function) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let _ = scope
        .set_timeout_with_callback_and_timeout_and_arguments_0(resolve, milliseconds.ceil() as i32);
}
