//! Builds the page: trunk puts the static files together.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::{Context, Result};

use crate::{
    budget,
    command::run,
    names, offline,
    setup::{self, Wasm},
    workspace::Workspace,
};

/// Builds the static files, with relative URLs, into dist/, and holds them to the budget of what a
/// reader downloads. `fast` leaves the names of functions in the programs, compresses nothing and
/// holds nothing to the budget.
pub fn build(workspace: &Workspace, fast: bool) -> Result<()> {
    let wasm = Wasm::set_up(workspace)?;
    setup::wasm_bindgen(workspace)?;
    let trunk = setup::trunk(workspace)?;

    println!("Building the page (some 10 minutes the first time on two cores)");
    // trunk passes `--offline` on to cargo, so every dependency has to be here before.
    run(wasm.command("cargo").arg("fetch"))?;
    run(wasm
        .command(trunk)
        .args("build --public-url ./ --offline --skip-version-check".split(' '))
        // trunk takes no other values than `true` and `false` for it.
        .env_remove("NO_COLOR"))?;
    let dist = workspace.dist();
    if fast {
        return finish(workspace, &dist);
    }
    take_names_out(&dist, &workspace.named())?;
    finish(workspace, &dist)?;
    budget::compress(&dist, &workspace.cache)
}

/// What trunk leaves to do: words, and names by content.
fn finish(workspace: &Workspace, dist: &Path) -> Result<()> {
    let mut page = fs::read_to_string(dist.join("index.html"))?;
    serve_words(&workspace.root.join("src/text"), dist, &mut page)?;
    name_workers(dist, &mut page)?;
    fs::write(dist.join("two-phase.js"), loader(&page)?)?;
    fs::write(dist.join("index.html"), page)?;
    offline::list_files(dist)
}

/// Writes a file of words for each language that the page's program does not have, and names it in
/// the page.
fn serve_words(text: &Path, dist: &Path, page: &mut String) -> Result<()> {
    let mut japanese = Vec::new();
    for entry in fs::read_dir(text.join("ja"))? {
        japanese.push(entry?.path());
    }
    japanese.sort();
    // The program has the other English words, and the pseudo-language is made from English.
    let document =
        ["page", "article", "starting"].map(|name| text.join("en").join(format!("{name}.ftl")));
    for (key, files) in [("ja", japanese), ("pseudo", document.to_vec())] {
        let mut words = String::new();
        for file in files {
            words += &messages(&fs::read_to_string(file)?);
        }
        let mut hasher = DefaultHasher::new();
        words.hash(&mut hasher);
        let named = format!("words-{key}-{:016x}.ftl", hasher.finish());
        fs::write(dist.join(&named), words)?;
        name_in(page, &format!("words-{key}.ftl"), &named)?;
    }
    Ok(())
}

/// A file of messages without its comments.
fn messages(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Puts a file's name by content in place of the name that the page has for it.
fn name_in(page: &mut String, file: &str, named: &str) -> Result<()> {
    let unnamed = format!("./{file}");
    anyhow::ensure!(page.contains(&unnamed), "index.html does not name {unnamed}");
    *page = page.replace(&unnamed, &format!("./{named}"));
    Ok(())
}

/// Takes the names of functions out of the programs in `dist`, a tenth to a fifth of them, and
/// leaves programs with names in `named`, for whoever looks into them.
fn take_names_out(dist: &Path, named: &Path) -> Result<()> {
    if named.exists() {
        fs::remove_dir_all(named)?;
    }
    fs::create_dir_all(named)?;
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        let file = entry.path();
        if file.extension().is_some_and(|extension| extension == "wasm") {
            let program = fs::read(&file)?;
            let without = names::without(&program).with_context(|| {
                format!("{} is not WebAssembly as wasm-bindgen writes it", file.display())
            })?;
            fs::write(named.join(entry.file_name()), program)?;
            fs::write(file, without)?;
        }
    }
    Ok(())
}

/// Gives the workers' files names with a hash of their content, and says so in the page: trunk does
/// that for the page's own program only, and a cached worker must not meet another page's.
fn name_workers(dist: &Path, page: &mut String) -> Result<()> {
    for worker in ["worker-cpu", "worker-gpu"] {
        let [script, program, loader] =
            ["", "_bg", "_loader"].map(|part| format!("{worker}{part}"));
        let (mut script_text, program_bytes) = (
            fs::read_to_string(dist.join(format!("{script}.js")))?,
            fs::read(dist.join(format!("{program}.wasm")))?,
        );
        let mut hasher = DefaultHasher::new();
        (&script_text, &program_bytes).hash(&mut hasher);
        let named = format!("{worker}-{:016x}", hasher.finish());
        script_text = script_text.replace(&format!("{program}.wasm"), &format!("{named}_bg.wasm"));
        let loader_text = fs::read_to_string(dist.join(format!("{loader}.js")))?
            .replace(&format!("{script}.js"), &format!("{named}.js"));
        fs::write(dist.join(format!("{named}.js")), script_text)?;
        fs::rename(dist.join(format!("{program}.wasm")), dist.join(format!("{named}_bg.wasm")))?;
        fs::write(dist.join(format!("{named}_loader.js")), loader_text)?;
        fs::remove_file(dist.join(format!("{script}.js")))?;
        fs::remove_file(dist.join(format!("{loader}.js")))?;
        name_in(page, &format!("{loader}.js"), &format!("{named}_loader.js"))?;
    }
    Ok(())
}

/// A module that mounts figures in any page beside index.html: one stable name for files whose
/// names change with their content.
fn loader(page: &str) -> Result<String> {
    let file = |prefix: &str, suffix: &str| {
        let mut quoted = page.split(['"', '\'']).map(|text| text.trim_start_matches("./"));
        let found = quoted.find(|text| text.starts_with(prefix) && text.ends_with(suffix));
        found.with_context(|| format!("index.html names no {prefix}…{suffix}"))
    };
    let (script, program) = (file("page-", ".js")?, file("page-", "_bg.wasm")?);
    let (style, cpu, gpu) =
        (file("style-", ".css")?, file("worker-cpu-", ".js")?, file("worker-gpu-", ".js")?);
    let (japanese, pseudo) = (file("words-ja-", ".ftl")?, file("words-pseudo-", ".ftl")?);
    Ok(format!(
        r#"// Mounts a figure in every [data-two-phase] of the document.
import init from "./{script}";
const here = (file) => new URL(file, import.meta.url).href;
const add = (tag, attributes) =>
  document.head.append(Object.assign(document.createElement(tag), attributes));
add("meta", {{ name: "worker-cpu", content: here("{cpu}") }});
add("meta", {{ name: "worker-gpu", content: here("{gpu}") }});
add("meta", {{ name: "words-ja", content: here("{japanese}") }});
add("meta", {{ name: "words-pseudo", content: here("{pseudo}") }});
add("link", {{ rel: "stylesheet", href: here("{style}") }});
await init({{ module_or_path: here("{program}") }});
"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_files_that_the_page_names_by_content() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let text = directory.path().join("text");
        for folder in ["en", "ja"] {
            fs::create_dir_all(text.join(folder))?;
        }
        fs::write(text.join("en/page.ftl"), "# A note.\npage = Page\n")?;
        fs::write(text.join("en/article.ftl"), "article = Article\n")?;
        fs::write(text.join("en/starting.ftl"), "slow = Slow")?;
        fs::write(text.join("ja/page.ftl"), "# A note.\npage = 頁\n")?;
        let mut page = "./words-ja.ftl ./words-pseudo.ftl".to_owned();
        serve_words(&text, directory.path(), &mut page)?;
        let read = |name: &str| fs::read_to_string(directory.path().join(name));
        let (japanese, pseudo) = page.split_once(' ').context("two names")?;
        assert!(japanese.starts_with("./words-ja-") && pseudo.starts_with("./words-pseudo-"));
        assert_eq!(read(japanese)?, "page = 頁\n");
        assert_eq!(read(pseudo)?, "page = Page\narticle = Article\nslow = Slow\n");
        Ok(())
    }
}
