//! The redirect listener (RFC 8252, section 7.3): takes one answer of the browser, and nothing else, from whoever can reach the port.

use secrecy::SecretString;

/// Which ports may receive the answer: they are registered with the OAuth application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(Vec<u16>);

impl Ports {
    /// 8020 to 8040: what Databricks' own client `databricks-cli` has registered.
    #[must_use]
    pub fn registered() -> Self {
        Self((8020..=8040).collect())
    }

    /// No fallback.
    #[must_use]
    pub fn only(port: u16) -> Self {
        Self(vec![port])
    }

    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().copied()
    }
}

/// Bound on 127.0.0.1 and, where there is IPv6, on `::1`, same port; closed when dropped.
pub struct Listener {}

/// Every port is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no port of {0:?} is free on 127.0.0.1 and ::1")]
pub struct PortsTaken(pub Ports);

/// What an answer must show before a word of it is believed.
pub struct Expected {
    pub state: SecretString,
    /// `None`: learnt from the answer (the host is not known yet).
    pub issuer: Option<String>,
    /// An answer without `iss` is refused.
    pub iss_required: bool,
}

/// What the browser brought.
#[derive(Debug)]
pub enum Callback {
    Code {
        code: SecretString,
        iss: Option<String>,
    },
    /// RFC 6749, section 4.1.2.1. Untrusted words: `error` fits the RFC's characters, both are capped and without control or bidi characters.
    Error {
        error: String,
        description: Option<String>,
    },
}

/// Why no answer can be taken any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("code and error together, or neither, or a code that cannot be one")]
    Protocol,
    #[error("iss is not that of the server that was asked, or is missing")]
    WrongIssuer,
    #[error("too many answers with a wrong state")]
    TooManyWrongKeys,
}

impl Listener {
    /// # Errors
    /// Every port is taken, on either family.
    pub fn bind(ports: &Ports) -> Result<Self, PortsTaken> {
        let _ = ports;
        todo!()
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        todo!()
    }

    /// `http://localhost:<port>`, no slash: exactly what is registered.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        todo!()
    }

    /// Waits until a valid answer came; the limit in time is the caller's: dropping the future closes every socket at once. After an answer
    /// the page that the browser ends on is served for ten seconds more at most.
    ///
    /// # Errors
    /// See [`Broken`].
    pub async fn answer(self, expected: Expected, wrong_key: &(dyn Fn(usize) + Send + Sync)) -> Result<Callback, Broken> {
        let _ = (expected, wrong_key);
        todo!()
    }
}
