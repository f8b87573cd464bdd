//! The document's workers, lent to its figures.
//!
//! [`state`] decides, without a browser; this module carries out what it decides. Nothing starts
//! before the first [`Pool::lease`], and a backend's workers end with its last [`Lease`].

mod lock;
mod merge;
mod policy;
mod state;
mod worker;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use wasm_bindgen_futures::spawn_local;

use crate::experiment::Experiment;
use crate::measure::{CheckSource, EstimatorResult};
use crate::protocol::{Backend, Event, Failure, RunCommand, RunEvent, RunId, WarmUp};
use lock::TrainingLock;
use state::{Effect, LeaseId, State, WorkerId};
use worker::WorkerHandle;

/// What whoever holds a lease is told.
#[derive(Clone, Debug, PartialEq)]
pub enum PoolEvent {
    /// The backend is being opened; `done` of `total` parts are finished.
    WarmUp {
        /// The part that is going on.
        stage: WarmUp,
        /// Parts finished.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// The backend is open.
    Ready,
    /// The backend could not be opened.
    Failed(Failure),
    /// A run that was told to play waits, because others play.
    Waiting(RunId),
    /// Of one run, as if one worker had all its members.
    Run(RunId, RunEvent),
    /// One estimator at one number of samples.
    EstimatorCheck(EstimatorResult),
    /// No more of them will come.
    EstimatorChecksDone,
}

/// The workers of a document. A clone is the same pool.
#[derive(Clone)]
pub struct Pool(Rc<Shared>);

/// Workers lent to one figure. Dropping it drops its runs.
pub struct Lease {
    shared: Rc<Shared>,
    id: LeaseId,
}

type Listener = Rc<dyn Fn(PoolEvent)>;

struct Shared {
    state: RefCell<State>,
    /// Apart from the state, so that they can be ended even if that is borrowed.
    workers: RefCell<BTreeMap<WorkerId, WorkerHandle>>,
    listeners: RefCell<BTreeMap<LeaseId, Listener>>,
    /// Shared with other documents.
    lock: RefCell<Option<TrainingLock>>,
    /// What is to be told, in order.
    news: RefCell<VecDeque<(LeaseId, PoolEvent)>>,
    /// Whether a microtask will tell it.
    delivery_asked: Cell<bool>,
    /// Whether the page's program has stopped.
    shut_down: Cell<bool>,
}

impl Pool {
    /// A pool of at most so many workers on the CPU, and never more than there are cores. Starts
    /// nothing. One that is embedded shares the machine with the other frames of its origin.
    pub fn new(max_workers: Option<usize>, is_embedded: bool) -> Self {
        let cores = web_sys::window().map_or(1.0, |w| w.navigator().hardware_concurrency());
        let limit = policy::worker_limit(cores, max_workers);
        let state = if is_embedded && lock::exists() {
            State::new_with_lock(limit)
        } else {
            State::new(limit)
        };
        Self(Rc::new(Shared {
            state: RefCell::new(state),
            lock: RefCell::default(),
            workers: RefCell::default(),
            listeners: RefCell::default(),
            news: RefCell::default(),
            delivery_asked: Cell::new(false),
            shut_down: Cell::new(false),
        }))
    }

    /// A name for a run, which no other run of this document has.
    pub fn new_run(&self) -> RunId {
        self.0.state.borrow_mut().new_run()
    }

    /// Lends the workers of a backend, and starts the first if there is none. `on_event` then hears
    /// [`PoolEvent::Ready`] or [`PoolEvent::Failed`].
    ///
    /// `on_event` is never called while a method of pool or lease runs. It should hold its owner
    /// weakly: the pool keeps it until the lease is dropped.
    pub fn lease(&self, backend: Backend, on_event: impl Fn(PoolEvent) + 'static) -> Lease {
        let (id, effects) = self.0.state.borrow_mut().lease(backend);
        self.0.listeners.borrow_mut().insert(id, Rc::new(on_event));
        self.0.carry_out(effects);
        Lease { shared: Rc::clone(&self.0), id }
    }

    /// Ends all workers, for good. Meant for the hook of a panic: does not panic itself, whatever is
    /// borrowed.
    pub fn shut_down(&self) {
        self.0.shut_down.set(true);
        if let Ok(workers) = self.0.workers.try_borrow() {
            workers.values().for_each(WorkerHandle::terminate);
        }
    }

    /// Workers that live.
    pub fn worker_count(&self) -> usize {
        if self.0.shut_down.get() { 0 } else { self.0.workers.borrow().len() }
    }
}

impl Lease {
    /// Sets up the members of an experiment as a run. `run` comes from [`Pool::new_run`].
    pub fn load(&self, run: RunId, experiment: &Experiment) {
        self.shared.act(|state| state.load(self.id, run, experiment));
    }

    /// Sends a command to the workers of a run. A run that has ended ignores it.
    pub fn send(&self, run: RunId, command: RunCommand) {
        self.shared.act(|state| state.command(self.id, run, command));
    }

    /// Ends a run and frees its memory.
    pub fn drop_run(&self, run: RunId) {
        self.shared.act(|state| state.drop_run(self.id, run));
    }

    /// Checks the estimators of mutual information on a reference problem. Answered by
    /// [`PoolEvent::EstimatorCheck`]s and [`PoolEvent::EstimatorChecksDone`].
    pub fn check_estimators(&self, source: CheckSource) {
        self.shared.act(|state| state.check_estimators(self.id, source));
    }

    /// Workers that train members of a run; 0 for a run that is not loaded or has failed.
    pub fn workers(&self, run: RunId) -> usize {
        self.shared.state.try_borrow().map_or(0, |state| state.workers(run))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.act(|state| state.release(self.id));
        // Dropped after the borrow: what it holds may drop a lease in turn.
        let listener =
            self.shared.listeners.try_borrow_mut().ok().and_then(|mut l| l.remove(&self.id));
        drop(listener);
    }
}

impl Shared {
    /// Carries out what follows from a request. What is to be told waits for a microtask.
    fn act(self: &Rc<Self>, request: impl FnOnce(&mut State) -> Vec<Effect>) {
        if !self.shut_down.get() {
            let effects = request(&mut self.state.borrow_mut());
            self.carry_out(effects);
        }
    }

    fn carry_out(self: &Rc<Self>, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Start(id, backend) => {
                    // A worker does not keep the pool that it belongs to.
                    let shared = Rc::downgrade(self);
                    match WorkerHandle::start(backend, move |event| hear(&shared, id, event)) {
                        Ok(worker) => {
                            self.workers.borrow_mut().insert(id, worker);
                        }
                        Err(failure) => {
                            let lost = self.state.borrow_mut().handle(id, Event::Failed(failure));
                            effects.extend(lost);
                        }
                    }
                }
                Effect::Send(id, command) => {
                    if let Some(worker) = self.workers.borrow().get(&id) {
                        worker.send(&command);
                    }
                }
                Effect::End(id) => {
                    let ended = self.workers.borrow_mut().remove(&id);
                    drop(ended);
                }
                Effect::AskLock => {
                    let shared = Rc::downgrade(self);
                    self.lock.borrow_mut().get_or_insert_with(|| {
                        TrainingLock::ask(move || {
                            if let Some(shared) = shared.upgrade() {
                                shared.act(State::lock_held);
                            }
                        })
                    });
                }
                Effect::FreeLock => {
                    let held = self.lock.take();
                    drop(held);
                }
                Effect::Tell(lease, event) => self.news.borrow_mut().push_back((lease, event)),
            }
        }
        let nothing = self.news.borrow().is_empty();
        if !nothing && !self.delivery_asked.replace(true) {
            let shared = Rc::downgrade(self);
            spawn_local(async move {
                if let Some(shared) = shared.upgrade() {
                    shared.deliver();
                }
            });
        }
    }

    /// Tells what is to be told. Nothing is borrowed meanwhile: who is told answers with commands.
    fn deliver(&self) {
        self.delivery_asked.set(false);
        while !self.shut_down.get() {
            let Some((lease, event)) = self.news.borrow_mut().pop_front() else { break };
            let listener = self.listeners.borrow().get(&lease).cloned();
            if let Some(listener) = listener {
                listener(event);
            }
        }
    }
}

/// Handles an event of a worker.
fn hear(shared: &Weak<Shared>, worker: WorkerId, event: Event) {
    if let Some(shared) = shared.upgrade() {
        shared.act(|state| state.handle(worker, event));
    }
}
