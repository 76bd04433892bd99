//! What signing in needs of this computer: a port, and a clock that is right.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    ops::RangeInclusive,
};

use jiff::Timestamp;

/// What Databricks' own client has registered.
pub const REGISTERED_PORTS: RangeInclusive<u16> = 8020..=8040;

/// No clock that is right shows an earlier time to this program: it was not there yet.
const EARLIEST: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// How many of these can receive the browser's answer. Blocks for a moment.
#[must_use]
pub fn free_ports(wanted: RangeInclusive<u16>) -> usize {
    wanted.filter(|port| is_free(*port)).count()
}

/// On both families, where this computer has both: a browser may try either for localhost.
fn is_free(port: u16) -> bool {
    let free = |address: IpAddr| match TcpListener::bind(SocketAddr::new(address, port)) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::AddrNotAvailable || error.kind() == std::io::ErrorKind::Unsupported,
    };
    free(Ipv4Addr::LOCALHOST.into()) && free(Ipv6Addr::LOCALHOST.into())
}

/// Whether it is right to the minute only a server can tell, which a test does.
#[must_use]
pub fn clock_is_past(now: Timestamp) -> bool {
    now < EARLIEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_on_one_family_is_not_free() {
        let taken = [TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), TcpListener::bind((Ipv6Addr::LOCALHOST, 0))];
        let mut looked_at = 0;
        // Some systems have but one of the families.
        for taken in taken.into_iter().flatten() {
            assert!(!is_free(taken.local_addr().unwrap().port()));
            looked_at += 1;
        }
        assert!(looked_at > 0);
    }

    #[test]
    fn a_clock_of_the_past_is_seen() {
        assert!(clock_is_past("1970-01-01T00:03:00Z".parse().unwrap()));
        assert!(!clock_is_past("2027-01-01T00:00:00Z".parse().unwrap()));
    }
}
