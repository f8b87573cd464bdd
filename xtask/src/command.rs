//! Runs other programs: each line is shown before it runs, so a failure can be repeated by hand.

use std::{
    env::{self, consts::EXE_SUFFIX},
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// Runs a command to its end, its output shown and its input empty.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("  $ {line}");
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("`{line}` did not start"))?;
    ensure!(status.success(), "`{line}` failed ({status})");
    Ok(())
}

/// The standard output of a command; `None` if it cannot start or fails.
pub fn stdout(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The program's path in the first of `directories` that holds it.
pub fn find(program: &str, directories: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    directories
        .into_iter()
        .map(|directory| directory.join(format!("{program}{EXE_SUFFIX}")))
        .find(|path| path.is_file())
}

/// The directories of `PATH`.
pub fn path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

/// The version in what `program --version` writes: the first word that begins with a digit,
/// perhaps after a `v`.
pub fn version(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word));
    words.find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// The command as a line for a shell. `PATH` is left out: it is long and says little.
fn line(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let name = name.to_string_lossy();
        (name != "PATH").then_some(format!("{name}={}", quoted(value?)))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    variables.chain(words.map(quoted)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains(char::is_whitespace) {
        format!("'{word}'")
    } else {
        word.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        for (text, expected) in [
            ("trunk 0.21.14", Some("0.21.14")),
            ("Google Chrome 139.0.7258.66 ", Some("139.0.7258.66")),
            ("ChromeDriver 156.0.8078.79 (a21ce95c-refs/heads/8078@{#1})", Some("156.0.8078.79")),
            ("mdbook v0.5.4", Some("0.5.4")),
            ("command not found", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_directory_that_holds_a_program_wins() -> Result<()> {
        let base = tempfile::tempdir()?;
        let directories = ["empty", "first", "second"].map(|name| base.path().join(name));
        for directory in &directories {
            std::fs::create_dir_all(directory)?;
        }
        for directory in &directories[1..] {
            std::fs::write(directory.join(format!("tool{EXE_SUFFIX}")), "")?;
        }
        let expected = directories[1].join(format!("tool{EXE_SUFFIX}"));
        assert_eq!(find("tool", directories.clone()), Some(expected));
        assert_eq!(find("other", directories), None);
        Ok(())
    }

    #[test]
    fn a_shown_line_can_be_pasted_into_a_shell() {
        let mut command = Command::new("cargo");
        command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings").env("PATH", "/bin");
        assert_eq!(line(&command), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }
}
