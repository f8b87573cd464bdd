//! A run: an ensemble in training, evaluated and recorded at fixed steps, and probed when there is
//! time.

mod answers;
mod weight_history;
mod weights;

use burn::tensor::Device;

use crate::evaluation::{
    Answers, Evaluation, ProbeResult, Scores, StepTime, Task, next_evaluated_step,
};
use crate::experiment::{Experiment, Settings};
use crate::measure::Probe;
use crate::train::{TrainError, Trainer, covered_by_slices};
use answers::Answerer;
use web_time::Instant;
use weight_history::WeightHistory;

/// An ensemble in training that is evaluated at the steps of [`next_evaluated_step`].
///
/// On the CPU, members of different width, or with different numbers of samples, are trained apart.
/// In one set of tensors the small ones would cost as much as the largest. Sums over padded rows
/// also round differently, so that a member's last bits would depend on which others are there. For
/// the same reason members that slices cover are apart from those that they do not. On every
/// device, members that are solved in closed form are solved and evaluated one width after the
/// other.
pub struct Run {
    members: Vec<Settings>,
    /// Members that are trained together, by their indices in the ensemble.
    parts: Vec<(Vec<usize>, Trainer)>,
    step: u32,
    /// The next step to be evaluated; beyond the last one when that is evaluated.
    next: u32,
    /// Members that are still to be solved in closed form: part by part, by their indices, the last
    /// part first. Empty for members that are trained.
    unsolved: Vec<Vec<usize>>,
    /// Whether every member has diverged. Never so if some members are trained elsewhere: those may
    /// go on.
    all_diverged: bool,
    device: Device,
    experiment: Experiment,
    weights: WeightHistory,
    /// Seconds that the host needed for each of the last steps.
    host_seconds: f64,
    /// The probe of each part, made when it is first needed.
    probes: Option<Vec<(Vec<usize>, Probe)>>,
    /// What asks the ensemble's first member, and the part that it is in.
    answerer: Option<(usize, Answerer)>,
}

impl Run {
    /// The run of an experiment at step 0.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn new(experiment: &Experiment, device: &Device) -> Result<Self, TrainError> {
        Self::for_members(experiment, (0..experiment.member_count()).collect(), device)
    }

    /// The run of some members only, by their indices. Evaluations hold `None` for the others, and
    /// measurements hold no values.
    ///
    /// # Errors
    /// If there is nothing to train on.
    pub fn for_members(
        experiment: &Experiment,
        indices: Vec<usize>,
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
            answerer: None,
            experiment: experiment.clone(),
            members,
        };
        let parts = parts(&run.members, indices, solves, *device == Device::flex());
        if solves {
            run.unsolved = parts.into_iter().rev().collect();
        } else {
            run.set_up(parts)?;
        }
        Ok(run)
    }

    /// Times training steps of these members over at least the given seconds. The steps are taken
    /// from the start on a copy, and this run stays where it is. Members that are solved in closed
    /// form have none.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn time_steps(&self, seconds: f64) -> Result<StepTime, TrainError> {
        /// Seconds between two waits for the device: long enough for the coarse clock of a browser,
        /// and for a single hiccup not to decide.
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
                // The first step compiles the kernels, so it does not count.
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

    /// Seconds for a step of one network of a configuration, trained alone for this: its first seed
    /// on the CPU, where each network costs the same, all seeds together on another device. It is
    /// the shortest of many times that take at least `seconds` together, because whatever else runs
    /// on the machine makes a time longer. Configurations are counted in the order of
    /// members. `None` if there is no such configuration, or if it is solved in closed form.
    ///
    /// # Errors
    /// If the device was lost, or there is nothing to train on.
    pub async fn time_configuration(
        &self,
        configuration: usize,
        seconds: f64,
    ) -> Result<Option<f64>, TrainError> {
        /// Seconds of one time: short enough to fall between the turns of other programs,
        const SHORTEST: f64 = 0.002;
        /// and long enough for the coarse clock of a browser, in its ticks.
        const TICKS: f64 = 20.0;
        let seeds = self.experiment.settings.seeds;
        let first = configuration * seeds;
        if first >= self.members.len() || self.experiment.is_solved() {
            return Ok(None);
        }
        let networks = if self.device == Device::flex() { 1 } else { seeds };
        let mut trainer = self.trainer(&(first..first + networks).collect::<Vec<_>>())?;
        let least = f64::max(SHORTEST, TICKS * clock_tick());
        // The first step compiles the kernels.
        trainer.advance().await?;
        trainer.settle().await?;
        let (mut steps, mut total, mut shortest) = (1_u32, 0.0, f64::INFINITY);
        while total < seconds {
            let start = Instant::now();
            for _ in 0..steps {
                trainer.advance().await?;
            }
            trainer.settle().await?;
            let took = start.elapsed().as_secs_f64();
            if took < least {
                steps *= 2;
                continue;
            }
            total += took;
            shortest = f64::min(shortest, took / f64::from(steps));
        }
        Ok(Some(shortest / networks as f64))
    }

    fn set_up(&mut self, parts: Vec<Vec<usize>>) -> Result<(), TrainError> {
        let trained =
            parts.into_iter().map(|indices| Ok((indices.clone(), self.trainer(&indices)?)));
        self.parts = trained.collect::<Result<_, TrainError>>()?;
        Ok(())
    }

    fn trainer(&self, indices: &[usize]) -> Result<Trainer, TrainError> {
        Trainer::for_members(
            indices.iter().map(|&index| self.members[index]).collect(),
            &self.device,
        )
    }

    /// The last step of the run.
    fn last(&self) -> u32 {
        self.members[0].steps
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Whether training is over: the last step is taken and evaluated, or every member has
    /// diverged.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.all_diverged || self.next > self.last()
    }

    /// Takes at most `max` steps and waits for them. Stops at the next step to be evaluated and
    /// returns the evaluation. The first call evaluates step 0 before it takes any step.
    ///
    /// If the members are solved in closed form, each call solves and evaluates those of one width.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn advance(&mut self, max: u32) -> Result<Option<Evaluation>, TrainError> {
        if self.is_done() {
            return Ok(None);
        }
        let start = Instant::now();
        if !self.unsolved.is_empty() {
            return if max > 0 { self.solve_next().await.map(Some) } else { Ok(None) };
        }
        let last = self.last();
        let stop = self.step.saturating_add(max).min(self.next).min(last);
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
        for (indices, trainer) in &mut self.parts {
            fill(&mut evaluation, indices, trainer.measure().await?);
        }
        self.all_diverged = evaluation.has_diverged();
        // The last step is evaluated too, wherever the others fall.
        let following = next_evaluated_step(stop);
        self.next = if stop == last { last + 1 } else { following.min(last) };
        self.weights.trained(start);
        // Even if nothing is probed now: that can be asked for later.
        let networks = || self.parts.iter().map(|(_, trainer)| trainer.model()).collect();
        self.weights.record(stop, self.next > last, networks);
        Ok(Some(evaluation))
    }

    /// Host time for each of the last steps, in seconds: queueing on a GPU, the whole computation
    /// on the CPU. Waiting for the device is not included.
    #[must_use]
    pub fn host_seconds(&self) -> f64 {
        self.host_seconds
    }

    /// Whether recorded networks are still to be probed: those 15% apart, and those asked for.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.weights.is_behind()
    }

    /// Whether one should be probed now although training goes on: if probing has taken less than
    /// its fraction of the time.
    #[must_use]
    pub fn is_measuring_due(&self) -> bool {
        self.weights.is_due()
    }

    /// Time that training waited for the probe, as a fraction of training time.
    #[must_use]
    pub fn measuring_cost(&self) -> f64 {
        self.weights.cost()
    }

    /// Asks for the recorded steps nearest to the given ones: those between the steps 15% apart that
    /// are probed anyway. The next calls of [`Run::measure`] probe them. Ignored if a measurement
    /// depends on those of earlier steps (`Settings::is_measured_in_order`).
    pub fn refine(&mut self, steps: &[u32]) {
        self.weights.refine(steps);
    }

    /// Probes the networks of one recorded step: the newest that is not probed yet, or the oldest
    /// if a measurement depends on earlier ones. Steps 15% apart come first, then those asked for
    /// by [`Run::refine`]. `None` if all are probed. If training `rests`, the
    /// time is not counted against the fraction that probing may take.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn measure(&mut self, rests: bool) -> Result<Option<ProbeResult>, TrainError> {
        if !self.is_behind() {
            return Ok(None);
        }
        if self.probes.is_none() {
            let mut probes = Vec::new();
            for (indices, trainer) in &self.parts {
                let seeds = trainer.members().iter().map(|member| member.seed).collect();
                let probe = Probe::new(&self.experiment, seeds, trainer.data()).await?;
                probes.push((indices.clone(), probe));
            }
            self.probes = Some(probes);
        }
        let Some(probes) = &mut self.probes else { return Ok(None) };
        Ok(self.weights.measure(probes, self.members.len(), rests).await?)
    }

    /// Probes every recorded step again with the measurement settings of `experiment`, which must
    /// train identically. Returns `false`, and probes nothing again, if those settings measure the
    /// same.
    pub fn remeasure(&mut self, experiment: &Experiment) -> bool {
        let alike = self.experiment.measures_alike(experiment);
        self.experiment = experiment.clone();
        if alike {
            self.weights.set_time_fraction(experiment);
        } else {
            self.probes = None;
            self.weights.invalidate(experiment);
        }
        !alike
    }

    /// From now on [`Run::answers`] tells what the ensemble's first member answers; says what its
    /// task is. `None` if it is not trained here, or has no classes, or too many samples.
    pub fn watch_first(&mut self) -> Option<Task> {
        let place = self.parts.iter().enumerate().find_map(|(part, (indices, _))| {
            Some((part, indices.iter().position(|index| *index == 0)?))
        });
        let (part, member) = place?;
        let (answerer, task) = Answerer::new(&self.parts[part].1, member)?;
        self.answerer = Some((part, answerer));
        Some(task)
    }

    /// What the ensemble's first member answers now; `None` unless it is watched.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn answers(&self) -> Result<Option<Answers>, TrainError> {
        let Some((part, answerer)) = &self.answerer else { return Ok(None) };
        Ok(Some(answerer.ask(&self.parts[*part].1).await?))
    }

    /// Solves and evaluates the next part. Only the evaluation is kept.
    async fn solve_next(&mut self) -> Result<Evaluation, TrainError> {
        let mut evaluation = Evaluation { step: 1, members: vec![None; self.members.len()] };
        if let Some(indices) = self.unsolved.pop() {
            let mut trainer = self.trainer(&indices)?;
            trainer.advance().await?;
            fill(&mut evaluation, &indices, trainer.measure().await?);
        }
        if self.unsolved.is_empty() {
            self.step = 1;
            self.next = self.last() + 1;
        }
        Ok(evaluation)
    }

    /// Trains to the end and hands every evaluation to `observe`. Nothing is probed.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn finish(&mut self, mut observe: impl FnMut(Evaluation)) -> Result<(), TrainError> {
        while !self.is_done() {
            self.advance(u32::MAX).await?.into_iter().for_each(&mut observe);
        }
        Ok(())
    }
}

/// The smallest difference between two times of the clock, in seconds.
fn clock_tick() -> f64 {
    let tick = || {
        let start = Instant::now();
        loop {
            let seconds = start.elapsed().as_secs_f64();
            if seconds > 0.0 {
                return seconds;
            }
        }
    };
    (0..3).map(|_| tick()).fold(f64::INFINITY, f64::min)
}

/// Stores the scores of some members, by their indices.
fn fill(evaluation: &mut Evaluation, indices: &[usize], scores: Vec<Scores>) {
    for (index, scores) in indices.iter().zip(scores) {
        evaluation.members[*index] = Some(scores);
    }
}

/// Divides the given members into groups that are trained together.
fn parts(
    members: &[Settings],
    mut indices: Vec<usize>,
    solves: bool,
    on_cpu: bool,
) -> Vec<Vec<usize>> {
    if !solves && !on_cpu {
        return vec![indices];
    }
    let key = |index: usize| {
        let member = &members[index];
        (member.width, member.train_samples(), covered_by_slices(member))
    };
    indices.sort_by_key(|&index| key(index));
    indices.chunk_by(|a, b| key(*a) == key(*b)).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    /// The measurements of all recorded steps, by step.
    fn measured(run: &mut Run) -> Vec<ProbeResult> {
        let mut all = Vec::new();
        while let Some(measurement) = block_on(run.measure(true)).expect("on the CPU") {
            all.push(measurement);
        }
        all.sort_by_key(|measurement| measurement.step);
        all
    }

    fn finished(query: &str) -> Run {
        let mut run = Run::new(&Experiment::valid(query), &Device::flex()).expect("data");
        block_on(run.finish(|_| {})).expect("on the CPU");
        run
    }

    #[test]
    fn a_run_probed_again_gives_what_it_would_have_from_the_start() {
        const RUN: &str = "p=11&width=24&seeds=2&steps=60&spread=1";
        for other in ["info=binning", "info=binning&bin-range=whole", "info=neighbours&layers=all"]
        {
            let other = format!("{RUN}&{other}");
            let mut run = finished(RUN);
            let first = measured(&mut run);
            run.remeasure(&Experiment::valid(&other));
            let again = measured(&mut run);
            assert_eq!(again, measured(&mut finished(&other)), "{other}");
            assert_ne!(again, first);
            assert_eq!(first[0].step, 0);
            assert_eq!(first[first.len() - 1].step, 60);
        }
    }

    #[test]
    fn dense_steps_are_measured_only_when_asked_for() {
        const RUN: &str = "p=11&width=24&seeds=2&steps=200&spread=1";
        for query in ["", "&info=binning&bin-range=whole"] {
            let mut run = finished(&format!("{RUN}{query}"));
            let coarse: Vec<u32> = measured(&mut run).iter().map(|m| m.step).collect();
            assert!(coarse.windows(2).any(|pair| pair[1] - pair[0] > 20), "{coarse:?}");
            // The nearest of each: 98 is dense, 200 is the last step.
            run.refine(&[99, 98, 205]);
            assert!(run.is_behind());
            let dense = measured(&mut run);
            assert_eq!(dense.iter().map(|m| m.step).collect::<Vec<_>>(), [98]);
            assert!(!coarse.contains(&98) && !run.is_behind());
            assert!(dense[0].members.iter().flatten().all(Option::is_some));
        }
    }

    #[test]
    fn measurements_in_order_are_not_refined() {
        for info in ["info=binning&bin-range=running", "info=contrastive"] {
            let mut run = finished(&format!("p=11&width=16&seeds=1&steps=60&{info}"));
            measured(&mut run);
            run.refine(&[44, 50]);
            assert!(!run.is_behind(), "{info}");
        }
    }

    #[test]
    fn dense_steps_are_measured_after_those_measured_anyway() {
        let mut run = finished("p=11&width=24&seeds=1&steps=100&spread=1");
        run.refine(&[45, 50]);
        let mut steps = Vec::new();
        while let Some(measurement) = block_on(run.measure(true)).expect("on the CPU") {
            steps.push(measurement.step);
        }
        assert_eq!((steps[0], &steps[steps.len() - 3..]), (100, &[0, 50, 44][..]));
        // Another way of measuring forgets what was asked for.
        run.remeasure(&Experiment::valid("p=11&width=24&seeds=1&steps=100&spectra=1"));
        assert_eq!(measured(&mut run).len(), steps.len() - 2);
    }

    #[test]
    fn a_member_is_measured_as_it_would_be_alone() {
        // Narrower than the others, and with fewer samples: padding is no data.
        let all = "layers=all&spread=1&complexity=1&linear-map=1&spectra=1&fourier=1&truncation=1\
                   &shuffle=1";
        for (several, alone) in [("width=24,32", "width=24"), ("frac=0.4,0.5", "frac=0.4")] {
            for info in [
                all,
                "info=binning&bin-range=step&layers=all",
                "info=binning&bin-range=quantile&bin-correction=1&layers=all",
                "info=binning&bin-range=running&layers=all",
                "info=neighbours&layers=all&shuffle=1",
                "info=contrastive&layers=all",
                "info=renyi&layers=all&shuffle=1",
                "info=sliced&layers=all&shuffle=1",
                "info=coding-rate&layers=all&shuffle=1",
            ] {
                let common = format!("p=11&steps=4&lr=0.01&{info}");
                let together = format!("{common}&seeds=2&{several}");
                let mut run =
                    Run::new(&Experiment::valid(&together), &Device::flex()).expect("data");
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
    fn shuffled_labels_show_the_bias_of_each_estimator() {
        use crate::measure::{Curve, Quantity, Split, curves};

        let of = |query: &str| {
            let query = format!("p=11&width=48&seeds=1&steps=400&shuffle=1&{query}");
            let experiment = Experiment::valid(&query);
            let last = measured(&mut finished(&query)).pop().expect("recorded");
            [
                Quantity::LabelInformation,
                Quantity::LabelInformationShuffled,
                Quantity::LabelInformationShuffledDeviation,
            ]
            .map(|quantity| {
                let is_it =
                    |curve: &Curve| curve.quantity == quantity && curve.set == Some(Split::Train);
                let index = curves(&experiment).iter().position(is_it).expect("measured");
                last.members[0][index].expect("a number")
            })
        };
        for info in [
            "snr=0",
            "info=kernel",
            "info=neighbours",
            "info=renyi",
            "info=sliced",
            "info=coding-rate",
        ] {
            let [own, shuffled, deviation] = of(info);
            assert!(
                own > shuffled + 3.0 * deviation && deviation > 0.0,
                "{info}: {own} {shuffled}"
            );
        }
        // Every sample is alone in its bins: any labels are known.
        let [own, shuffled, _] = of("info=binning&bins=200");
        assert!((own - shuffled).abs() < 0.05, "{own} {shuffled}");
        // A critic finds nothing in pairs that it has not learned.
        let [_, shuffled, _] = of("info=contrastive&steps=1");
        assert!(shuffled < 0.2, "{shuffled}");
    }

    #[test]
    fn timing_steps_leaves_the_run_where_it_is() {
        let query = "p=23&width=64&seeds=2&steps=40&info=off";
        let mut run = Run::new(&Experiment::valid(query), &Device::flex()).expect("data");
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
        let untouched = Run::new(&Experiment::valid(query), &Device::flex()).expect("data");
        assert_eq!(last(run), last(untouched));

        let solved = Experiment::valid("preset=double-descent-features&seeds=1&width=10");
        let run = Run::new(&solved, &Device::flex()).expect("data");
        assert_eq!(block_on(run.time_steps(0.1)).expect("on the CPU"), StepTime::default());
    }

    #[test]
    fn each_configuration_is_timed_whichever_members_are_here() {
        // Noise has to be drawn, so its steps take longer.
        let experiment = Experiment::valid("methods=noise:0.3&width=64&seeds=2&info=off");
        let run = Run::for_members(&experiment, vec![1], &Device::flex()).expect("data");
        let time = |configuration| {
            block_on(run.time_configuration(configuration, 0.1)).expect("on the CPU")
        };
        let (baseline, noise) = (time(0).expect("is timed"), time(1).expect("is timed"));
        assert!(baseline > 0.0 && noise > baseline, "{baseline} s and {noise} s");
        assert_eq!(time(2), None);
        assert_eq!(run.step(), 0);
        let solved = Experiment::valid("preset=double-descent-features&seeds=1&width=10");
        let run = Run::new(&solved, &Device::flex()).expect("data");
        assert_eq!(block_on(run.time_configuration(0, 0.1)).expect("on the CPU"), None);
    }

    #[test]
    fn a_run_without_measurements_can_be_probed_when_it_is_over() {
        let mut run = finished("p=11&width=24&seeds=1&steps=20&info=off");
        assert!(measured(&mut run).is_empty());
        assert!(run.remeasure(&Experiment::valid("p=11&width=24&seeds=1&steps=20&spread=1")));
        assert_eq!(measured(&mut run).last().map(|measurement| measurement.step), Some(20));
        // More time to measure is no reason to measure again.
        let more = "p=11&width=24&seeds=1&steps=20&spread=1&measure-share=50";
        assert!(!run.remeasure(&Experiment::valid(more)));
        assert!(!run.is_behind());
    }

    #[test]
    fn measuring_keeps_to_its_fraction_of_the_time() {
        let query = "p=23&width=64&seeds=1&steps=600&layers=all&complexity=1&linear-map=1";
        let mut run = Run::new(&Experiment::valid(query), &Device::flex()).expect("data");
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
        println!("training {training:.2} s, {waited:.2} s of it waiting");
        // A measurement may take longer than the one before it; all together take some 3 s.
        assert!(waited < 0.05 * training + 0.5, "{waited} s of {training}");
        assert!(run.is_behind());
        while block_on(run.measure(true)).expect("on the CPU").is_some() {}
        assert!(!run.is_behind());
    }
}
