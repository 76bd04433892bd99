//! What the person has set (configuration), and what the window remembers by itself (state).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::vault::VaultHome;
use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

/// `settings.json` in the config directory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    pub vault: VaultHome,
    /// Certificate authorities to trust besides the system's: a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, serde_json::Value>,
}

pub struct SettingsFile {}

impl SettingsFile {
    #[must_use]
    pub fn new(_config_dir: &Path) -> Self {
        todo!()
    }

    /// Missing: the defaults. Unreadable: the defaults and what to tell the person.
    #[must_use]
    pub fn load(&self) -> (Settings, Option<Failure>) {
        todo!()
    }

    /// # Errors
    /// Disk errors with the path.
    pub fn save(&self, _settings: &Settings) -> Result<(), Failure> {
        todo!()
    }
}

/// `window.json` in the state directory. Nothing secret, nothing worth an error.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowMemory {
    /// Inner size in points.
    pub size: Option<[f32; 2]>,
    /// Outer position in points.
    pub position: Option<[f32; 2]>,
    pub maximized: bool,
    pub sidebar_width: Option<f32>,
}

pub struct WindowFile {}

impl WindowFile {
    #[must_use]
    pub fn new(_state_dir: &Path) -> Self {
        todo!()
    }

    #[must_use]
    pub fn load(&self) -> WindowMemory {
        todo!()
    }

    pub fn save(&self, _memory: &WindowMemory) {
        todo!()
    }
}
