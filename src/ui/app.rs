//! The outermost part of the window: receives events, draws the state, sends commands.

use std::{ops::Range, path::PathBuf, time::Duration};

use eframe::Frame;
use egui::{Context, Id, Ui, UserAttentionType, ViewportCommand};
use jiff::Timestamp;

use super::{
    act::Act,
    actions, admin, backing_up, diagnostics, dialogs, editor, effective, export,
    first_start::{self, FirstStartAction},
    importing, login, overview,
    palette::{CommandPalette, PaletteConnection, PaletteOutcome},
    settings::{SettingsAction, SettingsDialog, SettingsView},
    shortcuts, sidebar,
    state::{Dialog, Notice, SettingsWait, State, Zone},
    status_bar, text,
    theme::{self, Tone},
    toasts::Toasts,
    tokens, top_bar,
    widgets::forget_secret_field,
};
use crate::ui::state::{ask_quietly, probe_vault};
use crate::ui::state::{refresh, start};
use brickpass_core::connection::SecretKind;
use brickpass_engine::{Ask, Event, OpenDemo, RememberWindow};
use brickpass_storage::{Settings, ThemeChoice, WindowMemory};

/// The maximum number of events per frame; the rest wait for the next one.
const EVENTS_A_FRAME: usize = 2_000;
/// The window's position is saved once it has not changed for this long.
const SETTLED: Duration = Duration::from_secs(1);

/// The engine, as the window sees it.
pub struct EnginePort {
    pub send: Box<dyn Fn(Ask)>,
    /// The next event, if there is one.
    pub next: Box<dyn FnMut() -> Option<Event>>,
}

pub struct BrickpassApp {
    pub(super) state: State,
    port: EnginePort,
    clock: Box<dyn Fn() -> Timestamp>,
    /// The window's position as last saved, as it is now, and since when.
    remembered: WindowMemory,
    seen: (WindowMemory, f64),
    was_focused: bool,
    theme: ThemeChoice,
    /// Paths for the settings dialog: a label and a path.
    files: Vec<(&'static str, String)>,
    settings: Option<SettingsDialog>,
    palette: Option<CommandPalette>,
    toasts: Toasts<u64>,
    /// The rows of the list that the last frame drew.
    pub(super) rows_drawn: Range<usize>,
}

/// The parameters of the window.
pub struct Setup {
    pub clock: Box<dyn Fn() -> Timestamp>,
    pub theme: ThemeChoice,
    pub window: WindowMemory,
    /// A label and a path each.
    pub files: Vec<(&'static str, String)>,
}

impl BrickpassApp {
    pub fn new(ctx: &Context, port: EnginePort, setup: Setup) -> Self {
        let Setup { clock, theme, window, files } = setup;
        theme::install(ctx, theme);
        (port.send)(start());
        (port.send)(probe_vault());
        Self {
            state: State::new(Settings { theme, ..Settings::default() }, window.clone()),
            port,
            clock,
            seen: (window.clone(), 0.0),
            remembered: window,
            was_focused: true,
            theme,
            files,
            settings: None,
            palette: None,
            toasts: Toasts::default(),
            rows_drawn: 0..0,
        }
    }

    /// The time zone for times of day; UTC by default.
    #[must_use]
    pub fn in_zone(mut self, zone: jiff::tz::TimeZone) -> Self {
        self.state.zone = Zone(zone);
        self
    }

    /// The default comment of new tokens.
    #[must_use]
    pub fn with_token_comment(mut self, comment: String) -> Self {
        self.state.tokens.usual_comment = comment;
        self
    }

    /// The default folder for saved files.
    #[must_use]
    pub fn saving_in(mut self, folder: Option<PathBuf>) -> Self {
        self.state.save_folder = folder;
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn send(&self, commands: impl IntoIterator<Item = Ask>) {
        for command in commands {
            (self.port.send)(command);
        }
    }

    fn drain(&mut self, ctx: &Context) {
        for _ in 0..EVENTS_A_FRAME {
            let Some(event) = (self.port.next)() else { return };
            let commands = self.state.apply(event, self.now());
            self.send(commands);
        }
        ctx.request_repaint();
    }

    fn keep_time(&mut self, ctx: &Context) {
        let now = self.now();
        let due = self.state.tick(now);
        self.send(due);
        if let Some(left) = self.state.next_tick(now) {
            ctx.request_repaint_after(Duration::try_from(left).unwrap_or_default());
        }
    }

    /// The person clicked a notification and expects the window.
    fn come_forward(&mut self, ctx: &Context) {
        if std::mem::take(&mut self.state.expiry.raise) {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // For systems where a program may not come to the front by itself.
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            ctx.request_repaint();
        }
    }

    fn mind_closing(&mut self, ctx: &Context) {
        if ctx.input(|input| input.viewport().close_requested()) {
            if !self.state.ask_to_close() {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        } else if self.state.may_close() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Another window or program may have changed the file while this one had no focus.
    fn mind_focus(&mut self, ctx: &Context) {
        let focused = ctx.input(|input| input.focused);
        if focused && !self.was_focused {
            self.send([refresh()]);
            // Other programs write these files, too.
            let mut commands = if self.state.shows_activity() { self.state.ask_for_activity() } else { Vec::new() };
            commands.extend(self.state.look_at_profiles_again());
            self.send(commands);
        }
        self.was_focused = focused;
    }

    fn mind_window(&mut self, ctx: &Context) {
        let (now, viewport) = ctx.input(|input| (input.time, input.viewport().clone()));
        if viewport.minimized == Some(true) {
            return;
        }
        let maximized = viewport.maximized.unwrap_or(false) || viewport.fullscreen.unwrap_or(false);
        let seen = &mut self.seen.0;
        let before = seen.clone();
        seen.maximized = maximized;
        seen.sidebar_width = self.state.window.sidebar_width;
        seen.recent_tools.clone_from(&self.state.window.recent_tools);
        if !maximized {
            if let Some(inner) = viewport.inner_rect {
                seen.size = Some([inner.width().round(), inner.height().round()]);
            }
            if let Some(outer) = viewport.outer_rect {
                seen.position = Some([outer.left().round(), outer.top().round()]);
            }
        }
        if *seen != before {
            self.seen.1 = now;
        }
        if *seen != self.remembered {
            let left = self.seen.1 + SETTLED.as_secs_f64() - now;
            if left <= 0.0 {
                self.remember_window();
            } else {
                ctx.request_repaint_after(Duration::from_secs_f64(left));
            }
        }
    }

    fn remember_window(&mut self) {
        if self.seen.0 != self.remembered {
            self.remembered = self.seen.0.clone();
            self.send([ask_quietly(RememberWindow(self.remembered.clone()))]);
        }
    }
}

impl BrickpassApp {
    /// Everything behind the dialogs.
    fn page(&mut self, ui: &mut Ui, act: &mut Act) {
        let sidebar_width = self.state.window.sidebar_width.unwrap_or(288.0);
        top_bar::show(ui, &mut self.state, act, sidebar_width);
        status_bar::show(ui, &mut self.state, act);
        if self.state.is_empty() && !self.state.activity_is_alone() {
            let place = self.state.vault_place().map(str::to_owned);
            let profiles = self.state.cli_file().map(|file| file.profiles.len());
            let picked = egui::CentralPanel::no_frame()
                .frame(egui::Frame::new().fill(theme::of(ui).window))
                .show(ui, |ui| first_start::show(ui, place.as_deref(), profiles))
                .inner;
            match picked {
                Some(FirstStartAction::AddWorkspace) => act.send(self.state.new_connection()),
                Some(FirstStartAction::ImportProfiles) => act.send(self.state.import_from_databricks_cli()),
                Some(FirstStartAction::Import) => act.send(self.state.ask_to_import()),
                Some(FirstStartAction::OpenDemo) => act.send([ask_quietly(OpenDemo)]),
                None => {}
            }
            self.rows_drawn = 0..0;
            return;
        }
        (_, self.rows_drawn) = sidebar::show(ui, &mut self.state, act);
        if self.state.expiry.is_open() {
            overview::show(ui, &mut self.state, act);
        } else {
            editor::show(ui, &mut self.state, act);
        }
    }

    fn dialogs(&mut self, ctx: &Context, act: &mut Act) {
        match &self.state.dialog {
            None if self.state.send_to().is_some() => tokens::send_to(ctx, &mut self.state, act),
            None if self.state.tokens.fresh().is_some() => tokens::fresh_token(ctx, &mut self.state, act),
            None => admin::fresh_secret(ctx, &mut self.state, act),
            Some(Dialog::Settings) => self.settings_dialog(ctx, act),
            Some(Dialog::Palette) => self.command_palette(ctx, act),
            Some(Dialog::AddWorkspaces(_)) => login::add_workspaces(ctx, &mut self.state, act),
            Some(Dialog::GenerateToken(_) | Dialog::RotateToken(_) | Dialog::RevokeTokens(_)) => tokens::dialog(ctx, &mut self.state, act),
            Some(Dialog::ExportActivity(_) | Dialog::Diagnostics(_)) => diagnostics::show(ctx, &mut self.state, act),
            Some(Dialog::IncludeSecret(_) | Dialog::SaveExport(_)) => export::dialog(ctx, &mut self.state, act),
            Some(Dialog::Admin(_)) => admin::dialog(ctx, &mut self.state, act),
            Some(Dialog::Import(_)) => importing::show(ctx, &mut self.state, act),
            Some(Dialog::BackUp(_)) => backing_up::show(ctx, &mut self.state, act),
            Some(Dialog::MoveSecrets(_)) => importing::move_secrets(ctx, &mut self.state, act),
            Some(Dialog::Effective(_)) => effective::show(ctx, &mut self.state, act),
            Some(Dialog::Shortcuts) => {
                if shortcuts::sheet(ctx, Id::unique("shortcuts sheet")) {
                    self.state.dialog = None;
                }
            }
            Some(
                Dialog::Close { .. }
                | Dialog::Delete(_)
                | Dialog::SignOut { .. }
                | Dialog::Conflict(_)
                | Dialog::Removed { .. }
                | Dialog::Unlock { .. }
                | Dialog::SignInsUnsaved { .. },
            ) => dialogs::show(ctx, &mut self.state, act),
        }
        if !matches!(self.state.dialog, Some(Dialog::Settings))
            && let Some(mut dialog) = self.settings.take()
        {
            dialog.forget(ctx);
            self.state.settings_problem = None;
        }
        if !matches!(self.state.dialog, Some(Dialog::Palette)) {
            self.palette = None;
        }
    }

    fn settings_dialog(&mut self, ctx: &Context, act: &mut Act) {
        let state = &mut self.state;
        let vault = state.vault.value().map(|(home, status)| (*home, status));
        let dialog = self.settings.get_or_insert_with(|| SettingsDialog::new(&state.settings, vault.map(|(home, _)| home)));
        let view = SettingsView {
            settings: &state.settings,
            vault,
            vault_from_environment: state.vault_from_environment,
            vault_file_exists: state.vault_file_exists,
            busy: matches!(state.settings_wait, SettingsWait::Save | SettingsWait::Unlock),
            problem: state.settings_problem.as_ref().map(|problem| (problem.words.as_str(), problem.of_passphrase)),
            files: &self.files,
        };
        match dialog.show(ctx, view, act.seconds()) {
            None => {}
            Some(SettingsAction::Close) => state.dialog = None,
            Some(SettingsAction::Theme(choice)) => {
                theme::choose(ctx, choice);
                let settings = Settings { theme: choice, ..state.settings.clone() };
                act.send(state.save_settings(settings, None));
            }
            Some(SettingsAction::Save { settings, passphrase }) => act.send(state.save_settings(settings, passphrase)),
            Some(SettingsAction::Diagnostics) => act.send(state.diagnose()),
            Some(SettingsAction::Import) => act.send(state.ask_to_import()),
            Some(SettingsAction::BackUp) => state.ask_to_back_up(act.now),
            Some(SettingsAction::Recover(recovery)) => act.send(state.recover_from_settings(recovery)),
            Some(SettingsAction::Unlock { passphrase }) => act.send(state.unlock_from_settings(passphrase)),
        }
    }

    fn command_palette(&mut self, ctx: &Context, act: &mut Act) {
        let state = &self.state;
        let connections: Vec<PaletteConnection> = state
            .list
            .items()
            .iter()
            .map(|item| PaletteConnection {
                id: item.id,
                name: state.name_of(item.id),
                host: &item.host,
                environment: state.environment_of(item.id),
            })
            .collect();
        let outcome = self
            .palette
            .get_or_insert_default()
            .show(ctx, &connections, state.list.revision(), &|action| actions::makes_sense(state, action));
        match outcome {
            None => return,
            Some(PaletteOutcome::Closed) => self.state.dialog = None,
            Some(PaletteOutcome::Connection(id)) => {
                self.state.dialog = None;
                self.state.list.set_filter("");
                act.send(self.state.select(id));
            }
            Some(PaletteOutcome::Action(action)) => {
                self.state.dialog = None;
                actions::perform(ctx, &mut self.state, act, action);
            }
        }
        ctx.request_repaint();
    }

    fn toasts(&mut self, ctx: &Context, act: &mut Act) {
        let now = act.seconds();
        for notice in self.state.notices.drain(..) {
            match notice {
                Notice::Done(words) => self.toasts.push(words, Tone::Ok, None, now),
                Notice::Info(words) => self.toasts.push(words, Tone::Neutral, None, now),
                Notice::Warning(words) => self.toasts.push(words, Tone::Warning, None, now),
                Notice::Failure(failure) => self.toasts.push(failure.to_string(), Tone::Error, None, now),
                Notice::Removed { words, removal } => self.toasts.push(words, Tone::Neutral, Some((text::UNDONE.to_owned(), removal)), now),
            }
        }
        self.toasts.retract(|removal| !self.state.can_undo_this(*removal));
        if let Some(removal) = self.toasts.show(ctx, now) {
            act.send(self.state.undo_of(removal));
        }
    }

    /// Requests of the drawing code that only the window can fulfill.
    fn afterwards(&mut self, ctx: &Context, act: &mut Act) {
        for id in self.state.wipe.drain(..) {
            for kind in SecretKind::ALL {
                forget_secret_field(ctx, editor::secret_id(id, kind));
            }
        }
        if let Some(later) = self.state.later.take() {
            let commands = self.state.do_later(later);
            act.send(commands);
            ctx.request_repaint();
        }
        if self.state.focus.is_some() || self.state.reveal_selected || !self.state.notices.is_empty() {
            ctx.request_repaint();
        }
    }
}

impl eframe::App for BrickpassApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.drain(ctx);
        self.state.keep_expiry(self.now());
        self.come_forward(ctx);
        self.keep_time(ctx);
        self.mind_focus(ctx);
        self.mind_closing(ctx);
        self.mind_window(ctx);
        if self.theme != self.state.settings.theme {
            self.theme = self.state.settings.theme;
            theme::choose(ctx, self.theme);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let ctx = ui.ctx().clone();
        let mut act = Act::new(self.now());
        act.send(importing::dropped(&ctx, &mut self.state));
        if self.state.dialog.is_none()
            && self.state.tokens.fresh().is_none()
            && self.state.send_to().is_none()
            && self.state.fresh_secret().is_none()
            && let Some(action) = shortcuts::pressed(&ctx, &[sidebar::list_id(), tokens::table_id(), admin::table_id()])
        {
            actions::perform(&ctx, &mut self.state, &mut act, action);
        }
        self.page(ui, &mut act);
        self.dialogs(&ctx, &mut act);
        self.toasts(&ctx, &mut act);
        self.afterwards(&ctx, &mut act);
        self.send(act.into_commands());
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let commands = self.state.leave();
        self.send(commands);
        self.remember_window();
    }
}
