//! Profiles on the command line.

use std::{fs, path::PathBuf, process::Stdio};

use super::{FILE, HOST, TOKEN, put};
use crate::support::terminal::Terminal;

fn terminal() -> Terminal {
    let terminal = Terminal::with(());
    terminal.add_token("Sales", HOST, &format!("{TOKEN}\n"));
    terminal
}

fn file(terminal: &Terminal) -> PathBuf {
    terminal.home.path().join(".databrickscfg")
}

#[test]
fn a_connection_is_published_listed_and_taken_out_in_a_terminal() {
    let terminal = terminal();
    put(&file(&terminal), FILE);
    let text = || fs::read_to_string(file(&terminal)).unwrap();

    let shown = terminal.brickpass(&["publish", "Sales", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.stdout.contains("- token      = \u{2022}") || shown.stdout.contains("- token      = ***"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("dapi-old") && shown.stdout.contains("+ auth_type"), "{}", shown.stdout);
    // Nobody is there who could agree.
    let asked = terminal.fed(&["publish", "Sales"], "y\n");
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert_eq!(text(), FILE);

    let done = terminal.brickpass(&["publish", "Sales", "--yes", "--default", "--replace-profile", "--json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.json()["applied"], true);
    assert!(text().contains("default_profile = sales") && !text().contains("dapi-old"));
    let listed = terminal.brickpass(&["profiles", "--json"]).json();
    let sales = listed["profiles"].as_array().unwrap().iter().find(|it| it["profile"] == "sales").unwrap().clone();
    assert_eq!((&sales["connection"], &sales["drift"], &sales["default"]), (&"Sales".into(), &"same".into(), &true.into()), "{listed:#}");
    assert!(!terminal.brickpass(&["profiles"]).stdout.contains("dapi-"));

    assert_eq!(terminal.brickpass(&["profiles", "default", "other", "--yes"]).code, Some(0));
    assert!(text().contains("default_profile = other"));
    assert_eq!(terminal.brickpass(&["profiles", "default", "nowhere", "--yes"]).code, Some(3));
    assert_eq!(terminal.brickpass(&["profiles", "restore"]).code, Some(0));
    assert_eq!(terminal.brickpass(&["profiles", "restore"]).code, Some(0));
    assert_eq!(text(), FILE);

    let elsewhere = terminal.home.path().join("elsewhere.cfg");
    let place = elsewhere.to_str().unwrap();
    assert_eq!(terminal.brickpass(&["publish", "Sales", "--profile", "x", "--yes", "--config-file", place]).code, Some(0));
    assert!(fs::read_to_string(&elsewhere).unwrap().starts_with("[x]\n"));
    assert_eq!(terminal.brickpass(&["unpublish", "Sales", "--yes", "--config-file", place]).code, Some(0));
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "");
    assert_eq!(terminal.brickpass(&["unpublish", "Sales", "--yes"]).code, Some(2));
    assert_eq!(text(), FILE);
}

#[test]
fn another_name_of_the_file_is_told_and_no_secret_is_called_moved_that_stays_there() {
    let terminal = terminal();
    let text = format!("[mine]\nhost = {HOST}\ntoken = {TOKEN}\n");
    put(&file(&terminal), &text);
    let twin = terminal.home.path().join("twin");
    fs::hard_link(file(&terminal), &twin).unwrap();
    assert!(terminal.brickpass(&["profiles"]).stderr.contains("a hard link"));
    assert_eq!(terminal.brickpass(&["profiles", "--json"]).json()["hard_linked"], true);
    assert!(terminal.brickpass(&["publish", "Sales", "--dry-run"]).stderr.contains("a hard link"));
    let moved = terminal.brickpass(&["profiles", "move-secrets", "--all", "--yes"]);
    assert!(moved.code != Some(0) && format!("{}{}", moved.stdout, moved.stderr).contains("-samefile"), "{moved:?}");
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), text);
    fs::remove_file(&twin).unwrap();
    let moved = terminal.brickpass(&["profiles", "move-secrets", "--all", "--yes"]);
    assert!(moved.code == Some(0) && !fs::read_to_string(file(&terminal)).unwrap().contains(TOKEN), "{moved:?}");
}

#[test]
fn all_secrets_that_a_connection_holds_leave_the_file_at_once() {
    let terminal = terminal();
    let profile = |name: &str, token: &str| format!("[{name}]\nhost = {HOST}\ntoken = {token}\n");
    let other = profile("c", "dapi-of-nobody");
    put(&file(&terminal), &(profile("a", TOKEN) + &profile("b", TOKEN) + &other));
    let moved = terminal.brickpass(&["profiles", "move-secrets", "--all", "--yes"]);
    assert_eq!(moved.code, Some(0), "{moved:?}");
    assert!(moved.stderr.contains("The secrets of the profile c stay in the file"), "{moved:?}");
    let left = fs::read_to_string(file(&terminal)).unwrap();
    assert!(!left.contains(TOKEN) && left.ends_with(&other), "{left}");
    assert_eq!(left.matches("auth_type = databricks-cli").count(), 2, "{left}");
    // Nobody holds what is left.
    let refused = terminal.brickpass(&["profiles", "move-secrets", "--all", "--yes"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), left);
}

/// A full disk, a folder that is read-only: who reads only that something failed does it again, or looks for what is missing.
#[test]
fn what_was_written_but_cannot_be_remembered_is_told_as_that() {
    let terminal = terminal();
    put(&file(&terminal), FILE);
    fs::create_dir_all(terminal.home.state_dir().join("publications.json")).unwrap();
    let told = terminal.brickpass(&["publish", "Sales", "--replace-profile", "--yes"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stderr.contains("was changed as shown, but Brickpass could not record it."), "{told:?}");
    assert!(!told.stderr.contains("BRICKPASS_CONFIG_DIR") && !told.stderr.contains("Nothing was changed"), "{told:?}");
    assert!(fs::read_to_string(file(&terminal)).unwrap().contains("auth_type  = databricks-cli"));
    fs::remove_dir(terminal.home.state_dir().join("publications.json")).unwrap();
    assert_eq!(terminal.brickpass(&["publish", "Sales", "--yes"]).code, Some(0));
    let listed = terminal.brickpass(&["profiles", "--json"]).json();
    assert!(listed["profiles"].as_array().unwrap().iter().any(|it| it["drift"] == "same"), "{listed:#}");
}

#[test]
fn a_profile_of_another_connection_is_taken_only_by_its_name() {
    let terminal = terminal();
    assert_eq!(terminal.brickpass(&["duplicate", "Sales", "Sales!"]).code, Some(0));
    assert_eq!(terminal.brickpass(&["publish", "Sales", "--yes"]).code, Some(0));
    let before = fs::read_to_string(file(&terminal)).unwrap();

    let refused = terminal.brickpass(&["publish", "Sales!", "--yes"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("already published for \"Sales\"") && refused.stderr.contains("--profile sales"), "{refused:?}");
    assert_eq!(terminal.brickpass(&["unpublish", "Sales", "--dry-run"]).code, Some(0), "it is published still");
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), before);

    let taken = terminal.brickpass(&["publish", "Sales!", "--profile", "sales", "--yes"]);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(taken.stderr.contains("currently published for \"Sales\""), "{taken:?}");
    assert_eq!(terminal.brickpass(&["unpublish", "Sales", "--yes"]).code, Some(2), "the other one has it now");
}

#[test]
fn whatever_is_not_there_is_answered_with_what_is_near() {
    let terminal = terminal();
    put(&file(&terminal), FILE);
    let near: [&[&str]; 3] =
        [&["token", "Slaes"], &["export", "Sales", "--format", "terrafrom"], &["profiles", "default", "othr", "--yes"]];
    for (words, name) in near.into_iter().zip(["Sales", "terraform", "other"]) {
        let refused = terminal.brickpass(words);
        assert_ne!(refused.code, Some(0), "{refused:?}");
        assert!(refused.stdout.is_empty() && refused.stderr.contains(&format!("Did you mean \"{name}\"? ")), "{refused:?}");
    }
    assert_eq!(terminal.brickpass(&["duplicate", "Sales", "Sales US"]).code, Some(0));
    assert_eq!(terminal.brickpass(&["duplicate", "Sales", "Sales EU"]).code, Some(0));
    let several = terminal.brickpass(&["token", "sales "]);
    assert!(several.stderr.contains("\"Sales US\"") && several.stderr.contains("\"Sales EU\""), "{several:?}");
}

#[test]
fn secrets_leave_the_file_in_a_terminal() {
    let terminal = terminal();
    put(&file(&terminal), &format!("[a]\nhost = {HOST}\ntoken = {TOKEN}\n"));
    let listed = terminal.brickpass(&["profiles"]);
    assert!(listed.stdout.contains("token") && !listed.stdout.contains(TOKEN), "{listed:?}");
    let moved = terminal.brickpass(&["profiles", "move-secrets", "a", "--yes"]);
    assert_eq!(moved.code, Some(0), "{moved:?}");
    terminal.is_nowhere(TOKEN);
}

/// Each plans for the file that it saw; whoever comes second plans again, since with `--yes` nobody has agreed to one state of the file.
#[test]
fn many_publish_at_once_and_the_file_holds_them_all() {
    const MANY: usize = 12;
    let terminal = &terminal();
    put(&file(terminal), FILE);
    let publish = |n: usize| {
        let (profile, default) = (format!("at-once-{n}"), n.is_multiple_of(3).then_some("--default"));
        let mut arguments = vec!["publish", "Sales", "--yes", "--profile", &profile];
        arguments.extend(default);
        terminal.brickpass(&arguments)
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..MANY).map(|n| scope.spawn(move || publish(n))).collect();
        for finished in running.into_iter().map(|running| running.join().unwrap()) {
            assert_eq!(finished.code, Some(0), "{finished:?}");
            assert_eq!(finished.stdout.matches("+ auth_type").count(), 1, "the change is shown once, as it was made: {finished:?}");
        }
    });
    let text = fs::read_to_string(file(terminal)).unwrap();
    for line in FILE.lines().filter(|line| !line.starts_with("default_profile")) {
        assert!(text.lines().any(|kept| kept == line), "{line:?} is lost: {text}");
    }
    assert!(text.contains("default_profile = at-once-"), "{text}");
    let listed = terminal.brickpass(&["profiles", "--json"]).json();
    let same = listed["profiles"].as_array().unwrap().iter().filter(|it| it["drift"] == "same").count();
    assert_eq!(same, MANY, "{listed:#}");
}

/// Killed at any moment, the file is the old one or the new one, and the next change goes through.
#[test]
fn a_publication_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let terminal = terminal();
    let new = {
        put(&file(&terminal), FILE);
        let done = terminal.brickpass(&["publish", "Sales", "--replace-profile", "--yes"]);
        assert_eq!(done.code, Some(0), "{done:?}");
        (fs::read_to_string(file(&terminal)).unwrap(), done.took)
    };
    let (new, took) = new;
    for step in 0..24 {
        put(&file(&terminal), FILE);
        let mut child = terminal
            .command(&["publish", "Sales", "--replace-profile", "--yes"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(took * step / 20);
        let _ = child.kill();
        let _ = child.wait();
        let left = fs::read_to_string(file(&terminal)).unwrap();
        assert!(left == FILE || left == new, "after step {step}: {left}");
    }
    put(&file(&terminal), FILE);
    assert_eq!(terminal.brickpass(&["publish", "Sales", "--replace-profile", "--yes"]).code, Some(0));
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), new);
}

/// Killed at any moment, each secret is in the file or out of it, and in the vault all the time.
#[test]
fn secrets_that_are_moved_are_never_lost_however_it_ends() {
    let terminal = terminal();
    let profile = |name: &str| format!("[{name}]\nhost = {HOST}\ntoken = {TOKEN}\n\n");
    let old: String = (0..20).map(|number| profile(&format!("p{number}"))).collect();
    let moving = ["profiles", "move-secrets", "--all", "--yes"];
    put(&file(&terminal), &old);
    let done = terminal.done(&moving);
    let (new, took) = (fs::read_to_string(file(&terminal)).unwrap(), done.took);
    assert!(!new.contains(TOKEN), "{new}");
    for step in 0..16 {
        put(&file(&terminal), &old);
        let mut child = terminal.command(&moving).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * step / 13);
        let _ = child.kill();
        let _ = child.wait();
        let left = fs::read_to_string(file(&terminal)).unwrap();
        assert!(left == old || left == new, "after step {step}: {left}");
        assert_eq!(terminal.done(&["token", "Sales"]).stdout.trim(), TOKEN, "after step {step}");
    }
    put(&file(&terminal), &old);
    terminal.done(&moving);
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), new);
    terminal.is_nowhere(TOKEN);
}

#[test]
fn no_export_names_a_profile_that_stands_for_something_else() {
    let desk = Terminal::with(());
    let host = "https://adb-1.1.azuredatabricks.net";
    for (name, host) in [("Sales EU", host), ("Sales-EU", "https://adb-2.2.azuredatabricks.net"), ("Lab", host)] {
        let added = desk.fed(&["add", name, "--base-url", host, "--token-stdin"], "dapi-of-somebody\n");
        assert_eq!(added.code, Some(0), "{added:?}");
    }
    let file = desk.home.path().join(".databrickscfg");
    assert_eq!(desk.brickpass(&["publish", "Sales EU", "--yes"]).code, Some(0));
    let of = |name: &str, format: &str| desk.brickpass(&["export", name, "--format", format]);
    assert!(of("Sales EU", "terraform").stdout.contains("\"sales-eu\""));
    let refused = of("Sales-EU", "terraform");
    assert!(refused.code == Some(1) && refused.stdout.is_empty(), "{refused:?}");
    for words in ["does not belong to this connection", "used by \"Sales EU\"", "under a different name"] {
        assert!(refused.stderr.contains(words), "{words}: {refused:?}");
    }
    // What names no profile goes its way, and so does one of its own.
    assert_eq!(of("Sales-EU", "env-sh").code, Some(0));
    assert_eq!(desk.brickpass(&["publish", "Sales-EU", "--profile", "sales-two", "--yes"]).code, Some(0));
    assert!(of("Sales-EU", "terraform").stdout.contains("\"sales-two\""));
    // Nobody published it, and it leads elsewhere.
    fs::write(&file, fs::read_to_string(&file).unwrap() + "\n[lab]\nhost = https://adb-9.9.azuredatabricks.net\ntoken = x\n").unwrap();
    let refused = of("Lab", "terraform");
    assert!(refused.code == Some(1) && refused.stderr.contains("its host is https://adb-9.9.azuredatabricks.net"), "{refused:?}");
}

#[test]
fn pb_19_a_foreign_profile_is_refused_in_a_terminal_and_its_only_secret_comes_back() {
    let terminal = terminal();
    let text = "[sales]\nhost = https://old.cloud.databricks.com\ntoken = dapi-only-here\ncluster_id = 1\n";
    put(&file(&terminal), text);
    let read = || fs::read_to_string(file(&terminal)).unwrap();
    for words in [&["publish", "Sales", "--yes"][..], &["publish", "Sales", "--profile", "sales", "--yes"], &["publish", "Sales"]] {
        let refused = terminal.brickpass(words);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        let lost = "[sales] currently connects to https://old.cloud.databricks.com. The token is stored nowhere else and would be deleted.";
        for said in [lost, "--replace-profile", "brickpass profiles restore"] {
            assert!(refused.stderr.contains(said), "{said}: {refused:?}");
        }
        assert!(!refused.stderr.contains("dapi-only-here"));
        assert_eq!(read(), text);
    }
    let shown = terminal.done(&["publish", "Sales", "--dry-run"]);
    assert!(shown.stderr.contains("would be deleted"), "{shown:?}");
    let done = terminal.done(&["publish", "Sales", "--replace-profile", "--yes"]);
    let kept = done.stderr.split("is kept as ").nth(1).and_then(|rest| rest.split(". To restore it").next()).unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), text);
    assert!(!read().contains("dapi-only-here"));
    terminal.done(&["unpublish", "Sales", "--yes"]);
    assert_eq!(read(), text);
    terminal.done(&["publish", "Sales", "--replace-profile", "--yes"]);
    terminal.done(&["profiles", "restore"]);
    assert_eq!(read(), text);
}

#[test]
fn pb_20_removing_a_connection_unpublishes_it_and_orphans_are_cleaned_by_one_command() {
    let terminal = terminal();
    let text = "[other]\nhost = https://x\n\n[__settings__]\ndefault_profile = other\n";
    put(&file(&terminal), text);
    let read = || fs::read_to_string(file(&terminal)).unwrap();
    terminal.done(&["publish", "Sales", "--profile", "x1", "--default", "--yes"]);
    let removed = terminal.done(&["remove", "Sales"]);
    assert!(removed.stderr.contains("Unpublished the profile x1."), "{removed:?}");
    assert_eq!(read(), text);

    terminal.add_token("Sales", HOST, &format!("{TOKEN}\n"));
    terminal.done(&["publish", "Sales", "--profile", "x1", "--default", "--yes"]);
    terminal.done(&["publish", "Sales", "--profile", "x2", "--yes"]);
    terminal.done(&["remove", "Sales", "--keep-profile"]);
    let listed = terminal.done(&["profiles"]);
    assert!(listed.stdout.contains("its connection was removed") && listed.stderr.contains("brickpass profiles clean"), "{listed:?}");
    let json = terminal.brickpass(&["profiles", "--json"]).json();
    assert_eq!(json["profiles"].as_array().unwrap().iter().filter(|it| it["orphan"] == "connection-gone").count(), 2, "{json:#}");
    let doctor = terminal.brickpass(&["doctor"]);
    assert!(doctor.code == Some(1) && doctor.stdout.contains("[x1]") && doctor.stdout.contains("brickpass profiles clean"), "{doctor:?}");
    terminal.done(&["unpublish", "--profile", "x2", "--yes"]);
    let cleaned = terminal.done(&["profiles", "clean", "--yes"]);
    assert!(cleaned.stderr.contains("The profile x1 was removed."), "{cleaned:?}");
    assert_eq!(read(), text);
    assert!(terminal.done(&["profiles", "clean"]).stderr.contains("has its connection"));
    // One of a person's own is nobody's to take out.
    assert_eq!(terminal.brickpass(&["unpublish", "--profile", "other", "--yes"]).code, Some(2));
    assert_eq!(read(), text);
    assert_eq!(terminal.brickpass(&["unpublish", "--profile", "nowhere", "--yes"]).code, Some(3));
}

#[test]
fn pb_21_publishing_tells_what_the_databricks_cli_has_once_with_and_without_a_default() {
    let terminal = terminal();
    put(&file(&terminal), "");
    let first = terminal.done(&["publish", "Sales", "--profile", "a", "--yes"]);
    assert!(first.stderr.contains("There is no default profile. To make this one the default: brickpass profiles default a"), "{first:?}");
    assert!(first.stderr.contains("[a] contains no secrets."), "{first:?}");
    let default = terminal.done(&["publish", "Sales", "--profile", "b", "--default", "--yes"]);
    // Its secrets are in a file here, so the CLI gets none.
    for done in [&first, &default] {
        assert_eq!(done.stderr.matches("The Databricks CLI needs the system keyring").count(), 1, "{done:?}");
    }
    assert!(!default.stderr.contains("There is no default profile"), "{default:?}");
}

#[test]
fn pb_15_secrets_that_are_said_to_be_out_of_the_file_are_looked_for_first() {
    let terminal = terminal();
    put(&file(&terminal), &format!("[work]\nhost = {HOST}\npath = {TOKEN}\ntoken = {TOKEN}\n"));
    let words = "path in [work] contains what looks like a token; Brickpass does not change it.";
    assert!(terminal.done(&["profiles"]).stderr.contains(words));
    let moved = terminal.done(&["profiles", "move-secrets", "--all", "--yes"]);
    assert!(moved.stderr.contains(words) && !moved.stderr.contains("contains no secret"), "{moved:?}");
    let again = terminal.brickpass(&["profiles", "move-secrets", "--all", "--yes"]);
    assert!(again.stderr.contains(words) && !again.stderr.contains("contains no secret"), "{again:?}");
    assert!(!format!("{moved:?}{again:?}").contains(TOKEN));
}

#[test]
fn pb_26_a_secret_that_is_the_name_of_a_section_or_of_a_key_is_never_shown() {
    const PAT: &str = "dapi0123456789abcdef0123456789abcdef";
    let terminal = terminal();
    put(
        &file(&terminal),
        &format!("[{PAT}]\nhost = {HOST}\ntoken = {TOKEN}\n\n[work]\nhost = {HOST}\nauth_type = {PAT}\n{PAT} = x\nmine = {PAT}\n"),
    );
    terminal.done(&["publish", "Sales", "--profile", "ours", "--yes"]);
    let asked: [&[&str]; 12] = [
        &["profiles"],
        &["profiles", "default", PAT, "--dry-run"],
        &["profiles", "default", &PAT[..20], "--yes"],
        &["profiles", "keep", PAT],
        &["profiles", "move-secrets", "--all", "--dry-run"],
        &["profiles", "move-secrets", PAT, "--dry-run"],
        &["publish", "Sales", "--profile", PAT, "--yes"],
        &["unpublish", "Sales", "--profile", PAT, "--dry-run"],
        &["effective", "--profile", PAT],
        &["effective", "--profile", "work"],
        &["effective"],
        &["doctor"],
    ];
    for words in asked {
        for json in [&[][..], &["--json"]] {
            let said = terminal.brickpass(&[words, json].concat());
            assert!(!format!("{said:?}").contains(PAT), "{words:?} {json:?}: {said:?}");
        }
    }
    let listed = terminal.done(&["profiles", "--json"]).json();
    let names: Vec<_> = listed["profiles"].as_array().unwrap().iter().map(|line| line["profile"].clone()).collect();
    assert_eq!(names, ["***", "work", "ours"], "{listed:#}");
    assert!(terminal.brickpass(&["effective", "--profile", PAT]).stdout.contains("[***] at line 1"));
}

#[test]
fn pb_27_unpublishing_a_connection_takes_all_its_profiles_out() {
    let terminal = terminal();
    put(&file(&terminal), "[other]\nhost = https://x");
    let before = fs::read_to_string(file(&terminal)).unwrap();
    for profile in ["one", "two", "three"] {
        terminal.done(&["publish", "Sales", "--profile", profile, "--yes"]);
    }
    let named = terminal.done(&["unpublish", "Sales", "--profile", "three", "--yes"]);
    assert!(named.stderr.contains("The profile three was removed.") && !named.stderr.contains("profile one"), "{named:?}");
    let all = terminal.done(&["unpublish", "Sales", "--yes"]);
    for profile in ["one", "two"] {
        assert!(all.stderr.contains(&format!("The profile {profile} was removed.")), "{all:?}");
    }
    assert_eq!(fs::read_to_string(file(&terminal)).unwrap(), before);
    assert_eq!(terminal.brickpass(&["unpublish", "Sales", "--yes"]).code, Some(2), "none is left");
}

#[cfg(unix)]
#[test]
fn pb_17_the_null_device_holds_no_profiles_and_takes_none() {
    let terminal = terminal();
    let with = |words: &[&str]| {
        let output = terminal.command(words).env("DATABRICKS_CONFIG_FILE", "/dev/null").output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(with(&["profiles"]).0, Some(0));
    let (code, said) = with(&["publish", "Sales", "--yes"]);
    assert!(code == Some(2) && said.contains("/dev/null") && !said.contains("or remove it"), "{said}");
}
