//! What the reader is asked: to guess before the run, and to decide once the networks have
//! memorised. It stands in the empty future of the chart.

use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::{Handle, asks_make_sense};
use crate::page::chart::Marker;
use crate::page::dom::{Listener, Root, append, focus_in_place, set_attribute, set_text};
use crate::page::session::{Action, State};

/// When the reader thinks that the networks generalise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Never.
    Never,
    /// Within ten times the steps of memorising.
    Soon,
    /// Later.
    MuchLater,
}

impl Guess {
    const ALL: [Self; 3] = [Self::Never, Self::Soon, Self::MuchLater];

    /// What came true, by the events of the median network.
    pub fn actual(markers: &[Marker], has_phases: bool) -> Self {
        match markers {
            [memorised, generalised] if has_phases => {
                if generalised.x <= 10.0 * memorised.x {
                    Self::Soon
                } else {
                    Self::MuchLater
                }
            }
            [_, _] => Self::Soon,
            _ => Self::Never,
        }
    }

    /// The message that words it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Never => "guess-never",
            Self::Soon => "guess-soon",
            Self::MuchLater => "guess-much-later",
        }
    }
}

/// Whether the reader goes on after memorising.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// The networks have not memorised yet.
    #[default]
    NotYet,
    /// The reader is asked.
    Open,
    /// The reader goes on.
    KeptGoing,
    /// The reader stops here.
    Stopped,
}

/// What is asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Guess,
    Decision,
}

/// The question and its answers.
pub struct Question {
    holder: HtmlElement,
    text: HtmlElement,
    hint: HtmlElement,
    answers: HtmlElement,
    shown: Option<Asked>,
    guesses: Vec<(Guess, HtmlButtonElement)>,
    /// Takes the focus when the buttons go.
    play: Option<HtmlElement>,
    buttons: Vec<Listener>,
    handle: Handle,
}

impl Question {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        Self {
            holder: root.part("question"),
            text: root.part("question-text"),
            hint: root.part("question-hint"),
            answers: root.part("question-answers"),
            shown: None,
            guesses: Vec::new(),
            play: root.find("play"),
            buttons: Vec::new(),
            handle: handle.clone(),
        }
    }

    fn button(
        &mut self,
        label: &str,
        class: &str,
        on_click: impl Fn(&Handle) + 'static,
    ) -> HtmlButtonElement {
        let button: HtmlButtonElement = append(&self.answers, "button", class);
        button.set_type("button");
        set_text(&button, label);
        let handle = self.handle.clone();
        self.buttons.push(Listener::new(&button, "click", move |_: Event| on_click(&handle)));
        button
    }

    fn ask(&mut self, asked: Asked, view: &View<'_>) {
        let text = view.text;
        self.buttons.clear();
        self.guesses.clear();
        self.answers.set_text_content(None);
        match asked {
            Asked::Guess => {
                set_text(&self.text, &text.get("question-guess"));
                set_text(&self.hint, &text.get("question-hint"));
                for answer in Guess::ALL {
                    let button = self.button(&text.get(answer.id()), "pill", move |handle| {
                        handle.change_view(|options| options.guess = Some(answer));
                    });
                    self.guesses.push((answer, button));
                }
            }
            Asked::Decision => {
                set_text(&self.text, &text.get("question-decision"));
                set_text(&self.hint, "");
                let play = self.play.clone();
                let focus_play = move || play.iter().for_each(focus_in_place);
                let focus = focus_play.clone();
                self.button(&text.get("button-stop-here"), "pill", move |handle| {
                    handle.change_view(|options| options.decision = Decision::Stopped);
                    focus();
                });
                self.button(&text.get("button-keep-going"), "pill go", move |handle| {
                    handle.act(Action::Toggle);
                    focus_play();
                });
            }
        }
    }
}

impl Panel for Question {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (options, state) = (view.options, view.session.state());
        let asked = match state {
            _ if !view.manner.asks || !asks_make_sense(view.session.experiment()) => None,
            State::Ready if options.scrubbed.is_none() => Some(Asked::Guess),
            State::Paused if options.decision == Decision::Open => Some(Asked::Decision),
            _ => None,
        };
        for (guess, button) in &self.guesses {
            set_attribute(button, "aria-pressed", &(options.guess == Some(*guess)).to_string());
        }
        if self.shown == asked {
            return;
        }
        self.holder.set_hidden(asked.is_none());
        if let Some(asked) = asked {
            let class = if asked == Asked::Decision { "question decision" } else { "question" };
            self.holder.set_class_name(class);
            self.ask(asked, view);
            for (_, button) in &self.guesses {
                set_attribute(button, "aria-pressed", "false");
            }
        }
        self.shown = asked;
    }
}
