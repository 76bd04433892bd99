//! A secret that is shown, not typed: dots around the characters that identify it, until the eye is clicked.

use egui::{Align2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    button::icon_button_at,
    paint::{FieldFrame, field_frame, paint_text},
};
use crate::ui::{fonts, icons::Icon, theme};

const EYE: f32 = 24.0;
/// Shorter secrets are shown as dots only.
const SHORTEST_TOLD: usize = 24;
const ENDS: usize = 4;
const DOTS: usize = 24;

/// Draws the dots; returns whether the eye was clicked. After that, draw [`super::revealed_secret`].
pub fn masked_secret(ui: &mut Ui, secret: &SecretString, accessible_label: &str) -> bool {
    let palette = theme::of(ui);
    let (id, rect) = ui.allocate_space(vec2(ui.available_width().max(96.0), theme::CONTROL_HEIGHT));
    let words = mask(secret.expose_secret());
    let text = ui.interact(rect, id, Sense::hover());
    text.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{accessible_label}, hidden: {words}")));
    field_frame(ui, rect, &FieldFrame::default());
    let room = rect.width() - EYE - 30.0;
    paint_text(
        ui.painter(),
        pos2(rect.left() + 11.0, rect.center().y),
        Align2::LEFT_CENTER,
        &words,
        fonts::regular(14.0),
        palette.text,
        room,
    );
    let eye = Rect::from_center_size(pos2(rect.right() - 6.0 - 0.5 * EYE, rect.center().y), Vec2::splat(EYE));
    icon_button_at(ui, eye, id.with("show"), Icon::Eye, &format!("Show {accessible_label}"), None).clicked()
}

/// `dapi••••••••3f9c`
fn mask(secret: &str) -> String {
    let length = secret.chars().count();
    if length < SHORTEST_TOLD {
        return "•".repeat(DOTS);
    }
    let start = if secret.starts_with("dapi") { "dapi" } else { "" };
    let end: String = secret.chars().skip(length - ENDS).collect();
    format!("{start}{}{end}", "•".repeat(DOTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_tells_the_kind_and_the_end_and_nothing_of_a_short_secret() {
        let secret = format!("dapi{}3f9c", "0123456789abcdef".repeat(2));
        let shown = mask(&secret);
        assert!(shown.starts_with("dapi•") && shown.ends_with("•3f9c"));
        assert!(!shown.contains("0123"));
        assert_eq!(mask("dapi123"), "•".repeat(DOTS));
        assert_eq!(mask(&"x".repeat(40)), format!("{}xxxx", "•".repeat(DOTS)));
    }
}
