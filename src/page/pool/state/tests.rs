use super::*;
use crate::history::{Evaluation, ProbeResult, Score, Scores};
use crate::measure::{EstimatorKind, EstimatorResult};
use crate::protocol::Speed;
use crate::protocol::{Progress, Revision, WarmUp};

/// A pool whose workers answer as the test says.
struct Script {
    state: State,
    /// What was sent to workers, started, and ended; and what was told.
    log: Vec<Effect>,
}

impl Script {
    fn new(worker_limit: usize) -> Self {
        Self { state: State::new(worker_limit), log: Vec::new() }
    }

    fn lease(&mut self, backend: Backend) -> LeaseId {
        let (lease, effects) = self.state.lease(backend);
        self.log.extend(effects);
        lease
    }

    /// A lease of the CPU, whose first worker is open.
    fn open(&mut self) -> LeaseId {
        let lease = self.lease(Backend::Cpu);
        self.ready();
        lease
    }

    /// All workers that have been started listen, and open their backends.
    fn ready(&mut self) {
        let starting = self.state.workers.iter().filter(|(_, worker)| worker.kept.is_some());
        let starting: Vec<(WorkerId, Backend)> =
            starting.map(|(id, worker)| (*id, worker.backend)).collect();
        for (worker, backend) in starting {
            self.hear(worker, Event::Listening);
            self.hear(worker, Event::Ready(backend));
        }
    }

    /// Loads a run that all its workers set up. Whatever led to it is forgotten.
    fn load(&mut self, lease: LeaseId, query: &str) -> RunId {
        let run = self.state.new_run();
        let experiment = Experiment::from_query(query).experiment;
        let effects = self.state.load(lease, run, &experiment);
        self.log.extend(effects);
        self.ready();
        for worker in self.workers(run) {
            self.hear(worker, Event::Run(run, RunEvent::Loaded));
        }
        self.log.clear();
        run
    }

    fn command(&mut self, lease: LeaseId, run: RunId, command: RunCommand) {
        let effects = self.state.command(lease, run, command);
        self.log.extend(effects);
    }

    fn hear(&mut self, worker: WorkerId, event: Event) {
        let effects = self.state.handle(worker, event);
        self.log.extend(effects);
    }

    /// All workers of a run say the same.
    fn all_say(&mut self, run: RunId, event: &RunEvent) {
        for worker in self.workers(run) {
            self.hear(worker, Event::Run(run, event.clone()));
        }
    }

    fn workers(&self, run: RunId) -> Vec<WorkerId> {
        self.state.runs[&run].shares.iter().map(|(id, _)| *id).collect()
    }

    fn log(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.log)
    }

    /// Runs that workers were told to play since the log was last read.
    fn played(&mut self) -> Vec<RunId> {
        let mut played: Vec<RunId> = self
            .log()
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Send(_, Command::Run(run, RunCommand::Play)) => Some(run),
                _ => None,
            })
            .collect();
        played.dedup();
        played
    }
}

fn tells(log: &[Effect], lease: LeaseId) -> Vec<PoolEvent> {
    let mine = log.iter().filter_map(|effect| match effect {
        Effect::Tell(to, event) if *to == lease => Some(event.clone()),
        _ => None,
    });
    mine.collect()
}

fn failure() -> Failure {
    Failure::ProgramStopped { detail: Some("a reason".into()) }
}

const ONE: &str = "seeds=1";
const FOUR: &str = "seeds=4";

#[test]
fn a_lease_starts_one_worker_and_another_lease_none() {
    let mut script = Script::new(4);
    let first = script.lease(Backend::Cpu);
    let worker = WorkerId(1);
    assert_eq!(script.log(), [Effect::Start(worker, Backend::Cpu)]);
    let second = script.lease(Backend::Cpu);
    assert_eq!(script.log(), []);
    script.hear(worker, Event::Listening);
    assert_eq!(script.log(), [Effect::Send(worker, Command::Open(Backend::Cpu))]);
    script.hear(worker, Event::Ready(Backend::Cpu));
    assert_eq!(
        script.log(),
        [Effect::Tell(first, PoolEvent::Ready), Effect::Tell(second, PoolEvent::Ready)]
    );
    let third = script.lease(Backend::Cpu);
    assert_eq!(script.log(), [Effect::Tell(third, PoolEvent::Ready)]);
    script.lease(Backend::Gpu);
    assert_eq!(script.log(), [Effect::Start(WorkerId(2), Backend::Gpu)]);
}

#[test]
fn warm_up_is_told_to_those_who_wait_for_it() {
    let mut script = Script::new(4);
    let (cpu, gpu) = (script.open(), script.lease(Backend::Gpu));
    script.log();
    let stage = WarmUp::Adapter;
    let warm_up = Event::WarmUp { stage: stage.clone(), done: 0, total: 4 };
    script.hear(WorkerId(2), warm_up.clone());
    let told = PoolEvent::WarmUp { stage, done: 0, total: 4 };
    assert_eq!(script.log(), [Effect::Tell(gpu, told.clone())]);
    script.hear(WorkerId(2), Event::Ready(Backend::Gpu));
    let run = script.load(gpu, FOUR);
    script.hear(WorkerId(2), Event::Failed(failure()));
    // The next worker is opened for a run, and its figure knows what it waits for.
    let next = script.state.new_run();
    script.log();
    let effects = script.state.load(gpu, next, &Experiment::default());
    assert_eq!(effects, [Effect::Start(WorkerId(3), Backend::Gpu)]);
    script.hear(WorkerId(3), warm_up);
    assert_eq!(script.log(), [Effect::Tell(gpu, told)]);
    assert_ne!((run, cpu), (next, gpu));
}

#[test]
fn members_are_assigned_to_workers_and_more_are_started_for_them() {
    let mut script = Script::new(3);
    let lease = script.open();
    script.log();
    let run = script.state.new_run();
    let experiment = Experiment::from_query(FOUR).experiment;
    let mut effects = script.state.load(lease, run, &experiment);
    let load = |members: &[usize]| Command::Load {
        run,
        experiment: Box::new(experiment.clone()),
        members: members.to_vec(),
    };
    assert_eq!(
        effects,
        [
            Effect::Start(WorkerId(2), Backend::Cpu),
            Effect::Start(WorkerId(3), Backend::Cpu),
            Effect::Send(WorkerId(1), load(&[0, 3])),
        ]
    );
    effects.clear();
    assert_eq!(script.state.workers(run), 3);
    // What the others are sent waits until they are open, in order.
    script.command(lease, run, RunCommand::Speed(Speed::Steps(5.0)));
    script.log();
    script.hear(WorkerId(2), Event::Listening);
    assert_eq!(script.log(), [Effect::Send(WorkerId(2), Command::Open(Backend::Cpu))]);
    script.hear(WorkerId(2), Event::Ready(Backend::Cpu));
    assert_eq!(
        script.log(),
        [
            Effect::Send(WorkerId(2), load(&[1])),
            Effect::Send(WorkerId(2), Command::Run(run, RunCommand::Speed(Speed::Steps(5.0)))),
        ]
    );
}

#[test]
fn a_gpu_trains_all_members_in_one_worker() {
    let mut script = Script::new(8);
    let lease = script.lease(Backend::Gpu);
    script.ready();
    let (first, second) = (script.load(lease, FOUR), script.load(lease, FOUR));
    assert_eq!(
        (script.workers(first), script.workers(second)),
        (vec![WorkerId(1)], vec![WorkerId(1)])
    );
}

#[test]
fn small_runs_are_spread_over_the_workers_and_share_them() {
    let mut script = Script::new(2);
    let (a, b) = (script.open(), script.open());
    let runs =
        [(a, ONE), (b, ONE), (a, ONE), (b, FOUR)].map(|(lease, query)| script.load(lease, query));
    let [first, second] = [1, 2].map(WorkerId);
    let workers = runs.map(|run| script.workers(run));
    assert_eq!(workers, [vec![first], vec![second], vec![first], vec![second, first]]);
    assert_eq!(script.state.workers.len(), 2);
}

#[test]
fn two_runs_play_a_third_waits_and_plays_when_one_pauses() {
    let mut script = Script::new(2);
    let lease = script.open();
    let [a, b, c, d] = [ONE, FOUR, FOUR, ONE].map(|query| script.load(lease, query));
    for run in [a, b, c, d] {
        script.command(lease, run, RunCommand::Play);
    }
    assert_eq!(tells(&script.log, lease), [PoolEvent::Waiting(c), PoolEvent::Waiting(d)]);
    assert_eq!(script.played(), [a, b]);
    script.command(lease, a, RunCommand::Pause);
    let log = script.log.clone();
    assert_eq!(script.played(), [c]);
    let [first, second] = [1, 2].map(WorkerId);
    let play = |worker| Effect::Send(worker, Command::Run(c, RunCommand::Play));
    assert!(log.contains(&play(first)) && log.contains(&play(second)));
    // The answer to the pause frees no second place.
    script.all_say(a, &RunEvent::Paused { step: 5 });
    assert_eq!(script.played(), []);
    script.command(lease, a, RunCommand::Play);
    assert_eq!(script.log(), [Effect::Tell(lease, PoolEvent::Waiting(a))]);
    // Done, dropped, failed: each frees a place.
    script.all_say(b, &RunEvent::Done { step: 9 });
    assert_eq!(script.played(), [d]);
    let effects = script.state.drop_run(lease, c);
    script.log.extend(effects);
    assert_eq!(script.played(), [a]);
}

#[test]
fn a_failed_run_lets_the_next_one_play() {
    let mut script = Script::new(1);
    let lease = script.open();
    let [a, b, c] = [ONE, ONE, ONE].map(|query| script.load(lease, query));
    for run in [a, b, c] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    script.hear(WorkerId(1), Event::Run(a, RunEvent::Failed(failure())));
    let log = script.log();
    assert_eq!(tells(&log, lease), [PoolEvent::Run(a, RunEvent::Failed(failure()))]);
    assert!(log.contains(&Effect::Send(WorkerId(1), Command::Run(c, RunCommand::Play))));
    assert_eq!((script.state.workers(a), script.state.workers(b)), (0, 1));
}

#[test]
fn runs_of_two_backends_share_the_places_to_play() {
    let mut script = Script::new(1);
    let (cpu, gpu) = (script.open(), script.lease(Backend::Gpu));
    script.ready();
    let runs = [(cpu, ONE), (gpu, ONE), (gpu, ONE)];
    let runs = runs.map(|(lease, query)| (lease, script.load(lease, query)));
    for (lease, run) in runs {
        script.command(lease, run, RunCommand::Play);
    }
    assert_eq!(tells(&script.log, gpu), [PoolEvent::Waiting(runs[2].1)]);
}

#[test]
fn a_pause_takes_a_waiting_run_out_of_the_queue() {
    let mut script = Script::new(1);
    let lease = script.open();
    let [a, b, c, d] = [ONE; 4].map(|query| script.load(lease, query));
    for run in [a, b, c, d] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    script.command(lease, c, RunCommand::Pause);
    // The worker is asked too: its answer says that the run rests.
    let pause = Effect::Send(WorkerId(1), Command::Run(c, RunCommand::Pause));
    assert_eq!(script.log(), [pause]);
    script.all_say(c, &RunEvent::Paused { step: 0 });
    let paused = PoolEvent::Run(c, RunEvent::Paused { step: 0 });
    assert_eq!(script.log(), [Effect::Tell(lease, paused)]);
    script.command(lease, a, RunCommand::Pause);
    assert_eq!(script.played(), [d]);
}

#[test]
fn a_resting_run_takes_a_step_while_two_others_play() {
    let mut script = Script::new(1);
    let lease = script.open();
    let [a, b, c] = [ONE; 3].map(|query| script.load(lease, query));
    for run in [a, b] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    script.command(lease, c, RunCommand::Step);
    let step = |run| Effect::Send(WorkerId(1), Command::Run(run, RunCommand::Step));
    assert_eq!(script.log(), [step(c)]);
    // A step of a run that plays ends its turn.
    script.command(lease, c, RunCommand::Play);
    script.log();
    script.command(lease, a, RunCommand::Step);
    assert_eq!(script.played(), [c]);
}

#[test]
fn a_lease_dropped_while_its_run_waits_leaves_the_queue() {
    let mut script = Script::new(1);
    let (stays, goes) = (script.open(), script.open());
    let [a, b] = [ONE; 2].map(|query| script.load(stays, query));
    let waits = script.load(goes, ONE);
    for (lease, run) in [(stays, a), (stays, b), (goes, waits)] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    let effects = script.state.release(goes);
    assert_eq!(effects, [Effect::Send(WorkerId(1), Command::Drop(waits))]);
    script.command(stays, a, RunCommand::Pause);
    assert_eq!(script.played(), []);
    // Nothing that comes late is told.
    script.hear(WorkerId(1), Event::Run(waits, RunEvent::Playing));
    assert_eq!(script.log(), []);
}

#[test]
fn a_lease_dropped_while_its_run_plays_lets_the_next_play() {
    let mut script = Script::new(1);
    let (goes, stays) = (script.open(), script.open());
    let a = script.load(goes, ONE);
    let [b, c] = [ONE; 2].map(|query| script.load(stays, query));
    for (lease, run) in [(goes, a), (stays, b), (stays, c)] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    let effects = script.state.release(goes);
    script.log.extend(effects);
    assert_eq!(script.played(), [c]);
}

#[test]
fn the_last_lease_of_a_backend_ends_its_workers() {
    let mut script = Script::new(2);
    let (first, second) = (script.open(), script.open());
    let gpu = script.lease(Backend::Gpu);
    script.ready();
    let run = script.load(first, FOUR);
    let [one, two] = script.workers(run)[..] else { panic!("two workers") };
    let dropped = [one, two].map(|worker| Effect::Send(worker, Command::Drop(run)));
    assert_eq!(script.state.release(first), dropped);
    assert_eq!(script.state.release(second), [one, two].map(Effect::End));
    assert_eq!(script.state.release(second), []);
    assert_eq!(script.state.release(gpu), [Effect::End(WorkerId(2))]);
    assert!(script.state.workers.is_empty());
    // What was under way finds nobody.
    script.hear(one, Event::Run(run, RunEvent::Loaded));
    assert_eq!(script.log(), []);
}

#[test]
fn a_hundred_leases_leave_nothing_behind() {
    let mut script = Script::new(2);
    for _ in 0..100 {
        let lease = script.open();
        let run = script.load(lease, FOUR);
        script.command(lease, run, RunCommand::Play);
        let effects = script.state.check_estimators(lease, CheckSource::Map);
        script.log.extend(effects);
        let effects = script.state.release(lease);
        assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::End(_))).count(), 2);
    }
    let State { workers, leases, runs, turns, effects, .. } = &mut script.state;
    assert!(workers.is_empty() && leases.is_empty() && runs.is_empty() && effects.is_empty());
    assert_eq!([1, 2].map(|run| turns.ask(RunId(run))), [Turn::Now; 2]);
}

#[test]
fn a_worker_that_dies_takes_its_own_runs_and_is_replaced() {
    let mut script = Script::new(2);
    let (a, b) = (script.open(), script.open());
    let small = script.load(a, ONE);
    let other = script.load(b, ONE);
    let wide = script.load(b, FOUR);
    let [dies, lives] = [1, 2].map(WorkerId);
    assert_eq!((script.workers(small), script.workers(other)), (vec![dies], vec![lives]));
    script.hear(dies, Event::Failed(failure()));
    let failed = |run| PoolEvent::Run(run, RunEvent::Failed(failure()));
    assert_eq!(
        script.log(),
        [
            Effect::End(dies),
            Effect::Tell(a, failed(small)),
            Effect::Tell(b, failed(wide)),
            // The share that is left of it is freed.
            Effect::Send(lives, Command::Drop(wide)),
        ]
    );
    // The other run goes on.
    script.command(b, other, RunCommand::Play);
    assert_eq!(script.played(), [other]);
    // Commands for runs that failed go nowhere.
    script.command(a, small, RunCommand::Play);
    assert_eq!(script.log(), []);
    let again = script.state.new_run();
    let effects = script.state.load(a, again, &Experiment::from_query(ONE).experiment);
    assert_eq!(effects, [Effect::Start(WorkerId(3), Backend::Cpu)]);
    assert_eq!(script.workers(again), [WorkerId(3)]);
}

#[test]
fn a_backend_that_cannot_be_opened_is_told_to_all_who_wait() {
    let mut script = Script::new(2);
    let (first, second) = (script.lease(Backend::Gpu), script.lease(Backend::Gpu));
    script.log();
    let failure = Failure::AdapterNotOpened { detail: "a reason".into() };
    script.hear(WorkerId(1), Event::Listening);
    script.log();
    script.hear(WorkerId(1), Event::Failed(failure.clone()));
    assert_eq!(
        script.log(),
        [
            Effect::End(WorkerId(1)),
            Effect::Tell(first, PoolEvent::Failed(failure.clone())),
            Effect::Tell(second, PoolEvent::Failed(failure)),
        ]
    );
    // The next lease tries again.
    script.lease(Backend::Gpu);
    assert_eq!(script.log(), [Effect::Start(WorkerId(2), Backend::Gpu)]);
}

#[test]
fn another_worker_that_cannot_start_fails_the_run_and_not_the_lease() {
    let mut script = Script::new(2);
    let lease = script.open();
    let run = script.state.new_run();
    script.log();
    let effects = script.state.load(lease, run, &Experiment::from_query(FOUR).experiment);
    assert!(effects.contains(&Effect::Start(WorkerId(2), Backend::Cpu)));
    script.hear(WorkerId(2), Event::Failed(Failure::NoWorkers));
    let log = script.log();
    let failed = PoolEvent::Run(run, RunEvent::Failed(Failure::NoWorkers));
    assert_eq!(tells(&log, lease), [failed]);
    assert!(log.contains(&Effect::Send(WorkerId(1), Command::Drop(run))));
}

#[test]
fn a_run_dropped_before_its_worker_is_open_is_never_loaded() {
    let mut script = Script::new(1);
    let lease = script.lease(Backend::Cpu);
    let [given_up, kept] = [(); 2].map(|()| script.state.new_run());
    for run in [given_up, kept] {
        let effects = script.state.load(lease, run, &Experiment::default());
        assert_eq!(effects, []);
        script.command(lease, run, RunCommand::Play);
    }
    assert_eq!(script.state.drop_run(lease, given_up), []);
    script.log();
    script.ready();
    let sent: Vec<Option<RunId>> = script
        .log()
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(_, command) => Some(command.run()),
            _ => None,
        })
        .collect();
    assert_eq!(sent, [None, Some(kept), Some(kept)]);
}

#[test]
fn a_run_answers_to_its_own_lease_alone_and_events_to_the_living() {
    let mut script = Script::new(1);
    let (mine, other) = (script.open(), script.open());
    let run = script.load(mine, ONE);
    script.command(other, run, RunCommand::Play);
    assert_eq!(script.state.drop_run(other, run), []);
    assert_eq!(script.log(), []);
    assert_eq!(script.state.drop_run(mine, run), [Effect::Send(WorkerId(1), Command::Drop(run))]);
    for event in [RunEvent::Loaded, RunEvent::Playing, RunEvent::Failed(failure())] {
        script.hear(WorkerId(1), Event::Run(run, event));
    }
    // A worker without members of a run has no say in it.
    let run = script.load(mine, ONE);
    script.hear(WorkerId(9), Event::Run(run, RunEvent::Playing));
    assert_eq!(script.log(), []);
}

fn evaluation(members: [bool; 2], loss: f32) -> RunEvent {
    let score = Score { loss, accuracy: 0.5 };
    let members = members.map(|here| here.then_some(Scores { train: score, test: score }));
    RunEvent::Evaluation(Evaluation { step: 3, members: members.to_vec() })
}

#[test]
fn a_run_that_has_diverged_everywhere_ends_and_plays_no_more() {
    let mut script = Script::new(2);
    let lease = script.open();
    let run = script.load(lease, "seeds=2");
    let [first, second] = script.workers(run)[..] else { panic!("two workers") };
    let [a, b] = [ONE; 2].map(|query| script.load(lease, query));
    for run in [run, a, b] {
        script.command(lease, run, RunCommand::Play);
    }
    script.log();
    script.hear(first, Event::Run(run, evaluation([true, false], f32::NAN)));
    script.hear(second, Event::Run(run, evaluation([false, true], f32::NAN)));
    let log = script.log.clone();
    assert_eq!(script.played(), [b]);
    for worker in [first, second] {
        assert!(log.contains(&Effect::Send(worker, Command::Run(run, RunCommand::Pause))));
    }
    script.all_say(run, &RunEvent::Paused { step: 7 });
    let done = PoolEvent::Run(run, RunEvent::Done { step: 3 });
    assert_eq!(script.log(), [Effect::Tell(lease, done)]);
    script.command(lease, run, RunCommand::Play);
    script.command(lease, run, RunCommand::Step);
    assert_eq!(script.log(), []);
}

#[test]
fn measurements_of_a_new_revision_merge_from_all_workers() {
    let mut script = Script::new(2);
    let lease = script.open();
    let run = script.load(lease, "seeds=2&spread=1");
    let [first, second] = script.workers(run)[..] else { panic!("two workers") };
    let measured = |revision, values: [Option<f32>; 2]| RunEvent::Measured {
        revision: Revision(revision),
        result: ProbeResult {
            step: 1,
            members: values.map(|value| value.map(Some).into_iter().collect()).to_vec(),
        },
    };
    script.hear(first, Event::Run(run, measured(0, [Some(1.0), None])));
    let experiment = Box::new(Experiment::from_query("seeds=2&spectra=1").experiment);
    let command = RunCommand::Measure { experiment, revision: Revision(1) };
    script.command(lease, run, command.clone());
    let sent = [first, second].map(|w| Effect::Send(w, Command::Run(run, command.clone())));
    assert_eq!(script.log(), sent);
    script.hear(second, Event::Run(run, measured(0, [None, Some(1.0)])));
    script.hear(second, Event::Run(run, measured(1, [None, Some(2.0)])));
    let progress = |revision| Progress {
        step: 1,
        steps_per_second: 1.0,
        host_seconds: 0.0,
        measuring: 0.0,
        behind: false,
        revision: Revision(revision),
    };
    script.hear(first, Event::Run(run, RunEvent::Progress(progress(0))));
    script.hear(second, Event::Run(run, RunEvent::Progress(progress(1))));
    let behind = RunEvent::Progress(Progress { behind: true, ..progress(1) });
    assert_eq!(tells(&script.log(), lease), [PoolEvent::Run(run, behind)]);
    script.hear(first, Event::Run(run, measured(1, [Some(2.0), None])));
    let merged = PoolEvent::Run(run, measured(1, [Some(2.0), Some(2.0)]));
    assert_eq!(script.log(), [Effect::Tell(lease, merged)]);
}

fn check() -> EstimatorResult {
    let kind = EstimatorKind::Neighbours;
    EstimatorResult { kind, truth: 1.0, samples: 50, repetitions: 1, mean: 1.0, deviation: 0.0 }
}

#[test]
fn estimator_checks_come_one_after_the_other_to_those_who_asked() {
    let mut script = Script::new(1);
    let (a, b) = (script.lease(Backend::Cpu), script.lease(Backend::Cpu));
    for (lease, source) in [(a, CheckSource::Map), (b, CheckSource::Gaussian5)] {
        assert_eq!(script.state.check_estimators(lease, source), []);
    }
    script.ready();
    let worker = WorkerId(1);
    let ask = |source| Effect::Send(worker, Command::CheckEstimators(source));
    let log = script.log();
    assert!(log.contains(&ask(CheckSource::Map)) && !log.contains(&ask(CheckSource::Gaussian5)));
    script.hear(worker, Event::EstimatorCheck(check()));
    let log = script.log();
    assert_eq!((tells(&log, a).len(), tells(&log, b).len()), (1, 0));
    script.hear(worker, Event::EstimatorChecksDone);
    let done = |lease| Effect::Tell(lease, PoolEvent::EstimatorChecksDone);
    assert_eq!(script.log(), [done(a), ask(CheckSource::Gaussian5)]);
    // Who dies with them owes an answer.
    script.hear(worker, Event::Failed(failure()));
    assert_eq!(script.log(), [Effect::End(worker), done(b)]);
}

#[test]
fn estimator_checks_of_a_dropped_lease_are_told_to_nobody() {
    let mut script = Script::new(1);
    let (goes, stays) = (script.open(), script.open());
    let worker = WorkerId(1);
    for lease in [goes, goes, stays] {
        let effects = script.state.check_estimators(lease, CheckSource::Map);
        script.log.extend(effects);
    }
    assert_eq!(script.state.release(goes), []);
    script.log();
    script.hear(worker, Event::EstimatorCheck(check()));
    assert_eq!(script.log(), []);
    script.hear(worker, Event::EstimatorChecksDone);
    let ask = Effect::Send(worker, Command::CheckEstimators(CheckSource::Map));
    assert_eq!(script.log(), [ask]);
    script.hear(worker, Event::EstimatorChecksDone);
    assert_eq!(script.log(), [Effect::Tell(stays, PoolEvent::EstimatorChecksDone)]);
}

#[test]
fn one_worker_times_all_configurations() {
    let mut script = Script::new(4);
    let lease = script.open();
    let run = script.load(lease, "methods=wd:3&seeds=2");
    let workers = script.workers(run);
    assert!(workers.len() > 1);
    for configuration in [0, 1] {
        let time = RunCommand::TimeConfiguration { configuration, seconds: 0.1 };
        script.command(lease, run, time.clone());
        assert_eq!(script.log(), [Effect::Send(workers[0], Command::Run(run, time))]);
        let timed = RunEvent::ConfigurationTimed { configuration, seconds: Some(0.5) };
        script.hear(workers[0], Event::Run(run, timed.clone()));
        assert_eq!(tells(&script.log(), lease), [PoolEvent::Run(run, timed)]);
    }
}

#[test]
fn a_run_of_an_embed_plays_while_it_holds_the_lock() {
    let mut script = Script::new(1);
    script.state = State::new_with_lock(1);
    let lease = script.open();
    let run = script.load(lease, "seeds=1");
    script.command(lease, run, RunCommand::Play);
    assert_eq!(
        script.log,
        [Effect::AskLock, Effect::Tell(lease, PoolEvent::Waiting(run))],
        "waits before it trains"
    );
    script.log.clear();
    let effects = script.state.lock_held();
    assert!(matches!(effects[..], [Effect::Send(_, Command::Run(_, RunCommand::Play))]));
    script.command(lease, run, RunCommand::Pause);
    assert_eq!(script.log.last(), Some(&Effect::FreeLock), "others may train now");
}
