//! Reads a run back from a file: a report of the page or of `two-phase run --json`, or a recording
//! of `two-phase record`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::evaluation::{Answers, Evaluation, ProbeResult, Score, Scores, Task};
use crate::experiment::Experiment;
use crate::history::History;
use crate::recording::Recording;
use crate::report::REPORT_VERSION;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 20_000_000;

/// A run as it was read.
#[derive(Clone, Debug)]
pub struct SavedRun {
    /// Everything that was evaluated and measured.
    pub history: History,
    /// What the first network was trained on, if the file says it.
    pub task: Option<Task>,
    /// What it answered, by rising step.
    pub answers: Vec<Answers>,
}

/// Why a file is no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedError {
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// It ends in the middle.
    Cut,
    /// A report of another version.
    Version(String),
    /// A table of values.
    Table,
    /// A page of the web, as a server sends for a file that is not there.
    WebPage,
    /// The weights of networks.
    Weights,
    /// Something else.
    Other,
    /// Its networks are not those of its settings.
    Members,
}

/// Reads a run.
///
/// # Errors
/// If the file is none; the error tells what it looks like instead.
pub fn read(file: &[u8]) -> Result<SavedRun, SavedError> {
    if file.len() > MAX_BYTES {
        return Err(SavedError::TooLarge);
    }
    let error = |error: serde_json::Error| {
        if error.is_eof() { SavedError::Cut } else { looks_like(file) }
    };
    // A report is ASCII, so it is not cut within a sign.
    let text = std::str::from_utf8(file).map_err(|_| looks_like(file))?;
    // Some editors mark UTF-8.
    let text = text.trim_start_matches('\u{feff}');
    let json: Value = serde_json::from_str(text).map_err(error)?;
    let query = json.get("query").and_then(Value::as_str).ok_or(SavedError::Other)?;
    let experiment = Experiment::from_query(query).experiment;
    if json.get("scores").is_some() {
        let recording: Recording = serde_json::from_str(text).map_err(error)?;
        let history = recording.history(u32::MAX);
        let count = experiment.member_count();
        if history.evaluations().iter().any(|step| step.members.len() != count) {
            return Err(SavedError::Members);
        }
        let (task, answers) = (recording.task().clone(), recording.answers().to_vec());
        return Ok(SavedRun { history, task: Some(task), answers });
    }
    let members = json.get("members").and_then(Value::as_array).ok_or(SavedError::Other)?;
    let version = &json["version"];
    if version.as_u64() != Some(REPORT_VERSION.into()) {
        return Err(SavedError::Version(crate::experiment::shorten(&version.to_string())));
    }
    let history = history(members, experiment)?;
    Ok(SavedRun { history, task: None, answers: Vec::new() })
}

/// What a file that is not JSON looks like.
fn looks_like(file: &[u8]) -> SavedError {
    let start = &file[..file.len().min(2000)];
    // Eight bytes of length, then a header in JSON.
    if start.get(8) == Some(&b'{') && start[..8].contains(&0) {
        return SavedError::Weights;
    }
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let first = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    if text.starts_with('<') {
        SavedError::WebPage
    } else if !text.starts_with(['{', '[']) && first.contains([',', ';', '\t']) {
        SavedError::Table
    } else {
        SavedError::Other
    }
}

fn history(members: &[Value], experiment: Experiment) -> Result<History, SavedError> {
    let count = experiment.member_count();
    if members.len() != count {
        return Err(SavedError::Members);
    }
    let last = experiment.settings.steps;
    let mut history = History::new(experiment);
    let curves: Vec<String> = history.curves().iter().map(ToString::to_string).collect();
    let mut evaluations: BTreeMap<u32, Vec<Option<Scores>>> = BTreeMap::new();
    let mut measurements: BTreeMap<u32, Vec<Vec<Option<f32>>>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let own = &member["curves"];
        let value = |name: &str, at: usize| number(&own[name][at]).unwrap_or(f32::NAN);
        for (at, step) in steps(own, last) {
            let members = evaluations.entry(step).or_insert_with(|| vec![None; count]);
            let score =
                |loss, accuracy| Score { loss: value(loss, at), accuracy: value(accuracy, at) };
            members[index] = Some(Scores {
                train: score("train_loss", "train_accuracy"),
                test: score("test_loss", "test_accuracy"),
            });
        }
        let own = &member["measures"];
        for (at, step) in steps(own, last) {
            let members = measurements.entry(step).or_insert_with(|| vec![Vec::new(); count]);
            members[index] = curves.iter().map(|curve| number(&own[curve][at])).collect();
        }
    }
    for (step, members) in evaluations {
        history.push(Evaluation { step, members });
    }
    for (step, members) in measurements {
        history.push_measurement(ProbeResult { step, members });
    }
    Ok(history)
}

/// The steps of some curves up to the last of the experiment, each with its place in the lists.
fn steps(curves: &Value, last: u32) -> impl Iterator<Item = (usize, u32)> {
    let steps = curves["step"].as_array().into_iter().flatten().enumerate();
    let step = |value: &Value| value.as_u64().and_then(|step| u32::try_from(step).ok());
    steps.filter_map(move |(at, value)| Some((at, step(value).filter(|step| *step <= last)?)))
}

fn number(value: &Value) -> Option<f32> {
    value.as_f64().map(|number| number as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    fn run() -> History {
        let experiment = Experiment::from_query("seeds=2&steps=50&info=off&spectra=1").experiment;
        let mut history = History::new(experiment);
        for step in 0..4 {
            let score = |loss| Score { loss, accuracy: 0.25 * step as f32 };
            let scores = Scores { train: score(0.1), test: score(f32::NAN) };
            history.push(Evaluation { step, members: vec![Some(scores); 2] });
        }
        let values = |start: f32| {
            let count = history.curves().len();
            (0..count).map(|index| (index != 1).then_some(start + index as f32)).collect()
        };
        let members = vec![values(0.5), values(7.0)];
        history.push_measurement(ProbeResult { step: 3, members });
        history
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let history = run();
        let text = serde_json::to_string(&Report::new(&history)).expect("plain");
        let read = read(text.as_bytes()).expect("a report").history;
        assert_eq!(read.experiment(), history.experiment());
        assert_eq!(read.measurements(), history.measurements());
        let again = serde_json::to_string(&Report::new(&read)).expect("plain");
        assert_eq!(again, text);
    }

    #[test]
    fn a_recording_is_read_with_its_answers() {
        let answers = vec![Answers { step: 2, ..Answers::default() }];
        let recording = Recording::new(&run(), Task::default(), answers.clone());
        let read = read(&serde_json::to_vec(&recording).expect("plain")).expect("a recording");
        assert_eq!(read.history.evaluations().len(), 4);
        assert_eq!((read.task, read.answers), (Some(Task::default()), answers));
    }

    #[test]
    fn what_is_no_run_is_named() {
        let error = |file: &[u8]| read(file).map(drop).expect_err("it is no run");
        let report = serde_json::to_string(&Report::new(&run())).expect("plain");
        let half = &report[..report.len() / 2];
        assert_eq!(error(half.as_bytes()), SavedError::Cut);
        assert_eq!(error(b""), SavedError::Cut);
        let older = report.replacen("\"version\":2", "\"version\":1", 1);
        assert_eq!(error(older.as_bytes()), SavedError::Version("1".into()));
        let alone = report.replace("seeds=2", "seeds=3");
        assert_eq!(error(alone.as_bytes()), SavedError::Members);
        assert_eq!(error(b"# program: two-phase\nmember,step\n0,1\n"), SavedError::Table);
        assert_eq!(error(b"<!doctype html><p>404"), SavedError::WebPage);
        assert_eq!(error(b"not a run"), SavedError::Other);
        assert_eq!(error(b"{\"tables\": []}"), SavedError::Other);
        assert_eq!(error(b"{\"query\": 3}"), SavedError::Other);
        let weights = crate::weights::Weights::default().to_file(&Experiment::default(), "here");
        assert_eq!(error(&weights), SavedError::Weights);
        assert_eq!(error(&vec![b' '; MAX_BYTES + 1]), SavedError::TooLarge);
    }
}
