//! The wasm side that draws.

pub mod pool;

/// The page's main function.
pub fn start() {}
