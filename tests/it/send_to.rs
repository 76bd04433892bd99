//! *Copy to a secret store* in real shells: what each of them reads back, and what arrives at the tools. The tools are stand-ins that write down how they
//! were called; kubectl is the real one.

#![cfg(target_os = "linux")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use brickpass_demo::{Demo, DemoOptions};
use brickpass_interchange::{
    escape::{Shell, Text},
    send_to::{Destination, Field, Order, Platform, Source, Terminal},
};

use secrecy::ExposeSecret as _;

use crate::support::{Home, hostile_values, missing_tool, run, skip, terminal::with_vault, tool_exists};

const LIMIT: Duration = Duration::from_mins(3);
const POSIX: [&str; 3] = ["bash", "dash", "zsh"];

/// Those of the battery, and what a shell alone would take for more than text.
fn hostile() -> Vec<String> {
    let of_shells = ["`touch pwned`", "a;touch pwned", "~", "*", "a'''b\'"].map(str::to_owned);
    hostile_values().into_iter().map(|(_, value)| value).chain(of_shells).collect()
}

/// What the shell hands to a program as its arguments, read back one after the other.
fn read_back(program: &str, shell: Shell, values: &[String]) -> Vec<String> {
    let home = Home::new();
    let python = shell.quote("import sys; sys.stdout.write('\\0'.join(sys.argv[1:]))").unwrap();
    let words = |line: Text, value: &String| line.words(" ").quoted(&shell.argument(value).unwrap());
    let script = values.iter().fold(Text::new().words("python3 -c ").quoted(&python), words).finish();
    let mut command = home.command(program);
    match shell {
        Shell::PowerShell => command.args(["-NoProfile", "-NonInteractive", "-Command", script.expose_secret()]),
        _ => command.args(["-c", script.expose_secret()]),
    };
    let finished = run(&mut command, b"", LIMIT);
    assert_eq!(finished.code, Some(0), "{program}: {finished:?}");
    assert!(!home.path().join("pwned").exists(), "{program} ran what was meant as a value");
    finished.stdout.split('\0').map(str::to_owned).collect()
}

fn round_trip(test: &str, programs: &[&str], shell: Shell) {
    let taken: Vec<_> = hostile().into_iter().filter(|value| shell.argument(value).is_ok()).collect();
    let refused = hostile().len() - taken.len();
    assert!(taken.len() > 30 && refused > 0, "{} taken, {refused} refused", taken.len());
    for program in programs {
        if let Some(tool) = missing_tool(&[program, "python3"]) {
            skip(&format!("{test} ({program})"), &format!("{tool} is not on this machine"));
            continue;
        }
        assert_eq!(read_back(program, shell, &taken), taken, "{program}");
    }
}

#[test]
fn ex_01_real_posix_shells_read_back_exactly_what_was_meant() {
    round_trip("ex_01_real_posix_shells_read_back_exactly_what_was_meant", &POSIX, Shell::Posix);
}

#[test]
fn ex_02_a_real_fish_reads_back_exactly_what_was_meant() {
    round_trip("ex_02_a_real_fish_reads_back_exactly_what_was_meant", &["fish"], Shell::Fish);
}

#[test]
fn ex_03_a_real_powershell_reads_back_exactly_what_was_meant() {
    round_trip("ex_03_a_real_powershell_reads_back_exactly_what_was_meant", &["pwsh"], Shell::PowerShell);
}

/// A folder of stand-ins: each writes its arguments, environment and standard input into files of its own name.
struct Tools {
    home: Home,
}

impl Tools {
    fn new() -> Self {
        let tools = Self { home: Home::new() };
        fs::create_dir(tools.bin()).unwrap();
        for tool in ["az", "gh", "glab", "aws", "gcloud", "databricks"] {
            tools.put(
                tool,
                "#!/bin/sh\nout=$(dirname \"$0\")/../$(basename \"$0\")\nprintf '%s\\n' \"$@\" >\"$out.argv\"\n\
                 tr '\\0' '\\n' </proc/self/environ >\"$out.environ\"\ncat >\"$out.stdin\"\n",
            );
        }
        tools
    }

    fn bin(&self) -> std::path::PathBuf {
        self.home.path().join("bin")
    }

    fn put(&self, name: &str, script: &str) {
        let path = self.bin().join(name);
        fs::write(&path, script).unwrap();
        make_program(&path);
    }

    /// `brickpass token` and the clipboard say this.
    fn saying(self, token: &str) -> Self {
        let said = self.home.path().join("said");
        fs::write(&said, token).unwrap();
        for name in ["brickpass", "wl-paste", "pbpaste"] {
            self.put(name, &format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.asked\"\ncat '{}'\n", said.display()));
        }
        self
    }

    fn shell(&self, program: &str) -> Command {
        let mut command = self.home.command(program);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.bin().display()));
        command
    }

    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.home.path().join(file)).ok()
    }
}

fn make_program(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn token() -> String {
    format!("dapi{}", "0123456789abcdef".repeat(2))
}

fn order(destination: Destination, source: Source) -> Order {
    let order = Order::new(destination, Terminal::Posix, Platform::Linux, source);
    destination.fields().iter().fold(order, |order, field| {
        order.with(
            *field,
            match field {
                Field::Repository => "ada/sales",
                Field::SecretName if destination == Destination::GitHub || destination == Destination::GitLab => "DATABRICKS_TOKEN",
                Field::SecretName => "databricks-token",
                Field::Project => "sales-prod",
                _ => "sales",
            },
        )
    })
}

fn connection(name: &str) -> Source {
    Source::Connection { name: name.to_owned(), id: "0e2c1c5e-0000-4000-8000-000000000000".to_owned() }
}

fn tool(destination: Destination) -> Option<&'static str> {
    match destination {
        Destination::AzureKeyVault => Some("az"),
        Destination::GitHub => Some("gh"),
        Destination::GitLab => Some("glab"),
        Destination::Aws => Some("aws"),
        Destination::Google => Some("gcloud"),
        Destination::Databricks => Some("databricks"),
        Destination::Kubernetes => None,
    }
}

/// The shells that are here, each with the name for a skipped test otherwise.
fn shells(test: &str) -> Vec<&'static str> {
    let (here, missing): (Vec<_>, Vec<_>) = POSIX.into_iter().partition(|shell| tool_exists(shell));
    for shell in missing {
        skip(&format!("{test} ({shell})"), &format!("{shell} is not on this machine"));
    }
    here
}

#[test]
fn the_token_arrives_on_standard_input_without_a_line_break_and_nowhere_else() {
    for shell in shells("the_token_arrives_on_standard_input_without_a_line_break_and_nowhere_else") {
        for destination in Destination::ALL {
            let Some(tool) = tool(destination) else { continue };
            for source in [connection("Sales"), Source::Clipboard] {
                // As `brickpass token` prints it: with a line break.
                let tools = Tools::new().saying(&format!("{}\n", token()));
                let command = order(destination, source).command().unwrap();
                // The worst surroundings: everything is exported, the variable's name is taken, every step is traced.
                let script = format!("t=former; export t; set -a; set -x; {command}");
                let finished = run(tools.shell(shell).args(["-c", &script]), b"", LIMIT);
                assert_eq!(finished.code, Some(0), "{shell} {destination:?}: {finished:?}");
                assert_eq!(tools.read(&format!("{tool}.stdin")), Some(token()), "{shell} {destination:?}");
                for what in ["argv", "environ"] {
                    let seen = tools.read(&format!("{tool}.{what}")).unwrap();
                    assert!(!seen.contains(&token()), "{shell} {destination:?}: the token is in {what}");
                }
                assert!(!finished.stdout.contains(&token()) && !finished.stderr.contains(&token()), "{shell}: {finished:?}");
                assert!(!command.contains("dapi"));
                for (path, bytes) in tools.home.files() {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    let ours = name == "said" || path.extension().is_some_and(|extension| extension == "stdin");
                    assert!(ours || !String::from_utf8_lossy(&bytes).contains(&token()), "{shell}: {name} holds the token");
                }
            }
        }
    }
}

#[test]
fn nothing_is_sent_when_there_is_no_token() {
    for shell in shells("nothing_is_sent_when_there_is_no_token") {
        let command = order(Destination::GitHub, Source::Clipboard).command().unwrap();
        // Empty; the command itself, which was copied last; two lines.
        for said in ["", "\n", command.as_str(), "dapi123\ndapi456\n"] {
            let tools = Tools::new().saying(said);
            let finished = run(tools.shell(shell).args(["-c", &command]), b"", LIMIT);
            assert_ne!(finished.code, Some(0), "{shell} {said:?}");
            assert!(finished.stderr.contains("The token was not sent."), "{shell}: {finished:?}");
            assert_eq!(tools.read("gh.stdin"), None, "{shell} {said:?}: the tool was called");
        }
        let tools = Tools::new().saying("");
        tools.put("brickpass", "#!/bin/sh\necho 'There is no connection.' >&2\nexit 3\n");
        let command = order(Destination::GitHub, connection("Sales")).command().unwrap();
        let finished = run(tools.shell(shell).args(["-c", &command]), b"", LIMIT);
        assert_eq!((finished.code, tools.read("gh.stdin")), (Some(1), None), "{shell}: {finished:?}");
    }
}

#[test]
fn ex_01_a_connection_of_any_name_is_asked_for_by_it() {
    for shell in shells("ex_01_a_connection_of_any_name_is_asked_for_by_it") {
        for name in ["Ada's $(touch pwned)", "!x! \"big\" `id`", "-rf", "Ærlig Øl 🙂", "a\\"] {
            let tools = Tools::new().saying(&token());
            let command = order(Destination::GitHub, connection(name)).command().unwrap();
            let finished = run(tools.shell(shell).args(["-c", &command]), b"", LIMIT);
            assert_eq!(finished.code, Some(0), "{shell}: {finished:?}");
            let asked = tools.read("bin/brickpass.asked").unwrap();
            assert_eq!(asked.lines().filter(|word| *word != "--").collect::<Vec<_>>(), ["token", name], "{shell}");
            assert!(!tools.home.path().join("pwned").exists());
        }
    }
}

/// History expansion reads a line before the shell's grammar does, and only at the prompt.
#[test]
fn ex_01_an_exclamation_mark_survives_the_prompt() {
    for shell in shells("ex_01_an_exclamation_mark_survives_the_prompt").into_iter().filter(|shell| *shell != "dash") {
        let tools = Tools::new().saying(&token());
        let command = order(Destination::GitHub, connection("Sales!x !! !t")).command().unwrap();
        let no_files = if shell == "bash" { ["--norc", "--noprofile"] } else { ["-f", "-d"] };
        let mut child = tools.shell(shell);
        child.args(no_files).arg("-i").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("echo before\n{command}\nexit\n").as_bytes()).unwrap();
        child.wait().unwrap();
        assert_eq!(tools.read("gh.stdin"), Some(token()), "{shell}");
        assert_eq!(tools.read("bin/brickpass.asked").as_deref(), Some("token\nSales!x !! !t\n"), "{shell}");
    }
}

/// The real tool makes the object and sends it nowhere.
#[test]
fn kubectl_itself_reads_the_exact_token() {
    if let Some(tool) = missing_tool(&["kubectl"]) {
        skip("kubectl_itself_reads_the_exact_token", &format!("{tool} is not on this machine"));
        return;
    }
    let tools = Tools::new().saying(&format!("{}\n", token()));
    let command = order(Destination::Kubernetes, connection("Sales")).command().unwrap();
    let dry = command.replace("=/dev/stdin", "=/dev/stdin --dry-run=client --output json");
    let finished = run(tools.shell("sh").args(["-c", &dry]), b"", LIMIT);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let secret: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, token());
    assert_eq!(secret["data"]["sales"], encoded);
    assert_eq!((&secret["metadata"]["name"], &secret["metadata"]["namespace"]), (&"databricks-token".into(), &"sales".into()));
}

#[test]
fn the_program_prints_a_command_that_sends_its_own_token() {
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let workspace = demo.workspaces()[0].clone();
    let tools = Tools::new();
    let brickpass = |arguments: &[&str], stdin: &str| run(with_vault(&mut tools.home.brickpass(arguments)), stdin.as_bytes(), LIMIT);
    let added = brickpass(&["add", "Ada's", "--base-url", &workspace.base_url, "--token-stdin"], &workspace.token);
    assert_eq!(added.code, Some(0), "{added:?}");
    let words =
        ["send-to", "Ada's", "--destination", "github", "--repo", "ada/sales", "--secret-name", "DATABRICKS_TOKEN", "--shell", "sh"];
    let printed = brickpass(&words, "");
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(!printed.stdout.contains(&workspace.token));

    std::os::unix::fs::symlink(crate::support::BRICKPASS, tools.bin().join("brickpass")).unwrap();
    let mut shell = tools.shell("sh");
    with_vault(&mut shell).args(["-c", printed.stdout.trim_end()]);
    let sent = run(&mut shell, b"", LIMIT);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    assert_eq!(tools.read("gh.stdin"), Some(workspace.token.clone()));

    for (words, said) in [
        (&["send-to", "Ada's", "--destination", "github", "--repo", "ada/sales"][..], "Enter the secret name. Set it with --secret-name."),
        (&["send-to", "Ada's", "--destination", "aws", "--secret-name", "a", "--repo", "ada/sales"], "AWS Secrets Manager has no --repo."),
        (&["send-to", "Ada's", "--destination", "google", "--secret-name", "a", "--shell", "powershell"], "--shell sh"),
    ] {
        let refused = brickpass(words, "");
        assert!(refused.code != Some(0) && refused.stdout.is_empty(), "{refused:?}");
        let one_line = refused.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(said), "{one_line}");
    }
}
