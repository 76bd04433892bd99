//! Every response of the listener: constants. No part of a request is ever in a status line, a header or a page.

use zeroize::Zeroizing;

use super::{head::Fault, serve::Reply};

/// A response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// To the valid answer: takes the code out of the address bar and the history (RFC 9700, section 4.3.1).
    SeeDone,
    /// The last page. Does not claim success: the code is not exchanged yet.
    Done,
    /// The answer came a second time.
    Completed,
    /// Not part of a login.
    Neutral,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    LineTooLong,
    Misdirected,
    HeadersTooLarge,
}

impl From<Fault> for Page {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Malformed => Self::Neutral,
            Fault::LineTooLong => Self::LineTooLong,
            Fault::HeadersTooLarge => Self::HeadersTooLarge,
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;--window:#fff;--card:#f5f6f8;--hairline:#dde1e7;--text:#1a1d23;--weak:#555d6b;--accent:#3f51d6}
@media(prefers-color-scheme:dark){:root{--window:#15171c;--card:#1b1e24;--hairline:#2e333d;--text:#e9ebef;--weak:#a6aebb;--accent:#8b9cff}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--window);color:var(--text);\
font:14px/20px Inter,system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{box-sizing:border-box;max-width:440px;margin:24px;padding:32px;background:var(--card);border:1px solid var(--hairline);\
border-radius:12px}
.name{margin:0 0 16px;font-weight:600;color:var(--accent)}
h1{margin:0 0 8px;font-size:20px;line-height:28px;font-weight:600}
p{margin:8px 0 0}
.small{margin-top:16px;font-size:12px;line-height:16px;color:var(--weak)}
";

/// SHA-256 of [`STYLE`], base64: the one style that the page may use.
const STYLE_HASH: &str = "FzhrmGbvjNhPB1Nb0AwW6j8XRLL/GqquYw1pvLXGmtQ=";

impl Reply for Page {
    fn response(&self) -> Zeroizing<String> {
        Zeroizing::new(self.whole())
    }
}

impl Page {
    /// The whole response, ready to be sent.
    pub(super) fn whole(self) -> String {
        let status = self.status();
        let extra = match self {
            Self::SeeDone => "Location: /done\r\n",
            Self::MethodNotAllowed => "Allow: GET\r\n",
            _ => "",
        };
        let body = self.body();
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n\
             {extra}\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             Pragma: no-cache\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             X-Frame-Options: DENY\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\
             Cross-Origin-Opener-Policy: same-origin\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             Permissions-Policy: camera=(), clipboard-read=(), geolocation=(), microphone=(), payment=()\r\n\
             \r\n\
             {body}"
        )
    }

    fn status(self) -> &'static str {
        match self {
            Self::SeeDone => "303 See Other",
            Self::Done => "200 OK",
            Self::Completed => "410 Gone",
            Self::Neutral => "400 Bad Request",
            Self::Forbidden => "403 Forbidden",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::LineTooLong => "414 URI Too Long",
            Self::Misdirected => "421 Misdirected Request",
            Self::HeadersTooLarge => "431 Request Header Fields Too Large",
        }
    }

    /// Only for pages that a person may see.
    fn body(self) -> String {
        match self {
            Self::Done => html(
                "Return to Brickpass",
                "Brickpass shows whether the sign-in worked. You can close this tab.",
                "Don't share this page's address: anyone who has it may be able to sign in as you.",
            ),
            Self::Completed => html(
                "Already received",
                "Return to Brickpass to see whether the sign-in worked. You can close this tab.",
                "If Brickpass shows no sign-in, start a new one there.",
            ),
            Self::Neutral => html(
                "Not part of the sign-in",
                "Brickpass is still waiting for a sign-in to finish. Return to Brickpass.",
                "If a sign-in brought you here, start it again in Brickpass and use the newest link.",
            ),
            Self::HeadersTooLarge => html(
                "The browser sent too many cookies",
                "Other programs that you opened on localhost left cookies, and the browser sends them to Brickpass too.",
                "Open the sign-in link from Brickpass in a private window, or delete the cookies of localhost.",
            ),
            _ => String::new(),
        }
    }
}

fn html(title: &str, text: &str, small: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | Brickpass</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <style>{STYLE}</style></head>\n<body><main><p class=\"name\">Brickpass</p><h1>{title}</h1><p>{text}</p><p class=\"small\">{small}</p></main></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use sha2::{Digest as _, Sha256};

    use super::*;

    const ALL: [Page; 10] = [
        Page::SeeDone,
        Page::Done,
        Page::Completed,
        Page::Neutral,
        Page::Forbidden,
        Page::NotFound,
        Page::MethodNotAllowed,
        Page::LineTooLong,
        Page::Misdirected,
        Page::HeadersTooLarge,
    ];

    #[test]
    fn the_one_style_that_is_allowed_is_ours() {
        assert_eq!(STYLE_HASH, BASE64_STANDARD.encode(Sha256::digest(STYLE)));
    }

    #[test]
    fn lb_44_every_response_has_the_headers_that_keep_it_harmless() {
        for page in ALL {
            let response = page.whole();
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            for line in [
                "Content-Type: text/html; charset=utf-8",
                "Connection: close",
                "Cache-Control: no-store",
                "Pragma: no-cache",
                "Referrer-Policy: no-referrer",
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: DENY",
                "Cross-Origin-Opener-Policy: same-origin",
                "Cross-Origin-Resource-Policy: same-origin",
                &format!("Content-Length: {}", body.len()),
                &format!(
                    "Content-Security-Policy: default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; \
                     frame-ancestors 'none'"
                ),
            ] {
                assert_eq!(head.split("\r\n").filter(|it| *it == line).count(), 1, "{page:?}: {line}");
            }
            let lower = head.to_lowercase();
            assert!(!lower.contains("set-cookie") && !lower.contains("access-control") && !lower.contains("server:"), "{head}");
        }
    }

    #[test]
    fn lb_45_pages_fetch_nothing_and_are_small() {
        for page in ALL {
            let body = page.body();
            assert!(body.len() < 8 * 1024);
            for outside in ["http", "//", "url(", "src=", "href=", "@import", "<script", "<img", "<link"] {
                assert!(!body.contains(outside), "{page:?}: {outside}");
            }
        }
    }

    #[test]
    fn no_page_speaks_of_success_before_there_is_one() {
        for page in ALL {
            let body = page.body().to_lowercase();
            assert!(!body.contains("success") && !body.contains("signed in") && !body.contains("authenticated"), "{page:?}");
        }
        assert!(Page::Done.body().contains("Don't share this page's address"));
    }
}
