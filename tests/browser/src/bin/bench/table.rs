//! The results as Markdown tables.

use std::fmt::Write;

use crate::CONTESTANTS;
use crate::result::{Cell, Outcome, Run};

/// Those on one kind of device, this project first.
const CPU: [&str; 4] = ["ours cpu", "tfjs cpu", "tfjs wasm", "jax-js wasm"];
const GPU: [&str; 3] = ["ours gpu", "tfjs webgpu", "jax-js webgpu"];

/// Every table of a run.
pub fn all(run: &Run) -> String {
    [
        about(run),
        rates(run, "CPU", &CPU),
        rates(run, "GPU", &GPU),
        workers(run),
        costs(run),
        peak(run),
        starts(run),
        checks(run),
    ]
    .concat()
}

/// A cell on one line, to be shown while the others run.
pub fn progress(cell: &Cell) -> String {
    let outcomes = cell.outcomes.iter();
    let each = outcomes.map(|outcome| format!("{} {}", outcome.contestant, rate(Some(outcome))));
    format!("{}, {} members: {}", cell.workload, cell.members, each.collect::<Vec<_>>().join("; "))
}

/// This project over the fastest peer, run by run.
pub fn history(runs: &[Run]) -> String {
    let mut text =
        "\n### Over time\n\nThis project over the fastest peer, CPU / GPU.\n\n".to_owned();
    let runs: Vec<&Run> = runs.iter().rev().take(8).collect();
    let names = runs.iter().map(|run| format!("{} {}", &run.date[..10], run.commit));
    header(&mut text, ["workload", "members"].map(str::to_owned).into_iter().chain(names));
    for cell in &runs[0].cells {
        let same = |run: &&Run| {
            let old = run.cells.iter();
            let mut old =
                old.filter(|old| (&old.workload, old.members) == (&cell.workload, cell.members));
            old.next()
                .map_or("–".into(), |old| format!("{} / {}", ratio(old, &CPU), ratio(old, &GPU)))
        };
        let columns = [cell.workload.clone(), cell.members.to_string()];
        row(&mut text, columns.into_iter().chain(runs.iter().map(same)));
    }
    text
}

fn about(run: &Run) -> String {
    format!(
        "{} at commit {}. {} cores, load average {} before and {} after. Adapter: {}. {}. Peers: {}. This \
         project: {}. {} rounds of {} s; wasm SIMD peak {:.1} GFLOP/s on one thread.\n",
        run.date,
        run.commit,
        run.cores,
        run.load[0],
        run.load[1],
        run.adapter,
        run.browser,
        run.peers,
        run.programs,
        run.rounds,
        run.seconds,
        run.peak,
    )
}

fn rates(run: &Run, device: &str, names: &[&str]) -> String {
    let taking_part = taking_part(run, names);
    if taking_part.is_empty() {
        return String::new();
    }
    let mut text = format!("\n### {device}: steps a second, median (minimum to maximum)\n\n");
    let columns = ["workload", "members"].into_iter().chain(taking_part.iter().copied());
    header(&mut text, columns.chain(["ours / best peer"]).map(str::to_owned));
    for cell in &run.cells {
        let columns = [cell.workload.clone(), cell.members.to_string()];
        let rates = taking_part.iter().map(|name| rate(cell.outcome(name)));
        row(&mut text, columns.into_iter().chain(rates).chain([ratio(cell, names)]));
    }
    text
}

/// The gain by a second worker.
fn workers(run: &Run) -> String {
    const NAMES: [&str; 2] = ["ours cpu", "ours all cores"];
    if taking_part(run, &NAMES).len() < NAMES.len() {
        return String::new();
    }
    let mut text =
        format!("\n### CPU: steps a second with members dealt to {} workers\n\n", run.cores);
    let columns = ["workload", "members", "one worker", "all cores", "ratio"];
    header(&mut text, columns.map(str::to_owned).into_iter());
    for cell in run.cells.iter().filter(|cell| cell.members > 1) {
        let columns = [cell.workload.clone(), cell.members.to_string()];
        let rates = NAMES.map(|name| rate(cell.outcome(name)));
        let ratio = ratio(cell, &["ours all cores", "ours cpu"]);
        row(&mut text, columns.into_iter().chain(rates).chain([ratio]));
    }
    text
}

/// Time of the thread, and launches.
fn costs(run: &Run) -> String {
    let names = taking_part(run, &GPU);
    if names.is_empty() {
        return String::new();
    }
    let mut text =
        "\n### GPU: milliseconds of host time a step, and launches a step\n\n".to_owned();
    let columns = ["workload", "members"].into_iter().chain(names.iter().copied());
    header(&mut text, columns.map(str::to_owned));
    for cell in &run.cells {
        let columns = [cell.workload.clone(), cell.members.to_string()];
        let costs = names.iter().map(|name| {
            let outcome = cell.outcome(name);
            let cost = outcome.and_then(|o| Some((o.host_milliseconds()?, o.launches()?)));
            cost.map_or("–".into(), |(host, launches)| format!("{host:.2} ms, {launches:.1}"))
        });
        row(&mut text, columns.into_iter().chain(costs));
    }
    text
}

/// How much of the machine's peak the CPU path uses.
fn peak(run: &Run) -> String {
    let names = taking_part(run, &CPU);
    if names.is_empty() {
        return String::new();
    }
    let mut text = "\n### CPU: useful GFLOP/s, and the share of the wasm SIMD peak\n\n".to_owned();
    let columns = ["workload", "members", "MFLOP a step"].into_iter().chain(names.iter().copied());
    header(&mut text, columns.map(str::to_owned));
    for cell in &run.cells {
        let operations = format!("{:.1}", cell.operations / 1e6);
        let columns = [cell.workload.clone(), cell.members.to_string(), operations];
        let shares = names.iter().map(|name| {
            let Some([median, ..]) = cell.outcome(name).and_then(Outcome::rate) else {
                return "–".into();
            };
            let speed = median * cell.operations / 1e9;
            format!("{speed:.2}, {:.0}%", 100.0 * speed / run.peak)
        });
        row(&mut text, columns.into_iter().chain(shares));
    }
    text
}

fn starts(run: &Run) -> String {
    let mut text = "\n### Seconds to the first step, on the first workload\n\n".to_owned();
    header(&mut text, ["", "library ready", "first step done"].map(str::to_owned).into_iter());
    for start in &run.starts {
        let (library, done) = (start.library, start.library + start.first_step);
        row(
            &mut text,
            [start.contestant.clone(), format!("{library:.2}"), format!("{done:.2}")].into_iter(),
        );
    }
    text
}

/// That all train the same.
fn checks(run: &Run) -> String {
    let names = taking_part(run, &CONTESTANTS);
    let mut text =
        "\n### The loss before step 20, mean over members; formulation of the first layer\n\n"
            .to_owned();
    let columns = ["workload", "members"].into_iter().chain(names.iter().copied());
    header(&mut text, columns.map(str::to_owned));
    for cell in &run.cells {
        let columns = [cell.workload.clone(), cell.members.to_string()];
        let losses = names.iter().map(|name| {
            let outcome = cell.outcome(name);
            let loss = outcome.and_then(Outcome::checked_loss);
            let loss = loss.map_or("–".into(), |loss| format!("{loss:.4}"));
            outcome.map_or(loss.clone(), |o| format!("{loss} {}", o.formulation).trim().to_owned())
        });
        row(&mut text, columns.into_iter().chain(losses));
    }
    let left_out = run.cells.iter().flat_map(|cell| {
        cell.outcomes.iter().filter_map(move |outcome| {
            let reason = outcome.left_out.as_ref()?;
            Some(format!(
                "{}, {} members, {}: {reason}",
                cell.workload, cell.members, outcome.contestant
            ))
        })
    });
    let left_out: Vec<String> = left_out.collect();
    if !left_out.is_empty() {
        let _ = write!(text, "\nLeft out: {}.\n", left_out.join("; "));
    }
    text
}

fn taking_part<'a>(run: &Run, names: &[&'a str]) -> Vec<&'a str> {
    let takes_part = |name: &&str| run.cells.iter().any(|cell| cell.outcome(name).is_some());
    names.iter().copied().filter(takes_part).collect()
}

fn rate(outcome: Option<&Outcome>) -> String {
    let Some(outcome) = outcome else { return "–".into() };
    match outcome.rate() {
        Some([median, min, max]) => {
            format!("{} ({} to {})", digits(median), digits(min), digits(max))
        }
        None => "left out".into(),
    }
}

/// The first over the best of the others.
fn ratio(cell: &Cell, names: &[&str]) -> String {
    let median = |name: &&str| cell.outcome(name).and_then(Outcome::rate).map(|rate| rate[0]);
    let peers = names[1..].iter().filter_map(median).reduce(f64::max);
    match median(&names[0]).zip(peers) {
        Some((ours, peer)) => format!("{:.2}", ours / peer),
        None => "–".into(),
    }
}

/// Three digits that count.
fn digits(value: f64) -> String {
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 4.0);
    format!("{value:.*}", decimals as usize)
}

fn header(text: &mut String, columns: impl Iterator<Item = String>) {
    let columns: Vec<String> = columns.collect();
    let count = columns.len();
    row(text, columns.into_iter());
    row(text, std::iter::repeat_n("---".to_owned(), count));
}

fn row(text: &mut String, columns: impl Iterator<Item = String>) {
    let _ = writeln!(text, "| {} |", columns.collect::<Vec<_>>().join(" | "));
}
