//! Why a secret could not be read or kept, in words.

use std::path::{Path, PathBuf};

use crate::{atomic_file::FileError, library::FileProblem};
use brickpass_core::{
    connection::{EnteredFor, SecretKind},
    failure::{Code, Failure, Remedy},
};
use brickpass_logging::Loggable;

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The encrypted file needs its passphrase.
    #[error("the vault is locked")]
    Locked,
    /// The keyring is locked and was not unlocked: the prompt was dismissed, or nobody is there to show one.
    #[error("the keyring is locked")]
    KeyringLocked,
    #[error("there is no keyring: {0}")]
    Unavailable(NoKeyring),
    /// No answer in time. It may be waiting for the person; it is not gone.
    #[error("the keyring is not responding")]
    Busy,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    #[error("a new vault needs a passphrase")]
    EmptyPassphrase,
    /// For something new; why, as a sentence.
    #[error("the passphrase is too weak")]
    WeakPassphrase { why: &'static str },
    /// The file or the command that the passphrase comes from gave none.
    #[error("the passphrase could not be read: {0}")]
    NoPassphrase(Box<Failure>),
    /// There was an encrypted file before, and it is gone. `backup`: its copy is there.
    #[error("{} is missing", path.display())]
    Lost { path: PathBuf, backup: bool },
    /// An age file that Brickpass did not make; why, as a sentence.
    #[error("{} is not a Brickpass file", path.display())]
    ExternalFile { path: PathBuf, why: &'static str, backup: bool },
    /// One stored secret cannot be put together; the others are fine.
    #[error("the stored secret is damaged")]
    SecretDamaged,
    /// It is not given for anything but what it was entered for. `entered_for`: `None` when an older version stored it for an address that is
    /// not known any more.
    #[error("the stored secret was entered for another address")]
    EnteredElsewhere { kind: SecretKind, entered_for: Option<EnteredFor>, wanted: EnteredFor },
    #[error("{} is damaged", path.display())]
    FileDamaged { path: PathBuf, backup: bool },
    /// Opening it would take more memory or time than any file of ours asks for.
    #[error("{} needs too much computing work", path.display())]
    TooMuchWork { path: PathBuf },
    #[error("{} is from a newer version of Brickpass", path.display())]
    Newer { path: PathBuf },
    #[error(transparent)]
    File(FileProblem),
}

/// Why there is no keyring to talk to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKeyring {
    #[error("no D-Bus session")]
    NoSession,
    #[error("no Secret Service")]
    NoService,
    #[error("no default collection")]
    NoCollection,
    /// In the operating system's words.
    #[error("{0}")]
    Other(String),
}

/// The code of its failure.
impl Loggable for VaultError {
    fn log(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.failure().log(f)
    }
}

impl From<FileError> for VaultError {
    fn from(error: FileError) -> Self {
        Self::File(FileProblem(error))
    }
}

impl VaultError {
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Locked => Failure::new(
                Code::VaultLocked,
                "The encrypted vault file is locked.",
                "Its passphrase has not been entered since Brickpass started.",
                "Enter the passphrase to unlock it.",
            )
            .with_remedy(Remedy::UnlockVault),
            Self::KeyringLocked => Failure::new(
                Code::VaultLocked,
                "The keyring is locked.",
                "The password prompt was closed, or could not be shown.",
                "Unlock the keyring, then try again. Your secrets are unchanged.",
            )
            .with_remedy(Remedy::TryAgain),
            Self::Unavailable(why) => why.failure(),
            Self::Busy => Failure::new(
                Code::VaultBusy,
                "The keyring is not responding.",
                "It may be waiting for you to unlock it.",
                "Look for a window that asks for the keyring's password, then try again.",
            )
            .with_remedy(Remedy::TryAgain),
            Self::WrongPassphrase => Failure::new(
                Code::WrongPassphrase,
                "The encrypted vault file could not be opened.",
                "The passphrase is wrong, or the file's header is damaged.",
                "Enter the passphrase again; it is case-sensitive. Nothing was changed.",
            )
            .with_remedy(Remedy::UnlockVault),
            Self::EmptyPassphrase => Failure::new(
                Code::InvalidInput,
                "The encrypted vault file needs a passphrase.",
                "Without one, anyone who gets the file can read it.",
                "Enter a passphrase. A few random words are easy to remember and hard to guess.",
            )
            .with_remedy(Remedy::UnlockVault),
            Self::WeakPassphrase { why } => Failure::new(
                Code::InvalidInput,
                "The encrypted vault file was not created.",
                format!("Its passphrase is too weak. {why}"),
                "Choose a longer one. A few random words are easy to remember and hard to guess.",
            )
            .with_remedy(Remedy::UnlockVault),
            Self::NoPassphrase(failure) => Failure::clone(failure),
            Self::Lost { path, backup } => lost(path, *backup),
            Self::ExternalFile { path, why, backup } => Failure::new(
                Code::VaultUnusable,
                format!("The encrypted vault file {} was not opened.", path.display()),
                *why,
                bring_back(*backup),
            )
            .with_remedy(Remedy::OpenVaultSettings),
            Self::SecretDamaged => Failure::new(
                Code::SecretDamaged,
                "The stored secret is damaged.",
                "Part of its entry in the keyring is missing or was changed.",
                "Enter the secret again. Other connections are not affected.",
            )
            .with_remedy(Remedy::ReplaceSecret),
            Self::EnteredElsewhere { kind, entered_for, wanted } => entered_elsewhere(*kind, entered_for.as_ref(), wanted),
            Self::FileDamaged { path, backup } => Failure::new(
                Code::SecretDamaged,
                format!("The encrypted vault file {} is damaged.", path.display()),
                "It was truncated or changed after Brickpass wrote it.",
                bring_back(*backup),
            )
            .with_remedy(Remedy::OpenVaultSettings),
            Self::TooMuchWork { path } => Failure::new(
                Code::VaultUnusable,
                format!("The encrypted vault file {} was not opened.", path.display()),
                "It needs far more computing work than Brickpass's own files, so another program created or changed it.",
                "Replace it with a copy of yours, or move it away and enter the secrets again.",
            ),
            Self::Newer { path } => Failure::new(
                Code::VaultUnusable,
                "The encrypted vault file was not opened.",
                format!("A newer version of Brickpass created {}.", path.display()),
                "Update Brickpass. The file is unchanged.",
            ),
            Self::File(problem) => {
                let failure = problem.failure();
                match failure.code {
                    Code::FileUnsafe | Code::FileUnreadable | Code::TooLarge => Failure { code: Code::VaultUnusable, ..failure },
                    _ => failure,
                }
            }
        }
    }
}

fn lost(path: &Path, backup: bool) -> Failure {
    let (why, fix) = if backup {
        (
            "It was moved or deleted. Its backup still exists, and nothing was changed.",
            "Restore the backup with “brickpass restore --vault”, or give up the stored secrets with “brickpass restore --new-vault”.",
        )
    } else {
        (
            "It was moved or deleted, and so was its backup. Nothing was changed.",
            "Put the file back, or give up the stored secrets with “brickpass restore --new-vault”.",
        )
    };
    let what = format!("The encrypted vault file {} is missing.", path.display());
    Failure::new(Code::VaultLost, what, why, fix).with_remedy(Remedy::OpenVaultSettings)
}

fn bring_back(backup: bool) -> &'static str {
    if backup {
        "Nothing was changed. Restore its backup with “brickpass restore --vault”."
    } else {
        "Nothing was changed. Replace it with a copy of yours, or start a new vault with “brickpass restore --new-vault”."
    }
}

fn entered_elsewhere(kind: SecretKind, entered_for: Option<&EnteredFor>, wanted: &EnteredFor) -> Failure {
    let noun = if kind == SecretKind::ClientSecret { "client secret" } else { "token" };
    let (what, changed) = match entered_for {
        None => (format!("This {noun} was entered for a different address than {}.", wanted.origin), "address"),
        Some(EnteredFor { origin, client_id: Some(id) }) if *origin == wanted.origin => {
            (format!("This {noun} was entered for the service principal {}, not for this one.", id.escape_debug()), "client ID")
        }
        Some(EnteredFor { origin, .. }) => (format!("This {noun} was entered for {origin}, not for {}.", wanted.origin), "address"),
    };
    Failure::new(
        Code::NoSecret,
        what,
        format!("It is not used, because the connection's {changed} was changed after the {noun} was stored."),
        format!("If the new {changed} is correct, enter the {noun} again. Otherwise change the {changed} back."),
    )
    .with_remedy(Remedy::ReplaceSecret)
}

impl NoKeyring {
    fn failure(&self) -> Failure {
        let what = "No keyring is available.";
        let or_file = "or store secrets in an encrypted file instead (Settings, or BRICKPASS_VAULT=file)";
        let failure = match self {
            Self::NoSession => Failure::new(
                Code::VaultUnavailable,
                what,
                "This session has no D-Bus, for example over SSH or in a container.",
                format!("Start Brickpass from the desktop, {or_file}."),
            ),
            Self::NoService => Failure::new(
                Code::VaultUnavailable,
                what,
                "No Secret Service is running, such as GNOME Keyring, KWallet or KeePassXC.",
                format!("Install and start one, {or_file}."),
            ),
            Self::NoCollection => Failure::new(
                Code::VaultUnavailable,
                "The keyring has no default collection.",
                "Secrets are stored in the default collection, usually named “Login”.",
                format!("Create one in the keyring's own program, {or_file}."),
            ),
            Self::Other(words) => Failure::new(
                Code::VaultUnavailable,
                "The keyring cannot be used.",
                "The operating system refused it.",
                format!("Log out of the desktop, log in and try again, {or_file}."),
            )
            .with_details(words.clone()),
        };
        failure.with_remedy(Remedy::OpenVaultSettings)
    }
}
