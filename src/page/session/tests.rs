//! Scripted cases: what a session asks for, and what state it is in, after each thing that happens.

use std::cell::Cell;

use super::*;
use crate::history::{Evaluation, ProbeResult, Score, Scores, StepTime};
use crate::recorded::RecordedSteps;
use crate::self_test::DeviceCheck;

/// A session and all that it has asked for since the last look.
struct Script {
    session: Session,
    effects: Vec<Effect>,
}

fn script(query: &str, preference: Preference) -> Script {
    let last = Cell::new(0);
    let new_run = Rc::new(move || {
        last.set(last.get() + 1);
        RunId(last.get())
    });
    let experiment = experiment(query);
    Script { session: Session::new(experiment, preference, false, new_run), effects: Vec::new() }
}

fn experiment(query: &str) -> Experiment {
    Experiment::from_query(query).experiment
}

fn gpu() -> Result<Adapter, NoAdapter> {
    Ok(Adapter { name: "a card".into(), is_software: false })
}

fn software() -> Result<Adapter, NoAdapter> {
    Ok(Adapter { name: "SwiftShader".into(), is_software: true })
}

fn failure() -> Failure {
    Failure::DeviceRead { detail: "gone".into() }
}

fn evaluation(step: u32, members: usize) -> RunEvent {
    let score = Score { loss: 1.0, accuracy: 0.5 };
    let members = vec![Some(Scores { train: score, test: score }); members];
    RunEvent::Evaluation(Evaluation { step, members })
}

fn timed(seconds: f64) -> RunEvent {
    RunEvent::Timed(StepTime { steps: 3, seconds, host_seconds: seconds })
}

const CPU: Backend = Backend::Cpu;
const GPU: Backend = Backend::Gpu;

impl Script {
    fn act(&mut self, action: Action) -> &mut Self {
        let effects = self.session.act(action);
        self.effects.extend(effects);
        self
    }

    fn hear(&mut self, backend: Backend, event: PoolEvent) -> &mut Self {
        let effects = self.session.handle(backend, event);
        self.effects.extend(effects);
        self
    }

    fn hear_run(&mut self, backend: Backend, run: u32, event: RunEvent) -> &mut Self {
        self.hear(backend, PoolEvent::Run(RunId(run), event))
    }

    fn set(&mut self, query: &str) -> &mut Self {
        self.act(Action::SetExperiment(Box::new(experiment(query))))
    }

    /// What was asked for since the last look.
    fn asked(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn state(&self) -> State {
        self.session.state()
    }

    fn load(&self, backend: Backend, run: u32) -> Effect {
        Effect::Load(backend, RunId(run), Box::new(self.session.experiment().clone()))
    }
}

fn send(backend: Backend, run: u32, command: RunCommand) -> Effect {
    Effect::Send(backend, RunId(run), command)
}

/// Playing on the CPU as run 1.
fn running(query: &str) -> Script {
    let mut script = script(query, Preference::Cpu);
    script.act(Action::Toggle).hear(CPU, PoolEvent::Ready);
    script.hear_run(CPU, 1, RunEvent::Loaded).hear_run(CPU, 1, RunEvent::Playing);
    assert_eq!(script.state(), State::Running);
    script.asked();
    script
}

/// Ready to play with both devices open: the CPU is active, nothing is compared yet.
fn both_open() -> Script {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    script.hear(CPU, PoolEvent::Ready).hear(GPU, PoolEvent::Ready).act(Action::Reset);
    script.asked();
    script
}

/// Timing steps of run 2 on the CPU against run 3 on the GPU.
fn comparing() -> Script {
    let mut script = both_open();
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [script.load(CPU, 2), script.load(GPU, 3)]);
    assert_eq!(*script.session.activity(), Activity::Comparing);
    script.hear_run(CPU, 2, RunEvent::Loaded).hear_run(GPU, 3, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(CPU, 2, RunCommand::Time(TIMED_SECONDS))]);
    script
}

#[test]
fn nothing_is_asked_for_before_the_first_play() {
    let mut script = script("", Preference::Auto);
    assert_eq!(script.state(), State::Ready);
    script.set("wd=3").act(Action::Reset).act(Action::SetSpeed(Speed::Steps(10.0)));
    assert_eq!(script.asked(), []);
    assert_eq!(script.state(), State::Ready);
}

#[test]
fn the_first_play_opens_the_chosen_cpu_without_asking_for_an_adapter() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [Effect::Lease(CPU)]);
    assert_eq!(*script.session.activity(), Activity::LoadingProgram(CPU));
    script.hear(CPU, PoolEvent::Ready);
    assert_eq!(script.asked(), [script.load(CPU, 1)]);
    script.hear_run(CPU, 1, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Play)]);
    assert_eq!(script.state(), State::Loading);
    script.hear_run(CPU, 1, RunEvent::Playing);
    assert_eq!(script.state(), State::Running);
}

#[test]
fn without_a_choice_the_browser_is_asked_for_its_adapter() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [Effect::FindAdapter(1)]);
    script.act(Action::AdapterFound(1, Err(NoAdapter::NoWebGpu)));
    assert_eq!(script.asked(), [Effect::Lease(CPU)]);
    assert_eq!(*script.session.device().reason(), Reason::NoAdapter(NoAdapter::NoWebGpu));
}

#[test]
fn a_late_answer_about_the_adapter_is_ignored() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::SetPreference(Preference::Gpu)).act(Action::Toggle);
    let tokens: Vec<Effect> =
        script.asked().into_iter().filter(|e| matches!(e, Effect::FindAdapter(_))).collect();
    assert_eq!(tokens.len(), 2);
    script.act(Action::AdapterFound(1, software()));
    assert_eq!(script.asked(), []);
    let Effect::FindAdapter(token) = tokens[1] else { panic!("a question") };
    script.act(Action::AdapterFound(token, software()));
    assert_eq!(script.asked(), [Effect::Lease(GPU)]);
}

#[test]
fn an_adapter_that_nobody_waits_for_any_more_is_not_opened() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::Reset);
    script.asked();
    script.act(Action::AdapterFound(1, gpu()));
    assert_eq!(script.asked(), []);
}

#[test]
fn a_software_adapter_is_left_alone_unless_asked_for() {
    let mut auto = script("", Preference::Auto);
    auto.act(Action::Toggle).act(Action::AdapterFound(1, software()));
    assert_eq!(auto.session.device().active(), Some(CPU));
    assert_eq!(*auto.session.device().reason(), Reason::SoftwareAdapter);
    let mut chosen = script("", Preference::Gpu);
    chosen.act(Action::Toggle).act(Action::AdapterFound(1, software()));
    assert_eq!(chosen.session.device().active(), Some(GPU));
    assert_eq!(*chosen.session.device().reason(), Reason::Chosen);
}

#[test]
fn with_a_gpu_the_cpu_begins_and_the_gpu_is_opened_behind_it() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    assert_eq!(*script.session.device().reason(), Reason::Preparing);
    script.asked();
    script.hear(CPU, PoolEvent::Ready);
    assert_eq!(script.asked(), [Effect::Lease(GPU), script.load(CPU, 1)]);
    script.hear(GPU, PoolEvent::Ready);
    assert_eq!(*script.session.device().reason(), Reason::ToBeCompared);
    assert_eq!(script.asked(), []);
}

#[test]
fn a_run_that_has_begun_is_not_moved_to_the_gpu() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu())).hear(CPU, PoolEvent::Ready);
    script.hear_run(CPU, 1, RunEvent::Loaded).hear_run(CPU, 1, RunEvent::Playing);
    script.asked();
    script.hear(GPU, PoolEvent::Ready);
    assert_eq!((script.asked(), script.state()), (vec![], State::Running));
}

#[test]
fn the_faster_gpu_takes_over_with_a_run_of_its_own() {
    let mut script = comparing();
    script.hear_run(CPU, 2, timed(0.01));
    assert_eq!(script.asked(), [send(GPU, 3, RunCommand::Time(TIMED_SECONDS))]);
    script.hear_run(GPU, 3, timed(0.002));
    let expected =
        [Effect::DropRun(GPU, RunId(3)), Effect::DropRun(CPU, RunId(2)), script.load(GPU, 4)];
    assert_eq!(script.asked(), expected);
    assert_eq!(script.session.device().active(), Some(GPU));
    assert_eq!(*script.session.device().reason(), Reason::Compared { times: 5.0 });
    script.hear_run(GPU, 4, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(GPU, 4, RunCommand::Play)]);
}

#[test]
fn the_faster_cpu_goes_on_with_the_run_that_was_timed() {
    let mut script = comparing();
    script.hear_run(CPU, 2, timed(0.001)).hear_run(GPU, 3, timed(0.004));
    let asked = script.asked();
    assert_eq!(asked[1..], [Effect::DropRun(GPU, RunId(3)), send(CPU, 2, RunCommand::Play)]);
    assert_eq!(script.session.device().active(), Some(CPU));
    assert_eq!(*script.session.device().reason(), Reason::Compared { times: 4.0 });
}

#[test]
fn an_experiment_of_the_same_size_is_not_timed_again() {
    let mut script = comparing();
    script.hear_run(CPU, 2, timed(0.001)).hear_run(GPU, 3, timed(0.004));
    script.set("wd=3");
    script.asked();
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [script.load(CPU, 4)]);
}

#[test]
fn an_experiment_of_another_size_is_timed_again() {
    let mut script = comparing();
    script.hear_run(CPU, 2, timed(0.001)).hear_run(GPU, 3, timed(0.004));
    script.set("width=256").act(Action::Reset);
    script.asked();
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [script.load(CPU, 4), script.load(GPU, 5)]);
}

#[test]
fn an_interrupted_comparison_does_not_count_as_made() {
    for interruption in [
        Action::Reset,
        Action::SetExperiment(Box::new(experiment("lr=0.01"))),
        Action::SetExperiment(Box::new(experiment("wd=0"))),
    ] {
        let mut script = comparing();
        script.hear_run(CPU, 2, timed(0.001));
        script.asked();
        script.act(interruption).act(Action::Reset);
        script.hear_run(GPU, 3, timed(0.004));
        assert_eq!(*script.session.device().reason(), Reason::ToBeCompared);
        script.asked();
        script.act(Action::Toggle);
        let asked = script.asked();
        let loads = asked.iter().filter(|effect| matches!(effect, Effect::Load(..))).count();
        assert_eq!(loads, 2, "both are timed again: {asked:?}");
    }
}

#[test]
fn settings_changed_while_comparing_drop_both_runs_and_compare_again() {
    let mut script = comparing();
    script.set("lr=0.01");
    let expected = [
        Effect::DropRun(GPU, RunId(3)),
        Effect::DropRun(CPU, RunId(2)),
        script.load(CPU, 4),
        script.load(GPU, 5),
    ];
    assert_eq!(script.asked(), expected);
}

#[test]
fn what_is_solved_in_closed_form_is_not_compared() {
    let mut script = both_open();
    script.set("preset=double-descent-features").act(Action::Toggle);
    assert_eq!(script.asked(), [script.load(CPU, 2)]);
}

#[test]
fn a_gpu_that_fails_while_it_is_compared_leaves_the_run_to_the_cpu() {
    let mut script = comparing();
    script.hear_run(CPU, 2, timed(0.001));
    script.asked();
    script.hear(GPU, PoolEvent::Failed(failure()));
    let asked = script.asked();
    assert!(asked.contains(&Effect::Release(GPU)), "{asked:?}");
    assert!(asked.contains(&script.load(CPU, 4)), "{asked:?}");
    script.hear_run(CPU, 4, RunEvent::Loaded).hear_run(CPU, 4, RunEvent::Playing);
    assert_eq!(script.state(), State::Running);
    assert_eq!(*script.session.device().reason(), Reason::GpuFailed(failure()));
}

#[test]
fn a_run_that_fails_on_the_gpu_while_it_is_compared_leaves_the_cpu() {
    let mut script = comparing();
    script.hear_run(GPU, 3, RunEvent::Failed(failure()));
    assert!(script.asked().contains(&Effect::Release(GPU)));
    assert_eq!(script.session.device().active(), Some(CPU));
    assert_eq!(script.state(), State::Loading);
}

#[test]
fn a_gpu_in_the_background_that_fails_disturbs_no_run() {
    let mut script = script("", Preference::Auto);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu())).hear(CPU, PoolEvent::Ready);
    script.hear_run(CPU, 1, RunEvent::Loaded).hear_run(CPU, 1, RunEvent::Playing);
    script.asked();
    script.hear(GPU, PoolEvent::Failed(failure()));
    assert_eq!(script.asked(), [Effect::Release(GPU)]);
    assert_eq!(script.state(), State::Running);
}

#[test]
fn a_chosen_gpu_that_cannot_be_opened_falls_back_to_the_cpu() {
    let mut script = script("", Preference::Gpu);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    script.asked();
    script.hear(GPU, PoolEvent::Failed(failure()));
    assert_eq!(script.asked(), [Effect::Release(GPU), Effect::Lease(CPU)]);
    assert_eq!(*script.session.device().reason(), Reason::GpuFailed(failure()));
    script.hear(CPU, PoolEvent::Ready);
    assert_eq!(script.asked(), [script.load(CPU, 1)]);
}

#[test]
fn a_gpu_that_says_nothing_for_too_long_is_given_up() {
    let mut script = script("", Preference::Gpu);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    script.hear(GPU, PoolEvent::WarmUp { stage: WarmUp::Adapter, done: 0, total: 4 });
    let Some(Effect::Patience(token, PATIENCE_SECONDS)) = script.asked().pop() else {
        panic!("the GPU is watched");
    };
    script.act(Action::PatienceOver(token));
    assert_eq!(script.asked(), [Effect::Release(GPU), Effect::Lease(CPU)]);
    let silent = Failure::Silent { seconds: PATIENCE_SECONDS };
    assert_eq!(*script.session.device().reason(), Reason::GpuFailed(silent));
}

#[test]
fn every_sign_of_life_gives_the_gpu_more_time() {
    let mut script = script("", Preference::Gpu);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    let warm_up = |done| PoolEvent::WarmUp {
        stage: WarmUp::Check(DeviceCheck::LargeProduct),
        done,
        total: 4,
    };
    script.hear(GPU, warm_up(1));
    let Some(Effect::Patience(old, _)) = script.asked().pop() else { panic!("watched") };
    script.hear(GPU, warm_up(2));
    script.asked();
    script.act(Action::PatienceOver(old));
    assert_eq!(script.asked(), []);
    script.hear(GPU, PoolEvent::Ready);
    assert_eq!(script.session.device().active(), Some(GPU));
}

#[test]
fn patience_ends_when_the_gpu_is_ready() {
    let mut script = script("", Preference::Gpu);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    script.hear(GPU, PoolEvent::WarmUp { stage: WarmUp::Adapter, done: 0, total: 4 });
    let Some(Effect::Patience(token, _)) = script.asked().pop() else { panic!("watched") };
    script.hear(GPU, PoolEvent::Ready);
    script.asked();
    script.act(Action::PatienceOver(token));
    assert_eq!(script.asked(), []);
}

#[test]
fn warming_up_is_told_with_its_part() {
    let mut script = script("", Preference::Gpu);
    script.act(Action::Toggle).act(Action::AdapterFound(1, gpu()));
    let stage = WarmUp::Check(DeviceCheck::Softmax);
    script.hear(GPU, PoolEvent::WarmUp { stage: stage.clone(), done: 2, total: 9 });
    let expected = Activity::WarmingUp { stage, done: 2, total: 9 };
    assert_eq!(*script.session.activity(), expected);
}

#[test]
fn a_cpu_that_cannot_be_opened_is_an_error_and_reset_tries_again() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Toggle).hear(CPU, PoolEvent::Failed(Failure::ProgramNotLoaded));
    assert_eq!(script.state(), State::Error);
    assert_eq!(*script.session.activity(), Activity::Failed(Failure::ProgramNotLoaded));
    script.asked();
    script.act(Action::Reset);
    assert_eq!((script.asked(), script.state()), (vec![Effect::Release(CPU)], State::Ready));
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [Effect::Lease(CPU)]);
}

#[test]
fn the_first_reason_of_an_error_is_kept() {
    let mut script = running("");
    script.hear_run(CPU, 1, RunEvent::Failed(failure()));
    script.hear(CPU, PoolEvent::Failed(Failure::ProgramStopped { detail: None }));
    assert_eq!(*script.session.activity(), Activity::Failed(failure()));
}

#[test]
fn a_run_that_fails_is_dropped_and_its_curves_stay() {
    let mut script = running("seeds=1");
    script.hear_run(CPU, 1, evaluation(7, 1)).hear_run(CPU, 1, RunEvent::Failed(failure()));
    assert_eq!(script.asked(), [Effect::DropRun(CPU, RunId(1))]);
    assert_eq!(script.state(), State::Error);
    assert_eq!(script.session.history().evaluations().len(), 1);
}

#[test]
fn play_does_nothing_in_an_error_but_new_settings_begin_afresh() {
    let mut script = running("");
    script.hear_run(CPU, 1, RunEvent::Failed(failure()));
    script.asked();
    script.act(Action::Toggle);
    assert_eq!(script.asked(), []);
    script.set("wd=3");
    assert_eq!(script.state(), State::Ready);
    script.act(Action::Toggle);
    assert_eq!(script.state(), State::Loading);
}

#[test]
fn pause_is_shown_when_the_workers_have_paused() {
    let mut script = running("");
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Pause)]);
    assert_eq!(script.state(), State::Running);
    script.hear_run(CPU, 1, RunEvent::Paused { step: 12 });
    assert_eq!((script.state(), script.session.progress().step), (State::Paused, 12));
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Play)]);
}

#[test]
fn after_the_end_play_starts_a_new_run() {
    let mut script = running("seeds=1");
    script.hear_run(CPU, 1, evaluation(7, 1)).hear_run(CPU, 1, RunEvent::Done { step: 4000 });
    assert_eq!(script.state(), State::Done);
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [Effect::DropRun(CPU, RunId(1)), script.load(CPU, 2)]);
    assert_eq!(script.session.history().evaluations().len(), 0);
}

#[test]
fn a_step_from_rest_sets_the_run_up_first() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Step).hear(CPU, PoolEvent::Ready);
    script.asked();
    script.hear_run(CPU, 1, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Step)]);
    script.hear_run(CPU, 1, RunEvent::Paused { step: 1 });
    assert_eq!(script.state(), State::Paused);
    script.act(Action::Step);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Step)]);
}

#[test]
fn play_pressed_while_a_step_is_set_up_plays() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Step).act(Action::Toggle).hear(CPU, PoolEvent::Ready);
    script.asked();
    script.hear_run(CPU, 1, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Play)]);
}

#[test]
fn reset_drops_the_run_and_what_it_still_says_is_ignored() {
    let mut script = running("seeds=1");
    script.act(Action::Reset);
    assert_eq!(script.asked(), [Effect::DropRun(CPU, RunId(1))]);
    script.hear_run(CPU, 1, evaluation(9, 1)).hear_run(CPU, 1, RunEvent::Done { step: 9 });
    script.hear_run(CPU, 1, RunEvent::Failed(failure()));
    assert_eq!(script.state(), State::Ready);
    assert_eq!(script.session.history().evaluations().len(), 0);
}

#[test]
fn reset_ends_what_is_loading() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Toggle).act(Action::Reset);
    assert_eq!(script.state(), State::Ready);
    script.asked();
    script.hear(CPU, PoolEvent::Ready);
    assert_eq!((script.asked(), script.state()), (vec![], State::Ready));
}

#[test]
fn other_settings_restart_a_playing_run_and_it_goes_on_playing() {
    let mut script = running("");
    script.set("wd=3");
    assert_eq!(script.asked(), [Effect::DropRun(CPU, RunId(1)), script.load(CPU, 2)]);
    script.hear_run(CPU, 2, RunEvent::Loaded);
    assert_eq!(script.asked(), [send(CPU, 2, RunCommand::Play)]);
}

#[test]
fn other_settings_of_a_run_at_rest_wait_for_play() {
    let mut script = running("");
    script.hear_run(CPU, 1, RunEvent::Done { step: 4000 });
    script.set("wd=3");
    assert_eq!(script.asked(), [Effect::DropRun(CPU, RunId(1))]);
    assert_eq!(script.state(), State::Ready);
}

#[test]
fn the_same_settings_change_nothing() {
    let mut script = running("wd=3");
    script.set("wd=3");
    assert_eq!((script.asked(), script.state()), (vec![], State::Running));
}

#[test]
fn measurement_settings_measure_the_run_again_and_it_goes_on() {
    let mut script = running("seeds=1");
    script.hear_run(CPU, 1, evaluation(7, 1));
    script.set("seeds=1&info=binning");
    let [Effect::Send(CPU, RunId(1), RunCommand::Measure { revision, .. })] = script.asked()[..]
    else {
        panic!("the run is measured again");
    };
    assert_eq!((revision, script.state()), (Revision(1), State::Running));
    assert_eq!(script.session.history().evaluations().len(), 1);
}

#[test]
fn results_of_older_measurement_settings_are_ignored() {
    let mut script = running("seeds=1");
    script.set("seeds=1&info=binning");
    let count = script.session.history().curves().len();
    let result = ProbeResult { step: 3, members: vec![vec![Some(1.0); count]] };
    let measured = |revision| RunEvent::Measured { revision, result: result.clone() };
    script.hear_run(CPU, 1, measured(Revision(0)));
    assert_eq!(script.session.history().measurements().len(), 0);
    script.hear_run(CPU, 1, measured(Revision(1)));
    assert_eq!(script.session.history().measurements().len(), 1);
}

#[test]
fn measures_are_complete_only_by_the_word_of_the_newest_settings() {
    let mut script = running("seeds=1");
    let progress = |revision| {
        RunEvent::Progress(Progress { step: 9, revision, behind: false, ..Progress::default() })
    };
    script.hear_run(CPU, 1, progress(Revision(0)));
    assert!(script.session.is_measured());
    script.set("seeds=1&info=binning");
    assert!(!script.session.is_measured());
    script.hear_run(CPU, 1, progress(Revision(0)));
    assert!(!script.session.is_measured());
    script.hear_run(CPU, 1, progress(Revision(1)));
    assert!(script.session.is_measured());
}

/// Paused or done at step 4000, with all coarse steps measured and nothing more asked for yet: I(X;T)
/// falls by half at step 900.
fn at_rest(event: RunEvent) -> Script {
    let mut script = running("seeds=1");
    script.hear_run(CPU, 1, evaluation(4000, 1));
    let recorded = RecordedSteps::until(script.session.experiment(), 4000);
    let coarse: Vec<u32> =
        recorded.steps().iter().filter(|step| step.is_coarse).map(|step| step.step).collect();
    hear_measured(&mut script, 0, &coarse);
    assert_eq!(script.asked(), [], "training goes on");
    script.hear_run(CPU, 1, progress(0, false)).hear_run(CPU, 1, event);
    script
}

fn hear_measured(script: &mut Script, revision: u32, steps: &[u32]) {
    let count = script.session.history().curves().len();
    for &step in steps {
        let value = if step > 900 { 4.0 } else { 8.0 };
        let result = ProbeResult { step, members: vec![vec![Some(value); count]] };
        let revision = Revision(revision);
        script.hear_run(CPU, 1, RunEvent::Measured { revision, result });
    }
}

fn progress(revision: u32, behind: bool) -> RunEvent {
    let revision = Revision(revision);
    RunEvent::Progress(Progress { step: 4000, revision, behind, ..Progress::default() })
}

/// The steps that were asked for since the last look, with their revision; `None` if nothing was.
fn refined(script: &mut Script) -> Option<(Vec<u32>, u32)> {
    match &script.asked()[..] {
        [] => None,
        [Effect::Send(CPU, RunId(1), RunCommand::Refine { steps, revision })] => {
            Some((steps.clone(), revision.0))
        }
        other => panic!("nothing else is asked for: {other:?}"),
    }
}

#[test]
fn a_run_that_rests_is_measured_where_its_curves_fall() {
    for event in [RunEvent::Done { step: 4000 }, RunEvent::Paused { step: 4000 }] {
        let mut script = at_rest(event);
        let (steps, revision) = refined(&mut script).expect("it is refined");
        assert!(steps.iter().any(|step| (823..900).contains(step)), "{steps:?}");
        assert!(!script.session.is_measured());
        // Said before the workers heard of it.
        script.hear_run(CPU, 1, progress(revision - 1, false));
        assert_eq!(refined(&mut script), None);
        script.hear_run(CPU, 1, progress(revision, true));
        hear_measured(&mut script, revision, &steps);
        assert!(!script.session.is_measured());
        script.hear_run(CPU, 1, progress(revision, false));
        assert_eq!(refined(&mut script), None, "the half-point is known to 5%");
        assert!(script.session.is_measured());
        let measured = script.session.history().measurements();
        assert!(steps.iter().all(|step| measured.iter().any(|m| m.step == *step)));
    }
}

#[test]
fn steps_that_do_not_come_are_asked_for_only_so_often() {
    let mut script = at_rest(RunEvent::Done { step: 4000 });
    for round in 1..=MAX_ROUNDS {
        assert_eq!(refined(&mut script).map(|(_, revision)| revision), Some(round));
        script.hear_run(CPU, 1, progress(round, false));
    }
    assert_eq!(refined(&mut script), None);
    assert!(script.session.is_measured());
}

#[test]
fn nothing_more_is_measured_while_training_goes_on_or_coarse_steps_are_missing() {
    let mut script = running("seeds=1");
    script.hear_run(CPU, 1, evaluation(4000, 1));
    hear_measured(&mut script, 0, &[0, 823, 960, 4000]);
    script.hear_run(CPU, 1, progress(0, false));
    assert_eq!(refined(&mut script), None);
    script.hear_run(CPU, 1, progress(0, true)).hear_run(CPU, 1, RunEvent::Paused { step: 4000 });
    assert_eq!(refined(&mut script), None);
    script.hear_run(CPU, 1, progress(0, false));
    assert!(refined(&mut script).is_some());
}

#[test]
fn a_run_that_went_on_is_refined_again() {
    let mut script = at_rest(RunEvent::Paused { step: 4000 });
    for round in 1..=MAX_ROUNDS {
        script.hear_run(CPU, 1, progress(round, false));
    }
    script.asked();
    script.hear_run(CPU, 1, RunEvent::Playing).hear_run(CPU, 1, evaluation(4080, 1));
    script.hear_run(CPU, 1, progress(MAX_ROUNDS, false));
    assert_eq!(refined(&mut script), None);
    script.hear_run(CPU, 1, RunEvent::Done { step: 4080 });
    assert!(refined(&mut script).is_some());
}

#[test]
fn other_measurement_settings_are_refined_afresh() {
    let mut script = at_rest(RunEvent::Done { step: 4000 });
    script.asked();
    script.set("seeds=1&info=binning&bin-range=step");
    script.asked();
    script.hear_run(CPU, 1, progress(1, false));
    assert_eq!(refined(&mut script), None, "that was of the settings before");
    let recorded = RecordedSteps::until(script.session.experiment(), 4000);
    let coarse = recorded.steps().iter().filter(|step| step.is_coarse).map(|step| step.step);
    hear_measured(&mut script, 2, &coarse.collect::<Vec<_>>());
    script.hear_run(CPU, 1, progress(2, false));
    assert_eq!(refined(&mut script).map(|(_, revision)| revision), Some(3));
}

#[test]
fn the_share_of_time_for_measuring_changes_without_measuring_again() {
    let mut script = running("seeds=1");
    script.set("seeds=1&measure-share=20");
    let [Effect::Send(CPU, RunId(1), RunCommand::Measure { revision, .. })] = script.asked()[..]
    else {
        panic!("the run is told");
    };
    assert_eq!(revision, Revision(0));
}

#[test]
fn measurement_settings_before_the_first_play_start_nothing() {
    let mut script = script("", Preference::Cpu);
    script.set("info=binning");
    assert_eq!((script.asked(), script.state()), (vec![], State::Ready));
    assert_eq!(*script.session.history().experiment(), experiment("info=binning"));
}

#[test]
fn a_figure_that_waits_says_so_and_pause_takes_it_back() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Toggle).hear(CPU, PoolEvent::Ready).hear_run(CPU, 1, RunEvent::Loaded);
    script.hear(CPU, PoolEvent::Waiting(RunId(1)));
    assert_eq!(script.state(), State::Waiting);
    script.asked();
    script.act(Action::Toggle);
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Pause)]);
    assert_eq!(script.state(), State::Paused);
}

#[test]
fn a_figure_that_waited_plays_when_its_turn_comes() {
    let mut script = script("", Preference::Cpu);
    script.act(Action::Toggle).hear(CPU, PoolEvent::Ready).hear_run(CPU, 1, RunEvent::Loaded);
    script.hear(CPU, PoolEvent::Waiting(RunId(1))).hear_run(CPU, 1, RunEvent::Playing);
    assert_eq!(script.state(), State::Running);
}

#[test]
fn that_another_run_waits_is_not_this_figures_affair() {
    let mut script = running("");
    script.hear(CPU, PoolEvent::Waiting(RunId(99)));
    assert_eq!(script.state(), State::Running);
}

#[test]
fn a_limited_speed_is_told_before_the_run_plays_and_when_it_changes() {
    let mut script = script("", Preference::Cpu);
    script
        .act(Action::SetSpeed(Speed::Steps(50.0)))
        .act(Action::Toggle)
        .hear(CPU, PoolEvent::Ready);
    script.asked();
    script.hear_run(CPU, 1, RunEvent::Loaded);
    let speed = send(CPU, 1, RunCommand::Speed(Speed::Steps(50.0)));
    assert_eq!(script.asked(), [speed, send(CPU, 1, RunCommand::Play)]);
    script.act(Action::SetSpeed(Speed::Full));
    assert_eq!(script.asked(), [send(CPU, 1, RunCommand::Speed(Speed::Full))]);
}

#[test]
fn another_device_gives_all_workers_back_and_starts_at_step_0() {
    let mut script = both_open();
    script.act(Action::SetPreference(Preference::Cpu));
    assert_eq!(script.asked(), [Effect::Release(CPU), Effect::Release(GPU)]);
    assert_eq!((script.state(), script.session.device().active()), (State::Ready, None));
    assert_eq!(*script.session.device().reason(), Reason::NotYet);
}

#[test]
fn estimators_are_tried_without_a_run() {
    let mut script = script("", Preference::Cpu);
    let source = CheckSource::ALL[0];
    script.act(Action::CheckEstimators(source));
    assert_eq!(script.asked(), [Effect::Lease(CPU)]);
    script.hear(CPU, PoolEvent::Ready);
    assert_eq!(script.asked(), [Effect::CheckEstimators(CPU, source)]);
    assert_eq!(script.state(), State::Ready);
    script.hear(CPU, PoolEvent::EstimatorChecksDone);
    assert_eq!(script.session.checks().running, None);
}

#[test]
fn one_reference_problem_is_tried_at_a_time() {
    let mut script = running("");
    script.act(Action::CheckEstimators(CheckSource::ALL[0]));
    script.act(Action::CheckEstimators(CheckSource::ALL[1]));
    assert_eq!(script.asked(), [Effect::CheckEstimators(CPU, CheckSource::ALL[0])]);
}

#[test]
fn trying_estimators_ends_with_the_workers() {
    let mut script = running("");
    script.act(Action::CheckEstimators(CheckSource::ALL[0]));
    script.hear(CPU, PoolEvent::Failed(Failure::ProgramStopped { detail: None }));
    assert_eq!(script.session.checks().running, None);
    assert_eq!(script.state(), State::Error);
}

#[test]
fn the_version_changes_with_the_history_and_with_nothing_else() {
    let mut script = running("seeds=1");
    let before = script.session.version();
    script.act(Action::SetSpeed(Speed::Steps(10.0))).hear_run(CPU, 1, RunEvent::Paused { step: 3 });
    assert_eq!(script.session.version(), before);
    script.hear_run(CPU, 1, evaluation(3, 1));
    let with_one = script.session.version();
    assert_ne!(with_one, before);
    script.act(Action::Reset);
    assert_ne!(script.session.version(), with_one);
}

#[test]
fn a_step_of_each_configuration_is_timed_once_methods_are_compared() {
    let ask = |configuration| {
        let seconds = TIMED_CONFIGURATION_SECONDS;
        send(CPU, 1, RunCommand::TimeConfiguration { configuration, seconds })
    };
    let timed = |configuration, seconds| RunEvent::ConfigurationTimed { configuration, seconds };
    let mut script = running("methods=wd:3&seeds=1");
    script.hear_run(CPU, 1, RunEvent::Done { step: 9 });
    assert_eq!(script.asked(), [ask(0)]);
    // Said twice, it is asked for once.
    script.hear_run(CPU, 1, RunEvent::Done { step: 9 });
    assert_eq!(script.asked(), []);
    // In rounds, so that a busy moment does not fall on one configuration; the least counts.
    for (round, seconds) in [0.5, 0.4, 0.6].into_iter().enumerate() {
        assert!(script.session.step_seconds().is_empty());
        script.hear_run(CPU, 1, timed(0, Some(seconds)));
        assert_eq!(script.asked(), [ask(1)]);
        script.hear_run(CPU, 1, timed(1, None));
        assert_eq!(script.asked(), if round < 2 { vec![ask(0)] } else { Vec::new() });
    }
    assert_eq!(script.session.step_seconds(), [Some(0.4), None]);
    script.act(Action::Reset).asked();
    script.hear_run(CPU, 1, timed(1, Some(0.5)));
    assert!(script.session.step_seconds().is_empty());

    let mut script = running("wd=1,3&seeds=1");
    script.hear_run(CPU, 1, RunEvent::Done { step: 9 });
    assert_eq!(script.asked(), []);
}
