//! The table of connections to import. Draws only visible rows.

use egui::{Align2, Id, Key, Modifiers, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{
    quiet,
    table::{ImportRow, ImportTable},
};
use crate::ui::{
    dialogs::focus_first,
    fonts,
    icons::Icon,
    text::importing as words,
    theme,
    widgets::{TABLE_HEADER, TableRows as _, move_keys, paint_row, paint_text, paint_tick, rows_in_view, tick_all_box},
};

/// Below this width a row has two lines.
const NARROW: f32 = 700.0;

pub fn table_id() -> Id {
    Id::unique("connections to import")
}

pub fn name_id() -> Id {
    Id::unique("name of an imported connection")
}

struct Columns {
    there: (f32, f32),
    name: (f32, f32),
    /// Below the names if there is no room.
    address: Option<(f32, f32)>,
    sign_in: (f32, f32),
    /// Below the authentication if there is no room.
    secret: Option<(f32, f32)>,
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let left = rect.left() + 36.0;
        if rect.width() >= NARROW {
            let secret = (rect.right() - 142.0, rect.right() - 8.0);
            let sign_in = (secret.0 - 124.0, secret.0 - 12.0);
            let room = sign_in.0 - 12.0 - left;
            let there = (left, left + room * 0.22 - 12.0);
            let name = (left + room * 0.22, left + room * 0.5 - 12.0);
            let address = Some((left + room * 0.5, sign_in.0 - 12.0));
            return Self { there, name, address, sign_in, secret: Some(secret), row_height: 40.0 };
        }
        let sign_in = (rect.right() - 128.0, rect.right() - 8.0);
        let middle = left + (sign_in.0 - 12.0 - left) * 0.42;
        Self { there: (left, middle - 10.0), name: (middle, sign_in.0 - 12.0), address: None, sign_in, secret: None, row_height: 52.0 }
    }
}

pub fn show(ui: &mut Ui, table: &mut ImportTable, room: f32) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        header(ui, table);
        if table.row_count() == 0 {
            ui.add_space(8.0);
            return quiet(ui, words::NO_MATCH);
        }
        let height = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 1.0))).row_height;
        let room = room.min(height * table.row_count() as f32);
        ScrollArea::vertical()
            .id_salt("rows to import")
            .max_height(room)
            .min_scrolled_height(room)
            .auto_shrink(false)
            .show(ui, |ui| rows(ui, table, height));
    });
}

fn header(ui: &mut Ui, table: &mut ImportTable) {
    let palette = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TABLE_HEADER));
    if let Some(all) = table.all_shown_chosen()
        && tick_all_box(ui, table_id().with("all"), rect, all, words::ALL)
    {
        table.tick_all();
    }
    let columns = Columns::of(rect);
    let titles = [
        (Some(columns.there), words::THERE),
        (Some(columns.name), words::NAME_COLUMN),
        (columns.address, words::ADDRESS),
        (Some(columns.sign_in), words::SIGN_IN),
        (columns.secret, words::SECRET),
    ];
    for (place, title) in titles {
        if let Some((left, right)) = place {
            let at = pos2(left, rect.center().y);
            paint_text(ui.painter(), at, Align2::LEFT_CENTER, title, fonts::semibold(12.0), palette.weak, right - left);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.hairline));
}

fn row_id(index: usize) -> Id {
    Id::unique(("connection to import", index))
}

fn rows(ui: &mut Ui, table: &mut ImportTable, height: f32) {
    let view = rows_in_view(ui, table_id(), words::TABLE, height, table, |table, at| table.index(at).map(row_id));
    // People who use the keyboard continue here.
    focus_first(ui, &view.focus);
    move_keys(ui, &view.focus, height, table);
    if view.focus.has_focus() {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::Space) {
            table.tick(table.cursor_row());
        }
        if pressed(Modifiers::COMMAND, Key::A) {
            table.tick_all();
        }
        if pressed(Modifiers::NONE, Key::F2) || pressed(Modifiers::NONE, Key::Enter) {
            ui.memory_mut(|memory| memory.request_focus(name_id()));
        }
    }
    let (mut ticked, mut shown) = (None, None);
    for at in view.rows.clone() {
        let (Some(row), Some(index)) = (table.row(at), table.index(at)) else { continue };
        let is_current = at == table.cursor_row();
        match row_drawn(ui, view.place(at), row, row_id(index), is_current, view.focus.has_focus()) {
            Some(Wish::Tick) => ticked = Some(at),
            Some(Wish::Show) => shown = Some(at),
            None => {}
        }
    }
    if let Some(at) = ticked {
        table.tick(at);
    }
    if let Some(at) = shown {
        table.show_row(at);
    }
    if ticked.or(shown).is_some() {
        view.focus.request_focus();
    }
}

enum Wish {
    Tick,
    Show,
}

fn row_drawn(ui: &Ui, rect: Rect, row: &ImportRow, id: Id, is_current: bool, has_keyboard: bool) -> Option<Wish> {
    let palette = theme::of(ui);
    let response = ui.interact(rect, id, Sense::CLICK);
    // With its port, which alone distinguishes workspaces behind a private gateway.
    let host = row.connection().map(|connection| words::place(&connection.base_url)).unwrap_or_default();
    let sign_in = row.connection().map(words::sign_in).unwrap_or_default();
    let secret = row.connection().map_or(words::CANNOT, |connection| words::secret(connection, row.with_secret));
    let note = match (&row.problem, &row.existing, row.remarks.as_slice()) {
        (Some(problem), ..) => problem.clone(),
        (None, Some(existing), _) => words::existing(existing),
        (None, None, [only]) if !row.can_import() => only.clone(),
        (None, None, []) => row.alike.as_deref().map(words::like_above).unwrap_or_default(),
        (None, None, several) => words::remarks(several.len()),
    };
    response.widget_info(|| {
        let parts = [row.place.as_str(), row.name.as_str(), host, sign_in, secret, note.as_str()];
        let all: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        WidgetInfo::selected(Role::CheckBox, row.can_import() && ui.is_enabled(), row.is_chosen(), all.join(", "))
    });
    paint_row(ui, rect, &response, is_current, is_current && has_keyboard);
    let ticks = Rect::from_min_size(rect.min, vec2(34.0, rect.height()));
    let over_tick = response.hover_pos().is_some_and(|pointer| ticks.contains(pointer));
    if row.can_import() {
        paint_tick(ui, rect, row.is_chosen(), over_tick);
    } else {
        Icon::Skipped.paint(ui.painter(), pos2(rect.left() + 15.0, rect.center().y), 16.0, palette.weak);
    }
    let columns = Columns::of(rect);
    let cell = |(left, right): (f32, f32), y: f32, words: &str, font, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, font, colour, right - left);
    };
    let strong = if row.is_chosen() { palette.text } else { palette.weak };
    let (middle, upper, lower) = (rect.center().y, rect.center().y - 9.0, rect.center().y + 10.0);
    let note_colour = if row.problem.is_some() {
        palette.error
    } else if row.existing.is_none() && !row.remarks.is_empty() {
        palette.warning
    } else {
        palette.weak
    };
    let secret_colour = if row.can_import() { palette.weak } else { palette.error };
    let first = if columns.address.is_some() && note.is_empty() { middle } else { upper };
    cell(columns.there, if columns.address.is_some() { middle } else { upper }, &row.place, fonts::regular(14.0), strong);
    cell(columns.name, first, &row.name, fonts::medium(14.0), strong);
    if !row.can_import() && !note.is_empty() {
        // The reason takes the space of the other columns.
        let right = columns.address.unwrap_or(columns.name).1;
        cell((columns.name.0, right), if columns.address.is_some() { middle } else { upper }, &note, fonts::regular(12.0), palette.weak);
    } else if !note.is_empty() {
        cell(columns.name, lower, &note, fonts::regular(12.0), note_colour);
    }
    if let (Some(address), Some(place)) = (columns.address, columns.secret) {
        cell(address, middle, host, fonts::regular(14.0), palette.weak);
        cell(columns.sign_in, middle, sign_in, fonts::regular(14.0), palette.weak);
        cell(place, middle, secret, fonts::regular(14.0), secret_colour);
    } else {
        cell(columns.there, lower, host, fonts::regular(12.0), palette.weak);
        cell(columns.sign_in, upper, sign_in, fonts::regular(12.0), palette.weak);
        cell(columns.sign_in, lower, secret, fonts::regular(12.0), secret_colour);
    }
    if !response.clicked() {
        return None;
    }
    // A click by assistive technology has no position: it toggles the check box, as the role says.
    let on_tick = response.interact_pointer_pos().is_none_or(|pointer| ticks.contains(pointer));
    Some(if on_tick && row.can_import() { Wish::Tick } else { Wish::Show })
}
