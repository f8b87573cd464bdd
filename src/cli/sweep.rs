//! `two-phase sweep`: trains the members of a sweep one by one and adds a line to a file for each.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use serde::Serialize;

use super::output::bar;
use super::run::{cores, train};
use super::{Failure, english};
use crate::experiment::Experiment;
use crate::report::{MemberCurves, MemberMeasures, MemberReport, Report};
use crate::sweep::{self, Job};
use crate::text;
use crate::train::TrainError;

/// A member of a sweep, as a line of its file.
#[derive(Serialize)]
struct SweepLine<'a> {
    /// The address of the experiment that trains this member alone. It identifies the line.
    query: String,
    experiment: &'a Experiment,
    #[serde(flatten)]
    member: MemberReport,
}

pub(super) fn run(
    members: &str,
    out: &Path,
    threads: Option<NonZero<usize>>,
    curves: bool,
) -> Result<(), Failure> {
    let jobs = sweep::expand(members).map_err(|notes| {
        let words = english();
        Failure::Usage(notes.iter().map(|note| text::note(&words, note)).collect())
    })?;
    let failure = |error| Failure::Write(out.display().to_string(), error);
    let (mut file, done) = resume(out).map_err(failure)?;
    let all = jobs.len();
    let jobs: Vec<Job> = jobs.into_iter().filter(|job| !done.contains(&job.query())).collect();
    let bar = bar(all, "{bar:40} member {pos} of {len}  {elapsed} gone  {eta} left");
    bar.set_position((all - jobs.len()) as u64);
    bar.reset_eta();

    let threads = threads.map_or_else(cores, NonZero::get);
    let next = AtomicUsize::new(0);
    let stop = Mutex::new(None);
    let (sender, lines) = mpsc::channel::<Result<String, TrainError>>();
    thread::scope(|scope| {
        for _ in 0..threads.min(jobs.len()) {
            let (sender, next, jobs) = (sender.clone(), &next, &jobs);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send(line(job, curves)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for line in lines {
            // One write for each line: a sweep that is stopped leaves at most one line incomplete.
            let written = line.map_err(Failure::from).and_then(|line| {
                file.write_all(line.as_bytes()).and_then(|()| file.flush()).map_err(failure)
            });
            if let Err(error) = written {
                // No more members are started.
                next.store(jobs.len(), Ordering::Relaxed);
                stop.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).replace(error);
                break;
            }
            bar.inc(1);
        }
    });
    bar.finish_and_clear();
    match stop.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        Some(error) => Err(error),
        None => {
            eprintln!("{}: {all} members, {} of them new", out.display(), jobs.len());
            Ok(())
        }
    }
}

/// Trains one member and says how it went.
fn line(job: &Job, curves: bool) -> Result<String, TrainError> {
    let experiment = job.experiment();
    let history = train(&experiment, 1, |_| {})?;
    let Some(mut member) = Report::new(&history).members.pop() else {
        unreachable!("an experiment of one member has one");
    };
    if !curves {
        member.curves = MemberCurves::default();
        member.measures = MemberMeasures::default();
    }
    let line = SweepLine { query: job.query(), experiment: &experiment, member };
    match serde_json::to_string(&line) {
        Ok(text) => Ok(text + "\n"),
        Err(error) => unreachable!("a line has no maps with odd keys: {error}"),
    }
}

/// Opens a sweep's file behind its last complete line, and reads which members it holds.
fn resume(path: &Path) -> io::Result<(File, HashSet<String>)> {
    let mut file =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::other("another sweep writes to it"),
        TryLockError::Error(error) => error,
    })?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let complete = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let mut done = HashSet::new();
    for line in text[..complete].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let json = serde_json::from_slice::<serde_json::Value>(line).ok();
        // A run's report has a query too, and members.
        let member = json.as_ref().filter(|json| json.get("seed").is_some());
        let query = member.and_then(|json| json.get("query")?.as_str());
        // A file of something else must not be cut short or added to.
        let query =
            query.ok_or_else(|| io::Error::other("it holds something else than a sweep"))?;
        done.insert(query.to_owned());
    }
    if complete == 0 && !text.is_empty() && !text.starts_with(b"{\"query\"") {
        return Err(io::Error::other("it holds something else than a sweep"));
    }
    file.set_len(complete as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok((file, done))
}
