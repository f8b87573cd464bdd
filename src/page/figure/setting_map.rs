//! The map over the two settings in which the networks differ: a button for each configuration.

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::Handle;
use super::budget::DrawBudget;
use super::cache::Cached;
use super::panel::{Panel, View, WordsLine};
use crate::page::chart::{DrawKey, Theme, is_dark};
use crate::page::dom::{Listener, Root, append, focus_in_place, set_attribute, set_text};
use crate::page::plots::{self, CellState, Shows};
use crate::page::session::Action;
use crate::text::Text;

/// The map with its switch, readout and legend.
pub struct SettingMap {
    section: HtmlElement,
    curves: Option<HtmlElement>,
    title: HtmlElement,
    note: HtmlElement,
    switches: [HtmlElement; 2],
    across: Side,
    up: Side,
    cells: HtmlElement,
    buttons: Vec<HtmlElement>,
    contours: HtmlElement,
    readout: WordsLine,
    scale: HtmlElement,
    never: HtmlElement,
    not_memorised: HtmlElement,
    product: HtmlElement,
    /// The cell that is pointed at or has the focus.
    pointed: Rc<Cell<Option<usize>>>,
    cached: Cached<DrawKey, Option<plots::SettingMap>>,
    /// What the buttons show.
    shown: Option<(plots::SettingMap, Theme)>,
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
        let mut on = |name, act: Box<dyn Fn(Option<usize>)>| {
            listeners.push(Listener::new(&cells, name, move |event: Event| act(cell_of(&event))));
        };
        for name in ["pointerover", "focusin"] {
            let (pointed, handle) = (pointed.clone(), handle.clone());
            on(
                name,
                Box::new(move |cell| {
                    // The words stay when the pointer leaves.
                    if cell.is_some() && cell != pointed.get() {
                        pointed.set(cell);
                        handle.redraw();
                    }
                }),
            );
        }
        // A finger cannot point: its first tap does.
        let opens = Rc::new(Cell::new(true));
        let (touched, at) = (opens.clone(), pointed.clone());
        listeners.push(Listener::new(&cells, "pointerdown", move |event: PointerEvent| {
            touched.set(event.pointer_type() != "touch" || cell_of(&event) == at.get());
        }));
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
            across: side("across"),
            up: side("up"),
            cells,
            buttons: Vec::new(),
            contours: root.part("setting-map-contours"),
            readout: WordsLine::new(root.part("setting-map-readout")),
            scale: root.part("setting-map-scale"),
            never: root.part("setting-map-never"),
            not_memorised: root.part("setting-map-not-memorised"),
            product: root.part("setting-map-product"),
            pointed,
            cached: Cached::default(),
            shown: None,
            _listeners: listeners,
        }
    }

    /// Makes a button for each cell, and the words around them.
    fn build(&mut self, map: &plots::SettingMap, text: &Text) {
        self.pointed.set(None);
        self.cells.set_text_content(None);
        for (side, edge) in [(&self.across, &map.across), (&self.up, &map.up)] {
            set_text(&side.title, &edge.title);
            side.values.set_text_content(None);
            for value in &edge.values {
                set_text(&append::<HtmlElement>(&side.values, "span", ""), value);
            }
        }
        let columns = map.across.values.len();
        for element in [&self.cells, &self.across.values] {
            element.style().set_property("--columns", &columns.to_string()).ok();
        }
        set_attribute(&self.cells, "data-columns", &columns.to_string());
        let crowded = if columns > 12 {
            "always"
        } else if columns > 7 {
            "narrow"
        } else {
            ""
        };
        set_attribute(&self.cells, "data-crowded", crowded);
        // The top row comes first.
        let rows = map.up.values.len();
        let mut buttons: Vec<Option<HtmlElement>> = vec![None; map.cells.len()];
        for row in (0..rows).rev() {
            for column in 0..columns {
                let cell = row * columns + column;
                let button: HtmlElement = append(&self.cells, "button", "cell");
                set_attribute(&button, "type", "button");
                set_attribute(&button, "data-cell", &cell.to_string());
                let first = if row + 1 == rows && column == 0 { "0" } else { "-1" };
                set_attribute(&button, "tabindex", first);
                append::<HtmlElement>(&button, "span", "");
                buttons[cell] = Some(button);
            }
        }
        self.buttons = buttons.into_iter().flatten().collect();
        let step = || ("step", map.steps.into());
        set_text(&self.never, &text.with("map-key-never", &[step()]));
        set_text(&self.not_memorised, &text.with("map-key-not-memorised", &[step()]));
        set_text(&self.product, &map.product);
        if let Some(item) = self.product.parent_element() {
            item.dyn_into::<HtmlElement>().ok().inspect(|i| i.set_hidden(map.product.is_empty()));
        }
        self.draw_contours(map);
    }

    fn draw_contours(&self, map: &plots::SettingMap) {
        let (width, height) = (map.across.values.len() as f64, map.up.values.len() as f64);
        let mut lines = String::new();
        for contour in &map.contours {
            lines += "<polyline points='";
            for (x, y) in &contour.points {
                // Writing to a string does not fail.
                write!(lines, "{x:.3},{:.3} ", height - y).ok();
            }
            lines += "'/>";
        }
        self.contours.set_inner_html(&format!(
            "<svg viewBox='0 0 {width} {height}' preserveAspectRatio='none'>{lines}</svg>"
        ));
        for contour in &map.contours {
            let label: HtmlElement = append(&self.contours, "span", "");
            set_text(&label, &contour.label);
            let (x, y) = contour.at;
            for (name, share) in [("left", x / width), ("top", 1.0 - y / height)] {
                label.style().set_property(name, &format!("{:.2}%", 100.0 * share)).ok();
            }
        }
    }

    /// Brings the buttons up to date with what is known of their configurations.
    fn colour(&mut self, map: &plots::SettingMap, theme: &Theme, text: &Text) {
        for (cell, button) in self.buttons.iter().enumerate() {
            let before = self.shown.as_ref().filter(|(_, shown)| shown == theme);
            let before = before.map(|(shown, _)| (&shown.cells[cell], &shown.words[cell]));
            if before == Some((&map.cells[cell], &map.words[cell])) {
                continue;
            }
            let (class, label, colour) = match &map.cells[cell] {
                CellState::Waiting => ("cell waiting", String::new(), None),
                CellState::NotYet => ("cell not-yet", text.get("map-not-yet"), None),
                CellState::Never => ("cell never", text.get("map-never"), None),
                CellState::NotMemorised => {
                    ("cell not-memorised", text.get("map-not-memorised"), None)
                }
                CellState::Reached(label, share) => {
                    let colour = theme.ramp(*share);
                    let class = if is_dark(colour) { "cell deep" } else { "cell pale" };
                    (class, label.clone(), Some(colour))
                }
            };
            set_attribute(button, "class", class);
            if let Some(inner) = button.first_element_child() {
                set_text(&inner, &label);
            }
            let colour = colour.map(|c| format!("rgb({} {} {})", c.0, c.1, c.2));
            let style = button.style();
            match colour {
                Some(colour) => style.set_property("--cell", &colour).ok(),
                None => style.remove_property("--cell").ok().map(|_| ()),
            };
            let words: String = map.words[cell].iter().map(|(_, part)| part.as_str()).collect();
            set_attribute(button, "aria-label", &words);
        }
    }
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
    let Some((button, cells)) = button.and_then(|it| Some((it.clone(), it.parent_element()?)))
    else {
        return;
    };
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
        set_attribute(&button, "tabindex", "-1");
        set_attribute(&next, "tabindex", "0");
        focus_in_place(&next);
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
        let shows = options.map_shows;
        let phases = &view.shared.phases;
        let map = self
            .cached
            .get(view.key(), || plots::setting_map(history, phases, shows, text))
            .clone();
        let Some(map) = map else { return };
        let is_built = self.shown.as_ref().is_some_and(|(shown, _)| {
            (&shown.across, &shown.up, shown.steps) == (&map.across, &map.up, map.steps)
        });
        if !is_built {
            self.shown = None;
            self.build(&map, text);
        }
        let title = text.with("chart-setting-map", &[("shows", shows.key().into())]);
        set_text(&self.title, &title);
        let seeds = history.experiment().settings.seeds;
        let note = match seeds {
            0 | 1 => String::new(),
            _ => text.with("chart-median", &[("networks", seeds.into())]),
        };
        set_text(&self.note, &note);
        for (switch, it) in self.switches.iter().zip(Shows::ALL) {
            set_attribute(switch, "aria-pressed", if it == shows { "true" } else { "false" });
        }
        self.colour(&map, &view.theme, text);
        set_text(&self.scale, &map.scale);
        let words = match self.pointed.get().and_then(|cell| map.words.get(cell)) {
            Some(words) => words.clone(),
            None => vec![("", text.get("hint-setting-map"))],
        };
        self.readout.show(words);
        let ramp = [1.0, 0.6, 0.0].map(|share| {
            let colour = view.theme.ramp(share);
            format!("rgb({} {} {})", colour.0, colour.1, colour.2)
        });
        let style = self.section.style();
        style.set_property("--ramp", &ramp.join(", ")).ok();
        self.shown = Some((map, view.theme));
    }
}
