//! The one setting that stands beside a figure. A new value starts a new run, and the old one stays
//! as a grey curve.

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlOutputElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::settings::nearest_stop;
use crate::experiment::{Field, Value};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::text::Text;

/// A slider, and a button for each value worth comparing.
pub struct Knob {
    field: Option<&'static Field>,
    label: HtmlElement,
    about: HtmlElement,
    value: HtmlOutputElement,
    slider: HtmlInputElement,
    stops: Vec<f64>,
    buttons: Vec<(Value, HtmlButtonElement)>,
    shown: Vec<Value>,
    _listeners: Vec<Listener>,
}

impl Knob {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let knob = handle.look(|view| view.manner.knob.clone()).flatten();
        let (field, values) = knob.unzip();
        let slider: HtmlInputElement = root.part("knob");
        let label: HtmlElement = root.part("knob-label");
        slider.set_id(&root.unique("knob"));
        set_attribute(&label, "for", &slider.id());
        let stops = field.map(Field::slider_values).unwrap_or_default();
        slider.set_hidden(stops.is_empty());
        slider.set_max(&stops.len().saturating_sub(1).to_string());
        let mut listeners = Vec::new();
        let (turn, moved, all) = (handle.clone(), slider.clone(), stops.clone());
        listeners.push(Listener::new(&slider, "change", move |_: Event| {
            if let Some(stop) = moved.value().parse().ok().and_then(|at: usize| all.get(at)) {
                turn.turn_knob(Value::Number(*stop));
            }
        }));
        if let Some(field) = field {
            let (moved, all, text) = (slider.clone(), stops.clone(), text.clone());
            let value: HtmlOutputElement = root.part("knob-value");
            listeners.push(Listener::new(&slider, "input", move |_: Event| {
                if let Some(stop) = moved.value().parse().ok().and_then(|at: usize| all.get(at)) {
                    set_text(&value, &text.values(field, &[Value::Number(*stop)]));
                }
            }));
        }
        let holder: HtmlElement = root.part("knob-values");
        let mut buttons = Vec::new();
        for value in values.unwrap_or_default() {
            let Some(field) = field else { continue };
            let button: HtmlButtonElement = append(&holder, "button", "pill");
            button.set_type("button");
            set_text(&button, &text.value(field, value));
            let turn = handle.clone();
            listeners.push(Listener::new(&button, "click", move |_: Event| turn.turn_knob(value)));
            buttons.push((value, button));
        }
        Self {
            field,
            label,
            about: root.part("knob-about"),
            value: root.part("knob-value"),
            slider,
            stops,
            buttons,
            shown: Vec::new(),
            _listeners: listeners,
        }
    }
}

impl Panel for Knob {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let Some(field) = self.field else { return };
        let values = view.session.experiment().values(field);
        if self.shown == values {
            return;
        }
        let text = view.text;
        set_text(&self.label, &text.field(field));
        set_text(&self.about, &text.field_about(field));
        let words = text.values(field, &values);
        set_text(&self.value, &words);
        set_attribute(&self.slider, "aria-valuetext", &words);
        if let Some(Value::Number(number)) = values.first() {
            self.slider.set_value(&nearest_stop(&self.stops, *number).to_string());
        }
        for (value, button) in &self.buttons {
            set_attribute(button, "aria-pressed", &(values == [*value]).to_string());
        }
        self.shown = values;
    }
}
