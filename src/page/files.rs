//! Files: offered to the reader as downloads, dropped on the page, chosen, or fetched beside it.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, BlobPropertyBag, HtmlAnchorElement, ReadableStreamDefaultReader,
    RequestInit, Response, Url,
};

use super::address::FileProblem;
use super::dom::{create, document, window};
use crate::saved::{self, MAX_BYTES, SavedError, SavedRun};

/// Milliseconds that a file may take to arrive.
const PATIENCE: u32 = 10_000;

/// Offers bytes as a file of this name.
pub fn download(name: &str, kind: &str, bytes: &[u8]) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = create("a");
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has begun to save by then.
    let forget = Closure::once_into_js(move || drop(Url::revoke_object_url(&address)));
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 10_000)
        .ok()
        .map(drop)
}

/// Today as `2026-11-28`, in UTC.
pub fn today() -> String {
    let now = String::from(js_sys::Date::new_0().to_iso_string());
    now.get(..10).unwrap_or_default().to_owned()
}

/// Reads a run from a file of the reader's machine.
pub async fn read_file(file: &web_sys::File) -> Result<SavedRun, FileProblem> {
    if file.size() > MAX_BYTES as f64 {
        return Err(FileProblem::Content(SavedError::TooLarge));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| FileProblem::NotFetched)?;
    read(&Uint8Array::new(&buffer).to_vec())
}

/// Fetches a run from an address, relative to the page, that ends in `.json`.
pub async fn fetch_run(address: &str) -> Result<SavedRun, FileProblem> {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let url = Url::new_with_base(address, &base).map_err(|_| FileProblem::Name)?;
    let is_web = matches!(url.protocol().as_str(), "http:" | "https:");
    if !is_web || !url.pathname().ends_with(".json") {
        return Err(FileProblem::Name);
    }
    let signal = AbortSignal::timeout_with_u32(PATIENCE);
    let bytes = fetch(&url.href(), &signal).await;
    match bytes {
        Ok(bytes) => read(&bytes),
        Err(_) if signal.aborted() => Err(FileProblem::TooSlow),
        Err(problem) => Err(problem),
    }
}

async fn fetch(address: &str, signal: &AbortSignal) -> Result<Vec<u8>, FileProblem> {
    let lost = |_| FileProblem::NotFetched;
    let options = RequestInit::new();
    options.set_signal(Some(signal));
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &options));
    let response: Response = response.await.map_err(lost)?.unchecked_into();
    let body = response.body().filter(|_| response.ok()).ok_or(FileProblem::NotFetched)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(lost)?;
        let value = Reflect::get(&part, &"value".into()).map_err(lost)?;
        let Ok(part) = value.dyn_into::<Uint8Array>() else { return Ok(bytes) };
        bytes.extend(part.to_vec());
        if bytes.len() > MAX_BYTES {
            // What is still to come is not wanted.
            drop(reader.cancel());
            return Err(FileProblem::Content(SavedError::TooLarge));
        }
    }
}

fn read(bytes: &[u8]) -> Result<SavedRun, FileProblem> {
    saved::read(bytes).map_err(FileProblem::Content)
}
