//! Which run has the worker's thread next.

use crate::protocol::RunId;

/// Time that resting runs may take for measuring, as a fraction of the time that others train.
const RESTING_FRACTION: f64 = 0.25;

/// A run's demand on the thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Want {
    /// Nothing, until a command comes.
    Nothing,
    /// To train, or to measure while it trains, in so many milliseconds at the earliest.
    Train(f64),
    /// To measure while it rests.
    Measure,
}

/// The next task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NextTask {
    /// Give this run a slice of time.
    Serve(RunId),
    /// Wait for so many milliseconds: every run that trains is ahead of its speed.
    Wait(f64),
    /// Wait for a command.
    Rest,
}

/// Serves runs that train in turn, a time slice each. Runs that rest measure beside them, so that
/// they come on but hardly slow training.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    latest: Option<RunId>,
    /// Seconds that resting runs have measured too long; never negative.
    owed: f64,
}

impl Schedule {
    /// The next in turn of runs in the order of their ids.
    pub(super) fn next(&self, wants: &[(RunId, Want)]) -> NextTask {
        let trains =
            wants.iter().any(|(_, want)| matches!(want, Want::Train(wait) if *wait <= 0.0));
        let is_due = |want: Want| match want {
            Want::Nothing => false,
            Want::Train(wait) => wait <= 0.0,
            Want::Measure => self.owed <= 0.0 || !trains,
        };
        let due = || wants.iter().filter(|(_, want)| is_due(*want)).map(|(run, _)| *run);
        if let Some(run) = due().find(|run| Some(*run) > self.latest).or_else(|| due().next()) {
            return NextTask::Serve(run);
        }
        let waits = wants.iter().filter_map(|(_, want)| match want {
            Want::Train(wait) => Some(*wait),
            _ => None,
        });
        waits.reduce(f64::min).map_or(NextTask::Rest, NextTask::Wait)
    }

    /// Takes note of a slice of `seconds` that a run trained, or else measured at rest.
    pub(super) fn served(&mut self, run: RunId, trained: bool, seconds: f64) {
        self.latest = Some(run);
        if trained {
            self.owed = (self.owed - RESTING_FRACTION * seconds).max(0.0);
        } else {
            self.owed += seconds;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: RunId = RunId(1);
    const B: RunId = RunId(2);
    const C: RunId = RunId(3);
    const TRAIN: Want = Want::Train(0.0);

    /// Who is served in so many slices of 0.03 s, if a measurement takes `measuring` seconds.
    fn served(schedule: &mut Schedule, wants: &[(RunId, Want)], measuring: f64) -> Vec<RunId> {
        let mut order = Vec::new();
        for _ in 0..12 {
            let NextTask::Serve(run) = schedule.next(wants) else { panic!("all want something") };
            let trains = wants.contains(&(run, TRAIN));
            schedule.served(run, trains, if trains { 0.03 } else { measuring });
            order.push(run);
        }
        order
    }

    #[test]
    fn runs_that_train_are_served_in_turn() {
        let mut schedule = Schedule::default();
        let wants = [(A, TRAIN), (B, Want::Nothing), (C, TRAIN)];
        assert_eq!(served(&mut schedule, &wants, 0.0)[..4], [A, C, A, C]);
    }

    #[test]
    fn a_run_alone_has_every_slice() {
        let mut schedule = Schedule::default();
        assert_eq!(served(&mut schedule, &[(B, TRAIN)], 0.0), [B; 12]);
        assert_eq!(served(&mut schedule, &[(B, Want::Measure)], 5.0), [B; 12]);
    }

    #[test]
    fn a_resting_run_measures_a_fifth_of_the_time() {
        let mut schedule = Schedule::default();
        let wants = [(A, Want::Measure), (B, TRAIN)];
        let order = served(&mut schedule, &wants, 0.03);
        // One measurement, and four slices of the same length.
        assert_eq!(order[..6], [A, B, B, B, B, A]);
    }

    #[test]
    fn the_thread_waits_for_the_run_that_is_due_first() {
        let schedule = Schedule::default();
        let waits = [(A, Want::Train(7.0)), (B, Want::Train(3.0)), (C, Want::Nothing)];
        assert_eq!(schedule.next(&waits), NextTask::Wait(3.0));
        assert_eq!(schedule.next(&[(A, Want::Train(7.0)), (B, TRAIN)]), NextTask::Serve(B));
        // Time that nobody trains in is free for measuring.
        let mut schedule = schedule;
        schedule.served(B, false, 9.0);
        let waits = [(A, Want::Train(7.0)), (B, Want::Measure)];
        assert_eq!(schedule.next(&waits), NextTask::Serve(B));
    }

    #[test]
    fn without_anything_to_do_it_rests() {
        let schedule = Schedule::default();
        assert_eq!(schedule.next(&[]), NextTask::Rest);
        assert_eq!(schedule.next(&[(A, Want::Nothing)]), NextTask::Rest);
    }
}
