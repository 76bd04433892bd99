//! `DBeaver`: the address of the database, and the command that makes the connection. No password in either: `DBeaver` asks, and what it would
//! keep in its own file is encrypted with a key that everybody knows. Source: dbeaver.com, "Command line".

use super::parts::{HTTP_PATH, SCHEMA, authority, documents, file, of_a_workspace, required_http_path};
use crate::{
    escape::{self, Text},
    format::{Answers, Document, Field, Format, Group, Subject},
    http_path::HttpPath,
};
use brickpass_core::{connection::AuthMethod, failure::Failure};

const SHELL: Field = Field::choice("shell", "Shell", &[("sh", "bash, zsh, sh"), ("powershell", "PowerShell")]);

pub(super) const DBEAVER: Format =
    Format { id: "dbeaver", title: "DBeaver", group: Group::Sql, takes_secret: None, fields: &[HTTP_PATH.required(), SCHEMA, SHELL], make };

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let address = address(subject, &path, answers.get(&SCHEMA))?;
    let url = address.within("The address", escape::pair)?;
    let specification = Text::new().words("driver=databricks-native|url=").quoted(&url).words("|name=");
    let specification = specification.value("The name of the connection", subject.connection.name.as_str(), escape::pair)?;
    let specification = match subject.connection.auth {
        AuthMethod::PersonalAccessToken => specification.words("|user=token"),
        AuthMethod::ServicePrincipal { .. } | AuthMethod::Browser(_) => specification,
    };
    let specification = specification.words("|create=true|save=true|connect=false");
    let (grammar, ending): (escape::Grammar, _) =
        if answers.chosen(&SHELL) == Some("powershell") { (escape::powershell_ascii, ".ps1") } else { (escape::posix, ".sh") };
    let command = Text::new().words("dbeaver -con ").quoted(&specification.within("The connection", grammar)?).words("\n");
    let files = vec![file(subject, ".txt", address.words("\n")), file(subject, ending, command)];
    let next = match subject.connection.auth {
        AuthMethod::PersonalAccessToken => {
            "Run the command, or create a connection with the Databricks driver and the address. When DBeaver asks for the password, paste the token."
        }
        AuthMethod::Browser(_) => {
            "Run the command, or create a connection with the Databricks driver and the address. The driver opens your browser to sign in."
        }
        AuthMethod::ServicePrincipal { .. } => {
            "Run the command, or create a connection with the Databricks driver and the address. Enter the client secret as the driver property OAuth2Secret."
        }
    };
    let document = documents(subject, files, next);
    Ok(Document { contains_secret: false, ..document })
}

fn address(subject: &Subject<'_>, path: &HttpPath, schema: Option<&str>) -> Result<Text, Failure> {
    let host = authority(subject.connection);
    let text = Text::new().words("jdbc:databricks://").value("The host", host, escape::address)?;
    let text = if host.contains(':') { text } else { text.words(":443") };
    let text = text.words("/").value("The name of the schema", schema.unwrap_or("default"), escape::percent)?;
    let text = text.words(";transportMode=http;ssl=1;httpPath=").value("The HTTP path", path.as_str(), escape::jdbc)?;
    match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => Ok(text.words(";AuthMech=3")),
        AuthMethod::Browser(_) => Ok(text.words(";AuthMech=11;Auth_Flow=2")),
        AuthMethod::ServicePrincipal { client_id, .. } => {
            let text = text.words(";AuthMech=11;Auth_Flow=1;OAuth2ClientId=");
            Ok(text.value("The client ID", client_id.as_str(), escape::jdbc)?)
        }
    }
}
