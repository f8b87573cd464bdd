//! The probe: measures networks beside loss and accuracy.

mod complexity;
mod information;
mod linear_map;
mod weights;

use std::collections::HashMap;

use burn::tensor::{Device, Tensor, TensorData};

use super::information::{LayerOutputs, contrastive};
use super::points::Points;
use super::{Curve, Quantity, Split, class_variance, curves};
use crate::data::Dataset;
use crate::device::{DeviceError, read};
use crate::experiment::{Experiment, Settings};
use crate::model::MlpEnsemble;
use complexity::Neighbourhoods;
use linear_map::Chords;

/// Numbers in one tensor, at most: WebGPU promises 128 MiB for a buffer.
const MAX_NUMBERS: usize = 30_000_000;

/// The sets that a network's layers are measured on.
const LAYER_SETS: [Split; 3] = [Split::Train, Split::Test, Split::All];

/// Measures the members of an ensemble, on the same samples each time.
pub struct Probe {
    curves: CurveIndex,
    settings: Settings,
    seeds: Vec<u32>,
    points: Points,
    neighbourhoods: Vec<Neighbourhoods>,
    chords: Vec<Chords>,
    /// For each layer of each member the smallest and the largest output so far.
    ranges: Vec<Vec<(f32, f32)>>,
    /// For each layer of each member the critics of inputs and of labels.
    critics: Vec<Vec<Option<[contrastive::Critic; 2]>>>,
}

/// The measured curves, each with its index among a member's values.
struct CurveIndex {
    indices: HashMap<Curve, usize>,
    curves: Vec<Curve>,
}

impl CurveIndex {
    fn new(curves: Vec<Curve>) -> Self {
        Self { indices: curves.iter().copied().zip(0..).collect(), curves }
    }

    fn len(&self) -> usize {
        self.curves.len()
    }

    fn iter(&self) -> impl Iterator<Item = &Curve> {
        self.curves.iter()
    }

    /// Whether some curve is of this quantity.
    fn has(&self, quantity: Quantity) -> bool {
        self.curves.iter().any(|curve| curve.quantity == quantity)
    }

    fn contains(&self, curve: Curve) -> bool {
        self.indices.contains_key(&curve)
    }

    /// The sets on which a quantity is measured, each once.
    fn sets(&self, quantity: Quantity) -> impl Iterator<Item = Split> {
        let on =
            move |set| self.curves.iter().any(|c| c.quantity == quantity && c.set == Some(set));
        [Split::Train, Split::Test, Split::All, Split::Random]
            .into_iter()
            .filter(move |set| on(*set))
    }

    /// Stores a curve's value among the values of a member. Curves that are not asked for are
    /// ignored.
    fn put(&self, curve: Curve, value: f64, values: &mut [f64]) {
        if let Some(index) = self.indices.get(&curve) {
            values[*index] = value;
        }
    }
}

impl Probe {
    /// Measures members that train on `data`, by their seeds, as an experiment says.
    ///
    /// # Errors
    /// If the device was lost.
    pub(crate) async fn new(
        experiment: &Experiment,
        seeds: Vec<u32>,
        data: &Dataset,
    ) -> Result<Self, DeviceError> {
        let settings = experiment.settings;
        let points = Points::new(data.tensors(), &settings).await?;
        let widest = experiment.members().iter().flat_map(Settings::units).max().unwrap_or(1);
        Ok(Self::from_points(curves(experiment), settings, widest, seeds, points))
    }

    /// Measures the curves of [`super::of_network`] of a single network, on the given samples, `[1,
    /// samples, features]`, with the class of each and the number of classes if they have labels.
    /// `widest` is the number of units of its widest layer. Local complexity is measured around the
    /// first 50 samples, linear maps between the first 60.
    ///
    /// # Errors
    /// If the device was lost.
    ///
    /// # Panics
    /// If there are no samples, or another number of classes than of samples.
    pub async fn for_samples(
        curves: Vec<Curve>,
        settings: Settings,
        widest: usize,
        inputs: Tensor<3>,
        classes: Option<(Vec<u32>, usize)>,
    ) -> Result<Self, DeviceError> {
        let [_, samples, features] = inputs.dims();
        assert!(classes.as_ref().is_none_or(|(classes, _)| classes.len() == samples));
        let classes = classes.map(|(classes, count)| (vec![classes], count));
        let counts = vec![(samples, 0)];
        let points = Points::from_padded(inputs, features, counts, samples, classes).await?;
        Ok(Self::from_points(curves, settings, widest, vec![settings.seed], points))
    }

    /// `widest` is the number of units of the widest layer.
    fn from_points(
        curves: Vec<Curve>,
        settings: Settings,
        widest: usize,
        seeds: Vec<u32>,
        points: Points,
    ) -> Self {
        let curves = CurveIndex::new(curves);
        let widest = widest.max(points.features());
        let neighbourhoods = curves
            .sets(Quantity::LocalComplexity)
            .filter_map(|set| Neighbourhoods::new(&points, set, &seeds, settings.radius, widest))
            .collect();
        let chords = curves
            .sets(Quantity::LinearMappingNumber)
            .filter_map(|set| Chords::new(&points, set, &seeds, widest))
            .collect();
        Self {
            ranges: vec![Vec::new(); points.members()],
            critics: (0..points.members()).map(|_| Vec::new()).collect(),
            curves,
            settings,
            seeds,
            points,
            neighbourhoods,
            chords,
        }
    }

    /// For each member a value for each curve; `None` where there is no finite value.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn measure(
        &mut self,
        network: &MlpEnsemble,
    ) -> Result<Vec<Vec<Option<f32>>>, DeviceError> {
        let members = self.points.members();
        let mut values = vec![vec![f64::NAN; self.curves.len()]; members];
        self.measure_layers(network, &mut values).await?;
        for neighbourhoods in &self.neighbourhoods {
            neighbourhoods.measure(network, &self.curves, &mut values).await?;
        }
        for chords in &self.chords {
            chords.measure(network, &self.curves, &mut values).await?;
        }
        weights::measure(network, &self.points, &self.curves, &mut values).await?;
        let finite = |value: f64| value.is_finite().then_some(value as f32);
        Ok(values.into_iter().map(|values| values.into_iter().map(finite).collect()).collect())
    }

    /// Measures information and class variance.
    async fn measure_layers(
        &mut self,
        network: &MlpEnsemble,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        let is_of_layer = |curve: &Curve| {
            use Quantity as Q;
            matches!(curve.quantity, Q::InputInformation | Q::LabelInformation | Q::ClassVariance)
        };
        let mut wanted: Vec<usize> =
            self.curves.iter().filter(|c| is_of_layer(c)).filter_map(|c| c.layer).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let layers = network.layers(&self.points.inputs);
        for &layer in &wanted {
            let Some([_, after]) = layers.get(layer - 1) else { continue };
            let [members, _, width] = after.dims();
            let outputs = read(after.clone()).await?;
            for (member, padded) in outputs.chunks(outputs.len() / members).enumerate() {
                let units = network.units(layer, member);
                let outputs = self.points.unpadded(member, padded, width, units);
                let (outputs, values) = (LayerOutputs::new(&outputs, units), &mut values[member]);
                self.measure_information(outputs, layer, member, values);
                self.measure_class_variance(outputs, layer, member, values);
            }
        }
        Ok(())
    }

    fn measure_class_variance(
        &self,
        outputs: LayerOutputs,
        layer: usize,
        member: usize,
        values: &mut [f64],
    ) {
        let Some((classes, count)) = self.points.classes(member) else { return };
        for set in LAYER_SETS {
            let curve = Curve::of(Quantity::ClassVariance).layer(layer).on(set);
            let indices = self.points.indices(member, set);
            if indices.is_empty() || !self.curves.contains(curve) {
                continue;
            }
            let value = class_variance::within_over_total(
                outputs.values(),
                outputs.units(),
                classes,
                count,
                Some(&indices),
            );
            self.curves.put(curve, value, values);
        }
    }

    /// Widens the range of every layer's outputs by those of a network, for measurements to come.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn update_ranges(&mut self, network: &MlpEnsemble) -> Result<(), DeviceError> {
        for (index, [_, after]) in network.layers(&self.points.inputs).into_iter().enumerate() {
            let [members, _, width] = after.dims();
            let outputs = read(after).await?;
            for (member, padded) in outputs.chunks(outputs.len() / members).enumerate() {
                let units = network.units(index + 1, member);
                let outputs = self.points.unpadded(member, padded, width, units);
                self.note_range(LayerOutputs::new(&outputs, units), index + 1, member);
            }
        }
        Ok(())
    }

    fn note_range(&mut self, outputs: LayerOutputs, layer: usize, member: usize) {
        let ranges = &mut self.ranges[member];
        ranges.resize(ranges.len().max(layer), (f32::INFINITY, f32::NEG_INFINITY));
        let (low, high) = &mut ranges[layer - 1];
        // A member that diverges would leave no resolution for its healthy steps.
        if outputs.values().iter().any(|value| !value.is_finite()) {
            return;
        }
        let (min, max) = outputs.range();
        (*low, *high) = (low.min(min), high.max(max));
    }
}

fn tensor(values: Vec<f32>, shape: [usize; 3], device: &Device) -> Tensor<3> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_stored_with_its_curve_and_others_are_ignored() {
        let norm = Curve::of(Quantity::WeightNorm).layer(1);
        let truncated = Curve::of(Quantity::TruncatedAccuracy).on(Split::Test).rank(4);
        let index = CurveIndex::new(vec![norm, truncated]);
        let mut values = [0.0; 2];
        index.put(truncated, 0.5, &mut values);
        index.put(norm.layer(2), 7.0, &mut values);
        index.put(truncated.rank(8), 7.0, &mut values);
        assert_eq!(values, [0.0, 0.5]);
        assert!(index.has(Quantity::WeightNorm) && !index.has(Quantity::SingularValue));
        assert!(index.sets(Quantity::TruncatedAccuracy).eq([Split::Test]));
    }
}
