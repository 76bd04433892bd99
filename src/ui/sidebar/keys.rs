//! Keyboard control of the list.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

use super::filter_id;
use crate::ui::{
    act::Act,
    state::{ITEM_HEIGHT, State},
    widgets::type_to_filter,
};
use brickpass_core::connection::Field;

/// Arrow keys, Home, End, Page up and Page down move (with Shift, extend) the selection; Enter moves to the form, letters to the filter.
pub fn list_keys(ui: &Ui, list: &Response, height: f32, state: &mut State, act: &mut Act) {
    if !list.has_focus() {
        return;
    }
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, arrows));
    let page = ((height / ITEM_HEIGHT).floor() as isize - 1).max(1);
    for (key, steps) in [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, page), (Key::PageUp, -page)] {
        for (extend, modifiers) in [(true, Modifiers::SHIFT), (false, Modifiers::NONE)] {
            let presses = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
            if presses > 0 {
                act.send(state.connections.select_neighbour(steps * isize::try_from(presses).unwrap_or(1), extend));
            }
        }
    }
    for (key, last) in [(Key::Home, false), (Key::End, true)] {
        for (extend, modifiers) in [(true, Modifiers::SHIFT), (false, Modifiers::NONE)] {
            if ui.input_mut(|input| input.consume_key(modifiers, key)) {
                act.send(state.connections.select_end(last, extend));
            }
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
        state.view.focus = Some(Field::Name);
    }
    if let Some(words) = type_to_filter(ui, filter_id(), state.connections.list.filter()) {
        act.send(state.connections.filter_list(&words));
    }
}
