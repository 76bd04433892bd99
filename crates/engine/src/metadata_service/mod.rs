//! The tokens of one connection for the programs that were started with its address: Databricks' tools ask here themselves, whenever they need one.
//!
//! The protocol is that of databricks-sdk-go, `config/auth_metadata_service.go`. The path is the key: 256 random bits, which only the environment
//! of the programs tells. Who asks is judged by one plain function ([`judge`]); the sockets and their limits are those of the redirect listener.

mod judge;
mod reply;
mod source;

use std::{future::Future, sync::Arc};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::JoinSet;

use brickpass_core::failure::{Code, Failure};
use brickpass_databricks::oauth::{
    AccessToken,
    loopback::{self, Server},
};
use judge::Expected;
use reply::Reply;
pub use source::TokensOfOne;

/// A program that starts a hundred others sends a hundred simultaneous requests.
const CONNECTIONS: usize = 256;

/// Gives tokens of one connection. Closed when dropped.
pub struct MetadataService {
    server: Server<Reply>,
    port: u16,
    expected: Arc<Expected>,
}

impl MetadataService {
    /// A token for requests to `host`, an origin. Runs on tokio.
    ///
    /// # Errors
    /// No port is free on 127.0.0.1.
    pub fn open(host: String) -> Result<Self, Failure> {
        let bound = loopback::bind(0).ok_or_else(|| no_port("Every port on this computer is in use.".to_owned()))?;
        let port = bound.port;
        let server = Server::new(bound, CONNECTIONS).map_err(|error| no_port(format!("Operating system error: {error}.")))?;
        let key = SecretString::from(oauth2::CsrfToken::new_random_len(32).into_secret());
        Ok(Self { server, port, expected: Arc::new(Expected { port, key, host }) })
    }

    /// Gives access to tokens: `http://127.0.0.1:<port>/<key>`.
    #[must_use]
    pub fn url(&self) -> SecretString {
        SecretString::from(format!("http://127.0.0.1:{}/{}", self.port, self.expected.key.expose_secret()))
    }

    /// Answers until it is dropped. `refused` hears why there was no token, once until there is one again or the reason is another.
    pub async fn serve<F>(mut self, token: impl Fn() -> F, refused: impl Fn(&Failure) + Send + Sync + 'static)
    where
        F: Future<Output = Result<AccessToken, Failure>> + Send + 'static,
    {
        let told = Arc::new(Told { last: std::sync::Mutex::new(None), refused });
        let mut asking = JoinSet::new();
        loop {
            let ask = self.server.next().await;
            // One answer per connection.
            while asking.try_join_next().is_some() {}
            if let Err(reply) = judge::judge(&ask.head, &self.expected) {
                ask.answer(reply);
                continue;
            }
            let (token, told) = (token(), Arc::clone(&told));
            asking.spawn(async move {
                let outcome = token.await;
                told.tell(outcome.as_ref().err());
                ask.answer(outcome.map_or_else(Reply::Failed, |token| Reply::token(token, Timestamp::now())));
            });
        }
    }
}

/// The last message, so that a hundred failed requests of a tool are reported once.
struct Told<T> {
    last: std::sync::Mutex<Option<Code>>,
    refused: T,
}

impl<T: Fn(&Failure)> Told<T> {
    fn tell(&self, failure: Option<&Failure>) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let code = failure.map(|failure| failure.code);
        if *last != code {
            *last = code;
            if let Some(failure) = failure {
                (self.refused)(failure);
            }
        }
    }
}

fn no_port(why: String) -> Failure {
    Failure::new(
        Code::Internal,
        "Brickpass cannot provide tokens to other programs on this computer.",
        why,
        "Close other programs, then try again.",
    )
}

#[cfg(test)]
mod tests;
