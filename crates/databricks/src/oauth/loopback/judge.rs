//! What a request means for the waiting login: a pure function from the bytes of its head to a verdict.
//!
//! The checks are in the order of trust: whether the request may reach us (method, host, path, origin), whether it is readable, then `state`.
//! Nothing in an answer counts before its `state` matches, not even that it is an error.

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{
    Broken, Callback, Expected,
    page::Page,
    query::Parameters,
    request::{Place, request},
};
use brickpass_core::connection::replace_unfit;

/// The maximum length of a code, which is opaque.
const CODE: usize = 4096;
/// The maximum number of characters of `error` and `error_description`.
const ERROR: usize = 64;
const DESCRIPTION: usize = 300;

#[derive(Debug)]
pub(super) enum Verdict {
    /// Unrelated to the login.
    KeepWaiting(Page),
    /// An answer, but its `state` is wrong or missing.
    WrongKey,
    /// The `state` matched: this is the login's answer, whatever else it contains.
    Answered(Result<Callback, Broken>),
}

/// While the login waits.
pub(super) fn judge(head: &[u8], port: u16, expected: &Expected) -> Verdict {
    let query = match request(head, port) {
        Ok(Place::Root(query)) => query,
        Ok(Place::Done) => return Verdict::KeepWaiting(Page::NotFound),
        Err(page) => return Verdict::KeepWaiting(page),
    };
    match Parameters::read(query) {
        Err(_) => Verdict::KeepWaiting(Page::Neutral),
        Ok(parameters) if parameters.is_no_answer() => Verdict::KeepWaiting(Page::Neutral),
        Ok(parameters) if has_state(&parameters, &expected.state) => Verdict::Answered(answer(parameters, expected)),
        Ok(_) => Verdict::WrongKey,
    }
}

/// An address that the user pasted, as if their browser had opened it here.
pub(super) fn judge_pasted(address: &SecretString, port: u16, expected: &Expected) -> Verdict {
    let address = address.expose_secret().trim();
    let address = address.split('#').next().unwrap_or_default();
    // Some browsers copy an address without its scheme.
    let scheme = if address.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://")) { "" } else { "http://" };
    judge(Zeroizing::new(format!("GET {scheme}{address} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")).as_bytes(), port, expected)
}

/// After the answer: the browser may still load the last page.
pub(super) fn judge_late(head: &[u8], port: u16) -> Page {
    match request(head, port) {
        Ok(Place::Root(_)) => Page::Completed,
        Ok(Place::Done) => Page::Done,
        Err(page) => page,
    }
}

fn has_state(parameters: &Parameters, expected: &SecretString) -> bool {
    parameters.state.as_ref().is_some_and(|state| state.as_bytes().ct_eq(expected.expose_secret().as_bytes()).into())
}

fn answer(parameters: Parameters, expected: &Expected) -> Result<Callback, Broken> {
    let Parameters { code, error, error_description, iss, .. } = parameters;
    // RFC 9207, section 2.4: compared exactly, also for errors, which may come from another server too.
    let iss = iss.map(|iss| iss.to_string());
    match (&iss, &expected.issuer) {
        (Some(iss), Some(issuer)) if iss != issuer => return Err(Broken::WrongIssuer),
        (Some(iss), None) if !iss.bytes().all(|byte| byte.is_ascii_graphic()) => return Err(Broken::WrongIssuer),
        (None, _) if expected.iss_required => return Err(Broken::WrongIssuer),
        _ => {}
    }
    match (code, error) {
        (Some(code), None) if code.len() <= CODE && code.bytes().all(is_vschar) => {
            Ok(Callback::Code { code: SecretString::from(code.as_str()), iss })
        }
        (None, Some(error)) if error.bytes().all(is_error_char) => Ok(Callback::Error {
            error: error.chars().take(ERROR).collect(),
            description: error_description.map(|text| plain(&text)).filter(|text| !text.is_empty()),
        }),
        _ => Err(Broken::Protocol),
    }
}

/// RFC 6749, appendix A.
fn is_vschar(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// RFC 6749, appendix A.7.
fn is_error_char(byte: u8) -> bool {
    is_vschar(byte) && !matches!(byte, b'"' | b'\\')
}

/// One line without terminal control or bidi characters, with a maximum length.
fn plain(text: &str) -> String {
    replace_unfit(text, "").chars().take(DESCRIPTION).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PORT: u16 = 8020;
    const STATE: &str = "Zm9yLW9uZS1sb2dpbg";

    fn expected() -> Expected {
        Expected { state: STATE.into(), issuer: None, iss_required: false }
    }

    fn from(issuer: &str, iss_required: bool) -> Expected {
        Expected { issuer: Some(issuer.into()), iss_required, ..expected() }
    }

    fn get(target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n")
    }

    fn judged(head: &str) -> Verdict {
        judge(head.as_bytes(), PORT, &expected())
    }

    fn waits(head: &str) -> Option<Page> {
        match judged(head) {
            Verdict::KeepWaiting(page) => Some(page),
            _ => None,
        }
    }

    /// With the right state and these parameters.
    fn answered(parameters: &str, expected: &Expected) -> Result<Callback, Broken> {
        match judge(get(&format!("/?state={STATE}&{parameters}")).as_bytes(), PORT, expected) {
            Verdict::Answered(result) => result,
            other => panic!("{parameters}: {other:?}"),
        }
    }

    fn error(parameters: &str) -> (String, Option<String>) {
        match answered(parameters, &expected()) {
            Ok(Callback::Error { error, description }) => (error, description),
            other => panic!("{parameters}: {other:?}"),
        }
    }

    #[test]
    fn lb_02_the_right_state_brings_the_code() {
        let Ok(Callback::Code { code, iss }) = answered("code=abc%2B%20~&iss=https%3A%2F%2Fexample.com%2Foidc", &expected()) else {
            panic!()
        };
        assert_eq!((code.expose_secret(), iss.as_deref()), ("abc+ ~", Some("https://example.com/oidc")));
    }

    #[test]
    fn sg_16_a_pasted_address_is_judged_as_an_answer_of_the_browser() {
        let pasted = |address: &str| judge_pasted(&address.into(), PORT, &from("https://example.com/oidc", true));
        let good = format!("localhost:{PORT}/?code=abc&state={STATE}&iss=https%3A%2F%2Fexample.com%2Foidc");
        for address in [format!("http://{good}"), good.clone(), format!(" http://{good}#x\n"), format!("HTTP://{good}")] {
            assert!(matches!(pasted(&address), Verdict::Answered(Ok(Callback::Code { .. }))), "{address}");
        }
        assert!(matches!(
            pasted(&format!("http://localhost:{PORT}/?error=access_denied&state={STATE}&iss=https://example.com/oidc")),
            Verdict::Answered(Ok(Callback::Error { .. }))
        ));
        assert!(matches!(pasted(&good.replace("example.com", "evil.example")), Verdict::Answered(Err(Broken::WrongIssuer))));
        assert!(matches!(pasted(&good.replace(STATE, "of-another-sign-in")), Verdict::WrongKey));
        for address in [
            "",
            "abc",
            "https://login.databricks.com/",
            &format!("https://{good}"),
            &good.replace("8020", "8021"),
            &good.replace("localhost", "evil.example"),
            &good.replace("/?", "/x?"),
            &format!("{good} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            &format!("{good}\r\nOrigin: x"),
            &good.replace("code=abc", "code=a b"),
        ] {
            assert!(matches!(pasted(address), Verdict::KeepWaiting(_)), "{address:?}");
        }
    }

    #[test]
    fn lb_03_a_wrong_state_is_a_wrong_key_whatever_else_is_said() {
        for state in ["x", "Zm9yLW9uZS1sb2dpbG", "Zm9yLW9uZS1sb2dpb", "Zm9yLW9uZS1sb2dpbgg", "zM9YLw9UzS1SB2DPBG", "%20Zm9yLW9uZS1sb2dpbg"]
        {
            for rest in ["code=abc", "error=access_denied", "code=a&error=b", "iss=c", ""] {
                assert!(matches!(judged(&get(&format!("/?state={state}&{rest}"))), Verdict::WrongKey), "{state} {rest}");
            }
        }
    }

    #[test]
    fn lb_04_a_missing_state_is_a_wrong_key() {
        for query in ["code=abc", "error=access_denied", "code=abc&state", "code=abc&state=", "code=abc&State=Zm9yLW9uZS1sb2dpbg"] {
            assert!(matches!(judged(&get(&format!("/?{query}"))), Verdict::WrongKey), "{query}");
        }
        let none = Expected { state: String::new().into(), ..expected() };
        let verdict = judge(get("/?code=abc&state=").as_bytes(), PORT, &none);
        assert!(matches!(verdict, Verdict::WrongKey), "an empty state is no key, not even to an empty lock");
    }

    #[test]
    fn lb_06_an_error_is_handed_on() {
        assert_eq!(error("error=access_denied"), ("access_denied".into(), None));
        assert_eq!(error("error=server_error&error_description=Try+later%2E"), ("server_error".into(), Some("Try later.".into())));
        assert_eq!(error(&format!("error={}", "x".repeat(65))).0, "x".repeat(64));
    }

    #[test]
    fn an_error_that_does_not_fit_the_rfc_is_a_broken_protocol() {
        for text in ["%22x%22", "a%5Cb", "%C3%A9", "a%09b", "%1B[31m", "%7F"] {
            assert_eq!(answered(&format!("error={text}"), &expected()).unwrap_err(), Broken::Protocol, "{text}");
        }
    }

    #[test]
    fn lb_08_what_controls_a_terminal_or_reorders_text_is_taken_out_of_a_description() {
        let (_, description) = error("error=x&error_description=%E2%80%AEa%1B[31m%22'%3C/script%3E%C2%9B%E2%80%8B%EF%BB%BF%09b");
        assert_eq!(description.unwrap(), "a[31m\"'</script>b");
        let (_, description) = error(&format!("error=x&error_description={}", "%C3%A6".repeat(500)));
        assert_eq!(description.unwrap(), "\u{E6}".repeat(300));
        assert_eq!(error("error=x&error_description=%E2%80%AE+").1, None, "nothing is left");
    }

    #[test]
    fn lb_16_the_three_names_of_this_machine_are_ours() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
            let head = format!("GET /?state={STATE}&code=a HTTP/1.1\r\nhOST:  {host}:{PORT} \r\n\r\n");
            assert!(matches!(judged(&head), Verdict::Answered(Ok(_))), "{head}");
        }
    }

    #[test]
    fn another_host_is_not_ours() {
        let with = |headers: &str| format!("GET /?state={STATE}&code=a HTTP/1.1\r\n{headers}\r\n");
        for headers in [
            "Host: localhost\r\n",
            "Host: localhost:8021\r\n",
            "Host: localhost:08020\r\n",
            "Host: localhost.:8020\r\n",
            "Host: evil.example:8020\r\n",
            "Host: localhost:8020.evil.example\r\n",
            "Host: user@localhost:8020\r\n",
            "Host: 127.0.0.2:8020\r\n",
            "Host: ::1:8020\r\n",
            "Host:\r\n",
            "Host: localhost:8020, evil.example\r\n",
        ] {
            assert_eq!(waits(&with(headers)), Some(Page::Misdirected), "{headers}");
        }
    }

    #[test]
    fn lb_15_no_host_or_two_are_a_bad_request() {
        let with = |headers: &str| format!("GET /?state={STATE}&code=a HTTP/1.1\r\n{headers}\r\n");
        for headers in [
            "",
            "Accept: */*\r\n",
            "Host: localhost:8020\r\nHost: localhost:8020\r\n",
            "Host: localhost:8020\r\nhost: evil.example\r\n",
            "Host: evil.example\r\nHost: evil.example\r\n",
        ] {
            assert_eq!(waits(&with(headers)), Some(Page::Neutral), "{headers}");
        }
    }

    #[test]
    fn sg_01_a_speculative_request_is_no_answer_not_even_with_the_right_state() {
        let navigation = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document";
        for header in [
            "Sec-Purpose: prefetch",
            "Sec-Purpose: prefetch;prerender",
            "Sec-Purpose: prefetch;anonymous-client-ip",
            "sec-purpose:",
            "Purpose: prefetch",
            "X-Purpose: preview",
            "X-moz: prefetch",
        ] {
            for query in [format!("state={STATE}&code=a"), "state=wrong&code=a".to_owned(), format!("state={STATE}&error=access_denied")] {
                let head = format!("GET /?{query} HTTP/1.1\r\nHost: localhost:{PORT}\r\n{navigation}\r\n{header}\r\n\r\n");
                assert_eq!(waits(&head), Some(Page::Forbidden), "{header} {query}");
                let late = judge_late(head.replace("/?", "/done?").as_bytes(), PORT);
                assert_eq!(late, Page::Forbidden, "the last page is for the person: {header}");
            }
        }
    }

    #[test]
    fn lb_17_lb_18_only_get_is_heard() {
        for method in ["POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "GETT"] {
            let head = get(&format!("/?state={STATE}&code=a")).replacen("GET", method, 1);
            assert_eq!(waits(&head), Some(Page::MethodNotAllowed), "{method}");
        }
        assert_eq!(waits("CONNECT localhost:8020 HTTP/1.1\r\nHost: localhost:8020\r\n\r\n"), Some(Page::MethodNotAllowed));
    }

    #[test]
    fn lb_19_another_path_is_not_found() {
        for path in ["/x", "//", "/.", "/./", "/%2F", "/done/", "/Done", "/favicon.ico", "/done", "/;a", "/%3F"] {
            assert_eq!(waits(&get(&format!("{path}?state={STATE}&code=a"))), Some(Page::NotFound), "{path}");
        }
    }

    #[test]
    fn a_target_in_absolute_form_must_name_us() {
        let ours = format!("HTTP://LocalHost:8020/?state={STATE}&code=a");
        assert!(matches!(judged(&get(&ours)), Verdict::Answered(Ok(_))));
        assert!(matches!(judged(&get(&ours.replace("/?", "?"))), Verdict::Answered(Ok(_))));
        for origin in ["http://evil.example", "https://localhost:8020", "http://localhost:8020@evil.example", "http://localhost", "http://"]
        {
            assert_eq!(waits(&get(&format!("{origin}/?state={STATE}&code=a"))), Some(Page::Misdirected), "{origin}");
        }
        assert_eq!(waits(&get(&format!("localhost:8020/?state={STATE}&code=a"))), Some(Page::Neutral));
        assert_eq!(waits(&get(&format!("*?state={STATE}&code=a"))), Some(Page::Neutral));
        assert_eq!(waits(&get(&format!("/?state={STATE}&code=a#b"))), Some(Page::Neutral));
    }

    #[test]
    fn a_get_has_no_body() {
        for header in ["Content-Length: 1", "Content-Length: 0\r\nContent-Length: 5", "Content-Length: x", "Transfer-Encoding: chunked"] {
            let head = format!("GET /?state={STATE}&code=a HTTP/1.1\r\nHost: localhost:{PORT}\r\n{header}\r\n\r\n");
            assert_eq!(waits(&head), Some(Page::Neutral), "{header}");
        }
        let head = format!("GET /?state={STATE}&code=a HTTP/1.1\r\nHost: localhost:{PORT}\r\nContent-Length: 0\r\n\r\n");
        assert!(matches!(judged(&head), Verdict::Answered(Ok(_))));
    }

    #[test]
    fn lb_31_only_a_navigation_brings_an_answer() {
        let with = |header: &str| format!("GET /?state={STATE}&code=a HTTP/1.1\r\nHost: localhost:{PORT}\r\n{header}\r\n\r\n");
        for header in [
            "Origin: https://evil.example",
            "Origin: null",
            "Origin:",
            "Origin: http://localhost:8020",
            "Sec-Fetch-Mode: no-cors",
            "Sec-Fetch-Mode: cors",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
            "Sec-Fetch-Dest: image",
            "Sec-Fetch-Dest:",
        ] {
            assert_eq!(waits(&with(header)), Some(Page::Forbidden), "{header}");
        }
        let browser = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document";
        assert!(matches!(judged(&with(browser)), Verdict::Answered(Ok(_))));
    }

    #[test]
    fn lb_22_lb_24_what_is_neither_a_code_nor_an_error_breaks_the_protocol() {
        let long = format!("code={}", "x".repeat(4097));
        for parameters in
            ["code=a&error=b", "", "code=", "code", "error=", "iss=a", "error_description=a", "code=%C3%A6", "code=%7F", "code=%09", &long]
        {
            assert_eq!(answered(parameters, &expected()).unwrap_err(), Broken::Protocol, "{parameters}");
        }
        assert!(answered(&format!("code={}", "x".repeat(4096)), &expected()).is_ok());
        for parameters in ["code=a%00b", "code=a%0Ab", "code=a%0Db", "code=%zz", "code=a&code=a"] {
            assert_eq!(waits(&get(&format!("/?state={STATE}&{parameters}"))), Some(Page::Neutral), "{parameters}");
        }
        assert_eq!(waits(&get(&format!("/?state={STATE}&state={STATE}&code=a"))), Some(Page::Neutral));
    }

    #[test]
    fn lb_28_another_issuer_is_refused_whatever_it_says() {
        let expected = from("https://example.com/oidc", false);
        for iss in ["https://evil.example/oidc", "https://example.com/oidc/", "https://EXAMPLE.com/oidc", "https://example.com"] {
            for rest in ["code=a", "error=access_denied", "code=a&error=b"] {
                assert_eq!(answered(&format!("{rest}&iss={iss}"), &expected).unwrap_err(), Broken::WrongIssuer, "{iss} {rest}");
            }
        }
        assert!(answered("code=a&iss=https://example.com/oidc", &expected).is_ok());
    }

    #[test]
    fn lb_30_a_missing_issuer_is_accepted_unless_it_was_announced() {
        assert!(matches!(answered("code=a", &from("https://example.com", false)), Ok(Callback::Code { iss: None, .. })));
        for parameters in ["code=a", "error=access_denied", "code=a&iss="] {
            assert_eq!(answered(parameters, &from("https://example.com", true)).unwrap_err(), Broken::WrongIssuer, "{parameters}");
        }
        assert_eq!(answered("code=a", &Expected { iss_required: true, ..expected() }).unwrap_err(), Broken::WrongIssuer);
        assert_eq!(answered("code=a&iss=%E2%80%AEmoc", &expected()).unwrap_err(), Broken::WrongIssuer);
    }

    #[test]
    fn lb_50_a_stranger_is_no_answer() {
        for target in ["/", "/?", "/?utm=1", "/?iss=https://example.com", "/?code=&state=", "/?error_description=x"] {
            assert_eq!(waits(&get(target)), Some(Page::Neutral), "{target}");
        }
    }

    #[test]
    fn lb_32_what_is_no_http_1_is_refused() {
        for head in [
            "PRI * HTTP/2.0\r\n\r\n",
            "GET / HTTP/0.9\r\n\r\n",
            "GET / HTTP/1.2\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / FTP/1.0\r\n\r\n",
            "\r\n\r\n",
            "",
        ] {
            assert_eq!(waits(head), Some(Page::Neutral), "{head}");
        }
        let head = get(&format!("/?state={STATE}&code=a")).replace("HTTP/1.1", "HTTP/1.0");
        assert!(matches!(judged(&head), Verdict::Answered(Ok(_))));
    }

    #[test]
    fn lb_27_after_the_answer_the_same_answer_is_only_told_that_it_was_given() {
        let late = |target: &str| judge_late(get(target).as_bytes(), PORT);
        assert_eq!(late(&format!("/?state={STATE}&code=a")), Page::Completed);
        assert_eq!((late("/done"), late("/done?x=y"), late("/favicon.ico")), (Page::Done, Page::Done, Page::NotFound));
        assert_eq!(judge_late(get("/done").replace("GET", "POST").as_bytes(), PORT), Page::MethodNotAllowed);
    }

    /// Pieces of requests, right and wrong, of which some whole happens to be right.
    fn requests() -> impl Strategy<Value = (String, bool)> {
        let pick = |right: &'static str, wrong: &'static [&'static str]| prop_oneof![3 => Just((right, true)), 1 => proptest::sample::select(wrong).prop_map(|piece| (piece, false))];
        (
            pick("GET", &["POST", "HEAD", "get", "G\u{E9}T"]),
            pick("/", &["/x", "//", "http://evil.example/", "", "/done"]),
            pick(
                "state=Zm9yLW9uZS1sb2dpbg",
                &["state=", "state=x", "", "state=Zm9yLW9uZS1sb2dpbg&state=Zm9yLW9uZS1sb2dpbg", "state=%zz", "a=%0d"],
            ),
            "(code|error|iss|error_description|x)=[a-z%0-9+]{0,6}",
            pick("HTTP/1.1", &["HTTP/2", "HTTP/1.1 ", ""]),
            pick("Host: localhost:8020", &["Host: evil:8020", "", "Host: localhost:8020\r\nHost: localhost:8020"]),
            pick("A: b", &["Origin: null", "Sec-Fetch-Mode: cors", "Content-Length: 3", "Transfer-Encoding: x", "no colon"]),
        )
            .prop_map(|(method, path, state, rest, version, host, header)| {
                let right = [method, path, state, version, host, header].iter().all(|(_, right)| *right);
                let text = format!("{} {}?{}&{rest} {}\r\n{}\r\n{}\r\n\r\n", method.0, path.0, state.0, version.0, host.0, header.0);
                (text, right)
            })
    }

    proptest! {
        #[test]
        fn never_panics_and_never_believes_without_the_state(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let state = bytes.windows(STATE.len()).any(|window| window == STATE.as_bytes());
            prop_assert!(state || !matches!(judge(&bytes, PORT, &expected()), Verdict::Answered(_)));
            let _ = judge_late(&bytes, PORT);
        }

        #[test]
        fn never_panics_on_any_query(query in "[ -~]{0,300}", head in "GET /\\?(code|state|error|%|&|=|[a-z0-9]){0,60} HTTP/1.1\r\nHost: localhost:8020\r\n\r\n") {
            let verdict = judged(&get(&format!("/?{query}")));
            prop_assert!(!matches!(verdict, Verdict::Answered(_)));
            prop_assert!(!matches!(judged(&head), Verdict::Answered(_)));
        }

        #[test]
        fn one_wrong_piece_is_enough_to_be_refused((head, right) in requests()) {
            let verdict = judged(&head);
            if matches!(verdict, Verdict::Answered(_)) {
                prop_assert!(right, "{}", head);
            }
        }

        #[test]
        fn no_other_state_is_the_state(other in "[A-Za-z0-9_-]{0,40}") {
            prop_assume!(other != STATE);
            let verdict = judged(&get(&format!("/?code=a&state={other}")));
            prop_assert!(matches!(verdict, Verdict::WrongKey));
        }

        #[test]
        fn what_is_handed_on_is_fit_to_be_shown(error in "\\PC{0,80}", description in any::<String>()) {
            let encode = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
            let target = format!("/?state={STATE}&error={}&error_description={}", encode(&error), encode(&description));
            if let Verdict::Answered(Ok(Callback::Error { error, description })) = judged(&get(&target)) {
                prop_assert!(error.len() <= 64 && error.bytes().all(is_error_char));
                let description = description.unwrap_or_default();
                prop_assert!(description.chars().count() <= 300 && !description.chars().any(char::is_control));
            }
        }
    }
}
