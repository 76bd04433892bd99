//! Secrets of service principals: none is left that nobody knows.

use std::sync::atomic::{AtomicUsize, Ordering};

use brickpass_databricks::rest::Directory;
use brickpass_engine::{AuditAction, DeleteOAuthSecret};

use super::{Desk, SECRETS, change_of, elsewhere, secret_for};
use crate::support::between::Way;

#[test]
fn a_secret_is_made_listed_and_deleted() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.list_secrets(sales, &id).len();
    let new = desk.make_secret(sales, &id).unwrap();
    let secrets = desk.list_secrets(sales, &id);
    assert_eq!((secrets.len(), &secrets[0]), (before + 1, &new.secret));
    let delete = DeleteOAuthSecret { id: sales, principal_id: id.clone(), secret_id: new.secret.id.clone() };
    desk.handle.lose_next_answer();
    desk.ask(delete.clone()).unwrap();
    assert_eq!((desk.there(&id).len(), desk.count("DELETE", SECRETS)), (before, 2), "asked for once more");
    desk.ask(delete).unwrap();
    let actions = desk.actions();
    assert_eq!(actions[1], (AuditAction::SecretCreated, None, format!("{id} {}", new.secret.id)));
    assert_eq!(actions[2], (AuditAction::SecretDeleted, None, format!("{id} {}", new.secret.id)));
}

#[test]
fn a_secret_whose_value_was_lost_on_the_way_is_deleted_again() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    desk.make_secret(sales, &id).unwrap();
    let before = desk.there(&id);
    desk.handle.lose_next_answer();
    let failure = desk.make_secret(sales, &id).unwrap_err();
    assert!(failure.what.contains("lost in transit. Brickpass has deleted it"), "{failure}");
    assert_eq!((desk.there(&id), desk.count("POST", SECRETS)), (before.clone(), 2), "once each");

    desk.script(change_of("POST", SECRETS, Way::LostThere));
    let failure = desk.make_secret(sales, &id).unwrap_err();
    assert_eq!((failure.what.as_str(), desk.count("POST", SECRETS)), ("Nothing was changed.", 1));

    desk.script(|method, path| match method {
        "POST" if path.contains(SECRETS) => Way::LostBack,
        "DELETE" => Way::LostThere,
        _ => Way::Through,
    });
    let failure = desk.make_secret(sales, &id).unwrap_err();
    let left: Vec<String> = desk.there(&id).into_iter().filter(|it| !before.contains(it)).collect();
    assert_eq!(left.len(), 1);
    assert!(failure.what.contains("could not delete it") && failure.fix.contains(&left[0]), "{failure}");
}

#[test]
fn secrets_of_others_are_never_deleted_for_one_that_was_lost() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id);
    let (workspace, principal) = (desk.workspace.clone(), id.clone());
    desk.script(move |method, path| {
        if method != "POST" || !path.contains(SECRETS) {
            return Way::Through;
        }
        elsewhere(&workspace, async |client, call| {
            client.create_oauth_secret(Directory::Workspace, &principal, None, &call).await.unwrap();
        });
        Way::LostBack
    });
    let failure = desk.make_secret(sales, &id).unwrap_err();
    let appeared: Vec<String> = desk.there(&id).into_iter().filter(|it| !before.contains(it)).collect();
    assert_eq!((appeared.len(), desk.count("DELETE", SECRETS)), (2, 0));
    assert!(failure.what.contains("it is unknown which"), "{failure}");
    assert!(appeared.iter().all(|id| failure.fix.contains(id)), "{failure}");

    // A list that cannot be read before: nothing is made.
    desk.script(|method, path| if method == "GET" && path.contains(SECRETS) { Way::Refused(403) } else { Way::Through });
    assert!(desk.make_secret(sales, &id).is_err());
    assert_eq!(desk.count("POST", SECRETS), 0);
}

#[test]
fn two_secrets_that_are_made_at_once_do_not_take_each_other_for_lost_ones() {
    let mut desk = Desk::new();
    let sales = desk.sales();
    let id = desk.principals(sales)[0].id.clone();
    let before = desk.there(&id).len();
    let posts = AtomicUsize::new(0);
    desk.script(move |method, path| match method {
        // The first one never arrives.
        "POST" if path.contains(SECRETS) && posts.fetch_add(1, Ordering::SeqCst) == 0 => Way::LostThere,
        _ => Way::Through,
    });
    let pending = [secret_for(sales, &id), secret_for(sales, &id)].map(|request| desk.pending(request));
    let mut ended = pending.map(|pending| desk.answer(pending).is_ok());
    ended.sort_unstable();
    assert_eq!((ended, desk.there(&id).len()), ([false, true], before + 1));
}
