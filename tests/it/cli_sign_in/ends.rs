//! How sign-ins last and end: what one process learns, the next one knows.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use brickpass_demo::OAuthFault;

use super::{Desk, SALES, token};
use crate::support::{Finished, terminal::LIMIT, wait};

impl Desk {
    /// How often the token endpoint was asked, whatever it answered.
    fn asked(&self, grant: &str) -> usize {
        let line = format!("/v1/token {grant}");
        self.demo.authorization().requests().iter().filter(|request| request.contains(&line)).count()
    }

    fn revocations(&self) -> usize {
        self.demo.authorization().requests().iter().filter(|request| request.contains("/v1/revoke")).count()
    }

    fn robot(&self, more: &[&str]) {
        let principal = self.demo.service_principal();
        let (id, base_url) = (principal.client_id, self.base_url(SALES));
        let how = ["add", "Robot", "--base-url", &base_url, "--auth", "service-principal", "--client-id", &id, "--client-secret-stdin"];
        self.done_fed(&[&how[..], more].concat(), &principal.client_secret);
    }

    fn at_once(&self, arguments: &[&str], number: usize) -> Vec<Child> {
        let start = || self.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        (0..number).map(|_| start()).collect()
    }
}

fn codes(children: Vec<Child>) -> Vec<i32> {
    children.into_iter().map(|mut child| wait(&mut child, 4 * LIMIT).expect("it ends").code().unwrap()).collect()
}

fn says(finished: &Finished, words: &[&str]) {
    let all = format!("{}{}", finished.stdout, finished.stderr);
    assert!(words.iter().all(|word| all.contains(word)), "{words:?}: {finished:?}");
}

#[test]
fn sg_09_a_sign_in_without_a_refresh_token_lasts_as_long_as_its_access_token_for_every_process() {
    let desk = Desk::new();
    desk.done(&["add", "Hour", "--base-url", &desk.base_url(SALES), "--auth", "browser", "--scopes", "all-apis"]);
    let done = desk.logged_in("Hour");
    says(&done, &["do not include offline_access", "You are signed in until"]);
    assert_eq!(done.stderr.matches("renew automatically").count(), 1, "{done:?}");
    let first = desk.done(&["token", "Hour"]);
    assert_eq!(token(&first), token(&desk.done(&["token", "Hour"])));
    desk.done(&["test", "Hour"]);
    says(&desk.done(&["show", "Hour"]), &[&desk.user(0).name, "Signed in until", "no refresh token; then sign in again"]);
    says(&desk.done(&["list"]), &["Signed in until", "no refresh token; then sign in again"]);
    assert!(desk.json(&["show", "Hour"])["sign_in_ends_at"].is_string());
    let renew = desk.brickpass(&["token", "Hour", "--renew"]);
    assert_eq!(renew.code, Some(1));
    says(&renew, &["sign in again", "brickpass login \"Hour\""]);
    assert_eq!(desk.asked("refresh_token"), 0);
    desk.is_nowhere(token(&first));
    desk.done(&["logout", "Hour"]);
    assert!(!desk.done(&["list"]).stdout.contains("Signed in until"));
    assert_eq!(desk.brickpass(&["token", "Hour"]).code, Some(1));
}

#[test]
fn sg_10_a_sign_in_that_is_known_to_have_ended_says_so_while_its_access_token_still_works() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let works = desk.done(&["token", "Sales"]);
    desk.demo.authorization().set_fault(OAuthFault::InvalidGrant);
    assert_eq!(desk.brickpass(&["token", "Sales", "--renew"]).code, Some(1));
    let asked = desk.asked("refresh_token");
    assert_eq!(token(&desk.done(&["token", "Sales"])), token(&works), "it is good until its end");
    let told = ["Signed in until", "then sign in again"];
    says(&desk.done(&["list"]), &told);
    says(&desk.done(&["show", "Sales"]), &told);
    says(&desk.done(&["test", "Sales"]), &["then sign in again"]);
    assert_eq!(desk.json(&["show", "Sales"])["sign_in"]["renews"], false);
    assert_eq!(desk.brickpass(&["token", "Sales", "--renew"]).code, Some(1));
    assert_eq!(desk.asked("refresh_token"), asked, "a token that is worth nothing is not sent again");
    desk.demo.authorization().clear_fault();
    desk.logged_in("Sales");
    assert!(!desk.done(&["list"]).stdout.contains("Signed in until"));
    desk.done(&["token", "Sales", "--renew"]);
}

#[test]
fn sg_11_a_server_that_asks_for_an_hour_of_peace_gets_it_from_every_process() {
    let desk = Desk::new();
    desk.robot(&[]);
    desk.add("Sales");
    desk.logged_in("Sales");
    let hour = OAuthFault::RateLimited { retry_after: Duration::from_hours(1), times: 1000 };
    desk.demo.authorization().set_fault(hour.clone());
    assert!(codes(desk.at_once(&["token", "Robot"], 3)).iter().all(|code| *code == 1));
    let waits = desk.brickpass(&["token", "Robot"]);
    assert_eq!(waits.code, Some(1));
    says(&waits, &["allows the next request at", "Try again then"]);
    assert_eq!(desk.asked("client_credentials"), 1);
    assert!(codes(desk.at_once(&["token", "Sales", "--renew"], 3)).iter().all(|code| *code == 1));
    assert_eq!(desk.asked("refresh_token"), 1);
    desk.done(&["token", "Sales"]);
    // Another address is another server.
    desk.demo.authorization().clear_fault();
    let secret = desk.demo.service_principal().client_secret;
    desk.done_fed(&["edit", "Robot", "--base-url", &desk.demo.workspaces()[1].base_url, "--client-secret-stdin"], &secret);
    desk.done(&["token", "Robot"]);
}

#[test]
fn sg_11_a_short_wait_is_waited_for() {
    let desk = Desk::new();
    desk.robot(&[]);
    desk.demo.authorization().set_fault(OAuthFault::RateLimited { retry_after: Duration::from_secs(1), times: 1 });
    assert!(codes(desk.at_once(&["token", "Robot"], 2)).iter().all(|code| *code == 0));
    assert_eq!(desk.asked("client_credentials"), 2);
}

#[test]
fn sg_12_a_lost_answer_does_not_fail_a_service_principal() {
    let desk = Desk::new();
    desk.robot(&[]);
    desk.demo.authorization().set_fault(OAuthFault::CutAnswer { times: 1 });
    token(&desk.done(&["token", "Robot"]));
    assert_eq!(desk.asked("client_credentials"), 2, "once more, and no more");
}

#[test]
fn sg_13_callers_of_a_silent_server_make_one_request_and_end_within_the_time_limit_of_the_connection() {
    let desk = Desk::new();
    desk.robot(&["--timeout", "8"]);
    desk.demo.authorization().set_fault(OAuthFault::SlowTokens(Duration::from_secs(600)));
    let began = Instant::now();
    assert!(codes(desk.at_once(&["token", "Robot"], 3)).iter().all(|code| *code != 0));
    assert!(began.elapsed() < Duration::from_secs(200), "{:?}", began.elapsed());
    assert_eq!(desk.asked("client_credentials"), 1);
}

#[test]
fn sg_14_what_is_replaced_or_removed_is_ended_at_the_server_too() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    assert_eq!(desk.revocations(), 0);
    desk.logged_in("Sales");
    assert_eq!(desk.revocations(), 1, "the sign-in before");
    let other = desk.login(&["Sales", "--yes"], &desk.user(1));
    assert_eq!((other.code, desk.revocations()), (Some(0), 2), "another user's: {other:?}");
    desk.done(&["token", "Sales", "--renew"]);
    desk.done(&["duplicate", "Sales", "Copy"]);
    desk.done(&["remove", "Copy"]);
    assert_eq!(desk.revocations(), 2, "a copy has no sign-in of its own");
    let removed = desk.json(&["remove", "Sales"]);
    assert_eq!((removed["revoked"].as_bool(), desk.revocations()), (Some(true), 3), "{removed:#}");
}

#[test]
fn sg_14_a_connection_that_uses_the_sign_in_of_an_account_does_not_end_it() {
    let desk = Desk::new();
    desk.add_account("Account");
    desk.logged_in("Account");
    let listed = desk.json(&["workspaces", "Account"]);
    desk.done(&["workspaces", "Account", "--add", listed["workspaces"][0]["id"].as_str().unwrap()]);
    let all = desk.json(&["list"]);
    let user = all["connections"].as_array().unwrap().iter().find(|it| it["sign_in_of"] == "Account").unwrap();
    desk.done(&["remove", user["name"].as_str().unwrap()]);
    assert_eq!(desk.revocations(), 0);
    desk.done(&["token", "Account", "--renew"]);
}

#[test]
fn sg_15_an_end_that_the_server_could_not_be_told_is_told_to_the_person() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.add("Other");
    desk.logged_in("Sales");
    desk.logged_in("Other");
    desk.demo.authorization().set_fault(OAuthFault::NoMetadata);
    let out = desk.brickpass(&["logout", "Sales", "--json"]);
    let document = out.json();
    assert!(out.code != Some(0) && document["signed_out"] == true && document["revoked"] == false, "{out:?}");
    assert!(document["not_revoked"]["what"].as_str().unwrap().contains("was not reached"), "{document:#}");
    says(&out, &["was not reached"]);
    assert_eq!(desk.brickpass(&["token", "Sales"]).code, Some(1));
    let removed = desk.brickpass(&["remove", "Other"]);
    assert_ne!(removed.code, Some(0));
    says(&removed, &["Removed Other", "was not reached"]);
}
