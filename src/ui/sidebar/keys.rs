//! The list under the keyboard.

use egui::{Event, EventFilter, Key, Modifiers, Response, Ui};

use super::filter_id;
use crate::{
    connection::Field,
    ui::{
        act::Act,
        state::{ITEM_HEIGHT, State},
    },
};

/// Arrow keys, Home, End, Page up and down move the selection (with Shift they extend it), Enter goes to the form, typing goes to the filter.
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
                act.send(state.select_neighbour(steps * isize::try_from(presses).unwrap_or(1), extend));
            }
        }
    }
    for (key, last) in [(Key::Home, false), (Key::End, true)] {
        for (extend, modifiers) in [(true, Modifiers::SHIFT), (false, Modifiers::NONE)] {
            if ui.input_mut(|input| input.consume_key(modifiers, key)) {
                act.send(state.select_end(last, extend));
            }
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
        state.focus = Some(Field::Name);
    }
    type_to_filter(ui, state);
}

fn type_to_filter(ui: &Ui, state: &mut State) {
    let typed: String = ui.input_mut(|input| {
        let mut typed = String::new();
        input.events.retain(|event| match event {
            Event::Text(text) if text != " " => {
                typed.push_str(text);
                false
            }
            _ => true,
        });
        typed
    });
    if !typed.is_empty() {
        let words = format!("{}{typed}", state.list.filter());
        state.list.set_filter(&words);
        let end = egui::text::CCursor::new(egui::text::CharIndex(words.chars().count()));
        let mut field = egui::text_edit::TextEditState::load(ui.ctx(), filter_id()).unwrap_or_default();
        field.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
        field.store(ui.ctx(), filter_id());
        ui.memory_mut(|memory| memory.request_focus(filter_id()));
    }
}
