//! Which answer ends a login, and how.

use std::sync::atomic::Ordering;

use brickpass_databricks::oauth::loopback::{Broken, Callback, Expected};

use super::{CODE, STATE, code_of, error_of, expected, refused, soon, status, wait, wait_for};

#[test]
fn lb_02_the_right_callback_is_taken_once_and_the_port_is_closed() {
    let waiting = wait();
    let port = waiting.port;
    let answer = waiting.good();
    assert_eq!(status(&answer), 303);
    assert!(answer.contains("\r\nLocation: /done\r\n"), "{answer}");
    let done = waiting.get("/done");
    assert!(status(&done) == 200 && done.contains("Return to Brickpass"), "{done}");
    soon("the port is closed after the last page", || refused(port));
    let callback = waiting.end();
    assert!(!format!("{callback:?}").contains(CODE), "{callback:?}");
    assert_eq!(code_of(callback), CODE);
}

#[test]
fn lb_03_a_wrong_state_is_answered_and_counted_and_then_the_right_one_is_taken() {
    let waiting = wait();
    let wrong = waiting.get("/?code=evil&state=wrong");
    assert_eq!(status(&wrong), 400);
    assert!(!wrong.contains("evil") && !wrong.contains("wrong") && !wrong.contains(STATE), "{wrong}");
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 1);
    waiting.still_waits();
}

#[test]
fn lb_04_a_code_without_a_state_is_a_wrong_key() {
    let waiting = wait();
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}"))), 400);
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}&state="))), 400);
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 2);
    waiting.still_waits();
}

#[test]
fn sg_02_wrong_keys_never_end_a_login_however_many_come() {
    let waiting = wait();
    for _ in 0..19 {
        assert_eq!(status(&waiting.get("/?code=evil&state=guess")), 400);
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 19);
    for _ in 0..200 {
        assert_eq!(status(&waiting.get("/?error=access_denied&state=guess")), 400, "the last one is answered too");
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 20, "nobody is told of each of thousands");
    waiting.still_waits();
}

#[test]
fn sg_01_a_page_that_has_the_browser_prefetch_answers_neither_ends_a_login_nor_is_counted() {
    let waiting = wait();
    let navigation = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Purpose: prefetch";
    for number in 0..30 {
        for state in [format!("wrong{number}"), STATE.to_owned()] {
            let target = format!("/?code={CODE}&state={state}");
            let answer = waiting.send(format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n{navigation}\r\n\r\n", waiting.port));
            assert_eq!(status(&answer), 403, "{answer}");
        }
    }
    assert_eq!(waiting.wrong_keys.load(Ordering::SeqCst), 0);
    waiting.still_waits();
}

#[test]
fn lb_06_a_declined_login_ends_at_once_and_the_port_is_closed() {
    let waiting = wait();
    let port = waiting.port;
    assert_eq!(status(&waiting.get(&format!("/?error=access_denied&state={STATE}"))), 303);
    assert_eq!(status(&waiting.get("/done")), 200);
    soon("the port is closed", || refused(port));
    assert_eq!(error_of(waiting.end()), ("access_denied".into(), None));
}

#[test]
fn lb_22_code_and_error_together_end_the_login() {
    for rest in ["code=a&error=access_denied", "x=y"] {
        let waiting = wait();
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&{rest}"))), 303);
        assert_eq!(waiting.end().unwrap_err(), Broken::Protocol, "{rest}");
    }
}

#[test]
fn lb_24_what_cannot_be_a_code_is_no_code() {
    let (four, long) = ("x".repeat(5000), "x".repeat(10 * 1024));
    for code in ["", "%C3%A6", "%F0%9F%A7%B1", &four] {
        let waiting = wait();
        waiting.get(&format!("/?state={STATE}&code={code}"));
        assert_eq!(waiting.end().unwrap_err(), Broken::Protocol, "{code}");
    }
    let waiting = wait();
    for (code, expected) in [("a%00b", 400), ("a%0Ab", 400), ("a%0Db", 400), ("a\0b", 400), ("a\u{E6}b", 400), (&long, 414)] {
        assert_eq!(status(&waiting.get(&format!("/?state={STATE}&code={code}"))), expected, "{code}");
    }
    waiting.still_waits();
}

#[test]
fn lb_27_a_replay_is_told_that_the_answer_was_given() {
    let waiting = wait();
    let port = waiting.port;
    assert_eq!(status(&waiting.good()), 303);
    for _ in 0..3 {
        let replay = waiting.good();
        assert_eq!(status(&replay), 410);
        assert!(replay.contains("Already received") && !replay.contains(CODE), "{replay}");
    }
    assert_eq!(status(&waiting.get("/favicon.ico")), 404);
    assert_eq!(status(&waiting.get("/done")), 200, "a replay does not use up the last page");
    soon("the port is closed after it", || refused(port));
    assert_eq!(code_of(waiting.end()), CODE);
}

#[test]
fn lb_28_another_issuer_is_refused() {
    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), ..expected() });
    assert_eq!(status(&waiting.get(&format!("/?code={CODE}&state={STATE}&iss=https%3A%2F%2Fevil.example%2Foidc"))), 303);
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer);

    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), iss_required: true, ..expected() });
    waiting.good();
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer, "announced, and missing");
}

#[test]
fn lb_30_a_missing_issuer_that_was_not_announced_is_accepted_and_seen() {
    let waiting = wait_for(Expected { issuer: Some("https://good.example/oidc".into()), ..expected() });
    waiting.good();
    let Ok(Callback::Code { iss, .. }) = waiting.end() else { panic!("no code") };
    assert_eq!(iss, None);
}

#[test]
fn lb_43_a_callback_for_one_login_is_a_wrong_key_at_another() {
    let (first, second) = (wait(), wait_for(Expected { state: "c3RhdGUtb2YtdGhlLW90aGVy".into(), ..expected() }));
    assert_ne!(first.port, second.port);
    assert_eq!(status(&second.good()), 400, "the state of the first");
    assert_eq!((first.wrong_keys.load(Ordering::SeqCst), second.wrong_keys.load(Ordering::SeqCst)), (0, 1));
    assert_eq!(status(&second.get("/?code=other&state=c3RhdGUtb2YtdGhlLW90aGVy")), 303);
    assert_eq!(code_of(second.end()), "other");
    first.still_waits();
}

#[test]
fn lb_48_without_a_known_issuer_the_one_that_answers_is_named_and_must_be() {
    let waiting = wait_for(Expected { iss_required: true, ..expected() });
    waiting.get(&format!("/?code={CODE}&state={STATE}&iss=https%3A%2F%2Fevil.example"));
    let Ok(Callback::Code { iss, .. }) = waiting.end() else { panic!("no code") };
    assert_eq!(iss.as_deref(), Some("https://evil.example"), "whether it is trusted is not the listener's to say");

    let waiting = wait_for(Expected { iss_required: true, ..expected() });
    waiting.good();
    assert_eq!(waiting.end().unwrap_err(), Broken::WrongIssuer);
}
