//! A control for every setting of an experiment, made from its table of fields: a slider for a
//! number, a list to choose from for a choice, a line of text for layers.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlOutputElement, HtmlSelectElement};

use super::dom::{create, element, listen, set_text};
use crate::experiment::{Choice, Experiment, FIELDS, Field, FieldKind, Group, Preset, Value};

/// What the reader has done to a control.
pub enum Change {
    /// Chosen the preset of that name.
    Preset(&'static str),
    /// Given a setting a value.
    Setting(&'static Field, Value),
    /// Typed something that is no value; a sentence that says so.
    InvalidValue(String),
}

/// The part of a control that holds its value.
enum Widget {
    Slider { stops: Vec<f64>, slider: HtmlInputElement },
    Select(HtmlSelectElement),
    Text(HtmlInputElement),
}

/// A control's input and, beside its name, its value in words where the input does not show it.
struct Shown {
    input: Widget,
    value: HtmlOutputElement,
}

/// One setting's control.
struct Control {
    field: &'static Field,
    holder: HtmlElement,
    widget: Rc<Shown>,
}

/// The controls of all settings, and the choice of a preset.
pub struct Controls {
    presets: HtmlSelectElement,
    about: HtmlElement,
    main: HtmlElement,
    groups: Vec<(Group, HtmlElement)>,
    controls: Vec<Control>,
    /// The setting that stands first.
    knob: Cell<&'static str>,
}

impl Controls {
    /// Puts a control for every setting into the page. `on_change` is called once the reader lets go.
    pub fn new(on_change: impl Fn(Change) + 'static) -> Self {
        let on_change: Rc<dyn Fn(Change)> = Rc::new(on_change);
        let presets: HtmlSelectElement = element("preset");
        for preset in Preset::ALL {
            add_option(&presets, &Choice { key: preset.key, label: preset.label });
        }
        let (chosen, change) = (presets.clone(), Rc::clone(&on_change));
        listen(&presets, "change", move |_: Event| {
            if let Some(preset) = Preset::find(&chosen.value()) {
                change(Change::Preset(preset.key));
            }
        });
        let more: HtmlElement = element("more-controls");
        let groups = Group::ALL.map(|group| {
            let (part, title, grid): (HtmlElement, HtmlElement, HtmlElement) =
                (create("section"), create("h3"), create("div"));
            set_text(&title, group.label());
            grid.set_class_name("grid");
            let _ = part.append_child(&title);
            let _ = part.append_child(&grid);
            let _ = more.append_child(&part);
            (group, grid)
        });
        Self {
            presets,
            about: element("about-preset"),
            main: element("main-controls"),
            groups: groups.into(),
            controls: FIELDS.iter().map(|field| Control::new(field, &on_change)).collect(),
            knob: Cell::new(""),
        }
    }

    /// Sets every control to the value that an experiment has, and hides those that make no
    /// difference to it. The preset's main setting comes first, the others with their group.
    pub fn show(&self, experiment: &Experiment) {
        self.presets.set_value(experiment.preset.key);
        set_text(&self.about, experiment.preset.about);
        let preset = experiment.preset.experiment();
        let changed: Vec<&str> = FIELDS
            .iter()
            .filter(|field| experiment.values(field) != preset.values(field))
            .map(|field| field.label)
            .collect();
        element::<HtmlElement>("changed").set_hidden(changed.is_empty());
        let text = format!("Changed from this experiment: {}.", changed.join(", "));
        set_text(&element("changed-text"), &text);
        if self.knob.replace(experiment.preset.knob) != experiment.preset.knob {
            self.place(experiment.preset.knob);
        }
        for Control { field, holder, widget } in &self.controls {
            holder.set_hidden(!experiment.uses(field));
            widget.show(field, &experiment.values(field));
        }
        for (_, grid) in &self.groups {
            if let Some(part) = grid.parent_element() {
                let part: HtmlElement = part.unchecked_into();
                part.set_hidden(all_hidden(grid));
            }
        }
    }

    /// Puts the main setting first and the others with their groups, in the order of the table. What
    /// is moved loses the focus, so this is only done for another preset.
    fn place(&self, knob: &str) {
        for control in &self.controls {
            let group = self.groups.iter().find(|(group, _)| *group == control.field.group);
            let group = group.map(|(_, grid)| grid);
            let place = if control.field.key == knob { Some(&self.main) } else { group };
            if let Some(place) = place {
                let _ = place.append_child(&control.holder);
            }
        }
    }
}

/// Whether every control in a group is hidden.
fn all_hidden(grid: &HtmlElement) -> bool {
    let children = grid.child_nodes();
    (0..children.length()).all(|index| {
        let child = children.get(index).and_then(|child| child.dyn_into::<HtmlElement>().ok());
        child.is_none_or(|child| child.hidden())
    })
}

fn add_option(select: &HtmlSelectElement, choice: &Choice) {
    let option: HtmlElement = create("option");
    let _ = option.set_attribute("value", choice.key);
    set_text(&option, choice.label);
    let _ = select.append_child(&option);
}

impl Control {
    fn new(field: &'static Field, on_change: &Rc<dyn Fn(Change)>) -> Self {
        let (holder, label, name, about): (HtmlElement, HtmlElement, HtmlElement, HtmlElement) =
            (create("div"), create("label"), create("span"), create("p"));
        holder.set_class_name("control");
        let (id, about_id) = (format!("setting-{}", field.key), format!("about-{}", field.key));
        about.set_id(&about_id);
        set_text(&name, field.label);
        let _ = label.append_child(&name);
        let value: HtmlOutputElement = create("output");
        let _ = label.append_child(&value);
        let (widget, input): (Widget, HtmlElement) = match field.kind {
            FieldKind::Number { min, max, .. } => {
                let range = format!(
                    "From {} to {}.",
                    field.format(Value::Number(min)),
                    field.format(Value::Number(max))
                );
                set_text(&about, &format!("{} {range}", field.about));
                let stops = field.stops();
                let slider: HtmlInputElement = create("input");
                slider.set_type("range");
                slider.set_min("0");
                slider.set_max(&(stops.len() - 1).to_string());
                (Widget::Slider { stops, slider: slider.clone() }, slider.into())
            }
            FieldKind::Choice(choices) => {
                set_text(&about, field.about);
                let select: HtmlSelectElement = create("select");
                choices.iter().for_each(|choice| add_option(&select, choice));
                (Widget::Select(select.clone()), select.into())
            }
            FieldKind::Layers => {
                set_text(&about, field.about);
                let text: HtmlInputElement = create("input");
                text.set_type("text");
                (Widget::Text(text.clone()), text.into())
            }
        };
        input.set_id(&id);
        // Attributes with these names are always allowed.
        let _ = label.set_attribute("for", &id);
        let _ = input.set_attribute("aria-describedby", &about_id);
        for part in [&label, &input, &about] {
            let _ = holder.append_child(part);
        }
        let widget = Rc::new(Shown { input: widget, value });
        let (moved, released, on_change) =
            (Rc::clone(&widget), Rc::clone(&widget), Rc::clone(on_change));
        listen(&input, "input", move |_: Event| moved.follow(field));
        listen(&input, "change", move |_: Event| on_change(released.read(field)));
        Self { field, holder, widget }
    }
}

impl Shown {
    /// The value that the reader has set.
    fn read(&self, field: &'static Field) -> Change {
        let text = match &self.input {
            Widget::Slider { stops, slider } => {
                let stop = slider.value().parse().unwrap_or(0usize);
                let number = stops.get(stop).copied().unwrap_or(0.0);
                return Change::Setting(field, Value::Number(number));
            }
            Widget::Select(select) => select.value(),
            Widget::Text(text) => text.value(),
        };
        match field.parse(&text) {
            Ok(value) => Change::Setting(field, value),
            Err(refused) => Change::InvalidValue(format!("{refused}, so nothing was changed.")),
        }
    }

    /// Shows the value under the thumb while a slider is moved.
    fn follow(&self, field: &'static Field) {
        if let (Widget::Slider { .. }, Change::Setting(_, value)) = (&self.input, self.read(field))
        {
            self.describe(field, &[value]);
        }
    }

    fn show(&self, field: &'static Field, values: &[Value]) {
        let Some(&first) = values.first() else { return };
        match (&self.input, first) {
            (Widget::Slider { stops, slider }, Value::Number(number)) => {
                let distance = |stop: &f64| (stop - number).abs();
                let nearest = (0..stops.len())
                    .min_by(|a, b| distance(&stops[*a]).total_cmp(&distance(&stops[*b])));
                slider.set_value(&nearest.unwrap_or(0).to_string());
            }
            (Widget::Select(select), _) => select.set_value(&field.format(first)),
            (Widget::Text(text), _) => text.set_value(&field.format(first)),
            (Widget::Slider { .. }, _) => {}
        }
        self.describe(field, values);
    }

    /// Writes beside the name what the input does not show: a slider's value, and all values where
    /// the networks differ.
    fn describe(&self, field: &'static Field, values: &[Value]) {
        let texts: Vec<String> = values.iter().map(|value| field.format(*value)).collect();
        let text = format!("{} {}", texts.join(", "), field.unit);
        match &self.input {
            Widget::Slider { slider, .. } => {
                set_text(&self.value, text.trim());
                let _ = slider.set_attribute("aria-valuetext", text.trim());
            }
            _ if values.len() > 1 => set_text(&self.value, text.trim()),
            _ => set_text(&self.value, ""),
        }
    }
}
