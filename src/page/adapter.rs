//! Which backend to ask for: looks at the browser's WebGPU adapter without opening it.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::protocol::Backend;

/// What the reader asks for with `?backend=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The faster, where there is a GPU that is no software one.
    Auto,
    /// The faster, measured with a software GPU too.
    Fastest,
    /// The GPU, a software one too.
    Gpu,
    /// The CPU.
    Cpu,
}

impl Wish {
    /// All wishes with their names in the address, the default first.
    pub const ALL: [(Self, &str); 4] =
        [(Self::Auto, "auto"), (Self::Fastest, "fastest"), (Self::Gpu, "gpu"), (Self::Cpu, "cpu")];

    /// The wish of the given name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, key)| *key == name).map(|(wish, _)| *wish)
    }
}

/// A backend, and what the badge says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What trains.
    pub backend: Backend,
    /// `WebGPU: NVIDIA ...`, or `CPU: ` and why.
    pub badge: String,
}

impl Choice {
    /// The CPU, because of `reason`.
    pub fn cpu(reason: &str) -> Self {
        Self { backend: Backend::Cpu, badge: format!("CPU: {reason}") }
    }
}

/// What trains at first, and what it is compared with as soon as that is there, by what the reader wishes
/// and the browser has.
pub async fn choose(wish: Wish) -> (Choice, Option<Choice>) {
    if wish == Wish::Cpu {
        return (Choice::cpu("as chosen"), None);
    }
    let adapter = match adapter().await {
        Ok(adapter) => adapter,
        Err(reason) => return (Choice::cpu(reason), None),
    };
    if adapter.software && wish == Wish::Auto {
        return (Choice::cpu("the WebGPU adapter is a software one, which is slower"), None);
    }
    let gpu = Choice { backend: Backend::Gpu, badge: format!("WebGPU: {}", adapter.name) };
    if wish == Wish::Gpu {
        (gpu, None)
    } else {
        (Choice::cpu("the GPU is being prepared"), Some(gpu))
    }
}

struct Adapter {
    name: String,
    software: bool,
}

/// Asks the browser for its adapter. `web-sys` has WebGPU behind an unstable flag only, and four
/// properties are all that is needed.
async fn adapter() -> Result<Adapter, &'static str> {
    const NO_API: &str = "no WebGPU in this browser";
    const NO_ADAPTER: &str = "WebGPU finds no graphics adapter here";
    let gpu = get(&super::dom::window().navigator(), "gpu").ok_or(NO_API)?;
    let request: Function =
        get(&gpu, "requestAdapter").and_then(|f| f.dyn_into().ok()).ok_or(NO_API)?;
    let options = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise: Promise = request
        .call1(&gpu, &options)
        .map_err(|_| NO_ADAPTER)?
        .dyn_into()
        .map_err(|_| NO_ADAPTER)?;
    let adapter = JsFuture::from(promise).await.map_err(|_| NO_ADAPTER)?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(NO_ADAPTER);
    }
    let info = get(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let text = |key| get(&info, key).and_then(|value| value.as_string()).unwrap_or_default();
    let flagged = [&info, &adapter]
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
    let lower = format!("{name} {}", text("vendor")).to_lowercase();
    let known = ["swiftshader", "llvmpipe", "lavapipe", "basic render", "software"];
    Ok(Adapter {
        software: flagged || known.iter().any(|software| lower.contains(software)),
        name: if name.is_empty() { "adapter without a name".into() } else { name },
    })
}

/// A property that is there and not null.
fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    if !object.is_object() {
        return None;
    }
    Reflect::get(object, &key.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
