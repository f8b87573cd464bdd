//! The charts over training steps, and those over a setting: frames with their curves.

use super::{Onsets, Profile};
use crate::chart::{Frame, HorizontalAxis, Mark, Marker, Series, Theme, ValueAxis};
use crate::experiment::Experiment;
use crate::history::History;
use crate::phases::{self, MemberPhases};
use crate::text::Text;

/// Marked values, with what each is.
type Levels = Vec<(f64, String)>;

/// What charts over training steps have in common.
#[derive(Default)]
pub struct OverTime {
    /// The axis of steps.
    pub time: HorizontalAxis,
    /// The phases of every member.
    pub phases: Vec<MemberPhases>,
    /// The events of the median member.
    pub markers: Vec<Marker>,
    /// Where methods collapsed.
    pub collapses: Vec<Marker>,
    /// Whether the second phase follows the first.
    pub has_phases: bool,
    /// How many times later it ended, in words; empty unless it did.
    pub between: String,
}

impl OverTime {
    /// What a run shows so far.
    pub fn new(history: &History, log_axis: bool, theme: &Theme, text: &Text) -> Self {
        let experiment = history.experiment();
        let phases = phases::find(history);
        let markers = super::markers(experiment, &phases, theme, text);
        let has_phases = super::has_phases(&phases);
        Self {
            time: HorizontalAxis::steps(log_axis, experiment.settings.steps, text),
            collapses: super::collapses(history, text),
            between: super::between(&markers, has_phases, text),
            phases,
            markers,
            has_phases,
        }
    }

    /// The markers without dots, for charts of other quantities.
    pub fn plain_markers(&self) -> Vec<Marker> {
        self.markers.iter().map(|marker| Marker { dot: None, ..marker.clone() }).collect()
    }

    /// The frame of the chart of accuracy. The phases may go without their names.
    pub fn accuracy_frame(
        &self,
        experiment: &Experiment,
        names_phases: bool,
        theme: Theme,
        text: &Text,
    ) -> Frame {
        let names = [["phase-1", "phase-1-short"], ["phase-2", "phase-2-short"]];
        let phase_names = names.map(|names| names.map(|id| text.get(id)));
        let title = super::accuracy_title(experiment, text);
        Frame {
            note: super::band_note(experiment, text),
            // One of them is empty: methods have no common phases.
            markers: [&self.markers[..], &self.collapses].concat(),
            phases: self.has_phases && self.collapses.is_empty(),
            phase_names: names_phases.then_some(phase_names),
            between: self.between.clone(),
            ..Frame::new(title, theme, self.time.clone(), ValueAxis::Share)
        }
    }

    /// The frame of the chart of a measure.
    pub fn measure_frame(
        &self,
        title: String,
        levels: Levels,
        values: ValueAxis,
        theme: Theme,
    ) -> Frame {
        Frame {
            markers: self.plain_markers(),
            levels,
            phases: self.has_phases,
            ..Frame::new(title, theme, self.time.clone(), values)
        }
    }

    /// The frame of the chart of these losses.
    pub fn loss_frame(
        &self,
        experiment: &Experiment,
        curves: &[Series],
        theme: Theme,
        text: &Text,
    ) -> Frame {
        let values = losses(experiment, curves);
        Frame {
            markers: self.plain_markers(),
            phases: self.has_phases,
            ..Frame::new(super::loss_title(experiment, text), theme, self.time.clone(), values)
        }
    }
}

/// An axis that holds some losses. Those of classes fall by orders of magnitude; the rise and fall of
/// a regression's is within a factor of two.
pub fn losses(experiment: &Experiment, curves: &[Series]) -> ValueAxis {
    let points = curves.iter().flat_map(|series| &series.points);
    let values = points.flat_map(|point| [point.low, point.high]);
    if experiment.settings.is_regression() {
        ValueAxis::up_to(values)
    } else {
        ValueAxis::decades(values)
    }
}

impl Onsets {
    /// The chart of the steps of both phases over the setting.
    pub fn chart(
        &self,
        experiment: &Experiment,
        theme: Theme,
        text: &Text,
    ) -> (Frame, Vec<Series>, Vec<Mark>) {
        let (across, values) = (self.across.clone(), self.values());
        let frame = Frame {
            note: super::band_note(experiment, text),
            lane: self.lane(text),
            ..Frame::new(text.get("chart-onsets"), theme, across, values)
        };
        (frame, self.series(&theme, text), self.marks(&theme))
    }
}

impl Profile {
    /// The chart of error or loss over the setting.
    pub fn chart(
        &self,
        experiment: &Experiment,
        (is_loss, is_best): (bool, bool),
        theme: Theme,
        text: &Text,
    ) -> (Frame, Vec<Series>) {
        let what = match is_loss {
            true => super::loss_title(experiment, text),
            false => super::error_title(experiment, text),
        };
        // A run of one step is solved, not trained.
        let title = match (experiment.settings.steps, is_best) {
            (1, _) => what,
            (_, true) => {
                text.with("at-best-step", &[("what", what.into()), ("step", self.step.into())])
            }
            (_, false) => {
                text.with("at-step", &[("what", what.into()), ("step", self.step.into())])
            }
        };
        let series = self.series(&theme, text);
        let values = if is_loss { losses(experiment, &series) } else { ValueAxis::Share };
        let markers = self.markers.clone();
        let frame = Frame { markers, ..Frame::new(title, theme, self.across.clone(), values) };
        (frame, series)
    }
}
