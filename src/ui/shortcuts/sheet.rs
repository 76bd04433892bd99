//! The sheet of all keys.

use egui::Ui;

use super::{ACTIONS, Action, Group};
use crate::ui::{
    act::Act,
    fonts,
    state::{Dialog, State, Then},
    theme,
    widgets::{self, key_hint},
};

/// Draws all keys, in two columns if there is room.
pub fn sheet(ui: &mut Ui) {
    let columns = if ui.available_width() < 560.0 { 1 } else { 2 };
    egui::ScrollArea::vertical().show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 40.0;
        // Next to the scroll bar.
        ui.set_max_width(ui.available_width() - 12.0);
        ui.columns(columns, |columns| {
            let last = columns.len() - 1;
            for (at, group) in Group::ALL.into_iter().enumerate() {
                if let Some(column) = columns.get_mut((at / 2).min(last)) {
                    group_of_keys(column, group);
                }
            }
        });
    });
}

#[derive(Debug)]
pub struct ShortcutSheet;

impl Dialog for ShortcutSheet {
    fn name(&self) -> &'static str {
        "shortcuts sheet"
    }

    fn title(&self, _: &State) -> String {
        Action::Shortcuts.words().to_owned()
    }

    fn width(&self) -> f32 {
        720.0
    }

    fn contents(&mut self, ui: &mut Ui, _: &mut State, _: &mut Act) -> Then {
        sheet(ui);
        Then::Stay
    }
}

fn group_of_keys(ui: &mut Ui, group: Group) {
    let palette = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().item_spacing.x = 8.0;
    ui.add_space(12.0);
    widgets::truncated_label(ui, group.title(), fonts::semibold(12.0), palette.weak, ui.available_width());
    ui.add_space(4.0);
    for entry in ACTIONS.iter().filter(|entry| entry.listed && entry.group == group) {
        ui.horizontal(|ui| {
            ui.set_height(30.0);
            let width = ui.available_width() - 130.0;
            widgets::truncated_label(ui, entry.words, fonts::regular(14.0), palette.text, width);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let key = entry.action.key(ui.ctx());
                key_hint(ui, &if matches!(entry.action, Action::Pinned(_)) { format!("{key} to 9") } else { key });
            });
        });
    }
}
