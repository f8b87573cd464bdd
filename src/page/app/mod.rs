//! The page's state, what the reader can do to it, and what the worker's events do to it.

mod comparing;
mod drawing;
mod measures;
mod opening;
mod turns;

use comparing::Rival;
use measures::Measures;
pub use measures::{choose_set, list_sources, point_at_plane, try_known};
pub use opening::open;
use opening::{open_worker, watch};
use turns::Turns;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{HtmlAnchorElement, HtmlElement, HtmlInputElement};

use super::adapter::{Choice, Wish};
use super::chart::{Chart, Layout};
use super::controls::Controls;
use super::dom::{create, element, set_root_attribute, set_text, window};
use super::speed;
use super::team::Team;
use crate::experiment::{Experiment, FIELDS, Field, Group, Preset, Value};
use crate::history::History;
use crate::measure::Set;
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

/// What the reader points at: places from 0 to 1, from left to right or from bottom to top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pointed {
    /// On the time axis.
    pub time: Option<f64>,
    /// On the rows of the map.
    pub row: Option<f64>,
    /// On the axis of the chart over a setting.
    pub value: Option<f64>,
}

/// Everything the page knows.
pub struct App {
    experiment: Experiment,
    wish: Wish,
    /// What trains.
    team: Option<Team>,
    /// Most workers that train on the CPU, if the address says so.
    workers: Option<usize>,
    /// The backend asked for, and what the badge says about it.
    choice: Option<Choice>,
    /// What could train instead, and is compared with it.
    rival: Option<Rival>,
    /// Counts worker starts, so that a choice made for an earlier one is not used.
    opened: u32,
    opening_done: bool,
    /// Counts signs of life from whatever is being opened.
    signs: u32,
    state: State,
    /// Commands to load that are not answered: until then events belong to an earlier run.
    loads: u32,
    /// Likewise commands to measure anew.
    remeasures: u32,
    play_when_loaded: bool,
    history: History,
    step: u32,
    steps_per_second: f64,
    /// What is being waited for, or what went wrong.
    message: String,
    warm_up: Option<f64>,
    speed_stop: usize,
    log_axis: bool,
    pointed: Pointed,
    charts: [Chart; 2],
    /// Error or loss over the values of a setting.
    profile: Chart,
    profile_loss: bool,
    /// Whether each network is shown at its best step there.
    profile_best: bool,
    /// Test error or loss over steps and the values of a setting.
    map: Chart,
    measures: Measures,
    controls: Option<Controls>,
    redraw_asked: bool,
    /// Which charts the last frame drew.
    turns: Option<Turns>,
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
            team: None,
            workers: None,
            choice: None,
            rival: None,
            opened: 0,
            opening_done: false,
            signs: 0,
            state: State::Loading,
            loads: 0,
            remeasures: 0,
            play_when_loaded: false,
            history: History::new(parsed.experiment.clone()),
            experiment: parsed.experiment,
            step: 0,
            steps_per_second: 0.0,
            message: "Looking for a device to train on.".into(),
            warm_up: None,
            speed_stop: speed::STOPS.len(),
            log_axis: true,
            pointed: Pointed::default(),
            charts: [
                Chart::new(element("accuracy"), Layout { names_markers: true, labels_axis: false }),
                Chart::new(element("loss"), Layout { names_markers: false, labels_axis: true }),
            ],
            profile: Chart::new(
                element("profile"),
                Layout { names_markers: true, labels_axis: true },
            ),
            profile_loss: false,
            profile_best: false,
            map: Chart::new(element("map"), Layout { names_markers: false, labels_axis: true }),
            measures: Measures::new(),
            controls: None,
            redraw_asked: false,
            turns: None,
            embedded: false,
        };
        for (key, value) in parsed.page {
            let understood = match key.as_str() {
                "backend" => Wish::named(&value).map(|wish| app.wish = wish),
                "workers" => workers_named(&value).map(|workers| app.workers = Some(workers)),
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
                "shown" => Set::named(&value).map(|set| app.measures.choose(set)),
                "embed" => flag(&value).map(|embedded| app.embedded = embedded),
                "play" => flag(&value).map(|play| app.play_when_loaded = play),
                _ => None,
            };
            if understood.is_none() {
                let allowed = match key.as_str() {
                    "backend" => "auto, fastest, gpu or cpu",
                    "workers" => "a whole number from 1 to 64",
                    "speed" => "max or a number of steps per second",
                    "axis" => "log or linear",
                    "shown" => "train, test or all",
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
        if let Some(team) = &self.team {
            team.send(command);
        }
    }

    fn load(&mut self) {
        self.history = History::new(self.experiment.clone());
        self.step = 0;
        self.loads += 1;
        self.measures.cost = 0.0;
        set_root_attribute("data-measures", "behind");
        self.message = "Setting up the networks.".into();
        self.set_state(State::Loading);
        let experiment = Box::new(self.experiment.clone());
        let members = (0..experiment.member_count()).collect();
        self.send(&Command::Load { experiment, members });
        set_root_attribute("data-workers", &self.workers_training().to_string());
    }

    /// What is loaded is ready to be trained, or is trained at once if that was asked for.
    fn start(&mut self) {
        self.set_state(State::Ready);
        if std::mem::take(&mut self.play_when_loaded) {
            self.send(&Command::Play);
        }
    }

    /// Workers that share the members.
    fn workers_training(&self) -> usize {
        self.team.as_ref().map_or(1, Team::workers)
    }

    /// Has the run so far measured in another way; it goes on as it was.
    fn measure_anew(&mut self) {
        let old = std::mem::replace(&mut self.history, History::new(self.experiment.clone()));
        self.remeasures += u32::from(!old.experiment().measures_alike(&self.experiment));
        self.history = old.measured_anew(self.experiment.clone());
        set_root_attribute("data-measures", "behind");
        self.send(&Command::Measure(Box::new(self.experiment.clone())));
    }

    /// Whether something else is measured than in any run.
    fn asks_for_measures(&self) -> bool {
        let usual = Experiment::default();
        let mut measures = FIELDS.iter().filter(|field| field.group == Group::Measures);
        measures.any(|field| usual.values(field) != self.experiment.values(field))
    }

    /// Says at once what the page is doing, and which buttons that leaves: frames, and drawing with
    /// them, stop in a hidden tab.
    fn set_state(&mut self, state: State) {
        self.state = state;
        self.draw_controls();
        set_root_attribute("data-state", state.name());
    }

    fn fail(&mut self, sentence: String) {
        // Before the state, which is said together with it.
        self.message = sentence;
        self.warm_up = None;
        self.set_state(State::Error);
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
        if let Some(workers) = self.workers {
            page.push(format!("workers={workers}"));
        }
        if let Some(speed) = speed::at_stop(self.speed_stop) {
            page.push(format!("speed={speed}"));
        }
        if !self.log_axis {
            page.push("axis=linear".into());
        }
        if let Some(set) = self.measures.chosen() {
            page.push(format!("shown={}", set.key()));
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
        // InvalidValue in a sandboxed frame; the figure works without.
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(
                &JsValue::NULL,
                "",
                Some(&format!("{path}{}", query(&page))),
            );
        }
    }
}

/// A number of workers. A browser refuses far more at some point; no machine that it runs on has more cores.
fn workers_named(text: &str) -> Option<usize> {
    text.parse().ok().filter(|workers| (1..=64).contains(workers))
}

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
        let goes_on = app.turns.as_ref().is_some_and(Turns::go_on);
        drop(app);
        if goes_on {
            redraw(&shared);
        }
    });
    // Asked of a function that was just made, in a window that is there.
    let _ = window().request_animation_frame(frame.unchecked_ref());
}

fn on_event(app: &Shared, event: Event) {
    let gpu = app.borrow().choice.as_ref().is_some_and(|choice| choice.backend == Backend::Gpu);
    if gpu && matches!(event, Event::Listening | Event::WarmUp { .. }) {
        watch(app);
    }
    let mut fall_back = None;
    let mut prepare_rival = false;
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
                prepare_rival = true;
            }
            Event::Loaded => {
                app.loads = app.loads.saturating_sub(1);
                if app.loads == 0 && !app.compare() {
                    app.start();
                }
            }
            Event::Timed(time) if current => app.timed(time.seconds),
            Event::Playing if current => {
                app.set_state(State::Running);
                app.steps_per_second = 0.0;
            }
            Event::Evaluation(evaluation) if current => {
                app.step = app.step.max(evaluation.step);
                app.history.push(evaluation);
            }
            Event::ProbeResult(measurement) if current && app.remeasures == 0 => {
                app.history.push_measurement(measurement);
            }
            Event::Progress { step, steps_per_second, measuring, behind, .. } if current => {
                if app.remeasures == 0 {
                    app.measures.behind = behind;
                    let measures = if behind { "behind" } else { "complete" };
                    set_root_attribute("data-measures", measures);
                }
                app.step = step;
                app.steps_per_second = steps_per_second;
                app.measures.cost = measuring;
            }
            Event::EstimatorCheck(answer) => app.measures.answers.push(answer),
            Event::EstimatorChecksDone => app.measures.asking = false,
            Event::MeasuresAnew => app.remeasures = app.remeasures.saturating_sub(1),
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
            | Event::Evaluation(_)
            | Event::ProbeResult(_)
            | Event::Progress { .. }
            | Event::Timed(_)
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
    if prepare_rival {
        comparing::prepare(app);
    }
    match fall_back {
        Some(choice) => open_worker(app, choice),
        None => redraw(app),
    }
}

/// Plays or pauses; after the end, plays again from the start.
pub fn toggle(app: &Shared) {
    let state = app.borrow().state;
    match state {
        // Drawn when workers say that they do.
        State::Running => app.borrow().send(&Command::Pause),
        State::Ready | State::Paused => app.borrow().send(&Command::Play),
        State::Done => {
            {
                let mut app = app.borrow_mut();
                app.play_when_loaded = true;
                app.load();
            }
            redraw(app);
        }
        State::Loading | State::Error => {}
    }
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
        let alike = experiment.trains_alike(&app.experiment);
        app.experiment = experiment;
        if let Some(controls) = &app.controls {
            controls.show(&app.experiment);
        }
        app.show_address();
        match app.state {
            State::Error => {}
            // Not set up yet: what is asked for when the worker is ready is what holds then.
            _ if !app.opening_done => app.history = History::new(app.experiment.clone()),
            _ if alike && app.loads == 0 => app.measure_anew(),
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

/// From each network at the step that is pointed at to each at its best one, and back.
pub fn switch_best(app: &Shared) {
    {
        let mut app = app.borrow_mut();
        app.profile_best = !app.profile_best;
    }
    redraw(app);
}

/// Moves the crosshairs, or takes them away.
pub fn point_at(app: &Shared, pointed: Pointed) {
    app.borrow_mut().pointed = pointed;
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
