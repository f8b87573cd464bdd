//! Lines of Python that read the weights of one network, compute its accuracy, and go on training.
//!
//! The state of the optimiser is not in the file, so it starts afresh. Noise, schedules, and filters
//! of the gradient are left out.

use crate::experiment::{Activation, Experiment, Loss, ModelKind, Optimiser, Settings};

/// The lines for PyTorch, for a file of this name.
#[must_use]
pub fn pytorch_lines(experiment: &Experiment, file: &str) -> String {
    let settings = first(experiment);
    let layers = settings.hidden().len() + 1;
    let mut lines = format!(
        "import torch\n\
         import torch.nn.functional as F\n\
         from safetensors.torch import load_file\n\n\
         member = 0\n\
         saved = load_file(\"{file}\")\n\
         own = {{name.split(\".\", 1)[1]: tensor for name, tensor in saved.items()\n       \
         if name.startswith(f\"member-{{member}}.\")}}\n\n\
         def network(x):\n"
    );
    if settings.is_table() {
        lines += &format!("    x = F.one_hot(x.long(), {}).float()\n", settings.outputs());
        lines += match settings.embedding() {
            Some(_) => "    x = (x @ own[\"embedding\"]).flatten(1)\n",
            None => "    x = x.flatten(1)\n",
        };
    }
    for layer in 1..=layers {
        let linear = format!(
            "F.linear(x, own[\"layer-{layer}.weight\"]{})",
            if settings.bias { format!(", own[\"layer-{layer}.bias\"]") } else { String::new() }
        );
        lines += &match settings.hidden().get(layer - 1).map(|layer| layer.activation) {
            Some(activation) => format!("    x = {}\n", torch_activation(activation, &linear)),
            None => format!("    return {linear}\n"),
        };
    }
    let (loss, accuracy) = if settings.is_regression() {
        lines += "\nx, y = own[\"train.inputs\"], own[\"train.targets\"]\n";
        ("((outputs - y) ** 2).sum(1).mean()", TORCH_SIGNS)
    } else {
        lines += "\nx, y = own[\"train.inputs\"], own[\"train.labels\"].long()\n";
        let loss = match settings.loss {
            Loss::SquaredError => "((outputs - F.one_hot(y, outputs.shape[1])) ** 2).sum(1).mean()",
            Loss::CrossEntropy => "F.cross_entropy(outputs, y)",
            Loss::StableMax => {
                "F.nll_loss(F.normalize(torch.where(outputs < 0, 1 / (1 - outputs.clamp(max=0)),\n                                          \
                 1 + outputs), p=1).log(), y)"
            }
        };
        (loss, TORCH_CLASSES)
    };
    let rate = settings.lr;
    let optimiser = match settings.optimiser {
        Optimiser::Sgd => {
            format!(
                "SGD(trained, lr={rate}, momentum={}, weight_decay={})",
                settings.beta1, settings.wd
            )
        }
        other => format!(
            "{}(trained, lr={rate}, betas=({}, {}), weight_decay={})",
            if other == Optimiser::Adam { "Adam" } else { "AdamW" },
            settings.beta1,
            settings.beta2,
            settings.wd
        ),
    };
    let only = if settings.model == ModelKind::RandomFeatures {
        format!("name.startswith(\"layer-{layers}.\")")
    } else {
        "name.startswith((\"layer-\", \"embedding\"))".to_owned()
    };
    lines += &format!(
        "trained = [tensor.requires_grad_() for name, tensor in own.items()\n           if {only}]\n\
         optimiser = torch.optim.{optimiser}\n\
         for step in range(1000):\n    \
         outputs = network(x)\n    \
         loss = {loss}\n    \
         optimiser.zero_grad()\n    \
         loss.backward()\n    \
         optimiser.step()\n\n\
         with torch.no_grad():\n    \
         {accuracy}\n"
    );
    lines
}

const TORCH_CLASSES: &str = "right = network(own[\"test.inputs\"]).argmax(1) == own[\"test.labels\"]\n    \
                             print(right.float().mean().item())";
const TORCH_SIGNS: &str = "right = network(own[\"test.inputs\"]) * own[\"test.targets\"] > 0\n    \
                           print(right.float().mean().item())";

fn torch_activation(activation: Activation, of: &str) -> String {
    match activation {
        Activation::Quadratic => format!("{of} ** 2"),
        Activation::Relu => format!("F.relu({of})"),
        Activation::Tanh => format!("torch.tanh({of})"),
        Activation::Gelu => format!("F.gelu({of})"),
        Activation::Silu => format!("F.silu({of})"),
        Activation::Linear => of.to_owned(),
    }
}

/// The lines for JAX, with optax for the optimiser, for a file of this name.
#[must_use]
pub fn jax_lines(experiment: &Experiment, file: &str) -> String {
    let settings = first(experiment);
    let layers = settings.hidden().len() + 1;
    let only = if settings.model == ModelKind::RandomFeatures {
        format!("name.startswith(\"layer-{layers}.\")")
    } else {
        "name.startswith((\"layer-\", \"embedding\"))".to_owned()
    };
    let mut lines = format!(
        "import jax\n\
         import jax.numpy as jnp\n\
         import optax\n\
         from safetensors.flax import load_file\n\n\
         member = 0\n\
         saved = load_file(\"{file}\")\n\
         own = {{name.split(\".\", 1)[1]: tensor for name, tensor in saved.items()\n       \
         if name.startswith(f\"member-{{member}}.\")}}\n\
         trained = {{name: tensor for name, tensor in own.items()\n           \
         if {only}}}\n\n\
         def network(trained, x):\n    \
         w = own | trained\n"
    );
    if settings.is_table() {
        lines += &format!("    x = jax.nn.one_hot(x, {})\n", settings.outputs());
        lines += match settings.embedding() {
            Some(_) => "    x = (x @ w[\"embedding\"]).reshape(len(x), -1)\n",
            None => "    x = x.reshape(len(x), -1)\n",
        };
    }
    for layer in 1..=layers {
        let bias =
            if settings.bias { format!(" + w[\"layer-{layer}.bias\"]") } else { String::new() };
        let linear = format!("x @ w[\"layer-{layer}.weight\"].T{bias}");
        lines += &match settings.hidden().get(layer - 1).map(|layer| layer.activation) {
            Some(activation) => format!("    x = {}\n", jax_activation(activation, &linear)),
            None => format!("    return {linear}\n"),
        };
    }
    let (names, loss, accuracy) = if settings.is_regression() {
        (
            ["train.inputs", "train.targets"],
            "((outputs - y) ** 2).sum(1).mean()",
            "right = network(trained, own[\"test.inputs\"]) * own[\"test.targets\"] > 0",
        )
    } else {
        let loss = match settings.loss {
            Loss::SquaredError => {
                "((outputs - jax.nn.one_hot(y, outputs.shape[1])) ** 2).sum(1).mean()"
            }
            Loss::CrossEntropy => {
                "optax.softmax_cross_entropy_with_integer_labels(outputs, y).mean()"
            }
            Loss::StableMax => {
                "optax.softmax_cross_entropy_with_integer_labels(jnp.where(\n        \
                 outputs < 0, -jnp.log1p(-jnp.minimum(outputs, 0)), jnp.log1p(jnp.maximum(outputs, 0))), y).mean()"
            }
        };
        (
            ["train.inputs", "train.labels"],
            loss,
            "right = network(trained, own[\"test.inputs\"]).argmax(1) == own[\"test.labels\"]",
        )
    };
    let Settings { lr, beta1, beta2, wd, .. } = settings;
    let optimiser = match settings.optimiser {
        Optimiser::Sgd => {
            format!("optax.chain(optax.add_decayed_weights({wd}), optax.sgd({lr}, {beta1}))")
        }
        Optimiser::Adam => {
            format!(
                "optax.chain(optax.add_decayed_weights({wd}), optax.adam({lr}, {beta1}, {beta2}))"
            )
        }
        Optimiser::AdamW | Optimiser::Muon | Optimiser::MinimumNorm => {
            format!("optax.adamw({lr}, {beta1}, {beta2}, weight_decay={wd})")
        }
    };
    lines += &format!(
        "\nx, y = own[\"{}\"], own[\"{}\"]\n\n\
         def loss(trained):\n    \
         outputs = network(trained, x)\n    \
         return {loss}\n\n\
         optimiser = {optimiser}\n\
         state = optimiser.init(trained)\n\n\
         @jax.jit\n\
         def step(trained, state):\n    \
         changes, state = optimiser.update(jax.grad(loss)(trained), state, trained)\n    \
         return optax.apply_updates(trained, changes), state\n\n\
         for _ in range(1000):\n    \
         trained, state = step(trained, state)\n\
         {accuracy}\n\
         print(right.mean())\n",
        names[0], names[1]
    );
    lines
}

fn jax_activation(activation: Activation, of: &str) -> String {
    match activation {
        Activation::Quadratic => format!("({of}) ** 2"),
        Activation::Relu => format!("jax.nn.relu({of})"),
        Activation::Tanh => format!("jnp.tanh({of})"),
        Activation::Gelu => format!("jax.nn.gelu({of}, approximate=False)"),
        Activation::Silu => format!("jax.nn.silu({of})"),
        Activation::Linear => of.to_owned(),
    }
}

/// The settings of the first network, which the lines read.
fn first(experiment: &Experiment) -> Settings {
    experiment.members().first().copied().unwrap_or(experiment.settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// docs/contracts.md shows them, and tests/readback/readback.py runs them.
    #[test]
    fn the_documentation_shows_the_lines_of_the_default_experiment() {
        let experiment = Experiment::default();
        let lines = [pytorch_lines, jax_lines].map(|of| of(&experiment, "two-phase.safetensors"));
        let documentation = include_str!("../../docs/contracts.md");
        for lines in lines {
            let block = format!("```python\n{lines}```\n");
            assert!(documentation.contains(&block), "docs/contracts.md lacks:\n{block}");
        }
    }

    #[test]
    fn every_setting_of_a_network_is_in_its_lines() {
        let of = |query: &str| {
            let experiment = Experiment::valid(query);
            [pytorch_lines(&experiment, "f"), jax_lines(&experiment, "f")]
        };
        for (query, torch, jax) in [
            ("embedding=8", "x @ own[\"embedding\"]", "x @ w[\"embedding\"]"),
            ("bias=1", ", own[\"layer-2.bias\"])", ".T + w[\"layer-2.bias\"]"),
            ("deeper=24tanh", "torch.tanh(F.linear(x, own[\"layer-2", "jnp.tanh(x @ w[\"layer-2"),
            ("loss=cross-entropy", "F.cross_entropy(", "optax.softmax_cross_entropy"),
            ("optimiser=sgd&lr=0.5", "optim.SGD(trained, lr=0.5", "optax.sgd(0.5"),
            ("wd=1,3", "weight_decay=1)", "weight_decay=1)"),
            ("model=random-features", "(\"layer-2.\")", "(\"layer-2.\")"),
            ("preset=double-descent-time", "own[\"train.targets\"]", "own[\"train.targets\"]"),
        ] {
            let [in_torch, in_jax] = of(query);
            assert!(in_torch.contains(torch), "{query}: {in_torch}");
            assert!(in_jax.contains(jax), "{query}: {in_jax}");
        }
    }
}
