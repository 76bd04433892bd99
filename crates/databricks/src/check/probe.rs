//! The network path to a server, step by step: name, connection, handshake. Each step has its own time and failure, which a single request
//! would hide.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{ClientConfig, ProtocolVersion, pki_types::ServerName};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::rest::{CONNECT_LIMIT, Phase, no_way, timed_out};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure},
};

/// The time limit for the resolver.
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

/// The host in network form: an IPv6 address without brackets.
fn host(base_url: &BaseUrl) -> &str {
    base_url.host().trim_start_matches('[').trim_end_matches(']')
}

/// The IP address, if the base URL contains one instead of a name.
pub(super) fn address(base_url: &BaseUrl) -> Option<SocketAddr> {
    host(base_url).parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, base_url.port()))
}

pub(super) async fn lookup(base_url: &BaseUrl, deadline: Instant) -> Result<Vec<SocketAddr>, Failure> {
    let until = deadline.min(Instant::now() + LOOKUP_LIMIT);
    match timeout_at(until, lookup_host((host(base_url), base_url.port()))).await {
        Ok(Ok(found)) => {
            let mut addresses: Vec<SocketAddr> = Vec::new();
            for address in found {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            if addresses.is_empty() { Err(timed_out(base_url, Phase::Lookup)) } else { Ok(addresses) }
        }
        Ok(Err(error)) => Err(no_way(&error, Phase::Lookup, base_url)),
        Err(_) => {
            let mut failure = timed_out(base_url, Phase::Lookup);
            "Your network's DNS server did not answer in time.".clone_into(&mut failure.why);
            "Check your network or VPN, then try again.".clone_into(&mut failure.fix);
            Err(failure)
        }
    }
}

/// Tries each address in turn, each with a share of the time, so that a dead one does not hide a working one.
pub(super) async fn connect(base_url: &BaseUrl, addresses: &[SocketAddr], deadline: Instant) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut reason: Option<Failure> = None;
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let now = Instant::now();
        let share = deadline.saturating_duration_since(now) / left.max(1);
        left = left.saturating_sub(1);
        let failure = match timeout_at(now + share.min(CONNECT_LIMIT), TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) => no_way(&error, Phase::Connect, base_url),
            Err(_) => timed_out(base_url, Phase::Connect),
        };
        // Many networks support only one IP version, which says nothing about the server.
        if reason.as_ref().is_none_or(|known| known.code == Code::Unreachable) {
            reason = Some(failure);
        }
    }
    Err(reason.unwrap_or_else(|| timed_out(base_url, Phase::Connect)))
}

/// The negotiated TLS version.
pub(super) async fn handshake(
    base_url: &BaseUrl,
    tls: Arc<ClientConfig>,
    stream: TcpStream,
    deadline: Instant,
) -> Result<&'static str, Failure> {
    let name = ServerName::try_from(host(base_url).to_owned()).map_err(|error| no_way(&error, Phase::Lookup, base_url))?;
    let until = deadline.min(Instant::now() + CONNECT_LIMIT);
    match timeout_at(until, TlsConnector::from(tls).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(match stream.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        }),
        Ok(Err(error)) => Err(no_way(&error, Phase::Handshake, base_url)),
        Err(_) => Err(timed_out(base_url, Phase::Handshake)),
    }
}
