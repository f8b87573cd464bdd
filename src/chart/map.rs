//! A map: values over steps and another axis, as the strength of a colour.

use plotters::prelude::*;

use super::{Area, Cell, Drawn, Frame};

/// Colours the cells.
pub(super) fn map(area: &Area, frame: &Frame, colour: RGBColor, cells: &[Cell]) -> Drawn {
    for cell in cells {
        let (Some(from), Some(to)) =
            (frame.across.position(cell.from), frame.across.position(cell.to))
        else {
            continue;
        };
        let [low, high] = [cell.low, cell.high].map(|edge| frame.values.position(edge));
        let style = colour.mix(cell.share.clamp(0.0, 1.0)).filled();
        area.draw(&Rectangle::new([(from, low), (to.min(1.0), high)], style))?;
    }
    Ok(())
}
