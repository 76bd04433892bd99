//! The token endpoint's answer, right or as a fault makes it.

use std::{
    io,
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use serde_json::{Map, Value, json};
use tokio::time::Sleep;

use super::{authority::Issued, token::OAuthError};
use crate::demo::{OAuthFault, errors, pages};

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
        Some(OAuthFault::CutAnswer { .. }) => Body::new(Cut::of(&text)),
        _ => Body::from(text),
    };
    let mut response = body.into_response();
    errors::set(&mut response, header::CONTENT_TYPE, "application/json");
    errors::set(&mut response, header::PRAGMA, "no-cache");
    response
}

/// Promises a whole answer and breaks off in the middle.
struct Cut {
    half: Option<Bytes>,
    whole: usize,
    /// The first half is on its way when the connection ends; without it nothing at all would arrive.
    pause: Pin<Box<Sleep>>,
}

impl Cut {
    fn of(text: &str) -> Self {
        let half = Bytes::copy_from_slice(text.as_bytes().get(..text.len() / 2).unwrap_or_default());
        Self { half: Some(half), whole: text.len(), pause: Box::pin(tokio::time::sleep(Duration::from_millis(20))) }
    }
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None => self.pause.as_mut().poll(context).map(|()| Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole as u64)
    }
}
