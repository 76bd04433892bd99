//! The tokens of all users of a workspace. Draws only visible rows.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{NARROW, asking, failed, filter, push_right, quiet, refresh, rules, words};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{AdminData, State, UserColumn},
    text::tokens as token_words,
    theme::{self, Tone},
    widgets::{
        Button, TABLE_HEADER, TableRows as _, move_keys, paint_row, paint_text, paint_tick, paragraph, row_action, rows_in_view,
        sort_button, tick_all_box, tick_keys,
    },
};
use brickpass_core::failure::Code;
use brickpass_databricks::rest::UserToken;

const CHECK: f32 = 36.0;
const ACTION: f32 = 28.0;

pub fn table_id() -> Id {
    Id::unique("tokens of all users")
}

/// The places of the columns in a row of this width.
struct Columns {
    owner: (f32, f32),
    comment: Option<(f32, f32)>,
    created: Option<(f32, f32)>,
    /// All below the owner if there is no room.
    expires: Option<(f32, f32)>,
    last_used: Option<(f32, f32)>,
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let mut right = rect.right() - ACTION - 4.0;
        let mut column = |wanted: f32, fits: bool| {
            fits.then(|| {
                right -= wanted;
                (right, right + wanted - 12.0)
            })
        };
        let width = rect.width();
        let last_used = column(104.0, width >= 760.0);
        let expires = column(116.0, width >= 520.0);
        let created = column(108.0, width >= 640.0);
        let left = rect.left() + CHECK;
        let wide = expires.is_some();
        let half = left + (right - left) * 0.5;
        Self {
            owner: (left, if wide { half - 12.0 } else { right }),
            comment: wide.then_some((half, right - 12.0)),
            created,
            expires,
            last_used,
            row_height: if wide { 40.0 } else { 52.0 },
        }
    }
}

pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(admin_data) = state.admin.shown(&state.connections) else { return };
    // Non-administrators read this only once.
    let forbidden = admin_data.rules.failure().is_some_and(|failure| failure.code == Code::Forbidden);
    let also_forbidden = admin_data.tokens.asked.failure().is_some_and(|failure| failure.code == Code::Forbidden);
    rules::show(ui, state, act);
    if forbidden && (also_forbidden || !state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.tokens.is_known())) {
        return;
    }
    ui.add_space(4.0);
    let failure = state.admin.shown(&state.connections).and_then(|admin_data| admin_data.tokens.asked.failure()).cloned();
    if let Some(failure) = failure
        && failed(ui, state, act, words::TOKENS_FAILED, &failure)
    {
        act.send(state.admin.load(&state.connections));
    }
    if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.tokens.is_known()) {
        toolbar(ui, state, act);
        if state.admin.shown(&state.connections).is_some_and(|admin_data| admin_data.tokens.table_model.shown_count() > 0) {
            header(ui, state);
        }
    }
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(admin_data) = state.admin.shown(&state.connections) else { return };
    if !admin_data.tokens.is_known() {
        if admin_data.tokens.asked.failure().is_none() {
            asking(ui, words::ASKING_TOKENS);
        }
        return;
    }
    let (shown, all) = (admin_data.tokens.table_model.shown_count(), admin_data.tokens.table_model.records().len());
    if all == 0 {
        quiet(ui, words::NO_TOKENS);
        return;
    }
    if shown == 0 {
        quiet(ui, token_words::NO_MATCH);
    } else {
        rows(ui, state, act);
    }
    ui.add_space(12.0);
    let count = token_words::count(shown, all);
    paragraph(ui, &format!("{count} {}", token_words::AUTO_REVOKED), fonts::regular(12.0), theme::of(ui).weak);
}

fn toolbar(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let narrow = ui.available_width() < NARROW;
    let chosen = state.admin.shown(&state.connections).map_or(0, |admin_data| admin_data.tokens.table_model.ticked_count());
    let width = if narrow { ui.available_width() - theme::CONTROL_HEIGHT - 8.0 } else { 260.0 };
    ui.horizontal(|ui| {
        let Some(admin_data) = state.admin.shown_mut(&state.connections) else { return };
        let waits = admin_data.tokens.asked.waits();
        let mut sought = admin_data.tokens.table_model.filter().to_owned();
        let id = Id::unique("filter tokens of all users");
        filter(ui, &mut sought, id, words::FILTER_TOKENS, words::FILTER_HINT, width, table_id());
        admin_data.tokens.table_model.set_filter(sought);
        refresh(ui, state, act, waits, words::ASKING_TOKENS);
        if !narrow && chosen > 0 {
            chosen_buttons(ui, state, act, chosen, false);
        }
    });
    if narrow && chosen > 0 {
        ui.horizontal_wrapped(|ui| chosen_buttons(ui, state, act, chosen, true));
    }
}

fn chosen_buttons(ui: &mut Ui, state: &mut State, act: &mut Act, chosen: usize, narrow: bool) {
    let none = Button::ghost(token_words::SELECT_NONE);
    let revoke_words = token_words::revoke(chosen);
    let revoke = if state.admin.shown(&state.connections).is_some_and(AdminData::is_revoking) {
        Button::danger(token_words::REVOKING).busy(true).enabled(false)
    } else {
        Button::danger(&revoke_words).icon(Icon::Trash)
    };
    push_right(ui, none.width(ui) + ui.spacing().item_spacing.x + revoke.width(ui), narrow);
    if none.show(ui).clicked()
        && let Some(admin_data) = state.admin.shown_mut(&state.connections)
    {
        admin_data.tokens.table_model.tick_none();
    }
    if revoke.show(ui).clicked() {
        act.send(state.admin.ask_to_revoke_tokens(&state.view, &state.connections));
    }
}

/// The column headers, which sort. Without room for columns, they are side by side.
fn header(ui: &mut Ui, state: &mut State) {
    let Some(table_model) = state.admin.shown_mut(&state.connections).map(|admin_data| &mut admin_data.tokens.table_model) else { return };
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TABLE_HEADER));
    if tick_all_box(ui, table_id().with("all"), rect, table_model.all_shown_ticked(), token_words::SELECT_ALL) {
        table_model.tick_all();
    }
    let columns = Columns::of(rect);
    let mut left = rect.left() + CHECK;
    for (column, title, place) in [
        (UserColumn::Owner, words::OWNER, Some(columns.owner)),
        (UserColumn::Comment, token_words::COMMENT, columns.comment),
        (UserColumn::Created, token_words::CREATED, columns.created),
        (UserColumn::Expires, token_words::EXPIRES, columns.expires),
        (UserColumn::LastUsed, words::LAST_USED, columns.last_used),
    ] {
        let at = if columns.expires.is_some() {
            let Some((from, _)) = place else { continue };
            from
        } else if left + 64.0 > rect.right() {
            continue;
        } else {
            left
        };
        let sorted = (table_model.sort().0 == column).then_some(table_model.sort().1);
        let cell = sort_button(ui, table_id().with(("sort", column)), rect, at, title, sorted);
        left = cell.rect.right() + 4.0;
        if cell.clicked() {
            table_model.sort_by(column);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::of(ui).hairline));
}

enum Wish {
    Tick(usize),
    TickTo(usize),
    Revoke(usize),
}

fn rows(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let zone = state.preferences.zone.0.clone();
    let Some(table_model) = state.admin.shown_mut(&state.connections).map(|admin_data| &mut admin_data.tokens.table_model) else { return };
    let columns = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 1.0)));
    let height = columns.row_height;
    let view = rows_in_view(ui, table_id(), words::TABLE, height, table_model, |table_model, at| table_model.row(at).map(row_id));
    move_keys(ui, &view.focus, height, table_model);
    tick_keys(ui, &view.focus, table_model);
    let mut wish = None;
    for at in view.rows.clone() {
        let Some(token) = table_model.row(at) else { continue };
        let told = Told {
            created: token_words::date(token.token.created_at, &zone),
            expires: token_words::expires(token.token.expires_at, act.now),
            last_used: words::last_used(token.token.last_used, act.now, &zone),
            ticked: table_model.is_ticked(&token.token.id),
            at_cursor: view.focus.has_focus() && at == table_model.cursor_row(),
        };
        if let Some(wished) = row(ui, view.place(at), at, token, &told) {
            wish = Some(wished);
            ui.memory_mut(|memory| memory.request_focus(table_id()));
        }
    }
    match wish {
        None => {}
        Some(Wish::Tick(at)) => table_model.tick(at),
        Some(Wish::TickTo(at)) => table_model.tick_to(at),
        Some(Wish::Revoke(at)) => act.send(state.admin.ask_to_revoke_row(at, &state.connections)),
    }
}

/// A row keeps its ID while it scrolls.
fn row_id(token: &UserToken) -> Id {
    Id::unique(("row of a user's token", &token.token.id))
}

/// The texts of a row besides owner and comment.
struct Told {
    created: String,
    expires: (String, Tone),
    last_used: String,
    ticked: bool,
    at_cursor: bool,
}

fn row(ui: &Ui, rect: Rect, at: usize, token: &UserToken, told: &Told) -> Option<Wish> {
    let comment = token_words::comment(&token.token.comment);
    let response = ui.interact(rect, row_id(token), Sense::CLICK);
    response.widget_info(|| {
        let all = format!("{}, {comment}, created {}, expires {}, last used {}", token.owner, told.created, told.expires.0, told.last_used);
        WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), told.ticked, all)
    });
    paint_row(ui, rect, &response, told.ticked, told.at_cursor);
    paint_tick(ui, rect, told.ticked, false);
    cells(ui, rect, token, comment, told);
    let place = Rect::from_center_size(pos2(rect.right() - 4.0 - ACTION / 2.0, rect.center().y), vec2(ACTION, ACTION));
    if row_action(ui, place, row_id(token).with("revoke"), Icon::Trash, &words::revoke_row(comment, &token.owner)) {
        Some(Wish::Revoke(at))
    } else if response.clicked() {
        let shift = ui.input(|input| input.modifiers.shift);
        Some(if shift { Wish::TickTo(at) } else { Wish::Tick(at) })
    } else {
        None
    }
}

fn cells(ui: &Ui, rect: Rect, token: &UserToken, comment: &str, told: &Told) {
    let palette = theme::of(ui);
    let columns = Columns::of(rect);
    let middle = rect.center().y;
    let colour_of = |tone| if tone == Tone::Neutral { palette.weak } else { palette.tone(tone) };
    let cell = |(left, right): (f32, f32), y: f32, words: &str, font, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, font, colour, right - left)
    };
    let (ends, tone) = &told.expires;
    let (left, right) = columns.owner;
    let Some(place) = columns.comment else {
        cell((left, right), middle - 9.0, &token.owner, fonts::medium(14.0), palette.text);
        let told_expiry = format!("{} {ends}", token_words::EXPIRES);
        let drawn = cell((left, right), middle + 10.0, &told_expiry, fonts::regular(12.0), colour_of(*tone));
        cell((drawn.right(), right), middle + 10.0, &format!(", {comment}"), fonts::regular(12.0), palette.weak);
        return;
    };
    cell((left, right), middle, &token.owner, fonts::medium(14.0), palette.text);
    cell(place, middle, comment, fonts::regular(14.0), palette.weak);
    let columns_of_days = [
        (columns.created, &told.created, palette.weak),
        (columns.expires, ends, colour_of(*tone)),
        (columns.last_used, &told.last_used, palette.weak),
    ];
    for (place, words, colour) in columns_of_days {
        if let Some(place) = place {
            cell(place, middle, words, fonts::regular(14.0), colour);
        }
    }
}
