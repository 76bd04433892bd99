//! How each client is had from its registry, and how it is started. What was fetched once is kept in `target/interop`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;

use super::builds::Build;
use crate::support::{Finished, interop, interop_venv, missing_tool, run};

/// The first time everything comes over the network, and much is compiled.
pub const LONGEST_INSTALLATION: Duration = Duration::from_mins(15);
/// What a script says when it could not do its work here.
const DOES_NOT_FIT: i32 = 77;

/// Makes a command in the stage's home of a program.
type Start<'a> = &'a dyn Fn(&OsStr) -> Command;

pub enum Prepared {
    Ready(Box<dyn Fn(Start<'_>) -> Command>),
    /// Not here: a toolchain or a registry is missing.
    Skipped(String),
    Broken(String),
}

pub struct Client {
    pub name: &'static str,
    pub wants_clusters: bool,
    pub prepare: fn() -> Prepared,
}

pub const ALL: &[Client] = &[
    Client { name: "SDK for Python", wants_clusters: true, prepare: python },
    Client { name: "SDK for Go", wants_clusters: true, prepare: go },
    Client { name: "SDK for Java", wants_clusters: true, prepare: java },
    Client { name: "SDK for JavaScript", wants_clusters: true, prepare: javascript },
];

pub const SDK_FOR_GO: Build =
    Build { module: "go", package: ".", program: "look", version: None, of: "github.com/databricks/databricks-sdk-go" };

pub fn sources(client: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(client)
}

/// Beside the built programs, so that it goes with `cargo clean`.
pub fn kept(client: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("interop").join(client);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn missing(tools: &[&str]) -> Option<Prepared> {
    missing_tool(tools).map(|tool| Prepared::Skipped(format!("{tool} is not installed")))
}

pub fn last_line(ran: &Finished) -> String {
    let lines = ran.stderr.lines().chain(ran.stdout.lines());
    lines.map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it says nothing").to_owned()
}

pub fn python() -> Prepared {
    if let Some(skipped) = missing(&["sh", "env", "python3"]) {
        return skipped;
    }
    let installed = interop("whose_token.py", &json!({}));
    match installed.code {
        Some(0) => {}
        Some(DOES_NOT_FIT) => return Prepared::Skipped(installed.stdout.trim().trim_start_matches("skipped: ").to_owned()),
        _ => return Prepared::Broken(last_line(&installed)),
    }
    Prepared::Ready(Box::new(|start| {
        let mut command = start("python3".as_ref());
        command.arg(sources("look.py")).env("PYTHONPATH", interop_venv().join("packages")).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }))
}

fn go() -> Prepared {
    match SDK_FOR_GO.made() {
        Ok(program) => Prepared::Ready(Box::new(move |start| start(program.as_ref()))),
        Err(other) => other,
    }
}

fn java() -> Prepared {
    match built_java() {
        Ok(built) => Prepared::Ready(Box::new(move |start| java_program(start("java".as_ref()), &built, "Look"))),
        Err(other) => other,
    }
}

/// The folder with our programs for the SDK for Java, and with the SDK.
pub fn built_java() -> Result<PathBuf, Prepared> {
    if let Some(skipped) = missing(&["java", "mvn"]) {
        return Err(skipped);
    }
    let built = kept("java");
    let mut maven = Command::new("mvn");
    maven.current_dir(sources("java")).args(["-q", "-B"]);
    maven.arg(format!("-Dmaven.repo.local={}", kept("m2").display())).arg(format!("-Dbuilt={}", built.display())).arg("package");
    let ran = run(&mut maven, b"", LONGEST_INSTALLATION);
    if ran.code != Some(0) {
        let fetching = ["Could not transfer", "Could not resolve", "could not be resolved"].iter().any(|it| ran.stdout.contains(it));
        let error = ran.stdout.lines().find(|line| line.contains("[ERROR]")).map_or_else(|| last_line(&ran), str::to_owned);
        return Err(if fetching { Prepared::Skipped(format!("it could not be fetched: {error}")) } else { Prepared::Broken(error) });
    }
    Ok(built)
}

/// One of our programs, where they are built.
pub fn java_program(mut java: Command, built: &Path, program: &str) -> Command {
    java.arg("-cp").arg(format!("{0}/interop-1.jar:{0}/jars/*", built.display())).arg(program);
    java
}

fn javascript() -> Prepared {
    if let Some(skipped) = missing(&["node", "npm"]) {
        return skipped;
    }
    let folder = kept("javascript");
    for file in ["package.json", "package-lock.json", "look.js"] {
        fs::copy(sources("javascript").join(file), folder.join(file)).unwrap();
    }
    let mut install = Command::new("npm");
    install.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--cache"]).arg(kept("npm"));
    let ran = run(&mut install, b"", LONGEST_INSTALLATION);
    if ran.code != Some(0) {
        return Prepared::Skipped(format!("it could not be fetched: {}", last_line(&ran)));
    }
    Prepared::Ready(Box::new(move |start| {
        let mut command = start("node".as_ref());
        command.arg(folder.join("look.js"));
        command
    }))
}
