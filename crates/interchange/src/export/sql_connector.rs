//! Databricks' SQL connector for Python, `databricks-sql-connector`. No secret stands in the program.

use super::parts::{CATALOG, HTTP_PATH, PUBLISH, SCHEMA, authority, document, of_a_workspace, required_http_path};
use crate::{
    escape::{Text, python},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

const BY: Field =
    Field::choice("by", "Authentication", &[("profile", "A published profile"), ("environment", "A token in DATABRICKS_TOKEN")]);

pub(super) const SQL_CONNECTOR: Format = Format {
    id: "sql-connector",
    title: "SQL connector for Python",
    group: Group::Sql,
    takes_secret: None,
    fields: &[BY, HTTP_PATH.required(), CATALOG, SCHEMA],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let by_profile = answers.chosen(&BY) == Some("profile");
    let text = Text::new();
    let text = if by_profile {
        let text = text.words("from databricks import sql\nfrom databricks.sdk.core import Config\n\nconfig = Config(profile=");
        text.value("The name of the profile", subject.profile, python)?.words(")\n")
    } else {
        text.words("import os\n\nfrom databricks import sql\n\n")
    };
    let text = text.words("with sql.connect(\n    server_hostname=").value("The host", authority(subject.connection), python)?;
    let text = text.words(",\n    http_path=").value("The HTTP path", path.as_str(), python)?;
    let text = text.words(if by_profile {
        ",\n    credentials_provider=lambda: config.authenticate"
    } else {
        ",\n    access_token=os.environ[\"DATABRICKS_TOKEN\"]"
    });
    let text =
        text.optional(answers.get(&CATALOG), |text, name| text.words(",\n    catalog=").value("The name of the catalog", name, python))?;
    let text =
        text.optional(answers.get(&SCHEMA), |text, name| text.words(",\n    schema=").value("The name of the schema", name, python))?;
    let text =
        text.words(",\n) as connection, connection.cursor() as cursor:\n    cursor.execute(\"SELECT 1\")\n    print(cursor.fetchall())\n");
    let (next, notes) = if by_profile {
        ("Run pip install databricks-sql-connector databricks-sdk, then python FILE.", vec![PUBLISH.to_owned()])
    } else {
        ("Set DATABRICKS_TOKEN to the output of brickpass token before you start the program.", Vec::new())
    };
    Ok(Document { notes, ..document(subject, ".py", text, next) })
}
