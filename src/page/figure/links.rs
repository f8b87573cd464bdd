//! What stands below a figure: its settings, and ways on.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, HtmlAnchorElement, HtmlButtonElement, HtmlElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::experiment::Experiment;
use crate::page::address::{Address, Options, View as DocumentView};
use crate::page::dom::{Listener, Root, fill_table, page_folder, set_attribute, set_text, window};
use crate::page::plots;
use crate::page::session::Version;
use crate::protocol::Speed;

/// The settings in a line, a link to the lab, a button that copies it, and a table of the values.
pub struct Links {
    line: HtmlElement,
    lab: HtmlAnchorElement,
    share: HtmlButtonElement,
    show_table: HtmlButtonElement,
    table: HtmlElement,
    filled: Option<Version>,
    /// What the line and the link were made from.
    shown: Option<(Experiment, Options)>,
    _listeners: [Listener; 2],
}

impl Links {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let (share, show_table): (HtmlButtonElement, HtmlButtonElement) =
            (root.part("share"), root.part("show-table"));
        let table: HtmlElement = root.part("table");
        table.set_id(&root.unique("table"));
        set_attribute(&show_table, "aria-controls", &table.id());
        let lab: HtmlAnchorElement = root.part("lab-link");
        let (link, button, of_share) = (lab.clone(), share.clone(), handle.clone());
        let on_share = Listener::new(&share, "click", move |_: Event| {
            copy(link.href(), button.clone(), of_share.clone());
        });
        let (opened, button, handle) = (table.clone(), show_table.clone(), handle.clone());
        let on_table = Listener::new(&show_table, "click", move |_: Event| {
            opened.set_hidden(!opened.hidden());
            set_attribute(&button, "aria-expanded", &(!opened.hidden()).to_string());
            handle.redraw();
        });
        Self {
            line: root.part("settings-line"),
            lab,
            share,
            show_table,
            table,
            filled: None,
            shown: None,
            _listeners: [on_share, on_table],
        }
    }

    /// A row for each of some steps.
    fn fill(&mut self, view: &View<'_>) {
        let version = view.session.version();
        if self.table.hidden() || self.filled == Some(version) {
            return;
        }
        self.filled = Some(version);
        let (head, rows) = plots::table(view.session.history(), view.text);
        let caption = plots::heading(view.session.experiment(), view.text);
        fill_table(&self.table, &caption, &head, &rows);
    }
}

/// Puts a link on the clipboard, and says so on the button.
fn copy(link: String, button: HtmlButtonElement, handle: Handle) {
    spawn_local(async move {
        let copied = write_to_clipboard(&link).await.is_some();
        let id = if copied { "link-shared" } else { "link-share-by-hand" };
        let words = handle.look(|view| view.text.get(id));
        set_text(&button, &words.unwrap_or_default());
    });
}

/// `None` where the browser does not allow it.
async fn write_to_clipboard(text: &str) -> Option<()> {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write = js_sys::Reflect::get(&clipboard, &"writeText".into()).ok()?;
    let write: js_sys::Function = write.dyn_into().ok()?;
    let promise: js_sys::Promise = write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok().map(drop)
}

impl Panel for Links {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (experiment, address) = (view.session.experiment(), &view.options.address);
        let is_shown =
            |(known, options): &(Experiment, Options)| known == experiment && options == address;
        if !self.shown.as_ref().is_some_and(is_shown) {
            let knob = view.manner.knob.as_ref().map(|(field, _)| *field);
            let line = if address.embedded {
                view.text.main_settings(experiment, knob)
            } else {
                view.text.settings_line(experiment, knob)
            };
            set_text(&self.line, &line);
            set_text(&self.share, &view.text.get("link-share"));
            let mut options = address.clone();
            options.view = DocumentView::Lab;
            options.embedded = false;
            (options.theme, options.hidden) = (None, Vec::new());
            options.speed = Speed::Full;
            let query = Address::write(experiment, &options, true);
            self.lab.set_href(&format!("{}{query}", page_folder()));
            self.shown = Some((experiment.clone(), address.clone()));
        }
        let is_empty = view.session.history().evaluations().is_empty();
        self.show_table.set_disabled(is_empty);
        self.fill(view);
    }
}
