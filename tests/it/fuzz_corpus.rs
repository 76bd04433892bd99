//! What the fuzzer has found or was given, once more: every input of `fuzz/corpus` through the function of its target.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

#[path = "../../fuzz/targets.rs"]
mod targets;

#[test]
fn every_input_of_the_corpus_keeps_the_promises_of_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in targets::ALL {
        let inputs: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().map(|input| input.unwrap().path()).collect();
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            let kept = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
            assert!(kept.is_ok(), "{name} fails with {}", input.display());
        }
    }
}

#[test]
fn every_target_has_its_program_for_the_fuzzer() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in targets::ALL {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
