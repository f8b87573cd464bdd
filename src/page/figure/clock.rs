//! Accuracy and measures on one clock: how much of each change is done, a bar for each change of this
//! run and of earlier ones, and the table of lags.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Event, HtmlButtonElement, HtmlElement};

use super::Handle;
use super::budget::DrawBudget;
use super::cache::Cached;
use super::curves::on_change;
use super::panel::{Panel, View};
use crate::experiment::Experiment;
use crate::measure;
use crate::page::chart::{Chart, DrawKey, Frame, HorizontalAxis, Layout, ValueAxis};
use crate::page::dom::{Listener, Root, append, fill_table, set_attribute, set_text};
use crate::page::plots::{self, Block, Changes, Clock};
use crate::page::session::{State, Version};
use crate::phases::{Lag, Signal};
use crate::text::Text;

/// What the reader chose, shared with listeners.
#[derive(Clone, Default)]
struct ClockOptions {
    clock: Rc<Cell<Clock>>,
    /// Changes that the reader switched on or off, against what is usual.
    switched: Rc<RefCell<Vec<Signal>>>,
}

impl ClockOptions {
    fn shows(&self, lag: &Lag, view: &View<'_>) -> bool {
        let is_switched = self.switched.borrow().contains(&lag.signal);
        plots::is_usual(lag, view.session.experiment()) != is_switched
    }
}

/// The chart, the bars, the sentence and the table.
pub struct ClockPanel {
    section: HtmlElement,
    clocks: Vec<(Clock, HtmlButtonElement)>,
    measures: HtmlElement,
    buttons: Vec<(Signal, HtmlButtonElement, Listener)>,
    chart: Chart,
    blocks: HtmlElement,
    hint: HtmlElement,
    words: HtmlElement,
    table_part: HtmlElement,
    table: HtmlElement,
    /// The changes of this run, by the state that they were found in.
    changes: Cached<Version, Vec<Changes>>,
    /// The changes of earlier runs, by their histories.
    earlier: Cached<Vec<u64>, Vec<Vec<Changes>>>,
    shown: Option<(DrawKey, bool)>,
    options: ClockOptions,
    handle: Handle,
    _listeners: Vec<Listener>,
}

const LAYOUT: Layout = Layout::plain(false);

impl ClockPanel {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let options = ClockOptions::default();
        let holder: HtmlElement = root.part("clock-clocks");
        let (mut clocks, mut listeners) = (Vec::new(), Vec::new());
        for clock in Clock::ALL {
            let button: HtmlButtonElement = append(&holder, "button", "pill");
            button.set_type("button");
            set_text(&button, &text.with("clock-button", &[("clock", clock.key().into())]));
            let (chosen, handle) = (options.clock.clone(), handle.clone());
            listeners.push(Listener::new(&button, "click", move |_: Event| {
                chosen.set(clock);
                handle.look_again();
            }));
            clocks.push((clock, button));
        }
        Self {
            section: root.part("clock"),
            clocks,
            measures: root.part("clock-measures"),
            buttons: Vec::new(),
            chart: Chart::new(root.part("clock-chart"), LAYOUT, on_change(handle)),
            blocks: root.part("clock-blocks"),
            hint: root.part("clock-hint"),
            words: root.part("clock-words"),
            table_part: root.part("lag-part"),
            table: root.part("lag-table"),
            changes: Cached::default(),
            earlier: Cached::default(),
            shown: None,
            options,
            handle: handle.clone(),
            _listeners: listeners,
        }
    }

    /// A switch for each change of the run.
    fn arrange_switches(&mut self, signals: &[Signal], view: &View<'_>) {
        if self.buttons.iter().map(|(signal, ..)| signal).eq(signals) {
            return;
        }
        self.buttons.clear();
        self.measures.set_text_content(None);
        for signal in signals {
            let button: HtmlButtonElement = append(&self.measures, "button", "pill");
            button.set_type("button");
            set_text(&button, &plots::signal_name(*signal, view.session.experiment(), view.text));
            let (switched, handle) = (self.options.switched.clone(), self.handle.clone());
            let signal = *signal;
            let listener = Listener::new(&button, "click", move |_: Event| {
                let mut switched = switched.borrow_mut();
                match switched.iter().position(|known| *known == signal) {
                    Some(index) => {
                        switched.remove(index);
                    }
                    None => switched.push(signal),
                }
                handle.look_again();
            });
            self.buttons.push((signal, button, listener));
        }
    }

    /// The bars of each configuration, this run's first, and the sentences of those without a clock.
    fn show_blocks(&self, blocks: &[Block], stills: &[String], across: &HorizontalAxis) {
        self.blocks.set_text_content(None);
        for block in blocks {
            if !block.name.is_empty() {
                let name: HtmlElement = append(&self.blocks, "p", "block-name");
                set_text(&name, &block.name);
            }
            let lanes: HtmlElement = append(&self.blocks, "div", "lanes");
            for lane in &block.lanes {
                let place = |x: f64| {
                    let position = across.position(x.max(block.ends[0])).unwrap_or(0.0);
                    format!("{:.2}%", 100.0 * position.min(1.0))
                };
                let line: HtmlElement = append(&lanes, "p", "lane");
                let bar: HtmlElement =
                    append(&line, "i", if lane.is_train { "bar train" } else { "bar" });
                let [from, half, to] = lane.stages.map(place);
                let (low, high) = lane.interval;
                let (low, high) = (place(low), place(high.unwrap_or(block.ends[1])));
                let (r, g, b) = (lane.colour.0, lane.colour.1, lane.colour.2);
                let style = format!(
                    "--from: {from}; --half: {half}; --to: {to}; --low: {low}; --high: {high}; \
                     --colour: rgb({r} {g} {b})"
                );
                set_attribute(&line, "style", &style);
                append::<HtmlElement>(&bar, "b", "");
                if lane.goes_on {
                    set_attribute(&bar, "data-open", "");
                }
                let words: HtmlElement = append(&line, "span", "");
                set_text(&words, &lane.words);
            }
        }
        for still in stills {
            let line: HtmlElement = append(&self.blocks, "p", "hint");
            set_text(&line, still);
        }
        self.blocks.set_hidden(blocks.iter().all(|block| block.lanes.is_empty()));
    }

    /// Why there is nothing to show yet.
    fn waits(view: &View<'_>) -> &'static str {
        match view.session.state() {
            State::Waiting => "clock-waits-for-figure",
            State::Paused | State::Done => "clock-measures-now",
            _ => "clock-waits",
        }
    }
}

/// Whether so many methods train that none is measured.
fn has_many_methods(experiment: &Experiment) -> bool {
    !experiment.methods().is_empty()
        && !experiment.settings.is_regression()
        && !measure::is_measurable(experiment)
}

impl Panel for ClockPanel {
    fn charts(&self) -> Vec<&Chart> {
        vec![&self.chart]
    }

    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let (text, history) = (view.text, view.session.history());
        let experiment = view.session.experiment();
        // A frame in another page has no room for it.
        let is_crowded = has_many_methods(experiment);
        let is_shown = plots::has_clock(history) || is_crowded;
        self.section.set_hidden(!is_shown || view.options.address.embedded);
        if self.section.hidden() {
            return;
        }
        self.section.toggle_attribute_with_force("data-crowded", is_crowded).ok();
        if is_crowded {
            set_text(&self.hint, &text.get("clock-crowded"));
            self.shown = None;
            return;
        }
        // While training goes on, or measuring lags behind, levels and ends are not known.
        let is_final = matches!(view.session.state(), State::Paused | State::Done)
            && view.session.is_measured()
            && !history.measurements().is_empty();
        let (key, seeds) = (view.key(), experiment.settings.seeds);
        let hint = match (is_final, seeds) {
            (true, 1) => "clock-hint-one",
            (true, _) => "clock-hint",
            (false, _) => Self::waits(view),
        };
        set_text(&self.hint, &text.get(hint));
        if self.shown == Some((key, is_final)) {
            return;
        }
        self.shown = Some((key, is_final));
        let clock = self.options.clock.get();
        for (of, button) in &self.clocks {
            set_attribute(button, "aria-pressed", &(*of == clock).to_string());
        }
        self.table_part.set_hidden(!is_final);
        if !is_final {
            self.blocks.set_hidden(true);
            set_text(&self.words, "");
            let title = text.get("clock-chart");
            let across = view.shared.time.clone();
            let frame = Frame::new(title, view.theme, across, ValueAxis::Share);
            self.chart.draw(key, frame, &[]);
            self.chart.describe(&text.get(hint));
            return;
        }
        let changes = self.changes.get(view.session.version(), || plots::changes(history, text));
        let Some(own) = changes.first() else { return };
        let ghosts: Vec<_> = view.shown_ghosts().map(|(_, ghost)| ghost).collect();
        let histories = ghosts.iter().map(|ghost| ghost.history.revision()).collect();
        let earlier = self.earlier.get(histories, || {
            ghosts.iter().map(|ghost| plots::changes(&ghost.history, text)).collect()
        });
        let shows = |lag: &Lag| self.options.shows(lag, view);
        // A single configuration has no name. The settings that differ between the runs name it.
        let other = ghosts.first().map(|ghost| text.difference(experiment, &ghost.experiment));
        let names = ghosts.iter().map(|ghost| text.difference(&ghost.experiment, experiment));
        let runs = [other.unwrap_or_default()].into_iter().chain(names);
        let runs = [changes].into_iter().chain(earlier).zip(runs);
        let (mut blocks, mut stills) = (Vec::new(), Vec::new());
        for (changes, run) in runs {
            for changes in changes {
                let name = if changes.name.is_empty() { &run } else { &changes.name };
                match plots::block(changes, clock, shows, experiment, &view.theme, text) {
                    Some(block) => blocks.push(Block { name: name.clone(), ..block }),
                    None => stills.push(plots::still(clock, name, text)),
                }
            }
        }
        if blocks.iter().flat_map(|block| &block.lanes).any(|lane| lane.goes_on) {
            stills.push(text.get("clock-goes-on"));
        }
        let across = plots::clock_axis(clock, view.options.address.log_axis, &blocks, text);
        let frame = Frame {
            note: text.with("clock-note", &[("networks", seeds.into())]),
            levels: vec![(0.5, String::new())],
            ..Frame::new(text.get("clock-chart"), view.theme, across.clone(), ValueAxis::Share)
        };
        let series = plots::progress(history, own, clock, shows, &view.theme);
        self.chart.draw(key, frame, &series);
        let (head, rows) = plots::lag_table(own, experiment, text);
        fill_table(&self.table, "", &head, &rows);
        let sentences = plots::clock_sentences(history, own, text);
        let words = sentences.join(" ");
        self.chart.describe(&words);
        set_text(&self.words, &words);
        let signals: Vec<Signal> = own.lags.iter().map(|lag| lag.signal).collect();
        let pressed: Vec<bool> = own.lags.iter().map(shows).collect();
        self.show_blocks(&blocks, &stills, &across);
        self.arrange_switches(&signals, view);
        for ((_, button, _), is_pressed) in self.buttons.iter().zip(pressed) {
            set_attribute(button, "aria-pressed", &is_pressed.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_methods_are_too_many_for_the_clock() {
        let has_many = |query| has_many_methods(&Experiment::valid(query));
        assert!(has_many("methods=wd:3,wd:10,noise:0.3,lr:0.009"));
        assert!(!has_many("methods=wd:3,wd:10,noise:0.3"));
        assert!(!has_many("wd=0,0.5,1,2,3,6"));
    }
}
