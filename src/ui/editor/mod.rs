//! The main part of the window: one connection with its form and its test.

mod auth_rows;
mod fields;
mod form;
mod header;
mod sign_in_rows;

use egui::{Frame, Id, Margin, ScrollArea, Ui, UiBuilder, Vec2, vec2};

#[cfg(test)]
pub use fields::field_id;
pub use fields::secret_id;

use super::{
    act::Act,
    activity, admin, export, fonts,
    icons::Icon,
    state::{Page, State},
    test_panel, text,
    theme::{self, Tone},
    tokens,
    widgets::{Button, card, paragraph, spinner, tabs, truncated_label},
};
use crate::ui::state::start;

/// From this width of the main part on, the test is next to the form.
const WIDE: f32 = 900.0;
const SIDE: f32 = 24.0;
const GAP: f32 = 28.0;
/// Below this height, the head scrolls with the rest.
const SHORT: f32 = 520.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    egui::CentralPanel::no_frame().frame(Frame::new().fill(palette.window)).show(ui, |ui| {
        if state.activity.is_alone(&state.connections.selection) {
            activity::alone(ui, state, act);
        } else if state.connections.selection.count() > 1 {
            many(ui, state, act);
        } else if state.connections.shown_form().is_some() {
            one(ui, state, act);
        } else {
            nothing(ui, state, act);
        }
    });
}

fn one(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if state.view.focus.is_some() || state.view.show_test == Some(true) {
        act.send(state.show_page(Page::Connection));
    }
    let whole = ui.available_rect_before_wrap();
    let side = if whole.width() < 480.0 { 16 } else { SIDE as i8 };
    let margin = Margin { left: side, right: side, top: 20, bottom: 0 };
    if whole.height() >= SHORT {
        Frame::new().inner_margin(margin).show(ui, |ui| head(ui, state, act));
    }
    let (above, below): (Part, Part) = match state.view.page() {
        Page::Connection => return connection_page(ui, state, act, whole, margin),
        Page::Tokens => (tokens::above, tokens::below),
        Page::Export if whole.height() >= SHORT && whole.width() >= export::WIDE => return export::beside(ui, state, act, side),
        Page::Export => (export::above, export::below),
        Page::Administration => (admin::above, admin::below),
        Page::Activity => (activity::above, activity::below),
    };
    page(ui, state, act, whole.height() < SHORT, margin, above, below);
}

/// The contents of a tab.
type Part = fn(&mut Ui, &mut State, &mut Act);

fn connection_page(ui: &mut Ui, state: &mut State, act: &mut Act, whole: egui::Rect, margin: Margin) {
    let shown = state.connections.selection.shown();
    ScrollArea::vertical().id_salt(("form", shown)).auto_shrink(false).show(ui, |ui| {
        if whole.height() < SHORT {
            Frame::new().inner_margin(margin).show(ui, |ui| head(ui, state, act));
        }
        let margin = Margin { top: 16, bottom: 24, ..margin };
        let wide = whole.width() >= WIDE;
        Frame::new().inner_margin(margin).show(ui, |ui| if wide { beside(ui, state, act) } else { below(ui, state, act) });
    });
}

fn head(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 0.0;
    header::show(ui, state, act);
    ui.add_space(12.0);
    let mut at = Page::ALL.iter().position(|page| *page == state.view.page()).unwrap_or_default();
    if tabs(ui, &mut at, &Page::ALL.map(Page::title))
        && let Some(page) = Page::ALL.get(at)
    {
        act.send(state.show_page(*page));
    }
}

/// In a short window everything scrolls, otherwise only the rows.
fn page(ui: &mut Ui, state: &mut State, act: &mut Act, short: bool, head_margin: Margin, above: Part, below: Part) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let margin = Margin { top: 16, ..head_margin };
    if !short {
        Frame::new().inner_margin(margin).show(ui, |ui| above(ui, state, act));
    }
    ScrollArea::vertical().id_salt((state.view.page().title(), state.connections.selection.shown())).auto_shrink(false).show(ui, |ui| {
        if short {
            Frame::new().inner_margin(head_margin).show(ui, |ui| head(ui, state, act));
            Frame::new().inner_margin(margin).show(ui, |ui| above(ui, state, act));
        }
        let margin = Margin { top: 0, bottom: 24, ..margin };
        Frame::new().inner_margin(margin).show(ui, |ui| below(ui, state, act));
    });
}

fn beside(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let whole = ui.available_rect_before_wrap();
    let panel = (whole.width() * 0.365).clamp(320.0, 420.0);
    let form = (whole.width() - panel - GAP).min(640.0);
    let left = egui::Rect::from_min_size(whole.min, vec2(form, whole.height()));
    let right = egui::Rect::from_min_size(whole.min + vec2(form + GAP, 0.0), vec2(panel, whole.height()));
    let left = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| form::show(ui, state, act)).response.rect;
    let right = ui.scope_builder(UiBuilder::new().max_rect(right), |ui| test_panel::show(ui, state, act)).response.rect;
    ui.advance_cursor_after_rect(left.union(right));
}

fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.set_max_width(ui.available_width().min(640.0));
    form::show(ui, state, act);
    ui.add_space(16.0);
    test_panel::show(ui, state, act);
}

/// The maximum number of selected connections named here.
const MAX_NAMES: usize = 8;

/// Several are selected: their names, and the actions for all of them.
fn many(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let all = state.connections.selection.all();
    let mut names: Vec<String> = all.iter().map(|id| state.connections.name_of(*id).to_owned()).collect();
    names.sort_by_key(|name| name.to_lowercase());
    let more = names.len().saturating_sub(MAX_NAMES);
    let lines = (names.len() - more + usize::from(more > 0)) as f32;
    middle(ui, vec2(312.0, 108.0 + 20.0 * lines), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        paragraph(ui, &text::selected(all.len()), fonts::semibold(20.0), theme::of(ui).text);
        ui.add_space(8.0);
        for name in names.iter().take(MAX_NAMES) {
            let (colour, width) = (theme::of(ui).weak, ui.available_width());
            truncated_label(ui, name, fonts::regular(14.0), colour, width);
        }
        if more > 0 {
            paragraph(ui, &text::and_more(more), fonts::regular(14.0), theme::of(ui).weak);
        }
        ui.add_space(16.0);
        ui.horizontal(|ui| {
            if Button::primary(text::TEST_MANY).icon(Icon::Test).show(ui).clicked() {
                act.send(state.test());
            }
            if Button::danger(text::DELETE_MANY).icon(Icon::Trash).show(ui).clicked() {
                act.send(state.delete(&state.connections.selection.all(), act.now));
            }
        });
    });
}

fn nothing(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let palette = theme::of(ui);
    middle(ui, vec2(480.0, 140.0), |ui| {
        if let Some(failure) = state.connections.library().failure().cloned() {
            card(ui, Some(Tone::Error), |ui| {
                test_panel::failure_lines(ui, &failure);
                ui.add_space(12.0);
                if Button::primary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
                    act.send(start());
                }
            });
        } else if state.connections.library().value().is_none() {
            ui.horizontal(|ui| {
                spinner(ui, text::LOADING);
                paragraph(ui, text::LOADING, fonts::regular(14.0), palette.weak);
            });
        } else {
            paragraph(ui, text::NOTHING_SELECTED, fonts::regular(14.0), palette.weak);
        }
    });
}

fn middle<R>(ui: &mut Ui, size: Vec2, add_contents: impl FnOnce(&mut Ui) -> R) {
    let whole = ui.available_rect_before_wrap();
    let size = size.min(whole.size() - Vec2::splat(32.0)).max(Vec2::splat(1.0));
    let place = egui::Rect::from_center_size(whole.center(), size);
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt(Id::unique("middle")), add_contents);
}
