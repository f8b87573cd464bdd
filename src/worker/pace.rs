//! How many steps make a time slice, and ways to wait for the next one.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};
use web_time::Instant;

/// Steps are taken in slices of about this length, so that a pause is obeyed at once.
const SLICE_SECONDS: f64 = 0.03;

/// Holds a run to a speed and says how fast it really goes.
pub(super) struct Pace {
    limit: Option<f64>,
    /// The limit is counted from here, and so are the steps taken.
    since: Instant,
    taken: u32,
    /// Seconds that a step takes, averaged over the last half second or so; and the same with the
    /// time that other runs have in between.
    seconds_per_step: Option<f64>,
    seconds_per_turn: Option<f64>,
}

impl Pace {
    pub(super) fn new(limit: Option<f64>) -> Self {
        Self {
            limit,
            since: Instant::now(),
            taken: 0,
            seconds_per_step: None,
            seconds_per_turn: None,
        }
    }

    /// Starts to count from now on: steps missed during a pause are not made up for.
    pub(super) fn restart(&mut self) {
        self.since = Instant::now();
        self.taken = 0;
    }

    pub(super) fn set_limit(&mut self, limit: Option<f64>) {
        self.limit = limit.filter(|limit| limit.is_finite() && *limit > 0.0);
        self.restart();
    }

    /// Steps that take about [`SLICE_SECONDS`], at least one.
    pub(super) fn max_steps(&self) -> u32 {
        self.seconds_per_step.map_or(1, |seconds| (SLICE_SECONDS / seconds).max(1.0) as u32)
    }

    /// Steps of the next slice, and milliseconds to wait before it.
    pub(super) fn next_slice(&self) -> (u32, f64) {
        let max = self.max_steps();
        let Some(limit) = self.limit else {
            return (max, 0.0);
        };
        let due = self.since.elapsed().as_secs_f64() * limit - f64::from(self.taken);
        if due >= 1.0 { ((due as u32).min(max), 0.0) } else { (1, 1000.0 * (1.0 - due) / limit) }
    }

    /// Takes note of `steps` steps that took `seconds`, after other runs had `waited` seconds.
    pub(super) fn took(&mut self, steps: u32, seconds: f64, waited: f64) {
        average(&mut self.seconds_per_step, steps, seconds);
        average(&mut self.seconds_per_turn, steps, seconds + waited);
        self.taken += steps;
        let elapsed = self.since.elapsed().as_secs_f64();
        // Far behind the limit: start over, so that a burst does not follow a slow stretch.
        if self.limit.is_some_and(|limit| elapsed * limit - f64::from(self.taken) > limit) {
            self.restart();
        }
    }

    /// Steps per second as they come, other runs and the limit included. Finite.
    pub(super) fn steps_per_second(&self) -> f64 {
        let free = self.seconds_per_turn.map_or(0.0, |seconds| 1.0 / seconds);
        self.limit.map_or(free, |limit| free.min(limit))
    }
}

/// Adds `steps` steps of `seconds` in all to a mean over about half a second.
fn average(mean: &mut Option<f64>, steps: u32, seconds: f64) {
    let each = (seconds / f64::from(steps)).max(1e-6);
    let mean = mean.get_or_insert(each);
    *mean += (each - *mean) * (seconds / 0.5).clamp(0.05, 1.0);
}

/// Calls `resolve` in the next turn of the event loop.
pub(super) fn next_turn(resolve: &Function) {
    thread_local!(static CHANNEL: Option<MessageChannel> = MessageChannel::new().ok());
    CHANNEL.with(|channel| match channel {
        Some(channel) => {
            channel.port1().set_onmessage(Some(resolve));
            // Posting nothing does not fail.
            channel.port2().post_message(&JsValue::NULL).ok();
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
