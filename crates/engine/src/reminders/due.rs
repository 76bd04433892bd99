//! Which reminders are due: a plain function of what is known and what time it is.

use std::collections::HashMap;

use jiff::Timestamp;

use super::notification::Reminder;
use brickpass_core::connection::{AuthKind, Connection, ConnectionId};
use brickpass_storage::{TokenNote, Told};

/// In seconds.
const DAY: i64 = 86_400;

/// So many whole days ahead. After that, once that it has expired.
const STAGES: [u8; 3] = [1, 3, 14];

/// Whole days from `now`; below zero when it is over.
pub fn days_left(expires_at: Timestamp, now: Timestamp) -> i64 {
    expires_at.as_millisecond().saturating_sub(now.as_millisecond()).div_euclid(DAY * 1000)
}

/// The nearest stage that has come, since those before it are out of date.
fn stage(days_left: i64) -> Option<u8> {
    if days_left < 0 { Some(0) } else { STAGES.into_iter().find(|days| days_left <= i64::from(*days)) }
}

/// What is to be told now, and as what it is noted; the most urgent first.
pub(super) fn due<'a>(
    connections: impl IntoIterator<Item = &'a Connection>,
    notes: &HashMap<ConnectionId, TokenNote>,
    told: &HashMap<ConnectionId, Told>,
    now: Timestamp,
) -> Vec<(Reminder, Told)> {
    let reminder = |connection: &Connection| {
        let note = notes.get(&connection.id).filter(|note| note.is_for(&connection.base_url))?;
        if connection.auth.kind() != AuthKind::PersonalAccessToken {
            return None;
        }
        let expires_at = note.expires_at?;
        let days_left = days_left(expires_at, now);
        let next = Told { token_id: note.token_id.clone(), days: stage(days_left)?, at: now };
        if told.get(&connection.id).is_some_and(|before| before.covers(&next)) {
            return None;
        }
        Some((Reminder { id: connection.id, name: connection.name.as_str().to_owned(), expires_at, days_left }, next))
    };
    let mut due: Vec<_> = connections.into_iter().filter_map(reminder).collect();
    due.sort_by(|(a, _), (b, _)| (a.expires_at, &a.name).cmp(&(b.expires_at, &b.name)));
    due
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::fixtures::connection;

    fn at(days: f64) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_secs_f64(days * 86_400.0)
    }

    fn note(token: &str, expires: f64) -> TokenNote {
        TokenNote {
            token_id: token.to_owned(),
            origin: "https://adb-1.2.azuredatabricks.net".to_owned(),
            comment: "CI".to_owned(),
            expires_at: Some(at(expires)),
        }
    }

    /// Looks at `now` as the engine does, and notes what was told.
    fn look(connection: &Connection, note: &TokenNote, told: &mut HashMap<ConnectionId, Told>, now: f64) -> Vec<i64> {
        let found = due([connection], &HashMap::from([(connection.id, note.clone())]), told, at(now));
        told.extend(found.iter().map(|(reminder, told)| (reminder.id, told.clone())));
        found.into_iter().map(|(reminder, _)| reminder.days_left).collect()
    }

    #[test]
    fn each_stage_is_told_once_and_the_end_too() {
        let (sales, token) = (connection("Sales", |_| {}), note("1", 90.0));
        let mut told = HashMap::new();
        let said: Vec<(u32, i64)> = (0..2_400)
            .flat_map(|hour| look(&sales, &token, &mut told, f64::from(hour) / 24.0).into_iter().map(move |days| (hour, days)))
            .collect();
        assert_eq!(said, [(75 * 24 + 1, 14), (86 * 24 + 1, 3), (88 * 24 + 1, 1), (90 * 24 + 1, -1)]);
    }

    #[test]
    fn when_several_stages_were_missed_only_the_nearest_is_told() {
        let (sales, token) = (connection("Sales", |_| {}), note("1", 90.0));
        for (now, said) in [(85.0, vec![5]), (87.5, vec![2]), (89.5, vec![0]), (400.0, vec![-310]), (10.0, vec![])] {
            let mut told = HashMap::new();
            assert_eq!(look(&sales, &token, &mut told, now), said, "{now}");
            assert_eq!(look(&sales, &token, &mut told, now + 0.01), [0; 0], "{now}: again");
        }
    }

    #[test]
    fn a_clock_that_jumps_ahead_and_back_costs_no_reminder_and_one_that_is_set_back_a_little_repeats_none() {
        let (sales, token) = (connection("Sales", |_| {}), note("1", 90.0));
        let mut told = HashMap::new();
        assert_eq!(look(&sales, &token, &mut told, 4_000.0), [-3_910]);
        assert_eq!(look(&sales, &token, &mut told, 80.0), [10], "it was wrong before");
        assert_eq!(look(&sales, &token, &mut told, 79.9), [0; 0]);
        assert_eq!(look(&sales, &token, &mut told, 75.5), [14], "days earlier, it counts for nothing");
        assert_eq!(look(&sales, &token, &mut told, 70.0), [0; 0]);
    }

    #[test]
    fn a_rotated_token_begins_anew_and_a_renamed_connection_does_not() {
        let sales = connection("Sales", |_| {});
        let mut told = HashMap::new();
        assert_eq!(look(&sales, &note("1", 90.0), &mut told, 85.0), [5]);
        let renamed = Connection { name: sales.name.copy_of(&|_| false), ..sales.clone() };
        assert_eq!(look(&renamed, &note("1", 90.0), &mut told, 85.1), [0; 0]);
        assert_eq!(look(&sales, &note("2", 180.0), &mut told, 85.2), [0; 0]);
        assert_eq!(look(&sales, &note("2", 180.0), &mut told, 170.0), [10]);
    }

    #[test]
    fn a_note_is_told_of_only_where_it_is_about_what_the_connection_signs_in_with() {
        let sales = connection("Sales", |_| {});
        let notes = |of: &Connection| HashMap::from([(of.id, note("1", 1.0))]);
        let count = |of: &Connection, notes: &HashMap<_, _>| due([of], notes, &HashMap::new(), at(0.0)).len();
        assert_eq!(count(&sales, &notes(&sales)), 1);
        let moved = connection("Sales", |draft| "https://adb-1.3.azuredatabricks.net".clone_into(&mut draft.base_url));
        assert_eq!(count(&moved, &notes(&moved)), 0);
        let browser = connection("Sales", |draft| draft.auth = AuthKind::Browser);
        assert_eq!(count(&browser, &notes(&browser)), 0);
        let endless = TokenNote { expires_at: None, ..note("1", 1.0) };
        assert_eq!(count(&sales, &HashMap::from([(sales.id, endless)])), 0);
        assert!(due([], &notes(&sales), &HashMap::new(), at(0.0)).is_empty(), "a removed connection");
    }

    #[test]
    fn the_most_urgent_comes_first() {
        let [a, b] = [connection("A", |_| {}), connection("B", |_| {})];
        let notes = HashMap::from([(a.id, note("1", 3.0)), (b.id, note("2", 1.0))]);
        let found = due([&a, &b], &notes, &HashMap::new(), at(0.0));
        assert_eq!(found.iter().map(|(reminder, _)| reminder.name.as_str()).collect::<Vec<_>>(), ["B", "A"]);
    }
}
