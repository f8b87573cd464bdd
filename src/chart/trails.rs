//! Paths through a plane, walked in the course of training.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{Area, Drawn, FONT_SIZE, Frame, Size, Surface, Trail, text_width, words};
use crate::stats::sort_short;

/// A trail becomes stronger in so many steps.
const SHADES: f64 = 12.0;

/// Draws trails, with a dot and a name on each at a step.
pub(super) fn draw_trails(
    root: &DrawingArea<Surface, Shift>,
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
        let pairs: Vec<_> = trail.points.windows(2).collect();
        let shade = |pair: &[(u32, f64, f64)]| (SHADES * age(pair[1].0).min(1.0)).floor();
        for stretch in pairs.chunk_by(|a, b| shade(a) == shade(b)) {
            let colour = trail.colour.mix(0.25 + 0.75 * shade(stretch[0]) / SHADES);
            let style = ShapeStyle { color: colour, filled: false, stroke_width: px(2.0) as u32 };
            let ends = stretch.iter().map(|pair| place(&pair[1]));
            let path: Vec<_> = std::iter::once(place(&stretch[0][0])).chain(ends).collect();
            area.draw(&PathElement::new(path, style))?;
        }
        let off = |point: &&(u32, f64, f64)| (f64::from(point.0) - step).abs();
        if let Some(now) = trail.points.iter().min_by(|a, b| off(a).total_cmp(&off(b))) {
            area.draw(&Circle::new(place(now), px(5.0), trail.colour.filled()))?;
            let (x, y) = area.map_coordinate(&place(now));
            names.push((x + px(9.0), y, trail));
        }
    }
    sort_short(&mut names, |(_, a, _), (_, b, _)| a < b);
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
