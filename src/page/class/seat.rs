//! The run of one seat: its seed, its curves, and the code to hand in.

use web_sys::HtmlElement;

use super::code::{self, Outcome};
use super::{Wish, common, lesson, listen, part};
use crate::experiment::Experiment;
use crate::page::dom::{Listener, append, set_attribute, set_text};
use crate::page::figure::{DrawBudget, Figure, Handle, Panel, View};
use crate::page::plots;
use crate::page::session::{Action, State, Version};
use crate::text::Text;

/// Begins the run of a seat.
pub fn start(
    figure: &Figure,
    root: HtmlElement,
    handle: Handle,
    seat: u32,
    text: &Text,
) -> Vec<Listener> {
    set_attribute(&root, "data-beat", "seat");
    part(&root, "collect").set_hidden(true);
    part(&root, "pace").set_hidden(true);
    let args = [("seat", seat.to_string().into()), ("seed", seat.to_string().into())];
    set_text(&part(&root, "sentence"), &text.with("class-seat", &args));
    let play: HtmlElement = append(&part(&root, "answers"), "button", "answer play");
    set_attribute(&play, "type", "button");
    set_attribute(&play, "data-do", " ");
    figure.add_panel(Box::new(Screen { root: root.clone(), seat, play, shown: None }));
    listen(&root, move |wish| {
        let key = match wish {
            Wish::Key(key) | Wish::Do(key) => key,
        };
        if key == " " {
            handle.act(Action::Toggle);
            return true;
        }
        common(&key, &handle)
    })
}

/// Whether the seat trains with the settings of the lesson. A code holds no settings, so only such
/// runs belong on the chart of the class.
fn is_usual(experiment: &Experiment, seat: u32) -> bool {
    let mut usual = lesson::LINES[0].experiment();
    (usual.settings.seed, usual.settings.seeds) = (seat, 1);
    *experiment == usual
}

/// The words around the figure.
struct Screen {
    root: HtmlElement,
    seat: u32,
    play: HtmlElement,
    shown: Option<(Version, State)>,
}

impl Panel for Screen {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (session, text) = (view.session, view.text);
        let key = (session.version(), session.state());
        if self.shown == Some(key) {
            return;
        }
        self.shown = Some(key);
        let state = session.state();
        let is_over = state == State::Done;
        let label = match state {
            State::Running | State::Loading | State::Waiting => "button-pause",
            State::Done => "button-play-again",
            State::Paused => "button-keep-going",
            State::Ready | State::Error => "button-play",
        };
        set_text(&self.play, &text.get(label));
        let [memorised, generalised] = plots::event_steps(&view.shared.phases);
        let last = session.experiment().settings.steps;
        let words = match (memorised, generalised) {
            _ if !is_over => text.with("class-seat-hint", &[("steps", last.into())]),
            (Some(memorised), Some(generalised)) => text.with(
                "class-seat-both",
                &[("memorised", memorised.into()), ("generalised", generalised.into())],
            ),
            (Some(memorised), None) => text.with(
                "class-seat-memorised",
                &[("memorised", memorised.into()), ("steps", last.into())],
            ),
            (None, _) => text.with("class-seat-neither", &[("steps", last.into())]),
        };
        set_text(&part(&self.root, "sub"), &words);
        let code = part(&self.root, "code");
        let outcome = Outcome { seat: self.seat, memorised, generalised };
        let written = code::write(outcome).filter(|_| is_over);
        code.set_hidden(written.is_none());
        if let Some(written) = written {
            let is_usual = is_usual(session.experiment(), self.seat);
            let label = if is_usual { "class-code" } else { "class-code-none" };
            set_text(&part(&self.root, "code-label"), &text.get(label));
            set_text(&part(&self.root, "code-value"), if is_usual { &written } else { "" });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::address::Address;

    #[test]
    fn a_code_is_given_only_for_the_settings_of_the_lesson() {
        let of = |query: &str| is_usual(&Address::read(query).experiment, 3);
        assert!(of("?view=class&seat=3"));
        assert!(of("?view=class&seat=3&preset=grokking&wd=1&speed=10s"));
        for query in ["&wd=3", "&wd=0", "&frac=0.9", "&wd=0,1", "&steps=2000", "&preset=digits"] {
            assert!(!of(&format!("?view=class&seat=3{query}")), "{query}");
        }
        assert!(!of("?view=class&seat=4"));
    }
}
