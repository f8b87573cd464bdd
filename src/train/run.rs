//! A run: an ensemble in training, measured at fixed steps.

use burn::tensor::Device;

use super::tape::Tape;
use super::{TrainError, Trainer};
use crate::experiment::{Experiment, Optimiser, Settings};
use crate::history::{Measured, Measurement, Snapshot, next_measured_step};
use crate::measure::{self, Probe};
use web_time::Instant;

/// An ensemble in training that is measured at the steps of [`next_measured_step`].
///
/// On the CPU members of very different width, or with very different numbers of samples, are trained
/// apart: in one set of tensors the small ones would cost as much as the largest. So are those that are solved in closed form, everywhere:
/// they are done one width after the other, and measured as they are.
pub struct Run {
    members: Vec<Settings>,
    /// Members that are trained together, of which each knows its place in the ensemble.
    parts: Vec<(Vec<usize>, Trainer)>,
    step: u32,
    /// The next step to be measured; beyond the last one once that is.
    next: u32,
    /// Members that are still to be solved in closed form, where all are: part by part, by their
    /// places, the last first.
    unsolved: Vec<Vec<usize>>,
    /// Whether no member's loss is a number any more.
    all_diverged: bool,
    device: Device,
    experiment: Experiment,
    tape: Tape,
    /// What measures each of the parts; made when it is first needed.
    probes: Option<Vec<(Vec<usize>, Probe)>>,
}

impl Run {
    /// The run of an experiment before anything is measured.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        let members = experiment.members();
        let solves = members.iter().all(|m| m.optimiser == Optimiser::MinimumNorm);
        let mut run = Self {
            parts: Vec::new(),
            step: 0,
            next: 0,
            unsolved: Vec::new(),
            all_diverged: false,
            device: device.clone(),
            tape: Tape::new(experiment),
            probes: None,
            experiment: experiment.clone(),
            members,
        };
        let parts = parts(&run.members, solves, *device == Device::flex());
        if solves {
            run.unsolved = parts.into_iter().rev().collect();
        } else {
            for places in parts {
                run.parts.push((places.clone(), run.trainer(&places)?));
            }
        }
        Ok(run)
    }

    fn trainer(&self, places: &[usize]) -> Result<Trainer, TrainError> {
        Trainer::of(places.iter().map(|&place| self.members[place]).collect(), &self.device)
    }

    /// Steps after which the run is done.
    fn last(&self) -> u32 {
        self.members[0].steps
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Whether there is nothing left to do: all steps are taken and the last one is measured, or
    /// every member has diverged.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.all_diverged || self.next > self.last()
    }

    /// Takes at most `most` steps and waits for them. Ends at the next measured step, with the
    /// measurement; the first call at step 0 measures before any step is taken.
    ///
    /// Where all members are solved in closed form, a call solves and measures those of one width, and
    /// nothing is measured before.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn advance(&mut self, most: u32) -> Result<Option<Snapshot>, TrainError> {
        if self.is_done() {
            return Ok(None);
        }
        let start = Instant::now();
        if !self.unsolved.is_empty() {
            return if most > 0 { self.solve_next().await.map(Some) } else { Ok(None) };
        }
        let last = self.last();
        let stop = self.step.saturating_add(most).min(self.next).min(last);
        for (_, trainer) in &mut self.parts {
            while trainer.step() < stop {
                trainer.advance().await?;
            }
        }
        self.step = stop;
        if stop < self.next.min(last) {
            for (_, trainer) in &self.parts {
                trainer.settle().await?;
            }
            self.tape.trained(start);
            return Ok(None);
        }
        let mut snapshot = Snapshot { step: stop, members: vec![None; self.members.len()] };
        for (places, trainer) in &mut self.parts {
            fill(&mut snapshot, places, trainer.measure().await?);
        }
        self.all_diverged = snapshot.members.iter().flatten().all(|member| !member.is_finite());
        // The last step is measured too, wherever the others fall.
        let following = next_measured_step(stop);
        self.next = if stop == last { last + 1 } else { following.min(last) };
        self.tape.trained(start);
        if !measure::curves(&self.experiment).is_empty() {
            let networks =
                || self.parts.iter().map(|(_, trainer)| trainer.model().clone()).collect();
            self.tape.record(stop, self.next > last, networks);
        }
        Ok(Some(snapshot))
    }

    /// Whether networks are recorded that are not measured yet, beside loss and accuracy.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.tape.is_behind()
    }

    /// Whether some should be measured now, though training goes on: if measuring has taken less
    /// than its share of the time.
    #[must_use]
    pub fn is_measuring_due(&self) -> bool {
        self.tape.is_due()
    }

    /// Time that training waited for measuring, over the time that it took.
    #[must_use]
    pub fn measuring_cost(&self) -> f64 {
        self.tape.cost()
    }

    /// Measures the networks of a recorded step: of the newest that is not measured yet, or of the oldest
    /// where measuring one needs what came before. `None` if all are. While training `rests` the time
    /// that this takes is not counted against measuring's share.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn measure(&mut self, rests: bool) -> Result<Option<Measurement>, TrainError> {
        if !self.is_behind() {
            return Ok(None);
        }
        if self.probes.is_none() {
            let curves = measure::curves(&self.experiment);
            let mut probes = Vec::new();
            for (places, trainer) in &self.parts {
                let probe = Probe::new(curves.clone(), trainer.members(), trainer.data()).await?;
                probes.push((places.clone(), probe));
            }
            self.probes = Some(probes);
        }
        let Some(probes) = &mut self.probes else { return Ok(None) };
        self.tape.measure(probes, self.members.len(), rests).await
    }

    /// Measures everything recorded anew, as an experiment says that is trained alike.
    pub fn measure_anew(&mut self, experiment: &Experiment) {
        self.experiment = experiment.clone();
        self.probes = None;
        self.tape.rewind(experiment);
    }

    /// Solves and measures the next part. All that is left of it afterwards is what was measured.
    async fn solve_next(&mut self) -> Result<Snapshot, TrainError> {
        let mut snapshot = Snapshot { step: 1, members: vec![None; self.members.len()] };
        if let Some(places) = self.unsolved.pop() {
            let mut trainer = self.trainer(&places)?;
            trainer.advance().await?;
            fill(&mut snapshot, &places, trainer.measure().await?);
        }
        if self.unsolved.is_empty() {
            self.step = 1;
            self.next = self.last() + 1;
        }
        Ok(snapshot)
    }

    /// Trains to the end on a device that answers at once, and hands every snapshot to `look`. Nothing
    /// else is measured.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn finish(&mut self, mut look: impl FnMut(Snapshot)) -> Result<(), TrainError> {
        while !self.is_done() {
            self.advance(u32::MAX).await?.into_iter().for_each(&mut look);
        }
        Ok(())
    }
}

/// Puts measurements where their members are.
fn fill(snapshot: &mut Snapshot, places: &[usize], measured: Vec<Measured>) {
    for (place, measured) in places.iter().zip(measured) {
        snapshot.members[*place] = Some(measured);
    }
}

/// Members that are trained together, by their places.
fn parts(members: &[Settings], solves: bool, on_cpu: bool) -> Vec<Vec<usize>> {
    /// Up to this many times the fewest units, or samples, are trained with those.
    const RANGE: usize = 2;
    if !solves && !on_cpu {
        return vec![(0..members.len()).collect()];
    }
    let range = if solves { 1 } else { RANGE };
    let mut places: Vec<usize> = (0..members.len()).collect();
    let size = |place: usize| [members[place].width, members[place].train_samples()];
    places.sort_by_key(|&place| size(place));
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for place in places {
        match parts.last_mut() {
            Some(part) if (0..2).all(|what| size(place)[what] <= range * size(part[0])[what]) => {
                part.push(place)
            }
            _ => parts.push(vec![place]),
        }
    }
    parts
}
