//! Tells the page around a frame what the figure is doing.

use wasm_bindgen::JsValue;

use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::page::session::State;
use crate::page::{embed, plots, wording};
use crate::phases;

/// Remembers what was told, so that everything is told once.
pub struct HostReporter {
    state: State,
    /// Whether memorising and generalising were told.
    events: [bool; 2],
}

impl HostReporter {
    /// A figure that is ready: `ready` itself is told once it is mounted.
    pub fn new() -> Self {
        Self { state: State::Ready, events: [false; 2] }
    }

    fn tell_events(&mut self, steps: [Option<u32>; 2]) {
        for ((step, told), phase) in
            steps.into_iter().zip(&mut self.events).zip(["memorised", "generalised"])
        {
            if let Some(step) = step.filter(|_| !std::mem::replace(told, step.is_some())) {
                embed::tell("phase", &[("phase", phase.into()), ("step", step.into())]);
            }
        }
    }
}

impl Panel for HostReporter {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        if !view.shows_recording && self.state != State::Loading {
            self.tell_events(plots::event_steps(&view.shared.phases));
        }
    }

    fn show_state(&mut self, view: &View<'_>) {
        let session = view.session;
        let state = session.state();
        if std::mem::replace(&mut self.state, state) == state {
            return;
        }
        let step = || ("step", JsValue::from(session.progress().step));
        match state {
            State::Ready | State::Loading => self.events = [false; 2],
            // There may have been no frame since: the tab may be hidden.
            State::Done => {
                self.tell_events(plots::event_steps(&phases::find(session.history())));
            }
            _ => {}
        }
        let steps = session.experiment().settings.steps;
        embed::tell("state", &[("state", state.key().into()), step(), ("steps", steps.into())]);
        match state {
            State::Done => embed::tell("done", &[step()]),
            State::Error => {
                let message = wording::activity(view.text, session.activity());
                embed::tell("error", &[("message", message.into())]);
            }
            _ => {}
        }
    }
}
