//! Listeners, frames and timers that end when they are dropped.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

use super::window;

thread_local!(static LIVE: Cell<usize> = const { Cell::new(0) });

/// Listeners, frames, timers and observers that are held now. Tests see by it that nothing leaks.
pub fn live() -> usize {
    LIVE.get()
}

/// Counts one handle for as long as it is kept.
pub(super) struct Counted(());

impl Counted {
    pub(super) fn new() -> Self {
        LIVE.set(LIVE.get() + 1);
        Self(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

/// Calls a function on every event of one name, until it is dropped.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
    _counted: Counted,
}

impl Listener {
    /// Listens from now on.
    pub fn new<E: JsCast + 'static>(
        target: &EventTarget,
        name: &'static str,
        mut handler: impl FnMut(E) + 'static,
    ) -> Self {
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            handler(event.unchecked_into());
        });
        let options = AddEventListenerOptions::new();
        target
            .add_event_listener_with_callback_and_add_event_listener_options(
                name,
                closure.as_ref().unchecked_ref(),
                &options,
            )
            .ok();
        Self { target: target.clone(), name, closure, _counted: Counted::new() }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        self.target.remove_event_listener_with_callback(self.name, function).ok();
    }
}

/// A function that runs in the next animation frame, unless it is dropped before.
pub struct Frame {
    id: i32,
    pending: Rc<Cell<bool>>,
    _closure: Closure<dyn FnMut()>,
    _counted: Counted,
}

impl Frame {
    /// Asks for the next frame.
    pub fn request(action: impl FnOnce() + 'static) -> Self {
        let pending = Rc::new(Cell::new(true));
        let (flag, mut action) = (Rc::clone(&pending), Some(action));
        let closure = Closure::<dyn FnMut()>::new(move || {
            flag.set(false);
            if let Some(action) = action.take() {
                action();
            }
        });
        let id = window().request_animation_frame(closure.as_ref().unchecked_ref()).unwrap_or(0);
        Self { id, pending, _closure: closure, _counted: Counted::new() }
    }

    /// Whether it is still to come.
    pub fn is_pending(&self) -> bool {
        self.pending.get()
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if self.is_pending() {
            window().cancel_animation_frame(self.id).ok();
        }
    }
}

/// A function that runs once after some time, unless it is dropped before.
pub struct Timer {
    id: i32,
    pending: Rc<Cell<bool>>,
    _closure: Closure<dyn FnMut()>,
    _counted: Counted,
}

impl Timer {
    /// Waits from now on.
    pub fn after(milliseconds: i32, action: impl FnOnce() + 'static) -> Self {
        let pending = Rc::new(Cell::new(true));
        let (flag, mut action) = (Rc::clone(&pending), Some(action));
        let closure = Closure::<dyn FnMut()>::new(move || {
            flag.set(false);
            if let Some(action) = action.take() {
                action();
            }
        });
        let function = closure.as_ref().unchecked_ref();
        let id = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(function, milliseconds)
            .unwrap_or(0);
        Self { id, pending, _closure: closure, _counted: Counted::new() }
    }

    /// Whether it is still to come.
    pub fn is_pending(&self) -> bool {
        self.pending.get()
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.is_pending() {
            window().clear_timeout_with_handle(self.id);
        }
    }
}
