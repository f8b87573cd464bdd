//! The kernels of a step as WGSL, with every size written into the text.
//!
//! Products are tiled in registers alone: an invocation works a few rows by a few columns, and
//! neighbours in a workgroup have neighbouring columns, so that what they load is either the same
//! number or a row of them. No kernel waits for another invocation or adds atomically, so that sums are
//! always taken in the same order.

use std::fmt::Write as _;

use super::tile::{GROUP_COLUMNS, GROUP_ROWS, Tile, UNROLLED};
use crate::experiment::{Activation, Loss};

/// Steps for which rates and batches are written at once.
pub(super) const AHEAD: usize = 64;
/// Numbers that the table holds for each member and step, see [`super::rates`].
pub(super) const RATES: usize = 16;
/// Where the rates begin in the table, behind the two counters of steps.
pub(super) const HEADER: usize = 4;
/// Rows and columns are padded to a multiple of this.
const PAD: usize = 4;
/// Invocations of a workgroup in all other kernels.
const LINE: usize = 64;
/// Workgroups along x at most, where a long line of them is folded.
const FOLD: usize = 32_768;

/// The next multiple of [`PAD`].
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(PAD)
}

/// What a kernel can read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buffer {
    /// Layer by layer `[members, inputs (and one row of biases), columns]`, and behind all of them
    /// the transposed weights that are needed.
    Parameters,
    /// Mean, mean square and Grokfast's average, each as long as the parameters.
    State,
    /// Parts of the gradients.
    Partials,
    /// Two counters of steps, and rates by step and member.
    Table,
    /// Rows by element of a pair, by step and member: where each element's begin, and the rows.
    Lists,
    /// Samples of each batch, by step and member.
    Chosen,
    /// For each sample two elements, a class and what it counts.
    Samples,
    /// Targets of a regression.
    Numbers,
    /// `[members, samples, features]`.
    Inputs,
    /// What a hidden layer gives.
    Hidden(usize),
    /// The slope of its activation, and on the way back the gradient before the activation.
    Slope(usize),
    /// What the last layer gives, and on the way back its gradient.
    Output,
    /// Loss and accuracy of each sample, and 1; or all 0 for a row of padding.
    Results,
    /// Those of the training set, and of the test set.
    ResultsOf(usize),
    /// Loss and accuracy of training and test, member by member.
    Scores,
    /// A layer's weights, or its biases, as a tensor of their own.
    Taken(usize, bool),
}

impl Buffer {
    fn name(self) -> String {
        match self {
            Self::Parameters => "parameters".into(),
            Self::State => "state".into(),
            Self::Partials => "partials".into(),
            Self::Table => "table".into(),
            Self::Lists => "lists".into(),
            Self::Chosen => "chosen".into(),
            Self::Samples => "samples".into(),
            Self::Numbers => "numbers".into(),
            Self::Inputs => "inputs".into(),
            Self::Hidden(layer) => format!("hidden{layer}"),
            Self::Slope(layer) => format!("slope{layer}"),
            Self::Output => "output".into(),
            Self::Results => "results".into(),
            Self::ResultsOf(set) => format!("results{set}"),
            Self::Scores => "scores".into(),
            Self::Taken(..) => "taken".into(),
        }
    }

    fn element(self) -> &'static str {
        match self {
            Self::Table | Self::Lists | Self::Chosen => "u32",
            Self::Samples => "vec4<u32>",
            Self::Results | Self::ResultsOf(_) => "vec4<f32>",
            _ => "f32",
        }
    }
}

/// A kernel before it has buffers.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    pub(super) group: [u32; 2],
    pub(super) groups: [u32; 3],
    pub(super) buffers: Vec<Buffer>,
}

/// What the first layer takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// Two one-hot vectors of that many elements.
    Pairs(usize),
    /// That many numbers.
    Dense(usize),
}

/// A layer: where its parameters are, and how its gradient is split.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) bias: bool,
    /// `None` for the last.
    pub(super) activation: Option<Activation>,
    /// Where its parameters begin.
    pub(super) at: usize,
    /// Where its transposed weights begin, `[members, columns, columns of the layer before]`, and how many
    /// numbers they are.
    pub(super) transposed: Option<(usize, usize)>,
    /// Where the parts of its gradient begin, each as long as its parameters.
    pub(super) partials: usize,
    /// How many parts there are.
    pub(super) parts: usize,
}

impl Layer {
    pub(super) fn rows(&self) -> usize {
        self.inputs + usize::from(self.bias)
    }

    pub(super) fn columns(&self) -> usize {
        padded(self.outputs)
    }

    /// Numbers of one member's weights, or of its biases.
    fn taken(&self, biases: bool) -> usize {
        self.outputs * if biases { 1 } else { self.inputs }
    }
}

/// All that the text of the kernels depends on.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) members: usize,
    pub(super) input: Input,
    pub(super) layers: Vec<Layer>,
    pub(super) loss: Loss,
    pub(super) regression: bool,
    /// Samples in a batch; 0 for all.
    pub(super) batch: usize,
    /// Padded samples of the training and of the test set.
    pub(super) rows: [usize; 2],
    /// Samples that there are inputs of, in each.
    pub(super) input_rows: [usize; 2],
    /// The first layer that is trained.
    pub(super) first_trained: usize,
    pub(super) grokfast: bool,
    /// Parameters of all layers and members.
    pub(super) parameters: usize,
}

/// The rows that a kernel works on: batches of the training set, or all of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    Batch,
    Set(usize),
}

impl Rows {
    fn batched(self) -> bool {
        self == Self::Batch
    }

    fn set(self) -> usize {
        match self {
            Self::Batch => 0,
            Self::Set(set) => set,
        }
    }
}

/// What follows when a layer's sums are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Hidden(usize, Activation),
    Outputs,
    /// The outputs' gradient of the squared error.
    SquaredGradient,
}

/// A text that notes which buffers it names.
#[derive(Default)]
pub(super) struct Text {
    body: String,
    buffers: Vec<Buffer>,
}

impl Text {
    fn name(&mut self, buffer: Buffer) -> String {
        if !self.buffers.contains(&buffer) {
            self.buffers.push(buffer);
        }
        buffer.name()
    }

    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.body.push_str(line.as_ref());
        self.body.push('\n');
    }

    fn finish(
        self,
        (plan, set): (&Plan, usize),
        group: [usize; 2],
        groups: [usize; 3],
        shared: &str,
    ) -> Source {
        let mut text = String::new();
        for (binding, buffer) in self.buffers.iter().enumerate() {
            let (name, element) = (buffer.name(), buffer.element());
            // Of a length that is written down, which need not be looked up at every access.
            let length = plan.length(*buffer, set);
            // Two buffers may be parts of one, which may then not be read in one and written in the other.
            let _ = writeln!(
                text,
                "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{element}, {length}>;"
            );
        }
        let [x, y] = group;
        let _ = write!(
            text,
            "{shared}\n@compute @workgroup_size({x}, {y}, 1)\nfn main(@builtin(workgroup_id) group: \
             vec3<u32>, @builtin(local_invocation_id) unit: vec3<u32>) {{\n{}}}\n",
            self.body
        );
        Source {
            text,
            group: group.map(|n| n as u32),
            groups: groups.map(|n| n as u32),
            buffers: self.buffers,
        }
    }
}

impl Plan {
    /// Padded samples of a step.
    pub(super) fn step_rows(&self) -> usize {
        if self.batch > 0 { padded(self.batch) } else { self.rows[0] }
    }

    /// The rows of a step.
    fn of_step(&self) -> Rows {
        if self.batch > 0 { Rows::Batch } else { Rows::Set(0) }
    }

    fn count(&self, rows: Rows) -> usize {
        match rows {
            Rows::Batch => self.step_rows(),
            Rows::Set(set) => self.rows[set],
        }
    }

    /// How many elements a buffer has; where the training and the test set have one each, that one's.
    pub(super) fn length(&self, buffer: Buffer, set: usize) -> usize {
        let members = self.members;
        let widest_rows = self.rows[0].max(self.rows[1]).max(self.step_rows());
        let slots = if self.batch > 0 { AHEAD } else { 1 };
        let length = match buffer {
            Buffer::Parameters => {
                let transposed = self.layers.iter().filter_map(|layer| layer.transposed);
                self.parameters + transposed.map(|(_, numbers)| numbers).sum::<usize>()
            }
            Buffer::State => self.parameters * if self.grokfast { 3 } else { 2 },
            Buffer::Partials => {
                let parts = |layer: &Layer| layer.parts * members * layer.rows() * layer.columns();
                self.layers.iter().map(parts).sum()
            }
            Buffer::Table => HEADER + AHEAD * members * RATES,
            Buffer::Lists if self.listed() == 0 => 0,
            Buffer::Lists => slots * members * self.list_length(),
            Buffer::Chosen if self.batch == 0 => 0,
            Buffer::Chosen => AHEAD * members * self.step_rows(),
            Buffer::Samples | Buffer::Results => members * self.rows[set],
            Buffer::ResultsOf(set) => members * self.rows[set],
            Buffer::Numbers if !self.regression => 0,
            Buffer::Numbers => members * self.rows[set] * self.outputs(),
            Buffer::Inputs => match self.input {
                Input::Pairs(_) => 0,
                Input::Dense(inputs) => members * self.input_rows[set] * inputs,
            },
            Buffer::Hidden(layer) | Buffer::Slope(layer) => {
                members * widest_rows * self.layers[layer].columns()
            }
            Buffer::Output => members * widest_rows * padded(self.outputs()),
            Buffer::Scores => 4 * members,
            Buffer::Taken(layer, biases) => members * self.layers[layer].taken(biases),
        };
        length.max(1)
    }

    fn is_last(&self, layer: usize) -> bool {
        layer + 1 == self.layers.len()
    }

    /// Elements of a pair twice, where each has its rows listed.
    pub(super) fn listed(&self) -> usize {
        match self.input {
            Input::Pairs(elements) => 2 * elements,
            Input::Dense(_) => 0,
        }
    }

    /// Numbers in the lists of one member and step.
    pub(super) fn list_length(&self) -> usize {
        self.listed() + 1 + 2 * self.step_rows()
    }

    /// The gradient before the activation of a layer, on the way back.
    fn gradient(&self, layer: usize) -> Buffer {
        if self.is_last(layer) { Buffer::Output } else { Buffer::Slope(layer) }
    }

    /// The kernels of a step, in order.
    pub(super) fn step(&self) -> Vec<Source> {
        let squared = self.loss == Loss::SquaredError;
        let mut all: Vec<Source> = (0..self.layers.len())
            .map(|layer| {
                let end = if squared { End::SquaredGradient } else { End::Outputs };
                self.forward(layer, end, self.of_step())
            })
            .collect();
        if !squared {
            all.push(self.loss_gradient());
        }
        for layer in (self.first_trained..self.layers.len()).rev() {
            let listed = layer == 0 && self.listed() > 0;
            if !listed || layer > self.first_trained {
                all.push(self.backward(layer));
            }
        }
        all.push(self.update());
        all
    }

    /// The kernels that measure loss and accuracy of each sample of the training set, or the test set.
    pub(super) fn measure(&self, set: usize) -> Vec<Source> {
        let layers = 0..self.layers.len();
        let mut all: Vec<Source> =
            layers.map(|layer| self.forward(layer, End::Outputs, Rows::Set(set))).collect();
        all.push(self.score(set));
        all
    }

    /// The slot where a batch is looked up, in the first kernel.
    fn first_slot(text: &mut Text) {
        let table = text.name(Buffer::Table);
        text.line(format!("let slot = {table}[0];"));
    }

    /// The step's number within the table, in all kernels but the first.
    fn slot(text: &mut Text) {
        let table = text.name(Buffer::Table);
        text.line(format!("let slot = {table}[1] - 1u;"));
    }

    /// The member's sample in a row.
    fn picked(&self, text: &mut Text, batched: bool, row: &str) -> String {
        if batched {
            let chosen = text.name(Buffer::Chosen);
            format!("{chosen}[(slot * {}u + m) * {}u + {row}]", self.members, self.step_rows())
        } else {
            row.to_owned()
        }
    }

    /// What one layer makes of the one before.
    fn forward(&self, layer: usize, end: End, rows: Rows) -> Source {
        let end = match self.layers[layer].activation {
            Some(activation) => End::Hidden(layer, activation),
            None => end,
        };
        match (layer, self.input) {
            (0, Input::Pairs(elements)) => self.gather(elements, end, rows),
            _ => self.product(layer, end, rows),
        }
    }

    /// The first kernel of a step counts it; the last one makes that the number of steps taken.
    fn count_step(text: &mut Text) {
        let table = text.name(Buffer::Table);
        text.line(format!(
            "if (all(group == vec3<u32>(0u)) && all(unit == vec3<u32>(0u))) {{ {table}[1] = \
             {table}[0] + 1u; }}"
        ));
    }

    /// The first layer of two one-hot vectors: the sum of two rows of its weights.
    fn gather(&self, elements: usize, end: End, rows: Rows) -> Source {
        const HEIGHT: usize = 4;
        let (count, batched) = (self.count(rows), rows.batched());
        let layer = &self.layers[0];
        let (height, columns) = (layer.rows(), layer.columns());
        let mut text = Text::default();
        text.line(format!("let rows = {count}u;"));
        if batched {
            Self::first_slot(&mut text);
        }
        Self::count_step(&mut text);
        text.line("let m = group.z;");
        let (samples, parameters) = (text.name(Buffer::Samples), text.name(Buffer::Parameters));
        let all_rows = self.rows[rows.set()];
        text.line(format!("for (var i = 0u; i < {HEIGHT}u; i = i + 1u) {{"));
        text.line(format!("let r = group.y * {HEIGHT}u + i; if (r >= rows) {{ break; }}"));
        let picked = self.picked(&mut text, batched, "r");
        text.line(format!("let sample = {samples}[m * {all_rows}u + {picked}];"));
        let at = layer.at;
        text.line(format!("let first = {at}u + (m * {height}u + sample.x) * {columns}u;"));
        text.line(format!(
            "let second = {at}u + (m * {height}u + {elements}u + sample.y) * {columns}u;"
        ));
        self.prepare_end(&mut text, end, batched);
        text.line(format!("for (var c = unit.x; c < {columns}u; c = c + {LINE}u) {{"));
        text.line(format!("var v = {parameters}[first + c] + {parameters}[second + c];"));
        if layer.bias {
            text.line(format!(
                "v = v + {parameters}[{at}u + (m * {height}u + {}u) * {columns}u + c];",
                layer.inputs
            ));
        }
        self.end(&mut text, end);
        text.line("} }");
        let groups = [1, count.div_ceil(HEIGHT), self.members];
        text.finish((self, rows.set()), [LINE, 1], groups, "")
    }

    /// A layer of numbers.
    fn product(&self, index: usize, end: End, rows: Rows) -> Source {
        let layer = &self.layers[index];
        let (count, batched) = (self.count(rows), rows.batched());
        let (height, columns, inputs) = (layer.rows(), layer.columns(), layer.inputs);
        let tile = Tile::of(count, columns, self.members);
        let mut text = Text::default();
        text.line(format!("let rows = {count}u;"));
        if index == 0 {
            if batched {
                Self::first_slot(&mut text);
            }
            Self::count_step(&mut text);
        } else if batched && end == End::SquaredGradient {
            Self::slot(&mut text);
        }
        text.line("let m = group.z;");
        tile.place(&mut text, "group.x", "group.y", columns);
        text.line("if (row >= rows) { return; }");
        let left = if index == 0 {
            let name = text.name(Buffer::Inputs);
            let all = self.input_rows[rows.set()];
            for t in 0..tile.rows {
                // A row of padding reads another's sample, and counts for nothing.
                let picked = self.picked(&mut text, batched, &tile.row(t, count));
                text.line(format!(
                    "let l{t} = (m * {all}u + min({picked}, {}u)) * {inputs}u;",
                    all - 1
                ));
            }
            name
        } else {
            let width = self.layers[index - 1].columns();
            for t in 0..tile.rows {
                text.line(format!("let l{t} = (m * rows + {}) * {width}u;", tile.row(t, count)));
            }
            text.name(Buffer::Hidden(index - 1))
        };
        let parameters = text.name(Buffer::Parameters);
        text.line(format!("let base = {}u + m * {}u;", layer.at, height * columns));
        tile.clear(&mut text, |j| {
            if layer.bias {
                format!("{parameters}[base + {}u + c{j}]", inputs * columns)
            } else {
                "0.0".into()
            }
        });
        let to = format!("{}u", inputs / UNROLLED * UNROLLED);
        tile.sum(
            &mut text,
            ["0u", &to],
            inputs % UNROLLED,
            |t| format!("{left}[l{t} + k]"),
            |j| format!("{parameters}[at + c{j}]"),
            &format!("let at = base + k * {columns}u;"),
        );
        for t in 0..tile.rows {
            text.line(format!("{} let r = row + {t}u;", tile.open_row(t, count)));
            if end == End::SquaredGradient {
                let samples = text.name(Buffer::Samples);
                let all_rows = self.rows[rows.set()];
                let picked = self.picked(&mut text, batched, "r");
                text.line(format!("let sample = {samples}[m * {all_rows}u + {picked}];"));
            }
            self.prepare_end(&mut text, end, batched);
            for j in 0..tile.columns {
                text.line(format!(
                    "{} let c = column + {}u; let v = s{t}_{j};",
                    tile.open_column(j, columns),
                    j * GROUP_COLUMNS
                ));
                self.end(&mut text, end);
                text.line("}");
            }
            text.line("}");
        }
        let [x, y] = tile.groups(count, columns);
        text.finish((self, rows.set()), [GROUP_COLUMNS, GROUP_ROWS], [x, y, self.members], "")
    }

    /// What a row's targets are, from its `sample`.
    fn prepare_end(&self, text: &mut Text, end: End, batched: bool) {
        if end == End::SquaredGradient {
            self.targets(text, batched);
        }
    }

    fn targets(&self, text: &mut Text, batched: bool) {
        if batched {
            let share = 1.0 / self.batch as f32;
            text.line(format!("let weight = select(0.0, {share:?}f, r < {}u);", self.batch));
        } else {
            text.line("let weight = bitcast<f32>(sample.w);");
        }
        if self.regression {
            let picked = self.picked(text, batched, "r");
            text.line(format!(
                "let goal = (m * {}u + {picked}) * {}u;",
                self.rows[0],
                self.outputs()
            ));
        } else {
            let table = text.name(Buffer::Table);
            for (name, place) in [("rest", 13), ("spread", 14)] {
                text.line(format!(
                    "let {name} = bitcast<f32>({table}[{HEADER}u + m * {RATES}u + {place}u]);"
                ));
            }
        }
    }

    fn target(&self, text: &mut Text) -> String {
        if self.regression {
            let numbers = text.name(Buffer::Numbers);
            format!("{numbers}[goal + min(c, {}u)]", self.outputs() - 1)
        } else {
            "(spread + select(0.0, rest, c == sample.z))".into()
        }
    }

    fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs
    }

    /// Puts the sum `v` of row `r` and column `c` where it belongs.
    fn end(&self, text: &mut Text, end: End) {
        match end {
            End::Hidden(layer, activation) => {
                let (hidden, slope) =
                    (text.name(Buffer::Hidden(layer)), text.name(Buffer::Slope(layer)));
                let columns = self.layers[layer].columns();
                text.line(formula(activation));
                text.line(format!("let place = (m * rows + r) * {columns}u + c;"));
                text.line(format!("{hidden}[place] = h; {slope}[place] = d;"));
            }
            End::Outputs | End::SquaredGradient => {
                let output = text.name(Buffer::Output);
                let columns = padded(self.outputs());
                let value = if end == End::Outputs {
                    "v".to_owned()
                } else {
                    let target = self.target(text);
                    format!("select(0.0, 2.0 * (v - {target}) * weight, c < {}u)", self.outputs())
                };
                text.line(format!("{output}[(m * rows + r) * {columns}u + c] = {value};"));
            }
        }
    }

    /// The gradient of a loss that takes a row's outputs together, in the place of the outputs.
    fn loss_gradient(&self) -> Source {
        let batched = self.batch > 0;
        let (outputs, columns, rows) = (self.outputs(), padded(self.outputs()), self.step_rows());
        let mut text = Text::default();
        text.line(format!("let rows = {rows}u;"));
        if batched {
            Self::slot(&mut text);
        }
        text.line(format!("let m = group.z; let r = group.x * {LINE}u + unit.x;"));
        text.line("if (r >= rows) { return; }");
        let (samples, output) = (text.name(Buffer::Samples), text.name(Buffer::Output));
        let all_rows = self.rows[0];
        let picked = self.picked(&mut text, batched, "r");
        text.line(format!("let sample = {samples}[m * {all_rows}u + {picked}];"));
        self.targets(&mut text, batched);
        text.line(format!("let at = (m * rows + r) * {columns}u;"));
        let sum = self.sum_of_shares(&mut text);
        let target = self.target(&mut text);
        text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
        text.line(format!("let x = {output}[at + c];"));
        match self.loss {
            Loss::StableMax => {
                text.line(STABLE);
                text.line("let inner = 1.0 / (1.0 - min(x, 0.0));");
                text.line(format!(
                    "{output}[at + c] = (1.0 / {sum} - {target} / s) * select(inner * inner, 1.0, x \
                     >= 0.0) * weight;"
                ));
            }
            _ => text
                .line(format!("{output}[at + c] = (exp(x - most) / {sum} - {target}) * weight;")),
        }
        text.line("}");
        text.finish((self, 0), [LINE, 1], [rows.div_ceil(LINE), 1, self.members], "")
    }

    /// What a row's outputs are divided by to make shares: the name of the sum of `exp` or of StableMax's.
    fn sum_of_shares(&self, text: &mut Text) -> &'static str {
        let output = text.name(Buffer::Output);
        let outputs = self.outputs();
        if self.loss == Loss::StableMax {
            text.line("var sum = 0.0;");
            text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
            text.line(format!("let x = {output}[at + c]; {STABLE} sum = sum + s; }}"));
        } else {
            text.line(format!("var most = {output}[at]; var sum = 0.0;"));
            text.line(format!(
                "for (var c = 1u; c < {outputs}u; c = c + 1u) {{ most = max(most, {output}[at + c]); }}"
            ));
            text.line(format!(
                "for (var c = 0u; c < {outputs}u; c = c + 1u) {{ sum = sum + exp({output}[at + c] - \
                 most); }}"
            ));
        }
        "sum"
    }

    /// The parts of the gradient of a layer's parameters, and the gradient before the activation of
    /// the layer before, where that is trained; both from the gradient behind the layer, in one launch.
    fn backward(&self, index: usize) -> Source {
        let batched = self.batch > 0;
        let layer = &self.layers[index];
        let (rows, columns, height) = (self.step_rows(), layer.columns(), layer.rows());
        let goes_on = index > self.first_trained;
        let own = !(index == 0 && self.listed() > 0);
        let behind = self.gradient(index);
        let mut text = Text::default();
        text.line(format!("let m = group.z; let rows = {rows}u;"));
        let behind = text.name(behind);
        let mut groups = 0;
        if own {
            let (parts, inputs) = (layer.parts, layer.inputs);
            let part = rows.div_ceil(parts).next_multiple_of(UNROLLED);
            let tile = Tile::of(inputs, columns, self.members * parts);
            let [across, down] = tile.groups(inputs, columns);
            groups = across * down * parts;
            text.line(format!("if (group.x < {groups}u) {{"));
            if batched && index == 0 {
                Self::slot(&mut text);
            }
            text.line(format!("let part = group.x / {}u;", across * down));
            text.line(format!("let tile = group.x % {}u;", across * down));
            tile.place(
                &mut text,
                &format!("(tile % {across}u)"),
                &format!("(tile / {across}u)"),
                columns,
            );
            text.line(format!("if (row >= {inputs}u) {{ return; }}"));
            text.line(format!(
                "let begin = part * {part}u; let until = min(begin + {part}u, rows);"
            ));
            let (left, before) = if index == 0 {
                let all = self.input_rows[0];
                let picked = self.picked(&mut text, batched, "k");
                let before =
                    format!("let x = (m * {all}u + min({picked}, {}u)) * {inputs}u;", all - 1);
                (text.name(Buffer::Inputs), before)
            } else {
                let width = self.layers[index - 1].columns();
                (
                    text.name(Buffer::Hidden(index - 1)),
                    format!("let x = (m * rows + k) * {width}u;"),
                )
            };
            for t in 0..tile.rows {
                text.line(format!("let i{t} = {};", tile.row(t, inputs)));
            }
            tile.clear(&mut text, |_| "0.0".into());
            tile.sum(
                &mut text,
                ["begin", "until"],
                0,
                |t| format!("{left}[x + i{t}]"),
                |j| format!("{behind}[at + c{j}]"),
                &format!("{before} let at = (m * rows + k) * {columns}u;"),
            );
            let partials = text.name(Buffer::Partials);
            let place = |part: &str| {
                let (begin, members) = (layer.partials, self.members);
                format!("{begin}u + ({part} * {members}u + m) * {}u", height * columns)
            };
            text.line(format!("let place = {} + column;", place("part")));
            for t in 0..tile.rows {
                text.line(tile.open_row(t, inputs));
                for j in 0..tile.columns {
                    text.line(format!(
                        "{} {partials}[place + (row + {t}u) * {columns}u + {}u] = s{t}_{j}; }}",
                        tile.open_column(j, columns),
                        j * GROUP_COLUMNS
                    ));
                }
                text.line("}");
            }
            text.line("return; }");
            if layer.bias {
                // Column by column.
                let sums = (columns * parts).div_ceil(GROUP_COLUMNS * GROUP_ROWS);
                text.line(format!("if (group.x < {}u) {{", groups + sums));
                text.line(format!(
                    "let i = ((group.x - {groups}u) * {GROUP_ROWS}u + unit.y) * {GROUP_COLUMNS}u + unit.x;"
                ));
                text.line(format!("let part = i / {columns}u; let c = i % {columns}u;"));
                text.line(format!("if (part >= {parts}u) {{ return; }}"));
                text.line(format!(
                    "var sum = 0.0; for (var k = part * {part}u; k < min((part + 1u) * {part}u, rows); k \
                     = k + 1u) {{ sum = sum + {behind}[(m * rows + k) * {columns}u + c]; }}"
                ));
                text.line(format!(
                    "{partials}[{} + {}u + c] = sum; return; }}",
                    place("part"),
                    inputs * columns
                ));
                groups += sums;
            }
        }
        if goes_on {
            let width = self.layers[index - 1].columns();
            let tile = Tile::of(rows, width, self.members);
            let [across, down] = tile.groups(rows, width);
            text.line(format!("let tile = group.x - {groups}u;"));
            tile.place(
                &mut text,
                &format!("(tile % {across}u)"),
                &format!("(tile / {across}u)"),
                width,
            );
            text.line("if (row >= rows) { return; }");
            for t in 0..tile.rows {
                text.line(format!("let l{t} = (m * rows + {}) * {columns}u;", tile.row(t, rows)));
            }
            let parameters = text.name(Buffer::Parameters);
            let at = layer.transposed.map_or(0, |(at, _)| at);
            text.line(format!("let base = {at}u + m * {}u;", columns * width));
            tile.clear(&mut text, |_| "0.0".into());
            let to = format!("{}u", layer.outputs / UNROLLED * UNROLLED);
            tile.sum(
                &mut text,
                ["0u", &to],
                layer.outputs % UNROLLED,
                |t| format!("{behind}[l{t} + k]"),
                |j| format!("{parameters}[at + c{j}]"),
                &format!("let at = base + k * {width}u;"),
            );
            let slope = text.name(Buffer::Slope(index - 1));
            for t in 0..tile.rows {
                text.line(tile.open_row(t, rows));
                for j in 0..tile.columns {
                    text.line(format!(
                        "{} let place = (m * rows + row + {t}u) * {width}u + column + {}u; \
                         {slope}[place] = {slope}[place] * s{t}_{j}; }}",
                        tile.open_column(j, width),
                        j * GROUP_COLUMNS
                    ));
                }
                text.line("}");
            }
            groups += across * down;
        }
        text.finish((self, 0), [GROUP_COLUMNS, GROUP_ROWS], [groups, 1, self.members], "")
    }

    /// The gradient of every parameter put together, and the step that it makes. An invocation has
    /// [`PAD`] neighbouring columns, so that rates and lists are read once for them.
    fn update(&self) -> Source {
        let mut text = Text::default();
        Self::slot(&mut text);
        let table = text.name(Buffer::Table);
        text.line(format!("let i = ((group.y * {FOLD}u + group.x) * {LINE}u + unit.x) * {PAD}u;"));
        text.line(format!("if (i == 0u) {{ {table}[0] = slot + 1u; }}"));
        let start = self.layers[self.first_trained].at;
        text.line(format!("if (i < {start}u || i >= {}u) {{ return; }}", self.parameters));
        text.line("var m = 0u; var mirror = 0xffffffffu; var across = 0u;");
        (0..PAD).for_each(|x| text.line(format!("var g{x} = 0.0;")));
        for index in self.first_trained..self.layers.len() {
            let layer = &self.layers[index];
            let (height, columns) = (layer.rows(), layer.columns());
            let size = height * columns;
            let end = layer.at + self.members * size;
            text.line(format!("if (i >= {}u && i < {end}u) {{", layer.at));
            text.line(format!("let place = i - {}u; m = place / {size}u;", layer.at));
            if index == 0 && self.listed() > 0 {
                let (lists, gradient) = (text.name(Buffer::Lists), text.name(self.gradient(0)));
                let (listed, rows) = (self.listed(), self.step_rows());
                let slot = if self.batch > 0 { "slot" } else { "0u" };
                text.line(format!(
                    "let row = (place % {size}u) / {columns}u; let c = place % {columns}u;"
                ));
                text.line(format!(
                    "let list = ({slot} * {}u + m) * {}u;",
                    self.members,
                    self.list_length()
                ));
                // A bias belongs to every sample, and the first elements' lists have each once.
                text.line(format!(
                    "var begin = {lists}[list]; var until = {lists}[list + {}u]; if (row < {listed}u) {{ \
                     begin = {lists}[list + row]; until = {lists}[list + row + 1u]; }}",
                    listed / 2
                ));
                text.line(format!(
                    "for (var q = begin; q < until; q = q + 1u) {{ let at = (m * {rows}u + \
                     {lists}[list + {}u + q]) * {columns}u + c;",
                    listed + 1
                ));
                for x in 0..PAD {
                    text.line(format!("g{x} = g{x} + {gradient}[at + {x}u];"));
                }
            } else {
                let partials = text.name(Buffer::Partials);
                text.line(format!(
                    "for (var part = 0u; part < {}u; part = part + 1u) {{ let at = {}u + part * {}u + \
                     place;",
                    layer.parts,
                    layer.partials,
                    self.members * size
                ));
                for x in 0..PAD {
                    text.line(format!("g{x} = g{x} + {partials}[at + {x}u];"));
                }
            }
            text.line("}");
            if let Some((at, _)) = layer.transposed {
                let width = self.layers[index - 1].columns();
                text.line(format!(
                    "let line = (place % {size}u) / {columns}u; if (line < {}u) {{ mirror = {at}u + \
                     (m * {columns}u + place % {columns}u) * {width}u + line; across = {width}u; }}",
                    layer.inputs
                ));
            }
            text.line("}");
        }
        let (parameters, state) = (text.name(Buffer::Parameters), text.name(Buffer::State));
        text.line(format!("let rates = {HEADER}u + (slot * {}u + m) * {RATES}u;", self.members));
        for (place, name) in NAMES.iter().enumerate() {
            text.line(format!("let {name} = bitcast<f32>({table}[rates + {place}u]);"));
        }
        let (second, third) = (self.parameters, 2 * self.parameters);
        for x in 0..PAD {
            text.line(format!("{{ let i = i + {x}u; var g = g{x}; var w = {parameters}[i];"));
            if self.grokfast {
                text.line(format!(
                    "let average = fade * {state}[i + {third}u] + fresh * g; \
                     {state}[i + {third}u] = average; g = g + boost * average;"
                ));
            }
            text.line("g = g + coupled * w;");
            text.line(format!("let mean = beta1 * {state}[i] + rest1 * g; {state}[i] = mean;"));
            text.line("if (adam == 0.0) { w = w - lr * mean; } else {");
            text.line(format!(
                "let square = beta2 * {state}[i + {second}u] + rest2 * (g * g); \
                 {state}[i + {second}u] = square; \
                 w = keep * w - adam * (mean / (root * sqrt(square) + 1e-8)); }}"
            ));
            text.line(format!("{parameters}[i] = w;"));
            text.line(format!(
                "if (mirror != 0xffffffffu) {{ {parameters}[mirror + {x}u * across] = w; }} }}"
            ));
        }
        text.finish((self, 0), [LINE, 1], line(self.parameters.div_ceil(PAD)), "")
    }

    /// Loss and accuracy of each sample.
    fn score(&self, set: usize) -> Source {
        let rows = self.rows[set];
        let (outputs, columns) = (self.outputs(), padded(self.outputs()));
        let mut text = Text::default();
        text.line(format!("let rows = {rows}u;"));
        text.line(format!("let m = group.z; let r = group.x * {LINE}u + unit.x;"));
        text.line("if (r >= rows) { return; }");
        let (samples, output) = (text.name(Buffer::Samples), text.name(Buffer::Output));
        text.line(format!("let sample = {samples}[m * rows + r];"));
        text.line(format!(
            "let at = (m * rows + r) * {columns}u; var loss = 0.0; var right = 0.0;"
        ));
        if self.regression {
            let numbers = text.name(Buffer::Numbers);
            text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
            text.line(format!(
                "let x = {output}[at + c]; let t = {numbers}[(m * rows + r) * {outputs}u + c];"
            ));
            text.line("loss = loss + (x - t) * (x - t);");
            text.line(format!(
                "right = right + select(0.0, {:?}f, x * t > 0.0); }}",
                1.0 / outputs as f32
            ));
        } else {
            text.line(format!("var best = 0u; var top = {output}[at];"));
            text.line(format!("for (var c = 1u; c < {outputs}u; c = c + 1u) {{"));
            text.line(format!(
                "let x = {output}[at + c]; if (x > top) {{ top = x; best = c; }} }}"
            ));
            text.line("right = select(0.0, 1.0, best == sample.z);");
            text.line(format!("let own = {output}[at + sample.z];"));
            match self.loss {
                Loss::SquaredError => {
                    text.line(format!("for (var c = 0u; c < {outputs}u; c = c + 1u) {{"));
                    text.line(format!(
                        "let e = {output}[at + c] - select(0.0, 1.0, c == sample.z); loss = loss + e \
                         * e; }}"
                    ));
                }
                Loss::CrossEntropy => {
                    let sum = self.sum_of_shares(&mut text);
                    text.line(format!("loss = log({sum}) + most - own;"));
                }
                Loss::StableMax => {
                    let sum = self.sum_of_shares(&mut text);
                    text.line(format!("let x = own; {STABLE} loss = log({sum}) - log(s);"));
                }
            }
        }
        let results = text.name(Buffer::Results);
        text.line(format!(
            "{results}[m * rows + r] = select(vec4<f32>(0.0), vec4<f32>(loss, right, 1.0, 0.0), \
             bitcast<f32>(sample.w) > 0.0);"
        ));
        text.finish((self, set), [LINE, 1], [rows.div_ceil(LINE), 1, self.members], "")
    }

    /// The sums of both sets' results, member by member.
    pub(super) fn scores(&self) -> Source {
        let mut text = Text::default();
        text.line("let m = group.x; var sum = vec4<f32>(0.0);");
        for set in 0..2 {
            let results = text.name(Buffer::ResultsOf(set));
            let rows = self.rows[set];
            text.line(format!("if (group.y == {set}u) {{"));
            text.line(format!(
                "for (var r = unit.x; r < {rows}u; r = r + {LINE}u) {{ sum = sum + {results}[m * \
                 {rows}u + r]; }} }}"
            ));
        }
        let scores = text.name(Buffer::Scores);
        text.line("sums[unit.x] = sum; workgroupBarrier();");
        text.line("if (unit.x == 0u) { var all = vec4<f32>(0.0);");
        text.line(format!("for (var u = 0u; u < {LINE}u; u = u + 1u) {{ all = all + sums[u]; }}"));
        text.line(format!(
            "let place = (m * 2u + group.y) * 2u; {scores}[place] = all.x / all.z; {scores}[place + \
             1u] = all.y / all.z; }}"
        ));
        let shared = format!("var<workgroup> sums: array<vec4<f32>, {LINE}>;");
        text.finish((self, 0), [LINE, 1], [self.members, 2, 1], &shared)
    }

    /// A layer's weights, or its biases, taken out of the parameters without what pads them.
    pub(super) fn take(&self, layer: usize, biases: bool) -> Source {
        let (mut text, size) = self.copied(layer, biases);
        let (parameters, taken) =
            (text.name(Buffer::Parameters), text.name(Buffer::Taken(layer, biases)));
        text.line(format!("{taken}[i] = {parameters}[place];"));
        text.finish((self, 0), [LINE, 1], line(size), "")
    }

    /// Likewise put in, and transposed where that is needed.
    pub(super) fn put(&self, index: usize, biases: bool) -> Source {
        let (mut text, size) = self.copied(index, biases);
        let (parameters, taken) =
            (text.name(Buffer::Parameters), text.name(Buffer::Taken(index, biases)));
        text.line(format!("{parameters}[place] = {taken}[i];"));
        if let (Some((at, _)), false) = (self.layers[index].transposed, biases) {
            let (columns, width) = (self.layers[index].columns(), self.layers[index - 1].columns());
            text.line(format!(
                "{parameters}[{at}u + (m * {columns}u + c) * {width}u + row] = {taken}[i];"
            ));
        }
        text.finish((self, 0), [LINE, 1], line(size), "")
    }

    /// Number `i` of a tensor of parameters: its `row`, column `c` and `place`; and how many there are.
    fn copied(&self, layer: usize, biases: bool) -> (Text, usize) {
        let layer = &self.layers[layer];
        let (height, columns, outputs) = (layer.rows(), layer.columns(), layer.outputs);
        let from = if biases { layer.inputs } else { 0 };
        let size = layer.taken(biases);
        let mut text = Text::default();
        text.line(format!("let i = (group.y * {FOLD}u + group.x) * {LINE}u + unit.x;"));
        text.line(format!("if (i >= {}u) {{ return; }}", self.members * size));
        text.line(format!(
            "let m = i / {size}u; let row = (i % {size}u) / {outputs}u; let c = i % {outputs}u;"
        ));
        text.line(format!(
            "let place = {}u + (m * {height}u + {from}u + row) * {columns}u + c;",
            layer.at
        ));
        (text, self.members * size)
    }
}

/// The rates in their order in the table, see [`super::rates`].
const NAMES: [&str; 12] = [
    "lr", "coupled", "keep", "beta1", "rest1", "beta2", "rest2", "adam", "root", "boost", "fade",
    "fresh",
];

/// StableMax's share `s` of `x`, before it is divided by the sum.
const STABLE: &str = "let s = select(1.0 / (1.0 - min(x, 0.0)), x + 1.0, x >= 0.0);";

/// Workgroups for that many invocations.
fn line(invocations: usize) -> [usize; 3] {
    let groups = invocations.div_ceil(LINE);
    [groups.min(FOLD), groups.div_ceil(FOLD), 1]
}

/// The activation `h` of `v`, and its slope `d`.
fn formula(activation: Activation) -> &'static str {
    match activation {
        Activation::Quadratic => "let h = v * v; let d = 2.0 * v;",
        Activation::Relu => "let h = max(v, 0.0); let d = select(0.0, 1.0, v > 0.0);",
        // Beyond 15 it is 1, where some compilers' formula overflows.
        Activation::Tanh => "let h = tanh(clamp(v, -15.0, 15.0)); let d = 1.0 - h * h;",
        // The error function by Abramowitz & Stegun 7.1.26, to 1.5e-7.
        Activation::Gelu => {
            "let z = abs(v) * 0.70710678; let t = 1.0 / (1.0 + 0.3275911 * z); let bell = exp(-z * z); \
             let tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t \
             * 1.061405429)))) * bell; let share = select(0.5 * tail, 1.0 - 0.5 * tail, v >= 0.0); \
             let h = v * share; let d = share + v * 0.39894228 * bell;"
        }
        Activation::Silu => {
            "let share = 1.0 / (1.0 + exp(-v)); let h = v * share; let d = share * (1.0 + v * (1.0 - \
             share));"
        }
        Activation::Linear => "let h = v; let d = 1.0;",
    }
}
