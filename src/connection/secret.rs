//! Secrets on their way from the field to the vault.

use secrecy::SecretString;
use zeroize::Zeroizing;

/// Which secret of a connection. The word is part of the vault's entry name and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretKind {
    PersonalAccessToken,
    ClientSecret,
    RefreshToken,
}

impl SecretKind {
    pub const ALL: [Self; 3] = [Self::PersonalAccessToken, Self::ClientSecret, Self::RefreshToken];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "pat",
            Self::ClientSecret => "client-secret",
            Self::RefreshToken => "refresh-token",
        }
    }
}

/// A secret being typed: no `Debug` of its content, wiped on drop, capacity reserved so that typing leaves no copies behind.
#[derive(Clone)]
pub struct TypedSecret(Zeroizing<String>);

impl TypedSecret {
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn expose_mut(&mut self) -> &mut String {
        &mut self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        SecretString::from(self.0.as_str().to_owned())
    }
}

impl Default for TypedSecret {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(8 * 1024)))
    }
}

impl From<&str> for TypedSecret {
    fn from(text: &str) -> Self {
        let mut typed = Self::default();
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
