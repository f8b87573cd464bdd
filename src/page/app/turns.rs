//! Which charts a frame draws.

use web_time::{Duration, Instant};

/// Time for charts in a frame, beside what the browser needs to paint them, while all cores are busy
/// training.
const FRAME: Duration = Duration::from_millis(6);

/// Which charts are to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those that can be seen, one after the other; those that a frame has no time for in the next: while
    /// networks train.
    Seen,
    /// All, likewise: before they do.
    All,
    /// All in this frame: what changes no more.
    AllAtOnce,
}

/// The turns of one frame.
pub struct Turns {
    scope: Scope,
    /// Charts of this frame that were asked about.
    asked: usize,
    /// Charts before it have been drawn in the last frame.
    from: usize,
    left_off: Option<usize>,
    /// Whether one is drawn: each frame draws one at least, however late it is.
    any: bool,
    end: Instant,
}

impl Turns {
    /// The turns of a frame after those of the last one.
    pub fn after(last: Option<&Self>, scope: Scope) -> Self {
        let from = last.and_then(|last| last.left_off).unwrap_or(0);
        Self { scope, asked: 0, from, left_off: None, any: false, end: Instant::now() + FRAME }
    }

    /// Whether to draw the next chart, which can be seen or not.
    pub fn is_due(&mut self, seen: bool) -> bool {
        let chart = self.asked;
        self.asked += 1;
        if self.scope == Scope::AllAtOnce {
            return true;
        }
        if chart < self.from || (self.scope == Scope::Seen && !seen) {
            return false;
        }
        if self.left_off.is_none() && self.any && Instant::now() >= self.end {
            self.left_off = Some(chart);
        }
        self.any = true;
        self.left_off.is_none()
    }

    /// Whether some are left for the next frame.
    pub fn go_on(&self) -> bool {
        self.left_off.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Charts drawn in a frame that has time for `count`, of ten of which the sixth is not seen.
    fn drawn(turns: &mut Turns, count: usize) -> Vec<usize> {
        let mut drawn = Vec::new();
        for chart in 0..10 {
            if drawn.len() == count {
                turns.end = Instant::now();
            }
            if turns.is_due(chart != 5) {
                drawn.push(chart);
            }
        }
        drawn
    }

    fn long(last: Option<&Turns>, scope: Scope) -> Turns {
        let mut turns = Turns::after(last, scope);
        turns.end += Duration::from_secs(600);
        turns
    }

    #[test]
    fn charts_that_a_frame_has_no_time_for_are_drawn_in_the_next_and_unseen_ones_not_at_all() {
        let mut first = long(None, Scope::Seen);
        assert_eq!(drawn(&mut first, 4), [0, 1, 2, 3]);
        assert!(first.go_on());
        let mut second = long(Some(&first), Scope::Seen);
        assert_eq!(drawn(&mut second, 4), [4, 6, 7, 8]);
        let mut third = long(Some(&second), Scope::Seen);
        assert_eq!(drawn(&mut third, 4), [9]);
        assert!(!third.go_on());
        let mut fourth = long(Some(&third), Scope::Seen);
        assert_eq!(drawn(&mut fourth, 10), [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    }

    #[test]
    fn a_frame_that_is_late_before_its_first_chart_draws_one_and_leaves_the_others_for_the_next() {
        let mut first = long(None, Scope::Seen);
        assert_eq!(drawn(&mut first, 0), [0]);
        assert_eq!(drawn(&mut long(Some(&first), Scope::Seen), 0), [1]);
    }

    #[test]
    fn before_anything_trains_unseen_charts_have_their_turn_too() {
        let mut first = long(None, Scope::All);
        assert_eq!(drawn(&mut first, 4), [0, 1, 2, 3]);
        assert_eq!(drawn(&mut long(Some(&first), Scope::All), 6), [4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_changes_no_more_is_drawn_at_once_wherever_it_is() {
        let mut short = long(None, Scope::Seen);
        drawn(&mut short, 2);
        let mut all = long(Some(&short), Scope::AllAtOnce);
        assert_eq!(drawn(&mut all, 0).len(), 10);
        assert!(!all.go_on());
    }
}
