//! The fields of a format, drawn from their description.

use egui::{Align, Id, Layout, Rect, ScrollArea, Ui};

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{AskedOf as Asked, State},
    test_panel::failure_words,
    text::export as words,
    theme,
    widgets::{
        Button, Select, TextField, card, checkbox, form_row, form_row_without_label, icon_button, outdented, paragraph, remark,
        select_option, spinner,
    },
};
use brickpass_core::connection::{ConnectionId, Severity};
use brickpass_interchange::format::{Field, FieldKind, Format, Pick};

/// The maximum height of a list of values.
const LIST: f32 = 220.0;

/// The number of visible lines of a multi-line field.
const LINES: usize = 3;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, format: &'static Format) {
    let Some(id) = state.connections.selection.shown() else { return };
    let (rare, usual): (Vec<&'static Field>, Vec<_>) = state.export.model_mut(id).fields(format).partition(|field| field.rare);
    for field in usual {
        one(ui, state, act, id, format, field);
    }
    if !rare.is_empty() && more(ui, state, id, format, &rare) {
        for field in rare {
            one(ui, state, act, id, format, field);
        }
    }
}

/// Rarely needed fields are collapsed; they stay visible once one has a value.
fn more(ui: &mut Ui, state: &mut State, id: ConnectionId, format: &'static Format, rare: &[&'static Field]) -> bool {
    let said = rare.iter().any(|field| !typed_is_empty(state, id, format, field));
    let fold = Id::unique(("more of export", id, format.id));
    let mut open = ui.data(|data| data.get_temp::<bool>(fold)).unwrap_or(false);
    form_row_without_label(ui, |ui| {
        let caret = if open { Icon::CaretDown } else { Icon::CaretRight };
        if outdented(ui, |ui| Button::ghost(words::MORE).icon(caret).small().show(ui).clicked()) {
            open = !open || said;
            ui.data_mut(|data| data.insert_temp(fold, open));
        }
    });
    open
}

fn one(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, format: &'static Format, field: &'static Field) {
    match field.kind {
        FieldKind::Text => form_row(ui, field.label, |ui| {
            text(ui, state, act, id, format, field, None);
            hint(ui, field);
        }),
        FieldKind::Lines => form_row(ui, field.label, |ui| {
            lines(ui, state, act, id, format, field);
            hint(ui, field);
        }),
        FieldKind::Choice(choices) => form_row(ui, field.label, |ui| {
            choice(ui, state, act, id, format, field, choices);
            hint(ui, field);
        }),
        FieldKind::Flag => form_row_without_label(ui, |ui| {
            let mut ticked = !state.export.model_mut(id).answer(format, field).is_empty();
            if checkbox(ui, &mut ticked, field.label).changed() {
                state.export.answer(id, field, if ticked { "yes" } else { "" }.to_owned(), act.now);
            }
            hint(ui, field);
        }),
        FieldKind::Pick(pick) => form_row(ui, field.label, |ui| {
            picked(ui, state, act, id, format, field, pick);
            hint(ui, field);
        }),
    }
}

fn hint(ui: &mut Ui, field: &Field) {
    if !field.hint.is_empty() {
        remark(ui, Severity::Note, field.hint);
    }
}

fn text(
    ui: &mut Ui,
    state: &mut State,
    act: &mut Act,
    id: ConnectionId,
    format: &'static Format,
    field: &'static Field,
    width: Option<f32>,
) {
    let mut typed = state.export.model_mut(id).typed(format, field).to_owned();
    let suffix = if field.required || !field.default.is_empty() { "" } else { words::OPTIONAL };
    let edit = TextField::new(&mut typed, field.label).hint(field.default).limit(2_000).id(Id::unique(("export", id, format.id, field.id)));
    let edit = if typed_is_empty(state, id, format, field) { edit.suffix(suffix) } else { edit };
    match width {
        Some(width) => edit.width(width),
        None => edit,
    }
    .show(ui);
    state.export.answer(id, field, typed, act.now);
}

fn lines(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, format: &'static Format, field: &'static Field) {
    let mut typed = state.export.model_mut(id).typed(format, field).to_owned();
    TextField::new(&mut typed, field.label).rows(LINES).id(Id::unique(("export", id, format.id, field.id))).show(ui);
    state.export.answer(id, field, typed, act.now);
}

fn typed_is_empty(state: &mut State, id: ConnectionId, format: &'static Format, field: &'static Field) -> bool {
    state.export.model_mut(id).typed(format, field).is_empty()
}

fn choice(
    ui: &mut Ui,
    state: &mut State,
    act: &mut Act,
    id: ConnectionId,
    format: &'static Format,
    field: &'static Field,
    choices: &'static [(&'static str, &'static str)],
) {
    let chosen = state.export.model_mut(id).answer(format, field).to_owned();
    let shown = choices.iter().find(|(word, _)| *word == chosen).map_or(chosen.as_str(), |(_, label)| *label);
    let mut picked = None;
    Select::new(field.label, shown).show(ui, |ui| {
        for (word, label) in choices {
            if select_option(ui, *word == chosen, label, None).clicked() {
                picked = Some(*word);
            }
        }
    });
    if let Some(word) = picked {
        state.export.answer(id, field, word.to_owned(), act.now);
        ui.ctx().request_repaint();
    }
}

/// A text field for which the workspace lists values.
fn picked(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, format: &'static Format, field: &'static Field, pick: Pick) {
    let open = state.export.model_mut(id).picking.as_ref().is_some_and(|picking| picking.field == field.id);
    ui.horizontal(|ui| {
        let caret = if open { Icon::CaretUp } else { Icon::CaretDown };
        let room = ui.available_width() - theme::CONTROL_HEIGHT - ui.spacing().item_spacing.x;
        text(ui, state, act, id, format, field, Some(room));
        let name = if open { words::CLOSE_LIST.to_owned() } else { words::choose(pick) };
        if icon_button(ui, caret, &name).clicked() {
            act.send(state.export.toggle_offers(id, field));
            ui.ctx().request_repaint();
        }
    });
    if open {
        let top = ui.cursor().min;
        card(ui, None, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 6.0;
            offers(ui, state, act, id, field, pick);
        });
        let waits = state.export.offers(id, pick, state.export.within(id, pick).as_ref()).is_none_or(Asked::waits);
        // Until it has its final height; after that the person scrolls.
        if let Some(picking) = state.export.model_mut(id).picking.as_mut().filter(|picking| !picking.seen) {
            picking.seen = !waits;
            ui.scroll_to_rect(Rect::from_two_pos(top, ui.cursor().min), None);
        }
    }
}

fn offers(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, field: &'static Field, pick: Pick) {
    let weak = theme::of(ui).weak;
    let within = state.export.within(id, pick);
    if pick == Pick::Schema && within.is_none() {
        paragraph(ui, words::CATALOG_FIRST, fonts::regular(14.0), weak);
        return;
    }
    let waits = state.export.offers(id, pick, within.as_ref()).is_none_or(Asked::waits);
    let count = state.export.offers(id, pick, within.as_ref()).and_then(Asked::value).map(Vec::len);
    ui.horizontal(|ui| {
        let room = ui.available_width() - theme::CONTROL_HEIGHT - ui.spacing().item_spacing.x;
        match &mut state.export.model_mut(id).picking {
            Some(picking) if count.is_some_and(|count| count > 0) => {
                let filter = TextField::new(&mut picking.filter, words::FILTER_OFFERS).hint(words::FILTER_OFFERS).leading(Icon::Filter);
                filter.width(room).limit(200).show(ui);
            }
            _ if waits => {
                spinner(ui, &words::asking(pick));
                paragraph(ui, &words::asking(pick), fonts::regular(14.0), weak);
            }
            _ => {
                paragraph(ui, if count.is_some() { words::NO_OFFERS } else { words::OFFERS_FAILED }, fonts::regular(14.0), weak);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if waits {
                if icon_button(ui, Icon::Stop, words::STOP_ASKING).clicked() {
                    state.export.cancel_offers(id, pick);
                    ui.ctx().request_repaint();
                }
            } else if icon_button(ui, Icon::Refresh, &words::refresh(pick)).clicked() {
                act.send(state.export.load_offers(id, pick));
            }
        });
    });
    let Some(asked) = state.export.offers(id, pick, within.as_ref()) else { return act.send(state.export.load_offers(id, pick)) };
    if let Some(failure) = asked.failure() {
        if count.is_some() {
            remark(ui, Severity::Warning, words::OFFERS_FAILED);
        }
        failure_words(ui, failure);
    }
    let Some(all) = asked.value().filter(|all| !all.is_empty()) else { return };
    let Some(picking) = state.export.model(id).and_then(|model| model.picking.as_ref()) else { return };
    let shown: Vec<_> = all.iter().filter(|offer| picking.matches(offer)).cloned().collect();
    if shown.is_empty() {
        paragraph(ui, words::NO_OFFER_MATCHES, fonts::regular(14.0), weak);
        return;
    }
    let typed = state.export.format().zip(state.export.model(id)).map(|(format, model)| model.answer(format, field).to_owned());
    let mut chosen = None;
    ScrollArea::vertical().id_salt(("offers", field.id)).max_height(LIST).min_scrolled_height(LIST).auto_shrink([false, true]).show_rows(
        ui,
        theme::CONTROL_HEIGHT,
        shown.len(),
        |ui, rows| {
            for offer in shown.get(rows).unwrap_or_default() {
                if select_option(ui, typed.as_ref() == Some(&offer.value), &offer.label, None).clicked() {
                    chosen = Some(offer.clone());
                }
            }
        },
    );
    if let Some(offer) = chosen {
        act.send(state.export.pick_offer(id, field, &offer, act.now));
        ui.ctx().request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::{fonts, testing, widgets::LABEL_ROOM};
    use brickpass_interchange::{export::FORMATS, format::FieldKind};

    #[test]
    fn the_label_of_every_field_of_every_format_fits() {
        let mut wide = Vec::new();
        testing::frame(|ui| {
            for field in FORMATS.iter().flat_map(|format| format.fields).filter(|field| field.kind != FieldKind::Flag) {
                let width = ui.painter().layout_no_wrap(field.label.to_owned(), fonts::regular(14.0), egui::Color32::WHITE).size().x;
                if width > LABEL_ROOM {
                    wide.push((field.label, width));
                }
            }
        });
        assert!(wide.is_empty(), "{wide:?} where {LABEL_ROOM} points are");
    }
}
