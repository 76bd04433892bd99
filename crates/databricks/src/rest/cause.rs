//! Why no answer came, read from the types of the errors below a request (never from their words, where a type tells).

use std::{error::Error, io};

use rustls::{AlertDescription, CertificateError};

use brickpass_core::failure::Code;

/// What was going on when it failed; the same lost connection means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Lookup,
    Connect,
    Handshake,
    /// The request is out, its answer has not begun.
    Answer,
    /// The answer has begun and is not yet whole.
    Body,
}

/// The code of a failed request.
pub(super) fn of_request(error: &reqwest::Error) -> Code {
    let phase = if error.is_dns() {
        Phase::Lookup
    } else if error.is_connect() {
        Phase::Connect
    } else if error.is_body() || error.is_decode() {
        Phase::Body
    } else {
        Phase::Answer
    };
    if error.is_timeout() {
        return timeout(phase);
    }
    of(error, phase)
}

/// The code of any error, from what it is or what it was caused by.
pub(super) fn of(error: &(dyn Error + 'static), phase: Phase) -> Code {
    if phase == Phase::Lookup {
        return Code::Dns;
    }
    found(error, phase).unwrap_or(match phase {
        Phase::Lookup => Code::Dns,
        Phase::Connect => Code::Unreachable,
        Phase::Handshake => Code::Tls,
        Phase::Answer | Phase::Body => Code::Protocol,
    })
}

pub(crate) fn timeout(phase: Phase) -> Code {
    match phase {
        Phase::Lookup => Code::Dns,
        Phase::Connect => Code::ConnectTimeout,
        Phase::Handshake | Phase::Answer | Phase::Body => Code::ReadTimeout,
    }
}

fn found(error: &(dyn Error + 'static), phase: Phase) -> Option<Code> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls(error));
        }
        if let Some(code) = cause.downcast_ref::<hyper::Error>().and_then(|error| http(error, phase)) {
            return Some(code);
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            // An I/O error hides the error inside it from `source`.
            let inside = error.get_ref().and_then(|inner| found(inner, phase));
            if let Some(code) = inside.or_else(|| input_output(error, phase)) {
                return Some(code);
            }
        }
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            return Some(http2(error, phase));
        }
        next = cause.source();
    }
    None
}

fn http(error: &hyper::Error, phase: Phase) -> Option<Code> {
    if error.is_parse_too_large() {
        Some(Code::TooLarge)
    } else if error.is_timeout() {
        Some(Code::ReadTimeout)
    } else if error.is_incomplete_message() && phase != Phase::Body {
        // Also a kept connection that the server ended in the very moment of the request.
        Some(Code::Reset)
    } else if error.is_parse() || error.is_incomplete_message() {
        Some(Code::Protocol)
    } else {
        None
    }
}

fn http2(error: &h2::Error, phase: Phase) -> Code {
    match error.get_io() {
        Some(error) => input_output(error, phase).unwrap_or(Code::Reset),
        None if error.is_remote() && (error.is_reset() || error.is_go_away()) => Code::Reset,
        None => Code::Protocol,
    }
}

fn input_output(error: &io::Error, phase: Phase) -> Option<Code> {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused => Some(Code::Refused),
        Kind::NetworkUnreachable | Kind::HostUnreachable | Kind::NetworkDown | Kind::AddrNotAvailable => Some(Code::Unreachable),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::NotConnected => Some(Code::Reset),
        Kind::TimedOut => Some(timeout(phase)),
        // A server that hangs up instead of a handshake; in an answer it is one that was cut short.
        Kind::UnexpectedEof if phase != Phase::Body => Some(Code::Reset),
        Kind::UnexpectedEof | Kind::InvalidData | Kind::InvalidInput => Some(Code::Protocol).filter(|_| phase == Phase::Body),
        _ => None,
    }
}

fn tls(error: &rustls::Error) -> Code {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(error) => certificate(error),
        Tls::PeerIncompatible(_)
        | Tls::NoApplicationProtocol
        | Tls::InvalidMessage(_)
        | Tls::InappropriateMessage { .. }
        | Tls::InappropriateHandshakeMessage { .. }
        | Tls::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ) => Code::TlsProtocol,
        Tls::AlertReceived(AlertDescription::UnrecognisedName) => Code::TlsWrongHost,
        _ => Code::Tls,
    }
}

fn certificate(error: &CertificateError) -> Code {
    use CertificateError as Bad;
    match error {
        Bad::Expired | Bad::ExpiredContext { .. } => Code::TlsExpired,
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => Code::TlsNotYetValid,
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Code::TlsWrongHost,
        Bad::UnknownIssuer | Bad::BadSignature => Code::TlsUnknownIssuer,
        // A self-signed certificate is an authority that is used as a server.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Code::TlsUnknownIssuer,
        _ => Code::Tls,
    }
}

/// The innermost error in its own words: the rest of the chain only repeats the phase.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}
