//! One chart: axes and phases on one canvas, curves on a second above it, so that a new point does
//! not draw every label again.

mod canvas;

use std::cell::Cell as StdCell;

use plotters::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, PointerEvent};

pub use crate::chart::*;

use super::dom::{ElementSize, Visibility, append, is_printed, set_attribute, set_text, window};
use super::session::Version;

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
    /// What is on both canvases.
    shapes: [Vec<Shape>; 2],
    key: Option<(DrawKey, Size)>,
    size: ElementSize,
    visibility: Visibility,
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

impl Layout {
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
}

impl Theme {
    /// The colours that hold for an element now.
    pub fn of(element: &HtmlElement) -> Self {
        let style = window().get_computed_style(element).ok().flatten();
        Self::from_names(|name| {
            let text = style.as_ref()?.get_property_value(name).ok()?;
            parse_colour(text.trim())
        })
    }
}

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
            shapes: Default::default(),
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
        self.draw_over(key, frame, &Content { series, ..Content::default() });
    }

    /// Draws the curves with marks on them, and whatever of the frame has changed.
    pub fn draw_marked(&mut self, key: DrawKey, frame: Frame, series: &[Series], marks: &[Mark]) {
        self.draw_over(key, frame, &Content { series, marks, ..Content::default() });
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
        self.draw_over(key, frame, &Content { colour, cells, series, ..Content::default() });
    }

    /// Draws trails, with a dot on each at a step.
    pub fn draw_trails(&mut self, key: DrawKey, frame: Frame, trails: &[Trail], step: f64) {
        self.draw_over(key, frame, &Content { trails, step, ..Content::default() });
    }

    fn draw_over(&mut self, key: DrawKey, frame: Frame, content: &Content<'_>) {
        let Some(size) = self.size() else { return };
        self.key = Some((key, size));
        if self.drawn.as_ref().is_none_or(|(known, of)| *known != frame || *of != size) {
            set_text(&self.title, &frame.title);
            set_text(&self.note, &frame.note);
            self.shapes[0] = frame.shapes(self.layout, size);
            show(&self.below, size, &self.shapes[0]);
            self.drawn = Some((frame, size));
        }
        if let Some((frame, _)) = &self.drawn {
            self.shapes[1] = content.shapes(frame, self.layout, size);
            if is_printed() {
                // In a PDF, clearing a canvas takes away what lies below it.
                show(&self.above, size, &self.shapes.concat());
            } else {
                show(&self.above, size, &self.shapes[1]);
            }
        }
    }

    /// What is on the screen now; `None` while the element is hidden or nothing was drawn.
    pub fn picture(&self) -> Option<Picture> {
        let is_shown = self.holder.offset_parent().is_some();
        let (frame, size) = self.drawn.as_ref().filter(|_| is_shown)?;
        Some(Picture::new(frame, *size, self.shapes.concat()))
    }

    /// `None` while the element has no size, as in a hidden tab.
    fn size(&self) -> Option<Size> {
        // Twice as fine as the screen at least: plotters draws at whole pixels.
        let scale = window().device_pixel_ratio().clamp(2.0, 4.0);
        let [width, height] = self.size.get(&self.holder);
        (width > 120 && height > 60).then(|| self.layout.size(width, height, scale))
    }
}

/// Shows shapes on a canvas, and nothing else. A canvas that cannot be drawn on stays empty; the
/// caption says the same in words.
fn show(canvas: &HtmlCanvasElement, size: Size, shapes: &[Shape]) {
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) = context.and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok()) else {
        return;
    };
    if canvas.width() == size.width && canvas.height() == size.height {
        context.clear_rect(0.0, 0.0, f64::from(size.width), f64::from(size.height));
    } else {
        // Setting a size clears as well.
        canvas.set_width(size.width);
        canvas.set_height(size.height);
    }
    canvas::draw(canvas, &context, shapes);
}
