//! The run and the earlier runs beside it: a chip for each, named by what differs.

use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::{Ghost, Handle};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};

/// The chips.
pub struct Runs {
    holder: HtmlElement,
    /// The names, and whether the run can be pinned.
    shown: Option<(Vec<(usize, String)>, bool)>,
    handle: Handle,
    listeners: Vec<Listener>,
}

impl Runs {
    /// Finds its element in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        Self {
            holder: root.part("runs"),
            shown: None,
            handle: handle.clone(),
            listeners: Vec::new(),
        }
    }
}

impl Panel for Runs {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (experiment, text) = (view.session.experiment(), view.text);
        let names: Vec<(usize, String)> = view
            .shown_ghosts()
            .map(|(index, ghost)| {
                let name = match ghost.experiment == *experiment {
                    true => text.get(if ghost.is_from_file { "run-from-file" } else { "run-here" }),
                    false => text.difference(&ghost.experiment, experiment),
                };
                (index, name)
            })
            .collect();
        let can_pin = Ghost::is_worth_it(view.history());
        self.holder.set_hidden(names.is_empty() && !can_pin);
        if self.shown.as_ref() == Some(&(names.clone(), can_pin)) {
            return;
        }
        self.listeners.clear();
        self.holder.set_text_content(None);
        if !names.is_empty() {
            let lead: HtmlElement = append(&self.holder, "span", "hint");
            set_text(&lead, &text.get("runs-earlier"));
        }
        for (index, name) in &names {
            let index = *index;
            let chip: HtmlElement = append(&self.holder, "span", "chip");
            let label: HtmlElement = append(&chip, "span", "");
            set_text(&label, name);
            let remove: HtmlButtonElement = append(&chip, "button", "remove");
            remove.set_type("button");
            set_text(&remove, "×");
            let title = text.with("run-remove", &[("run", name.as_str().into())]);
            set_attribute(&remove, "aria-label", &title);
            let handle = self.handle.clone();
            self.listeners.push(Listener::new(&remove, "click", move |_: Event| {
                handle.remove_ghost(index);
            }));
        }
        if can_pin {
            let pin: HtmlButtonElement = append(&self.holder, "button", "chip pin");
            pin.set_type("button");
            set_text(&pin, &text.get("run-pin"));
            let handle = self.handle.clone();
            self.listeners.push(Listener::new(&pin, "click", move |_: Event| handle.pin()));
        }
        self.shown = Some((names, can_pin));
    }
}
