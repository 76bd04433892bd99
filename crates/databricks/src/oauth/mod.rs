//! How an access token is obtained and renewed: discovery, the login in the browser, client credentials, refresh.
//!
//! One idea per file, with data flowing one way: [`Target`] -> [`Endpoints`] (discovery) -> [`Login`] (browser, [`loopback`]) or a grant ->
//! [`Tokens`]. Messages are those of the `oauth2` crate (RFC 6749, RFC 7636), sent with the HTTP client of [`crate::rest`].

mod again;
mod client_credentials;
mod discovery;
mod error;
mod issuer;
mod login;
pub mod loopback;
mod refresh;
mod refusal;
mod tokens;
mod transport;

pub use client_credentials::client_credentials;
pub use discovery::{Endpoints, Target, discover};
pub use error::{OAuthError, Trouble};
pub use login::{Answer, Login, Place};
pub use refresh::{refresh, revoke};
pub use tokens::{AccessToken, Tokens};
