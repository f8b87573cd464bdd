//! The kernels as WGSL, with every size written into the text.
//!
//! Rules that hold in all of them:
//! - No kernel waits for another invocation's sums or adds atomically, so sums are always taken in
//!   the same order.
//! - In the text, `m` is the member, `r` or `row` a row, `c` or `column` a column.
//! - A row of padding has weight 0, so what it computes does not matter.

mod backward;
mod copy;
mod epilogue;
mod gather;
mod loss;
mod product;
mod score;
mod step_counter;
mod update;

use super::buffer::Buffer;
use super::plan::{Plan, Rows};
use super::text::{KernelSource, KernelText};
use crate::experiment::Loss;
use epilogue::Epilogue;

pub(super) use copy::{export, import};

/// Invocations of a workgroup, in kernels that are no products.
const WORKGROUP_SIZE: usize = 64;
/// Workgroups along x; more of them go on along y.
const MAX_GROUPS_X: usize = 32_768;

/// The kernels of a step, in order.
pub(super) fn step(plan: &Plan) -> Vec<KernelSource> {
    let squared = plan.loss == Loss::SquaredError;
    let epilogue = if squared { Epilogue::SquaredGradient } else { Epilogue::Outputs };
    let layers = 0..plan.layers.len();
    let mut all: Vec<KernelSource> =
        layers.clone().map(|layer| forward(plan, layer, epilogue, plan.rows_of_step())).collect();
    if !squared {
        all.push(loss::gradient(plan));
    }
    for layer in layers.skip(plan.first_trained).rev() {
        // The update sums a gathered layer's gradient, so only a previous layer needs this kernel.
        if !plan.is_gathered(layer) || layer > plan.first_trained {
            all.push(backward::kernel(plan, layer));
        }
    }
    all.push(update::kernel(plan));
    all
}

/// The kernels that measure loss and accuracy of both sets, in order.
pub(super) fn measure(plan: &Plan) -> Vec<KernelSource> {
    let mut all = Vec::new();
    for set in 0..2 {
        let layers = 0..plan.layers.len();
        all.extend(layers.map(|layer| forward(plan, layer, Epilogue::Outputs, Rows::Set(set))));
        all.push(score::samples(plan, set));
    }
    all.push(score::means(plan));
    all
}

/// One layer. `last` is the epilogue of the last layer.
fn forward(plan: &Plan, layer: usize, last: Epilogue, rows: Rows) -> KernelSource {
    let epilogue = match plan.layers[layer].activation {
        Some(activation) => Epilogue::Hidden(layer, activation),
        None => last,
    };
    if plan.is_gathered(layer) {
        gather::kernel(plan, epilogue, rows)
    } else {
        product::kernel(plan, layer, epilogue, rows)
    }
}

/// The index of a row's sample in its set.
fn sample_index(text: &mut KernelText, rows: Rows, row: &str) -> String {
    if rows.is_batch() {
        let (members, step_rows) = (text.plan.members, text.plan.step_rows());
        let batches = text.buffer(Buffer::Batches);
        format!("{batches}[(slot * {members}u + m) * {step_rows}u + {row}]")
    } else {
        row.to_owned()
    }
}

/// Declares the `sample` of row `r`.
fn sample(text: &mut KernelText, rows: Rows) {
    let samples = text.buffer(Buffer::Samples);
    let set_rows = text.plan.rows[rows.set()];
    let index = sample_index(text, rows, "r");
    text.line(format!("let sample = {samples}[m * {set_rows}u + {index}];"));
}

/// Workgroups along x, y and z for that many invocations.
fn workgroups(invocations: usize) -> [usize; 3] {
    let groups = invocations.div_ceil(WORKGROUP_SIZE);
    [groups.min(MAX_GROUPS_X), groups.div_ceil(MAX_GROUPS_X), 1]
}

/// The index of an invocation among those of [`workgroups`].
fn invocation() -> String {
    format!("(group.y * {MAX_GROUPS_X}u + group.x) * {WORKGROUP_SIZE}u + unit.x")
}
