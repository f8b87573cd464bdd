//! A figure that shows a run from a file: dropped on the page, chosen, or named in the address.

use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlButtonElement, HtmlInputElement};

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::{Ghost, Handle};
use crate::experiment::shorten;
use crate::page::address::{FileProblem, Notice};
use crate::page::dom::{Listener, Root};
use crate::page::files;
use crate::page::session::Inside;
use crate::saved::SavedRun;

/// The button that opens a run from a file.
pub struct OpenRun {
    _listeners: [Listener; 2],
}

impl OpenRun {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let (button, input): (HtmlButtonElement, HtmlInputElement) =
            (root.part("open-run"), root.part("run-file"));
        let (chooser, handle) = (input.clone(), handle.clone());
        let on_click = Listener::new(&button, "click", move |_: Event| chooser.click());
        let chosen = input.clone();
        let on_choice = Listener::new(&input, "change", move |_: Event| {
            if let Some(file) = chosen.files().and_then(|files| files.get(0)) {
                handle.open_file(file);
            }
            // The same file can be chosen again.
            chosen.set_value("");
        });
        Self { _listeners: [on_click, on_choice] }
    }
}

impl Panel for OpenRun {
    fn update(&mut self, _: &View<'_>, _: &mut DrawBudget) {}
}

impl Handle {
    /// Shows the run of a file of the reader's machine.
    pub fn open_file(&self, file: web_sys::File) {
        let handle = self.clone();
        spawn_local(async move {
            let run = files::read_file(&file).await;
            handle.show_saved(run, &file.name(), None);
        });
    }

    /// Shows the run of a file at an address, relative to the page.
    pub(super) fn open_address(&self, address: String) {
        let handle = self.clone();
        spawn_local(async move {
            let run = files::fetch_run(&address).await;
            let name = address.rsplit('/').next().unwrap_or_default().to_owned();
            handle.show_saved(run, &name, Some(address));
        });
    }

    /// Shows a run that was read, or says why it was not. `address` is where others can read it.
    fn show_saved(&self, run: Result<SavedRun, FileProblem>, name: &str, address: Option<String>) {
        self.with(|inner| match run {
            Err(problem) => {
                let name = shorten(name);
                inner.notices = vec![Notice::RunFile { name, problem }];
                inner.options.address.run = None;
            }
            Ok(SavedRun { history, task, answers }) => {
                inner.notices.clear();
                inner.keep_shown_run();
                inner.ghosts.retain(|ghost| ghost.fits(history.experiment()));
                let inside = Inside::recorded(task, answers);
                let effects = inner.session.open_saved(history, inside);
                inner.carry_out(effects, self);
                inner.options.address.run = address;
                inner.options.scrubbed = None;
                inner.view += 1;
                inner.show_address(false);
            }
        });
        self.redraw();
    }
}

impl super::handle::Inner {
    /// Keeps the run that is shown as a grey curve beside the next one, whatever that is.
    pub(super) fn keep_shown_run(&mut self) {
        if let Some(ghost) = Ghost::of(self.session.history()) {
            let is_from_file = self.session.is_opened();
            self.add_ghost(Ghost { is_from_file, is_another_run: true, ..ghost });
        }
    }
}
