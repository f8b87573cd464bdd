//! The lesson on the screen: keys and clicks move it, the figure's run fills in its numbers.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::collect::Collection;
use super::lesson::{Beat, Events, Lesson};
use super::{PACES, Wish, common, find, listen, pace_of, part, pen};
use crate::page::dom::{Listener, append, document, set_attribute, set_text};
use crate::page::figure::{Decision, DrawBudget, Figure, Handle, Panel, View};
use crate::page::plots;
use crate::page::session::{Action, State, Version};
use crate::page::speed;
use crate::text::{Arg, Text};

/// Begins the lesson.
pub fn start(figure: &Figure, root: HtmlElement, handle: Handle, text: &Text) -> Vec<Listener> {
    let lesson = Rc::new(RefCell::new(Lesson::default()));
    let collection = Collection::new(&root, &lesson, &handle, text);
    figure.add_panel(Box::new(Screen::new(root.clone(), Rc::clone(&lesson), collection)));
    let controls =
        Controls { root: root.clone(), lesson: Rc::clone(&lesson), handle, text: text.clone() };
    let paces = part(&root, "pace");
    set_attribute(&paces, "aria-label", &text.get("class-pace"));
    for (key, seconds) in PACES {
        if let Some(button) = find(&paces, &format!("[data-do=\"{key}\"]")) {
            set_text(&button, &text.with("class-pace-seconds", &[("seconds", seconds.into())]));
        }
    }
    let canvas = find(&root, "[data-part=accuracy] .canvas");
    let mut listeners =
        canvas.map_or_else(Vec::new, |canvas| pen::listen(&canvas, &lesson, &controls.handle));
    listeners.extend(listen(&root, move |wish| controls.carry_out(wish)));
    listeners
}

/// What a teacher can do.
#[derive(Clone)]
struct Controls {
    root: HtmlElement,
    lesson: Rc<RefCell<Lesson>>,
    handle: Handle,
    text: Text,
}

impl Controls {
    /// Whether there was something to do.
    fn carry_out(&self, wish: Wish) -> bool {
        let key = match wish {
            Wish::Key(key) => key,
            Wish::Do(what) => {
                if let Some(beat) = what.strip_prefix("go-") {
                    self.change(|lesson| lesson.go_to(beat));
                    self.enter();
                    return true;
                }
                what
            }
        };
        let is_blank = self.lesson.borrow().is_blank;
        let forward = matches!(key.as_str(), "pagedown" | "arrowright" | "arrowdown");
        if forward || matches!(key.as_str(), "pageup" | "arrowleft" | "arrowup") {
            self.change(|lesson| {
                lesson.is_blank = false;
                if !is_blank {
                    lesson.turn(forward);
                }
            });
            if !is_blank {
                self.enter();
            }
            return true;
        }
        match key.as_str() {
            "b" | "." => self.change(|lesson| lesson.is_blank = !is_blank),
            "z" | "backspace" => self.change(Lesson::undo),
            "take" => self.take_codes(),
            "r" => {
                self.handle.act(Action::Reset);
                self.enter();
            }
            key if common(key, &self.handle) => {}
            key => {
                let choice = self.lesson.borrow().choice(key);
                let Some(choice) = choice else { return false };
                self.choose(choice);
            }
        }
        true
    }

    fn change(&self, change: impl FnOnce(&mut Lesson)) {
        if let Ok(mut lesson) = self.lesson.try_borrow_mut() {
            change(&mut lesson);
            lesson.revision += 1;
        }
        self.handle.redraw();
    }

    /// Counts a hand, or draws the curve of an answer.
    fn choose(&self, choice: usize) {
        let beat = self.lesson.borrow().beat();
        if beat == Beat::Ask {
            self.change(|lesson| lesson.count(choice));
        } else if beat == Beat::Predict {
            let drawing = self.handle.look(|view| {
                let mut drawing = self.lesson.borrow().drawing.clone();
                pen::choose(choice, &mut drawing, view);
                drawing
            });
            if let Some(drawing) = drawing {
                self.change(|lesson| lesson.drawing = drawing);
                pen::show(&self.lesson, &self.handle);
            }
        }
    }

    /// Starts what a screen shows. A run that is there is not started again.
    fn enter(&self) {
        let (beat, experiment) = {
            let lesson = self.lesson.borrow();
            (lesson.beat(), lesson.line().experiment())
        };
        pen::show(&self.lesson, &self.handle);
        if !matches!(beat, Beat::Run | Beat::Reveal) {
            return;
        }
        let known = self.handle.look(|view| {
            (*view.session.experiment() == experiment).then_some(view.session.state())
        });
        match known.flatten() {
            None => {
                self.handle.play_next(experiment);
                pen::show(&self.lesson, &self.handle);
            }
            Some(State::Ready) => self.handle.act(Action::Play),
            Some(State::Paused) if beat == Beat::Reveal => self.handle.act(Action::Play),
            Some(_) => {}
        }
        if beat == Beat::Reveal {
            // No stop when they have memorised: the class has seen that.
            self.handle.change_view(|options| options.decision = Decision::KeptGoing);
        }
    }

    /// Takes the codes that are typed in. Wrong ones stay, with a sentence for each. A sentence also
    /// names each seat whose earlier code was replaced.
    fn take_codes(&self) {
        let Some(field) = find(&self.root, "textarea") else { return };
        let field: HtmlTextAreaElement = wasm_bindgen::JsCast::unchecked_into(field);
        let (outcomes, left, mut notes) = super::collect::take(&field.value(), &self.text);
        self.change(|lesson| {
            for outcome in outcomes {
                if lesson.collect(outcome) {
                    let seat = [("seat", outcome.seat.into())];
                    notes.push(self.text.with("class-code-replaced", &seat));
                }
            }
        });
        field.set_value(&left);
        field.focus().ok();
        let list = part(&self.root, "faults");
        list.set_text_content(None);
        for note in notes {
            set_text(&append::<HtmlElement>(&list, "li", ""), &note);
        }
    }
}

/// What the screen was made from.
type Key = (Version, State, u32, String);

/// The words around the figure.
struct Screen {
    root: HtmlElement,
    lesson: Rc<RefCell<Lesson>>,
    collection: Collection,
    shown: Option<Key>,
    /// The question whose answers stand there, and the screen whose names do.
    answers: Option<usize>,
    beats: Option<(usize, Beat)>,
}

impl Screen {
    fn new(root: HtmlElement, lesson: Rc<RefCell<Lesson>>, collection: Collection) -> Self {
        Self { root, lesson, collection, shown: None, answers: None, beats: None }
    }

    /// Buttons for the answers, with the hands that were counted.
    fn show_answers(&mut self, lesson: &Lesson, text: &Text) {
        let holder = part(&self.root, "answers");
        holder.set_hidden(lesson.beat() != Beat::Ask);
        if self.answers != Some(lesson.number()) {
            self.answers = Some(lesson.number());
            holder.set_text_content(None);
            for choice in lesson.line().choices {
                let button: HtmlElement = append(&holder, "button", "answer");
                set_attribute(&button, "type", "button");
                set_attribute(&button, "data-do", choice.key);
                set_text(
                    &append::<HtmlElement>(&button, "kbd", ""),
                    &choice.key.to_ascii_uppercase(),
                );
                set_text(&append::<HtmlElement>(&button, "span", ""), &text.get(choice.label));
                append::<HtmlElement>(&button, "output", "");
            }
            let undo: HtmlElement = append(&holder, "button", "undo");
            set_attribute(&undo, "type", "button");
            set_attribute(&undo, "data-do", "z");
            set_text(&undo, &text.get("class-undo"));
        }
        let counts = lesson.counts();
        for (choice, count) in lesson.line().choices.iter().zip(&counts) {
            if let Some(output) = find(&holder, &format!("[data-do={}] output", choice.key)) {
                let words = if *count > 0 { text.number(*count as f64) } else { String::new() };
                set_text(&output, &words);
            }
        }
        if let Some(undo) = find(&holder, ".undo") {
            let style = undo.style();
            let is_empty = counts.iter().all(|count| *count == 0);
            style.set_property("visibility", if is_empty { "hidden" } else { "visible" }).ok();
        }
    }

    /// The names of the question's screens.
    fn show_beats(&mut self, lesson: &Lesson, text: &Text) {
        let place = (lesson.number(), lesson.beat());
        if self.beats == Some(place) {
            return;
        }
        let is_same_line = self.beats.is_some_and(|(number, _)| number == place.0);
        self.beats = Some(place);
        let holder = part(&self.root, "beats");
        if !is_same_line {
            holder.set_text_content(None);
            for beat in lesson.line().beats {
                let button: HtmlElement = append(&holder, "button", "");
                set_attribute(&button, "type", "button");
                set_attribute(&button, "data-do", &format!("go-{}", beat.key()));
                set_text(&button, &text.get(beat.name()));
            }
        }
        for beat in lesson.line().beats {
            let Some(button) = find(&holder, &format!("[data-do=go-{}]", beat.key())) else {
                continue;
            };
            if *beat == place.1 {
                set_attribute(&button, "aria-current", "step");
            } else {
                button.remove_attribute("aria-current").ok();
            }
        }
    }
}

impl Panel for Screen {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let lesson = Rc::clone(&self.lesson);
        let Ok(lesson) = lesson.try_borrow() else { return };
        let session = view.session;
        let pace = speed::key(session.speed());
        let key = (session.version(), session.state(), lesson.revision, pace);
        if self.shown.as_ref() == Some(&key) {
            return;
        }
        let (text, beat) = (view.text, lesson.beat());
        let root = &self.root;
        set_attribute(root, "data-beat", beat.key());
        set_attribute(root, "data-line", &lesson.number().to_string());
        set_attribute(root, "data-blank", if lesson.is_blank { "true" } else { "false" });
        for (name, seconds) in PACES {
            if let Some(button) = find(root, &format!("[data-class=pace] [data-do=\"{name}\"]")) {
                let is_pressed = speed::key(pace_of(seconds)) == key.3;
                set_attribute(&button, "aria-pressed", &is_pressed.to_string());
            }
        }
        let told = Told::of(&lesson, view);
        part(root, "pace").set_hidden(!beat.has_chart() || told.is_over || beat == Beat::Predict);
        part(root, "papers").set_hidden((lesson.number(), beat) != (0, Beat::Ask));
        part(root, "collect").set_hidden(beat != Beat::Collect);
        set_text(&part(root, "beat"), &text.get(beat.name()));
        set_text(&part(root, "sentence"), &told.sentence(view));
        set_text(&part(root, "sub"), &told.sub(text));
        set_text(&part(root, "tally"), &told.tally(text));
        if let Some(body) = document().body() {
            body.class_list().toggle_with_force("blank", lesson.is_blank).ok();
        }
        let place = (lesson.number(), beat);
        if beat == Beat::Collect && self.beats != Some(place) {
            // Codes hold letters that are keys of the lesson elsewhere.
            if let Some(field) = find(root, "textarea") {
                field.focus().ok();
            }
        }
        self.show_beats(&lesson, text);
        self.show_answers(&lesson, text);
        self.collection.show(&lesson.collected, text);
        self.shown = Some(key);
    }
}

/// What can be said on a screen.
struct Told<'a> {
    lesson: &'a Lesson,
    /// The events of each configuration; empty while the figure has another run.
    found: Vec<Events>,
    last: u32,
    /// Whether the question's run is over.
    is_over: bool,
}

impl<'a> Told<'a> {
    fn of(lesson: &'a Lesson, view: &View<'_>) -> Self {
        let experiment = view.session.experiment();
        let is_current = *experiment == lesson.line().experiment();
        let seeds = experiment.settings.seeds.max(1);
        let found = view.shared.phases.chunks(seeds).filter(|_| is_current);
        Self {
            found: found.map(plots::event_steps).collect(),
            is_over: is_current && view.session.state() == State::Done,
            last: experiment.settings.steps,
            lesson,
        }
    }

    fn right(&self) -> Option<usize> {
        self.lesson.line().right(&self.found).filter(|_| self.is_over)
    }

    fn sentence(&self, view: &View<'_>) -> String {
        let text = view.text;
        match (self.lesson.beat(), &self.found[..]) {
            (Beat::Ask, _) => text.get(self.lesson.line().question),
            (Beat::Run, [[Some(step), _]]) => {
                let scores = plots::scores_at(view.history(), f64::from(*step), text);
                text.with("class-memorised", &[("scores", scores.into())])
            }
            (Beat::Run, _) => text.get("class-running"),
            (Beat::Predict, _) => text.get("class-predict"),
            (Beat::Changed, [[Some(first), Some(second)]]) => text
                .with("class-changed", &[("first", (*first).into()), ("second", (*second).into())]),
            (Beat::Changed, _) => text.get("class-changed-unknown"),
            (Beat::Reveal, _) => self.revealed(text),
            (Beat::Collect, _) => super::collect::sentence(&self.lesson.collected, text),
        }
    }

    fn revealed(&self, text: &Text) -> String {
        let Some(right) = self.right() else { return text.get("class-going-on") };
        let label = self.lesson.line().choices[right].label;
        let times = |[memorised, generalised]: Events| {
            let ratio = f64::from(generalised?) / f64::from(memorised?.max(1));
            Some(Arg::Text(text.numbers().about(ratio)))
        };
        let steps = [("steps", self.last.into())];
        match (self.lesson.line().compared(&self.found), &self.found[..]) {
            (None, &[events]) => match times(events) {
                Some(times) => text.with("class-revealed", &[("times", times)]),
                None => text.with("class-revealed-never", &steps),
            },
            (Some([asked, other]), _) if self.lesson.line().asks_about_gap() => {
                match (times(asked), times(other)) {
                    (Some(asked), Some(other)) => {
                        text.with("class-revealed-gap", &[("asked", asked), ("other", other)])
                    }
                    _ => text.with("class-revealed-never", &steps),
                }
            }
            (Some([[_, Some(asked)], [_, Some(other)]]), _) => {
                let id = match label {
                    "class-later" => "class-revealed-later",
                    _ => "class-revealed-sooner",
                };
                text.with(id, &[("asked", asked.into()), ("other", other.into())])
            }
            _ => text.with("class-revealed-never", &steps),
        }
    }

    fn sub(&self, text: &Text) -> String {
        match self.lesson.beat() {
            Beat::Predict => text.get("class-predict-hint"),
            Beat::Changed => text.get("class-changed-hint"),
            Beat::Collect => super::collect::ranges(&self.lesson.collected, text),
            Beat::Ask | Beat::Run | Beat::Reveal => String::new(),
        }
    }

    /// The hands that were counted, and how many were right once that is known.
    fn tally(&self, text: &Text) -> String {
        let counts = self.lesson.counts();
        let all: usize = counts.iter().sum();
        let is_told = match self.lesson.beat() {
            // The pace stands there.
            Beat::Ask | Beat::Run => false,
            Beat::Reveal => self.is_over,
            Beat::Predict | Beat::Changed | Beat::Collect => true,
        };
        if all == 0 || !is_told {
            return String::new();
        }
        if let Some(right) = self.right() {
            let args = [("right", counts[right].into()), ("all", all.into())];
            return text.with("class-tally-right", &args);
        }
        let entry = |(choice, count): (&super::lesson::Choice, &usize)| {
            let label = text.get(choice.label);
            text.with("class-tally-entry", &[("answer", label.into()), ("count", (*count).into())])
        };
        let choices = self.lesson.line().choices;
        text.join("list-middle", &choices.iter().zip(&counts).map(entry).collect::<Vec<_>>())
    }
}
