//! Runs stages one after the other. A failing stage does not stop the later ones.

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The stages that ran so far, in order.
pub struct Stages {
    done: Vec<(String, Outcome)>,
    /// Whether a stage that this machine cannot run counts as failed.
    strict: bool,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration),
    Missing,
    Skipped,
}

impl Stages {
    /// No stages yet. In continuous integration, where `CI` is `true`, a stage that cannot run is a
    /// failure.
    pub fn new() -> Self {
        Self { done: Vec::new(), strict: env::var("CI").is_ok_and(|value| value == "true") }
    }

    /// Runs a stage under a header and keeps its outcome.
    pub fn run(&mut self, name: &str, stage: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = stage();
        let took = start.elapsed();
        let outcome = match result {
            Ok(()) => {
                println!("=== {name}: passed in {}", seconds(took));
                Outcome::Passed(took)
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                println!("=== {name}: FAILED after {}", seconds(took));
                Outcome::Failed(took)
            }
        };
        self.done.push((name.to_owned(), outcome));
    }

    /// Notes a stage that this machine cannot run, and how it could. In continuous integration it
    /// has failed.
    pub fn missing(&mut self, name: &str, why: &str) {
        println!("\n=== {name}: NOT CHECKED: {why}");
        self.done.push((name.to_owned(), Outcome::Missing));
    }

    /// Notes a stage that may be left out everywhere, and why it was.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("\n=== {name}: NOT CHECKED: {why}");
        self.done.push((name.to_owned(), Outcome::Skipped));
    }

    /// Prints the summary; an error names the stages that failed.
    pub fn finish(self) -> Result<()> {
        println!("\n{}", self.summary());
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|(_, outcome)| match outcome {
                Outcome::Failed(_) => true,
                Outcome::Missing => self.strict,
                Outcome::Passed(_) | Outcome::Skipped => false,
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }

    fn summary(&self) -> String {
        let parts: Vec<_> = self
            .done
            .iter()
            .map(|(name, outcome)| match outcome {
                Outcome::Passed(took) => format!("{name} passed ({})", seconds(*took)),
                Outcome::Failed(took) => format!("{name} FAILED ({})", seconds(*took)),
                Outcome::Missing | Outcome::Skipped => format!("{name} not checked"),
            })
            .collect();
        format!("summary: {}", parts.join(", "))
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(strict: bool) -> Stages {
        Stages { done: Vec::new(), strict }
    }

    #[test]
    fn a_failure_stops_no_later_stage_and_is_named_alone() {
        let mut stages = stages(false);
        stages.run("first", || bail!("broken"));
        stages.missing("second", "no browser");
        stages.run("third", || Ok(()));
        let summary = stages.summary();
        assert!(summary.contains("second not checked") && summary.contains("third passed"));
        let error = stages.finish().expect_err("one stage failed");
        assert_eq!(error.to_string(), "failed: first");
    }

    #[test]
    fn what_cannot_run_fails_in_continuous_integration_only() {
        for (strict, failed) in [(false, false), (true, true)] {
            let mut stages = stages(strict);
            stages.skip("advisories", "no network");
            stages.missing("clippy", "not installed");
            assert_eq!(stages.finish().is_err(), failed);
        }
        let mut stages = stages(true);
        stages.skip("advisories", "no network");
        assert!(stages.finish().is_ok());
    }
}
