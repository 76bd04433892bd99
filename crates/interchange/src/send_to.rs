//! *Copy to a secret store*: the command that puts a token into a secret store. The command contains no secret. The token is never in the
//! arguments or the environment of a process, or in a file: it goes through a pipe, or stays inside `PowerShell`.

mod destination;

use std::fmt;

pub use destination::{Destination, Field, Unacceptable};

use secrecy::ExposeSecret as _;

use super::escape::{Quoted, Shell, Text, Unwritable};

/// The shells that the command is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// sh, bash, dash, zsh.
    Posix,
    PowerShell,
}

/// Where the command runs; it decides what reads the clipboard there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Linux,
    MacOs,
    Windows,
}

/// Where the command takes the token from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `brickpass token`: a connection that signs in with the token.
    Connection {
        name: String,
        /// Stands for the name where a shell cannot write that.
        id: String,
    },
    Clipboard,
}

/// What is to be sent where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub destination: Destination,
    /// The secret is already there and gets a new value. Asked where [`Destination::tells_new_from_existing`].
    pub exists: bool,
    pub terminal: Terminal,
    pub platform: Platform,
    pub source: Source,
    typed: Vec<(Field, String)>,
}

/// Why there is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{1}")]
    Field(Field, Unacceptable),
    /// A pipe of `PowerShell` ends with a line break, and this tool stores what it reads.
    #[error(
        "PowerShell adds a line break to the input of {tool}, which would become part of the secret. Run the command in sh: on Windows, in Git Bash or WSL",
        tool = .0
    )]
    LineBreak(&'static str),
    #[error("A command cannot contain this: {0}")]
    Unwritable(#[from] Unwritable),
}

impl Terminal {
    pub const ALL: [Self; 2] = [Self::Posix, Self::PowerShell];

    fn shell(self) -> Shell {
        match self {
            Self::Posix => Shell::Posix,
            Self::PowerShell => Shell::PowerShell,
        }
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Posix => "sh, bash, zsh",
            Self::PowerShell => "PowerShell",
        })
    }
}

impl Platform {
    /// The one that this program was built for.
    #[must_use]
    pub fn here() -> Self {
        if cfg!(target_os = "windows") {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    #[must_use]
    pub fn usual_terminal(self) -> Terminal {
        if self == Self::Windows { Terminal::PowerShell } else { Terminal::Posix }
    }
}

impl Order {
    #[must_use]
    pub fn new(destination: Destination, terminal: Terminal, platform: Platform, source: Source) -> Self {
        Self { destination, exists: true, terminal, platform, source, typed: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, field: Field, typed: &str) -> Self {
        typed.clone_into(self.typed_mut(field));
        self
    }

    /// As it was typed, for a field to type on.
    pub fn typed_mut(&mut self, field: Field) -> &mut String {
        let at = self.typed.iter().position(|(of, _)| *of == field).unwrap_or_else(|| {
            self.typed.push((field, String::new()));
            self.typed.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or made in the line above")]
        &mut self.typed[at].1
    }

    fn typed(&self, field: Field) -> &str {
        self.typed.iter().find(|(of, _)| *of == field).map_or("", |(_, typed)| typed)
    }

    /// What is wrong with a field, as far as something was typed.
    #[must_use]
    pub fn remark(&self, field: Field) -> Option<Unacceptable> {
        let typed = self.typed(field);
        if typed.trim().is_empty() { None } else { self.destination.accept(field, typed).err() }
    }

    /// One line without a line break at its end, so that pasting it does not run it.
    ///
    /// # Errors
    /// A field that the service would not take, or a tool that cannot be given the token safely from this shell.
    pub fn command(&self) -> Result<String, Refusal> {
        // Every field is judged before the shell: what a person can mend by typing comes first.
        for field in self.destination.fields() {
            self.value(*field)?;
        }
        let line = match self.terminal {
            Terminal::Posix => self.in_posix()?,
            Terminal::PowerShell => self.in_powershell()?,
        };
        // It is no secret.
        Ok(line.finish().expose_secret().to_owned())
    }

    fn value(&self, field: Field) -> Result<&str, Refusal> {
        self.destination.accept(field, self.typed(field)).map_err(|unacceptable| Refusal::Field(field, unacceptable))
    }

    /// A field as an argument of a program.
    fn word(&self, field: Field) -> Result<Quoted, Refusal> {
        Ok(self.terminal.shell().argument(self.value(field)?)?)
    }

    /// The subshell's variable is gone afterwards. It is not exported even if one of its name was, and not traced. A token has no blanks:
    /// without this look at it, a command that is still on the clipboard would be stored in the token's place, or nothing at all.
    fn in_posix(&self) -> Result<Text, Refusal> {
        Ok(Text::new()
            .words("(set +x; set +a; unset t; t=$(")
            .part(&self.source()?)
            .words(") && case $t in *[[:space:]]*) false;; ?*) printf %s \"$t\" | ")
            .part(&self.reader()?)
            .words(";; *) false;; esac || { echo 'The token was not sent.' >&2; exit 1; })"))
    }

    fn in_powershell(&self) -> Result<Text, Refusal> {
        Ok(Text::new()
            .words("& { $t = ([string](")
            .part(&self.source()?)
            .words(")).Trim(); if ($t -notmatch '^\\S+$') { throw 'The token was not sent.' }; ")
            .part(&self.cmdlet()?)
            .words(" }"))
    }

    fn source(&self) -> Result<Text, Refusal> {
        let Source::Connection { name, id } = &self.source else {
            return Ok(Text::new().words(match (self.terminal, self.platform) {
                (Terminal::PowerShell, _) => "Get-Clipboard -Raw",
                // The second one where there is no Wayland.
                (Terminal::Posix, Platform::Linux) => "wl-paste -n 2>/dev/null || xclip -selection clipboard -o",
                (Terminal::Posix, Platform::MacOs) => "pbpaste",
                (Terminal::Posix, Platform::Windows) => "cat /dev/clipboard",
            }));
        };
        // A name may begin like an option.
        let line = Text::new().words(if name.starts_with('-') { "brickpass token -- " } else { "brickpass token " });
        let shell = self.terminal.shell();
        match shell.argument(name) {
            Ok(name) => Ok(line.quoted(&name)),
            Err(_) => Ok(Text::new().words("brickpass token ").quoted(&shell.argument(id)?)),
        }
    }

    /// The tool, which reads the token from its standard input.
    fn reader(&self) -> Result<Text, Refusal> {
        let line = Text::new();
        let name = |line: Text| Ok::<_, Refusal>(line.quoted(&self.word(Field::SecretName)?));
        Ok(match self.destination {
            // Without the last option it prints the secret.
            Destination::AzureKeyVault => {
                let line = line.words("az keyvault secret set --vault-name ").quoted(&self.word(Field::Vault)?);
                name(line.words(" --name "))?.words(" --file /dev/stdin --encoding utf-8 --output none")
            }
            Destination::GitHub => {
                let line = name(line.words("gh secret set "))?;
                line.words(" --repo ").quoted(&self.word(Field::Repository)?)
            }
            Destination::GitLab => {
                let line = name(line.words("glab variable set "))?;
                line.words(" --masked --repo ").quoted(&self.word(Field::Repository)?)
            }
            Destination::Aws => {
                let line = if self.exists {
                    line.words("aws secretsmanager put-secret-value --secret-id ")
                } else {
                    line.words("aws secretsmanager create-secret --name ")
                };
                name(line)?.words(" --secret-string file:///dev/stdin")
            }
            Destination::Google => {
                let line = if self.exists {
                    name(line.words("gcloud secrets versions add "))?
                } else {
                    name(line.words("gcloud secrets create "))?.words(" --replication-policy=automatic")
                };
                self.option(line.words(" --data-file=-"), " --project ", Field::Project)?
            }
            Destination::Databricks => {
                let line = line.words("databricks secrets put-secret ").quoted(&self.word(Field::Scope)?);
                let line = line.words(" ").quoted(&self.word(Field::Key)?);
                self.option(line, " --profile ", Field::Profile)?
            }
            Destination::Kubernetes => {
                let line = name(line.words("kubectl create secret generic "))?;
                let line = line.words(" --from-file=").quoted(&self.word(Field::Key)?).words("=/dev/stdin");
                self.option(line, " --namespace ", Field::Namespace)?
            }
        })
    }

    /// What is done with `$t`. Windows has no `/dev/stdin`, so the services' own cmdlets take it, which run inside of the shell; of the
    /// programs, those that cut a line break off or read a document.
    fn cmdlet(&self) -> Result<Text, Refusal> {
        let line = Text::new();
        let name = |line: Text| Ok::<_, Refusal>(line.quoted(&self.word(Field::SecretName)?));
        Ok(match self.destination {
            Destination::AzureKeyVault => {
                let line = line.words("$null = Set-AzKeyVaultSecret -VaultName ").quoted(&self.word(Field::Vault)?);
                name(line.words(" -Name "))?.words(" -SecretValue (ConvertTo-SecureString $t -AsPlainText -Force)")
            }
            Destination::GitHub => line.words("$t | ").part(&self.reader()?),
            Destination::Aws => {
                let line = if self.exists { line.words("Write-SECSecretValue -SecretId ") } else { line.words("New-SECSecret -Name ") };
                name(line)?.words(" -SecretString $t")
            }
            Destination::Kubernetes => {
                let line = line.words("@{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = ");
                let string = |field| Ok::<_, Refusal>(Shell::PowerShell.quote(self.value(field)?)?);
                let line = line.quoted(&string(Field::SecretName)?).words(" }; stringData = @{ ");
                let line = line.quoted(&string(Field::Key)?).words(" = $t } } | ConvertTo-Json -Compress | kubectl create -f -");
                self.option(line, " --namespace ", Field::Namespace)?
            }
            Destination::GitLab => return Err(Refusal::LineBreak("glab")),
            Destination::Google => return Err(Refusal::LineBreak("gcloud")),
            Destination::Databricks => return Err(Refusal::LineBreak("databricks")),
        })
    }

    fn option(&self, line: Text, option: &'static str, field: Field) -> Result<Text, Refusal> {
        if self.value(field)?.is_empty() { Ok(line) } else { Ok(line.words(option).quoted(&self.word(field)?)) }
    }
}

#[cfg(test)]
mod tests;
