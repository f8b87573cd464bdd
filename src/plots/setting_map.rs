//! The steps of both phases over the two settings in which members differ: a cell for each
//! configuration.

use super::Words;
use super::onset::Onset;
use crate::experiment::{Experiment, Field, Value};
use crate::history::History;
use crate::phases::MemberPhases;
use crate::stats::{self, sort_short};
use crate::text::Text;

/// What the cells show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// The step of generalising.
    #[default]
    Onset,
    /// How many times the step of memorising that is.
    Length,
}

impl Shows {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Onset, Self::Length];

    /// The name in messages.
    pub fn key(self) -> &'static str {
        match self {
            Self::Onset => "onset",
            Self::Length => "length",
        }
    }
}

/// What is known of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub enum CellState {
    /// Not memorised yet.
    Waiting,
    /// Memorised, not generalised yet.
    NotYet,
    /// Memorised, and not generalised by the last step.
    Never,
    /// Not memorised by the last step.
    NotMemorised,
    /// Generalised: the value in words, and how deeply it is coloured, from 0 (late or long) to 1.
    Reached(String, f64),
}

/// One of the two settings.
pub struct Edge {
    /// Its name.
    pub title: String,
    /// Its values in rising order.
    pub values: Vec<String>,
}

/// A line along which the product of both settings is the same.
#[derive(Debug)]
pub struct Contour {
    /// The product.
    pub label: String,
    /// Where the label stands.
    pub at: (f64, f64),
    /// Points of the line, in cells from the lower left corner.
    pub points: Vec<(f64, f64)>,
}

/// A map over two settings. Cells go row by row, from the smallest values up.
pub struct SettingMap {
    /// From left to right, and from bottom to top.
    pub edges: [Edge; 2],
    /// What is known of each configuration.
    pub cells: Vec<CellState>,
    /// Lines of equal learning rate × weight decay.
    pub contours: Vec<Contour>,
    /// The ends of the colours, in words.
    pub scale: String,
    /// What the contours are, if there are some.
    pub product: String,
    onsets: Vec<Onset>,
    /// The first member of each cell.
    members: Vec<usize>,
}

/// The two settings in which members differ, with their values and these in rising order.
struct Axes {
    fields: [&'static Field; 2],
    values: [Vec<f64>; 2],
    orders: [Vec<usize>; 2],
}

impl Axes {
    fn of(experiment: &Experiment) -> Option<Self> {
        let settings = &experiment.settings;
        let mut lists = experiment.lists().map(|(field, values)| {
            let numbers = values.iter().map(|value| match value {
                Value::Number(number) => Some(*number),
                _ => None,
            });
            Some((field, numbers.collect::<Option<Vec<f64>>>()?))
        });
        let (first, second) = (lists.next()??, lists.next()??);
        if lists.next().is_some() || settings.is_regression() || settings.steps < 2 {
            return None;
        }
        let order = |numbers: &[f64]| {
            let mut order: Vec<usize> = (0..numbers.len()).collect();
            sort_short(&mut order, |&a, &b| numbers[a] < numbers[b]);
            order
        };
        Some(Self {
            fields: [first.0, second.0],
            orders: [order(&first.1), order(&second.1)],
            values: [first.1, second.1],
        })
    }

    fn edge(&self, index: usize, text: &Text) -> Edge {
        let (values, order) = (&self.values[index], &self.orders[index]);
        Edge {
            title: text.field(self.fields[index]),
            values: order.iter().map(|&at| text.number(values[at])).collect(),
        }
    }

    /// The values in rising order.
    fn sorted(&self, index: usize) -> Vec<f64> {
        self.orders[index].iter().map(|&at| self.values[index][at]).collect()
    }
}

/// Whether members differ in exactly two numbers, so that there is a map of when they generalise.
pub fn has_setting_map(experiment: &Experiment) -> bool {
    Axes::of(experiment).is_some()
}

/// The map over the two settings in which members differ. `None` without [`has_setting_map`].
pub fn setting_map(
    history: &History,
    members: &[MemberPhases],
    shows: Shows,
    text: &Text,
) -> Option<SettingMap> {
    let experiment = history.experiment();
    let axes = Axes::of(experiment)?;
    let steps = experiment.settings.steps;
    let seeds = experiment.settings.seeds;
    let [columns, rows] = &axes.orders;
    let (mut onsets, mut values, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        for column in columns {
            // The second list changes fastest.
            let first = (column * rows.len() + row) * seeds;
            let range = first..first + seeds;
            let length = length(members.get(range.clone()).unwrap_or_default());
            let onset = Onset::of(history, members, range);
            values.push(match shows {
                Shows::Onset => onset.steps()[1].map(f64::from),
                Shows::Length => length,
            });
            onsets.push(onset);
            firsts.push(first);
        }
    }
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let smallest = known.iter().copied().fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
    let largest = match shows {
        // The first step to generalise is known once there is one, so colours stay as they are.
        Shows::Onset => f64::from(steps),
        Shows::Length => known.iter().copied().fold(0.0, f64::max),
    };
    let number = |value: f64| match shows {
        Shows::Onset => text.number(value),
        Shows::Length => text.with("map-times", &[("times", text.numbers().about(value).into())]),
    };
    let state = |(onset, value): (&Onset, &Option<f64>)| {
        let has_memorised = onset.steps()[0].is_some();
        match value {
            Some(value) => {
                let stretch = (largest / smallest).ln();
                let share = if stretch > 0.0 { (largest / value).ln() / stretch } else { 1.0 };
                CellState::Reached(number(*value), share)
            }
            None => match (onset.until >= steps, has_memorised) {
                (true, true) => CellState::Never,
                (true, false) => CellState::NotMemorised,
                (false, true) => CellState::NotYet,
                (false, false) => CellState::Waiting,
            },
        }
    };
    let is_clock = axes.fields.map(|field| field.key) == ["lr", "wd"];
    let contours = match is_clock {
        true => contours(axes.sorted(0), axes.sorted(1), text),
        false => Vec::new(),
    };
    let args = [
        ("shows", if known.is_empty() { "nothing" } else { shows.key() }.into()),
        ("first", number(smallest).into()),
        ("last", number(largest).into()),
    ];
    let scale = text.with("map-scale", &args);
    let product = match contours.is_empty() {
        true => String::new(),
        false => {
            let [first, second] = axes.fields.map(|field| text.field_inline(field).into());
            text.with("map-key-product", &[("first", first), ("second", second)])
        }
    };
    Some(SettingMap {
        edges: [axes.edge(0, text), axes.edge(1, text)],
        cells: onsets.iter().zip(&values).map(state).collect(),
        contours,
        scale,
        product,
        onsets,
        members: firsts,
    })
}

/// How many times the step of memorising the step of generalising is: the lower median over
/// networks. One that did not get there counts as longer than all others.
fn length(members: &[MemberPhases]) -> Option<f64> {
    let ratio = |member: &MemberPhases| {
        let (first, second) = (member.memorise_step?, member.generalise_step?);
        Some(f64::from(second) / f64::from(first.max(1)))
    };
    let mut ratios: Vec<f64> = members.iter().filter_map(ratio).collect();
    sort_short(&mut ratios, |a, b| a < b);
    stats::lower_median(&ratios, members.len())
}

impl SettingMap {
    /// The experiment of one cell's configuration alone.
    pub fn alone(&self, cell: usize, experiment: &Experiment) -> Option<Experiment> {
        let member = *experiment.members().get(*self.members.get(cell)?)?;
        let mut alone = experiment.clone();
        for (field, _) in experiment.lists() {
            alone.set(field, field.get(&member)).ok()?;
        }
        Some(alone)
    }

    /// What became of a cell's configuration, in a line.
    pub fn words(&self, cell: usize, experiment: &Experiment, text: &Text) -> Option<Words> {
        let name = text.configuration(experiment, *self.members.get(cell)?);
        Some(self.onsets.get(cell)?.words(name, text))
    }
}

/// Lines of equal product at 1 and 3 of each decade, over values in rising order. Between the
/// centres of two cells logarithms change evenly, and so they do on to the edges. Zero has none.
fn contours(across: Vec<f64>, up: Vec<f64>, text: &Text) -> Vec<Contour> {
    let mut all = Vec::new();
    let (Some(across), Some(up)) = (Scale::of(across), Scale::of(up)) else { return all };
    let (width, height) = (across.end(), up.end());
    for half_decade in -16..8_i32 {
        let (power, m) =
            (half_decade.div_euclid(2), [1.0, 3.0][half_decade.rem_euclid(2) as usize]);
        // Dividing gives the number that is written.
        let level: f64 = if power < 0 { m / 10f64.powi(-power) } else { m * 10f64.powi(power) };
        let mut points: Vec<(f64, f64)> = Vec::new();
        for x in across.stops() {
            points.extend(up.place(level.ln() - across.at(x)).map(|y| (x, y)));
        }
        // The label stands between rows, because numbers stand in their middle, and along the
        // diagonal, away from the edges.
        let mut at = None;
        let mut off = f64::INFINITY;
        for y in up.stops() {
            let Some(x) = across.place(level.ln() - up.at(y)) else { continue };
            points.push((x, y));
            let (is_inside, from_diagonal) =
                (x > 0.4 && x < width - 0.4, (x / width - y / height).abs());
            let is_between = y.fract() == 0.0 && y > up.from && y < height;
            if is_inside && is_between && from_diagonal < off {
                (at, off) = (Some((x, y)), from_diagonal);
            }
        }
        sort_short(&mut points, |a, b| a.0 < b.0);
        if let Some(at) = at {
            all.push(Contour { label: text.number(level), at, points });
        }
    }
    all
}

/// Values along an edge, by the logarithm, in cells from the first.
struct Scale {
    /// The cell from which on values are not zero.
    from: f64,
    logs: Vec<f64>,
}

impl Scale {
    /// `None` with fewer than two numbers above zero.
    fn of(mut logs: Vec<f64>) -> Option<Self> {
        let count = logs.len();
        logs.retain(|value| *value > 0.0);
        logs.iter_mut().for_each(|value| *value = value.ln());
        (logs.len() >= 2).then(|| Self { from: (count - logs.len()) as f64, logs })
    }

    fn end(&self) -> f64 {
        self.from + self.logs.len() as f64
    }

    /// The edges and the centres of cells.
    fn stops(&self) -> impl Iterator<Item = f64> {
        let from = self.from;
        (0..=2 * self.logs.len()).map(move |half| from + 0.5 * half as f64)
    }

    /// The two centres around a place or nearest to it: the first one's cell, and the logarithms.
    fn around(&self, is_before: impl Fn(f64, f64) -> bool) -> (f64, f64, f64) {
        let last = self.logs.len() - 2;
        let cell = (1..=last).filter(|cell| is_before(*cell as f64, self.logs[*cell])).count();
        (self.from + 0.5 + cell as f64, self.logs[cell], self.logs[cell + 1])
    }

    /// The logarithm at a place.
    fn at(&self, place: f64) -> f64 {
        let (centre, low, high) = self.around(|cell, _| self.from + 0.5 + cell <= place);
        low + (place - centre) * (high - low)
    }

    /// The place of a logarithm; `None` outside.
    fn place(&self, log: f64) -> Option<f64> {
        let (centre, low, high) = self.around(|_, centre| centre <= log);
        let place = centre + (log - low) / (high - low);
        (place >= self.from && place <= self.end()).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::onset::tests::run;
    use super::*;
    use crate::phases;
    use crate::text::Locale;

    const QUERY: &str = "lr=0.01,0.02&wd=2,0,1&seeds=1";

    /// Members of `QUERY`: weight decay changes fastest.
    const SIX: [[Option<u32>; 2]; 6] = [
        [Some(20), Some(200)],
        [Some(10), None],
        [Some(15), Some(400)],
        [Some(12), Some(90)],
        [None, None],
        [Some(14), Some(210)],
    ];

    fn of(query: &str, members: &[[Option<u32>; 2]], last: u32, shows: Shows) -> SettingMap {
        let history = run(&format!("{query}&steps=1000"), members, last);
        let text = Text::new(Locale::English);
        setting_map(&history, &phases::find(&history), shows, &text).expect("two numbers")
    }

    fn labels(map: &SettingMap) -> Vec<&str> {
        let label = |cell: &'_ CellState| match cell {
            CellState::Reached(label, _) => label.clone(),
            state => format!("{state:?}"),
        };
        map.cells.iter().map(label).map(|label| &*label.leak()).collect()
    }

    #[test]
    fn two_numbers_make_a_map_and_nothing_else_does() {
        let has = |query| has_setting_map(&Experiment::from_query(query).experiment);
        assert!(
            has("lr=0.01,0.02&wd=0,1") && has("frac=0.4,0.5&wd=0,1") && has("alpha=1,8&wd=0,1")
        );
        assert!(!has("wd=0,1,3") && !has("wd=0,1&optimiser=adam,adamw"));
        assert!(!has("lr=0.01,0.02&wd=0,1&frac=0.4,0.5"));
        assert!(!has("preset=double-descent-time&slow-scale=0.1,1&lr=0.01,0.02"));
    }

    #[test]
    fn cells_go_from_the_smallest_values_up() {
        let map = of(QUERY, &SIX, 1000, Shows::Onset);
        let [across, up] = &map.edges;
        assert_eq!((across.title.as_str(), up.title.as_str()), ("Learning rate", "Weight decay"));
        assert_eq!(
            (across.values.join(" "), up.values.join(" ")),
            ("0.01 0.02".into(), "0 1 2".into())
        );
        assert_eq!(labels(&map), ["Never", "NotMemorised", "400", "210", "200", "90"]);
    }

    #[test]
    fn a_cell_is_not_called_never_before_the_last_step() {
        let at = |last| of(QUERY, &SIX, last, Shows::Onset);
        assert_eq!(labels(&at(0)), ["Waiting"; 6]);
        assert_eq!(labels(&at(100)), ["NotYet", "Waiting", "NotYet", "NotYet", "NotYet", "90"]);
        assert_eq!(labels(&at(999))[..2], ["NotYet", "Waiting"]);
        let share = |map: &SettingMap| match map.cells[5] {
            CellState::Reached(_, share) => share,
            _ => panic!("it has generalised"),
        };
        assert_eq!((share(&at(100)), share(&at(1000))), (1.0, 1.0));
    }

    #[test]
    fn the_length_is_a_ratio_of_each_network() {
        let map = of(QUERY, &SIX, 1000, Shows::Length);
        assert_eq!(labels(&map), ["Never", "NotMemorised", "27×", "15×", "10×", "7.5×"]);
        // The ratios are 10, 40 and 2: their median is none of the ratio of medians.
        let three = [[Some(10), Some(100)], [Some(10), Some(400)], [Some(100), Some(200)]];
        let members: Vec<_> = three.iter().cycle().take(12).copied().collect();
        let map = of("lr=0.01,0.02&wd=1,2&seeds=3", &members, 1000, Shows::Length);
        assert_eq!(labels(&map), ["10×"; 4]);
    }

    #[test]
    fn a_cell_opens_its_configuration_alone() {
        let map = of(QUERY, &SIX, 1000, Shows::Onset);
        let experiment = Experiment::from_query(&format!("{QUERY}&steps=1000")).experiment;
        let alone = map.alone(5, &experiment).expect("six cells");
        assert_eq!(alone.to_query(), "lr=0.02&wd=2&seeds=1&steps=1000&v=1");
        assert_eq!(map.alone(6, &experiment), None);
        let text = Text::new(Locale::English);
        let words = map.words(5, &experiment, &text).expect("six cells");
        let words: String = words.iter().map(|(_, part)| part.as_str()).collect();
        assert_eq!(
            words,
            "learning rate 0.02, weight decay 2: memorised at step 12, generalised at step 90; test \
             accuracy 100%"
        );
    }

    #[test]
    fn contours_of_the_clock_are_straight_over_equal_ratios() {
        let text = Text::new(Locale::English);
        let lines = contours(vec![0.01, 0.02, 0.04], vec![0.0, 0.5, 1.0, 2.0], &text);
        let labels: Vec<&str> = lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(labels, ["0.01", "0.03"]);
        for line in lines {
            // Right by a cell is down by a cell; nothing lies in the row of zero.
            let sums = line.points.iter().map(|(x, y)| x + y);
            let (low, high) = sums.fold((f64::MAX, f64::MIN), |(a, b), s| (a.min(s), b.max(s)));
            assert!(high - low < 1e-9 && line.points.len() > 2, "{line:?}");
            assert!(line.points.iter().all(|(_, y)| *y >= 1.0), "{line:?}");
            assert_eq!(line.at.1.fract(), 0.0);
        }
        let map = |query| of(query, &SIX, 1000, Shows::Onset);
        assert!(!map(QUERY).product.is_empty());
        assert!(map("alpha=1,2&wd=2,0,1&seeds=1").contours.is_empty());
    }
}
