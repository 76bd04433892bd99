//! Which requests are heard at all.

use std::sync::atomic::Ordering;

use super::{CODE, STATE, code_of, status, wait};

#[test]
fn lb_09_a_favicon_is_not_found_and_nothing_else_happens() {
    let waiting = wait();
    assert_eq!(status(&waiting.get("/favicon.ico")), 404);
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_16_every_name_of_this_machine_is_accepted() {
    for host in ["LOCALHOST", "localhost", "[::1]", "127.0.0.1"] {
        let waiting = wait();
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: {host}:{}\r\n\r\n", waiting.port);
        assert_eq!(status(&waiting.send(request)), 303, "{host}");
        assert_eq!(code_of(waiting.end()), CODE);
    }
}

#[test]
fn another_host_is_misdirected() {
    let waiting = wait();
    for host in ["Host: evil.example", "Host: localhost"] {
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\n{host}\r\n\r\n");
        assert_eq!(status(&waiting.send(request)), 421, "{host}");
    }
    waiting.still_waits();
}

#[test]
fn lb_15_a_request_without_a_host_or_with_two_is_a_bad_one() {
    let waiting = wait();
    let ours = format!("Host: localhost:{}", waiting.port);
    for host in ["X: y".to_owned(), format!("{ours}\r\n{ours}"), format!("{ours}\r\nHost: evil.example")] {
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\n{host}\r\n\r\n");
        assert_eq!(status(&waiting.send(request)), 400, "{host}");
    }
    waiting.still_waits();
}

#[test]
fn lb_17_a_post_is_not_heard() {
    let waiting = wait();
    let body = format!("code={CODE}&state={STATE}");
    let head =
        format!("Host: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}", waiting.port, body.len());
    assert_eq!(status(&waiting.send(format!("POST / HTTP/1.1\r\n{head}\r\n\r\n{body}"))), 405);
    assert_eq!(status(&waiting.send(format!("POST /?{body} HTTP/1.1\r\n{head}\r\n\r\n{body}"))), 405);
    waiting.still_waits();
}

#[test]
fn lb_18_other_methods_are_not_heard_and_get_no_cors_headers() {
    let waiting = wait();
    for method in ["HEAD", "OPTIONS", "PUT", "CONNECT", "DELETE", "PATCH", "TRACE"] {
        let target = if method == "CONNECT" { format!("localhost:{}", waiting.port) } else { format!("/?code={CODE}&state={STATE}") };
        let preflight =
            "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true";
        let answer = waiting.send(format!("{method} {target} HTTP/1.1\r\nHost: localhost:{}\r\n{preflight}\r\n\r\n", waiting.port));
        assert_eq!(status(&answer), 405, "{method}");
        assert!(!answer.to_lowercase().contains("access-control") && answer.contains("\r\nAllow: GET\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "no body, which an answer to HEAD must not have");
    }
    waiting.still_waits();
}

#[test]
fn lb_19_another_path_does_not_use_up_the_state() {
    let waiting = wait();
    for path in ["/x", "//", "/done", "/index.html", "/..", "/%2F"] {
        let answer = waiting.get(&format!("{path}?code={CODE}&state={STATE}"));
        assert!(status(&answer) == 404 && answer.ends_with("\r\n\r\n"), "{path}: {answer}");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_25_broken_encodings_are_refused() {
    let waiting = wait();
    for text in ["%zz", "%", "%4", "%C0%AF", "%E0%80%AF", "%FF%FE", "%ED%A0%80", "%u0041"] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={text}"))), 400, "{text}");
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={CODE}&other={text}"))), 400, "{text}");
    }
    waiting.still_waits();
}

#[test]
fn what_comes_twice_is_refused() {
    let waiting = wait();
    for twice in ["code=b", "%63ode=b", &format!("state={STATE}"), "state=", "iss=a&iss=a", "error=&error="] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={CODE}&{twice}"))), 400, "{twice}");
    }
    waiting.still_waits();
}

#[test]
fn lb_31_requests_that_a_page_makes_are_forbidden() {
    let waiting = wait();
    for header in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
        "Sec-Fetch-Dest: image",
    ] {
        let request = format!("GET /?code={CODE}&state={STATE} HTTP/1.1\r\nHost: localhost:{}\r\n{header}\r\n\r\n", waiting.port);
        let answer = waiting.send(request);
        assert!(status(&answer) == 403 && !answer.to_lowercase().contains("access-control"), "{header}: {answer}");
    }
    waiting.still_waits();
}
