//! A lock that the frames of one origin share, so that at most two of them train at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// One of them is enough.
const NAMES: [&str; 2] = ["two-phase-training-1", "two-phase-training-2"];

#[wasm_bindgen]
extern "C" {
    type AbortController;
    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> JsValue;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

/// The browser's locks; `None` where it has none, as without HTTPS.
fn manager() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

/// Whether the browser has locks.
pub fn exists() -> bool {
    manager().is_some()
}

/// A lock, held or asked for. Dropping it frees it.
pub struct TrainingLock {
    state: Rc<State>,
    _closures: Vec<Closure<dyn FnMut(JsValue) -> JsValue>>,
}

struct State {
    /// Ends the waiting for a name.
    waits: Vec<AbortController>,
    /// Frees the lock that is held.
    free: RefCell<Option<Function>>,
    is_over: Cell<bool>,
}

impl TrainingLock {
    /// Asks for a lock. `on_held` is called once it is held, or once it turns out that a document
    /// without an origin may have none.
    pub fn ask(on_held: impl Fn() + 'static) -> Self {
        let state = Rc::new(State {
            waits: NAMES.iter().map(|_| AbortController::new()).collect(),
            free: RefCell::default(),
            is_over: Cell::new(false),
        });
        let on_held: Rc<dyn Fn()> = Rc::new(on_held);
        let mut closures = Vec::new();
        for (index, name) in NAMES.into_iter().enumerate() {
            let (known, told) = (Rc::clone(&state), Rc::clone(&on_held));
            let granted =
                Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_| known.take(index, &told));
            let (known, told) = (Rc::clone(&state), Rc::clone(&on_held));
            let refused = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_| {
                // That it is not waited for any more is no refusal.
                if !known.is_over.replace(true) {
                    told();
                }
                JsValue::UNDEFINED
            });
            let asked = request(name, &state.waits[index].signal(), granted.as_ref());
            let catch = asked.as_ref().and_then(|promise| method(promise, "catch"));
            if let (Some(promise), Some(catch)) = (&asked, catch) {
                catch.call1(promise, refused.as_ref()).ok();
            }
            closures.extend([granted, refused]);
        }
        Self { state, _closures: closures }
    }
}

impl State {
    /// Takes a lock that is granted: it is held until the promise is kept.
    fn take(&self, index: usize, on_held: &Rc<dyn Fn()>) -> JsValue {
        if self.is_over.replace(true) {
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |free, _| *self.free.borrow_mut() = Some(free));
        for (other, wait) in self.waits.iter().enumerate() {
            if other != index {
                wait.abort();
            }
        }
        on_held();
        held.into()
    }
}

impl Drop for TrainingLock {
    fn drop(&mut self) {
        self.state.is_over.set(true);
        match self.state.free.take() {
            Some(free) => {
                free.call0(&JsValue::UNDEFINED).ok();
            }
            None => self.state.waits.iter().for_each(AbortController::abort),
        }
    }
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}

/// `navigator.locks.request(name, { signal }, granted)`.
fn request(name: &str, signal: &JsValue, granted: &JsValue) -> Option<JsValue> {
    let locks = manager()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), signal).ok()?;
    let arguments = Array::of3(&name.into(), &options, granted);
    method(&locks, "request")?.apply(&locks, &arguments).ok()
}
