//! The measurements of an external network, as one JSON object.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    ExternalError, ExternalNetwork, LabelledSamples, LayerReport, Resolutions, ResolutionsError,
};
use crate::device::{DeviceError, read};
use crate::experiment::{
    Bounds, Estimator, FIELDS, Field, Group, MeasuredLayers, Settings, field, keys, pairs, shorten,
};
use crate::measure::{Probe, of_network, sample_counts};

const ESTIMATORS: [Estimator; 8] = [
    Estimator::Exact,
    Estimator::Binning,
    Estimator::Kernel,
    Estimator::Neighbours,
    Estimator::Contrastive,
    Estimator::Renyi,
    Estimator::Sliced,
    Estimator::CodingRate,
];

/// What to measure and how: by default everything, by every estimator.
#[derive(Clone, Debug)]
pub struct MeasureOptions {
    /// How to measure; `info` is ignored.
    pub settings: Settings,
    estimators: Vec<Estimator>,
    /// Where exact information is measured, if not at the setting alone, in dB.
    range: Option<Vec<i32>>,
    has_resolution: bool,
}

/// The settings that can be changed: the measurement settings, without those that only a run, or
/// only modular arithmetic, has.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| {
        field.group == Group::Measures && !matches!(field.key, keys::FOURIER | keys::MEASURE_SHARE)
    })
}

impl Default for MeasureOptions {
    fn default() -> Self {
        let settings = Settings {
            measured_layers: MeasuredLayers::All,
            bounds: Bounds::Both,
            class_variance: true,
            complexity: true,
            linear_map: true,
            spectra: true,
            truncation: true,
            ..Settings::default()
        };
        let estimators = ESTIMATORS.to_vec();
        Self { settings, estimators, range: None, has_resolution: false }
    }
}

impl MeasureOptions {
    /// Reads changes in the form of an experiment's query, `info=kernel&kernel-noise=0.2`.
    ///
    /// # Errors
    /// If a setting is not a measurement setting, or does not take its value.
    pub fn from_query(query: &str) -> Result<Self, ExternalError> {
        let mut chosen = Self::default();
        for (key, value) in &pairs(query) {
            set(&mut chosen.settings, key, value)?;
            chosen.has_resolution |= key == keys::SNR;
            if key == keys::INFO {
                chosen.estimators = vec![chosen.settings.info];
                chosen.estimators.retain(|estimator| *estimator != Estimator::Off);
            }
        }
        Ok(chosen)
    }

    /// The same with every layer read at these resolutions: a single one holds for all estimators, a
    /// range for exact information.
    ///
    /// # Errors
    /// If the settings have a resolution already, or nothing that is measured takes these.
    pub fn at(mut self, resolutions: Resolutions) -> Result<Self, ExternalError> {
        let refuse = |reason| Err(ExternalError::Resolutions(reason));
        let takes = |info: &Estimator| {
            let settings = Settings { info: *info, ..self.settings };
            field(keys::SNR).is_some_and(|field| (field.applies)(&settings))
        };
        if self.has_resolution {
            return refuse(ResolutionsError::Twice);
        }
        if !self.estimators.iter().any(takes) {
            return refuse(ResolutionsError::Unused);
        }
        match resolutions.decibels[..] {
            [decibels] if !resolutions.is_range => self.settings.snr = decibels,
            _ if !self.estimators.contains(&Estimator::Exact) => {
                return refuse(ResolutionsError::OnlyExact);
            }
            _ => self.range = Some(resolutions.decibels),
        }
        Ok(self)
    }
}

fn set(settings: &mut Settings, key: &str, value: &str) -> Result<(), ExternalError> {
    let Some(field) = field(key).filter(|field| fields().any(|known| known.key == field.key))
    else {
        return Err(ExternalError::UnknownSetting(shorten(key)));
    };
    field
        .parse(value)
        .and_then(|value| field.set(settings, value))
        .map_err(ExternalError::InvalidSetting)
}

/// The measurements.
#[derive(Debug, Serialize)]
pub struct ExternalReport {
    /// Version of this form. Raised when a name changes its meaning.
    pub version: u32,
    /// The network.
    pub network: NetworkReport,
    /// Samples in the file.
    pub samples: usize,
    /// Classes, of samples with labels: one more than the largest label.
    pub classes: Option<usize>,
    /// Fraction of samples whose largest output is that of their class, if there are enough
    /// outputs.
    pub accuracy: Option<f32>,
    /// The settings for the measurements on all samples.
    pub settings: Map<String, Json>,
    /// The values by the names of [`crate::measure::Curve`]; `null` if there is no finite value.
    pub measures: Values,
    /// Mutual information by the name of its estimator.
    pub information: BTreeMap<&'static str, EstimatorReport>,
}

/// The network.
#[derive(Debug, Serialize)]
pub struct NetworkReport {
    /// Its layers, nearest to the input first.
    pub layers: Vec<LayerReport>,
}

/// Mutual information by one estimator, in bits.
#[derive(Debug, Serialize)]
pub struct EstimatorReport {
    /// How many samples it was estimated from: the first ones.
    pub samples: usize,
    /// The estimator's settings.
    pub settings: Map<String, Json>,
    /// The values by name, `null` if there is no finite value.
    pub values: Values,
}

type Values = BTreeMap<String, Option<f32>>;

impl ExternalReport {
    /// Measures a network on samples of its width.
    ///
    /// # Errors
    /// If the device was lost.
    pub async fn new(
        network: &ExternalNetwork,
        samples: &LabelledSamples,
        chosen: &MeasureOptions,
        device: &Device,
    ) -> Result<Self, DeviceError> {
        let outputs = network.layers.last().map_or(0, |layer| layer.outputs);
        let classified = samples.classes.as_ref().is_some_and(|(_, count)| *count <= outputs);
        let plain = Settings {
            info: Estimator::Off,
            // An answer is the index of the largest output.
            truncation: chosen.settings.truncation && classified,
            ..chosen.settings
        };
        let measures = measure(network, samples, samples.count(), plain, device).await?;
        let mut information = BTreeMap::new();
        for &info in &chosen.estimators {
            let settings = Settings {
                info,
                class_variance: false,
                complexity: false,
                linear_map: false,
                spectra: false,
                truncation: false,
                ..chosen.settings
            };
            let (count, _) = sample_counts(&settings, samples.count(), 0);
            let of_estimator =
                |field: &Field| (field.applies)(&settings) && !(field.applies)(&plain);
            let mut found = EstimatorReport {
                samples: count,
                settings: described(&settings, of_estimator),
                values: Values::new(),
            };
            match chosen.range.as_ref().filter(|_| info == Estimator::Exact) {
                Some(range) => {
                    found.settings.insert(keys::SNR.into(), range.as_slice().into());
                    for snr in range {
                        let settings = Settings { snr: *snr, ..settings };
                        let values = measure(network, samples, count, settings, device).await?;
                        found.values.extend(values);
                    }
                }
                None => found.values = measure(network, samples, count, settings, device).await?,
            }
            information.insert(info.key(), found);
        }
        let accuracy = match &samples.classes {
            Some((classes, _)) if classified => {
                let inputs = tensor(samples, samples.count(), device);
                let answers = read(network.perceptron.forward(&inputs)).await?;
                let right = answers.chunks(outputs).zip(classes).filter(|(row, class)| {
                    let answer = row[**class as usize];
                    row.iter().enumerate().all(|(k, x)| k == **class as usize || *x < answer)
                });
                Some(right.count() as f32 / classes.len() as f32)
            }
            _ => None,
        };
        let shared = |field: &Field| {
            (field.applies)(&plain) || matches!(field.key, keys::LAYERS | keys::POINTS)
        };
        Ok(Self {
            version: 1,
            network: NetworkReport { layers: network.layers.clone() },
            samples: samples.count(),
            classes: samples.classes.as_ref().map(|(_, count)| *count),
            accuracy,
            settings: described(&plain, |field| field.key != keys::INFO && shared(field)),
            measures,
            information,
        })
    }
}

/// The values of the settings that are wanted, by key.
fn described(settings: &Settings, wanted: impl Fn(&Field) -> bool) -> Map<String, Json> {
    fields()
        .filter(|field| wanted(field))
        .map(|field| (field.key.to_owned(), field.to_json(field.get(settings))))
        .collect()
}

async fn measure(
    network: &ExternalNetwork,
    samples: &LabelledSamples,
    count: usize,
    settings: Settings,
    device: &Device,
) -> Result<Values, DeviceError> {
    let curves = of_network(&settings, &network.units(), samples.classes.is_some());
    let names: Vec<String> = curves.iter().map(ToString::to_string).collect();
    let classes = samples.classes.as_ref();
    let classes = classes.map(|(classes, all)| (classes[..count].to_vec(), *all));
    let inputs = tensor(samples, count, device);
    let widest = network.units().into_iter().max().unwrap_or(1);
    let mut probe = Probe::for_samples(curves, settings, widest, inputs, classes).await?;
    let values = probe.measure(&network.perceptron).await?;
    Ok(names.into_iter().zip(values.into_iter().flatten()).collect())
}

/// The first samples, `[1, samples, features]`.
fn tensor(samples: &LabelledSamples, count: usize, device: &Device) -> Tensor<3> {
    let rows = samples.inputs[..count * samples.features].to_vec();
    Tensor::from_data(TensorData::new(rows, [1, count, samples.features]), device)
}
