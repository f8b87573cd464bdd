//! `two-phase picture`: the charts of a finished run as an SVG file, and the posters of the page.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::output::Output;
use super::run::{cores, train};
use super::{Failure, english};
use crate::chart::svg::Sheet;
use crate::chart::{Content, Frame, Layout, Picture, Theme};
use crate::experiment::Experiment;
use crate::history::History;
use crate::measure::Split;
use crate::plots::{self, Moving, OverTime, Pick};
use crate::text::{self, Locale, Text};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The experiment, as in the page's address.
    #[arg(default_value = "preset=grokking")]
    experiment: String,
    /// The file to write; '-' is standard output.
    #[arg(long, value_name = "FILE", required_unless_present = "posters")]
    out: Option<PathBuf>,
    /// The charts, from top to bottom; without it those that show the experiment best.
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    charts: Vec<Chart>,
    /// Its language.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    lang: Language,
    /// Its colours; auto follows what its reader prefers.
    #[arg(long, value_enum, default_value = "auto")]
    theme: Colours,
    /// Instead write the posters of the page into this folder: each figure of the article when its
    /// run is over. In minutes.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["out", "charts", "lang", "theme"])]
    posters: Option<PathBuf>,
}

/// A chart that a picture can have.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Chart {
    /// Accuracy over training steps.
    Accuracy,
    /// Loss over training steps.
    Loss,
    /// Steps or error over the one setting in which networks differ.
    Setting,
    /// I(X;T) of the outputs over training steps.
    Information,
    /// The information plane.
    Plane,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    En,
    Ja,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colours {
    Auto,
    Light,
    Dark,
}

/// Width and height of each chart in CSS pixels.
const SIZE: [i32; 2] = [640, 280];

/// The posters of the article: their names, experiments and charts.
const POSTERS: &[(&str, &str, &[Chart])] = &[
    ("grokking", "preset=grokking", &[Chart::Accuracy]),
    ("memorise", "preset=grokking&seeds=1&steps=200", &[Chart::Accuracy]),
    ("generalise", "preset=grokking&seeds=1", &[Chart::Accuracy]),
    ("compress", "preset=grokking&seeds=3", &[Chart::Accuracy, Chart::Information]),
    ("plane-tanh", "preset=information-plane&seeds=1", &[Chart::Plane]),
    ("plane-relu", "preset=information-plane-relu&seeds=1", &[Chart::Plane]),
    ("hurry", "preset=hurry&info=off", &[Chart::Accuracy]),
    ("over-compression", "preset=over-compression&info=off", &[Chart::Accuracy]),
    ("digits", "preset=digits", &[Chart::Accuracy]),
    ("double-descent-width", "preset=double-descent-width", &[Chart::Setting]),
    ("double-descent-samples", "preset=double-descent-samples", &[Chart::Setting]),
    ("double-descent-time", "preset=double-descent-time", &[Chart::Loss]),
    ("digits-over-time", "preset=digits-over-time", &[Chart::Accuracy]),
    ("decay-compared", "preset=decay-compared", &[Chart::Accuracy]),
];

pub(super) fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.posters {
        return POSTERS.iter().try_for_each(|(name, query, charts)| {
            let file = draw(query, charts, &english(), Colours::Auto)?;
            write(&folder.join(format!("{name}.svg")), &file)?;
            eprintln!("{name}.svg: {:.1} kB", file.len() as f64 / 1000.0);
            Ok(())
        });
    }
    let Some(out) = arguments.out else { return Ok(()) };
    let text = Text::new(match arguments.lang {
        Language::En => Locale::English,
        Language::Ja => Locale::Japanese,
    });
    // A wrong experiment leaves the file as it is.
    let file = draw(&arguments.experiment, &arguments.charts, &text, arguments.theme)?;
    Output::open(out)?.write(&file)
}

fn write(path: &Path, file: &str) -> Result<(), Failure> {
    fs::write(path, file).map_err(|error| Failure::Write(path.display().to_string(), error))
}

/// Trains an experiment and draws it.
fn draw(query: &str, charts: &[Chart], text: &Text, colours: Colours) -> Result<String, Failure> {
    let parsed = Experiment::from_query(query);
    if !parsed.notes.is_empty() {
        let notes = parsed.notes.iter().map(|note| text::note(&english(), note));
        return Err(Failure::Usage(notes.collect()));
    }
    let history = train(&parsed.experiment, cores(), |_| {})?;
    let usual = usual_charts(&history);
    let charts = if charts.is_empty() { &usual } else { charts };
    let sheet = |dark| sheet(&history, charts, &Theme::of_sheet(dark), text);
    let (first, second) = match colours {
        Colours::Auto => (sheet(false), sheet(true)),
        Colours::Light => (sheet(false), None),
        Colours::Dark => (sheet(true), None),
    };
    let Some(first) = first else {
        return Err(Failure::NoChart);
    };
    let title = text.preset(parsed.experiment.preset);
    let phases = crate::phases::find(&history);
    let about = plots::finding(&history, &phases, Moving::Over, false, text).join(" ");
    Ok(first.write(second.as_ref(), [&title, &about], text.locale().key()))
}

/// The charts that show an experiment best.
fn usual_charts(history: &History) -> Vec<Chart> {
    let experiment = history.experiment();
    if plots::has_profile(experiment) {
        vec![Chart::Setting]
    } else if plots::has_plane(history) {
        vec![Chart::Accuracy, Chart::Plane]
    } else if experiment.settings.is_regression() {
        vec![Chart::Loss]
    } else {
        vec![Chart::Accuracy, Chart::Loss]
    }
}

/// The charts of a run, without those that it does not have, and its settings below.
fn sheet(history: &History, charts: &[Chart], theme: &Theme, text: &Text) -> Option<Sheet> {
    let over_time = OverTime::new(history, true, theme, text);
    let pictures: Vec<Picture> = charts
        .iter()
        .filter_map(|chart| picture(*chart, history, &over_time, theme, text))
        .collect();
    let settings = text.settings_line(history.experiment(), None);
    let experiment = history.experiment();
    let query = match experiment.to_query() {
        query if query.is_empty() => format!("preset={}", experiment.preset.key),
        query => query,
    };
    Sheet::stack(&pictures, &[settings, format!("two-phase?{query}")])
}

fn picture(
    chart: Chart,
    history: &History,
    over_time: &OverTime,
    theme: &Theme,
    text: &Text,
) -> Option<Picture> {
    let experiment = history.experiment();
    let last = history.evaluations().last()?.step;
    let draw = |frame: Frame, content: Content<'_>, names_markers| {
        Picture::draw(&frame, &content, Layout::plain(names_markers), SIZE)
    };
    Some(match chart {
        Chart::Accuracy => {
            let series = &plots::accuracy(history, theme, text);
            let frame = over_time.accuracy_frame(experiment, true, *theme, text);
            draw(frame, Content { series, ..Content::default() }, true)
        }
        Chart::Loss => {
            let series = &plots::loss(history, theme, text);
            let frame = over_time.loss_frame(experiment, series, *theme, text);
            draw(frame, Content { series, ..Content::default() }, false)
        }
        Chart::Setting if plots::has_onsets(experiment) => {
            let onsets = plots::onsets(history, &over_time.phases, text)?;
            let (frame, series, marks) = onsets.chart(experiment, *theme, text);
            draw(frame, Content { series: &series, marks: &marks, ..Content::default() }, true)
        }
        Chart::Setting => {
            let profile = plots::profile(history, Pick::At(last.into()), false, text)?;
            let (frame, series) = profile.chart(experiment, (false, false), *theme, text);
            draw(frame, Content { series: &series, ..Content::default() }, true)
        }
        Chart::Information => {
            let layer = experiment.settings.hidden().len() + 1;
            let found = plots::information(history, layer, theme, text)?;
            let levels = found.levels;
            let frame = over_time.measure_frame(found.title, levels, found.values, *theme);
            draw(frame, Content { series: &found.series, ..Content::default() }, false)
        }
        Chart::Plane => {
            let plane = plots::plane(history, theme, Split::Train, text)?;
            let frame = Frame::new(text.get("plane-title"), *theme, plane.across, plane.values);
            let (trails, step) = (&plane.trails, last.into());
            draw(frame, Content { trails, step, ..Content::default() }, false)
        }
    })
}
