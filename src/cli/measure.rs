//! `two-phase measure`: measures a network that was trained elsewhere.

use std::path::PathBuf;

use burn::tensor::Device;

use super::output::Output;
use super::{Failure, english};
use crate::experiment::keys;
use crate::external::{
    self, ExternalNetwork, LabelledSamples, LayerList, MeasureOptions, Resolutions,
};
use crate::text;
use crate::train::TrainError;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The weights: `safetensors.torch.save_file(model.state_dict(), path)` of an nn.Sequential.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The samples, a line each: numbers separated by commas, semicolons or tabs.
    #[arg(long, value_name = "FILE")]
    inputs: PathBuf,
    /// The number of each sample's class, a line each, counted from 0.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// The modules of the nn.Sequential in order: 'linear,relu,linear'. Activations are relu, tanh,
    /// gelu, silu, quadratic and identity.
    #[arg(long)]
    layers: String,
    /// Measurement settings to change: 'info=kernel&noise-scale=relative&kernel-noise=0.1'.
    #[arg(long, value_name = "SETTINGS", default_value = "")]
    set: String,
    /// The signal-to-noise ratio in dB at which layers are read: one for all estimators, '5', or a
    /// range at which exact information is measured, '-10..30', with a step, '-10..30:2'.
    #[arg(long, value_name = "DB", allow_hyphen_values = true)]
    snr: Option<String>,
    /// The names of the linear layers, unless their tensors are named by index: 'fc1,fc2,out' for
    /// fc1.weight, fc1.bias and so on. Other tensors are then ignored.
    #[arg(long, value_delimiter = ',')]
    names: Option<Vec<String>>,
    /// Write the object to this file; '-' is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    json: PathBuf,
}

/// The measurement settings, for `--help`.
pub(super) fn help() -> String {
    let mut help = String::from(
        "Save a network from Python with\n  \
         from safetensors.torch import save_file\n  \
         save_file(model.state_dict(), 'net.safetensors')\n\n\
         Every layer is measured in every way, mutual information by each estimator in turn. To \
         change that, --set takes (the default in brackets):\n",
    );
    let words = english();
    let usual = MeasureOptions::default().settings;
    for field in external::fields() {
        let default = match field.key {
            keys::INFO => "each of them".into(),
            _ => field.format(field.get(&usual)),
        };
        help += &format!(
            "  {:<17} {}; {} ({default})\n",
            format!("{}=", field.key),
            words.field(field),
            text::allowed(&words, &field.allowed())
        );
    }
    help += "\nBins take all samples, the other estimators the first of them up to `points`, \
             renyi at most 300; local complexity the first 50, the linear mapping number the first \
             60.\n\
             Exit codes: 0 done, 1 measuring or writing failed, 2 the arguments or a file are not \
             understood.";
    help
}

pub(super) fn run(arguments: Arguments) -> Result<(), Failure> {
    let device = Device::flex();
    let plan: LayerList = arguments.layers.parse()?;
    let mut options = MeasureOptions::from_query(&arguments.set)?;
    if let Some(resolutions) = &arguments.snr {
        options = options.at(resolutions.parse::<Resolutions>()?)?;
    }
    let network =
        ExternalNetwork::read(&arguments.weights, &plan, arguments.names.as_deref(), &device)?;
    let features = network.units()[0];
    let samples = LabelledSamples::read(&arguments.inputs, arguments.labels.as_deref(), features)?;
    let mut out = Output::open(arguments.json)?;
    let report = external::ExternalReport::new(&network, &samples, &options, &device);
    out.write_json(&pollster::block_on(report).map_err(TrainError::from)?)
}
