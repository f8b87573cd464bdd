//! The part of a product that one invocation works, as WGSL.

use super::source::Text;

/// Invocations of a workgroup along rows in a product: the outer of its two dimensions.
pub(super) const GROUP_ROWS: usize = 16;
/// Invocations of a workgroup along columns in a product.
pub(super) const GROUP_COLUMNS: usize = 4;
/// Products written out in a loop: four gain nothing over two, and take longer to compile.
pub(super) const UNROLLED: usize = 2;

/// Rows and columns that an invocation works in a product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Tile {
    /// What loads least for a number, as long as there are enough invocations.
    pub(super) fn of(rows: usize, columns: usize, times: usize) -> Self {
        /// Invocations with which all of a device has something to do.
        const ENOUGH: usize = 256;
        /// What checks for the end of rows and columns cost, about.
        const CHECKED: f64 = 1.2;
        let mut best = (f64::INFINITY, Self { rows: 1, columns: 1 });
        for height in [1, 2, 4, 8] {
            for width in 1..=8 {
                let tile = Self { rows: height, columns: width };
                let (down, across) =
                    (rows.div_ceil(height), columns.div_ceil(GROUP_COLUMNS * width));
                let invocations = down * across * GROUP_COLUMNS * times;
                let worked = down * height * across * GROUP_COLUMNS * width;
                let loads = (height + width + 1) as f64 / (height * width) as f64;
                let mut cost = loads * worked as f64 / (rows * columns) as f64;
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

    pub(super) fn groups(self, rows: usize, columns: usize) -> [usize; 2] {
        [columns.div_ceil(GROUP_COLUMNS * self.columns), rows.div_ceil(GROUP_ROWS * self.rows)]
    }

    /// Whether no workgroup has columns beyond the last.
    fn fills(self, columns: usize) -> bool {
        columns.is_multiple_of(GROUP_COLUMNS * self.columns)
    }

    /// Whether no invocation has rows to either side of the last.
    fn divides(self, rows: usize) -> bool {
        rows.is_multiple_of(self.rows)
    }

    /// The row that an invocation works beside its first; a row beyond the last is read as that.
    pub(super) fn row(self, t: usize, rows: usize) -> String {
        if self.divides(rows) {
            format!("(row + {t}u)")
        } else {
            format!("min(row + {t}u, {}u)", rows - 1)
        }
    }

    /// Opens a block that is left out for a row beyond the last.
    pub(super) fn open_row(self, t: usize, rows: usize) -> String {
        if self.divides(rows) { "{".into() } else { format!("if (row + {t}u < {rows}u) {{") }
    }

    /// Likewise for a column.
    pub(super) fn open_column(self, j: usize, columns: usize) -> String {
        if self.fills(columns) {
            "{".into()
        } else {
            format!("if (column + {}u < {columns}u) {{", j * GROUP_COLUMNS)
        }
    }

    /// The columns of an invocation, those beyond the last one read as that.
    pub(super) fn place(self, text: &mut Text, column: &str, row: &str, columns: usize) {
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

    pub(super) fn clear(self, text: &mut Text, start: impl Fn(usize) -> String) {
        for j in 0..self.columns {
            for t in 0..self.rows {
                text.line(format!("var s{t}_{j} = {};", start(j)));
            }
        }
    }

    /// Adds up products from `from` to before `to`, by [`UNROLLED`]; `tail` more are left over.
    pub(super) fn sum(
        self,
        text: &mut Text,
        [from, to]: [&str; 2],
        tail: usize,
        left: impl Fn(usize) -> String,
        right: impl Fn(usize) -> String,
        before: &str,
    ) {
        let once = |text: &mut Text, k: String| {
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
