//! The one frame around the topmost dialog, and what dialogs have in common.

mod closing;
mod conflict;
mod delete;
mod sign_out;
mod unlock;

pub use unlock::Unlock;

use egui::{Context, Id, Ui};

use super::{
    act::Act,
    fonts,
    state::{State, Then},
    text, theme,
    widgets::{Button, SecretField, forget_secret_field, modal, paragraph, remark, return_focus},
};
use brickpass_core::connection::{Severity, TypedSecret};

/// A dialog that was drawn and may still be open.
#[derive(Clone)]
struct Drawn {
    name: &'static str,
    secret_fields: Vec<Id>,
}

/// Draws the topmost dialog.
pub fn frame(ctx: &Context, state: &mut State, act: &mut Act) {
    let id = Id::unique("drawn dialogs");
    let mut all: Vec<Drawn> = ctx.data_mut(|data| data.remove_temp(id)).unwrap_or_default();
    // Answers may have closed some meanwhile.
    end_closed(ctx, state, &mut all);
    if let Some(drawn) = draw(ctx, state, act) {
        if !state.dialogs.is_on_top(drawn.name) {
            ctx.request_repaint();
        }
        all.retain(|known| known.name != drawn.name);
        all.push(drawn);
        end_closed(ctx, state, &mut all);
    }
    if !all.is_empty() {
        ctx.data_mut(|data| data.insert_temp(id, all));
    }
}

fn draw(ctx: &Context, state: &mut State, act: &mut Act) -> Option<Drawn> {
    let mut lifted = state.dialogs.lift()?;
    let dialog = &mut *lifted.dialog;
    let name = dialog.name();
    let then = dialog.draw_unframed(ctx, state, act).unwrap_or_else(|| {
        let shown = modal(ctx, Id::unique(name), &dialog.title(state), dialog.width(), |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            dialog.contents(ui, state, act)
        });
        if shown.closed && shown.inner == Then::Stay { dialog.cancel(state, act) } else { shown.inner }
    });
    let secret_fields = dialog.secret_fields();
    if then == Then::Stay {
        state.dialogs.put_back(lifted);
    }
    Some(Drawn { name, secret_fields })
}

/// Wipes the fields of dialogs that are closed, and returns the focus.
fn end_closed(ctx: &Context, state: &State, all: &mut Vec<Drawn>) {
    for closed in all.extract_if(.., |drawn| !state.dialogs.has(drawn.name)) {
        closed.secret_fields.into_iter().for_each(|field| forget_secret_field(ctx, field));
        return_focus(ctx, Id::unique(closed.name));
        ctx.request_repaint();
    }
}

/// The passphrase, twice. Returns the second field.
pub(super) fn new_passphrase(ui: &mut Ui, first: (&mut TypedSecret, Id), second: (&mut TypedSecret, Id), act: &Act) -> egui::Response {
    let ((passphrase, id), (again, again_id)) = (first, second);
    label(ui, text::PASSPHRASE);
    let first = SecretField::new(passphrase, text::PASSPHRASE).hint(text::PASSPHRASE_HINT).id(id).show(ui, act.seconds());
    focus_first(ui, &first.response);
    if let Some(why) = brickpass_storage::weak_passphrase(passphrase.expose()).filter(|_| !passphrase.is_empty()) {
        remark(ui, Severity::Warning, why);
    }
    label(ui, text::PASSPHRASE_AGAIN);
    let last = SecretField::new(again, text::PASSPHRASE_AGAIN).id(again_id).show(ui, act.seconds()).response;
    if !again.is_empty() && again != passphrase {
        remark(ui, Severity::Error, text::PASSPHRASES_DIFFER);
    }
    last
}

pub(super) fn say(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).text);
}

fn label(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

/// Focuses the field if nothing else in the dialog has the focus.
pub(super) fn focus_first(ui: &Ui, field: &egui::Response) {
    if no_focus(ui) {
        field.request_focus();
    }
}

pub(super) fn no_focus(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none())
}

/// Right-aligned, stacked if narrow; the focus moves from left to right.
pub(super) fn buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, false)
}

/// Like [`buttons`], for a question without a field: the first button, which changes nothing, has the focus.
fn cautious_buttons<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>) -> Option<A> {
    placed(ui, choices, true)
}

fn placed<'a, A>(ui: &mut Ui, choices: impl IntoIterator<Item = (Button<'a>, A)>, mut focus_one: bool) -> Option<A> {
    ui.add_space(8.0);
    let choices: Vec<(Button<'a>, A)> = choices.into_iter().collect();
    let gap = ui.spacing().item_spacing.x;
    let width: f32 = choices.iter().map(|(button, _)| button.width(ui) + gap).sum::<f32>() - gap;
    let mut answer = None;
    ui.horizontal_wrapped(|ui| {
        ui.add_space((ui.available_width() - width).max(0.0));
        for (button, means) in choices {
            let shown = button.show(ui);
            if std::mem::take(&mut focus_one) {
                focus_first(ui, &shown);
            }
            if shown.clicked() {
                answer = Some(means);
            }
        }
    });
    answer
}
