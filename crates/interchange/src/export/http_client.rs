//! What the programs that send single requests have in common: they know a token, and ask who one is.

use secrecy::ExposeSecret as _;

use super::parts::{account_id, inline, token_only};
use crate::{
    escape::{Text, address, no_template},
    format::Subject,
};
use brickpass_core::failure::Failure;

/// A request that changes nothing.
pub(super) struct Request {
    pub(super) name: &'static str,
    pub(super) path: String,
}

impl Request {
    /// # Errors
    /// The account's ID is none.
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Failure> {
        let Some(id) = account_id(subject.connection) else {
            return Ok(Self { name: "Who am I", path: "/api/2.0/preview/scim/v2/Me".to_owned() });
        };
        Text::new().value("The account ID", id, address)?;
        Ok(Self { name: "Workspaces", path: format!("/api/2.0/accounts/{id}/workspaces") })
    }
}

/// The token, when the person wants it in the file.
///
/// # Errors
/// A client secret, which is no token; a token that the program would read as a template.
pub(super) fn token<'a>(subject: &Subject<'a>) -> Result<Option<&'a str>, Failure> {
    let Some(inline) = inline(subject)? else { return Ok(None) };
    let token = token_only(&inline, "This program")?.expose_secret();
    no_template(token).map(Some).map_err(|why| why.of("The token").into())
}
