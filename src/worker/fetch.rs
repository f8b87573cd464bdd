//! Files beside the page that a run needs.

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::protocol::Failure;

/// The bytes of a file in the worker's own folder.
///
/// # Errors
/// [`Failure::FileNotLoaded`].
pub(super) async fn file(name: &str) -> Result<Vec<u8>, Failure> {
    bytes(name).await.map_err(|error| {
        let said = error.as_string().or_else(|| {
            error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()))
        });
        Failure::FileNotLoaded { name: name.into(), detail: said.unwrap_or_default() }
    })
}

/// Through the global `fetch`, whose bindings would bring in a dozen types for three calls.
async fn bytes(name: &str) -> Result<Vec<u8>, JsValue> {
    let scope = js_sys::global();
    let location = Reflect::get(&scope, &"location".into())?;
    let base = Reflect::get(&location, &"href".into())?;
    let address = js_sys::Array::of2(&name.into(), &base);
    let constructor: Function = Reflect::get(&scope, &"URL".into())?.dyn_into()?;
    let address = Reflect::construct(&constructor, &address)?;
    let response = call(&scope, "fetch", Some(&address)).await?;
    if Reflect::get(&response, &"ok".into())? != JsValue::TRUE {
        let status = Reflect::get(&response, &"status".into())?.as_f64().unwrap_or_default();
        return Err(format!("status {status}").into());
    }
    let buffer: ArrayBuffer = call(&response, "arrayBuffer", None).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn call(
    object: &JsValue,
    method: &str,
    argument: Option<&JsValue>,
) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    let promise = match argument {
        Some(argument) => method.call1(object, argument)?,
        None => method.call0(object)?,
    };
    JsFuture::from(promise.dyn_into::<Promise>()?).await
}
