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
