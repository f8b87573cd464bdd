//! The wasm side that trains, in a Web Worker: opens a backend, holds several runs, obeys
//! [`Command`]s and sends [`Event`]s.

mod fetch;
mod pace;
mod runs;
mod schedule;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::protocol::{Command, Event, Failure};

#[cfg(target_family = "wasm")]
#[expect(unsafe_code, reason = "the linker's own function can be declared in no other way")]
mod constructors {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }

    /// Runs the module's static constructors (cubecl's compiler registers itself in some).
    ///
    /// If nothing in a module refers to this function, wasm-ld takes the module for a command. It
    /// then wraps every export in a call of all constructors, which took half of all time in a
    /// training run.
    pub(super) fn call() {
        // SAFETY: wasm-ld defines the function, without arguments or result, and
        // `call_constructors` calls it once, before anything that a constructor sets up is used.
        unsafe { __wasm_call_ctors() }
    }
}

/// Runs the module's static constructors, once however often it is called. First thing in every
/// wasm program that trains.
pub fn call_constructors() {
    thread_local!(static CALLED: Cell<bool> = const { Cell::new(false) });
    if !CALLED.replace(true) {
        // Elsewhere the loader runs them.
        #[cfg(target_family = "wasm")]
        constructors::call();
    }
}

/// The worker's main function: listens for commands and carries them out, for as long as the page
/// keeps the worker.
pub fn start() {
    call_constructors();
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let detail = info.payload_as_str().map(str::to_owned);
        send(&Event::Failed(Failure::ProgramStopped { detail }));
    }));
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let inbox = Rc::new(Inbox::default());
    let receiver = Rc::clone(&inbox);
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let command = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        match command {
            Some(command) => receiver.put(command),
            None => send(&Event::Failed(Failure::VersionMismatch)),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    spawn_local(runs::obey(inbox));
    send(&Event::Listening);
}

/// Sends an event to the page: its text, or a list of its text and the bytes beside it.
fn send(event: &Event) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    match serde_json::to_string(event) {
        // Posting fails only if the page is gone.
        Ok(text) => match event.bytes() {
            None => drop(scope.post_message(&JsValue::from_str(&text))),
            Some(bytes) => {
                let buffer = js_sys::Uint8Array::from(bytes).buffer();
                let message = js_sys::Array::of2(&text.into(), &buffer);
                let moved = js_sys::Array::of1(&buffer);
                scope.post_message_with_transfer(&message, &moved).ok();
            }
        },
        Err(error) => unreachable!("events have no maps with odd keys: {error}"),
    }
}

/// Commands that have arrived and are not carried out yet.
#[derive(Default)]
struct Inbox {
    waiting: RefCell<VecDeque<Command>>,
    /// Wakes whoever waits for a command.
    wake: RefCell<Option<js_sys::Function>>,
}

impl Inbox {
    fn put(&self, command: Command) {
        let mut waiting = self.waiting.borrow_mut();
        if let Command::Drop(run) = command {
            // A run that was given up is not set up first.
            waiting.retain(|other| other.run() != Some(run));
        }
        waiting.push_back(command);
        drop(waiting);
        // Not borrowed any more when it is called.
        let wake = self.wake.borrow_mut().take();
        if let Some(wake) = wake {
            // A promise's resolve function does not throw.
            wake.call0(&JsValue::NULL).ok();
        }
    }

    fn take(&self) -> Option<Command> {
        self.waiting.borrow_mut().pop_front()
    }

    fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Waits for a command to arrive, at most as long as given; forever without a limit. Lets
    /// messages in, even with a limit of zero.
    async fn wait(&self, limit_ms: Option<f64>) {
        if !self.is_empty() {
            return;
        }
        let promise = Promise::new(&mut |resolve, _| {
            match limit_ms {
                // Posted to oneself: a timer of zero would wait 4 ms once timers are nested.
                Some(limit) if limit <= 0.0 => pace::next_turn(&resolve),
                Some(limit) => pace::after(limit, &resolve),
                None => {}
            }
            *self.wake.borrow_mut() = Some(resolve);
        });
        // Never rejected.
        JsFuture::from(promise).await.ok();
        self.wake.borrow_mut().take();
    }
}
