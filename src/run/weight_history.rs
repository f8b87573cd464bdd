//! Networks as they were at recorded steps, measured when there is time.

use web_time::Instant;

use crate::device::DeviceError;
use crate::evaluation::{ProbeResult, next_recorded_step};
use crate::experiment::{BinRange, Estimator, Experiment};
use crate::measure::{self, Probe};
use crate::model::Perceptron;

/// Most numbers that are kept: 128 MB.
const MAX_NUMBERS: usize = 32_000_000;

/// Seconds that may go into measuring before training has earned them, so that something is measured as
/// soon as training begins.
const CREDIT: f64 = 0.05;

/// What has been recorded, and how much time went into it.
///
/// As recorded steps can be measured at any time, measuring never has to hold training up; and with
/// other settings it can be done again for a run that is over.
pub(super) struct WeightHistory {
    /// Steps with the networks of each part.
    recorded: Vec<Record>,
    /// The step from which on the next is recorded.
    next: u32,
    /// Share of training time that measuring may take.
    share: f64,
    /// Whether what is measured at a step depends on what was measured before.
    in_order: bool,
    /// Whether it depends on the whole run, so that nothing can be measured before it is over or rests.
    needs_all: bool,
    /// Whether measuring has to wait until training rests: for that, or because a critic takes seconds.
    at_rest_only: bool,
    /// Records that probes have looked at for that.
    ranges_known: usize,
    /// Whether nothing is to be measured.
    nothing: bool,
    /// Seconds so far that training took, and that it waited for measuring.
    training: f64,
    measuring: f64,
    /// Seconds that the last measurement took.
    latest: f64,
}

struct Record {
    step: u32,
    parts: Vec<Perceptron>,
    measured: bool,
}

impl WeightHistory {
    pub(super) fn new(experiment: &Experiment) -> Self {
        let mut history = Self {
            recorded: Vec::new(),
            next: 0,
            share: 0.0,
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

    /// What share of training time measuring may take.
    pub(super) fn set_share(&mut self, experiment: &Experiment) {
        self.share = experiment.settings.measure_share / 100.0;
    }

    /// Everything recorded, and to be recorded, is to be measured as this experiment says.
    pub(super) fn invalidate(&mut self, experiment: &Experiment) {
        let settings = &experiment.settings;
        self.set_share(experiment);
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

    /// Keeps the networks if it is time for that; where there would be too many, every second of the
    /// earlier ones goes.
    pub(super) fn record(&mut self, step: u32, last: bool, networks: impl Fn() -> Vec<Perceptron>) {
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

    /// Whether a recorded step is not measured yet.
    pub(super) fn is_behind(&self) -> bool {
        self.recorded.iter().any(|record| !record.measured)
    }

    /// Whether a measurement that takes as long as the last one may be taken while training waits.
    pub(super) fn is_due(&self) -> bool {
        let earned = (self.share * self.training).max(CREDIT);
        !self.at_rest_only && self.is_behind() && self.measuring + self.latest < earned
    }

    /// Time that training waited for measuring, over the time that it took.
    pub(super) fn cost(&self) -> f64 {
        if self.training > 0.0 { self.measuring / self.training } else { 0.0 }
    }

    /// Measures the newest step that is not measured yet, or the oldest where that makes a difference.
    /// Each part's probe knows the places of its members among `members`.
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
            // At another range all come out differently.
            self.recorded.iter_mut().for_each(|record| record.measured = false);
        }
        let mut behind = self.recorded.iter_mut().filter(|record| !record.measured);
        let record = if self.in_order { behind.next() } else { behind.next_back() };
        let Some(record) = record else {
            return Ok(None);
        };
        let start = Instant::now();
        let mut measurement = ProbeResult { step: record.step, members: vec![Vec::new(); members] };
        for ((places, probe), network) in probes.iter_mut().zip(&record.parts) {
            for (place, values) in places.iter().zip(probe.measure(network).await?) {
                measurement.members[*place] = values;
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
