//! What a lesson asks, beat by beat, and what a class answered. Knows nothing of a browser.

use super::code::Outcome;
use super::drawing::Drawing;
use crate::experiment::Experiment;

/// What one screen is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// A question; hands are counted.
    Ask,
    /// Trains until the networks have memorised.
    Run,
    /// The class draws, or chooses, what comes next.
    Predict,
    /// Trains to the end.
    Reveal,
    /// Looks back.
    Changed,
    /// Results of all seats.
    Collect,
}

impl Beat {
    /// The name in the document.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Run => "run",
            Self::Predict => "predict",
            Self::Reveal => "reveal",
            Self::Changed => "changed",
            Self::Collect => "collect",
        }
    }

    /// The message that names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "class-beat-ask",
            Self::Run => "class-beat-run",
            Self::Predict => "class-beat-predict",
            Self::Reveal => "class-beat-reveal",
            Self::Changed => "class-beat-changed",
            Self::Collect => "class-beat-collect",
        }
    }

    /// Whether the curves are on the screen.
    pub fn has_chart(self) -> bool {
        matches!(self, Self::Run | Self::Predict | Self::Reveal)
    }
}

/// An answer that a class can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The key that counts a hand for it.
    pub key: &'static str,
    /// The message that words it.
    pub label: &'static str,
}

/// How the right answer follows from a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Never, soon or much later after memorising.
    Wait,
    /// Sooner or later than the other configuration, or never. Holds the index of the configuration
    /// that is asked about.
    Against(usize),
    /// Whether the second configuration waits as long as the first, for a shorter time, or hardly.
    Gap,
    /// Nothing is asked.
    None,
}

/// One question with its experiment.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The experiment, as an address holds it.
    pub query: &'static str,
    /// Its screens.
    pub beats: &'static [Beat],
    /// The message that asks.
    pub question: &'static str,
    /// What can be answered.
    pub choices: &'static [Choice],
    rule: Rule,
}

const NEVER: Choice = Choice { key: "n", label: "class-never" };
static WAITS: [Choice; 3] = [
    NEVER,
    Choice { key: "s", label: "class-soon" },
    Choice { key: "m", label: "class-much-later" },
];
static COMPARED: [Choice; 3] =
    [Choice { key: "s", label: "class-sooner" }, Choice { key: "l", label: "class-later" }, NEVER];
static GAPS: [Choice; 3] = [
    Choice { key: "l", label: "class-gap-as-long" },
    Choice { key: "s", label: "class-gap-shorter" },
    Choice { key: "n", label: "class-gap-hardly" },
];

/// The lesson.
pub static LINES: [Line; 5] = [
    Line {
        query: "preset=grokking",
        beats: &[Beat::Ask, Beat::Run, Beat::Predict, Beat::Reveal, Beat::Changed],
        question: "class-ask",
        choices: &WAITS,
        rule: Rule::Wait,
    },
    Line {
        query: "preset=grokking&wd=1,3",
        beats: &[Beat::Ask, Beat::Reveal],
        question: "class-ask-decay",
        choices: &COMPARED,
        rule: Rule::Against(1),
    },
    Line {
        query: "preset=grokking&wd=0,1",
        beats: &[Beat::Ask, Beat::Reveal],
        question: "class-ask-no-decay",
        choices: &COMPARED,
        rule: Rule::Against(0),
    },
    Line {
        query: "preset=grokking&frac=0.5,0.9",
        beats: &[Beat::Ask, Beat::Reveal],
        question: "class-ask-gap",
        choices: &GAPS,
        rule: Rule::Gap,
    },
    Line {
        query: "preset=grokking",
        beats: &[Beat::Collect],
        question: "class-collect",
        choices: &[],
        rule: Rule::None,
    },
];

/// The steps at which the median network of a configuration memorised and generalised.
pub type Events = [Option<u32>; 2];

impl Line {
    /// Its experiment.
    pub fn experiment(&self) -> Experiment {
        Experiment::from_query(self.query).experiment
    }

    /// Whether it asks how long the second configuration waits.
    pub fn asks_about_gap(&self) -> bool {
        self.rule == Rule::Gap
    }

    /// The index of the right choice, from the events of each configuration of a run that is over.
    pub fn right(&self, found: &[Events]) -> Option<usize> {
        let wait = |events: Events| Some(f64::from(events[1]?) / f64::from(events[0]?.max(1)));
        match (self.rule, found) {
            (Rule::Wait, &[events]) => Some(match wait(events) {
                None => 0,
                Some(times) if times <= 10.0 => 1,
                Some(_) => 2,
            }),
            (Rule::Against(asked), &[first, second]) => {
                let (asked, other) = if asked == 0 { (first, second) } else { (second, first) };
                Some(match (asked[1], other[1]) {
                    (None, _) => 2,
                    (Some(step), Some(other)) if step > other => 1,
                    (Some(_), _) => 0,
                })
            }
            (Rule::Gap, &[first, second]) => {
                let (first, second) = (wait(first), wait(second)?);
                Some(match first {
                    _ if second < 2.0 => 2,
                    Some(first) if second > 0.8 * first => 0,
                    _ => 1,
                })
            }
            _ => None,
        }
    }

    /// The configuration that is asked about, and the one that it is compared with.
    pub fn compared(&self, found: &[Events]) -> Option<[Events; 2]> {
        match (self.rule, found) {
            (Rule::Against(0), &[asked, other]) => Some([asked, other]),
            (Rule::Against(_) | Rule::Gap, &[other, asked]) => Some([asked, other]),
            _ => None,
        }
    }
}

/// Where a lesson is, and all that the class gave it.
#[derive(Clone, Debug, Default)]
pub struct Lesson {
    line: usize,
    beat: usize,
    /// For each line the choices for which a hand was counted, in order.
    hands: [Vec<usize>; LINES.len()],
    /// What the class drew or chose.
    pub drawing: Drawing,
    /// The results of the seats, one for each seat.
    pub collected: Vec<Outcome>,
    /// Whether the screen is blank.
    pub is_blank: bool,
    /// Counts changes, so that what is shown is brought up to date.
    pub revision: u32,
}

impl Lesson {
    /// The question of this screen.
    pub fn line(&self) -> &'static Line {
        &LINES[self.line]
    }

    /// What this screen is for.
    pub fn beat(&self) -> Beat {
        self.line().beats[self.beat]
    }

    /// The number of this question, from 0.
    pub fn number(&self) -> usize {
        self.line
    }

    /// Moves to the next screen, or to the one before; stays at both ends.
    pub fn turn(&mut self, forward: bool) {
        if forward && self.beat + 1 < self.line().beats.len() {
            self.beat += 1;
        } else if forward && self.line + 1 < LINES.len() {
            (self.line, self.beat) = (self.line + 1, 0);
        } else if !forward && self.beat > 0 {
            self.beat -= 1;
        } else if !forward && self.line > 0 {
            self.line -= 1;
            self.beat = self.line().beats.len() - 1;
        }
    }

    /// Moves to a screen of this question, by its name in the document.
    pub fn go_to(&mut self, beat: &str) {
        if let Some(index) = self.line().beats.iter().position(|known| known.key() == beat) {
            self.beat = index;
        }
    }

    /// The index of the choice with a key.
    pub fn choice(&self, key: &str) -> Option<usize> {
        self.line().choices.iter().position(|choice| choice.key == key)
    }

    /// Counts a hand for a choice.
    pub fn count(&mut self, choice: usize) {
        self.hands[self.line].push(choice);
    }

    /// Takes the last hand back.
    pub fn undo(&mut self) {
        self.hands[self.line].pop();
    }

    /// The hands for each choice.
    pub fn counts(&self) -> Vec<usize> {
        let hands = &self.hands[self.line];
        let of = |choice: usize| hands.iter().filter(|hand| **hand == choice).count();
        (0..self.line().choices.len()).map(of).collect()
    }

    /// Takes a seat's result; a later one replaces an earlier one of the same seat. Returns whether
    /// it did.
    pub fn collect(&mut self, outcome: Outcome) -> bool {
        let before = self.collected.len();
        self.collected.retain(|known| known.seat != outcome.seat);
        let replaces = self.collected.len() < before;
        self.collected.push(outcome);
        crate::stats::sort_short(&mut self.collected, |a, b| a.seat < b.seat);
        replaces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_experiment_with_as_many_configurations_as_its_rule() {
        for line in &LINES {
            let parsed = Experiment::from_query(line.query);
            assert_eq!(parsed.notes, [], "{}", line.query);
            let configurations =
                parsed.experiment.member_count() / parsed.experiment.settings.seeds;
            let events = vec![[Some(43), Some(1800)]; configurations];
            assert_eq!(line.right(&events).is_some(), !line.choices.is_empty(), "{}", line.query);
            let mut keys: Vec<_> = line.choices.iter().map(|choice| choice.key).collect();
            // Keys of the lesson itself.
            keys.extend(["b", "f", "r", "z", "1", "3", "6"]);
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{}", line.query);
        }
    }

    #[test]
    fn turning_on_visits_every_beat_and_turning_back_returns() {
        let mut lesson = Lesson::default();
        let count: usize = LINES.iter().map(|line| line.beats.len()).sum();
        let mut seen = vec![(lesson.number(), lesson.beat())];
        for _ in 1..count {
            lesson.turn(true);
            seen.push((lesson.number(), lesson.beat()));
        }
        assert_eq!(seen[1], (0, Beat::Run));
        assert_eq!(seen[count - 1], (LINES.len() - 1, Beat::Collect));
        lesson.turn(true);
        for &place in seen.iter().rev() {
            assert_eq!((lesson.number(), lesson.beat()), place);
            lesson.turn(false);
        }
        assert_eq!((lesson.number(), lesson.beat()), seen[0]);
    }

    #[test]
    fn the_right_answer_follows_from_the_run() {
        let label = |line: usize, found: &[Events]| {
            LINES[line].right(found).map(|right| LINES[line].choices[right].label)
        };
        assert_eq!(label(0, &[[Some(43), Some(1787)]]), Some("class-much-later"));
        assert_eq!(label(0, &[[Some(43), Some(430)]]), Some("class-soon"));
        assert_eq!(label(0, &[[Some(43), None]]), Some("class-never"));
        let (usual, three) = ([Some(43), Some(1787)], [Some(44), Some(250)]);
        assert_eq!(label(1, &[usual, three]), Some("class-sooner"));
        assert_eq!(label(2, &[[Some(43), None], usual]), Some("class-never"));
        assert_eq!(label(2, &[[Some(43), Some(3000)], usual]), Some("class-later"));
        assert_eq!(label(3, &[usual, [Some(63), Some(106)]]), Some("class-gap-hardly"));
        assert_eq!(label(3, &[usual, [Some(63), Some(1000)]]), Some("class-gap-shorter"));
        assert_eq!(label(3, &[usual, [Some(43), Some(1700)]]), Some("class-gap-as-long"));
        assert_eq!(LINES[2].compared(&[[Some(1), None], usual]), Some([[Some(1), None], usual]));
    }

    #[test]
    fn hands_are_counted_by_question_and_taken_back_in_order() {
        let mut lesson = Lesson::default();
        for key in ["n", "m", "m", "x", "s"] {
            if let Some(choice) = lesson.choice(key) {
                lesson.count(choice);
            }
        }
        lesson.undo();
        assert_eq!(lesson.counts(), [1, 0, 2]);
        for _ in 0..5 {
            lesson.turn(true);
        }
        assert_eq!((lesson.number(), lesson.counts()), (1, vec![0, 0, 0]));
        lesson.turn(false);
        assert_eq!(lesson.counts(), [1, 0, 2]);
    }

    #[test]
    fn a_seat_counts_once_with_its_last_result() {
        let mut lesson = Lesson::default();
        let outcome = |seat, step| Outcome { seat, memorised: Some(step), generalised: None };
        for (seat, step, replaces) in [(12, 43, false), (3, 40, false), (12, 45, true)] {
            assert_eq!(lesson.collect(outcome(seat, step)), replaces);
        }
        assert_eq!(lesson.collected, [outcome(3, 40), outcome(12, 45)]);
    }
}
