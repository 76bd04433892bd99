//! What Brickpass knows about a token: its end, and when it was last used.

use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Status},
    failure::Failure,
};
use brickpass_engine::{Purge, Remove, RemovedTokens, Restore};

use super::{DELETE, Desk, ME};
use crate::support::between::Way;

#[test]
fn a_note_goes_with_the_token_that_it_is_about() {
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    let copy = Connection { id: ConnectionId::random(), ..connection.clone() };
    let copy = Connection { name: copy.name.copy_of(&|_| false), ..copy };
    desk.duplicate(connection.id, &copy);
    assert_eq!(desk.remembered(copy.id).1.unwrap().token_id, new.token.id);

    // Another token is pasted into the form.
    let token = desk.workspace.token.clone();
    desk.edit(&connection, |draft| draft.secret.expose_mut().push_str(&token));
    assert_eq!(desk.remembered(connection.id).1, None);
    assert_eq!(desk.list(connection.id).in_use, None);

    // It signs in otherwise from now on.
    desk.edit(&copy, |draft| draft.auth = AuthKind::Browser);
    assert_eq!(desk.remembered(copy.id).1, None);

    // A removed connection takes its note along.
    let new = desk.generate(connection.id, "CI", 30).unwrap();
    desk.adopt(copy.id, &new).unwrap();
    assert_eq!(desk.remembered(copy.id).1.unwrap().token_id, new.token.id);
    desk.remove(copy.id);
    assert_eq!(desk.remembered(copy.id).1, None);
}

#[test]
fn a_token_near_its_end_is_told_after_a_test_and_a_new_one_ends_that() {
    let mut desk = Desk::new();
    let connection = desk.connection();
    let new = desk.generate(connection.id, "short", 9).unwrap();
    desk.adopt(connection.id, &new).unwrap();
    let (state, hints) = desk.test(&connection);
    assert_eq!(state, Status::Expiring);
    // The seconds since it was made may count or not.
    let told = |hint: &String| hint.contains("expires in 8 days") || hint.contains("expires in 9 days");
    assert!(hints.iter().any(told), "{hints:?}");
    assert_eq!(desk.remembered(connection.id).0.unwrap().state, Status::Expiring);
    desk.rotate(connection.id, 90).unwrap();
    assert_eq!(desk.remembered(connection.id).0.unwrap().state, Status::Ok);
    assert_eq!(desk.test(&connection).0, Status::Ok);
}

#[test]
fn an_admin_learns_when_their_tokens_were_last_used_and_a_list_does_not_depend_on_it() {
    const CONF: &str = "GET /api/2.0/workspace-conf";
    const EVERYBODY: &str = "GET /api/2.0/token-management/tokens";
    let mut desk = Desk::new();
    let connection = desk.connection();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let list = desk.list(connection.id);
    assert!(list.tells_last_use() && list.tokens[0].last_used == Some(today), "{list:?}");
    assert_eq!(list.tokens.len(), 1, "nobody else's tokens come with it");

    for (refused, status) in [(CONF, 403), (EVERYBODY, 403), (ME, 403), (EVERYBODY, 500)] {
        desk.net.script(move |request, _| if request.starts_with(refused) { Way::Refused(status) } else { Way::Through });
        let list = desk.list(connection.id);
        assert_eq!((list.tokens.len(), list.tells_last_use()), (1, false), "{refused} {status}");
    }
    let asked = |desk: &Desk| desk.net.seen().iter().filter(|seen| seen.starts_with(EVERYBODY)).count();
    let before = asked(&desk);
    desk.net.script(|request, _| if request.starts_with(CONF) { Way::Refused(403) } else { Way::Through });
    desk.list(connection.id);
    assert_eq!(asked(&desk), before, "who may not read the rules is not asked further");
}

#[test]
fn wn_14_the_token_of_a_removed_connection_is_revoked_with_itself_when_the_removal_is_final() {
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    let (revoked, failure) = desk.removed(&connection);
    assert_eq!((revoked, failure), (vec![(connection.id, new.token.id.clone())], None));
    assert!(!desk.ids().contains(&new.token.id) && desk.stored(connection.id).is_none());
    desk.finish();
    let mut files = desk.home.files().into_iter();
    assert!(
        files.any(|(path, bytes)| path.to_string_lossy().contains("activity") && String::from_utf8_lossy(&bytes).contains(&new.token.id))
    );
}

#[test]
fn wn_14_a_removed_token_that_was_not_revoked_is_told_with_what_to_do() {
    // The network is gone.
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    desk.net.script(|request, _| if request.starts_with(DELETE) { Way::LostThere } else { Way::Through });
    let (revoked, failure) = desk.removed(&connection);
    let failure = failure.unwrap();
    assert!(revoked.is_empty() && desk.ids().contains(&new.token.id), "{failure}");
    assert!(failure.what.contains("\"Sales\" was not revoked") && failure.fix.contains(&new.token.id), "{failure}");
    assert!(failure.fix.contains("Settings > Developer > Access tokens"), "{failure}");
    assert!(desk.stored(connection.id).is_none(), "it is removed all the same");

    // A copy that stays signs in with it.
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    let copy = Connection { id: ConnectionId::random(), name: connection.name.copy_of(&|_| false), ..connection.clone() };
    desk.duplicate(connection.id, &copy);
    let (revoked, failure) = desk.removed(&connection);
    assert!(revoked.is_empty() && failure.unwrap().why.contains(copy.name.as_str()));
    assert!(desk.ids().contains(&new.token.id));

    // It was undone before.
    let (revoked, failure) = desk.purged_after_undo(&copy);
    assert_eq!((revoked.len(), failure), (0, None));
    assert!(desk.ids().contains(&new.token.id));
}

impl Desk {
    fn removed(&mut self, connection: &Connection) -> (Vec<(ConnectionId, String)>, Option<Failure>) {
        self.ask(Remove { ids: vec![connection.id] }).unwrap();
        self.purged(connection)
    }

    fn purged_after_undo(&mut self, connection: &Connection) -> (Vec<(ConnectionId, String)>, Option<Failure>) {
        let entries = self.ask(Remove { ids: vec![connection.id] }).unwrap();
        self.ask(Restore { entries }).unwrap();
        self.purged(connection)
    }

    fn purged(&mut self, connection: &Connection) -> (Vec<(ConnectionId, String)>, Option<Failure>) {
        let purge = Purge { ids: vec![connection.id], revoke: vec![connection.clone()] };
        let RemovedTokens { revoked, failure, .. } = self.ask(purge).unwrap().tokens;
        (revoked, failure)
    }
}
