//! The field for a token or a client secret: masked, revealed for at most 20 seconds, leaving no copies in egui.
//!
//! egui's text edit copies its text each frame, keeps an undo history, and sends every glyph to screen readers. So
//! it never gets the secret: its buffer contains one dot per character, and edits go to the secret behind them. When revealed, only
//! the drawn shapes show the secret. Undo does nothing.

use std::{any::TypeId, cell::RefCell, ops::Range, sync::Arc, time::Duration};

use egui::{
    Align2, Color32, Context, Galley, Id, Rect, Response, Sense, TextBuffer, Ui, Vec2,
    text::{CCursor, CCursorRange, CharIndex, LayoutJob},
    text_edit::TextEditState,
    vec2,
};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroize as _;

use super::{
    button::icon_button_at,
    paint::{FieldFrame, field_frame, scroll_to_focused},
    text_field::Edit,
};
use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Tone},
};
use brickpass_core::connection::TypedSecret;

/// How long a revealed secret stays readable, in seconds.
pub const REVEAL_SECONDS: f64 = 20.0;
const EYE: f32 = 24.0;
const LINE: f32 = 20.0;

/// A masked field for a secret that is being typed.
#[must_use = "call `.show(ui, now)`"]
pub struct SecretField<'a> {
    secret: &'a mut TypedSecret,
    label: &'a str,
    hint: &'a str,
    stored: bool,
    width: Option<f32>,
    rows: usize,
    tone: Option<Tone>,
    id: Option<Id>,
}

pub struct SecretResponse {
    pub response: Response,
    /// The eye was clicked while nothing is typed and a secret is stored: fetch it and show it with [`revealed_secret`].
    pub reveal_clicked: bool,
    /// Copy the stored secret. Offered while nothing is typed: typed text is not copied.
    pub copy_clicked: bool,
}

/// The button that was clicked on a revealed secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RevealedResponse {
    /// Drop the secret and show the field again: the eye was clicked, 20 seconds have passed, or the window has lost the focus.
    pub hide: bool,
    pub copy_clicked: bool,
}

impl<'a> SecretField<'a> {
    pub fn new(secret: &'a mut TypedSecret, accessible_label: &'a str) -> Self {
        Self { secret, label: accessible_label, hint: "", stored: false, width: None, rows: 1, tone: None, id: None }
    }

    /// Shown while nothing is typed, for example "Stored •••• 3f9c, type to replace".
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// A secret is stored: while nothing is typed, it can be revealed and copied.
    pub fn stored(mut self, stored: bool) -> Self {
        self.stored = stored;
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// More than one for text of several lines.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(1);
        self
    }

    pub fn tone(mut self, tone: Option<Tone>) -> Self {
        self.tone = tone;
        self
    }

    /// A known ID, to move the focus here and for [`forget_secret_field`].
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// `now_seconds` counts from any fixed moment.
    pub fn show(self, ui: &mut Ui, now_seconds: f64) -> SecretResponse {
        let palette = theme::of(ui);
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id((self.label, "secret field")));
        let width = self.width.unwrap_or(f32::INFINITY).min(ui.available_width()).max(64.0);
        let multiline = self.rows > 1;
        let height = if multiline { LINE * self.rows as f32 + 12.0 } else { theme::CONTROL_HEIGHT };
        let (_, rect) = ui.allocate_space(vec2(width, height));
        field_frame(ui, rect, &FieldFrame { tone: self.tone, focused: ui.memory(|memory| memory.has_focus(id)), ..FieldFrame::default() });

        let typed = !self.secret.is_empty();
        let revealed = typed && still_revealed(ui.ctx(), id, now_seconds);
        let has_eye = typed || self.stored;
        let can_be_copied = self.stored && !typed;
        let buttons = if can_be_copied { 2.0 } else { f32::from(u8::from(has_eye)) };
        let place = if has_eye { rect.with_max_x(rect.right() - buttons * EYE - 6.0) } else { rect };

        let limit = self.secret.expose_mut().capacity() / 4;
        let secret = RefCell::new(self.secret);
        let mut buffer = SecretBuffer::new(&secret);
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, wrap_width: f32| {
            let wrap = multiline.then_some(wrap_width);
            match secret.try_borrow() {
                Ok(secret) if revealed => revealed_galley(ui, secret.expose(), text.as_str(), palette.text, wrap),
                _ => lines(ui, text.as_str(), palette.text, wrap),
            }
        };
        let edit = Edit {
            text: &mut buffer,
            id,
            label: self.label,
            hint: self.hint,
            multiline,
            rows: self.rows,
            password: !multiline,
            layouter: Some(&mut layouter),
            limit,
            colour: palette.text,
        };
        let mut output = edit.show(ui, place);
        output.state.clear_undoer();
        scroll_to_focused(ui, &output.response.response, rect);

        let mut reveal_clicked = false;
        if has_eye {
            let center = egui::pos2(rect.right() - 6.0 - EYE / 2.0, rect.top() + theme::CONTROL_HEIGHT / 2.0);
            let (icon, name) =
                if revealed { (Icon::EyeSlash, format!("Hide {}", self.label)) } else { (Icon::Eye, format!("Show {}", self.label)) };
            let eye = icon_button_at(ui, Rect::from_center_size(center, Vec2::splat(EYE)), id.with("eye"), icon, &name, None);
            if eye.clicked() {
                if typed {
                    set_revealed(ui.ctx(), id, (!revealed).then_some(now_seconds + REVEAL_SECONDS));
                } else {
                    reveal_clicked = true;
                }
            }
        }
        let copy_clicked = can_be_copied && copy_button(ui, rect, id, self.label);
        SecretResponse { response: output.response.response.clone(), reveal_clicked, copy_clicked }
    }
}

/// To the left of the eye.
fn copy_button(ui: &mut Ui, field: Rect, id: Id, label: &str) -> bool {
    let center = egui::pos2(field.right() - 6.0 - 1.5 * EYE, field.center().y);
    let place = Rect::from_center_size(center, Vec2::splat(EYE));
    icon_button_at(ui, place, id.with("copy"), Icon::Copy, &format!("Copy {label}"), None).clicked()
}

/// Wipes what egui still stores for the field: cursor, undo history, whether it is revealed. For when it closes or its secret is saved.
pub fn forget_secret_field(ctx: &Context, id: Id) {
    if let Some(mut state) = TextEditState::load(ctx, id) {
        state.clear_undoer();
    }
    ctx.data_mut(|data| data.remove::<TextEditState>(id));
    set_revealed(ctx, id, None);
}

/// Focuses the field and selects all of its text: what is typed next replaces it.
pub fn select_secret(ctx: &Context, id: Id, secret: &TypedSecret) {
    let end = CCursor::new(CharIndex(secret.expose().chars().count()));
    let mut state = TextEditState::load(ctx, id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(CharIndex(0)), end)));
    state.store(ctx, id);
    ctx.memory_mut(|memory| memory.request_focus(id));
}

/// Until when the field is revealed; hides it when that time has passed or the window has lost the focus.
fn still_revealed(ctx: &Context, id: Id, now_seconds: f64) -> bool {
    let Some(until) = ctx.data(|data| data.get_temp::<f64>(reveal_id(id))) else { return false };
    let left = until - now_seconds;
    if left <= 0.0 || !window_is_looked_at(ctx) {
        set_revealed(ctx, id, None);
        return false;
    }
    ctx.request_repaint_after(Duration::from_secs_f64(left.min(REVEAL_SECONDS)));
    true
}

fn set_revealed(ctx: &Context, id: Id, until: Option<f64>) {
    ctx.data_mut(|data| match until {
        Some(until) => {
            data.insert_temp(reveal_id(id), until);
        }
        None => data.remove::<f64>(reveal_id(id)),
    });
    ctx.request_repaint();
}

fn reveal_id(id: Id) -> Id {
    id.with("revealed until")
}

fn window_is_looked_at(ctx: &Context) -> bool {
    ctx.input(|input| input.focused && input.viewport().minimized != Some(true))
}

/// Shows a stored secret instead of its field, to be read but not selected: egui's clipboard cannot exclude it from histories, so the
/// button asks the engine for it. `revealed_at` and `now_seconds` count from the same moment.
pub fn revealed_secret(ui: &mut Ui, secret: &SecretString, accessible_label: &str, revealed_at: f64, now_seconds: f64) -> RevealedResponse {
    let left = revealed_at + REVEAL_SECONDS - now_seconds;
    if left <= 0.0 || !window_is_looked_at(ui.ctx()) {
        ui.ctx().request_repaint();
        return RevealedResponse { hide: true, copy_clicked: false };
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64(left.min(REVEAL_SECONDS)));

    let palette = theme::of(ui);
    let (id, rect) = ui.allocate_space(vec2(ui.available_width().max(96.0), theme::CONTROL_HEIGHT));
    let text = ui.interact(rect, id, Sense::hover());
    text.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{accessible_label}, shown")));
    field_frame(ui, rect, &FieldFrame { tone: Some(Tone::Accent), ..FieldFrame::default() });
    let room = rect.width() - 2.0 * EYE - 30.0;
    let at = egui::pos2(rect.left() + 11.0, rect.center().y);
    super::paint_text(ui.painter(), at, Align2::LEFT_CENTER, secret.expose_secret(), fonts::regular(14.0), palette.text, room);

    let eye = Rect::from_center_size(egui::pos2(rect.right() - 6.0 - 0.5 * EYE, rect.center().y), Vec2::splat(EYE));
    let hide = icon_button_at(ui, eye, id.with("hide"), Icon::EyeSlash, &format!("Hide {accessible_label}"), None).clicked();
    RevealedResponse { hide, copy_clicked: copy_button(ui, rect, id, accessible_label) }
}

/// One line, or several within the width.
fn lines(ui: &Ui, text: &str, colour: Color32, wrap: Option<f32>) -> Arc<Galley> {
    let mut job = match wrap {
        None => LayoutJob::simple_singleline(text.to_owned(), fonts::regular(14.0), colour),
        Some(width) => {
            let mut job = LayoutJob::simple(text.to_owned(), fonts::regular(14.0), colour, width);
            for section in &mut job.sections {
                section.format.line_height = Some(LINE);
            }
            job
        }
    };
    job.keep_trailing_whitespace = true;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Draws the secret, but reads as dots.
fn revealed_galley(ui: &Ui, secret: &str, mask: &str, colour: Color32, wrap: Option<f32>) -> Arc<Galley> {
    let mut galley = Galley::clone(&lines(ui, secret, colour, wrap));
    let job = Arc::make_mut(&mut galley.job);
    job.text.zeroize();
    job.text.push_str(mask);
    for row in &mut galley.rows {
        for glyph in &mut Arc::make_mut(&mut row.row).glyphs {
            glyph.chr = DOT;
        }
    }
    Arc::new(galley)
}

const DOT: char = '•';

/// What egui's text edit gets instead of a secret.
struct SecretBuffer<'a, 's> {
    secret: &'a RefCell<&'s mut TypedSecret>,
    /// One dot per character of the secret; line breaks stay.
    mask: String,
}

impl<'a, 's> SecretBuffer<'a, 's> {
    fn new(secret: &'a RefCell<&'s mut TypedSecret>) -> Self {
        let mut buffer = Self { secret, mask: String::new() };
        buffer.edit(|_| ());
        buffer
    }

    /// Nothing else accesses the secret during an edit: the layouter is not called from inside one.
    fn edit<R: Default>(&mut self, change: impl FnOnce(&mut String) -> R) -> R {
        let Ok(mut secret) = self.secret.try_borrow_mut() else { return R::default() };
        let done = change(secret.expose_mut());
        self.mask.clear();
        self.mask.extend(secret.expose().chars().map(|c| if c == '\n' { c } else { DOT }));
        done
    }
}

impl TextBuffer for SecretBuffer<'_, '_> {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.mask
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        self.edit(|secret| {
            // Growing would move the text and leave the old copy in memory without wiping it.
            let mut room = secret.capacity() - secret.len();
            let fits = |c: &char| {
                let fits = c.len_utf8() <= room;
                room = room.saturating_sub(c.len_utf8());
                fits
            };
            let fitting = text.chars().take_while(fits).count();
            let at = byte_index(secret, char_index.0);
            if let Some(text) = text.get(..byte_index(text, fitting)) {
                secret.insert_str(at, text);
            }
            fitting
        })
    }

    fn delete_char_range(&mut self, char_range: Range<CharIndex>) {
        self.edit(|secret| {
            let range = byte_index(secret, char_range.start.0)..byte_index(secret, char_range.end.0);
            if range.start == 0 && range.end == secret.len() {
                // Wipes the text; the allocation stays.
                secret.zeroize();
            } else if range.start < range.end {
                secret.replace_range(range, "");
            }
        });
    }

    /// Only undo and redo replace everything; they would restore dots.
    fn replace_with(&mut self, _text: &str) {}

    fn type_id(&self) -> TypeId {
        TypeId::of::<SecretBuffer<'static, 'static>>()
    }
}

fn byte_index(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
#[path = "secret_field_tests.rs"]
mod tests;
