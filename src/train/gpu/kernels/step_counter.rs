//! How kernels know which step they take: a recorded step is replayed unchanged, so the count is in
//! the table. `table[0]` counts the steps that are done, `table[1]` those that have begun.

use super::{Buffer, KernelText};

/// Counts the step as begun. In the first kernel of a step.
pub(super) fn begin(text: &mut KernelText) {
    let table = text.buffer(Buffer::Table);
    text.line(format!(
        "if (all(group == vec3<u32>(0u)) && all(unit == vec3<u32>(0u))) {{ {table}[1] = \
         {table}[0] + 1u; }}"
    ));
}

/// Declares the step's `slot` in the table. In the first kernel, which changes `table[1]`.
pub(super) fn slot_of_first(text: &mut KernelText) {
    let table = text.buffer(Buffer::Table);
    text.line(format!("let slot = {table}[0];"));
}

/// Declares the step's `slot` in the table. In all kernels but the first; the last changes
/// `table[0]`.
pub(super) fn slot(text: &mut KernelText) {
    let table = text.buffer(Buffer::Table);
    text.line(format!("let slot = {table}[1] - 1u;"));
}

/// Counts the step as done, in the invocation where `first` holds. In the last kernel of a step.
pub(super) fn end(text: &mut KernelText, first: &str) {
    let table = text.buffer(Buffer::Table);
    text.line(format!("if ({first}) {{ {table}[0] = slot + 1u; }}"));
}
