//! Secrets that older versions stored do not name the address they were entered for. Such a secret is bound the first time it is looked at, to the
//! address that its connection had when this version started first (`FirstAddresses`), and is judged like any other from then on.

use std::collections::HashMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    SecretId, SecretKey, Vault, VaultError,
    chunks::{self, VersionedSecret},
};
use brickpass_core::connection::EnteredFor;

/// What may be told of a stored secret without giving it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretDescription {
    /// In characters.
    pub length: usize,
    /// The last four characters; empty when it is shorter than twelve.
    pub last_four: String,
    /// `None`: stored by an older version for a connection that is not in the list, or what a sign-in brought.
    pub entered_for: Option<EnteredFor>,
}

impl SecretDescription {
    pub(super) fn of(versioned: &VersionedSecret) -> Self {
        let text = versioned.secret.expose_secret();
        let length = text.chars().count();
        let last_four = if length < 12 { String::new() } else { text.chars().skip(length - 4).collect() };
        Self { length, last_four, entered_for: versioned.entered_for.clone() }
    }
}

impl Vault {
    /// The secret, if it may be used for what it is wanted for.
    pub(super) fn checked(key: &SecretKey, versioned: VersionedSecret) -> Result<SecretString, VaultError> {
        match key.wanted_for() {
            Some(wanted) if versioned.entered_for.as_ref() != Some(wanted) => {
                Err(VaultError::EnteredElsewhere { kind: key.id().kind, entered_for: versioned.entered_for, wanted: wanted.clone() })
            }
            _ => Ok(versioned.secret),
        }
    }

    /// Binds those that are not bound yet, with one write where the home can do that. A binding that cannot be written holds for this call.
    pub(super) fn bind_old(&self, found: &mut [(SecretId, Option<VersionedSecret>)]) {
        let unbound: Vec<SecretId> =
            found.iter().filter(|(id, versioned)| is_unbound(*id, versioned.as_ref())).map(|(id, _)| *id).collect();
        if unbound.is_empty() {
            return;
        }
        let known: HashMap<SecretId, EnteredFor> = self.first_addresses.as_ref().map(|known| known.of(&unbound)).unwrap_or_default();
        let mut bindings = Vec::new();
        for (id, versioned) in found {
            if is_unbound(*id, versioned.as_ref())
                && let Some((versioned, entered_for)) = versioned.as_mut().zip(known.get(id))
            {
                versioned.entered_for = Some(entered_for.clone());
                bindings.push((id.account(), id.label(), versioned.generation, entered_for.clone()));
            }
        }
        let _ = chunks::bind(self.inner.store(), &bindings);
    }
}

fn is_unbound(id: SecretId, versioned: Option<&VersionedSecret>) -> bool {
    EnteredFor::binds(id.kind) && versioned.is_some_and(|versioned| versioned.entered_for.is_none())
}
