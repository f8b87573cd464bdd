//! What the first weights of the first network look like: waves over the numbers, the numbers as
//! points on a clock, and the strength of each frequency. It follows the scrubber.

use web_sys::HtmlElement;

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::picture::{Align, Picture, Sheet};
use super::sweep::section;
use crate::evaluation::Waves;
use crate::page::chart::Theme;
use crate::page::dom::{Root, set_attribute, set_text};

/// The three pictures.
pub struct WavesPicture {
    section: HtmlElement,
    note: HtmlElement,
    picture: Picture,
    drawn: Option<(u32, u32, [i32; 2])>,
}

impl WavesPicture {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        Self {
            section: section(root, "waves"),
            note: root.part("waves-note"),
            picture: Picture::new(root, "waves-picture", "waves-canvas", handle),
            drawn: None,
        }
    }
}

impl Panel for WavesPicture {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let step = view.shared.pointed_step as u32;
        self.section.set_hidden(!view.session.experiment().settings.has_fourier());
        let answers = view.inside().answers_at(step);
        let waves = answers.and_then(|answers| Some((answers.step, answers.waves.as_ref()?)));
        let Some(size) = self.picture.size() else { return };
        let key = (waves.map_or(u32::MAX, |(step, _)| step), view.view, size);
        if self.drawn == Some(key) {
            return;
        }
        let Some(sheet) = self.picture.clear() else { return };
        self.drawn = Some(key);
        let text = view.text;
        let Some((step, waves)) = waves else {
            set_text(&self.note, "");
            set_attribute(self.picture.canvas(), "aria-label", &text.get("waves-summary-none"));
            return;
        };
        let strongest = waves.spectrum.get(waves.frequency as usize - 1).copied();
        let share = text.numbers().whole_percent(f64::from(strongest.unwrap_or(0.0)));
        let args =
            [("step", step.into()), ("frequency", waves.frequency.into()), ("share", share.into())];
        set_text(&self.note, &text.with("waves-at", &args));
        set_attribute(self.picture.canvas(), "aria-label", &text.with("waves-summary", &args));
        draw(&sheet, &view.theme, waves);
    }
}

fn draw(sheet: &Sheet, theme: &Theme, waves: &Waves) {
    // From top to bottom: three units, then the clock beside the spectrum.
    let lower = (0.68 * sheet.width).min(0.56 * sheet.height);
    let row = (sheet.height - lower - 16.0) / waves.units.len().max(1) as f64;
    for (index, unit) in waves.units.iter().enumerate() {
        let middle = (index as f64 + 0.5) * row;
        sheet.stroke(theme.grid, 1.0);
        sheet.line([(0.0, middle), (sheet.width, middle)]);
        let largest = unit.iter().fold(f32::MIN_POSITIVE, |max, x| max.max(x.abs()));
        let across = sheet.width / unit.len() as f64;
        let points: Vec<(f64, f64)> = unit
            .iter()
            .enumerate()
            .map(|(n, weight)| {
                let height = 0.42 * row * f64::from(weight / largest);
                ((n as f64 + 0.5) * across, middle - height)
            })
            .collect();
        sheet.stroke(theme.weights, 2.0);
        sheet.line(points.iter().copied());
        sheet.fill(theme.weights, 1.0);
        points.iter().for_each(|(x, y)| sheet.disc(*x, *y, 2.2));
    }
    let radius = lower / 2.0 - 10.0;
    let (x, y) = (lower / 2.0, sheet.height - lower / 2.0);
    sheet.stroke(theme.grid, 1.0);
    sheet.ring(x, y, radius);
    for (n, [cosine, sine]) in waves.clock.iter().enumerate() {
        let (px, py) = (x + radius * f64::from(*cosine), y - radius * f64::from(*sine));
        sheet.fill(theme.paper, 1.0);
        sheet.disc(px, py, 7.0);
        sheet.fill(theme.ink, 1.0);
        sheet.write(&n.to_string(), px, py, 11.0, Align::Middle);
    }
    let (left, bottom) = (lower + 24.0, sheet.height - 18.0);
    let bar = (sheet.width - left) / waves.spectrum.len().max(1) as f64;
    for (index, share) in waves.spectrum.iter().enumerate() {
        let is_largest = index as u32 + 1 == waves.frequency;
        sheet.fill(if is_largest { theme.ink } else { theme.weights }, 1.0);
        let height = f64::from(*share) * (0.7 * lower);
        let x = left + index as f64 * bar;
        sheet.context.fill_rect(x + 1.0, bottom - height, (bar - 2.0).max(1.0), height);
        if is_largest || index == 0 {
            sheet.fill(theme.muted, 1.0);
            sheet.write(&(index + 1).to_string(), x + bar / 2.0, bottom + 9.0, 12.0, Align::Middle);
        }
    }
    sheet.stroke(theme.grid, 1.0);
    sheet.line([(left, bottom), (sheet.width, bottom)]);
}
