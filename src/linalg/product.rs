//! Matrix products on slices: natively by the gemm crate that Flex uses too, in a browser by
//! [`super::kernel`].

/// A matrix, row by row, or the transpose of one.
///
/// Fields are private, so that `rows`, `columns` and `strides` always fit `values`: the products
/// rely on it.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    /// The distance in `values` from one row, and from one column, to the next.
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// The first rows of a slice; `rows * columns` of its numbers are used.
    pub(crate) fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        Self { values: &values[..rows * columns], rows, columns, strides: [columns, 1] }
    }

    #[cfg(any(test, target_family = "wasm"))]
    pub(super) fn values(&self) -> &'a [f32] {
        self.values
    }

    #[cfg(any(test, target_family = "wasm"))]
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    #[cfg(any(test, target_family = "wasm"))]
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The distance in [`Matrix::values`] from one row, and from one column, to the next.
    #[cfg(any(test, target_family = "wasm"))]
    pub(super) fn strides(&self) -> [usize; 2] {
        self.strides
    }

    pub(crate) fn transposed(self) -> Self {
        let [row, column] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [column, row], ..self }
    }
}

/// Stores the product of two matrices in `out`, `[a.rows, b.columns]`, or adds it to `out`.
///
/// # Panics
/// If the shapes do not fit.
pub(crate) fn product(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32], add: bool) {
    assert_eq!(a.columns, b.rows);
    let out = &mut out[..a.rows * b.columns];
    #[cfg(target_family = "wasm")]
    super::kernel::product(a, b, out, add);
    #[cfg(not(target_family = "wasm"))]
    by_gemm(a, b, out, add);
}

#[cfg(not(target_family = "wasm"))]
#[expect(unsafe_code, reason = "the gemm crate takes pointers")]
fn by_gemm(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32], add: bool) {
    let (rows, inner, columns) = (a.rows, a.columns, b.columns);
    // SAFETY: `Matrix` holds `rows * columns` numbers that its strides reach and no others, `out`
    // has been cut to those of the product, and nothing else refers to it.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            1,
            columns as isize,
            add,
            a.values.as_ptr(),
            a.strides[1] as isize,
            a.strides[0] as isize,
            b.values.as_ptr(),
            b.strides[1] as isize,
            b.strides[0] as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_the_sum_over_the_inner_index_transposed_or_not() {
        let a: Vec<f32> = (0..6).map(|i| i as f32).collect();
        let b: Vec<f32> = (0..12).map(|i| (i * i % 7) as f32).collect();
        // [2, 3] [3, 4], and the same from the transposes of [3, 2] and [4, 3].
        let swap = |values: &[f32], rows: usize, columns: usize| -> Vec<f32> {
            (0..values.len()).map(|i| values[i % rows * columns + i / rows]).collect()
        };
        let (a_swapped, b_swapped) = (swap(&a, 2, 3), swap(&b, 3, 4));
        let expected: Vec<f32> = (0..8)
            .map(|i| (0..3).map(|k| a[i / 4 * 3 + k] * b[k * 4 + i % 4]).sum::<f32>())
            .collect();
        let mut out = vec![1.0; 8];
        product(Matrix::new(&a, 2, 3), Matrix::new(&b, 3, 4), &mut out, false);
        assert_eq!(out, expected);
        let (a, b) = (Matrix::new(&a_swapped, 3, 2), Matrix::new(&b_swapped, 4, 3));
        product(a.transposed(), b.transposed(), &mut out, true);
        assert_eq!(out, expected.iter().map(|x| 2.0 * x).collect::<Vec<_>>());
    }
}
