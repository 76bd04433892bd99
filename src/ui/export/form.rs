//! *Copy field by field*: one value after the other, in the usual order of such forms.

use egui::Ui;

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{FormRow, FormValue, Secrets, State},
    text::export as words,
    theme,
    widgets::{form_row, icon_button, paragraph, remark, truncated_label},
};
use brickpass_core::connection::{ConnectionId, Severity};
use brickpass_engine::StoredSecret;

/// The maximum width of a value.
const VALUE: f32 = 360.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    paragraph(ui, words::FORM_WHY, fonts::regular(14.0), theme::of(ui).weak);
    ui.add_space(8.0);
    let rows = state.connections.form_rows();
    let secret = rows.iter().any(|row| matches!(row.value, FormValue::Secret(_)));
    for row in rows {
        form_row(ui, row.label, |ui| value(ui, state, act, id, &row));
    }
    if secret {
        remark(ui, Severity::Note, words::SECRET_WHY);
    }
}

fn value(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, row: &FormRow) {
    let (shown, can_copy) = match &row.value {
        FormValue::Plain(value) => (value.clone(), true),
        FormValue::Secret(kind) => match state.secrets.stored_secret(id, *kind) {
            Some(StoredSecret::Stored { .. }) if state.secrets.entered_elsewhere(id, *kind, &state.connections).is_some() => {
                (words::ENTERED_ELSEWHERE.to_owned(), false)
            }
            Some(StoredSecret::Stored { last_four, .. }) => (words::masked(last_four), true),
            Some(StoredSecret::Missing) => (words::NOT_STORED.to_owned(), false),
            Some(StoredSecret::Unavailable(failure)) => (failure.what.clone(), false),
            // It is fetched when it is copied, whatever the window knows about it.
            None => (words::masked(""), true),
        },
        FormValue::None(why) => {
            remark(ui, Severity::Note, why);
            return;
        }
    };
    let palette = theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        let room = (ui.available_width() - theme::CONTROL_HEIGHT - 16.0).clamp(48.0, VALUE);
        let colour = if can_copy { palette.text } else { palette.weak };
        let drawn = truncated_label(ui, &shown, fonts::regular(14.0), colour, room);
        // The buttons are aligned in a column.
        ui.add_space((room - drawn.rect.width()).max(0.0));
        if !can_copy {
            return;
        }
        if icon_button(ui, Icon::Copy, &words::copy_field(row.label)).clicked() {
            match &row.value {
                FormValue::Plain(value) => Act::copy(ui.ctx(), state, value.clone()),
                FormValue::Secret(kind) => act.send(Secrets::copy_stored_secret(id, *kind)),
                FormValue::None(_) => {}
            }
        }
    });
}
