//! The settings dialog: theme, secret storage, clipboard, reminders, Databricks CLI, certificate authorities, paths of files.

use std::path::PathBuf;

use egui::{Id, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use secrecy::SecretString;

use super::{
    fonts,
    icons::Icon,
    shortcuts::Action,
    state::RunId,
    text::{self, activity, backup, importing},
    theme,
    widgets::{self, Button, SecretField, Select, TextField, checkbox, paragraph, remark, select_option},
};
use brickpass_core::connection::{Severity, TypedSecret};
use brickpass_engine::Recovery;
use brickpass_storage::{ClipboardTime, Settings, ThemeChoice, VaultHome, VaultStatus, weak_passphrase};

mod dialog;
mod lost;

pub const WIDTH: f32 = 640.0;

/// What the dialog shows besides its own input.
#[derive(Debug, Clone, Copy)]
pub struct SettingsView<'a> {
    pub settings: &'a Settings,
    /// The storage in use and its status; `None` while unknown.
    pub vault: Option<(VaultHome, &'a VaultStatus)>,
    /// Set by the environment: it cannot be changed here.
    pub vault_from_environment: bool,
    /// The encrypted file exists: its passphrase is asked for once, not set.
    pub vault_file_exists: bool,
    /// A label and a path each.
    pub files: &'a [(&'a str, String)],
}

#[derive(Debug)]
pub enum SettingsAction {
    Close,
    /// Changes the theme at once; the other settings stay.
    Theme(ThemeChoice),
    Save {
        settings: Settings,
        passphrase: Option<SecretString>,
    },
    /// The diagnostics replace this dialog.
    Diagnostics,
    /// So do the import and the backup.
    Import,
    BackUp,
    /// Restores a lost encrypted file, or creates a new one.
    Recover(Recovery),
    /// Unlocks the encrypted file that is in use, or sets its passphrase.
    Unlock {
        passphrase: SecretString,
    },
}

/// The input of the open dialog. Created each time it opens.
#[derive(Debug)]
pub struct SettingsDialog {
    home: VaultHome,
    ca_file: String,
    clipboard: ClipboardTime,
    remind: bool,
    serve_cli: bool,
    passphrase: TypedSecret,
    again: TypedSecret,
    /// The first field has received the focus.
    opened: bool,
    /// The rejected passphrase has been shown; and the person has typed since.
    refusal_seen: bool,
    retyped: bool,
    /// For a lost encrypted file: the person gives up its secrets.
    begins_anew: bool,
    /// The request of this dialog that is running.
    run: Option<RunId>,
    problem: Option<Problem>,
}

/// Why the last request of this dialog failed.
#[derive(Debug)]
struct Problem {
    words: String,
    /// Shown below the passphrase, which must be typed again.
    of_passphrase: bool,
}

impl SettingsDialog {
    pub fn new(settings: &Settings, home_in_force: Option<VaultHome>) -> Self {
        let ca_file = settings.ca_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        Self {
            home: home_in_force.unwrap_or(settings.vault),
            ca_file,
            clipboard: settings.clipboard_seconds,
            remind: settings.remind_of_expiry,
            serve_cli: settings.serve_databricks_cli,
            passphrase: TypedSecret::default(),
            again: TypedSecret::default(),
            opened: false,
            refusal_seen: false,
            retyped: false,
            begins_anew: false,
            run: None,
            problem: None,
        }
    }

    /// Draws the contents of the dialog. `now_seconds` counts from any fixed moment.
    pub fn draw(&mut self, ui: &mut Ui, view: SettingsView<'_>, now_seconds: f64) -> Option<SettingsAction> {
        let mut action = None;
        let height = (ui.ctx().content_rect().height() - 168.0).max(160.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            // Room for the focus ring, which the scroll area would clip, and for the scroll bar.
            ui.set_clip_rect(ui.clip_rect().expand2(vec2(4.0, 0.0)));
            egui::Frame::new().inner_margin(egui::Margin { left: 0, right: 12, top: 0, bottom: 8 }).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                action = self.theme(ui, view);
                action = self.vault(ui, view, now_seconds).or(action.take());
                self.clipboard(ui);
                self.reminders(ui);
                self.databricks_cli(ui);
                self.network(ui);
                action = connections(ui).or(action.take());
                files(ui, view);
                action = help(ui).or(action.take());
            });
        });
        ui.add_space(8.0);
        self.buttons(ui, view).or(action)
    }

    fn theme(&mut self, ui: &mut Ui, view: SettingsView<'_>) -> Option<SettingsAction> {
        section(ui, "Theme");
        let mut action = None;
        // Repeats until a widget has it: the first pass of a dialog only measures it.
        let opens = !self.opened;
        self.opened |= ui.memory(|memory| memory.focused().is_some());
        let asks = self.asks(view).is_some_and(|asks| asks.in_force);
        if opens && asks {
            ui.memory_mut(|memory| memory.request_focus(passphrase_id()));
        }
        ui.horizontal(|ui| {
            for (choice, icon, words) in [
                (ThemeChoice::System, Icon::Desktop, "System"),
                (ThemeChoice::Light, Icon::Sun, "Light"),
                (ThemeChoice::Dark, Icon::Moon, "Dark"),
            ] {
                let selected = view.settings.theme == choice;
                let response = segment(ui, selected, icon, words);
                if opens && !asks && selected {
                    response.request_focus();
                }
                if response.clicked() && !selected {
                    action = Some(SettingsAction::Theme(choice));
                }
            }
        });
        action
    }

    fn vault(&mut self, ui: &mut Ui, view: SettingsView<'_>, now: f64) -> Option<SettingsAction> {
        section(ui, "Secret storage");
        for (home, title, words) in [
            (VaultHome::Keyring, "System keyring", "Protected by your login. Recommended where available."),
            (VaultHome::File, "Encrypted file", "Protected by your passphrase, for computers without a keyring."),
            (VaultHome::Memory, "This session only", "Nothing is saved. Secrets are lost when Brickpass closes."),
        ] {
            let selected = self.home == home;
            ui.add_enabled_ui(!view.vault_from_environment, |ui| {
                if choice(ui, selected, title, words).clicked() {
                    self.home = home;
                }
            });
        }
        if view.vault_from_environment {
            remark(ui, Severity::Note, "Set by how Brickpass was started: the environment variable BRICKPASS_VAULT, or the demo.");
        }
        status(ui, view);
        if self.home == VaultHome::Memory && view.vault.is_some_and(|(home, _)| home != VaultHome::Memory) {
            remark(ui, Severity::Warning, "Stored secrets move to this session and are lost when Brickpass closes.");
        }
        if self.home == VaultHome::File
            && let Some((VaultHome::File, VaultStatus::Lost { backup, .. })) = view.vault
        {
            return self.lost(ui, *backup, now);
        }
        let asks = self.asks(view)?;
        self.passphrase_fields(ui, asks, now)
    }

    /// Whether a passphrase is needed, and for what.
    fn asks(&self, view: SettingsView<'_>) -> Option<Asks> {
        if self.home != VaultHome::File {
            return None;
        }
        match view.vault {
            Some((VaultHome::File, VaultStatus::Locked { new, .. })) => Some(Asks { new: *new, in_force: true }),
            Some((VaultHome::File, _)) => None,
            _ => Some(Asks { new: !view.vault_file_exists, in_force: false }),
        }
    }

    fn passphrase_fields(&mut self, ui: &mut Ui, asks: Asks, now: f64) -> Option<SettingsAction> {
        ui.add_space(4.0);
        let mut entered = false;
        let refusal = self.problem.as_ref().filter(|problem| problem.of_passphrase).map(|problem| problem.words.as_str());
        if refusal.is_none() {
            (self.refusal_seen, self.retyped) = (false, false);
        } else if !std::mem::replace(&mut self.refusal_seen, true) {
            widgets::select_secret(ui.ctx(), passphrase_id(), &self.passphrase);
        }
        widgets::form_row(ui, text::PASSPHRASE, |ui| {
            let hint = if asks.new { text::PASSPHRASE_HINT } else { "Passphrase of the encrypted file" };
            let field = SecretField::new(&mut self.passphrase, text::PASSPHRASE).hint(hint).id(passphrase_id()).show(ui, now);
            entered |= field.response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            self.retyped |= field.response.changed();
            if let Some(refusal) = refusal.filter(|_| !self.retyped) {
                remark(ui, Severity::Error, refusal);
            }
            if let Some(why) = weak_passphrase(self.passphrase.expose()).filter(|_| asks.new && !self.passphrase.is_empty()) {
                remark(ui, Severity::Warning, why);
            }
        });
        if asks.new {
            widgets::form_row(ui, text::PASSPHRASE_AGAIN, |ui| {
                let differs = !self.again.is_empty() && self.again != self.passphrase;
                let tone = differs.then_some(theme::Tone::Error);
                SecretField::new(&mut self.again, text::PASSPHRASE_AGAIN).tone(tone).id(again_id()).show(ui, now);
                if differs {
                    remark(ui, Severity::Error, text::PASSPHRASES_DIFFER);
                } else {
                    remark(ui, Severity::Note, text::NO_RECOVERY);
                }
            });
        }
        if !asks.in_force {
            return None;
        }
        let words = if asks.new { text::SET_PASSPHRASE } else { text::UNLOCK_NOW };
        let ready = self.passphrase_is_fine(asks) && self.run.is_none();
        let clicked = widgets::form_row_without_label(ui, |ui| Button::secondary(words).icon(Icon::Lock).enabled(ready).show(ui).clicked());
        (ready && (clicked || entered && !asks.new)).then(|| SettingsAction::Unlock { passphrase: self.passphrase.to_secret() })
    }

    fn passphrase_is_fine(&self, asks: Asks) -> bool {
        if asks.new {
            weak_passphrase(self.passphrase.expose()).is_none() && self.passphrase == self.again
        } else {
            !self.passphrase.is_empty()
        }
    }

    fn clipboard(&mut self, ui: &mut Ui) {
        section(ui, "Clipboard");
        widgets::form_row(ui, "Clear copied secrets", |ui| {
            let chosen = self.clipboard;
            Select::new("Clear copied secrets", after(chosen)).width(200.0).show(ui, |ui| {
                for time in ClipboardTime::ALL {
                    if select_option(ui, time == chosen, after(time), None).clicked() {
                        self.clipboard = time;
                    }
                }
            });
            remark(ui, Severity::Note, "Also cleared when Brickpass closes. Newer clipboard content is kept.");
        });
    }

    fn reminders(&mut self, ui: &mut Ui) {
        section(ui, "Reminders");
        checkbox(ui, &mut self.remind, "Remind me of expiring tokens");
        remark(
            ui,
            Severity::Note,
            "14 days, 3 days and 1 day ahead, while Brickpass is open. A notification shows only the connection's name.",
        );
    }

    fn databricks_cli(&mut self, ui: &mut Ui) {
        section(ui, "Databricks CLI");
        checkbox(ui, &mut self.serve_cli, "Share tokens of published profiles with the Databricks CLI");
        remark(
            ui,
            Severity::Note,
            "Stored in the CLI's own entries in your system's keyring, never in a file, and renewed while Brickpass is open.",
        );
    }

    fn network(&mut self, ui: &mut Ui) {
        section(ui, "Network");
        widgets::form_row(ui, "Certificate authorities", |ui| {
            TextField::new(&mut self.ca_file, "Certificate authorities").hint("Path of a PEM file").show(ui);
            remark(ui, Severity::Note, "Trusted in addition to your system's, for a company proxy that inspects connections.");
        });
    }

    fn buttons(&self, ui: &mut Ui, view: SettingsView<'_>) -> Option<SettingsAction> {
        let settings = self.settings(view);
        let asks = self.asks(view).filter(|asks| !asks.in_force);
        let changed = settings != *view.settings;
        let ready = changed && self.run.is_none() && asks.is_none_or(|asks| self.passphrase_is_fine(asks));
        let mut action = None;
        if let Some(problem) = self.problem.as_ref().filter(|problem| !problem.of_passphrase || self.asks(view).is_none()) {
            remark(ui, Severity::Error, &problem.words);
        }
        let row = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(row, egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if Button::primary("Save").enabled(ready).busy(self.run.is_some()).show(ui).clicked() {
                action = Some(SettingsAction::Save { settings, passphrase: asks.map(|_| self.passphrase.to_secret()) });
            }
            if Button::ghost(if changed { "Cancel" } else { "Done" }).show(ui).clicked() {
                action = Some(SettingsAction::Close);
            }
        });
        action
    }

    /// The settings as chosen here.
    fn settings(&self, view: SettingsView<'_>) -> Settings {
        let ca_file = Some(self.ca_file.trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        let vault = if view.vault_from_environment { view.settings.vault } else { self.home };
        Settings {
            vault,
            ca_file,
            clipboard_seconds: self.clipboard,
            remind_of_expiry: self.remind,
            serve_databricks_cli: self.serve_cli,
            ..view.settings.clone()
        }
    }
}

fn after(time: ClipboardTime) -> &'static str {
    match time {
        ClipboardTime::TenSeconds => "After 10 seconds",
        ClipboardTime::HalfAMinute => "After 30 seconds",
        ClipboardTime::OneMinute => "After 1 minute",
        ClipboardTime::MinuteAndAHalf => "After 90 seconds",
        ClipboardTime::FiveMinutes => "After 5 minutes",
    }
}

#[derive(Clone, Copy)]
struct Asks {
    /// The passphrase is set, not checked: it is typed twice.
    new: bool,
    /// The file is the storage in use: it is unlocked, no secrets move.
    in_force: bool,
}

fn passphrase_id() -> Id {
    Id::unique("settings passphrase")
}

fn again_id() -> Id {
    Id::unique("settings passphrase again")
}

fn section(ui: &mut Ui, title: &str) {
    ui.add_space(12.0);
    let palette = theme::of(ui);
    let width = ui.available_width();
    widgets::truncated_label(ui, title, fonts::semibold(14.0), palette.text, width);
}

fn status(ui: &mut Ui, view: SettingsView<'_>) {
    match view.vault {
        None => remark(ui, Severity::Note, "Checking secret storage"),
        Some((home, VaultStatus::Ready { place })) => remark(ui, Severity::Note, &text::stored_in(home, place)),
        Some((_, VaultStatus::Locked { place, new: true })) => {
            remark(ui, Severity::Warning, &format!("Secrets will be stored in {place}. Choose a passphrase first."))
        }
        Some((_, VaultStatus::Locked { place, new: false })) => {
            remark(ui, Severity::Warning, &format!("Secrets are stored in {place}, which is locked."))
        }
        Some((_, VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. })) => {
            remark(ui, Severity::Error, &failure.to_string())
        }
    };
}

fn files(ui: &mut Ui, view: SettingsView<'_>) {
    let palette = theme::of(ui);
    section(ui, "Files");
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.spacing_mut().interact_size.y = 20.0;
    for (words, path) in view.files {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let text = |text: &str, colour| egui::RichText::new(text).font(fonts::regular(12.0)).color(colour);
            let label = ui.label(text(words, palette.weak));
            ui.add_space((152.0 - label.rect.width()).max(8.0));
            ui.add(egui::Label::new(text(path, palette.text)).selectable(true).truncate());
        });
    }
    if !view.files.is_empty() {
        paragraph(ui, "None of these files contains a secret in plain text.", fonts::regular(12.0), palette.weak);
    }
}

fn connections(ui: &mut Ui) -> Option<SettingsAction> {
    section(ui, "Connections");
    let asked = widgets::form_row(ui, "Import", |ui| {
        let asked = Button::secondary(importing::ASK).icon(Icon::Import).show(ui).clicked();
        let key = Action::Import.key(ui.ctx());
        remark(ui, Severity::Note, &format!("From the Databricks CLI, files, pasted text or a backup ({key})"));
        asked
    });
    let backs_up = widgets::form_row(ui, "Backup", |ui| {
        let asked = Button::secondary(backup::ASK).icon(Icon::Lock).show(ui).clicked();
        remark(ui, Severity::Note, backup::ASK_WHY);
        asked
    });
    backs_up.then_some(SettingsAction::BackUp).or(asked.then_some(SettingsAction::Import))
}

fn help(ui: &mut Ui) -> Option<SettingsAction> {
    section(ui, "Help");
    let asked = widgets::form_row(ui, "Diagnostics", |ui| {
        let asked = Button::secondary(activity::DIAGNOSTICS).icon(Icon::Copy).show(ui).clicked();
        remark(ui, Severity::Note, "For support: counts and fixed words, shown before you share them.");
        asked
    });
    asked.then_some(SettingsAction::Diagnostics)
}

/// One of several exclusive choices, side by side.
fn segment(ui: &mut Ui, selected: bool, icon: Icon, words: &str) -> Response {
    let palette = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::medium(14.0), palette.text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 50.0, theme::CONTROL_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, words));
    paint_choice(ui, rect, &response, selected);
    let colour = if selected { palette.text } else { palette.weak };
    icon.paint(ui.painter(), pos2(rect.left() + 21.0, rect.center().y), 16.0, colour);
    ui.painter().galley(pos2(rect.left() + 37.0, (rect.center().y - galley.size().y / 2.0).floor()), galley, colour);
    response
}

/// One of several exclusive choices, stacked, with an explanation.
fn choice(ui: &mut Ui, selected: bool, title: &str, words: &str) -> Response {
    let palette = theme::of(ui);
    let room = ui.available_width() - 56.0;
    let below = ui.painter().layout(words.to_owned(), fonts::regular(12.0), palette.weak, room.max(80.0));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 38.0 + below.size().y), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, title));
    paint_choice(ui, rect, &response, selected);
    let dot = pos2(rect.left() + 22.0, rect.top() + 19.0);
    let border = if selected { palette.accent } else { palette.control_border };
    ui.painter().circle_stroke(dot, 7.5, Stroke::new(1.5, border));
    if selected {
        ui.painter().circle_filled(dot, 4.0, palette.accent);
    }
    let left = rect.left() + 40.0;
    let at = pos2(left, rect.top() + 19.0);
    widgets::paint_text(ui.painter(), at, egui::Align2::LEFT_CENTER, title, fonts::medium(14.0), palette.text, room);
    ui.painter().galley(pos2(left, rect.top() + 30.0), below, palette.weak);
    response
}

fn paint_choice(ui: &Ui, rect: egui::Rect, response: &Response, selected: bool) {
    widgets::scroll_to_focused(ui, response, rect);
    let palette = theme::of(ui);
    let fill = if selected {
        palette.selected
    } else if response.hovered() {
        palette.hover
    } else {
        palette.window
    };
    let border = if selected { palette.accent } else { palette.control_border };
    ui.painter().rect(rect, egui::CornerRadius::same(theme::RADIUS), fill, Stroke::new(1.0, border), StrokeKind::Inside);
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
