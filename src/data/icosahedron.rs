//! Rules on 12 bits with the symmetry of the icosahedron: the bits are spins on its vertices.

use super::{Inputs, MemberData, Outputs, SampleSet, shuffled};
use crate::experiment::shape::ICOSAHEDRON_VERTICES as VERTICES;
use crate::experiment::{Rule, Settings};

const PATTERNS: u32 = 1 << VERTICES;

/// The vertices that each vertex has an edge to; vertex 0 is the highest bit. This numbering makes
/// [`Rule::Tishby`] the data set `var_u` (github.com/ravidziv/IDNNs).
const NEIGHBOURS: [[usize; 5]; VERTICES] = [
    [1, 3, 5, 10, 11],
    [0, 2, 3, 4, 11],
    [1, 3, 4, 8, 9],
    [0, 1, 2, 8, 10],
    [1, 2, 6, 9, 11],
    [0, 6, 7, 10, 11],
    [4, 5, 7, 9, 11],
    [5, 6, 8, 9, 10],
    [2, 3, 7, 9, 10],
    [2, 4, 6, 7, 8],
    [0, 3, 5, 7, 8],
    [0, 1, 4, 5, 6],
];

/// Pairs of opposite vertices.
const ANTIPODES: [[usize; 2]; 6] = [[0, 9], [1, 7], [2, 5], [3, 6], [4, 10], [8, 11]];

/// All patterns, split by the member's seed; inputs are spins of ±1.
pub(super) fn data(member: &Settings) -> MemberData {
    let labels = labels(member.rule);
    let set = |samples: &[u32]| SampleSet {
        ids: samples.to_vec(),
        inputs: Inputs::Dense {
            features: VERTICES,
            values: samples.iter().flat_map(|&p| spins(p).map(|spin| spin as f32)).collect(),
        },
        outputs: Outputs::Classes {
            count: 2,
            classes: samples.iter().map(|&p| labels[p as usize]).collect(),
        },
    };
    let split = shuffled(PATTERNS as usize, member.seed);
    let (train, test) = split.split_at(member.train_samples());
    MemberData { train: set(train), test: set(test) }
}

fn bits(pattern: u32) -> [bool; VERTICES] {
    std::array::from_fn(|vertex| pattern >> (VERTICES - 1 - vertex) & 1 == 1)
}

fn spins(pattern: u32) -> [f64; VERTICES] {
    bits(pattern).map(|bit| if bit { 1.0 } else { -1.0 })
}

/// The class of every pattern.
fn labels(rule: Rule) -> Vec<u32> {
    let field = match rule {
        Rule::Ising => 0.0,
        Rule::IsingInField => 1.5,
        Rule::Tishby => return (0..PATTERNS).map(|pattern| tishby(pattern).into()).collect(),
    };
    let energies: Vec<f64> = (0..PATTERNS).map(|pattern| energy(pattern, field)).collect();
    // The threshold that comes closest to calling half of all patterns 1.
    let above = |threshold: f64| energies.iter().filter(|&&energy| energy > threshold).count();
    let off_half = |&threshold: &f64| above(threshold).abs_diff(PATTERNS as usize / 2);
    let threshold = energies.iter().copied().min_by_key(off_half).unwrap_or(0.0);
    energies.iter().map(|&energy| u32::from(energy > threshold)).collect()
}

/// `Σ s_i s_j` over the 30 edges, plus the field times `Σ s_i`.
fn energy(pattern: u32, field: f64) -> f64 {
    let spins = spins(pattern);
    let neighbours = NEIGHBOURS.iter().enumerate().flat_map(|(a, bs)| bs.map(|b| (a, b)));
    // Each edge is seen from both of its ends.
    let edges: f64 = neighbours.map(|(a, b)| spins[a] * spins[b]).sum::<f64>() / 2.0;
    edges + field * spins.iter().sum::<f64>()
}

/// By the number of set bits, of edges between set bits, and of opposite set bits.
fn tishby(pattern: u32) -> bool {
    let bits = bits(pattern);
    let set = bits.iter().filter(|bit| **bit).count();
    let edges = (0..VERTICES)
        .filter(|&a| bits[a])
        .map(|a| NEIGHBOURS[a].iter().filter(|&&b| bits[b]).count())
        .sum::<usize>()
        / 2;
    let opposite = ANTIPODES.iter().filter(|[a, b]| bits[*a] && bits[*b]).count();
    match set {
        8.. => true,
        7 => edges >= 9 || opposite <= 1,
        6 => edges >= 7 || (edges == 6 && opposite == 0),
        5 => edges >= 7,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solid_has_thirty_edges_and_opposite_vertices_share_none() {
        for (a, neighbours) in NEIGHBOURS.iter().enumerate() {
            for &b in neighbours {
                assert!(a != b && NEIGHBOURS[b].contains(&a));
            }
        }
        let mut vertices: Vec<usize> = ANTIPODES.as_flattened().to_vec();
        vertices.sort_unstable();
        assert_eq!(vertices, (0..12).collect::<Vec<_>>());
        for [a, b] in ANTIPODES {
            // Between them they neighbour all ten others.
            let mut around = [NEIGHBOURS[a], NEIGHBOURS[b]].as_flattened().to_vec();
            around.extend([a, b]);
            around.sort_unstable();
            assert_eq!(around, (0..12).collect::<Vec<_>>());
        }
    }

    #[test]
    fn half_of_the_patterns_are_called_one() {
        let ones = |rule| labels(rule).iter().sum::<u32>();
        // P = .511 of the calibration, and 2118 of 4096 in the published data set.
        assert_eq!((f64::from(ones(Rule::Ising)) / 4.096).round(), 511.0);
        assert_eq!(ones(Rule::Tishby), 2118);
        assert!(ones(Rule::IsingInField).abs_diff(2048) < 100);
    }
}
