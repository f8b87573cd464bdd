//! Which device trains: a pure state machine. What the reader prefers, what the browser has, and
//! what steps cost on both decide.

use crate::experiment::Experiment;
use crate::protocol::{Backend, Failure, RunId};

/// What the reader asks for with `?backend=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The faster one, where there is a GPU that is not emulated in software.
    #[default]
    Auto,
    /// The faster one, a software GPU included.
    Fastest,
    /// The GPU, a software one too.
    Gpu,
    /// The CPU.
    Cpu,
}

impl Preference {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Fastest, Self::Gpu, Self::Cpu];

    /// The name in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Fastest => "fastest",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }

    /// The preference of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preference| preference.key() == name)
    }
}

/// The browser's WebGPU adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// As the browser describes it; empty if it does not.
    pub name: String,
    /// Whether it is emulated in software.
    pub is_software: bool,
}

/// Why there is no adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAdapter {
    /// The browser has no WebGPU.
    NoWebGpu,
    /// It has, but finds no adapter.
    NoneFound,
}

/// Why this device trains, for the badge.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Nothing is chosen before a figure first needs a device.
    NotYet,
    /// The reader chose it.
    Chosen,
    /// There is no adapter.
    NoAdapter(NoAdapter),
    /// The adapter is emulated in software, which is slower.
    SoftwareAdapter,
    /// The GPU is being prepared.
    Preparing,
    /// The GPU is ready and will be timed before the next run.
    ToBeCompared,
    /// The GPU cannot be used.
    GpuFailed(Failure),
    /// Both were timed; this one is so many times as fast.
    Compared {
        /// Time of a step on the other device over that on this one, at least 1.
        times: f64,
    },
}

/// What the cost of a step depends on: units of each layer, samples, and samples in a batch.
type Size = (Vec<usize>, usize, usize);

fn sizes(experiment: &Experiment) -> Vec<Size> {
    let members = experiment.members();
    members.iter().map(|m| (m.units(), m.train_samples(), m.batch)).collect()
}

/// A comparison of two devices that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    sizes: Vec<Size>,
    /// The run on the other device.
    pub run: RunId,
    /// Whether each of the two is set up: the active device, the other one.
    loaded: [bool; 2],
    /// Seconds a step on the active device, once it is timed.
    active_seconds: Option<f64>,
}

/// A device that does not train, but could.
#[derive(Clone, Debug, PartialEq)]
struct Rival {
    backend: Backend,
    is_asked: bool,
    is_ready: bool,
    /// The experiment's size at the last completed comparison.
    compared: Option<Vec<Size>>,
    comparison: Option<Comparison>,
}

/// What a comparison asks for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing yet.
    Wait,
    /// Time steps of the active device's run.
    TimeActive,
    /// Time steps of the other device's run.
    TimeRival,
    /// Both are timed, and the active device goes on.
    KeepActive,
    /// Both are timed, and the other device has become the active one.
    Swapped,
}

/// The device of one figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    preference: Preference,
    adapter: Option<Adapter>,
    active: Option<Backend>,
    is_open: bool,
    reason: Reason,
    rival: Option<Rival>,
}

impl Device {
    /// Nothing chosen yet.
    pub fn new(preference: Preference) -> Self {
        Self {
            preference,
            adapter: None,
            active: None,
            is_open: false,
            reason: Reason::NotYet,
            rival: None,
        }
    }

    /// What the reader asks for.
    pub fn preference(&self) -> Preference {
        self.preference
    }

    /// What trains, once it is chosen.
    pub fn active(&self) -> Option<Backend> {
        self.active
    }

    /// Whether the active device is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Why the active device trains.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The browser's adapter, once it is known.
    pub fn adapter(&self) -> Option<&Adapter> {
        self.adapter.as_ref()
    }

    /// Chooses by what the browser has; gives back the device to open.
    pub fn choose(&mut self, adapter: Result<Adapter, NoAdapter>) -> Backend {
        let (active, reason, rival) = match (self.preference, &adapter) {
            (Preference::Cpu, _) => (Backend::Cpu, Reason::Chosen, None),
            (_, Err(why)) => (Backend::Cpu, Reason::NoAdapter(*why), None),
            (Preference::Auto, Ok(adapter)) if adapter.is_software => {
                (Backend::Cpu, Reason::SoftwareAdapter, None)
            }
            (Preference::Gpu, Ok(_)) => (Backend::Gpu, Reason::Chosen, None),
            (Preference::Auto | Preference::Fastest, Ok(_)) => {
                (Backend::Cpu, Reason::Preparing, Some(Backend::Gpu))
            }
        };
        self.adapter = adapter.ok();
        self.active = Some(active);
        self.is_open = false;
        self.reason = reason;
        self.rival = rival.map(|backend| Rival {
            backend,
            is_asked: false,
            is_ready: false,
            compared: None,
            comparison: None,
        });
        active
    }

    /// The active device is open; gives back another one to be opened behind it.
    pub fn opened(&mut self) -> Option<Backend> {
        self.is_open = true;
        let rival = self.rival.as_mut().filter(|rival| !rival.is_asked)?;
        rival.is_asked = true;
        Some(rival.backend)
    }

    /// Takes the CPU because the GPU failed.
    pub fn fall_back(&mut self, failure: Failure) {
        self.active = Some(Backend::Cpu);
        self.is_open = false;
        self.reason = Reason::GpuFailed(failure);
        self.rival = None;
    }

    /// The active device has ended and is opened again when it is next needed.
    pub fn close(&mut self) {
        *self = Self { adapter: self.adapter.clone(), ..Self::new(self.preference) };
    }

    /// Whether a backend is the one that does not train but could.
    pub fn is_rival(&self, backend: Backend) -> bool {
        self.rival.as_ref().is_some_and(|rival| rival.backend == backend)
    }

    /// The other device is open.
    pub fn rival_opened(&mut self) {
        if let Some(rival) = &mut self.rival {
            rival.is_ready = true;
            if !matches!(self.reason, Reason::Compared { .. }) {
                self.reason = Reason::ToBeCompared;
            }
        }
    }

    /// The other device cannot be used.
    pub fn rival_failed(&mut self, failure: Failure) {
        let backend = self.rival.take().map(|rival| rival.backend);
        if backend == Some(Backend::Gpu) {
            self.reason = Reason::GpuFailed(failure);
        }
    }

    /// The comparison that is under way.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.rival.as_ref()?.comparison.as_ref()
    }

    /// The other device, if a run of this experiment should be timed on both first.
    pub fn to_compare(&self, experiment: &Experiment) -> Option<Backend> {
        let rival = self.rival.as_ref().filter(|rival| rival.is_ready)?;
        let is_known = rival.compared.as_ref() == Some(&sizes(experiment));
        (!is_known && !experiment.is_solved()).then_some(rival.backend)
    }

    /// Begins a comparison.
    pub fn begin_comparison(&mut self, experiment: &Experiment, run: RunId) {
        if let Some(rival) = &mut self.rival {
            rival.comparison = Some(Comparison {
                sizes: sizes(experiment),
                run,
                loaded: [false; 2],
                active_seconds: None,
            });
        }
    }

    /// Gives a comparison up. It does not count as made.
    pub fn give_up_comparison(&mut self) -> Option<(Backend, RunId)> {
        let rival = self.rival.as_mut()?;
        let comparison = rival.comparison.take()?;
        Some((rival.backend, comparison.run))
    }

    /// One of the two runs is set up.
    pub fn loaded(&mut self, of_rival: bool) -> Next {
        let Some(comparison) = self.rival.as_mut().and_then(|r| r.comparison.as_mut()) else {
            return Next::Wait;
        };
        comparison.loaded[usize::from(of_rival)] = true;
        // One after the other: a software GPU works on the same cores.
        if comparison.loaded == [true; 2] { Next::TimeActive } else { Next::Wait }
    }

    /// Steps of one of the two runs are timed.
    pub fn timed(&mut self, of_rival: bool, seconds: f64) -> Next {
        let Some(rival) = &mut self.rival else { return Next::Wait };
        let Some(comparison) = &mut rival.comparison else { return Next::Wait };
        let Some(active_seconds) = comparison.active_seconds else {
            if of_rival {
                return Next::Wait;
            }
            comparison.active_seconds = Some(seconds);
            return Next::TimeRival;
        };
        if !of_rival {
            return Next::Wait;
        }
        rival.compared = Some(std::mem::take(&mut comparison.sizes));
        rival.comparison = None;
        let ratio = active_seconds / seconds.max(f64::MIN_POSITIVE);
        self.reason = Reason::Compared { times: ratio.max(1.0 / ratio) };
        if ratio > 1.0 {
            let winner = rival.backend;
            rival.backend = self.active.replace(winner).unwrap_or(Backend::Cpu);
            Next::Swapped
        } else {
            Next::KeepActive
        }
    }
}
