//! A newly created OAuth secret: its value cannot be loaded again, so it stays until the person closes it.

use egui::Ui;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::words;
use crate::ui::{
    act::Act,
    dialogs::{buttons, enter_pressed, say, scrolled},
    fonts,
    icons::Icon,
    state::{Connections, Copied, Dialog, Dialogs, Go, Output, Secrets, State, Then, ask_quietly},
    text::{self, tokens as token_words},
    theme,
    widgets::{Button, fresh_secret, paragraph},
};
use brickpass_core::connection::{ConnectionId, TypedSecret};
use brickpass_databricks::rest::{NewOAuthSecret, ServicePrincipal};
use brickpass_engine::{CopySecret, KeepClipboard};

#[derive(Debug)]
pub struct FreshSecret {
    id: ConnectionId,
    principal: ServicePrincipal,
    pub new: NewOAuthSecret,
    copied: bool,
    /// The person is about to close it without having copied it and is asked.
    pub leaving: bool,
    /// When it was revealed.
    revealed_at: Option<Timestamp>,
    /// The window was about to close when this kept it open.
    closes_window: bool,
}

#[derive(Clone, Copy)]
enum Pressed {
    Copy,
    KeepOnClipboard,
    Connect,
    Leave,
    Keep,
}

impl FreshSecret {
    pub fn new(id: ConnectionId, principal: ServicePrincipal, new: NewOAuthSecret) -> Self {
        Self { id, principal, new, copied: false, leaving: false, revealed_at: None, closes_window: false }
    }

    /// Asks about a value that would be lost if the window closed now. Returns whether there is one.
    pub fn hold_window(dialogs: &mut Dialogs) -> bool {
        let Some(fresh) = dialogs.bring_to_front(|fresh: &Self| !fresh.copied) else { return false };
        fresh.ask();
        fresh.closes_window = true;
        true
    }

    pub fn clipboard_holds(&mut self, what: &str) {
        self.copied |= what == words::NEW_ON_CLIPBOARD;
    }

    pub fn copy(&self) -> Output {
        ask_quietly(CopySecret { secret: self.new.value.clone(), what: words::NEW_ON_CLIPBOARD.to_owned() }).into()
    }

    /// The clipboard while the secret is on it.
    fn held<'a>(&self, secrets: &'a Secrets) -> Option<&'a Copied> {
        secrets.copied().filter(|held| self.copied && held.what == words::NEW_ON_CLIPBOARD)
    }

    fn ask(&mut self) {
        self.leaving = true;
        self.revealed_at = None;
    }

    /// *Done*, or closing it in another way; asks once if the value would be lost.
    pub fn leave(&mut self) -> Option<Output> {
        if !self.copied && !self.leaving {
            self.ask();
            return None;
        }
        Some(self.closes_window.then_some(Go::CloseWindow).into())
    }

    /// *Go back*: the value stays visible.
    pub fn keep(&mut self) {
        self.closes_window = false;
        self.leaving = false;
    }

    fn may_connect(&self, connections: &Connections) -> bool {
        connections.can_connect_as_principal() && connections.entry(self.id).is_some()
    }

    /// A form for a connection with the secret in it, which is safe there: the window asks before it discards a form.
    pub fn connect(&self, connections: &Connections) -> Option<Output> {
        let secret = TypedSecret::from(self.new.value.expose_secret());
        let draft = connections.draft_as_principal(self.id, &self.principal, secret)?;
        Some(Go::Edit(Box::new(draft)).into())
    }

    fn secret(&mut self, ui: &mut Ui, state: &State, act: &Act) -> Option<Pressed> {
        let below = words::new_secret(&self.principal.name, self.new.secret.expires_at, &state.preferences.zone.0);
        let may_connect = self.may_connect(&state.connections);
        let mut copy = false;
        scrolled(ui, |ui| {
            paragraph(ui, if may_connect { words::FRESH_WHY } else { words::FRESH_WHY_COPY }, fonts::regular(14.0), theme::of(ui).weak);
            copy = fresh_secret(ui, &self.new.value, words::SECRET, &mut self.revealed_at, act.now);
            paragraph(ui, &below, fonts::regular(12.0), theme::of(ui).weak);
        });
        let left = self.held(&state.secrets).map(|copied| copied.seconds_left(act.now));
        let copy_words = left.map_or_else(|| token_words::COPY.to_owned(), token_words::copied);
        let keep = left.map(|_| (Button::ghost(text::KEEP_LONGER), Pressed::KeepOnClipboard));
        let enter = enter_pressed(ui);
        let connect = may_connect.then(|| (Button::secondary(words::CONNECT_SHORT).icon(Icon::Plug), Pressed::Connect));
        let done = Some((Button::ghost(token_words::DONE), Pressed::Leave));
        let main = Some((Button::primary(&copy_words).icon(Icon::Copy), Pressed::Copy));
        let pressed = buttons(ui, [keep, done, connect, main].into_iter().flatten().collect::<Vec<_>>());
        pressed.or((enter || copy).then_some(Pressed::Copy))
    }
}

/// The safe answer is the default.
fn question(ui: &mut Ui) -> Option<Pressed> {
    say(ui, words::LEAVE_WHY);
    let enter = enter_pressed(ui);
    let pressed = buttons(ui, [(Button::danger(token_words::LEAVE), Pressed::Leave), (Button::primary(token_words::KEEP), Pressed::Keep)]);
    pressed.or(enter.then_some(Pressed::Keep))
}

impl Dialog for FreshSecret {
    fn name(&self) -> &'static str {
        if self.leaving { "fresh secret question" } else { "fresh secret dialog" }
    }

    fn title(&self, _: &State) -> String {
        if self.leaving { words::LEAVE_TITLE } else { words::FRESH_TITLE }.to_owned()
    }

    fn width(&self) -> f32 {
        660.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let pressed = if self.leaving { question(ui) } else { self.secret(ui, state, act) };
        let Some(pressed) = pressed else { return Then::Stay };
        ui.ctx().request_repaint();
        let done = match pressed {
            Pressed::Copy => {
                act.send(self.copy());
                None
            }
            Pressed::KeepOnClipboard => {
                act.send(ask_quietly(KeepClipboard));
                None
            }
            Pressed::Keep => {
                self.keep();
                None
            }
            Pressed::Connect => self.connect(&state.connections),
            Pressed::Leave => self.leave(),
        };
        done.map_or(Then::Stay, |output| {
            act.send(output);
            Then::Close
        })
    }

    fn cancel(&mut self, _: &mut State, act: &mut Act) -> Then {
        if self.leaving {
            self.keep();
            return Then::Stay;
        }
        self.leave().map_or(Then::Stay, |output| {
            act.send(output);
            Then::Close
        })
    }

    fn stays(&self) -> bool {
        true
    }
}
