//! The command that runs a tool as a connection: `brickpass exec`. It gives tokens for as long as the tool runs, so that nothing is written anywhere.

use super::parts::{called, document};
use crate::{
    escape::{self, Grammar, Text},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{connection::Level, failure::Failure};

const TOOL: Field = Field::choice(
    "tool",
    "Runs",
    &[
        ("cli", "The Databricks CLI"),
        ("bundle", "A bundle"),
        ("terraform", "Terraform"),
        ("python", "A Python program"),
        ("shell", "A shell, for all tools"),
    ],
);

const SH: (&str, &str) = ("sh", "bash, zsh, sh");
const FISH: (&str, &str) = ("fish", "fish");
const POWERSHELL: (&str, &str) = ("powershell", "PowerShell");
const CMD: (&str, &str) = ("cmd", "cmd");

/// The first one is that of most people here.
const SHELLS: [(&str, &str); 4] = if cfg!(windows) { [POWERSHELL, CMD, SH, FISH] } else { [SH, FISH, POWERSHELL, CMD] };

const SHELL: Field = Field::choice("shell", "Shell", &SHELLS);

pub(super) const EXEC: Format =
    Format { id: "exec", title: "Run a command", group: Group::Databricks, takes_secret: None, fields: &[TOOL, SHELL], make };

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    // PowerShell has a meaning of its own for `--`, and `brickpass exec` does without it.
    let (grammar, between, ending, shell): (Grammar, _, _, _) = match answers.chosen(&SHELL) {
        Some("fish") => (escape::fish, " -- ", ".fish", "fish"),
        Some("powershell") => (escape::powershell_ascii, " ", ".ps1", "pwsh"),
        Some("cmd") => (escape::cmd, " -- ", ".cmd", "cmd"),
        _ => (escape::posix, " -- ", ".sh", "sh"),
    };
    let command = match (answers.chosen(&TOOL), &subject.connection.level) {
        (Some("bundle"), _) => "databricks bundle deploy",
        (Some("terraform"), _) => "terraform apply",
        (Some("python"), _) => "python program.py",
        (Some("shell"), _) => shell,
        (_, Level::Account { .. }) => "databricks account workspaces list",
        (_, Level::Workspace) => "databricks current-user me",
    };
    let text = called("brickpass exec ", Text::new(), subject.connection, grammar)?.words(between).words(command).words("\n");
    let next = "Run it in a terminal, with your own command instead of the example. The command gets fresh tokens while it runs.";
    let document = document(subject, ending, text, next);
    let java = "This does not work with the SDK for Java. Publish a profile for it.".to_owned();
    Ok(Document { contains_secret: false, notes: vec![java], ..document })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::*;
    use brickpass_core::connection::Connection;

    fn line(name: &str, level: &serde_json::Value, answers: &[(&str, &str)]) -> String {
        let connection: Connection = serde_json::from_value(json!({
            "id": "8a5e0a4e-1111-4222-8333-000000000001", "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
            "timeout_seconds": 30, "auth": {"type": "browser"}, "level": level, "environment": "dev",
        }))
        .unwrap();
        let mut said = Answers::default();
        for (field, value) in answers {
            said.set(field, *value);
        }
        let subject = Subject { connection: &connection, secret: None, profile: "x", helper: "x" };
        EXEC.write(&subject, &said).unwrap().files[0].text.expose_secret().to_owned()
    }

    #[test]
    fn a_line_for_each_tool_and_shell() {
        let line = |answers| line("Sales EU", &json!("workspace"), answers);
        assert_eq!(line(&[("shell", "sh")]), "brickpass exec 'Sales EU' -- databricks current-user me\n");
        assert_eq!(line(&[("tool", "bundle"), ("shell", "fish")]), "brickpass exec 'Sales EU' -- databricks bundle deploy\n");
        assert_eq!(line(&[("tool", "shell"), ("shell", "powershell")]), "brickpass exec 'Sales EU' pwsh\n");
        assert_eq!(line(&[("tool", "terraform"), ("shell", "cmd")]), "brickpass exec \"Sales EU\" -- terraform apply\n");
    }

    #[test]
    fn an_account_is_asked_for_its_workspaces_and_a_name_that_looks_like_an_option_goes_by_its_id() {
        let account = json!({"account": {"account_id": "12345678-90ab-cdef-1234-567890abcdef"}});
        assert_eq!(line("Acme", &account, &[("shell", "sh")]), "brickpass exec 'Acme' -- databricks account workspaces list\n");
        assert_eq!(
            line("--keep", &json!("workspace"), &[("shell", "sh")]),
            "brickpass exec '8a5e0a4e-1111-4222-8333-000000000001' -- databricks current-user me\n"
        );
    }
}
