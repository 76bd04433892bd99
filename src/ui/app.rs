//! The outermost part of the window: receives events, draws the state, sends requests.

use std::{ops::Range, path::PathBuf, time::Duration};

use eframe::Frame;
use egui::{Context, Ui, UserAttentionType, ViewportCommand};
use jiff::Timestamp;

use super::{
    act::Act,
    actions, admin, dialogs, editor,
    first_start::{self, FirstStartAction},
    importing::{self, Importing},
    overview, shortcuts, sidebar,
    state::{Notice, Output, State, Zone},
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
        let mut state = State::new(Settings { theme, ..Settings::default() }, window.clone());
        state.preferences.files = files;
        Self {
            state,
            port,
            clock,
            seen: (window.clone(), 0.0),
            remembered: window,
            was_focused: true,
            theme,
            toasts: Toasts::default(),
            rows_drawn: 0..0,
        }
    }

    /// The time zone for times of day; UTC by default.
    #[must_use]
    pub fn in_zone(mut self, zone: jiff::tz::TimeZone) -> Self {
        self.state.preferences.zone = Zone(zone);
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
        self.state.preferences.save_folder = folder;
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn follow(&mut self, output: impl Into<Output>) {
        let requests = self.state.follow(output.into());
        self.ask(requests);
    }

    fn ask(&self, requests: Vec<Ask>) {
        for request in requests {
            (self.port.send)(request);
        }
    }

    fn drain(&mut self, ctx: &Context) {
        for _ in 0..EVENTS_A_FRAME {
            let Some(event) = (self.port.next)() else { return };
            let requests = self.state.apply(event, self.now());
            self.ask(requests);
        }
        ctx.request_repaint();
    }

    fn keep_time(&mut self, ctx: &Context) {
        let now = self.now();
        let due = self.state.tick(now);
        self.follow(due);
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
        } else if self.state.view.may_close() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Another window or program may have changed the file while this one had no focus.
    fn mind_focus(&mut self, ctx: &Context) {
        let focused = ctx.input(|input| input.focused);
        if focused && !self.was_focused {
            self.follow(refresh());
            // Other programs write these files, too.
            let shows_activity = self.state.activity.is_shown(&self.state.connections.selection, self.state.view.page());
            let mut output = if shows_activity { self.state.activity.load() } else { Output::none() };
            output.extend(self.state.export.reload_shown_profiles(&self.state.connections, self.state.view.page()));
            self.follow(output);
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
        seen.sidebar_width = self.state.preferences.window.sidebar_width;
        seen.recent_tools.clone_from(&self.state.preferences.window.recent_tools);
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
            self.follow(ask_quietly(RememberWindow(self.remembered.clone())));
        }
    }
}

impl BrickpassApp {
    /// Everything behind the dialogs.
    fn page(&mut self, ui: &mut Ui, act: &mut Act) {
        let sidebar_width = self.state.preferences.window.sidebar_width.unwrap_or(288.0);
        top_bar::show(ui, &mut self.state, act, sidebar_width);
        status_bar::show(ui, &mut self.state, act);
        act.settle(&mut self.state);
        if self.state.connections.is_empty() && !self.state.activity.is_alone(&self.state.connections.selection) {
            let place = self.state.secrets.vault_place().map(str::to_owned);
            let profiles = self.state.export.profiles.cli_file().map(|file| file.profiles.len());
            let picked = egui::CentralPanel::no_frame()
                .frame(egui::Frame::new().fill(theme::of(ui).window))
                .show(ui, |ui| first_start::show(ui, place.as_deref(), profiles))
                .inner;
            match picked {
                Some(FirstStartAction::AddWorkspace) => act.send(self.state.connections.new_connection()),
                Some(FirstStartAction::ImportProfiles) => {
                    act.send(Importing::open_databricks_cli(&self.state.connections, &self.state.export.profiles));
                }
                Some(FirstStartAction::Import) => act.send(Importing::open(&self.state.connections, &self.state.export.profiles)),
                Some(FirstStartAction::OpenDemo) => act.send(ask_quietly(OpenDemo)),
                None => {}
            }
            self.rows_drawn = 0..0;
            return;
        }
        (_, self.rows_drawn) = sidebar::show(ui, &mut self.state, act);
        act.settle(&mut self.state);
        if self.state.expiry.is_open() {
            overview::show(ui, &mut self.state, act);
        } else {
            editor::show(ui, &mut self.state, act);
        }
    }

    fn toasts(&mut self, ctx: &Context, act: &mut Act) {
        let now = act.seconds();
        for notice in self.state.view.notices.drain(..) {
            match notice {
                Notice::Done(words) => self.toasts.push(words, Tone::Ok, None, now),
                Notice::Info(words) => self.toasts.push(words, Tone::Neutral, None, now),
                Notice::Warning(words) => self.toasts.push(words, Tone::Warning, None, now),
                Notice::Failure(failure) => self.toasts.push(failure.to_string(), Tone::Error, None, now),
                Notice::Removed { words, removal } => self.toasts.push(words, Tone::Neutral, Some((text::UNDONE.to_owned(), removal)), now),
            }
        }
        self.toasts.retract(|removal| !self.state.connections.can_undo_this(*removal));
        if let Some(removal) = self.toasts.show(ctx, now) {
            act.send(self.state.undo_of(removal));
        }
    }

    /// Requests of the drawing code that only the window can fulfill.
    fn afterwards(&mut self, ctx: &Context, act: &mut Act) {
        for id in self.state.view.wipe.drain(..) {
            for kind in SecretKind::ALL {
                forget_secret_field(ctx, editor::secret_id(id, kind));
            }
        }
        if let Some(later) = self.state.view.later.take() {
            let output = self.state.do_later(later);
            act.send(output);
            ctx.request_repaint();
        }
        if self.state.view.focus.is_some() || self.state.view.reveal_selected || !self.state.view.notices.is_empty() {
            ctx.request_repaint();
        }
    }
}

impl eframe::App for BrickpassApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.drain(ctx);
        let (state, now) = (&mut self.state, (self.clock)());
        state.expiry.keep_current(&state.connections, &state.tokens, &state.preferences.zone.0, now);
        self.come_forward(ctx);
        self.keep_time(ctx);
        self.mind_focus(ctx);
        self.mind_closing(ctx);
        self.mind_window(ctx);
        if self.theme != self.state.preferences.settings.theme {
            self.theme = self.state.preferences.settings.theme;
            theme::choose(ctx, self.theme);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let ctx = ui.ctx().clone();
        let mut act = Act::new(self.now());
        act.send(importing::dropped(&ctx, &mut self.state));
        if !self.state.dialogs.is_open()
            && let Some(action) = shortcuts::pressed(&ctx, &[sidebar::list_id(), tokens::table_id(), admin::table_id()])
        {
            actions::perform(&ctx, &mut self.state, &mut act, action);
        }
        act.settle(&mut self.state);
        self.page(ui, &mut act);
        act.settle(&mut self.state);
        dialogs::frame(&ctx, &mut self.state, &mut act);
        self.toasts(&ctx, &mut act);
        self.afterwards(&ctx, &mut act);
        let requests = act.finish(&ctx, &mut self.state);
        self.ask(requests);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let output = self.state.leave();
        self.follow(output);
        self.remember_window();
    }
}
