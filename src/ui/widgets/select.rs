//! A choice from a list that a field opens.

use egui::{Align2, Id, Popup, PopupCloseBehavior, RectAlign, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::paint::{FieldFrame, field_frame, focus_when_closed_by_key, paint_text, scroll_to_focused};
use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Tone},
};
use brickpass_core::connection::Environment;

/// A field that shows the chosen value and opens a list of `select_option`s. Its accessible name is "Label: value".
#[must_use = "call `.show(ui, |ui| ...)`"]
pub struct Select<'a> {
    label: &'a str,
    shown: &'a str,
    width: Option<f32>,
    tone: Option<Tone>,
    badge: Option<&'a Environment>,
    id: Option<Id>,
}

impl<'a> Select<'a> {
    pub fn new(accessible_label: &'a str, shown_text: &'a str) -> Self {
        Self { label: accessible_label, shown: shown_text, width: None, tone: None, badge: None, id: None }
    }

    /// In points; by default as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    pub fn tone(mut self, tone: Option<Tone>) -> Self {
        self.tone = tone;
        self
    }

    /// An environment's badge before the words.
    pub fn badge(mut self, environment: &'a Environment) -> Self {
        self.badge = Some(environment);
        self
    }

    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// A click on an option closes the list.
    pub fn show<R>(self, ui: &mut Ui, add_options: impl FnOnce(&mut Ui) -> R) -> (Response, Option<R>) {
        let palette = theme::of(ui);
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id((self.label, "select")));
        let width = self.width.unwrap_or(f32::INFINITY).min(ui.available_width()).max(64.0);
        let (_, rect) = ui.allocate_space(vec2(width, theme::CONTROL_HEIGHT));
        let response = ui.interact(rect, id, Sense::click());
        let name = format!("{}: {}", self.label, self.shown);
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), &name));
        scroll_to_focused(ui, &response, rect);
        let open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
        field_frame(
            ui,
            rect,
            &FieldFrame {
                tone: self.tone.or(open.then_some(Tone::Accent)),
                focused: response.has_focus(),
                hovered: response.hovered() || open,
                hover_fill: Some(palette.hover),
            },
        );
        let mut left = rect.left() + 11.0;
        if let Some(environment) = self.badge {
            let size = super::badge_size(ui.painter(), &super::environment_word(environment));
            super::paint_environment_badge(ui.painter(), palette, pos2(left + size.x, rect.center().y), environment);
            left += size.x + 8.0;
        }
        let caret = rect.right() - 18.0;
        let at = pos2(left, rect.center().y);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, self.shown, fonts::regular(14.0), palette.text, caret - left - 14.0);
        Icon::CaretDown.paint(ui.painter(), pos2(caret, rect.center().y), 16.0, palette.weak);

        let inner = Popup::menu(&response)
            .align(RectAlign::BOTTOM_START)
            .gap(4.0)
            .width(rect.width())
            .frame(super::menu::popup_frame(ui))
            .close_behavior(PopupCloseBehavior::CloseOnClick)
            .accessible_name(self.label)
            .show(|ui| {
                ui.set_min_width((rect.width() - 14.0).max(180.0));
                ui.spacing_mut().item_spacing.y = 2.0;
                add_options(ui)
            })
            .map(|shown| shown.inner);
        focus_when_closed_by_key(ui, &response, open);
        (response, inner)
    }
}
