//! The tile of a matrix product that one invocation computes, as WGSL.
//!
//! Tiles are in registers alone. Neighbours in a workgroup have neighbouring columns, so what they
//! load together is either one number or a row of numbers.

use super::text::KernelText;

/// Invocations of a workgroup along rows in a product: the outer of its two dimensions.
pub(super) const GROUP_ROWS: usize = 16;
/// Invocations of a workgroup along columns in a product.
pub(super) const GROUP_COLUMNS: usize = 4;
/// Steps of a product's loop that are written out: four gain nothing over two, and take longer to
/// compile.
pub(super) const UNROLLED: usize = 2;

/// Rows and columns of a product that an invocation computes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Tile {
    /// The tile with the fewest loads for each sum, as long as there are enough invocations.
    /// `times` is how often the product is computed, for members and parts.
    pub(super) fn of(rows: usize, columns: usize, times: usize) -> Self {
        /// Invocations that keep a device busy.
        const ENOUGH: usize = 256;
        /// The factor that checks for the last row and column cost, roughly.
        const CHECKED: f64 = 1.2;
        let mut best = (f64::INFINITY, Self { rows: 1, columns: 1 });
        for height in [1, 2, 4, 8] {
            for width in 1..=8 {
                let tile = Self { rows: height, columns: width };
                let (down, across) =
                    (rows.div_ceil(height), columns.div_ceil(GROUP_COLUMNS * width));
                let invocations = down * across * GROUP_COLUMNS * times;
                let computed = down * height * across * GROUP_COLUMNS * width;
                let loads = (height + width + 1) as f64 / (height * width) as f64;
                let mut cost = loads * computed as f64 / (rows * columns) as f64;
                if invocations < ENOUGH {
                    cost *= ENOUGH as f64 / invocations as f64;
                }
                if !tile.fills(columns) || !tile.divides(rows) {
                    cost *= CHECKED;
                }
                if cost < best.0 {
                    best = (cost, tile);
                }
            }
        }
        best.1
    }

    /// Workgroups along columns and along rows.
    pub(super) fn groups(self, rows: usize, columns: usize) -> [usize; 2] {
        [columns.div_ceil(GROUP_COLUMNS * self.columns), rows.div_ceil(GROUP_ROWS * self.rows)]
    }

    /// Whether no workgroup has columns beyond the last.
    fn fills(self, columns: usize) -> bool {
        columns.is_multiple_of(GROUP_COLUMNS * self.columns)
    }

    /// Whether no invocation has rows both before and beyond the last.
    fn divides(self, rows: usize) -> bool {
        rows.is_multiple_of(self.rows)
    }

    /// Row number `t` of the tile. A row beyond the last becomes the last, which is safe to read.
    pub(super) fn row(self, t: usize, rows: usize) -> String {
        if self.divides(rows) {
            format!("(row + {t}u)")
        } else {
            format!("min(row + {t}u, {}u)", rows - 1)
        }
    }

    /// Opens a block that row number `t` skips if it is beyond the last.
    pub(super) fn open_row(self, t: usize, rows: usize) -> String {
        if self.divides(rows) { "{".into() } else { format!("if (row + {t}u < {rows}u) {{") }
    }

    /// Opens a block that column number `j` skips if it is beyond the last.
    pub(super) fn open_column(self, j: usize, columns: usize) -> String {
        if self.fills(columns) {
            "{".into()
        } else {
            format!("if (column + {}u < {columns}u) {{", j * GROUP_COLUMNS)
        }
    }

    /// Declares the tile's first `row` and `column`, and its columns `c0`, `c1`, .. to read. A
    /// column beyond the last becomes the last.
    pub(super) fn declare_indices(
        self,
        text: &mut KernelText,
        column: &str,
        row: &str,
        columns: usize,
    ) {
        text.line(format!("let row = ({row} * {GROUP_ROWS}u + unit.y) * {}u;", self.rows));
        text.line(format!("let column = {column} * {}u + unit.x;", GROUP_COLUMNS * self.columns));
        for j in 0..self.columns {
            let ours = format!("column + {}u", j * GROUP_COLUMNS);
            text.line(if self.fills(columns) {
                format!("let c{j} = {ours};")
            } else {
                format!("let c{j} = min({ours}, {}u);", columns - 1)
            });
        }
    }

    /// Declares the sums `s{row}_{column}`, each with the start of its column.
    pub(super) fn declare_sums(self, text: &mut KernelText, start: impl Fn(usize) -> String) {
        for j in 0..self.columns {
            for t in 0..self.rows {
                text.line(format!("var s{t}_{j} = {};", start(j)));
            }
        }
    }

    /// Adds `left * right` to the sums for each `k` from `from` to before `to`, [`UNROLLED`] at a
    /// time, and for `tail` more. `before` is written before each.
    pub(super) fn multiply(
        self,
        text: &mut KernelText,
        [from, to]: [&str; 2],
        tail: usize,
        left: impl Fn(usize) -> String,
        right: impl Fn(usize) -> String,
        before: &str,
    ) {
        let once = |text: &mut KernelText, k: String| {
            text.line(format!("{{ let k = {k}; {before}"));
            for t in 0..self.rows {
                text.line(format!("let a{t} = {};", left(t)));
            }
            for j in 0..self.columns {
                text.line(format!("let b{j} = {};", right(j)));
                for t in 0..self.rows {
                    text.line(format!("s{t}_{j} = s{t}_{j} + a{t} * b{j};"));
                }
            }
            text.line("}");
        };
        text.line(format!("for (var q = {from}; q < {to}; q = q + {UNROLLED}u) {{"));
        for step in 0..UNROLLED {
            once(text, format!("q + {step}u"));
        }
        text.line("}");
        for step in 0..tail {
            once(text, format!("{to} + {step}u"));
        }
    }
}
