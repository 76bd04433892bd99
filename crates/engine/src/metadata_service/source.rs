//! Where the tokens come from, for as long as a program runs: the connection may be changed, signed out or removed meanwhile.

use std::sync::Arc;

use crate::{Places, TokenDesk, blocking::blocking};
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
    desk: TokenDesk,
    connection: Connection,
    library: Library,
}

impl TokensOfOne {
    /// `connection` is one of the desk's, whose places these are.
    #[must_use]
    pub fn new(desk: TokenDesk, connection: Connection, places: &Places) -> Self {
        let library = Library::new(&places.config_dir, &places.state_dir);
        Self { inner: Arc::new(Inner { desk, connection, library }) }
    }

    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    #[must_use]
    pub fn desk(&self) -> &TokenDesk {
        &self.inner.desk
    }

    /// A token that may be sent where the connection led at the start.
    ///
    /// # Errors
    /// What `TokenDesk::token` says; the connection is another one by now; somebody has signed out since.
    pub async fn token(&self) -> Result<AccessToken, Failure> {
        let Inner { desk, connection, .. } = &*self.inner;
        let token = desk.token(connection, false).await?;
        // A token in memory outlives the sign-in that it came from.
        if desk.has_nothing(connection).await {
            return Err(signed_out());
        }
        // Last: a secret that was entered for another address is stored before the address is, and must not go to the former one.
        let here = self.clone();
        blocking(move || here.unchanged()).await??;
        Ok(token)
    }

    /// As `token`, for a program of this name; the log tells of it.
    ///
    /// # Errors
    /// As `token`.
    pub async fn token_for(&self, program: &str) -> Result<AccessToken, Failure> {
        let token = self.token().await?;
        let (here, program) = (self.clone(), program.to_owned());
        blocking(move || here.inner.desk.handed_out(&here.inner.connection, Some(&program))).await?;
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
        "There is no token for this program any more.",
        "Its connection was changed or removed in Brickpass while it ran.",
        "Start it again.",
    )
}

fn signed_out() -> Failure {
    Failure::new(
        Code::SignInNeeded,
        "There is no token for this program any more.",
        "Somebody has signed out in Brickpass, or removed the stored secret, while it ran.",
        "Sign in again in Brickpass.",
    )
}
