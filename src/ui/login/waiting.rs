//! The browser shows the sign-in page; the listener waits.

use std::time::Duration;

use egui::{Align, Id, Key, Layout, Sense, Ui, vec2};
use jiff::{SignedDuration, Timestamp};

use super::{Wish, cancel};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Attempt, CALLBACK_HINT_DELAY, Paste, PendingCallback},
    test_panel::title,
    text,
    theme::{self, Tone},
    widgets::{Button, SecretField, paragraph, remark, timeline_bar, truncated_label},
};
use brickpass_core::connection::Severity;

pub fn show(ui: &mut Ui, attempt: &Attempt, callback: &PendingCallback, paste: &mut Option<Paste>, act: &Act) -> Option<Wish> {
    let now = act.now;
    let palette = theme::of(ui);
    let icon = Some((Icon::SignIn, palette.accent));
    if callback.browser_opened {
        title(ui, icon, text::IN_BROWSER);
        let why = attempt.host().map_or_else(|| text::ANYWHERE_WHY.to_owned(), text::in_browser_why);
        paragraph(ui, &why, fonts::regular(14.0), palette.weak);
    } else {
        title(ui, icon, text::NO_BROWSER);
        paragraph(ui, text::NO_BROWSER_WHY, fonts::regular(14.0), palette.weak);
    }
    ui.add_space(8.0);
    let mut wish = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let copy = if callback.browser_opened { Button::secondary(text::COPY_LINK) } else { Button::primary(text::COPY_LINK) };
        if copy.icon(Icon::Copy).show(ui).clicked() {
            wish = Some(Wish::CopyLink);
        }
        if Button::ghost(text::OPEN_AGAIN).icon(Icon::OpenInBrowser).show(ui).clicked() {
            wish = Some(Wish::OpenAgain);
        }
        if paste.is_none() && Button::ghost(text::PASTE_ADDRESS).show(ui).clicked() {
            wish = Some(Wish::AskToPaste);
        }
    });
    if let Some(paste) = paste {
        wish = paste_field(ui, paste, act).or(wish);
    }
    ui.add_space(8.0);
    countdown(ui, callback, now);
    if attempt.wrong_keys > 0 {
        aside(ui, Icon::Warning, palette.weak, text::WRONG_KEY);
    }
    if attempt.is_callback_overdue(now) {
        aside(ui, Icon::Info, palette.accent, text::NO_CALLBACK_YET);
    }
    ui.add_space(8.0);
    wish.or(cancel(ui))
}

/// For a browser that cannot return by itself. Pasted text is hidden: it contains the code of the sign-in.
fn paste_field(ui: &mut Ui, paste: &mut Paste, act: &Act) -> Option<Wish> {
    ui.add_space(8.0);
    paragraph(ui, text::PASTE_WHY, fonts::regular(14.0), theme::of(ui).weak);
    ui.add_space(4.0);
    let field = SecretField::new(&mut paste.address, text::PASTED_ADDRESS).hint(text::PASTE_HINT).id(paste_id()).show(ui, act.seconds());
    // Checked before the focus returns: a focused field has not lost the focus.
    let entered = field.response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        field.response.request_focus();
    }
    if let Some(other) = paste.refused.filter(|_| paste.address.is_empty()) {
        remark(ui, Severity::Error, text::paste_refused(other));
    }
    ui.add_space(4.0);
    let ready = !paste.address.is_empty();
    let clicked = Button::secondary(text::USE_ADDRESS).enabled(ready).show(ui).clicked();
    (ready && (clicked || entered)).then_some(Wish::Paste)
}

/// Only one waiting sign-in is visible at a time.
pub(super) fn paste_id() -> Id {
    Id::unique("pasted sign-in address")
}

/// The listening port and the remaining time. Repaints once a second, and only while visible.
fn countdown(ui: &mut Ui, callback: &PendingCallback, now: Timestamp) {
    let palette = theme::of(ui);
    let left = callback.until.duration_since(now).max(SignedDuration::ZERO);
    let whole = callback.until.duration_since(callback.since).as_secs_f32().max(1.0);
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 0.0);
    let row = ui.horizontal(|ui| {
        ui.set_min_height(20.0);
        truncated_label(ui, &text::listening(callback.port), fonts::regular(12.0), palette.weak, ui.available_width() - 80.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            truncated_label(ui, &text::time_left(left), fonts::medium(14.0), palette.text, 80.0);
        });
    });
    timeline_bar(ui, 0.0, left.as_secs_f32() / whole, Tone::Accent);
    ui.spacing_mut().item_spacing.y = gap;
    if !left.is_zero() && ui.is_rect_visible(row.response.rect) {
        // When the number of whole seconds changes; the hint appears at one of these moments.
        debug_assert!(CALLBACK_HINT_DELAY.subsec_nanos() == 0);
        let nanos = u64::try_from(left.subsec_nanos()).unwrap_or(0);
        let next = if nanos == 0 { Duration::from_secs(1) } else { Duration::from_nanos(nanos) };
        ui.ctx().request_repaint_after(next + Duration::from_millis(5));
    }
}

/// A quiet note with an icon.
fn aside(ui: &mut Ui, icon: Icon, colour: egui::Color32, words: &str) {
    ui.add_space(4.0);
    let palette = theme::of(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        icon.paint(ui.painter(), rect.center(), 14.0, colour);
        ui.vertical(|ui| paragraph(ui, words, fonts::regular(12.0), palette.weak));
    });
}
