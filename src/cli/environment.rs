//! The edge where the environment is read, once. Nothing below looks at it.

use std::{env, ffi::OsString, path::PathBuf};

use directories::ProjectDirs;
use secrecy::SecretString;

use crate::{
    engine::Places,
    failure::{Code, Failure},
    storage::{Vault, VaultConfig, VaultHome},
};

/// Where things lie: `BRICKPASS_CONFIG_DIR`, `BRICKPASS_STATE_DIR`, else the platform's own folders; and which vault.
///
/// # Errors
/// No home directory, or an unknown word in `BRICKPASS_VAULT`.
pub(super) fn places() -> Result<Places, Failure> {
    let config_dir = set("BRICKPASS_CONFIG_DIR").map(PathBuf::from);
    let state_dir = set("BRICKPASS_STATE_DIR").map(PathBuf::from);
    let (config_dir, state_dir) = match (config_dir, state_dir) {
        (Some(config), Some(state)) => (config, state),
        (config, state) => {
            let dirs = ProjectDirs::from("", "", "brickpass").ok_or_else(no_home)?;
            let own_state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
            // A folder of one's own for the configuration is a portable installation: its state stays beside it.
            let state = state.or_else(|| config.as_ref().map(|config| config.join("state"))).unwrap_or_else(|| own_state.to_owned());
            (config.unwrap_or_else(|| dirs.config_dir().to_owned()), state)
        }
    };
    let mut places = Places { ca_file: set("SSL_CERT_FILE").map(PathBuf::from), ..Places::new(config_dir, state_dir) };
    places.vault = chosen_vault(&places)?;
    Ok(places)
}

fn chosen_vault(places: &Places) -> Result<Option<Vault>, Failure> {
    let Some(word) = set("BRICKPASS_VAULT") else { return Ok(None) };
    let home = match word.to_str() {
        Some("keyring") => VaultHome::Keyring,
        Some("file") => VaultHome::File,
        Some("memory") => VaultHome::Memory,
        _ => {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("BRICKPASS_VAULT is set to {}.", word.to_string_lossy()),
                "Brickpass knows keyring, file and memory.",
                "Set it to one of these, or remove it.",
            ));
        }
    };
    Ok(Some(Vault::new(VaultConfig { home, file: places.vault_file(), passphrase: passphrase() })))
}

/// `BRICKPASS_VAULT_PASSPHRASE`.
pub(super) fn passphrase() -> Option<SecretString> {
    set("BRICKPASS_VAULT_PASSPHRASE").and_then(|phrase| phrase.into_string().ok()).map(SecretString::from)
}

fn set(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

fn no_home() -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "Brickpass does not know where to keep its files.",
        "This user has no home directory.",
        "Set HOME, or set BRICKPASS_CONFIG_DIR to a folder of your own.",
    )
}
