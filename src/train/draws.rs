//! Random draws of every step: batches, and noise on hidden activations. Each member has a
//! generator of its own.

use rand::RngExt;

use crate::experiment::Settings;
use crate::random::{self, Generator, Purpose};

/// Draws the batches of each member, with replacement.
pub(super) struct Batches {
    generators: Vec<Generator>,
    counts: Vec<usize>,
    /// The last batch.
    chosen: Vec<u32>,
}

impl Batches {
    /// `None` if every step is on all samples; `counts` holds the samples of each member.
    pub(super) fn new(members: &[Settings], counts: &[usize]) -> Option<Self> {
        (members[0].batch > 0).then(|| Self {
            generators: generators(members, Purpose::Batches),
            counts: counts.to_vec(),
            chosen: vec![0; members[0].batch],
        })
    }

    /// Samples in a batch.
    pub(super) fn size(&self) -> usize {
        self.chosen.len()
    }

    /// The next batch of a member, as indices of its samples.
    pub(super) fn next(&mut self, member: usize) -> &[u32] {
        let (generator, count) = (&mut self.generators[member], self.counts[member]);
        for chosen in &mut self.chosen {
            *chosen = generator.random_range(0..count) as u32;
        }
        &self.chosen
    }
}

/// Draws what hidden activations are multiplied by, `1 + σ ε` with `ε` standard normal.
pub(super) struct HiddenNoise {
    generators: Vec<Generator>,
    /// Units of each member's hidden layers.
    units: Vec<Vec<usize>>,
    strengths: Vec<f64>,
    /// The last factors, layer by layer.
    factors: Vec<Vec<f32>>,
}

impl HiddenNoise {
    /// `None` if no member has any.
    pub(super) fn new(members: &[Settings]) -> Option<Self> {
        members.iter().any(|member| member.noise > 0.0).then(|| Self {
            generators: generators(members, Purpose::HiddenNoise),
            units: members
                .iter()
                .map(|m| m.hidden().iter().map(|layer| layer.units.into()).collect())
                .collect(),
            strengths: members.iter().map(|member| member.noise).collect(),
            factors: Vec::new(),
        })
    }

    /// The factors of a member for each of its hidden layers, `[rows, units]`; none if it has no
    /// noise.
    pub(super) fn next(&mut self, member: usize, rows: usize) -> &[Vec<f32>] {
        let strength = self.strengths[member];
        if strength == 0.0 {
            return &[];
        }
        let generator = &mut self.generators[member];
        self.factors.resize_with(self.units[member].len(), Vec::new);
        for (factors, units) in self.factors.iter_mut().zip(&self.units[member]) {
            factors.clear();
            factors.extend(
                (0..rows * units).map(|_| 1.0 + (strength * random::normal(generator)) as f32),
            );
        }
        &self.factors
    }
}

fn generators(members: &[Settings], purpose: Purpose) -> Vec<Generator> {
    members.iter().map(|member| random::generator(member.seed, purpose)).collect()
}
