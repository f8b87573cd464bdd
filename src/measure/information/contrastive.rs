//! A lower bound on mutual information from a critic that learns to tell which `t` belongs to which
//! `x`: InfoNCE (van den Oord et al., arXiv 1807.03748; Poole et al., arXiv 1905.06922, equation
//! 12).
//!
//! For a batch of `B` pairs and a critic `f`, `I(X;T) ≥ ⟨log2 e^f(x_i,t_i) / ((1/B) Σ_j
//! e^f(x_i,t_j))⟩`, which cannot exceed `log2 B`. It is a bound for pairs that the critic has not
//! memorised: those not trained on. Even the best critic falls short: for `m` equally likely
//! outputs, all far apart and fewer than a batch has pairs, by some `(m - 1) / 2B` nats, because
//! others in the batch have the same one.
//!
//! The critic is separable, `f(x,t) = g(x)·h(t)`, each factor a perceptron with one hidden layer of
//! rectified units. It is kept from one measurement to the next and trained a little at each:
//! beside a network whose layers change slowly it need not start over. Gradients are written out by
//! hand, because a batch is too small for a device to pay off.

use std::f32::consts::LOG2_E;

use rand::seq::SliceRandom;

use super::LayerOutputs;
use super::kernel::exp2;
use crate::measure::CONTRASTIVE_BATCH;
use crate::random::{self, Generator, Purpose, normals};

/// The form of a critic and how it learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticSettings {
    /// Pairs in a batch; the bound cannot exceed their number's logarithm.
    pub batch: usize,
    /// Hidden units of each factor.
    pub hidden: usize,
    /// Length of the vectors `g(x)` and `h(t)`.
    pub embedding: usize,
    /// Adam's learning rate.
    pub rate: f32,
}

impl Default for CriticSettings {
    fn default() -> Self {
        Self { batch: CONTRASTIVE_BATCH, hidden: 64, embedding: 16, rate: 2e-3 }
    }
}

/// A critic in training.
pub struct Critic {
    settings: CriticSettings,
    g: CriticMlp,
    h: CriticMlp,
    generator: Generator,
    seed: u32,
}

impl Critic {
    /// An untrained critic of `inputs` numbers for `x` and `outputs` for `t`.
    #[must_use]
    pub fn new(settings: CriticSettings, inputs: usize, outputs: usize, seed: u32) -> Self {
        let mut generator = random::generator(seed, Purpose::Critic);
        let CriticSettings { hidden, embedding, .. } = settings;
        let g = CriticMlp::new([inputs, hidden, embedding], &mut generator);
        let h = CriticMlp::new([outputs, hidden, embedding], &mut generator);
        Self { settings, g, h, generator, seed }
    }

    /// The largest value of the bound, in bits, for batches from so many samples.
    #[must_use]
    pub fn ceiling(&self, samples: usize) -> f64 {
        (self.settings.batch.min(samples) as f64).log2()
    }

    /// Trains on batches drawn without replacement from some of the samples.
    ///
    /// Both layers are shifted and scaled to a mean square of 1 first, over all their samples.
    /// Nothing is learned from one that is not finite.
    pub fn train(&mut self, x: LayerOutputs, t: LayerOutputs, samples: &[usize], updates: usize) {
        let (x, t) = (Scaled::new(x), Scaled::new(t));
        if samples.is_empty() || !(x.is_finite && t.is_finite) {
            return;
        }
        let mut samples = samples.to_vec();
        for _ in 0..updates {
            let (batch, _) = samples.partial_shuffle(&mut self.generator, self.settings.batch);
            let (_, [for_g, for_h]) = gradients(&self.g, &self.h, &x.rows(batch), &t.rows(batch));
            self.g.step(&for_g, self.settings.rate);
            self.h.step(&for_h, self.settings.rate);
        }
    }

    /// Trains on `learned` for as long as the bound on `held` rises, and returns that bound: few
    /// samples are soon memorised. It comes from the best of a few critics, so it is a
    /// little high.
    ///
    /// At most `rounds` rounds of `updates`; ends after two that bring nothing.
    pub fn learn(
        &mut self,
        x: LayerOutputs,
        t: LayerOutputs,
        [learned, held]: [&[usize]; 2],
        rounds: usize,
        updates: usize,
    ) -> f64 {
        const PATIENCE: usize = 2;
        let mut best = self.bound(x, t, held);
        let mut kept = (self.g.clone(), self.h.clone());
        let mut idle = 0;
        for _ in 0..rounds {
            self.train(x, t, learned, updates);
            let bound = self.bound(x, t, held);
            if bound > best {
                (best, idle) = (bound, 0);
                kept = (self.g.clone(), self.h.clone());
            } else {
                idle += 1;
                if idle == PATIENCE {
                    break;
                }
            }
        }
        (self.g, self.h) = kept;
        best
    }

    /// The bound in bits, the mean over batches into which some of the samples are divided at
    /// random; those that do not fill a batch are left out. Not a number without samples, or if an
    /// output is not finite.
    ///
    /// Batches are the same every time, so that a curve shows no change of theirs. On samples that
    /// the critic was trained on it is no bound.
    #[must_use]
    pub fn bound(&self, x: LayerOutputs, t: LayerOutputs, samples: &[usize]) -> f64 {
        let (x, t) = (Scaled::new(x), Scaled::new(t));
        let mut samples = samples.to_vec();
        samples.shuffle(&mut random::generator(self.seed, Purpose::CriticBatches));
        let size = self.settings.batch.min(samples.len());
        if size == 0 || !(x.is_finite && t.is_finite) {
            return f64::NAN;
        }
        let batches = samples.chunks_exact(size);
        let count = batches.len() as f64;
        let of = |batch| {
            let (g, h) = (self.g.forward(&x.rows(batch)), self.h.forward(&t.rows(batch)));
            bound_of(&g.output, &h.output, size).0
        };
        batches.map(of).sum::<f64>() / count
    }
}

/// The bound of a batch in bits, and the gradients of its negative in nats for the parameters of
/// `g` and of `h`; `x` and `t` are `[batch, units]`.
fn gradients(g: &CriticMlp, h: &CriticMlp, x: &[f32], t: &[f32]) -> (f64, [Vec<f32>; 2]) {
    let (batch, embedding) = (x.len() / g.units[0], g.units[2]);
    let (of_x, of_t) = (g.forward(x), h.forward(t));
    let (bound, scores) = bound_of(&of_x.output, &of_t.output, batch);
    let for_g = product(&scores, &of_t.output, [batch, batch, embedding]);
    let for_h = product(&transposed(&scores, batch), &of_x.output, [batch, batch, embedding]);
    (bound, [g.backward(x, &of_x, &for_g), h.backward(t, &of_t, &for_h)])
}

/// The bound in bits of a batch whose `g(x)` and `h(t)` are given, `[batch, embedding]`, and the
/// gradient of its negative in nats for the scores, `[batch, batch]`: `(softmax - 1) / batch`.
fn bound_of(g: &[f32], h: &[f32], batch: usize) -> (f64, Vec<f32>) {
    let embedding = g.len() / batch;
    let mut scores = product(g, &transposed(h, batch), [batch, embedding, batch]);
    let mut nats = 0.0;
    for (own, row) in scores.chunks_exact_mut(batch).enumerate() {
        let largest = row.iter().fold(f32::NEG_INFINITY, |max, score| max.max(*score));
        let own_score = row[own] - largest;
        row.iter_mut().for_each(|score| *score = exp2((*score - largest) * LOG2_E));
        let sum: f32 = row.iter().sum();
        nats += f64::from(own_score) - f64::from(sum).ln() + (batch as f64).ln();
        row.iter_mut().for_each(|score| *score /= sum * batch as f32);
        row[own] -= 1.0 / batch as f32;
    }
    (nats / batch as f64 * std::f64::consts::LOG2_E, scores)
}

/// A layer less its means, over its root mean square deviation.
struct Scaled {
    values: Vec<f32>,
    units: usize,
    is_finite: bool,
}

impl Scaled {
    fn new(layer: LayerOutputs) -> Self {
        let (means, variance) = layer.moments();
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        let rows = (0..layer.rows()).map(|sample| layer.row(sample));
        let scaled = |(value, mean): (&f32, &f64)| ((f64::from(*value) - mean) * scale) as f32;
        let values = rows.flat_map(|row| row.iter().zip(&means).map(scaled)).collect();
        Self { values, units: layer.units(), is_finite: variance.is_finite() }
    }

    fn rows(&self, samples: &[usize]) -> Vec<f32> {
        let row = |sample: &usize| &self.values[sample * self.units..(sample + 1) * self.units];
        samples.iter().flat_map(row).copied().collect()
    }
}

/// One hidden layer of rectified units, with the state of Adam (Kingma & Ba, arXiv 1412.6980).
///
/// The network of `train::cpu` cannot serve here: it derives a loss of its own outputs alone, while
/// this loss joins two networks. Another order of sums would also change every measured curve.
#[derive(Clone, Debug)]
struct CriticMlp {
    /// Inputs, hidden units, outputs.
    units: [usize; 3],
    /// Weights `[inputs, hidden]`, hidden biases, weights `[hidden, outputs]`, output biases.
    parameters: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    updates: i32,
}

/// Hidden activations and outputs for a batch: `[batch, hidden]` and `[batch, outputs]`.
struct Pass {
    hidden: Vec<f32>,
    output: Vec<f32>,
}

impl CriticMlp {
    fn new(units: [usize; 3], generator: &mut Generator) -> Self {
        let [inputs, hidden, outputs] = units;
        let mut parameters = normals(generator, inputs * hidden, (2.0 / inputs as f64).sqrt());
        parameters.extend(normals(generator, hidden, 0.1));
        parameters.extend(normals(generator, hidden * outputs, (1.0 / hidden as f64).sqrt()));
        parameters.extend(vec![0.0; outputs]);
        let parameters: Vec<f32> = parameters.iter().map(|p| *p as f32).collect();
        let zeros = vec![0.0; parameters.len()];
        Self { units, parameters, first: zeros.clone(), second: zeros, updates: 0 }
    }

    /// Weights and biases, layer by layer.
    fn split(&self) -> [&[f32]; 4] {
        let [inputs, hidden, outputs] = self.units;
        let (one, rest) = self.parameters.split_at(inputs * hidden);
        let (two, rest) = rest.split_at(hidden);
        let (three, four) = rest.split_at(hidden * outputs);
        [one, two, three, four]
    }

    fn forward(&self, x: &[f32]) -> Pass {
        let [inputs, hidden_units, outputs] = self.units;
        let [weights, biases, out_weights, out_biases] = self.split();
        let batch = x.len() / inputs;
        let mut hidden = product(x, weights, [batch, inputs, hidden_units]);
        for row in hidden.chunks_exact_mut(hidden_units) {
            row.iter_mut().zip(biases).for_each(|(unit, bias)| *unit = (*unit + bias).max(0.0));
        }
        let mut output = product(&hidden, out_weights, [batch, hidden_units, outputs]);
        for row in output.chunks_exact_mut(outputs) {
            row.iter_mut().zip(out_biases).for_each(|(unit, bias)| *unit += bias);
        }
        Pass { hidden, output }
    }

    /// The gradient for the parameters from that for the outputs, `[batch, outputs]`.
    fn backward(&self, x: &[f32], pass: &Pass, output: &[f32]) -> Vec<f32> {
        let [inputs, hidden_units, outputs] = self.units;
        let batch = x.len() / inputs;
        let out_weights = transposed(self.split()[2], hidden_units);
        let mut hidden = product(output, &out_weights, [batch, outputs, hidden_units]);
        for (gradient, unit) in hidden.iter_mut().zip(&pass.hidden) {
            if *unit == 0.0 {
                *gradient = 0.0;
            }
        }
        let mut all = product(&transposed(x, batch), &hidden, [inputs, batch, hidden_units]);
        all.extend(column_sums(&hidden, hidden_units));
        let by_unit = transposed(&pass.hidden, batch);
        all.extend(product(&by_unit, output, [hidden_units, batch, outputs]));
        all.extend(column_sums(output, outputs));
        all
    }

    fn step(&mut self, gradient: &[f32], rate: f32) {
        const BETA1: f32 = 0.9;
        const BETA2: f32 = 0.999;
        self.updates = self.updates.saturating_add(1);
        let (one, two) = (1.0 - BETA1.powi(self.updates), (1.0 - BETA2.powi(self.updates)).sqrt());
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((parameter, (first, second)), g) in
            self.parameters.iter_mut().zip(moments).zip(gradient)
        {
            *first = BETA1 * *first + (1.0 - BETA1) * g;
            *second = BETA2 * *second + (1.0 - BETA2) * g * g;
            *parameter -= rate * (*first / one) / (second.sqrt() / two + 1e-8);
        }
    }
}

/// The product of `[rows, inner]` and `[inner, columns]`.
fn product(a: &[f32], b: &[f32], [rows, inner, columns]: [usize; 3]) -> Vec<f32> {
    /// Rows of `b` that are added at once, so that a sum is not stored after each.
    const AT_ONCE: usize = 4;
    let mut out = vec![0f32; rows * columns];
    for (out, a) in out.chunks_exact_mut(columns).zip(a.chunks_exact(inner)) {
        for (a, b) in a.chunks(AT_ONCE).zip(b.chunks(AT_ONCE * columns)) {
            // Most of a one-hot row.
            if a.iter().all(|a| *a == 0.0) {
                continue;
            }
            if let &[a0, a1, a2, a3] = a {
                let (b0, rest) = b.split_at(columns);
                let (b1, rest) = rest.split_at(columns);
                let (b2, b3) = rest.split_at(columns);
                let rows = b0.iter().zip(b1).zip(b2.iter().zip(b3));
                for (out, ((b0, b1), (b2, b3))) in out.iter_mut().zip(rows) {
                    *out += (a0 * b0 + a1 * b1) + (a2 * b2 + a3 * b3);
                }
            } else {
                for (a, b) in a.iter().zip(b.chunks_exact(columns)) {
                    out.iter_mut().zip(b).for_each(|(out, b)| *out += a * b);
                }
            }
        }
    }
    out
}

/// `[columns, rows]` of `[rows, columns]`.
fn transposed(a: &[f32], rows: usize) -> Vec<f32> {
    let columns = a.len() / rows;
    let mut out = vec![0f32; a.len()];
    for (row, values) in a.chunks_exact(columns).enumerate() {
        values.iter().enumerate().for_each(|(column, value)| out[column * rows + row] = *value);
    }
    out
}

fn column_sums(a: &[f32], columns: usize) -> Vec<f32> {
    let mut sums = vec![0f32; columns];
    for row in a.chunks_exact(columns) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::Labels;
    use super::*;
    use rand::RngExt;

    /// `X` standard normal and `X` with noise, for a channel of `bits` in `dimensions`.
    fn channel(dimensions: usize, bits: f64, samples: usize) -> (Vec<f32>, Vec<f32>) {
        let mut generator = random::generator(0, Purpose::ReferenceProblem);
        let noise = (2f64.powf(2.0 * bits / dimensions as f64) - 1.0).recip().sqrt();
        let x = normals(&mut generator, dimensions * samples, 1.0);
        let t = x.iter().map(|x| (x + noise * random::normal(&mut generator)) as f32).collect();
        (x.iter().map(|x| *x as f32).collect(), t)
    }

    fn halves(samples: usize) -> (Vec<usize>, Vec<usize>) {
        (0..samples).partition(|sample| *sample < samples / 2)
    }

    #[test]
    fn gradients_are_finite_differences() {
        let (x, t) = channel(2, 2.0, 16);
        let mut generator = random::generator(0, Purpose::Critic);
        let factors = [(); 2].map(|()| CriticMlp::new([2, 8, 3], &mut generator));
        let of = |factors: &[CriticMlp; 2]| gradients(&factors[0], &factors[1], &x, &t);
        for (factor, gradient) in of(&factors).1.iter().enumerate() {
            let largest = gradient.iter().fold(0f32, |max, g| max.max(g.abs()));
            assert!(largest > 1e-3);
            for (entry, got) in gradient.iter().enumerate() {
                let nats = |shift: f32| {
                    let mut factors = factors.clone();
                    factors[factor].parameters[entry] += shift;
                    -of(&factors).0 * 2f64.ln()
                };
                let expected = (nats(1e-3) - nats(-1e-3)) / 2e-3;
                let off = (expected - f64::from(*got)).abs() / f64::from(largest);
                assert!(off < 0.01, "factor {factor}, entry {entry}: {got} against {expected}");
            }
        }
    }

    #[test]
    fn a_critic_tells_the_information_of_a_gaussian_channel() {
        for (dimensions, bits) in [(1, 1.0), (2, 0.5)] {
            let (x, t) = channel(dimensions, bits, 12_000);
            let (x, t) = (LayerOutputs::new(&x, dimensions), LayerOutputs::new(&t, dimensions));
            let (training, test) = halves(12_000);
            let settings = CriticSettings { batch: 256, ..CriticSettings::default() };
            let mut critic = Critic::new(settings, dimensions, dimensions, 0);
            critic.train(x, t, &training, 800);
            let got = critic.bound(x, t, &test);
            assert!((got - bits).abs() < 0.05, "{dimensions} dimensions, {bits} bits: {got}");
        }
    }

    #[test]
    fn pairs_that_a_critic_has_learned_give_no_bound() {
        let (x, t) = channel(10, 2.0, 400);
        let (x, t) = (LayerOutputs::new(&x, 10), LayerOutputs::new(&t, 10));
        let (training, test) = halves(400);
        let mut critic = Critic::new(CriticSettings::default(), 10, 10, 0);
        critic.train(x, t, &training, 500);
        assert!(critic.bound(x, t, &training) > 4.0);
        assert!(critic.bound(x, t, &test) < 1.5);
    }

    #[test]
    fn the_best_critic_loses_what_repeats_in_its_batch() {
        // Eight outputs, each scored 30 with itself and 0 with others, sixteen times in a batch.
        let rows: Vec<f32> = (0..128)
            .flat_map(|pair| {
                (0..8).map(move |unit| if pair % 8 == unit { 30f32.sqrt() } else { 0.0 })
            })
            .collect();
        assert!((bound_of(&rows, &rows, 128).0 - 3.0).abs() < 1e-5);
        // The same drawn at random, so that their number scatters.
        let mut generator = random::generator(3, Purpose::ReferenceProblem);
        let mean: f64 = (0..200)
            .map(|_| {
                let mut rows = vec![0f32; 128 * 8];
                rows.chunks_exact_mut(8)
                    .for_each(|row| row[generator.random_range(0..8)] = 30f32.sqrt());
                bound_of(&rows, &rows, 128).0 / 200.0
            })
            .sum();
        let expected = 3.0 - 7.0 / 256.0 / 2f64.ln();
        assert!((mean - expected).abs() < 0.01, "{mean} against {expected}");
    }

    #[test]
    fn a_critic_stops_at_the_logarithm_of_its_batch() {
        let (x, t) = channel(4, 20.0, 2000);
        let (x, t) = (LayerOutputs::new(&x, 4), LayerOutputs::new(&t, 4));
        let (training, test) = halves(2000);
        let settings = CriticSettings { batch: 32, ..CriticSettings::default() };
        let mut critic = Critic::new(settings, 4, 4, 0);
        critic.train(x, t, &training, 1000);
        let got = critic.bound(x, t, &test);
        assert_eq!(critic.ceiling(1000), 5.0);
        assert!(got > 4.7 && got <= 5.0, "{got}");
    }

    #[test]
    fn a_critic_goes_on_where_it_stopped() {
        let (x, t) = channel(2, 2.0, 1000);
        let (x, t) = (LayerOutputs::new(&x, 2), LayerOutputs::new(&t, 2));
        let (training, test) = halves(1000);
        let mut critic = Critic::new(CriticSettings::default(), 2, 2, 0);
        let untrained = critic.bound(x, t, &test);
        assert_eq!(untrained, critic.bound(x, t, &test));
        let bounds: Vec<f64> = (0..10)
            .map(|_| {
                critic.train(x, t, &training, 5);
                critic.bound(x, t, &test)
            })
            .collect();
        assert!(untrained < 0.0 && bounds[0] < 1.0 && bounds[9] > 1.5, "{bounds:?}");
    }

    #[test]
    fn a_critic_outlives_a_layer_that_is_not_finite() {
        let (x, t) = channel(1, 2.0, 200);
        let (x, t) = (LayerOutputs::new(&x, 1), LayerOutputs::new(&t, 1));
        let mut broken = vec![0.5; 200];
        broken[7] = f32::NAN;
        let broken = LayerOutputs::new(&broken, 1);
        let all: Vec<usize> = (0..200).collect();
        let mut critic = Critic::new(CriticSettings::default(), 1, 1, 0);
        critic.train(x, t, &all, 50);
        critic.train(x, broken, &all, 50);
        assert!(critic.bound(x, broken, &all).is_nan());
        assert!(critic.bound(x, t, &all) > 0.5);
    }

    #[test]
    fn a_critic_tells_labels_apart() {
        let classes: Vec<u32> = (0..1000).map(|sample| sample % 4).collect();
        let mut generator = random::generator(1, Purpose::ReferenceProblem);
        let values: Vec<f32> = classes
            .iter()
            .map(|class| *class as f32 + 0.05 * random::normal(&mut generator) as f32)
            .collect();
        let given = Labels::new(&classes, 4).one_hot();
        let (y, t) = (LayerOutputs::new(&given, 4), LayerOutputs::new(&values, 1));
        let (training, test) = halves(1000);
        let mut critic = Critic::new(CriticSettings::default(), 4, 1, 0);
        critic.train(y, t, &training, 600);
        let got = critic.bound(y, t, &test);
        assert!((got - 2.0).abs() < 0.05, "{got}");
    }
}
