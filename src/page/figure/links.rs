//! What stands below a figure: its settings, and ways on.

use web_sys::{Event, HtmlAnchorElement, HtmlButtonElement, HtmlElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::experiment::Experiment;
use crate::page::address::{Address, Options, View as DocumentView};
use crate::page::dom::{Listener, Root, fill_table, page_folder, set_attribute, set_text};
use crate::page::plots;
use crate::page::session::Version;
use crate::protocol::Speed;

/// The settings in a line, a link to the lab, and a table of the values.
pub struct Links {
    line: HtmlElement,
    lab: HtmlAnchorElement,
    show_table: HtmlButtonElement,
    table: HtmlElement,
    filled: Option<Version>,
    /// What the line and the link were made from.
    shown: Option<(Experiment, Options)>,
    _on_table: Listener,
}

impl Links {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let show_table: HtmlButtonElement = root.part("show-table");
        let table: HtmlElement = root.part("table");
        table.set_id(&root.unique("table"));
        set_attribute(&show_table, "aria-controls", &table.id());
        let (opened, button, handle) = (table.clone(), show_table.clone(), handle.clone());
        let on_table = Listener::new(&show_table, "click", move |_: Event| {
            opened.set_hidden(!opened.hidden());
            set_attribute(&button, "aria-expanded", &(!opened.hidden()).to_string());
            handle.redraw();
        });
        Self {
            line: root.part("settings-line"),
            lab: root.part("lab-link"),
            show_table,
            table,
            filled: None,
            shown: None,
            _on_table: on_table,
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
