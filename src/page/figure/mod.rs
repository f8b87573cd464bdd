//! A figure: one experiment, played and shown in an element of the document.
//!
//! A [`Figure`] mounts its markup in the element, carries out the [`Effect`]s of its [`Session`], and
//! lets its [`Panel`]s draw once a frame. Everything that it takes (listeners, frames, timers,
//! observers, workers) it owns, and gives back when it is unmounted.

mod budget;
mod cache;
mod claims;
mod clock;
mod compression;
mod curves;
mod estimators;
mod experiment;
mod finding;
mod knob;
mod links;
mod measures;
mod notes;
mod options;
mod panel;
mod picture;
mod question;
mod recorded;
mod runs;
mod setting_map;
mod settings;
mod sweep;
mod task;
mod toolbar;
mod versus;
mod waves;

pub use options::{Ghost, Manner, Pointed, ViewOptions};
pub use panel::Parts;
pub use question::Decision;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use self::budget::{DrawBudget, Scope};
use self::cache::Shared;
use self::panel::{Panel, View};
use self::recorded::Recorded;
use super::adapter;
use super::address::{Address, Notice, Options};
use super::chart::Theme;
use super::dom::{
    Frame, Listener, Root, Timer, Visibility, focus_in_place, page_folder, set_attribute, set_text,
    window,
};
use super::plots;
use super::pool::{Lease, Pool, PoolEvent};
use super::session::{Action, Effect, Session, State};
use crate::experiment::{Experiment, Note, Value};
use crate::history::History;
use crate::phases;
use crate::protocol::{Backend, Speed};
use crate::text::Text;

/// What a figure needs to know of its document.
#[derive(Clone)]
pub struct Surroundings {
    /// The document's workers.
    pub pool: Pool,
    /// The language.
    pub text: Text,
    /// Called after settings or options have changed, with a way to write them into an address, and
    /// whether the reader should find the old ones by going back. Only for the figure that owns the
    /// address bar.
    pub on_address: Option<fn(&Experiment, &Options, bool)>,
    /// Called after the root's state attributes have changed.
    pub on_state: Option<fn(&HtmlElement)>,
}

/// The attributes of a figure's root that say what it is doing.
pub const STATE_ATTRIBUTES: [&str; 4] =
    ["data-state", "data-backend", "data-workers", "data-measures"];

/// A mounted figure.
pub struct Figure {
    inner: Rc<RefCell<Inner>>,
    _listeners: Vec<Listener>,
    _visibility: Option<Visibility>,
}

struct Inner {
    root: Root,
    surroundings: Surroundings,
    session: Session,
    options: ViewOptions,
    notices: Vec<Notice>,
    manner: Manner,
    recorded: Option<Recorded>,
    ghosts: Vec<Ghost>,
    leases: BTreeMap<Backend, Lease>,
    panels: Vec<Box<dyn Panel>>,
    shared: Shared,
    theme: Option<Theme>,
    /// Counts changes of theme and options that charts depend on.
    view: u32,
    budget: Option<DrawBudget>,
    frame: Option<Frame>,
    patience: Option<Timer>,
    /// Set when the figure is gone: late answers find nobody.
    is_unmounted: bool,
}

/// How panels, listeners and workers reach their figure. It does not keep the figure.
#[derive(Clone)]
pub struct Handle(Weak<RefCell<Inner>>);

impl Figure {
    /// Mounts a figure in an element, which it empties. `query` says what to show, `parts` which of
    /// its parts.
    pub fn mount(
        element: HtmlElement,
        query: &str,
        parts: Option<&str>,
        surroundings: Surroundings,
    ) -> Self {
        let address = Address::read(query);
        let (parts, unknown) = Parts::read(parts);
        let mut notices = address.notices;
        if !unknown.is_empty() {
            notices.push(Notice::UnknownParts(unknown));
        }
        let (manner, notices_of_manner) = Manner::of(&element);
        notices.extend(notices_of_manner);
        let recording = element.get_attribute("data-recording");
        let recorded =
            recording.as_deref().and_then(|file| Recorded::early(file, &address.experiment));
        let awaited = recording.filter(|_| recorded.is_none());
        let root = Root::new(element);
        let text = surroundings.text.clone();
        build(&root, &text, parts);
        let new_run = {
            let pool = surroundings.pool.clone();
            Rc::new(move || pool.new_run())
        };
        let mut session = Session::new(
            address.experiment,
            address.options.preference,
            parts.looks_inside(),
            new_run,
        );
        session.act(Action::SetSpeed(pace(address.options.speed)));
        let plays = address.options.plays;
        let inner = Rc::new(RefCell::new(Inner {
            root: root.clone(),
            surroundings,
            session,
            options: ViewOptions {
                address: address.options,
                profile_scores: false,
                profile_loss: false,
                profile_best: false,
                map_shows: plots::Shows::default(),
                pointed: Pointed::default(),
                scrubbed: None,
                guess: None,
                decision: Decision::default(),
            },
            notices,
            manner,
            recorded,
            ghosts: Vec::new(),
            leases: BTreeMap::new(),
            panels: Vec::new(),
            shared: Shared::default(),
            theme: None,
            view: 0,
            budget: None,
            frame: None,
            patience: None,
            is_unmounted: false,
        }));
        let handle = Handle(Rc::downgrade(&inner));
        let panels = panels(&root, &text, parts, &handle);
        inner.borrow_mut().panels = panels;
        let listeners = listeners(&root, &handle);
        let visibility = plays.then(|| {
            let handle = handle.clone();
            let seen = Cell::new(false);
            Visibility::observe(root.element(), "0px", false, move || {
                if !seen.replace(true) {
                    handle.act(Action::Play);
                }
            })
        });
        {
            let mut inner = inner.borrow_mut();
            inner.show_state();
            inner.show_address(false);
        }
        handle.redraw();
        if let Some(file) = awaited {
            let handle = handle.clone();
            spawn_local(async move {
                let experiment = handle.look(|view| view.session.experiment().clone());
                let Some(experiment) = experiment else { return };
                let recorded = Recorded::fetch(&file, &experiment).await;
                handle.with(|inner| {
                    inner.recorded = recorded;
                    inner.view += 1;
                });
                handle.redraw();
            });
        }
        Self { inner, _listeners: listeners, _visibility: visibility }
    }

    /// The element that it is mounted in.
    pub fn element(&self) -> HtmlElement {
        self.inner.borrow().root.element().clone()
    }

    /// Draws everything at once in the colours that hold now, as before printing.
    pub fn draw_now(&self) {
        let handle = Handle(Rc::downgrade(&self.inner));
        handle.forget_theme();
        handle.with(|inner| {
            for _ in 0..3 {
                inner.draw();
            }
        });
    }

    /// Says something beside the figure's own notices.
    pub fn add_notices(&self, notices: Vec<Notice>) {
        let handle = Handle(Rc::downgrade(&self.inner));
        handle.with(|inner| inner.notices.extend(notices));
        handle.redraw();
    }

    /// Looks at the run.
    pub fn with_history<T>(&self, look: impl FnOnce(&History) -> T) -> T {
        look(self.inner.borrow().session.history())
    }

    /// Moves the scrubber to an event: 0 is the start, 1 the first event, 2 the second one, 9 the
    /// end. An event that has not been seen is where the run has come to. A run that has not begun
    /// begins.
    pub fn jump(&self, event: u8) {
        let handle = Handle(Rc::downgrade(&self.inner));
        if handle.look(|view| view.session.is_untouched() && view.recorded.is_none()) == Some(true)
        {
            // There is nothing to move through yet.
            handle.act(Action::Play);
            return;
        }
        let step = handle.look(|view| match event {
            0 => Some(1),
            1 | 2 => view.shared.markers.get(usize::from(event) - 1).map(|marker| marker.x as u32),
            _ => None,
        });
        if let Some(step) = step {
            handle.scrub(step);
        }
    }

    /// Takes the settings of an address, as when the reader goes back.
    pub fn go_to(&self, query: &str) {
        let address = Address::read(query);
        Handle(Rc::downgrade(&self.inner)).set_address(address);
    }

    /// Ends everything that goes on and empties the element.
    pub fn unmount(self) {
        drop(self);
    }
}

impl Drop for Figure {
    fn drop(&mut self) {
        // A figure that panicked is still borrowed; the page has ended then.
        let Ok(mut inner) = self.inner.try_borrow_mut() else { return };
        inner.is_unmounted = true;
        inner.frame = None;
        inner.patience = None;
        inner.panels.clear();
        let leases = std::mem::take(&mut inner.leases);
        for name in STATE_ATTRIBUTES {
            inner.root.element().remove_attribute(name).ok();
        }
        inner.root.element().set_inner_html("");
        drop(inner);
        drop(leases);
    }
}

/// Whether there is one moment of memorising to ask about: networks with classes that differ in their
/// seed only.
pub(super) fn asks_make_sense(experiment: &Experiment) -> bool {
    !experiment.settings.is_regression() && experiment.has_one_configuration()
}

/// A speed that a reader who asks for less motion can bear: the result at once instead of curves that
/// grow.
fn pace(speed: Speed) -> Speed {
    let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    match speed {
        Speed::Whole { .. } if query.is_some_and(|query| query.matches()) => Speed::Full,
        _ => speed,
    }
}

/// Puts the markup of the wanted parts, with their words, into the root.
fn build(root: &Root, text: &Text, parts: Parts) {
    let element = root.element();
    element.set_inner_html(include_str!("figure.html"));
    let all = |selector: &str| {
        let found =
            element.query_selector_all(selector).expect("the selector is written in the code");
        (0..found.length())
            .filter_map(move |index| found.get(index)?.dyn_into::<Element>().ok())
            .collect::<Vec<_>>()
    };
    for section in all("[data-section]") {
        if !parts.has(&section.get_attribute("data-section").unwrap_or_default()) {
            section.remove();
        }
    }
    for (attribute, target) in [
        ("data-text", None),
        ("data-title", Some("title")),
        ("data-label", Some("aria-label")),
        ("data-placeholder", Some("placeholder")),
    ] {
        for marked in all(&format!("[{attribute}]")) {
            let id = marked.get_attribute(attribute).unwrap_or_default();
            let words = match id.split_once('.') {
                Some((id, attribute)) => text.attribute(id, attribute),
                None => text.get(&id),
            };
            match target {
                None => set_text(&marked, &words),
                Some(target) => set_attribute(&marked, target, &words),
            }
        }
    }
    for (label, control) in [("preset-label", "preset"), ("device-label", "device")] {
        let (Some(label), Some(control)) =
            (root.find::<HtmlElement>(label), root.find::<HtmlElement>(control))
        else {
            continue;
        };
        let id = root.unique(&control.get_attribute("data-part").unwrap_or_default());
        control.set_id(&id);
        set_attribute(&label, "for", &id);
    }
}

fn panels(root: &Root, text: &Text, parts: Parts, handle: &Handle) -> Vec<Box<dyn Panel>> {
    let mut panels: Vec<Box<dyn Panel>> = vec![Box::new(experiment::Title::new(root))];
    if parts.experiment {
        panels.push(Box::new(experiment::Experiments::new(root, text, handle)));
    }
    if parts.runs {
        panels.push(Box::new(runs::Runs::new(root, handle)));
    }
    if parts.knob {
        panels.push(Box::new(knob::Knob::new(root, text, handle)));
    }
    if parts.task {
        panels.push(Box::new(task::TaskPicture::new(root, handle)));
    }
    if parts.ask {
        panels.push(Box::new(task::Ask::new(root, handle)));
    }
    if parts.waves {
        panels.push(Box::new(waves::WavesPicture::new(root, handle)));
    }
    if parts.links {
        panels.push(Box::new(links::Links::new(root, handle)));
    }
    if parts.toolbar {
        panels.push(Box::new(toolbar::Toolbar::new(root, text, handle)));
    }
    if parts.curves {
        panels.push(Box::new(curves::Curves::new(root, handle)));
        panels.push(Box::new(question::Question::new(root, handle)));
    }
    if parts.sweep {
        panels.push(Box::new(sweep::Sweep::new(root, handle)));
        panels.push(Box::new(setting_map::SettingMap::new(root, text, handle)));
    }
    if parts.status {
        panels.push(Box::new(toolbar::Status::new(root)));
    }
    if parts.finding {
        panels.push(Box::new(finding::Finding::new(root)));
    }
    if parts.versus {
        panels.push(Box::new(versus::Versus::new(root)));
    }
    if parts.measures {
        panels.push(Box::new(measures::Measures::new(root, text, handle)));
    }
    if parts.compression {
        panels.push(Box::new(compression::Compression::new(root, handle, parts.measures)));
    }
    if parts.claims {
        panels.push(Box::new(claims::ClaimsPanel::new(root, text, handle)));
    }
    if parts.clock {
        panels.push(Box::new(clock::ClockPanel::new(root, text, handle)));
    }
    if parts.estimators {
        panels.push(Box::new(estimators::Estimators::new(root, text, handle)));
    }
    if parts.settings {
        panels.push(Box::new(settings::Settings::new(root, text, handle)));
        panels.push(Box::new(versus::Methods::new(root, handle)));
    }
    panels.push(Box::new(notes::Notes::new(root)));
    panels
}

/// Keys act only while the focus is in the figure (WCAG 2.1.4): Space is the reader's page-down
/// everywhere else.
fn listeners(root: &Root, handle: &Handle) -> Vec<Listener> {
    let figure: HtmlElement = root.part("figure");
    let focused = figure.clone();
    let mut listeners = Vec::new();
    if let Some(charts) = root.find::<HtmlElement>("charts") {
        listeners.push(Listener::new(&charts, "pointerdown", move |_: PointerEvent| {
            // Not scrolled to: the page must not move under the pointer.
            focus_in_place(&focused);
        }));
    }
    let keys = handle.clone();
    listeners.push(Listener::new(&figure, "keydown", move |event: KeyboardEvent| {
        if event.repeat() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let tag = target.as_ref().map(Element::tag_name).unwrap_or_default();
        // A slider does nothing with these keys.
        let is_slider =
            target.is_some_and(|target| target.get_attribute("type").as_deref() == Some("range"));
        if !is_slider && matches!(tag.as_str(), "SELECT" | "INPUT") {
            return;
        }
        let takes_keys = matches!(tag.as_str(), "BUTTON" | "SUMMARY" | "A");
        let action = match event.key().as_str() {
            " " if !takes_keys => Action::Toggle,
            "s" => Action::Step,
            "r" => Action::Reset,
            _ => return,
        };
        event.prevent_default();
        keys.act(action);
    }));
    if let Ok(Some(dark)) = window().match_media("(prefers-color-scheme: dark)") {
        let handle = handle.clone();
        listeners.push(Listener::new(&dark, "change", move |_: Event| {
            handle.forget_theme();
        }));
    }
    listeners
}

impl Handle {
    fn with<T>(&self, action: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        let inner = self.0.upgrade()?;
        // After a panic the figure stays borrowed: then nothing happens any more.
        let mut inner = inner.try_borrow_mut().ok()?;
        (!inner.is_unmounted).then(|| action(&mut inner))
    }

    /// Carries out what the reader does.
    pub fn act(&self, action: Action) {
        self.with(|inner| {
            inner.options.follow(&action, inner.session.state());
            let effects = inner.session.act(action);
            inner.carry_out(effects, self);
        });
        self.redraw();
    }

    fn hear(&self, backend: Backend, event: PoolEvent) {
        self.with(|inner| {
            let effects = inner.session.handle(backend, event);
            inner.carry_out(effects, self);
        });
        // Not in a frame: there is none in a hidden tab.
        if self.with(Inner::stops_here) == Some(true) {
            self.act(Action::Toggle);
        }
        self.redraw();
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
            let effects = inner.session.act(Action::SetExperiment(Box::new(experiment)));
            inner.carry_out(effects, self);
            inner.show_address(true);
        });
        self.redraw();
    }

    /// Plays an experiment of a series, or measures it again if it trains like the last one. No
    /// earlier run stays as a grey curve.
    fn play_next(&self, experiment: Experiment) {
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
    fn set_address(&self, address: Address) {
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
        });
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
            if charts(&before) != charts(now) || before.address != now.address {
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
    pub fn set_preference(&self, preference: super::session::Preference) {
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
            if let Some(ghost) = Ghost::of(inner.session.history()) {
                inner.add_ghost(ghost);
            }
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
    fn look_again(&self) {
        self.with(|inner| inner.view += 1);
        self.redraw();
    }

    /// Colours may have changed.
    fn forget_theme(&self) {
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
        let solved_alike = self.session.experiment().trains_alike(next);
        self.options.scrubbed = None;
        self.options.decision = Decision::default();
        if solved_alike {
            return;
        }
        if let Some(ghost) = Ghost::of(self.session.history()) {
            self.add_ghost(ghost);
        }
        self.ghosts.retain(|ghost| ghost.fits(next));
    }

    fn add_ghost(&mut self, ghost: Ghost) {
        self.ghosts.retain(|known| known.experiment != ghost.experiment);
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

    fn carry_out(&mut self, effects: Vec<Effect>, handle: &Handle) {
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
    fn show_state(&mut self) {
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

    /// Draws a frame; gives back whether the next one has something to draw as well.
    fn draw(&mut self) -> bool {
        let scope = match self.session.state() {
            State::Running => Scope::Visible,
            State::Loading | State::Ready | State::Waiting => Scope::All,
            State::Paused | State::Done | State::Error => Scope::AllAtOnce,
        };
        let mut budget = DrawBudget::after(self.budget.as_ref(), scope);
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

    /// Puts everything that differs from the preset into the address bar and into the link.
    fn show_address(&self, can_go_back: bool) {
        let (experiment, options) = (self.session.experiment(), &self.options.address);
        if let Some(on_address) = &self.surroundings.on_address {
            on_address(experiment, options, can_go_back);
        }
        if let Some(link) = self.root.find::<web_sys::HtmlAnchorElement>("full-page") {
            let query = Address::write(experiment, options, true);
            link.set_href(&format!("{}{query}", page_folder()));
        }
    }
}
