//! The service principals of a workspace or an account. Draws only visible rows.

use egui::{Align2, Id, Key, Modifiers, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{NARROW, asking, failed, filter, push_right, quiet, refresh, words};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{PrincipalColumn, State},
    theme,
    widgets::{Button, TABLE_HEADER, TableRows as _, move_keys, paint_row, paint_text, paragraph, row_action, rows_in_view, sort_button},
};
use brickpass_core::failure::Code;
use brickpass_databricks::rest::ServicePrincipal;

const ACTION: f32 = 28.0;

fn table_id() -> Id {
    Id::unique("service principals")
}

/// The places of the columns in a row of this width.
struct Columns {
    name: (f32, f32),
    /// Below the name if there is no room.
    application: Option<(f32, f32)>,
    active: (f32, f32),
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let right = rect.right() - ACTION - 4.0;
        let active = (right - 84.0, right - 8.0);
        let wide = rect.width() >= 560.0;
        let application = (active.0 - 332.0, active.0 - 16.0);
        let name_right = if wide { application.0 - 12.0 } else { active.0 - 8.0 };
        Self {
            name: (rect.left() + 8.0, name_right),
            application: wide.then_some(application),
            active,
            row_height: if wide { 40.0 } else { 52.0 },
        }
    }
}

pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let failure = state.admin.shown(&state.connections).and_then(|admin_data| admin_data.principals.asked.failure()).cloned();
    if let Some(failure) = &failure {
        if failed(ui, state, act, words::PRINCIPALS_FAILED, failure) {
            act.send(state.admin.load(&state.connections));
        }
        if failure.code == Code::Forbidden
            || state.admin.shown(&state.connections).is_some_and(|admin_data| !admin_data.principals.is_known())
        {
            return;
        }
    }
    if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.principals.is_known()) {
        toolbar(ui, state, act);
        if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.principals.table_model.shown_count() > 0) {
            header(ui, state);
        }
    }
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(admin_data) = state.admin.shown(&state.connections) else { return };
    let failure = admin_data.principals.asked.failure();
    if failure.is_some_and(|failure| failure.code == Code::Forbidden) {
        return;
    }
    if !admin_data.principals.is_known() {
        if failure.is_none() {
            asking(ui, words::ASKING_PRINCIPALS);
        }
        return;
    }
    let (shown, all) = (admin_data.principals.table_model.shown_count(), admin_data.principals.table_model.records().len());
    if all == 0 {
        quiet(ui, words::NO_PRINCIPALS);
        return;
    }
    if shown == 0 {
        quiet(ui, words::NO_PRINCIPAL_MATCHES);
    } else {
        rows(ui, state, act);
    }
    ui.add_space(12.0);
    paragraph(ui, &words::principal_count(shown, all), fonts::regular(12.0), theme::of(ui).weak);
}

fn toolbar(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        let new = Button::primary(if narrow { words::NEW_PRINCIPAL_SHORT } else { words::NEW_PRINCIPAL_BUTTON }).icon(Icon::Plus);
        let gap = ui.spacing().item_spacing.x;
        let width = (ui.available_width() - theme::CONTROL_HEIGHT - new.width(ui) - 2.0 * gap).min(260.0);
        let Some(admin_data) = state.admin.shown_mut(&state.connections) else { return };
        let waits = admin_data.principals.asked.waits();
        let mut sought = admin_data.principals.table_model.filter().to_owned();
        let id = Id::unique("filter service principals");
        filter(ui, &mut sought, id, words::FILTER_PRINCIPALS, words::FILTER_PRINCIPALS, width, table_id());
        admin_data.principals.table_model.set_filter(sought);
        refresh(ui, state, act, waits, words::ASKING_PRINCIPALS);
        push_right(ui, new.width(ui), false);
        if new.show(ui).clicked() {
            act.send(state.admin.ask_for_new_principal(&state.view, &state.connections));
        }
    });
}

fn header(ui: &mut Ui, state: &mut State) {
    let Some(table_model) = state.admin.shown_mut(&state.connections).map(|admin_data| &mut admin_data.principals.table_model) else {
        return;
    };
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TABLE_HEADER));
    let columns = Columns::of(rect);
    for (column, title, place) in [
        (PrincipalColumn::Name, words::NAME, Some(columns.name)),
        (PrincipalColumn::ApplicationId, words::APPLICATION_ID, columns.application),
        (PrincipalColumn::Active, words::STATE, Some(columns.active)),
    ] {
        let Some((left, _)) = place else { continue };
        let sorted = (table_model.sort().0 == column).then_some(table_model.sort().1);
        if sort_button(ui, table_id().with(("sort", column)), rect, left, title, sorted).clicked() {
            table_model.sort_by(column);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::of(ui).hairline));
}

fn rows(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(table_model) = state.admin.shown_mut(&state.connections).map(|admin_data| &mut admin_data.principals.table_model) else {
        return;
    };
    let height = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 1.0))).row_height;
    let view = rows_in_view(ui, table_id(), words::PRINCIPALS, height, table_model, |table_model, at| table_model.row(at).map(row_id));
    move_keys(ui, &view.focus, height, table_model);
    let mut open = None;
    let opens = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if view.focus.has_focus() && (opens(Key::Enter) || opens(Key::Space)) {
        open = table_model.row(table_model.cursor_row()).map(|principal| principal.id.clone());
    }
    let mut copy = None;
    for at in view.rows.clone() {
        let Some(principal) = table_model.row(at) else { continue };
        let at_cursor = view.focus.has_focus() && at == table_model.cursor_row();
        match row(ui, view.place(at), principal, at_cursor) {
            Some(Wish::Open) => open = Some(principal.id.clone()),
            Some(Wish::Copy) => copy = Some(principal.client_id.as_str().to_owned()),
            None => {}
        }
    }
    if let Some(words) = copy {
        Act::copy(ui.ctx(), state, words);
    }
    if let Some((principal_id, id)) = open.zip(state.connections.administered()) {
        act.send(state.admin.open_principal(id, &principal_id, &state.connections, &state.tests));
        ui.ctx().request_repaint();
    }
}

/// A row keeps its ID while it scrolls.
fn row_id(principal: &ServicePrincipal) -> Id {
    Id::unique(("row of a service principal", &principal.id))
}

enum Wish {
    Open,
    Copy,
}

fn row(ui: &Ui, rect: Rect, principal: &ServicePrincipal, at_cursor: bool) -> Option<Wish> {
    let palette = theme::of(ui);
    let response = ui.interact(rect, row_id(principal), Sense::CLICK);
    let (active, tone) = words::active(principal.active);
    response.widget_info(|| {
        let all = format!("{}, {}, {active}", principal.name, principal.client_id.as_str());
        WidgetInfo::labeled(Role::ListBoxOption, ui.is_enabled(), all)
    });
    paint_row(ui, rect, &response, false, at_cursor);
    let columns = Columns::of(rect);
    let middle = rect.center().y;
    let cell = |(left, right): (f32, f32), y: f32, words: &str, font, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, font, colour, right - left);
    };
    let id = principal.client_id.as_str();
    if let Some(place) = columns.application {
        cell(columns.name, middle, &principal.name, fonts::medium(14.0), palette.text);
        cell(place, middle, id, fonts::regular(14.0), palette.weak);
    } else {
        cell(columns.name, middle - 9.0, &principal.name, fonts::medium(14.0), palette.text);
        cell(columns.name, middle + 10.0, id, fonts::regular(12.0), palette.weak);
    }
    let colour = if principal.active { palette.tone(tone) } else { palette.weak };
    cell(columns.active, middle, active, fonts::regular(14.0), colour);
    let place = Rect::from_center_size(pos2(rect.right() - 4.0 - ACTION / 2.0, middle), vec2(ACTION, ACTION));
    if row_action(ui, place, row_id(principal).with("copy"), Icon::Copy, &format!("{} of {}", words::COPY_APPLICATION_ID, principal.name)) {
        Some(Wish::Copy)
    } else {
        response.clicked().then_some(Wish::Open)
    }
}
