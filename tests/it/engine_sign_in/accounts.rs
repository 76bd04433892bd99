//! Who signs in, and where: another person, an address that is found in the browser, an account and its workspaces.

use brickpass_core::{
    connection::{Connection, ConnectionId, LevelKind, Status},
    failure::Code,
};
use brickpass_engine::{AddWorkspaces, Event, ListWorkspaces, SignInPlace, SignInStep, SignOut};

use super::{Desk, SALES, come_back, form};
use crate::support::browser::{consent, consent_at};

#[test]
fn ot_15_another_user_takes_the_place_of_the_stored_one_only_if_the_person_says_so() {
    let mut desk = Desk::new();
    let (account, me, other) = (desk.account(), desk.me(), desk.demo.users().swap_remove(1));
    desk.sign_in(&account, &me).unwrap();
    for (run, yes) in [(2, false), (3, true)] {
        let sign_in = desk.begin(run, &account);
        // An answer to a question that nobody asked yet counts for nothing.
        sign_in.control.answer(!yes);
        let (address, _) = desk.waiting(run);
        come_back(&consent(&address, &other.name, &other.password).unwrap());
        let asked = desk.step(run, |step| if let SignInStep::OtherUser { stored, new } = step { Some((stored, new)) } else { None });
        assert_eq!(asked, (me.name.clone(), other.name.clone()));
        sign_in.control.answer(yes);
        let outcome = desk.finished(run);
        assert_eq!(outcome.is_ok(), yes, "{outcome:?}");
        assert_eq!(desk.who(account.id).as_ref(), Some(if yes { &other.name } else { &me.name }));
    }
}

#[test]
fn who_does_not_know_the_address_chooses_in_the_browser_and_confirms_before_the_code_is_sent() {
    let mut desk = Desk::new();
    let (me, host) = (desk.me(), desk.workspace(SALES));
    let fresh = form("Somewhere", "https://adb-1.2.azuredatabricks.net", |_| {}).connection;
    for (run, yes) in [(1, false), (2, true)] {
        let sign_in = desk.begin_at(run, &fresh, SignInPlace::Anywhere { level: LevelKind::Workspace });
        let (address, _) = desk.waiting(run);
        come_back(&consent_at(&address, &me.name, &me.password, SALES).unwrap());
        let asked = desk.step(run, |step| if let SignInStep::ConfirmHost { host } = step { Some(host.origin()) } else { None });
        assert_eq!((asked.as_str(), desk.demo.authorization().exchanges()), (host.as_str(), 0));
        sign_in.control.answer(yes);
        let outcome = desk.finished(run);
        if !yes {
            assert_eq!(outcome.unwrap_err().code, Code::Cancelled);
            assert_eq!(desk.demo.authorization().exchanges(), 0, "nothing was sent there");
            continue;
        }
        let signed_in = outcome.unwrap();
        let found = signed_in.found.unwrap();
        assert_eq!((signed_in.sign_in.user, found.base_url.origin()), (me.name.clone(), host.clone()));
        assert_eq!(found.workspace_id, Some(desk.demo.workspace(SALES).unwrap().workspace_id()));
        assert_eq!(found.account_id.unwrap().as_str(), desk.demo.account().account_id);
    }

    // What was signed in for is stored with the connection.
    let saved = desk.save(form(SALES, &host, |draft| draft.id = fresh.id));
    assert_eq!(desk.who(saved.id), Some(me.name));
    assert_eq!(desk.test(&saved).state, Status::Ok);
    assert_eq!(desk.demo.authorization().refreshes(), 0);
}

#[test]
fn an_account_can_be_found_in_the_browser_too() {
    let mut desk = Desk::new();
    let (me, account) = (desk.me(), desk.demo.account());
    let fresh = form("Somewhere", "https://adb-1.2.azuredatabricks.net", |_| {}).connection;
    let sign_in = desk.begin_at(1, &fresh, SignInPlace::Anywhere { level: LevelKind::Account });
    let (address, _) = desk.waiting(1);
    come_back(&consent_at(&address, &me.name, &me.password, "Acme account").unwrap());
    desk.step(1, |step| matches!(step, SignInStep::ConfirmHost { .. }).then_some(()));
    sign_in.control.answer(true);
    let signed_in = desk.finished(1).unwrap();
    let found = signed_in.found.unwrap();
    assert_eq!((found.base_url.origin(), found.workspace_id), (account.base_url.clone(), None));
    assert_eq!(found.account_id.unwrap().as_str(), account.account_id);
    let saved = desk.save(form("The account", &account.base_url, |draft| {
        draft.id = fresh.id;
        draft.level = LevelKind::Account;
        draft.account_id.clone_from(&account.account_id);
    }));
    assert_eq!(desk.test(&saved).state, Status::Ok);
}

#[test]
fn the_workspaces_of_an_account_are_added_with_its_sign_in() {
    let mut desk = Desk::new();
    let (account, me, _sales) = (desk.account(), desk.me(), desk.sales());
    desk.sign_in(&account, &me).unwrap();
    let report = desk.test(&account);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    let tested = report.workspaces.unwrap();

    let listed = desk.ask(ListWorkspaces { id: account.id }).unwrap();
    assert_eq!(listed, tested);
    let found = listed.iter().find(|it| it.name == SALES).unwrap();
    let added = Connection::of_workspace(&account, &found.name, found.base_url.clone().unwrap(), found.id.clone()).unwrap();
    let connections = vec![added.clone(), Connection { id: ConnectionId::random(), ..added.clone() }];
    let ids: Vec<ConnectionId> = connections.iter().map(|connection| connection.id).collect();
    assert_eq!(desk.ask(AddWorkspaces { connections }).unwrap(), ids);
    let mut names: Vec<String> = desk.until(|event| match event {
        Event::Library(snapshot) if snapshot.entries.iter().any(|entry| ids.contains(&entry.connection.id)) => {
            Some(snapshot.entries.iter().map(|entry| entry.connection.name.as_str().to_owned()).collect())
        }
        _ => None,
    });
    names.sort();
    assert_eq!(names, [SALES, "Sales lakehouse (2)", "Sales lakehouse (3)", "The account"]);

    let report = desk.test(&added);
    assert_eq!((report.state, report.user.as_deref()), (Status::Ok, Some(me.name.as_str())), "{report:?}");
    assert_eq!(desk.token(added.id).unwrap(), desk.token(account.id).unwrap());
    assert_eq!(desk.who(added.id), Some(me.name.clone()));
    assert_eq!(desk.opened().len(), 1, "one sign-in for all");

    assert!(desk.ask(SignOut { id: added.id }).unwrap().users.contains(&account.id));
    assert_eq!(desk.test(&account).state, Status::SignIn);
    // And in again, from the workspace: it is the account's sign-in.
    desk.sign_in(&added, &me).unwrap();
    assert_eq!(desk.test(&account).state, Status::Ok);
}

#[test]
fn workspaces_of_a_connection_without_an_account_are_not_listed() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    assert_eq!(desk.ask(ListWorkspaces { id: sales.id }).unwrap_err().code, Code::Unsupported);
}
