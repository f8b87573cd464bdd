//! The source of every random number: ChaCha8, drawn on the host, keyed by seed and purpose.
//!
//! A member's numbers depend on its own seed alone, and not on the members beside it. Both backends
//! start from the same numbers, because a GPU backend would draw with a kernel of its own.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

pub use rand::rngs::ChaCha8Rng as Generator;

/// The use of the numbers. Each purpose has a stream of its own, so that drawing more for one
/// changes nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which samples are in the training set.
    Split = 1,
    /// The weights before the first step.
    InitialWeights = 2,
    /// The biases before the first step.
    InitialBiases = 3,
    /// The embedding before the first step.
    InitialEmbedding = 4,
    /// Which training labels are wrong, and how.
    LabelNoise = 5,
    /// Noise added to training targets.
    TargetNoise = 6,
    /// The rule behind random data.
    Teacher = 7,
    /// Random training inputs.
    TrainInputs = 8,
    /// Random test inputs.
    TestInputs = 9,
    /// Which samples are in a batch.
    Batches = 10,
    /// What hidden activations are multiplied by.
    HiddenNoise = 11,
    /// Samples of a reference problem.
    ReferenceProblem = 20,
    /// The fixed weights of a reference problem.
    ReferenceWeights = 21,
    /// Draws for the average that gives the truth of a reference problem without a closed form.
    ReferenceTruth = 22,
    /// A critic's initial weights, and the batches it is trained on.
    Critic = 23,
    /// Noise added to activations before they are measured.
    ActivationNoise = 24,
    /// The batches a critic is measured on.
    CriticBatches = 25,
    /// Noise with which a layer is read.
    ReadingNoise = 26,
    /// The directions of a neighbourhood.
    Directions = 30,
    /// Gaussian inputs around which local complexity is measured.
    RandomPoints = 31,
    /// Which halves of the samples an estimate is repeated on.
    Subsamples = 32,
    /// Permutations of labels for the baseline of an estimate.
    Shuffles = 33,
    /// The directions of sliced information.
    Slices = 34,
}

/// The generator of one seed for one purpose.
#[must_use]
pub fn generator(seed: u32, purpose: Purpose) -> Generator {
    let mut generator = Generator::seed_from_u64(u64::from(seed));
    generator.set_stream(purpose as u64);
    generator
}

/// A standard normal number.
#[must_use]
pub fn normal(generator: &mut Generator) -> f64 {
    StandardNormal.sample(generator)
}

/// `count` normal numbers with mean 0 and the given standard deviation.
#[must_use]
pub fn normals(generator: &mut Generator, count: usize, deviation: f64) -> Vec<f64> {
    (0..count).map(|_| deviation * normal(generator)).collect()
}
