//! The estimators of mutual information where the true value is known.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlSelectElement};

use super::Handle;
use super::budget::DrawBudget;
use super::curves::{is_due, on_change};
use super::panel::{Panel, View};
use super::sweep::section;
use crate::measure::{CheckSource, EstimatorKind, EstimatorResult};
use crate::page::chart::{Chart, DrawKey, Frame, Layout};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::plots;
use crate::page::session::{Action, Version};
use crate::text::Text;

/// A choice of reference problems, and what each estimator made of the chosen one. Where the figure
/// asks, the reader guesses first which of them is right.
pub struct Estimators {
    guess: HtmlElement,
    guesses: Vec<(EstimatorKind, HtmlButtonElement)>,
    guessed: Rc<Cell<Option<EstimatorKind>>>,
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
        if let Some(problem) = root.element().get_attribute("data-problem") {
            problems.set_value(&problem);
            set_attribute(&section(root, "estimators"), "open", "");
        }
        let check: HtmlButtonElement = root.part("check");
        let (chosen, handle_of_check) = (problems.clone(), handle.clone());
        let mut listeners = vec![Listener::new(&check, "click", move |_: Event| {
            let source = CheckSource::ALL.into_iter().find(|source| source.key() == chosen.value());
            if let Some(source) = source {
                handle_of_check.act(Action::CheckEstimators(source));
            }
        })];
        let guess: HtmlElement = root.part("estimator-guess");
        let buttons: HtmlElement = root.part("estimator-guesses");
        let guessed: Rc<Cell<Option<EstimatorKind>>> = Rc::default();
        let guesses = plots::GUESSED.map(|kind| {
            let button: HtmlButtonElement = append(&buttons, "button", "pill");
            button.set_type("button");
            set_text(&button, &plots::estimator_name(kind, text));
            let (own, redrawn) = (guessed.clone(), handle.clone());
            listeners.push(Listener::new(&button, "click", move |_: Event| {
                own.set(Some(kind));
                redrawn.redraw();
            }));
            (kind, button)
        });
        let holder: HtmlElement = root.part("checks");
        let layout = Layout::plain(false);
        Self {
            check,
            chart: Chart::new(holder.clone(), layout, on_change(handle)),
            holder,
            words: root.part("checks-words"),
            guess,
            guesses: guesses.into(),
            guessed,
            _listeners: listeners,
        }
    }
}

impl Panel for Estimators {
    fn charts(&self) -> Vec<&Chart> {
        vec![&self.chart]
    }

    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (checks, text) = (view.session.checks(), view.text);
        self.check.set_disabled(checks.running.is_some());
        self.holder.set_hidden(checks.results.is_empty());
        let is_running = checks.running.is_some();
        let mut words = vec![plots::checks_words(&checks.results, is_running, text)];
        let asks = view.manner.asks;
        self.guess.set_hidden(!asks);
        for (kind, button) in &self.guesses {
            set_attribute(button, "aria-pressed", &(self.guessed.get() == Some(*kind)).to_string());
            // A guess after the answer is none.
            button.set_disabled(!checks.results.is_empty());
        }
        if asks && !is_running {
            words.insert(0, plots::right_estimators(&checks.results, self.guessed.get(), text));
        }
        set_text(&self.words, words.join(" ").trim());
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
        // Where a reader guesses, only those to choose from are drawn, and what encloses the truth.
        let drawn: Vec<EstimatorResult> = checks
            .results
            .iter()
            .filter(|check| !asks || plots::is_asked_for(check.kind))
            .copied()
            .collect();
        let Some(checks) = plots::checks(&drawn, &view.theme, text) else { return };
        let title = text.get("estimate-title");
        let frame = Frame {
            levels: vec![checks.level],
            ..Frame::new(title, view.theme, checks.across, checks.values)
        };
        self.chart.draw(key, frame, &checks.series);
    }
}
