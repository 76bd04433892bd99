//! The cached access token in the vault, so that other processes, which may run only for a moment, need not fetch their own.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{
    issuance::IssuanceKey,
    token_state::{is_fresh, renew_at},
};
use crate::oauth::AccessToken;
use brickpass_core::connection::AccountId;

/// Buffer size in bytes, larger than the data, so that the buffer never grows and leaves copies of a token behind.
const ROOM: usize = 16 * 1024;

/// No `Debug`: most of it is the secret.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct CachedToken {
    #[serde(serialize_with = "expose", deserialize_with = "conceal")]
    token: SecretString,
    pub(super) issued_at: Timestamp,
    expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    expiry_assumed: bool,
}

impl CachedToken {
    /// `None`: the expiry is unknown.
    pub(super) fn of(token: &AccessToken, issued_at: Timestamp) -> Option<Self> {
        let expires_at = token.expires_at?;
        Some(Self { token: token.secret.clone(), issued_at, expires_at, expiry_assumed: token.expiry_assumed })
    }

    pub(super) fn secret(&self) -> &SecretString {
        &self.token
    }

    pub(super) fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The token, unless it has expired: for a sign-in without renewal.
    pub(super) fn valid(&self, now: Timestamp) -> Option<AccessToken> {
        (now < self.expires_at).then(|| self.access_token())
    }

    fn access_token(&self) -> AccessToken {
        AccessToken { secret: self.token.clone(), expires_at: Some(self.expires_at), expiry_assumed: self.expiry_assumed }
    }

    /// The token, unless it is time to renew it.
    pub(super) fn good(&self, now: Timestamp) -> Option<AccessToken> {
        let token = self.access_token();
        is_fresh(self.issued_at, renew_at(&token, self.issued_at, jiff::SignedDuration::ZERO), now).then_some(token)
    }
}

/// A service principal's access token, bound to where it may be sent and to the client secret it was issued for.
#[derive(Serialize, Deserialize)]
pub(super) struct PrincipalsToken {
    v: u32,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    client_id: String,
    /// `None`: all scopes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    /// Digest of the client secret.
    secret_sha256: [u8; 32],
    #[serde(rename = "kept")]
    pub(super) cached: CachedToken,
}

impl PrincipalsToken {
    const VERSION: u32 = 1;

    pub(super) fn new(issuance: &IssuanceKey, secret_sha256: [u8; 32], cached: CachedToken) -> Self {
        Self {
            v: Self::VERSION,
            origin: issuance.target.base_url.origin(),
            account_id: issuance.target.account_id.as_ref().map(|id| id.as_str().to_owned()),
            client_id: issuance.client_id().to_owned(),
            scopes: issuance.scopes(),
            secret_sha256,
            cached,
        }
    }

    /// `None`: damaged, written by a newer version of Brickpass, or for another host or secret.
    pub(super) fn read(stored: &SecretString, issuance: &IssuanceKey, secret_sha256: [u8; 32]) -> Option<Self> {
        let read: Self = serde_json::from_str(stored.expose_secret()).ok()?;
        let fits = read.v == Self::VERSION
            && read.origin == issuance.target.base_url.origin()
            && read.account_id.as_deref() == issuance.target.account_id.as_ref().map(AccountId::as_str)
            && read.client_id == issuance.client_id()
            && read.scopes == issuance.scopes()
            && read.secret_sha256 == secret_sha256;
        fits.then_some(read)
    }

    pub(super) fn write(&self) -> SecretString {
        write(self)
    }
}

pub(super) fn write(document: &impl Serialize) -> SecretString {
    let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
    // Writing strings and numbers to memory has no way to fail; what it could not write would be read as damaged.
    let _ = serde_json::to_writer(&mut *text, document);
    SecretString::from(String::from_utf8_lossy(&text).into_owned())
}

pub(super) fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "serde gives it so")]
pub(super) fn expose_some<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => expose(secret, serializer),
        None => serializer.serialize_none(),
    }
}

pub(super) fn conceal_some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.map(SecretString::from))
}

pub(super) fn conceal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::{super::issuance::tests::browser, *};

    fn at(minutes: i64) -> Timestamp {
        "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    fn cached(minutes: i64) -> CachedToken {
        let token = AccessToken { secret: "the-access-token".into(), expires_at: Some(at(minutes)), expiry_assumed: false };
        CachedToken::of(&token, at(0)).unwrap()
    }

    #[test]
    fn a_kept_token_is_good_for_as_long_as_nobody_would_renew_it() {
        assert!(cached(60).good(at(0)).is_some() && cached(60).good(at(54)).is_some());
        assert!(cached(60).valid(at(59)).is_some() && cached(60).valid(at(60)).is_none(), "to its very end");
        assert!(cached(60).good(at(55)).is_none(), "five minutes are left");
        assert!(cached(60).good(at(-6)).is_none(), "the clock was set back: its age is unknown");
        assert!(cached(8).good(at(3)).is_some() && cached(8).good(at(4)).is_none(), "half its life");
        let endless = AccessToken { secret: "a".into(), expires_at: None, expiry_assumed: false };
        assert!(CachedToken::of(&endless, at(0)).is_none());
    }

    #[test]
    fn a_principals_token_is_for_the_place_and_the_secret_that_it_was_issued_for_and_no_other() {
        let issuance = |changes: serde_json::Value| {
            let mut auth = json!({"auth": {"type": "service-principal", "client_id": "12345678-90ab-cdef-1234-567890abcdef"}});
            auth.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            IssuanceKey::of(&browser(auth)).unwrap()
        };
        let here = issuance(json!({}));
        let written = PrincipalsToken::new(&here, [1; 32], cached(60)).write();
        let stored: serde_json::Value = serde_json::from_str(written.expose_secret()).unwrap();
        assert_eq!(stored["kept"]["token"], "the-access-token", "the key that earlier versions wrote");
        let read = PrincipalsToken::read(&written, &here, [1; 32]).unwrap();
        assert_eq!(read.cached.good(at(1)).unwrap().secret.expose_secret(), "the-access-token");
        assert!(PrincipalsToken::read(&written, &here, [2; 32]).is_none(), "another secret");
        let elsewhere = json!({"base_url": "https://adb-1.2.azuredatabricks.net"});
        assert!(PrincipalsToken::read(&written, &issuance(elsewhere), [1; 32]).is_none());
        let other = json!({"auth": {"type": "service-principal", "client_id": "22345678-90ab-cdef-1234-567890abcdef"}});
        assert!(PrincipalsToken::read(&written, &issuance(other), [1; 32]).is_none());
        let account = json!({"level": {"account": {"account_id": "12345678-90ab-cdef-1234-567890abcdef"}}});
        assert!(PrincipalsToken::read(&written, &issuance(account), [1; 32]).is_none());
        for damaged in ["", "{}", "a-bare-token"] {
            assert!(PrincipalsToken::read(&damaged.into(), &here, [1; 32]).is_none(), "{damaged}");
        }
    }
}
