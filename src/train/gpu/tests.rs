//! Tests that need no GPU: every kernel is parsed and validated as WebGPU does.

use std::collections::HashSet;

use burn::tensor::Device;
use naga::valid::{Capabilities, ValidationFlags, Validator};
use naga::{ArraySize, TypeInner};

use super::plan::Plan;
use super::rates::{self, Rate, rates};
use super::text::KernelSource;
use super::{covers, kernels, upload};
use crate::data::{Dataset, MemberData, SampleSet};
use crate::experiment::Experiment;
use crate::model::{MlpEnsemble, Role};
use crate::train::conformance::VARIANTS;

/// Settings whose kernels differ from those of [`VARIANTS`].
const MORE: &[&str] = &[
    "",
    "activation=tanh",
    "bias=1&deeper=6tanh-5relu-7gelu-3silu-4linear",
    "optimiser=adamw,sgd,adam&grokfast-lambda=0,2",
    "model=random-features&bias=1",
    "model=random-features&deeper=6relu",
    "loss=stablemax&smoothing=0.1",
    "data=teacher&samples=30,45",
    "data=digits&samples=50,130&width=40",
    // More than one partial sum, and more than one workgroup of every kind.
    "p=23&width=70&deeper=33relu",
    // As small as it goes.
    "width=4",
    "data=teacher&samples=10",
    "batch=1",
];

/// Each is combined with all of the above that do not set the same field.
const COMBINED: &[&str] =
    &["", "batch=8", "batch=13", "bias=1", "deeper=6relu", "loss=cross-entropy"];

/// The plan of a query, if the kernels cover it.
fn plan(query: &str) -> Option<Plan> {
    let members = Experiment::valid(query).members();
    if !members.iter().all(covers) {
        return None;
    }
    let data = Dataset::new(&members, &Device::flex()).expect("data");
    let sets: Vec<[&SampleSet; 2]> =
        data.members().iter().map(|MemberData { train, test }| [train, test]).collect();
    let counts = |set: usize| sets.iter().map(|sets| sets[set].count()).max().unwrap_or(0);
    let model = MlpEnsemble::new(&members, &Device::flex());
    Some(Plan::new(&members, &model, upload::padded_rows(&sets), [counts(0), counts(1)]))
}

/// The plans of all variants, each with its query.
fn plans() -> Vec<(String, Plan)> {
    let mut plans = Vec::new();
    for variant in VARIANTS.iter().chain(MORE) {
        let key = |pair: &str| pair.split('=').next().map(str::to_owned);
        let is_new = |pair: &str| variant.split('&').all(|other| key(other) != key(pair));
        for more in COMBINED.iter().filter(|more| is_new(more) || more.is_empty()) {
            let mut query: Vec<&str> = ["p=7", "width=24", "seeds=2"].into();
            query.retain(|pair| is_new(pair));
            query.extend([*variant, *more].into_iter().filter(|part| !part.is_empty()));
            let query = query.join("&");
            plans.extend(plan(&query).map(|plan| (query, plan)));
        }
    }
    plans
}

/// Every kernel of a plan.
fn sources(plan: &Plan) -> Vec<KernelSource> {
    let mut all = kernels::step(plan);
    all.extend(kernels::measure(plan));
    for (index, layer) in plan.layers.iter().enumerate() {
        let biases = layer.bias.then_some(Role::Biases);
        for role in [Role::Weights].into_iter().chain(biases) {
            all.extend([kernels::import(plan, index, role), kernels::export(plan, index, role)]);
        }
    }
    all
}

/// Parses and validates a kernel, and holds its bindings to the buffers that the host allocates.
fn assert_valid(source: &KernelSource, plan: &Plan, query: &str) {
    let text = &source.text;
    let module = naga::front::wgsl::parse_str(text)
        .unwrap_or_else(|error| panic!("{query}: {}", error.emit_to_string(text)));
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    if let Err(error) = validator.validate(&module) {
        panic!("{query}: {}", error.emit_to_string(text));
    }
    let lengths = module.global_variables.iter().filter_map(|(_, global)| {
        let binding = global.binding.as_ref()?.binding as usize;
        match module.types[global.ty].inner {
            TypeInner::Array { size: ArraySize::Constant(length), .. } => {
                Some((binding, length.get() as usize))
            }
            _ => None,
        }
    });
    let planned = source.buffers.iter().map(|buffer| plan.length(*buffer, source.set));
    let planned = planned.enumerate().collect::<Vec<_>>();
    assert_eq!(lengths.collect::<Vec<_>>(), planned, "{query}");
}

#[test]
fn every_kernel_of_every_variant_is_valid_wgsl() {
    let plans = plans();
    assert!(plans.len() >= 150, "{} plans", plans.len());
    let mut validated = HashSet::new();
    for (query, plan) in &plans {
        for source in sources(plan) {
            if validated.insert(source.text.clone()) {
                assert_valid(&source, plan, query);
            }
        }
    }
    assert!(validated.len() >= 500, "{} kernels", validated.len());
}

#[test]
fn every_kernel_keeps_the_limits_that_webgpu_guarantees() {
    for (query, plan) in plans() {
        for source in sources(&plan) {
            assert!(source.buffers.len() <= 8, "{query}: {:?}", source.buffers);
            assert!(source.workgroup_size.iter().product::<u32>() <= 256, "{query}");
            let in_limits = |groups: &u32| (1..=65_535).contains(groups);
            assert!(source.workgroups.iter().all(in_limits), "{query}: {:?}", source.workgroups);
        }
    }
}

#[test]
fn every_rate_has_a_name_and_a_position_of_its_own() {
    let all = || rates::UPDATE.into_iter().chain(rates::TARGETS);
    let names: HashSet<&str> = all().map(Rate::name).collect();
    let positions: HashSet<usize> = all().map(|rate| rate as usize).collect();
    assert_eq!((names.len(), positions.len()), (all().count(), all().count()));
    assert!(positions.into_iter().all(|position| position < rates::STRIDE));
}

#[test]
fn rates_are_the_settings_where_they_are_the_same_at_every_step() {
    let query = "p=7&seeds=1&optimiser=adamw&lr=0.01&wd=0.5&beta1=0.75&beta2=0.875\
        &grokfast-lambda=3&grokfast-alpha=0.25&loss=cross-entropy&smoothing=0.28";
    let member = Experiment::from_query(query).experiment.members()[0];
    let expected = [
        (Rate::Lr, 0.01),
        (Rate::L2, 0.0),
        (Rate::DecayFactor, 0.995),
        (Rate::Beta1, 0.75),
        (Rate::OneMinusBeta1, 0.25),
        (Rate::Beta2, 0.875),
        (Rate::OneMinusBeta2, 0.125),
        (Rate::GrokfastLambda, 3.0),
        (Rate::GrokfastOld, 0.25),
        (Rate::GrokfastNew, 0.75),
        (Rate::TrueClass, 0.72),
        (Rate::EveryClass, 0.04),
    ];
    let rates = rates(&member, true, 2);
    for (rate, value) in expected {
        assert_eq!(rates[rate as usize], value, "{rate:?}");
    }
}

#[test]
fn grokfast_starts_from_the_first_gradient() {
    let query = "p=7&seeds=1&grokfast-lambda=2&grokfast-alpha=0.9";
    let member = Experiment::from_query(query).experiment.members()[0];
    let rates = rates(&member, true, 1);
    assert_eq!(rates[Rate::GrokfastOld as usize], 0.0);
    assert_eq!(rates[Rate::GrokfastNew as usize], 1.0);
}
