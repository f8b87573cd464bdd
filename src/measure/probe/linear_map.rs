//! Linear mapping number between samples.

use burn::tensor::Tensor;

use super::{CurveIndex, MAX_NUMBERS, tensor};
use crate::device::{DeviceError, read};
use crate::measure::linear_map::{self, POINTS};
use crate::measure::points::Points;
use crate::measure::{Curve, Quantity, Split};
use crate::model::MlpEnsemble;

/// Samples of each set between which chords run, at most.
const MAX_SAMPLES: usize = 60;

/// Samples of one set, at least two, with a chord between each two of them.
pub(super) struct Chords {
    set: Split,
    /// `[members, count, features]`.
    samples: Tensor<3>,
    count: usize,
}

impl Chords {
    /// `None` if some member has fewer than two such samples. `widest` is the number of units of
    /// the widest layer.
    pub(super) fn new(points: &Points, set: Split, seeds: &[u32], widest: usize) -> Option<Self> {
        // n (n - 1) / 2 chords of one member.
        let max = (2 * MAX_NUMBERS / (POINTS * widest)).isqrt();
        let chosen = points.first(set, MAX_SAMPLES.min(max.max(2)), seeds)?;
        let shape = [points.members(), chosen.count, points.features()];
        (chosen.count > 1).then(|| Self {
            set,
            samples: tensor(chosen.rows.concat(), shape, &points.inputs.device()),
            count: chosen.count,
        })
    }

    /// Starts from the first layer before its activation, where chords are still straight.
    pub(super) async fn measure(
        &self,
        network: &MlpEnsemble,
        curves: &CurveIndex,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        let curve = Curve::of(Quantity::LinearMappingNumber).on(self.set);
        let [first, _] = network.layers(&self.samples).swap_remove(0);
        let [members, _, units] = first.dims();
        let device = first.device();
        let first = read(first).await?;
        for (member, first) in first.chunks(first.len() / members).enumerate() {
            // Member by member: all of them at once would be hundreds of megabytes.
            let chords = linear_map::chords(first, units, POINTS);
            let rows = chords.len() / units;
            let one = network.member(member);
            let outputs = one.layers_from(tensor(chords, [1, rows, units], &device));
            let Some([outputs, _]) = outputs.last() else { continue };
            let [_, _, width] = outputs.dims();
            let outputs = read(outputs.clone()).await?;
            let value = linear_map::number(&outputs, width, self.count, POINTS);
            curves.put(curve, value, &mut values[member]);
        }
        Ok(())
    }
}
