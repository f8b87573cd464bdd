//! The resolutions of `--snr`.

use std::str::FromStr;

use super::{ExternalError, ResolutionsError};
use crate::experiment::{FieldKind, field, keys, shorten};

/// Signal-to-noise ratios in dB, ascending: one of `5`, or several of `-10..30`, in steps of 5 dB,
/// or `-10..30:2`, in steps of 2. The ends are included if a step meets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolutions {
    /// At least one.
    pub decibels: Vec<i32>,
    /// Whether a range was asked for.
    pub is_range: bool,
}

/// The step of a range that names none, in dB.
const STEP: i32 = 5;

impl FromStr for Resolutions {
    type Err = ExternalError;

    fn from_str(text: &str) -> Result<Self, ExternalError> {
        let refuse = ExternalError::Resolutions;
        let number = |part: &str| -> Result<i32, ExternalError> {
            let part = part.trim();
            // A page may have made a minus sign of the hyphen.
            part.replace('−', "-")
                .parse()
                .map_err(|_| refuse(ResolutionsError::Number(shorten(part))))
        };
        let decibels = |part: &str| {
            let decibels = number(part)?;
            let (min, max) = limits();
            if (min..=max).contains(&decibels) {
                Ok(decibels)
            } else {
                Err(refuse(ResolutionsError::Outside { decibels, min, max }))
            }
        };
        let Some((from, rest)) = text.split_once("..") else {
            return Ok(Self { decibels: vec![decibels(text)?], is_range: false });
        };
        let (to, step) = match rest.split_once(':') {
            Some((to, step)) => (to, number(step)?),
            None => (rest, STEP),
        };
        let (from, to) = (decibels(from)?, decibels(to)?);
        if from > to {
            return Err(refuse(ResolutionsError::Order { from, to }));
        }
        let stride = usize::try_from(step).ok().filter(|step| *step > 0);
        let stride = stride.ok_or_else(|| refuse(ResolutionsError::Step(step)))?;
        Ok(Self { decibels: (from..=to).step_by(stride).collect(), is_range: true })
    }
}

/// The ends of the setting, in dB.
fn limits() -> (i32, i32) {
    match field(keys::SNR).map(|field| field.kind) {
        Some(FieldKind::Number { min, max, .. }) => (min as i32, max as i32),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<i32> {
        text.parse::<Resolutions>().expect("a resolution").decibels
    }

    #[test]
    fn a_range_is_read_with_its_step_and_its_ends() {
        assert_eq!(read("5"), [5]);
        assert_eq!(read("-10"), [-10]);
        assert_eq!(read("−10..−5"), [-10, -5]);
        assert_eq!(read("-10..30"), [-10, -5, 0, 5, 10, 15, 20, 25, 30]);
        assert_eq!(read(" 0 .. 7 : 3 "), [0, 3, 6]);
        assert_eq!(read("4..4:100"), [4]);
    }

    #[test]
    fn a_range_that_makes_no_sense_is_refused_with_its_reason() {
        let refused = |text: &str| match text.parse::<Resolutions>() {
            Err(ExternalError::Resolutions(reason)) => reason,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(refused("loud"), ResolutionsError::Number("loud".into()));
        assert_eq!(refused("0..10..20"), ResolutionsError::Number("10..20".into()));
        assert_eq!(refused("2.5"), ResolutionsError::Number("2.5".into()));
        assert_eq!(refused(".."), ResolutionsError::Number(String::new()));
        assert_eq!(refused("30..-10"), ResolutionsError::Order { from: 30, to: -10 });
        assert_eq!(refused("0..10:0"), ResolutionsError::Step(0));
        assert_eq!(refused("0..10:-5"), ResolutionsError::Step(-5));
        let outside = ResolutionsError::Outside { decibels: 50, min: -20, max: 40 };
        assert_eq!(refused("0..50"), outside);
    }
}
