//! Samples and labels as text: one on each line, numbers separated by commas, semicolons or tabs.

use std::fs;
use std::path::Path;

use super::ExternalError;
use crate::experiment::shorten;

/// The largest class that a label can be.
const MAX_CLASS: u32 = 9999;

/// The samples on which a network is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledSamples {
    /// `[samples, features]`, row by row.
    pub inputs: Vec<f32>,
    /// Numbers in a sample.
    pub features: usize,
    /// The class of each sample, and how many classes there are: one more than the largest label.
    pub classes: Option<(Vec<u32>, usize)>,
}

impl LabelledSamples {
    /// Reads samples of `features` numbers and, where there is a file of them, a label for each.
    ///
    /// # Errors
    /// If a file does not hold that.
    pub fn read(
        inputs: &Path,
        labels: Option<&Path>,
        features: usize,
    ) -> Result<Self, ExternalError> {
        let table = Table::read(inputs)?;
        if table.columns != features {
            let (file, got) = (table.file, table.columns);
            return Err(ExternalError::Width { file, expected: features, got });
        }
        let classes = match labels {
            Some(path) => Some(Table::read(path)?.classes(table.lines.len())?),
            None => None,
        };
        Ok(Self { inputs: table.values, features, classes })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inputs.len() / self.features
    }
}

/// The parts of a line, without quotes around them.
fn cells(line: &str, delimiter: char) -> impl Iterator<Item = &str> {
    line.split(delimiter).map(|cell| cell.trim().trim_matches('"').trim())
}

/// A file's numbers.
struct Table {
    file: String,
    columns: usize,
    values: Vec<f32>,
    /// The line of the file that each row is.
    lines: Vec<usize>,
}

impl Table {
    fn read(path: &Path) -> Result<Self, ExternalError> {
        let file = path.display().to_string();
        let unreadable = |error| ExternalError::Unreadable { file: file.clone(), error };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let text = text.trim_start_matches('\u{feff}');
        let mut lines =
            text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).peekable();
        let first = lines.peek().map_or("", |(line, _)| line);
        let delimiter = [';', '\t'].into_iter().find(|c| first.contains(*c)).unwrap_or(',');
        if cells(first, delimiter).any(|cell| cell.parse::<f32>().is_err()) {
            // Names of the columns.
            lines.next();
        }
        let mut table = Self { file, columns: 0, values: Vec::new(), lines: Vec::new() };
        for (text, line) in lines {
            table.add(line, &cells(text, delimiter).collect::<Vec<_>>())?;
        }
        if table.lines.is_empty() {
            return Err(ExternalError::Empty { file: table.file });
        }
        Ok(table)
    }

    fn add(&mut self, line: usize, cells: &[&str]) -> Result<(), ExternalError> {
        let file = || self.file.clone();
        if self.lines.is_empty() {
            self.columns = cells.len();
        }
        if cells.len() != self.columns {
            let (expected, got) = (self.columns, cells.len());
            return Err(ExternalError::Columns { file: file(), line, expected, got });
        }
        for (cell, column) in cells.iter().zip(1..) {
            match cell.parse::<f32>() {
                Ok(number) if number.is_finite() => self.values.push(number),
                _ => {
                    let text = shorten(cell);
                    return Err(ExternalError::Number { file: file(), line, column, text });
                }
            }
        }
        self.lines.push(line);
        Ok(())
    }

    fn classes(self, samples: usize) -> Result<(Vec<u32>, usize), ExternalError> {
        let Self { file, columns, values, lines } = self;
        if columns != 1 {
            return Err(ExternalError::LabelColumns { file, got: columns });
        }
        if lines.len() != samples {
            return Err(ExternalError::Count { file, expected: samples, got: lines.len() });
        }
        let allowed =
            |label: f32| label.fract() == 0.0 && (0.0..=MAX_CLASS as f32).contains(&label);
        if let Some(index) = values.iter().position(|label| !allowed(*label)) {
            let (label, max) = (values[index], MAX_CLASS);
            return Err(ExternalError::Label { file, line: lines[index], label, max });
        }
        let classes: Vec<u32> = values.iter().map(|label| *label as u32).collect();
        let count = classes.iter().max().map_or(0, |max| *max as usize + 1);
        Ok((classes, count))
    }
}
