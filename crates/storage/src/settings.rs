//! What the person has set (configuration), and what the window remembers by itself (state).

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    atomic_file::LOCK_TIMEOUT,
    json_file::{self, Found},
    vault::VaultHome,
};
use brickpass_core::failure::{Code, Failure};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

/// How long a copied secret stays on the clipboard. In the file as seconds; no others are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum ClipboardTime {
    TenSeconds,
    #[default]
    HalfAMinute,
    OneMinute,
    MinuteAndAHalf,
    FiveMinutes,
}

impl ClipboardTime {
    pub const ALL: [Self; 5] = [Self::TenSeconds, Self::HalfAMinute, Self::OneMinute, Self::MinuteAndAHalf, Self::FiveMinutes];

    #[must_use]
    pub fn seconds(self) -> u16 {
        match self {
            Self::TenSeconds => 10,
            Self::HalfAMinute => 30,
            Self::OneMinute => 60,
            Self::MinuteAndAHalf => 90,
            Self::FiveMinutes => 300,
        }
    }

    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.seconds().into())
    }
}

impl From<ClipboardTime> for u16 {
    fn from(time: ClipboardTime) -> Self {
        time.seconds()
    }
}

impl TryFrom<u16> for ClipboardTime {
    type Error = &'static str;

    fn try_from(seconds: u16) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|time| time.seconds() == seconds).ok_or("not one of 10, 30, 60, 90, 300")
    }
}

/// `settings.json` in the config directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    pub vault: VaultHome,
    /// Certificate authorities to trust besides the system's: a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    pub clipboard_seconds: ClipboardTime,
    /// Whether the person is told of tokens that expire.
    pub remind_of_expiry: bool,
    /// Whether the Databricks CLI is given the tokens of published profiles, in its own entries of the keyring.
    pub serve_databricks_cli: bool,
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, serde_json::Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            vault: VaultHome::default(),
            ca_file: None,
            clipboard_seconds: ClipboardTime::default(),
            remind_of_expiry: true,
            serve_databricks_cli: true,
            unknown: Map::new(),
        }
    }
}

/// The keys of [`Settings`]; a setting that is unset is absent, and must not come back from the file as unknown.
const KNOWN: [&str; 6] = ["theme", "vault", "ca_file", "clipboard_seconds", "remind_of_expiry", "serve_databricks_cli"];

pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    #[must_use]
    pub fn new(config_dir: &Path) -> Self {
        Self { path: config_dir.join("settings.json") }
    }

    /// Missing: the defaults. Unreadable: the defaults and what to tell the person. One setting that is not understood costs only itself.
    #[must_use]
    pub fn load(&self) -> (Settings, Option<Failure>) {
        match json_file::read(&self.path) {
            Ok(Found::Missing) => (Settings::default(), None),
            Ok(Found::Object(map)) => self.understand(map),
            Ok(Found::Damaged(_)) => (
                Settings::default(),
                Some(Failure::new(
                    Code::FileUnreadable,
                    "The settings could not be read. The defaults are used.",
                    format!("{} is damaged.", self.path.display()),
                    "Change the settings again. The damaged file is kept beside the new one.",
                )),
            ),
            Err(error) => (Settings::default(), Some(error.failure())),
        }
    }

    fn understand(&self, mut map: Map<String, Value>) -> (Settings, Option<Failure>) {
        let mut odd = Vec::new();
        for key in KNOWN {
            if let Some(value) = map.get(key)
                && serde_json::from_value::<Settings>(Value::Object(Map::from_iter([(key.to_owned(), value.clone())]))).is_err()
            {
                odd.push(key);
                map.remove(key);
            }
        }
        let settings = serde_json::from_value(Value::Object(map)).unwrap_or_default();
        let failure = (!odd.is_empty()).then(|| {
            Failure::new(
                Code::FileUnreadable,
                format!("This version of Brickpass does not recognize a setting: {}.", odd.join(", ")),
                format!("{} was edited by hand, or written by another version.", self.path.display()),
                "Its default is used. Review the settings and save them.",
            )
        });
        (settings, failure)
    }

    /// # Errors
    /// Disk errors with the path.
    pub fn save(&self, settings: &Settings) -> Result<(), Failure> {
        let Ok(Value::Object(new)) = serde_json::to_value(settings) else {
            return Err(Failure::new(
                Code::Internal,
                "The settings were not saved.",
                "A setting cannot be written as text.",
                "Check the path of the certificate file.",
            ));
        };
        json_file::update(&self.path, LOCK_TIMEOUT, |map| {
            for key in KNOWN {
                map.remove(key);
            }
            map.extend(new);
        })
        .map_err(|error| error.failure())
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
    /// Ids of the formats that something was taken from last, the newest first.
    pub recent_tools: Vec<String>,
}

pub struct WindowFile {
    path: PathBuf,
}

impl WindowFile {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { path: state_dir.join("window.json") }
    }

    #[must_use]
    pub fn load(&self) -> WindowMemory {
        match json_file::read(&self.path) {
            Ok(Found::Object(map)) => serde_json::from_value(Value::Object(map)).unwrap_or_default(),
            _ => WindowMemory::default(),
        }
    }

    pub fn save(&self, memory: &WindowMemory) {
        let Ok(Value::Object(new)) = serde_json::to_value(memory) else { return };
        let _ = json_file::update(&self.path, Duration::from_secs(1), |map| map.extend(new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, text: &str) {
        std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), text.as_bytes()).unwrap();
    }

    #[test]
    fn settings_come_back_as_saved_and_a_missing_file_is_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&dir.path().join("not/yet/there"));
        assert_eq!(file.load(), (Settings::default(), None));
        let mut settings = Settings {
            theme: ThemeChoice::Dark,
            vault: VaultHome::File,
            ca_file: Some("/etc/ca.pem".into()),
            clipboard_seconds: ClipboardTime::FiveMinutes,
            remind_of_expiry: false,
            ..Settings::default()
        };
        file.save(&settings).unwrap();
        assert_eq!(file.load(), (settings.clone(), None));
        settings.ca_file = None;
        file.save(&settings).unwrap();
        assert_eq!(file.load(), (settings, None));
    }

    #[test]
    fn cf_04_settings_of_another_version_survive_a_save() {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("settings.json"), r#"{"theme": "light", "density": {"rows": "compact"}, "version": 1}"#);
        let file = SettingsFile::new(dir.path());
        let (mut settings, problem) = file.load();
        assert_eq!((settings.theme, problem), (ThemeChoice::Light, None));
        settings.theme = ThemeChoice::Dark;
        file.save(&settings).unwrap();
        let text = std::fs::read_to_string(dir.path().join("settings.json")).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["density"]["rows"], "compact");
        assert_eq!(value["theme"], "dark");
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn one_setting_that_is_not_understood_costs_only_itself_and_is_told() {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("settings.json"), r#"{"theme": "sepia", "vault": "file"}"#);
        let (settings, problem) = SettingsFile::new(dir.path()).load();
        assert_eq!((settings.theme, settings.vault), (ThemeChoice::System, VaultHome::File));
        assert!(problem.unwrap().what.contains("theme"));
    }

    #[test]
    fn a_time_on_the_clipboard_that_is_not_offered_falls_back_to_half_a_minute() {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("settings.json"), r#"{"clipboard_seconds": 10}"#);
        assert_eq!(SettingsFile::new(dir.path()).load().0.clipboard_seconds, ClipboardTime::TenSeconds);
        for odd in ["86400", "0", "-1", "\"never\""] {
            put(&dir.path().join("settings.json"), &format!("{{\"clipboard_seconds\": {odd}}}"));
            let (settings, problem) = SettingsFile::new(dir.path()).load();
            assert_eq!(settings.clipboard_seconds.seconds(), 30);
            assert!(problem.unwrap().what.contains("clipboard_seconds"));
        }
    }

    #[test]
    fn damaged_settings_are_told_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("settings.json"), "{\"theme\": ");
        let file = SettingsFile::new(dir.path());
        assert_eq!(file.load().1.unwrap().code, Code::FileUnreadable);
        file.save(&Settings::default()).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("settings.corrupt.json")).unwrap(), "{\"theme\": ");
        assert_eq!(file.load().1, None);
    }

    #[test]
    fn the_window_comes_back_where_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let file = WindowFile::new(dir.path());
        assert_eq!(file.load(), WindowMemory::default());
        let memory = WindowMemory {
            size: Some([1280.0, 800.0]),
            position: None,
            maximized: true,
            sidebar_width: Some(310.5),
            recent_tools: vec!["jdbc".to_owned()],
        };
        file.save(&memory);
        assert_eq!(file.load(), memory);
    }
}
