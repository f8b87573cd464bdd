//! Makes the events of the workers that share a run those of one worker.
//!
//! A GPU trains all members in one worker. On the CPU members are assigned to several workers. They
//! go at their own pace: results are held until all have come to the same step.

use crate::experiment::Experiment;
use crate::history::{Evaluation, ProbeResult, StepTime};
use crate::protocol::{Progress, Revision, RunCommand, RunEvent};
use crate::sharding::StepMerger;
use crate::weights::Weights;

/// Merges the events of one run.
pub struct RunMerger {
    experiment: Experiment,
    shares: Vec<Share>,
    /// What is to be measured now, and the first revision that measures in the same way.
    revision: Revision,
    measures_since: Revision,
    /// The last revision after which a worker has more to measure.
    asked_since: Revision,
    /// `None` for members that are solved in closed form: their evaluations pass as they come.
    evaluations: Option<StepMerger<Evaluation>>,
    measurements: StepMerger<ProbeResult>,
    /// The step at which the last member has diverged.
    over: Option<u32>,
}

/// What one worker has said of its members.
#[derive(Clone, Default)]
struct Share {
    loaded: bool,
    motion: Motion,
    progress: Option<Progress>,
    timed: Option<StepTime>,
    weights: Option<Weights>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Motion {
    #[default]
    Loaded,
    Playing,
    Paused(u32),
    Done(u32),
}

impl RunMerger {
    /// A run whose members are shared by so many workers.
    pub fn new(experiment: &Experiment, shares: usize) -> Self {
        Self {
            experiment: experiment.clone(),
            shares: vec![Share::default(); shares],
            revision: Revision::default(),
            measures_since: Revision::default(),
            asked_since: Revision::default(),
            evaluations: (!experiment.is_solved()).then(|| StepMerger::new(shares)),
            measurements: StepMerger::new(shares),
            over: None,
        }
    }

    /// Whether every member has diverged, so that the run does not go on.
    pub fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Follows a [`RunCommand::Measure`] that all workers are sent: results of settings that measure
    /// otherwise are ignored from now on.
    pub fn measure(&mut self, experiment: &Experiment, revision: Revision) {
        let alike = self.experiment.measures_alike(experiment);
        self.experiment = experiment.clone();
        self.revision = revision;
        if !alike {
            self.measures_since = revision;
            self.asked_since = revision;
            self.measurements = StepMerger::new(self.shares.len());
        }
    }

    /// Follows a [`RunCommand::Refine`] that all workers are sent: measuring is behind until each has
    /// heard of it and is done.
    pub fn refine(&mut self, revision: Revision) {
        self.revision = revision;
        self.asked_since = revision;
    }

    /// Handles an event of one worker, by the index of its share. Returns the events of the whole
    /// run, and a command for all its workers if one follows.
    ///
    /// [`RunEvent::Failed`] passes as it is: half an ensemble is not what was asked for.
    pub fn handle(&mut self, index: usize, event: RunEvent) -> (Vec<RunEvent>, Option<RunCommand>) {
        let Some(share) = self.shares.get_mut(index) else { return (Vec::new(), None) };
        let mut command = None;
        let event = match event {
            // Only the worker that trains the first network tells these.
            RunEvent::Failed(_) | RunEvent::Task(_) | RunEvent::Answers(_) => Some(event),
            // Only one worker is asked.
            RunEvent::ConfigurationTimed { .. } => Some(event),
            RunEvent::Loaded => {
                share.loaded = true;
                self.shares.iter().all(|share| share.loaded).then_some(RunEvent::Loaded)
            }
            RunEvent::Evaluation(evaluation) => {
                let merged = self.evaluation(index, evaluation);
                if let Some(merged) = merged.as_ref().filter(|merged| merged.has_diverged()) {
                    self.over = Some(merged.step);
                    // One worker alone ends by itself. Several go on: each has members that have
                    // not diverged, as far as it knows.
                    command = (self.shares.len() > 1).then_some(RunCommand::Pause);
                }
                merged.map(RunEvent::Evaluation)
            }
            RunEvent::Measured { revision, result } => {
                let beyond = self.over.is_some_and(|over| result.step > over);
                let holds = revision >= self.measures_since && !beyond;
                let merged =
                    holds.then_some(result).and_then(|new| self.measurements.add(index, new));
                merged.map(|result| RunEvent::Measured { revision: self.revision, result })
            }
            RunEvent::Progress(progress) => {
                share.progress = Some(progress);
                self.progress().map(RunEvent::Progress)
            }
            RunEvent::Timed(time) => {
                share.timed = Some(time);
                self.slowest().map(RunEvent::Timed)
            }
            RunEvent::Weights(weights) => {
                share.weights = Some(weights);
                self.all_weights().map(RunEvent::Weights)
            }
            RunEvent::Playing => {
                share.motion = Motion::Playing;
                self.motion()
            }
            RunEvent::Paused { step } => {
                share.motion = Motion::Paused(step);
                self.motion()
            }
            RunEvent::Done { step } => {
                share.motion = Motion::Done(step);
                // That the others still play is nothing new.
                self.motion().filter(|event| *event != RunEvent::Playing)
            }
        };
        (event.into_iter().collect(), command)
    }

    fn evaluation(&mut self, index: usize, evaluation: Evaluation) -> Option<Evaluation> {
        match &mut self.evaluations {
            Some(_) if self.over.is_some_and(|over| evaluation.step > over) => None,
            Some(merger) => merger.add(index, evaluation),
            None => Some(evaluation),
        }
    }

    /// Time per step of the slowest worker, once all have said theirs: a step is taken when the
    /// slowest has taken it.
    fn slowest(&mut self) -> Option<StepTime> {
        let all: Vec<StepTime> =
            self.shares.iter().map(|share| share.timed).collect::<Option<_>>()?;
        self.shares.iter_mut().for_each(|share| share.timed = None);
        all.into_iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))
    }

    /// The weights of all members, once every worker has given its own.
    fn all_weights(&mut self) -> Option<Weights> {
        if self.shares.iter().any(|share| share.weights.is_none()) {
            return None;
        }
        let mut all = Weights::default();
        let shares = self.shares.iter_mut().filter_map(|share| share.weights.take());
        shares.for_each(|weights| all.merge(weights));
        Some(all)
    }

    /// Where the last worker is, once all have said so.
    fn progress(&self) -> Option<Progress> {
        let all: Vec<Progress> =
            self.shares.iter().map(|share| share.progress).collect::<Option<_>>()?;
        // A worker that is done holds nobody up.
        let done = |share: &Share| matches!(share.motion, Motion::Done(_));
        let rates = self.shares.iter().zip(&all).filter(|(share, _)| !done(share));
        let slowest = rates.map(|(_, progress)| progress.steps_per_second).reduce(f64::min);
        let largest = |value: fn(&Progress) -> f64| all.iter().map(value).fold(0.0, f64::max);
        let step = all.iter().map(|progress| progress.step).min()?;
        Some(Progress {
            step: self.over.map_or(step, |over| over.min(step)),
            steps_per_second: slowest.unwrap_or_else(|| largest(|all| all.steps_per_second)),
            host_seconds: largest(|progress| progress.host_seconds),
            measuring: largest(|progress| progress.measuring),
            // A worker that has not heard of the settings, or of more steps, has those still to
            // measure.
            behind: all.iter().any(|all| all.behind || all.revision < self.asked_since),
            revision: self.revision,
        })
    }

    /// What all workers do, if they do the same.
    fn motion(&self) -> Option<RunEvent> {
        let (mut playing, mut paused, mut first) = (false, false, u32::MAX);
        for share in &self.shares {
            match share.motion {
                Motion::Loaded => return None,
                Motion::Playing => playing = true,
                Motion::Paused(step) => {
                    paused = true;
                    first = first.min(step);
                }
                Motion::Done(step) => first = first.min(step),
            }
        }
        match (playing, paused) {
            (true, true) => None,
            (true, false) => Some(RunEvent::Playing),
            (false, true) => Some(match self.over {
                Some(step) => RunEvent::Done { step },
                None => RunEvent::Paused { step: first },
            }),
            (false, false) => Some(RunEvent::Done { step: self.over.unwrap_or(first) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Score, Scores};
    use crate::protocol::Failure;

    fn experiment(query: &str) -> Experiment {
        Experiment::from_query(query).experiment
    }

    /// Two workers that share four members and have loaded them.
    fn loaded(query: &str) -> RunMerger {
        let mut merger = RunMerger::new(&experiment(query), 2);
        assert_eq!(said(&mut merger, 1, RunEvent::Loaded), []);
        assert_eq!(said(&mut merger, 0, RunEvent::Loaded), [RunEvent::Loaded]);
        merger
    }

    fn said(merger: &mut RunMerger, share: usize, event: RunEvent) -> Vec<RunEvent> {
        let (events, command) = merger.handle(share, event);
        assert_eq!(command, None);
        events
    }

    fn evaluation(step: u32, members: [usize; 2], loss: f32) -> RunEvent {
        let score = Score { loss, accuracy: 0.5 };
        let mut all = vec![None; 4];
        for member in members {
            all[member] = Some(Scores { train: score, test: score });
        }
        RunEvent::Evaluation(Evaluation { step, members: all })
    }

    fn measured(revision: u32, step: u32, members: &[usize], value: f32) -> RunEvent {
        let mut all = vec![Vec::new(); 4];
        for &member in members {
            all[member] = vec![Some(value)];
        }
        let result = ProbeResult { step, members: all };
        RunEvent::Measured { revision: Revision(revision), result }
    }

    fn progress(revision: u32, step: u32, steps_per_second: f64, behind: bool) -> RunEvent {
        RunEvent::Progress(Progress {
            step,
            steps_per_second,
            host_seconds: 0.5,
            measuring: 0.25,
            behind,
            revision: Revision(revision),
        })
    }

    #[test]
    fn several_workers_look_like_one_at_the_pace_of_the_slowest() {
        let mut merger = loaded("seeds=4");
        assert_eq!(said(&mut merger, 0, RunEvent::Playing), []);
        assert_eq!(said(&mut merger, 1, RunEvent::Playing), [RunEvent::Playing]);
        assert_eq!(said(&mut merger, 0, evaluation(1, [0, 2], 1.0)), []);
        let merged = said(&mut merger, 1, evaluation(1, [1, 3], 1.0));
        assert!(
            matches!(&merged[..], [RunEvent::Evaluation(e)] if e.members.iter().all(Option::is_some))
        );
        assert_eq!(said(&mut merger, 0, progress(0, 90, 30.0, false)), []);
        let slowest = progress(0, 60, 20.0, true);
        assert_eq!(said(&mut merger, 1, slowest.clone()), [slowest]);
        assert_eq!(said(&mut merger, 0, RunEvent::Done { step: 100 }), []);
        let paused = RunEvent::Paused { step: 70 };
        assert_eq!(said(&mut merger, 1, paused.clone()), [paused]);
        // A worker that is done says that it plays, and at once that it is done.
        assert_eq!(said(&mut merger, 1, RunEvent::Playing), [RunEvent::Playing]);
        let done = RunEvent::Done { step: 100 };
        assert_eq!(said(&mut merger, 1, done.clone()), [done]);
    }

    #[test]
    fn weights_come_once_every_worker_has_given_its_own() {
        let of = |member: usize| {
            let mut weights = Weights::default();
            weights.add_member(member, 3);
            weights.add_numbers("layer-1.weight", &[1], &[member as f32]);
            weights
        };
        let mut merger = loaded("seeds=2");
        for _ in 0..2 {
            assert_eq!(said(&mut merger, 1, RunEvent::Weights(of(1))), []);
            let mut all = of(0);
            all.merge(of(1));
            assert_eq!(said(&mut merger, 0, RunEvent::Weights(of(0))), [RunEvent::Weights(all)]);
        }
    }

    #[test]
    fn a_pause_of_a_run_that_never_played_is_answered_once() {
        let mut merger = loaded("seeds=4");
        let paused = RunEvent::Paused { step: 0 };
        assert_eq!(said(&mut merger, 1, paused.clone()), []);
        assert_eq!(said(&mut merger, 0, paused.clone()), [paused]);
    }

    #[test]
    fn results_of_two_revisions_are_not_merged() {
        let mut merger = loaded("seeds=4&spread=1");
        assert_eq!(said(&mut merger, 0, measured(0, 1, &[0, 2], 1.0)), []);
        assert_eq!(said(&mut merger, 0, progress(0, 1, 1.0, false)), []);
        merger.measure(&experiment("seeds=4&spread=1&spectra=1"), Revision(1));
        assert_eq!(said(&mut merger, 1, measured(0, 1, &[1, 3], 1.0)), []);
        assert_eq!(said(&mut merger, 1, measured(1, 1, &[1, 3], 2.0)), []);
        // The other has not heard yet that it has more to do.
        let behind = progress(1, 1, 1.0, true);
        assert_eq!(said(&mut merger, 1, progress(1, 1, 1.0, false)), [behind]);
        assert_eq!(said(&mut merger, 0, measured(0, 1, &[0, 2], 1.0)), []);
        let merged = measured(1, 1, &[0, 1, 2, 3], 2.0);
        assert_eq!(said(&mut merger, 0, measured(1, 1, &[0, 2], 2.0)), [merged]);
        let level = progress(1, 1, 1.0, false);
        assert_eq!(said(&mut merger, 0, level.clone()), [level]);
    }

    #[test]
    fn a_revision_that_measures_the_same_loses_no_result() {
        let mut merger = loaded("seeds=4&spread=1");
        assert_eq!(said(&mut merger, 0, measured(0, 1, &[0, 2], 1.0)), []);
        assert_eq!(said(&mut merger, 0, progress(0, 1, 1.0, false)), []);
        merger.measure(&experiment("seeds=4&spread=1&measure-share=50"), Revision(1));
        // Sent before the worker heard of it; told under the revision that holds.
        let merged = measured(1, 1, &[0, 1, 2, 3], 1.0);
        assert_eq!(said(&mut merger, 1, measured(0, 1, &[1, 3], 1.0)), [merged]);
        let level = progress(1, 1, 1.0, false);
        assert_eq!(said(&mut merger, 1, progress(0, 1, 1.0, false)), [level]);
    }

    #[test]
    fn more_steps_are_measured_once_every_worker_has_them() {
        let mut merger = loaded("seeds=4&spread=1");
        assert_eq!(said(&mut merger, 0, progress(0, 9, 1.0, false)), []);
        assert_eq!(said(&mut merger, 1, progress(0, 9, 1.0, false)).len(), 1);
        merger.refine(Revision(1));
        // One is done before the other has heard of it.
        assert_eq!(said(&mut merger, 0, measured(1, 5, &[0, 2], 1.0)), []);
        let behind = || progress(1, 9, 1.0, true);
        assert_eq!(said(&mut merger, 0, progress(1, 9, 1.0, false)), [behind()]);
        assert_eq!(said(&mut merger, 1, behind()), [behind()]);
        // What a worker sent before it heard of it still counts.
        assert_eq!(said(&mut merger, 0, measured(0, 4, &[0, 2], 2.0)), []);
        let merged = measured(1, 4, &[0, 1, 2, 3], 2.0);
        assert_eq!(said(&mut merger, 1, measured(0, 4, &[1, 3], 2.0)), [merged]);
        let merged = measured(1, 5, &[0, 1, 2, 3], 1.0);
        assert_eq!(said(&mut merger, 1, measured(1, 5, &[1, 3], 1.0)), [merged]);
        let level = progress(1, 9, 1.0, false);
        assert_eq!(said(&mut merger, 1, level.clone()), [level]);
    }

    #[test]
    fn a_run_ends_where_the_last_member_of_all_workers_has_diverged() {
        let mut merger = loaded("seeds=4");
        said(&mut merger, 0, RunEvent::Playing);
        said(&mut merger, 1, RunEvent::Playing);
        assert_eq!(said(&mut merger, 0, evaluation(1, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merger, 0, evaluation(2, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merger, 0, evaluation(3, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merger, 1, evaluation(1, [1, 3], 1.0)).len(), 1);
        assert!(!merger.is_over());
        let (events, command) = merger.handle(1, evaluation(2, [1, 3], f32::INFINITY));
        assert_eq!((events.len(), command), (1, Some(RunCommand::Pause)));
        assert!(merger.is_over());
        assert_eq!(said(&mut merger, 1, evaluation(3, [1, 3], f32::NAN)), []);
        assert_eq!(said(&mut merger, 0, RunEvent::Paused { step: 9 }), []);
        let done = RunEvent::Done { step: 2 };
        assert_eq!(said(&mut merger, 1, RunEvent::Paused { step: 4 }), [done]);
    }

    #[test]
    fn members_solved_in_closed_form_pass_as_they_are_solved() {
        let mut merger = loaded("optimiser=minimum-norm&seeds=4");
        let part = evaluation(1, [0, 2], 1.0);
        assert_eq!(said(&mut merger, 0, part.clone()), [part]);
    }

    #[test]
    fn a_step_takes_the_time_of_the_slowest_worker() {
        let mut merger = loaded("seeds=4");
        let time = |seconds| StepTime { steps: 3, seconds, host_seconds: seconds };
        for _ in 0..2 {
            assert_eq!(said(&mut merger, 0, RunEvent::Timed(time(2.0))), []);
            let slowest = RunEvent::Timed(time(2.0));
            assert_eq!(said(&mut merger, 1, RunEvent::Timed(time(1.0))), [slowest]);
        }
    }

    #[test]
    fn a_share_that_is_not_there_has_no_say_and_a_failure_passes() {
        let mut merger = loaded("seeds=4");
        assert_eq!(said(&mut merger, 2, RunEvent::Playing), []);
        let failed = RunEvent::Failed(Failure::ProgramNotLoaded);
        assert_eq!(said(&mut merger, 1, failed.clone()), [failed]);
    }
}
