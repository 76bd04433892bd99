//! A newly created token: shown once, until the person closes it.

use egui::{Context, Id, Ui};
use jiff::Timestamp;

use super::dialogs::{enter_pressed, scrolled, told};
use crate::ui::state::ask_quietly;
use crate::ui::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    state::State,
    text::{self, send_to as sending, tokens as words},
    theme,
    widgets::{Button, fresh_secret, modal, paragraph, remark, return_focus},
};
use brickpass_core::connection::Severity;
use brickpass_engine::KeepClipboard;

const WIDTH: f32 = 660.0;

#[derive(Clone, Copy)]
enum Answer {
    Copy,
    KeepOnClipboard,
    Use,
    SendTo,
    Leave,
    Keep,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(leaving) = state.tokens.fresh().map(|fresh| fresh.leaving) else { return };
    let id = Id::unique(("new token dialog", leaving));
    let title = if leaving { words::LEAVE_TITLE } else { words::NEW_TITLE };
    let shown = modal(ctx, id, title, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if leaving { leave(ui) } else { contents(ui, state, act) }
    });
    let closed = shown.closed.then_some(if leaving { Answer::Keep } else { Answer::Leave });
    let Some(answer) = shown.inner.or(closed) else { return };
    match answer {
        Answer::Copy => act.send(state.copy_fresh_token()),
        Answer::KeepOnClipboard => act.send([ask_quietly(KeepClipboard)]),
        Answer::Use => act.send(state.use_fresh_token()),
        Answer::SendTo => state.send_fresh_token(),
        Answer::Leave => state.leave_fresh_token(),
        Answer::Keep => state.keep_fresh_token(),
    }
    if state.tokens.fresh().map(|fresh| fresh.leaving) != Some(leaving) || state.send_to().is_some() {
        return_focus(ctx, id);
    }
    ctx.request_repaint();
}

fn contents(ui: &mut Ui, state: &mut State, act: &mut Act) -> Option<Answer> {
    let words_below = state.tokens.fresh().map(|fresh| {
        let token = &fresh.new.token;
        words::new_token(&token.comment, token.expires_at, &state.zone.0)
    })?;
    let failure = state.tokens.fresh().and_then(|fresh| fresh.failure.clone());
    let may_use = state.can_use_fresh_token();
    let using = state.tokens.fresh().is_some_and(|fresh| fresh.using);
    let (mut copy, mut send) = (false, false);
    scrolled(ui, |ui| {
        paragraph(ui, if may_use { words::NEW_WHY } else { words::NEW_WHY_COPY }, fonts::regular(14.0), theme::of(ui).weak);
        if let Some(fresh) = state.tokens.fresh_mut() {
            copy = fresh_secret(ui, &fresh.new.value, words::NEW_TOKEN, &mut fresh.revealed_at, act.now);
        }
        paragraph(ui, &words_below, fonts::regular(12.0), theme::of(ui).weak);
        send = Button::secondary(sending::SEND_TO).small().enabled(!using).show(ui).clicked();
        if let Some(failure) = &failure {
            remark(ui, Severity::Warning, words::USE_FAILED);
            told(ui, Some(failure), state, act);
        }
        if state.tokens.fresh().is_some_and(|fresh| fresh.used) {
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
                Icon::Ok.paint(ui.painter(), rect.center(), 16.0, theme::of(ui).ok);
                paragraph(ui, words::USED, fonts::regular(14.0), theme::of(ui).text);
            });
        }
    });
    answers(ui, state, act.now, may_use).or(copy.then_some(Answer::Copy)).or(send.then_some(Answer::SendTo))
}

/// *Use* is the main button, since most tokens are created for that; afterwards it is *Done*.
fn answers(ui: &mut Ui, state: &State, now: Timestamp, may_use: bool) -> Option<Answer> {
    let fresh = state.tokens.fresh()?;
    let (using, used) = (fresh.using, fresh.used);
    let left = state.fresh_token_on_clipboard().map(|copied| copied.seconds_left(now));
    let copy_words = left.map_or_else(|| words::COPY.to_owned(), words::copied);
    let copy = (Button::secondary(&copy_words).icon(Icon::Copy), Answer::Copy);
    let keep = left.map(|_| (Button::ghost(text::KEEP_LONGER), Answer::KeepOnClipboard));
    let enter = enter_pressed(ui) && !using;
    let (first, last, default) = if used || !may_use {
        (None, (Button::primary(words::DONE).enabled(!using), Answer::Leave), Answer::Leave)
    } else {
        let words = if using { words::USING } else { words::USE };
        let done = (Button::ghost(words::DONE).enabled(!using), Answer::Leave);
        (Some(done), (Button::primary(words).busy(using).enabled(!using), Answer::Use), Answer::Use)
    };
    let answer = buttons(ui, [Some(copy), keep, first, Some(last)].into_iter().flatten().collect::<Vec<_>>());
    answer.or(enter.then_some(default))
}

/// The safe answer is the default.
fn leave(ui: &mut Ui) -> Option<Answer> {
    say(ui, words::LEAVE_WHY);
    let enter = enter_pressed(ui);
    let answer = buttons(ui, [(Button::danger(words::LEAVE), Answer::Leave), (Button::primary(words::KEEP), Answer::Keep)]);
    answer.or(enter.then_some(Answer::Keep))
}
