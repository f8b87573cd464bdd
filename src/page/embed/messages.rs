//! Messages between a figure in a frame and the page around it, version 1.
//!
//! Every message is an object `{ twoPhase: 1, type, ... }`; docs/contracts.md lists them. Nothing of
//! a message is ever run as a program. Other messages are ignored after three cheap looks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, Window};

use super::requests;
use crate::page::dom::{ElementSize, Frame, Listener, document, window};

/// Of the messages, and of what `ready` says.
const VERSION: u32 = 1;

/// Requests that are carried out in a second. The next is refused with a sentence, and later ones
/// are ignored.
const MAX_REQUESTS: u32 = 200;

/// Messages that are looked at in a second.
const MAX_MESSAGES: u32 = 1000;

/// The page around the frame. Messages are heard until it is dropped.
pub struct Host {
    _listener: Listener,
    _size: Option<ElementSize>,
}

thread_local! {
    /// Who is told, and the origin of the first valid request.
    static PARENT: RefCell<Option<(Window, Option<String>)>> = const { RefCell::new(None) };
    /// When the current second began, and the messages and requests in it.
    static COUNTS: Cell<(f64, [u32; 2])> = const { Cell::new((0.0, [0; 2])) };
}

impl Host {
    /// Of the frame that the document stands in; `None` in a window of its own.
    pub fn find() -> Option<Self> {
        let parent = window().parent().ok().flatten()?;
        if JsValue::from(&parent) == JsValue::from(window()) {
            return None;
        }
        let source = JsValue::from(&parent);
        PARENT.set(Some((parent, None)));
        let listener = Listener::new(&window(), "message", move |event: MessageEvent| {
            if event.source().is_some_and(|from| *from == source) {
                hear(&event);
            }
        });
        Some(Self { _listener: listener, _size: watch_height() })
    }
}

/// Tells the page around the frame, if there is one.
pub fn tell(kind: &str, fields: &[(&str, JsValue)]) {
    PARENT.with_borrow(|host| {
        let Some((parent, origin)) = host else { return };
        let message = Object::new();
        let set = |name: &str, value: &JsValue| {
            Reflect::set(&message, &name.into(), value).ok();
        };
        set("twoPhase", &VERSION.into());
        set("type", &kind.into());
        fields.iter().for_each(|(name, value)| set(name, value));
        parent.post_message(&message, origin.as_deref().unwrap_or("*")).ok();
    });
}

/// A field of a message.
pub(super) fn field(message: &JsValue, name: &str) -> JsValue {
    Reflect::get(message, &name.into()).unwrap_or_default()
}

fn hear(event: &MessageEvent) {
    let [messages, requests] = counts();
    count([messages + 1, requests]);
    if messages >= MAX_MESSAGES {
        return;
    }
    let message = event.data();
    if !message.is_object() || field(&message, "twoPhase").as_f64() != Some(f64::from(VERSION)) {
        return;
    }
    let Some(kind) = field(&message, "type").as_string() else { return };
    if !is_of_host(&event.origin()) {
        return;
    }
    count([messages + 1, requests + 1]);
    if requests > MAX_REQUESTS {
        return;
    }
    let id = field(&message, "id");
    if requests == MAX_REQUESTS {
        answer(id, Err(requests::sentence("embed-too-many-messages")));
    } else if kind == "picture" {
        spawn_local(async move { answer(id, requests::picture(&message).await) });
    } else {
        answer(id, requests::carry_out(&kind, &message));
    }
}

/// Answers a request that has an `id`.
fn answer(id: JsValue, answer: Result<JsValue, String>) {
    if id.is_undefined() {
        return;
    }
    let (name, value) = match answer {
        Ok(value) => ("value", value),
        Err(sentence) => ("error", sentence.into()),
    };
    tell("answer", &[("id", id), (name, value)]);
}

/// Whether an origin is that of the first request, or this is the first.
fn is_of_host(origin: &str) -> bool {
    // A page without an origin can be reached by any address only.
    let target = if origin == "null" { "*" } else { origin };
    PARENT.with_borrow_mut(|host| {
        let Some((_, known)) = host else { return false };
        known.get_or_insert_with(|| target.to_owned()) == target
    })
}

/// The messages and the requests in this second.
fn counts() -> [u32; 2] {
    let (now, (began, counts)) = (js_sys::Date::now(), COUNTS.get());
    if (now - began).abs() <= 1000.0 {
        return counts;
    }
    COUNTS.set((now, [0; 2]));
    [0; 2]
}

fn count(counts: [u32; 2]) {
    COUNTS.set((COUNTS.get().0, counts));
}

/// Tells the height that the embed needs, whenever it changes.
fn watch_height() -> Option<ElementSize> {
    let main = document().get_element_by_id("embed")?.dyn_into::<web_sys::HtmlElement>().ok()?;
    let (measured, told) = (main.clone(), Rc::new(Cell::new(0)));
    let next: RefCell<Option<Frame>> = RefCell::default();
    Some(ElementSize::observe(&main, move || {
        let (measured, told) = (measured.clone(), Rc::clone(&told));
        // In the next frame: the answer of the page around may change the size once more.
        *next.borrow_mut() = Some(Frame::request(move || {
            // The embed fills its frame: what it needs shows without that.
            measured.style().set_property("min-height", "0").ok();
            let height = measured.scroll_height();
            measured.style().remove_property("min-height").ok();
            if height > 0 && told.replace(height) != height {
                tell("height", &[("height", height.into())]);
            }
        }));
    }))
}
