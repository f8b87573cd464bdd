//! One chart: axes and phases on one canvas, curves on a second above it, so that a new point does
//! not draw every label again (plotters measures each with a forced layout).

mod curves;
mod frame;
mod map;
mod marks;
mod theme;
mod trails;

use std::cell::Cell as StdCell;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, PointerEvent};

pub use theme::{Theme, is_dark};

use super::axis::{HorizontalAxis, LANE, ValueAxis};
use super::dom::{ElementSize, Visibility, append, set_attribute, set_text, window};
use super::session::Version;

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
    pub x: f64,
    pub low: f64,
    pub median: f64,
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

/// Names a chart among those of its document.
pub type ChartId = u32;

/// What the picture on a chart's canvas was made from. A chart is drawn again only when this changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawKey {
    /// The state of the history.
    pub version: Version,
    /// Counts changes of theme and view options.
    pub view: u32,
    /// The step that is pointed at, where the picture depends on it.
    pub step: Option<u32>,
    /// The revision of the recorded run, while that is shown.
    pub recorded: Option<u64>,
}

/// A chart in an element of the page.
pub struct Chart {
    id: ChartId,
    layout: Layout,
    title: HtmlElement,
    note: HtmlElement,
    holder: HtmlElement,
    below: HtmlCanvasElement,
    above: HtmlCanvasElement,
    drawn: Option<(Frame, Size)>,
    key: Option<(DrawKey, Size)>,
    size: ElementSize,
    visibility: Visibility,
}

/// Canvas size in device pixels, and device pixels in a CSS pixel; in a large chart, in what stands
/// for one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    width: u32,
    height: u32,
    scale: f64,
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

/// Where a pointer is across a chart's plot, 0 at the left end and 1 at the right; `None` outside.
pub fn across(holder: &HtmlElement, event: &PointerEvent) -> Option<f64> {
    let width = f64::from(holder.client_width());
    let plot = width - LEFT - right(width);
    let left = holder.get_bounding_client_rect().left() + LEFT;
    let across = (f64::from(event.client_x()) - left) / plot;
    (0.0..=1.0).contains(&across).then_some(across)
}

/// How high a pointer is in the plot of a chart that labels its axis and names no markers, 0 at the
/// bottom and 1 at the top; `None` outside.
pub fn up(chart: &HtmlElement, event: &PointerEvent) -> Option<f64> {
    // Its title stands above the canvas.
    let rect = chart.query_selector(".canvas").ok()??.get_bounding_client_rect();
    let (top, bottom) = (rect.top() + edge(false), rect.bottom() - AXIS);
    let height = (bottom - f64::from(event.client_y())) / (bottom - top);
    (0.0..=1.0).contains(&height).then_some(height)
}

/// CSS pixels above a plot.
fn edge(names_markers: bool) -> f64 {
    if names_markers { 2.0 * ROW + 4.0 } else { 10.0 }
}

/// CSS pixels below a plot with a labelled axis.
const AXIS: f64 = 26.0;
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

    /// CSS pixels that stand for one in a chart of this width.
    fn growth(self, width: f64) -> f64 {
        if self.is_large { (width / LARGE).clamp(1.0, 4.0) } else { 1.0 }
    }

    /// Where a pointer is in the plot on a canvas: across and up, from 0 to 1 inside.
    pub fn locate(self, canvas: &HtmlElement, event: &PointerEvent) -> [f64; 2] {
        let rect = canvas.get_bounding_client_rect();
        let growth = self.growth(rect.width());
        let (width, height) = (rect.width() / growth, rect.height() / growth);
        let x = (f64::from(event.client_x()) - rect.left()) / growth;
        let y = (f64::from(event.client_y()) - rect.top()) / growth;
        let (top, bottom) = (edge(self.names_markers), height - self.below());
        [(x - LEFT) / (width - LEFT - right(width)), (bottom - y) / (bottom - top)]
    }

    /// CSS pixels below the plot.
    fn below(self) -> f64 {
        if self.labels_axis { AXIS + self.scrubber() } else { 8.0 }
    }

    fn scrubber(self) -> f64 {
        if self.has_scrubber { SCRUBBER } else { 0.0 }
    }
}

type Area = DrawingArea<CanvasBackend, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl Chart {
    /// So that a chart is drawn before it is scrolled to.
    const MARGIN: &str = "200px";

    /// Puts an empty chart into an element. `on_change` is called when it has another size, or becomes
    /// visible.
    pub fn new(
        holder: HtmlElement,
        layout: Layout,
        on_change: impl Fn() + Clone + 'static,
    ) -> Self {
        thread_local!(static LAST: StdCell<ChartId> = const { StdCell::new(0) });
        LAST.set(LAST.get() + 1);
        let heading: HtmlElement = append(&holder, "p", "chart-title");
        let title: HtmlElement = append(&heading, "b", "");
        let note: HtmlElement = append(&heading, "span", "");
        let holder: HtmlElement = append(&holder, "div", "canvas");
        set_attribute(&holder, "role", "img");
        let canvas = || append::<HtmlCanvasElement>(&holder, "canvas", "");
        let (below, above) = (canvas(), canvas());
        let size = ElementSize::observe(&holder, on_change.clone());
        let visibility = Visibility::observe(&holder, Self::MARGIN, true, on_change);
        Self {
            id: LAST.get(),
            layout,
            title,
            note,
            holder,
            below,
            above,
            drawn: None,
            key: None,
            size,
            visibility,
        }
    }

    /// Where a position across the plot, from 0 to 1, lies in its element, in CSS pixels.
    pub fn place(&self, position: f64) -> f64 {
        let width = f64::from(self.size.get(&self.holder)[0]);
        let growth = self.layout.growth(width);
        let width = width / growth;
        growth * (LEFT + position * (width - LEFT - right(width)))
    }

    /// Says in a sentence what the picture shows, for readers who do not see it.
    pub fn describe(&self, summary: &str) {
        let title = self.title.text_content().unwrap_or_default();
        // A chart that was never drawn has no title yet.
        let label = match (title.as_str(), summary) {
            ("", _) => summary.to_owned(),
            (_, "") => title,
            _ => format!("{title}. {summary}"),
        };
        set_attribute(&self.holder, "aria-label", &label);
    }

    /// Its name.
    pub fn id(&self) -> ChartId {
        self.id
    }

    /// Whether it is on the screen or nearly so.
    pub fn is_visible(&self) -> bool {
        self.visibility.get()
    }

    /// Whether what is on the canvas was made from this, at the size that it has.
    pub fn is_current(&self, key: DrawKey) -> bool {
        self.size().is_none_or(|size| self.key == Some((key, size)))
    }

    /// Draws the curves, and whatever of the frame has changed.
    pub fn draw(&mut self, key: DrawKey, frame: Frame, series: &[Series]) {
        self.draw_over(key, frame, |root, area, frame, size| {
            curves::curves(root, area, frame, size, series)
        });
    }

    /// Draws the curves with marks on them, and whatever of the frame has changed.
    pub fn draw_marked(&mut self, key: DrawKey, frame: Frame, series: &[Series], marks: &[Mark]) {
        self.draw_over(key, frame, |root, area, frame, size| {
            curves::curves(root, area, frame, size, series)?;
            marks::marks(root, area, frame, size, marks)
        });
    }

    /// Draws the cells of a map in a colour, curves over it, and whatever of the frame has changed.
    pub fn draw_map(
        &mut self,
        key: DrawKey,
        frame: Frame,
        colour: RGBColor,
        cells: &[Cell],
        series: &[Series],
    ) {
        self.draw_over(key, frame, |root, area, frame, size| {
            map::map(area, frame, colour, cells)?;
            curves::curves(root, area, frame, size, series)
        });
    }

    /// Draws trails, with a dot on each at a step.
    pub fn draw_trails(&mut self, key: DrawKey, frame: Frame, trails: &[Trail], step: f64) {
        self.draw_over(key, frame, |root, area, frame, size| {
            trails::draw_trails(root, area, frame, size, trails, step)
        });
    }

    fn draw_over(
        &mut self,
        key: DrawKey,
        frame: Frame,
        above: impl FnOnce(&DrawingArea<CanvasBackend, Shift>, &Area, &Frame, Size) -> Drawn,
    ) {
        let Some(size) = self.size() else { return };
        self.key = Some((key, size));
        let drawn = (frame, size);
        if self.drawn.as_ref() != Some(&drawn) {
            set_text(&self.title, &drawn.0.title);
            set_text(&self.note, &drawn.0.note);
            self.draw_below(&drawn.0, size);
            self.drawn = Some(drawn);
        }
        if let (Some((frame, _)), Some((root, area))) =
            (&self.drawn, self.prepare(&self.above, size))
        {
            // A canvas that cannot be drawn on stays empty; the caption says the same in words.
            above(&root, &area, frame, size).ok();
        }
    }

    /// `None` while the element has no size, as in a hidden tab.
    fn size(&self) -> Option<Size> {
        // Twice as fine as the screen at least: plotters draws at whole pixels.
        let scale = window().device_pixel_ratio().clamp(2.0, 4.0);
        let pixels = |css: i32| (f64::from(css) * scale).round() as u32;
        let [width, height] = self.size.get(&self.holder);
        (width > 120 && height > 60).then(|| Size {
            width: pixels(width),
            height: pixels(height),
            scale: scale * self.layout.growth(f64::from(width)),
        })
    }

    fn draw_below(&self, frame: &Frame, size: Size) {
        if let Some((root, area)) = self.prepare(&self.below, size) {
            frame::frame(self.layout, &root, &area, frame, size).ok();
        }
    }

    /// Clears a canvas and lays the plot's coordinates over it, 0 to 1 on both axes.
    fn prepare(
        &self,
        canvas: &HtmlCanvasElement,
        size: Size,
    ) -> Option<(DrawingArea<CanvasBackend, Shift>, Area)> {
        if canvas.width() == size.width && canvas.height() == size.height {
            let context: CanvasRenderingContext2d =
                canvas.get_context("2d").ok()??.dyn_into().ok()?;
            context.clear_rect(0.0, 0.0, f64::from(size.width), f64::from(size.height));
        } else {
            // Setting a size clears as well.
            canvas.set_width(size.width);
            canvas.set_height(size.height);
        }
        let px = |css: f64| (css * size.scale) as i32;
        let (top, bottom) =
            (px(edge(self.layout.names_markers)), size.height as i32 - px(self.layout.below()));
        let plot = (px(LEFT)..size.width as i32 - px(right(size.css_width())), bottom..top);
        let root = CanvasBackend::with_canvas_object(canvas.clone())?.into_drawing_area();
        let area = root.clone().apply_coord_spec(Cartesian2d::new(0.0..1.0, 0.0..1.0, plot));
        Some((root, area))
    }
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
    root: &DrawingArea<CanvasBackend, Shift>,
    text: &str,
    at: (i32, i32),
    style: &TextStyle<'static>,
    theme: &Theme,
    size: Size,
) -> Drawn {
    let rim = (1.5 * size.scale) as i32;
    let paper = style.color(&theme.paper);
    for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
        let at = (at.0 + dx * rim, at.1 + dy * rim);
        root.draw(&Text::new(text, at, paper.clone()))?;
    }
    root.draw(&Text::new(text, at, style.clone()))
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
