//! A backup of everything: one age payload that only its passphrase opens, as the encrypted file of secrets is.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{given_file::read_given, new_file::write_new, vault};
use crate::failure::{Code, Failure};

/// A thousand connections with secrets weigh about one of them.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Writes a new file.
///
/// # Errors
/// An empty passphrase, something is there already, the disk.
pub fn write_backup(to: &Path, plain: &[u8], passphrase: &SecretString) -> Result<(), Failure> {
    if passphrase.expose_secret().is_empty() {
        return Err(Failure::new(
            Code::InvalidInput,
            "The backup was not made.",
            "Its passphrase is empty.",
            "Choose a passphrase; without it nobody can open the backup, not even you.",
        ));
    }
    let sealed = vault::seal(plain, passphrase).map_err(|error| {
        Failure::new(Code::Internal, "The backup was not made.", format!("It could not be encrypted: {error}."), "Try again.")
    })?;
    write_new(to, &sealed)
}

/// What is in it.
///
/// # Errors
/// A wrong passphrase, no backup, damage, the disk.
pub fn read_backup(path: &Path, passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = read_given(path, LIMIT)?;
    if !bytes.starts_with(b"age-encryption.org/v1\n") {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("{} is no encrypted backup.", path.display()),
            "It does not begin as one.",
            "Choose the backup; files of other kinds are imported without a passphrase.",
        ));
    }
    vault::open_sealed(bytes, passphrase).map_err(|error| match error {
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => Failure::new(
            Code::WrongPassphrase,
            "The backup was not opened.",
            "The passphrase is not the one that it was made with, or the file was changed.",
            "Type the passphrase of the backup; it need not be that of the vault.",
        ),
        age::DecryptError::ExcessiveWork { .. } => Failure::new(
            Code::FileUnsafe,
            "The backup was not opened.",
            "Opening it would take far more work than Brickpass ever asks for; it was made by something else.",
            "Use a backup that Brickpass has made.",
        ),
        _ => Failure::new(
            Code::FileUnreadable,
            "The backup was not opened.",
            "It is damaged, or needs a key instead of a passphrase.",
            "Use another copy of it.",
        ),
    })
}
