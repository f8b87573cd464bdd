//! A canvas that is drawn on directly, for pictures that are no charts.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use super::Handle;
use super::curves::on_change;
use crate::page::dom::{ElementSize, Root, Visibility, is_printed, set_attribute, window};
use plotters::style::RGBColor;

/// A canvas that fills its holder.
pub struct Picture {
    holder: HtmlElement,
    canvas: HtmlCanvasElement,
    size: ElementSize,
    visibility: Visibility,
}

/// Where a text lies about its point.
#[derive(Clone, Copy, Debug)]
pub enum Align {
    /// Around it.
    Middle,
    /// To its left.
    Right,
}

/// A canvas that is ready to be drawn on, in CSS pixels.
pub struct Sheet {
    /// What draws.
    pub context: CanvasRenderingContext2d,
    /// In CSS pixels.
    pub width: f64,
    /// In CSS pixels.
    pub height: f64,
}

impl Picture {
    /// The canvas in a holder, both by the names of their parts.
    pub fn new(root: &Root, holder: &str, canvas: &str, handle: &Handle) -> Self {
        let holder: HtmlElement = root.part(holder);
        let size = ElementSize::observe(&holder, on_change(handle));
        let visibility = Visibility::observe(&holder, "200px", true, on_change(handle));
        Self { canvas: root.part(canvas), holder, size, visibility }
    }

    /// Sets the holder's classes.
    pub fn set_class(&self, class: &str) {
        set_attribute(&self.holder, "class", class);
    }

    /// The canvas element.
    pub fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }

    /// Its size in CSS pixels, if it can be seen or is printed.
    pub fn size(&self) -> Option<[i32; 2]> {
        let [width, height] = self.size.get(&self.holder);
        let is_seen = self.visibility.get() || is_printed();
        (is_seen && width > 20 && height > 20).then_some([width, height])
    }

    /// Clears it.
    pub fn clear(&self) -> Option<Sheet> {
        let [width, height] = self.size()?;
        let scale = window().device_pixel_ratio().clamp(1.0, 4.0);
        let pixels = |css: i32| (f64::from(css) * scale).round() as u32;
        // Setting a size clears as well.
        self.canvas.set_width(pixels(width));
        self.canvas.set_height(pixels(height));
        let context: CanvasRenderingContext2d =
            self.canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.scale(scale, scale).ok()?;
        Some(Sheet { context, width: f64::from(width), height: f64::from(height) })
    }
}

impl Sheet {
    /// Fills with a colour from now on.
    pub fn fill(&self, colour: RGBColor, alpha: f64) {
        let RGBColor(r, g, b) = colour;
        self.context.set_fill_style_str(&format!("rgba({r},{g},{b},{alpha})"));
    }

    /// Draws lines in a colour from now on.
    pub fn stroke(&self, colour: RGBColor, width: f64) {
        let RGBColor(r, g, b) = colour;
        self.context.set_stroke_style_str(&format!("rgb({r},{g},{b})"));
        self.context.set_line_width(width);
    }

    /// A filled circle.
    pub fn disc(&self, x: f64, y: f64, radius: f64) {
        self.context.begin_path();
        self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU).ok();
        self.context.fill();
    }

    /// The outline of a circle.
    pub fn ring(&self, x: f64, y: f64, radius: f64) {
        self.context.begin_path();
        self.context.arc(x, y, radius, 0.0, std::f64::consts::TAU).ok();
        self.context.stroke();
    }

    /// A line through some points.
    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>) {
        self.context.begin_path();
        for (index, (x, y)) in points.into_iter().enumerate() {
            if index == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
        self.context.stroke();
    }

    /// A text at a point, half its height above.
    pub fn write(&self, text: &str, x: f64, y: f64, size: f64, align: Align) {
        self.context.set_font(&format!("{size}px {}", crate::page::chart::FONT));
        self.context.set_text_align(match align {
            Align::Middle => "center",
            Align::Right => "right",
        });
        self.context.set_text_baseline("middle");
        self.context.fill_text(text, x, y).ok();
    }
}
