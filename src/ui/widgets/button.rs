//! Buttons: one primary per group, the others secondary or ghost; danger for what cannot be undone.

use egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Tip as _, paint::scroll_to_focused};
use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Palette},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Primary,
    Secondary,
    Ghost,
    Danger,
}

/// A button with text, which is its accessible name.
#[must_use = "call `.show(ui)`"]
pub struct Button<'a> {
    text: &'a str,
    kind: Kind,
    icon: Option<Icon>,
    enabled: bool,
    small: bool,
    busy: bool,
}

impl<'a> Button<'a> {
    pub fn primary(text: &'a str) -> Self {
        Self::new(text, Kind::Primary)
    }

    pub fn secondary(text: &'a str) -> Self {
        Self::new(text, Kind::Secondary)
    }

    /// Without a frame until the pointer is over it.
    pub fn ghost(text: &'a str) -> Self {
        Self::new(text, Kind::Ghost)
    }

    pub fn danger(text: &'a str) -> Self {
        Self::new(text, Kind::Danger)
    }

    fn new(text: &'a str, kind: Kind) -> Self {
        Self { text, kind, icon: None, enabled: true, small: false, busy: false }
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// 24 points high, 12-point text.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// A spinner instead of the icon. The button stays enabled: it usually cancels.
    pub fn busy(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }

    /// Its width in points, to place it from the right without reversing the focus order.
    pub fn width(&self, ui: &Ui) -> f32 {
        let (padding, icon) = if self.small { (8.0, 20.0) } else { (13.0, 21.0) };
        let font = if self.small { fonts::regular(12.0) } else { fonts::medium(14.0) };
        let words = ui.painter().layout_no_wrap(self.text.to_owned(), font, Color32::PLACEHOLDER).size().x;
        words + 2.0 * padding + if self.icon.is_some() || self.busy { icon } else { 0.0 }
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = theme::of(ui);
        let (height, padding, icon_size, gap) = if self.small { (24.0, 8.0, 14.0, 6.0) } else { (theme::CONTROL_HEIGHT, 13.0, 15.0, 6.0) };
        let font = if self.small { fonts::regular(12.0) } else { fonts::medium(14.0) };
        let galley = ui.painter().layout_no_wrap(self.text.to_owned(), font, Color32::PLACEHOLDER);
        let has_icon = self.icon.is_some() || self.busy;
        let icon_width = if has_icon { icon_size + gap } else { 0.0 };
        let (id, rect) = ui.allocate_space(vec2(galley.size().x + icon_width + 2.0 * padding, height));
        let enabled = self.enabled && ui.is_enabled();
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, id, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.text));
        scroll_to_focused(ui, &response, rect);

        if ui.is_rect_visible(rect) {
            let look = look(self.kind, palette, enabled, &response);
            paint_frame(ui, rect, &look);
            let mut left = rect.left() + padding;
            if has_icon {
                let center = pos2(left + icon_size / 2.0, rect.center().y);
                if self.busy {
                    super::paint_spinner(ui, center, icon_size - 2.0, look.text);
                } else if let Some(icon) = self.icon {
                    icon.paint(ui.painter(), center, icon_size, look.text);
                }
                left += icon_width;
            }
            ui.painter().galley(pos2(left, super::paint::text_top(rect.center().y, &galley)), galley, look.text);
            if response.has_focus() {
                theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
            }
        }
        response
    }
}

struct Look {
    fill: Color32,
    border: Color32,
    text: Color32,
}

fn look(kind: Kind, p: &Palette, enabled: bool, response: &Response) -> Look {
    let over = enabled && (response.hovered() || response.is_pointer_button_down_on());
    let pressed = enabled && response.is_pointer_button_down_on();
    let none = Color32::TRANSPARENT;
    let quiet_fill = if pressed {
        p.selected
    } else if over {
        p.hover
    } else {
        none
    };
    let mut look = match kind {
        Kind::Primary => {
            let fill = if over { p.accent_hover } else { p.accent };
            Look { fill, border: fill, text: p.on_accent }
        }
        Kind::Secondary => Look { fill: quiet_fill, border: p.control_border, text: p.text },
        Kind::Ghost => Look { fill: quiet_fill, border: none, text: if over { p.text } else { p.weak } },
        Kind::Danger if over => Look { fill: p.error, border: p.error, text: p.on_accent },
        Kind::Danger => Look { fill: none, border: p.error, text: p.error },
    };
    if !enabled {
        look = Look { fill: theme::faded(look.fill), border: theme::faded(look.border), text: theme::faded(look.text) };
        if kind == Kind::Primary {
            look = Look { fill: p.hover, border: p.hover, text: theme::faded(p.text) };
        }
    }
    look
}

fn paint_frame(ui: &Ui, rect: Rect, look: &Look) {
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(rect, radius, look.fill, Stroke::new(1.0, look.border), StrokeKind::Inside);
}

/// A square button with only an icon, 32 points. The name is its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, icon: Icon, accessible_name: &str) -> Response {
    icon_button_colored(ui, icon, accessible_name, theme::CONTROL_HEIGHT, None)
}

/// Like [`icon_button`], `size` points wide and high (at least 24), with a colored icon.
pub fn icon_button_colored(ui: &mut Ui, icon: Icon, accessible_name: &str, size: f32, colour: Option<Color32>) -> Response {
    let (id, rect) = ui.allocate_space(vec2(size, size));
    icon_button_at(ui, rect, id, icon, accessible_name, colour)
}

/// An icon button inside another widget, for example the eye in a secret field.
pub(super) fn icon_button_at(ui: &Ui, rect: Rect, id: egui::Id, icon: Icon, accessible_name: &str, colour: Option<Color32>) -> Response {
    let palette = theme::of(ui);
    let enabled = ui.is_enabled();
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, accessible_name));
    scroll_to_focused(ui, &response, rect);
    if ui.is_rect_visible(rect) {
        let radius = if rect.width() < 28.0 { 6 } else { theme::RADIUS };
        let over = response.hovered() || response.is_pointer_button_down_on();
        if over {
            let fill = if response.is_pointer_button_down_on() { palette.selected } else { palette.hover };
            ui.painter().rect_filled(rect, CornerRadius::same(radius), fill);
        }
        let size = if rect.width() <= 18.0 {
            12.0
        } else if rect.width() < 28.0 {
            16.0
        } else {
            18.0
        };
        icon.paint(ui.painter(), rect.center(), size, colour.unwrap_or(if over { palette.text } else { palette.weak }));
        if response.has_focus() {
            theme::focus_ring(ui.painter(), palette, rect, radius);
        }
    }
    response.tip(accessible_name)
}
