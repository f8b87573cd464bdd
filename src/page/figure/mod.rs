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
mod handle;
mod host;
mod knob;
mod last_run;
mod links;
mod measures;
mod notes;
mod open;
mod options;
mod panel;
mod picture;
mod pictures;
mod question;
mod recorded;
mod runs;
mod setting_map;
mod settings;
mod share;
mod sight;
mod sweep;
mod task;
mod toolbar;
mod versus;
mod waves;

pub use budget::DrawBudget;
pub use handle::Handle;
pub use options::{Ghost, Manner, Pointed, ViewOptions};
pub use panel::{Panel, Parts, View};
pub use pictures::{PictureError, scale};
pub use question::Decision;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use self::cache::Shared;
use self::handle::{Inner, Savers};
use self::recorded::Recorded;
use self::sight::Sight;
use super::address::{Address, Notice, Options};
use super::dom::{Listener, Root, Visibility, focus_in_place, set_attribute, set_text, window};
use super::plots;
use super::pool::Pool;
use super::session::{Action, Session};
use crate::experiment::Experiment;
use crate::history::History;
use crate::protocol::Speed;
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
    _sight: Option<Sight>,
}

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
        let (mut manner, notices_of_manner) = Manner::of(&element);
        notices.extend(notices_of_manner);
        let recording = element.get_attribute("data-recording");
        let recorded =
            recording.as_deref().and_then(|file| Recorded::early(file, &address.experiment));
        let awaited = recording.filter(|_| recorded.is_none());
        let root = Root::new(element);
        let text = surroundings.text.clone();
        // On paper it stands for a run that was not begun.
        let poster = root.element().query_selector(":scope > .poster").ok().flatten();
        build(&root, &text, parts);
        if let Some(poster) = poster {
            root.element().append_child(&poster).ok();
        }
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
        let plays = address.options.plays && address.options.run.is_none();
        let run = address.options.run.clone();
        // Nobody is there to answer.
        manner.asks &= !(plays && address.options.embedded);
        let is_embedded = address.options.embedded;
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
                drawn: Vec::new(),
                decision: Decision::default(),
                is_out_of_sight: false,
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
            savers: Savers::default(),
            is_unmounted: false,
        }));
        let handle = Handle(Rc::downgrade(&inner));
        let mut panels = panels(&root, &text, parts, &handle);
        let is_lab = {
            let inner = inner.borrow();
            inner.surroundings.on_address.is_some() && !inner.options.address.embedded
        };
        if is_lab {
            panels.push(Box::new(last_run::LastRun::new(&root, &handle)));
        }
        if is_embedded {
            panels.push(Box::new(host::HostReporter::new()));
        }
        let sight = is_embedded.then(|| Sight::new(root.element(), &handle));
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
        if let Some(address) = run {
            handle.open_address(address);
        }
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
        Self { inner, _listeners: listeners, _visibility: visibility, _sight: sight }
    }

    /// The way in which others reach it.
    pub fn handle(&self) -> Handle {
        Handle(Rc::downgrade(&self.inner))
    }

    /// The element that it is mounted in.
    pub fn element(&self) -> HtmlElement {
        self.inner.borrow().root.element().clone()
    }

    /// Takes a part that stands outside its element.
    pub fn add_panel(&self, panel: Box<dyn Panel>) {
        self.handle().with(|inner| inner.panels.push(panel));
        self.handle().redraw();
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

    /// Shows the run of a file of the reader's machine.
    pub fn open_file(&self, file: web_sys::File) {
        Handle(Rc::downgrade(&self.inner)).open_file(file);
    }

    /// The run as a table.
    pub fn table(&self) -> Option<String> {
        Handle(Rc::downgrade(&self.inner)).look(share::table)
    }

    /// Calls back with the weights of every network as a safetensors file, or with `None` if there
    /// are none.
    pub fn save_weights(&self, saver: impl FnOnce(Option<Vec<u8>>) + 'static) {
        Handle(Rc::downgrade(&self.inner)).save_weights(saver);
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
pub fn asks_make_sense(experiment: &Experiment) -> bool {
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
    for section in all_in(element, "[data-section]") {
        if !parts.has(&section.get_attribute("data-section").unwrap_or_default()) {
            section.remove();
        }
    }
    put_words(element, text);
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

/// The elements in another that a selector finds.
fn all_in(element: &Element, selector: &str) -> Vec<Element> {
    let found = element.query_selector_all(selector).expect("the selector is written in the code");
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

/// Writes the messages into the elements that name them.
fn put_words(element: &Element, text: &Text) {
    for (attribute, target) in [
        ("data-text", None),
        ("data-title", Some("title")),
        ("data-label", Some("aria-label")),
        ("data-placeholder", Some("placeholder")),
    ] {
        for marked in all_in(element, &format!("[{attribute}]")) {
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
        panels.push(Box::new(share::Share::new(root, handle)));
        panels.push(Box::new(open::OpenRun::new(root, handle)));
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
