//! The end of a forward kernel: it turns the sum of a row and column into activation, output or
//! gradient.

use super::{Buffer, KernelText, Rows, loss};
use crate::experiment::Activation;
use crate::train::gpu::plan::padded;

/// What follows when a layer's sums are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Epilogue {
    /// Stores the activation of that hidden layer, and its derivative.
    Hidden(usize, Activation),
    /// Stores the outputs.
    Outputs,
    /// Stores the gradient of the squared error by the outputs.
    SquaredGradient,
}

impl Epilogue {
    /// Declares the variables that it needs of row `r` and of the row's `sample`.
    pub(super) fn prepare(self, text: &mut KernelText, rows: Rows) {
        if self == Self::SquaredGradient {
            loss::targets(text, rows);
        }
    }

    /// Stores the sum `v` of row `r` and column `c`.
    pub(super) fn store(self, text: &mut KernelText) {
        let plan = text.plan;
        if let Self::Hidden(layer, activation) = self {
            let (hidden, slope) =
                (text.buffer(Buffer::Hidden(layer)), text.buffer(Buffer::Slope(layer)));
            let columns = plan.layers[layer].columns();
            text.line(formula(activation));
            text.line(format!("let index = (m * rows + r) * {columns}u + c;"));
            text.line(format!("{hidden}[index] = h; {slope}[index] = d;"));
            return;
        }
        let output = text.buffer(Buffer::Output);
        let (outputs, columns) = (plan.outputs(), padded(plan.outputs()));
        let value = if self == Self::SquaredGradient {
            let target = loss::target(text);
            format!("select(0.0, 2.0 * (v - {target}) * weight, c < {outputs}u)")
        } else {
            "v".to_owned()
        };
        text.line(format!("{output}[(m * rows + r) * {columns}u + c] = {value};"));
    }
}

/// The activation `h` of `v`, and its derivative `d`.
fn formula(activation: Activation) -> &'static str {
    match activation {
        Activation::Quadratic => "let h = v * v; let d = 2.0 * v;",
        Activation::Relu => "let h = max(v, 0.0); let d = select(0.0, 1.0, v > 0.0);",
        // Beyond 15 it is 1, and some compilers' formula overflows.
        Activation::Tanh => "let h = tanh(clamp(v, -15.0, 15.0)); let d = 1.0 - h * h;",
        // The error function by Abramowitz & Stegun 7.1.26, to 1.5e-7.
        Activation::Gelu => {
            "let z = abs(v) * 0.70710678; let t = 1.0 / (1.0 + 0.3275911 * z); \
             let bell = exp(-z * z); \
             let tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * \
             (-1.453152027 + t * 1.061405429)))) * bell; \
             let fraction = select(0.5 * tail, 1.0 - 0.5 * tail, v >= 0.0); \
             let h = v * fraction; let d = fraction + v * 0.39894228 * bell;"
        }
        Activation::Silu => {
            "let fraction = 1.0 / (1.0 + exp(-v)); let h = v * fraction; \
             let d = fraction * (1.0 + v * (1.0 - fraction));"
        }
        Activation::Linear => "let h = v; let d = 1.0;",
    }
}
