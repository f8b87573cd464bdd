//! Shows shapes on a canvas.

use plotters::prelude::*;
use plotters::style::text_anchor::Pos;
use plotters_backend::DrawingBackend;
use plotters_canvas::CanvasBackend;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::chart::{FONT, Form, Shape};

/// Draws shapes, the first at the back.
pub(super) fn draw(
    canvas: &HtmlCanvasElement,
    context: &CanvasRenderingContext2d,
    shapes: &[Shape],
) {
    let Some(mut backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    for shape in shapes {
        let colour = shape.colour.mix(shape.opacity);
        let style = |width| ShapeStyle::from(colour).stroke_width(width);
        match &shape.form {
            Form::Line { points, width, dashes } => {
                let lengths = js_sys::Array::new();
                for length in dashes.iter().filter(|length| **length > 0) {
                    lengths.push(&(*length).into());
                }
                context.set_line_dash(&lengths).ok();
                backend.draw_path(points.iter().copied(), &style(*width)).ok();
            }
            Form::Area(points) => {
                backend.fill_polygon(points.iter().copied(), &style(0)).ok();
            }
            Form::Disc { centre, radius } => {
                backend.draw_circle(*centre, *radius, &style(0), true).ok();
            }
            Form::Words { text, at, size, is_bold, side, height, rim } => {
                let weight = if *is_bold { FontStyle::Bold } else { FontStyle::Normal };
                let words = TextStyle::from((FONT, *size).into_font().style(weight))
                    .color(&colour)
                    .pos(Pos::new(*side, *height));
                if let Some((RGBColor(r, g, b), width)) = rim {
                    // The backend draws no outline; it leaves the font and the anchor set.
                    backend.draw_text(text, &words, *at).ok();
                    context.set_line_dash(&js_sys::Array::new()).ok();
                    context.set_line_join("round");
                    context.set_line_width(f64::from(*width));
                    context.set_stroke_style_str(&format!("rgb({r},{g},{b})"));
                    context.stroke_text(text, f64::from(at.0), f64::from(at.1)).ok();
                    context.set_line_join("miter");
                }
                backend.draw_text(text, &words, *at).ok();
            }
        }
    }
}
