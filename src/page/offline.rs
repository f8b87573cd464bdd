//! Later visits without the server: registers the service worker that keeps the build, and offers a
//! newer build once it is whole. The reader decides when it takes over.

use std::cell::{Cell, RefCell};

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Event, HtmlElement, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
};

use super::dom::{Listener, Timer, document, named, window};

/// Milliseconds after the first figures are mounted, so that nothing is fetched beside them.
const LATER: i32 = 1500;

thread_local! {
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    static LATE: RefCell<Option<Timer>> = const { RefCell::new(None) };
    /// Whether the reader has asked for the newer build here.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the build for later visits. An embedded page does so only where it is kept already. Without
/// a worker of this name, in a file, in a sandbox: nothing happens.
pub fn keep(is_embedded: bool) {
    let Some(script) = named("offline") else { return };
    // Throws in a sandbox; undefined in a file.
    let Ok(container) = Reflect::get(&window().navigator(), &"serviceWorker".into()) else {
        return;
    };
    if container.is_undefined() {
        return;
    }
    let container: ServiceWorkerContainer = container.unchecked_into();
    if is_embedded && container.controller().is_none() {
        return;
    }
    let late = Timer::after(LATER, move || {
        spawn_local(async move {
            let registration = JsFuture::from(container.register(&script)).await;
            let Ok(registration) = registration else { return };
            watch(&container, &registration.unchecked_into());
        });
    });
    LATE.with(|kept| *kept.borrow_mut() = Some(late));
}

/// Offers a newer build: the one that waits already, and one that comes while the page is open.
fn watch(container: &ServiceWorkerContainer, registration: &ServiceWorkerRegistration) {
    let had_one = container.controller().is_some();
    let waits = registration.clone();
    let offer_waiting = move || {
        // The first build waits for nobody.
        if let Some(worker) = waits.waiting().filter(|_| waits.active().is_some()) {
            offer(Some(worker));
        }
    };
    offer_waiting();
    let found = registration.clone();
    listen(registration, "updatefound", move || {
        let Some(worker) = found.installing() else { return };
        let offer_waiting = offer_waiting.clone();
        listen(&worker, "statechange", offer_waiting);
    });
    listen(container, "controllerchange", move || {
        if IS_ASKED.get() {
            window().location().reload().ok();
        } else if had_one {
            // Another window has asked for it.
            offer(None);
        }
    });
}

/// Says once that there is a newer build. Its button activates `worker`, unless it is active.
fn offer(worker: Option<ServiceWorker>) {
    let Ok(Some(line)) = document().query_selector("[data-newer]") else { return };
    let Ok(Some(button)) = line.query_selector("button") else { return };
    line.unchecked_ref::<HtmlElement>().set_hidden(false);
    listen(&button, "click", move || {
        IS_ASKED.set(true);
        match &worker {
            Some(worker) => worker.post_message(&"activate".into()).ok(),
            None => window().location().reload().ok(),
        };
    });
}

/// Listens for as long as the page is open.
fn listen(target: &web_sys::EventTarget, name: &'static str, mut action: impl FnMut() + 'static) {
    let listener = Listener::new(target, name, move |_: Event| action());
    LISTENERS.with(|all| all.borrow_mut().push(listener));
}
