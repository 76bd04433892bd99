//! What a sign-in is good for, and how long: it is renewed, stored, moved, and ended.

use std::time::Duration;

use brickpass_core::{
    connection::{BaseUrl, Connection, Status},
    failure::{Code, Remedy},
};
use brickpass_demo::Fault;
use brickpass_engine::{Event, SaveSettings, SignOut, StoreSignIns, UnlockVault, UnsavedSignIns};
use brickpass_storage::{RefreshLock, Settings, VaultHome};

use super::{Desk, SALES, form};
use crate::support::{
    browser::{consent, visit},
    desk::{News, sign_in_news},
};

#[test]
fn a_test_after_the_end_of_the_access_token_renews_it_silently() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
    desk.demo.authorization().expire_access_tokens();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    assert_eq!(desk.opened().len(), 1, "nobody was asked again");
}

#[test]
fn rf_12_a_token_that_is_refused_is_replaced_once_and_then_the_refusal_is_told() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.demo.workspace(SALES).unwrap().set_fault(Fault::Unauthorized);
    let report = desk.test(&sales);
    assert_eq!(desk.demo.authorization().refreshes(), 1);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code, failure.remedy), (Status::SignIn, Code::Unauthorized, Some(Remedy::SignIn)), "{failure}");
}

#[test]
fn a_sign_in_that_has_ended_asks_for_a_new_one() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.demo.authorization().revoke_all();
    desk.demo.authorization().expire_access_tokens();
    let report = desk.test(&sales);
    let failure = report.failure.unwrap();
    assert_eq!((report.state, failure.code, failure.remedy), (Status::SignIn, Code::SignInNeeded, Some(Remedy::SignIn)));
    desk.sign_in(&sales, &me).unwrap();
    assert_eq!(desk.test(&sales).state, Status::Ok);
}

#[test]
fn a_locked_vault_is_told_before_anybody_is_sent_to_the_browser() {
    let mut desk = Desk::locked();
    let sales = desk.sales();
    let _run = desk.begin(1, &sales);
    let failure = desk.finished(1).unwrap_err();
    assert_eq!((failure.code, failure.remedy), (Code::VaultLocked, Some(Remedy::UnlockVault)));
    assert_eq!(desk.opened(), Vec::<String>::new());
    assert_eq!(desk.demo.authorization().requests(), Vec::<String>::new());

    let me = desk.me();
    desk.ask(UnlockVault { passphrase: "correct horse".to_owned().into() }).unwrap();
    assert!(desk.sign_in(&sales, &me).is_ok());
}

#[test]
fn a_sign_in_that_the_vault_does_not_take_works_all_the_same_and_is_stored_later() {
    let mut desk = Desk::locked();
    let (sales, me) = (desk.sales(), desk.me());
    desk.ask(UnlockVault { passphrase: "correct horse".to_owned().into() }).unwrap();
    // A folder where the lock should be: the file can be read, and not written.
    let lock = desk.home.config_dir().join("vault.age.lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();

    let _run = desk.begin(1, &sales);
    let (address, _) = desk.waiting(1);
    visit(&consent(&address, &me.name, &me.password).unwrap());
    let mut unsaved = Vec::new();
    let outcome = desk.until(|event| match event {
        Event::SignInsUnsaved { ids, .. } => {
            unsaved = ids;
            None
        }
        event => match sign_in_news(event)?.news {
            News::End(outcome) => Some(outcome),
            News::Step(_) => None,
        },
    });
    assert!(outcome.unwrap().hints.iter().any(|hint| hint.contains("not stored yet")));
    assert_eq!(unsaved, [sales.id], "told before the end");
    assert_eq!(desk.test(&sales).state, Status::Ok);

    std::fs::remove_dir(&lock).unwrap();
    let left = desk.ask(StoreSignIns).unwrap();
    assert_eq!(left, UnsavedSignIns { ids: Vec::new(), failure: None });
    let told = desk.until(|event| if let Event::SignInsUnsaved { ids, .. } = event { Some(ids) } else { None });
    assert_eq!(told, []);
    assert_eq!(desk.who(sales.id), Some(me.name));
}

#[test]
fn signing_out_ends_the_sign_in_here_and_there() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    let _ = desk.test(&sales);
    assert_eq!(desk.ask(SignOut { id: sales.id }).unwrap().users, [sales.id]);
    // All of it was told before the answer.
    let (mut history, mut described) = (Vec::new(), Vec::new());
    while let Some(event) = desk.try_next_event() {
        match event {
            Event::History(changes) => history.extend(changes),
            Event::SignInDescribed { id, outcome } => described.push((id, outcome.unwrap())),
            _ => {}
        }
    }
    assert!(described.contains(&(sales.id, None)), "{described:?}");
    let (who, last) = history.pop().unwrap();
    assert_eq!((who, last.unwrap().state), (sales.id, Status::SignIn), "the row says what is to be done");
    assert!(desk.demo.authorization().requests().iter().any(|line| line.contains("revoke")), "{:?}", desk.demo.authorization().requests());
    assert_eq!(desk.who(sales.id), None);
    assert_eq!(desk.token(sales.id).unwrap_err().code, Code::SignInNeeded);
    assert_eq!(desk.test(&sales).state, Status::SignIn);
}

#[test]
fn what_a_sign_in_is_good_for_ends_with_its_connection() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    desk.remove(sales.id);
    assert_eq!(desk.token(sales.id).unwrap_err().code, Code::NoSuchConnection);
    // Added again under the same id, it knows nothing of the former sign-in.
    let base_url = desk.workspace(SALES);
    let again = desk.save(form(SALES, &base_url, |draft| draft.id = sales.id));
    assert_eq!(desk.token(again.id).unwrap_err().code, Code::SignInNeeded);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
}

#[test]
fn a_sign_in_is_for_one_address_alone() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();
    let other = desk.demo.workspaces().iter().find(|it| it.name != SALES).unwrap().base_url.clone();
    let elsewhere = Connection { base_url: BaseUrl::read(&other).unwrap().base_url, workspace_id: None, ..sales.clone() };
    let report = desk.test(&elsewhere);
    assert_eq!((report.state, report.failure.unwrap().code), (Status::SignIn, Code::SignInNeeded));
    assert_eq!(desk.test(&sales).state, Status::Ok, "the saved one still has it");
}

#[test]
fn a_sign_in_for_a_form_is_kept_with_its_save() {
    let mut desk = Desk::new();
    let (sales, me) = (desk.sales(), desk.me());
    let other = desk.demo.workspaces().iter().find(|it| it.name != SALES && it.user == me.name).unwrap().base_url.clone();
    let edited = form(SALES, &other, |draft| draft.id = sales.id);
    let signed_in = desk.sign_in(&edited.connection, &me).unwrap();
    assert_eq!(signed_in.hints, ["Save the connection to keep this sign-in."]);
    assert_eq!(desk.who(sales.id), None, "the saved connection is another one");
    desk.save(edited);
    assert_eq!(desk.who(sales.id), Some(me.name));
}

#[test]
fn a_sign_in_moves_with_the_vault_and_is_not_renewed_meanwhile() {
    let mut desk = Desk::with(|places| places.vault = None);
    let to = |desk: &mut Desk, vault| {
        let settings = Settings { vault, ..Settings::default() };
        let saved = desk.ask(SaveSettings { settings, passphrase: Some("correct horse".to_owned().into()) });
        saved.map(|saved| saved.moved_secrets).map_err(|failure| failure.code)
    };
    assert_eq!(to(&mut desk, VaultHome::Memory), Ok(0), "away from the keyring");
    let (sales, me) = (desk.sales(), desk.me());
    desk.sign_in(&sales, &me).unwrap();

    let renewing = RefreshLock::acquire(&desk.home.state_dir(), sales.id, Duration::ZERO).unwrap();
    assert!(renewing.is_some());
    assert_eq!(to(&mut desk, VaultHome::File), Err(Code::RefreshBusy));
    drop(renewing);
    assert_eq!(to(&mut desk, VaultHome::File), Ok(1));
    desk.demo.authorization().expire_access_tokens();
    assert_eq!(desk.test(&sales).state, Status::Ok);
    assert_eq!((desk.demo.authorization().refreshes(), desk.demo.authorization().reuses()), (1, 0));
}
