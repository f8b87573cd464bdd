//! The numbers in the rules. docs/methods.md tells which were set after a first look at results.

/// Something is so in nearly all networks if it is in this fraction of them.
pub const MOST: f64 = 0.8;
/// Fewer networks than these decide nothing.
pub const NETWORKS: usize = 3;
/// Fewer data sets than these decide nothing.
pub const DATA_SETS: usize = 2;
/// A network waits if it generalises after this many times the steps in which it memorised,
pub const WAIT: f64 = 2.0;
/// and if this fraction of its first test error is left when it has memorised.
pub const ERROR_LEFT: f64 = 0.5;
/// A loss rises or falls if it changes by this factor.
pub const LOSS: f64 = 1.1;
/// An error rises or falls if it changes by this much.
pub const ERROR: f64 = 0.05;
/// Information rises or falls if it changes by this many bits, and by twice its error.
pub const BITS: f64 = 0.1;
/// Estimators contradict each other if they do so on this fraction of layers and sets.
pub const CONTRADICTION: f64 = 1.0 / 3.0;
/// Two steps are together if one is at most this many times the other.
pub const TOGETHER: f64 = 1.5;
/// They are apart if it is more than this many times; in between nothing is decided.
pub const APART: f64 = 2.0;
/// A layer begins to compress when this fraction of its fall is done.
pub const BEGUN: f64 = 0.25;
/// A power is near 1 if it is between 1 over this and this.
pub const POWER: f64 = 1.5;
/// A power is clearly positive above this.
pub const POSITIVE: f64 = 1.0 / 3.0;
/// Sooner means sooner by this factor.
pub const SOONER: f64 = 1.3;
