//! A backup of everything: one age payload that only its passphrase opens, as the encrypted file of secrets is.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{
    given_file::read_given,
    new_file::write_new,
    passphrase::weak_passphrase,
    vault::{self, HeaderProblem, OpenError},
};
use brickpass_core::failure::{Code, Failure};

/// A thousand connections with secrets weigh about one of them.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Writes a new file.
///
/// # Errors
/// An empty or weak passphrase, something is there already, the disk.
pub fn write_backup(to: &Path, plain: &[u8], passphrase: &SecretString) -> Result<(), Failure> {
    if passphrase.expose_secret().is_empty() {
        return Err(Failure::new(
            Code::InvalidInput,
            "No backup was created.",
            "Its passphrase is empty.",
            "Choose a passphrase. Only the passphrase opens the backup, and it cannot be recovered.",
        ));
    }
    if let Some(why) = weak_passphrase(passphrase.expose_secret()) {
        return Err(Failure::new(
            Code::InvalidInput,
            "No backup was created.",
            format!("Its passphrase is too weak. {why}"),
            "Choose a longer one. A few random words are easy to remember and hard to guess.",
        ));
    }
    let sealed = vault::seal(plain, passphrase).map_err(|error| {
        Failure::new(Code::Internal, "No backup was created.", format!("It could not be encrypted: {error}."), "Try again.")
    })?;
    write_new(to, &sealed)
}

/// What is in it.
///
/// # Errors
/// A wrong passphrase, no backup, damage, the disk.
pub fn read_backup(path: &Path, passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = read_given(path, LIMIT)?;
    let is_age = bytes.starts_with(b"age-encryption.org/");
    vault::open_sealed(bytes, passphrase).map_err(|error| match error {
        OpenError::Header(HeaderProblem::Damaged) if !is_age => Failure::new(
            Code::InvalidInput,
            format!("{} is not an encrypted backup.", path.display()),
            "It does not start like one.",
            "Choose a backup file. Import other files without a passphrase.",
        ),
        OpenError::Header(problem) => Failure::new(
            Code::FileUnreadable,
            format!("The backup {} was not opened.", path.display()),
            problem.words(),
            match problem {
                HeaderProblem::Armored => "Convert it to a binary file with age or rage: decrypt it, then encrypt it with a passphrase.",
                _ => "Use a backup created by Brickpass, or another copy of this one.",
            },
        ),
        OpenError::Age(age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed) => Failure::new(
            Code::WrongPassphrase,
            "The backup was not opened.",
            "The passphrase is wrong, or the file was changed.",
            "Enter the backup's passphrase. It may differ from the vault's.",
        ),
        OpenError::Age(age::DecryptError::ExcessiveWork { .. }) => Failure::new(
            Code::FileUnsafe,
            "The backup was not opened.",
            "Opening it needs far more computing work than Brickpass's own backups, so another program created it.",
            "Use a backup created by Brickpass.",
        ),
        OpenError::Age(_) => Failure::new(
            Code::FileUnreadable,
            format!("The backup {} was not opened.", path.display()),
            "It is damaged.",
            "Use another copy.",
        ),
    })
}
