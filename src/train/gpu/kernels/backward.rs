//! The backward pass through a layer: its parameters' gradient, and the previous layer's gradient.
//!
//! Both start from the gradient behind the layer and do not depend on each other, so one launch
//! does both. The first workgroups sum the weights' gradient, the next ones that of the biases, and
//! the rest the previous layer's.

use super::{Buffer, KernelSource, KernelText, Plan, sample_index, step_counter};
use crate::train::gpu::plan::LayerPlan;
use crate::train::gpu::tile::{GROUP_COLUMNS, GROUP_ROWS, Tile, UNROLLED};

pub(super) fn kernel(plan: &Plan, index: usize) -> KernelSource {
    let mut text = KernelText::new(plan, 0);
    text.line(format!("let m = group.z; let rows = {}u;", plan.step_rows()));
    let behind = text.buffer(plan.gradient(index));
    let mut groups = 0;
    if !plan.is_gathered(index) {
        groups += weights(&mut text, index, &behind);
        if plan.layers[index].bias {
            groups += biases(&mut text, index, &behind, groups);
        }
    }
    if index > plan.first_trained {
        groups += previous(&mut text, index, &behind, groups);
    }
    text.finish([GROUP_COLUMNS, GROUP_ROWS], [groups, 1, plan.members])
}

/// Rows that are summed in one part.
fn part_rows(plan: &Plan, layer: &LayerPlan) -> usize {
    plan.step_rows().div_ceil(layer.parts).next_multiple_of(UNROLLED)
}

/// Where the partial sums of `part` begin.
fn partials_start(plan: &Plan, layer: &LayerPlan) -> String {
    format!("{}u + (part * {}u + m) * {}u", layer.partials_start, plan.members, layer.size())
}

/// Declares the indices of a tile of the kernel's workgroup number `tile`.
fn declare_tile(text: &mut KernelText, tile: Tile, across: usize, columns: usize) {
    let (x, y) = (format!("(tile % {across}u)"), format!("(tile / {across}u)"));
    tile.declare_indices(text, &x, &y, columns);
}

/// The partial sums of the weights' gradient. Returns the number of workgroups.
fn weights(text: &mut KernelText, index: usize, behind: &str) -> usize {
    let plan = text.plan;
    let layer = &plan.layers[index];
    let (inputs, columns, part_rows) = (layer.inputs, layer.columns(), part_rows(plan, layer));
    let tile = Tile::of(inputs, columns, plan.members * layer.parts);
    let [across, down] = tile.groups(inputs, columns);
    let groups = across * down * layer.parts;
    text.line(format!("if (group.x < {groups}u) {{"));
    if plan.rows_of_step().is_batch() && index == 0 {
        step_counter::slot(text);
    }
    text.line(format!("let part = group.x / {}u;", across * down));
    text.line(format!("let tile = group.x % {}u;", across * down));
    declare_tile(text, tile, across, columns);
    text.line(format!("if (row >= {inputs}u) {{ return; }}"));
    text.line(format!(
        "let begin = part * {part_rows}u; let until = min(begin + {part_rows}u, rows);"
    ));
    let (left, before) = input_of_row(text, index);
    for t in 0..tile.rows {
        text.line(format!("let i{t} = {};", tile.row(t, inputs)));
    }
    tile.declare_sums(text, |_| "0.0".into());
    tile.multiply(
        text,
        ["begin", "until"],
        0,
        |t| format!("{left}[x + i{t}]"),
        |j| format!("{behind}[at + c{j}]"),
        &format!("{before} let at = (m * rows + k) * {columns}u;"),
    );
    let partials = text.buffer(Buffer::Partials);
    text.line(format!("let index = {} + column;", partials_start(plan, layer)));
    for t in 0..tile.rows {
        text.line(tile.open_row(t, inputs));
        for j in 0..tile.columns {
            text.line(format!(
                "{} {partials}[index + (row + {t}u) * {columns}u + {}u] = s{t}_{j}; }}",
                tile.open_column(j, columns),
                j * GROUP_COLUMNS
            ));
        }
        text.line("}");
    }
    text.line("return; }");
    groups
}

/// The name of the layer's input, and the declaration of `x`, where the input of row `k` begins.
fn input_of_row(text: &mut KernelText, index: usize) -> (String, String) {
    let plan = text.plan;
    if index > 0 {
        let width = plan.layers[index - 1].columns();
        let start = format!("let x = (m * rows + k) * {width}u;");
        return (text.buffer(Buffer::Hidden(index - 1)), start);
    }
    let (inputs, samples) = (plan.layers[0].inputs, plan.input_rows[0]);
    let sample = sample_index(text, plan.rows_of_step(), "k");
    let start = format!("let x = (m * {samples}u + min({sample}, {}u)) * {inputs}u;", samples - 1);
    (text.buffer(Buffer::Inputs), start)
}

/// The partial sums of the biases' gradient, column by column, in the workgroups from `first` on.
/// Returns their number.
fn biases(text: &mut KernelText, index: usize, behind: &str, first: usize) -> usize {
    let plan = text.plan;
    let layer = &plan.layers[index];
    let (columns, parts, part_rows) = (layer.columns(), layer.parts, part_rows(plan, layer));
    let groups = (columns * parts).div_ceil(GROUP_COLUMNS * GROUP_ROWS);
    text.line(format!("if (group.x < {}u) {{", first + groups));
    text.line(format!(
        "let i = ((group.x - {first}u) * {GROUP_ROWS}u + unit.y) * {GROUP_COLUMNS}u + unit.x;"
    ));
    text.line(format!("let part = i / {columns}u; let c = i % {columns}u;"));
    text.line(format!("if (part >= {parts}u) {{ return; }}"));
    text.line(format!(
        "var sum = 0.0; for (var k = part * {part_rows}u; k < min((part + 1u) * {part_rows}u, \
         rows); k = k + 1u) {{ sum = sum + {behind}[(m * rows + k) * {columns}u + c]; }}"
    ));
    let partials = text.buffer(Buffer::Partials);
    text.line(format!(
        "{partials}[{} + {}u + c] = sum; return; }}",
        partials_start(plan, layer),
        layer.inputs * columns
    ));
    groups
}

/// The gradient before the activation of the previous layer, in the workgroups from `first` on.
/// Returns their number.
fn previous(text: &mut KernelText, index: usize, behind: &str, first: usize) -> usize {
    let plan = text.plan;
    let layer = &plan.layers[index];
    let (rows, columns, outputs) = (plan.step_rows(), layer.columns(), layer.outputs);
    let width = plan.layers[index - 1].columns();
    let tile = Tile::of(rows, width, plan.members);
    let [across, down] = tile.groups(rows, width);
    text.line(format!("let tile = group.x - {first}u;"));
    declare_tile(text, tile, across, width);
    text.line("if (row >= rows) { return; }");
    for t in 0..tile.rows {
        text.line(format!("let l{t} = (m * rows + {}) * {columns}u;", tile.row(t, rows)));
    }
    let parameters = text.buffer(Buffer::Parameters);
    let start = layer.transposed.as_ref().map_or(0, |range| range.start);
    text.line(format!("let base = {start}u + m * {}u;", columns * width));
    tile.declare_sums(text, |_| "0.0".into());
    let to = format!("{}u", outputs / UNROLLED * UNROLLED);
    tile.multiply(
        text,
        ["0u", &to],
        outputs % UNROLLED,
        |t| format!("{behind}[l{t} + k]"),
        |j| format!("{parameters}[at + c{j}]"),
        &format!("let at = base + k * {width}u;"),
    );
    let slope = text.buffer(Buffer::Slope(index - 1));
    for t in 0..tile.rows {
        text.line(tile.open_row(t, rows));
        for j in 0..tile.columns {
            text.line(format!(
                "{} let index = (m * rows + row + {t}u) * {width}u + column + {}u; \
                 {slope}[index] = {slope}[index] * s{t}_{j}; }}",
                tile.open_column(j, width),
                j * GROUP_COLUMNS
            ));
        }
        text.line("}");
    }
    across * down
}
