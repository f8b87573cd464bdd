//! The choice of a preset, what it shows, and what was changed of it.

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlSelectElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::experiment::{Experiment, FIELDS, Preset};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::{embed, plots};
use crate::text::Text;

/// What the figure is about, where no page around it says so.
pub struct Title {
    element: HtmlElement,
}

impl Title {
    /// Finds its element in the figure.
    pub fn new(root: &Root) -> Self {
        Self { element: root.part("title") }
    }
}

impl Panel for Title {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (experiment, address) = (view.session.experiment(), &view.options.address);
        let title = if address.embedded && embed::is_half_a_table(experiment) {
            view.text.get("embed-title")
        } else {
            plots::heading(experiment, view.text)
        };
        set_text(&self.element, &title);
    }
}

/// The groups in which presets are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PresetGroup {
    Grokking,
    Pushes,
    Maps,
    Digits,
    DoubleDescent,
    Information,
}

impl PresetGroup {
    const ALL: [Self; 6] = [
        Self::Grokking,
        Self::Pushes,
        Self::Maps,
        Self::Digits,
        Self::DoubleDescent,
        Self::Information,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::Grokking => "presets-grokking",
            Self::Pushes => "presets-pushes",
            Self::Maps => "presets-maps",
            Self::Digits => "presets-digits",
            Self::DoubleDescent => "presets-double-descent",
            Self::Information => "presets-information",
        }
    }

    /// The group of a preset, by its key.
    fn of(key: &str) -> Self {
        match key {
            _ if key.starts_with("grokking") => Self::Grokking,
            _ if key.starts_with("double-descent") => Self::DoubleDescent,
            "digits-over-time" => Self::DoubleDescent,
            _ if key.starts_with("map-") => Self::Maps,
            _ if key.starts_with("digits") => Self::Digits,
            _ if key.starts_with("information") => Self::Information,
            _ => Self::Pushes,
        }
    }
}

/// The presets.
pub struct Experiments {
    presets: HtmlSelectElement,
    about: HtmlElement,
    changed: HtmlElement,
    changed_text: HtmlElement,
    shown: Option<Experiment>,
    _listeners: Vec<Listener>,
}

impl Experiments {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let presets: HtmlSelectElement = root.part("preset");
        for group in PresetGroup::ALL {
            let holder: HtmlElement = append(&presets, "optgroup", "");
            set_attribute(&holder, "label", &text.get(group.id()));
            for preset in Preset::ALL.iter().filter(|preset| PresetGroup::of(preset.key) == group) {
                let option: HtmlElement = append(&holder, "option", "");
                set_attribute(&option, "value", preset.key);
                set_text(&option, &text.preset(preset));
            }
        }
        let about: HtmlElement = root.part("preset-about");
        about.set_id(&root.unique("preset-about"));
        set_attribute(&presets, "aria-describedby", &about.id());
        let (chosen, choose) = (presets.clone(), handle.clone());
        let on_choice = Listener::new(&presets, "change", move |_: Event| {
            if let Some(preset) = Preset::find(&chosen.value()) {
                choose.set_experiment(preset.experiment());
            }
        });
        let restore = handle.clone();
        let button: HtmlButtonElement = root.part("restore");
        let on_restore = Listener::new(&button, "click", move |_: Event| {
            let preset = restore.look(|view| view.session.experiment().preset);
            if let Some(preset) = preset {
                restore.set_experiment(preset.experiment());
            }
        });
        Self {
            presets,
            about,
            changed: root.part("changed"),
            changed_text: root.part("changed-text"),
            shown: None,
            _listeners: vec![on_choice, on_restore],
        }
    }
}

impl Panel for Experiments {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (experiment, text) = (view.session.experiment(), view.text);
        if self.shown.as_ref() == Some(experiment) {
            return;
        }
        self.presets.set_value(experiment.preset.key);
        let about = text.preset_about(experiment.preset);
        set_text(&self.about, &about);
        let preset = experiment.preset.experiment();
        let changed: Vec<String> = FIELDS
            .iter()
            .filter(|field| experiment.values(field) != preset.values(field))
            .map(|field| text.field(field))
            .chain((experiment.methods() != preset.methods()).then(|| text.get("label-methods")))
            .collect();
        self.changed.set_hidden(changed.is_empty());
        let settings = text.list(&changed);
        set_text(&self.changed_text, &text.with("changed", &[("settings", settings.into())]));
        self.shown = Some(experiment.clone());
    }
}
