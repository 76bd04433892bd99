//! The battery's report tells the truth: it reads the results, and every ID that a test bears is on the list.

use std::{fs, path::Path, process::Command, time::Duration};

use crate::support::{Finished, missing_tool, run, skip, sources};

const CASES: &str = "\
# ST Secret storage
ST-01 3 long secrets come back exactly
ST-05 2 a locked keyring can be tried again
ST-14 3 killed during a save
ST-15 3 a full disk
";

#[test]
fn the_report_is_read_from_the_results() {
    let output = "test storage::vault::tests::st_01_long_secrets ... ok\ntest storage::st_01_in_chunks ... ok\n\
                  test keyring::st_05_locked ... ok\ntest storage::st_14_killed ... FAILED\ntest other::unrelated ... ok\n";
    let Some(it) = report("the_report_is_read_from_the_results", output, "skipped: ST-05 (at the prompt): gnome-keyring is missing\n")
    else {
        return;
    };
    assert_eq!(it.code, Some(1), "a failed case fails the report: {it:?}");
    assert!(words(&it.stdout).contains("ST Secret storage 4 3 1 1 1 3/11"), "{}", it.stdout);
    assert!(it.stdout.contains("failed   ST-14 (weight 3): killed during a save"), "{}", it.stdout);
    assert!(it.stdout.contains("skipped  ST-05: gnome-keyring is missing"), "{}", it.stdout);
    assert!(it.stdout.contains("not yet covered in ST: ST-15"), "{}", it.stdout);
}

#[test]
fn a_case_with_one_failure_among_its_tests_is_failed() {
    let output = "test a::st_01_one ... ok\ntest b::st_01_two ... FAILED\ntest c::st_01_three ... ok\n";
    let Some(it) = report("a_case_with_one_failure_among_its_tests_is_failed", output, "") else { return };
    assert!(words(&it.stdout).contains("ST Secret storage 4 1 0 1 0 0/11"), "{}", it.stdout);
}

#[test]
fn an_unknown_id_is_reported() {
    let Some(it) = report("an_unknown_id_is_reported", "test a::st_99_of_nowhere ... ok\n", "") else { return };
    assert_eq!(it.code, Some(1));
    assert!(it.stdout.contains("the list does not know: ST-99"), "{}", it.stdout);
}

#[test]
fn every_id_that_a_test_bears_is_on_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("tests/battery.txt")).unwrap();
    let groups: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("# ")?.get(..3)?.strip_suffix(' ')).collect();
    let known: Vec<&str> = list.lines().filter_map(|line| line.get(..5)).collect();
    let mut strangers = Vec::new();
    for path in [sources(&root.join("src")), sources(&root.join("tests/it"))].concat() {
        let text = fs::read_to_string(&path).unwrap();
        for name in text.lines().filter_map(|line| line.trim_start().split_once("fn ").map(|(_, rest)| rest)) {
            let (Some(group), Some(number)) = (name.get(..2), name.get(3..5)) else { continue };
            let group = group.to_uppercase();
            let bears_an_id = groups.contains(&group.as_str()) && name.get(2..3) == Some("_") && name.get(5..6) == Some("_");
            if bears_an_id && number.parse::<u8>().is_ok() && !known.contains(&format!("{group}-{number}").as_str()) {
                strangers.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(strangers.is_empty(), "not on the list: {strangers:#?}");
    assert!(groups.len() >= 12, "{groups:?}");
    let names: std::collections::BTreeSet<&str> = groups.iter().copied().collect();
    assert_eq!(names.len(), groups.len(), "a group stands twice: {groups:?}");
}

fn report(test: &str, output: &str, skipped: &str) -> Option<Finished> {
    if let Some(tool) = missing_tool(&["python3"]) {
        skip(test, &format!("{tool} is missing"));
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/battery.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(file("cases", CASES)).arg(file("output", output)).arg(file("skipped", skipped));
    Some(run(&mut command, b"", Duration::from_secs(10)))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
