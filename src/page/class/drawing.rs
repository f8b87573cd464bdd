//! A curve that a class draws over the axis of steps, with a pen or by a choice. It is a guess and
//! no data.

/// Columns across the plot.
const COLUMNS: usize = 200;

/// A height for each column that was drawn on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    heights: Vec<Option<f64>>,
}

impl Drawing {
    /// Draws a line between two places, each across and up from 0 to 1. What lies left of `from` is
    /// known already, so nothing is drawn there. A later line replaces an earlier one.
    pub fn stroke(&mut self, begin: [f64; 2], end: [f64; 2], from: f64) {
        self.heights.resize(COLUMNS + 1, None);
        let ([x, y], [to_x, to_y]) = if begin[0] <= end[0] { (begin, end) } else { (end, begin) };
        let column = |x: f64| (x.clamp(0.0, 1.0) * COLUMNS as f64).round() as usize;
        for index in column(x)..=column(to_x) {
            let across = index as f64 / COLUMNS as f64;
            let share = if to_x > x { ((across - x) / (to_x - x)).clamp(0.0, 1.0) } else { 1.0 };
            if across >= from {
                self.heights[index] = Some((y + share * (to_y - y)).clamp(0.0, 1.0));
            }
        }
    }

    /// Draws a curve that stays low from `from` on, and rises at a place if it is told one.
    pub fn choose(&mut self, from: f64, rises: Option<f64>) {
        /// Of the width of the plot, from a quarter to three quarters of the height.
        const SLOPE: f64 = 0.02;
        self.heights = (0..=COLUMNS)
            .map(|index| {
                let across = index as f64 / COLUMNS as f64;
                let height = rises
                    .map_or(0.0, |rises| 1.0 / (1.0 + (-1.1 * (across - rises) / SLOPE).exp()));
                (across >= from).then_some(height)
            })
            .collect();
    }

    /// Places across the plot with the height drawn there, from left to right.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let drawn = self.heights.iter().enumerate();
        drawn.filter_map(|(index, height)| Some((index as f64 / COLUMNS as f64, (*height)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_fills_what_it_crosses_and_nothing_that_is_known() {
        let mut drawing = Drawing::default();
        assert_eq!(drawing.points().count(), 0);
        drawing.stroke([0.3, 0.2], [0.7, 1.4], 0.5);
        let points: Vec<_> = drawing.points().collect();
        assert_eq!((points[0].0, points[points.len() - 1]), (0.5, (0.7, 1.0)));
        assert!((points[0].1 - 0.8).abs() < 1e-9, "{points:?}");
        // Backwards, over a part of it.
        drawing.stroke([0.6, 0.1], [0.55, 0.1], 0.5);
        let height = |at: f64| drawing.points().find(|(x, _)| *x == at).map(|(_, y)| y);
        assert_eq!([height(0.55), height(0.6), height(0.4)], [Some(0.1), Some(0.1), None]);
        assert_ne!(height(0.65), Some(0.1));
    }

    #[test]
    fn a_choice_is_a_curve_that_rises_where_it_says_or_never() {
        let mut drawing = Drawing::default();
        drawing.choose(0.4, Some(0.8));
        let heights: Vec<_> = drawing.points().collect();
        assert!(heights[0].0 >= 0.4 && heights[0].1 < 0.01);
        assert!(heights.iter().any(|(x, y)| *x == 0.8 && (*y - 0.5).abs() < 1e-9));
        assert!(heights[heights.len() - 1].1 > 0.99);
        drawing.choose(0.4, None);
        assert!(drawing.points().all(|(_, height)| height == 0.0));
        assert_ne!(drawing.points().count(), 0);
    }
}
