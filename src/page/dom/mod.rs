//! Short forms for changes of the document, and handles that release their resources.

mod listener;
mod observe;

pub use listener::{Frame, Listener, Timer, live};
pub use observe::{ElementSize, Visibility};

use std::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, Window};

/// The window. The page's program only ever runs in one.
pub fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Whether the document is being printed, in the colours of paper.
pub fn is_printed() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-print"))
}

/// The file that the document names in a `<meta>`.
pub fn named(name: &str) -> Option<String> {
    let meta = document().query_selector(&format!("meta[name={name}]")).ok()??;
    meta.get_attribute("content")
}

/// The text of a file beside the page; `None` if it cannot be had.
pub async fn fetch_text(file: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(file)).await.ok()?;
    if !Reflect::get(&response, &"ok".into()).ok()?.is_truthy() {
        return None;
    }
    let text = Reflect::get(&response, &"text".into()).ok()?;
    let text: js_sys::Function = text.dyn_into().ok()?;
    let text: js_sys::Promise = text.call0(&response).ok()?.dyn_into().ok()?;
    JsFuture::from(text).await.ok()?.as_string()
}

/// The address of the folder that the page and its workers lie in, also where a figure stands in a
/// page elsewhere.
pub fn page_folder() -> String {
    let file = named("worker-cpu").unwrap_or_default();
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    match web_sys::Url::new_with_base("./", &base) {
        Ok(here) => web_sys::Url::new_with_base(&file, &here.href())
            .and_then(|file| web_sys::Url::new_with_base("./", &file.href()))
            .map_or_else(|_| here.href(), |folder| folder.href()),
        Err(_) => String::new(),
    }
}

/// A new element, not in the document yet.
///
/// # Panics
/// If the type does not belong to the tag.
pub fn create<T: JsCast>(tag: &str) -> T {
    let element = document().create_element(tag).expect("tags are written in the code");
    element.dyn_into().unwrap_or_else(|_| panic!("<{tag}> is of another type"))
}

/// A new element with a class, put behind the last child of another.
pub fn append<T: JsCast + AsRef<web_sys::Node>>(parent: &HtmlElement, tag: &str, class: &str) -> T {
    let element: HtmlElement = create(tag);
    if !class.is_empty() {
        element.set_class_name(class);
    }
    parent.append_child(&element).expect("an element takes another as its child");
    element.dyn_into().unwrap_or_else(|_| panic!("<{tag}> is of another type"))
}

/// Sets the text of an element if it differs: screen readers repeat what is set, and a selection in
/// it is lost.
pub fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute if it differs.
pub fn set_attribute(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        element.set_attribute(name, value).expect("attribute names are written in the code");
    }
}

/// Fills an element with a table. The first cell of a row is its head; where there is little room the
/// style sheet shows each row as a card, with the names of the columns from `data-label`.
pub fn fill_table(holder: &HtmlElement, caption: &str, head: &[String], rows: &[Vec<String>]) {
    holder.set_text_content(None);
    let table: HtmlElement = append(holder, "table", "");
    set_text(&append::<HtmlElement>(&table, "caption", ""), caption);
    let line: HtmlElement = append(&append::<HtmlElement>(&table, "thead", ""), "tr", "");
    for title in head {
        let cell: HtmlElement = append(&line, "th", "");
        set_attribute(&cell, "scope", "col");
        set_text(&cell, title);
    }
    let body: HtmlElement = append(&table, "tbody", "");
    for row in rows {
        let line: HtmlElement = append(&body, "tr", "");
        for (index, value) in row.iter().enumerate() {
            let cell: HtmlElement = append(&line, if index == 0 { "th" } else { "td" }, "");
            match index {
                0 => set_attribute(&cell, "scope", "row"),
                _ => set_attribute(&cell, "data-label", head.get(index).map_or("", String::as_str)),
            }
            set_text(&cell, value);
        }
    }
}

/// Gives an element the focus without scrolling to it.
pub fn focus_in_place(element: &HtmlElement) {
    let options = js_sys::Object::new();
    // Setting a property of a fresh object and calling a method that every element has do not fail.
    js_sys::Reflect::set(&options, &"preventScroll".into(), &JsValue::TRUE).ok();
    if let Ok(focus) = js_sys::Reflect::get(element, &"focus".into()) {
        focus.unchecked_into::<js_sys::Function>().call1(element, &options).ok();
    }
}

/// The element that a figure is mounted in. Its parts are found by `data-part`, inside it only.
#[derive(Clone)]
pub struct Root {
    element: HtmlElement,
    number: u32,
}

impl Root {
    /// The root of the next figure of the document.
    pub fn new(element: HtmlElement) -> Self {
        thread_local!(static LAST: Cell<u32> = const { Cell::new(0) });
        let number = LAST.get() + 1;
        LAST.set(number);
        Self { element, number }
    }

    /// The element itself.
    pub fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// A part of the figure.
    ///
    /// # Panics
    /// If the figure's markup has no such part, or one of another type.
    pub fn part<T: JsCast>(&self, name: &str) -> T {
        self.find(name).unwrap_or_else(|| panic!("a figure has no part `{name}` of this type"))
    }

    /// A part of the figure, if it has it.
    pub fn find<T: JsCast>(&self, name: &str) -> Option<T> {
        let found = self.element.query_selector(&format!("[data-part={name}]")).ok().flatten();
        found.and_then(|part| part.dyn_into().ok())
    }

    /// An id that no other figure of the document has.
    pub fn unique(&self, name: &str) -> String {
        format!("figure-{}-{name}", self.number)
    }
}
