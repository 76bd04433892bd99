//! The settings, and the window as it was left.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::{Notice, Output, ask};
use crate::ui::text;
use brickpass_engine::{SaveSettings, SettingsSaved};
use brickpass_storage::{Settings, ThemeChoice, WindowMemory};

#[derive(Debug, Default)]
pub struct Preferences {
    pub settings: Settings,
    /// The settings were loaded.
    pub known: bool,
    pub window: WindowMemory,
    /// The time zone for times of day.
    pub zone: Zone,
    /// The default folder for saved files.
    pub save_folder: Option<PathBuf>,
    /// The files that the settings show: a label and a path each.
    pub files: Vec<(&'static str, String)>,
}

impl Preferences {
    /// Changes the theme at once, and saves it.
    pub fn choose_theme(&mut self, theme: ThemeChoice) -> Output {
        self.settings.theme = theme;
        let request = SaveSettings { settings: self.settings.clone(), passphrase: None };
        ask(request, |state, outcome, _| match outcome {
            Ok(saved) => state.preferences.saved(saved),
            Err(failure) => Notice::Failure(failure).into(),
        })
        .into()
    }

    pub fn saved(&mut self, SettingsSaved { settings, moved_secrets }: SettingsSaved) -> Output {
        self.settings = settings;
        (moved_secrets > 0).then(|| Notice::Done(text::moved_secrets(moved_secrets))).into()
    }
}

/// The person's time zone; UTC until it is known.
#[derive(Debug, Clone)]
pub struct Zone(pub TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}
