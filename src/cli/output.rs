//! Files and standard output for results, and progress bars on standard error.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;

/// A file for results, or standard output.
pub(super) struct Output {
    name: String,
    to: Box<dyn Write>,
}

impl Output {
    /// Creates the file; `-` is standard output.
    pub(super) fn open(path: PathBuf) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self { name: "standard output".into(), to: Box::new(io::stdout()) });
        }
        let name = path.display().to_string();
        let file = File::create(path).map_err(|error| Failure::Write(name.clone(), error))?;
        Ok(Self { name, to: Box::new(file) })
    }

    /// Writes a text.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.write_bytes(text.as_bytes())
    }

    /// Writes bytes.
    pub(super) fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.to
            .write_all(bytes)
            .and_then(|()| self.to.flush())
            .map_err(|error| Failure::Write(self.name.clone(), error))
    }

    /// Writes one line of JSON.
    pub(super) fn write_json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.to, value)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(self.to))
            .and_then(|()| self.to.flush())
            .map_err(|error| Failure::Write(self.name.clone(), error))
    }
}

/// A progress bar of `length` units on standard error. indicatif hides it where that is no
/// terminal.
pub(super) fn bar(length: usize, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
