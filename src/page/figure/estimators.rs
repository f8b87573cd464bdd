//! The estimators of mutual information where the true value is known.

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlSelectElement};

use super::Handle;
use super::budget::DrawBudget;
use super::curves::{is_due, on_change};
use super::panel::{Panel, View};
use crate::measure::CheckSource;
use crate::page::chart::{Chart, DrawKey, Frame, Layout};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::plots;
use crate::page::session::{Action, Version};
use crate::text::Text;

/// A choice of reference problems, and what each estimator made of the chosen one.
pub struct Estimators {
    check: HtmlButtonElement,
    holder: HtmlElement,
    chart: Chart,
    words: HtmlElement,
    _listeners: Vec<Listener>,
}

impl Estimators {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let problems: HtmlSelectElement = root.part("problem");
        for source in CheckSource::ALL {
            let option: HtmlElement = append(&problems, "option", "");
            set_attribute(&option, "value", source.key());
            set_text(&option, &text.get(&format!("problem-{}", source.key())));
        }
        let check: HtmlButtonElement = root.part("check");
        let (chosen, handle_of_check) = (problems.clone(), handle.clone());
        let listener = Listener::new(&check, "click", move |_: Event| {
            let source = CheckSource::ALL.into_iter().find(|source| source.key() == chosen.value());
            if let Some(source) = source {
                handle_of_check.act(Action::CheckEstimators(source));
            }
        });
        let holder: HtmlElement = root.part("checks");
        let layout = Layout::plain(false);
        Self {
            check,
            chart: Chart::new(holder.clone(), layout, on_change(handle)),
            holder,
            words: root.part("checks-words"),
            _listeners: vec![listener],
        }
    }
}

impl Panel for Estimators {
    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (checks, text) = (view.session.checks(), view.text);
        self.check.set_disabled(checks.running.is_some());
        self.holder.set_hidden(checks.results.is_empty());
        set_text(
            &self.words,
            &plots::checks_words(&checks.results, checks.running.is_some(), text),
        );
        // The history has no part in it.
        let step = checks.results.len() as u32;
        let key = DrawKey {
            version: Version::default(),
            view: view.view,
            step: Some(step),
            recorded: None,
        };
        if checks.results.is_empty() || !is_due(&self.chart, key, budget) {
            return;
        }
        let Some(checks) = plots::checks(&checks.results, &view.theme, text) else { return };
        let title = text.get("estimate-title");
        let frame = Frame {
            levels: vec![checks.level],
            ..Frame::new(title, view.theme, checks.across, checks.values)
        };
        self.chart.draw(key, frame, &checks.series);
    }
}
