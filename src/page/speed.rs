//! How fast to train: from slow enough to watch in class to as fast as the device goes.

use super::format;

/// Steps per second at the stops of the slider; after the last comes "as fast as it goes".
pub const STOPS: [f64; 9] = [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The speed at a stop; `None` for as fast as the device goes.
pub fn at_stop(stop: usize) -> Option<f64> {
    STOPS.get(stop).copied()
}

/// The stop of a speed named in the address (`max` or steps per second), the nearest if it is none.
pub fn stop_named(text: &str) -> Option<usize> {
    if text == "max" {
        return Some(STOPS.len());
    }
    let speed: f64 = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0)?;
    let distance = |stop: &usize| (STOPS[*stop] / speed).ln().abs();
    (0..STOPS.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// What the slider says.
pub fn name(speed: Option<f64>) -> String {
    speed.map_or_else(
        || "as fast as it goes".into(),
        |speed| format!("{} steps/s", format::about(speed)),
    )
}
