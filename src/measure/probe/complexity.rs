//! Local complexity around samples.

use burn::tensor::Tensor;

use super::{CurveIndex, MAX_NUMBERS, tensor};
use crate::device::{DeviceError, read};
use crate::measure::points::Points;
use crate::measure::{Curve, Quantity, Split, complexity};
use crate::model::MlpEnsemble;

/// Samples of each set around which local complexity is measured, at most.
const MAX_SAMPLES: usize = 50;
/// Directions of a neighbourhood, at most.
const MAX_DIRECTIONS: usize = 25;
/// The directions are the same for every sample, member and run.
const FRAME_SEED: u32 = 0;

/// The neighbourhoods of samples of one set.
pub(super) struct Neighbourhoods {
    set: Split,
    /// `[members, samples · vertices, features]`.
    vertices: Tensor<3>,
    vertices_per_sample: usize,
}

impl Neighbourhoods {
    /// `None` if some member has no such samples. `widest` is the number of units of the widest
    /// layer.
    pub(super) fn new(
        points: &Points,
        set: Split,
        seeds: &[u32],
        radius: f64,
        widest: usize,
    ) -> Option<Self> {
        let features = points.features();
        let frame = complexity::frame(features, MAX_DIRECTIONS, FRAME_SEED);
        let vertices_per_sample = 2 * frame.len() / features;
        let max = MAX_NUMBERS / (points.members() * vertices_per_sample * widest);
        let chosen = points.first(set, MAX_SAMPLES.min(max.max(1)), seeds)?;
        let rows = chosen
            .rows
            .iter()
            .flat_map(|rows| complexity::vertices(rows, features, &frame, radius as f32));
        let shape = [points.members(), chosen.count * vertices_per_sample, features];
        let vertices = tensor(rows.collect(), shape, &points.inputs.device());
        Some(Self { set, vertices, vertices_per_sample })
    }

    pub(super) async fn measure(
        &self,
        network: &MlpEnsemble,
        curves: &CurveIndex,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        let layers = network.layers(&self.vertices);
        let hidden = layers.len() - 1;
        for (index, [before, _]) in layers.into_iter().take(hidden).enumerate() {
            let curve = Curve::of(Quantity::LocalComplexity).layer(index + 1).on(self.set);
            let [members, _, units] = before.dims();
            let sums = read(before).await?;
            for (sums, values) in sums.chunks(sums.len() / members).zip(&mut *values) {
                let value = complexity::changing_units(sums, units, self.vertices_per_sample);
                curves.put(curve, value, values);
            }
        }
        Ok(())
    }
}
