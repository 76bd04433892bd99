//! Where the tokens come from, for as long as a program runs: the connection may be changed, signed out or removed meanwhile.

use std::sync::Arc;

use crate::{Places, TokenProvider, blocking::blocking};
use brickpass_core::{
    connection::Connection,
    failure::{Code, Failure},
};
use brickpass_databricks::oauth::AccessToken;
use brickpass_storage::Library;

/// The tokens of one connection. Cheap to clone.
#[derive(Clone)]
pub struct TokensOfOne {
    inner: Arc<Inner>,
}

struct Inner {
    desk: TokenProvider,
    connection: Connection,
    library: Library,
}

impl TokensOfOne {
    /// `connection` belongs to the desk that uses these paths.
    #[must_use]
    pub fn new(desk: TokenProvider, connection: Connection, places: &Places) -> Self {
        let library = Library::new(&places.config_dir, &places.state_dir);
        Self { inner: Arc::new(Inner { desk, connection, library }) }
    }

    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    #[must_use]
    pub fn desk(&self) -> &TokenProvider {
        &self.inner.desk
    }

    /// A token that may be sent where the connection led at the start.
    ///
    /// # Errors
    /// Failures of `TokenProvider::token`; the connection has changed; it was signed out.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        let Inner { desk, connection, .. } = &*self.inner;
        let token = desk.token(connection, false).await?;
        // A token in memory outlives the sign-in that it came from.
        if desk.has_nothing(connection).await {
            return Err(signed_out());
        }
        // Last: a secret for a new address is stored before the address, and must not be sent to the old one.
        let here = self.clone();
        blocking(move || here.unchanged()).await??;
        Ok(token)
    }

    /// Like `token`, for a program with this name; recorded in the log.
    ///
    /// # Errors
    /// As `token`.
    pub async fn token_for(&self, program: &str) -> Result<AccessToken, Failure> {
        let token = self.token().await?;
        let (here, program) = (self.clone(), program.to_owned());
        blocking(move || here.inner.desk.handout_log(&here.inner.connection, Some(&program))).await?;
        Ok(token)
    }

    /// # Errors
    /// Whatever decides for whom a token is and where it goes is not as it was.
    fn unchanged(&self) -> Result<(), Failure> {
        let Inner { desk, connection, library } = &*self.inner;
        let snapshot = library.load().map_err(|error| error.failure())?;
        let now: Vec<_> = snapshot.entries.into_iter().map(|entry| entry.connection).collect();
        let owner = connection.owner_among(desk.connections());
        let same = |known: &Connection| now.iter().any(|it| it.id == known.id && decisive(it) == decisive(known));
        if same(connection) && same(owner) { Ok(()) } else { Err(changed()) }
    }
}

fn decisive(connection: &Connection) -> impl PartialEq + '_ {
    let Connection { base_url, workspace_id, auth, level, sign_in_of, .. } = connection;
    (base_url, workspace_id, auth, level, sign_in_of)
}

fn changed() -> Failure {
    Failure::new(
        Code::Conflict,
        "Brickpass no longer provides a token for this program.",
        "Its connection was changed or removed in Brickpass while the program was running.",
        "Start the program again.",
    )
}

fn signed_out() -> Failure {
    Failure::new(
        Code::SignInNeeded,
        "Brickpass no longer provides a token for this program.",
        "Its connection was signed out, or its stored secret was removed, while the program was running.",
        "Sign in again in Brickpass.",
    )
}
