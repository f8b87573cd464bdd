//! How the document's workers are shared: how many there are, and which runs play.

use std::collections::VecDeque;

use crate::protocol::{Backend, RunId};
use crate::stats::sort_short;

/// Runs that play at once in the document, on whatever backend. Two go at about half the speed each
/// and can be compared; more would all be slow.
pub const PLAYING: usize = 2;

/// Workers of the CPU at most, however many cores the browser names: each is a program of its own
/// with its own memory.
const MAX_WORKERS: usize = 8;

/// Workers of the CPU at most. `cores` is what the browser says, `wish` what the address says.
///
/// All cores train: to leave one to the page would halve the rate on two.
pub fn worker_limit(cores: f64, wish: Option<usize>) -> usize {
    // A browser may say nothing, or nonsense.
    let cores = if cores.is_finite() { cores as usize } else { 1 };
    wish.unwrap_or(MAX_WORKERS).min(MAX_WORKERS).min(cores.max(1)).max(1)
}

/// Workers that a backend needs for runs with these numbers of members, at most `limit` on the CPU:
/// as many as members can play at once.
pub fn workers_needed(
    backend: Backend,
    members: impl Iterator<Item = usize>,
    limit: usize,
) -> usize {
    if backend == Backend::Gpu {
        return 1;
    }
    let mut members: Vec<usize> = members.collect();
    sort_short(&mut members, usize::gt);
    members.iter().take(PLAYING).sum::<usize>().clamp(1, limit.max(1))
}

/// What becomes of a request to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The run plays now.
    Now,
    /// Others play: the run waits until one of them leaves.
    Waits,
}

/// Which runs play, and which wait in the order in which they asked.
#[derive(Debug, Default)]
pub struct Turns {
    playing: Vec<RunId>,
    waiting: VecDeque<RunId>,
    /// Whether a lock that other documents share is awaited; `None` where there is none.
    is_shut: Option<bool>,
}

impl Turns {
    /// Turns that begin once [`Self::open`] is called, and again after each pause of all runs.
    pub fn shut() -> Self {
        Self { is_shut: Some(true), ..Self::default() }
    }

    /// Whether runs wait for [`Self::open`].
    pub fn is_shut(&self) -> bool {
        self.is_shut == Some(true)
    }

    /// Returns the runs whose turn it is now.
    #[must_use]
    pub fn open(&mut self) -> Vec<RunId> {
        self.is_shut = Some(false);
        let room = PLAYING.saturating_sub(self.playing.len()).min(self.waiting.len());
        let next: Vec<RunId> = self.waiting.drain(..room).collect();
        self.playing.extend(&next);
        next
    }

    /// Shuts if no run plays or waits. Returns whether it did so.
    #[must_use]
    pub fn shut_if_idle(&mut self) -> bool {
        let is_idle = self.playing.is_empty() && self.waiting.is_empty();
        let shuts = self.is_shut.is_some() && is_idle;
        if shuts {
            self.is_shut = Some(true);
        }
        shuts
    }

    /// Asks for a run to play. Asking twice changes nothing.
    pub fn ask(&mut self, run: RunId) -> Turn {
        if self.playing.contains(&run) {
            return Turn::Now;
        }
        if self.playing.len() < PLAYING && !self.is_shut() {
            // Nobody waits as long as there is room.
            self.playing.push(run);
            return Turn::Now;
        }
        if !self.waiting.contains(&run) {
            self.waiting.push_back(run);
        }
        Turn::Waits
    }

    /// A run plays no more, or waits no more. Returns the run whose turn it is now.
    #[must_use]
    pub fn leave(&mut self, run: RunId) -> Option<RunId> {
        self.waiting.retain(|other| *other != run);
        self.playing.retain(|other| *other != run);
        if self.playing.len() == PLAYING || self.is_shut() {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.playing.push(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_limited_by_cores_by_eight_and_by_the_address() {
        assert_eq!(worker_limit(2.0, None), 2);
        assert_eq!(worker_limit(64.0, None), 8);
        assert_eq!(worker_limit(64.0, Some(64)), 8);
        assert_eq!(worker_limit(4.0, Some(3)), 3);
        assert_eq!(worker_limit(2.0, Some(3)), 2);
        assert_eq!(worker_limit(4.0, Some(0)), 1);
        for nonsense in [f64::NAN, f64::INFINITY, 0.0, -3.0] {
            assert_eq!(worker_limit(nonsense, None), 1, "{nonsense}");
        }
    }

    #[test]
    fn there_are_as_many_workers_as_members_can_play_at_once() {
        let needed = |members: &[usize]| workers_needed(Backend::Cpu, members.iter().copied(), 8);
        assert_eq!(needed(&[1]), 1);
        assert_eq!(needed(&[5]), 5);
        assert_eq!(needed(&[1, 1]), 2);
        assert_eq!(needed(&[1, 2, 1, 3]), 5);
        assert_eq!(needed(&[5, 5]), 8);
        assert_eq!(workers_needed(Backend::Gpu, [5, 5].into_iter(), 8), 1);
    }

    #[test]
    fn a_third_run_waits_and_plays_when_one_leaves() {
        let [a, b, c, d] = [1, 2, 3, 4].map(RunId);
        let mut turns = Turns::default();
        assert_eq!(
            [a, b, c, d].map(|run| turns.ask(run)),
            [Turn::Now, Turn::Now, Turn::Waits, Turn::Waits]
        );
        assert_eq!((turns.ask(a), turns.ask(c)), (Turn::Now, Turn::Waits));
        assert_eq!(turns.leave(a), Some(c));
        // The run that left comes last.
        assert_eq!(turns.ask(a), Turn::Waits);
        assert_eq!(turns.leave(b), Some(d));
        assert_eq!(turns.leave(c), Some(a));
        assert_eq!(turns.leave(d), None);
        assert_eq!(turns.ask(b), Turn::Now);
    }

    #[test]
    fn runs_wait_until_the_lock_of_all_documents_is_held() {
        let [a, b, c] = [1, 2, 3].map(RunId);
        let mut turns = Turns::shut();
        assert_eq!([a, b, c].map(|run| turns.ask(run)), [Turn::Waits; 3]);
        assert_eq!(turns.leave(b), None);
        assert_eq!(turns.open(), [a, c]);
        assert!(!turns.shut_if_idle());
        assert_eq!((turns.leave(a), turns.leave(c)), (None, None));
        assert!(turns.shut_if_idle() && turns.is_shut());
        assert_eq!(turns.ask(a), Turn::Waits);
        // Where there is no lock nothing shuts.
        assert!(!Turns::default().shut_if_idle());
    }

    #[test]
    fn a_run_that_waits_can_leave_the_queue() {
        let [a, b, c, d] = [1, 2, 3, 4].map(RunId);
        let mut turns = Turns::default();
        let asked = [a, b, c, d].map(|run| turns.ask(run));
        assert_eq!(asked, [Turn::Now, Turn::Now, Turn::Waits, Turn::Waits]);
        assert_eq!(turns.leave(c), None);
        assert_eq!(turns.leave(c), None);
        assert_eq!(turns.leave(a), Some(d));
    }
}
