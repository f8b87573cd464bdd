//! Named starting points whose results over several seeds are known, and their controls.

use super::Experiment;

/// A named starting point. Its label and description are the message `preset-KEY` of
/// [`crate::text`].
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// The key in URLs, on the command line and in message ids.
    pub key: &'static str,
    /// The key of the setting that matters most for it.
    pub main_setting: &'static str,
    /// What differs from the default, as a query string.
    pub(super) settings: &'static str,
}

impl Preset {
    /// Every preset, the default first.
    pub const ALL: &[Self] = PRESETS;

    /// The preset with the given key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.key == key)
    }

    /// Its experiment, unchanged.
    #[must_use]
    pub fn experiment(&'static self) -> Experiment {
        Experiment::preset(self)
    }
}

macro_rules! presets {
    ($($key:literal $main_setting:literal $settings:literal)*) => {
        &[$(Preset { key: $key, main_setting: $main_setting, settings: $settings }),*]
    };
}

/// Key, main setting, and what differs from the default. The tests in `tests/recipes` hold each to a
/// calibration over several seeds.
const PRESETS: &[Preset] = presets! {
    "grokking" "wd"
    ""

    "grokking-fast" "wd"
    "lr=0.01&steps=1500"

    "grokking-slow" "wd"
    "lr=0.001&steps=12000"

    "grokking-light" "wd"
    "width=64&steps=3000"

    "grokking-17" "wd"
    "p=17&frac=0.6&steps=2500"

    "grokking-cross-entropy" "smoothing"
    "loss=cross-entropy&lr=0.01&wd=0.5&steps=3000"

    "grokking-relu" "wd"
    "activation=relu&frac=0.7&lr=0.01&wd=0.5&steps=3000"

    "grokking-relu-cross-entropy" "smoothing"
    "activation=relu&loss=cross-entropy&frac=0.7&lr=0.01&steps=2500"

    "grokking-deep" "wd"
    "activation=relu&deeper=24tanh&frac=0.7&steps=4000&layers=all&spread=1&complexity=1"

    "grokking-measured" "snr"
    "seeds=3&layers=all&map=1&spread=1&complexity=1&linear-map=1&spectra=1&fourier=1&truncation=1"

    "no-weight-decay" "wd"
    "wd=0"

    "decay-compared" "wd"
    "wd=1,3&steps=3000"

    "decay-sweep" "wd"
    "wd=0,0.5,1,2,3,6&steps=6000"

    "gated-decay" "wd"
    "wd=3&gate=1&steps=2000"

    "noise-for-decay" "noise"
    "noise=0.6&wd=0&steps=3000"

    "orthograd" "wd"
    "orthograd=1&wd=0&steps=1000"

    "grokfast" "grokfast-lambda"
    "grokfast-lambda=2&steps=6000"

    "map-decay-rate" "wd"
    "lr=0.0025,0.005,0.01,0.02,0.04,0.08&wd=0,0.5,1,2,4,8&seeds=1&steps=1500"

    "map-fraction-decay" "wd"
    "frac=0.4,0.45,0.5,0.55,0.6,0.7&lr=0.01&wd=0,0.5,1,2,4,8&seeds=1&steps=1500"

    "map-scale-decay" "alpha"
    "alpha=0.5,1,2,3,4,6&lr=0.01&wd=0,0.25,0.5,1,2,4&seeds=1&steps=1500"

    "hurry" "wd"
    "steps=3000&methods=wd:3,noise:0.3,orthograd:1/wd:0,grokfast-lambda:2,lr:0.009/wd:0.3333"

    "hurry-cross-entropy" "smoothing"
    "loss=cross-entropy&lr=0.01&wd=0.5&steps=2000&methods=smoothing:0.1,wd:1.5,orthograd:1/wd:0,lr:0.03/wd:0.1667"

    "over-compression" "wd"
    "steps=2500&methods=wd:10,orthograd:1,lr:0.009/wd:0.3333"

    "digits" "wd"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9"

    "digits-measured" "snr"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&seeds=3&layers=all&map=1&spread=1&complexity=1&radius=0.3&linear-map=1&spectra=1&truncation=1"

    "digits-small-start" "alpha"
    "data=digits&activation=relu&width=200&bias=1&init=he&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&steps=500"

    "digits-no-decay" "wd"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0&beta2=0.999&goal=0.9"

    "digits-cross-entropy" "loss"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&loss=cross-entropy&steps=1000"

    "double-descent-time" "slow-scale"
    "data=two-scale&model=linear&alpha=0&bias=1&optimiser=sgd&lr=0.02&wd=0&seeds=10"

    "double-descent-theory" "target-noise"
    "data=two-scale&model=linear&alpha=0&optimiser=sgd&lr=0.05&beta1=0&wd=0&fast-features=30&samples=1500&target-noise=12&seeds=10"

    "double-descent-time-control" "slow-scale"
    "data=two-scale&model=linear&alpha=0&bias=1&optimiser=sgd&lr=0.02&wd=0&seeds=10&slow-scale=1"

    "double-descent-features" "ridge"
    "data=digits&model=random-features&activation=relu&width=10,20,30,40,60,80,100,120,140,160,180,190,200,210,220,240,280,320,400,500,700,1000,1400,1800&bias=1&bias-scale=0.3&alpha=8&label-noise=0.2&optimiser=minimum-norm&steps=1&seeds=10"

    "double-descent-width" "label-noise"
    "data=digits&pca=20&activation=relu&width=4,6,8,12,16,24,32,48,64,96,128,256&bias=1&bias-scale=0.1&label-noise=0.2&optimiser=adam&lr=0.01&wd=0&beta2=0.999&schedule=linear&steps=3000&seeds=3"

    "double-descent-samples" "width"
    "data=digits&pca=20&activation=relu&width=64&samples=20,30,40,60,80,100,120,150,200,250,300,400,600&bias=1&bias-scale=0.1&label-noise=0.2&optimiser=adam&lr=0.01&wd=0&beta2=0.999&schedule=linear&steps=3000&seeds=3"

    "digits-over-time" "label-noise"
    "data=digits&activation=relu&width=128&bias=1&init=he&label-noise=0.2&optimiser=adam&lr=0.001&wd=0&beta2=0.999&steps=4000"

    "information-plane" "bin-range"
    "data=icosahedron&frac=0.85&activation=tanh&width=10&deeper=7tanh-5tanh-4tanh-3tanh&bias=1&init=clipped&alpha=0.6&loss=cross-entropy&optimiser=adam&lr=0.003&wd=0&beta2=0.999&batch=256&steps=5200&info=binning&bin-range=fixed&layers=all"

    "information-plane-relu" "bin-range"
    "data=icosahedron&frac=0.85&activation=relu&width=16&deeper=12relu-10relu-8relu-6relu&bias=1&init=clipped&loss=cross-entropy&optimiser=adam&lr=0.003&wd=0&beta2=0.999&batch=256&steps=5200&info=binning&bin-range=whole&layers=all"
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::field;

    #[test]
    fn every_preset_is_valid_and_its_main_setting_applies() {
        for preset in Preset::ALL {
            let parsed = Experiment::from_query(&format!("preset={}", preset.key));
            assert_eq!(parsed.notes, [], "{}", preset.key);
            assert_eq!(parsed.experiment, preset.experiment());
            let main = field(preset.main_setting).expect("the main setting is a field");
            assert!((main.applies)(&parsed.experiment.settings), "{}", preset.key);
            let default = &Preset::ALL[0];
            assert!(
                preset == default
                    || parsed.experiment.settings != default.experiment().settings
                    || !parsed.experiment.has_one_configuration()
            );
        }
    }
}
