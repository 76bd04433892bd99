//! Rules of the code that the compiler cannot hold.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::sources;

#[test]
fn tooltips_come_from_one_place_which_knows_of_dialogs() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let others: Vec<PathBuf> = sources(&src.join("ui"))
        .into_iter()
        .filter(|file| !file.ends_with("widgets/tip.rs") && fs::read_to_string(file).unwrap().contains(".on_hover_"))
        .collect();
    assert!(others.is_empty(), "use `Tip` in {others:?}");
}

/// The files that say what may be logged. Each `impl Loggable` is a decision: no value of the type may be, or contain, a secret.
const LOGGABLE: [&str; 9] = [
    "crates/databricks/src/check/report.rs",
    "crates/databricks/src/oauth/error.rs",
    "crates/databricks/src/rest/logged.rs",
    "crates/databricks/src/session/renew.rs",
    "crates/engine/src/request.rs",
    "crates/logging/src/value.rs",
    "crates/storage/src/atomic_file/error.rs",
    "crates/storage/src/vault/error.rs",
    "crates/storage/src/vault/logged.rs",
];

#[test]
fn only_values_that_were_decided_on_are_logged() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = root.join("crates/logging");
    let mut decided = Vec::new();
    for file in [root.join("crates"), root.join("src")].iter().flat_map(|folder| sources(folder)) {
        let code = fs::read_to_string(&file).unwrap();
        if code.contains("Loggable for ") && !file.ends_with("logging/src/output.rs") {
            decided.push(file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
        let around = code.contains("tracing::") || code.contains("__tracing");
        assert!(file.starts_with(&ours) || !around, "{} logs past `brickpass_logging`", file.display());
    }
    decided.sort();
    assert_eq!(decided, LOGGABLE, "check that the new type holds no secret, then add its file");
    for manifest in fs::read_dir(root.join("crates")).unwrap().map(|folder| folder.unwrap().path().join("Cargo.toml")) {
        let direct = fs::read_to_string(&manifest).unwrap().contains("tracing");
        assert!(manifest.starts_with(&ours) || !direct, "{} depends on tracing", manifest.display());
    }
}
