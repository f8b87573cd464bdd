//! Named starting points whose results over several seeds are known, and their controls.

use super::Experiment;

/// A named starting point.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name in URLs and on the command line.
    pub key: &'static str,
    /// The name on the page.
    pub label: &'static str,
    /// What it shows, in a sentence or two.
    pub about: &'static str,
    /// The setting that matters most for it.
    pub knob: &'static str,
    /// What differs from the default, as a query string.
    pub(super) settings: &'static str,
}

impl Preset {
    /// Every preset, the default first.
    pub const ALL: &[Self] = PRESETS;

    /// The preset with the given name.
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
    ($($key:literal $label:literal $knob:literal $settings:literal $about:literal)*) => {
        &[$(Preset {
            key: $key,
            label: $label,
            knob: $knob,
            settings: $settings,
            about: $about,
        }),*]
    };
}

/// Settings and figures are those of recipes with several seeds each; the tests in `tests/` check
/// them.
const PRESETS: &[Preset] = presets! {
    "grokking" "Grokking: modular addition" "wd" ""
    "Modular addition: the networks memorise half of the table within 50 steps and work out the \
     other half some 1,600 steps later. Their test loss first rises above that of guessing: a double \
     descent over time, in the loss and not in the accuracy."

    "grokking-fast" "Grokking, three times faster" "wd" "lr=0.01&steps=1500"
    "The same at three times the learning rate: both phases are some three times shorter."

    "grokking-slow" "Grokking, three times slower" "wd" "lr=0.001&steps=12000"
    "The same at a third of the learning rate: both phases are some three times longer."

    "grokking-light" "Grokking, narrower networks" "wd" "width=64&steps=3000"
    "Half as many hidden units: the wait is shorter in the median, and differs five-fold between \
     seeds."

    "grokking-17" "Grokking modulo 17" "wd" "p=17&frac=0.6&steps=2500"
    "A smaller table, of which 60% is trained on."

    "grokking-cross-entropy" "Grokking with cross-entropy" "smoothing"
    "loss=cross-entropy&lr=0.01&wd=0.5&steps=3000"
    "Cross-entropy instead of squared error. Label smoothing of 0.1 shortens the wait about three \
     times here; with squared error it changes nothing."

    "grokking-relu" "Grokking with ReLU" "wd" "activation=relu&frac=0.7&lr=0.01&wd=0.5&steps=3000"
    "ReLU units need 70% of the table."

    "grokking-relu-cross-entropy" "Grokking with ReLU and cross-entropy" "smoothing"
    "activation=relu&loss=cross-entropy&frac=0.7&lr=0.01&steps=2500"
    "ReLU units with cross-entropy: here three times the weight decay stops generalisation instead \
     of hastening it."

    "grokking-deep" "Grokking, two hidden layers" "wd"
    "activation=relu&deeper=24tanh&frac=0.7&steps=4000&layers=all&spread=1&complexity=1"
    "A narrow tanh layer behind the ReLU units: memorised by step 100, generalised one to two and a \
     half thousand steps later. The narrow layer compresses meanwhile, and its local complexity rises and \
     falls; on samples held back both come late."

    "grokking-measured" "Grokking, everything measured" "kernel-noise"
    "seeds=3&layers=all&spread=1&complexity=1&linear-map=1&spectra=1&fourier=1&truncation=1"
    "The first experiment with every measure. The outputs compress and the waves in the first weights grow \
     clearer, while the hidden layer does not compress, its local complexity does not fall, the norm of the \
     first weights does not either, and the linear mapping number on the samples trained on rises. Measuring goes on after training."

    "no-weight-decay" "Control: no weight decay" "wd" "wd=0"
    "Without weight decay the networks memorise just as fast and stay there."

    "decay-compared" "Weight decay 1 against 3" "wd" "wd=1,3&steps=3000"
    "The same networks at weight decay 1 and 3, side by side: the second phase gets some six times \
     shorter, the first stays as it was."

    "gated-decay" "Weight decay once memorised" "wd" "wd=3&gate=1&steps=2000"
    "No weight decay until everything is memorised, then three times as much: the second phase comes \
     as fast as with that much from the start, so the second phase is where decay acts."

    "noise-for-decay" "Noise instead of weight decay" "noise" "noise=0.6&wd=0&steps=3000"
    "No weight decay, but noise on the hidden units: information that is paid for. The networks \
     generalise two to three times sooner than with weight decay 1. With cross-entropy it fails."

    "orthograd" "OrthoGrad" "wd" "orthograd=1&wd=0&steps=1000"
    "Without the part of the gradient that only lengthens the weights, and without weight decay, \
     the wait shrinks from some 1,800 steps to 100. It fails with cross-entropy, and with weight decay the networks \
     collapse soon after."

    "grokfast" "Grokfast" "grokfast-lambda" "grokfast-lambda=2&steps=6000"
    "Amplifying slow gradients with the published settings makes these networks slower, not faster; \
     with α = 0.9 they are some two times faster."

    "digits" "Digits: large initial weights" "wd"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9"
    "Handwritten digits from large initial weights: 200 images are memorised by step 225 with some 22% \
     of the others right, and 90% of those are right some 1,100 steps later."

    "digits-measured" "Digits, everything measured" "kernel-noise"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&seeds=3&layers=all&kernel-noise=0.1&spread=1&complexity=1&radius=0.3&linear-map=1&spectra=1&truncation=1"
    "Where the measures agree best with the idea of two phases: the linear mapping number rises while the digits are \
     memorised and falls again, and both layers compress, on new images too. But they do so after the \
     accuracy has risen. Measuring goes on for a while after training."

    "digits-small-start" "Control: digits from small weights" "alpha"
    "data=digits&activation=relu&width=200&bias=1&init=he&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&steps=500"
    "The same from weights of ordinary size: no wait at all. The delay comes from the initial scale."

    "digits-no-decay" "Control: digits without weight decay" "wd"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0&beta2=0.999&goal=0.9"
    "Large initial weights without weight decay: memorised as fast, and stuck at 20% on new images."

    "digits-cross-entropy" "Control: digits with cross-entropy" "loss"
    "data=digits&activation=relu&width=200&bias=1&init=he&alpha=8&lr=0.01&wd=0.1&beta2=0.999&goal=0.9&loss=cross-entropy&steps=1000"
    "Cross-entropy instead of squared error: most new images are right as soon as the old ones are."

    "double-descent-time" "Double descent over time" "slow-scale"
    "data=two-scale&model=linear&alpha=0&bias=1&optimiser=sgd&lr=0.02&wd=0&seeds=10"
    "Linear regression with fast and slow features: the test error falls, rises to a broad top between \
     steps 20 and 100 while the slow features are not learned yet and act as noise, and falls again. \
     At slow scale 1 it goes away; without target noise it stays. The thin line is a theory for many more \
     samples than features, which has no such peak."

    "double-descent-theory" "Double descent over time, and its theory" "target-noise"
    "data=two-scale&model=linear&alpha=0&optimiser=sgd&lr=0.05&beta1=0&wd=0&fast-features=30&samples=1500&target-noise=12&seeds=10"
    "The same with 1,500 samples for 40 features, noisy targets and no momentum, where the closed form of Heckel and \
     Yilmaz holds: it is the thin line. With the noise below 5 the peak is gone."

    "double-descent-time-control" "Control: no slow features" "slow-scale"
    "data=two-scale&model=linear&alpha=0&bias=1&optimiser=sgd&lr=0.02&wd=0&seeds=10&slow-scale=1"
    "With all features of one scale there is no such peak."

    "double-descent-features" "Double descent over features" "ridge"
    "data=digits&model=random-features&activation=relu&width=10,20,30,40,60,80,100,120,140,160,180,190,200,210,220,240,280,320,400,500,700,1000,1400,1800&bias=1&bias-scale=0.3&alpha=8&label-noise=0.2&optimiser=minimum-norm&steps=1&seeds=10"
    "Of all fits of random features that hit every label, the one with the smallest weights, to 200 images with noisy labels: as many features as \
     images is the worst number. A ridge of 0.001 takes most of the peak away."

    "double-descent-width" "Double descent over width" "label-noise"
    "data=digits&pca=20&activation=relu&width=4,6,8,12,16,24,32,48,64,96,128,256&bias=1&bias-scale=0.1&label-noise=0.2&optimiser=adam&lr=0.01&wd=0&beta2=0.999&schedule=linear&steps=3000&seeds=3"
    "Trained networks of twelve widths on 200 images with noisy labels: those that can just about \
     memorise them do worst. Without label noise, or stopped at step 100, there is hardly a peak."

    "double-descent-samples" "Double descent over samples" "width"
    "data=digits&pca=20&activation=relu&width=64&samples=20,30,40,60,80,100,120,150,200,250,300,400,600&bias=1&bias-scale=0.1&label-noise=0.2&optimiser=adam&lr=0.01&wd=0&beta2=0.999&schedule=linear&steps=3000&seeds=3"
    "Networks of one width on more and more images with noisy labels: near the number that they can \
     just memorise, more data makes them worse. Without label noise it does not."

    "digits-over-time" "No double descent: digits over time" "label-noise"
    "data=digits&activation=relu&width=128&bias=1&init=he&label-noise=0.2&optimiser=adam&lr=0.001&wd=0&beta2=0.999&steps=4000"
    "Networks on noisy labels: the test error is lowest long before they have memorised, rises, and does not fall again. \
     No setting of small networks on digits that was tried showed a second descent over time. Try yours."

    "information-plane" "Information plane: tanh" "bin-range"
    "data=icosahedron&frac=0.85&activation=tanh&width=10&deeper=7tanh-5tanh-4tanh-3tanh&bias=1&init=clipped&alpha=0.6&loss=cross-entropy&optimiser=adam&lr=0.003&wd=0&beta2=0.999&batch=256&steps=5200&info=binning&bin-range=fixed&layers=all"
    "Twelve bits on the corners of an icosahedron, and a yes-or-no rule with its symmetry to be learned by a \
     deep narrow network: the setting in which the information bottleneck was first drawn. In the last \
     hidden layer and the outputs the estimate rises and falls again. Take another range of the bins, or pairwise bounds, and see \
     what stays."

    "information-plane-relu" "Information plane: ReLU" "bin-range"
    "data=icosahedron&frac=0.85&activation=relu&width=16&deeper=12relu-10relu-8relu-6relu&bias=1&init=clipped&loss=cross-entropy&optimiser=adam&lr=0.003&wd=0&beta2=0.999&batch=256&steps=5200&info=binning&bin-range=whole&layers=all"
    "The same rule with ReLU units, which do not saturate. With bins over the range of the whole run no hidden \
     layer compresses; with bins over the range at each step the later ones do. The same networks, two rulers."
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::field;

    #[test]
    fn every_preset_is_read_without_a_complaint_and_its_knob_makes_a_difference() {
        for preset in Preset::ALL {
            let parsed = Experiment::from_query(&format!("preset={}", preset.key));
            assert_eq!(parsed.notes, Vec::<String>::new(), "{}", preset.key);
            assert_eq!(parsed.experiment, preset.experiment());
            let knob = field(preset.knob).expect("the knob is a setting");
            assert!((knob.applies)(&parsed.experiment.settings), "{}", preset.key);
            let default = &Preset::ALL[0];
            assert!(
                preset == default
                    || parsed.experiment.settings != default.experiment().settings
                    || parsed.experiment.lists().next().is_some()
            );
        }
    }
}
