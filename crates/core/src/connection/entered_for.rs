//! Where a stored secret may be used: the address it was entered for and, for a client secret, the service principal it belongs to.

use serde::{Deserialize, Serialize};

use super::{AuthKind, AuthMethod, BaseUrl, ClientId, Connection, Draft, SecretKind};

/// Kept beside the secret in the vault, so that whoever edits the list cannot lead the secret elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EnteredFor {
    /// `https://host[:port]`, without a slash at the end.
    pub origin: String,
    /// The application ID of the service principal, in lower case; `None` for a personal access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

impl EnteredFor {
    /// What this connection wants a secret of this kind for. `None` for what a sign-in brought: its own record names its address.
    #[must_use]
    pub fn of(connection: &Connection, kind: SecretKind) -> Option<Self> {
        match (kind, &connection.auth) {
            _ if !Self::binds(kind) => None,
            (SecretKind::ClientSecret, AuthMethod::ServicePrincipal { client_id, .. }) => {
                Some(Self::principal(&connection.base_url, client_id))
            }
            _ => Some(Self { origin: connection.base_url.origin(), client_id: None }),
        }
    }

    /// What a client secret is entered for.
    #[must_use]
    pub fn principal(base_url: &BaseUrl, client_id: &ClientId) -> Self {
        Self { origin: base_url.origin(), client_id: Some(client_id.as_str().to_ascii_lowercase()) }
    }

    /// Whether secrets of this kind are entered by a person, for an address.
    #[must_use]
    pub fn binds(kind: SecretKind) -> bool {
        matches!(kind, SecretKind::PersonalAccessToken | SecretKind::ClientSecret)
    }

    /// Whether the connection in the form still is what the secret was entered for. An address or a client ID that cannot be read yet
    /// says nothing else.
    #[must_use]
    pub fn fits_draft(&self, draft: &Draft) -> bool {
        let same_origin = BaseUrl::read(&draft.base_url).map_or(true, |read| read.base_url.origin() == self.origin);
        let same_principal = match &self.client_id {
            Some(client_id) if draft.auth == AuthKind::ServicePrincipal => {
                draft.client_id.trim().is_empty() || draft.client_id.trim().eq_ignore_ascii_case(client_id)
            }
            _ => true,
        };
        same_origin && same_principal
    }
}

impl std::fmt::Display for EnteredFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.client_id {
            Some(client_id) => write!(f, "{} (service principal {})", self.origin, client_id.escape_debug()),
            None => f.write_str(&self.origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::ConnectionId;

    fn draft(base_url: &str, client_id: Option<&str>) -> Draft {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = "Sales".into();
        draft.base_url = base_url.into();
        draft.confirmed_origin = BaseUrl::read(base_url).ok().map(|read| read.base_url.origin());
        if let Some(client_id) = client_id {
            draft.auth = AuthKind::ServicePrincipal;
            draft.client_id = client_id.into();
        }
        draft
    }

    fn entered_for(draft: &Draft, kind: SecretKind) -> Option<EnteredFor> {
        EnteredFor::of(&draft.review(&|_| false).result.expect("a valid form").connection, kind)
    }

    const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
    const ROBOT: &str = "11111111-2222-3333-4444-555555555555";
    const OTHER: &str = "21111111-2222-3333-4444-555555555555";

    #[test]
    fn a_token_belongs_to_scheme_host_and_port_and_a_client_secret_to_its_principal_as_well() {
        let token = entered_for(&draft(HOST, None), SecretKind::PersonalAccessToken).unwrap();
        assert_eq!(token.to_string(), HOST);
        let secret = entered_for(&draft(HOST, Some(ROBOT)), SecretKind::ClientSecret).unwrap();
        assert_eq!(secret.to_string(), format!("{HOST} (service principal {ROBOT})"));
        assert_ne!(entered_for(&draft(HOST, Some(OTHER)), SecretKind::ClientSecret), Some(secret));
        for other in [format!("{HOST}:8443"), "http://127.0.0.1:4000".to_owned()] {
            assert_ne!(entered_for(&draft(&other, None), SecretKind::PersonalAccessToken), Some(token.clone()), "{other}");
        }
        assert_eq!(entered_for(&draft(HOST, None), SecretKind::RefreshToken), None, "its record says where it belongs");
    }

    #[test]
    fn a_form_fits_until_another_address_or_principal_is_typed() {
        let secret = entered_for(&draft(HOST, Some(ROBOT)), SecretKind::ClientSecret).unwrap();
        assert!(secret.fits_draft(&draft(HOST, Some(ROBOT))));
        assert!(secret.fits_draft(&draft(&format!("{HOST}/?o=1"), Some(&ROBOT.to_uppercase()))), "the same, spelled otherwise");
        assert!(secret.fits_draft(&draft("https://", Some(ROBOT))), "being typed");
        assert!(!secret.fits_draft(&draft("https://adb-1.2.azuredatabricks.net", Some(ROBOT))));
        assert!(!secret.fits_draft(&draft(HOST, Some(OTHER))));
    }
}
