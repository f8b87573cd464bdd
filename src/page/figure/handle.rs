//! What a figure holds while it is mounted, and the way in which its panels reach it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Weak;

use wasm_bindgen_futures::spawn_local;

use super::budget::{DrawBudget, Scope};
use super::cache::Shared;
use super::panel::{Panel, View};
use super::recorded::Recorded;
use super::{
    Decision, Ghost, Manner, Pointed, Surroundings, ViewOptions, asks_make_sense, pace, share,
};
use crate::experiment::{Experiment, Note, Value};
use crate::page::adapter;
use crate::page::address::{Address, Notice};
use crate::page::chart::Theme;
use crate::page::dom::{Frame, Root, Timer, page_folder, set_attribute};
use crate::page::embed;
use crate::page::plots;
use crate::page::pool::{Lease, PoolEvent};
use crate::page::session::{Action, Effect, Preference, Session, State};
use crate::phases;
use crate::protocol::{Backend, RunId, Speed};
use crate::recording::Recording;

/// The parts of a mounted figure.
pub struct Inner {
    pub(super) root: Root,
    pub(super) surroundings: Surroundings,
    pub(super) session: Session,
    pub(super) options: ViewOptions,
    pub(super) notices: Vec<Notice>,
    pub(super) manner: Manner,
    pub(super) recorded: Option<Recorded>,
    pub(super) ghosts: Vec<Ghost>,
    pub(super) leases: BTreeMap<Backend, Lease>,
    pub(super) panels: Vec<Box<dyn Panel>>,
    pub(super) shared: Shared,
    pub(super) theme: Option<Theme>,
    /// Counts changes of theme and options that charts depend on.
    pub(super) view: u32,
    pub(super) budget: Option<DrawBudget>,
    pub(super) frame: Option<Frame>,
    pub(super) patience: Option<Timer>,
    pub(super) savers: Savers,
    /// Set when the figure is gone: late answers find nobody.
    pub(super) is_unmounted: bool,
}

/// Takes a safetensors file, or `None` where there are no weights.
type Saver = Box<dyn FnOnce(Option<Vec<u8>>)>;

/// Who waits for the weights of a run.
#[derive(Default)]
pub(super) struct Savers {
    run: Option<RunId>,
    waiting: Vec<Saver>,
}

/// How panels, listeners and workers reach their figure. It does not keep the figure.
#[derive(Clone)]
pub struct Handle(pub(super) Weak<RefCell<Inner>>);

impl Handle {
    pub(super) fn with<T>(&self, action: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        let inner = self.0.upgrade()?;
        // After a panic the figure stays borrowed: then nothing happens any more.
        let mut inner = inner.try_borrow_mut().ok()?;
        (!inner.is_unmounted).then(|| action(&mut inner))
    }

    /// Carries out what the reader does.
    pub fn act(&self, action: Action) {
        self.with(|inner| {
            let is_opened = inner.session.is_opened();
            if is_opened && matches!(action, Action::Toggle | Action::Play | Action::Reset) {
                // What is trained now can be compared with the run from the file.
                inner.keep_shown_run();
            }
            inner.options.follow(&action, inner.session.state());
            let effects = inner.session.act(action);
            inner.carry_out(effects, self);
            if is_opened && !inner.session.is_opened() {
                inner.options.address.run = None;
                inner.show_address(false);
            }
        });
        self.answer_savers();
        self.redraw();
    }

    fn hear(&self, backend: Backend, event: PoolEvent) {
        self.with(|inner| {
            let effects = inner.session.handle(backend, event);
            inner.carry_out(effects, self);
        });
        self.answer_savers();
        // Not in a frame: there is none in a hidden tab.
        if self.with(Inner::stops_here) == Some(true) {
            self.act(Action::Toggle);
        }
        self.redraw();
    }

    /// Calls back with the weights of every network as a safetensors file, or with `None` if there
    /// are none: nothing is loaded, or it is gone before it has answered.
    pub fn save_weights(&self, saver: impl FnOnce(Option<Vec<u8>>) + 'static) {
        self.with(|inner| {
            inner.savers.run = inner.session.run();
            inner.savers.waiting.push(Box::new(saver));
        });
        self.act(Action::Save);
    }

    /// Hands the weights to those who wait for them. Not while the figure is borrowed: they look at
    /// it.
    fn answer_savers(&self) {
        let answered = self.with(|inner| {
            if inner.savers.waiting.is_empty() {
                return None;
            }
            let weights = inner.session.take_weights();
            let run = inner.session.run();
            if weights.is_none() && run.is_some() && run == inner.savers.run {
                return None;
            }
            let weights = weights.filter(|weights| !weights.is_empty());
            let theme = inner.theme();
            let link = share::link(&inner.view(theme));
            let file = weights.map(|weights| weights.to_file(inner.session.experiment(), &link));
            Some((std::mem::take(&mut inner.savers.waiting), file))
        });
        if let Some(Some((waiting, file))) = answered {
            waiting.into_iter().for_each(|saver| saver(file.clone()));
        }
    }

    /// Takes another experiment, with no more members than fit, and says so if there are fewer.
    pub fn set_experiment(&self, mut experiment: Experiment) {
        let note = experiment.limit_members();
        self.with(|inner| {
            if experiment == *inner.session.experiment() {
                return;
            }
            inner.notices = note.into_iter().map(Notice::Experiment).collect();
            inner.keep_ghost(&experiment);
            inner.options.address.run = None;
            let effects = inner.session.act(Action::SetExperiment(Box::new(experiment)));
            inner.carry_out(effects, self);
            inner.show_address(true);
        });
        self.redraw();
    }

    /// Plays an experiment of a series, or measures it again if it trains like the last one. No
    /// earlier run stays as a grey curve.
    pub fn play_next(&self, experiment: Experiment) {
        if self.with(|inner| inner.session.state() == State::Error) == Some(true) {
            self.act(Action::Reset);
        }
        self.set_experiment(experiment);
        let is_done = self.with(|inner| {
            inner.ghosts.clear();
            inner.session.state() == State::Done
        });
        if is_done == Some(false) {
            self.act(Action::Play);
        }
    }

    /// Takes everything that an address says.
    pub fn set_address(&self, address: Address) {
        let run = address.options.run.clone();
        self.with(|inner| {
            inner.notices = address.notices;
            let speed = pace(address.options.speed);
            let mut effects = Vec::new();
            if address.options.preference != inner.session.device().preference() {
                let preference = address.options.preference;
                effects.extend(inner.session.act(Action::SetPreference(preference)));
            }
            effects.extend(inner.session.act(Action::SetSpeed(speed)));
            inner.keep_ghost(&address.experiment);
            let experiment = Box::new(address.experiment);
            effects.extend(inner.session.act(Action::SetExperiment(experiment)));
            inner.options.address = address.options;
            inner.view += 1;
            inner.carry_out(effects, self);
            inner.show_address(false);
        });
        if let Some(run) = run {
            self.open_address(run);
        }
        self.redraw();
    }

    /// Changes how the figure is shown.
    pub fn change_view(&self, change: impl FnOnce(&mut ViewOptions)) {
        self.with(|inner| {
            let before = inner.options.clone();
            change(&mut inner.options);
            let now = &inner.options;
            let charts = |options: &ViewOptions| {
                let ViewOptions { profile_scores, profile_loss, profile_best, map_shows, .. } =
                    *options;
                (profile_scores, profile_loss, profile_best, map_shows)
            };
            let is_drawn = before.drawn != now.drawn;
            if charts(&before) != charts(now) || is_drawn || before.address != now.address {
                inner.view += 1;
            }
            if before.address != inner.options.address {
                inner.show_address(false);
            }
        });
        self.redraw();
    }

    /// Moves the crosshairs, or takes them away.
    pub fn point_at(&self, pointed: Pointed) {
        self.change_view(|options| options.pointed = pointed);
    }

    /// Another device; the choice goes into the address.
    pub fn set_preference(&self, preference: Preference) {
        self.act(Action::SetPreference(preference));
        self.change_view(|options| options.address.preference = preference);
    }

    /// Another speed; it goes into the address.
    pub fn set_speed(&self, speed: Speed) {
        self.act(Action::SetSpeed(speed));
        self.change_view(|options| options.address.speed = speed);
    }

    /// Another value of the figure's knob: a new run, which plays at once. A run that is only
    /// measured in another way stays.
    pub fn turn_knob(&self, value: Value) {
        let experiment = self.look(|view| {
            let (field, _) = view.manner.knob.as_ref()?;
            let mut experiment = view.session.experiment().clone();
            experiment.set(field, value).ok()?;
            let is_another_run = !experiment.trains_alike(view.session.experiment());
            Some((experiment, is_another_run))
        });
        if let Some(Some((experiment, is_another_run))) = experiment {
            self.set_experiment(experiment);
            if is_another_run {
                self.act(Action::Play);
            }
        }
    }

    /// Moves the scrubber to an evaluated step, or to the last one.
    pub fn scrub(&self, step: Option<u32>) {
        self.change_view(|options| {
            options.scrubbed = step;
            options.pointed = Pointed::default();
        });
    }

    /// Keeps the run so far as a grey curve.
    pub fn pin(&self) {
        self.with(|inner| {
            let recorded = inner.recorded.as_ref().filter(|_| inner.shows_recording());
            let history = recorded.map_or(inner.session.history(), Recorded::history);
            if let Some(ghost) = Ghost::of(history) {
                inner.add_ghost(ghost);
            }
        });
        self.redraw();
    }

    /// Shows a recorded run to its end, with its settings.
    pub(super) fn show_recording(&self, recording: Recording) {
        let experiment = Experiment::from_query(recording.query()).experiment;
        self.set_experiment(experiment);
        self.with(|inner| {
            inner.options.scrubbed = recording.steps().last().copied();
            inner.recorded = Some(Recorded::new(recording));
            inner.view += 1;
        });
        self.redraw();
    }

    /// Takes an earlier run away.
    pub fn remove_ghost(&self, index: usize) {
        self.with(|inner| {
            if index < inner.ghosts.len() {
                inner.ghosts.remove(index);
                inner.view += 1;
            }
        });
        self.redraw();
    }

    /// Says what could not be taken.
    pub fn show_note(&self, note: Note) {
        self.with(|inner| inner.notices = vec![Notice::Experiment(note)]);
        self.redraw();
    }

    /// Looks at what the figure knows.
    pub fn look<T>(&self, look: impl FnOnce(&View<'_>) -> T) -> Option<T> {
        self.with(|inner| {
            let theme = inner.theme();
            look(&inner.view(theme))
        })
    }

    /// Something that charts depend on has changed.
    pub(super) fn look_again(&self) {
        self.with(|inner| inner.view += 1);
        self.redraw();
    }

    /// Colours may have changed.
    pub fn forget_theme(&self) {
        self.with(|inner| {
            inner.theme = None;
            inner.view += 1;
        });
        self.redraw();
    }

    /// Draws at the next frame, once however often it is asked for.
    pub fn redraw(&self) {
        let handle = self.clone();
        self.with(|inner| {
            if inner.frame.as_ref().is_some_and(Frame::is_pending) {
                return;
            }
            inner.frame = Some(Frame::request(move || {
                let goes_on = handle.with(Inner::draw);
                if goes_on == Some(true) {
                    handle.redraw();
                }
            }));
        });
    }
}

impl Inner {
    /// Keeps the run so far as a grey curve, because another one replaces it.
    fn keep_ghost(&mut self, next: &Experiment) {
        let solved_alike =
            self.session.experiment().trains_alike(next) && !self.session.is_opened();
        self.options.scrubbed = None;
        self.options.decision = Decision::default();
        self.recorded.take_if(|recorded| recorded.history().experiment() != next);
        if solved_alike {
            return;
        }
        if self.session.is_opened() {
            self.keep_shown_run();
        } else if let Some(ghost) = Ghost::of(self.session.history()) {
            self.add_ghost(ghost);
        }
        self.ghosts.retain(|ghost| ghost.fits(next));
    }

    pub(super) fn add_ghost(&mut self, ghost: Ghost) {
        self.ghosts.retain(|known| {
            known.experiment != ghost.experiment || known.is_from_file != ghost.is_from_file
        });
        self.ghosts.insert(0, ghost);
        self.ghosts.truncate(Ghost::MAX);
        self.view += 1;
    }

    /// Whether the reader moves through the recorded run, because nothing is trained yet.
    fn shows_recording(&self) -> bool {
        self.recorded.is_some() && self.options.scrubbed.is_some() && self.session.is_untouched()
    }

    /// Whether the run is to stop now, because the networks have memorised and the reader is asked
    /// how to go on. Said once for each run.
    fn stops_here(&mut self) -> bool {
        let is_due = self.manner.asks
            && asks_make_sense(self.session.experiment())
            && self.session.state() == State::Running
            && self.options.decision == Decision::NotYet
            && plots::has_memorised(&phases::find(self.session.history()));
        if is_due {
            self.options.decision = Decision::Open;
        }
        is_due
    }

    pub(super) fn carry_out(&mut self, effects: Vec<Effect>, handle: &Handle) {
        for effect in effects {
            match effect {
                Effect::FindAdapter(token) => {
                    let handle = handle.clone();
                    spawn_local(async move {
                        let adapter = adapter::find().await;
                        handle.act(Action::AdapterFound(token, adapter));
                    });
                }
                Effect::Lease(backend) => {
                    let handle = handle.clone();
                    let lease = self.surroundings.pool.lease(backend, move |event| {
                        handle.hear(backend, event);
                    });
                    self.leases.insert(backend, lease);
                }
                Effect::Release(backend) => {
                    self.leases.remove(&backend);
                }
                Effect::Load(backend, run, experiment) => {
                    if let Some(lease) = self.leases.get(&backend) {
                        lease.load(run, &experiment);
                    }
                }
                Effect::Send(backend, run, command) => {
                    if let Some(lease) = self.leases.get(&backend) {
                        lease.send(run, command);
                    }
                }
                Effect::DropRun(backend, run) => {
                    if let Some(lease) = self.leases.get(&backend) {
                        lease.drop_run(run);
                    }
                }
                Effect::CheckEstimators(backend, source) => {
                    if let Some(lease) = self.leases.get(&backend) {
                        lease.check_estimators(source);
                    }
                }
                Effect::Patience(token, seconds) => {
                    let handle = handle.clone();
                    let milliseconds = i32::try_from(seconds * 1000).unwrap_or(i32::MAX);
                    self.patience = Some(Timer::after(milliseconds, move || {
                        handle.act(Action::PatienceOver(token));
                    }));
                }
            }
        }
        self.show_state();
    }

    /// Says at once what the figure is doing: frames stop in a hidden tab.
    pub(super) fn show_state(&mut self) {
        let root = self.root.element();
        let set = |name, value: Option<&str>| match value {
            Some(value) => set_attribute(root, name, value),
            None => {
                root.remove_attribute(name).ok();
            }
        };
        set("data-backend", self.session.device().active().map(Backend::key));
        let workers = self.workers().to_string();
        set("data-workers", self.session.run().map(|_| workers.as_str()));
        let measures = if self.session.is_measured() { "complete" } else { "behind" };
        set("data-measures", Some(measures));
        let theme = self.theme();
        let mut panels = std::mem::take(&mut self.panels);
        for panel in &mut panels {
            panel.show_state(&self.view(theme));
        }
        self.panels = panels;
        // Last: whoever waits for a state finds the rest of it.
        set_attribute(self.root.element(), "data-state", self.session.state().key());
        if let Some(on_state) = &self.surroundings.on_state {
            on_state(self.root.element());
        }
    }

    /// Workers that share the members.
    fn workers(&self) -> usize {
        let lease = self.session.device().active().and_then(|active| self.leases.get(&active));
        lease.zip(self.session.run()).map_or(1, |(lease, run)| lease.workers(run))
    }

    fn theme(&mut self) -> Theme {
        *self.theme.get_or_insert_with(|| Theme::of(self.root.element()))
    }

    fn view(&self, theme: Theme) -> View<'_> {
        View {
            session: &self.session,
            options: &self.options,
            notices: &self.notices,
            ghosts: &self.ghosts,
            recorded: self.recorded.as_ref(),
            shows_recording: self.shows_recording(),
            manner: &self.manner,
            text: &self.surroundings.text,
            shared: &self.shared,
            theme,
            view: self.view,
            workers: self.workers(),
        }
    }

    /// Moves the scrubber to the step that the address names, once the run has come there.
    fn go_to_step(&mut self) {
        let Some(at) = self.options.address.at else { return };
        let theme = self.theme();
        let steps = self.view(theme).steps();
        let is_last = at >= self.session.experiment().settings.steps
            && matches!(self.session.state(), State::Done);
        if steps.last().is_some_and(|last| *last >= at || is_last) {
            let before = steps.partition_point(|step| *step <= at).saturating_sub(1);
            self.options.scrubbed = Some(steps[before]);
            self.options.address.at = None;
            self.view += 1;
        }
    }

    /// Draws a frame; gives back whether the next one has something to draw as well.
    pub(super) fn draw(&mut self) -> bool {
        let scope = match self.session.state() {
            State::Running => Scope::Visible,
            State::Loading | State::Ready | State::Waiting => Scope::All,
            State::Paused | State::Done | State::Error => Scope::AllAtOnce,
        };
        let mut budget = DrawBudget::after(self.budget.as_ref(), scope);
        self.go_to_step();
        let theme = self.theme();
        let text = &self.surroundings.text;
        let shows_recording = self.shows_recording();
        if let (Some(recorded), Some(step)) = (&mut self.recorded, self.options.scrubbed)
            && shows_recording
        {
            recorded.show(step);
        }
        let recorded = self.recorded.as_ref().filter(|_| shows_recording);
        let history = recorded.map_or(self.session.history(), Recorded::history);
        let revision = recorded.map(|recorded| recorded.history().revision());
        let version = (self.session.version(), revision);
        self.shared.update(history, version, &self.options, &theme, self.view, text);
        let mut panels = std::mem::take(&mut self.panels);
        for panel in &mut panels {
            panel.update(&self.view(theme), &mut budget);
        }
        self.panels = panels;
        let goes_on = budget.has_leftovers();
        self.budget = Some(budget);
        goes_on
    }

    /// The query of the whole page: the section that an embed comes from, as long as it shows what
    /// stands there, or else the lab.
    fn whole_page(&self) -> String {
        let (experiment, options) = (self.session.experiment(), &self.options.address);
        let own = embed::own_query(self.root.element());
        match &options.figure {
            Some(section) if Address::read(&own).experiment == *experiment => {
                let language = options.locale.map(|locale| format!("?lang={}", locale.key()));
                format!("{}#{section}", language.unwrap_or_default())
            }
            _ => Address::write(experiment, options, true),
        }
    }

    /// Puts everything that differs from the preset into the address bar and into the link.
    pub(super) fn show_address(&self, can_go_back: bool) {
        let (experiment, options) = (self.session.experiment(), &self.options.address);
        if let Some(on_address) = &self.surroundings.on_address {
            on_address(experiment, options, can_go_back);
        }
        if let Some(link) = self.root.find::<web_sys::HtmlAnchorElement>("full-page") {
            link.set_href(&format!("{}{}", page_folder(), self.whole_page()));
        }
    }
}
