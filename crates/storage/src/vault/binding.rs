//! Secrets that older versions stored do not name the address they were entered for. Such a secret is bound the first time it is looked at, to the
//! address that its connection had when this version started first (`FirstAddresses`), and is judged like any other from then on.

use std::collections::HashMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    SecretId, SecretKey, Vault, VaultError,
    chunks::{self, Sealed},
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
    pub(super) fn of(sealed: &Sealed) -> Self {
        let text = sealed.secret.expose_secret();
        let length = text.chars().count();
        let last_four = if length < 12 { String::new() } else { text.chars().skip(length - 4).collect() };
        Self { length, last_four, entered_for: sealed.entered_for.clone() }
    }
}

impl Vault {
    /// The secret, if it may be used for what it is wanted for.
    pub(super) fn checked(key: &SecretKey, sealed: Sealed) -> Result<SecretString, VaultError> {
        match key.wanted_for() {
            Some(wanted) if sealed.entered_for.as_ref() != Some(wanted) => {
                Err(VaultError::EnteredElsewhere { kind: key.id().kind, entered_for: sealed.entered_for, wanted: wanted.clone() })
            }
            _ => Ok(sealed.secret),
        }
    }

    /// Binds those that are not bound yet, with one write where the home can do that. A binding that cannot be written holds for this call.
    pub(super) fn bind_old(&self, found: &mut [(SecretId, Option<Sealed>)]) {
        let unbound: Vec<SecretId> = found.iter().filter(|(id, sealed)| is_unbound(*id, sealed.as_ref())).map(|(id, _)| *id).collect();
        if unbound.is_empty() {
            return;
        }
        let known: HashMap<SecretId, EnteredFor> = self.first_addresses.as_ref().map(|known| known.of(&unbound)).unwrap_or_default();
        let mut bindings = Vec::new();
        for (id, sealed) in found {
            if is_unbound(*id, sealed.as_ref())
                && let Some((sealed, entered_for)) = sealed.as_mut().zip(known.get(id))
            {
                sealed.entered_for = Some(entered_for.clone());
                bindings.push((id.account(), id.label(), sealed.generation, entered_for.clone()));
            }
        }
        let _ = chunks::bind(self.inner.store(), &bindings);
    }
}

fn is_unbound(id: SecretId, sealed: Option<&Sealed>) -> bool {
    EnteredFor::binds(id.kind) && sealed.is_some_and(|sealed| sealed.entered_for.is_none())
}
