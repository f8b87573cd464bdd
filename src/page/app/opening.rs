//! From a wish for a backend to a worker that trains on one.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::comparing::{self, Rival};
use super::{Shared, State, redraw};
use crate::history::History;
use crate::page::adapter::{self, Choice};
use crate::page::dom::{set_root_attribute, window};
use crate::page::team::Team;
use crate::protocol::Backend;

/// Chooses a backend and starts its worker.
pub fn open(app: &Shared) {
    let (wish, opened) = {
        let mut app = app.borrow_mut();
        app.team = None;
        app.rival = None;
        app.choice = None;
        app.opened += 1;
        app.opening_done = false;
        app.warm_up = None;
        app.loads = 0;
        app.remeasures = 0;
        app.measures.asking = false;
        app.message = "Looking for a device to train on.".into();
        app.set_state(State::Loading);
        app.history = History::new(app.experiment.clone());
        app.step = 0;
        (app.wish, app.opened)
    };
    redraw(app);
    watch(app);
    let shared = Rc::clone(app);
    spawn_local(async move {
        let (choice, rival) = adapter::choose(wish).await;
        if shared.borrow().opened == opened {
            shared.borrow_mut().rival = rival.map(Rival::new);
            open_worker(&shared, choice);
        }
    });
}

/// Gives up on a GPU that says nothing for [`PATIENCE_MS`], and takes the CPU.
///
/// Loading the worker's program may take as long as it likes: the browser ends that by itself.
pub(super) fn watch(app: &Shared) {
    let seen = {
        let mut app = app.borrow_mut();
        app.signs += 1;
        app.signs
    };
    let shared = Rc::clone(app);
    let late = Closure::once_into_js(move || {
        let silent = {
            let mut app = shared.borrow_mut();
            let silent = app.signs == seen && app.state == State::Loading && !app.opening_done;
            if silent {
                // An answer that comes after all is not used.
                app.opened += 1;
            }
            silent
        };
        if silent {
            open_worker(&shared, Choice::cpu("the GPU did not answer within 30 seconds"));
        }
    });
    // Asked of a function that was just made.
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), PATIENCE_MS);
}

/// Cores of this machine, as far as the browser tells. All of them train: to leave one to the
/// page would halve the rate on two.
fn cores() -> usize {
    let cores = window().navigator().hardware_concurrency();
    if cores.is_finite() { cores.max(1.0) as usize } else { 1 }
}

/// Compiling shaders takes a software adapter up to 7 seconds.
const PATIENCE_MS: i32 = 30_000;

pub(super) fn open_worker(app: &Shared, choice: Choice) {
    let shared = Rc::clone(app);
    // Not before the one that it replaces has ended.
    app.borrow_mut().team = None;
    let most = app.borrow().workers.unwrap_or_else(cores);
    let choice_backend = choice.backend;
    let team = Team::open(choice_backend, most, move |event| {
        comparing::hear(&shared, choice_backend, event)
    });
    {
        let mut app = app.borrow_mut();
        app.signs += 1;
        set_root_attribute("data-backend", choice.backend.key());
        app.message = match choice.backend {
            Backend::Cpu => "Loading the training program.".into(),
            Backend::Gpu => {
                "Loading the training program for the GPU, the large one of two.".into()
            }
        };
        app.choice = Some(choice);
        app.warm_up = None;
        match team {
            Ok(team) => app.team = Some(team),
            Err(sentence) => app.fail(sentence),
        }
    }
    redraw(app);
}
