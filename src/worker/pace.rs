//! How many steps make a time slice, and ways to wait for the next one.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel};
use web_time::Instant;

use crate::protocol::Speed;

/// Steps are taken in slices of about this length, so that a pause is obeyed at once.
const SLICE_SECONDS: f64 = 0.03;

/// Holds a run to a speed and says how fast it really goes.
pub(super) struct Pace {
    speed: Speed,
    /// The run's last step.
    last: u32,
    /// The speed is counted from this time and step on.
    since: Instant,
    from: u32,
    taken: u32,
    /// Seconds that a step takes, averaged over the last half second or so; and the same with the
    /// time that other runs have in between.
    seconds_per_step: Option<f64>,
    seconds_per_turn: Option<f64>,
}

impl Pace {
    /// As fast as the device goes, in a run of so many steps.
    pub(super) fn new(last: u32) -> Self {
        Self {
            speed: Speed::Full,
            last,
            since: Instant::now(),
            from: 0,
            taken: 0,
            seconds_per_step: None,
            seconds_per_turn: None,
        }
    }

    /// Starts to count from now and from `step` on: steps missed during a pause are not made up
    /// for.
    pub(super) fn restart(&mut self, step: u32) {
        self.since = Instant::now();
        self.from = step;
        self.taken = 0;
    }

    pub(super) fn set_speed(&mut self, speed: Speed, step: u32) {
        let holds = |limit: f64| limit.is_finite() && limit > 0.0;
        let is_limit = match speed {
            Speed::Full => false,
            Speed::Steps(limit) => holds(limit),
            Speed::Whole { seconds } => holds(seconds),
        };
        self.speed = if is_limit { speed } else { Speed::Full };
        self.restart(step);
    }

    /// Steps that take about [`SLICE_SECONDS`], at least one.
    pub(super) fn max_steps(&self) -> u32 {
        self.seconds_per_step.map_or(1, |seconds| (SLICE_SECONDS / seconds).max(1.0) as u32)
    }

    /// Steps of the next slice, and milliseconds to wait before it.
    pub(super) fn next_slice(&self) -> (u32, f64) {
        let max = self.max_steps();
        let elapsed = self.since.elapsed().as_secs_f64();
        let mut due = 0;
        while due < max && due_at(self.speed, self.last, self.from, self.taken + due + 1) <= elapsed
        {
            due += 1;
        }
        if due > 0 {
            return (due, 0.0);
        }
        let next = due_at(self.speed, self.last, self.from, self.taken + 1);
        (1, 1000.0 * (next - elapsed))
    }

    /// Takes note of `steps` steps that took `seconds`, after other runs had `waited` seconds.
    pub(super) fn took(&mut self, steps: u32, seconds: f64, waited: f64) {
        average(&mut self.seconds_per_step, steps, seconds);
        average(&mut self.seconds_per_turn, steps, seconds + waited);
        self.taken += steps;
        let due = due_at(self.speed, self.last, self.from, self.taken);
        // Far behind the speed: start over, so that a burst does not follow a slow stretch.
        if self.since.elapsed().as_secs_f64() - due > 1.0 {
            self.restart(self.from + self.taken);
        }
    }

    /// Steps per second as they come, other runs and the speed included. Finite.
    pub(super) fn steps_per_second(&self) -> f64 {
        let free = self.seconds_per_turn.map_or(0.0, |seconds| 1.0 / seconds);
        match self.speed {
            Speed::Full => free,
            Speed::Steps(limit) => free.min(limit),
            Speed::Whole { seconds } => {
                let step = f64::from((self.from + self.taken).max(1));
                free.min(step * f64::from(self.last.max(2)).ln() / seconds)
            }
        }
    }
}

/// Seconds after step `from` at which the `taken`-th step after it is due.
fn due_at(speed: Speed, last: u32, from: u32, taken: u32) -> f64 {
    match speed {
        Speed::Full => 0.0,
        Speed::Steps(limit) => f64::from(taken) / limit,
        Speed::Whole { seconds } => {
            let start = f64::from(from.max(1));
            let ratio = f64::from(from + taken).max(1.0) / start;
            seconds * ratio.ln() / f64::from(last.max(2)).ln()
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_run_takes_its_seconds_evenly_along_a_logarithmic_axis() {
        let speed = Speed::Whole { seconds: 20.0 };
        let due = |step| due_at(speed, 4000, 0, step);
        assert_eq!((due(1), due(4000)), (0.0, 20.0));
        assert!((due(100) - due(10) - (due(10) - due(1))).abs() < 1e-12);
        // From a pause on it goes on at the same pace.
        assert!((due_at(speed, 4000, 43, 57) - (due(100) - due(43))).abs() < 1e-12);
        assert_eq!(due_at(Speed::Steps(50.0), 4000, 7, 100), 2.0);
        assert_eq!(due_at(Speed::Full, 4000, 7, 100), 0.0);
    }
}
