//! Copies of parameters between the padded buffer and tensors.

use super::{Buffer, KernelSource, KernelText, Plan, WORKGROUP_SIZE, invocation, workgroups};
use crate::model::Role;

/// Copies a layer's weights or biases out of the parameters.
pub(in crate::train::gpu) fn export(plan: &Plan, layer: usize, role: Role) -> KernelSource {
    let mut text = indices(plan, layer, role);
    let (parameters, tensor) =
        (text.buffer(Buffer::Parameters), text.buffer(Buffer::Tensor(layer, role)));
    text.line(format!("{tensor}[i] = {parameters}[index];"));
    finish(text, layer, role)
}

/// Copies a layer's weights or biases into the parameters, and into its transposed weights.
pub(in crate::train::gpu) fn import(plan: &Plan, index: usize, role: Role) -> KernelSource {
    let mut text = indices(plan, index, role);
    let layer = &plan.layers[index];
    let (parameters, tensor) =
        (text.buffer(Buffer::Parameters), text.buffer(Buffer::Tensor(index, role)));
    text.line(format!("{parameters}[index] = {tensor}[i];"));
    if let (Some(transposed), Role::Weights) = (&layer.transposed, role) {
        let (columns, width) = (layer.columns(), plan.layers[index - 1].columns());
        text.line(format!(
            "{parameters}[{}u + (m * {columns}u + c) * {width}u + row] = {tensor}[i];",
            transposed.start
        ));
    }
    finish(text, index, role)
}

/// Declares the `row` and column `c` of number `i` of the tensor, and its `index` in the
/// parameters.
fn indices(plan: &Plan, index: usize, role: Role) -> KernelText<'_> {
    let layer = &plan.layers[index];
    let (height, columns, outputs) = (layer.rows(), layer.columns(), layer.outputs);
    let first_row = if role == Role::Biases { layer.inputs } else { 0 };
    let size = layer.tensor_size(role);
    let mut text = KernelText::new(plan, 0);
    text.line(format!("let i = {};", invocation()));
    text.line(format!("if (i >= {}u) {{ return; }}", plan.members * size));
    text.line(format!(
        "let m = i / {size}u; let row = (i % {size}u) / {outputs}u; let c = i % {outputs}u;"
    ));
    text.line(format!(
        "let index = {}u + (m * {height}u + {first_row}u + row) * {columns}u + c;",
        layer.start
    ));
    text
}

fn finish(text: KernelText, index: usize, role: Role) -> KernelSource {
    let size = text.plan.members * text.plan.layers[index].tensor_size(role);
    text.finish([WORKGROUP_SIZE, 1], workgroups(size))
}
