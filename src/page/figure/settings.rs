//! A control for every setting of an experiment, made from its table of fields: a slider for a
//! number, a list to choose from for a choice, a line of text for layers.

use std::rc::Rc;

use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlOutputElement, HtmlSelectElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::experiment::{Experiment, FIELDS, Field, FieldKind, Group, Note, Value, field, split};
use crate::page::dom::{Listener, Root, append, create, set_attribute, set_text};
use crate::page::session::Preference;
use crate::page::wording;
use crate::text::Text;

/// The part of a control that holds its value.
enum Widget {
    Slider { stops: Vec<f64>, slider: HtmlInputElement },
    Select(HtmlSelectElement),
    Line(HtmlInputElement),
}

/// A control's input and, beside its name, its value in words where the input does not show it.
struct Input {
    field: &'static Field,
    widget: Widget,
    value: HtmlOutputElement,
    text: Text,
}

/// One setting's control.
struct Control {
    field: &'static Field,
    holder: HtmlElement,
    input: Rc<Input>,
    _listeners: [Listener; 2],
}

/// The controls of all settings, and the choice of a device.
pub struct Settings {
    main: HtmlElement,
    groups: Vec<(Group, HtmlElement, HtmlElement)>,
    controls: Vec<Control>,
    device: HtmlSelectElement,
    compare: HtmlInputElement,
    compare_line: HtmlElement,
    search: HtmlInputElement,
    search_empty: HtmlElement,
    /// What is searched for.
    searched: String,
    shown: Option<Experiment>,
    /// The setting that stands first.
    main_setting: &'static str,
    _listeners: [Listener; 3],
}

impl Settings {
    /// Finds its elements in the figure and makes a control for every setting.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let more: HtmlElement = root.part("more-settings");
        let groups = Group::ALL.map(|group| {
            let section: HtmlElement = append(&more, "details", "group");
            let title: HtmlElement = append(&section, "summary", "");
            set_text(&title, &text.group(group));
            let grid = append(&section, "div", "grid");
            (group, section, grid)
        });
        let device: HtmlSelectElement = root.part("device");
        for preference in Preference::ALL {
            let label = wording::preference(text, preference);
            add_option(&device, preference.key(), &label);
        }
        let (chosen, choose) = (device.clone(), handle.clone());
        let on_device = Listener::new(&device, "change", move |_: Event| {
            if let Some(preference) = Preference::named(&chosen.value()) {
                choose.set_preference(preference);
            }
        });
        let compare: HtmlInputElement = root.part("compare");
        let (typed, comparing) = (compare.clone(), handle.clone());
        let on_compare = Listener::new(&compare, "change", move |_: Event| {
            compare_values(&typed.value(), &comparing);
        });
        let search: HtmlInputElement = root.part("search");
        let searching = handle.clone();
        let on_search = Listener::new(&search, "input", move |_: Event| searching.redraw());
        Self {
            compare,
            compare_line: root.part("compare-line"),
            search,
            search_empty: root.part("search-empty"),
            searched: String::new(),
            main: root.part("main-setting"),
            groups: groups.into(),
            controls: FIELDS.iter().map(|field| Control::new(root, field, text, handle)).collect(),
            device,
            shown: None,
            main_setting: "",
            _listeners: [on_device, on_compare, on_search],
        }
    }

    /// Puts the main setting first and the others with their groups, in the order of the table. What
    /// is moved loses the focus, so this is only done for another preset.
    fn arrange(&mut self, main_setting: &'static str) {
        for control in &self.controls {
            let group = self.groups.iter().find(|(group, ..)| *group == control.field.group);
            let parent = match group {
                _ if control.field.key == main_setting => &self.main,
                Some((_, _, grid)) => grid,
                None => continue,
            };
            parent.append_child(&control.holder).ok();
        }
        self.main_setting = main_setting;
    }
}

impl Panel for Settings {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let preference = view.session.device().preference().key();
        if self.device.value() != preference {
            self.device.set_value(preference);
        }
        let experiment = view.session.experiment();
        let searched = self.search.value().to_ascii_lowercase();
        if self.shown.as_ref() == Some(experiment) && self.searched == searched {
            return;
        }
        if self.main_setting != experiment.preset.main_setting {
            self.arrange(experiment.preset.main_setting);
        }
        for Control { field, holder, input, .. } in &self.controls {
            let is_main = field.key == self.main_setting;
            let is_found = searched.is_empty()
                || is_main
                || field.key.contains(&searched)
                || holder
                    .text_content()
                    .is_some_and(|words| words.to_ascii_lowercase().contains(&searched));
            holder.set_hidden(!experiment.uses(field) || !is_found);
            input.show(&experiment.values(field));
        }
        for (group, section, _) in &self.groups {
            let mut controls = self.controls.iter().filter(|control| {
                control.field.group == *group && control.field.key != self.main_setting
            });
            section.set_hidden(controls.all(|control| control.holder.hidden()));
            // What is found must be seen.
            if !searched.is_empty() {
                set_attribute(section, "open", "");
            }
        }
        let is_empty = self.groups.iter().all(|(_, section, _)| section.hidden());
        self.search_empty.set_hidden(!is_empty);
        let main = field(self.main_setting);
        self.compare_line.set_hidden(!main.is_some_and(|field| field.per_member));
        if let Some(main) = main {
            let values = experiment.values(main);
            let several = values.len() > 1;
            let texts = values.into_iter().map(|value| main.format(value));
            let list = if several { texts.collect::<Vec<_>>().join(", ") } else { String::new() };
            self.compare.set_value(&list);
        }
        self.searched = searched;
        self.shown = Some(experiment.clone());
    }
}

/// Makes the main setting a list: a configuration for each value that the reader typed. One value, or
/// none, is no comparison.
fn compare_values(typed: &str, handle: &Handle) {
    let experiment = handle.look(|view| view.session.experiment().clone());
    let Some(mut experiment) = experiment else { return };
    let Some(field) = field(experiment.preset.main_setting) else { return };
    let mut values = Vec::new();
    for text in split(field, &typed.replace(['、', '，', ';', ' '], ",")) {
        if text.is_empty() {
            continue;
        }
        match field.parse(&text) {
            Ok(value) => values.push(value),
            Err(note) => return handle.show_note(Note::Unchanged(note)),
        }
    }
    let first = field.get(&experiment.settings);
    let changed = match &values[..] {
        [] => experiment.set(field, first),
        [one] => experiment.set(field, *one),
        many => experiment.vary(field, many),
    };
    if changed.is_ok() {
        handle.set_experiment(experiment);
    }
}

/// The index of the stop of a slider that is nearest to a number.
pub fn nearest_stop(stops: &[f64], number: f64) -> usize {
    let distance = |stop: &f64| (stop - number).abs();
    let stops = stops.iter().enumerate();
    stops.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1))).map_or(0, |(index, _)| index)
}

fn add_option(select: &HtmlSelectElement, key: &str, label: &str) {
    let option: HtmlElement = append(select, "option", "");
    set_attribute(&option, "value", key);
    set_text(&option, label);
}

impl Control {
    fn new(root: &Root, field: &'static Field, text: &Text, handle: &Handle) -> Self {
        let holder: HtmlElement = create("div");
        holder.set_class_name("control");
        let (id, about_id) = (root.unique(field.key), root.unique(&format!("about-{}", field.key)));
        let label: HtmlElement = append(&holder, "label", "");
        let name: HtmlElement = append(&label, "span", "");
        set_text(&name, &text.field(field));
        let value: HtmlOutputElement = append(&label, "output", "");
        let mut about = text.field_about(field);
        let (widget, element): (Widget, HtmlElement) = match field.kind {
            FieldKind::Number { min, max, .. } => {
                let [min, max] = [min, max].map(|value| text.value(field, Value::Number(value)));
                about = text.with(
                    "range-of-setting",
                    &[("about", about.into()), ("min", min.into()), ("max", max.into())],
                );
                let stops = field.slider_values();
                let slider: HtmlInputElement = append(&holder, "input", "");
                slider.set_type("range");
                slider.set_min("0");
                slider.set_max(&(stops.len() - 1).to_string());
                (Widget::Slider { stops, slider: slider.clone() }, slider.into())
            }
            FieldKind::Choice(choices) => {
                let select: HtmlSelectElement = append(&holder, "select", "");
                for choice in choices {
                    add_option(&select, choice.key, &text.choice(field, choice.key));
                }
                (Widget::Select(select.clone()), select.into())
            }
            FieldKind::Layers => {
                let line: HtmlInputElement = append(&holder, "input", "");
                line.set_type("text");
                (Widget::Line(line.clone()), line.into())
            }
        };
        let about_line: HtmlElement = append(&holder, "p", "");
        about_line.set_id(&about_id);
        set_text(&about_line, &about);
        element.set_id(&id);
        set_attribute(&element, "data-setting", field.key);
        set_attribute(&label, "for", &id);
        set_attribute(&element, "aria-describedby", &about_id);
        let input = Rc::new(Input { field, widget, value, text: text.clone() });
        let (moved, released, handle) = (Rc::clone(&input), Rc::clone(&input), handle.clone());
        let listeners = [
            Listener::new(&element, "input", move |_: Event| moved.follow()),
            Listener::new(&element, "change", move |_: Event| released.take(&handle)),
        ];
        Self { field, holder, input, _listeners: listeners }
    }
}

impl Input {
    /// The value that the reader has set.
    fn read(&self) -> Result<Value, Note> {
        let text = match &self.widget {
            Widget::Slider { stops, slider } => {
                let stop = slider.value().parse().unwrap_or(0usize);
                return Ok(Value::Number(stops.get(stop).copied().unwrap_or(0.0)));
            }
            Widget::Select(select) => select.value(),
            Widget::Line(line) => line.value(),
        };
        self.field.parse(&text).map_err(Note::Unchanged)
    }

    /// Gives the figure the value that the reader has set.
    fn take(&self, handle: &Handle) {
        match self.read() {
            Ok(value) => {
                let experiment = handle.look(|view| view.session.experiment().clone());
                if let Some(mut experiment) = experiment
                    && experiment.set(self.field, value).is_ok()
                {
                    handle.set_experiment(experiment);
                }
            }
            Err(note) => handle.show_note(note),
        }
    }

    /// Shows the value under the thumb while a slider is moved.
    fn follow(&self) {
        if let (Widget::Slider { .. }, Ok(value)) = (&self.widget, self.read()) {
            self.describe(&[value]);
        }
    }

    fn show(&self, values: &[Value]) {
        let Some(&first) = values.first() else { return };
        match (&self.widget, first) {
            (Widget::Slider { stops, slider }, Value::Number(number)) => {
                slider.set_value(&nearest_stop(stops, number).to_string());
            }
            (Widget::Select(select), _) => select.set_value(&self.field.format(first)),
            (Widget::Line(line), _) => line.set_value(&self.field.format(first)),
            (Widget::Slider { .. }, _) => {}
        }
        self.describe(values);
    }

    /// Writes beside the name what the input does not show: a slider's value, and all values where
    /// the networks differ.
    fn describe(&self, values: &[Value]) {
        let words = self.text.values(self.field, values);
        match &self.widget {
            Widget::Slider { slider, .. } => {
                set_text(&self.value, &words);
                set_attribute(slider, "aria-valuetext", &words);
            }
            _ if values.len() > 1 => set_text(&self.value, &words),
            _ => set_text(&self.value, ""),
        }
    }
}
