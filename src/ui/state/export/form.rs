//! *Copy field by field*: the connection as forms of other products ask for it, one value at a time.

use crate::ui::state::Connections;
use crate::ui::text::export as words;
use brickpass_core::connection::{AuthMethod, Connection, SecretKind};

/// A field of such a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    pub label: &'static str,
    pub value: FormValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormValue {
    Plain(String),
    /// It stays in the vault until it is copied from there.
    Secret(SecretKind),
    /// There is nothing to copy, with the reason.
    None(&'static str),
}

impl Connections {
    /// In the usual order of such forms.
    pub fn form_rows(&self) -> Vec<FormRow> {
        self.exportable().map(rows).unwrap_or_default()
    }
}

fn rows(connection: &Connection) -> Vec<FormRow> {
    let plain = |label, value: String| FormRow { label, value: FormValue::Plain(value) };
    let mut rows = vec![
        plain(words::NAME, connection.name.as_str().to_owned()),
        plain(words::BASE_URL, connection.base_url.origin()),
        plain(words::TIMEOUT, connection.timeout.seconds().to_string()),
        plain(words::AUTH_TYPE, words::auth_type(&connection.auth).to_owned()),
    ];
    match &connection.auth {
        AuthMethod::PersonalAccessToken => {
            rows.push(FormRow { label: words::ACCESS_TOKEN, value: FormValue::Secret(SecretKind::PersonalAccessToken) });
        }
        AuthMethod::ServicePrincipal { client_id, .. } => {
            rows.push(plain(words::CLIENT_ID, client_id.as_str().to_owned()));
            rows.push(FormRow { label: words::CLIENT_SECRET, value: FormValue::Secret(SecretKind::ClientSecret) });
        }
        AuthMethod::Browser(_) => rows.push(FormRow { label: words::ACCESS_TOKEN, value: FormValue::None(words::BROWSER_HAS_NONE) }),
    }
    rows
}
