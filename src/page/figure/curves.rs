//! Accuracy and loss over training steps.

use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent, PointerEvent};

use super::budget::DrawBudget;
use super::panel::{Crosshair, Panel, View, WordsLine};
use super::{Ghost, Handle, Pointed};
use crate::json;
use crate::page::chart::{self, Chart, Layout, Point, Series};
use crate::page::dom::{Listener, Root, set_attribute};
use crate::page::plots;

/// The two charts, a crosshair through both, the scrubber below them, and the values there.
pub struct Curves {
    accuracy: Chart,
    /// Not where there is room for one chart only.
    loss: Option<Chart>,
    readout: WordsLine,
    crosshair: Crosshair,
    scrubber: Scrubber,
    /// Whether the chart of accuracy is left out.
    loss_only: bool,
    _listeners: Vec<Listener>,
}

impl Curves {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let one_chart = root.element().has_attribute("data-one-chart");
        let is_large = root.element().has_attribute("data-large");
        let chart = |name, names_markers, labels_axis| {
            let layout = match is_large {
                true => Layout::LARGE,
                false => {
                    let has_scrubber = labels_axis;
                    Layout { names_markers, labels_axis, has_scrubber, is_large }
                }
            };
            Chart::new(root.part(name), layout, on_change(handle))
        };
        let loss_only = root.element().has_attribute("data-loss-only");
        root.part::<HtmlElement>("loss").set_hidden(one_chart);
        root.part::<HtmlElement>("accuracy").set_hidden(loss_only);
        Self {
            accuracy: chart("accuracy", true, one_chart),
            loss: (!one_chart).then(|| chart("loss", false, true)),
            scrubber: Scrubber::new(root, handle),
            loss_only,
            readout: WordsLine::new(root.part("readout")),
            crosshair: Crosshair::new(root.part("crosshair")),
            // Nobody points at a chart from the back of a room.
            _listeners: if is_large { Vec::new() } else { over_time(&root.part("charts"), handle) },
        }
    }
}

impl Curves {
    /// A chart that can be seen.
    fn shown_chart(&self) -> &Chart {
        self.loss.as_ref().filter(|_| self.loss_only).unwrap_or(&self.accuracy)
    }
}

impl Panel for Curves {
    fn charts(&self) -> Vec<&Chart> {
        std::iter::once(&self.accuracy).chain(&self.loss).collect()
    }

    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (session, text, shared) = (view.session, view.text, view.shared);
        let (history, experiment) = (view.history(), session.experiment());
        let key = view.key();
        if is_due(&self.accuracy, key, budget) {
            let mut curves = ghosts(view, |ghost| &ghost.accuracy);
            if !view.options.drawn.is_empty() {
                let points = view.options.drawn.clone();
                curves.push(plots::drawn_series(text.get("class-drawn"), points, &view.theme));
            }
            curves.extend(plots::accuracy(history, &view.theme, text));
            // The names of phases would lie over what was drawn.
            let names_phases = view.options.drawn.is_empty();
            let frame = shared.accuracy_frame(experiment, names_phases, view.theme, text);
            self.accuracy.draw(key, frame, &curves);
        }
        if let Some(loss) = &mut self.loss
            && is_due(loss, key, budget)
        {
            let mut curves = ghosts(view, |ghost| &ghost.loss);
            curves.extend(plots::loss(history, &view.theme, text));
            let frame = shared.loss_frame(experiment, &curves, view.theme, text);
            loss.draw(key, frame, &curves);
        }
        let position = shared.crosshair;
        let place = position.map(|position| self.shown_chart().place(position));
        self.crosshair.show(place);
        let ends = [0.0, 1.0].map(|end| self.shown_chart().place(end));
        self.scrubber.show(view, ends);
        let row =
            view.options.pointed.row.and_then(|height| plots::row_at_height(experiment, height));
        let readout = plots::readout(history, shared.pointed_step, row, text);
        let words = readout.map(|(_, words)| words).unwrap_or_default();
        let summary: String = words.iter().map(|(_, part)| part.as_str()).collect();
        self.accuracy.describe(&summary);
        if let Some(loss) = &self.loss {
            loss.describe(&summary);
        }
        self.readout.show(words);
    }
}

/// The grey curves of earlier runs, named by what differs.
fn ghosts(view: &View<'_>, points: impl Fn(&Ghost) -> &Vec<Point>) -> Vec<Series> {
    let experiment = view.session.experiment();
    let series = |ghost: &Ghost| {
        let name = view.text.difference(&ghost.experiment, experiment);
        plots::ghost_series(name, points(ghost).clone(), &view.theme)
    };
    view.shown_ghosts().map(|(_, ghost)| series(ghost)).collect()
}

/// The slider that is the axis of steps: its thumb stands under the crosshair.
struct Scrubber {
    holder: HtmlElement,
    slider: HtmlInputElement,
    shown: Option<[i32; 3]>,
    _listeners: [Listener; 2],
}

impl Scrubber {
    /// Stops of the slider along the axis.
    const STOPS: f64 = 1000.0;

    fn new(root: &Root, handle: &Handle) -> Self {
        let slider: HtmlInputElement = root.part("scrub");
        let (moved, at) = (handle.clone(), slider.clone());
        let on_input = Listener::new(&slider, "input", move |_: Event| {
            let position = json::number(&at.value()).unwrap_or(Self::STOPS) / Self::STOPS;
            let step = moved.look(|view| {
                plots::nearest(view.steps().into_iter(), view.shared.time.at(position))
            });
            if let Some(step) = step {
                moved.scrub(step);
            }
        });
        // Arrows move by one evaluated step.
        let pressed = handle.clone();
        let on_key = Listener::new(&slider, "keydown", move |event: KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => -1,
                "ArrowRight" | "ArrowUp" => 1,
                "PageDown" => -10,
                "PageUp" => 10,
                "Home" => i64::from(i32::MIN),
                "End" => i64::from(i32::MAX),
                _ => return,
            };
            event.prevent_default();
            let step = pressed.look(|view| {
                let steps = view.steps();
                let shown = view.shared.pointed_step as u32;
                let index = steps.partition_point(|step| *step < shown) as i64;
                let last = steps.len().checked_sub(1)?;
                Some(steps[(index + by).clamp(0, last as i64) as usize])
            });
            if let Some(step) = step {
                pressed.scrub(step);
            }
        });
        Self { holder: root.part("scrubber"), slider, shown: None, _listeners: [on_input, on_key] }
    }

    /// `ends` are those of the plot, in CSS pixels from the left.
    fn show(&mut self, view: &View<'_>, ends: [f64; 2]) {
        let is_empty = view.history().evaluations().len() < 2
            && !(view.recorded.is_some() && view.session.is_untouched());
        self.slider.set_disabled(is_empty);
        let step = view.shared.pointed_step;
        let position = view.shared.time.position(step.max(1.0)).unwrap_or(0.0);
        let [left, right] = ends;
        let shown = [left, right, Self::STOPS * position].map(|x| x.round() as i32);
        if self.shown == Some(shown) {
            return;
        }
        self.shown = Some(shown);
        let style = self.holder.style();
        let [left, right, stop] = shown;
        for (name, value) in [
            ("--from", format!("{left}px")),
            ("--width", format!("{}px", right - left)),
            ("--at", format!("{:.1}%", f64::from(stop) / 10.0)),
        ] {
            style.set_property(name, &value).ok();
        }
        self.slider.set_value(&stop.to_string());
        let scores = plots::scores_at(view.history(), step, view.text);
        set_attribute(&self.slider, "aria-valuetext", &scores);
    }
}

/// Redraws a figure when a chart's size or visibility changes.
pub fn on_change(handle: &Handle) -> impl Fn() + Clone + 'static {
    let handle = handle.clone();
    move || handle.redraw()
}

/// Whether a chart is out of date and this frame has time for it.
pub fn is_due(chart: &Chart, key: chart::DrawKey, budget: &mut DrawBudget) -> bool {
    !chart.is_current(key) && budget.may_draw(chart.id(), chart.is_visible())
}

/// Moves the crosshair with the pointer over charts that share the time axis.
pub fn over_time(charts: &HtmlElement, handle: &Handle) -> Vec<Listener> {
    pointing(charts, handle, |charts, event| Pointed {
        time: chart::across(charts, event),
        ..Pointed::default()
    })
}

/// Says where the pointer is over an element, and when it leaves.
pub fn pointing(
    element: &HtmlElement,
    handle: &Handle,
    at: impl Fn(&HtmlElement, &PointerEvent) -> Pointed + Clone + 'static,
) -> Vec<Listener> {
    let mut listeners: Vec<Listener> = ["pointermove", "pointerdown"]
        .into_iter()
        .map(|name| {
            let (handle, at, target) = (handle.clone(), at.clone(), element.clone());
            Listener::new(element, name, move |event: PointerEvent| {
                handle.point_at(at(&target, &event));
            })
        })
        .collect();
    let handle = handle.clone();
    listeners.push(Listener::new(element, "pointerleave", move |event: PointerEvent| {
        // Where a finger was lifted the values stay.
        if event.pointer_type() != "touch" {
            handle.point_at(Pointed::default());
        }
    }));
    listeners
}
