//! x
#![allow(dead_code, unused_imports, missing_docs)]
mod axis;
mod chart;
mod dom;
mod plots;
mod session {
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Version;
}
mod speed;
/// x
pub fn start() {}
