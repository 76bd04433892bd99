//! The window: draws the state and emits commands; never does I/O, never blocks, never awaits.

mod act;
mod actions;
mod activity;
mod admin;
mod app;
mod backing_up;
mod choose;
#[cfg(test)]
mod clipboard_tests;
mod diagnostics;
#[cfg(test)]
mod diagnostics_tests;
mod dialogs;
mod editor;
mod effective;
mod export;
#[cfg(test)]
mod fake_engine;
mod filing;
pub mod first_start;
pub mod fonts;
pub mod icons;
mod importing;
mod login;
mod overview;
pub mod palette;
mod save_as;
pub mod settings;
pub mod shortcuts;
mod sidebar;
mod state;
mod status_bar;
mod test_panel;
#[cfg(test)]
mod testing;
mod text;
pub mod theme;
pub mod toasts;
mod tokens;
mod top_bar;
pub mod widgets;
#[cfg(test)]
mod window_tests;

use std::sync::{Arc, OnceLock};

pub use app::{BrickpassApp, EnginePort, Setup};

use crate::desktop;
use brickpass_engine::{Engine, Places, default_comment};
use brickpass_storage::{ThemeChoice, WindowMemory};

/// The parameters of the window.
pub struct Launch {
    pub places: Places,
    pub title: String,
    /// The theme of the first frame; the settings are loaded a moment later.
    pub theme: ThemeChoice,
    pub window: WindowMemory,
}

/// Opens the window and returns after it was closed and everything is saved.
///
/// # Errors
/// There is no display, or it cannot show a window.
pub fn run(launch: Launch) -> eframe::Result {
    let Launch { mut places, title, theme, window } = launch;
    places.notify.get_or_insert_with(desktop::notifications);
    places.clipboard.get_or_insert(desktop::open_clipboard);
    let context: Arc<OnceLock<egui::Context>> = Arc::default();
    let awaited = Arc::clone(&context);
    let wake = move || {
        if let Some(context) = awaited.get() {
            context.request_repaint();
        }
    };
    let files =
        vec![("Configuration", places.config_dir.display().to_string()), ("State and backups", places.state_dir.display().to_string())];
    let save_folder = places.save_folder.clone();
    // Before the window, so that both start in parallel.
    let (engine, mut events) = Engine::start(places, wake).map_err(|error| eframe::Error::AppCreation(Box::new(error)))?;
    let engine = Arc::new(engine);
    let sender = Arc::clone(&engine);
    let port = EnginePort { send: Box::new(move |command| sender.send(command)), next: Box::new(move || events.try_next()) };
    let options = eframe::NativeOptions { viewport: viewport(&title, &window), ..eframe::NativeOptions::default() };
    let setup = Setup { clock: Box::new(jiff::Timestamp::now), theme, window, files };
    let result = eframe::run_native(
        &title,
        options,
        Box::new(move |creation| {
            // Set only once: there is one window.
            let _ = context.set(creation.egui_ctx.clone());
            let app = BrickpassApp::new(&creation.egui_ctx, port, setup).in_zone(jiff::tz::TimeZone::system()).saving_in(save_folder);
            Ok(Box::new(app.with_token_comment(default_comment())))
        }),
    );
    drop(engine);
    result
}

fn viewport(title: &str, window: &WindowMemory) -> egui::ViewportBuilder {
    let usable = |sides: &[f32; 2]| sides.iter().all(|side| side.is_finite() && (200.0..=20_000.0).contains(side));
    let size = window.size.filter(usable).unwrap_or([1280.0, 800.0]);
    let builder = egui::ViewportBuilder::default()
        .with_title(title)
        .with_app_id("brickpass")
        .with_icon(icons::app_icon())
        .with_inner_size(size)
        .with_min_inner_size([480.0, 360.0])
        .with_maximized(window.maximized);
    match window.position.filter(|place| place.iter().all(|side| side.is_finite() && side.abs() < 20_000.0)) {
        Some(place) => builder.with_position(place),
        None => builder,
    }
}
