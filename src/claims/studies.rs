//! The experiments, and which of them each cell of the table needs.

use super::{Claim, DataSet};
use crate::experiment::Experiment;

/// An experiment. A reader chooses its seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Study {
    /// Its name.
    pub key: &'static str,
    /// What it trains and measures, as in an address, without seeds.
    pub query: &'static str,
    /// Maximum number of seeds, so that the whole table takes minutes.
    pub seeds: usize,
}

impl Study {
    /// The experiment for some seeds: as many as asked for, and at most [`Study::seeds`].
    #[must_use]
    pub fn query(&self, first: u32, count: u32) -> String {
        let count = count.min(self.seeds as u32);
        format!("{}&seed={first}&seeds={count}", self.query)
    }

    /// The same as an experiment.
    #[must_use]
    pub fn experiment(&self, first: u32, count: u32) -> Experiment {
        // A test reads every query and finds nothing to complain about.
        Experiment::from_query(&self.query(first, count)).experiment
    }
}

const fn study(key: &'static str, seeds: usize, query: &'static str) -> Study {
    Study { key, query, seeds }
}

/// Every study, in the order in which they are run: the table fills from the cheap to the dear.
pub const STUDIES: &[Study] = &[
    study("addition-decay", 5, "lr=0.01&wd=0,0.5,1,10&steps=2000&info=off"),
    study("addition-easy", 5, "lr=0.01&frac=0.9&steps=400&info=off"),
    study("addition-noise", 5, "lr=0.01&label-noise=0.1&frac=0.7&steps=2000&info=off"),
    study(
        "addition",
        5,
        "lr=0.01&steps=2000&layers=all&points=256&map=1&complexity=1&linear-map=1",
    ),
    study("addition-bins", 5, "lr=0.01&steps=2000&layers=all&info=binning&bin-range=step"),
    study("addition-pace", 5, "lr=0.003,0.01&wd=1,3&steps=4000&info=off"),
    study(
        "addition-samples",
        3,
        "optimiser=adam&lr=0.01&beta2=0.999&schedule=linear&wd=0&label-noise=0.2&width=64&\
         frac=0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.9&steps=1500&info=off",
    ),
    study(
        "addition-width",
        3,
        "optimiser=adam&lr=0.01&beta2=0.999&schedule=linear&wd=0&label-noise=0.2&\
         width=8,16,32,64,96,128,256,512&steps=1500&info=off",
    ),
    study("digits-easy", 5, "preset=digits&alpha=1&steps=500&info=off"),
    study("digits-noise", 5, "preset=digits-over-time&steps=2000&info=off"),
    study("digits-decay", 3, "preset=digits&wd=0,0.1,0.3,10&steps=2000&info=off"),
    study(
        "digits",
        5,
        "preset=digits&wd=0.3&steps=2000&layers=all&points=256&map=1&complexity=1&\
         radius=0.3&linear-map=1",
    ),
    study(
        "digits-bins",
        5,
        "preset=digits&wd=0.3&steps=2000&layers=all&info=binning&bin-range=step",
    ),
    study("digits-pace", 3, "preset=digits&lr=0.005,0.01&wd=0.15,0.3&steps=3000&info=off"),
    study(
        "digits-samples",
        3,
        "preset=double-descent-samples&samples=20,40,80,120,150,200,300,600",
    ),
    study("digits-width", 3, "preset=double-descent-width&width=4,8,12,16,32,64,128,256"),
    study(
        "icosahedron",
        5,
        "preset=information-plane&steps=2600&info=exact&points=256&map=1&complexity=1&\
         radius=0.5&linear-map=1",
    ),
    study("icosahedron-bins", 5, "preset=information-plane&steps=2600"),
    study("icosahedron-step-bins", 5, "preset=information-plane&steps=2600&bin-range=step"),
    study(
        "icosahedron-decay",
        3,
        "preset=information-plane&optimiser=adamw&batch=0&frac=0.3&wd=0,0.1,3&goal=0.9&\
         steps=1500&info=off",
    ),
    study(
        "icosahedron-noise",
        3,
        "preset=information-plane&deeper=none&width=64&alpha=1&batch=0&lr=0.01&frac=0.3&\
         label-noise=0.2&steps=1000&info=off",
    ),
    study(
        "icosahedron-width",
        3,
        "preset=information-plane&deeper=none&loss=mse&alpha=1&batch=0&lr=0.01&schedule=linear&\
         frac=0.1&label-noise=0.2&width=4,8,16,32,64,128&steps=600&info=off",
    ),
    study(
        "icosahedron-samples",
        3,
        "preset=information-plane&deeper=none&loss=mse&alpha=1&batch=0&lr=0.01&schedule=linear&\
         width=64&label-noise=0.2&frac=0.1,0.15,0.2,0.4&steps=1000&info=off",
    ),
];

/// The weight decays that are compared: a weak one and a moderate one. The strongest of the study
/// is too much.
pub(super) fn moderate_decays(data: DataSet) -> [f64; 2] {
    match data {
        DataSet::Addition => [0.5, 1.0],
        DataSet::Digits => [0.1, 0.3],
        DataSet::Icosahedron => [0.0, 0.1],
    }
}

/// The weight decay of the networks that may wait, where a study has several.
pub(super) fn waiting_decay(data: DataSet) -> Option<f64> {
    (data == DataSet::Icosahedron).then_some(0.1)
}

/// The weight decay of the networks whose loss is looked at, where a study has several. The test
/// loss of networks trained in batches jumps up and down, so those of the icosahedral rule are
/// others than usual.
pub(super) fn loss_decay(data: DataSet) -> Option<f64> {
    (data == DataSet::Icosahedron).then_some(0.0)
}

/// The studies that a cell needs, by key.
#[must_use]
pub(super) fn needed(claim: Claim, data: DataSet) -> &'static [&'static str] {
    use DataSet::{Addition, Digits, Icosahedron};
    match (claim, data) {
        (Claim::Wait, Addition) => &["addition", "addition-easy"],
        (Claim::Wait, Digits) => &["digits", "digits-easy"],
        (Claim::Wait, Icosahedron) => &["icosahedron-decay", "icosahedron"],
        (Claim::Compression, Addition) => &["addition", "addition-bins"],
        (Claim::Compression, Digits) => &["digits", "digits-bins"],
        (Claim::Compression, Icosahedron) => {
            &["icosahedron", "icosahedron-bins", "icosahedron-step-bins"]
        }
        (Claim::NoDecay, Icosahedron) => &["icosahedron"],
        (Claim::NoDecay | Claim::MoreDecay | Claim::TooMuch, Addition) => &["addition-decay"],
        (Claim::NoDecay | Claim::MoreDecay | Claim::TooMuch, Digits) => &["digits-decay"],
        (Claim::MoreDecay | Claim::TooMuch | Claim::Pace, Icosahedron) => &["icosahedron-decay"],
        (Claim::ErrorTwice, Addition) => &["addition-noise"],
        (Claim::ErrorTwice, Digits) => &["digits-noise"],
        (Claim::ErrorTwice, Icosahedron) => &["icosahedron-noise"],
        (Claim::Pace, Addition) => &["addition-pace"],
        (Claim::Pace, Digits) => &["digits-pace"],
        (Claim::Width, Addition) => &["addition-width"],
        (Claim::Width, Digits) => &["digits-width"],
        (Claim::Width, Icosahedron) => &["icosahedron-width"],
        (Claim::Samples, Addition) => &["addition-samples"],
        (Claim::Samples, Digits) => &["digits-samples"],
        (Claim::Samples, Icosahedron) => &["icosahedron-samples"],
        (Claim::LossTwice, Icosahedron) => &["icosahedron-decay"],
        (Claim::LossTwice | Claim::Labels | Claim::OneClock, data) => measured(data),
        (Claim::Before | Claim::Layers, data) => measured(data),
    }
}

/// The study in which everything is measured exactly.
fn measured(data: DataSet) -> &'static [&'static str] {
    match data {
        DataSet::Addition => &["addition"],
        DataSet::Digits => &["digits"],
        DataSet::Icosahedron => &["icosahedron"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_study_is_valid_and_needed() {
        for study in STUDIES {
            let query = study.query(10, 5);
            let parsed = Experiment::from_query(&query);
            assert_eq!(parsed.notes, [], "{}", study.key);
            assert_eq!(parsed.experiment, study.experiment(10, 5));
            let settings = parsed.experiment.settings;
            assert_eq!((settings.seed, settings.seeds), (10, study.seeds.min(5)), "{}", study.key);
            assert!(study.experiment(0, 1).settings.seeds == 1);
        }
        let needed: Vec<&str> = Claim::ALL
            .into_iter()
            .flat_map(|claim| DataSet::ALL.into_iter().flat_map(move |data| needed(claim, data)))
            .copied()
            .collect();
        assert!(STUDIES.iter().all(|study| needed.contains(&study.key)));
        assert!(needed.iter().all(|key| STUDIES.iter().any(|study| study.key == *key)));
    }

    #[test]
    fn compared_weight_decays_are_among_those_that_are_trained() {
        for data in DataSet::ALL {
            let key = needed(Claim::MoreDecay, data)[0];
            let study = STUDIES.iter().find(|study| study.key == key).expect("a study");
            let members = study.experiment(0, 1).members();
            for decay in
                moderate_decays(data).into_iter().chain(waiting_decay(data)).chain(loss_decay(data))
            {
                assert!(members.iter().any(|member| member.wd == decay), "{key}: {decay}");
            }
        }
    }
}
