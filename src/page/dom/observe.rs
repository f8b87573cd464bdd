//! Observers of an element's size, and of whether it is on the screen.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{
    HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ResizeObserver,
};

use super::listener::Counted;

/// Width and height of an element in CSS pixels. They are kept: asking the element makes the
/// browser lay the page out, which takes longer than drawing.
pub struct ElementSize {
    /// `[0, 0]` while the element is hidden.
    known: Rc<Cell<[i32; 2]>>,
    observer: Option<ResizeObserver>,
    _on_resize: Closure<dyn FnMut()>,
    _counted: Counted,
}

impl ElementSize {
    /// Observes an element; `on_change` is called after its size has changed.
    pub fn observe(element: &HtmlElement, on_change: impl Fn() + 'static) -> Self {
        let known = Rc::new(Cell::new([0; 2]));
        let (kept, observed) = (Rc::clone(&known), element.clone());
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            let size = [observed.client_width(), observed.client_height()];
            if kept.replace(size) != size {
                on_change();
            }
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        observer.iter().for_each(|observer| observer.observe(element));
        Self { known, observer, _on_resize: on_resize, _counted: Counted::new() }
    }

    /// Width and height.
    pub fn get(&self, element: &HtmlElement) -> [i32; 2] {
        // The observer has not told yet, or there is none.
        if self.known.get() == [0; 2] || self.observer.is_none() {
            self.known.set([element.client_width(), element.client_height()]);
        }
        self.known.get()
    }
}

impl Drop for ElementSize {
    fn drop(&mut self) {
        self.observer.iter().for_each(ResizeObserver::disconnect);
    }
}

/// Whether an element is on the screen or nearly so. Where the browser does not tell, everything
/// counts as visible.
pub struct Visibility {
    visible: Rc<Cell<bool>>,
    observer: Option<IntersectionObserver>,
    _on_change: Closure<dyn FnMut(js_sys::Array)>,
    _counted: Counted,
}

impl Visibility {
    /// Observes an element. `margin` is how far off the screen still counts, as in CSS; `on_show`
    /// is called whenever the element becomes visible, and soon after this call if it is.
    pub fn observe(
        element: &HtmlElement,
        margin: &str,
        initially: bool,
        on_show: impl Fn() + 'static,
    ) -> Self {
        Self::observe_changes(element, margin, initially, move |is_visible| {
            if is_visible {
                on_show();
            }
        })
    }

    /// The same with a function that hears of both.
    pub fn observe_changes(
        element: &HtmlElement,
        margin: &str,
        initially: bool,
        on_change: impl Fn(bool) + 'static,
    ) -> Self {
        let told = on_change;
        let visible = Rc::new(Cell::new(initially));
        let known = Rc::clone(&visible);
        let on_change = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last: IntersectionObserverEntry = entries.pop().unchecked_into();
            let before = known.replace(last.is_intersecting());
            if before != known.get() {
                told(known.get());
            }
        });
        let init = IntersectionObserverInit::new();
        init.set_root_margin(margin);
        let observer =
            IntersectionObserver::new_with_options(on_change.as_ref().unchecked_ref(), &init).ok();
        observer.iter().for_each(|observer| observer.observe(element));
        if observer.is_none() {
            visible.set(true);
        }
        Self { visible, observer, _on_change: on_change, _counted: Counted::new() }
    }

    /// As the browser last told.
    pub fn get(&self) -> bool {
        self.visible.get()
    }
}

impl Drop for Visibility {
    fn drop(&mut self) {
        self.observer.iter().for_each(IntersectionObserver::disconnect);
    }
}
