//! Values by themselves: filled where they are known, hollow where they were not reached.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{Area, Drawn, Frame, Mark, Size, Surface};

/// Half of a mark's width, in CSS pixels.
const HALF: f64 = 4.5;

/// Draws marks over curves.
pub(super) fn marks(
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
    marks: &[Mark],
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    for mark in marks {
        let Some(x) = frame.across.position(mark.x) else { continue };
        let (x, y) = area.map_coordinate(&(x, frame.values.position(mark.value)));
        let x = x + px(mark.shift);
        let shape = |half: f64, colour: RGBColor| -> Drawn {
            let half = px(half);
            match mark.is_square {
                true => root.draw(&Rectangle::new(
                    [(x - half, y - half), (x + half, y + half)],
                    colour.filled(),
                )),
                false => root.draw(&Circle::new((x, y), half, colour.filled())),
            }
        };
        shape(HALF + 1.5, frame.theme.paper)?;
        shape(HALF, mark.colour)?;
        if mark.value == f64::INFINITY {
            shape(HALF - 2.0, frame.theme.paper)?;
        }
    }
    Ok(())
}
