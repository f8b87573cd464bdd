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
    names,
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
        return name_by_content(&dist);
    }
    take_names_out(&dist, &workspace.named())?;
    name_by_content(&dist)?;
    budget::compress(&dist, &workspace.cache)
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
fn name_by_content(dist: &Path) -> Result<()> {
    let index = dist.join("index.html");
    let mut page = fs::read_to_string(&index)?;
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
        let unnamed = format!("./{loader}.js");
        anyhow::ensure!(page.contains(&unnamed), "index.html does not name {unnamed}");
        page = page.replace(&unnamed, &format!("./{named}_loader.js"));
    }
    fs::write(dist.join("two-phase.js"), loader(&page)?)?;
    fs::write(index, page)?;
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
    Ok(format!(
        r#"// Mounts a figure in every [data-two-phase] of the document.
import init from "./{script}";
const here = (file) => new URL(file, import.meta.url).href;
const add = (tag, attributes) =>
  document.head.append(Object.assign(document.createElement(tag), attributes));
add("meta", {{ name: "worker-cpu", content: here("{cpu}") }});
add("meta", {{ name: "worker-gpu", content: here("{gpu}") }});
add("link", {{ rel: "stylesheet", href: here("{style}") }});
await init({{ module_or_path: here("{program}") }});
"#
    ))
}
