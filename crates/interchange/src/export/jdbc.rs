//! Databricks' JDBC driver: one address, or an address and properties. In an address, no value may hold `;` or `=`; properties take all.

use super::parts::{CATALOG, HTTP_PATH, Inline, SCHEMA, authority, document, inline, of_a_workspace, required_http_path, secret_word};
use crate::{
    escape::{self, Refused, Text},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{connection::AuthMethod, failure::Failure};

const FORM: Field = Field::choice("form", "Form", &[("url", "One address"), ("properties", "Java, with properties")]);

pub(super) const JDBC: Format = Format {
    id: "jdbc",
    title: "JDBC",
    group: Group::Sql,
    takes_secret: Some("in plain text in the database URL or in the program's source"),
    fields: &[FORM, HTTP_PATH.required(), CATALOG, SCHEMA],
    make,
};

const INSTEAD: &str = "Choose the form with properties, which can contain it.";

/// Where the secret of a property comes from.
enum Value<'a> {
    Given(&'a str),
    Environment(&'static str),
}

struct Property<'a> {
    key: &'static str,
    what: &'static str,
    value: Value<'a>,
}

fn given<'a>(key: &'static str, what: &'static str, value: &'a str) -> Property<'a> {
    Property { key, what, value: Value::Given(value) }
}

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let secret = inline(subject)?;
    let mut properties = vec![given("httpPath", "The HTTP path", path.as_str())];
    properties.extend(sign_in(subject, secret.as_ref()));
    properties.extend(answers.get(&CATALOG).map(|name| given("ConnCatalog", "The name of the catalog", name)));
    properties.extend(answers.get(&SCHEMA).map(|name| given("ConnSchema", "The name of the schema", name)));
    if answers.chosen(&FORM) == Some("properties") {
        return in_java(subject, &properties);
    }
    let mut text = address(subject)?;
    for Property { key, what, value } in &properties {
        // What is in the environment is asked by the tool.
        let Value::Given(value) = value else { continue };
        text = text.words(";").words(key).words("=").value(what, value, escape::jdbc).map_err(instead)?;
    }
    let next = match (subject.secret.is_some(), &subject.connection.auth) {
        (true, _) => "Enter this address in the tool. It needs no user name or password.",
        (false, AuthMethod::Browser(_)) => "Enter this address in the tool. The driver opens your browser to sign in.",
        (false, AuthMethod::PersonalAccessToken) => "Enter this address in the tool, and the output of brickpass token as the password.",
        (false, AuthMethod::ServicePrincipal { .. }) => {
            "Enter this address in the tool, and the client secret as the property OAuth2Secret."
        }
    };
    Ok(document(subject, ".txt", text.words("\n"), next))
}

fn instead(refused: Refused) -> Refused {
    refused.instead(INSTEAD)
}

fn address(subject: &Subject<'_>) -> Result<Text, Failure> {
    let host = authority(subject.connection);
    let text = Text::new().words("jdbc:databricks://").value("The host", host, escape::address)?;
    Ok(if host.contains(':') { text } else { text.words(":443") })
}

/// One way to sign in. Source: the driver's documentation, "Authentication settings".
fn sign_in<'a>(subject: &'a Subject<'_>, secret: Option<&'a Inline<'_>>) -> Vec<Property<'a>> {
    let word = secret_word(subject.connection);
    let held = |variable: &'static str| secret.map_or(Value::Environment(variable), |secret| Value::Given(secret.exposed()));
    match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => vec![
            given("AuthMech", "", "3"),
            given("UID", "", "token"),
            Property { key: "PWD", what: word, value: held("DATABRICKS_TOKEN") },
        ],
        AuthMethod::ServicePrincipal { client_id, .. } => vec![
            given("AuthMech", "", "11"),
            given("Auth_Flow", "", "1"),
            given("OAuth2ClientId", "The client ID", client_id.as_str()),
            Property { key: "OAuth2Secret", what: word, value: held("DATABRICKS_CLIENT_SECRET") },
        ],
        AuthMethod::Browser(_) => vec![given("AuthMech", "", "11"), given("Auth_Flow", "", "2")],
    }
}

fn in_java(subject: &Subject<'_>, properties: &[Property<'_>]) -> Result<Document, Failure> {
    let text = Text::new().words("import java.sql.Connection;\nimport java.sql.DriverManager;\nimport java.util.Properties;\n\n");
    let mut text = text.words(
        "class Main {\n    public static void main(String[] args) throws Exception {\n        Properties properties = new Properties();\n",
    );
    for Property { key, what, value } in properties {
        text = text.words("        properties.put(\"").words(key).words("\", ");
        text = match value {
            Value::Given(value) => text.value(what, value, escape::java)?,
            Value::Environment(name) => text.words("System.getenv(\"").words(name).words("\")"),
        };
        text = text.words(");\n");
    }
    let text = text.words("        String url = ").quoted(&address(subject)?.within("The address", escape::java)?);
    let text = text.words(";\n        try (Connection connection = DriverManager.getConnection(url, properties)) {\n");
    let text = text.words("            System.out.println(connection.getCatalog());\n        }\n    }\n}\n");
    let next = match (subject.secret.is_some(), &subject.connection.auth) {
        (true, _) | (false, AuthMethod::Browser(_)) => "Add com.databricks:databricks-jdbc to your build.",
        (false, AuthMethod::PersonalAccessToken) => {
            "Add com.databricks:databricks-jdbc to your build, and set DATABRICKS_TOKEN to the output of brickpass token."
        }
        (false, AuthMethod::ServicePrincipal { .. }) => {
            "Add com.databricks:databricks-jdbc to your build, and set DATABRICKS_CLIENT_SECRET to the client secret."
        }
    };
    Ok(document(subject, ".java", text, next))
}
