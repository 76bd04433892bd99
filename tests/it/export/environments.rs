//! Environments: the shells themselves read them, and the readers of environment files.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

use brickpass_core::connection::AuthKind;

use super::{Asked, Found, LIMIT, Made, PATH, Score, URL, maps, pairs, write_all};
use crate::support::{Home, missing_tool, run, skip};

const NAMES: [&str; 8] = [
    "DATABRICKS_HOST",
    "DATABRICKS_AUTH_TYPE",
    "DATABRICKS_TOKEN",
    "DATABRICKS_CONFIG_PROFILE",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CLIENT_SECRET",
    "DATABRICKS_HTTP_PATH",
    "DATABRICKS_WAREHOUSE_ID",
];

/// By every place that a person can fill; what is not expected must be unset.
pub fn score(format: &'static str, by_token: bool) -> Score {
    let score = Score::new(format)
        .place(
            "profile",
            |value| {
                Some(if by_token { Asked::of(AuthKind::Browser).set("by", "profile") } else { Asked::of(AuthKind::Browser) }.profile(value))
            },
            |_, value| all([("DATABRICKS_CONFIG_PROFILE", value)]),
        )
        .place(
            "token",
            |value| Some(Asked::of(AuthKind::PersonalAccessToken).secret(value)),
            |_, value| all([("DATABRICKS_HOST", URL), ("DATABRICKS_AUTH_TYPE", "pat"), ("DATABRICKS_TOKEN", value)]),
        )
        .place(
            "client secret",
            |value| Some(Asked::of(AuthKind::ServicePrincipal).secret(value)),
            |_, value| {
                all([
                    ("DATABRICKS_HOST", URL),
                    ("DATABRICKS_AUTH_TYPE", "oauth-m2m"),
                    ("DATABRICKS_CLIENT_ID", super::CLIENT_ID),
                    ("DATABRICKS_CLIENT_SECRET", value),
                ])
            },
        )
        .place(
            "http_path",
            |value| Some(Asked::of(AuthKind::PersonalAccessToken).set("http_path", value).secret("dapi1")),
            // Nothing but a path is taken, or nothing at all was said.
            |_, value| {
                assert!(value.trim().is_empty(), "{value:?} is no path");
                all([("DATABRICKS_HOST", URL), ("DATABRICKS_AUTH_TYPE", "pat"), ("DATABRICKS_TOKEN", "dapi1")])
            },
        );
    if !by_token {
        return score;
    }
    score.place(
        "name",
        |value| Asked::of(AuthKind::Browser).name(value),
        |asked, value| {
            let id = asked.connection.id.to_string();
            let may_be_named = !value.trim().starts_with('-') && (format != "env-powershell" || value.is_ascii());
            let said = format!("token of {}", if may_be_named { asked.connection.name.as_str() } else { &id });
            all([("DATABRICKS_HOST", URL), ("DATABRICKS_AUTH_TYPE", "pat"), ("DATABRICKS_TOKEN", &said)])
        },
    )
}

/// These, and none of the others.
fn all<const N: usize>(set: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    let mut all: BTreeMap<&'static str, String> = NAMES.into_iter().map(|name| (name, String::new())).collect();
    all.extend(pairs(set));
    all.into_iter().collect()
}

/// Runs each export in a subshell of one shell, in which all variables were set to something else before.
pub fn read_by_shell(shell: &str, made: &[Made], ending: &str) -> Vec<BTreeMap<String, String>> {
    let home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let stub = bin.join("brickpass");
    fs::write(&stub, "#!/bin/sh\n[ \"$1\" = token ] && [ $# = 2 ] && printf 'token of %s' \"$2\"\n").unwrap();
    fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
    write_all(home.path(), made, ending);
    let fish = shell == "fish";
    let mut script = String::new();
    for name in NAMES {
        script += &if fish { format!("set -gx {name} stale\n") } else { format!("export {name}=stale\n") };
    }
    // What a child sees is what counts.
    let show = "env -0 | grep -z '^DATABRICKS_' ; printf 'END\\0'";
    for at in 0..made.len() {
        script += &if fish {
            format!("fish -N -c 'source ./{at}.fish; {}'\n", show.replace('\'', "\\'"))
        } else {
            format!("( . ./{at}.sh; {show} )\n")
        };
    }
    let mut command = home.command(shell);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", bin.display()));
    if shell == "zsh" {
        command.arg("-f");
    }
    let finished = run(&mut command, script.as_bytes(), LIMIT);
    assert!(!home.path().join("pwned").exists(), "{shell} ran what was meant as a value");
    let mut found = vec![BTreeMap::new()];
    for entry in finished.stdout.split_terminator('\0') {
        if entry == "END" {
            found.push(BTreeMap::new());
        } else if let Some((name, value)) = entry.split_once('=') {
            found.last_mut().unwrap().insert(name.to_owned(), value.to_owned());
        }
    }
    found.pop();
    found.into_iter().map(with_unset).collect()
}

/// A variable that is not set is told as an empty one.
pub fn with_unset(mut found: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for name in NAMES {
        found.entry(name.to_owned()).or_default();
    }
    found
}

#[test]
fn ex_01_posix_shells_set_exactly_what_was_meant_and_unset_the_rest() {
    let score = score("env-sh", true);
    assert!(score.made.len() > 100, "{} of them were refused", score.refused);
    for shell in ["bash", "dash", "zsh"] {
        if let Some(tool) = missing_tool(&[shell]) {
            skip("ex_01_posix_shells_set_exactly_what_was_meant_and_unset_the_rest", &format!("{tool} is not on this machine"));
            continue;
        }
        score.judge(shell, &read_by_shell(shell, &score.made, "sh"));
    }
}

#[test]
fn ex_02_fish_sets_exactly_what_was_meant_and_unsets_the_rest() {
    if let Some(tool) = missing_tool(&["fish"]) {
        return skip("ex_02_fish_sets_exactly_what_was_meant_and_unsets_the_rest", &format!("{tool} is not on this machine"));
    }
    let score = score("env-fish", true);
    assert!(score.made.len() > 100);
    score.judge("fish", &read_by_shell("fish", &score.made, "fish"));
}

#[test]
fn ex_01_without_a_token_nothing_is_exported() {
    let document = Asked::of(AuthKind::Browser).write("env-sh").unwrap();
    let home = Home::new();
    fs::write(home.path().join("e.sh"), &super::score::files(&document)[0].1).unwrap();
    let script = "export DATABRICKS_TOKEN=stale\nbrickpass() { return 1; }\n. ./e.sh\nprintf '%s' \"${DATABRICKS_TOKEN-unset}\"";
    let finished = run(&mut home.command("sh"), script.as_bytes(), LIMIT);
    // Unset, or set in this shell alone and empty: no program sees the former token.
    assert!(finished.stdout.is_empty(), "{finished:?}");
}

/// By the grammar of `PowerShell`: strings in single quotation marks, of which it knows five.
fn powershell_string(text: &str) -> Option<(String, &str)> {
    let is_mark = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
    let mut chars = text.char_indices().peekable();
    chars.next().filter(|(_, c)| is_mark(*c))?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        if !is_mark(c) {
            value.push(c);
        } else if chars.peek().is_some_and(|(_, next)| is_mark(*next)) {
            value.push(c);
            chars.next();
        } else {
            return Some((value, &text[at + c.len_utf8()..]));
        }
    }
    None
}

/// By its grammar: it is not on this machine.
pub fn read_as_powershell(made: &[Made]) -> Vec<Found> {
    made.iter()
        .map(|made| {
            // Windows PowerShell 5.1 reads a file as it likes beyond that.
            assert!(made.text().is_ascii());
            let mut found: BTreeMap<String, String> = NAMES.into_iter().map(|name| (name.to_owned(), "stale".to_owned())).collect();
            for line in made.text().lines() {
                if let Some(gone) = line.strip_prefix("Remove-Item -ErrorAction SilentlyContinue -Path ") {
                    gone.split(", ").for_each(|name| drop(found.remove(name.strip_prefix("Env:").unwrap())));
                    continue;
                }
                let (name, value) = line.strip_prefix("$env:").unwrap().split_once(" = ").unwrap();
                let value = match value.strip_prefix("(brickpass token ") {
                    Some(asked) => {
                        let (asked, rest) = powershell_string(asked).unwrap();
                        assert_eq!(rest, ")");
                        format!("token of {asked}")
                    }
                    None => powershell_string(value).filter(|(_, rest)| rest.is_empty()).unwrap().0,
                };
                found.insert(name.to_owned(), value);
            }
            // Those that were not named are not among the credentials.
            found.retain(|_, value| value != "stale");
            with_unset(found)
        })
        .collect()
}

#[test]
fn ex_03_powershell_sets_exactly_what_was_meant_and_unsets_the_rest() {
    let score = score("env-powershell", true);
    assert!(score.made.len() > 100);
    score.judge("PowerShell", &read_as_powershell(&score.made));
}

/// By its grammar, at the prompt and in a file alike.
pub fn read_as_cmd(made: &[Made]) -> Vec<Found> {
    made.iter()
        .map(|made| {
            let mut found = BTreeMap::new();
            for line in made.text().split_terminator("\r\n") {
                let inner = line.strip_prefix("set \"").unwrap().strip_suffix('"').unwrap();
                let (name, value) = inner.split_once('=').unwrap();
                assert!(!value.contains(['"', '%', '!', '\r', '\n']), "{line:?}");
                found.insert(name.to_owned(), value.to_owned());
            }
            with_unset(found)
        })
        .collect()
}

#[test]
fn ex_04_cmd_sets_exactly_what_was_meant_at_the_prompt_and_in_a_file() {
    let score = score("env-cmd", false);
    score.judge("cmd", &read_as_cmd(&score.made));
}

#[test]
fn ex_05_each_dialect_of_environment_files_is_read_exactly_or_refused() {
    const TEST: &str = "ex_05_each_dialect_of_environment_files_is_read_exactly_or_refused";
    let score = score("dotenv", false);
    let home = Home::new();
    write_all(home.path(), &score.made, "env");
    let count = score.made.len();
    let python = format!(
        "import json, os\nfrom dotenv import dotenv_values\nprint(json.dumps([{{k: v or '' for k, v in dotenv_values(f'{{i}}.env').items()}} for i in range({count})]))"
    );
    let read = run(home.command("python3").arg("-c").arg(&python), b"", LIMIT);
    if read.stderr.contains("No module named") {
        skip(TEST, "python-dotenv is not on this machine");
    } else {
        score.judge("python-dotenv", &maps(&read.stdout).into_iter().map(with_unset).collect::<Vec<_>>());
    }
    if let Some(tool) = missing_tool(&["node"]) {
        skip(TEST, &format!("{tool} is not on this machine"));
    } else {
        let node = format!(
            "const {{ parseEnv }} = require('util'), fs = require('fs'); \
             console.log(JSON.stringify([...Array({count}).keys()].map(i => parseEnv(fs.readFileSync(i + '.env', 'utf8')))))"
        );
        let read = run(home.command("node").arg("-e").arg(&node), b"", LIMIT);
        score.judge("node", &maps(&read.stdout).into_iter().map(with_unset).collect::<Vec<_>>());
    }

    // docker: the value is the rest of the line, and a name alone takes the value of the environment. systemd unquotes what has no quotation marks to itself.
    let score = docker_score();
    let found: Vec<_> = score
        .made
        .iter()
        .map(|made| {
            let lines = made.text().lines().map(|line| line.split_once('=').map_or((line, "token of Sales"), |pair| pair));
            for (_, value) in lines.clone() {
                assert!(!value.contains(['\'', '"', '\\', '$', '#']) && value.trim() == value, "{value:?} is read otherwise by some");
            }
            with_unset(lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
        })
        .collect();
    score.judge("docker", &found);
}

pub fn docker_score() -> Score {
    Score::new("env-docker")
        .place(
            "profile",
            |value| Some(Asked::of(AuthKind::Browser).set("by", "profile").profile(value)),
            |_, value| all([("DATABRICKS_CONFIG_PROFILE", value)]),
        )
        .place(
            "token",
            |value| Some(Asked::of(AuthKind::PersonalAccessToken).secret(value)),
            |_, value| all([("DATABRICKS_HOST", URL), ("DATABRICKS_AUTH_TYPE", "pat"), ("DATABRICKS_TOKEN", value)]),
        )
        .place(
            "name",
            |value| Asked::of(AuthKind::Browser).set("http_path", PATH).name(value),
            |_, _| {
                let path = [("DATABRICKS_HTTP_PATH", PATH), ("DATABRICKS_WAREHOUSE_ID", "abc123def4567890")];
                let mut all = all([("DATABRICKS_HOST", URL), ("DATABRICKS_AUTH_TYPE", "pat"), ("DATABRICKS_TOKEN", "token of Sales")]);
                all.extend(pairs(path));
                all
            },
        )
}
