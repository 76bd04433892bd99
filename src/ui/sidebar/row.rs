//! One connection in the list.

use std::borrow::Cow;

use egui::{Align2, CornerRadius, Id, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};
use jiff::Timestamp;

use super::list_id;
use crate::ui::state::Output;
use crate::ui::state::ask_quietly;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    shortcuts::Action,
    state::{Item, RowStatus, State},
    text,
    theme::{self, Tone},
    widgets::{context_menu, environment_word, menu_item, menu_separator, paint_environment_badge, paint_status_icon, paint_text},
};
use brickpass_core::connection::{ConnectionId, Environment, Field, Status};
use brickpass_engine::OpenInBrowser;

pub fn row_id(id: ConnectionId) -> Id {
    Id::unique(("connection row", id))
}

/// Deep folders are not indented further, so that names keep room.
pub fn indent(depth: usize) -> f32 {
    depth.min(4) as f32 * 14.0
}

pub fn show(ui: &mut Ui, rect: Rect, state: &mut State, act: &mut Act, item: usize, depth: usize) {
    let Some(item) = state.connections.list.item(item) else { return };
    let id = item.id;
    let response = ui.interact(rect, row_id(id), Sense::CLICK);
    let selected = state.connections.selection.contains(id);
    paint(ui, rect, state, item, &response, (selected, indent(depth), act.now));
    if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        act.send(clicked(state, id, modifiers));
        ui.memory_mut(|memory| memory.request_focus(list_id()));
    }
    if response.double_clicked() {
        state.view.focus = Some(Field::Name);
    }
    if response.secondary_clicked() && !selected {
        act.send(state.connections.select(id));
    }
    context_menu(&response, text::MORE, ui, |ui| menu(ui, state, act, id));
}

fn clicked(state: &mut State, id: ConnectionId, modifiers: Modifiers) -> Output {
    if modifiers.command {
        state.connections.toggle_selected(id)
    } else if modifiers.shift {
        state.connections.select_to(id)
    } else {
        state.connections.select(id)
    }
}

fn paint(ui: &Ui, rect: Rect, state: &State, item: &Item, response: &Response, (selected, indent, now): (bool, f32, Timestamp)) {
    let palette = theme::of(ui);
    let name = state.connections.name_of(item.id);
    let environment = state.connections.environment_of(item.id);
    let unsaved = item.entry.is_none() || state.connections.is_unsaved(item.id);
    let (status, words, testing) = row_status(state, item.id, now);
    let typed = typed_host(state, item);
    let host = match &typed {
        Some(host) => host,
        None if item.host.is_empty() => text::NO_ADDRESS,
        None => &item.host,
    };
    response.widget_info(|| {
        let unsaved = if unsaved { format!(", {}", text::UNSAVED) } else { String::new() };
        let all = format!("{name}, {}, {host}, {words}{unsaved}", environment_word(&environment));
        WidgetInfo::selected(Role::ListBoxOption, ui.is_enabled(), selected, all)
    });

    let radius = CornerRadius::same(theme::RADIUS);
    if selected {
        ui.painter().rect_filled(rect, radius, palette.selected);
        if state.connections.selection.shown() == Some(item.id) && ui.memory(|memory| memory.has_focus(list_id())) {
            ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, palette.hover);
    }

    let (first, second) = (rect.top() + 16.0, rect.top() + 34.0);
    let left = rect.left() + 36.0 + indent;
    let right = rect.right() - 8.0;
    let icon = pos2(rect.left() + 18.0 + indent, rect.top() + 15.0);
    match status {
        Some(status) => paint_status_icon(ui, icon, status, testing),
        None => Icon::Failed.paint(ui.painter(), icon, 16.0, palette.error),
    }
    let badge = paint_environment_badge(ui.painter(), palette, pos2(right, first), &short(&environment));
    let mut room = badge.left() - left - 8.0;
    if unsaved {
        room -= 14.0;
    }
    let drawn = paint_text(ui.painter(), pos2(left, first), Align2::LEFT_CENTER, name, fonts::medium(14.0), palette.text, room);
    if unsaved {
        ui.painter().circle_filled(pos2(drawn.right() + 9.0, first), 3.0, palette.accent);
    }
    let most = (rect.width() - 36.0) * 0.55;
    let state_word = paint_text(ui.painter(), pos2(right, second), Align2::RIGHT_CENTER, &words, fonts::regular(12.0), palette.weak, most);
    let room = state_word.left() - left - 6.0;
    paint_text(ui.painter(), pos2(left, second), Align2::LEFT_CENTER, host, fonts::regular(12.0), palette.weak, room);
}

/// A long custom environment leaves room for the name.
fn short(environment: &Environment) -> Cow<'_, Environment> {
    match environment {
        Environment::Own(word) if word.chars().count() > 10 => {
            let start: String = word.chars().take(8).collect();
            Cow::Owned(Environment::Own(format!("{}\u{2026}", start.trim_end())))
        }
        short => Cow::Borrowed(short),
    }
}

/// An unsaved connection has its address from the form.
fn typed_host(state: &State, item: &Item) -> Option<String> {
    let pasted = state.connections.form(item.id).filter(|_| item.entry.is_none())?.pasted()?;
    Some(pasted.base_url.host().to_owned())
}

/// The shape (`None`: the test could not run), the words, and whether a test is running.
fn row_status(state: &State, id: ConnectionId, now: Timestamp) -> (Option<Status>, String, bool) {
    match state.tests.status(id, &state.connections) {
        RowStatus::Untested => (Some(Status::Untested), text::NOT_TESTED.to_owned(), false),
        RowStatus::Waiting => (Some(Status::Untested), text::WAITING.to_owned(), false),
        RowStatus::Testing(_) => (Some(Status::Untested), text::TESTING.to_owned(), true),
        RowStatus::Known(last) => (Some(last.state), text::row_state(last, state.tokens.days_left(id, now)), false),
        RowStatus::Broken => (None, text::TEST_BROKEN.to_owned(), false),
    }
}

/// The menu of a connection, or of all selected ones.
pub fn menu(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let many = state.connections.selection.count() > 1 && state.connections.selection.contains(id);
    if menu_item(ui, Icon::Test, text::TEST, &Action::Test.key(ui.ctx()), Tone::Neutral).clicked() {
        act.send(state.test());
    }
    if !many {
        signing_in(ui, state, act, id);
        one(ui, state, act, id);
    }
    menu_separator(ui);
    if menu_item(ui, Icon::Trash, text::DELETE, &Action::Delete.key(ui.ctx()), Tone::Error).clicked() {
        let ids = if many { state.connections.selection.all() } else { vec![id] };
        act.send(state.delete(&ids, act.now));
    }
}

fn signing_in(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    if state.connections.uses_browser(id) {
        let has_user = matches!(state.sign_ins.signed_in(id, &state.connections), Some(Some(_)));
        let words = if has_user { text::SIGN_IN_AGAIN } else { text::SIGN_IN };
        if menu_item(ui, Icon::SignIn, words, &Action::SignIn.key(ui.ctx()), Tone::Neutral).clicked() {
            act.send(state.sign_in_to(id));
        }
        if state.sign_ins.can_sign_out(id, &state.connections)
            && menu_item(ui, Icon::Lock, text::SIGN_OUT, &Action::SignOut.key(ui.ctx()), Tone::Neutral).clicked()
        {
            act.send(state.connections.select(id));
            act.send(state.sign_ins.sign_out(&state.connections));
        }
    }
    if state.connections.can_add_workspaces(id)
        && menu_item(ui, Icon::PlusCircle, text::ADD_WORKSPACES, &Action::AddWorkspaces.key(ui.ctx()), Tone::Neutral).clicked()
    {
        act.send(state.connections.ask_for_workspaces(id, &state.tests));
    }
}

fn one(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    if menu_item(ui, Icon::Edit, text::RENAME, &Action::Rename.key(ui.ctx()), Tone::Neutral).clicked() {
        act.send(state.connections.select(id));
        state.view.focus = Some(Field::Name);
    }
    if menu_item(ui, Icon::Copy, text::DUPLICATE, &Action::Duplicate.key(ui.ctx()), Tone::Neutral).clicked() {
        act.send(state.connections.select(id));
        act.send(state.connections.duplicate());
    }
    let pinned = state.connections.list.find(id).is_some_and(|item| item.pinned);
    let (icon, words) = if pinned { (Icon::PinFilled, text::UNPIN) } else { (Icon::Pin, text::PIN) };
    if menu_item(ui, icon, words, &Action::TogglePin.key(ui.ctx()), Tone::Neutral).clicked() {
        act.send(state.connections.toggle_pinned(id));
    }
    let address = state.connections.entry(id).map(|entry| entry.connection.base_url.origin());
    if let Some(address) = address {
        menu_separator(ui);
        if menu_item(ui, Icon::Copy, text::COPY_ADDRESS, &Action::CopyAddress.key(ui.ctx()), Tone::Neutral).clicked() {
            Act::copy(ui.ctx(), state, address.clone());
        }
        if menu_item(ui, Icon::OpenInBrowser, text::OPEN, &Action::OpenWorkspace.key(ui.ctx()), Tone::Neutral).clicked() {
            act.send(ask_quietly(OpenInBrowser { address: address.into() }));
        }
    }
}
