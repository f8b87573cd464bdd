//! Decompositions of matrices, in f64 on the host: sorted eigenvalues, and the spectrum of a
//! layer's weights with its norm, its effective rank and the closest matrices of lower rank.

#[cfg(any(test, target_family = "wasm"))]
mod kernel;
mod product;

pub(crate) use product::{Matrix, product};

use nalgebra::{DMatrix, SymmetricEigen};

/// The eigenvalues of a symmetric matrix, largest first, and its eigenvectors as columns in the
/// same order.
pub(crate) fn sorted_eigen(matrix: DMatrix<f64>) -> (Vec<f64>, DMatrix<f64>) {
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let values = order.iter().map(|&index| eigen.eigenvalues[index]).collect();
    (values, eigen.eigenvectors.select_columns(&order))
}

/// The entropy takes singular values below this fraction of the largest for rounding.
const RANK_TOLERANCE: f64 = 1e-6;

/// A matrix `[rows, columns]` with its singular values and the singular vectors of its smaller
/// side.
///
/// It comes from the smaller Gram matrix in f64, which is several times faster than a singular
/// value decomposition. Values below 10⁻⁸ of the largest are rounding, as they are in weights of
/// f32.
pub struct Spectrum {
    matrix: DMatrix<f64>,
    /// Largest first.
    values: Vec<f64>,
    /// A column for each singular value: right singular vectors if there are no more columns than
    /// rows, otherwise left ones.
    vectors: DMatrix<f64>,
}

impl Spectrum {
    /// The spectrum of weights `[rows, columns]`; `None` if some weight is not finite.
    ///
    /// # Panics
    /// If there are not `rows * columns` weights.
    #[must_use]
    pub fn new(weights: &[f32], rows: usize, columns: usize) -> Option<Self> {
        assert_eq!(weights.len(), rows * columns, "weights of {rows} by {columns}");
        let entries = weights.iter().map(|&weight| f64::from(weight));
        Self::of_matrix(DMatrix::from_row_iterator(rows, columns, entries))
    }

    /// The spectrum of a matrix; `None` if some entry is not finite.
    pub(crate) fn of_matrix(matrix: DMatrix<f64>) -> Option<Self> {
        if matrix.iter().any(|entry| !entry.is_finite()) {
            return None;
        }
        let gram =
            if is_tall(&matrix) { matrix.tr_mul(&matrix) } else { &matrix * matrix.transpose() };
        let (squares, vectors) = sorted_eigen(gram);
        let values = squares.into_iter().map(|square| square.max(0.0).sqrt()).collect();
        Some(Self { matrix, values, vectors })
    }

    /// The singular values, as many as the smaller of rows and columns, largest first.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The Frobenius norm, the root of the sum of squares of all weights.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.matrix.norm()
    }

    /// The entropy `H = -Σ s ln s` of the singular values, in nats, `s = σ / Σ σ`, and the sum `Σ
    /// σ`; singular values that are rounding are left out of both.
    pub(crate) fn entropy(&self) -> (f64, f64) {
        let values: Vec<f64> =
            self.values.iter().copied().filter(|&value| self.counts(value)).collect();
        let total: f64 = values.iter().sum();
        let fractions = values.iter().map(|value| value / total);
        (fractions.map(|fraction| -fraction * fraction.ln()).sum(), total)
    }

    /// Whether a singular value is more than rounding.
    pub(crate) fn counts(&self, value: f64) -> bool {
        value > RANK_TOLERANCE * self.values.first().copied().unwrap_or(0.0)
    }

    /// The effective rank, `e^H` (Roy & Vetterli, EUSIPCO 2007): the number of singular values if
    /// all are equal, and less the more they differ. It is 0 for a matrix of zeros.
    ///
    /// Singular values below 10⁻⁶ of the largest are left out.
    #[must_use]
    pub fn effective_rank(&self) -> f64 {
        let (entropy, total) = self.entropy();
        if total > 0.0 { entropy.exp() } else { 0.0 }
    }

    /// The closest matrix of at most the given rank, row by row: the part of this one in its first
    /// singular vectors (Eckart & Young, Psychometrika 1, 1936). From the full rank on it is the
    /// matrix itself.
    #[must_use]
    pub fn truncated(&self, rank: usize) -> Vec<f32> {
        let closest = if rank < self.values.len() {
            let kept = self.vectors.columns(0, rank);
            self.times(&(kept * kept.transpose()))
        } else {
            self.matrix.clone()
        };
        closest.transpose().iter().map(|&entry| entry as f32).collect()
    }

    /// `U diag(f(σ)) Vᵀ` for the decomposition `U diag(σ) Vᵀ` of the matrix, where `ratio` is
    /// `f(σ) / σ`.
    pub(crate) fn map(&self, ratio: impl Fn(f64) -> f64) -> DMatrix<f64> {
        // `U diag(f) Vᵀ = W V diag(f / σ) Vᵀ`, or the same of `Wᵀ`.
        let mut scaled = self.vectors.clone();
        for (mut column, &value) in scaled.column_iter_mut().zip(&self.values) {
            column *= ratio(value);
        }
        self.times(&(scaled * self.vectors.transpose()))
    }

    /// The matrix times another on its smaller side.
    fn times(&self, other: &DMatrix<f64>) -> DMatrix<f64> {
        if is_tall(&self.matrix) { &self.matrix * other } else { other * &self.matrix }
    }
}

fn is_tall(matrix: &DMatrix<f64>) -> bool {
    matrix.nrows() >= matrix.ncols()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{self, Purpose, normals};

    fn random(seed: u32, rows: usize, columns: usize) -> Vec<f32> {
        let mut generator = random::generator(seed, Purpose::InitialWeights);
        normals(&mut generator, rows * columns, 0.2).iter().map(|x| *x as f32).collect()
    }

    fn spectrum(weights: &[f32], rows: usize, columns: usize) -> Spectrum {
        Spectrum::new(weights, rows, columns).expect("finite weights")
    }

    fn distance(a: &[f32], b: &[f32]) -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
    }

    const SHAPES: [(usize, usize); 3] = [(46, 128), (128, 23), (7, 7)];

    #[test]
    fn singular_values_agree_with_a_direct_decomposition() {
        for (rows, columns) in SHAPES {
            let weights = random(1, rows, columns);
            let entries = weights.iter().map(|&w| f64::from(w));
            let expected = DMatrix::from_row_iterator(rows, columns, entries)
                .svd(false, false)
                .singular_values;
            let spectrum = spectrum(&weights, rows, columns);
            assert_eq!(spectrum.values().len(), expected.len());
            for (got, expected) in spectrum.values().iter().zip(&expected) {
                assert!((got - expected).abs() < 1e-8 * spectrum.values()[0]);
            }
            assert!((spectrum.norm() - expected.norm()).abs() < 1e-12 * expected.norm());
        }
    }

    #[test]
    fn equal_singular_values_count_fully_in_the_effective_rank() {
        // Rows of a matrix of Hadamard are orthogonal and of one length.
        let hadamard = |i: usize, j: usize| 0.5 - ((i & j).count_ones() % 2) as f32;
        for rank in [1, 5, 8, 16] {
            let matrix = |i: usize, j: usize| if i < rank { hadamard(i, j) } else { 0.0 };
            let tall: Vec<f32> = (0..16 * 16).map(|e| matrix(e % 16, e / 16)).collect();
            let wide: Vec<f32> = (0..16 * 16).map(|e| matrix(e / 16, e % 16)).collect();
            for weights in [tall, wide] {
                let effective = spectrum(&weights, 16, 16).effective_rank();
                assert!((effective - rank as f64).abs() < 1e-6, "{effective} of {rank}");
            }
        }
        assert_eq!(spectrum(&[0.0; 12], 3, 4).effective_rank(), 0.0);
    }

    #[test]
    fn a_truncation_is_off_by_the_tail_of_the_spectrum() {
        for (rows, columns) in SHAPES {
            let weights = random(2, rows, columns);
            let spectrum = spectrum(&weights, rows, columns);
            for rank in [0, 1, 3, 6] {
                let closest = spectrum.truncated(rank);
                let tail = spectrum.values()[rank..].iter().map(|value| value * value);
                let tail = tail.sum::<f64>().sqrt();
                assert!((distance(&weights, &closest) - tail).abs() < 1e-6 * spectrum.norm());
                let left = self::spectrum(&closest, rows, columns);
                assert!(left.values()[rank] < 1e-6 * spectrum.norm(), "of rank {rank}");
            }
        }
    }

    #[test]
    fn a_truncation_to_the_full_rank_or_beyond_is_the_matrix() {
        for (rows, columns) in SHAPES {
            let weights = random(3, rows, columns);
            let spectrum = spectrum(&weights, rows, columns);
            for rank in [rows.min(columns), rows + columns, usize::MAX] {
                assert_eq!(spectrum.truncated(rank), weights);
            }
        }
    }

    #[test]
    fn a_diverged_layer_has_no_spectrum() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(Spectrum::new(&[1.0, bad, 0.0, 2.0], 2, 2).is_none());
        }
    }
}
