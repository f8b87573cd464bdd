//! The workers that train one ensemble, as the page sees them: as one that takes commands and calls back with
//! events.
//!
//! A GPU trains all members in one worker. On the CPU a worker has one thread, so members are dealt to
//! several, each a whole program of its own. They go at their own pace: what they measure is held until all
//! have come to the same step.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::link::Link;
use crate::experiment::Experiment;
use crate::history::{Evaluation, ProbeResult, StepTime};
use crate::protocol::{Backend, Command, Event};
use crate::sharding::{StepMerger, assign_members};

/// Running workers. Dropping it ends them at once, whatever they were doing.
pub struct Team {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    backend: Backend,
    /// Most workers.
    most: usize,
    links: Vec<Started>,
    merged: Merged,
    /// The last speed asked for, for workers that are started later.
    speed: Option<Command>,
    on_event: Rc<dyn Fn(Event)>,
}

/// A worker that was started, and what it is to be sent as soon as it listens.
struct Started {
    link: Link,
    waiting: Option<Vec<Command>>,
}

impl Team {
    /// Starts the first worker of a backend. Of the CPU's up to `most` are started, as soon as there are members
    /// for them; `on_event` gets what one worker would say that trains all of them.
    ///
    /// # Errors
    /// A sentence for the reader, if the browser starts no worker.
    pub fn open(
        backend: Backend,
        most: usize,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, String> {
        let most = if backend == Backend::Cpu { most.max(1) } else { 1 };
        let inner = Rc::new(RefCell::new(Inner {
            backend,
            most,
            links: Vec::new(),
            merged: Merged::default(),
            speed: None,
            on_event: Rc::new(on_event),
        }));
        start(&inner)?;
        Ok(Self { inner })
    }

    /// Workers that have members to train.
    pub fn workers(&self) -> usize {
        self.inner.borrow().merged.shares.max(1)
    }

    /// Sends a command to the workers that it concerns; the members of [`Command::Load`] are dealt to them.
    pub fn send(&self, command: &Command) {
        if let Command::Load { experiment, .. } = command {
            let wanted = experiment.member_count().min(self.inner.borrow().most);
            while self.inner.borrow().links.len() < wanted {
                // Fewer can train as well.
                if start(&self.inner).is_err() {
                    break;
                }
            }
        }
        let inner = &mut *self.inner.borrow_mut();
        let sharing = |merged: &Merged| vec![command.clone(); merged.shares];
        let to_each = match command {
            Command::Load { experiment, .. } => {
                let load = |members| Command::Load { experiment: experiment.clone(), members };
                let shares = inner.merged.load(experiment, inner.links.len());
                shares.into_iter().map(load).collect()
            }
            Command::Open(_) | Command::CheckEstimators(_) => vec![command.clone()],
            Command::Speed(_) => {
                inner.speed = Some(command.clone());
                vec![command.clone(); inner.links.len()]
            }
            Command::Measure(experiment) => {
                inner.merged.measure_anew(experiment);
                sharing(&inner.merged)
            }
            // What has ended cannot go on.
            Command::Play | Command::Step if inner.merged.over.is_some() => Vec::new(),
            Command::Play | Command::Step | Command::Pause | Command::Time(_) => {
                sharing(&inner.merged)
            }
        };
        inner.send_each(to_each);
    }
}

impl Inner {
    /// Sends the first worker the first command, and so on.
    fn send_each(&mut self, commands: Vec<Command>) {
        for (started, command) in self.links.iter_mut().zip(commands) {
            match &mut started.waiting {
                Some(waiting) => waiting.push(command),
                None => started.link.send(&command),
            }
        }
    }

    /// What the page is told after an event of a worker.
    fn hear(&mut self, worker: usize, event: Event) -> Vec<Event> {
        if worker > 0 && matches!(event, Event::Listening) {
            if let Some(started) = self.links.get_mut(worker) {
                started.link.send(&Command::Open(self.backend));
                for command in started.waiting.take().unwrap_or_default() {
                    started.link.send(&command);
                }
            }
            return Vec::new();
        }
        let (events, asked) = self.merged.hear(worker, event);
        if let Some(command) = asked {
            let all = vec![command; self.merged.shares];
            self.send_each(all);
        }
        if events.iter().any(|event| matches!(event, Event::Failed(_))) {
            // Half an ensemble is not what was asked for.
            self.links.clear();
        }
        events
    }
}

/// Starts one more worker.
fn start(inner: &Rc<RefCell<Inner>>) -> Result<(), String> {
    let (backend, worker) = {
        let inner = inner.borrow();
        (inner.backend, inner.links.len())
    };
    // A worker does not keep those that it belongs to.
    let team: Weak<RefCell<Inner>> = Rc::downgrade(inner);
    let link = Link::open(backend, move |event| {
        let Some(inner) = team.upgrade() else { return };
        let (events, on_event) = {
            let mut inner = inner.borrow_mut();
            (inner.hear(worker, event), Rc::clone(&inner.on_event))
        };
        // Nothing is borrowed now: the page answers with commands.
        events.into_iter().for_each(|event| on_event(event));
    })?;
    let mut inner = inner.borrow_mut();
    // The first is opened by the page, which sends it nothing before it is ready.
    let waiting = (worker > 0).then(|| inner.speed.iter().cloned().collect());
    inner.links.push(Started { link, waiting });
    inner.merged.workers.push(Worker::default());
    Ok(())
}

/// Makes the events of several workers those of one.
struct Merged {
    workers: Vec<Worker>,
    /// Workers that have members to train: the first of them.
    shares: usize,
    experiment: Experiment,
    /// Commands to load, and to measure anew, that the page has no answer to yet.
    loads: u32,
    remeasures: u32,
    /// Nothing where members are solved: they come as they are.
    evaluations: Option<StepMerger<Evaluation>>,
    measurements: StepMerger<ProbeResult>,
    /// The step at which the last member has diverged.
    over: Option<u32>,
}

/// What one worker was asked and has said.
#[derive(Default)]
struct Worker {
    /// Commands to load that it has not answered: until then what it says belongs to an earlier run.
    loads: u32,
    /// Likewise commands to measure anew.
    remeasures: u32,
    motion: Motion,
    progress: Option<Progress>,
    /// Seconds that a step takes, if it was asked.
    timed: Option<StepTime>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Motion {
    #[default]
    Loaded,
    Playing,
    Paused(u32),
    Done(u32),
}

/// The numbers of [`Event::Progress`].
#[derive(Clone, Copy)]
struct Progress {
    step: u32,
    steps_per_second: f64,
    host_seconds: f64,
    measuring: f64,
    behind: bool,
}

impl Default for Merged {
    fn default() -> Self {
        Self {
            workers: Vec::new(),
            shares: 0,
            experiment: Experiment::default(),
            loads: 0,
            remeasures: 0,
            evaluations: None,
            measurements: StepMerger::new(0),
            over: None,
        }
    }
}

impl Merged {
    /// Deals the members of an experiment; one share for every worker, of which the last may be empty.
    fn load(&mut self, experiment: &Experiment, workers: usize) -> Vec<Vec<usize>> {
        let mut shares = assign_members(experiment, workers);
        self.shares = shares.len();
        shares.resize(workers, Vec::new());
        self.experiment = experiment.clone();
        self.loads += 1;
        self.evaluations = (!experiment.is_solved()).then(|| StepMerger::new(self.shares));
        self.measurements = StepMerger::new(self.shares);
        self.over = None;
        for worker in &mut self.workers {
            worker.loads += 1;
            worker.motion = Motion::Loaded;
            worker.progress = None;
            worker.timed = None;
        }
        shares
    }

    fn measure_anew(&mut self, experiment: &Experiment) {
        let alike = self.experiment.measures_alike(experiment);
        self.experiment = experiment.clone();
        if alike {
            return;
        }
        self.remeasures += 1;
        self.measurements = StepMerger::new(self.shares);
        for worker in &mut self.workers[..self.shares] {
            worker.remeasures += 1;
            worker.progress.iter_mut().for_each(|progress| progress.behind = true);
        }
    }

    /// What the page is told after an event of a worker, and what all workers are.
    fn hear(&mut self, index: usize, event: Event) -> (Vec<Event>, Option<Command>) {
        let Some(worker) = self.workers.get_mut(index) else { return (Vec::new(), None) };
        let current = worker.loads == 0 && index < self.shares;
        let mut asked = None;
        let events = match event {
            Event::Failed(_) | Event::EstimatorCheck(_) | Event::EstimatorChecksDone => vec![event],
            // Opening is the page's affair with the first.
            Event::Listening | Event::WarmUp { .. } | Event::Ready(_) => {
                if index == 0 {
                    vec![event]
                } else {
                    Vec::new()
                }
            }
            Event::Loaded => {
                worker.loads = worker.loads.saturating_sub(1);
                let all = self.workers.iter().all(|worker| worker.loads == 0);
                let answers = if all { std::mem::take(&mut self.loads) } else { 0 };
                vec![Event::Loaded; answers as usize]
            }
            Event::MeasuresAnew => {
                worker.remeasures = worker.remeasures.saturating_sub(1);
                let all = self.workers.iter().all(|worker| worker.remeasures == 0);
                let answers = if all { std::mem::take(&mut self.remeasures) } else { 0 };
                vec![Event::MeasuresAnew; answers as usize]
            }
            _ if !current => Vec::new(),
            Event::Evaluation(evaluation) => {
                let whole = match &mut self.evaluations {
                    Some(_) if self.over.is_some_and(|over| evaluation.step > over) => None,
                    Some(together) => together.add(index, evaluation),
                    None => Some(evaluation),
                };
                if let Some(whole) = whole.as_ref().filter(|whole| whole.has_diverged()) {
                    // One worker alone ends by itself, and several where nobody else goes on.
                    self.over = Some(whole.step);
                    asked = (self.shares > 1).then_some(Command::Pause);
                }
                whole.map(Event::Evaluation).into_iter().collect()
            }
            Event::ProbeResult(measurement) => {
                let old = worker.remeasures > 0;
                let beyond = self.over.is_some_and(|over| measurement.step > over);
                let new = (!old && !beyond).then_some(measurement);
                let whole = new.and_then(|new| self.measurements.add(index, new));
                whole.map(Event::ProbeResult).into_iter().collect()
            }
            Event::Progress { step, steps_per_second, host_seconds, measuring, behind } => {
                let new = Progress { step, steps_per_second, host_seconds, measuring, behind };
                worker.progress = Some(new);
                self.progress().into_iter().collect()
            }
            Event::Timed(time) => {
                worker.timed = Some(time);
                let sharing = &mut self.workers[..self.shares];
                let all: Option<Vec<StepTime>> =
                    sharing.iter().map(|worker| worker.timed).collect();
                // A step is taken when the slowest has taken it.
                let slowest = all
                    .and_then(|all| all.into_iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds)));
                if slowest.is_some() {
                    sharing.iter_mut().for_each(|worker| worker.timed = None);
                }
                slowest.map(Event::Timed).into_iter().collect()
            }
            Event::Playing => {
                worker.motion = Motion::Playing;
                self.motion().into_iter().collect()
            }
            Event::Paused { step } => {
                worker.motion = Motion::Paused(step);
                self.motion().into_iter().collect()
            }
            Event::Done { step } => {
                worker.motion = Motion::Done(step);
                // That the others still play is nothing new.
                self.motion().filter(|event| *event != Event::Playing).into_iter().collect()
            }
        };
        (events, asked)
    }

    /// Where the last worker is, once all have said so.
    fn progress(&self) -> Option<Event> {
        let sharing = &self.workers[..self.shares];
        let all: Vec<Progress> = sharing.iter().map(|w| w.progress).collect::<Option<_>>()?;
        // One that is through holds nobody up.
        let done = |worker: &Worker| matches!(worker.motion, Motion::Done(_));
        let rates = sharing.iter().zip(&all).filter(|(worker, _)| !done(worker));
        let slowest = rates.map(|(_, own)| own.steps_per_second).reduce(f64::min);
        let largest = |value: fn(&Progress) -> f64| all.iter().map(value).fold(0.0, f64::max);
        let step = all.iter().map(|own| own.step).min()?;
        Some(Event::Progress {
            step: self.over.map_or(step, |over| over.min(step)),
            steps_per_second: slowest.unwrap_or_else(|| largest(|own| own.steps_per_second)),
            host_seconds: largest(|own| own.host_seconds),
            measuring: largest(|own| own.measuring),
            behind: all.iter().any(|own| own.behind),
        })
    }

    /// What all workers do, if they do the same.
    fn motion(&self) -> Option<Event> {
        let all = self.workers[..self.shares].iter().map(|worker| worker.motion);
        let (mut playing, mut paused, mut first) = (false, false, u32::MAX);
        for motion in all {
            match motion {
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
            (true, false) => Some(Event::Playing),
            (false, true) => Some(match self.over {
                Some(step) => Event::Done { step },
                None => Event::Paused { step: first },
            }),
            (false, false) => Some(Event::Done { step: self.over.unwrap_or(first) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Score, Scores};

    /// Two workers that share four members and have loaded them.
    fn loaded(query: &str) -> Merged {
        let mut merged =
            Merged { workers: vec![Worker::default(), Worker::default()], ..Merged::default() };
        let experiment = Experiment::from_query(query).experiment;
        assert_eq!(merged.load(&experiment, 2), [vec![0, 2], vec![1, 3]]);
        assert_eq!(said(&mut merged, 1, Event::Loaded), []);
        assert_eq!(said(&mut merged, 0, Event::Loaded), [Event::Loaded]);
        merged
    }

    fn said(merged: &mut Merged, worker: usize, event: Event) -> Vec<Event> {
        let (events, asked) = merged.hear(worker, event);
        assert_eq!(asked, None);
        events
    }

    fn evaluation(step: u32, members: [usize; 2], loss: f32) -> Event {
        let score = Score { loss, accuracy: 0.5 };
        let mut all = vec![None; 4];
        for member in members {
            all[member] = Some(Scores { train: score, test: score });
        }
        Event::Evaluation(Evaluation { step, members: all })
    }

    fn measurement(step: u32, members: &[usize], value: f32) -> Event {
        let mut all = vec![Vec::new(); 4];
        for &member in members {
            all[member] = vec![Some(value)];
        }
        Event::ProbeResult(ProbeResult { step, members: all })
    }

    fn progress(step: u32, steps_per_second: f64, behind: bool) -> Event {
        Event::Progress { step, steps_per_second, host_seconds: 0.5, measuring: 0.25, behind }
    }

    #[test]
    fn the_page_sees_one_worker_at_the_pace_of_the_slowest() {
        let mut merged = loaded("seeds=4");
        assert_eq!(said(&mut merged, 0, Event::Playing), []);
        assert_eq!(said(&mut merged, 1, Event::Playing), [Event::Playing]);
        assert_eq!(said(&mut merged, 0, evaluation(1, [0, 2], 1.0)), []);
        let whole = said(&mut merged, 1, evaluation(1, [1, 3], 1.0));
        assert!(
            matches!(&whole[..], [Event::Evaluation(whole)] if whole.members.iter().all(Option::is_some))
        );
        assert_eq!(said(&mut merged, 0, progress(90, 30.0, false)), []);
        assert_eq!(said(&mut merged, 1, progress(60, 20.0, true)), [progress(60, 20.0, true)]);
        assert_eq!(said(&mut merged, 0, Event::Done { step: 100 }), []);
        assert_eq!(said(&mut merged, 1, Event::Paused { step: 70 }), [Event::Paused { step: 70 }]);
        // One that is through says that it plays, and at once that it is through.
        assert_eq!(said(&mut merged, 1, Event::Playing), [Event::Playing]);
        assert_eq!(said(&mut merged, 1, Event::Done { step: 100 }), [Event::Done { step: 100 }]);
    }

    #[test]
    fn what_belongs_to_an_earlier_run_is_not_mixed_with_the_next() {
        let mut merged = loaded("seeds=4");
        let experiment = merged.experiment.clone();
        assert_eq!(said(&mut merged, 1, evaluation(0, [1, 3], 1.0)), []);
        merged.load(&experiment, 2);
        merged.load(&experiment, 2);
        assert_eq!(said(&mut merged, 0, Event::Loaded), []);
        assert_eq!(said(&mut merged, 0, Event::Loaded), []);
        assert_eq!(said(&mut merged, 0, evaluation(0, [0, 2], 2.0)), []);
        assert_eq!(said(&mut merged, 1, Event::Loaded), []);
        assert_eq!(said(&mut merged, 1, evaluation(0, [1, 3], 1.0)), []);
        assert_eq!(said(&mut merged, 1, Event::Done { step: 9 }), []);
        // The page has asked twice.
        assert_eq!(said(&mut merged, 1, Event::Loaded), [Event::Loaded, Event::Loaded]);
        let whole = said(&mut merged, 1, evaluation(0, [1, 3], 2.0));
        let losses = |s: &Evaluation| s.members.iter().flatten().map(|m| m.train.loss).sum::<f32>();
        assert!(matches!(&whole[..], [Event::Evaluation(whole)] if losses(whole) == 8.0));
    }

    #[test]
    fn measurements_of_two_kinds_are_not_put_together() {
        let mut merged = loaded("seeds=4&spread=1");
        assert_eq!(said(&mut merged, 0, measurement(1, &[0, 2], 1.0)), []);
        assert_eq!(said(&mut merged, 0, progress(1, 1.0, false)), []);
        merged.measure_anew(&Experiment::from_query("seeds=4&spread=1&spectra=1").experiment);
        assert_eq!(said(&mut merged, 1, measurement(1, &[1, 3], 1.0)), []);
        assert_eq!(said(&mut merged, 1, Event::MeasuresAnew), []);
        assert_eq!(said(&mut merged, 1, measurement(1, &[1, 3], 2.0)), []);
        // The other has not said yet that it has more to do.
        assert_eq!(said(&mut merged, 1, progress(1, 1.0, false)), [progress(1, 1.0, true)]);
        assert_eq!(said(&mut merged, 0, measurement(1, &[0, 2], 1.0)), []);
        assert_eq!(said(&mut merged, 0, Event::MeasuresAnew), [Event::MeasuresAnew]);
        let whole = measurement(1, &[0, 1, 2, 3], 2.0);
        assert_eq!(said(&mut merged, 0, measurement(1, &[0, 2], 2.0)), [whole]);
        // Scores alike there is no answer to wait for.
        merged.measure_anew(
            &Experiment::from_query("seeds=4&spread=1&spectra=1&measure-share=50").experiment,
        );
        let whole = measurement(1, &[0, 1, 2, 3], 3.0);
        assert_eq!(said(&mut merged, 0, measurement(1, &[0, 1, 2, 3], 3.0)), [whole]);
    }

    #[test]
    fn a_run_ends_where_the_last_member_of_all_workers_has_diverged() {
        let mut merged = loaded("seeds=4");
        said(&mut merged, 0, Event::Playing);
        said(&mut merged, 1, Event::Playing);
        assert_eq!(said(&mut merged, 0, evaluation(1, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merged, 0, evaluation(2, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merged, 0, evaluation(3, [0, 2], f32::NAN)), []);
        assert_eq!(said(&mut merged, 1, evaluation(1, [1, 3], 1.0)).len(), 1);
        let (events, asked) = merged.hear(1, evaluation(2, [1, 3], f32::INFINITY));
        assert_eq!((events.len(), asked), (1, Some(Command::Pause)));
        assert_eq!(said(&mut merged, 1, evaluation(3, [1, 3], f32::NAN)), []);
        assert_eq!(said(&mut merged, 0, Event::Paused { step: 9 }), []);
        assert_eq!(said(&mut merged, 1, Event::Paused { step: 4 }), [Event::Done { step: 2 }]);
    }

    #[test]
    fn members_solved_in_closed_form_come_as_they_are_solved() {
        let mut merged = loaded("optimiser=minimum-norm&seeds=4");
        let part = evaluation(1, [0, 2], 1.0);
        assert_eq!(said(&mut merged, 0, part.clone()), [part]);
    }

    #[test]
    fn a_worker_without_members_has_no_say() {
        let mut merged = loaded("seeds=4");
        let single = Experiment::from_query("seeds=1").experiment;
        assert_eq!(merged.load(&single, 2), [vec![0], vec![]]);
        assert_eq!(said(&mut merged, 0, Event::Loaded), []);
        assert_eq!(said(&mut merged, 1, Event::Loaded), [Event::Loaded]);
        assert_eq!(said(&mut merged, 0, Event::Playing), [Event::Playing]);
        assert_eq!(said(&mut merged, 1, Event::Done { step: 9 }), []);
        let failed = Event::Failed("a reason".into());
        assert_eq!(said(&mut merged, 1, failed.clone()), [failed]);
    }
}
