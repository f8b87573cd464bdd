//! The command line: what it prints, how it fails, and that a sweep can be stopped and goes on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

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
fn an_experiment_that_is_not_understood_is_refused_with_every_reason() {
    let (output, errors) = run(&["run", "colour=red&p=24&backend=cpu"]);
    assert_eq!(output.status.code(), Some(2));
    for reason in
        ["no setting “colour”", "`p` must be a prime", "`backend` is a setting of the page"]
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
    assert!(errors.contains("Training diverged for lr 10, seed 0 at step"), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["members"][0]["diverged_step"], Value::Null);
    assert!(report["members"][0]["final"]["train"]["loss"].is_number());
    assert!(report["members"][1]["diverged_step"].is_number());
}

#[test]
fn presets_are_listed_with_queries_that_run() {
    let (output, _) = run(&["presets"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for preset in two_phase::experiment::Preset::ALL {
        assert!(text.contains(preset.key) && text.contains(preset.about));
        let query = preset.experiment().to_full_query();
        assert!(query.contains('=') && text.contains(&query));
        let parsed = two_phase::experiment::Experiment::from_query(&query);
        assert_eq!(parsed.notes, Vec::<String>::new());
        assert_eq!(parsed.experiment.members(), preset.experiment().members());
    }
}

#[test]
fn a_sweep_that_was_stopped_goes_on_without_losing_or_repeating_a_member() {
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
    assert!(errors.contains("12 members, of which 0 are new"), "{errors}");
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
        for part in ["seed", "curves", "final", "fit_step", "generalise_step"] {
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
