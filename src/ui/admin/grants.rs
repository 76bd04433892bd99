//! *Permissions*: the object, the current permission, the new permission.

use egui::{Align2, Id, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{asking, principal::small, quiet, words};
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Record, State, TableModel},
    test_panel::failure_lines,
    text, theme,
    widgets::{Button, Select, TextField, form_row, paint_row, paint_text, paragraph, scroll_to_focused, select_option, truncated_label},
};
use brickpass_core::failure::Failure;
use brickpass_databricks::rest::{Permission, Securable};

const ROW: f32 = 36.0;
/// The maximum height of a list of choices.
const LIST: f32 = 216.0;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    small(ui, words::PERMISSIONS_WHY);
    let Some(kind) = state.admin.detail(&state.connections).map(|detail| detail.grants.kind) else { return };
    form_row(ui, words::KIND, |ui| {
        Select::new(words::KIND, kind.map_or(words::CHOOSE_KIND, words::kind)).width(240.0).show(ui, |ui| {
            for one in Securable::ALL {
                if select_option(ui, kind == Some(one), words::kind(one), None).clicked() {
                    act.send(state.admin.choose_kind(one, &state.connections));
                }
            }
        });
    });
    let Some(kind) = kind else { return };
    if kind == Securable::Schema && !catalog(ui, state, act) {
        return;
    }
    object(ui, state, act, kind);
}

/// Returns whether one is chosen.
fn catalog(ui: &mut Ui, state: &mut State, act: &mut Act) -> bool {
    let Some(grants) = state.admin.detail(&state.connections).map(|detail| &detail.grants) else {
        return false;
    };
    if let Some(failure) = grants.catalogs.failure().cloned() {
        again(ui, state, act, &failure);
        return false;
    }
    let Some(catalogs) = grants.catalogs.value() else {
        asking(ui, words::ASKING_CATALOGS);
        return false;
    };
    if catalogs.is_empty() {
        quiet(ui, words::NO_CATALOGS);
        return false;
    }
    let chosen = grants.catalog.clone();
    let mut picked = None;
    form_row(ui, words::CATALOG, |ui| {
        Select::new(words::CATALOG, chosen.as_deref().unwrap_or(words::CHOOSE_CATALOG)).width(240.0).show(ui, |ui| {
            ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
                for one in catalogs {
                    if select_option(ui, chosen.as_ref() == Some(one), one, None).clicked() {
                        picked = Some(one.clone());
                    }
                }
            });
        });
    });
    if let Some(catalog) = picked {
        act.send(state.admin.choose_catalog(catalog, &state.connections));
    }
    chosen.is_some()
}

fn object(ui: &mut Ui, state: &mut State, act: &mut Act, kind: Securable) {
    let Some(grants) = state.admin.detail(&state.connections).map(|detail| &detail.grants) else { return };
    if let Some(failure) = grants.objects.asked.failure().cloned() {
        again(ui, state, act, &failure);
        return;
    }
    if !grants.objects.is_known() {
        asking(ui, &words::asking_objects(kind));
        return;
    }
    if grants.objects.table_model.records().is_empty() {
        quiet(ui, &words::no_objects(kind));
        return;
    }
    let waits = grants.waits();
    if let Some(name) = grants.object.as_ref().map(|object| object.name.clone()) {
        if chosen_line(ui, words::kind(kind), &name, waits) {
            state.admin.choose_no_object(&state.connections);
            return;
        }
        steps(ui, state, act, kind);
        return;
    }
    let Some(detail) = state.admin.detail_mut(&state.connections) else { return };
    let table_model = &mut detail.grants.objects.table_model;
    let found = picker(ui, table_model, &words::filter_objects(kind), words::NO_MATCH, |object| {
        (object.name.as_str(), if object.name == object.id { "" } else { object.id.as_str() })
    });
    if let Some(object) = found {
        act.send(state.admin.choose_object(&object, &state.connections));
    }
}

fn again(ui: &mut Ui, state: &mut State, act: &mut Act, failure: &Failure) {
    failure_lines(ui, failure);
    if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
        act.send(state.admin.load_objects_again(&state.connections));
    }
}

/// The current permission and the choice of a new one.
fn steps(ui: &mut Ui, state: &mut State, act: &mut Act, kind: Securable) {
    let Some(grants) = state.admin.detail(&state.connections).map(|detail| &detail.grants) else { return };
    let (chosen, waits, may) = (grants.chosen, grants.waits(), grants.may_grant());
    if let Some(failure) = grants.has.failure().cloned() {
        failure_lines(ui, &failure);
        if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
            act.send(state.connections.administered().map(|id| state.admin.load_permission(id)));
        }
        return;
    }
    match grants.has.value() {
        None => {
            asking(ui, words::ASKING_PERMISSION);
            return;
        }
        Some(None) => quiet(ui, words::HAS_NOTHING),
        Some(Some(permission)) => done_line(ui, &words::has(permission.label)),
    }
    form_row(ui, words::PERMISSION, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.add_enabled_ui(!waits, |ui| {
                Select::new(words::PERMISSION, chosen.map_or("", |permission: Permission| permission.label)).width(256.0).show(ui, |ui| {
                    for one in kind.permissions() {
                        if select_option(ui, chosen == Some(*one), one.label, None).clicked()
                            && let Some(detail) = state.admin.detail_mut(&state.connections)
                        {
                            detail.grants.chosen = Some(*one);
                        }
                    }
                });
            });
            if Button::primary(if waits { words::GRANTING } else { words::GRANT }).busy(waits).enabled(may).show(ui).clicked() {
                act.send(state.admin.grant(&state.connections));
            }
        });
    });
}

/// The chosen object. Returns whether to choose another one.
pub(super) fn chosen_line(ui: &mut Ui, label: &str, name: &str, waits: bool) -> bool {
    form_row(ui, label, |ui| {
        ui.horizontal(|ui| {
            let other = Button::ghost(words::OTHER_OBJECT).enabled(!waits);
            let room = ui.available_width() - other.width(ui) - 8.0;
            truncated_label(ui, name, fonts::medium(14.0), theme::of(ui).text, room);
            other.show(ui).clicked()
        })
        .inner
    })
}

/// The current state, with a tick.
pub(super) fn done_line(ui: &mut Ui, words: &str) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, 20.0), Sense::hover());
        Icon::Ok.paint(ui.painter(), rect.center(), 16.0, theme::of(ui).ok);
        paragraph(ui, words, fonts::regular(14.0), theme::of(ui).text);
    });
}

/// A list with one choice; draws only visible rows. `words_of`: name, and what distinguishes it from others of the same name.
pub(super) fn picker<R: Record + Clone>(
    ui: &mut Ui,
    table_model: &mut TableModel<R>,
    filter: &str,
    no_match: &str,
    words_of: impl Fn(&R) -> (&str, &str),
) -> Option<R> {
    let mut sought = table_model.filter().to_owned();
    TextField::new(&mut sought, filter).hint(filter).leading(Icon::Filter).limit(200).show(ui);
    table_model.set_filter(sought);
    let count = table_model.shown_count();
    if count == 0 {
        quiet(ui, no_match);
        return None;
    }
    let mut picked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = (ROW * count as f32).min(LIST);
        let area = ScrollArea::vertical().id_salt(filter).max_height(height).min_scrolled_height(height).auto_shrink(false);
        area.show_rows(ui, ROW, count, |ui, rows| {
            for at in rows {
                let Some(record) = table_model.row(at) else { continue };
                let (name, more) = words_of(record);
                if pick_row(ui, record.id(), name, more) {
                    picked = Some(record.clone());
                }
            }
        });
    });
    picked
}

fn pick_row(ui: &mut Ui, id: &str, name: &str, more: &str) -> bool {
    let palette = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, Id::unique(("pick", id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ListBoxOption, ui.is_enabled(), name));
    scroll_to_focused(ui, &response, rect);
    paint_row(ui, rect, &response, false, response.has_focus());
    let middle = rect.center().y;
    let room = rect.width() - 16.0;
    let at = pos2(rect.left() + 8.0, middle);
    let drawn = paint_text(ui.painter(), at, Align2::LEFT_CENTER, name, fonts::regular(14.0), palette.text, room);
    let beside = rect.right() - 8.0 - drawn.right() - 16.0;
    if beside > 48.0 && !more.is_empty() {
        let at = pos2(drawn.right() + 16.0, middle);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, more, fonts::regular(12.0), palette.weak, beside);
    }
    response.clicked()
}
