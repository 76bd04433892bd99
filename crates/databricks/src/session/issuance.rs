//! What an access token was issued for. If a connection no longer matches it, the token is not used for that connection.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::oauth::Target;
use brickpass_core::connection::{AuthMethod, ClientId, Connection, OAuthApp, Scopes};

#[derive(Clone, PartialEq, Eq)]
pub(super) struct IssuanceKey {
    pub(super) target: Target,
    pub(super) grant: Grant,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Grant {
    /// The application without its redirect port, which only a login needs.
    Browser(OAuthApp),
    ServicePrincipal {
        client_id: ClientId,
        scopes: Option<Scopes>,
    },
}

impl IssuanceKey {
    /// `None` for personal access tokens, which are issued by hand.
    pub(super) fn of(connection: &Connection) -> Option<Self> {
        let grant = match &connection.auth {
            AuthMethod::PersonalAccessToken => return None,
            AuthMethod::Browser(app) => Grant::Browser(OAuthApp { redirect_port: None, ..app.clone() }),
            AuthMethod::ServicePrincipal { client_id, scopes } => {
                Grant::ServicePrincipal { client_id: client_id.clone(), scopes: scopes.clone() }
            }
        };
        Some(Self { target: Target::of(connection), grant })
    }

    pub(super) fn client_id(&self) -> &str {
        match &self.grant {
            Grant::Browser(app) => app.client_id(),
            Grant::ServicePrincipal { client_id, .. } => client_id.as_str(),
        }
    }

    /// Sorted: their order means nothing.
    pub(super) fn scopes(&self) -> Vec<String> {
        let mut scopes: Vec<String> = match &self.grant {
            Grant::Browser(app) => app.scopes().iter().map(str::to_owned).collect(),
            Grant::ServicePrincipal { scopes, .. } => scopes.iter().flat_map(Scopes::iter).map(str::to_owned).collect(),
        };
        scopes.sort();
        scopes
    }
}

/// Digest that recognises a secret without storing it.
pub(super) fn digest(secret: &SecretString) -> [u8; 32] {
    Sha256::digest(secret.expose_secret().as_bytes()).into()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A connection that signs in in the browser, with `changes`.
    pub(in crate::session) fn browser(changes: serde_json::Value) -> Connection {
        let mut json = serde_json::json!({
            "id": "8a5e0a4e-1111-4222-8333-944444444444", "name": "Sales", "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
            "timeout_seconds": 30, "auth": {"type": "browser"}, "level": "workspace", "environment": "dev",
        });
        let serde_json::Value::Object(changes) = changes else { panic!("changes are an object") };
        json.as_object_mut().unwrap().extend(changes);
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_personal_access_token_is_issued_by_hand() {
        assert!(IssuanceKey::of(&browser(serde_json::json!({"auth": {"type": "pat"}}))).is_none());
    }
}
