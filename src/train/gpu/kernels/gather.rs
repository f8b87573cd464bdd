//! The first layer for pairs, two one-hot vectors: the sum of two rows of its weights.

use super::{Buffer, Epilogue, KernelSource, KernelText, Plan, Rows, WORKGROUP_SIZE};
use super::{sample, step_counter};

/// Rows that an invocation works through.
const HEIGHT: usize = 4;

pub(super) fn kernel(plan: &Plan, epilogue: Epilogue, rows: Rows) -> KernelSource {
    let count = plan.count(rows);
    let layer = &plan.layers[0];
    let (start, height, columns) = (layer.start, layer.rows(), layer.columns());
    let elements = plan.listed() / 2;
    let mut text = KernelText::new(plan, rows.set());
    text.line(format!("let rows = {count}u;"));
    if rows.is_batch() {
        step_counter::slot_of_first(&mut text);
    }
    step_counter::begin(&mut text);
    text.line("let m = group.z;");
    // Bound in this order.
    let (_, parameters) = (text.buffer(Buffer::Samples), text.buffer(Buffer::Parameters));
    text.line(format!("for (var i = 0u; i < {HEIGHT}u; i = i + 1u) {{"));
    text.line(format!("let r = group.y * {HEIGHT}u + i; if (r >= rows) {{ break; }}"));
    sample(&mut text, rows);
    text.line(format!("let first = {start}u + (m * {height}u + sample.x) * {columns}u;"));
    text.line(format!(
        "let second = {start}u + (m * {height}u + {elements}u + sample.y) * {columns}u;"
    ));
    epilogue.prepare(&mut text, rows);
    text.line(format!("for (var c = unit.x; c < {columns}u; c = c + {WORKGROUP_SIZE}u) {{"));
    text.line(format!("var v = {parameters}[first + c] + {parameters}[second + c];"));
    if layer.bias {
        text.line(format!(
            "v = v + {parameters}[{start}u + (m * {height}u + {}u) * {columns}u + c];",
            layer.inputs
        ));
    }
    epilogue.store(&mut text);
    text.line("} }");
    text.finish([WORKGROUP_SIZE, 1], [1, count.div_ceil(HEIGHT), plan.members])
}
