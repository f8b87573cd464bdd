//! Divides a noisy curve into pieces that rise or fall, and finds where each is 10%, 50% and 90%
//! done.
//!
//! The fit is piecewise monotone: optimal partitioning (Jackson et al., IEEE Signal Processing
//! Letters 12, 2005) with isotonic regressions of alternating direction as segments (unimodal
//! segmentation: Haiminen & Gionis, ICDM 2004). A turning point has to lower the squared error by
//! more than a penalty, as in PELT (Killick, Fearnhead & Eckley, JASA 107, 2012). The same penalty
//! decides whether a piece differs from a constant. No threshold depends on the unit of a curve.

use crate::stats;

/// Which way a piece goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From low to high.
    Rise,
    /// From high to low.
    Fall,
}

impl Direction {
    /// The name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Rise => "rise",
            Self::Fall => "fall",
        }
    }

    fn sign(self) -> f64 {
        match self {
            Self::Rise => 1.0,
            Self::Fall => -1.0,
        }
    }
}

/// A step of one network with the range in which it lies: the measured steps beside it, and what the
/// noise of the curve leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The step, between measured ones if need be.
    pub step: f64,
    /// The lowest step that it could be.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// A part of a curve that rises or falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Which way.
    pub direction: Direction,
    /// The value before the change.
    pub from: f64,
    /// The value after it, or the last one if it goes on.
    pub to: f64,
    /// Where 10% of the change are done.
    pub onset: Reading,
    /// Where half of it is done.
    pub half: Reading,
    /// Where 90% are done.
    pub end: Reading,
    /// Whether it still went on at the last measured step: 90% were reached within the last 15% of
    /// the steps. What is said of it then holds for the change so far.
    pub goes_on: bool,
}

impl Piece {
    /// The size of the change, in the curve's unit.
    #[must_use]
    pub fn height(&self) -> f64 {
        (self.to - self.from).abs()
    }
}

/// Fewer values than these are no evidence: three values in a row rise or fall by chance.
const MIN_POINTS: usize = 5;
/// What a turning point costs, in squared deviations of the noise: this, and
const PENALTY: f64 = 8.0;
/// this for each factor e in the number of values.
const PENALTY_PER_LOG: f64 = 3.0;
/// The noise counts as at least this fraction of the range of a curve. A curve that is flat most of
/// the time, and rough where it changes, would break into many pieces otherwise.
const LEAST_NOISE: f64 = 0.02;
/// Smallest change that counts, as a fraction of the whole range of a curve.
const SMALLEST: f64 = 0.05;
/// Fractions of a change at its onset, half and end.
const FRACTIONS: [f64; 3] = [0.1, 0.5, 0.9];
/// A change is over if it was 90% done before this fraction of the last step.
const OVER: f64 = 0.85;

/// The pieces of a curve that rise or fall by more than its noise, in order. `points` are steps, in
/// rising order, with values; the first value that is not finite ends the curve. The noise is
/// estimated from neighbouring values, and is at least `noise`, in the unit of the curve.
#[must_use]
pub fn pieces(points: &[(f64, f64)], noise: f64) -> Vec<Piece> {
    let finite = points.iter().take_while(|(_, value)| value.is_finite()).count();
    let points = &points[..finite];
    if points.len() < MIN_POINTS {
        return Vec::new();
    }
    let curve = LogCurve::new(points, noise);
    let (low, high) = range(&curve.values);
    // A constant, but for the last bits of its numbers.
    if high - low <= 1e-6 * high.abs().max(low.abs()) {
        return Vec::new();
    }
    let pieces = curve.partition().into_iter().filter_map(|part| curve.piece(&part));
    pieces.filter(|piece| piece.height() >= SMALLEST * (high - low)).collect()
}

/// A curve over the logarithm of steps.
struct LogCurve {
    times: Vec<f64>,
    values: Vec<f64>,
    /// Standard deviation of the noise.
    noise: f64,
    penalty: f64,
}

/// Values from one index up to another, and which way they go.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    direction: Direction,
}

/// Neighbouring values that an isotonic regression makes equal.
#[derive(Clone, Copy)]
struct Block {
    mean: f64,
    count: f64,
    /// Sum of squared deviations from the mean.
    error: f64,
}

impl Block {
    fn with(self, other: Self) -> Self {
        let count = self.count + other.count;
        let gap = self.mean - other.mean;
        Self {
            mean: (self.mean * self.count + other.mean * other.count) / count,
            count,
            error: self.error + other.error + gap * gap * self.count * other.count / count,
        }
    }

    /// Squared difference of two means, in squared standard errors.
    fn distance(self, other: Self, noise: f64) -> f64 {
        let gap = (self.mean - other.mean) / noise;
        gap * gap * self.count * other.count / (self.count + other.count)
    }
}

/// An isotonic regression that grows by one value at a time: pool adjacent violators (Barlow et
/// al., Statistical Inference under Order Restrictions, 1972).
struct Isotonic {
    sign: f64,
    blocks: Vec<Block>,
    error: f64,
}

impl Isotonic {
    fn new(direction: Direction) -> Self {
        Self { sign: direction.sign(), blocks: Vec::new(), error: 0.0 }
    }

    fn push(&mut self, value: f64) {
        let mut last = Block { mean: value * self.sign, count: 1.0, error: 0.0 };
        while let Some(before) = self.blocks.last().copied()
            && before.mean >= last.mean
        {
            self.blocks.pop();
            self.error -= before.error + last.error;
            last = before.with(last);
            self.error += last.error;
        }
        self.blocks.push(last);
    }

    /// The mean of the first or last values that do not differ by more than their noise. The first
    /// value of a regression is too low by itself, and the last too high.
    fn level(blocks: impl Iterator<Item = Block>, noise: f64) -> f64 {
        /// Squared standard errors within which two means count as equal.
        const EQUAL: f64 = 4.0;
        let mut level: Option<Block> = None;
        for block in blocks {
            level = Some(match level {
                None => block,
                Some(level) if level.distance(block, noise) < EQUAL => level.with(block),
                Some(_) => break,
            });
        }
        level.map_or(f64::NAN, |level| level.mean)
    }
}

impl LogCurve {
    fn new(points: &[(f64, f64)], least_noise: f64) -> Self {
        let times: Vec<f64> = points.iter().map(|(step, _)| step.max(0.0).ln_1p()).collect();
        let raw: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
        let values = running_medians(&raw);
        let (low, high) = range(&values);
        let least_noise = least_noise.max(LEAST_NOISE * (high - low));
        let noise = estimated_noise(&times, &raw).max(least_noise);
        let penalty = PENALTY + PENALTY_PER_LOG * (values.len() as f64).ln();
        Self { times, values, noise, penalty }
    }

    /// The parts of alternating direction with the least squared error and penalties.
    fn partition(&self) -> Vec<Part> {
        const DIRECTIONS: [Direction; 2] = [Direction::Rise, Direction::Fall];
        let count = self.values.len();
        let scale = self.noise * self.noise;
        // Least cost of the first values whose last part has a direction, and where it starts.
        let mut costs = vec![[f64::INFINITY; 2]; count + 1];
        let mut starts = vec![[0; 2]; count + 1];
        for start in 0..count {
            for (way, direction) in DIRECTIONS.into_iter().enumerate() {
                // Before a part that rises comes one that falls.
                let before = if start == 0 { 0.0 } else { costs[start][1 - way] + self.penalty };
                if !before.is_finite() {
                    continue;
                }
                let mut fit = Isotonic::new(direction);
                for end in start..count {
                    fit.push(self.values[end]);
                    let cost = before + fit.error / scale;
                    // No longer part can lower it again: errors only grow.
                    if cost > costs[count].iter().fold(f64::INFINITY, |a, b| a.min(*b)) {
                        break;
                    }
                    if cost < costs[end + 1][way] {
                        costs[end + 1][way] = cost;
                        starts[end + 1][way] = start;
                    }
                }
            }
        }
        let mut way = usize::from(costs[count][1] < costs[count][0]);
        let (mut end, mut parts) = (count, Vec::new());
        while end > 0 {
            let start = starts[end][way];
            parts.push(Part { start, end, direction: DIRECTIONS[way] });
            (end, way) = (start, 1 - way);
        }
        parts.reverse();
        parts
    }

    /// What becomes of a part; `None` if a constant would do as well.
    fn piece(&self, part: &Part) -> Option<Piece> {
        let Part { start, end, direction } = *part;
        // A turning point belongs to both of its parts.
        let start = start.saturating_sub(1);
        let end = (end + 1).min(self.values.len());
        let values = &self.values[start..end];
        let mut fit = Isotonic::new(direction);
        values.iter().for_each(|value| fit.push(*value));
        let constant = fit.blocks.iter().copied().reduce(Block::with)?;
        if values.len() < 2 || (constant.error - fit.error) / self.noise.powi(2) < self.penalty {
            return None;
        }
        let sign = direction.sign();
        let from = sign * Isotonic::level(fit.blocks.iter().copied(), self.noise);
        let to = sign * Isotonic::level(fit.blocks.iter().rev().copied(), self.noise);
        let fitted: Vec<f64> = fit
            .blocks
            .iter()
            .flat_map(|block| std::iter::repeat_n(sign * block.mean, block.count as usize))
            .collect();
        let times = &self.times[start..end];
        let crossings =
            FRACTIONS.map(|fraction| crossing(times, &fitted, from + fraction * (to - from), sign));
        let [onset, _, done] = crossings.map(|crossing| crossing.0);
        // Noise moves a crossing by its size over the slope. Values along the change share that.
        let along = times.iter().filter(|time| (onset..=done).contains(time)).count().max(1);
        let slope = 0.8 * (to - from).abs() / (done - onset).max(1e-9);
        let open = self.noise / slope / (along as f64).sqrt();
        let [onset, half, end_of] = crossings.map(|(time, before, after)| Reading {
            step: time.exp_m1(),
            low: (before - open).max(0.0).exp_m1(),
            high: (after + open).exp_m1(),
        });
        let last = self.times.last().map_or(0.0, |time| time.exp_m1());
        let goes_on = end == self.values.len() && end_of.step > OVER * last;
        Some(Piece { direction, from, to, onset, half, end: end_of, goes_on })
    }
}

/// Where a monotone curve crosses a level, with the measured times before and after.
fn crossing(times: &[f64], fitted: &[f64], level: f64, sign: f64) -> (f64, f64, f64) {
    let after = fitted.iter().position(|value| sign * (value - level) >= 0.0);
    let after = after.unwrap_or(fitted.len() - 1);
    let Some(before) = after.checked_sub(1) else { return (times[0], times[0], times[0]) };
    let step = fitted[after] - fitted[before];
    let fraction = if step == 0.0 { 1.0 } else { (level - fitted[before]) / step };
    let time = times[before] + fraction.clamp(0.0, 1.0) * (times[after] - times[before]);
    (time, times[before], times[after])
}

/// The lowest and the highest value.
fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// Each value replaced by the median of three, so that no single one makes a turning point. The ends
/// follow Tukey's rule (Exploratory Data Analysis, 1977): the median of the value, its neighbour,
/// and the line through the two next to it.
fn running_medians(raw: &[f64]) -> Vec<f64> {
    let middle = |a: f64, b: f64, c: f64| a.min(b).max(a.max(b).min(c));
    let mut smooth = raw.to_vec();
    for (index, three) in raw.windows(3).enumerate() {
        smooth[index + 1] = middle(three[0], three[1], three[2]);
    }
    let end = |value: f64, next: f64, second: f64| middle(value, next, 3.0 * next - 2.0 * second);
    if let [first, .., last] = raw
        && raw.len() > 2
    {
        let count = raw.len();
        smooth[0] = end(*first, smooth[1], smooth[2]);
        smooth[count - 1] = end(*last, smooth[count - 2], smooth[count - 3]);
    }
    smooth
}

/// The standard deviation of the noise: what each value differs from the line through its
/// neighbours, by its median, which a few jumps do not change.
fn estimated_noise(times: &[f64], values: &[f64]) -> f64 {
    let off = times.windows(3).zip(values.windows(3)).map(|(time, value)| {
        let right = (time[1] - time[0]) / (time[2] - time[0]).max(1e-12);
        let left = 1.0 - right;
        let off = value[1] - left * value[0] - right * value[2];
        off.abs() / (1.0 + left * left + right * right).sqrt()
    });
    // The median of a normal deviation is 0.6745 of its standard deviation.
    stats::median(off).unwrap_or(0.0) / 0.6745
}
