//! A text that the browser keeps between visits, in IndexedDB. Where it keeps nothing (a sandbox, a
//! private window, a full disk), nothing is kept and nothing fails.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

use super::dom::window;

const DATABASE: &str = "two-phase";
const STORE: &str = "kept";

/// The text of this name; `None` if there is none, or none can be kept.
pub async fn read(name: &str) -> Option<String> {
    let store = open(IdbTransactionMode::Readonly).await?;
    done(&store.get(&name.into()).ok()?).await?.as_string()
}

/// Keeps a text under a name in place of the last one. Says whether the browser has it.
pub async fn write(name: &str, text: &str) -> bool {
    let put = async {
        let store = open(IdbTransactionMode::Readwrite).await?;
        let request = store.put_with_key(&text.into(), &name.into()).ok()?;
        // A full disk shows only when the transaction ends.
        let transaction = store.transaction();
        let ended = Promise::new(&mut |resolve, reject| {
            transaction.set_oncomplete(Some(&resolve));
            transaction.set_onabort(Some(&reject));
        });
        done(&request).await?;
        JsFuture::from(ended).await.ok()
    };
    put.await.is_some()
}

/// Forgets the text of this name.
pub async fn forget(name: &str) {
    if let Some(store) = open(IdbTransactionMode::Readwrite).await
        && let Ok(request) = store.delete(&name.into())
    {
        done(&request).await;
    }
}

async fn open(mode: IdbTransactionMode) -> Option<IdbObjectStore> {
    // Throws in a sandbox.
    let request = window().indexed_db().ok()??.open(DATABASE).ok()?;
    let opened = request.clone();
    let on_upgrade = Closure::once(move || {
        if let Ok(database) = opened.result() {
            database.unchecked_ref::<IdbDatabase>().create_object_store(STORE).ok();
        }
    });
    request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
    let database: IdbDatabase = done(&request).await?.unchecked_into();
    let transaction = database.transaction_with_str_and_mode(STORE, mode).ok()?;
    // Closed once the transaction has ended.
    database.close();
    transaction.object_store(STORE).ok()
}

/// What a request gives, once it is done; `None` if it fails.
async fn done(request: &IdbRequest) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}
