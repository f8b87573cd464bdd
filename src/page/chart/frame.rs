//! What lies under the curves: phases, grid, ticks, levels, markers, titles.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_canvas::CanvasBackend;

use super::{Area, Drawn, Frame, Layout, ROW, Size, text_width, words};

/// Draws the frame of a chart.
pub(super) fn frame(
    layout: Layout,
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
    for (value, text) in frame.values.ticks(frame.across.numbers()) {
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
    let last =
        ticks.last().and_then(|&tick| Some((at(tick)?, frame.across.numbers().number(tick))));
    let free_to = last.map_or(i32::MAX, |(x, text)| {
        area.map_coordinate(&(x, 0.0)).0 - text_width(&text, size) / 2 - px(6.0)
    });
    for (index, &tick) in ticks.iter().enumerate() {
        let Some(x) = at(tick) else { continue };
        area.draw(&PathElement::new(vec![(x, 0.0), (x, 1.0)], thin))?;
        let text = frame.across.numbers().number(tick);
        let half = text_width(&text, size) / 2;
        let (x, y) = area.map_coordinate(&(x, 0.0));
        let fits = x - half > free_from && (x + half < free_to || index + 1 == ticks.len());
        if layout.labels_axis && fits {
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
    if layout.labels_axis {
        root.draw(&Text::new(
            frame.across.title.as_str(),
            ((left + right) / 2, bottom + px(5.0 + ROW)),
            words(theme.ink, size, HPos::Center, VPos::Top),
        ))?;
    }

    let stroke =
        ShapeStyle { color: theme.muted.to_rgba(), filled: false, stroke_width: px(1.0) as u32 };
    for (row, marker) in frame.markers.iter().enumerate() {
        let Some(position) = at(marker.x) else { continue };
        let (x, _) = area.map_coordinate(&(position, 0.0));
        let row_top = top - px(4.0) - px(ROW) * (1 + row as i32);
        let line_top = if layout.names_markers { row_top } else { top };
        root.draw(&PathElement::new(vec![(x, bottom), (x, line_top)], stroke))?;
        if layout.names_markers {
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
