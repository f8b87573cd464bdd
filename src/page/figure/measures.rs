//! What is measured beside loss and accuracy: a chart for each quantity, and the information plane.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlSelectElement, PointerEvent};

use super::budget::DrawBudget;
use super::curves::{is_due, on_change, over_time};
use super::panel::{Crosshair, Panel, View, WordsLine};
use super::sweep::section;
use super::{Handle, Pointed};
use crate::experiment::{Data, Experiment, FIELDS, Group};
use crate::measure::{Quantity, Split};
use crate::page::chart::{self, Chart, DrawKey, Frame, Layout};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::plots;
use crate::text::Text;

/// One chart, and the words below it.
struct QuantityChart {
    quantity: Quantity,
    card: HtmlElement,
    enlarge: HtmlButtonElement,
    crosshair: Crosshair,
    _listeners: Vec<Listener>,
    chart: Chart,
    words: WordsLine,
    /// What the words were made from.
    words_key: Option<DrawKey>,
    warning: HtmlElement,
}

/// The charts, in the order in which they stand.
pub struct Measures {
    section: HtmlElement,
    holder: HtmlElement,
    charts: Vec<QuantityChart>,
    /// The quantity whose chart is large.
    large: Rc<Cell<Option<Quantity>>>,
    samples: HtmlSelectElement,
    samples_label: HtmlElement,
    cost: HtmlElement,
    plane_part: HtmlElement,
    plane: Chart,
    /// Whether the charts over steps are left out.
    plane_only: bool,
    handle: Handle,
    _listeners: Vec<Listener>,
}

const LAYOUT: Layout = Layout::plain(false);

impl Measures {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let samples: HtmlSelectElement = root.part("samples");
        for set in [Split::Train, Split::Test, Split::All] {
            let option: HtmlElement = append(&samples, "option", "");
            set_attribute(&option, "value", set.key());
            set_text(&option, &text.get(&format!("option-{}", set.key())));
        }
        let plane: HtmlElement = root.part("plane");
        let mut listeners = over_plane(&plane, handle);
        let (chosen, choose) = (samples.clone(), handle.clone());
        listeners.push(Listener::new(&samples, "change", move |_: Event| {
            let set = Split::named(&chosen.value());
            choose.change_view(|options| options.address.shown = set);
        }));
        Self {
            section: section(root, "measures"),
            holder: root.part("measures"),
            charts: Vec::new(),
            large: Rc::default(),
            samples,
            samples_label: root.part("samples-label"),
            cost: root.part("measures-cost"),
            plane_part: root.part("plane-part"),
            plane: Chart::new(plane, LAYOUT, on_change(handle)),
            plane_only: root.element().has_attribute("data-plane-only"),
            handle: handle.clone(),
            _listeners: listeners,
        }
    }

    /// As many charts as there are quantities.
    fn arrange(&mut self, quantities: &[Quantity]) {
        if self.charts.iter().map(|chart| chart.quantity).eq(quantities.iter().copied()) {
            return;
        }
        self.charts.clear();
        self.holder.set_text_content(None);
        for &quantity in quantities {
            let card: HtmlElement = append(&self.holder, "div", "card");
            let holder: HtmlElement = append(&card, "div", "chart measure");
            set_attribute(&holder, "data-part", quantity.key());
            let enlarge: HtmlButtonElement = append(&card, "button", "enlarge");
            enlarge.set_type("button");
            let (large, handle) = (Rc::clone(&self.large), self.handle.clone());
            let mut listeners = over_time(&holder, &self.handle);
            listeners.push(Listener::new(&enlarge, "click", move |_: Event| {
                large.set(Some(quantity));
                handle.redraw();
            }));
            self.charts.push(QuantityChart {
                quantity,
                enlarge,
                _listeners: listeners,
                crosshair: Crosshair::new(append(&holder, "div", "crosshair")),
                chart: Chart::new(holder, LAYOUT, on_change(&self.handle)),
                words: WordsLine::new(append(&card, "div", "readout")),
                words_key: None,
                warning: append(&card, "p", "warning"),
                card,
            });
        }
    }
}

/// Moves the crosshair to the step of the point in the plane that is nearest to the pointer.
fn over_plane(plane: &HtmlElement, handle: &Handle) -> Vec<Listener> {
    let at = |handle: &Handle, plane: &HtmlElement, event: &PointerEvent| {
        let position = chart::across(plane, event).zip(chart::up(plane, event));
        let time = handle.look(|view| {
            let (across, up) = position?;
            let set = shown_set(view);
            let plane = plots::plane(view.session.history(), &view.theme, set, view.text)?;
            let step = plane.step_at(across, up)?;
            // Step 0 has no position on a logarithmic axis; its left end is as near.
            Some(view.shared.time.position(f64::from(step)).unwrap_or(0.0))
        });
        handle.point_at(Pointed { time: time.flatten(), ..Pointed::default() });
    };
    let mut listeners: Vec<Listener> = ["pointermove", "pointerdown"]
        .into_iter()
        .map(|name| {
            let (handle, target) = (handle.clone(), plane.clone());
            Listener::new(plane, name, move |event: PointerEvent| at(&handle, &target, &event))
        })
        .collect();
    let handle = handle.clone();
    listeners.push(Listener::new(plane, "pointerleave", move |_: Event| {
        handle.point_at(Pointed::default());
    }));
    listeners
}

/// The samples that charts of several layers show: those that the reader chose, or the test set. The
/// icosahedron's patterns are all of interest.
fn shown_set(view: &View<'_>) -> Split {
    let usual = match view.session.experiment().settings.data {
        Data::Icosahedron => Split::All,
        _ => Split::Test,
    };
    view.options.address.shown.unwrap_or(usual)
}

/// Whether something else is measured than in any run.
pub(super) fn asks_for_measures(experiment: &Experiment) -> bool {
    let usual = Experiment::default();
    let mut measures = FIELDS.iter().filter(|field| field.group == Group::Measures);
    measures.any(|field| usual.values(field) != experiment.values(field))
}

impl Panel for Measures {
    fn charts(&self) -> Vec<&Chart> {
        self.charts.iter().map(|chart| &chart.chart).chain([&self.plane]).collect()
    }

    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (session, text, shared) = (view.session, view.text, view.shared);
        let history = session.history();
        let mut quantities = plots::quantities(history);
        if view.options.address.embedded && !asks_for_measures(session.experiment()) {
            // A frame in another page has room for what it was asked to measure.
            quantities.clear();
        }
        self.section.set_hidden(quantities.is_empty());
        if quantities.is_empty() {
            return;
        }
        let charts = if self.plane_only { &[] } else { quantities.as_slice() };
        self.arrange(charts);
        let set = shown_set(view);
        if self.samples.value() != set.key() {
            self.samples.set_value(set.key());
        }
        self.samples_label.set_hidden(!plots::has_choice_of_samples(history));
        let step = shared.pointed_step;
        // The readout below a chart says the values at a step; the picture does not depend on it.
        let (key, words_key) = (view.key(), view.key_at_step());
        let large = self.large.get().filter(|large| quantities.contains(large));
        let large = large.unwrap_or(quantities[0]);
        for chart in &mut self.charts {
            let is_large = chart.quantity == large;
            set_attribute(&chart.card, "class", if is_large { "card large" } else { "card" });
            chart.enlarge.set_hidden(is_large);
            let position = shared.crosshair;
            chart.crosshair.show(position.map(|position| chart.chart.place(position)));
            let is_out_of_date = is_due(&chart.chart, key, budget);
            // The words belong to the picture: while that waits for its turn, so do they.
            let words_hold = chart.words_key == Some(words_key) || !chart.chart.is_current(key);
            if !is_out_of_date && words_hold {
                continue;
            }
            chart.words_key = Some(words_key);
            let panel = plots::panel(history, &view.theme, chart.quantity, set, step, text);
            let title = [("title", panel.title.as_str().into())];
            set_attribute(&chart.enlarge, "aria-label", &text.with("measure-enlarge", &title));
            if is_out_of_date {
                let (title, levels) = (panel.title, panel.levels);
                let frame = shared.measure_frame(title, levels, panel.values, view.theme);
                chart.chart.draw(key, frame, &panel.series);
            }
            let summary: String = panel.words.iter().map(|(_, part)| part.as_str()).collect();
            chart.chart.describe(&summary);
            chart.words.show(panel.words);
            chart.warning.set_hidden(panel.warning.is_none());
            set_text(&chart.warning, &panel.warning.unwrap_or_default());
        }
        set_text(&self.cost, &cost(view));
        let has_plane = plots::has_plane(history);
        self.plane_part.set_hidden(!has_plane);
        self.plane.describe(&text.get("hint-plane"));
        let key = view.key_at_step();
        if has_plane
            && is_due(&self.plane, key, budget)
            && let Some(plane) = plots::plane(history, &view.theme, set, text)
        {
            let title = text.get("plane-title");
            let frame = Frame::new(title, view.theme, plane.across, plane.values);
            self.plane.draw_trails(key, frame, &plane.trails, step);
        }
    }
}

/// How far measuring is, and what it costs.
fn cost(view: &View<'_>) -> String {
    let (progress, text) = (view.session.progress(), view.text);
    let count = view.session.history().measurements().len();
    if count == 0 {
        return text.get("measured-not-yet");
    }
    let cost = text.percent((progress.measuring * 1000.0).round() / 1000.0);
    let id = if view.session.is_measured() { "measured-steps" } else { "measured-steps-so-far" };
    text.with(id, &[("count", count.into()), ("cost", cost.into())])
}
