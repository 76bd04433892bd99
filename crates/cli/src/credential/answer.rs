//! What is printed: to the letter what the SDKs read.

use std::io::Write as _;

use jiff::{Timestamp, tz::TimeZone};
use secrecy::ExposeSecret as _;
use serde_json::{Map, json};
use zeroize::Zeroizing;

use super::{args::Output, choose::Unchosen};
use crate::output::{note, print_json, say, with_secret, write_secret};
use brickpass_core::failure::Failure;
use brickpass_engine::AccessToken;

/// The version of the Databricks CLI that this program passes for. Since 0.207.1 the SDKs say which profile they mean; from 0.296.0 on they ask
/// for a new token at every start, which would renew every sign-in with every script that is run.
const VERSION: [u32; 3] = [0, 295, 0];

/// By these words the SDKs know that they may try the next way to sign in.
const NOT_CONFIGURED: &str = "databricks OAuth is not configured for this host";

/// Why there is no token.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// There is nothing here for whoever asked; what is missing and what to do.
    NotConfigured(String),
    Failed(Failure),
    Words(String),
}

pub(super) fn version(output: Option<Output>) {
    let [major, minor, patch] = VERSION;
    let version = format!("{major}.{minor}.{patch}");
    match output {
        // The text that the SDK for Go takes apart.
        None | Some(Output::Text) => say(format_args!("Databricks CLI v{version}")),
        Some(Output::Json) => print_json(&json!({
            "ProjectName": "brickpass-credential",
            "Version": version,
            "Branch": "",
            "Tag": format!("v{version}"),
            "ShortCommit": "",
            "FullCommit": "",
            "CommitTime": "0001-01-01T00:00:00Z",
            "Summary": format!("Brickpass {} in place of the Databricks CLI", env!("CARGO_PKG_VERSION")),
            "Major": major,
            "Minor": minor,
            "Patch": patch,
            "Prerelease": "",
            "IsSnapshot": false,
            "BuildTime": "0001-01-01T00:00:00Z",
        })),
    }
}

pub(super) fn token(token: &AccessToken, output: Option<Output>) -> Result<(), Unanswered> {
    let text = match output {
        None | Some(Output::Json) => as_json(token, &local()),
        Some(Output::Text) => Zeroizing::new(format!("{}\n", token.secret.expose_secret())),
    };
    write_secret(&text).map_err(Unanswered::Failed)
}

fn as_json(token: &AccessToken, zone: &TimeZone) -> Zeroizing<String> {
    let mut fields = Map::new();
    fields.insert("token_type".to_owned(), json!("Bearer"));
    if let Some(end) = token.expires_at {
        fields.insert("expiry".to_owned(), json!(expiry(end, zone)));
    }
    with_secret("access_token", &token.secret, fields)
}

/// The zone of this machine, from its own file where that says it all: looking a zone up by its name lists every zone there is.
fn local() -> TimeZone {
    if std::env::var_os("TZ").is_none()
        && let Ok(rules) = std::fs::read("/etc/localtime")
        && let Ok(zone) = TimeZone::tzif("Local", &rules)
    {
        return zone;
    }
    TimeZone::system()
}

/// The one way to write a time that all of them read alike: Go and Java heed the offset, Python cuts the text at the first dot and takes the rest
/// for local time.
fn expiry(end: Timestamp, zone: &TimeZone) -> String {
    end.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S.%6f%:z").to_string()
}

/// One line: the SDKs put it behind words of their own.
pub(super) fn tell(unanswered: &Unanswered) {
    note(in_words(unanswered));
}

fn in_words(unanswered: &Unanswered) -> String {
    match unanswered {
        Unanswered::NotConfigured(why) => format!("Error: cache: {NOT_CONFIGURED}. {why}"),
        Unanswered::Failed(failure) => format!("Error: {failure}"),
        Unanswered::Words(words) => format!("Error: {words}"),
    }
}

/// What is only told, beside an answer that is given all the same.
pub(super) fn warn(failure: &Failure) {
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "Warn: The renewed sign-in could not be stored and is lost. {} {}", failure.what, failure.why);
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Unchosen> for Unanswered {
    fn from(unchosen: Unchosen) -> Self {
        match unchosen {
            Unchosen::NotOurs(what) => Self::NotConfigured(format!("Brickpass has {what}; add one there, or sign in another way")),
            Unchosen::Fallback(words) => Self::Words(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(offset: i8) -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(offset))
    }

    #[test]
    fn the_end_of_a_token_is_local_time_with_its_offset_and_a_fraction() {
        let end: Timestamp = "2026-08-21T13:46:32.123456789Z".parse().unwrap();
        assert_eq!(expiry(end, &zone(2)), "2026-08-21T15:46:32.123456+02:00");
        assert_eq!(expiry(end, &zone(-5)), "2026-08-21T08:46:32.123456-05:00");
        // Not `Z`, which Python would take for local time; and whole seconds have a fraction too, without which it reads nothing.
        let whole: Timestamp = "2026-08-21T13:46:32Z".parse().unwrap();
        assert_eq!(expiry(whole, &TimeZone::UTC), "2026-08-21T13:46:32.000000+00:00");
    }

    #[test]
    fn the_zone_of_this_machine_is_the_one_that_a_search_by_its_name_finds() {
        for second in [0, 1_767_225_600, 1_782_864_000] {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(local().to_offset(at), TimeZone::system().to_offset(at), "{at}");
        }
    }

    #[test]
    fn the_token_is_printed_as_the_databricks_cli_prints_it() {
        let end = "2026-08-21T13:46:32.5Z".parse().unwrap();
        let token = AccessToken { secret: "dapi\"\\1".into(), expires_at: Some(end), expiry_assumed: false };
        let printed = as_json(&token, &zone(2));
        let expected = "{\n  \"access_token\": \"dapi\\\"\\\\1\",\n  \"token_type\": \"Bearer\",\n  \"expiry\": \"2026-08-21T15:46:32.500000+02:00\"\n}";
        assert_eq!(printed.as_str(), expected);
    }

    #[test]
    fn the_version_is_one_for_which_sdks_name_the_profile_and_do_not_renew_at_every_start() {
        assert!(VERSION >= [0, 207, 1] && VERSION < [0, 296, 0]);
    }

    #[test]
    fn only_what_is_not_here_lets_the_sdks_try_another_way() {
        let fell_through = in_words(&Unchosen::NotOurs("no connection to https://x".to_owned()).into());
        assert!(fell_through.starts_with("Error: cache: databricks OAuth is not configured for this host. "), "{fell_through}");
        let locked = Failure::new(brickpass_core::failure::Code::VaultLocked, "It is locked.", "Why.", "Do this.");
        for words in [in_words(&locked.into()), in_words(&Unchosen::Fallback("\"a\" and \"b\" match".to_owned()).into())] {
            assert!(words.starts_with("Error: ") && !words.contains("OAuth is not") && !words.contains('\n'), "{words}");
        }
    }
}
