//! What the log of an engine shows at its most talkative: every step, and no part of any secret.

use std::sync::{Arc, Mutex};

use brickpass_core::connection::SecretKind;
use brickpass_engine::{ListTokens, RevealSecret, SignOut};
use brickpass_logging::Output;

use super::{Desk, SALES};
use crate::support::{
    self, Home, LIMIT,
    desk::{by_token, form},
    run,
    traces::parts_in,
};

#[test]
fn se_15_an_engine_logs_every_step_and_no_part_of_a_secret() {
    let home = Home::new();
    let mut command = home.command(std::env::current_exe().unwrap());
    let test = "engine_sign_in::logged::a_log_without_secrets";
    command.env(support::INSIDE, "1").args(["--ignored", "--exact", "--nocapture", "--test-threads=1", test]);
    let ended = run(&mut command, b"", LIMIT);
    assert!(ended.code == Some(0) && ended.stdout.contains("1 passed"), "{ended:?}");
}

/// The log is that of the whole process.
#[test]
#[ignore = "runs in a child, whose log is its own"]
fn a_log_without_secrets() {
    support::only_inside();
    let log: Arc<Mutex<String>> = Arc::default();
    let sink = Arc::clone(&log);
    let everything = Output { filter: "trace".parse().unwrap(), write: Arc::new(move |line: &str| sink.lock().unwrap().push_str(line)) };
    assert!(brickpass_logging::start(vec![everything]));

    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.test(&sales);
    desk.token(sales.id).unwrap();
    desk.demo.authorization().expire_access_tokens();
    desk.test(&sales);
    let pat = desk.demo.workspaces().iter().find(|it| it.name == SALES).unwrap().token.clone();
    let base_url = desk.workspace(SALES);
    let by_pat = desk.save(form("Token", by_token(&base_url, &pat)));
    desk.test(&by_pat);
    desk.ask(ListTokens { id: by_pat.id }).unwrap();
    desk.ask(RevealSecret { id: by_pat.id, kind: SecretKind::PersonalAccessToken }).unwrap();
    desk.ask(SignOut { id: sales.id }).unwrap();
    desk.finish();

    let authorization = desk.demo.authorization();
    let secrets = [vec![pat], desk.secrets(), authorization.issued_tokens(), authorization.presented_secrets()].concat();
    let named: Vec<(&str, &str)> = secrets.iter().map(|secret| ("a secret", secret.as_str())).collect();
    let log = log.lock().unwrap().clone();
    for step in [
        "request{name=Save number=",
        "request{name=SignInWithBrowser number=",
        "request{name=TestConnection number=",
        "request{name=ListTokens number=",
        "request{name=RevealSecret",
        "request{name=SignOut",
        "test{connection=",
        "test step started step=authentication",
        "the browser's answer outcome=ok",
        "renewed the sign-in connection=",
        "access token from memory connection=",
        "used the vault operation=delete",
    ] {
        assert!(log.contains(step), "the log does not name \"{step}\"");
    }
    assert!(log.lines().all(|line| line.contains(" brickpass_")), "only Brickpass is heard");
    assert_eq!(parts_in(&named, log.as_bytes()).len(), 0);
}
