//! Trains the same workloads by this project, TensorFlow.js and jax-js, in turns, in one session of
//! a headless Chromium; run by `cargo xtask bench`.

mod result;
mod table;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use serde_json::{Value, json};
use two_phase::experiment::Experiment;

use result::{Cell, Outcome, Round, Run, Start};

/// Who takes part: those of `bench/contestants.js`.
pub const CONTESTANTS: [&str; 8] = [
    "ours cpu",
    "ours all cores",
    "tfjs cpu",
    "tfjs wasm",
    "jax-js wasm",
    "ours gpu",
    "tfjs webgpu",
    "jax-js webgpu",
];

/// Name, query, and the numbers of members: those that one run of this project can hold. What is
/// measured is loss and accuracy alone.
const WORKLOADS: [(&str, &str, &[usize]); 4] = [
    ("p 23, width 128", "p=23&width=128", &[1, 8, 32]),
    ("digits 64-200-10", "preset=digits", &[1, 8, 32]),
    ("p 59, width 256", "p=59&width=256", &[1, 8, 32]),
    ("p 97, width 512", "p=97&width=512", &[1, 6]),
];

/// The same with `--quick`.
const QUICK: [(&str, &str, &[usize]); 2] =
    [("p 23, width 128", "p=23&width=128", &[1, 8]), ("digits 64-200-10", "preset=digits", &[1])];

/// Most seeds of one experiment.
const MAX_SEEDS: usize = 20;

/// Seconds that a library may take to load: this project's shaders are checked meanwhile.
const START_SECONDS: f64 = 240.0;

/// Limits that setting up a workload may take: its shaders are compiled, and several steps are
/// taken.
const LOAD_LIMITS: f64 = 4.0;

struct Options {
    rounds: usize,
    seconds: f64,
    limit: f64,
    minutes: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let number = |name: &str| -> f64 { setting(name).parse().expect("xtask passes a number") };
    let options = Options {
        rounds: number("TWO_PHASE_BENCH_ROUNDS") as usize,
        seconds: number("TWO_PHASE_BENCH_SECONDS"),
        limit: number("TWO_PHASE_BENCH_LIMIT"),
        minutes: number("TWO_PHASE_BENCH_MINUTES"),
    };
    let only = setting("TWO_PHASE_BENCH_ONLY");
    let contestants: Vec<&str> = CONTESTANTS
        .into_iter()
        .filter(|name| only.is_empty() || only.split(',').any(|part| name.contains(part)))
        .collect();
    let quick = setting("TWO_PHASE_BENCH_QUICK") == "true";
    let workloads: &[_] = if quick { &QUICK } else { &WORKLOADS };

    let run = measure(&contestants, workloads, &options).await;
    println!("\n{}", table::all(&run));
    if setting("TWO_PHASE_BENCH_WRITE") == "true" {
        write(run);
    }
}

async fn measure(
    contestants: &[&str],
    workloads: &[(&str, &str, &[usize])],
    options: &Options,
) -> Run {
    let browser = Browser::start(Adapter::SwiftShader).await;
    browser.open("").await;
    while browser.script("return window.isReady === true").await != true {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let load_before = load_average();
    let about = call(&browser, "adapter", json!({}), 60.0).await.expect("the browser answers");
    let text = |name: &str| about[name].as_str().unwrap_or("none").to_owned();
    let mut run = Run {
        date: text("date"),
        commit: commit(),
        browser: text("browser"),
        adapter: text("name"),
        peers: setting("TWO_PHASE_BENCH_PEERS"),
        programs: setting("TWO_PHASE_BENCH_SIZES"),
        cores: about["cores"].as_f64().unwrap_or(0.0),
        load: [load_before, 0.0],
        peak: peak(&browser).await,
        rounds: options.rounds,
        seconds: options.seconds,
        limit: options.limit,
        running: Default::default(),
        starts: Vec::new(),
        cells: Vec::new(),
    };
    let start = Instant::now();
    for (workload, query, ensembles) in workloads {
        for &members in *ensembles {
            if start.elapsed().as_secs_f64() > 60.0 * options.minutes {
                println!("{workload}, {members} members: out of time");
                continue;
            }
            let cell =
                train(&browser, &mut run, contestants, (*workload, *query), members, options);
            let cell = cell.await;
            println!("{}", table::progress(&cell));
            run.cells.push(cell);
        }
    }
    run.load[1] = load_average();
    // The best of two, far apart: a peak is what nothing disturbs.
    run.peak = run.peak.max(peak(&browser).await);
    browser.client.close().await.expect("the browser closes");
    run
}

async fn peak(browser: &Browser) -> f64 {
    let peak = call(browser, "peak", json!({}), 60.0).await;
    peak.ok().and_then(|peak| peak.as_f64()).unwrap_or(0.0)
}

/// All contestants on one workload with that many members, in turns.
async fn train(
    browser: &Browser,
    run: &mut Run,
    contestants: &[&str],
    (workload, query): (&str, &str),
    members: usize,
    options: &Options,
) -> Cell {
    let experiment = experiment(query, members);
    let settings = experiment.members()[0];
    let mut cell = Cell {
        workload: workload.to_owned(),
        members,
        operations: operations(&settings, members),
        outcomes: Vec::new(),
    };
    for contestant in contestants {
        // With fewer members it was too slow already.
        let smaller = run.cells.iter().filter(|cell| cell.workload == workload);
        let too_slow = smaller.filter_map(|cell| cell.outcome(contestant)).any(Outcome::is_cut);
        let mut outcome = Outcome::new(contestant);
        if too_slow {
            outcome.left_out = Some("too slow with fewer members".into());
        } else {
            load(browser, run, &mut outcome, &experiment, members, options).await;
        }
        cell.outcomes.push(outcome);
    }
    for round in 0..options.rounds {
        // Back and forth, so that nobody always follows the same one.
        let mut order: Vec<usize> = (0..cell.outcomes.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let outcome = &mut cell.outcomes[index];
            let spent: f64 = outcome.rounds.iter().map(|round| round.seconds).sum();
            if outcome.left_out.is_some() || spent >= options.limit {
                continue;
            }
            let argument = json!({ "contestant": outcome.contestant, "seconds": options.seconds });
            match call(browser, "train", argument, 2.0 * options.limit).await {
                Ok(value) => outcome.rounds.push(Round::read(&value)),
                Err(reason) => {
                    outcome.left_out = Some(reason);
                    run.running.remove(&outcome.contestant);
                }
            }
        }
    }
    cell
}

/// Starts a contestant if it does not run, and gives it the workload.
async fn load(
    browser: &Browser,
    run: &mut Run,
    outcome: &mut Outcome,
    experiment: &Experiment,
    members: usize,
    options: &Options,
) {
    let contestant = outcome.contestant.clone();
    let mut library = None;
    if !run.running.contains(&contestant) {
        let argument = json!({ "contestant": contestant });
        match call(browser, "start", argument, START_SECONDS).await {
            Ok(seconds) => library = seconds.as_f64(),
            Err(reason) => {
                outcome.left_out = Some(reason);
                return;
            }
        }
        run.running.insert(contestant.clone());
    }
    let workload = json!({ "experiment": experiment, "members": members, "limit": options.limit });
    let argument = json!({ "contestant": contestant, "workload": workload });
    match call(browser, "load", argument, LOAD_LIMITS * options.limit).await {
        Ok(value) => {
            outcome.formulation = value["formulation"].as_str().unwrap_or_default().to_owned();
            outcome.faults = value["faults"].to_string();
            outcome.first_step = value["seconds"].as_f64();
            if let (Some(library), Some(first_step)) = (library, outcome.first_step)
                && run.starts.iter().all(|start| start.contestant != contestant)
            {
                run.starts.push(Start { contestant, library, first_step });
            }
        }
        Err(reason) => {
            outcome.left_out = Some(reason);
            run.running.remove(&contestant);
        }
    }
}

/// The experiment of a query with that many members: seeds, and where they are more than one
/// experiment may have, two initial scales, which make no step dearer.
fn experiment(query: &str, members: usize) -> Experiment {
    let one = Experiment::from_query(query).experiment.members()[0];
    let query = if members <= MAX_SEEDS {
        format!("{query}&seeds={members}")
    } else {
        format!("{query}&seeds={}&alpha={},{}", members / 2, one.alpha, one.alpha * 1.01)
    };
    // Steps that no measurement here comes to the end of.
    let parsed = Experiment::from_query(&format!("{query}&info=off&steps=100000"));
    assert!(parsed.notes.is_empty(), "{query}: {:?}", parsed.notes);
    assert_eq!(parsed.experiment.member_count(), members, "{query}");
    parsed.experiment
}

/// Useful operations of a step, an addition or a multiplication each: of the products of layers,
/// forward `2 n i h + 2 n h o`, as many for the weights' gradients, and `2 n h o` for that of the
/// hidden layer, with n samples, h hidden units and o outputs. Inputs i that are zero by
/// construction do not count: two are left of a pair's one-hot vectors.
fn operations(settings: &two_phase::experiment::Settings, members: usize) -> f64 {
    let inputs = if settings.is_table() { 2 } else { settings.features() };
    let (hidden, outputs) = (settings.width, settings.outputs());
    (members * settings.train_samples() * hidden * (4 * inputs + 6 * outputs)) as f64
}

/// Calls a method of `bench/main.js`.
async fn call(
    browser: &Browser,
    method: &str,
    argument: Value,
    limit: f64,
) -> Result<Value, String> {
    browser.script(&format!("window.call('{method}', {argument}, {limit})")).await;
    loop {
        let answer = browser.script("return window.answer").await;
        if let Some(error) = answer["error"].as_str() {
            return Err(error.to_owned());
        }
        if answer["late"] == true {
            return Err(Outcome::late(limit));
        }
        if !answer.is_null() {
            return Ok(answer["value"].clone());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn commit() -> String {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    output.map_or_else(
        |_| "unknown".into(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// Programs that wait for a core, over the last minute; 0 where the system does not tell.
fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

/// Puts a run behind those of docs/benchmark.json, and its tables into docs/benchmark.md.
fn write(run: Run) {
    const MARK: &str = "<!-- Written by `cargo xtask bench --write` from here on. -->";
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let (json, page) = (docs.join("benchmark.json"), docs.join("benchmark.md"));
    let mut runs: Vec<Run> = fs::read_to_string(&json)
        .map(|text| serde_json::from_str(&text).expect("docs/benchmark.json is as it was written"))
        .unwrap_or_default();
    let text = fs::read_to_string(&page).expect("docs/benchmark.md is there");
    let (head, _) = text.split_once(MARK).expect("docs/benchmark.md says where the tables begin");
    runs.push(run);
    let tables = runs.last().map(table::all).unwrap_or_default();
    fs::write(page, format!("{head}{MARK}\n\n{tables}{}", table::history(&runs)))
        .expect("docs/benchmark.md can be written");
    let text = serde_json::to_string_pretty(&runs).expect("numbers and text");
    fs::write(json, format!("{text}\n")).expect("docs/benchmark.json can be written");
}
