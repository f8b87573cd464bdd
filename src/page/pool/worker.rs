//! A worker as the page sees it: takes commands and calls back with events.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType,
};

use crate::json;
use crate::page::dom::named;
use crate::protocol::{Backend, Command, Event, Failure};

/// A running worker. Dropping it ends the worker at once, whatever it is doing.
pub struct WorkerHandle {
    worker: Worker,
    /// Called by the worker for as long as it lives.
    listeners: Option<Listeners>,
}

struct Listeners {
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerHandle {
    /// Starts a worker of a backend. `on_event` gets its events, and [`Event::Failed`] if its program
    /// cannot be loaded or ends.
    ///
    /// # Errors
    /// If the browser starts no worker.
    pub fn start(
        backend: Backend,
        on_event: impl Fn(Event) + Clone + 'static,
    ) -> Result<Self, Failure> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let script = script(backend).ok_or(Failure::ProgramNotNamed)?;
        let worker = Worker::new_with_options(&script, &options)
            .ok()
            .or_else(|| start_through_blob(&script))
            .ok_or(Failure::NoWorkers)?;
        let to_page = on_event.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            to_page(read(&message.data()).unwrap_or(Event::Failed(Failure::VersionMismatch)));
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
            // A script that could not be fetched gives an event without a message.
            let message = js_sys::Reflect::get(&error, &"message".into()).ok();
            let message = message.and_then(|message| message.as_string());
            on_event(Event::Failed(match message.filter(|message| !message.is_empty()) {
                Some(message) => Failure::ProgramStopped { detail: Some(message) },
                None => Failure::ProgramNotLoaded,
            }));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let listeners = Listeners { _on_message: on_message, _on_error: on_error };
        Ok(Self { worker, listeners: Some(listeners) })
    }

    /// Sends a command to the worker.
    pub fn send(&self, command: &Command) {
        if let Some(text) = json::text(command) {
            // Posting a string does not fail.
            self.worker.post_message(&JsValue::from_str(&text)).ok();
        }
    }

    /// Ends the worker. What it has sent already is not heard any more.
    pub fn terminate(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.terminate();
        // One of them may be running: it ends its own worker when that has failed.
        let listeners = self.listeners.take();
        spawn_local(async move { drop(listeners) });
    }
}

/// An event from its text, or from a list of its text and the bytes beside it.
fn read(message: &JsValue) -> Option<Event> {
    let Some(list) = message.dyn_ref::<js_sys::Array>() else {
        return serde_json::from_str(&message.as_string()?).ok();
    };
    let event: Event = serde_json::from_str(&list.get(0).as_string()?).ok()?;
    Some(event.with_bytes(js_sys::Uint8Array::new(&list.get(1)).to_vec()))
}

/// Starts a worker where every script counts as one of another origin, as in a sandboxed frame. Its
/// server must let other origins read the script.
fn start_through_blob(script: &str) -> Option<Worker> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    let address = Url::new_with_base(script, &base).ok()?.href();
    if !address.starts_with("http") {
        return None;
    }
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    // No module: a browser may refuse one from such an address. A quote in an address is escaped.
    let program = format!("import(\"{address}\").catch((e) => setTimeout(() => {{ throw e }}))");
    let program = js_sys::Array::of1(&program.into());
    let program = Blob::new_with_str_sequence_and_options(&program, &kind).ok()?;
    let program = Url::create_object_url_with_blob(&program).ok()?;
    // The address of these few bytes is kept: the worker reads it later.
    Worker::new(&program).ok()
}

/// The address of a backend's worker program, as the document names it.
fn script(backend: Backend) -> Option<String> {
    named(&format!("worker-{}", backend.key()))
}
