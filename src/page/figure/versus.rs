//! Methods against their baseline: a table, a sentence, and a button for each method.

use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::experiment::{Experiment, Method, Note};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::plots::{self, Versus as Words};
use crate::page::session::{State, Version};
use crate::text::Text;

/// The table with its sentences.
pub struct Versus {
    section: HtmlElement,
    words: HtmlElement,
    table: HtmlElement,
    /// What the table was made from, and what it shows.
    key: Option<(Version, State, usize)>,
    shown: Option<Words>,
}

impl Versus {
    /// Finds its elements in the figure.
    pub fn new(root: &Root) -> Self {
        Self {
            section: root.part("versus"),
            words: root.part("versus-words"),
            table: root.part("versus-table"),
            key: None,
            shown: None,
        }
    }

    fn show(&mut self, words: Words, text: &Text) {
        set_text(&self.words, &text.sentences(&words.sentences));
        if self.shown.as_ref().is_some_and(|shown| shown.rows == words.rows) {
            return;
        }
        self.table.set_text_content(None);
        let head: HtmlElement = append(&append(&self.table, "thead", ""), "tr", "");
        let heads = plots::HEADS.map(|id| text.get(id));
        for title in &heads {
            let cell: HtmlElement = append(&head, "th", "");
            set_attribute(&cell, "scope", "col");
            set_text(&cell, title);
        }
        let body: HtmlElement = append(&self.table, "tbody", "");
        for row in &words.rows {
            let line: HtmlElement =
                append(&body, "tr", if row.is_control { "control" } else { "" });
            for (index, (cell, title)) in row.cells.iter().zip(&heads).enumerate() {
                let holder: HtmlElement = append(&line, if index == 0 { "th" } else { "td" }, "");
                set_text(&holder, cell);
                if index == 0 {
                    set_attribute(&holder, "scope", "row");
                } else {
                    // Where rows are cards, each value stands behind its title.
                    set_attribute(&holder, "data-title", title);
                }
                if index == 0 && row.is_control {
                    let badge: HtmlElement = append(&holder, "span", "");
                    set_text(&badge, &text.get("versus-control"));
                }
            }
        }
        self.shown = Some(words);
    }
}

impl Panel for Versus {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let session = view.session;
        let compares = !session.experiment().methods().is_empty()
            && !session.experiment().settings.is_regression();
        self.section.set_hidden(!compares);
        let seconds = session.step_seconds();
        let key = (session.version(), session.state(), seconds.len());
        if !compares || self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        let is_over = session.state() == State::Done;
        match plots::versus(session.history(), seconds, is_over, view.text) {
            Some(words) => self.show(words, view.text),
            None => {
                self.table.set_text_content(None);
                self.shown = None;
                set_text(&self.words, &view.text.get("versus-ready"));
            }
        }
    }
}

/// Buttons that take methods in and out.
pub struct Methods {
    line: HtmlElement,
    holder: HtmlElement,
    shown: Option<Experiment>,
    handle: Handle,
    listeners: Vec<Listener>,
}

impl Methods {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        Self {
            line: root.part("methods-line"),
            holder: root.part("methods"),
            shown: None,
            handle: handle.clone(),
            listeners: Vec::new(),
        }
    }
}

impl Panel for Methods {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let experiment = view.session.experiment();
        if self.shown.as_ref() == Some(experiment) {
            return;
        }
        let current = experiment.methods();
        let mut offered = Method::suggestions(&experiment.settings);
        if experiment.settings.is_regression() {
            offered.clear();
        }
        // Those of the address stand first.
        let own = current.iter().filter(|method| !offered.contains(method)).cloned();
        let offered: Vec<Method> = own.chain(offered.iter().cloned()).collect();
        self.line.set_hidden(offered.is_empty());
        self.listeners.clear();
        self.holder.set_text_content(None);
        for method in offered {
            let is_there = current.contains(&method);
            let button: HtmlButtonElement = append(&self.holder, "button", "pill");
            button.set_type("button");
            button.set_disabled(!is_there && current.len() >= Method::MAX);
            set_attribute(&button, "aria-pressed", &is_there.to_string());
            set_attribute(&button, "data-method", &method.to_string());
            let name = view.text.method(&method);
            let is_control = method.is_control(&experiment.settings);
            let name = match is_control {
                true => view.text.with("versus-control-named", &[("method", name.into())]),
                false => name,
            };
            set_text(&button, &name);
            let handle = self.handle.clone();
            self.listeners.push(Listener::new(&button, "click", move |_: Event| {
                toggle(&method, &handle);
            }));
        }
        self.shown = Some(experiment.clone());
    }
}

/// Takes a method in, before the control, or out.
fn toggle(method: &Method, handle: &Handle) {
    let experiment = handle.look(|view| view.session.experiment().clone());
    let Some(mut experiment) = experiment else { return };
    let lists: Vec<&str> = experiment.lists().map(|(field, _)| field.key).collect();
    experiment.toggle(method);
    let are_left_out = !lists.is_empty() && experiment.lists().count() == 0;
    handle.set_experiment(experiment);
    if are_left_out {
        handle.show_note(Note::ListsLeftOut { keys: lists });
    }
}
