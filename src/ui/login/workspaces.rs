//! The dialog that adds workspaces of an account as connections. Draws only visible rows.

use egui::{Align2, CornerRadius, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    act::Act,
    filing, fonts,
    icons::Icon,
    state::{AddWorkspaces, Dialog, Offer, OfferStanding, State, Then},
    test_panel::failure_lines,
    text,
    theme::{self, Tone},
    widgets::{Button, TextField, card, checkbox, paint_text, paragraph, remark, scroll_to_focused, spinner},
};
use brickpass_core::connection::Severity;

const ROW: f32 = 48.0;
/// The maximum and minimum height of the list.
const LIST: std::ops::RangeInclusive<f32> = 96.0..=384.0;
/// The height of the dialog without the list.
const REST: f32 = 372.0;
/// Below this window height, everything scrolls.
const LOW: f32 = 600.0;

#[derive(Clone, Copy)]
enum Answer {
    Add,
    ListAgain,
    Close,
}

impl Dialog for AddWorkspaces {
    fn name(&self) -> &'static str {
        "add workspaces dialog"
    }

    fn title(&self, _: &State) -> String {
        text::ADD_WORKSPACES.to_owned()
    }

    fn width(&self) -> f32 {
        640.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let output = match contents(ui, self) {
            None => return Then::Stay,
            Some(Answer::Close) => return Then::Close,
            Some(Answer::Add) => self.add(&state.connections),
            Some(Answer::ListAgain) => self.list_again(),
        };
        act.send(output);
        ui.ctx().request_repaint();
        Then::Stay
    }
}

fn contents(ui: &mut Ui, dialog: &mut AddWorkspaces) -> Option<Answer> {
    let palette = theme::of(ui);
    let mut answer = None;
    match dialog.offers.value().map(Vec::len) {
        None if dialog.failure().is_none() => {
            ui.horizontal(|ui| {
                spinner(ui, text::ASKING_WORKSPACES);
                paragraph(ui, text::ASKING_WORKSPACES, fonts::regular(14.0), palette.weak);
            });
        }
        None => {}
        Some(0) => {
            paragraph(ui, text::NO_WORKSPACES, fonts::regular(14.0), palette.weak);
        }
        Some(_) => {
            let entered = list_and_filing(ui, dialog);
            answer = (entered && dialog.may_add()).then_some(Answer::Add);
        }
    }
    if let Some(failure) = dialog.failure().cloned() {
        card(ui, Some(Tone::Error), |ui| {
            ui.set_width(ui.available_width());
            failure_lines(ui, &failure);
            if dialog.offers.value().is_none() {
                ui.add_space(4.0);
                if Button::secondary(text::TRY_AGAIN).icon(Icon::Refresh).show(ui).clicked() {
                    answer = Some(Answer::ListAgain);
                }
            }
        });
    }
    answer.or(buttons(ui, dialog))
}

fn buttons(ui: &mut Ui, dialog: &AddWorkspaces) -> Option<Answer> {
    let words = if dialog.waits() { text::ADDING.to_owned() } else { text::add_workspaces(dialog.chosen_count()) };
    let add = Button::primary(&words).busy(dialog.waits()).enabled(dialog.may_add());
    let cancel = Button::ghost(text::CANCEL);
    let width = add.width(ui) + cancel.width(ui) + ui.spacing().item_spacing.x;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.add_space((ui.available_width() - width).max(0.0));
        if cancel.show(ui).clicked() {
            return Some(Answer::Close);
        }
        add.show(ui).clicked().then_some(Answer::Add)
    })
    .inner
}

/// Returns whether Enter was pressed in the filter. In a low window everything scrolls, so that the buttons stay visible.
fn list_and_filing(ui: &mut Ui, dialog: &mut AddWorkspaces) -> bool {
    let body = |ui: &mut Ui, dialog: &mut AddWorkspaces| {
        let entered = list(ui, dialog);
        ui.add_space(4.0);
        filing::show(ui, &mut dialog.filing, None, text::NO_FOLDER);
        entered
    };
    if ui.ctx().content_rect().height() >= LOW {
        return body(ui, dialog);
    }
    let room = (ui.available_height() - 56.0).max(160.0);
    let area = ScrollArea::vertical().id_salt("workspaces and where they belong").max_height(room).auto_shrink([false, true]);
    area.show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 12.0);
        body(ui, dialog)
    })
    .inner
}

/// Returns whether Enter was pressed in the filter, which activates the default button.
fn list(ui: &mut Ui, dialog: &mut AddWorkspaces) -> bool {
    let mut filter = dialog.filter().to_owned();
    let field = TextField::new(&mut filter, text::FILTER_WORKSPACES)
        .hint(text::FILTER_WORKSPACES)
        .leading(Icon::Filter)
        .limit(200)
        .id(Id::unique("filter workspaces"))
        .show(ui);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    let filtered = filter != dialog.filter();
    dialog.set_filter(filter);
    if let Some(mut all) = dialog.all_shown_chosen() {
        let changed = ui.horizontal(|ui| {
            // Aligned with the check boxes of the rows.
            ui.add_space(8.0);
            checkbox(ui, &mut all, text::SELECT_SHOWN).changed()
        });
        if changed.inner {
            dialog.choose_shown(all);
        }
    } else if dialog.shown().is_empty() {
        remark(ui, Severity::Note, text::NO_WORKSPACE_MATCHES);
    }
    let count = dialog.shown().len();
    let height = (ui.ctx().content_rect().height() - REST).clamp(*LIST.start(), *LIST.end()).min(ROW * count as f32);
    let mut area =
        ScrollArea::vertical().id_salt("workspaces of an account").max_height(height).min_scrolled_height(height).auto_shrink(false);
    if filtered {
        area = area.vertical_scroll_offset(0.0);
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, ROW, count, |ui, rows| {
            let shown: Vec<usize> = dialog.shown().get(rows).unwrap_or_default().to_vec();
            for at in shown {
                let toggled = dialog.offer(at).and_then(|offer| {
                    let chosen = dialog.is_chosen(&offer.workspace.id);
                    row(ui, offer, chosen).then(|| (offer.workspace.id.clone(), !chosen))
                });
                if let Some((id, chosen)) = toggled {
                    dialog.choose(&id, chosen);
                }
            }
        });
    });
    entered
}

/// Returns whether it was toggled.
fn row(ui: &mut Ui, offer: &Offer, chosen: bool) -> bool {
    const BOX: f32 = 18.0;
    let palette = theme::of(ui);
    let workspace = &offer.workspace;
    let can = offer.standing == OfferStanding::New;
    // A row keeps its ID while it scrolls.
    let id = Id::unique(("workspace of an account", &workspace.id));
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, id, if can { Sense::click() } else { Sense::hover() });
    let place = workspace.base_url.as_ref().map_or(text::NO_WORKSPACE_ADDRESS, |base_url| base_url.host());
    let state = text::region_and_status(workspace.region.as_deref(), &workspace.status);
    let below = match &offer.standing {
        OfferStanding::There(name) => text::already_there(name),
        OfferStanding::New | OfferStanding::NoAddress => place.to_owned(),
    };
    response.widget_info(|| {
        let name = format!("{}, {below}, {state}", workspace.name);
        WidgetInfo::selected(Role::CheckBox, can && ui.is_enabled(), chosen || matches!(offer.standing, OfferStanding::There(_)), name)
    });
    scroll_to_focused(ui, &response, rect);
    if ui.is_rect_visible(rect) {
        if can && (response.hovered() || response.has_focus()) {
            ui.painter().rect_filled(rect, CornerRadius::same(6), palette.hover);
        }
        let square = Rect::from_center_size(pos2(rect.left() + 17.0, rect.center().y), vec2(BOX, BOX));
        let radius = CornerRadius::same(5);
        match &offer.standing {
            OfferStanding::New if chosen => {
                ui.painter().rect_filled(square, radius, palette.accent);
                Icon::Check.paint(ui.painter(), square.center(), 14.0, palette.on_accent);
            }
            OfferStanding::New => {
                ui.painter().rect(square, radius, palette.field, Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
            }
            OfferStanding::There(_) => {
                Icon::Check.paint(ui.painter(), square.center(), 14.0, palette.weak);
            }
            OfferStanding::NoAddress => {
                Icon::Skipped.paint(ui.painter(), square.center(), 16.0, palette.weak);
            }
        }
        let left = square.right() + 8.0;
        let right = rect.right() - 14.0;
        let (first, second) = (rect.center().y - 9.0, rect.center().y + 9.0);
        let colour = if can { palette.text } else { palette.weak };
        let said = paint_text(ui.painter(), pos2(right, first), Align2::RIGHT_CENTER, &state, fonts::regular(12.0), palette.weak, 200.0);
        let room = said.left() - left - 8.0;
        paint_text(ui.painter(), pos2(left, first), Align2::LEFT_CENTER, &workspace.name, fonts::medium(14.0), colour, room);
        paint_text(ui.painter(), pos2(left, second), Align2::LEFT_CENTER, &below, fonts::regular(12.0), palette.weak, right - left);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), palette, rect.shrink(1.0), 6);
        }
    }
    response.clicked()
}
