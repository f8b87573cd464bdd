//! Which estimator is tried on which reference problem, and the resulting table.

use serde::{Deserialize, Serialize};

use super::{Bound, Problem, TestedEstimator, Truth, estimate};
use crate::measure::information::binning::{Binning, Range};
use crate::measure::information::contrastive::CriticSettings;
use crate::measure::{CheckSource, EstimatorCheck};
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

impl From<CheckSource> for Problem {
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
    let problem = Problem::from(source);
    let estimators = [
        bins(8, Range::Own, true),
        TestedEstimator::Kernel { bound: Bound::Upper },
        TestedEstimator::Kernel { bound: Bound::Lower },
        TestedEstimator::Neighbours { k: 3 },
        critic(128, 300),
    ];
    let truth = problem.truth();
    let sizes = [50, 100, 200, 500, 1000];
    sizes.into_iter().flat_map(move |samples| {
        estimators.into_iter().map(move |estimator| {
            let attempt =
                Attempt { estimator, samples, expected_to_hold: false, note: "", quick: true };
            attempt.row(problem, truth, attempt.repetitions(Selection::Quick), seed)
        })
    })
}

/// The problem and the estimator of each row in words, before any is computed, so that columns can
/// be made wide enough.
#[must_use]
pub fn names(selection: Selection) -> Vec<[String; 2]> {
    let rows = panel().into_iter().flat_map(|(problem, attempts)| {
        attempts.into_iter().map(move |attempt| (problem, attempt))
    });
    rows.filter(|(_, attempt)| selection == Selection::Full || attempt.quick)
        .map(|(problem, attempt)| [problem.to_string(), attempt.estimator.to_string()])
        .collect()
}

/// One estimator to be tried on one problem.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    estimator: TestedEstimator,
    samples: usize,
    expected_to_hold: bool,
    note: &'static str,
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

    fn row(self, problem: Problem, truth: Truth, repetitions: usize, seed: u32) -> EstimatorCheck {
        let estimates: Vec<f64> = (0..repetitions as u32)
            .map(|repetition| {
                let mut generator =
                    generator(seed.wrapping_add(repetition), Purpose::ReferenceProblem);
                let sample = problem.sample(self.samples, &mut generator);
                estimate(self.estimator, &sample, &mut generator)
            })
            .collect();
        let mean = stats::mean(&estimates);
        let deviation = if repetitions > 1 { stats::standard_deviation(&estimates) } else { 0.0 };
        EstimatorCheck {
            source: problem.to_string(),
            truth: truth.bits,
            truth_error: truth.error,
            kind: self.estimator.kind(),
            estimator: self.estimator.to_string(),
            samples: self.samples,
            repetitions,
            mean,
            bias: mean - truth.bits,
            deviation,
            expected_to_hold: self.expected_to_hold,
            note: self.note.into(),
        }
    }
}

/// Pairs for estimators that only count.
const MANY: usize = 4096;
/// Pairs for estimators that compare each pair with every other.
const FEW: usize = 500;
/// Pairs for a critic, which sees most of them only once.
const LEARNED: usize = 16_384;

fn bins(bins: u16, range: Range, corrected: bool) -> TestedEstimator {
    TestedEstimator::Binning { binning: Binning { bins, range }, corrected }
}

fn critic(batch: usize, updates: usize) -> TestedEstimator {
    TestedEstimator::Contrastive {
        settings: CriticSettings { batch, ..CriticSettings::default() },
        updates,
    }
}

/// What is tried, and where each estimator should hold.
fn panel() -> Vec<(Problem, Vec<Attempt>)> {
    use Range::{Between, Own, Quantiles};

    const UPPER: TestedEstimator = TestedEstimator::Kernel { bound: Bound::Upper };
    const LOWER: TestedEstimator = TestedEstimator::Kernel { bound: Bound::Lower };
    const NEIGHBOURS: TestedEstimator = TestedEstimator::Neighbours { k: 3 };
    const APART: &str = "bounds, and apart however many samples: inputs are spread evenly, not in \
                         clusters";
    const COARSE: &str = "differences within a bin are lost";
    const SPARSE: &str = "most outcomes are seen once, which looks like knowing the input";
    const CLUSTERS: &str = "clusters far apart against the noise: both bounds meet";

    const UNLEARNED: &str = "a bound from below: what the critic has not learnt is missing";

    let learnt = critic(256, 800);
    let holds = |estimator, samples, note| Attempt {
        estimator,
        samples,
        expected_to_hold: true,
        note,
        quick: false,
    };
    let fails = |estimator, samples, note| Attempt {
        expected_to_hold: false,
        ..holds(estimator, samples, note)
    };
    let quick = |attempt| Attempt { quick: true, ..attempt };
    let gaussian = |dimensions, signal_to_noise| Problem::Gaussian { dimensions, signal_to_noise };
    let layer = |units, noise| Problem::NoisyLayer { inputs: 5, units, gain: 1.0, noise };
    let upto = |values: u16| Between(-0.5, f32::from(values) - 0.5);

    vec![
        (
            gaussian(1, 3.0),
            vec![
                quick(holds(bins(30, Own, true), MANY, "fine enough, and enough samples")),
                holds(bins(30, Quantiles, true), MANY, "fine enough, and enough samples"),
                fails(
                    bins(30, Quantiles, false),
                    MANY,
                    "some cells hold few samples: corrected above",
                ),
                fails(bins(4, Own, true), MANY, COARSE),
                quick(fails(bins(200, Own, false), MANY, SPARSE)),
                quick(fails(UPPER, FEW, APART)),
                quick(fails(LOWER, FEW, APART)),
                quick(holds(NEIGHBOURS, FEW, "smooth density, one dimension")),
                quick(holds(learnt, LEARNED, "well below the logarithm of the batch")),
            ],
        ),
        (
            gaussian(1, 255.0),
            vec![
                fails(bins(30, Own, true), MANY, COARSE),
                fails(UPPER, FEW, APART),
                fails(LOWER, FEW, APART),
                holds(NEIGHBOURS, FEW, "smooth density, one dimension"),
                fails(critic(128, 600), LEARNED, UNLEARNED),
            ],
        ),
        (
            gaussian(1, 1e8),
            vec![
                fails(bins(30, Own, true), MANY, "at most the logarithm of the bins, 4.9 bits"),
                quick(fails(
                    UPPER,
                    FEW,
                    "tiny noise: at most the logarithm of the samples, 9.0 bits",
                )),
                fails(LOWER, FEW, "tiny noise: at most the logarithm of the samples, 9.0 bits"),
                fails(NEIGHBOURS, FEW, "at most ψ(n) - ψ(k), 7.6 bits"),
                fails(critic(128, 600), LEARNED, UNLEARNED),
            ],
        ),
        (
            gaussian(2, 1.0),
            vec![
                fails(bins(16, Own, true), MANY, SPARSE),
                holds(NEIGHBOURS, FEW, "smooth density, two dimensions"),
            ],
        ),
        (
            gaussian(5, 0.3),
            vec![
                fails(bins(8, Own, true), MANY, SPARSE),
                fails(UPPER, FEW, APART),
                fails(LOWER, FEW, APART),
                fails(NEIGHBOURS, FEW, "in five dimensions neighbours are no longer near"),
                fails(learnt, LEARNED, UNLEARNED),
            ],
        ),
        (
            gaussian(20, 3.0),
            vec![
                quick(fails(
                    bins(8, Own, false),
                    MANY,
                    "every sample is alone in its bins: the logarithm of the samples, 12 bits",
                )),
                fails(UPPER, FEW, "at most the logarithm of the samples, 9.0 bits"),
                fails(LOWER, FEW, "at most the logarithm of the samples, 9.0 bits"),
                quick(fails(NEIGHBOURS, FEW, "in twenty dimensions neighbours are no longer near")),
                quick(fails(
                    critic(128, 300),
                    LEARNED,
                    "at most the logarithm of the batch, 7 bits",
                )),
            ],
        ),
        (
            Problem::BinarySymmetric { flip: 0.11 },
            vec![
                quick(holds(bins(2, Between(-1.0, 1.0), false), MANY, "one bin for each value")),
                quick(holds(UPPER, FEW, CLUSTERS)),
                quick(holds(LOWER, FEW, CLUSTERS)),
                quick(holds(NEIGHBOURS, FEW, "many samples around each value")),
                holds(learnt, LEARNED, "well below the logarithm of the batch"),
            ],
        ),
        (
            Problem::Map { inputs: 64, outputs: 8 },
            vec![
                quick(holds(bins(8, upto(8), false), MANY, "one bin for each value")),
                fails(bins(4, upto(8), false), MANY, COARSE),
                quick(holds(UPPER, FEW, CLUSTERS)),
                quick(holds(LOWER, FEW, CLUSTERS)),
                holds(NEIGHBOURS, FEW, "many samples around each value"),
                holds(learnt, LEARNED, "well below the logarithm of the batch"),
            ],
        ),
        (
            Problem::Map { inputs: 256, outputs: 256 },
            vec![
                holds(
                    bins(256, upto(256), false),
                    MANY,
                    "one bin for each value, sixteen samples in each",
                ),
                fails(bins(256, upto(256), false), FEW, "two samples for each value are too few"),
                holds(bins(256, upto(256), true), FEW, "too few samples, but corrected"),
                fails(UPPER, FEW, "two samples for each value are too few"),
                fails(
                    critic(128, 600),
                    LEARNED,
                    "at most the logarithm of the batch, 7 bits, and not learnt",
                ),
            ],
        ),
        (
            layer(1, 0.2),
            vec![
                holds(bins(24, Own, true), MANY, "fine enough, and enough samples"),
                holds(bins(24, Quantiles, true), MANY, "fine enough, and enough samples"),
                fails(UPPER, FEW, "a bound: patterns overlap"),
                fails(LOWER, FEW, "a bound: patterns overlap"),
                holds(NEIGHBOURS, 2 * FEW, "thirty samples of each pattern"),
                holds(learnt, LEARNED, "well below the logarithm of the batch"),
            ],
        ),
        (
            layer(3, 0.5),
            vec![
                quick(fails(bins(5, Own, true), MANY, COARSE)),
                quick(fails(bins(10, Own, true), MANY, SPARSE)),
                quick(fails(UPPER, FEW, "a bound: patterns overlap")),
                quick(fails(LOWER, FEW, "a bound: patterns overlap")),
                quick(holds(NEIGHBOURS, FEW, "sixteen samples of each pattern")),
                fails(learnt, LEARNED, UNLEARNED),
            ],
        ),
        (
            layer(3, 0.05),
            vec![
                holds(UPPER, FEW, CLUSTERS),
                holds(LOWER, FEW, CLUSTERS),
                holds(NEIGHBOURS, FEW, "sixteen samples of each pattern"),
                fails(
                    critic(128, 600),
                    LEARNED,
                    "others of the same pattern in a batch cost 0.2 bit, what is not learnt the rest",
                ),
            ],
        ),
        (
            Problem::NoisyLayer { inputs: 10, units: 30, gain: 1.0, noise: 0.1 },
            vec![
                fails(
                    bins(30, Own, false),
                    FEW,
                    "every pattern that was drawn is alone in its bins",
                ),
                quick(fails(UPPER, FEW, "at most the entropy of the patterns drawn, below 9 bits")),
                fails(LOWER, FEW, "at most the entropy of the patterns drawn, below 9 bits"),
                fails(NEIGHBOURS, FEW, "most patterns are drawn once: those are left out"),
                fails(critic(128, 600), LEARNED, "at most the logarithm of the batch, 7 bits"),
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
        }
        assert!(right >= 15);
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
        assert_eq!(json[0]["works"], true);
        assert_eq!(json[0]["truth"], 1.0);
    }
}
