//! The diagnostic log: how it is switched on, and where it goes. What is never in it: `cli_sign_in::logged` and `engine_sign_in::logged`.

use std::{fs, path::Path};

use crate::support::{Finished, Home, LIMIT, on_demo::OnDemo, run, terminal::Terminal};

type Desk = Terminal<OnDemo>;

impl Desk {
    fn logging(variables: &[(&'static str, &str)]) -> Self {
        let mut desk = Self::with(OnDemo::new());
        desk.variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        desk
    }

    fn sales_added(&self) -> Finished {
        self.done_fed(&["add", "Sales", "--base-url", &self.workspace.base_url, "--token-stdin"], &self.workspace.token)
    }
}

#[test]
fn nothing_is_logged_unless_it_is_asked_for() {
    let desk = Desk::logging(&[("BRICKPASS_LOG", ""), ("BRICKPASS_LOG_FILE", "")]);
    assert!(!desk.sales_added().stderr.contains("brickpass_"));
    assert_eq!(desk.done(&["list", "--json"]).stderr, "");
}

#[test]
fn verbose_says_what_is_done_and_twice_says_how() {
    let desk = Desk::logging(&[]);
    desk.sales_added();
    let once = desk.done(&["pat", "list", "Sales", "-v", "--json"]);
    assert!(once.stderr.contains("INFO request{name=ListTokens") && !once.stderr.contains("DEBUG"), "{}", once.stderr);
    assert!(once.json()["tokens"].is_array(), "stdout is the document alone");
    let twice = desk.done(&["pat", "list", "Sales", "--verbose", "--verbose"]).stderr;
    let asked = format!("http{{method=GET host={} path=/api/2.0/token/list}}", desk.workspace.base_url);
    assert!(twice.contains(&asked) && twice.contains("answered status=200"), "{twice}");
    assert!(twice.contains("used the vault operation=read kind=pat"), "{twice}");
}

#[test]
fn a_part_has_a_level_of_its_own_and_keeps_its_context() {
    let desk = Desk::logging(&[("BRICKPASS_LOG", "brickpass_databricks=debug")]);
    let log = desk.sales_added().stderr + &desk.done(&["pat", "list", "Sales"]).stderr;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(" brickpass_")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.contains(" brickpass_databricks::")), "{log}");
    assert!(lines.iter().any(|line| line.contains("request{name=ListTokens")), "{log}");
}

#[test]
fn a_value_that_is_no_level_is_refused_with_the_levels_that_there_are() {
    for wrong in ["nonsense", "hyper=trace", "debug,", "7"] {
        let desk = Desk::logging(&[("BRICKPASS_LOG", wrong)]);
        let refused = desk.brickpass(&["list"]);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{wrong}: {refused:?}");
        assert!(refused.stderr.contains(&format!("BRICKPASS_LOG is set to {wrong}.")), "{refused:?}");
        assert!(
            refused.stderr.contains("error, warn, info, debug or trace") && refused.stderr.contains("BRICKPASS_LOG=debug"),
            "{refused:?}"
        );
        assert_eq!(desk.brickpass(&["list", "--json"]).json()["error"]["code"], "invalid-input");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_gets_its_token_whatever_is_asked_of_the_log() {
    let mut desk = Desk::logging(&[]);
    desk.sales_added();
    let ask = |desk: &Desk| run(desk.program(env!("CARGO_BIN_EXE_brickpass-credential")).args(["auth", "token", "Sales"]), b"", LIMIT);
    desk.variables = vec![("BRICKPASS_LOG", "debug".to_owned()), ("BRICKPASS_LOG_FILE", "credential.log".to_owned())];
    let logged = ask(&desk);
    assert_eq!(logged.json()["access_token"], desk.workspace.token.as_str(), "stdout is the answer alone");
    assert!(logged.stderr.contains("INFO") && logged.stderr.contains("token for a program"), "{}", logged.stderr);
    assert!(!desk.home.path().join("credential.log").exists(), "on stderr alone");
    desk.variables = vec![("BRICKPASS_LOG", "nonsense".to_owned())];
    let warned = ask(&desk);
    assert_eq!((warned.code, warned.json()["access_token"].as_str()), (Some(0), Some(desk.workspace.token.as_str())));
    assert!(warned.stderr.starts_with("Warn: BRICKPASS_LOG is set to nonsense."), "{}", warned.stderr);
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone_of_a_limited_size_and_never_a_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let desk = Desk::logging(&[("BRICKPASS_LOG_FILE", "logs/brickpass.log")]);
    let quiet = desk.sales_added();
    assert!(!quiet.stderr.contains("brickpass_"), "it is in the file alone: {quiet:?}");
    let (log, before) = (desk.home.path().join("logs/brickpass.log"), desk.home.path().join("logs/brickpass.log.1"));
    assert_eq!((mode(&log), mode(log.parent().unwrap())), (0o600, 0o700));
    assert!(fs::read_to_string(&log).unwrap().contains("DEBUG"), "in detail, unless BRICKPASS_LOG says otherwise");

    let full = 5 * 1024 * 1024;
    fs::File::options().write(true).open(&log).unwrap().set_len(full - 10).unwrap();
    desk.done(&["list"]);
    assert_eq!(fs::metadata(&before).unwrap().len(), full - 10);
    assert_eq!((mode(&log), mode(&before)), (0o600, 0o600));
    assert!((1..10_000).contains(&fs::metadata(&log).unwrap().len()));

    let elsewhere = desk.home.path().join("elsewhere");
    fs::remove_file(&log).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &log).unwrap();
    let refused = desk.brickpass(&["list"]);
    assert_eq!((refused.code, elsewhere.exists()), (Some(1), false), "{refused:?}");
    assert!(refused.stderr.contains("link"), "{refused:?}");
}

#[test]
fn the_log_of_a_command_that_fails_names_the_failure() {
    let home = Home::new();
    let desk = Desk::at(home, OnDemo::new());
    desk.done_fed(&["add", "Wrong", "--base-url", &desk.workspace.base_url, "--token-stdin"], &format!("dapi{}", "0".repeat(32)));
    let failed = desk.brickpass(&["pat", "list", "Wrong", "-vv"]);
    assert_eq!(failed.code, Some(1));
    assert!(failed.stderr.contains("WARN request{name=ListTokens") && failed.stderr.contains("outcome=unauthorized"), "{}", failed.stderr);
}
