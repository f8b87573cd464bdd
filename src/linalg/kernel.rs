//! Matrix products in a browser, where registers hold four numbers. The gemm crate's tile of 12 by
//! 4 does not fit: its sums, factors and a product would take 17 registers, and V8 has 15 on x86.
//! Tiles here need 14 at most, which takes a quarter off the time of a product and more of a small
//! one (docs/benchmark.md).

use std::array::from_fn;
use std::cell::RefCell;

use wide::f32x4;

use super::product::Matrix;

/// Numbers in a register.
const LANES: usize = 4;
/// Width of a tile in registers, at most.
const MAX_WIDTH: usize = 3;
/// Rows no further apart than this many numbers are read where they are; those that are further
/// apart share few lines of a cache, so that they are copied first.
const NEAR: usize = 256;

thread_local!(static PANEL: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) });

/// Stores the product of two matrices in `out`, `[a.rows, b.columns]`, or adds it to `out`.
pub(super) fn product(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32], add: bool) {
    PANEL.with_borrow_mut(|panel| {
        let registers = b.columns().div_ceil(LANES);
        // Strips whose widths differ by at most one register.
        let panels = registers.div_ceil(MAX_WIDTH);
        for index in 0..panels {
            let from = index * registers / panels;
            let wide = (index + 1) * registers / panels - from;
            let (first, width) = (LANES * from, LANES * wide);
            let columns = width.min(b.columns() - first);
            let lies_well = b.strides()[1] == 1 && columns == width && b.strides()[0] <= NEAR;
            let right = if lies_well {
                Right { values: &b.values()[first..], stride: b.strides()[0] }
            } else {
                let numbers = b.rows() * width;
                if panel.len() < numbers {
                    panel.resize(numbers, 0.0);
                }
                copy(b, first, columns, width, &mut panel[..numbers]);
                Right { values: &panel[..numbers], stride: width }
            };
            let out = Out { values: &mut out[first..], stride: b.columns(), columns, add };
            match wide {
                1 => rows::<8, 1>(a, right, out),
                2 => rows::<4, 2>(a, right, out),
                _ => rows::<3, MAX_WIDTH>(a, right, out),
            }
        }
    });
}

/// Rows of numbers, `stride` apart.
#[derive(Clone, Copy)]
struct Right<'a> {
    values: &'a [f32],
    stride: usize,
}

/// Where sums go: the first `columns` of each row.
struct Out<'a> {
    values: &'a mut [f32],
    stride: usize,
    columns: usize,
    add: bool,
}

/// Copies some columns into rows of `width` numbers, with zeros behind them.
fn copy(b: Matrix<'_>, first: usize, columns: usize, width: usize, into: &mut [f32]) {
    let [down, across] = b.strides();
    let rows = into.chunks_exact_mut(width);
    if across == 1 {
        for (row, into) in rows.enumerate() {
            let (numbers, zeros) = into.split_at_mut(columns);
            for (number, value) in numbers.iter_mut().zip(&b.values()[row * down + first..]) {
                *number = *value;
            }
            zeros.fill(0.0);
        }
        return;
    }
    if columns < width {
        rows.for_each(|row| row[columns..].fill(0.0));
    }
    // The columns of a transpose are rows.
    for column in 0..columns {
        let values = &b.values()[(first + column) * across..][..b.rows()];
        for (row, value) in into.chunks_exact_mut(width).zip(values) {
            row[column] = *value;
        }
    }
}

fn rows<const ROWS: usize, const WIDE: usize>(a: Matrix<'_>, right: Right<'_>, mut out: Out<'_>) {
    for row in (0..a.rows()).step_by(ROWS) {
        tile::<ROWS, WIDE>(a, row, right, &mut out);
    }
}

/// Rows from `row` on, by all columns of `right`.
#[inline(never)]
#[expect(unsafe_code, reason = "checking each access takes a third longer")]
fn tile<const ROWS: usize, const WIDE: usize>(
    a: Matrix<'_>,
    row: usize,
    right: Right<'_>,
    out: &mut Out<'_>,
) {
    let [down, across] = a.strides();
    let depth = a.columns();
    // A row beyond the last is the last one, and goes nowhere.
    let mut lefts = from_fn::<_, ROWS, _>(|r| &a.values()[(row + r).min(a.rows() - 1) * down..])
        .map(|values| {
            assert!((depth - 1) * across < values.len());
            values.as_ptr()
        });
    assert!((depth - 1) * right.stride + LANES * WIDE <= right.values.len());
    let mut right_row = right.values.as_ptr();
    let mut sums = [[f32x4::ZERO; WIDE]; ROWS];
    for _ in 0..depth {
        // SAFETY: in the last turn, `depth - 1` strides on, both are within their slices, as
        // asserted; nothing is read after it. Numbers may lie anywhere: a register is read
        // unaligned.
        let (columns, factors) = unsafe {
            let columns = from_fn::<_, WIDE, _>(|w| {
                right_row.wrapping_add(LANES * w).cast::<f32x4>().read_unaligned()
            });
            (columns, lefts.map(|left| *left))
        };
        for (sums, factor) in sums.iter_mut().zip(factors) {
            let factor = f32x4::splat(factor);
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum += factor * column;
            }
        }
        lefts = lefts.map(|left| left.wrapping_add(across));
        right_row = right_row.wrapping_add(right.stride);
    }
    for (r, sums) in sums.iter().enumerate().take(a.rows() - row) {
        let out_row = &mut out.values[(row + r) * out.stride..][..out.columns];
        for (numbers, sum) in out_row.chunks_mut(LANES).zip(sums) {
            if let Ok(numbers) = <&mut [f32; LANES]>::try_from(&mut *numbers) {
                let before = if out.add { f32x4::from(*numbers) } else { f32x4::ZERO };
                *numbers = (before + *sum).to_array();
            } else {
                for (number, sum) in numbers.iter_mut().zip(sum.to_array()) {
                    *number = if out.add { *number + sum } else { sum };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_any_shape_is_the_sum_over_the_inner_index() {
        // Small whole numbers, so that sums are exact in any order.
        let numbers = |count: usize, prime: usize| -> Vec<f32> {
            (0..count).map(|i| (i * 7 % prime) as f32 - 4.0).collect()
        };
        let sizes = [1, 2, 3, 4, 5, 8, 11, 12, 13, 25, 70];
        for (rows, inner, columns) in sizes.into_iter().flat_map(|rows| {
            sizes.into_iter().flat_map(move |i| sizes.into_iter().map(move |c| (rows, i, c)))
        }) {
            let (left, right) = (numbers(rows * inner, 11), numbers(inner * columns, 13));
            for (swap_left, swap_right) in
                [(false, false), (true, false), (false, true), (true, true)]
            {
                let a = if swap_left {
                    Matrix::new(&left, inner, rows).transposed()
                } else {
                    Matrix::new(&left, rows, inner)
                };
                let b = if swap_right {
                    Matrix::new(&right, columns, inner).transposed()
                } else {
                    Matrix::new(&right, inner, columns)
                };
                let at = |m: Matrix<'_>, i: usize, j: usize| {
                    m.values()[i * m.strides()[0] + j * m.strides()[1]]
                };
                let expected: Vec<f32> = (0..rows * columns)
                    .map(|entry| {
                        let (i, j) = (entry / columns, entry % columns);
                        (0..inner).map(|k| at(a, i, k) * at(b, k, j)).sum()
                    })
                    .collect();
                let mut out = vec![f32::NAN; rows * columns];
                product(a, b, &mut out, false);
                assert_eq!(out, expected, "{rows}, {inner}, {columns}");
                product(a, b, &mut out, true);
                let twice: Vec<f32> = expected.iter().map(|x| 2.0 * x).collect();
                assert_eq!(out, twice, "{rows}, {inner}, {columns}");
            }
        }
    }
}
