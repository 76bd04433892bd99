//! The encrypted file of secrets is never silently another one: lost, older, hostile, and opened by whatever gives its passphrase.

use std::{fs, path::PathBuf, process::Command};

use crate::support::{
    Finished, run,
    terminal::{LIMIT, PASSPHRASE, Terminal},
};

const TYPO: &str = "a typing error";

/// Nothing answers there, and nothing has to.
const ADDRESS: &str = "https://adb-1234567890123456.7.azuredatabricks.net";

fn terminal_with_two() -> Terminal {
    let terminal = Terminal::with(());
    for (name, token) in [("One", "dapi-one"), ("Two", "dapi-two")] {
        terminal.add_token(name, ADDRESS, token);
    }
    terminal
}

fn vault(terminal: &Terminal, suffix: &str) -> PathBuf {
    terminal.home.config_dir().join(format!("vault.age{suffix}"))
}

fn with(terminal: &Terminal, arguments: &[&str], change: impl FnOnce(&mut Command) -> &mut Command) -> Finished {
    let mut command = terminal.command(arguments);
    change(&mut command);
    run(&mut command, b"", LIMIT)
}

fn typo(terminal: &Terminal, arguments: &[&str]) -> Finished {
    with(terminal, arguments, |command| command.env("BRICKPASS_VAULT_PASSPHRASE", TYPO))
}

#[test]
fn vl_01_a_missing_vault_is_told_by_every_command_and_no_other_takes_its_place() {
    let terminal = terminal_with_two();
    let backup = fs::read(vault(&terminal, ".bak")).unwrap();
    fs::remove_file(vault(&terminal, "")).unwrap();

    let add = ["add", "Three", "--base-url", ADDRESS, "--token-stdin"];
    let mut adding = terminal.command(&add);
    let mut helper = terminal.program(env!("CARGO_BIN_EXE_brickpass-credential"));
    let asked = [
        typo(&terminal, &["token", "One"]),
        typo(&terminal, &["test", "One"]),
        typo(&terminal, &["list"]),
        typo(&terminal, &["doctor"]),
        typo(&terminal, &["exec", "One", "--", "true"]),
        run(adding.env("BRICKPASS_VAULT_PASSPHRASE", TYPO), b"dapi-three", LIMIT),
        run(helper.args(["auth", "token", "--profile", "One"]), b"", LIMIT),
        with(&terminal, &["token", "One"], |command| command.env_remove("BRICKPASS_VAULT_PASSPHRASE")),
    ];
    for finished in &asked {
        let said = format!("{}{}", finished.stdout, finished.stderr);
        assert!(said.contains("vault.age") && said.contains("missing"), "{finished:?}");
        assert!(said.contains("brickpass restore --vault"), "the cure is named: {finished:?}");
    }
    let codes: Vec<_> = asked.iter().map(|finished| finished.code).collect();
    assert_eq!(codes, [Some(4), Some(4), Some(0), Some(1), Some(4), Some(4), Some(1), Some(4)], "{asked:?}");
    assert!(!vault(&terminal, "").exists(), "nothing was made");
    assert_eq!(fs::read(vault(&terminal, ".bak")).unwrap(), backup, "the last copy is as it was");
    assert!(!terminal.done(&["list"]).stdout.contains("Three"));

    assert_eq!(typo(&terminal, &["restore", "--vault"]).code, Some(4));
    terminal.done(&["restore", "--vault"]);
    for (name, token) in [("One", "dapi-one"), ("Two", "dapi-two")] {
        let given = terminal.done(&["token", name]);
        assert_eq!((given.stdout.trim(), given.stderr.as_str()), (token, ""), "what was saved last, and nothing to complain of");
    }
}

#[test]
fn vl_01_a_vault_that_is_gone_with_its_backup_is_given_up_only_by_who_says_so() {
    let terminal = terminal_with_two();
    let former = fs::read(vault(&terminal, "")).unwrap();
    for suffix in ["", ".bak"] {
        fs::remove_file(vault(&terminal, suffix)).unwrap();
    }
    let told = typo(&terminal, &["token", "One"]);
    assert!(told.code == Some(4) && told.stderr.contains("restore --new-vault") && !vault(&terminal, "").exists(), "{told:?}");
    assert_eq!(terminal.brickpass(&["restore", "--vault"]).code, Some(4));

    let weak = with(&terminal, &["restore", "--new-vault"], |command| command.env("BRICKPASS_VAULT_PASSPHRASE", "x"));
    assert!(weak.code == Some(2) && weak.stderr.contains("weak") && !vault(&terminal, "").exists(), "{weak:?}");
    let anew = terminal.done(&["restore", "--new-vault"]);
    assert!(anew.stdout.contains("A new vault was created at") && anew.stdout.contains("Enter the secrets"), "{anew:?}");
    assert!(terminal.brickpass(&["token", "One"]).stderr.contains("The vault does not contain one"));
    terminal.done_fed(&["edit", "One", "--token-stdin"], "dapi-again");
    assert_eq!(terminal.done(&["token", "One"]).stdout.trim(), "dapi-again");

    // A forgotten passphrase is given up in the same way, and its file is kept.
    fs::write(vault(&terminal, ""), &former).unwrap();
    terminal.done(&["restore", "--new-vault"]);
    assert_eq!(fs::read(vault(&terminal, ".former")).unwrap(), former);
}

/// A link, and a file that others may write to. The exit code is that of the vault, as for a damaged one.
#[cfg(unix)]
#[test]
fn vl_08_an_unsafe_file_of_the_vault_leaves_with_the_code_of_the_vault() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let terminal = terminal_with_two();
    let (path, moved) = (vault(&terminal, ""), terminal.home.path().join("moved.age"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let add = ["add", "Three", "--base-url", ADDRESS, "--token-stdin"];
    let refused = |why: &str| {
        for finished in [terminal.brickpass(&["token", "One"]), terminal.fed(&add, "dapi-three")] {
            assert!(finished.code == Some(4) && finished.stderr.contains(why), "{finished:?}");
        }
    };
    refused("can write to it");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&path, &moved).unwrap();
    symlink(&moved, &path).unwrap();
    refused("a symbolic link");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("not a regular file");
}

/// Nothing is left that knows of the former vault but the list of connections.
#[test]
fn vl_09_a_new_vault_names_the_connections_whose_secret_it_does_not_hold() {
    let terminal = terminal_with_two();
    terminal.done(&["add", "Browser", "--base-url", ADDRESS, "--auth", "browser"]);
    for suffix in ["", ".bak"] {
        fs::remove_file(vault(&terminal, suffix)).unwrap();
    }
    fs::remove_dir_all(terminal.home.state_dir()).unwrap();
    let anew = terminal.done_fed(&["add", "Three", "--base-url", ADDRESS, "--token-stdin"], "dapi-three");
    assert!(anew.stderr.contains("A new vault was created") && anew.stderr.contains("\"One\", \"Two\""), "{anew:?}");
    assert!(
        anew.stderr.contains("the previous vault is missing") && !anew.stderr.contains("\"Three\"") && !anew.stderr.contains("Browser"),
        "{anew:?}"
    );
    let again = terminal.done_fed(&["add", "Four", "--base-url", ADDRESS, "--token-stdin"], "dapi-four");
    assert!(!again.stderr.contains("vault"), "told once: {again:?}");
}

#[test]
fn vl_01_what_is_lost_is_told_once_by_a_command() {
    let terminal = terminal_with_two();
    for suffix in ["", ".bak"] {
        fs::remove_file(vault(&terminal, suffix)).unwrap();
    }
    let told = terminal.brickpass(&["token", "One"]);
    assert!(told.code == Some(4) && told.stderr.matches("is missing").count() == 1, "{told:?}");
}

#[test]
fn vl_02_hostile_age_files_are_refused_at_once_as_vault_and_as_backup() {
    let terminal = terminal_with_two();
    let stanzas = format!("age-encryption.org/v1\n{}", "-> x y\nAAAA\n".repeat(1000));
    let keys = "age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n-> X25519 AAAA\nAAAA\n--- AAAA\nbody".to_owned();
    let armored = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n".to_owned();
    for (text, why) in [(stanzas, "too long"), (keys, "several recipients"), (armored, "ASCII-armored")] {
        let file = terminal.home.path().join("hostile.age");
        fs::write(&file, &text).unwrap();
        let import = terminal.fed(&["import", "--backup", file.to_str().unwrap(), "--passphrase-stdin", "--dry-run"], "whatever it is\n");
        assert!(import.code == Some(1) && import.stderr.contains(why) && import.stderr.contains("hostile.age"), "{import:?}");
        fs::write(vault(&terminal, ""), &text).unwrap();
        let token = terminal.brickpass(&["token", "One"]);
        assert!(token.code != Some(0) && token.stderr.contains(why) && token.stderr.contains("restore --vault"), "{token:?}");
        assert_eq!(fs::read_to_string(vault(&terminal, "")).unwrap(), text);
    }
    terminal.done(&["restore", "--vault"]);
    assert_eq!(terminal.done(&["token", "Two"]).stdout.trim(), "dapi-two");
}

#[cfg(unix)]
#[test]
fn vl_05_the_passphrase_comes_from_a_file_a_descriptor_or_a_command_and_no_child_sees_it() {
    let terminal = terminal_with_two();
    let file = terminal.home.path().join("passphrase");
    fs::write(&file, format!("{PASSPHRASE}\n")).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let without = |arguments: &[&str], variables: &[(&str, &str)]| {
        with(&terminal, arguments, |command| command.env_remove("BRICKPASS_VAULT_PASSPHRASE").envs(variables.iter().copied()))
    };
    let command = format!("sed -n 1p '{file}'");
    let gives = |finished: Finished| assert_eq!((finished.code, finished.stdout.trim()), (Some(0), "dapi-one"), "{finished:?}");
    gives(without(&["token", "One"], &[("BRICKPASS_VAULT_PASSPHRASE_FILE", &file)]));
    gives(without(&["token", "One"], &[("BRICKPASS_VAULT_PASSPHRASE_COMMAND", &command)]));
    gives(without(&["token", "One", "--vault-passphrase-file", &file], &[]));
    // Stdin is a descriptor like any other.
    let mut by_descriptor = terminal.command(&["token", "One", "--vault-passphrase-file", "/dev/fd/0"]);
    gives(run(by_descriptor.env_remove("BRICKPASS_VAULT_PASSPHRASE"), format!("{PASSPHRASE}\n").as_bytes(), LIMIT));

    let two = without(&["token", "One"], &[("BRICKPASS_VAULT_PASSPHRASE_FILE", &file), ("BRICKPASS_VAULT_PASSPHRASE_COMMAND", &command)]);
    assert!(two.code == Some(2) && two.stderr.contains("more than one way"), "{two:?}");
    let missing = without(&["token", "One"], &[("BRICKPASS_VAULT_PASSPHRASE_FILE", "/nonexistent/passphrase")]);
    assert!(missing.code != Some(0) && missing.stderr.contains("/nonexistent/passphrase"), "{missing:?}");
    let failing = without(&["token", "One"], &[("BRICKPASS_VAULT_PASSPHRASE_COMMAND", "false")]);
    assert!(failing.code == Some(4) && failing.stderr.contains("BRICKPASS_VAULT_PASSPHRASE_COMMAND"), "{failing:?}");
    // Not asked where no secret is needed.
    let list = without(&["list"], &[("BRICKPASS_VAULT_PASSPHRASE_COMMAND", "false")]);
    assert!(list.code == Some(0) && list.stderr.is_empty() || list.stderr.contains("2 connections"), "{list:?}");

    let child = without(
        &["exec", "One", "--keep", "BRICKPASS_VAULT_PASSPHRASE_COMMAND", "--", "env"],
        &[("BRICKPASS_VAULT_PASSPHRASE_COMMAND", &command)],
    );
    assert!(child.code == Some(0) && child.stdout.contains("DATABRICKS_HOST"), "{child:?}");
    assert!(!child.stdout.contains("VAULT_PASSPHRASE"), "{child:?}");
}

#[test]
fn vl_05_a_weak_passphrase_makes_nothing_new_and_a_first_vault_is_told() {
    let terminal = Terminal::with(());
    let add = ["add", "One", "--base-url", ADDRESS, "--token-stdin"];
    let mut weak = terminal.command(&add);
    let weak = run(weak.env("BRICKPASS_VAULT_PASSPHRASE", "x"), b"dapi-one", LIMIT);
    assert!(weak.code == Some(2) && weak.stderr.contains("fewer than 8"), "{weak:?}");
    assert!(!vault(&terminal, "").exists() && terminal.done(&["list"]).stdout.is_empty());
    let made = terminal.done_fed(&add, "dapi-one");
    assert!(made.stderr.contains("A new vault was created at") && made.stderr.contains("vault.age"), "{made:?}");
    assert!(!terminal.done_fed(&["edit", "One", "--token-stdin"], "dapi-two").stderr.contains("new vault"));

    let file = terminal.home.path().join("backup.age");
    let backup = terminal.fed(&["backup", file.to_str().unwrap(), "--passphrase-stdin"], "password1\n");
    assert!(backup.code == Some(2) && backup.stderr.contains("weak") && !file.exists(), "{backup:?}");
}

#[test]
fn vl_06_an_older_copy_of_the_vault_is_told_once_and_opens() {
    let terminal = terminal_with_two();
    let older = fs::read(vault(&terminal, "")).unwrap();
    terminal.done_fed(&["edit", "One", "--token-stdin"], "dapi-newer");
    fs::write(vault(&terminal, ""), &older).unwrap();
    let first = terminal.done(&["token", "One"]);
    assert!(first.stdout.trim() == "dapi-one" && first.stderr.contains("older copy"), "{first:?}");
    let second = terminal.done(&["token", "One"]);
    assert!(second.stdout.trim() == "dapi-one" && second.stderr.is_empty(), "{second:?}");
    let doctor = terminal.brickpass(&["doctor"]);
    assert!(doctor.code == Some(1) && doctor.stdout.contains("older"), "doctor says it for as long as it is so: {doctor:?}");
    terminal.done(&["restore", "--vault"]);
    assert_eq!(terminal.done(&["token", "One"]).stdout.trim(), "dapi-newer");
    assert!(terminal.done(&["doctor"]).stdout.contains("ok      Vault"));
}

#[test]
fn vl_07_a_damaged_list_and_a_damaged_vault_come_back_with_what_was_saved_last() {
    let terminal = terminal_with_two();
    fs::write(terminal.home.config_dir().join("connections.json"), "{ half").unwrap();
    fs::write(vault(&terminal, ""), "half").unwrap();
    let list = terminal.done(&["list"]);
    assert!(list.stdout.contains("One") && list.stdout.contains("Two"), "{list:?}");
    let damaged = terminal.brickpass(&["token", "Two"]);
    assert!(damaged.code == Some(4) && damaged.stderr.contains("restore --vault"), "{damaged:?}");
    terminal.done(&["restore", "--vault"]);
    assert_eq!(terminal.done(&["token", "Two"]).stdout.trim(), "dapi-two");
}
