//! `brickpass effective --as java` beside the SDK for Java: the configurations that Go is asked about, as far as reading them goes.

use std::{path::Path, process::Command};

use brickpass_interchange::effective::Family;
use serde_json::json;

use super::{
    LIMIT, Table,
    clients::{self, Prepared},
    go_cases::Case,
    oracle,
};
use crate::support::run;

const NAME: &str = "brickpass effective --as java";

pub fn checks(table: &mut Table) {
    let built = match clients::built_java() {
        Ok(built) => built,
        Err(Prepared::Skipped(why)) => return table.skipped(NAME, &why),
        Err(Prepared::Broken(why)) => return table.add(NAME, "building with the SDK for Java", &Err(why)),
        Err(Prepared::Ready(_)) => unreachable!("what is built is no command"),
    };
    let ask = |home: &Path, cases: &[Case]| {
        let asked = json!({"home": home, "cases": cases.iter().map(Case::to_json).collect::<Vec<_>>()});
        let mut java = Command::new("java");
        // Otherwise Java reads the file in the encoding of its surroundings.
        java.arg("-Dfile.encoding=UTF-8");
        run(&mut clients::java_program(java, &built, "Cases"), asked.to_string().as_bytes(), LIMIT)
    };
    let (count, outcome) = oracle::compared(ask, |path, case, java| oracle::read_otherwise(Family::Java, path, case, java));
    table.add(NAME, &format!("as the SDK for Java in {count} combinations"), &outcome);
}
