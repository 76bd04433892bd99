//! A field of tags: type a word, Enter or a comma makes it a tag, Backspace in the empty field removes the last one.

use egui::{CornerRadius, Key, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{
    button::icon_button_at,
    paint::{FieldFrame, field_frame, scroll_to_focused},
    text_field::Edit,
};
use crate::ui::{fonts, icons::Icon, theme};

const CHIP: f32 = 20.0;
const GAP: f32 = 6.0;
const SIDE: f32 = 11.0;
const LINE: f32 = 26.0;
const MAX_CHARS: usize = 40;

/// `typing` is the tag that is being typed. The response is that of the text field, changed if a tag was added or removed.
pub fn tags_field(ui: &mut Ui, tags: &mut Vec<String>, typing: &mut String) -> Response {
    let palette = theme::of(ui);
    let id = ui.make_persistent_id("tags field");
    let before = tags.len();
    let had_focus = ui.memory(|memory| memory.has_focus(id));
    if had_focus && typing.is_empty() && ui.input(|input| input.key_pressed(Key::Backspace)) {
        tags.pop();
    }

    let width = ui.available_width();
    let galleys: Vec<_> =
        tags.iter().map(|tag| super::elided(ui.painter(), tag, fonts::regular(12.0), palette.text, width - 80.0)).collect();
    let mut places = Vec::with_capacity(galleys.len());
    let (mut x, mut line) = (SIDE, 0.0);
    for galley in &galleys {
        let chip = galley.size().x + 30.0;
        if x + chip > width - SIDE && x > SIDE {
            (x, line) = (SIDE, line + 1.0);
        }
        places.push((x, line, chip));
        x += chip + GAP;
    }
    if x + 110.0 > width && x > SIDE {
        (x, line) = (SIDE, line + 1.0);
    }
    let (_, rect) = ui.allocate_space(vec2(width, theme::CONTROL_HEIGHT + line * LINE));
    field_frame(ui, rect, &FieldFrame { focused: had_focus, ..FieldFrame::default() });

    let middle = |line: f32| rect.top() + theme::CONTROL_HEIGHT / 2.0 + line * LINE;
    let mut removed = None;
    for (at, (galley, (x, line, chip))) in galleys.into_iter().zip(places).enumerate() {
        let place = Rect::from_min_size(pos2(rect.left() + x, middle(line) - CHIP / 2.0), vec2(chip, CHIP));
        ui.painter().rect_stroke(place, CornerRadius::same(4), Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
        let name = ui.interact(place.with_max_x(place.right() - CHIP), id.with(("tag", at)), Sense::hover());
        if let Some(tag) = tags.get(at) {
            name.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, tag));
            let cross = Rect::from_center_size(pos2(place.right() - 11.0, place.center().y), vec2(16.0, 16.0));
            if icon_button_at(ui, cross, id.with(("remove", at)), Icon::Close, &format!("Remove tag {tag}"), None).clicked() {
                removed = Some(at);
            }
        }
        ui.painter().galley(pos2(place.left() + 7.0, super::paint::text_top(place.center().y, &galley)), galley, palette.text);
    }
    if let Some(at) = removed {
        tags.remove(at);
    }

    let entry_left = if x > SIDE { rect.left() + x - SIDE + 2.0 } else { rect.left() };
    let place = Rect::from_min_size(pos2(entry_left, middle(line) - 16.0), vec2(rect.right() - entry_left, theme::CONTROL_HEIGHT));
    let edit = Edit {
        text: typing,
        id,
        label: "Tags",
        hint: "Add tag…",
        multiline: false,
        rows: 1,
        password: false,
        layouter: None,
        limit: 400,
        colour: palette.text,
    };
    let mut response = edit.show(ui, place).response.response.clone();
    scroll_to_focused(ui, &response, rect);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered || response.lost_focus() || typing.contains([',', ';', '\n']) {
        take_words(tags, typing);
        if entered {
            response.request_focus();
        }
    }
    if tags.len() != before {
        response.mark_changed();
    }
    response
}

/// Moves the typed text into the tags: split at commas, trimmed, at most 40 characters each, no duplicates.
fn take_words(tags: &mut Vec<String>, typing: &mut String) {
    for word in typing.split([',', ';', '\n']) {
        let word: String = word.trim().chars().take(MAX_CHARS).collect();
        if !word.is_empty() && !tags.iter().any(|tag| tag.eq_ignore_ascii_case(&word)) {
            tags.push(word);
        }
    }
    typing.clear();
}
