//! Holds the imports of src/ to the table under "Layers" in ARCHITECTURE.md.
//!
//! A room is a folder or a file directly under src/. Its row names the rooms that it may import.
//! Paths in comments, in doc links and in a file's trailing test module do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// For each room the rooms that it may import.
type Table = BTreeMap<String, BTreeSet<String>>;

/// The rows of the first table under the heading "Layers": `| room | `a`, `b` |`.
fn table(architecture: &str) -> Table {
    let section = architecture.split("\n## ").find(|section| section.starts_with("Layers\n"));
    let rows = section.unwrap_or_default().lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let room: Vec<String> = names(cells[0]);
        (room[0].clone(), names(cells[1]).into_iter().collect())
    })
    .collect()
}

/// The source without comments and without the test module at its end.
fn code(source: &str) -> String {
    let end = source.find("#[cfg(test)]\nmod tests").unwrap_or(source.len());
    let lines = source[..end].lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first names of what follows `crate::`: one, or one for each branch of a group in braces.
fn first_names(path: &str) -> Vec<String> {
    let name = |path: &str| path.trim_start().chars().take_while(|c| is_identifier(*c)).collect();
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&group[start..index]));
                start = index + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name: &String| !name.is_empty());
    names
}

/// The names directly below the crate's root that a file uses. `depth` is how many modules the file
/// lies below the root: as many `super` lead there as well.
fn roots(source: &str, depth: usize) -> BTreeSet<String> {
    let code = code(source);
    let mut found = BTreeSet::new();
    for prefix in ["crate::".to_owned(), "super::".repeat(depth)] {
        for (start, _) in code.match_indices(&prefix) {
            let before = code[..start].chars().next_back();
            // Not `$crate::`, and not the tail of a longer path.
            if !before.is_some_and(|c| is_identifier(c) || c == '$' || c == ':') {
                found.extend(first_names(&code[start + prefix.len()..]));
            }
        }
    }
    found
}

/// The faults of a file's imports.
fn faults(room: &str, depth: usize, source: &str, table: &Table) -> Vec<String> {
    let Some(allowed) = table.get(room) else {
        return vec![format!("`{room}` has no row in the table of layers")];
    };
    roots(source, depth)
        .into_iter()
        .filter(|name| name != room && !allowed.contains(name))
        .map(|name| format!("`{room}` imports `{name}`"))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

/// Room and depth of a file, from its path below src/; `None` for the roots of programs and
/// library.
fn room_and_depth(path: &Path) -> Option<(String, usize)> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| last == "mod");
    let room = parts.first()?;
    let is_root = parts.len() == 1 && (room == "lib" || room == "main");
    (!is_root && room != "bin").then(|| (room.clone(), parts.len()))
}

fn architecture() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    fs::read_to_string(path).expect("ARCHITECTURE.md")
}

#[test]
fn every_import_follows_the_table_of_layers() {
    let table = table(&architecture());
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut all, mut rooms) = (Vec::new(), BTreeSet::new());
    for path in files(&src) {
        let below = path.strip_prefix(&src).expect("below src");
        let Some((room, depth)) = room_and_depth(below) else { continue };
        let source = fs::read_to_string(&path).expect("a source file");
        let faults = faults(&room, depth, &source, &table);
        all.extend(faults.into_iter().map(|fault| format!("{}: {fault}", below.display())));
        rooms.insert(room);
    }
    assert_eq!(all, Vec::<String>::new());
    let gone: Vec<&String> = table.keys().filter(|room| !rooms.contains(*room)).collect();
    assert_eq!(gone, Vec::<&String>::new(), "rows without a room");
}

#[test]
fn arrows_of_the_table_never_lead_back() {
    let mut table = table(&architecture());
    assert!(table.len() > 15, "{table:?}");
    // Rooms whose imports are all settled are taken away until none is left.
    while !table.is_empty() {
        let open: BTreeSet<String> = table.keys().cloned().collect();
        let before = table.len();
        table.retain(|_, imports| imports.iter().any(|room| open.contains(room)));
        assert!(table.len() < before, "a circle among {open:?}");
    }
}

#[test]
fn a_forbidden_import_is_found_in_every_spelling() {
    let table =
        table("\n## Layers\n\n| room | imports |\n|---|---|\n| `train` | `data`, `model` |\n");
    let found = |source: &str| faults("train", 2, source, &table);
    for allowed in [
        "use crate::data::Set;",
        "use crate::{data, model::{self, Role}};",
        "use super::optimiser::Rule;",
        "pub(in crate::train) fn covers() {}",
        "// use crate::page::App;\n/// See [`crate::page`].",
        "macro_rules! m { () => { $crate::page::x() } }",
        "#[cfg(test)]\nmod tests {\n    use crate::page::App;\n}",
    ] {
        assert_eq!(found(allowed), Vec::<String>::new(), "{allowed}");
    }
    for forbidden in [
        "use crate::page::App;",
        "use crate::{data, page::{App, chart}};",
        "use crate::{\n    data::{Set, Sets},\n    page,\n};",
        "fn draw() { crate::page::draw(); }",
        "pub use crate::page as other;",
        "use super::super::page::App;",
    ] {
        assert_eq!(found(forbidden), ["`train` imports `page`"], "{forbidden}");
    }
}

#[test]
fn a_room_that_is_missing_from_the_table_is_found() {
    let table = table("\n## Layers\n\n| `train` | `data` |\n");
    assert_eq!(faults("cellar", 1, "", &table), ["`cellar` has no row in the table of layers"]);
    assert_eq!(room_and_depth(Path::new("cellar.rs")), Some(("cellar".into(), 1)));
    assert_eq!(room_and_depth(Path::new("train/cpu/mod.rs")), Some(("train".into(), 2)));
    assert_eq!(room_and_depth(Path::new("train/cpu/loss.rs")), Some(("train".into(), 3)));
    assert_eq!(room_and_depth(Path::new("bin/page.rs")), None);
    assert_eq!(room_and_depth(Path::new("lib.rs")), None);
}
