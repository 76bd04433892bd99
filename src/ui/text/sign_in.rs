//! Signing in with the browser.

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
pub const EXCHANGING: &str = "Your browser is done. Asking who you are.";
pub const FINISHING: &str = "Storing the sign-in.";
pub const ENDING: &str = "Nothing is changed. Ending the sign-in.";
pub const IN_BROWSER: &str = "Continue in your browser";
pub const NO_BROWSER: &str = "Open the sign-in page yourself";
pub const NO_BROWSER_WHY: &str = "No browser could be opened from here. Copy the sign-in link, open it in a browser on this computer, and come back here when you are done. With a browser on another computer, paste the address that it ends on.";
pub const COPY_LINK: &str = "Copy sign-in link";
pub const OPEN_AGAIN: &str = "Open again";
pub const PASTE_ADDRESS: &str = "Paste the address";
pub const PASTE_WHY: &str =
    "If the browser is on another computer, it ends on an address that it cannot open. Copy all of that address and paste it here.";
pub const PASTED_ADDRESS: &str = "Address that the browser ended on";
pub const PASTE_HINT: &str = "http://localhost:...";
pub const USE_ADDRESS: &str = "Use this address";
pub const WRONG_KEY: &str =
    "An answer with the key of another sign-in was turned away. If you opened an older link, use the newest one. Still waiting.";
pub const LONELY: &str = "Nothing has come back yet. A browser on another computer (WSL, remote desktop, SSH) cannot reach this one: open the link in a \
     browser on this computer, paste the address that the other browser ends on, or use a personal access token or a service principal.";
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
pub const SCOPES: &str = Field::Scopes.spec().label;
pub const SCOPES_HINT: &str = Field::Scopes.spec().hint;
pub const PRINCIPALS_SCOPES_HINT: &str = "all-apis";
pub const REDIRECT_PORT: &str = Field::RedirectPort.spec().label;
pub const REDIRECT_PORT_HINT: &str = Field::RedirectPort.spec().hint;
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

/// `other`: it belongs to another sign-in.
pub fn paste_refused(other: bool) -> &'static str {
    if other {
        "This address belongs to another sign-in. Open the link of this one, and paste the address that the browser ends on. Still waiting."
    } else {
        "This is not the address that the browser ends on: that one begins with http://localhost and holds a code. Copy all of it. Still waiting."
    }
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
        Code::VaultLocked | Code::VaultLost | Code::VaultUnavailable | Code::VaultBusy | Code::WrongPassphrase | Code::SecretDamaged => {
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
