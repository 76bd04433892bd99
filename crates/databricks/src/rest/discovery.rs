//! `GET /.well-known/databricks-config`: what a host says of itself to anybody who asks. Older hosts do not have it. And what it says of a token.

use super::{ApiError, Call, Client};
use brickpass_core::connection::AccountId;

/// One word is expected.
const WORD_LIMIT: usize = 40;

const ADDRESS_LIMIT: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostConfig {
    /// `workspace`, `account` or `unified`.
    pub host_type: Option<String>,
    pub cloud: Option<String>,
    /// Where its authorization server is described; `{account_id}` in it stands for the account's id.
    pub oidc_endpoint: Option<String>,
    pub account_id: Option<AccountId>,
    pub workspace_id: Option<String>,
}

#[derive(serde::Deserialize)]
struct Wire {
    host_type: Option<String>,
    cloud: Option<String>,
    oidc_endpoint: Option<String>,
    account_id: Option<String>,
    workspace_id: Option<Id>,
}

impl Client {
    /// `GET /.well-known/databricks-config`, without a token: what kind of host this is.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn host_config(&self, call: &Call<'_>) -> Result<HostConfig, ApiError> {
        let wire: Wire = self.get_unsigned("/.well-known/databricks-config", call).await?;
        let text = |text, limit| Some(self.shown(text, limit)).filter(|text| !text.is_empty());
        Ok(HostConfig {
            host_type: text(wire.host_type, WORD_LIMIT),
            cloud: text(wire.cloud, WORD_LIMIT),
            oidc_endpoint: text(wire.oidc_endpoint, ADDRESS_LIMIT),
            account_id: wire.account_id.and_then(|id| AccountId::parse(&id).ok()),
            workspace_id: wire.workspace_id.map(Id::text).filter(|id| is_number(id)),
        })
    }

    /// `GET /api/2.0/tokens/introspect`: the account and the workspace that the token is for.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn introspect(&self, call: &Call<'_>) -> Result<Scope, ApiError> {
        let (wire, _): (Introspected, _) = self.get("/api/2.0/tokens/introspect", call).await?;
        let WireScope { account_id, workspace_id } = wire.principal_context.authentication_scope;
        Ok(Scope {
            account_id: account_id.and_then(|id| AccountId::parse(&id).ok()),
            workspace_id: workspace_id.map(Id::text).filter(|id| is_number(id)),
        })
    }
}

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    pub account_id: Option<AccountId>,
    pub workspace_id: Option<String>,
}

#[derive(serde::Deserialize)]
struct Introspected {
    principal_context: PrincipalContext,
}

#[derive(serde::Deserialize)]
struct PrincipalContext {
    authentication_scope: WireScope,
}

#[derive(serde::Deserialize)]
struct WireScope {
    account_id: Option<String>,
    workspace_id: Option<Id>,
}

/// Written as a number or as a text.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// `0` stands for no workspace.
fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id != "0" && id.bytes().all(|byte| byte.is_ascii_digit())
}
