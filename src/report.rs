//! A run as one JSON object, the same from the command line and from the page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::comparison::Comparison;
use crate::experiment::Experiment;
use crate::history::{History, Scores};
use crate::phases::{self, MemberPhases};

/// A run: the experiment and the results of every member.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of this form. Raised when a name changes its meaning.
    pub version: u32,
    /// The experiment.
    pub experiment: Experiment,
    /// The same as a query string, for the page's URL.
    pub query: String,
    /// One entry a member.
    pub members: Vec<MemberReport>,
    /// The methods of the experiment against its baseline, if there are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// One member's phases, where it ended, and its curves.
#[derive(Debug, Serialize)]
pub struct MemberReport {
    /// The seed of its initial weights and of its split.
    pub seed: u32,
    /// Its values of the settings in which members differ, by key.
    pub varied: serde_json::Map<String, serde_json::Value>,
    /// The steps at which it memorised and generalised.
    #[serde(flatten)]
    pub phases: MemberPhases,
    /// Its last evaluation, if there is one.
    #[serde(rename = "final")]
    pub last: Option<Scores>,
    /// Its curves; all lists have the same length.
    pub curves: MemberCurves,
    /// Its measurements beside loss and accuracy.
    pub measures: MemberMeasures,
}

/// One member's scores as lists over the evaluated steps.
#[derive(Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the names are those of Score, by set")]
pub struct MemberCurves {
    pub step: Vec<u32>,
    pub train_loss: Vec<f32>,
    pub train_accuracy: Vec<f32>,
    pub test_loss: Vec<f32>,
    pub test_accuracy: Vec<f32>,
}

/// One member's measurements over the steps at which they were taken.
#[derive(Debug, Default, Serialize)]
pub struct MemberMeasures {
    /// The steps.
    pub step: Vec<u32>,
    /// The values by the names of [`crate::measure::Curve`], as many as steps; `null` if there is
    /// no finite value.
    #[serde(flatten)]
    pub values: BTreeMap<String, Vec<Option<f32>>>,
}

impl MemberMeasures {
    fn new(history: &History, member: usize) -> Self {
        let mut measures = Self::default();
        for measurement in history.measurements() {
            let Some(values) = measurement.members.get(member) else { continue };
            measures.step.push(measurement.step);
            for (curve, value) in history.curves().iter().zip(values) {
                measures.values.entry(curve.to_string()).or_default().push(*value);
            }
        }
        measures
    }
}

impl Report {
    /// The report of what `history` holds so far.
    #[must_use]
    pub fn new(history: &History) -> Self {
        let experiment = history.experiment().clone();
        let members = experiment
            .members()
            .iter()
            .zip(phases::find(history))
            .enumerate()
            .map(|(index, (member, phases))| {
                let varied = experiment
                    .varied()
                    .map(|field| (field.key.to_owned(), field.to_json(field.get(member))));
                let mut curves = MemberCurves::default();
                for (step, measured) in history.member(index) {
                    curves.step.push(step);
                    curves.train_loss.push(measured.train.loss);
                    curves.train_accuracy.push(measured.train.accuracy);
                    curves.test_loss.push(measured.test.loss);
                    curves.test_accuracy.push(measured.test.accuracy);
                }
                let last = history.member(index).last().map(|(_, measured)| *measured);
                let measures = MemberMeasures::new(history, index);
                MemberReport {
                    seed: member.seed,
                    varied: varied.collect(),
                    phases,
                    last,
                    curves,
                    measures,
                }
            })
            .collect();
        let comparison = Comparison::of(history);
        Self { version: 1, query: experiment.to_query(), experiment, members, comparison }
    }
}
