//! The next twelve months with the number of tokens that expire in each; a click scrolls to them.

use egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    fonts,
    state::{Month, State},
    text::expiry as words,
    theme,
    widgets::{Tip as _, scroll_to_focused},
};

const GAP: f32 = 4.0;
const HEIGHT: f32 = 48.0;
/// Below this width, the months are in two rows.
const NARROWEST: f32 = 40.0;

pub fn show(ui: &mut Ui, state: &mut State) {
    let months = state.expiry.calendar().months.clone();
    let count = months.len().max(1);
    let across = if (ui.available_width() + GAP) / count as f32 - GAP < NARROWEST { count.div_ceil(2) } else { count };
    let lines = count.div_ceil(across);
    let width = ((ui.available_width() + GAP) / across as f32 - GAP).max(8.0);
    let (id, whole) = ui.allocate_space(vec2(ui.available_width(), (HEIGHT + GAP) * lines as f32 - GAP));
    let group = ui.interact(whole, id.with("strip"), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::Group, true, words::STRIP));
    for (at, month) in months.iter().enumerate() {
        let corner = whole.min + vec2((width + GAP) * (at % across) as f32, (HEIGHT + GAP) * (at / across) as f32);
        let rect = Rect::from_min_size(corner, vec2(width, HEIGHT));
        if cell(ui, rect, month, at == 0)
            && let Some(first) = month.first
        {
            state.expiry.move_cursor(first);
            ui.memory_mut(|memory| memory.request_focus(super::list_id()));
            ui.ctx().request_repaint();
        }
    }
}

fn cell(ui: &Ui, rect: Rect, month: &Month, now: bool) -> bool {
    let palette = theme::of(ui);
    let leads = month.first.is_some();
    let sense = if leads { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, super::list_id().with(("month", month.first_day)), sense);
    let said = words::month_told(month.first_day, month.count);
    response.widget_info(|| WidgetInfo::labeled(if leads { Role::Button } else { Role::Label }, true, &said));
    scroll_to_focused(ui, &response, rect);
    let fill = if leads && response.hovered() { palette.hover } else { palette.surface };
    let border = if now { palette.control_border } else { fill };
    ui.painter().rect(rect, CornerRadius::same(theme::RADIUS), fill, Stroke::new(1.0, border), StrokeKind::Inside);
    let january = month.first_day.month() == 1;
    let name = words::month_short(month.first_day, rect.width() > 56.0 && january);
    let centre = rect.center().x;
    let name_colour = if now || leads { palette.text } else { palette.weak };
    ui.painter().text(pos2(centre, rect.top() + 15.0), Align2::CENTER_CENTER, name, fonts::regular(12.0), name_colour);
    let middle = pos2(centre, rect.top() + 33.0);
    if leads {
        let colour = if month.soon { palette.warning } else { palette.accent };
        ui.painter().text(middle, Align2::CENTER_CENTER, month.count, fonts::semibold(14.0), colour);
    } else {
        ui.painter().circle_filled(middle, 1.5, palette.control_border);
    }
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
    }
    response.tip(said).clicked()
}
