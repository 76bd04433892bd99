//! A service principal signs in by itself.

use brickpass_core::{
    connection::{AuthKind, LevelKind, Status},
    failure::Code,
};
use brickpass_databricks::check::Step;

use super::{Desk, SALES, form};
use crate::support::free_port;

#[test]
fn a_service_principal_signs_in_without_a_browser() {
    let mut desk = Desk::new();
    let (principal, base_url) = (desk.demo.service_principal(), desk.workspace(SALES));
    let by = |secret: &str, base_url: &str| {
        form("Nightly", base_url, |draft| {
            draft.auth = AuthKind::ServicePrincipal;
            draft.client_id.clone_from(&principal.client_id);
            draft.secret = secret.into();
        })
    };
    let right = by(&principal.client_secret, &base_url);
    // Typed and not saved.
    let report = desk.test_with(&right.connection, Some(principal.client_secret.as_str().into()));
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    let authentication = report.steps.iter().find(|step| step.step == Step::Authentication).unwrap();
    assert!(authentication.detail.as_ref().unwrap().starts_with("Service principal, access token valid until "), "{authentication:?}");
    let report = desk.test(&right.connection);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::SignIn, Code::NoSecret));

    let saved = desk.save(right);
    assert_eq!(desk.test(&saved).state, Status::Ok);

    let wrong = desk.test_with(&saved, Some("dose00000000000000000000000000000000".into()));
    assert_eq!((wrong.state, wrong.failure.as_ref().unwrap().code), (Status::SignIn, Code::OauthRefused), "{wrong:?}");
    let last = wrong.steps.last().unwrap();
    assert_eq!((last.step, last.ok), (Step::Authentication, false));

    let nowhere = by("dose0000", &format!("http://127.0.0.1:{}", free_port())).connection;
    let nowhere = desk.test_with(&nowhere, Some("dose00000000000000000000000000000000".into()));
    assert_eq!((nowhere.state, nowhere.failure.unwrap().code), (Status::Unreachable, Code::Refused));
    assert_eq!(desk.opened(), Vec::<String>::new());
}

#[test]
fn a_service_principal_reaches_the_account() {
    let mut desk = Desk::new();
    let (principal, account) = (desk.demo.service_principal(), desk.demo.account());
    let saved = desk.save(form("Account jobs", &account.base_url, |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.level = LevelKind::Account;
        draft.account_id = account.account_id;
        draft.client_id.clone_from(&principal.client_id);
        draft.secret = principal.client_secret.as_str().into();
    }));
    let report = desk.test(&saved);
    assert_eq!((report.state, report.failure), (Status::Ok, None));
    assert!(!report.workspaces.unwrap().is_empty());
}
