//! What lies under the curves: phases, grid, ticks, levels, markers.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    Area, Dashes, Drawn, FONT_SIZE, Frame, LANE, Layout, ROW, Size, Surface, bold, text_width,
    words, write_over,
};

/// Draws the frame of a chart.
pub(super) fn frame(
    layout: Layout,
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
) -> Drawn {
    phases(root, area, frame, size)?;
    lane(root, area, frame, size)?;
    values(root, area, frame, size)?;
    steps(layout, root, area, frame, size)?;
    markers(layout, root, area, frame, size)
}

fn thin(colour: RGBColor, size: Size) -> ShapeStyle {
    ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: size.scale as u32 }
}

/// The stretches of both phases with their names.
fn phases(root: &DrawingArea<Surface, Shift>, area: &Area, frame: &Frame, size: Size) -> Drawn {
    if !frame.phases {
        return Ok(());
    }
    let px = |css: f64| (css * size.scale) as i32;
    let theme = &frame.theme;
    let mut from = 0.0;
    let colours = [theme.phase_1, theme.phase_2];
    for (index, (marker, colour)) in frame.markers.iter().zip(colours).enumerate() {
        let Some(to) = frame.across.position(marker.x) else { continue };
        area.draw(&Rectangle::new([(from, 0.0), (to, 1.0)], colour.filled()))?;
        let (left, top) = area.map_coordinate(&(from, 1.0));
        let (right, _) = area.map_coordinate(&(to, 1.0));
        // The long name, or else the short one.
        let names = frame.phase_names.as_ref().map(|names| &names[index]);
        let fits = |name: &&String| 11 * text_width(name, size) / 10 + px(18.0) < right - left;
        if let Some(name) = names.and_then(|names| names.iter().find(fits)) {
            let style = bold(words(theme.ink, size, HPos::Left, VPos::Top));
            root.draw(&Text::new(name.as_str(), (left + px(9.0), top + px(12.0)), style))?;
        }
        from = to;
    }
    Ok(())
}

/// The lane of what did not happen, with its words above it.
fn lane(root: &DrawingArea<Surface, Shift>, area: &Area, frame: &Frame, size: Size) -> Drawn {
    if frame.lane.is_empty() {
        return Ok(());
    }
    let px = |css: f64| (css * size.scale) as i32;
    let theme = &frame.theme;
    area.draw(&Rectangle::new([(0.0, LANE[0]), (1.0, 1.0)], theme.grid.mix(0.6).filled()))?;
    let (x, y) = area.map_coordinate(&(0.0, 1.0));
    let style = words(theme.muted, size, HPos::Left, VPos::Bottom);
    root.draw(&Text::new(frame.lane.as_str(), (x, y - px(4.0)), style))
}

/// Ticks and levels of the values.
fn values(root: &DrawingArea<Surface, Shift>, area: &Area, frame: &Frame, size: Size) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let theme = &frame.theme;
    for (value, text) in frame.values.ticks(frame.across.numbers()) {
        let y = frame.values.position(value);
        area.draw(&PathElement::new(vec![(0.0, y), (1.0, y)], thin(theme.grid, size)))?;
        let (x, y) = area.map_coordinate(&(0.0, y));
        let style = words(theme.muted, size, HPos::Right, VPos::Center);
        root.draw(&Text::new(text, (x - px(8.0), y), style))?;
    }
    for (value, name) in &frame.levels {
        let y = frame.values.position(*value);
        let line = vec![(0.0, y), (1.0, y)];
        let (points, lengths) = (line, [px(2.0), px(3.0)]);
        area.draw(&Dashes { points, lengths, style: thin(theme.muted, size) })?;
        // Above its line, or below where that is the top.
        let (shift, side) = if y > 0.9 { (1.0, VPos::Top) } else { (-1.0, VPos::Bottom) };
        let (x, y) = area.map_coordinate(&(0.0, y));
        let style = words(theme.muted, size, HPos::Left, side);
        root.draw(&Text::new(name.as_str(), (x + px(6.0), y + px(shift)), style))?;
    }
    Ok(())
}

/// Ticks of the horizontal axis, and its title at the right.
fn steps(
    layout: Layout,
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let theme = &frame.theme;
    let at = |x: f64| frame.across.position(x);
    let ticks = frame.across.ticks();
    if !layout.labels_axis {
        return Ok(());
    }
    let drop = px(7.0 + layout.scrubber());
    // The last tick is kept room for.
    let last =
        ticks.last().and_then(|&tick| Some((at(tick)?, frame.across.numbers().number(tick))));
    let mut end = 0;
    let free_to = last.map_or(i32::MAX, |(x, text)| {
        let (x, half) = (area.map_coordinate(&(x, 0.0)).0, text_width(&text, size) / 2);
        end = x + half;
        x - half - px(6.0)
    });
    let mut free_from = i32::MIN;
    for (index, &tick) in ticks.iter().enumerate() {
        let Some(x) = at(tick) else { continue };
        let text = frame.across.numbers().number(tick);
        let half = text_width(&text, size) / 2;
        let (x, y) = area.map_coordinate(&(x, 0.0));
        let fits = x - half > free_from && (x + half < free_to || index + 1 == ticks.len());
        if fits {
            free_from = x + half + px(6.0);
            let style = words(theme.muted, size, HPos::Center, VPos::Top);
            root.draw(&Text::new(text, (x, y + drop), style))?;
        }
    }
    let (_, bottom) = area.map_coordinate(&(0.0, 0.0));
    let room = size.width as i32 - end - px(10.0);
    let title = [&frame.across.title, &frame.across.short_title]
        .into_iter()
        .find(|title| text_width(title, size) < room);
    if let Some(title) = title {
        let style = words(theme.muted, size, HPos::Right, VPos::Top);
        root.draw(&Text::new(title.as_str(), (size.width as i32, bottom + drop), style))?;
    }
    Ok(())
}

/// Vertical lines with words that end at them, so that words stand in the stretch that they close.
fn markers(
    layout: Layout,
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let theme = &frame.theme;
    let gap = px(7.0);
    let (_, top) = area.map_coordinate(&(0.0, 1.0));
    let (_, bottom) = area.map_coordinate(&(0.0, 0.0));
    let mut taken = i32::MIN;
    let mut ends: Vec<(i32, i32)> = Vec::new();
    for marker in &frame.markers {
        let Some(position) = frame.across.position(marker.x) else { continue };
        let (x, _) = area.map_coordinate(&(position, 0.0));
        let line_top = if layout.names_markers { top - px(20.0) } else { top };
        let stroke = thin(theme.ink, size);
        root.draw(&PathElement::new(vec![(x, bottom), (x, line_top)], stroke))?;
        // A narrow chart of a seat has words beside it that say the same.
        if !layout.names_markers || (layout.is_large && size.is_narrow()) {
            continue;
        }
        let narrow = size.is_narrow() && !marker.short[0].is_empty();
        let lines: Vec<&str> = if narrow {
            marker.short.iter().map(String::as_str).filter(|line| !line.is_empty()).collect()
        } else {
            vec![&marker.label]
        };
        let width = lines.iter().map(|line| text_width(line, size)).max().unwrap_or(0);
        // To the left of its line; where it would not fit there, or lie over the one before: to the
        // right.
        let left_fits = x - gap - width > taken.max(0) + px(6.0);
        let beside = (x + gap).min(size.width as i32 - width);
        let (at, side) = if left_fits { (x - gap, HPos::Right) } else { (beside, HPos::Left) };
        taken = if left_fits { x } else { x + gap + width };
        ends.push(if left_fits { (x - gap - width, x) } else { (x, taken) });
        let row = px(if narrow { FONT_SIZE + 2.0 } else { ROW });
        for (index, line) in lines.iter().rev().enumerate() {
            let y = top - px(4.0) - row * (1 + index as i32);
            let style = words(theme.ink, size, side, VPos::Top);
            let style = if index + 1 == lines.len() { bold(style) } else { style };
            root.draw(&Text::new(*line, (at, y), style))?;
        }
    }
    if let [(_, first), (second, _), ..] = ends[..]
        && layout.names_markers
        && !frame.between.is_empty()
    {
        let width = text_width(&frame.between, size);
        let room = second - first - 2 * gap;
        if width + px(36.0) < room {
            let (middle, y) = ((first + second) / 2, top - px(4.0) - px(ROW));
            let style = words(theme.muted, size, HPos::Center, VPos::Top);
            root.draw(&Text::new(frame.between.as_str(), (middle, y), style))?;
            let level = y + px(FONT_SIZE / 2.0);
            let half = width / 2 + px(6.0);
            let end = second - gap;
            for line in [
                vec![(first + gap, level), (middle - half, level)],
                vec![(middle + half, level), (end, level)],
                vec![
                    (end - px(4.0), level - px(3.0)),
                    (end, level),
                    (end - px(4.0), level + px(3.0)),
                ],
            ] {
                root.draw(&PathElement::new(line, thin(theme.muted, size)))?;
            }
        }
    }
    Ok(())
}

/// Dots where curves cross what the markers stand for; above the curves.
pub(super) fn dots(
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    for marker in &frame.markers {
        let Some((value, colour)) = marker.dot else { continue };
        let Some(x) = frame.across.position(marker.x) else { continue };
        let at = area.map_coordinate(&(x, frame.values.position(value)));
        root.draw(&Circle::new(at, px(7.0), frame.theme.paper.filled()))?;
        root.draw(&Circle::new(at, px(5.0), colour.filled()))?;
    }
    Ok(())
}

/// Writes a name over curves.
pub(super) fn name(
    root: &DrawingArea<Surface, Shift>,
    frame: &Frame,
    size: Size,
    name: &str,
    at: (i32, i32),
    style: &TextStyle<'static>,
) -> Drawn {
    write_over(root, name, at, style, &frame.theme, size)
}
