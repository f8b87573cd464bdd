//! Losses: their targets, their gradients, and the sums that turn outputs into probabilities.

use super::{Buffer, KernelSource, KernelText, Plan, Rows, WORKGROUP_SIZE};
use super::{sample, sample_index, step_counter};
use crate::experiment::Loss;
use crate::train::gpu::plan::{TABLE_HEADER, padded};
use crate::train::gpu::rates;

/// StableMax's `s` of `x`, which takes the place of `exp(x)`.
pub(super) const STABLE_MAX: &str = "let s = select(1.0 / (1.0 - min(x, 0.0)), x + 1.0, x >= 0.0);";

/// The gradient of cross-entropy or StableMax by the outputs, which it overwrites.
pub(super) fn gradient(plan: &Plan) -> KernelSource {
    let (outputs, columns, count) = (plan.outputs(), padded(plan.outputs()), plan.step_rows());
    let rows = plan.rows_of_step();
    let mut text = KernelText::new(plan, 0);
    text.line(format!("let rows = {count}u;"));
    if rows.is_batch() {
        step_counter::slot(&mut text);
    }
    text.line(format!("let m = group.z; let r = group.x * {WORKGROUP_SIZE}u + unit.x;"));
    text.line("if (r >= rows) { return; }");
    // Bound in this order.
    let (_, output) = (text.buffer(Buffer::Samples), text.buffer(Buffer::Output));
    sample(&mut text, rows);
    targets(&mut text, rows);
    text.line(format!("let at = (m * rows + r) * {columns}u;"));
    let sum = sum_of_exponentials(&mut text);
    let target = target(&mut text);
    text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
    text.line(format!("let x = {output}[at + c];"));
    if plan.loss == Loss::StableMax {
        text.line(STABLE_MAX);
        text.line("let inner = 1.0 / (1.0 - min(x, 0.0));");
        text.line(format!(
            "{output}[at + c] = (1.0 / {sum} - {target} / s) * select(inner * inner, 1.0, x >= \
             0.0) * weight;"
        ));
    } else {
        text.line(format!("{output}[at + c] = (exp(x - max_output) / {sum} - {target}) * weight;"));
    }
    text.line("}");
    text.finish([WORKGROUP_SIZE, 1], [count.div_ceil(WORKGROUP_SIZE), 1, plan.members])
}

/// Declares what [`target`] and the gradients need of row `r`: the `weight` of its `sample`, and
/// where its targets are.
pub(super) fn targets(text: &mut KernelText, rows: Rows) {
    let plan = text.plan;
    if rows.is_batch() {
        let weight = 1.0 / plan.batch as f32;
        text.line(format!("let weight = select(0.0, {weight:?}f, r < {}u);", plan.batch));
    } else {
        text.line("let weight = bitcast<f32>(sample.w);");
    }
    if plan.regression {
        let index = sample_index(text, rows, "r");
        text.line(format!(
            "let targets_start = (m * {}u + {index}) * {}u;",
            plan.rows[0],
            plan.outputs()
        ));
    } else {
        // The same at every step, so those of the first slot will do.
        text.rates(&rates::TARGETS, &format!("{TABLE_HEADER}u + m * {}u", rates::STRIDE));
    }
}

/// The target of column `c`.
pub(super) fn target(text: &mut KernelText) -> String {
    if text.plan.regression {
        let last = text.plan.outputs() - 1;
        let numbers = text.buffer(Buffer::Numbers);
        format!("{numbers}[targets_start + min(c, {last}u)]")
    } else {
        "(every_class + select(0.0, true_class, c == sample.z))".into()
    }
}

/// Declares the sum of `exp`, or of StableMax's `s`, over the row's outputs, and returns its name.
/// The outputs begin at `at`. For `exp` the largest output is subtracted first.
pub(super) fn sum_of_exponentials(text: &mut KernelText) -> &'static str {
    let output = text.buffer(Buffer::Output);
    let outputs = text.plan.outputs();
    if text.plan.loss == Loss::StableMax {
        text.line("var sum = 0.0;");
        text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
        text.line(format!("let x = {output}[at + c]; {STABLE_MAX} sum = sum + s; }}"));
    } else {
        text.line(format!("var max_output = {output}[at]; var sum = 0.0;"));
        text.line(format!(
            "for (var c = 1u; c < {outputs}u; c = c + 1u) {{ max_output = max(max_output, \
             {output}[at + c]); }}"
        ));
        text.line(format!(
            "for (var c = 0u; c < {outputs}u; c = c + 1u) {{ sum = sum + exp({output}[at + c] - \
             max_output); }}"
        ));
    }
    "sum"
}
