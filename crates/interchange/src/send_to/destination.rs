//! Where a token can be sent, and what each service takes as a name. The rules are those of the services' own documentation.

use std::fmt;

/// A store of secrets with a command of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    AzureKeyVault,
    GitHub,
    GitLab,
    Aws,
    Google,
    Databricks,
    Kubernetes,
}

/// What a person types so that the command knows where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Vault,
    SecretName,
    Repository,
    /// The Google Cloud project.
    Project,
    Scope,
    Key,
    /// The profile of the Databricks CLI.
    Profile,
    Namespace,
}

/// Why a service would not take what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    #[error("Enter the {0}")]
    Empty(&'static str),
    #[error("Use {0} characters, not {1}")]
    Length(Range, usize),
    #[error("{what} cannot contain {sign}; use {allowed}", sign = Sign(*sign))]
    Character { what: &'static str, sign: char, allowed: &'static str },
    #[error("{0}")]
    Rule(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range(usize, usize);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 <= 1 { write!(f, "at most {}", self.1) } else { write!(f, "{} to {}", self.0, self.1) }
    }
}

/// As it can be read in a sentence.
struct Sign(char);

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("a space"),
            c if c.is_control() || c.is_whitespace() => f.write_str("this character"),
            c => write!(f, "{c}"),
        }
    }
}

impl Destination {
    pub const ALL: [Self; 7] =
        [Self::AzureKeyVault, Self::GitHub, Self::GitLab, Self::Aws, Self::Google, Self::Databricks, Self::Kubernetes];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AzureKeyVault => "Azure Key Vault",
            Self::GitHub => "GitHub Actions secret",
            Self::GitLab => "GitLab CI/CD variable",
            Self::Aws => "AWS Secrets Manager",
            Self::Google => "Google Secret Manager",
            Self::Databricks => "Databricks secret scope",
            Self::Kubernetes => "Kubernetes secret",
        }
    }

    /// In the order in which they are asked for.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::AzureKeyVault => &[Field::Vault, Field::SecretName],
            Self::GitHub | Self::GitLab => &[Field::Repository, Field::SecretName],
            Self::Aws => &[Field::SecretName],
            Self::Google => &[Field::SecretName, Field::Project],
            Self::Databricks => &[Field::Scope, Field::Key, Field::Profile],
            Self::Kubernetes => &[Field::SecretName, Field::Key, Field::Namespace],
        }
    }

    /// Without it, the tool takes the one that it is set up for.
    #[must_use]
    pub fn is_optional(self, field: Field) -> bool {
        matches!(field, Field::Project | Field::Profile | Field::Namespace)
    }

    /// A new secret and a new value of an existing one are different commands there.
    #[must_use]
    pub fn tells_new_from_existing(self) -> bool {
        matches!(self, Self::Aws | Self::Google)
    }

    /// The name that the field has at this service.
    #[must_use]
    pub fn label(self, field: Field) -> &'static str {
        match (self, field) {
            (_, Field::Vault) => "Vault name",
            (Self::GitLab, Field::SecretName) => "Variable key",
            (_, Field::SecretName) => "Secret name",
            (Self::GitLab, Field::Repository) => "Project path",
            (_, Field::Repository) => "Repository",
            (_, Field::Project) => "Project",
            (_, Field::Scope) => "Secret scope",
            (_, Field::Key) => "Key",
            (_, Field::Profile) => "CLI profile",
            (_, Field::Namespace) => "Namespace",
        }
    }

    /// Shown while the field is empty.
    #[must_use]
    pub fn example(self, field: Field) -> &'static str {
        match (self, field) {
            (_, Field::Vault) => "sales-prod-kv",
            (Self::GitHub | Self::GitLab, Field::SecretName) => "DATABRICKS_TOKEN",
            (Self::Aws, Field::SecretName) => "prod/databricks-token",
            (_, Field::SecretName | Field::Key) => "databricks-token",
            (Self::GitLab, Field::Repository) => "group/project",
            (_, Field::Repository) => "owner/repository",
            (_, Field::Project) => "Default: gcloud's current project",
            (_, Field::Scope) => "sales",
            (_, Field::Profile) => "DEFAULT",
            (_, Field::Namespace) => "Default: current namespace",
        }
    }

    /// What was typed, without the space around it, if the service takes it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn accept(self, field: Field, typed: &str) -> Result<&str, Unacceptable> {
        let value = typed.trim();
        if value.is_empty() {
            return if self.is_optional(field) { Ok(value) } else { Err(Unacceptable::Empty(self.asked_for(field))) };
        }
        match (self, field) {
            (_, Field::Vault) => vault(value)?,
            (Self::AzureKeyVault, Field::SecretName) => {
                signs("A secret's name", value, |c| c.is_ascii_alphanumeric() || c == '-', "letters, digits and -")?;
                length(value, 1, 127)?;
            }
            (Self::GitHub, Field::SecretName) => github_secret(value)?,
            (Self::GitHub, Field::Repository) => github_repository(value)?,
            (Self::GitLab, Field::SecretName) => {
                signs("A variable's key", value, |c| c.is_ascii_alphanumeric() || c == '_', "letters, digits and _")?;
                length(value, 1, 255)?;
            }
            (_, Field::Repository) => gitlab_project(value)?,
            (Self::Aws, Field::SecretName) => {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
                signs("A secret's name", value, allowed, "letters, digits and / _ + = . @ -")?;
                length(value, 1, 512)?;
            }
            (Self::Kubernetes, Field::SecretName) => {
                signs("A secret's name", value, |c| dns(c) || c == '.', "lowercase letters, digits, - and .")?;
                length(value, 1, 253)?;
                if !value.split('.').all(|label| framed(label, alphanumeric)) {
                    return Err(Unacceptable::Rule("Start and end each part with a lowercase letter or digit"));
                }
            }
            (_, Field::SecretName) => {
                signs("A secret's name", value, |c| c.is_ascii_alphanumeric() || "_-".contains(c), "letters, digits, _ and -")?;
                length(value, 1, 255)?;
            }
            (_, Field::Project) => project(value)?,
            (Self::Kubernetes, Field::Key) => {
                signs("A key", value, |c| c.is_ascii_alphanumeric() || "-._".contains(c), "letters, digits and - . _")?;
                length(value, 1, 253)?;
                if value.starts_with("..") || value == "." {
                    return Err(Unacceptable::Rule("A key cannot be . or start with .."));
                }
            }
            (_, Field::Scope | Field::Key) => {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "-._@".contains(c);
                signs(if field == Field::Scope { "A scope's name" } else { "A key" }, value, allowed, "letters, digits and - . _ @")?;
                length(value, 1, 128)?;
            }
            (_, Field::Profile) => {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "-._ ".contains(c);
                signs("A profile's name", value, allowed, "letters, digits and - . _")?;
                length(value, 1, 100)?;
            }
            (_, Field::Namespace) => {
                signs("A namespace", value, dns, "lowercase letters, digits and -")?;
                length(value, 1, 63)?;
                if !framed(value, alphanumeric) {
                    return Err(Unacceptable::Rule("Start and end it with a lowercase letter or digit"));
                }
            }
        }
        if value.starts_with('-') {
            return Err(Unacceptable::Rule("Do not start with -: the tool would read it as an option"));
        }
        Ok(value)
    }

    fn asked_for(self, field: Field) -> &'static str {
        match (self, field) {
            (_, Field::Vault) => "vault name",
            (Self::GitLab, Field::SecretName) => "variable key",
            (_, Field::SecretName) => "secret name",
            (Self::GitLab, Field::Repository) => "project path",
            (_, Field::Repository) => "repository",
            (_, Field::Project) => "project",
            (_, Field::Scope) => "secret scope name",
            (_, Field::Key) => "key",
            (_, Field::Profile) => "profile",
            (_, Field::Namespace) => "namespace",
        }
    }
}

fn alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn dns(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

/// Not empty, and both ends are such.
fn framed(value: &str, is_end: impl Fn(char) -> bool + Copy) -> bool {
    value.starts_with(is_end) && value.ends_with(is_end)
}

fn signs(what: &'static str, value: &str, allowed: impl Fn(char) -> bool, words: &'static str) -> Result<(), Unacceptable> {
    match value.chars().find(|c| !allowed(*c)) {
        Some(sign) => Err(Unacceptable::Character { what, sign, allowed: words }),
        None => Ok(()),
    }
}

fn length(value: &str, least: usize, most: usize) -> Result<(), Unacceptable> {
    let length = value.chars().count();
    if (least..=most).contains(&length) { Ok(()) } else { Err(Unacceptable::Length(Range(least, most), length)) }
}

fn vault(value: &str) -> Result<(), Unacceptable> {
    signs("A vault's name", value, |c| c.is_ascii_alphanumeric() || c == '-', "letters, digits and -")?;
    length(value, 3, 24)?;
    if !value.starts_with(|c: char| c.is_ascii_alphabetic()) || value.ends_with('-') || value.contains("--") {
        return Err(Unacceptable::Rule("A vault's name starts with a letter, ends with a letter or digit, and has no two - in a row"));
    }
    Ok(())
}

fn github_secret(value: &str) -> Result<(), Unacceptable> {
    signs("A secret's name", value, |c| c.is_ascii_alphanumeric() || c == '_', "letters, digits and _")?;
    length(value, 1, 255)?;
    if value.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Unacceptable::Rule("A secret's name cannot start with a digit"));
    }
    if value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("GITHUB_")) {
        return Err(Unacceptable::Rule("Names that start with GITHUB_ are reserved; choose a different name"));
    }
    Ok(())
}

/// `OWNER/REPOSITORY`, with the host before it when it is not github.com.
fn github_repository(value: &str) -> Result<(), Unacceptable> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
    signs("A repository", value, allowed, "letters, digits and - . _ /")?;
    let parts: Vec<_> = value.split('/').collect();
    let rule = Unacceptable::Rule("Use the form owner/repository, for example ada/sales-etl");
    let (host, owner, name) = match parts.as_slice() {
        [owner, name] => (None, *owner, *name),
        [host, owner, name] => (Some(*host), *owner, *name),
        _ => return Err(rule),
    };
    let owner_fits = framed(owner, |c| c.is_ascii_alphanumeric()) && owner.len() <= 39 && !owner.contains('.');
    let name_fits = (1..=100).contains(&name.len()) && !matches!(name, "." | "..");
    let host_fits = host.is_none_or(|host| host.contains('.') && !host.contains('_') && framed(host, alphanumeric));
    if owner_fits && name_fits && host_fits { Ok(()) } else { Err(rule) }
}

/// Groups within groups, and the project.
fn gitlab_project(value: &str) -> Result<(), Unacceptable> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
    signs("A project's path", value, allowed, "letters, digits and - . _ /")?;
    length(value, 3, 1024)?;
    let fits = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && !part.ends_with('.');
    if value.contains('/') && value.split('/').all(fits) {
        Ok(())
    } else {
        Err(Unacceptable::Rule("Use the form group/project, for example analytics/sales-etl"))
    }
}

fn project(value: &str) -> Result<(), Unacceptable> {
    signs("A project's ID", value, dns, "lowercase letters, digits and -")?;
    length(value, 6, 30)?;
    if !value.starts_with(|c: char| c.is_ascii_lowercase()) || value.ends_with('-') {
        return Err(Unacceptable::Rule("A project's ID starts with a lowercase letter and does not end with -"));
    }
    Ok(())
}
