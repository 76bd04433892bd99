//! Which tokens end when, over all connections, as far as that is known here.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use jiff::Timestamp;

use crate::{TokenList, comment_without_mark};
use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Level};
use brickpass_storage::TokenNote;

/// A token that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringToken {
    /// The connection that signs in with it, else the first one that was told of it.
    pub id: ConnectionId,
    pub token_id: String,
    /// Without the mark.
    pub comment: String,
    /// Its end, or when Databricks revokes it because nobody uses it, whichever is earlier.
    pub expires_at: Timestamp,
    /// The connection signs in with it.
    pub in_use: bool,
    /// That is because nobody uses it.
    pub lapses: bool,
}

/// From what was noted when tokens were made, and from lists that workspaces gave. In the order of their ends; a token that several connections
/// list is there once, one that several sign in with once for each of them.
#[must_use]
pub fn expiring_tokens<'a, S: BuildHasher>(
    connections: impl IntoIterator<Item = &'a Connection>,
    notes: &HashMap<ConnectionId, TokenNote, S>,
    lists: &impl Fn(ConnectionId) -> Option<&'a TokenList>,
    now: Timestamp,
) -> Vec<ExpiringToken> {
    let connections: Vec<_> = connections.into_iter().filter(|connection| connection.level == Level::Workspace).collect();
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for connection in &connections {
        let used = (connection.auth.kind() == AuthKind::PersonalAccessToken).then(|| notes.get(&connection.id)).flatten();
        let Some(note) = used.filter(|note| note.is_for(&connection.base_url)) else { continue };
        seen.insert((note.origin.clone(), note.token_id.clone()));
        let lapse = lists(connection.id).and_then(|list| list.lapse_of(&note.token_id, now));
        if let Some(expires_at) = lapse.or(note.expires_at) {
            let comment = comment_without_mark(&note.comment).to_owned();
            found.push((
                connection,
                ExpiringToken {
                    id: connection.id,
                    token_id: note.token_id.clone(),
                    comment,
                    expires_at,
                    in_use: true,
                    lapses: lapse.is_some(),
                },
            ));
        }
    }
    for connection in &connections {
        let Some(list) = lists(connection.id) else { continue };
        let origin = connection.base_url.origin();
        for token in &list.tokens {
            let lapse = list.lapse_of(&token.id, now);
            let Some(expires_at) = lapse.or(token.expires_at) else { continue };
            if seen.insert((origin.clone(), token.id.clone())) {
                let in_use = list.in_use.as_ref() == Some(&token.id);
                let comment = comment_without_mark(&token.comment).to_owned();
                let lapses = lapse.is_some();
                found.push((
                    connection,
                    ExpiringToken { id: connection.id, token_id: token.id.clone(), comment, expires_at, in_use, lapses },
                ));
            }
        }
    }
    found.sort_by(|(a, one), (b, other)| {
        (one.expires_at, a.name.as_str(), &one.token_id).cmp(&(other.expires_at, b.name.as_str(), &other.token_id))
    });
    found.into_iter().map(|(_, token)| token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::connection::Draft;
    use brickpass_databricks::rest::Token;

    fn connection(name: &str, host: u8) -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        name.clone_into(&mut draft.name);
        draft.base_url = format!("https://adb-{host}.2.azuredatabricks.net");
        draft.review(&|_| false).result.unwrap().connection
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn note(of: &Connection, token: &str, day: i64) -> (ConnectionId, TokenNote) {
        let comment = "CI [bp-1a2b3c4d]".to_owned();
        (of.id, TokenNote { token_id: token.to_owned(), origin: of.base_url.origin(), comment, expires_at: Some(at(day)) })
    }

    fn listed(tokens: &[(&str, Option<i64>)], in_use: Option<&str>) -> TokenList {
        let token = |(id, end): &(&str, Option<i64>)| Token {
            id: (*id).to_owned(),
            comment: "listed".to_owned(),
            created_at: None,
            expires_at: end.map(at),
            last_used: None,
            scopes: Vec::new(),
        };
        TokenList {
            tokens: tokens.iter().map(token).collect(),
            in_use: in_use.map(str::to_owned),
            left_over: Vec::new(),
            longest_days: None,
        }
    }

    #[test]
    fn notes_and_lists_are_one_order_of_ends_and_a_token_is_told_once() {
        let [a, twin, b] = [connection("A", 1), connection("Twin of A", 1), connection("B", 2)];
        let notes = HashMap::from([note(&a, "1", 30), note(&b, "1", 10)]);
        let lists = HashMap::from([
            (a.id, listed(&[("1", Some(30)), ("2", Some(20)), ("3", None)], Some("1"))),
            (twin.id, listed(&[("1", Some(30)), ("2", Some(20)), ("4", Some(5))], Some("4"))),
        ]);
        let found = expiring_tokens([&a, &twin, &b], &notes, &|id| lists.get(&id), at(0));
        let said: Vec<_> = found.iter().map(|it| (it.id, it.token_id.as_str(), it.comment.as_str(), it.in_use)).collect();
        assert_eq!(said, [(twin.id, "4", "listed", true), (b.id, "1", "CI", true), (a.id, "2", "listed", false), (a.id, "1", "CI", true)]);
    }

    #[test]
    fn a_token_that_two_connections_sign_in_with_concerns_both() {
        let [a, twin] = [connection("A", 1), connection("Twin of A", 1)];
        let found = expiring_tokens([&a, &twin], &HashMap::from([note(&a, "1", 3), note(&twin, "1", 3)]), &|_| None, at(0));
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [a.id, twin.id]);
    }

    #[test]
    fn ns_10_a_token_that_lapses_unused_ends_then() {
        let a = connection("A", 1);
        let mut list = listed(&[("1", Some(400)), ("2", None), ("3", Some(105)), ("4", Some(400))], None);
        let used = |day| Some(at(day).to_zoned(jiff::tz::TimeZone::UTC).date());
        for (token, day) in list.tokens.iter_mut().zip([17, 20, 17, 90]) {
            token.last_used = used(day);
        }
        let lists = HashMap::from([(a.id, list)]);
        let found = expiring_tokens([&a], &HashMap::from([note(&a, "1", 400)]), &|id| lists.get(&id), at(100));
        let said: Vec<_> = found.iter().map(|it| (it.token_id.as_str(), it.expires_at, it.lapses)).collect();
        assert_eq!(said, [("3", at(105), false), ("1", at(107), true), ("2", at(110), true), ("4", at(400), false)]);
    }

    #[test]
    fn what_is_gone_or_moved_is_not_told_of() {
        let [a, moved] = [connection("A", 1), connection("Moved", 2)];
        let mut stale = note(&a, "1", 3);
        stale.0 = moved.id;
        assert_eq!(expiring_tokens([&moved], &HashMap::from([note(&a, "1", 3), stale]), &|_| None, at(0)), []);
    }
}
