//! Writes the list of a build's files into its service worker, which keeps them for later visits.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};

/// The service worker. It is not in its own list: a browser looks for a newer one itself.
const WORKER: &str = "offline.js";
/// What the source has in place of the list and of the build's name.
const FILES: &str = "const FILES = {};";
const BUILD: &str = "const BUILD = \"none\";";

/// Lists every file of `dist` with the SHA-256 of its content. The build is named by all of them.
pub fn list_files(dist: &Path) -> Result<()> {
    let mut files = BTreeMap::new();
    list(dist, "", &mut files)?;
    let list = serde_json::to_string_pretty(&files)?;
    let build = &hash(list.as_bytes())[..16];
    let mut worker = fs::read_to_string(dist.join(WORKER))?;
    for (place, text) in
        [(FILES, format!("const FILES = {list};")), (BUILD, format!("const BUILD = \"{build}\";"))]
    {
        ensure!(worker.contains(place), "{WORKER} has no line `{place}`");
        worker = worker.replace(place, &text);
    }
    fs::write(dist.join(WORKER), worker)?;
    Ok(())
}

/// Lists the files of a folder and of those in it, under their paths from `dist`.
fn list(folder: &Path, path: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{path}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else if name != WORKER && !name.ends_with(".br") {
            files.insert(name, hash(&fs::read(entry.path())?));
        }
    }
    Ok(())
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_but_the_worker_is_listed_with_its_hash() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let dist = directory.path();
        let source = include_str!("../../www/offline.js");
        for (name, text) in [(WORKER, source), ("index.html", "abc"), ("index.html.br", "x")] {
            fs::write(dist.join(name), text)?;
        }
        fs::create_dir(dist.join("posters"))?;
        fs::write(dist.join("posters/a.svg"), "<svg/>")?;
        list_files(dist)?;
        let first = fs::read_to_string(dist.join(WORKER))?;
        // The example of FIPS 180.
        let listed = "const FILES = {\n  \"index.html\": \
            \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\n";
        assert!(first.contains(listed) && first.contains("\"posters/a.svg\": "), "{first}");
        fs::write(dist.join(WORKER), source)?;
        fs::write(dist.join("index.html"), "abe")?;
        list_files(dist)?;
        let second = fs::read_to_string(dist.join(WORKER))?;
        let build =
            |worker: &str| worker.lines().find(|l| l.contains("BUILD =")).map(str::to_owned);
        assert!(build(&first).is_some() && build(&first) != build(&second));
        Ok(())
    }

    #[test]
    fn the_manifest_has_what_installing_needs() -> Result<()> {
        let text = include_str!("../../www/manifest.webmanifest");
        let manifest: serde_json::Value = serde_json::from_str(text)?;
        let page = include_str!("../../index.html");
        assert!(page.contains(r#"<link rel="manifest" href="./manifest.webmanifest" />"#));
        for key in ["name", "short_name"] {
            assert!(manifest[key].as_str().is_some_and(|name| !name.is_empty()), "{key}");
        }
        for (key, value) in [("start_url", "./"), ("scope", "./"), ("display", "standalone")] {
            assert_eq!(manifest[key], value);
        }
        let mut sizes = Vec::new();
        for icon in manifest["icons"].as_array().into_iter().flatten() {
            let file = icon["src"].as_str().unwrap_or_default();
            let content = fs::read(Path::new("../www").join(file))?;
            if icon["type"] == "image/png" {
                // The first chunk of a PNG begins with width and height.
                let side =
                    |at: usize| content[at..at + 4].iter().fold(0, |n, b| n * 256 + u32::from(*b));
                assert_eq!(icon["sizes"], format!("{}x{}", side(16), side(20)));
                sizes.push(side(16));
            }
            assert!(page.contains(&format!(r#"rel="copy-file" href="www/{file}""#)), "{file}");
        }
        assert_eq!(sizes, [192, 512]);
        let urls = manifest["shortcuts"].as_array().into_iter().flatten().map(|link| &link["url"]);
        assert_eq!(urls.collect::<Vec<_>>(), ["./?view=article", "./?view=lab"]);
        Ok(())
    }
}
