//! A layer whose inputs are numbers: a matrix product.

use super::{Buffer, Epilogue, KernelSource, KernelText, Plan, Rows};
use super::{sample, sample_index, step_counter};
use crate::train::gpu::tile::{GROUP_COLUMNS, GROUP_ROWS, Tile, UNROLLED};

pub(super) fn kernel(plan: &Plan, index: usize, epilogue: Epilogue, rows: Rows) -> KernelSource {
    let layer = &plan.layers[index];
    let (count, columns, inputs) = (plan.count(rows), layer.columns(), layer.inputs);
    let tile = Tile::of(count, columns, plan.members);
    let mut text = KernelText::new(plan, rows.set());
    text.line(format!("let rows = {count}u;"));
    if index == 0 {
        if rows.is_batch() {
            step_counter::slot_of_first(&mut text);
        }
        step_counter::begin(&mut text);
    } else if rows.is_batch() && epilogue == Epilogue::SquaredGradient {
        step_counter::slot(&mut text);
    }
    text.line("let m = group.z;");
    tile.declare_indices(&mut text, "group.x", "group.y", columns);
    text.line("if (row >= rows) { return; }");
    let left = left_rows(&mut text, tile, index, rows);
    let parameters = text.buffer(Buffer::Parameters);
    text.line(format!("let base = {}u + m * {}u;", layer.start, layer.size()));
    tile.declare_sums(&mut text, |j| {
        if layer.bias {
            format!("{parameters}[base + {}u + c{j}]", inputs * columns)
        } else {
            "0.0".into()
        }
    });
    let to = format!("{}u", inputs / UNROLLED * UNROLLED);
    tile.multiply(
        &mut text,
        ["0u", &to],
        inputs % UNROLLED,
        |t| format!("{left}[l{t} + k]"),
        |j| format!("{parameters}[at + c{j}]"),
        &format!("let at = base + k * {columns}u;"),
    );
    store(&mut text, tile, columns, epilogue, rows);
    let [x, y] = tile.groups(count, columns);
    text.finish([GROUP_COLUMNS, GROUP_ROWS], [x, y, plan.members])
}

/// Declares where each of the tile's rows begins in the layer's input. Returns the input's name.
fn left_rows(text: &mut KernelText, tile: Tile, index: usize, rows: Rows) -> String {
    let plan = text.plan;
    let count = plan.count(rows);
    if index > 0 {
        let width = plan.layers[index - 1].columns();
        for t in 0..tile.rows {
            text.line(format!("let l{t} = (m * rows + {}) * {width}u;", tile.row(t, count)));
        }
        return text.buffer(Buffer::Hidden(index - 1));
    }
    let input = text.buffer(Buffer::Inputs);
    let (inputs, samples) = (plan.layers[0].inputs, plan.input_rows[rows.set()]);
    for t in 0..tile.rows {
        let sample = sample_index(text, rows, &tile.row(t, count));
        // A row of padding reads the last sample.
        text.line(format!(
            "let l{t} = (m * {samples}u + min({sample}, {}u)) * {inputs}u;",
            samples - 1
        ));
    }
    input
}

/// Hands every sum of the tile to the epilogue.
fn store(text: &mut KernelText, tile: Tile, columns: usize, epilogue: Epilogue, rows: Rows) {
    let count = text.plan.count(rows);
    for t in 0..tile.rows {
        text.line(format!("{} let r = row + {t}u;", tile.open_row(t, count)));
        if epilogue == Epilogue::SquaredGradient {
            sample(text, rows);
        }
        epilogue.prepare(text, rows);
        for j in 0..tile.columns {
            text.line(format!(
                "{} let c = column + {}u; let v = s{t}_{j};",
                tile.open_column(j, columns),
                j * GROUP_COLUMNS
            ));
            epilogue.store(text);
            text.line("}");
        }
        text.line("}");
    }
}
