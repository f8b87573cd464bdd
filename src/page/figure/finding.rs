//! What has been found so far, in a sentence.

use web_sys::HtmlElement;

use super::budget::DrawBudget;
use super::cache::Cached;
use super::panel::{Panel, View};
use crate::page::dom::{Root, set_text};
use crate::page::plots::{self, Moving};
use crate::page::session::{State, Version};

/// The finding.
pub struct Finding {
    element: HtmlElement,
    cached: Cached<(Version, Moving, bool), String>,
}

impl Finding {
    /// Finds its element in the figure.
    pub fn new(root: &Root) -> Self {
        Self { element: root.part("finding"), cached: Cached::default() }
    }
}

impl Panel for Finding {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let session = view.session;
        let moving = match session.state() {
            State::Done => Moving::Over,
            State::Ready => Moving::NotYet,
            _ => Moving::Now,
        };
        let best = view.options.profile_best;
        let finding = self.cached.get((session.version(), moving, best), || {
            plots::finding(session.history(), &view.shared.phases, moving, best, view.text)
        });
        set_text(&self.element, finding);
    }
}
