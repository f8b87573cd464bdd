//! What the page around a frame can ask of its figure.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use super::messages::field;
use super::{dress, embedded_query, own_query, set_theme};
use crate::experiment::shorten;
use crate::page::address::{Address, Theme};
use crate::page::figure::{Decision, Figure, Handle, PictureError, scale};
use crate::page::session::{Action, State};
use crate::page::{plots, report, with_page, wording};

/// A sentence of the page's language.
pub(super) fn sentence(id: &str) -> String {
    with_page(|page| page.text.get(id)).unwrap_or_default()
}

/// Carries out a request. Gives back the value of the answer, or a sentence that says what is wrong.
pub(super) fn carry_out(kind: &str, message: &JsValue) -> Result<JsValue, String> {
    let handle = with_page(|page| page.primary().map(Figure::handle)).flatten();
    let Some(handle) = handle else { return Err(sentence("page-stopped")) };
    match kind {
        "play" => {
            handle.act(Action::Play);
            // Nobody is there to answer the figure's question.
            handle.change_view(|options| options.decision = Decision::KeptGoing);
        }
        "pause" => pause(&handle),
        "step" => handle.act(Action::Step),
        "reset" => handle.act(Action::Reset),
        "seek" => return seek(&handle, field(message, "step").as_f64()),
        "set" => return set(&handle, field(message, "query").as_string()),
        "report" => return Ok(report(None)),
        "theme" => {
            let name = field(message, "theme").as_string().unwrap_or_default();
            let Some(theme) = Theme::named(&name) else {
                return Err(sentence("embed-theme-needs-name"));
            };
            set_theme(theme);
            handle.change_view(|options| options.address.theme = theme);
            handle.forget_theme();
        }
        _ => {
            let got = shorten(kind);
            let say = |page: &mut crate::page::Page| {
                page.text.with("embed-unknown-request", &[("got", got.as_str().into())])
            };
            return Err(with_page(say).unwrap_or_default());
        }
    }
    Ok(state(&handle))
}

/// The charts as a file, a blob, or a sentence that says why there is none.
pub(super) async fn picture(message: &JsValue) -> Result<JsValue, String> {
    let handle = with_page(|page| page.primary().map(Figure::handle)).flatten();
    let handle = handle.ok_or_else(|| sentence("page-stopped"))?;
    let made = match field(message, "format").as_string().as_deref() {
        Some("svg") => handle.svg().ok_or(PictureError::Empty).and_then(svg_blob),
        Some("png") | None => handle.png(scale(&field(message, "scale"))).await,
        Some(_) => return Err(sentence("embed-picture-needs-format")),
    };
    let said =
        |error: PictureError| with_page(|page| error.sentence(&page.text)).unwrap_or_default();
    made.map(JsValue::from).map_err(said)
}

fn svg_blob(file: String) -> Result<Blob, PictureError> {
    let kind = BlobPropertyBag::new();
    kind.set_type("image/svg+xml");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&file.into()), &kind);
    blob.map_err(|_| PictureError::Refused)
}

fn pause(handle: &Handle) {
    match handle.look(|view| view.session.state()) {
        Some(State::Running | State::Waiting) => handle.act(Action::Toggle),
        // Nothing is trained yet.
        Some(State::Loading) => handle.act(Action::Reset),
        _ => {}
    }
    handle.change_view(|options| options.is_out_of_sight = false);
}

fn seek(handle: &Handle, step: Option<f64>) -> Result<JsValue, String> {
    let step = step
        .filter(|step| *step >= 0.0 && step.is_finite())
        .ok_or_else(|| sentence("embed-seek-needs-step"))?;
    let steps = handle.look(|view| view.steps()).unwrap_or_default();
    let distance = |known: &u32| (f64::from(*known) - step).abs();
    let nearest = steps.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let nearest = nearest.ok_or_else(|| sentence("embed-nothing-to-seek"))?;
    handle.scrub(Some(nearest));
    Ok(object(&[("step", nearest.into())]))
}

/// Takes the query of an address in place of the one that holds.
fn set(handle: &Handle, query: Option<String>) -> Result<JsValue, String> {
    let query = query.ok_or_else(|| sentence("embed-set-needs-query"))?;
    let element = with_page(|page| page.primary.clone()).flatten();
    let own = element.as_ref().map(own_query).unwrap_or_default();
    let mut address = Address::read(&embedded_query(&own, &query));
    handle.look(|view| {
        let now = &view.options.address;
        let next = &mut address.options;
        (next.embedded, next.view, next.locale) = (true, now.view, now.locale);
        next.figure.clone_from(&now.figure);
    });
    let has_theme = query.split(['?', '&']).any(|pair| pair.starts_with("theme="));
    let say = |page: &mut crate::page::Page| {
        address.notices.iter().map(|notice| wording::notice(&page.text, notice)).collect::<Vec<_>>()
    };
    let notices = with_page(say).unwrap_or_default();
    if !has_theme {
        // The host may have sent it in a message of its own.
        address.options.theme = handle.look(|view| view.options.address.theme).flatten();
    }
    dress(&address.options);
    handle.set_address(address);
    handle.forget_theme();
    let notices: Array = notices.iter().map(|notice| JsValue::from(notice.as_str())).collect();
    Ok(object(&[("notices", notices.into())]))
}

/// What the figure is doing.
fn state(handle: &Handle) -> JsValue {
    let state = handle.look(|view| {
        let events = plots::event_steps(&view.shared.phases);
        let [memorised, generalised] = events.map(|step| step.map_or(JsValue::NULL, JsValue::from));
        object(&[
            ("state", view.session.state().key().into()),
            ("step", view.session.progress().step.into()),
            ("memorised", memorised),
            ("generalised", generalised),
        ])
    });
    state.unwrap_or(JsValue::NULL)
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).ok();
    }
    object.into()
}
