//! Curves with their bands and names.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    Area, Dashes, Drawn, FONT_SIZE, Frame, Line, Point, Series, Size, Surface, bold, text_width,
    words,
};
use crate::chart::ValueAxis;
use crate::stats::sort_short;

/// Heights at which a name may stand beside its curve, the first choice first.
const HEIGHTS: [f64; 6] = [0.5, 0.66, 0.34, 0.82, 0.18, 0.95];

/// A place in pixels, from the left and from the top.
type Pixel = (i32, i32);

/// Where a name stands inside the plot, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spot {
    left: i32,
    right: i32,
    y: i32,
}

impl Spot {
    /// A name that ends at a place, or begins at the left edge if it would begin before.
    fn new((right, y): Pixel, name: &str, size: Size) -> Self {
        let width = text_width(name, size);
        let right = right.max(width);
        Self { left: right - width, right, y }
    }

    /// Whether two names lie over one another, in lines of so many pixels.
    fn hits(&self, other: &Self, row: i32) -> bool {
        (self.y - other.y).abs() < row && self.left < other.right && other.left < self.right
    }

    /// Moved to the left until it hits no curve and no name, but not past an edge. `None` where there
    /// is no room.
    fn left_of(
        mut self,
        curves: &[(i32, i32)],
        taken: &[Self],
        row: i32,
        [edge, gap]: [i32; 2],
    ) -> Option<Self> {
        loop {
            let curve = curves.iter().find(|(from, to)| *from < self.right && self.left < *to);
            let name = || taken.iter().find(|other| self.hits(other, row));
            let stop = curve.map(|(from, _)| *from).or_else(|| Some(name()?.left));
            let Some(stop) = stop else { return Some(self) };
            let width = self.right - self.left;
            self.right = stop - gap;
            self.left = self.right - width;
            if self.left < edge {
                return None;
            }
        }
    }

    /// Moved up until it hits no other.
    fn above(mut self, taken: &[Self], row: i32) -> Self {
        while let Some(other) = taken.iter().find(|other| self.hits(other, row)) {
            self.y = other.y - row;
        }
        self
    }
}

/// Where the name of a curve that rises may stand.
struct Rising {
    index: usize,
    beside: Vec<Beside>,
    /// Above its end.
    above: Spot,
}

/// Beside the curve at one of the heights.
struct Beside {
    spot: Spot,
    /// Where the curve is at that height.
    curve: Pixel,
    /// The other curves in its row.
    others: Vec<(i32, i32)>,
}

/// Places names beside their curves where no other curve or name is in the way, else further to the
/// left with the place of the curve, else over other curves, else above the ends. Those that move
/// least come first.
fn placed(
    mut rising: Vec<Rising>,
    row: i32,
    [edge, gap]: [i32; 2],
    taken: &mut Vec<Spot>,
) -> Vec<(usize, Spot, Option<Pixel>)> {
    let mut all = Vec::new();
    while !rising.is_empty() {
        let nearest = |is_clear: bool| {
            let beside = rising
                .iter()
                .enumerate()
                .flat_map(|(at, name)| name.beside.iter().map(move |beside| (at, beside)));
            let spots = beside.filter_map(|(at, Beside { spot, curve, others })| {
                let (curves, edge) = if is_clear { (&others[..], edge) } else { (&[][..], 0) };
                let moved = spot.left_of(curves, taken, row, [edge, gap])?;
                Some((at, moved, spot.right - moved.right, *curve))
            });
            spots.min_by_key(|(_, _, by, _)| *by)
        };
        let (at, spot, leader) = match nearest(true).or_else(|| nearest(false)) {
            Some((at, spot, by, curve)) => (at, spot, (by > 0).then_some(curve)),
            None => (0, rising[0].above.above(taken, row), None),
        };
        taken.push(spot);
        all.push((rising.remove(at).index, spot, leader));
    }
    all
}

/// From where to where curves other than one pass through a row of names, in pixels.
fn obstacles(lines: &[Vec<Pixel>], own: usize, y: i32, row: i32) -> Vec<(i32, i32)> {
    let (top, bottom) = (y - row / 2, y + row / 2);
    let others = lines.iter().enumerate().filter(|(index, _)| *index != own);
    let pieces = others.flat_map(|(_, line)| line.windows(2));
    let through =
        pieces.filter(|pair| pair[0].1.min(pair[1].1) <= bottom && pair[0].1.max(pair[1].1) >= top);
    through.map(|pair| (pair[0].0, pair[1].0)).collect()
}

/// Height of a line of names inside the plot, in CSS pixels.
const ROW_OF_NAME: f64 = 17.0;

/// Draws bands, then lines, then the curves' names.
pub(super) fn curves(
    root: &DrawingArea<Surface, Shift>,
    area: &Area,
    frame: &Frame,
    size: Size,
    series: &[Series],
) -> Drawn {
    let px = |css: f64| (css * size.scale) as i32;
    let place = |point: &Point, value: f64| {
        frame.across.position(point.x).map(|x| (x, frame.values.position(value)))
    };
    let columns = f64::from(size.width);
    let series: Vec<Series> = series
        .iter()
        .map(|series| Series {
            points: decimate(&series.points, |x| {
                Some((frame.across.position(x)? * columns) as i64)
            }),
            ..series.clone()
        })
        .collect();
    let series = series.as_slice();
    for series in series.iter().filter(|s| !matches!(s.line, Line::Ghost | Line::Guess)) {
        let mut outline: Vec<_> = series.points.iter().filter_map(|p| place(p, p.high)).collect();
        outline.extend(series.points.iter().rev().filter_map(|p| place(p, p.low)));
        if outline.len() > 2 {
            area.draw(&Polygon::new(outline, series.colour.mix(0.22)))?;
        }
    }
    let mut names: Vec<((i32, i32), &Series)> = Vec::new();
    let mut inside = Vec::new();
    let (mut taken, row): (Vec<Spot>, i32) = (Vec::new(), px(ROW_OF_NAME));
    let mut wide: Vec<(i32, &Series)> = Vec::new();
    let mut rising = Vec::new();
    let lines: Vec<Vec<Pixel>> = series
        .iter()
        .map(|series| {
            let places = series.points.iter().filter_map(|point| place(point, point.median));
            places.map(|at| area.map_coordinate(&at)).collect()
        })
        .collect();
    for (index, series) in series.iter().enumerate() {
        let line: Vec<_> = series.points.iter().filter_map(|p| place(p, p.median)).collect();
        let Some(&end) = line.last() else { continue };
        let style = ShapeStyle {
            color: series.colour.to_rgba(),
            filled: false,
            stroke_width: px(match series.line {
                Line::Thin => 1.0,
                Line::Ghost => 1.75,
                Line::Guess => 4.0,
                Line::Solid | Line::Dashed => 2.5,
            }) as u32,
        };
        if line.len() == 1 {
            // No line yet.
            area.draw(&Circle::new(end, px(3.0), series.colour.filled()))?;
        } else if series.line == Line::Dashed {
            area.draw(&Dashes { points: line, lengths: [px(7.0), px(4.0)], style })?;
        } else {
            area.draw(&PathElement::new(line, style))?;
        }
        if series.name.is_empty() {
            continue;
        }
        if series.named_where_it_rises {
            let heights = HEIGHTS.iter().filter(|_| frame.values == ValueAxis::Share);
            let beside = heights.filter_map(|height| {
                let point = series.points.iter().find(|point| point.median >= *height)?;
                let (x, y) = area.map_coordinate(&place(point, *height)?);
                let spot = Spot::new((x - px(10.0), y), &series.name, size);
                Some(Beside { spot, curve: (x, y), others: obstacles(&lines, index, y, row) })
            });
            let (x, y) = area.map_coordinate(&end);
            let above = Spot::new((x - px(10.0), y - px(FONT_SIZE)), &series.name, size);
            rising.push(Rising { index, beside: beside.collect(), above });
            continue;
        }
        let (x, y) = area.map_coordinate(&end);
        // Bold is wider.
        let room = f64::from(size.width as i32 - x) - 9.0 * size.scale;
        if 1.1 * f64::from(text_width(&series.name, size)) > room {
            wide.push((y, series));
            continue;
        }
        names.push(((x, y), series));
    }
    let limits = [area.get_pixel_range().0.start, px(8.0)];
    for (index, spot, leader) in placed(rising, row, limits, &mut taken) {
        let series = &series[index];
        if let Some(curve) = leader {
            let thin = ShapeStyle { stroke_width: px(1.0).max(1) as u32, ..series.colour.into() };
            let from = (spot.right + px(4.0), spot.y);
            root.draw(&PathElement::new(vec![from, curve], thin))?;
            root.draw(&Circle::new(curve, px(3.0), series.colour.filled()))?;
        }
        let style = words(series.ink, size, HPos::Right, VPos::Center);
        inside.push(((spot.right, spot.y), style, series));
    }
    // Names that do not fit beside their ends: the highest stands above its end, others below.
    sort_short(&mut wide, |a, b| a.0 < b.0);
    for (index, (y, series)) in wide.into_iter().enumerate() {
        let style = bold(words(series.ink, size, HPos::Right, VPos::Center));
        let away = px(1.4 * FONT_SIZE) * if index == 0 { -1 } else { 1 };
        let at = (size.width as i32 - px(2.0), y + away);
        let spot = Spot::new(at, &series.name, size).above(&taken, row);
        inside.push(((spot.right, spot.y), style, series));
        taken.push(spot);
    }
    for (at, style, series) in inside {
        super::frame::name(root, frame, size, &series.name, at, &style)?;
    }
    super::frame::dots(root, area, frame, size)?;
    // Names that would lie over one another are moved apart.
    sort_short(&mut names, |((_, a), _), ((_, b), _)| a < b);
    for index in 1..names.len() {
        let least = names[index - 1].0.1 + px(if size.is_narrow() { 17.0 } else { 19.0 });
        let y = &mut names[index].0.1;
        *y = (*y).max(least);
    }
    // And back up from what is written below the plot.
    let (_, mut most) = area.map_coordinate(&(0.0, 0.0));
    for ((_, y), _) in names.iter_mut().rev() {
        *y = (*y).min(most);
        most = *y - px(if size.is_narrow() { 17.0 } else { 19.0 });
    }
    let has_guess = series.iter().any(|series| series.line == Line::Guess);
    for ((x, y), series) in names {
        // Bold is wider. What does not fit goes without its value.
        let room = f64::from(size.width as i32 - x) - 9.0 * size.scale;
        let fits = 1.1 * f64::from(text_width(&series.label, size)) < room;
        let label = if fits { &series.label } else { &series.name };
        let (at, style) =
            ((x + px(9.0), y), bold(words(series.ink, size, HPos::Left, VPos::Center)));
        if has_guess {
            // Drawn where curves are still to come.
            super::frame::name(root, frame, size, label, at, &style)?;
        } else {
            root.draw(&Text::new(label.as_str(), at, style))?;
        }
    }
    Ok(())
}

/// Keeps of each pixel column the first and the last point, the lowest and the highest median, and
/// the whole band: what is drawn stays the same, however many points there are.
fn decimate(points: &[Point], column: impl Fn(f64) -> Option<i64>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len().min(4096));
    let same = |a: &Point, b: &Point| column(a.x) == column(b.x);
    for group in points.chunk_by(same) {
        let [first, .., last] = group else {
            kept.extend_from_slice(group);
            continue;
        };
        let low = group.iter().map(|point| point.low).fold(f64::INFINITY, f64::min);
        let high = group.iter().map(|point| point.high).fold(f64::NEG_INFINITY, f64::max);
        let by_median = |a: &&Point, b: &&Point| a.median.total_cmp(&b.median);
        let extremes = [group.iter().min_by(by_median), group.iter().max_by(by_median)];
        let mut points: Vec<Point> =
            [Some(first), Some(last)].into_iter().chain(extremes).flatten().copied().collect();
        sort_short(&mut points, |a, b| a.x < b.x);
        points.dedup_by(|a, b| a.x == b.x);
        kept.extend(points.into_iter().map(|point| Point { low, high, ..point }));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_moves_up_past_all_that_it_would_lie_over() {
        let spot = |left, right, y| Spot { left, right, y };
        let taken = [spot(0, 50, 100), spot(40, 90, 85), spot(200, 250, 100)];
        let moved = spot(20, 60, 105).above(&taken, 17);
        assert_eq!(moved, spot(20, 60, 68));
        assert!(taken.iter().all(|other| !moved.hits(other, 17)));
    }

    #[test]
    fn a_name_moves_left_of_all_curves_and_names_in_its_row() {
        let spot = |left, right| Spot { left, right, y: 100 };
        let lines = vec![
            vec![(10, 130), (290, 120)],
            vec![(150, 200), (160, 20)],
            vec![(170, 104), (190, 96)],
        ];
        let curves = obstacles(&lines, 0, 100, 16);
        assert_eq!(curves, [(150, 160), (170, 190)]);
        let moved = |name: Spot, taken: &[Spot]| name.left_of(&curves, taken, 16, [0, 8]);
        assert_eq!(moved(spot(200, 260), &[]), Some(spot(200, 260)));
        assert_eq!(moved(spot(180, 240), &[]), Some(spot(82, 142)));
        assert_eq!(moved(spot(180, 240), &[spot(100, 120)]), Some(spot(32, 92)));
        assert_eq!(moved(spot(100, 260), &[]), None);
    }

    #[test]
    fn names_that_need_no_leader_come_first() {
        let spot = |left, right| Spot { left, right, y: 100 };
        let name = |index, right: i32, others: &[(i32, i32)]| {
            let beside = Beside {
                spot: spot(right - 60, right),
                curve: (right + 10, 100),
                others: others.to_vec(),
            };
            Rising { index, beside: vec![beside], above: spot(500, 560) }
        };
        // The first would move to where the second stands.
        let rising = vec![name(0, 200, &[(170, 180)]), name(1, 165, &[])];
        let found = placed(rising, 16, [0, 8], &mut Vec::new());
        let expected = [(1, spot(105, 165), None), (0, spot(37, 97), Some((210, 100)))];
        assert_eq!(found, expected);
        let narrow = |taken: &[Spot]| {
            placed(vec![name(0, 60, &[(20, 30)])], 16, [0, 8], &mut taken.to_vec())
        };
        assert_eq!(narrow(&[]), [(0, spot(0, 60), None)], "over another curve");
        assert_eq!(narrow(&[spot(0, 9)]), [(0, spot(500, 560), None)]);
    }

    #[test]
    fn a_column_keeps_its_ends_its_extremes_and_its_band() {
        let points: Vec<Point> = (0..1000)
            .map(|i| {
                let (x, median) = (f64::from(i), f64::from(i % 10));
                Point { x, low: median - 1.0, median, high: median + 1.0 }
            })
            .collect();
        let kept = decimate(&points, |x| Some((x / 100.0) as i64));
        assert!(kept.len() <= 40, "{}", kept.len());
        assert_eq!((kept[0].x, kept[kept.len() - 1].x), (0.0, 999.0));
        for column in 0..10 {
            let of_column = || kept.iter().filter(|p| (p.x / 100.0) as i64 == column);
            assert_eq!(of_column().map(|p| p.median).fold(f64::MAX, f64::min), 0.0);
            assert_eq!(of_column().map(|p| p.median).fold(f64::MIN, f64::max), 9.0);
            assert!(of_column().all(|p| (p.low, p.high) == (-1.0, 10.0)));
        }
    }

    #[test]
    fn points_that_have_columns_of_their_own_are_all_kept() {
        let points: Vec<Point> =
            (0..50).map(|i| Point { x: f64::from(i), low: 0.0, median: 0.5, high: 1.0 }).collect();
        assert_eq!(decimate(&points, |x| Some(x as i64)), points);
    }
}
