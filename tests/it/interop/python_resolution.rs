//! `brickpass effective --as python` beside the SDK for Python: the configurations that Go is asked about, as far as reading them goes.

use std::path::Path;

use brickpass_interchange::effective::Family;
use serde_json::{Value, json};

use super::{
    Table,
    clients::{self, Prepared},
    go_cases::Case,
    oracle,
};
use crate::support::{Finished, interop};

const NAME: &str = "brickpass effective --as python";

pub fn checks(table: &mut Table) {
    match clients::python() {
        Prepared::Skipped(why) => return table.skipped(NAME, &why),
        Prepared::Broken(why) => return table.add(NAME, "installing the SDK for Python", &Err(why)),
        Prepared::Ready(_) => {}
    }
    let (count, outcome) = combinations(|asked| interop("effective_cases.py", asked));
    table.add(NAME, &format!("as the SDK for Python in {count} combinations"), &outcome);
}

/// `ask`: the script, with what it reads.
pub fn combinations(ask: impl Fn(&Value) -> Finished) -> (usize, Result<(), String>) {
    let ask = |home: &Path, cases: &[Case]| ask(&json!({"home": home, "cases": cases.iter().map(Case::to_json).collect::<Vec<_>>()}));
    oracle::compared(ask, |path, case, python| oracle::read_otherwise(Family::Python, path, case, python))
}
