//! What the page shows of its state.

use web_sys::{HtmlButtonElement, HtmlElement, HtmlProgressElement};

use super::turns::{Scope, Turns};
use super::{App, State};
use crate::experiment::Data;
use crate::page::axis::{HorizontalAxis, ValueAxis};
use crate::page::chart::{Frame, LEFT, RIGHT};
use crate::page::dom::{create, element, set_text};
use crate::page::figure::{self, Moving, Pick, Words};
use crate::page::format;
use crate::page::theme::Theme;
use crate::phases;

impl App {
    pub(super) fn draw(&mut self) {
        let theme = Theme::current();
        let scope = match self.state {
            State::Running => Scope::Seen,
            State::Loading | State::Ready => Scope::All,
            State::Paused | State::Done | State::Error => Scope::AllAtOnce,
        };
        let mut turns = Turns::after(self.turns.as_ref(), scope);
        let members = phases::find(&self.history);
        let time = HorizontalAxis::steps(self.log_axis, self.experiment.settings.steps);
        let markers = figure::markers(&self.experiment, &members);
        let phases = figure::has_phases(&members);
        let frame = |title: &str, values| Frame {
            title: title.into(),
            theme,
            across: time.clone(),
            values,
            markers: markers.clone(),
            levels: Vec::new(),
            phases,
        };
        let titles =
            (figure::accuracy_title(&self.experiment), figure::loss_title(&self.experiment));
        if turns.is_due(self.charts[0].is_seen()) {
            let accuracy = figure::accuracy(&self.history, &theme);
            self.charts[0].draw(frame(titles.0, ValueAxis::Share), &accuracy);
        }
        if turns.is_due(self.charts[1].is_seen()) {
            let loss = figure::loss(&self.history, &theme);
            let points = loss.iter().flat_map(|series| &series.points);
            let losses = self.losses(points.flat_map(|point| [point.low, point.high]));
            self.charts[1].draw(frame(titles.1, losses), &loss);
        }

        let finding = if self.history.evaluations().is_empty() {
            String::new()
        } else {
            let moving = match self.state {
                State::Done => Moving::Over,
                State::Ready => Moving::NotYet,
                _ => Moving::Now,
            };
            figure::finding(&self.history, &members, moving, self.profile_best)
        };
        set_text(&element("finding"), &finding);
        self.draw_profile(&theme, &time, &mut turns);
        self.draw_crosshair(&time);
        self.draw_measures(&theme, &time, &markers, phases, &mut turns);
        self.turns = Some(turns);
        self.draw_controls();
    }

    /// An axis that holds some losses. Those of classes fall by orders of magnitude; the rise and fall
    /// of a regression's is within a factor of two.
    fn losses(&self, values: impl Iterator<Item = f64>) -> ValueAxis {
        if self.experiment.settings.is_regression() {
            ValueAxis::up_to(values)
        } else {
            ValueAxis::decades(values)
        }
    }

    /// The step that the reader points at, or the last one measured.
    pub(super) fn pointed_step(&self, time: &HorizontalAxis) -> f64 {
        let last = self.history.evaluations().last().map_or(0, |evaluation| evaluation.step);
        let pointed = self.pointed.time.map_or(f64::INFINITY, |position| time.at(position));
        pointed.min(f64::from(last))
    }

    fn draw_profile(&mut self, theme: &Theme, time: &HorizontalAxis, turns: &mut Turns) {
        let step = self.pointed_step(time);
        let pick = if self.profile_best { Pick::BestUpTo(step) } else { Pick::At(step) };
        let profile = figure::profile(&self.history, pick, self.profile_loss);
        element::<HtmlElement>("profile-part").set_hidden(profile.is_none());
        // Of a run of one step there is no curve over steps to see.
        let over_setting = figure::has_profile(&self.experiment);
        let still = self.experiment.settings.steps == 1 && over_setting;
        // A frame in another page has room for one.
        let alone = still || (self.embedded && over_setting);
        element::<HtmlElement>("over-time").set_hidden(alone);
        element::<HtmlElement>("profile-hint").set_hidden(alone || profile.is_none());
        element::<HtmlButtonElement>("axis").set_hidden(still);
        let best = element::<HtmlButtonElement>("profile-best");
        best.set_hidden(still);
        let map = figure::map(&self.history, self.profile_loss);
        let map = map.filter(|_| profile.is_some() && !still);
        element::<HtmlElement>("map").set_hidden(map.is_none());
        let Some(profile) = profile else { return };
        let what = if self.profile_loss {
            figure::loss_title(&self.experiment)
        } else {
            figure::error_title(&self.experiment)
        };
        let series = profile.series(theme);
        let ends = series.iter().flat_map(|series| &series.points);
        let values = if self.profile_loss {
            self.losses(ends.flat_map(|point| [point.low, point.high]))
        } else {
            ValueAxis::Share
        };
        if let Some((rows, cells)) = map.filter(|_| turns.is_due(self.map.is_seen())) {
            let frame = Frame {
                title: format!(
                    "Test {} by {}",
                    if self.profile_loss { "loss" } else { "error" },
                    profile.across.title.to_lowercase()
                ),
                theme: *theme,
                across: time.clone(),
                values: ValueAxis::Rows(rows),
                markers: Vec::new(),
                levels: Vec::new(),
                phases: false,
            };
            self.map.draw_map(frame, cells);
        }
        let readout = profile.readout(self.pointed.value);
        let frame = Frame {
            title: match self.profile_best {
                _ if still => what.into(),
                true => {
                    format!("{what}, each at its best step up to {}", format::step(profile.step))
                }
                false => format!("{what} at step {}", format::step(profile.step)),
            },
            theme: *theme,
            across: profile.across,
            values,
            markers: profile.markers,
            levels: Vec::new(),
            phases: false,
        };
        let (x, words) = readout.unzip();
        let place = x.and_then(|x| frame.across.position(x));
        show_line("profile-crosshair", place.filter(|_| self.pointed.value.is_some()));
        show_words(&element("profile-readout"), words.unwrap_or_default());
        if turns.is_due(self.profile.is_seen()) {
            self.profile.draw(frame, &series);
        }
        let other = if self.profile_loss { "Show error" } else { "Show loss" };
        set_text(&element("profile-measure"), other);
        let other = if self.profile_best { "All at one step" } else { "Each at its best step" };
        set_text(&best, other);
    }

    fn draw_crosshair(&self, time: &HorizontalAxis) {
        let rows = figure::rows(&self.experiment);
        let row = self.pointed.row.map(|height| ((height * rows as f64) as usize).min(rows - 1));
        let readout = figure::readout(&self.history, self.pointed_step(time), row);
        show_words(&element("readout"), readout.map(|(_, words)| words).unwrap_or_default());
    }

    /// Where the crosshair stands, from 0 to 1: at a measured step.
    pub(super) fn crosshair(&self, time: &HorizontalAxis) -> Option<f64> {
        self.pointed.time?;
        let (step, _) = figure::readout(&self.history, self.pointed_step(time), None)?;
        time.position(f64::from(step))
    }

    pub(super) fn draw_controls(&self) {
        let button = |id: &str| element::<HtmlButtonElement>(id);
        let play = button("play");
        let label = match self.state {
            State::Running => "Pause",
            State::Done => "Again",
            _ => "Play",
        };
        set_text(&play, label);
        play.set_disabled(matches!(self.state, State::Loading | State::Error));
        button("step")
            .set_disabled(!matches!(self.state, State::Ready | State::Paused | State::Running));
        button("reset").set_disabled(self.state == State::Loading);
        let axis = button("axis");
        let (label, title) = if self.log_axis {
            ("Linear axis", "Spread steps evenly instead of by ratio")
        } else {
            ("Log axis", "Spread steps by ratio instead of evenly")
        };
        set_text(&axis, label);
        axis.set_title(title);

        let arithmetic = self.experiment.settings.data == Data::Arithmetic;
        element::<HtmlElement>("text").set_hidden(!arithmetic);
        set_text(&element("heading"), &figure::heading(&self.experiment));
        let badge = self.choice.as_ref().map_or("Starting", |choice| choice.badge.as_str());
        let badge = match self.workers_training() {
            1 => badge.to_owned(),
            workers => format!("{badge}, {workers} workers"),
        };
        set_text(&element("badge"), &badge);
        let steps = self.experiment.settings.steps;
        let text = match self.state {
            State::Loading | State::Error => self.message.clone(),
            State::Ready if steps == 1 => "Ready.".into(),
            State::Ready => format!("Ready: {} steps to go.", format::step(steps)),
            State::Running | State::Paused if steps == 1 => {
                let (fitted, all) = self.fitted();
                let paused = if self.state == State::Paused { "Paused: " } else { "" };
                format!("{paused}{fitted} of {all} networks fitted")
            }
            State::Running => {
                let left =
                    f64::from(steps - self.step.min(steps)) / self.steps_per_second.max(1e-9);
                let pace = if self.steps_per_second > 0.0 {
                    format!(
                        ", {} steps/s, {} left",
                        format::about(self.steps_per_second),
                        format::seconds(left)
                    )
                } else {
                    String::new()
                };
                format!("Step {} of {}{pace}", format::step(self.step), format::step(steps))
            }
            State::Paused => {
                format!("Paused at step {} of {}", format::step(self.step), format::step(steps))
            }
            State::Done if self.step == 1 => "Done.".into(),
            State::Done => format!("Done: {} steps.", format::step(self.step)),
        };
        set_text(&element("progress-text"), &text);
        let progress: HtmlProgressElement = element("progress");
        let (fitted, all) = self.fitted();
        let gone = if steps == 1 {
            fitted as f64 / all as f64
        } else {
            f64::from(self.step) / f64::from(steps)
        };
        progress.set_value(self.warm_up.unwrap_or(gone));
    }

    /// Networks measured at the last step, and networks in all.
    fn fitted(&self) -> (usize, usize) {
        let last = self.history.evaluations().last().filter(|evaluation| evaluation.step > 0);
        let fitted = last.map_or(0, |evaluation| evaluation.members.iter().flatten().count());
        (fitted, self.experiment.member_count())
    }
}

/// Puts a crosshair at a place from 0 to 1 across the plots, or takes it away.
pub(super) fn show_line(id: &str, place: Option<f64>) {
    let line: HtmlElement = element(id);
    line.set_hidden(place.is_none());
    if let Some(place) = place {
        // Reading the width here would have the browser lay the page out in the middle of a frame.
        let left = format!("calc({LEFT}px + {place:.4} * (100% - {}px))", LEFT + RIGHT);
        let _ = line.style().set_property("left", &left);
    }
}

pub(super) fn show_words(holder: &HtmlElement, words: Words) {
    let spans = js_sys::Array::new();
    for (class, text) in words {
        let span: HtmlElement = create("span");
        span.set_class_name(class);
        set_text(&span, &text);
        spans.push(&span);
    }
    holder.replace_children_with_node(&spans);
}
