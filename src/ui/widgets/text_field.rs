//! A text field.

use std::sync::Arc;

use egui::{
    Color32, Event, Frame, Galley, Id, Margin, Rect, Response, RichText, ScrollArea, Sense, TextBuffer, TextEdit, Ui, UiBuilder, pos2, vec2,
};

use super::paint::{FieldFrame, field_frame, scroll_to_focused};
use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Tone},
};

const PADDING: f32 = 11.0;
const LINE: f32 = 20.0;

/// A text field; `accessible_label` names it for screen readers and tests, and identifies its state within its parent.
#[must_use = "call `.show(ui)`"]
pub struct TextField<'a> {
    text: &'a mut dyn TextBuffer,
    label: &'a str,
    hint: &'a str,
    suffix: &'a str,
    leading: Option<Icon>,
    width: Option<f32>,
    rows: usize,
    tone: Option<Tone>,
    id: Option<Id>,
    key: &'a str,
    limit: usize,
}

impl<'a> TextField<'a> {
    pub fn new(text: &'a mut dyn TextBuffer, accessible_label: &'a str) -> Self {
        Self {
            text,
            label: accessible_label,
            hint: "",
            suffix: "",
            leading: None,
            width: None,
            rows: 1,
            tone: None,
            id: None,
            key: "",
            limit: 10_000,
        }
    }

    /// Shown while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Quiet text at the right end, for example "seconds" or "Azure".
    pub fn suffix(mut self, suffix: &'a str) -> Self {
        self.suffix = suffix;
        self
    }

    pub fn leading(mut self, icon: Icon) -> Self {
        self.leading = Some(icon);
        self
    }

    /// The key that focuses it, shown at the right end while the field is empty.
    pub fn key_hint(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    /// In points; by default as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// More than one makes Enter a new line.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(1);
        self
    }

    /// Colors the border; the text belongs in a remark below.
    pub fn tone(mut self, tone: Option<Tone>) -> Self {
        self.tone = tone;
        self
    }

    /// A known ID, to move the focus here.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// The maximum number of characters; 10,000 by default.
    pub fn limit(mut self, characters: usize) -> Self {
        self.limit = characters;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = theme::of(ui);
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id((self.label, "text field")));
        let width = self.width.unwrap_or(f32::INFINITY).min(ui.available_width()).max(48.0);
        let height = if self.rows > 1 { LINE * self.rows as f32 + 2.0 * 6.0 } else { theme::CONTROL_HEIGHT };
        let (_, rect) = ui.allocate_space(vec2(width, height));
        let background = ui.interact(rect, id.with("frame"), Sense::hover());
        field_frame(
            ui,
            rect,
            &FieldFrame {
                tone: self.tone,
                focused: ui.memory(|memory| memory.has_focus(id)),
                hovered: background.hovered(),
                hover_fill: None,
            },
        );

        let mut left = rect.left();
        if let Some(icon) = self.leading {
            icon.paint(ui.painter(), pos2(rect.left() + PADDING + 7.0, rect.center().y), 16.0, palette.weak);
            left += 22.0;
        }
        let mut right = rect.right();
        if !self.suffix.is_empty() {
            let suffix = ui.painter().layout_no_wrap(self.suffix.to_owned(), fonts::regular(12.0), palette.weak);
            right -= suffix.size().x + PADDING - 1.0;
            ui.painter().galley(pos2(right, super::paint::text_top(rect.center().y, &suffix)), suffix, palette.weak);
        } else if !self.key.is_empty() && self.text.as_str().is_empty() {
            right = super::paint_key_hint(ui.painter(), palette, rect.right_center() - vec2(PADDING, 0.0), self.key).left();
        }

        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        let edit = Edit {
            text: self.text,
            id,
            label: self.label,
            hint: self.hint,
            multiline: self.rows > 1,
            rows: self.rows,
            password: false,
            layouter: None,
            limit: self.limit,
            colour: palette.text,
        };
        let response = edit.show(ui, place).response.response.clone();
        scroll_to_focused(ui, &response, rect);
        response
    }
}

type Layouter<'a> = &'a mut dyn FnMut(&Ui, &dyn TextBuffer, f32) -> Arc<Galley>;

/// The editable part of a field, without a frame, filling `place`.
pub(super) struct Edit<'a> {
    pub text: &'a mut dyn TextBuffer,
    pub id: Id,
    pub label: &'a str,
    pub hint: &'a str,
    pub multiline: bool,
    pub rows: usize,
    pub password: bool,
    /// Replaces the way the text is drawn.
    pub layouter: Option<Layouter<'a>>,
    pub limit: usize,
    pub colour: Color32,
}

impl Edit<'_> {
    pub(super) fn show(self, ui: &mut Ui, place: Rect) -> egui::text_edit::TextEditOutput {
        let edit = if self.multiline { TextEdit::multiline(self.text) } else { TextEdit::singleline(self.text) };
        let row = ui.fonts_mut(|fonts| fonts.row_height(&fonts::regular(14.0)));
        let vertical = if self.multiline { 6.0 } else { (place.height() - row) / 2.0 };
        let hint = RichText::new(self.hint).font(fonts::regular(14.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(self.id));
        child.spacing_mut().extra_text_line_spacing = if self.multiline { LINE - row } else { 0.0 };
        let edit = match self.layouter {
            Some(layouter) => edit.layouter(layouter),
            None => edit,
        };
        let edit = edit
            .id(self.id)
            .frame(Frame::new().inner_margin(Margin { left: PADDING as i8, right: 5, top: vertical as i8, bottom: vertical as i8 }))
            .font(fonts::regular(14.0))
            .text_color(self.colour)
            .hint_text(hint)
            .password(self.password)
            .char_limit(self.limit)
            .desired_width(place.width())
            .desired_rows(self.rows)
            .min_size(place.size());
        let output = if self.multiline {
            ScrollArea::vertical().id_salt("lines").auto_shrink(false).show(&mut child, |ui| edit.show(ui)).inner
        } else {
            edit.show(&mut child)
        };
        output.response.response.clone().accessible_name(self.label);
        output
    }
}

/// Letters typed in a list go to its filter field, which takes the focus: returns the new text.
pub fn type_to_filter(ui: &Ui, field: Id, before: &str) -> Option<String> {
    let mut words = before.to_owned();
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Text(text) if text != " " => {
                words.push_str(text);
                false
            }
            _ => true,
        });
    });
    if words == before {
        return None;
    }
    let end = egui::text::CCursor::new(egui::text::CharIndex(words.chars().count()));
    let mut edit = egui::text_edit::TextEditState::load(ui.ctx(), field).unwrap_or_default();
    edit.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
    edit.store(ui.ctx(), field);
    ui.memory_mut(|memory| memory.request_focus(field));
    Some(words)
}
