//! Shows shapes on a canvas.

use std::f64::consts::PI;
use std::fmt::Write;

use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};
use web_sys::CanvasRenderingContext2d;

use crate::chart::{FONT, Form, Shape};

/// Draws shapes, the first at the back.
pub(super) fn draw(context: &CanvasRenderingContext2d, shapes: &[Shape]) {
    for shape in shapes {
        context.set_global_alpha(shape.opacity);
        let colour = colour(shape.colour);
        match &shape.form {
            Form::Line { points, width, dashes } => {
                let lengths = js_sys::Array::new();
                for length in dashes.iter().filter(|length| **length > 0) {
                    lengths.push(&(*length).into());
                }
                context.set_line_dash(&lengths).ok();
                context.set_stroke_style_str(&colour);
                context.set_line_width(f64::from(*width));
                trace(context, points);
                context.stroke();
            }
            Form::Area(points) => {
                context.set_fill_style_str(&colour);
                trace(context, points);
                context.fill();
            }
            Form::Disc { centre: (x, y), radius } => {
                context.set_fill_style_str(&colour);
                context.begin_path();
                let [x, y, radius] = [f64::from(*x), f64::from(*y), f64::from(*radius)];
                context.arc(x, y, radius, 0.0, 2.0 * PI).ok();
                context.fill();
            }
            Form::Words { text, at: (x, y), size, is_bold, side, height, rim } => {
                let weight = if *is_bold { "bold " } else { "" };
                context.set_font(&format!("{weight}{size}px {FONT}"));
                context.set_text_align(match side {
                    HPos::Left => "left",
                    HPos::Center => "center",
                    HPos::Right => "right",
                });
                context.set_text_baseline(match height {
                    VPos::Top => "top",
                    VPos::Center => "middle",
                    VPos::Bottom => "bottom",
                });
                let (x, y) = (f64::from(*x), f64::from(*y));
                if let Some((rim, width)) = rim {
                    context.set_line_dash(&js_sys::Array::new()).ok();
                    context.set_line_join("round");
                    context.set_line_width(f64::from(*width));
                    context.set_stroke_style_str(&self::colour(*rim));
                    context.stroke_text(text, x, y).ok();
                    context.set_line_join("miter");
                }
                context.set_fill_style_str(&colour);
                context.fill_text(text, x, y).ok();
            }
        }
    }
    context.set_global_alpha(1.0);
}

fn trace(context: &CanvasRenderingContext2d, points: &[(i32, i32)]) {
    context.begin_path();
    for (x, y) in points {
        // The first of a path begins it.
        context.line_to(f64::from(*x), f64::from(*y));
    }
}

fn colour(RGBColor(r, g, b): RGBColor) -> String {
    let mut text = String::new();
    write!(text, "#{r:02x}{g:02x}{b:02x}").ok();
    text
}
