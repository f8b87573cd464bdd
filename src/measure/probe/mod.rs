//! What measures networks beside loss and accuracy.

use burn::tensor::{Device, Tensor, TensorData};
use rand::seq::SliceRandom;

use super::class_variance;
use super::information::{Labels, Layer, binning, contrastive, kernel, neighbours};
use super::linear_map::POINTS as CHORD_POINTS;
use super::{Curve, Quantity, Set, complexity, curves, fourier, linear_map, sample_counts};
use crate::data::{Dataset, DatasetTensors, Samples};
use crate::device::{DeviceError, read, read_indices};
use crate::experiment::{BinRange, Estimator, Experiment, NoiseScale, Settings};
use crate::linalg::Spectrum;
use crate::model::{Perceptron, Role};
use crate::random::{self, Purpose, normals};

/// Samples of each kind around which local complexity is measured.
const NEIGHBOURHOODS: usize = 50;
/// Directions that it looks along, at most.
const DIRECTIONS: usize = 25;
/// Most numbers in one tensor: WebGPU promises 128 MiB for a buffer.
const MAX_NUMBERS: usize = 30_000_000;
/// The directions are the same for every sample, member and run.
const FRAME_SEED: u32 = 0;
/// Samples of each kind between which chords run.
const PROBES: usize = 60;
/// Most rounds of training of a critic at each measurement, and updates in each.
const ROUNDS: usize = 20;
const UPDATES: usize = 20;

/// The samples that are measured: of each member first those trained on, then those held back.
///
/// In tensors members with fewer samples are padded; here only a member's own count, and places are among those.
pub struct Points {
    /// `[members, points, features]`.
    inputs: Tensor<3>,
    /// The same as plain numbers, `[points, features]` for each member.
    rows: Vec<Vec<f32>>,
    features: usize,
    /// How many training and how many test samples each member has.
    counts: Vec<(usize, usize)>,
    /// Where test samples begin in the tensor.
    offset: usize,
    /// Of each member, the class of each point, and how many classes there are; `None` for a
    /// regression.
    classes: Option<(Vec<Vec<u32>>, usize)>,
}

impl Points {
    /// As many samples of each member as [`sample_counts`] says.
    async fn new(data: &DatasetTensors, settings: &Settings) -> Result<Self, DeviceError> {
        let count = |samples: &Samples| samples.counts.iter().copied().max().unwrap_or(0);
        let (train, test) = sample_counts(settings, count(&data.train), count(&data.test));
        let [members, _, features] = data.train.inputs.dims();
        let part = |tensor: &Tensor<3>, count: usize| {
            let [_, _, width] = tensor.dims();
            tensor.clone().slice([0..members, 0..count, 0..width])
        };
        let inputs =
            Tensor::cat(vec![part(&data.train.inputs, train), part(&data.test.inputs, test)], 1);
        let labels = |samples: &Samples, count: usize| {
            samples.labels.clone().map(|labels| labels.slice([0..members, 0..count, 0..1]))
        };
        let classes = match (labels(&data.train, train), labels(&data.test, test)) {
            (Some(train), Some(test)) => {
                let [_, _, count] = data.train.targets.dims();
                let labels = read_indices(Tensor::cat(vec![train, test], 1)).await?;
                Some((labels.chunks(labels.len() / members).map(<[u32]>::to_vec).collect(), count))
            }
            _ => None,
        };
        let counts = data.train.counts.iter().zip(&data.test.counts);
        let counts = counts.map(|(own, held)| ((*own).min(train), (*held).min(test))).collect();
        Self::of(inputs, features, counts, train, classes).await
    }

    /// Of padded inputs and classes.
    async fn of(
        inputs: Tensor<3>,
        features: usize,
        counts: Vec<(usize, usize)>,
        offset: usize,
        classes: Option<(Vec<Vec<u32>>, usize)>,
    ) -> Result<Self, DeviceError> {
        let mut points = Self { inputs, rows: Vec::new(), features, counts, offset, classes: None };
        let values = read(points.inputs.clone()).await?;
        points.rows = values
            .chunks(values.len() / points.members())
            .enumerate()
            .map(|(member, rows)| points.own(member, rows, features, features))
            .collect();
        points.classes = classes.map(|(classes, count)| {
            let own = classes.iter().enumerate().map(|(m, all)| points.own(m, all, 1, 1));
            (own.collect(), count)
        });
        Ok(points)
    }

    fn members(&self) -> usize {
        self.counts.len()
    }

    /// A member's own samples and units of what is padded in both, row by row.
    fn own<T: Copy>(&self, member: usize, padded: &[T], width: usize, own: usize) -> Vec<T> {
        let rows = self.places(member, Set::All).into_iter().map(|place| {
            let row = self.row(member, place);
            &padded[row * width..row * width + own]
        });
        rows.flatten().copied().collect()
    }

    /// The row in a tensor of one of a member's samples.
    fn row(&self, member: usize, place: usize) -> usize {
        let (train, _) = self.counts[member];
        if place < train { place } else { self.offset + place - train }
    }

    /// The places of a member's samples of a kind.
    fn places(&self, member: usize, set: Set) -> Vec<usize> {
        let (train, test) = self.counts[member];
        match set {
            Set::Train => (0..train).collect(),
            Set::Test => (train..train + test).collect(),
            Set::All => (0..train + test).collect(),
            Set::Random => Vec::new(),
        }
    }

    /// Up to `most` samples of a kind of each member, `[members, most, features]`, and how many each
    /// has; nothing if some member has none.
    fn some(&self, set: Set, most: usize, seeds: &[u32]) -> Option<Chosen> {
        let random = |member: usize| {
            let rows = &self.rows[member];
            let square = rows.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let deviation = (square / rows.len().max(1) as f64).sqrt();
            let mut generator = random::generator(seeds[member], Purpose::RandomPoints);
            normals(&mut generator, most * self.features, deviation)
                .into_iter()
                .map(|x| x as f32)
                .collect()
        };
        let rows: Vec<Vec<f32>> = (0..self.members())
            .map(|member| match set {
                Set::Random => random(member),
                _ => {
                    let places = self.places(member, set);
                    let row = |&place: &usize| {
                        &self.rows[member][place * self.features..(place + 1) * self.features]
                    };
                    places.iter().take(most).flat_map(row).copied().collect()
                }
            })
            .collect();
        let count = rows.iter().map(|rows| rows.len() / self.features).min()?;
        let cut = |mut rows: Vec<f32>| {
            rows.truncate(count * self.features);
            rows
        };
        (count > 0).then(|| Chosen { rows: rows.into_iter().map(cut).collect(), count })
    }
}

/// As many samples of each member.
struct Chosen {
    rows: Vec<Vec<f32>>,
    count: usize,
}

/// Estimates over some samples, by their places: `I(X;T)` and its lower bound, `I(T;Y)` and its lower bound;
/// what there is none of is NaN.
type Estimate<'a> = Box<dyn Fn(&[usize]) -> [f64; 4] + 'a>;

/// Measures the members of an ensemble, the same samples each time.
pub struct Probe {
    curves: Vec<Curve>,
    settings: Settings,
    seeds: Vec<u32>,
    points: Points,
    /// Vertices around samples of a kind, `[members, samples · vertices, features]`, and how many
    /// each sample has.
    neighbourhoods: Vec<(Set, Tensor<3>, usize)>,
    /// Samples of a kind between which chords run.
    chords: Vec<(Set, Tensor<3>, usize)>,
    /// Of each layer of each member, the least and the greatest output so far.
    extremes: Vec<Vec<(f32, f32)>>,
    /// Of each layer of each member, the critics of inputs and of labels.
    critics: Vec<Vec<Option<[contrastive::Critic; 2]>>>,
}

impl Probe {
    /// What measures members that train on `data`, by their seeds, as an experiment says.
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
        Ok(Self::of(curves(experiment), settings, widest, seeds, points))
    }

    /// What measures the curves of [`super::of_network`] of a single network on the given samples,
    /// `[1, samples, features]`, with the class of each, and how many classes there are, where they have
    /// labels; `widest` is the number of units of its widest layer. Local complexity is measured around the first 50, linear maps between the first 60.
    ///
    /// # Errors
    /// If the device was lost.
    ///
    /// # Panics
    /// If there are no samples or not as many classes.
    pub async fn of_samples(
        curves: Vec<Curve>,
        settings: Settings,
        widest: usize,
        inputs: Tensor<3>,
        classes: Option<(Vec<u32>, usize)>,
    ) -> Result<Self, DeviceError> {
        let [_, samples, features] = inputs.dims();
        assert!(classes.as_ref().is_none_or(|(classes, _)| classes.len() == samples));
        let classes = classes.map(|(classes, count)| (vec![classes], count));
        let points = Points::of(inputs, features, vec![(samples, 0)], samples, classes).await?;
        Ok(Self::of(curves, settings, widest, vec![settings.seed], points))
    }

    /// `widest` is the number of units of the widest layer.
    fn of(
        curves: Vec<Curve>,
        settings: Settings,
        widest: usize,
        seeds: Vec<u32>,
        points: Points,
    ) -> Self {
        let device = points.inputs.device();
        let wants = |quantity| curves.iter().filter(move |curve| curve.quantity == quantity);
        let sets = |quantity| {
            let all = [Set::Train, Set::Test, Set::All, Set::Random];
            all.into_iter().filter(move |set| wants(quantity).any(|c| c.set == Some(*set)))
        };
        let widest = widest.max(points.features);
        let mut neighbourhoods = Vec::new();
        for set in sets(Quantity::LocalComplexity) {
            let frame = complexity::frame(points.features, DIRECTIONS, FRAME_SEED);
            let per_point = 2 * frame.len() / points.features;
            let most = MAX_NUMBERS / (points.members() * per_point * widest);
            let most = NEIGHBOURHOODS.min(most.max(1));
            if let Some(some) = points.some(set, most, &seeds) {
                let rows = some.rows.iter().flat_map(|rows| {
                    complexity::vertices(rows, points.features, &frame, settings.radius as f32)
                });
                let shape = [points.members(), some.count * per_point, points.features];
                let vertices = tensor(rows.collect(), shape, &device);
                neighbourhoods.push((set, vertices, per_point));
            }
        }
        let mut chords = Vec::new();
        for set in sets(Quantity::LinearMappingNumber) {
            // A single sample has no line to another.
            // n (n - 1) / 2 chords of one member.
            let most = (2 * MAX_NUMBERS / (CHORD_POINTS * widest)).isqrt();
            let most = PROBES.min(most.max(2));
            if let Some(some) = points.some(set, most, &seeds).filter(|some| some.count > 1) {
                let shape = [points.members(), some.count, points.features];
                chords.push((set, tensor(some.rows.concat(), shape, &device), some.count));
            }
        }
        Self {
            extremes: vec![Vec::new(); points.members()],
            critics: (0..points.members()).map(|_| Vec::new()).collect(),
            curves,
            settings,
            seeds,
            points,
            neighbourhoods,
            chords,
        }
    }

    /// For each member a value for each curve; `None` where there is none to be had.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn measure(
        &mut self,
        network: &Perceptron,
    ) -> Result<Vec<Vec<Option<f32>>>, DeviceError> {
        let members = self.points.members();
        let mut values = vec![vec![f64::NAN; self.curves.len()]; members];
        self.measure_layers(network, &mut values).await?;
        self.measure_complexity(network, &mut values).await?;
        self.measure_linear_maps(network, &mut values).await?;
        self.measure_weights(network, &mut values).await?;
        let number = |value: f64| value.is_finite().then_some(value as f32);
        Ok(values.into_iter().map(|own| own.into_iter().map(number).collect()).collect())
    }

    /// Puts the values of a member where their curves are.
    fn put(
        &self,
        values: &mut [f64],
        quantity: Quantity,
        layer: Option<usize>,
        set: Option<Set>,
        rank: Option<usize>,
        value: f64,
    ) {
        let curve = Curve { quantity, layer, set, rank };
        if let Some(place) = self.curves.iter().position(|other| *other == curve) {
            values[place] = value;
        }
    }

    /// Information and class variance.
    async fn measure_layers(
        &mut self,
        network: &Perceptron,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        let of_layers = |curve: &Curve| {
            use Quantity as Q;
            matches!(curve.quantity, Q::InputInformation | Q::LabelInformation | Q::ClassVariance)
        };
        let mut wanted: Vec<usize> =
            self.curves.iter().filter(|c| of_layers(c)).filter_map(|c| c.layer).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let layers = network.layers(&self.points.inputs);
        for &layer in &wanted {
            let Some([_, after]) = layers.get(layer - 1) else { continue };
            let [members, _, units] = after.dims();
            let outputs = read(after.clone()).await?;
            for (member, padded) in outputs.chunks(outputs.len() / members).enumerate() {
                let own = network.units(layer, member);
                let outputs = self.points.own(member, padded, units, own);
                let (outputs, values) = (Layer::new(&outputs, own), &mut values[member]);
                self.measure_information(outputs, layer, member, values);
                self.measure_spread(outputs, layer, member, values);
            }
        }
        Ok(())
    }

    /// Takes note of the least and the greatest output of every layer, for measurements to come.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn update_ranges(&mut self, network: &Perceptron) -> Result<(), DeviceError> {
        for (index, [_, after]) in network.layers(&self.points.inputs).into_iter().enumerate() {
            let [members, _, units] = after.dims();
            let outputs = read(after).await?;
            for (member, padded) in outputs.chunks(outputs.len() / members).enumerate() {
                let own = network.units(index + 1, member);
                let outputs = self.points.own(member, padded, units, own);
                self.look(Layer::new(&outputs, own), index + 1, member);
            }
        }
        Ok(())
    }

    fn look(&mut self, outputs: Layer, layer: usize, member: usize) {
        let extremes = &mut self.extremes[member];
        extremes.resize(extremes.len().max(layer), (f32::INFINITY, f32::NEG_INFINITY));
        let (low, high) = &mut extremes[layer - 1];
        // A member that diverges would leave no range for its healthy steps.
        if outputs.values().iter().any(|value| !value.is_finite()) {
            return;
        }
        let (least, greatest) = outputs.range();
        (*low, *high) = (low.min(least), high.max(greatest));
    }

    fn measure_spread(&self, outputs: Layer, layer: usize, member: usize, values: &mut [f64]) {
        let Some((classes, count)) = &self.points.classes else { return };
        for set in [Set::Train, Set::Test, Set::All] {
            let places = self.points.places(member, set);
            if !self.settings.spread || places.is_empty() {
                continue;
            }
            let value = class_variance::within_over_total(
                outputs.values(),
                outputs.units(),
                &classes[member],
                *count,
                Some(&places),
            );
            self.put(values, Quantity::ClassVariance, Some(layer), Some(set), None, value);
        }
    }

    fn measure_information(
        &mut self,
        outputs: Layer,
        layer: usize,
        member: usize,
        values: &mut [f64],
    ) {
        if self.settings.info == Estimator::Off
            || outputs.values().iter().any(|value| !value.is_finite())
        {
            return;
        }
        // Without classes all samples are of one, about which there is nothing to know.
        let (classes, count) = match &self.points.classes {
            Some((classes, count)) => (classes[member].clone(), *count),
            None => (vec![0; outputs.rows()], 1),
        };
        let labels = Labels::new(&classes, count);
        let critic = self.settings.info == Estimator::Contrastive;
        let one_hot = if critic { labels.one_hot() } else { Vec::new() };
        let answers = Layer::new(&one_hot, count);
        if critic {
            self.train_critics(outputs, answers, layer, member);
        }
        if matches!(self.settings.bin_range, BinRange::Running | BinRange::Whole) {
            self.look(outputs, layer, member);
        }
        let wants = |set: Set| {
            let quantity = Quantity::InputInformation;
            let curve = Curve { quantity, layer: Some(layer), set: Some(set), rank: None };
            self.curves.contains(&curve)
        };
        let estimate = self.estimator(outputs, answers, labels, layer, member);
        for set in [Set::Train, Set::Test, Set::All] {
            let places = self.points.places(member, set);
            if !wants(set) || places.is_empty() {
                continue;
            }
            let found = estimate(&places);
            let quantities = [
                Quantity::InputInformation,
                Quantity::InputInformationLower,
                Quantity::LabelInformation,
                Quantity::LabelInformationLower,
            ];
            for (quantity, value) in quantities.into_iter().zip(found) {
                self.put(values, quantity, Some(layer), Some(set), None, value);
            }
            if self.settings.subsamples && self.settings.info != Estimator::Contrastive {
                let halves = halves(&places, self.seeds[member]).map(|half| estimate(&half));
                for (quantity, which) in [
                    (Quantity::InputInformationDeviation, 0),
                    (Quantity::LabelInformationDeviation, 2),
                ] {
                    let value = deviation(&halves.each_ref().map(|found| found[which]));
                    self.put(values, quantity, Some(layer), Some(set), None, value);
                }
            }
        }
    }

    /// What estimates the information of one layer of one member.
    fn estimator<'a>(
        &'a self,
        outputs: Layer<'a>,
        answers: Layer<'a>,
        labels: Labels<'a>,
        layer: usize,
        member: usize,
    ) -> Estimate<'a> {
        let inputs = Layer::new(&self.points.rows[member], self.points.features);
        match self.settings.info {
            Estimator::Off => Box::new(|_| [f64::NAN; 4]),
            Estimator::Binning => {
                let range = match self.settings.bin_range {
                    BinRange::Fixed => binning::Range::Between(-1.0, 1.0),
                    BinRange::Step => binning::Range::Own,
                    BinRange::Quantile => binning::Range::Quantiles,
                    BinRange::Running | BinRange::Whole => {
                        let (low, high) = self.extremes[member][layer - 1];
                        binning::Range::Between(low, high)
                    }
                };
                let binning = binning::Binning { bins: self.settings.bins as u16, range };
                let outcomes = binning.outcomes(outputs);
                let corrected = self.settings.bin_correction;
                Box::new(move |places| {
                    let found = outcomes.information(labels, &[places], corrected);
                    let of = |pick: fn(&super::information::Information) -> f64| {
                        found.first().map_or(f64::NAN, pick)
                    };
                    [of(|i| i.inputs), f64::NAN, of(|i| i.labels), f64::NAN]
                })
            }
            Estimator::Kernel => {
                let noise = match self.settings.noise_scale {
                    NoiseScale::Relative => kernel::Noise::Relative(self.settings.kernel_noise),
                    NoiseScale::Absolute => kernel::Noise::Absolute(self.settings.kernel_noise),
                };
                let distances = kernel::Distances::new(outputs);
                Box::new(move |places| {
                    let kernel::Bounds { upper, lower } = distances.bounds(labels, places, noise);
                    [upper.inputs, lower.inputs, upper.labels, lower.labels]
                })
            }
            Estimator::Neighbours => {
                let (k, noise) = (self.settings.neighbours, self.settings.neighbour_noise);
                let mut generator = random::generator(self.seeds[member], Purpose::ActivationNoise);
                let noisy = neighbours::noisy(outputs, noise, &mut generator);
                let x = kernel::Distances::new(inputs);
                let t = kernel::Distances::new(Layer::new(&noisy, outputs.units()));
                Box::new(move |places| {
                    let inputs = neighbours::shared(&x, &t, places, k);
                    let labels = neighbours::shared_with_labels(&t, labels, places, k);
                    [inputs, f64::NAN, labels, f64::NAN]
                })
            }
            Estimator::Contrastive => {
                let Some([of_inputs, of_labels]) = &self.critics[member][layer - 1] else {
                    return Box::new(|_| [f64::NAN; 4]);
                };
                Box::new(move |places| {
                    let held = every_other(places, 1);
                    // Nothing is known to be below 0, so 0 is a bound as well; NaN stays NaN.
                    let bounds = [
                        of_inputs.bound(inputs, outputs, &held),
                        of_labels.bound(answers, outputs, &held),
                    ];
                    let [inputs, labels] =
                        bounds.map(|bound| if bound < 0.0 { 0.0 } else { bound });
                    [inputs, f64::NAN, labels, f64::NAN]
                })
            }
        }
    }

    /// Has the critics of a layer learn on every other sample, for as long as that helps with the others: a
    /// bound is one on pairs that a critic has not learned.
    fn train_critics(&mut self, outputs: Layer, answers: Layer, layer: usize, member: usize) {
        let seed = self.seeds[member];
        let all = self.points.places(member, Set::All);
        let (learned, held) = (every_other(&all, 0), every_other(&all, 1));
        let inputs = Layer::new(&self.points.rows[member], self.points.features);
        let new = |x: &Layer| {
            let settings = contrastive::Settings::default();
            contrastive::Critic::new(settings, x.units(), outputs.units(), seed)
        };
        let critics = &mut self.critics[member];
        critics.resize_with(critics.len().max(layer), || None);
        let sources = [inputs, answers];
        let critics = critics[layer - 1].get_or_insert_with(|| sources.each_ref().map(new));
        for (critic, x) in critics.iter_mut().zip(sources) {
            let learn = |critic: &mut contrastive::Critic| {
                critic.learn(x, outputs, [&learned, &held], ROUNDS, UPDATES)
            };
            // A layer that has changed much is learned sooner anew.
            let mut fresh = new(&x);
            if learn(&mut fresh) > learn(critic) {
                *critic = fresh;
            }
        }
    }

    async fn measure_complexity(
        &self,
        network: &Perceptron,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        for (set, vertices, per_point) in &self.neighbourhoods {
            let layers = network.layers(vertices);
            let hidden = layers.len() - 1;
            for (index, [before, _]) in layers.into_iter().take(hidden).enumerate() {
                let [members, _, units] = before.dims();
                let sums = read(before).await?;
                for (member, sums) in sums.chunks(sums.len() / members).enumerate() {
                    let value = complexity::changing_units(sums, units, *per_point);
                    let layer = Some(index + 1);
                    let quantity = Quantity::LocalComplexity;
                    self.put(&mut values[member], quantity, layer, Some(*set), None, value);
                }
            }
        }
        Ok(())
    }

    /// From the first layer before its activation, where lines between samples are still lines.
    async fn measure_linear_maps(
        &self,
        network: &Perceptron,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        for (set, samples, count) in &self.chords {
            let [first, _] = network.layers(samples).swap_remove(0);
            let [members, _, units] = first.dims();
            let device = first.device();
            let first = read(first).await?;
            for (member, first) in first.chunks(first.len() / members).enumerate() {
                // Member by member: all of them at once would be hundreds of megabytes.
                let chords = linear_map::chords(first, units, CHORD_POINTS);
                let rows = chords.len() / units;
                let one = network.member(member);
                let outputs = one.layers_from(tensor(chords, [1, rows, units], &device));
                let Some([outputs, _]) = outputs.last() else { continue };
                let [_, _, width] = outputs.dims();
                let outputs = read(outputs.clone()).await?;
                let value = linear_map::number(&outputs, width, *count, CHORD_POINTS);
                let quantity = Quantity::LinearMappingNumber;
                self.put(&mut values[member], quantity, None, Some(*set), None, value);
            }
        }
        Ok(())
    }

    /// Spectra of weights, and accuracy with weights of lower rank.
    async fn measure_weights(
        &self,
        network: &Perceptron,
        values: &mut [Vec<f64>],
    ) -> Result<(), DeviceError> {
        let has = |quantity| self.curves.iter().any(|curve| curve.quantity == quantity);
        let ranks: Vec<(usize, Set)> =
            self.curves.iter().filter_map(|curve| curve.rank.zip(curve.set)).collect();
        if !has(Quantity::WeightNorm) && !has(Quantity::FourierConcentration) && ranks.is_empty() {
            return Ok(());
        }
        // For each rank all parameters, those that are no layer's weights as they are.
        let mut truncated: Vec<Vec<Tensor<3>>> = vec![Vec::new(); ranks.len()];
        let mut layer = 0;
        for (index, parameter) in network.parameters.iter().enumerate() {
            if network.roles[index] != Role::Weights {
                truncated.iter_mut().for_each(|all| all.push(parameter.clone()));
                continue;
            }
            layer += 1;
            let [members, rows, columns] = parameter.dims();
            let weights = read(parameter.clone()).await?;
            let mut cut: Vec<Vec<f32>> = vec![Vec::with_capacity(weights.len()); ranks.len()];
            for (member, weights) in weights.chunks(rows * columns).enumerate() {
                let own = &mut values[member];
                if layer == 1 && has(Quantity::FourierConcentration) {
                    let spectra = fourier::Spectra::new(weights, columns);
                    let quantity = Quantity::FourierConcentration;
                    self.put(own, quantity, Some(1), None, None, spectra.participation_ratio());
                    let mut powers = spectra.mean();
                    powers.sort_by(|a, b| b.total_cmp(a));
                    let all: f64 = powers.iter().sum();
                    for (index, power) in powers.iter().enumerate() {
                        let (quantity, rank) = (Quantity::FourierShare, Some(index + 1));
                        self.put(own, quantity, Some(1), None, rank, power / all);
                    }
                }
                let spectrum = Spectrum::new(weights, rows, columns);
                if let Some(spectrum) = &spectrum {
                    let norm = spectrum.norm();
                    self.put(own, Quantity::WeightNorm, Some(layer), None, None, norm);
                    let rank = spectrum.effective_rank();
                    self.put(own, Quantity::EffectiveRank, Some(layer), None, None, rank);
                    for (index, value) in spectrum.values().iter().enumerate() {
                        let (quantity, rank) = (Quantity::SingularValue, Some(index + 1));
                        self.put(own, quantity, Some(layer), None, rank, *value);
                    }
                }
                for ((rank, _), cut) in ranks.iter().zip(&mut cut) {
                    match &spectrum {
                        Some(spectrum) => cut.extend(spectrum.truncated(*rank)),
                        None => cut.extend_from_slice(weights),
                    }
                }
            }
            for (all, cut) in truncated.iter_mut().zip(cut) {
                all.push(tensor(cut, [members, rows, columns], &parameter.device()));
            }
        }
        for ((rank, set), parameters) in ranks.into_iter().zip(truncated) {
            let outputs = network.with(parameters).forward(&self.points.inputs);
            let Some((classes, _)) = &self.points.classes else { continue };
            let [members, points, _] = outputs.dims();
            let answers = read_indices(outputs.argmax(2)).await?;
            for member in 0..members {
                let places = self.points.places(member, set);
                let right = places.iter().filter(|&&place| {
                    let row = self.points.row(member, place);
                    answers[member * points + row] == classes[member][place]
                });
                let value = right.count() as f64 / places.len() as f64;
                let quantity = Quantity::TruncatedAccuracy;
                self.put(&mut values[member], quantity, None, Some(set), Some(rank), value);
            }
        }
        Ok(())
    }
}

/// The places that are even, or odd.
fn every_other(places: &[usize], rest: usize) -> Vec<usize> {
    places.iter().copied().filter(|place| place % 2 == rest).collect()
}

/// Ten random halves, the same each time.
fn halves(places: &[usize], seed: u32) -> [Vec<usize>; 10] {
    let mut generator = random::generator(seed, Purpose::Subsamples);
    let mut places = places.to_vec();
    [(); 10].map(|()| {
        let count = places.len().div_ceil(2);
        let (half, _) = places.partial_shuffle(&mut generator, count);
        half.to_vec()
    })
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len() - 1) as f64).sqrt()
}

fn tensor(values: Vec<f32>, shape: [usize; 3], device: &Device) -> Tensor<3> {
    Tensor::from_data(TensorData::new(values, shape), device)
}
