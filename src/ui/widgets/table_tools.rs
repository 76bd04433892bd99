//! The tools above a table: its filter, *Refresh*, and buttons on the right.

use egui::{Id, Key, Modifiers, Ui, Vec2};

use super::{TextField, icon_button, paragraph, spinner};
use crate::ui::{fonts, icons::Icon, theme};

/// The gap between the tools and a message in place of the rows.
const GAP: f32 = 8.0;

/// The filter of a table: Esc clears it, Enter and the down arrow move into the table.
pub fn table_filter(ui: &mut Ui, sought: &mut String, id: Id, name: &str, hint: &str, width: f32, table: Id) {
    let field = TextField::new(sought, name).hint(hint).leading(Icon::Filter).limit(200).width(width).id(id).show(ui);
    if field.has_focus() || field.lost_focus() {
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            sought.clear();
        }
        // Consumed, so that egui does not move the focus elsewhere.
        let to_table = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (enter, down) = (to_table(Key::Enter), to_table(Key::ArrowDown));
        if enter || down {
            ui.memory_mut(|memory| memory.request_focus(table));
        }
    }
}

/// Returns whether it was pressed; a spinner replaces it while a newer list is loading.
pub fn refresh_button(ui: &mut Ui, waits: bool, asking: &str, refresh: &str) -> bool {
    if waits {
        ui.allocate_ui(Vec2::splat(theme::CONTROL_HEIGHT), |ui| {
            ui.centered_and_justified(|ui| spinner(ui, asking));
        });
        return false;
    }
    icon_button(ui, Icon::Refresh, refresh).clicked()
}

/// A gap before something of this width, so that it is right-aligned; none if it has its own line.
pub fn push_right(ui: &mut Ui, width: f32, narrow: bool) {
    if !narrow {
        ui.add_space((ui.available_width() - width).max(0.0));
    }
}

/// A message in place of the rows.
pub fn no_rows(ui: &mut Ui, words: &str) {
    ui.add_space(GAP);
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

/// The rows are loading.
pub fn asking_for_rows(ui: &mut Ui, words: &str) {
    ui.add_space(GAP);
    ui.horizontal(|ui| {
        spinner(ui, words);
        paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
    });
}
