//! What is sent back harms nobody and says nothing to strangers.

use std::sync::atomic::Ordering;

use super::{CODE, STATE, code_of, error_of, status, wait};

#[test]
fn lb_07_markup_in_a_description_never_comes_back() {
    let waiting = wait();
    let answer = waiting.get(&format!("/?error=server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={STATE}"));
    let pages = format!("{answer}{}", waiting.get("/done"));
    assert!(!pages.contains("script") && !pages.contains("alert") && !pages.contains("server_error"), "{pages}");
    let (_, description) = error_of(waiting.end());
    assert_eq!(description.unwrap(), "<script>alert(1)</script>", "plain text, for whoever shows it as that");

    let waiting = wait();
    waiting.get(&format!("/?error=server_error&error_description={}&state={STATE}", "long+".repeat(1000)));
    assert_eq!(error_of(waiting.end()).1.unwrap().chars().count(), 299, "300, and the space at the end goes");
}

#[test]
fn lb_08_control_and_bidi_characters_are_taken_out_of_a_description() {
    let waiting = wait();
    let answer = waiting.get(&format!("/?error=x&error_description=a%3C/script%3E%22%27%E2%80%AEb%1B%5B31mc&state={STATE}"));
    assert!(!answer.contains("31m") && !answer.contains("</script>") && answer.is_ascii(), "{answer}");
    assert_eq!(error_of(waiting.end()).1.unwrap(), "a</script>\"'b[31mc");
}

/// One response of each kind that a request can bring about, with its status.
fn one_of_each() -> Vec<(u16, String)> {
    let waiting = wait();
    let port = waiting.port;
    let good = format!("/?code={CODE}&state={STATE}");
    let host = format!("Host: localhost:{port}");
    let mut responses = vec![
        waiting.get("/"),
        waiting.get("/?code=evil-code&state=evil-state"),
        waiting.send(format!("GET {good} HTTP/1.1\r\n{host}\r\nOrigin: null\r\n\r\n")),
        waiting.get("/nothing"),
        waiting.send(format!("POST {good} HTTP/1.1\r\n{host}\r\n\r\n")),
        waiting.send(format!("GET /?{} HTTP/1.1\r\n", "x".repeat(9000))),
        waiting.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        waiting.send(format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(65))),
        waiting.get(&good),
        waiting.get(&good),
        waiting.get("/done"),
    ];
    assert_eq!(code_of(waiting.end()), CODE);
    responses.drain(..).map(|response| (status(&response), response)).collect()
}

#[test]
fn lb_44_every_response_carries_the_headers_that_keep_it_harmless() {
    let responses = one_of_each();
    let statuses: Vec<u16> = responses.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [400, 400, 403, 404, 405, 414, 421, 431, 303, 410, 200]);
    for (status, response) in responses {
        let head = response.split_once("\r\n\r\n").unwrap().0;
        for header in [
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "X-Frame-Options: DENY",
            "Connection: close",
            "Content-Type: text/html; charset=utf-8",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
        ] {
            assert!(head.lines().any(|line| line == header), "{status}: {header}");
        }
        let policy = head.lines().find_map(|line| line.strip_prefix("Content-Security-Policy: ")).unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{status}: {policy}");
        assert!(policy.ends_with("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{status}: {policy}");
        let lower = head.to_lowercase();
        assert!(!lower.contains("set-cookie") && !lower.contains("access-control"), "{status}: {head}");
    }
}

#[test]
fn lb_45_no_page_fetches_anything_or_repeats_what_came() {
    for (status, response) in one_of_each() {
        let body = response.split_once("\r\n\r\n").unwrap().1;
        assert!(body.len() < 8 * 1024);
        for outside in ["http:", "https:", "//", "url(", "src=", "href=", "<script"] {
            assert!(!body.contains(outside), "{status}: {outside}");
        }
        for secret in [CODE, STATE, "evil-code", "evil-state"] {
            assert!(!response.contains(secret), "{status}: {response}");
        }
    }
}

#[test]
fn lb_49_line_breaks_in_a_parameter_reach_no_header() {
    let waiting = wait();
    let neutral = waiting.get("/");
    for state in [STATE, "wrong"] {
        let answer = waiting.get(&format!("/?error=x%0d%0aX-Injected:%201%0d%0a%0d%0a%3Cb%3E&state={state}"));
        assert_eq!(answer, neutral, "byte by byte the constant page");
    }
    waiting.still_waits();
}

#[test]
fn lb_50_a_stranger_learns_nothing() {
    let waiting = wait();
    for target in ["/", "/?", "/?a=b"] {
        let answer = waiting.get(target);
        assert_eq!(status(&answer), 400);
        for told in [STATE, "authorize", "challenge", "client_id", "Location"] {
            assert!(!answer.contains(told), "{answer}");
        }
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0, "looking is not answering");
    waiting.still_waits();
}
