//! The optimiser's step: adds up the gradient of every parameter and updates it.
//!
//! An invocation has [`COLUMN_ALIGN`] neighbouring columns, so that it reads rates and lists once
//! for all of them. In the text, `i` is the first one's index among all parameters.

use super::{
    Buffer, KernelSource, KernelText, Plan, WORKGROUP_SIZE, invocation, step_counter, workgroups,
};
use crate::train::gpu::plan::{COLUMN_ALIGN, TABLE_HEADER};
use crate::train::gpu::rates;

pub(super) fn kernel(plan: &Plan) -> KernelSource {
    let mut text = KernelText::new(plan, 0);
    step_counter::slot(&mut text);
    text.line(format!("let i = ({}) * {COLUMN_ALIGN}u;", invocation()));
    step_counter::end(&mut text, "i == 0u");
    let start = plan.layers[plan.first_trained].start;
    text.line(format!("if (i < {start}u || i >= {}u) {{ return; }}", plan.parameters));
    // Where the transposed weights have the parameter, and how far apart they have its neighbours.
    text.line("var m = 0u; var mirror = 0xffffffffu; var across = 0u;");
    (0..COLUMN_ALIGN).for_each(|x| text.line(format!("var g{x} = 0.0;")));
    for index in plan.first_trained..plan.layers.len() {
        layer(&mut text, index);
    }
    optimiser(&mut text);
    text.finish([WORKGROUP_SIZE, 1], workgroups(plan.parameters.div_ceil(COLUMN_ALIGN)))
}

/// Sets member, gradients and transposed index, if the parameters belong to this layer.
fn layer(text: &mut KernelText, index: usize) {
    let plan = text.plan;
    let layer = &plan.layers[index];
    let (start, size, columns) = (layer.start, layer.size(), layer.columns());
    let end = start + plan.members * size;
    text.line(format!("if (i >= {start}u && i < {end}u) {{"));
    text.line(format!("let index = i - {start}u; m = index / {size}u;"));
    if plan.is_gathered(index) {
        sum_listed_rows(text);
    } else {
        sum_partials(text, index);
    }
    if let Some(transposed) = &layer.transposed {
        let width = plan.layers[index - 1].columns();
        text.line(format!(
            "let line = (index % {size}u) / {columns}u; if (line < {}u) {{ mirror = {}u + (m * \
             {columns}u + index % {columns}u) * {width}u + line; across = {width}u; }}",
            layer.inputs, transposed.start
        ));
    }
    text.line("}");
}

/// Adds up the gradient of a gathered layer: that of an element's weights is the sum of the
/// gradients of the rows that have the element.
fn sum_listed_rows(text: &mut KernelText) {
    let plan = text.plan;
    let layer = &plan.layers[0];
    let (size, columns, rows) = (layer.size(), layer.columns(), plan.step_rows());
    let (lists, gradient) = (text.buffer(Buffer::Lists), text.buffer(plan.gradient(0)));
    let listed = plan.listed();
    let slot = if plan.rows_of_step().is_batch() { "slot" } else { "0u" };
    text.line(format!("let row = (index % {size}u) / {columns}u; let c = index % {columns}u;"));
    text.line(format!("let list = ({slot} * {}u + m) * {}u;", plan.members, plan.list_length()));
    // A bias sums over all rows. The lists of the first elements together have each row once.
    text.line(format!(
        "var begin = {lists}[list]; var until = {lists}[list + {}u]; if (row < {listed}u) {{ \
         begin = {lists}[list + row]; until = {lists}[list + row + 1u]; }}",
        listed / 2
    ));
    text.line(format!(
        "for (var q = begin; q < until; q = q + 1u) {{ let at = (m * {rows}u + {lists}[list + \
         {}u + q]) * {columns}u + c;",
        listed + 1
    ));
    for x in 0..COLUMN_ALIGN {
        text.line(format!("g{x} = g{x} + {gradient}[at + {x}u];"));
    }
    text.line("}");
}

/// Adds up the partial sums of a layer's gradient.
fn sum_partials(text: &mut KernelText, index: usize) {
    let layer = &text.plan.layers[index];
    let stride = text.plan.members * layer.size();
    let partials = text.buffer(Buffer::Partials);
    text.line(format!(
        "for (var part = 0u; part < {}u; part = part + 1u) {{ let at = {}u + part * {stride}u + \
         index;",
        layer.parts, layer.partials_start
    ));
    for x in 0..COLUMN_ALIGN {
        text.line(format!("g{x} = g{x} + {partials}[at + {x}u];"));
    }
    text.line("}");
}

/// Updates the parameters by their gradients, and the copies of them in the transposed weights.
fn optimiser(text: &mut KernelText) {
    let plan = text.plan;
    let (parameters, state) = (text.buffer(Buffer::Parameters), text.buffer(Buffer::State));
    text.line(format!(
        "let rates = {TABLE_HEADER}u + (slot * {}u + m) * {}u;",
        plan.members,
        rates::STRIDE
    ));
    text.rates(&rates::UPDATE, "rates");
    let (second, third) = (plan.parameters, 2 * plan.parameters);
    for x in 0..COLUMN_ALIGN {
        text.line(format!("{{ let i = i + {x}u; var g = g{x}; var w = {parameters}[i];"));
        if plan.grokfast {
            text.line(format!(
                "let average = fade * {state}[i + {third}u] + fresh * g; \
                 {state}[i + {third}u] = average; g = g + boost * average;"
            ));
        }
        text.line("g = g + l2 * w;");
        text.line(format!(
            "let mean = beta1 * {state}[i] + one_minus_beta1 * g; {state}[i] = mean;"
        ));
        text.line("if (adam_lr == 0.0) { w = w - lr * mean; } else {");
        text.line(format!(
            "let square = beta2 * {state}[i + {second}u] + one_minus_beta2 * (g * g); \
             {state}[i + {second}u] = square; \
             w = decay_factor * w - adam_lr * (mean / (inv_sqrt_bias2 * sqrt(square) + 1e-8)); }}"
        ));
        text.line(format!("{parameters}[i] = w;"));
        text.line(format!(
            "if (mirror != 0xffffffffu) {{ {parameters}[mirror + {x}u * across] = w; }} }}"
        ));
    }
}
