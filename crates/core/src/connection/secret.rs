//! Secrets on their way from the field to the vault.

use secrecy::SecretString;
use zeroize::Zeroizing;

/// Which secret of a connection. The word is part of the vault's entry name and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretKind {
    /// A long-lived token of a user.
    PersonalAccessToken,
    /// The OAuth secret of a service principal.
    ClientSecret,
    /// A sign-in through the browser: its refresh token, and the access token beside it.
    RefreshToken,
    /// Not a person's secret: what a client secret has opened, kept for other processes until it ends.
    AccessToken,
}

impl SecretKind {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::PersonalAccessToken, Self::ClientSecret, Self::RefreshToken, Self::AccessToken];

    /// Part of the name of an entry in the vault; never changes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "pat",
            Self::ClientSecret => "client-secret",
            Self::RefreshToken => "refresh-token",
            Self::AccessToken => "access-token",
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "a personal access token",
            Self::ClientSecret => "a client secret",
            Self::RefreshToken => "a refresh token",
            Self::AccessToken => "an access token",
        }
    }
}

/// A secret being typed: no `Debug` of its content, wiped on drop, capacity reserved so that typing leaves no copies behind.
pub struct TypedSecret(Zeroizing<String>);

impl TypedSecret {
    /// Bytes: longer than any secret that is typed or pasted by hand.
    const RESERVED: usize = 8 * 1024;

    /// Room for text that is pasted, in bytes; a secret that is typed needs less.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(bytes)))
    }

    /// The text, for a call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text, to be typed into. Beyond the reserved capacity it moves, and leaves a copy in freed memory.
    pub fn expose_mut(&mut self) -> &mut String {
        &mut self.0
    }

    /// Nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is nothing in it that a person can see?
    #[must_use]
    pub fn is_blank(&self) -> bool {
        super::token::is_blank(self.expose())
    }

    /// A copy that can no longer be typed into.
    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        SecretString::from(self.0.as_str().to_owned())
    }
}

/// By hand: a clone is typed into as well, so it reserves the same capacity.
impl Clone for TypedSecret {
    fn clone(&self) -> Self {
        Self::from(self.expose())
    }
}

impl Default for TypedSecret {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(Self::RESERVED)))
    }
}

impl From<&str> for TypedSecret {
    fn from(text: &str) -> Self {
        let mut typed = Self(Zeroizing::new(String::with_capacity(text.len().max(Self::RESERVED))));
        typed.0.push_str(text);
        typed
    }
}

impl PartialEq for TypedSecret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl std::fmt::Debug for TypedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_has_room_to_type_in_without_leaving_copies_behind() {
        let clone = TypedSecret::from("abc").clone();
        assert_eq!(clone.expose(), "abc");
        assert!(clone.0.capacity() >= TypedSecret::RESERVED);
        assert_eq!(format!("{clone:?}"), "[redacted]");
    }
}
