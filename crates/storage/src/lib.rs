//! What outlives the process: the file of connections, the settings, the vault of secrets.
//!
//! Everything here blocks; the engine calls it off the UI thread.

mod activity;
mod atomic_file;
mod backup;
mod cli_tokens;
mod external_file;
mod first_addresses;
mod folder;
mod given_file;
mod handout_log;
mod history;
mod journal;
mod json_file;
mod kept_aside;
mod library;
mod log_file;
mod new_file;
mod passphrase;
mod program_file;
mod publications;
mod refresh_lock;
mod reminders;
mod settings;
mod sign_in_notes;
mod token_notes;
mod vault;

pub use activity::{Activity, ActivityEntry, AuditAction};
pub use backup::{read_backup, write_backup};
pub use cli_tokens::{CliTokens, Handed, NotedToken, Whose, signed_in_with_a_plain_file};
pub use external_file::{ExternalContents, ExternalFile, KeepBackup, foreign_digest, is_null_device, null_device};
pub use first_addresses::FirstAddresses;
pub use folder::{check_saving, refuse_as_root};
pub use given_file::read_given;
pub use handout_log::HandoutLog;
pub use history::History;
pub use journal::{Begun, Fingerprint, Journal, LeftOver, TokenChange, Unfinished};
pub use kept_aside::{KeptAside, WhatIsKept, kept_aside};
pub use library::{Backup, Damage, Entry, Library, LibraryError, Mode, Revision, SecretsLock, Snapshot};
pub use log_file::LogFile;
pub use new_file::{safe_for_secrets, write_new, write_new_folder};
pub use passphrase::{PASSPHRASE_VARIABLES, weak_passphrase};
pub use program_file::{Replaceable, Replacer, replaceable};
pub use publications::{Publication, Publications};
pub use refresh_lock::RefreshLock;
pub use reminders::{Reminders, Told};
pub use settings::{ClipboardTime, Settings, SettingsFile, ThemeChoice, WindowFile, WindowMemory};
pub use sign_in_notes::{End, EndWhy, SignInNote, SignInNotes};
pub use token_notes::{TokenNote, TokenNotes};
pub use vault::{
    AskPassphrase, Former, NoKeyring, SecretDescription, SecretId, SecretKey, Vault, VaultConfig, VaultContext, VaultError, VaultHome,
    VaultNotice, VaultStatus,
};
