//! The real clients, as their makers publish them, against the demo: the token is in Brickpass's vault alone, and what the clients read is a
//! profile that names an address and `brickpass-credential`. `make interop` runs it and prints who could sign in which way.
#![cfg(target_os = "linux")]

mod builds;
mod clients;
mod databricks_cli;
mod go_cases;
mod go_resolution;
mod java_resolution;
mod oracle;
mod python_resolution;
mod readers;
mod terraform;
mod verification;

use std::{cell::RefCell, fmt::Write as _, fs, process::Command, time::Duration};

use serde_json::Value;

use crate::{
    credential::Desk,
    support::{Finished, run, skip},
};
use clients::{Client, Prepared};

const CREDENTIAL: &str = env!("CARGO_BIN_EXE_brickpass-credential");
const LIMIT: Duration = Duration::from_mins(2);

/// A way to sign in, the connection that does it, and whom the clients must see.
struct Way {
    label: &'static str,
    profile: &'static str,
    user: String,
}

const PROFILES: [&str; 3] = ["token", "robot", "person"];

/// Connections to one workspace in the vault, and a profile without a secret for each.
struct Stage {
    desk: Desk,
    ways: Vec<Way>,
    clusters: Vec<String>,
    /// What the tools have printed.
    heard: RefCell<Vec<(String, String)>>,
}

impl Stage {
    /// With these of [`PROFILES`].
    fn set(desk: Desk, profiles: &[&str]) -> Self {
        for profile in profiles {
            match *profile {
                "token" => desk.add_pat("token"),
                "robot" => desk.add_principal("robot", 0),
                _ => {
                    desk.add_browser("person");
                    desk.log_in("person");
                }
            }
        }
        let workspace = &desk.demo.workspaces()[0];
        let way = |label, profile, user: &str| Way { label, profile, user: user.to_owned() };
        let mut ways = vec![
            way("personal access token", "token", &workspace.user),
            way("service principal", "robot", &desk.demo.service_principal().client_id),
            way("browser", "person", &desk.demo.users()[0].name),
        ];
        ways.retain(|way| profiles.contains(&way.profile));
        let clusters = desk.demo.workspace(&workspace.name).unwrap().cluster_ids();
        let stage = Self { desk, ways, clusters, heard: RefCell::default() };
        stage.publish();
        stage
    }

    /// With the credential program that lies beside this `brickpass`.
    fn publish(&self) {
        for way in &self.ways {
            self.desk.done(&["publish", way.profile, "--profile", way.profile, "--yes"], "");
        }
        let written = fs::read_to_string(self.desk.home.path().join(".databrickscfg")).unwrap();
        let named = written.matches(&format!("databricks_cli_path = {CREDENTIAL}")).count();
        assert_eq!(named, self.ways.len(), "{written}");
    }

    /// In the home of the stage, where the profile is the only thing that says how to sign in.
    fn at(&self, program: impl AsRef<std::ffi::OsStr>, profile: &str) -> Command {
        let mut command = self.desk.vaulted(self.desk.home.command(program));
        command.env("DATABRICKS_CONFIG_PROFILE", profile);
        command
    }

    /// A client is right when it sees the user, all clusters, and came through the profile's way.
    fn judge(&self, way: &Way, wants_clusters: bool, ran: &Finished) -> Result<(), String> {
        let told = || ran.stderr.lines().chain(ran.stdout.lines()).rfind(|line| !line.trim().is_empty()).unwrap_or("").to_owned();
        if ran.code != Some(0) {
            return Err(format!("exit code {:?}: {}", ran.code, told()));
        }
        let line = ran.stdout.lines().rev().find(|line| line.starts_with('{')).ok_or_else(told)?;
        let seen: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if seen["user"] != way.user.as_str() {
            return Err(format!("signed in as {}, not as {}", seen["user"], way.user));
        }
        if wants_clusters && seen["clusters"] != serde_json::json!(self.clusters) {
            return Err(format!("sees the clusters {}", seen["clusters"]));
        }
        if wants_clusters && seen["auth_type"] != "databricks-cli" {
            return Err(format!("signed in by {}", seen["auth_type"]));
        }
        Ok(())
    }

    /// A tool: what it prints is looked through with the files that it leaves.
    fn run(&self, command: &mut Command) -> Finished {
        let ran = run(command, b"", LIMIT);
        let words = command.get_program().display().to_string();
        self.heard.borrow_mut().push((words, format!("{}\n{}", ran.stdout, ran.stderr)));
        ran
    }

    /// What must lie nowhere but in the vault: what the connections sign in with, and every token that the demo has issued to whoever asked.
    ///
    /// No tool is exempt. The Databricks CLI would keep a sign-in of its own in `~/.databricks/token-cache.json`, but none is made here: it gets
    /// its tokens from Brickpass. Its entries of the keyring are in the keyring's own encrypted file.
    fn assert_no_secret_lies_about(&self) {
        let mut secrets = vec![self.desk.demo.service_principal().client_secret];
        secrets.extend(self.desk.demo.workspaces().iter().map(|workspace| workspace.token.clone()));
        secrets.extend(self.desk.demo.authorization().issued_tokens());
        assert!(secrets.len() > 2 || self.ways.iter().all(|way| way.profile == "token"), "the demo has issued tokens");
        let holds = |bytes: &[u8]| secrets.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        for (path, bytes) in self.desk.home.files() {
            assert!(!holds(&bytes), "a secret lies in {}", path.display());
        }
        for (command, printed) in self.heard.borrow().iter() {
            assert!(!holds(printed.as_bytes()), "a secret was printed by {command}");
        }
    }
}

#[derive(Default)]
struct Table {
    rows: Vec<[String; 3]>,
    failed: usize,
}

impl Table {
    fn add(&mut self, client: &str, way: &str, outcome: &Result<(), String>) {
        let word = match outcome {
            Ok(()) => "ok".to_owned(),
            Err(why) => {
                self.failed += 1;
                format!("FAILED: {why}")
            }
        };
        self.rows.push([client.to_owned(), way.to_owned(), word]);
    }

    fn skipped(&mut self, client: &str, why: &str) {
        skip(&format!("interop: {client}"), why);
        self.rows.push([client.to_owned(), "every way".to_owned(), format!("skipped: {why}")]);
    }

    fn print(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        self.rows.iter().fold(String::new(), |mut text, [client, way, word]| {
            let _ = writeln!(text, "{client:first$}  {way:second$}  {word}");
            text
        })
    }
}

#[test]
#[ignore = "installs clients from their registries, which takes minutes the first time: make interop"]
fn every_client_signs_in_in_every_way_and_no_secret_is_in_what_it_reads() {
    let stage = Stage::set(Desk::new(), &PROFILES);
    let mut table = Table::default();
    for client in clients::ALL {
        let Client { name, wants_clusters, prepare } = client;
        match prepare() {
            Prepared::Skipped(why) => table.skipped(name, &why),
            Prepared::Broken(why) => table.add(name, "installing it", &Err(why)),
            Prepared::Ready(command) => {
                for way in &stage.ways {
                    let ran = stage.run(&mut command(&|program| stage.at(program, way.profile)));
                    table.add(name, way.label, &stage.judge(way, *wants_clusters, &ran));
                }
            }
        }
    }
    terraform::checks(&stage, &mut table);
    databricks_cli::checks(&stage, &mut table);
    go_resolution::checks(&mut table);
    python_resolution::checks(&mut table);
    java_resolution::checks(&mut table);
    verification::checks(&stage, &mut table);
    stage.assert_no_secret_lies_about();
    // One piece: other tests print too.
    print!("\n{}", table.print());
    assert_eq!(table.failed, 0, "\n{}", table.print());
}

#[test]
fn a_client_that_sees_somebody_else_or_less_has_failed() {
    let way = Way { label: "browser", profile: "p", user: "a@example.com".to_owned() };
    let stage = Stage { desk: Desk::new(), ways: Vec::new(), clusters: vec!["c1".to_owned()], heard: RefCell::default() };
    let ran = |code, stdout: &str| Finished { code: Some(code), stdout: stdout.to_owned(), stderr: "why".to_owned(), took: Duration::ZERO };
    let judge = |code, stdout: &str| stage.judge(&way, true, &ran(code, stdout));
    let good = r#"{"user": "a@example.com", "clusters": ["c1"], "auth_type": "databricks-cli"}"#;
    assert_eq!(judge(0, good), Ok(()));
    for bad in [
        judge(1, good),
        judge(0, ""),
        judge(0, &good.replace("a@", "b@")),
        judge(0, &good.replace("\"c1\"", "")),
        judge(0, &good.replace("databricks-cli", "pat")),
    ] {
        assert!(bad.is_err(), "{bad:?}");
    }
}

/// The look for secrets finds one wherever a tool could leave it.
#[test]
fn a_token_that_a_tool_leaves_or_prints_is_found() {
    let found = |lose: fn(&Stage, &str)| {
        let stage = Stage::set(Desk::new(), &["robot"]);
        stage.assert_no_secret_lies_about();
        stage.desk.done(&["test", "robot"], "");
        let token = stage.desk.demo.authorization().issued_tokens().pop().unwrap();
        stage.assert_no_secret_lies_about();
        lose(&stage, &token);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stage.assert_no_secret_lies_about())).is_err()
    };
    assert!(found(
        |stage, token| fs::write(stage.desk.home.path().join("terraform.tfstate"), format!("{{\"token\":\"{token}\"}}")).unwrap()
    ));
    assert!(found(|stage, token| drop(stage.run(Command::new("echo").arg(token)))));
}
