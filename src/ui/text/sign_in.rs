//! The texts of browser sign-in.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::some_of;
use brickpass_core::{connection::Field, failure::Code};
use brickpass_engine::SignIn;

pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_AGAIN: &str = "Sign in again";
pub const SIGN_OUT: &str = "Sign out";
pub const CANCEL_SIGN_IN: &str = "Cancel sign-in";
pub const SIGNING_IN: &str = "Signing in";
pub const SIGNED_IN: &str = "Signed in";
pub const BEGINNING: &str = "Getting ready.";
pub const EXCHANGING: &str = "Signed in. Loading your user.";
pub const FINISHING: &str = "Storing the sign-in.";
pub const ENDING: &str = "Ending the sign-in. Nothing changes.";
pub const IN_BROWSER: &str = "Continue in your browser";
pub const NO_BROWSER: &str = "Open the sign-in page yourself";
pub const NO_BROWSER_WHY: &str = "Brickpass could not open a browser. Copy the sign-in link, open it in a browser on this computer, and come back here when you are done. If your browser is on another computer, paste the address it ends on.";
pub const COPY_LINK: &str = "Copy sign-in link";
pub const OPEN_AGAIN: &str = "Open again";
pub const PASTE_ADDRESS: &str = "Paste address";
pub const PASTE_WHY: &str =
    "A browser on another computer ends on an address that it cannot open. Copy the whole address and paste it here.";
pub const PASTED_ADDRESS: &str = "Address from the browser";
pub const PASTE_HINT: &str = "http://localhost:...";
pub const USE_ADDRESS: &str = "Use this address";
pub const WRONG_KEY: &str =
    "Ignored a reply that did not match this sign-in. If you opened an older link, use the newest one. Still waiting.";
pub const NO_CALLBACK_YET: &str = "No reply yet. Using WSL, SSH or a remote desktop? Open the link in a browser on this computer, paste the address that the \
     other browser ends on, or use a personal access token or a service principal.";
pub const CONFIRM_HOST: &str = "Trust this address?";
pub const CONFIRM_HOST_WHY: &str = "You signed in at this address. Continue only if you recognize it:";
pub const CONFIRM_HOST_NO: &str = "No, cancel";
pub const CONFIRM_HOST_YES: &str = "Trust and sign in";
pub const OTHER_USER: &str = "Different user";
pub const OTHER_USER_WHY: &str = "The new sign-in would replace the stored one.";
pub const OTHER_USER_NO: &str = "Keep current user";
pub const OTHER_USER_YES: &str = "Switch user";
pub const SAVE_TO_KEEP: &str = "The address is filled in. Save the connection to keep this sign-in.";
pub const SIGN_IN_ROW: &str = "Sign-in";
pub const NOT_SIGNED_IN: &str = "Not signed in";
pub const LOOKING_WHO: &str = "Checking sign-in";
pub const SAVES_FIRST: &str = "Saves the connection, then signs in";
pub const OWN_SIGN_IN: &str = "Use a separate sign-in";
pub const ACCOUNT_GONE: &str = "The connection that held its sign-in was deleted";
pub const DO_NOT_KNOW_ADDRESS: &str = "I don't know my workspace URL";
pub const DO_NOT_KNOW_ACCOUNT: &str = "I don't know my account URL";
pub const APP_PART: &str = "OAuth application";
pub const APP_CLIENT_HINT: &str = "databricks-cli";
pub const SCOPES: &str = Field::Scopes.spec().label;
pub const SCOPES_HINT: &str = Field::Scopes.spec().hint;
pub const PRINCIPALS_SCOPES_HINT: &str = "all-apis";
pub const REDIRECT_PORT: &str = Field::RedirectPort.spec().label;
pub const REDIRECT_PORT_HINT: &str = Field::RedirectPort.spec().hint;
/// A placeholder while the address is unknown; nothing is sent there.
pub const ANYWHERE: &str = "https://unknown.cloud.databricks.com";
pub const ANYWHERE_WHY: &str =
    "Your browser shows the Databricks sign-in page, which asks where you want to go. Come back here when you are done.";
pub const DISCOVERING_ANYWHERE: &str = "Loading sign-in settings from Databricks.";
pub const QUIT_ANYWAY: &str = "Quit anyway";
pub const SIGN_INS_UNSAVED_TITLE: &str = "A renewed sign-in is not saved";

pub fn checking_vault(place: Option<&str>) -> String {
    format!("Checking {}.", place.unwrap_or("secret storage"))
}

pub fn discovering(host: &str) -> String {
    format!("Loading sign-in settings from {host}.")
}

pub fn in_browser_why(host: &str) -> String {
    format!("Your browser shows the sign-in page of {host}. Come back here when you are done.")
}

pub fn listening(port: u16) -> String {
    format!("Listening on localhost:{port}")
}

/// `other`: it belongs to another sign-in.
pub fn paste_refused(other: bool) -> &'static str {
    if other {
        "This address belongs to another sign-in. Open the link of this one and paste the address that the browser ends on. Still waiting."
    } else {
        "This is not the address that the browser ends on. That one begins with http://localhost and contains a code. Copy all of it. Still waiting."
    }
}

/// `4:59`
pub fn time_left(left: SignedDuration) -> String {
    // Rounded up: five minutes are 5:00, and 0:00 is the end.
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `Access token valid until 15:04 (renews automatically)`
pub fn valid_until(sign_in: &SignIn, now: Timestamp, zone: &TimeZone) -> String {
    let renews = if sign_in.renews { " (renews automatically)" } else { ", then sign in again" };
    match sign_in.expires_at.filter(|until| *until > now) {
        Some(until) => format!("Access token valid until {}{renews}", time_of_day(until, now, zone)),
        None if sign_in.renews => "The access token renews automatically".to_owned(),
        None => "Session expired. Sign in again.".to_owned(),
    }
}

/// `15:04`, with the date unless it is today.
fn time_of_day(when: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (when, now) = (when.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let format = if when.date() == now.date() { "%H:%M" } else { "%-d %B, %H:%M" };
    when.strftime(format).to_string()
}

/// The kind of a failed sign-in in a few words.
pub fn sign_in_headline(code: Code) -> String {
    match code {
        Code::VaultLocked | Code::VaultLost | Code::VaultUnavailable | Code::VaultBusy | Code::WrongPassphrase | Code::SecretDamaged => {
            "Could not save the sign-in"
        }
        Code::Dns | Code::Refused | Code::Unreachable | Code::Reset => "Could not reach the workspace",
        _ => "Could not sign in",
    }
    .to_owned()
}

pub fn signs_in_with(name: &str) -> String {
    format!("Uses the sign-in of {name}")
}

pub fn own_application(port: &str) -> String {
    let port = if port.trim().is_empty() { "8020" } else { port.trim() };
    format!(
        "Leave empty to use Databricks' own application, which works almost everywhere. If your company requires its own OAuth application, \
         enter its client ID and register http://localhost:{port} as its redirect URL."
    )
}

pub fn signed_out(name: &str) -> String {
    format!("Signed out of {name}")
}

pub fn sign_ins_unsaved(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let sign_ins = match names.as_slice() {
        [one] => format!("The sign-in of {one} was"),
        many => format!("The sign-ins of {} were", some_of(many)),
    };
    format!("{sign_ins} renewed but could not be saved. If you close Brickpass now, you must sign in again next time.")
}
