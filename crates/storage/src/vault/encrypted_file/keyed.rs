//! The encrypted bytes of the file with the key that opens them again at once.
//!
//! Between two uses no secret of the file lies readable in memory. The passphrase alone would mean its key derivation at every look, so the key
//! that the derivation gave is kept instead: it opens this state of the file only, and whoever could read it could read the passphrase too.

use std::{
    cell::OnceCell,
    collections::HashSet,
    io::{self, Read as _, Write as _},
    iter,
};

use age::{
    DecryptError, Decryptor, EncryptError, Encryptor, Identity, Recipient,
    scrypt::{Identity as Passphrase, Recipient as NewPassphrase},
    secrecy::ExposeSecret as _,
};
use age_core::format::{FileKey, Stanza};
use zeroize::Zeroizing;

use super::{
    super::store::Bytes,
    header::{self, HeaderProblem},
};

/// Why an encrypted file was not opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    Header(HeaderProblem),
    Age(DecryptError),
}

impl From<HeaderProblem> for OpenError {
    fn from(problem: HeaderProblem) -> Self {
        Self::Header(problem)
    }
}

impl From<DecryptError> for OpenError {
    fn from(error: DecryptError) -> Self {
        Self::Age(error)
    }
}

pub(super) struct Keyed {
    bytes: Vec<u8>,
    key: FileKey,
}

impl Keyed {
    /// # Errors
    /// None that depends on what is encrypted.
    pub(super) fn encrypt(plain: &[u8], passphrase: &NewPassphrase) -> io::Result<Self> {
        let noting = Noting::new(passphrase);
        let recipient: &dyn Recipient = &noting;
        let encryptor = Encryptor::with_recipients(iter::once(recipient)).map_err(|error| io::Error::other(error.to_string()))?;
        let mut bytes = Vec::with_capacity(plain.len() + 512);
        let mut writer = encryptor.wrap_output(&mut bytes)?;
        writer.write_all(plain)?;
        writer.finish()?;
        let key = noting.noted().ok_or_else(|| io::Error::other("nothing was encrypted"))?;
        Ok(Self { bytes, key })
    }

    /// Opens it with the passphrase: the slow way, which gives the key.
    ///
    /// # Errors
    /// A header that no passphrase file has, a wrong passphrase, damage, too much work.
    pub(super) fn decrypt(bytes: Vec<u8>, passphrase: &Passphrase) -> Result<(Self, Bytes), OpenError> {
        header::check(&bytes)?;
        let noting = Noting::new(passphrase);
        let plain = decrypt(&bytes, &noting)?;
        let key = noting.noted().ok_or(DecryptError::DecryptionFailed)?;
        Ok((Self { bytes, key }, plain))
    }

    /// # Errors
    /// None that a state which was opened before can have.
    pub(super) fn plain(&self) -> Result<Bytes, DecryptError> {
        decrypt(&self.bytes, &Known(&self.key))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What lies on the disk.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn decrypt(bytes: &[u8], identity: &dyn Identity) -> Result<Bytes, DecryptError> {
    let mut reader = Decryptor::new_buffered(bytes)?.decrypt(iter::once(identity))?;
    // With room for all of it: a buffer that moves leaves what it held behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader.read_to_end(&mut plain)?;
    Ok(plain)
}

/// Wraps and unwraps as the passphrase does, and notes the file's key while it passes.
struct Noting<'a, T> {
    passphrase: &'a T,
    key: OnceCell<FileKey>,
}

impl<'a, T> Noting<'a, T> {
    const fn new(passphrase: &'a T) -> Self {
        Self { passphrase, key: OnceCell::new() }
    }

    fn noted(self) -> Option<FileKey> {
        self.key.into_inner()
    }
}

impl Identity for Noting<'_, Passphrase> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let unwrapped = self.passphrase.unwrap_stanza(stanza);
        if let Some(Ok(key)) = &unwrapped {
            let _ = self.key.set(copy(key));
        }
        unwrapped
    }
}

impl Recipient for Noting<'_, NewPassphrase> {
    fn wrap_file_key(&self, key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let _ = self.key.set(copy(key));
        self.passphrase.wrap_file_key(key)
    }
}

/// age checks the header's MAC with it before anything is decrypted.
struct Known<'a>(&'a FileKey);

impl Identity for Known<'_> {
    fn unwrap_stanza(&self, _: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        Some(Ok(copy(self.0)))
    }
}

fn copy(key: &FileKey) -> FileKey {
    FileKey::init_with_mut(|into| into.copy_from_slice(key.expose_secret()))
}
