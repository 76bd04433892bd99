//! Databricks' ODBC driver: a data source for `odbc.ini`, or a connection string without one.
//! Keys: Databricks' documentation, "Authentication settings for the Databricks ODBC Driver".

use super::parts::{CATALOG, HTTP_PATH, Inline, SCHEMA, document, inline, of_a_workspace, required_http_path, secret_word};
use crate::{
    escape::{self, Quoted, Text, Unwritable},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{
    connection::{AuthMethod, Scopes},
    failure::Failure,
};

const FORM: Field = Field::choice("form", "Form", &[("ini", "A data source for odbc.ini"), ("string", "A connection string")]);
const DRIVER: Field = Field::text("driver", "Driver")
    .or("Simba Spark ODBC Driver")
    .hint("The name in odbcinst.ini or in the list of drivers, or the path of its library");

pub(super) const ODBC: Format = Format {
    id: "odbc",
    title: "ODBC",
    group: Group::Sql,
    takes_secret: Some("in plain text in odbc.ini, or in the connection string"),
    fields: &[FORM, HTTP_PATH.required(), DRIVER, CATALOG, SCHEMA],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let secret = inline(subject)?;
    let in_ini = answers.chosen(&FORM) == Some("ini");
    let port = subject.connection.base_url.port().to_string();
    let word = secret_word(subject.connection);
    let scopes = subject.connection.auth.own_scopes().map_or_else(|| Scopes::ALL_APIS.to_owned(), Scopes::spelled);
    let mut pairs: Vec<(&'static str, &'static str, &str)> = vec![
        ("Driver", "The name of the driver", answers.get(&DRIVER).unwrap_or_default()),
        ("Host", "The host", subject.connection.base_url.host()),
        ("Port", "The port", &port),
        ("HTTPPath", "The HTTP path", path.as_str()),
        ("SSL", "", if subject.connection.base_url.is_https() { "1" } else { "0" }),
        ("ThriftTransport", "", "2"),
    ];
    match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => pairs.extend([("AuthMech", "", "3"), ("UID", "", "token")]),
        AuthMethod::ServicePrincipal { client_id, .. } => pairs.extend([
            ("AuthMech", "", "11"),
            ("Auth_Flow", "", "1"),
            ("Auth_Client_ID", "The client ID", client_id.as_str()),
            ("Auth_Scope", "The scopes", &scopes),
        ]),
        AuthMethod::Browser(_) => pairs.extend([("AuthMech", "", "11"), ("Auth_Flow", "", "2")]),
    }
    pairs.extend(secret.as_ref().map(|secret| {
        let key = if matches!(secret, Inline::Token(_)) { "PWD" } else { "Auth_Client_Secret" };
        (key, word, secret.exposed())
    }));
    pairs.extend(answers.get(&CATALOG).map(|name| ("Catalog", "The name of the catalog", name)));
    pairs.extend(answers.get(&SCHEMA).map(|name| ("Schema", "The name of the schema", name)));
    let mut text = Text::new();
    if in_ini {
        text = text.words("[").value("The name of the data source", subject.profile, section)?.words("]\n");
        for (key, what, value) in pairs {
            text = text.words(key).words("=");
            text = text
                .value(what, value, escape::odbc_ini)
                .map_err(|refused| refused.instead("Choose the connection string, which can contain it."))?;
            text = text.words("\n");
        }
    } else {
        for (key, what, value) in pairs {
            text = text.words(key).words("=").value(what, value, escape::connection_string)?.words(";");
        }
        text = text.words("\n");
    }
    let next = match (in_ini, secret.is_some(), &subject.connection.auth) {
        (true, true, _) => "Add these lines to ~/.odbc.ini, and make the file readable only by you.",
        (true, false, AuthMethod::PersonalAccessToken) => {
            "Add these lines to ~/.odbc.ini, and use the output of brickpass token as the password when you connect."
        }
        (true, false, AuthMethod::ServicePrincipal { .. }) => {
            "Add these lines to ~/.odbc.ini, and use the client secret as Auth_Client_Secret when you connect."
        }
        (true, false, AuthMethod::Browser(_)) => "Add these lines to ~/.odbc.ini. The driver opens your browser to sign in.",
        (false, true, _) => "Enter this connection string in the program.",
        (false, false, AuthMethod::PersonalAccessToken) => {
            "Enter this connection string in the program, and add PWD= with the output of brickpass token."
        }
        (false, false, AuthMethod::ServicePrincipal { .. }) => {
            "Enter this connection string in the program, and add Auth_Client_Secret= with the client secret."
        }
        (false, false, AuthMethod::Browser(_)) => "Enter this connection string in the program. The driver opens your browser to sign in.",
    };
    Ok(Document { limits_scopes: true, ..document(subject, if in_ini { ".ini" } else { ".txt" }, text, next) })
}

/// The name of a data source, which ends at a bracket.
fn section(name: &str) -> Result<Quoted, Unwritable> {
    if name.contains(['[', ']']) {
        return Err(Unwritable::Sign { sign: "a bracket", reader: "odbc.ini" });
    }
    escape::odbc_ini(name)
}
