//! The texts about expiring tokens.

use jiff::{Timestamp, civil::Date};

use super::{counted, tokens};
use crate::ui::{
    state::{Asked, Asking, Span, Summary},
    theme::Tone,
};

pub const TITLE: &str = "Expiring tokens";
pub const LIST: &str = "Tokens by expiry date";
pub const STRIP: &str = "The next 12 months";
pub const ASK_ALL: &str = "Refresh from all workspaces";
pub const ASK_WHY: &str = "Shows only tokens that Brickpass created or has listed. Refresh from all workspaces to include the others.";
pub const ALL_ASKED: &str = "Refreshed from all workspaces. Tokens that Brickpass did not create are included.";
pub const ASKING: &str = "Loading your tokens from all workspaces";
pub const STOP: &str = "Stop";
pub const CLOSE: &str = "Close expiring tokens";
pub const ROTATE: &str = "Rotate...";
pub const OPEN: &str = "Open";
pub const IN_USE: &str = "used by this connection";
pub const EMPTY: &str = "No known token expires in the next 12 months.";
pub const BUSY: &str = "Close this dialog first to see expiring tokens.";

/// `1 token has expired, 3 expire this month`, and its severity. `None`: nothing to report.
pub fn summary(summary: Summary) -> Option<(String, Tone)> {
    let Summary { expired, this_month, soon } = summary;
    let expire = |count: usize| if count == 1 { "expires" } else { "expire" };
    let tone = match (expired, soon) {
        (0, 0) => Tone::Neutral,
        (0, _) => Tone::Warning,
        _ => Tone::Error,
    };
    let coming = match (this_month, soon) {
        (0, 0) => None,
        (0, soon) => Some((soon, "soon")),
        (this_month, _) => Some((this_month, "this month")),
    };
    let words = match (expired, coming) {
        (0, None) => return None,
        (0, Some((count, when))) => format!("{} {} {when}", tokens::tokens(count), expire(count)),
        (expired, coming) => {
            let gone = format!("{} {} expired", tokens::tokens(expired), if expired == 1 { "has" } else { "have" });
            coming.map_or(gone.clone(), |(count, when)| format!("{gone}, {count} {} {when}", expire(count)))
        }
    };
    Some((words, tone))
}

pub fn span(span: Span) -> String {
    match span {
        Span::Expired => "Expired".to_owned(),
        Span::Week => "Within 7 days".to_owned(),
        Span::Month(first) => month(first),
    }
}

/// `December 2026`
pub fn month(first: Date) -> String {
    first.strftime("%B %Y").to_string()
}

/// `Dec`; with the year, `Jan 2027`.
pub fn month_short(day: Date, year: bool) -> String {
    day.strftime(if year { "%b %Y" } else { "%b" }).to_string()
}

/// The comment of a token and its use.
pub fn what(comment: &str, in_use: bool, lapses: bool) -> String {
    let comment = if comment.is_empty() { tokens::NO_COMMENT } else { comment };
    let words = if in_use { format!("{comment}, {IN_USE}") } else { comment.to_owned() };
    if lapses { format!("{words}, revoked then unless used") } else { words }
}

pub fn open_named(name: &str) -> String {
    format!("Open {name}")
}

pub fn rotate_named(name: &str) -> String {
    format!("Rotate the token of {name}")
}

/// `December 2026: 3 tokens`, for a month of the strip.
pub fn month_told(first: Date, count: usize) -> String {
    let count = if count == 0 { "no tokens".to_owned() } else { tokens::tokens(count) };
    format!("{}: {count}", month(first))
}

/// `in 3 days`, `expired 2 days ago`, and its severity.
pub fn left(until: Timestamp, now: Timestamp) -> (String, Tone) {
    let days = tokens::whole_days(now, until);
    match days {
        1.. if until <= now => {
            (format!("expired {} ago", counted(usize::try_from(days).unwrap_or(usize::MAX), "day", "days")), Tone::Error)
        }
        _ => tokens::expires(Some(until), now),
    }
}

pub fn progress(asking: &Asking) -> String {
    format!("{} of {}", asking.ended(), asking.all)
}

/// The failures of *Refresh from all workspaces*. `None`: all have answered.
pub fn asked(asked: Asked) -> Option<String> {
    let connections = |count| counted(count, "connection", "connections");
    let failed = (asked.failed > 0).then(|| format!("{} could not be refreshed, so some tokens may be missing", connections(asked.failed)));
    let left = (asked.left > 0).then(|| format!("{} not refreshed", connections(asked.left)));
    match (failed, left) {
        (None, None) => None,
        (Some(failed), Some(left)) => Some(format!("{failed}. {left}.")),
        (Some(one), None) | (None, Some(one)) => Some(format!("{one}.")),
    }
}

/// Reminder in the window if the desktop shows no notifications: names and remaining days.
pub fn reminder(due: &[(&str, i64)]) -> String {
    match due {
        [(name, ..0)] => format!("{name}: the token has expired."),
        [(name, 0)] => format!("{name}: the token expires within a day. Rotate it before that."),
        [(name, days)] => {
            format!("{name}: the token expires in {}. Rotate it before that.", counted(usize::try_from(*days).unwrap_or(0), "day", "days"))
        }
        many => {
            let names: Vec<&str> = many.iter().map(|(name, _)| *name).collect();
            let expired = many.iter().filter(|(_, days)| *days < 0).count();
            let what = match expired {
                0 => "expire soon",
                all if all == many.len() => "have expired",
                _ => "have expired or expire soon",
            };
            format!("{} {what}: {}", tokens::tokens(many.len()), super::some_of(&names))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_bar_tells_the_gravest_first_and_nothing_when_there_is_nothing() {
        for (expired, this_month, soon, said) in [
            (0, 0, 0, None),
            (0, 3, 0, Some(("3 tokens expire this month", Tone::Neutral))),
            (0, 1, 1, Some(("1 token expires this month", Tone::Warning))),
            (0, 0, 2, Some(("2 tokens expire soon", Tone::Warning))),
            (1, 0, 0, Some(("1 token has expired", Tone::Error))),
            (2, 1, 1, Some(("2 tokens have expired, 1 expires this month", Tone::Error))),
        ] {
            assert_eq!(summary(Summary { expired, this_month, soon }), said.map(|(words, tone)| (words.to_owned(), tone)));
        }
    }

    #[test]
    fn what_is_left_is_told_in_days_before_the_end_and_after_it() {
        let at = |seconds: i64| Timestamp::from_second(1_790_000_000 + seconds).unwrap();
        let said = |until| left(at(until), at(0)).0;
        assert_eq!(said(3 * 86_400), "in 3 days");
        assert_eq!(said(60), "within a day");
        assert_eq!(said(-60), "expired");
        assert_eq!(said(-86_400), "expired 1 day ago");
        assert_eq!(said(-86_400 * 40), "expired 40 days ago");
    }

    #[test]
    fn who_could_not_be_asked_is_counted_in_one_line() {
        let said = |failed, left| asked(Asked { answered: 1, failed, left });
        assert_eq!(said(0, 0), None);
        assert_eq!(said(1, 0).unwrap(), "1 connection could not be refreshed, so some tokens may be missing.");
        assert_eq!(
            said(4, 2).unwrap(),
            "4 connections could not be refreshed, so some tokens may be missing. 2 connections not refreshed."
        );
    }

    #[test]
    fn a_reminder_names_connections_and_days() {
        assert_eq!(reminder(&[("Sales", 1)]), "Sales: the token expires in 1 day. Rotate it before that.");
        assert_eq!(reminder(&[("Sales", -1)]), "Sales: the token has expired.");
        assert_eq!(reminder(&[("Sales", 3), ("Finance", 14)]), "2 tokens expire soon: Sales, Finance");
    }
}
