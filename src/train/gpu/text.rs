//! The text of a kernel while it is written, and when it is done.

use std::fmt::Write as _;

use super::buffer::Buffer;
use super::plan::Plan;
use super::rates::Rate;

/// A finished kernel. It still needs a handle for each of its buffers.
#[derive(Debug)]
pub(super) struct KernelSource {
    /// A WGSL module with the entry point `main`.
    pub(super) text: String,
    /// Invocations of a workgroup along x and y.
    pub(super) workgroup_size: [u32; 2],
    /// Workgroups along x, y and z.
    pub(super) workgroups: [u32; 3],
    /// The buffers in the order of their bindings.
    pub(super) buffers: Vec<Buffer>,
    /// The set of samples whose buffers those are: 0 for training, 1 for test.
    pub(super) set: usize,
}

/// The body of a kernel being written. It binds every buffer that the body names.
pub(super) struct KernelText<'a> {
    pub(super) plan: &'a Plan,
    set: usize,
    declarations: String,
    body: String,
    buffers: Vec<Buffer>,
}

impl<'a> KernelText<'a> {
    pub(super) fn new(plan: &'a Plan, set: usize) -> Self {
        let (declarations, body) = (String::new(), String::new());
        Self { plan, set, declarations, body, buffers: Vec::new() }
    }

    /// Binds a buffer, if it is not bound yet, and returns its name.
    pub(super) fn buffer(&mut self, buffer: Buffer) -> String {
        if !self.buffers.contains(&buffer) {
            self.buffers.push(buffer);
        }
        buffer.name()
    }

    /// Appends a line to the body.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.body.push_str(line.as_ref());
        self.body.push('\n');
    }

    /// Appends a declaration before the entry point.
    pub(super) fn declare(&mut self, declaration: &str) {
        self.declarations.push_str(declaration);
    }

    /// Declares rates as variables of their names. `start` is where the table has the rates of the
    /// member and step.
    pub(super) fn rates(&mut self, rates: &[Rate], start: &str) {
        let table = self.buffer(Buffer::Table);
        for &rate in rates {
            let (name, index) = (rate.name(), rate as usize);
            self.line(format!("let {name} = bitcast<f32>({table}[{start} + {index}u]);"));
        }
    }

    /// The kernel, to run with that many workgroups of that size.
    pub(super) fn finish(self, workgroup_size: [usize; 2], workgroups: [usize; 3]) -> KernelSource {
        let mut text = String::new();
        for (binding, buffer) in self.buffers.iter().enumerate() {
            let (name, element) = (buffer.name(), buffer.element());
            // Fixed-size array: a runtime-sized one has its length looked up at every access.
            let length = self.plan.length(*buffer, self.set);
            // Always `read_write`: two bindings may alias one buffer, which WebGPU forbids with
            // mixed access.
            let _ = writeln!(
                text,
                "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{element}, \
                 {length}>;"
            );
        }
        let [x, y] = workgroup_size;
        let _ = write!(
            text,
            "{}\n@compute @workgroup_size({x}, {y}, 1)\nfn main(@builtin(workgroup_id) group: \
             vec3<u32>, @builtin(local_invocation_id) unit: vec3<u32>) {{\n{}}}\n",
            self.declarations, self.body
        );
        KernelSource {
            text,
            workgroup_size: workgroup_size.map(|n| n as u32),
            workgroups: workgroups.map(|n| n as u32),
            buffers: self.buffers,
            set: self.set,
        }
    }
}
