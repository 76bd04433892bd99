//! Environment variables of Databricks' tools, as a shell sets them and as files hold them.
//!
//! Names: databricks-sdk-go, `config/config.go`. `DATABRICKS_AUTH_TYPE` keeps the tools from complaining about variables of another way to sign
//! in (`ARM_CLIENT_ID` and the like), which belong to other programs and are left alone.

use super::parts::{CLUSTER, HTTP_PATH, Inline, PUBLISH, account_id, asked, authority, cluster, document, http_path, inline, secret_word};
use crate::{
    escape::{self, Grammar, Text},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{
    connection::{AuthKind, Level},
    failure::Failure,
};

const BY: Field =
    Field::choice("by", "Authentication", &[("token", "A token from Brickpass, when the lines run"), ("profile", "A published profile")]);

const DOCKER_BY: Field = Field::choice(
    "by",
    "Authentication",
    &[("token", "A token from the environment of docker run"), ("profile", "A published profile (systemd)")],
);

const SHELL_FIELDS: &[Field] = &[BY, CLUSTER, HTTP_PATH];
const PROFILE_FIELDS: &[Field] = &[CLUSTER, HTTP_PATH];
const DOCKER_FIELDS: &[Field] = &[DOCKER_BY, CLUSTER, HTTP_PATH];

const IN_SHELL: &str = "in plain text in the shell's history and in the environment of every program it starts";
const IN_FILE: &str = "in plain text in a file";

const fn format(
    id: &'static str,
    title: &'static str,
    takes_secret: &'static str,
    fields: &'static [Field],
    make: fn(&Subject<'_>, &Answers) -> Result<Document, Failure>,
) -> Format {
    Format { id, title, group: Group::Deployment, takes_secret: Some(takes_secret), fields, make }
}

pub(super) const SH: Format = format("env-sh", "Environment: bash, zsh, sh", IN_SHELL, SHELL_FIELDS, |s, a| make(&POSIX, s, a));
pub(super) const FISH: Format = format("env-fish", "Environment: fish", IN_SHELL, SHELL_FIELDS, |s, a| make(&IN_FISH, s, a));
pub(super) const POWERSHELL: Format = format("env-powershell", "Environment: PowerShell", IN_SHELL, SHELL_FIELDS, |s, a| make(&PWSH, s, a));
pub(super) const CMD: Format = format("env-cmd", "Environment: cmd", IN_SHELL, PROFILE_FIELDS, |s, a| make(&BATCH, s, a));
pub(super) const DOTENV: Format = format("dotenv", ".env file", IN_FILE, PROFILE_FIELDS, |s, a| make(&DOTENV_FILE, s, a));
pub(super) const DOCKER: Format =
    format("env-docker", "Docker and systemd environment file", IN_FILE, DOCKER_FIELDS, |s, a| make(&ENV_FILE, s, a));

/// How one reader is told of a variable.
struct Dialect {
    before: &'static str,
    between: &'static str,
    after: &'static str,
    grammar: Grammar,
    /// Takes away what is left of another way to sign in, and what would choose another place.
    unset: Option<Unset>,
    /// Sets `DATABRICKS_TOKEN` without that it stands there; `None` where there is no way.
    ask: Option<Ask>,
    ending: &'static str,
    next: &'static str,
    next_token: &'static str,
}

type Ask = fn(Text, &Subject<'_>) -> Result<Text, Failure>;

struct Unset {
    before: &'static str,
    between: &'static str,
    after: &'static str,
}

const POSIX: Dialect = Dialect {
    before: "export ",
    between: "=",
    after: "\n",
    grammar: escape::posix,
    unset: Some(Unset { before: "unset ", between: " ", after: "\n" }),
    // Without the token nothing is exported, and every tool says so.
    ask: Some(|text, subject| {
        let text = asked(text.words("DATABRICKS_TOKEN=\"$("), subject.connection, escape::posix)?;
        Ok(text.words(")\" && export DATABRICKS_TOKEN\n"))
    }),
    ending: ".sh",
    next: "Run these lines in the shell, or load the file with: . FILE",
    next_token: "Run these lines in the shell, or load the file with: . FILE",
};

const IN_FISH: Dialect = Dialect {
    before: "set -gx ",
    between: " ",
    after: "\n",
    grammar: escape::fish,
    unset: Some(Unset { before: "set -e ", between: " ", after: "\n" }),
    ask: Some(|text, subject| {
        let text = asked(text.words("set -gx DATABRICKS_TOKEN ("), subject.connection, escape::fish)?;
        Ok(text.words("); or set -e DATABRICKS_TOKEN\n"))
    }),
    ending: ".fish",
    next: "Run these lines in fish, or load the file with: source FILE",
    next_token: "Run these lines in fish, or load the file with: source FILE",
};

const PWSH: Dialect = Dialect {
    before: "$env:",
    between: " = ",
    after: "\n",
    grammar: escape::powershell_ascii,
    unset: Some(Unset { before: "Remove-Item -ErrorAction SilentlyContinue -Path Env:", between: ", Env:", after: "\n" }),
    ask: Some(|text, subject| {
        Ok(asked(text.words("$env:DATABRICKS_TOKEN = ("), subject.connection, escape::powershell_ascii)?.words(")\n"))
    }),
    ending: ".ps1",
    next: "Run these lines in PowerShell, or load the file with: . .\\FILE",
    next_token: "Run these lines in PowerShell, or load the file with: . .\\FILE",
};

const BATCH: Dialect = Dialect {
    before: "set \"",
    between: "=",
    after: "\"\r\n",
    grammar: escape::batch,
    unset: Some(Unset { before: "set \"", between: "=\"\r\nset \"", after: "=\"\r\n" }),
    ask: None,
    ending: ".cmd",
    next: "Run these lines in cmd, or load the file with: call FILE",
    next_token: "",
};

const DOTENV_FILE: Dialect = Dialect {
    before: "",
    between: "=",
    after: "\n",
    grammar: escape::dotenv,
    unset: None,
    ask: None,
    ending: ".env",
    next: "Save it as .env beside your program, and keep it out of version control.",
    next_token: "",
};

const ENV_FILE: Dialect = Dialect {
    before: "",
    between: "=",
    after: "\n",
    grammar: escape::env_file,
    unset: None,
    // A name alone takes the value of the environment that docker runs in.
    ask: Some(|text, _| Ok(text.words("DATABRICKS_TOKEN\n"))),
    ending: ".env",
    next: "Set EnvironmentFile= to this file in the systemd unit.",
    next_token: "Set DATABRICKS_TOKEN to the output of brickpass token in the shell, then run: docker run --env-file FILE",
};

const OTHERS: [&str; 16] = [
    "DATABRICKS_HOST",
    "DATABRICKS_ACCOUNT_ID",
    "DATABRICKS_CONFIG_PROFILE",
    "DATABRICKS_AUTH_TYPE",
    "DATABRICKS_TOKEN",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CLIENT_SECRET",
    "DATABRICKS_USERNAME",
    "DATABRICKS_PASSWORD",
    "DATABRICKS_CLUSTER_ID",
    "DATABRICKS_WAREHOUSE_ID",
    "DATABRICKS_SERVERLESS_COMPUTE_ID",
    "DATABRICKS_WORKSPACE_ID",
    "DATABRICKS_METADATA_SERVICE_URL",
    "DATABRICKS_SERVER_HOSTNAME",
    "DATABRICKS_HTTP_PATH",
];

fn make(dialect: &Dialect, subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let lines = Lines { dialect, text: Text::new() }.unset();
    let by_token = dialect.ask.filter(|_| by(answers) == "token");
    let mut notes = Vec::new();
    let mut next = dialect.next;
    let lines = match (inline(subject)?, by_token) {
        (Some(Inline::Token(token)), _) => {
            let lines = lines.place(subject)?.set("DATABRICKS_AUTH_TYPE", "The way to sign in", "pat")?;
            lines.set("DATABRICKS_TOKEN", "The token", Inline::Token(token).exposed())?
        }
        (Some(principal @ Inline::ServicePrincipal { client_id, .. }), _) => {
            let lines = lines.place(subject)?.set("DATABRICKS_AUTH_TYPE", "The way to sign in", "oauth-m2m")?;
            let lines = lines.set("DATABRICKS_CLIENT_ID", "The client ID", client_id)?;
            lines.set("DATABRICKS_CLIENT_SECRET", secret_word(subject.connection), principal.exposed())?
        }
        (None, Some(ask)) => {
            next = dialect.next_token;
            let lines = lines.place(subject)?.set("DATABRICKS_AUTH_TYPE", "The way to sign in", "pat")?;
            Lines { text: ask(lines.text, subject)?, ..lines }
        }
        (None, None) => {
            notes.push(PUBLISH.to_owned());
            lines.set("DATABRICKS_CONFIG_PROFILE", "The name of the profile", subject.profile)?
        }
    };
    let lines = match cluster(answers)? {
        Some(id) => lines.set("DATABRICKS_CLUSTER_ID", "The cluster", id)?,
        None => lines,
    };
    let lines = match http_path(answers)? {
        Some(path) => {
            let lines = match path.warehouse_id() {
                Some(id) => lines.set("DATABRICKS_WAREHOUSE_ID", "The warehouse", id)?,
                None => lines,
            };
            // Of the SQL connectors' documentation.
            let lines = lines.set("DATABRICKS_SERVER_HOSTNAME", "The host", authority(subject.connection))?;
            lines.set("DATABRICKS_HTTP_PATH", "The HTTP path", path.as_str())?
        }
        None => lines,
    };
    if subject.secret.is_none() && by_token.is_some() && subject.connection.auth.kind() != AuthKind::PersonalAccessToken {
        notes.push(
            "The token is valid for an hour. Run the lines again for a new one, or use brickpass exec, which renews tokens automatically."
                .to_owned(),
        );
    }
    Ok(Document { notes, ..document(subject, dialect.ending, lines.text, next) })
}

/// The first of the choices when nothing is said.
fn by(answers: &Answers) -> &str {
    answers.get(&BY).unwrap_or("token")
}

struct Lines<'a> {
    dialect: &'a Dialect,
    text: Text,
}

impl Lines<'_> {
    fn unset(self) -> Self {
        let Some(Unset { before, between, after }) = &self.dialect.unset else { return self };
        let mut text = self.text.words(before);
        for (at, name) in OTHERS.into_iter().enumerate() {
            text = if at == 0 { text.words(name) } else { text.words(between).words(name) };
        }
        Self { text: text.words(after), ..self }
    }

    fn set(self, name: &'static str, what: &'static str, value: &str) -> Result<Self, Failure> {
        let Dialect { before, between, after, grammar, .. } = self.dialect;
        let text = self.text.words(before).words(name).words(between).value(what, value, *grammar)?.words(after);
        Ok(Self { text, ..self })
    }

    fn place(self, subject: &Subject<'_>) -> Result<Self, Failure> {
        let lines = self.set("DATABRICKS_HOST", "The address", subject.connection.base_url.as_str())?;
        match (&subject.connection.level, account_id(subject.connection)) {
            (Level::Account { .. }, Some(id)) => lines.set("DATABRICKS_ACCOUNT_ID", "The account ID", id),
            _ => Ok(lines),
        }
    }
}
