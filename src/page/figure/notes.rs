//! What could not be taken as it was asked for.

use web_sys::HtmlElement;

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::page::address::Notice;
use crate::page::dom::{Root, append, set_text};
use crate::page::wording;

/// A list of notices.
pub struct Notes {
    element: HtmlElement,
    shown: Vec<Notice>,
}

impl Notes {
    /// Notices that are shown; of more there is their number.
    const MAX_SHOWN: usize = 4;

    /// Finds its element in the figure.
    pub fn new(root: &Root) -> Self {
        Self { element: root.part("notes"), shown: Vec::new() }
    }
}

impl Panel for Notes {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        if self.shown == view.notices {
            return;
        }
        self.shown = view.notices.to_vec();
        self.element.set_hidden(self.shown.is_empty());
        self.element.set_text_content(None);
        let add = |sentence: &str| {
            let line: HtmlElement = append(&self.element, "p", "");
            set_text(&line, sentence);
        };
        for notice in self.shown.iter().take(Self::MAX_SHOWN) {
            add(&wording::notice(view.text, notice));
        }
        let more = self.shown.len().saturating_sub(Self::MAX_SHOWN);
        if more > 0 {
            add(&view.text.with("note-more", &[("count", more.into())]));
        }
    }
}
