//! What is taken for tokens, and what is not.

use std::time::{Duration, Instant};

use brickpass_core::failure::{Code, Remedy};
use brickpass_databricks::oauth::Trouble;
use secrecy::ExposeSecret as _;

use super::{GRANTS, Grant, TOKEN, TOKENS, ask, refused, tokens_by};
use crate::support::{
    comes,
    fault_server::{Act, answer, json},
};

// The token endpoint

#[test]
fn ot_01_a_web_page_instead_of_tokens() {
    let page = "<!DOCTYPE html><title>Guest Wi-Fi canary-access</title>canary";
    let html = tokens_by(move |_| answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<html><title>Guest Wi-Fi</title>canary"));
    for grant in GRANTS {
        let error = refused(&html, grant);
        assert_eq!(error.failure.code, Code::NotApi, "{grant:?}");
        assert!(error.failure.what.contains("web page"), "{error}");
        assert_eq!(error.failure.details.as_deref(), Some("Page title: Guest Wi-Fi"));
    }
    for (kind, body) in
        [("text/plain", TOKENS), ("", TOKENS), ("application/json2", TOKENS), ("application/json", "[]"), ("application/json", "{}")]
    {
        let header = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let other = tokens_by(move |_| answer("200 OK", &header, body));
        assert_eq!(refused(&other, Grant::Refresh).failure.code, Code::OauthProtocol, "{kind} {body}");
    }
    let lying = tokens_by(move |_| json("200 OK", page));
    assert_eq!(refused(&lying, Grant::Refresh).failure.code, Code::OauthProtocol);
    let tolerated = tokens_by(|_| answer("200 OK", "Content-Type: Application/JSON ; charset=UTF-8\r\n", TOKENS));
    assert!(ask(&tolerated, Grant::Code).is_ok());
}

#[test]
fn ot_03_every_kind_of_lifetime_gives_a_usable_one() {
    for (said, seconds, assumed) in [
        ("", 3600, true),
        (",\"expires_in\":\"3600\"", 3600, false),
        (",\"expires_in\":-1", 60, false),
        (",\"expires_in\":1e99", 86_400, false),
        (",\"expires_in\":null", 3600, true),
    ] {
        let server = tokens_by(move |_| json("200 OK", &format!(r#"{{"access_token":"canary","token_type":"bearer"{said}}}"#)));
        let access = ask(&server, Grant::Refresh).unwrap().access;
        assert_eq!((access.expires_at.unwrap().as_second(), access.expiry_assumed), (seconds, assumed), "{said}");
    }
}

#[test]
fn ot_04_a_token_of_another_kind_is_refused() {
    let server = tokens_by(|_| json("200 OK", &TOKENS.replace("Bearer", "mac")));
    for grant in GRANTS {
        assert_eq!(refused(&server, grant).failure.code, Code::OauthProtocol, "{grant:?}");
    }
}

#[test]
fn ot_05_a_token_that_would_add_a_header_is_refused() {
    for bad in ["canary\\r\\nX-Evil: 1", "canary\\n", "canary-\\u00e6", "canary\\u0000", "", "canary x"] {
        for field in ["canary-access", "canary-next"] {
            if bad.is_empty() && field == "canary-next" {
                continue;
            }
            let server = tokens_by(move |_| json("200 OK", &TOKENS.replace(field, bad)));
            assert_eq!(refused(&server, Grant::Refresh).failure.code, Code::OauthProtocol, "{field} {bad}");
        }
    }
}

#[test]
fn ot_06_a_flood_is_stopped_at_a_megabyte() {
    let began = Instant::now();
    let announced = tokens_by(|_| {
        Act::Flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n{".into(), vec![b' '; 4096])
    });
    let endless = tokens_by(|_| Act::Flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{".into(), vec![b' '; 4096]));
    for server in [announced, endless] {
        for grant in GRANTS {
            assert_eq!(refused(&server, grant).failure.code, Code::TooLarge, "{grant:?}");
        }
        comes("the connection is closed", || server.open() == 0);
        assert_eq!(server.requests_for(TOKEN), 3, "a flood is asked for once");
    }
    assert!(began.elapsed() < Duration::from_mins(1));
}

#[test]
fn ot_06_a_gzip_bomb_stays_packed() {
    let bomb = gzip_of_zeros(10 * 1024 * 1024);
    assert!(bomb.len() < 100_000);
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    let whole: Vec<u8> = head.into_bytes().into_iter().chain(bomb).collect();
    let server = tokens_by(move |_| Act::Send(whole.clone()));
    for grant in GRANTS {
        assert_eq!(refused(&server, grant).failure.code, Code::OauthProtocol, "{grant:?}");
    }
}

#[test]
fn ot_07_an_answer_that_is_cut_off_may_be_tried_again_and_gives_nothing() {
    let half = &TOKENS[..TOKENS.len() / 2];
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let short = format!("{head}Content-Length: {}\r\n\r\n{half}", TOKENS.len()).into_bytes();
    let reset = Act::Reset(short.clone());
    for (act, codes) in
        [(Act::Send(short), &[Code::Protocol][..]), (reset, &[Code::Reset, Code::Protocol]), (json("200 OK", half), &[Code::Protocol])]
    {
        let server = tokens_by(move |_| act.clone());
        for grant in GRANTS {
            let before = server.requests_for(TOKEN);
            let error = refused(&server, grant);
            assert_eq!(error.trouble, Trouble::Unknown, "{grant:?}");
            assert!(codes.contains(&error.failure.code), "{error:?}");
            assert_eq!(error.failure.remedy, Some(Remedy::TryAgain), "{grant:?}");
            // A code is worth one request; a refresh token and a client secret may be sent once more.
            let tries = if grant == Grant::Code { 1 } else { 2 };
            assert_eq!(server.requests_for(TOKEN) - before, tries, "{grant:?}");
        }
    }
}

#[test]
fn ot_14_scopes_that_were_not_granted_are_kept_apart() {
    let server = tokens_by(|_| json("200 OK", &TOKENS.replace("all-apis offline_access", "sql")));
    let tokens = ask(&server, Grant::Code).unwrap();
    assert_eq!(tokens.scopes_missing, ["all-apis"]);
    assert_eq!(tokens.access.secret.expose_secret(), "canary-access");
    let no_refresh = tokens_by(|_| json("200 OK", r#"{"access_token":"canary","token_type":"bearer"}"#));
    assert_eq!(ask(&no_refresh, Grant::Code).unwrap().scopes_missing, ["offline_access"]);
    assert_eq!(ask(&no_refresh, Grant::Refresh).unwrap().scopes_missing, [""; 0]);
}

/// Zeros in one block of fixed Huffman codes (RFC 1951): a literal, then copies of 258 bytes from one byte back.
fn gzip_of_zeros(size: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    let mut code = |value: u16, length: u32| bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    code(0b0011_0000, 8);
    for _ in 0..size / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    let packed = bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum::<u8>());
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff].into_iter().chain(packed).collect()
}
