//! What Brickpass knows about a token: its end, and when it was last used.

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, Status},
    engine::{Command, Event},
};

use super::{Desk, ME};
use crate::support::between::Way;

#[test]
fn a_note_goes_with_the_token_that_it_is_about() {
    let mut desk = Desk::new();
    let (connection, new) = desk.known();
    let copy = Connection { id: ConnectionId::random(), ..connection.clone() };
    let copy = Connection { name: copy.name.copy_of(&|_| false), ..copy };
    desk.send(Command::Duplicate { source: connection.id, copy: Box::new(copy.clone()) });
    desk.until(|event| matches!(event, Event::Saved { .. }).then_some(()));
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
    desk.send(Command::Remove { ids: vec![copy.id] });
    desk.until(|event| matches!(event, Event::Removed { .. }).then_some(()));
    desk.send(Command::Purge { ids: vec![copy.id] });
    desk.until(|event| matches!(event, Event::Purged { .. }).then_some(()));
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
