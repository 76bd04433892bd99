//! The Databricks extension of Visual Studio Code, and a bundle that goes with it. Both name a published profile.
//! Source: databricks-vscode, `ConfigOverridesFile`; docs.databricks.com, "Databricks Asset Bundle configuration".

use serde_json::{Map, json};

use super::parts::{CLUSTER, PUBLISH, cluster, documents, of_a_workspace};
use crate::{
    escape::{Text, json_document, yaml_template},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject},
};
use brickpass_core::failure::{Code, Failure};

const TARGET: Field = Field::text("target", "Bundle target").or("dev").required().hint("One word, for example dev");
const COMPUTE: Field = Field::choice("compute", "Compute", &[("cluster", "A cluster"), ("serverless", "Serverless compute")]);
const ON_CLUSTER: Field = CLUSTER.when("compute", &["cluster"]);

pub(super) const VSCODE: Format = Format {
    id: "vscode",
    title: "Visual Studio Code",
    group: Group::Databricks,
    takes_secret: None,
    fields: &[TARGET, COMPUTE, ON_CLUSTER],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let target = target(answers.get(&TARGET).unwrap_or_default())?;
    let mut overrides = Map::new();
    overrides.insert("authProfile".to_owned(), json!(subject.profile));
    overrides.extend(cluster(answers)?.map(|id| ("clusterId".to_owned(), json!(id))));
    if answers.chosen(&COMPUTE) == Some("serverless") {
        overrides.insert("serverless".to_owned(), json!(true));
    }
    let overrides = json_document(&overrides.into()).map_err(|why| why.of("The name of the profile"))?;
    let bundle = Text::new().words("bundle:\n  name: ");
    let bundle = bundle.value("The name of the connection", &subject.connection.name.file_stem(), yaml_template)?.words("\n\ntargets:\n  ");
    let bundle = bundle.value("The target", target, yaml_template)?.words(":\n    default: true\n    workspace:\n      host: ");
    let bundle = bundle.value("The address", subject.connection.base_url.as_str(), yaml_template)?.words("\n      profile: ");
    let bundle = bundle.value("The name of the profile", subject.profile, yaml_template)?.words("\n");
    let files = vec![
        DocumentFile { name: "databricks.yml".to_owned(), text: bundle.finish() },
        DocumentFile { name: format!(".databricks/bundle/{target}/vscode.overrides.json"), text: overrides.finish() },
    ];
    let next = "Save both files in your project's folder, and open it in Visual Studio Code with the Databricks extension.";
    let document = documents(subject, files, next);
    Ok(Document { contains_secret: false, notes: vec![PUBLISH.to_owned()], ..document })
}

/// It becomes the name of a folder.
fn target(typed: &str) -> Result<&str, Failure> {
    let fits = typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits && (1..=60).contains(&typed.len()) && !typed.starts_with('-') {
        return Ok(typed);
    }
    Err(Failure::new(
        Code::InvalidInput,
        "This is not a valid target name.",
        "A target name has at most 60 letters, digits, - and _, and does not start with -.",
        "Choose a name, for example dev.",
    ))
}
