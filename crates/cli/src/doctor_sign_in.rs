//! What signing in through the browser needs from this computer: a port, a program that opens the browser, a clock that is right.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::{
    browser,
    environment::{self, Whereabouts},
    finding::Finding,
};
use brickpass_core::connection::{AuthMethod, Connection};
use brickpass_engine::{Places, REGISTERED_PORTS, clock_is_past, free_ports};

pub(super) fn findings(places: &Places, connections: &[&Connection], now: Timestamp) -> Vec<Finding> {
    let signs_in = connections.iter().any(|connection| matches!(connection.auth, AuthMethod::Browser(_)));
    let ports = ports(places.redirect_port.map_or(REGISTERED_PORTS, |port| port..=port), signs_in);
    vec![ports, browser(signs_in, environment::whereabouts()), clock(now)]
}

/// A finding is wrong only where somebody signs in through the browser: a server without one is well all the same.
fn unless_needed(check: &'static str, needed: bool, detail: String, fix: &str) -> Finding {
    Finding { check, ok: !needed, detail, fix: Some(fix.to_owned()) }
}

fn ports(wanted: RangeInclusive<u16>, needed: bool) -> Finding {
    const CHECK: &str = "Sign-in ports";
    let free = free_ports(wanted.clone());
    let range = if wanted.start() == wanted.end() { wanted.start().to_string() } else { format!("{} to {}", wanted.start(), wanted.end()) };
    if free > 0 {
        return Finding::fine(CHECK, format!("{free} of {} free ({range})", wanted.count()));
    }
    unless_needed(
        CHECK,
        needed,
        format!("no port of {range} is free, so Brickpass cannot receive the browser's answer."),
        "Close the programs that use them, or register another port with your own OAuth application and set it with --redirect-port.",
    )
}

fn browser(needed: bool, whereabouts: Whereabouts) -> Finding {
    const CHECK: &str = "Browser";
    if whereabouts.no_browser_here() {
        return unless_needed(
            CHECK,
            needed,
            "you are connected over SSH without a display, so no browser can open.".to_owned(),
            "Forward the port (ssh -L 8020:localhost:8020 HOST), or sign in with: brickpass login NAME --paste",
        );
    }
    match browser::opener() {
        Some(program) => Finding::fine(CHECK, format!("opened by {}", program.to_string_lossy())),
        None => unless_needed(
            CHECK,
            needed,
            "no browser is set up.".to_owned(),
            "Install xdg-utils, or sign in with: brickpass login NAME --no-browser",
        ),
    }
}

/// Whether it is right to the minute only a server can tell, which a test does.
fn clock(now: Timestamp) -> Finding {
    const CHECK: &str = "Clock";
    let shown = now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    if !clock_is_past(now) {
        return Finding::fine(CHECK, shown);
    }
    Finding {
        check: CHECK,
        ok: false,
        detail: format!("it shows {shown}, which is in the past. Tokens and certificates seem not valid yet."),
        fix: Some("Set the clock, or turn on automatic network time.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_taken_port_is_wrong_only_where_somebody_signs_in_through_it() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(!ports(port..=port, true).ok);
        let idle = ports(port..=port, false);
        assert!(idle.ok && idle.fix.is_some());
    }

    #[test]
    fn sg_18_no_browser_is_promised_over_ssh_without_a_display() {
        let remote = Whereabouts { over_ssh: true, display: false, browser_named: false };
        let found = browser(true, remote);
        assert!(!found.ok && found.detail.contains("SSH") && found.fix.as_ref().is_some_and(|fix| fix.contains("--paste")));
        assert!(browser(false, remote).ok, "nobody signs in through a browser");
    }

    #[test]
    fn a_clock_of_the_past_is_seen() {
        assert!(!clock("1970-01-01T00:03:00Z".parse().unwrap()).ok);
        assert!(clock("2027-01-01T00:00:00Z".parse().unwrap()).ok);
    }
}
