//! The palettes as egui styles, for egui's own widgets: labels, text edits, scroll bars, tooltips, menus.

use std::collections::BTreeMap;

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Painter, Rect, Shadow, Stroke, StrokeKind, Style, TextStyle, Theme,
    ThemePreference, Visuals,
    style::{
        HandleShape, ImeComposition, Interaction, ScrollAnimation, ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets,
    },
    vec2,
};

use super::{DARK, LIGHT, Palette};
use crate::ui::{fonts, widgets};
use brickpass_storage::ThemeChoice;

/// Corner radius of controls, in points.
pub const RADIUS: u8 = 8;
/// Corner radius of cards and dialogs, in points.
pub const CARD_RADIUS: u8 = 12;
/// Height of buttons and single-line fields, in points.
pub const CONTROL_HEIGHT: f32 = 32.0;

/// Sets fonts, both styles and the shown theme. Call it once, at the start.
pub fn install(ctx: &Context, choice: ThemeChoice) {
    fonts::install(ctx);
    widgets::install(ctx);
    ctx.set_style_of(Theme::Dark, style(&DARK, Theme::Dark));
    ctx.set_style_of(Theme::Light, style(&LIGHT, Theme::Light));
    choose(ctx, choice);
}

/// Changes the shown theme; `System` follows the operating system, also while running.
pub fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

/// The line height of running text, in points: 20 for 14, 16 for 12, 28 for 20.
#[must_use]
pub fn body_line(size: f32) -> f32 {
    ((size * 1.4 / 4.0).round() * 4.0).max(16.0)
}

/// The focus ring: 2 points, accent color, just outside the control.
pub fn focus_ring(painter: &Painter, palette: &Palette, rect: Rect, radius: u8) {
    painter.rect_stroke(rect.expand(1.0), CornerRadius::same(radius + 1), Stroke::new(2.0, palette.accent), StrokeKind::Outside);
}

fn style(p: &Palette, theme: Theme) -> Style {
    Style {
        text_styles: text_styles(),
        spacing: spacing(),
        visuals: visuals(p, theme),
        interaction: Interaction { selectable_labels: false, tooltip_delay: 0.4, ..Interaction::default() },
        animation_time: 0.12,
        scroll_animation: ScrollAnimation::none(),
        ..theme.default_style()
    }
}

fn text_styles() -> BTreeMap<TextStyle, FontId> {
    BTreeMap::from([
        (TextStyle::Small, fonts::regular(12.0)),
        (TextStyle::Body, fonts::regular(14.0)),
        (TextStyle::Button, fonts::medium(14.0)),
        (TextStyle::Heading, fonts::semibold(20.0)),
        (TextStyle::Monospace, FontId::new(14.0, FontFamily::Monospace)),
    ])
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(8.0, 8.0),
        window_margin: Margin::same(24),
        menu_margin: Margin::same(6),
        button_padding: vec2(12.0, 4.0),
        indent: 20.0,
        interact_size: vec2(32.0, CONTROL_HEIGHT),
        combo_width: 200.0,
        text_edit_width: 280.0,
        icon_width: 16.0,
        icon_width_inner: 10.0,
        icon_spacing: 8.0,
        tooltip_width: 360.0,
        menu_width: 280.0,
        combo_height: 320.0,
        scroll: ScrollStyle {
            bar_width: 8.0,
            floating_width: 5.0,
            handle_min_length: 32.0,
            bar_inner_margin: 2.0,
            bar_outer_margin: 2.0,
            dormant_handle_opacity: 0.25,
            active_handle_opacity: 0.45,
            interact_handle_opacity: 0.8,
            active_background_opacity: 0.0,
            interact_background_opacity: 0.0,
            fade: egui::style::ScrollFadeStyle { strength: 0.0, size: 0.0 },
            ..ScrollStyle::floating()
        },
        ..Spacing::default()
    }
}

fn visuals(p: &Palette, theme: Theme) -> Visuals {
    let radius = CornerRadius::same(RADIUS);
    let shadow = |offset: i8, blur: u8| Shadow { offset: [0, offset], blur, spread: 0, color: p.shadow };
    Visuals {
        dark_mode: theme == Theme::Dark,
        override_text_color: None,
        weak_text_color: Some(p.weak),
        widgets: widgets(p),
        selection: Selection { bg_fill: p.selected, stroke: Stroke::new(1.0, p.text) },
        ime_composition: ImeComposition {
            active_underline_stroke: Stroke::new(2.0, p.accent),
            inactive_underline_stroke: Stroke::new(1.0, p.weak),
            ..theme.default_visuals().ime_composition
        },
        hyperlink_color: p.accent,
        faint_bg_color: p.surface,
        extreme_bg_color: p.field,
        text_edit_bg_color: Some(p.field),
        code_bg_color: p.hover,
        warn_fg_color: p.warning,
        error_fg_color: p.error,
        window_corner_radius: CornerRadius::same(CARD_RADIUS),
        window_shadow: shadow(16, 48),
        window_fill: p.window,
        window_stroke: Stroke::new(1.0, p.hairline),
        window_highlight_topmost: false,
        menu_corner_radius: radius,
        panel_fill: p.window,
        popup_shadow: shadow(6, 20),
        text_cursor: TextCursorStyle { stroke: Stroke::new(1.5, p.accent), blink: false, ..TextCursorStyle::default() },
        button_frame: true,
        collapsing_header_frame: false,
        indent_has_left_vline: false,
        striped: false,
        slider_trailing_fill: true,
        handle_shape: HandleShape::Circle,
        disabled_alpha: 0.5,
        ..theme.default_visuals()
    }
}

fn widgets(p: &Palette) -> Widgets {
    let of = |fill: Color32, border: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: of(p.surface, p.hairline, p.text),
        inactive: of(p.field, p.control_border, p.text),
        hovered: of(p.hover, p.control_border, p.text),
        active: of(p.selected, p.accent, p.text),
        open: of(p.hover, p.accent, p.text),
    }
}
