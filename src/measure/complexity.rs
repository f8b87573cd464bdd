//! Local complexity: how many units switch sign within a small neighbourhood of a point, which is
//! how densely a network folds its input space there (Humayun et al., arXiv 2310.12977 and
//! 2402.15555).
//!
//! The neighbourhood of a point `x` is a cross-polytope: the `2 P` vertices `x ± r v_p` along `P`
//! orthonormal vectors, the same for every point. A unit counts where its pre-activation is not of
//! one sign on all of them. In the first layer that is exact: the unit's zero is a hyperplane, and
//! it cuts the polytope where it parts its vertices. In deeper layers the images of the vertices
//! stand for the image of the neighbourhood, which holds the better the smaller the radius.

use crate::random::{self, Purpose, normals};

/// Orthonormal vectors, `[directions, width]`, drawn by the seed with no direction preferred. Of
/// more directions than there are dimensions there are as many as dimensions.
#[must_use]
pub fn frame(width: usize, directions: usize, seed: u32) -> Vec<f32> {
    let mut generator = random::generator(seed, Purpose::Directions);
    let directions = directions.min(width);
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(directions);
    while vectors.len() < directions {
        let mut vector = normals(&mut generator, width, 1.0);
        // The second round takes away what rounding left in the first.
        for _ in 0..2 {
            for other in &vectors {
                let along = dot(&vector, other);
                vector.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
            let length = dot(&vector, &vector).sqrt();
            vector.iter_mut().for_each(|x| *x /= length);
        }
        vectors.push(vector);
    }
    vectors.into_iter().flatten().map(|x| x as f32).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The vertices `x + r v_1, x - r v_1, x + r v_2, ...` of each point's neighbourhood,
/// `[points, 2 directions, width]`, for points `[points, width]` and a [`frame`].
#[must_use]
pub fn vertices(points: &[f32], width: usize, frame: &[f32], radius: f32) -> Vec<f32> {
    let per_point = 2 * frame.len() / width;
    let mut vertices = Vec::with_capacity(points.len() * per_point);
    for point in points.chunks_exact(width) {
        for direction in frame.chunks_exact(width) {
            for step in [radius, -radius] {
                vertices.extend(point.iter().zip(direction).map(|(x, v)| x + step * v));
            }
        }
    }
    vertices
}

/// The number of a layer's units whose pre-activation is negative at some vertex of a point's
/// neighbourhood and not at another, as a mean over points. An exact zero counts as not negative.
///
/// `pre_activations` is `[points, vertices_per_point, units]`, in the order of [`vertices`]. The
/// mean is NaN without points, or if some number is NaN.
///
/// # Panics
/// If the numbers are not whole points.
#[must_use]
pub fn changing_units(pre_activations: &[f32], units: usize, vertices_per_point: usize) -> f64 {
    let point_size = units * vertices_per_point;
    assert!(pre_activations.len().is_multiple_of(point_size), "the numbers are of whole points");
    if pre_activations.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    let mut changing = 0u64;
    let mut changes = vec![false; units];
    for point in pre_activations.chunks_exact(point_size) {
        changes.fill(false);
        let (first, others) = point.split_at(units);
        for vertex in others.chunks_exact(units) {
            for ((changes, first), value) in changes.iter_mut().zip(first).zip(vertex) {
                *changes |= (*first < 0.0) != (*value < 0.0);
            }
        }
        changing += changes.iter().map(|&changes| u64::from(changes)).sum::<u64>();
    }
    changing as f64 / (pre_activations.len() / point_size) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_orthonormal_within_the_dimensions() {
        for (width, directions, expected) in [(64, 25, 25), (2, 25, 2), (46, 46, 46), (1, 1, 1)] {
            let frame = frame(width, directions, 3);
            assert_eq!(frame.len(), expected * width);
            for (i, a) in frame.chunks(width).enumerate() {
                for (j, b) in frame.chunks(width).enumerate() {
                    let product: f64 =
                        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                    let expected = if i == j { 1.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-6, "{i} {j}: {product}");
                }
            }
        }
        assert_ne!(frame(8, 3, 1), frame(8, 3, 2));
    }

    #[test]
    fn vertices_lie_on_both_sides_of_their_point() {
        let frame = [1.0, 0.0, 0.0, 1.0];
        let expected = [
            [1.5, 2.0, 0.5, 2.0, 1.0, 2.5, 1.0, 1.5],
            [-2.5, 4.0, -3.5, 4.0, -3.0, 4.5, -3.0, 3.5],
        ];
        assert_eq!(vertices(&[1.0, 2.0, -3.0, 4.0], 2, &frame, 0.5), expected.concat());
    }

    /// A unit's hyperplane cuts the cross-polytope around `x` if its distance is no more than the
    /// polytope reaches along the normal: `|n·x + b| ≤ r max_p |n·v_p|`.
    #[test]
    fn units_change_where_their_hyperplanes_cut_the_neighbourhood() {
        let (points, units) = (40, 50);
        let mut all = 0;
        for (width, directions) in [(2, 2), (3, 2), (12, 5)] {
            for seed in 0..5 {
                let mut generator = random::generator(seed, Purpose::InitialWeights);
                let mut draw = |count| normals(&mut generator, count, 1.0);
                let (weights, biases) = (draw(units * width), draw(units));
                let x: Vec<f32> = draw(points * width).iter().map(|x| *x as f32).collect();
                let frame = frame(width, directions, seed);
                let radius = 0.3;
                let sides = |point: &[f32], unit: usize| -> f64 {
                    let normal = &weights[unit * width..(unit + 1) * width];
                    normal.iter().zip(point).map(|(n, x)| n * f64::from(*x)).sum()
                };
                let pre_activations: Vec<f32> = vertices(&x, width, &frame, radius)
                    .chunks(width)
                    .flat_map(|vertex| (0..units).map(|u| (sides(vertex, u) + biases[u]) as f32))
                    .collect();
                let mut cut = 0;
                for point in x.chunks(width) {
                    for (unit, bias) in biases.iter().enumerate() {
                        let reach = frame
                            .chunks(width)
                            .map(|direction| sides(direction, unit).abs())
                            .fold(0.0, f64::max);
                        let distance = (sides(point, unit) + bias).abs();
                        cut += usize::from(distance <= f64::from(radius) * reach);
                    }
                }
                let got = changing_units(&pre_activations, units, 2 * directions);
                assert_eq!(got, cut as f64 / points as f64);
                all += cut;
            }
        }
        assert!(all > 3_000, "{all} of 30,000");
    }

    #[test]
    fn a_zero_counts_as_not_negative() {
        let three_units_at_two_vertices = [0.0, 0.0, -0.0, -1.0, 1.0, 0.0];
        assert_eq!(changing_units(&three_units_at_two_vertices, 3, 2), 1.0);
    }

    #[test]
    fn a_diverged_network_has_no_complexity() {
        assert!(changing_units(&[1.0, f32::NAN], 1, 2).is_nan());
        assert!(changing_units(&[], 1, 2).is_nan());
    }
}
