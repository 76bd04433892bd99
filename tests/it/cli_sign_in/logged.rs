//! What the log of the built programs shows at its most talkative: every step, and no part of any secret.

use std::fs;

use super::{Desk, SALES};
use crate::support::{LIMIT, browser, run, terminal::PASSPHRASE, traces::parts_in};

/// On stderr and in the file at once.
const TALKATIVE: &str = "-vvv";

#[test]
fn se_15_the_log_names_every_step_and_holds_no_part_of_a_secret() {
    let mut desk = Desk::new();
    desk.variables = vec![("BRICKPASS_LOG", "trace".to_owned()), ("BRICKPASS_LOG_FILE", "brickpass.log".to_owned())];
    let mut stderr = String::new();
    let mut secrets = vec![("the passphrase", PASSPHRASE.to_owned())];
    let (sales, user) = (desk.base_url(SALES), desk.user(0));
    let mut done = |desk: &Desk, arguments: &[&str], stdin: &str| {
        let finished = desk.done_fed(&[&[TALKATIVE], arguments].concat(), stdin);
        stderr += &finished.stderr;
        finished.stdout
    };

    // A personal access token: saved, tested, made, rotated, written for another tool.
    let pat = desk.demo.workspaces().iter().find(|it| it.name == SALES).unwrap().token.clone();
    done(&desk, &["add", "Token", "--base-url", &sales, "--token-stdin"], &pat);
    done(&desk, &["test", "Token"], "");
    secrets.push(("a made token", done(&desk, &["pat", "create", "Token", "--comment", "CI"], "").trim().to_owned()));
    done(&desk, &["pat", "list", "Token"], "");
    done(&desk, &["pat", "rotate", "Token"], "");
    secrets.push(("the rotated token", done(&desk, &["token", "Token"], "").trim().to_owned()));
    let exported = done(&desk, &["export", "Token", "--format", "env-sh", "--include-secrets"], "");
    assert!(exported.contains(&secrets.last().unwrap().1), "the export holds the secret: {exported}");
    secrets.push(("the first token", pat));

    // A service principal.
    let client_secret = desk.demo.service_principal().client_secret;
    let client_id = desk.demo.service_principal().client_id;
    let how = ["--auth", "service-principal", "--client-id", &client_id, "--client-secret-stdin"];
    done(&desk, &[&["add", "Principal", "--base-url", &sales], &how[..]].concat(), &client_secret);
    done(&desk, &["test", "Principal"], "");
    secrets.push(("the client secret", client_secret));

    // A sign-in through the browser, renewed, handed to programs, ended.
    done(&desk, &["add", "Sales", "--base-url", &sales, "--auth", "browser"], "");
    let mut waiting = desk.begin(&["Sales", TALKATIVE]);
    let address = waiting.opened();
    let answer = browser::consent(&address, &user.name, &user.password).unwrap();
    browser::visit(&answer);
    let signed_in = waiting.end();
    assert_eq!(signed_in.code, Some(0), "{signed_in:?}");
    for (address, name, what) in [(&address, "state", "the state"), (&answer, "code", "the code")] {
        let address = url::Url::parse(address).unwrap();
        secrets.push((what, address.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()));
    }
    let mut stderr_of_login = signed_in.stderr;
    done(&desk, &["test", "Sales"], "");
    desk.demo.authorization().expire_access_tokens();
    done(&desk, &["token", "Sales", "--renew"], "");
    let variables = done(&desk, &["exec", "Sales", "--", "env"], "");
    let url = variables.lines().find_map(|line| line.strip_prefix("DATABRICKS_METADATA_SERVICE_URL=")).unwrap();
    secrets.push(("the key of exec", url.rsplit('/').find(|part| part.len() > 20).unwrap().to_owned()));
    let mut credential = desk.program(env!("CARGO_BIN_EXE_brickpass-credential"));
    let given = run(credential.args(["auth", "token", "Sales"]), b"", LIMIT);
    assert_eq!(given.json()["token_type"], "Bearer");
    stderr_of_login += &given.stderr;
    done(&desk, &["logout", "Sales"], "");

    // A vault that does not open, and a workspace that is not there.
    let mut locked = desk.command(&["token", "Token", TALKATIVE]);
    let wrong = "wrong horse stable";
    stderr_of_login += &run(locked.env("BRICKPASS_VAULT_PASSPHRASE", wrong), b"", LIMIT).stderr;
    secrets.push(("a wrong passphrase", wrong.to_owned()));

    let authorization = desk.demo.authorization();
    let [issued, presented] = [authorization.issued_tokens(), authorization.presented_secrets()];
    assert!(presented.len() >= 3, "code, verifier and refresh token");
    secrets.extend(issued.into_iter().map(|secret| ("an issued token", secret)));
    secrets.extend(presented.into_iter().map(|secret| ("what the token endpoint was given", secret)));
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(name, secret)| (*name, secret.as_str())).collect();

    let file = fs::read_to_string(desk.home.path().join("brickpass.log")).unwrap();
    for (place, log) in [("stderr", stderr + &stderr_of_login), ("the file", file)] {
        let lines = log.lines().filter(|line| line.contains(" brickpass_")).collect::<Vec<_>>().join("\n");
        let steps = [
            "request{name=ListTokens",
            "request{name=RotateToken",
            "test{connection=",
            "test step ended step=authentication ok=true",
            "path=/oidc/v1/token}",
            "path=/api/2.0/token/create}",
            "sending",
            "answered status=200",
            "attempt{number=1}",
            "used the vault operation=write kind=refresh-token",
            "used the vault operation=read kind=pat",
            "used the vault operation=write kind=client-secret",
            "outcome=wrong-passphrase",
            "waiting for the browser port=",
            "the browser's answer outcome=ok",
            "exchanged the code for tokens outcome=ok",
            "fetched an access token connection=",
            "renewed the sign-in connection=",
            "access token from the vault connection=",
            "wrote a file file=connections.json",
            "lock file=",
        ];
        let missing: Vec<&str> = steps.into_iter().filter(|step| !lines.contains(step)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "in {place}");
        for foreign in ["hyper", "reqwest", "rustls", "h2::", "zbus", "Bearer", "Basic ", "Authorization", "grant_type"] {
            assert!(!lines.contains(foreign), "{place} holds {foreign}");
        }
        assert_eq!(parts_in(&secrets, log.as_bytes()), Vec::<&str>::new(), "in {place}");
    }
    // The search can fail: where the secret is printed on purpose, it is found.
    assert!(!parts_in(&secrets, exported.as_bytes()).is_empty());
}
