//! What has been found so far, in a sentence.

use web_sys::HtmlElement;

use super::asks_make_sense;
use super::budget::DrawBudget;
use super::cache::Cached;
use super::panel::{Panel, View, WordsLine};
use super::question::{Decision, Guess};
use crate::page::dom::{Root, set_text};
use crate::page::plots::{self, Moving, Words};
use crate::page::session::{State, Version};
use crate::page::wording;

/// The finding. It changes while curves grow, so it is no live region: another element tells events
/// only, and what a step by hand did.
pub struct Finding {
    line: WordsLine,
    live: HtmlElement,
    cached: Cached<(Version, Moving, bool, Decision), Vec<String>>,
    told: Option<Told>,
}

/// What is worth telling.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    state: State,
    /// The steps of events.
    events: [Option<u32>; 2],
    /// Where a run rests.
    step: Option<u32>,
}

impl Finding {
    /// Finds its element in the figure.
    pub fn new(root: &Root) -> Self {
        Self {
            line: WordsLine::new(root.part("finding")),
            live: root.part("live"),
            cached: Cached::default(),
            told: None,
        }
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
        let (decision, text) = (view.options.decision, view.text);
        let key = (session.version(), moving, best, decision);
        let finding = self.cached.get(key, || {
            let found = plots::finding(session.history(), &view.shared.phases, moving, best, text);
            let asks = view.manner.asks && asks_make_sense(session.experiment());
            match (asks, decision) {
                (true, Decision::Stopped) => {
                    let step = session.progress().step;
                    let scores = plots::scores_at(session.history(), f64::from(step), text);
                    vec![text.with("finding-stopped", &[("scores", scores.into())])]
                }
                (true, _) if moving == Moving::NotYet => vec![text.get("finding-legend")],
                _ => found,
            }
        });
        let mut sentences = finding.clone();
        if let Some(guess) = view
            .options
            .guess
            .filter(|_| moving == Moving::Over && asks_make_sense(session.experiment()))
        {
            let actual = Guess::actual(&view.shared.markers, view.shared.has_phases);
            let right = (guess == actual).to_string();
            let [guess, actual] = [guess, actual].map(|guess| text.get(guess.id()));
            let args =
                [("guess", guess.into()), ("actual", actual.into()), ("right", right.into())];
            sentences.push(text.with("finding-guess", &args));
        }
        if view.shows_recording {
            let scores = plots::scores_at(view.history(), view.shared.pointed_step, text);
            sentences = vec![text.with("finding-recorded", &[("scores", scores.into())])];
        }
        let finding = text.sentences(&sentences);
        let (first, rest) = sentences.split_at(sentences.len().min(1));
        let mut words: Words = first.iter().map(|first| ("", first.clone())).collect();
        if !rest.is_empty() {
            words.extend([("", " ".to_owned()), ("rest", text.sentences(rest))]);
        }
        self.line.show(words);
        let state = session.state();
        let rests = matches!(state, State::Paused | State::Done);
        let mut events = view.shared.markers.iter().map(|marker| marker.x as u32);
        let told = Told {
            state,
            events: [events.next(), events.next()],
            step: rests.then_some(session.progress().step),
        };
        if self.told.is_some_and(|before| before != told) && state != State::Ready {
            let what = match state {
                State::Error => wording::activity(text, session.activity()),
                State::Paused => {
                    let step = f64::from(session.progress().step);
                    plots::scores_at(session.history(), step, text)
                }
                _ if told.events == [None, None] && state != State::Done => String::new(),
                _ => finding,
            };
            if !what.is_empty() {
                set_text(&self.live, &what);
            }
        }
        self.told = Some(told);
    }
}
