//! The results of all seats: codes in, one chart out.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use web_sys::HtmlElement;

use super::code::{self, Fault, Outcome};
use super::lesson::Lesson;
use super::{find, part};
use crate::page::dom::{ElementSize, set_attribute, set_text};
use crate::page::figure::Handle;
use crate::phases::{self, StepSummary};
use crate::text::{Arg, Text};

/// Reads a text with codes: what they hold, the text of those that are wrong, and a sentence for
/// each of these.
pub fn take(typed: &str, text: &Text) -> (Vec<Outcome>, String, Vec<String>) {
    let (mut outcomes, mut left, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for word in code::words(typed) {
        let fault = match code::read(word) {
            Ok(outcome) => {
                outcomes.push(outcome);
                continue;
            }
            Err(fault) => fault,
        };
        let given = ("code", word.into());
        faults.push(match fault {
            Fault::Length => {
                text.with("class-code-length", &[given, ("length", code::LENGTH.into())])
            }
            Fault::Character(character) => {
                let sign = ("character", character.to_string().into());
                text.with("class-code-character", &[given, sign])
            }
            Fault::Check => text.with("class-code-check", &[given]),
        });
        left.push(word);
    }
    (outcomes, left.join(" "), faults)
}

/// When the seats memorised, and when they generalised. Seats that did not count as later than all,
/// so that there is no median where half of the seats or more did not.
fn summaries(outcomes: &[Outcome]) -> [Option<StepSummary>; 2] {
    let summarise = |step: fn(&Outcome) -> Option<u32>| {
        let mut summary = phases::summarise(outcomes.iter().map(step))?;
        summary.median = summary.median.filter(|_| 2 * summary.reached > summary.members);
        Some(summary)
    };
    [summarise(|outcome| outcome.memorised), summarise(|outcome| outcome.generalised)]
}

/// What the class found, in a sentence.
pub fn sentence(outcomes: &[Outcome], text: &Text) -> String {
    let medians = summaries(outcomes).map(|summary| summary.and_then(|summary| summary.median));
    let count = ("count", outcomes.len().into());
    match medians {
        _ if outcomes.is_empty() => text.get("class-collect"),
        [Some(memorised), Some(generalised)] => text.with(
            "class-collected-both",
            &[count, ("memorised", memorised.into()), ("generalised", generalised.into())],
        ),
        [Some(memorised), None] => {
            text.with("class-collected-memorised", &[count, ("memorised", memorised.into())])
        }
        [None, _] => text.with("class-collected-neither", &[count]),
    }
}

/// The ranges, and how many seats never generalised.
pub fn ranges(outcomes: &[Outcome], text: &Text) -> String {
    let range = |summary: &StepSummary| {
        let ends = [summary.first, summary.last].map(|step| Arg::Text(text.step(step)));
        let [first, last] = ends;
        Arg::Text(text.with("range", &[("first", first), ("last", last)]))
    };
    match summaries(outcomes) {
        [Some(memorised), Some(generalised)] => text.with(
            "class-collected-ranges",
            &[
                ("memorised", range(&memorised)),
                ("generalised", range(&generalised)),
                ("never", (generalised.members - generalised.reached).into()),
            ],
        ),
        _ => String::new(),
    }
}

/// The chart of the class.
pub struct Collection {
    holder: HtmlElement,
    size: ElementSize,
    /// The results and the size that it was drawn from.
    drawn: RefCell<(Vec<Outcome>, [i32; 2])>,
}

impl Collection {
    /// Finds its element, and draws it again when that has another size.
    pub fn new(
        root: &HtmlElement,
        lesson: &Rc<RefCell<Lesson>>,
        handle: &Handle,
        text: &Text,
    ) -> Self {
        let holder = part(root, "collected");
        if let Some(field) = find(root, "textarea") {
            set_attribute(&field, "aria-label", &text.get("class-codes"));
        }
        if let Some(button) = find(root, "[data-do=take]") {
            set_text(&button, &text.get("class-take"));
        }
        let (lesson, handle) = (Rc::clone(lesson), handle.clone());
        let size = ElementSize::observe(&holder, move || {
            if let Ok(mut lesson) = lesson.try_borrow_mut() {
                lesson.revision += 1;
            }
            handle.redraw();
        });
        Self { holder, size, drawn: RefCell::default() }
    }

    /// Draws the results, if they or the size have changed.
    pub fn show(&self, outcomes: &[Outcome], text: &Text) {
        let size = self.size.get(&self.holder);
        let drawn = &mut *self.drawn.borrow_mut();
        if drawn.0 == outcomes && drawn.1 == size {
            return;
        }
        *drawn = (outcomes.to_vec(), size);
        let [width, height] = size.map(f64::from);
        let is_empty = outcomes.is_empty() || width < 120.0 || height < 60.0;
        let drawn = if is_empty { String::new() } else { chart(outcomes, width, height, text) };
        self.holder.set_inner_html(&drawn);
    }
}

/// A dot for each seat in two rows, with median and range, over an axis of steps by ratio. What did
/// not happen stands as a ring at the right.
fn chart(outcomes: &[Outcome], width: f64, height: f64, text: &Text) -> String {
    let font = (width / 44.0).clamp(16.0, 60.0);
    let (left, right, bottom) = (0.4 * font, 5.0 * font, height - 2.0 * font);
    let steps = || outcomes.iter().flat_map(|o| [o.memorised, o.generalised]).flatten();
    // From the power of ten below the first step.
    let mut first = 1;
    while steps().min().is_some_and(|step| step >= 10 * first) {
        first *= 10;
    }
    let last = steps().max().unwrap_or(0).max(10 * first);
    let decades = (f64::from(last) / f64::from(first)).ln();
    let plot = width - left - right;
    let x =
        |step: u32| left + plot * (f64::from(step.max(first)) / f64::from(first)).ln() / decades;
    let mut svg =
        format!("<svg width=\"{width}\" height=\"{height}\" font-size=\"{font:.1}\" role=\"img\">");
    let mut tick = first;
    while tick <= last {
        let (at, label) = (x(tick), text.step(tick));
        write!(
            svg,
            "<path class=\"grid\" d=\"M{at:.1} {:.1}V{bottom:.1}\"/><text class=\"muted\" \
             x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{}\">{label}</text>",
            1.4 * font,
            bottom + 1.4 * font,
            if tick == first { "start" } else { "middle" },
        )
        .ok();
        tick *= 10;
    }
    let never = width - right / 2.0;
    write!(
        svg,
        "<text class=\"muted\" x=\"{never:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        bottom + 1.4 * font,
        text.get("class-never"),
    )
    .ok();
    let names = [text.get("marker-memorised-short"), text.get("marker-generalised-short")];
    let band = bottom / 2.0;
    for (row, (summary, name)) in summaries(outcomes).iter().zip(names).enumerate() {
        let class = if row == 0 { "train" } else { "test" };
        let top = band * row as f64;
        let room = band - 2.4 * font;
        write!(
            svg,
            "<text class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" font-weight=\"600\">{name}</text>",
            top + 1.1 * font
        )
        .ok();
        let y = |index: usize| {
            // Neighbours in different heights, so that seats with one step stay apart.
            let share = (index * 7 % 11) as f64 / 10.0;
            top + 1.7 * font + share * room
        };
        for (index, outcome) in outcomes.iter().enumerate() {
            let step = if row == 0 { outcome.memorised } else { outcome.generalised };
            let (at, kind) = match step {
                Some(step) => (x(step), class.to_owned()),
                None => (never, format!("{class} ring")),
            };
            let (y, half) = (y(index), 0.25 * font);
            // A dot on the training set, a square on the test set, as everywhere.
            match row {
                0 => write!(
                    svg,
                    "<circle class=\"{kind}\" cx=\"{at:.1}\" cy=\"{y:.1}\" r=\"{half:.1}\"/>"
                ),
                _ => write!(
                    svg,
                    "<rect class=\"{kind}\" x=\"{:.1}\" y=\"{:.1}\" \
                     width=\"{side:.1}\" height=\"{side:.1}\"/>",
                    at - half,
                    y - half,
                    side = 2.0 * half,
                ),
            }
            .ok();
        }
        if let Some(summary) = summary {
            let line = top + 2.0 * font + room;
            let (from, to) = (x(summary.first), x(summary.last));
            write!(svg, "<path class=\"range\" d=\"M{from:.1} {line:.1}H{to:.1}\"/>").ok();
            if let Some(median) = summary.median {
                let at = x(median);
                let top = top + 1.4 * font;
                write!(svg, "<path class=\"median\" d=\"M{at:.1} {top:.1}V{line:.1}\"/>").ok();
            }
        }
    }
    svg += "</svg>";
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Locale;

    fn outcome(seat: u32, generalised: Option<u32>) -> Outcome {
        Outcome { seat, memorised: Some(40 + seat), generalised }
    }

    #[test]
    fn wrong_codes_stay_and_each_has_its_sentence() {
        let text = Text::new(Locale::English);
        let good = code::write(outcome(3, Some(1800))).expect("the seat has a code");
        let typed = format!("{good}; {}2 ABC\n{}", &good[..6], good.to_lowercase());
        let (outcomes, left, faults) = take(&typed, &text);
        let steps: Vec<_> = outcomes.iter().map(|outcome| outcome.memorised).collect();
        assert_eq!(steps, [Some(43), Some(43)]);
        assert_eq!((left.split(' ').count(), faults.len()), (2, 2), "{left}: {faults:?}");
        assert!(faults[1].contains("ABC") && faults[1].contains('7'), "{faults:?}");
    }

    #[test]
    fn the_class_is_summed_up_with_those_that_never_generalised() {
        let text = Text::new(Locale::English);
        let some = [outcome(1, Some(1500)), outcome(2, None), outcome(3, Some(1800))];
        let told = sentence(&some, &text);
        assert!(told.contains("42") && told.contains("1,800"), "{told}");
        let told = ranges(&some, &text);
        assert!(told.contains("41–43") && told.contains("1,500–1,800"), "{told}");
        assert!(told.contains("1 did not"), "{told}");
        let drawn = chart(&some, 1152.0, 380.0, &text);
        assert_eq!([drawn.matches("<circle").count(), drawn.matches("<rect").count()], [3, 3]);
        assert_eq!(drawn.matches("test ring").count(), 1);
        assert_eq!(drawn.matches("class=\"median\"").count(), 2);
        assert_ne!(sentence(&[outcome(1, None)], &text), sentence(&[], &text));
    }

    #[test]
    fn a_median_between_a_step_and_never_is_no_step() {
        let text = Text::new(Locale::English);
        let some = [outcome(1, Some(1649)), outcome(2, None)];
        let told = sentence(&some, &text);
        assert_eq!(
            told,
            "2 networks: memorised at step 41, not generalised by the end of the run."
        );
        assert_eq!(chart(&some, 1152.0, 380.0, &text).matches("class=\"median\"").count(), 1);
    }
}
