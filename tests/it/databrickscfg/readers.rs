//! Go's and Python's readers of the file read what was meant, and everything else as before.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use brickpass_interchange::databrickscfg::{Edit, File, Profile, ProfileName, decides};
use secrecy::ExposeSecret as _;

use super::{HELPER, HOST, TOKEN};
use crate::support::{hostile_values, run, skip, tool_exists};

const LIMIT: Duration = Duration::from_mins(3);

/// What each text is to a reader; `None`: it refuses it.
type Readings = Vec<Option<BTreeMap<String, BTreeMap<String, String>>>>;

fn readings(mut reader: Command, texts: &[String]) -> Readings {
    let read = run(&mut reader, serde_json::to_vec(texts).unwrap().as_slice(), LIMIT);
    assert_eq!(read.code, Some(0), "{}", read.stderr);
    serde_json::from_str(&read.stdout).unwrap()
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/ini")
}

/// `ini.v1` as the CLI uses it, built once. The reason when it cannot be.
fn go() -> Result<Command, String> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BUILT.get_or_init(build_go).clone().map(Command::new)
}

fn build_go() -> Result<PathBuf, String> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ini-reader");
    let own = program.with_extension(std::process::id().to_string());
    let built = Command::new("go").args(["build", "-o"]).arg(&own).arg(".").current_dir(sources()).output();
    match built {
        Ok(built) if built.status.success() => {
            // Whole or not at all: other tests may run it.
            fs::rename(&own, &program).map_err(|error| error.to_string())?;
            Ok(program)
        }
        Ok(built) => Err(format!("the reader in Go could not be built: {}", String::from_utf8_lossy(&built.stderr))),
        Err(_) => Err("there is no Go here".to_owned()),
    }
}

fn python() -> Result<Command, String> {
    if !tool_exists("python3") {
        return Err("there is no python3 here".to_owned());
    }
    let mut python = Command::new("python3");
    python.arg(sources().join("read.py"));
    Ok(python)
}

/// What was written, and the values that were meant, of every hostile value that was not refused.
fn written() -> Vec<(String, String)> {
    let mut values: Vec<String> = hostile_values().into_iter().map(|(_, value)| value).collect();
    values.extend([HOST, TOKEN, r"C:\Program Files\b.exe", "a,b", "#x", ";x", "x#", "=x", ":x", "[x]", "a\\ b"].map(str::to_owned));
    let bases = [
        String::new(),
        "[p]\ncluster_id = old\n".to_owned(),
        "; c\r\n[o]\r\nx = 1\r\n\r\n[p]\r\n  cluster_id='old' # c\r\n  team = x\r\n[q]\r\ny = 2".to_owned(),
        "[p]\nteam : x\n".to_owned(),
    ];
    let mut made = Vec::new();
    for base in &bases {
        for value in &values {
            let edit = Edit::Put { profile: ProfileName::parse("p").unwrap(), keys: vec![("cluster_id", value.clone())] };
            if let Ok(changed) = File::read(base.as_bytes()).unwrap().changed(&edit) {
                made.push((changed.file.text().expose_secret().to_owned(), value.clone()));
            }
        }
    }
    assert!(made.len() > 60, "{}", made.len());
    made
}

#[test]
fn ex_06_go_reads_what_was_meant_or_it_was_refused() {
    let made = written();
    let go = match go() {
        Ok(go) => go,
        Err(reason) => return skip("ex_06_go_reads_what_was_meant_or_it_was_refused", &reason),
    };
    let texts: Vec<String> = made.iter().map(|(text, _)| text.clone()).collect();
    for ((text, value), read) in made.iter().zip(readings(go, &texts)) {
        assert_eq!(read.as_ref().and_then(|read| read["p"].get("cluster_id")), Some(value), "{text}");
    }
}

#[test]
fn ex_06_python_reads_what_was_meant_or_it_was_refused() {
    let made = written();
    let python = match python() {
        Ok(python) => python,
        Err(reason) => return skip("ex_06_python_reads_what_was_meant_or_it_was_refused", &reason),
    };
    let texts: Vec<String> = made.iter().map(|(text, _)| text.clone()).collect();
    for ((text, value), read) in made.iter().zip(readings(python, &texts)) {
        assert_eq!(read.as_ref().and_then(|read| read["p"].get("cluster_id")), Some(value), "{text}");
    }
}

/// Texts out of what the dialect knows, in any order.
fn texts() -> Vec<String> {
    const PARTS: [&str; 34] = [
        "[a]",
        "[b]",
        "[a",
        "]",
        "k",
        "l",
        " = ",
        "=",
        ":",
        "v",
        " ",
        "\t",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\\",
        "\\\n",
        "`",
        "\"\"\"",
        "\"",
        "'",
        "#",
        " #",
        ";",
        " ;",
        "x",
        "\u{a0}",
        "\u{feff}",
        "-",
        "[__settings__]\n",
        "\nk = ",
        "\nl = ",
        "\u{e6}",
    ];
    let mut random = fastrand::Rng::with_seed(6);
    (0..4000).map(|_| (0..random.usize(1..16)).map(|_| PARTS[random.usize(..PARTS.len())]).collect::<String>()).collect()
}

#[test]
fn ex_06_whatever_stands_in_the_file_is_read_as_go_reads_it() {
    let texts = texts();
    let go = match go() {
        Ok(go) => go,
        Err(reason) => return skip("ex_06_whatever_stands_in_the_file_is_read_as_go_reads_it", &reason),
    };
    let mut wrong = Vec::new();
    for (text, theirs) in texts.iter().zip(readings(go, &texts)) {
        let ours = File::read(text.as_bytes()).ok().map(|file| {
            let profiles = file.profiles().into_iter();
            let of = |profile: &Profile<'_>| {
                profile.keys().map(|(key, value)| (key.to_owned(), value.expose_secret().to_owned())).collect::<BTreeMap<_, _>>()
            };
            profiles.map(|profile| (profile.name.to_owned(), of(&profile))).filter(|(_, keys)| !keys.is_empty()).collect::<BTreeMap<_, _>>()
        });
        // An empty value is none to all of them, and the settings are no profile.
        let theirs = theirs.map(|read| {
            let full = read.into_iter().map(|(name, keys)| (name, keys.into_iter().filter(|(_, value)| !value.is_empty()).collect()));
            full.filter(|(name, keys): &(String, BTreeMap<String, String>)| name != "__settings__" && !keys.is_empty())
                .collect::<BTreeMap<_, _>>()
        });
        if ours != theirs {
            wrong.push(format!("{text:?}\n  ours: {ours:?}\n  go:   {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong[..wrong.len().min(12)].join("\n"));
}

const OURS: [(&str, &str); 3] = [("auth_type", "databricks-cli"), ("databricks_cli_path", HELPER), ("host", HOST)];

fn ours() -> Edit {
    let keys = OURS.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Edit::Put { profile: ProfileName::parse("a").unwrap(), keys }
}

fn edited(text: &str, edit: &Edit) -> Option<String> {
    let file = File::read(text.as_bytes()).ok()?;
    file.changed(edit).ok().map(|changed| changed.file.text().expose_secret().to_owned())
}

/// Files in which a good deal stands, most of them readable.
fn files() -> Vec<String> {
    const LINES: [&str; 40] = [
        "[a]",
        "[a]",
        "[b]",
        "[DEFAULT]",
        "[__settings__]",
        "  [a]  ; c",
        "",
        "  ",
        "# c",
        "; token = x",
        "host = old",
        "host=old # why",
        "  host : 'old'",
        "\thost = `old`",
        "host = `ol\nd`",
        "host = old \\\n  er",
        "host =",
        "token = x",
        "token = `x\ny` # c",
        "  client_id = y",
        "client_secret = z",
        "auth_type = pat",
        "databricks_cli_path = \"/x y\"",
        "team = x",
        "team = x # c",
        "  team : y",
        "team = 'x'",
        "team =",
        "Host = x",
        "TOKEN = x",
        "account_id = 1",
        "workspace_id = 2",
        "cluster_id   = 1",
        "warehouse_id = 2",
        "scopes = a,b",
        "x = y \\",
        "last = a\\",
        "\"a b\" = c",
        "- = d",
        "    deep = 1",
    ];
    let mut random = fastrand::Rng::with_seed(9);
    let mut make = || {
        let newline = if random.bool() { "\n" } else { "\r\n" };
        let mut text: String = (0..random.usize(0..14)).flat_map(|_| [LINES[random.usize(..LINES.len())], newline]).collect();
        if random.bool() {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    };
    (0..4000).map(|_| make()).collect()
}

#[test]
fn cf_09_whatever_stands_there_go_reads_the_rest_as_before_and_ours_as_meant() {
    let before: Vec<String> = files().into_iter().filter(|text| edited(text, &ours()).is_some()).collect();
    assert!(before.len() > 2000, "{}", before.len());
    let after: Vec<String> = before.iter().map(|text| edited(text, &ours()).unwrap()).collect();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(edited(after, &ours()).as_ref(), Some(after), "once more changes nothing: {before:?}");
    }
    let (was, is) = match (go(), go()) {
        (Ok(one), Ok(other)) => (readings(one, &before), readings(other, &after)),
        (Err(reason), _) | (_, Err(reason)) => {
            return skip("cf_09_whatever_stands_there_go_reads_the_rest_as_before_and_ours_as_meant", &reason);
        }
    };
    for (index, (was, is)) in was.into_iter().zip(is).enumerate() {
        let shown = format!("{:?}\n{:?}", before[index], after[index]);
        let (mut was, mut is) = (was.expect(&shown), is.unwrap_or_else(|| panic!("{shown}")));
        let (was_ours, is_ours) = (was.remove("a").unwrap_or_default(), is.remove("a").expect(&shown));
        assert_eq!(was, is, "{shown}");
        for (key, value) in OURS {
            assert_eq!(is_ours.get(key).map(String::as_str), Some(value), "{shown}");
        }
        let own = |keys: &BTreeMap<String, String>| {
            let own = keys.iter().filter(|(key, _)| !decides(&key.to_lowercase()));
            own.map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(own(&was_ours), own(&is_ours), "{shown}");
        assert!(!is_ours.contains_key("token") && !is_ours.contains_key("client_secret"), "{shown}");
    }
}

#[test]
fn ex_06_what_python_could_read_it_reads_with_ours_as_meant() {
    let before: Vec<String> = files().into_iter().filter(|text| edited(text, &ours()).is_some()).collect();
    let after: Vec<String> = before.iter().map(|text| edited(text, &ours()).unwrap()).collect();
    let (was, is) = match (python(), python()) {
        (Ok(one), Ok(other)) => (readings(one, &before), readings(other, &after)),
        (Err(reason), _) | (_, Err(reason)) => return skip("ex_06_what_python_could_read_it_reads_with_ours_as_meant", &reason),
    };
    let mut wrong = Vec::new();
    for (index, (was, is)) in was.into_iter().zip(is).enumerate() {
        let section = is.as_ref().and_then(|is| is.get("a"));
        let meant = OURS.iter().all(|(key, value)| section.and_then(|keys| keys.get(*key)).is_some_and(|read| read == value));
        if was.is_some() && !meant {
            wrong.push(format!("{:?}\n{:?}\n{section:?}", before[index], after[index]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), before.len(), wrong[..wrong.len().min(8)].join("\n\n"));
}
