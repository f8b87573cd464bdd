//! The weights of networks at recorded steps, probed when there is time.

use web_time::Instant;

use crate::device::DeviceError;
use crate::evaluation::{ProbeResult, next_recorded_step};
use crate::experiment::{BinRange, Estimator, Experiment};
use crate::measure::{self, Probe};
use crate::model::MlpEnsemble;

/// Numbers that are kept, at most: 128 MB.
const MAX_NUMBERS: usize = 32_000_000;

/// Seconds that the probe may take before training has earned them, so that the first measurement
/// comes soon.
const CREDIT: f64 = 0.05;

/// Recorded networks, and the time that probing them took.
///
/// A recorded step can be probed at any time, so the probe never has to stall training. With other
/// settings, a run that is over can be probed again.
pub(super) struct WeightHistory {
    /// Steps with the networks of each part.
    recorded: Vec<Record>,
    /// The step from which on the next is recorded.
    next: u32,
    /// Fraction of training time that probing may take.
    time_fraction: f64,
    /// Whether a measurement depends on those of earlier steps.
    in_order: bool,
    /// Whether it depends on the whole run, so that nothing can be probed before that is over or
    /// rests.
    needs_all: bool,
    /// Whether probing has to wait until training rests: for the reason above, or because a critic
    /// takes seconds.
    at_rest_only: bool,
    /// Records by which the probes have updated their ranges.
    ranges_known: usize,
    /// Whether there are no curves to measure.
    nothing: bool,
    /// Seconds so far that training took, and that it waited for the probe.
    training: f64,
    measuring: f64,
    /// Seconds that the last measurement took.
    latest: f64,
}

struct Record {
    step: u32,
    parts: Vec<MlpEnsemble>,
    measured: bool,
}

impl WeightHistory {
    pub(super) fn new(experiment: &Experiment) -> Self {
        let mut history = Self {
            recorded: Vec::new(),
            next: 0,
            time_fraction: 0.0,
            in_order: false,
            needs_all: false,
            at_rest_only: false,
            nothing: false,
            ranges_known: 0,
            training: 0.0,
            measuring: 0.0,
            latest: 0.0,
        };
        history.invalidate(experiment);
        history
    }

    /// Takes over the fraction of training time that probing may take.
    pub(super) fn set_time_fraction(&mut self, experiment: &Experiment) {
        self.time_fraction = experiment.settings.measuring_percent / 100.0;
    }

    /// Marks every record as not probed yet. From now on the settings of `experiment` say what is
    /// measured.
    pub(super) fn invalidate(&mut self, experiment: &Experiment) {
        let settings = &experiment.settings;
        self.set_time_fraction(experiment);
        self.in_order = match settings.info {
            Estimator::Binning => settings.bin_range == BinRange::Running,
            Estimator::Contrastive => true,
            _ => false,
        };
        self.needs_all =
            settings.info == Estimator::Binning && settings.bin_range == BinRange::Whole;
        self.at_rest_only = self.needs_all || settings.info == Estimator::Contrastive;
        self.ranges_known = 0;
        self.nothing = measure::curves(experiment).is_empty();
        self.recorded.iter_mut().for_each(|record| record.measured = self.nothing);
    }

    /// Records the networks if a step is due. If that would be too many, every second earlier
    /// record is dropped.
    pub(super) fn record(
        &mut self,
        step: u32,
        last: bool,
        networks: impl Fn() -> Vec<MlpEnsemble>,
    ) {
        if step < self.next && !last {
            return;
        }
        self.next = next_recorded_step(step);
        let parts = networks();
        let numbers =
            parts.iter().flat_map(|part| &part.parameters).map(|p| p.shape().num_elements());
        let numbers: usize = numbers.sum();
        if (self.recorded.len() + 1) * numbers > MAX_NUMBERS {
            let mut keep = [true, false].into_iter().cycle();
            self.recorded.retain(|_| keep.next() == Some(true));
            self.ranges_known = 0;
        }
        self.recorded.push(Record { step, parts, measured: self.nothing });
    }

    pub(super) fn trained(&mut self, since: Instant) {
        self.training += since.elapsed().as_secs_f64();
    }

    /// Whether a recorded step is not probed yet.
    pub(super) fn is_behind(&self) -> bool {
        self.recorded.iter().any(|record| !record.measured)
    }

    /// Whether training may wait now for a measurement that takes as long as the last one.
    pub(super) fn is_due(&self) -> bool {
        let earned = (self.time_fraction * self.training).max(CREDIT);
        !self.at_rest_only && self.is_behind() && self.measuring + self.latest < earned
    }

    /// Time that training waited for the probe, as a fraction of training time.
    pub(super) fn cost(&self) -> f64 {
        if self.training > 0.0 { self.measuring / self.training } else { 0.0 }
    }

    /// Probes the newest step that is not probed yet, or the oldest if that makes a difference.
    /// Each probe comes with the indices of its members, out of `members` in all.
    pub(super) async fn measure(
        &mut self,
        probes: &mut [(Vec<usize>, Probe)],
        members: usize,
        rests: bool,
    ) -> Result<Option<ProbeResult>, DeviceError> {
        if self.needs_all && self.ranges_known < self.recorded.len() {
            for record in &self.recorded[self.ranges_known..] {
                for ((_, probe), network) in probes.iter_mut().zip(&record.parts) {
                    probe.update_ranges(network).await?;
                }
            }
            self.ranges_known = self.recorded.len();
            // Another range changes every measurement.
            self.recorded.iter_mut().for_each(|record| record.measured = false);
        }
        let mut behind = self.recorded.iter_mut().filter(|record| !record.measured);
        let record = if self.in_order { behind.next() } else { behind.next_back() };
        let Some(record) = record else {
            return Ok(None);
        };
        let start = Instant::now();
        let mut measurement = ProbeResult { step: record.step, members: vec![Vec::new(); members] };
        for ((indices, probe), network) in probes.iter_mut().zip(&record.parts) {
            for (index, values) in indices.iter().zip(probe.measure(network).await?) {
                measurement.members[*index] = values;
            }
        }
        record.measured = true;
        self.latest = start.elapsed().as_secs_f64();
        if !rests {
            self.measuring += self.latest;
        }
        Ok(Some(measurement))
    }
}
