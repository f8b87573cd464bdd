//! Builds the page: trunk puts the static files together, wasm-opt makes them small.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use crate::{
    command::run,
    setup::{self, Wasm},
    workspace::Workspace,
};

/// The features that rustc's wasm and wasm-bindgen's reference types use, and `simd128` of
/// .cargo/config.toml.
const WASM_OPT: [&str; 8] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// A month, after which a result of wasm-opt is made anew.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Builds the static files, with relative URLs, into dist/; `fast` leaves wasm-opt out.
pub fn build(workspace: &Workspace, fast: bool) -> Result<()> {
    let wasm = Wasm::set_up(workspace)?;
    setup::wasm_bindgen(workspace)?;
    let trunk = setup::trunk(workspace)?;
    let wasm_opt = if fast { None } else { Some(setup::wasm_opt(workspace)?) };

    println!("Building the page (about 15 minutes the first time on two cores)");
    // trunk passes `--offline` on to cargo, so every dependency has to be here before.
    run(wasm.command("cargo").arg("fetch"))?;
    run(wasm
        .command(trunk)
        .args("build --release --public-url ./ --offline --skip-version-check".split(' '))
        // trunk takes no other values than `true` and `false` for it.
        .env_remove("NO_COLOR"))?;
    if let Some(wasm_opt) = wasm_opt {
        optimise(workspace, &wasm_opt)?;
    }
    name_by_content(&workspace.dist())
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
    fs::write(index, page)?;
    Ok(())
}

/// Runs wasm-opt over dist/*.wasm, the largest last. Results are cached by content, for a large
/// file takes minutes.
fn optimise(workspace: &Workspace, wasm_opt: &Path) -> Result<()> {
    let cache = workspace.cache.join("wasm-opt");
    fs::create_dir_all(&cache)?;
    remove_old(&cache)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(workspace.dist())? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "wasm") {
            files.push((entry.metadata()?.len(), entry.path()));
        }
    }
    files.sort();
    for (before, file) in files {
        let optimised = cached(&cache, &fs::read(&file)?);
        if !optimised.exists() {
            println!("Optimising {} ({})", file.display(), megabytes(before));
            // Under another name until it is whole.
            let part = optimised.with_extension("part");
            run(Command::new("node").arg(wasm_opt).args(WASM_OPT).arg(&file).arg("-o").arg(&part))?;
            fs::rename(part, &optimised)?;
        }
        let after = fs::copy(&optimised, &file)
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("{}: {} -> {}", file.display(), megabytes(before), megabytes(after));
    }
    Ok(())
}

/// Where the cache keeps what wasm-opt makes of `input`.
fn cached(cache: &Path, input: &[u8]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (setup::BINARYEN, WASM_OPT, input).hash(&mut hasher);
    cache.join(format!("{:016x}.wasm", hasher.finish()))
}

fn remove_old(cache: &Path) -> Result<()> {
    for entry in fs::read_dir(cache)? {
        let entry = entry?;
        let age = SystemTime::now().duration_since(entry.metadata()?.modified()?);
        if age.is_ok_and(|age| age > KEPT) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
