//! What a linked service runs on: a cluster that is there, or the description of one that is made for each job.

use super::{
    super::parts,
    model::{Compute, Settings},
    plain_secret,
    rules::{self, id},
};
use crate::format::{Answers, Field, Pick};
use brickpass_core::{
    connection::unfit,
    failure::{Code, Failure},
};

const JOB: &[&str] = &["job"];
const POOL_ONLY: &[&str] = &["pool"];
const NEW: &[&str] = &["job", "pool"];

pub(super) const COMPUTE: Field = Field::choice(
    "compute",
    "Compute",
    &[("existing", "An existing cluster"), ("job", "A new job cluster"), ("pool", "A new job cluster from an instance pool")],
);
pub(super) const EXISTING_CLUSTER: Field = parts::CLUSTER.required().when("compute", &["existing"]);
pub(super) const VERSION: Field = Field::pick("runtime_version", "Databricks Runtime", Pick::RuntimeVersion)
    .required()
    .when("compute", NEW)
    .hint("For example 15.4.x-scala2.12");
pub(super) const NODE_TYPE: Field =
    Field::pick("node_type", "Node type", Pick::NodeType).required().when("compute", JOB).hint("For example Standard_D4ds_v5");
pub(super) const DRIVER_NODE_TYPE: Field =
    Field::pick("driver_node_type", "Driver node type", Pick::NodeType).when("compute", JOB).hint("Default: same as workers");
pub(super) const POOL: Field = Field::pick("instance_pool", "Instance pool", Pick::InstancePool).required().when("compute", POOL_ONLY);
pub(super) const WORKERS: Field =
    Field::text("workers", "Workers").or("2").required().when("compute", NEW).hint("A number, or minimum and maximum, for example 1:8");
pub(super) const POLICY: Field = Field::pick("policy", "Cluster policy", Pick::Policy).when("compute", NEW);
const DECIDED: &str = "default";
pub(super) const ACCESS_MODE: Field = Field::choice(
    "data_security_mode",
    "Access mode",
    &[
        (DECIDED, "Set by the workspace or policy"),
        ("SINGLE_USER", "Dedicated (one user)"),
        ("USER_ISOLATION", "Standard (shared)"),
        ("NONE", "No isolation"),
    ],
)
.when("compute", NEW);
pub(super) const SPARK_CONF: Field = Field::lines("spark_conf", "Spark configuration")
    .rare()
    .when("compute", NEW)
    .hint("One setting per line: spark.speculation true. For a secret, use {{secrets/scope/key}}");
pub(super) const SPARK_ENV: Field = Field::lines("spark_env_vars", "Environment variables")
    .rare()
    .when("compute", NEW)
    .hint("One per line: PYSPARK_PYTHON=/databricks/python3/bin/python3");
/// With a pool, Data Factory leaves them out.
pub(super) const TAGS: Field = Field::lines("custom_tags", "Tags").rare().when("compute", JOB).hint("One per line: owner=data");
pub(super) const INIT_SCRIPTS: Field =
    Field::lines("init_scripts", "Init scripts").rare().when("compute", NEW).hint("One path per line: /Workspace/Shared/init.sh");
pub(super) const LOG_DESTINATION: Field =
    Field::text("log_destination", "Cluster logs").rare().when("compute", NEW).hint("A DBFS path, for example dbfs:/cluster-logs");

pub(super) fn compute(answers: &Answers) -> Result<Compute, Failure> {
    let text = |field: &Field| answers.get(field).unwrap_or_default();
    let (least, most) = match answers.chosen(&COMPUTE) {
        Some("job" | "pool") => rules::workers(text(&WORKERS))?,
        _ => return Ok(Compute::Existing(parts::cluster(answers)?.unwrap_or_default().to_owned())),
    };
    let version = id(&VERSION, text(&VERSION))?;
    let settings = settings(answers)?;
    if answers.chosen(&COMPUTE) == Some("job") {
        let driver = answers.get(&DRIVER_NODE_TYPE).map(|value| id(&DRIVER_NODE_TYPE, value)).transpose()?;
        return Ok(Compute::Job { version, node_type: id(&NODE_TYPE, text(&NODE_TYPE))?, driver, workers: (least, most), settings });
    }
    if most.is_some() {
        return Err(Failure::new(
            Code::InvalidInput,
            "A cluster from an instance pool has a fixed size.",
            "Data Factory accepts only one number of workers for it.",
            "Enter one number, for example 2, or choose a new job cluster without a pool.",
        ));
    }
    Ok(Compute::Pool { pool: id(&POOL, text(&POOL))?, version, workers: least, settings })
}

fn settings(answers: &Answers) -> Result<Settings, Failure> {
    let lines = |field: &Field| answers.get(field).unwrap_or_default().to_owned();
    Ok(Settings {
        policy: answers.get(&POLICY).map(|value| id(&POLICY, value)).transpose()?,
        access_mode: answers.chosen(&ACCESS_MODE).filter(|mode| *mode != DECIDED).map(str::to_owned),
        spark_conf: pairs(&SPARK_CONF, &lines(&SPARK_CONF), spark_setting, is_spark_name)?,
        spark_env: pairs(&SPARK_ENV, &lines(&SPARK_ENV), |line| line.split_once('='), is_variable)?,
        tags: pairs(&TAGS, &lines(&TAGS), |line| line.split_once('='), |name| !name.contains(['<', '>', '%', '&', '\\', '?', '/']))?,
        init_scripts: written(&lines(&INIT_SCRIPTS)).map(|line| path(&INIT_SCRIPTS, line, SCRIPTS)).collect::<Result<_, _>>()?,
        log_destination: answers.get(&LOG_DESTINATION).map(|typed| path(&LOG_DESTINATION, typed, &["dbfs:/"])).transpose()?,
    })
}

const SCRIPTS: &[&str] = &["/", "dbfs:/", "abfss://", "s3://", "gs://"];

/// Blank lines mean nothing.
fn written(lines: &str) -> impl Iterator<Item = &str> {
    lines.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// As in `spark-defaults.conf`: blanks, or an equals sign with or without blanks around it.
fn spark_setting(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_at(line.find(|c: char| c == '=' || c.is_whitespace())?);
    let rest = rest.trim_start();
    Some((name, rest.strip_prefix('=').unwrap_or(rest)))
}

fn is_spark_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b'@' | b'$'))
}

/// What a shell takes as the name of a variable.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Names and values, in the order in which they were typed.
fn pairs(
    field: &Field,
    lines: &str,
    split: fn(&str) -> Option<(&str, &str)>,
    is_name: fn(&str) -> bool,
) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (number, line) in written(lines).enumerate() {
        let (name, value) = split(line).map(|(name, value)| (name.trim(), value.trim())).ok_or_else(|| unread(field, number))?;
        // Azure reads a name in brackets as an expression.
        let hostile = [name, value].into_iter().any(|text| unfit(text).is_some()) || plain_secret::stands_in(name);
        if name.is_empty() || name.starts_with('[') || !is_name(name) || hostile {
            return Err(unread(field, number));
        }
        if pairs.iter().any(|(other, _)| other == name) {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("\"{}\" contains {name} twice.", field.label),
                "A field can have only one value.",
                "Remove one of the lines.",
            ));
        }
        if plain_secret::would_be(name, value) {
            return Err(holds_a_secret(format!("\"{}\" would contain a secret: {name}.", field.label)));
        }
        pairs.push((name.to_owned(), value.to_owned()));
    }
    Ok(pairs)
}

fn path(field: &Field, typed: &str, begins: &[&str]) -> Result<String, Failure> {
    if plain_secret::stands_in(typed) {
        let failure = holds_a_secret(format!("\"{}\" contains a path with a secret.", field.label));
        return Err(Failure {
            fix: "Enter the path without the secret, and give the cluster access to that location.".to_owned(),
            ..failure
        });
    }
    if begins.iter().any(|start| typed.starts_with(start) && typed.len() > start.len()) && unfit(typed).is_none() {
        return Ok(typed.to_owned());
    }
    Err(Failure::new(
        Code::InvalidInput,
        format!("\"{}\" contains something that is not a workspace path.", field.label),
        format!("A path starts with {}.", begins.join(", ")),
        format!("Follow this example. {}.", field.hint),
    ))
}

fn holds_a_secret(what: String) -> Failure {
    Failure::new(
        Code::InvalidInput,
        what,
        "It would be in plain text in the linked service's definition, readable by everyone who can see the cluster.",
        "Store it in a secret scope of the workspace, and enter {{secrets/scope/key}} here.",
    )
}

fn unread(field: &Field, line: usize) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("Line {} of \"{}\" cannot be read.", line + 1, field.label),
        "It is not a valid name followed by a value.",
        format!("Follow this example. {}.", field.hint),
    )
}
