//! The results of a run of the benchmark, as docs/benchmark.json keeps them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One run.
#[derive(Serialize, Deserialize)]
pub struct Run {
    /// When it began, in UTC.
    pub date: String,
    pub commit: String,
    pub browser: String,
    pub adapter: String,
    /// The peers' packages.
    pub peers: String,
    /// Sizes of this project's programs.
    pub programs: String,
    pub cores: f64,
    /// The machine's load average before and after.
    pub load: [f64; 2],
    /// 10^9 operations a second that wasm SIMD does at most on one thread.
    pub peak: f64,
    pub rounds: usize,
    /// Seconds of a round.
    pub seconds: f64,
    /// Seconds that a step may take.
    pub limit: f64,
    pub starts: Vec<Start>,
    pub cells: Vec<Cell>,
    /// Contestants that have been started and not ended since.
    #[serde(skip)]
    pub running: HashSet<String>,
}

/// Seconds from nothing to a first step, on the first workload.
#[derive(Serialize, Deserialize)]
pub struct Start {
    pub contestant: String,
    /// Until the library is ready.
    pub library: f64,
    /// From then on, with the workload set up.
    pub first_step: f64,
}

/// One workload with one number of members.
#[derive(Serialize, Deserialize)]
pub struct Cell {
    pub workload: String,
    pub members: usize,
    /// Useful operations of a step of all members.
    pub operations: f64,
    pub outcomes: Vec<Outcome>,
}

impl Cell {
    /// The results of a contestant, if it took part.
    pub fn outcome(&self, contestant: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.contestant == contestant)
    }
}

/// The results of a contestant.
#[derive(Serialize, Deserialize)]
pub struct Outcome {
    pub contestant: String,
    /// Which of a peer's formulations was the faster.
    pub formulation: String,
    /// Why other formulations failed.
    pub faults: String,
    /// Seconds to set the workload up and take a step.
    pub first_step: Option<f64>,
    pub rounds: Vec<Round>,
    /// Why there are no more rounds.
    pub left_out: Option<String>,
}

impl Outcome {
    pub fn new(contestant: &str) -> Self {
        Self {
            contestant: contestant.to_owned(),
            formulation: String::new(),
            faults: String::new(),
            first_step: None,
            rounds: Vec::new(),
            left_out: None,
        }
    }

    /// The reason for leaving out a contestant that did not answer in time.
    pub fn late(limit: f64) -> String {
        format!("not done within {limit} s")
    }

    /// Whether there is nothing to compare.
    pub fn is_cut(&self) -> bool {
        self.rounds.is_empty()
    }

    /// Steps a second: median, minimum and maximum of the rounds.
    pub fn rate(&self) -> Option<[f64; 3]> {
        spread(self.rounds.iter().map(|round| round.steps / round.seconds))
    }

    /// Milliseconds a step that the thread was busy, in the median.
    pub fn host_milliseconds(&self) -> Option<f64> {
        let seconds = spread(self.rounds.iter().filter_map(|round| round.host_seconds))?;
        Some(seconds[0] * 1000.0)
    }

    /// GPU launches of a step, in the median.
    pub fn launches(&self) -> Option<f64> {
        Some(spread(self.rounds.iter().map(|round| round.launches))?[0])
    }

    /// The loss at the step at which all are compared.
    pub fn checked_loss(&self) -> Option<f64> {
        self.rounds.iter().find_map(|round| round.checked_loss)
    }
}

/// The results of a contestant in one round.
#[derive(Serialize, Deserialize)]
pub struct Round {
    pub steps: f64,
    pub seconds: f64,
    /// Seconds a step that the thread which trains was busy.
    pub host_seconds: Option<f64>,
    /// GPU launches a step.
    pub launches: f64,
    pub loss: Option<f64>,
    pub checked_loss: Option<f64>,
}

impl Round {
    pub fn read(value: &Value) -> Self {
        let number = |name: &str| value[name].as_f64();
        Self {
            steps: number("steps").unwrap_or(0.0),
            seconds: number("seconds").unwrap_or(0.0),
            host_seconds: number("hostSeconds"),
            launches: number("launches").unwrap_or(0.0),
            loss: number("loss"),
            checked_loss: number("checkedLoss"),
        }
    }
}

/// Median, minimum and maximum.
fn spread(values: impl Iterator<Item = f64>) -> Option<[f64; 3]> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let median = if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values.get(middle.checked_sub(1)?)? + values[middle]) / 2.0
    };
    Some([median, *values.first()?, *values.last()?])
}
