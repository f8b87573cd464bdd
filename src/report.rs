//! A run as one JSON object, the same from the command line and from the page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::comparison::Comparison;
use crate::experiment::{Experiment, Field, Settings};
use crate::history::{History, Scores};
use crate::phases::{self, Estimate, Lag, MemberPhases, Phase};

/// The version of the form of a report. Raised when a name changes its meaning.
pub const REPORT_VERSION: u32 = 2;

/// A run: the experiment and the results of every member.
#[derive(Debug, Serialize)]
pub struct Report {
    /// [`REPORT_VERSION`].
    pub version: u32,
    /// The experiment.
    pub experiment: Experiment,
    /// The same as a query string, for the page's URL.
    pub query: String,
    /// One entry a configuration, in the order of the members.
    pub configurations: Vec<ConfigurationReport>,
    /// One entry a member.
    pub members: Vec<MemberReport>,
    /// The methods of the experiment against its baseline, if there are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// The phases of the networks that differ in their seed only.
#[derive(Debug, Serialize)]
pub struct ConfigurationReport {
    /// Its values of the settings in which members differ, by key.
    pub varied: serde_json::Map<String, serde_json::Value>,
    /// The last evaluated step: what is not seen is not seen by it.
    pub last_step: u32,
    /// What happened when.
    pub phases: Vec<PhaseReport>,
    /// How far measures lag behind accuracy.
    pub lags: Vec<LagReport>,
}

/// A step of the typical network, with its interval.
#[derive(Debug, Serialize)]
pub struct PhaseReport {
    /// What happens, see [`phases::Kind`].
    pub kind: &'static str,
    /// The curve in which it is seen.
    pub curve: String,
    /// The median step; `null` if half of the networks have not reached it.
    pub step: Option<f64>,
    /// The lower end of its 90% interval.
    pub low: Option<f64>,
    /// The upper end; `null` if it lies beyond the last step.
    pub high: Option<f64>,
    /// Networks that have reached it.
    pub reached: usize,
    /// Networks in all.
    pub members: usize,
}

impl PhaseReport {
    fn new(phase: &Phase) -> Self {
        let Estimate { step, low, high, reached, members } = phase.estimate;
        let round = |step: Option<f64>| step.map(|step| (10.0 * step).round() / 10.0);
        let [step, low, high] = [step, low, high].map(round);
        let (kind, curve) = (phase.kind.key(), phase.signal.key());
        Self { kind, curve, step, low, high, reached, members }
    }
}

/// How far a measure lags behind the rise of test accuracy, see [`Lag`].
#[derive(Debug, Serialize)]
pub struct LagReport {
    /// The measure.
    pub curve: String,
    /// `rise` or `fall`.
    pub direction: &'static str,
    /// The median value before the change, and after it.
    pub from: f64,
    /// See `from`.
    pub to: f64,
    /// One ratio of steps for each network; `null` if it is not seen.
    pub ratios: Vec<Option<f64>>,
    /// The median ratio.
    pub median: Option<f64>,
    /// Networks in which the measure comes first.
    pub before: usize,
    /// Networks in which accuracy comes first.
    pub after: usize,
    /// Two-sided sign test of the two counts.
    pub sign_test: f64,
    /// Networks in which the change goes on at the last step.
    pub going_on: usize,
}

impl LagReport {
    fn new(lag: &Lag) -> Self {
        let [before, after] = lag.counts();
        let round = |ratio: f64| (1000.0 * ratio).round() / 1000.0;
        let [from, to] = lag.change.map(round);
        Self {
            curve: lag.signal.key(),
            direction: lag.direction.key(),
            from,
            to,
            ratios: lag.ratios.iter().map(|ratio| ratio.map(round)).collect(),
            median: lag.median().map(round),
            before,
            after,
            sign_test: lag.sign_test(),
            going_on: lag.going_on,
        }
    }
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
                    varied: varied(&experiment, member),
                    phases,
                    last,
                    curves,
                    measures,
                }
            })
            .collect();
        let (configurations, comparison) = (configurations(history), Comparison::of(history));
        let query = experiment.to_query();
        Self { version: REPORT_VERSION, query, experiment, configurations, members, comparison }
    }
}

fn configurations(history: &History) -> Vec<ConfigurationReport> {
    let experiment = history.experiment();
    let (members, seeds) = (experiment.members(), experiment.settings.seeds);
    let last_step = history.evaluations().last().map_or(0, |evaluation| evaluation.step);
    let of = |(index, configuration): (usize, &[Settings])| {
        let range = index * seeds..index * seeds + configuration.len();
        ConfigurationReport {
            varied: varied(experiment, &configuration[0]),
            last_step,
            phases: phases::list(history, range.clone()).iter().map(PhaseReport::new).collect(),
            lags: phases::lags(history, range).iter().map(LagReport::new).collect(),
        }
    };
    members.chunks(seeds.max(1)).enumerate().map(of).collect()
}

/// A member's values of the settings in which members differ.
fn varied(
    experiment: &Experiment,
    member: &Settings,
) -> serde_json::Map<String, serde_json::Value> {
    let value = |field: &Field| (field.key.to_owned(), field.to_json(field.get(member)));
    experiment.varied().map(value).collect()
}
