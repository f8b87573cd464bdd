//! Loss and accuracy: of each sample, and their means over each set.

use super::loss::{STABLE_MAX, sum_of_exponentials};
use super::{Buffer, KernelSource, KernelText, Plan, WORKGROUP_SIZE};
use crate::experiment::Loss;
use crate::train::gpu::plan::padded;

/// Loss and accuracy of each sample of a set.
pub(super) fn samples(plan: &Plan, set: usize) -> KernelSource {
    let rows = plan.rows[set];
    let columns = padded(plan.outputs());
    let mut text = KernelText::new(plan, set);
    text.line(format!("let rows = {rows}u;"));
    text.line(format!("let m = group.z; let r = group.x * {WORKGROUP_SIZE}u + unit.x;"));
    text.line("if (r >= rows) { return; }");
    let (samples, output) = (text.buffer(Buffer::Samples), text.buffer(Buffer::Output));
    text.line(format!("let sample = {samples}[m * rows + r];"));
    text.line(format!("let at = (m * rows + r) * {columns}u; var loss = 0.0; var right = 0.0;"));
    if plan.regression {
        regression(&mut text, &output);
    } else {
        classification(&mut text, &output);
    }
    let results = text.buffer(Buffer::Results);
    text.line(format!(
        "{results}[m * rows + r] = select(vec4<f32>(0.0), vec4<f32>(loss, right, 1.0, 0.0), \
         bitcast<f32>(sample.w) > 0.0);"
    ));
    text.finish([WORKGROUP_SIZE, 1], [rows.div_ceil(WORKGROUP_SIZE), 1, plan.members])
}

/// The squared error, and the fraction of outputs with the right sign.
fn regression(text: &mut KernelText, output: &str) {
    let outputs = text.plan.outputs();
    let numbers = text.buffer(Buffer::Numbers);
    text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
    text.line(format!(
        "let x = {output}[at + c]; let t = {numbers}[(m * rows + r) * {outputs}u + c];"
    ));
    text.line("loss = loss + (x - t) * (x - t);");
    text.line(format!("right = right + select(0.0, {:?}f, x * t > 0.0); }}", 1.0 / outputs as f32));
}

/// The loss by the true class, and whether its output is the largest.
fn classification(text: &mut KernelText, output: &str) {
    let outputs = text.plan.outputs();
    text.line(format!("var best = 0u; var top = {output}[at];"));
    text.line(format!("for (var c = 1u; c < {outputs}u; c = c + 1u) {{"));
    text.line(format!("let x = {output}[at + c]; if (x > top) {{ top = x; best = c; }} }}"));
    text.line("right = select(0.0, 1.0, best == sample.z);");
    text.line(format!("let own = {output}[at + sample.z];"));
    match text.plan.loss {
        Loss::SquaredError => {
            text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
            text.line(format!(
                "let e = {output}[at + c] - select(0.0, 1.0, c == sample.z); loss = loss + e * e; \
                 }}"
            ));
        }
        Loss::CrossEntropy => {
            let sum = sum_of_exponentials(text);
            text.line(format!("loss = log({sum}) + max_output - own;"));
        }
        Loss::StableMax => {
            let sum = sum_of_exponentials(text);
            text.line(format!("let x = own; {STABLE_MAX} loss = log({sum}) - log(s);"));
        }
    }
}

/// The means of both sets' results, member by member. They are 0 for a set without samples.
pub(super) fn means(plan: &Plan) -> KernelSource {
    let mut text = KernelText::new(plan, 0);
    text.declare(&format!("var<workgroup> sums: array<vec4<f32>, {WORKGROUP_SIZE}>;"));
    text.line("let m = group.x; var sum = vec4<f32>(0.0);");
    for (set, rows) in plan.rows.into_iter().enumerate() {
        let results = text.buffer(Buffer::ResultsOf(set));
        text.line(format!("if (group.y == {set}u) {{"));
        text.line(format!(
            "for (var r = unit.x; r < {rows}u; r = r + {WORKGROUP_SIZE}u) {{ sum = sum + \
             {results}[m * {rows}u + r]; }} }}"
        ));
    }
    let scores = text.buffer(Buffer::Scores);
    text.line("sums[unit.x] = sum; workgroupBarrier();");
    text.line("if (unit.x == 0u) { var all = vec4<f32>(0.0);");
    text.line(format!(
        "for (var u = 0u; u < {WORKGROUP_SIZE}u; u = u + 1u) {{ all = all + sums[u]; }}"
    ));
    text.line(format!(
        "let index = (m * 2u + group.y) * 2u; let count = max(all.z, 1.0); {scores}[index] = \
         all.x / count; {scores}[index + 1u] = all.y / count; }}"
    ));
    text.finish([WORKGROUP_SIZE, 1], [plan.members, 2, 1])
}
