//! The tabs of a page.

use egui::{Color32, CornerRadius, Key, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{fonts, theme};

/// Shows the tabs over a hairline and changes `index` on a click or an arrow key. Returns whether it changed.
pub fn tabs(ui: &mut Ui, index: &mut usize, titles: &[&str]) -> bool {
    const HEIGHT: f32 = 36.0;
    /// The margin around the text.
    const LEAST: f32 = 3.0;
    let palette = theme::of(ui);
    let before = *index;
    let width = ui.available_width();
    let mut turn: isize = 0;
    let row = ui
        .horizontal(|ui| {
            let in_size = |size: f32| {
                let laid_out =
                    titles.iter().map(|title| ui.painter().layout_no_wrap((*title).to_owned(), fonts::medium(size), Color32::PLACEHOLDER));
                let galleys: Vec<_> = laid_out.collect();
                let words: f32 = galleys.iter().map(|galley| galley.size().x).sum();
                (galleys, (width - words) / titles.len().max(1) as f32)
            };
            // Without enough room, first closer together, then smaller, then cut off.
            let ((galleys, room), size) = match in_size(14.0) {
                (_, room) if room < 2.0 * LEAST => (in_size(12.0), 12.0),
                fits => (fits, 14.0),
            };
            let (padding, gap) = if room >= 24.0 { (10.0, 4.0) } else { ((room / 2.0).clamp(LEAST, 10.0), 0.0) };
            let cut = (room - 2.0 * padding).min(0.0);
            ui.spacing_mut().item_spacing.x = gap;
            for (at, (title, galley)) in titles.iter().zip(galleys).enumerate() {
                let galley = if cut < 0.0 {
                    let colour = Color32::PLACEHOLDER;
                    super::elided(ui.painter(), title, fonts::medium(size), colour, (galley.size().x + cut).max(16.0))
                } else {
                    galley
                };
                let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 2.0 * padding, HEIGHT), Sense::click());
                let selected = at == before;
                response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), selected, title));
                if response.clicked() {
                    *index = at;
                }
                super::paint::scroll_to_focused(ui, &response, rect);
                if response.has_focus() {
                    turn +=
                        ui.input(|input| isize::from(input.key_pressed(Key::ArrowRight)) - isize::from(input.key_pressed(Key::ArrowLeft)));
                }
                let colour = if selected || response.hovered() { palette.text } else { palette.weak };
                ui.painter().galley(rect.center() - galley.size() / 2.0, galley, colour);
                if selected {
                    let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.0), rect.max);
                    ui.painter().rect_filled(line, CornerRadius::same(1), palette.accent);
                }
                if response.has_focus() {
                    theme::focus_ring(ui.painter(), palette, rect.shrink2(vec2(2.0, 5.0)), 6);
                }
            }
        })
        .response
        .rect;
    ui.painter().hline(row.left()..=row.left() + width, row.bottom(), Stroke::new(1.0, palette.hairline));
    if turn != 0 && !titles.is_empty() {
        *index = before.saturating_add_signed(turn).min(titles.len() - 1);
    }
    *index != before
}
