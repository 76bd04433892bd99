//! What a person sees on the way: plain forms that work without scripts. What came over the wire is put here only through [`escaped`].

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{Host, Realm, request::scope_meaning};
use crate::{DemoUser, errors, pages};
use brickpass_core::connection::OAuthApp;

pub(super) const LOGIN: &str = "/oidc/login";
pub(super) const CONSENT: &str = "/oidc/consent";
pub(super) const CHOOSE: &str = "/oidc/choose";

/// `to` is the host's name; `wrong` the user name that was tried in vain. The page names a user who can sign in, as this is a demo.
pub(super) fn login(ticket: &str, to: Option<&str>, hint: Option<&DemoUser>, wrong: Option<&str>) -> Response {
    let to = escaped(to.unwrap_or("Databricks"));
    let typed = escaped(wrong.unwrap_or_default());
    let told = match wrong {
        Some(_) => "<p class=\"wrong\" role=\"alert\">The user name or password is wrong. Try again.</p>\n",
        None => "",
    };
    let hint = hint.map_or_else(String::new, |user| {
        format!(
            "<p class=\"hint\">This is the demo: sign in as <code>{}</code> with the password <code>{}</code>.</p>\n",
            escaped(&user.name),
            escaped(&user.password)
        )
    });
    let body = format!(
        r#"{told}<form method="post" action="{LOGIN}">
<input type="hidden" name="ticket" value="{ticket}">
<label for="username">User name</label>
<input id="username" name="username" type="text" value="{typed}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<div class="actions"><button type="submit">Sign in</button></div>
</form>
{hint}"#
    );
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    show(status, &format!("Sign in to {to}"), &body)
}

/// A button for each workspace, or for the account alone.
pub(super) fn choose(ticket: &str, hosts: &[Host], account: bool) -> Response {
    let button = |host: &Host| {
        let (name, address) = (escaped(&host.name), escaped(host.origin.trim_start_matches("http://")));
        let value = choice(host);
        format!("<button type=\"submit\" name=\"at\" value=\"{value}\" class=\"choice\">{name} <small>{address}</small></button>")
    };
    let buttons = hosts.iter().filter(|host| is_choice(host, account)).map(button).collect::<Vec<_>>().join("\n");
    let body = format!(
        "<form method=\"post\" action=\"{CHOOSE}\">\n<input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">\n<div class=\"choices\">\n{buttons}\n</div>\n</form>\n"
    );
    show(StatusCode::OK, if account { "Choose an account" } else { "Choose a workspace" }, &body)
}

pub(super) fn is_choice(host: &Host, account: bool) -> bool {
    match host.realm {
        Realm::Workspace(_) => !account,
        Realm::Account => account,
        Realm::Unified => false,
    }
}

/// How the form names a host.
pub(super) fn choice(host: &Host) -> String {
    match host.realm {
        Realm::Workspace(id) => id.to_string(),
        Realm::Account | Realm::Unified => crate::catalogue::ACCOUNT_ID.to_owned(),
    }
}

pub(super) fn consent(ticket: &str, client_id: &str, scopes: &[String], at: &str, user: &str) -> Response {
    let application = if client_id == OAuthApp::DATABRICKS_CLI { "Databricks CLI" } else { client_id };
    let (application, at, user) = (escaped(application), escaped(at), escaped(user));
    let line = |scope: &String| format!("<li>{} <small><code>{}</code></small></li>", escaped(scope_meaning(scope)), escaped(scope));
    let scopes = scopes.iter().map(line).collect::<Vec<_>>().join("\n");
    let body = format!(
        r#"<p><strong>{application}</strong> requests access to <strong>{at}</strong> as you, <strong>{user}</strong>:</p>
<ul>
{scopes}
</ul>
<form method="post" action="{CONSENT}">
<input type="hidden" name="ticket" value="{ticket}">
<div class="actions"><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="decline" class="second">Decline</button></div>
</form>
"#
    );
    show(StatusCode::OK, &format!("Allow {application}?"), &body)
}

/// The application has asked in a way that must not be answered to it.
pub(super) fn refused(message: &str) -> Response {
    let body = format!(
        "<p class=\"wrong\" role=\"alert\">{}</p>\n<p>Nothing was allowed. Close this page and return to the application.</p>\n",
        escaped(message)
    );
    show(StatusCode::BAD_REQUEST, "This sign-in cannot continue", &body)
}

pub(super) fn too_late() -> Response {
    let body = "<p class=\"wrong\" role=\"alert\">This step was already completed, or it has expired.</p>\n<p>Start again from the application.</p>\n";
    show(StatusCode::BAD_REQUEST, "This sign-in cannot continue", body)
}

fn show(status: StatusCode, title: &str, body: &str) -> Response {
    let mut response = (status, Html(pages::frame(title, body))).into_response();
    guard(&mut response);
    response
}

/// No scripts, no frames around it, and no address handed on to where the browser goes next.
pub(super) fn guard(response: &mut Response) {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    errors::set(response, header::CONTENT_SECURITY_POLICY, policy);
    errors::set(response, header::X_FRAME_OPTIONS, "DENY");
    errors::set(response, header::REFERRER_POLICY, "no-referrer");
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_and_never_acted_upon() {
        assert_eq!(escaped(r#"<a href="x" id='y'>&"#), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
    }
}
