//! How fast to train: from slow enough to watch in class to as fast as the device goes.

use crate::json;
use crate::protocol::Speed;
use crate::text::Text;

/// What a reader can choose, fastest first: full speed, the whole run in so many seconds, and steps
/// per second.
pub const SPEEDS: [Speed; 14] = [
    Speed::Full,
    Speed::Whole { seconds: 10.0 },
    Speed::Whole { seconds: 20.0 },
    Speed::Whole { seconds: 30.0 },
    Speed::Whole { seconds: 60.0 },
    Speed::Steps(1000.0),
    Speed::Steps(500.0),
    Speed::Steps(200.0),
    Speed::Steps(100.0),
    Speed::Steps(50.0),
    Speed::Steps(20.0),
    Speed::Steps(10.0),
    Speed::Steps(5.0),
    Speed::Steps(2.0),
];

/// The name of a speed in addresses: `max`, `20s` for a whole run, or steps per second.
pub fn key(speed: Speed) -> String {
    match speed {
        Speed::Full => "max".into(),
        Speed::Whole { seconds } => format!("{seconds}s"),
        Speed::Steps(steps) => steps.to_string(),
    }
}

/// The speed named in an address, the nearest of its kind if it is none of [`SPEEDS`].
pub fn named(text: &str) -> Option<Speed> {
    let number = |text: &str| json::number(text).filter(|number| *number > 0.0);
    let wanted = match text.strip_suffix('s') {
        _ if text == "max" => return Some(Speed::Full),
        Some(seconds) => Speed::Whole { seconds: number(seconds)? },
        None => Speed::Steps(number(text)?),
    };
    let distance = |speed: &Speed| match (*speed, wanted) {
        (Speed::Whole { seconds: a }, Speed::Whole { seconds: b })
        | (Speed::Steps(a), Speed::Steps(b)) => Some((a / b).ln().abs()),
        _ => None,
    };
    let of_kind = SPEEDS.into_iter().filter_map(|speed| Some((speed, distance(&speed)?)));
    of_kind.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(speed, _)| speed)
}

/// What a control says.
pub fn name(speed: Speed, text: &Text) -> String {
    match speed {
        Speed::Full => text.get("speed-full"),
        Speed::Whole { seconds } => text.with("speed-whole", &[("seconds", seconds.into())]),
        Speed::Steps(steps) => text.with("speed-steps", &[("speed", steps.into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_in_the_address_is_the_nearest_of_its_kind() {
        assert_eq!(named("max"), Some(Speed::Full));
        assert_eq!(named("60"), Some(Speed::Steps(50.0)));
        assert_eq!(named("0.001"), Some(Speed::Steps(2.0)));
        assert_eq!(named("25s"), Some(Speed::Whole { seconds: 30.0 }));
        for text in ["-1", "0", "fast", "NaN", "inf", "", "s", "-3s"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn every_speed_is_read_as_it_is_written() {
        for speed in SPEEDS {
            assert_eq!(named(&key(speed)), Some(speed));
        }
    }
}
