//! A dialog over the window.

use egui::{Align, Context, CornerRadius, Frame, Id, Layout, Margin, Stroke, Ui};

use super::icon_button_colored;
use crate::ui::{fonts, icons::Icon, theme};

pub struct ModalShown<R> {
    /// Esc or the close button: stop showing it. The focus has returned to its previous place.
    pub closed: bool,
    pub inner: R,
}

/// Shows a dialog, at most `width` points wide, with a title and a close button. A click outside does not close it: input stays.
///
/// If the caller stops showing it for another reason, it calls [`return_focus`].
pub fn modal<R>(ctx: &Context, id: Id, title: &str, width: f32, add_contents: impl FnOnce(&mut Ui) -> R) -> ModalShown<R> {
    const MARGIN: i8 = 24;
    let palette = theme::of_context(ctx);
    let newly_open = ctx.data(|data| data.get_temp::<Opener>(id)).is_none();
    if newly_open {
        let focused = ctx.memory(egui::Memory::focused);
        let inherited = ctx.data_mut(|data| data.remove_temp::<Inherited>(id));
        ctx.data_mut(|data| data.insert_temp(id, Opener(inherited.map_or(focused, |Inherited(opener)| opener))));
        if let Some(focused) = focused {
            ctx.memory_mut(|memory| memory.surrender_focus(focused));
        }
        // The key that opened it must not confirm it, too.
        ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
    }
    let room = ctx.content_rect().size() - egui::vec2(32.0 + 2.0 * f32::from(MARGIN), 32.0 + 2.0 * f32::from(MARGIN));
    let frame = Frame::new()
        .fill(palette.window)
        .stroke(Stroke::new(1.0, palette.hairline))
        .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
        .shadow(ctx.global_style().visuals.window_shadow)
        .inner_margin(Margin::same(MARGIN));
    let mut crossed = false;
    let shown = egui::Modal::new(id)
        .area(egui::Modal::default_area(id).accessible_name(title))
        .backdrop_color(palette.backdrop)
        .frame(frame)
        .show(ctx, |ui| {
            ui.set_width((width - 2.0 * f32::from(MARGIN)).min(room.x));
            ui.set_max_height(room.y);
            ui.horizontal(|ui| {
                let title_width = ui.available_width() - 40.0;
                super::truncated_label(ui, title, fonts::semibold(20.0), palette.text, title_width);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    crossed = icon_button_colored(ui, Icon::Close, "Close", 28.0, None).clicked();
                });
            });
            ui.add_space(4.0);
            add_contents(ui)
        });
    let escaped =
        shown.is_top_modal && !shown.any_popup_open && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
    let closed = crossed || escaped || shown.response.should_close();
    if closed {
        return_focus(ctx, id);
    }
    ModalShown { closed, inner: shown.inner }
}

/// Returns the focus to the widget that had it before the dialog opened.
pub fn return_focus(ctx: &Context, id: Id) {
    let opener = ctx.data_mut(|data| data.remove_temp::<Opener>(id));
    if let Some(Opener(Some(opener))) = opener {
        ctx.data_mut(|data| data.insert_temp(pending_id(), PendingFocus { widget: opener, passes: 1 }));
        ctx.request_repaint();
    }
}

/// Another dialog replaces this one: when that one closes, the focus returns to where it was before this one opened.
pub fn pass_focus_on(ctx: &Context, from: Id, to: Id) {
    if let Some(Opener(opener)) = ctx.data_mut(|data| data.remove_temp(from)) {
        ctx.data_mut(|data| data.insert_temp(to, Inherited(opener)));
    }
}

/// Makes [`return_focus`] work: egui removes the focus from widgets below a dialog for one more pass after the dialog is gone.
pub(in crate::ui) fn install(ctx: &Context) {
    let give_back = |ui: &mut Ui| {
        let ctx = ui.ctx();
        let Some(pending) = ctx.data(|data| data.get_temp::<PendingFocus>(pending_id())) else { return };
        if pending.passes > 0 {
            ctx.data_mut(|data| data.insert_temp(pending_id(), PendingFocus { passes: pending.passes - 1, ..pending }));
        } else {
            ctx.data_mut(|data| data.remove::<PendingFocus>(pending_id()));
            ctx.memory_mut(|memory| memory.request_focus(pending.widget));
        }
        ctx.request_repaint();
    };
    ctx.on_end_pass("return focus", std::sync::Arc::new(give_back));
}

#[derive(Clone, Copy)]
struct PendingFocus {
    widget: Id,
    passes: u8,
}

fn pending_id() -> Id {
    Id::unique("focus to return")
}

/// The focused widget when the dialog opened.
#[derive(Clone, Copy, Default)]
struct Opener(Option<Id>);

/// The opener of the dialog that this one replaces.
#[derive(Clone, Copy, Default)]
struct Inherited(Option<Id>);
