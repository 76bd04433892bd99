//! The texts about personal access tokens.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{careful, counted, some_of};
use crate::ui::{
    state::{NameToType, TroubleKind},
    theme::Tone,
};
use brickpass_core::connection::Status;
use brickpass_databricks::rest::Token;
use brickpass_engine::comment_without_mark;

pub const TAB: &str = "Tokens";
pub const TABLE: &str = "Personal access tokens";
pub const FILTER: &str = "Filter tokens";
pub const REFRESH: &str = "Refresh";
pub const GENERATE: &str = "Generate token...";
pub const GENERATING: &str = "Generating";
pub const ROTATE: &str = "Rotate this connection's token";
pub const ROTATE_SHORT: &str = "Rotate...";
pub const ROTATE_ROW: &str = "Rotate";
pub const ROTATING: &str = "Rotating";
pub const REVOKING: &str = "Revoking";
pub const SELECT_NONE: &str = "Clear selection";
pub const COMMENT: &str = "Comment";
pub const CREATED: &str = "Created";
pub const EXPIRES: &str = "Expires";
pub const USED_BY: &str = "Used by";
pub const LAST_USED: &str = "Last used";
pub const SELECT_ALL: &str = "Select all tokens shown";
pub const IN_USE: &str = "This connection";
pub const IN_USE_SAID: &str = "used by this connection";
pub const LEFT_OVER: &str = "Left over";
pub const LEFT_OVER_WHY: &str = "Left over from an interrupted rotation: still valid, but not used by this connection. Revoke it.";
pub const NO_COMMENT: &str = "No comment";
pub const UNKNOWN: &str = "Unknown";
pub const ASKING: &str = "Loading your tokens";
pub const NONE: &str = "You have no personal access tokens in this workspace.";
pub const NO_MATCH: &str = "No token matches";
pub const AUTO_REVOKED: &str = "Databricks revokes tokens that are unused for 90 days.";
pub const ACCOUNT: &str =
    "Personal access tokens belong to a workspace; an account has none. Open a connection to one of its workspaces to see yours.";
pub const NOT_SAVED: &str = "Save this connection first to see your tokens in its workspace.";
pub const DISMISS: &str = "Dismiss";
pub const BEING_MADE: &str = "A token is being created. Wait for it before closing the window, or its value is lost.";

// Generate
pub const GENERATE_TITLE: &str = "Generate token";
pub const COMMENT_HINT: &str = "What it is for";
pub const LIFETIME: &str = "Lifetime";
pub const CUSTOM: &str = "Custom";
pub const DAYS: &str = "days";
pub const CUSTOM_DAYS: &str = "Lifetime in days";
pub const GENERATE_NOW: &str = "Generate";
pub const LIMIT: &str = "Restrict scopes";
pub const SCOPES: &str = "Scopes";
pub const SCOPES_HINT: &str = "sql, clusters, unity-catalog";
pub const SCOPES_WHY: &str = "Space- or comma-separated. Leave empty for full access.";
pub const SCOPES_WRONG: &str = "Use only letters, digits and . : / - _ in a scope; separate scopes by spaces or commas";

// The new token
pub const NEW_TITLE: &str = "Your new token";
pub const NEW_WHY: &str = "This is the only time the token is shown. Copy it now, or use it in this connection.";
pub const NEW_WHY_COPY: &str = "This is the only time the token is shown. Copy it now.";
/// The name in the status bar.
pub const NEW_ON_CLIPBOARD: &str = "new token";
pub const COPY: &str = "Copy";
pub const NEW_TOKEN: &str = "New token";
pub const USE: &str = "Use in this connection";
pub const USING: &str = "Storing";
pub const USED: &str = "This connection now uses this token.";
pub const DONE: &str = "Done";
pub const LEAVE_TITLE: &str = "This token cannot be shown again";
pub const LEAVE_WHY: &str =
    "You have not copied this token or used it in this connection. It stays valid: if you do not need it, revoke it in the list.";
pub const LEAVE: &str = "Close anyway";
pub const KEEP: &str = "Go back";
pub const USE_FAILED: &str = "The token was not saved. It is still shown here.";

// Rotate and revoke
pub const ROTATE_TITLE: &str = "Rotate this connection's token?";
pub const ROTATE_NOW: &str = "Rotate";
pub const REVOKE: &str = "Revoke";
pub const REVOKE_BODY: &str = "Anything using it stops working immediately. This cannot be undone.";
pub const REVOKE_BODY_MANY: &str = "Anything using them stops working immediately. This cannot be undone.";
pub const REVOKE_IN_USE: &str = "This connection uses it and will need a new token. Rotate replaces it without interruption.";
pub const REVOKE_IN_USE_MANY: &str = "This connection uses one of them and will need a new token. Rotate replaces it without interruption.";

/// `Copied, clears in 24 s`
pub fn copied(seconds: i64) -> String {
    format!("Copied, clears in {seconds} s")
}

pub fn days(count: u32) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "day", "days")
}

pub fn up_to(days: u32) -> String {
    format!("This workspace allows 1 to {days} days")
}

/// The collapsible part of *Generate token*; names the scopes while it is collapsed.
pub fn limit(folded: bool, scopes: &[String]) -> String {
    if folded && !scopes.is_empty() { format!("{LIMIT}: {}", scopes.join(", ")) } else { LIMIT.to_owned() }
}

pub fn limited_to(scopes: &[String]) -> String {
    format!("limited to {}", scopes.join(", "))
}

/// `5 days ago`, with a warning if Databricks will revoke it soon.
pub fn last_used(token: &Token, now: Timestamp) -> (String, Tone) {
    let tone = if token.idle_days(now).is_some() { Tone::Warning } else { Tone::Neutral };
    let words = match token.last_used.and(token.unused_days(now)) {
        None => "never".to_owned(),
        Some(0) => "today".to_owned(),
        Some(1) => "yesterday".to_owned(),
        Some(days) => format!("{days} days ago"),
    };
    (words, tone)
}

pub fn idle(days: i64) -> String {
    format!("Unused for {days} days. Databricks revokes it after 90.")
}

/// The note below the table. `idle`: the number of tokens that have been unused for a long time.
pub fn auto_revoked(idle: usize) -> String {
    match idle {
        0 => AUTO_REVOKED.to_owned(),
        1 => format!("{AUTO_REVOKED} One of yours has been unused for 60 days or more."),
        many => format!("{AUTO_REVOKED} {many} of yours have been unused for 60 days or more."),
    }
}

/// Whole days from now on; negative when past.
pub fn whole_days(then: Timestamp, now: Timestamp) -> i64 {
    then.duration_since(now).as_secs().div_euclid(86_400)
}

/// `in 23 days`, and its severity.
pub fn expires(until: Option<Timestamp>, now: Timestamp) -> (String, Tone) {
    let Some(until) = until else { return ("never".to_owned(), Tone::Error) };
    if until <= now {
        return ("expired".to_owned(), Tone::Error);
    }
    // The last days are counted down. Before that, days are rounded: a new 90-day token expires in 90 days.
    let (days, tone) = match Status::days_before_warning(until, now) {
        Some(left) => (left, Tone::Warning),
        None => (whole_days(until + SignedDuration::from_hours(12), now), Tone::Neutral),
    };
    let words = match days {
        0 => "within a day".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    (words, tone)
}

/// `Expires in 3 days`, for the row of a connection.
pub fn expires_in(days: i64) -> String {
    match days {
        ..=0 => "Expires within a day".to_owned(),
        1 => "Expires in 1 day".to_owned(),
        _ => format!("Expires in {days} days"),
    }
}

/// `22 Oct 2026`
pub fn date(when: Option<Timestamp>, zone: &TimeZone) -> String {
    when.map_or_else(|| UNKNOWN.to_owned(), |when| when.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string())
}

/// `"Brickpass on this laptop", expires 20 February 2027`
pub fn new_token(comment: &str, until: Option<Timestamp>, zone: &TimeZone) -> String {
    let comment = comment_without_mark(comment);
    let comment = if comment.is_empty() { String::new() } else { format!("\u{201c}{comment}\u{201d}, ") };
    match until {
        Some(until) => format!("{comment}expires {}", until.to_zoned(zone.clone()).strftime("%-d %B %Y")),
        None => format!("{comment}never expires"),
    }
}

/// As typed; the marker that identifies a token again is hidden.
pub fn comment(comment: &str) -> &str {
    let typed = comment_without_mark(comment);
    if typed.is_empty() { NO_COMMENT } else { typed }
}

pub fn count(shown: usize, all: usize) -> String {
    if shown == all { format!("{}.", tokens(all)) } else { format!("{shown} of {}.", tokens(all)) }
}

pub fn tokens(count: usize) -> String {
    counted(count, "token", "tokens")
}

pub fn revoke(count: usize) -> String {
    format!("Revoke {}...", tokens(count))
}

pub fn revoke_named(comment: &str) -> String {
    format!("{REVOKE} {comment}")
}

pub fn revoke_title(comments: &[&str]) -> String {
    match comments {
        [one] => format!("Revoke \u{201c}{one}\u{201d}?"),
        many => format!("Revoke {}?", tokens(many.len())),
    }
}

pub fn revoke_which(comments: &[&str]) -> String {
    some_of(comments)
}

pub fn type_to_revoke(expected: &NameToType) -> String {
    format!("{} Type {} to confirm", careful(expected.care), expected.name)
}

pub fn revoked(count: usize) -> String {
    format!("Revoked {}", tokens(count))
}

pub fn rotated(name: &str, old_revoked: bool) -> String {
    if old_revoked {
        format!("{name} has a new token; the old one is revoked")
    } else {
        format!("{name} has a new token; the old one is still active")
    }
}

/// What *Rotate* will do. `replaces`: the comment of the old token, if Brickpass created it.
pub fn rotate_body(replaces: Option<&str>, days: Option<u64>, scopes: &[String]) -> String {
    let lives = match days {
        None => "with the longest lifetime that the workspace allows".to_owned(),
        Some(1) => "valid for 1 day".to_owned(),
        Some(days) => format!("valid for {days} days"),
    };
    let limited = if scopes.is_empty() { String::new() } else { format!(" and {} like the old one", limited_to(scopes)) };
    let made = format!("Brickpass creates a new token, {lives}{limited}, then tests and saves it.");
    match replaces {
        Some(old) => {
            format!(
                "{made} It then revokes \u{201c}{}\u{201d}, so anything else using that token stops working. If a step fails, the old token stays active.",
                comment(old)
            )
        }
        None => {
            format!(
                "{made} Brickpass did not create the current token and cannot tell which one it is, so it does not revoke it. Revoke it in the list if you recognize it."
            )
        }
    }
}

pub fn trouble(kind: TroubleKind) -> String {
    match kind {
        TroubleKind::Generate => "The token was not generated".to_owned(),
        TroubleKind::Rotate => "The token was not rotated".to_owned(),
        TroubleKind::Revoke(1) => "1 token was not revoked".to_owned(),
        TroubleKind::Revoke(count) => format!("{count} tokens were not revoked"),
        TroubleKind::OldRemains => "The old token was not revoked".to_owned(),
    }
}

pub const LIST_FAILED: &str = "Could not load your tokens";

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    #[test]
    fn an_expiry_is_told_in_days_and_warns_within_fourteen() {
        const DAY: i64 = 86_400;
        for (until, words, tone) in [
            (Some(23 * DAY), "in 23 days", Tone::Neutral),
            (Some(90 * DAY - 60), "in 90 days", Tone::Neutral),
            (Some(14 * DAY + 1), "in 14 days", Tone::Neutral),
            (Some(14 * DAY), "in 14 days", Tone::Warning),
            (Some(14 * DAY - 1), "in 13 days", Tone::Warning),
            (Some(DAY), "in 1 day", Tone::Warning),
            (Some(DAY - 1), "within a day", Tone::Warning),
            (Some(0), "expired", Tone::Error),
            (Some(-DAY), "expired", Tone::Error),
            (None, "never", Tone::Error),
        ] {
            assert_eq!(expires(until.map(at), at(0)), (words.to_owned(), tone));
        }
        assert_eq!(expires_in(0), "Expires within a day");
        assert_eq!(expires_in(3), "Expires in 3 days");
    }

    #[test]
    fn dates_are_those_of_the_persons_zone() {
        let midnight = Timestamp::from_second(1_793_491_200).unwrap();
        assert_eq!(date(Some(midnight), &TimeZone::UTC), "1 Nov 2026");
        assert_eq!(date(Some(midnight), &TimeZone::fixed(jiff::tz::offset(-1))), "31 Oct 2026");
        assert_eq!(date(None, &TimeZone::UTC), "Unknown");
    }

    #[test]
    fn a_last_use_is_told_in_days_and_warns_from_sixty_on() {
        let now = at(0);
        let told = |days: Option<i64>| {
            let day = days.map(|days| at(-days * 86_400).to_zoned(TimeZone::UTC).date());
            let (id, comment, scopes) = (String::new(), String::new(), Vec::new());
            last_used(&Token { id, comment, created_at: Some(at(-5 * 86_400)), expires_at: None, last_used: day, scopes }, now)
        };
        assert_eq!(told(Some(0)), ("today".to_owned(), Tone::Neutral));
        assert_eq!(told(Some(1)), ("yesterday".to_owned(), Tone::Neutral));
        assert_eq!(told(Some(59)), ("59 days ago".to_owned(), Tone::Neutral));
        assert_eq!(told(Some(60)), ("60 days ago".to_owned(), Tone::Warning));
        assert_eq!(told(None), ("never".to_owned(), Tone::Neutral));
    }
}
