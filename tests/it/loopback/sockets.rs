//! Which sockets are open, and how long.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    time::{Duration, Instant},
};

use brickpass_databricks::oauth::loopback::{Listener, Ports, PortsTaken};

use super::{CODE, LIMIT, STATE, code_of, connect, expected, refused, response, soon, status, wait, wait_on};
use crate::support;

/// The addresses on which somebody listens at `port`, as the kernel lists them.
#[cfg(target_os = "linux")]
fn listening(port: u16) -> BTreeSet<String> {
    const LISTEN: &str = "0A";
    let table = |name: &str| fs::read_to_string(name).unwrap_or_default();
    let suffix = format!(":{port:04X}");
    format!("{}\n{}", table("/proc/net/tcp"), table("/proc/net/tcp6"))
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|columns| columns.get(3) == Some(&LISTEN))
        .filter_map(|columns| columns.get(1)?.strip_suffix(&suffix).map(str::to_owned))
        .collect()
}

/// How this machine is reached from outside. Sends nothing: connecting a datagram socket only chooses the way.
fn outside_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// That many ports that nobody held a moment ago.
fn free_ports(number: usize) -> Vec<u16> {
    let held: Vec<_> = (0..number).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    held.iter().map(|it| it.local_addr().unwrap().port()).collect()
}

#[test]
fn lb_01_it_listens_on_loopback_alone() {
    let waiting = wait();
    #[cfg(target_os = "linux")]
    {
        let mut expected = BTreeSet::from(["0100007F".to_owned()]);
        if has_ipv6() {
            expected.insert("00000000000000000000000001000000".to_owned());
        }
        assert_eq!(listening(waiting.port), expected);
        // The whole of 127/8 is this machine, but it was not asked for.
        assert!(TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 2], waiting.port)), LIMIT).is_err());
    }
    match outside_address() {
        Some(ip) => assert!(TcpStream::connect_timeout(&SocketAddr::new(ip, waiting.port), LIMIT).is_err(), "{ip} is answered"),
        None => support::skip("LB-01 (from outside)", "this machine has no address but loopback"),
    }
    waiting.still_waits();
}

#[test]
fn both_families_are_served() {
    if !has_ipv6() {
        return support::skip("both_families_are_served", "there is no IPv6");
    }
    let waiting = wait();
    let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, waiting.port)).unwrap();
    write!(stream, "GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", waiting.port).unwrap();
    assert_eq!(status(&response(&mut stream)), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn lb_36_a_port_that_is_busy_on_ipv4_is_passed_over() {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port();
    let listener = Listener::bind(&Ports::of([vec![port], free_ports(3)].concat())).unwrap();
    assert_ne!(listener.port(), port);
    assert_eq!(listener.redirect_uri(), format!("http://localhost:{}", listener.port()));
    wait_on(listener, expected()).still_waits();

    let everywhere = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = everywhere.local_addr().unwrap().port();
    assert!(Listener::bind(&Ports::only(port)).is_err(), "held on every interface");
}

#[test]
fn lb_37_a_port_that_is_busy_on_ipv6_alone_is_passed_over_on_both() {
    if !has_ipv6() {
        return support::skip("LB-37", "there is no IPv6");
    }
    let busy = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    let port = busy.local_addr().unwrap().port();
    assert_eq!(Listener::bind(&Ports::only(port)).unwrap_err(), PortsTaken(Ports::only(port)));
    let listener = Listener::bind(&Ports::of([vec![port], free_ports(3)].concat())).unwrap();
    assert_ne!(listener.port(), port);
    wait_on(listener, expected()).still_waits();
}

#[test]
fn lb_38_when_every_port_is_busy_the_error_names_the_range() {
    let busy: Vec<_> = (0..21).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    let ports = Ports::of(busy.iter().map(|it| it.local_addr().unwrap().port()).collect());
    let PortsTaken(named) = Listener::bind(&ports).unwrap_err();
    assert_eq!(named, ports);
    // The real ports may be busy or free at this moment.
    match Listener::bind(&Ports::registered()) {
        Ok(listener) => assert!((8020..=8040).contains(&listener.port())),
        Err(taken) => assert_eq!(taken.to_string(), "no port of 8020 to 8040 is free on 127.0.0.1 and ::1"),
    }
}

#[test]
fn lb_40_when_the_time_is_over_the_port_is_closed() {
    let closed = |_| {
        let listener = Listener::bind(&Ports::only(0)).unwrap();
        let port = listener.port();
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let over = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(1), listener.answer(expected(), &|_| {})).await });
        assert!(over.is_err());
        soon("the port is closed", || refused(port));
        began.elapsed()
    };
    let best = (0..3).map(closed).min().unwrap();
    assert!(best < Duration::from_secs(4), "sooner than a connection that says nothing is cut off: {best:?}");
}

#[test]
fn lb_41_a_cancelled_login_closes_every_socket_at_once() {
    let closed = |_| {
        let waiting = wait();
        let (mut silent, mut halfway) = (waiting.connect(), waiting.connect());
        halfway.write_all(b"GET /?code=").unwrap();
        let answered = waiting.connect();
        // Whoever was accepted before this answer came back is being served.
        assert_eq!(status(&waiting.get("/favicon.ico")), 404);
        let began = Instant::now();
        waiting.answer.abort();
        soon("the port is closed", || refused(waiting.port));
        for stream in [&mut silent, &mut halfway] {
            assert!(matches!(stream.read(&mut [0; 16]), Ok(0) | Err(_)), "a connection outlived the login");
        }
        let took = began.elapsed();
        drop(answered);
        took
    };
    let best = (0..3).map(closed).min().unwrap();
    assert!(best < Duration::from_secs(4), "sooner than a connection that says nothing is cut off: {best:?}");
}

#[test]
fn a_listener_that_is_dropped_before_it_was_asked_is_closed() {
    let listener = Listener::bind(&Ports::only(0)).unwrap();
    let port = listener.port();
    let early = connect(port);
    drop(listener);
    assert!(refused(port));
    drop(early);
}

#[test]
fn who_came_before_it_was_asked_is_served() {
    let listener = Listener::bind(&Ports::only(0)).unwrap();
    let mut early = connect(listener.port());
    write!(early, "GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", listener.port()).unwrap();
    let waiting = wait_on(listener, expected());
    assert_eq!(status(&response(&mut early)), 303);
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn the_same_port_serves_the_next_login_at_once() {
    // Below the ports that the system hands out by itself: another test's connection would hold it.
    let port = std::iter::repeat_with(|| fastrand::u16(20_000..32_000)).find(|&port| Listener::bind(&Ports::only(port)).is_ok()).unwrap();
    for round in 0..3 {
        let listener = Listener::bind(&Ports::only(port)).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let waiting = wait_on(listener, expected());
        let (silent, _) = (waiting.connect(), waiting.get("/favicon.ico"));
        waiting.good();
        waiting.get("/done");
        soon("the port is closed", || refused(port));
        assert_eq!(code_of(waiting.end()), CODE);
        drop(silent);

        // Cancelled, with a browser that has connected ahead.
        let listener = Listener::bind(&Ports::only(port)).unwrap_or_else(|error| panic!("round {round}, second: {error}"));
        let waiting = wait_on(listener, expected());
        let (silent, _) = (waiting.connect(), waiting.get("/favicon.ico"));
        waiting.answer.abort();
        soon("the port is closed", || refused(port));
        drop((waiting, silent));
    }
}
