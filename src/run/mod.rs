//! A run: an ensemble in training, measured at fixed steps.

mod weight_history;

use burn::tensor::Device;

use crate::evaluation::{Evaluation, ProbeResult, Scores, StepTime, next_evaluated_step};
use crate::experiment::{Experiment, Settings};
use crate::measure::Probe;
use crate::train::{TrainError, Trainer, covered_by_slices};
use web_time::Instant;
use weight_history::WeightHistory;

/// An ensemble in training that is measured at the steps of [`next_evaluated_step`].
///
/// On the CPU members of different width, or with different numbers of samples, are trained apart: in one
/// set of tensors the small ones would cost as much as the largest, and sums over padded rows are rounded
/// otherwise, so that a member's last bits would depend on who else is there. For the same reason those that
/// can be trained on slices are apart from those that cannot. So are those that are solved in closed form, everywhere:
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
    /// Whether no member's loss is a number any more. Where only some members are trained here, others may
    /// go on, and so do these.
    all_diverged: bool,
    device: Device,
    experiment: Experiment,
    weights: WeightHistory,
    /// Seconds that handing the last steps to the device took, for each of them.
    host_seconds: f64,
    /// What measures each of the parts; made when it is first needed.
    probes: Option<Vec<(Vec<usize>, Probe)>>,
}

impl Run {
    /// The run of an experiment before anything is measured.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::of(experiment, (0..experiment.member_count()).collect(), device)
    }

    /// Likewise with some of the members only, by their places: evaluations hold `None` for the others, and
    /// measurements nothing.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn of(
        experiment: &Experiment,
        places: Vec<usize>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let members = experiment.members();
        let solves = experiment.is_solved();
        let mut run = Self {
            parts: Vec::new(),
            step: 0,
            next: 0,
            unsolved: Vec::new(),
            all_diverged: false,
            device: device.clone(),
            weights: WeightHistory::new(experiment),
            host_seconds: 0.0,
            probes: None,
            experiment: experiment.clone(),
            members,
        };
        let parts = parts(&run.members, places, solves, *device == Device::flex());
        if solves {
            run.unsolved = parts.into_iter().rev().collect();
        } else {
            run.set_up(parts)?;
        }
        Ok(run)
    }

    /// Times steps of these members from the start of their training, on a second copy of them, until at
    /// least so many seconds of them are counted. Members that are solved in closed form take none.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn time_steps(&self, seconds: f64) -> Result<StepTime, TrainError> {
        /// Seconds between two waits for the device: long enough that a clock that is coarse, as browsers'
        /// are, and a single hiccup do not decide.
        const CHUNK: f64 = 0.1;
        let mut copies: Vec<Trainer> =
            self.parts.iter().map(|(_, trainer)| trainer.start_over()).collect();
        if copies.is_empty() {
            return Ok(StepTime::default());
        }
        let (mut chunk, mut taken, mut counted) = (1, 0, 0);
        let (mut total, mut host) = (0.0, 0.0);
        loop {
            let start = Instant::now();
            for trainer in &mut copies {
                for _ in 0..chunk {
                    trainer.advance().await?;
                }
            }
            let queued = start.elapsed().as_secs_f64();
            for trainer in &copies {
                trainer.settle().await?;
            }
            let took = start.elapsed().as_secs_f64();
            taken += chunk;
            if taken == 1 {
                // The first step compiles what the others use.
            } else if took < CHUNK {
                chunk *= 2;
            } else {
                counted += chunk;
                total += took;
                host += queued;
            }
            if counted > 0 && total >= seconds {
                let each = |seconds: f64| seconds / f64::from(counted);
                return Ok(StepTime {
                    steps: taken,
                    seconds: each(total),
                    host_seconds: each(host),
                });
            }
        }
    }

    fn set_up(&mut self, parts: Vec<Vec<usize>>) -> Result<(), TrainError> {
        let trained = parts.into_iter().map(|places| Ok((places.clone(), self.trainer(&places)?)));
        self.parts = trained.collect::<Result<_, TrainError>>()?;
        Ok(())
    }

    fn trainer(&self, places: &[usize]) -> Result<Trainer, TrainError> {
        Trainer::for_members(
            places.iter().map(|&place| self.members[place]).collect(),
            &self.device,
        )
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
    pub async fn advance(&mut self, most: u32) -> Result<Option<Evaluation>, TrainError> {
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
        if stop > self.step {
            self.host_seconds = start.elapsed().as_secs_f64() / f64::from(stop - self.step);
        }
        self.step = stop;
        if stop < self.next.min(last) {
            for (_, trainer) in &self.parts {
                trainer.settle().await?;
            }
            self.weights.trained(start);
            return Ok(None);
        }
        let mut evaluation = Evaluation { step: stop, members: vec![None; self.members.len()] };
        for (places, trainer) in &mut self.parts {
            fill(&mut evaluation, places, trainer.measure().await?);
        }
        self.all_diverged = evaluation.has_diverged();
        // The last step is measured too, wherever the others fall.
        let following = next_evaluated_step(stop);
        self.next = if stop == last { last + 1 } else { following.min(last) };
        self.weights.trained(start);
        // Also where nothing is measured yet: it may be asked for later.
        let networks = || self.parts.iter().map(|(_, trainer)| trainer.model()).collect();
        self.weights.record(stop, self.next > last, networks);
        Ok(Some(evaluation))
    }

    /// Seconds a step that the host was busy with the last steps: on a GPU with queueing them, on the CPU
    /// with all of it. What was waited for afterwards does not count.
    #[must_use]
    pub fn host_seconds(&self) -> f64 {
        self.host_seconds
    }

    /// Whether networks are recorded that are not measured yet, beside loss and accuracy.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.weights.is_behind()
    }

    /// Whether some should be measured now, though training goes on: if measuring has taken less
    /// than its share of the time.
    #[must_use]
    pub fn is_measuring_due(&self) -> bool {
        self.weights.is_due()
    }

    /// Time that training waited for measuring, over the time that it took.
    #[must_use]
    pub fn measuring_cost(&self) -> f64 {
        self.weights.cost()
    }

    /// Measures the networks of a recorded step: of the newest that is not measured yet, or of the oldest
    /// where measuring one needs what came before. `None` if all are. While training `rests` the time
    /// that this takes is not counted against measuring's share.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn measure(&mut self, rests: bool) -> Result<Option<ProbeResult>, TrainError> {
        if !self.is_behind() {
            return Ok(None);
        }
        if self.probes.is_none() {
            let mut probes = Vec::new();
            for (places, trainer) in &self.parts {
                let seeds = trainer.members().iter().map(|member| member.seed).collect();
                let probe = Probe::new(&self.experiment, seeds, trainer.data()).await?;
                probes.push((places.clone(), probe));
            }
            self.probes = Some(probes);
        }
        let Some(probes) = &mut self.probes else { return Ok(None) };
        Ok(self.weights.measure(probes, self.members.len(), rests).await?)
    }

    /// Measures everything recorded anew, as an experiment says that is trained alike; nothing is, and `false`
    /// is given back, if that measures alike too.
    pub fn measure_anew(&mut self, experiment: &Experiment) -> bool {
        let alike = self.experiment.measures_alike(experiment);
        self.experiment = experiment.clone();
        if alike {
            self.weights.set_share(experiment);
        } else {
            self.probes = None;
            self.weights.invalidate(experiment);
        }
        !alike
    }

    /// Solves and measures the next part. All that is left of it afterwards is what was measured.
    async fn solve_next(&mut self) -> Result<Evaluation, TrainError> {
        let mut evaluation = Evaluation { step: 1, members: vec![None; self.members.len()] };
        if let Some(places) = self.unsolved.pop() {
            let mut trainer = self.trainer(&places)?;
            trainer.advance().await?;
            fill(&mut evaluation, &places, trainer.measure().await?);
        }
        if self.unsolved.is_empty() {
            self.step = 1;
            self.next = self.last() + 1;
        }
        Ok(evaluation)
    }

    /// Trains to the end on a device that answers at once, and hands every evaluation to `look`. Nothing
    /// else is measured.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn finish(&mut self, mut look: impl FnMut(Evaluation)) -> Result<(), TrainError> {
        while !self.is_done() {
            self.advance(u32::MAX).await?.into_iter().for_each(&mut look);
        }
        Ok(())
    }
}

/// Puts measurements where their members are.
fn fill(evaluation: &mut Evaluation, places: &[usize], measured: Vec<Scores>) {
    for (place, measured) in places.iter().zip(measured) {
        evaluation.members[*place] = Some(measured);
    }
}

/// Members that are trained together, by their places: those of `places`, divided.
fn parts(
    members: &[Settings],
    mut places: Vec<usize>,
    solves: bool,
    on_cpu: bool,
) -> Vec<Vec<usize>> {
    if !solves && !on_cpu {
        return vec![places];
    }
    let kind = |place: usize| {
        let member = &members[place];
        (member.width, member.train_samples(), covered_by_slices(member))
    };
    places.sort_by_key(|&place| kind(place));
    places.chunk_by(|a, b| kind(*a) == kind(*b)).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    fn experiment(query: &str) -> Experiment {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        parsed.experiment
    }

    /// Everything that a run has recorded, measured.
    fn measured(run: &mut Run) -> Vec<ProbeResult> {
        let mut all = Vec::new();
        while let Some(measurement) = block_on(run.measure(true)).expect("on the CPU") {
            all.push(measurement);
        }
        all.sort_by_key(|measurement| measurement.step);
        all
    }

    fn finished(query: &str) -> Run {
        let mut run = Run::new(&experiment(query), &Device::flex()).expect("data");
        block_on(run.finish(|_| {})).expect("on the CPU");
        run
    }

    #[test]
    fn a_run_measured_anew_is_measured_as_one_that_was_from_the_start() {
        const RUN: &str = "p=11&width=24&seeds=2&steps=60&spread=1";
        for other in ["info=binning", "info=binning&bin-range=whole", "info=neighbours&layers=all"]
        {
            let other = format!("{RUN}&{other}");
            let mut run = finished(RUN);
            let first = measured(&mut run);
            run.measure_anew(&experiment(&other));
            let anew = measured(&mut run);
            assert_eq!(anew, measured(&mut finished(&other)), "{other}");
            assert_ne!(anew, first);
            assert_eq!(first[0].step, 0);
            assert_eq!(first[first.len() - 1].step, 60);
        }
    }

    #[test]
    fn a_member_is_measured_as_it_would_be_alone() {
        // Narrower than the others, and with fewer samples: padding is no data.
        let all = "layers=all&spread=1&complexity=1&linear-map=1&spectra=1&fourier=1&truncation=1";
        for (several, alone) in [("width=24,32", "width=24"), ("frac=0.4,0.5", "frac=0.4")] {
            for info in [
                all,
                "info=binning&bin-range=step&layers=all",
                "info=binning&bin-range=quantile&bin-correction=1&layers=all",
                "info=binning&bin-range=running&layers=all",
                "info=neighbours&layers=all",
                "info=contrastive&layers=all",
            ] {
                let common = format!("p=11&steps=4&lr=0.01&{info}");
                let together = format!("{common}&seeds=2&{several}");
                let mut run = Run::new(&experiment(&together), &Device::flex()).expect("data");
                // In one set of tensors, as on a GPU.
                run.set_up(vec![(0..4).collect()]).expect("data");
                block_on(run.finish(|_| {})).expect("on the CPU");
                let together = measured(&mut run);
                let single = measured(&mut finished(&format!("{common}&seeds=1&seed=1&{alone}")));
                let pairs = together.iter().zip(&single);
                let values = pairs.flat_map(|(a, b)| a.members[1].iter().zip(&b.members[0]));
                let mut compared = 0;
                for (together, alone) in values {
                    let (Some(together), Some(alone)) = (together, alone) else {
                        assert_eq!(together, alone, "{several}, {info}");
                        continue;
                    };
                    let off = (together - alone).abs();
                    assert!(
                        off < 1e-2 * alone.abs().max(1.0),
                        "{several}, {info}: {together}, {alone}"
                    );
                    compared += 1;
                }
                assert!(compared >= 30, "{compared}");
            }
        }
    }

    #[test]
    fn timing_steps_takes_as_long_as_asked_for_and_leaves_the_run_where_it_is() {
        let query = "p=23&width=64&seeds=2&steps=40&info=off";
        let mut run = Run::new(&experiment(query), &Device::flex()).expect("data");
        for _ in 0..3 {
            block_on(run.advance(10)).expect("on the CPU");
        }
        let before = run.step();
        assert!(before > 0);
        let start = Instant::now();
        let time = block_on(run.time_steps(0.3)).expect("on the CPU");
        let spent = start.elapsed().as_secs_f64();
        assert!(spent > 0.3 && time.seconds > 0.0, "{spent} s, {time:?}");
        assert!(time.host_seconds <= time.seconds);
        // All steps that were taken, those that are not counted too.
        let all = f64::from(time.steps) * time.seconds;
        assert!(all > 0.3 && all < 2.0 * spent, "{spent} s, {time:?}");
        assert_eq!(run.step(), before);
        let last = |mut run: Run| {
            let mut last = None;
            block_on(run.finish(|evaluation| last = Some(evaluation))).expect("on the CPU");
            last
        };
        let untouched = Run::new(&experiment(query), &Device::flex()).expect("data");
        assert_eq!(last(run), last(untouched));

        let solved = experiment("preset=double-descent-features&seeds=1&width=10");
        let run = Run::new(&solved, &Device::flex()).expect("data");
        assert_eq!(block_on(run.time_steps(0.1)).expect("on the CPU"), StepTime::default());
    }

    #[test]
    fn a_run_of_which_nothing_was_measured_can_be_measured_when_it_is_over() {
        let mut run = finished("p=11&width=24&seeds=1&steps=20&info=off");
        assert!(measured(&mut run).is_empty());
        assert!(run.measure_anew(&experiment("p=11&width=24&seeds=1&steps=20&spread=1")));
        assert_eq!(measured(&mut run).last().map(|measurement| measurement.step), Some(20));
        // More time to measure is no reason to measure again.
        let more = "p=11&width=24&seeds=1&steps=20&spread=1&measure-share=50";
        assert!(!run.measure_anew(&experiment(more)));
        assert!(!run.is_behind());
    }

    #[test]
    fn measuring_holds_training_up_no_longer_than_its_share_of_the_time() {
        let query = "p=23&width=64&seeds=1&steps=600&layers=all&complexity=1&linear-map=1";
        let mut run = Run::new(&experiment(query), &Device::flex()).expect("data");
        let mut training = 0.0;
        block_on(async {
            // At rest, as before a run on the page: now it is known how long it takes.
            run.advance(0).await.expect("on the CPU");
            run.measure(true).await.expect("on the CPU");
            while !run.is_done() {
                let start = Instant::now();
                run.advance(u32::MAX).await.expect("on the CPU");
                training += start.elapsed().as_secs_f64();
                while run.is_measuring_due() {
                    run.measure(false).await.expect("on the CPU");
                }
            }
        });
        let waited = run.measuring_cost() * training;
        println!("training {training:.2} s, of which it waited {waited:.2} s");
        // A measurement may take longer than the one before it; all together take some 3 s.
        assert!(waited < 0.05 * training + 0.5, "{waited} s of {training}");
        assert!(run.is_behind());
        while block_on(run.measure(true)).expect("on the CPU").is_some() {}
        assert!(!run.is_behind());
    }
}
