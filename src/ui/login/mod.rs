//! A browser sign-in: its current step, manual steps, and its result.

mod ended;
#[cfg(test)]
mod tests;
mod waiting;
mod workspaces;

use egui::{Id, Key, Response, Ui};
use secrecy::ExposeSecret as _;

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Attempt, Paste, Stage, State},
    test_panel::{strong_line, title},
    text,
    theme::{self, Tone},
    widgets::{Button, card, forget_secret_field, paragraph},
};
use brickpass_core::connection::ConnectionId;

/// What the person wants to do about the sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    CopyLink,
    OpenAgain,
    AskToPaste,
    Paste,
    Cancel,
    Answer(bool),
}

/// Takes the place of the test result. Returns whether there is anything to show for this connection.
pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) -> bool {
    let Some(attempt) = state.sign_ins.attempt_for(id, &state.connections) else { return false };
    let owner = attempt.owner.id;
    if let Stage::Failed(failure) = &attempt.stage {
        let (run, failure) = (attempt.run, failure.clone());
        let report = ended::report(&attempt.owner, &failure);
        card(ui, Some(Tone::Error), |ui| {
            ui.set_width(ui.available_width());
            ended::failed(ui, run, &failure, report, state, act);
        });
        return true;
    }
    if let Stage::Done(signed_in) = &attempt.stage {
        let signed_in = signed_in.clone();
        card(ui, None, |ui| {
            ui.set_width(ui.available_width());
            ended::done(ui, id, &signed_in, state, act);
        });
        return true;
    }
    let mut paste = state.sign_ins.take_paste(owner);
    let Some(attempt) = state.sign_ins.attempt(owner) else { return false };
    let wish = card(ui, None, |ui| {
        ui.set_width(ui.available_width());
        running(ui, attempt, &mut paste, state, act)
    });
    state.sign_ins.put_paste(owner, paste);
    if let Some(wish) = wish.inner {
        wished(ui, wish, owner, state, act);
    }
    true
}

fn wished(ui: &Ui, wish: Wish, owner: ConnectionId, state: &mut State, act: &mut Act) {
    match wish {
        Wish::CopyLink => {
            let callback = state.sign_ins.attempt(owner).and_then(|attempt| attempt.callback.as_ref());
            if let Some(link) = callback.map(|callback| callback.address.expose_secret().to_owned()) {
                Act::copy(ui.ctx(), state, link);
            }
        }
        Wish::OpenAgain => act.send(state.sign_ins.open_sign_in_again(owner)),
        Wish::AskToPaste => state.sign_ins.ask_to_paste(owner),
        Wish::Paste => {
            forget_secret_field(ui.ctx(), waiting::paste_id());
            state.sign_ins.paste_address(owner);
        }
        Wish::Cancel => {
            forget_secret_field(ui.ctx(), waiting::paste_id());
            state.sign_ins.cancel(owner);
        }
        Wish::Answer(yes) => state.sign_ins.answer_sign_in(owner, yes),
    }
    ui.ctx().request_repaint();
}

fn running(ui: &mut Ui, attempt: &Attempt, paste: &mut Option<Paste>, state: &State, act: &Act) -> Option<Wish> {
    match &attempt.stage {
        Stage::ConfirmHost { host } => {
            question(ui, text::CONFIRM_HOST);
            paragraph(ui, text::CONFIRM_HOST_WHY, fonts::regular(14.0), theme::of(ui).weak);
            strong_line(ui, &[(&host.origin(), true)]);
            return answers(ui, attempt, [text::CONFIRM_HOST_NO, text::CONFIRM_HOST_YES]);
        }
        Stage::OtherUser { stored, new } => {
            question(ui, text::OTHER_USER);
            strong_line(ui, &[(stored, true), (" is signed in. In the browser, you signed in as ", false), (new, true), (".", false)]);
            paragraph(ui, text::OTHER_USER_WHY, fonts::regular(14.0), theme::of(ui).weak);
            return answers(ui, attempt, [text::OTHER_USER_NO, text::OTHER_USER_YES]);
        }
        Stage::Waiting => {
            if let Some(callback) = &attempt.callback {
                return waiting::show(ui, attempt, callback, paste, act);
            }
        }
        _ => {}
    }
    let words = match &attempt.stage {
        Stage::CheckingVault => text::checking_vault(state.secrets.vault_place()),
        Stage::Discovering => attempt.host().map_or_else(|| text::DISCOVERING_ANYWHERE.to_owned(), text::discovering),
        Stage::Exchanging => text::EXCHANGING.to_owned(),
        Stage::Answered { yes: false } => text::ENDING.to_owned(),
        Stage::Answered { yes: true } => text::FINISHING.to_owned(),
        _ => text::BEGINNING.to_owned(),
    };
    title(ui, None, text::SIGNING_IN);
    paragraph(ui, &words, fonts::regular(14.0), theme::of(ui).weak);
    ui.add_space(8.0);
    cancel(ui)
}

fn cancel(ui: &mut Ui) -> Option<Wish> {
    Button::secondary(text::CANCEL).icon(Icon::Stop).show(ui).clicked().then_some(Wish::Cancel)
}

fn question(ui: &mut Ui, words: &str) {
    let colour = theme::of(ui).warning;
    title(ui, Some((Icon::Attention, colour)), words);
}

/// The safe answer comes first, is the default, and has the focus, so that a stray key press replaces nothing.
fn answers(ui: &mut Ui, attempt: &Attempt, [no, yes]: [&str; 2]) -> Option<Wish> {
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let safe = Button::primary(no).show(ui);
        focus_once(ui, attempt, &safe);
        if safe.clicked() {
            return Some(Wish::Answer(false));
        }
        let other = Button::secondary(yes).show(ui);
        // egui removes the focus before any widget sees the key.
        if (safe.lost_focus() || other.lost_focus()) && ui.input(|input| input.key_pressed(Key::Escape)) {
            return Some(Wish::Answer(false));
        }
        other.clicked().then_some(Wish::Answer(true))
    })
    .inner
}

fn focus_once(ui: &Ui, attempt: &Attempt, button: &Response) {
    let id = Id::unique(("sign-in question", attempt.run, matches!(attempt.stage, Stage::OtherUser { .. })));
    let asked = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    if !asked {
        ui.data_mut(|data| data.insert_temp(id, true));
        if !ui.ctx().text_edit_focused() {
            button.request_focus();
        }
    }
}
