//! Which estimator is tried on which source, and the table that comes of it.

use serde::{Deserialize, Serialize};

use super::{Bound, Estimator, Source, Truth, estimate};
use crate::measure::EstimatorCheck;
use crate::measure::information::binning::{Binning, Range};
use crate::measure::information::contrastive::Settings;
use crate::random::{Purpose, generator};

/// How much of the table is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// A few seconds: each estimator where it works and where it fails.
    Quick,
    /// All of it, and more samples each.
    Full,
}

/// The rows one after the other, each worked when it is asked for. The same seed gives the same rows,
/// whichever others are worked.
pub fn table(selection: Selection, seed: u32) -> impl Iterator<Item = EstimatorCheck> {
    let sources = panel().into_iter().map(move |(source, mut attempts)| {
        attempts.retain(|attempt| selection == Selection::Full || attempt.quick);
        (source, attempts)
    });
    let worth = sources.filter(|(_, attempts)| !attempts.is_empty());
    worth.flat_map(move |(source, attempts)| {
        let truth = source.truth();
        attempts
            .into_iter()
            .map(move |attempt| attempt.row(source, truth, attempt.repetitions(selection), seed))
    })
}

/// Every estimator on one of [`crate::measure::SOURCES`], by its place there, over more and more samples.
///
/// # Panics
/// If there is no source in that place.
pub fn over_samples(place: usize, seed: u32) -> impl Iterator<Item = EstimatorCheck> {
    let source = match place {
        0 => Source::Gaussian { dimensions: 1, signal_to_noise: 3.0 },
        1 => Source::Gaussian { dimensions: 5, signal_to_noise: 0.3 },
        2 => Source::Gaussian { dimensions: 20, signal_to_noise: 3.0 },
        3 => Source::BinarySymmetric { flip: 0.11 },
        4 => Source::Map { inputs: 64, outputs: 8 },
        5 => Source::NoisyLayer { inputs: 5, units: 3, gain: 1.0, noise: 0.5 },
        _ => panic!("there are six sources"),
    };
    let estimators = [
        bins(8, Range::Own, true),
        Estimator::Kernel { bound: Bound::Upper },
        Estimator::Kernel { bound: Bound::Lower },
        Estimator::Neighbours { k: 3 },
        critic(128, 300),
    ];
    let truth = source.truth();
    let sizes = [50, 100, 200, 500, 1000];
    sizes.into_iter().flat_map(move |samples| {
        estimators.into_iter().map(move |estimator| {
            let attempt = Attempt { estimator, samples, works: false, note: "", quick: true };
            attempt.row(source, truth, attempt.repetitions(Selection::Quick), seed)
        })
    })
}

/// The source and the estimator of each row in words, before any is worked: what a column must hold.
#[must_use]
pub fn names(selection: Selection) -> Vec<[String; 2]> {
    let rows = panel()
        .into_iter()
        .flat_map(|(source, attempts)| attempts.into_iter().map(move |attempt| (source, attempt)));
    rows.filter(|(_, attempt)| selection == Selection::Full || attempt.quick)
        .map(|(source, attempt)| [source.to_string(), attempt.estimator.to_string()])
        .collect()
}

/// One estimator to be tried on one source.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    estimator: Estimator,
    samples: usize,
    works: bool,
    note: &'static str,
    quick: bool,
}

impl Attempt {
    fn repetitions(&self, selection: Selection) -> usize {
        match (selection, self.estimator) {
            (Selection::Quick, Estimator::Contrastive { .. }) => 1,
            (Selection::Full, Estimator::Contrastive { .. }) => 3,
            (Selection::Quick, _) => 8,
            (Selection::Full, _) => 20,
        }
    }

    fn row(self, source: Source, truth: Truth, repetitions: usize, seed: u32) -> EstimatorCheck {
        let estimates: Vec<f64> = (0..repetitions as u32)
            .map(|repetition| {
                let mut generator = generator(seed.wrapping_add(repetition), Purpose::KnownSource);
                let sample = source.sample(self.samples, &mut generator);
                estimate(self.estimator, &sample, &mut generator)
            })
            .collect();
        let mean = estimates.iter().sum::<f64>() / repetitions as f64;
        let squares = estimates.iter().map(|bits| (bits - mean).powi(2)).sum::<f64>();
        let deviation = (squares / (repetitions.max(2) - 1) as f64).sqrt();
        EstimatorCheck {
            source: source.to_string(),
            truth: truth.bits,
            truth_error: truth.error,
            estimator: self.estimator.to_string(),
            samples: self.samples,
            repetitions,
            mean,
            bias: mean - truth.bits,
            deviation,
            works: self.works,
            note: self.note.into(),
        }
    }
}

/// Pairs for estimators that only count.
const MANY: usize = 4096;
/// Pairs for estimators that compare each with every other.
const FEW: usize = 500;
/// Pairs for a critic, which is to see most of them once only.
const LEARNT: usize = 16_384;

fn bins(bins: u16, range: Range, corrected: bool) -> Estimator {
    Estimator::Binning { binning: Binning { bins, range }, corrected }
}

fn critic(batch: usize, updates: usize) -> Estimator {
    Estimator::Contrastive { settings: Settings { batch, ..Settings::default() }, updates }
}

/// What is tried, and where each estimator is meant to work.
fn panel() -> Vec<(Source, Vec<Attempt>)> {
    use Range::{Between, Own, Quantiles};

    const UPPER: Estimator = Estimator::Kernel { bound: Bound::Upper };
    const LOWER: Estimator = Estimator::Kernel { bound: Bound::Lower };
    const NEIGHBOURS: Estimator = Estimator::Neighbours { k: 3 };
    const APART: &str = "bounds, and apart however many samples: inputs are spread evenly, not in \
                         clusters";
    const COARSE: &str = "differences within a bin are lost";
    const SPARSE: &str = "most outcomes are seen once, which looks like knowing the input";
    const CLUSTERS: &str = "clusters far apart against the noise: both bounds meet";

    const UNLEARNT: &str = "a bound from below: what the critic has not learnt is missing";

    let learnt = critic(256, 800);
    let works =
        |estimator, samples, note| Attempt { estimator, samples, works: true, note, quick: false };
    let fails =
        |estimator, samples, note| Attempt { works: false, ..works(estimator, samples, note) };
    let quick = |attempt| Attempt { quick: true, ..attempt };
    let gaussian = |dimensions, signal_to_noise| Source::Gaussian { dimensions, signal_to_noise };
    let layer = |units, noise| Source::NoisyLayer { inputs: 5, units, gain: 1.0, noise };
    let upto = |values: u16| Between(-0.5, f32::from(values) - 0.5);

    vec![
        (
            gaussian(1, 3.0),
            vec![
                quick(works(bins(30, Own, true), MANY, "fine enough, and enough samples")),
                works(bins(30, Quantiles, true), MANY, "fine enough, and enough samples"),
                fails(
                    bins(30, Quantiles, false),
                    MANY,
                    "some cells hold few samples: corrected above",
                ),
                fails(bins(4, Own, true), MANY, COARSE),
                quick(fails(bins(200, Own, false), MANY, SPARSE)),
                quick(fails(UPPER, FEW, APART)),
                quick(fails(LOWER, FEW, APART)),
                quick(works(NEIGHBOURS, FEW, "smooth density, one dimension")),
                quick(works(learnt, LEARNT, "well below the logarithm of the batch")),
            ],
        ),
        (
            gaussian(1, 255.0),
            vec![
                fails(bins(30, Own, true), MANY, COARSE),
                fails(UPPER, FEW, APART),
                fails(LOWER, FEW, APART),
                works(NEIGHBOURS, FEW, "smooth density, one dimension"),
                fails(critic(128, 600), LEARNT, UNLEARNT),
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
                fails(critic(128, 600), LEARNT, UNLEARNT),
            ],
        ),
        (
            gaussian(2, 1.0),
            vec![
                fails(bins(16, Own, true), MANY, SPARSE),
                works(NEIGHBOURS, FEW, "smooth density, two dimensions"),
            ],
        ),
        (
            gaussian(5, 0.3),
            vec![
                fails(bins(8, Own, true), MANY, SPARSE),
                fails(UPPER, FEW, APART),
                fails(LOWER, FEW, APART),
                fails(NEIGHBOURS, FEW, "in five dimensions neighbours are no longer near"),
                fails(learnt, LEARNT, UNLEARNT),
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
                    LEARNT,
                    "at most the logarithm of the batch, 7 bits",
                )),
            ],
        ),
        (
            Source::BinarySymmetric { flip: 0.11 },
            vec![
                quick(works(bins(2, Between(-1.0, 1.0), false), MANY, "one bin for each value")),
                quick(works(UPPER, FEW, CLUSTERS)),
                quick(works(LOWER, FEW, CLUSTERS)),
                quick(works(NEIGHBOURS, FEW, "many samples around each value")),
                works(learnt, LEARNT, "well below the logarithm of the batch"),
            ],
        ),
        (
            Source::Map { inputs: 64, outputs: 8 },
            vec![
                quick(works(bins(8, upto(8), false), MANY, "one bin for each value")),
                fails(bins(4, upto(8), false), MANY, COARSE),
                quick(works(UPPER, FEW, CLUSTERS)),
                quick(works(LOWER, FEW, CLUSTERS)),
                works(NEIGHBOURS, FEW, "many samples around each value"),
                works(learnt, LEARNT, "well below the logarithm of the batch"),
            ],
        ),
        (
            Source::Map { inputs: 256, outputs: 256 },
            vec![
                works(
                    bins(256, upto(256), false),
                    MANY,
                    "one bin for each value, sixteen samples in each",
                ),
                fails(bins(256, upto(256), false), FEW, "two samples for each value are too few"),
                works(bins(256, upto(256), true), FEW, "too few samples, but corrected"),
                fails(UPPER, FEW, "two samples for each value are too few"),
                fails(
                    critic(128, 600),
                    LEARNT,
                    "at most the logarithm of the batch, 7 bits, and not learnt",
                ),
            ],
        ),
        (
            layer(1, 0.2),
            vec![
                works(bins(24, Own, true), MANY, "fine enough, and enough samples"),
                works(bins(24, Quantiles, true), MANY, "fine enough, and enough samples"),
                fails(UPPER, FEW, "a bound: patterns overlap"),
                fails(LOWER, FEW, "a bound: patterns overlap"),
                works(NEIGHBOURS, 2 * FEW, "thirty samples of each pattern"),
                works(learnt, LEARNT, "well below the logarithm of the batch"),
            ],
        ),
        (
            layer(3, 0.5),
            vec![
                quick(fails(bins(5, Own, true), MANY, COARSE)),
                quick(fails(bins(10, Own, true), MANY, SPARSE)),
                quick(fails(UPPER, FEW, "a bound: patterns overlap")),
                quick(fails(LOWER, FEW, "a bound: patterns overlap")),
                quick(works(NEIGHBOURS, FEW, "sixteen samples of each pattern")),
                fails(learnt, LEARNT, UNLEARNT),
            ],
        ),
        (
            layer(3, 0.05),
            vec![
                works(UPPER, FEW, CLUSTERS),
                works(LOWER, FEW, CLUSTERS),
                works(NEIGHBOURS, FEW, "sixteen samples of each pattern"),
                fails(
                    critic(128, 600),
                    LEARNT,
                    "others of the same pattern in a batch cost 0.2 bit, what is not learnt the rest",
                ),
            ],
        ),
        (
            Source::NoisyLayer { inputs: 10, units: 30, gain: 1.0, noise: 0.1 },
            vec![
                fails(
                    bins(30, Own, false),
                    FEW,
                    "every pattern that was drawn is alone in its bins",
                ),
                quick(fails(UPPER, FEW, "at most the entropy of the patterns drawn, below 9 bits")),
                fails(LOWER, FEW, "at most the entropy of the patterns drawn, below 9 bits"),
                fails(NEIGHBOURS, FEW, "most patterns are drawn once: those are left out"),
                fails(critic(128, 600), LEARNT, "at most the logarithm of the batch, 7 bits"),
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
        panel().into_iter().flat_map(move |(source, attempts)| {
            let truth = source.truth();
            let wanted = attempts.into_iter().filter(move |attempt| wanted(attempt));
            wanted.map(move |attempt| attempt.row(source, truth, repetitions, 0))
        })
    }

    fn is_critic(attempt: &Attempt) -> bool {
        matches!(attempt.estimator, Estimator::Contrastive { .. })
    }

    #[test]
    fn estimators_are_right_where_they_are_meant_to_be_and_nowhere_else() {
        let mut right = 0;
        for row in rows(|attempt| !is_critic(attempt), 20) {
            assert_eq!(row.is_right(), row.works, "{row:?}");
            right += usize::from(row.works);
        }
        assert!(right >= 15);
    }

    #[test]
    fn critics_are_right_where_they_are_meant_to_be_and_nowhere_else() {
        for row in rows(is_critic, 1) {
            assert_eq!(row.is_right(), row.works, "{row:?}");
            // A bound, but for what a sample scatters.
            assert!(row.bias < 0.03, "{row:?}");
        }
    }

    #[test]
    fn rows_come_one_by_one_and_the_same_whichever_are_worked() {
        let quick: Vec<EstimatorCheck> = table(Selection::Quick, 7).take(3).collect();
        assert_eq!(quick, table(Selection::Quick, 7).take(3).collect::<Vec<_>>());
        assert_ne!(quick, table(Selection::Quick, 8).take(3).collect::<Vec<_>>());
        let json = serde_json::to_value(&quick).expect("plain data");
        assert_eq!(json[0]["works"], true);
        assert_eq!(json[0]["truth"], 1.0);
    }
}
