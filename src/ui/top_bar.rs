//! The bar at the top: actions for all connections.

use egui::{Align2, CornerRadius, Frame, Margin, Panel, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{
    act::Act,
    actions, fonts,
    icons::Icon,
    palette::CommandPalette,
    settings::SettingsDialog,
    shortcuts::Action,
    state::State,
    text, theme,
    widgets::{Button, icon_button, menu_below, menu_item, paint_key_hint, paint_text},
};

const HEIGHT: f32 = 48.0;
/// The menu button next to *New connection*, and its gap.
const MORE: f32 = 32.0 + 4.0;
/// Below this width, buttons have only icons.
const NARROW: f32 = 860.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, sidebar_width: f32) {
    let palette = theme::of(ui);
    let frame = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(12, 8));
    Panel::top("top bar").exact_size(HEIGHT).resizable(false).frame(frame).show(ui, |ui| {
        let narrow = ui.available_width() < NARROW;
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            brand(ui, narrow, sidebar_width);
            let buttons = if narrow { 32.0 * 3.0 + MORE + 24.0 } else { actions_width(ui) };
            let room = ui.available_width() - buttons - 16.0;
            if room > 60.0 {
                jump_field(ui, state, room.min(335.0));
            }
            ui.add_space((ui.available_width() - buttons).max(8.0));
            actions(ui, state, act, narrow);
        });
    });
}

fn brand(ui: &mut Ui, narrow: bool, sidebar_width: f32) {
    let palette = theme::of(ui);
    let width = if narrow { 36.0 } else { (sidebar_width - 12.0).clamp(140.0, 300.0) };
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::hover());
    Icon::Key.paint(ui.painter(), pos2(rect.left() + 10.0, rect.center().y), 20.0, palette.accent);
    if !narrow {
        let at = pos2(rect.left() + 28.0, rect.center().y);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, text::APP, fonts::semibold(14.0), palette.text, width - 28.0);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, text::APP));
}

/// Looks like a field, opens the palette.
fn jump_field(ui: &mut Ui, state: &mut State, width: f32) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::CONTROL_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text::JUMP));
    let fill = if response.hovered() { palette.hover } else { palette.field };
    ui.painter().rect(rect, CornerRadius::same(theme::RADIUS), fill, Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
    Icon::Search.paint(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), 16.0, palette.weak);
    let mut right = rect.right() - 10.0;
    if width > 180.0 {
        right = paint_key_hint(ui.painter(), palette, pos2(right, rect.center().y), text::JUMP_KEY).left() - 8.0;
    }
    let left = rect.left() + 33.0;
    paint_text(
        ui.painter(),
        pos2(left, rect.center().y),
        Align2::LEFT_CENTER,
        text::JUMP,
        fonts::regular(14.0),
        palette.weak,
        right - left,
    );
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
    }
    if response.clicked() {
        state.dialogs.show(CommandPalette::default());
    }
}

fn test_all_button<'a>() -> Button<'a> {
    Button::secondary(text::TEST_ALL).icon(Icon::Test)
}

fn new_button<'a>() -> Button<'a> {
    Button::primary(text::NEW).icon(Icon::Plus)
}

fn actions_width(ui: &Ui) -> f32 {
    test_all_button().width(ui) + new_button().width(ui) + MORE + 32.0 + 24.0
}

fn actions(ui: &mut Ui, state: &mut State, act: &mut Act, narrow: bool) {
    ui.spacing_mut().item_spacing.x = 12.0;
    let any = state.connections.library().value().is_some_and(|snapshot| !snapshot.entries.is_empty());
    let (test_all, new) = if narrow {
        let test_all = ui.add_enabled_ui(any, |ui| icon_button(ui, Icon::Test, text::TEST_ALL)).inner;
        (test_all, icon_button(ui, Icon::Plus, text::NEW))
    } else {
        (test_all_button().enabled(any).show(ui), new_button().show(ui))
    };
    if test_all.clicked() {
        act.send(state.tests.start_these(&state.connections.saved_ids(), &state.connections, &mut state.sign_ins));
    }
    if new.clicked() {
        act.send(state.connections.new_connection());
    }
    // Close to the button that it belongs to.
    ui.add_space(-8.0);
    let (_, picked) = menu_below(ui, Icon::CaretDown, text::MORE_NEW, |ui| {
        let item = |ui: &mut Ui, action: Action| {
            let entry = action.entry()?;
            menu_item(ui, entry.icon, entry.words, &action.key(ui.ctx()), theme::Tone::Neutral).clicked().then_some(action)
        };
        item(ui, Action::New).or(item(ui, Action::Import))
    });
    if let Some(action) = picked.flatten() {
        actions::perform(ui.ctx(), state, act, action);
    }
    if icon_button(ui, Icon::Settings, text::SETTINGS).clicked() {
        state.dialogs.show(SettingsDialog::new(&state.preferences.settings, state.secrets.home()));
    }
}
