//! Double descent over a size: width or samples.

use super::{ClaimCell, Count, Evidence, limits};
use crate::experiment::Settings;
use crate::history::{History, Score};
use crate::stats;

/// The last scores on the test set of a seed, by size.
type OverSizes = Vec<(f64, Score)>;

/// Whether error and loss at the end have a peak over a size.
pub(super) fn peak(run: &History, size: fn(&Settings) -> f64) -> ClaimCell {
    let members = run.experiment().members();
    let of_seed = |seed: u32| -> OverSizes {
        // A network that diverged has no last score.
        let last = |index| {
            let (_, scores) = run.member(index).last()?;
            scores.is_finite().then_some(scores.test)
        };
        let all = members.iter().enumerate().filter(|(_, member)| member.seed == seed);
        let mut sizes: OverSizes =
            all.filter_map(|(index, member)| Some((size(member), last(index)?))).collect();
        stats::sort_short(&mut sizes, |a, b| a.0 < b.0);
        sizes
    };
    let settings = run.experiment().settings;
    let seeds: Vec<OverSizes> =
        (settings.seed..settings.seed + settings.seeds as u32).map(of_seed).collect();
    let count = seeds.iter().map(Vec::len).max().unwrap_or(0);
    let whole: Vec<&OverSizes> = seeds.iter().filter(|sizes| sizes.len() == count).collect();
    let errors = |sizes: &OverSizes| -> Vec<f64> {
        sizes.iter().map(|(_, score)| 1.0 - f64::from(score.accuracy)).collect()
    };
    let losses = |sizes: &OverSizes| -> Vec<f64> {
        sizes.iter().map(|(_, score)| f64::from(score.loss).max(1e-12).ln()).collect()
    };
    let counted = |values: &dyn Fn(&OverSizes) -> Vec<f64>, change: f64| {
        // A seed that lacks a size cannot be told.
        let is_whole = |sizes: &OverSizes| sizes.len() == count;
        let told = |sizes| is_whole(sizes).then(|| height(&values(sizes)).1 >= change);
        Count::of(seeds.iter().map(told))
    };
    let error = counted(&errors, limits::ERROR);
    let loss = counted(&losses, limits::LOSS.ln());
    let medians = |values: &dyn Fn(&OverSizes) -> Vec<f64>| -> Vec<f64> {
        let all: Vec<Vec<f64>> = whole.iter().map(|sizes| values(sizes)).collect();
        let median = |at: usize| stats::median(all.iter().map(|values| values[at]));
        (0..count).map(|at| median(at).unwrap_or(f64::NAN)).collect()
    };
    let (errors, losses) = (medians(&errors), medians(&losses));
    let at = height(&losses).0;
    let lowest = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let around = |values: &[f64]| match values.get(at) {
        Some(&peak) => [lowest(&values[..=at]), peak, lowest(&values[at..])],
        None => [f64::NAN; 3],
    };
    let size_at = whole.first().and_then(|sizes| sizes.get(at)).map_or(0.0, |(size, _)| *size);
    let evidence = Evidence::Sizes {
        error,
        loss,
        at: size_at,
        errors: around(&errors),
        losses: around(&losses).map(f64::exp),
    };
    ClaimCell { verdict: error.verdict_or_partly(loss), evidence }
}

/// The index of the peak that stands out most, and by how much: above the lowest value before it,
/// and above the lowest value after it.
fn height(values: &[f64]) -> (usize, f64) {
    let lowest = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let of = |at: usize| {
        (values[at] - lowest(&values[..at])).min(values[at] - lowest(&values[at + 1..]))
    };
    let inner = 1..values.len().saturating_sub(1);
    let best = inner.max_by(|a, b| of(*a).total_cmp(&of(*b)));
    best.map_or((0, 0.0), |at| (at, of(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_stands_out_on_both_sides() {
        assert_eq!(height(&[3.0, 1.0, 2.0, 5.0, 2.5, 2.0]), (3, 3.0));
        assert_eq!(height(&[5.0, 4.0, 3.0]).1, -1.0);
        assert_eq!(height(&[1.0, 2.0, 3.0]).1, -1.0);
        assert_eq!(height(&[]), (0, 0.0));
    }
}
