//! The lab's last run, kept in the browser: offered on a later visit, never forced.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlElement};

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::{Ghost, Handle};
use crate::experiment::Experiment;
use crate::json;
use crate::page::dom::{Listener, Root, document, set_text};
use crate::page::session::{State, Version};
use crate::page::store;
use crate::recording::Recording;

/// The name in the browser's store.
const NAME: &str = "last-run";

/// The offer of the last run, and what keeps this one.
pub struct LastRun {
    offer: HtmlElement,
    words: HtmlElement,
    not_kept: HtmlElement,
    /// The run of an earlier visit, until it is shown, forgotten or followed by another one.
    earlier: Rc<RefCell<Option<Recording>>>,
    kept: Rc<RefCell<Kept>>,
    handle: Handle,
    is_worded: bool,
    _listeners: [Listener; 3],
}

/// What was written last.
#[derive(Default)]
struct Kept {
    version: Option<Version>,
    /// Whether the browser took it.
    is_refused: bool,
}

impl LastRun {
    /// Finds its elements in the figure, and reads the run of an earlier visit.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let offer: HtmlElement = root.part("last-run");
        let earlier = Rc::new(RefCell::new(None));
        let kept = Rc::new(RefCell::new(Kept::default()));
        let (found, reader) = (Rc::clone(&earlier), handle.clone());
        spawn_local(async move {
            let Some(text) = store::read(NAME).await else { return };
            // One that an other version of the page wrote is left alone.
            *found.borrow_mut() = serde_json::from_str(&text).ok();
            reader.redraw();
        });
        let (shown, shower) = (Rc::clone(&earlier), handle.clone());
        let on_show = Listener::new(&root.part("last-run-show"), "click", move |_: Event| {
            if let Some(recording) = shown.take() {
                shower.show_recording(recording);
            }
        });
        let (forgotten, forgetter) = (Rc::clone(&earlier), handle.clone());
        let on_forget = Listener::new(&root.part("last-run-forget"), "click", move |_: Event| {
            forgotten.take();
            spawn_local(store::forget(NAME));
            forgetter.redraw();
        });
        let (writer, of_writer) = (Rc::clone(&kept), handle.clone());
        let on_hide = Listener::new(&document(), "visibilitychange", move |_: Event| {
            if document().hidden() {
                of_writer.look(|view| keep(view, &writer, None));
            }
        });
        Self {
            offer,
            words: root.part("last-run-words"),
            not_kept: root.part("last-run-not-kept"),
            earlier,
            kept,
            handle: handle.clone(),
            is_worded: false,
            _listeners: [on_show, on_forget, on_hide],
        }
    }
}

/// Keeps the run so far, unless it is kept already or hardly begun.
fn keep(view: &View<'_>, kept: &Rc<RefCell<Kept>>, redraw: Option<Handle>) {
    let (history, version) = (view.session.history(), view.session.version());
    if !Ghost::is_worth_it(history) || kept.borrow().version == Some(version) {
        return;
    }
    kept.borrow_mut().version = Some(version);
    let inside = view.session.inside();
    let task = inside.task.clone().unwrap_or_default();
    let recording = Recording::new(history, task, inside.answers().to_vec());
    let Some(text) = json::text(&recording) else { return };
    let kept = Rc::clone(kept);
    spawn_local(async move {
        let is_refused = !store::write(NAME, &text).await;
        kept.borrow_mut().is_refused = is_refused;
        if let Some(handle) = redraw {
            handle.redraw();
        }
    });
}

impl Panel for LastRun {
    fn show_state(&mut self, view: &View<'_>) {
        if !view.session.is_untouched() {
            // This run is the last one now.
            self.earlier.take();
        }
        // A run from a file is not the reader's own.
        let is_own = !view.session.is_opened();
        if is_own && matches!(view.session.state(), State::Paused | State::Done) {
            keep(view, &self.kept, Some(self.handle.clone()));
        }
    }

    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let text = view.text;
        let earlier = self.earlier.borrow();
        let offered = earlier.as_ref().filter(|_| view.session.is_untouched());
        self.offer.set_hidden(offered.is_none());
        if let Some(recording) = offered
            && !self.is_worded
        {
            self.is_worded = true;
            let experiment = Experiment::from_query(recording.query()).experiment;
            let step = text.step(recording.steps().last().copied().unwrap_or(0));
            let settings = text.settings_line(&experiment, None);
            let args = [("settings", settings.into()), ("step", step.into())];
            set_text(&self.words, &text.with("last-run", &args));
        }
        let is_over = view.session.state() == State::Done;
        self.not_kept.set_hidden(!(is_over && self.kept.borrow().is_refused));
    }
}
