//! What the browser tells of an element: its size, and whether it is on the screen.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{
    Event, EventInit, HtmlElement, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit, ResizeObserver,
};

/// Width and height of an element in CSS pixels, kept: asking for them has the browser lay the page out,
/// which takes longer than drawing if other parts of it have just been changed.
pub struct Extent {
    /// Nothing while the element is hidden.
    known: Rc<Cell<[i32; 2]>>,
    observer: Option<ResizeObserver>,
    _on_resize: Closure<dyn FnMut()>,
}

impl Extent {
    /// From now on, as long as it is kept.
    pub fn of(element: &HtmlElement) -> Self {
        let known = Rc::new(Cell::new([0; 2]));
        let (seen, observed) = (Rc::clone(&known), element.clone());
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            seen.set([observed.client_width(), observed.client_height()]);
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        observer.iter().for_each(|observer| observer.observe(element));
        Self { known, observer, _on_resize: on_resize }
    }

    /// Width and height.
    pub fn get(&self, element: &HtmlElement) -> [i32; 2] {
        // Shown a moment ago, or nobody tells.
        if self.known.get() == [0; 2] || self.observer.is_none() {
            self.known.set([element.client_width(), element.client_height()]);
        }
        self.known.get()
    }
}

impl Drop for Extent {
    fn drop(&mut self) {
        self.observer.iter().for_each(ResizeObserver::disconnect);
    }
}

/// What a chart's element sends, and passes on to the elements around it, when it comes into sight.
pub const SEEN: &str = "chart-seen";

/// Whether an element is on the screen or nearly so. A browser that does not tell has all in sight.
pub struct Sight {
    seen: Rc<Cell<bool>>,
    observer: Option<IntersectionObserver>,
    _on_change: Closure<dyn FnMut(js_sys::Array)>,
}

impl Sight {
    /// So that a chart is drawn before it is scrolled to.
    const MARGIN: &str = "200px";

    /// From now on, as long as it is kept.
    pub fn of(element: &HtmlElement) -> Self {
        let seen = Rc::new(Cell::new(true));
        let (known, observed) = (Rc::clone(&seen), element.clone());
        let on_change = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last: IntersectionObserverEntry = entries.pop().unchecked_into();
            let before = known.replace(last.is_intersecting());
            if !before && known.get() {
                let init = EventInit::new();
                init.set_bubbles(true);
                if let Ok(event) = Event::new_with_event_init_dict(SEEN, &init) {
                    let _ = observed.dispatch_event(&event);
                }
            }
        });
        let init = IntersectionObserverInit::new();
        init.set_root_margin(Self::MARGIN);
        let observer =
            IntersectionObserver::new_with_options(on_change.as_ref().unchecked_ref(), &init).ok();
        observer.iter().for_each(|observer| observer.observe(element));
        Self { seen, observer, _on_change: on_change }
    }

    /// As it was last told.
    pub fn is_seen(&self) -> bool {
        self.seen.get()
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.iter().for_each(IntersectionObserver::disconnect);
    }
}
