//! The charts of what is measured beside loss and accuracy, as many as there are quantities.

use web_sys::{HtmlButtonElement, HtmlElement, HtmlSelectElement};

use super::drawing::{show_line, show_words};
use super::turns::Turns;
use super::{App, Shared, redraw};
use crate::experiment::Data;
use crate::measure::{CheckSource, EstimatorCheck, Quantity, Set};
use crate::page::axis::HorizontalAxis;
use crate::page::chart::{Chart, Frame, Layout, Marker};
use crate::page::dom::{create, element, set_text};
use crate::page::theme::Theme;
use crate::page::{figure, format};
use crate::protocol::Command;

/// Charts, in the order in which they stand, and what can be chosen about them.
pub struct Measures {
    charts: Vec<Measured>,
    plane: Chart,
    known: Chart,
    /// What estimators made of a source whose answer is known.
    pub answers: Vec<EstimatorCheck>,
    /// Whether more of that will come.
    pub asking: bool,
    /// Whether something recorded is not measured yet.
    pub behind: bool,
    /// The samples of which one kind is shown, if the reader has chosen.
    set: Option<Set>,
    /// Time that training waited for measuring, over the time that it took.
    pub cost: f64,
}

/// One chart, and the words below it.
struct Measured {
    quantity: Quantity,
    chart: Chart,
    words: HtmlElement,
    warning: HtmlElement,
}

impl Measures {
    pub fn new() -> Self {
        let layout = Layout { names_markers: false, labels_axis: true };
        Self {
            charts: Vec::new(),
            plane: Chart::new(element("plane"), layout),
            known: Chart::new(element("known"), layout),
            answers: Vec::new(),
            asking: false,
            behind: false,
            set: None,
            cost: 0.0,
        }
    }

    /// Shows samples of one kind where only one is shown.
    pub fn choose(&mut self, set: Set) {
        self.set = Some(set);
    }

    /// What the reader has chosen.
    pub fn chosen(&self) -> Option<Set> {
        self.set
    }

    /// As many charts as there are quantities.
    fn arrange(&mut self, quantities: &[Quantity]) {
        if self.charts.iter().map(|own| own.quantity).eq(quantities.iter().copied()) {
            return;
        }
        let holder: HtmlElement = element("measures");
        holder.replace_children_with_node_0();
        self.charts = quantities
            .iter()
            .map(|&quantity| {
                let part = |class: &str, tag: &str| {
                    let part: HtmlElement = create(tag);
                    part.set_class_name(class);
                    let _ = holder.append_child(&part);
                    part
                };
                let layout = Layout { names_markers: false, labels_axis: true };
                let chart = part("chart measure", "div");
                chart.set_id(quantity.key());
                Measured {
                    quantity,
                    chart: Chart::new(chart, layout),
                    words: part("readout", "div"),
                    warning: part("warning", "p"),
                }
            })
            .collect();
    }
}

impl App {
    pub(super) fn draw_measures(
        &mut self,
        theme: &Theme,
        time: &HorizontalAxis,
        markers: &[Marker],
        phases: bool,
        turns: &mut Turns,
    ) {
        let step = self.pointed_step(time);
        let mut quantities = figure::quantities(&self.history);
        if self.embedded && !self.asks_for_measures() {
            // A frame in another page has room for what it was asked to measure, not for what any run does.
            quantities.clear();
        }
        element::<HtmlElement>("measures-part").set_hidden(quantities.is_empty());
        if quantities.is_empty() {
            show_line("crosshair", self.crosshair(time));
            return;
        }
        self.measures.arrange(&quantities);
        let set = self.shown_set();
        element::<HtmlSelectElement>("measures-set").set_value(set.key());
        let has_choice = figure::has_choice_of_samples(&self.history);
        element::<HtmlElement>("measures-set-label").set_hidden(!has_choice);
        for own in &mut self.measures.charts {
            if !turns.is_due(own.chart.is_seen()) {
                continue;
            }
            let panel = figure::panel(&self.history, theme, own.quantity, set, step);
            let frame = Frame {
                title: panel.title,
                theme: *theme,
                across: time.clone(),
                values: panel.values,
                markers: markers.to_vec(),
                levels: panel.levels,
                phases,
            };
            own.chart.draw(frame, &panel.series);
            show_words(&own.words, panel.words);
            own.warning.set_hidden(panel.warning.is_none());
            set_text(&own.warning, &panel.warning.unwrap_or_default());
        }
        let count = self.history.measurements().len();
        let cost = match count {
            0 => "Not measured yet.".into(),
            _ => format!(
                "Measured at {count} step{}{}. Training waited {} of its time for that.",
                if count == 1 { "" } else { "s" },
                if self.measures.behind { " so far, more to come" } else { "" },
                format::percent(self.measures.cost)
            ),
        };
        set_text(&element("measures-cost"), &cost);
        let plane = figure::plane(&self.history, theme, set);
        element::<HtmlElement>("plane-part").set_hidden(plane.is_none());
        if let Some(plane) = plane.filter(|_| turns.is_due(self.measures.plane.is_seen())) {
            let frame = Frame {
                title: "I(T;Y), bits".into(),
                theme: *theme,
                across: plane.across,
                values: plane.values,
                markers: Vec::new(),
                levels: Vec::new(),
                phases: false,
            };
            self.measures.plane.draw_trails(frame, &plane.trails, step);
        }
        self.draw_known(theme);
        for id in ["crosshair", "measures-crosshair"] {
            show_line(id, self.crosshair(time));
        }
    }
}

impl App {
    /// The samples of which one kind is shown: those that the reader chose, or all patterns where there are no
    /// others, and else those held back.
    fn shown_set(&self) -> Set {
        let usual = match self.experiment.settings.data {
            Data::Icosahedron => Set::All,
            _ => Set::Test,
        };
        self.measures.set.unwrap_or(usual)
    }

    fn draw_known(&mut self, theme: &Theme) {
        let measures = &mut self.measures;
        let known = figure::known(&measures.answers, theme);
        element::<HtmlElement>("known").set_hidden(known.is_none());
        element::<HtmlButtonElement>("known-try").set_disabled(measures.asking);
        let words = match (measures.asking, measures.answers.last()) {
            (true, None) => "Asked.".into(),
            (_, None) => String::new(),
            (_, Some(last)) => {
                let most = measures.answers.iter().filter(|a| a.samples == last.samples);
                let of = most.map(|a| {
                    // One try has no scatter.
                    let scatter = (a.repetitions > 1).then(|| format!(" ± {:.2}", a.deviation));
                    format!("{} {:.2}{}", a.estimator, a.mean, scatter.unwrap_or_default())
                });
                let all: Vec<String> = of.collect();
                format!("At {} samples, in bits: {}.", last.samples, all.join("; "))
            }
        };
        set_text(&element("known-words"), &words);
        let Some(known) = known else { return };
        let frame = Frame {
            title: "Estimate, bits, mean ± deviation".into(),
            theme: *theme,
            across: known.across,
            values: known.values,
            markers: Vec::new(),
            levels: vec![known.level],
            phases: false,
        };
        measures.known.draw(frame, &known.series);
    }
}

/// Has the estimators tried on the source that is chosen.
pub fn try_known(app: &Shared) {
    let place = element::<HtmlSelectElement>("known-source").selected_index();
    {
        let mut app = app.borrow_mut();
        let index = usize::try_from(place).unwrap_or(0);
        let source = CheckSource::ALL.get(index).copied().unwrap_or(CheckSource::Gaussian1);
        // One question at a time: answers do not say to which they belong.
        if app.measures.asking || !app.opening_done {
            return;
        }
        app.measures.answers.clear();
        app.measures.asking = true;
        app.send(&Command::CheckEstimators(source));
    }
    redraw(app);
}

/// Puts the names of the sources into their list.
pub fn list_sources() {
    let select: HtmlSelectElement = element("known-source");
    for source in CheckSource::ALL {
        let option: HtmlElement = create("option");
        set_text(&option, source_label(source));
        let _ = select.append_child(&option);
    }
}

fn source_label(source: CheckSource) -> &'static str {
    match source {
        CheckSource::Gaussian1 => "Gaussian, 1 dimension, 1 bit",
        CheckSource::Gaussian5 => "Gaussian, 5 dimensions, 0.95 bit",
        CheckSource::Gaussian20 => "Gaussian, 20 dimensions, 20 bits",
        CheckSource::FlippedBit => "a bit, flipped in 11% of cases: 0.5 bit",
        CheckSource::Map => "64 values onto 8: 3 bits",
        CheckSource::NoisyLayer => "a layer of 3 tanh units with noise: 1.6 bits",
    }
}

/// Shows the samples of the given name.
pub fn choose_set(app: &Shared, select: &HtmlSelectElement) {
    if let Some(set) = Set::named(&select.value()) {
        {
            let mut app = app.borrow_mut();
            app.measures.choose(set);
            app.show_address();
        }
        redraw(app);
    }
}

/// Moves the crosshair to the step that a place in the information plane belongs to, 0 to 1 from left to
/// right and from bottom to top.
pub fn point_at_plane(app: &Shared, place: Option<(f64, f64)>) {
    {
        let mut app = app.borrow_mut();
        let theme = Theme::current();
        let plane = figure::plane(&app.history, &theme, app.shown_set());
        let step = plane.zip(place).and_then(|(plane, (across, up))| plane.step_at(across, up));
        let time = HorizontalAxis::steps(app.log_axis, app.experiment.settings.steps);
        // Step 0 has no place on an axis by ratio; its left end is as near.
        let position = step.map(|step| time.position(f64::from(step)).unwrap_or(0.0));
        app.pointed = super::Pointed { time: position, ..super::Pointed::default() };
    }
    redraw(app);
}
