//! The steps of both phases over the two settings in which members differ: a cell for each
//! configuration.

use super::onset::Onset;
use super::{Words, configurations};
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
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Its name.
    pub title: String,
    /// Its values in rising order.
    pub values: Vec<String>,
}

/// A line along which the product of both settings is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Contour {
    /// The product.
    pub label: String,
    /// Where the label stands.
    pub at: (f64, f64),
    /// Points of the line, in cells from the lower left corner.
    pub points: Vec<(f64, f64)>,
}

/// A map over two settings. Cells go row by row, from the smallest values up.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingMap {
    /// From left to right.
    pub across: Edge,
    /// From bottom to top.
    pub up: Edge,
    /// What is known of each configuration.
    pub cells: Vec<CellState>,
    /// Lines of equal learning rate × weight decay.
    pub contours: Vec<Contour>,
    /// The ends of the colours, in words.
    pub scale: String,
    /// What the contours are, if there are some.
    pub product: String,
    /// The last step of the experiment.
    pub steps: u32,
    /// A sentence for each cell.
    pub words: Vec<Words>,
    /// The settings of each cell's configuration.
    configurations: Vec<[Value; 2]>,
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
    let all = configurations(experiment, text);
    let [columns, rows] = &axes.orders;
    // The second list changes fastest.
    let places = rows.iter().flat_map(|&row| columns.iter().map(move |&column| (column, row)));
    let mut onsets: Vec<(Onset, Option<f64>)> = Vec::new();
    let mut settings = Vec::new();
    for (column, row) in places {
        let (range, name) = all.get(column * rows.len() + row)?.clone();
        let length = length(members.get(range.clone()).unwrap_or_default());
        let onset = Onset::of(history, members, range, name);
        let value = match shows {
            Shows::Onset => onset.step().map(f64::from),
            Shows::Length => length,
        };
        onsets.push((onset, value));
        settings.push([axes.values[0][column], axes.values[1][row]].map(Value::Number));
    }
    let known = || onsets.iter().filter_map(|(_, value)| *value);
    let smallest = known().fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
    let largest = match shows {
        // The first step to generalise is known once there is one, so colours stay as they are.
        Shows::Onset => f64::from(steps),
        Shows::Length => known().fold(0.0, f64::max),
    };
    let number = |value: f64| match shows {
        Shows::Onset => text.number(value),
        Shows::Length => text.with("map-times", &[("times", text.numbers().about(value).into())]),
    };
    let state = |(onset, value): &(Onset, Option<f64>)| {
        let has_memorised = onset.memorised.is_some_and(|summary| summary.median.is_some());
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
        true => contours(&axes.sorted(0), &axes.sorted(1), text),
        false => Vec::new(),
    };
    let scale = match known().next() {
        None => text.get("map-scale-empty"),
        Some(_) => text.with(
            "map-scale",
            &[
                ("shows", shows.key().into()),
                ("first", number(smallest).into()),
                ("last", number(largest).into()),
            ],
        ),
    };
    let product = match contours.is_empty() {
        true => String::new(),
        false => {
            let [first, second] = axes.fields.map(|field| text.field_inline(field));
            let args = [("first", first.into()), ("second", second.into())];
            text.with("map-key-product", &args)
        }
    };
    Some(SettingMap {
        across: axes.edge(0, text),
        up: axes.edge(1, text),
        cells: onsets.iter().map(state).collect(),
        contours,
        scale,
        product,
        steps,
        words: onsets.iter().map(|(onset, _)| onset.words(text)).collect(),
        configurations: settings,
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
        let mut alone = experiment.clone();
        let fields: Vec<&'static Field> = experiment.lists().map(|(field, _)| field).collect();
        for (field, value) in fields.into_iter().zip(self.configurations.get(cell)?) {
            alone.set(field, *value).ok()?;
        }
        Some(alone)
    }
}

/// Lines of equal product at 1 and 3 of each decade, over values in rising order. Between the
/// centres of two cells logarithms change evenly, and so they do on to the edges. Zero has none.
fn contours(across: &[f64], up: &[f64], text: &Text) -> Vec<Contour> {
    let (across, up) = (Scale::of(across), Scale::of(up));
    let (Some(across), Some(up)) = (across, up) else { return Vec::new() };
    let levels = (-8..4).flat_map(|power| [1.0, 3.0].map(|m| m * 10f64.powi(power)));
    levels
        .filter_map(|level| {
            let mut points: Vec<(f64, f64)> = Vec::new();
            for x in across.stops() {
                points.extend(up.place(level.ln() - across.at(x)).map(|y| (x, y)));
            }
            let mut edges = Vec::new();
            for y in up.stops() {
                if let Some(x) = across.place(level.ln() - up.at(y)) {
                    points.push((x, y));
                }
            }
            // Between rows, because numbers stand in their middle.
            for y in (up.from as usize + 1)..up.end() {
                let y = y as f64;
                edges.extend(across.place(level.ln() - up.at(y)).map(|x| (x, y)));
            }
            sort_short(&mut points, |a, b| a.0 < b.0);
            points.dedup();
            // Labels stand along the diagonal, away from the edges.
            let (width, height) = (across.end() as f64, up.end() as f64);
            let off = |(x, y): &(f64, f64)| (x / width - y / height).abs();
            edges.retain(|(x, _)| *x > 0.4 && *x < width - 0.4);
            let at = edges.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
            Some(Contour { label: text.number(level), at, points })
        })
        .collect()
}

/// Values along an edge, by the logarithm, in cells from the first.
struct Scale {
    /// The cell from which on values are not zero.
    from: f64,
    logs: Vec<f64>,
}

impl Scale {
    /// `None` with fewer than two numbers above zero.
    fn of(values: &[f64]) -> Option<Self> {
        let logs: Vec<f64> = values.iter().filter(|v| **v > 0.0).map(|v| v.ln()).collect();
        (logs.len() >= 2).then(|| Self { from: (values.len() - logs.len()) as f64, logs })
    }

    fn end(&self) -> usize {
        self.from as usize + self.logs.len()
    }

    /// The edges and the centres of cells.
    fn stops(&self) -> impl Iterator<Item = f64> {
        let centre = self.from + 0.5;
        let centres = (0..self.logs.len()).map(move |cell| centre + cell as f64);
        [self.from, self.end() as f64].into_iter().chain(centres)
    }

    /// The logarithm at a place.
    fn at(&self, place: f64) -> f64 {
        let place = place - self.from - 0.5;
        let cell = (place.max(0.0) as usize).min(self.logs.len() - 2);
        let (low, high) = (self.logs[cell], self.logs[cell + 1]);
        low + (place - cell as f64) * (high - low)
    }

    /// The place of a logarithm; `None` outside.
    fn place(&self, log: f64) -> Option<f64> {
        let inner = &self.logs[1..self.logs.len() - 1];
        let cell = inner.iter().filter(|inner| **inner < log).count();
        let (low, high) = (self.logs[cell], self.logs[cell + 1]);
        let place = self.from + 0.5 + cell as f64 + (log - low) / (high - low);
        (place >= self.from && place <= self.end() as f64).then_some(place)
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
        assert_eq!(
            (&*map.across.title, &map.across.values[..]),
            ("Learning rate", &["0.01".to_owned(), "0.02".to_owned()][..])
        );
        assert_eq!(map.up.values, ["0", "1", "2"]);
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
        let words: String = map.words[5].iter().map(|(_, part)| part.as_str()).collect();
        assert_eq!(
            words,
            "learning rate 0.02, weight decay 2: memorised at step 12, generalised at step 90; test \
             accuracy 100%"
        );
    }

    #[test]
    fn contours_of_the_clock_are_straight_over_equal_ratios() {
        let text = Text::new(Locale::English);
        let lines = contours(&[0.01, 0.02, 0.04], &[0.0, 0.5, 1.0, 2.0], &text);
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
