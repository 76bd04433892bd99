//! What a browser sees: a workspace shows its login page here.

use std::sync::Arc;

use axum::{Extension, Router, response::Html, routing::get};

use super::Workspace;

pub(super) fn routes() -> Router {
    Router::new().route("/", get(show_login)).route("/login.html", get(show_login))
}

async fn show_login(Extension(workspace): Extension<Arc<Workspace>>) -> Html<String> {
    Html(login(&workspace.name))
}

pub(super) fn login(workspace: &str) -> String {
    page(workspace, "This is a demo workspace. It runs only on this computer and contains no real data.")
}

pub(super) fn not_found() -> String {
    page("Page not found", "This demo workspace has no such page.")
}

pub(super) fn account() -> String {
    page(
        "Demo account",
        "This is the account of the demo workspaces. It runs only on this computer. Applications send you here to sign in.",
    )
}

/// `title` and `text` are the program's own words; nothing that came over the wire is ever put here.
fn page(title: &str, text: &str) -> String {
    frame(title, &format!("<p>{text}</p>\n"))
}

/// A page in the app's colours. `title` and `body` are HTML: whoever puts words of others there escapes them first.
pub(super) fn frame(title: &str, body: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}</main>
</body>
</html>
"#
    )
}

/// The palette of the window, light and dark.
const STYLE: &str = "
:root { color-scheme: light dark; --back: #F5F6F8; --card: #FFFFFF; --text: #1A1D23; --weak: #555D6B; --accent: #3F51D6; --on: #FFFFFF; --line: #DDE1E7; --border: #7C8594; --field: #FFFFFF; --hover: #ECEEF2; --error: #BE2C2C; }
@media (prefers-color-scheme: dark) { :root { --back: #15171C; --card: #1B1E24; --text: #E9EBEF; --weak: #A6AEBB; --accent: #8B9CFF; --on: #10131C; --line: #2E333D; --border: #727B8A; --field: #22262E; --hover: #262B34; --error: #FF8278; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 12vh 16px 32px; background: var(--back); color: var(--text); font: 14px/20px Inter, system-ui, sans-serif; }
main { max-width: 420px; margin: 0 auto; padding: 28px 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 16px; font-size: 20px; line-height: 28px; font-weight: 600; overflow-wrap: anywhere; }
p, ul { margin: 0 0 16px; overflow-wrap: anywhere; }
p:last-child { margin-bottom: 0; }
ul { padding-left: 20px; }
small, .hint { color: var(--weak); font-size: 12px; line-height: 16px; }
.hint { margin-top: 20px; padding-top: 16px; border-top: 1px solid var(--line); }
.wrong { color: var(--error); }
label { display: block; margin-bottom: 4px; font-weight: 500; }
input { width: 100%; height: 32px; margin-bottom: 16px; padding: 0 10px; color: inherit; background: var(--field); border: 1px solid var(--border); border-radius: 8px; font: inherit; }
.actions { display: flex; gap: 8px; }
code { white-space: nowrap; }
button { min-height: 32px; padding: 4px 16px; color: var(--on); background: var(--accent); border: 1px solid var(--accent); border-radius: 8px; font: inherit; font-weight: 500; cursor: pointer; }
button.second, button.choice { color: var(--text); background: var(--field); border-color: var(--border); }
button.second:hover, button.choice:hover { background: var(--hover); }
button.choice { display: block; width: 100%; margin-bottom: 8px; padding: 8px 12px; text-align: left; }
button.choice small { float: right; font-weight: 400; line-height: 20px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
";
