//! Which estimator is tried on which reference problem, and the resulting table.

use serde::{Deserialize, Serialize};

use super::{Truth, estimate};
use crate::measure::information::neighbours;
use crate::measure::{
    BinLimits, Bound, CheckNote, CheckSource, EstimatorCheck, RENYI_SAMPLES, ReferenceProblem,
    TestedEstimator,
};
use crate::random::{Purpose, generator};
use crate::stats;

/// How much of the table is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// A few seconds: each estimator where it should hold and where it fails.
    Quick,
    /// All of it, and more samples for each row.
    Full,
}

/// The rows one after the other, each computed when it is asked for. The same seed gives the same
/// row, whichever others are computed.
pub fn table(selection: Selection, seed: u32) -> impl Iterator<Item = EstimatorCheck> {
    let problems = panel().into_iter().map(move |(problem, mut attempts)| {
        attempts.retain(|attempt| selection == Selection::Full || attempt.quick);
        (problem, attempts)
    });
    let worth = problems.filter(|(_, attempts)| !attempts.is_empty());
    worth.flat_map(move |(problem, attempts)| {
        let truth = problem.truth();
        attempts
            .into_iter()
            .map(move |attempt| attempt.row(problem, truth, attempt.repetitions(selection), seed))
    })
}

impl From<CheckSource> for ReferenceProblem {
    fn from(source: CheckSource) -> Self {
        match source {
            CheckSource::Gaussian1 => Self::Gaussian { dimensions: 1, signal_to_noise: 3.0 },
            CheckSource::Gaussian5 => Self::Gaussian { dimensions: 5, signal_to_noise: 0.3 },
            CheckSource::Gaussian20 => Self::Gaussian { dimensions: 20, signal_to_noise: 3.0 },
            CheckSource::FlippedBit => Self::BinarySymmetric { flip: 0.11 },
            CheckSource::Map => Self::Map { inputs: 64, outputs: 8 },
            CheckSource::NoisyLayer => {
                Self::NoisyLayer { inputs: 5, units: 3, gain: 1.0, noise: 0.5 }
            }
        }
    }
}

/// Every estimator on one reference problem, over more and more samples.
pub fn over_samples(source: CheckSource, seed: u32) -> impl Iterator<Item = EstimatorCheck> {
    let problem = ReferenceProblem::from(source);
    let estimators = [
        TestedEstimator::Exact,
        bins(8, BinLimits::Step, true),
        TestedEstimator::Kernel { bound: Bound::Upper },
        TestedEstimator::Kernel { bound: Bound::Lower },
        TestedEstimator::Neighbours { k: 3 },
        critic(128, 300),
        TestedEstimator::Renyi,
        TestedEstimator::Sliced { k: 3 },
        TestedEstimator::CodingRate,
    ];
    let truth = problem.truth();
    let sizes = [50, 100, 200, 500, 1000];
    sizes.into_iter().flat_map(move |samples| {
        estimators.into_iter().map(move |estimator| {
            let attempt =
                Attempt { estimator, samples, expected_to_hold: false, note: None, quick: true };
            attempt.row(problem, truth, attempt.repetitions(Selection::Quick), seed)
        })
    })
}

/// The problem and the estimator of each row of [`table`], before any is computed, so that columns
/// can be made wide enough.
#[must_use]
pub fn attempts(selection: Selection) -> Vec<(ReferenceProblem, TestedEstimator)> {
    let rows = panel().into_iter().flat_map(|(problem, attempts)| {
        attempts.into_iter().map(move |attempt| (problem, attempt))
    });
    rows.filter(|(_, attempt)| selection == Selection::Full || attempt.quick)
        .map(|(problem, attempt)| (problem, attempt.estimator))
        .collect()
}

/// One estimator to be tried on one problem.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    estimator: TestedEstimator,
    samples: usize,
    expected_to_hold: bool,
    note: Option<CheckNote>,
    quick: bool,
}

impl Attempt {
    fn repetitions(&self, selection: Selection) -> usize {
        match (selection, self.estimator) {
            (Selection::Quick, TestedEstimator::Contrastive { .. }) => 1,
            (Selection::Full, TestedEstimator::Contrastive { .. }) => 3,
            (Selection::Quick, _) => 8,
            (Selection::Full, _) => 20,
        }
    }

    fn row(
        self,
        problem: ReferenceProblem,
        truth: Truth,
        repetitions: usize,
        seed: u32,
    ) -> EstimatorCheck {
        let mut samples = self.samples;
        let estimates: Vec<f64> = (0..repetitions as u32)
            .map(|repetition| {
                let mut generator =
                    generator(seed.wrapping_add(repetition), Purpose::ReferenceProblem);
                let whole = (self.samples == WHOLE).then(|| problem.whole(&mut generator));
                let sample =
                    whole.flatten().unwrap_or_else(|| problem.sample(self.samples, &mut generator));
                samples = sample.len();
                estimate(self.estimator, &sample, &mut generator)
            })
            .collect();
        let mean = stats::mean(&estimates);
        let deviation = if repetitions > 1 { stats::standard_deviation(&estimates) } else { 0.0 };
        EstimatorCheck {
            problem,
            truth: truth.bits,
            truth_error: truth.error,
            estimator: self.estimator,
            samples,
            repetitions,
            mean,
            bias: mean - truth.bits,
            deviation,
            expected_to_hold: self.expected_to_hold,
            note: self.note,
        }
    }
}

/// In place of a number of pairs: every input of a finite source once.
const WHOLE: usize = 0;
/// Pairs for estimators that only count.
const MANY: usize = 4096;
/// Pairs for estimators that compare each pair with every other.
const FEW: usize = 500;
/// Pairs for a critic, which sees most of them only once.
const LEARNED: usize = 16_384;

fn bins(bins: u16, limits: BinLimits, corrected: bool) -> TestedEstimator {
    TestedEstimator::Binning { bins, limits, corrected }
}

fn critic(batch: usize, updates: usize) -> TestedEstimator {
    TestedEstimator::Contrastive { batch, updates }
}

/// The estimators to try on each problem, and where each should hold.
fn panel() -> Vec<(ReferenceProblem, Vec<Attempt>)> {
    use BinLimits::{Between, Quantiles, Step};
    use CheckNote as N;

    const UPPER: TestedEstimator = TestedEstimator::Kernel { bound: Bound::Upper };
    const LOWER: TestedEstimator = TestedEstimator::Kernel { bound: Bound::Lower };
    const NEIGHBOURS: TestedEstimator = TestedEstimator::Neighbours { k: K };
    const EXACT: TestedEstimator = TestedEstimator::Exact;
    const RENYI: TestedEstimator = TestedEstimator::Renyi;
    const SLICED: TestedEstimator = TestedEstimator::Sliced { k: K };
    const RATE: TestedEstimator = TestedEstimator::CodingRate;
    const K: usize = 3;

    let log = |count: usize| (count as f64).log2();
    let digamma_limit = neighbours::largest(FEW, K);
    let learnt = critic(256, 800);
    let holds = |estimator, samples, note| Attempt {
        estimator,
        samples,
        expected_to_hold: true,
        note: Some(note),
        quick: false,
    };
    let fails = |estimator, samples, note| Attempt {
        expected_to_hold: false,
        ..holds(estimator, samples, note)
    };
    let quick = |attempt| Attempt { quick: true, ..attempt };
    let gaussian =
        |dimensions, signal_to_noise| ReferenceProblem::Gaussian { dimensions, signal_to_noise };
    let layer = |units, noise| ReferenceProblem::NoisyLayer { inputs: 5, units, gain: 1.0, noise };
    let upto = |values: u16| Between(-0.5, f32::from(values) - 0.5);

    vec![
        (
            gaussian(1, 3.0),
            vec![
                quick(holds(EXACT, FEW, N::SamplesForSource)),
                quick(holds(bins(30, Step, true), MANY, N::FineBins)),
                holds(bins(30, Quantiles, true), MANY, N::FineBins),
                fails(bins(30, Quantiles, false), MANY, N::FewInCells),
                fails(bins(4, Step, true), MANY, N::CoarseBins),
                quick(fails(bins(200, Step, false), MANY, N::SeenOnce)),
                quick(fails(UPPER, FEW, N::BoundsApart)),
                quick(fails(LOWER, FEW, N::BoundsApart)),
                quick(holds(NEIGHBOURS, FEW, N::SmoothDensity { dimensions: 1 })),
                quick(holds(learnt, LEARNED, N::BelowBatch)),
                quick(fails(RENYI, RENYI_SAMPLES, N::OverlapsCountTooMuch)),
                quick(holds(SLICED, FEW, N::OnlyDirection)),
                quick(holds(RATE, MANY, N::GaussianSource)),
            ],
        ),
        (
            gaussian(1, 255.0),
            vec![
                holds(EXACT, FEW, N::SamplesForSource),
                fails(bins(30, Step, true), MANY, N::CoarseBins),
                fails(UPPER, FEW, N::BoundsApart),
                fails(LOWER, FEW, N::BoundsApart),
                holds(NEIGHBOURS, FEW, N::SmoothDensity { dimensions: 1 }),
                fails(critic(128, 600), LEARNED, N::NotLearnt),
                fails(RENYI, RENYI_SAMPLES, N::OverlapsCountTooMuch),
                holds(SLICED, FEW, N::OnlyDirection),
                holds(RATE, MANY, N::GaussianSource),
            ],
        ),
        (
            gaussian(1, 1e8),
            vec![
                quick(fails(EXACT, FEW, N::TinyNoise { bits: log(FEW) })),
                fails(bins(30, Step, true), MANY, N::LogOfBins { bits: log(30) }),
                quick(fails(UPPER, FEW, N::TinyNoise { bits: log(FEW) })),
                fails(LOWER, FEW, N::TinyNoise { bits: log(FEW) }),
                fails(NEIGHBOURS, FEW, N::DigammaLimit { bits: digamma_limit }),
                fails(critic(128, 600), LEARNED, N::NotLearnt),
                holds(RATE, MANY, N::GaussianSource),
            ],
        ),
        (
            gaussian(2, 1.0),
            vec![
                holds(EXACT, FEW, N::SamplesForSource),
                fails(bins(16, Step, true), MANY, N::SeenOnce),
                holds(NEIGHBOURS, FEW, N::SmoothDensity { dimensions: 2 }),
                fails(SLICED, FEW, N::PartInDirection { dimensions: 2 }),
            ],
        ),
        (
            gaussian(5, 0.3),
            vec![
                holds(EXACT, FEW, N::SamplesForSource),
                fails(bins(8, Step, true), MANY, N::SeenOnce),
                fails(UPPER, FEW, N::BoundsApart),
                fails(LOWER, FEW, N::BoundsApart),
                fails(NEIGHBOURS, FEW, N::FarNeighbours { dimensions: 5 }),
                fails(learnt, LEARNED, N::NotLearnt),
                fails(RENYI, RENYI_SAMPLES, N::OverlapsCountTooMuch),
                fails(SLICED, FEW, N::PartInDirection { dimensions: 5 }),
                holds(RATE, MANY, N::GaussianSource),
            ],
        ),
        (
            gaussian(20, 3.0),
            vec![
                quick(fails(EXACT, FEW, N::LogOfSamples { bits: log(FEW) })),
                quick(fails(bins(8, Step, false), MANY, N::AloneInBins { bits: log(MANY) })),
                fails(UPPER, FEW, N::LogOfSamples { bits: log(FEW) }),
                fails(LOWER, FEW, N::LogOfSamples { bits: log(FEW) }),
                quick(fails(NEIGHBOURS, FEW, N::FarNeighbours { dimensions: 20 })),
                quick(fails(critic(128, 300), LEARNED, N::LogOfBatch { bits: log(128) })),
                quick(fails(SLICED, FEW, N::PartInDirection { dimensions: 20 })),
                quick(holds(RATE, MANY, N::GaussianSource)),
            ],
        ),
        (
            ReferenceProblem::BinarySymmetric { flip: 0.11 },
            vec![
                quick(holds(EXACT, FEW, N::SamplesForSource)),
                quick(holds(bins(2, Between(-1.0, 1.0), false), MANY, N::BinForEachValue)),
                quick(holds(UPPER, FEW, N::Clusters)),
                quick(holds(LOWER, FEW, N::Clusters)),
                quick(holds(NEIGHBOURS, FEW, N::ManyForEachValue)),
                holds(learnt, LEARNED, N::BelowBatch),
                holds(RENYI, RENYI_SAMPLES, N::OutputsFarApart),
                holds(SLICED, FEW, N::OnlyDirection),
                quick(fails(RATE, MANY, N::NotGaussian)),
            ],
        ),
        (
            ReferenceProblem::Map { inputs: 64, outputs: 8 },
            vec![
                quick(holds(EXACT, WHOLE, N::WholeSource)),
                quick(holds(bins(8, upto(8), false), MANY, N::BinForEachValue)),
                fails(bins(4, upto(8), false), MANY, N::CoarseBins),
                quick(holds(UPPER, FEW, N::Clusters)),
                quick(holds(LOWER, FEW, N::Clusters)),
                holds(NEIGHBOURS, FEW, N::ManyForEachValue),
                holds(learnt, LEARNED, N::BelowBatch),
                holds(RENYI, RENYI_SAMPLES, N::OutputsFarApart),
                holds(SLICED, FEW, N::OnlyDirection),
                fails(RATE, MANY, N::NotGaussian),
            ],
        ),
        (
            ReferenceProblem::Map { inputs: 256, outputs: 256 },
            vec![
                holds(EXACT, WHOLE, N::WholeSource),
                holds(
                    bins(256, upto(256), false),
                    MANY,
                    N::SamplesInEachBin { samples: MANY / 256 },
                ),
                fails(bins(256, upto(256), false), FEW, N::FewForEachValue { samples: 2 }),
                holds(bins(256, upto(256), true), FEW, N::FewButCorrected),
                fails(UPPER, FEW, N::FewForEachValue { samples: 2 }),
                fails(critic(128, 600), LEARNED, N::LogOfBatchNotLearnt { bits: log(128) }),
            ],
        ),
        (
            layer(1, 0.2),
            vec![
                holds(EXACT, WHOLE, N::WholeSource),
                holds(bins(24, Step, true), MANY, N::FineBins),
                holds(bins(24, Quantiles, true), MANY, N::FineBins),
                fails(UPPER, FEW, N::PatternsOverlap),
                fails(LOWER, FEW, N::PatternsOverlap),
                holds(NEIGHBOURS, 2 * FEW, N::SamplesOfEachPattern { samples: 30 }),
                holds(learnt, LEARNED, N::BelowBatch),
                fails(RENYI, RENYI_SAMPLES, N::OverlapsCountTooMuch),
                holds(SLICED, 2 * FEW, N::SamplesOfEachPattern { samples: 30 }),
                fails(RATE, MANY, N::NotGaussian),
            ],
        ),
        (
            layer(3, 0.5),
            vec![
                quick(holds(EXACT, WHOLE, N::WholeSource)),
                quick(fails(bins(5, Step, true), MANY, N::CoarseBins)),
                quick(fails(bins(10, Step, true), MANY, N::SeenOnce)),
                quick(fails(UPPER, FEW, N::PatternsOverlap)),
                quick(fails(LOWER, FEW, N::PatternsOverlap)),
                quick(holds(NEIGHBOURS, FEW, N::SamplesOfEachPattern { samples: 16 })),
                fails(learnt, LEARNED, N::NotLearnt),
                quick(fails(RENYI, RENYI_SAMPLES, N::OverlapsCountTooMuch)),
                quick(fails(SLICED, FEW, N::PartInDirection { dimensions: 3 })),
                quick(fails(RATE, MANY, N::NotGaussian)),
            ],
        ),
        (
            layer(3, 0.05),
            vec![
                holds(EXACT, WHOLE, N::WholeSource),
                holds(UPPER, FEW, N::Clusters),
                holds(LOWER, FEW, N::Clusters),
                holds(NEIGHBOURS, FEW, N::SamplesOfEachPattern { samples: 16 }),
                fails(critic(128, 600), LEARNED, N::SamePatternInBatch),
                holds(RENYI, RENYI_SAMPLES, N::OutputsFarApart),
                fails(SLICED, FEW, N::PartInDirection { dimensions: 3 }),
                fails(RATE, MANY, N::NotGaussian),
            ],
        ),
        (
            ReferenceProblem::NoisyLayer { inputs: 10, units: 30, gain: 1.0, noise: 0.1 },
            vec![
                quick(holds(EXACT, WHOLE, N::WholeSource)),
                fails(bins(30, Step, false), FEW, N::PatternsAlone),
                quick(fails(UPPER, FEW, N::EntropyOfPatterns { bits: log(FEW).ceil() })),
                fails(LOWER, FEW, N::EntropyOfPatterns { bits: log(FEW).ceil() }),
                fails(NEIGHBOURS, FEW, N::PatternsDrawnOnce),
                fails(critic(128, 600), LEARNED, N::LogOfBatch { bits: log(128) }),
                fails(
                    RENYI,
                    RENYI_SAMPLES,
                    N::EntropyOfPatterns { bits: log(RENYI_SAMPLES).ceil() },
                ),
                fails(SLICED, FEW, N::PartInDirection { dimensions: 30 }),
                quick(fails(RATE, MANY, N::NotGaussian)),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(
        wanted: impl Fn(&Attempt) -> bool + Copy,
        repetitions: usize,
    ) -> impl Iterator<Item = EstimatorCheck> {
        panel().into_iter().flat_map(move |(problem, attempts)| {
            let truth = problem.truth();
            let wanted = attempts.into_iter().filter(move |attempt| wanted(attempt));
            wanted.map(move |attempt| attempt.row(problem, truth, repetitions, 0))
        })
    }

    fn is_critic(attempt: &Attempt) -> bool {
        matches!(attempt.estimator, TestedEstimator::Contrastive { .. })
    }

    #[test]
    fn estimators_are_right_where_they_should_be_and_nowhere_else() {
        let mut right = 0;
        for row in rows(|attempt| !is_critic(attempt), 20) {
            assert_eq!(row.is_right(), row.expected_to_hold, "{row:?}");
            right += usize::from(row.expected_to_hold);
            if row.note == Some(CheckNote::WholeSource) {
                assert!(row.bias.abs() < 0.02, "{row:?}");
            }
        }
        assert!(right >= 30);
    }

    #[test]
    fn critics_are_right_where_they_should_be_and_nowhere_else() {
        for row in rows(is_critic, 1) {
            assert_eq!(row.is_right(), row.expected_to_hold, "{row:?}");
            // A bound, up to the scatter of a sample.
            assert!(row.bias < 0.03, "{row:?}");
        }
    }

    #[test]
    fn a_row_does_not_depend_on_which_others_are_computed() {
        let quick: Vec<EstimatorCheck> = table(Selection::Quick, 7).take(3).collect();
        assert_eq!(quick, table(Selection::Quick, 7).take(3).collect::<Vec<_>>());
        assert_ne!(quick, table(Selection::Quick, 8).take(3).collect::<Vec<_>>());
        let json = serde_json::to_value(&quick).expect("plain data");
        assert_eq!(json[0]["expected_to_hold"], true);
        assert_eq!(json[0]["truth"], 1.0);
    }
}
