//! Databricks Connect: Spark from a program of one's own.

use super::parts::{CLUSTER, PUBLISH, authority, cluster, document, inline, of_a_workspace, token_only};
use secrecy::ExposeSecret as _;

use crate::{
    escape::{Text, address, percent, posix, python},
    format::{Answers, Document, Field, Format, Group, Subject, missing},
};
use brickpass_core::failure::{Code, Failure};

const COMPUTE: Field = Field::choice("compute", "Compute", &[("cluster", "A cluster"), ("serverless", "Serverless")]);
const ON_CLUSTER: Field = CLUSTER.when("compute", &["cluster"]).required();

pub(super) const CONNECT: Format = Format {
    id: "databricks-connect",
    title: "Databricks Connect",
    group: Group::Databricks,
    takes_secret: Some("in plain text in SPARK_REMOTE, an address that programs often log"),
    fields: &[COMPUTE, ON_CLUSTER],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let on = cluster(answers)?;
    if let Some(secret) = inline(subject)? {
        let token = token_only(&secret, "A Spark Connect address")?;
        // Source: Spark Connect's connection string; it knows no serverless compute.
        let cluster = on.ok_or_else(no_serverless)?;
        let link = Text::new().words("sc://").value("The host", authority(subject.connection), address)?;
        let link = link.words(if has_port(subject) { "/;token=" } else { ":443/;token=" });
        let link = link.value("The token", token.expose_secret(), percent)?;
        let link = link.words(";use_ssl=true;x-databricks-cluster-id=").value("The cluster", cluster, percent)?;
        let text = Text::new().words("export SPARK_REMOTE=").quoted(&link.within("The address", posix)?).words("\n");
        return Ok(document(subject, ".sh", text, "Run this line in the shell that starts your program."));
    }
    let text = Text::new().words("from databricks.connect import DatabricksSession\n\nspark = DatabricksSession.builder.profile(");
    let text = text.value("The name of the profile", subject.profile, python)?.words(")");
    let text = match on {
        Some(id) => text.words(".clusterId(").value("The cluster", id, python)?.words(")"),
        None if answers.chosen(&COMPUTE) == Some("serverless") => text.words(".serverless(True)"),
        None => return Err(missing(&ON_CLUSTER)),
    };
    let text = text.words(".getOrCreate()\nprint(spark.range(3).count())\n");
    let document =
        document(subject, ".py", text, "Install the version of databricks-connect that matches the cluster's runtime, then run the file.");
    Ok(Document { notes: vec![PUBLISH.to_owned()], ..document })
}

fn has_port(subject: &Subject<'_>) -> bool {
    authority(subject.connection).contains(':')
}

fn no_serverless() -> Failure {
    Failure::new(
        Code::Unsupported,
        "A Spark Connect address needs a cluster.",
        "It cannot refer to serverless compute.",
        "Choose a cluster, or export without the secret.",
    )
}
