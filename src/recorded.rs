//! The steps at which a run keeps its weights, so that they can be measured later.
//!
//! They follow from the experiment alone. So all workers of a run keep the same steps, and the page
//! knows which steps it can ask for.

use crate::evaluation::next_evaluated_step;
use crate::experiment::{Experiment, Settings};

/// Numbers that the recorded networks of one run hold, at most, over all its workers: 128 MB.
pub const MAX_NUMBERS: usize = 32_000_000;

/// A step at which weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedStep {
    /// Training steps taken.
    pub step: u32,
    /// Whether it is always measured: step 0, each time 15% further, and the last step. The others
    /// are dense: measured if asked for.
    pub is_coarse: bool,
}

/// The steps of one run at which weights are kept, in order.
///
/// Neighbours are at most 5% apart, or are neighbouring evaluated steps, as long as memory allows.
#[derive(Clone, Debug)]
pub struct RecordedSteps {
    steps: Vec<RecordedStep>,
    max: usize,
    next_coarse: u32,
    next_dense: u32,
}

impl RecordedSteps {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new(experiment: &Experiment) -> Self {
        Self {
            steps: Vec::new(),
            max: (MAX_NUMBERS / numbers(experiment)).max(2),
            next_coarse: 0,
            next_dense: 0,
        }
    }

    /// What a run of this experiment has recorded when `step` is evaluated.
    #[must_use]
    pub fn until(experiment: &Experiment, step: u32) -> Self {
        let mut recorded = Self::new(experiment);
        let last = experiment.settings.steps;
        let mut next = 0;
        while next <= step.min(last) {
            recorded.pass(next, next == last);
            next = if next == last { last + 1 } else { next_evaluated_step(next).min(last) };
        }
        recorded
    }

    /// Takes note of an evaluated step. Returns whether its weights are to be kept. If that would be
    /// too many, every second dense step is dropped; if there is none, every second coarse step.
    pub fn pass(&mut self, step: u32, is_last: bool) -> bool {
        let is_coarse = is_last || step >= self.next_coarse;
        if !is_coarse && step < self.next_dense {
            return false;
        }
        self.next_dense = next_dense_step(step);
        if is_coarse {
            self.next_coarse = next_coarse_step(step);
        }
        if self.steps.len() >= self.max {
            let has_dense = self.steps.iter().any(|step| !step.is_coarse);
            if !has_dense && !is_coarse {
                return false;
            }
            let mut keep = [!has_dense, has_dense].into_iter().cycle();
            self.steps.retain(|step| (has_dense && step.is_coarse) || keep.next() == Some(true));
        }
        self.steps.push(RecordedStep { step, is_coarse });
        true
    }

    /// The steps, earliest first.
    #[must_use]
    pub fn steps(&self) -> &[RecordedStep] {
        &self.steps
    }

    /// Whether the weights of a step are kept.
    #[must_use]
    pub fn contains(&self, step: u32) -> bool {
        self.steps.binary_search_by_key(&step, |recorded| recorded.step).is_ok()
    }
}

/// Numbers in the networks of all members at one step, on a device where narrow members are padded.
fn numbers(experiment: &Experiment) -> usize {
    let members = experiment.members();
    let units: Vec<Vec<usize>> = members.iter().map(Settings::units).collect();
    let widest = |layer: usize| units.iter().map(|units| units[layer]).max().unwrap_or(0);
    let layers: usize =
        (1..units[0].len()).map(|layer| (widest(layer - 1) + 1) * widest(layer)).sum();
    let embedding = members[0].embedding().map_or(0, |length| length * members[0].outputs());
    members.len() * (layers + embedding)
}

/// The step from which on weights are recorded and always measured: 15% later.
fn next_coarse_step(step: u32) -> u32 {
    step + (3 * step / 20).max(1)
}

/// The last evaluated step that is at most 5% later, or the next evaluated step.
fn next_dense_step(step: u32) -> u32 {
    let mut next = next_evaluated_step(step);
    while next_evaluated_step(next) - step <= step / 20 {
        next = next_evaluated_step(next);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarse(recorded: &RecordedSteps) -> Vec<u32> {
        recorded.steps().iter().filter(|step| step.is_coarse).map(|step| step.step).collect()
    }

    #[test]
    fn recorded_steps_are_at_most_5_percent_apart() {
        for steps in [1, 37, 4000, 12_000, 100_000] {
            let experiment = Experiment::valid(&format!("steps={steps}"));
            let recorded = RecordedSteps::until(&experiment, u32::MAX);
            let all = recorded.steps();
            assert_eq!((all[0].step, all[all.len() - 1].step), (0, steps));
            for pair in all.windows(2) {
                let (one, other) = (pair[0].step, pair[1].step);
                let gap = other - one;
                assert!(gap <= (one / 20).max(1), "{one} to {other}");
            }
        }
    }

    #[test]
    fn the_steps_always_measured_are_15_percent_apart() {
        let recorded = RecordedSteps::until(&Experiment::valid("steps=4000"), 4000);
        let coarse = coarse(&recorded);
        assert_eq!((coarse.len(), recorded.steps().len()), (56, 163));
        assert_eq!(coarse[..18], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20]);
        assert_eq!(coarse[48..], [1528, 1787, 2089, 2444, 2857, 3344, 3913, 4000]);
    }

    #[test]
    fn a_run_that_goes_on_records_what_it_would_have_at_once() {
        let experiment = Experiment::valid("p=97&width=256&steps=4000");
        let whole = RecordedSteps::until(&experiment, 4000);
        let mut halting = RecordedSteps::new(&experiment);
        let mut step = 0;
        while step < 4000 {
            halting.pass(step, false);
            assert_eq!(halting.steps(), RecordedSteps::until(&experiment, step).steps());
            step = next_evaluated_step(step).min(4000);
        }
        halting.pass(4000, true);
        assert_eq!(halting.steps(), whole.steps());
    }

    #[test]
    fn a_tight_memory_drops_dense_steps_before_coarse_ones() {
        let roomy = coarse(&RecordedSteps::until(&Experiment::valid("steps=4000"), 4000));
        for (query, keeps_coarse) in [
            ("p=23&width=128", true),
            ("p=97&width=256", true),
            ("p=97&width=256&seeds=7", true),
            ("p=97&width=512&seeds=6", false),
            ("p=97&width=512&deeper=512tanh-512tanh&seeds=3", false),
        ] {
            let experiment = Experiment::valid(&format!("{query}&steps=4000"));
            let numbers = numbers(&experiment);
            for until in [50, 500, 1528, 4000] {
                let recorded = RecordedSteps::until(&experiment, until);
                let count = recorded.steps().len();
                assert!(count * numbers <= MAX_NUMBERS, "{query}: {count} × {numbers}");
                let kept = coarse(&recorded);
                assert!(kept.iter().all(|step| roomy.contains(step)), "{query}");
                if keeps_coarse {
                    let all = roomy.iter().filter(|step| **step <= until).count();
                    assert_eq!(kept.len(), all, "{query}");
                }
            }
            let whole = RecordedSteps::until(&experiment, 4000);
            assert_eq!(coarse(&whole) == roomy, keeps_coarse, "{query}");
        }
    }
}
