//! The page's state, what the reader can do to it, and what the worker's events do to it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    HtmlAnchorElement, HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlProgressElement,
};

use super::adapter::{self, Choice, Wish};
use super::axis::{HorizontalAxis, ValueAxis};
use super::chart::{Chart, Frame, LEFT, Layout, RIGHT};
use super::controls::Controls;
use super::dom::{create, element, set_root_attribute, set_text, window};
use super::figure::Moving;
use super::link::Link;
use super::theme::Theme;
use super::{figure, format, speed};
use crate::experiment::{Data, Experiment, Field, Preset, Value};
use crate::history::History;
use crate::phases;
use crate::protocol::{Backend, Command, Event};

/// The app as its event handlers hold it.
pub type Shared = Rc<RefCell<App>>;

/// What the page is doing; the names are those of `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Loading,
    Ready,
    Running,
    Paused,
    Done,
    Error,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// Everything the page knows.
pub struct App {
    experiment: Experiment,
    wish: Wish,
    link: Option<Link>,
    /// The backend asked for, and what the badge says about it.
    choice: Option<Choice>,
    /// Counts worker starts, so that a choice made for an earlier one is not used.
    opened: u32,
    opening_done: bool,
    /// Counts signs of life from whatever is being opened.
    signs: u32,
    state: State,
    /// Commands to load that are not answered: until then events belong to an earlier run.
    loads: u32,
    play_when_loaded: bool,
    history: History,
    step: u32,
    steps_per_second: f64,
    /// What is being waited for, or what went wrong.
    message: String,
    warm_up: Option<f64>,
    speed_stop: usize,
    log_axis: bool,
    pointed: Option<f64>,
    charts: [Chart; 2],
    /// Error or loss over the values of a setting.
    profile: Chart,
    profile_loss: bool,
    /// Test error or loss over steps and the values of a setting.
    map: Chart,
    controls: Option<Controls>,
    redraw_asked: bool,
    embedded: bool,
}

impl App {
    /// Reads the address and shows what it holds; nothing trains yet.
    pub fn new() -> Self {
        let search = window().location().search().unwrap_or_default();
        let parsed = Experiment::from_query(&search);
        let mut notes = parsed.notes;
        let mut app = Self {
            wish: Wish::Auto,
            link: None,
            choice: None,
            opened: 0,
            opening_done: false,
            signs: 0,
            state: State::Loading,
            loads: 0,
            play_when_loaded: false,
            history: History::new(parsed.experiment.clone()),
            experiment: parsed.experiment,
            step: 0,
            steps_per_second: 0.0,
            message: "Looking for a device to train on.".into(),
            warm_up: None,
            speed_stop: speed::STOPS.len(),
            log_axis: true,
            pointed: None,
            charts: [
                Chart::new(element("accuracy"), Layout { names_markers: true, labels_axis: false }),
                Chart::new(element("loss"), Layout { names_markers: false, labels_axis: true }),
            ],
            profile: Chart::new(
                element("profile"),
                Layout { names_markers: true, labels_axis: true },
            ),
            profile_loss: false,
            map: Chart::new(element("map"), Layout { names_markers: false, labels_axis: true }),
            controls: None,
            redraw_asked: false,
            embedded: false,
        };
        for (key, value) in parsed.page {
            let understood = match key.as_str() {
                "backend" => Wish::named(&value).map(|wish| app.wish = wish),
                "speed" => speed::stop_named(&value).map(|stop| {
                    app.speed_stop = stop;
                    let taken = speed::at_stop(stop);
                    if taken.is_some() && value.parse() != Ok(taken.unwrap_or_default()) {
                        let name = speed::name(taken);
                        notes.push(format!("The nearest speed that can be held is {name}."));
                    }
                }),
                "axis" => ["log", "linear"]
                    .contains(&value.as_str())
                    .then(|| app.log_axis = value == "log"),
                "embed" => flag(&value).map(|embedded| app.embedded = embedded),
                "play" => flag(&value).map(|play| app.play_when_loaded = play),
                _ => None,
            };
            if understood.is_none() {
                let allowed = match key.as_str() {
                    "backend" => "auto, gpu or cpu",
                    "speed" => "max or a number of steps per second",
                    "axis" => "log or linear",
                    _ => "0 or 1",
                };
                let value: String = value.chars().take(24).collect();
                notes.push(format!("`{key}` must be {allowed}; got “{value}”, so it was ignored."));
            }
        }
        show_notes(&notes);
        app.show_speed();
        app.show_address();
        app
    }

    /// The settings that hold now.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What has been measured so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The name of the wished backend.
    pub fn wish_name(&self) -> &'static str {
        Wish::ALL.iter().find(|(wish, _)| *wish == self.wish).map_or("auto", |(_, name)| name)
    }

    /// Hands over the sliders.
    pub fn set_controls(&mut self, controls: Controls) {
        self.controls = Some(controls);
    }

    fn send(&self, command: &Command) {
        if let Some(link) = &self.link {
            link.send(command);
        }
    }

    fn load(&mut self) {
        self.history = History::new(self.experiment.clone());
        self.step = 0;
        self.loads += 1;
        self.set_state(State::Loading);
        self.message = "Setting up the networks.".into();
        self.send(&Command::Load(Box::new(self.experiment.clone())));
    }

    /// Says at once what the page is doing, and which buttons that leaves: frames, and drawing with
    /// them, stop in a hidden tab.
    fn set_state(&mut self, state: State) {
        self.state = state;
        self.draw_controls();
        set_root_attribute("data-state", state.name());
    }

    fn fail(&mut self, sentence: String) {
        self.set_state(State::Error);
        self.message = sentence;
        self.warm_up = None;
    }

    fn show_speed(&self) {
        let slider: HtmlInputElement = element("speed");
        slider.set_max(&speed::STOPS.len().to_string());
        slider.set_value(&self.speed_stop.to_string());
        let name = speed::name(speed::at_stop(self.speed_stop));
        set_text(&element("speed-value"), &name);
        let _ = slider.set_attribute("aria-valuetext", &name);
    }

    /// Puts everything that differs from the preset into the address.
    fn show_address(&self) {
        let mut page = Vec::new();
        if self.wish != Wish::Auto {
            page.push(format!("backend={}", self.wish_name()));
        }
        if let Some(speed) = speed::at_stop(self.speed_stop) {
            page.push(format!("speed={speed}"));
        }
        if !self.log_axis {
            page.push("axis=linear".into());
        }
        let query = |own: &[String]| {
            let experiment = self.experiment.to_query();
            let parts: Vec<&str> = own
                .iter()
                .map(String::as_str)
                .chain([experiment.as_str()])
                .filter(|p| !p.is_empty())
                .collect();
            if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
        };
        let path = window().location().pathname().unwrap_or_default();
        element::<HtmlAnchorElement>("full-page").set_href(&format!("{path}{}", query(&page)));
        if self.embedded {
            page.insert(0, "embed=1".into());
        }
        // Refused in a sandboxed frame; the figure works without.
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(
                &JsValue::NULL,
                "",
                Some(&format!("{path}{}", query(&page))),
            );
        }
    }

    fn draw(&mut self) {
        let theme = Theme::current();
        let members = phases::find(&self.history);
        let time = HorizontalAxis::steps(self.log_axis, self.experiment.settings.steps);
        let markers = figure::markers(&self.experiment, &members);
        let (accuracy, loss) =
            (figure::accuracy(&self.history, &theme), figure::loss(&self.history, &theme));
        let ends =
            loss.iter().flat_map(|series| &series.points).flat_map(|point| [point.low, point.high]);
        let frame = |title: &str, values| Frame {
            title: title.into(),
            theme,
            across: time.clone(),
            values,
            markers: markers.clone(),
            phases: true,
        };
        let titles =
            (figure::accuracy_title(&self.experiment), figure::loss_title(&self.experiment));
        self.charts[0].draw(frame(titles.0, ValueAxis::Share), &accuracy);
        let losses = self.losses(ends);
        self.charts[1].draw(frame(titles.1, losses), &loss);

        let finding = if self.history.snapshots().is_empty() {
            String::new()
        } else {
            let moving = match self.state {
                State::Done => Moving::Over,
                State::Ready => Moving::NotYet,
                _ => Moving::Now,
            };
            figure::finding(&self.history, &members, moving)
        };
        set_text(&element("finding"), &finding);
        self.draw_profile(&theme, &time);
        self.draw_crosshair(&time);
        self.draw_controls();
    }

    /// An axis that holds some losses. Those of classes fall by orders of magnitude; the rise and fall
    /// of a regression's is within a factor of two.
    fn losses(&self, values: impl Iterator<Item = f64>) -> ValueAxis {
        if self.experiment.settings.is_regression() {
            ValueAxis::up_to(values)
        } else {
            ValueAxis::decades(values)
        }
    }

    /// The step that the reader points at, or the last one measured.
    fn pointed_step(&self, time: &HorizontalAxis) -> f64 {
        let last = self.history.snapshots().last().map_or(0, |snapshot| snapshot.step);
        let pointed = self.pointed.map_or(f64::INFINITY, |position| time.at(position));
        pointed.min(f64::from(last))
    }

    fn draw_profile(&mut self, theme: &Theme, time: &HorizontalAxis) {
        let step = self.pointed_step(time);
        let profile = figure::profile(&self.history, step, self.profile_loss);
        element::<HtmlElement>("profile-part").set_hidden(profile.is_none());
        // Of a run of one step there is no curve over steps to see.
        let still = self.experiment.settings.steps == 1 && profile.is_some();
        // A frame in another page has room for one.
        let alone = still || (self.embedded && profile.is_some());
        element::<HtmlElement>("over-time").set_hidden(alone);
        element::<HtmlElement>("profile-hint").set_hidden(alone || profile.is_none());
        element::<HtmlButtonElement>("axis").set_hidden(still);
        let map = figure::map(&self.history, self.profile_loss);
        let map = map.filter(|_| profile.is_some() && !still);
        element::<HtmlElement>("map").set_hidden(map.is_none());
        let Some(profile) = profile else { return };
        let what = if self.profile_loss {
            figure::loss_title(&self.experiment)
        } else {
            figure::error_title(&self.experiment)
        };
        let series = profile.series(theme);
        let ends = series.iter().flat_map(|series| &series.points);
        let values = if self.profile_loss {
            self.losses(ends.flat_map(|point| [point.low, point.high]))
        } else {
            ValueAxis::Share
        };
        if let Some((rows, cells)) = map {
            let frame = Frame {
                title: format!(
                    "Test {} by {}",
                    if self.profile_loss { "loss" } else { "error" },
                    profile.across.title.to_lowercase()
                ),
                theme: *theme,
                across: time.clone(),
                values: ValueAxis::Rows(rows),
                markers: Vec::new(),
                phases: false,
            };
            self.map.draw_map(frame, cells);
        }
        let frame = Frame {
            title: if still {
                what.into()
            } else {
                format!("{what} at step {}", format::step(profile.step))
            },
            theme: *theme,
            across: profile.across,
            values,
            markers: profile.markers,
            phases: false,
        };
        self.profile.draw(frame, &series);
        let other = if self.profile_loss { "Show error" } else { "Show loss" };
        set_text(&element("profile-measure"), other);
    }

    fn draw_crosshair(&self, time: &HorizontalAxis) {
        let readout = figure::readout(&self.history, self.pointed_step(time));
        let (line, holder): (HtmlElement, HtmlElement) = (element("crosshair"), element("readout"));
        let position = readout
            .as_ref()
            .and_then(|r| time.position(f64::from(r.step)))
            .filter(|_| self.pointed.is_some());
        line.set_hidden(position.is_none());
        if let Some(position) = position {
            let plot = f64::from(element::<HtmlElement>("charts").client_width()) - LEFT - RIGHT;
            let _ = line.style().set_property("left", &format!("{:.1}px", LEFT + position * plot));
        }
        let Some(readout) = readout else {
            set_text(&holder, "");
            return;
        };
        let parts = [
            (
                "",
                format!("Step {}{}: ", format::step(readout.step), figure::whose(&self.experiment)),
            ),
            ("train", readout.train),
            ("", "; ".into()),
            ("test", readout.test),
        ];
        let spans = js_sys::Array::new();
        for (class, text) in parts {
            let span: HtmlElement = create("span");
            span.set_class_name(class);
            set_text(&span, &text);
            spans.push(&span);
        }
        holder.replace_children_with_node(&spans);
    }

    fn draw_controls(&self) {
        let button = |id: &str| element::<HtmlButtonElement>(id);
        let play = button("play");
        let label = match self.state {
            State::Running => "Pause",
            State::Done => "Again",
            _ => "Play",
        };
        set_text(&play, label);
        play.set_disabled(matches!(self.state, State::Loading | State::Error));
        button("step")
            .set_disabled(!matches!(self.state, State::Ready | State::Paused | State::Running));
        button("reset").set_disabled(self.state == State::Loading);
        let axis = button("axis");
        let (label, title) = if self.log_axis {
            ("Linear axis", "Spread steps evenly instead of by ratio")
        } else {
            ("Log axis", "Spread steps by ratio instead of evenly")
        };
        set_text(&axis, label);
        axis.set_title(title);

        let arithmetic = self.experiment.settings.data == Data::Arithmetic;
        element::<HtmlElement>("text").set_hidden(!arithmetic);
        let heading = if arithmetic { HEADING } else { self.experiment.preset.label };
        set_text(&element("heading"), heading);
        let badge = self.choice.as_ref().map_or("Starting", |choice| choice.badge.as_str());
        set_text(&element("badge"), badge);
        let steps = self.experiment.settings.steps;
        let text = match self.state {
            State::Loading | State::Error => self.message.clone(),
            State::Ready if steps == 1 => "Ready.".into(),
            State::Ready => format!("Ready: {} steps to go.", format::step(steps)),
            State::Running | State::Paused if steps == 1 => {
                let (fitted, all) = self.fitted();
                let paused = if self.state == State::Paused { "Paused: " } else { "" };
                format!("{paused}{fitted} of {all} networks fitted")
            }
            State::Running => {
                let left =
                    f64::from(steps - self.step.min(steps)) / self.steps_per_second.max(1e-9);
                let pace = if self.steps_per_second > 0.0 {
                    format!(
                        ", {} steps/s, {} left",
                        format::about(self.steps_per_second),
                        format::seconds(left)
                    )
                } else {
                    String::new()
                };
                format!("Step {} of {}{pace}", format::step(self.step), format::step(steps))
            }
            State::Paused => {
                format!("Paused at step {} of {}", format::step(self.step), format::step(steps))
            }
            State::Done if self.step == 1 => "Done.".into(),
            State::Done => format!("Done: {} steps.", format::step(self.step)),
        };
        set_text(&element("progress-text"), &text);
        let progress: HtmlProgressElement = element("progress");
        let (fitted, all) = self.fitted();
        let gone = if steps == 1 {
            fitted as f64 / all as f64
        } else {
            f64::from(self.step) / f64::from(steps)
        };
        progress.set_value(self.warm_up.unwrap_or(gone));
    }

    /// Networks measured at the last step, and networks in all.
    fn fitted(&self) -> (usize, usize) {
        let last = self.history.snapshots().last().filter(|snapshot| snapshot.step > 0);
        let fitted = last.map_or(0, |snapshot| snapshot.members.iter().flatten().count());
        (fitted, self.experiment.member_count())
    }
}

/// The page's heading, where the text below it speaks of what is shown.
const HEADING: &str = "First they memorise, then they understand";

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn show_notes(notes: &[String]) {
    const MOST: usize = 4;
    let list: HtmlElement = element("notes");
    list.set_hidden(notes.is_empty());
    set_text(&list, "");
    let more = notes.len().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("And {more} more such settings."));
    for note in notes.iter().take(MOST).chain(&more) {
        let item: HtmlElement = create("li");
        set_text(&item, note);
        let _ = list.append_child(&item);
    }
}

/// Draws at the next frame, once however often it is asked for.
pub fn redraw(app: &Shared) {
    if std::mem::replace(&mut app.borrow_mut().redraw_asked, true) {
        return;
    }
    let shared = Rc::clone(app);
    let frame = Closure::once_into_js(move || {
        let mut app = shared.borrow_mut();
        app.redraw_asked = false;
        app.draw();
    });
    // Asked of a function that was just made, in a window that is there.
    let _ = window().request_animation_frame(frame.unchecked_ref());
}

/// Chooses a backend and starts its worker.
pub fn open(app: &Shared) {
    let (wish, opened) = {
        let mut app = app.borrow_mut();
        app.link = None;
        app.choice = None;
        app.opened += 1;
        app.opening_done = false;
        app.warm_up = None;
        app.loads = 0;
        app.set_state(State::Loading);
        app.message = "Looking for a device to train on.".into();
        app.history = History::new(app.experiment.clone());
        app.step = 0;
        (app.wish, app.opened)
    };
    redraw(app);
    watch(app);
    let shared = Rc::clone(app);
    spawn_local(async move {
        let choice = adapter::choose(wish).await;
        if shared.borrow().opened == opened {
            open_worker(&shared, choice);
        }
    });
}

/// Gives up on a GPU that says nothing for [`PATIENCE_MS`], and takes the CPU.
///
/// Loading the worker's program may take as long as it likes: the browser ends that by itself.
fn watch(app: &Shared) {
    let seen = {
        let mut app = app.borrow_mut();
        app.signs += 1;
        app.signs
    };
    let shared = Rc::clone(app);
    let late = Closure::once_into_js(move || {
        let silent = {
            let mut app = shared.borrow_mut();
            let silent = app.signs == seen && app.state == State::Loading && !app.opening_done;
            if silent {
                // An answer that comes after all is not used.
                app.opened += 1;
            }
            silent
        };
        if silent {
            open_worker(&shared, Choice::cpu("the GPU did not answer within 30 seconds"));
        }
    });
    // Asked of a function that was just made.
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), PATIENCE_MS);
}

/// Compiling shaders takes a software adapter up to 7 seconds.
const PATIENCE_MS: i32 = 30_000;

fn open_worker(app: &Shared, choice: Choice) {
    let shared = Rc::clone(app);
    let link = Link::open(choice.backend, move |event| on_event(&shared, event));
    {
        let mut app = app.borrow_mut();
        app.signs += 1;
        set_root_attribute("data-backend", choice.backend.key());
        app.message = match choice.backend {
            Backend::Cpu => "Loading the training program.".into(),
            Backend::Gpu => {
                "Loading the training program for the GPU, the large one of two.".into()
            }
        };
        app.choice = Some(choice);
        app.warm_up = None;
        app.link = None;
        match link {
            Ok(link) => app.link = Some(link),
            Err(sentence) => app.fail(sentence),
        }
    }
    redraw(app);
}

fn on_event(app: &Shared, event: Event) {
    let gpu = app.borrow().choice.as_ref().is_some_and(|choice| choice.backend == Backend::Gpu);
    if gpu && matches!(event, Event::Listening | Event::WarmUp { .. }) {
        watch(app);
    }
    let mut fall_back = None;
    {
        let mut app = app.borrow_mut();
        let current = app.loads == 0;
        match event {
            Event::Listening => {
                if let Some(backend) = app.choice.as_ref().map(|choice| choice.backend) {
                    app.send(&Command::Open(backend));
                }
            }
            Event::WarmUp { what, done, total } => {
                app.message = format!("Warming up ({} of {total}): {what}.", done + 1);
                app.warm_up = Some(f64::from(done) / f64::from(total));
            }
            Event::Ready(_) => {
                app.opening_done = true;
                app.signs += 1;
                app.warm_up = None;
                let speed = speed::at_stop(app.speed_stop);
                app.send(&Command::Speed(speed));
                app.load();
            }
            Event::Loaded => {
                app.loads = app.loads.saturating_sub(1);
                if app.loads == 0 {
                    app.set_state(State::Ready);
                    if std::mem::take(&mut app.play_when_loaded) {
                        app.send(&Command::Play);
                    }
                }
            }
            Event::Playing if current => {
                app.set_state(State::Running);
                app.steps_per_second = 0.0;
            }
            Event::Snapshot(snapshot) if current => {
                app.step = app.step.max(snapshot.step);
                app.history.push(snapshot);
            }
            Event::Progress { step, steps_per_second } if current => {
                app.step = step;
                app.steps_per_second = steps_per_second;
            }
            Event::Paused { step } if current => {
                app.step = step;
                app.set_state(State::Paused);
            }
            Event::Done { step } if current => {
                app.step = step;
                app.set_state(State::Done);
            }
            // Of a run that the reader has left behind.
            Event::Playing
            | Event::Snapshot(_)
            | Event::Progress { .. }
            | Event::Paused { .. }
            | Event::Done { .. } => {}
            // The first reason is the one that tells something.
            Event::Failed(_) if app.state == State::Error => {}
            Event::Failed(reason) => {
                let backend = app.choice.as_ref().map(|choice| choice.backend);
                if !app.opening_done && backend == Some(Backend::Gpu) {
                    fall_back = Some(Choice::cpu(&reason));
                } else {
                    app.fail(format!(
                        "Training stopped: {reason}. Reset to start again, or choose another device."
                    ));
                }
            }
        }
    }
    match fall_back {
        Some(choice) => open_worker(app, choice),
        None => redraw(app),
    }
}

/// Plays or pauses; after the end, plays again from the start.
pub fn toggle(app: &Shared) {
    {
        let mut app = app.borrow_mut();
        match app.state {
            State::Running => app.send(&Command::Pause),
            State::Ready | State::Paused => app.send(&Command::Play),
            State::Done => {
                app.play_when_loaded = true;
                app.load();
            }
            State::Loading | State::Error => {}
        }
    }
    redraw(app);
}

/// Trains to the next measured step.
pub fn step(app: &Shared) {
    let app = app.borrow();
    if matches!(app.state, State::Ready | State::Paused | State::Running) {
        app.send(&Command::Step);
    }
}

/// Back to step 0; after an error with a new worker.
pub fn reset(app: &Shared) {
    let state = app.borrow().state;
    match state {
        State::Loading => {}
        State::Error => open(app),
        _ => {
            app.borrow_mut().load();
            redraw(app);
        }
    }
}

/// Changes a setting of all networks; the run starts anew, and goes on playing if it was.
pub fn change(app: &Shared, field: &'static Field, value: Value) {
    let mut experiment = app.borrow().experiment.clone();
    // A control has allowed values only, but for text, which it has parsed.
    if experiment.set(field, value).is_ok() {
        take(app, experiment);
    }
}

/// Takes the settings of a preset.
pub fn choose_preset(app: &Shared, key: &str) {
    if let Some(preset) = Preset::find(key) {
        take(app, preset.experiment());
    }
}

/// Takes back every change to the preset.
pub fn restore(app: &Shared) {
    let preset = app.borrow().experiment.preset;
    take(app, preset.experiment());
}

fn take(app: &Shared, mut experiment: Experiment) {
    {
        let mut app = app.borrow_mut();
        let note = experiment.limit_members();
        if experiment == app.experiment {
            return;
        }
        show_notes(&note.into_iter().collect::<Vec<_>>());
        app.experiment = experiment;
        if let Some(controls) = &app.controls {
            controls.show(&app.experiment);
        }
        app.show_address();
        match app.state {
            State::Error => {}
            // Not set up yet: what is asked for when the worker is ready is what holds then.
            _ if !app.opening_done => app.history = History::new(app.experiment.clone()),
            state => {
                app.play_when_loaded |= state == State::Running;
                app.load();
            }
        }
    }
    redraw(app);
}

/// Says what cannot be used.
pub fn complain(sentence: String) {
    show_notes(&[sentence]);
}

/// Sets the speed to a stop of its slider.
pub fn set_speed(app: &Shared, stop: usize) {
    {
        let mut app = app.borrow_mut();
        app.speed_stop = stop;
        app.send(&Command::Speed(speed::at_stop(stop)));
        app.show_speed();
        app.show_address();
    }
    redraw(app);
}

/// From a logarithmic axis of steps to a linear one and back.
pub fn switch_axis(app: &Shared) {
    {
        let mut app = app.borrow_mut();
        app.log_axis = !app.log_axis;
        app.show_address();
    }
    redraw(app);
}

/// From error to loss in the chart over a setting, and back.
pub fn switch_profile(app: &Shared) {
    {
        let mut app = app.borrow_mut();
        app.profile_loss = !app.profile_loss;
    }
    redraw(app);
}

/// Moves the crosshair to a position on the time axis, 0 to 1, or takes it away.
pub fn point_at(app: &Shared, position: Option<f64>) {
    app.borrow_mut().pointed = position;
    redraw(app);
}

/// Chooses the backend of the given name and starts anew on it.
pub fn choose_backend(app: &Shared, name: &str) {
    if let Some(wish) = Wish::named(name) {
        {
            let mut app = app.borrow_mut();
            app.wish = wish;
            app.show_address();
        }
        open(app);
    }
}
