//! What the pool knows and decides, without a browser: each request and each event of a worker
//! returns the [`Effect`]s that follow.

use std::collections::{BTreeMap, VecDeque};

use super::PoolEvent;
use super::merge::RunMerger;
use super::policy::{Turn, Turns, workers_needed};
use crate::experiment::Experiment;
use crate::measure::CheckSource;
use crate::protocol::{Backend, Command, Event, Failure, RunCommand, RunEvent, RunId};
use crate::sharding::assign_members;
use crate::stats::sort_short;

/// Names a worker. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(u32);

/// Names a lease. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeaseId(u32);

/// What the browser is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a worker's program.
    Start(WorkerId, Backend),
    /// Send a worker a command.
    Send(WorkerId, Command),
    /// End a worker.
    End(WorkerId),
    /// Tell whoever holds a lease.
    Tell(LeaseId, PoolEvent),
    /// Ask for the lock that documents share, unless it is asked for or held.
    AskLock,
    /// Free it.
    FreeLock,
}

/// Workers, leases and runs of a document.
#[derive(Default)]
pub struct State {
    /// Workers of the CPU at most.
    worker_limit: usize,
    workers: BTreeMap<WorkerId, PoolWorker>,
    leases: BTreeMap<LeaseId, PoolLease>,
    runs: BTreeMap<RunId, PoolRun>,
    turns: Turns,
    last_worker: u32,
    last_lease: u32,
    last_run: u32,
    effects: Vec<Effect>,
}

struct PoolWorker {
    backend: Backend,
    /// What the worker is to be sent once its backend is open; `None` from then on.
    kept: Option<Vec<Command>>,
    /// Checks of estimators, and who asked. The worker is busy with the first.
    checks: VecDeque<(LeaseId, CheckSource)>,
}

struct PoolLease {
    backend: Backend,
    /// Whether it has heard that the backend is open, or could not be opened.
    answered: bool,
}

struct PoolRun {
    lease: LeaseId,
    /// Which worker has which share of the members, and how many.
    shares: Vec<(WorkerId, usize)>,
    merger: RunMerger,
}

impl State {
    /// A document without workers.
    pub fn new(worker_limit: usize) -> Self {
        Self { worker_limit, ..Self::default() }
    }

    /// A document that trains only while it holds a lock: [`Effect::AskLock`] asks for it.
    pub fn new_with_lock(worker_limit: usize) -> Self {
        Self { turns: Turns::shut(), ..Self::new(worker_limit) }
    }

    /// The lock is held: runs that wait for it play.
    pub fn lock_held(&mut self) -> Vec<Effect> {
        for run in self.turns.open() {
            self.send_all(run, &RunCommand::Play);
        }
        // They may all have left meanwhile.
        self.free_lock_if_idle();
        self.done()
    }

    fn free_lock_if_idle(&mut self) {
        if self.turns.shut_if_idle() {
            self.effects.push(Effect::FreeLock);
        }
    }

    /// A name for a run.
    pub fn new_run(&mut self) -> RunId {
        self.last_run += 1;
        RunId(self.last_run)
    }

    /// Workers that train members of a run; 0 for a run that is not loaded.
    pub fn workers(&self, run: RunId) -> usize {
        self.runs.get(&run).map_or(0, |run| run.shares.len())
    }

    /// Lends workers of a backend, and starts the first if there is none.
    pub fn lease(&mut self, backend: Backend) -> (LeaseId, Vec<Effect>) {
        self.last_lease += 1;
        let lease = LeaseId(self.last_lease);
        self.leases.insert(lease, PoolLease { backend, answered: false });
        if self.of(backend).any(|(_, worker)| worker.kept.is_none()) {
            self.answer(backend, &PoolEvent::Ready);
        } else if self.of(backend).next().is_none() {
            self.start(backend);
        }
        (lease, self.done())
    }

    /// Takes a lease back: its runs are dropped. Without any lease of a backend its workers end.
    pub fn release(&mut self, lease: LeaseId) -> Vec<Effect> {
        let Some(PoolLease { backend, .. }) = self.leases.remove(&lease) else {
            return Vec::new();
        };
        for worker in self.workers.values_mut() {
            let mut first = worker.kept.is_none();
            // A check that a worker is busy with cannot be called off.
            worker.checks.retain(|(other, _)| std::mem::take(&mut first) || *other != lease);
        }
        let runs: Vec<RunId> =
            self.runs.iter().filter(|(_, run)| run.lease == lease).map(|(id, _)| *id).collect();
        runs.into_iter().for_each(|run| self.remove(run));
        if !self.leases.values().any(|lease| lease.backend == backend) {
            let idle: Vec<WorkerId> = self.of(backend).map(|(id, _)| id).collect();
            for worker in idle {
                self.workers.remove(&worker);
                self.effects.push(Effect::End(worker));
            }
        }
        self.done()
    }

    /// Assigns the members of an experiment to workers, which set them up as a run. Starts more
    /// workers if that many members can play at once.
    pub fn load(&mut self, lease: LeaseId, run: RunId, experiment: &Experiment) -> Vec<Effect> {
        let Some(backend) = self.leases.get(&lease).map(|lease| lease.backend) else {
            return Vec::new();
        };
        if self.runs.contains_key(&run) {
            return Vec::new();
        }
        let others = self.runs.values().filter(|run| {
            self.leases.get(&run.lease).is_some_and(|lease| lease.backend == backend)
        });
        let others = others.map(|run| run.shares.iter().map(|(_, members)| members).sum());
        let members = others.chain([experiment.member_count()]);
        let needed = workers_needed(backend, members, self.worker_limit);
        while self.of(backend).count() < needed {
            self.start(backend);
        }
        let mut workers: Vec<WorkerId> = self.of(backend).map(|(id, _)| id).collect();
        // Those with the fewest members first. The sort keeps the order of the others.
        sort_short(&mut workers, |a, b| self.members_of(*a) < self.members_of(*b));
        let assigned = assign_members(experiment, workers.len());
        let shares =
            workers.iter().zip(&assigned).map(|(worker, members)| (*worker, members.len()));
        let merger = RunMerger::new(experiment, assigned.len());
        self.runs.insert(run, PoolRun { lease, shares: shares.collect(), merger });
        for (worker, members) in workers.into_iter().zip(assigned) {
            let experiment = Box::new(experiment.clone());
            self.send(worker, Command::Load { run, experiment, members });
        }
        self.done()
    }

    /// Carries out a command for a run of a lease. Ignores one for a run that is not there.
    pub fn command(&mut self, lease: LeaseId, run: RunId, command: RunCommand) -> Vec<Effect> {
        let Some(entry) = self.runs.get_mut(&run).filter(|run| run.lease == lease) else {
            return Vec::new();
        };
        match &command {
            RunCommand::Play | RunCommand::Step if entry.merger.is_over() => return Vec::new(),
            RunCommand::Play => {
                if self.turns.ask(run) == Turn::Waits {
                    if self.turns.is_shut() {
                        self.effects.push(Effect::AskLock);
                    }
                    self.tell(lease, PoolEvent::Waiting(run));
                    return self.done();
                }
            }
            // The workers obey at once, so the turn is free before they answer.
            RunCommand::Pause | RunCommand::Step => {
                self.send_all(run, &command);
                self.leave(run);
                return self.done();
            }
            RunCommand::Measure { experiment, revision } => {
                entry.merger.measure(experiment, *revision);
            }
            RunCommand::Refine { revision, .. } => entry.merger.refine(*revision),
            // One worker is enough: all configurations are timed in the same one.
            RunCommand::TimeConfiguration { .. } => {
                if let Some((worker, _)) = entry.shares.first() {
                    let worker = *worker;
                    self.send(worker, Command::Run(run, command));
                }
                return self.done();
            }
            RunCommand::Speed(_) | RunCommand::Time(_) | RunCommand::Answers | RunCommand::Save => {
            }
        }
        self.send_all(run, &command);
        self.done()
    }

    /// Drops a run of a lease.
    pub fn drop_run(&mut self, lease: LeaseId, run: RunId) -> Vec<Effect> {
        if self.runs.get(&run).is_some_and(|run| run.lease == lease) {
            self.remove(run);
        }
        self.done()
    }

    /// Has the worker with the fewest members check estimators, after those checks that it was asked
    /// for before.
    pub fn check_estimators(&mut self, lease: LeaseId, source: CheckSource) -> Vec<Effect> {
        let Some(backend) = self.leases.get(&lease).map(|lease| lease.backend) else {
            return Vec::new();
        };
        if self.of(backend).next().is_none() {
            self.start(backend);
        }
        let idlest = self.of(backend).map(|(id, _)| id).min_by_key(|id| self.members_of(*id));
        if let Some((id, worker)) = idlest.and_then(|id| Some((id, self.workers.get_mut(&id)?))) {
            worker.checks.push_back((lease, source));
            if worker.checks.len() == 1 && worker.kept.is_none() {
                self.send(id, Command::CheckEstimators(source));
            }
        }
        self.done()
    }

    /// Handles an event of a worker. Ignores those of a worker that has been ended.
    pub fn handle(&mut self, id: WorkerId, event: Event) -> Vec<Effect> {
        let Some(worker) = self.workers.get_mut(&id) else { return Vec::new() };
        let backend = worker.backend;
        match event {
            Event::Listening => self.effects.push(Effect::Send(id, Command::Open(backend))),
            Event::WarmUp { stage, done, total } => {
                let event = PoolEvent::WarmUp { stage, done, total };
                self.those_who_wait_for(id).into_iter().for_each(|l| self.tell(l, event.clone()));
            }
            Event::Ready(_) => {
                let kept = worker.kept.take().unwrap_or_default();
                let check = worker.checks.front().map(|(_, s)| Command::CheckEstimators(*s));
                self.effects.extend(kept.into_iter().chain(check).map(|c| Effect::Send(id, c)));
                self.answer(backend, &PoolEvent::Ready);
            }
            Event::Failed(failure) => self.lose(id, failure),
            Event::Run(run, event) => self.handle_run(id, run, event),
            Event::EstimatorCheck(check) => {
                if let Some(&(lease, _)) = worker.checks.front() {
                    self.tell(lease, PoolEvent::EstimatorCheck(check));
                }
            }
            Event::EstimatorChecksDone => {
                let done = worker.checks.pop_front();
                let next = worker.checks.front().map(|(_, s)| Command::CheckEstimators(*s));
                done.into_iter().for_each(|(l, _)| self.tell(l, PoolEvent::EstimatorChecksDone));
                next.into_iter().for_each(|command| self.send(id, command));
            }
        }
        self.done()
    }

    fn handle_run(&mut self, worker: WorkerId, run: RunId, event: RunEvent) {
        // A run that was dropped may have had something under way.
        let Some(entry) = self.runs.get_mut(&run) else { return };
        let Some(share) = entry.shares.iter().position(|(id, _)| *id == worker) else { return };
        if let RunEvent::Failed(failure) = event {
            self.fail(run, failure);
            return;
        }
        let lease = entry.lease;
        let (events, command) = entry.merger.handle(share, event);
        let ends = command.is_some() || events.iter().any(|e| matches!(e, RunEvent::Done { .. }));
        events.into_iter().for_each(|event| self.tell(lease, PoolEvent::Run(run, event)));
        command.into_iter().for_each(|command| self.send_all(run, &command));
        if ends {
            self.leave(run);
        }
    }

    /// Ends a worker that has failed. Its runs fail; it is replaced when members need it.
    fn lose(&mut self, id: WorkerId, failure: Failure) {
        let Some(worker) = self.workers.remove(&id) else { return };
        self.effects.push(Effect::End(id));
        if self.of(worker.backend).next().is_none() {
            self.answer(worker.backend, &PoolEvent::Failed(failure.clone()));
        }
        for (lease, _) in worker.checks {
            self.tell(lease, PoolEvent::EstimatorChecksDone);
        }
        let has_share = |run: &PoolRun| run.shares.iter().any(|(worker, _)| *worker == id);
        let runs: Vec<RunId> =
            self.runs.iter().filter(|(_, run)| has_share(run)).map(|(id, _)| *id).collect();
        runs.into_iter().for_each(|run| self.fail(run, failure.clone()));
    }

    fn fail(&mut self, run: RunId, failure: Failure) {
        let Some(lease) = self.runs.get(&run).map(|run| run.lease) else { return };
        self.tell(lease, PoolEvent::Run(run, RunEvent::Failed(failure)));
        self.remove(run);
    }

    fn remove(&mut self, run: RunId) {
        let Some(entry) = self.runs.remove(&run) else { return };
        for (id, _) in entry.shares {
            match self.workers.get_mut(&id).map(|worker| &mut worker.kept) {
                Some(Some(kept)) => kept.retain(|command| command.run() != Some(run)),
                Some(None) => self.effects.push(Effect::Send(id, Command::Drop(run))),
                None => {}
            }
        }
        self.leave(run);
    }

    /// A run plays or waits no more: the next one may play.
    fn leave(&mut self, run: RunId) {
        if let Some(next) = self.turns.leave(run) {
            self.send_all(next, &RunCommand::Play);
        }
        self.free_lock_if_idle();
    }

    fn start(&mut self, backend: Backend) {
        self.last_worker += 1;
        let id = WorkerId(self.last_worker);
        let worker = PoolWorker { backend, kept: Some(Vec::new()), checks: VecDeque::new() };
        self.workers.insert(id, worker);
        self.effects.push(Effect::Start(id, backend));
    }

    fn send(&mut self, id: WorkerId, command: Command) {
        match self.workers.get_mut(&id).map(|worker| &mut worker.kept) {
            Some(Some(kept)) => kept.push(command),
            Some(None) => self.effects.push(Effect::Send(id, command)),
            None => {}
        }
    }

    fn send_all(&mut self, run: RunId, command: &RunCommand) {
        let workers: Vec<WorkerId> =
            self.runs.get(&run).iter().flat_map(|run| &run.shares).map(|(id, _)| *id).collect();
        for worker in workers {
            self.send(worker, Command::Run(run, command.clone()));
        }
    }

    fn tell(&mut self, lease: LeaseId, event: PoolEvent) {
        if self.leases.contains_key(&lease) {
            self.effects.push(Effect::Tell(lease, event));
        }
    }

    /// Tells the leases that wait for a backend whether it is open.
    fn answer(&mut self, backend: Backend, event: &PoolEvent) {
        for (id, lease) in &mut self.leases {
            if lease.backend == backend && !std::mem::replace(&mut lease.answered, true) {
                self.effects.push(Effect::Tell(*id, event.clone()));
            }
        }
    }

    /// The leases that wait for a worker to open its backend: for a first answer, or with a run.
    fn those_who_wait_for(&self, worker: WorkerId) -> Vec<LeaseId> {
        let Some(backend) = self.workers.get(&worker).map(|worker| worker.backend) else {
            return Vec::new();
        };
        let has_run = |lease: LeaseId| {
            let mut runs = self.runs.values().filter(|run| run.lease == lease);
            runs.any(|run| run.shares.iter().any(|(id, _)| *id == worker))
        };
        let of_backend = self.leases.iter().filter(|(_, lease)| lease.backend == backend);
        of_backend
            .filter(|(id, lease)| !lease.answered || has_run(**id))
            .map(|(id, _)| *id)
            .collect()
    }

    fn of(&self, backend: Backend) -> impl Iterator<Item = (WorkerId, &PoolWorker)> {
        let all = self.workers.iter().map(|(id, worker)| (*id, worker));
        all.filter(move |(_, worker)| worker.backend == backend)
    }

    /// Members of all runs that a worker has.
    fn members_of(&self, worker: WorkerId) -> usize {
        let shares = self.runs.values().flat_map(|run| &run.shares);
        shares.filter(|(id, _)| *id == worker).map(|(_, members)| members).sum()
    }

    fn done(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

#[cfg(test)]
mod tests;
