//! Runs stages one after the other: a failing stage does not hide the ones behind it.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The stages that ran so far, in order.
#[derive(Default)]
pub struct Stages {
    done: Vec<(String, Outcome)>,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration),
    Skipped,
}

impl Stages {
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

    /// Notes a stage that this machine cannot run, and how it could.
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
            .filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
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
                Outcome::Skipped => format!("{name} not checked"),
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

    #[test]
    fn stages_behind_a_failure_run_and_the_error_names_only_the_failed_one() {
        let mut stages = Stages::default();
        stages.run("first", || bail!("broken"));
        stages.skip("second", "no browser");
        stages.run("third", || Ok(()));
        let summary = stages.summary();
        assert!(summary.contains("second not checked") && summary.contains("third passed"));
        let error = stages.finish().expect_err("one stage failed");
        assert_eq!(error.to_string(), "failed: first");
    }
}
