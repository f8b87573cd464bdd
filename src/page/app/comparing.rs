//! Which of two devices trains: the CPU begins at once, and as soon as the GPU is there a few steps of the
//! experiment at hand are timed on both.

use std::rc::Rc;

use super::{App, Shared, State, on_event, redraw};
use crate::experiment::Experiment;
use crate::page::adapter::Choice;
use crate::page::dom::set_root_attribute;
use crate::page::speed;
use crate::page::team::Team;
use crate::protocol::{Backend, Command, Event};

/// Seconds of steps that are timed.
const SECONDS: f64 = 0.1;

/// A device that does not train, but could.
pub struct Rival {
    choice: Choice,
    /// Nothing before the device that begins is ready.
    team: Option<Team>,
    ready: bool,
    /// The size of the last experiment that was timed on both.
    compared: Option<Vec<Size>>,
    /// Seconds a step while both are being timed: of what trains, and of this.
    times: Option<[Option<f64>; 2]>,
}

/// What the cost of a step depends on: units of each layer, samples, and samples in a batch.
type Size = (Vec<usize>, usize, usize);

fn sizes(experiment: &Experiment) -> Vec<Size> {
    let members = experiment.members();
    members.iter().map(|m| (m.units(), m.train_samples(), m.batch)).collect()
}

impl Rival {
    pub(super) fn new(choice: Choice) -> Self {
        Self { choice, team: None, ready: false, compared: None, times: None }
    }

    fn send(&self, command: &Command) {
        if let Some(team) = &self.team {
            team.send(command);
        }
    }
}

/// Starts the rival's worker, once.
pub(super) fn prepare(app: &Shared) {
    let backend = match &app.borrow().rival {
        Some(rival) if rival.team.is_none() => rival.choice.backend,
        _ => return,
    };
    let shared = Rc::clone(app);
    let team = Team::open(backend, 1, move |event| hear(&shared, backend, event));
    let mut app = app.borrow_mut();
    match (team, &mut app.rival) {
        (Ok(team), Some(rival)) => rival.team = Some(team),
        (Err(sentence), _) => app.hear_rival(Event::Failed(sentence)),
        (Ok(_), None) => {}
    }
}

/// Takes an event of what trains, or of its rival.
pub(super) fn hear(app: &Shared, backend: Backend, event: Event) {
    if app.borrow().choice.as_ref().is_some_and(|choice| choice.backend == backend) {
        on_event(app, event);
    } else {
        app.borrow_mut().hear_rival(event);
        redraw(app);
    }
}

impl App {
    fn hear_rival(&mut self, event: Event) {
        let Some(rival) = &mut self.rival else { return };
        match event {
            Event::Listening => rival.send(&Command::Open(rival.choice.backend)),
            Event::Ready(_) => {
                rival.ready = true;
                if let Some(choice) = &mut self.choice {
                    choice.badge = "CPU: to be compared with the GPU before the next run".into();
                }
                // A run that was begun is not taken apart.
                if self.state == State::Ready {
                    self.compare();
                }
            }
            // One after the other: a software GPU works on the same cores.
            Event::Loaded if rival.times.is_some() => self.send(&Command::Time(SECONDS)),
            Event::Timed(time) => {
                if let Some(times) = &mut rival.times {
                    times[1] = Some(time.seconds);
                }
                self.decide();
            }
            Event::Failed(reason) => {
                let waiting = rival.times.is_some();
                if rival.choice.backend == Backend::Gpu {
                    self.choice = Some(Choice::cpu(&reason));
                }
                self.rival = None;
                if waiting {
                    self.start();
                }
            }
            _ => {}
        }
    }

    /// Begins to time what was loaded on both devices; `false` if there is nothing to be found out.
    pub(super) fn compare(&mut self) -> bool {
        let sizes = sizes(&self.experiment);
        let command = Command::Load {
            experiment: Box::new(self.experiment.clone()),
            members: (0..self.experiment.member_count()).collect(),
        };
        let solved = self.experiment.is_solved();
        let Some(rival) = &mut self.rival else { return false };
        rival.times = None;
        if !rival.ready || solved || rival.compared.as_ref() == Some(&sizes) {
            return false;
        }
        rival.compared = Some(sizes);
        rival.times = Some([None; 2]);
        rival.send(&command);
        self.message = "Timing a few steps on the CPU and on the GPU.".into();
        self.set_state(State::Loading);
        true
    }

    /// Takes the time of a step of what trains.
    pub(super) fn timed(&mut self, seconds: f64) {
        if let Some(rival) = &mut self.rival
            && let Some(times) = &mut rival.times
        {
            times[0] = Some(seconds);
            rival.send(&Command::Time(SECONDS));
        }
    }

    /// Lets the faster train, once both are timed.
    fn decide(&mut self) {
        let Some(rival) = &mut self.rival else { return };
        let Some([Some(own), Some(other)]) = rival.times else { return };
        rival.times = None;
        let (Some(choice), Some(team)) = (&mut self.choice, &mut rival.team) else { return };
        let changes = other < own;
        if changes && let Some(active) = &mut self.team {
            std::mem::swap(active, team);
            std::mem::swap(choice, &mut rival.choice);
        }
        let times = f64::max(own / other, other / own);
        choice.badge = match choice.backend {
            Backend::Cpu => format!("CPU: {times:.1} times as fast as the GPU here"),
            Backend::Gpu => {
                let name = choice.badge.split(',').next().unwrap_or_default();
                format!("{name}, {times:.1} times as fast as the CPU here")
            }
        };
        set_root_attribute("data-backend", choice.backend.key());
        if changes {
            self.send(&Command::Speed(speed::at_stop(self.speed_stop)));
            self.load();
        } else {
            self.start();
        }
    }
}
