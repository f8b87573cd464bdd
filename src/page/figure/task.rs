//! A picture of the task: which answers of the first network are right, sample by sample, and a
//! question to it. Both follow the scrubber.

use plotters::style::RGBColor;
use web_sys::{Event, HtmlElement, HtmlInputElement, MouseEvent};

use super::Handle;
use super::budget::DrawBudget;
use super::panel::{Panel, View};
use super::picture::{Align, Picture, Sheet};
use super::sweep::section;
use crate::evaluation::{Answers, Task, TaskSet};
use crate::experiment::{Data, Operation, Settings};
use crate::page::chart::{DrawKey, Theme};
use crate::page::dom::{Listener, Root, set_attribute, set_text};

/// What the picture was drawn from.
type Key = (DrawKey, Option<u32>, [i32; 2], bool);

/// A table with a cell for each sum, or some images, with what the first network makes of them.
pub struct TaskPicture {
    section: HtmlElement,
    title: HtmlElement,
    note: HtmlElement,
    picture: Picture,
    counts: [HtmlElement; 2],
    drawn: Option<Key>,
    /// Whether training samples that are wrong are rings of their colour, to be told from afar.
    has_rings: bool,
    _listener: Listener,
}

/// Images in a row of the picture.
const IMAGES_ACROSS: usize = 6;

impl TaskPicture {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let picture = Picture::new(root, "picture", "task-canvas", handle);
        // A cell that is pointed at fills in the question.
        let fields: Option<(HtmlInputElement, HtmlInputElement)> =
            root.find("ask-a").zip(root.find("ask-b"));
        let (holder, asked) = (root.part::<HtmlElement>("picture"), handle.clone());
        let target = holder.clone();
        let listener = Listener::new(&holder, "click", move |event: MouseEvent| {
            let Some((a, b)) = &fields else { return };
            let elements = asked.look(|view| elements(&view.session.experiment().settings));
            let Some(elements) = elements.flatten() else { return };
            let rect = target.get_bounding_client_rect();
            let grid = Grid::new(rect.width(), rect.height(), elements);
            let x = f64::from(event.client_x()) - rect.left();
            let y = f64::from(event.client_y()) - rect.top();
            if let Some([row, column]) = grid.at(x, y) {
                a.set_value(&row.to_string());
                b.set_value(&column.to_string());
                asked.redraw();
            }
        });
        Self {
            section: section(root, "task"),
            title: root.part("task-title"),
            note: root.part("task-note"),
            picture,
            counts: [root.part("task-train"), root.part("task-test")],
            drawn: None,
            has_rings: root.element().has_attribute("data-large"),
            _listener: listener,
        }
    }
}

/// Elements of the table that the task is; `None` if it is no table, or one too large to be drawn.
fn elements(settings: &Settings) -> Option<usize> {
    (settings.is_table() && settings.outputs() <= 120).then(|| settings.outputs())
}

impl Panel for TaskPicture {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let settings = view.session.experiment().settings;
        let elements = elements(&settings);
        let has_picture = elements.is_some() || settings.data == Data::Digits;
        self.section.set_hidden(!has_picture);
        let class = if elements.is_some() { "picture" } else { "picture images" };
        self.picture.set_class(class);
        let Some(size) = self.picture.size().filter(|_| has_picture) else { return };
        let (inside, text) = (view.inside(), view.text);
        let step = view.shared.pointed_step as u32;
        // Of a recorded run nothing shows before the reader looks at it.
        let is_blank = view.session.is_untouched() && !view.shows_recording;
        let answers = inside.answers_at(step).filter(|_| !is_blank);
        let key = (view.key(), answers.map(|answers| answers.step), size, inside.task.is_some());
        if self.drawn == Some(key) {
            return;
        }
        let (title, note) = match elements {
            Some(_) if settings.data == Data::Permutations => ("task-table", String::new()),
            Some(_) => {
                let sign = sign(settings.op);
                (
                    "task-table",
                    text.with(
                        "task-mod",
                        &[("sign", sign.into()), ("p", settings.p.to_string().into())],
                    ),
                )
            }
            None => ("task-images", text.get("task-images-note")),
        };
        set_text(&self.title, &text.get(title));
        let configuration = view.session.experiment();
        let named = text.configuration(configuration, 0);
        set_text(&self.note, &text.join("list-middle", &[note, named]));
        let Some(sheet) = self.picture.clear() else { return };
        self.drawn = Some(key);
        let right = |set: fn(&Task) -> &TaskSet, answered: fn(&Answers) -> &[u16]| {
            inside.task.as_ref().zip(answers).map(|(task, answers)| {
                let classes = &set(task).classes;
                let pairs = answered(answers).iter().zip(classes);
                (pairs.filter(|(a, b)| u32::from(**a) == **b).count(), classes.len())
            })
        };
        let counts = [
            right(|task| &task.train, |answers| &answers.train),
            right(|task| &task.test, |answers| &answers.test),
        ];
        for (element, count) in self.counts.iter().zip(counts) {
            let words = match count {
                Some((right, all)) => {
                    text.with("task-count", &[("right", right.into()), ("all", all.into())])
                }
                None => text.get("task-count-none"),
            };
            set_text(element, &words);
        }
        let [train, test] = counts;
        let summary = match train.zip(test) {
            Some(((train, of_train), (test, of_test))) => text.with(
                "task-summary",
                &[
                    ("train", train.into()),
                    ("of-train", of_train.into()),
                    ("test", test.into()),
                    ("of-test", of_test.into()),
                ],
            ),
            None => text.get("task-summary-none"),
        };
        set_attribute(self.picture.canvas(), "aria-label", &summary);
        match elements {
            Some(elements) => {
                let (task, rings) = (inside.task.as_ref(), self.has_rings);
                table(&sheet, &view.theme, elements, task, answers, rings);
            }
            None => images(&sheet, &view.theme, inside.task.as_ref(), answers),
        }
    }
}

/// The sign of an operation.
fn sign(operation: Operation) -> &'static str {
    match operation {
        Operation::Add => "+",
        Operation::Subtract => "−",
        Operation::Multiply => "×",
        Operation::Divide => "÷",
    }
}

/// Where the cells of a table lie.
struct Grid {
    elements: usize,
    left: f64,
    top: f64,
    cell: f64,
}

impl Grid {
    fn new(width: f64, height: f64, elements: usize) -> Self {
        let has_labels = width.min(height) / elements as f64 >= 10.0;
        match has_labels {
            true => Self::within(width, height, elements, (22.0, 20.0)),
            false => Self::plain(width, height, elements),
        }
    }

    /// Without labels.
    fn plain(width: f64, height: f64, elements: usize) -> Self {
        Self::within(width, height, elements, (0.0, 0.0))
    }

    fn within(width: f64, height: f64, elements: usize, (left, top): (f64, f64)) -> Self {
        let cell = ((width - left) / elements as f64).min((height - top) / elements as f64);
        Self { elements, left, top, cell }
    }

    /// Row and column at a point.
    fn at(&self, x: f64, y: f64) -> Option<[usize; 2]> {
        let index = |at: f64| {
            let index = (at / self.cell).floor();
            (index >= 0.0 && index < self.elements as f64).then_some(index as usize)
        };
        Some([index(y - self.top)?, index(x - self.left)?])
    }
}

/// A cell for each entry: dots are training samples, squares test samples; filled ones are right.
fn table(
    sheet: &Sheet,
    theme: &Theme,
    elements: usize,
    task: Option<&Task>,
    answers: Option<&Answers>,
    has_rings: bool,
) {
    let grid = match has_rings {
        true => Grid::plain(sheet.width, sheet.height, elements),
        false => Grid::new(sheet.width, sheet.height, elements),
    };
    let middle = |index: usize| (index as f64 + 0.5) * grid.cell;
    if grid.left > 0.0 {
        sheet.fill(theme.muted, 1.0);
        for index in (0..elements).step_by(5).filter(|index| index + 2 < elements) {
            let label = index.to_string();
            sheet.write(&label, grid.left + middle(index), grid.top - 11.0, 13.0, Align::Middle);
            sheet.write(&label, grid.left - 6.0, grid.top + middle(index), 13.0, Align::Right);
        }
        sheet.write("b", grid.left + middle(elements - 1), grid.top - 11.0, 13.0, Align::Middle);
        sheet.write("a", grid.left - 6.0, grid.top + middle(elements - 1), 13.0, Align::Right);
    }
    let half = 0.43 * grid.cell;
    let draw = |id: u32, colour: RGBColor, is_dot: bool| {
        let (row, column) = (id as usize / elements, id as usize % elements);
        let (x, y) = (grid.left + middle(column), grid.top + middle(row));
        sheet.fill(colour, 1.0);
        if is_dot {
            sheet.disc(x, y, 0.36 * grid.cell);
        } else {
            sheet.context.fill_rect(x - half, y - half, 2.0 * half, 2.0 * half);
        }
    };
    let Some(task) = task else {
        for id in 0..(elements * elements) as u32 {
            draw(id, theme.empty, false);
        }
        return;
    };
    let sets: [(&TaskSet, Option<&[u16]>, RGBColor, bool); 2] = [
        (&task.train, answers.map(|answers| &answers.train[..]), theme.train, true),
        (&task.test, answers.map(|answers| &answers.test[..]), theme.test, false),
    ];
    for (set, answered, colour, is_dot) in sets {
        for (index, (id, class)) in set.ids.iter().zip(&set.classes).enumerate() {
            let answer = answered.and_then(|answered| answered.get(index));
            let is_right = answer.is_some_and(|answer| u32::from(*answer) == *class);
            if is_dot && has_rings && !is_right {
                let (row, column) = (*id as usize / elements, *id as usize % elements);
                sheet.stroke(colour, 0.11 * grid.cell);
                sheet.ring(grid.left + middle(column), grid.top + middle(row), 0.3 * grid.cell);
            } else {
                draw(*id, if is_right { colour } else { theme.empty }, is_dot);
            }
        }
    }
}

/// Some test images, with the digit that the network reads below each; a ring marks a wrong one.
fn images(sheet: &Sheet, theme: &Theme, task: Option<&Task>, answers: Option<&Answers>) {
    let Some(test) = task.map(|task| &task.test) else { return };
    let cell = sheet.width / IMAGES_ACROSS as f64;
    let side = 0.62 * cell;
    for (index, image) in test.images.iter().enumerate() {
        let left = (index % IMAGES_ACROSS) as f64 * cell;
        let top = (index / IMAGES_ACROSS) as f64 * cell;
        if top + cell > sheet.height + 1.0 {
            break;
        }
        let pixel = side / 8.0;
        for (at, value) in image.iter().enumerate() {
            sheet.fill(theme.ink, f64::from(*value) / 16.0);
            let (x, y) = ((at % 8) as f64 * pixel, (at / 8) as f64 * pixel);
            sheet.context.fill_rect(left + x, top + y, pixel + 0.3, pixel + 0.3);
        }
        let Some(answer) = answers.and_then(|answers| answers.test.get(index)) else { continue };
        let is_right = test.classes.get(index) == Some(&u32::from(*answer));
        let (x, y) = (left + side + 0.17 * cell, top + side / 2.0);
        sheet.fill(if is_right { theme.test_text } else { theme.train_text }, 1.0);
        sheet.write(&answer.to_string(), x, y, 0.28 * cell, Align::Middle);
        if !is_right {
            sheet.stroke(theme.train, 1.5);
            sheet.ring(x, y, 0.2 * cell);
        }
    }
}

/// A sum that the reader asks the first network.
pub struct Ask {
    section: HtmlElement,
    fields: [HtmlInputElement; 2],
    sign: HtmlElement,
    answer: HtmlElement,
    note: HtmlElement,
    _listeners: Vec<Listener>,
}

impl Ask {
    /// Finds its elements in the figure.
    pub fn new(root: &Root, handle: &Handle) -> Self {
        let fields: [HtmlInputElement; 2] = [root.part("ask-a"), root.part("ask-b")];
        let listeners = fields
            .iter()
            .map(|field| {
                let handle = handle.clone();
                Listener::new(field, "input", move |_: Event| handle.redraw())
            })
            .collect();
        Self {
            section: section(root, "ask"),
            fields,
            sign: root.part("ask-sign"),
            answer: root.part("ask-answer"),
            note: root.part("ask-note"),
            _listeners: listeners,
        }
    }
}

impl Panel for Ask {
    fn update(&mut self, view: &View<'_>, _: &mut DrawBudget) {
        let settings = view.session.experiment().settings;
        self.section.set_hidden(settings.data != Data::Arithmetic);
        if settings.data != Data::Arithmetic {
            return;
        }
        let text = view.text;
        set_text(&self.sign, sign(settings.op));
        let max = (settings.p - 1).to_string();
        self.fields.iter().for_each(|field| field.set_max(&max));
        let [a, b] = [0, 1].map(|index: usize| self.fields[index].value().parse::<u32>().ok());
        let inside = view.inside();
        let asked = a.zip(b).filter(|(a, b)| *a < settings.p && *b < settings.p);
        let answers = inside.answers_at(view.shared.pointed_step as u32);
        let found = asked.and_then(|(a, b)| {
            let (task, answers) = (inside.task.as_ref()?, answers?);
            let id = a * settings.p + b;
            let sets = [(&task.train, &answers.train, true), (&task.test, &answers.test, false)];
            sets.into_iter().find_map(|(set, answered, is_training)| {
                let index = set.ids.iter().position(|known| *known == id)?;
                Some((*answered.get(index)?, *set.classes.get(index)?, is_training))
            })
        });
        let (answer, note) = match found {
            Some((answer, right, is_training)) => {
                let is_right = u32::from(answer) == right;
                let id = match (is_right, is_training) {
                    (true, true) => "ask-right-train",
                    (true, false) => "ask-right-test",
                    (false, true) => "ask-wrong-train",
                    (false, false) => "ask-wrong-test",
                };
                let answer = text.with("ask-answer", &[("answer", answer.to_string().into())]);
                (answer, text.with(id, &[("right", right.to_string().into())]))
            }
            None if asked.is_none() => {
                let range = [("max", max.as_str().into())];
                (text.get("ask-no-answer"), text.with("ask-out-of-range", &range))
            }
            None => (text.get("ask-no-answer"), text.get("ask-not-trained")),
        };
        set_text(&self.answer, &answer);
        let configuration = view.session.experiment();
        let named = text.configuration(configuration, 0);
        set_text(&self.note, &text.join("list-middle", &[note, named]));
    }
}
