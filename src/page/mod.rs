//! The wasm side that draws: holds the history, finds the phases in it, and asks the worker to train.

mod adapter;
mod app;
mod axis;
mod chart;
mod controls;
mod dom;
mod figure;
mod format;
mod link;
mod observed;
mod speed;
mod team;
mod theme;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{
    Event, HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent,
    PointerEvent, ResizeObserver,
};

use crate::report::Report;
use app::{App, Pointed, Shared};
use controls::Change;
use dom::{document, element, listen, window};

/// The page's main function: builds the controls and starts a worker.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        dom::set_root_attribute("data-state", "error");
        if let Some(text) = document().get_element_by_id("progress-text") {
            text.set_text_content(Some("The page’s program stopped. Reload the page to go on."));
        }
    }));
    let app: Shared = Rc::new(RefCell::new(App::new()));
    controls(&app);
    settings(&app);
    keys(&app);
    crosshair(&app);
    surroundings(&app);
    publish(&app);
    app::open(&app);
}

/// The buttons and the speed.
fn controls(app: &Shared) {
    let on_click = |id: &str, action: fn(&Shared)| {
        let app = Rc::clone(app);
        listen(&element::<HtmlButtonElement>(id), "click", move |_: Event| action(&app));
    };
    on_click("play", app::toggle);
    on_click("step", app::step);
    on_click("reset", app::reset);
    on_click("axis", app::switch_axis);
    on_click("profile-measure", app::switch_profile);
    on_click("profile-best", app::switch_best);
    on_click("known-try", app::try_known);
    app::list_sources();
    on_click("restore", app::restore);
    let speed: HtmlInputElement = element("speed");
    let (app, slider) = (Rc::clone(app), speed.clone());
    listen(&speed, "input", move |_: Event| {
        app::set_speed(&app, slider.value().parse().unwrap_or(speed::STOPS.len()));
    });
}

/// The settings of the experiment, and the choice of a backend.
fn settings(app: &Shared) {
    let shared = Rc::clone(app);
    let controls = controls::Controls::new(move |change| match change {
        Change::Preset(key) => app::choose_preset(&shared, key),
        Change::Setting(field, value) => app::change(&shared, field, value),
        Change::InvalidValue(sentence) => app::complain(sentence),
    });
    controls.show(app.borrow().experiment());
    app.borrow_mut().set_controls(controls);
    let (shared, set): (Shared, HtmlSelectElement) = (Rc::clone(app), element("measures-set"));
    let chosen = set.clone();
    listen(&set, "change", move |_: Event| app::choose_set(&shared, &chosen));
    let select: HtmlSelectElement = element("backend");
    let (app, chosen) = (Rc::clone(app), select.clone());
    select.set_value(app.borrow().wish_name());
    listen(&select, "change", move |_: Event| app::choose_backend(&app, &chosen.value()));
}

/// Space plays and pauses wherever the focus is, but for controls that it presses itself. Letters
/// act only while the focus is in the figure (WCAG 2.1.4): a page that is typed to or dictated to
/// does not lose its run to an r.
fn keys(app: &Shared) {
    let figure: HtmlElement = element("figure");
    let focused = figure.clone();
    listen(&element::<HtmlElement>("charts"), "pointerdown", move |_: Event| {
        // Not scrolled to: the page must not move under the pointer.
        dom::focus_in_place(&focused);
    });
    let app = Rc::clone(app);
    listen(&document(), "keydown", move |event: KeyboardEvent| {
        if event.repeat() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let takes_space = target.as_ref().is_some_and(|element| {
            matches!(element.tag_name().as_str(), "BUTTON" | "SUMMARY" | "A" | "SELECT")
                || element.get_attribute("type").as_deref() == Some("text")
        });
        let in_figure = target.is_some_and(|element| figure.contains(Some(&element)));
        let action: fn(&Shared) = match event.key().as_str() {
            " " if !takes_space => app::toggle,
            "s" if in_figure => app::step,
            "r" if in_figure => app::reset,
            _ => return,
        };
        event.prevent_default();
        action(&app);
    });
}

/// One crosshair through all charts over time, one in the chart over a setting, and the values there.
fn crosshair(app: &Shared) {
    let [charts, measures, map, profile, plane] =
        ["charts", "measures", "map", "profile", "plane"].map(element::<HtmlElement>);
    let over = |holder: &HtmlElement, at: fn(&Shared, &HtmlElement, &PointerEvent)| {
        for name in ["pointermove", "pointerdown"] {
            let (app, holder) = (Rc::clone(app), holder.clone());
            let target = holder.clone();
            listen(&target, name, move |event: PointerEvent| at(&app, &holder, &event));
        }
        let app = Rc::clone(app);
        listen(holder, "pointerleave", move |_: Event| app::point_at(&app, Pointed::default()));
    };
    let at_time = |app: &Shared, holder: &HtmlElement, event: &PointerEvent| {
        let time = chart::place(holder, event);
        app::point_at(app, Pointed { time, ..Pointed::default() });
    };
    over(&charts, at_time);
    over(&measures, at_time);
    // Events go from the inside out: the charts around it are not to forget the row.
    over(&map, |app, map, event| {
        let (time, row) = (chart::place(map, event), chart::height(map, event));
        app::point_at(app, Pointed { time, row, value: None });
        event.stop_propagation();
    });
    over(&profile, |app, holder, event| {
        let value = chart::place(holder, event);
        app::point_at(app, Pointed { value, ..Pointed::default() });
    });
    over(&plane, |app, holder, event| {
        app::point_at_plane(app, chart::place(holder, event).zip(chart::height(holder, event)));
    });
}

/// Draws again when the figure's size or the colour scheme changes, or a chart comes into sight.
fn surroundings(app: &Shared) {
    let shared = Rc::clone(app);
    listen(&document(), observed::SEEN, move |_: Event| app::redraw(&shared));
    let shared = Rc::clone(app);
    let on_resize = Closure::<dyn FnMut()>::new(move || app::redraw(&shared));
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(&element::<HtmlElement>("charts"));
    }
    on_resize.forget();
    if let Ok(Some(dark)) = window().match_media("(prefers-color-scheme: dark)") {
        let app = Rc::clone(app);
        listen(&dark, "change", move |_: Event| app::redraw(&app));
    }
}

/// `window.twoPhase.report()`: the run so far as the object that the command line prints.
fn publish(app: &Shared) {
    let app = Rc::clone(app);
    let report = Closure::<dyn Fn() -> JsValue>::new(move || {
        let report = Report::new(app.borrow().history());
        let text = serde_json::to_string(&report).unwrap_or_default();
        js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
    });
    let object = js_sys::Object::new();
    // Setting properties of a fresh object and of the window does not fail.
    let _ = js_sys::Reflect::set(&object, &"report".into(), report.as_ref());
    let _ = js_sys::Reflect::set(&window(), &"twoPhase".into(), &object);
    report.forget();
}
