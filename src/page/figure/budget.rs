//! How much of a frame's time charts may take.

use std::collections::HashSet;

use web_time::{Duration, Instant};

use crate::page::chart::ChartId;

/// Time for charts in a frame, beside what the browser needs to paint them, while all cores train.
const FRAME: Duration = Duration::from_millis(6);

/// Which charts a frame draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Visible ones, until the time is over; the rest in the next frame. While networks train.
    Visible,
    /// All, until the time is over; the rest in the next frame. Before they train.
    All,
    /// All in this frame. When nothing changes any more.
    AllAtOnce,
}

/// The time of one frame.
pub struct DrawBudget {
    scope: Scope,
    /// Charts that the last frame had no time for. They come first.
    waiting: HashSet<ChartId>,
    /// Charts that this frame has no time for.
    left: HashSet<ChartId>,
    /// Whether another chart stood back for those that waited.
    has_skipped: bool,
    /// Whether one is drawn: each frame draws at least one, however late it is.
    has_drawn: bool,
    end: Instant,
}

impl DrawBudget {
    /// The budget of the frame after another one.
    pub fn after(last: Option<&Self>, scope: Scope) -> Self {
        Self {
            scope,
            waiting: last.map(|last| last.left.clone()).unwrap_or_default(),
            left: HashSet::new(),
            has_skipped: false,
            has_drawn: false,
            end: Instant::now() + FRAME,
        }
    }

    /// Whether to draw a chart now whose picture is out of date.
    pub fn may_draw(&mut self, chart: ChartId, is_visible: bool) -> bool {
        if self.scope == Scope::AllAtOnce {
            return true;
        }
        if self.scope == Scope::Visible && !is_visible {
            return false;
        }
        if !self.waiting.is_empty() && !self.waiting.contains(&chart) {
            self.has_skipped = true;
            return false;
        }
        let in_time = !self.has_drawn || (self.left.is_empty() && Instant::now() < self.end);
        if in_time {
            self.has_drawn = true;
        } else {
            self.left.insert(chart);
        }
        in_time
    }

    /// Whether the next frame has charts to draw, though nothing new may have happened.
    pub fn has_leftovers(&self) -> bool {
        !self.left.is_empty() || self.has_skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Charts drawn in a frame that has time for `count`, of ten of which number 5 is not visible.
    fn drawn(budget: &mut DrawBudget, count: usize) -> Vec<ChartId> {
        let mut drawn = Vec::new();
        for chart in 0..10 {
            if drawn.len() == count {
                budget.end = Instant::now();
            }
            if budget.may_draw(chart, chart != 5) {
                drawn.push(chart);
            }
        }
        drawn
    }

    fn long(last: Option<&DrawBudget>, scope: Scope) -> DrawBudget {
        let mut budget = DrawBudget::after(last, scope);
        budget.end += Duration::from_secs(600);
        budget
    }

    #[test]
    fn what_a_frame_has_no_time_for_comes_next_and_unseen_charts_not_at_all() {
        let mut first = long(None, Scope::Visible);
        assert_eq!(drawn(&mut first, 4), [0, 1, 2, 3]);
        assert!(first.has_leftovers());
        let mut second = long(Some(&first), Scope::Visible);
        assert_eq!(drawn(&mut second, 4), [4, 6, 7, 8]);
        let mut third = long(Some(&second), Scope::Visible);
        assert_eq!(drawn(&mut third, 4), [9]);
        // Those that stood back for it.
        assert!(third.has_leftovers());
        let mut fourth = long(Some(&third), Scope::Visible);
        assert_eq!(drawn(&mut fourth, 10), [0, 1, 2, 3, 4, 6, 7, 8, 9]);
        assert!(!fourth.has_leftovers());
    }

    #[test]
    fn a_frame_that_is_late_before_its_first_chart_draws_one() {
        let mut first = long(None, Scope::Visible);
        assert_eq!(drawn(&mut first, 0), [0]);
        assert_eq!(drawn(&mut long(Some(&first), Scope::Visible), 0), [1]);
    }

    #[test]
    fn before_anything_trains_unseen_charts_have_their_turn_too() {
        let mut first = long(None, Scope::All);
        assert_eq!(drawn(&mut first, 4), [0, 1, 2, 3]);
        assert_eq!(drawn(&mut long(Some(&first), Scope::All), 6), [4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_changes_no_more_is_drawn_at_once_wherever_it_is() {
        let mut short = long(None, Scope::Visible);
        drawn(&mut short, 2);
        let mut all = long(Some(&short), Scope::AllAtOnce);
        assert_eq!(drawn(&mut all, 0).len(), 10);
        assert!(!all.has_leftovers());
    }
}
