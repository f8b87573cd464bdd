//! Sliders for every setting of an experiment, made from its table of fields.

use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlOutputElement};

use super::dom::{create, element, listen, set_text};
use crate::experiment::{Experiment, FIELDS, Field, Group};

/// One setting's slider.
struct Control {
    field: &'static Field,
    stops: Vec<f64>,
    slider: HtmlInputElement,
    value: HtmlOutputElement,
}

/// The sliders of all settings.
pub struct Controls(Vec<Control>);

impl Controls {
    /// Puts a slider for every setting into the page. `on_change` is called with the setting and its
    /// new value once the reader lets go.
    pub fn new(on_change: impl Fn(&'static Field, f64) + Clone + 'static) -> Self {
        let (main, more): (HtmlElement, HtmlElement) =
            (element("main-controls"), element("more-controls"));
        let controls = FIELDS.iter().map(|field| {
            let control = Control::new(field, on_change.clone());
            let group = if field.group == Group::Main { &main } else { &more };
            let _ = group.append_child(&control.1);
            control.0
        });
        Self(controls.collect())
    }

    /// Sets every slider to the value that an experiment has.
    pub fn show(&self, experiment: &Experiment) {
        for control in &self.0 {
            let value = control.field.get(experiment);
            let distance = |stop: &f64| (stop - value).abs();
            let nearest = (0..control.stops.len()).min_by(|a, b| {
                distance(&control.stops[*a]).total_cmp(&distance(&control.stops[*b]))
            });
            control.slider.set_value(&nearest.unwrap_or(0).to_string());
            control.show_value(value);
        }
    }
}

impl Control {
    fn new(
        field: &'static Field,
        on_change: impl Fn(&'static Field, f64) + 'static,
    ) -> (Self, HtmlElement) {
        let stops = field.stops();
        let (holder, label, name): (HtmlElement, HtmlElement, HtmlElement) =
            (create("div"), create("label"), create("span"));
        let value: HtmlOutputElement = create("output");
        let slider: HtmlInputElement = create("input");
        let about: HtmlElement = create("p");
        holder.set_class_name("control");
        let (id, about_id) = (format!("setting-{}", field.key), format!("about-{}", field.key));
        slider.set_type("range");
        slider.set_id(&id);
        slider.set_min("0");
        slider.set_max(&(stops.len() - 1).to_string());
        about.set_id(&about_id);
        let range = format!("From {} to {}.", field.format(field.min), field.format(field.max));
        set_text(&about, &format!("{} {range}", field.about));
        set_text(&name, field.label);
        // Attributes with these names are always allowed.
        let _ = label.set_attribute("for", &id);
        let _ = slider.set_attribute("aria-describedby", &about_id);
        let _ = label.append_child(&name);
        let _ = label.append_child(&value);
        for part in [&label, &slider as &HtmlElement, &about] {
            let _ = holder.append_child(part);
        }
        let control = Self { field, stops, slider, value };
        let (moved, released) = (control.handle(), control.handle());
        listen(&control.slider, "input", move |_: Event| moved.show_value(moved.at_slider()));
        listen(&control.slider, "change", move |_: Event| on_change(field, released.at_slider()));
        (control, holder)
    }

    fn handle(&self) -> Self {
        Self {
            field: self.field,
            stops: self.stops.clone(),
            slider: self.slider.clone(),
            value: self.value.clone(),
        }
    }

    fn at_slider(&self) -> f64 {
        let stop = self.slider.value().parse().unwrap_or(0usize);
        self.stops.get(stop).copied().unwrap_or(self.field.max)
    }

    fn show_value(&self, value: f64) {
        let text = format!("{} {}", self.field.format(value), self.field.unit);
        set_text(&self.value, text.trim());
        let _ = self.slider.set_attribute("aria-valuetext", text.trim());
    }
}
