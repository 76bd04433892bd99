//! The connections to import, and the details of the row at the cursor.

use egui::{Id, ScrollArea, Ui};

use super::{
    Answer, quiet, rows,
    table::{ImportRow, ImportTable, RowAction},
};
use crate::ui::{
    dialogs::{buttons, say},
    filing, fonts,
    icons::Icon,
    text::{self, importing as words},
    theme,
    widgets::{Button, TextField, paragraph, remark, segments, truncated_label},
};
use brickpass_core::connection::Severity;

/// The height above and below the table, in points.
const REST: f32 = 570.0;
const LEAST: f32 = 132.0;
/// The height from which the remarks scroll.
const DETAILS: f32 = 112.0;
/// Below this window height, everything scrolls.
const LOW: f32 = 740.0;

pub fn show(ui: &mut Ui, table: &mut ImportTable, saves: bool) -> Option<Answer> {
    let low = ui.ctx().content_rect().height() < LOW;
    if low {
        let room = (ui.available_height() - 56.0).max(160.0);
        ScrollArea::vertical().id_salt("import, all of it").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 12.0);
            ui.add_enabled_ui(!saves, |ui| body(ui, table, low));
        });
    } else {
        ui.add_enabled_ui(!saves, |ui| body(ui, table, low));
    }
    let import = if saves { words::IMPORTING.to_owned() } else { words::import(table.chosen_count()) };
    let import = Button::primary(&import).busy(saves).enabled(!saves && table.may_import());
    let back = Button::ghost(words::BACK).enabled(!saves);
    let cancel = Button::ghost(text::CANCEL).enabled(!saves);
    buttons(ui, [(back, Answer::Back), (cancel, Answer::Close), (import, Answer::Import)])
}

fn body(ui: &mut Ui, table: &mut ImportTable, low: bool) {
    let count = table.rows().len();
    quiet(ui, &words::found(count, table.kind.phrase(), &table.from));
    if table.rows().is_empty() {
        paragraph(ui, words::NOTHING, fonts::regular(14.0), theme::of(ui).text);
    } else {
        filter(ui, table);
        let room = if low { LEAST } else { (ui.ctx().content_rect().height() - REST).max(LEAST) };
        rows::show(ui, table, room);
        ui.add_space(4.0);
        let least = if low { 0.0 } else { DETAILS };
        // The same height for every row, so that nothing jumps.
        ui.scope(|ui| {
            ui.set_min_height(least);
            if low {
                details(ui, table);
            } else {
                ScrollArea::vertical().id_salt("details of a row").max_height(DETAILS).auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - 12.0);
                    details(ui, table);
                });
            }
        });
        ui.add_space(4.0);
        filing::show(ui, &mut table.filing, Some(words::OWN_ENVIRONMENT), text::NO_FOLDER);
    }
    ignored(ui, table);
    if table.problem_count() > 0 {
        remark(ui, Severity::Error, &words::problems(table.problem_count()));
    } else if table.chosen_count() == 0 && table.rows().iter().any(ImportRow::can_import) {
        let all_there = table
            .rows()
            .iter()
            .filter(|row| row.can_import())
            .all(|row| row.existing.as_ref().is_some_and(|existing| !existing.other_token));
        remark(ui, Severity::Note, if all_there { words::ALL_THERE } else { words::NOTHING_TICKED });
    }
}

fn filter(ui: &mut Ui, table: &mut ImportTable) {
    if table.rows().len() < 8 {
        return;
    }
    let mut sought = table.filter().to_owned();
    TextField::new(&mut sought, words::FILTER)
        .hint(words::FILTER)
        .leading(Icon::Filter)
        .limit(200)
        .width(320.0)
        .id(Id::unique("filter import"))
        .show(ui);
    table.set_filter(sought);
}

/// Name, existing connection and remarks of one row.
fn details(ui: &mut Ui, table: &mut ImportTable) {
    let palette = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    let Some(row) = table.current() else {
        quiet(ui, words::NO_MATCH);
        return;
    };
    let (place, mut name, action, can, problem) = (row.place.clone(), row.name.clone(), row.action, row.can_import(), row.problem.clone());
    let (remarks, existing, alike) = (row.remarks.clone(), row.existing.clone(), row.alike.clone());
    truncated_label(ui, &place, fonts::semibold(14.0), palette.text, ui.available_width());
    if can {
        let actions = [RowAction::Skip, RowAction::Add, RowAction::Replace];
        let mut at = actions.iter().position(|known| *known == action).unwrap_or_default();
        ui.horizontal_wrapped(|ui| {
            if existing.is_some() {
                segments(ui, &mut at, &[words::LEAVE_OUT, words::ADD_BESIDE, words::REPLACE]);
            } else {
                segments(ui, &mut at, &[words::LEAVE_OUT, words::ADD]);
            }
            if action != RowAction::Skip {
                let width = ui.available_width().clamp(140.0, 320.0);
                let tone = problem.is_some().then_some(theme::Tone::Error);
                TextField::new(&mut name, words::NAME).hint(words::NAME).limit(200).width(width).tone(tone).id(rows::name_id()).show(ui);
            }
        });
        if let Some(problem) = &problem {
            remark(ui, Severity::Error, problem);
        }
        table.rename(name);
        if let Some(chosen) = actions.get(at).filter(|chosen| **chosen != action) {
            table.decide(*chosen);
        }
    }
    if let Some(existing) = &existing {
        remark(ui, Severity::Note, &words::existing(existing));
    }
    if let Some(alike) = &alike {
        remark(ui, Severity::Note, &words::like_above(alike));
    }
    for words in &remarks {
        remark(ui, if can { Severity::Warning } else { Severity::Error }, words);
    }
}

/// What the source contains and is not imported: collapsed, since most people do not need it.
fn ignored(ui: &mut Ui, table: &ImportTable) {
    if table.ignored.is_empty() {
        return;
    }
    let id = Id::unique("ignored keys are shown");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let title = words::ignored(table.ignored.len());
    let fold = Button::ghost(&title).icon(if open { Icon::CaretDown } else { Icon::CaretRight }).small();
    if crate::ui::widgets::outdented(ui, |ui| fold.show(ui)).clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if open {
        ScrollArea::vertical().id_salt("ignored keys").max_height(84.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (key, why) in &table.ignored {
                paragraph(ui, &format!("{key}: {why}"), fonts::regular(12.0), theme::of(ui).weak);
            }
        });
    }
}

/// The confirmation before existing connections are replaced.
pub fn confirm(ui: &mut Ui, table: &ImportTable) -> Option<Answer> {
    say(ui, words::REPLACE_WHY);
    let names: Vec<&str> = table.replaced().map(|existing| existing.name.as_str()).collect();
    if names.len() > 1 {
        ScrollArea::vertical().max_height(160.0).auto_shrink([false, true]).show(ui, |ui| {
            for name in names {
                say(ui, name);
            }
        });
    }
    buttons(ui, [(Button::ghost(text::CANCEL), Answer::NotReplace), (Button::danger(words::REPLACE_NOW), Answer::Import)])
}
