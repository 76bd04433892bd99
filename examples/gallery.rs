//! Every widget in one window, for a look at both themes: `cargo run --example gallery -- dark widgets`.
//! Themes: light, dark. Pages: widgets, first, settings, palette, shortcuts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an example may fail loudly")]

use brickpass::ui::{
    first_start, fonts,
    icons::Icon,
    palette::{CommandPalette, PaletteConnection},
    settings::{self, SettingsDialog, SettingsView},
    shortcuts,
    theme::{self, Tone},
    toasts::Toasts,
    widgets::{
        Button, SecretField, Select, TextField, card, checkbox, environment_badge, form_row, form_row_without_label, icon_button, key_hint,
        menu_button, menu_item, modal, paragraph, remark, section_header, select_option, spinner, status_icon, tabs, tags_field,
        timeline_bar, truncated_label,
    },
};
use brickpass_core::connection::{ConnectionId, Environment, Severity, Status, TypedSecret};
use brickpass_storage::{Settings, ThemeChoice, VaultHome, VaultStatus};
use eframe::egui;

fn main() -> eframe::Result {
    let choice = match std::env::args().nth(1).as_deref() {
        Some("dark") => ThemeChoice::Dark,
        Some("light") => ThemeChoice::Light,
        _ => ThemeChoice::System,
    };
    let page = std::env::args().nth(2).unwrap_or_default();
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]),
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Gallery",
        options,
        Box::new(move |creation| {
            theme::install(&creation.egui_ctx, choice);
            Ok(Box::new(Gallery { page: page.clone(), ..Gallery::default() }))
        }),
    )
}

struct Gallery {
    page: String,
    settings: Settings,
    dialog: SettingsDialog,
    palette: CommandPalette,
    toasts: Toasts<()>,
    name: String,
    url: String,
    timeout: String,
    secret: TypedSecret,
    description: String,
    tags: Vec<String>,
    tag: String,
    tab: usize,
    ticked: bool,
}

impl Default for Gallery {
    fn default() -> Self {
        let mut toasts = Toasts::default();
        toasts.push("Deleted Sales lakehouse", Tone::Neutral, Some(("Undo".into(), ())), 0.0);
        toasts.push("Saved", Tone::Ok, None, 0.0);
        toasts.push("The list could not be saved. Another program is using the file. Try again in a moment.", Tone::Error, None, 0.0);
        let settings = Settings::default();
        Self {
            page: String::new(),
            dialog: SettingsDialog::new(&settings, None),
            settings,
            palette: CommandPalette::default(),
            toasts,
            name: "Sales lakehouse".into(),
            url: "https://adb-1234567890123456.7.azuredatabricks.net".into(),
            timeout: "30".into(),
            secret: TypedSecret::default(),
            description: "Nightly revenue models. Owner: data platform. Ελληνικά, кириллица, 日本語, العربية".into(),
            tags: vec!["sales".into(), "eu-west".into()],
            tag: String::new(),
            tab: 0,
            ticked: true,
        }
    }
}

impl eframe::App for Gallery {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let palette = theme::of(ui);
        ui.painter().rect_filled(ui.max_rect(), 0.0, palette.window);
        let now = ui.input(|input| input.time);
        if self.page == "first" {
            first_start::show(ui, None, Some(12));
            return;
        }
        self.over(&ui.ctx().clone(), now);
        egui::Frame::new().inner_margin(24).show(ui, |ui| {
            ui.horizontal(|ui| {
                truncated_label(ui, &self.name, fonts::semibold(20.0), palette.text, 400.0);
                environment_badge(ui, &Environment::Production);
                environment_badge(ui, &Environment::Test);
                environment_badge(ui, &Environment::Development);
                environment_badge(ui, &Environment::Own("sandbox".into()));
                for status in [Status::Ok, Status::Expiring, Status::SignIn, Status::NoPermission, Status::Unreachable, Status::Untested] {
                    status_icon(ui, status, false);
                }
                status_icon(ui, Status::Ok, true);
                spinner(ui, "Working");
                key_hint(ui, "Ctrl+K");
                icon_button(ui, Icon::Settings, "Settings");
                menu_button(ui, "More actions", |ui| {
                    menu_item(ui, Icon::Copy, "Duplicate", "Ctrl+D", Tone::Neutral);
                    menu_item(ui, Icon::Trash, "Delete", "Del", Tone::Error);
                });
            });
            tabs(ui, &mut self.tab, &["Connection", "Tokens", "Export", "Activity"]);
            ui.add_space(12.0);
            ui.horizontal_top(|ui| {
                ui.allocate_ui(egui::vec2(572.0, 600.0), |ui| {
                    ui.vertical(|ui| self.form(ui, now));
                });
                ui.add_space(20.0);
                ui.vertical(|ui| {
                    ui.set_max_width(344.0);
                    side(ui);
                });
            });
        });
    }
}

impl Gallery {
    fn over(&mut self, ctx: &egui::Context, now: f64) {
        self.toasts.show(ctx, now);
        match self.page.as_str() {
            "settings" => {
                let status = VaultStatus::Ready { place: "GNOME Keyring".into() };
                let files = [("Connections", "~/.config/brickpass/connections.json".to_owned())];
                let view = SettingsView {
                    settings: &self.settings,
                    vault: Some((VaultHome::Keyring, &status)),
                    vault_from_environment: false,
                    vault_file_exists: false,
                    files: &files,
                };
                modal(ctx, egui::Id::unique("settings"), "Settings", settings::WIDTH, |ui| self.dialog.draw(ui, view, now));
            }
            "palette" => {
                let id = ConnectionId::random();
                let (production, test) = (Environment::Production, Environment::Test);
                let connections = [
                    ("Sales lakehouse", "adb-1234567890123456.7.azuredatabricks.net", &production),
                    ("Ingestion", "adb-88.4.azuredatabricks.net", &test),
                ]
                .map(|(name, host, environment)| PaletteConnection {
                    id,
                    name,
                    host,
                    environment: std::borrow::Cow::Borrowed(environment),
                });
                self.palette.show(ctx, &connections, 1, &|_| true);
            }
            "shortcuts" => {
                modal(ctx, egui::Id::unique("sheet"), "Keyboard shortcuts", 720.0, shortcuts::sheet);
            }
            _ => {}
        }
    }

    fn form(&mut self, ui: &mut egui::Ui, now: f64) {
        form_row(ui, "Name", |ui| TextField::new(&mut self.name, "Name").show(ui));
        form_row(ui, "Base URL", |ui| {
            TextField::new(&mut self.url, "Base URL").suffix("Azure").show(ui);
            remark(ui, Severity::Note, "Workspace 1234567890123456")
        });
        form_row(ui, "Timeout", |ui| TextField::new(&mut self.timeout, "Timeout").suffix("seconds").width(120.0).show(ui));
        form_row(ui, "Authentication type", |ui| {
            Select::new("Authentication type", "Personal access token").show(ui, |ui| {
                select_option(ui, true, "Personal access token", Some("A token made in the workspace's settings"));
                select_option(ui, false, "Service principal", Some("A client id and a secret, for what runs without a person"));
            })
        });
        form_row(ui, "Access token", |ui| {
            let hint = "Stored •••• 3f9c, type to replace";
            SecretField::new(&mut self.secret, "Access token").hint(hint).stored(true).tone(Some(Tone::Error)).show(ui, now);
            remark(ui, Severity::Error, "The workspace does not accept this token")
        });
        form_row(ui, "Environment", |ui| {
            Select::new("Environment", "Production").badge(&Environment::Production).width(200.0).show(ui, |ui| {
                select_option(ui, true, "Production", None);
                select_option(ui, false, "Development", None);
            })
        });
        form_row(ui, "Tags", |ui| tags_field(ui, &mut self.tags, &mut self.tag));
        form_row(ui, "Description", |ui| TextField::new(&mut self.description, "Description").rows(2).show(ui));
        form_row_without_label(ui, |ui| {
            ui.horizontal(|ui| {
                Button::primary("Save").show(ui);
                Button::secondary("Test connection").icon(Icon::Test).show(ui);
                Button::ghost("Cancel").show(ui);
            });
            remark(ui, Severity::Warning, "This is not a Databricks domain");
            checkbox(ui, &mut self.ticked, "I know this address");
            ui.horizontal(|ui| {
                Button::danger("Delete").icon(Icon::Trash).show(ui);
                Button::primary("Save").enabled(false).show(ui);
                Button::secondary("Test").icon(Icon::Test).enabled(false).show(ui);
                Button::ghost("Details").small().icon(Icon::CaretRight).show(ui);
                Button::secondary("Cancel test").busy(true).show(ui);
            });
        });
    }
}

fn side(ui: &mut egui::Ui) {
    let palette = theme::of(ui);
    card(ui, Some(Tone::Error), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            status_icon(ui, Status::Unreachable, false);
            truncated_label(ui, "Could not sign in", fonts::semibold(16.0), palette.text, 280.0);
        });
        paragraph(ui, "The workspace does not accept this token.", fonts::regular(14.0), palette.text);
        paragraph(ui, "It has probably expired or been revoked.", fonts::regular(14.0), palette.weak);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            Button::primary("Replace the token").show(ui);
            Button::secondary("Try again").show(ui);
        });
        ui.add_space(8.0);
        for (step, start, length, tone) in
            [("DNS", 0.0, 0.02, Tone::Accent), ("TLS 1.3", 0.1, 0.3, Tone::Accent), ("Sign-in", 0.4, 0.4, Tone::Error)]
        {
            ui.horizontal(|ui| {
                ui.set_height(26.0);
                status_icon(ui, Status::Ok, false);
                let label = truncated_label(ui, step, fonts::regular(14.0), palette.text, 110.0);
                ui.add_space(118.0 - label.rect.width());
                ui.scope(|ui| {
                    ui.set_max_width(106.0);
                    timeline_bar(ui, start, length, tone);
                });
                truncated_label(ui, "35 ms", fonts::regular(14.0), palette.weak, 60.0);
            });
        }
    });
    ui.add_space(16.0);
    section_header(ui, "All connections", 14);
    truncated_label(ui, "A name that is far too long for the place that it has here, indeed", fonts::medium(14.0), palette.text, 300.0);
}
