//! Pauses a figure that plays out of sight, and lets it go on when it is back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::HtmlElement;

use super::Handle;
use crate::page::dom::{Timer, Visibility};
use crate::page::session::{Action, State};

/// Milliseconds out of sight before a figure pauses: readers scroll past and back.
const PATIENCE: i32 = 1500;

/// Milliseconds between looks at a figure that is about to pause or to play.
const AGAIN: i32 = 200;

/// Watches whether a figure is seen.
pub struct Sight {
    _visibility: Visibility,
    _watch: Rc<Watch>,
}

struct Watch {
    handle: Handle,
    is_seen: Cell<bool>,
    timer: RefCell<Option<Timer>>,
}

impl Sight {
    /// Watches an element.
    pub fn new(element: &HtmlElement, handle: &Handle) -> Self {
        let watch = Rc::new(Watch {
            handle: handle.clone(),
            is_seen: Cell::new(true),
            timer: RefCell::default(),
        });
        let told = Rc::downgrade(&watch);
        let visibility = Visibility::observe_changes(element, "0px", true, move |is_seen| {
            let Some(watch) = told.upgrade() else { return };
            watch.is_seen.set(is_seen);
            watch.look_in(if is_seen { 0 } else { PATIENCE });
        });
        Self { _visibility: visibility, _watch: watch }
    }
}

impl Watch {
    /// Looks after some time, in place of any look that is to come.
    fn look_in(self: &Rc<Self>, milliseconds: i32) {
        let watch = Rc::downgrade(self);
        let timer = Timer::after(milliseconds, move || {
            if let Some(watch) = watch.upgrade() {
                watch.look();
            }
        });
        let before = self.timer.replace(Some(timer));
        drop(before);
    }

    fn look(self: &Rc<Self>) {
        let known = self.handle.look(|view| (view.session.state(), view.options.is_out_of_sight));
        let Some((state, is_paused)) = known else { return };
        match (self.is_seen.get(), state) {
            (true, State::Paused) if is_paused => self.handle.act(Action::Play),
            // It was told to pause and has not yet.
            (true, State::Running) if is_paused => self.look_in(AGAIN),
            (false, State::Running | State::Waiting) if !is_paused => {
                self.handle.act(Action::Toggle);
                self.handle.change_view(|options| options.is_out_of_sight = true);
            }
            (false, State::Loading) => self.look_in(AGAIN),
            _ => {}
        }
    }
}
