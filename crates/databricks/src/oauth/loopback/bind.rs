//! One port on both loopback families, or none: `localhost` may mean either, and a program on the other one would get the code.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, Socket, Type};

/// The accept loop takes connections immediately, so a short queue is enough.
const BACKLOG: i32 = 64;

/// For any free port: IPv4 chooses it, and it may be in use on IPv6.
const TRIES: usize = 16;

#[derive(Debug)]
pub struct Bound {
    pub port: u16,
    /// One or two, all on `port`.
    pub(super) listeners: Vec<TcpListener>,
}

/// `None`: the port is in use.
#[must_use]
pub fn bind(port: u16) -> Option<Bound> {
    let tries = if port == 0 { TRIES } else { 1 };
    (0..tries).find_map(|_| bind_with(port, &open))
}

fn bind_with(port: u16, open: &dyn Fn(SocketAddr) -> io::Result<TcpListener>) -> Option<Bound> {
    let mut bound = Bound { port, listeners: Vec::with_capacity(2) };
    for ip in [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()] {
        match open(SocketAddr::new(ip, bound.port)) {
            Ok(listener) => {
                bound.port = listener.local_addr().ok()?.port();
                bound.listeners.push(listener);
            }
            Err(error) if is_absent_family(&error) => {}
            Err(_) => return None,
        }
    }
    (!bound.listeners.is_empty()).then_some(bound)
}

/// This machine does not support that family. Any other error means that the port is not available.
fn is_absent_family(error: &io::Error) -> bool {
    #[cfg(unix)]
    let unsupported = rustix::io::Errno::AFNOSUPPORT.raw_os_error();
    // WSAEAFNOSUPPORT
    #[cfg(not(unix))]
    let unsupported = 10047;
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(unsupported)
}

/// Not `std::net::TcpListener::bind`: it allows address reuse on every Unix, and then, on some of them, another program could listen beside us.
///
/// On Linux it is allowed: there it lets a port be taken over from connections that have ended (TIME-WAIT, for a minute after this side closed
/// first, as with a slow forward), and never lets two sockets listen, whatever the other one asks for.
///
/// On Windows nothing is reused unless asked for, but another program of the same person could still force its way onto the port;
/// `SO_EXCLUSIVEADDRUSE` would keep it out, which socket2 cannot set.
fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    #[cfg(target_os = "linux")]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(bound: &Bound) -> Vec<SocketAddr> {
        bound.listeners.iter().map(|listener| listener.local_addr().unwrap()).collect()
    }

    fn refusing(v6: bool, error: impl Fn() -> io::Error) -> impl Fn(SocketAddr) -> io::Result<TcpListener> {
        move |address| if address.is_ipv6() == v6 { Err(error()) } else { open(address) }
    }

    #[cfg(unix)]
    fn no_such_family() -> io::Error {
        io::Error::from_raw_os_error(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
    }

    #[test]
    fn lb_01_only_loopback_is_bound_and_both_families_share_the_port() {
        let bound = bind(0).unwrap();
        assert!(addresses(&bound).iter().all(|address| address.ip().is_loopback() && address.port() == bound.port), "{bound:?}");
        assert!(addresses(&bound).iter().any(SocketAddr::is_ipv4));
    }

    /// As a hostile program would have it.
    fn reusing(address: SocketAddr) -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        #[cfg(target_os = "linux")]
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        Ok(socket)
    }

    #[test]
    fn nobody_listens_beside_us() {
        let bound = bind(0).unwrap();
        for listener in &bound.listeners {
            assert_eq!(socket2::SockRef::from(listener).reuse_address().unwrap(), cfg!(target_os = "linux"));
            #[cfg(target_os = "linux")]
            assert!(!socket2::SockRef::from(listener).reuse_port().unwrap());
        }
        assert!(bind(bound.port).is_none(), "a second listener on the same port");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn whoever_asks_for_reuse_does_not_listen_on_our_port_before_or_after_us() {
        let anywhere = [Ipv4Addr::LOCALHOST.into(), Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::LOCALHOST.into(), Ipv6Addr::UNSPECIFIED.into()];
        let bound = bind(0).unwrap();
        for ip in anywhere {
            let there = reusing(SocketAddr::new(ip, bound.port)).and_then(|socket| socket.listen(1));
            assert!(there.is_err(), "{ip}, after us");
        }
        for ip in anywhere {
            let Ok(bound_first) = reusing(SocketAddr::new(ip, 0)) else { continue };
            let port = bound_first.local_addr().unwrap().as_socket().unwrap().port();
            let ours = bind(port);
            assert!(ours.is_none() || bound_first.listen(1).is_err(), "{ip}, bound before us and listening after us");
            drop(ours);
            let Ok(first) = reusing(SocketAddr::new(ip, 0)).and_then(|socket| socket.listen(1).map(|()| socket)) else { continue };
            let port = first.local_addr().unwrap().as_socket().unwrap().port();
            assert!(bind(port).is_none(), "{ip}, listening before us");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sg_17_a_port_is_free_again_although_we_closed_first() {
        use std::net::{Shutdown, TcpStream};
        let bound = bind(0).unwrap();
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, bound.port)).unwrap();
        bound.listeners[0].set_nonblocking(false).unwrap();
        let (server, _) = bound.listeners[0].accept().unwrap();
        server.shutdown(Shutdown::Both).unwrap();
        drop(server);
        // To the end: the client closes second, so that TIME-WAIT is ours.
        std::io::Read::read_to_end(&mut client, &mut Vec::new()).unwrap();
        drop(client);
        let port = bound.port;
        drop(bound);
        assert!(bind(port).is_some());
    }

    #[test]
    fn lb_36_a_port_that_is_taken_on_ipv4_is_taken() {
        assert!(bind_with(0, &refusing(false, || io::ErrorKind::AddrInUse.into())).is_none());
    }

    #[test]
    fn lb_37_a_port_that_is_taken_on_ipv6_is_taken() {
        assert!(bind_with(0, &refusing(true, || io::ErrorKind::AddrInUse.into())).is_none());
        assert!(bind_with(0, &refusing(true, || io::ErrorKind::PermissionDenied.into())).is_none(), "in doubt it is taken");
    }

    #[cfg(unix)]
    #[test]
    fn lb_39_without_ipv6_it_listens_on_ipv4_alone() {
        for error in [no_such_family, || io::ErrorKind::AddrNotAvailable.into()] {
            let bound = bind_with(0, &refusing(true, error)).unwrap();
            assert_eq!(addresses(&bound), [SocketAddr::from((Ipv4Addr::LOCALHOST, bound.port))]);
            assert_ne!(bound.port, 0);
        }
    }

    #[cfg(unix)]
    #[test]
    fn without_any_family_there_is_no_port() {
        assert!(bind_with(0, &|_| Err(no_such_family())).is_none());
    }
}
