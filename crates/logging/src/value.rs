//! What may be logged: a list of types, none of which holds a secret.

use std::{fmt, path::Path, time::Duration};

use serde::Serialize as _;

use brickpass_core::{
    connection::{BaseUrl, ConnectionId, SecretKind, secrets_starred},
    failure::{Code, Failure},
};

/// A value that may be logged. Numbers, fixed words, ids, addresses, codes and times may; text that was read, typed or received may not, so
/// `String` and `&str` (other than `&'static str`) do not implement this. Each `impl` is a decision: it must be clear from the type that no
/// value of it is, or contains, a secret.
///
/// ```compile_fail
/// let token = String::from("not for the log");
/// brickpass_logging::info!("signed in", token = token);
/// ```
///
/// ```compile_fail
/// let token = String::from("not for the log");
/// brickpass_logging::info!("signed in", token = token.as_str());
/// ```
///
/// ```compile_fail
/// let token = secrecy::SecretString::from("not for the log");
/// brickpass_logging::info!("signed in", token = token);
/// ```
pub trait Loggable {
    /// Writes the value as the log shows it: one line.
    ///
    /// # Errors
    /// Those of the formatter.
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// A field's value for `tracing`. The macros of this crate call it.
pub fn shown<T: Loggable>(value: T) -> impl tracing::Value + use<T> {
    tracing::field::display(Shown(value))
}

struct Shown<T>(T);

impl<T: Loggable> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.log(f)
    }
}

impl<T: Loggable + ?Sized> Loggable for &T {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).log(f)
    }
}

macro_rules! as_displayed {
    ($($type:ty),+ $(,)?) => {
        $(impl Loggable for $type {
            fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        })+
    };
}

// An address has no user, no path and no query: `BaseUrl` keeps the origin alone.
as_displayed!(bool, u8, u16, u32, u64, usize, i64, ConnectionId, BaseUrl);

/// A word of the program.
impl Loggable for &'static str {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// In whole milliseconds.
impl Loggable for Duration {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.as_millis())
    }
}

/// Which secret, never its value.
impl Loggable for SecretKind {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word that `--json` has for it.
impl Loggable for Code {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The code alone: the texts may quote a server.
impl Loggable for Failure {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.log(f)
    }
}

/// `ok`, or the error. The value of a success is not shown.
impl<T, E: Loggable> Loggable for Result<T, E> {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ok(_) => f.write_str("ok"),
            Err(error) => error.log(f),
        }
    }
}

impl<T: Loggable> Loggable for Option<T> {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.log(f),
            None => f.write_str("none"),
        }
    }
}

/// The last part of a path, without the folders that may name a user. Control characters are escaped, and what looks like a secret is starred.
pub struct FileName<'a>(
    /// The whole path.
    pub &'a Path,
);

impl Loggable for FileName<'_> {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        write!(f, "{}", secrets_starred(&name).escape_debug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(value: impl Loggable) -> String {
        Shown(value).to_string()
    }

    #[test]
    fn each_type_is_shown_as_one_plain_word() {
        assert_eq!(logged(Duration::from_micros(12_900)), "12ms");
        assert_eq!(logged(SecretKind::ClientSecret), "client-secret");
        assert_eq!(
            logged(BaseUrl::read("https://adb-1.2.azuredatabricks.net/?o=1#x").unwrap().base_url),
            "https://adb-1.2.azuredatabricks.net"
        );
        assert_eq!(logged(FileName(Path::new("/home/me/vault.age"))), "vault.age");
        assert_eq!(logged(FileName(Path::new("a\nb"))), "a\\nb");
        assert_eq!(logged(Some(3_u8)), "3");
        assert_eq!(logged(None::<u8>), "none");
    }

    #[test]
    fn of_an_outcome_only_the_code_is_shown() {
        let failure = Failure::new(Code::VaultLocked, "what", "why", "fix").with_details("details");
        assert_eq!(logged(Err::<&str, _>(failure)), "vault-locked");
        assert_eq!(logged(Ok::<_, Failure>("the value")), "ok");
    }
}
