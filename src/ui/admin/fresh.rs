//! A newly created OAuth secret: shown once, until the person closes it.

use egui::{Context, Id, Ui};
use jiff::Timestamp;

use super::words;
use crate::ui::state::ask_quietly;
use crate::ui::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    state::State,
    text::{self, tokens as token_words},
    theme,
    tokens::{enter_pressed, scrolled},
    widgets::{Button, fresh_secret, modal, paragraph, return_focus},
};
use brickpass_engine::KeepClipboard;

const WIDTH: f32 = 660.0;

#[derive(Clone, Copy)]
enum Answer {
    Copy,
    KeepOnClipboard,
    Connect,
    Leave,
    Keep,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(leaving) = state.fresh_secret().map(|fresh| fresh.leaving) else { return };
    let id = Id::unique(("new secret dialog", leaving));
    let title = if leaving { words::LEAVE_TITLE } else { words::FRESH_TITLE };
    let shown = modal(ctx, id, title, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if leaving { leave(ui) } else { contents(ui, state, act) }
    });
    let closed = shown.closed.then_some(if leaving { Answer::Keep } else { Answer::Leave });
    let Some(answer) = shown.inner.or(closed) else { return };
    match answer {
        Answer::Copy => act.send(state.copy_fresh_secret()),
        Answer::KeepOnClipboard => act.send([ask_quietly(KeepClipboard)]),
        Answer::Connect => act.send(state.connect_with_fresh_secret()),
        Answer::Leave => state.leave_fresh_secret(),
        Answer::Keep => state.keep_fresh_secret(),
    }
    if state.fresh_secret().map(|fresh| fresh.leaving) != Some(leaving) {
        return_focus(ctx, id);
    }
    ctx.request_repaint();
}

fn may_connect(state: &State) -> bool {
    state.can_connect_as_principal() && state.fresh_secret().is_some_and(|fresh| state.entry(fresh.id).is_some())
}

fn contents(ui: &mut Ui, state: &mut State, act: &Act) -> Option<Answer> {
    let fresh = state.fresh_secret()?;
    let words_below = words::new_secret(&fresh.principal.name, fresh.new.secret.expires_at, &state.zone.0);
    let may_connect = may_connect(state);
    let mut copy = false;
    scrolled(ui, |ui| {
        paragraph(ui, if may_connect { words::FRESH_WHY } else { words::FRESH_WHY_COPY }, fonts::regular(14.0), theme::of(ui).weak);
        if let Some(fresh) = state.fresh_secret_mut() {
            copy = fresh_secret(ui, &fresh.new.value, words::SECRET, &mut fresh.revealed_at, act.now);
        }
        paragraph(ui, &words_below, fonts::regular(12.0), theme::of(ui).weak);
    });
    answers(ui, state, act.now, may_connect).or(copy.then_some(Answer::Copy))
}

fn answers(ui: &mut Ui, state: &State, now: Timestamp, may_connect: bool) -> Option<Answer> {
    let left = state.fresh_secret_on_clipboard().map(|copied| copied.seconds_left(now));
    let copy_words = left.map_or_else(|| token_words::COPY.to_owned(), token_words::copied);
    let keep = left.map(|_| (Button::ghost(text::KEEP_LONGER), Answer::KeepOnClipboard));
    let enter = enter_pressed(ui);
    let connect = may_connect.then(|| (Button::secondary(words::CONNECT_SHORT).icon(Icon::Plug), Answer::Connect));
    let done = Some((Button::ghost(token_words::DONE), Answer::Leave));
    let copy = Some((Button::primary(&copy_words).icon(Icon::Copy), Answer::Copy));
    let answer = buttons(ui, [keep, done, connect, copy].into_iter().flatten().collect::<Vec<_>>());
    answer.or(enter.then_some(Answer::Copy))
}

/// The safe answer comes first and is the default.
fn leave(ui: &mut Ui) -> Option<Answer> {
    say(ui, words::LEAVE_WHY);
    let enter = enter_pressed(ui);
    let answer = buttons(ui, [(Button::danger(token_words::LEAVE), Answer::Leave), (Button::primary(token_words::KEEP), Answer::Keep)]);
    answer.or(enter.then_some(Answer::Keep))
}
