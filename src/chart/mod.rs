//! Charts: axes, curves and words as shapes, which a canvas or a file can show.
//!
//! Pure: no document. The page draws the shapes on a canvas, and [`svg`] writes them as a file.

mod axis;
mod curves;
mod frame;
mod map;
mod marks;
mod surface;
pub mod svg;
mod theme;
mod trails;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub use axis::{HorizontalAxis, LANE, ValueAxis};
use surface::{Dashes, RimmedWords};
pub use surface::{Form, Shape, Surface};
pub use theme::{Theme, is_dark, parse_colour};

/// One curve with the band around it.
#[derive(Clone, Debug)]
pub struct Series {
    /// Written at the curve's end where there is little room.
    pub name: String,
    /// Written there where there is more: the name with the last value.
    pub label: String,
    /// The line's colour.
    pub colour: RGBColor,
    /// The name's colour, of more contrast.
    pub ink: RGBColor,
    /// How it is drawn.
    pub line: Line,
    /// Whether the name stands inside the plot, where the curve is half-way up if it gets there, and not
    /// behind its end: for long names, and curves that end together.
    pub named_where_it_rises: bool,
    /// The points, from left to right.
    pub points: Vec<Point>,
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Measured on the test set.
    Solid,
    /// Measured on the training set.
    Dashed,
    /// Computed, not measured.
    Thin,
    /// Of an earlier run: without a band.
    Ghost,
    /// Drawn by a reader: no data, and without a band.
    Guess,
}

/// Median and range of a value over members, at a step or at a value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where it lies from left to right.
    pub x: f64,
    /// The lowest value.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The highest value.
    pub high: f64,
}

/// A marked position on the horizontal axis: the step of an event for the median member, or a
/// threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// The position.
    pub x: f64,
    /// What happened, in a few words.
    pub label: String,
    /// The same in two short lines, for a narrow chart; the first may be all.
    pub short: [String; 2],
    /// A dot on its line at this value.
    pub dot: Option<(f64, RGBColor)>,
}

/// A value by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Where it lies from left to right.
    pub x: f64,
    /// What it is worth; infinity for what did not happen.
    pub value: f64,
    /// CSS pixels by which it stands beside its place, where two have the same.
    pub shift: f64,
    /// Its colour.
    pub colour: RGBColor,
    /// A square, for the test set; otherwise a dot.
    pub is_square: bool,
}

/// A path through a plane that is walked in the course of training.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// Written at its end.
    pub name: String,
    /// The line's colour, fainter at its beginning.
    pub colour: RGBColor,
    /// The name's colour.
    pub ink: RGBColor,
    /// Steps with the two values at each.
    pub points: Vec<(u32, f64, f64)>,
}

/// A rectangle of a map, in values of its two axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its lower edge.
    pub low: f64,
    /// Its upper edge.
    pub high: f64,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How strongly it is coloured, 0 to 1.
    pub share: f64,
}

/// Everything on the lower canvas; drawn again only when it changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Written above the chart.
    pub title: String,
    /// Written behind the title, fainter.
    pub note: String,
    /// The colours.
    pub theme: Theme,
    /// From left to right.
    pub across: HorizontalAxis,
    /// From bottom to top.
    pub values: ValueAxis,
    /// Marked positions.
    pub markers: Vec<Marker>,
    /// Marked values, with what each is.
    pub levels: Vec<(f64, String)>,
    /// Whether the stretch up to the first marker is the first phase and that from there to the
    /// second one the second.
    pub phases: bool,
    /// The names of both phases, long and short, written into them where there is room.
    pub phase_names: Option<[[String; 2]; 2]>,
    /// Written between the first two markers.
    pub between: String,
    /// Written over the lane of what did not happen, on an axis of steps.
    pub lane: String,
}

impl Frame {
    /// Axes alone.
    pub fn new(title: String, theme: Theme, across: HorizontalAxis, values: ValueAxis) -> Self {
        Self {
            title,
            note: String::new(),
            theme,
            across,
            values,
            markers: Vec::new(),
            levels: Vec::new(),
            phases: false,
            phase_names: None,
            between: String::new(),
            lane: String::new(),
        }
    }
}

/// What a chart shows, apart from its data.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Whether markers are named above the plot.
    pub names_markers: bool,
    /// Whether the horizontal axis is labelled.
    pub labels_axis: bool,
    /// Whether a scrubber stands between the plot and the labels.
    pub has_scrubber: bool,
    /// Whether type and lines grow with the chart, to be read from the back of a room.
    pub is_large: bool,
}

/// The size of a drawing. In a large chart, more pixels stand for a CSS pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Pixels in a CSS pixel.
    pub scale: f64,
}

impl Size {
    fn css_width(self) -> f64 {
        f64::from(self.width) / self.scale
    }

    fn is_narrow(self) -> bool {
        self.css_width() < NARROW
    }
}

/// Left edge of the plot in CSS pixels, the same in every chart and in the style sheet.
pub const LEFT: f64 = 48.0;
/// Charts narrower than this, in CSS pixels, have less room for names.
const NARROW: f64 = 520.0;
/// The width at which a large chart has type of the usual size: at 1280 pixels it has 26 of them.
const LARGE: f64 = 576.0;
/// The fonts of charts and pictures: Latin from the system, then Japanese ones, because `sans-serif`
/// alone can be one with Chinese forms.
pub const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Hiragino Sans', 'Yu Gothic UI', \
                    'Noto Sans CJK JP', 'Noto Sans JP', sans-serif";
const FONT_SIZE: f64 = 13.0;
const ROW: f64 = 19.0;

/// Room to the right of the plot for the names of the curves, in CSS pixels, in a chart of this
/// width.
pub fn right(width: f64) -> f64 {
    if width < NARROW { 72.0 } else { 116.0 }
}

/// CSS pixels above a plot.
pub fn edge(names_markers: bool) -> f64 {
    if names_markers { 2.0 * ROW + 4.0 } else { 10.0 }
}

/// CSS pixels below a plot with a labelled axis.
pub const AXIS: f64 = 26.0;
/// CSS pixels of a scrubber, as in the style sheet.
const SCRUBBER: f64 = 28.0;

impl Layout {
    /// Of a chart that is read from the back of a room.
    pub const LARGE: Self =
        Self { names_markers: true, labels_axis: true, has_scrubber: false, is_large: true };

    /// A labelled axis, and names of markers or none.
    pub const fn plain(names_markers: bool) -> Self {
        Self { names_markers, labels_axis: true, has_scrubber: false, is_large: false }
    }

    /// The size of a drawing of so many CSS pixels, with so many pixels in one.
    #[must_use]
    pub fn size(self, width: i32, height: i32, scale: f64) -> Size {
        let pixels = |css: i32| (f64::from(css) * scale).round() as u32;
        let growth = self.growth(f64::from(width));
        Size { width: pixels(width), height: pixels(height), scale: scale * growth }
    }

    /// CSS pixels that stand for one in a chart of this width.
    pub fn growth(self, width: f64) -> f64 {
        if self.is_large { (width / LARGE).clamp(1.0, 4.0) } else { 1.0 }
    }

    /// CSS pixels below the plot.
    pub fn below(self) -> f64 {
        if self.labels_axis { AXIS + self.scrubber() } else { 8.0 }
    }

    fn scrubber(self) -> f64 {
        if self.has_scrubber { SCRUBBER } else { 0.0 }
    }
}

/// What is drawn over a frame.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Rectangles.
    pub cells: &'a [Cell],
    /// The colour that they have some of.
    pub colour: RGBColor,
    /// Curves.
    pub series: &'a [Series],
    /// Values by themselves.
    pub marks: &'a [Mark],
    /// Paths through a plane.
    pub trails: &'a [Trail],
    /// The step at which each has a dot.
    pub step: f64,
}

impl Default for Content<'_> {
    /// Nothing.
    fn default() -> Self {
        let (cells, series, marks, trails): (&[_], &[_], &[_], &[_]) = (&[], &[], &[], &[]);
        Self { cells, colour: BLACK, series, marks, trails, step: 0.0 }
    }
}

impl Content<'_> {
    /// Everything over the frame.
    #[must_use]
    pub fn shapes(&self, frame: &Frame, layout: Layout, size: Size) -> Vec<Shape> {
        drawn(layout, size, |root, area| {
            map::map(area, frame, self.colour, self.cells)?;
            curves::curves(root, area, frame, size, self.series)?;
            marks::marks(root, area, frame, size, self.marks)?;
            trails::draw_trails(root, area, frame, size, self.trails, self.step)
        })
    }
}

impl Frame {
    /// The frame itself.
    #[must_use]
    pub fn shapes(&self, layout: Layout, size: Size) -> Vec<Shape> {
        drawn(layout, size, |root, area| frame::frame(layout, root, area, self, size))
    }
}

/// A chart as it is shown, with its title.
#[derive(Clone)]
pub struct Picture {
    title: String,
    note: String,
    theme: Theme,
    size: Size,
    shapes: Vec<Shape>,
}

impl Picture {
    /// What is shown of a frame and its content.
    #[must_use]
    pub fn new(frame: &Frame, size: Size, shapes: Vec<Shape>) -> Self {
        let Frame { title, note, theme, .. } = frame;
        Self { title: title.clone(), note: note.clone(), theme: *theme, size, shapes }
    }

    /// Draws a chart of so many CSS pixels.
    #[must_use]
    pub fn draw(frame: &Frame, content: &Content<'_>, layout: Layout, css: [i32; 2]) -> Self {
        let size = layout.size(css[0], css[1], svg::UNITS);
        let shapes = [frame.shapes(layout, size), content.shapes(frame, layout, size)].concat();
        Self::new(frame, size, shapes)
    }
}

type Area = DrawingArea<Surface, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<std::fmt::Error>>;

/// The shapes of a drawing, with the plot's coordinates laid over it, 0 to 1 on both axes.
fn drawn(
    layout: Layout,
    size: Size,
    draw: impl FnOnce(&DrawingArea<Surface, Shift>, &Area) -> Drawn,
) -> Vec<Shape> {
    let px = |css: f64| (css * size.scale) as i32;
    let (top, bottom) = (px(edge(layout.names_markers)), size.height as i32 - px(layout.below()));
    let plot = (px(LEFT)..size.width as i32 - px(right(size.css_width())), bottom..top);
    let (surface, shapes) = Surface::new(size.width, size.height);
    let root = surface.into_drawing_area();
    let area = root.clone().apply_coord_spec(Cartesian2d::new(0.0..1.0, 0.0..1.0, plot));
    // A surface takes every shape.
    draw(&root, &area).ok();
    shapes.take()
}

/// About how many pixels a text takes. Measuring it would force a layout.
fn text_width(text: &str, size: Size) -> i32 {
    (text.chars().map(em).sum::<f64>() * FONT_SIZE * size.scale) as i32
}

/// About how wide a character is, relative to the size of the font. Characters of East Asia, from
/// their radicals on, are square.
fn em(c: char) -> f64 {
    if c >= '\u{2E80}' { 1.0 } else { 0.56 }
}

/// Writes a text with a rim of paper, so that it can be read over a curve.
fn write_over(
    root: &DrawingArea<Surface, Shift>,
    text: &str,
    at: (i32, i32),
    style: &TextStyle<'static>,
    theme: &Theme,
    size: Size,
) -> Drawn {
    let rim = (theme.paper, (4.0 * size.scale) as u32);
    root.draw(&RimmedWords { text, at, style: style.clone(), rim })
}

/// In bold.
fn bold(mut style: TextStyle<'static>) -> TextStyle<'static> {
    style.font = style.font.style(FontStyle::Bold);
    style
}

fn words(colour: RGBColor, size: Size, side: HPos, height: VPos) -> TextStyle<'static> {
    (FONT, FONT_SIZE * size.scale).into_font().color(&colour).pos(Pos::new(side, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kanji_and_kana_take_a_square_and_other_letters_about_half() {
        let size = Size { width: 0, height: 0, scale: 2.0 };
        assert_eq!(text_width("訓練", size), 52);
        assert_eq!(text_width("テスト", size), 78);
        assert_eq!(text_width("step", size), 58);
        assert_eq!(text_width("σ1", size), 29);
    }
}
