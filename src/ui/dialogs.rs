//! The one frame around the topmost dialog.

mod closing;
mod conflict;
mod delete;
mod parts;
mod sign_out;
mod unlock;

pub(super) use parts::{buttons, enter_pressed, failure_card, focus_first, new_passphrase, no_focus, say, scrolled};
pub use unlock::Unlock;

use egui::{Context, Id};

use super::{
    act::Act,
    state::{State, Then},
    widgets::{forget_secret_field, modal, pass_focus_on, return_focus},
};

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

/// Wipes the fields of dialogs that are closed, and returns the focus; a dialog that replaces one returns it later.
fn end_closed(ctx: &Context, state: &State, all: &mut Vec<Drawn>) {
    let next = state.dialogs.top_name().filter(|name| all.iter().all(|drawn| drawn.name != *name));
    for closed in all.extract_if(.., |drawn| !state.dialogs.has(drawn.name)) {
        closed.secret_fields.into_iter().for_each(|field| forget_secret_field(ctx, field));
        let id = Id::unique(closed.name);
        match next {
            Some(next) => pass_focus_on(ctx, id, Id::unique(next)),
            None => return_focus(ctx, id),
        }
        ctx.request_repaint();
    }
}
