//! The window's outermost part: takes events in, draws the state, hands commands out.

use std::time::Duration;

use eframe::Frame;
use egui::{Context, Ui, ViewportCommand};
use jiff::Timestamp;

use super::{state::State, theme};
use crate::{
    engine::{Command, Event},
    storage::{Settings, ThemeChoice, WindowMemory},
};

/// So many events are taken in before a frame is drawn; the rest wait for the next one.
const EVENTS_A_FRAME: usize = 2_000;
/// The window's place is written down when it has not changed for this long.
const SETTLED: Duration = Duration::from_secs(1);

/// The engine, as the window sees it.
pub struct Wires {
    pub send: Box<dyn Fn(Command)>,
    /// The next event that is there already.
    pub next: Box<dyn FnMut() -> Option<Event>>,
}

pub struct BrickpassApp {
    pub(super) state: State,
    wires: Wires,
    clock: Box<dyn Fn() -> Timestamp>,
    /// What of the window was written down last, and what it is now, since when.
    remembered: WindowMemory,
    seen: (WindowMemory, f64),
    was_focused: bool,
}

impl BrickpassApp {
    pub fn new(ctx: &Context, wires: Wires, clock: impl Fn() -> Timestamp + 'static, choice: ThemeChoice, window: WindowMemory) -> Self {
        theme::install(ctx, choice);
        (wires.send)(Command::Start);
        (wires.send)(Command::ProbeVault);
        Self {
            state: State::new(Settings { theme: choice, ..Settings::default() }, window.clone()),
            wires,
            clock: Box::new(clock),
            seen: (window.clone(), 0.0),
            remembered: window,
            was_focused: true,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn send(&self, commands: impl IntoIterator<Item = Command>) {
        for command in commands {
            (self.wires.send)(command);
        }
    }

    fn drain(&mut self, ctx: &Context) {
        for _ in 0..EVENTS_A_FRAME {
            let Some(event) = (self.wires.next)() else { return };
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

    fn mind_closing(&mut self, ctx: &Context) {
        if ctx.input(|input| input.viewport().close_requested()) {
            if !self.state.ask_to_close() {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        } else if self.state.may_close() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Another window or program may have changed the file while this one was not looked at.
    fn mind_focus(&mut self, ctx: &Context) {
        let focused = ctx.input(|input| input.focused);
        if focused && !self.was_focused {
            self.send([Command::Refresh]);
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
            self.send([Command::RememberWindow(self.remembered.clone())]);
        }
    }
}

impl eframe::App for BrickpassApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.drain(ctx);
        self.keep_time(ctx);
        self.mind_focus(ctx);
        self.mind_closing(ctx);
        self.mind_window(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        egui::CentralPanel::default().show(ui, |ui| {
            ui.label(super::text::APP);
            let names: Vec<_> = self.state.list.shown().collect();
            for id in names.into_iter().take(20) {
                if ui.button(self.state.name_of(id)).clicked() {
                    let commands = self.state.select(id);
                    self.send(commands);
                }
            }
        });
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let commands = self.state.leave();
        self.send(commands);
        self.remember_window();
    }
}
