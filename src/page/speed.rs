//! How fast to train: from slow enough to watch in class to as fast as the device goes.

use crate::text::Text;

/// Steps per second at the stops of the slider; after the last comes full speed.
pub const STOPS: [f64; 9] = [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The speed at a stop; `None` for full speed.
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

/// The words of the slider.
pub fn name(speed: Option<f64>, text: &Text) -> String {
    match speed {
        Some(speed) => text.with("speed-steps", &[("speed", speed.into())]),
        None => text.get("speed-full"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_in_the_address_is_the_nearest_stop() {
        assert_eq!(stop_named("max"), Some(STOPS.len()));
        assert_eq!(stop_named("60"), Some(4));
        assert_eq!(stop_named("0.001"), Some(0));
        for text in ["-1", "0", "fast", "NaN", "inf", ""] {
            assert_eq!(stop_named(text), None, "{text}");
        }
    }
}
