//! The token endpoint's answer, right or as a fault makes it.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{authority::Issued, token::OAuthError};
use crate::{OAuthFault, cut::Cut, errors, pages};

/// What is answered without the server having acted.
pub(super) async fn instead(fault: Option<&OAuthFault>) -> Option<Response> {
    match fault? {
        OAuthFault::HtmlTokens => Some(Html(pages::login("Databricks")).into_response()),
        OAuthFault::RedirectTokens(address) => {
            let mut response = StatusCode::FOUND.into_response();
            errors::set(&mut response, header::LOCATION, address);
            Some(response)
        }
        OAuthFault::InvalidGrant => Some(OAuthError::new("invalid_grant", "The grant is invalid, expired or revoked").into_response()),
        OAuthFault::RateLimited { retry_after, .. } => Some(errors::rate_limited(*retry_after)),
        OAuthFault::Unavailable { .. } => Some(errors::unavailable("/oidc/v1/token")),
        OAuthFault::SlowTokens(late) => {
            tokio::time::sleep(*late).await;
            None
        }
        _ => None,
    }
}

pub(super) fn answer(issued: &Issued, fault: Option<&OAuthFault>) -> Response {
    let mut facts = Map::new();
    let access_token = match fault {
        Some(OAuthFault::AccessTokenWithLineBreak) => format!("{}\r\nX-Injected: yes", issued.access_token),
        _ => issued.access_token.clone(),
    };
    facts.insert("access_token".into(), json!(access_token));
    let token_type = if let Some(OAuthFault::TokenType(other)) = fault { other } else { "Bearer" };
    facts.insert("token_type".into(), json!(token_type));
    if let Some(token) = &issued.refresh_token {
        facts.insert("refresh_token".into(), json!(token));
    }
    facts.insert("scope".into(), json!(issued.scopes.join(" ")));
    let expires_in = match fault {
        Some(OAuthFault::ExpiresIn(text)) => text.map(str::to_owned),
        _ => Some(issued.lifetime.as_secs().to_string()),
    };
    let mut text = Value::Object(facts).to_string();
    // Spliced in as text: a fault may hold a number that no type of ours does.
    if let Some(expires_in) = expires_in {
        text.insert_str(text.len() - 1, &format!(",\"expires_in\":{expires_in}"));
    }
    if let Some(OAuthFault::HugeAnswer(size)) = fault {
        let padding = " ".repeat(size.saturating_sub(text.len()));
        text.insert_str(text.len() - 1, &padding);
    }
    let body = match fault {
        Some(OAuthFault::CutAnswer { .. }) => Body::new(Cut::of(text.as_bytes())),
        _ => Body::from(text),
    };
    let mut response = body.into_response();
    errors::set(&mut response, header::CONTENT_TYPE, "application/json");
    errors::set(&mut response, header::PRAGMA, "no-cache");
    response
}
