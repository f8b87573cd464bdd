//! The map over the two settings in which the networks differ: a button for each configuration.

use std::cell::Cell;
use std::rc::Rc;

use plotters::style::RGBColor;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View, WordsLine};
use crate::experiment::Experiment;
use crate::page::chart::{DrawKey, is_dark};
use crate::page::dom::{Listener, Root, append, focus_in_place, set_attribute, set_text};
use crate::page::plots::{self, CellState, Shows, Words};
use crate::page::session::{Action, State};
use crate::text::Text;

/// The map with its switch, readout and legend.
pub struct SettingMap {
    section: HtmlElement,
    curves: Option<HtmlElement>,
    title: HtmlElement,
    note: HtmlElement,
    switches: [HtmlElement; 2],
    sides: [Side; 2],
    cells: HtmlElement,
    /// Cells and their buttons.
    buttons: Vec<(usize, HtmlElement)>,
    contours: HtmlElement,
    readout: WordsLine,
    ramp: HtmlElement,
    scale: HtmlElement,
    never: HtmlElement,
    not_memorised: HtmlElement,
    product: HtmlElement,
    /// The cell that is pointed at or has the focus.
    pointed: Rc<Cell<Option<usize>>>,
    /// The experiment that there are buttons for.
    built: Option<Experiment>,
    /// What they show.
    shown: Option<(DrawKey, plots::SettingMap)>,
    _listeners: Vec<Listener>,
}

/// A title and the values of one setting.
struct Side {
    title: HtmlElement,
    values: HtmlElement,
}

/// The cell that an event is about.
fn cell_of(event: &Event) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("button").ok()??.get_attribute("data-cell")?.parse().ok()
}

fn is_touch(event: &Event) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch")
}

impl SettingMap {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let cells: HtmlElement = root.part("setting-map-cells");
        let pointed: Rc<Cell<Option<usize>>> = Rc::default();
        let mut listeners = Vec::new();
        let holder: HtmlElement = root.part("setting-map-shows");
        let switches = Shows::ALL.map(|shows| {
            let button: HtmlElement = append(&holder, "button", "pill");
            set_attribute(&button, "type", "button");
            set_text(&button, &text.with("map-shows", &[("shows", shows.key().into())]));
            let handle = handle.clone();
            listeners.push(Listener::new(&button, "click", move |_: Event| {
                handle.change_view(|options| options.map_shows = shows);
            }));
            button
        });
        // A finger cannot point: its first tap does, and the second one opens.
        let opens = Rc::new(Cell::new(true));
        for name in ["pointerover", "pointerdown", "focusin"] {
            let (pointed, handle) = (pointed.clone(), handle.clone());
            let (holder, opens) = (cells.clone(), opens.clone());
            listeners.push(Listener::new(&cells, name, move |event: Event| {
                let cell = cell_of(&event);
                match name {
                    "focusin" => {
                        set_stop(&holder, "[tabindex='0']", "-1");
                        set_stop(&holder, ":focus", "0");
                    }
                    // Comes before a touch as well.
                    "pointerover" if is_touch(&event) => return,
                    "pointerover" => {}
                    _ => opens.set(!is_touch(&event) || cell == pointed.get()),
                }
                // The words stay when the pointer leaves.
                if cell.is_some() && pointed.replace(cell) != cell {
                    handle.redraw();
                }
            }));
        }
        let figure: HtmlElement = root.part("figure");
        let opening = handle.clone();
        listeners.push(Listener::new(&cells, "click", move |event: Event| {
            if let Some(cell) = cell_of(&event)
                && opens.replace(true)
                && open(&opening, cell)
            {
                // Its button is hidden now.
                focus_in_place(&figure);
            }
        }));
        listeners.push(Listener::new(&cells, "keydown", move_focus));
        let side = |name: &str| Side {
            title: root.part(&format!("setting-map-{name}")),
            values: root.part(&format!("setting-map-{name}-values")),
        };
        Self {
            section: root.part("setting-map"),
            curves: root.find("charts"),
            title: root.part("setting-map-title"),
            note: root.part("setting-map-note"),
            switches,
            sides: ["across", "up"].map(side),
            cells,
            buttons: Vec::new(),
            contours: root.part("setting-map-contours"),
            readout: WordsLine::new(root.part("setting-map-readout")),
            ramp: root.part("setting-map-ramp"),
            scale: root.part("setting-map-scale"),
            never: root.part("setting-map-never"),
            not_memorised: root.part("setting-map-not-memorised"),
            product: root.part("setting-map-product"),
            pointed,
            built: None,
            shown: None,
            _listeners: listeners,
        }
    }

    /// Makes a button for each cell, and the words around them.
    fn build(&mut self, map: &plots::SettingMap, experiment: &Experiment, text: &Text) {
        self.pointed.set(None);
        self.cells.set_text_content(None);
        for (side, edge) in self.sides.iter().zip(&map.edges) {
            set_text(&side.title, &edge.title);
            side.values.set_text_content(None);
            for value in &edge.values {
                set_text(&append::<HtmlElement>(&side.values, "span", ""), value);
            }
        }
        let [columns, rows] = [&map.edges[0], &map.edges[1]].map(|edge| edge.values.len());
        set_attribute(&self.section, "style", &format!("--columns: {columns}"));
        set_attribute(&self.cells, "data-columns", &columns.to_string());
        let crowded = match columns {
            ..8 => "",
            8..13 => "narrow",
            _ => "always",
        };
        set_attribute(&self.cells, "data-crowded", crowded);
        // The top row comes first.
        self.buttons.clear();
        for place in 0..columns * rows {
            let cell = (rows - 1 - place / columns) * columns + place % columns;
            let button: HtmlElement = append(&self.cells, "button", "cell");
            for (name, value) in [
                ("type", "button"),
                ("data-cell", cell.to_string().as_str()),
                ("tabindex", if place == 0 { "0" } else { "-1" }),
            ] {
                set_attribute(&button, name, value);
            }
            append::<HtmlElement>(&button, "span", "");
            self.buttons.push((cell, button));
        }
        for (element, id) in
            [(&self.never, "map-key-never"), (&self.not_memorised, "map-key-not-memorised")]
        {
            set_text(element, &text.with(id, &[("step", experiment.settings.steps.into())]));
        }
        set_text(&self.product, &map.product);
        self.draw_contours(map, [columns, rows].map(|count| count as f64));
    }

    fn draw_contours(&self, map: &plots::SettingMap, [width, height]: [f64; 2]) {
        let mut lines = String::new();
        for contour in &map.contours {
            lines += "<polyline points='";
            for (x, y) in &contour.points {
                lines += &format!("{x},{} ", height - y);
            }
            lines += "'/>";
        }
        // Once with a rim of paper and once in ink.
        self.contours.set_inner_html(&format!(
            "<svg viewBox='0 0 {width} {height}' preserveAspectRatio='none'><g>{lines}</g>{lines}</svg>"
        ));
        for contour in &map.contours {
            let label: HtmlElement = append(&self.contours, "span", "");
            set_text(&label, &contour.label);
            let (left, top) = (100.0 * contour.at.0 / width, 100.0 - 100.0 * contour.at.1 / height);
            set_attribute(&label, "style", &format!("left: {left}%; top: {top}%"));
        }
    }

    /// Brings the buttons up to date with what is known of their configurations.
    fn colour(&self, map: &plots::SettingMap, view: &View<'_>) {
        let (text, experiment) = (view.text, view.session.experiment());
        for (cell, button) in &self.buttons {
            let mut style = String::new();
            let (class, label) = match &map.cells[*cell] {
                CellState::Waiting => ("cell waiting", String::new()),
                CellState::NotYet => ("cell not-yet", text.get("map-not-yet")),
                CellState::Never => ("cell never", text.get("map-never")),
                CellState::NotMemorised => ("cell not-memorised", String::new()),
                CellState::Reached(label, share) => {
                    let colour = view.theme.ramp(*share);
                    style = format!("--cell: {}", css(colour));
                    let class = if is_dark(colour) { "cell deep" } else { "cell pale" };
                    (class, label.clone())
                }
            };
            let is_new = button.class_name() != class || view.session.state() != State::Running;
            set_attribute(button, "class", class);
            set_attribute(button, "style", &style);
            if let Some(inner) = button.first_element_child() {
                set_text(&inner, &label);
            }
            // Said again only when something has happened: the step alone changes all the time.
            if is_new && let Some(words) = map.words(*cell, experiment, text) {
                // The name begins with what is seen, so that it can be called by that.
                let args = [("value", label.into()), ("name", joined(&words).into())];
                set_attribute(button, "aria-label", text.with("curve-with-value", &args).trim());
            }
        }
    }
}

fn joined(words: &Words) -> String {
    words.iter().map(|(_, part)| part.as_str()).collect()
}

fn css(colour: RGBColor) -> String {
    format!("rgb({} {} {})", colour.0, colour.1, colour.2)
}

/// Shows a cell's configuration alone, and plays it. Whether there is one.
fn open(handle: &Handle, cell: usize) -> bool {
    let alone = handle.look(|view| {
        let history = view.session.history();
        let shows = view.options.map_shows;
        let map = plots::setting_map(history, &view.shared.phases, shows, view.text)?;
        map.alone(cell, view.session.experiment())
    });
    let Some(Some(alone)) = alone else { return false };
    handle.set_experiment(alone);
    handle.act(Action::Play);
    true
}

/// Moves the focus from cell to cell: the buttons are one stop of the Tab key.
fn move_focus(event: KeyboardEvent) {
    let Some(cell) = cell_of(&event) else { return };
    let button = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(cells) = button.and_then(|button| button.parent_element()) else { return };
    let columns = cells.get_attribute("data-columns").and_then(|columns| columns.parse().ok());
    let Some(columns) = columns.filter(|columns: &usize| *columns > 0) else { return };
    let column = cell % columns;
    // Cells are counted from the lower left corner.
    let next = match event.key().as_str() {
        "ArrowLeft" => cell - usize::from(column > 0),
        "ArrowRight" => cell + usize::from(column + 1 < columns),
        "ArrowDown" => cell.checked_sub(columns).unwrap_or(cell),
        "ArrowUp" => cell + columns,
        "Home" => cell - column,
        "End" => cell - column + columns - 1,
        _ => return,
    };
    event.prevent_default();
    let next = cells.query_selector(&format!("[data-cell='{next}']")).ok().flatten();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        focus_in_place(&next);
    }
}

/// Makes a cell the one where the Tab key stops, or no longer.
fn set_stop(cells: &HtmlElement, selector: &str, tabindex: &str) {
    if let Some(cell) = cells.query_selector(selector).ok().flatten() {
        set_attribute(&cell, "tabindex", tabindex);
    }
}

impl Panel for SettingMap {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (text, options, history) = (view.text, view.options, view.session.history());
        let is_there = plots::has_setting_map(history.experiment());
        self.section.set_hidden(!is_there);
        if !is_there {
            return;
        }
        if let Some(curves) = self.curves.as_ref().filter(|_| options.address.embedded) {
            // A frame in another page has room for one.
            curves.set_hidden(true);
        }
        let (shows, experiment, key) = (options.map_shows, history.experiment(), view.key());
        if self.shown.as_ref().is_none_or(|(shown, _)| *shown != key) {
            let map = plots::setting_map(history, &view.shared.phases, shows, text);
            let Some(map) = map else { return };
            if self.built.as_ref() != Some(experiment) {
                self.build(&map, experiment, text);
                self.built = Some(experiment.clone());
            }
            let title = text.with("chart-setting-map", &[("shows", shows.key().into())]);
            set_text(&self.title, &title);
            let seeds = experiment.settings.seeds;
            let note = match seeds {
                1 => String::new(),
                _ => text.with("chart-median", &[("networks", seeds.into())]),
            };
            set_text(&self.note, &note);
            for (switch, it) in self.switches.iter().zip(Shows::ALL) {
                set_attribute(switch, "aria-pressed", if it == shows { "true" } else { "false" });
            }
            self.colour(&map, view);
            set_text(&self.scale, &map.scale);
            let [deep, middle, pale] = [1.0, 0.6, 0.0].map(|share| css(view.theme.ramp(share)));
            let ramp = format!("background: linear-gradient(90deg, {deep}, {middle}, {pale})");
            set_attribute(&self.ramp, "style", &ramp);
            self.shown = Some((key, map));
        }
        let Some((_, map)) = &self.shown else { return };
        let pointed = self.pointed.get().and_then(|cell| map.words(cell, experiment, text));
        // Nothing is trained before the first run, or after the reader comes back from a cell.
        let hint = match view.session.is_untouched() {
            true => text.get("hint-setting-map-untrained"),
            false => text.get("hint-setting-map"),
        };
        let words = pointed.unwrap_or_else(|| vec![("", hint)]);
        self.readout.show(words);
    }
}
