//! What several panels need, computed once for each state of the history.

use std::ops::Deref;

use crate::history::History;
use crate::page::chart::Theme;
use crate::page::plots::{self, OverTime};
use crate::page::session::Version;
use crate::text::Text;

use super::ViewOptions;

/// A value that is computed again only when what it depends on has changed.
pub struct Cached<K, T> {
    kept: Option<(K, T)>,
}

impl<K, T> Default for Cached<K, T> {
    fn default() -> Self {
        Self { kept: None }
    }
}

impl<K: PartialEq, T> Cached<K, T> {
    /// The value for a key.
    pub fn get(&mut self, key: K, compute: impl FnOnce() -> T) -> &T {
        if self.kept.as_ref().is_none_or(|(known, _)| *known != key) {
            self.kept = Some((key, compute()));
        }
        match &self.kept {
            Some((_, value)) => value,
            None => unreachable!("it was just put there"),
        }
    }
}

/// What several panels need.
#[derive(Default)]
pub struct Shared {
    version: Option<((Version, Option<u64>), bool, u32)>,
    over_time: OverTime,
    /// The step that the reader points at, or the last one.
    pub pointed_step: f64,
    /// Where the crosshair stands, from 0 to 1: at an evaluated step.
    pub crosshair: Option<f64>,
}

impl Deref for Shared {
    type Target = OverTime;

    fn deref(&self) -> &OverTime {
        &self.over_time
    }
}

impl Shared {
    /// Brings everything up to date.
    pub fn update(
        &mut self,
        history: &History,
        version: (Version, Option<u64>),
        options: &ViewOptions,
        theme: &Theme,
        view: u32,
        text: &Text,
    ) {
        let key = (version, options.address.log_axis, view);
        if self.version != Some(key) {
            self.version = Some(key);
            self.over_time = OverTime::new(history, options.address.log_axis, theme, text);
        }
        let last = history.evaluations().last().map_or(0, |evaluation| evaluation.step);
        let pointed = options.pointed.time.map(|position| self.time.at(position));
        let scrubbed = options.scrubbed.map(f64::from);
        let step = pointed.or(scrubbed).unwrap_or(f64::INFINITY).min(f64::from(last));
        let near = plots::nearest_step(history, step);
        self.pointed_step = near.map_or(0.0, f64::from);
        let shown = pointed.or(scrubbed).and(near);
        self.crosshair = shown.and_then(|step| self.time.position(f64::from(step)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_value_is_computed_once_for_each_key() {
        let (mut cached, mut count) = (Cached::default(), 0);
        for key in [1, 1, 2, 2, 1] {
            let value = *cached.get(key, || {
                count += 1;
                10 * key
            });
            assert_eq!(value, 10 * key);
        }
        assert_eq!(count, 3);
    }
}
