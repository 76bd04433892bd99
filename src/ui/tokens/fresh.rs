//! A newly created token: shown once, until the person closes it.

use egui::Ui;
use jiff::Timestamp;

use crate::ui::{
    act::Act,
    dialogs::{buttons, enter_pressed, failure_card, say, scrolled},
    fonts,
    icons::Icon,
    state::{Dialog, Fresh, Go, State, Then, ask_quietly},
    text::{self, send_to as sending, tokens as words},
    theme,
    widgets::{Button, fresh_secret, paragraph, remark},
};
use brickpass_core::connection::Severity;
use brickpass_engine::KeepClipboard;

#[derive(Clone, Copy)]
enum Answer {
    Copy,
    KeepOnClipboard,
    Use,
    SendTo,
    Leave,
    Keep,
}

impl Dialog for Fresh {
    /// The question before it closes counts as a dialog of its own.
    fn name(&self) -> &'static str {
        if self.leaving { "leave new token dialog" } else { "new token dialog" }
    }

    fn title(&self, _: &State) -> String {
        if self.leaving { words::LEAVE_TITLE } else { words::NEW_TITLE }.to_owned()
    }

    fn width(&self) -> f32 {
        660.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let answer = if self.leaving { leave(ui) } else { contents(ui, self, state, act) };
        let Some(answer) = answer else { return Then::Stay };
        ui.ctx().request_repaint();
        match answer {
            Answer::Copy => act.send(self.copy()),
            Answer::KeepOnClipboard => act.send(ask_quietly(KeepClipboard)),
            Answer::Use => act.send(self.use_in_connection()),
            Answer::SendTo => act.send(self.send(&state.tokens, &state.connections)),
            Answer::Leave => return close(self, act),
            Answer::Keep => self.keep(),
        }
        Then::Stay
    }

    fn cancel(&mut self, _: &mut State, act: &mut Act) -> Then {
        if self.leaving {
            self.keep();
            return Then::Stay;
        }
        close(self, act)
    }

    fn stays(&self) -> bool {
        true
    }
}

fn close(fresh: &mut Fresh, act: &mut Act) -> Then {
    if !fresh.leave() {
        return Then::Stay;
    }
    if fresh.closes_window {
        act.send(Go::CloseWindow);
    }
    Then::Close
}

fn contents(ui: &mut Ui, fresh: &mut Fresh, state: &mut State, act: &mut Act) -> Option<Answer> {
    let token = &fresh.new.token;
    let words_below = words::new_token(&token.comment, token.expires_at, &state.preferences.zone.0);
    let may_use = fresh.can_use(&state.connections);
    let (mut copy, mut send) = (false, false);
    scrolled(ui, |ui| {
        paragraph(ui, if may_use { words::NEW_WHY } else { words::NEW_WHY_COPY }, fonts::regular(14.0), theme::of(ui).weak);
        copy = fresh_secret(ui, &fresh.new.value, words::NEW_TOKEN, &mut fresh.revealed_at, act.now);
        paragraph(ui, &words_below, fonts::regular(12.0), theme::of(ui).weak);
        send = Button::secondary(sending::SEND_TO).small().enabled(!fresh.using).show(ui).clicked();
        if let Some(failure) = &fresh.failure {
            remark(ui, Severity::Warning, words::USE_FAILED);
            failure_card(ui, Some(failure), state, act);
        }
        if fresh.used {
            ui.horizontal(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
                Icon::Ok.paint(ui.painter(), rect.center(), 16.0, theme::of(ui).ok);
                paragraph(ui, words::USED, fonts::regular(14.0), theme::of(ui).text);
            });
        }
    });
    answers(ui, fresh, state, act.now, may_use).or(copy.then_some(Answer::Copy)).or(send.then_some(Answer::SendTo))
}

/// *Use* is the main button, since most tokens are created for that; afterwards it is *Done*.
fn answers(ui: &mut Ui, fresh: &Fresh, state: &State, now: Timestamp, may_use: bool) -> Option<Answer> {
    let (using, used) = (fresh.using, fresh.used);
    let left = fresh.on_clipboard(&state.secrets).map(|copied| copied.seconds_left(now));
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
