//! The weights of networks at recorded steps, probed when there is time.

use web_time::Instant;

use crate::device::DeviceError;
use crate::evaluation::ProbeResult;
use crate::experiment::{BinRange, Estimator, Experiment};
use crate::measure::{self, Probe};
use crate::model::MlpEnsemble;
use crate::recorded::RecordedSteps;

/// Seconds that the probe may take before training has earned them, so that the first measurement
/// comes soon.
const CREDIT: f64 = 0.05;

/// Recorded networks, and the time that probing them took.
///
/// A recorded step can be probed at any time, so the probe never has to stall training. With other
/// settings, a run that is over can be probed again. Coarse steps are probed anyway, dense ones if
/// they are asked for.
pub(super) struct WeightHistory {
    /// Steps with the networks of each part.
    recorded: Vec<Record>,
    /// Which steps these are.
    steps: RecordedSteps,
    /// Whether the networks can be measured, with whatever measurement settings.
    measurable: bool,
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
    is_coarse: bool,
    /// Whether a dense step has been asked for.
    is_wanted: bool,
    measured: bool,
    /// Whether the probes have updated their ranges by it.
    in_ranges: bool,
}

impl Record {
    fn is_behind(&self) -> bool {
        (self.is_coarse || self.is_wanted) && !self.measured
    }
}

impl WeightHistory {
    pub(super) fn new(experiment: &Experiment) -> Self {
        let mut history = Self {
            recorded: Vec::new(),
            steps: RecordedSteps::new(experiment),
            measurable: measure::is_measurable(experiment),
            time_fraction: 0.0,
            in_order: false,
            needs_all: false,
            at_rest_only: false,
            nothing: false,
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

    /// Marks every record as not probed yet, and no dense step as wanted. From now on the settings
    /// of `experiment` say what is measured.
    pub(super) fn invalidate(&mut self, experiment: &Experiment) {
        let settings = &experiment.settings;
        self.set_time_fraction(experiment);
        self.in_order = settings.is_measured_in_order();
        self.needs_all =
            settings.info == Estimator::Binning && settings.bin_range == BinRange::Whole;
        self.at_rest_only = self.needs_all || settings.info == Estimator::Contrastive;
        self.nothing = measure::curves(experiment).is_empty();
        for record in &mut self.recorded {
            record.measured = self.nothing;
            record.is_wanted = false;
            record.in_ranges = false;
        }
    }

    /// Records the networks if a step is due. If that would be too many, earlier records are
    /// dropped.
    pub(super) fn record(
        &mut self,
        step: u32,
        last: bool,
        networks: impl Fn() -> Vec<MlpEnsemble>,
    ) {
        if !self.measurable || !self.steps.pass(step, last) {
            return;
        }
        let Some(kept) = self.steps.steps().last() else { return };
        self.recorded.retain(|record| self.steps.contains(record.step));
        self.recorded.push(Record {
            step,
            parts: networks(),
            is_coarse: kept.is_coarse,
            is_wanted: false,
            measured: self.nothing,
            in_ranges: false,
        });
    }

    /// Asks for the dense steps nearest to the given ones. Ignored if a measurement depends on
    /// those of earlier steps.
    pub(super) fn refine(&mut self, steps: &[u32]) {
        if self.in_order {
            return;
        }
        for step in steps {
            let nearest = self.recorded.iter_mut().min_by_key(|r| r.step.abs_diff(*step));
            if let Some(record) = nearest {
                record.is_wanted = true;
            }
        }
    }

    pub(super) fn trained(&mut self, since: Instant) {
        self.training += since.elapsed().as_secs_f64();
    }

    /// Whether a coarse step, or a dense one that is wanted, is not probed yet.
    pub(super) fn is_behind(&self) -> bool {
        self.recorded.iter().any(Record::is_behind)
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

    /// Probes the newest coarse step that is not probed yet, or the oldest if that makes a
    /// difference. When there is none, the newest dense one that is wanted. Each probe comes with
    /// the indices of its members, out of `members` in all.
    pub(super) async fn measure(
        &mut self,
        probes: &mut [(Vec<usize>, Probe)],
        members: usize,
        rests: bool,
    ) -> Result<Option<ProbeResult>, DeviceError> {
        if self.needs_all {
            self.update_ranges(probes).await?;
        }
        let only_coarse = self.recorded.iter().any(|record| record.is_coarse && !record.measured);
        let mut behind = self
            .recorded
            .iter_mut()
            .filter(|record| record.is_behind() && (record.is_coarse || !only_coarse));
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

    /// Updates the ranges by the coarse steps that have not been seen. Dense steps change no range,
    /// so that they can be measured later: values outside count in the outermost bins.
    async fn update_ranges(
        &mut self,
        probes: &mut [(Vec<usize>, Probe)],
    ) -> Result<(), DeviceError> {
        let mut has_changed = false;
        for record in self.recorded.iter_mut().filter(|r| r.is_coarse && !r.in_ranges) {
            for ((_, probe), network) in probes.iter_mut().zip(&record.parts) {
                probe.update_ranges(network).await?;
            }
            record.in_ranges = true;
            has_changed = true;
        }
        if has_changed {
            // Another range changes every measurement.
            self.recorded.iter_mut().for_each(|record| record.measured = false);
        }
        Ok(())
    }
}
