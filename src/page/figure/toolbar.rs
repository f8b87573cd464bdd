//! The buttons and the state line.

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlProgressElement, HtmlSelectElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::session::{Action, Activity, State};
use crate::page::wording;
use crate::page::{plots, speed};
use crate::protocol::Speed;
use crate::text::Text;

/// Play, step, reset, speed, axis, and what trains.
pub struct Toolbar {
    play: HtmlButtonElement,
    step: HtmlButtonElement,
    reset: HtmlButtonElement,
    speed: HtmlSelectElement,
    axis: HtmlButtonElement,
    _listeners: Vec<Listener>,
}

impl Toolbar {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let (play, step, reset, axis): (
            HtmlButtonElement,
            HtmlButtonElement,
            HtmlButtonElement,
            HtmlButtonElement,
        ) = (root.part("play"), root.part("step"), root.part("reset"), root.part("axis"));
        let on_click = |button: &HtmlButtonElement, action: Action| {
            let handle = handle.clone();
            Listener::new(button, "click", move |_: Event| handle.act(action.clone()))
        };
        let mut listeners = vec![
            on_click(&play, Action::Toggle),
            on_click(&step, Action::Step),
            on_click(&reset, Action::Reset),
        ];
        let switch = handle.clone();
        listeners.push(Listener::new(&axis, "click", move |_: Event| {
            switch.change_view(|options| options.address.log_axis = !options.address.log_axis);
        }));
        let speed: HtmlSelectElement = root.part("speed");
        for choice in speed::SPEEDS {
            let option: HtmlElement = append(&speed, "option", "");
            set_attribute(&option, "value", &speed::key(choice));
            set_text(&option, &speed::name(choice, text));
        }
        let (chosen, handle) = (speed.clone(), handle.clone());
        listeners.push(Listener::new(&speed, "change", move |_: Event| {
            if let Some(speed) = speed::named(&chosen.value()) {
                handle.set_speed(speed);
            }
        }));
        Self { play, step, reset, speed, axis, _listeners: listeners }
    }
}

impl Panel for Toolbar {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        self.show_state(view);
    }

    fn show_state(&mut self, view: &View<'_>) {
        let (session, text, options) = (view.session, view.text, &view.options.address);
        let state = session.state();
        let label = match state {
            State::Running | State::Waiting => "button-pause",
            State::Done => "button-play-again",
            State::Paused => "button-keep-going",
            _ => "button-play",
        };
        set_text(&self.play, &text.get(label));
        self.play.set_disabled(state == State::Error);
        let can_step = matches!(state, State::Ready | State::Paused | State::Running);
        self.step.set_disabled(!can_step);
        self.reset.set_disabled(state == State::Ready);
        let steps = session.experiment().settings.steps;
        self.axis.set_hidden(steps == 1);
        let label = if options.log_axis { "button-axis-linear" } else { "button-axis-log" };
        set_text(&self.axis, &text.get(label));
        set_attribute(&self.axis, "title", &text.attribute(label, "about"));
        let speed = speed::key(session.speed());
        if self.speed.value() != speed {
            self.speed.set_value(&speed);
        }
    }
}

/// What the figure is doing, and how far it is.
pub struct Status {
    words: HtmlElement,
    bar: HtmlProgressElement,
    badge: HtmlElement,
}

impl Status {
    /// Finds its elements in the figure.
    pub fn new(root: &Root) -> Self {
        let (words, bar): (HtmlElement, HtmlProgressElement) =
            (root.part("progress-text"), root.part("progress"));
        words.set_id(&root.unique("progress"));
        set_attribute(&bar, "aria-labelledby", &words.id());
        Self { words, bar, badge: root.part("badge") }
    }
}

impl Panel for Status {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        self.show_state(view);
    }

    fn show_state(&mut self, view: &View<'_>) {
        let session = view.session;
        set_text(&self.words, &status(view));
        set_text(&self.badge, &wording::badge(view.text, session.device(), view.workers));
        let value = match (session.state(), session.activity()) {
            (State::Loading, Activity::WarmingUp { done, total, .. }) => {
                f64::from(*done) / f64::from((*total).max(1))
            }
            _ if session.experiment().settings.steps == 1 => {
                let (fitted, all) = plots::fitted(session.history());
                fitted as f64 / all as f64
            }
            _ => {
                f64::from(session.progress().step) / f64::from(session.experiment().settings.steps)
            }
        };
        self.bar.set_value(value.clamp(0.0, 1.0));
    }
}

/// The state line.
fn status(view: &View<'_>) -> String {
    let (session, text, options) = (view.session, view.text, view.options);
    let (steps, step) = (session.experiment().settings.steps, session.progress().step);
    let is_solved = steps == 1;
    let of = || [("step", step.into()), ("steps", steps.into())];
    let fitted = || {
        let (done, networks) = plots::fitted(session.history());
        [("done", done.into()), ("networks", networks.into())]
    };
    if options.scrubbed.is_some() && session.state() != State::Error {
        return plots::scores_at(view.history(), view.shared.pointed_step, text);
    }
    match session.state() {
        State::Loading | State::Error => wording::activity(text, session.activity()),
        State::Waiting if options.address.embedded => text.get("waiting-for-frame"),
        State::Waiting => text.get("waiting-for-figure"),
        State::Ready if is_solved => text.get("state-ready"),
        State::Ready => text.with("state-ready-steps", &[("steps", steps.into())]),
        State::Running if is_solved => text.with("state-fitting", &fitted()),
        State::Paused if options.is_out_of_sight => text.get("paused-out-of-sight"),
        State::Paused if is_solved => text.with("state-fitting-paused", &fitted()),
        State::Running => {
            let rate = session.progress().steps_per_second;
            if rate > 0.0 {
                let left = match session.speed() {
                    // At a constant pace along a logarithmic axis.
                    Speed::Whole { seconds } => {
                        let all = f64::from(steps.max(2)).ln();
                        seconds * (1.0 - f64::from(step.max(1)).ln() / all).max(0.0)
                    }
                    Speed::Full | Speed::Steps(_) => f64::from(steps - step.min(steps)) / rate,
                };
                let [step, steps] = of();
                let (pace, left) = (text.numbers().about(rate), text.duration(left));
                let arguments = [step, steps, ("pace", pace.into()), ("left", left.into())];
                text.with("state-running-pace", &arguments)
            } else {
                text.with("state-running", &of())
            }
        }
        State::Paused => text.with("state-paused", &of()),
        State::Done if session.is_opened() => text.with("state-opened", &[("step", step.into())]),
        State::Done if is_solved => text.get("state-done"),
        State::Done => text.with("state-done-steps", &[("steps", step.into())]),
    }
}
