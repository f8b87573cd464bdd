//! The curves of a run in which phases are looked for.

use super::pieces::{Direction, Piece, pieces};
use crate::history::{History, Scores};
use crate::measure::{Curve, Quantity, Split};
use crate::stats;

/// A curve of each network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Accuracy on a set.
    Accuracy(Split),
    /// Loss on a set.
    Loss(Split),
    /// A measured quantity.
    Measure(Curve),
}

impl Signal {
    /// The name in JSON: `test-accuracy`, or that of the curve.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Accuracy(set) => format!("{}-accuracy", set.key()),
            Self::Loss(set) => format!("{}-loss", set.key()),
            Self::Measure(curve) => curve.to_string(),
        }
    }

    /// The samples that it is of; `None` for a quantity of the weights.
    #[must_use]
    pub fn set(self) -> Option<Split> {
        match self {
            Self::Accuracy(set) | Self::Loss(set) => Some(set),
            Self::Measure(curve) => curve.set,
        }
    }

    /// Steps and values of a network, up to its last finite one.
    #[must_use]
    pub fn points(self, history: &History, member: usize) -> Vec<(f64, f64)> {
        let scores = |value: &dyn Fn(&Scores) -> f32| {
            let alive = history.member(member).take_while(|(_, scores)| scores.is_finite());
            alive.map(|(step, scores)| (f64::from(step), f64::from(value(scores)))).collect()
        };
        match self {
            Self::Accuracy(Split::Train) => scores(&|scores| scores.train.accuracy),
            Self::Accuracy(_) => scores(&|scores| scores.test.accuracy),
            Self::Loss(Split::Train) => scores(&|scores| scores.train.loss),
            Self::Loss(_) => scores(&|scores| scores.test.loss),
            Self::Measure(curve) => values(history, member, curve),
        }
    }

    /// Its pieces in a network, see [`pieces`].
    #[must_use]
    pub fn pieces(self, history: &History, member: usize) -> Vec<Piece> {
        self.pieces_from(history, member, 0)
    }

    /// The same of the curve from a step on.
    pub(super) fn pieces_from(self, history: &History, member: usize, first: u32) -> Vec<Piece> {
        /// Changes of information below this many bits are those of an estimate.
        const BITS: f64 = 0.02;
        /// A change is at least some hundredths of the value itself.
        const RELATIVE: f64 = 0.005;
        /// What a few samples make of an accuracy.
        const ACCURACY: f64 = 0.01;
        let mut points = self.points(history, member);
        points.retain(|(step, _)| *step >= f64::from(first));
        let noise = match self {
            Self::Accuracy(_) => ACCURACY,
            Self::Measure(curve) if is_information(curve.quantity) => {
                error_of(curve).map_or(BITS, |curve| {
                    let errors = values(history, member, curve).into_iter().map(|point| point.1);
                    stats::median(errors).unwrap_or(0.0).max(BITS)
                })
            }
            Self::Loss(_) | Self::Measure(_) => {
                RELATIVE * stats::median(points.iter().map(|(_, v)| v.abs())).unwrap_or(0.0)
            }
        };
        pieces(&points, noise)
    }

    /// The largest piece that goes one way.
    #[must_use]
    pub fn largest(self, history: &History, member: usize, way: Direction) -> Option<Piece> {
        largest(&self.pieces(history, member), way)
    }
}

/// The largest of the pieces that go one way.
pub(super) fn largest(pieces: &[Piece], way: Direction) -> Option<Piece> {
    let of = pieces.iter().filter(|piece| piece.direction == way);
    of.max_by(|a, b| a.height().total_cmp(&b.height())).copied()
}

fn values(history: &History, member: usize, curve: Curve) -> Vec<(f64, f64)> {
    let Some(index) = history.curves().iter().position(|known| *known == curve) else {
        return Vec::new();
    };
    let measured = history.measurements().iter().filter_map(|measurement| {
        let value = (*measurement.members.get(member)?.get(index)?)?;
        Some((f64::from(measurement.step), f64::from(value)))
    });
    measured.collect()
}

fn is_information(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::InputInformation | Quantity::LabelInformation)
}

/// The curve of the standard error of an exact value.
fn error_of(curve: Curve) -> Option<Curve> {
    curve.snr?;
    let quantity = match curve.quantity {
        Quantity::InputInformation => Quantity::InputInformationError,
        Quantity::LabelInformation => Quantity::LabelInformationError,
        _ => return None,
    };
    Some(Curve { quantity, ..curve })
}

/// The measured curves that have phases of their own: no errors, bounds, baselines or ranks, and of
/// exact information the resolution of the settings.
#[must_use]
pub fn measured(history: &History) -> Vec<Curve> {
    let own = history.experiment().settings.snr;
    let wanted = |curve: &&Curve| {
        use Quantity as Q;
        let is_followed = matches!(
            curve.quantity,
            Q::InputInformation
                | Q::LabelInformation
                | Q::ClassVariance
                | Q::LocalComplexity
                | Q::LinearMappingNumber
                | Q::WeightNorm
                | Q::EffectiveRank
                | Q::FourierConcentration
        );
        is_followed && curve.snr.is_none_or(|decibels| decibels == own)
    };
    history.curves().iter().filter(wanted).copied().collect()
}
