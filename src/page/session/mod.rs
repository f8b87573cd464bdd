//! A figure's run as a pure state machine, without a document: [`Session::act`] takes what the
//! reader does, [`Session::handle`] what the workers tell, and both give back [`Effect`]s for the
//! figure to carry out.
//!
//! Nothing is loaded before it is played. Each load has a new [`RunId`], so an event of a run that
//! was given up is recognised by its id and ignored.

mod device;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use device::Next;
pub use device::{Adapter, Device, NoAdapter, Preference, Reason};

use super::pool::PoolEvent;
use crate::comparison::{TIMED_ROUNDS, shorter};
use crate::evaluation::{Answers, Task};
use crate::experiment::Experiment;
use crate::history::History;
use crate::measure::{CheckSource, EstimatorResult};
use crate::protocol::{
    Backend, Failure, Progress, Revision, RunCommand, RunEvent, RunId, Speed, WarmUp,
};
use crate::refine::{MAX_ROUNDS, unresolved};
use crate::weights::Weights;

/// What a figure is doing; the names are those of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A device is opened, or networks are set up.
    Loading,
    /// At step 0; nothing is trained yet.
    Ready,
    /// Played, but other figures are training.
    Waiting,
    /// Training.
    Running,
    /// Stopped before the end.
    Paused,
    /// All steps are taken.
    Done,
    /// Training cannot go on.
    Error,
}

impl State {
    /// The value of `data-state`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// What [`State::Loading`] waits for, or why it is [`State::Error`].
#[derive(Clone, Debug, PartialEq)]
pub enum Activity {
    /// The browser is asked for its adapter.
    FindingDevice,
    /// The program that trains is fetched.
    LoadingProgram(Backend),
    /// A device is opened and checked.
    WarmingUp {
        /// The part that is going on.
        stage: WarmUp,
        /// Parts finished.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// Networks are set up.
    SettingUp,
    /// A few steps are timed on two devices.
    Comparing,
    /// Training cannot go on.
    Failed(Failure),
}

/// What a reader, or the browser, does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Plays or pauses; after the end, plays again from the start.
    Toggle,
    /// Plays unless it plays already.
    Play,
    /// Trains to the next evaluated step.
    Step,
    /// Back to step 0, whatever goes on.
    Reset,
    /// Other settings: measures the run in another way if it trains identically, otherwise starts
    /// again from step 0, and goes on playing if it was.
    SetExperiment(Box<Experiment>),
    /// Another device; starts again from step 0.
    SetPreference(Preference),
    /// Another speed.
    SetSpeed(Speed),
    /// Tries the estimators on a reference problem.
    CheckEstimators(CheckSource),
    /// Asks for the weights as they are now; [`Session::take_weights`] gives them.
    Save,
    /// The browser's answer to [`Effect::FindAdapter`].
    AdapterFound(u32, Result<Adapter, NoAdapter>),
    /// The time of [`Effect::Patience`] is over.
    PatienceOver(u32),
}

/// What the figure has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the browser for its adapter; answered by [`Action::AdapterFound`] with this token.
    FindAdapter(u32),
    /// Take workers of a backend.
    Lease(Backend),
    /// Give them back.
    Release(Backend),
    /// Set a run up.
    Load(Backend, RunId, Box<Experiment>),
    /// Tell a run.
    Send(Backend, RunId, RunCommand),
    /// End a run.
    DropRun(Backend, RunId),
    /// Try the estimators.
    CheckEstimators(Backend, CheckSource),
    /// Wait so many seconds, then [`Action::PatienceOver`] with this token.
    Patience(u32, u32),
}

/// Seconds without a sign of life after which a GPU is given up. Compiling shaders takes a software
/// adapter up to 7.
const PATIENCE_SECONDS: u32 = 30;

/// Seconds of steps that are timed on each device.
const TIMED_SECONDS: f64 = 0.1;

/// Seconds of steps that are timed of each configuration in a round.
const TIMED_CONFIGURATION_SECONDS: f64 = 0.07;

/// What is to happen once the run is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    Rest,
    Play,
    Step,
}

/// What the estimators made of a reference problem.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// So far.
    pub results: Vec<EstimatorResult>,
    /// The problem that is being tried.
    pub running: Option<CheckSource>,
}

/// What the first network is trained on, and what it has answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inside {
    /// Its samples, once they are known.
    pub task: Option<Task>,
    /// Its answers, by rising step.
    answers: Vec<Answers>,
}

impl Inside {
    /// Of a recorded run.
    pub fn recorded(task: Option<Task>, answers: Vec<Answers>) -> Self {
        Self { task, answers }
    }

    /// The answers at all steps.
    pub fn answers(&self) -> &[Answers] {
        &self.answers
    }

    /// The answers at a step, or at the last one before it.
    pub fn answers_at(&self, step: u32) -> Option<&Answers> {
        let after = self.answers.partition_point(|answers| answers.step <= step);
        self.answers.get(after.checked_sub(1)?)
    }
}

/// Names a state of a session's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    generation: u32,
    revision: u64,
}

/// A figure's run, its device, and what is known of both.
pub struct Session {
    experiment: Experiment,
    history: History,
    /// Counts the histories that there were.
    generation: u32,
    state: State,
    activity: Activity,
    device: Device,
    run: Option<RunId>,
    revision: Revision,
    /// Rounds in which more steps were asked for since the last evaluation.
    rounds: u32,
    intent: Intent,
    progress: Progress,
    speed: Speed,
    checks: Checks,
    /// Whether the first network is asked for its answers.
    shows_answers: bool,
    inside: Inside,
    /// Whether the history was read from a file.
    is_opened: bool,
    /// The weights that were asked for.
    weights: Option<Weights>,
    /// Seconds for a step of one network of each configuration, as far as they are known.
    step_seconds: Vec<Option<f64>>,
    /// Whether the next of them is asked for.
    times_steps: bool,
    /// Times that were answered, in rounds over all configurations.
    timed: usize,
    /// Counts questions to the browser, so that a late answer is recognised.
    token: u32,
    new_run: Rc<dyn Fn() -> RunId>,
}

impl Session {
    /// At step 0 of an experiment; `new_run` gives ids that no other run of the document has.
    pub fn new(
        experiment: Experiment,
        preference: Preference,
        shows_answers: bool,
        new_run: Rc<dyn Fn() -> RunId>,
    ) -> Self {
        Self {
            history: History::new(experiment.clone()),
            generation: 0,
            experiment,
            state: State::Ready,
            activity: Activity::FindingDevice,
            device: Device::new(preference),
            run: None,
            revision: Revision::default(),
            rounds: 0,
            intent: Intent::Rest,
            progress: Progress::default(),
            speed: Speed::Full,
            shows_answers,
            inside: Inside::default(),
            is_opened: false,
            weights: None,
            step_seconds: Vec::new(),
            times_steps: false,
            timed: 0,
            checks: Checks::default(),
            token: 0,
            new_run,
        }
    }

    /// The settings that hold now.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What is known of the run.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Changes whenever the history does, and with nothing else: the key of everything that is computed
    /// from it.
    pub fn version(&self) -> Version {
        Version { generation: self.generation, revision: self.history.revision() }
    }

    fn replace_history(&mut self, history: History) {
        self.history = history;
        self.generation += 1;
    }

    /// What the figure is doing.
    pub fn state(&self) -> State {
        self.state
    }

    /// What it waits for, while it is loading.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// What the first network is trained on, and what it has answered.
    pub fn inside(&self) -> &Inside {
        &self.inside
    }

    /// What trains.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The run, once it is set up or being set up.
    pub fn run(&self) -> Option<RunId> {
        self.run
    }

    /// Whether nothing has been heard of a run yet.
    pub fn is_untouched(&self) -> bool {
        self.history.evaluations().is_empty()
    }

    /// Where training is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How fast it trains.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// What the estimators made of a reference problem.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// Seconds for a step of one network of each configuration, in order. They are timed once methods
    /// have been compared; before that, none is known.
    pub fn step_seconds(&self) -> &[Option<f64>] {
        if self.is_timed() { &self.step_seconds } else { &[] }
    }

    fn configurations(&self) -> usize {
        self.experiment.methods().len() + 1
    }

    fn is_timed(&self) -> bool {
        self.timed == TIMED_ROUNDS * self.configurations()
    }

    /// Whether everything that is to be measured so far is: the steps 15% apart, and those that were
    /// asked for.
    pub fn is_measured(&self) -> bool {
        self.is_opened
            || self.run.is_some()
                && !self.progress.behind
                && self.progress.revision == self.revision
    }

    /// Whether the run was read from a file. Nothing of it was trained here.
    pub fn is_opened(&self) -> bool {
        self.is_opened
    }

    /// Shows a run that was read from a file instead of the one there is.
    pub fn open_saved(&mut self, history: History, inside: Inside) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.reset(&mut effects);
        self.experiment = history.experiment().clone();
        self.progress.step = history.evaluations().last().map_or(0, |last| last.step);
        self.replace_history(history);
        self.inside = inside;
        self.is_opened = true;
        self.state = State::Done;
        effects
    }

    /// The weights that were asked for, once they are there.
    pub fn take_weights(&mut self) -> Option<Weights> {
        self.weights.take()
    }

    /// Carries out what a reader, or the browser, does.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            Action::Toggle => match self.state {
                State::Running | State::Waiting => self.pause(&mut effects),
                _ => self.play(&mut effects),
            },
            Action::Play => self.play(&mut effects),
            Action::Step => match self.state {
                State::Ready => self.begin(Intent::Step, &mut effects),
                State::Running | State::Paused => self.send(RunCommand::Step, &mut effects),
                _ => {}
            },
            Action::Reset => self.reset(&mut effects),
            Action::SetExperiment(experiment) => self.set_experiment(*experiment, &mut effects),
            Action::SetPreference(preference) => {
                self.reset(&mut effects);
                self.release(&mut effects);
                self.device = Device::new(preference);
            }
            Action::SetSpeed(speed) => {
                self.speed = speed;
                self.send(RunCommand::Speed(speed), &mut effects);
            }
            Action::CheckEstimators(source) => self.check_estimators(source, &mut effects),
            Action::Save => self.send(RunCommand::Save, &mut effects),
            Action::AdapterFound(token, adapter) => {
                if token == self.token && self.device.active().is_none() && self.wants_device() {
                    self.open(adapter, &mut effects);
                }
            }
            Action::PatienceOver(token) => {
                let is_opening =
                    self.device.active() == Some(Backend::Gpu) && !self.device.is_open();
                if token == self.token && is_opening {
                    self.fall_back(Failure::Silent { seconds: PATIENCE_SECONDS }, &mut effects);
                }
            }
        }
        effects
    }

    /// Takes in what the workers of a backend tell.
    pub fn handle(&mut self, backend: Backend, event: PoolEvent) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_active = self.device.active() == Some(backend);
        match event {
            PoolEvent::Run(run, event) => self.handle_run(run, event, &mut effects),
            PoolEvent::Waiting(run) if Some(run) == self.run => self.state = State::Waiting,
            PoolEvent::EstimatorCheck(check) if self.checks.running.is_some() => {
                self.checks.results.push(check);
            }
            PoolEvent::EstimatorChecksDone => self.checks.running = None,
            PoolEvent::WarmUp { stage, done, total } if is_active && !self.device.is_open() => {
                self.activity = Activity::WarmingUp { stage, done, total };
                self.watch(&mut effects);
            }
            PoolEvent::Ready if is_active && !self.device.is_open() => {
                self.token += 1;
                effects.extend(self.device.opened().map(Effect::Lease));
                if let Some(source) = self.checks.running {
                    effects.push(Effect::CheckEstimators(backend, source));
                }
                if self.state == State::Loading {
                    self.load(&mut effects);
                }
            }
            PoolEvent::Ready if self.device.is_rival(backend) => self.device.rival_opened(),
            PoolEvent::Failed(failure) if self.device.is_rival(backend) => {
                self.rival_failed(backend, failure, &mut effects);
            }
            PoolEvent::Failed(failure) if is_active => {
                if backend == Backend::Gpu && !self.device.is_open() {
                    self.fall_back(failure, &mut effects);
                } else {
                    self.fail(failure, &mut effects);
                }
            }
            PoolEvent::Waiting(_)
            | PoolEvent::EstimatorCheck(_)
            | PoolEvent::WarmUp { .. }
            | PoolEvent::Ready
            | PoolEvent::Failed(_) => {}
        }
        effects
    }

    fn handle_run(&mut self, run: RunId, event: RunEvent, effects: &mut Vec<Effect>) {
        let of_rival = self.device.comparison().is_some_and(|comparison| comparison.run == run);
        if Some(run) != self.run && !of_rival {
            return;
        }
        match event {
            RunEvent::Loaded if self.device.comparison().is_some() => {
                let next = self.device.loaded(of_rival);
                self.compare(next, effects);
            }
            RunEvent::Timed(time) => {
                let rival = self.device.comparison().map(|comparison| comparison.run);
                let next = self.device.timed(of_rival, time.seconds);
                if let (Next::KeepActive | Next::Swapped, Some(rival)) = (next, rival) {
                    self.end_comparison(next, rival, effects);
                } else {
                    self.compare(next, effects);
                }
            }
            RunEvent::Failed(failure) if of_rival => {
                if let Some(backend) = self.rival_backend() {
                    self.rival_failed(backend, failure, effects);
                }
            }
            _ if of_rival => {}
            RunEvent::Loaded => self.start(effects),
            RunEvent::Playing => self.state = State::Running,
            RunEvent::Evaluation(evaluation) => {
                self.progress.step = self.progress.step.max(evaluation.step);
                self.history.push(evaluation);
                self.rounds = 0;
            }
            RunEvent::Measured { revision, result } => {
                if revision == self.revision {
                    self.history.push_measurement(result);
                }
            }
            RunEvent::Weights(weights) => self.weights = Some(weights),
            RunEvent::Task(task) => self.inside.task = Some(task),
            RunEvent::Answers(answers) => {
                let last = self.inside.answers.last().map(|last| last.step);
                if last.is_none_or(|last| last < answers.step) {
                    self.inside.answers.push(answers);
                }
            }
            RunEvent::Progress(progress) => {
                // That of older measurement settings says nothing of what is to be measured now.
                let behind = progress.behind || progress.revision != self.revision;
                self.progress = Progress { behind, ..progress };
                self.refine(effects);
            }
            RunEvent::Paused { step } => {
                self.progress.step = step;
                self.state = State::Paused;
                self.refine(effects);
            }
            RunEvent::Done { step } => {
                self.progress.step = step;
                self.state = State::Done;
                self.refine(effects);
                self.time_next(effects);
            }
            RunEvent::ConfigurationTimed { configuration, seconds } => {
                if self.times_steps && configuration == self.timed % self.configurations() {
                    self.times_steps = false;
                    self.timed += 1;
                    match self.step_seconds.get_mut(configuration) {
                        Some(least) => *least = shorter(*least, seconds),
                        None => self.step_seconds.push(seconds),
                    }
                    self.time_next(effects);
                }
            }
            RunEvent::Failed(failure) => self.fail(failure, effects),
        }
    }

    /// Asks for the time of a step of the next configuration, if methods are compared.
    fn time_next(&mut self, effects: &mut Vec<Effect>) {
        let configurations = self.configurations();
        if configurations == 1 || self.is_timed() || self.times_steps {
            return;
        }
        let configuration = self.timed % configurations;
        self.times_steps = true;
        let seconds = TIMED_CONFIGURATION_SECONDS;
        self.send(RunCommand::TimeConfiguration { configuration, seconds }, effects);
    }

    /// Forgets what was known of a run.
    fn forget(&mut self) {
        self.inside = Inside::default();
        self.is_opened = false;
        self.weights = None;
        self.step_seconds.clear();
        self.times_steps = false;
        self.timed = 0;
    }

    fn play(&mut self, effects: &mut Vec<Effect>) {
        match self.state {
            State::Ready => self.begin(Intent::Play, effects),
            State::Paused => self.send(RunCommand::Play, effects),
            State::Done => {
                self.reset(effects);
                self.begin(Intent::Play, effects);
            }
            State::Loading => self.intent = Intent::Play,
            State::Waiting | State::Running | State::Error => {}
        }
    }

    fn pause(&mut self, effects: &mut Vec<Effect>) {
        match self.state {
            State::Running => self.send(RunCommand::Pause, effects),
            State::Waiting => {
                self.send(RunCommand::Pause, effects);
                self.state = State::Paused;
            }
            _ => {}
        }
    }

    /// From step 0 towards a run that plays.
    fn begin(&mut self, intent: Intent, effects: &mut Vec<Effect>) {
        self.intent = intent;
        self.state = State::Loading;
        if self.device.is_open() {
            self.load(effects);
        } else {
            self.find_device(effects);
        }
    }

    /// Whether something waits for a device.
    fn wants_device(&self) -> bool {
        self.state == State::Loading || self.checks.running.is_some()
    }

    fn find_device(&mut self, effects: &mut Vec<Effect>) {
        if let Some(backend) = self.device.active() {
            // It is being opened.
            self.activity = Activity::LoadingProgram(backend);
            return;
        }
        self.token += 1;
        self.activity = Activity::FindingDevice;
        if self.device.preference() == Preference::Cpu {
            // The browser has nothing to say to that.
            self.open(Err(NoAdapter::NoneFound), effects);
        } else {
            effects.push(Effect::FindAdapter(self.token));
        }
    }

    fn open(&mut self, adapter: Result<Adapter, NoAdapter>, effects: &mut Vec<Effect>) {
        let backend = self.device.choose(adapter);
        self.activity = Activity::LoadingProgram(backend);
        effects.push(Effect::Lease(backend));
    }

    /// Watches a GPU that is being opened.
    fn watch(&mut self, effects: &mut Vec<Effect>) {
        self.token += 1;
        if self.device.active() == Some(Backend::Gpu) {
            effects.push(Effect::Patience(self.token, PATIENCE_SECONDS));
        }
    }

    fn fall_back(&mut self, failure: Failure, effects: &mut Vec<Effect>) {
        self.token += 1;
        self.device.fall_back(failure);
        self.activity = Activity::LoadingProgram(Backend::Cpu);
        effects.extend([Effect::Release(Backend::Gpu), Effect::Lease(Backend::Cpu)]);
    }

    /// Sets a run up on the open device, and on another one if the two are to be compared.
    fn load(&mut self, effects: &mut Vec<Effect>) {
        let Some(active) = self.device.active() else { return };
        self.replace_history(History::new(self.experiment.clone()));
        self.progress = Progress { behind: true, ..Progress::default() };
        self.forget();
        self.revision = Revision::default();
        self.rounds = 0;
        let run = (self.new_run)();
        self.run = Some(run);
        self.activity = Activity::SettingUp;
        effects.push(Effect::Load(active, run, Box::new(self.experiment.clone())));
        if let Some(rival) = self.device.to_compare(&self.experiment) {
            let run = (self.new_run)();
            self.device.begin_comparison(&self.experiment, run);
            self.activity = Activity::Comparing;
            effects.push(Effect::Load(rival, run, Box::new(self.experiment.clone())));
        }
    }

    /// What is set up begins to train, if that was asked for.
    fn start(&mut self, effects: &mut Vec<Effect>) {
        if self.speed != Speed::Full {
            self.send(RunCommand::Speed(self.speed), effects);
        }
        if self.shows_answers {
            self.send(RunCommand::Answers, effects);
        }
        match std::mem::replace(&mut self.intent, Intent::Rest) {
            // The state changes when the workers say that they do.
            Intent::Play => self.send(RunCommand::Play, effects),
            Intent::Step => self.send(RunCommand::Step, effects),
            Intent::Rest => {}
        }
    }

    fn compare(&mut self, next: Next, effects: &mut Vec<Effect>) {
        let rival = self.rival_backend().zip(self.device.comparison().map(|c| c.run));
        match (next, rival) {
            (Next::TimeActive, _) => self.send(RunCommand::Time(TIMED_SECONDS), effects),
            (Next::TimeRival, Some((backend, run))) => {
                effects.push(Effect::Send(backend, run, RunCommand::Time(TIMED_SECONDS)));
            }
            _ => {}
        }
    }

    fn end_comparison(&mut self, next: Next, rival_run: RunId, effects: &mut Vec<Effect>) {
        let (Some(active), Some(rival)) = (self.device.active(), self.rival_backend()) else {
            return;
        };
        if next == Next::Swapped {
            // What was active is the rival now. The winner is loaded anew, so that its step 0 is heard.
            effects.push(Effect::DropRun(active, rival_run));
            effects.extend(self.run.take().map(|run| Effect::DropRun(rival, run)));
            self.load(effects);
        } else {
            effects.push(Effect::DropRun(rival, rival_run));
            self.activity = Activity::SettingUp;
            self.start(effects);
        }
    }

    fn rival_backend(&self) -> Option<Backend> {
        [Backend::Gpu, Backend::Cpu].into_iter().find(|backend| self.device.is_rival(*backend))
    }

    fn rival_failed(&mut self, backend: Backend, failure: Failure, effects: &mut Vec<Effect>) {
        let was_comparing = self.device.comparison().is_some();
        self.device.rival_failed(failure);
        effects.push(Effect::Release(backend));
        if was_comparing {
            // The active device's run may not be set up yet: `Loaded` then starts it.
            self.activity = Activity::SettingUp;
            if let (Some(active), Some(run)) = (self.device.active(), self.run.take()) {
                effects.push(Effect::DropRun(active, run));
                self.load(effects);
            }
        }
    }

    fn reset(&mut self, effects: &mut Vec<Effect>) {
        self.drop_run(effects);
        if self.state == State::Error {
            self.release(effects);
            self.device.close();
        }
        self.intent = Intent::Rest;
        self.state = State::Ready;
        self.forget();
        self.replace_history(History::new(self.experiment.clone()));
        self.progress = Progress::default();
    }

    fn drop_run(&mut self, effects: &mut Vec<Effect>) {
        if let Some((backend, run)) = self.device.give_up_comparison() {
            effects.push(Effect::DropRun(backend, run));
        }
        if let (Some(backend), Some(run)) = (self.device.active(), self.run.take()) {
            effects.push(Effect::DropRun(backend, run));
        }
    }

    /// Gives all workers back.
    fn release(&mut self, effects: &mut Vec<Effect>) {
        self.token += 1;
        self.checks.running = None;
        effects.extend(self.device.active().map(Effect::Release));
        effects.extend(self.rival_backend().map(Effect::Release));
    }

    fn fail(&mut self, failure: Failure, effects: &mut Vec<Effect>) {
        // The first reason is the one that tells something.
        if self.state == State::Error {
            return;
        }
        self.drop_run(effects);
        self.checks.running = None;
        self.intent = Intent::Rest;
        self.activity = Activity::Failed(failure);
        self.state = State::Error;
    }

    fn set_experiment(&mut self, experiment: Experiment, effects: &mut Vec<Effect>) {
        if experiment == self.experiment {
            return;
        }
        let is_set_up =
            !matches!(self.state, State::Ready | State::Loading | State::Error) && !self.is_opened;
        if is_set_up && experiment.trains_alike(&self.experiment) {
            self.measure(experiment, effects);
            return;
        }
        let plays = match self.state {
            State::Running | State::Waiting => true,
            State::Loading => self.intent == Intent::Play,
            _ => false,
        };
        self.experiment = experiment;
        // An error may have come from the settings.
        self.reset(effects);
        if plays {
            self.begin(Intent::Play, effects);
        }
    }

    /// Measures the run so far in another way; training goes on.
    fn measure(&mut self, experiment: Experiment, effects: &mut Vec<Effect>) {
        let alike = self.experiment.measures_alike(&experiment);
        let old = std::mem::replace(&mut self.history, History::new(experiment.clone()));
        self.replace_history(old.with_measurement_settings(experiment.clone()));
        self.experiment = experiment;
        if !alike {
            self.rounds = 0;
            self.revision = Revision(self.revision.0 + 1);
            self.progress.behind = true;
        }
        let (experiment, revision) = (Box::new(self.experiment.clone()), self.revision);
        self.send(RunCommand::Measure { experiment, revision }, effects);
    }

    /// Once training rests and all is measured, asks for further steps where curves rise or fall.
    fn refine(&mut self, effects: &mut Vec<Effect>) {
        let rests = matches!(self.state, State::Paused | State::Done);
        if !rests || !self.is_measured() || self.rounds == MAX_ROUNDS {
            return;
        }
        let steps = unresolved(&self.history);
        if steps.is_empty() {
            self.rounds = MAX_ROUNDS;
            return;
        }
        self.rounds += 1;
        self.revision = Revision(self.revision.0 + 1);
        self.progress.behind = true;
        self.send(RunCommand::Refine { steps, revision: self.revision }, effects);
    }

    fn check_estimators(&mut self, source: CheckSource, effects: &mut Vec<Effect>) {
        // One problem at a time: results do not say to which they belong.
        if self.checks.running.is_some() {
            return;
        }
        self.checks = Checks { results: Vec::new(), running: Some(source) };
        match self.device.active().filter(|_| self.device.is_open()) {
            Some(backend) => effects.push(Effect::CheckEstimators(backend, source)),
            None => self.find_device(effects),
        }
    }

    fn send(&self, command: RunCommand, effects: &mut Vec<Effect>) {
        if let (Some(backend), Some(run)) = (self.device.active(), self.run) {
            effects.push(Effect::Send(backend, run, command));
        }
    }
}
