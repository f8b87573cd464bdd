//! The browser's WebGPU adapter, looked at without opening it.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::dom::window;
use super::session::{Adapter, NoAdapter};

/// Asks the browser for its adapter. `web-sys` has WebGPU behind an unstable flag only, and four
/// properties are all that is needed.
pub async fn find() -> Result<Adapter, NoAdapter> {
    let gpu = get(&window().navigator(), "gpu").ok_or(NoAdapter::NoWebGpu)?;
    let request: Function = get(&gpu, "requestAdapter")
        .and_then(|function| function.dyn_into().ok())
        .ok_or(NoAdapter::NoWebGpu)?;
    let options = Object::new();
    Reflect::set(&options, &"powerPreference".into(), &"high-performance".into()).ok();
    let promise: Promise = request
        .call1(&gpu, &options)
        .ok()
        .and_then(|promise| promise.dyn_into().ok())
        .ok_or(NoAdapter::NoneFound)?;
    let adapter = JsFuture::from(promise).await.map_err(|_| NoAdapter::NoneFound)?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(NoAdapter::NoneFound);
    }
    let info = get(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let text = |key| get(&info, key).and_then(|value| value.as_string()).unwrap_or_default();
    let is_flagged = [&info, &adapter]
        .into_iter()
        .any(|object| get(object, "isFallbackAdapter").is_some_and(|flag| flag.is_truthy()));
    let description = text("description");
    let name = if description.is_empty() {
        [text("vendor"), text("architecture")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        description
    };
    let lower = format!("{name} {}", text("vendor")).to_ascii_lowercase();
    let known = ["swiftshader", "llvmpipe", "lavapipe", "basic render", "software"];
    let is_software = is_flagged || known.iter().any(|software| lower.contains(software));
    Ok(Adapter { name, is_software })
}

/// A property that is there and not null.
fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    if !object.is_object() {
        return None;
    }
    Reflect::get(object, &key.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
