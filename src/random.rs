//! Where every random number comes from: ChaCha8, drawn on the host, keyed by seed and purpose.
//!
//! A member's numbers depend on its own seed alone, not on which others train beside it, and both
//! backends start from the same ones: a GPU backend would draw with a kernel of its own.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// What the numbers are for. Each purpose has a stream of its own, so that drawing more for one
/// changes nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which samples are trained on.
    Split = 1,
    /// The weights before the first step.
    InitialWeights = 2,
}

/// The generator of one member for one purpose.
#[must_use]
pub fn generator(seed: u32, purpose: Purpose) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(u64::from(seed));
    generator.set_stream(purpose as u64);
    generator
}
