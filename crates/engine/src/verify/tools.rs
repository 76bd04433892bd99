//! How each tool is run, and how its output is read.

use serde_json::Value;

use super::{
    Seen,
    program::{Ended, LIMIT, ToolEnvironment},
};
use brickpass_core::failure::{Code, Failure};
use brickpass_databricks::rest::redact;

pub(super) type Tool = fn(&ToolEnvironment, &str) -> Result<Seen, Failure>;

pub(super) const ALL: [Tool; 2] = [databricks_cli, python];

/// The useful part of its own message.
const LONGEST_WORDS: usize = 400;

/// `auth describe` shows what it resolves, `current-user me` sends a real request.
fn databricks_cli(environment: &ToolEnvironment, profile: &str) -> Result<Seen, Failure> {
    const TOOL: &str = "The Databricks CLI";
    let (_, version, _) = ran(TOOL, "databricks", environment.run("databricks", &["version"], LIMIT))?;
    let tool = version.lines().next().unwrap_or(TOOL).trim().replace(" v", " ");
    let (_, described, _) =
        ran(TOOL, "databricks", environment.run("databricks", &["auth", "describe", "--profile", profile, "-o", "json"], LIMIT))?;
    let (good, me, complaint) =
        ran(TOOL, "databricks", environment.run("databricks", &["current-user", "me", "--profile", profile, "-o", "json"], LIMIT))?;
    if !good {
        return Err(refused(&tool, &complaint));
    }
    let described: Value = serde_json::from_str(&described).unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let host = text(described.pointer("/details/host")).or_else(|| text(described.pointer("/details/configuration/host/value")));
    let me: Value = serde_json::from_str(&me).unwrap_or_default();
    seen(tool, text(me.get("userName")), host)
}

/// One line of JSON; `null` where the SDK is not installed.
const SCRIPT: &str = "
import json
try:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.version import __version__
except ImportError:
    print('null')
else:
    client = WorkspaceClient()
    print(json.dumps({'version': __version__, 'host': client.config.host, 'user': client.current_user.me().user_name}))
";

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

fn python(environment: &ToolEnvironment, _profile: &str) -> Result<Seen, Failure> {
    const TOOL: &str = "The Databricks SDK for Python";
    let (good, answer, complaint) = ran(TOOL, PYTHON, environment.run(PYTHON, &["-c", SCRIPT], LIMIT))?;
    if !good {
        return Err(refused(TOOL, &complaint));
    }
    let answer: Value = serde_json::from_str(answer.trim()).unwrap_or_default();
    if answer.is_null() {
        return Err(missing(TOOL, &format!("{PYTHON} has no package databricks-sdk.")));
    }
    let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
    let tool = format!("databricks-sdk {} (Python)", text("version").unwrap_or_default());
    seen(tool, text("user"), text("host"))
}

fn ran(tool: &str, program: &str, ended: Ended) -> Result<(bool, String, String), Failure> {
    match ended {
        Ended::Ran { good, stdout, stderr } => Ok((good, stdout, stderr)),
        Ended::Missing => Err(missing(tool, &format!("The program {program} is not on the PATH."))),
        Ended::TooLate => Err(Failure::new(
            Code::ReadTimeout,
            format!("{tool} did not answer."),
            format!("It did not finish within {} seconds.", LIMIT.as_secs()),
            "Try again, or run it in a terminal to see what it is waiting for.",
        )),
        Ended::Failed(error) => Err(Failure::new(
            Code::Unsupported,
            format!("{tool} could not be started."),
            format!("Operating system error: {error}."),
            "Run it in a terminal to see what is wrong.",
        )),
    }
}

fn missing(tool: &str, why: &str) -> Failure {
    Failure::new(
        Code::Unsupported,
        format!("{tool} is not installed."),
        why,
        "Install it, or verify the profile on a computer that has it.",
    )
}

/// For `auth_type = databricks-cli`, the Databricks CLI reads only its own keyring entries: it starts no other program, whatever the profile contains.
fn refused(tool: &str, complaint: &str) -> Failure {
    let words = redact::capped(&redact::shown(complaint.trim(), &[]), LONGEST_WORDS);
    let own_sign_ins = ["no cached credentials", "databricks OAuth is not configured", "databricks auth login"];
    let failure = if tool.starts_with("Databricks CLI") && own_sign_ins.iter().any(|it| complaint.contains(it)) {
        Failure::new(
            Code::SignInNeeded,
            format!("{tool} does not use this profile's sign-in."),
            "It reads tokens only from the system keyring, which has none for this profile. SDKs and Terraform get tokens from Brickpass and are not affected.",
            "Start it with brickpass exec, or store your secrets in the system keyring.",
        )
    } else {
        Failure::new(
            Code::Unauthorized,
            format!("{tool} could not sign in with this profile."),
            "See the details for its message.",
            "To see the settings it uses: brickpass effective. Or publish the connection again.",
        )
    };
    failure.with_details(words)
}

fn seen(tool: String, user: Option<String>, host: Option<String>) -> Result<Seen, Failure> {
    match (user, host) {
        (Some(user), Some(host)) => Ok(Seen { tool, user, host }),
        _ => Err(Failure::new(
            Code::Protocol,
            format!("{tool} gave an unexpected answer."),
            "It does not say which user it signs in as, or where.",
            "Update the tool or Brickpass.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cli_says_of_a_profile_that_it_does_not_serve_is_explained() {
        let failure = refused(
            "Databricks CLI 1.14.0",
            "Error: error getting token: cache: no cached credentials; run `databricks auth login` to sign in",
        );
        assert_eq!(failure.code, Code::SignInNeeded);
        assert!(failure.fix.contains("brickpass exec"), "{failure}");
    }

    #[test]
    fn no_secret_of_a_tools_complaint_is_shown() {
        let failure = refused("Tool", "Error: token dapi0123456789abcdef0123456789abcdef is bad");
        assert!(!format!("{failure:?}").contains("dapi0123456789"), "{failure:?}");
    }

    #[test]
    fn an_answer_without_a_user_verifies_nothing() {
        assert_eq!(seen("x".to_owned(), None, Some("h".to_owned())).unwrap_err().code, Code::Protocol);
    }
}
