//! The paper's claims: the table that was recorded, and the same table tested here, experiment by
//! experiment, in this figure.

use std::cell::{Cell as StdCell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlButtonElement, HtmlElement, HtmlInputElement};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use crate::claims::{
    self, Claim, ClaimCell, ClaimsRecord, DataSet, Finished, RecordedRow, STUDIES, Verdict,
};
use crate::history::History;
use crate::page::dom::{Listener, Root, append, fetch_text, set_attribute, set_text};
use crate::page::session::{Action, State};
use crate::text::{self, Text};

/// Networks of one experiment, at most; some experiments take fewer.
const SEEDS: u32 = 5;

/// The largest first seed: no seed is larger than 9999.
const MAX_FIRST: u32 = 10_000 - SEEDS;

/// The recorded table, once it is known whether there is one.
type Record = Rc<RefCell<Option<Option<ClaimsRecord>>>>;

/// What the reader asks for.
#[derive(Clone, Copy, PartialEq)]
enum Wish {
    /// Test the claims with seeds from this one on, which may be another than what was typed.
    Test {
        first: u32,
        is_other: bool,
    },
    Stop,
}

/// The experiments that have finished.
struct TestSeries {
    first: u32,
    /// Whether something else was typed.
    is_other: bool,
    finished: Vec<(&'static str, History)>,
    /// Cells that are known, by claim and data set.
    cells: Vec<[Option<ClaimCell>; 3]>,
    ends: Option<Ending>,
}

#[derive(Clone, Copy, PartialEq)]
enum Ending {
    Done,
    Stopped,
    Failed,
}

impl TestSeries {
    fn from(first: u32) -> Self {
        Self {
            first,
            is_other: false,
            finished: Vec::new(),
            cells: Claim::ALL.iter().map(|_| [None, None, None]).collect(),
            ends: None,
        }
    }

    /// Whether testing has ended before all was tested: the recorded verdicts fill the rest.
    fn keeps_record(&self) -> bool {
        self.ends.is_some_and(|ending| ending != Ending::Done)
    }

    /// Takes a finished experiment, and judges what can be judged now.
    fn take(&mut self, history: &History) {
        let Some(study) = STUDIES.get(self.finished.len()) else { return };
        self.finished.push((study.key, history.clone()));
        let finished: Vec<Finished> = self.finished.iter().map(|(key, run)| (*key, run)).collect();
        for (claim, cells) in Claim::ALL.into_iter().zip(&mut self.cells) {
            for (data, cell) in DataSet::ALL.into_iter().zip(cells) {
                if cell.is_none() {
                    *cell = claims::judge(claim, data, &finished);
                }
            }
        }
    }
}

/// The button, the seeds and the table.
pub struct ClaimsPanel {
    run: HtmlButtonElement,
    state: HtmlElement,
    source: HtmlElement,
    table: HtmlElement,
    record: Record,
    wish: Rc<StdCell<Option<Wish>>>,
    is_running: Rc<StdCell<bool>>,
    series: Option<TestSeries>,
    figure: HtmlElement,
    /// Experiments that had finished when the table was last filled, if the claims are tested here,
    /// whether it kept recorded verdicts, and whether the record was there.
    shown: Option<(Option<usize>, bool, bool)>,
    handle: Handle,
    _listeners: Vec<Listener>,
}

impl ClaimsPanel {
    /// Finds its elements in the figure, and fetches the table that the root's `data-claims` names.
    pub fn new(root: &Root, text: &Text, handle: &Handle) -> Self {
        let run: HtmlButtonElement = root.part("claims-run");
        let first: HtmlInputElement = root.part("claims-first");
        let (wish, is_running) = (Rc::new(StdCell::new(None)), Rc::new(StdCell::new(false)));
        let (asked, running, asks) = (Rc::clone(&wish), Rc::clone(&is_running), handle.clone());
        let listener = Listener::new(&run, "click", move |_: Event| {
            let typed = first.value();
            let seed = typed.trim().parse().unwrap_or(0).min(MAX_FIRST);
            let written = seed.to_string();
            let is_other = typed.trim() != written;
            first.set_value(&written);
            let test = Wish::Test { first: seed, is_other };
            asked.set(Some(if running.get() { Wish::Stop } else { test }));
            asks.look_again();
        });
        let record: Record = Rc::default();
        if let Some(file) = root.element().get_attribute("data-claims") {
            let (record, handle) = (Rc::clone(&record), handle.clone());
            spawn_local(async move {
                let found =
                    fetch_text(&file).await.and_then(|text| serde_json::from_str(&text).ok());
                *record.borrow_mut() = Some(found);
                handle.look_again();
            });
        }
        set_text(&root.part::<HtmlElement>("claims-rules"), &text::claims_rules(text));
        Self {
            run,
            state: root.part("claims-state"),
            source: root.part("claims-source"),
            table: root.part("claims-table"),
            record,
            wish,
            is_running,
            series: None,
            figure: root.element().clone(),
            shown: None,
            handle: handle.clone(),
            _listeners: vec![listener],
        }
    }

    /// Does what the reader asks, and goes on once an experiment has finished and is measured.
    fn go_on(&mut self, view: &View<'_>) {
        let session = view.session;
        match self.wish.take() {
            Some(Wish::Test { first, is_other }) => {
                self.series = Some(TestSeries { is_other, ..TestSeries::from(first) });
                self.is_running.set(true);
                set_attribute(&self.figure, "data-testing", "");
                self.play(0, first);
                return;
            }
            Some(Wish::Stop) => {
                self.end(Ending::Stopped);
                let handle = self.handle.clone();
                spawn_local(async move { handle.act(Action::Reset) });
                return;
            }
            None => {}
        }
        let Some(series) = &mut self.series else { return };
        let index = series.finished.len();
        let Some(study) = STUDIES.get(index).filter(|_| series.ends.is_none()) else { return };
        let is_this = *session.experiment() == study.experiment(series.first, SEEDS);
        match session.state() {
            // The reader has done something else in this figure.
            State::Paused if is_this => self.end(Ending::Stopped),
            State::Error if is_this => self.end(Ending::Failed),
            State::Done if is_this && session.is_measured() => {
                series.take(session.history());
                let (next, first) = (series.finished.len(), series.first);
                if next < STUDIES.len() {
                    self.play(next, first);
                } else {
                    self.end(Ending::Done);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, ending: Ending) {
        self.is_running.set(false);
        self.figure.remove_attribute("data-testing").ok();
        if let Some(series) = &mut self.series {
            series.ends = Some(ending);
        }
        let handle = self.handle.clone();
        spawn_local(async move { handle.redraw() });
    }

    /// Not at once: the figure is busy with the event that is being handled.
    fn play(&self, index: usize, first: u32) {
        let Some(study) = STUDIES.get(index) else { return };
        let (handle, experiment) = (self.handle.clone(), study.experiment(first, SEEDS));
        spawn_local(async move { handle.play_next(experiment) });
    }

    fn show_words(&self, text: &Text) {
        let is_running = self.is_running.get();
        set_text(&self.run, &text.get(if is_running { "claims-stop" } else { "claims-run" }));
        let source = match self.record.borrow().as_ref() {
            None => String::new(),
            Some(None) => text.get("claims-source-missing"),
            Some(Some(record)) => text.with(
                "claims-source",
                &[
                    ("date", record.date.as_str().into()),
                    ("commit", record.commit.as_str().into()),
                    ("first", record.seeds[0].into()),
                    ("last", record.seeds[1].into()),
                ],
            ),
        };
        let shows_record = self.series.as_ref().is_none_or(TestSeries::keeps_record);
        set_text(&self.source, if shows_record { &source } else { "" });
        let Some(series) = &self.series else { return };
        let done = series.finished.len();
        let seeds = [("first", series.first.into()), ("last", (series.first + SEEDS - 1).into())];
        let of = |index: usize| [("index", index.into()), ("count", STUDIES.len().into())];
        let words = match series.ends {
            None => text.with("claims-state-running", &[&of(done + 1), &seeds[..]].concat()),
            Some(Ending::Stopped) => text.with("claims-state-stopped", &of(done)),
            Some(Ending::Failed) => text.with("claims-state-failed", &of(done + 1)),
            Some(Ending::Done) => {
                let record = self.record.borrow();
                let rows = record.as_ref().and_then(Option::as_ref).map(|record| &record.rows);
                let pairs = || series.cells.iter().zip(rows.iter().copied().flatten());
                let same = pairs().filter(|(cells, row)| overall(cells) == Some(row.verdict));
                let same_cells = pairs().flat_map(|(cells, row)| cells.iter().zip(&row.cells));
                let same_cells = same_cells.filter(|(cell, recorded)| {
                    cell.as_ref().is_some_and(|cell| cell.verdict == recorded.verdict)
                });
                let has_record = if rows.is_some() { "yes" } else { "no" };
                let rest = [
                    ("recorded", has_record.into()),
                    ("same", same.count().into()),
                    ("all", Claim::ALL.len().into()),
                    ("same-cells", same_cells.count().into()),
                    ("all-cells", (Claim::ALL.len() * DataSet::ALL.len()).into()),
                ];
                text.with("claims-state-done", &[&rest[..], &seeds].concat())
            }
        };
        let changed = series.is_other.then(|| {
            text.with("claims-seed-changed", &[("max", MAX_FIRST.into()), seeds[0].clone()])
        });
        let all: Vec<String> = changed.into_iter().chain([words]).collect();
        set_text(&self.state, &text.sentences(&all));
    }

    /// A row for each claim: its verdict on each data set and over all, and the reasons.
    fn update_table(&mut self, text: &Text) {
        let done = self.series.as_ref().map(|series| series.finished.len());
        let keeps = self.series.as_ref().is_some_and(TestSeries::keeps_record);
        let key = (done, keeps, self.record.borrow().is_some());
        if self.shown == Some(key) {
            return;
        }
        self.shown = Some(key);
        // What the reader has opened stays open.
        let opened = self.details().map(|details| details.has_attribute("open")).collect();
        self.fill_table(text);
        let opened: Vec<bool> = opened;
        for (details, is_open) in self.details().zip(opened) {
            if is_open {
                set_attribute(&details, "open", "");
            }
        }
    }

    fn details(&self) -> impl Iterator<Item = Element> + use<> {
        let all = self.table.query_selector_all("details").ok();
        let count = all.as_ref().map_or(0, |all| all.length());
        (0..count).filter_map(move |index| all.as_ref()?.get(index)?.dyn_into().ok())
    }

    fn fill_table(&self, text: &Text) {
        self.table.set_text_content(None);
        let table: HtmlElement = append(&self.table, "table", "");
        let line: HtmlElement = append(&append::<HtmlElement>(&table, "thead", ""), "tr", "");
        let data: Vec<String> =
            DataSet::ALL.iter().map(|data| text::data_set(text, *data)).collect();
        let (claim, verdict) = (text.get("claims-head-claim"), text.get("claims-head-verdict"));
        for title in [&claim].into_iter().chain(&data).chain([&verdict]) {
            let cell: HtmlElement = append(&line, "th", "");
            set_attribute(&cell, "scope", "col");
            set_text(&cell, title);
        }
        let body: HtmlElement = append(&table, "tbody", "");
        let record = self.record.borrow();
        let rows = record.as_ref().and_then(Option::as_ref).map(|record| record.rows.as_slice());
        for (index, claim) in Claim::ALL.into_iter().enumerate() {
            let recorded = rows.and_then(|rows| rows.iter().find(|row| row.claim == claim.key()));
            let series = self.series.as_ref();
            Row { claim, recorded, series, index, data: &data, verdict: &verdict, text }
                .fill(&body);
        }
    }
}

/// The verdict over all data sets, once each has one.
fn overall(cells: &[Option<ClaimCell>; 3]) -> Option<Verdict> {
    let verdicts: Vec<Verdict> =
        cells.iter().map(|cell| cell.as_ref().map(|cell| cell.verdict)).collect::<Option<_>>()?;
    Some(claims::overall(&verdicts))
}

/// A verdict of the table: found here, or recorded. Testing hides what is recorded until it ends.
fn shown(
    series: Option<&TestSeries>,
    found: Option<Verdict>,
    recorded: Option<Verdict>,
) -> Option<(Verdict, Source)> {
    let recorded = recorded.filter(|_| series.is_none_or(TestSeries::keeps_record));
    let found = found.map(|verdict| (verdict, Source::Here));
    found.or(recorded.map(|verdict| (verdict, Source::Record)))
}

/// Where a verdict comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Here,
    Record,
}

/// One claim of the table.
struct Row<'a> {
    claim: Claim,
    recorded: Option<&'a RecordedRow>,
    /// The tests, if the claims are tested here, and which of their claims this is.
    series: Option<&'a TestSeries>,
    index: usize,
    data: &'a [String],
    verdict: &'a str,
    text: &'a Text,
}

impl Row<'_> {
    fn fill(&self, body: &HtmlElement) {
        let text = self.text;
        let line: HtmlElement = append(body, "tr", "");
        let head: HtmlElement = append(&line, "th", "");
        set_attribute(&head, "scope", "row");
        set_text(&append::<HtmlElement>(&head, "span", ""), &text::claim(text, self.claim));
        // A row of its own: the column of the claims is too narrow for it.
        let below: HtmlElement = append(&append::<HtmlElement>(body, "tr", ""), "td", "");
        set_attribute(&below, "colspan", "5");
        let details: HtmlElement = append(&below, "details", "");
        set_text(&append::<HtmlElement>(&details, "summary", ""), &text.get("claims-details"));
        let rule: HtmlElement = append(&details, "p", "");
        set_text(&rule, &text::claim_rule(text, self.claim));
        let recorded = |index: usize| self.recorded.and_then(|row| row.cells.get(index));
        let cells = self.series.map(|series| &series.cells[self.index]);
        for (index, data) in DataSet::ALL.into_iter().enumerate() {
            let name = &self.data[index];
            let known = recorded(index);
            let before = known.map(|cell| cell.verdict);
            let cell = cells.and_then(|cells| cells[index].as_ref());
            let verdict = shown(self.series, cell.map(|cell| cell.verdict), before);
            let measured = match verdict {
                Some((_, Source::Here)) => cell.map(|cell| text::claim_measured(text, data, cell)),
                Some((_, Source::Record)) => known.and_then(|known| {
                    let own = known.measured.get(text.locale().key());
                    own.or_else(|| known.measured.values().next()).cloned()
                }),
                None => None,
            };
            self.cell(&line, name, verdict, before, "");
            if let Some(measured) = measured {
                let words: HtmlElement = append(&details, "p", "");
                let args = [("data", name.as_str().into()), ("measured", measured.into())];
                set_text(&words, &text.with("claims-cell", &args));
            }
        }
        let before = self.recorded.map(|row| row.verdict);
        let verdict = shown(self.series, cells.and_then(overall), before);
        self.cell(&line, self.verdict, verdict, before, "overall");
    }

    /// A verdict as a mark and a word. Beside tests: whether it is recorded, or the recorded one where
    /// that is another.
    fn cell(
        &self,
        line: &HtmlElement,
        label: &str,
        verdict: Option<(Verdict, Source)>,
        recorded: Option<Verdict>,
        class: &str,
    ) {
        let cell: HtmlElement = append(line, "td", class);
        set_attribute(&cell, "data-label", label);
        let Some((verdict, source)) = verdict else {
            set_text(&cell, &self.text.get("claims-waiting"));
            return;
        };
        let chip: HtmlElement = append(&cell, "span", "chip");
        set_attribute(&chip, "data-verdict", verdict.key());
        set_text(&chip, &text::verdict(self.text, verdict));
        let note = match (source, recorded) {
            (Source::Record, _) => self.series.map(|_| self.text.get("claims-not-tested")),
            (Source::Here, Some(before)) if before != verdict => {
                let word = text::verdict(self.text, before);
                Some(self.text.with("claims-recorded", &[("verdict", word.into())]))
            }
            (Source::Here, _) => None,
        };
        if let Some(note) = note {
            set_text(&append::<HtmlElement>(&cell, "span", "hint"), &note);
        }
    }
}

impl Panel for ClaimsPanel {
    fn show_state(&mut self, view: &View<'_>) {
        // Not in a frame: there is none in a hidden tab.
        self.go_on(view);
    }

    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        self.go_on(view);
        self.show_words(view.text);
        self.update_table(view.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopped_tests_leave_the_recorded_verdicts() {
        let recorded = Some(Verdict::Holds);
        let mut series = TestSeries::from(0);
        assert_eq!(shown(None, None, recorded), Some((Verdict::Holds, Source::Record)));
        assert_eq!(shown(Some(&series), None, recorded), None);
        series.ends = Some(Ending::Stopped);
        assert_eq!(shown(Some(&series), None, recorded), Some((Verdict::Holds, Source::Record)));
        let found = shown(Some(&series), Some(Verdict::Partly), recorded);
        assert_eq!(found, Some((Verdict::Partly, Source::Here)));
    }
}
