//! Accuracy and loss over training steps.

use web_sys::{Event, HtmlElement, PointerEvent};

use super::budget::DrawBudget;
use super::panel::{Crosshair, Panel, View, WordsLine};
use super::{Handle, Pointed};
use crate::page::axis::ValueAxis;
use crate::page::chart::{self, Chart, Frame, Layout};
use crate::page::dom::{Listener, Root};
use crate::page::plots;

/// The two charts, a crosshair through both, and the values there.
pub struct Curves {
    accuracy: Chart,
    loss: Chart,
    readout: WordsLine,
    crosshair: Crosshair,
    _listeners: Vec<Listener>,
}

impl Curves {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let chart = |name, names_markers| {
            let layout = Layout { names_markers, labels_axis: !names_markers };
            Chart::new(root.part(name), layout, on_change(handle))
        };
        Self {
            accuracy: chart("accuracy", true),
            loss: chart("loss", false),
            readout: WordsLine::new(root.part("readout")),
            crosshair: Crosshair::new(root.part("crosshair")),
            _listeners: over_time(&root.part("charts"), handle),
        }
    }
}

impl Panel for Curves {
    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (session, text, shared) = (view.session, view.text, view.shared);
        let (history, experiment) = (session.history(), session.experiment());
        let frame = |title, values| Frame {
            title,
            theme: view.theme,
            across: shared.time.clone(),
            values,
            markers: shared.markers.clone(),
            levels: Vec::new(),
            phases: shared.has_phases,
        };
        let key = view.key();
        if is_due(&self.accuracy, key, budget) {
            let curves = plots::accuracy(history, &view.theme, text);
            let title = plots::accuracy_title(experiment, text);
            self.accuracy.draw(key, frame(title, ValueAxis::Share), &curves);
        }
        if is_due(&self.loss, key, budget) {
            let curves = plots::loss(history, &view.theme, text);
            let points = curves.iter().flat_map(|series| &series.points);
            let values = losses(view, points.flat_map(|point| [point.low, point.high]));
            self.loss.draw(key, frame(plots::loss_title(experiment, text), values), &curves);
        }
        self.crosshair.show(shared.crosshair);
        let row =
            view.options.pointed.row.and_then(|height| plots::row_at_height(experiment, height));
        let readout = plots::readout(history, shared.pointed_step, row, text);
        self.readout.show(readout.map(|(_, words)| words).unwrap_or_default());
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

/// An axis that holds some losses. Those of classes fall by orders of magnitude; the rise and fall of
/// a regression's is within a factor of two.
pub fn losses(view: &View<'_>, values: impl Iterator<Item = f64>) -> ValueAxis {
    if view.session.experiment().settings.is_regression() {
        ValueAxis::up_to(values)
    } else {
        ValueAxis::decades(values)
    }
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
    listeners.push(Listener::new(element, "pointerleave", move |_: Event| {
        handle.point_at(Pointed::default());
    }));
    listeners
}
