//! What a notification says: names of connections and days, nothing else.

use super::notification::{Notification, Reminder};

/// So many are named; the rest is counted.
const MAX_NAMES: usize = 4;

pub(super) fn notification(due: &[Reminder]) -> Notification {
    if let [one] = due {
        let (summary, body) = if one.days_left < 0 {
            (format!("{}: the token has expired", one.name), "Generate a new one to sign in again.")
        } else {
            (format!("{}: the token expires {}", one.name, when(one.days_left)), "Rotate it before then to keep everything working.")
        };
        return Notification { summary, body: body.to_owned(), rotates: one.days_left >= 0 };
    }
    let expired = due.iter().filter(|reminder| reminder.days_left < 0).count();
    let summary = match (expired, due.len()) {
        (0, all) => format!("{all} tokens expire soon"),
        (expired, all) if expired == all => format!("{all} tokens have expired"),
        (_, all) => format!("{all} tokens have expired or expire soon"),
    };
    let mut lines: Vec<String> =
        due.iter().take(MAX_NAMES).map(|reminder| format!("{}: {}", reminder.name, when(reminder.days_left))).collect();
    if due.len() > MAX_NAMES {
        lines.push(format!("and {} more", due.len() - MAX_NAMES));
    }
    Notification { summary, body: lines.join("\n"), rotates: false }
}

fn when(days: i64) -> String {
    match days {
        ..0 => "expired".to_owned(),
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use brickpass_core::connection::ConnectionId;

    fn reminder(name: &str, days_left: i64) -> Reminder {
        Reminder { id: ConnectionId::random(), name: name.to_owned(), expires_at: Timestamp::UNIX_EPOCH, days_left }
    }

    #[test]
    fn one_token_is_told_with_its_connection_and_several_are_one_notification() {
        let said = |due: &[Reminder]| {
            let Notification { summary, body, rotates } = notification(due);
            (summary, body, rotates)
        };
        let (summary, _, rotates) = said(&[reminder("Sales", 3)]);
        assert_eq!((summary.as_str(), rotates), ("Sales: the token expires in 3 days", true));
        assert_eq!(said(&[reminder("Sales", 0)]).0, "Sales: the token expires within a day");
        let (summary, _, rotates) = said(&[reminder("Sales", -1)]);
        assert_eq!((summary.as_str(), rotates), ("Sales: the token has expired", false));
        let (summary, body, rotates) = said(&[reminder("Sales", 1), reminder("Finance", 14)]);
        assert_eq!((summary.as_str(), body.as_str(), rotates), ("2 tokens expire soon", "Sales: in 1 day\nFinance: in 14 days", false));
        let many: Vec<_> = (0..60).map(|number| reminder(&format!("Sales {number}"), number - 1)).collect();
        let (summary, body, _) = said(&many);
        assert_eq!(summary, "60 tokens have expired or expire soon");
        assert!(body.lines().count() == 5 && body.starts_with("Sales 0: expired\n") && body.ends_with("and 56 more"), "{body}");
    }
}
