//! Compresses the files of dist/ as a static host sends them, and holds what a reader downloads to
//! a budget.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Cursor,
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail};
use brotli::enc::BrotliEncoderParams;

/// Files that are downloaded together, and their maximum compressed size in bytes.
struct Part {
    name: &'static str,
    /// The start of the names of its files.
    prefix: &'static str,
    budget: u64,
}

/// A file belongs to the first part whose prefix fits. So it counts for the page unless it is named
/// for another part.
const PARTS: [Part; 12] = [
    Part { name: "CPU worker", prefix: "worker-cpu", budget: 600_000 },
    Part { name: "GPU worker", prefix: "worker-gpu", budget: 2_500_000 },
    // Only experiments with digits fetch them.
    Part { name: "digits", prefix: "digits", budget: 50_000 },
    Part { name: "example of embedding", prefix: "embed-example", budget: 1_000 },
    Part { name: "element for other pages", prefix: "embed.js", budget: 3_000 },
    Part { name: "example of figures", prefix: "figures-example", budget: 2_000 },
    Part { name: "papers of a lesson", prefix: "class/", budget: 30_000 },
    // One for each language but English; a reader fetches one at most.
    Part { name: "words", prefix: "words", budget: 40_000 },
    // Fetched where the page is installed, but for the smallest.
    Part { name: "icons", prefix: "icon", budget: 20_000 },
    // Each is loaded when its figure comes near.
    Part { name: "posters", prefix: "posters/", budget: 40_000 },
    // What can be moved through before a program that trains is loaded.
    Part { name: "recorded runs", prefix: "recorded", budget: 20_000 },
    Part { name: "page", prefix: "", budget: 437_000 },
];

/// A file and its sizes in bytes.
struct File {
    name: String,
    plain: u64,
    compressed: u64,
}

/// How long an unused result stays in the cache.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Puts `name.br` beside every file of `dist`, prints the size of each part, and fails if one is
/// over its budget. Results are cached in `cache` by content, because the largest file takes a
/// minute.
pub fn compress(dist: &Path, cache: &Path) -> Result<()> {
    let cache = cache.join("brotli");
    fs::create_dir_all(&cache)?;
    remove_old(&cache)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !entry.file_type()?.is_dir() {
            names.push(name);
            continue;
        }
        for inner in fs::read_dir(entry.path())? {
            let inner = inner?.file_name().into_string();
            names.extend(inner.map(|inner| format!("{name}/{inner}")));
        }
    }
    names.sort();
    names.retain(|name| !name.ends_with(".br"));
    let files = thread::scope(|scope| {
        let files: Vec<_> = names
            .into_iter()
            .map(|name| scope.spawn(|| compress_file(dist, name, &cache)))
            .collect();
        files
            .into_iter()
            .map(|file| file.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<File>>>()
    })?;
    check(&files)
}

fn compress_file(dist: &Path, name: String, cache: &Path) -> Result<File> {
    let plain = fs::read(dist.join(&name))?;
    let mut hasher = DefaultHasher::new();
    plain.hash(&mut hasher);
    let kept = cache.join(format!("{:016x}.br", hasher.finish()));
    if !kept.exists() {
        let compressed = brotli(&plain).with_context(|| format!("cannot compress {name}"))?;
        // Under another name until it is whole.
        let part = cache.join(format!("{}.part", name.replace('/', "-")));
        fs::write(&part, compressed)?;
        fs::rename(part, &kept)?;
    }
    let compressed = fs::copy(kept, dist.join(format!("{name}.br")))?;
    Ok(File { name, plain: plain.len() as u64, compressed })
}

/// Brotli at its highest quality, with the largest window that browsers take.
fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(plain), &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Prints a table of the parts; an error names each that is over its budget, and its largest file.
fn check(files: &[File]) -> Result<()> {
    let mut over = Vec::new();
    println!("{:<22} {:>9} {:>9} {:>9}", "download", "plain", "brotli", "budget");
    for part in &PARTS {
        let files: Vec<_> = files.iter().filter(|file| std::ptr::eq(part_of(file), part)).collect();
        let plain = files.iter().map(|file| file.plain).sum();
        let compressed = files.iter().map(|file| file.compressed).sum();
        println!(
            "{:<22} {:>9} {:>9} {:>9}",
            part.name,
            megabytes(plain),
            megabytes(compressed),
            megabytes(part.budget)
        );
        if let Some(largest) = files.iter().max_by_key(|file| file.compressed)
            && compressed > part.budget
        {
            over.push(format!(
                "the {} is {} to download, over its budget of {}; most of it is {} ({})",
                part.name,
                megabytes(compressed),
                megabytes(part.budget),
                largest.name,
                megabytes(largest.compressed),
            ));
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    bail!("{}: make it smaller, as docs/platform-notes.md tells under Downloads", over.join("; "))
}

fn part_of(file: &File) -> &'static Part {
    let [.., rest] = &PARTS;
    PARTS.iter().find(|part| file.name.starts_with(part.prefix)).unwrap_or(rest)
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
    format!("{:.3} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, compressed: u64) -> File {
        File { name: name.into(), plain: 3 * compressed, compressed }
    }

    #[test]
    fn a_part_over_its_budget_is_named_with_its_largest_file() {
        let small = [file("page-1_bg.wasm", 100), file("worker-cpu-1_bg.wasm", 600_000)];
        assert!(check(&small).is_ok());
        let large = [file("worker-cpu-1_bg.wasm", 599_000), file("worker-cpu-1.js", 1_001)];
        let error = check(&large).expect_err("it is one byte over").to_string();
        assert!(
            error.starts_with(
                "the CPU worker is 0.600 MB to download, over its budget of 0.600 MB; \
                 most of it is worker-cpu-1_bg.wasm (0.599 MB)"
            ),
            "{error}"
        );
    }

    #[test]
    fn files_of_no_known_part_count_for_the_page() {
        let files = [file("index.html", 1), file("something-new.wasm", 437_000)];
        let error = check(&files).expect_err("they are too large together").to_string();
        assert!(error.contains("the page is") && error.contains("something-new.wasm"), "{error}");
    }

    #[test]
    fn what_is_compressed_is_the_file_and_is_kept_for_the_next_time() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let (dist, cache) = (directory.path().join("dist"), directory.path().join("cache"));
        fs::create_dir_all(&dist)?;
        let text = "a page, a page, a page. ".repeat(100);
        fs::write(dist.join("index.html"), &text)?;
        compress(&dist, &cache)?;
        // Again from the cache, without compressing files twice.
        compress(&dist, &cache)?;
        let mut plain = Vec::new();
        let compressed = fs::read(dist.join("index.html.br"))?;
        brotli::BrotliDecompress(&mut compressed.as_slice(), &mut plain)?;
        let kept = fs::read_dir(cache.join("brotli"))?.count();
        let made = fs::read_dir(&dist)?.count();
        assert!(plain == text.as_bytes() && compressed.len() < text.len());
        assert_eq!((kept, made), (1, 2));
        Ok(())
    }
}
