//! The table of tokens. Draws only visible rows.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::table_id;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Column, Listed, State},
    text::tokens as words,
    theme::{self, Tone},
    widgets::{
        TABLE_HEADER, TableRows as _, Tip as _, move_keys, paint_row, paint_text, paint_tick, row_action, rows_in_view, sort_button,
        sort_button_width, tick_all_box, tick_keys,
    },
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::Token;

const CHECK: f32 = 36.0;
const ACTION: f32 = 28.0;

/// The places of the columns in a row of this width.
struct Columns {
    comment: (f32, f32),
    /// Below the comment if there is no room.
    created: Option<(f32, f32)>,
    expires: Option<(f32, f32)>,
    /// If the workspace reports it.
    last_used: Option<(f32, f32)>,
    used_by: Option<(f32, f32)>,
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect, tells_last_use: bool) -> Self {
        let mut right = rect.right() - 2.0 * ACTION - 4.0;
        let mut column = |wanted: f32, fits: bool| {
            fits.then(|| {
                right -= wanted;
                (right, right + wanted - 12.0)
            })
        };
        let width = rect.width();
        let used_by = column(136.0, width >= if tells_last_use { 800.0 } else { 680.0 });
        let last_used = column(112.0, tells_last_use && width >= 640.0);
        let expires = column(148.0, width >= 520.0);
        let created = column(120.0, width >= 520.0);
        let (row_height, gap) = if expires.is_some() { (40.0, 12.0) } else { (52.0, 0.0) };
        Self { comment: (rect.left() + CHECK, right - gap), created, expires, last_used, used_by, row_height }
    }
}

/// The column headers, which sort. Without room for columns, they are side by side.
pub fn header(ui: &mut Ui, state: &mut State, id: ConnectionId) {
    let Some(table) = state.tokens.table_mut(id) else { return };
    let palette = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TABLE_HEADER));
    let all = table.table_model.all_shown_ticked();
    if tick_all_box(ui, table_id().with("all"), rect, all, words::SELECT_ALL) {
        table.table_model.tick_all();
    }
    let columns = Columns::of(rect, table.tells_last_use());
    let mut left = rect.left() + CHECK;
    let last_used = table.tells_last_use().then_some((Column::LastUsed, words::LAST_USED, columns.last_used));
    for (column, title, place) in [
        (Column::Comment, words::COMMENT, Some(columns.comment)),
        (Column::Created, words::CREATED, columns.created),
        (Column::Expires, words::EXPIRES, columns.expires),
    ]
    .into_iter()
    .chain(last_used)
    .chain([(Column::InUse, words::USED_BY, columns.used_by)])
    {
        let at = if columns.expires.is_some() {
            let Some((from, _)) = place else { continue };
            from
        } else {
            left
        };
        let sorted = (table.table_model.sort().0 == column).then_some(table.table_model.sort().1);
        if at + sort_button_width(ui, title) > rect.right() {
            continue;
        }
        let cell = sort_button(ui, table_id().with(("sort", column)), rect, at, title, sorted);
        left = cell.rect.right() + 4.0;
        if cell.clicked() {
            table.table_model.sort_by(column);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.hairline));
}

enum Wish {
    Toggle(usize),
    ChooseTo(usize),
    Revoke(usize),
    Rotate,
}

pub fn rows(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let zone = state.preferences.zone.0.clone();
    let rotates = state.tokens.can_rotate(&state.connections);
    let Some(table) = state.tokens.table_mut(id) else { return };
    let width = ui.available_width();
    let tells_last_use = table.tells_last_use();
    let columns = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(width, 1.0)), tells_last_use);
    let height = columns.row_height;
    let view = rows_in_view(ui, table_id(), words::TABLE, height, &mut table.table_model, |table_model, at| {
        table_model.row(at).map(|row| row_id(&row.token))
    });
    move_keys(ui, &view.focus, height, &mut table.table_model);
    tick_keys(ui, &view.focus, &mut table.table_model);
    let mut wish = None;
    for at in view.rows.clone() {
        let Some(Listed { token, in_use, left_over }) = table.table_model.row(at) else { continue };
        let rect = view.place(at);
        let told = Told {
            created: words::date(token.created_at, &zone),
            expires: words::expires(token.expires_at, act.now),
            last_used: tells_last_use.then(|| words::last_used(token, act.now)),
            idle: token.idle_days(act.now).filter(|_| tells_last_use).map(words::idle),
            limits: token.limits().map(words::limited_to),
            in_use: *in_use,
            left_over: *left_over,
            chosen: table.table_model.is_ticked(&token.id),
            at_cursor: view.focus.has_focus() && at == table.table_model.cursor_row(),
        };
        if let Some(wished) = row(ui, rect, at, token, &told, rotates) {
            wish = Some(wished);
            ui.memory_mut(|memory| memory.request_focus(table_id()));
        }
    }
    match wish {
        None => {}
        Some(Wish::Toggle(at)) => table.table_model.tick(at),
        Some(Wish::ChooseTo(at)) => table.table_model.tick_to(at),
        Some(Wish::Revoke(at)) => act.send(state.tokens.ask_to_revoke_row(at, &state.connections)),
        Some(Wish::Rotate) => act.send(state.tokens.ask_to_rotate(&state.connections)),
    }
}

/// A row keeps its ID while it scrolls.
fn row_id(token: &Token) -> Id {
    Id::unique(("token row", &token.id))
}

/// The texts of a row besides its comment.
struct Told {
    created: String,
    expires: (String, Tone),
    last_used: Option<(String, Tone)>,
    /// Databricks will revoke it, since it is unused.
    idle: Option<String>,
    limits: Option<String>,
    in_use: bool,
    left_over: bool,
    chosen: bool,
    at_cursor: bool,
}

impl Told {
    /// Warnings that need action.
    fn warnings(&self) -> Option<String> {
        let left_over = self.left_over.then_some(words::LEFT_OVER_WHY);
        let all: Vec<&str> = left_over.into_iter().chain(self.idle.as_deref()).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

fn row(ui: &Ui, rect: Rect, at: usize, token: &Token, told: &Told, rotates: bool) -> Option<Wish> {
    let comment = words::comment(&token.comment);
    let response = ui.interact(rect, row_id(token), Sense::CLICK);
    response.widget_info(|| {
        let in_use = if told.in_use { format!(", {}", words::IN_USE_SAID) } else { String::new() };
        let last_used = told.last_used.as_ref().map(|(words, _)| format!(", last used {words}")).unwrap_or_default();
        let limits = told.limits.as_ref().map(|words| format!(", {words}")).unwrap_or_default();
        let warned = told.warnings().map(|words| format!(". {words}")).unwrap_or_default();
        let all = format!("{comment}, created {}, expires {}{last_used}{limits}{in_use}{warned}", told.created, told.expires.0);
        WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), told.chosen, all)
    });
    paint_row(ui, rect, &response, told.chosen, told.at_cursor);
    paint_tick(ui, rect, told.chosen, false);
    cells(ui, rect, comment, told);
    let response = match told.warnings() {
        Some(warnings) => response.tip(&warnings),
        None => response,
    };

    let mut right = rect.right() - 4.0;
    let mut action = |icon, name: String| {
        let place = Rect::from_center_size(pos2(right - ACTION / 2.0, rect.center().y), vec2(ACTION, ACTION));
        right -= ACTION;
        row_action(ui, place, row_id(token).with(&name), icon, &name)
    };
    let revoke = action(Icon::Trash, words::revoke_named(comment));
    let rotate = told.in_use && rotates && action(Icon::Refresh, words::ROTATE_ROW.to_owned());
    if revoke {
        Some(Wish::Revoke(at))
    } else if rotate {
        Some(Wish::Rotate)
    } else if response.clicked() {
        let shift = ui.input(|input| input.modifiers.shift);
        Some(if shift { Wish::ChooseTo(at) } else { Wish::Toggle(at) })
    } else {
        None
    }
}

fn cells(ui: &Ui, rect: Rect, comment: &str, told: &Told) {
    let palette = theme::of(ui);
    let columns = Columns::of(rect, told.last_used.is_some());
    let middle = rect.center().y;
    let colour_of = |tone| if tone == Tone::Neutral { palette.weak } else { palette.tone(tone) };
    let cell = |(left, right): (f32, f32), y: f32, words: &str, size: f32, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, fonts::regular(size), colour, right - left)
    };
    let narrow = columns.expires.is_none();
    let (mut left, right) = columns.comment;
    let first = if narrow { middle - 9.0 } else { middle };
    let mark = if told.in_use {
        Some((Icon::Ok, palette.accent, words::IN_USE, palette.text))
    } else {
        told.left_over.then_some((Icon::Warning, palette.warning, words::LEFT_OVER, palette.warning))
    };
    if let Some((icon, colour, ..)) = mark.filter(|_| columns.used_by.is_none()) {
        icon.paint(ui.painter(), pos2(left + 7.0, first), 16.0, colour);
        left += 20.0;
    }
    let weight = if comment == words::NO_COMMENT { palette.weak } else { palette.text };
    let drawn = paint_text(ui.painter(), pos2(left, first), Align2::LEFT_CENTER, comment, fonts::medium(14.0), weight, right - left);
    if let Some(limits) = told.limits.as_ref().filter(|_| right - drawn.right() > 72.0) {
        cell((drawn.right() + 8.0, right), first, limits, 12.0, palette.weak);
    }
    if narrow {
        let (expires, tone) = &told.expires;
        let told_expiry = format!("{} {expires}", words::EXPIRES);
        let drawn = cell((columns.comment.0, right), middle + 10.0, &told_expiry, 12.0, colour_of(*tone));
        // There is no room for both.
        let more = match &told.last_used {
            Some((used, _)) => format!(", last used {used}"),
            None => format!(", created {}", told.created),
        };
        cell((drawn.right(), right), middle + 10.0, &more, 12.0, palette.weak);
        return;
    }
    if let Some(place) = columns.created {
        cell(place, middle, &told.created, 14.0, palette.weak);
    }
    if let Some(place) = columns.expires {
        cell(place, middle, &told.expires.0, 14.0, colour_of(told.expires.1));
    }
    if let (Some(place), Some((words, tone))) = (columns.last_used, &told.last_used) {
        cell(place, middle, words, 14.0, colour_of(*tone));
    }
    if let (Some((left, right)), Some((icon, colour, words, text))) = (columns.used_by, mark) {
        icon.paint(ui.painter(), pos2(left + 7.0, middle), 16.0, colour);
        cell((left + 20.0, right + 8.0), middle, words, 14.0, text);
    }
}
