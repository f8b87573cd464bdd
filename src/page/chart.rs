//! One chart: axes and phases on one canvas, curves on a second above it, so that a new point does
//! not draw every label again (plotters measures each with a forced layout).

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, PointerEvent};

use super::axis::{HorizontalAxis, ValueAxis};
use super::dom::{create, window};
use super::format;
use super::observed::{Extent, Sight};
use super::theme::Theme;

/// One curve with the band around it.
#[derive(Clone, Debug)]
pub struct Series {
    /// Written at the curve's end.
    pub name: String,
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
    /// As measured on samples held back.
    Solid,
    /// As measured on samples trained on.
    Dashed,
    /// As worked out, not measured.
    Thin,
}

/// Median and range of a value over members, at a step or at a value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

/// A place on the horizontal axis: where a phase is through for the median member, or a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// The place.
    pub x: f64,
    /// What happened, in a few words.
    pub label: String,
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

/// A rectangle of a map: one row over a stretch of the horizontal axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// From the bottom, counted from 0.
    pub row: usize,
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
    /// Written above the value axis.
    pub title: String,
    /// The colours.
    pub theme: Theme,
    /// From left to right.
    pub across: HorizontalAxis,
    /// From bottom to top.
    pub values: ValueAxis,
    /// Marked places.
    pub markers: Vec<Marker>,
    /// Marked values, with what each is.
    pub levels: Vec<(f64, String)>,
    /// Whether the stretch up to the first marker is the first phase and that from there to the
    /// second one the second.
    pub phases: bool,
}

/// What a chart shows, apart from its data.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Whether markers are named above the plot.
    pub names_markers: bool,
    /// Whether the horizontal axis is labelled.
    pub labels_axis: bool,
}

/// A chart in an element of the page.
pub struct Chart {
    layout: Layout,
    holder: HtmlElement,
    below: HtmlCanvasElement,
    above: HtmlCanvasElement,
    drawn: Option<(Frame, Size)>,
    /// Of a map, what is on the upper canvas.
    cells: Vec<Cell>,
    extent: Extent,
    sight: Sight,
}

/// Canvas size in device pixels, and device pixels in a CSS pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    width: u32,
    height: u32,
    scale: f64,
}

/// Left edge of the plot in CSS pixels, the same in every chart.
pub const LEFT: f64 = 48.0;
/// Room to the right of the plot for the names of the curves, in CSS pixels.
pub const RIGHT: f64 = 56.0;
const FONT: &str = "system-ui, sans-serif";
const FONT_SIZE: f64 = 13.0;
const ROW: f64 = 17.0;

/// Where a pointer is across a chart's plot, 0 at the left end and 1 at the right; `None` outside.
pub fn place(holder: &HtmlElement, event: &PointerEvent) -> Option<f64> {
    let plot = f64::from(holder.client_width()) - LEFT - RIGHT;
    let left = holder.get_bounding_client_rect().left() + LEFT;
    let place = (f64::from(event.client_x()) - left) / plot;
    (0.0..=1.0).contains(&place).then_some(place)
}

/// How high a pointer is in the plot of a chart that labels its axis and names no markers, 0 at the bottom and
/// 1 at the top; `None` outside.
pub fn height(holder: &HtmlElement, event: &PointerEvent) -> Option<f64> {
    let rect = holder.get_bounding_client_rect();
    let (top, bottom) = (rect.top() + edge(false), rect.bottom() - AXIS);
    let height = (bottom - f64::from(event.client_y())) / (bottom - top);
    (0.0..=1.0).contains(&height).then_some(height)
}

/// CSS pixels above a plot.
fn edge(names_markers: bool) -> f64 {
    (if names_markers { 3.0 } else { 1.2 }) * ROW + 6.0
}

/// CSS pixels below a plot with a labelled axis.
const AXIS: f64 = 2.4 * ROW;

type Area = DrawingArea<CanvasBackend, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl Chart {
    /// Puts an empty chart into an element.
    pub fn new(holder: HtmlElement, layout: Layout) -> Self {
        let canvas = || {
            let canvas: HtmlCanvasElement = create("canvas");
            // What it shows is in the figure's caption, in words.
            let _ = canvas.set_attribute("aria-hidden", "true");
            let _ = holder.append_child(&canvas);
            canvas
        };
        let (below, above) = (canvas(), canvas());
        let (extent, sight) = (Extent::of(&holder), Sight::of(&holder));
        Self { layout, holder, below, above, drawn: None, cells: Vec::new(), extent, sight }
    }

    /// Whether it is on the screen or nearly so; when that begins, its element sends
    /// [`SEEN`](super::observed::SEEN).
    pub fn is_seen(&self) -> bool {
        self.sight.is_seen()
    }

    /// Draws the curves, and whatever of the frame has changed.
    pub fn draw(&mut self, frame: Frame, series: &[Series]) {
        self.draw_over(frame, |root, area, frame, size| curves(root, area, frame, size, series));
    }

    /// Draws the cells of a map and its frame, if anything of them has changed.
    pub fn draw_map(&mut self, frame: Frame, cells: Vec<Cell>) {
        let same = self.drawn.as_ref().is_some_and(|(old, size)| {
            *old == frame && Some(*size) == self.size() && self.cells == cells
        });
        if !same {
            self.draw_over(frame, |_, area, frame, _| map(area, frame, &cells));
            self.cells = cells;
        }
    }

    /// Draws trails, with a dot on each at a step.
    pub fn draw_trails(&mut self, frame: Frame, trails: &[Trail], step: f64) {
        self.draw_over(frame, |root, area, frame, size| {
            draw_trails(root, area, frame, size, trails, step)
        });
    }

    fn draw_over(
        &mut self,
        frame: Frame,
        above: impl FnOnce(&DrawingArea<CanvasBackend, Shift>, &Area, &Frame, Size) -> Drawn,
    ) {
        let Some(size) = self.size() else { return };
        let drawn = (frame, size);
        if self.drawn.as_ref() != Some(&drawn) {
            self.draw_below(&drawn.0, size);
            self.drawn = Some(drawn);
        }
        if let (Some((frame, _)), Some((root, area))) =
            (&self.drawn, self.prepare(&self.above, size))
        {
            // A canvas that cannot be drawn on stays empty; the caption says the same in words.
            let _ = above(&root, &area, frame, size);
        }
    }

    /// `None` while the element has no size, as in a hidden tab.
    fn size(&self) -> Option<Size> {
        // Twice as fine as the screen at least: plotters draws at whole pixels.
        let scale = window().device_pixel_ratio().clamp(2.0, 4.0);
        let pixels = |css: i32| (f64::from(css) * scale).round() as u32;
        let [width, height] = self.extent.get(&self.holder);
        (width > 120 && height > 60).then(|| Size {
            width: pixels(width),
            height: pixels(height),
            scale,
        })
    }

    fn draw_below(&self, frame: &Frame, size: Size) {
        if let Some((root, area)) = self.prepare(&self.below, size) {
            let _ = self.frame(&root, &area, frame, size);
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
        let (top, bottom) = (
            px(edge(self.layout.names_markers)),
            size.height as i32 - px(if self.layout.labels_axis { AXIS } else { 8.0 }),
        );
        let plot = (px(LEFT)..size.width as i32 - px(RIGHT), bottom..top);
        let root = CanvasBackend::with_canvas_object(canvas.clone())?.into_drawing_area();
        let area = root.clone().apply_coord_spec(Cartesian2d::new(0.0..1.0, 0.0..1.0, plot));
        Some((root, area))
    }

    fn frame(
        &self,
        root: &DrawingArea<CanvasBackend, Shift>,
        area: &Area,
        frame: &Frame,
        size: Size,
    ) -> Drawn {
        let px = |css: f64| (css * size.scale) as i32;
        let theme = &frame.theme;
        let at = |x: f64| frame.across.position(x);

        let mut from = 0.0;
        for (marker, colour) in frame.markers.iter().zip([theme.phase_1, theme.phase_2]) {
            if let Some(to) = at(marker.x).filter(|_| frame.phases) {
                area.draw(&Rectangle::new([(from, 0.0), (to, 1.0)], colour.filled()))?;
                from = to;
            }
        }

        let thin =
            ShapeStyle { color: theme.grid.to_rgba(), filled: false, stroke_width: px(1.0) as u32 };
        for (value, text) in frame.values.ticks() {
            let y = frame.values.position(value);
            area.draw(&PathElement::new(vec![(0.0, y), (1.0, y)], thin))?;
            let (x, y) = area.map_coordinate(&(0.0, y));
            root.draw(&Text::new(
                text,
                (x - px(6.0), y),
                words(theme.muted, size, HPos::Right, VPos::Center),
            ))?;
        }
        for (value, name) in &frame.levels {
            let y = frame.values.position(*value);
            let style = ShapeStyle { color: theme.muted.to_rgba(), ..thin };
            let line = DashedPathElement::new(vec![(0.0, y), (1.0, y)], px(2.0), px(3.0), style);
            area.draw(&line)?;
            // Above its line, or below where that is the top.
            let (shift, side) = if y > 0.9 { (1.0, VPos::Top) } else { (-1.0, VPos::Bottom) };
            let (x, y) = area.map_coordinate(&(0.0, y));
            root.draw(&Text::new(
                name.as_str(),
                (x + px(6.0), y + px(shift)),
                words(theme.muted, size, HPos::Left, side),
            ))?;
        }
        let mut free_from = i32::MIN;
        // The last one is kept room for.
        let ticks = frame.across.ticks();
        let last = ticks.last().and_then(|&tick| Some((at(tick)?, format::tick(tick))));
        let free_to = last.map_or(i32::MAX, |(x, text)| {
            area.map_coordinate(&(x, 0.0)).0 - text_width(&text, size) / 2 - px(6.0)
        });
        for (index, &tick) in ticks.iter().enumerate() {
            let Some(x) = at(tick) else { continue };
            area.draw(&PathElement::new(vec![(x, 0.0), (x, 1.0)], thin))?;
            let text = format::tick(tick);
            let half = text_width(&text, size) / 2;
            let (x, y) = area.map_coordinate(&(x, 0.0));
            let fits = x - half > free_from && (x + half < free_to || index + 1 == ticks.len());
            if self.layout.labels_axis && fits {
                free_from = x + half + px(6.0);
                let style = words(theme.muted, size, HPos::Center, VPos::Top);
                root.draw(&Text::new(text, (x, y + px(5.0)), style))?;
            }
        }
        let (left, top) = area.map_coordinate(&(0.0, 1.0));
        let (right, bottom) = area.map_coordinate(&(1.0, 0.0));
        root.draw(&Text::new(
            frame.title.as_str(),
            (px(4.0), px(2.0)),
            words(theme.ink, size, HPos::Left, VPos::Top),
        ))?;
        if self.layout.labels_axis {
            root.draw(&Text::new(
                frame.across.title.as_str(),
                ((left + right) / 2, bottom + px(5.0 + ROW)),
                words(theme.ink, size, HPos::Center, VPos::Top),
            ))?;
        }

        let stroke = ShapeStyle {
            color: theme.muted.to_rgba(),
            filled: false,
            stroke_width: px(1.0) as u32,
        };
        for (row, marker) in frame.markers.iter().enumerate() {
            let Some(position) = at(marker.x) else { continue };
            let (x, _) = area.map_coordinate(&(position, 0.0));
            let row_top = top - px(4.0) - px(ROW) * (1 + row as i32);
            let line_top = if self.layout.names_markers { row_top } else { top };
            root.draw(&PathElement::new(vec![(x, bottom), (x, line_top)], stroke))?;
            if self.layout.names_markers {
                // To the left of its line, where no later line crosses it. Where it would not fit
                // there: to the right, or else at the left edge.
                let (width, gap) = (text_width(&marker.label, size), px(5.0));
                let (x, side) = if x - gap - width > 0 {
                    (x - gap, HPos::Right)
                } else if x + gap + width < size.width as i32 {
                    (x + gap, HPos::Left)
                } else {
                    (0, HPos::Left)
                };
                root.draw(&Text::new(
                    marker.label.as_str(),
                    (x, row_top),
                    words(theme.ink, size, side, VPos::Top),
                ))?;
            }
        }
        Ok(())
    }
}

fn draw_trails(
    root: &DrawingArea<CanvasBackend, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
    trails: &[Trail],
    step: f64,
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let place = |&(_, x, y): &(u32, f64, f64)| {
        (frame.across.position(x).unwrap_or(0.0), frame.values.position(y))
    };
    let mut names: Vec<(i32, i32, &Trail)> = Vec::new();
    for trail in trails {
        let Some(last) = trail.points.last() else { continue };
        let age = |step: u32| f64::from(step + 1).ln() / f64::from(last.0 + 1).ln().max(1e-9);
        for pair in trail.points.windows(2) {
            let colour = trail.colour.mix(0.25 + 0.75 * age(pair[1].0).min(1.0));
            let style = ShapeStyle { color: colour, filled: false, stroke_width: px(2.0) as u32 };
            area.draw(&PathElement::new(vec![place(&pair[0]), place(&pair[1])], style))?;
        }
        let off = |point: &&(u32, f64, f64)| (f64::from(point.0) - step).abs();
        if let Some(now) = trail.points.iter().min_by(|a, b| off(a).total_cmp(&off(b))) {
            area.draw(&Circle::new(place(now), px(5.0), trail.colour.filled()))?;
            let (x, y) = area.map_coordinate(&place(now));
            names.push((x + px(9.0), y, trail));
        }
    }
    names.sort_by_key(|(_, y, _)| *y);
    let mut placed: Vec<(i32, i32, i32)> = Vec::new();
    for (x, mut y, trail) in names {
        let end = x + text_width(&trail.name, size);
        // Below whatever it would lie over.
        for (start, other_end, below) in &placed {
            if x < *other_end && *start < end {
                y = y.max(below + px(FONT_SIZE + 1.0));
            }
        }
        placed.push((x, end, y));
        let style = words(trail.ink, size, HPos::Left, VPos::Center);
        root.draw(&Text::new(trail.name.as_str(), (x, y), style))?;
    }
    Ok(())
}

fn map(area: &Area, frame: &Frame, cells: &[Cell]) -> Drawn {
    for cell in cells {
        let (Some(from), Some(to)) =
            (frame.across.position(cell.from), frame.across.position(cell.to))
        else {
            continue;
        };
        let [low, high] = [0.0, 1.0].map(|edge| frame.values.position(cell.row as f64 + edge));
        let colour = frame.theme.test.mix(cell.share.clamp(0.0, 1.0)).filled();
        area.draw(&Rectangle::new([(from, low), (to.min(1.0), high)], colour))?;
    }
    Ok(())
}

fn curves(
    root: &DrawingArea<CanvasBackend, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
    series: &[Series],
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let place = |point: &Point, value: f64| {
        frame.across.position(point.x).map(|x| (x, frame.values.position(value)))
    };
    for series in series {
        let mut outline: Vec<_> = series.points.iter().filter_map(|p| place(p, p.high)).collect();
        outline.extend(series.points.iter().rev().filter_map(|p| place(p, p.low)));
        if outline.len() > 2 {
            area.draw(&Polygon::new(outline, series.colour.mix(0.22)))?;
        }
    }
    let mut names: Vec<((i32, i32), &Series)> = Vec::new();
    for series in series {
        let line: Vec<_> = series.points.iter().filter_map(|p| place(p, p.median)).collect();
        let Some(&end) = line.last() else { continue };
        let style = ShapeStyle {
            color: series.colour.to_rgba(),
            filled: false,
            stroke_width: px(if series.line == Line::Thin { 1.0 } else { 2.0 }) as u32,
        };
        if line.len() == 1 {
            // No line yet.
            area.draw(&Circle::new(end, px(3.0), series.colour.filled()))?;
        } else if series.line == Line::Dashed {
            area.draw(&DashedPathElement::new(line, px(7.0), px(4.0), style))?;
        } else {
            area.draw(&PathElement::new(line, style))?;
        }
        if series.named_where_it_rises {
            // Half-way up, or above its end.
            let half = series.points.iter().find(|point| point.median >= 0.5);
            let half = half.filter(|_| frame.values == ValueAxis::Share);
            let middle = half.and_then(|point| place(point, 0.5));
            let (x, y) = area.map_coordinate(&middle.unwrap_or(end));
            let y = if middle.is_some() { y } else { y - px(FONT_SIZE) };
            let style = words(series.ink, size, HPos::Right, VPos::Center);
            root.draw(&Text::new(series.name.as_str(), (x - px(10.0), y), style))?;
            continue;
        }
        names.push((area.map_coordinate(&end), series));
    }
    // Names that would lie over one another are moved apart.
    names.sort_by_key(|((_, y), _)| *y);
    for index in 1..names.len() {
        let least = names[index - 1].0.1 + px(FONT_SIZE + 1.0);
        let y = &mut names[index].0.1;
        *y = (*y).max(least);
    }
    // And back up from what is written below the plot.
    let (_, mut most) = area.map_coordinate(&(0.0, 0.0));
    for ((_, y), _) in names.iter_mut().rev() {
        *y = (*y).min(most);
        most = *y - px(FONT_SIZE + 1.0);
    }
    for ((x, y), series) in names {
        root.draw(&Text::new(
            series.name.as_str(),
            (x + px(6.0), y),
            words(series.ink, size, HPos::Left, VPos::Center),
        ))?;
    }
    Ok(())
}

/// About how many pixels a text takes. Measuring it would force a layout.
fn text_width(text: &str, size: Size) -> i32 {
    (text.chars().count() as f64 * 0.56 * FONT_SIZE * size.scale) as i32
}

fn words(colour: RGBColor, size: Size, side: HPos, height: VPos) -> TextStyle<'static> {
    (FONT, FONT_SIZE * size.scale).into_font().color(&colour).pos(Pos::new(side, height))
}
