//! A map: one row for each value of a setting, coloured over steps.

use plotters::prelude::*;

use super::{Area, Cell, Drawn, Frame};

/// Colours the cells.
pub(super) fn map(area: &Area, frame: &Frame, cells: &[Cell]) -> Drawn {
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
