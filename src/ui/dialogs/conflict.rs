//! A connection that was changed here and elsewhere: the differences, and which version to keep.

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use jiff::Timestamp;

use super::{buttons, parts::cautious_buttons, say};
use crate::ui::{
    act::Act,
    fonts,
    state::{Conflict, Dialog, RemovedElsewhere, State, Then},
    text, theme,
    widgets::{Button, Tip as _, elided, paragraph, remark, scroll_to_focused},
};
use brickpass_core::connection::{ConnectionId, Part, Severity};
use brickpass_engine::AuditAction;

const ROW: f32 = 32.0;

#[derive(Clone, Copy)]
enum Answer {
    Cancel,
    /// Of all choices at once: mine, or theirs.
    All {
        mine: bool,
    },
    Chosen,
}

impl Dialog for Conflict {
    fn name(&self) -> &'static str {
        "conflict dialog"
    }

    fn title(&self, _: &State) -> String {
        text::CONFLICT_TITLE.to_owned()
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let when = changed_when(ui, state, self.id, AuditAction::Save, act.now);
        match choices(ui, self, when.as_deref()) {
            None => return Then::Stay,
            Some(Answer::Cancel) => return Then::Close,
            Some(Answer::All { mine }) => self.choose_all(mine),
            Some(Answer::Chosen) => {}
        }
        act.send(state.save_choices(self));
        Then::Close
    }
}

impl Dialog for RemovedElsewhere {
    fn name(&self) -> &'static str {
        "removed dialog"
    }

    fn title(&self, _: &State) -> String {
        text::REMOVED_TITLE.to_owned()
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let when = changed_when(ui, state, self.id, AuditAction::Remove, act.now);
        say(ui, &text::removed_body(&self.name, when.as_deref()));
        if let Some(auth) = self.lost {
            remark(ui, Severity::Warning, text::lost_with_it(auth));
        }
        let cancel = (Button::ghost(text::CANCEL), None);
        let let_go = (Button::secondary(text::LET_GO), Some(false));
        match cautious_buttons(ui, [cancel, let_go, (Button::secondary(text::ADD_AGAIN), Some(true))]) {
            None => return Then::Stay,
            Some(None) => {}
            Some(Some(false)) => act.send(state.connections.let_go(self.id)),
            Some(Some(true)) => act.send(state.add_again(self)),
        }
        Then::Close
    }
}

/// How long ago the connection was changed elsewhere, in words; repaints when they change.
fn changed_when(ui: &Ui, state: &State, id: ConnectionId, what: AuditAction, now: Timestamp) -> Option<String> {
    let (words, changes_in) = text::ago(state.connections.changed_elsewhere_at(id, what, &state.activity)?, now);
    ui.ctx().request_repaint_after(changes_in);
    Some(words)
}

/// `when`: how long ago the other version was saved, in words.
fn choices(ui: &mut Ui, conflict: &mut Conflict, when: Option<&str>) -> Option<Answer> {
    say(ui, &text::conflict_body(conflict.mine.name.as_str(), when));
    let room = (ui.ctx().content_rect().height() - 260.0).max(120.0);
    egui::ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 12.0);
        for (part, mine) in conflict.choices.clone() {
            choice(ui, conflict, part, mine);
        }
    });
    let cancel = (Button::ghost(text::CANCEL), Answer::Cancel);
    if conflict.chosen {
        return buttons(ui, [cancel, (Button::primary(text::SAVE_CHOICES), Answer::Chosen)]);
    }
    let take_theirs = (Button::secondary(text::TAKE_THEIRS), Answer::All { mine: false });
    buttons(ui, [cancel, take_theirs, (Button::secondary(text::KEEP_MINE), Answer::All { mine: true })])
}

fn choice(ui: &mut Ui, conflict: &mut Conflict, part: Part, mine: bool) {
    paragraph(ui, text::part(part), fonts::semibold(14.0), theme::of(ui).text);
    let sides = [(true, text::MINE, &conflict.mine), (false, text::THEIRS, &conflict.theirs.connection)];
    let lines = sides.map(|(is_mine, side, connection)| (is_mine, side, text::part_value(part, connection)));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for (is_mine, side, value) in lines {
            if option(ui, text::part(part), side, &value, mine == is_mine) {
                conflict.choose(part, is_mine);
            }
        }
    });
    ui.add_space(4.0);
}

/// One of the two versions. Returns whether it was clicked.
fn option(ui: &mut Ui, part: &str, side: &str, value: &str, chosen: bool) -> bool {
    const SIDE: f32 = 64.0;
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, format!("{part}, {side}: {value}")));
    scroll_to_focused(ui, &response, rect);
    let fill = if chosen {
        palette.selected
    } else if response.hovered() {
        palette.hover
    } else {
        palette.window
    };
    let border = if chosen { palette.accent } else { palette.control_border };
    ui.painter().rect(rect, egui::CornerRadius::same(theme::RADIUS), fill, Stroke::new(1.0, border), egui::StrokeKind::Inside);
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
    }
    let dot = pos2(rect.left() + 18.0, rect.center().y);
    ui.painter().circle_stroke(dot, 7.0, Stroke::new(1.5, border));
    if chosen {
        ui.painter().circle_filled(dot, 3.5, palette.accent);
    }
    let middle = rect.center().y;
    let left = rect.left() + 34.0;
    let side = elided(ui.painter(), side, fonts::regular(14.0), palette.weak, SIDE);
    ui.painter().galley(pos2(left, middle - side.size().y / 2.0), side, palette.weak);
    let left = left + SIDE;
    let galley = elided(ui.painter(), value, fonts::regular(14.0), palette.text, rect.right() - left - 10.0);
    let cut = galley.elided;
    ui.painter().galley(pos2(left, middle - galley.size().y / 2.0), galley, palette.text);
    let response = if cut { response.tip(value) } else { response };
    response.clicked()
}
