//! The view for a class: a lesson that shows one beat a screen and is moved by keys or a clicker,
//! and the run of one seat, which ends with a short code.

mod code;
mod collect;
mod drawing;
mod lecture;
mod lesson;
mod pen;
mod seat;

use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::address::Options;
use super::dom::{Listener, document};
use super::figure::{Figure, Handle};
use super::session::Action;
use super::speed;
use crate::protocol::Speed;
use crate::text::Text;

/// What the class view holds.
pub struct Class {
    _listeners: Vec<Listener>,
}

impl Class {
    /// Begins a lesson, or the run of a seat, around the figure of the view.
    pub fn start(figure: &Figure, root: &HtmlElement, options: &Options, text: &Text) -> Self {
        let (root, handle) = (root.clone(), figure.handle());
        let listeners = match options.seat {
            Some(seat) => seat::start(figure, root, handle, seat, text),
            None => lecture::start(figure, root, handle, text),
        };
        Self { _listeners: listeners }
    }
}

/// The query of the view's figure: a seat runs what the address says, a lesson its own experiments.
/// Both run on the CPU, so that every machine shows the same curves.
pub fn query(search: &str, options: &Options) -> String {
    let own = match options.seat {
        Some(_) => search.trim_start_matches('?'),
        None => lesson::LINES[0].query,
    };
    let speed = match options.speed {
        Speed::Full if options.seat.is_none() => pace_of(PACES[1].1),
        speed => speed,
    };
    format!("{own}&speed={}&backend=cpu", speed::key(speed))
}

/// The paces of a lesson: a key, and the seconds that the whole run takes.
const PACES: [(&str, u32); 3] = [("1", 10), ("3", 30), ("6", 60)];

/// The whole run in so many seconds.
fn pace_of(seconds: u32) -> Speed {
    Speed::Whole { seconds: f64::from(seconds) }
}

/// An element of the view.
///
/// # Panics
/// If the view's markup has no such element.
fn part(root: &HtmlElement, name: &str) -> HtmlElement {
    find(root, &format!("[data-class={name}]"))
        .unwrap_or_else(|| panic!("the class view has no part `{name}`"))
}

fn find(root: &HtmlElement, selector: &str) -> Option<HtmlElement> {
    use wasm_bindgen::JsCast;
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// What a click or a key asks for.
enum Wish {
    /// The value of `data-do` of a button.
    Do(String),
    /// A key, in small letters.
    Key(String),
}

/// Hears buttons with `data-do` in the view, and keys anywhere in the document: a clicker types
/// wherever the focus is. Keys with Ctrl, Alt or Meta are the browser's. `act` says whether it took
/// the key.
fn listen(root: &HtmlElement, act: impl Fn(Wish) -> bool + Clone + 'static) -> Vec<Listener> {
    use wasm_bindgen::JsCast;
    let clicked = act.clone();
    let on_click = Listener::new(root, "click", move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("[data-do]").ok().flatten());
        if let Some(what) = button.and_then(|button| button.get_attribute("data-do")) {
            clicked(Wish::Do(what));
        }
    });
    let on_key = Listener::new(&document(), "keydown", move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let tag = target.map(|target| target.tag_name()).unwrap_or_default();
        let key = event.key();
        let writes = matches!(tag.as_str(), "TEXTAREA" | "INPUT" | "SELECT");
        if writes && !matches!(key.as_str(), "PageDown" | "PageUp") {
            return;
        }
        // A button or a link takes these itself.
        if matches!(tag.as_str(), "BUTTON" | "A") && matches!(key.as_str(), " " | "Enter") {
            return;
        }
        if act(Wish::Key(key.to_ascii_lowercase())) {
            event.prevent_default();
        }
    });
    vec![on_click, on_key]
}

/// The keys that both screens have. Whether it was one of them.
fn common(key: &str, handle: &Handle) -> bool {
    match key {
        "f" => {
            let document = document();
            if document.fullscreen_element().is_some() {
                document.exit_fullscreen();
            } else if let Some(root) = document.document_element() {
                // Refused in a frame that does not allow it: the lesson works without.
                root.request_fullscreen().ok();
            }
        }
        "r" => handle.act(Action::Reset),
        key => match PACES.iter().find(|(known, _)| *known == key) {
            Some((_, seconds)) => handle.set_speed(pace_of(*seconds)),
            None => return false,
        },
    }
    true
}
