//! Every word of the window.

pub mod activity;
pub mod admin;
pub mod effective;
pub mod expiry;
pub mod export;
pub mod importing;
pub mod send_to;
pub mod tokens;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    connection::{LastTest, Status},
    databricks::ClusterState,
    engine::SignIn,
    failure::{Code, Failure, Remedy},
};

pub const APP: &str = "Brickpass";

// The top bar
pub const JUMP: &str = "Search or jump to...";
pub const JUMP_KEY: &str = if cfg!(target_os = "macos") { "Cmd K" } else { "Ctrl K" };
pub const FILTER_KEY: &str = if cfg!(target_os = "macos") { "Cmd F" } else { "Ctrl F" };
pub const TEST_ALL: &str = "Test all";
pub const NEW: &str = "New connection";
pub const MORE_NEW: &str = "More ways to add connections";
pub const SETTINGS: &str = "Settings";

// The list
pub const CONNECTIONS: &str = "Connections";
pub const FILTER: &str = "Filter";
pub const FILTER_NAME: &str = "Filter connections";
pub const CLEAR_FILTER: &str = "Clear filter";
pub const PINNED: &str = "Pinned";
pub const ALL: &str = "All connections";
pub const MATCHES: &str = "Matches";
pub const NEW_CONNECTION: &str = "New connection";
pub const UNSAVED: &str = "Unsaved";
pub const NO_ADDRESS: &str = "No address yet";
pub const TEST: &str = "Test connection";
pub const DUPLICATE: &str = "Duplicate";
pub const DELETE: &str = "Delete";
pub const TEST_MANY: &str = "Test selected";
pub const DELETE_MANY: &str = "Delete selected";
pub const PIN: &str = "Pin";
pub const UNPIN: &str = "Unpin";
pub const RENAME: &str = "Rename";
pub const COPY_ADDRESS: &str = "Copy address";
pub const OPEN: &str = "Open in browser";
pub const MORE: &str = "More actions";
pub const REVERT: &str = "Revert changes";

// The form
pub const TAB_CONNECTION: &str = "Connection";
pub const TAB_EXPORT: &str = "Export";
pub const TAB_ADMINISTRATION: &str = "Administration";
pub const TAB_ACTIVITY: &str = "Activity";
pub const NAME: &str = "Name";
pub const NAME_HINT: &str = "For example Sales lakehouse";
pub const BASE_URL: &str = "Base URL";
pub const BASE_URL_HINT: &str = "Paste the workspace's address";
pub const TIMEOUT: &str = "Timeout";
pub const SECONDS: &str = "seconds";
pub const AUTH: &str = "Authentication type";
pub const LEVEL: &str = "Level";
pub const ACCOUNT_ID: &str = "Account ID";
pub const ACCOUNT_HINT: &str = "From the account console's user menu";
pub const CLIENT_ID: &str = "Client ID";
pub const CLIENT_HINT: &str = "The service principal's application ID";
pub const CLIENT_SECRET: &str = "Client secret";
pub const WORKSPACE_ID: &str = "Workspace ID";
pub const WORKSPACE_ID_HINT: &str = "The number after ?o= in the browser";
pub const TOKEN: &str = "Access token";
pub const TOKEN_HINT: &str = "Paste a personal access token";
pub const SECRET_HINT: &str = "Paste an OAuth secret";
pub const ENVIRONMENT: &str = "Environment";
pub const OWN_ENVIRONMENT: &str = "Environment name";
pub const OWN_HINT: &str = "For example staging";
pub const TAGS: &str = "Tags";
pub const FOLDER: &str = "Folder";
pub const FOLDER_HINT: &str = "For example Sales/Nightly";
pub const DESCRIPTION: &str = "Description";
pub const DESCRIPTION_HINT: &str = "What it is for, who owns it";
pub const SAVE: &str = "Save";
pub const SAVING: &str = "Saving";
pub const UNSAVED_CHANGES: &str = "Unsaved changes";
pub const CHANGED_OUTSIDE: &str = "This connection was changed elsewhere while you were editing it. Saving asks which version to keep.";
pub const KEEP_MINE: &str = "Keep mine";
pub const TAKE_THEIRS: &str = "Take theirs";
pub const UNLOCK: &str = "Unlock...";
pub const OPEN_SETTINGS: &str = "Open settings...";
pub const ENCRYPTED_FILE: &str = "the encrypted file";
pub const CHECKING_VAULT: &str = "Looking where it can be stored";

// The test
pub const CANCEL: &str = "Cancel";
pub const CANCEL_TEST: &str = "Cancel test";
pub const CANCEL_ALL: &str = "Cancel all";
pub const TESTING: &str = "Testing";
pub const WAITING: &str = "Waiting";
pub const WAITING_WHY: &str = "Other tests are running. This one begins as soon as one of them ends.";
pub const SOMEBODY: &str = "a user without a name";
pub const STEP_FAILED: &str = "failed";
pub const STEP_SKIPPED: &str = "skipped";
pub const DETAILS: &str = "Details";
pub const COPY_REPORT: &str = "Copy report";
pub const CLUSTERS: &str = "Clusters";
pub const NO_CLUSTERS: &str = "This workspace has no clusters that you may see.";
pub const EDITED_SINCE: &str = "Edited since this test";
pub const NOT_TESTED_YET: &str = "Not tested yet";
pub const NOT_TESTED_WHY_ACCOUNT: &str = "Test connection signs in with what is typed, saved or not, and lists the workspaces.";
pub const NOT_TESTED_WHY: &str = "Test connection signs in with what is typed, saved or not, and lists the clusters.";

// Dialogs
pub const CLOSE_TITLE: &str = "Save your changes before closing?";
pub const SAVE_AND_CLOSE: &str = "Save and close";
pub const DISCARD: &str = "Close without saving";
pub const DELETE_WORD: &str = "delete";
pub const CONFLICT_TITLE: &str = "Changed elsewhere";
pub const REMOVED_TITLE: &str = "This connection was deleted elsewhere";
pub const PASSPHRASE: &str = "Passphrase";
pub const PASSPHRASE_AGAIN: &str = "Passphrase again";
pub const PASSPHRASE_HINT: &str = "At least 8 characters";
pub const PASSPHRASES_DIFFER: &str = "The two passphrases are not the same";
pub const UNLOCK_TITLE: &str = "Unlock the encrypted file";
pub const NEW_PASSPHRASE_TITLE: &str = "Choose a passphrase";
pub const UNLOCK_NOW: &str = "Unlock";
pub const SET_PASSPHRASE: &str = "Set passphrase";
pub const UNLOCKING: &str = "Unlocking";
pub const NO_RECOVERY: &str = "It protects your secrets on this computer. It cannot be recovered if you forget it.";

// Signing in
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_AGAIN: &str = "Sign in again";
pub const SIGN_OUT: &str = "Sign out";
pub const CANCEL_SIGN_IN: &str = "Cancel sign-in";
pub const SIGNING_IN: &str = "Signing in";
pub const SIGNED_IN: &str = "Signed in";
pub const BEGINNING: &str = "Getting ready.";
pub const EXCHANGING: &str = "Your browser is done. Asking who you are.";
pub const FINISHING: &str = "Storing the sign-in.";
pub const ENDING: &str = "Nothing is changed. Ending the sign-in.";
pub const IN_BROWSER: &str = "Continue in your browser";
pub const NO_BROWSER: &str = "Open the sign-in page yourself";
pub const NO_BROWSER_WHY: &str = "No browser could be opened from here. Copy the sign-in link, open it in a browser on this computer, and come back here when you are done.";
pub const COPY_LINK: &str = "Copy sign-in link";
pub const OPEN_AGAIN: &str = "Open again";
pub const WRONG_KEY: &str = "A page answered with the wrong key; still waiting.";
pub const LONELY: &str = "Nothing has come back yet. A browser on another computer (WSL, remote desktop, SSH) cannot reach this one: open the link in a \
     browser on this computer, or use a personal access token or a service principal.";
pub const CONFIRM_HOST: &str = "Is this the right address?";
pub const CONFIRM_HOST_WHY: &str = "This is where your browser was signed in. Go on only if you know the address:";
pub const CONFIRM_HOST_NO: &str = "No, cancel";
pub const CONFIRM_HOST_YES: &str = "Yes, sign in there";
pub const OTHER_USER: &str = "Somebody else signed in";
pub const OTHER_USER_WHY: &str = "The new sign-in would take the place of the stored one.";
pub const OTHER_USER_NO: &str = "Keep the stored one";
pub const OTHER_USER_YES: &str = "Use the new one";
pub const SAVE_TO_KEEP: &str = "The address is filled in. Save the connection to keep this sign-in.";
pub const SIGN_IN_ROW: &str = "Sign-in";
pub const NOT_SIGNED_IN: &str = "Not signed in";
pub const LOOKING_WHO: &str = "Looking who is signed in";
pub const SAVES_FIRST: &str = "Signing in saves the connection first";
pub const OWN_SIGN_IN: &str = "Use its own sign-in";
pub const ACCOUNT_GONE: &str = "The connection whose sign-in it used is not here any more";
pub const DO_NOT_KNOW_ADDRESS: &str = "I do not know my workspace's address";
pub const DO_NOT_KNOW_ACCOUNT: &str = "I do not know my account's address";
pub const APP_PART: &str = "OAuth application";
pub const APP_CLIENT_HINT: &str = "databricks-cli";
pub const SCOPES: &str = "Scopes";
pub const SCOPES_HINT: &str = "all-apis offline_access";
pub const REDIRECT_PORT: &str = "Redirect port";
pub const REDIRECT_PORT_HINT: &str = "8020";
/// Stands in for the address that is not known yet; nothing is sent there.
pub const ANYWHERE: &str = "https://unknown.cloud.databricks.com";
pub const ANYWHERE_WHY: &str =
    "Your browser shows the sign-in page of Databricks, which asks you where you want to go. Come back here when you are done.";
pub const DISCOVERING_ANYWHERE: &str = "Asking Databricks how it signs people in.";
pub const QUIT_ANYWAY: &str = "Quit anyway";
pub const SIGN_INS_UNSAVED_TITLE: &str = "A renewed sign-in is not stored";

pub fn checking_vault(place: Option<&str>) -> String {
    format!("Looking whether {} can take the sign-in.", place.unwrap_or("the store of secrets"))
}

pub fn discovering(host: &str) -> String {
    format!("Asking {host} how it signs people in.")
}

pub fn in_browser_why(host: &str) -> String {
    format!("Your browser shows the sign-in page of {host}. Come back here when you are done.")
}

pub fn listening(port: u16) -> String {
    format!("Listening on localhost:{port}")
}

/// `4:59`
pub fn time_left(left: SignedDuration) -> String {
    // A second that has begun counts: five minutes are 5:00, and 0:00 is the end.
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `Access token valid until 15:04, renews itself`
pub fn valid_until(sign_in: &SignIn, now: Timestamp, zone: &TimeZone) -> String {
    let renews = if sign_in.renews { "renews itself" } else { "then you sign in again" };
    match sign_in.expires_at.filter(|until| *until > now) {
        Some(until) => format!("Access token valid until {}, {renews}", time_of_day(until, now, zone)),
        None if sign_in.renews => "The access token renews itself".to_owned(),
        None => "The access token has ended; sign in again".to_owned(),
    }
}

/// `15:04`, and the day when it is another one.
fn time_of_day(when: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (when, now) = (when.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if when.date() == now.date() { "%H:%M" } else { "%-d %B, %H:%M" };
    when.strftime(format).to_string()
}

/// The kind of a failed sign-in in a few words.
pub fn sign_in_headline(code: Code) -> String {
    match code {
        Code::VaultLocked | Code::VaultUnavailable | Code::VaultBusy | Code::WrongPassphrase | Code::SecretDamaged => {
            "The sign-in could not be stored"
        }
        Code::Dns | Code::Refused | Code::Unreachable | Code::Reset => "Could not reach the workspace",
        _ => "Could not sign in",
    }
    .to_owned()
}

pub fn signs_in_with(name: &str) -> String {
    format!("Signs in with {name}")
}

pub fn own_application(port: &str) -> String {
    let port = if port.trim().is_empty() { "8020" } else { port.trim() };
    format!(
        "Empty fields use Databricks' own application, which works almost everywhere. Some companies require an OAuth application of their own: \
         ask for its client ID, and have http://localhost:{port} registered as its redirect URL."
    )
}

pub fn signed_out(name: &str) -> String {
    format!("Signed out of {name}")
}

pub fn sign_ins_unsaved(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let whose = match names.as_slice() {
        [one] => format!("The sign-in of {one} was"),
        many => format!("The sign-ins of {} were", some_of(many)),
    };
    format!("{whose} renewed, but could not be stored. If Brickpass closes now, you have to sign in again next time.")
}

// The workspaces of an account
pub const ADD_WORKSPACES: &str = "Add workspaces from this account";

pub const FILTER_WORKSPACES: &str = "Filter workspaces";
pub const SELECT_SHOWN: &str = "Select all shown";
pub const ASKING_WORKSPACES: &str = "Asking the account for its workspaces";
pub const NO_WORKSPACES: &str = "This account has no workspaces that you may see.";
pub const NO_WORKSPACE_MATCHES: &str = "No workspace matches";
pub const NO_WORKSPACE_ADDRESS: &str = "Has no address yet";
pub const WORKSPACES: &str = "Workspaces";
pub const ADD: &str = "Add";
pub const ADDING: &str = "Adding";

pub fn add_workspaces(count: usize) -> String {
    if count == 0 { ADD.to_owned() } else { format!("Add {}", counted(count, "workspace", "workspaces")) }
}

pub fn already_there(name: &str) -> String {
    format!("Already here as {name}")
}

/// `westeurope, running`
pub fn region_and_status(region: Option<&str>, status: &str) -> String {
    let status = status.replace('_', " ").to_lowercase();
    let words: Vec<&str> = region.into_iter().chain([status.as_str()]).filter(|word| !word.is_empty()).collect();
    words.join(", ")
}

pub fn workspaces(count: usize) -> String {
    counted(count, "workspace", "workspaces")
}

pub fn workspace_with_id(name: &str, id: &str) -> String {
    format!("{name} ({id})")
}

pub fn added_workspaces(count: usize) -> String {
    format!("Added {}", counted(count, "workspace", "workspaces"))
}

// Elsewhere
pub const LOADING: &str = "Reading your connections";
pub const TRY_AGAIN: &str = "Try again";
pub const NOTHING_SELECTED: &str = "Select a connection to see it here";
pub const NO_CONNECTIONS: &str = "No connections yet";
pub const COPIED: &str = "Copied";
pub const CLEAR_NOW: &str = "Clear now";
pub const KEEP_LONGER: &str = "Keep 30 s more";
pub const CLIPBOARD_CLEARED: &str = "The clipboard is cleared";
pub const CLIPBOARD_UNSURE: &str = "This desktop does not always let the clipboard be cleared. Copy something else to be sure.";
pub const UNDONE: &str = "Undo";

/// "Access token on the clipboard, cleared in 0:23"
pub fn on_the_clipboard(what: &str, seconds: i64, guaranteed: bool) -> String {
    let sure = if guaranteed { "" } else { " if this desktop allows it" };
    format!("{} on the clipboard, cleared in {}:{:02}{sure}", capitalized(what), seconds / 60, seconds % 60)
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn deleted(name: &str) -> String {
    format!("Deleted {name}")
}

pub fn deleted_many(count: usize) -> String {
    format!("Deleted {}", connections(count))
}

pub fn connections(count: usize) -> String {
    counted(count, "connection", "connections")
}

pub fn selected(count: usize) -> String {
    format!("{} selected", connections(count))
}

pub fn moved_secrets(count: usize) -> String {
    format!("Moved {}", counted(count, "secret", "secrets"))
}

pub fn testing(ended: usize, all: usize) -> String {
    format!("Testing {} of {all}", (ended + 1).min(all))
}

pub fn no_match(filter: &str) -> String {
    format!("No connection matches \u{201c}{}\u{201d}", filter.trim())
}

pub fn clusters(total: usize, running: usize) -> String {
    format!("{}, {running} running", counted(total, "cluster", "clusters"))
}

pub fn workspace(id: &str) -> String {
    format!("Workspace {id}")
}

pub fn confirm(origin: &str) -> String {
    format!("I know {origin}")
}

pub fn connected_in(duration: Duration) -> String {
    format!("Connected in {}", took(duration))
}

pub fn stored_in(place: &str) -> String {
    format!("Stored in {place}")
}

pub fn will_be_stored_in(place: &str) -> String {
    format!("Will be stored in {place}")
}

pub fn will_be_replaced_in(place: &str) -> String {
    format!("Will replace the one stored in {place}")
}

pub fn locked(place: &str) -> String {
    format!("Secrets are stored in {place}, which is locked")
}

pub fn passphrase_of(place: &str, new: bool) -> String {
    if new { format!("Your secrets will be kept in {place}. {NO_RECOVERY}") } else { format!("Your secrets are kept in {place}.") }
}

pub fn close_body(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} has changes that are not saved."),
        many => format!("{} have changes that are not saved: {}", connections(many.len()), some_of(many)),
    }
}

pub fn conflict_body(name: &str, removed: bool) -> String {
    if removed {
        format!(
            "{name} was deleted in another window or by another program while you were editing it. Keep yours to add it again, or take theirs to let it go."
        )
    } else {
        format!(
            "{name} was changed in another window or by another program while you were editing it. Keep yours to replace their version, or take theirs and drop what you typed."
        )
    }
}

pub fn delete_title(name: Option<&str>, count: usize) -> String {
    match name {
        Some(name) => format!("Delete {name}?"),
        None => format!("Delete {}?", connections(count)),
    }
}

pub const DELETE_BODY: &str = "This is production. Nothing changes in Databricks, but the connection and its secret go from this computer.";

pub fn type_to_delete(expected: &str) -> String {
    format!("Type {expected} to delete")
}

/// A few names, and how many more.
fn some_of(names: &[&str]) -> String {
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown} and {} more", names.len() - 3) } else { shown }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// `<1 ms`, `4 ms`, `999 ms`, `1.2 s`, `75 s`.
pub fn took(duration: Duration) -> String {
    let ms = duration.as_millis();
    if ms == 0 {
        "<1 ms".to_owned()
    } else if ms < 1000 {
        format!("{ms} ms")
    } else if ms < 10_000 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} s", duration.as_secs())
    }
}

/// While it runs: tenths would flicker.
pub fn elapsed(seconds: i64) -> String {
    format!("{} s", seconds.max(0))
}

pub fn of_timeout(seconds: u64) -> String {
    format!("It ends after {seconds} s at the latest")
}

/// What the last test found, when its steps are not known any more.
pub fn last_result(last: &LastTest) -> String {
    format!("Last test: {}", row_state(last, None))
}

/// The kind of a failure in a few words; its own lines follow.
pub fn headline(code: Code) -> String {
    match code {
        Code::Dns | Code::Refused | Code::Unreachable | Code::Reset => "Could not reach the workspace",
        Code::ConnectTimeout | Code::ReadTimeout => "No answer in time",
        Code::TlsUnknownIssuer
        | Code::TlsExpired
        | Code::TlsNotYetValid
        | Code::TlsWrongHost
        | Code::TlsProtocol
        | Code::Tls
        | Code::CaFile => "No secure connection",
        Code::ProxyAuth | Code::ProxyUnreachable => "The proxy is in the way",
        Code::Unauthorized | Code::NoSecret | Code::SignInNeeded | Code::OauthRefused | Code::OauthProtocol | Code::OauthUnsupported => {
            "Could not sign in"
        }
        Code::RefreshBusy => "The sign-in is being renewed",
        Code::Forbidden | Code::IpBlocked | Code::PrivateLink => "No permission",
        Code::RateLimited | Code::ServerError => "The workspace cannot answer now",
        Code::NotFound | Code::Redirect | Code::NotApi | Code::Protocol | Code::TooLarge => "Not the answer of a workspace",
        Code::VaultLocked | Code::VaultUnavailable | Code::VaultBusy | Code::WrongPassphrase | Code::SecretDamaged => {
            "Could not read the token"
        }
        Code::Cancelled => "Cancelled",
        Code::Unsupported => "Cannot be tested yet",
        _ => "The test could not be made",
    }
    .to_owned()
}

pub fn waiting_for(seconds: i64) -> String {
    format!("The workspace asks to wait {} s", seconds.max(0))
}

/// `just now`, `3 min ago`, `2 h ago`, `5 days ago`, and when the words change next.
pub fn ago(then: Timestamp, now: Timestamp) -> (String, Duration) {
    let seconds = u64::try_from(now.duration_since(then).as_secs()).unwrap_or(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let (words, step) = if minutes == 0 {
        ("just now".to_owned(), 60)
    } else if hours == 0 {
        (format!("{minutes} min ago"), 60)
    } else if days == 0 {
        (format!("{hours} h ago"), 3600)
    } else {
        (counted(usize::try_from(days).unwrap_or(usize::MAX), "day ago", "days ago"), 86_400)
    };
    (words, Duration::from_secs(step - seconds % step))
}

pub const NOT_TESTED: &str = "Not tested";
pub const TEST_BROKEN: &str = "Test failed";

/// What a row says about the last test. `days_left`: so long the token lives, when that is known.
pub fn row_state(last: &LastTest, days_left: Option<i64>) -> String {
    match last.state {
        Status::Ok => format!("OK {}", took(Duration::from_millis(last.duration_ms))),
        other => state_word(other, days_left),
    }
}

fn state_word(state: Status, days_left: Option<i64>) -> String {
    match days_left.filter(|_| state == Status::Expiring) {
        Some(days) => tokens::expires_in(days),
        None => state.label().to_owned(),
    }
}

/// What the head of the form says: `OK, 182 ms, 3 min ago`.
pub fn head_state(last: &LastTest, ago: &str, days_left: Option<i64>) -> String {
    match last.state {
        Status::Ok | Status::Expiring => {
            format!("{}, {}, {ago}", state_word(last.state, days_left), took(Duration::from_millis(last.duration_ms)))
        }
        other => format!("{}, {ago}", other.label()),
    }
}

pub fn needs_sign_in(count: usize) -> String {
    if count == 1 { "1 needs sign-in".to_owned() } else { format!("{count} need sign-in") }
}

pub const OK: &str = "OK";

pub fn expiring(count: usize) -> String {
    if count == 1 { "1 expires soon".to_owned() } else { format!("{count} expire soon") }
}

pub fn without_permission(count: usize) -> String {
    format!("{count} without permission")
}

pub fn unreachable(count: usize) -> String {
    format!("{count} unreachable")
}

pub fn untested(count: usize) -> String {
    format!("{count} not tested")
}

pub fn cluster_state(state: &ClusterState) -> String {
    match state {
        ClusterState::Pending => "Pending".to_owned(),
        ClusterState::Running => "Running".to_owned(),
        ClusterState::Restarting => "Restarting".to_owned(),
        ClusterState::Resizing => "Resizing".to_owned(),
        ClusterState::Terminating => "Terminating".to_owned(),
        ClusterState::Terminated => "Terminated".to_owned(),
        ClusterState::Error => "Error".to_owned(),
        ClusterState::Other(word) => sentence(word),
    }
}

fn sentence(word: &str) -> String {
    let lower = word.replace('_', " ").to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub fn level(account: bool) -> &'static str {
    if account { "Account" } else { "Workspace" }
}

pub fn level_explained(account: bool) -> &'static str {
    if account { "The account above all workspaces, through the account console." } else { "One workspace." }
}

pub const SECRET_REJECTED: &str = "Databricks does not accept this client ID with this secret";
pub const REPLACE_SECRET: &str = "Replace client secret";
pub const TOKEN_REJECTED: &str = "The workspace does not accept this token";

/// Two lines for where there is little room.
pub fn short_failure(failure: &Failure) -> String {
    format!("{} {}", failure.what, failure.fix)
}

pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::SignIn => SIGN_IN,
        Remedy::EditBaseUrl => "Edit base URL",
        Remedy::EditTimeout => "Edit timeout",
        Remedy::ReplaceSecret => "Replace token",
        Remedy::OpenNetworkSettings | Remedy::OpenVaultSettings => OPEN_SETTINGS,
        Remedy::UnlockVault => UNLOCK,
        Remedy::TryAgain => TRY_AGAIN,
        Remedy::Reload => "Reload",
    }
}

pub fn read_only_failure(reason: &str) -> Failure {
    Failure::new(Code::ReadOnly, "This cannot be saved.", reason, "You can still look at and test your connections.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_largest_fitting_unit_and_know_when_they_change() {
        let then = Timestamp::from_second(1_700_000_000).unwrap();
        let after = |seconds: i64| ago(then, Timestamp::from_second(1_700_000_000 + seconds).unwrap());
        assert_eq!(after(0), ("just now".to_owned(), Duration::from_secs(60)));
        assert_eq!(after(-50).0, "just now");
        assert_eq!(after(59), ("just now".to_owned(), Duration::from_secs(1)));
        assert_eq!(after(60).0, "1 min ago");
        assert_eq!(after(185), ("3 min ago".to_owned(), Duration::from_secs(55)));
        assert_eq!(after(7200).0, "2 h ago");
        assert_eq!(after(86_400).0, "1 day ago");
        assert_eq!(after(5 * 86_400), ("5 days ago".to_owned(), Duration::from_secs(86_400)));
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(took(Duration::from_micros(300)), "<1 ms");
        assert_eq!(took(Duration::from_millis(182)), "182 ms");
        assert_eq!(took(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(took(Duration::from_secs(75)), "75 s");
    }

    #[test]
    fn a_state_of_a_newer_service_reads_as_a_sentence() {
        assert_eq!(cluster_state(&ClusterState::Other("UNKNOWN_STATE".into())), "Unknown state");
    }
}
