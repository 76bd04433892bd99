//! Readers from registries: the programs for which exports are meant, as their makers publish them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Made, python,
    score::{Found, Read},
};
use crate::support::{Finished, Home, interop, missing_tool, run};

/// The first time everything comes over the network, and some is compiled.
const LONGEST_INSTALLATION: Duration = Duration::from_mins(10);
const READING: Duration = Duration::from_mins(2);

fn sources(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(folder)
}

/// Beside the built programs, so that it goes with `cargo clean`.
fn kept(folder: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("interop").join(folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn asked(reader: &str, made: &[Made]) -> Value {
    json!({ "reader": reader, "exports": made.iter().map(Made::by_name).collect::<Vec<_>>() })
}

fn found(reader: &str, ran: &Finished) -> Vec<Found> {
    assert_eq!(ran.code, Some(0), "{reader}: {}", ran.stderr);
    let line = ran.stdout.lines().rfind(|line| line.starts_with('[')).unwrap_or_else(|| panic!("{reader}: {ran:?}"));
    python::texts(serde_json::from_str(line).unwrap())
}

fn missing(tools: &[&str]) -> Option<Read> {
    missing_tool(tools).map(|tool| Read::Missing(format!("{tool} is not on this machine")))
}

fn unreachable(what: &str, ran: &Finished) -> Read {
    let told = ran.stderr.lines().chain(ran.stdout.lines()).rfind(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
    Read::Missing(format!("{what} could not be fetched: {told}"))
}

/// A script of `tests/interop`, with the packages of its own list.
pub fn from_pypi(script: &str, reader: &str, made: &[Made]) -> Read {
    if let Some(missing) = missing(&["sh", "env", "python3"]) {
        return missing;
    }
    let ran = interop(script, &asked(reader, made));
    if ran.code == Some(77) {
        return Read::Missing(ran.stdout.trim().trim_start_matches("skipped: ").to_owned());
    }
    Read::Found(found(reader, &ran))
}

pub fn from_npm(reader: &str, made: &[Made]) -> Read {
    if let Some(missing) = missing(&["node", "npm"]) {
        return missing;
    }
    let (sources, kept) = (sources("npm"), kept("npm"));
    let lock = fs::read(sources.join("package-lock.json")).unwrap();
    // What npm itself keeps beside what it has installed.
    if fs::read(kept.join("installed")).ok().as_ref() != Some(&lock) {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources.join(file), kept.join(file)).unwrap();
        }
        let mut npm = Command::new("npm");
        npm.current_dir(&kept).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        let ran = run(&mut npm, b"", LONGEST_INSTALLATION);
        if ran.code != Some(0) {
            return unreachable("its packages", &ran);
        }
        fs::write(kept.join("installed"), &lock).unwrap();
    }
    let mut node = Command::new("node");
    node.arg(sources.join("read.js")).arg(&kept);
    Read::Found(found(reader, &run(&mut node, asked(reader, made).to_string().as_bytes(), READING)))
}

/// The reader of programs that hand properties to the driver.
pub const PROPERTIES: &str = "JDBC driver, properties";

pub fn from_maven(reader: &str, made: &[Made]) -> Read {
    if let Some(missing) = missing(&["java", "javac", "mvn"]) {
        return missing;
    }
    let (built, pom) = (kept("java-readers"), sources("java-readers/pom.xml"));
    let from = [pom, sources("java-readers/src/main/java/Read.java")].map(|file| fs::read(file).unwrap()).concat();
    if fs::read(built.join("built-from")).ok().as_ref() != Some(&from) {
        let mut maven = Command::new("mvn");
        maven.current_dir(sources("java-readers")).args(["-q", "-B"]);
        maven.arg(format!("-Dmaven.repo.local={}", kept("m2").display())).arg(format!("-Dbuilt={}", built.display())).arg("package");
        let ran = run(&mut maven, b"", LONGEST_INSTALLATION);
        if ran.code != Some(0) {
            assert!(!ran.stdout.contains("COMPILATION ERROR"), "{}", ran.stdout);
            return unreachable("its jars", &ran);
        }
        fs::write(built.join("built-from"), &from).unwrap();
    }
    let mut java = Command::new("java");
    java.arg("-cp").arg(format!("{0}/readers-1.jar:{0}/jars/*", built.display())).arg("Read");
    if reader == PROPERTIES {
        java.env("DATABRICKS_TOKEN", "from the environment");
    }
    Read::Found(found(reader, &run(&mut java, asked(reader, made).to_string().as_bytes(), READING)))
}

/// A program of `tests/interop` in Go.
pub fn from_go(folder: &str, reader: &str, made: &[Made]) -> Read {
    go(folder, &asked(reader, made)).map_or_else(|missing| missing, |ran| Read::Found(found(reader, &ran)))
}

/// `.databrickscfg` as the SDK for Go and the Databricks CLI read it.
pub fn go_ini(made: &[Made]) -> Read {
    let texts: Vec<&str> = made.iter().map(Made::text).collect();
    go("ini", &json!(texts)).map_or_else(
        |missing| missing,
        |ran| {
            let read: Vec<BTreeMap<String, Found>> = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
            let only = read.into_iter().map(|sections| {
                let (name, mut keys) = sections.into_iter().find(|(_, keys)| !keys.is_empty()).unwrap();
                keys.insert("section".to_owned(), name);
                keys
            });
            Read::Found(only.collect())
        },
    )
}

fn go(folder: &str, input: &Value) -> Result<Finished, Read> {
    if let Some(missing) = missing(&["go"]) {
        return Err(missing);
    }
    let program = kept(folder).join("read");
    let mut go = Command::new("go");
    go.current_dir(sources(folder)).args(["build", "-o"]).arg(&program).arg(".");
    // Writable, or `cargo clean` could not take it away again.
    go.env("GOFLAGS", "-mod=readonly -modcacherw -buildvcs=false").env("GOTOOLCHAIN", "local");
    go.env("GOMODCACHE", kept("go-modules")).env("GOCACHE", kept("go-build"));
    let built = run(&mut go, b"", LONGEST_INSTALLATION);
    if built.code != Some(0) {
        return Err(unreachable("its module", &built));
    }
    Ok(run(Command::new(program).env("DATABRICKS_TOKEN", "token of Sales"), input.to_string().as_bytes(), READING))
}

/// unixODBC's own library, in the version of this Debian.
pub fn unixodbc(made: &[Made]) -> Read {
    if let Some(missing) = missing(&["apt-get", "dpkg", "python3"]) {
        return missing;
    }
    let kept = kept("unixodbc");
    let script = "ls usr >/dev/null 2>&1 || { apt-get download -q libodbcinst2 && dpkg -x libodbcinst2_*.deb .; }";
    let fetched = run(Command::new("sh").args(["-c", script]).current_dir(&kept), b"", LONGEST_INSTALLATION);
    if fetched.code != Some(0) {
        return unreachable("libodbcinst2", &fetched);
    }
    let home = Home::new();
    let mut python = home.command("python3");
    python.arg(sources("read_odbc_ini.py")).arg(&kept);
    let ran = run(&mut python, asked("unixODBC", made).to_string().as_bytes(), READING);
    if ran.code == Some(77) {
        return Read::Missing(ran.stdout.trim().to_owned());
    }
    Read::Found(found("unixODBC", &ran))
}
