//! The steps of both phases, error or loss over the one setting in which the networks differ.

use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::budget::DrawBudget;
use super::cache::Cached;
use super::curves::{is_due, on_change, pointing};
use super::panel::{Crosshair, Panel, View, WordsLine};
use super::{Handle, Pointed};
use crate::page::chart::{self, Chart, DrawKey, Frame, Layout, ValueAxis};
use crate::page::dom::{Listener, Root, set_attribute, set_text};
use crate::page::plots::{self, Onsets, Pick, Profile};

/// A chart over the setting, and a map over all steps.
pub struct Sweep {
    section: HtmlElement,
    hint: HtmlElement,
    curves: Option<HtmlElement>,
    map_part: HtmlElement,
    map: Chart,
    map_crosshair: Crosshair,
    profile: Chart,
    profile_crosshair: Crosshair,
    readout: WordsLine,
    steps: HtmlButtonElement,
    measure: HtmlButtonElement,
    best: HtmlButtonElement,
    cached: Cached<DrawKey, Option<Profile>>,
    cached_onsets: Cached<DrawKey, Option<Onsets>>,
    _listeners: Vec<Listener>,
}

impl Sweep {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let layout = Layout::plain(false);
        let (map, profile): (HtmlElement, HtmlElement) = (root.part("map"), root.part("profile"));
        let steps: HtmlButtonElement = root.part("profile-steps");
        let measure: HtmlButtonElement = root.part("profile-measure");
        let best: HtmlButtonElement = root.part("profile-best");
        let mut listeners = pointing(&map, handle, |map, event| Pointed {
            time: chart::across(map, event),
            row: chart::up(map, event),
            ..Pointed::default()
        });
        listeners.extend(pointing(&profile, handle, |profile, event| Pointed {
            value: chart::across(profile, event),
            ..Pointed::default()
        }));
        let switch = handle.clone();
        listeners.push(Listener::new(&steps, "click", move |_: Event| {
            switch.change_view(|options| options.profile_scores = !options.profile_scores);
        }));
        let switch = handle.clone();
        listeners.push(Listener::new(&measure, "click", move |_: Event| {
            switch.change_view(|options| options.profile_loss = !options.profile_loss);
        }));
        let switch = handle.clone();
        listeners.push(Listener::new(&best, "click", move |_: Event| {
            switch.change_view(|options| options.profile_best = !options.profile_best);
        }));
        Self {
            section: section(root, "sweep"),
            hint: root.part("sweep-hint"),
            curves: root.find("charts"),
            map_part: root.part("map-charts"),
            map: Chart::new(map, layout, on_change(handle)),
            map_crosshair: Crosshair::new(root.part("map-crosshair")),
            profile: Chart::new(profile, Layout::plain(true), on_change(handle)),
            profile_crosshair: Crosshair::new(root.part("profile-crosshair")),
            readout: WordsLine::new(root.part("profile-readout")),
            steps,
            measure,
            best,
            cached: Cached::default(),
            cached_onsets: Cached::default(),
            _listeners: listeners,
        }
    }

    /// Draws the steps of both phases over the setting. Whether there are some.
    fn draw_onsets(&mut self, view: &View<'_>, budget: &mut DrawBudget) -> bool {
        let (history, text, key) = (view.session.history(), view.text, view.key());
        let phases = &view.shared.phases;
        let onsets = self.cached_onsets.get(key, || plots::onsets(history, phases, text));
        let Some(onsets) = onsets else { return false };
        let pointed = view.options.pointed.value;
        let (x, words) = onsets.readout(pointed, text).unzip();
        let position = x.and_then(|x| onsets.across.position(x)).filter(|_| pointed.is_some());
        self.profile_crosshair.show(position.map(|position| self.profile.place(position)));
        self.readout.describe(&self.profile, words.unwrap_or_default());
        if is_due(&self.profile, key, budget) {
            let (frame, series, marks) = onsets.chart(history.experiment(), view.theme, text);
            self.profile.draw_marked(key, frame, &series, &marks);
        }
        true
    }

    /// Draws the error or loss over the setting.
    fn draw_profile(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (session, text, options) = (view.session, view.text, view.options);
        let (experiment, key) = (session.experiment(), view.key_at_step());
        let Some(profile) = self.cached.get(key, || scores(view)) else { return };
        let readout = profile.readout(options.pointed.value, text);
        let (x, words) = readout.unzip();
        let position = x.and_then(|x| profile.across.position(x));
        let position = position.filter(|_| options.pointed.value.is_some());
        self.profile_crosshair.show(position.map(|position| self.profile.place(position)));
        self.readout.describe(&self.profile, words.unwrap_or_default());
        if is_due(&self.profile, key, budget) {
            let what = (options.profile_loss, options.profile_best);
            let (frame, series) = profile.chart(experiment, what, view.theme, text);
            self.profile.draw(key, frame, &series);
        }
    }

    fn draw_map(&mut self, view: &View<'_>, title: &str, budget: &mut DrawBudget) {
        let key = view.key();
        if !is_due(&self.map, key, budget) {
            return;
        }
        let history = view.session.history();
        let Some((rows, cells)) = plots::map(history, view.options.profile_loss, view.text) else {
            return;
        };
        let title = plots::map_title(view.options.profile_loss, title, view.text);
        let across = view.shared.time.clone();
        let frame = Frame::new(title, view.theme, across, ValueAxis::Rows(rows));
        self.map.draw_map(key, frame, view.theme.test, &cells, &[]);
        self.map.describe("");
    }
}

/// Error or loss over the setting at the step that is pointed at.
fn scores(view: &View<'_>) -> Option<Profile> {
    let (step, options) = (view.shared.pointed_step, view.options);
    let pick = if options.profile_best { Pick::BestUpTo(step) } else { Pick::At(step) };
    plots::profile(view.session.history(), pick, options.profile_loss, view.text)
}

/// The element of a section.
pub fn section(root: &Root, name: &str) -> HtmlElement {
    let selector = format!("[data-section={name}]");
    let found = root.element().query_selector(&selector).ok().flatten();
    wasm_bindgen::JsCast::unchecked_into(
        found.expect("the panel is made for a section that is there"),
    )
}

impl Panel for Sweep {
    fn charts(&self) -> Vec<&Chart> {
        vec![&self.profile, &self.map]
    }

    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (session, text, options) = (view.session, view.text, view.options);
        let experiment = session.experiment();
        let profile = self.cached.get(view.key_at_step(), || scores(view));
        let over_setting = plots::has_profile(experiment);
        // A run of one step has no curve over steps.
        let is_solved = experiment.settings.steps == 1 && over_setting;
        // A frame in another page has room for one.
        let alone = is_solved || (options.address.embedded && over_setting);
        if let Some(curves) = &self.curves {
            curves.set_hidden(alone);
        }
        self.section.set_hidden(profile.is_none());
        self.hint.set_hidden(alone || profile.is_none());
        let has_steps = plots::has_onsets(experiment);
        let shows_steps = has_steps && !options.profile_scores;
        self.steps.set_hidden(!has_steps);
        self.measure.set_hidden(shows_steps);
        self.best.set_hidden(is_solved || shows_steps);
        self.map_part.set_hidden(alone || profile.is_none());
        let Some(profile) = profile else { return };
        if !alone {
            let hint = match (profile.asks_for_descent(), has_steps) {
                (true, _) => "hint-threshold",
                (false, true) => "hint-onsets",
                (false, false) => "hint-sweep",
            };
            let field = profile.setting.as_str().into();
            set_text(&self.hint, &text.with(hint, &[("field", field)]));
        }
        let setting = profile.setting.clone();
        let shows = match options.profile_scores {
            true => "button-show-steps",
            false => "button-show-error",
        };
        set_text(&self.steps, &text.get(shows));
        if !(shows_steps && self.draw_onsets(view, budget)) {
            self.draw_profile(view, budget);
        }
        set_text(
            &self.measure,
            &text.get(if options.profile_loss { "button-show-error" } else { "button-show-loss" }),
        );
        set_text(
            &self.best,
            &text.get(if options.profile_best { "button-same-step" } else { "button-best-step" }),
        );
        set_attribute(&self.best, "title", &text.attribute("button-best-step", "about"));
        if !alone {
            self.draw_map(view, &setting, budget);
            let position = view.shared.crosshair;
            self.map_crosshair.show(position.map(|position| self.map.place(position)));
        }
    }
}
