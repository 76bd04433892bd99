//! The texts of the *Activity* tab, its export, and the diagnostics.

use std::path::Path;

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

use super::counted;
use brickpass_core::{
    connection::{SecretKind, replace_unfit},
    failure::Code,
};
use brickpass_engine::ActivityEntry;

pub const TITLE_ALL: &str = "Activity of all connections";
pub const LIST: &str = "Activity";
pub const ALL: &str = "All connections";
pub const FILTER: &str = "Filter activity";
pub const REFRESH: &str = "Refresh activity";
pub const EXPORT: &str = "Export...";
pub const BACK: &str = "Back";
pub const READING: &str = "Loading activity";
pub const FAILED: &str = "Could not load the activity";
pub const NONE: &str = "No activity for this connection yet. Tests, sign-ins, saves, token changes, and secrets that were shown or copied are listed \
     here, but never the secrets themselves.";
pub const NONE_AT_ALL: &str = "No activity yet. Tests, sign-ins, saves, token changes, and secrets that were shown or copied are listed here, but never the \
     secrets themselves.";
pub const NO_MATCH: &str = "Nothing matches the filter.";
pub const KEPT: &str = "Stored only on this computer. The oldest entries are dropped when the log is full.";
pub const DONE: &str = "Done";
pub const NOT_SAVED: &str = "Not saved";
pub const WHOLE: &str = "All connections";

pub const EXPORT_TITLE: &str = "Export activity";
pub const EXPORT_ONE: &str = "This connection's activity, one JSON object per line, without secrets.";
pub const EXPORT_ALL: &str = "The activity of all connections, one JSON object per line, without secrets.";

pub const FILE: &str = "File";
pub const CHOOSE: &str = "Choose...";
pub const CHOOSING: &str = "Choosing";
pub const NO_DIALOG: &str = "No file dialog is available. Type the path.";
pub const SAVE: &str = "Save";
pub const SAVING: &str = "Saving";
pub const WHOLE_PATH: &str = "Enter a full path, folder and name";
pub const NEVER_REPLACES: &str = "Existing files are never replaced.";
pub const NEW_FOLDER: &str = "New folder";
pub const NEVER_REPLACES_FOLDER: &str = "The files are saved in this folder. Existing folders are never changed.";

pub const DIAGNOSTICS: &str = "Copy diagnostics...";
pub const DIAGNOSTICS_TITLE: &str = "Diagnostics";
pub const DIAGNOSTICS_WHY: &str =
    "For support. This is everything that is included: counts, versions and fixed words; no names, addresses or secrets.";
pub const COLLECTING: &str = "Collecting diagnostics";
pub const COPY: &str = "Copy";
pub const SAVE_AS: &str = "Save as...";
pub const CLOSE: &str = "Close";

/// `Done`, or `Failed: ` and the reason in a few words.
pub fn outcome(failed: Option<Code>) -> String {
    failed.map_or_else(|| DONE.to_owned(), |code| format!("Failed: {}", code_words(code)))
}

/// The user, or the kind of secret.
pub fn detail(entry: &ActivityEntry) -> String {
    let Some(detail) = entry.detail.as_deref() else { return String::new() };
    let kind = SecretKind::ALL.into_iter().find(|kind| kind.word() == detail);
    match kind {
        Some(SecretKind::PersonalAccessToken) => "Access token".to_owned(),
        Some(SecretKind::ClientSecret) => "Client secret".to_owned(),
        Some(SecretKind::RefreshToken | SecretKind::AccessToken) => "Sign-in".to_owned(),
        // Any program that can write this person's files may have written this.
        None => replace_unfit(detail, " "),
    }
}

/// The name of the connection, or why it has none.
pub fn whose(entry: &ActivityEntry) -> &str {
    match (&entry.connection, entry.name.as_str()) {
        (None, _) => WHOLE,
        (Some(_), "") => NOT_SAVED,
        (Some(_), name) => name,
    }
}

/// `Today`, `Yesterday`, `Friday, 20 November`, with the year unless it is this one.
pub fn day(day: Date, today: Date) -> String {
    if day == today {
        "Today".to_owned()
    } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
        "Yesterday".to_owned()
    } else if day.year() == today.year() {
        day.strftime("%A, %-d %B").to_string()
    } else {
        day.strftime("%A, %-d %B %Y").to_string()
    }
}

/// `Sunday, 22 November 2026, 21:34:09 UTC`
pub fn moment(at: &Zoned) -> String {
    at.strftime("%A, %-d %B %Y, %H:%M:%S %Z").to_string()
}

/// `21:34`
pub fn time_of_day(at: &Zoned) -> String {
    at.strftime("%H:%M").to_string()
}

pub fn count(shown: usize, all: usize) -> String {
    let entries = counted(all, "entry", "entries");
    if shown == all { format!("{entries}.") } else { format!("{shown} of {entries}.") }
}

/// `brickpass-activity-2026-11-22.jsonl`
pub fn file_name(now: Timestamp, zone: &TimeZone) -> String {
    format!("brickpass-activity-{}.jsonl", now.to_zoned(zone.clone()).date())
}

pub fn diagnostics_file_name(now: Timestamp, zone: &TimeZone) -> String {
    format!("brickpass-diagnostics-{}.json", now.to_zoned(zone.clone()).date())
}

pub fn saved(to: &Path) -> String {
    format!("Saved as {}", to.display())
}

/// Follows "Failed: ".
fn code_words(code: Code) -> &'static str {
    match code {
        Code::Dns => "address not found",
        Code::Refused => "connection refused",
        Code::Unreachable => "unreachable",
        Code::ConnectTimeout | Code::ReadTimeout => "timed out",
        Code::Reset => "connection lost",
        Code::TlsUnknownIssuer => "unknown certificate authority",
        Code::TlsExpired => "certificate expired",
        Code::TlsNotYetValid => "certificate not valid yet",
        Code::TlsWrongHost => "certificate for another host",
        Code::TlsProtocol | Code::Tls => "no secure connection",
        Code::CaFile => "certificate file unusable",
        Code::ProxyAuth => "proxy requires a password",
        Code::ProxyUnreachable => "proxy unreachable",
        Code::ProxySetting => "invalid proxy setting",
        Code::Unauthorized => "secret rejected",
        Code::Forbidden => "no permission",
        Code::MissingScope => "scope missing",
        Code::IpBlocked => "IP address blocked",
        Code::NotFound => "not found",
        Code::RateLimited => "too many requests",
        Code::ServerError => "server error",
        Code::TokenQuota => "too many tokens",
        Code::TokenScope => "unknown scope",
        Code::PartlyDone => "partly done",
        Code::PrincipalQuota => "too many service principals",
        Code::SecretQuota => "too many secrets",
        Code::TokensDisabled => "tokens switched off",
        Code::TokensNotAllowed => "tokens not allowed",
        Code::TokenLifetime => "lifetime not allowed",
        Code::PrivateLink => "private network only",
        Code::InWorkTree => "under version control",
        Code::Redirect | Code::NotApi | Code::Protocol | Code::TooLarge => "not a Databricks workspace",
        Code::SignInNeeded => "sign-in needed",
        Code::SignInDeclined => "declined in the browser",
        Code::SignInTimeout => "no answer from the browser",
        Code::PortsTaken => "no free port",
        Code::OauthUnsupported => "OAuth not supported",
        Code::OauthRefused => "refused by the sign-in service",
        Code::OauthProtocol => "invalid answer from the sign-in service",
        Code::RefreshBusy => "being renewed elsewhere",
        Code::NoSecret => "no secret stored",
        Code::VaultLocked => "secret store locked",
        Code::VaultLost => "secret store missing",
        Code::VaultUnavailable => "no secret store",
        Code::VaultBusy => "secret store busy",
        Code::WrongPassphrase => "wrong passphrase",
        Code::SecretDamaged => "stored secret damaged",
        Code::VaultUnusable => "encrypted file unusable",
        Code::FileUnreadable => "file unreadable",
        Code::FileUnwritable => "file not written",
        Code::FileUnsafe => "unsafe file",
        Code::ReadOnly => "file read-only",
        Code::Conflict => "changed elsewhere",
        Code::InvalidInput => "invalid input",
        Code::NoSuchConnection => "no such connection",
        Code::Cancelled => "cancelled",
        Code::Unsupported => "not supported",
        Code::Internal => "internal error",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use brickpass_engine::AuditAction;

    #[test]
    fn days_are_named_as_people_name_them() {
        let today = date(2026, 11, 22);
        for (of, words) in [
            (today, "Today"),
            (date(2026, 11, 21), "Yesterday"),
            (date(2026, 11, 20), "Friday, 20 November"),
            (date(2025, 12, 31), "Wednesday, 31 December 2025"),
            (date(2026, 11, 23), "Monday, 23 November"),
        ] {
            assert_eq!(day(of, today), words);
        }
    }

    #[test]
    fn a_moment_is_told_in_the_persons_zone() {
        let at = Timestamp::from_second(1_795_383_249).unwrap().to_zoned(TimeZone::UTC);
        assert_eq!(moment(&at), "Sunday, 22 November 2026, 21:34:09 UTC");
        assert_eq!(time_of_day(&at), "21:34");
        assert_eq!(file_name(at.timestamp(), &TimeZone::UTC), "brickpass-activity-2026-11-22.jsonl");
    }

    #[test]
    fn a_detail_is_in_words_and_disturbs_no_screen() {
        let entry = |detail: &str| ActivityEntry {
            at: Timestamp::UNIX_EPOCH,
            connection: None,
            name: String::new(),
            what: AuditAction::Reveal,
            failed: None,
            detail: Some(detail.to_owned()),
        };
        assert_eq!(detail(&entry("pat")), "Access token");
        assert_eq!(detail(&entry("you@example.com\n")), "you@example.com ");
        assert_eq!(outcome(Some(Code::Unauthorized)), "Failed: secret rejected");
    }
}
