//! The worker as the page sees it: something that takes commands and calls back with events.

use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::dom::document;
use crate::protocol::{Backend, Command, Event};

/// A running worker. Dropping it ends the worker at once, whatever it was doing.
pub struct Link {
    worker: Worker,
    // Called by the worker for as long as it lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Link {
    /// Starts the worker of a backend; `on_event` gets its events, and [`Event::Failed`] if its
    /// program cannot be loaded or ends.
    ///
    /// # Errors
    /// A sentence for the reader, if the browser starts no worker.
    pub fn open(
        backend: Backend,
        on_event: impl Fn(Event) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let name = format!("worker-{}", backend.key());
        let script = document()
            .query_selector(&format!("meta[name={name}]"))
            .ok()
            .flatten()
            .and_then(|meta| meta.get_attribute("content"))
            .ok_or_else(|| format!("This page does not say where its {name} is: reload it."))?;
        let worker = Worker::new_with_options(&script, &options).map_err(|_| {
            "This browser starts no worker here. Serve the page over HTTP; opened as a file it cannot train."
                .to_owned()
        })?;
        let to_page = on_event.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let event =
                message.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            to_page(event.unwrap_or_else(|| {
                Event::Failed("page and worker are of different versions: reload the page".into())
            }));
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
            // A script that could not be fetched gives an event without a message.
            let message =
                js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|m| m.as_string());
            on_event(Event::Failed(match message.filter(|message| !message.is_empty()) {
                Some(message) => format!("the training program stopped ({message})"),
                None => "the training program could not be loaded".into(),
            }));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a command to the worker.
    pub fn send(&self, command: &Command) {
        if let Ok(text) = serde_json::to_string(command) {
            // Posting a string does not fail.
            let _ = self.worker.post_message(&JsValue::from_str(&text));
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // What is on its way already finds nobody.
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
