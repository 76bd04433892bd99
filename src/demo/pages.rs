//! What a browser sees: a workspace shows its login page here.

use std::sync::Arc;

use axum::{Router, extract::State, response::Html, routing::get};

use super::Workspace;

pub(super) fn routes() -> Router<Arc<Workspace>> {
    Router::new().route("/", get(show_login)).route("/login.html", get(show_login))
}

async fn show_login(State(workspace): State<Arc<Workspace>>) -> Html<String> {
    Html(login(&workspace.name))
}

pub(super) fn login(workspace: &str) -> String {
    page(workspace, "This is a demo workspace. It runs on this computer alone and holds no real data, so there is nothing to sign in to.")
}

pub(super) fn not_found() -> String {
    page("Page not found", "This demo workspace has no such page.")
}

/// `title` and `text` are the program's own words; nothing that came over the wire is ever put here.
fn page(title: &str, text: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.5rem; }}
h1 {{ font-size: 1.25rem; font-weight: 600; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{text}</p>
</body>
</html>
"#
    )
}
