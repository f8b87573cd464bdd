//! Whether the layers compress: one layer's information below the accuracy, how far it lags behind,
//! and the map over all resolutions.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Event, HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlOutputElement};

use super::budget::DrawBudget;
use super::curves::{is_due, on_change, over_time, pointing};
use super::measures::asks_for_measures;
use super::panel::{Crosshair, Panel, View};
use super::settings::nearest_stop;
use super::{Handle, Pointed};
use crate::compression;
use crate::experiment::{Field, RESOLUTIONS, Value, field, keys};
use crate::measure::{Quantity, Split};
use crate::page::chart::{self, Chart, DrawKey, Frame, Layout};
use crate::page::dom::{Listener, Root, append, set_attribute, set_text};
use crate::page::plots::{self, LagBar};
use crate::page::session::State;
use crate::stats::sort_short;

/// What the reader chose, shared with listeners.
#[derive(Clone, Default)]
struct CompressionOptions {
    /// The layer of the chart; the outputs unless chosen.
    layer: Rc<Cell<Option<usize>>>,
    /// Whether the maps are of `I(T;Y)`.
    of_labels: Rc<Cell<bool>>,
    /// Whether the maps are shown, if the reader said so.
    shows_map: Rc<Cell<Option<bool>>>,
    /// The map that is pointed at.
    map: Rc<Cell<Option<(usize, Split)>>>,
}

struct MapChart {
    layer: usize,
    set: Split,
    chart: Chart,
    crosshair: Crosshair,
    _listeners: Vec<Listener>,
}

/// The chart with its lags, the slider of the resolution, and the maps.
pub struct Compression {
    section: HtmlElement,
    over_steps: HtmlElement,
    layers: HtmlElement,
    buttons: Vec<(usize, HtmlButtonElement, Listener)>,
    chart: Chart,
    crosshair: Crosshair,
    lags: HtmlElement,
    shown_lags: Vec<LagBar>,
    words: HtmlElement,
    /// What the words were made from, and whether they are final.
    shown: Option<(DrawKey, bool)>,
    slider: HtmlInputElement,
    value: HtmlOutputElement,
    show_map: HtmlButtonElement,
    /// Whether the maps are shown without being asked for.
    shows_maps: bool,
    map_part: HtmlElement,
    maps: HtmlElement,
    charts: Vec<MapChart>,
    of_inputs: HtmlButtonElement,
    of_labels: HtmlButtonElement,
    readout: HtmlElement,
    choice: CompressionOptions,
    handle: Handle,
    _listeners: Vec<Listener>,
}

const LAYOUT: Layout = Layout::plain(false);

impl Compression {
    /// Finds its elements in the figure. Where the measures have charts of their own, it shows the
    /// maps alone.
    pub fn new(root: &Root, handle: &Handle, has_measures: bool) -> Self {
        let holder: HtmlElement = root.part("compression-chart");
        let mut listeners = over_time(&holder, handle);
        let over_steps: HtmlElement = root.part("compression-over-steps");
        let slider: HtmlInputElement = root.part("resolution");
        slider.set_id(&root.unique("resolution"));
        set_attribute(&root.part::<HtmlElement>("resolution-label"), "for", &slider.id());
        slider.set_max(&(RESOLUTIONS.len() - 1).to_string());
        let (moved, turn) = (slider.clone(), handle.clone());
        listeners.push(Listener::new(&slider, "input", move |_: Event| {
            let index = moved.value().parse().ok();
            if let Some(decibels) = index.and_then(|index: usize| RESOLUTIONS.get(index)) {
                set_value(&turn, keys::SNR, Value::Number(f64::from(*decibels)));
            }
        }));
        let show_map: HtmlButtonElement = root.part("show-map");
        let choice = CompressionOptions::default();
        let (toggle, shows) = (handle.clone(), choice.shows_map.clone());
        listeners.push(Listener::new(&show_map, "click", move |_: Event| {
            let is_measured =
                toggle.look(|view| view.session.experiment().settings.map).unwrap_or_default();
            shows.set(Some(!(is_measured && shows.get().unwrap_or(has_measures))));
            if !is_measured {
                set_value(&toggle, keys::MAP, Value::Choice(1));
            }
            toggle.look_again();
        }));
        let (of_inputs, of_labels) = (root.part("map-inputs"), root.part("map-labels"));
        for (button, labels) in [(&of_inputs, false), (&of_labels, true)] {
            let button: &HtmlButtonElement = button;
            let (chosen, handle) = (choice.of_labels.clone(), handle.clone());
            listeners.push(Listener::new(button, "click", move |_: Event| {
                chosen.set(labels);
                handle.look_again();
            }));
        }
        let row: HtmlElement = root.part("resolution-row");
        if has_measures {
            over_steps.set_hidden(true);
        } else {
            // The slider belongs to the chart that it changes.
            over_steps.prepend_with_node_1(&row).ok();
        }
        Self {
            section: root.part("compression"),
            over_steps,
            layers: root.part("compression-layers"),
            buttons: Vec::new(),
            crosshair: Crosshair::new(append(&holder, "div", "crosshair")),
            chart: Chart::new(holder, LAYOUT, on_change(handle)),
            lags: root.part("lags"),
            shown_lags: Vec::new(),
            words: root.part("compression-words"),
            shown: None,
            slider,
            value: root.part("resolution-value"),
            show_map,
            shows_maps: has_measures,
            map_part: root.part("map-part"),
            maps: root.part("resolution-maps"),
            charts: Vec::new(),
            of_inputs,
            of_labels,
            readout: root.part("map-readout"),
            choice,
            handle: handle.clone(),
            _listeners: listeners,
        }
    }

    /// A button for each layer, where there are several.
    fn arrange_layers(&mut self, layers: &[usize], view: &View<'_>) {
        if !self.buttons.iter().map(|(layer, ..)| *layer).eq(layers.iter().copied()) {
            self.buttons.clear();
            self.layers.set_text_content(None);
            for layer in layers {
                let button: HtmlButtonElement = append(&self.layers, "button", "pill");
                button.set_type("button");
                let name = plots::layer_name(view.session.experiment(), *layer, view.text);
                set_text(&button, &name);
                let (chosen, handle) = (self.choice.layer.clone(), self.handle.clone());
                let layer = *layer;
                let listener = Listener::new(&button, "click", move |_: Event| {
                    chosen.set(Some(layer));
                    handle.look_again();
                });
                self.buttons.push((layer, button, listener));
            }
        }
        self.layers.set_hidden(layers.len() < 2);
    }

    /// Two maps for each layer, the outputs first.
    fn arrange_maps(&mut self, wanted: &[(usize, Split)]) {
        if self.charts.iter().map(|map| (map.layer, map.set)).eq(wanted.iter().copied()) {
            return;
        }
        self.charts.clear();
        self.maps.set_text_content(None);
        for &(layer, set) in wanted {
            let holder: HtmlElement = append(&self.maps, "div", "chart map");
            let pointed = self.choice.map.clone();
            let listeners = pointing(&holder, &self.handle, move |map, event| {
                pointed.set(Some((layer, set)));
                Pointed {
                    time: chart::across(map, event),
                    resolution: chart::up(map, event),
                    ..Pointed::default()
                }
            });
            self.charts.push(MapChart {
                layer,
                set,
                crosshair: Crosshair::new(append(&holder, "div", "crosshair")),
                chart: Chart::new(holder, LAYOUT, on_change(&self.handle)),
                _listeners: listeners,
            });
        }
    }

    fn draw_over_steps(&mut self, view: &View<'_>, layer: usize, budget: &mut DrawBudget) {
        let (shared, history) = (view.shared, view.session.history());
        let position = shared.crosshair.map(|position| self.chart.place(position));
        self.crosshair.show(position);
        if !is_due(&self.chart, view.key(), budget) {
            return;
        }
        let Some(found) = plots::information(history, layer, &view.theme, view.text) else {
            return;
        };
        let (title, levels) = (found.title, found.levels);
        let frame = shared.measure_frame(title, levels, found.values, view.theme);
        self.chart.draw(view.key(), frame, &found.series);
    }

    /// Shows each lag as a bar from the event to half of the fall, with its words below.
    fn show_lags(&mut self, lags: Vec<LagBar>, view: &View<'_>) {
        if lags == self.shown_lags {
            return;
        }
        self.lags.set_text_content(None);
        for lag in &lags {
            let lane: HtmlElement = append(&self.lags, "p", "lag");
            let ends = [lag.from, lag.to].map(|step| view.shared.time.position(f64::from(step)));
            if let [Some(from), Some(to)] = ends {
                let bar: HtmlElement = append(&lane, "i", "");
                let style = format!(
                    "--from: {:.2}%; --to: {:.2}%",
                    100.0 * from.min(to),
                    100.0 * from.max(to)
                );
                set_attribute(&bar, "style", &style);
            }
            let words: HtmlElement = append(&lane, "span", "");
            set_text(&words, &lag.words);
        }
        self.shown_lags = lags;
    }

    fn draw_maps(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (shared, text, history) = (view.shared, view.text, view.session.history());
        let of_labels = self.choice.of_labels.get();
        let quantity =
            if of_labels { Quantity::LabelInformation } else { Quantity::InputInformation };
        set_attribute(&self.of_inputs, "aria-pressed", &(!of_labels).to_string());
        set_attribute(&self.of_labels, "aria-pressed", &of_labels.to_string());
        let snr = f64::from(view.session.experiment().settings.snr);
        for map in &mut self.charts {
            let position = shared.crosshair.map(|position| map.chart.place(position));
            map.crosshair.show(position);
            if !is_due(&map.chart, view.key(), budget) {
                continue;
            }
            let found =
                plots::resolution_map(history, quantity, map.layer, map.set, &view.theme, text);
            let Some(found) = found else { continue };
            let frame = Frame {
                markers: shared.plain_markers(),
                note: found.note,
                levels: vec![(snr, String::new())],
                ..Frame::new(found.title, view.theme, shared.time.clone(), found.values)
            };
            let colour = if map.set == Split::Train { view.theme.train } else { view.theme.test };
            map.chart.draw_map(view.key(), frame, colour, &found.cells, &found.contours);
            map.chart.describe(&text.get("map-hint"));
        }
        let readout = view.options.pointed.resolution.zip(self.choice.map.get());
        let words = readout.and_then(|(height, (layer, set))| {
            let (low, high) = (RESOLUTIONS[0], RESOLUTIONS[RESOLUTIONS.len() - 1]);
            let decibels = f64::from(low) + height * f64::from(high - low);
            plots::resolution_readout(history, layer, set, shared.pointed_step, decibels, text)
        });
        set_text(&self.readout, &words.unwrap_or_default());
    }
}

/// Changes a measurement setting of the figure.
fn set_value(handle: &Handle, key: &str, value: Value) {
    let experiment = handle.look(|view| {
        let mut experiment = view.session.experiment().clone();
        field(key).and_then(|field: &Field| experiment.set(field, value).ok())?;
        Some(experiment)
    });
    if let Some(Some(experiment)) = experiment {
        handle.set_experiment(experiment);
    }
}

impl Panel for Compression {
    fn charts(&self) -> Vec<&Chart> {
        std::iter::once(&self.chart).chain(self.charts.iter().map(|map| &map.chart)).collect()
    }

    fn update(&mut self, view: &View<'_>, budget: &mut DrawBudget) {
        let (text, history) = (view.text, view.session.history());
        let settings = view.session.experiment().settings;
        let measured = compression::measured(history);
        // A frame in another page has room for what it was asked to measure.
        let has_room =
            !view.options.address.embedded || asks_for_measures(view.session.experiment());
        self.section.set_hidden(measured.is_empty() || !has_room);
        let Some((last, _)) = measured.last().copied() else { return };
        let mut layers: Vec<usize> = measured.iter().map(|(layer, _)| *layer).collect();
        sort_short(&mut layers, |a, b| a < b);
        layers.dedup();
        self.arrange_layers(&layers, view);
        let chosen = self.choice.layer.get().filter(|layer| layers.contains(layer));
        let layer = chosen.unwrap_or(last);
        for (of, button, _) in &self.buttons {
            set_attribute(button, "aria-pressed", &(*of == layer).to_string());
        }
        if !self.shows_maps {
            self.over_steps.set_hidden(false);
            self.draw_over_steps(view, layer, budget);
        }
        let stops = RESOLUTIONS.map(f64::from);
        let at = nearest_stop(&stops, settings.snr.into()).to_string();
        if self.slider.value() != at {
            self.slider.set_value(&at);
        }
        let number = text.numbers().number(settings.snr.into());
        let value = text.with("decibels", &[("snr", number.into())]);
        set_text(&self.value, &value);
        set_attribute(&self.slider, "aria-valuetext", &value);
        let shows_map = settings.map
            && !history.measurements().is_empty()
            && self.choice.shows_map.get().unwrap_or(self.shows_maps);
        let id = if shows_map { "button-hide-map" } else { "button-show-map" };
        set_text(&self.show_map, &text.get(id));
        set_attribute(&self.show_map, "aria-expanded", &shows_map.to_string());
        self.map_part.set_hidden(!shows_map);
        let key = view.key();
        // While training goes on, or measuring lags behind, a sentence could turn into its opposite.
        let is_final = matches!(view.session.state(), State::Paused | State::Done)
            && view.session.is_measured();
        if self.shown != Some((key, is_final)) {
            self.shown = Some((key, is_final));
            let (mut words, mut lags) = (Vec::new(), Vec::new());
            if is_final {
                let verdicts = compression::verdicts(history);
                let events = plots::event_steps(&view.shared.phases);
                words = plots::sentences(history, &verdicts, text);
                lags = plots::lags(history, layer, &verdicts, events, text);
            }
            let of_lags: Vec<String> = lags.iter().map(|lag| lag.words.clone()).collect();
            if self.shows_maps {
                // There are no bars in the lab.
                words.extend(of_lags);
            } else {
                self.chart.describe(&of_lags.join(" "));
                self.show_lags(lags, view);
            }
            set_text(&self.words, &words.join(" "));
        }
        if shows_map {
            let maps: Vec<(usize, Split)> = layers
                .iter()
                .rev()
                .flat_map(|layer| [Split::Train, Split::Test].map(|set| (*layer, set)))
                .collect();
            self.arrange_maps(&maps);
            self.draw_maps(view, budget);
        }
    }
}
