//! The table under the keyboard.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

use crate::ui::state::TokenTable;

/// Arrow keys, Home, End, Page up and down move (with Shift they tick), Space ticks, Ctrl+A ticks all, Escape none.
pub fn table_keys(ui: &Ui, focus: &Response, rows_in_view: usize, table: &mut TokenTable) {
    if !focus.has_focus() {
        return;
    }
    // Escape takes ticks away before it takes the focus away.
    let kept = EventFilter { vertical_arrows: true, escape: table.chosen_count() > 0, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, kept));
    let page = isize::try_from(rows_in_view.saturating_sub(1)).unwrap_or(1).max(1);
    let all = isize::try_from(table.shown_count()).unwrap_or(isize::MAX);
    let steps = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::Home, all.saturating_neg()),
        (Key::End, all),
    ];
    for (key, step) in steps {
        for (extend, modifiers) in [(true, Modifiers::SHIFT), (false, Modifiers::NONE)] {
            let presses = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
            if presses > 0 {
                table.move_cursor(step.saturating_mul(isize::try_from(presses).unwrap_or(1)), extend);
            }
        }
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::NONE, Key::Space) {
        table.toggle(table.cursor());
    }
    if pressed(Modifiers::COMMAND, Key::A) {
        table.toggle_shown();
    }
    if pressed(Modifiers::NONE, Key::Escape) {
        table.choose_none();
    }
}
