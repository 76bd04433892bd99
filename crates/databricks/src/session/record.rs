//! A sign-in as stored in the vault (under `SecretKind::RefreshToken`): the refresh token and its access token, their user, and the only place
//! they may be sent to.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{
    cached_token::{self, CachedToken, conceal_some, expose_some},
    issuance::{IssuanceKey, digest},
};
use crate::oauth::Target;
use brickpass_core::connection::{AccountId, BaseUrl, ClientId, OAuthApp};

/// What may be shown of a stored sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub user: String,
    /// When the person signed in.
    pub since: Timestamp,
    /// When the access token ends: that in memory, or, of a sign-in that does not renew itself, the stored one.
    pub expires_at: Option<Timestamp>,
    /// It renews automatically: there is a refresh token, and the server is not known to refuse it.
    pub renews: bool,
}

/// One document, so that the tokens are never separated from where they may be sent. No `Debug`: most of it is secret.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    v: u32,
    /// `None`: it ends with its access token.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "expose_some", deserialize_with = "conceal_some")]
    pub(super) refresh_token: Option<SecretString>,
    /// Added when processes began to share it; a record without it counts as one with an expired access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) access: Option<CachedToken>,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    client_id: String,
    scopes: Vec<String>,
    pub(super) user: String,
    pub(super) signed_in_at: Timestamp,
}

impl Record {
    const VERSION: u32 = 1;

    pub(super) fn new(
        refresh_token: Option<SecretString>,
        access: Option<CachedToken>,
        issuance: &IssuanceKey,
        user: String,
        now: Timestamp,
    ) -> Self {
        Self {
            v: Self::VERSION,
            refresh_token,
            access,
            origin: issuance.target.base_url.origin(),
            account_id: issuance.target.account_id.as_ref().map(|id| id.as_str().to_owned()),
            client_id: issuance.client_id().to_owned(),
            scopes: issuance.scopes(),
            user,
            signed_in_at: now,
        }
    }

    /// The same sign-in with the server's new access token and, if it rotates them, its new refresh token.
    pub(super) fn renewed(&self, refresh_token: Option<SecretString>, access: Option<CachedToken>) -> Self {
        Self { refresh_token: refresh_token.or_else(|| self.refresh_token.clone()), access, ..self.clone() }
    }

    /// Without the refresh token, which the server no longer accepts, until the access token expires.
    pub(super) fn without_renewal(self) -> Self {
        Self { refresh_token: None, ..self }
    }

    pub(super) fn renews(&self) -> bool {
        self.refresh_token.is_some()
    }

    /// Where it was issued, and to which application. `None`: unreadable.
    pub(super) fn issued_by(&self) -> Option<(Target, OAuthApp)> {
        let base_url = BaseUrl::read(&self.origin).ok()?.base_url;
        let account_id = self.account_id.as_deref().map(AccountId::parse).transpose().ok()?;
        let client_id = ClientId::parse(&self.client_id).ok()?;
        Some((Target { base_url, account_id }, OAuthApp { client_id: Some(client_id), ..OAuthApp::default() }))
    }

    /// `None`: damaged, or written by a newer version of Brickpass.
    pub(super) fn read(stored: &SecretString) -> Option<Self> {
        serde_json::from_str(stored.expose_secret()).ok().filter(|record: &Self| record.v == Self::VERSION)
    }

    pub(super) fn write(&self) -> SecretString {
        cached_token::write(self)
    }

    /// May the token be sent where this connection signs in? Only to the server and as the application it was issued for.
    pub(super) fn is_for(&self, issuance: &IssuanceKey) -> bool {
        let mut scopes = self.scopes.clone();
        scopes.sort();
        self.origin == issuance.target.base_url.origin()
            && self.account_id.as_deref() == issuance.target.account_id.as_ref().map(AccountId::as_str)
            && self.client_id == issuance.client_id()
            && scopes == issuance.scopes()
    }

    /// Would the tokens of both be sent to the same place?
    pub(super) fn is_for_the_place_of(&self, other: &Self) -> bool {
        (&self.origin, &self.account_id, &self.client_id, &self.scopes)
            == (&other.origin, &other.account_id, &other.client_id, &other.scopes)
    }

    /// Digest that distinguishes sign-ins.
    pub(super) fn digest(&self) -> [u8; 32] {
        match (&self.refresh_token, &self.access) {
            (Some(refresh_token), _) => digest(refresh_token),
            (None, Some(access)) => digest(access.secret()),
            (None, None) => [0; 32],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::issuance::tests::browser, *};

    fn record(connection: serde_json::Value) -> Record {
        let issuance = IssuanceKey::of(&browser(connection)).unwrap();
        Record::new(Some("the-refresh-token".into()), None, &issuance, "ada@example.com".into(), "2026-11-22T10:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_was_written_is_read_again() {
        let record = record(serde_json::json!({}));
        let written = record.write();
        let read = Record::read(&written).unwrap();
        assert_eq!((read.refresh_token.as_ref().unwrap().expose_secret(), read.user.as_str()), ("the-refresh-token", "ada@example.com"));
        assert_eq!(read.signed_in_at, record.signed_in_at);
        assert_eq!(read.write().expose_secret(), written.expose_secret());
    }

    #[test]
    fn a_record_from_before_access_tokens_were_kept_is_read() {
        let old = record(serde_json::json!({})).write();
        assert!(!old.expose_secret().contains("\"access\""), "{}", old.expose_secret());
        assert!(Record::read(&old).unwrap().access.is_none());
    }

    #[test]
    fn a_record_says_where_its_token_was_issued_and_to_which_application() {
        let account = "12345678-90ab-cdef-1234-567890abcdef";
        let made =
            record(serde_json::json!({"level": {"account": {"account_id": account}}, "auth": {"type": "browser", "client_id": "ours"}}));
        let (target, app) = made.issued_by().unwrap();
        assert_eq!(target.base_url.origin(), "https://adb-1234567890123456.7.azuredatabricks.net");
        assert_eq!((target.account_id.unwrap().as_str(), app.client_id()), (account, "ours"));
    }

    #[test]
    fn what_cannot_be_understood_is_no_record() {
        let newer = record(serde_json::json!({})).write().expose_secret().replace("\"v\":1", "\"v\":2");
        for stored in ["", "a-bare-token", "{}", "{\"v\":1}", newer.as_str()] {
            assert!(Record::read(&stored.into()).is_none(), "{stored}");
        }
    }

    #[test]
    fn a_token_is_for_the_server_and_the_application_it_was_issued_for_and_no_other() {
        let record = record(serde_json::json!({}));
        let fits = |changes| record.is_for(&IssuanceKey::of(&browser(changes)).unwrap());
        assert!(fits(serde_json::json!({})));
        assert!(fits(serde_json::json!({"name": "Another name", "timeout_seconds": 5})));
        assert!(fits(serde_json::json!({"auth": {"type": "browser", "client_id": "databricks-cli", "redirect_port": 8030}})));
        assert!(fits(serde_json::json!({"auth": {"type": "browser", "scopes": ["offline_access", "all-apis"]}})));
        assert!(!fits(serde_json::json!({"base_url": "https://adb-1.2.azuredatabricks.net"})));
        assert!(!fits(serde_json::json!({"base_url": "https://adb-1234567890123456.7.azuredatabricks.net:8443"})));
        assert!(!fits(serde_json::json!({"level": {"account": {"account_id": "12345678-90ab-cdef-1234-567890abcdef"}}})));
        assert!(!fits(serde_json::json!({"auth": {"type": "browser", "client_id": "our-own-application"}})));
        assert!(!fits(serde_json::json!({"auth": {"type": "browser", "scopes": ["sql", "offline_access"]}})));
    }
}
