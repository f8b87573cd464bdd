//! The command line: what it prints, how it fails, and that a sweep can be stopped and goes on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use two_phase::{phases, recording::Recording};

const TINY: &str = "p=5&width=4&steps=60";

fn two_phase() -> Command {
    Command::new(env!("CARGO_BIN_EXE_two-phase"))
}

fn run(arguments: &[&str]) -> (Output, String) {
    let output = two_phase().args(arguments).output().unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    (output, errors)
}

fn file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

fn queries(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["query"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_run_prints_one_json_object_with_every_member() {
    let (output, _) = run(&["run", &format!("{TINY}&wd=1,3&seeds=2"), "--json", "-"]);
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["experiment"]["wd"], serde_json::json!([1.0, 3.0]));
    assert_eq!(report["experiment"]["p"], 5);
    assert_eq!(report["query"], "p=5&width=4&wd=1,3&seeds=2&steps=60&v=1");
    let members = report["members"].as_array().unwrap();
    assert_eq!(members.len(), 4);
    assert_eq!((&members[3]["varied"]["wd"], &members[3]["seed"]), (&3.0.into(), &1.into()));
}

#[test]
fn a_run_with_methods_compares_them_in_json_and_in_a_table() {
    let query = format!("{TINY}&methods=wd:3,orthograd:1/wd:0&seeds=2");
    let (output, _) = run(&["run", &query, "--json", "-"]);
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["comparison"]["rows"].as_array().unwrap();
    let methods: Vec<&Value> = rows.iter().map(|row| &row["method"]).collect();
    assert_eq!(methods, [&Value::Null, &"wd:3".into(), &"wd:0/orthograd:1".into()]);
    assert!(rows.iter().all(|row| row["cost"].as_f64().is_some_and(|cost| cost > 0.0)));
    let last = &report["members"][5];
    assert_eq!(last["varied"], serde_json::json!({ "wd": 0.0, "orthograd": "1" }));
    let (_, table) = run(&["run", &query]);
    assert!(
        table.contains("weight decay 0 and OrthoGrad") && table.contains("baseline"),
        "{table}"
    );
    // A run without methods has no such key.
    let (output, _) = run(&["run", TINY, "--json", "-"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.get("comparison"), None);
}

#[test]
fn an_invalid_experiment_is_refused_with_every_reason() {
    let (output, errors) = run(&["run", "colour=red&p=24&backend=cpu"]);
    assert_eq!(output.status.code(), Some(2));
    for reason in
        ["no settings “colour” and “backend”", "“p” must be a prime from 5 to 97, not “24”"]
    {
        assert!(errors.contains(reason), "{errors}");
    }
    assert_eq!(run(&["sweep", "wd=1,x", "--out", "/nowhere/at/all"]).0.status.code(), Some(2));
}

#[test]
fn a_member_that_diverges_is_named_and_the_others_are_reported() {
    let query = format!("{TINY}&lr=0.003,10&seeds=1&steps=300");
    let (output, errors) = run(&["run", &query, "--json", "-"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("for learning rate 10, seed 0"), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["members"][0]["diverged_step"], Value::Null);
    assert!(report["members"][0]["final"]["train"]["loss"].is_number());
    assert!(report["members"][1]["diverged_step"].is_number());
}

#[test]
fn presets_are_listed_with_queries_that_run() {
    let (output, _) = run(&["presets"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let words = two_phase::text::Text::new(two_phase::text::Locale::English);
    for preset in two_phase::experiment::Preset::ALL {
        assert!(text.contains(preset.key) && text.contains(&words.preset_about(preset)));
        let query = preset.experiment().to_full_query();
        assert!(query.contains('=') && text.contains(&query));
        let parsed = two_phase::experiment::Experiment::from_query(&query);
        assert_eq!(parsed.notes, []);
        assert_eq!(parsed.experiment.members(), preset.experiment().members());
    }
}

#[test]
fn a_stopped_sweep_goes_on_without_loss_or_repetition() {
    let path = file("stopped.jsonl");
    let members = "p=11&width=32&steps=1500&wd=0.5,1,2&seeds=0..3";
    let arguments = ["sweep", members, "--threads", "2", "--out", path.to_str().unwrap()];
    let mut sweep = two_phase().args(arguments).spawn().unwrap();
    let start = Instant::now();
    while fs::read_to_string(&path).map_or(0, |text| text.lines().count()) < 2 {
        assert!(start.elapsed() < Duration::from_secs(60), "no two members in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    sweep.kill().unwrap();
    sweep.wait().unwrap();
    // As if it had been stopped in the middle of a line.
    let before = queries(&path);
    assert!((2..12).contains(&before.len()), "{} of 12 when stopped", before.len());
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"query\":\"wd=").unwrap();

    let (output, errors) = run(&arguments);
    assert!(output.status.success(), "{errors}");
    let after = queries(&path);
    assert_eq!(after[..before.len()], before, "lines written before stay");
    assert_eq!(after.len(), 12);
    assert_eq!(after.iter().collect::<HashSet<_>>().len(), 12);
    // All there: nothing is left to train.
    let (_, errors) = run(&arguments);
    assert!(errors.contains("12 members, 0 of them new"), "{errors}");
    assert_eq!(queries(&path), after);
}

#[test]
fn two_sweeps_do_not_write_to_one_file_at_a_time() {
    let path = file("shared.jsonl");
    let out = path.to_str().unwrap();
    let members = "p=11&width=32&steps=20000&wd=0.5,1&seeds=0..3";
    let mut first = two_phase().args(["sweep", members, "--out", out]).spawn().unwrap();
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "the file is not there");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(200));
    let (output, errors) = run(&["sweep", members, "--out", out]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("another sweep writes to it"), "{errors}");
}

#[test]
fn a_line_of_a_sweep_is_the_member_as_a_run_of_its_own() {
    let path = file("lines.jsonl");
    let members = format!("{TINY}&wd=1,3&seeds=7");
    let out = path.to_str().unwrap();
    assert!(run(&["sweep", &members, "--curves", "--out", out]).0.status.success());
    for line in fs::read_to_string(&path).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let query = line["query"].as_str().unwrap();
        let (output, _) = run(&["run", query, "--json", "-"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["experiment"], line["experiment"]);
        for part in ["seed", "curves", "final", "memorise_step", "generalise_step"] {
            assert_eq!(report["members"][0][part], line[part], "{part}");
        }
    }
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let path = file("letter.txt");
    let report = run(&["run", TINY, "--json", "-"]).0.stdout;
    let report = String::from_utf8(report).unwrap();
    for text in ["Dear reader,\nthis is a letter.\n", "no line at all", "{\"a\":1}\n", &report] {
        fs::write(&path, text).unwrap();
        let (output, errors) = run(&["sweep", TINY, "--out", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(errors.contains("something else than a sweep"), "{errors}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

/// A tensor as it is saved: name, type, shape, bytes.
type Saved = (&'static str, &'static str, Vec<usize>, Vec<u8>);

fn single(name: &'static str, shape: &[usize], numbers: &[f32]) -> Saved {
    (name, "F32", shape.to_vec(), numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
}

/// A file as safetensors defines it: the header's length in 8 bytes, the header as JSON, the
/// numbers.
fn safetensors(name: &str, tensors: &[Saved]) -> PathBuf {
    let mut header = serde_json::json!({ "__metadata__": { "format": "pt" } });
    let mut data = Vec::new();
    for (name, dtype, shape, bytes) in tensors {
        let offsets = [data.len(), data.len() + bytes.len()];
        header[*name] =
            serde_json::json!({ "dtype": dtype, "shape": shape, "data_offsets": offsets });
        data.extend(bytes);
    }
    let header = header.to_string();
    let path = file(name);
    let length = (header.len() as u64).to_le_bytes();
    fs::write(&path, [&length[..], header.as_bytes(), &data].concat()).unwrap();
    path
}

/// Numbers between -1 and 1 without a pattern.
fn numbers(count: usize, start: u32) -> Vec<f32> {
    let number = |index: usize| ((index as u32 + start) as f32 * 12.9898).sin() * 43_758.547;
    (0..count).map(|index| 2.0 * (number(index) - number(index).floor()) - 1.0).collect()
}

/// A file of rows of numbers.
fn rows(name: &str, numbers: &[f32], columns: usize) -> PathBuf {
    let line = |row: &[f32]| row.iter().map(f32::to_string).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = numbers.chunks(columns).map(line).collect();
    let path = file(name);
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn measure(weights: &Path, inputs: &Path, more: &[&str]) -> (Output, String) {
    let (weights, inputs) = (weights.to_str().unwrap(), inputs.to_str().unwrap());
    run(&[&["measure", "--weights", weights, "--inputs", inputs], more].concat())
}

/// `W x + b` for each row `x`, with `W` row by row `[outputs, inputs]` as PyTorch has it.
fn linear(inputs: &[f32], width: usize, weights: &[f32], biases: &[f32]) -> Vec<f32> {
    let dot = |row: &[f32], x: &[f32]| row.iter().zip(x).map(|(w, x)| w * x).sum::<f32>();
    let outputs = |x| {
        let rows = weights.chunks(width).zip(biases);
        rows.map(move |(row, bias)| dot(row, x) + bias)
    };
    inputs.chunks(width).flat_map(outputs).collect()
}

fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{found} and {expected}");
}

#[test]
fn a_saved_network_is_measured_like_its_outputs() {
    use two_phase::measure::class_variance;
    use two_phase::measure::information::{Labels, LayerOutputs, kernel};

    let (first, biases, last) = (numbers(5 * 3, 0), numbers(5, 100), numbers(2 * 5, 200));
    let inputs = numbers(40 * 3, 300);
    let hidden: Vec<f32> = linear(&inputs, 3, &first, &biases).into_iter().map(f32::tanh).collect();
    let outputs = linear(&hidden, 5, &last, &[0.0; 2]);
    let answers: Vec<u32> = outputs.chunks(2).map(|row| u32::from(row[1] > row[0])).collect();
    // Three in four as the network says.
    let classes: Vec<u32> = answers
        .iter()
        .enumerate()
        .map(|(k, answer)| if k % 4 == 0 { 1 - answer } else { *answer })
        .collect();
    let labels = file("own-labels.csv");
    let lines: Vec<String> = classes.iter().map(|class| format!("{class}.0\n")).collect();
    fs::write(&labels, format!("class\n{}", lines.concat())).unwrap();

    let saved = [
        single("0.bias", &[5], &biases),
        single("0.weight", &[5, 3], &first),
        single("2.weight", &[2, 5], &last),
    ];
    let weights = safetensors("own.safetensors", &saved);
    let inputs = rows("own.csv", &inputs, 3);
    let labels = labels.to_str().unwrap();
    let layers = "linear,tanh,linear";
    let (output, errors) = measure(&weights, &inputs, &["--layers", layers, "--labels", labels]);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["samples"], &report["classes"]), (&40.into(), &2.into()));
    assert_eq!(
        report["network"]["layers"],
        serde_json::json!([
            { "inputs": 3, "outputs": 5, "bias": true, "activation": "tanh" },
            { "inputs": 5, "outputs": 2, "bias": false, "activation": null },
        ])
    );
    close(&report["accuracy"], 0.75);
    let all: Vec<usize> = (0..40).collect();
    for (layer, values, units) in [(1, &hidden, 5), (2, &outputs, 2)] {
        let labels = Labels::new(&classes, 2);
        let distances = kernel::Distances::new(LayerOutputs::new(values, units));
        let bounds = distances.bounds(labels, &all, kernel::Noise::Ratio(0.0));
        let kernel = &report["information"]["kernel"]["values"];
        for (name, bits) in [
            ("input-information", bounds.upper.inputs),
            ("input-information-lower", bounds.lower.inputs),
            ("label-information", bounds.upper.labels),
            ("label-information-lower", bounds.lower.labels),
        ] {
            close(&kernel[format!("{name}.layer-{layer}.all")], bits);
        }
        let variance = class_variance::within_over_total(values, units, &classes, 2, None);
        close(&report["measures"][format!("class-variance.layer-{layer}.all")], variance);
    }
    let norm = first.iter().map(|w| f64::from(w * w)).sum::<f64>().sqrt();
    close(&report["measures"]["weight-norm.layer-1"], norm);
    assert!(report["measures"]["truncated-accuracy.rank-1.all"].is_number());
    let estimators = [
        "exact",
        "binning",
        "kernel",
        "neighbours",
        "contrastive",
        "renyi",
        "sliced",
        "coding-rate",
    ];
    assert_eq!(report["information"].as_object().unwrap().len(), estimators.len());
    for estimator in estimators {
        let own = &report["information"][estimator];
        assert_eq!(own["samples"], 40);
        let values = own["values"].as_object().unwrap();
        assert!(values.len() >= 4 && values.values().all(Value::is_number), "{own}");
    }

    // The same numbers in other types and under other names; without labels there are no measures
    // of classes.
    let doubles = first.iter().flat_map(|w| f64::from(*w).to_le_bytes()).collect();
    // The upper half of a single is a number in bfloat16: here 0.5.
    let halves = [0x00, 0x3f].repeat(10);
    let saved = [
        ("in.weight", "F64", vec![5, 3], doubles),
        single("in.bias", &[5], &biases),
        ("out.weight", "BF16", vec![2, 5], halves),
        ("out.bias", "F16", vec![2], [0x00, 0x3c].repeat(2)),
        single("norm.weight", &[5], &biases),
    ];
    let weights = safetensors("own-named.safetensors", &saved);
    let set = "info=kernel&bounds=upper&noise-scale=relative&kernel-noise=0.4&truncation=0";
    let more = ["--layers", layers, "--names", "in,out", "--set", set];
    let (output, errors) = measure(&weights, &inputs, &more);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let distances = kernel::Distances::new(LayerOutputs::new(&hidden, 5));
    let one = vec![0; 40];
    let bounds = distances.bounds(Labels::new(&one, 1), &all, kernel::Noise::Relative(0.4));
    let information = report["information"].as_object().unwrap();
    assert_eq!(information.keys().collect::<Vec<_>>(), ["kernel"]);
    assert_eq!(information["kernel"]["settings"]["kernel-noise"], 0.4);
    let values = information["kernel"]["values"].as_object().unwrap();
    let names: Vec<&String> = values.keys().collect();
    assert_eq!(names, ["input-information.layer-1.all", "input-information.layer-2.all"]);
    close(&values["input-information.layer-1.all"], bounds.upper.inputs);
    // Ten halves and, as both outputs are the same, a rank of one.
    close(&report["measures"]["weight-norm.layer-2"], 2.5f64.sqrt());
    close(&report["measures"]["effective-rank.layer-2"], 1.0);
    let hang = |name: &&String| name.starts_with("class") || name.starts_with("truncated");
    assert_eq!(report["measures"].as_object().unwrap().keys().filter(hang).count(), 0);
    assert_eq!((&report["classes"], &report["accuracy"]), (&Value::Null, &Value::Null));
}

#[test]
fn exact_information_is_measured_at_every_resolution() {
    let saved = [single("0.weight", &[2, 3], &numbers(6, 0))];
    let weights = safetensors("resolutions.safetensors", &saved);
    let inputs = rows("resolutions.csv", &numbers(60 * 3, 60), 3);
    let classes: Vec<f32> = (0..60u8).map(|sample| f32::from(sample % 3)).collect();
    let labels = rows("resolutions-labels.csv", &classes, 1);
    let labels = labels.to_str().unwrap();
    let with = |more: &[&str]| -> Value {
        let own = ["--layers", "linear", "--labels", labels];
        let (output, errors) = measure(&weights, &inputs, &[&own[..], more].concat());
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let report = with(&["--snr", "-10..30", "--set", "info=exact&shuffle=1"]);
    let exact = &report["information"]["exact"];
    assert_eq!(exact["settings"]["snr"], serde_json::json!([-10, -5, 0, 5, 10, 15, 20, 25, 30]));
    let bits = |quantity: &str, snr: i32| {
        exact["values"][format!("{quantity}.layer-1.{snr}-dB.all")].as_f64().unwrap()
    };
    for (lower, higher) in [(-10, 0), (0, 10), (10, 20), (20, 30)] {
        let [lower, higher] = [lower, higher].map(|snr| bits("input-information", snr));
        assert!(lower < higher && higher <= 60f64.log2(), "{lower} {higher}");
    }
    // At the finest resolution labels are known, and so are shuffled ones.
    assert!(bits("label-information", 30) > 1.0);
    let shuffled = bits("label-information-shuffled", 30);
    assert!((bits("label-information", 30) - shuffled).abs() < 0.3, "{shuffled}");

    let one = with(&["--snr", "7", "--set", "bins=4"]);
    for estimator in ["kernel", "neighbours", "renyi", "sliced", "coding-rate", "exact"] {
        assert_eq!(one["information"][estimator]["settings"]["snr"], 7.0, "{estimator}");
    }
    let names: Vec<&String> =
        one["information"]["exact"]["values"].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| name.contains(".7-dB.")) && names.len() == 4, "{names:?}");
}

#[test]
fn a_linear_network_is_one_map_and_nothing_switches() {
    // Biases so large that no unit's zero is near a sample.
    let saved = [
        single("0.weight", &[4, 3], &numbers(12, 0)),
        single("0.bias", &[4], &[10.0; 4]),
        single("2.weight", &[4, 4], &numbers(16, 20)),
        single("3.weight", &[2, 4], &numbers(8, 40)),
    ];
    let weights = safetensors("linear.safetensors", &saved);
    let inputs = rows("linear.csv", &numbers(30 * 3, 60), 3);
    let layers = "linear,identity,linear,linear";
    let (output, errors) = measure(&weights, &inputs, &["--layers", layers, "--set", "info=off"]);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["network"]["layers"][0]["activation"], "identity");
    close(&report["measures"]["linear-mapping-number.all"], 1.0);
    assert_eq!(report["measures"]["local-complexity.layer-1.all"], 0.0);
    assert_eq!(report["information"], serde_json::json!({}));
}

#[test]
fn pairs_are_limited_to_points_and_bins_are_not() {
    let saved = [single("0.weight", &[2, 3], &numbers(6, 0))];
    let weights = safetensors("points.safetensors", &saved);
    let inputs = rows("points.csv", &numbers(120 * 3, 60), 3);
    let more = ["--layers", "linear", "--set", "points=50"];
    let (output, errors) = measure(&weights, &inputs, &more);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["information"]["binning"]["samples"], 120);
    assert_eq!(report["information"]["kernel"]["samples"], 50);
}

#[test]
fn a_single_sample_is_measured_as_far_as_it_can_be() {
    let saved =
        [single("0.weight", &[2, 3], &numbers(6, 0)), single("2.weight", &[2, 2], &numbers(4, 9))];
    let weights = safetensors("one.safetensors", &saved);
    let (inputs, labels) = (rows("one.csv", &numbers(3, 60), 3), rows("one-label.csv", &[1.0], 1));
    let labels = labels.to_str().unwrap();
    let more = ["--layers", "linear,relu,linear", "--labels", labels];
    let (output, errors) = measure(&weights, &inputs, &more);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["measures"]["linear-mapping-number.all"], Value::Null);
    assert!(report["measures"]["local-complexity.layer-1.all"].is_number());
}

#[test]
fn a_file_that_cannot_be_measured_is_refused_by_name() {
    let good = [
        single("0.weight", &[4, 3], &numbers(12, 0)),
        single("2.weight", &[2, 4], &numbers(8, 40)),
    ];
    let weights = safetensors("good.safetensors", &good);
    let inputs = rows("good.csv", &numbers(4 * 3, 60), 3);
    let refused = |weights: &Path, inputs: &Path, more: &[&str], sentence: &str| {
        let layers = ["--layers", "linear,relu,linear"];
        let layers = if more.contains(&"--layers") { &[][..] } else { &layers[..] };
        let (output, errors) = measure(weights, inputs, &[layers, more].concat());
        assert_eq!(output.status.code(), Some(2), "{sentence}: {errors}");
        assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
        assert!(errors.starts_with("two-phase: ") && errors.contains(sentence), "{errors}");
        assert!(output.stdout.is_empty());
    };

    // Arguments.
    for (layers, sentence) in [
        ("linear,relu,tanh,linear", "tanh at index 2 follows another activation"),
        ("relu,linear", "it starts with relu and not with linear"),
        ("linear,relu", "it does not end with linear"),
        ("linear,sine,linear", "“sine” is none of linear, quadratic, relu"),
    ] {
        refused(&weights, &inputs, &["--layers", layers], sentence);
    }
    for (set, sentence) in [
        ("wd=1", "“wd” is none of info, layers, snr"),
        ("colour=red", "“colour” is none of info"),
        ("fourier=1", "“fourier” is none of info"),
        ("bins=1", "“bins” must be a whole number from 2 to 200, not “1”"),
        ("info=magic", "“info” must be one of off, exact, binning"),
    ] {
        refused(&weights, &inputs, &["--set", set], sentence);
    }
    for (snr, sentence) in [
        ("loud", "“loud” is not a whole number; give one ratio in dB"),
        ("-10...30", "“.30” is not a whole number"),
        ("30..-10", "the range ends at -10 dB before it starts at 30 dB"),
        ("0..10:0", "a step of 0 dB does not lead upwards"),
        ("-10..60", "60 dB is not from -20 to 40"),
    ] {
        refused(&weights, &inputs, &["--snr", snr], sentence);
    }
    for (snr, set, sentence) in [
        ("0..10", "info=renyi", "only exact information takes a range"),
        ("5", "info=binning", "is not read at a resolution"),
        ("5", "snr=3", "`--set` has a value for snr too"),
    ] {
        refused(&weights, &inputs, &["--snr", snr, "--set", set], sentence);
    }
    refused(
        &weights,
        &inputs,
        &["--names", "a"],
        "each of the 2 linear layers of `--layers`; got 1",
    );

    // Weights.
    let nowhere = Path::new("/nowhere/at/all");
    refused(nowhere, &inputs, &[], "could not read /nowhere/at/all");
    refused(&inputs, &inputs, &[], "good.csv is not a safetensors file");
    let missing = "no tensor `1.weight` but `0.weight`, `2.weight`";
    refused(&weights, &inputs, &["--layers", "linear,linear"], missing);
    let unused = "good.safetensors holds `2.weight` too";
    refused(&weights, &inputs, &["--layers", "linear"], unused);
    let nan = [&numbers(5, 0)[..], &[f32::NAN, 0.0, 0.0]].concat();
    let huge = 1e300f64.to_le_bytes().repeat(8);
    for (second, sentence) in [
        (single("2.weight", &[8], &[0.0; 8]), "must have the shape [outputs, inputs]; got [8]"),
        (single("2.weight", &[0, 4], &[]), "both above 0; got [0, 4]"),
        (single("2.weight", &[4, 2], &[0.0; 8]), "takes 2 inputs and the layer before gives 4"),
        (single("2.weight", &[2, 4], &nan), "holds NaN in row 2, column 2"),
        (("2.weight", "F64", vec![2, 4], huge), "column 1; weights must be finite in single"),
        (("2.weight", "I64", vec![2, 4], vec![0; 64]), "holds numbers of type I64"),
    ] {
        let weights = safetensors("bad.safetensors", &[good[0].clone(), second]);
        refused(&weights, &inputs, &[], sentence);
    }
    let biases = single("2.bias", &[3], &[0.0; 3]);
    let biased = safetensors("bad.safetensors", &[good[0].clone(), good[1].clone(), biases]);
    refused(&biased, &inputs, &[], "`2.bias` in ");
    refused(&biased, &inputs, &[], "must have the shape [2]; got [3]");

    // Samples and labels.
    refused(&weights, nowhere, &[], "could not read /nowhere/at/all");
    refused(&weights, &inputs, &["--labels", "/nowhere/at/all"], "could not read /nowhere");
    let bad = file("bad.csv");
    for (text, sentence) in [
        ("", "bad.csv holds no samples"),
        ("\"a,b\",c,d\n\"1\", 2,x\n", "bad.csv holds “x” in column 3"),
        ("a,b,c\n", "bad.csv holds no samples"),
        ("a,b,c\n1,2,3\n\n1,2\n", "line 4 of "),
        ("a,b,c\n1,2,3\n\n1,2\n", "has 2 columns and the first has 3"),
        ("1;2;3\n1;2;x\n", "bad.csv holds “x” in column 3"),
        ("1\t2\t3\n1\tnan\t3\n", "bad.csv holds “nan” in column 2"),
        ("1,2,3\n1,1e40,3\n", "bad.csv holds “1e40” in column 2"),
        ("1,2\n1,2\n", "bad.csv has 2 columns and the network takes 3 inputs"),
    ] {
        fs::write(&bad, text).unwrap();
        refused(&weights, &bad, &[], sentence);
    }
    for (text, sentence) in [
        ("class\n0\n1\n", "bad.csv has 2 labels and there are 4 samples"),
        ("0\n1\n0\n1.5\n", "holds the label 1.5; number the classes by whole numbers from 0"),
        ("0\n1\n-1\n1\n", "line 3 of "),
        ("0\n1\n12345678\n1\n", "holds the label 12345678"),
        ("0,1\n1,0\n0,1\n1,1\n", "bad.csv has 2 columns; labels are"),
    ] {
        fs::write(&bad, text).unwrap();
        refused(&weights, &inputs, &["--labels", bad.to_str().unwrap()], sentence);
    }
}

#[test]
fn a_place_that_cannot_be_written_to_is_no_misunderstanding() {
    let weights = safetensors("place.safetensors", &[single("0.weight", &[2, 3], &numbers(6, 0))]);
    let inputs = rows("place.csv", &numbers(4 * 3, 60), 3);
    let more = ["--layers", "linear", "--json", "/nowhere/at/all"];
    let (output, errors) = measure(&weights, &inputs, &more);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("could not write /nowhere/at/all"), "{errors}");
}

#[test]
fn estimators_are_shown_to_be_right_where_they_are_meant_to_be() {
    let (output, errors) = run(&["estimators", "--json", "-"]);
    assert!(output.status.success(), "{errors}");
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    let working: Vec<&Value> = rows.iter().filter(|row| row["works"] == true).collect();
    assert!(working.len() >= 8 && rows.len() > working.len());
    for row in working {
        let (bias, truth) = (row["bias"].as_f64().unwrap(), row["truth"].as_f64().unwrap());
        assert!(bias.abs() <= (0.02 * truth).max(0.05), "{row}");
    }
    let (over, _) = run(&["estimators", "--over-samples", "--json", "-"]);
    let over: Value = serde_json::from_slice(&over.stdout).unwrap();
    // Six sources, five sizes, nine estimators; more samples bring neighbours closer to the one
    // bit.
    assert_eq!(over.as_array().unwrap().len(), 270);
    let bias = |samples: u64| {
        let rows = over.as_array().unwrap().iter();
        let mut own = rows.filter(|row| row["samples"] == samples && row["truth"] == 1.0);
        let nearest = own.find(|row| row["estimator"].as_str().unwrap().contains("nearest"));
        nearest.unwrap()["bias"].as_f64().unwrap().abs()
    };
    assert!(bias(1000) < bias(50) && bias(1000) < 0.05, "{} {}", bias(50), bias(1000));
    let (output, _) = run(&["estimators"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // A head above, the units below.
    assert_eq!(lines.len(), rows.len() + 2);
    let column = lines[0].find("truth").unwrap();
    for (line, row) in lines[1..].iter().zip(rows) {
        assert!(line.starts_with(row["source"].as_str().unwrap()));
        let truth: f64 = line[column - 1..column + 5].trim().parse().unwrap();
        assert!((truth - row["truth"].as_f64().unwrap()).abs() < 1e-3);
        assert!(line.ends_with(row["note"].as_str().unwrap()));
    }
}

#[test]
fn claims_are_tested_with_seeds_alone() {
    for seeds in ["4..1", "x", "9999..10000"] {
        let (output, errors) = run(&["claims", "--seeds", seeds]);
        assert_eq!(output.status.code(), Some(2), "{seeds}: {errors}");
        assert!(errors.contains(seeds) && errors.contains("0..9"), "{errors}");
    }
}

#[test]
fn the_recorded_run_of_the_page_is_what_the_engine_gives() {
    let path = file("recorded.json");
    let (output, errors) = run(&["record", "preset=grokking", "--out", path.to_str().unwrap()]);
    assert!(output.status.success(), "{errors}");
    let read = |text: &str| serde_json::from_str::<Recording>(text).unwrap();
    let now = read(&fs::read_to_string(path).unwrap());
    let page = read(include_str!("../www/data/recorded-grokking.json"));
    assert_eq!((page.query(), page.steps(), page.task()), (now.query(), now.steps(), now.task()));
    let [page, now] = [&page, &now].map(|recording| phases::find(&recording.history(u32::MAX)));
    assert_eq!(page.len(), 5);
    // Another machine sums in another order.
    for (page, now) in page.iter().zip(&now) {
        for (page, now) in
            [(page.memorise_step, now.memorise_step), (page.generalise_step, now.generalise_step)]
        {
            let [page, now] = [page, now].map(|step| f64::from(step.unwrap()));
            assert!((0.85..1.18).contains(&(page / now)), "{page} and {now}");
        }
    }
}

#[test]
fn a_table_and_a_weights_file_hold_what_the_report_does() {
    let (table, weights) = (file("run.csv"), file("run.safetensors"));
    let query = format!("{TINY}&seeds=2&spectra=1");
    let files = ["--csv", table.to_str().unwrap(), "--weights", weights.to_str().unwrap()];
    let (output, errors) = run(&[&["run", &query, "--json", "-"][..], &files].concat());
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let table = fs::read_to_string(table).unwrap();
    let loss = &report["members"][1]["curves"]["test_loss"];
    let last = loss.as_array().unwrap().last().unwrap();
    assert!(table.contains(&format!("\n1,60,test_loss,{last}\n")), "{table}");

    let bytes = fs::read(weights).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let numbers = |name: &str| -> Vec<f32> {
        let data = file.tensor(name).unwrap().data().to_vec();
        data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    let norm = |name: &str| numbers(name).iter().map(|w| w * w).sum::<f32>().sqrt();
    for layer in 1..=2 {
        let measured = &report["members"][1]["measures"][format!("weight-norm.layer-{layer}")];
        let measured = measured.as_array().unwrap().last().unwrap().as_f64().unwrap();
        let own = f64::from(norm(&format!("member-1.layer-{layer}.weight")));
        assert!((own - measured).abs() < 1e-4 * measured, "layer {layer}: {own} and {measured}");
    }
    assert_eq!(file.tensor("member-1.layer-1.weight").unwrap().shape(), [4, 10]);
    assert_eq!(file.tensor("member-0.test.inputs").unwrap().shape()[1], 2);
}

#[test]
fn what_cannot_be_written_is_refused_before_training() {
    let (output, errors) = run(&["run", TINY, "--csv", "-", "--json", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("Only one of --json, --csv and --weights can be “-”"), "{errors}");
    let path = file("solved.safetensors");
    let weights = path.to_str().unwrap();
    let (output, errors) = run(&["run", "preset=double-descent-features", "--weights", weights]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("solved in closed form and not kept"), "{errors}");
    assert!(!path.exists());
}

/// The words of a picture, without numbers.
fn words_of(picture: &str) -> Vec<String> {
    let texts = picture.split("<text ").skip(1);
    let words = texts.map(|text| text.split(['>', '<']).nth(1).unwrap());
    words.map(|words| words.replace(|c: char| c.is_ascii_digit(), "")).collect()
}

#[test]
fn a_poster_is_what_its_command_draws() {
    let query = "preset=grokking&seeds=1&steps=200";
    let (output, errors) = run(&["picture", query, "--charts", "accuracy", "--out", "-"]);
    assert!(output.status.success(), "{errors}");
    let drawn = String::from_utf8(output.stdout).unwrap();
    let poster = include_str!("../www/posters/memorise.svg");
    // Another machine sums in another order.
    assert_eq!(words_of(&drawn), words_of(poster));
    for part in ["<title>", "<desc>", "@media(prefers-color-scheme:dark)", "stroke-dasharray"] {
        assert!(poster.contains(part) && drawn.contains(part), "{part}");
    }
    let paths = |picture: &str| picture.matches("<path ").count();
    assert_eq!(paths(&drawn), paths(poster));
}

#[test]
fn every_poster_of_the_page_is_there_and_small() {
    let page = include_str!("../index.html");
    let posters: Vec<&str> = page.split("src=\"posters/").skip(1).collect();
    assert!(posters.len() > 12);
    for poster in posters {
        let (name, rest) = poster.split_once('"').unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/posters").join(name);
        let file = fs::read_to_string(path).unwrap();
        assert!(file.len() < 15_000, "{name}: {} bytes", file.len());
        let size = |text: &str| -> Vec<String> {
            let value = |name: &str| {
                let rest = text.split_once(&format!(" {name}=\"")).unwrap().1;
                rest.split('"').next().unwrap().to_owned()
            };
            ["width", "height"].map(value).into()
        };
        assert_eq!(size(rest), size(&file), "{name}");
    }
}

#[test]
fn a_picture_has_the_language_and_colours_that_are_asked_for() {
    let draw = |theme: &str, lang: &str| {
        let (output, errors) =
            run(&["picture", TINY, "--theme", theme, "--lang", lang, "--out", "-"]);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let [light, dark] = ["light", "dark"].map(|theme| draw(theme, "ja"));
    assert!(light.contains(">正解率</text>") && light.contains("lang=\"ja\""), "{light}");
    assert_eq!(words_of(&light), words_of(&dark));
    assert_ne!(light, dark);
    assert!(!light.contains("prefers-color-scheme"));
    let (output, errors) = run(&["picture", TINY, "--charts", "setting", "--out", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("leave out --charts"), "{errors}");
    let (output, errors) = run(&["picture", "p=24", "--out", "-"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{errors}");
}
