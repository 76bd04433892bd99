//! Menus and the rows in them.

use egui::{
    Align2, Color32, CornerRadius, Frame, Galley, Margin, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Role, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::icon_button;
use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Tone},
};

/// The frame of every list that opens over the window.
pub(super) fn popup_frame(ui: &Ui) -> Frame {
    let palette = theme::of(ui);
    Frame::new()
        .fill(if ui.visuals().dark_mode { palette.surface } else { palette.window })
        .stroke(Stroke::new(1.0, palette.hairline))
        .corner_radius(CornerRadius::same(10))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(6))
}

/// The "..." button and its menu. `accessible_name` says what the menu is for, for example "More actions".
pub fn menu_button<R>(ui: &mut Ui, accessible_name: &str, add_items: impl FnOnce(&mut Ui) -> R) -> (Response, Option<R>) {
    menu_below(ui, Icon::More, accessible_name, add_items)
}

/// The same with another icon.
pub fn menu_below<R>(ui: &mut Ui, icon: Icon, accessible_name: &str, add_items: impl FnOnce(&mut Ui) -> R) -> (Response, Option<R>) {
    let response = icon_button(ui, icon, accessible_name);
    let was_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    let inner = Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .gap(4.0)
        .width(232.0)
        .frame(popup_frame(ui))
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .accessible_name(accessible_name)
        .show(|ui| {
            ui.set_min_width(220.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            add_items(ui)
        })
        .map(|shown| shown.inner);
    super::paint::focus_when_closed_by_key(ui, &response, was_open);
    (response, inner)
}

/// The context menu of a widget.
pub fn context_menu<R>(response: &Response, accessible_name: &str, ui: &Ui, add_items: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    Popup::context_menu(response)
        .width(232.0)
        .frame(popup_frame(ui))
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .accessible_name(accessible_name)
        .show(|ui| {
            ui.set_min_width(200.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            add_items(ui)
        })
        .map(|shown| shown.inner)
}

/// A row of a menu: icon, text, key. `tone` is `Error` for destructive actions.
pub fn menu_item(ui: &mut Ui, icon: Icon, text: &str, key: &str, tone: Tone) -> Response {
    let palette = theme::of(ui);
    let colour = if tone == Tone::Neutral { palette.text } else { palette.tone(tone) };
    let words = ui.painter().layout_no_wrap(text.to_owned(), fonts::regular(14.0), colour);
    let key_width =
        if key.is_empty() { 0.0 } else { ui.painter().layout_no_wrap(key.to_owned(), fonts::regular(12.0), palette.weak).size().x + 24.0 };
    let width = (36.0 + words.size().x + key_width + 12.0).max(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::CONTROL_HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, enabled, text));
    close_when_picked(ui, &response);
    row_background(ui, rect, &response, false);
    let middle = rect.center().y;
    icon.paint(ui.painter(), pos2(rect.left() + 18.0, middle), 16.0, if tone == Tone::Neutral { palette.weak } else { colour });
    ui.painter().galley(pos2(rect.left() + 36.0, super::paint::text_top(middle, &words)), words, colour);
    if !key.is_empty() {
        ui.painter().text(pos2(rect.right() - 10.0, middle), Align2::RIGHT_CENTER, key, fonts::regular(12.0), palette.weak);
    }
    response
}

pub fn menu_separator(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme::of(ui).hairline));
}

/// A row of a [`super::Select`]: title, explanation below it, a tick if selected. The title is the accessible name.
pub fn select_option(ui: &mut Ui, selected: bool, title: &str, explanation: Option<&str>) -> Response {
    const LEFT: f32 = 10.0;
    const RIGHT: f32 = 34.0;
    let palette = theme::of(ui);
    let width = ui.available_width();
    let room = (width - LEFT - RIGHT).max(80.0);
    let title_galley = super::elided(ui.painter(), title, fonts::regular(14.0), palette.text, room);
    let below = explanation.map(|words| ui.painter().layout(words.to_owned(), fonts::regular(12.0), palette.weak, room));
    let height = below.as_ref().map_or(theme::CONTROL_HEIGHT, |galley: &std::sync::Arc<Galley>| 6.0 + 20.0 + galley.size().y + 8.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, enabled, selected, title));
    close_when_picked(ui, &response);
    row_background(ui, rect, &response, selected);
    let first = if below.is_some() { rect.top() + 16.0 } else { rect.center().y };
    ui.painter().galley(pos2(rect.left() + LEFT, super::paint::text_top(first, &title_galley)), title_galley, palette.text);
    if let Some(galley) = below {
        ui.painter().galley(pos2(rect.left() + LEFT, rect.top() + 27.0), galley, palette.weak);
    }
    if selected {
        Icon::Check.paint(ui.painter(), pos2(rect.right() - 18.0, first), 16.0, palette.accent);
    }
    response
}

/// egui closes a list only on a click of the pointer.
fn close_when_picked(ui: &Ui, response: &Response) {
    if response.clicked() {
        ui.close();
    }
}

pub(super) fn row_background(ui: &Ui, rect: Rect, response: &Response, selected: bool) {
    let palette = theme::of(ui);
    let fill = if response.has_focus() || selected {
        palette.selected
    } else if response.hovered() {
        palette.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
    }
}
