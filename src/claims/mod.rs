//! The paper's claims, and what small networks say about them.
//!
//! [`STUDIES`] are the experiments, without seeds. Once those of a cell have finished, [`judge`]
//! turns their histories into a [`ClaimCell`]: a verdict by a rule whose numbers stand in [`limits`],
//! and the evidence as numbers. Words are in [`crate::text`].

mod decay;
mod information;
pub mod limits;
mod over_time;
mod record;
mod sizes;
mod studies;

use serde::{Deserialize, Serialize};

pub use record::{ClaimsRecord, RecordedCell, RecordedRow};
pub use studies::{STUDIES, Study};

use crate::history::History;
use crate::stats::Spread;

/// A claim of the paper, or of the work that it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Training error reaches zero long before test error falls.
    Wait,
    /// That happens without weight decay too.
    NoDecay,
    /// The test loss falls twice over training steps.
    LossTwice,
    /// The test error falls twice over training steps.
    ErrorTwice,
    /// `I(X;T)` rises while fitting and falls afterwards, in every layer.
    Compression,
    /// `I(T;Y)` does not fall with it.
    Labels,
    /// Information, loss, local complexity and linear mapping number turn together with accuracy.
    OneClock,
    /// On test samples the outputs compress before the network generalises.
    Before,
    /// Compression begins at the same step in every layer.
    Layers,
    /// The second phase takes a time in proportion to 1 / (lr × wd).
    Pace,
    /// More weight decay brings generalisation forward.
    MoreDecay,
    /// Too much undoes it.
    TooMuch,
    /// Double descent over width.
    Width,
    /// Double descent over samples.
    Samples,
}

impl Claim {
    /// Every claim, in the order of the table.
    pub const ALL: [Self; 14] = [
        Self::Wait,
        Self::NoDecay,
        Self::LossTwice,
        Self::ErrorTwice,
        Self::Compression,
        Self::Labels,
        Self::OneClock,
        Self::Before,
        Self::Layers,
        Self::Pace,
        Self::MoreDecay,
        Self::TooMuch,
        Self::Width,
        Self::Samples,
    ];

    /// The name in JSON and in message ids.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::NoDecay => "no-decay",
            Self::LossTwice => "loss-twice",
            Self::ErrorTwice => "error-twice",
            Self::Compression => "compression",
            Self::Labels => "labels",
            Self::OneClock => "one-clock",
            Self::Before => "before",
            Self::Layers => "layers",
            Self::Pace => "pace",
            Self::MoreDecay => "more-decay",
            Self::TooMuch => "too-much",
            Self::Width => "width",
            Self::Samples => "samples",
        }
    }
}

/// What the networks learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSet {
    /// Addition modulo 23.
    Addition,
    /// Handwritten digits.
    Digits,
    /// The rule on the corners of an icosahedron.
    Icosahedron,
}

impl DataSet {
    /// Every data set, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Addition, Self::Digits, Self::Icosahedron];

    /// The name in JSON and in message ids.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Addition => "addition",
            Self::Digits => "digits",
            Self::Icosahedron => "icosahedron",
        }
    }
}

/// What a rule says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is so in nearly all networks.
    Holds,
    /// It is so in some networks, or in part.
    Partly,
    /// It is so in next to none.
    NotHere,
    /// Estimators of the same information contradict each other.
    Estimator,
    /// Too few networks got far enough.
    CannotTell,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] =
        [Self::Holds, Self::Partly, Self::NotHere, Self::Estimator, Self::CannotTell];

    /// The name in JSON and in message ids.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Partly => "partly",
            Self::NotHere => "not-here",
            Self::Estimator => "estimator",
            Self::CannotTell => "cannot-tell",
        }
    }
}

/// Networks in which something is so, of those that can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Networks in which it is so.
    pub seen: usize,
    /// Networks that can be told.
    pub of: usize,
}

impl Count {
    /// Counts answers; `None` cannot be told.
    fn of(answers: impl Iterator<Item = Option<bool>>) -> Self {
        let mut count = Self::default();
        for answer in answers.flatten() {
            count.of += 1;
            count.seen += usize::from(answer);
        }
        count
    }

    /// Whether it is so in nearly all.
    fn most(self) -> bool {
        self.of > 0 && self.seen as f64 >= limits::MOST * self.of as f64 - 1e-9
    }

    /// Whether it is so in next to none.
    fn few(self) -> bool {
        self.seen as f64 <= (1.0 - limits::MOST) * self.of as f64 + 1e-9
    }

    /// The verdict of a share.
    fn share(self) -> Verdict {
        match self {
            Self { of: 0, .. } => Verdict::CannotTell,
            _ if self.most() => Verdict::Holds,
            _ if self.few() => Verdict::NotHere,
            _ => Verdict::Partly,
        }
    }

    /// The verdict of so many networks.
    fn verdict(self) -> Verdict {
        if self.of < limits::NETWORKS { Verdict::CannotTell } else { self.share() }
    }

    /// The verdict of two degrees: what is not so in full may be so in part.
    fn verdict_or_partly(self, part: Self) -> Verdict {
        match self.verdict() {
            Verdict::NotHere if part.verdict() != Verdict::NotHere => Verdict::Partly,
            verdict => verdict,
        }
    }
}

/// What was measured, as numbers. `None` was not seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// When networks memorised and generalised, with the usual settings and with others.
    Wait {
        /// With the usual ones.
        usual: Waited,
        /// With the others.
        other: Waited,
    },
    /// Networks without weight decay that generalise, and the median of their last test accuracy.
    NoDecay {
        /// Those that generalise.
        count: Count,
        /// The accuracy.
        accuracy: Option<f64>,
        /// The last step.
        steps: u32,
    },
    /// Falls and rises of a score on the test set.
    Twice {
        /// Networks in which it falls, rises and falls.
        twice: Count,
        /// Networks in which it rises and falls.
        peak: Count,
        /// Medians at the start, at the minimum before the peak, at the peak, and at the end.
        values: [Option<f64>; 4],
    },
    /// What each estimator sees in layers, on the training set and on the test set.
    Compression {
        /// An estimator each, the exact one first.
        readings: Vec<Reading>,
        /// Layers and sets where two estimators say different things.
        contradictions: Count,
        /// Median bits of the outputs on the test set, by the exact one at the resolution with the
        /// largest fall: at the start, at the top, at the end.
        bits: Option<[f64; 3]>,
    },
    /// Where `I(X;T)` falls and `I(T;Y)` does not.
    Labels {
        /// Layers and sets.
        stays: Count,
        /// Median `I(T;Y)` of the outputs on the test set, at the top of `I(X;T)` and at the end.
        bits: Option<[f64; 2]>,
    },
    /// When each measure turns, as a multiple of the step at which test accuracy does.
    OneClock {
        /// Networks in which all measures turn together with the accuracy.
        count: Count,
        /// A measure each.
        hands: Vec<Hand>,
    },
    /// When the outputs compress on the test set, as a multiple of the same step.
    Before {
        /// Networks in which that is before.
        count: Count,
        /// The multiple.
        ratio: Option<Spread>,
    },
    /// The step at which the last layer begins to compress over that of the first.
    Layers {
        /// Layers that compress.
        layers: usize,
        /// Networks in which the steps are the same.
        count: Count,
        /// The ratio.
        ratio: Option<Spread>,
    },
    /// The powers of learning rate and weight decay with which the second phase gets shorter.
    Pace {
        /// Networks in which both are near 1.
        count: Count,
        /// Networks in which both are clearly positive.
        shorter: Count,
        /// The power of the learning rate.
        rate: Option<Spread>,
        /// The power of the weight decay.
        decay: Option<Spread>,
    },
    /// Nothing was timed, because few networks wait between memorising and generalising.
    NotTimed {
        /// When they memorised and generalised.
        waited: Waited,
    },
    /// How much sooner networks generalise with more weight decay.
    MoreDecay {
        /// Networks that do.
        count: Count,
        /// The two weight decays.
        decay: [f64; 2],
        /// How many times sooner, at least.
        faster: Option<Spread>,
    },
    /// What the strongest weight decay costs.
    TooMuch {
        /// Networks that lose accuracy.
        count: Count,
        /// A moderate weight decay, and the strongest.
        decay: [f64; 2],
        /// Median of the last test accuracy with each.
        accuracy: [Option<f64>; 2],
    },
    /// Error and loss on the test set over sizes.
    Sizes {
        /// Seeds in which the error has a peak.
        error: Count,
        /// Seeds in which the loss has one.
        loss: Count,
        /// The size at the peak of the median loss.
        at: f64,
        /// Median error before that peak, at it, and after it.
        errors: [f64; 3],
        /// Median loss there.
        losses: [f64; 3],
    },
}

/// When networks memorised and generalised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Waited {
    /// Networks that wait.
    pub count: Count,
    /// Median steps; `None` until half of the networks have reached it.
    pub memorised: Option<u32>,
    /// The same.
    pub generalised: Option<u32>,
    /// Median fraction of the first test error that is left once a network has memorised.
    pub left: Option<f64>,
}

/// Which estimator reads a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimEstimator {
    /// Exact information, at two neighbouring resolutions.
    Exact,
    /// Bins from -1 to 1.
    FixedBins,
    /// Bins from minimum to maximum at each step.
    StepBins,
}

impl ClaimEstimator {
    /// Every one, the exact one first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::FixedBins, Self::StepBins];

    /// The name in message ids.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::FixedBins => "fixed-bins",
            Self::StepBins => "step-bins",
        }
    }
}

/// What an estimator sees of `I(X;T)` in all layers, on the training set and on the test set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The estimator.
    pub estimate: ClaimEstimator,
    /// Layers and sets in which it rises and then falls.
    pub both: usize,
    /// Layers and sets in which it only falls.
    pub falls: usize,
    /// Layers and sets that it can tell; in the others every sample is alone in its bins.
    pub told: usize,
    /// Layers and sets in all.
    pub places: usize,
}

/// A measure that may turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// `I(X;T)` of the outputs on the test set.
    Information,
    /// The loss on the test set.
    Loss,
    /// Local complexity of the first hidden layer around training samples.
    LocalComplexity,
    /// Linear mapping number of the training set.
    LinearMaps,
}

impl Measure {
    /// Every one.
    pub const ALL: [Self; 4] =
        [Self::Information, Self::Loss, Self::LocalComplexity, Self::LinearMaps];

    /// The name in message ids.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Loss => "loss",
            Self::LocalComplexity => "local-complexity",
            Self::LinearMaps => "linear-maps",
        }
    }
}

/// When a measure turns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hand {
    /// The measure.
    pub measure: Measure,
    /// Networks in which it falls at the time of the accuracy's rise.
    pub together: Count,
    /// Half of its fall, as a multiple of half of the accuracy's rise; `None` if it does not fall
    /// in most networks.
    pub ratio: Option<Spread>,
}

/// The verdict on a claim for one data set, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimCell {
    /// The verdict.
    pub verdict: Verdict,
    /// What was measured.
    pub evidence: Evidence,
}

/// A finished experiment: the key of its study, and its history.
pub type Finished<'a> = (&'static str, &'a History);

/// The cell of a claim and a data set; `None` until its studies have finished.
#[must_use]
pub fn judge(claim: Claim, data: DataSet, finished: &[Finished]) -> Option<ClaimCell> {
    let of = |key: &str| finished.iter().find(|(other, _)| *other == key).map(|(_, run)| *run);
    let runs: Vec<&History> =
        studies::needed(claim, data).iter().map(|key| of(key)).collect::<Option<_>>()?;
    let run = *runs.first()?;
    Some(match claim {
        Claim::Wait => over_time::wait(run, runs.get(1)?, studies::waiting_decay(data)),
        Claim::NoDecay => decay::without(run),
        Claim::LossTwice => over_time::loss_twice(run, studies::loss_decay(data)),
        Claim::ErrorTwice => over_time::error_twice(run),
        Claim::Compression => information::compression(&runs),
        Claim::Labels => information::labels(run),
        Claim::OneClock => over_time::one_clock(run),
        Claim::Before => over_time::before(run),
        Claim::Layers => information::layers(run),
        Claim::Pace if data == DataSet::Icosahedron => {
            over_time::no_second_phase(run, studies::waiting_decay(data))
        }
        Claim::Pace => decay::pace(run),
        Claim::MoreDecay => decay::more(run, studies::moderate_decays(data)),
        Claim::TooMuch => decay::too_much(run, studies::moderate_decays(data)),
        Claim::Width => sizes::peak(run, |settings| settings.width as f64),
        Claim::Samples => sizes::peak(run, |settings| settings.train_samples() as f64),
    })
}

/// The verdict on a claim from those of its data sets.
#[must_use]
pub fn overall(verdicts: &[Verdict]) -> Verdict {
    let told = || verdicts.iter().filter(|verdict| **verdict != Verdict::CannotTell);
    let all = |wanted| told().all(|verdict| *verdict == wanted);
    if told().count() < limits::DATA_SETS {
        Verdict::CannotTell
    } else if told().any(|verdict| *verdict == Verdict::Estimator) {
        Verdict::Estimator
    } else if all(Verdict::Holds) {
        Verdict::Holds
    } else if all(Verdict::NotHere) {
        Verdict::NotHere
    } else {
        Verdict::Partly
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_decides_with_a_margin() {
        let of = |seen, of| Count { seen, of }.verdict();
        assert_eq!([of(5, 5), of(4, 5), of(3, 3)], [Verdict::Holds; 3]);
        assert_eq!([of(2, 5), of(3, 5), of(2, 3)], [Verdict::Partly; 3]);
        assert_eq!([of(0, 5), of(1, 5), of(0, 3)], [Verdict::NotHere; 3]);
        assert_eq!([of(2, 2), of(0, 0)], [Verdict::CannotTell; 2]);
        let none = Count { seen: 0, of: 5 };
        assert_eq!(none.verdict_or_partly(Count { seen: 4, of: 5 }), Verdict::Partly);
        assert_eq!(none.verdict_or_partly(none), Verdict::NotHere);
    }

    #[test]
    fn a_claim_holds_only_where_every_data_set_says_so() {
        use Verdict::*;
        assert_eq!(overall(&[Holds, Holds, Holds]), Holds);
        assert_eq!(overall(&[Holds, CannotTell, Holds]), Holds);
        assert_eq!(overall(&[NotHere, NotHere, NotHere]), NotHere);
        assert_eq!(overall(&[Holds, NotHere, Holds]), Partly);
        assert_eq!(overall(&[Holds, Partly, Estimator]), Estimator);
        assert_eq!(overall(&[Holds, CannotTell, CannotTell]), CannotTell);
    }
}
