//! An authorization request, judged before anybody is asked to sign in.

use super::{
    Realm,
    authority::Authority,
    grants::{Bond, Grant},
    params::Params,
};
use crate::catalogue::{ACCOUNT_ID, Principal};

/// The scopes there are, and what the consent page says about each.
const SCOPES: [(&str, &str); 12] = [
    ("all-apis", "Use all APIs that you can use"),
    ("offline_access", "Stay signed in while you are away"),
    ("openid", "Know who you are"),
    ("profile", "See your name"),
    ("email", "See your email address"),
    ("sql", "Run SQL statements"),
    ("clusters", "See and change clusters"),
    ("jobs", "See and change jobs"),
    ("pipelines", "See and change pipelines"),
    ("scim", "See users and groups"),
    ("workspace", "See and change workspace objects"),
    ("unity-catalog", "See and change data objects"),
];

/// As it was taken: nothing in it is wrong any more.
#[derive(Debug, Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    bond: Bond,
    state: Option<String>,
}

#[derive(Debug)]
pub(super) enum Fault {
    /// Told to the person: the address to send anybody to is not to be trusted (RFC 6749, section 4.1.2.1).
    Told(String),
    /// Told to the application.
    Returned(String),
}

impl AuthorizationRequest {
    pub(super) fn read(authority: &Authority, realm: Realm, query: &str) -> Result<Self, Fault> {
        let params = Params::read(query.as_bytes()).map_err(|name| Fault::Told(format!("Repeated parameter: {name}")))?;
        let client_id = params.get("client_id").ok_or_else(|| Fault::Told("client_id is missing".into()))?;
        let Some(registered) = authority.redirects_of(client_id) else {
            return Err(Fault::Told(format!(
                "OAuth application with client_id: '{client_id}' not available in Databricks account '{ACCOUNT_ID}'."
            )));
        };
        let redirect_uri = params.get("redirect_uri").ok_or_else(|| Fault::Told("redirect_uri is missing".into()))?;
        if !registered.iter().any(|known| known == redirect_uri) {
            return Err(Fault::Told(format!("redirect_uri '{redirect_uri}' not registered for OAuth application '{client_id}'")));
        }
        let state = params.get("state").map(str::to_owned);
        let returned = |error: &str, description: &str| {
            let issuer = authority.issuer(realm);
            Fault::Returned(answer(redirect_uri, &[("error", error), ("error_description", description)], state.as_deref(), Some(&issuer)))
        };
        if params.get("response_type") != Some("code") {
            return Err(returned("unsupported_response_type", "response_type must be code"));
        }
        if params.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(returned("invalid_request", "response_mode must be query"));
        }
        if params.get("code_challenge_method") != Some("S256") {
            return Err(returned("invalid_request", "code_challenge_method must be S256"));
        }
        let challenge = params.get("code_challenge").unwrap_or_default();
        if challenge.len() != 43 || !challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(returned("invalid_request", "code_challenge is missing or malformed"));
        }
        let Some(scopes) = scopes_of(params.get("scope").unwrap_or_default()) else {
            return Err(returned("invalid_scope", "scope is missing or not available"));
        };
        let bond = Bond { redirect_uri: redirect_uri.to_owned(), challenge: challenge.to_owned() };
        Ok(Self { client_id: client_id.to_owned(), scopes, bond, state })
    }

    /// Where the browser goes with the code.
    pub(super) fn granted(self, authority: &Authority, realm: Realm, principal: Principal) -> String {
        if let Some((error, description)) = authority.answer_fault() {
            return self.refused(authority, realm, &error, &description);
        }
        let Self { client_id, scopes, bond, state } = self;
        let redirect_uri = bond.redirect_uri.clone();
        let code = authority.issue_code(Grant { principal, realm, client_id, scopes }, bond);
        answer(&redirect_uri, &[("code", &code)], state.as_deref(), authority.iss_of_answer(realm).as_deref())
    }

    /// Where the browser goes without one.
    pub(super) fn refused(&self, authority: &Authority, realm: Realm, error: &str, description: &str) -> String {
        let iss = authority.iss_of_answer(realm);
        answer(&self.bond.redirect_uri, &[("error", error), ("error_description", description)], self.state.as_deref(), iss.as_deref())
    }
}

/// The authorization response (RFC 6749, section 4.1.2) with its issuer (RFC 9207, section 2).
fn answer(redirect_uri: &str, facts: &[(&str, &str)], state: Option<&str>, iss: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(facts);
    for (name, value) in [("state", state), ("iss", iss)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    format!("{redirect_uri}?{}", query.finish())
}

/// Separated by spaces, each once; `None` where one is unknown, or none is there.
pub(super) fn scopes_of(asked: &str) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in asked.split(' ').filter(|scope| !scope.is_empty()) {
        SCOPES.iter().find(|(known, _)| *known == scope)?;
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    (!scopes.is_empty()).then_some(scopes)
}

pub(super) fn scope_names() -> Vec<&'static str> {
    SCOPES.iter().map(|(name, _)| *name).collect()
}

pub(super) fn scope_meaning(scope: &str) -> &'static str {
    SCOPES.iter().find(|(known, _)| *known == scope).map_or("", |(_, meaning)| meaning)
}
