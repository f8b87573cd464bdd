//! Names of the quantities that are measured beside loss and accuracy.

use std::fmt;

use super::RENYI_SAMPLES;
use crate::experiment::{Bounds, Estimator, Experiment, MeasuredLayers, Optimiser, Settings};

/// A measured quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// `I(X;T)` between inputs and a layer, bits; the upper one of the pairwise bounds.
    InputInformation,
    /// The lower pairwise bound of `I(X;T)`, bits.
    InputInformationLower,
    /// `I(T;Y)` between a layer and labels, bits; with pairwise bounds, from the upper bounds of
    /// both entropies.
    LabelInformation,
    /// The same from the lower bounds, bits.
    LabelInformationLower,
    /// Standard deviation of `I(X;T)` among random halves of the samples, bits.
    InputInformationDeviation,
    /// The same of `I(T;Y)`, bits.
    LabelInformationDeviation,
    /// Standard error of an exact `I(X;T)` over the draws of the noise, bits.
    InputInformationError,
    /// The same of `I(T;Y)`, bits.
    LabelInformationError,
    /// Mean of `I(T;Y)` with permuted labels, bits.
    LabelInformationShuffled,
    /// Standard deviation of that among permutations, bits.
    LabelInformationShuffledDeviation,
    /// Variance within classes over all variance, 0 to 1.
    ClassVariance,
    /// Units of a hidden layer that switch sign near a sample, mean over samples.
    LocalComplexity,
    /// Number of linear maps that the network amounts to, at least 1.
    LinearMappingNumber,
    /// Frobenius norm of a layer's weights.
    WeightNorm,
    /// Effective rank of a layer's weights, at least 1.
    EffectiveRank,
    /// A singular value of a layer's weights, by its rank from the largest.
    SingularValue,
    /// Fraction of the power of the first weights that is in one frequency, by its rank from the
    /// strongest; mean over units and numbers, 0 to 1.
    FourierFraction,
    /// Inverse participation ratio of the first weights' Fourier spectra, 0 to 1.
    FourierConcentration,
    /// Accuracy with every layer's weights truncated to a rank, 0 to 1.
    TruncatedAccuracy,
}

impl Quantity {
    /// The name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::InputInformation => "input-information",
            Self::InputInformationLower => "input-information-lower",
            Self::LabelInformation => "label-information",
            Self::LabelInformationLower => "label-information-lower",
            Self::InputInformationDeviation => "input-information-deviation",
            Self::LabelInformationDeviation => "label-information-deviation",
            Self::InputInformationError => "input-information-error",
            Self::LabelInformationError => "label-information-error",
            Self::LabelInformationShuffled => "label-information-shuffled",
            Self::LabelInformationShuffledDeviation => "label-information-shuffled-deviation",
            Self::ClassVariance => "class-variance",
            Self::LocalComplexity => "local-complexity",
            Self::LinearMappingNumber => "linear-mapping-number",
            Self::WeightNorm => "weight-norm",
            Self::EffectiveRank => "effective-rank",
            Self::SingularValue => "singular-value",
            Self::FourierFraction => "fourier-share",
            Self::FourierConcentration => "fourier-concentration",
            Self::TruncatedAccuracy => "truncated-accuracy",
        }
    }
}

/// The samples on which a quantity is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// The training set.
    Train,
    /// The test set.
    Test,
    /// Both.
    All,
    /// Gaussian inputs with the root mean square of the others.
    Random,
}

impl Split {
    /// The split of that name, if it is one that a reader can choose.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Train, Self::Test, Self::All].into_iter().find(|set| set.key() == name)
    }

    /// The name in JSON and on the page.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
            Self::All => "all",
            Self::Random => "random",
        }
    }
}

/// One number of every member, followed over steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Curve {
    /// The quantity.
    pub quantity: Quantity,
    /// The layer, counted from 1; the last one's outputs are the network's. `None` for a quantity
    /// of the whole network.
    pub layer: Option<usize>,
    /// The samples; `None` for a quantity of the weights.
    pub set: Option<Split>,
    /// The rank to which weights are truncated, or the rank of a singular value or frequency from
    /// the largest; `None` for other quantities.
    pub rank: Option<usize>,
    /// The signal-to-noise ratio in dB at which a layer is read; `None` if not by exact
    /// information.
    pub snr: Option<i32>,
}

impl Curve {
    /// The curve of a quantity of the whole network, on no samples and of no rank.
    #[must_use]
    pub fn of(quantity: Quantity) -> Self {
        Self { quantity, layer: None, set: None, rank: None, snr: None }
    }

    /// The same of a layer, counted from 1.
    #[must_use]
    pub fn layer(self, layer: usize) -> Self {
        Self { layer: Some(layer), ..self }
    }

    /// The same on a set of samples.
    #[must_use]
    pub fn on(self, set: Split) -> Self {
        Self { set: Some(set), ..self }
    }

    /// The same of a rank.
    #[must_use]
    pub fn rank(self, rank: usize) -> Self {
        Self { rank: Some(rank), ..self }
    }

    /// The same at a signal-to-noise ratio in dB.
    #[must_use]
    pub fn snr(self, decibels: i32) -> Self {
        Self { snr: Some(decibels), ..self }
    }
}

impl fmt::Display for Curve {
    /// The name in JSON: `input-information.layer-2.test`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.quantity.key())?;
        if let Some(layer) = self.layer {
            write!(f, ".layer-{layer}")?;
        }
        if let Some(rank) = self.rank {
            write!(f, ".rank-{rank}")?;
        }
        if let Some(decibels) = self.snr {
            write!(f, ".{decibels}-dB")?;
        }
        match self.set {
            Some(set) => write!(f, ".{}", set.key()),
            None => Ok(()),
        }
    }
}

/// Number of frequencies whose power is measured.
const STRONGEST: usize = 5;

/// Ranks to which weights are truncated, as far as they are below the full one.
const RANKS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How many of the given training and test samples are measured: half of each if there are enough
/// of both. Binning takes all of them, because its cost grows with their number; that of the other
/// estimators grows with its square, and that of the matrix-based entropy with its cube.
#[must_use]
pub fn sample_counts(settings: &Settings, train: usize, test: usize) -> (usize, usize) {
    let max = match settings.info {
        Estimator::Binning => train + test,
        Estimator::Renyi => settings.points.min(RENYI_SAMPLES),
        _ => settings.points,
    };
    let train = train.min((max / 2).max(max.saturating_sub(test)));
    (train, test.min(max - train))
}

/// The curves of an experiment, in the order in which a [`crate::evaluation::ProbeResult`] holds
/// their values. Empty if the ensemble has more than four configurations, or is solved in closed
/// form.
#[must_use]
pub fn curves(experiment: &Experiment) -> Vec<Curve> {
    if is_measurable(experiment) { of_settings(&experiment.settings) } else { Vec::new() }
}

/// Whether an ensemble is measured at all, whatever its measurement settings: if it has at most four
/// configurations and is not solved in closed form.
#[must_use]
pub fn is_measurable(experiment: &Experiment) -> bool {
    let solved = experiment.settings.optimiser == Optimiser::MinimumNorm;
    !solved && experiment.member_count() <= 4 * experiment.settings.seeds
}

/// The curves of a member with the given settings.
pub(crate) fn of_settings(settings: &Settings) -> Vec<Curve> {
    use Split::{All, Random, Test, Train};

    let classes = !settings.is_regression();
    let sets = Sets {
        layers: &[Train, Test, All],
        apart: &[Train, Test],
        complexity: &[Train, Test, Random],
        linear_map: &[Train, Test],
        truncation: Test,
    };
    let mut settings = *settings;
    if !classes {
        // Information about the inputs of a regression could be estimated, but is not.
        settings.info = Estimator::Off;
    }
    settings.fourier = settings.fourier && settings.has_fourier();
    list(&settings, &settings.units(), classes, sets)
}

/// The curves of a network with the given units, from its inputs to its outputs, on samples that
/// are all in one set, [`Split::All`]; `classes` says whether they have labels.
///
/// Only the measurement settings are used.
#[must_use]
pub fn of_network(settings: &Settings, units: &[usize], classes: bool) -> Vec<Curve> {
    const ALL: &[Split] = &[Split::All];
    let sets =
        Sets { layers: ALL, apart: ALL, complexity: ALL, linear_map: ALL, truncation: Split::All };
    list(&Settings { fourier: false, ..*settings }, units, classes, sets)
}

/// The samples on which each kind of quantity is measured.
struct Sets {
    layers: &'static [Split],
    /// Where training and test samples together would blend two phases.
    apart: &'static [Split],
    complexity: &'static [Split],
    linear_map: &'static [Split],
    truncation: Split,
}

fn list(settings: &Settings, units: &[usize], classes: bool, sets: Sets) -> Vec<Curve> {
    use Quantity as Q;

    let layers = units.len() - 1;
    let measured = match settings.measured_layers {
        MeasuredLayers::Outputs => layers..=layers,
        MeasuredLayers::All => 1..=layers,
    };
    let mut all = Vec::new();
    const SHUFFLED: [Quantity; 2] =
        [Q::LabelInformationShuffled, Q::LabelInformationShuffledDeviation];
    if settings.info == Estimator::Exact {
        let mut quantities = vec![Q::InputInformation, Q::InputInformationError];
        if classes {
            quantities.extend([Q::LabelInformation, Q::LabelInformationError]);
        }
        if classes && settings.shuffle {
            quantities.extend(SHUFFLED);
        }
        let resolutions = settings.resolutions();
        for quantity in quantities {
            for layer in measured.clone() {
                for set in sets.apart {
                    let curve = Curve::of(quantity).layer(layer).on(*set);
                    all.extend(resolutions.iter().map(|decibels| curve.snr(*decibels)));
                }
            }
        }
    }
    let mut add = |quantity, layers: std::ops::RangeInclusive<usize>, sets: &[Split]| {
        for layer in layers {
            all.extend(sets.iter().map(|&set| Curve::of(quantity).layer(layer).on(set)));
        }
    };
    if !matches!(settings.info, Estimator::Off | Estimator::Exact) {
        let bounds = settings.info == Estimator::Kernel && settings.bounds == Bounds::Both;
        add(Q::InputInformation, measured.clone(), sets.layers);
        if bounds {
            add(Q::InputInformationLower, measured.clone(), sets.layers);
        }
        if classes {
            add(Q::LabelInformation, measured.clone(), sets.layers);
        }
        if classes && bounds {
            add(Q::LabelInformationLower, measured.clone(), sets.layers);
        }
        // A critic is not trained again for each half.
        if settings.subsamples && settings.info != Estimator::Contrastive {
            add(Q::InputInformationDeviation, measured.clone(), sets.layers);
            if classes {
                add(Q::LabelInformationDeviation, measured.clone(), sets.layers);
            }
        }
        if settings.shuffle && classes {
            SHUFFLED.into_iter().for_each(|q| add(q, measured.clone(), sets.layers));
        }
    }
    if settings.class_variance && classes {
        add(Q::ClassVariance, measured, sets.layers);
    }
    if settings.complexity && layers > 1 {
        add(Q::LocalComplexity, 1..=layers - 1, sets.complexity);
    }
    let whole = |quantity, layer, set, rank| Curve { layer, set, rank, ..Curve::of(quantity) };
    if settings.linear_map && layers > 1 {
        let of = |set: &Split| whole(Q::LinearMappingNumber, None, Some(*set), None);
        all.extend(sets.linear_map.iter().map(of));
    }
    if settings.spectra {
        for quantity in [Q::WeightNorm, Q::EffectiveRank] {
            all.extend((1..=layers).map(|layer| whole(quantity, Some(layer), None, None)));
        }
        for (index, layer) in units.windows(2).enumerate() {
            let ranks = RANKS.into_iter().filter(|&rank| rank <= layer[0].min(layer[1]));
            let layer = Some(index + 1);
            all.extend(ranks.map(|rank| whole(Q::SingularValue, layer, None, Some(rank))));
        }
    }
    if settings.fourier {
        let strongest = (1..=STRONGEST).filter(|rank| 4 * rank < units[0]);
        all.extend(strongest.map(|rank| whole(Q::FourierFraction, Some(1), None, Some(rank))));
        all.push(whole(Q::FourierConcentration, Some(1), None, None));
    }
    if settings.truncation && classes {
        let full = units.windows(2).map(|layer| layer[0].min(layer[1])).max();
        let ranks = RANKS.into_iter().filter(|&rank| full.is_some_and(|full| rank < full));
        let set = Some(sets.truncation);
        all.extend(ranks.map(|rank| whole(Q::TruncatedAccuracy, None, set, Some(rank))));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<String> {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        curves(&parsed.experiment).iter().map(Curve::to_string).collect()
    }

    #[test]
    fn every_switch_adds_its_curves_and_no_name_comes_twice() {
        assert_eq!(names("info=off"), Vec::<String>::new());
        let all = names(
            "info=kernel&layers=all&bounds=both&subsamples=1&shuffle=1&spread=1&complexity=1&linear-map=1&spectra=1\
             &fourier=1&truncation=1&deeper=24tanh",
        );
        let mut unique = all.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(all.len(), unique.len());
        for name in [
            "input-information.layer-3.test",
            "input-information-lower.layer-1.all",
            "label-information.layer-2.train",
            "class-variance.layer-3.test",
            "local-complexity.layer-2.random",
            "linear-mapping-number.train",
            "weight-norm.layer-1",
            "effective-rank.layer-3",
            "singular-value.layer-2.rank-16",
            "fourier-share.layer-1.rank-5",
            "input-information-deviation.layer-1.train",
            "label-information-shuffled.layer-1.train",
            "label-information-shuffled-deviation.layer-3.all",
            "fourier-concentration.layer-1",
            "truncated-accuracy.rank-16.test",
        ] {
            assert!(all.iter().any(|seen| seen == name), "{name} in {all:?}");
        }
        let exact = names("snr=7&map=1&shuffle=1");
        // Three quantities with their errors, two sets, nine resolutions and that of the settings.
        assert_eq!(exact.len(), 3 * 2 * 2 * 10);
        for name in [
            "input-information.layer-2.7-dB.test",
            "label-information-error.layer-2.-10-dB.train",
            "label-information-shuffled.layer-2.7-dB.test",
        ] {
            assert!(exact.iter().any(|seen| seen == name), "{name} in {exact:?}");
        }
        assert_eq!(names("").len(), 2 * 2 * 2);
        // Without classes there is no plane; a sweep over widths is not measured.
        assert_eq!(names("data=two-scale&model=linear"), Vec::<String>::new());
        assert_eq!(names("width=4,8,16,32,64"), Vec::<String>::new());
    }
}
