//! The linker's treatment of the static constructors.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use browser_tests::setting;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// Half of all training time went there once: see `two_phase::worker::call_constructors`.
#[test]
fn no_export_of_a_worker_is_wrapped_in_the_static_constructors() {
    for worker in ["worker-cpu", "worker-gpu"] {
        let files = std::fs::read_dir(setting("TWO_PHASE_NAMED")).unwrap();
        let path = files
            .map(|file| file.unwrap().path())
            .find(|path| {
                let name = path.file_name().unwrap().to_string_lossy();
                name.starts_with(worker) && name.ends_with(".wasm")
            })
            .unwrap();
        let names = function_names(&std::fs::read(&path).unwrap());
        assert!(names.len() > 100, "{worker} has a section of names");
        let has = |wanted: &str| names.iter().any(|name| name.contains(wanted));
        assert!(has("__wasm_call_ctors"), "{worker} calls its constructors");
        assert!(!has(".command_export"), "{worker} has an export that calls them again");
    }
}

fn function_names(wasm: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload.unwrap() else { continue };
        let KnownCustom::Name(section) = section.as_known() else { continue };
        for name in section {
            if let Name::Function(map) = name.unwrap() {
                names.extend(map.into_iter().map(|naming| naming.unwrap().name.to_owned()));
            }
        }
    }
    names
}
