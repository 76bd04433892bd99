//! The redirect listener (RFC 8252, section 7.3): accepts one answer of the browser and nothing else.
//!
//! Every web page and every program on this machine can reach it. So each request is judged by one pure function (`judge`), nothing in it is
//! trusted before the `state` matches, and nothing of it is ever sent back: all responses are constants (`page`).

mod bind;
mod head;
mod judge;
mod page;
mod query;
mod request;
mod serve;

pub use self::{
    bind::{Bound, bind},
    head::{Fault, HEADER_LINES},
    serve::{Ask, Reply, Server},
};

use std::{fmt, io};

use secrecy::SecretString;
use tokio::sync::mpsc;

use self::{judge::Verdict, page::Page};

/// The ports that may receive the answer, as registered with the OAuth application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(Vec<u16>);

impl Ports {
    /// 8020 to 8040: what Databricks' own client `databricks-cli` has registered.
    #[must_use]
    pub fn registered() -> Self {
        Self((8020..=8040).collect())
    }

    /// No fallback. 0 is any free port, for an application that accepts every port of the loopback interface (RFC 8252, section 7.3).
    #[must_use]
    pub fn only(port: u16) -> Self {
        Self(vec![port])
    }

    /// In this order.
    #[must_use]
    pub fn of(ports: Vec<u16>) -> Self {
        Self(ports)
    }

    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().copied()
    }
}

/// `8020 to 8040`, `8020`, `8020, 8030`.
impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [first, .., last] = *self.0
            && self.0.iter().copied().eq(first..=last)
        {
            return write!(f, "{first} to {last}");
        }
        let ports: Vec<_> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&ports.join(", "))
    }
}

/// Bound on 127.0.0.1 and, where there is IPv6, on `::1`, same port; closed when dropped.
#[derive(Debug)]
pub struct Listener {
    bound: Bound,
}

/// Every port is in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no port of {0} is free on 127.0.0.1 and ::1")]
pub struct PortsTaken(pub Ports);

/// What an answer must contain before it is trusted.
pub struct Expected {
    pub state: SecretString,
    /// `None`: taken from the answer (the host is not known yet).
    pub issuer: Option<String>,
    /// An answer without `iss` is refused.
    pub iss_required: bool,
}

/// The address of the browser's last page, pasted by the user if the browser cannot reach the listener.
pub struct Pasted<'a> {
    pub addresses: mpsc::UnboundedReceiver<SecretString>,
    /// Called for a wrong address; `true`: it belongs to another sign-in.
    pub refused: &'a (dyn Fn(bool) + Send + Sync),
}

impl Pasted<'_> {
    /// No pasting.
    #[must_use]
    pub fn nothing() -> Self {
        Self { addresses: mpsc::unbounded_channel().1, refused: &|_| () }
    }
}

/// The browser's answer.
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

/// Why no answer can be received any longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("code and error together, or neither, or an invalid code")]
    Protocol,
    #[error("iss is missing, or is not that of the server that the sign-in started with")]
    WrongIssuer,
    #[error("the operating system does not let the listener accept: {0}")]
    Sockets(io::ErrorKind),
}

/// At once, for one login.
const CONNECTIONS: usize = 16;

/// The number of answers with a wrong or missing `state` that are reported. Later ones are only rejected: `state` has 256 random bits, so ending
/// the login would protect nothing and would let every web page end it.
const WRONG_KEYS_REPORTED: usize = 20;

impl Listener {
    /// # Errors
    /// Every port is taken, on either family.
    pub fn bind(ports: &Ports) -> Result<Self, PortsTaken> {
        ports.iter().find_map(bind::bind).map(|bound| Self { bound }).ok_or_else(|| PortsTaken(ports.clone()))
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.bound.port
    }

    /// `http://localhost:<port>`, no slash: exactly what is registered.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.bound.port)
    }

    /// Waits for a valid answer. The caller sets the time limit: dropping the future closes every socket at once. After an answer the last page is
    /// served for at most ten more seconds. Runs on tokio.
    ///
    /// # Errors
    /// See [`Broken`].
    pub async fn answer(self, expected: Expected, wrong_key: &(dyn Fn(usize) + Send + Sync)) -> Result<Callback, Broken> {
        self.answer_or_pasted(expected, wrong_key, Pasted::nothing()).await
    }

    /// Like `answer`, or with an address that the user pastes instead: it is judged in the same way, and its `state` is valid once.
    ///
    /// # Errors
    /// See [`Broken`].
    pub async fn answer_or_pasted(
        self,
        expected: Expected,
        wrong_key: &(dyn Fn(usize) + Send + Sync),
        mut pasted: Pasted<'_>,
    ) -> Result<Callback, Broken> {
        let port = self.bound.port;
        let mut server = Server::new(self.bound, CONNECTIONS).map_err(|error| Broken::Sockets(error.kind()))?;
        let mut wrong_keys = 0;
        loop {
            let ask = tokio::select! {
                ask = server.next() => ask,
                Some(address) = pasted.addresses.recv() => {
                    match judge::judge_pasted(&address, port, &expected) {
                        Verdict::Answered(result) => {
                            tokio::spawn(server.end());
                            return result;
                        }
                        refused => (pasted.refused)(matches!(refused, Verdict::WrongKey)),
                    }
                    continue;
                }
            };
            match judge::judge(&ask.head, port, &expected) {
                Verdict::KeepWaiting(page) => ask.answer(page),
                Verdict::WrongKey => {
                    ask.answer(Page::Neutral);
                    if wrong_keys < WRONG_KEYS_REPORTED {
                        wrong_keys += 1;
                        wrong_key(wrong_keys);
                    }
                }
                Verdict::Answered(result) => {
                    ask.answer(Page::SeeDone);
                    tokio::spawn(server.show_done());
                    return result;
                }
            }
        }
    }
}

/// The answer in the head of a request to `port`; `None`: there is none, or its `state` is not that of this login.
#[must_use]
pub fn answer_in(head: &[u8], port: u16, expected: &Expected) -> Option<Result<Callback, Broken>> {
    match judge::judge(head, port, expected) {
        Verdict::Answered(answer) => Some(answer),
        Verdict::KeepWaiting(_) | Verdict::WrongKey => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_named_as_a_person_would() {
        let named = |ports: &[u16]| Ports::of(ports.to_vec()).to_string();
        assert_eq!(Ports::registered().to_string(), "8020 to 8040");
        assert_eq!((named(&[8030]), named(&[8030, 9000])), ("8030".into(), "8030, 9000".into()));
        assert_eq!((named(&[9001, 9000]), named(&[])), ("9001, 9000".into(), String::new()));
        assert_eq!(PortsTaken(Ports::registered()).to_string(), "no port of 8020 to 8040 is free on 127.0.0.1 and ::1");
    }

    #[test]
    fn the_code_is_not_in_debug() {
        let callback = Callback::Code { code: "very-secret-code".into(), iss: None };
        assert!(!format!("{callback:?}").contains("very-secret"));
    }
}
