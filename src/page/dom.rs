//! Short forms for what the page does with the document over and over.

use wasm_bindgen::prelude::*;
use web_sys::{Document, Event, EventTarget, HtmlElement, Window};

/// The window. The page's program only ever runs in one.
pub fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// An element that index.html holds.
///
/// # Panics
/// If index.html does not hold an element of that kind with that id.
pub fn element<T: JsCast>(id: &str) -> T {
    document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into().ok())
        .unwrap_or_else(|| panic!("index.html has no #{id} of the expected kind"))
}

/// A new element of the given kind, not in the document yet.
///
/// # Panics
/// If the kind does not belong to the tag.
pub fn create<T: JsCast>(tag: &str) -> T {
    let element = document().create_element(tag).expect("tags are written in the code");
    element.dyn_into().unwrap_or_else(|_| panic!("<{tag}> is of another kind"))
}

/// Calls `handler` on every event of the given name, for as long as the page lives.
pub fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    name: &str,
    mut handler: impl FnMut(E) + 'static,
) {
    let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        handler(event.unchecked_into());
    });
    // Only a broken event loop refuses a listener.
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Sets the text of an element, unless it is there already: screen readers repeat what is set.
pub fn set_text(element: &HtmlElement, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // The names are written in the code.
        let _ = root.set_attribute(name, value);
    }
}

/// Gives an element the focus without scrolling to it.
pub fn focus_in_place(element: &HtmlElement) {
    let options = js_sys::Object::new();
    // Setting a property of a fresh object and calling a method that every element has do not fail.
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE);
    if let Ok(focus) = js_sys::Reflect::get(element, &"focus".into()) {
        let _ = focus.unchecked_into::<js_sys::Function>().call1(element, &options);
    }
}
