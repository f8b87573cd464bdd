//! Predictions of theory for an experiment, to compare with its curves.

use crate::experiment::{Data, ModelKind, Optimiser, Schedule, Settings};

/// The expected test loss of two-scale linear regression at the given steps, in rising order, for
/// many more samples than features. `None` for other experiments, and unless they are trained by
/// plain gradient descent from zero on all samples.
///
/// With `n` samples of independent features of scale `σ_i`, targets `Σ θ_i x_i / σ_i` and noise of
/// variance `s²` (Heckel & Yilmaz, arXiv 2007.10099, theorem 1),
///
/// `R(k) = Σ θ_i² p_i(k)² + (s² / n) Σ (1 - p_i(k))²`,
///
/// where `p_i(k) = (1 - η σ_i²)^k` is the fraction of a feature that is still to be learned; `η` is
/// twice the learning rate, as the loss is the mean of squares. With momentum `p_i` follows the
/// same recursion as the weights (Polyak 1964).
///
/// The theory replaces a mean over samples by an expectation. It leaves out that features which are
/// not learned yet act as noise on the others: a term of order features / `n`.
#[must_use]
pub fn risk(settings: &Settings, steps: &[u32]) -> Option<Vec<f64>> {
    let holds = settings.data == Data::TwoScale
        && settings.model == ModelKind::Linear
        && settings.optimiser == Optimiser::Sgd
        && settings.schedule == Schedule::Constant
        && settings.alpha == 0.0
        && settings.wd == 0.0
        && settings.grokfast_lambda == 0.0
        && settings.rank_penalty == 0.0
        && settings.batch == 0
        && settings.warmup == 0
        && !settings.orthograd
        && !settings.constant_norm;
    if !holds {
        return None;
    }
    let signal = Settings::TWO_SCALE_NORM.powi(2);
    let noise = settings.target_noise.powi(2) / settings.train_samples() as f64;
    // Features of one scale behave alike: their scale, their number and the sum of their θ².
    let bias = if settings.bias { 1.0 } else { 0.0 };
    let mut kinds = [
        (1.0, settings.fast_features as f64, signal),
        (settings.slow_scale, Settings::SLOW_FEATURES as f64, signal),
        (1.0, bias, 0.0),
    ]
    .map(|(scale, count, signal)| (Unlearned::new(scale), count, signal));
    let mut step = 0;
    let at = |&wanted: &u32| {
        while step < wanted {
            step += 1;
            for (unlearned, ..) in &mut kinds {
                unlearned.advance(settings.lr, settings.beta1);
            }
        }
        kinds
            .iter()
            .map(|(Unlearned { fraction, .. }, count, signal)| {
                signal * fraction.powi(2) + noise * count * (1.0 - fraction).powi(2)
            })
            .sum()
    };
    Some(steps.iter().map(at).collect())
}

/// The fraction of a feature that gradient descent has not learned yet.
struct Unlearned {
    /// Curvature of the loss along the feature.
    curvature: f64,
    fraction: f64,
    velocity: f64,
}

impl Unlearned {
    fn new(scale: f64) -> Self {
        Self { curvature: 2.0 * scale * scale, fraction: 1.0, velocity: 0.0 }
    }

    fn advance(&mut self, rate: f64, momentum: f64) {
        self.velocity = momentum * self.velocity + self.curvature * self.fraction;
        self.fraction -= rate * self.velocity;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn settings(query: &str) -> Settings {
        let parsed = Experiment::from_query(query);
        assert_eq!(parsed.notes, []);
        parsed.experiment.settings
    }

    #[test]
    fn without_momentum_the_risk_has_its_closed_form() {
        let settings = settings(
            "preset=double-descent-time&beta1=0&bias=0&lr=0.05&slow-scale=0.15&samples=1000&target-noise=3",
        );
        let steps = [0, 1, 7, 100, 4000];
        let expected = steps.map(|k| {
            let fraction = |scale: f64| (1.0 - 0.1 * scale * scale).powi(k as i32);
            let [fast, slow] = [fraction(1.0), fraction(0.15)];
            let bias = 140.0 * (4.0 / 140.0) * fast.powi(2) + 10.0 * 0.4 * slow.powi(2);
            bias + 9.0 / 1000.0 * (140.0 * (1.0 - fast).powi(2) + 10.0 * (1.0 - slow).powi(2))
        });
        for (got, expected) in risk(&settings, &steps).expect("applies").iter().zip(expected) {
            assert!((got - expected).abs() < 1e-9, "{got} against {expected}");
        }
    }

    #[test]
    fn there_is_no_risk_curve_for_what_the_theorem_does_not_cover() {
        for query in [
            "preset=grokking",
            "preset=double-descent-time&wd=0.1",
            "preset=double-descent-time&batch=32",
            "preset=double-descent-time&model=perceptron",
            "preset=double-descent-time&optimiser=adam",
        ] {
            assert_eq!(risk(&settings(query), &[0, 1]), None, "{query}");
        }
    }
}
